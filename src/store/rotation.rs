//! Moving what is sealed to the current key, and counting what is under which.
//!
//! A step reads some rows by the index of their key, opens and seals them beside the writer, and writes those of them that
//! are still as they were read. So others wait for no more than that many small updates, and a rotation that is cut off
//! has lost nothing: what is left to do stands in the rows.

use super::open::each_key;
use super::row::{Cells, whole};
use super::writing::Writing;
use super::{Store, audit, unavailable};
use crate::domain::desk::ports::{KeyDesk, Resealed, Resealing};
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyId;
use crate::domain::operator::{Actor, Order, Stamp};
use crate::domain::ports::StoreError;
use crate::domain::rotation::{self, COUNTED_MAX, KeyStatus, KeyUse, Refusal, Rotation, Sealed};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{self, Connection, OptionalExtension, named, params_from_iter};
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use rusqlite::types::Value;
use std::collections::HashMap;

/// A column of sealed values. The table has an index that begins with `sealed_with` and goes on with `order`.
struct Column {
    table: &'static str,
    column: &'static str,
    /// The primary key.
    key: &'static [&'static str],
    /// What rows are walked along.
    order: Along,
    /// What the row of these values is called where a value was sealed for it.
    name: fn(&[Value]) -> Option<String>,
}

/// What rows are walked along.
enum Along {
    /// The primary key.
    Key,
    /// The number of the row, which any index has at its end, where the engine has such a number; for rows that come in with every
    /// call. An index with random keys costs every call a page of its own; one that grows at its end does not.
    Arrival,
}

/// Every column of sealed values, those aside that prove which key is which: each of these stays under its own.
const COLUMNS: [Column; 12] = [
    Column {
        table: "store_secrets",
        column: "value",
        key: &["name"],
        order: Along::Key,
        name: |key| match key {
            [Value::Text(name)] => Some(name.clone()),
            _ => None,
        },
    },
    Column { table: "audit_head", column: "position", key: &["chain"], order: Along::Key, name: by_id },
    Column { table: "audit_anchors", column: "position", key: &["chain"], order: Along::Key, name: by_id },
    Column { table: "audit_customers", column: "key", key: &["customer"], order: Along::Key, name: by_id },
    Column { table: "flows", column: "recipients", key: &["id"], order: Along::Arrival, name: by_id },
    Column {
        table: "outbox",
        column: "addresses",
        key: &["flow_id", "send_id"],
        order: Along::Arrival,
        name: |key| by_id(key.get(1..)?),
    },
    Column {
        table: "customer_addresses",
        column: "address",
        key: &["customer", "kind", "position"],
        order: Along::Key,
        name: |key| match key {
            [Value::Blob(customer), Value::Text(kind), Value::Integer(position)] => {
                Some(format!("{} {kind} {position}", HEXLOWER.encode(customer)))
            }
            _ => None,
        },
    },
    Column { table: "customers", column: "number", key: &["customer"], order: Along::Key, name: by_id },
    Column { table: "sessions", column: "number", key: &["session"], order: Along::Key, name: by_id },
    Column { table: "tokens", column: "secret", key: &["id"], order: Along::Arrival, name: by_id },
    Column { table: "transactions", column: "details", key: &["id"], order: Along::Arrival, name: by_uuid },
    Column {
        table: "repeats",
        column: "secret",
        key: &["operator", "key_digest"],
        order: Along::Key,
        name: |key| match key {
            [Value::Text(operator), Value::Blob(digest)] => Some(format!("{operator} {}", HEXLOWER.encode(digest))),
            _ => None,
        },
    },
];

fn by_id(key: &[Value]) -> Option<String> {
    match key {
        [Value::Blob(id)] => Some(HEXLOWER.encode(id)),
        _ => None,
    }
}

fn by_uuid(key: &[Value]) -> Option<String> {
    match key {
        [Value::Blob(id)] => uuid::Uuid::from_slice(id).ok().map(|id| id.to_string()),
        _ => None,
    }
}

