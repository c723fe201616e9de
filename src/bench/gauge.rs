//! What a server uses up: processor time and memory of its process, commits and rows of its store.

use super::database::Database;
use super::load::{Connection, Request};
use super::{BenchError, Target};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use std::net::SocketAddr;
use std::time::Duration;

/// One look.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// Of the process; nothing is known of the process of a server that was running already.
    pub(super) process: Option<Process>,
    /// Of its store, if it has one.
    pub(super) store: Store,
    /// Of the database server, if its store is on one.
    pub(super) database: Option<Used>,
}

/// What the database server has used up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used {
    /// Bytes of its write-ahead log.
    pub(super) log: f64,
    /// Processor time of the processes that serve the database, if they are on this machine.
    pub(super) cpu: Option<Duration>,
}

/// What the kernel says of a process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    /// Processor time, user and system.
    pub(super) cpu: Duration,
    /// Resident memory, bytes.
    pub(super) resident: u64,
    /// Bytes that it had written to the disk.
    pub(super) written: u64,
}

/// What the server counts; see `/metrics`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Store {
    /// Each with one fsync.
    pub(super) commits: f64,
    /// Atomic steps.
    pub(super) steps: f64,
    /// Rows that were inserted, updated or deleted.
    pub(super) rows: f64,
}

/// Looks at all the servers that are measured together, and at their database.
pub(super) async fn read_all(servers: &[Target], database: Option<&Database>) -> Result<Reading, BenchError> {
    let mut all = Reading::default();
    if let Some(database) = database {
        all.database = Some(database.used().await?);
    }
    for server in servers {
        let one = read(server.address, server.process).await?;
        all.process = match (all.process, one.process) {
            (Some(all), Some(one)) => Some(Process {
                cpu: all.cpu + one.cpu,
                resident: all.resident + one.resident,
                written: all.written + one.written,
            }),
            (all, one) => all.or(one),
        };
        all.store.commits += one.store.commits;
        all.store.steps += one.store.steps;
        all.store.rows += one.store.rows;
    }
    Ok(all)
}

/// Looks at the server that listens there, and at its process if the number is known.
async fn read(address: SocketAddr, process: Option<u32>) -> Result<Reading, BenchError> {
    let process = process.map(Process::read).transpose()?;
    let request = Request { method: Method::GET, path: "/metrics", headers: HeaderMap::new(), body: Bytes::new() };
    let (status, body) = Connection::open(address).await?.call(request).await?;
    // A server may keep its figures to itself.
    let text = if status == StatusCode::OK { String::from_utf8_lossy(&body) } else { "".into() };
    let figure = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
    };
    let store = Store {
        commits: figure("countersign_store_commit_seconds_count"),
        steps: figure("countersign_store_steps_total"),
        rows: figure("countersign_store_rows_total"),
    };
    Ok(Reading { process, store, database: None })
}

impl Process {
    /// Its processor time.
    pub(super) fn cpu(id: u32) -> Result<Duration, BenchError> {
        let stat = file(id, "stat")?;
        // The name, in parentheses, may hold blanks. After it, `utime` and `stime` are the 12th and 13th word (proc(5)).
        let words: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |n: usize| words.get(n).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        Ok(Duration::from_secs(ticks(11) + ticks(12)) / u32::try_from(ticks_per_second()).unwrap_or(100))
    }

    fn read(id: u32) -> Result<Self, BenchError> {
        let cpu = Self::cpu(id)?;
        let kilobytes = |text: &str, key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0)
        };
        let resident = kilobytes(&file(id, "status")?, "VmRSS:") * 1024;
        let written = kilobytes(&file(id, "io")?, "write_bytes:");
        Ok(Self { cpu, resident, written })
    }
}

fn file(id: u32, name: &str) -> Result<String, BenchError> {
    let path = format!("/proc/{id}/{name}");
    std::fs::read_to_string(&path).map_err(|source| BenchError::Process { path, source })
}

fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}
