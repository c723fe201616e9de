//! A sliding window, small enough to be kept for everyone: how often something happened lately.
//!
//! The span is cut into eleven parts, and the window counts in twelve: that of now and the eleven before it. Together they
//! always cover the whole span, so there are never more than [`Rule::max`] in any span of time whatever; the price is that a
//! place becomes free up to one part later than it could.
//!
//! Time only goes forward here. A clock that is set back is taken for standing still until it has caught up, so that nothing
//! is refunded. One that was ahead for a while may have ended before its time what was counted earlier: the window keeps in mind
//! how much that was and until when it would have counted, and counts it again when the clock is found before that by more than
//! calls overtake each other. What was counted ahead stays for as long as the clock was ahead, and no more.

use crate::domain::flow::Timestamp;

/// How many parts are counted: the eleven of a span, and the one that has only begun.
const PARTS: usize = 12;

/// What is over is kept in mind for this long: a clock that is ahead by more than that refunds what it has ended.
const KEPT_MILLIS: i64 = 2 * 3600 * 1000;

/// The times of calls that come one after the other differ by less, whatever their order: they are taken before a call waits
/// for its turn.
const DISORDER_MILLIS: i64 = 5000;

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
    /// What is over, if the clock was right when it went ahead by several parts at once.
    leapt: Over,
    /// What is over since the last part began: all that a clock that goes ahead by one part can have ended before its time.
    passed: Over,
}

/// What a window has let go lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Over {
    /// Until when the last of it counted, in milliseconds since 1970.
    until_millis: i64,
    /// How many there were.
    count: u32,
}

impl Window {
    /// The length of a window in the store, in bytes.
    pub const LENGTH: usize = 4 + 8 + 4 * PARTS + 2 * Over::LENGTH;

    /// The window as bytes: span, number of the newest part, counts, then twice until when what is over counted and how
    /// many that were; all big-endian.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..4].copy_from_slice(&self.span_secs.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.newest.to_be_bytes());
        let (counts, over) = bytes[12..].split_at_mut(4 * PARTS);
        for (place, count) in counts.chunks_exact_mut(4).zip(self.counts) {
            place.copy_from_slice(&count.to_be_bytes());
        }
        for (place, over) in over.chunks_exact_mut(Over::LENGTH).zip([self.leapt, self.passed]) {
            place[..8].copy_from_slice(&over.until_millis.to_be_bytes());
            place[8..].copy_from_slice(&over.count.to_be_bytes());
        }
        bytes
    }

    /// Reads one back.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (span, rest) = bytes.split_first_chunk()?;
        let (newest, rest) = rest.split_first_chunk()?;
        let (read, over) = rest.split_at_checked(4 * PARTS)?;
        let mut counts = [0; PARTS];
        for (count, place) in counts.iter_mut().zip(read.chunks_exact(4)) {
            *count = u32::from_be_bytes(place.try_into().ok()?);
        }
        let (leapt, passed) = over.split_at_checked(Over::LENGTH)?;
        let (leapt, passed) = (Over::from_bytes(leapt)?, Over::from_bytes(passed)?);
        let newest = i64::from_be_bytes(*newest);
        // No time that the clock can show has another part.
        let possible = newest.unsigned_abs() <= i64::MAX.unsigned_abs() / 4;
        possible.then_some(Self { span_secs: u32::from_be_bytes(*span), newest, counts, leapt, passed })
    }

    /// How many there were in the span that ends now.
    pub fn count(&self, rule: Rule, now: Timestamp) -> u32 {
        let window = self.at(rule, now);
        window.counted().saturating_add(window.again(now))
    }

    /// How many count once more.
    fn again(&self, now: Timestamp) -> u32 {
        self.leapt.again(now).saturating_add(self.passed.again(now))
    }

    /// How many there are in the parts that are counted.
    fn counted(&self) -> u32 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
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
        let (mut left, again) = (window.counted(), window.again(now));
        if left.saturating_add(again) < rule.max {
            return None;
        }
        // What counts again does so until then, whatever else there is.
        let until = [window.leapt, window.passed].into_iter().filter(|over| over.again(now) > 0);
        let mut free_at = until.map(|over| over.until_millis).fold(now.timestamp_millis(), i64::max);
        for part in window.newest - (PARTS as i64 - 1)..=window.newest {
            if left < rule.max {
                break;
            }
            left -= window.counts[place(part)];
            free_at = free_at.max((part + PARTS as i64).saturating_mul(rule.part_millis()));
        }
        let millis = free_at - now.timestamp_millis();
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
            return Self { span_secs: rule.span_secs, newest: now, counts: [0; PARTS], ..*self };
        }
        let mut window = *self;
        if window.span_secs != rule.span_secs {
            // The rule has changed: what was counted under the old one counts as if it had happened when the last did, at the
            // latest moment that can have been.
            let old = Rule { max: 0, span_secs: self.span_secs }.part_millis();
            let (begin, end) = (window.newest.saturating_mul(old), (window.newest + 1).saturating_mul(old) - 1);
            let newest = end.min(millis.max(begin)).div_euclid(part);
            let mut counts = [0; PARTS];
            counts[place(newest)] = self.counted();
            window = Self { span_secs: rule.span_secs, newest, counts, ..window };
        }
        // The oldest first; none is older than what the last part leaves.
        let (oldest, parts) = (window.newest - (PARTS as i64 - 1), PARTS as i64);
        let mut gone = Over::default();
        for old in oldest..=window.newest.min(now - parts) {
            let count = std::mem::take(&mut window.counts[place(old)]);
            gone.add(Over { until_millis: (old + parts).saturating_mul(part), count });
        }
        if gone.count > 0 && now - window.newest > 1 {
            if millis.saturating_sub(window.leapt.until_millis) > KEPT_MILLIS {
                window.leapt = Over::default();
            }
            window.leapt.add(gone);
        } else if gone.count > 0 {
            window.passed = gone;
        }
        window.newest = window.newest.max(now);
        window
    }
}

