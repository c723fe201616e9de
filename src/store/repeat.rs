//! Calls that made something, and their repeats.

use super::row::Cells;
use crate::domain::flow::{Secret, Timestamp};
use crate::domain::operator::{Order, Repeatable};
use crate::domain::ports::StoreError;
use crate::store::seal::{Place, Sealer};
use crate::store::sql::Connection;
use data_encoding::HEXLOWER;

const TABLE: &str = "repeats";

/// What is known of a call's key.
pub(super) enum Before {
    /// Nothing: the call is the first.
    Nothing,
    /// It has made this, and shown the secret.
    Made {
        /// What was made.
        resource: String,
        /// What was shown of it once.
        secret: Option<Secret>,
    },
    /// It came with another request.
    OtherRequest,
}

/// Whether this operator has made this call before, in the last [`Repeatable::KEPT`].
pub(super) fn find(
    connection: &Connection,
    sealer: &Sealer,
    order: &Order,
    call: &Repeatable,
) -> Result<Before, StoreError> {
    let sql = "select request_digest, resource, secret from repeats
               where operator = ? and key_digest = ? and created_at_ms > ?";
    let since = (order.at - Repeatable::KEPT).timestamp_millis();
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((order.by.as_str(), &call.key, since))?;
    let Some(row) = rows.next()? else { return Ok(Before::Nothing) };
    let key = row_key(order, call);
    let cells = Cells { table: TABLE, key: &key, row };
    if cells.get::<[u8; 32]>("request_digest")? != call.request {
        return Ok(Before::OtherRequest);
    }
    let place = cells.place("secret");
    let open = |sealed: Vec<u8>| {
        let opened = sealer.open(&place, &sealed)?;
        std::str::from_utf8(&opened).map(Secret::new).map_err(|_| place.corrupt("is not text"))
    };
    let secret = cells.get::<Option<Vec<u8>>>("secret")?.map(open).transpose()?;
    Ok(Before::Made { resource: cells.get("resource")?, secret })
}

/// Keeps what a call has made; runs inside the step that makes it.
pub(super) fn keep(
    connection: &Connection,
    sealer: &Sealer,
    order: &Order,
    call: &Repeatable,
    resource: &str,
    secret: Option<&str>,
) -> Result<(), StoreError> {
    // In the place of one that is too old to count.
    let sql = "insert into repeats (operator, key_digest, request_digest, resource, secret, sealed_with, created_at_ms)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (operator, key_digest) do update
                   set request_digest = ?3, resource = ?4, secret = ?5, sealed_with = ?6, created_at_ms = ?7";
    let key = row_key(order, call);
    let place = Place { table: TABLE, column: "secret", row: &key };
    let sealed = secret.map(|text| sealer.seal(&place, text.as_bytes())).transpose()?;
    let sealed_with = sealed.is_some().then(|| sealer.current().as_str());
    let at = order.at.timestamp_millis();
    let row = (order.by.as_str(), &call.key, &call.request, resource, sealed, sealed_with, at);
    connection.prepare_cached(sql)?.put(row)?;
    Ok(())
}

/// Deletes at most `limit` calls that are too old to be repeated.
pub(super) fn purge(connection: &Connection, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let sql = "delete from repeats where (operator, key_digest) in
                   (select operator, key_digest from repeats where created_at_ms < ? limit ?)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection.prepare_cached(sql)?.execute(((now - Repeatable::KEPT).timestamp_millis(), limit))?)
}

fn row_key(order: &Order, call: &Repeatable) -> String {
    format!("{} {}", order.by.as_str(), HEXLOWER.encode(&call.key))
}
