//! CEF lines of validations. The first byte of the input picks the outcome and what the transaction is for, the next two
//! the longest line; then come the values, with a unit separator (U+001F) between.
//!
//! A line is read by a reader of our own, as a SIEM would, and must give back what went in, whatever the values are.

#![no_main]

use chrono::{DateTime, TimeDelta};
use countersign_fuzz::memory;
use countersign_fuzz::siem::cef::{LINE_MIN, Outcome, Reported, Signature, TransactionType, ValidationEvent};
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;
use std::time::Duration;

/// Values longer than this are cut (the format's bound for texts).
const TEXT: usize = 1023;
/// No line is longer.
const ENOUGH: usize = 1 << 20;

/// Reads a line as the format says: seven fields, then keys and values. A key is the last word before an equals sign that
/// is not escaped.
fn read(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    assert!(!line.contains(char::is_control), "a raw control character in {line:?}");
    let mut characters = line.char_indices();
    let (mut header, mut field) = (Vec::new(), String::new());
    let start = loop {
        let (n, c) = characters.next().expect("the header has seven fields");
        match c {
            '|' => header.push(std::mem::take(&mut field)),
            '\\' => match characters.next() {
                Some((_, c @ ('\\' | '|'))) => field.push(c),
                other => panic!("{other:?} is escaped in a header"),
            },
            c => field.push(c),
        }
        if header.len() == 7 {
            break n + 1;
        }
    };
    let rest = &line[start..];
    let escaped = |n: usize| rest[..n].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
    let marks: Vec<usize> = rest.match_indices('=').map(|(n, _)| n).filter(|n| !escaped(*n)).collect();
    let keys: Vec<usize> = marks.iter().map(|mark| rest[..*mark].rfind(' ').map_or(0, |n| n + 1)).collect();
    let ends = keys.iter().skip(1).map(|key| key - 1).chain([rest.len()]);
    let pairs = marks.iter().zip(&keys).zip(ends).map(|((mark, key), end)| {
        let key = &rest[*key..*mark];
        assert!(!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "the key {key:?}");
        (key.to_owned(), unescaped(&rest[mark + 1..end]))
    });
    (header, pairs.collect())
}

fn unescaped(value: &str) -> String {
    let (mut text, mut characters) = (String::new(), value.chars());
    while let Some(c) = characters.next() {
        text.push(match c {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(c @ ('\\' | '=')) => c,
                other => panic!("{other:?} is escaped in a value"),
            },
            '=' => panic!("an equals sign that is not escaped"),
            c => c,
        });
    }
    text
}

/// Whether a value came through: the same but for what cannot be shown, and cut if it was too long.
fn assert_came_through(key: &str, sent: &str, got: &str, max: usize) {
    let sent: Vec<char> = sent.trim().chars().collect();
    let got: Vec<char> = got.chars().collect();
    assert_eq!(got.len(), sent.len().min(max), "{key}");
    for (n, (sent_one, got_one)) in sent.iter().zip(&got).enumerate() {
        let cut = sent.len() > max && n == max - 1 && *got_one == '…';
        let shown = !sent_one.is_control() && (sent_one.is_ascii() || sent_one.is_alphanumeric());
        let hidden = !shown && matches!(*got_one, ' ' | char::REPLACEMENT_CHARACTER);
        assert!(sent_one == got_one || cut || hidden, "{key}: {sent_one:?} became {got_one:?}");
    }
}

struct Values<'a>(std::str::Split<'a, char>);

impl Values<'_> {
    fn next(&mut self) -> String {
        self.0.next().unwrap_or_default().to_owned()
    }
}

fn event(pick: u8, values: &mut Values<'_>) -> ValidationEvent {
    let at = DateTime::from_timestamp(1_779_649_929, 0).unwrap_or_default();
    ValidationEvent {
        at,
        outcome: Outcome::ALL[usize::from(pick) % Outcome::ALL.len()],
        transaction: [None, Some(TransactionType::Login), Some(TransactionType::Risk)][usize::from(pick / 16) % 3],
        request_id: "01980d5e-0000-7000-8000-000000000000".to_owned(),
        uuid: values.next(),
        client_id: values.next(),
        country_code: values.next(),
        business_code: values.next(),
        channel_id: values.next(),
        duration: Duration::from_millis(pick.into()),
        reported: Reported {
            application_name: values.next(),
            application_platform_name: values.next(),
            data_center_location: values.next(),
            destination_ip_address: values.next(),
            destination_port: values.next(),
            hardware_id: values.next(),
            host_name: values.next(),
            legal_representative_id: values.next(),
            user_agent: values.next(),
            user_id: values.next(),
            alias_name: values.next(),
            user_id_type: values.next(),
            ip_address: values.next(),
            operation_date: (pick % 2 == 0).then(|| (at - TimeDelta::seconds(pick.into())).fixed_offset()),
        },
    }
}

