//! Nothing leaks either where a delivery fails and the provider quotes what it was sent, in answers, in the spool of the SIEM, with
//! every kind of token traffic, and in what a restart and the purge leave: a server in this process, so that it logs at its most
//! talkative and the clock can be moved.

mod bank;
mod calls;

use super::search::{Run, assert_every_plant_is_found, leaks};
use bank::Bank;
use chrono::TimeDelta;

async fn traffic() -> Run {
    let mut bank = Bank::open().await;
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
    let (own, other) = tokio::join!(traffic(), traffic());
    let places: Vec<_> = own.places.iter().filter(|place| !place.bytes.is_empty()).collect();
    let there = |name: &str| places.iter().any(|place| place.name.starts_with(name));
    for name in ["answers", "log while", "metrics while", "siem.cef after"] {
        assert!(there(name), "no {name}");
    }
    assert!(there("countersign.sqlite-wal while") || there("database while"), "no data");
    let log = String::from_utf8_lossy(own.place("log while it runs")).into_owned();
    for step in ["apply", "enrol_token", "auth", "mail, rcpt, data", "answer"] {
        assert!(log.contains(&format!("\"step\":\"{step}\"")), "no step {step} in {log}");
    }
    let found = leaks(&own, &other);
    assert!(found.is_empty(), "{found:#?}");
    assert_every_plant_is_found(&own, &other);
}
