use super::*;
use crate::domain::flow::Secret;
use crate::domain::operator::Actor;
use crate::domain::token::{Checked, Policy};
use crate::server::SystemRandom;
use chrono::{DateTime, TimeDelta};
use tempfile::TempDir;

fn at() -> Timestamp {
    DateTime::from_timestamp(1_767_268_800, 0).unwrap()
}

fn made() -> (TempDir, DataDir, Vec<Token>) {
    let parent = tempfile::tempdir().unwrap();
    let data = DataDir::create(parent.path(), &SystemRandom).unwrap();
    let tokens = tokens(&data, &SystemRandom, &Stamp { by: Actor::server(), at: at() }).unwrap();
    (parent, data, tokens)
}

fn right(token: &Token, code: &Code, at: Timestamp, question: Option<&Question>) -> Option<Token> {
    match token.check(&Policy::default(), at, &Secret::new(code.expose()), question) {
        Checked::Right(token) => Some(token),
        Checked::Wrong(_) | Checked::Unusable(_) => None,
    }
}

fn token<'a>(tokens: &'a [Token], serial: &str) -> &'a Token {
    tokens.iter().find(|token| token.serial.as_str() == serial).unwrap()
}

#[test]
fn every_kind_shows_codes_that_the_server_takes() {
    let (_parent, data, tokens) = made();
    let totp = show(&data, "100002", None, None, at()).unwrap();
    assert!(right(token(&tokens, "DEV-TOTP-100002"), &totp, at(), None).is_some());
    assert!(right(token(&tokens, "DEV-TOTP-100001"), &totp, at(), None).is_none(), "each token has a seed of its own");

    let ocra = token(&tokens, "DEV-OCRA-100001");
    let Device::Ocra(device) = &ocra.device else { panic!() };
    let question = Question::parse(device.suite(), "73920516").unwrap();
    let code = show(&data, "100001", None, Some("73920516"), at()).unwrap();
    assert!(right(ocra, &code, at(), Some(&question)).is_some());
    let other = Question::parse(device.suite(), "73920517").unwrap();
    assert!(right(ocra, &code, at(), Some(&other)).is_none());
}

#[test]
fn the_button_of_a_counting_token_shows_the_next_code_each_time() {
    let (_parent, data, tokens) = made();
    let mut hotp = token(&tokens, "DEV-HOTP-100003").clone();
    for press in 0..3 {
        let code = show(&data, "100003", Some("hotp"), None, at() + TimeDelta::seconds(press)).unwrap();
        hotp = right(&hotp, &code, at(), None).unwrap_or_else(|| panic!("press {press}"));
        assert!(right(&hotp, &code, at(), None).is_none(), "not twice");
    }
}

#[test]
fn made_again_from_the_same_directory_the_tokens_are_the_same() {
    let (parent, _, tokens) = made();
    let data = DataDir::create(parent.path(), &SystemRandom).unwrap();
    let again = super::tokens(&data, &SystemRandom, &Stamp { by: Actor::server(), at: at() }).unwrap();
    let seeds = |tokens: &[Token]| tokens.iter().map(|token| token.seed.expose().to_vec()).collect::<Vec<_>>();
    assert_eq!(seeds(&tokens), seeds(&again));
}

#[test]
fn what_there_is_no_code_for_is_said() {
    let (parent, data, _) = made();
    let refusal =
        |customer, kind, challenge| show(&data, customer, kind, challenge, at()).map(drop).unwrap_err().to_string();
    assert!(refusal("100005", None, None).contains("has no such token"));
    assert!(refusal("100003", Some("ocra"), Some("1")).contains("has no such token"));
    assert!(refusal("100001", None, None).contains("--challenge"));
    assert!(refusal("100002", None, Some("12345678")).contains("only OCRA"));
    assert!(refusal("100001", None, Some("123456789")).starts_with("--challenge: "));
    std::fs::write(parent.path().join("token-seeds.key"), "00").unwrap();
    assert!(refusal("100002", None, None).contains("token-seeds.key is damaged"));
}
