//! Customers, and their import.

use super::OpenError;
use super::row::{Cells, address};
use crate::domain::customer::{Customer, CustomerId, Language};
use crate::domain::flow::Timestamp;
use crate::domain::ports::StoreError;
use crate::domain::recipient::{Address, Channel};
use crate::store::seal::{Place, Sealer};
use rusqlite::{Connection, TransactionBehavior};

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

/// A customer as stored.
struct Stored {
    customer: Customer,
    /// Whether every address is sealed with the current key.
    current: bool,
}

impl Stored {
    /// Whether an address is there that `given` does not have.
    fn has_more_than(&self, given: &Customer) -> bool {
        let Customer { phones, emails, .. } = &self.customer;
        phones.iter().any(|phone| !given.phones.contains(phone))
            || emails.iter().any(|email| !given.emails.contains(email))
    }
}

/// The customer of this id. One statement, so that language and addresses are of one moment.
pub(super) fn load(connection: &Connection, sealer: &Sealer, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
    Ok(stored(connection, sealer, id)?.map(|stored| stored.customer))
}

/// How many customers there are.
pub(super) fn count(connection: &Connection) -> Result<u64, StoreError> {
    let count: i64 = connection.query_row("select count(*) from customers", [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Imports in one transaction; memory does not grow with the number of customers.
pub(super) fn import<E>(
    connection: &mut Connection,
    sealer: &Sealer,
    customers: impl IntoIterator<Item = Result<Customer, E>>,
    prune: bool,
    now: Timestamp,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ImportError<E>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let given = "create temp table given (id text primary key not null, lost_address integer not null) without rowid";
    transaction.execute_batch(given)?;
    let mut report = ImportReport::default();
    for customer in customers {
        let customer = customer.map_err(ImportError::Entry)?;
        let stored = stored(&transaction, sealer, &customer.id)?;
        let lost_address = stored.as_ref().is_some_and(|stored| stored.has_more_than(&customer));
        let given = "insert or ignore into given values (?, ?)";
        transaction.prepare_cached(given)?.execute((customer.id.as_str(), lost_address))?;
        match stored {
            None => report.added += 1,
            Some(stored) if stored.customer != customer => report.changed += 1,
            Some(stored) if stored.current => {
                report.unchanged += 1;
                progress(report.seen());
                continue;
            }
            Some(_) => report.unchanged += 1,
        }
        write(&transaction, sealer, &customer, now)?;
        progress(report.seen());
    }
    if prune {
        let sql = "delete from customers where id not in (select id from given)";
        report.removed = transaction.execute(sql, [])? as u64;
    }
    end_flows(&transaction, now)?;
    transaction.execute_batch("drop table given")?;
    transaction.commit()?;
    Ok(report)
}

/// Ends the open flows of customers who have lost an address or are gone: a flow keeps the addresses it was opened with,
/// and a phone that was reported stolen must get no code any more, nor be of use for one it has got.
fn end_flows(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "update flows set expires_at_ms = ?1
               where expires_at_ms > ?1 and customer_id is not null
               and (customer_id in (select id from given where lost_address) or customer_id not in (select id from customers))";
    connection.execute(sql, [now.timestamp_millis()]).map(drop)
}

fn stored(connection: &Connection, sealer: &Sealer, id: &CustomerId) -> Result<Option<Stored>, StoreError> {
    let sql = "select customers.language, kind, position, address, sealed_with
               from customers left join customer_addresses on customer_addresses.customer_id = customers.id
               where customers.id = ? order by kind, position";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_str()])?;
    let mut found: Option<Stored> = None;
    while let Some(row) = rows.next()? {
        let cells = Cells { table: "customers", key: id.as_str(), row };
        let language = cells.parse("language", Language::parse)?;
        let new = || Customer { id: id.clone(), language, phones: Vec::new(), emails: Vec::new() };
        let stored = found.get_or_insert_with(|| Stored { customer: new(), current: true });
        let cells = Cells { table: TABLE, ..cells };
        // A customer without addresses is one row of nulls.
        let Some(kind) = cells.get::<Option<String>>("kind")? else { continue };
        let key = address_row(id, &kind, cells.get("position")?);
        let place = Place { table: TABLE, column: "address", row: &key };
        let text = sealer.open(&place, &cells.get::<Vec<u8>>("address")?)?;
        let text = std::str::from_utf8(&text).map_err(|_| place.corrupt("is not text"))?;
        match address(&kind, text).ok_or_else(|| place.corrupt("is no address"))? {
            Address::Phone(phone) => stored.customer.phones.push(phone),
            Address::Email(email) => stored.customer.emails.push(email),
        }
        stored.current &= cells.get::<String>("sealed_with")? == sealer.current().as_str();
    }
    Ok(found)
}

fn write(connection: &Connection, sealer: &Sealer, customer: &Customer, now: Timestamp) -> Result<(), StoreError> {
    let upsert = "insert into customers (id, language, updated_at_ms) values (?1, ?2, ?3)
                  on conflict (id) do update set language = ?2, updated_at_ms = ?3";
    let clear = "delete from customer_addresses where customer_id = ?";
    let insert = "insert into customer_addresses (customer_id, kind, position, address, sealed_with)
                  values (?, ?, ?, ?, ?)";
    let id = &customer.id;
    let row = (id.as_str(), customer.language.as_str(), now.timestamp_millis());
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
