//! One token per line, with a header that names the columns in any order.
//!
//! ```text
//! serial,seed,type,digits,period,expiry
//! HT-0001,3132333435363738393031323334353637383930,hotp,6,,2031-12-31
//! TT-0002,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,totp,6,30,
//! ```
//!
//! `serial`, `seed` and `type` (`hotp`, `totp`, `ocra`) must be there. `digits` (6) and `period` (30) have the usual defaults;
//! `counter`, `algorithm`, `suite`, `manufacturer`, `model`, `start` and `expiry` are taken if they are there. A date without a
//! time is a whole day in UTC: it starts with the day, and expires when the day is over. An empty cell is one that is not
//! there; a cell that means nothing for the type must be empty.
//!
//! Cells may be quoted (RFC 4180 §2), but an entry is one line.

use super::encoding::{base32, hex};
use super::input::{Input, Line};
use super::{
    Algorithm, Found, Kind, Limits, Problem, SEED_BYTES_MIN, SeedBytes, TokenEntry, Usage, YEARS, digits, number,
    period, suite, text,
};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use std::io::Read;
use zeroize::Zeroizing;

/// How to read a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How much to take.
    pub limits: Limits,
    /// How the seeds are written.
    pub seeds: Seeds,
}

/// How the seeds of a file are written: all in the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seeds {
    /// As the first one that can be read in one way only. What stands before that and can be read in both is refused.
    #[default]
    Detect,
    /// In hexadecimal.
    Hex,
    /// In base32, with or without padding.
    Base32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Serial,
    Seed,
    Type,
    Digits,
    Period,
    Counter,
    Algorithm,
    Suite,
    Manufacturer,
    Model,
    Start,
    Expiry,
}

const COLUMNS: [(Column, &str); 12] = [
    (Column::Serial, "serial"),
    (Column::Seed, "seed"),
    (Column::Type, "type"),
    (Column::Digits, "digits"),
    (Column::Period, "period"),
    (Column::Counter, "counter"),
    (Column::Algorithm, "algorithm"),
    (Column::Suite, "suite"),
    (Column::Manufacturer, "manufacturer"),
    (Column::Model, "model"),
    (Column::Start, "start"),
    (Column::Expiry, "expiry"),
];

/// How many of [`COLUMNS`] must be there.
const NEEDED: usize = 3;

/// A file being read: see [`read`].
pub struct Reader<R: Read> {
    input: Input<R>,
    options: Options,
    /// Which column each cell is in, once the header was read.
    header: Option<Vec<Column>>,
    found: Found,
    entries: u64,
    done: bool,
}

/// Reads a file. Reading is lazy; an entry with several problems comes as all of them.
pub fn read<R: Read>(source: R, options: Options) -> Reader<R> {
    Reader {
        input: Input::new(source, &options.limits),
        options,
        header: None,
        found: Found::new(&options.limits),
        entries: 0,
        done: false,
    }
}

impl<R: Read> Reader<R> {
    fn step(&mut self) {
        let (line, cells) = match self.input.read_line() {
            Ok((_, Line::Text(text))) if text.trim().is_empty() => return,
            Ok((line, Line::Text(text))) => (line, cells(&text)),
            Ok((line, Line::Bad(reason))) => (line, Err(reason)),
            Ok((line, Line::End)) => {
                self.done = true;
                if self.entries == 0 {
                    self.found.bad(line, None, "there is no token in this file");
                }
                return;
            }
            Err(error) => {
                self.done = true;
                let line = self.input.line();
                return self.found.bad(line, None, error.to_string());
            }
        };
        match (&self.header, cells) {
            (None, cells) => match cells.and_then(|cells| header(&cells)) {
                Ok(header) => self.header = Some(header),
                Err(reason) => {
                    // Without a header no line means anything.
                    self.done = true;
                    self.found.bad(line, None, reason);
                }
            },
            (Some(_), Err(reason)) => {
                self.entries += 1;
                self.found.bad(line, None, reason);
            }
            (Some(header), Ok(cells)) => {
                self.entries += 1;
                let (serial, entry) = entry(line, header, &cells, &mut self.options.seeds);
                match entry {
                    Ok(entry) => self.found.good(entry),
                    Err(reasons) => {
                        let serial = serial.as_deref().filter(|serial| !may_be_seed(serial));
                        reasons.into_iter().for_each(|reason| self.found.bad(line, serial, reason))
                    }
                }
            }
        }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<TokenEntry, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.found.take(&mut self.done) {
                None if !self.done => self.step(),
                found => return found,
            }
        }
    }
}

