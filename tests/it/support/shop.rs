//! The data of one test, opened and opened again.

use super::domain::{Maker, Seeded};
use super::postgres::{Cluster, Database};
use countersign::domain::flow::{Rules, Timestamp};
use countersign::domain::keys::KeyRing;
use countersign::store::{Address, Location, OpenError, Options, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_rustls::rustls::RootCertStore;

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
        match std::env::var("COUNTERSIGN_TESTS_STORE") {
            Ok(engine) if engine == "postgres" => Self::on_a_server().expect("PostgreSQL can be installed"),
            _ => Self::in_a_file(),
        }
    }

    /// For tests that are about the file.
    pub(crate) fn in_a_file() -> Self {
        Self { place: Place::File(tempfile::tempdir().unwrap()), opened: AtomicU64::new(0) }
    }

    /// On the database server of all tests, if there is one.
    pub(crate) fn on_a_server() -> Option<Self> {
        let place = Place::Server(Cluster::shared()?.database());
        Some(Self { place, opened: AtomicU64::new(0) })
    }

    /// Of the data file.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir().join("countersign.db")
    }

    fn dir(&self) -> &Path {
        match &self.place {
            Place::File(dir) => dir.path(),
            Place::Server(_) => panic!("this test is about a file"),
        }
    }

    /// Does by hand what no server does, on a database server.
    pub(crate) fn tamper(&self, sql: &str) {
        let Place::Server(database) = &self.place else { panic!("a file is opened by whoever wants to change it") };
        Cluster::shared().unwrap().psql(database.name(), sql);
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
            Place::Server(database) => {
                Location::Server(Address::parse(&database.url(), None, RootCertStore::empty()).unwrap())
            }
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

    /// Everything on disk: the data file, its log, whatever lies beside them; or everything in the database.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        if let Place::Server(database) = &self.place {
            return Cluster::shared().unwrap().values(database);
        }
        let files = std::fs::read_dir(self.dir()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

pub(crate) fn open_at(path: &Path, rules: &Rules, now: Timestamp, seed: u64) -> Result<Store, OpenError> {
    let random: Arc<Seeded> = Seeded::new(seed);
    Store::open(&Options::new(path), &rules.keys, random, now)
}
