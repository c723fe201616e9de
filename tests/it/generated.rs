//! The committed copies of what the build generates, so that a change of contract is read as a diff of Rust signatures.
//!
//! `EXPECTORATE=overwrite cargo test --test it generated` rewrites them; read the diff before you commit it.

use countersign::api::runtime::Operation;
use countersign::api::{bne, dbx, operator};
use std::fmt::Write as _;

macro_rules! families {
    ($($name:ident),+) => {
        /// Every generated file and its copy in `tests/snapshots/`.
        pub(crate) const GENERATED: &[(&str, &str)] = &[$(
            generated!($name, "_api.rs"),
            generated!($name, "_client.rs"),
        )+];

        static OPERATIONS: &[(&str, &[&Operation])] = &[$((stringify!($name), &$name::generated::OPERATIONS)),+];
    };
}

macro_rules! generated {
    ($name:ident, $suffix:literal) => {
        (concat!(stringify!($name), $suffix), include_str!(concat!(env!("OUT_DIR"), "/", stringify!($name), $suffix)))
    };
}

families!(dbx, bne, operator);

#[test]
fn generated_code_is_its_committed_copy() {
    for (name, text) in GENERATED {
        expectorate::assert_contents(format!("tests/snapshots/{name}"), text);
    }
}

#[test]
fn operations_are_those_of_the_committed_list() {
    let mut list = String::new();
    for (family, operations) in OPERATIONS {
        writeln!(list, "{family}").expect("a string takes any text");
        for Operation { id, method, path, scope, .. } in operations.iter().copied() {
            let scope = scope.map(|scope| format!(" ({scope})")).unwrap_or_default();
            writeln!(list, "  {id} {method} {path}{scope}").expect("a string takes any text");
        }
    }
    expectorate::assert_contents("tests/snapshots/operations.txt", &list);
}
