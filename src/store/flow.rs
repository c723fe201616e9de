//! Flows and daily counts.

use super::postgres::partitions::by_row;
use super::row::{AddressJson, Cells, Wanted, seal_json, stamp_if_any, whole};
use super::writing::Writing;
use super::{Store, audit};
use crate::domain::customer::{CustomerId, Language};
use crate::domain::desk::ports::FlowDesk;
use crate::domain::flow::{
    self, Expected, FLOW_LIFETIME, Flow, FlowId, Holder, Recipient, Sent, ServiceKeyDigest, Sight, State, Tally,
    Timestamp,
};
use crate::domain::keys::KeyId;
use crate::domain::operator::Order;
use crate::domain::page::{Page, Place as PagePlace};
use crate::domain::policy::{Presentation, Purpose};
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::Pseudonym;
use crate::domain::redeem;
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, OptionalExtension, Row, named, params_from_iter};
use async_trait::async_trait;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const TABLE: &str = "flows";
const COUNTS: &str = "daily_counts";

/// Every column, in no order that matters: cells are found by name.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, key_digest, purpose, key_id, customer, app, recipients, sealed_with, addresses_kept, presentation, language,
                    opened_at_ms, expires_at_ms, failed_attempts, state, generation, digits, code_expires_at_ms, sends,
                    live, chosen, ended_at_ms, redeemed_by, redeemed_at_ms,
                    customer is null or exists (select 1 from customers where customers.customer = flows.customer)
                        as holder_exists
             from flows ",
            $rest
        )
    };
}

/// A flow as it was found, and what the table of customers says of its holder.
pub(super) struct Found {
    pub(super) flow: Flow,
    pub(super) holder_exists: bool,
}

/// What a flow must still be like when it is written back.
pub(super) struct Stand {
    state: &'static str,
    failed_attempts: u8,
}

impl Stand {
    pub(super) fn of(flow: &Flow) -> Self {
        Self { state: StateRow::of(&flow.state).state, failed_attempts: flow.failed_attempts }
    }
}

#[derive(Serialize, Deserialize)]
struct RecipientJson {
    reference: Uuid,
    #[serde(flatten)]
    address: AddressJson,
}

/// What is sealed: whose the flow is, and where its codes may go.
#[derive(Serialize, Deserialize)]
struct RecipientsJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    recipients: Vec<RecipientJson>,
}

/// The columns of a state; those a state does not have are null.
struct StateRow {
    state: &'static str,
    generation: Option<u32>,
    digits: Option<u8>,
    code_expires_at_ms: Option<i64>,
    sends: Option<u8>,
    live: Option<u8>,
    chosen: Option<String>,
    ended_at_ms: Option<i64>,
}

impl StateRow {
    fn of(state: &State) -> Self {
        let none = |state| Self {
            state,
            generation: None,
            digits: None,
            code_expires_at_ms: None,
            sends: None,
            live: None,
            chosen: None,
            ended_at_ms: None,
        };
        match state {
            State::Started => none("started"),
            State::Sent(sent) => Self {
                generation: Some(sent.generation),
                digits: Some(sent.digits),
                code_expires_at_ms: Some(sent.code_expires_at.timestamp_millis()),
                sends: Some(sent.sends),
                live: Some(sent.live),
                chosen: Some(format!("{:?}", sent.chosen)),
                ..none("sent")
            },
            State::Verified { at, chosen } => Self {
                chosen: Some(format!("{chosen:?}")),
                ended_at_ms: Some(at.timestamp_millis()),
                ..none("verified")
            },
            State::Locked { at, generation } => {
                Self { generation: Some(*generation), ended_at_ms: Some(at.timestamp_millis()), ..none("locked") }
            }
        }
    }

