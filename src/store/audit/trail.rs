//! Writing the trail.
//!
//! 1. The first entry of a transaction reads the sealed head: where the chain ends. The last row is not asked: whoever can
//!    write to the file but has no server key could have taken it away, and the chain would go on as if nothing had been.
//! 2. Each entry is chained to the one before and written in the step that it tells of. When that step is undone, the place
//!    goes back, too ([`Trail::mark`], [`Trail::back`]).
//! 3. Before the commit the head is sealed at the new place, once for all steps of the transaction.

use super::{key, prune};
use crate::domain::audit::chain::{ChainId, Column, Columns, Hash, Position};
use crate::domain::audit::{Entry, Facts};
use crate::domain::customer::CustomerId;
use crate::domain::flow::Timestamp;
use crate::domain::ports::{Random, StoreError};
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, OptionalExtension, named};
use crate::store::writing::Writing;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::sync::Arc;

const MINUTE_MS: i64 = 60_000;
/// The table of what is counted.
const COUNTS: &str = "audit_counts";

/// Writes an entry; runs inside the step that it tells of.
pub(in crate::store) fn append(writing: &Writing<'_>, entry: &Entry) -> Result<(), StoreError> {
    writing.trail().append(writing, entry)
}

/// Writes the entries of calls that were counted in minutes that are over.
pub(in crate::store) fn tell_counted(writing: &Writing<'_>, now: Timestamp) -> Result<(), StoreError> {
    writing.trail().tell_counted(writing, Some(minute(now)))
}

/// Where a transaction stands.
#[derive(Clone, Copy)]
pub(in crate::store) struct State {
    head: Position,
    /// Whether the sealed head is behind.
    behind: bool,
    /// The minute whose calls are counted at present.
    minute: Option<i64>,
}

/// What it takes to write entries.
pub(in crate::store) struct Trail {
    sealer: Arc<Sealer>,
    index: Arc<IndexKey>,
    random: Arc<dyn Random>,
    state: Cell<Option<State>>,
}

impl Trail {
    pub(in crate::store) fn new(sealer: Arc<Sealer>, index: Arc<IndexKey>, random: Arc<dyn Random>) -> Self {
        Self { sealer, index, random, state: Cell::new(None) }
    }

    /// Makes the chain of a new data file. In others the head is sealed under the current key, and what the last run had
    /// counted is told. Runs in a transaction, while the data file is opened.
    pub(in crate::store) fn open(&self, connection: &Connection, new_file: bool) -> Result<(), StoreError> {
        if new_file {
            return self.seal_head(connection, Position::beginning(self.index.audit_chain()));
        }
        self.tell_counted(connection, None)?;
        let mut state = self.state(connection)?;
        let sealed_with: String = connection.query_row("select sealed_with from audit_head", (), |row| row.get(0))?;
        state.behind |= sealed_with != self.sealer.current().as_str();
        self.state.set(Some(state));
        self.seal(connection)?;
        prune::reseal(connection, &self.sealer)
    }

    /// A transaction begins: nothing is known of the one before, which may have been another connection's.
    pub(in crate::store) fn begin(&self) {
        self.state.set(None);
    }

    /// Finds out where the chain ends.
    pub(in crate::store) fn prepare(&self, connection: &Connection) -> Result<(), StoreError> {
        self.state(connection).map(drop)
    }

    /// What to go back to if the next step is undone.
    pub(in crate::store) fn mark(&self) -> Option<State> {
        self.state.get()
    }

    /// A step was undone.
    pub(in crate::store) fn back(&self, mark: Option<State>) {
        self.state.set(mark);
    }

