//! Phone prefixes in the data file: what is counted in the steps of flows, and what operators say.

use crate::support::domain::*;
use crate::support::office::{Office, first, order, rosa, short};
use crate::support::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::desk::{Desk, Failure};
use countersign::domain::flow::*;
use countersign::domain::limit::Limits;
use countersign::domain::policy::{Policy, Profile, Purpose};
use countersign::domain::ports::{Clock, FlowStore, PrefixesHeld};
use countersign::domain::prefix::{
    Cause, Guard, HeldBack, Limit, Listed, Prefix, Reason, Ruling, Standing, State as PrefixState, Watch,
};
use futures::future::join_all;
use std::convert::Infallible;
use std::sync::Arc;

/// Slowed at the fourth send, stopped at the eighth.
fn watched() -> Arc<Rules> {
    let watch = Watch {
        slow: Limit { sends: 100, sample: 4, percent: 50 },
        stop: Limit { sends: 200, sample: 8, percent: 25 },
        ..Watch::default()
    };
    let policies = Purpose::ALL.map(|purpose| (purpose, Policy::new(Profile::Nist))).into();
    Arc::new(Rules {
        keys: Arc::new(key_ring(&["k1"])),
        policies,
        limits: Limits::none(),
        guard: Guard { watch: Some(watch), ..Guard::unwatched() },
    })
}

fn maker() -> Maker {
    Maker::new(watched())
}

/// An applicant's flow, to the number of this end.
fn flow(maker: &Maker, n: u32) -> Flow {
    maker.flow(None, &[phone(&format!("+3460012{n:04}"))])
}

async fn send(store: &dyn FlowStore, maker: &Maker, flow: &Flow) -> Decision {
    store.apply(maker.open(flow)).await.unwrap().unwrap();
    store.apply(maker.send(flow)).await.unwrap()
}

fn held_back(decision: Decision) -> HeldBack {
    match decision {
        Err(Refusal::HeldBack(held_back)) => held_back,
        other => panic!("not held back: {other:?}"),
    }
}

