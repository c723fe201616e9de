//! The audit trail: reading it. [`trail`] writes it, [`check`] looks whether it is whole, [`prune`]
//! takes away what is old, [`key`] keeps the keys of what in it is personal, [`start`] tells of starts and checkpoints.

mod check;
#[cfg(test)]
mod interleaving;
mod key;
mod prune;
mod start;
mod trail;

use super::Store;
use super::row::Cells;
use crate::domain::audit::chain::{ChainId, Hash};
use crate::domain::audit::{Filter, Recorded, Source};
use crate::domain::customer::CustomerId;
use crate::domain::flow::Timestamp;
use crate::domain::ports::{AuditStore, StoreError};
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use crate::store::seal::Sealer;
use crate::store::sql::{Connection, params_from_iter};
use async_trait::async_trait;
use key::CustomerKey;
use rusqlite::types::Value;
use serde_json::Map;
use std::collections::HashMap;

pub(super) use check::check;
pub use check::{Checked, Proofs};
pub(super) use key::forget_customer;
pub(super) use prune::prune;
pub use prune::{PruneRefusal, Pruned, Pruning};
pub(super) use trail::{State, Trail, append, tell_counted};

const TABLE: &str = "audit";

#[async_trait]
impl AuditStore for Store {
    async fn audit(&self, filter: Filter) -> Result<Vec<Recorded>, StoreError> {
        let (sealer, index) = (self.sealer.clone(), self.index.clone());
        self.readers.run(move |connection| list(connection, &sealer, &index, &filter)).await
    }
}

/// The statement of a filter, and its values.
fn query(filter: &Filter, index: &IndexKey) -> (String, Vec<Value>) {
    let (mut wanted, mut values) = (Vec::new(), Vec::<Value>::new());
    let mut want = |condition: &'static str, value: Option<Value>| {
        if let Some(value) = value {
            wanted.push(condition);
            values.push(value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let millis = |moment: Option<Timestamp>| moment.map(|moment| Value::from(moment.timestamp_millis()));
    let customer = filter.customer.as_ref().map(|customer| index.customer(customer));
    want("audit.customer = ?", customer.map(|customer| Value::from(customer.as_bytes().to_vec())));
    want("actor = ?", text(&filter.actor));
    want("action = ?", text(&filter.action));
    want("subject = ?", filter.subject.as_deref().map(|subject| trail::as_kept(subject, index).into()));
    want("at_ms >= ?", millis(filter.since));
    want("at_ms < ?", millis(filter.until));
    let behind = filter.behind.map(|sequence| Value::from(sequence.cast_signed()));
    want(if filter.newest_first { "sequence < ?" } else { "sequence > ?" }, behind);
    let wanted = if wanted.is_empty() { String::new() } else { format!("where {}", wanted.join(" and ")) };
    let order = if filter.newest_first { "desc" } else { "asc" };
    let sql = format!(
        "select sequence, chain, at_ms, source, actor, action, subject, audit.customer as customer, outcome, before, after,
                personal, request_id, count, hash, key
         from audit left join audit_customers on audit_customers.customer = audit.customer
         {wanted} order by sequence {order} limit ?"
    );
    values.push(i64::from(filter.limit).into());
    (sql, values)
}

/// The entries that a filter asks for.
fn list(
    connection: &Connection,
    sealer: &Sealer,
    index: &IndexKey,
    filter: &Filter,
) -> Result<Vec<Recorded>, StoreError> {
    let (sql, values) = query(filter, index);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut entries, mut reader) = (Vec::new(), Reader { sealer, keys: HashMap::new() });
    while let Some(row) = rows.next()? {
        let sequence: i64 = row.get("sequence")?;
        let key = sequence.to_string();
        entries.push(reader.read(&Cells { table: TABLE, key: &key, row }, sequence.cast_unsigned())?);
    }
    Ok(entries)
}

/// Reads entries; a customer's key is opened once.
struct Reader<'a> {
    sealer: &'a Sealer,
    keys: HashMap<Pseudonym, CustomerKey>,
}

