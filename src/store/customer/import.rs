//! The import of customers.
//!
//! 1. Each customer that is given is looked up, and set aside if anything about it is to be written. On a database that others use,
//!    too, this is done without the turn, which they have meanwhile; a file is the importing process's own.
//! 2. In one transaction, with the turn: what was set aside is written, whoever was not given is removed, flows end, and the audit
//!    trail tells of it.
//!
//! What others have changed between the two, or deleted and made anew: a customer that the import changes is as it was given, one
//! version on; its open flows end, as it may have lost an address that nobody has seen. One that was as given already stays as others
//! have made it. A version does not tell, as it begins again with one that is made anew; the sealed number does.
//!
//! Memory does not grow with the number of customers: what is set aside is in temporary tables.

use super::super::writing::Writing;
use super::super::{OpenError, audit, limit};
use super::{GIVEN, KEPT, Stored, Tables, stored, stored_in, write};
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::customer::Customer;
use crate::domain::flow::Timestamp;
use crate::domain::operator::Order;
use crate::domain::ports::StoreError;
use crate::domain::version::Versioned;
use crate::store::seal::Sealer;
use crate::store::sql::{self, Connection, Transaction};

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

impl<E> From<sql::Error> for ImportError<E> {
    fn from(error: sql::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Who was given, and the sealed number of who was there then.
const SEEN: &str = "
    create temp table given (
        customer           blob    primary key not null,
        number             blob,
        changed            integer not null,
        lost_address       integer not null,
        touched            integer not null
    ) without rowid;
";

/// What is to be written of them.
const SET_ASIDE: &str = "
    create temp table given_customers (
        customer           blob    primary key not null,
        number             blob    not null,
        sealed_with        text    not null,
        language           text    not null,
        version            integer not null,
        updated_at_ms      integer not null
    ) without rowid;
    create temp table given_addresses (
        customer           blob    not null,
        kind               text    not null,
        position           integer not null,
        address            blob    not null,
        sealed_with        text    not null,
        primary key (customer, kind, position)
    ) without rowid;
";

/// Writes what was set aside, as the module says; first what has become of it meanwhile.
const WRITE: [&str; 7] = [
    "update given set touched = 1
     where exists (select 1 from given_customers where given_customers.customer = given.customer)
     and number is distinct from (select customers.number from customers where customers.customer = given.customer)",
    // Only to be sealed anew.
    "delete from given_customers
     where exists (select 1 from given where given.customer = given_customers.customer and touched = 1 and changed = 0)",
    "update given set lost_address = 1 where touched = 1 and changed = 1",
    "update given_customers
     set version = coalesce((select version + 1 from customers where customers.customer = given_customers.customer), 1)
     where exists (select 1 from given where given.customer = given_customers.customer and touched = 1)",
    "insert into customers (customer, number, sealed_with, language, version, updated_at_ms)
     select customer, number, sealed_with, language, version, updated_at_ms from given_customers where true
     on conflict (customer) do update set number = excluded.number, sealed_with = excluded.sealed_with,
         language = excluded.language, version = excluded.version, updated_at_ms = excluded.updated_at_ms",
    "delete from customer_addresses where customer in (select customer from given_customers)",
    "insert into customer_addresses (customer, kind, position, address, sealed_with)
     select customer, kind, position, address, sealed_with from given_addresses
     where customer in (select customer from given_customers)",
];

/// Removes whoever was not given.
const PRUNE: &str =
    "delete from customers where not exists (select 1 from given where given.customer = customers.customer)";

/// Ends the open flows of customers who have lost an address or are gone: a flow keeps the addresses it was opened with,
/// and a phone that was reported stolen must get no code any more, nor be of use for one it has got.
const END_FLOWS: &str = "update flows set expires_at_ms = ?1
    where expires_at_ms > ?1 and customer is not null
    and (exists (select 1 from given where given.customer = flows.customer and lost_address = 1)
         or not exists (select 1 from customers where customers.customer = flows.customer))";

/// Imports all or nothing. The connection is used for nothing else.
pub(in crate::store) fn import<E>(
    connection: &mut Connection,
    trail: &audit::Trail,
    sealer: &Sealer,
    customers: impl IntoIterator<Item = Result<Customer, E>>,
    prune: bool,
    order: &Order,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ImportError<E>> {
    connection.define(SEEN)?;
    let (step, mut report) = if connection.is_remote() {
        connection.define(SET_ASIDE)?;
        let report = look_through(connection, sealer, &GIVEN, customers, order.at, progress)?;
        let step = connection.transaction()?;
        WRITE.iter().try_for_each(|sql| step.execute(sql, ()).map(drop))?;
        (step, report)
    } else {
        let step = connection.transaction()?;
        let report = look_through(&step, sealer, &KEPT, customers, order.at, progress)?;
        (step, report)
    };
    if prune {
        report.removed = step.execute(PRUNE, ())? as u64;
    }
    step.execute(END_FLOWS, [order.at.timestamp_millis()])?;
    tell(&step, trail, order, &report)?;
    step.commit()?;
    Ok(report)
}

/// Compares what is given with what there is, and writes what has to be written.
fn look_through<E>(
    connection: &Connection,
    sealer: &Sealer,
    into: &Tables,
    customers: impl IntoIterator<Item = Result<Customer, E>>,
    now: Timestamp,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, ImportError<E>> {
    let mut report = ImportReport::default();
    for customer in customers {
        let customer = customer.map_err(ImportError::Entry)?;
        let pseudonym = sealer.customer(&customer.id)?;
        let mut before = stored(connection, sealer, &customer.id)?;
        let given = "insert into given (customer, number, changed, lost_address, touched) values (?, ?, ?, ?, 0)
                     on conflict (customer) do nothing";
        // Nobody comes between in a file.
        let seen = before.as_ref().map(|before| &before.sealed).filter(|_| connection.is_remote());
        let (changed, lost_address) = difference(before.as_ref(), &customer);
        let row = (pseudonym.as_bytes(), seen, changed, lost_address);
        if connection.prepare_cached(given)?.execute(row)? == 0 {
            // It is given again, and changes what was made of it before.
            if let Some(given) = stored_in(connection, sealer, into, &customer.id)? {
                before = Some(given);
            }
            let (changed, lost_address) = difference(before.as_ref(), &customer);
            let again = "update given set changed = changed | ?, lost_address = lost_address | ? where customer = ?";
            connection.prepare_cached(again)?.execute((changed, lost_address, pseudonym.as_bytes()))?;
        }
        let kept = match before {
            None => {
                report.added += 1;
                Versioned::after(None, customer, now)
            }
            Some(before) if before.kept.it != customer => {
                report.changed += 1;
                Versioned::after(Some(&before.kept), customer, now)
            }
            Some(before) => {
                report.unchanged += 1;
                if before.current {
                    progress(report.seen());
                    continue;
                }
                before.kept
            }
        };
        write(connection, sealer, into, &kept)?;
        progress(report.seen());
    }
    Ok(report)
}

/// Whether a customer becomes another one, and whether it loses an address.
fn difference(before: Option<&Stored>, given: &Customer) -> (bool, bool) {
    before.map_or((true, false), |before| (before.kept.it != *given, before.kept.it.has_more_than(given)))
}

/// One entry of the audit trail for the whole of an import.
fn tell(step: &Transaction<'_>, trail: &audit::Trail, order: &Order, report: &ImportReport) -> Result<(), StoreError> {
    let ImportReport { added, changed, unchanged, removed } = report;
    let facts = Facts::default().and("added", added).and("changed", changed);
    let facts = facts.and("unchanged", unchanged).and("removed", removed);
    let entry = Entry { after: Some(facts), ..order.entry("customer_import", "customers".to_owned(), DONE) };
    let windows = limit::WindowCache::default();
    let writing = Writing::begin(step, trail, &windows);
    audit::append(&writing, &entry)?;
    writing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;
    use rusqlite::types::Value;

    /// However many customers there are and were given.
    #[test]
    fn whoever_is_to_be_removed_and_flows_that_are_to_end_are_found_by_index() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(SEEN).unwrap();
        for (sql, walked) in [(PRUNE, "SCAN customers"), (END_FLOWS, "SEARCH flows USING INDEX flows_by_expiry")] {
            let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
            let nulls = vec![Value::Null; statement.parameter_count()];
            let plan = statement.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>("detail"));
            let plan: Vec<_> = plan.unwrap().map(Result::unwrap).collect();
            let others: Vec<_> = plan.iter().filter(|line| !line.starts_with(walked)).collect();
            let by_key = |line: &str| line.contains("PRIMARY KEY") || line.contains("CORRELATED SCALAR SUBQUERY");
            assert!(others.len() < plan.len() && others.iter().all(|line| by_key(line)), "{sql}: {plan:?}");
        }
    }
}
