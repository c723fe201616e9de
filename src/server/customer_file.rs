//! Files of customers: CSV, read line by line, and TOML.
//!
//! ```text
//! id,language,phones,emails
//! C1001,es,+34600123456;+34911234567,ana@bank.example
//! ```
//!
//! ```toml
//! [[customer]]
//! id = "C1001"
//! language = "es"
//! phones = ["+34600123456", "+34911234567"]
//! emails = ["ana@bank.example"]
//! ```
//!
//! The first address of each kind is the primary one. Several in one CSV cell are separated by `;` or a blank; blanks
//! inside a phone number are no separators, since every number starts with `+`. An entry of a CSV file is one line.
//! Every problem is reported with its place and never with an address.

use crate::domain::customer::{Customer, CustomerId, Language};
use crate::domain::recipient::{AddressError, EmailAddress, PhoneNumber};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest line of a CSV file, in bytes.
const LINE_MAX: u64 = 64 * 1024;

/// The longest TOML file, in bytes: it is read as a whole. There is no limit for CSV files.
const TOML_MAX: u64 = 64 * 1024 * 1024;

const COLUMNS: [&str; 4] = ["id", "language", "phones", "emails"];

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: Arc<Path>,
    /// The line, counted from 1; `None` if it is about the whole file.
    pub line: Option<u64>,
    /// The column or key, if it is about one.
    pub column: Option<&'static str>,
    /// What is wrong, in a sentence that holds no address.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ": {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Problem {}

/// A usable entry and its line, or all that is wrong with it.
type Found = Result<(u64, Customer), Vec<Problem>>;

/// The entries of a file, in order. An entry that is not usable comes as its problems, all of them.
pub struct CustomerFile {
    file: Arc<Path>,
    entries: Box<dyn Iterator<Item = Found>>,
    /// On which line each id was seen.
    seen: HashMap<CustomerId, u64>,
    /// Whether there has been no entry so far, not even a bad one.
    empty: bool,
}

/// What [`check`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Usable entries.
    pub customers: u64,
    /// Those of them that have neither a phone nor an e-mail address.
    pub without_address: u64,
    /// Problems, in however many entries.
    pub problems: u64,
}

/// Reads a whole file and reports every problem. Import nothing unless there were none.
pub fn check(path: &Path, report: &mut dyn FnMut(&Problem)) -> Checked {
    let mut checked = Checked::default();
    for entry in CustomerFile::open(path) {
        match entry {
            Ok(customer) => {
                checked.customers += 1;
                checked.without_address += u64::from(customer.phones.is_empty() && customer.emails.is_empty());
            }
            Err(problems) => {
                problems.iter().for_each(&mut *report);
                checked.problems += problems.len() as u64;
            }
        }
    }
    checked
}

impl CustomerFile {
    /// Opens a file; its name must end in `.csv` or `.toml`. One that cannot be read has that as its only entry.
    pub fn open(path: &Path) -> Self {
        let file: Arc<Path> = path.into();
        let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
        let entries: Result<Box<dyn Iterator<Item = Found>>, Problem> = match extension.as_deref() {
            // Looked at before it is opened: opening a pipe would wait for somebody who writes into it.
            Some("csv" | "toml") if path.metadata().is_ok_and(|metadata| !metadata.is_file()) => {
                Err(whole(&file, "is not a regular file: it is read twice, which no pipe or device allows"))
            }
            Some("csv") => File::open(path)
                .map_err(|error| whole(&file, error.to_string()))
                .map(|bytes| Box::new(Csv::new(file.clone(), bytes)) as _),
            Some("toml") => read_toml(&file)
                .and_then(|text| toml_entries(&file, &text))
                .map(|entries| Box::new(entries.into_iter()) as _),
            _ => Err(whole(&file, "the name of a file of customers ends in .csv or .toml")),
        };
        let entries = entries.unwrap_or_else(|problem| Box::new(std::iter::once(Err(vec![problem]))));
        Self { file, entries, seen: HashMap::new(), empty: true }
    }
}

