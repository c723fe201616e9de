//! The transition functions of a session, and which calls a session admits.

use crate::support::bne::{SID, anna};
use crate::support::domain::{key_ring, noon};
use crate::support::office::{order, rosa, web};
use chrono::TimeDelta;
use countersign::domain::client::ClientId;
use countersign::domain::customer::CustomerId;
use countersign::domain::flow::Secret;
use countersign::domain::keys::KeyRing;
use countersign::domain::operator::{Order, Stamp};
use countersign::domain::session::*;
use std::sync::Arc;

fn keys() -> Arc<KeyRing> {
    Arc::new(key_ring(&["k2", "k1"]))
}

fn app() -> ClientId {
    ClientId::parse("app").unwrap()
}

fn customer(text: &str) -> CustomerId {
    CustomerId::parse(text).unwrap()
}

fn opening() -> Open {
    Open {
        order: order(noon()),
        keys: keys(),
        sid: Secret::new(SID),
        client: web(),
        customer: Some(customer("C1")),
        lifetime: Lifetime::new(3600).unwrap(),
    }
}

fn session() -> Session {
    let Step { decision, .. } = open(&opening(), None);
    decision.unwrap()
}

fn by_sid(client: ClientId) -> Which {
    Which::Sid { sid: Secret::new(SID), client }
}

/// Rosa's, ten minutes later.
fn closing(which: Which) -> Close {
    let at = noon() + TimeDelta::minutes(10);
    Close { order: Order { by: rosa(), ..order(at) }, keys: keys(), which }
}

fn known(session: Option<Session>) -> Known {
    Known { session, transaction: None, open_transactions: 2 }
}

#[test]
fn a_session_is_registered_once() {
    let step = open(&opening(), None);
    let session = step.decision.unwrap();
    assert_eq!(step.insert.as_ref(), Some(&session));
    assert_eq!(session.id, SessionId::of(keys().current(), &Secret::new(SID)));
    assert_eq!((session.key_id.as_str(), session.expires_at), ("k2", noon() + TimeDelta::hours(1)));
    assert_eq!((step.audit.action, step.audit.outcome), ("session_open", "done"));
    assert_eq!(step.audit.subject, format!("session {}", session.id));
    // For whomever, and also when it is over.
    let closed = Session { closed: Some(Stamp { by: rosa(), at: noon() }), ..session.clone() };
    let expired = Session { expires_at: noon(), ..session.clone() };
    for found in [session, closed, expired] {
        let step = open(&opening(), Some(&found));
        assert_eq!((step.decision, step.audit.outcome), (Err(Refusal::Taken), "taken"));
        assert!(step.insert.is_none() && step.audit.before.is_some() && step.audit.after.is_none());
    }
}

#[test]
fn a_session_admits_its_own_calls_until_it_is_over() {
    let session = session();
    let (soon, end) = (session.expires_at - TimeDelta::milliseconds(1), session.expires_at);
    assert!(session.admits(noon(), &web(), &customer("C1")) && session.admits(soon, &web(), &customer("C1")));
    assert!(!session.admits(end, &web(), &customer("C1")), "expired");
    assert!(!session.admits(noon(), &app(), &customer("C1")), "another client");
    assert!(!session.admits(noon(), &web(), &customer("C2")), "another customer");
    let closed = Session { closed: Some(Stamp { by: anna(), at: noon() }), ..session.clone() };
    assert!(!closed.admits(noon(), &web(), &customer("C1")), "closed");
    let anybodys = Session { customer: None, ..session };
    assert!(anybodys.admits(noon(), &web(), &customer("C2")));
}

#[test]
fn a_registered_session_is_closed_by_either_name_and_stays_closed() {
    for which in [by_sid(web()), Which::Id(session().id)] {
        let step = close(&closing(which.clone()), &known(Some(session())));
        let closed = step.decision.unwrap();
        let stamp = Stamp { by: rosa(), at: noon() + TimeDelta::minutes(10) };
        assert_eq!(closed.session, Session { closed: Some(stamp), ..session() });
        assert_eq!(closed.transactions_closed, 2);
        assert_eq!((step.insert.is_none(), step.update.as_ref()), (true, Some(&closed.session)));
        assert_eq!((step.audit.action, step.audit.outcome), ("session_close", "done"));
        assert_eq!(step.audit.customer, Some(customer("C1")));
        // Once more: nothing changes, not even who closed it.
        let again = close(&closing(which), &Known { open_transactions: 0, ..known(Some(closed.session.clone())) });
        assert_eq!(again.decision.unwrap(), Closed { transactions_closed: 0, ..closed });
        assert!(again.insert.is_none() && again.update.is_none() && again.audit.after.is_none());
    }
}

#[test]
fn a_session_of_another_client_is_not_closed() {
    let step = close(&closing(by_sid(app())), &known(Some(session())));
    assert_eq!((step.decision, step.audit.outcome), (Err(Refusal::Unknown), "unknown"));
    assert!(step.insert.is_none() && step.update.is_none());
}

#[test]
fn a_session_that_nobody_registered_is_remembered_as_closed() {
    let step = close(&closing(by_sid(web())), &known(None));
    let closed = step.decision.unwrap();
    assert_eq!(step.insert.as_ref(), Some(&closed.session));
    assert_eq!((closed.session.id, closed.transactions_closed), (session().id, 2));
    assert_eq!(closed.session.expires_at, noon() + TimeDelta::minutes(10) + TimeDelta::hours(24));
    assert!(!closed.session.admits(noon() + TimeDelta::minutes(11), &web(), &customer("C1")));
    // By its id it is known by an open transaction, or not at all.
    let id = SessionId::from_bytes([7; 32]);
    let step = close(&closing(Which::Id(id)), &known(None));
    assert_eq!((step.decision, step.audit.subject), (Err(Refusal::Unknown), format!("session {id}")));
    let k1 = keys().iter().nth(1).unwrap().id().clone();
    let seen = Known { transaction: Some((app(), k1.clone())), ..known(None) };
    let session = close(&closing(Which::Id(id)), &seen).decision.unwrap().session;
    assert_eq!((session.id, session.client, session.key_id), (id, app(), k1));
    assert!(session.closed.is_some());
}
