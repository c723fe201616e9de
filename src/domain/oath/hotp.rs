//! Counter-based codes (RFC 4226): `HOTP(K, C) = Truncate(HMAC-SHA-1(K, C))`.
//!
//! The token counts each time its button is pressed, the server each time a code is accepted, so the token may be ahead
//! and never behind. The server therefore looks a little ahead (§7.4) and never back: a counter below the expected one
//! is burnt, whatever its code. A token too far ahead is brought back by two codes in a row ([`resync`]).

use super::{Code, Digits, HashAlgorithm, Seed, Window, code};

/// The look-ahead window (§7.2 and §7.4, parameter `s`): how many counters are tried, beginning with the expected one.
/// 1 tries that alone. Of 10^d codes of d digits this many are good for each guess, hence the bound; 10 to 20 is usual.
pub type LookAhead = Window<1, 100>;

/// How many counters a resynchronization tries, beginning with the expected one. Two codes in a row have to match, so a
/// much wider window than that of one code leaves far less to guess: with 6 digits and the widest, one in 10^8.
pub type ResyncWindow = Window<2, 10_000>;

/// A code was good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The counter it was made with, always below [`u64::MAX`].
    pub counter: u64,
}

impl Accepted {
    /// The counter to expect from now on; storing it burns the accepted one and all before.
    pub fn next_counter(self) -> u64 {
        // An accepted counter is below the maximum: `candidates` leaves that one out.
        self.counter + 1
    }
}

/// The code that a token shows at a counter.
pub fn hotp(seed: &Seed, digits: Digits, counter: u64) -> Code {
    code(&HashAlgorithm::Sha1.key(seed), counter, digits)
}

/// Checks a code (§7.2). `expected` is the lowest counter not burnt; the counter accepted is at least that and inside
/// the window.
pub fn verify(seed: &Seed, digits: Digits, expected: u64, window: LookAhead, given: &str) -> Option<Accepted> {
    let key = HashAlgorithm::Sha1.key(seed);
    let mut found = None;
    for counter in candidates(expected, window.size()) {
        let matches = code(&key, counter, digits).matches(given);
        found = found.or(matches.then_some(Accepted { counter }));
    }
    found
}

/// Finds a token that is too far ahead by two codes in a row (§7.4): the first at a counter of the window that is not
/// burnt, the second at the next one, which is the counter accepted. Both are then burnt.
pub fn resync(
    seed: &Seed,
    digits: Digits,
    expected: u64,
    window: ResyncWindow,
    first: &str,
    second: &str,
) -> Option<Accepted> {
    let key = HashAlgorithm::Sha1.key(seed);
    let (mut found, mut first_before) = (None, false);
    for counter in candidates(expected, window.size()) {
        let code = code(&key, counter, digits);
        let matches = code.matches(second) & first_before;
        found = found.or(matches.then_some(Accepted { counter }));
        first_before = code.matches(first);
    }
    found
}

