//! Opening the data file: one process at a time, at a known version, with the keys it was written with.

use super::audit::Trail;
use super::{OpenError, secret};
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyId;
use crate::domain::ports::Random;
use crate::domain::pseudonym::IndexKey;
use crate::domain::work::Work;
use crate::store::seal::{Place, Sealer};
use rusqlite::config::DbConfig;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Every migration, in order. Released ones are never edited: add a file.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_init.sql"),
    include_str!("migrations/0002_tokens.sql"),
    include_str!("migrations/0003_operator.sql"),
    include_str!("migrations/0004_limits.sql"),
    include_str!("migrations/0005_prefixes.sql"),
];

/// Marks a file as ours ("CSgn"), so that another program's database is never migrated.
const APPLICATION_ID: i64 = 0x4353_676e;

/// A lock that was given back may still be held for a moment, by a program that is just being started: until it runs, it
/// has all the files of the one that starts it.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// From this length on, 32 MB, the writer itself moves the write-ahead log into the main file.
const LOG_PAGES_MAX: u32 = 16 * 1024;

/// What a server key's proof says.
const PROOF: &[u8] = b"countersign server key";

/// The data file, locked for this process for as long as the value lives.
pub(super) struct DataFile {
    path: PathBuf,
    _lock: File,
}

impl DataFile {
    /// Takes the lock, then makes the file if there is none; only its owner can read it.
    pub(super) fn lock(path: &Path) -> Result<Self, OpenError> {
        let path = resolve(path)?;
        let io = |path: &Path| {
            let path = path.to_owned();
            |source| OpenError::File { path, source }
        };
        let mut lock_path = path.clone().into_os_string();
        lock_path.push(".lock");
        let lock_path = PathBuf::from(lock_path);
        let lock = private_file().open(&lock_path).map_err(io(&lock_path))?;
        let mut tries = LOCK_TRIES;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries == 0 => return Err(OpenError::InUse { path }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(source)) => return Err(OpenError::File { path: lock_path, source }),
            }
            tries -= 1;
        }
        private_file().open(&path).map_err(io(&path))?;
        Ok(Self { path, _lock: lock })
    }

    /// A connection that may write. A file that is not ours, or not yet, is left as it is.
    pub(super) fn writing(&self, busy_timeout: Duration) -> Result<Connection, OpenError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE, busy_timeout)?;
        self.version(&connection)?;
        // Of a new file only. Many pages that a step writes are of indexes with random keys, as hashes are: small ones are
        // less to write.
        connection.execute_batch("pragma page_size = 2048")?;
        let journal: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
        if journal != "wal" {
            return Err(OpenError::NoWal { path: self.path.clone(), journal });
        }
        connection.execute_batch(
            "pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on; pragma journal_size_limit = 67108864;
             pragma cache_size = -4096; pragma temp_store = memory;",
        )?;
        // The checkpointer is faster; this is for when it cannot keep up.
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES_MAX)?;
        Ok(connection)
    }

    /// A connection that cannot.
    pub(super) fn reading(&self, busy_timeout: Duration) -> Result<Connection, OpenError> {
        self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY, busy_timeout)
    }

    fn connect(&self, access: OpenFlags, busy_timeout: Duration) -> Result<Connection, OpenError> {
        connect(&self.path, access, busy_timeout)
    }

    /// Brings the file to the newest version. Returns the versions before and after.
    pub(super) fn migrate(&self, connection: &mut Connection) -> Result<(usize, usize), OpenError> {
        let from = self.version(connection)?;
        migrate(connection, from, MIGRATIONS)?;
        Ok((from, MIGRATIONS.len()))
    }

    fn version(&self, connection: &Connection) -> Result<usize, OpenError> {
        version(connection, &self.path)
    }

    /// Refuses keys that are missing, or that are not the ones their ids stood for so far.
    pub(super) fn check_keys(&self, connection: &Connection, sealer: &Sealer, now: Timestamp) -> Result<(), OpenError> {
        let needed = keys_in_use(connection, now)?;
        let missing = |id: &String| !sealer.key_ids().any(|known| known.as_str() == id);
        let missing: Vec<_> = needed.into_iter().filter(missing).collect();
        if !missing.is_empty() {
            return Err(OpenError::MissingKeys { path: self.path.clone(), ids: missing.join(", ") });
        }
        for id in sealer.key_ids() {
            let place = Place { table: "server_keys", column: "proof", row: id.as_str() };
            match proof(connection, id)? {
                Some(sealed) if sealer.open(&place, &sealed).is_err() => {
                    return Err(OpenError::WrongKey { path: self.path.clone(), id: id.as_str().to_owned() });
                }
                Some(_) => {}
                None if id == sealer.current() => {
                    let sql = "insert into server_keys (key_id, proof, since_ms) values (?, ?, ?)";
                    connection.execute(sql, (id.as_str(), sealer.seal(&place, PROOF)?, now.timestamp_millis()))?;
                }
                // A key that has never been current here has made nothing here.
                None => {}
            }
        }
        // One that was current before, and is again.
        let sql = "update server_keys set since_ms = ?2
                   where key_id = ?1 and since_ms < (select max(since_ms) from server_keys where key_id <> ?1)";
        connection.execute(sql, (sealer.current().as_str(), now.timestamp_millis()))?;
        Ok(())
    }
}

