//! The store alone: a bare SQLite file that takes as many rows in as many steps, in groups of the same size, with the same
//! durability and the same settings. No index but the key, no check, no sealing, no chain: what remains is what the disk
//! and SQLite cost.

use super::BenchError;
use crate::domain::ports::Random;
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of a row besides its key: about what a flow, a window or an entry of the audit trail has on average.
const ROW_BYTES: usize = 160;

/// What is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Rows of one step, on average.
    pub(super) rows: f64,
    /// Steps that share a commit, on average.
    pub(super) group: f64,
}

/// Writes for so long; gives steps per second.
pub(super) fn run(file: &Path, shape: Shape, duration: Duration, random: &dyn Random) -> Result<f64, BenchError> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(
        "pragma page_size = 2048; pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 16384;
         pragma journal_size_limit = 67108864; pragma cache_size = -4096;
         create table t (k blob primary key, v blob not null) strict, without rowid;",
    )?;
    let (begin, mut steps, mut owed) = (Instant::now(), 0.0, 0.0);
    let mut value = vec![0; ROW_BYTES];
    random.fill(&mut value);
    while begin.elapsed() < duration {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // What is left of a row goes to the next group.
        owed += shape.rows * shape.group;
        let mut insert = transaction.prepare_cached("insert into t (k, v) values (?, ?)")?;
        while owed >= 1.0 {
            let mut key = [0; 16];
            random.fill(&mut key);
            insert.execute((key, &value))?;
            owed -= 1.0;
        }
        drop(insert);
        transaction.commit()?;
        steps += shape.group;
    }
    Ok(steps / begin.elapsed().as_secs_f64())
}
