//! One event as one line of ArcSight's Common Event Format, version 0. The tables are in the room's own page.
//!
//! 1. [`ValidationEvent`] is plain text as the caller gave it, plus what we found. Whoever makes one says it all; nothing
//!    here asks the clock or the network.
//! 2. [`ValidationEvent::line`] picks the key of each field, in order of weight, and leaves out what is empty.
//! 3. Each value is cleaned (control characters and invisible direction marks become U+FFFD), cut to the length that the
//!    format gives its key, and escaped. A line never holds a line break, whatever is sent.
//! 4. Too long a line is made again with shorter values: an event with short values beats no event and a cut-off one.

use chrono::{DateTime, FixedOffset, Utc};
use std::fmt::{self, Write as _};
use std::net::IpAddr;
use std::time::Duration;

/// What became of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The code was right.
    Accepted,
    /// The code was wrong.
    WrongCode,
    /// The code was right once, and has been used.
    ReusedCode,
    /// The token is locked; the code was not looked at.
    TokenLocked,
    /// No such transaction in this session.
    TransactionUnknown,
    /// Too many calls.
    Throttled,
    /// No token, or not a good one.
    Unauthorized,
    /// The client may not do this.
    Forbidden,
    /// A header or property was missing or malformed.
    Malformed,
    /// We failed.
    Failed,
}

/// How the SIEM tells events apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The signature id of CEF, and the MSGID of syslog. Never changes its meaning.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// 0, nothing, to 10, the worst.
    pub severity: u8,
    /// The value of `reason`.
    pub reason: &'static str,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 10] = [
        Self::Accepted,
        Self::WrongCode,
        Self::ReusedCode,
        Self::TokenLocked,
        Self::TransactionUnknown,
        Self::Throttled,
        Self::Unauthorized,
        Self::Forbidden,
        Self::Malformed,
        Self::Failed,
    ];

    /// Its signature.
    pub fn signature(self) -> Signature {
        let (id, name, severity, reason) = match self {
            Self::Accepted => ("BNE-1001", "Challenge code accepted", 2, "accepted"),
            Self::WrongCode => ("BNE-1002", "Challenge code wrong", 5, "wrong-code"),
            Self::ReusedCode => ("BNE-1003", "Challenge code used again", 7, "reused-code"),
            Self::TokenLocked => ("BNE-1004", "Challenge refused, token locked", 8, "token-locked"),
            Self::TransactionUnknown => ("BNE-1005", "Challenge transaction unknown", 5, "transaction-unknown"),
            Self::Throttled => ("BNE-1006", "Challenge validation throttled", 6, "throttled"),
            Self::Unauthorized => ("BNE-1007", "Challenge validation without a valid token", 6, "unauthorized"),
            Self::Forbidden => ("BNE-1008", "Challenge validation not allowed to client", 6, "forbidden"),
            Self::Malformed => ("BNE-1009", "Challenge validation malformed", 4, "malformed"),
            Self::Failed => ("BNE-1010", "Challenge validation failed", 7, "internal-failure"),
        };
        Signature { id, name, severity, reason }
    }
}

/// What the customer confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionType {
    /// A login.
    Login,
    /// A risk transaction.
    Risk,
}

impl TransactionType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::Risk => "RISK",
        }
    }
}

/// What the request's `arcsight` object said, as it said it. Empty is "not known".
///
/// The device's cookie has no field here on purpose: it is a secret, and a SIEM has many readers.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the names are those of the bank's document")]
pub struct Reported {
    pub application_name: String,
    pub application_platform_name: String,
    pub data_center_location: String,
    pub destination_ip_address: String,
    pub destination_port: String,
    pub hardware_id: String,
    pub host_name: String,
    pub legal_representative_id: String,
    pub user_agent: String,
    pub user_id: String,
    pub alias_name: String,
    pub user_id_type: String,
    pub ip_address: String,
    pub operation_date: Option<DateTime<FixedOffset>>,
}

