//! Bringing a database on a server to this release's version.

use super::OpenError;
use super::open::MIGRATIONS;
use super::sql::{Connection, OptionalExtension, Result};

/// Several servers may start at once: one makes the table, the others find it.
const TRIES: usize = 5;

/// The migration before all others: which version this is, whose turn it is, and who has committed what.
const GROUND: &str = "
    create table if not exists store_version (
        id                 bigint  primary key check (id = 1),
        version            bigint  not null
    );
    create table if not exists store_turn (
        id                 bigint  primary key check (id = 1)
    );
    create table if not exists writers (
        writer             bytea   primary key check (length(writer) = 16),
        commits            bigint  not null,             -- the number of its last one
        at                 timestamp with time zone not null
    );
    insert into store_version (id, version) values (1, 0) on conflict do nothing;
    insert into store_turn (id) values (1) on conflict do nothing;
";

/// Brings the database to the newest version. Returns the versions before and after.
pub(super) fn migrate(connection: &Connection, place: &str) -> Result<(usize, usize), OpenError> {
    let from = version(connection, place)?;
    let mut tries = TRIES;
    while let Err(error) = connection.execute_batch(GROUND) {
        tries -= 1;
        if tries == 0 {
            return Err(error.into());
        }
    }
    for (n, migration) in MIGRATIONS.iter().enumerate().skip(from) {
        connection.begin()?;
        let done = step(connection, n, migration);
        if done.is_err() {
            connection.rollback()?;
        }
        done?;
    }
    Ok((from, MIGRATIONS.len()))
}

/// One migration, unless another server has done it meanwhile.
fn step(connection: &Connection, before: usize, migration: &str) -> Result<()> {
    let version: i64 = connection.query_row("select version from store_version", (), |row| row.get(0))?;
    if version == before as i64 {
        connection.define(migration)?;
        connection.execute("update store_version set version = ?", [version + 1])?;
    }
    connection.commit()
}

/// The version of what is there; 0 for an empty database.
pub(super) fn version(connection: &Connection, place: &str) -> Result<usize, OpenError> {
    let tables = "select table_name from information_schema.tables where table_schema = current_schema()";
    let tables = connection.prepare_cached(tables)?.query_map((), |row| row.get::<_, String>(0))?;
    let tables: Vec<_> = tables.collect::<Result<_>>()?;
    if tables.is_empty() {
        return Ok(0);
    }
    let foreign = || OpenError::Foreign { place: place.to_owned() };
    if !tables.iter().any(|table| table == "store_version") {
        return Err(foreign());
    }
    let version =
        connection.query_row("select version from store_version", (), |row| row.get::<_, i64>(0)).optional()?;
    let version = usize::try_from(version.unwrap_or(0)).map_err(|_| foreign())?;
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer { place: place.to_owned(), found: version, known: MIGRATIONS.len() });
    }
    Ok(version)
}

/// Forgets connections that have not committed for a week: nobody asks any more whether they have.
pub(super) fn forget_writers(connection: &Connection) -> Result<()> {
    let sql = "delete from writers where at < current_timestamp - interval '7 days'";
    connection.execute(sql, ()).map(drop)
}
