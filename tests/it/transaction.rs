//! The transition function of a transaction and its token: every edge that the domain draws, every refusal, and what a
//! code is good for.

mod properties;

use crate::support::bne::*;
use chrono::TimeDelta;
use countersign::domain::client::ClientId;
use countersign::domain::customer::CustomerId;
use countersign::domain::flow::Secret;
use countersign::domain::limit::Limits;
use countersign::domain::token::{self, Device, DeviceKind, Life, Token, Unusable};
use countersign::domain::transaction::*;
use std::collections::HashSet;
use std::sync::Arc;

const MOMENT: TimeDelta = TimeDelta::milliseconds(1);
const LIFETIME: TimeDelta = TimeDelta::minutes(3);

/// One device of each kind, the way a customer uses it, and suites with everything in them.
fn devices() -> Vec<Device> {
    let suites = [
        PLAIN_SUITE,
        "OCRA-1:HOTP-SHA512-8:C-QN08-PSHA1",
        "OCRA-1:HOTP-SHA1-6:QA10-T1M",
        "OCRA-1:HOTP-SHA256-10:C-QH8-T1M",
    ];
    [hotp_device(), totp_device()].into_iter().chain(suites.map(ocra_device)).collect()
}

fn counter(device: Device) -> Counter {
    Counter::with(bne_rules(|_| {}), [device]).0
}

fn token_of<'a>(counter: &'a Counter, transaction: &Transaction) -> &'a Token {
    &counter.tokens[&transaction.token]
}

// The edges.

#[test]
fn the_right_code_consumes_the_transaction_and_burns_what_made_it() {
    for device in devices() {
        let mut counter = counter(device.clone());
        let transaction = counter.opened(Subject::Login);
        assert_eq!((transaction.device, transaction.state), (device.kind(), State::Open));
        assert_eq!(transaction.challenge.is_some(), device.kind() == DeviceKind::Ocra);
        assert_eq!(transaction.expires_at, counter.clerk.now + LIFETIME);
        let code = counter.answer(&transaction);
        let Ok(Granted::Validated(consumed)) = counter.validate(&transaction, &code) else { panic!("{device:?}") };
        assert_eq!(consumed.state, State::Consumed { at: counter.clerk.now });
        assert_eq!(counter.transactions[&transaction.id], *consumed);
        assert!(matches!(token_of(&counter, &transaction).life, Life::Active { .. }));
        // The transaction is gone, and the code is no good for the next one.
        assert_eq!(counter.validate(&transaction, &code), Err(Refusal::NotFound));
        let next = counter.opened(Subject::Login);
        assert_eq!(failed(counter.validate(&next, &code)), Reason::WrongCode);
    }
}

#[test]
fn wrong_codes_count_on_transaction_and_token_and_lock_the_transaction() {
    for device in devices() {
        let mut counter = counter(device);
        let transaction = counter.opened(Subject::Login);
        let (right, wrong) = (counter.answer(&transaction), wrong(&counter.answer(&transaction)));
        for n in 1..=3 {
            assert_eq!(failed(counter.validate(&transaction, &wrong)), Reason::WrongCode);
            assert_eq!(counter.transactions[&transaction.id].failed_attempts, n);
            assert_eq!(token_of(&counter, &transaction).failures.count, u32::from(n));
        }
        assert_eq!(counter.transactions[&transaction.id].state, State::Locked { at: counter.clerk.now });
        for code in [&right, &wrong] {
            assert_eq!(failed(counter.validate(&transaction, code)), Reason::AttemptsUsedUp);
        }
        assert_eq!(token_of(&counter, &transaction).failures.count, 3);
        counter.clerk.now = transaction.expires_at;
        assert_eq!(counter.validate(&transaction, &right), Err(Refusal::NotFound));
    }
}

#[test]
fn a_transaction_lives_for_its_time() {
    let mut counter = counter(ocra_device(PLAIN_SUITE));
    let transaction = counter.opened(Subject::Login);
    let code = counter.answer(&transaction);
    counter.clerk.now = transaction.expires_at;
    assert_eq!(counter.validate(&transaction, &code), Err(Refusal::NotFound));
    counter.clerk.now -= MOMENT;
    assert!(is_validated(&counter.validate(&transaction, &code)));
}

