//! One-time codes of hardware and software tokens, as the Initiative for Open Authentication (OATH) defines them.
//!
//! - [`hotp`]: codes that count (RFC 4226).
//! - [`totp`]: codes that follow the clock (RFC 6238).
//! - [`ocra`]: codes that answer a challenge or sign a transaction (RFC 6287).
//!
//! All of it is pure: the token's state and the time come in, what is accepted and the next state go out. Whoever calls
//! keeps the state and changes it in the same atomic step that accepts the code; only that makes a code good once.
//!
//! # What time tells
//!
//! A verification computes every code of its window and compares each in constant time, whether or not one has matched,
//! so its duration says neither how much of a code was right nor where in the window it was.
//!
//! # When two moving factors of a window have the same code
//!
//! That happens as often as a blind guess is right. The one nearest to what was expected is taken: taking the furthest
//! would push honest tokens out of step, and the same code sent again has no better odds than any other guess.

pub mod hotp;
pub mod ocra;
pub mod totp;

use super::work::Work;
use aws_lc_rs::{constant_time, hmac};
use std::fmt;
use zeroize::Zeroizing;

/// The secret that a token shares with the server: 16 to 128 bytes, wiped after use, never printed.
///
/// RFC 4226 §4 R6 asks for 128 bits at least. The upper bound is the block size of the largest hash: HMAC would hash
/// anything longer down first, so it adds nothing.
#[derive(Clone)]
pub struct Seed(Zeroizing<Vec<u8>>);

/// Not a seed. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a seed has 16 to 128 bytes, this one has {0}")]
pub struct SeedError(usize);

impl Seed {
    /// Takes a copy; wiping the original is the caller's part.
    pub fn new(bytes: &[u8]) -> Result<Self, SeedError> {
        if (16..=128).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(SeedError(bytes.len()))
        }
    }

    /// The bytes, for sealing and for the owner's QR code.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// The hash in a token's HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// The only one of RFC 4226. Its collisions are no weakness here: HMAC does not rest on collision resistance.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// Reads the name used in OCRA suites and `otpauth` addresses: `SHA1`, `SHA256` or `SHA512`.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha512].into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name: `SHA1`, `SHA256` or `SHA512`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// Bytes of a hash value.
    pub fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn key(self, seed: &Seed) -> hmac::Key {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::Key::new(algorithm, &seed.0)
    }
}

/// How many digits a counter- or time-based code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Digits {
    /// Six, the least that RFC 4226 §5.3 allows.
    Six,
    /// Seven.
    Seven,
    /// Eight.
    Eight,
}

impl Digits {
    /// Reads a number of digits.
    pub fn new(digits: u8) -> Option<Self> {
        [Self::Six, Self::Seven, Self::Eight].into_iter().find(|known| known.count() == digits)
    }

    /// The number.
    pub fn count(self) -> u8 {
        match self {
            Self::Six => 6,
            Self::Seven => 7,
            Self::Eight => 8,
        }
    }
}

/// A code in clear: what a token shows. It lives as long as a comparison.
pub struct Code(Zeroizing<String>);

impl Code {
    /// The last `digits` digits of a truncated value, leading zeros included (RFC 4226 §5.3, step 3).
    fn truncated(mac: &hmac::Tag, digits: u8) -> Self {
        let value = u64::from(truncation(mac.as_ref())) % 10_u64.pow(digits.into());
        Self(Zeroizing::new(format!("{value:0width$}", width = usize::from(digits))))
    }

    /// A value that is not truncated, in small hexadecimal digits (RFC 6287 §5.2, `t = 0`).
    fn whole(mac: &hmac::Tag) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(2 * mac.as_ref().len()));
        let digits = mac.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
        text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
        Self(text)
    }

    /// Compares in time that depends on the lengths alone.
    pub fn matches(&self, given: &str) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), given.as_bytes()).is_ok()
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// Dynamic truncation (RFC 4226 §5.3): the low four bits of the last byte say where in the value to read 31 bits. The
/// shortest HMAC has 20 bytes, so the highest offset, 15, leaves four to read.
fn truncation(mac: &[u8]) -> u32 {
    let offset = usize::from(mac[mac.len() - 1] & 0x0f);
    u32::from_be_bytes([mac[offset] & 0x7f, mac[offset + 1], mac[offset + 2], mac[offset + 3]])
}

