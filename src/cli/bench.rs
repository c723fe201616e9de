//! `bench`, and the process that it measures.

use super::offline::progress_bar;
use super::{Failed, output, serve};
use crate::bench::report::Report;
use crate::bench::scenario::Scenario;
use crate::bench::subject::{self, Role};
use crate::bench::{self, BenchError, Options, Watcher};
use crate::config::Log;
use crate::server::SystemRandom;
use crate::telemetry::Logging;
use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

pub(super) const HELP: &str = "\
Without --url a server is started for the run, as for a bank, but for three
things: limits are counted and out of reach, the toll-fraud guard is off, and
messages go to an inbox in memory. Then the same requests go to the same
pipeline with nothing behind it, and as many rows into a bare SQLite file, in
the same groups: the ratios to both are the result, for they do not depend on
the machine as the figures do. Both are measured right after each run, but not
at a --rate. On a machine that does other things, too, --runs 5 says how far
the figures spread: each round has a new server with new data, ratios are formed
in each, and shown are the lowest, the middle and the highest (of some columns,
only the middle).

A scenario runs for --duration, or until what was prepared for it is used up:
  request        DBX: open a flow, send its code
  verify-right   DBX: the right code, once a flow
  verify-wrong   DBX: wrong codes, two a flow
  resend         DBX: the code again, three times a flow
  bne-validate   BNE: the right code of a hardware token
  mixed          of all these

Latency counts from when a request was due. With --rate requests are due at
that rate whatever the server does; without, each connection sends its next one
when it is answered. The columns: processor time of the server and of the
database server's connections, if it is on this machine, rows, fsyncs and
kilobytes on the disk for one request (with a database server, those of its
write-ahead log), steps that shared one fsync; then answers a second as a share
of those of the empty pipeline (of no-op), of the bare file (of rows alone) and
of the lower of both. An fsync is one of a small append in --dir, the middle one
of 200. The goal for the 99th percentile is three times the empty pipeline's,
and one fsync (p99 goal = 3 x no-op p99 + fsync): p99 / goal is below 1 where it
is reached. Short runs do not compare: give each ten seconds or more.
bne-validate and mixed need as many --tokens as they --prepare. With --url the
flows stay in that server's data.

Examples:
  countersign bench
  countersign bench --scenario verify-right --connections 16
  countersign bench --runs 5
  countersign bench --scenario request --rate 500,1000,2000 --plot rate.svg
  countersign bench --scenario request --url 127.0.0.1:8080 --json out.json
  countersign bench --store postgres://bench@127.0.0.1/bench --replicas 3
  countersign bench --store postgres://bench@127.0.0.1/bench --store-delay 250";

/// What may stand before the address of a server.
const HTTP: &str = "http://";

#[derive(Args)]
pub(super) struct Bench {
    /// What is asked: request, verify-right, verify-wrong, resend, bne-validate, mixed. All, unless it is said.
    #[arg(long = "scenario", value_name = "NAMES", value_delimiter = ',')]
    scenarios: Vec<Scenario>,
    /// How often each scenario is run, each time with what it is compared with: with more than one, the lowest figure,
    /// the one in the middle and the highest are shown.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=99))]
    runs: u32,
    /// How many connections there are at once.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
    /// Requests that are due in a second; several make a run each. Without it, as many as are answered.
    #[arg(long = "rate", value_name = "RATES", value_delimiter = ',', value_parser = rate)]
    rates: Vec<f64>,
    /// Seconds of a run that are measured, at most.
    #[arg(long, value_name = "SECS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    duration: u64,
    /// Seconds before that; not where something is prepared, which warms the server as well.
    #[arg(long, value_name = "SECS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=3600))]
    warm_up: u64,
    /// Flows and transactions that are prepared for each run of a scenario that needs some.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    prepare: u32,
    /// Hardware tokens in the data file of the server that is started.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    tokens: u32,
    /// Entries in its audit trail, besides those of the tokens.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000_000))]
    entries: u32,
    /// Flows in it that are over: the server deletes them while it is measured.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000_000))]
    expired: u32,
    /// A server that runs already, as IP:port, with or without http:// before it; in clear. It must be a development
    /// server (`serve --dev`) for all but `request`, `verify-wrong` and `resend`, and have limits that let the run
    /// through.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    url: Option<SocketAddr>,
    /// Put the data on a PostgreSQL server, not into a file: postgres://user@host:5432/database, with the password in
    /// COUNTERSIGN_STORE_PASSWORD. Each round makes a database of its own beside that one and deletes it; the user has to be
    /// allowed to. `of rows alone` is then a share of the updates of single rows that the server does on as many connections,
    /// each in a transaction of its own.
    #[arg(long, value_name = "URL", conflicts_with = "url")]
    store: Option<String>,
    /// Microseconds that are added to each way between a server and the database server, as if that were far: 250 for another
    /// machine, 500 for another place. A round trip takes twice as long, and some 0.1 ms more on its way through.
    #[arg(long, value_name = "MICROS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=1_000_000), requires = "store")]
    store_delay: u64,
    /// Servers that share the database; the connections are spread over them.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=16), requires = "store")]
    replicas: u32,
    /// Leave out what the figures are compared with.
    #[arg(long)]
    no_references: bool,
    /// Write all figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw latency against rate into this file, as SVG: needs two rates or more.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Where the data of the run lies while it runs, in a directory of its own; the file system is part of what is
    /// measured. The directory for temporary files, unless it is said.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct BenchServer {
    #[arg(long)]
    role: Serves,
    #[arg(long)]
    data: PathBuf,
    /// What is over is deleted every second, not every few minutes.
    #[arg(long)]
    purging: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Serves {
    Product,
    Noop,
}

/// Somebody wants it to stop.
#[derive(Debug, thiserror::Error)]
#[error("interrupted: nothing is reported, and the data of the run is deleted")]
struct Interrupted;

/// A result cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
struct CannotWrite {
    path: PathBuf,
    source: std::io::Error,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.1..=10_000_000.0).contains(&rate) => Ok(rate),
        _ => Err("must be a number from 0.1 to 10000000".to_owned()),
    }
}

