//! Counts of a time that ends now.

use super::Timestamp;
use chrono::TimeDelta;

/// In how many pieces a window slides: it counts everything of its own length, and at most a piece more.
const PIECES: i32 = 12;

/// The counts of a piece of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it begins.
    pub from: Timestamp,
    /// From when on it does not count any more.
    pub ends: Timestamp,
    /// Codes sent in it.
    pub sent: u32,
    /// Codes verified in it.
    pub verified: u32,
}

/// Codes sent and verified, the oldest first. There are as many buckets as a window has pieces, and a few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window(Vec<Bucket>);

impl Window {
    /// Reads one back.
    pub fn from_buckets(buckets: Vec<Bucket>) -> Self {
        Self(buckets)
    }

    /// Its buckets.
    pub fn buckets(&self) -> &[Bucket] {
        &self.0
    }

    /// Codes sent and verified.
    pub fn totals(&self) -> (u32, u32) {
        let sum = |count: fn(&Bucket) -> u32| self.0.iter().map(count).fold(0, u32::saturating_add);
        (sum(|bucket| bucket.sent), sum(|bucket| bucket.verified))
    }

    /// Forgets what does not count any more.
    pub fn slide(&mut self, at: Timestamp) {
        self.0.retain(|bucket| at < bucket.ends);
    }

    pub(super) fn add_sent(&mut self, window: TimeDelta, at: Timestamp) {
        let bucket = self.current(window, at);
        bucket.sent = bucket.sent.saturating_add(1);
    }

    pub(super) fn add_verified(&mut self, window: TimeDelta, at: Timestamp) {
        let bucket = self.current(window, at);
        bucket.verified = bucket.verified.saturating_add(1);
    }

    /// Takes the last send back, if there was one.
    pub(super) fn take_back(&mut self) {
        if let Some(bucket) = self.0.iter_mut().rev().find(|bucket| bucket.sent > 0) {
            bucket.sent -= 1;
        }
    }

    /// From when on there is nothing to count.
    pub(super) fn ends(&self) -> Option<Timestamp> {
        self.0.iter().map(|bucket| bucket.ends).max()
    }

    /// The bucket of this moment. A clock that is set back adds to the newest one, so that they cannot become many.
    fn current(&mut self, window: TimeDelta, at: Timestamp) -> &mut Bucket {
        self.slide(at);
        let piece = window / PIECES;
        if self.0.last().is_none_or(|last| at - last.from >= piece) {
            self.0.push(Bucket { from: at, ends: at + piece + window, sent: 0, verified: 0 });
        }
        self.0.last_mut().expect("if there was none, one was added")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: TimeDelta = TimeDelta::hours(1);

    fn noon() -> Timestamp {
        Timestamp::from_timestamp(1_767_268_800, 0).unwrap()
    }

    #[test]
    fn all_of_the_window_counts_and_what_is_a_piece_older_does_not() {
        let mut window = Window::default();
        window.add_sent(HOUR, noon());
        window.add_verified(HOUR, noon() + TimeDelta::minutes(4));
        window.slide(noon() + TimeDelta::minutes(64));
        assert_eq!(window.totals(), (1, 1));
        assert_eq!(window.ends(), Some(noon() + TimeDelta::minutes(65)));
        window.slide(noon() + TimeDelta::minutes(65));
        assert_eq!((window.totals(), window.ends()), ((0, 0), None));
    }

    #[test]
    fn there_are_never_more_than_thirteen_buckets_whatever_the_clock_does() {
        let mut window = Window::default();
        let mut at = noon();
        for n in 0..1000_i32 {
            at += if n % 50 == 49 { -HOUR } else { TimeDelta::seconds(299) };
            window.add_sent(HOUR, at);
            assert!(window.buckets().len() <= 13, "{}", window.buckets().len());
        }
    }

    #[test]
    fn a_send_that_is_taken_back_is_the_last_one_and_there_are_never_less_than_none() {
        let mut window = Window::default();
        window.take_back();
        window.add_sent(HOUR, noon());
        window.add_verified(HOUR, noon() + TimeDelta::minutes(10));
        window.take_back();
        window.take_back();
        assert_eq!(window.totals(), (0, 1));
    }
}
