//! Every refusal, the order of the checks, and what a change of the rules means for open flows.

use super::{CODE_LIFETIME, MOMENT, attempts, desk, secret};
use crate::support::domain::*;
use chrono::TimeDelta;
use countersign::domain::flow::*;
use countersign::domain::limit::Limits;
use countersign::domain::policy::{Profile, Purpose};
use countersign::domain::prefix::Guard;
use countersign::domain::recipient::{Channel, PhoneNumber};
use std::sync::Arc;

// The refusals.

#[test]
fn a_key_that_is_not_the_callers_is_unknown() {
    let mut desk = desk();
    let flow = desk.maker.flow(holder("C1"), &[phone(PHONE)]);
    let dispatch = desk.started_and_sent(&flow);
    let send = |change: &dyn Fn(&mut SendRequest)| {
        let mut request = desk.maker.request(&flow);
        change(&mut request);
        desk.maker.command(Action::Send(flow.key, request))
    };
    let nobody = ServiceKeyDigest::of("no such key");
    let foreign = [
        desk.maker.command(Action::Send(nobody, desk.maker.request(&flow))),
        send(&|request| request.purpose = Purpose::PreLogin),
        send(&|request| request.holder = holder("C2")),
        send(&|request| request.holder = None),
    ];
    for command in foreign {
        assert_eq!(refusal(desk.apply(command)), Refusal::UnknownKey);
    }
    let verify = |change: &dyn Fn(&mut VerifyRequest)| {
        let Action::Verify(key, mut request) = desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch)).action
        else {
            unreachable!()
        };
        change(&mut request);
        desk.maker.command(Action::Verify(key, request))
    };
    let foreign = [
        verify(&|request| request.purpose = Purpose::PreLogin),
        verify(&|request| request.holder = holder("C2")),
        verify(&|request| request.holder = None),
        // The right code from the customer's other app.
        verify(&|request| request.holder.as_mut().unwrap().app = "web".into()),
    ];
    let own = verify(&|_| {});
    for command in foreign {
        assert_eq!(refusal(desk.apply(command)), Refusal::UnknownKey);
    }
    assert_eq!(desk.failed_attempts(&flow), 0);
    assert!(desk.apply(own).is_ok());
}

#[test]
fn a_removed_customers_flow_is_unknown() {
    let mut desk = desk();
    let flow = desk.maker.flow(holder("C1"), &[phone(PHONE)]);
    let dispatch = desk.started_and_sent(&flow);
    desk.holder_exists = false;
    let verify = desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch));
    assert_eq!(refusal(desk.apply(verify)), Refusal::UnknownKey);
    assert_eq!(refusal(desk.apply(desk.maker.send(&flow))), Refusal::UnknownKey);
}

#[test]
fn a_flow_whose_server_key_is_gone_is_unknown() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    desk.started_and_sent(&flow);
    desk.maker.rules = rules_with(&["k2"], |_| {});
    assert_eq!(refusal(desk.apply(desk.maker.send(&flow))), Refusal::UnknownKey);
}

#[test]
fn the_resends_of_a_flow_are_limited() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    desk.started_and_sent(&flow);
    for n in 1..=3 {
        // A new generation is a resend as well.
        desk.maker.pass(TimeDelta::minutes(2));
        assert_eq!(sent(desk.apply(desk.maker.send(&flow))).resends_used, n);
    }
    assert_eq!(refusal(desk.apply(desk.maker.send(&flow))), Refusal::ResendLimit);
}

#[test]
fn the_codes_of_a_day_are_limited_per_customer_and_per_destination_until_midnight() {
    let mut desk = Desk::new(rules_with(&["k1"], |policy| policy.daily_codes_max = 2));
    let flow = |desk: &Desk, customer, address| desk.maker.flow(holder(customer), &[phone(address)]);
    let ask = |desk: &mut Desk, flow: &Flow| {
        desk.apply(desk.maker.open(flow)).unwrap();
        desk.apply(desk.maker.send(flow))
    };
    for _ in 0..2 {
        let flow = flow(&desk, "C1", PHONE);
        sent(ask(&mut desk, &flow));
    }
    let same_customer = flow(&desk, "C1", OTHER_PHONE);
    let same_phone = flow(&desk, "C2", PHONE);
    let neither = flow(&desk, "C2", OTHER_PHONE);
    assert_eq!(refusal(ask(&mut desk, &same_customer)), Refusal::DailyLimit);
    assert_eq!(refusal(ask(&mut desk, &same_phone)), Refusal::DailyLimit);
    sent(ask(&mut desk, &neither));
    // The public operation does not use up what belongs to the customer's.
    let applicant = desk.maker.applicant();
    sent(ask(&mut desk, &applicant));
    desk.maker.pass(TimeDelta::hours(12) - MOMENT);
    let evening = flow(&desk, "C1", PHONE);
    assert_eq!(refusal(ask(&mut desk, &evening)), Refusal::DailyLimit);
    desk.maker.pass(MOMENT);
    let midnight = flow(&desk, "C1", PHONE);
    sent(ask(&mut desk, &midnight));
}

