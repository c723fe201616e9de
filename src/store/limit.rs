//! The windows of limits: one small row for each subject and limit, found by a keyed hash of both.

use crate::domain::flow::Timestamp;
use crate::domain::limit::{Meter, Window};
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use crate::domain::work::Work;
use crate::store::seal::Place;
use crate::store::sql::{Connection, OptionalExtension, params_from_iter};
use chrono::TimeDelta;
use rusqlite::types::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

const TABLE: &str = "limit_windows";
/// Windows stay this long after nothing in them counts any more, so that a clock that was ahead for a while refunds nothing.
const GRACE: TimeDelta = TimeDelta::hours(2);
/// Windows that share a statement where the engine is far.
const TOGETHER: usize = 32;

fn key(index: &IndexKey, meter: &Meter) -> Pseudonym {
    index.pseudonym(&format!("limit {} {}", meter.kind.as_str(), meter.scope), &meter.subject)
}

/// The windows of meters, in their order; an empty one where nothing has been counted.
pub(super) fn load(connection: &Connection, index: &IndexKey, meters: &[Meter]) -> Result<Vec<Window>, StoreError> {
    meters.iter().map(|meter| read(connection, key(index, meter))).collect()
}

fn read(connection: &Connection, key: Pseudonym) -> Result<Window, StoreError> {
    let mut statement = connection.prepare_cached("select counts from limit_windows where subject = ?")?;
    let found: Option<Vec<u8>> = statement.query_row([key.as_bytes()], |row| row.get(0)).optional()?;
    found.map_or_else(|| Ok(Window::default()), |bytes| window(key, &bytes))
}

fn window(key: Pseudonym, bytes: &[u8]) -> Result<Window, StoreError> {
    let place = Place { table: "limit_windows", column: "counts", row: &key.to_string() };
    Window::from_bytes(bytes).ok_or_else(|| place.corrupt("is no window"))
}

/// The windows of keys that are not held yet, in few statements: for an engine that is far.
fn read_together(connection: &Connection, keys: &[Pseudonym]) -> Result<HashMap<Pseudonym, Window>, StoreError> {
    let mut found = HashMap::new();
    for some in keys.chunks(TOGETHER) {
        let places = vec!["?"; some.len()].join(", ");
        let sql = format!("select subject, counts from limit_windows where subject in ({places})");
        let mut statement = connection.prepare_keyed(TABLE, &sql)?;
        let mut rows = statement.query(params_from_iter(some.iter().map(|key| *key.as_bytes())))?;
        while let Some(row) = rows.next()? {
            let key = Pseudonym::from_bytes(row.get("subject")?);
            found.insert(key, window(key, &row.get::<_, Vec<u8>>("counts")?)?);
        }
    }
    Ok(found)
}

/// Writes windows in which something counts, in few statements.
fn put_together(connection: &Connection, windows: &[(&Pseudonym, &Window)]) -> Result<(), StoreError> {
    for some in windows.chunks(TOGETHER) {
        let rows = vec!["(?, ?, ?)"; some.len()].join(", ");
        let sql = format!(
            "insert into limit_windows (subject, counts, over_at_ms) values {rows}
             on conflict (subject) do update set counts = excluded.counts, over_at_ms = excluded.over_at_ms"
        );
        let values = some.iter().flat_map(|(key, window)| {
            [Value::Blob(key.as_bytes().to_vec()), window.to_bytes().to_vec().into(), window.over_at_millis().into()]
        });
        connection.prepare_keyed(TABLE, &sql)?.put(params_from_iter(values))?;
    }
    Ok(())
}

fn put(connection: &Connection, key: Pseudonym, window: &Window) -> Result<(), StoreError> {
    if window.is_empty() {
        connection.prepare_cached("delete from limit_windows where subject = ?")?.put([key.as_bytes()])?;
        return Ok(());
    }
    let put = "insert into limit_windows (subject, counts, over_at_ms) values (?1, ?2, ?3)
               on conflict (subject) do update set counts = ?2, over_at_ms = ?3";
    let row = (key.as_bytes(), window.to_bytes(), window.over_at_millis());
    connection.prepare_cached(put)?.put(row)?;
    Ok(())
}

/// The windows that the steps of one transaction have asked for, as they left them: a write-back cache. Many steps count in
/// the same ones, such as that of all sends: each is read once, and written once before the commit.
#[derive(Default)]
pub(super) struct WindowCache(RefCell<Cached>);

#[derive(Default)]
struct Cached {
    by_key: HashMap<Pseudonym, CachedWindow>,
    /// What the step under way has changed, as it was before; in that order.
    before: Vec<(Pseudonym, Option<CachedWindow>)>,
}

#[derive(Clone, Copy)]
struct CachedWindow {
    window: Window,
    /// Whether the row is behind.
    behind: bool,
}

impl WindowCache {
    /// A transaction begins: nothing is known of the one before, which may have been undone.
    pub(super) fn begin(&self) {
        let held = &mut *self.0.borrow_mut();
        held.by_key.clear();
        held.before.clear();
    }

