//! Time-based codes (RFC 6238): HOTP with `T = (now - T0) / X` as the moving factor, over SHA-1, SHA-256 or SHA-512.
//!
//! ```text
//!                     now by our clock        now by the token's clock, as far as known
//!                            │──────── drift ────────►│
//!   steps  ──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──┬──►
//!                                            [ ±window ]
//! ```
//!
//! - The **window** forgives a slow typist and a clock that is a little off (§5.2).
//! - The **drift** is how many steps the token's clock was ahead of ours when a code was last accepted (§6): the window
//!   is laid around it, so a clock that goes wrong slowly is followed for years with a narrow window.
//! - The **last step** accepted is burnt with all before it (§5.2: a code is accepted once).
//! - A token that is further off than the window is found by two codes in a row ([`Totp::resync`]).

use super::{Code, Digits, HashAlgorithm, Seed, Window, code};
use crate::domain::flow::Timestamp;
use aws_lc_rs::hmac;

/// Steps tried on each side of the token's own time; 0 tries that alone. 1 is usual (§5.2), and the bound keeps the
/// number of good codes low.
pub type DriftWindow = Window<0, 10>;

/// Steps tried on each side of our time in a resynchronization: up to a day of 30-second steps, which covers a software
/// token in the wrong time zone. Two codes in a row have to match.
pub type ResyncWindow = Window<1, 2880>;

/// How long a step is (§4.1, `X`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// 30 seconds, the usual one.
    Thirty,
    /// 60 seconds.
    Sixty,
}

impl Period {
    /// Reads a number of seconds.
    pub fn new(seconds: u32) -> Option<Self> {
        [Self::Thirty, Self::Sixty].into_iter().find(|known| known.seconds() == seconds)
    }

    /// The number of seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Thirty => 30,
            Self::Sixty => 60,
        }
    }
}

/// How far a token's clock is ahead of ours, in steps; behind is negative. At most as far as a resynchronization looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Drift(i16);

/// Further off than any drift may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a drift is at most 2880 steps either way, not {0}")]
pub struct DriftError(i64);

impl Drift {
    /// None: what an unused token has.
    pub const ZERO: Self = Self(0);

    /// The furthest ahead; as far behind is the furthest the other way.
    pub const MAX: Self = Self(ResyncWindow::MAX.size() as i16);

    /// Checks the bound.
    pub fn new(steps: i64) -> Result<Self, DriftError> {
        let bound = i64::from(Self::MAX.0);
        if (-bound..=bound).contains(&steps) { Ok(Self(steps as i16)) } else { Err(DriftError(steps)) }
    }

    /// The steps.
    pub fn steps(self) -> i64 {
        self.0.into()
    }
}

/// A code was good. Storing both numbers burns its step and all before, and follows the token's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The step it was made in, always below 2^63.
    pub step: u64,
    /// The drift that this shows.
    pub drift: Drift,
}

/// What is fixed when a time-based token is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Totp {
    /// The hash.
    pub algorithm: HashAlgorithm,
    /// How many digits a code has.
    pub digits: Digits,
    /// How long a step is.
    pub period: Period,
    /// `T0`: when step 0 began, in seconds since 1970-01-01T00:00:00Z; 0 unless the vendor says otherwise.
    pub t0: i64,
}

impl Totp {
    /// The code that a token shows in a step.
    pub fn code(&self, seed: &Seed, step: u64) -> Code {
        code(&self.algorithm.key(seed), step, self.digits)
    }

    /// The step that a moment is in; `None` before step 0, when there are no codes yet.
    pub fn step(&self, now: Timestamp) -> Option<u64> {
        u64::try_from(self.signed_step(now)).ok()
    }

    /// Checks a code. `drift` and `last_step` are the token's, from when a code was last accepted; the step accepted is
    /// after `last_step`.
    pub fn verify(
        &self,
        seed: &Seed,
        window: DriftWindow,
        now: Timestamp,
        drift: Drift,
        last_step: Option<u64>,
        given: &str,
    ) -> Option<Accepted> {
        let key = self.algorithm.key(seed);
        let current = self.signed_step(now);
        let mut found = None;
        // Nearest first, so that of two steps with one code the likelier is taken: 0, 1, -1, 2, -2, …
        let width = i64::from(window.size());
        for offset in std::iter::once(0).chain((1..=width).flat_map(|n| [n, -n])) {
            let matches = self.candidate(&key, current, drift.steps() + offset, last_step);
            let matches = matches.filter(|(_, code)| code.matches(given)).map(|(accepted, _)| accepted);
            found = found.or(matches);
        }
        found
    }

    /// Finds a token whose clock is off by more than the drift window (§6): two codes in a row, both in the window
    /// around our own time and after `last_step`. The later one's step is the one accepted; both are then burnt.
    pub fn resync(
        &self,
        seed: &Seed,
        window: ResyncWindow,
        now: Timestamp,
        last_step: Option<u64>,
        first: &str,
        second: &str,
    ) -> Option<Accepted> {
        let key = self.algorithm.key(seed);
        let current = self.signed_step(now);
        let width = i64::from(window.size());
        let (mut found, mut first_before) = (None, false);
        for drift in -width..=width {
            let Some((accepted, code)) = self.candidate(&key, current, drift, last_step) else { continue };
            let matches = code.matches(second) & first_before;
            found = found.or(matches.then_some(accepted));
            first_before = code.matches(first);
        }
        found
    }

