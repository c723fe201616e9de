//! Files of token seeds, in and out: what a vendor delivers with its tokens, and what a soft token scans.
//!
//! - [`pskc`]: Portable Symmetric Key Container (RFC 6030), plain or encrypted.
//! - [`csv`]: one token per line, as many vendors send them.
//! - [`otpauth`]: the URIs that authenticator apps take; [`qr`] draws them.
//!
//! Every reader is an iterator of entries and problems that holds one entry at a time, however long the file is. It goes on
//! after a bad entry, so that one reading reports all of them; what makes the rest of the file meaningless is its last
//! item. Take nothing over unless a whole reading had no problem. That a serial number is there twice is for the store to
//! find: remembering a million of them is not for a reader.
//!
//! The room knows neither store nor domain: its entries are plain values, checked for what the formats say.

mod encoding;
mod input;

pub mod csv;
pub mod otpauth;
pub mod pskc;
pub mod qr;

use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::fmt;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// The shortest seed, in bytes (RFC 4226 §4, R6: 128 bits).
pub const SEED_BYTES_MIN: usize = 16;

/// The longest seed, in bytes: the block of HMAC-SHA-512. A longer one is hashed before use, and so no stronger.
pub const SEED_BYTES_MAX: usize = 128;

/// The longest serial number, label and name, in characters.
pub const TEXT_MAX: usize = 128;

/// The years of dates: those that RFC 3339 can write.
const YEARS: RangeInclusive<i32> = 0..=9999;

/// How much a reader takes before it gives up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest file, in bytes.
    pub bytes_max: u64,
    /// After how many problems reading stops.
    pub problems_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes_max: 8 << 30, problems_max: 10_000 }
    }
}

/// The secret of a token. It is wiped when dropped, and can be neither printed nor compared.
pub struct SeedBytes(Zeroizing<Vec<u8>>);

impl SeedBytes {
    /// Takes over the bytes; `None` if there are fewer than [`SEED_BYTES_MIN`] or more than [`SEED_BYTES_MAX`].
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        (SEED_BYTES_MIN..=SEED_BYTES_MAX).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes, for sealing or computing.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    fn wanted(bytes: Zeroizing<Vec<u8>>) -> Result<Self, String> {
        let length = bytes.len();
        Self::new(bytes)
            .ok_or_else(|| format!("the seed has {length} bytes; it must have {SEED_BYTES_MIN} to {SEED_BYTES_MAX}"))
    }
}

/// One token, as a file describes it.
pub struct TokenEntry {
    /// The line on which the entry begins, counted from 1.
    pub line: u64,
    /// The serial number.
    pub serial: String,
    /// Who made the device.
    pub manufacturer: Option<String>,
    /// Which model it is.
    pub model: Option<String>,
    /// How it makes codes.
    pub kind: Kind,
    /// Its secret.
    pub seed: SeedBytes,
    /// Before this moment it must not be used.
    pub start: Option<DateTime<Utc>>,
    /// From this moment on it must not be used.
    pub expiry: Option<DateTime<Utc>>,
    /// What it may be used for.
    pub usage: Usage,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Whose it is, if the file says so.
    pub account: Option<String>,
}

/// Without the seed, and without whose it is.
impl fmt::Debug for TokenEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, serial, kind, .. } = self;
        f.debug_struct("TokenEntry")
            .field("line", line)
            .field("serial", serial)
            .field("kind", kind)
            .finish_non_exhaustive()
    }
}

/// How a token makes codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From a counter (RFC 4226).
    Hotp {
        /// Length of a code, 6 to 8.
        digits: u8,
        /// The next counter.
        counter: u64,
    },
    /// From the time (RFC 6238).
    Totp {
        /// Length of a code, 6 to 8.
        digits: u8,
        /// Length of a time step, 1 to [`PERIOD_SECS_MAX`].
        period_secs: u32,
        /// The hash of its HMAC.
        algorithm: Algorithm,
        /// When step 0 began, in seconds since 1970.
        t0: u64,
        /// How many steps the device's clock is ahead (RFC 6030 §4.2, `TimeDrift`).
        drift_steps: i32,
    },
    /// From a challenge (RFC 6287).
    Ocra {
        /// The suite. It begins with `OCRA-1:` and is not checked further.
        suite: String,
        /// The next counter, if the file has one.
        counter: Option<u64>,
    },
}

/// The longest time step, in seconds.
pub const PERIOD_SECS_MAX: u32 = 3600;

