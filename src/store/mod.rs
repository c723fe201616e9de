//! What outlives the process: SQL and sealed columns. Every port method is one atomic step.
//!
//! ```text
//! ports -> flow, transaction, token, ...   the steps, written once for both engines
//!       -> writer, reader                  one thread that writes, groups of steps; a few connections that read
//!       -> sql                             statements, values, rows: rusqlite or tokio-postgres
//!       -> sqlite | postgres               what only one engine has
//! ```
//!
//! With SQLite, a file belongs to one process (write-ahead log, `synchronous=FULL`). With PostgreSQL, several servers share a
//! database, and the transactions that write take turns. Either way what was answered survives a power cut, and no two
//! steps ever interleave.

mod audit;
mod client;
mod copy;
mod customer;
mod delivery;
mod engine;
mod erasure;
mod flow;
mod import;
mod limit;
mod open;
mod operator;
mod outbox;
mod postgres;
mod prefix;
mod reader;
mod repeat;
mod retention;
mod rotation;
mod row;
pub mod seal;
mod secret;
mod session;
mod sql;
mod sqlite;
mod step;
mod token;
mod transaction;
mod writer;
mod writing;

use crate::domain::customer::{Customer, CustomerId};
use crate::domain::flow::{
    self as domain_flow, Action, Command, Decision, Dispatch, Loaded, SendRequest, Timestamp, VerifyRequest,
};
use crate::domain::keys::KeyRing;
use crate::domain::operator::Order;
use crate::domain::ports::{FlowStore, Pending, PrefixesHeld, Random, StoreError};
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use async_trait::async_trait;
use audit::Trail;
use chrono::SubsecRound;
use engine::{Engine, Migrating};
use seal::Sealer;
use slog::Logger;
use sql::Connection;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use step::{StepName, micros};
use writing::Writing;

pub use audit::{Checked as AuditChecked, Proofs as AuditProofs, PruneRefusal, Pruned, Pruning};
pub use copy::{Copied, CopyError, CopyProgress, CopyStage, copy};
pub use customer::import::{ImportError, ImportReport};
pub use sql::{Address, AddressError, Trouble};

/// How often the log is tried to be cut in a round of forgetting. The next round tries again.
const FORGET_TRIES: u32 = 3;
/// Between two tries.
const CUT_PAUSE: Duration = Duration::from_millis(100);

/// Told of what the writer does; for metrics.
pub trait Observer: Send + Sync {
    /// So many steps became durable together, with one fsync. They wrote so many rows, and it took this long.
    fn committed(&self, steps: usize, rows: u64, elapsed: Duration);
}

/// Where the data is.
#[derive(Clone, Debug)]
pub enum Location {
    /// In a SQLite file; its directory must exist.
    File(PathBuf),
    /// On a PostgreSQL server.
    Server(Address),
}

impl<P: Into<PathBuf>> From<P> for Location {
    fn from(path: P) -> Self {
        Self::File(path.into())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => address.fmt(f),
        }
    }
}

/// How the store is opened.
#[derive(Clone)]
pub struct Options {
    /// Where the data is.
    pub location: Location,
    /// How many steps may wait for the writer before further ones are turned away.
    pub queue_max: usize,
    /// How many reads go on at once.
    pub readers: usize,
    /// How long a statement waits for another program that holds the lock of a file, such as a backup.
    pub busy_timeout: Duration,
    /// Hears of every commit.
    pub observer: Option<Arc<dyn Observer>>,
    /// Where, at level trace, each step is told of.
    pub log: Logger,
}

impl Options {
    /// The defaults: 1024 waiting steps, 4 readers, 5 seconds, nobody who is told of anything.
    pub fn new(location: impl Into<Location>) -> Self {
        Self {
            location: location.into(),
            queue_max: 1024,
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            observer: None,
            log: Logger::root(slog::Discard, slog::o!()),
        }
    }
}

