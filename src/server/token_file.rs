//! Files of tokens on their way into the store: what [`tokenfile`] reads becomes what the domain knows.
//!
//! A file is read twice, one entry at a time: [`check`] to find everything that is wrong with it, then
//! [`TokenFile::open`] to import it. What the formats allow and this server cannot use is a problem of its entry: time
//! steps other than 30 and 60 seconds, OCRA tokens that take a PIN or a wire, or that may sign and no more.

use crate::api::operator::types::{self as wire, ImportEntry, Timestamp, TokenKind};
use crate::api::scalar::Invalid;
use crate::domain::flow;
use crate::domain::oath::ocra::suite::Suite;
use crate::domain::oath::totp::{Drift, Period, Totp};
use crate::domain::oath::{Digits, HashAlgorithm, Seed};
use crate::domain::operator::Stamp;
use crate::domain::ports::Random;
use crate::domain::token::{Device, Make, Ocra, Serial, Token, TokenId};
use crate::tokenfile::{self, Algorithm, KeyUse, Kind, Limits, TokenEntry, csv, otpauth, pskc};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Symmetric Key Container (RFC 6030).
    Pskc,
    /// One token per line, with a header.
    Csv,
    /// One key URI per line.
    Otpauth,
}

impl Format {
    /// The format that the end of a file's name stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "xml" | "pskc" | "pskcxml" => Some(Self::Pskc),
            "csv" => Some(Self::Csv),
            "otpauth" | "txt" | "uri" => Some(Self::Otpauth),
            _ => None,
        }
    }
}

/// A file of tokens, and what it takes to read it.
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// The pre-shared key of an encrypted container.
    pub key: Option<SecretSlice<u8>>,
    /// The password that the key of an encrypted container is derived from.
    pub password: Option<SecretString>,
    /// Whether to take a signed container, though its signature is not checked.
    pub accept_unchecked_signature: bool,
}

/// Not a key. Never quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of a container has 16, 24 or 32 bytes, written as 32, 48 or 64 hexadecimal digits")]
pub struct KeyError;

/// Reads a pre-shared key in hexadecimal; white space around it is ignored.
pub fn key(hex: &str) -> Result<SecretSlice<u8>, KeyError> {
    let digits = hex.trim().as_bytes();
    if !matches!(digits.len(), 32 | 48 | 64) {
        return Err(KeyError);
    }
    HEXLOWER_PERMISSIVE.decode(digits).map(SecretSlice::from).map_err(|_| KeyError)
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: Arc<Path>,
    /// The line, counted from 1; `None` if it is about the whole file.
    pub line: Option<u64>,
    /// The serial number of the bad entry, if it may be shown: one of a key URI may be somebody's address.
    pub serial: Option<String>,
    /// What is wrong, in a sentence that holds nothing secret.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(serial) = &self.serial {
            write!(f, ": serial {serial}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Problem {}

/// What [`check`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Usable entries.
    pub tokens: u64,
    /// Problems, in however many entries.
    pub problems: u64,
}

/// Reads a whole file and reports every problem. Import nothing unless there were none. `progress` hears how many entries
/// have been looked at.
pub fn check(source: &Source, report: &mut dyn FnMut(&Problem), progress: &mut dyn FnMut(u64)) -> Checked {
    let mut checked = Checked::default();
    for entry in TokenFile::open(source) {
        match entry {
            Ok(_) => checked.tokens += 1,
            Err(problem) => {
                report(&problem);
                checked.problems += 1;
            }
        }
        progress(checked.tokens + checked.problems);
    }
    checked
}

/// One usable entry: a token but for its id and its history.
pub struct NewToken {
    /// The line on which the entry begins.
    pub line: u64,
    serial: Serial,
    manufacturer: Option<Make>,
    model: Option<Make>,
    device: Device,
    seed: Seed,
    starts_at: Option<flow::Timestamp>,
    expires_at: Option<flow::Timestamp>,
}

impl NewToken {
    /// The token as it comes into the stock.
    pub fn import(self, random: &dyn Random, since: Stamp) -> Token {
        let Self { line: _, serial, manufacturer, model, device, seed, starts_at, expires_at } = self;
        let token = Token::imported(TokenId::random(random), serial, device, seed, since);
        Token { manufacturer, model, starts_at, expires_at, ..token }
    }

    /// The entry as the operator API takes it.
    pub fn wire(&self) -> Result<ImportEntry, Invalid> {
        let Self { line: _, serial, manufacturer, model, device, seed, starts_at, expires_at } = self;
        let make = |make: &Option<Make>| make.as_ref().map(|make| make.as_str().parse()).transpose();
        let digits = |digits: &Digits| wire::Digits::try_from(u32::from(digits.count()));
        let entry = ImportEntry {
            serial: serial.as_str().parse()?,
            manufacturer: make(manufacturer)?,
            model: make(model)?,
            kind: TokenKind::Hotp,
            seed: wire::Seed::try_from(HEXLOWER.encode(seed.expose()))?,
            digits: None,
            algorithm: None,
            period: None,
            t0: None,
            counter: None,
            drift: None,
            suite: None,
            starts_at: starts_at.map(Timestamp),
            expires_at: expires_at.map(Timestamp),
        };
        Ok(match device {
            Device::Hotp { digits: length, counter } => {
                ImportEntry { digits: Some(digits(length)?), counter: Some((*counter).try_into()?), ..entry }
            }
            Device::Totp { totp, drift, last_step: _ } => ImportEntry {
                kind: TokenKind::Totp,
                digits: Some(digits(&totp.digits)?),
                algorithm: Some(match totp.algorithm {
                    HashAlgorithm::Sha1 => wire::Algorithm::Sha1,
                    HashAlgorithm::Sha256 => wire::Algorithm::Sha256,
                    HashAlgorithm::Sha512 => wire::Algorithm::Sha512,
                }),
                period: Some(totp.period.seconds().try_into()?),
                t0: Some(u64::try_from(totp.t0).unwrap_or_default().try_into()?),
                drift: Some(i32::try_from(drift.steps()).unwrap_or_default().try_into()?),
                ..entry
            },
            Device::Ocra(ocra) => ImportEntry {
                kind: TokenKind::Ocra,
                suite: Some(ocra.suite().as_str().parse()?),
                counter: ocra.suite().has_counter().then(|| ocra.counter().try_into()).transpose()?,
                ..entry
            },
        })
    }
}

/// The entries of a file, in order, one in memory at a time.
pub struct TokenFile {
    file: Arc<Path>,
    format: Format,
    entries: Box<dyn Iterator<Item = Result<TokenEntry, tokenfile::Problem>>>,
    /// Why the file cannot be read at all.
    refusal: Option<Problem>,
}

impl TokenFile {
    /// Opens a file. One that cannot be read has that as its only entry.
    pub fn open(source: &Source) -> Self {
        let file: Arc<Path> = source.path.as_path().into();
        let (entries, refusal) = match entries(source) {
            Ok(entries) => (entries, None),
            Err(reason) => {
                let problem = Problem { file: file.clone(), line: None, serial: None, reason };
                (Box::new(std::iter::empty()) as _, Some(problem))
            }
        };
        Self { file, format: source.format, entries, refusal }
    }

    fn problem(&self, problem: tokenfile::Problem) -> Problem {
        let tokenfile::Problem { line, serial, what } = problem;
        Problem { file: self.file.clone(), line: Some(line), serial, reason: what }
    }
}

impl Iterator for TokenFile {
    type Item = Result<NewToken, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(problem) = self.refusal.take() {
            return Some(Err(problem));
        }
        let entry = match self.entries.next()? {
            Ok(entry) => entry,
            Err(problem) => return Some(Err(self.problem(problem))),
        };
        Some(usable(&entry).map_err(|what| {
            let serial = (self.format != Format::Otpauth).then(|| entry.serial.clone());
            self.problem(tokenfile::Problem { line: entry.line, serial, what })
        }))
    }
}

