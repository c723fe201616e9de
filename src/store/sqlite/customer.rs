//! Customers, and their import.

use super::flow::one_row;
use super::row::{Cells, address};
use super::{OpenError, SqliteStore, audit};
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::customer::{Change, Customer, CustomerId, Decision, Language, step};
use crate::domain::desk::ports::CustomerDesk;
use crate::domain::flow::Timestamp;
use crate::domain::operator::Order;
use crate::domain::page::{Page, Paging};
use crate::domain::ports::{CustomerStore, StoreError};
use crate::domain::recipient::{Address, Channel};
use crate::domain::version::Versioned;
use crate::store::seal::{Place, Sealer};
use async_trait::async_trait;
use rusqlite::{Connection, Rows, TransactionBehavior};

const TABLE: &str = "customer_addresses";

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Customers who were not there before.
    pub added: u64,
    /// Customers whose language or addresses are others now.
    pub changed: u64,
    /// Customers who were as given already. Addresses sealed with an older key are sealed with the current one now.
    pub unchanged: u64,
    /// Customers who were there and are not any more.
    pub removed: u64,
}

impl ImportReport {
    fn seen(&self) -> u64 {
        self.added + self.changed + self.unchanged
    }
}

/// Why an import changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum ImportError<E> {
    /// An entry could not be had.
    #[error("an entry is not usable: {0}")]
    Entry(E),
    /// The data file could not be opened for the import.
    #[error(transparent)]
    Open(OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<rusqlite::Error> for ImportError<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

#[async_trait]
impl CustomerStore for SqliteStore {
    async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(self.kept_customer(id).await?.map(|kept| kept.it))
    }
}

#[async_trait]
impl CustomerDesk for SqliteStore {
    async fn customers(&self, paging: Paging) -> Result<Page<Versioned<Customer>>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| list(connection, &sealer, &paging)).await
    }

    async fn kept_customer(&self, id: &CustomerId) -> Result<Option<Versioned<Customer>>, StoreError> {
        let (sealer, id) = (self.sealer.clone(), id.clone());
        self.readers.run(move |connection| Ok(stored(connection, &sealer, &id)?.map(|stored| stored.kept))).await
    }

    async fn change_customer(&self, change: Change) -> Result<Decision, StoreError> {
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| apply(connection, &sealer, &change)).await
    }
}