#[test]
fn the_next_transaction_of_the_same_holder_client_and_kind_closes_the_open_one() {
    let mut counter = counter(ocra_device(PLAIN_SUITE));
    let first = counter.opened(Subject::Login);
    let risk = counter.opened(payment("10", "ACME"));
    let app = OpenRequest { client: ClientId::parse("app").unwrap(), ..counter.clerk.open_request(Subject::Login) };
    let app = opened(counter.apply(counter.clerk.command(Action::Open(Box::new(app)))));
    let second = counter.opened(Subject::Login);
    assert_eq!(counter.transactions[&first.id].state, State::Closed { at: counter.clerk.now });
    let code = counter.answer(&first);
    assert_eq!(counter.validate(&first, &code), Err(Refusal::NotFound));
    for transaction in [&risk, &app, &second] {
        let code = counter.answer(transaction);
        assert!(is_validated(&counter.validate(transaction, &code)));
    }

    let (mut counter, _) = Counter::with(bne_rules(|policy| policy.one_at_a_time = false), [ocra_device(PLAIN_SUITE)]);
    let first = counter.opened(Subject::Login);
    counter.opened(Subject::Login);
    let code = counter.answer(&first);
    assert!(is_validated(&counter.validate(&first, &code)));
}

#[test]
fn an_open_transaction_can_be_called_off_once() {
    let mut counter = counter(totp_device());
    let transaction = counter.opened(Subject::Login);
    let order = counter.clerk.order();
    let close = counter.clerk.command(Action::Close(transaction.id, order.clone()));
    assert!(matches!(counter.apply(close.clone()), Ok(Granted::Closed(_))));
    assert_eq!(counter.apply(close.clone()), Err(Refusal::Over));
    let code = counter.answer(&transaction);
    assert_eq!(counter.validate(&transaction, &code), Err(Refusal::NotFound));
    let other = counter.opened(Subject::Login);
    let late = Command { at: other.expires_at, action: Action::Close(other.id, order.clone()), ..close.clone() };
    assert_eq!(counter.apply(late), Err(Refusal::Over));
    // As where the store has the row, but does not read an expired one.
    let expired = Loaded { expired: true, ..Loaded::default() };
    assert_eq!(step(&close, expired).decision, Err(Refusal::Over));
    assert_eq!(step(&close, Loaded::default()).decision, Err(Refusal::NotFound));
}

// Who may know of it.

#[test]
fn a_transaction_is_there_in_its_session_for_its_client_customer_and_kind_alone() {
    let mut counter = counter(hotp_device());
    let transaction = counter.opened(Subject::Login);
    let code = counter.answer(&transaction);
    let good = counter.clerk.validate_request(&transaction, &code);
    let customer = |id| Some(CustomerId::parse(id).unwrap());
    let foreign = [
        ValidateRequest { id: TransactionId::of("b8b1f0c2-5f64-4f5f-9d1c-0a9e8e3a7c41"), ..good.clone() },
        ValidateRequest { id: TransactionId::of("nonsense"), ..good.clone() },
        ValidateRequest { kind: Kind::Risk, ..good.clone() },
        ValidateRequest { client: ClientId::parse("app").unwrap(), ..good.clone() },
        ValidateRequest { session: Secret::new("another"), ..good.clone() },
        ValidateRequest { session: Secret::new(""), ..good.clone() },
        ValidateRequest { customer: customer("999"), ..good.clone() },
    ];
    for request in foreign {
        let decision = counter.apply(counter.clerk.command(Action::Validate(request.clone())));
        assert_eq!(decision, Err(Refusal::NotFound), "{request:?}");
    }
    let theirs = ValidateRequest { customer: customer("123456789012"), ..good };
    assert!(is_validated(&counter.apply(counter.clerk.command(Action::Validate(theirs)))));
}

#[test]
fn the_ids_that_callers_give_are_hyphenated_uuids() {
    let id = "b8b1f0c2-5f64-4f5f-9d1c-0a9e8e3a7c41";
    assert_eq!(TransactionId::of(id).to_string(), id);
    assert_eq!(TransactionId::of(&id.to_uppercase()), TransactionId::of(id));
    let nil = TransactionId::from_bytes([0; 16]);
    for text in ["", "x", &id.replace('-', ""), &format!("{{{id}}}"), &format!("urn:uuid:{id}"), &"é".repeat(18)] {
        assert_eq!(TransactionId::of(text), nil, "{text}");
    }
}

