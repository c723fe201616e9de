//! What every store must do for customers, over the desk.

use crate::support::domain::{EMAIL, OTHER_PHONE, PHONE, customer, email, holder, phone, refusal, sent};
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::customer::{AddressId, Customer, CustomerId};
use countersign::domain::desk::Failure;
use countersign::domain::flow::Refusal;
use countersign::domain::page::Paging;
use countersign::domain::ports::{CustomerStore, FlowStore};
use countersign::domain::version::Versioned;
use futures::future::join_all;
use std::convert::Infallible;

fn id(text: &str) -> CustomerId {
    CustomerId::parse(text).unwrap()
}

async fn put(office: &Office, seen: Option<u64>, customer: Customer) -> Result<Versioned<Customer>, Failure> {
    office.desk.customer_put(office.order(), seen, customer).await
}

#[tokio::test]
async fn a_customer_reads_back_as_it_was_changed_last_and_every_change_is_in_the_trail() {
    let mut office = Office::new();
    let made = put(&office, None, customer("C1", &[PHONE], &[EMAIL])).await.unwrap();
    assert!(made.is_new());
    office.pass(TimeDelta::seconds(1));
    let desk = &office.desk;
    let more = desk.address_add(office.order(), Some(1), id("C1"), phone(OTHER_PHONE), true).await.unwrap();
    assert_eq!((more.version, more.updated_at), (2, office.clerk.now));
    assert_eq!(more.it, customer("C1", &[OTHER_PHONE, PHONE], &[EMAIL]));
    let second = AddressId::parse("sms-1").unwrap();
    let fewer = desk.address_remove(office.order(), Some(2), id("C1"), second).await.unwrap();
    assert_eq!(desk.customer_view(&id("C1")).await.unwrap(), fewer);
    assert_eq!(office.store.customer(&id("C1")).await.unwrap(), Some(customer("C1", &[OTHER_PHONE], &[EMAIL])));
    let other = put(&office, Some(3), customer("C1", &[], &[])).await.unwrap();
    assert_eq!((other.version, other.it), (4, customer("C1", &[], &[])));
    desk.customer_delete(office.order(), Some(4), id("C1")).await.unwrap();
    assert!(matches!(desk.customer_view(&id("C1")).await, Err(Failure::NotFound)));

    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().map(short).collect();
    assert_eq!(
        told,
        ["customer_put", "address_add", "address_remove", "customer_put", "customer_delete"].map(|action| (
            action,
            "customer C1",
            "done"
        ))
    );
    for (entry, version) in trail.iter().zip(1..) {
        assert_eq!((entry.actor.as_deref(), entry.request_id.as_deref()), (Some("rosa"), Some("request-1")));
        assert_eq!(entry.customer, Some(id("C1")));
        let (before, after) = (fact(&entry.before, "version"), fact(&entry.after, "version"));
        let (was, is) = ((version - 1).to_string(), version.to_string());
        assert_eq!(before, (version > 1).then_some(was.as_str()));
        assert_eq!(after, (version < 5).then_some(is.as_str()));
    }
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_is_in_the_trail() {
    let office = Office::new();
    put(&office, None, customer("C1", &[PHONE], &[])).await.unwrap();
    let desk = &office.desk;
    let there = desk.customer_view(&id("C1")).await.unwrap();
    let unseen = put(&office, None, customer("C1", &[], &[])).await.unwrap_err();
    assert!(matches!(unseen, Failure::PreconditionRequired { version: 1 }), "{unseen:?}");
    let stale = put(&office, Some(2), customer("C1", &[], &[])).await.unwrap_err();
    assert!(matches!(stale, Failure::Stale { version: 1 }), "{stale:?}");
    assert!(matches!(put(&office, Some(1), customer("C2", &[], &[])).await, Err(Failure::Gone)));
    let unknown = desk.customer_delete(office.order(), Some(1), id("C2")).await;
    assert!(matches!(unknown, Err(Failure::NotFound)));
    let taken = desk.address_add(office.order(), Some(1), id("C1"), phone(PHONE), false).await.unwrap_err();
    assert!(matches!(&taken, Failure::Conflict(problem) if problem.contains("already")), "{taken:?}");
    let first = AddressId::parse("email-0").unwrap();
    let none = desk.address_remove(office.order(), Some(1), id("C1"), first).await;
    assert!(matches!(none, Err(Failure::NotFound)));
    assert_eq!(desk.customer_view(&id("C1")).await.unwrap(), there);
    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().skip(1).map(short).collect();
    assert_eq!(
        told,
        [
            ("customer_put", "customer C1", "version missing"),
            ("customer_put", "customer C1", "stale"),
            ("customer_put", "customer C2", "gone"),
            ("customer_delete", "customer C2", "unknown"),
            ("address_add", "customer C1", "address taken"),
            ("address_remove", "customer C1", "no such address"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_changes_to_one_version_that_come_at_once_one_is_made() {
    let office = Office::new();
    let at_once = async |seen| {
        let puts = (0..16).map(|n| {
            let (desk, order) = (office.desk.clone(), office.order());
            let customer = customer("C1", &[&format!("+346001234{n:02}")], &[]);
            tokio::spawn(async move { desk.customer_put(order, seen, customer).await })
        });
        let answers = join_all(puts).await.into_iter().map(Result::unwrap);
        let (done, refused): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
        assert_eq!((done.len(), refused.len()), (1, 15));
        let kept = office.desk.customer_view(&id("C1")).await.unwrap();
        assert_eq!(done.into_iter().next().unwrap().unwrap(), kept);
        (kept.version, refused)
    };
    let (version, refused) = at_once(None).await;
    assert_eq!(version, 1);
    assert!(refused.iter().all(|answer| matches!(answer, Err(Failure::PreconditionRequired { version: 1 }))));
    let (version, refused) = at_once(Some(1)).await;
    assert_eq!(version, 2);
    assert!(refused.iter().all(|answer| matches!(answer, Err(Failure::Stale { version: 2 }))));
}

#[tokio::test]
async fn customers_are_listed_a_page_at_a_time() {
    let office = Office::new();
    let mut expected = Vec::new();
    for n in 1..=7 {
        let addresses: Vec<_> = (0..n).map(|m| format!("+3460000{n}00{m}")).collect();
        let phones: Vec<_> = addresses.iter().map(String::as_str).collect();
        let emails: &[&str] = if n % 2 == 0 { &[EMAIL, "b@bank.example"] } else { &[] };
        let phones = if n == 3 { &[][..] } else { &phones[..] };
        expected.push(put(&office, None, customer(&format!("C{n}"), phones, emails)).await.unwrap());
    }
    let (mut listed, mut behind) = (Vec::new(), None);
    loop {
        let page = office.desk.customer_list(Paging { behind, limit: 3 }).await.unwrap();
        assert!(page.items.len() <= 3);
        listed.extend(page.items);
        behind = page.next;
        if behind.is_none() {
            break;
        }
        // Who goes meanwhile does not take others along.
        let (order, gone) = (office.order(), listed.last().unwrap().it.id.clone());
        office.desk.customer_delete(order, Some(1), gone).await.unwrap();
    }
    // In the order of their pseudonyms.
    expected.sort_by_key(|kept| office.store.pseudonym(&kept.it.id));
    assert_eq!(listed, expected);
    assert_eq!(office.desk.customer_list(first(0)).await.unwrap().items.len(), 1, "a limit has bounds");
}

#[tokio::test]
async fn who_loses_an_address_or_is_deleted_loses_open_flows_and_nobody_else_does() {
    let office = Office::new();
    let maker = &office.maker;
    let mut flows = Vec::new();
    for id in ["C1", "C2", "C3"] {
        put(&office, None, customer(id, &[PHONE, OTHER_PHONE], &[])).await.unwrap();
        let flow = maker.flow(holder(id), &[phone(PHONE), phone(OTHER_PHONE)]);
        office.store.apply(maker.open(&flow)).await.unwrap().unwrap();
        let dispatch = sent(office.store.apply(maker.send(&flow)).await.unwrap());
        flows.push((flow, dispatch));
    }
    let desk = &office.desk;
    // Others come: nothing ends.
    desk.address_add(office.order(), Some(1), id("C1"), email(EMAIL), true).await.unwrap();
    assert!(office.store.apply(maker.send(&flows[0].0)).await.unwrap().is_ok());
    // One goes.
    desk.address_remove(office.order(), Some(2), id("C1"), AddressId::parse("sms-1").unwrap()).await.unwrap();
    desk.customer_delete(office.order(), Some(1), id("C2")).await.unwrap();
    for (flow, dispatch) in &flows[..2] {
        let verify = maker.verify(flow, dispatch, &maker.code(dispatch));
        assert_eq!(refusal(office.store.apply(verify).await.unwrap()), Refusal::UnknownKey);
        assert_eq!(refusal(office.store.apply(maker.send(flow)).await.unwrap()), Refusal::UnknownKey);
    }
    let (flow, dispatch) = &flows[2];
    assert!(office.store.apply(maker.verify(flow, dispatch, &maker.code(dispatch))).await.unwrap().is_ok());
}

#[tokio::test]
async fn an_import_counts_changes_and_is_one_entry() {
    let office = Office::new();
    let import = |customers: &[Customer], prune| {
        let customers = customers.iter().cloned().map(Ok::<_, Infallible>);
        office.store.import_customers(customers, prune, &order(office.clerk.now), &mut |_| {}).unwrap()
    };
    let version = async |text| office.desk.customer_view(&id(text)).await.map(|kept| kept.version);
    let (one, two, three) = (customer("C1", &[PHONE], &[]), customer("C2", &[], &[]), customer("C3", &[], &[]));
    import(&[one.clone(), two, three], false);
    import(&[one, customer("C2", &[], &[EMAIL])], true);
    assert_eq!(version("C1").await.unwrap(), 1, "nothing has changed");
    assert_eq!(version("C2").await.unwrap(), 2);
    assert!(matches!(version("C3").await, Err(Failure::NotFound)));
    let trail = office.trail().await;
    assert_eq!(trail.len(), 2);
    let last = &trail[1];
    assert_eq!((short(last), last.actor.as_deref()), (("customer_import", "customers", "done"), Some("anna")));
    let counts = ["added", "changed", "unchanged", "removed"].map(|name| fact(&last.after, name).unwrap());
    assert_eq!(counts, ["0", "1", "1", "1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_an_import_looks_through_what_is_given_others_have_the_turn_and_what_they_do_counts() {
    let Some(office) = Office::on_a_server() else { return };
    let others = async |seen, customer| put(&office, seen, customer).await.unwrap();
    for id in ["C1", "C2", "C3"] {
        others(None, customer(id, &[PHONE], &[])).await;
    }
    let maker = &office.maker;
    let flow = maker.flow(holder("C1"), &[phone(PHONE)]);
    office.store.apply(maker.open(&flow)).await.unwrap().unwrap();
    let given = [
        customer("C1", &[PHONE], &[EMAIL]),
        customer("C2", &[PHONE], &[]),
        customer("C3", &[PHONE], &[]),
        customer("C4", &[], &[EMAIL]),
        customer("C5", &[PHONE], &[]),
        customer("C5", &[OTHER_PHONE], &[]),
        customer("C6", &[], &[]),
    ];
    let entries = given.iter().map(|entry| {
        if entry.id == id("C6") {
            let meanwhile = async {
                others(Some(1), customer("C1", &[OTHER_PHONE], &[])).await;
                others(Some(1), customer("C2", &[OTHER_PHONE], &[])).await;
                office.desk.customer_delete(office.order(), Some(1), id("C3")).await.unwrap();
                others(None, customer("C4", &[], &[])).await;
            };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(meanwhile));
        }
        Ok::<_, Infallible>(entry.clone())
    });
    office.store.import_customers(entries, false, &order(office.clerk.now), &mut |_| {}).unwrap();
    let kept = async |text| office.desk.customer_view(&id(text)).await.map(|kept| (kept.it, kept.version));
    assert_eq!(kept("C1").await.unwrap(), (given[0].clone(), 3), "what was given is on top of what others did");
    assert_eq!(kept("C2").await.unwrap(), (customer("C2", &[OTHER_PHONE], &[]), 2), "nothing was to be written");
    assert!(matches!(kept("C3").await, Err(Failure::NotFound)));
    assert_eq!(kept("C4").await.unwrap(), (given[3].clone(), 2));
    assert_eq!(kept("C5").await.unwrap(), (given[5].clone(), 2), "given twice: added, and then changed");
    assert_eq!(refusal(office.store.apply(maker.send(&flow)).await.unwrap()), Refusal::UnknownKey);
}

#[tokio::test]
async fn no_address_is_on_disk_in_clear_however_it_was_changed() {
    let office = Office::new();
    put(&office, None, customer("C1", &[PHONE], &[EMAIL])).await.unwrap();
    office.desk.address_add(office.order(), Some(1), id("C1"), phone(OTHER_PHONE), true).await.unwrap();
    assert!(office.on_disk(b"customer_put"), "the search itself works");
    assert!(!office.on_disk(b"XXXXXXX"), "not even masked");
    for address in [PHONE, OTHER_PHONE, EMAIL] {
        assert!(!office.on_disk(&address.as_bytes()[4..]), "{address} is on disk");
    }
}