/// A connection to a data file of this release that only looks, whoever has the file.
pub(super) fn looking(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let path = resolve(path)?;
    let file = |source| OpenError::File { path: path.clone(), source };
    std::fs::metadata(&path).map_err(file)?;
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, busy_timeout)?;
    match version(&connection, &path)? {
        found if found < MIGRATIONS.len() => Err(OpenError::Older { path, found, known: MIGRATIONS.len() }),
        _ => Ok(connection),
    }
}

fn connect(path: &Path, access: OpenFlags, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let mut connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(busy_timeout)?;
    connection
        .execute_batch("pragma trusted_schema = off; pragma cell_size_check = on")
        .map_err(|error| not_ours(path, error))?;
    connection.set_prepared_statement_cache_capacity(64);
    // A cached statement keeps its plan. The engine would otherwise make a new one for the values of each use, and many
    // a statement takes longer to be planned than to be carried out.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if cfg!(debug_assertions) {
        connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(|_: TraceEvent<'_>| Work::STATEMENT.add()))?;
    }
    Ok(connection)
}

fn version(connection: &Connection, path: &Path) -> Result<usize, OpenError> {
    let pragma = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let version = pragma("pragma user_version").map_err(|error| not_ours(path, error))?;
    let tables = pragma("select count(*) from sqlite_schema")?;
    let ours = if version == 0 { tables == 0 } else { pragma("pragma application_id")? == APPLICATION_ID };
    let foreign = || OpenError::Foreign { path: path.to_owned() };
    let version = usize::try_from(version).ok().filter(|_| ours).ok_or_else(foreign)?;
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer { path: path.to_owned(), found: version, known: MIGRATIONS.len() });
    }
    Ok(version)
}

fn not_ours(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::Foreign { path: path.to_owned() },
        _ => error.into(),
    }
}

/// The data file's own secrets and the head of its audit trail: made in a new file, in others sealed under the current key.
pub(super) fn secrets(
    connection: &mut Connection,
    sealer: &Arc<Sealer>,
    random: &Arc<dyn Random>,
) -> Result<(Arc<IndexKey>, Trail), OpenError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // A file that has had a trail must have one: without its head, nobody could tell what is missing.
    let new_file = !step.prepare("select 1 from store_secrets")?.exists([])?;
    let index = IndexKey::from_bytes(&*secret::load(&step, sealer, &**random, secret::INDEX)?);
    let index = Arc::new(index);
    let trail = Trail::new(sealer.clone(), index.clone(), random.clone());
    trail.open(&step, new_file)?;
    step.commit()?;
    Ok((index, trail))
}

/// Ends sends that a crash left pending in flows that are over: there is nothing to send or to give back any more, and
/// the keys they are sealed with may be gone.
pub(super) fn end_stale_sends(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "update outbox set status = 'refused', settled_at_ms = ?1
               where status = 'pending'
                 and exists (select 1 from flows where flows.id = outbox.flow_id and flows.expires_at_ms <= ?1)";
    connection.execute(sql, [now.timestamp_millis()]).map(drop)
}

/// Two names of one file must lead to one lock: links are followed, `..` is resolved.
fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    if let Ok(real) = path.canonicalize() {
        return if real.is_dir() { Err(OpenError::IsDirectory { path: real }) } else { Ok(real) };
    }
    let name = path.file_name().ok_or_else(|| OpenError::IsDirectory { path: path.to_owned() })?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match parent.canonicalize() {
        Ok(parent) if parent.is_dir() => Ok(parent.join(name)),
        _ => Err(OpenError::NoDirectory { path: parent.to_owned() }),
    }
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn migrate(connection: &mut Connection, from: usize, migrations: &[&str]) -> rusqlite::Result<()> {
    for (n, migration) in migrations.iter().enumerate().skip(from) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(migration)?;
        step.pragma_update(None, "application_id", APPLICATION_ID)?;
        step.pragma_update(None, "user_version", n as i64 + 1)?;
        step.commit()?;
    }
    Ok(())
}

