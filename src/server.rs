//! The one place where the parts are put together.
//!
//! [`Server::start`]: configuration → [`Settings`] → store → service → families and pages → listener, then the recurring
//! work. [`Server::shutdown`] goes the other way: `/readyz` says no, requests in hand are finished, pending sends
//! are carried out, the data file is closed; all within `server.shutdown_grace_secs`. What is cut off there is repeated
//! at the next start, so a bound costs nothing but time.

mod context;
pub mod customer_file;
mod feed;
mod listeners;
pub mod offline;
mod ops;
pub mod settings;
pub mod token_file;
mod trail;

use crate::api::bne::generated as bne;
use crate::api::bne::handlers::Bne;
use crate::api::dbx::generated as dbx;
use crate::api::dbx::handlers::Dbx;
use crate::api::operator::generated as operator;
use crate::api::operator::handlers::BackOffice;
use crate::api::runtime::{self, Api, Refusals, cors};
use crate::api::throttle::Throttle;
use crate::config::{Config, ConfigError};
use crate::delivery::memory::Inbox;
use crate::delivery::{Provider, Router, SendObserver};
use crate::dev::page;
use crate::domain::challenge::ChallengeService;
use crate::domain::desk::Desk;
use crate::domain::desk::ports::KeyDesk;
use crate::domain::flow::Timestamp;
use crate::domain::ports::{Clock, Random};
use crate::domain::recipient::Channel;
use crate::domain::service::Service;
use crate::front::{self, Front};
use crate::identity;
use crate::siem::options::SiemOptions;
use crate::siem::{self, Siem};
use crate::store::{self, Location, OpenError, Options, Store};
use crate::telemetry::Metrics;
use crate::viewer;
use crate::worker::{Alarm, Bell, Recurring, Rotations, SEND_LOST_AFTER, Sends};
use context::{Context, Parts};
use settings::Settings;
use slog::{Logger, info, o, warn};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// No message takes longer, whatever its provider's own bounds are.
const SEND_MAX: Duration = Duration::from_secs(60);

/// A stop gives the SIEM feed at least this long to write what is in memory to the disk.
const SIEM_FLUSH_MIN: Duration = Duration::from_secs(1);

/// The computer's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl SystemClock {
    /// The time now, for a command that needs it once and has no business with the domain's ports.
    #[expect(clippy::disallowed_methods, reason = "this is where the real clock is chosen")]
    pub fn now(self) -> Timestamp {
        chrono::Utc::now()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Self::now(*self)
    }
}

/// The computer's generator.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl SystemRandom {
    /// A version 4 UUID, for a command that has no business with the domain's ports.
    pub fn uuid(self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is where the real generator is chosen")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives randomness; without it no key is safe to make");
    }
}

/// What a server gets besides its configuration.
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and keys.
    pub random: Arc<dyn Random>,
    /// Where it logs.
    pub log: Logger,
    /// Takes text messages instead of the configured gateway.
    pub sms: Option<Arc<dyn Provider>>,
    /// Takes e-mail instead of the configured mail server.
    pub email: Option<Arc<dyn Provider>>,
    /// Shown at `/dev`. It holds codes in clear: for `serve --dev`, `demo` and tests.
    pub inbox: Option<Arc<Inbox>>,
}

