//! Nothing leaks either where a delivery fails and the provider quotes what it was sent, in answers, in the spool of the SIEM, with
//! every kind of token traffic, and in what a restart and the purge leave: a server in this process, so that it logs at its most
//! talkative and the clock can be moved.

mod bank;
mod calls;

use bank::{Bank, Run};
use chrono::TimeDelta;
use std::collections::BTreeSet;

async fn traffic(number: u64) -> Run {
    let mut bank = Bank::open(number).await;
    calls::messages(&mut bank).await;
    calls::questions(&mut bank).await;
    calls::tokens(&mut bank).await;
    calls::misplaced(&mut bank).await;
    calls::office(&mut bank).await;
    bank.look("while it runs").await;
    let mut bank = bank.restart_after(TimeDelta::zero()).await;
    bank.look("after a restart").await;
    let mut bank = bank.restart_after(TimeDelta::days(400)).await;
    bank.look("after 400 days").await;
    bank.run
}

#[tokio::test]
async fn failed_deliveries_answers_and_what_outlives_a_restart_hold_no_secret() {
    let (own, control) = tokio::join!(traffic(1), traffic(2));
    let places: Vec<_> = own.places.iter().filter(|place| !place.bytes.is_empty()).collect();
    for name in ["answers", "countersign.sqlite-wal while", "log while", "metrics while", "siem.cef after"] {
        assert!(places.iter().any(|place| place.name.starts_with(name)), "no {name}");
    }
    // A code of eight digits may be met by chance, but not in the same place for another code; the rest is too long for chance.
    let repeated: BTreeSet<_> = control.hits().into_iter().map(|hit| (hit.kind, hit.place)).collect();
    let mut leaks = own.hits();
    leaks.retain(|hit| hit.kind != "code" || repeated.contains(&(hit.kind, hit.place.clone())));
    assert!(leaks.is_empty(), "{leaks:#?}");
}