#[test]
fn what_does_not_fit_the_flow_is_said_to_be_so() {
    let mut desk = desk();
    let flow = desk.maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]);
    let other = desk.maker.flow(holder("C1"), &[phone(PHONE)]);
    desk.apply(desk.maker.open(&flow)).unwrap();
    let reference = |flow: &Flow, n: usize| flow.recipients[n].reference.to_string();
    let cases = [
        (vec![(Channel::Sms, reference(&other, 0))], Misfit::Reference),
        (vec![(Channel::Email, reference(&flow, 0))], Misfit::Reference),
        (vec![(Channel::Sms, "\0😀".to_owned())], Misfit::Reference),
        (vec![(Channel::Sms, reference(&flow, 0)), (Channel::Email, "x".to_owned())], Misfit::Reference),
        (vec![], Misfit::NoRecipient),
        (vec![(Channel::Email, reference(&flow, 1))], Misfit::EmailAlone),
    ];
    for (references, misfit) in cases {
        let request = SendRequest { references, ..desk.maker.request(&flow) };
        let decision = desk.apply(desk.maker.command(Action::Send(flow.key, request)));
        assert_eq!(refusal(decision), Refusal::Misfit(misfit));
    }
}

#[test]
fn an_email_may_go_alone_where_the_profile_says_so() {
    let mut desk = Desk::new(rules_with(&["k1"], |policy| policy.profile = Profile::DbxCompat));
    let flow = desk.maker.flow(holder("C1"), &[email(EMAIL)]);
    desk.apply(desk.maker.open(&flow)).unwrap();
    assert_eq!(sent(desk.apply(desk.maker.send(&flow))).to, [email(EMAIL)]);
}

#[test]
fn a_phone_that_comes_along_must_be_the_flows() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    desk.apply(desk.maker.open(&flow)).unwrap();
    let mut ask = |given| {
        let request = SendRequest { phone: given, ..desk.maker.request(&flow) };
        desk.apply(desk.maker.command(Action::Send(flow.key, request)))
    };
    let number = |text| PhoneGiven::Number(PhoneNumber::parse(text).unwrap());
    assert_eq!(refusal(ask(PhoneGiven::Unreadable)), Refusal::BadPhone);
    assert_eq!(refusal(ask(number(OTHER_PHONE))), Refusal::BadPhone);
    sent(ask(number(PHONE)));
}

#[test]
fn before_a_code_was_sent_no_security_key_is_right() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    let unsent = desk.maker.applicant();
    desk.apply(desk.maker.open(&unsent)).unwrap();
    let verify = desk.maker.verify(&unsent, &dispatch, &desk.maker.code(&dispatch));
    assert_eq!(refusal(desk.apply(verify)), Refusal::ForeignSecurityKey);
    let mut request = desk.maker.request(&unsent);
    request.security_key = Some(desk.maker.security_key(&dispatch));
    let decision = desk.apply(desk.maker.command(Action::Send(unsent.key, request)));
    assert_eq!(refusal(decision), Refusal::ForeignSecurityKey);
}

#[test]
fn a_foreign_security_key_costs_no_attempt() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    let Action::Verify(key, request) = desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch)).action else {
        unreachable!()
    };
    let request = VerifyRequest { security_key: Secret::new("guess"), ..request };
    let decision = desk.apply(desk.maker.command(Action::Verify(key, request)));
    assert_eq!(refusal(decision), Refusal::ForeignSecurityKey);
    assert_eq!(desk.failed_attempts(&flow), 0);
}

// The order.

