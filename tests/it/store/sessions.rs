//! What every store must do for sessions, over the desk and the transactions in them.

use crate::support::bne::*;
use crate::support::domain::key_ring;
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::client::ClientId;
use countersign::domain::customer::CustomerId;
use countersign::domain::desk::Failure;
use countersign::domain::flow::Secret;
use countersign::domain::limit::Limits;
use countersign::domain::page::Paging;
use countersign::domain::ports::{FlowStore, TokenStore, TransactionStore};
use countersign::domain::session::{Filter, Lifetime, SessionId, Which};
use countersign::domain::token::Token;
use countersign::domain::transaction::*;
use std::sync::Arc;

fn app() -> ClientId {
    ClientId::parse("app").unwrap()
}

fn by_sid(client: ClientId) -> Which {
    Which::Sid { sid: Secret::new(SID), client }
}

fn hugos_number() -> String {
    hugo().customer.as_str().to_owned()
}

async fn do_it(office: &Office, command: Command) -> Decision {
    office.store.transact(command).await.unwrap()
}

async fn retrieve(office: &Office) -> Decision {
    do_it(office, office.clerk.open(Subject::Login)).await
}

async fn right(office: &Office, token: &Token, transaction: &Transaction) -> Command {
    let kept = office.store.token(token.id).await.unwrap().unwrap();
    office.clerk.validate(transaction, &office.clerk.answer(&kept, transaction))
}

/// Calls in the session must find nothing: neither the transaction that was opened in it before, nor a new one; and nothing
/// may be counted.
async fn finds_nothing(office: &Office, token: &Token, transaction: &Transaction, why: &str) {
    let before = office.store.token(token.id).await.unwrap();
    let right = right(office, token, transaction).await;
    let wrong = office.clerk.validate(transaction, "00000000");
    for command in [right, wrong, office.clerk.open(Subject::Login)] {
        assert_eq!(do_it(office, command).await, Err(Refusal::NotFound), "{why}");
        assert_eq!(office.last().await.outcome, "not found", "{why}");
    }
    assert_eq!(format!("{:?}", office.store.token(token.id).await.unwrap()), format!("{before:?}"), "{why}");
}

async fn office() -> (Office, Token) {
    let office = Office::with(bne_rules(|policy| policy.one_at_a_time = false));
    let token = office.hugos(ocra_device(PLAIN_SUITE)).await;
    (office, token)
}

#[tokio::test]
async fn a_session_is_registered_once_and_its_repeat_gets_the_same() {
    let (mut office, _) = office().await;
    let listed = office.register(&web(), Some("C1")).await.unwrap();
    let session = listed.session.clone().unwrap();
    assert_eq!((listed.id, listed.open_transactions, &session.opened.by), (session.id, 0, &rosa()));
    assert_eq!(session.expires_at, office.clerk.now + TimeDelta::hours(1));
    office.pass(TimeDelta::minutes(1));
    assert_eq!(office.register(&web(), Some("C1")).await.unwrap(), listed);
    let entries = office.trail().await.into_iter().filter(|entry| entry.action == "session_open");
    assert_eq!(entries.count(), 1, "a repeat is no change");
    let open = |key, request, client| {
        let lifetime = Lifetime::new(60).unwrap();
        office.desk.session_open(office.order(), call(key, request), Secret::new(SID), client, None, lifetime)
    };
    assert!(matches!(open("register", "another request", app()).await, Err(Failure::Mismatch)));
    assert!(matches!(open("another key", "web", web()).await, Err(Failure::Conflict(_))));
    assert!(matches!(open("a third key", "app", app()).await, Err(Failure::Conflict(_))));
    // The first entry tells how the token came.
    let trail = office.trail().await.split_off(1);
    let outcomes: Vec<_> = trail.iter().map(|entry| (entry.action.as_str(), entry.outcome.as_str())).collect();
    let expected = ["done", "repeat of another request", "taken", "taken"].map(|outcome| ("session_open", outcome));
    assert_eq!(outcomes, expected);
    assert_eq!(trail[0].subject, format!("session {}", listed.id));
    assert_eq!(trail[0].customer, Some(CustomerId::parse("C1").unwrap()));
    assert_eq!(["client", "state"].map(|name| fact(&trail[0].after, name)), [Some("web"), Some("open")]);
    assert!(!office.on_disk(SID.as_bytes()), "the sid is on disk");
}