    /// The step that is `drift` away from the current one, with its code; `None` for one that is burnt, before step 0
    /// or further away than any drift may be.
    fn candidate(&self, key: &hmac::Key, current: i64, drift: i64, last: Option<u64>) -> Option<(Accepted, Code)> {
        let step = u64::try_from(current.checked_add(drift)?).ok()?;
        let drift = Drift::new(drift).ok()?;
        (last < Some(step)).then(|| (Accepted { step, drift }, code(key, step, self.digits)))
    }

    /// Counted down from step 0 before `T0`. Saturates for a `T0` that is further from now than all of history.
    fn signed_step(&self, now: Timestamp) -> i64 {
        now.timestamp().saturating_sub(self.t0).div_euclid(self.period.seconds().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::oath::tests::rfc_seed;
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    /// RFC 6238, appendix B: seconds, step, and the codes over SHA-1, SHA-256 and SHA-512. The seeds have 20, 32 and 64
    /// bytes: the appendix names one of 20 for all three, its reference program and the errata use these.
    const APPENDIX_B: [(i64, u64, [&str; 3]); 6] = [
        (59, 0x1, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, 0x023_523ec, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, 0x023_523ed, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, 0x273_ef07, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, 0x3f9_40aa, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, 0x27bc_86aa, ["65353130", "77737706", "47863826"]),
    ];

    const TOKEN: Totp = Totp { algorithm: HashAlgorithm::Sha1, digits: Digits::Six, period: Period::Thirty, t0: 0 };

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn show(step: u64) -> String {
        TOKEN.code(&rfc_seed(20), step).expose().to_owned()
    }

    /// Checks in the middle of step 1000, with a window of ±1.
    fn check(drift: i64, last: Option<u64>, step: u64) -> Option<(u64, i64)> {
        let drift = Drift::new(drift).unwrap();
        let window = DriftWindow::new(1).unwrap();
        let accepted = TOKEN.verify(&rfc_seed(20), window, at(30_015), drift, last, &show(step))?;
        Some((accepted.step, accepted.drift.steps()))
    }

    fn find(window: u16, last: Option<u64>, first: u64, second: u64) -> Option<(u64, i64)> {
        let window = ResyncWindow::new(window).unwrap();
        let accepted = TOKEN.resync(&rfc_seed(20), window, at(30_015), last, &show(first), &show(second))?;
        Some((accepted.step, accepted.drift.steps()))
    }

    #[test]
    fn the_vectors_of_rfc_6238_come_out() {
        for (seconds, step, codes) in APPENDIX_B {
            let hashes = [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512];
            for (algorithm, code) in hashes.into_iter().zip(codes) {
                let token = Totp { algorithm, digits: Digits::Eight, ..TOKEN };
                let seed = rfc_seed(algorithm.length());
                assert_eq!(token.step(at(seconds)), Some(step));
                assert_eq!(token.code(&seed, step).expose(), code, "{algorithm:?} {seconds}");
                let accepted = token.verify(&seed, DriftWindow::MIN, at(seconds), Drift::ZERO, None, code);
                assert_eq!(accepted, Some(Accepted { step, drift: Drift::ZERO }));
            }
        }
    }

    #[test]
    fn period_and_beginning_move_the_steps() {
        let minute = Totp { period: Period::Sixty, t0: 100, ..TOKEN };
        assert_eq!(minute.step(at(99)), None);
        assert_eq!(minute.step(at(100)), Some(0));
        assert_eq!(minute.step(at(159)), Some(0));
        assert_eq!(minute.step(at(160)), Some(1));
        assert_eq!(minute.step(at(159) + TimeDelta::milliseconds(999)), Some(0));
    }

    #[test]
    fn moments_before_the_first_step_have_no_code() {
        let accept = |seconds, step| {
            TOKEN.verify(&rfc_seed(20), DriftWindow::new(1).unwrap(), at(seconds), Drift::ZERO, None, &show(step))
        };
        // One step early is inside the window of step 0, two are not.
        assert_eq!(accept(-1, 0).map(|accepted| accepted.drift.steps()), Some(1));
        assert_eq!(accept(-31, 0), None);
        assert_eq!(accept(0, u64::MAX), None);
        assert_eq!(TOKEN.step(at(-1)), None);
        assert_eq!(TOKEN.step(at(0) - TimeDelta::milliseconds(1)), None);
        for t0 in [i64::MIN, i64::MAX] {
            let token = Totp { t0, ..TOKEN };
            for now in [Timestamp::MIN_UTC, at(0), Timestamp::MAX_UTC] {
                assert_eq!(token.verify(&rfc_seed(20), DriftWindow::MAX, now, Drift::MAX, None, "x"), None);
                assert_eq!(token.resync(&rfc_seed(20), ResyncWindow::MIN, now, None, "x", "y"), None);
            }
        }
    }

    #[test]
    fn the_window_lies_around_the_tokens_own_time() {
        for step in 990..1010_u64 {
            let near = |centre: u64| step.abs_diff(centre) <= 1;
            assert_eq!(check(0, None, step), near(1000).then(|| (step, step as i64 - 1000)), "{step}");
            assert_eq!(check(5, None, step), near(1005).then(|| (step, step as i64 - 1000)), "{step}");
            assert_eq!(check(-5, None, step), near(995).then(|| (step, step as i64 - 1000)), "{step}");
        }
    }

    #[test]
    fn a_slow_clock_is_followed_one_step_at_a_time() {
        let mut drift = Drift::ZERO;
        let mut last = None;
        for day in 1..=50_u64 {
            let now = 1000 + 2880 * day;
            let shown = show(now - day);
            let window = DriftWindow::new(1).unwrap();
            let accepted = TOKEN.verify(&rfc_seed(20), window, at(now as i64 * 30), drift, last, &shown).unwrap();
            (drift, last) = (accepted.drift, Some(accepted.step));
        }
        assert_eq!(drift.steps(), -50);
    }

    #[test]
    fn an_accepted_step_is_burnt_with_all_before_it() {
        assert_eq!(check(0, Some(999), 1000), Some((1000, 0)));
        assert_eq!(check(0, Some(1000), 1000), None);
        assert_eq!(check(0, Some(1000), 999), None);
        assert_eq!(check(0, Some(1000), 1001), Some((1001, 1)));
        assert_eq!(check(0, Some(u64::MAX), 1001), None);
    }

    #[test]
    fn drift_stays_within_its_bound() {
        assert_eq!(Drift::new(-2880).unwrap().steps(), -2880);
        for steps in [2881, -2881, i64::MAX, i64::MIN] {
            assert_eq!(Drift::new(steps), Err(DriftError(steps)));
        }
        let now = at(10_000 * 30);
        let accept = |step| TOKEN.verify(&rfc_seed(20), DriftWindow::MAX, now, Drift::MAX, None, &show(step));
        assert_eq!(accept(12_880).map(|accepted| accepted.drift), Some(Drift::MAX));
        assert_eq!(accept(12_881), None);
    }

    #[test]
    fn two_codes_in_a_row_find_a_token_that_is_far_off() {
        assert_eq!(find(500, None, 1400, 1401), Some((1401, 401)));
        assert_eq!(find(500, None, 600, 601), Some((601, -399)));
        // At the window's first and last places.
        assert_eq!(find(500, None, 500, 501), Some((501, -499)));
        assert_eq!(find(500, None, 499, 500), None);
        assert_eq!(find(500, None, 1499, 1500), Some((1500, 500)));
        assert_eq!(find(500, None, 1500, 1501), None);
    }

    #[test]
    fn resync_takes_neither_one_code_nor_two_apart_nor_burnt_ones() {
        assert_eq!(find(500, None, 1400, 1400), None);
        assert_eq!(find(500, None, 1400, 1402), None);
        assert_eq!(find(500, None, 1401, 1400), None);
        assert_eq!(find(500, Some(1400), 1400, 1401), None);
        assert_eq!(find(500, Some(1399), 1400, 1401), Some((1401, 401)));
    }

    #[test]
    fn seconds_read_back() {
        for seconds in 0..100 {
            let known = matches!(seconds, 30 | 60).then_some(seconds);
            assert_eq!(Period::new(seconds).map(Period::seconds), known);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever codes come, by verify or resync, whenever: accepted steps rise strictly, stay in the window that
        /// was in force, and the drift learned is the one seen.
        #[test]
        fn no_step_is_accepted_twice(
            size in 0..=10_u16,
            drift in -40..40_i64,
            calls in prop::collection::vec((-3_000..3_000_i64, -15..15_i64, any::<bool>()), 1..30),
        ) {
            let (narrow, wide) = (DriftWindow::new(size).unwrap(), ResyncWindow::new(50).unwrap());
            let seed = rfc_seed(20);
            let (mut drift, mut last) = (Drift::new(drift).unwrap(), None);
            for (seconds, offset, two) in calls {
                let now = at(seconds);
                let current = seconds.div_euclid(30);
                let Ok(shown) = u64::try_from(current + drift.steps() + offset) else { continue };
                let accepted = if two {
                    TOKEN.resync(&seed, wide, now, last, &show(shown), &show(shown + 1))
                } else {
                    TOKEN.verify(&seed, narrow, now, drift, last, &show(shown))
                };
                if let Some(accepted) = accepted {
                    prop_assert!(last < Some(accepted.step));
                    prop_assert_eq!(accepted.drift.steps(), accepted.step as i64 - current);
                    let (centre, reach) = if two { (0, 50) } else { (drift.steps(), i64::from(size)) };
                    prop_assert!((accepted.drift.steps() - centre).abs() <= reach);
                    (drift, last) = (accepted.drift, Some(accepted.step));
                }
            }
        }
    }
}