fn header(cells: &[Zeroizing<String>]) -> Result<Vec<Column>, String> {
    if cells.len() == 1 && cells[0].contains([';', '\t']) {
        return Err("columns are separated by commas".to_owned());
    }
    let mut header: Vec<Column> = Vec::new();
    for (n, cell) in cells.iter().enumerate() {
        // What is not known is not shown: where the header is missing, it is a seed.
        let known = COLUMNS.iter().find(|(_, name)| cell.trim().eq_ignore_ascii_case(name));
        let Some((column, name)) = known else {
            let names = COLUMNS.map(|(_, name)| name).join(", ");
            return Err(format!("the first line must name the columns, and number {} is none of {names}", n + 1));
        };
        if header.contains(column) {
            return Err(format!("column {name} is there twice"));
        }
        header.push(*column);
    }
    match COLUMNS[..NEEDED].iter().find(|(column, _)| !header.contains(column)) {
        Some((_, name)) => Err(format!("the header has no column {name}")),
        None => Ok(header),
    }
}

/// The cells of one line.
fn cells(line: &str) -> Result<Vec<Zeroizing<String>>, String> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start();
        let after = if let Some(quoted) = trimmed.strip_prefix('"') {
            let mut cell = Zeroizing::new(String::with_capacity(quoted.len()));
            let mut characters = quoted.char_indices();
            let end = loop {
                match characters.next() {
                    Some((n, '"')) if quoted[n + 1..].starts_with('"') => {
                        characters.next();
                        cell.push('"');
                    }
                    Some((n, '"')) => break n + 1,
                    Some((_, other)) => cell.push(other),
                    None => return Err("a quote is not closed on its line".to_owned()),
                }
            };
            cells.push(cell);
            quoted[end..].trim_start()
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            cells.push(Zeroizing::new(rest[..end].trim().to_owned()));
            &rest[end..]
        };
        rest = match after.strip_prefix(',') {
            Some(rest) => rest,
            None if after.is_empty() => return Ok(cells),
            None => return Err("there is something between a closing quote and the next comma".to_owned()),
        };
    }
}

/// One line in the making.
struct Draft<'a> {
    header: &'a [Column],
    cells: &'a [Zeroizing<String>],
    wrong: Vec<String>,
}

fn entry(
    line: u64,
    header: &[Column],
    cells: &[Zeroizing<String>],
    seeds: &mut Seeds,
) -> (Option<String>, Result<TokenEntry, Vec<String>>) {
    if cells.len() != header.len() {
        return (None, Err(vec![format!("the line has {} cells, the header has {}", cells.len(), header.len())]));
    }
    let mut draft = Draft { header, cells, wrong: Vec::new() };
    let serial = draft.required(Column::Serial, text);
    let seed = draft.required(Column::Seed, |cell| seed(cell, seeds));
    let kind = draft.kind();
    let manufacturer = draft.optional(Column::Manufacturer, text);
    let model = draft.optional(Column::Model, text);
    let start = draft.optional(Column::Start, |cell| date(cell, 0));
    let expiry = draft.optional(Column::Expiry, |cell| date(cell, 1));
    if start.zip(expiry).is_some_and(|(start, expiry)| expiry <= start) {
        draft.wrong.push("column expiry: must be after start".to_owned());
    }
    let entry = match (serial.clone(), seed, kind) {
        (Some(serial), Some(seed), Some(kind)) if draft.wrong.is_empty() => Ok(TokenEntry {
            line,
            serial,
            manufacturer,
            model,
            kind,
            seed,
            start,
            expiry,
            usage: Usage::ANY,
            issuer: None,
            account: None,
        }),
        _ => Err(draft.wrong),
    };
    (serial, entry)
}

