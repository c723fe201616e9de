//! What the server does for its audit trail: it tells of its starts and has checkpoints made.

use super::StartError;
use super::settings::audit::CheckpointOptions;
use crate::config::Config;
use crate::domain::audit::checkpoint::Running;
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyRing;
use crate::domain::ports::{Clock, TrailKeeper};
use crate::worker::checkpoints::{Checkpoints, Ship};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use slog::{Logger, o};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Writes the entries of this start.
pub(super) async fn tell_of_start(
    store: &dyn TrailKeeper,
    config: &Config,
    keys: &KeyRing,
    at: Timestamp,
) -> Result<(), StartError> {
    let ids: Vec<_> = keys.iter().map(|key| key.id().as_str()).collect();
    let running = Running {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: HEXLOWER.encode(digest(&SHA256, config.effective().as_bytes()).as_ref()),
        keys: ids.join(" "),
    };
    store.record_start(at, running).await.map_err(|problem| StartError::Store(problem.into()))
}

/// The loop that makes checkpoints, if they are wanted.
pub(super) fn checkpoints(
    options: Option<CheckpointOptions>,
    store: Arc<dyn TrailKeeper>,
    clock: Arc<dyn Clock>,
    log: &Logger,
) -> Option<Checkpoints> {
    options.map(|CheckpointOptions { key, file, pause }| Checkpoints {
        store,
        clock,
        key,
        ship: append_to(file),
        pause,
        log: log.new(o!("part" => "checkpoints")),
    })
}

fn append_to(file: PathBuf) -> Ship {
    let named = |file: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    Arc::new(move |line| append(&file, line).map_err(|error| named(&file, error)))
}

/// One write, so that no reader sees half a line; then it is on the disk.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_all()
}
