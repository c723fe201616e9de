//! Makes the words of a mail server or gateway fit for a log: without the address, the code, a secret of ours or a line
//! break, and short.
//!
//! Servers quote what they were given, in forms of their own, so the search is for more than the exact text: an e-mail
//! address in any letter case and its local part as a word; a number that shares five digits in a row with the phone's,
//! however it is grouped; a number that holds the code. Hiding too much costs an operator a detail, hiding too little
//! puts a person into the log.

use crate::domain::passcode::Passcode;
use crate::domain::recipient::Address;

const LENGTH_MAX: usize = 200;
const TELLING_DIGITS: usize = 5;

/// The words without anything that must not be logged, at most 200 characters.
pub(super) fn tidy(words: &str, address: &Address, passcode: &Passcode) -> String {
    let mut text: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match address {
        Address::Phone(phone) => {
            let digits = phone.expose().trim_start_matches('+').as_bytes();
            let telling = |number: &str| {
                let mut parts = digits.windows(TELLING_DIGITS).filter_map(|part| std::str::from_utf8(part).ok());
                parts.any(|part| number.contains(part))
            };
            text = hide_numbers(&text, "[address]", telling);
        }
        Address::Email(email) => {
            text = hide(&text, email.expose(), false, "[address]");
            if let Some((local, _)) = email.expose().rsplit_once('@') {
                text = hide(&text, local, true, "[address]");
            }
        }
    }
    text = hide_numbers(&text, "[code]", |number| number.contains(passcode.expose()));
    match text.char_indices().nth(LENGTH_MAX) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Replaces every occurrence of a secret.
pub(super) fn without_secret(words: &str, secret: &str) -> String {
    hide(words, secret, false, "[secret]")
}

/// Replaces `needle` in any letter case; with `whole_word`, only where no letter or digit touches it.
fn hide(text: &str, needle: &str, whole_word: bool, instead: &str) -> String {
    if needle.is_empty() {
        return text.to_owned();
    }
    let (lower, needle) = (text.to_ascii_lowercase(), needle.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, found) in lower.match_indices(&needle) {
        let end = start + found.len();
        let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if whole_word && (touches(lower[..start].chars().next_back()) || touches(lower[end..].chars().next())) {
            continue;
        }
        out.push_str(&text[done..start]);
        out.push_str(instead);
        done = end;
    }
    out.push_str(&text[done..]);
    out
}

/// Replaces every number, grouped or not, whose digits are `secret`.
fn hide_numbers(text: &str, instead: &str, secret: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let span = from.find(|c: char| !c.is_ascii_digit() && !" -.()/\u{a0}".contains(c)).unwrap_or(from.len());
        let end = from[..span].rfind(|c: char| c.is_ascii_digit()).map_or(span, |last| last + 1);
        let (number, after) = from.split_at(end);
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        out.push_str(before);
        out.push_str(if secret(&digits) { instead } else { number });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::FlowId;
    use crate::domain::keys::{KeyId, ServerKey};
    use crate::domain::policy::Purpose;
    use crate::domain::recipient::{EmailAddress, PhoneNumber};

    fn passcode() -> Passcode {
        let key = ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &std::array::from_fn(|n| n as u8)).unwrap();
        Passcode::derive(&key, FlowId::from_bytes([1; 16]), Purpose::PreLogin, 0, 6)
    }

    #[test]
    fn a_phone_number_is_hidden_however_it_is_grouped() {
        let phone = Address::Phone(PhoneNumber::parse("+34600123456").unwrap());
        for quoted in ["+34600123456", "0034 600-12 34 56", "600123456", "(600) 12.34.56", "34600123"] {
            let text = tidy(&format!("21211: '{quoted}' is not mobile"), &phone, &passcode());
            assert!(text.starts_with("21211: '") && text.ends_with("[address]' is not mobile"), "{text}");
        }
    }

    #[test]
    fn an_email_address_is_hidden_in_any_case_and_so_is_its_local_part() {
        let email = Address::Email(EmailAddress::parse("Ana.Ruiz@bank.example").unwrap());
        let text = tidy("550 <ana.ruiz@BANK.example> unknown; user=ANA.RUIZ, to=ana.ruiz%40bank", &email, &passcode());
        assert_eq!(text, "550 <[address]> unknown; user=[address], to=[address]%40bank");
        let short = Address::Email(EmailAddress::parse("a@bank.example").unwrap());
        assert_eq!(tidy("a@bank.example: not a mailbox", &short, &passcode()), "[address]: not [address] mailbox");
    }

    #[test]
    fn the_code_is_hidden_also_when_it_is_spaced() {
        let (email, code) = (Address::Email(EmailAddress::parse("ana@bank.example").unwrap()), passcode());
        let (first, last) = code.expose().split_at(3);
        let text = tidy(&format!("spam: \"code {first}{last}\", \"{first} {last}\" and 571"), &email, &code);
        assert_eq!(text, "spam: \"code [code]\", \"[code]\" and 571");
    }

    #[test]
    fn reasons_are_one_short_line() {
        let email = Address::Email(EmailAddress::parse("ana@bank.example").unwrap());
        let text = tidy(&"né\r\n".repeat(300), &email, &passcode());
        assert_eq!(text.chars().count(), LENGTH_MAX + 1);
        assert!(!text.contains(char::is_control));
    }
}