impl Over {
    /// Bytes in the store.
    const LENGTH: usize = 8 + 4;

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (until, count) = bytes.split_first_chunk()?;
        Some(Self { until_millis: i64::from_be_bytes(*until), count: u32::from_be_bytes(count.try_into().ok()?) })
    }

    /// What counts once more, because it is not over yet.
    fn again(self, now: Timestamp) -> u32 {
        let left = self.until_millis.saturating_sub(now.timestamp_millis());
        if left >= DISORDER_MILLIS { self.count } else { 0 }
    }

    fn add(&mut self, more: Self) {
        if more.count > 0 {
            self.count = self.count.saturating_add(more.count);
            self.until_millis = self.until_millis.max(more.until_millis);
        }
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
    fn a_clock_that_was_ahead_for_a_while_refunds_nothing() {
        let (max, hour) = (3, 3_600_000);
        for span_secs in [60, 600, 3600, 86_400] {
            let rule = Rule { max, span_secs };
            let mut window = Window::default();
            for n in 0..3 {
                window = window.raised(rule, at(START + n));
            }
            // Ahead, some are let in, more than once.
            for n in 0..3 {
                let ahead = at(START + hour + n * 1_200_000);
                if window.wait_secs(rule, ahead).is_none() {
                    window = window.raised(rule, ahead);
                }
            }
            window = Window::from_bytes(&window.to_bytes()).unwrap();
            // Back: the first three count as long as they would have, and it does not take for ever.
            let span = i64::from(span_secs) * 1000;
            assert!(window.wait_secs(rule, at(START + 5)).is_some(), "{span_secs}");
            assert!(window.wait_secs(rule, at(START + span - DISORDER_MILLIS)).is_some(), "{span_secs}");
            let wait = i64::from(window.wait_secs(rule, at(START + 5)).unwrap());
            assert_eq!(window.wait_secs(rule, at(START + 5 + wait * 1000)), None, "{span_secs}");
            assert!(wait * 1000 <= 2 * hour + span + span / 11 + 2000, "{span_secs}: {wait}");
        }
    }

    #[test]
    fn calls_that_overtake_each_other_at_a_boundary_are_counted_once() {
        let rule = Rule { max: 1000, span_secs: 60 };
        let mut window = Window::default();
        // Eight a second for ten minutes, then two calls at a boundary of parts, the later one first.
        for n in 0..4800 {
            window = window.raised(rule, at(START + n * 125));
        }
        let part = rule.part_millis();
        let boundary = ((START + 600_000) / part + 1) * part;
        window = window.raised(rule, at(boundary + 1));
        let (late, early) = (window.count(rule, at(boundary + 1)), window.count(rule, at(boundary - 1)));
        assert!(early <= 530 && late <= 530, "{early}, {late}");
        assert_eq!(window.wait_secs(rule, at(boundary - 1)), None);
    }

    #[test]
    fn a_clock_that_is_right_never_counts_twice() {
        let rule = Rule { max: 2, span_secs: 60 };
        let mut window = Window::default();
        for n in 0..1000 {
            let now = at(START + n * 33_000);
            assert_eq!(window.wait_secs(rule, now), None, "{n}");
            window = window.raised(rule, now);
        }
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
        fn what_a_clock_that_is_ahead_lets_in_is_all_that_it_gives_away(
            max in 1_u32..6,
            span_secs in 1_u32..4000,
            ahead_secs in 10_i64..3600,
            // How long until the next call, and whether the clock is ahead by then.
            steps in proptest::collection::vec((0_i64..400_000, proptest::bool::weighted(0.2)), 1..60),
        ) {
            let rule = Rule { max, span_secs };
            let (mut now, mut window, mut taken) = (START, Window::default(), Vec::<i64>::new());
            let span = i64::from(span_secs) * 1000;
            for (step, is_ahead) in steps {
                now += step;
                let clock = if is_ahead { now + ahead_secs * 1000 } else { now };
                if window.wait_secs(rule, at(clock)).is_none() {
                    window = window.raised(rule, at(clock));
                    if !is_ahead {
                        taken.push(now);
                        let lately = taken.iter().filter(|then| **then > now - span + DISORDER_MILLIS).count();
                        prop_assert!(lately <= max as usize, "{lately} of {max}");
                    }
                }
            }
        }

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
