//! `countersign bench`: how fast a server is, and how near that is to what the machine can do at all.
//!
//! ```text
//! Options -> Subject (a server in a process of its own, or one that runs already)
//!         -> prepare (flows, transactions: not measured) -> load::run (closed or open loop) -> Report
//! ```
//!
//! Ratios and not figures tell how good the server is: right after each run, the same machine does the same requests
//! through the same generated pipeline with nothing behind it ([`noop`]), and writes as many rows into a bare SQLite file
//! ([`rows`]). How long one fsync takes ([`fsync`]) says what no decision can do without. Of several rounds, the ratios
//! are formed in each.

mod database;
mod fsync;
mod gauge;
mod load;
mod noop;
mod plot;
mod prepare;
mod relay;
pub mod report;
mod requests;
mod rows;
pub mod scenario;
pub mod subject;
mod table;

use crate::config::names_a_password;
use crate::dev::data::{DataDir, DataError};
use crate::server::{StartError, SystemRandom};
use crate::store::{Address, AddressError};
use database::Database;
use load::{Load, Pace, Script};
use prepare::Stage;
use relay::Relay;
use report::{Ratio, Report, Run};
use requests::{Holder, Phones};
use scenario::{Prepared, Same, Scenario};
use secrecy::ExposeSecret;
use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use subject::{Role, Subject};
use tokio_rustls::rustls::RootCertStore;