/// The keys whose values are texts of the caller, with these and the most that they may have.
fn texts(event: &ValidationEvent) -> Vec<(&'static str, Option<&'static str>, String, usize)> {
    let said = &event.reported;
    let way = [&event.country_code, &event.business_code, &event.channel_id].map(String::as_str);
    let way = if way.concat().is_empty() { String::new() } else { way.join("/") };
    let own = |text: &String| text.clone();
    vec![
        ("suid", None, own(&said.user_id), TEXT),
        ("cs5", Some("clientId"), own(&event.client_id), TEXT),
        ("cs1", Some("legalRepresentativeId"), own(&said.legal_representative_id), TEXT),
        ("suser", None, own(&said.alias_name), TEXT),
        ("flexString2", Some("userIdType"), own(&said.user_id_type), TEXT),
        ("flexString1", Some("uuid"), own(&event.uuid), 40),
        ("cs2", Some("hardwareId"), own(&said.hardware_id), TEXT),
        ("cs6", Some("countryCode/businessCode/channelId"), way, TEXT),
        ("requestClientApplication", None, own(&said.user_agent), TEXT),
        ("dhost", None, own(&said.host_name), TEXT),
        ("sourceServiceName", None, own(&said.application_name), TEXT),
        ("cs3", Some("applicationPlatformName"), own(&said.application_platform_name), TEXT),
        ("cs4", Some("dataCenterLocation"), own(&said.data_center_location), TEXT),
    ]
}

/// Under which key an address is, if it is one.
fn address(text: &str, v4: &'static str, v6: &'static str) -> Option<(&'static str, String)> {
    let address = text.trim().parse::<IpAddr>().ok()?.to_canonical();
    Some((if address.is_ipv4() { v4 } else { v6 }, address.to_string()))
}

fn check(event: &ValidationEvent, header: &[String], pairs: &[(String, String)]) {
    let Signature { id, name, severity, reason } = event.outcome.signature();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(header, ["CEF:0", "Countersign", "Countersign", version, id, name, &severity.to_string()]);
    let value = |key: &str| {
        let mut found = pairs.iter().filter(|(known, _)| known == key).map(|(_, value)| value.as_str());
        let first = found.next();
        assert!(found.next().is_none(), "{key} is there twice");
        first
    };
    assert_eq!((value("reason"), value("externalId")), (Some(reason), Some(event.request_id.as_str())));
    assert_eq!(value("cn1"), Some(event.duration.as_millis().to_string().as_str()));
    for (key, label, sent, max) in texts(event) {
        let got = value(key);
        assert_came_through(key, &sent, got.unwrap_or_default(), max);
        assert_eq!(got.is_some(), !sent.trim().is_empty(), "{key}");
        if let Some(label) = label {
            assert_eq!(value(&format!("{key}Label")), got.map(|_| label));
        }
    }
    let said = &event.reported;
    let odd = value("msg").unwrap_or_default();
    let addresses = [
        ("ipAddress", &said.ip_address, ["src", "c6a2"]),
        ("destinationIpAddress", &said.destination_ip_address, ["dst", "c6a3"]),
    ];
    for (name, sent, [v4, v6]) in addresses {
        let expected = address(sent, v4, v6);
        for key in [v4, v6] {
            let expected = expected.as_ref().filter(|(known, _)| *known == key).map(|(_, text)| text.as_str());
            assert_eq!(value(key), expected, "{key}");
        }
        assert!(expected.is_some() || sent.trim().is_empty() || odd.contains(name), "{name} is lost");
    }
    assert!(value("dpt").is_none_or(|port| port.parse::<u16>().is_ok()));
}

fuzz_target!(|data: &[u8]| {
    let Some((&[pick, high, low], rest)) = data.split_first_chunk() else { return };
    let text = String::from_utf8_lossy(rest);
    let event = event(pick, &mut Values(text.split('\u{1f}')));
    let line = memory::within((64 << 10) + 64 * text.len(), || event.line(ENOUGH));
    let (header, pairs) = read(&line);
    check(&event, &header, &pairs);

    // With less room, values are shorter or the last ones are missing; none is another's.
    let max = usize::from(u16::from_be_bytes([high, low]));
    let short = event.line(max);
    assert!(short.len() <= max.max(LINE_MIN), "{} bytes, {max} wanted", short.len());
    let (short_header, short_pairs) = read(&short);
    assert_eq!(short_header, header);
    let kept: Vec<_> = pairs.iter().take(short_pairs.len()).map(|(key, _)| key).collect();
    assert!(short_pairs.iter().map(|(key, _)| key).eq(kept), "{short}");
    for ((key, whole), (_, shorter)) in pairs.iter().zip(&short_pairs) {
        let cut = shorter.strip_suffix('…').is_some_and(|start| whole.starts_with(start));
        assert!(whole == shorter || cut, "{key}: {whole} became {shorter}");
    }
    assert!(short_pairs.len() >= 4, "{short}");

    let others = ValidationEvent { reported: Reported::default(), uuid: String::new(), ..event.clone() };
    assert_eq!(format!("{event:?}"), format!("{others:?}"), "personal data is shown");
});
