//! What is there, for whoever works on the data file while no server runs.

use super::{client, token};
use crate::domain::client::{Client, ClientId};
use crate::domain::customer::CustomerId;
use crate::domain::ports::StoreError;
use crate::domain::token::{Token, TokenId};
use crate::store::seal::{Place, Sealer};
use rusqlite::Connection;

/// Shows every token whose import is over, or those in the hands of one customer and of who acts for it.
pub(super) fn tokens(
    connection: &Connection,
    sealer: &Sealer,
    customer: Option<&CustomerId>,
    show: &mut dyn FnMut(&Token),
) -> Result<(), StoreError> {
    let sql = "select id from tokens
               where (?1 is null or (customer_id = ?1 and state in ('assigned', 'active', 'locked')))
               and (import_id is null or exists (select 1 from imports
                                                 where imports.id = tokens.import_id and imports.state = 'committed'))
               order by serial, manufacturer";
    // One snapshot, so that no token goes away between its id and the rest of it.
    let snapshot = connection.unchecked_transaction()?;
    let mut statement = snapshot.prepare(sql)?;
    let mut rows = statement.query([customer.map(CustomerId::as_str)])?;
    while let Some(row) = rows.next()? {
        if let Some(token) = token::load(&snapshot, sealer, TokenId::from_bytes(row.get(0)?))? {
            show(&token);
        }
    }
    Ok(())
}

/// Shows every client registration.
pub(super) fn clients(connection: &Connection, show: &mut dyn FnMut(&Client)) -> Result<(), StoreError> {
    let snapshot = connection.unchecked_transaction()?;
    let mut statement = snapshot.prepare("select id from clients order by id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        let place = Place { table: "clients", column: "id", row: &text };
        let id = ClientId::parse(&text).map_err(|_| place.corrupt("is no client id"))?;
        if let Some(client) = client::load(&snapshot, &id)? {
            show(&client.it);
        }
    }
    Ok(())
}
