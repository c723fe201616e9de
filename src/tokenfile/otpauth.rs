//! Key URIs, as authenticator apps take them:
//!
//! ```text
//! otpauth://totp/Example%20Bank:C1001?secret=GEZD…&issuer=Example%20Bank&algorithm=SHA1&digits=6&period=30
//! ```
//!
//! There is no standard but the description that came with the first of these apps ("Key Uri Format"). It has no serial
//! number: the account name stands in for it. What it leaves open is decided here: a parameter may be there once; one that
//! is not known is refused, for it could change what the code is, unless apps use it for decoration only; an issuer that is
//! there twice must be the same.
//!
//! A URI is as secret as the seed in it: what is made here is wiped when dropped, and no problem shows a part of one.

use super::encoding::{base32, to_base32};
use super::input::{Input, Line};
use super::{Algorithm, Found, Kind, Limits, Problem, SeedBytes, TokenEntry, Usage, digits, number, period, text};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write as _;
use std::io::Read;
use zeroize::Zeroizing;

/// All but what RFC 3986 §2.3 calls unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest URI, in bytes.
pub const URI_MAX: usize = 4096;

/// Parameters that say how an app shows the token.
const DECORATION: [&str; 3] = ["image", "color", "icon"];

/// A file being read: see [`read`].
pub struct Reader<R: Read> {
    input: Input<R>,
    found: Found,
    entries: u64,
    done: bool,
}

/// Reads a file of URIs, one on each line. Problems carry no serial number: an account name may be someone's address.
pub fn read<R: Read>(source: R, limits: &Limits) -> Reader<R> {
    Reader { input: Input::new(source, limits), found: Found::new(limits), entries: 0, done: false }
}

