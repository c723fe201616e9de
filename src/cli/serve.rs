//! Commands that run a server.

use super::{DATA_DIR, Failed, development, load, output};
use crate::config::{Config, Log, LogFormat, LogLevel};
use crate::dev::{demo, divert, seed};
use crate::server::{Server, StartError, World};
use crate::telemetry::Logging;
use slog::{Logger, info, warn};
use std::net::SocketAddr;
use std::path::Path;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// The server ended by itself.
#[derive(Debug, thiserror::Error)]
#[error("the server has failed: {0}")]
struct Ended(String);

/// Some work was not finished within the grace.
#[derive(Debug, thiserror::Error)]
#[error("not everything was finished within server.shutdown_grace_secs; what is left is done at the next start")]
struct CutOff;

pub(super) fn with_config(file: &Path) -> Result<(), Failed> {
    let config = load(file)?;
    let logging = Logging::start(&config.log);
    for note in config.notes() {
        warn!(logging.log, "configuration"; "note" => note);
    }
    let world = World::new(logging.log.clone());
    runtime()?.block_on(until_told(&config, world, |_| ()))
}

pub(super) fn for_development(dir: &Path, listen: SocketAddr) -> Result<(), Failed> {
    let mut config = development(dir)?;
    config.server.listen = listen;
    let logging = Logging::start(&config.log);
    let mut world = World::new(logging.log.clone());
    divert(&mut world);
    seed::seed(&config, &world.random, world.clock.now()).map_err(Failed::other)?;
    runtime()?.block_on(until_told(&config, world, |address| output::result(banner(address, dir))))
}

pub(super) fn demo(phone: String, email: String) -> Result<(), Failed> {
    // What goes wrong is told by the demo itself; the log would only repeat it.
    let logging = Logging::start(&Log { format: LogFormat::Terminal, level: LogLevel::Error });
    let options = demo::Options { phone, email };
    let told = runtime()?.block_on(demo::run(&options, logging.log.clone(), &mut |line| output::result(line)));
    told.map_err(Failed::other)
}

fn runtime() -> Result<Runtime, Failed> {
    Runtime::new().map_err(Failed::other)
}

async fn until_told(config: &Config, world: World, started: impl FnOnce(SocketAddr)) -> Result<(), Failed> {
    // Before the server starts, so that no signal is lost while it does.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failed::other)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failed::other)?;
    let log = world.log.clone();
    let server = Server::start(config, world).await.map_err(|error| match error {
        StartError::Config(error) => Failed::Config(error),
        error => Failed::other(error),
    })?;
    started(server.local_addr());
    let ended = tokio::select! {
        _ = terminate.recv() => told(&log, "SIGTERM"),
        _ = interrupt.recv() => told(&log, "SIGINT"),
        problem = server.failed() => Some(Failed::other(Ended(problem))),
    };
    let finished = server.shutdown().await;
    match ended {
        Some(failed) => Err(failed),
        None if finished => Ok(()),
        None => Err(Failed::other(CutOff)),
    }
}

fn told(log: &Logger, signal: &str) -> Option<Failed> {
    info!(log, "told to stop"; "signal" => signal);
    None
}

fn banner(address: SocketAddr, dir: &Path) -> String {
    let data = if dir == Path::new(DATA_DIR) { String::new() } else { format!(" --data {}", dir.display()) };
    let customers: Vec<_> = seed::SAMPLES.iter().map(|(id, ..)| *id).collect();
    let exposed = if address.ip().is_loopback() {
        String::new()
    } else {
        format!("  !! {address} can be reached from other hosts: ANYONE there can read every code. Use 127.0.0.1.\n")
    };
    format!(
        "\n  ======================================================================\n  \
           DEVELOPMENT SERVER - NOT FOR PRODUCTION\n  \
           Codes can be read by anyone, keys lie beside the data. No client address is throttled;\n  \
           resends, wrong codes and codes a day are limited as in production.\n  \
           ======================================================================\n{exposed}\n  \
           try it     http://{address}/docs\n  \
           messages   http://{address}/dev   (JSON: /dev/inbox)\n  \
           a token    countersign dev-token --customer {}{data}\n  \
           customers  {}\n  \
           data       {} (kept; delete it to start again)\n  \
           stop       Ctrl-C, once\n",
        customers[0],
        customers.join(", "),
        dir.display(),
    )
}
