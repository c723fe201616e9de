//! Phone numbers, e-mail addresses and the names that callers and operators give, one on each line.
//!
//! What is taken has one way to be written, reads back as the same, and shows little when it is masked.

#![no_main]

use countersign_fuzz::domain::client::{ClientId, Country};
use countersign_fuzz::domain::customer::CustomerId;
use countersign_fuzz::domain::keys::KeyId;
use countersign_fuzz::domain::operator::Actor;
use countersign_fuzz::domain::recipient::{EmailAddress, PhoneNumber};
use countersign_fuzz::domain::token::Serial;
use libfuzzer_sys::fuzz_target;

fn calm(what: &str) {
    assert!(what.len() <= 200 && !what.contains('\n'), "{what:?}");
}

fn phone(text: &str) {
    match PhoneNumber::parse(text) {
        Ok(phone) => {
            let written = phone.expose();
            let digits = written.strip_prefix('+').expect("E.164");
            assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()), "{written}");
            assert_eq!(PhoneNumber::parse(written).as_ref(), Ok(&phone));
            let masked = phone.masked();
            assert_eq!(masked.len(), written.len());
            assert_eq!(masked.bytes().filter(u8::is_ascii_digit).count(), 4, "{masked}");
        }
        Err(problem) => calm(&problem.to_string()),
    }
}

fn email(text: &str) {
    match EmailAddress::parse(text) {
        Ok(email) => {
            let written = email.expose();
            assert_eq!(EmailAddress::parse(written).as_ref(), Ok(&email));
            assert!(written.len() <= 254 && !written.bytes().any(|byte| byte.is_ascii_control()), "{written:?}");
            let (local, domain) = written.rsplit_once('@').expect("an address");
            let masked = email.masked();
            let shown = masked.strip_suffix(domain).and_then(|rest| rest.strip_suffix('@')).expect("its domain");
            let kept = if local.chars().count() <= 3 { 1 } else { 3 };
            assert!(shown.chars().skip(kept).all(|c| c == 'X'), "{masked}");
        }
        Err(problem) => calm(&problem.to_string()),
    }
}

/// A name that is taken is as it was given.
macro_rules! names {
    ($text:ident: $($name:ty),+) => {
        $(match <$name>::parse($text) {
            Ok(name) => assert_eq!(name.as_str(), $text),
            Err(problem) => calm(&problem.to_string()),
        })+
    };
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.lines().take(32) {
        phone(line);
        email(line);
        names!(line: Actor, ClientId, Country, CustomerId, KeyId, Serial);
    }
});
