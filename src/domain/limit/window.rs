//! A sliding window, small enough to be kept for everyone: how often something happened lately.
//!
//! The span is cut into eleven parts, and the window counts in twelve: that of now and the eleven before it. Together they
//! always cover the whole span, so there are never more than [`Rule::max`] in any span of time whatever; the price is that a
//! place becomes free up to one part later than it could.
//!
//! Time only goes forward here. A clock that is set back is taken for standing still until it has caught up, so that nothing
//! is refunded; one that was ahead by an hour keeps what was counted then for an hour longer, and no more.

use crate::domain::flow::Timestamp;

/// How many parts are counted: the eleven of a span, and the one that has only begun.
const PARTS: usize = 12;

/// At most so many in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How many.
    pub max: u32,
    /// The span, whole seconds.
    pub span_secs: u32,
}

impl Rule {
    fn part_millis(self) -> i64 {
        let parts = PARTS as i64 - 1;
        (i64::from(self.span_secs.max(1)) * 1000 + parts - 1) / parts
    }
}

/// What was counted of one thing. Empty, it takes no room in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The span it was counted under.
    span_secs: u32,
    /// The number of the newest part, counted from 1970.
    newest: i64,
    /// By the number of the part modulo [`PARTS`].
    counts: [u32; PARTS],
}

impl Window {
    /// The length of a window in the store, in bytes.
    pub const LENGTH: usize = 4 + 8 + 4 * PARTS;

    /// The window as bytes: span, number of the newest part, counts; all big-endian.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..4].copy_from_slice(&self.span_secs.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.newest.to_be_bytes());
        for (place, count) in bytes[12..].chunks_exact_mut(4).zip(self.counts) {
            place.copy_from_slice(&count.to_be_bytes());
        }
        bytes
    }

    /// Reads one back.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (span, rest) = bytes.split_first_chunk()?;
        let (newest, rest) = rest.split_first_chunk()?;
        let mut counts = [0; PARTS];
        if rest.len() != 4 * PARTS {
            return None;
        }
        for (count, place) in counts.iter_mut().zip(rest.chunks_exact(4)) {
            *count = u32::from_be_bytes(place.try_into().ok()?);
        }
        Some(Self { span_secs: u32::from_be_bytes(*span), newest: i64::from_be_bytes(*newest), counts })
    }

    /// How many there were in the span that ends now.
    pub fn count(&self, rule: Rule, now: Timestamp) -> u32 {
        self.at(rule, now).counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The window with one more.
    #[must_use]
    pub fn raised(&self, rule: Rule, now: Timestamp) -> Self {
        let mut window = self.at(rule, now);
        let place = place(window.newest);
        window.counts[place] = window.counts[place].saturating_add(1);
        window
    }

    /// Nothing if there is room for one more now; otherwise how many seconds it takes until there is, at least 1.
    pub fn wait_secs(&self, rule: Rule, now: Timestamp) -> Option<u32> {
        let window = self.at(rule, now);
        let mut left = window.count(rule, now);
        if left < rule.max {
            return None;
        }
        let mut free_at = window.newest + 1;
        for part in window.newest - (PARTS as i64 - 1)..=window.newest {
            left -= window.counts[place(part)];
            free_at = part + PARTS as i64;
            if left < rule.max {
                break;
            }
        }
        let millis = free_at.saturating_mul(rule.part_millis()) - now.timestamp_millis();
        Some(u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX).max(1))
    }

    /// When nothing of it counts any more, in milliseconds since 1970.
    pub fn over_at_millis(&self) -> i64 {
        let rule = Rule { max: 0, span_secs: self.span_secs };
        (self.newest + PARTS as i64).saturating_mul(rule.part_millis())
    }

    /// Whether it has counted nothing.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// The window as it is now, without what is over.
    fn at(&self, rule: Rule, now: Timestamp) -> Self {
        let part = rule.part_millis();
        let (millis, now) = (now.timestamp_millis(), now.timestamp_millis().div_euclid(part));
        if self.is_empty() {
            return Self { span_secs: rule.span_secs, newest: now, counts: [0; PARTS] };
        }
        let mut window = *self;
        if window.span_secs != rule.span_secs {
            // The rule has changed: what was counted under the old one counts as if it had happened when the last did, at the
            // latest moment that can have been.
            let old = Rule { max: 0, span_secs: self.span_secs }.part_millis();
            let (begin, end) = (window.newest.saturating_mul(old), (window.newest + 1).saturating_mul(old) - 1);
            let newest = end.min(millis.max(begin)).div_euclid(part);
            let mut counts = [0; PARTS];
            counts[place(newest)] = self.counts.iter().fold(0, |sum: u32, count| sum.saturating_add(*count));
            window = Self { span_secs: rule.span_secs, newest, counts };
        }
        if now - window.newest >= PARTS as i64 {
            return Self { newest: now, counts: [0; PARTS], ..window };
        }
        while window.newest < now {
            window.newest += 1;
            window.counts[place(window.newest)] = 0;
        }
        window
    }
}