impl Reader<'_> {
    fn read(&mut self, cells: &Cells<'_>, sequence: u64) -> Result<Recorded, StoreError> {
        let pseudonym = cells.get::<Option<[u8; 16]>>("customer")?.map(Pseudonym::from_bytes);
        let mut personal = match pseudonym {
            Some(pseudonym) => self.personal(cells, sequence, pseudonym)?,
            None => None,
        };
        let mut facts = |column| facts(cells, column, personal.as_mut().and_then(|members| members.remove(column)));
        let (before, after) = (facts("before")?, facts("after")?);
        let customer = personal.as_ref().map(|members| {
            let id = members.get("customer").and_then(|id| CustomerId::parse(id.as_str()?).ok());
            id.ok_or_else(|| cells.place("personal").corrupt("names no customer"))
        });
        let customer = customer.transpose()?;
        let subject: String = cells.get("subject")?;
        Ok(Recorded {
            sequence,
            hash: Hash::from_bytes(cells.get("hash")?),
            at: cells.time("at_ms")?,
            source: cells.parse("source", Source::parse)?,
            actor: cells.get("actor")?,
            action: cells.get("action")?,
            subject: trail::as_told(subject, customer.as_ref(), pseudonym),
            customer,
            pseudonym,
            outcome: cells.get("outcome")?,
            before,
            after,
            request_id: cells.get("request_id")?,
            count: cells.get::<i64>("count")?.cast_unsigned(),
        })
    }

    /// What stands under the customer's key; `None` if the customer has been erased.
    fn personal(
        &mut self,
        cells: &Cells<'_>,
        sequence: u64,
        customer: Pseudonym,
    ) -> Result<Option<Map<String, serde_json::Value>>, StoreError> {
        if !self.keys.contains_key(&customer) {
            let Some(sealed) = cells.get::<Option<Vec<u8>>>("key")? else { return Ok(None) };
            self.keys.insert(customer, CustomerKey::open_row(self.sealer, customer, &sealed)?);
        }
        let Some(key) = self.keys.get(&customer) else { return Ok(None) };
        let place = (ChainId::from_bytes(cells.get("chain")?), sequence);
        // What was written before the customer was erased does not open with a key that was made for them since.
        let Some(text) = key.open(place, &cells.get::<Vec<u8>>("personal")?) else { return Ok(None) };
        serde_json::from_slice(&text).map(Some).map_err(|_| cells.place("personal").corrupt("is no JSON object"))
    }
}

/// The facts of a column, with those that are personal where they can be read; in the order of their names.
fn facts(
    cells: &Cells<'_>,
    column: &'static str,
    personal: Option<serde_json::Value>,
) -> Result<Option<Vec<(String, String)>>, StoreError> {
    let Some(text) = cells.get::<Option<String>>(column)? else { return Ok(None) };
    let members: Option<Map<String, serde_json::Value>> = serde_json::from_str(&text).ok();
    let personal = match personal {
        Some(serde_json::Value::Object(members)) => members,
        _ => Map::new(),
    };
    let facts = members.and_then(|members| {
        let fact = |(name, value): (String, serde_json::Value)| Some((name, value.as_str()?.to_owned()));
        members.into_iter().chain(personal).map(fact).collect::<Option<Vec<_>>>()
    });
    let mut facts = facts.ok_or_else(|| cells.place(column).corrupt("is no object of texts"))?;
    facts.sort();
    Ok(Some(facts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;

    #[test]
    fn whose_entries_or_those_about_what_are_found_without_reading_the_whole_trail() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = Connection::open(&path).unwrap();
        let index = IndexKey::from_bytes(&[7; 32]);
        let text = || Some("x".to_owned());
        for newest_first in [false, true] {
            let every = Filter { newest_first, limit: 50, ..Filter::default() };
            for filter in [
                Filter { customer: CustomerId::parse("x").ok(), ..every.clone() },
                Filter { actor: text(), ..every.clone() },
                Filter { subject: text(), ..every },
            ] {
                let (sql, values) = query(&filter, &index);
                let mut statement = connection.prepare_cached(&format!("explain query plan {sql}")).unwrap();
                let plan = statement.query_map(params_from_iter(values), |row| row.get::<_, String>("detail")).unwrap();
                let plan: Vec<_> = plan.map(Result::unwrap).collect();
                assert!(plan.iter().all(|line| line.starts_with("SEARCH")), "{filter:?}: {plan:?}");
            }
        }
    }
}
