//! Entries of what happens outside the store: starts, and checkpoints that were signed.

use super::trail::{self, append};
use crate::domain::audit::Entry;
use crate::domain::audit::chain::Position;
use crate::domain::audit::checkpoint::{Running, started};
use crate::domain::flow::Timestamp;
use crate::domain::ports::{StoreError, TrailKeeper};
use crate::store::Store;
use crate::store::sql::{Connection, OptionalExtension};
use async_trait::async_trait;

#[async_trait]
impl TrailKeeper for Store {
    async fn trail_end(&self) -> Result<Position, StoreError> {
        let (sealer, index) = (self.sealer.clone(), self.index.clone());
        self.readers.run(move |connection| trail::head(connection, &sealer, &index)).await
    }

    async fn record(&self, entry: Entry) -> Result<(), StoreError> {
        self.writer.run(move |writing| append(writing, &entry)).await
    }

    async fn record_start(&self, at: Timestamp, running: Running) -> Result<(), StoreError> {
        self.writer
            .run(move |writing| {
                let entries = started(at, last(writing)?.as_ref(), &running);
                write(writing, &running)?;
                entries.iter().try_for_each(|entry| append(writing, entry))
            })
            .await
    }
}

fn last(connection: &Connection) -> Result<Option<Running>, StoreError> {
    let sql = "select version, configuration, keys from last_start";
    let found = connection
        .query_row(sql, (), |row| Ok(Running { version: row.get(0)?, configuration: row.get(1)?, keys: row.get(2)? }));
    Ok(found.optional()?)
}

fn write(connection: &Connection, running: &Running) -> Result<(), StoreError> {
    let sql = "insert into last_start (id, version, configuration, keys) values (1, ?1, ?2, ?3)
               on conflict (id) do update set version = ?1, configuration = ?2, keys = ?3";
    connection.execute(sql, (&running.version, &running.configuration, &running.keys))?;
    Ok(())
}