/// One validation of a challenge. Its `Debug` shows no personal data.
#[derive(Clone)]
pub struct ValidationEvent {
    /// When we answered.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub outcome: Outcome,
    /// What it was for; absent if the request did not get that far.
    pub transaction: Option<TransactionType>,
    /// Our id of the request, at most 40 characters: the SIEM knows a repeated event by it.
    pub request_id: String,
    /// The caller's `uuid`.
    pub uuid: String,
    /// The header of that name.
    pub client_id: String,
    /// The header of that name.
    pub country_code: String,
    /// The header of that name.
    pub business_code: String,
    /// The header of that name.
    pub channel_id: String,
    /// How long we took.
    pub duration: Duration,
    /// The `arcsight` object.
    pub reported: Reported,
}

impl fmt::Debug for ValidationEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, outcome, request_id, .. } = self;
        f.debug_struct("ValidationEvent")
            .field("at", at)
            .field("outcome", outcome)
            .field("request_id", request_id)
            .finish_non_exhaustive()
    }
}

/// Bytes of the shortest limit that [`ValidationEvent::line`] keeps to: with it, everything we know ourselves fits.
pub const LINE_MIN: usize = 512;
/// The lengths, in characters, that caller's values are cut to one after the other until the line fits.
const CAPS: [usize; 5] = [usize::MAX, 255, 100, 40, 15];
/// What the format allows in most text keys.
const TEXT: usize = 1023;
/// Keys with no more room than this hold numbers, addresses, ids or words of ours, which are not cut further.
const SHORT: usize = 63;

struct Extension {
    key: &'static str,
    value: String,
    /// What the format allows, in characters.
    max: usize,
    /// What the value means, for keys whose names do not say.
    label: Option<&'static str>,
}

impl ValidationEvent {
    /// The event as one line without a line break, at most `max` bytes (at least [`LINE_MIN`]).
    pub fn line(&self, max: usize) -> String {
        let max = max.max(LINE_MIN);
        let mut extensions = self.extensions();
        for cap in CAPS {
            let line = self.line_with(&extensions, cap);
            if line.len() <= max {
                return line;
            }
        }
        // Only with a limit that hardly anyone sets: what weighs least is at the end.
        loop {
            extensions.pop();
            let line = self.line_with(&extensions, CAPS[CAPS.len() - 1]);
            if line.len() <= max || extensions.is_empty() {
                return line;
            }
        }
    }

    fn line_with(&self, extensions: &[Extension], cap: usize) -> String {
        let Signature { id, name, severity, .. } = self.outcome.signature();
        let mut line = String::from("CEF:0");
        for field in ["Countersign", "Countersign", env!("CARGO_PKG_VERSION"), id, name] {
            line.push('|');
            escape_header(&mut line, field);
        }
        let _infallible = write!(line, "|{severity}|");
        for (n, Extension { key, value, max, label }) in extensions.iter().enumerate() {
            line.push_str(if n == 0 { "" } else { " " });
            line.push_str(key);
            line.push('=');
            escape_value(&mut line, value, if *max <= SHORT { *max } else { (*max).min(cap) });
            if let Some(label) = label {
                let _infallible = write!(line, " {key}Label={label}");
            }
        }
        line
    }

