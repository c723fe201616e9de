//! The net has no holes: single edits of the documents, and which net catches each.
//!
//! The nets: **refusal**, the generator stops the build; **types**, the build's comparison of schemas with wire types;
//! **copy**, the generated code differs from the committed one; **emitted**, what dropshot says of the endpoints differs from
//! the document; **facts**, the hand-written tables of `seed_facts.rs` and `operator_facts.rs`. The first two stop
//! `cargo build`, the others `cargo test`. The edits are in `drift_edits.rs`.
//!
//! With `COUNTERSIGN_DRIFT=full`, as in `.ci/run`, cargo itself builds a few edited copies of the repository, too.
//! `cargo test --test it drift -- --nocapture` prints the table.

use crate::build_script::{DOCUMENTS, Edit, build, edited, original};
use crate::drift_edits::{CONTRACT_EDITS, OPERATOR_EDITS, PROSE_EDITS};
use crate::{facts, generated, spec};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// In the order of the table.
const NETS: [&str; 5] = ["refusal", "types", "copy", "emitted", "facts"];

/// Which nets an edited document is caught by.
fn caught(document: &str, text: &str) -> Vec<&'static str> {
    let build = build(document, text);
    let mut nets = Vec::new();
    let of_types = |error: &String| {
        error.contains("Rust says") || error.contains("has no Rust type") || error.contains("the registry of")
    };
    if !build.errors.iter().all(of_types) {
        nets.push("refusal");
    }
    if build.errors.iter().any(of_types) {
        nets.push("types");
    }
    let written: BTreeMap<&str, &str> =
        build.written.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    if generated::GENERATED.iter().any(|(name, text)| written.get(name).is_some_and(|written| written != text)) {
        nets.push("copy");
    }
    // The build writes JSON of every document it can read; of others there is nothing to compare.
    let json: Option<Value> =
        written.get(format!("{document}.json").as_str()).and_then(|text| serde_json::from_str(text).ok());
    if let Some(json) = json {
        if spec::normalized(&json) != *emitted(document) {
            nets.push("emitted");
        }
        if !facts::differences(document, &json).is_empty() {
            nets.push("facts");
        }
    }
    nets
}

/// What dropshot says of the endpoints, which no edit of a document changes.
fn emitted(document: &str) -> &'static Value {
    static EMITTED: LazyLock<BTreeMap<&str, Value>> =
        LazyLock::new(|| DOCUMENTS.iter().map(|name| (*name, spec::normalized(&spec::emitted(name)))).collect());
    &EMITTED[document]
}

