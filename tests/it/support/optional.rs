//! Parts of the tests that need a program which a machine with only Rust and a C compiler does not have.
//!
//! Such a part is skipped, and says so on the terminal with what to install. With `COUNTERSIGN_TESTS_MANDATORY=1`, which
//! `.ci/run` sets, it fails instead: there, a part that silently stopped running would look like one that passes.

use std::io::Write as _;
use std::path::PathBuf;

/// Says that `what` is skipped, or fails if nothing may be.
pub(crate) fn skip(what: &str, install: &str) {
    assert!(!mandatory(), "{what} cannot run here: install {install}");
    // Not `eprintln!`: the test harness keeps that to itself when a test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {what}: install {install}");
}

/// Whether the optional parts must run.
pub(crate) fn mandatory() -> bool {
    std::env::var_os("COUNTERSIGN_TESTS_MANDATORY").is_some_and(|value| value == "1")
}

/// The first of these programs that is on the path.
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}
