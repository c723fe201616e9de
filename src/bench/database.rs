//! A PostgreSQL database for each round, and what the server that it is on does at best with single rows.

use super::BenchError;
use super::gauge::{Process, Used};
use crate::server::SystemRandom;
use crate::store::Address;
use futures::future::try_join_all;
use std::net::IpAddr;
use std::ops::Deref;
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// Rows of the table whose rows are updated; as `pgbench -s 1` has accounts.
const ROWS: i64 = 100_000;

/// Questions of which the one in the middle says how far the server is.
const ROUND_TRIPS: usize = 201;

/// A connection.
type Open = Box<dyn Deref<Target = Client> + Send + Sync>;

/// A database that was made for a round. It is deleted when this goes.
pub(super) struct Database {
    /// Where the user may make databases.
    home: Address,
    name: String,
    /// For looks at what it uses up.
    watching: Open,
    /// Whether its processes are on this machine.
    is_here: bool,
}

impl Database {
    /// Makes a new one, beside that of `home`.
    pub(super) async fn create(home: Address) -> Result<Self, BenchError> {
        let name = format!("countersign_bench_{}", SystemRandom.uuid().simple());
        let watching = open(&home).await?;
        watching.batch_execute(&format!("create database {name} template template0 encoding 'UTF8'")).await?;
        let server = "select coalesce(host(inet_server_addr()), '127.0.0.1'), pg_backend_pid()";
        let server = watching.query_one(server, &[]).await?;
        let is_here = server.get::<_, &str>(0).parse().is_ok_and(|address: IpAddr| address.is_loopback());
        let process: i32 = server.get(1);
        // In a container it would be another process of that number, or none.
        let name_of = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
        let is_here = is_here && name_of.starts_with("postgres");
        Ok(Self { home, name, watching, is_here })
    }

    /// What the database server has used up until now.
    pub(super) async fn used(&self) -> Result<Used, BenchError> {
        let log = self.watching.query_one("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8", &[]).await?;
        let serving = "select pid from pg_stat_activity where datname = $1 and backend_type = 'client backend'";
        let serving = self.watching.query(serving, &[&self.name]).await?;
        let each = serving.iter().map(|row| Process::cpu(row.get::<_, i32>(0).unsigned_abs()));
        let cpu = if self.is_here { Some(each.sum::<Result<_, _>>()?) } else { None };
        Ok(Used { log: log.get(0), cpu })
    }

    /// How long the server takes to answer what costs nothing, through `way`: the one in the middle of many.
    pub(super) async fn round_trip(&self, way: &Address) -> Result<Duration, BenchError> {
        let client = open(way).await?;
        let statement = client.prepare("select 1").await?;
        let mut taken = Vec::with_capacity(ROUND_TRIPS);
        for _ in 0..ROUND_TRIPS {
            let begun = Instant::now();
            client.query_one(&statement, &[]).await?;
            taken.push(begun.elapsed());
        }
        taken.sort_unstable();
        Ok(taken[ROUND_TRIPS / 2])
    }

    /// Its name: with that in the place of the other, an address is its.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Updates rows for so long, one in each transaction, on so many connections; gives updates per second.
    pub(super) async fn single_rows(&self, connections: usize, duration: Duration) -> Result<f64, BenchError> {
        let here = self.home.with_database(&self.name);
        let setup = open(&here).await?;
        setup
            .batch_execute(&format!(
                "create table bench_rows (id bigint primary key, value bigint not null, filler char(84) not null);
                 insert into bench_rows select n, 0, '' from generate_series(1, {ROWS}) as n"
            ))
            .await?;
        setup.batch_execute("vacuum analyze bench_rows").await?;
        let clients = try_join_all((0..connections).map(|_| open(&here))).await?;
        let begin = Instant::now();
        let update = async |client: &Client| {
            let statement = client.prepare("update bench_rows set value = value + 1 where id = $1").await?;
            let (mut updates, mut row) = (0_u64, i64::from(SystemRandom.uuid().as_fields().0));
            while begin.elapsed() < duration {
                // Any order that does not repeat soon will do.
                row = row.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                client.execute(&statement, &[&((row >> 33).rem_euclid(ROWS) + 1)]).await?;
                updates += 1;
            }
            Ok::<_, BenchError>(updates)
        };
        let updates: u64 = try_join_all(clients.iter().map(|client| update(client))).await?.iter().sum();
        let per_second = updates as f64 / begin.elapsed().as_secs_f64();
        setup.batch_execute("drop table bench_rows").await?;
        Ok(per_second)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let delete = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            let sql = format!("drop database {} with (force)", self.name);
            runtime.block_on(async { open(&self.home).await.ok()?.batch_execute(&sql).await.ok() })
        };
        // On a thread that may wait. If it fails, the run has failed for the same reason, or the user sees the database.
        let _ = std::thread::scope(|scope| scope.spawn(delete).join());
    }
}

async fn open(address: &Address) -> Result<Open, BenchError> {
    Ok(Box::new(address.connect().await.map_err(BenchError::made)?))
}
