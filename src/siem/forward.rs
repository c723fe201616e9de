//! The task that empties the spool into the SIEM.
//!
//! ```text
//!            +--------- broken: wait, longer each time ----------+
//!            v                                                   |
//! start -> connect -> rewind to the cursor -> read, write, read, write ... -> all read and stopping: finish
//!                                               `-> written `settle` ago, and the connection stands: move the cursor
//! ```
//!
//! A record is done with when it was written, and the connection lived on for `settle`: long enough that the peer's kernel
//! has confirmed it, or the connection would have broken. So what a dying SIEM has not confirmed is sent again to the next.
//! The wait is reset by a record that has settled, not by a connection: a peer that accepts and hangs up is not hammered.

use super::losses::{Cause, Losses};
use super::spool::Spool;
use super::syslog::{Connection, Transport};
use super::{SiemObserver, on_disk};
use crate::domain::ports::Random;
use slog::{Logger, info, trace, warn};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// How often the cursor is written while events keep coming.
const CONFIRM_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Forwarder {
    pub(super) transport: Transport,
    pub(super) settle: Duration,
    pub(super) backoff: [Duration; 2],
    pub(super) spool: Arc<Mutex<Spool>>,
    /// There may be something new.
    pub(super) more: Arc<Notify>,
    /// Nothing new will come.
    pub(super) last: CancellationToken,
    pub(super) random: Arc<dyn Random>,
    pub(super) observer: Arc<dyn SiemObserver>,
    pub(super) losses: Arc<Losses>,
    pub(super) log: Logger,
}

impl Forwarder {
    pub(super) async fn run(self) {
        let mut wait = Backoff::new(self.backoff);
        loop {
            // Whoever stops while the SIEM is down does not wait for it: one try, and the rest stays in the spool.
            let last_try = self.last.is_cancelled();
            let done = match Connection::open(&self.transport).await {
                Ok(connection) => {
                    info!(self.log, "connected to the SIEM");
                    self.session(connection, &mut wait).await
                }
                Err(problem) => Err(problem),
            };
            let Err(problem) = done else { return };
            let pause = wait.next(&*self.random);
            let waiting = on_disk(&self.spool, |spool| spool.pending()).await;
            warn!(self.log, "the SIEM is out of reach, events are kept on disk";
                "problem" => %problem, "waiting" => waiting, "next_try_secs" => pause.as_secs_f64());
            if last_try {
                return;
            }
            tokio::select! {
                () = sleep(pause) => (),
                () = self.last.cancelled() => (),
            }
        }
    }

    async fn session(&self, mut connection: Connection, wait: &mut Backoff) -> io::Result<()> {
        let mut sent = Sent::default();
        on_disk(&self.spool, Spool::rewind).await;
        loop {
            let batch = on_disk(&self.spool, Spool::read).await;
            self.losses.add(Cause::Damaged, batch.damaged);
            if let Some(newest) = batch.records.last() {
                let begun = Instant::now();
                let written = connection.send(&batch.records).await;
                trace!(self.log, "events written to the SIEM"; "events" => batch.records.len(), "done" => written.is_ok(),
                    "duration_us" => u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
                written?;
                self.observer.sent(batch.records.len() as u64);
                sent.push(newest.seq + 1);
            } else if self.last.is_cancelled() {
                if connection.finish().await {
                    self.confirm(sent.all()).await;
                }
                return Ok(());
            } else {
                tokio::select! {
                    biased;
                    problem = connection.closed() => return Err(problem),
                    () = sleep_until(sent.due(self.settle)), if !sent.0.is_empty() => (),
                    () = self.more.notified() => (),
                    () = self.last.cancelled() => (),
                }
            }
            if let Some(end) = sent.settled(self.settle) {
                self.confirm(Some(end)).await;
                wait.reset();
            }
        }
    }

    async fn confirm(&self, end: Option<u64>) {
        let Some(end) = end else { return };
        let (done, waiting, bytes) = on_disk(&self.spool, move |spool| {
            let done = spool.confirm(end);
            (done, spool.pending(), spool.bytes())
        })
        .await;
        if let Err(problem) = done {
            warn!(self.log, "the spool's cursor or an old segment stays: events may be sent twice"; "problem" => %problem);
        }
        self.observer.spool(waiting, bytes);
    }
}

/// When records were written, and how far.
#[derive(Default)]
struct Sent(VecDeque<(Instant, u64)>, Option<Instant>);

impl Sent {
    fn push(&mut self, end: u64) {
        self.0.push_back((Instant::now(), end));
    }

    fn due(&self, settle: Duration) -> Instant {
        let first = self.0.front().map_or_else(Instant::now, |(at, _)| *at + settle);
        self.1.map_or(first, |last| first.max(last + CONFIRM_EVERY.min(settle)))
    }

    fn settled(&mut self, settle: Duration) -> Option<u64> {
        let now = Instant::now();
        if self.0.is_empty() || now < self.due(settle) {
            return None;
        }
        self.1 = Some(now);
        let mut end = None;
        while let Some((_, seq)) = self.0.front().filter(|(at, _)| *at + settle <= now) {
            end = Some(*seq);
            self.0.pop_front();
        }
        end
    }

    fn all(&self) -> Option<u64> {
        self.0.back().map(|(_, end)| *end)
    }
}

/// Waits that double up to a bound; each is between half of its length and all of it, so that many servers that lost one
/// SIEM do not come back at once.
struct Backoff {
    bounds: [Duration; 2],
    next: Duration,
}

impl Backoff {
    fn new(bounds: [Duration; 2]) -> Self {
        Self { bounds, next: bounds[0] }
    }

    fn reset(&mut self) {
        self.next = self.bounds[0];
    }

    fn next(&mut self, random: &dyn Random) -> Duration {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let part = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        let wait = self.next.mul_f64(0.5 + part / 2.0);
        self.next = (self.next * 2).min(self.bounds[1]);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);

    impl Random for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn waits_double_up_to_their_bound_and_begin_again() {
        let mut wait = Backoff::new([Duration::from_secs(1), Duration::from_secs(5)]);
        let mut secs = |random| wait.next(&Always(random)).as_secs_f64();
        assert_eq!([secs(255), secs(255), secs(255), secs(255), secs(0)], [1.0, 2.0, 4.0, 5.0, 2.5]);
        wait.reset();
        assert_eq!(wait.next(&Always(0)), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_written_long_enough_ago_has_settled() {
        let settle = Duration::from_secs(15);
        let mut sent = Sent::default();
        assert_eq!((sent.settled(settle), sent.all()), (None, None));
        sent.push(3);
        tokio::time::advance(Duration::from_secs(10)).await;
        sent.push(7);
        assert_eq!((sent.settled(settle), sent.all()), (None, Some(7)));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!((sent.settled(settle), sent.all()), (Some(3), Some(7)));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(sent.settled(settle), Some(7));
    }
}
