//! Opening the data file: one process at a time, at a known version.

use crate::domain::work::Work;
use crate::store::OpenError;
use crate::store::open::MIGRATIONS;
use rusqlite::config::DbConfig;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Marks a file as ours ("CSgn"), so that another program's database is never migrated.
const APPLICATION_ID: i64 = 0x4353_676e;

/// A lock that was given back may still be held for a moment, by a program that is just being started: until it runs, it
/// has all the files of the one that starts it.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// From this length on, 32 MB, the writer itself moves the write-ahead log into the main file.
const LOG_PAGES_MAX: u32 = 16 * 1024;

/// The data file, locked for this process for as long as the value lives.
pub(in crate::store) struct DataFile {
    path: PathBuf,
    _lock: File,
}

impl DataFile {
    /// Takes the lock, then makes the file if there is none; only its owner can read it.
    pub(in crate::store) fn lock(path: &Path) -> Result<Self, OpenError> {
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
    pub(in crate::store) fn writing(&self, busy_timeout: Duration) -> Result<Connection, OpenError> {
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
    pub(in crate::store) fn reading(&self, busy_timeout: Duration) -> Result<Connection, OpenError> {
        self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY, busy_timeout)
    }

    fn connect(&self, access: OpenFlags, busy_timeout: Duration) -> Result<Connection, OpenError> {
        connect(&self.path, access, busy_timeout)
    }

    /// Brings the file to the newest version. Returns the versions before and after.
    pub(in crate::store) fn migrate(&self, connection: &mut Connection) -> Result<(usize, usize), OpenError> {
        let from = self.version(connection)?;
        migrate(connection, from, MIGRATIONS.iter().map(|migration| migration.sql))?;
        Ok((from, MIGRATIONS.len()))
    }

    fn version(&self, connection: &Connection) -> Result<usize, OpenError> {
        version(connection, &self.path)
    }
}

/// A connection to a data file of this release that only looks, whoever has the file.
pub(in crate::store) fn looking(path: &Path, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let path = resolve(path)?;
    let file = |source| OpenError::File { path: path.clone(), source };
    std::fs::metadata(&path).map_err(file)?;
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY, busy_timeout)?;
    match version(&connection, &path)? {
        found if found < MIGRATIONS.len() => {
            Err(OpenError::Older { place: shown(&path), found, known: MIGRATIONS.len() })
        }
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
    let foreign = || OpenError::Foreign { place: shown(path) };
    let version = usize::try_from(version).ok().filter(|_| ours).ok_or_else(foreign)?;
    if version > MIGRATIONS.len() {
        return Err(OpenError::Newer { place: shown(path), found: version, known: MIGRATIONS.len() });
    }
    Ok(version)
}

/// A path in a message.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn not_ours(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::Foreign { place: shown(path) },
        _ => error.into(),
    }
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

fn migrate(
    connection: &mut Connection,
    from: usize,
    migrations: impl IntoIterator<Item = &'static str>,
) -> rusqlite::Result<()> {
    for (n, migration) in migrations.into_iter().enumerate().skip(from) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(migration)?;
        step.pragma_update(None, "application_id", APPLICATION_ID)?;
        step.pragma_update(None, "user_version", n as i64 + 1)?;
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_migration_that_fails_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        let migrations = ["create table a (x) ", "create table b (x); create table a (x)"];
        assert!(migrate(&mut connection, 0, migrations).is_err());
        let version: i64 = connection.query_row("pragma user_version", [], |row| row.get(0)).unwrap();
        let tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!((version, tables), (1, 1));
        migrate(&mut connection, 1, ["", "create table b (x)"]).unwrap();
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