/// A customer as stored.
struct Stored {
    kept: Versioned<Customer>,
    /// Whether every address is sealed with the current key.
    current: bool,
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn apply(connection: &audit::Writing<'_>, sealer: &Sealer, change: &Change) -> Result<Decision, StoreError> {
    let id = change.action.customer();
    let found = stored(connection, sealer, id)?.map(|stored| stored.kept);
    let step = step(change, found.as_ref());
    if let Some(customer) = &step.write {
        write(connection, sealer, customer)?;
    }
    if step.delete {
        let deleted = connection.prepare_cached("delete from customers where id = ?")?.execute([id.as_str()])?;
        one_row(deleted, "the customer changed under a step")?;
    }
    if step.end_flows {
        let sql = "update flows set expires_at_ms = ?2 where customer_id = ?1 and expires_at_ms > ?2";
        connection.prepare_cached(sql)?.execute((id.as_str(), change.order.at.timestamp_millis()))?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

/// How many customers there are.
pub(super) fn count(connection: &Connection) -> Result<u64, StoreError> {
    let count: i64 = connection.query_row("select count(*) from customers", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Imports in one transaction; memory does not grow with the number of customers.
pub(super) fn import<E>(
    connection: &mut Connection,
    trail: &audit::Trail,
    sealer: &Sealer,
    customers: impl IntoIterator<Item = Result<Customer, E>>,
    prune: bool,
    order: &Order,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ImportError<E>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let given = "create temp table given (id text primary key not null, lost_address integer not null) without rowid";
    transaction.execute_batch(given)?;
    let mut report = ImportReport::default();
    for customer in customers {
        let customer = customer.map_err(ImportError::Entry)?;
        let stored = stored(&transaction, sealer, &customer.id)?;
        let lost_address = stored.as_ref().is_some_and(|stored| stored.kept.it.has_more_than(&customer));
        let given = "insert or ignore into given values (?, ?)";
        transaction.prepare_cached(given)?.execute((customer.id.as_str(), lost_address))?;
        let kept = match stored {
            None => {
                report.added += 1;
                Versioned::after(None, customer, order.at)
            }
            Some(stored) if stored.kept.it != customer => {
                report.changed += 1;
                Versioned::after(Some(&stored.kept), customer, order.at)
            }
            Some(stored) => {
                report.unchanged += 1;
                if stored.current {
                    progress(report.seen());
                    continue;
                }
                stored.kept
            }
        };
        write(&transaction, sealer, &kept)?;
        progress(report.seen());
    }
    if prune {
        let sql = "delete from customers where id not in (select id from given)";
        report.removed = transaction.execute(sql, [])? as u64;
    }
    end_flows(&transaction, order.at)?;
    transaction.execute_batch("drop table given")?;
    audit::append(&audit::Writing::new(&transaction, trail), &entry(order, &report))?;
    trail.seal(&transaction)?;
    transaction.commit()?;
    Ok(report)
}

/// One entry for the whole of an import.
fn entry(order: &Order, report: &ImportReport) -> Entry {
    let ImportReport { added, changed, unchanged, removed } = report;
    let facts = Facts::default().and("added", added).and("changed", changed);
    let facts = facts.and("unchanged", unchanged).and("removed", removed);
    Entry { after: Some(facts), ..order.entry("customer_import", "customers".to_owned(), DONE) }
}

/// Ends the open flows of customers who have lost an address or are gone: a flow keeps the addresses it was opened with,
/// and a phone that was reported stolen must get no code any more, nor be of use for one it has got.
fn end_flows(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "update flows set expires_at_ms = ?1
               where expires_at_ms > ?1 and customer_id is not null
               and (customer_id in (select id from given where lost_address) or customer_id not in (select id from customers))";
    connection.execute(sql, [now.timestamp_millis()]).map(drop)
}

/// The customer of this id. One statement, so that language and addresses are of one moment.
fn stored(connection: &Connection, sealer: &Sealer, id: &CustomerId) -> Result<Option<Stored>, StoreError> {
    let sql = "select customers.id as id, language, version, updated_at_ms, kind, position, address, sealed_with
               from customers left join customer_addresses on customer_addresses.customer_id = customers.id
               where customers.id = ? order by kind, position";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(read(statement.query([id.as_str()])?, sealer)?.pop())
}

/// Customers in the order of their ids, in one statement as well.
fn list(connection: &Connection, sealer: &Sealer, paging: &Paging) -> Result<Page<Versioned<Customer>>, StoreError> {
    let sql = "select page.id as id, language, version, updated_at_ms, kind, position, address, sealed_with
               from (select id, language, version, updated_at_ms from customers where id > ? order by id limit ?) as page
               left join customer_addresses on customer_addresses.customer_id = page.id
               order by page.id, kind, position";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query((paging.behind.as_deref().unwrap_or_default(), i64::from(paging.limit) + 1))?;
    let kept = read(rows, sealer)?.into_iter().map(|stored| stored.kept).collect();
    Ok(Page::of(kept, paging.limit, |kept: &Versioned<Customer>| kept.it.id.as_str().to_owned()))
}

/// Customers out of rows of one address each, those of one customer one after the other.
fn read(mut rows: Rows<'_>, sealer: &Sealer) -> Result<Vec<Stored>, StoreError> {
    let mut found: Vec<Stored> = Vec::new();
    while let Some(row) = rows.next()? {
        let key: String = row.get("id")?;
        let cells = Cells { table: "customers", key: &key, row };
        if found.last().is_none_or(|last| last.kept.it.id.as_str() != key) {
            let id = cells.parse("id", |text| CustomerId::parse(text).ok())?;
            let language = cells.parse("language", Language::parse)?;
            let it = Customer { id, language, phones: Vec::new(), emails: Vec::new() };
            let version = cells.get::<i64>("version")?.cast_unsigned();
            let kept = Versioned { it, version, updated_at: cells.time("updated_at_ms")? };
            found.push(Stored { kept, current: true });
        }
        let cells = Cells { table: TABLE, ..cells };
        // A customer without addresses is one row of nulls.
        let (Some(kind), Some(stored)) = (cells.get::<Option<String>>("kind")?, found.last_mut()) else { continue };
        let key = address_row(&stored.kept.it.id, &kind, cells.get("position")?);
        let place = Place { table: TABLE, column: "address", row: &key };
        let text = sealer.open(&place, &cells.get::<Vec<u8>>("address")?)?;
        let text = std::str::from_utf8(&text).map_err(|_| place.corrupt("is not text"))?;
        match address(&kind, text).ok_or_else(|| place.corrupt("is no address"))? {
            Address::Phone(phone) => stored.kept.it.phones.push(phone),
            Address::Email(email) => stored.kept.it.emails.push(email),
        }
        stored.current &= cells.get::<String>("sealed_with")? == sealer.current().as_str();
    }
    Ok(found)
}

fn write(connection: &Connection, sealer: &Sealer, kept: &Versioned<Customer>) -> Result<(), StoreError> {
    let upsert = "insert into customers (id, language, version, updated_at_ms) values (?1, ?2, ?3, ?4)
                  on conflict (id) do update set language = ?2, version = ?3, updated_at_ms = ?4";
    let clear = "delete from customer_addresses where customer_id = ?";
    let insert = "insert into customer_addresses (customer_id, kind, position, address, sealed_with)
                  values (?, ?, ?, ?, ?)";
    let Versioned { it: customer, version, updated_at } = kept;
    let id = &customer.id;
    let row = (id.as_str(), customer.language.as_str(), version.cast_signed(), updated_at.timestamp_millis());
    connection.prepare_cached(upsert)?.execute(row)?;
    connection.prepare_cached(clear)?.execute([id.as_str()])?;
    let phones = customer.phones.iter().map(|phone| (Channel::Sms, phone.expose())).enumerate();
    let emails = customer.emails.iter().map(|email| (Channel::Email, email.expose())).enumerate();
    for (position, (kind, text)) in phones.chain(emails) {
        let key = address_row(id, kind.as_str(), position as i64);
        let sealed = sealer.seal(&Place { table: TABLE, column: "address", row: &key }, text.as_bytes())?;
        let row = (id.as_str(), kind.as_str(), position as i64, sealed, sealer.current().as_str());
        connection.prepare_cached(insert)?.execute(row)?;
    }
    Ok(())
}

/// Names a row in one way only: an id has no blanks.
fn address_row(id: &CustomerId, kind: &str, position: i64) -> String {
    format!("{} {kind} {position}", id.as_str())
}
