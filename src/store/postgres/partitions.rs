//! Tables whose rows are kept by the day (UTC), so that a day that is over is dropped as a whole: no row is deleted one by one, and
//! nothing is left for the database server to tidy up.
//!
//! ```text
//! flows    flows_2026_05_24, flows_2026_05_25, ...     by id, which begins with the time     flows_rest
//! outbox   outbox_2026_05_24, ...                      by flow_id: with their flows          outbox_rest
//! ```
//!
//! 1. Each server makes the days to come, at its start and at each look for what is over. What belongs to a day that was not made is
//!    in the rest, so that no insert fails: rows of a clock that leaps, for example. Rows of the rest are deleted one by one.
//! 2. A day is dropped when no row in it is wanted any more. One that is wanted keeps its day, whatever the clock says.
//! 3. Both are done in a transaction that has the turn, so that servers do not get into each other's way; and both wait for others
//!    for a moment only ([`PATIENCE`]), because everybody who comes behind has to wait as long. Who reads for long, such as
//!    `pg_dump`, is not waited for: it is tried again at the next look, and there are days in stock.
//!
//! Other tables are not kept by the day: a statement that is about one row takes longer where there are many tables. Windows of limits
//! live on as long as their subject is active; repeats, sessions and transactions have no time in their keys; daily counts are small
//! rows with two indexes, and asked for more often than they are deleted.
//!
//! What a database with one table for all days has and this has not: `outbox` does not refer to `flows` by a foreign key, for which
//! every row would be looked at when a day goes; the steps that delete flows delete their messages. And two flows of different days
//! could have the same `key_digest`, if two random keys of 122 bits were the same.

use super::super::sql::{Address, Client, Connection, Error, OptionalExtension, Result, Row};
use super::super::unavailable;
use crate::domain::flow::{FlowId, Timestamp};
use crate::domain::ports::StoreError;
use chrono::{Days, NaiveDate, NaiveTime};
use data_encoding::HEXLOWER;
use std::collections::BTreeSet;

/// Days to come that are there beforehand.
const AHEAD: u64 = 3;
/// Days gone by that are made for what is copied; what is older is in the rest.
const BACK: u64 = 400;
/// How long a definition waits for those who use the table; and how long it may take, as the rest is searched for rows of a new day.
const PATIENCE: &str = "set local lock_timeout = '200ms'; set local statement_timeout = '2s'";
/// How the date is written in the name of a day's table.
const DATE: &str = "%Y_%m_%d";

/// A table of which there is one for each day.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
struct Table {
    name: &'static str,
    key: &'static str,
}

const FLOWS: Table = Table { name: "flows", key: "id" };
const OUTBOX: Table = Table { name: "outbox", key: "flow_id" };
/// They are made together: a flow and its messages are in tables of the same day, or both in the rest.
const TABLES: [Table; 2] = [FLOWS, OUTBOX];

/// What the migrations say of a file, and what is said of a database instead.
const WORDS: [(&str, &str); 6] = [
    (" references flows (id) on delete cascade", ""),
    // A file has the number of the row at the end of each index.
    ("flows_by_key on flows (sealed_with)", "flows_by_key on flows (sealed_with, id)"),
    ("outbox_by_key on outbox (sealed_with)", "outbox_by_key on outbox (sealed_with, flow_id, send_id)"),
    ("tokens_by_key on tokens (sealed_with)", "tokens_by_key on tokens (sealed_with, id)"),
    ("transactions_by_key on transactions (sealed_with)", "transactions_by_key on transactions (sealed_with, id)"),
    // Each day has its own: one for all days would have to begin with the day.
    ("create unique index flows_by_digest on flows (key_digest);", ""),
];

/// The part of a table whose rows are deleted one by one: all of it, or those that belong to no day that there is.
pub(in crate::store) fn by_row(connection: &Connection, table: &str) -> String {
    if connection.is_remote() { format!("{table}_rest") } else { table.to_owned() }
}

/// A migration with these tables kept by the day.
pub(super) fn laid_out(migration: &str) -> String {
    let text = WORDS.iter().fold(migration.to_owned(), |text, (file, here)| text.replace(file, here));
    TABLES.iter().fold(text, |text, table| table.laid_out(&text).unwrap_or(text))
}

