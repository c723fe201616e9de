//! A data file of one test, opened and opened again.

use super::domain::{Maker, Seeded};
use countersign::domain::flow::{Rules, Timestamp};
use countersign::domain::keys::KeyRing;
use countersign::store::sqlite::{OpenError, Options, SqliteStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A directory with a data file in it.
pub(crate) struct Shop {
    dir: tempfile::TempDir,
    opened: AtomicU64,
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), opened: AtomicU64::new(0) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("countersign.db")
    }

    pub(crate) fn open(&self, rules: &Rules, now: Timestamp) -> Result<SqliteStore, OpenError> {
        self.open_with(&rules.keys, now)
    }

    pub(crate) fn open_with(&self, keys: &KeyRing, now: Timestamp) -> Result<SqliteStore, OpenError> {
        // Every opening has randomness of its own: nonces must not repeat over restarts.
        let random: Arc<Seeded> = Seeded::new(1000 + self.opened.fetch_add(1, Ordering::Relaxed));
        SqliteStore::open(&Options::new(self.path()), keys, random, now)
    }

    pub(crate) fn open_for(&self, maker: &Maker) -> SqliteStore {
        self.open(&maker.rules, maker.now).unwrap()
    }

    /// Everything on disk: the data file, its log, whatever lies beside them.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.dir.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

pub(crate) fn open_at(path: &Path, rules: &Rules, now: Timestamp, seed: u64) -> Result<SqliteStore, OpenError> {
    let random: Arc<Seeded> = Seeded::new(seed);
    SqliteStore::open(&Options::new(path), &rules.keys, random, now)
}
