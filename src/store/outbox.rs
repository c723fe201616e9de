//! Sends that were recorded, and how they went.

use super::row::{AddressJson, Cells, seal_json};
use crate::domain::customer::Language;
use crate::domain::flow::{Dispatch, FlowId, SendId, Timestamp};
use crate::domain::keys::KeyId;
use crate::domain::policy::Purpose;
use crate::domain::ports::{Pending, StoreError};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, named};

const TABLE: &str = "outbox";

/// Records a send as pending.
pub(super) fn insert(
    connection: &Connection,
    sealer: &Sealer,
    dispatch: &Dispatch,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into outbox (send_id, flow_id, purpose, key_id, generation, digits, language, addresses,
                                   sealed_with, code_expires_at_ms, resends_used, created_at_ms, taken_at_ms,
                                   status)
               values (:send_id, :flow_id, :purpose, :key_id, :generation, :digits, :language, :addresses,
                       :sealed_with, :code_expires_at_ms, :resends_used, :created_at_ms, :created_at_ms, 'pending')";
    let row = dispatch.send.to_string();
    let place = Place { table: TABLE, column: "addresses", row: &row };
    let addresses: Vec<_> = dispatch.to.iter().map(AddressJson::of).collect();
    connection.prepare_keyed(TABLE, sql)?.put(named! {
        ":send_id": dispatch.send.as_bytes(),
        ":flow_id": dispatch.flow.as_bytes(),
        ":purpose": dispatch.purpose.as_str(),
        ":key_id": dispatch.key_id.as_str(),
        ":generation": dispatch.generation,
        ":digits": dispatch.digits,
        ":language": dispatch.language.as_str(),
        ":addresses": seal_json(sealer, &place, &addresses)?,
        ":sealed_with": sealer.current().as_str(),
        ":code_expires_at_ms": dispatch.code_expires_at.timestamp_millis(),
        ":resends_used": dispatch.resends_used,
        ":created_at_ms": now.timestamp_millis(),
    })?;
    Ok(())
}

/// Whether a send is recorded and has no outcome yet.
pub(super) fn is_pending(connection: &Connection, flow: FlowId, send: SendId) -> Result<bool, StoreError> {
    let sql = "select 1 from outbox where flow_id = ? and send_id = ? and status = 'pending'";
    Ok(connection.prepare_keyed(TABLE, sql)?.exists([flow.as_bytes(), send.as_bytes()])?)
}

/// Records the outcome of a pending send.
pub(super) fn settle(
    connection: &Connection,
    flow: FlowId,
    send: SendId,
    accepted: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update outbox set status = ?3, settled_at_ms = ?4
               where flow_id = ?1 and send_id = ?2 and status = 'pending'";
    let status = if accepted { "accepted" } else { "refused" };
    let row = (flow.as_bytes(), send.as_bytes(), status, now.timestamp_millis());
    Ok(connection.prepare_keyed(TABLE, sql)?.put_one(row, "the send was settled under a step")?)
}

/// Takes a pending send that was taken no later than `before`.
pub(super) fn take(
    connection: &Connection,
    flow: FlowId,
    send: SendId,
    before: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update outbox set taken_at_ms = ?4
               where flow_id = ?1 and send_id = ?2 and taken_at_ms <= ?3 and status = 'pending'";
    let row = (flow.as_bytes(), send.as_bytes(), before.timestamp_millis(), now.timestamp_millis());
    Ok(connection.prepare_cached(sql)?.execute(row)? == 1)
}

/// Sends taken by `before` and without an outcome, oldest first.
pub(super) fn pending(
    connection: &Connection,
    sealer: &Sealer,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<Pending>, StoreError> {
    let sql = "select send_id, flow_id, purpose, key_id, generation, digits, language, addresses, code_expires_at_ms,
                      resends_used
               from outbox where status = 'pending' and taken_at_ms <= ?1 order by taken_at_ms, send_id limit ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((before.timestamp_millis(), i64::try_from(limit).unwrap_or(i64::MAX)))?;
    let mut pending = Vec::new();
    while let Some(row) = rows.next()? {
        let send = SendId::from_bytes(row.get("send_id")?);
        pending.push(read(&Cells { table: TABLE, key: &send.to_string(), row }, sealer, send));
    }
    Ok(pending)
}

fn read(cells: &Cells<'_>, sealer: &Sealer, send: SendId) -> Pending {
    Ok(Dispatch {
        send,
        flow: FlowId::from_bytes(cells.get("flow_id")?),
        key_id: cells.parse("key_id", |text| KeyId::parse(text).ok())?,
        purpose: cells.parse("purpose", Purpose::parse)?,
        generation: cells.get("generation")?,
        digits: cells.get("digits")?,
        language: cells.parse("language", Language::parse)?,
        to: cells.sealed_list("addresses", sealer, AddressJson::read)?,
        code_expires_at: cells.time("code_expires_at_ms")?,
        resends_used: cells.get("resends_used")?,
    })
}