#[test]
fn a_session_whose_key_is_gone_is_over_and_a_rotation_harms_none() {
    let mut counter = counter(hotp_device());
    let transaction = counter.opened(Subject::Login);
    let code = counter.answer(&transaction);
    let keys = |ids: &[&str]| Arc::new(crate::support::domain::key_ring(ids));
    let policy = counter.clerk.rules.policy;
    counter.clerk.rules = Arc::new(Rules { keys: keys(&["k2"]), policy, limits: Limits::none() });
    assert_eq!(counter.validate(&transaction, &code), Err(Refusal::NotFound));
    counter.clerk.rules = Arc::new(Rules { keys: keys(&["k2", "k1"]), policy, limits: Limits::none() });
    assert!(is_validated(&counter.validate(&transaction, &code)));
}

// Which token.

#[test]
fn ocra_goes_before_totp_before_hotp_and_the_one_given_last_first() {
    let devices = [ocra_device(PLAIN_SUITE), ocra_device(PLAIN_SUITE), totp_device(), totp_device(), hotp_device()];
    let (mut counter, ids) = Counter::with(bne_rules(|_| {}), devices);
    for n in [1, 0, 3, 2, 4] {
        assert_eq!(counter.opened(Subject::Login).token, ids[n]);
        counter.change(ids[n], token::Action::Revoke).unwrap();
    }
    assert_eq!(counter.apply(counter.clerk.open(Subject::Login)), Err(Refusal::NotFound));
}

#[test]
fn a_token_that_takes_no_code_now_is_passed_over_and_the_last_says_why() {
    let (mut counter, ids) = Counter::with(bne_rules(|_| {}), [hotp_device(), ocra_device(PLAIN_SUITE)]);
    let expired = counter.clerk.now;
    counter.tokens.get_mut(&ids[1]).unwrap().expires_at = Some(expired);
    assert_eq!(counter.opened(Subject::Login).token, ids[0]);
    counter.tokens.get_mut(&ids[0]).unwrap().starts_at = Some(expired + MOMENT);
    // Of the two, that of the token that would have been chosen.
    assert_eq!(failed(counter.apply(counter.clerk.open(Subject::Login))), Reason::Token(Unusable::Expired));
}

#[test]
fn a_holder_who_is_unknown_has_no_token_or_is_not_the_callers_is_not_found() {
    let (mut counter, ids) = Counter::with(bne_rules(|_| {}), [hotp_device()]);
    let good = counter.clerk.open_request(Subject::Login);
    let customer = |id| Some(CustomerId::parse(id).unwrap());
    for request in [
        OpenRequest { holder: token_holder("999", Some("01")), ..good.clone() },
        OpenRequest { holder: token_holder("123456789012", Some("02")), ..good.clone() },
        OpenRequest { holder: token_holder("123456789012", None), ..good.clone() },
        OpenRequest { customer: customer("999"), ..good.clone() },
    ] {
        assert_eq!(counter.apply(counter.clerk.command(Action::Open(Box::new(request)))), Err(Refusal::NotFound));
    }
    let named = OpenRequest { customer: customer("123456789012"), ..good.clone() };
    opened(counter.apply(counter.clerk.command(Action::Open(Box::new(named)))));
    counter.change(ids[0], token::Action::Unassign).unwrap();
    assert_eq!(counter.apply(counter.clerk.command(Action::Open(Box::new(good)))), Err(Refusal::NotFound));
}

