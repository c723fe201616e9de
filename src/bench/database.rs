//! A PostgreSQL database for each round, and what the server that it is on does at best with single rows.

use super::BenchError;
use crate::server::SystemRandom;
use crate::store::Address;
use futures::future::try_join_all;
use std::ops::Deref;
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// Rows of the table whose rows are updated; as `pgbench -s 1` has accounts.
const ROWS: i64 = 100_000;

/// A database that was made for a round. It is deleted when this goes.
pub(super) struct Database {
    /// Where the user may make databases.
    home: Address,
    name: String,
}

impl Database {
    /// Makes a new one, beside that of `home`.
    pub(super) async fn create(home: &Address) -> Result<Self, BenchError> {
        let name = format!("countersign_bench_{}", SystemRandom.uuid().simple());
        open(home).await?.batch_execute(&format!("create database {name} template template0 encoding 'UTF8'")).await?;
        Ok(Self { home: home.clone(), name })
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

async fn open(address: &Address) -> Result<impl Deref<Target = Client> + use<>, BenchError> {
    address.connect().await.map_err(BenchError::made)
}
