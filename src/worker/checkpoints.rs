//! Checkpoints of the audit trail, signed and shipped while the server runs.
//!
//! A checkpoint is shipped first and told of in the trail then: one that could not be shipped is not told of, and the next one
//! covers what it would have. While nothing is written, none is made.

use crate::domain::audit::checkpoint::{Checkpoint, SigningKey};
use crate::domain::ports::{Clock, StoreError, TrailKeeper};
use chrono::SubsecRound;
use slog::{Logger, debug, error};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Ships a line, and returns when it cannot be lost any more.
pub type Ship = Arc<dyn Fn(&str) -> io::Result<()> + Send + Sync>;

/// The loop that makes checkpoints.
pub struct Checkpoints {
    /// Where the trail is.
    pub store: Arc<dyn TrailKeeper>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Signs.
    pub key: SigningKey,
    /// Where checkpoints go.
    pub ship: Ship,
    /// The pause between two.
    pub pause: Duration,
    /// Where it is told of.
    pub log: Logger,
}

/// Why there is no checkpoint. The next one covers what this one would have.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the file of checkpoints cannot be written")]
    File(#[from] io::Error),
    #[error("the task has panicked")]
    Task(#[from] tokio::task::JoinError),
}

impl Checkpoints {
    /// Makes one at once and one after each pause, until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let work = async {
            let mut rounds = tokio::time::interval(self.pause);
            rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // The entry that tells of a checkpoint is the only one behind it: nothing has happened since.
            let mut told = 0;
            loop {
                rounds.tick().await;
                match self.make(told).await {
                    Ok(Some(sequence)) => told = sequence + 1,
                    Ok(None) => {}
                    Err(problem) => {
                        error!(self.log, "no checkpoint of the audit trail was made"; "problem" => #problem)
                    }
                }
            }
        };
        stop.run_until_cancelled(work).await;
    }

    /// Makes one unless `told` is the last entry. Returns the entry that it names.
    async fn make(&self, told: u64) -> Result<Option<u64>, Failed> {
        let place = self.store.trail_end().await?;
        if place.sequence == told {
            return Ok(None);
        }
        let checkpoint = Checkpoint { place, at: self.clock.now().trunc_subsecs(3) };
        let line = checkpoint.line(&self.key.sign(&checkpoint.statement()));
        let ship = self.ship.clone();
        tokio::task::spawn_blocking(move || ship(&line)).await??;
        self.store.record(checkpoint.entry()).await?;
        debug!(self.log, "checkpoint of the audit trail"; "sequence" => place.sequence);
        Ok(Some(place.sequence))
    }
}
