//! The audit trail: whether it is whole, and taking away what is old.

use super::{OfflineError, key_ring, location, open};
use crate::config::Config;
use crate::domain::audit::chain::{ChainId, Hash, Position};
use crate::domain::audit::checkpoint::{Checkpoint, PublicKey};
use crate::domain::audit::verify::Break;
use crate::domain::flow::Timestamp;
use crate::domain::operator::{Actor, Order};
use crate::domain::ports::Random;
use crate::server::settings::audit::{public_key, signing_key};
use crate::store::{self, AuditChecked, AuditProofs, Location, OpenError, PruneRefusal, check_audit};
use chrono::{DateTime, Utc};
use data_encoding::{BASE64, HEXLOWER};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The longest line of a file of checkpoints, in bytes.
const LINE_MAX: u64 = 4096;

/// Why a trail was not verified, or is broken.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The data file cannot be used.
    #[error(transparent)]
    Offline(#[from] OfflineError<Infallible>),
    /// The data file cannot be looked at.
    #[error("cannot look at the data file")]
    Open(#[from] OpenError),
    /// The trail is not what was written.
    #[error("the audit trail is broken: {0}")]
    Broken(Break),
    /// The file of checkpoints cannot be read.
    #[error("cannot read {}", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// A checkpoint is not genuine, or of another trail.
    #[error("{}, line {line}: {problem}", file.display())]
    Checkpoint {
        /// The file.
        file: PathBuf,
        /// The line, the first is 1.
        line: u64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A file of checkpoints has none: nothing would be compared.
    #[error("{} has no checkpoint: nothing was compared", .0.display())]
    NoCheckpoint(PathBuf),
    /// All of the trail would go.
    #[error("--before lies in the future: all of the trail would go")]
    Future,
    /// No public key, or no private one to sign with.
    #[error("{0}")]
    Key(String),
    /// Entries were pruned before, and that was not signed with the key of the configuration.
    #[error(
        "the entries up to {0} were pruned before, and their anchor is not signed with the [audit] checkpoint_key_file of this \
         configuration, or it is and there is none now: see whether that pruning is one of yours (while the server runs, \
         `countersign audit list --action audit_prune`); if so, give --trust-anchor"
    )]
    Anchor(u64),
}

/// What to look at.
pub enum Trail<'a> {
    /// The data file of a configuration, with its server keys.
    Configured(&'a Config),
    /// A data file alone: what the server's keys say of it cannot be checked.
    File(&'a Path),
}

/// What was signed, and the public keys that say whether it is genuine.
pub struct Signed<'a> {
    /// The keys, in PEM: anchors have to be signed with one of them, and checkpoints.
    pub public_keys: &'a [PathBuf],
    /// A file with a checkpoint on each line.
    pub checkpoints: Option<&'a Path>,
}

/// What was found: the trail is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries were looked at.
    pub entries: u64,
    /// The number of the last one.
    pub last: u64,
    /// Whether the server's keys were there to say where it ends.
    pub sealed: bool,
    /// How many checkpoints it fits.
    pub checkpoints: u64,
}

/// Looks at every entry of a trail; a server may run meanwhile. `progress` hears how many have been looked at.
pub fn verify(
    trail: &Trail<'_>,
    signed: Option<&Signed<'_>>,
    random: Arc<dyn Random>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, TrailError> {
    let (location, keys) = match trail {
        Trail::Configured(config) => {
            let location = location(config).map_err(OfflineError::Config)?;
            (location, Some(key_ring(config).map_err(OfflineError::Config)?))
        }
        Trail::File(path) => (Location::from(*path), None),
    };
    let keys_of = |signed: &Signed<'_>| signed.public_keys.iter().map(|path| public_key(path)).collect();
    let public: Vec<_> = signed.map(keys_of).transpose().map_err(TrailError::Key)?.unwrap_or_default();
    let file = signed.and_then(|signed| signed.checkpoints);
    let shipped = file.map(|file| read_shipped(file, &public)).transpose()?.unwrap_or_default();
    if let Some(file) = file.filter(|_| shipped.is_empty()) {
        return Err(TrailError::NoCheckpoint(file.to_owned()));
    }
    let checkpoints = shipped.iter().map(|(sequence, place)| (*sequence, place.hash)).collect();
    let proofs = AuditProofs { checkpoints, keys: public };
    let AuditChecked { entries, sealed, chain, found } =
        check_audit(location, keys.as_ref(), random, &proofs, progress)?;
    if let (Some(file), Some(stranger)) = (file, shipped.values().find(|place| place.chain != chain)) {
        let problem = "is of another trail: this data file is not the one that it was made for";
        return Err(TrailError::Checkpoint { file: file.to_owned(), line: stranger.line, problem });
    }
    let last = found.map_err(TrailError::Broken)?.sequence;
    Ok(Verified { entries, last, sealed, checkpoints: shipped.len() as u64 })
}

/// What to take away, and how.
pub struct Pruning<'a> {
    /// The first entry that is not older stays, and all after it.
    pub before: DateTime<Utc>,
    /// Who wants it.
    pub by: &'a str,
    /// Whether to go on from an anchor that was not signed with the key of the configuration.
    pub trust_anchor: bool,
}

