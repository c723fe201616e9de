//! Customers.

use super::row::{Cells, address, whole};
use super::writing::Writing;
use super::{Store, audit, limit};
use crate::domain::customer::{self, Change, Customer, CustomerId, Decision, Language, Refusal, step};
use crate::domain::desk::ports::CustomerDesk;
use crate::domain::limit::{Limits, Meter, Window};
use crate::domain::operator::Order;
use crate::domain::page::Page;
use crate::domain::ports::{CustomerStore, StoreError};
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use crate::domain::recipient::{Address, Channel};
use crate::domain::version::Versioned;
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, Rows, named};
use async_trait::async_trait;

pub(super) mod import;

const TABLE: &str = "customer_addresses";

#[async_trait]
impl CustomerStore for Store {
    async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(self.kept_customer(id).await?.map(|kept| kept.it))
    }
}

#[async_trait]
impl CustomerDesk for Store {
    async fn customers(&self, behind: Option<Pseudonym>, limit: u32) -> Result<Page<Versioned<Customer>>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| list(connection, &sealer, behind, limit)).await
    }

    async fn kept_customer(&self, id: &CustomerId) -> Result<Option<Versioned<Customer>>, StoreError> {
        let (sealer, id) = (self.sealer.clone(), id.clone());
        self.readers.run(move |connection| Ok(stored(connection, &sealer, &id)?.map(|stored| stored.kept))).await
    }

    async fn change_customer(&self, change: Change) -> Result<Decision, StoreError> {
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| apply(connection, &sealer, &change)).await
    }

    async fn windows(&self, meters: Vec<Meter>) -> Result<Vec<Window>, StoreError> {
        let index = self.index.clone();
        self.readers.run(move |connection| limit::load(connection, &index, &meters)).await
    }

    async fn unlock_customer(
        &self,
        order: Order,
        id: CustomerId,
        limits: Limits,
    ) -> Result<Result<Versioned<Customer>, Refusal>, StoreError> {
        let (sealer, index, order) = (self.sealer.clone(), self.index.clone(), whole(order));
        self.writer.run(move |writing| unlock(writing, &sealer, &index, &order, &id, &limits)).await
    }
}