impl Iterator for CustomerFile {
    type Item = Result<Customer, Vec<Problem>>;

    fn next(&mut self) -> Option<Self::Item> {
        let was_empty = std::mem::replace(&mut self.empty, false);
        let Some(entry) = self.entries.next() else {
            // Most likely the wrong file; with pruning it would remove everybody.
            return was_empty.then(|| Err(vec![whole(&self.file, "there is no customer in this file")]));
        };
        Some(entry.and_then(|(line, customer)| match self.seen.entry(customer.id.clone()) {
            Entry::Vacant(free) => {
                free.insert(line);
                Ok(customer)
            }
            Entry::Occupied(taken) => {
                let mut draft = Draft::new(&self.file, line);
                draft.problem("id", format!("customer {} is on line {} already", customer.id.as_str(), taken.get()));
                Err(draft.problems)
            }
        }))
    }
}

fn whole(file: &Arc<Path>, reason: impl Into<String>) -> Problem {
    Problem { file: file.clone(), line: None, column: None, reason: reason.into() }
}

/// An entry in the making.
struct Draft {
    file: Arc<Path>,
    line: u64,
    id: Option<CustomerId>,
    language: Option<Language>,
    phones: Vec<PhoneNumber>,
    emails: Vec<EmailAddress>,
    problems: Vec<Problem>,
}

impl Draft {
    fn new(file: &Arc<Path>, line: u64) -> Self {
        let (id, language, phones, emails, problems) = Default::default();
        Self { file: file.clone(), line, id, language, phones, emails, problems }
    }

    fn problem(&mut self, column: impl Into<Option<&'static str>>, reason: impl Into<String>) {
        let (file, line) = (self.file.clone(), Some(self.line));
        self.problems.push(Problem { file, line, column: column.into(), reason: reason.into() });
    }

    fn id(&mut self, text: &str) {
        match CustomerId::parse(text) {
            Ok(id) => self.id = Some(id),
            Err(error) => self.problem("id", error.to_string()),
        }
    }

    fn language(&mut self, text: &str) {
        self.language = Language::parse(text);
        if self.language.is_none() {
            let known = Language::ALL.map(Language::as_str).join(" or ");
            self.problem("language", format!("must be {known}"));
        }
    }

    fn phones<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        self.phones = self.addresses("phones", texts, PhoneNumber::parse);
    }

    fn emails<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        self.emails = self.addresses("emails", texts, EmailAddress::parse);
    }

    fn addresses<'a, T: PartialEq>(
        &mut self,
        column: &'static str,
        texts: impl IntoIterator<Item = &'a str>,
        parse: impl Fn(&str) -> Result<T, AddressError>,
    ) -> Vec<T> {
        let mut addresses = Vec::new();
        for (n, text) in texts.into_iter().enumerate() {
            if n == Customer::ADDRESSES_MAX {
                self.problem(column, format!("a customer has at most {n}"));
                break;
            }
            match parse(text) {
                Ok(address) if addresses.contains(&address) => {
                    self.problem(column, format!("number {} is there twice", n + 1));
                }
                Ok(address) => addresses.push(address),
                Err(error) => self.problem(column, format!("number {}: {error}", n + 1)),
            }
        }
        addresses
    }

    fn finish(self) -> Found {
        match (self.id, self.language) {
            (Some(id), Some(language)) if self.problems.is_empty() => {
                Ok((self.line, Customer { id, language, phones: self.phones, emails: self.emails }))
            }
            _ => Err(self.problems),
        }
    }
}

/// A CSV file being read.
struct Csv {
    file: Arc<Path>,
    bytes: Box<dyn BufRead>,
    line: u64,
    /// Where each of [`COLUMNS`] stands, once the header was read.
    header: Option<[usize; 4]>,
    done: bool,
}

/// One line, as far as it can be had.
enum Line {
    Text(String),
    Bad(String),
    End,
}

impl Csv {
    fn new(file: Arc<Path>, bytes: impl Read + 'static) -> Self {
        Self { file, bytes: Box::new(BufReader::new(bytes)), line: 0, header: None, done: false }
    }

