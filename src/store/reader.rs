//! A few read-only connections, so that reading waits for no writing.

use super::{StepName, micros, unavailable};
use crate::domain::ports::StoreError;
use crate::domain::work::Work;
use crate::store::sql::Connection;
use slog::{Logger, trace};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Semaphore;

/// The connections; as many reads go on at once as there are connections, further ones wait.
pub(super) struct Readers {
    free: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    log: Logger,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>, log: Logger) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Self { free: Arc::new(Mutex::new(connections)), permits, log }
    }

    /// Reads on a thread that may block. What is read is one moment's state if `work` is one statement.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (name, asked) = (StepName::of(&work), Instant::now());
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| unavailable("shutting down"))?;
        let (free, begun) = (self.free.clone(), Instant::now());
        let read = move || {
            let lent = Lent { connection: take(&free), home: free };
            let answer = lent.connection.as_ref().ok_or_else(|| unavailable("no connection")).and_then(work);
            // The connection goes home before the permit does, also when the caller has stopped waiting.
            drop(lent);
            drop(permit);
            answer
        };
        let read = tokio::task::spawn_blocking(|| Work::of(read)).await;
        let (answer, cost) = read.map_err(|_| unavailable("a read panicked"))?;
        cost.add();
        trace!(self.log, "read of the store"; "step" => name, "waited_us" => micros(begun - asked),
            "done" => answer.is_ok(), "duration_us" => micros(begun.elapsed()));
        answer
    }
}

/// A connection that goes back to the others whatever happens.
struct Lent {
    connection: Option<Connection>,
    home: Arc<Mutex<Vec<Connection>>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.home.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// The lock is held for a `pop`, never while reading.
fn take(free: &Mutex<Vec<Connection>>) -> Option<Connection> {
    free.lock().unwrap_or_else(PoisonError::into_inner).pop()
}