    /// `recipients` is how many there are, if they can be read.
    fn read(cells: &Cells<'_>, recipients: Option<usize>) -> Result<State, StoreError> {
        let state: String = cells.get("state")?;
        let positions = |text: &str| {
            let fits = |n: &usize| recipients.is_none_or(|recipients| *n < recipients);
            serde_json::from_str::<Vec<usize>>(text).ok().filter(|chosen| chosen.iter().all(fits))
        };
        Ok(match state.as_str() {
            "started" => State::Started,
            "sent" => State::Sent(Sent {
                generation: cells.get("generation")?,
                digits: cells.get("digits")?,
                code_expires_at: cells.time("code_expires_at_ms")?,
                sends: cells.get("sends")?,
                live: cells.get("live")?,
                chosen: cells.parse("chosen", |text| positions(text).filter(|chosen| !chosen.is_empty()))?,
            }),
            "verified" => State::Verified {
                at: cells.time("ended_at_ms")?,
                // Earlier releases did not keep it.
                chosen: match cells.get::<Option<String>>("chosen")? {
                    Some(_) => cells.parse("chosen", positions)?,
                    None => Vec::new(),
                },
            },
            "locked" => State::Locked { at: cells.time("ended_at_ms")?, generation: cells.get("generation")? },
            _ => return Err(cells.place("state").corrupt("is no state")),
        })
    }
}

/// The flow that a caller names, if it is neither expired nor consumed and may be theirs. Whatever else there is under this key is
/// not read: unknown, expired, consumed and foreign keys take one statement that finds nothing, and nothing is opened. `app` is
/// given where it must be that of the start.
pub(super) fn find(
    connection: &Connection,
    sealer: &Sealer,
    key: &ServiceKeyDigest,
    purpose: Purpose,
    holder: Option<&Holder>,
    app: Option<&str>,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    // The last condition follows from the second. It spares a database that has a table for each day those of other days.
    let mut statement = connection.prepare_keyed(TABLE, select!(
        "where key_digest = ?1 and expires_at_ms > ?2 and state <> 'verified' and purpose = ?3 and customer is not distinct from ?4
           and (app = ?5 or ?5 is null) and id >= ?6"
    ))?;
    let (customer, oldest) = (pseudonym(sealer, holder)?, FlowId::first_of(now - FLOW_LIFETIME));
    let row = (key.as_bytes(), now.timestamp_millis(), purpose.as_str(), customer, app, oldest.as_bytes());
    let mut rows = statement.query(row)?;
    rows.next()?.map(|row| found(sealer, row)).transpose()
}

/// A flow that is neither expired nor consumed. Those are as good as gone, and the key they are sealed with may really be.
pub(super) fn load(
    connection: &Connection,
    sealer: &Sealer,
    id: FlowId,
    now: Timestamp,
) -> Result<Option<Found>, StoreError> {
    let mut statement =
        connection.prepare_keyed(TABLE, select!("where id = ?1 and expires_at_ms > ?2 and state <> 'verified'"))?;
    let mut rows = statement.query((id.as_bytes(), now.timestamp_millis()))?;
    rows.next()?.map(|row| found(sealer, row)).transpose()
}

fn found(sealer: &Sealer, row: Row<'_>) -> Result<Found, StoreError> {
    let id = FlowId::from_bytes(row.get("id")?);
    let cells = Cells { table: TABLE, key: &id.to_string(), row };
    Ok(Found { flow: read(&cells, sealer, id, true)?, holder_exists: cells.get("holder_exists")? })
}

/// What the flows of a holder are found by.
fn pseudonym(sealer: &Sealer, holder: Option<&Holder>) -> Result<Option<[u8; 16]>, StoreError> {
    holder.map(|holder| Ok(*sealer.customer(&holder.customer)?.as_bytes())).transpose()
}