/// Runs every edit, on as many threads as there are processors.
fn run(edits: &[(&str, &str, Edit)]) -> Vec<Vec<&'static str>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = edits.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = edits
            .chunks(part)
            .map(|edits| {
                scope.spawn(|| {
                    edits
                        .iter()
                        .map(|(document, _, edit)| caught(document, &edited(document, edit)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("an edit that cannot be made is a fault of the list"))
            .collect()
    })
}

fn table(edits: &[(&str, &str, Edit)], caught: &[Vec<&str>]) -> String {
    let mut table = format!("{:<15}{:<62}{}\n", "document", "edit", NETS.join("  "));
    for ((document, what, _), nets) in edits.iter().zip(caught) {
        let marks: Vec<String> =
            NETS.iter().map(|net| format!("{:^1$}", if nets.contains(net) { "x" } else { "" }, net.len())).collect();
        table += &format!("{document:<15}{what:<62}{}\n", marks.join("  "));
    }
    let all = caught.iter().filter(|nets| !nets.is_empty()).count();
    table + &format!("{all} of {} edits caught\n", edits.len())
}

#[test]
fn each_single_edit_of_a_contract_is_caught() {
    let edits = [CONTRACT_EDITS, OPERATOR_EDITS].concat();
    let caught = run(&edits);
    let table = table(&edits, &caught);
    #[expect(clippy::print_stdout, reason = "shown with --nocapture, and by CI")]
    {
        println!("{table}");
    }
    assert!(edits.len() >= 100, "only {} edits", edits.len());
    assert!(caught.iter().all(|nets| !nets.is_empty()), "an edit slipped through:\n{table}");
    let generated = |nets: &Vec<&str>| nets.iter().any(|net| *net != "facts");
    assert!(caught.iter().all(generated), "an edit was seen by the hand-written facts alone:\n{table}");
}

#[test]
fn edits_of_prose_stop_no_build() {
    let caught = run(PROSE_EDITS);
    let table = table(PROSE_EDITS, &caught);
    // Prose is in the doc comments of the generated code, so a committed copy may differ. It is no drift.
    let drift = |nets: &Vec<&str>| nets.iter().any(|net| *net == "refusal" || *net == "types");
    assert!(!caught.iter().any(drift), "prose was taken for contract:\n{table}");
}

#[test]
fn an_unedited_document_is_caught_by_no_net() {
    for &document in DOCUMENTS {
        // Written again as YAML, as the edited ones are.
        let same = edited(document, &Edit::Set("/openapi", "3.0.3"));
        assert_eq!(caught(document, &same), Vec::<&str>::new(), "{document}");
    }
}

#[test]
fn cargo_itself_stops_at_an_edited_document() {
    if std::env::var("COUNTERSIGN_DRIFT").as_deref() != Ok("full") {
        #[expect(clippy::print_stdout, reason = "a skipped part says so")]
        {
            println!("skipped: set COUNTERSIGN_DRIFT=full to have cargo build edited copies of the repository");
        }
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().expect("a directory for the copy");
    for name in ["Cargo.toml", "Cargo.lock", "build.rs", "src", "openapi", "packaging", "tests"] {
        copy_all(&root.join(name), &copy.path().join(name));
    }
    // Cargo names what it makes of a package by its name and version, wherever it lies. As the same package the copy would
    // take away the build script that other tests are running.
    for name in ["Cargo.toml", "Cargo.lock"] {
        let package = |suffix| format!("name = \"countersign\"\nversion = \"{}{suffix}\"\n", env!("CARGO_PKG_VERSION"));
        let path = copy.path().join(name);
        let text = std::fs::read_to_string(&path).expect("the copy can be read");
        assert!(text.contains(&package("")), "{name} does not say which package this is");
        std::fs::write(&path, text.replace(&package(""), &package("-copy"))).expect("the copy can be written");
    }
    let script = || {
        let of_the_tests = std::fs::metadata(env!("COUNTERSIGN_BUILD_SCRIPT")).expect("cargo has built the script");
        of_the_tests.modified().expect("files have a time")
    };
    let built_at = script();
    let check = |document: &str, text: &str| {
        let path = copy.path().join(format!("openapi/{document}.yaml"));
        std::fs::write(&path, text).expect("the copy can be written");
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--locked"])
            .current_dir(copy.path())
            // Dependencies are those of this run; the copy has another path and so other names for what is made of it.
            .env("CARGO_TARGET_DIR", root.join("target"))
            .output()
            .expect("cargo can be run");
        std::fs::write(&path, original(document)).expect("the copy can be written");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (built, told) = check("dbx-otp", &original("dbx-otp"));
    assert!(built, "the unedited copy builds:\n{told}");
    let (built, told) = check("dbx-otp", &edited("dbx-otp", &Edit::Set("/components/schemas/Phone/maxLength", "33")));
    assert!(!built && told.contains("schema `Phone`, `maxLength`: the document says 33, Rust says 32"), "{told}");
    let (built, told) = check("bne-challenge", &edited("bne-challenge", &Edit::Set("/x-origin", "bank")));
    assert!(
        !built && told.contains("openapi/bne-challenge.yaml#/x-origin: the generator does not know `x-origin`"),
        "{told}"
    );
    assert_eq!(script(), built_at, "the copy was built over this repository");
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a new directory");
        for entry in std::fs::read_dir(from).expect("the directory is there") {
            let entry = entry.expect("an entry");
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::copy(from, to).expect("the file can be copied");
    }
}
