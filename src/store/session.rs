//! Sessions that were registered, and what is known of the others by their transactions.

use super::repeat::{self, Before};
use super::row::{Cells, stamp_if_any};
use super::writing::Writing;
use super::{Store, audit, transaction};
use crate::domain::client::ClientId;
use crate::domain::customer::CustomerId;
use crate::domain::desk::ports::SessionDesk;
use crate::domain::flow::{Secret, Timestamp};
use crate::domain::keys::{KeyId, KeyRing};
use crate::domain::operator::{Actor, Repeatable, Stamp};
use crate::domain::page::Page;
use crate::domain::ports::StoreError;
use crate::domain::session::{self, Close, Closed, Decision, Filter, Known, Listed, Open, Refusal, Session, SessionId};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, OptionalExtension, Row, named};
use async_trait::async_trait;

const TABLE: &str = "sessions";

#[async_trait]
impl SessionDesk for Store {
    async fn sessions(
        &self,
        filter: Filter,
        behind: Option<SessionId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Listed>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| list(connection, &sealer, &filter, behind, limit, now)).await
    }

    async fn open_session(&self, open: Open, call: Repeatable) -> Result<Decision<Listed>, StoreError> {
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| register(connection, &sealer, &open, &call)).await
    }

    async fn close_session(&self, close: Close) -> Result<Decision<Closed>, StoreError> {
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| end(connection, &sealer, &close)).await
    }
}

/// The session that a `sid` was registered as, under whichever key. All keys are tried in any case.
pub(super) fn find(
    connection: &Connection,
    sealer: &Sealer,
    keys: &KeyRing,
    sid: &Secret,
) -> Result<Option<Session>, StoreError> {
    any_of(connection, sealer, &SessionId::all(keys, sid))
}

fn any_of(connection: &Connection, sealer: &Sealer, ids: &[SessionId]) -> Result<Option<Session>, StoreError> {
    let sessions: Vec<_> = ids.iter().map(|id| load(connection, sealer, *id)).collect();
    sessions.into_iter().try_fold(None, |found, session| Ok(found.or(session?)))
}