/// Why the store was not opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory is missing.
    #[error("the directory {} does not exist: create it, or set another path for the data file", path.display())]
    NoDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// A directory where a file should be.
    #[error("{} is a directory: give the path of a file in it", path.display())]
    IsDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// The file system said no.
    #[error("cannot open {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Somebody else has it.
    #[error(
        "{} is in use by another countersign process: stop that one first (one server or one offline command at a time)",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// Not one of our files.
    #[error("{place} is not a countersign data file or database: nothing was changed; set another path")]
    Foreign {
        /// The file or the database.
        place: String,
    },
    /// Written by a later release.
    #[error(
        "{place} has schema version {found}, this release knows versions up to {known}: run the newer release, or restore \
         the backup made before the upgrade"
    )]
    Newer {
        /// The file or the database.
        place: String,
        /// Its version.
        found: usize,
        /// The newest this release knows.
        known: usize,
    },
    /// Written by an earlier release, and only to be looked at.
    #[error("{place} has schema version {found}, this release has {known}: run `countersign migrate` first")]
    Older {
        /// The file or the database.
        place: String,
        /// Its version.
        found: usize,
        /// The version of this release.
        known: usize,
    },
    /// Somebody reads for long what a migration changes.
    #[error(
        "{place} is not brought to the version of this release: something reads its tables for long, such as a back-up or \
         `countersign audit verify`. Start again when that is done"
    )]
    Blocked {
        /// The database.
        place: String,
    },
    /// The file system cannot do what a write-ahead log needs.
    #[error(
        "{} cannot have a write-ahead log (it stays in mode {journal}): put the data file on a local disk",
        path.display()
    )]
    NoWal {
        /// The file.
        path: PathBuf,
        /// The mode it is in.
        journal: String,
    },
    /// Keys that live data needs are not configured.
    #[error(
        "{place} holds live data under server keys that are not configured: {ids}. Put them back behind the current key, \
         run `countersign keys rotate`, and take them out when it says so"
    )]
    MissingKeys {
        /// The file or the database.
        place: String,
        /// The ids of the keys.
        ids: String,
    },
    /// A key has the id of another.
    #[error(
        "server key {id} is not the one that {place} was written with: restore that key, or give the new key an id of its own"
    )]
    WrongKey {
        /// The file or the database.
        place: String,
        /// The id.
        id: String,
    },
    /// Written by a copy that has not come to its end.
    #[error(
        "{place} holds a copy that is not finished: run `countersign migrate-store` again with the same files, or drop the database \
         and make it anew"
    )]
    Unfinished {
        /// The database.
        place: String,
    },
    /// No use without a connection.
    #[error("at least one reader is needed")]
    NoReader,
    /// A value could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer could not start.
    #[error("the writer's thread cannot start")]
    Thread(#[source] std::io::Error),
}

/// What [`migrate`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The version before; 0 for a new file.
    pub from: usize,
    /// The version now.
    pub to: usize,
}

/// Brings a data file or a database to the newest version; a file that is not there is made.
pub fn migrate(location: impl Into<Location>) -> Result<Migrated, OpenError> {
    let Options { location, busy_timeout, .. } = Options::new(location);
    let (from, to) = Engine::at(&location, busy_timeout)?.migrate(Migrating::Offline)?;
    Ok(Migrated { from, to })
}

/// Looks at every entry of the audit trail. It is only read, and a server may run meanwhile. Without keys, the
/// sealed head cannot say where the chain ends. `progress` hears how many entries have been looked at.
pub fn check_audit(
    location: impl Into<Location>,
    keys: Option<&KeyRing>,
    random: Arc<dyn Random>,
    proofs: &AuditProofs,
    progress: &mut dyn FnMut(u64),
) -> Result<AuditChecked, OpenError> {
    let Options { location, busy_timeout, .. } = Options::new(location);
    let mut connection = engine::looking(&location, busy_timeout)?;
    let sealer = keys.map(|keys| Sealer::new(keys, random));
    Ok(audit::check(&mut connection, sealer.as_ref(), proofs, progress)?)
}

/// The store. Dropping it finishes what is queued, and closes the file.
pub struct Store {
    // In the order in which they must go: the lock last.
    writer: writer::Writer,
    readers: reader::Readers,
    sealer: Arc<Sealer>,
    index: Arc<IndexKey>,
    random: Arc<dyn Random>,
    engine: Engine,
    // Deletions so far, and those before the log was cut last. It may still have what the last run deleted.
    deletions: AtomicU64,
    cut_after: AtomicU64,
}