#[test]
fn a_token_that_changes_hands_or_state_under_a_transaction_takes_no_code() {
    let revoked = |counter: &mut Counter, id| drop(counter.change(id, token::Action::Revoke).unwrap());
    let given_away = |counter: &mut Counter, id| {
        counter.change(id, token::Action::Unassign).unwrap();
        counter.change(id, token::Action::Assign(token_holder("eve", None))).unwrap();
    };
    let in_stock = |counter: &mut Counter, id| drop(counter.change(id, token::Action::Unassign).unwrap());
    let expired = |counter: &mut Counter, id| {
        let now = counter.clerk.now;
        counter.tokens.get_mut(&id).unwrap().expires_at = Some(now);
    };
    type Event = fn(&mut Counter, token::TokenId);
    let events: [(Event, Unusable); 4] = [
        (revoked, Unusable::Revoked),
        (given_away, Unusable::NotAssigned),
        (in_stock, Unusable::NotAssigned),
        (expired, Unusable::Expired),
    ];
    for (event, unusable) in events {
        let mut counter = counter(totp_device());
        let transaction = counter.opened(Subject::Login);
        let code = counter.answer(&transaction);
        event(&mut counter, transaction.token);
        assert_eq!(failed(counter.validate(&transaction, &code)), Reason::Token(unusable));
        assert_eq!(counter.transactions[&transaction.id].failed_attempts, 0);
    }
}

#[test]
fn guesses_in_many_transactions_meet_the_tokens_wait() {
    let mut counter = counter(totp_device());
    let first = counter.opened(Subject::Login);
    let wrong = wrong(&counter.answer(&first));
    for _ in 0..3 {
        assert_eq!(failed(counter.validate(&first, &wrong)), Reason::WrongCode);
    }
    let second = counter.opened(Subject::Login);
    for _ in 0..2 {
        assert_eq!(failed(counter.validate(&second, &wrong)), Reason::WrongCode);
    }
    let until = counter.clerk.now + TimeDelta::minutes(1);
    let waiting = Reason::Token(Unusable::Waiting { until });
    let right = counter.answer(&second);
    assert_eq!(failed(counter.validate(&second, &right)), waiting);
    assert_eq!(counter.transactions[&second.id].failed_attempts, 2);
    assert_eq!(failed(counter.apply(counter.clerk.open(Subject::Login))), waiting);
    counter.clerk.now = until;
    let right = counter.answer(&second);
    assert!(is_validated(&counter.validate(&second, &right)));
}

// What is confirmed.

#[test]
fn a_risk_transaction_needs_a_token_that_signs_unless_policy_says_otherwise() {
    let short = || ocra_device("OCRA-1:HOTP-SHA256-8:QN06");
    for device in [hotp_device(), totp_device(), short()] {
        let mut counter = counter(device);
        assert_eq!(failed(counter.apply(counter.clerk.open(payment("10", "ACME")))), Reason::NoSigningToken);
        counter.opened(Subject::Login);
    }
    let lenient = || bne_rules(|policy| policy.risk_without_ocra = true);
    let (mut counter, ids) = Counter::with(lenient(), [hotp_device(), totp_device(), short()]);
    let transaction = counter.opened(payment("10", "ACME"));
    assert_eq!((transaction.token, &transaction.challenge), (ids[1], &None));
    let code = counter.answer(&transaction);
    assert!(is_validated(&counter.validate(&transaction, &code)));
    // One that signs goes before one that does not.
    let (mut counter, ids) = Counter::with(lenient(), [ocra_device(PLAIN_SUITE), totp_device()]);
    assert_eq!(counter.opened(payment("10", "ACME")).token, ids[0]);
}

#[test]
fn another_amount_or_payee_needs_another_code() {
    for suite in
        [PLAIN_SUITE, "OCRA-1:HOTP-SHA512-8:C-QN08-PSHA1", "OCRA-1:HOTP-SHA1-8:QA10-T1M", "OCRA-1:HOTP-SHA1-8:QH7"]
    {
        let (mut counter, _) = Counter::with(bne_rules(|policy| policy.one_at_a_time = false), [ocra_device(suite)]);
        let signed = counter.opened(payment("1250.00", "ACME"));
        let code = counter.answer(&signed);
        let others =
            [payment("1250.01", "ACME"), payment("1250.00", "ACMA"), payment("1250.00", "ACME"), Subject::Login];
        for subject in others {
            let other = counter.opened(subject);
            assert_ne!(question(&other), question(&signed));
            assert_eq!(failed(counter.validate(&other, &code)), Reason::WrongCode);
        }
        counter.clerk.pass(TimeDelta::minutes(1));
        let code = counter.answer(&signed);
        assert!(is_validated(&counter.validate(&signed, &code)));
    }
}

