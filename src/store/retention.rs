//! What goes before its row does: messages, and the addresses in what stays.
//!
//! Addresses are overwritten where they are, and the row says so. What is left is sealed under a key and tells whose the
//! flow was; if the key that it was sealed under is gone, nothing is left.

use super::flow;
use super::postgres::partitions::by_row;
use super::row::seal_json;
use crate::domain::flow::{SendId, Timestamp};
use crate::domain::ports::StoreError;
use crate::store::seal::{Place, Sealer};
use crate::store::sql::Connection;

/// Deletes messages with an outcome that were recorded before `messages`, and overwrites the addresses of flows that ended, and of
/// messages with an outcome that were recorded, before `addresses`; at most `limit` rows in all. Returns how many. Messages that
/// are kept by the day go with their day.
pub(super) fn forget(
    connection: &Connection,
    sealer: &Sealer,
    messages: Timestamp,
    addresses: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    connection.plan_for_values()?;
    let outbox = by_row(connection, "outbox");
    let sql = format!(
        "delete from {outbox} where (flow_id, send_id) in
             (select flow_id, send_id from {outbox} where created_at_ms < ?1 and status <> 'pending' limit ?2)"
    );
    let mut done = connection.prepare_cached(&sql)?.execute((messages.timestamp_millis(), rows(limit)))?;
    done += forget_in_flows(connection, sealer, addresses, limit - done)?;
    done += forget_in_messages(connection, sealer, addresses, limit - done)?;
    Ok(done)
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn forget_in_flows(
    connection: &Connection,
    sealer: &Sealer,
    before: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let sql = "select id, recipients, sealed_with from flows where addresses_kept = 1 and expires_at_ms < ?1 limit ?2";
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(sql)?;
    let mut flows = statement.query((before.timestamp_millis(), rows(limit)))?;
    while let Some(row) = flows.next()? {
        let left = match flow::without_addresses(sealer, row) {
            // It stays as it is, and is told when somebody looks at it: nobody else's addresses have to wait for that.
            Err(StoreError::Corrupt { .. }) => None,
            left => Some(left?),
        };
        found.push((row.get::<_, [u8; 16]>("id")?, left));
    }
    let sql = "update flows set addresses_kept = 0, recipients = coalesce(?2, recipients),
                                sealed_with = case when ?2 is null then sealed_with else ?3 end
               where id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    for (id, sealed) in &found {
        statement.execute((id, sealed, sealer.current().as_str()))?;
    }
    Ok(found.len())
}

fn forget_in_messages(
    connection: &Connection,
    sealer: &Sealer,
    before: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let sql = "select flow_id, send_id from outbox
               where addresses_kept = 1 and created_at_ms < ?1 and status <> 'pending' limit ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map((before.timestamp_millis(), rows(limit)), |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, [u8; 16]>(1)?))
    })?;
    let found: Vec<_> = found.collect::<Result<_, _>>()?;
    let sql = "update outbox set addresses_kept = 0, addresses = ?3, sealed_with = ?4
               where flow_id = ?1 and send_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    for (flow, send) in &found {
        let row = SendId::from_bytes(*send).to_string();
        let place = Place { table: "outbox", column: "addresses", row: &row };
        let sealed = seal_json(sealer, &place, &[(); 0])?;
        statement.execute((flow, send, sealed, sealer.current().as_str()))?;
    }
    Ok(found.len())
}
