//! The thread that moves what was committed from the write-ahead log into the main file.
//!
//! SQLite would let the writer do it after a commit, and all steps that wait would wait for that, too. Pages that are written
//! again and again are moved once, the more so the longer the thread waits; what it has not moved when the process ends is read
//! from the log at the next start.
//!
//! The log begins anew only once all of it is moved, and while the thread moves the last pages, the writer commits more. So the
//! thread leaves a few pages to the writer, which moves them between two commits ([`Checkpointer::finish`]).

use super::open::DataFile;
use super::unavailable;
use crate::domain::ports::StoreError;
use rusqlite::Connection;
use slog::{Logger, info, warn};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// Pages of a log that is long enough to begin anew.
const LONG: i64 = 8192;
/// Pages that the writer moves faster than anybody notices.
const FEW: i64 = 512;

/// Whoever moves the log has it: SQLite turns a second one away at once, and does not let it wait.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<Mutex<()>>);

impl Turn {
    /// Waits for it. To be called by threads that may block.
    pub(super) fn wait(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long each try to cut the log waits for somebody who reads an older state of the file, such as a backup.
const LOG_PATIENCE: Duration = Duration::from_millis(250);
const LOG_PAUSE: Duration = Duration::from_millis(20);

/// Moves all of the log into the main file and cuts it to nothing, so that what was deleted is gone from it, too. `false` if
/// somebody reads an older state in each of so many tries. To be called by threads that may block.
pub(super) fn cut(file: &DataFile, turn: &Turn, tries: u32) -> Result<bool, StoreError> {
    let connection = file.writing(LOG_PATIENCE).map_err(|error| unavailable(error.to_string()))?;
    let _turn = turn.wait();
    for n in 0..tries {
        if n > 0 {
            // The writer moves the log as well when it is long, and is not waited for by SQLite.
            std::thread::sleep(LOG_PAUSE);
        }
        let busy: i64 = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        if busy == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The handle on the thread; dropping it waits for the thread to end.
pub(super) struct Checkpointer {
    committed: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    turn: Turn,
    /// Whether the log is long, and all but a few of its pages are moved.
    nearly: Arc<AtomicBool>,
}

impl Checkpointer {
    /// Starts the thread with its connection.
    pub(super) fn start(connection: Connection, turn: Turn, log: Logger) -> std::io::Result<Self> {
        let (committed, commits) = sync_channel(1);
        let nearly = Arc::new(AtomicBool::new(false));
        let mover = Mover { connection, turn: turn.clone(), nearly: nearly.clone(), log };
        let run = move || mover.move_until_closed(&commits);
        let thread = std::thread::Builder::new().name("sqlite-log".to_owned()).spawn(run)?;
        Ok(Self { committed: Some(committed), thread: Some(thread), turn, nearly })
    }

    /// Something was committed.
    pub(super) fn wake(&self) {
        if let Some(committed) = &self.committed {
            // Full: it will look anyway.
            let _ = committed.try_send(());
        }
    }

    /// Moves the last pages of a long log, if few are left; called by the writer, between two commits.
    pub(super) fn finish(&self, connection: &Connection) {
        if !self.nearly.swap(false, Relaxed) {
            return;
        }
        // Whoever has it moves them.
        if let Ok(_turn) = self.turn.0.try_lock() {
            // If it fails, it fails for the thread as well, which tells of it.
            let _ = moved(connection);
        }
    }
}

/// How long the log is, and how much of it is in the main file now.
fn moved(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    connection.query_row("pragma wal_checkpoint(passive)", [], |row| Ok((row.get(1)?, row.get(2)?)))
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
struct Mover {
    connection: Connection,
    turn: Turn,
    nearly: Arc<AtomicBool>,
    log: Logger,
}

impl Mover {
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

    /// Moves what there is; of a long log until few pages are left, or a reader of an older state needs them where they are.
    fn move_pages(&self) -> rusqlite::Result<()> {
        let mut before = -1;
        loop {
            let turn = self.turn.wait();
            let (long, done) = moved(&self.connection)?;
            drop(turn);
            if long < LONG || done == before {
                return Ok(());
            }
            if long - done <= FEW {
                self.nearly.store(true, Relaxed);
                return Ok(());
            }
            before = done;
        }
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
            checkpointer.finish(&writer);
        };
        commit(LONG * 2048);
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
