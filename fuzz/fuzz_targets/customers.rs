//! Files of customers: CSV, or TOML if the first byte says so.
//!
//! Every problem has a place and never says an address; entries that are taken are not taken twice.

#![no_main]

use countersign_fuzz::server::customer_file::{CustomerFile, check};
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;
use std::fs;
use std::sync::LazyLock;
use tempfile::TempDir;

/// In memory where there is such a place: a disk would be waited for.
static PLACE: LazyLock<TempDir> = LazyLock::new(|| {
    let place = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    place.expect("a temporary directory")
});

fuzz_target!(|data: &[u8]| {
    let (kind, data) = match data.split_first() {
        Some((b'T', rest)) => ("toml", rest),
        _ => ("csv", data),
    };
    let path = PLACE.path().join(format!("customers.{kind}"));
    fs::write(&path, data).expect("a file");
    let (mut good, mut bad, mut ids) = (0, 0, HashSet::new());
    for entry in CustomerFile::open(&path) {
        match entry {
            Ok(customer) => {
                good += 1;
                assert!(ids.insert(customer.id.clone()), "{} comes twice", customer.id.as_str());
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                bad += problems.len() as u64;
            }
        }
    }
    let mut told = 0;
    let checked = check(&path, &mut |problem| {
        let said = problem.to_string();
        assert!(said.len() < 1000 && !said.contains('\n'), "{said:?}");
        told += 1;
    });
    assert_eq!((checked.customers, checked.problems, told), (good, bad, bad));
});