/// What was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// How many entries.
    pub entries: u64,
    /// The number of the last of them.
    pub through: u64,
    /// Whether the anchor is signed: the configuration has a key for checkpoints.
    pub signed: bool,
}

/// Takes away old entries; `None` if none is that old. A broken trail is left as it is.
pub fn prune(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    pruning: &Pruning<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Option<Pruned>, TrailError> {
    let Pruning { before, by, trust_anchor } = *pruning;
    if before > now {
        return Err(TrailError::Future);
    }
    let order = Order::offline(Actor::parse(by).map_err(OfflineError::Who)?, now);
    let signer = config.audit.checkpoint_key_file.as_deref().map(signing_key).transpose();
    let signer = signer.map_err(|problem| TrailError::Key(format!("[audit] checkpoint_key_file: {problem}")))?;
    let store = open::<Infallible>(config, random, now)?;
    let signed = signer.is_some();
    let pruning = store::Pruning { before, order: &order, signer: signer.as_ref(), trust_anchor };
    let pruned = store.prune_audit(&pruning, progress)?.map_err(|refusal| match refusal {
        PruneRefusal::Broken(broken) => TrailError::Broken(broken),
        PruneRefusal::UntrustedAnchor(through) => TrailError::Anchor(through),
    })?;
    Ok(pruned.map(|pruned| Pruned { entries: pruned.entries, through: pruned.through.sequence, signed }))
}

/// A line of a file of checkpoints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    chain: String,
    sequence: u64,
    hash: String,
    at: DateTime<Utc>,
    signature: String,
}

/// What a genuine checkpoint says.
struct Place {
    line: u64,
    chain: ChainId,
    hash: Hash,
}

fn read_shipped(file: &Path, keys: &[PublicKey]) -> Result<BTreeMap<u64, Place>, TrailError> {
    let io = |source| TrailError::File(file.to_owned(), source);
    let mut reader = BufReader::new(File::open(file).map_err(io)?);
    let (mut found, mut line) = (BTreeMap::new(), 0);
    loop {
        let mut text = Vec::new();
        reader.by_ref().take(LINE_MAX).read_until(b'\n', &mut text).map_err(io)?;
        if text.is_empty() {
            return Ok(found);
        }
        line += 1;
        let problem = |problem| TrailError::Checkpoint { file: file.to_owned(), line, problem };
        if text.trim_ascii().is_empty() {
            continue;
        }
        let cut_off = |complaint| if text.ends_with(b"\n") { complaint } else { "is no checkpoint, or is cut off" };
        let checkpoint = read_line(&text, keys).map_err(|complaint| problem(cut_off(complaint)))?;
        let Position { chain, sequence, hash } = checkpoint.place;
        // Of two for one entry, the later one would hide what the first says.
        if found.get(&sequence).is_some_and(|before: &Place| before.hash != hash || before.chain != chain) {
            return Err(problem("contradicts one before it: both were signed, for different trails"));
        }
        found.insert(sequence, Place { line, chain, hash });
    }
}

fn read_line(text: &[u8], keys: &[PublicKey]) -> Result<Checkpoint, &'static str> {
    let line: Line = serde_json::from_slice(text).map_err(|_| "is no checkpoint")?;
    let bytes = |text: &str| HEXLOWER.decode(text.as_bytes()).map_err(|_| "is no checkpoint");
    let chain = bytes(&line.chain)?.try_into().map_err(|_| "is no checkpoint")?;
    let hash = bytes(&line.hash)?.try_into().map_err(|_| "is no checkpoint")?;
    let signature = BASE64.decode(line.signature.as_bytes()).map_err(|_| "is no checkpoint")?;
    let place = Position { chain: ChainId::from_bytes(chain), sequence: line.sequence, hash: Hash::from_bytes(hash) };
    let checkpoint = Checkpoint { place, at: line.at };
    let statement = checkpoint.statement();
    let signed = keys.iter().any(|key| key.verifies(&statement, &signature));
    if signed { Ok(checkpoint) } else { Err("has no signature that fits a given public key") }
}
