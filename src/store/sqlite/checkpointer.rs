//! The thread that moves what was committed from the write-ahead log into the main file.
//!
//! SQLite would let the writer do it after a commit, and all steps that wait would wait for that, too. Pages that are written
//! again and again are moved once, the more so the longer the thread waits; what it has not moved when the process ends is read
//! from the log at the next start.

use super::open::DataFile;
use super::unavailable;
use crate::domain::ports::StoreError;
use rusqlite::Connection;
use slog::{Logger, info, warn};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);

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
}

impl Checkpointer {
    /// Starts the thread with its connection.
    pub(super) fn start(connection: Connection, turn: Turn, log: Logger) -> std::io::Result<Self> {
        let (committed, commits) = sync_channel(1);
        let run = move || move_until_closed(&connection, &turn, &commits, &log);
        let thread = std::thread::Builder::new().name("sqlite-log".to_owned()).spawn(run)?;
        Ok(Self { committed: Some(committed), thread: Some(thread) })
    }

    /// Something was committed.
    pub(super) fn wake(&self) {
        if let Some(committed) = &self.committed {
            // Full: it will look anyway.
            let _ = committed.try_send(());
        }
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

fn move_until_closed(connection: &Connection, turn: &Turn, commits: &Receiver<()>, log: &Logger) {
    let (mut committed, mut failing) = (false, false);
    while committed || commits.recv().is_ok() {
        let held = turn.wait();
        let moved = connection.execute_batch("pragma wal_checkpoint(passive)");
        drop(held);
        match &moved {
            // Once, not five times a second.
            Err(problem) if !failing => {
                warn!(log, "the write-ahead log cannot be moved into the data file, and grows: look at the disk";
                    "problem" => %problem);
            }
            Ok(()) if failing => info!(log, "the write-ahead log is moved into the data file again"),
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