fn load(connection: &Connection, sealer: &Sealer, id: SessionId) -> Result<Option<Session>, StoreError> {
    let sql = "select key_id, client_id, customer, number, opened_by, opened_at_ms, expires_at_ms, closed_by,
                      closed_at_ms
               from sessions where session = ?";
    let mut statement = connection.prepare_keyed(TABLE, sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    rows.next()?.map(|row| read(sealer, row, id)).transpose()
}

fn register(
    connection: &Writing<'_>,
    sealer: &Sealer,
    open: &Open,
    call: &Repeatable,
) -> Result<Decision<Listed>, StoreError> {
    let listed = |session: Session| {
        let open_transactions = open_in(connection, session.id, open.order.at)?;
        Ok(Listed { id: session.id, client: session.client.clone(), session: Some(session), open_transactions })
    };
    match repeat::find(connection, sealer, &open.order, call)? {
        Before::Nothing => {}
        Before::OtherRequest => {
            audit::append(connection, &open.order.mismatch("session_open", "session".to_owned()))?;
            return Ok(Err(Refusal::Mismatch));
        }
        Before::Made { resource, .. } => {
            let made = SessionId::parse(&resource).map(|id| load(connection, sealer, id)).transpose()?.flatten();
            return made.map(listed).transpose().map(|made| made.ok_or(Refusal::Unknown));
        }
    }
    let found = find(connection, sealer, &open.keys, &open.sid)?;
    let step = session::open(open, found.as_ref());
    audit::append(connection, &step.audit)?;
    if let Some(session) = &step.insert {
        insert(connection, sealer, session)?;
        repeat::keep(connection, sealer, &open.order, call, &session.id.to_string(), None)?;
    }
    match step.decision {
        Ok(session) => listed(session).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn end(connection: &Writing<'_>, sealer: &Sealer, close: &Close) -> Result<Decision<Closed>, StoreError> {
    // Under a key that came later a transaction of the session has another hash, which its id does not tell: what is not
    // closed here because of that is refused all the same, because the session is looked for under every key.
    let ids = close.which.ids(&close.keys);
    let now = close.order.at;
    let mut known = Known { session: any_of(connection, sealer, &ids)?, ..Known::default() };
    for id in &ids {
        known.open_transactions += open_in(connection, *id, now)?;
        known.transaction = known.transaction.or(transaction_in(connection, *id, now)?);
    }
    let step = session::close(close, &known);
    audit::append(connection, &step.audit)?;
    if let Some(session) = &step.insert {
        insert(connection, sealer, session)?;
    }
    if let Some(Session { id, closed: Some(stamp), .. }) = &step.update {
        let sql = "update sessions set closed_by = ?2, closed_at_ms = ?3 where session = ?1 and closed_at_ms is null";
        let row = (id.as_bytes(), stamp.by.as_str(), stamp.at.timestamp_millis());
        connection.prepare_cached(sql)?.put_one(row, "the session changed under a step")?;
    }
    if step.decision.is_ok() {
        for id in &ids {
            transaction::close_in_session(connection, *id, now)?;
        }
    }
    Ok(step.decision)
}

fn open_in(connection: &Connection, id: SessionId, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "select count(*) from transactions where state = 'open' and session = ? and expires_at_ms > ?";
    let key = (id.as_bytes(), now.timestamp_millis());
    let count: i64 = connection.prepare_cached(sql)?.query_row(key, |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The client of an open transaction in a session, and the key of its hash.
fn transaction_in(
    connection: &Connection,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<(ClientId, KeyId)>, StoreError> {
    let sql = "select client_id, key_id from transactions
               where state = 'open' and session = ? and expires_at_ms > ? order by client_id limit 1";
    let key = (id.as_bytes(), now.timestamp_millis());
    let read = |row: Row<'_>| {
        let key = id.to_string();
        let cells = Cells { table: "transactions", key: &key, row };
        Ok((client(&cells), cells.parse("key_id", |text| KeyId::parse(text).ok())))
    };
    let found = connection.prepare_cached(sql)?.query_row(key, read).optional()?;
    found.map(|(client, key_id)| Ok((client?, key_id?))).transpose()
}

fn insert(connection: &Connection, sealer: &Sealer, session: &Session) -> Result<(), StoreError> {
    let sql =
        "insert into sessions (session, key_id, client_id, customer, number, sealed_with, opened_by, opened_at_ms,
                                     expires_at_ms, closed_by, closed_at_ms)
               values (:session, :key_id, :client_id, :customer, :number, :sealed_with, :opened_by, :opened_at_ms,
                       :expires_at_ms, :closed_by, :closed_at_ms)";
    let row = session.id.to_string();
    let place = Place { table: TABLE, column: "number", row: &row };
    let customer = session.customer.as_ref();
    connection.prepare_cached(sql)?.put(named! {
        ":session": session.id.as_bytes(),
        ":key_id": session.key_id.as_str(),
        ":client_id": session.client.as_str(),
        ":customer": customer.map(|id| sealer.customer(id)).transpose()?.map(|customer| *customer.as_bytes()),
        ":number": customer.map(|id| sealer.seal(&place, id.as_str().as_bytes())).transpose()?,
        ":sealed_with": customer.map(|_| sealer.current().as_str()),
        ":opened_by": session.opened.by.as_str(),
        ":opened_at_ms": session.opened.at.timestamp_millis(),
        ":expires_at_ms": session.expires_at.timestamp_millis(),
        ":closed_by": session.closed.as_ref().map(|stamp| stamp.by.as_str()),
        ":closed_at_ms": session.closed.as_ref().map(|stamp| stamp.at.timestamp_millis()),
    })?;
    Ok(())
}

/// One statement, so that a session is not listed twice or left out while it is being registered.
fn list(
    connection: &Connection,
    sealer: &Sealer,
    filter: &Filter,
    behind: Option<SessionId>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<Listed>, StoreError> {
    let sql = "with open_transactions as (
                   select session, client_id, customer from transactions indexed by transactions_by_expiry
                   where state = 'open' and session > :behind and expires_at_ms > :now)
               select session, key_id, client_id, customer, number, sealed_with, opened_by, opened_at_ms,
                      expires_at_ms, closed_by, closed_at_ms,
                      (select count(*) from transactions
                       where state = 'open' and transactions.session = sessions.session
                       and transactions.expires_at_ms > :now) as open
               from sessions
               where session > :behind and expires_at_ms > :now
               and (client_id = :client_id or :client_id is null)
               and (customer = :customer or :customer is null
                    or exists (select 1 from transactions
                               where state = 'open' and transactions.session = sessions.session
                               and transactions.expires_at_ms > :now and transactions.customer = :customer))
               union all
               select session, null, min(client_id), null, null, null, null, null, null, null, null, count(*)
               from open_transactions
               where not exists (select 1 from sessions where sessions.session = open_transactions.session)
               group by session
               having (:client_id is null or count(case when client_id = :client_id then 1 end) > 0)
               and (:customer is null or count(case when customer = :customer then 1 end) > 0)
               order by session limit :limit";
    let customer = filter.customer.as_ref().map(|id| sealer.customer(id)).transpose()?;
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(named! {
        ":behind": behind.map_or(Vec::new(), |id| id.as_bytes().to_vec()),
        ":now": now.timestamp_millis(),
        ":client_id": filter.client.as_ref().map(ClientId::as_str),
        ":customer": customer.map(|customer| *customer.as_bytes()),
        ":limit": i64::from(limit) + 1,
    })?;
    let mut listed = Vec::new();
    while let Some(row) = rows.next()? {
        let id = SessionId::from_bytes(row.get("session")?);
        let key = id.to_string();
        let cells = Cells { table: TABLE, key: &key, row };
        let registered = cells.get::<Option<String>>("key_id")?.is_some();
        listed.push(Listed {
            id,
            client: client(&cells)?,
            session: registered.then(|| read(sealer, row, id)).transpose()?,
            open_transactions: cells.get::<i64>("open")?.unsigned_abs(),
        });
    }
    Ok(Page::of(listed, limit, |listed| listed.id.to_string()))
}

/// Deletes at most `limit` sessions that expired before `before`.
pub(super) fn purge(connection: &Connection, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let sql = "delete from sessions where session in (select session from sessions where expires_at_ms < ?1 limit ?2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection.prepare_cached(sql)?.execute((before.timestamp_millis(), limit))?)
}

fn read(sealer: &Sealer, row: Row<'_>, id: SessionId) -> Result<Session, StoreError> {
    let key = id.to_string();
    let cells = Cells { table: TABLE, key: &key, row };
    let place = cells.place("number");
    let open = |sealed: Vec<u8>| {
        let number = sealer.open(&place, &sealed)?;
        let id = std::str::from_utf8(&number).ok().and_then(|text| CustomerId::parse(text).ok());
        id.ok_or_else(|| place.corrupt("is no customer number"))
    };
    let customer = cells.get::<Option<Vec<u8>>>("number")?.map(open).transpose()?;
    cells.belongs("customer", customer.as_ref().map(|id| sealer.customer(id)).transpose()?)?;
    Ok(Session {
        id,
        key_id: cells.parse("key_id", |text| KeyId::parse(text).ok())?,
        client: client(&cells)?,
        customer,
        opened: Stamp {
            by: cells.parse("opened_by", |text| Actor::parse(text).ok())?,
            at: cells.time("opened_at_ms")?,
        },
        expires_at: cells.time("expires_at_ms")?,
        closed: stamp_if_any(&cells, "closed_by", "closed_at_ms")?,
    })
}

fn client(cells: &Cells<'_>) -> Result<ClientId, StoreError> {
    cells.parse("client_id", |text| ClientId::parse(text).ok())
}
