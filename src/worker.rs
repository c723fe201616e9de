//! Work that outlives a request, and work that recurs.
//!
//! [`Sends`] carries out sends: a request waits for its send for a while, the send itself goes on to its end.
//! [`Recurring`] repeats what a crash left undone and deletes what is over. [`Rotations`] moves what is sealed to the current
//! server key.

pub mod checkpoints;
mod rotations;

use crate::domain::flow::{SendId, Timestamp};
use crate::domain::ports::{PrefixAlarm, PrefixesHeld, Runner, SendOutcome};
use crate::domain::prefix::{Shift, State};
use crate::domain::service::{Recovered, Retention, Service};
use crate::telemetry::Metrics;
use chrono::{SecondsFormat, TimeDelta};
use futures::FutureExt;
use futures::future::BoxFuture;
use slog::{Logger, debug, error, info, o, warn};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use rotations::{Bell, Rotations};

/// Sends under way at once; the others wait their turn.
const SENDS_MAX: usize = 256;
/// A send has its task a moment after it is recorded. One that has none after this time has lost it.
pub(crate) const SEND_LOST_AFTER: TimeDelta = TimeDelta::minutes(2);
/// Sends that were lost are looked for at least so often. Their codes end a few minutes after they were asked for.
const LOOK: Duration = Duration::from_secs(20);
/// Rows or sends handled in one step, so that no step keeps the store from others for long.
const BATCH: usize = 100;
/// For each moment that a step of deletion took, so many without one: what waits meanwhile is what customers wait for, and
/// deletion takes longer by itself when the store is busy.
const REST: u32 = 9;

/// Carries out sends, each in a task of its own.
pub struct Sends {
    wait: Duration,
    tasks: TaskTracker,
    // Held to add, take out or copy, never across an await.
    under_way: Arc<Mutex<HashSet<SendId>>>,
    turns: Arc<Semaphore>,
    log: Logger,
    metrics: Arc<Metrics>,
}

impl Sends {
    /// `wait` is how long a caller waits for the outcome of a send.
    pub fn new(wait: Duration, log: &Logger, metrics: Arc<Metrics>) -> Self {
        let (under_way, turns) = (Arc::default(), Arc::new(Semaphore::new(SENDS_MAX)));
        Self { wait, tasks: TaskTracker::new(), under_way, turns, log: log.new(o!("part" => "sends")), metrics }
    }

    /// Waits for the sends under way, at most `grace`. Returns how many are still going then: they stay recorded and are
    /// repeated at the next start.
    pub async fn drain(&self, grace: Duration) -> usize {
        self.tasks.close();
        match tokio::time::timeout(grace, self.tasks.wait()).await {
            Ok(()) => 0,
            Err(_) => self.tasks.len(),
        }
    }
}

