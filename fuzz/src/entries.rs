//! What every reader of token files keeps to.

use crate::memory;
use crate::tokenfile::{
    Algorithm, Kind, Limits, PERIOD_SECS_MAX, Problem, SEED_BYTES_MAX, SEED_BYTES_MIN, TEXT_MAX, TokenEntry, Usage,
};
use chrono::{DateTime, Datelike as _, Utc};
use std::io::Read;

/// What is said of one entry has at most so many characters.
const PROBLEM_MAX: usize = 1200;

/// What a reader has at once, for however long a file; and for each byte of an entry, which may be all of a small file.
const MEMORY: (usize, usize) = (1 << 20, 128);

pub const LIMITS: Limits = Limits { bytes_max: 1 << 20, problems_max: 20 };

/// All that an entry says, but for its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub serial: String,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub kind: Kind,
    pub seed: Vec<u8>,
    pub start: Option<DateTime<Utc>>,
    pub expiry: Option<DateTime<Utc>>,
    pub usage: Usage,
    pub issuer: Option<String>,
    pub account: Option<String>,
}

impl From<&TokenEntry> for Facts {
    fn from(entry: &TokenEntry) -> Self {
        Self {
            serial: entry.serial.clone(),
            manufacturer: entry.manufacturer.clone(),
            model: entry.model.clone(),
            kind: entry.kind.clone(),
            seed: entry.seed.expose().to_vec(),
            start: entry.start,
            expiry: entry.expiry,
            usage: entry.usage,
            issuer: entry.issuer.clone(),
            account: entry.account.clone(),
        }
    }
}

/// A source that gives a few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(out.len());
        self.0.read(&mut out[..length])
    }
}

/// What was found in a file: the good entries, by their lines, and the problems.
pub struct Found {
    pub good: Vec<(u64, TokenEntry)>,
    pub problems: Vec<Problem>,
}

/// Reads a file as a whole and again a few bytes at a time, which must make no difference, and checks all that is found.
pub fn read<'f, I>(file: &'f [u8], reader: impl Fn(Box<dyn Read + 'f>) -> I) -> Found
where
    I: Iterator<Item = Result<TokenEntry, Problem>>,
{
    let memory = MEMORY.0 + MEMORY.1 * file.len();
    let found = memory::within(memory, || all(reader(Box::new(file))));
    let again = all(reader(Box::new(Trickle(file, 1 + file.len() % 7))));
    assert_eq!(found.len(), again.len(), "how a file comes in makes a difference");
    for pair in found.iter().zip(&again) {
        match pair {
            (Ok(one), Ok(other)) => assert_eq!((one.line, Facts::from(one)), (other.line, Facts::from(other))),
            (Err(one), Err(other)) => assert_eq!(one, other),
            (one, other) => panic!("how a file comes in makes a difference: {one:?}, {other:?}"),
        }
    }
    let lines = 1 + file.iter().filter(|byte| **byte == b'\n').count() as u64;
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for item in found {
        match item {
            Ok(entry) => {
                check_entry(&entry, lines);
                good.push((entry.line, entry));
            }
            Err(problem) => {
                check_problem(&problem, lines);
                problems.push(problem);
            }
        }
    }
    assert!(!file.is_empty() || !problems.is_empty(), "an empty file is no problem");
    assert!(problems.len() <= LIMITS.problems_max as usize + 1);
    Found { good, problems }
}

/// All items, and none after the end.
fn all<T>(mut items: impl Iterator<Item = T>) -> Vec<T> {
    let found = items.by_ref().collect();
    assert!(items.next().is_none() && items.next().is_none(), "there is something after the end");
    found
}

fn check_problem(problem: &Problem, lines: u64) {
    let Problem { line, serial, what } = problem;
    assert!((1..=lines).contains(line), "line {line} of {lines}");
    assert!(!what.is_empty() && what.chars().count() <= PROBLEM_MAX, "{what}");
    assert!(!what.contains(char::is_control), "{what:?}");
    serial.iter().for_each(|text| check_text(text));
}

fn check_text(text: &str) {
    assert!((1..=TEXT_MAX).contains(&text.chars().count()) && !text.contains(char::is_control), "{text:?}");
    assert_eq!(text, text.trim());
}

fn check_entry(entry: &TokenEntry, lines: u64) {
    assert!((1..=lines).contains(&entry.line), "line {} of {lines}", entry.line);
    check_text(&entry.serial);
    let texts = [&entry.manufacturer, &entry.model, &entry.issuer, &entry.account];
    texts.into_iter().flatten().for_each(|text| check_text(text));
    assert!((SEED_BYTES_MIN..=SEED_BYTES_MAX).contains(&entry.seed.expose().len()));
    if let (Some(start), Some(expiry)) = (entry.start, entry.expiry) {
        assert!(start < expiry);
    }
    for moment in [entry.start, entry.expiry].into_iter().flatten() {
        assert!((0..=9999).contains(&moment.year()), "{moment} cannot be written as RFC 3339 writes it");
    }
    match &entry.kind {
        Kind::Hotp { digits, .. } => assert!((6..=8).contains(digits)),
        Kind::Totp { digits, period_secs, algorithm, .. } => {
            assert!((6..=8).contains(digits) && (1..=PERIOD_SECS_MAX).contains(period_secs));
            assert!([Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512].contains(algorithm));
        }
        Kind::Ocra { suite, .. } => assert!(suite.starts_with("OCRA-1:") && suite.len() <= TEXT_MAX),
    }
    let shown = format!("{entry:?}");
    assert!(!shown.contains(&format!("{:?}", entry.seed.expose())), "{shown}");
}
