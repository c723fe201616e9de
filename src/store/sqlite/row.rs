//! Reading rows: whatever does not read back is named by table, column and row, without its value.

use crate::domain::flow::Timestamp;
use crate::domain::ports::StoreError;
use crate::domain::recipient::{Address, Channel, EmailAddress, PhoneNumber};
use crate::store::seal::{Place, Sealer};
use chrono::DateTime;
use rusqlite::Row;
use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A row with the name it has in errors.
pub(super) struct Cells<'a> {
    pub(super) table: &'static str,
    pub(super) key: &'a str,
    pub(super) row: &'a Row<'a>,
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

/// Seals a list as JSON, for [`Cells::sealed_list`].
pub(super) fn seal_list<J: Serialize>(sealer: &Sealer, place: &Place<'_>, items: &[J]) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(items).map_err(|error| StoreError::Engine(Box::new(error)))?;
    sealer.seal(place, &Zeroizing::new(json))
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