    /// Seals the head if it has moved; the last thing before a commit.
    pub(in crate::store) fn seal(&self, connection: &Connection) -> Result<(), StoreError> {
        match self.state.get() {
            Some(state) if state.behind => {
                self.seal_head(connection, state.head)?;
                self.state.set(Some(State { behind: false, ..state }));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Everything that was counted is told, also of the minute that is not over: there may be no next step for long.
    pub(in crate::store) fn finish(&self, connection: &Connection) -> Result<(), StoreError> {
        self.tell_counted(connection, None)
    }

    fn append(&self, connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
        let minute = minute(entry.at);
        self.tell_counted(connection, Some(minute))?;
        if entry.counted && self.count(connection, entry, minute)? {
            return Ok(());
        }
        self.chain(connection, entry, 1)
    }

    /// Adds one to the calls of this minute; `false` for the first, which is an entry by itself.
    fn count(&self, connection: &Connection, entry: &Entry, minute: i64) -> Result<bool, StoreError> {
        let raise = "update audit_counts set count = count + 1, first_at_ms = coalesce(first_at_ms, :at_ms), last_at_ms = :at_ms
                     where source = :source and action = :action and subject = :subject and outcome = :outcome
                       and actor = :actor";
        let at_ms = entry.at.timestamp_millis();
        let actor = entry.actor.as_deref().unwrap_or_default();
        let raised = connection.prepare_about(COUNTS, raise)?.execute(named! {
            ":at_ms": at_ms,
            ":source": entry.source.as_str(),
            ":action": entry.action,
            ":subject": entry.subject,
            ":outcome": entry.outcome,
            ":actor": actor,
        })?;
        if raised == 1 {
            return Ok(true);
        }
        let first = "insert into audit_counts (source, action, subject, outcome, actor, minute, count)
                     values (?, ?, ?, ?, ?, ?, 0)";
        let row = (entry.source.as_str(), entry.action, &entry.subject, entry.outcome, actor, minute);
        connection.prepare_about(COUNTS, first)?.put(row)?;
        self.state.set(Some(State { minute: Some(minute), ..self.state(connection)? }));
        Ok(false)
    }

    /// Writes what was counted, unless it is of the minute `current`.
    fn tell_counted(&self, connection: &Connection, current: Option<i64>) -> Result<(), StoreError> {
        let counted = self.state(connection)?.minute;
        if counted.is_none() || counted == current {
            return Ok(());
        }
        let sql = "select source, action, subject, outcome, actor, count, first_at_ms, last_at_ms from audit_counts
                   where count > 0 order by first_at_ms, source, action, subject, outcome, actor";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        let mut told = Vec::new();
        while let Some(row) = rows.next()? {
            told.push(Counted {
                source: row.get(0)?,
                action: row.get(1)?,
                subject: row.get(2)?,
                outcome: row.get(3)?,
                actor: row.get(4)?,
                count: row.get(5)?,
                first_at_ms: row.get(6)?,
                last_at_ms: row.get(7)?,
            });
        }
        drop(rows);
        told.iter().try_for_each(|counted| counted.write(self, connection))?;
        connection.prepare_about(COUNTS, "delete from audit_counts")?.put(())?;
        self.state.set(Some(State { minute: None, ..self.state(connection)? }));
        Ok(())
    }

    fn chain(&self, connection: &Connection, entry: &Entry, count: i64) -> Result<(), StoreError> {
        let State { head, .. } = self.state(connection)?;
        let (customer, personal) = match &entry.customer {
            Some(id) => {
                let customer = self.index.customer(id);
                let key = key::of_customer(connection, &self.sealer, &*self.random, customer)?;
                let text = personal(id, entry).to_string();
                let place = (head.chain, head.sequence + 1);
                (Some(customer), Some(key.seal(place, text.as_bytes(), &*self.random)?))
            }
            None => (None, None),
        };
        let (before, after) = (entry.before.as_ref().map(public), entry.after.as_ref().map(public));
        let subject = as_kept(&entry.subject, &self.index);
        let row = Row {
            at_ms: entry.at.timestamp_millis(),
            source: entry.source.as_str(),
            actor: entry.actor.as_deref(),
            action: entry.action,
            subject: &subject,
            customer: customer.as_ref().map(|customer| customer.as_bytes().as_slice()),
            outcome: entry.outcome,
            before: before.as_deref(),
            after: after.as_deref(),
            personal: personal.as_deref(),
            request_id: entry.request_id.as_deref(),
            count,
        };
        self.insert(connection, &row)
    }

    fn insert(&self, connection: &Connection, row: &Row<'_>) -> Result<(), StoreError> {
        let state = self.state(connection)?;
        let next = state.head.next(&row.columns());
        let sql = "insert into audit (sequence, chain, at_ms, source, actor, action, subject, customer, outcome, before, after,
                                      personal, request_id, count, hash)
                   values (:sequence, :chain, :at_ms, :source, :actor, :action, :subject, :customer, :outcome, :before,
                           :after, :personal, :request_id, :count, :hash)";
        connection.prepare_keyed(super::TABLE, sql)?.put(named! {
            ":sequence": next.sequence.cast_signed(),
            ":chain": next.chain.as_bytes(),
            ":at_ms": row.at_ms,
            ":source": row.source,
            ":actor": row.actor,
            ":action": row.action,
            ":subject": row.subject,
            ":customer": row.customer,
            ":outcome": row.outcome,
            ":before": row.before,
            ":after": row.after,
            ":personal": row.personal,
            ":request_id": row.request_id,
            ":count": row.count,
            ":hash": next.hash.as_bytes(),
        })?;
        self.state.set(Some(State { head: next, behind: true, ..state }));
        Ok(())
    }

    fn state(&self, connection: &Connection) -> Result<State, StoreError> {
        if let Some(state) = self.state.get() {
            return Ok(state);
        }
        let (head, minute) = stand(connection, &self.sealer, &self.index)?;
        let state = State { head, behind: false, minute };
        self.state.set(Some(state));
        Ok(state)
    }

    fn seal_head(&self, connection: &Connection, head: Position) -> Result<(), StoreError> {
        let sql = "insert into audit_head (chain, position, sealed_with) values (?1, ?2, ?3)
                   on conflict (chain) do update set position = ?2, sealed_with = ?3";
        let sealed = seal_position(&self.sealer, HEAD, &head)?;
        let row = (head.chain.as_bytes(), sealed, self.sealer.current().as_str());
        connection.prepare_cached(sql)?.put(row)?;
        Ok(())
    }

    /// The key that pseudonyms of customers are made with.
    pub(in crate::store) fn index(&self) -> &IndexKey {
        &self.index
    }

    /// The last entry, of which nothing has to be written yet.
    pub(super) fn end(&self, connection: &Connection) -> Result<Position, StoreError> {
        Ok(self.state(connection)?.head)
    }

    pub(super) fn sealer(&self) -> &Sealer {
        &self.sealer
    }
}

/// The table of the heads.
pub(super) const HEAD: &str = "audit_head";

/// A place in the chain, sealed for a table that has one for each chain.
pub(super) fn seal_position(sealer: &Sealer, table: &'static str, at: &Position) -> Result<Vec<u8>, StoreError> {
    let row = at.chain.to_string();
    let mut position = at.sequence.to_be_bytes().to_vec();
    position.extend_from_slice(at.hash.as_bytes());
    sealer.seal(&Place { table, column: "position", row: &row }, &position)
}

/// Opens what [`seal_position`] has sealed.
pub(super) fn open_position(
    sealer: &Sealer,
    table: &'static str,
    chain: ChainId,
    sealed: &[u8],
) -> Result<Position, StoreError> {
    let row = chain.to_string();
    let place = Place { table, column: "position", row: &row };
    let position = sealer.open(&place, sealed)?;
    let parts = position.split_first_chunk::<8>();
    let (sequence, hash) = parts.ok_or_else(|| place.corrupt("is no position"))?;
    let hash = <[u8; 32]>::try_from(hash).map_err(|_| place.corrupt("is no position"))?;
    Ok(Position { chain, sequence: u64::from_be_bytes(*sequence), hash: Hash::from_bytes(hash) })
}

/// The last entry, as the server has sealed it.
pub(super) fn head(connection: &Connection, sealer: &Sealer, index: &IndexKey) -> Result<Position, StoreError> {
    stand(connection, sealer, index).map(|(head, _)| head)
}

/// The same, with the minute whose calls are counted at present.
fn stand(connection: &Connection, sealer: &Sealer, index: &IndexKey) -> Result<(Position, Option<i64>), StoreError> {
    let sql = "select chain, position, (select minute from audit_counts limit 1) from audit_head";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row((), |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<i64>>(2)?))
    });
    let found = found.optional()?;
    let place = |row| Place { table: HEAD, column: "position", row };
    let (chain, sealed, minute) = found.ok_or_else(|| place("-").corrupt("is missing: it was taken away by hand"))?;
    let chain = ChainId::from_bytes(chain);
    if chain != index.audit_chain() {
        return Err(place(&chain.to_string()).corrupt("is of another data file"));
    }
    Ok((open_position(sealer, HEAD, chain, &sealed)?, minute))
}

