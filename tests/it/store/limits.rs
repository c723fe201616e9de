//! What limits have counted, in the data file.

use crate::support::domain::*;
use crate::support::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::flow::*;
use countersign::domain::limit::{Limits, Rule};
use countersign::domain::ports::FlowStore;
use countersign::domain::prefix::Guard;
use std::sync::Arc;

/// One code in ten minutes to a destination.
fn maker() -> Maker {
    let limits = Limits { destination_sends: Some(Rule { max: 1, span_secs: 600 }), ..Limits::none() };
    let policies = rules().policies.clone();
    Maker::new(Arc::new(Rules { keys: Arc::new(key_ring(&["k1"])), policies, limits, guard: Guard::unwatched() }))
}

#[tokio::test]
async fn what_was_counted_outlives_a_clock_that_was_ahead_for_an_hour_and_goes_in_the_end() {
    let (maker, shop) = (maker(), Shop::new());
    let store = shop.open_for(&maker);
    let ask = async || {
        let flow = maker.applicant();
        store.apply(maker.open(&flow)).await.unwrap().unwrap();
        store.apply(maker.send(&flow)).await.unwrap()
    };
    sent(ask().await);
    let purged = async |ahead| store.purge(maker.now - TimeDelta::days(1), maker.now + ahead, 100).await.unwrap();
    assert_eq!(purged(TimeDelta::hours(1)).await, 0);
    assert_eq!(refusal(ask().await), Refusal::DailyLimit);
    // The flow that got no code, and the window.
    assert_eq!(purged(TimeDelta::hours(4)).await, 2);
    sent(ask().await);
}

#[tokio::test]
async fn whoever_reads_the_data_file_does_not_learn_of_whom_a_limit_counts() {
    let (maker, shop) = (maker(), Shop::new());
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    sent(store.apply(maker.send(&flow)).await.unwrap());
    drop(store);
    let subject: Vec<u8> = shop.rows().value("select subject from limit_windows", &[]);
    assert_eq!(subject.len(), 16);
    let bytes = shop.bytes();
    assert!(!bytes.windows(PHONE.len()).any(|window| window == PHONE.as_bytes()), "the phone is in the data file");
    let digits = &PHONE.as_bytes()[1..];
    assert!(!bytes.windows(digits.len()).any(|window| window == digits), "its digits are in the data file");
}
