//! The thread that moves what was committed from the write-ahead log into the main file.
//!
//! SQLite would let the writer do it after a commit, and all steps that wait would wait for that, too. Pages that are written
//! again and again are moved once, the more so the longer the thread waits; what it has not moved when the process ends is read
//! from the log at the next start.
//!
//! The log begins anew only once all of it is moved; but while the thread moves the last pages, the writer commits more.
//! So the thread leaves a few pages to the writer, which moves them between two commits ([`Checkpointer::move_rest`]).

use super::open::DataFile;
use crate::domain::ports::StoreError;
use crate::store::unavailable;
use rusqlite::Connection;
use slog::{Logger, info, warn};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// Pages of a log that is long enough to begin anew.
const LONG_PAGES: i64 = 8192;
/// As many pages as the writer moves without anybody noticing.
const LEFT_PAGES_MAX: i64 = 512;
/// Passes over a long log, each shorter than the one before unless the writer is faster.
const PASSES_MAX: usize = 8;
/// How long the writer waits for those who read the newest state, before it cuts the log.
const CUT_PATIENCE: Duration = Duration::from_millis(50);

/// Whoever moves the log has it: SQLite turns a second one away at once, and does not let it wait.
#[derive(Clone, Default)]
pub(in crate::store) struct Turn(Arc<Mutex<()>>);

