//! Versions of the data file: from nothing, from each released version, from the future, from elsewhere.

use crate::support::domain::*;
use crate::support::shop::Shop;
use aws_lc_rs::digest::{SHA256, digest};
use countersign::store::{Migrated, OpenError, migrate};
use rusqlite::Connection;

/// Every migration, as released: file name, text, SHA-256.
const RELEASED: &[(&str, &str, &str)] = &[
    (
        "0001_init.sql",
        include_str!("../../src/store/migrations/0001_init.sql"),
        "053373905fd8d29ac48411ac04fee33d8e41e3d2ae7571649df1439f027fe8b0",
    ),
    (
        "0002_tokens.sql",
        include_str!("../../src/store/migrations/0002_tokens.sql"),
        "071291e9f7bd7c10b9333945b90fb8c2637a35e3f69416fdf07590576e5b2f14",
    ),
    (
        "0003_operator.sql",
        include_str!("../../src/store/migrations/0003_operator.sql"),
        "9dae1ffc63f3db70d81ce99ff1da11d2a555648b44a1ef64b99d7a0a681e79a4",
    ),
    (
        "0004_limits.sql",
        include_str!("../../src/store/migrations/0004_limits.sql"),
        "5c7f8c5811c58b2c94255a6e770e23bc0a31b0c9c3a3f9da352bc540bdb1e49c",
    ),
    (
        "0005_prefixes.sql",
        include_str!("../../src/store/migrations/0005_prefixes.sql"),
        "bbe14c0c37a1614115ed69f0130fc482d5b823e468daa8da22e115d40e105563",
    ),
];

#[test]
fn a_released_migration_is_never_edited() {
    for (name, text, released) in RELEASED {
        let hash: String = digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hash, *released,
            "{name} was edited. Data files that have it already will not get the change: add a migration instead. \
             (Before the first release only: put the new digest here.)"
        );
    }
}

#[test]
fn a_new_file_gets_every_migration_and_the_next_start_none() {
    let shop = Shop::in_a_file();
    let newest = RELEASED.len();
    assert_eq!(migrate(shop.path()).unwrap(), Migrated { from: 0, to: newest });
    assert_eq!(migrate(shop.path()).unwrap(), Migrated { from: newest, to: newest });
    shop.open(&rules(), noon()).unwrap();
}

/// The schema must not depend on where a file began.
#[test]
fn a_file_of_any_version_ends_with_the_same_schema() {
    let schema = |shop: &Shop| -> Vec<String> {
        let connection = Connection::open(shop.path()).unwrap();
        let sql = "select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_schema order by 1";
        connection.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let fresh = Shop::in_a_file();
    migrate(fresh.path()).unwrap();
    for version in 1..=RELEASED.len() {
        let shop = Shop::in_a_file();
        let connection = Connection::open(shop.path()).unwrap();
        for (_, text, _) in &RELEASED[..version] {
            connection.execute_batch(text).unwrap();
        }
        connection.pragma_update(None, "user_version", version as i64).unwrap();
        connection.pragma_update(None, "application_id", 0x4353_676e).unwrap();
        drop(connection);
        assert_eq!(migrate(shop.path()).unwrap(), Migrated { from: version, to: RELEASED.len() });
        assert_eq!(schema(&shop), schema(&fresh));
    }
}

#[test]
fn a_file_from_a_newer_release_is_refused_untouched() {
    let shop = Shop::in_a_file();
    migrate(shop.path()).unwrap();
    let newer = RELEASED.len() as i64 + 1;
    Connection::open(shop.path()).unwrap().pragma_update(None, "user_version", newer).unwrap();
    let before = std::fs::read(shop.path()).unwrap();
    let error = migrate(shop.path()).unwrap_err();
    assert!(matches!(error, OpenError::Newer { .. }), "{error}");
    assert!(error.to_string().contains("newer release"), "{error}");
    assert!(matches!(shop.open(&rules(), noon()), Err(OpenError::Newer { .. })));
    assert!(std::fs::read(shop.path()).unwrap() == before);
}

#[test]
fn another_programs_file_is_refused_untouched() {
    let shop = Shop::in_a_file();
    Connection::open(shop.path()).unwrap().execute_batch("create table recipes (cake text)").unwrap();
    let before = std::fs::read(shop.path()).unwrap();
    assert!(matches!(migrate(shop.path()), Err(OpenError::Foreign { .. })));
    assert!(std::fs::read(shop.path()).unwrap() == before);

    let shop = Shop::in_a_file();
    let text = "not a database at all, but long enough to be mistaken for one\n".repeat(100);
    std::fs::write(shop.path(), &text).unwrap();
    assert!(matches!(migrate(shop.path()), Err(OpenError::Foreign { .. })));
    assert!(std::fs::read(shop.path()).unwrap() == text.as_bytes());
}