impl Table {
    /// With its definition, that of the rest; if it is defined here.
    fn laid_out(self, text: &str) -> Option<String> {
        let (before, definition) = text.split_once(&format!("create table {} (", self.name))?;
        let (columns, behind) = definition.split_once("\n) strict")?;
        let (_, behind) = behind.split_once(';')?;
        let Self { name, key } = self;
        let rest = self.rest();
        Some(format!(
            "{before}create table {name} ({columns}\n) partition by range ({key});\n\
             create table {rest} partition of {name} default;\n{}{behind}",
            self.index(&rest)
        ))
    }

    fn rest(self) -> String {
        format!("{}_rest", self.name)
    }

    fn of(self, day: NaiveDate) -> String {
        format!("{}_{}", self.name, day.format(DATE))
    }

    /// An index that each day has for itself.
    fn index(self, part: &str) -> String {
        if self == FLOWS { format!("create unique index on {part} (key_digest);\n") } else { String::new() }
    }

    fn make(self, day: NaiveDate, next: NaiveDate) -> String {
        let (part, name, from, to) = (self.of(day), self.name, first_of(day), first_of(next));
        format!("create table {part} partition of {name} for values from ({from}) to ({to});\n{}", self.index(&part))
    }
}

/// The first key of a day.
fn first_of(day: NaiveDate) -> String {
    format!("'\\x{}'", HEXLOWER.encode(&FlowId::first_of(begin(day)).as_bytes()[..6]))
}

