//! Looks for many secrets in much, in every way they may be written, and tells a leak from chance.
//!
//! All secrets but one kind are too long for chance, or are inputs: they may stand nowhere, in no run. A code of eight digits that the
//! server derives may be met by chance, such as in a random id. So everything is done twice, with the same inputs and under another
//! server key: what the other run has in the same place, which cannot know the code, is chance. All else is a leak.
//! That a run fails for a code that was met by chance in one run alone happens once in some thousands: about 500 numbers of eight
//! digits stand in the places, and some 20 codes are looked for.

use aho_corasick::AhoCorasick;
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use std::collections::BTreeMap;
use std::fmt;

/// The kind of the codes that the server derives from its key. Those of tokens come from their seeds, which are inputs.
pub(super) const DERIVED_CODE: &str = "code";

/// The kinds of secrets that a place is there to tell.
pub(super) type Shows = &'static [&'static str];

/// What must not be found.
#[derive(Default)]
pub(super) struct Secrets(Vec<(&'static str, Vec<u8>)>);

/// A secret that was found. It shows where, not what.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) kind: &'static str,
    pub(super) place: String,
    #[expect(dead_code, reason = "for whoever reads the failure")]
    around: String,
    needle: Needle,
}

#[derive(Clone)]
struct Needle(Vec<u8>);

impl fmt::Debug for Needle {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} bytes", self.0.len())
    }
}

/// Bytes that were written or told, and what they may hold.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    shows: Shows,
}

/// What was secret in a run, and what was written and told.
#[derive(Default)]
pub(super) struct Run {
    pub(super) secrets: Secrets,
    pub(super) places: Vec<Place>,
}

impl Secrets {
    /// A text, also as it stands in a URL, in two bytes a character, and without the plus of a phone number.
    pub(super) fn add(&mut self, kind: &'static str, text: &str) {
        assert!(text.len() >= 8, "a {kind} this short is met by chance");
        self.0.push((kind, text.trim_start_matches('+').as_bytes().to_vec()));
        let utf16 = text.trim_start_matches('+').encode_utf16().flat_map(u16::to_le_bytes);
        self.0.push((kind, utf16.collect()));
        let escaped = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        if escaped != text {
            self.0.push((kind, escaped.into_bytes()));
        }
    }

    /// Bytes, also in base 16, 32 and 64.
    pub(super) fn add_bytes(&mut self, kind: &'static str, bytes: &[u8]) {
        let written = [HEXLOWER, HEXUPPER, BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD].map(|base| base.encode(bytes));
        self.0.push((kind, bytes.to_vec()));
        self.0.extend(written.map(|text| (kind, text.into_bytes())));
    }

    fn has(&self, needle: &Needle) -> bool {
        self.0.iter().any(|(_, known)| *known == needle.0)
    }
}

impl Run {
    /// Adds to the place of this name.
    pub(super) fn note(&mut self, name: &str, shows: Shows, bytes: &[u8]) {
        match self.places.iter_mut().find(|place| place.name == name) {
            Some(place) => place.bytes.extend(bytes),
            None => self.places.push(Place { name: name.to_owned(), bytes: bytes.into(), shows }),
        }
    }

    /// What stands in the place of this name.
    #[track_caller]
    pub(super) fn place(&self, name: &str) -> &[u8] {
        let names = || self.places.iter().map(|place| &place.name).collect::<Vec<_>>();
        let place = self.places.iter().find(|place| place.name == name);
        &place.unwrap_or_else(|| panic!("{name} is none of {:?}", names())).bytes
    }

    /// Every secret of this run that stands where it should not.
    fn hits(&self) -> Vec<Hit> {
        let hits = |place: &Place| {
            let found = search(&place.name, &place.bytes, &self.secrets).into_iter();
            found.filter(|hit| !place.shows.contains(&hit.kind)).collect::<Vec<_>>()
        };
        self.places.iter().flat_map(hits).collect()
    }

    /// Whether this run, in which the code is none, has it in that place all the same.
    fn has_by_chance(&self, Hit { kind, place, needle, .. }: &Hit) -> bool {
        let same = |found: &&Place| found.name == *place;
        let has = |found: &Place| AhoCorasick::new([&needle.0]).expect("one needle").is_match(&found.bytes);
        *kind == DERIVED_CODE && !self.secrets.has(needle) && self.places.iter().find(same).is_some_and(has)
    }
}

/// What two runs, with the same inputs and under different server keys, have leaked.
pub(super) fn leaks(run: &Run, other: &Run) -> Vec<Hit> {
    let not_by_chance = |run: &Run, control: &Run| {
        let hits = run.hits().into_iter();
        hits.filter(|hit| !control.has_by_chance(hit)).collect::<Vec<_>>()
    };
    [not_by_chance(run, other), not_by_chance(other, run)].concat()
}

/// Puts a secret of every kind into each place of a run in turn: what is not found there then was not looked for there.
#[track_caller]
pub(super) fn assert_every_plant_is_found(run: &Run, control: &Run) {
    let mut kinds = BTreeMap::<_, &Vec<u8>>::new();
    for (kind, needle) in &run.secrets.0 {
        kinds.entry(*kind).or_insert(needle);
    }
    assert!(kinds.len() > 5, "{:?}", kinds.keys());
    for place in &run.places {
        let planted: Vec<_> = kinds.iter().filter(|(kind, _)| !place.shows.contains(kind)).collect();
        let mut bytes = place.bytes.clone();
        let middle = bytes.len() / 2;
        for (_, needle) in &planted {
            bytes.splice(middle..middle, [b" ", needle.as_slice(), b" "].concat());
        }
        let (name, shows) = (place.name.clone(), place.shows);
        let mut with_plants = Run::default();
        with_plants.secrets.0.clone_from(&run.secrets.0);
        with_plants.places.push(Place { name, bytes, shows });
        let hits = leaks(&with_plants, &Run { secrets: Secrets::default(), places: Vec::new() });
        for (kind, _) in planted {
            assert!(
                hits.iter().any(|hit| hit.kind == *kind && hit.place == place.name),
                "a {kind} in {} is not found",
                place.name
            );
        }
        assert!(control.places.iter().any(|other| other.name == place.name), "the control has no {}", place.name);
    }
}

/// Every secret that stands in `bytes`.
pub(super) fn search(place: &str, bytes: &[u8], secrets: &Secrets) -> Vec<Hit> {
    let needles = AhoCorasick::new(secrets.0.iter().map(|(_, needle)| needle)).expect("few enough needles");
    let found = needles.find_overlapping_iter(bytes).map(|found| {
        let before = &bytes[found.start().saturating_sub(60)..found.start()];
        let after = &bytes[found.end()..bytes.len().min(found.end() + 20)];
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
        let (kind, ref needle) = secrets.0[found.pattern().as_usize()];
        let around = format!("at {}: {before}<{kind}>{after}", found.start());
        Hit { kind, place: place.to_owned(), around, needle: Needle(needle.clone()) }
    });
    found.collect()
}