type Entries = Box<dyn Iterator<Item = Result<TokenEntry, tokenfile::Problem>>>;

fn entries(source: &Source) -> Result<Entries, String> {
    let Source { path, format, key, password, accept_unchecked_signature } = source;
    // Looked at before it is opened: opening a pipe would wait for somebody who writes into it.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err("is not a regular file: it is read twice, which no pipe or device allows".to_owned());
    }
    let bytes = File::open(path).map_err(|error| error.to_string())?;
    Ok(match format {
        Format::Pskc => {
            let key = key.as_ref().map(|key| SecretSlice::from(key.expose_secret().to_vec()));
            let unlock = pskc::Unlock { key, password: password.clone(), mac_key: None };
            let accept_unchecked_signature = *accept_unchecked_signature;
            Box::new(pskc::read(bytes, pskc::Options { limits: Limits::default(), unlock, accept_unchecked_signature }))
        }
        Format::Csv => Box::new(csv::read(bytes, csv::Options::default())),
        Format::Otpauth => Box::new(otpauth::read(bytes, &Limits::default())),
    })
}

fn usable(entry: &TokenEntry) -> Result<NewToken, String> {
    // That codes are allowed at all, the reader has seen to. A login is a challenge, too.
    if matches!(entry.kind, Kind::Ocra { .. }) && !entry.usage.allows(KeyUse::ChallengeResponse) {
        return Err("the key's policy lets it sign, but not answer the challenge of a login".to_owned());
    }
    let make = |text: &Option<String>| text.as_deref().map(Make::parse).transpose().map_err(|error| error.to_string());
    Ok(NewToken {
        line: entry.line,
        serial: Serial::parse(&entry.serial).map_err(|error| error.to_string())?,
        manufacturer: make(&entry.manufacturer)?,
        model: make(&entry.model)?,
        device: device(&entry.kind)?,
        seed: Seed::new(entry.seed.expose()).map_err(|error| error.to_string())?,
        starts_at: entry.start,
        expires_at: entry.expiry,
    })
}

fn device(kind: &Kind) -> Result<Device, String> {
    let digits = |digits| Digits::new(digits).ok_or("a code has 6, 7 or 8 digits");
    Ok(match kind {
        Kind::Hotp { digits: length, counter } => Device::Hotp { digits: digits(*length)?, counter: *counter },
        Kind::Totp { digits: length, period_secs, algorithm, t0, drift_steps } => Device::Totp {
            totp: Totp {
                algorithm: match algorithm {
                    Algorithm::Sha1 => HashAlgorithm::Sha1,
                    Algorithm::Sha256 => HashAlgorithm::Sha256,
                    Algorithm::Sha512 => HashAlgorithm::Sha512,
                },
                digits: digits(*length)?,
                period: Period::new(*period_secs).ok_or("a time step has 30 or 60 seconds here")?,
                t0: i64::try_from(*t0).map_err(|_| "step 0 began too late to be")?,
            },
            drift: Drift::new((*drift_steps).into()).map_err(|error| error.to_string())?,
            last_step: None,
        },
        Kind::Ocra { suite, counter } => {
            let suite: Suite = suite.parse().map_err(|error| format!("the OCRA suite is not usable: {error}"))?;
            if suite.has_counter() && counter.is_none() {
                return Err("the OCRA suite has a counter, and the entry does not say where it stands".to_owned());
            }
            Device::Ocra(Ocra::new(suite, counter.unwrap_or(0), None).map_err(|error| error.to_string())?)
        }
    })
}

#[cfg(test)]
mod tests;