impl Column {
    /// The columns that say where a row stands.
    fn order(&self, connection: &Connection) -> Vec<&'static str> {
        match (&self.order, connection.row_number()) {
            (Along::Arrival, Some(number)) => vec![number],
            _ => self.key.to_vec(),
        }
    }

    /// How many rows are under which key, from one key to the next: no more are looked at than are told of.
    fn count(&self) -> String {
        let (table, keys) = (self.table, each_key(self.table));
        format!(
            "select id, (select count(*) from (select 1 from {table} where sealed_with = keys.id limit {COUNTED_MAX}) as counted)
             from ({keys}) as keys"
        )
    }

    /// The rows under one key (`?1`), some of them: behind one of them, or from the beginning. First their places in the order, then
    /// their primary keys, then the values.
    fn select(&self, order: &[&str], behind: bool, remote: bool) -> String {
        let Self { table, column, key, .. } = self;
        let (key, columns) = (key.join(", "), order.join(", "));
        let places = if behind { order.len() } else { 0 };
        let (marks, limit) = ((2..2 + places).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", "), places + 2);
        // A database server would rather walk along the primary key, through all that has been moved already, unless the index of
        // the keys is the only one that has the order.
        let (rows, order) = match (remote, behind) {
            (false, false) => ("sealed_with = ?1".to_owned(), columns.clone()),
            (false, true) => (format!("sealed_with = ?1 and ({columns}) > ({marks})"), columns.clone()),
            (true, false) => ("sealed_with >= ?1 and sealed_with <= ?1".to_owned(), format!("sealed_with, {columns}")),
            (true, true) => (
                format!("(sealed_with, {columns}) > (?1, {marks}) and sealed_with <= ?1"),
                format!("sealed_with, {columns}"),
            ),
        };
        format!("select {columns}, {key}, {column} from {table} where {rows} order by {order} limit ?{limit}")
    }

    fn update(&self) -> String {
        let Self { table, column, key, .. } = self;
        format!(
            "update {table} set {column} = ?, sealed_with = ? where {} and {column} = ?",
            key.iter().map(|name| format!("{name} = ?")).collect::<Vec<_>>().join(" and ")
        )
    }
}

/// Where a walk has got to: a column, an older key, and the place of the last row of it.
#[derive(Clone, Default)]
struct Position {
    column: usize,
    key: usize,
    behind: Option<Vec<Value>>,
}

/// A value that was sealed anew.
struct Moved {
    key: Vec<Value>,
    old: Vec<u8>,
    new: Vec<u8>,
}

struct Walk<'a> {
    store: &'a Store,
    position: Position,
}

#[async_trait]
impl Resealing for Walk<'_> {
    async fn step(&mut self, limit: u32) -> Result<Resealed, StoreError> {
        let (sealer, position) = (self.store.sealer.clone(), self.position.clone());
        let read = move |connection: &Connection| prepare(connection, &sealer, position, limit);
        let (column, prepared, damaged, next) = self.store.readers.run(read).await?;
        let mut moved = 0;
        if let Some(column) = column.filter(|_| !prepared.is_empty()) {
            let sealer = self.store.sealer.clone();
            moved = self.store.writer.run(move |connection| write(connection, &sealer, column, &prepared)).await?;
        }
        // Only now: a step that failed is done again.
        let done = next.is_none();
        self.position = next.unwrap_or_default();
        Ok(Resealed { moved, damaged, done })
    }
}

