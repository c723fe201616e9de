//! Commands that run a server.

use super::{DATA_DIR, Failed, load_whole, output};
use crate::config::{Config, Log, LogFormat, LogLevel};
use crate::dev::data::DataDir;
use crate::dev::{demo, divert, seed};
use crate::server::{Server, StartError, SystemRandom, World};
use crate::telemetry::Logging;
use slog::{Logger, info, warn};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
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

/// The address cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: choose another address with {setting}, or stop what is using this one")]
struct CannotListen {
    address: SocketAddr,
    setting: &'static str,
    source: Box<dyn Error>,
}

pub(super) fn with_config(file: &Path) -> Result<(), Failed> {
    let (config, _) = load_whole(file)?;
    let logging = Logging::start(&config.log);
    for note in config.notes() {
        warn!(logging.log, "configuration"; "note" => note);
    }
    let world = World::new(logging.log.clone());
    runtime()?.block_on(until_told(&config, world, "its key listen", |_| Ok(())))
}

pub(super) fn for_development(dir: &Path, listen: SocketAddr) -> Result<(), Failed> {
    let data = DataDir::create(dir, &SystemRandom).map_err(Failed::other)?;
    let mut config = data.config().map_err(Failed::other)?;
    config.server.listen = listen;
    // Beside the other one; a port that the system chooses stays one that the system chooses.
    let port = if listen.port() == 0 { 0 } else { listen.port().wrapping_add(1) };
    config.operator.listen = SocketAddr::new(listen.ip(), port);
    config.operator.behind_tls_proxy = true;
    config.server.behind_tls_proxy = true;
    let logging = Logging::start(&config.log);
    let mut world = World::new(logging.log.clone());
    divert(&mut world);
    let runtime = runtime()?;
    runtime.block_on(seed::seed(&data, &config, &world.random, world.clock.now())).map_err(Failed::other)?;
    let program = std::env::args().next().unwrap_or_else(|| "countersign".to_owned());
    let started = |server: &Server| {
        if let Some(address) = server.operator_addr() {
            data.note_operator(reachable(address)).map_err(Failed::other)?;
        }
        output::result(banner(&program, server.local_addr(), server.operator_addr(), dir));
        Ok(())
    };
    runtime.block_on(until_told(&config, world, "--listen", started))
}

pub(super) fn demo(phone: String, email: String) -> Result<(), Failed> {
    // What goes wrong is told by the demo itself; the log would only repeat it.
    let logging = Logging::start(&Log { format: LogFormat::Terminal, level: LogLevel::Error });
    let options = demo::Options { phone, email };
    let told = runtime()?.block_on(demo::run(&options, logging.log.clone(), &mut |line| output::result(line)));
    told.map_err(Failed::other)
}

pub(super) fn runtime() -> Result<Runtime, Failed> {
    Runtime::new().map_err(Failed::other)
}

/// `setting` is where the address comes from.
async fn until_told(
    config: &Config,
    world: World,
    setting: &'static str,
    started: impl FnOnce(&Server) -> Result<(), Failed>,
) -> Result<(), Failed> {
    // Before the server starts, so that no signal is lost while it does.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failed::other)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failed::other)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(Failed::other)?;
    let log = world.log.clone();
    let mut server = Server::start(config, world).await.map_err(|error| match error {
        StartError::Config(error) => Failed::Config(error),
        StartError::Listen { address, source } => {
            Failed::other(CannotListen { address, setting, source: source.into() })
        }
        error => Failed::other(error),
    })?;
    started(&server)?;
    let ended = loop {
        tokio::select! {
            _ = terminate.recv() => break told(&log, "SIGTERM"),
            _ = interrupt.recv() => break told(&log, "SIGINT"),
            Some(()) = hang_up.recv() => {
                info!(
                    log,
                    "SIGHUP: looking for new certificates; configuration and keys are read at the start only, and SIGTERM \
                     stops the server"
                );
                server.reload_certificates().await;
            }
            problem = server.failed() => break Some(Failed::other(Ended(problem))),
        }
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

fn banner(program: &str, address: SocketAddr, operator: Option<SocketAddr>, dir: &Path) -> String {
    let data = if dir == Path::new(DATA_DIR) { String::new() } else { format!(" --data {}", dir.display()) };
    let customers: Vec<_> = seed::SAMPLES.iter().map(|(id, ..)| *id).collect();
    let exposed = if address.ip().is_loopback() {
        String::new()
    } else {
        format!(
            "  !! {address} can be reached from other hosts, by their name for this one:\n  \
                !! ANYONE there can read every code. Use 127.0.0.1.\n"
        )
    };
    let here = reachable(address);
    let office = operator.map(|address| {
        let here = reachable(address);
        format!("operators  http://{here}/docs, or {program} token list{data}, audit tail{data}, ...\n  ")
    });
    let office = office.unwrap_or_default();
    format!(
        "\n  ======================================================================\n  \
           DEVELOPMENT SERVER - NOT FOR PRODUCTION\n  \
           Codes can be read by anyone, keys lie beside the data. Nothing limits a client address, an app, a\n  \
           phone prefix or all callers together, and a resend need not wait; what limits a customer, a phone\n  \
           number or a flow does so as in production.\n  \
           ======================================================================\n{exposed}\n  \
           try it     http://{here}/docs\n  \
           messages   http://{here}/dev   (JSON: /dev/inbox)\n  \
           a token    {program} dev-token --customer {}{data}\n  \
           customers  {}\n  \
           BNE        {program} dev-token --customer {} --client {}{data}\n  \
           a code     {program} dev-code --customer {}{data}\n  \
           {office}data       {} (kept; delete it to start again)\n  \
           stop       Ctrl-C, once\n",
        customers[0],
        customers.join(", "),
        customers[1],
        seed::CLIENT,
        customers[1],
        dir.display(),
    )
}

/// Where to call from this host: "any address" is none that a browser can be sent to.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_names_the_program_as_started_and_an_address_that_can_be_called() {
        let told = |address: &str| banner("target/debug/countersign", address.parse().unwrap(), None, Path::new("d"));
        let local = told("127.0.0.1:8080");
        assert!(
            local.contains("a token    target/debug/countersign dev-token --customer 100001 --data d\n"),
            "{local}"
        );
        assert!(!local.contains("!!"), "{local}");
        for (any, here) in [("0.0.0.0:8080", "http://127.0.0.1:8080/docs"), ("[::]:81", "http://[::1]:81/docs")] {
            let exposed = told(any);
            assert!(exposed.contains(here) && exposed.contains(&format!("!! {any} can be reached")), "{exposed}");
        }
    }
}