pub use plot::{PlotError, svg};

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// No connection.
    #[error("cannot reach {address}")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The connection broke.
    #[error("the connection to the server broke")]
    Http(#[from] hyper::Error),
    /// The server said something else than the scenario expects.
    #[error("{path} was not answered as it should be: {problem}")]
    Answer {
        /// The operation's path.
        path: &'static str,
        /// Status, code and message.
        problem: String,
    },
    /// Codes are needed, and the server does not give them away.
    #[error(
        "/dev/inbox answered with {0}: only a development server (`serve --dev`) gives the codes away that this scenario needs"
    )]
    NoInbox(u16),
    /// The inbox has no message for a flow.
    #[error("a message is not in /dev/inbox: is somebody else using the server?")]
    NoMessage,
    /// Tokens are needed.
    #[error(
        "bne-validate and mixed need a token for each transaction: {needed} are needed and there are {there}; give more \
         --tokens or less to --prepare, and no --url"
    )]
    NoTokens {
        /// For so many transactions.
        needed: usize,
        /// Those in the data file.
        there: usize,
    },
    /// What was prepared is used up before the clock is started, or there was no answer at all.
    #[error("nothing could be measured: give more time (--duration), or more flows (--prepare)")]
    TooShort,
    /// The kernel does not say.
    #[error("cannot read {path}")]
    Process {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the run cannot be made.
    #[error("cannot write {}", path.display())]
    Scratch {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server did not start.
    #[error("the server to be measured did not start: {0}")]
    NotStarted(String),
    /// The server did not stop in order.
    #[error("the server that was measured did not stop in order")]
    Child,
    /// No process, or no word with it.
    #[error("the server to be measured cannot be run")]
    Pipe(#[source] std::io::Error),
    /// No thread.
    #[error("no thread could be started")]
    Thread(#[source] std::io::Error),
    /// A task panicked.
    #[error("the load generator failed")]
    Task(#[source] tokio::task::JoinError),
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The server, in its own process.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Two endpoints want one path.
    #[error("cannot set up the endpoints")]
    Pipeline(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is made here was refused.
    #[error("the data of the run could not be made")]
    Made(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The bare SQLite file.
    #[error("the store alone cannot be measured")]
    Rows(#[from] rusqlite::Error),
    /// The database server.
    #[error("the database server cannot be used: its user has to be allowed to make databases")]
    Database(#[from] tokio_postgres::Error),
    /// Where it is.
    #[error("--store {0}")]
    Address(#[from] AddressError),
    /// What is delayed is not encrypted, so it must not leave this machine.
    #[error("--store-delay needs a --store with one host, over TCP and on this machine")]
    Far,
    /// Whoever may list processes sees their arguments.
    #[error("--store must not hold a password: put it into COUNTERSIGN_STORE_PASSWORD in the environment")]
    Password,
}

impl BenchError {
    fn made(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Made(error.into())
    }
}

/// What is measured, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// In this order.
    pub scenarios: Vec<Scenario>,
    /// How often each run is made.
    pub rounds: u32,
    /// At once.
    pub connections: usize,
    /// Requests due in a second: an open loop at each. Empty: a closed loop.
    pub rates: Vec<f64>,
    /// Measured time of a run, at most.
    pub duration: Duration,
    /// Time before it.
    pub warm_up: Duration,
    /// Flows and transactions that are prepared for a scenario that needs some.
    pub prepare: usize,
    /// Tokens in the data file.
    pub tokens: usize,
    /// Entries in its audit trail, besides those of the tokens.
    pub entries: usize,
    /// Flows in it that are over, which the server deletes while it is measured.
    pub expired: usize,
    /// A server that runs already, instead of one of our own.
    pub url: Option<SocketAddr>,
    /// A PostgreSQL database, beside which each round makes one of its own; a file, unless it is said.
    pub store: Option<String>,
    /// Added to each way between a server and the database server.
    pub store_delay: Duration,
    /// Servers that share the database.
    pub replicas: usize,
    /// Whether the pipeline that does nothing and the bare file are measured, too.
    pub references: bool,
    /// Where the data of the run is, while it runs.
    pub scratch: PathBuf,
    /// This program.
    pub program: PathBuf,
}

/// Told what goes on: what is being done, and how much of how much of it.
pub trait Watcher: Sync {
    /// Something begins that has so many parts; 0 if nobody knows.
    fn begins(&self, what: &str, parts: usize);
    /// So many more of them are done.
    fn advances(&self, parts: usize);
}

/// Measures everything. Deletes what it has made, also when it fails.
pub async fn run(options: &Options, watcher: &dyn Watcher) -> Result<Report, BenchError> {
    if options.store.as_deref().is_some_and(names_a_password) {
        return Err(BenchError::Password);
    }
    let scratch = Scratch::create(&options.scratch)?;
    Bench { options, watcher, scratch: &scratch.0, phones: Arc::new(Phones::beginning_at(random_start())) }.run().await
}

/// Somewhere among a hundred million.
fn random_start() -> u64 {
    u64::from(SystemRandom.uuid().as_fields().0) % 100_000_000
}

struct Bench<'a> {
    options: &'a Options,
    watcher: &'a dyn Watcher,
    scratch: &'a Path,
    phones: Arc<Phones>,
}

impl Bench<'_> {
    async fn run(&self) -> Result<Report, BenchError> {
        let Options { rounds, connections, url, references, .. } = *self.options;
        let ours = |count| if url.is_none() { count } else { 0 };
        let [tokens, entries, expired] = [self.options.tokens, self.options.entries, self.options.expired].map(ours);
        let version = env!("CARGO_PKG_VERSION");
        let mut report = Report { version, rounds, connections, tokens, entries, expired, ..Report::default() };
        // At a given rate there is nothing to compare.
        let noop = if references && self.options.rates.is_empty() {
            Some(Subject::start(&self.options.program, self.scratch, Role::Noop, false)?)
        } else {
            None
        };
        let (mut starts, mut round_trips, mut of_noop) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=rounds {
            let served = self.serve(round).await?;
            round_trips.extend(served.round_trip.map(|taken| taken.as_secs_f64() * 1e3));
            starts.extend(served.own.iter().map(|subject| subject.start.as_secs_f64() * 1e3));
            for scenario in &self.options.scenarios {
                for pace in self.paces() {
                    let run = self.scenario(*scenario, round, pace, &served).await?;
                    // Right after it, so that a machine that is busy with something else is busy for both.
                    if let Some(noop) = &noop {
                        let (nothing, ratio) = self.compare(*scenario, &run, Target::of(noop), &served).await?;
                        of_noop.push(nothing);
                        report.ratios.push(ratio);
                    }
                    report.runs.push(run);
                }
            }
            served.own.into_iter().try_for_each(Subject::stop)?;
        }
        if let Some(noop) = noop {
            noop.stop()?;
        }
        report.runs.append(&mut of_noop);
        report.summarize(starts, round_trips);
        Ok(report)
    }

    /// The server to be measured in a round. One of our own is a new one with new data each time: what a round leaves
    /// behind does not slow the next one down, and no token is further ahead than its server follows.
    async fn serve(&self, round: u32) -> Result<Served, BenchError> {
        if let Some(address) = self.options.url {
            let targets = vec![Target { address, process: None }];
            return Ok(Served {
                targets,
                holders: Vec::new(),
                own: Vec::new(),
                round_trip: None,
                database: None,
                _relay: None,
                _data: None,
            });
        }
        let data = Scratch::create(&self.scratch.join(format!("round-{round}")))?;
        let directory = DataDir::create(&data.0, &SystemRandom)?;
        let database = match &self.options.store {
            Some(url) => Some(Database::create(address(url)?).await?),
            None => None,
        };
        let url = self.options.store.as_ref().zip(database.as_ref());
        let url = url.map(|(url, database)| with_database(url, database.name()));
        if let Some(url) = &url {
            directory.set_database_url(url)?;
        }
        let holders = self.bank(round, &directory).await?;
        let relay = url.as_ref().filter(|_| !self.options.store_delay.is_zero());
        let relay = relay.map(|url| Relay::start(url, self.options.store_delay)).transpose()?;
        // Only what is measured goes that way.
        let url = url.map(|url| relay.as_ref().map_or(url.clone(), |relay| relay.url(&url)));
        let mut round_trip = None;
        if let Some((url, database)) = url.zip(database.as_ref()) {
            directory.set_database_url(&url)?;
            round_trip = Some(database.round_trip(&address(&url)?).await?);
        }
        let purging = self.options.expired > 0;
        let start = |_| Subject::start(&self.options.program, &data.0, Role::Product, purging);
        let own: Vec<_> = (0..self.options.replicas).map(start).collect::<Result<_, _>>()?;
        let targets = own.iter().map(Target::of).collect();
        Ok(Served { targets, holders, own, round_trip, database, _relay: relay, _data: Some(data) })
    }

    fn paces(&self) -> Vec<Pace> {
        let rates = &self.options.rates;
        if rates.is_empty() { vec![Pace::Closed] } else { rates.iter().map(|rate| Pace::Open(*rate)).collect() }
    }

    /// The data file of the server to be measured.
    async fn bank(&self, round: u32, data: &DataDir) -> Result<Vec<Holder>, BenchError> {
        let Options { tokens, entries, expired, prepare, .. } = *self.options;
        let progress = |n| self.watcher.advances(n);
        self.begins("tokens", round, tokens);
        let holders = prepare::bank(data, tokens, tokens.min(prepare), &progress).await?;
        if entries > 0 {
            self.begins("entries", round, entries);
            prepare::trail(data, entries, tokens, &progress).await?;
        }
        if expired > 0 {
            self.begins("expired flows", round, expired);
            prepare::expired(data, expired, &self.phones, &progress).await?;
        }
        Ok(holders)
    }

    /// Tells the watcher, and in which of several rounds.
    fn begins(&self, what: &str, round: u32, parts: usize) {
        match self.options.rounds {
            1 => self.watcher.begins(what, parts),
            rounds => self.watcher.begins(&format!("{what}, round {round} of {rounds}"), parts),
        }
    }

    async fn scenario(&self, scenario: Scenario, round: u32, pace: Pace, served: &Served) -> Result<Run, BenchError> {
        let Options { connections, warm_up, duration, .. } = *self.options;
        let prepared = self.prepare(scenario, round, served).await?;
        let scripts = scenario::scripts(scenario, connections, prepared, &self.phones, || SystemRandom.uuid());
        // Where something was prepared, that has warmed the server.
        let warm_up = if scenario == Scenario::Request { warm_up } else { Duration::ZERO };
        let load = Load { pace, warm_up, duration };
        let database = served.database.as_ref();
        self.measure(scenario.as_str().to_owned(), round, scripts, load, &served.targets, database).await
    }

    async fn prepare(&self, scenario: Scenario, round: u32, served: &Served) -> Result<Prepared, BenchError> {
        let count = self.options.prepare;
        if scenario != Scenario::Request {
            self.begins(&format!("prepare {}", scenario.as_str()), round, 0);
        }
        let progress = |n| self.watcher.advances(n);
        let Served { targets, holders, .. } = served;
        // Codes are in the inbox of the server that has sent them.
        let stage = Stage { address: targets[0].address, phones: &self.phones, holders, progress: &progress };
        stage.set(scenario, count).await
    }

    async fn measure(
        &self,
        name: String,
        round: u32,
        scripts: Vec<Box<dyn Script>>,
        load: Load,
        targets: &[Target],
        database: Option<&Database>,
    ) -> Result<Run, BenchError> {
        let seconds = (load.warm_up + load.duration).as_secs();
        self.begins(&name, round, usize::try_from(seconds).unwrap_or(usize::MAX));
        let gauge = || gauge::read_all(targets, database);
        let servers: Vec<_> = targets.iter().map(|target| target.address).collect();
        let mut measuring = std::pin::pin!(load::run(&servers, scripts, load, gauge));
        let mut second = tokio::time::interval(Duration::from_secs(1));
        second.tick().await;
        let measured = loop {
            tokio::select! {
                measured = &mut measuring => break measured?,
                _ = second.tick() => self.watcher.advances(1),
            }
        };
        Ok(Run::new(name, round, load.pace, &measured))
    }

    /// What the machine can do at all, and what the run is of that.
    async fn compare(
        &self,
        scenario: Scenario,
        run: &Run,
        noop: Target,
        served: &Served,
    ) -> Result<(Run, Ratio), BenchError> {
        let Options { connections, warm_up, duration, .. } = *self.options;
        let scripts = (0..connections).map(|_| Box::new(Same(typical(scenario))) as Box<dyn Script>).collect();
        let load = Load { pace: Pace::Closed, warm_up, duration };
        let nothing = self.measure(format!("noop: {}", run.name), run.round, scripts, load, &[noop], None).await?;
        let fsync_millis = self.fsync(run.round)?.as_secs_f64() * 1e3;
        let rows_alone = match (&served.database, run.rows, run.group) {
            (Some(database), ..) => {
                self.begins("single rows", run.round, 0);
                Some(database.single_rows(connections, duration).await?)
            }
            (None, Some(rows), Some(group)) => Some(self.rows_alone(run.round, rows::Shape { rows, group })?),
            _ => None,
        };
        let of_noop = run.throughput / nothing.throughput;
        let of_rows_alone = rows_alone.map(|alone| run.throughput / alone);
        let p99_goal_millis = report::P99_OF_NOOP_GOAL * nothing.latency.p99 + fsync_millis;
        let ratio = Ratio {
            name: run.name.clone(),
            round: run.round,
            of_noop,
            rows_alone,
            of_rows_alone,
            of_lower: of_rows_alone.map_or(of_noop, |ratio| ratio.max(of_noop)),
            fsync_millis,
            p99_goal_millis,
            p99_of_goal: run.latency.p99 / p99_goal_millis,
        };
        Ok((nothing, ratio))
    }

    fn fsync(&self, round: u32) -> Result<Duration, BenchError> {
        self.begins("fsync", round, 0);
        fsync::run(&self.scratch.join("fsync"))
    }

    fn rows_alone(&self, round: u32, shape: rows::Shape) -> Result<f64, BenchError> {
        let file = self.scratch.join(format!("rows-{}.sqlite", SystemRandom.uuid()));
        self.begins("rows alone", round, 0);
        let alone = rows::run(&file, shape, self.options.duration, &SystemRandom)?;
        // Many rounds would fill the disk.
        std::fs::remove_file(&file).map_err(|source| BenchError::Scratch { path: file, source })?;
        Ok(alone)
    }
}

/// A request as the scenario makes them; for a server that believes everything.
fn typical(scenario: Scenario) -> load::Request {
    let key = "0123456789abcdef0123456789abcdef".to_owned();
    let flow = requests::Started { service_key: key.clone(), reference: key.clone() };
    let sent = requests::Sent { flow, security_key: key.clone() };
    match scenario {
        Scenario::Request | Scenario::Mixed => requests::send(&sent.flow),
        Scenario::Resend => requests::resend(&sent),
        Scenario::VerifyRight | Scenario::VerifyWrong => requests::verify(&sent, "123456"),
        Scenario::BneValidate => {
            let authorization = http::HeaderValue::from_static("Bearer e30.e30.e30");
            let caller = requests::Caller { customer: "700000000000".to_owned(), authorization };
            let transaction = requests::Transaction { caller, id: key, code: "123456".to_owned() };
            requests::validate(&transaction, SystemRandom.uuid())
        }
    }
}

/// A database, as the servers that are measured reach it.
fn address(url: &str) -> Result<Address, BenchError> {
    let password = subject::password();
    let password = password.as_ref().map(|password| password.expose_secret().as_bytes());
    Ok(Address::parse(url, password, native_roots())?)
}

/// The authorities that may have signed the certificate of a database server.
fn native_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The same address with another database.
fn with_database(url: &str, name: &str) -> String {
    let (place, options) =
        url.split_once('?').map_or((url, String::new()), |(place, rest)| (place, format!("?{rest}")));
    let server = place.rsplit_once('/').map_or(place, |(server, _)| server);
    format!("{server}/{name}{options}")
}

/// The servers of a round.
struct Served {
    targets: Vec<Target>,
    /// Who has a token there.
    holders: Vec<Holder>,
    /// Those of our own.
    own: Vec<Subject>,
    /// To the database server and back.
    round_trip: Option<Duration>,
    /// The database that they share, if they do; it goes after them.
    database: Option<Database>,
    /// What makes the way to it longer.
    _relay: Option<Relay>,
    /// Their data directory, which goes after them, too.
    _data: Option<Scratch>,
}

/// Where to measure.
#[derive(Clone, Copy)]
struct Target {
    address: SocketAddr,
    process: Option<u32>,
}

impl Target {
    fn of(subject: &Subject) -> Self {
        Self { address: subject.address, process: Some(subject.process()) }
    }
}

/// A directory that goes when the run ends.
struct Scratch(PathBuf);

impl Scratch {
    fn create(path: &Path) -> Result<Self, BenchError> {
        let failed = |source| BenchError::Scratch { path: path.to_owned(), source };
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        // Only what was made here is deleted.
        DirBuilder::new().mode(0o700).create(path).map_err(failed)?;
        Ok(Self(path.to_owned()))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be deleted is in a directory for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
