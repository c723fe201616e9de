//! What every store must do for the audit trail: each decision leaves its entry, and what is asked for is found again.

use crate::support::bne::*;
use crate::support::domain::{PHONE, customer, holder, phone, refusal, sent};
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::audit::{Filter, Source};
use countersign::domain::customer::CustomerId;
use countersign::domain::flow::{self, ServiceKeyDigest};
use countersign::domain::ports::{FlowStore, TransactionStore};
use countersign::domain::transaction::{Action, Kind, Reason, Refusal, Subject, TransactionId, ValidateRequest};
use futures::future::join_all;

#[tokio::test]
async fn every_decision_about_a_flow_leaves_its_entry() {
    let office = Office::new();
    let maker = &office.maker;
    let apply = async |command| office.store.apply(command).await.unwrap();
    office.desk.customer_put(office.order(), None, customer("C1", &[PHONE], &[])).await.unwrap();
    let flow = maker.flow(holder("C1"), &[phone(PHONE)]);
    apply(maker.open(&flow)).await.unwrap();
    let dispatch = sent(apply(maker.send(&flow)).await);
    apply(maker.settle(&dispatch, true)).await.unwrap();
    // What is settled is settled: nothing happens.
    apply(maker.settle(&dispatch, true)).await.unwrap();
    refusal(apply(maker.verify(&flow, &dispatch, &maker.wrong_code(&dispatch))).await);
    apply(maker.verify(&flow, &dispatch, &maker.code(&dispatch))).await.unwrap();
    let trail = office.trail().await;
    let subject = format!("flow {}", flow.id);
    let told: Vec<_> = trail.iter().skip(1).map(short).collect();
    let expected = [
        ("flow_open", "done"),
        ("code_send", "done"),
        ("send_settle", "accepted"),
        ("code_verify", "wrong code"),
        ("code_verify", "done"),
    ];
    assert_eq!(told, expected.map(|(action, outcome)| (action, subject.as_str(), outcome)));
    assert!(trail.iter().all(|entry| entry.customer == Some(CustomerId::parse("C1").unwrap())));
    let [settled, wrong, right] = &trail[3..] else { panic!("{trail:?}") };
    assert_eq!((settled.source, &settled.actor), (Source::Server, &None));
    assert_eq!((wrong.source, wrong.actor.as_deref()), (Source::Dbx, Some("mobile")));
    let counted = [&wrong.before, &wrong.after].map(|facts| fact(facts, "failedAttempts"));
    assert_eq!(counted, [Some("0"), Some("1")]);
    assert_eq!([&right.before, &right.after].map(|facts| fact(facts, "state")), [Some("sent"), Some("verified")]);
    let told = format!("{trail:?}");
    for secret in [maker.code(&dispatch), maker.security_key(&dispatch).expose().to_owned(), PHONE.to_owned()] {
        assert!(!told.contains(&secret), "{secret} is in the trail");
    }
}