impl Runner for Sends {
    fn run(&self, send: SendId, work: BoxFuture<'static, SendOutcome>) -> BoxFuture<'static, Option<bool>> {
        let (tell, told) = oneshot::channel();
        let under_way = UnderWay::new(&self.under_way, send);
        let (turns, log, wait) = (self.turns.clone(), self.log.clone(), self.wait);
        let metrics = self.metrics.clone();
        self.tasks.spawn(async move {
            let _under_way = under_way;
            // The semaphore is never closed; without a turn the work would still have to be done.
            let _turn = turns.acquire().await;
            let outcome = work.await;
            report(&log, &metrics, &outcome);
            // Nobody listens when the caller has stopped waiting.
            let _ = tell.send(outcome.accepted);
        });
        async move { tokio::time::timeout(wait, told).await.ok()?.ok() }.boxed()
    }

    fn under_way(&self) -> HashSet<SendId> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Tells of phone prefixes in the log and the metrics, once for each change.
pub struct Alarm {
    /// Where it is told.
    pub log: Logger,
    /// Where it is counted.
    pub metrics: Arc<Metrics>,
}

impl PrefixAlarm for Alarm {
    fn shifted(&self, shift: &Shift) {
        let Shift { prefix, purpose, from, to, sent, verified } = shift;
        self.metrics.prefix_shifted(from.as_str(), to.as_str());
        let log = self.log.new(o!(
            "prefix" => prefix.to_string(), "purpose" => purpose.as_str(), "sent" => *sent, "verified" => *verified
        ));
        match to {
            State::Open => info!(log, "a phone prefix is open again"; "was" => from.as_str()),
            State::Slowed => warn!(log, "a phone prefix is slowed: many codes are sent to it, or few are verified"),
            State::Stopped { until } => warn!(
                log, "a phone prefix is stopped: this looks like toll fraud; see `countersign prefix list`";
                "until" => until.to_rfc3339_opts(SecondsFormat::Millis, true)
            ),
        }
    }
}

/// Keeps a send in the set of those under way, until its task ends in whatever manner.
struct UnderWay {
    all: Arc<Mutex<HashSet<SendId>>>,
    send: SendId,
}

impl UnderWay {
    fn new(all: &Arc<Mutex<HashSet<SendId>>>, send: SendId) -> Self {
        all.lock().unwrap_or_else(PoisonError::into_inner).insert(send);
        Self { all: all.clone(), send }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.send);
    }
}

fn report(log: &Logger, metrics: &Metrics, outcome: &SendOutcome) {
    let log = log.new(o!(
        "flow" => outcome.flow.to_string(),
        "send" => outcome.send.to_string(),
        "request_id" => outcome.request_id.clone(),
    ));
    for (channel, attempt) in &outcome.tries {
        match attempt {
            Ok(()) => info!(log, "message accepted"; "channel" => channel.as_str()),
            Err(problem) => warn!(log, "message not accepted"; "channel" => channel.as_str(), "problem" => #problem),
        }
    }
    if outcome.tries.is_empty() {
        info!(log, "message not sent: its code has expired");
    }
    if let Some(problem) = &outcome.unsettled {
        metrics.send_unsettled();
        error!(log, "outcome of a send not recorded, it will be sent again"; "problem" => #problem);
    }
}

/// The loop of everything that recurs.
pub struct Recurring {
    /// What is called.
    pub service: Arc<Service>,
    /// Sends that were recorded by then are of an earlier run, or of a server that is no more.
    pub since: Timestamp,
    /// How long what is over is kept.
    pub retention: Retention,
    /// The pause between two rounds.
    pub pause: Duration,
    /// Where it is counted.
    pub metrics: Arc<Metrics>,
    /// Where it is told of.
    pub log: Logger,
}

impl Recurring {
    /// Repeats what the last run of the server left behind, then does a round after each pause until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let work = async {
            // All at once: it was under way at once when the last run ended. Later the codes may have expired.
            self.recover(self.since, usize::MAX).await;
            self.look_at_prefixes().await;
            // Apart: deletion may take long, and a send that was lost must not wait for it.
            let this = &self;
            let sends = this.rounds(this.pause.min(LOOK), || async move {
                this.recover(this.service.clock.now() - SEND_LOST_AFTER, BATCH).await;
                this.look_at_prefixes().await;
            });
            tokio::join!(
                sends,
                this.rounds(this.pause, || async move {
                    this.keep_days().await;
                    this.purge().await;
                })
            );
        };
        stop.run_until_cancelled(work).await;
    }

    /// Does `round` after each pause, for ever.
    async fn rounds<R: Future<Output = ()>>(&self, pause: Duration, round: impl Fn() -> R) {
        let mut rounds = tokio::time::interval(pause);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        rounds.tick().await;
        loop {
            rounds.tick().await;
            round().await;
        }
    }

    async fn recover(&self, before: Timestamp, limit: usize) {
        match self.service.recover(before, limit).await {
            Ok(Recovered { count, unreadable }) => {
                if count > 0 {
                    info!(self.log, "sends repeated that had no outcome"; "count" => count);
                }
                for problem in unreadable {
                    error!(self.log, "a send without an outcome cannot be repeated"; "problem" => #problem);
                }
            }
            Err(problem) => error!(self.log, "sends without an outcome not repeated"; "problem" => #problem),
        }
    }

    /// Counts the prefixes that are held back: time alone opens some of them, and operators do.
    async fn look_at_prefixes(&self) {
        match self.service.prefixes_held().await {
            Ok(PrefixesHeld { slowed, stopped, blocked }) => {
                for (state, count) in [("slowed", slowed), ("stopped", stopped), ("blocked", blocked)] {
                    self.metrics.prefixes(state, count);
                }
            }
            Err(problem) => error!(self.log, "phone prefixes not counted"; "problem" => #problem),
        }
    }

    async fn keep_days(&self) {
        match self.service.keep_days(&self.retention).await {
            Ok(0) => {}
            Ok(count) => info!(self.log, "days that are over dropped"; "tables" => count),
            Err(problem) => warn!(self.log, "days not kept, it is tried again at the next look"; "problem" => #problem),
        }
    }

    async fn purge(&self) {
        loop {
            let begun = Instant::now();
            match self.service.purge(&self.retention, BATCH).await {
                Ok(count) => {
                    self.metrics.purged(count);
                    debug!(self.log, "purged"; "rows" => count);
                    if count < BATCH {
                        return;
                    }
                    tokio::time::sleep(begun.elapsed() * REST).await;
                }
                Err(problem) => return error!(self.log, "not purged"; "problem" => #problem),
            }
        }
    }
}