/// A flow whose recipients are not to be read has none, and no holder.
fn read(cells: &Cells<'_>, sealer: &Sealer, id: FlowId, readable: bool) -> Result<Flow, StoreError> {
    let (holder, recipients) = if readable { read_sealed(cells, sealer)? } else { (None, Vec::new()) };
    let known = readable && cells.get("addresses_kept")?;
    Ok(Flow {
        id,
        key: ServiceKeyDigest::from_bytes(cells.get("key_digest")?),
        purpose: cells.parse("purpose", Purpose::parse)?,
        key_id: cells.parse("key_id", |text| KeyId::parse(text).ok())?,
        holder,
        presentation: cells.parse("presentation", Presentation::parse)?,
        language: cells.parse("language", Language::parse)?,
        opened_at: cells.time("opened_at_ms")?,
        expires_at: cells.time("expires_at_ms")?,
        failed_attempts: cells.get("failed_attempts")?,
        state: StateRow::read(cells, known.then_some(recipients.len()))?,
        recipients,
    })
}

/// What is to be seen of a flow. The key that its recipients are sealed with may be gone with its time.
fn sight(sealer: &Sealer, row: Row<'_>, now: Timestamp) -> Result<Sight, StoreError> {
    let id = FlowId::from_bytes(row.get("id")?);
    let cells = Cells { table: TABLE, key: &id.to_string(), row };
    let readable = sealer.opens(&cells.get::<String>("sealed_with")?);
    let redeemed = stamp_if_any(&cells, "redeemed_by", "redeemed_at_ms")?;
    let flow = read(&cells, sealer, id, readable)?;
    Ok(Sight::of(&flow, !flow.recipients.is_empty(), redeemed, now))
}

/// What is to be seen of the flow of a service key, whatever has become of it.
fn view(
    connection: &Connection,
    sealer: &Sealer,
    key: &ServiceKeyDigest,
    now: Timestamp,
) -> Result<Option<Sight>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where key_digest = ?"))?;
    let mut rows = statement.query([key.as_bytes()])?;
    rows.next()?.map(|row| sight(sealer, row, now)).transpose()
}