impl<R: Read> Reader<R> {
    fn step(&mut self) {
        let read = self.input.read_line();
        match read {
            Ok((_, Line::Text(uri))) if uri.trim().is_empty() => return,
            Ok((line, Line::Text(uri))) => match parse(uri.trim()) {
                Ok(entry) => self.found.good(TokenEntry { line, ..entry }),
                Err(what) => self.found.bad(line, None, what),
            },
            Ok((line, Line::Bad(what))) => self.found.bad(line, None, what),
            Ok((line, Line::End)) => {
                self.done = true;
                if self.entries == 0 {
                    self.found.bad(line, None, "there is no token in this file");
                }
            }
            Err(error) => {
                self.done = true;
                self.found.bad(self.input.line(), None, error.to_string());
            }
        }
        self.entries += 1;
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

#[derive(Default)]
struct Parameters {
    seed: Option<SeedBytes>,
    issuer: Option<String>,
    algorithm: Option<Algorithm>,
    digits: Option<u8>,
    period_secs: Option<u32>,
    counter: Option<u64>,
    decoration: [Option<()>; DECORATION.len()],
}

/// Reads one URI. The entry's line is 1. An error is a sentence that holds nothing of the URI.
pub fn parse(uri: &str) -> Result<TokenEntry, String> {
    if uri.len() > URI_MAX {
        return Err(format!("the URI has more than {URI_MAX} bytes"));
    }
    let rest = strip_prefix_ignoring_case(uri, "otpauth://").ok_or("the URI does not begin with otpauth://")?;
    let (kind, rest) = rest.split_once('/').ok_or("the URI has no label")?;
    let (label, query) = rest.split_once('?').ok_or("the URI has no parameters")?;
    if query.contains('#') || label.contains(['/', '#']) {
        return Err("the URI has a part that key URIs do not have".to_owned());
    }
    let label = unescape(label).ok_or("the label is not percent-encoded UTF-8")?;
    let (prefix, account) = match label.split_once(':') {
        Some((prefix, account)) => {
            (Some(text(prefix).map_err(|what| format!("the issuer of the label {what}"))?), account)
        }
        None => (None, label.as_str()),
    };
    let account = text(account).map_err(|what| format!("the account name {what}"))?;

    let parameters = parameters(query)?;
    let Parameters { seed, issuer, algorithm, digits, period_secs, counter, .. } = parameters;
    let seed = seed.ok_or("the parameter secret is missing")?;
    if prefix.is_some() && issuer.is_some() && prefix != issuer {
        return Err("the issuer of the label is not that of the parameter".to_owned());
    }
    let digits = digits.unwrap_or(6);
    let algorithm = algorithm.unwrap_or(Algorithm::Sha1);
    let kind = match kind.to_ascii_lowercase().as_str() {
        "hotp" if period_secs.is_some() => return Err("the parameter period has no place in a hotp URI".to_owned()),
        "hotp" if algorithm != Algorithm::Sha1 => {
            return Err("the algorithm of hotp must be SHA1 (RFC 4226)".to_owned());
        }
        "hotp" => Kind::Hotp { digits, counter: counter.ok_or("the parameter counter is missing")? },
        "totp" if counter.is_some() => return Err("the parameter counter has no place in a totp URI".to_owned()),
        "totp" => {
            let period_secs = period_secs.unwrap_or(30);
            Kind::Totp { digits, period_secs, algorithm, t0: 0, drift_steps: 0 }
        }
        _ => return Err("the URI is neither of type hotp nor of type totp".to_owned()),
    };
    Ok(TokenEntry {
        line: 1,
        serial: account.clone(),
        manufacturer: None,
        model: None,
        kind,
        seed,
        start: None,
        expiry: None,
        usage: Usage::ANY,
        issuer: issuer.or(prefix),
        account: Some(account),
    })
}

fn parameters(query: &str) -> Result<Parameters, String> {
    let mut found = Parameters::default();
    for (n, parameter) in query.split('&').enumerate() {
        let (name, value) =
            parameter.split_once('=').ok_or_else(|| format!("parameter number {} has no value", n + 1))?;
        let value =
            unescape(value).ok_or_else(|| format!("parameter number {} is not percent-encoded UTF-8", n + 1))?;
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "secret" => once("secret", &mut found.seed, || {
                SeedBytes::wanted(base32(&value).ok_or_else(|| "must be base32".to_owned())?)
            }),
            "issuer" => once("issuer", &mut found.issuer, || text(&value)),
            "algorithm" => once("algorithm", &mut found.algorithm, || {
                Algorithm::parse(&value).ok_or_else(|| "must be SHA1, SHA256 or SHA512".to_owned())
            }),
            "digits" => once("digits", &mut found.digits, || digits(&value)),
            "period" => once("period", &mut found.period_secs, || period(&value)),
            "counter" => once("counter", &mut found.counter, || {
                number(&value).ok_or_else(|| "must be a whole number".to_owned())
            }),
            name => match DECORATION.iter().position(|known| *known == name) {
                Some(place) => once(DECORATION[place], &mut found.decoration[place], || Ok(())),
                // Its name is not shown: it may be a seed in the wrong place.
                None => Err(format!("parameter number {} is not known", n + 1)),
            },
        }?;
    }
    Ok(found)
}

fn once<T>(name: &str, place: &mut Option<T>, parse: impl FnOnce() -> Result<T, String>) -> Result<(), String> {
    if place.is_some() {
        return Err(format!("the parameter {name} is there twice"));
    }
    *place = Some(parse().map_err(|what| format!("the parameter {name}: {what}"))?);
    Ok(())
}

/// Why a token has no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key URI cannot say this: {0}")]
pub struct NoUri(&'static str);

/// Writes the URI of a token. The account name is the entry's, or else its serial number.
pub fn write(entry: &TokenEntry) -> Result<Zeroizing<String>, NoUri> {
    let account = entry.account.as_deref().unwrap_or(&entry.serial);
    if account.contains(':') || entry.issuer.as_deref().is_some_and(|issuer| issuer.contains(':')) {
        return Err(NoUri("an issuer or account name with a colon"));
    }
    let (kind, rest) = match entry.kind {
        Kind::Hotp { digits, counter } => ("hotp", format!("&algorithm=SHA1&digits={digits}&counter={counter}")),
        Kind::Totp { t0, drift_steps, .. } if t0 != 0 || drift_steps != 0 => {
            return Err(NoUri("time steps that do not begin in 1970"));
        }
        Kind::Totp { digits, period_secs, algorithm, .. } => {
            ("totp", format!("&algorithm={}&digits={digits}&period={period_secs}", algorithm.as_str()))
        }
        Kind::Ocra { .. } => return Err(NoUri("a token that answers challenges")),
    };
    // Large enough never to grow, which would leave the seed behind.
    let mut uri = Zeroizing::new(String::with_capacity(URI_MAX));
    let escape = |text| utf8_percent_encode(text, ESCAPED);
    let issuer = entry.issuer.as_deref();
    let seed = to_base32(entry.seed.expose());
    let written = (|| {
        write!(uri, "otpauth://{kind}/")?;
        issuer.map_or(Ok(()), |issuer| write!(uri, "{}:", escape(issuer)))?;
        write!(uri, "{}?secret={}", escape(account), *seed)?;
        issuer.map_or(Ok(()), |issuer| write!(uri, "&issuer={}", escape(issuer)))?;
        uri.write_str(&rest)
    })();
    match written {
        Ok(()) if uri.len() <= URI_MAX => Ok(uri),
        _ => Err(NoUri("names as long as these")),
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Undoes percent-encoding; `None` if it is malformed or not UTF-8.
fn unescape(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            let digit = |byte: u8| char::from(byte).to_digit(16);
            bytes.push((digit(digits[0])? * 16 + digit(digits[1])?) as u8);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
}

#[cfg(test)]
mod tests;
