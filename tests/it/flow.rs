//! The transition function: every edge of the state machine it draws, and what becomes of sends that nobody took.

mod properties;
mod refusals;

use crate::support::domain::*;
use chrono::TimeDelta;
use countersign::domain::flow::*;
use countersign::domain::policy::Presentation;
use countersign::domain::recipient::Channel;

fn desk() -> Desk {
    Desk::new(rules())
}

fn attempts(failed: u8) -> Attempts {
    Attempts { failed, max: 3 }
}

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::new(text))
}

const CODE_LIFETIME: TimeDelta = TimeDelta::minutes(3);
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

// The edges.

#[test]
fn opening_starts_a_flow_without_a_code() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    assert!(matches!(desk.apply(desk.maker.open(&flow)), Ok(Granted::Opened)));
    assert_eq!(*desk.state(&flow), State::Started);
    assert!(desk.pending.is_empty() && desk.counts.is_empty());
}

#[test]
fn opening_with_a_send_sends_at_once_to_the_primary_address() {
    let mut desk = Desk::new(rules_with(&["k1"], |policy| policy.presentation = Presentation::NoValue));
    let flow = desk.maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]);
    let request = SendRequest { references: vec![], ..desk.maker.request(&flow) };
    let command = desk.maker.command(Action::Open(Box::new(flow.clone()), Some(request)));
    let dispatch = sent(desk.apply(command));
    assert_eq!((dispatch.to, dispatch.generation, dispatch.resends_used), (vec![phone(PHONE)], 1, 0));
    assert!(matches!(desk.state(&flow), State::Sent(_)));
}

#[test]
fn a_send_is_recorded_counted_and_lives_as_long_as_policy_says() {
    let mut desk = desk();
    let flow = desk.maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]);
    desk.apply(desk.maker.open(&flow)).unwrap();
    let mut request = desk.maker.request(&flow);
    request.references.push((Channel::Email, flow.recipients[1].reference.to_string()));
    request.references.push((Channel::Email, flow.recipients[1].reference.to_string()));
    let dispatch = sent(desk.apply(desk.maker.command(Action::Send(flow.key, request))));
    assert_eq!(dispatch.to, [phone(PHONE), email(EMAIL)]);
    assert_eq!(dispatch.code_expires_at, desk.maker.now + CODE_LIFETIME);
    assert_eq!(dispatch.digits, 6);
    assert_eq!(desk.pending, [dispatch]);
    // The customer and the two addresses, once each.
    assert_eq!(desk.counts.values().collect::<Vec<_>>(), [&1, &1, &1]);
}

#[test]
fn the_right_code_consumes_the_flow_and_is_never_right_again() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    let verify = desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch));
    assert!(matches!(desk.apply(verify.clone()), Ok(Granted::Verified)));
    assert_eq!(*desk.state(&flow), State::Verified { at: desk.maker.now, chosen: vec![0] });
    assert_eq!(refusal(desk.apply(verify)), Refusal::UnknownKey);
    assert_eq!(refusal(desk.apply(desk.maker.send(&flow))), Refusal::UnknownKey);
}

#[test]
fn wrong_codes_are_counted_and_the_last_one_locks() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    let wrong = desk.maker.verify(&flow, &dispatch, &desk.maker.wrong_code(&dispatch));
    let right = desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch));
    for failed in 1..=3 {
        assert_eq!(refusal(desk.apply(wrong.clone())), Refusal::WrongCode(attempts(failed)));
    }
    assert_eq!(*desk.state(&flow), State::Locked { at: desk.maker.now, generation: 1 });
    for command in [wrong, right, desk.maker.send(&flow)] {
        assert_eq!(refusal(desk.apply(command)), Refusal::Locked(attempts(3)));
    }
    assert_eq!(desk.failed_attempts(&flow), 3);
}

#[test]
fn a_locked_flow_says_so_only_to_who_knows_its_key() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    let wrong = desk.maker.verify(&flow, &dispatch, &desk.maker.wrong_code(&dispatch));
    for _ in 0..3 {
        refusal(desk.apply(wrong.clone()));
    }
    let mut request = desk.maker.request(&flow);
    request.security_key = secret("somebody else's");
    assert_eq!(refusal(desk.apply(desk.maker.command(Action::Send(flow.key, request)))), Refusal::ForeignSecurityKey);
}

#[test]
fn a_code_of_another_length_is_a_wrong_code() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    let code = desk.maker.code(&dispatch);
    for (n, text) in [&code[..5], &format!("{code}0"), ""].into_iter().enumerate() {
        let decision = desk.apply(desk.maker.verify(&flow, &dispatch, text));
        assert_eq!(refusal(decision), Refusal::WrongCode(attempts(n as u8 + 1)), "{text}");
    }
}

#[test]
fn a_resend_keeps_code_expiry_and_attempts() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let first = desk.started_and_sent(&flow);
    refusal(desk.apply(desk.maker.verify(&flow, &first, &desk.maker.wrong_code(&first))));
    desk.maker.pass(CODE_LIFETIME - MOMENT);
    let mut request = desk.maker.request(&flow);
    request.security_key = Some(desk.maker.security_key(&first));
    request.references.clear();
    let second = sent(desk.apply(desk.maker.command(Action::Send(flow.key, request))));
    assert_eq!((second.generation, second.code_expires_at, second.resends_used), (1, first.code_expires_at, 1));
    assert_eq!(desk.maker.code(&second), desk.maker.code(&first));
    assert_eq!(second.to, first.to);
    assert_eq!(desk.failed_attempts(&flow), 1);
}