#[tokio::test]
async fn every_decision_about_a_transaction_leaves_its_entry() {
    let office = Office::with(bne_rules(|policy| policy.failed_attempts_max = 2));
    let token = office.hugos(ocra_device(PLAIN_SUITE)).await;
    let clerk = &office.clerk;
    let transact = async |command| office.store.transact(command).await.unwrap();
    let login = opened(transact(clerk.open(Subject::Login)).await);
    let right = clerk.answer(&token, &login);
    assert_eq!(failed(transact(clerk.validate(&login, &wrong(&right))).await), Reason::WrongCode);
    assert!(is_validated(&transact(clerk.validate(&login, &right)).await));
    let payment = opened(transact(clerk.open(payment("987654.5", "Hugo Sosa"))).await);
    for _ in 0..3 {
        failed(transact(clerk.validate(&payment, "00000000")).await);
    }
    // The first entry tells how the token came.
    let trail = office.trail().await.split_off(1);
    let (one, two) = (format!("transaction {}", login.id), format!("transaction {}", payment.id));
    let told: Vec<_> = trail.iter().map(short).collect();
    let expected = [
        ("challenge_retrieve", one.as_str(), "done"),
        ("challenge_validate", &one, "wrong code"),
        ("challenge_validate", &one, "done"),
        ("challenge_retrieve", &two, "done"),
        ("challenge_validate", &two, "wrong code"),
        ("challenge_validate", &two, "wrong code"),
        ("challenge_validate", &two, "attempts used up"),
    ];
    assert_eq!(told, expected);
    for entry in &trail {
        assert_eq!((entry.source, entry.actor.as_deref()), (Source::Bne, Some("web")));
        assert_eq!(entry.customer.as_ref(), Some(&hugo().customer));
    }
    assert_eq!((fact(&trail[2].before, "state"), fact(&trail[2].after, "state")), (Some("open"), Some("consumed")));
    assert_eq!(fact(&trail[2].after, "tokenState"), Some("active"));
    assert_eq!((fact(&trail[5].after, "state"), fact(&trail[5].after, "failedAttempts")), (Some("locked"), Some("2")));
    let told = format!("{trail:?}");
    let challenge = question(&login).unwrap();
    for secret in [right.as_str(), challenge, SID, "987654", "Sosa"] {
        assert!(!told.contains(secret), "{secret} is in the trail");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_calls_for_nothing_in_a_minute_are_two_entries() {
    let mut office = Office::new();
    let calls = |office: &Office, n: usize| {
        let text = format!("unknown {n}");
        let request = office.maker.request(&office.maker.applicant());
        let send = office.maker.command(flow::Action::Send(ServiceKeyDigest::of(&text), request));
        let unknown = ValidateRequest {
            id: TransactionId::of(&text),
            kind: Kind::Login,
            client: web(),
            session: flow::Secret::new(&text),
            customer: None,
            from: None,
            code: flow::Secret::new("123456"),
        };
        let (validate, store) = (office.clerk.command(Action::Validate(unknown)), office.store.clone());
        async move {
            assert_eq!(refusal(store.apply(send).await.unwrap()), flow::Refusal::UnknownKey);
            assert_eq!(store.transact(validate).await.unwrap(), Err(Refusal::NotFound));
        }
    };
    for _ in 0..10 {
        join_all((0..100).map(|n| calls(&office, n))).await;
        office.pass(TimeDelta::seconds(5));
    }
    office.pass(TimeDelta::seconds(10));
    join_all((0..2).map(|n| calls(&office, n))).await;
    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().map(|entry| (entry.action.as_str(), entry.subject.as_str(), entry.count)).collect();
    let both = |count| [("code_send", "flow", count), ("challenge_validate", "transaction", count)];
    // The first of the minute at once, those that were counted when the first call of the next minute came.
    for (part, count) in told.chunks(2).zip([1, 999, 1]) {
        assert!(both(count).iter().all(|expected| part.contains(expected)), "{told:?}");
    }
    assert_eq!(told.len(), 6);
    assert!(trail.iter().all(|entry| entry.customer.is_none() && entry.before.is_none()));
    let counted = &trail[2];
    assert_eq!(fact(&counted.after, "until"), Some("2026-01-01T12:00:45.000Z"));
    // The one of the last minute is told when the minute is over, though nobody calls.
    office.pass(TimeDelta::seconds(60));
    office.store.purge(office.maker.now, office.maker.now, 500).await.unwrap();
    let last = office.trail().await.split_off(6);
    assert_eq!(last.iter().map(|entry| entry.count).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn what_was_counted_is_told_when_the_server_stops() {
    let office = Office::new();
    let unknown = || {
        let request = office.maker.request(&office.maker.applicant());
        office.maker.command(flow::Action::Send(ServiceKeyDigest::of("unknown"), request))
    };
    for _ in 0..3 {
        refusal(office.store.apply(unknown()).await.unwrap());
    }
    assert_eq!(office.trail().await.len(), 1);
    let office = office.reopen(bne_rules(|_| {}));
    let counts: Vec<_> = office.trail().await.iter().map(|entry| entry.count).collect();
    assert_eq!(counts, [1, 2]);
}

#[tokio::test]
async fn the_trail_is_found_by_what_is_known_of_it_a_page_at_a_time() {
    let mut office = Office::new();
    for n in 1..=5u64 {
        let id = format!("C{}", n % 2);
        let seen = (n > 2).then(|| (n - 1) / 2);
        office.desk.customer_put(office.order(), seen, customer(&id, &[], &[])).await.unwrap();
        office.pass(TimeDelta::seconds(1));
    }
    office.desk.client_put(office.order(), None, application("web")).await.unwrap();
    put_client(&*office.store, application("app")).await;
    let start = office.trail().await[0].at;
    let found = async |filter: Filter| {
        let page = office.desk.audit_list(filter).await.unwrap();
        (page.items.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), page.next)
    };
    let all = || Filter { limit: 200, ..Filter::default() };
    let text = |text: &str| Some(text.to_owned());
    let cases = [
        (Filter { customer: Some(CustomerId::parse("C0").unwrap()), ..all() }, vec![2, 4]),
        (Filter { actor: text("anna"), ..all() }, vec![7]),
        (Filter { action: text("client_put"), ..all() }, vec![6, 7]),
        (Filter { subject: text("client web"), ..all() }, vec![6]),
        (Filter { since: Some(start + TimeDelta::seconds(3)), actor: text("rosa"), ..all() }, vec![4, 5, 6]),
        (Filter { until: Some(start + TimeDelta::seconds(2)), actor: text("rosa"), ..all() }, vec![1, 2]),
        (Filter { newest_first: true, action: text("customer_put"), ..all() }, vec![5, 4, 3, 2, 1]),
        (Filter { behind: Some(5), ..all() }, vec![6, 7]),
        (Filter { behind: Some(3), newest_first: true, ..all() }, vec![2, 1]),
        (Filter { behind: Some(u64::MAX), ..all() }, vec![]),
        (Filter { action: text("token_unlock"), ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(filter.clone()).await, (expected, None), "{filter:?}");
    }
    let page = |behind, newest_first| Filter { behind, newest_first, limit: 3, ..Filter::default() };
    assert_eq!(found(page(None, false)).await, (vec![1, 2, 3], text("3")));
    assert_eq!(found(page(Some(3), false)).await, (vec![4, 5, 6], text("6")));
    assert_eq!(found(page(Some(6), false)).await, (vec![7], None));
    assert_eq!(found(page(None, true)).await, (vec![7, 6, 5], text("5")));
    // A limit has bounds.
    assert_eq!(found(Filter::default()).await, (vec![1], text("1")));
}

#[tokio::test]
async fn a_page_of_the_trail_is_no_longer_than_200() {
    let office = Office::new();
    for n in 0..=200 {
        office.desk.client_put(office.order(), None, application(&format!("app-{n}"))).await.unwrap();
    }
    let page = office.desk.audit_list(Filter { limit: u32::MAX, ..Filter::default() }).await.unwrap();
    assert_eq!((page.items.len(), page.next.as_deref()), (200, Some("200")));
}