impl Store {
    /// Opens the store, making or migrating what is there if need be.
    pub fn open(options: &Options, keys: &KeyRing, random: Arc<dyn Random>, now: Timestamp) -> Result<Self, OpenError> {
        if options.readers == 0 {
            return Err(OpenError::NoReader);
        }
        let engine = Engine::at(&options.location, options.busy_timeout)?;
        engine.migrate(Migrating::Start)?;
        let mut connection = engine.writing()?;
        let sealer = Arc::new(Sealer::new(keys, random.clone()));
        let (step, place) = (connection.transaction()?, options.location.to_string());
        if let Engine::Postgres(_) = engine {
            postgres::refuse_unfinished(&step, &place)?;
            postgres::unmark_copy(&step)?;
        }
        open::check_keys(&step, &place, &sealer, now)?;
        let (index, trail) = open::secrets(&step, &sealer, &random)?;
        sealer.set_index(index.clone());
        open::end_stale_sends(&step, now)?;
        if let Engine::Postgres(_) = engine {
            postgres::forget_writers(&step)?;
        }
        step.commit()?;
        if let Engine::Postgres(_) = engine {
            postgres::partitions::make_if_nobody_is_in_the_way(&mut connection, now)?;
        }
        let readers = (0..options.readers).map(|_| engine.reading()).collect::<Result<_, _>>()?;
        let log = options.log.clone();
        let readers = reader::Readers::new(readers, log.clone());
        let checkpointer = match &engine {
            Engine::Sqlite { file, turn, busy_timeout } => {
                let connection = file.writing(*busy_timeout)?;
                let started = sqlite::Checkpointer::start(connection, turn.clone(), log.clone());
                Some(started.map_err(OpenError::Thread)?)
            }
            Engine::Postgres(_) => None,
        };
        let connection = engine.stepping(connection)?;
        let hearers = writer::Hearers { observer: options.observer.clone(), checkpointer, log };
        let writer = writer::Writer::start(connection, trail, options.queue_max, hearers);
        let writer = writer.map_err(OpenError::Thread)?;
        let (deletions, cut_after) = (AtomicU64::new(1), AtomicU64::new(0));
        Ok(Self { writer, readers, sealer, index, random, engine, deletions, cut_after })
    }

    /// What stands for a customer in the audit trail, also once the customer is erased.
    pub fn pseudonym(&self, customer: &CustomerId) -> Pseudonym {
        self.index.customer(customer)
    }

