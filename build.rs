//! Turns the contracts in `openapi/` into Rust, and stops the build where a hand-written wire type no longer fits one.
//!
//! Everything is told at once: one line per problem as a cargo error, and the diff of each schema on standard error.

#![expect(clippy::print_stderr, reason = "diffs are for the reader of the build's output")]
#![allow(unreachable_pub, reason = "what is public here is public in the crate")]

#[path = "src/codegen/mod.rs"]
mod codegen;

/// The families. A new one is one line here; its `types.rs` is compiled a second time by this script.
macro_rules! families {
    ($($name:ident: $document:literal answers $refusals:expr;)+) => {
        // The same module tree as in the crate, so that paths in `types.rs` mean the same.
        #[path = "src/api"]
        #[allow(dead_code, unused_imports, clippy::enum_variant_names, reason = "here the types are only asked for their schemas")]
        mod api {
            pub mod scalar;
            $(pub mod $name { pub mod types; })+
        }

        fn families() -> Vec<(codegen::Family, Vec<codegen::schemas::WireType>)> {
            vec![$((
                codegen::Family { name: stringify!($name), document: $document, refusals: &$refusals },
                api::$name::types::registry(),
            )),+]
        }
    };
}

families! {
    dbx: "dbx-otp" answers [400, 401, 408, 413, 415, 429, 500, 503];
    bne: "bne-challenge" answers [400, 401, 403, 429, 500];
    operator: "operator" answers [400, 401, 403, 500, 503];
}

use codegen::{Family, Problem, client, endpoints, schemas, spec};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/codegen");
    watch_module("src/api/scalar");
    // The tests run this very program on edited documents, to show that each edit is noticed.
    println!("cargo::rerun-if-env-changed=COUNTERSIGN_OPENAPI_DIR");
    if let Ok(script) = std::env::current_exe() {
        println!("cargo::rustc-env=COUNTERSIGN_BUILD_SCRIPT={}", script.display());
    }
    let edited = std::env::var_os("COUNTERSIGN_OPENAPI_DIR").map(PathBuf::from);
    let documents = edited.clone().unwrap_or_else(|| PathBuf::from("openapi"));
    let Some(out) = std::env::var_os("OUT_DIR").map(PathBuf::from) else {
        println!("cargo::error=OUT_DIR is not set; cargo runs this program");
        return ExitCode::FAILURE;
    };
    let mut problems = Vec::new();
    for (family, types) in families() {
        println!("cargo::rerun-if-changed={}", family.file());
        watch_module(&format!("src/api/{}/types", family.name));
        // Where a test has edited one document, the others are not there.
        if edited.is_some() && !documents.join(format!("{}.yaml", family.document)).exists() {
            continue;
        }
        problems.extend(build(family, &types, &documents, &out).err().unwrap_or_default());
    }
    for problem in &problems {
        println!("cargo::error={}", problem.to_string().replace('\n', " "));
        if let Some(diff) = &problem.diff {
            eprintln!("{diff}");
        }
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Has cargo run this program again when a module changes, its parts included.
fn watch_module(path: &str) {
    println!("cargo::rerun-if-changed={path}.rs");
    // What is not there counts as changed every time.
    if Path::new(path).is_dir() {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// Reads one document, checks the types against it, writes what is generated from it.
fn build(family: Family, types: &[schemas::WireType], documents: &Path, out: &Path) -> Result<(), Vec<Problem>> {
    let path = documents.join(format!("{}.yaml", family.document));
    let yaml = std::fs::read_to_string(&path)
        .map_err(|error| vec![Problem::new(&family.file(), "#", format!("cannot be read: {error}"))])?;
    let document = spec::read(family, &yaml)?;
    let mut problems = schemas::check(&document, types);
    let mut write = |name: String, text: Result<String, Problem>| {
        let written = text.and_then(|text| {
            let path = out.join(name);
            // An unchanged file keeps its time stamp, and cargo its work.
            if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
                return Ok(());
            }
            std::fs::write(&path, text)
                .map_err(|error| Problem::new(&path.display().to_string(), "", format!("cannot be written: {error}")))
        });
        problems.extend(written.err());
    };
    write(format!("{}.json", family.document), Ok(format!("{:#}\n", document.json)));
    if std::env::var_os("CARGO_FEATURE_SERVER").is_some() {
        write(format!("{}_api.rs", family.name), endpoints::generate(&document));
    }
    if std::env::var_os("CARGO_FEATURE_CLIENT").is_some() {
        write(format!("{}_client.rs", family.name), client::generate(&document));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
