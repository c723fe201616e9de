mod attacks;
mod made;
mod protected;
mod refused;
mod rfc;

use super::super::{Kind, Problem, TokenEntry};
use super::{Options, read};

const SEED: &[u8] = b"12345678901234567890";

/// The only entry of a good file.
fn one(file: &str, options: Options) -> TokenEntry {
    let mut entries = all(file, options);
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}

/// The entries of a good file.
fn all(file: &str, options: Options) -> Vec<TokenEntry> {
    read(file.as_bytes(), options).map(|entry| entry.unwrap_or_else(|problem| panic!("{problem}"))).collect()
}

/// The problems of a bad file.
fn problems(file: impl AsRef<[u8]>, options: Options) -> Vec<Problem> {
    read(file.as_ref(), options).filter_map(Result::err).collect()
}

/// What the only problem of a bad file is.
fn problem(file: impl AsRef<[u8]>, options: Options) -> String {
    let mut problems = problems(file, options);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0).what
}

fn hotp(digits: u8, counter: u64) -> Kind {
    Kind::Hotp { digits, counter }
}
