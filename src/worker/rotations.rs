//! Rotations of the server keys, carried out in the background.
//!
//! A rotation is begun by an operator and stands in the data until it has ended. So one that a stop or a crash has cut off is gone
//! on with at the next start, with what is left to do; or, where several servers share the data, by one that sees it stand still.
//! Should two be at it, nothing is lost: what one has sealed anew, the other finds done. A server takes part only in a rotation to
//! its own current key.

use crate::domain::desk::ports::{KeyDesk, Resealed};
use crate::domain::keys::KeyId;
use crate::domain::ports::{Clock, StoreError, Wake};
use slog::{Logger, error, info, warn};
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
/// A rotation of which nothing has been done between two looks is nobody's. One look is a row.
const LOOK: Duration = Duration::from_secs(20);

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
    /// The current key of this server.
    pub current: KeyId,
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
                self.called().await;
            }
        };
        stop.run_until_cancelled(work).await;
    }

    /// Waits until there is something to do: a rotation was begun here, or one stands still.
    async fn called(&self) {
        let (mut before, mut foreign) = (None, None);
        while tokio::time::timeout(LOOK, self.bell.0.notified()).await.is_err() {
            // What cannot be looked at now is looked at again.
            let seen = self.store.rotation().await.ok().flatten();
            if let Some(rotation) = seen.as_ref().filter(|rotation| rotation.key != self.current) {
                // Once for each.
                if foreign.replace(rotation.started.clone()).is_none_or(|told| told != rotation.started) {
                    warn!(
                        self.log, "a key rotation to another key than the current one of this server is under way, and this server \
                         takes no part: give all servers the same keys in the same order, or begin one to the current key";
                        "to" => rotation.key.as_str(), "current" => self.current.as_str()
                    );
                }
            } else if seen.is_some() && seen == before {
                return;
            }
            before = seen;
        }
    }

    async fn carry_out(&self) -> Result<(), StoreError> {
        let ours = self.store.rotation().await?.filter(|rotation| rotation.key == self.current);
        let Some(rotation) = ours else { return Ok(()) };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::ports::Resealing;
    use crate::domain::flow::Timestamp;
    use crate::domain::operator::{Actor, Order, Stamp};
    use crate::domain::rotation::{KeyStatus, Refusal, Rotation};
    use async_trait::async_trait;
    use slog::{Drain, Level, Never, OwnedKVList, Record};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Data whose rotation is carried out by nobody, or by another server.
    struct Shared {
        rotation: Mutex<Option<Rotation>>,
        /// How much the other one does between two looks.
        pace: u64,
    }

    fn key(id: &str) -> KeyId {
        KeyId::parse(id).unwrap()
    }

    impl Shared {
        fn begun(to: &str, pace: u64) -> Arc<Self> {
            let started = Stamp { by: Actor::parse("olga").unwrap(), at: Timestamp::UNIX_EPOCH };
            let rotation = Rotation { key: key(to), started, resealed: 7, damaged: 0, ended_at: None };
            Arc::new(Self { rotation: Mutex::new(Some(rotation)), pace })
        }

        fn is_over(&self) -> bool {
            self.rotation.lock().unwrap().is_none()
        }
    }

    #[async_trait]
    impl KeyDesk for Shared {
        async fn key_status(&self, _: Timestamp) -> Result<KeyStatus, StoreError> {
            Ok(KeyStatus { keys: Vec::new(), rotation: None })
        }

        async fn begin_rotation(&self, _: Order, _: KeyId) -> Result<Result<Rotation, Refusal>, StoreError> {
            unreachable!("the loop begins none")
        }

        async fn rotation(&self) -> Result<Option<Rotation>, StoreError> {
            let mut rotation = self.rotation.lock().unwrap();
            rotation.iter_mut().for_each(|rotation| rotation.resealed += self.pace);
            Ok(rotation.clone())
        }

        fn resealing(&self) -> Box<dyn Resealing + '_> {
            Box::new(Nothing)
        }

        async fn end_rotation(&self, _: u64, _: u64, _: Timestamp) -> Result<(), StoreError> {
            *self.rotation.lock().unwrap() = None;
            Ok(())
        }
    }

    struct Nothing;

    #[async_trait]
    impl Resealing for Nothing {
        async fn step(&mut self, _: u32) -> Result<Resealed, StoreError> {
            Ok(Resealed { done: true, ..Resealed::default() })
        }
    }

    /// Counts warnings.
    #[derive(Clone, Default)]
    struct Warnings(Arc<AtomicUsize>);

    impl Drain for Warnings {
        type Ok = ();
        type Err = Never;

        fn log(&self, record: &Record<'_>, _: &OwnedKVList) -> Result<(), Never> {
            self.0.fetch_add(usize::from(record.level() == Level::Warning), Ordering::Relaxed);
            Ok(())
        }
    }

    struct Epoch;

    impl Clock for Epoch {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rotation_to_the_current_key_that_stands_still_is_taken_up_and_every_other_is_left_to_whom_it_is() {
        for (to, pace, taken) in [("k2", 1, false), ("k2", 0, true), ("k1", 0, false), ("k3", 0, false)] {
            let store = Shared::begun(to, pace);
            let warnings = Warnings::default();
            let log = Logger::root(warnings.clone(), slog::o!());
            let (current, clock) = (key("k2"), Arc::new(Epoch));
            let rotations = Rotations { current, store: store.clone(), clock, bell: Arc::default(), log };
            // Nor at the start.
            if to != "k2" {
                rotations.carry_out().await.unwrap();
                assert!(!store.is_over());
            }
            let idle = async {
                rotations.called().await;
                rotations.carry_out().await.unwrap();
            };
            let called = tokio::time::timeout(7 * LOOK / 2, idle).await;
            assert_eq!((called.is_ok(), store.is_over()), (taken, taken));
            assert_eq!(warnings.0.load(Ordering::Relaxed), usize::from(to != "k2"), "each look does not say it again");
        }
    }
}