#[tokio::test]
async fn calls_in_a_registered_session_are_its_clients_and_customers_until_it_is_over() {
    for (registered_for, customer, admitted) in [
        (web(), None, true),
        (web(), Some(hugos_number()), true),
        (app(), None, false),
        (web(), Some("C2".to_owned()), false),
    ] {
        let (mut office, token) = office().await;
        let before = opened(retrieve(&office).await);
        office.register(&registered_for, customer.as_deref()).await.unwrap();
        if !admitted {
            finds_nothing(&office, &token, &before, "another's").await;
            continue;
        }
        assert!(is_validated(&do_it(&office, right(&office, &token, &before).await).await));
        office.pass(TimeDelta::minutes(60) - TimeDelta::milliseconds(1));
        let last = opened(retrieve(&office).await);
        office.pass(TimeDelta::milliseconds(1));
        finds_nothing(&office, &token, &last, "expired").await;
    }
}

#[tokio::test]
async fn closing_a_session_closes_its_transactions_and_everything_in_it_is_gone() {
    for by_id in [false, true] {
        let (office, token) = office().await;
        let listed = office.register(&web(), None).await.unwrap();
        let transactions = [opened(retrieve(&office).await), opened(retrieve(&office).await)];
        let elsewhere = OpenRequest { session: Secret::new("another"), ..office.clerk.open_request(Subject::Login) };
        let elsewhere = opened(do_it(&office, office.clerk.command(Action::Open(Box::new(elsewhere)))).await);
        let which = || if by_id { Which::Id(listed.id) } else { by_sid(web()) };
        assert_eq!(office.desk.session_close(office.order(), which()).await.unwrap(), 2);
        let last = office.last().await;
        let subject = format!("session {}", listed.id);
        assert_eq!(short(&last), ("session_close", subject.as_str(), "done"));
        assert_eq!(fact(&last.after, "transactionsClosed"), Some("2"));
        for transaction in &transactions {
            let kept = office.store.transaction(transaction.id, office.clerk.now).await.unwrap().unwrap();
            assert_eq!(kept.state, State::Closed { at: office.clerk.now });
            finds_nothing(&office, &token, transaction, "closed").await;
        }
        assert_eq!(office.desk.session_close(office.order(), which()).await.unwrap(), 0, "closed already");
        let kept = office.store.transaction(elsewhere.id, office.clerk.now).await.unwrap().unwrap();
        assert_eq!(kept.state, State::Open);
    }
}

#[tokio::test]
async fn a_session_that_nobody_registered_can_be_closed_all_the_same() {
    for by_id in [false, true] {
        let (mut office, token) = office().await;
        let transaction = opened(retrieve(&office).await);
        let listed = office.desk.session_list(Filter::default(), first(10)).await.unwrap().items;
        assert_eq!((listed.len(), listed[0].open_transactions, listed[0].session.is_none()), (1, 1, true));
        let which = if by_id { Which::Id(listed[0].id) } else { by_sid(web()) };
        assert_eq!(office.desk.session_close(office.order(), which).await.unwrap(), 1);
        office.pass(TimeDelta::minutes(2));
        finds_nothing(&office, &token, &transaction, "closed").await;
        assert!(matches!(office.register(&web(), None).await, Err(Failure::Conflict(_))), "it is over");
    }
    let (office, _) = office().await;
    let unknown = Which::Id(SessionId::from_bytes([7; 32]));
    assert!(matches!(office.desk.session_close(office.order(), unknown).await, Err(Failure::NotFound)));
    // Before it began: what is closed cannot begin.
    assert_eq!(office.desk.session_close(office.order(), by_sid(web())).await.unwrap(), 0);
    assert_eq!(retrieve(&office).await, Err(Refusal::NotFound));
}