    /// The table of keys, most important first. Empty values are left out.
    fn extensions(&self) -> Vec<Extension> {
        let mut list = List(Vec::new());
        let signature = self.outcome.signature();
        let success = self.outcome == Outcome::Accepted;
        let said = &self.reported;
        list.add("rt", self.at.timestamp_millis(), 20);
        list.add("outcome", if success { "success" } else { "failure" }, SHORT);
        list.add("reason", signature.reason, SHORT);
        list.add("externalId", &self.request_id, 40);
        list.add("cat", self.transaction.map_or("", TransactionType::as_str), SHORT);
        list.add("suid", &said.user_id, TEXT);

        let mut odd = String::new();
        list.address("src", ("c6a2", "Source IPv6 Address"), ("ipAddress", &said.ip_address), &mut odd);
        list.labelled("cs5", &self.client_id, "clientId");
        list.labelled("cs1", &said.legal_representative_id, "legalRepresentativeId");
        list.add("suser", &said.alias_name, TEXT);
        list.labelled("flexString2", &said.user_id_type, "userIdType");
        list.push("flexString1", &self.uuid, 40, Some("uuid"));
        list.labelled("cs2", &said.hardware_id, "hardwareId");
        let way = [&self.country_code, &self.business_code, &self.channel_id].map(String::as_str);
        if way.iter().any(|part| !part.is_empty()) {
            list.labelled("cs6", way.join("/"), "countryCode/businessCode/channelId");
        }
        list.add("requestClientApplication", &said.user_agent, TEXT);
        let there = ("destinationIpAddress", said.destination_ip_address.as_str());
        list.address("dst", ("c6a3", "Destination IPv6 Address"), there, &mut odd);
        match said.destination_port.trim().parse::<u16>() {
            Ok(port) => list.add("dpt", port, 5),
            Err(_) => note(&mut odd, "destinationPort", &said.destination_port),
        }
        list.add("dhost", &said.host_name, TEXT);
        list.add("sourceServiceName", &said.application_name, TEXT);
        list.labelled("cs3", &said.application_platform_name, "applicationPlatformName");
        list.labelled("cs4", &said.data_center_location, "dataCenterLocation");
        if let Some(date) = said.operation_date {
            list.add("start", date.timestamp_millis(), 20);
        }
        list.push("cn1", self.duration.as_millis(), 20, Some("durationMillis"));
        list.add("msg", odd, TEXT);
        list.0
    }
}

struct List(Vec<Extension>);

impl List {
    fn add(&mut self, key: &'static str, value: impl ToString, max: usize) {
        self.push(key, value, max, None);
    }

    fn labelled(&mut self, key: &'static str, value: impl ToString, label: &'static str) {
        self.push(key, value, TEXT, Some(label));
    }

    fn push(&mut self, key: &'static str, value: impl ToString, max: usize, label: Option<&'static str>) {
        let value = clean(&value.to_string());
        if !value.is_empty() {
            self.0.push(Extension { key, value, max, label });
        }
    }

    /// CEF 0 has typed keys for IPv4 only; IPv6 has custom ones with a fixed meaning.
    fn address(
        &mut self,
        v4: &'static str,
        v6: (&'static str, &'static str),
        (name, text): (&str, &str),
        odd: &mut String,
    ) {
        match text.trim().parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => self.add(v4, address, 16),
            Ok(IpAddr::V6(address)) => self.push(v6.0, address, 39, Some(v6.1)),
            Err(_) => note(odd, name, text),
        }
    }
}

/// A typed key must not hold what is not of its type: the SIEM would drop the event or the field.
fn note(odd: &mut String, name: &str, text: &str) {
    if !text.trim().is_empty() {
        odd.push_str(if odd.is_empty() { "not as documented: " } else { ", " });
        // Three of these share one key.
        odd.extend([name, " \""].into_iter().chain([shorten(text, 100).as_str(), "\""]));
    }
}

fn clean(text: &str) -> String {
    let tidy = |c: char| match c {
        '\t' => ' ',
        '\n' | '\r' => c,
        // Line breaks to some readers, and marks that make a line look different from what it says.
        '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}' => char::REPLACEMENT_CHARACTER,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.trim().chars().map(tidy).collect()
}

/// Cut to `max` characters, the last of which then is an ellipsis.
fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max - 1).chain(['…']).collect(),
    }
}

fn escape_header(line: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' | '|' => line.extend(['\\', c]),
            '\n' | '\r' => line.push(' '),
            c => line.push(c),
        }
    }
}

fn escape_value(line: &mut String, text: &str, max: usize) {
    for c in shorten(text, max).chars() {
        match c {
            '\\' | '=' => line.extend(['\\', c]),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
