//! Copying a data file into a database on a server.
//!
//! 1. The source is a file that no server has, of this release, whose keys are all there and whose audit trail is whole. Its lock
//!    is held to the end, so that nothing is written to it; whoever reads it goes on.
//! 2. The target is an empty database. It is marked (`store_copy`), so that no server opens it before the end.
//! 3. Each table is copied in the order of its primary key, a batch in a transaction. After an interruption it goes on behind the
//!    last row that the target has.
//! 4. Both sides are read and compared, value by value; and the target's audit trail is checked.
//! 5. The mark says that the copy is whole; the first server that opens it takes the mark away.
//!
//! Whoever does not hear whether the last step was done asks again: a database that is marked as whole, and from this source, is read
//! and compared once more, and nothing is written to it. If it is not the same any more, it is somebody's data.
//!
//! A sealed value is bound to its table, column and row, and not to the engine: rows are copied as they are. The source is only
//! read, from one snapshot.

use super::engine::{self, Engine, Migrating};
use super::open::refuse_keys;
use super::postgres::{self, partitions};
use super::seal::Sealer;
use super::sql::{self, Connection, OptionalExtension, params_from_iter};
use super::{AuditProofs, Location, OpenError, Options, audit};
use crate::domain::audit::chain::Position;
use crate::domain::audit::verify::Break;
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyRing;
use crate::domain::ports::{Random, StoreError};
use aws_lc_rs::digest::{Context, Digest, SHA256};
use rusqlite::types::{Value, ValueRef};
use std::fmt;
use std::sync::Arc;

/// Every table of the migrations; those that others refer to come before them.
const TABLES: [&str; 25] = [
    "store_secrets",
    "server_keys",
    "last_start",
    "operators",
    "clients",
    "customers",
    "customer_addresses",
    "imports",
    "tokens",
    "burnt_challenges",
    "transactions",
    "sessions",
    "flows",
    "outbox",
    "repeats",
    "rotations",
    "daily_counts",
    "limit_windows",
    "prefixes",
    "prefix_rulings",
    "audit_customers",
    "audit_counts",
    "audit_anchors",
    "audit_head",
    "audit",
];

/// Rows that become durable together.
const BATCH_ROWS: usize = 4096;
/// Values of one statement. More are not faster, and the protocol ends at 65,535.
const STATEMENT_VALUES: usize = 4096;

/// Why nothing was copied, or not all.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// From itself to itself.
    #[error("both configurations name {place}: give the one that names the place to copy to with --to")]
    SamePlace {
        /// The place.
        place: String,
    },
    /// Another pair of engines.
    #[error(
        "only a SQLite data file is copied into a PostgreSQL database, not {from} to {to}: for two of a kind, copy the back-up of the \
         one to the place of the other"
    )]
    Direction {
        /// The source.
        from: String,
        /// The target.
        to: String,
    },
    /// One of both cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// No server has ever had it.
    #[error("{place} has never been served: there is nothing to copy, start the server with the new configuration")]
    Nothing {
        /// The source.
        place: String,
    },
    /// Not empty, and not a copy that was begun.
    #[error("{place} holds data already, and nothing was changed in it: give an empty database")]
    HasData {
        /// The target.
        place: String,
    },
    /// Begun from something else.
    #[error(
        "{to} holds a part of another copy: of another data file, or of {from} before a server had it again. Drop the database, \
         make it anew, and begin again"
    )]
    Changed {
        /// The source.
        from: String,
        /// The target.
        to: String,
    },
    /// The trail, of either.
    #[error("the audit trail of {place} is broken: {broken}")]
    Broken {
        /// The file or the database.
        place: String,
        /// What is wrong.
        broken: Break,
    },
    /// A row.
    #[error("table {table} cannot be copied; what was copied so far is kept, and the same command goes on from there")]
    Table {
        /// Its table.
        table: &'static str,
        /// Why.
        source: StoreError,
    },
    /// What was copied is not what is there.
    #[error(
        "table {table} has {copied} rows in the copy, not the same as the {rows} of the data file: drop the database, make it anew, \
         and begin again"
    )]
    Differs {
        /// The table.
        table: &'static str,
        /// Of the source.
        rows: u64,
        /// Of the target.
        copied: u64,
    },
    /// An engine.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sql::Error> for CopyError {
    fn from(error: sql::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a copy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyStage {
    /// The entries of the source's audit trail are looked at.
    SourceTrail,
    /// Rows are copied.
    Rows,
    /// Rows of both sides are compared.
    Comparison,
    /// The entries of the target's audit trail are looked at.
    TargetTrail,
}

impl fmt::Display for CopyStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SourceTrail => "audit trail of the file, entries",
            Self::Rows => "rows copied",
            Self::Comparison => "rows compared",
            Self::TargetTrail => "audit trail of the database, entries",
        })
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// In what.
    pub stage: CopyStage,
    /// So many rows or entries.
    pub done: u64,
    /// Of so many, where that is known.
    pub of: Option<u64>,
}