/// Each key of a table once, from one to the next in the index that begins with it: a start does not read a million rows.
fn each_key(table: &str) -> String {
    format!(
        "select id from (with recursive ids (id) as
                             (select min(sealed_with) from {table}
                              union all select (select min(sealed_with) from {table} where sealed_with > ids.id)
                                        from ids where ids.id is not null)
                         select id from ids where id is not null)"
    )
}

/// The keys without which something that still counts could not be read or checked.
fn keys_in_use(connection: &Connection, now: Timestamp) -> rusqlite::Result<Vec<String>> {
    let large = ["audit_customers", "customer_addresses", "customers", "tokens"].map(each_key).join(" union ");
    let sql = "select sealed_with from store_secrets
               union select sealed_with from audit_head
               union select sealed_with from audit_anchors
               union select key_id from flows where expires_at_ms > ?1
               union select sealed_with from flows where expires_at_ms > ?1
               union select outbox.sealed_with from outbox join flows on flows.id = outbox.flow_id
                     where outbox.status = 'pending' and flows.expires_at_ms > ?1
               union select key_id from transactions where expires_at_ms > ?1
               union select sealed_with from transactions where expires_at_ms > ?1
               union select sealed_with from flows where state = 'verified' and redeemed_at_ms is null
                     and ended_at_ms >= ?1 - 900000 and expires_at_ms >= ?1 - 900000
               union select sealed_with from transactions where state = 'consumed' and redeemed_at_ms is null
                     and ended_at_ms >= ?1 - 900000 and expires_at_ms >= ?1 - 900000
               union select key_id from sessions where expires_at_ms > ?1
               union select sealed_with from sessions where expires_at_ms > ?1 and sealed_with is not null
               union select sealed_with from repeats where created_at_ms > ?1 - 86400000 and sealed_with is not null";
    connection
        .prepare(&format!("{sql} union {large} order by 1"))?
        .query_map([now.timestamp_millis()], |row| row.get(0))?
        .collect()
}

fn proof(connection: &Connection, id: &KeyId) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "select proof from server_keys where key_id = ?";
    connection.query_row(sql, [id.as_str()], |row| row.get(0)).optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_migration_that_fails_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let migrations = ["create table a (x) ", "create table b (x); create table a (x)"];
        assert!(migrate(&mut connection, 0, &migrations).is_err());
        let version: i64 = connection.query_row("pragma user_version", [], |row| row.get(0)).unwrap();
        let tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!((version, tables), (1, 1));
        migrate(&mut connection, 1, &["", "create table b (x)"]).unwrap();
        let version: i64 = connection.query_row("pragma user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, 2);
    }

    #[test]
    fn a_cached_statement_is_planned_once() {
        let directory = tempfile::tempdir().unwrap();
        let file = DataFile::lock(&directory.path().join("db")).unwrap();
        let mut writing = file.writing(Duration::from_secs(1)).unwrap();
        file.migrate(&mut writing).unwrap();
        for connection in [&writing, &file.reading(Duration::from_secs(1)).unwrap()] {
            for serial in ["T-1", "T-2", "T-3"] {
                let sql = "select id from tokens where serial = ? order by id";
                let mut statement = connection.prepare_cached(sql).unwrap();
                assert!(!statement.exists([serial]).unwrap());
                assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
            }
        }
    }

    #[test]
    fn a_writing_connection_syncs_every_commit_and_trusts_no_schema() {
        let directory = tempfile::tempdir().unwrap();
        let file = DataFile::lock(&directory.path().join("db")).unwrap();
        let connection = file.writing(Duration::from_secs(1)).unwrap();
        let pragma =
            |name: &str| -> i64 { connection.query_row(&format!("pragma {name}"), [], |row| row.get(0)).unwrap() };
        // 2 is FULL.
        assert_eq!((pragma("synchronous"), pragma("foreign_keys"), pragma("trusted_schema")), (2, 1, 0));
        let reading = file.reading(Duration::from_secs(1)).unwrap();
        assert!(reading.execute_batch("create table t (x)").is_err());
    }
}