/// A row to be written.
struct Row<'a> {
    at_ms: i64,
    source: &'a str,
    actor: Option<&'a str>,
    action: &'a str,
    subject: &'a str,
    customer: Option<&'a [u8]>,
    outcome: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
    personal: Option<&'a [u8]>,
    request_id: Option<&'a str>,
    count: i64,
}

impl Row<'_> {
    fn columns(&self) -> Columns<'_> {
        [
            Column::Integer(self.at_ms),
            Some(self.source).into(),
            self.actor.into(),
            Some(self.action).into(),
            Some(self.subject).into(),
            self.customer.into(),
            Some(self.outcome).into(),
            self.before.into(),
            self.after.into(),
            self.personal.into(),
            self.request_id.into(),
            Column::Integer(self.count),
        ]
    }
}

/// Calls that were counted.
struct Counted {
    source: String,
    action: String,
    subject: String,
    outcome: String,
    actor: String,
    count: i64,
    first_at_ms: i64,
    last_at_ms: i64,
}

impl Counted {
    fn write(&self, trail: &Trail, connection: &Connection) -> Result<(), StoreError> {
        let last = DateTime::from_timestamp_millis(self.last_at_ms).unwrap_or_default();
        let after = public(&Facts::default().and("until", last.to_rfc3339_opts(SecondsFormat::Millis, true)));
        let row = Row {
            at_ms: self.first_at_ms,
            source: &self.source,
            actor: Some(self.actor.as_str()).filter(|actor| !actor.is_empty()),
            action: &self.action,
            subject: &self.subject,
            customer: None,
            outcome: &self.outcome,
            before: None,
            after: Some(&after),
            personal: None,
            request_id: None,
            count: self.count,
        };
        trail.insert(connection, &row)
    }
}