/// What was copied: it is all there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Every table and its rows.
    pub tables: Vec<(&'static str, u64)>,
    /// The rows that were there already, from a run that was interrupted.
    pub before: u64,
    /// The entries of the audit trail.
    pub entries: u64,
    /// Where both audit trails end.
    pub end: Position,
}

/// Copies a data file that no server has into an empty database, or goes on with that. `keys` are those of the target's servers.
pub fn copy(
    from: &Location,
    to: &Location,
    keys: &KeyRing,
    random: Arc<dyn Random>,
    now: Timestamp,
    progress: &mut dyn FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    check_places(from, to)?;
    let (from_place, to_place) = (from.to_string(), to.to_string());
    let busy_timeout = Options::new(from.clone()).busy_timeout;
    let sealer = Sealer::new(keys, random);
    // First of all: to lock a file that is not there would make one.
    let mut source = engine::looking(from, busy_timeout)?;
    let _lock = Engine::at(from, busy_timeout)?;
    if !source.prepare_cached("select 1 from store_secrets")?.exists(())? {
        return Err(CopyError::Nothing { place: from_place });
    }
    refuse_keys(&source, &from_place, &sealer, now)?;
    // It moves with every entry, and every start of a server writes one.
    let state: Vec<u8> = source.query_row("select position from audit_head", (), |row| row.get(0))?;

    let engine = Engine::at(to, busy_timeout)?;
    engine.migrate(Migrating::Offline)?;
    let mut target = engine.writing_long()?;
    let look = |target: &Connection| stand(target, &state, &from_place, &to_place);
    // Told now: to look at the trail may take long.
    look(&target)?;
    let (entries, end) = check_trail(&mut source, &from_place, &sealer, CopyStage::SourceTrail, progress)?;
    let source = source.snapshot()?;
    let first = target.transaction()?;
    let stand = look(&first)?;
    if stand == Stand::Empty {
        postgres::mark_copy(&first, &state)?;
    }
    first.commit()?;
    let tables = TABLES.map(|name| Table::of(&source, name)).into_iter().collect::<sql::Result<Vec<_>>>()?;
    let count = |connection: &Connection| tables.iter().map(|table| table.count(connection)).sum::<sql::Result<u64>>();
    let (rows, before) = (count(&source)?, count(&target)?);
    if stand == Stand::Whole {
        return match compare(&tables, &source, &mut target, rows, progress) {
            Ok(tables) => Ok(Copied { tables, before, entries, end }),
            Err(CopyError::Differs { .. }) => Err(CopyError::HasData { place: to_place }),
            Err(error) => Err(error),
        };
    }
    partitions::make_for_copy(&mut target, &source, now)?;
    let mut done = before;
    for table in &tables {
        let mut copied = |more| {
            done += more;
            progress(CopyProgress { stage: CopyStage::Rows, done, of: Some(rows) });
        };
        let name = table.name;
        table
            .copy(&source, &mut target, &mut copied)
            .map_err(|error| CopyError::Table { table: name, source: error.into() })?;
    }
    // What was never there has no statistics, and every statement would be planned for nothing.
    target.execute_batch(&format!("analyze {}", TABLES.join(", ")))?;
    let tables = compare(&tables, &source, &mut target, rows, progress)?;
    let (copied_entries, copied_end) = check_trail(&mut target, &to_place, &sealer, CopyStage::TargetTrail, progress)?;
    if (copied_entries, copied_end) != (entries, end) {
        return Err(CopyError::Differs { table: "audit", rows: entries, copied: copied_entries });
    }
    let last = target.transaction()?;
    postgres::finish_copy(&last)?;
    last.commit()?;
    Ok(Copied { tables, before, entries, end })
}

/// From a file to a server.
fn check_places(from: &Location, to: &Location) -> Result<(), CopyError> {
    let same = match (from, to) {
        (Location::File(_), Location::Server(_)) => return Ok(()),
        (Location::File(from), Location::File(to)) => {
            from == to || from.canonicalize().is_ok_and(|from| to.canonicalize().is_ok_and(|to| from == to))
        }
        (Location::Server(from), Location::Server(to)) => from.to_string() == to.to_string(),
        (Location::Server(_), Location::File(_)) => false,
    };
    Err(match same {
        true => CopyError::SamePlace { place: from.to_string() },
        false => CopyError::Direction { from: from.to_string(), to: to.to_string() },
    })
}