impl Turn {
    /// Takes it, unless somebody has it.
    fn take(&self) -> Option<MutexGuard<'_, ()>> {
        match self.0.try_lock() {
            Ok(turn) => Some(turn),
            Err(TryLockError::Poisoned(turn)) => Some(turn.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Waits for it. To be called by threads that may block.
    pub(in crate::store) fn wait(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Moves what can be moved of the log into the main file. Returns whether that is all. To be called by threads that may block.
pub(in crate::store) fn move_log(file: &DataFile, turn: &Turn) -> Result<bool, StoreError> {
    let connection = file.writing(CUT_PATIENCE).map_err(|error| unavailable(error.to_string()))?;
    let _turn = turn.wait();
    let (length, moved) = checkpoint(&connection)?;
    Ok(moved == length)
}

/// Moves what can be moved without waiting. Returns the pages of the log, and how many of them are in the main file now.
fn checkpoint(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    connection.query_row("pragma wal_checkpoint(passive)", [], |row| Ok((row.get(1)?, row.get(2)?)))
}

/// The handle on the thread; dropping it waits for the thread to end.
pub(in crate::store) struct Checkpointer {
    committed: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    turn: Turn,
    /// Whether the log is long, and all but a few of its pages are moved.
    nearly_moved: Arc<AtomicBool>,
}

impl Checkpointer {
    /// Starts the thread with its connection.
    pub(in crate::store) fn start(connection: Connection, turn: Turn, log: Logger) -> std::io::Result<Self> {
        let (committed, commits) = sync_channel(1);
        let nearly_moved = Arc::new(AtomicBool::new(false));
        let worker = Worker { connection, turn: turn.clone(), nearly_moved: nearly_moved.clone(), log };
        let run = move || worker.move_until_closed(&commits);
        let thread = std::thread::Builder::new().name("sqlite-log".to_owned()).spawn(run)?;
        Ok(Self { committed: Some(committed), thread: Some(thread), turn, nearly_moved })
    }

    /// Something was committed.
    pub(in crate::store) fn wake(&self) {
        if let Some(committed) = &self.committed {
            // Full: it will look anyway.
            let _ = committed.try_send(());
        }
    }

    /// Moves the last pages of a long log, if few are left; called by the writer, between two commits.
    pub(in crate::store) fn move_rest(&self, connection: &Connection) {
        if !self.nearly_moved.swap(false, Relaxed) {
            return;
        }
        // Whoever has it moves them.
        if let Some(_turn) = self.turn.take() {
            // If it fails, it fails for the thread as well, which tells of it.
            let _ = checkpoint(connection);
        }
    }

    /// Cuts the log to nothing, so that what was deleted is gone from it, too; called by the writer, between two commits. `false`
    /// if it is not moved as a whole, because somebody is moving it or reads an older state.
    pub(in crate::store) fn cut(&self, connection: &Connection) -> Result<bool, StoreError> {
        let Some(_turn) = self.turn.take() else { return Ok(false) };
        let (length, moved) = checkpoint(connection)?;
        if moved < length {
            return Ok(false);
        }
        let patience: u32 = connection.query_row("pragma busy_timeout", [], |row| row.get(0))?;
        connection.busy_timeout(CUT_PATIENCE)?;
        let busy = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
        connection.busy_timeout(Duration::from_millis(patience.into()))?;
        Ok(busy? == 0)
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.committed.take());
        if let Some(thread) = self.thread.take() {
            // An `Err` is a panic of the thread, and has been reported by the panic hook.
            drop(thread.join());
        }
    }
}

/// What the thread has.
struct Worker {
    connection: Connection,
    turn: Turn,
    nearly_moved: Arc<AtomicBool>,
    log: Logger,
}

impl Worker {
    fn move_until_closed(&self, commits: &Receiver<()>) {
        let (mut committed, mut failing) = (false, false);
        while committed || commits.recv().is_ok() {
            let moved = self.move_pages();
            match &moved {
                // Once, not with every try.
                Err(problem) if !failing => {
                    warn!(self.log, "the write-ahead log cannot be moved into the data file, and grows: look at the disk";
                        "problem" => %problem);
                }
                Ok(()) if failing => info!(self.log, "the write-ahead log is moved into the data file again"),
                _ => {}
            }
            failing = moved.is_err();
            committed = false;
            let next = Instant::now() + PAUSE;
            loop {
                match commits.recv_timeout(next.saturating_duration_since(Instant::now())) {
                    Ok(()) => committed = true,
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        }
    }

    /// Moves what there is; of a long log until few pages come in meanwhile, or until a reader of an older state keeps the
    /// rest from being moved.
    fn move_pages(&self) -> rusqlite::Result<()> {
        let mut before = 0;
        for _ in 0..PASSES_MAX {
            let turn = self.turn.wait();
            let (length, moved) = checkpoint(&self.connection)?;
            drop(turn);
            // A pass does not tell what came in while it ran: about as much as while the one before did.
            let latest = moved - before;
            if length < LONG_PAGES || (moved < length && latest == 0) {
                return Ok(());
            }
            if moved == length && latest <= LEFT_PAGES_MAX {
                break;
            }
            before = moved;
        }
        self.nearly_moved.store(true, Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_begins_anew_while_commits_go_on() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Connection::open(directory.path().join("db")).unwrap();
        let writer = open();
        writer
            .execute_batch(
                "pragma page_size = 2048; pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table t (x blob)",
            )
            .unwrap();
        let log = Logger::root(slog::Discard, slog::o!());
        let checkpointer = Checkpointer::start(open(), Turn::default(), log).unwrap();
        let commit = |bytes: i64| {
            writer.execute("insert into t values (zeroblob(?))", [bytes]).unwrap();
            checkpointer.wake();
            checkpointer.move_rest(&writer);
        };
        commit(LONG_PAGES * 2048);
        // A log that begins anew has other salts in its header (bytes 16 to 24), and is not longer than it was.
        let header = || std::fs::read(directory.path().join("db-wal")).unwrap()[16..24].to_vec();
        let length = || std::fs::metadata(directory.path().join("db-wal")).unwrap().len();
        let (first, mut commits) = (header(), 0);
        while header() == first {
            commit(1);
            commits += 1;
            assert!(commits < 10_000, "the log does not begin anew");
        }
        let most = length();
        (0..100).for_each(|_| commit(1));
        assert_eq!(length(), most);
    }
}