#[tokio::test]
async fn a_session_of_another_client_is_not_closed() {
    let (office, _) = office().await;
    office.register(&web(), None).await.unwrap();
    assert!(matches!(office.desk.session_close(office.order(), by_sid(app())).await, Err(Failure::NotFound)));
    assert_eq!(office.last().await.outcome, "unknown");
    opened(retrieve(&office).await);
}

#[tokio::test]
async fn where_every_session_is_registered_others_find_nothing() {
    let (office, token) = office().await;
    let early = opened(retrieve(&office).await);
    let office = office.reopen(bne_rules(|policy| policy.registered_sessions_only = true));
    finds_nothing(&office, &token, &early, "not registered").await;
    office.register(&web(), Some(&hugos_number())).await.unwrap();
    assert!(is_validated(&do_it(&office, right(&office, &token, &early).await).await));
    opened(retrieve(&office).await);
}

#[tokio::test]
async fn a_new_server_key_changes_nothing_for_sessions() {
    let (office, token) = office().await;
    let old = office.register(&web(), None).await.unwrap();
    let early = opened(retrieve(&office).await);
    let rules = |ids: &[&str]| {
        let policy = Policy { one_at_a_time: false, ..Policy::default() };
        Arc::new(Rules { keys: Arc::new(key_ring(ids)), policy, limits: Limits::none() })
    };
    let office = office.reopen(rules(&["k2", "k1"]));
    let late = opened(retrieve(&office).await);
    assert_ne!(late.session, early.session);
    let taken = office.desk.session_open(
        office.order(),
        call("key", "x"),
        Secret::new(SID),
        web(),
        None,
        Lifetime::new(60).unwrap(),
    );
    assert!(matches!(taken.await, Err(Failure::Conflict(_))), "registered under the other key");
    assert_eq!(office.desk.session_close(office.order(), by_sid(web())).await.unwrap(), 2);
    assert_eq!(office.last().await.subject, format!("session {}", old.id));
    for transaction in [early, late] {
        finds_nothing(&office, &token, &transaction, "closed under another key").await;
    }
}