/// Looks at every entry of a trail. Returns how many there are, and the last.
fn check_trail(
    connection: &mut Connection,
    place: &str,
    sealer: &Sealer,
    stage: CopyStage,
    progress: &mut dyn FnMut(CopyProgress),
) -> Result<(u64, Position), CopyError> {
    let mut looked = |done| progress(CopyProgress { stage, done, of: None });
    let checked = audit::check(connection, Some(sealer), &AuditProofs::default(), &mut looked)?;
    let end = checked.found.map_err(|broken| CopyError::Broken { place: place.to_owned(), broken })?;
    Ok((checked.entries, end))
}

/// What a database is to a copy.
#[derive(PartialEq, Eq)]
enum Stand {
    /// There is nothing in it.
    Empty,
    /// It was begun from this very source.
    Begun,
    /// It was finished from this very source, and no server has had it since.
    Whole,
}

/// What a database is to a copy of this source, if it is for one at all.
fn stand(target: &Connection, state: &[u8], from: &str, to: &str) -> Result<Stand, CopyError> {
    match postgres::copy_mark(target)? {
        Some(mark) if mark.source == state => return Ok(if mark.whole { Stand::Whole } else { Stand::Begun }),
        Some(mark) if !mark.whole => return Err(CopyError::Changed { from: from.to_owned(), to: to.to_owned() }),
        _ => {}
    }
    for table in TABLES {
        if target.prepare_cached(&format!("select 1 from {table} limit 1"))?.exists(())? {
            return Err(CopyError::HasData { place: to.to_owned() });
        }
    }
    Ok(Stand::Empty)
}

/// Reads both sides. Returns every table and its rows.
fn compare(
    tables: &[Table],
    source: &Connection,
    target: &mut Connection,
    rows: u64,
    progress: &mut dyn FnMut(CopyProgress),
) -> Result<Vec<(&'static str, u64)>, CopyError> {
    let target = target.snapshot()?;
    let (mut compared, mut done) = (Vec::new(), 0);
    for table in tables {
        let mut looked = || {
            done += 1;
            progress(CopyProgress { stage: CopyStage::Comparison, done, of: Some(2 * rows) });
        };
        let (found, copied) = (table.sum(source, &mut looked)?, table.sum(&target, &mut looked)?);
        if found.rows != copied.rows || found.hash.as_ref() != copied.hash.as_ref() {
            return Err(CopyError::Differs { table: table.name, rows: found.rows, copied: copied.rows });
        }
        compared.push((table.name, found.rows));
    }
    Ok(compared)
}

/// A table, the same on both sides.
struct Table {
    name: &'static str,
    columns: Vec<String>,
    /// The primary key.
    key: Vec<String>,
}

/// What a table holds.
struct Sum {
    rows: u64,
    hash: Digest,
}

impl Table {
    fn of(source: &Connection, name: &'static str) -> sql::Result<Self> {
        let names = |wanted: &str| -> sql::Result<Vec<String>> {
            let sql = format!("select name from pragma_table_info(?) {wanted}");
            source.prepare_cached(&sql)?.query_map([name], |row| row.get(0))?.collect()
        };
        Ok(Self { name, columns: names("order by cid")?, key: names("where pk > 0 order by pk")? })
    }