type Prepared = (Option<&'static Column>, Vec<Moved>, Vec<StoreError>, Option<Position>);

/// Reads the next rows under an older key and seals them anew.
fn prepare(
    connection: &Connection,
    sealer: &Sealer,
    mut position: Position,
    limit: u32,
) -> Result<Prepared, StoreError> {
    let older: Vec<&KeyId> = sealer.key_ids().filter(|id| *id != sealer.current()).collect();
    while let Some(column) = COLUMNS.get(position.column) {
        let Some(id) = older.get(position.key) else {
            position = Position { column: position.column + 1, ..Position::default() };
            continue;
        };
        let order = column.order(connection);
        let mut values: Vec<Value> = vec![id.as_str().to_owned().into()];
        values.extend(position.behind.iter().flatten().cloned());
        values.push(i64::from(limit).into());
        let sql = column.select(&order, position.behind.is_some(), connection.is_remote());
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let (mut moved, mut damaged, mut last) = (Vec::new(), Vec::new(), None);
        let mut seen = 0;
        while let Some(row) = rows.next()? {
            let cells = |from: usize, count: usize| -> Result<Vec<Value>, StoreError> {
                Ok((from..from + count).map(|n| row.get(n)).collect::<Result<_, _>>()?)
            };
            let (place, key) = (cells(0, order.len())?, cells(order.len(), column.key.len())?);
            seen += 1;
            match reseal(sealer, column, &key, row.get(order.len() + column.key.len())) {
                Ok((old, new)) => moved.push(Moved { key, old, new }),
                Err(problem) => damaged.push(problem),
            }
            last = Some(place);
        }
        if seen == limit {
            position.behind = last;
        } else {
            position = Position { column: position.column, key: position.key + 1, behind: None };
        }
        if seen > 0 {
            return Ok((Some(column), moved, damaged, Some(position)));
        }
    }
    Ok((None, Vec::new(), Vec::new(), None))
}

fn reseal(
    sealer: &Sealer,
    column: &Column,
    key: &[Value],
    old: sql::Result<Vec<u8>>,
) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
    let name = (column.name)(key).unwrap_or_default();
    let place = Place { table: column.table, column: column.column, row: &name };
    let old = old.map_err(|_| place.corrupt("has a type that is not expected"))?;
    let new = sealer.seal(&place, &sealer.open(&place, &old)?)?;
    Ok((old, new))
}

/// Writes what was sealed anew and is still as it was read; runs inside the writer's transaction.
fn write(connection: &Connection, sealer: &Sealer, column: &Column, prepared: &[Moved]) -> Result<u64, StoreError> {
    // Begun meanwhile by a server with another key in front, which may be through already.
    if let Some(other) = last(connection)?.map(|rotation| rotation.key).filter(|key| key != sealer.current()) {
        return Err(unavailable(format!("a key rotation to {} has taken the place of this one", other.as_str())));
    }
    let mut statement = connection.prepare_cached(&column.update())?;
    let mut moved = 0;
    for Moved { key, old, new } in prepared {
        let mut values: Vec<Value> = vec![new.clone().into(), sealer.current().as_str().to_owned().into()];
        values.extend(key.iter().cloned());
        values.push(old.clone().into());
        moved += statement.execute(params_from_iter(values))? as u64;
    }
    let sql = "update rotations set resealed = resealed + ? where ended_at_ms is null";
    connection.prepare_cached(sql)?.put([moved.cast_signed()])?;
    Ok(moved)
}

