//! From text to structs, and what is wrong with the form of a text in words for whoever wrote it.
//!
//! 1. What is no TOML ends the reading at once: what follows could mean anything.
//! 2. serde stops at the first value that does not fit. That value is taken out of what was parsed and the rest is tried
//!    again, so that a file with three mistyped keys says so three times.
//! 3. What is absent only because it was taken out is not complained about.

use super::problems::{ConfigError, Problem, Problems, Source};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// After so many problems nobody reads on.
const PROBLEMS_MAX: usize = 20;

impl Source {
    /// Reads the text. `needed` are the tables that must be there, and what to say if one is not.
    pub(super) fn deserialize<T: DeserializeOwned>(&self, needed: &[(&str, &str)]) -> Result<T, ConfigError> {
        let parsed = DeTable::parse(&self.text).map_err(|error| self.not_toml(&error))?;
        let mut problems = Problems::default();
        for (_, absent) in needed.iter().filter(|(table, _)| !parsed.get_ref().contains_key(*table)) {
            problems.add("", absent);
        }
        let span = parsed.span();
        let mut rest = Spanned::new(span, DeValue::Table(parsed.into_inner()));
        let mut taken: Vec<String> = needed.iter().map(|(table, _)| (*table).to_owned()).collect();
        for _ in 0..PROBLEMS_MAX {
            let error = match serde_path_to_error::deserialize(ValueDeserializer::from(rest.clone())) {
                Ok(value) if problems.is_empty() => return Ok(value),
                Ok(_) => break,
                Err(error) => error,
            };
            let mut key = error.path().to_string();
            if let Some(field) = missing(error.inner().message()) {
                key = if key == "." { field.to_owned() } else { format!("{key}.{field}") };
                if taken.contains(&key) {
                    break;
                }
                problems.add(&key, "is missing: add it");
            } else {
                problems.add(&key, plain(error.inner().message()));
            }
            match take(&mut rest, error.path()) {
                Some(key) => taken.push(key),
                None => break,
            }
        }
        Err(self.error(problems).unfinished())
    }

    fn not_toml(&self, error: &toml::de::Error) -> ConfigError {
        let span = error.span().unwrap_or_default();
        let message = match (error.message(), self.text.get(span.clone())) {
            ("duplicate key", Some(key)) => format!("{} is there twice", key.trim()),
            (other, _) => other.to_owned(),
        };
        let problem = Problem { line: Some(self.line(span.start)), key: String::new(), message };
        ConfigError { file: self.name.clone(), problems: vec![problem], unfinished: true }
    }
}

/// The field that serde says is missing.
fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

/// Takes the value at this path out, or the nearest one around it that has a name. Gives the key it had.
fn take(root: &mut Spanned<DeValue<'_>>, path: &Path) -> Option<String> {
    let segments: Vec<_> = path.iter().collect();
    let named = |segment: &&Segment| matches!(segment, Segment::Map { .. } | Segment::Enum { .. });
    let last = segments.iter().rposition(named)?;
    let (mut value, mut key) = (root.get_mut(), String::new());
    for (n, segment) in segments[..=last].iter().enumerate() {
        value = match (segment, value) {
            (Segment::Map { key: name } | Segment::Enum { variant: name }, DeValue::Table(table)) => {
                key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                if n == last {
                    return table.remove(name.as_str()).map(|_| key);
                }
                table.get_mut(name.as_str())?.get_mut()
            }
            (Segment::Seq { index }, DeValue::Array(array)) => {
                key = format!("{key}[{index}]");
                array.get_mut(*index)?.get_mut()
            }
            _ => return None,
        };
    }
    None
}

/// What serde says, as a request: `must be …`. The value itself is not repeated, since it may be a secret in a wrong place.
fn plain(message: &str) -> String {
    if message == "invalid socket address syntax" {
        return "must be IP:port, such as \"127.0.0.1:8080\"; host names are not taken".to_owned();
    }
    if let Some((found, wanted)) =
        message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("must be {wanted}, not {found}");
    }
    let told = message.strip_prefix("invalid ").and_then(|rest| rest.split_once(", expected "));
    let Some((found, wanted)) = told else { return message.to_owned() };
    let wanted = wanted.split_once(" at line ").map_or(wanted, |(wanted, _)| wanted);
    let quoted = found.starts_with("type: string");
    let plain = match wanted {
        "u8" => "a whole number from 0 to 255".to_owned(),
        "u16" => "a whole number from 0 to 65535".to_owned(),
        "u32" | "u64" => "a whole number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" | "path string" => return "must be a text in quotes".to_owned(),
        "socket address" => return plain("invalid socket address syntax"),
        "a sequence" if found.starts_with("type: map") => "a list: a table's name goes in [[ ]]".to_owned(),
        "a sequence" => "a list, such as [\"a\", \"b\"]".to_owned(),
        "an array of length 2" => "a list of two".to_owned(),
        "a map" => "a table".to_owned(),
        wanted if wanted.starts_with("struct ") => "a table".to_owned(),
        wanted if wanted.starts_with("enum ") => "one of the words that the sample lists".to_owned(),
        wanted => wanted.to_owned(),
    };
    let hint =
        if quoted && matches!(wanted, "u8" | "u16" | "u32" | "u64" | "a boolean") { ", without quotes" } else { "" };
    format!("must be {plain}{hint}")
}