    fn count(&self, connection: &Connection) -> sql::Result<u64> {
        let sql = format!("select count(*) from {}", self.name);
        connection.query_row(&sql, (), |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
    }

    /// Every row in the order of the primary key, or those behind one of them.
    fn select(&self, behind: bool) -> String {
        let (columns, key, marks) = (self.columns.join(", "), self.key.join(", "), marks(self.key.len()));
        let behind = if behind { format!("where ({key}) > ({marks})") } else { String::new() };
        format!("select {columns} from {} {behind} order by {key}", self.name)
    }

    fn insert(&self, rows: usize) -> String {
        let row = format!("({})", marks(self.columns.len()));
        let rows = vec![row; rows].join(", ");
        format!("insert into {} ({}) values {rows}", self.name, self.columns.join(", "))
    }

    /// The primary key of the last row.
    fn last(&self, connection: &Connection) -> sql::Result<Option<Vec<Value>>> {
        let order: Vec<_> = self.key.iter().map(|column| format!("{column} desc")).collect();
        let sql = format!("select {} from {} order by {} limit 1", self.key.join(", "), self.name, order.join(", "));
        let read = |row: sql::Row<'_>| (0..self.key.len()).map(|n| row.get(n)).collect();
        connection.query_row(&sql, (), read).optional()
    }

    /// Copies what is behind the last row of the target.
    fn copy(&self, source: &Connection, target: &mut Connection, copied: &mut dyn FnMut(u64)) -> sql::Result<()> {
        let last = self.last(target)?;
        let mut statement = source.prepare_cached(&self.select(last.is_some()))?;
        let mut rows = statement.query(params_from_iter(last.unwrap_or_default()))?;
        let width = self.columns.len();
        loop {
            let mut batch: Vec<Value> = Vec::new();
            while batch.len() < BATCH_ROWS * width {
                let Some(row) = rows.next()? else { break };
                for n in 0..width {
                    batch.push(row.get(n)?);
                }
            }
            if batch.is_empty() {
                return Ok(());
            }
            let step = target.transaction()?;
            for part in batch.chunks((STATEMENT_VALUES / width).max(1) * width) {
                step.execute(&self.insert(part.len() / width), params_from_iter(part))?;
            }
            step.commit()?;
            copied((batch.len() / width) as u64);
        }
    }

    /// Reads every value, in the order of the primary key; runs inside a transaction.
    fn sum(&self, connection: &Connection, looked: &mut dyn FnMut()) -> Result<Sum, StoreError> {
        let mut statement = connection.prepare_walk(&self.select(false))?;
        let mut found = statement.query(())?;
        let (mut rows, mut hash) = (0, Context::new(&SHA256));
        while let Some(row) = found.next()? {
            for n in 0..self.columns.len() {
                digest(&mut hash, row.get_ref(n)?);
            }
            rows += 1;
            looked();
        }
        Ok(Sum { rows, hash: hash.finish() })
    }
}

/// A value, its kind and its length: what stands beside it cannot be taken for a part of it.
fn digest(hash: &mut Context, value: ValueRef<'_>) {
    let number;
    let (kind, bytes) = match value {
        ValueRef::Null => (0, &[][..]),
        ValueRef::Integer(value) => {
            number = value.to_be_bytes();
            (1, &number[..])
        }
        ValueRef::Real(value) => {
            number = value.to_be_bytes();
            (2, &number[..])
        }
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(bytes) => (4, bytes),
    };
    hash.update(&[kind]);
    hash.update(&(bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;

    fn new_file() -> (tempfile::TempDir, Connection) {
        let directory = tempfile::tempdir().unwrap();
        migrate(directory.path().join("db")).unwrap();
        let connection = Connection::open(directory.path().join("db")).unwrap();
        (directory, connection)
    }

    fn texts(connection: &Connection, sql: &str) -> Vec<String> {
        let mut statement = connection.prepare_cached(sql).unwrap();
        statement.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn every_table_of_the_migrations_is_copied() {
        let (_directory, connection) = new_file();
        let there = "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name";
        let mut known = TABLES.to_vec();
        known.sort_unstable();
        assert_eq!(texts(&connection, there), known, "put a new table into TABLES, behind those that it refers to");
    }

    #[test]
    fn what_a_row_refers_to_is_copied_before_it() {
        let (_directory, connection) = new_file();
        for (n, table) in TABLES.iter().enumerate() {
            let sql = format!("select \"table\" from pragma_foreign_key_list('{table}')");
            for parent in texts(&connection, &sql) {
                assert!(TABLES[..n].contains(&parent.as_str()), "{table} refers to {parent}, which comes later");
            }
        }
    }

    #[test]
    fn every_table_has_a_key_that_its_rows_are_walked_along() {
        let (_directory, connection) = new_file();
        for name in TABLES {
            let table = Table::of(&connection, name).unwrap();
            assert!(!table.key.is_empty() && table.columns.len() > table.key.len().min(1), "{name}");
            let plan = |behind: bool| {
                let sql = format!("explain query plan {}", table.select(behind));
                let mut statement = connection.file().unwrap().prepare(&sql).unwrap();
                let nulls = vec![Value::Null; statement.parameter_count()];
                let read = |row: &rusqlite::Row<'_>| row.get::<_, String>("detail");
                let rows = statement.query_map(rusqlite::params_from_iter(nulls), read).unwrap();
                rows.map(Result::unwrap).collect::<Vec<_>>()
            };
            for lines in [plan(false), plan(true)] {
                assert!(lines.iter().all(|line| !line.contains("TEMP B-TREE")), "{name} is sorted: {lines:?}");
            }
        }
    }
}
