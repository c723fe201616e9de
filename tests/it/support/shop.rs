//! The data of one test, opened and opened again.

use super::domain::{Maker, Seeded};
use super::postgres::{Cluster, Database};
use super::rows::Rows;
use countersign::domain::flow::{Rules, Timestamp};
use countersign::domain::keys::KeyRing;
use countersign::store::{Location, OpenError, Options, Store};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A directory with a data file in it, or a database on a server.
pub(crate) struct Shop {
    place: Place,
    opened: AtomicU64,
}

enum Place {
    File(tempfile::TempDir),
    Server(Database<'static>),
}

impl Shop {
    /// On the engine that `COUNTERSIGN_TESTS_STORE` names; a file, unless it is `postgres`.
    pub(crate) fn new() -> Self {
        Database::wanted().map_or_else(Self::in_a_file, Self::on)
    }

    /// For tests that are about the file.
    pub(crate) fn in_a_file() -> Self {
        Self { place: Place::File(tempfile::tempdir().unwrap()), opened: AtomicU64::new(0) }
    }

    /// On the database server of all tests, if there is one.
    pub(crate) fn on_a_server() -> Option<Self> {
        Some(Self::on(Cluster::shared()?.database()))
    }

    fn on(database: Database<'static>) -> Self {
        Self { place: Place::Server(database), opened: AtomicU64::new(0) }
    }

    /// Of the data file.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.place {
            Place::File(dir) => dir.path().join("countersign.db"),
            Place::Server(_) => panic!("this test is about a file"),
        }
    }

    /// A back-up, made as the documents say while the store is used, and put in a place of its own.
    pub(crate) fn restored(&self) -> Self {
        let opened = AtomicU64::new(1000);
        match &self.place {
            Place::File(_) => {
                let copy = tempfile::tempdir().unwrap();
                let file = copy.path().join("countersign.db");
                let source = rusqlite::Connection::open(self.path()).unwrap();
                source.execute("vacuum into ?", [file.to_str().unwrap()]).unwrap();
                Self { place: Place::File(copy), opened }
            }
            Place::Server(database) => {
                let place = Place::Server(Cluster::shared().unwrap().restored(database));
                Self { place, opened }
            }
        }
    }

    /// Where the data is.
    pub(crate) fn location(&self) -> Location {
        match &self.place {
            Place::File(_) => self.path().into(),
            Place::Server(database) => database.location(),
        }
    }

    pub(crate) fn open(&self, rules: &Rules, now: Timestamp) -> Result<Store, OpenError> {
        self.open_with(&rules.keys, now)
    }

    pub(crate) fn open_with(&self, keys: &KeyRing, now: Timestamp) -> Result<Store, OpenError> {
        // Every opening has randomness of its own: nonces must not repeat over restarts.
        let random: Arc<Seeded> = Seeded::new(1000 + self.opened.fetch_add(1, Ordering::Relaxed));
        Store::open(&Options::new(self.location()), keys, random, now)
    }

    pub(crate) fn open_for(&self, maker: &Maker) -> Store {
        self.open(&maker.rules, maker.now).unwrap()
    }

    /// The rows, for whoever looks at them or tampers with them.
    pub(crate) fn rows(&self) -> Rows {
        Rows::at(&self.location())
    }

    /// Everything on disk: the data file, its log, whatever lies beside them. Of a server, what stands in the rows.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Place::File(dir) = &self.place else { return self.rows().bytes() };
        let files = std::fs::read_dir(dir).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

pub(crate) fn open_at(
    place: impl Into<Location>,
    rules: &Rules,
    now: Timestamp,
    seed: u64,
) -> Result<Store, OpenError> {
    let random: Arc<Seeded> = Seeded::new(seed);
    Store::open(&Options::new(place), &rules.keys, random, now)
}
