//! Looks for many secrets in much, in every way they may be written.

use aho_corasick::AhoCorasick;
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

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
}

impl Secrets {
    /// A text, also as it stands in a URL, in two bytes a character, and without the plus of a phone number.
    pub(super) fn add(&mut self, kind: &'static str, text: &str) {
        assert!(text.len() >= 8, "a {kind} this short is met by chance");
        self.0.push((kind, text.trim_start_matches('+').as_bytes().to_vec()));
        let utf16 = text.trim_start_matches('+').encode_utf16().flat_map(u16::to_le_bytes);
        self.0.push((kind, utf16.collect()));
        let escaped = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        self.0.push((kind, escaped.into_bytes()));
    }

    /// Bytes, also in base 16, 32 and 64.
    pub(super) fn add_bytes(&mut self, kind: &'static str, bytes: &[u8]) {
        let written = [HEXLOWER, HEXUPPER, BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD].map(|base| base.encode(bytes));
        self.0.push((kind, bytes.to_vec()));
        self.0.extend(written.map(|text| (kind, text.into_bytes())));
    }
}

/// Every secret that stands in `bytes`.
pub(super) fn search(place: &str, bytes: &[u8], secrets: &Secrets) -> Vec<Hit> {
    let needles = AhoCorasick::new(secrets.0.iter().map(|(_, needle)| needle)).expect("few enough needles");
    let found = needles.find_overlapping_iter(bytes).map(|found| {
        let before = &bytes[found.start().saturating_sub(60)..found.start()];
        let after = &bytes[found.end()..bytes.len().min(found.end() + 20)];
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
        let kind = secrets.0[found.pattern().as_usize()].0;
        Hit { kind, place: place.to_owned(), around: format!("at {}: {before}<{kind}>{after}", found.start()) }
    });
    found.collect()
}