impl Draft<'_> {
    fn kind(&mut self) -> Option<Kind> {
        let kind = self.required(Column::Type, |cell| {
            let known = ["hotp", "totp", "ocra"].into_iter().find(|name| cell.eq_ignore_ascii_case(name));
            known.ok_or_else(|| "must be hotp, totp or ocra".to_owned())
        })?;
        let unused: &[Column] = match kind {
            "hotp" => &[Column::Period, Column::Suite],
            "totp" => &[Column::Counter, Column::Suite],
            _ => &[Column::Digits, Column::Period, Column::Algorithm],
        };
        for column in unused {
            self.optional(*column, |_| Err::<(), _>(format!("must be empty for {kind}")));
        }
        let counter = |cell: &str| number(cell).ok_or_else(|| "must be a whole number".to_owned());
        match kind {
            "hotp" => {
                self.optional(Column::Algorithm, |cell| match Algorithm::parse(cell) {
                    Some(Algorithm::Sha1) => Ok(()),
                    _ => Err("must be SHA1 for hotp (RFC 4226)".to_owned()),
                });
                let digits = self.or(Column::Digits, 6, digits)?;
                Some(Kind::Hotp { digits, counter: self.or(Column::Counter, 0, counter)? })
            }
            "totp" => {
                let algorithm = self.or(Column::Algorithm, Algorithm::Sha1, |cell| {
                    Algorithm::parse(cell).ok_or_else(|| "must be SHA1, SHA256 or SHA512".to_owned())
                });
                let digits = self.or(Column::Digits, 6, digits);
                let period_secs = self.or(Column::Period, 30, period)?;
                Some(Kind::Totp { digits: digits?, period_secs, algorithm: algorithm?, t0: 0, drift_steps: 0 })
            }
            _ => {
                let counter = self.optional(Column::Counter, counter);
                Some(Kind::Ocra { suite: self.required(Column::Suite, suite)?, counter })
            }
        }
    }

    fn cell(&self, column: Column) -> Option<&str> {
        let place = self.header.iter().position(|known| *known == column)?;
        Some(self.cells[place].as_str()).filter(|cell| !cell.is_empty())
    }

    /// The value of a cell that may be empty; `None` if it is, and also if it is wrong.
    fn optional<T>(&mut self, column: Column, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let parsed = parse(self.cell(column)?);
        parsed.map_err(|reason| self.problem(column, &reason)).ok()
    }

    fn or<T>(&mut self, column: Column, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        if self.cell(column).is_none() { Some(default) } else { self.optional(column, parse) }
    }

    fn required<T>(&mut self, column: Column, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        if self.cell(column).is_none() {
            self.problem(column, "must not be empty");
        }
        self.optional(column, parse)
    }

    fn problem(&mut self, column: Column, reason: &str) {
        let name = COLUMNS.iter().find(|(known, _)| *known == column).map_or("", |(_, name)| name);
        self.wrong.push(format!("column {name}: {reason}"));
    }
}

fn seed(cell: &str, seeds: &mut Seeds) -> Result<SeedBytes, String> {
    let (bytes, read_as) = match (*seeds, hex(cell), base32(cell)) {
        (Seeds::Hex, Some(bytes), _) | (Seeds::Detect, Some(bytes), None) => (bytes, Seeds::Hex),
        (Seeds::Base32, _, Some(bytes)) | (Seeds::Detect, None, Some(bytes)) => (bytes, Seeds::Base32),
        (Seeds::Detect, Some(_), Some(_)) => {
            return Err("can be read as hex and as base32: let an entry go first whose seed is only one".to_owned());
        }
        (Seeds::Detect, None, None) => return Err("is neither hex nor base32".to_owned()),
        (Seeds::Hex, None, _) => return Err("is not hex, and all seeds of a file are written alike".to_owned()),
        (Seeds::Base32, _, None) => return Err("is not base32, and all seeds of a file are written alike".to_owned()),
    };
    let seed = SeedBytes::wanted(bytes)?;
    *seeds = read_as;
    Ok(seed)
}

/// The letters and digits of the shortest seed in base32; in hexadecimal it has more.
const SEED_LETTERS_MIN: usize = SEED_BYTES_MIN * 8 / 5 + 1;

/// Whether a serial number may be a seed, as under a header that names the columns in the wrong order.
fn may_be_seed(serial: &str) -> bool {
    serial.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| run.len() >= SEED_LETTERS_MIN)
}

/// A moment, or that at which a day begins, or (a day later) ends.
fn date(cell: &str, days: u64) -> Result<DateTime<Utc>, String> {
    let moment = DateTime::parse_from_rfc3339(cell).map(|moment| moment.to_utc()).ok();
    let day = || {
        let day = NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok()?;
        let date = day.checked_add_days(Days::new(days))?.and_time(NaiveTime::MIN).and_utc();
        // Many write "never" as the last day that can be written; its end cannot.
        Some(if day.year() == *YEARS.end() && date.year() > *YEARS.end() { date - TimeDelta::seconds(1) } else { date })
    };
    let date = moment.or_else(day).filter(|date| YEARS.contains(&date.year()));
    date.ok_or_else(|| "must be a date (2031-12-31) or a moment (2031-12-31T23:59:59Z)".to_owned())
}

#[cfg(test)]
mod tests;