fn place(part: i64) -> usize {
    part.rem_euclid(PARTS as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: i64 = 1_800_000_000_000;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn a_window_is_full_at_its_maximum_and_says_when_it_is_not() {
        let rule = Rule { max: 3, span_secs: 60 };
        let mut window = Window::default();
        for _ in 0..3 {
            assert_eq!(window.wait_secs(rule, at(START)), None);
            window = window.raised(rule, at(START));
        }
        let wait = window.wait_secs(rule, at(START)).unwrap();
        assert!((60..=66).contains(&wait), "{wait}");
        assert!(window.wait_secs(rule, at(START + i64::from(wait) * 1000 - 1001)).is_some());
        assert_eq!(window.wait_secs(rule, at(START + i64::from(wait) * 1000)), None);
        assert_eq!(window.count(rule, at(START + 70_000)), 0);
        assert!(window.over_at_millis() >= START + 60_000);
    }

    #[test]
    fn a_clock_that_steps_an_hour_neither_refunds_nor_locks_for_good() {
        let (rule, hour) = (Rule { max: 2, span_secs: 600 }, 3_600_000);
        let full = Window::default().raised(rule, at(START)).raised(rule, at(START));
        // Back: still full, and free again when the clock has caught up and the span is over.
        assert!(full.wait_secs(rule, at(START - hour)).is_some());
        assert_eq!(full.wait_secs(rule, at(START + 660_000)), None);
        // Ahead and back again: what was counted ahead counts until its own span is over.
        let ahead = Window::default().raised(rule, at(START + hour)).raised(rule, at(START + hour));
        let wait = ahead.wait_secs(rule, at(START)).unwrap();
        assert!((3600..=3600 + 660).contains(&wait), "{wait}");
        assert_eq!(ahead.wait_secs(rule, at(START + i64::from(wait) * 1000)), None);
    }

    #[test]
    fn a_rule_that_changes_refunds_nothing() {
        let (old, new) = (Rule { max: 5, span_secs: 60 }, Rule { max: 2, span_secs: 3600 });
        let window = Window::default().raised(old, at(START)).raised(old, at(START + 5000));
        assert_eq!(window.count(new, at(START + 6000)), 2);
        assert!(window.wait_secs(new, at(START + 6000)).is_some());
        let back = window.raised(new, at(START + 6000));
        assert_eq!(back.count(old, at(START + 7000)), 3);
    }

    #[test]
    fn a_window_reads_back_and_nothing_else_does() {
        let rule = Rule { max: 5, span_secs: 60 };
        let window = Window::default().raised(rule, at(START)).raised(rule, at(START + 30_000));
        assert_eq!(Window::from_bytes(&window.to_bytes()), Some(window));
        assert_eq!(Window::from_bytes(&window.to_bytes()[1..]), None);
        assert_eq!(Window::from_bytes(&[0; Window::LENGTH + 1]), None);
        assert!(Window::from_bytes(&[0; Window::LENGTH]).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn there_are_never_more_than_the_maximum_in_any_span(
            max in 1_u32..6,
            span_secs in 1_u32..100,
            steps in proptest::collection::vec(0_i64..40_000, 1..80),
        ) {
            let rule = Rule { max, span_secs };
            let span = i64::from(span_secs) * 1000;
            let part = span / 11 + 2;
            let (mut now, mut window, mut taken) = (START, Window::default(), Vec::<i64>::new());
            for step in steps {
                now += step;
                let lately = taken.iter().filter(|then| **then > now - span).count();
                match window.wait_secs(rule, at(now)) {
                    None => {
                        prop_assert!(lately < max as usize, "{lately} of {max}");
                        window = window.raised(rule, at(now));
                        taken.push(now);
                    }
                    Some(wait) => {
                        // Nobody waits for longer than a part beyond what a list of all times would ask for.
                        let a_little_longer = taken.iter().filter(|then| **then > now - span - part).count();
                        prop_assert!(a_little_longer >= max as usize);
                        prop_assert_eq!(window.wait_secs(rule, at(now + i64::from(wait) * 1000)), None);
                    }
                }
            }
        }
    }
}