    fn read_line(&mut self) -> io::Result<Line> {
        let mut bytes = Vec::new();
        if self.bytes.by_ref().take(LINE_MAX + 1).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(Line::End);
        }
        self.line += 1;
        if bytes.len() as u64 > LINE_MAX {
            if bytes.last() != Some(&b'\n') {
                skip_line(&mut self.bytes)?;
            }
            return Ok(Line::Bad(format!("the line has more than {LINE_MAX} bytes")));
        }
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(Line::Bad("the line is not UTF-8".to_owned()));
        };
        let text = text.trim_end_matches(['\r', '\n']);
        let text = if self.line == 1 { text.trim_start_matches('\u{feff}') } else { text };
        Ok(Line::Text(text.to_owned()))
    }

    fn read_header(&mut self, cells: &csv::StringRecord) -> Result<[usize; 4], Vec<Problem>> {
        let mut draft = Draft::new(&self.file, self.line);
        if cells.len() == 1 && cells[0].contains([';', '\t']) {
            draft.problem(None, "columns are separated by commas");
            return Err(draft.problems);
        }
        // Spreadsheets like to write a capital letter.
        let names: Vec<_> = cells.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        for (n, name) in names.iter().enumerate() {
            if !COLUMNS.contains(&name.as_str()) {
                let shown: String = name.escape_debug().take(32).collect();
                draft.problem(None, format!("column {} (\"{shown}\") is not one of {}", n + 1, COLUMNS.join(", ")));
            } else if names[..n].contains(name) {
                draft.problem(None, format!("column {name} is there twice"));
            }
        }
        let places = COLUMNS.map(|column| names.iter().position(|name| *name == column));
        for (column, place) in COLUMNS.iter().zip(places) {
            if place.is_none() {
                draft.problem(None, format!("the header has no column {column}"));
            }
        }
        if draft.problems.is_empty() { Ok(places.map(|place| place.unwrap_or(0))) } else { Err(draft.problems) }
    }

    fn read_entry(&self, places: [usize; 4], cells: &csv::StringRecord) -> Found {
        let mut draft = Draft::new(&self.file, self.line);
        if cells.len() != places.len() {
            draft.problem(None, format!("the line has {} cells, the header has {}", cells.len(), places.len()));
            return draft.finish();
        }
        let [id, language, phones, emails] = places.map(|place| cells[place].trim());
        draft.id(id);
        draft.language(language);
        draft.phones(phones_in(phones));
        draft.emails(emails.split(|c: char| c == ';' || c.is_whitespace()).filter(|text| !text.is_empty()));
        draft.finish()
    }

    fn bad(&self, reason: String) -> Vec<Problem> {
        let mut draft = Draft::new(&self.file, self.line);
        draft.problem(None, reason);
        draft.problems
    }
}

impl Iterator for Csv {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        while !self.done {
            let cells = match self.read_line() {
                Ok(Line::Text(text)) if text.trim().is_empty() => continue,
                Ok(Line::Text(text)) => cells(&text),
                Ok(Line::Bad(reason)) => Err(reason),
                Ok(Line::End) => return None,
                Err(error) => {
                    self.done = true;
                    return Some(Err(vec![whole(&self.file, error.to_string())]));
                }
            };
            let cells = cells.map_err(|reason| self.bad(reason));
            match self.header {
                Some(places) => return Some(cells.and_then(|cells| self.read_entry(places, &cells))),
                None => match cells.and_then(|cells| self.read_header(&cells)) {
                    Ok(places) => self.header = Some(places),
                    Err(problems) => {
                        // Without a header no line means anything.
                        self.done = true;
                        return Some(Err(problems));
                    }
                },
            }
        }
        None
    }
}