/// What is to be seen of a customer's flows, the newest first.
fn page(
    connection: &Connection,
    sealer: &Sealer,
    customer: &CustomerId,
    behind: Option<PagePlace>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<Sight>, StoreError> {
    let mut wanted = Wanted::default();
    wanted.want("customer = ?", Some(sealer.customer(customer)?.as_bytes().to_vec()));
    wanted.behind("opened_at_ms <= ? and (opened_at_ms < ? or id < ?)", behind);
    let (sql, values) = wanted.query(select!(""), "order by opened_at_ms desc, id desc", limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut sights = Vec::new();
    while let Some(row) = rows.next()? {
        let mut sight = sight(sealer, row, now)?;
        if sight.destinations.is_none() {
            // Whoever asks knows whose they are.
            sight.holder = Some(Holder { customer: customer.clone(), app: row.get("app")? });
        }
        sights.push(sight);
    }
    Ok(Page::of(sights, limit, |sight| PagePlace { at: sight.opened_at, id: *sight.id.as_bytes() }.key()))
}

/// Hands out the proof of a flow, once. The flow of somebody who is no customer any more proves nothing.
fn redeem(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    key: &ServiceKeyDigest,
    expected: &Expected,
) -> Result<Result<Sight, redeem::Refusal>, StoreError> {
    let found = {
        let mut statement = connection.prepare_cached(select!("where key_digest = ?1 and id >= ?2"))?;
        let read = |row: Row<'_>| {
            let id = FlowId::from_bytes(row.get("id")?);
            let cells = Cells { table: TABLE, key: &id.to_string(), row };
            let redeemed = stamp_if_any(&cells, "redeemed_by", "redeemed_at_ms")?;
            let flow = cells.get::<bool>("holder_exists")?.then(|| read(&cells, sealer, id, true)).transpose()?;
            Ok::<_, StoreError>((flow, redeemed))
        };
        let mut find = |oldest: FlowId| {
            let mut rows = statement.query((key.as_bytes(), oldest.as_bytes()))?;
            rows.next()?.map(read).transpose()
        };
        // Most are of this very hour. Of others there is something to say, too.
        match find(FlowId::first_of(order.at - TimeDelta::hours(1)))? {
            None => find(FlowId::from_bytes([0; 16]))?,
            found => found,
        }
    };
    let (flow, redeemed) = found.unwrap_or_default();
    let step = flow::redeem(order, expected, flow.as_ref(), redeemed.as_ref());
    if let (Some(stamp), Some(flow)) = (&step.write, &flow) {
        let sql = "update flows set redeemed_by = ?, redeemed_at_ms = ?
                   where id = ? and state = 'verified' and redeemed_at_ms is null";
        let row = (stamp.by.as_str(), stamp.at.timestamp_millis(), flow.id.as_bytes());
        connection.prepare_cached(sql)?.put_one(row, "the flow changed under a step")?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

/// Writes a new flow.
pub(super) fn insert(connection: &Connection, sealer: &Sealer, flow: &Flow) -> Result<(), StoreError> {
    let sql = "insert into flows (id, key_digest, purpose, key_id, customer, app, recipients, sealed_with,
                                  presentation, language, opened_at_ms, expires_at_ms, failed_attempts, state,
                                  generation, digits, code_expires_at_ms, sends, live, chosen, ended_at_ms)
               values (:id, :key_digest, :purpose, :key_id, :customer, :app, :recipients, :sealed_with,
                       :presentation, :language, :opened_at_ms, :expires_at_ms, :failed_attempts, :state,
                       :generation, :digits, :code_expires_at_ms, :sends, :live, :chosen, :ended_at_ms)";
    let row = flow.id.to_string();
    let place = Place { table: TABLE, column: "recipients", row: &row };
    let recipients = RecipientsJson {
        customer: flow.holder.as_ref().map(|holder| holder.customer.as_str().to_owned()),
        recipients: flow.recipients.iter().map(RecipientJson::of).collect(),
    };
    let state = StateRow::of(&flow.state);
    connection.prepare_keyed(TABLE, sql)?.put(named! {
        ":id": flow.id.as_bytes(),
        ":key_digest": flow.key.as_bytes(),
        ":purpose": flow.purpose.as_str(),
        ":key_id": flow.key_id.as_str(),
        ":customer": pseudonym(sealer, flow.holder.as_ref())?,
        ":app": flow.holder.as_ref().map(|holder| &holder.app),
        ":recipients": seal_json(sealer, &place, &recipients)?,
        ":sealed_with": sealer.current().as_str(),
        ":presentation": flow.presentation.as_str(),
        ":language": flow.language.as_str(),
        ":opened_at_ms": flow.opened_at.timestamp_millis(),
        ":expires_at_ms": flow.expires_at.timestamp_millis(),
        ":failed_attempts": flow.failed_attempts,
        ":state": state.state,
        ":generation": state.generation,
        ":digits": state.digits,
        ":code_expires_at_ms": state.code_expires_at_ms,
        ":sends": state.sends,
        ":live": state.live,
        ":chosen": state.chosen,
        ":ended_at_ms": state.ended_at_ms,
    })?;
    Ok(())
}

/// Writes what can change in a flow, if it still stands as it was found.
pub(super) fn update(connection: &Connection, stands: &Stand, flow: &Flow) -> Result<(), StoreError> {
    let sql = "update flows set failed_attempts = :failed_attempts, state = :state, generation = :generation,
                      digits = :digits, code_expires_at_ms = :code_expires_at_ms, sends = :sends, live = :live,
                      chosen = :chosen, ended_at_ms = :ended_at_ms
               where id = :id and state = :found_state and failed_attempts = :found_failed_attempts";
    let state = StateRow::of(&flow.state);
    connection.prepare_keyed(TABLE, sql)?.put_one(
        named! {
            ":id": flow.id.as_bytes(),
            ":found_state": stands.state,
            ":found_failed_attempts": stands.failed_attempts,
            ":failed_attempts": flow.failed_attempts,
            ":state": state.state,
            ":generation": state.generation,
            ":digits": state.digits,
            ":code_expires_at_ms": state.code_expires_at_ms,
            ":sends": state.sends,
            ":live": state.live,
            ":chosen": state.chosen,
            ":ended_at_ms": state.ended_at_ms,
        },
        "the flow changed under a step",
    )?;
    Ok(())
}

/// The count of a tally so far.
pub(super) fn count(connection: &Connection, tally: &Tally) -> Result<u32, StoreError> {
    let sql = "select count from daily_counts where purpose = ? and subject = ? and day = ?";
    let key = (tally.purpose.as_str(), &tally.subject, tally.day);
    let count = connection.prepare_keyed(COUNTS, sql)?.query_row(key, |row| row.get(0)).optional()?;
    Ok(count.unwrap_or(0))
}

/// Raises the count of a tally by one.
pub(super) fn raise(connection: &Connection, tally: &Tally) -> Result<(), StoreError> {
    let sql = "insert into daily_counts (purpose, subject, day, count) values (?, ?, ?, 1)
               on conflict (purpose, subject, day) do update set count = daily_counts.count + 1";
    let key = (tally.purpose.as_str(), &tally.subject, tally.day);
    Ok(connection.prepare_keyed(COUNTS, sql)?.put_one(key, "a count was not raised")?)
}

/// The messages of the flows that have been over for longest. No more flows are looked at than can go: those behind them may be many.
fn old_sends(connection: &Connection) -> String {
    let [flows, outbox] = ["flows", "outbox"].map(|table| by_row(connection, table));
    format!(
        "delete from {outbox} where (flow_id, send_id) in
             (select sends.flow_id, sends.send_id
              from (select id from {flows} where expires_at_ms < ?1 order by expires_at_ms limit ?2) as oldest
              cross join {outbox} as sends on sends.flow_id = oldest.id limit ?2)"
    )
}

/// Messages without an outcome whose flow is gone: it went with its day, when theirs had gone before it and they were in the rest.
fn lost_sends(connection: &Connection) -> String {
    let outbox = by_row(connection, "outbox");
    format!(
        "delete from {outbox} where (flow_id, send_id) in
             (select flow_id, send_id from {outbox} as sends
              where status = 'pending' and created_at_ms < ?1
              and not exists (select 1 from flows where flows.id = sends.flow_id) limit ?2)"
    )
}

/// Those flows, once their messages are gone.
fn old_flows(connection: &Connection) -> String {
    let [flows, outbox] = ["flows", "outbox"].map(|table| by_row(connection, table));
    format!(
        "delete from {flows} where id in
             (select id from (select id from {flows} where expires_at_ms < ?1 order by expires_at_ms limit ?2) as oldest
              where not exists (select 1 from {outbox} as sends where sends.flow_id = oldest.id))"
    )
}

/// Deletes what is over: sends of ended flows, then the flows, then counts of past days; at most `limit` rows in all. What is kept
/// by the day goes with its day, but for flows that nobody asked a code of.
pub(super) fn purge(
    connection: &Connection,
    before: Timestamp,
    unsent_before: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let (sends, flows) = (old_sends(connection), old_flows(connection));
    // In a file, a flow does not go before its messages.
    let lost = connection.is_remote().then(|| lost_sends(connection));
    let unsent = "delete from flows where id in
                     (select id from flows where state = 'started' and expires_at_ms < ?1 limit ?2)";
    let counts = "delete from daily_counts where (purpose, subject, day) in
                     (select purpose, subject, day from daily_counts where day < ?1 limit ?2)";
    let moment = before.timestamp_millis();
    let day = before.timestamp().div_euclid(86_400);
    let mut deleted = 0;
    let all = [
        Some((&*sends, moment)),
        lost.as_deref().map(|sql| (sql, moment)),
        Some((&*flows, moment)),
        Some((unsent, unsent_before.timestamp_millis())),
        Some((counts, day)),
    ];
    for (sql, before) in all.into_iter().flatten() {
        let left = i64::try_from(limit - deleted).unwrap_or(i64::MAX);
        deleted += connection.prepare_cached(sql)?.execute((before, left))?;
    }
    Ok(deleted)
}

impl RecipientJson {
    fn of(recipient: &Recipient) -> Self {
        Self { reference: recipient.reference, address: AddressJson::of(&recipient.address) }
    }

    fn read(&self) -> Option<Recipient> {
        Some(Recipient { reference: self.reference, address: self.address.read()? })
    }
}

/// Whose a flow is, and where its codes may go.
fn read_sealed(cells: &Cells<'_>, sealer: &Sealer) -> Result<(Option<Holder>, Vec<Recipient>), StoreError> {
    let json: RecipientsJson = cells.sealed("recipients", sealer)?;
    let corrupt = || cells.place("recipients").corrupt("does not hold what it should");
    let customer = json.customer.as_deref().map(CustomerId::parse).transpose().map_err(|_| corrupt())?;
    let holder =
        customer.map(|customer| Ok::<_, StoreError>(Holder { customer, app: cells.get("app")? })).transpose()?;
    let kept: bool = cells.get("addresses_kept")?;
    // With the addresses, the customer number was overwritten if nobody could read it.
    if kept || holder.is_some() {
        cells.belongs("customer", pseudonym(sealer, holder.as_ref())?.map(Pseudonym::from_bytes))?;
    }
    let recipients: Option<Vec<_>> = json.recipients.iter().map(RecipientJson::read).collect();
    let recipients = recipients.filter(|recipients| recipients.is_empty() != kept).ok_or_else(corrupt)?;
    Ok((holder, recipients))
}

/// What is sealed of a flow, without its addresses; nothing at all if its key is gone.
pub(super) fn without_addresses(sealer: &Sealer, row: Row<'_>) -> Result<Vec<u8>, StoreError> {
    let id = FlowId::from_bytes(row.get("id")?).to_string();
    let cells = Cells { table: TABLE, key: &id, row };
    let customer = if sealer.opens(&cells.get::<String>("sealed_with")?) {
        cells.sealed::<RecipientsJson>("recipients", sealer)?.customer
    } else {
        None
    };
    let place = Place { table: TABLE, column: "recipients", row: &id };
    seal_json(sealer, &place, &RecipientsJson { customer, recipients: Vec::new() })
}

#[async_trait]
impl FlowDesk for Store {
    async fn flows(
        &self,
        customer: CustomerId,
        behind: Option<PagePlace>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Sight>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| page(connection, &sealer, &customer, behind, limit, now)).await
    }

    async fn flow(&self, key: ServiceKeyDigest, now: Timestamp) -> Result<Option<Sight>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| view(connection, &sealer, &key, now)).await
    }

    async fn redeem_flow(
        &self,
        order: Order,
        key: ServiceKeyDigest,
        expected: Expected,
    ) -> Result<Result<Sight, redeem::Refusal>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        self.writer.run(move |connection| redeem(connection, &sealer, &order, &key, &expected)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;
    use rusqlite::StatementStatus::VmStep;

    #[test]
    fn a_step_of_deletion_takes_as_long_however_many_flows_are_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = Connection::open(&path).unwrap();
        let mut steps = Vec::new();
        for flows in [50, 5000] {
            connection.execute("delete from flows", ()).unwrap();
            let insert =
                "insert into flows (id, key_digest, purpose, key_id, recipients, sealed_with, presentation, language,
                                             opened_at_ms, expires_at_ms, failed_attempts, state)
                          with recursive n (n) as (select 1 union all select n + 1 from n where n < ?)
                          select randomblob(16), randomblob(32), '', '', x'', '', '', '', 0, n, 0, 'started' from n";
            connection.execute(insert, [flows]).unwrap();
            for sql in [old_sends(&connection), old_flows(&connection)] {
                let mut statement = connection.file().unwrap().prepare(&sql).unwrap();
                statement.execute((i64::MAX, 10)).unwrap();
                steps.push(statement.get_status(VmStep));
            }
        }
        assert!(steps[0] > 10 && steps[1] > 10 && steps[..2] == steps[2..], "{steps:?}");
    }
}