/// The counters of a window. The highest number of all is none of them: after it there would be no next one.
pub(super) fn candidates(expected: u64, size: u16) -> std::ops::Range<u64> {
    expected..expected.saturating_add(size.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::oath::tests::rfc_seed;
    use crate::domain::oath::truncation;
    use aws_lc_rs::hmac;
    use proptest::prelude::*;

    /// RFC 4226, appendix D: HMAC, truncated value and code of each counter from 0 on.
    const APPENDIX_D: [(&str, u32, &str); 10] = [
        ("cc93cf18508d94934c64b65d8ba7667fb7cde4b0", 0x4c93_cf18, "755224"),
        ("75a48a19d4cbe100644e8ac1397eea747a2d33ab", 0x4139_7eea, "287082"),
        ("0bacb7fa082fef30782211938bc1c5e70416ff44", 0x082f_ef30, "359152"),
        ("66c28227d03a2d5529262ff016a1e6ef76557ece", 0x66ef_7655, "969429"),
        ("a904c900a64b35909874b33e61c5938a8e15ed1c", 0x61c5_938a, "338314"),
        ("a37e783d7b7233c083d4f62926c7a25f238d0316", 0x33c0_83d4, "254676"),
        ("bc9cd28561042c83f219324d3c607256c03272ae", 0x7256_c032, "287922"),
        ("a4fb960c0bc06e1eabb804e5b397cdc4b45596fa", 0x04e5_b397, "162583"),
        ("1b3c89f65e6c9e883012052823443f048b4332db", 0x2823_443f, "399871"),
        ("1637409809a679dc698207310c8c7fc07290d9e5", 0x2679_dc69, "520489"),
    ];

    const SEVEN: LookAhead = match LookAhead::new(7) {
        Ok(window) => window,
        Err(_) => LookAhead::MIN,
    };

    fn show(counter: u64) -> String {
        hotp(&rfc_seed(20), Digits::Six, counter).expose().to_owned()
    }

    fn check(expected: u64, window: LookAhead, given: &str) -> Option<u64> {
        verify(&rfc_seed(20), Digits::Six, expected, window, given).map(|accepted| accepted.counter)
    }

    fn find(expected: u64, window: u16, first: &str, second: &str) -> Option<u64> {
        let window = ResyncWindow::new(window).unwrap();
        resync(&rfc_seed(20), Digits::Six, expected, window, first, second).map(Accepted::next_counter)
    }

    #[test]
    fn the_vectors_of_rfc_4226_come_out() {
        let key = HashAlgorithm::Sha1.key(&rfc_seed(20));
        for (counter, (mac, truncated, code)) in (0_u64..).zip(APPENDIX_D) {
            let tag = hmac::sign(&key, &counter.to_be_bytes());
            let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, mac, "{counter}");
            assert_eq!(truncation(tag.as_ref()), truncated, "{counter}");
            assert_eq!(show(counter), code, "{counter}");
            for (digits, modulus) in [(Digits::Seven, 10_000_000), (Digits::Eight, 100_000_000)] {
                let expected = format!("{:0width$}", truncated % modulus, width = usize::from(digits.count()));
                assert_eq!(hotp(&rfc_seed(20), digits, counter).expose(), expected, "{counter}");
            }
        }
        assert_eq!(hotp(&rfc_seed(20), Digits::Eight, 0).expose(), "84755224");
    }

    #[test]
    fn every_counter_of_the_window_is_good_and_none_outside() {
        for counter in 0..20 {
            let inside = (5..12).contains(&counter);
            assert_eq!(check(5, SEVEN, &show(counter)), inside.then_some(counter), "{counter}");
        }
        assert_eq!(check(5, LookAhead::MIN, &show(5)), Some(5));
        assert_eq!(check(5, LookAhead::MIN, &show(6)), None);
        assert_eq!(check(0, LookAhead::MAX, &show(99)), Some(99));
        assert_eq!(check(0, LookAhead::MAX, &show(100)), None);
    }

    #[test]
    fn an_accepted_counter_is_burnt_with_all_before_it() {
        let next = verify(&rfc_seed(20), Digits::Six, 3, SEVEN, &show(6)).unwrap().next_counter();
        assert_eq!(next, 7);
        for burnt in 0..=6 {
            assert_eq!(check(next, SEVEN, &show(burnt)), None, "{burnt}");
        }
        assert_eq!(check(next, SEVEN, &show(7)), Some(7));
    }

    #[test]
    fn texts_that_are_no_codes_are_wrong_codes() {
        for given in ["", "755", "0755224", "755224 ", "-55224", "７５５２２４", "\0\0\0\0\0\0"] {
            assert_eq!(check(0, SEVEN, given), None, "{given:?}");
        }
        assert_eq!(check(0, SEVEN, &"9".repeat(1_000_000)), None);
    }

    #[test]
    fn the_end_of_the_counter_refuses_and_does_not_wrap() {
        let last = u64::MAX - 1;
        assert_eq!(check(last, SEVEN, &show(last)), Some(last));
        assert_eq!(Accepted { counter: last }.next_counter(), u64::MAX);
        for given in [u64::MAX, 0, 1] {
            assert_eq!(check(u64::MAX, LookAhead::MAX, &show(given)), None);
            assert_eq!(check(last, SEVEN, &show(given)), None);
        }
        assert_eq!(find(last - 1, 100, &show(last - 1), &show(last)), Some(u64::MAX));
        assert_eq!(find(last, 100, &show(last), &show(u64::MAX)), None);
        assert_eq!(find(u64::MAX, 100, &show(u64::MAX), &show(0)), None);
    }

    #[test]
    fn two_codes_in_a_row_find_a_token_that_is_far_ahead() {
        assert_eq!(find(10, 1000, &show(700), &show(701)), Some(702));
        // At the window's first and last places.
        assert_eq!(find(10, 1000, &show(10), &show(11)), Some(12));
        assert_eq!(find(10, 1000, &show(1008), &show(1009)), Some(1010));
        assert_eq!(find(10, 1000, &show(1009), &show(1010)), None);
    }

    #[test]
    fn resync_takes_neither_one_code_nor_two_apart_nor_burnt_ones() {
        assert_eq!(find(10, 1000, &show(700), &show(700)), None);
        assert_eq!(find(10, 1000, &show(700), &show(702)), None);
        assert_eq!(find(10, 1000, &show(701), &show(700)), None);
        assert_eq!(find(10, 1000, &show(700), "000000"), None);
        assert_eq!(find(10, 1000, &show(9), &show(10)), None);
        assert_eq!(find(10, 1000, &show(3), &show(4)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever codes come, by verify or resync, in whatever order: accepted counters rise strictly and stay in the
        /// window.
        #[test]
        fn no_counter_is_accepted_twice(
            start in prop_oneof![0..50_u64, (u64::MAX - 60)..=u64::MAX],
            size in 1..=100_u16,
            calls in prop::collection::vec((0..60_u64, any::<bool>()), 1..30),
        ) {
            let (look_ahead, wide) = (LookAhead::new(size).unwrap(), ResyncWindow::new(size.max(2)).unwrap());
            let seed = rfc_seed(20);
            let mut expected = start;
            for (offset, two) in calls {
                let counter = start.saturating_add(offset);
                let given = show(counter);
                let accepted = if two {
                    resync(&seed, Digits::Six, expected, wide, &given, &show(counter.wrapping_add(1)))
                } else {
                    verify(&seed, Digits::Six, expected, look_ahead, &given)
                };
                if let Some(accepted) = accepted {
                    prop_assert!(accepted.counter >= expected);
                    prop_assert!(accepted.counter - expected < u64::from(wide.size()));
                    prop_assert_eq!(show(accepted.counter), if two { show(counter + 1) } else { given });
                    expected = accepted.next_counter();
                }
            }
        }
    }
}
