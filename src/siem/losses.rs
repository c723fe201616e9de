//! Events that are lost: counted at once, told in the log at most every so often, so that a loss does not flood the log.

use super::SiemObserver;
use slog::{Logger, error};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often the log tells of losses.
pub(super) const TELL_EVERY: Duration = Duration::from_secs(10);

/// Why an event did not get where it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Events came faster than the disk takes them, or after the stop; neither the SIEM nor the log file has it.
    QueueFull,
    /// The log file could not be written; the SIEM may have it.
    LogFile,
    /// The spool could not be written; the log file may have it.
    Disk,
    /// The spool was full, the oldest events went.
    SpoolFull,
    /// The SIEM was down longer than events are kept.
    TooOld,
    /// The spool's files were damaged.
    Damaged,
}

impl Cause {
    const ALL: [Self; 6] = [Self::QueueFull, Self::LogFile, Self::Disk, Self::SpoolFull, Self::TooOld, Self::Damaged];

    /// For metrics and log lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::LogFile => "log_file",
            Self::Disk => "disk",
            Self::SpoolFull => "spool_full",
            Self::TooOld => "too_old",
            Self::Damaged => "damaged",
        }
    }
}

pub(super) struct Losses {
    untold: [AtomicU64; Cause::ALL.len()],
    told: Mutex<Option<Instant>>,
    observer: Arc<dyn SiemObserver>,
    log: Logger,
}

impl Losses {
    pub(super) fn new(observer: Arc<dyn SiemObserver>, log: Logger) -> Self {
        Self { untold: Default::default(), told: Mutex::new(None), observer, log }
    }

    pub(super) fn add(&self, cause: Cause, events: u64) {
        if events == 0 {
            return;
        }
        self.observer.dropped(cause, events);
        self.untold[cause as usize].fetch_add(events, Ordering::Relaxed);
        self.tell(false);
    }

    /// Logs what is untold, if it is time to or `now` is set.
    pub(super) fn tell(&self, now: bool) {
        // A std mutex: held for a comparison, never across an await.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !now && told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return;
        }
        for cause in Cause::ALL {
            let events = self.untold[cause as usize].swap(0, Ordering::Relaxed);
            if events > 0 {
                *told = Some(Instant::now());
                error!(self.log, "events for the SIEM are lost"; "cause" => cause.as_str(), "events" => events);
            }
        }
    }
}