#[test]
fn a_challenge_shows_later_what_it_stood_for() {
    use countersign::domain::oath::ocra::question::Question;
    let mut counter = counter(ocra_device(PLAIN_SUITE));
    let transaction = counter.opened(payment("01250.50", "  José   Pérez "));
    let Subject::Risk(details) = &transaction.subject else { unreachable!() };
    let normal = [("amount", "1250.5"), ("currency", "MXN"), ("payee", "José Pérez"), ("account", "00218000118359719")];
    assert_eq!(details.named(), normal);
    let salt = transaction.challenge.as_ref().unwrap().salt.unwrap();
    let suite = PLAIN_SUITE.parse().unwrap();
    let derived = Question::for_signature(&suite, &details.named(), &salt).unwrap();
    assert_eq!(question(&transaction), Some(derived.as_str()));
    assert_eq!(counter.opened(Subject::Login).challenge.unwrap().salt, None);
}

#[test]
fn a_burnt_challenge_is_not_asked_again_of_the_same_token() {
    // Four digits, the first of them no 0: 9000 challenges. Most are burnt, so most draws meet burnt ones.
    let (mut counter, ids) = Counter::with(bne_rules(|_| {}), [ocra_device("OCRA-1:HOTP-SHA256-8:QN04")]);
    counter.burnt = (1000..10_000).filter(|n| n % 3 != 0).map(|n| (ids[0], n.to_string())).collect();
    let mut asked = HashSet::new();
    for _ in 0..100 {
        match counter.apply(counter.clerk.open(Subject::Login)) {
            Ok(Granted::Opened(transaction)) => {
                let question = question(&transaction).unwrap().to_owned();
                assert!(!counter.burnt.contains(&(ids[0], question.clone())));
                let code = counter.answer(&transaction);
                assert!(is_validated(&counter.validate(&transaction, &code)));
                assert!(asked.insert(question), "asked twice");
            }
            // Eight draws, two thirds of them burnt: once in 26 times none is fresh.
            Err(Refusal::BusinessFailed(Reason::ChallengeBurnt)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(asked.len() > 80);
    counter.burnt = (1000..10_000).map(|n| (ids[0], n.to_string())).collect();
    assert_eq!(failed(counter.apply(counter.clerk.open(Subject::Login))), Reason::ChallengeBurnt);
}

#[test]
fn one_code_does_not_answer_the_same_challenge_of_two_transactions() {
    let (mut counter, _) = Counter::with(bne_rules(|policy| policy.one_at_a_time = false), [ocra_device(PLAIN_SUITE)]);
    let first = counter.opened(Subject::Login);
    let second = Transaction { challenge: first.challenge.clone(), ..counter.opened(Subject::Login) };
    counter.transactions.insert(second.id, second.clone());
    let code = counter.answer(&first);
    assert_eq!(code, counter.answer(&second));
    assert!(is_validated(&counter.validate(&first, &code)));
    assert_eq!(failed(counter.validate(&second, &code)), Reason::ChallengeBurnt);
}

#[test]
fn nothing_secret_of_a_transaction_is_printed() {
    let mut counter = counter(ocra_device(PLAIN_SUITE));
    let command = counter.clerk.open(payment("1250", "Hugo Sosa"));
    let transaction = opened(counter.apply(command.clone()));
    let printed = format!("{command:?} {transaction:?} {:?}", counter.clerk.validate(&transaction, "48210377"));
    for secret in [SID, "Hugo Sosa", "002180001183597190", "48210377"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[test]
fn a_policy_keeps_its_bounds() {
    let good = Policy::default();
    assert_eq!(good.check(), Ok(()));
    for (key, bad) in [
        ("lifetime_secs", Policy { lifetime: TimeDelta::seconds(29), ..good }),
        ("lifetime_secs", Policy { lifetime: TimeDelta::seconds(901), ..good }),
        ("failed_attempts_max", Policy { failed_attempts_max: 0, ..good }),
        ("failed_attempts_max", Policy { failed_attempts_max: 6, ..good }),
        ("failures_free", Policy { tokens: token::Policy { failures_free: 0, ..good.tokens }, ..good }),
    ] {
        assert_eq!(bad.check().unwrap_err().0, key);
    }
}
