//! The audit trail.

use super::SqliteStore;
use super::row::Cells;
use crate::domain::audit::{Entry, Facts, Filter, Recorded, Source};
use crate::domain::customer::CustomerId;
use crate::domain::flow::Timestamp;
use crate::domain::ports::{AuditStore, StoreError};
use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, named_params, params_from_iter};
use serde_json::Map;

const TABLE: &str = "audit";

#[async_trait]
impl AuditStore for SqliteStore {
    async fn audit(&self, filter: Filter) -> Result<Vec<Recorded>, StoreError> {
        self.readers.run(move |connection| list(connection, &filter)).await
    }
}

/// Writes an entry; runs inside the step that it tells of.
pub(super) fn append(connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
    if entry.counted && count(connection, entry)? {
        return Ok(());
    }
    let sql = "insert into audit (at_ms, source, actor, action, subject, customer_id, outcome, before, after,
                                  request_id, count)
               values (:at_ms, :source, :actor, :action, :subject, :customer_id, :outcome, :before, :after,
                       :request_id, 1)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":at_ms": entry.at.timestamp_millis(),
        ":source": entry.source.as_str(),
        ":actor": entry.actor,
        ":action": entry.action,
        ":subject": entry.subject,
        ":customer_id": entry.customer.as_ref().map(CustomerId::as_str),
        ":outcome": entry.outcome,
        ":before": entry.before.as_ref().map(json),
        ":after": entry.after.as_ref().map(json),
        ":request_id": entry.request_id,
    })?;
    Ok(())
}

/// Adds one to the entry of this minute, if there is one. Nothing is known of what counted entries are about.
fn count(connection: &Connection, entry: &Entry) -> Result<bool, StoreError> {
    let sql = "update audit set count = count + 1 where sequence =
                   (select max(sequence) from audit indexed by audit_counted
                    where at_ms >= :minute and source = :source and action = :action and outcome = :outcome
                      and subject = :subject and actor is :actor
                      and customer_id is null and before is null and after is null)";
    let at = entry.at.timestamp_millis();
    let counted = connection.prepare_cached(sql)?.execute(named_params! {
        ":minute": at - at.rem_euclid(60_000),
        ":source": entry.source.as_str(),
        ":action": entry.action,
        ":outcome": entry.outcome,
        ":subject": entry.subject,
        ":actor": entry.actor,
    })?;
    Ok(counted == 1)
}

fn json(facts: &Facts) -> String {
    let members = facts.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into()));
    serde_json::Value::Object(members.collect()).to_string()
}

/// The statement of a filter, and its values.
fn query(filter: &Filter) -> (String, Vec<Value>) {
    let (mut wanted, mut values) = (Vec::new(), Vec::<Value>::new());
    let mut want = |condition: &'static str, value: Option<Value>| {
        if let Some(value) = value {
            wanted.push(condition);
            values.push(value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let millis = |moment: Option<Timestamp>| moment.map(|moment| Value::from(moment.timestamp_millis()));
    want("customer_id = ?", filter.customer.as_ref().map(|customer| Value::from(customer.as_str().to_owned())));
    want("actor = ?", text(&filter.actor));
    want("action = ?", text(&filter.action));
    want("subject = ?", text(&filter.subject));
    want("at_ms >= ?", millis(filter.since));
    want("at_ms < ?", millis(filter.until));
    let behind = filter.behind.map(|sequence| Value::from(sequence.cast_signed()));
    want(if filter.newest_first { "sequence < ?" } else { "sequence > ?" }, behind);
    let wanted = if wanted.is_empty() { String::new() } else { format!("where {}", wanted.join(" and ")) };
    let order = if filter.newest_first { "desc" } else { "asc" };
    let sql = format!(
        "select sequence, at_ms, source, actor, action, subject, customer_id, outcome, before, after, request_id, count
         from audit {wanted} order by sequence {order} limit ?"
    );
    values.push(i64::from(filter.limit).into());
    (sql, values)
}

/// The entries that a filter asks for.
fn list(connection: &Connection, filter: &Filter) -> Result<Vec<Recorded>, StoreError> {
    let (sql, values) = query(filter);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let sequence: i64 = row.get("sequence")?;
        let key = sequence.to_string();
        entries.push(read(&Cells { table: TABLE, key: &key, row }, sequence.cast_unsigned())?);
    }
    Ok(entries)
}

fn read(cells: &Cells<'_>, sequence: u64) -> Result<Recorded, StoreError> {
    let customer: Option<String> = cells.get("customer_id")?;
    let customer = customer.map(|text| CustomerId::parse(&text)).transpose();
    Ok(Recorded {
        sequence,
        at: cells.time("at_ms")?,
        source: cells.parse("source", Source::parse)?,
        actor: cells.get("actor")?,
        action: cells.get("action")?,
        subject: cells.get("subject")?,
        customer: customer.map_err(|_| cells.place("customer_id").corrupt("is no customer id"))?,
        outcome: cells.get("outcome")?,
        before: facts(cells, "before")?,
        after: facts(cells, "after")?,
        request_id: cells.get("request_id")?,
        count: cells.get::<i64>("count")?.cast_unsigned(),
    })
}

fn facts(cells: &Cells<'_>, column: &'static str) -> Result<Option<Vec<(String, String)>>, StoreError> {
    let Some(text) = cells.get::<Option<String>>(column)? else { return Ok(None) };
    let members: Option<Map<String, serde_json::Value>> = serde_json::from_str(&text).ok();
    let facts = members.and_then(|members| {
        let fact = |(name, value): (String, serde_json::Value)| Some((name, value.as_str()?.to_owned()));
        members.into_iter().map(fact).collect::<Option<Vec<_>>>()
    });
    facts.map(Some).ok_or_else(|| cells.place(column).corrupt("is no object of texts"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::migrate;

    #[test]
    fn whose_entries_or_those_about_what_are_found_without_reading_the_whole_trail() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = Connection::open(&path).unwrap();
        let text = || Some("x".to_owned());
        for newest_first in [false, true] {
            let every = Filter { newest_first, limit: 50, ..Filter::default() };
            for filter in [
                Filter { customer: CustomerId::parse("x").ok(), ..every.clone() },
                Filter { actor: text(), ..every.clone() },
                Filter { subject: text(), ..every },
            ] {
                let (sql, values) = query(&filter);
                let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
                let plan = statement.query_map(params_from_iter(values), |row| row.get::<_, String>("detail")).unwrap();
                let plan: Vec<_> = plan.map(Result::unwrap).collect();
                assert!(plan.iter().all(|line| line.starts_with("SEARCH")), "{filter:?}: {plan:?}");
            }
        }
    }
}