fn minute(at: Timestamp) -> i64 {
    at.timestamp_millis().div_euclid(MINUTE_MS)
}

/// The subject of an entry about a customer.
fn of_customer(name: &str) -> String {
    format!("{CUSTOMER}{name}")
}

const CUSTOMER: &str = "customer ";

/// A subject as it stands in the table: a customer by its pseudonym.
pub(super) fn as_kept(subject: &str, index: &IndexKey) -> String {
    let customer = subject.strip_prefix(CUSTOMER).and_then(|id| CustomerId::parse(id).ok());
    customer.map_or_else(|| subject.to_owned(), |id| of_customer(&index.customer(&id).to_string()))
}

/// A subject as it is told: a customer by its number, where that is known.
pub(super) fn as_told(kept: String, customer: Option<&CustomerId>, pseudonym: Option<Pseudonym>) -> String {
    match (customer, pseudonym) {
        (Some(id), Some(pseudonym)) if kept == of_customer(&pseudonym.to_string()) => of_customer(id.as_str()),
        _ => kept,
    }
}

fn object(facts: &Facts, personal: bool) -> Map<String, Value> {
    let wanted = facts.0.iter().filter(|fact| fact.personal == personal);
    wanted.map(|fact| (fact.name.to_owned(), fact.value.clone().into())).collect()
}

/// The facts that stand in clear.
fn public(facts: &Facts) -> String {
    Value::Object(object(facts, false)).to_string()
}

/// What stands under the customer's key.
fn personal(id: &CustomerId, entry: &Entry) -> Value {
    let mut members = Map::new();
    members.insert("customer".to_owned(), id.as_str().into());
    for (name, facts) in [("before", &entry.before), ("after", &entry.after)] {
        let facts = facts.as_ref().map(|facts| object(facts, true)).filter(|facts| !facts.is_empty());
        if let Some(facts) = facts {
            members.insert(name.to_owned(), facts.into());
        }
    }
    Value::Object(members)
}
