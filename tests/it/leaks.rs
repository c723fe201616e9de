//! Nothing secret leaves by a side door: real traffic through the real program, logging all it can, then a search of everything
//! that it has written or told for every code, seed, token, key, credential and address that was in play.

mod commands;
mod debug;
mod inside;
mod printed;
mod search;
mod traffic;
mod wire;

use search::{DERIVED_CODE, Run, Secrets, assert_every_plant_is_found, leaks, search};
use traffic::traffic;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_code_seed_token_key_or_address_is_in_logs_files_metrics_or_the_audit_trail() {
    let ((run, marks), (other, _)) = tokio::join!(traffic(), traffic());
    // The traffic was real, and the places are those that are meant.
    let mut missing = Vec::new();
    for (place, mark) in marks {
        let mut marked = Secrets::default();
        marked.add("mark", &mark);
        let hits = search(place, run.place(place), &marked);
        if !hits.iter().any(|hit| hit.place == place) {
            missing.push((place, mark));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    let log = String::from_utf8(run.place("log").to_vec()).unwrap();
    assert!(log.matches("\"msg\":\"request\"").count() > 30, "{log}");
    for step in ["apply", "transact", "enrol_token", "connect, request, status"] {
        assert!(log.contains(&format!("\"step\":\"{step}\"")), "no step {step} in {log}");
    }
    assert!(run.place("data while it is in use").len() > 10_000 && run.place("data").len() > 10_000);
    assert!(run.place("syslog").windows(6).any(|bytes| bytes == b"CEF:0|"));

    let found = leaks(&run, &other);
    assert!(found.is_empty(), "{found:#?}");
    assert_every_plant_is_found(&run, &other);
}

#[test]
fn only_what_another_run_has_in_the_same_place_without_knowing_it_is_chance() {
    let told = |kind, text: &str, place: &str, bytes: &[u8]| {
        let mut run = Run::default();
        run.secrets.add(kind, text);
        run.note(place, &[], bytes);
        run
    };
    let code = "40718293";
    let run = |kind| told(kind, code, "log", b"at 1740718293115");
    let other = |place, bytes| told(DERIVED_CODE, "99120034", place, bytes);
    assert!(leaks(&run(DERIVED_CODE), &other("log", b"at 2407182930")).is_empty(), "met by chance twice");
    assert_eq!(leaks(&run(DERIVED_CODE), &other("log", b"at 99")).len(), 1, "the other run does not have it");
    assert_eq!(leaks(&run(DERIVED_CODE), &other("metrics", b"at 2407182930")).len(), 1, "not there");
    assert_eq!(leaks(&run(DERIVED_CODE), &run(DERIVED_CODE)).len(), 2, "the other run knows it, too");
    for kind in ["guess", "token code", "seed", "address"] {
        assert_eq!(leaks(&run(kind), &other("log", b"at 2407182930")).len(), 1, "{kind}: no chance");
        assert_eq!(leaks(&other("log", b"at 2407182930"), &run(kind)).len(), 1, "{kind}: in no run");
    }
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
