//! The task that takes events from memory to disk: to the log file, and to the spool for the SIEM.
//!
//! While the disk is busy with a batch the next one gathers, so that a slow disk means larger batches. Disks are synced every
//! so often and not for each event: the answer to a validation does not depend on it, and the store's own commits come first.

use super::cef::ValidationEvent;
use super::file::LogFile;
use super::losses::{Cause, Losses, TELL_EVERY};
use super::spool::Spool;
use super::syslog::Header;
use super::{SiemObserver, on_disk};
use crate::domain::ports::Clock;
use slog::{Logger, error};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long the log file may be in the kernel's cache only, where there is no spool to say so.
pub(super) const SYNC_EVERY: Duration = Duration::from_secs(1);
/// Events on their way to disk together.
const BATCH: usize = 64;
/// A line in the log file: longer than any event whose values keep to the lengths of the format's keys is likely to be.
const LINE_MAX: usize = 16 * 1024;

pub(super) struct Item {
    pub(super) event: Box<ValidationEvent>,
    pub(super) to_siem: bool,
}

pub(super) struct Writer {
    pub(super) header: Header,
    pub(super) file: Option<Arc<Mutex<LogFile>>>,
    pub(super) spool: Option<Arc<Mutex<Spool>>>,
    pub(super) message_max: usize,
    pub(super) sync_every: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) more: Arc<Notify>,
    /// Take what is there and end.
    pub(super) stop: CancellationToken,
    /// Said to the forwarder: nothing more comes.
    pub(super) last: CancellationToken,
    pub(super) observer: Arc<dyn SiemObserver>,
    pub(super) losses: Arc<Losses>,
    pub(super) log: Logger,
}

impl Writer {
    pub(super) async fn run(self, mut items: mpsc::Receiver<Item>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut sync_at: Option<Instant> = None;
        let mut rounds = interval(TELL_EVERY);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = sync_at;
            tokio::select! {
                biased;
                () = self.stop.cancelled(), if !items.is_closed() => items.close(),
                () = async { sleep_until(due.unwrap_or_else(Instant::now)).await }, if due.is_some() => {
                    self.sync().await;
                    sync_at = None;
                }
                _ = rounds.tick() => self.expire().await,
                count = items.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    self.write(std::mem::take(&mut batch)).await;
                    sync_at.get_or_insert_with(|| Instant::now() + self.sync_every);
                }
            }
        }
        self.sync().await;
        self.last.cancel();
    }

    async fn write(&self, batch: Vec<Item>) {
        let to_siem = self.spool.as_ref().map(|_| {
            let message = |item: &Item| self.header.message(&item.event, self.message_max).into_bytes();
            batch.iter().filter(|item| item.to_siem).map(message).collect::<Vec<_>>()
        });
        if let Some(file) = &self.file {
            let events = batch.len() as u64;
            let mut lines = String::new();
            for item in &batch {
                lines.push_str(&item.event.line(LINE_MAX));
                lines.push('\n');
            }
            if let Err(problem) = on_disk(file, move |file| file.append(lines.as_bytes())).await {
                self.lost(Cause::LogFile, events, &problem);
            }
        }
        if let (Some(spool), Some(messages)) = (&self.spool, to_siem)
            && !messages.is_empty()
        {
            let (events, now) = (messages.len() as u64, self.clock.now());
            let appended = on_disk(spool, move |spool| {
                spool.append(now, &messages).map(|dropped| (dropped, spool.pending(), spool.bytes()))
            });
            match appended.await {
                Ok((dropped, waiting, bytes)) => {
                    self.losses.add(Cause::SpoolFull, dropped);
                    self.observer.spooled(events);
                    self.observer.spool(waiting, bytes);
                    self.more.notify_one();
                }
                Err(problem) => self.lost(Cause::Disk, events, &problem),
            }
        }
    }

    async fn sync(&self) {
        let mut results = Vec::new();
        if let Some(file) = &self.file {
            // The handle is had under the lock, the disk is waited for without it.
            results.push((Cause::LogFile, on_disk(file, |file| file.handle().map(|handle| vec![handle])).await));
        }
        if let Some(spool) = &self.spool {
            results.push((Cause::Disk, on_disk(spool, Spool::unsynced).await));
        }
        for (cause, files) in results {
            let synced = match files {
                Ok(files) => {
                    let all = Arc::new(Mutex::new(files));
                    on_disk(&all, |files| files.iter().try_for_each(std::fs::File::sync_all)).await
                }
                Err(problem) => Err(problem),
            };
            if let Err(problem) = synced {
                self.lost(cause, 0, &problem);
            }
        }
    }

    async fn expire(&self) {
        self.losses.tell(false);
        if let Some(spool) = &self.spool {
            let now = self.clock.now();
            let expired = on_disk(spool, move |spool| (spool.expire(now), spool.pending(), spool.bytes()));
            let (dropped, waiting, bytes) = expired.await;
            self.losses.add(Cause::TooOld, dropped);
            self.observer.spool(waiting, bytes);
        }
    }

    /// The system's word with each failure of a disk; how many events it cost is told in sum.
    fn lost(&self, cause: Cause, events: u64, problem: &io::Error) {
        error!(self.log, "a disk does not take events"; "for" => cause.as_str(), "problem" => %problem);
        self.losses.add(cause, events);
    }
}