#[test]
fn after_its_end_a_code_is_refused_uncounted_and_the_next_send_makes_another() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let first = desk.started_and_sent(&flow);
    refusal(desk.apply(desk.maker.verify(&flow, &first, &desk.maker.wrong_code(&first))));
    desk.maker.pass(CODE_LIFETIME);
    let late = desk.maker.verify(&flow, &first, &desk.maker.code(&first));
    assert_eq!(refusal(desk.apply(late.clone())), Refusal::CodeExpired);
    assert_eq!(desk.failed_attempts(&flow), 1);
    let second = sent(desk.apply(desk.maker.send(&flow)));
    assert_eq!((second.generation, second.resends_used), (2, 1));
    assert_eq!(second.code_expires_at, desk.maker.now + CODE_LIFETIME);
    assert_ne!(desk.maker.code(&second), desk.maker.code(&first));
    assert_eq!(refusal(desk.apply(late)), Refusal::ForeignSecurityKey);
    let decision = desk.apply(desk.maker.verify(&flow, &second, &desk.maker.code(&first)));
    assert_eq!(refusal(decision), Refusal::WrongCode(attempts(2)));
    assert!(desk.apply(desk.maker.verify(&flow, &second, &desk.maker.code(&second))).is_ok());
}

#[test]
fn no_code_outlives_its_flow() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    desk.apply(desk.maker.open(&flow)).unwrap();
    desk.maker.pass(FLOW_LIFETIME - MOMENT);
    let dispatch = sent(desk.apply(desk.maker.send(&flow)));
    assert_eq!(dispatch.code_expires_at, flow.expires_at);
    let verify = desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch));
    let late = Command { at: flow.expires_at, ..verify.clone() };
    assert_eq!(refusal(desk.apply(late)), Refusal::UnknownKey);
    assert!(desk.apply(verify).is_ok());
}

#[test]
fn every_state_expires_into_an_unknown_key() {
    let mut desk = desk();
    let flows: Vec<_> = (0..4).map(|_| desk.maker.applicant()).collect();
    let [started, sent_once, verified, locked] = &flows[..] else { unreachable!() };
    desk.apply(desk.maker.open(started)).unwrap();
    desk.started_and_sent(sent_once);
    let dispatch = desk.started_and_sent(verified);
    desk.apply(desk.maker.verify(verified, &dispatch, &desk.maker.code(&dispatch))).unwrap();
    let dispatch = desk.started_and_sent(locked);
    for _ in 0..3 {
        refusal(desk.apply(desk.maker.verify(locked, &dispatch, &desk.maker.wrong_code(&dispatch))));
    }
    desk.maker.pass(FLOW_LIFETIME);
    for flow in &flows {
        assert_eq!(refusal(desk.apply(desk.maker.send(flow))), Refusal::UnknownKey);
    }
}

// Sends that nobody took.

#[test]
fn a_refused_send_gives_the_resend_back_but_not_the_day() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    desk.apply(desk.maker.open(&flow)).unwrap();
    for n in 1..=10 {
        let dispatch = sent(desk.apply(desk.maker.send(&flow)));
        assert_eq!((dispatch.resends_used, dispatch.generation), (0, 1), "send {n}");
        desk.apply(desk.maker.settle(&dispatch, false)).unwrap();
        // A second outcome of the same send changes nothing.
        desk.apply(desk.maker.settle(&dispatch, false)).unwrap();
    }
    assert_eq!(refusal(desk.apply(desk.maker.send(&flow))), Refusal::DailyLimit);
}

#[test]
fn a_code_that_reached_nobody_is_sent_again_with_its_full_time() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    desk.apply(desk.maker.open(&flow)).unwrap();
    let first = sent(desk.apply(desk.maker.send(&flow)));
    desk.apply(desk.maker.settle(&first, false)).unwrap();
    desk.maker.pass(CODE_LIFETIME * 2);
    let second = sent(desk.apply(desk.maker.send(&flow)));
    assert_eq!((second.generation, second.code_expires_at), (1, desk.maker.now + CODE_LIFETIME));
}

#[test]
fn an_outcome_counts_once_and_only_while_the_flow_can_use_it() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let first = desk.started_and_sent(&flow);
    let second = sent(desk.apply(desk.maker.send(&flow)));
    desk.apply(desk.maker.verify(&flow, &first, &desk.maker.code(&first))).unwrap();
    let verified = desk.state(&flow).clone();
    desk.apply(desk.maker.settle(&second, false)).unwrap();
    assert_eq!(*desk.state(&flow), verified);
    assert!(desk.pending.is_empty());
}

#[test]
fn when_a_new_code_reached_nobody_the_key_before_it_asks_again_and_its_code_has_expired() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let first = desk.started_and_sent(&flow);
    desk.maker.pass(CODE_LIFETIME);
    let second = sent(desk.apply(desk.maker.send(&flow)));
    let again = |desk: &Desk| {
        let mut request = desk.maker.request(&flow);
        request.security_key = Some(desk.maker.security_key(&first));
        desk.maker.command(Action::Send(flow.key, request))
    };
    assert_eq!(refusal(desk.apply(again(&desk))), Refusal::ForeignSecurityKey);
    desk.apply(desk.maker.settle(&second, false)).unwrap();
    // Its owner has the old code only, and must not lose an attempt with it.
    for code in [desk.maker.code(&first), desk.maker.code(&second)] {
        assert_eq!(refusal(desk.apply(desk.maker.verify(&flow, &first, &code))), Refusal::CodeExpired);
    }
    assert_eq!(desk.failed_attempts(&flow), 0);
    let third = sent(desk.apply(again(&desk)));
    assert_eq!(third.generation, 2);
    assert_eq!(refusal(desk.apply(again(&desk))), Refusal::ForeignSecurityKey);
}