/// An address, or a URL that says no more than that.
fn address(text: &str) -> Result<SocketAddr, String> {
    let bare = match text.get(..HTTP.len()) {
        Some(scheme) if scheme.eq_ignore_ascii_case(HTTP) => {
            let rest = &text[HTTP.len()..];
            rest.strip_suffix('/').unwrap_or(rest)
        }
        _ => text,
    };
    let wrong = "write the server's IP address and port, such as 127.0.0.1:8080 or http://127.0.0.1:8080: no name, no \
                 path, no https";
    bare.parse().map_err(|_| wrong.to_owned())
}

pub(super) fn bench(command: &Bench) -> Result<(), Failed> {
    if command.plot.is_some() && command.rates.len() < 2 {
        return Err(Failed::other(bench::PlotError::Nothing));
    }
    let scenarios = match (&command.scenarios[..], command.url) {
        ([], None) => Scenario::ALL.to_vec(),
        // A server that runs has no tokens for the others.
        ([], Some(_)) => vec![Scenario::Request, Scenario::VerifyRight, Scenario::VerifyWrong, Scenario::Resend],
        (named, _) => named.to_vec(),
    };
    let dir = command.dir.clone().unwrap_or_else(std::env::temp_dir);
    let options = Options {
        scenarios,
        rounds: command.runs,
        connections: command.connections as usize,
        rates: command.rates.clone(),
        duration: Duration::from_secs(command.duration),
        warm_up: Duration::from_secs(command.warm_up),
        prepare: command.prepare as usize,
        tokens: command.tokens as usize,
        entries: command.entries as usize,
        expired: command.expired as usize,
        url: command.url,
        store: command.store.clone(),
        store_delay: Duration::from_micros(command.store_delay),
        replicas: command.replicas as usize,
        references: !command.no_references,
        scratch: dir.join(format!("countersign-bench-{}", SystemRandom.uuid())),
        program: std::env::current_exe().map_err(Failed::other)?,
    };
    let watched = Watched(Mutex::new(progress_bar(None, "")));
    let report = serve::runtime()?.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(Failed::other)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Failed::other)?;
        tokio::select! {
            report = bench::run(&options, &watched) => report.map_err(Failed::other),
            _ = terminate.recv() => Err(Failed::other(Interrupted)),
            _ = interrupt.recv() => Err(Failed::other(Interrupted)),
        }
    });
    watched.bar(None);
    let report = report?;
    output::result(report.table().trim_end());
    keep(command, &report)
}

fn keep(command: &Bench, report: &Report) -> Result<(), Failed> {
    let write = |path: &PathBuf, text: String| {
        let written = std::fs::write(path, text);
        written.map_err(|source| Failed::other(CannotWrite { path: path.clone(), source }))
    };
    if let Some(path) = &command.json {
        write(path, serde_json::to_string_pretty(report).map_err(Failed::other)?)?;
    }
    if let Some(path) = &command.plot {
        write(path, bench::svg(&report.summaries).map_err(Failed::other)?)?;
    }
    Ok(())
}

/// A bar for each thing that is done.
struct Watched(Mutex<ProgressBar>);

impl Watched {
    fn bar(&self, next: Option<ProgressBar>) {
        let mut bar = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bar.finish_and_clear();
        if let Some(next) = next {
            *bar = next;
        }
    }
}

impl Watcher for Watched {
    fn begins(&self, what: &str, parts: usize) {
        let length = (parts > 0).then_some(parts as u64);
        let template =
            if parts > 0 { "{msg} {wide_bar} {human_pos}/{human_len}" } else { "{msg} {human_pos} {spinner}" };
        self.bar(Some(progress_bar(length, template).with_message(what.to_owned())));
    }

    fn advances(&self, parts: usize) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).inc(parts as u64);
    }
}

/// What `bench` starts; of no use to anybody else.
pub(super) fn server(command: &BenchServer) -> Result<(), Failed> {
    let role = match command.role {
        Serves::Product => Role::Product,
        Serves::Noop => Role::Noop,
    };
    let logging = Logging::start(&Log::default());
    let served: Result<(), BenchError> =
        serve::runtime()?.block_on(subject::serve(&command.data, role, command.purging, logging.log.clone()));
    served.map_err(Failed::other)
}
