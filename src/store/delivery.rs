//! Sends, as the back office sees them.

use super::Store;
use super::row::{AddressJson, Cells, Wanted};
use crate::domain::delivery::{Delivery, Filter, Status};
use crate::domain::desk::ports::DeliveryDesk;
use crate::domain::flow::{FlowId, SendId};
use crate::domain::page::{Page, Place};
use crate::domain::policy::Purpose;
use crate::domain::ports::StoreError;
use crate::store::seal::Sealer;
use crate::store::sql::{Connection, Row, params_from_iter};
use async_trait::async_trait;

/// Sends, the newest first.
fn page(
    connection: &Connection,
    sealer: &Sealer,
    filter: &Filter,
    behind: Option<Place>,
    limit: u32,
) -> Result<Page<Delivery>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.want("flow_id = ?", filter.flow.map(|flow| flow.as_bytes().to_vec()));
    wanted.want("status = ?", filter.status.map(|status| status.as_str().to_owned()));
    wanted.behind("created_at_ms <= ? and (created_at_ms < ? or send_id < ?)", behind);
    let select =
        "select send_id, flow_id, purpose, addresses, sealed_with, addresses_kept, created_at_ms, status, settled_at_ms
                  from outbox";
    let (sql, values) = wanted.query(select, "order by created_at_ms desc, send_id desc", limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        deliveries.push(read(sealer, row)?);
    }
    Ok(Page::of(deliveries, limit, |delivery| Place { at: delivery.created_at, id: *delivery.send.as_bytes() }.key()))
}

fn read(sealer: &Sealer, row: Row<'_>) -> Result<Delivery, StoreError> {
    let send = SendId::from_bytes(row.get("send_id")?);
    let cells = Cells { table: "outbox", key: &send.to_string(), row };
    // The channels stand with the addresses, under a key that may be gone once the flow is over.
    let channels = || cells.sealed_list("addresses", sealer, |json: &AddressJson| Some(json.read()?.channel()));
    let readable = cells.get("addresses_kept")? && sealer.opens(&cells.get::<String>("sealed_with")?);
    Ok(Delivery {
        send,
        flow: FlowId::from_bytes(cells.get("flow_id")?),
        purpose: cells.parse("purpose", Purpose::parse)?,
        channels: readable.then(channels).transpose()?,
        status: cells.parse("status", Status::parse)?,
        created_at: cells.time("created_at_ms")?,
        settled_at: cells.time_if_any("settled_at_ms")?,
    })
}

#[async_trait]
impl DeliveryDesk for Store {
    async fn deliveries(
        &self,
        filter: Filter,
        behind: Option<Place>,
        limit: u32,
    ) -> Result<Page<Delivery>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| page(connection, &sealer, &filter, behind, limit)).await
    }
}
