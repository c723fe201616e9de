//! The proof of a right code: to whom it is given, and when. Pure; that it is given once is for the store to see to.

use crate::support::bne::*;
use crate::support::domain::*;
use chrono::TimeDelta;
use countersign::domain::customer::CustomerId;
use countersign::domain::flow::{self, Expected, ExpectedError, Flow, State};
use countersign::domain::operator::{Order, Stamp};
use countersign::domain::policy::Purpose;
use countersign::domain::recipient::PhoneNumber;
use countersign::domain::redeem::{Refusal, WITHIN};

fn order_at(late: TimeDelta) -> Order {
    Order { at: noon() + late, by: anna(), request_id: None }
}

fn expected(purpose: Purpose, customer: Option<&str>, phone: Option<&str>) -> Result<Expected, ExpectedError> {
    let customer = customer.map(|text| CustomerId::parse(text).unwrap());
    Expected::new(purpose, customer, phone.map(|text| PhoneNumber::parse(text).unwrap()))
}

fn verified(flow: Flow, chosen: Vec<usize>) -> Flow {
    Flow { state: State::Verified { at: noon(), chosen }, ..flow }
}

#[test]
fn before_login_a_phone_is_expected_and_later_a_customer() {
    let (pre, later) = (Purpose::PreLogin, Purpose::SecurityQuestions);
    assert_eq!(expected(pre, None, None), Err(ExpectedError::Phone));
    assert_eq!(expected(pre, Some("C1"), None), Err(ExpectedError::Phone));
    assert_eq!(expected(later, None, Some(PHONE)), Err(ExpectedError::Customer));
    assert!(expected(pre, None, Some(PHONE)).is_ok() && expected(later, Some("C1"), None).is_ok());
}

#[test]
fn a_flow_proves_what_it_was_for_and_nothing_else() {
    let maker = Maker::new(rules());
    let (pre, later) = (Purpose::PreLogin, Purpose::SecurityQuestions);
    let applicant = verified(maker.applicant(), vec![0]);
    let customers = verified(maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]), vec![1]);
    for (flow, purpose, customer, phone, proves) in [
        (&applicant, pre, None, Some(PHONE), true),
        (&applicant, pre, None, Some(OTHER_PHONE), false),
        (&applicant, pre, Some("C1"), Some(PHONE), false),
        (&applicant, later, Some("C1"), Some(PHONE), false),
        (&customers, later, Some("C1"), None, true),
        (&customers, later, Some("C2"), None, false),
        (&customers, pre, Some("C1"), Some(PHONE), false),
        // The code went to the other address.
        (&customers, later, Some("C1"), Some(PHONE), false),
    ] {
        let expected = expected(purpose, customer, phone).unwrap();
        let step = flow::redeem(&order_at(TimeDelta::zero()), &expected, Some(flow), None);
        assert_eq!(step.decision.is_ok(), proves, "{expected:?}");
        assert_eq!(step.write.is_some(), proves);
        if !proves {
            assert_eq!((step.decision.unwrap_err(), step.audit.outcome), (Refusal::Foreign, "not what is expected"));
        }
    }
}

#[test]
fn a_flow_that_is_not_verified_redeemed_or_too_old_proves_nothing() {
    let maker = Maker::new(rules());
    let expected = expected(Purpose::PreLogin, None, Some(PHONE)).unwrap();
    let flow = maker.applicant();
    let ask = |flow: &Flow, late, redeemed: Option<&Stamp>| {
        flow::redeem(&order_at(late), &expected, Some(flow), redeemed).decision
    };
    let locked = Flow { state: State::Locked { at: noon(), generation: 1 }, ..flow.clone() };
    for flow in [&flow, &locked] {
        assert_eq!(ask(flow, TimeDelta::zero(), None), Err(Refusal::NotVerified));
    }
    let verified = verified(flow, vec![0]);
    assert!(ask(&verified, WITHIN, None).is_ok());
    assert_eq!(ask(&verified, WITHIN + TimeDelta::milliseconds(1), None), Err(Refusal::TooOld));
    let stamp = Stamp { by: anna(), at: noon() };
    assert_eq!(ask(&verified, TimeDelta::zero(), Some(&stamp)), Err(Refusal::Redeemed { at: noon() }));
    let unknown = flow::redeem(&order_at(TimeDelta::zero()), &expected, None, None);
    assert_eq!(unknown.decision, Err(Refusal::Unknown));
    assert!(unknown.audit.counted && unknown.audit.subject == "flow");
}