fn skip_line(bytes: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = bytes.fill_buf()?;
        let (length, end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(n) => (n + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        bytes.consume(length);
        if end {
            return Ok(());
        }
    }
}

/// The cells of one line (RFC 4180 §2).
fn cells(line: &str) -> Result<csv::StringRecord, String> {
    // Quotes inside a quoted cell are doubled, so their number is even.
    if line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err("a quote is not closed on its line".to_owned());
    }
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).buffer_capacity(line.len().max(64));
    let mut cells = csv::StringRecord::new();
    match reader.from_reader(line.as_bytes()).read_record(&mut cells) {
        Ok(_) => Ok(cells),
        Err(error) => Err(error.to_string()),
    }
}

/// Every number starts with `+`, so a blank before one separates, and any other is part of a number.
fn phones_in(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').flat_map(|part| {
        let starts = |(n, _): &(usize, &str)| part[..*n].ends_with(char::is_whitespace);
        let mut cuts: Vec<_> = part.match_indices('+').filter(starts).map(|(n, _)| n).collect();
        cuts.insert(0, 0);
        cuts.push(part.len());
        let numbers = (1..cuts.len()).map(move |n| part[cuts[n - 1]..cuts[n]].trim());
        numbers.filter(|text| !text.is_empty())
    })
}

fn read_toml(file: &Arc<Path>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|bytes_in| bytes_in.take(TOML_MAX + 1).read_to_end(&mut bytes));
    read.map_err(|error| whole(file, error.to_string()))?;
    if bytes.len() as u64 > TOML_MAX {
        return Err(whole(file, format!("the file has more than {TOML_MAX} bytes: use a CSV file")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        Problem { line: Some(line), ..whole(file, "the line is not UTF-8") }
    })
}

/// Where lines begin, to tell the line of a span.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(n, _)| n).collect())
    }

    fn at(&self, offset: usize) -> u64 {
        self.0.partition_point(|newline| *newline < offset) as u64 + 1
    }
}

fn toml_entries(file: &Arc<Path>, text: &str) -> Result<Vec<Found>, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| lines.at(span.start));
        Problem { line, ..whole(file, format!("not TOML: {}", error.message())) }
    })?;
    let mut entries = Vec::new();
    for (key, value) in table.get_ref() {
        let mut draft = Draft::new(file, lines.at(key.span().start));
        match value.get_ref().as_array().filter(|_| key.get_ref() == "customer") {
            Some(customers) => entries.extend(customers.iter().map(|customer| toml_entry(file, &lines, customer))),
            None => {
                draft.problem(None, "there is nothing but [[customer]] in a file of customers");
                entries.push(draft.finish());
            }
        }
    }
    Ok(entries)
}

fn toml_entry(file: &Arc<Path>, lines: &Lines, entry: &Spanned<DeValue<'_>>) -> Found {
    let first_line = lines.at(entry.span().start);
    let mut draft = Draft::new(file, first_line);
    let Some(table) = entry.get_ref().as_table() else {
        draft.problem(None, "a customer is a table, [[customer]]");
        return draft.finish();
    };
    for (key, value) in table {
        draft.line = lines.at(key.span().start);
        let value = value.get_ref();
        match (&**key.get_ref(), value) {
            ("id", DeValue::String(text)) => draft.id(text),
            ("language", DeValue::String(text)) => draft.language(text),
            ("id", _) => draft.problem("id", "must be a string"),
            ("language", _) => draft.problem("language", "must be a string"),
            ("phones", _) => match strings(value) {
                Some(texts) => draft.phones(texts),
                None => draft.problem("phones", "must be a list of strings"),
            },
            ("emails", _) => match strings(value) {
                Some(texts) => draft.emails(texts),
                None => draft.problem("emails", "must be a list of strings"),
            },
            (other, _) => {
                let shown: String = other.escape_debug().take(32).collect();
                draft.problem(None, format!("key \"{shown}\" is not one of {}", COLUMNS.join(", ")));
            }
        }
    }
    draft.line = first_line;
    for column in ["id", "language"] {
        if !table.contains_key(column) {
            draft.problem(column, "is missing");
        }
    }
    draft.finish()
}

fn strings<'a>(value: &'a DeValue<'_>) -> Option<Vec<&'a str>> {
    value.as_array()?.iter().map(|item| item.get_ref().as_str()).collect()
}

#[cfg(test)]
mod tests;
