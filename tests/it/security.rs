//! SECURITY.md claims nothing that no test proves: every test it names is there, and every claim names one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn document() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).unwrap()
}

/// What stands between backticks and reads like a test: `path.rs::name`.
fn tests_named(text: &str) -> BTreeSet<(&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter_map(|words| words.split_once(".rs::")).collect()
}

/// Whether the file has a test of this name: a function under an attribute that makes it one.
fn has_test(file: &str, name: &str) -> bool {
    let Ok(text) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)) else { return false };
    let mut attributed = false;
    for line in text.lines().map(str::trim_start) {
        if line.starts_with("#[") {
            attributed |= line.contains("test");
        } else {
            let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            if function.is_some_and(|rest| rest.starts_with(&format!("{name}("))) {
                return attributed;
            }
            attributed &= line.is_empty() || line.starts_with("//");
        }
    }
    false
}

#[test]
fn every_test_that_the_document_names_is_there() {
    let document = document();
    let named = tests_named(&document);
    assert!(named.len() > 40, "{} tests are named", named.len());
    let missing: Vec<_> = named.into_iter().filter(|(file, name)| !has_test(&format!("{file}.rs"), name)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
    assert!(!has_test("tests/it/security.rs", "document") && !has_test("tests/it/security.rs", "nothing"));
    assert!(has_test("tests/it/security.rs", "every_test_that_the_document_names_is_there"));
}

#[test]
fn every_claim_names_the_test_that_proves_it() {
    let document = document();
    let claims = document.split_once("## Claims").expect("the claims").1.split_once("\n## ").expect("what follows").0;
    let rows: Vec<_> = claims.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Claim")).collect();
    assert!(rows.len() > 20, "{} claims", rows.len());
    for row in rows {
        assert!(!tests_named(row).is_empty(), "a claim without a test: {row}");
    }
}

#[test]
fn every_requirement_of_the_standard_has_a_row_with_a_verdict() {
    let document = document();
    let numbers = [("6.1", 3), ("6.2", 12), ("6.3", 8), ("6.4", 6), ("6.5", 8), ("6.6", 4), ("6.7", 2), ("6.8", 4)];
    for (section, count) in numbers {
        for number in 1..=count {
            let start = format!("| {section}.{number} |");
            let row = document.lines().find(|line| line.starts_with(&start));
            let row = row.unwrap_or_else(|| panic!("ASVS {section}.{number} has no row"));
            let verdict = row.split('|').nth(3).unwrap_or_default().trim();
            assert!(matches!(verdict, "met" | "partly" | "not met" | "the bank's" | "not applicable"), "{row}");
        }
    }
}