/// Sends to numbers of one prefix until it is stopped; returns how many went out.
async fn pump(store: &dyn FlowStore, maker: &mut Maker) -> u32 {
    let mut sends = 0;
    for n in 0..100 {
        match send(store, maker, &flow(maker, n)).await {
            Ok(_) => sends += 1,
            Err(Refusal::HeldBack(HeldBack { cause: Cause::Slowed, retry_after })) => {
                maker.pass(TimeDelta::seconds(retry_after.into()));
            }
            Err(Refusal::HeldBack(HeldBack { cause: Cause::Stopped, .. })) => return sends,
            other => panic!("{other:?}"),
        }
    }
    panic!("it is never stopped")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sends_that_come_at_once_do_not_exceed_the_bound() {
    let (shop, maker) = (Shop::new(), maker());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let flows: Vec<_> = (0..64).map(|n| flow(&maker, n)).collect();
    for flow in &flows {
        store.apply(maker.open(flow)).await.unwrap().unwrap();
    }
    let sends = flows.iter().map(|flow| {
        let (store, command) = (store.clone(), maker.send(flow));
        tokio::spawn(async move { store.apply(command).await.unwrap() })
    });
    let decisions: Vec<_> = join_all(sends).await.into_iter().map(Result::unwrap).collect();
    let granted = decisions.iter().filter(|decision| decision.is_ok()).count();
    assert_eq!(granted, 4, "the fourth slows the prefix, and it is not time for a fifth");
    for decision in decisions.into_iter().filter(Result::is_err) {
        assert_eq!(held_back(decision), HeldBack { cause: Cause::Slowed, retry_after: 5 });
    }
}

#[tokio::test]
async fn a_stop_survives_a_restart_and_what_is_refused_uses_nothing_up() {
    let (shop, mut maker) = (Shop::new(), maker());
    let store = shop.open_for(&maker);
    assert_eq!(pump(&store, &mut maker).await, 8);
    drop(store);
    let store = shop.open_for(&maker);
    let held = flow(&maker, 200);
    assert_eq!(held_back(send(&store, &maker, &held).await), HeldBack { cause: Cause::Stopped, retry_after: 3600 });
    let one = PrefixesHeld { stopped: 1, ..PrefixesHeld::default() };
    assert_eq!(store.prefixes_held(maker.now).await.unwrap(), one);
    maker.pass(TimeDelta::hours(1));
    assert_eq!(store.prefixes_held(maker.now).await.unwrap(), PrefixesHeld::default());
    let late = flow(&maker, 200);
    let dispatch = sent(send(&store, &maker, &late).await);
    assert_eq!((dispatch.generation, dispatch.resends_used), (1, 0));
}

#[tokio::test]
async fn a_pump_before_login_stops_no_customer() {
    let (shop, mut maker) = (Shop::new(), maker());
    let store = shop.open_for(&maker);
    let ana = [Ok::<_, Infallible>(customer("ana", &["+34600129999"], &[]))];
    store.import_customers(ana, false, &order(noon()), &mut |_| ()).unwrap();
    pump(&store, &mut maker).await;
    let questions = maker.flow(holder("ana"), &[phone("+34600129999")]);
    sent(send(&store, &maker, &questions).await);
    let applicant = maker.flow(None, &[phone("+34600129999")]);
    assert_eq!(held_back(send(&store, &maker, &applicant).await).cause, Cause::Stopped);
}

#[tokio::test]
async fn what_is_verified_and_what_no_provider_took_is_counted_in_its_step() {
    let office = Office::new();
    let maker = maker();
    for n in 0..20 {
        let flow = flow(&maker, n);
        let dispatch = sent(send(&*office.store, &maker, &flow).await);
        if n % 2 == 0 {
            office.store.apply(maker.settle(&dispatch, true)).await.unwrap().unwrap();
            let right = maker.verify(&flow, &dispatch, &maker.code(&dispatch));
            office.store.apply(right).await.unwrap().unwrap();
        } else {
            office.store.apply(maker.settle(&dispatch, false)).await.unwrap().unwrap();
        }
    }
    let page = office.desk.prefix_list(None, first(10)).await.unwrap();
    let [Listed::Kept(kept)] = &page.items[..] else { panic!("{page:?}") };
    assert_eq!((kept.prefix.as_str(), kept.purpose, kept.state), ("+34600", Purpose::PreLogin, PrefixState::Open));
    assert_eq!(kept.window.totals(), (10, 10));
    assert_eq!(page.next, None);
}

async fn block(office: &Office, text: &str) {
    let prefix = Prefix::parse(text).unwrap();
    office.desk.prefix_block(office.order(), prefix, Reason::parse("pumping")).await.unwrap();
}

async fn release(desk: &Desk, text: &str, exempt_until: Option<Timestamp>) -> Result<(), Failure> {
    desk.prefix_release(desk.order(rosa(), "request-2"), Prefix::parse(text).unwrap(), None, exempt_until).await
}

#[tokio::test]
async fn an_operator_releases_a_prefix_and_with_a_shorter_one_all_that_begin_with_it() {
    let office = Office::new();
    let mut maker = maker();
    for text in ["+34600", "+34"] {
        assert_eq!(pump(&*office.store, &mut maker).await, 8, "{text}");
        release(&office.desk, text, None).await.unwrap();
    }
    sent(send(&*office.store, &maker, &flow(&maker, 300)).await);
    release(&office.desk, "+3461", None).await.unwrap();
    let kept = office.desk.prefix_list(None, first(10)).await.unwrap().items;
    assert_eq!(kept.len(), 1, "another prefix is another one's business");
    let last = office.last().await;
    assert_eq!(short(&last), ("prefix_release", "prefix +3461", "done"));
}

#[tokio::test]
async fn an_operator_blocks_a_prefix_until_it_is_released() {
    let office = Office::new();
    let mut maker = maker();
    block(&office, "+34").await;
    maker.pass(TimeDelta::days(400));
    assert_eq!(held_back(send(&*office.store, &maker, &flow(&maker, 1)).await).cause, Cause::Blocked);
    let covered = release(&office.desk, "+34600", None).await;
    assert!(matches!(&covered, Err(Failure::Conflict(problem)) if problem.contains("shorter")), "{covered:?}");
    let until = office.clock.now() + TimeDelta::days(30);
    release(&office.desk, "+34600", Some(until)).await.unwrap();
    maker.now = until - TimeDelta::milliseconds(1);
    for n in 0..50 {
        sent(send(&*office.store, &maker, &flow(&maker, n)).await);
    }
    maker.now = until;
    assert_eq!(held_back(send(&*office.store, &maker, &flow(&maker, 60)).await).cause, Cause::Blocked);
    release(&office.desk, "+34", None).await.unwrap();
    sent(send(&*office.store, &maker, &flow(&maker, 61)).await);
    let too_long = release(&office.desk, "+34", Some(office.clock.now() + TimeDelta::days(31))).await;
    assert!(matches!(too_long, Err(Failure::Malformed { location: "exemptUntil", .. })), "{too_long:?}");
}

#[tokio::test]
async fn the_list_goes_page_by_page_and_by_state() {
    let mut office = Office::new();
    let mut maker = maker();
    pump(&*office.store, &mut maker).await;
    for to in ["+34700123456", "+525512345678"] {
        sent(send(&*office.store, &maker, &maker.flow(None, &[phone(to)])).await);
    }
    office.pass(maker.now - office.clock.now());
    for prefix in ["+53", "+34600"] {
        block(&office, prefix).await;
    }
    release(&office.desk, "+1", Some(maker.now + TimeDelta::days(1))).await.unwrap();
    let (mut keys, mut behind) = (Vec::new(), None);
    loop {
        let paging = countersign::domain::page::Paging { behind, limit: 2 };
        let page = office.desk.prefix_list(None, paging).await.unwrap();
        assert!((1..=2).contains(&page.items.len()));
        keys.extend(page.items.iter().map(Listed::key));
        behind = page.next;
        if behind.is_none() {
            break;
        }
    }
    let all = ["+1 ", "+34600 ", "+34600 pre_login", "+34700 pre_login", "+52551 pre_login", "+53 "];
    assert_eq!(keys, all);
    for (standing, count) in [
        (Standing::Open, 2),
        (Standing::Slowed, 0),
        (Standing::Stopped, 1),
        (Standing::Blocked, 2),
        (Standing::Exempt, 1),
    ] {
        let items = office.desk.prefix_list(Some(standing), first(10)).await.unwrap().items;
        assert_eq!(items.len(), count, "{standing:?}: {items:?}");
    }
    let blocked = office.desk.prefix_list(Some(Standing::Blocked), first(1)).await.unwrap();
    let [Listed::Ruled(ruled)] = &blocked.items[..] else { panic!("{blocked:?}") };
    assert_eq!((ruled.ruling, ruled.stamp.by.as_str()), (Ruling::Blocked, "rosa"));
    assert_eq!(ruled.reason.as_ref().map(Reason::as_str), Some("pumping"));
    assert!(blocked.next.is_some());
    // What is over is not shown as if it were not.
    office.pass(TimeDelta::hours(1));
    let stopped = office.desk.prefix_list(Some(Standing::Stopped), first(10)).await.unwrap();
    assert_eq!(stopped.items, vec![]);
}

#[tokio::test]
async fn what_is_calm_is_purged_in_bounded_steps_and_what_an_operator_has_blocked_is_not() {
    let mut office = Office::new();
    let maker = maker();
    for n in 0..5 {
        sent(send(&*office.store, &maker, &maker.flow(None, &[phone(&format!("+3460{n}123456"))])).await);
    }
    block(&office, "+53").await;
    release(&office.desk, "+1", Some(noon() + TimeDelta::minutes(1))).await.unwrap();
    // Flows and their counts stay for a while: what is purged before that are the prefixes.
    let kept = noon() - TimeDelta::days(7);
    let purge = async |now, limit| office.store.purge(kept, now, limit).await.unwrap();
    assert_eq!(purge(noon(), 100).await, 0);
    let calm = noon() + TimeDelta::minutes(65);
    assert_eq!(purge(calm - TimeDelta::milliseconds(1), 100).await, 1, "the exemption");
    assert_eq!([purge(calm, 2).await, purge(calm, 2).await, purge(calm, 2).await, purge(calm, 2).await], [2, 2, 1, 0]);
    office.pass(TimeDelta::days(100));
    assert_eq!(office.desk.prefix_list(None, first(10)).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn the_trail_has_every_change_of_state_and_of_what_is_held_back_one_entry_a_minute() {
    let office = Office::new();
    let mut maker = maker();
    pump(&*office.store, &mut maker).await;
    let held = flow(&maker, 500);
    office.store.apply(maker.open(&held)).await.unwrap().unwrap();
    for _ in 0..10 {
        assert_eq!(held_back(office.store.apply(maker.send(&held)).await.unwrap()).cause, Cause::Stopped);
    }
    let trail = office.trail().await;
    let changes: Vec<_> = trail.iter().filter(|entry| entry.subject.starts_with("prefix ")).map(short).collect();
    assert_eq!(changes, [("prefix_slow", "prefix +34600", "done"), ("prefix_stop", "prefix +34600", "done")]);
    let minutes: Vec<_> = trail.iter().filter(|entry| entry.outcome == "prefix stopped").collect();
    assert!((1..=2).contains(&minutes.len()), "{minutes:?}");
    assert!(minutes.iter().all(|entry| entry.subject == "flow" && entry.customer.is_none()), "{minutes:?}");
}
