//! The transition function of a customer.

use crate::support::domain::{EMAIL, OTHER_PHONE, PHONE, customer, email, noon, phone};
use crate::support::office::order;
use countersign::domain::audit::{Entry, Source};
use countersign::domain::customer::*;
use countersign::domain::recipient::{Address, Channel};
use countersign::domain::version::{Outdated, Seen, Versioned};

fn id() -> CustomerId {
    CustomerId::parse("C1").unwrap()
}

fn found(phones: &[&str], emails: &[&str]) -> Versioned<Customer> {
    Versioned { it: customer("C1", phones, emails), version: 3, updated_at: noon() }
}

fn put(phones: &[&str], emails: &[&str]) -> Action {
    Action::Put(customer("C1", phones, emails))
}

fn add(address: Address, primary: bool) -> Action {
    Action::AddAddress { customer: id(), address, primary }
}

fn remove(channel: Channel, position: usize) -> Action {
    Action::RemoveAddress { customer: id(), address: AddressId { channel, position } }
}

fn step_of(seen: Seen, action: Action, found: Option<&Versioned<Customer>>) -> Step {
    let step = step(&Change { order: order(noon()), seen, action }, found);
    // What every step keeps to.
    match &step.decision {
        Err(_) => assert!(step.write.is_none() && !step.delete && !step.end_flows, "a refusal changes nothing"),
        Ok(None) => assert!(step.write.is_none() && step.delete && step.end_flows),
        Ok(Some(after)) => {
            assert_eq!(step.write.as_ref(), Some(after));
            assert_eq!(after.version, found.map_or(1, |found| found.version + 1));
        }
    }
    let Entry { source, actor, customer, outcome, before, after, .. } = &step.audit;
    assert_eq!((*source, actor.as_deref(), customer.as_ref()), (Source::Operator, Some("anna"), Some(&id())));
    assert_eq!((*outcome == "done", before.is_some()), (step.decision.is_ok(), found.is_some()));
    assert_eq!(after.is_some(), step.write.is_some());
    step
}

fn refused(seen: Seen, action: Action, found: Option<&Versioned<Customer>>) -> (Refusal, &'static str) {
    let step = step_of(seen, action, found);
    (step.decision.unwrap_err(), step.audit.outcome)
}

#[test]
fn a_customer_is_made_once_and_replaced_as_it_was_seen() {
    let there = found(&[PHONE], &[]);
    let made = step_of(Seen::Nothing, put(&[PHONE], &[EMAIL]), None).write.unwrap();
    assert_eq!((made.version, made.it), (1, customer("C1", &[PHONE], &[EMAIL])));
    assert_eq!(step_of(Seen::Version(3), put(&[], &[EMAIL]), Some(&there)).write.unwrap().version, 4);
    let unseen = Outdated::Unseen { version: 3 };
    assert_eq!(refused(Seen::Nothing, put(&[], &[]), Some(&there)), (unseen.into(), "version missing"));
    let stale = Outdated::Stale { version: 3 };
    assert_eq!(refused(Seen::Version(2), put(&[], &[]), Some(&there)), (stale.into(), "stale"));
    assert_eq!(refused(Seen::Version(3), put(&[], &[]), None), (Outdated::Gone.into(), "gone"));
}

#[test]
fn a_customer_who_is_not_there_is_told_before_the_version_and_that_before_the_address() {
    let there = found(&[PHONE], &[]);
    for action in [Action::Delete(id()), add(phone(PHONE), false), remove(Channel::Sms, 0)] {
        for seen in [Seen::Nothing, Seen::Version(3)] {
            assert_eq!(refused(seen, action.clone(), None), (Refusal::Unknown, "unknown"));
        }
    }
    for action in [Action::Delete(id()), add(phone(PHONE), false), remove(Channel::Email, 0)] {
        assert_eq!(refused(Seen::Version(4), action.clone(), Some(&there)).1, "stale");
        assert_eq!(refused(Seen::Nothing, action, Some(&there)).1, "version missing");
    }
    assert!(step_of(Seen::Version(3), Action::Delete(id()), Some(&there)).delete);
}