/// The code of a moving factor (RFC 4226 §5.2, RFC 6238 §4.2).
fn code(key: &hmac::Key, moving_factor: u64, digits: Digits) -> Code {
    Work::HASH.add();
    Code::truncated(&hmac::sign(key, &moving_factor.to_be_bytes()), digits.count())
}

/// The size of a window, bounded by its type: a wide one is a gift to whoever guesses, and work for the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window<const MIN: u16, const MAX: u16>(u16);

/// Outside a window's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the window has to be from {min} to {max}, not {given}")]
pub struct WindowError {
    /// The smallest size.
    pub min: u16,
    /// The largest size.
    pub max: u16,
    /// What was asked for.
    pub given: u16,
}

impl<const MIN: u16, const MAX: u16> Window<MIN, MAX> {
    /// The smallest.
    pub const MIN: Self = Self(MIN);

    /// The largest.
    pub const MAX: Self = Self(MAX);

    /// Checks the bounds.
    pub const fn new(size: u16) -> Result<Self, WindowError> {
        if MIN <= size && size <= MAX { Ok(Self(size)) } else { Err(WindowError { min: MIN, max: MAX, given: size }) }
    }

    /// The size.
    pub const fn size(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The seed of the RFCs' vectors, `1234567890` over and over, at the length that the vector asks for.
    pub(in crate::domain) fn rfc_seed(length: usize) -> Seed {
        Seed::new(&b"1234567890".iter().copied().cycle().take(length).collect::<Vec<_>>()).unwrap()
    }

    /// The worked example of RFC 4226 §5.4.
    #[test]
    fn truncation_reads_where_the_last_byte_says() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19, 0xda, 0x8e, 0x94, 0x5b,
            0x55, 0x5a,
        ];
        assert_eq!(truncation(&mac), 0x50ef_7f19);
        assert_eq!(truncation(&mac) % 1_000_000, 872_921);
    }

    #[test]
    fn truncation_drops_the_sign_and_reaches_the_last_byte() {
        let mut mac = [0xff; 20];
        assert_eq!(truncation(&mac), 0x7fff_ffff);
        mac[19] = 0x00;
        assert_eq!(truncation(&mac), 0x7fff_ffff);
        mac[0] = 0x80;
        assert_eq!(truncation(&mac), 0x00ff_ffff);
    }

    #[test]
    fn a_seed_has_16_to_128_bytes_and_is_not_printed() {
        for (length, fits) in [(0, false), (15, false), (16, true), (128, true), (129, false)] {
            assert_eq!(Seed::new(&vec![7; length]).is_ok(), fits, "{length}");
        }
        assert_eq!(SeedError(15).to_string(), "a seed has 16 to 128 bytes, this one has 15");
        assert_eq!(format!("{:?}", rfc_seed(20)), "Seed(..)");
        assert_eq!(rfc_seed(12 + 10).expose(), b"1234567890123456789012");
    }

    #[test]
    fn only_the_whole_code_matches_and_debug_shows_nothing() {
        let code = code(&HashAlgorithm::Sha1.key(&rfc_seed(20)), 0, Digits::Six);
        assert!(code.matches("755224"));
        for other in ["", "75522", "7552240", "755225", " 755224", "７５５２２４"] {
            assert!(!code.matches(other), "{other}");
        }
        assert_eq!(format!("{code:?}"), "Code(..)");
    }

    #[test]
    fn names_and_numbers_read_back() {
        for algorithm in [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512] {
            assert_eq!(HashAlgorithm::parse(algorithm.as_str()), Some(algorithm));
            assert_eq!(hmac::sign(&algorithm.key(&rfc_seed(20)), b"").as_ref().len(), algorithm.length());
        }
        assert_eq!(HashAlgorithm::parse("SHA384"), None);
        for digits in 0..=u8::MAX {
            assert_eq!(Digits::new(digits).map(Digits::count), (6..=8).contains(&digits).then_some(digits));
        }
    }

    #[test]
    fn a_window_keeps_its_bounds() {
        type Small = Window<2, 5>;
        for size in 0..8 {
            assert_eq!(Small::new(size).is_ok(), (2..=5).contains(&size), "{size}");
        }
        let refused = Small::new(6).unwrap_err();
        assert_eq!(refused.to_string(), "the window has to be from 2 to 5, not 6");
        assert_eq!((Small::MIN.size(), Small::MAX.size()), (2, 5));
    }
}
