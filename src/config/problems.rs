//! What is wrong with a configuration, and where: file, line, key.
//!
//! Checks name a value by its key (`policy.pre_login.code_digits`, `keys[1].file`); the line is looked up in the text
//! afterwards. So a check can live wherever the rule is known, and values need no positions of their own.

use std::fmt;
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

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something was said about this key.
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(told, _)| told == key)
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
    /// Whether the reading ended early, so that there may be more.
    pub unfinished: bool,
}

impl ConfigError {
    /// The file as a whole is wrong.
    pub fn of_file(file: &str, message: String) -> Self {
        let problems = vec![Problem { line: None, key: String::new(), message }];
        Self { file: file.to_owned(), problems, unfinished: false }
    }

    pub(super) fn unfinished(self) -> Self {
        Self { unfinished: true, ..self }
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
        f.write_str(if self.unfinished { "\n(there may be more once this is right)" } else { "" })
    }
}

impl std::error::Error for ConfigError {}

/// The text a configuration came from. Empty for one that was made by the program.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn new(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text }
    }

    pub(super) fn verdict(&self, problems: Problems) -> Result<(), ConfigError> {
        if problems.is_empty() { Ok(()) } else { Err(self.error(problems)) }
    }

    /// Finds the lines.
    pub(super) fn error(&self, problems: Problems) -> ConfigError {
        let table = DeTable::parse(&self.text).map(|table| DeValue::Table(table.into_inner())).ok();
        let locate = |key: &str| table.as_ref().and_then(|table| position(table, key)).map(|at| self.line(at));
        let problem = |(key, message): (String, String)| Problem { line: locate(&key), key, message };
        let mut problems: Vec<_> = problems.0.into_iter().map(problem).collect();
        problems.sort_by_key(|problem| problem.line);
        ConfigError { file: self.name.clone(), problems, unfinished: false }
    }

    pub(super) fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }
}

fn walk(value: &DeValue<'_>, path: &str, visit: &mut dyn FnMut(&str, usize)) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table {
                let name = key.get_ref();
                let inner = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
                visit(&inner, key.span().start);
                walk(value.get_ref(), &inner, visit);
            }
        }
        DeValue::Array(array) => {
            for (n, value) in array.iter().enumerate() {
                let inner = format!("{path}[{n}]");
                visit(&inner, value.span().start);
                walk(value.get_ref(), &inner, visit);
            }
        }
        _ => (),
    }
}

/// Where a key is written; the nearest one around it if it is not there.
fn position(table: &DeValue<'_>, key: &str) -> Option<usize> {
    let mut best = (0, None);
    walk(table, "", &mut |path, start| {
        let rest = key.strip_prefix(path);
        let around = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        if around && path.len() > best.0 {
            best = (path.len(), Some(start));
        }
    });
    best.1
}
