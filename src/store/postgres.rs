//! Bringing a database on a server to this release's version, while servers of the release before may be at work; and what only
//! such a database has.

pub(super) mod partitions;

use super::OpenError;
use super::open::{MIGRATIONS, Migration};
use super::sql::{Connection, OptionalExtension, Result, Row};
use std::time::Duration;

/// Several servers may start at once: one makes the table, the others find it.
const TRIES: usize = 5;
/// How often a migration asks for the tables that it changes, and what is between: while it waits, so does everybody else. In two
/// seconds, PostgreSQL has called off a vacuum that is in the way.
const LOCK_TRIES: usize = 10;
const LOCK_TIMEOUT_MS: u32 = 2000;
/// SQLSTATE: somebody else had it for too long.
const LOCK_NOT_AVAILABLE: &str = "55P03";
const LOCK_PAUSE: Duration = Duration::from_secs(1);

/// The migration before all others: which version this is, whose turn it is, who has committed what, and whether what is there is
/// a copy, and one that is finished.
const GROUND: &str = "
    create table if not exists store_version (
        id                 bigint  primary key check (id = 1),
        version            bigint  not null
    );
    create table if not exists store_turn (
        id                 bigint  primary key check (id = 1),
        oldest             bigint  not null              -- the version that a server must know to take the turn
    );
    create table if not exists writers (
        writer             bytea   primary key check (length(writer) = 16),
        commits            bigint  not null,             -- the number of its last one
        at                 timestamp with time zone not null
    );
    create table if not exists store_copy (
        id                 bigint  primary key check (id = 1),
        source             bytea   not null,             -- the sealed head of its audit trail
        whole              bigint  not null              -- 1 from its end to the first start of a server
    );
    insert into store_version (id, version) values (1, 0) on conflict do nothing;
    insert into store_turn (id, oldest) values (1, 0) on conflict do nothing;
";

/// Brings the database to the newest version. Returns the versions before and after; a newer one stays what it is.
pub(super) fn migrate(connection: &Connection, place: &str) -> Result<(usize, usize), OpenError> {
    let from = version(connection, place)?;
    if from == 0 {
        lay_ground(connection)?;
    }
    for (n, migration) in MIGRATIONS.iter().enumerate().skip(from) {
        let mut tries = LOCK_TRIES;
        while let Err(error) = step(connection, n, migration) {
            connection.rollback()?;
            tries -= 1;
            match error {
                error if error.is_refused_with(LOCK_NOT_AVAILABLE) && tries == 0 => {
                    return Err(OpenError::Blocked { place: place.to_owned() });
                }
                error if error.is_refused_with(LOCK_NOT_AVAILABLE) => std::thread::sleep(LOCK_PAUSE),
                error => return Err(error.into()),
            }
        }
    }
    Ok((from, from.max(MIGRATIONS.len())))
}

fn lay_ground(connection: &Connection) -> Result<()> {
    let mut tries = TRIES;
    while let Err(error) = connection.execute_batch(GROUND) {
        tries -= 1;
        if tries == 0 {
            return Err(error);
        }
    }
    Ok(())
}

/// One migration, unless another server has done it meanwhile. It has the turn, so only those are in its way who read a table for
/// long, as a back-up does: they are not waited for at everybody's expense.
fn step(connection: &Connection, before: usize, migration: &Migration) -> Result<()> {
    connection.begin()?;
    let version: i64 = connection.query_row("select version from store_version", (), |row| row.get(0))?;
    if version == before as i64 {
        connection.execute_batch(&format!("set local lock_timeout = {LOCK_TIMEOUT_MS}"))?;
        connection.define(&partitions::laid_out(migration.sql))?;
        connection.execute("update store_version set version = ?", [version + 1])?;
        if !migration.is_additive {
            connection.execute("update store_turn set oldest = ?", [version + 1])?;
        }
    }
    connection.commit()
}

/// The version of what is there; 0 for an empty database. An error if this release is too old for it; a newer version that it can go
/// on with is given as it is.
pub(super) fn version(connection: &Connection, place: &str) -> Result<usize, OpenError> {
    // Also those that this user may not read.
    let tables = "select tablename from pg_tables where schemaname = current_schema()";
    let tables = connection.prepare_cached(tables)?.query_map((), |row| row.get::<_, String>(0))?;
    let tables: Vec<_> = tables.collect::<Result<_>>()?;
    if tables.is_empty() {
        return Ok(0);
    }
    let foreign = || OpenError::Foreign { place: place.to_owned() };
    if !tables.iter().any(|table| table == "store_version") {
        return Err(foreign());
    }
    let sql = "select version, oldest from store_version, store_turn";
    let found = connection.query_row(sql, (), |row| Ok([row.get::<_, i64>(0)?, row.get(1)?])).optional()?;
    let [version, oldest] = found.unwrap_or_default().map(usize::try_from);
    let (version, oldest) = (version.map_err(|_| foreign())?, oldest.map_err(|_| foreign())?);
    if oldest > MIGRATIONS.len() {
        return Err(OpenError::Newer { place: place.to_owned(), found: version, known: MIGRATIONS.len() });
    }
    Ok(version)
}

/// Forgets connections that have not committed for a week: nobody asks any more whether they have.
pub(super) fn forget_writers(connection: &Connection) -> Result<()> {
    let sql = "delete from writers where at < current_timestamp - interval '7 days'";
    connection.execute(sql, ()).map(drop)
}

/// Refuses a database into which a data file is still being copied.
pub(super) fn refuse_unfinished(connection: &Connection, place: &str) -> Result<(), OpenError> {
    match copy_mark(connection)? {
        Some(CopyMark { whole: false, .. }) => Err(OpenError::Unfinished { place: place.to_owned() }),
        _ => Ok(()),
    }
}

/// What a copy was begun from, and whether it is finished.
pub(super) struct CopyMark {
    pub(super) source: Vec<u8>,
    pub(super) whole: bool,
}

/// The mark of a copy, if what is there is one that no server has had.
pub(super) fn copy_mark(connection: &Connection) -> Result<Option<CopyMark>> {
    let read = |row: Row<'_>| Ok(CopyMark { source: row.get(0)?, whole: row.get(1)? });
    connection.query_row("select source, whole from store_copy", (), read).optional()
}

/// A copy begins.
pub(super) fn mark_copy(connection: &Connection, source: &[u8]) -> Result<()> {
    connection.execute("insert into store_copy (id, source, whole) values (1, ?, 0)", [source]).map(drop)
}

/// It is whole. The mark stays, for whoever is not told and asks again.
pub(super) fn finish_copy(connection: &Connection) -> Result<()> {
    connection.execute("update store_copy set whole = 1", ()).map(drop)
}

/// A server has it from now on.
pub(super) fn unmark_copy(connection: &Connection) -> Result<()> {
    connection.execute("delete from store_copy", ()).map(drop)
}
