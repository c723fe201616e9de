//! What is wrong with a configuration, and where: file, line, key.
//!
//! Checks name a value by its key (`policy.pre_login.code_digits`, `keys[1].file`); the line is looked up in the text
//! afterwards. So a check can live wherever the rule is known, and values need no positions of their own.

use serde::de::DeserializeOwned;
use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the key or, where the key is absent, of the nearest table around it.
    pub line: Option<usize>,
    /// The key; empty if it is the file as a whole.
    pub key: String,
    /// A sentence that says what would be right.
    pub message: String,
}

/// Problems on their way to a [`ConfigError`].
#[derive(Debug, Default)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    /// Takes one more.
    pub fn add(&mut self, key: &str, message: impl fmt::Display) {
        self.0.push((key.to_owned(), message.to_string()));
    }

    /// Takes one more if the value is out of bounds.
    pub fn within(&mut self, key: &str, value: u64, min: u64, max: u64) {
        if !(min..=max).contains(&value) {
            self.add(key, format_args!("{value} is outside {min} to {max}"));
        }
    }
}

/// Everything that is wrong with a configuration, one line each: `file:line: key: message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// At least one, in the order of the lines.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// The file as a whole is wrong.
    pub fn of_file(file: &str, message: String) -> Self {
        Self { file: file.to_owned(), problems: vec![Problem { line: None, key: String::new(), message }] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Problem { line, key, message }) in self.problems.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { "\n" })?;
            f.write_str(&self.file)?;
            line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
            f.write_str(": ")?;
            if !key.is_empty() {
                write!(f, "{key}: ")?;
            }
            f.write_str(message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// The text a configuration came from. Empty for one that was made by the program.
#[derive(Debug, Default)]
pub(super) struct Source {
    name: String,
    text: String,
}

impl Source {
    pub(super) fn new(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text }
    }

    /// The first problem of form ends the reading.
    pub(super) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(&self.text).map_err(|error| {
            let span = error.span();
            let problem = Problem {
                line: span.as_ref().map(|span| self.line(span.start)),
                key: span.map(|span| self.key_at(span.start)).unwrap_or_default(),
                message: error.message().to_owned(),
            };
            ConfigError { file: self.name.clone(), problems: vec![problem] }
        })
    }

    pub(super) fn verdict(&self, problems: Problems) -> Result<(), ConfigError> {
        if problems.0.is_empty() {
            return Ok(());
        }
        let table = DeTable::parse(&self.text).map(|table| DeValue::Table(table.into_inner())).ok();
        let locate = |key: &str| table.as_ref().and_then(|table| position(table, key)).map(|at| self.line(at));
        let problem = |(key, message): (String, String)| Problem { line: locate(&key), key, message };
        let mut problems: Vec<_> = problems.0.into_iter().map(problem).collect();
        problems.sort_by_key(|problem| problem.line);
        Err(ConfigError { file: self.name.clone(), problems })
    }

    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }

    /// The longest key that spans this position.
    fn key_at(&self, at: usize) -> String {
        let mut found = String::new();
        if let Ok(table) = DeTable::parse(&self.text) {
            walk(&DeValue::Table(table.into_inner()), "", &mut |key, spans| {
                if key.len() > found.len() && spans.iter().any(|span| span.contains(&at)) {
                    found = key.to_owned();
                }
            });
        }
        found
    }
}

fn walk(value: &DeValue<'_>, path: &str, visit: &mut dyn FnMut(&str, [Range<usize>; 2])) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table {
                let name = key.get_ref();
                let inner = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
                visit(&inner, [key.span(), value.span()]);
                walk(value.get_ref(), &inner, visit);
            }
        }
        DeValue::Array(array) => {
            for (n, value) in array.iter().enumerate() {
                let inner = format!("{path}[{n}]");
                visit(&inner, [value.span(), value.span()]);
                walk(value.get_ref(), &inner, visit);
            }
        }
        _ => (),
    }
}

/// Where a key is written; the nearest one around it if it is not there.
fn position(table: &DeValue<'_>, key: &str) -> Option<usize> {
    let mut best = (0, None);
    walk(table, "", &mut |path, [name, _]| {
        let rest = key.strip_prefix(path);
        let around = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        if around && path.len() > best.0 {
            best = (path.len(), Some(name.start));
        }
    });
    best.1
}