impl World {
    /// The real world.
    pub fn new(log: Logger) -> Self {
        Self { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), log, sms: None, email: None, inbox: None }
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data file cannot be used.
    #[error("cannot open the data file")]
    Store(#[from] OpenError),
    /// The address cannot be had.
    #[error("cannot listen on {address}: choose another address, or stop what is using it")]
    Listen {
        /// What was configured.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Two endpoints want one path.
    #[error("cannot set up the endpoints")]
    Endpoints(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The ArcSight feed cannot keep its events.
    #[error("cannot start the SIEM feed")]
    Siem(#[from] siem::StartError),
    /// The thread that opens the data file has panicked.
    #[error("cannot start")]
    Task(#[from] tokio::task::JoinError),
}

/// A running server.
pub struct Server {
    http: Front,
    operator: Option<Front>,
    store: Arc<Store>,
    sends: Arc<Sends>,
    siem: Arc<Siem>,
    recurring: JoinHandle<()>,
    fetching: Vec<JoinHandle<()>>,
    stop: CancellationToken,
    stopping: Arc<AtomicBool>,
    delay: Duration,
    grace: Duration,
    log: Logger,
}

impl Server {
    /// Opens, wires and listens. When it returns, requests are answered.
    pub async fn start(config: &Config, world: World) -> Result<Self, StartError> {
        let World { clock, random, log, .. } = &world;
        let inbox = world.inbox.clone();
        let settings = Settings::new(config, clock.clone())?;
        let metrics = Arc::new(Metrics::default());
        let since = clock.now();
        let store = open(&settings, random, clock, metrics.clone(), log).await?;
        trail::tell_of_start(&*store, config, &settings.rules.keys, since).await?;
        let ways = [("sms", &world.sms, &settings.sms), ("email", &world.email, &settings.email)];
        let ways = ways.iter().filter(|(_, given, configured)| given.is_some() || configured.is_some());
        let channels = ways.map(|(channel, ..)| *channel).collect::<Vec<_>>().join(", ");
        let wait = Duration::from_secs(config.delivery.wait_for_provider_secs);
        let sends = Arc::new(Sends::new(wait, log, metrics.clone()));
        let current = settings.rules.keys.current().id().clone();
        let service = Arc::new(Service {
            store: store.clone(),
            customers: store.clone(),
            sender: Arc::new(router(&world, settings.texts, settings.sms, settings.email, metrics.clone())),
            runner: sends.clone(),
            alarm: Arc::new(Alarm { log: log.new(o!("part" => "prefixes")), metrics: metrics.clone() }),
            clock: clock.clone(),
            random: random.clone(),
            rules: settings.rules,
            language: settings.language,
        });
        let challenges = Arc::new(ChallengeService {
            transactions: store.clone(),
            clients: store.clone(),
            clock: clock.clone(),
            random: random.clone(),
            rules: settings.bne.clone(),
        });
        let bell = Arc::new(Bell::default());
        let desk = Arc::new(Desk {
            store: store.clone(),
            clock: clock.clone(),
            random: random.clone(),
            rules: settings.bne,
            rotations: bell.clone(),
        });
        let siem = feed(settings.siem, &world, metrics.clone()).await?;
        let stopping = Arc::new(AtomicBool::new(false));
        let throttle = settings.rate.map(|rate| Arc::new(Throttle::new(rate, clock.clone())));
        let context = Context::new(Parts {
            runtime: runtime(config, clock.clone(), metrics.clone(), log),
            dbx: Dbx {
                service: service.clone(),
                callers: settings.callers,
                throttle: throttle.clone(),
                refusals: metrics.clone(),
                log: log.clone(),
            },
            bne: Bne {
                service: challenges,
                callers: settings.access,
                certificates: settings.listeners.clients.clone(),
                throttle,
                clock: clock.clone(),
                feed: siem.clone(),
                refusals: metrics.clone(),
                log: log.clone(),
            },
            operator: BackOffice {
                desk,
                certificates: settings.listeners.operators.clone(),
                refusals: metrics.clone(),
                log: log.clone(),
            },
            store: store.clone(),
            remote_keys: settings.remote_keys.clone(),
            metrics: metrics.clone(),
            stopping: stopping.clone(),
            log: log.clone(),
        });
        let (bank, office) = listeners::options(config, &settings.listeners, log);
        let front = front_world(clock.clone(), metrics.clone(), log);
        let http = listen(bank, endpoints(config, inbox)?, context.clone(), front.clone())?;
        let operator =
            office.map(|options| listen(options, operator_endpoints(config)?, context, front)).transpose()?;
        let stop = CancellationToken::new();
        let fetch = |keys: Arc<identity::RemoteKeys>| {
            let log = log.new(o!("part" => "keys"));
            tokio::spawn(keys.run(clock.clone(), metrics.clone(), log, stop.clone()))
        };
        let fetching = settings.remote_keys.into_iter().map(fetch).collect();
        let recurring = Recurring {
            service,
            // In a file, nobody else sends. On a database server, others may be about to.
            since: match &settings.location {
                Location::File(_) => since,
                Location::Server(_) => since - SEND_LOST_AFTER,
            },
            retention: settings::retention(config),
            pause: Duration::from_secs(config.store.purge_interval_secs),
            metrics,
            log: log.new(o!("part" => "recurring")),
        };
        let rotations = Rotations {
            current,
            store: store.clone(),
            clock: clock.clone(),
            bell,
            log: log.new(o!("part" => "rotations")),
        };
        let checkpoints = trail::checkpoints(settings.checkpoints, store.clone(), clock.clone(), log);
        let (recurring, rotations) = (recurring.run(stop.clone()), rotations.run(stop.clone()));
        let until = stop.clone();
        let checkpoints = async {
            if let Some(checkpoints) = checkpoints {
                checkpoints.run(until).await;
            }
        };
        let keys = stop.clone().run_until_cancelled_owned(tell_of_keys(store.clone(), since, log.clone()));
        let recurring = tokio::spawn(async {
            tokio::join!(recurring, rotations, checkpoints, keys);
        });
        info!(
            log, "listening";
            "address" => %http.local_addr(), "version" => env!("CARGO_PKG_VERSION"),
            "data" => %settings.location, "profile" => config.policy.profile.as_str(), "channels" => channels
        );
        let delay = Duration::from_secs(config.server.shutdown_delay_secs);
        let grace = Duration::from_secs(config.server.shutdown_grace_secs);
        if let Some(operator) = &operator {
            info!(log, "listening for operators"; "address" => %operator.local_addr());
        }
        Ok(Self {
            http,
            operator,
            store,
            sends,
            siem,
            recurring,
            fetching,
            stop,
            stopping,
            delay,
            grace,
            log: world.log,
        })
    }

    /// Where it listens: the port is the real one, also where 0 was configured.
    pub fn local_addr(&self) -> SocketAddr {
        self.http.local_addr()
    }

    /// Where it listens for operators, if it does.
    pub fn operator_addr(&self) -> Option<SocketAddr> {
        self.operator.as_ref().map(Front::local_addr)
    }

    /// From now on `/readyz` says no, so that no new callers are sent here.
    pub fn announce_shutdown(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Looks for new certificates now, and tells in the log what is found.
    pub async fn reload_certificates(&self) {
        self.http.reload_certificates().await;
        if let Some(operator) = &self.operator {
            operator.reload_certificates().await;
        }
    }

    /// Waits until the server ends by itself, which it should not.
    pub async fn failed(&mut self) -> String {
        let operator = async {
            match &mut self.operator {
                Some(operator) => operator.failed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            ended = self.http.failed() => ended,
            ended = operator => ended,
        }
    }

    /// Stops in order. Returns whether everything was finished within the grace.
    pub async fn shutdown(self) -> bool {
        self.announce_shutdown();
        info!(self.log, "stopping"; "grace_secs" => self.grace.as_secs());
        tokio::time::sleep(self.delay).await;
        let deadline = Instant::now() + self.grace;
        let close = async {
            let operator = async {
                match self.operator {
                    Some(operator) => operator.close().await,
                    None => Ok(()),
                }
            };
            let (http, operator) = tokio::join!(self.http.close(), operator);
            http.and(operator)
        };
        let answered = match tokio::time::timeout_at(deadline, close).await {
            Ok(Ok(())) => true,
            Ok(Err(problem)) => {
                warn!(self.log, "the listener did not stop cleanly"; "problem" => problem);
                false
            }
            Err(_) => {
                warn!(self.log, "requests were cut off");
                false
            }
        };
        self.stop.cancel();
        let unsent = self.sends.drain(deadline.saturating_duration_since(Instant::now())).await;
        if unsent > 0 {
            warn!(self.log, "sends were cut off, they will be repeated at the next start"; "count" => unsent);
        }
        if let Err(problem) = self.recurring.await {
            warn!(self.log, "the recurring work did not stop cleanly"; "problem" => #problem);
        }
        for fetching in self.fetching {
            if let Err(problem) = fetching.await {
                warn!(self.log, "the fetching of keys did not stop cleanly"; "problem" => #problem);
            }
        }
        // Not bounded by what is left of the grace alone: events in memory have to get to the disk.
        let left = deadline.saturating_duration_since(Instant::now()).max(SIEM_FLUSH_MIN);
        let events = self.siem.shutdown(left).await;
        if events > 0 {
            info!(self.log, "events wait in the SIEM spool, the next start sends them"; "count" => events);
        }
        // Closing the file waits for the writer's thread.
        let store = self.store;
        let closed = tokio::task::spawn_blocking(move || drop(store)).await;
        info!(self.log, "stopped");
        answered && unsent == 0 && closed.is_ok()
    }
}

/// Starting reads the spool, which is work for a thread that may block.
async fn feed(options: SiemOptions, world: &World, metrics: Arc<Metrics>) -> Result<Arc<Siem>, StartError> {
    let World { clock, random, log, .. } = world;
    let (clock, random, log) = (clock.clone(), random.clone(), log.clone());
    let start = move || Siem::start(options, clock, random, metrics, &log);
    Ok(Arc::new(tokio::task::spawn_blocking(start).await??))
}

async fn open(
    settings: &Settings,
    random: &Arc<dyn Random>,
    clock: &Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    log: &Logger,
) -> Result<Arc<Store>, StartError> {
    let log = log.new(o!("part" => "store"));
    let options = Options { observer: Some(metrics), log, ..Options::new(settings.location.clone()) };
    let rules = settings.rules.clone();
    let (random, now) = (random.clone(), clock.now());
    let open = move || Store::open(&options, &rules.keys, random, now);
    Ok(Arc::new(tokio::task::spawn_blocking(open).await??))
}

/// What is under which key, and what hangs on them all. That takes a look at all rows, which nobody has to wait for.
async fn tell_of_keys(store: Arc<Store>, now: Timestamp, log: Logger) {
    let status = match store.key_status(now).await {
        Ok(status) => status,
        Err(problem) => return warn!(log, "what is under which server key is not known"; "problem" => #problem),
    };
    for key in &status.keys {
        let (id, rows) = (key.id.as_str(), key.rows());
        if key.current {
            info!(log, "server key: seals what is new"; "key" => id, "sealed_rows" => rows);
        } else if !key.configured {
            warn!(log, "server key: not configured, what is under it cannot be read"; "key" => id, "sealed_rows" => rows);
        } else if status.is_removable(key, now) {
            info!(log, "server key: nothing is left under it, it can be taken out"; "key" => id);
        } else {
            let until = status.needed_until(key).map(|until| until.to_rfc3339());
            info!(log, "server key: still needed, `countersign keys rotate` moves what is sealed with it";
                "key" => id, "sealed_rows" => rows, "needed_until" => until);
        }
    }
    info!(
        log,
        "keep a copy of the server keys apart from the data file: if they are lost, so are all addresses, customer \
                numbers and token seeds in it, and nobody can bring them back"
    );
}

fn router(
    world: &World,
    texts: crate::delivery::template::Texts,
    sms: Option<Arc<dyn Provider>>,
    email: Option<Arc<dyn Provider>>,
    metrics: Arc<Metrics>,
) -> Router {
    let mut router = Router::new(texts, SEND_MAX, metrics, world.log.new(o!("part" => "delivery")));
    let ways = [(Channel::Sms, world.sms.clone().or(sms)), (Channel::Email, world.email.clone().or(email))];
    for (channel, provider) in ways {
        match provider {
            Some(provider) => router = router.provide(channel, provider),
            None => warn!(world.log, "no provider is configured, nothing can be sent"; "channel" => channel.as_str()),
        }
    }
    router
}

fn runtime(config: &Config, clock: Arc<dyn Clock>, metrics: Arc<Metrics>, log: &Logger) -> runtime::Settings {
    runtime::Settings {
        body_timeout: Duration::from_secs(config.server.body_timeout_secs),
        handler_timeout: Duration::from_secs(config.server.handler_timeout_secs),
        log: log.clone(),
        observer: metrics,
        now: Arc::new(move || clock.now()),
        cors_origins: config.server.cors_origins.clone().into(),
    }
}

fn endpoints(config: &Config, inbox: Option<Arc<Inbox>>) -> Result<Api<Context>, StartError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StartError::Endpoints(error);
    let mut api = Api::default();
    let base_path = &config.server.dbx_base_path;
    dbx::register::<Context, Dbx>(&mut api, base_path).map_err(|e| failed(e.into()))?;
    if !config.server.cors_origins.is_empty() {
        cors::register_preflight::<Context, Dbx>(&mut api, base_path, &dbx::OPERATIONS)
            .map_err(|e| failed(e.into()))?;
    }
    let bne_base_path = config.bne.enabled.then_some(config.bne.base_path.as_str());
    if let Some(base_path) = bne_base_path {
        bne::register::<Context, Bne>(&mut api, base_path).map_err(|e| failed(e.into()))?;
        if !config.server.cors_origins.is_empty() {
            cors::register_preflight::<Context, Bne>(&mut api, base_path, &bne::OPERATIONS)
                .map_err(|e| failed(e.into()))?;
        }
    }
    ops::register(&mut api, config.server.metrics).map_err(|e| failed(e.into()))?;
    let inbox_page = inbox.is_some().then_some(page::PATH);
    if config.server.docs {
        viewer::register(&mut api, &viewer::documents(base_path, bne_base_path), inbox_page)
            .map_err(|e| failed(e.into()))?;
    }
    if let Some(page) = inbox_page.or(config.server.docs.then_some("/docs/")) {
        viewer::register_home(&mut api, page).map_err(|e| failed(e.into()))?;
    }
    if let Some(inbox) = inbox {
        page::register(&mut api, move || inbox.messages()).map_err(|e| failed(e.into()))?;
    }
    Ok(api)
}

/// What the listener for operators answers: the API, its document and a page to read it.
fn operator_endpoints(config: &Config) -> Result<Api<Context>, StartError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StartError::Endpoints(error);
    let mut api = Api::default();
    let base_path = &config.operator.base_path;
    operator::register::<Context, BackOffice>(&mut api, base_path).map_err(|e| failed(e.into()))?;
    ops::register(&mut api, config.operator.metrics).map_err(|e| failed(e.into()))?;
    if config.server.docs {
        viewer::register(&mut api, &[viewer::operator_document(base_path)], None).map_err(|e| failed(e.into()))?;
        viewer::register_home(&mut api, "/docs/").map_err(|e| failed(e.into()))?;
    }
    Ok(api)
}

fn listen(
    options: front::Options,
    api: Api<Context>,
    context: Context,
    world: front::World,
) -> Result<Front, StartError> {
    let address = options.address;
    Front::start(options, api.routes(context), world).map_err(|source| StartError::Listen { address, source })
}

fn front_world(clock: Arc<dyn Clock>, metrics: Arc<Metrics>, log: &Logger) -> front::World {
    front::World {
        request_id: || SystemRandom.uuid().to_string(),
        now: Arc::new(move || clock.now()),
        observer: metrics,
        // The runtime writes a line for each request.
        log: log.new(o!("part" => "http")),
    }
}

impl store::Observer for Metrics {
    fn committed(&self, steps: usize, rows: u64, elapsed: Duration) {
        self.committed(steps, rows, elapsed);
    }
}

impl runtime::Observer for Metrics {
    fn observed(&self, operation: &'static str, status: u16, elapsed: Duration) {
        self.request(operation, status, elapsed);
    }
}

impl identity::Observer for Metrics {
    fn fetched(&self, issuer: &str, outcome: &'static str) {
        self.jwks_fetch(issuer, outcome);
    }

    fn renewed(&self, issuer: &str, at: Timestamp, keys: usize) {
        self.jwks_renewed(issuer, at.timestamp(), keys);
    }
}

impl Refusals for Metrics {
    fn refused(&self, operation: &'static str, code: &'static str) {
        self.refusal(operation, code);
    }
}

impl SendObserver for Metrics {
    fn sent(&self, channel: Channel, provider: &str, outcome: &'static str, elapsed: Duration) {
        self.send(channel.as_str(), provider, outcome, elapsed);
    }
}