#[tokio::test]
async fn sessions_are_listed_a_page_at_a_time_and_by_client_and_customer() {
    let mut office = Office::with(bne_rules(|policy| policy.one_at_a_time = false));
    office.hugos(hotp_device()).await;
    let desk = office.desk.clone();
    let open = async |office: &Office, sid: &str, client: ClientId, customer: Option<&str>, secs| {
        let customer = customer.map(|text| CustomerId::parse(text).unwrap());
        let lifetime = Lifetime::new(secs).unwrap();
        let opened = desk.session_open(office.order(), call(sid, sid), Secret::new(sid), client, customer, lifetime);
        opened.await.unwrap().id
    };
    let transaction = async |office: &Office, sid: &str, client: ClientId| {
        let request = OpenRequest { session: Secret::new(sid), client, ..office.clerk.open_request(Subject::Login) };
        let opened = opened(do_it(office, office.clerk.command(Action::Open(Box::new(request)))).await);
        SessionId::from_bytes(opened.session)
    };
    open(&office, "short", web(), Some("C1"), 60).await;
    transaction(&office, "over", web()).await;
    office.pass(TimeDelta::minutes(4));
    // Those two are over by now.
    let ana = open(&office, "ana", web(), Some("C1"), 3600).await;
    let bob = open(&office, "bob", app(), Some("C2"), 3600).await;
    let any = open(&office, "any", app(), None, 3600).await;
    assert_eq!(transaction(&office, "any", app()).await, any);
    let wild = transaction(&office, "wild", web()).await;
    assert_eq!(transaction(&office, "wild", web()).await, wild);
    let mut closed = office.clerk.open_request(Subject::Login);
    closed.session = Secret::new("gone");
    let gone = opened(do_it(&office, office.clerk.command(Action::Open(Box::new(closed)))).await);
    do_it(&office, office.clerk.command(Action::Close(gone.id, office.order()))).await.unwrap();

    let list = async |filter: Filter| {
        let (mut ids, mut behind) = (Vec::new(), None);
        loop {
            let page = office.desk.session_list(filter.clone(), Paging { behind, limit: 2 }).await.unwrap();
            ids.extend(
                page.items.into_iter().map(|listed| (listed.id, listed.session.is_some(), listed.open_transactions)),
            );
            behind = page.next;
            if behind.is_none() {
                break ids;
            }
        }
    };
    let sorted = |mut ids: Vec<(SessionId, bool, u64)>| {
        ids.sort();
        ids
    };
    let all = vec![(ana, true, 0), (bob, true, 0), (any, true, 1), (wild, false, 2)];
    assert_eq!(list(Filter::default()).await, sorted(all));
    let of_app = Filter { client: Some(app()), customer: None };
    assert_eq!(list(of_app).await, sorted(vec![(bob, true, 0), (any, true, 1)]));
    let anas = Filter { customer: Some(CustomerId::parse("C1").unwrap()), client: None };
    assert_eq!(list(anas).await, [(ana, true, 0)]);
    let hugos = Filter { customer: Some(hugo().customer), client: None };
    assert_eq!(list(hugos).await, sorted(vec![(any, true, 1), (wild, false, 2)]));
    let both = Filter { customer: Some(hugo().customer), client: Some(web()) };
    assert_eq!(list(both).await, [(wild, false, 2)]);
    let odd = Paging { behind: Some("no id".to_owned()), limit: 2 };
    let odd = office.desk.session_list(Filter::default(), odd).await;
    assert!(matches!(odd, Err(Failure::Malformed { location: "pageToken", .. })));
}

#[tokio::test]
async fn sessions_that_are_over_are_purged_and_never_more_than_asked() {
    let mut office = Office::new();
    for sid in ["a", "b", "c"] {
        let lifetime = Lifetime::new(60).unwrap();
        let open = office.desk.session_open(office.order(), call(sid, sid), Secret::new(sid), web(), None, lifetime);
        open.await.unwrap();
    }
    office.register(&web(), None).await.unwrap();
    office.pass(TimeDelta::seconds(60));
    let now = office.clerk.now;
    assert_eq!(office.store.purge(now, now, 10).await.unwrap(), 0, "they end in this very moment");
    office.pass(TimeDelta::milliseconds(1));
    let now = office.clerk.now;
    assert_eq!(office.store.purge(now, now, 2).await.unwrap(), 2);
    assert_eq!(office.store.purge(now, now, 10).await.unwrap(), 1);
    assert_eq!(office.desk.session_list(Filter::default(), first(10)).await.unwrap().items.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_that_comes_while_its_session_is_closed_is_accepted_before_or_not_at_all() {
    let (office, token) = office().await;
    office.register(&web(), None).await.unwrap();
    let transaction = opened(retrieve(&office).await);
    let right = right(&office, &token, &transaction).await;
    let validate = |command: Command| {
        let store = office.store.clone();
        tokio::spawn(async move { store.transact(command).await.unwrap() })
    };
    let codes: Vec<_> = std::iter::repeat_n(right, 8).map(validate).collect();
    let closed = {
        let (desk, order) = (office.desk.clone(), office.order());
        tokio::spawn(async move { desk.session_close(order, by_sid(web())).await.unwrap() })
    };
    let mut accepted = 0;
    for code in codes {
        match code.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(refusal) => assert_eq!(refusal, Refusal::NotFound),
        }
    }
    assert_eq!(accepted + closed.await.unwrap(), 1, "it was consumed, or it was closed");
}
