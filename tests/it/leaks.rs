//! Nothing secret leaves by a side door: real traffic through the real program, logging all it can, then a search of everything
//! that it has written or told for every code, seed, token, key, credential and address that was in play.
//!
//! Codes have eight digits, so that one is hardly ever met by chance. What is found all the same is looked for in a second run with
//! other keys, seeds and numbers: a leak is found there at the same kind of place, a chance hit is not.

mod debug;
mod inside;
mod printed;
mod search;
mod traffic;

use search::{Hit, Secrets, search};
use std::collections::BTreeSet;
use traffic::{Traces, traffic};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_code_seed_token_key_or_address_is_in_logs_files_metrics_or_the_audit_trail() {
    let first = leaks(1).await;
    if first.is_empty() {
        return;
    }
    let again = leaks(2).await;
    let kinds = |hits: &[Hit]| hits.iter().map(|hit| (hit.kind, hit.place.clone())).collect::<BTreeSet<_>>();
    let both: Vec<_> = kinds(&first).intersection(&kinds(&again)).cloned().collect();
    assert!(both.is_empty(), "found in two runs with different secrets: {both:?}\n{first:#?}");
}

/// What of one run's secrets stands in what it left.
async fn leaks(run: u64) -> Vec<Hit> {
    let (secrets, traces) = traffic(run).await;
    let Traces { places, log } = &traces;
    // The traffic was real, and the places are those that are meant.
    assert!(log.matches("\"msg\":\"request\"").count() > 30, "{log}");
    for step in ["apply", "transact", "enrol_token", "connect, request, status"] {
        assert!(log.contains(&format!("\"step\":\"{step}\"")), "no step {step} in {log}");
    }
    for (place, needed) in [("metrics", "countersign_requests"), ("audit", "code_verify"), ("siem file", "CEF:0")] {
        let text = String::from_utf8_lossy(&places[place]).into_owned();
        assert!(text.contains(needed), "{place} has no {needed}: {text}");
    }
    assert!(places["data file"].starts_with(b"SQLite format 3") && places["write-ahead log"].len() > 10_000);
    places.iter().flat_map(|(place, bytes)| search(place, bytes, &secrets)).collect()
}

#[test]
fn a_secret_that_is_planted_anywhere_is_found_however_it_is_written() {
    let mut secrets = Secrets::default();
    secrets.add("code", "40718293");
    secrets.add("address", "+34600123456");
    secrets.add_bytes("seed", &[7, 1, 250, 33, 9, 88, 4, 211, 17, 6]);
    let planted: [(&str, &[u8]); 8] = [
        ("code", b"msg: wrong code 40718293 of flow"),
        ("address", b"to=34600123456;"),
        ("address", b"to=%2B34600123456"),
        ("address", b"+\x003\x004\x006\x000\x000\x001\x002\x003\x004\x005\x006\x00"),
        ("seed", &[0, 0, 7, 1, 250, 33, 9, 88, 4, 211, 17, 6, 0]),
        ("seed", b"seed 0701FA210958 04d3: 0701fa21095804d31106"),
        ("seed", b"seed 0701FA21095804D31106"),
        ("seed", b"otpauth://totp/x?secret=A4A7UIIJLACNGEIG"),
    ];
    for (kind, bytes) in planted {
        let hits = search("log", bytes, &secrets);
        assert!(hits.iter().any(|hit| hit.kind == kind), "{kind} in {:?}: {hits:?}", String::from_utf8_lossy(bytes));
        assert!(!format!("{hits:?}").contains("40718293"), "a report is no place for a secret either");
    }
    assert!(search("log", b"40718292 and 3460012345 are nobody's", &secrets).is_empty());
}