/// Counts what is under which key, up to [`COUNTED_MAX`] rows of each table.
fn status(connection: &Connection, sealer: &Sealer, now: Timestamp) -> Result<KeyStatus, StoreError> {
    let mut counts: HashMap<(String, &'static str), u64> = HashMap::new();
    for column in &COLUMNS {
        let mut statement = connection.prepare_cached(&column.count())?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            counts.insert((row.get(0)?, column.table), row.get::<_, i64>(1)?.unsigned_abs());
        }
    }
    let derived = derived(connection, now)?;
    let mut gone: Vec<_> =
        counts.keys().map(|(id, _)| id).chain(derived.keys()).filter(|id| !sealer.opens(id)).collect();
    gone.sort_unstable();
    gone.dedup();
    let corrupt =
        |id: &str| Place { table: "server_keys", column: "key_id", row: "" }.corrupt(format!("is no id: {id:?}"));
    let gone = gone.into_iter().map(|id| KeyId::parse(id).map_err(|_| corrupt(id))).collect::<Result<Vec<_>, _>>()?;
    let key = |id: &KeyId, configured: bool| {
        let (derived, derived_until) = derived.get(id.as_str()).copied().unwrap_or_default();
        let rows = |table: &'static str| counts.get(&(id.as_str().to_owned(), table)).copied().unwrap_or(0);
        Ok::<_, StoreError>(KeyUse {
            id: id.clone(),
            current: id == sealer.current(),
            configured,
            since: since(connection, id)?,
            sealed: COLUMNS.iter().map(|Column { table, .. }| Sealed { table, rows: rows(table) }).collect(),
            derived,
            derived_until,
        })
    };
    let known = sealer.key_ids().map(|id| key(id, true)).chain(gone.iter().map(|id| key(id, false)));
    Ok(KeyStatus { keys: known.collect::<Result<_, _>>()?, rotation: last(connection)? })
}

type Derived = HashMap<String, (u64, Option<Timestamp>)>;

/// What is derived with which key and not over yet, and when the last of it is.
fn derived(connection: &Connection, now: Timestamp) -> Result<Derived, StoreError> {
    let sql = "select key_id, count(*), max(until) from
                   (select key_id, expires_at_ms as until from flows where expires_at_ms > ?1
                    union all select key_id, expires_at_ms from transactions where expires_at_ms > ?1
                    union all select key_id, expires_at_ms from sessions where expires_at_ms > ?1) as used
               group by key_id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([now.timestamp_millis()])?;
    let mut derived = Derived::new();
    while let Some(row) = rows.next()? {
        let until = chrono::DateTime::from_timestamp_millis(row.get(2)?);
        derived.insert(row.get(0)?, (row.get::<_, i64>(1)?.unsigned_abs(), until));
    }
    Ok(derived)
}

fn since(connection: &Connection, id: &KeyId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select since_ms from server_keys where key_id = ?";
    let since = connection.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get::<_, i64>(0)).optional()?;
    Ok(since.and_then(chrono::DateTime::from_timestamp_millis))
}

/// The rotation that was begun last.
fn last(connection: &Connection) -> Result<Option<Rotation>, StoreError> {
    let sql = "select id, key_id, started_by, started_at_ms, resealed, damaged, ended_at_ms from rotations
               order by id desc limit 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(())?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let key = row.get::<_, i64>("id")?.to_string();
    let cells = Cells { table: "rotations", key: &key, row };
    let count = |column| Ok::<_, StoreError>(cells.get::<i64>(column)?.unsigned_abs());
    Ok(Some(Rotation {
        key: cells.parse("key_id", |text| KeyId::parse(text).ok())?,
        started: Stamp {
            by: cells.parse("started_by", |text| Actor::parse(text).ok())?,
            at: cells.time("started_at_ms")?,
        },
        resealed: count("resealed")?,
        damaged: count("damaged")?,
        ended_at: cells.time_if_any("ended_at_ms")?,
    }))
}

fn begin(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    expected: &KeyId,
) -> Result<Result<Rotation, Refusal>, StoreError> {
    let since = since(connection, sealer.current())?;
    let begun = rotation::begin(order, expected, sealer.current(), since, last(connection)?);
    if let Some(rotation) = &begun.write {
        let over = "update rotations set ended_at_ms = ? where ended_at_ms is null";
        connection.prepare_cached(over)?.put([rotation.started.at.timestamp_millis()])?;
        let sql = "insert into rotations (id, key_id, started_by, started_at_ms, resealed, damaged)
                   values ((select coalesce(max(id), 0) + 1 from rotations), ?, ?, ?, 0, 0)";
        let row = (rotation.key.as_str(), rotation.started.by.as_str(), rotation.started.at.timestamp_millis());
        connection.prepare_cached(sql)?.put(row)?;
    }
    for entry in &begun.audit {
        audit::append(connection, entry)?;
    }
    Ok(begun.decision)
}

