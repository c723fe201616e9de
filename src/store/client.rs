//! Client registrations.

use super::row::Cells;
use super::writing::Writing;
use super::{Store, audit, transaction};
use crate::domain::client::{Business, Change, Client, ClientId, Country, Decision, Origin, step};
use crate::domain::desk::ports::ClientDesk;
use crate::domain::page::{Page, Paging};
use crate::domain::ports::{ClientStore, StoreError};
use crate::domain::version::Versioned;
use crate::store::sql::{Connection, Row, named};
use async_trait::async_trait;
use std::collections::BTreeSet;

const TABLE: &str = "clients";

#[async_trait]
impl ClientStore for Store {
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        Ok(self.kept_client(id).await?.map(|kept| kept.it))
    }
}

#[async_trait]
impl ClientDesk for Store {
    async fn clients(&self, paging: Paging) -> Result<Page<Versioned<Client>>, StoreError> {
        self.readers.run(move |connection| list(connection, &paging)).await
    }

    async fn kept_client(&self, id: &ClientId) -> Result<Option<Versioned<Client>>, StoreError> {
        let id = id.clone();
        self.readers.run(move |connection| load(connection, &id)).await
    }

    async fn change_client(&self, change: Change) -> Result<Decision, StoreError> {
        self.writer.run(move |connection| apply(connection, &change)).await
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, countries, businesses, channels, version, updated_at_ms from clients ", $rest)
    };
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn apply(connection: &Writing<'_>, change: &Change) -> Result<Decision, StoreError> {
    let id = change.action.client();
    let found = load(connection, id)?;
    let step = step(change, found.as_ref());
    if let Some(client) = &step.write {
        put(connection, client)?;
    }
    if step.delete {
        connection
            .prepare_cached("delete from clients where id = ?")?
            .put_one([id.as_str()], "the registration changed under a step")?;
        transaction::close_of_client(connection, id, change.order.at)?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

/// The registration of this id.
pub(super) fn load(connection: &Connection, id: &ClientId) -> Result<Option<Versioned<Client>>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where id = ?"))?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(read).transpose()
}

fn list(connection: &Connection, paging: &Paging) -> Result<Page<Versioned<Client>>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where id > ? order by id limit ?"))?;
    let mut rows = statement.query((paging.behind.as_deref().unwrap_or_default(), i64::from(paging.limit) + 1))?;
    let mut clients = Vec::new();
    while let Some(row) = rows.next()? {
        clients.push(read(row)?);
    }
    Ok(Page::of(clients, paging.limit, |client| client.it.id.as_str().to_owned()))
}

fn put(connection: &Connection, client: &Versioned<Client>) -> Result<(), StoreError> {
    let Versioned { it, version, updated_at } = client;
    let sql = "insert into clients (id, countries, businesses, channels, version, updated_at_ms)
               values (:id, :countries, :businesses, :channels, :version, :updated_at_ms)
               on conflict (id) do update set countries = :countries, businesses = :businesses, channels = :channels,
                                              version = :version, updated_at_ms = :updated_at_ms";
    connection.prepare_cached(sql)?.put(named! {
        ":id": it.id.as_str(),
        ":countries": json(it.countries.iter().map(Country::as_str))?,
        ":businesses": json(it.businesses.iter().map(Business::as_str))?,
        ":channels": json(it.channels.iter().map(Origin::as_str))?,
        ":version": version.cast_signed(),
        ":updated_at_ms": updated_at.timestamp_millis(),
    })?;
    Ok(())
}

fn read(row: Row<'_>) -> Result<Versioned<Client>, StoreError> {
    let key: String = row.get("id")?;
    let cells = Cells { table: TABLE, key: &key, row };
    let it = Client {
        id: cells.parse("id", |text| ClientId::parse(text).ok())?,
        countries: set(&cells, "countries", |text| Country::parse(text).ok())?,
        businesses: set(&cells, "businesses", |text| Business::parse(text).ok())?,
        channels: set(&cells, "channels", |text| Origin::parse(text).ok())?,
    };
    Ok(Versioned {
        it,
        version: cells.get::<i64>("version")?.cast_unsigned(),
        updated_at: cells.time("updated_at_ms")?,
    })
}

fn json<'a>(texts: impl Iterator<Item = &'a str>) -> Result<String, StoreError> {
    serde_json::to_string(&texts.collect::<Vec<_>>()).map_err(|error| StoreError::Engine(Box::new(error)))
}

fn set<T: Ord>(
    cells: &Cells<'_>,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, StoreError> {
    cells.parse(column, |text| serde_json::from_str::<Vec<String>>(text).ok()?.iter().map(|text| parse(text)).collect())
}
