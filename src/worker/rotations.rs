//! Rotations of the server keys, carried out in the background.
//!
//! A rotation is begun by an operator and stands in the data file until it has ended. So one that a stop or a crash has cut
//! off is gone on with at the next start, with what is left to do.

use crate::domain::desk::ports::{KeyDesk, Resealed};
use crate::domain::ports::{Clock, StoreError, Wake};
use slog::{Logger, error, info};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Values sealed anew in one step: a few milliseconds of the store's one writer.
const STEP: u32 = 200;
/// Between two steps the writer is everybody else's.
const PAUSE: Duration = Duration::from_millis(5);
/// After a step that failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says that a rotation was begun.
#[derive(Default)]
pub struct Bell(Notify);

impl Wake for Bell {
    fn wake(&self) {
        // Kept for one who is not listening yet.
        self.0.notify_one();
    }
}

/// The loop that carries rotations out.
pub struct Rotations {
    /// Where the values are.
    pub store: Arc<dyn KeyDesk>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Rings when there is something to do.
    pub bell: Arc<Bell>,
    /// Where it is told of.
    pub log: Logger,
}

impl Rotations {
    /// Goes on with a rotation that was cut off, then carries out each that is begun, until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let work = async {
            loop {
                while let Err(problem) = self.carry_out().await {
                    error!(self.log, "values not sealed anew, it is tried again"; "problem" => #problem);
                    tokio::time::sleep(PATIENCE).await;
                }
                self.bell.0.notified().await;
            }
        };
        stop.run_until_cancelled(work).await;
    }

    async fn carry_out(&self) -> Result<(), StoreError> {
        let Some(rotation) = self.store.rotation().await? else { return Ok(()) };
        info!(self.log, "sealing anew what is under older keys"; "done_before" => rotation.resealed);
        let (mut walk, mut moved, mut unreadable) = (self.store.resealing(), 0, 0);
        loop {
            let Resealed { moved: now, damaged, done } = walk.step(STEP).await?;
            moved += now;
            unreadable += damaged.len() as u64;
            for problem in damaged {
                error!(self.log, "a value does not open and stays as it is"; "problem" => #problem);
            }
            if done {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let at = self.clock.now();
        let left = self.store.key_status(at).await?.left();
        self.store.end_rotation(left, unreadable, at).await?;
        info!(self.log, "sealed anew"; "values" => moved, "damaged" => unreadable, "left" => left);
        Ok(())
    }
}
