//! What statements may use, so that other databases that speak PostgreSQL stay possible: docs/postgresql.md.

use std::path::{Path, PathBuf};

/// Words that no statement has, and the only places that may have them, with the reason.
const WORDS: [(&str, &[(&str, &str)]); 25] = [
    ("advisory", &[]),
    ("listen ", &[]),
    ("notify ", &[]),
    ("nextval", &[]),
    ("bigserial", &[]),
    ("generated always", &[]),
    ("set session", &[]),
    ("set_config", &[]),
    ("prepare transaction", &[]),
    ("lock table", &[]),
    ("skip locked", &[]),
    ("create trigger", &[]),
    ("create function", &[]),
    ("create extension", &[]),
    ("ctid", &[]),
    ("jsonb", &[]),
    (
        "pg_",
        &[
            ("postgres.rs", "whether a database is empty, also of what cannot be read"),
            ("sql/postgres/connect.rs", "what a connection was set to"),
        ],
    ),
    ("for update", &[("sql/postgres/turn.rs", "the turn: one row")]),
    ("declare ", &[("sql/postgres.rs", "answers that are longer than what fits into memory")]),
    (
        "set local",
        &[
            ("postgres.rs", "migrations wait for nobody for long"),
            ("postgres/partitions.rs", "nor do days"),
            ("sql/mod.rs", "plans for values"),
        ],
    ),
    ("partition ", &[("postgres/partitions.rs", "a table for each day")]),
    ("create temp", &[("customer/import.rs", "what is given, before the turn")]),
    ("unnest", &[("sql/text.rs", "many sets of values at once")]),
    ("lateral", &[("sql/text.rs", "the same")]),
    ("collate", &[("sql/text.rs", "texts in the order of their bytes")]),
];

/// Every file of the store but for those that only the embedded engine uses.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path {
            path if path.ends_with("sqlite") => Vec::new(),
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect()
}

/// Its text without comments and tests, in small letters.
fn statements(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(|line| line.split(" -- ").next().unwrap_or_default());
    let code: Vec<_> =
        lines.filter(|line| !["//", "--"].iter().any(|mark| line.trim_start().starts_with(mark))).collect();
    // Named to those who run it.
    code.join("\n").to_lowercase().replace("pg_dump", "")
}

#[test]
fn statements_use_what_other_databases_have_but_for_exceptions_that_are_known() {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let files: Vec<_> = files(&store)
        .into_iter()
        .map(|file| (file.strip_prefix(&store).unwrap().to_str().unwrap().to_owned(), statements(&file)))
        .collect();
    assert!(files.iter().any(|(_, text)| text.contains("insert into flows")), "the search itself works");
    for (word, exceptions) in WORDS {
        let mut found: Vec<_> =
            files.iter().filter(|(_, text)| text.contains(word)).map(|(file, _)| file.as_str()).collect();
        found.sort_unstable();
        let known: Vec<_> = exceptions.iter().map(|(file, _)| *file).collect();
        assert_eq!(
            found, known,
            "files with {word:?}, and those that may have it: say it otherwise, or write the exception down here and in docs/postgresql.md"
        );
    }
}
