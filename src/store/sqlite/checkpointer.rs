//! The thread that moves what was committed from the write-ahead log into the main file.
//!
//! SQLite would let the writer do it after a commit, and all steps that wait would wait for that, too. Pages that are written
//! again and again are moved once, the more so the longer the thread waits; what it has not moved when the process ends is read
//! from the log at the next start.

use rusqlite::Connection;
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

/// The handle on the thread; dropping it waits for the thread to end.
pub(super) struct Checkpointer {
    committed: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread with its connection.
    pub(super) fn start(connection: Connection, turn: Turn) -> std::io::Result<Self> {
        let (committed, commits) = sync_channel(1);
        let run = move || move_until_closed(&connection, &turn, &commits);
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

fn move_until_closed(connection: &Connection, turn: &Turn, commits: &Receiver<()>) {
    let mut committed = false;
    while committed || commits.recv().is_ok() {
        // Nothing is lost if it fails, for a full disk for example: the writer tries as well, and its callers are told.
        let held = turn.wait();
        drop(connection.execute_batch("pragma wal_checkpoint(passive)"));
        drop(held);
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
