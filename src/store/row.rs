//! Reading rows: whatever does not read back is named by table, column and row, without its value.

use crate::domain::customer::CustomerId;
use crate::domain::flow::Timestamp;
use crate::domain::operator::{Actor, Order, Stamp};
use crate::domain::page::Place as PagePlace;
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::Pseudonym;
use crate::domain::recipient::{Address, Channel, EmailAddress, PhoneNumber};
use crate::domain::token::{Representative, TokenHolder};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::Row;
use chrono::{DateTime, SubsecRound};
use rusqlite::types::{FromSql, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A row with the name it has in errors.
pub(super) struct Cells<'a> {
    pub(super) table: &'static str,
    pub(super) key: &'a str,
    pub(super) row: Row<'a>,
}

impl Cells<'_> {
    pub(super) fn place(&self, column: &'static str) -> Place<'_> {
        Place { table: self.table, column, row: self.key }
    }

    pub(super) fn get<T: FromSql>(&self, column: &'static str) -> Result<T, StoreError> {
        let problem = |_| self.place(column).corrupt("has a type or a range that is not expected");
        self.row.get(column).map_err(problem)
    }

    pub(super) fn parse<T>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text: String = self.get(column)?;
        parse(&text).ok_or_else(|| self.place(column).corrupt("has a value that is not known"))
    }

    /// A sealed JSON value.
    pub(super) fn sealed<J: DeserializeOwned>(&self, column: &'static str, sealer: &Sealer) -> Result<J, StoreError> {
        let place = self.place(column);
        let json = sealer.open(&place, &self.get::<Vec<u8>>(column)?)?;
        serde_json::from_slice(&json).map_err(|_| place.corrupt("does not hold what it should"))
    }

    /// Refuses a row that is found under somebody's pseudonym and says that it is somebody else's: whoever can write to the
    /// file has moved it.
    pub(super) fn belongs(&self, column: &'static str, owner: Option<Pseudonym>) -> Result<(), StoreError> {
        let found: Option<[u8; 16]> = self.get(column)?;
        if found.map(Pseudonym::from_bytes) == owner {
            Ok(())
        } else {
            Err(self.place(column).corrupt("is not whose the row says it is: it was altered"))
        }
    }

    /// The items of a sealed list of JSON, at least one; `read` gives `None` for an item that is not valid.
    pub(super) fn sealed_list<J: DeserializeOwned, T>(
        &self,
        column: &'static str,
        sealer: &Sealer,
        read: impl Fn(&J) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let place = self.place(column);
        let json = sealer.open(&place, &self.get::<Vec<u8>>(column)?)?;
        let items: Option<Vec<J>> = serde_json::from_slice(&json).ok();
        let items = items.and_then(|items| items.iter().map(read).collect::<Option<Vec<_>>>());
        items.filter(|items| !items.is_empty()).ok_or_else(|| place.corrupt("is no list of what it should hold"))
    }

    pub(super) fn time_if_any(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = self.get(column)?;
        millis.map(|_| self.time(column)).transpose()
    }

    pub(super) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        let time = DateTime::from_timestamp_millis(self.get(column)?);
        time.ok_or_else(|| self.place(column).corrupt("is out of range"))
    }
}

/// What the database cannot keep must not be decided upon: a step sees the times that the next one will read.
pub(super) fn whole(order: Order) -> Order {
    Order { at: order.at.trunc_subsecs(3), ..order }
}

/// Who and when in two columns, if somebody did.
pub(super) fn stamp_if_any(cells: &Cells<'_>, by: &'static str, at: &'static str) -> Result<Option<Stamp>, StoreError> {
    let Some(text) = cells.get::<Option<String>>(by)? else { return Ok(None) };
    let by = Actor::parse(&text).map_err(|_| cells.place(by).corrupt("is nobody's name"))?;
    Ok(Some(Stamp { by, at: cells.time(at)? }))
}

/// What rows of a list have to be like: conditions that all must hold, each with its values.
#[derive(Default)]
pub(super) struct Wanted {
    conditions: Vec<&'static str>,
    values: Vec<Value>,
}

impl Wanted {
    /// A condition with as many values as it has question marks.
    pub(super) fn all(&mut self, condition: &'static str, values: impl IntoIterator<Item = Value>) {
        self.conditions.push(condition);
        self.values.extend(values);
    }

    /// A condition on one value, if there is one.
    pub(super) fn want(&mut self, condition: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.all(condition, [value.into()]);
        }
    }

    /// Where the page before ended. The condition takes its time twice and its id.
    pub(super) fn behind(&mut self, condition: &'static str, place: Option<PagePlace>) {
        if let Some(PagePlace { at, id }) = place {
            let millis = Value::from(at.timestamp_millis());
            self.all(condition, [millis.clone(), millis, id.to_vec().into()]);
        }
    }

    /// The statement and its values, for one row more than `limit`.
    pub(super) fn query(self, select: &str, order: &str, limit: u32) -> (String, Vec<Value>) {
        let Self { conditions, mut values } = self;
        values.push((i64::from(limit) + 1).into());
        let wanted = if conditions.is_empty() { String::new() } else { format!("where {}", conditions.join(" and ")) };
        (format!("{select} {wanted} {order} limit ?"), values)
    }
}

/// Seals a value as JSON, for [`Cells::sealed`] and, if it is a list, [`Cells::sealed_list`].
pub(super) fn seal_json<J: Serialize + ?Sized>(
    sealer: &Sealer,
    place: &Place<'_>,
    value: &J,
) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(value).map_err(|error| StoreError::Engine(Box::new(error)))?;
    sealer.seal(place, &Zeroizing::new(json))
}

/// Who a row belongs to, inside sealed JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct HolderJson {
    customer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    representative: Option<String>,
}

impl HolderJson {
    pub(super) fn of(holder: &TokenHolder) -> Self {
        let representative = holder.representative.as_ref().map(|representative| representative.as_str().to_owned());
        Self { customer: holder.customer.as_str().to_owned(), representative }
    }

    pub(super) fn read(&self) -> Option<TokenHolder> {
        let representative = self.representative.as_deref().map(Representative::parse).transpose().ok()?;
        Some(TokenHolder { customer: CustomerId::parse(&self.customer).ok()?, representative })
    }
}

/// An address inside sealed JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct AddressJson {
    channel: String,
    address: String,
}

impl AddressJson {
    pub(super) fn of(address: &Address) -> Self {
        Self { channel: address.channel().as_str().to_owned(), address: address.expose().to_owned() }
    }

    pub(super) fn read(&self) -> Option<Address> {
        address(&self.channel, &self.address)
    }
}

pub(super) fn address(channel: &str, text: &str) -> Option<Address> {
    if channel == Channel::Sms.as_str() {
        PhoneNumber::parse(text).ok().map(Address::Phone)
    } else if channel == Channel::Email.as_str() {
        EmailAddress::parse(text).ok().map(Address::Email)
    } else {
        None
    }
}