fn begin(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Which days there are of which tables.
fn days(connection: &Connection) -> Result<BTreeSet<(Table, NaiveDate)>> {
    let sql = "select table_name from information_schema.tables where table_schema = current_schema()";
    let mut days = BTreeSet::new();
    for name in connection.prepare_cached(sql)?.query_map((), |row| row.get::<_, String>(0))? {
        let name = name?;
        let day = |table: &Table| {
            let date = name.strip_prefix(table.name)?.strip_prefix('_')?;
            Some((*table, NaiveDate::parse_from_str(date, DATE).ok()?))
        };
        days.extend(TABLES.iter().filter_map(day));
    }
    Ok(days)
}

/// Makes today and the days to come, and drops those of which nothing is wanted: see
/// [`FlowStore::keep_days`](crate::domain::ports::FlowStore::keep_days). Blocks the thread.
pub(in crate::store) fn keep(
    address: &Address,
    flows: Timestamp,
    messages: Timestamp,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut connection = Connection::Postgres(Box::new(Client::connect(address)?));
    let kept = make(&mut connection, now).and_then(|()| drop_over(&mut connection, flows, messages));
    kept.map_err(|error| match error {
        error if is_blocked(&error) => unavailable(
            "days are neither made nor dropped while somebody reads their tables for long, such as pg_dump, or if flows_rest and \
             outbox_rest are large",
        ),
        error => error.into(),
    })
}

/// The same for a start, which waits for nobody for long and drops nothing: until the next look there is the rest.
pub(in crate::store) fn make_if_nobody_is_in_the_way(connection: &mut Connection, now: Timestamp) -> Result<()> {
    match make(connection, now) {
        Err(error) if is_blocked(&error) => Ok(()),
        made => made,
    }
}

/// Makes the days whose flows are copied from a file, and those of a start.
pub(in crate::store) fn make_for_copy(connection: &mut Connection, source: &Connection, now: Timestamp) -> Result<()> {
    let today = now.date_naive();
    let mut from = today.checked_sub_days(Days::new(BACK));
    while let Some(day) = from {
        let sql = "select id from flows where id >= ? order by id limit 1";
        let read = |row: Row<'_>| row.get::<_, [u8; 16]>(0);
        let id = source.query_row(sql, [FlowId::first_of(begin(day)).as_bytes()], read).optional()?;
        let next = id.and_then(|id| FlowId::from_bytes(id).made_at()).map(|at| at.date_naive());
        from = next.filter(|day| *day < today);
        if let Some(day) = from {
            make_unless_in_the_rest(connection, day)?;
            from = day.checked_add_days(Days::new(1));
        }
    }
    make(connection, now)
}

fn make(connection: &mut Connection, now: Timestamp) -> Result<()> {
    let there = days(connection)?;
    let today = now.date_naive();
    let coming = (0..=AHEAD).filter_map(|n| today.checked_add_days(Days::new(n)));
    for day in coming.filter(|day| TABLES.iter().any(|table| !there.contains(&(*table, *day)))) {
        make_unless_in_the_rest(connection, day)?;
    }
    Ok(())
}

/// If the rest has rows of this day, it also has those that come.
fn make_unless_in_the_rest(connection: &mut Connection, day: NaiveDate) -> Result<()> {
    match make_day(connection, day) {
        Err(error) if error.is_refused_with("23514") => Ok(()),
        made => made,
    }
}

fn make_day(connection: &mut Connection, day: NaiveDate) -> Result<()> {
    let Some(next) = day.checked_add_days(Days::new(1)) else { return Ok(()) };
    let step = connection.transaction()?;
    // Another server may have been first.
    let there = days(&step)?;
    let missing = TABLES.iter().filter(|table| !there.contains(&(**table, day)));
    let definitions: String = missing.map(|table| table.make(day, next)).collect();
    step.execute_batch(&format!("{PATIENCE};\n{definitions}"))?;
    step.commit()
}

fn drop_over(connection: &mut Connection, flows: Timestamp, messages: Timestamp) -> Result<usize> {
    let mut dropped = 0;
    for (table, day) in days(connection)? {
        let before = if table == OUTBOX { messages } else { flows };
        if day.checked_add_days(Days::new(1)).is_some_and(|next| begin(next) <= before) {
            dropped += drop_day(connection, table, day, flows, messages)?;
        }
    }
    Ok(dropped)
}

/// Drops a day, unless a row is wanted, or another server was first. Returns how many tables went.
fn drop_day(
    connection: &mut Connection,
    table: Table,
    day: NaiveDate,
    flows: Timestamp,
    messages: Timestamp,
) -> Result<usize> {
    let step = connection.transaction()?;
    let there = days(&step)?;
    let part = table.of(day);
    if !there.contains(&(table, day)) || is_wanted(&step, table, &part, flows, messages)? {
        return Ok(0);
    }
    // Messages go with their flows, if they have not gone before.
    let mut parts = vec![part];
    if table == FLOWS && there.contains(&(OUTBOX, day)) {
        parts.push(OUTBOX.of(day));
    }
    step.execute_batch(&format!("{PATIENCE}; drop table {}", parts.join(", ")))?;
    step.commit()?;
    Ok(parts.len())
}

/// Whether a day has something that no row would be deleted for.
fn is_wanted(step: &Connection, table: Table, part: &str, flows: Timestamp, messages: Timestamp) -> Result<bool> {
    let (flows, messages) = (flows.timestamp_millis(), messages.timestamp_millis());
    if table == FLOWS {
        let sql = format!("select 1 from {part} where expires_at_ms >= ? limit 1");
        return step.prepare_cached(&sql)?.exists([flows]);
    }
    // One without an outcome goes with its flow.
    let sql = format!(
        "select 1 from {part} where created_at_ms >= ?2
         union all select 1 from {part} as sends join flows on flows.id = sends.flow_id
                   where sends.status = 'pending' and flows.expires_at_ms >= ?1 limit 1"
    );
    step.prepare_cached(&sql)?.exists([flows, messages])
}

/// Whether somebody who uses the table would have had to be waited for, or the rest is large.
fn is_blocked(error: &Error) -> bool {
    ["55P03", "57014"].iter().any(|code| error.is_refused_with(code))
}

#[cfg(test)]
mod tests {
    use super::super::super::open::MIGRATIONS;
    use super::*;
    use chrono::DateTime;

    #[test]
    fn the_migrations_have_every_table_and_word_that_is_put_otherwise_here() {
        let (ours, laid_out): (String, String) =
            MIGRATIONS.iter().map(|migration| (migration.sql.to_owned(), laid_out(migration.sql))).unzip();
        for (word, _) in WORDS {
            assert_eq!(ours.matches(word).count(), 1, "{word}");
        }
        for table in TABLES {
            let defined = format!(") partition by range ({});\ncreate table {}", table.key, table.rest());
            assert_eq!(laid_out.matches(&defined).count(), 1, "{defined}");
        }
        assert_eq!(laid_out.matches("flows (key_digest)").count(), 0);
        assert_eq!(laid_out.matches("flows_rest (key_digest)").count(), 1);
    }

    #[test]
    fn a_day_begins_with_the_first_key_of_its_first_millisecond() {
        let day = NaiveDate::from_ymd_opt(2026, 5, 24).unwrap();
        assert_eq!(begin(day), DateTime::from_timestamp(1_779_580_800, 0).unwrap());
        assert_eq!(first_of(day), "'\\x019e57480c00'");
        assert_eq!(OUTBOX.of(day), "outbox_2026_05_24");
    }
}