/// The hash that an HMAC is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, the default everywhere.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Reads `SHA1`, `sha-256`, `HmacSHA512` and the like.
    fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !matches!(c, '-' | '_')).take(16).collect();
        match plain.to_ascii_uppercase().trim_start_matches("HMAC") {
            "SHA1" => Some(Self::Sha1),
            "SHA256" => Some(Self::Sha256),
            "SHA512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The name, as key URIs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

/// What a key may be used for (RFC 6030 §5, `KeyUsage`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the RFC")]
pub enum KeyUse {
    Otp,
    ChallengeResponse,
    Encrypt,
    Integrity,
    Verify,
    Unlock,
    Decrypt,
    KeyWrap,
    Unwrap,
    Derive,
    Generate,
}

/// The uses that a file allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage(u16);

impl Usage {
    /// No limit: what a file means that names no use.
    pub const ANY: Self = Self(u16::MAX);

    /// Whether this use is allowed.
    pub fn allows(self, key_use: KeyUse) -> bool {
        self.0 & (1 << key_use as u16) != 0
    }

    fn of(uses: impl IntoIterator<Item = KeyUse>) -> Self {
        Self(uses.into_iter().fold(0, |all, key_use| all | 1 << key_use as u16))
    }
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1, on which the bad entry or part begins.
    pub line: u64,
    /// The serial number of the bad entry, if it has one that can be read.
    pub serial: Option<String>,
    /// What is wrong, in a sentence that holds nothing secret.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(serial) = &self.serial {
            write!(f, ", serial {serial}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for Problem {}

/// A serial number, label or name: 1 to [`TEXT_MAX`] characters, none of them a control character.
fn text(given: &str) -> Result<String, String> {
    if given.chars().any(char::is_control) {
        return Err("has a control character".to_owned());
    }
    let given = given.trim();
    if given.is_empty() {
        Err("must not be empty".to_owned())
    } else if given.chars().nth(TEXT_MAX).is_some() {
        Err(format!("has more than {TEXT_MAX} characters"))
    } else {
        Ok(given.to_owned())
    }
}

/// A whole number without sign or blanks; `None` also if it is too large.
fn number(given: &str) -> Option<u64> {
    given.bytes().all(|byte| byte.is_ascii_digit()).then(|| given.parse().ok())?
}

fn digits(given: &str) -> Result<u8, String> {
    match number(given) {
        Some(digits @ 6..=8) => Ok(digits as u8),
        _ => Err("must be 6, 7 or 8 digits".to_owned()),
    }
}

fn period(given: &str) -> Result<u32, String> {
    match number(given).and_then(|secs| u32::try_from(secs).ok()) {
        Some(secs @ 1..=PERIOD_SECS_MAX) => Ok(secs),
        _ => Err(format!("must be 1 to {PERIOD_SECS_MAX} seconds")),
    }
}

fn suite(given: &str) -> Result<String, String> {
    let printable = given.bytes().all(|byte| byte.is_ascii_graphic());
    if printable && given.len() <= TEXT_MAX && given.starts_with("OCRA-1:") {
        Ok(given.to_owned())
    } else {
        Err("is no OCRA suite: it begins with OCRA-1: (RFC 6287 §6)".to_owned())
    }
}

/// What a reader has found and not yet handed out.
struct Found {
    items: VecDeque<Result<TokenEntry, Problem>>,
    problems: u32,
    problems_max: u32,
}

impl Found {
    fn new(limits: &Limits) -> Self {
        Self { items: VecDeque::new(), problems: 0, problems_max: limits.problems_max }
    }

    fn good(&mut self, entry: TokenEntry) {
        self.items.push_back(Ok(entry));
    }

    fn bad(&mut self, line: u64, serial: Option<&str>, what: impl Into<String>) {
        self.items.push_back(Err(Problem { line, serial: serial.map(str::to_owned), what: what.into() }));
    }

    /// The next item. After too many problems that is the last one, and `done` becomes true.
    fn take(&mut self, done: &mut bool) -> Option<Result<TokenEntry, Problem>> {
        let item = self.items.pop_front()?;
        if let Err(Problem { line, .. }) = item {
            if self.problems == self.problems_max {
                *done = true;
                self.items.clear();
                let what = format!("there are more than {} problems; the rest was not read", self.problems_max);
                return Some(Err(Problem { line, serial: None, what }));
            }
            self.problems += 1;
        }
        Some(item)
    }
}

#[cfg(test)]
mod tests;
