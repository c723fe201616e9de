//! The committed copies of what the build generates, so that a change of contract is read as a diff of Rust signatures.
//!
//! `EXPECTORATE=overwrite cargo test --test it generated` rewrites them; read the diff before you commit it.

use countersign::api::runtime::Operation;
use countersign::api::{bne, dbx};
use std::fmt::Write as _;

/// Every generated file and its copy in `tests/snapshots/`.
pub(crate) const GENERATED: [(&str, &str); 4] = [
    ("dbx_api.rs", include_str!(concat!(env!("OUT_DIR"), "/dbx_api.rs"))),
    ("dbx_client.rs", include_str!(concat!(env!("OUT_DIR"), "/dbx_client.rs"))),
    ("bne_api.rs", include_str!(concat!(env!("OUT_DIR"), "/bne_api.rs"))),
    ("bne_client.rs", include_str!(concat!(env!("OUT_DIR"), "/bne_client.rs"))),
];

#[test]
fn generated_code_is_its_committed_copy() {
    for (name, text) in GENERATED {
        expectorate::assert_contents(format!("tests/snapshots/{name}"), text);
    }
}

#[test]
fn operations_are_those_of_the_committed_list() {
    let families: [(&str, &[&'static Operation]); 2] =
        [("dbx", &dbx::generated::OPERATIONS), ("bne", &bne::generated::OPERATIONS)];
    let mut list = String::new();
    for (family, operations) in families {
        writeln!(list, "{family}").expect("a string takes any text");
        for operation in operations {
            writeln!(list, "  {} {} {}", operation.id, operation.method, operation.path)
                .expect("a string takes any text");
        }
    }
    expectorate::assert_contents("tests/snapshots/operations.txt", &list);
}