#[test]
fn an_address_comes_last_or_first_of_its_kind_and_ten_are_enough() {
    let there = found(&[PHONE], &[EMAIL]);
    let after = |action| step_of(Seen::Version(3), action, Some(&there)).write.unwrap().it;
    assert_eq!(after(add(phone(OTHER_PHONE), false)), customer("C1", &[PHONE, OTHER_PHONE], &[EMAIL]));
    assert_eq!(after(add(phone(OTHER_PHONE), true)), customer("C1", &[OTHER_PHONE, PHONE], &[EMAIL]));
    assert_eq!(after(add(email("b@bank.example"), true)), customer("C1", &[PHONE], &["b@bank.example", EMAIL]));
    let taken = refused(Seen::Version(3), add(phone(PHONE), true), Some(&there));
    assert_eq!(taken, (Refusal::AddressTaken, "address taken"));
    let many: Vec<_> = (0..10).map(|n| format!("+3460000000{n}")).collect();
    let full = found(&many.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let refusal = refused(Seen::Version(3), add(phone(PHONE), false), Some(&full));
    assert_eq!(refusal, (Refusal::AddressesFull, "addresses full"));
    assert!(step_of(Seen::Version(3), add(email(EMAIL), false), Some(&full)).decision.is_ok());
}

#[test]
fn an_address_is_removed_by_its_place() {
    let there = found(&[PHONE, OTHER_PHONE], &[EMAIL]);
    let after = |action| step_of(Seen::Version(3), action, Some(&there)).write.unwrap().it;
    assert_eq!(after(remove(Channel::Sms, 0)), customer("C1", &[OTHER_PHONE], &[EMAIL]));
    assert_eq!(after(remove(Channel::Email, 0)), customer("C1", &[PHONE, OTHER_PHONE], &[]));
    for (channel, position) in [(Channel::Sms, 2), (Channel::Email, 1), (Channel::Email, 9)] {
        let refusal = refused(Seen::Version(3), remove(channel, position), Some(&there));
        assert_eq!(refusal, (Refusal::NoSuchAddress, "no such address"));
    }
}

#[test]
fn open_flows_end_when_an_address_is_lost_and_only_then() {
    let there = found(&[PHONE, OTHER_PHONE], &[EMAIL]);
    let cases = [
        (put(&[PHONE, OTHER_PHONE], &[EMAIL]), false),
        (put(&[OTHER_PHONE, PHONE], &[EMAIL, "b@bank.example"]), false),
        (put(&[PHONE], &[EMAIL]), true),
        (put(&[PHONE, OTHER_PHONE], &["b@bank.example"]), true),
        (put(&[], &[]), true),
        (add(phone("+34600999999"), true), false),
        (remove(Channel::Sms, 1), true),
        (Action::Delete(id()), true),
    ];
    for (action, end) in cases {
        assert_eq!(step_of(Seen::Version(3), action.clone(), Some(&there)).end_flows, end, "{action:?}");
    }
    assert!(!step_of(Seen::Nothing, put(&[PHONE], &[]), None).end_flows);
}

#[test]
fn an_entry_shows_addresses_masked() {
    let there = found(&[PHONE], &[EMAIL]);
    let entry = step_of(Seen::Version(3), add(phone(OTHER_PHONE), false), Some(&there)).audit;
    assert_eq!((entry.action, entry.subject.as_str()), ("address_add", "customer C1"));
    let (before, after) = (entry.before.unwrap().0, entry.after.unwrap().0);
    let told: Vec<_> = after.iter().map(|fact| (fact.name, fact.value.as_str())).collect();
    let masked = "+34XXXXXXX56 +34XXXXXXX21 annXXXXXXX@bank.example";
    let expected = [("language", "en"), ("phones", "2"), ("emails", "1"), ("addresses", masked), ("version", "4")];
    assert_eq!(told, expected);
    let personal: Vec<_> = after.iter().filter(|fact| fact.personal).map(|fact| fact.name).collect();
    assert_eq!(personal, ["addresses"]);
    let told = format!("{before:?} {after:?}");
    assert!(!told.contains(PHONE) && !told.contains(OTHER_PHONE) && !told.contains(EMAIL), "{told}");
}