/// Each case is wrong in everything from its place in the list on; the first wrong thing decides.
#[test]
fn the_first_check_that_fails_decides_a_send() {
    let rules = rules_with(&["k1"], |policy| (policy.resends_max, policy.daily_codes_max) = (0, 1));
    let no_policy = Arc::new(Rules {
        keys: Arc::new(key_ring(&["k1"])),
        policies: Default::default(),
        limits: Limits::none(),
        guard: Guard::unwatched(),
    });
    let order = [
        Refusal::UnknownKey,
        Refusal::NoPolicy,
        Refusal::BadPhone,
        Refusal::ForeignSecurityKey,
        Refusal::Misfit(Misfit::Reference),
        Refusal::Locked(attempts(3)),
        Refusal::DailyLimit,
        Refusal::ResendLimit,
    ];
    for (first_wrong, expected) in order.into_iter().enumerate() {
        let mut desk = Desk::new(rules.clone());
        let flow = desk.maker.applicant();
        let dispatch = desk.started_and_sent(&flow);
        if first_wrong <= 5 {
            for _ in 0..3 {
                refusal(desk.apply(desk.maker.verify(&flow, &dispatch, &desk.maker.wrong_code(&dispatch))));
            }
        }
        if first_wrong > 6 {
            desk.counts.clear();
        }
        let mut request = desk.maker.request(&flow);
        if first_wrong <= 4 {
            request.references = vec![(Channel::Sms, "x".into())];
        }
        if first_wrong <= 3 {
            request.security_key = secret("x");
        }
        if first_wrong <= 2 {
            request.phone = PhoneGiven::Unreadable;
        }
        if first_wrong <= 1 {
            desk.maker.rules = no_policy.clone();
        }
        let key = if first_wrong == 0 { ServiceKeyDigest::of("x") } else { flow.key };
        let decision = desk.apply(desk.maker.command(Action::Send(key, request)));
        assert_eq!(refusal(decision), expected);
    }
}

#[test]
fn the_first_check_that_fails_decides_a_verify() {
    let no_policy = Arc::new(Rules {
        keys: Arc::new(key_ring(&["k1"])),
        policies: Default::default(),
        limits: Limits::none(),
        guard: Guard::unwatched(),
    });
    let order = [
        Refusal::UnknownKey,
        Refusal::NoPolicy,
        Refusal::ForeignSecurityKey,
        Refusal::Locked(attempts(3)),
        Refusal::CodeExpired,
        Refusal::WrongCode(attempts(1)),
    ];
    for (first_wrong, expected) in order.into_iter().enumerate() {
        let mut desk = desk();
        let flow = desk.maker.applicant();
        let dispatch = desk.started_and_sent(&flow);
        let wrong = desk.maker.verify(&flow, &dispatch, &desk.maker.wrong_code(&dispatch));
        if first_wrong <= 3 {
            for _ in 0..3 {
                refusal(desk.apply(wrong.clone()));
            }
        }
        if first_wrong <= 4 {
            desk.maker.pass(CODE_LIFETIME);
        }
        let Action::Verify(mut key, mut request) = wrong.action else { unreachable!() };
        if first_wrong <= 2 {
            request.security_key = Secret::new("x");
        }
        if first_wrong <= 1 {
            desk.maker.rules = no_policy.clone();
        }
        if first_wrong == 0 {
            key = ServiceKeyDigest::of("x");
        }
        assert_eq!(refusal(desk.apply(desk.maker.command(Action::Verify(key, request)))), expected);
    }
}

// Changes of the rules.

#[test]
fn a_flow_under_an_old_key_goes_on_and_its_codes_still_count_for_the_day() {
    let limited = |ids: &[&str]| rules_with(ids, |policy| policy.daily_codes_max = 2);
    let mut desk = Desk::new(limited(&["k1"]));
    let flow = desk.maker.applicant();
    let first = desk.started_and_sent(&flow);
    desk.maker.rules = limited(&["k2", "k1"]);
    let second = sent(desk.apply(desk.maker.send(&flow)));
    assert_eq!(second.key_id, first.key_id);
    assert_eq!(desk.maker.code(&second), desk.maker.code(&first));
    let next = desk.maker.applicant();
    assert_eq!(next.key_id.as_str(), "k2");
    desk.apply(desk.maker.open(&next)).unwrap();
    assert_eq!(refusal(desk.apply(desk.maker.send(&next))), Refusal::DailyLimit);
    assert!(desk.apply(desk.maker.verify(&flow, &second, &desk.maker.code(&second))).is_ok());
}

#[test]
fn a_stricter_policy_holds_for_open_flows() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let dispatch = desk.started_and_sent(&flow);
    refusal(desk.apply(desk.maker.verify(&flow, &dispatch, &desk.maker.wrong_code(&dispatch))));
    desk.maker.rules = rules_with(&["k1"], |policy| (policy.failed_attempts_max, policy.code_digits) = (1, 8));
    let decision = desk.apply(desk.maker.verify(&flow, &dispatch, &desk.maker.code(&dispatch)));
    assert_eq!(refusal(decision), Refusal::Locked(Attempts { failed: 1, max: 1 }));
}

#[test]
fn a_code_keeps_the_length_it_was_made_with() {
    let mut desk = desk();
    let flow = desk.maker.applicant();
    let first = desk.started_and_sent(&flow);
    desk.maker.rules = rules_with(&["k1"], |policy| policy.code_digits = 8);
    let second = sent(desk.apply(desk.maker.send(&flow)));
    assert_eq!(desk.maker.code(&second), desk.maker.code(&first));
    assert!(desk.apply(desk.maker.verify(&flow, &second, &desk.maker.code(&first))).is_ok());
}