    /// Adds and changes customers, all or none of them; with `prune`, those who are not among them are removed. The open
    /// flows of customers who lose an address or are removed end. One entry of the audit trail tells of it. For offline use:
    /// steps wait while it writes, and are turned away if it takes long.
    ///
    /// Nothing is changed when `customers` yields an error. `progress` hears how many have been looked at.
    pub fn import_customers<E>(
        &self,
        customers: impl IntoIterator<Item = Result<Customer, E>>,
        prune: bool,
        order: &Order,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ImportReport, ImportError<E>> {
        let mut connection = self.engine.writing_long().map_err(ImportError::Open)?;
        let trail = Trail::new(self.sealer.clone(), self.index.clone(), self.random.clone());
        customer::import::import(&mut connection, &trail, &self.sealer, customers, prune, order, progress)
    }

    /// Cuts the log of a file, which still has what was deleted as it was. `false` if somebody reads an older state of the file
    /// in each of so many tries. What a database server keeps of it is its own affair.
    async fn cut_log(&self, tries: u32) -> Result<bool, StoreError> {
        let Engine::Sqlite { file, turn, .. } = &self.engine else { return Ok(true) };
        let deletions = self.deletions.load(Relaxed);
        for n in 0..tries {
            if n > 0 {
                tokio::time::sleep(CUT_PAUSE).await;
            }
            // All but what is committed meanwhile is moved without the writer, which has the steps of everybody to do.
            let (file, turn) = (file.clone(), turn.clone());
            let moved = tokio::task::spawn_blocking(move || sqlite::move_log(&file, &turn)).await;
            let moved = moved.unwrap_or_else(|_| Err(unavailable("moving the log panicked")))?;
            if moved && self.writer.cut().await? {
                self.cut_after.fetch_max(deletions, Relaxed);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes away the entries of the audit trail before the first that is not older; an anchor stays, and the rest still
    /// verifies. `None` if none is that old. For offline use: steps wait while it runs, and are turned away if it takes
    /// long. `progress` hears how many entries have been looked at.
    pub fn prune_audit(
        &self,
        pruning: &Pruning<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Result<Option<Pruned>, PruneRefusal>, OpenError> {
        let mut connection = self.engine.writing_long()?;
        let trail = Trail::new(self.sealer.clone(), self.index.clone(), self.random.clone());
        Ok(audit::prune(&mut connection, &trail, pruning, progress)?)
    }

    /// How many customers there are. For offline use: blocks the thread.
    pub fn customer_count(&self) -> Result<u64, OpenError> {
        Ok(customer::count(&self.engine.writing_long()?)?)
    }
}

#[async_trait]
impl FlowStore for Store {
    async fn apply(&self, mut command: Command) -> Result<Decision, StoreError> {
        to_the_millisecond(&mut command);
        let (sealer, index) = (self.sealer.clone(), self.index.clone());
        self.writer.run(move |connection| apply(connection, &sealer, &index, &command)).await
    }

    async fn dispatches_pending(&self, before: Timestamp, limit: usize) -> Result<Vec<Pending>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| outbox::pending(connection, &sealer, before, limit)).await
    }

    async fn take_dispatch(&self, send: &Dispatch, before: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let Dispatch { flow, send, .. } = *send;
        self.writer.run(move |connection| outbox::take(connection, flow, send, before, now)).await
    }

    async fn keep_days(&self, flows: Timestamp, messages: Timestamp, now: Timestamp) -> Result<usize, StoreError> {
        let Engine::Postgres(address) = &self.engine else { return Ok(0) };
        let address = address.clone();
        let keep = move || postgres::partitions::keep(&address, flows, messages, now);
        tokio::task::spawn_blocking(keep).await.unwrap_or_else(|_| Err(unavailable("keeping days panicked")))
    }

    async fn purge(&self, before: Timestamp, unsent_before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let purge = move |connection: &Writing<'_>| {
            connection.plan_for_values()?;
            audit::tell_counted(connection, unsent_before)?;
            let deleted = flow::purge(connection, before, unsent_before, limit)?;
            let deleted = deleted + transaction::purge(connection, before, limit - deleted)?;
            let deleted = deleted + session::purge(connection, before, limit - deleted)?;
            let deleted = deleted + import::purge(connection, unsent_before, before, limit - deleted)?;
            let deleted = deleted + repeat::purge(connection, unsent_before, limit - deleted)?;
            let deleted = deleted + prefix::purge(connection, unsent_before, limit - deleted)?;
            Ok(deleted + limit::purge(connection, unsent_before, limit - deleted)?)
        };
        let deleted = self.writer.run(purge).await?;
        if deleted > 0 {
            self.deletions.fetch_add(1, Relaxed);
        }
        Ok(deleted)
    }

    async fn forget(&self, messages: Timestamp, addresses: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let sealer = self.sealer.clone();
        let forget = move |connection: &Writing<'_>| retention::forget(connection, &sealer, messages, addresses, limit);
        let done = self.writer.run(forget).await?;
        if done > 0 {
            self.deletions.fetch_add(1, Relaxed);
        }
        let uncut = self.deletions.load(Relaxed) > self.cut_after.load(Relaxed);
        // Once for a round. The next one tries again.
        if done < limit && uncut && !self.cut_log(FORGET_TRIES).await? {
            return Err(unavailable(
                "what was to be forgotten is overwritten, but somebody reads the write-ahead log that has it as it was: end \
                 backups and other programs that have the data file open for long",
            ));
        }
        Ok(done)
    }

    async fn prefixes_held(&self, now: Timestamp) -> Result<PrefixesHeld, StoreError> {
        self.readers.run(move |connection| prefix::held(connection, now)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let ask = |connection: &Connection| {
            Ok(connection.prepare_cached("select count(*) from store_secrets")?.query_row((), |_| Ok(()))?)
        };
        let write = move |connection: &Writing<'_>| {
            // No step can be done by a server that lacks the key which the end of the trail is sealed with.
            connection.prepare()?;
            ask(connection)
        };
        self.writer.run(write).await?;
        self.readers.run(ask).await
    }
}

/// What the database cannot keep must not be decided upon: a step sees the times that the next one will read.
fn to_the_millisecond(command: &mut Command) {
    command.at = command.at.trunc_subsecs(3);
    if let Action::Open(flow, _) = &mut command.action {
        flow.opened_at = flow.opened_at.trunc_subsecs(3);
        flow.expires_at = flow.expires_at.trunc_subsecs(3);
    }
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn apply(
    connection: &Writing<'_>,
    sealer: &Sealer,
    index: &IndexKey,
    command: &Command,
) -> Result<Decision, StoreError> {
    let (found, send_pending) = match &command.action {
        Action::Open(..) => (None, false),
        Action::Send(key, SendRequest { purpose, holder, .. }) => {
            (flow::find(connection, sealer, key, *purpose, holder.as_ref(), None, command.at)?, false)
        }
        Action::Verify(key, VerifyRequest { purpose, holder, .. }) => {
            let app = holder.as_ref().map(|holder| holder.app.as_str());
            (flow::find(connection, sealer, key, *purpose, holder.as_ref(), app, command.at)?, false)
        }
        Action::Settle { flow, send, .. } => {
            (flow::load(connection, sealer, *flow, command.at)?, outbox::is_pending(connection, *flow, *send)?)
        }
    };
    let (flow, holder_exists) = found.map_or((None, true), |found| (Some(found.flow), found.holder_exists));
    let tallies = domain_flow::tallies(command, flow.as_ref());
    // Here and elsewhere, all is asked before it is looked at: what is asked ahead is asked in one go.
    let tallies: Vec<_> = tallies.iter().map(|tally| flow::count(connection, tally)).collect();
    let tallies = tallies.into_iter().collect::<Result<_, _>>()?;
    let meters = domain_flow::meters(command, flow.as_ref());
    let windows = connection.windows().load(connection, index, &meters)?;
    let stands = flow.as_ref().map(flow::Stand::of);
    let trail = domain_flow::Trail::of(command, flow.as_ref());
    let prefixes = prefix::look_up(connection, domain_flow::looks(command, flow.as_ref()))?;
    let loaded = Loaded { flow, holder_exists, tallies, windows, send_pending, prefixes };
    let step = domain_flow::step(command, loaded);
    match (&step.write, stands) {
        (None, _) => {}
        (Some(flow), None) => flow::insert(connection, sealer, flow)?,
        (Some(flow), Some(stands)) => flow::update(connection, &stands, flow)?,
    }
    for tally in &step.count {
        flow::raise(connection, tally)?;
    }
    connection.windows().write(index, &step.windows);
    if let Some(dispatch) = &step.enqueue {
        outbox::insert(connection, sealer, dispatch, command.at)?;
    }
    if let (Some((send, accepted)), Action::Settle { flow, .. }) = (step.settle, &command.action) {
        outbox::settle(connection, *flow, send, accepted, command.at)?;
    }
    prefix::write(connection, &command.rules.guard, &step.prefixes)?;
    if let Some(entry) = trail.entry(command, &step) {
        audit::append(connection, &entry)?;
    }
    for entry in step.shifts(command.at) {
        audit::append(connection, &entry)?;
    }
    Ok(step.decision)
}

impl From<sql::Error> for StoreError {
    /// What may pass by itself is `Unavailable`.
    fn from(error: sql::Error) -> Self {
        match error {
            sql::Error::Sqlite(error) => error.into(),
            sql::Error::Postgres(trouble) if trouble.is_passing() => unavailable(trouble.to_string()),
            error => Self::Engine(Box::new(error)),
        }
    }
}

impl From<sql::Error> for OpenError {
    fn from(error: sql::Error) -> Self {
        Self::Store(error.into())
    }
}

fn unavailable(reason: impl Into<String>) -> StoreError {
    StoreError::Unavailable(reason.into())
}