fn end(connection: &Writing<'_>, sealer: &Sealer, older: u64, damaged: u64, at: Timestamp) -> Result<(), StoreError> {
    let ours = |rotation: &Rotation| rotation.ended_at.is_none() && rotation.key == *sealer.current();
    let Some(rotation) = last(connection)?.filter(ours) else { return Ok(()) };
    let (rotation, entry) = rotation::end(rotation, older, damaged, at);
    let sql = "update rotations set damaged = :damaged, ended_at_ms = :ended_at_ms where ended_at_ms is null";
    connection.prepare_cached(sql)?.put_one(
        named! {
            ":damaged": rotation.damaged.cast_signed(),
            ":ended_at_ms": rotation.ended_at.map(|at| at.timestamp_millis()),
        },
        "more than one rotation was under way",
    )?;
    audit::append(connection, &entry)
}

#[async_trait]
impl KeyDesk for Store {
    async fn key_status(&self, now: Timestamp) -> Result<KeyStatus, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| status(connection, &sealer, now)).await
    }

    async fn begin_rotation(&self, order: Order, expected: KeyId) -> Result<Result<Rotation, Refusal>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        self.writer.run(move |connection| begin(connection, &sealer, &order, &expected)).await
    }

    async fn rotation(&self) -> Result<Option<Rotation>, StoreError> {
        let last = self.readers.run(last).await?;
        Ok(last.filter(|rotation| rotation.ended_at.is_none()))
    }

    fn resealing(&self) -> Box<dyn Resealing + '_> {
        Box::new(Walk { store: self, position: Position::default() })
    }

    async fn end_rotation(&self, older: u64, damaged: u64, at: Timestamp) -> Result<(), StoreError> {
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| end(connection, &sealer, older, damaged, at)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;

    /// Every statement finds its rows by an index, however many there are.
    #[test]
    fn what_is_under_a_key_is_found_and_counted_by_index() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = Connection::from(rusqlite::Connection::open(&path).unwrap());
        for column in &COLUMNS {
            let order = column.order(&connection);
            let selects = [false, true].map(|behind| column.select(&order, behind, false));
            for sql in [column.count(), column.update()].into_iter().chain(selects) {
                let connection = connection.file().unwrap();
                let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
                let nulls = vec![Value::Null; statement.parameter_count()];
                let plan = statement
                    .query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>("detail"))
                    .unwrap();
                let plan: Vec<_> = plan.map(Result::unwrap).collect();
                let of_table = |line: &&String| {
                    ["SCAN", "SEARCH"]
                        .map(|how| format!("{how} {} ", column.table))
                        .iter()
                        .any(|begin| line.starts_with(begin))
                };
                let by_index = |line: &String| line.contains("INDEX") || line.contains("PRIMARY KEY");
                assert!(plan.iter().any(|line| of_table(&line)), "{sql}: {plan:?}");
                assert!(plan.iter().filter(of_table).all(by_index), "{sql}: {plan:?}");
                assert!(plan.iter().all(|line| !line.contains("TEMP B-TREE")), "{sql}: {plan:?}");
            }
        }
    }

    /// The table above is complete: a sealed column that is not in it would stay under its old key.
    #[test]
    fn every_table_with_sealed_values_is_among_them() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        let sql = "select tables.name from sqlite_schema as tables, pragma_table_info(tables.name) as columns
                   where tables.type = 'table' and columns.name = 'sealed_with' order by tables.name";
        let mut statement = connection.prepare(sql).unwrap();
        let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut known: Vec<_> = COLUMNS.iter().map(|column| column.table).collect();
        known.sort_unstable();
        assert_eq!(tables, known);
    }
}