/// A customer as stored.
struct Stored {
    pseudonym: Pseudonym,
    kept: Versioned<Customer>,
    /// The number as it is sealed. Whoever writes the customer seals it anew, so it is never the same again.
    sealed: Vec<u8>,
    /// Whether the number and every address are sealed with the current key.
    current: bool,
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn apply(connection: &Writing<'_>, sealer: &Sealer, change: &Change) -> Result<Decision, StoreError> {
    let id = change.action.customer();
    let found = stored(connection, sealer, id)?.map(|stored| stored.kept);
    let step = step(change, found.as_ref());
    if let Some(customer) = &step.write {
        write(connection, sealer, &KEPT, customer)?;
    }
    if step.delete {
        let sql = "delete from customers where customer = ?";
        connection
            .prepare_cached(sql)?
            .put_one([sealer.customer(id)?.as_bytes()], "the customer changed under a step")?;
    }
    if step.end_flows {
        let sql = "update flows set expires_at_ms = ?2 where customer = ?1 and expires_at_ms > ?2";
        let row = (sealer.customer(id)?.as_bytes().to_vec(), change.order.at.timestamp_millis());
        connection.prepare_cached(sql)?.put(row)?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

/// Forgets a customer's wrong codes.
fn unlock(
    writing: &Writing<'_>,
    sealer: &Sealer,
    index: &IndexKey,
    order: &Order,
    id: &CustomerId,
    limits: &Limits,
) -> Result<Result<Versioned<Customer>, Refusal>, StoreError> {
    let found = stored(writing, sealer, id)?.map(|stored| stored.kept);
    let meters = found.as_ref().map(|found| customer::failures(&found.it, limits)).unwrap_or_default();
    let windows = writing.windows().load(writing, index, &meters)?;
    let step = customer::unlock(order, id, found, &meters, &windows);
    writing.windows().write(index, &step.windows);
    audit::append(writing, &step.audit)?;
    Ok(step.decision)
}

/// How many customers there are.
pub(super) fn count(connection: &Connection) -> Result<u64, StoreError> {
    let count: i64 = connection.query_row("select count(*) from customers", (), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Every column of a customer and of one of the addresses; `page` is the table of customers, or some of its rows.
macro_rules! select {
    ($page:literal, $addresses:literal, $rest:literal) => {
        concat!(
            "select page.customer as customer, number, page.sealed_with as number_sealed_with, language, version,
                    updated_at_ms, kind, position, address, addresses.sealed_with as sealed_with
             from ",
            $page,
            " as page left join ",
            $addresses,
            " as addresses on addresses.customer = page.customer ",
            $rest
        )
    };
}

/// The customer of this id.
fn stored(connection: &Connection, sealer: &Sealer, id: &CustomerId) -> Result<Option<Stored>, StoreError> {
    stored_in(connection, sealer, &KEPT, id)
}

/// The same in a pair of tables.
fn stored_in(
    connection: &Connection,
    sealer: &Sealer,
    tables: &Tables,
    id: &CustomerId,
) -> Result<Option<Stored>, StoreError> {
    let mut statement = connection.prepare_cached(tables.find)?;
    Ok(read(statement.query([sealer.customer(id)?.as_bytes()])?, sealer)?.pop())
}

/// Customers in the order of their pseudonyms, in one statement as well.
fn list(
    connection: &Connection,
    sealer: &Sealer,
    behind: Option<Pseudonym>,
    limit: u32,
) -> Result<Page<Versioned<Customer>>, StoreError> {
    let sql = select!(
        "(select * from customers where customer > ? order by customer limit ?)",
        "customer_addresses",
        "order by page.customer, kind, position"
    );
    let mut statement = connection.prepare_cached(sql)?;
    let behind = behind.map_or_else(Vec::new, |behind| behind.as_bytes().to_vec());
    let found = read(statement.query((behind, i64::from(limit) + 1))?, sealer)?;
    let page = Page::of(found, limit, |stored: &Stored| stored.pseudonym.to_string());
    Ok(page.map(|stored| stored.kept))
}

/// Customers out of rows of one address each, those of one customer one after the other.
fn read(mut rows: Rows<'_>, sealer: &Sealer) -> Result<Vec<Stored>, StoreError> {
    let mut found: Vec<Stored> = Vec::new();
    while let Some(row) = rows.next()? {
        let pseudonym = Pseudonym::from_bytes(row.get("customer")?);
        let key = pseudonym.to_string();
        let cells = Cells { table: "customers", key: &key, row };
        let current = |column| Ok::<_, StoreError>(cells.get::<String>(column)? == sealer.current().as_str());
        if found.last().is_none_or(|last| last.pseudonym != pseudonym) {
            let place = cells.place("number");
            let sealed: Vec<u8> = cells.get("number")?;
            let number = sealer.open(&place, &sealed)?;
            let id = std::str::from_utf8(&number).ok().and_then(|text| CustomerId::parse(text).ok());
            let id = id.ok_or_else(|| place.corrupt("is no customer number"))?;
            cells.belongs("customer", Some(sealer.customer(&id)?))?;
            let language = cells.parse("language", Language::parse)?;
            let it = Customer { id, language, phones: Vec::new(), emails: Vec::new() };
            let version = cells.get::<i64>("version")?.cast_unsigned();
            let kept = Versioned { it, version, updated_at: cells.time("updated_at_ms")? };
            found.push(Stored { pseudonym, kept, sealed, current: current("number_sealed_with")? });
        }
        let cells = Cells { table: TABLE, ..cells };
        // A customer without addresses is one row of nulls.
        let (Some(kind), Some(stored)) = (cells.get::<Option<String>>("kind")?, found.last_mut()) else { continue };
        let key = address_row(pseudonym, &kind, cells.get("position")?);
        let place = Place { table: TABLE, column: "address", row: &key };
        let text = sealer.open(&place, &cells.get::<Vec<u8>>("address")?)?;
        let text = std::str::from_utf8(&text).map_err(|_| place.corrupt("is not text"))?;
        match address(&kind, text).ok_or_else(|| place.corrupt("is no address"))? {
            Address::Phone(phone) => stored.kept.it.phones.push(phone),
            Address::Email(email) => stored.kept.it.emails.push(email),
        }
        stored.current &= current("sealed_with")?;
    }
    Ok(found)
}

/// The statements that read a customer from a pair of tables, and write it there.
struct Tables {
    /// One statement, so that language and addresses are of one moment.
    find: &'static str,
    put: &'static str,
    clear: &'static str,
    add: &'static str,
}

macro_rules! tables {
    ($customers:literal, $addresses:literal) => {
        Tables {
            find: select!($customers, $addresses, "where page.customer = ? order by kind, position"),
            put: concat!(
                "insert into ",
                $customers,
                " (customer, number, sealed_with, language, version, updated_at_ms)
                 values (:customer, :number, :sealed_with, :language, :version, :updated_at_ms)
                 on conflict (customer) do update set number = :number, sealed_with = :sealed_with,
                     language = :language, version = :version, updated_at_ms = :updated_at_ms"
            ),
            clear: concat!("delete from ", $addresses, " where customer = ?"),
            add: concat!(
                "insert into ",
                $addresses,
                " (customer, kind, position, address, sealed_with) values (?, ?, ?, ?, ?)"
            ),
        }
    };
}

/// Where customers are.
const KEPT: Tables = tables!("customers", "customer_addresses");
/// Where [`import`] has them before it has the turn.
const GIVEN: Tables = tables!("given_customers", "given_addresses");

fn write(
    connection: &Connection,
    sealer: &Sealer,
    into: &Tables,
    kept: &Versioned<Customer>,
) -> Result<(), StoreError> {
    let Versioned { it: customer, version, updated_at } = kept;
    let pseudonym = sealer.customer(&customer.id)?;
    let row = pseudonym.to_string();
    let place = Place { table: "customers", column: "number", row: &row };
    connection.prepare_cached(into.put)?.put(named! {
        ":customer": pseudonym.as_bytes(),
        ":number": sealer.seal(&place, customer.id.as_str().as_bytes())?,
        ":sealed_with": sealer.current().as_str(),
        ":language": customer.language.as_str(),
        ":version": version.cast_signed(),
        ":updated_at_ms": updated_at.timestamp_millis(),
    })?;
    connection.prepare_cached(into.clear)?.put([pseudonym.as_bytes()])?;
    let phones = customer.phones.iter().map(|phone| (Channel::Sms, phone.expose())).enumerate();
    let emails = customer.emails.iter().map(|email| (Channel::Email, email.expose())).enumerate();
    for (position, (kind, text)) in phones.chain(emails) {
        let key = address_row(pseudonym, kind.as_str(), position as i64);
        let sealed = sealer.seal(&Place { table: TABLE, column: "address", row: &key }, text.as_bytes())?;
        let row = (pseudonym.as_bytes(), kind.as_str(), position as i64, sealed, sealer.current().as_str());
        connection.prepare_cached(into.add)?.put(row)?;
    }
    Ok(())
}

/// Names a row in one way only.
fn address_row(customer: Pseudonym, kind: &str, position: i64) -> String {
    format!("{customer} {kind} {position}")
}
