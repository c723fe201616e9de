#![doc = include_str!("../../packaging/siem.md")]

pub mod cef;
pub mod file;
mod forward;
mod losses;
pub mod options;
pub mod spool;
pub mod syslog;
mod writer;

pub use losses::Cause;

use crate::domain::ports::{Clock, Random};
use cef::ValidationEvent;
use file::LogFile;
use forward::Forwarder;
use losses::Losses;
use options::SiemOptions;
use slog::{Logger, o, warn};
use spool::Spool;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use writer::{Item, Writer};

/// Where an event goes: `arcsightActionCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToSiem {
    /// `1`.
    SiemAndFile,
    /// `0`, and what counts without an `arcsight` object.
    FileOnly,
    /// `2`.
    Nowhere,
}

/// Is told what happens to events.
pub trait SiemObserver: Send + Sync + 'static {
    /// Written to the SIEM; a repeat counts again.
    fn sent(&self, events: u64);
    /// Written to the spool, from where they go to the SIEM.
    fn spooled(&self, events: u64);
    /// Lost on one of the two ways.
    fn dropped(&self, cause: Cause, events: u64);
    /// The spool now: events not done with, and bytes on disk.
    fn spool(&self, events: u64, bytes: u64);
}

/// Why the feed cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log file.
    #[error("cannot open the SIEM log file {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The spool.
    #[error("cannot open the SIEM spool {directory}")]
    Spool {
        /// Which.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The feed, running. Dropped without [`Siem::shutdown`] it stops at once, as a crash does: what is in memory is lost.
pub struct Siem {
    queue: Option<mpsc::Sender<Item>>,
    losses: Arc<Losses>,
    spool: Option<Arc<Mutex<Spool>>>,
    stop: CancellationToken,
    kill: CancellationToken,
    tasks: TaskTracker,
}

impl Siem {
    /// Opens files and starts the tasks; needs a tokio runtime, and blocks for as long as it takes to read the spool. The SIEM
    /// need not be there. Without a file and a SIEM, events are discarded.
    pub fn start(
        options: SiemOptions,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        observer: Arc<dyn SiemObserver>,
        log: &Logger,
    ) -> Result<Self, StartError> {
        let log = log.new(o!("part" => "siem"));
        let losses = Arc::new(Losses::new(observer.clone(), log.clone()));
        let (stop, kill, tasks) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
        let SiemOptions { header, file, forward, queue_max } = options;
        if file.is_none() && forward.is_none() {
            return Ok(Self { queue: None, losses, spool: None, stop, kill, tasks });
        }
        let file = file.map(|options| {
            let path = options.path.clone();
            LogFile::open(options).map_err(|source| StartError::File { path, source })
        });
        let file = file.transpose()?.map(|file| Arc::new(Mutex::new(file)));
        let (more, last) = (Arc::new(Notify::new()), CancellationToken::new());
        let mut writer = Writer {
            header,
            file,
            spool: None,
            message_max: 0,
            sync_every: writer::SYNC_EVERY,
            clock,
            more: more.clone(),
            stop: stop.clone(),
            last: last.clone(),
            observer: observer.clone(),
            losses: losses.clone(),
            log: log.clone(),
        };
        if let Some(forward) = forward {
            let (directory, sync_every) = (forward.spool.directory.clone(), forward.spool.sync_every);
            let opened = Spool::open(forward.spool).map_err(|source| StartError::Spool { directory, source });
            let (spool, damaged) = opened?;
            if damaged > 0 {
                warn!(log, "the spool has damaged parts, which are skipped"; "bytes" => damaged);
            }
            observer.spool(spool.pending(), spool.bytes());
            let spool = Arc::new(Mutex::new(spool));
            (writer.spool, writer.message_max) = (Some(spool.clone()), forward.message_max);
            writer.sync_every = sync_every;
            let to = forward.transport.address().to_string();
            let log = log.new(o!("siem" => to, "transport" => forward.transport.name()));
            let forwarder = Forwarder {
                transport: forward.transport,
                settle: forward.settle,
                backoff: forward.backoff,
                spool,
                more,
                last,
                random,
                observer,
                losses: losses.clone(),
                log,
            };
            tasks.spawn(kill.clone().run_until_cancelled_owned(forwarder.run()));
        }
        let (queue, items) = mpsc::channel(queue_max);
        let spool = writer.spool.clone();
        tasks.spawn(kill.clone().run_until_cancelled_owned(writer.run(items)));
        Ok(Self { queue: Some(queue), losses, spool, stop, kill, tasks })
    }

    /// Takes an event. Never waits and never fails; what cannot be taken is counted.
    pub fn send(&self, event: ValidationEvent, to: ToSiem) {
        let Some(queue) = &self.queue else { return };
        let to_siem = match to {
            ToSiem::SiemAndFile => true,
            ToSiem::FileOnly => false,
            ToSiem::Nowhere => return,
        };
        if queue.try_send(Item { event: Box::new(event), to_siem }).is_err() {
            self.losses.add(Cause::QueueFull, 1);
        }
    }

    /// Writes what is in memory to disk, sends what is on disk, and stops; all of that at most for `grace`. Returns how many
    /// events are left in the spool: the next start sends them.
    pub async fn shutdown(&self, grace: Duration) -> u64 {
        self.stop.cancel();
        self.tasks.close();
        let in_time = tokio::time::timeout(grace, self.tasks.wait()).await.is_ok();
        if !in_time {
            self.kill.cancel();
            self.tasks.wait().await;
        }
        self.losses.tell(true);
        match &self.spool {
            Some(spool) => on_disk(spool, |spool| spool.pending()).await,
            None => 0,
        }
    }
}

impl Drop for Siem {
    fn drop(&mut self) {
        self.kill.cancel();
    }
}

/// Works on something that blocks, where that harms nobody.
async fn on_disk<D: Send + 'static, T: Send + 'static>(
    disk: &Arc<Mutex<D>>,
    work: impl FnOnce(&mut D) -> T + Send + 'static,
) -> T {
    let disk = disk.clone();
    let done = tokio::task::spawn_blocking(move || work(&mut disk.lock().unwrap_or_else(PoisonError::into_inner)));
    match done.await {
        Ok(value) => value,
        Err(problem) if problem.is_panic() => std::panic::resume_unwind(problem.into_panic()),
        // The runtime is going away, and this task with it.
        Err(_) => std::future::pending().await,
    }
}