    /// The windows of meters, in their order; an empty one where nothing has been counted.
    pub(super) fn load(
        &self,
        connection: &Connection,
        index: &IndexKey,
        meters: &[Meter],
    ) -> Result<Vec<Window>, StoreError> {
        let mut held = self.0.borrow_mut();
        if connection.is_remote() {
            let keys: Vec<_> = meters.iter().map(|meter| key(index, meter)).collect();
            // All of them, if one is missing: the same question, whatever other steps have asked for.
            if keys.iter().any(|key| !held.by_key.contains_key(key)) {
                let mut found = read_together(connection, &keys)?;
                for key in keys {
                    let window = found.remove(&key).unwrap_or_default();
                    held.by_key.entry(key).or_insert(CachedWindow { window, behind: false });
                }
            }
        }
        let mut load = |meter: &Meter| match held.by_key.entry(key(index, meter)) {
            Entry::Occupied(known) => Ok(known.get().window),
            Entry::Vacant(place) => {
                let window = read(connection, *place.key())?;
                Ok(place.insert(CachedWindow { window, behind: false }).window)
            }
        };
        meters.iter().map(&mut load).collect()
    }

    /// From now on they are so. Each counts as a statement of the step, although it may share it with others.
    pub(super) fn write(&self, index: &IndexKey, windows: &[(Meter, Window)]) {
        let held = &mut *self.0.borrow_mut();
        for (meter, window) in windows {
            Work::STATEMENT.add();
            let key = key(index, meter);
            let before = held.by_key.insert(key, CachedWindow { window: *window, behind: true });
            held.before.push((key, before));
        }
    }

    /// A step begins.
    pub(super) fn mark(&self) {
        self.0.borrow_mut().before.clear();
    }

    /// The step was undone.
    pub(super) fn back(&self) {
        let held = &mut *self.0.borrow_mut();
        for (key, before) in held.before.drain(..).rev() {
            match before {
                Some(before) => held.by_key.insert(key, before),
                None => held.by_key.remove(&key),
            };
        }
    }

    /// Writes the rows that are behind, in the order of their keys.
    pub(super) fn flush(&self, connection: &Connection) -> Result<(), StoreError> {
        let held = self.0.borrow();
        let mut behind: Vec<_> = held.by_key.iter().filter(|(_, state)| state.behind).collect();
        behind.sort_unstable_by_key(|(key, _)| **key);
        if connection.is_remote() {
            let (over, counting): (Vec<_>, Vec<_>) = behind.into_iter().partition(|(_, state)| state.window.is_empty());
            let counting: Vec<_> = counting.into_iter().map(|(key, state)| (key, &state.window)).collect();
            put_together(connection, &counting)?;
            behind = over;
        }
        behind.iter().try_for_each(|(key, state)| put(connection, **key, &state.window))
    }
}

/// Deletes at most `limit` windows in which nothing counts any more.
pub(super) fn purge(connection: &Connection, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let sql = "delete from limit_windows where subject in
                   (select subject from limit_windows where over_at_ms < ?1 limit ?2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection.prepare_cached(sql)?.execute(((now - GRACE).timestamp_millis(), limit))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::limit::{Kind, Rule};
    use crate::store::migrate;
    use chrono::DateTime;

    #[test]
    fn steps_of_a_transaction_see_each_others_windows_and_none_that_was_undone_and_each_is_written_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let (connection, index) = (Connection::open(&path).unwrap(), IndexKey::from_bytes(&[7; 32]));
        let (rule, now) = (Rule { max: 9, span_secs: 3600 }, DateTime::UNIX_EPOCH);
        let [all, one] = ["", "one"].map(|subject| Meter {
            kind: Kind::DestinationSends,
            scope: "",
            subject: subject.to_owned().into(),
            rule,
        });
        let held = WindowCache::default();
        let count = |meter: &Meter| held.load(&connection, &index, std::slice::from_ref(meter)).unwrap()[0];
        let step = |meters: &[&Meter]| {
            held.mark();
            for meter in meters {
                let counted = count(meter).raised(rule, now);
                held.write(&index, &[((*meter).clone(), counted)]);
            }
        };
        held.begin();
        step(&[&all]);
        step(&[&all, &one, &all]);
        held.back();
        step(&[&all]);
        assert_eq!([&all, &one].map(|meter| count(meter).count(rule, now)), [2, 0]);
        let rows = connection.total_changes();
        held.flush(&connection).unwrap();
        assert_eq!(connection.total_changes() - rows, 1);
        // The next transaction takes nothing from this one but what is in the file.
        connection.execute("delete from limit_windows", ()).unwrap();
        held.begin();
        assert_eq!(count(&all), Window::default());
        held.flush(&connection).unwrap();
        assert_eq!(load(&connection, &index, &[all]).unwrap(), [Window::default()]);
    }
}
