//! The server that is measured, in a process of its own so that its processor time and memory can be told from the load
//! generator's. It listens on this host only, and its data directory is deleted afterwards.

use super::{BenchError, noop};
use crate::api::runtime;
use crate::config::limits::{Challenges, Failures, Limits, Sends};
use crate::config::{Config, Store};
use crate::dev::data::{DataDir, DataError};
use crate::dev::divert;
use crate::front::{self, Front};
use crate::server::{Server, SystemClock, SystemRandom, World};
use crate::telemetry::Metrics;
use secrecy::SecretString;
use slog::Logger;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What is behind the listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The product, as it would be for a bank, but for providers: messages go to an inbox in memory.
    Product,
    /// The pipeline with handlers that do nothing.
    Noop,
}

impl Role {
    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Noop => "noop",
        }
    }
}

/// The limits of production, at numbers that no run reaches: they are counted like any other.
const OUT_OF_REACH: Option<u32> = Some(10_000_000);

/// That of the user of the database server; never an argument, which others could see.
pub(super) fn password() -> Option<SecretString> {
    std::env::var("COUNTERSIGN_STORE_PASSWORD").ok().map(SecretString::from)
}

/// The configuration of the server that is measured: everything as by default, with no limit in the way.
pub(super) fn config(data: &DataDir) -> Result<Config, DataError> {
    let mut config = data.config()?;
    if let Some(url) = data.database_url()? {
        config.store = Store { url: Some(url), sqlite: None, password: password(), ..config.store };
    }
    config.server.listen = (Ipv4Addr::LOCALHOST, 0).into();
    config.server.metrics = true;
    config.operator.enabled = false;
    config.limits = Limits {
        resend_wait_secs: Some(0),
        sends: Sends {
            destination_per_hour: OUT_OF_REACH,
            customer_per_hour: OUT_OF_REACH,
            app_per_minute: OUT_OF_REACH,
            address_per_hour: OUT_OF_REACH,
            country_per_hour: OUT_OF_REACH,
            purpose_per_minute: OUT_OF_REACH,
            all_per_minute: OUT_OF_REACH,
        },
        failures: Failures {
            destination_per_day: OUT_OF_REACH,
            customer_per_day: OUT_OF_REACH,
            address_per_hour: OUT_OF_REACH,
            same_code_per_hour: OUT_OF_REACH,
            purpose_per_minute: OUT_OF_REACH,
            ..Failures::default()
        },
        challenges: Challenges {
            client_per_minute: OUT_OF_REACH,
            customer_per_hour: OUT_OF_REACH,
            address_per_minute: OUT_OF_REACH,
            all_per_minute: OUT_OF_REACH,
        },
    };
    // What is prepared before a run must still be good in it.
    if let Some(policy) = &mut config.policy.pre_login {
        policy.code_lifetime_secs = Some(600);
    }
    Ok(config)
}

/// Serves until stdin ends; tells on stdout where. `purging` deletes what is over every second. Run by [`Subject::start`], in a
/// process of its own.
pub async fn serve(data: &Path, role: Role, purging: bool, log: Logger) -> Result<(), BenchError> {
    let told = |address: SocketAddr| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{address}").and_then(|()| out.flush()).map_err(BenchError::Pipe)
    };
    match role {
        Role::Product => {
            let mut world = World::new(log);
            divert(&mut world);
            let mut config = config(&DataDir::open(data)?)?;
            if purging {
                config.store.purge_interval_secs = 1;
            }
            let server = Server::start(&config, world).await?;
            told(server.local_addr())?;
            end_of_input()?.await.map_err(|_| BenchError::Child)?;
            if !server.shutdown().await {
                return Err(BenchError::Child);
            }
        }
        Role::Noop => {
            let front = pipeline(log)?;
            told(front.local_addr())?;
            end_of_input()?.await.map_err(|_| BenchError::Child)?;
            front.close().await.map_err(|_| BenchError::Child)?;
        }
    }
    Ok(())
}

fn pipeline(log: Logger) -> Result<Front, BenchError> {
    let second = Duration::from_secs(1);
    let metrics = Arc::new(Metrics::default());
    let now: Arc<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync> = Arc::new(|| SystemClock.now());
    let context = noop::Context::new(runtime::Settings {
        body_timeout: 10 * second,
        handler_timeout: 10 * second,
        log: log.clone(),
        observer: metrics.clone(),
        now: now.clone(),
        cors_origins: Arc::new([]),
    });
    let address = (Ipv4Addr::LOCALHOST, 0).into();
    let routes = noop::endpoints().map_err(|error| BenchError::Pipeline(error.into()))?.routes(context);
    let world = front::World { request_id: || SystemRandom.uuid().to_string(), now, observer: metrics, log };
    let options = front::Options::new("bank", "server.connections", address);
    Front::start(options, routes, world).map_err(|source| BenchError::Connect { address, source })
}

/// Comes true when stdin ends: then the load generator has ended, in whatever way.
fn end_of_input() -> Result<oneshot::Receiver<()>, BenchError> {
    let (ended, end) = oneshot::channel();
    let wait = move || {
        // An error is an end, too.
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        // Nobody waits once the server has failed.
        let _ = ended.send(());
    };
    std::thread::Builder::new().name("stdin".to_owned()).spawn(wait).map_err(BenchError::Thread)?;
    Ok(end)
}

/// A server in a process of its own.
pub(super) struct Subject {
    child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// From the start of the process to the line that says where it listens.
    pub(super) start: Duration,
}

impl Subject {
    /// Starts it and waits until it listens. Its log goes to a file in `data`.
    pub(super) fn start(program: &Path, data: &Path, role: Role, purging: bool) -> Result<Self, BenchError> {
        let log = data.join(format!("{}.log", role.as_str()));
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(|source| BenchError::Scratch { path: log, source })?;
        let mut command = Command::new(program);
        command.arg("bench-server").arg("--role").arg(role.as_str()).arg("--data").arg(data);
        command.args(purging.then_some("--purging"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let begun = Instant::now();
        let mut child = command.spawn().map_err(BenchError::Pipe)?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out.take(1024)).read_line(&mut line).map_err(BenchError::Pipe)?;
        }
        match line.trim().parse() {
            Ok(address) => Ok(Self { child, address, start: begun.elapsed() }),
            Err(_) => {
                // It has ended, or is of no use.
                let _ = child.kill();
                let _ = child.wait();
                let said = std::fs::read_to_string(data.join(format!("{}.log", role.as_str()))).unwrap_or_default();
                Err(BenchError::NotStarted(said.trim().to_owned()))
            }
        }
    }

    /// For the gauge.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Stops it in order.
    pub(super) fn stop(mut self) -> Result<(), BenchError> {
        drop(self.child.stdin.take());
        let ended = self.child.wait().map_err(BenchError::Pipe)?;
        if ended.success() { Ok(()) } else { Err(BenchError::Child) }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // Without an input it stops by itself; this waits for it, so that its directory can be deleted.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
