//! Client registrations.

use super::row::Cells;
use crate::domain::client::{Business, Client, ClientId, Country, Origin};
use crate::domain::flow::Timestamp;
use crate::domain::ports::StoreError;
use rusqlite::{Connection, named_params};
use std::collections::BTreeSet;

const TABLE: &str = "clients";

/// The registration of this id.
pub(super) fn load(connection: &Connection, id: &ClientId) -> Result<Option<Client>, StoreError> {
    let sql = "select countries, businesses, channels from clients where id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let cells = Cells { table: TABLE, key: id.as_str(), row };
    Ok(Some(Client {
        id: id.clone(),
        countries: read(&cells, "countries", |text| Country::parse(text).ok())?,
        businesses: read(&cells, "businesses", |text| Business::parse(text).ok())?,
        channels: read(&cells, "channels", |text| Origin::parse(text).ok())?,
    }))
}

/// Writes a registration, in the place of the one of the same id if there is one.
pub(super) fn put(connection: &Connection, client: &Client, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into clients (id, countries, businesses, channels, updated_at_ms)
               values (:id, :countries, :businesses, :channels, :updated_at_ms)
               on conflict (id) do update set countries = :countries, businesses = :businesses, channels = :channels,
                                              updated_at_ms = :updated_at_ms";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": client.id.as_str(),
        ":countries": json(client.countries.iter().map(Country::as_str))?,
        ":businesses": json(client.businesses.iter().map(Business::as_str))?,
        ":channels": json(client.channels.iter().map(Origin::as_str))?,
        ":updated_at_ms": now.timestamp_millis(),
    })?;
    Ok(())
}

fn json<'a>(texts: impl Iterator<Item = &'a str>) -> Result<String, StoreError> {
    serde_json::to_string(&texts.collect::<Vec<_>>()).map_err(|error| StoreError::Engine(Box::new(error)))
}

fn read<T: Ord>(
    cells: &Cells<'_>,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, StoreError> {
    cells.parse(column, |text| serde_json::from_str::<Vec<String>>(text).ok()?.iter().map(|text| parse(text)).collect())
}
