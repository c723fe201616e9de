//! The windows of limits: one small row for each subject and limit, found by a keyed hash of both.

use crate::domain::flow::Timestamp;
use crate::domain::limit::{Meter, Window};
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use crate::store::seal::Place;
use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension};

/// Windows stay this long after nothing in them counts any more, so that a clock that was ahead for a while refunds nothing.
const GRACE: TimeDelta = TimeDelta::hours(2);

fn key(index: &IndexKey, meter: &Meter) -> Pseudonym {
    index.pseudonym(&format!("limit {} {}", meter.kind.as_str(), meter.scope), &meter.subject)
}

/// The windows of meters, in their order; an empty one where nothing has been counted.
pub(super) fn load(connection: &Connection, index: &IndexKey, meters: &[Meter]) -> Result<Vec<Window>, StoreError> {
    let mut statement = connection.prepare_cached("select counts from limit_windows where subject = ?")?;
    let mut load = |meter: &Meter| {
        let key = key(index, meter);
        let found: Option<Vec<u8>> = statement.query_row([key.as_bytes()], |row| row.get(0)).optional()?;
        let read = |bytes: Vec<u8>| {
            let place = Place { table: "limit_windows", column: "counts", row: &key.to_string() };
            Window::from_bytes(&bytes).ok_or_else(|| place.corrupt("is no window"))
        };
        found.map_or_else(|| Ok(Window::default()), read)
    };
    meters.iter().map(&mut load).collect()
}

/// Writes windows as they are now.
pub(super) fn write(connection: &Connection, index: &IndexKey, windows: &[(Meter, Window)]) -> Result<(), StoreError> {
    let put = "insert into limit_windows (subject, counts, over_at_ms) values (?1, ?2, ?3)
               on conflict (subject) do update set counts = ?2, over_at_ms = ?3";
    for (meter, window) in windows {
        let key = key(index, meter);
        if window.is_empty() {
            connection.prepare_cached("delete from limit_windows where subject = ?")?.execute([key.as_bytes()])?;
        } else {
            let row = (key.as_bytes(), window.to_bytes(), window.over_at_millis());
            connection.prepare_cached(put)?.execute(row)?;
        }
    }
    Ok(())
}

/// Deletes at most `limit` windows in which nothing counts any more.
pub(super) fn purge(connection: &Connection, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let sql = "delete from limit_windows where subject in
                   (select subject from limit_windows where over_at_ms < ?1 limit ?2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection.prepare_cached(sql)?.execute(((now - GRACE).timestamp_millis(), limit))?)
}
