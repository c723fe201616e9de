//! Transactions of the BNE family.

use super::repeat::{self, Before};
use super::row::{Cells, HolderJson, Wanted, seal_json, stamp_if_any, whole};
use super::writing::Writing;
use super::{Store, audit, client, session, token};
use crate::domain::client::ClientId;
use crate::domain::desk::ports::TransactionDesk;
use crate::domain::flow::Timestamp;
use crate::domain::keys::{KeyId, KeyRing};
use crate::domain::oath::ocra::question::SignatureSalt;
use crate::domain::operator::{Made, Order, Repeatable};
use crate::domain::page::{Page, Place as PagePlace};
use crate::domain::ports::{StoreError, TransactionStore};
use crate::domain::pseudonym::IndexKey;
use crate::domain::redeem;
use crate::domain::session::SessionId;
use crate::domain::token::{DeviceKind, TokenHolder, TokenId};
use crate::domain::transaction::{
    self, Action, Challenge, Command, Decision, Details, Expected, Filter, Granted, Kind, Loaded, Refusal, Sight,
    Standing, StandingKind, State, Step, Subject, Supersede, Trail, Transaction, TransactionId, ValidateRequest, asks,
    candidate, may_open, meters, step,
};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, named, params_from_iter};
use async_trait::async_trait;
use chrono::{DateTime, SubsecRound};
use serde::{Deserialize, Serialize};

const TABLE: &str = "transactions";

/// Every column, in no order that matters: cells are found by name.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, kind, details, sealed_with, client_id, session, key_id, customer, holder, token_id, device,
                    question, opened_at_ms, expires_at_ms, failed_attempts, state, ended_at_ms, redeemed_by,
                    redeemed_at_ms
             from transactions ",
            $rest
        )
    };
}

/// What is sealed. The salt belongs with the details: whoever has it and the challenge can try details out.
#[derive(Serialize, Deserialize)]
struct SealedJson {
    holder: HolderJson,
    /// RISK only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    details: Option<DetailsJson>,
}

#[derive(Serialize, Deserialize)]
struct DetailsJson {
    amount: String,
    currency: String,
    payee: String,
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<[u8; 16]>,
}

/// The same, read.
struct Opened {
    holder: TokenHolder,
    /// With the salt of their challenge.
    details: Option<(Details, Option<SignatureSalt>)>,
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn apply(
    connection: &Writing<'_>,
    sealer: &Sealer,
    index: &IndexKey,
    command: &Command,
) -> Result<Decision, StoreError> {
    let (trail, step) = decide(connection, sealer, index, command)?;
    audit::append(connection, &trail.entry(command, &step))?;
    Ok(step.decision)
}

/// All of a step but its entry in the trail.
fn decide(
    connection: &Writing<'_>,
    sealer: &Sealer,
    index: &IndexKey,
    command: &Command,
) -> Result<(Trail, Step), StoreError> {
    let mut loaded = known(connection, sealer, command)?;
    loaded.windows = connection.windows().load(connection, index, &meters(command))?;
    let found = loaded.transaction.clone();
    let trail = Trail::of(found.as_ref());
    let step = step(command, loaded);
    if let Some(others) = &step.supersede {
        close(connection, sealer, others, command.at)?;
    }
    if let Some(transaction) = &step.insert {
        insert(connection, sealer, transaction)?;
    }
    if let (Some(found), Some(transaction)) = (found, &step.update) {
        update(connection, &found, transaction)?;
    }
    if let Some(token) = &step.token {
        token::update(connection, sealer, token)?;
    }
    if let Some((id, question)) = &step.burn {
        token::burn(connection, *id, question)?;
    }
    connection.windows().write(index, &step.windows);
    Ok((trail, step))
}

/// Opens a transaction for an operator, unless the call is the repeat of one that did.
fn open(
    connection: &Writing<'_>,
    sealer: &Sealer,
    index: &IndexKey,
    order: &Order,
    call: &Repeatable,
    command: &Command,
) -> Result<Result<Made<Sight>, Refusal>, StoreError> {
    match repeat::find(connection, sealer, order, call)? {
        Before::Nothing => {}
        Before::OtherRequest => {
            audit::append(connection, &order.mismatch("transaction_open", "transaction".to_owned()))?;
            return Ok(Err(Refusal::Mismatch));
        }
        Before::Made { resource, .. } => {
            let made = sight(connection, sealer, TransactionId::of(&resource), order.at)?;
            return Ok(made.map(|made| Made { made, secret: None }).ok_or(Refusal::NotFound));
        }
    }
    let registered = match &command.action {
        Action::Open(request) => client::load(connection, &request.client)?.is_some(),
        Action::Validate(_) | Action::Close(..) => false,
    };
    let (trail, step) = if registered {
        decide(connection, sealer, index, command)?
    } else {
        // As for a holder of whom nothing is known.
        (Trail::of(None), step(command, Loaded::default()))
    };
    let made = match &step.decision {
        Ok(Granted::Opened(transaction)) => Ok(transaction),
        Ok(Granted::Validated(_) | Granted::Closed(_)) => Err(Refusal::NotFound),
        Err(refusal) => Err(*refusal),
    };
    audit::append(connection, &trail.ordered(order, "transaction_open", command, &step))?;
    if let Ok(transaction) = made {
        repeat::keep(connection, sealer, order, call, &transaction.id.to_string(), None)?;
    }
    Ok(made.map(|transaction| Made { made: Sight::of(transaction, None, order.at), secret: None }))
}

/// Hands out the proof of a transaction, once.
fn redeem(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    id: TransactionId,
    expected: &Expected,
) -> Result<Result<Sight, redeem::Refusal>, StoreError> {
    let found = one(connection, id, DateTime::UNIX_EPOCH, |cells| {
        Ok((read(cells, sealer, id)?, stamp_if_any(cells, "redeemed_by", "redeemed_at_ms")?))
    })?;
    let (transaction, redeemed) = found.map_or((None, None), |(found, redeemed)| (Some(found), redeemed));
    let step = transaction::redeem(order, expected, transaction.as_ref(), redeemed.as_ref());
    if let Some(stamp) = &step.write {
        let sql = "update transactions set redeemed_by = ?, redeemed_at_ms = ?
                   where id = ? and state = 'consumed' and redeemed_at_ms is null";
        let row = (stamp.by.as_str(), stamp.at.timestamp_millis(), id.as_bytes());
        connection.prepare_cached(sql)?.put_one(row, "the transaction changed under a step")?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

fn known(connection: &Connection, sealer: &Sealer, command: &Command) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let keys = &command.rules.keys;
    match &command.action {
        Action::Open(request) => {
            loaded.session = session::find(connection, sealer, keys, &request.session)?;
            if !may_open(command, request, loaded.session.as_ref()) {
                return Ok(loaded);
            }
            loaded.tokens = token::of_holder(connection, sealer, &request.holder)?;
            if let Ok(candidate) = candidate(command, &loaded.tokens) {
                let id = candidate.token.id;
                let burnt = |challenge: &Challenge| token::is_burnt(connection, id, &challenge.question);
                loaded.burnt = candidate.challenges.iter().map(burnt).collect::<Result<_, _>>()?;
            }
            return Ok(loaded);
        }
        Action::Validate(request) => {
            loaded.session = session::find(connection, sealer, keys, &request.session)?;
            loaded.transaction = named(connection, sealer, keys, request, command.at)?;
        }
        Action::Close(id, _) => {
            loaded.transaction = load(connection, sealer, *id, command.at)?;
            if loaded.transaction.is_none() {
                loaded.expired = one(connection, *id, DateTime::UNIX_EPOCH, |_| Ok(()))?.is_some();
            }
        }
    }
    if let Some(id) = asks(command, &loaded) {
        loaded.tokens.extend(token::load(connection, sealer, id)?);
        let challenge = loaded.transaction.as_ref().and_then(|transaction| transaction.challenge.as_ref());
        let burnt = challenge.map(|challenge| token::is_burnt(connection, id, &challenge.question)).transpose()?;
        loaded.burnt.extend(burnt);
    }
    Ok(loaded)
}

/// The transaction that a caller names, if it is theirs and awaits a code. Whatever else has this id is not read: unknown, expired,
/// consumed and foreign transactions take the same statements, which find nothing, and nothing is opened.
fn named(
    connection: &Connection,
    sealer: &Sealer,
    keys: &KeyRing,
    request: &ValidateRequest,
    now: Timestamp,
) -> Result<Option<Transaction>, StoreError> {
    let mut statement = connection.prepare_keyed(
        TABLE,
        select!(
            "where id = ?1 and expires_at_ms > ?2 and state in ('open', 'locked') and kind = ?3 and client_id = ?4
           and session = ?5 and (customer = ?6 or ?6 is null)"
        ),
    )?;
    let (id, customer) = (request.id, request.customer.as_ref().map(|id| sealer.customer(id)).transpose()?);
    let customer = customer.map(|customer| *customer.as_bytes());
    let (kind, client) = (request.kind.as_str(), request.client.as_str());
    let mut ask = |session: SessionId| {
        let values = (id.as_bytes(), now.timestamp_millis(), kind, client, session.as_bytes(), customer);
        let mut rows = statement.query(values)?;
        rows.next()?.map(|row| read(&Cells { table: TABLE, key: &id.to_string(), row }, sealer, id)).transpose()
    };
    let all: Vec<_> = SessionId::all(keys, &request.session).into_iter().map(&mut ask).collect();
    all.into_iter().try_fold(None, |found, transaction| Ok(transaction?.or(found)))
}

/// A transaction that has not expired. An expired one is as good as gone, and the key it is sealed with may really be.
fn load(
    connection: &Connection,
    sealer: &Sealer,
    id: TransactionId,
    now: Timestamp,
) -> Result<Option<Transaction>, StoreError> {
    one(connection, id, now, |cells| read(cells, sealer, id))
}

/// What is to be seen of a transaction, whatever has become of it.
fn sight(
    connection: &Connection,
    sealer: &Sealer,
    id: TransactionId,
    now: Timestamp,
) -> Result<Option<Sight>, StoreError> {
    one(connection, id, DateTime::UNIX_EPOCH, |cells| read_sight(cells, sealer, id, now))
}

/// The transaction of this id, if it expires after a moment.
fn one<T>(
    connection: &Connection,
    id: TransactionId,
    moment: Timestamp,
    read: impl FnOnce(&Cells<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_keyed(TABLE, select!("where id = ?1 and expires_at_ms > ?2"))?;
    let mut rows = statement.query((id.as_bytes(), moment.timestamp_millis()))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    read(&Cells { table: TABLE, key: &id.to_string(), row }).map(Some)
}

/// Transactions, the newest first.
fn page(
    connection: &Connection,
    sealer: &Sealer,
    filter: &Filter,
    behind: Option<PagePlace>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<Sight>, StoreError> {
    let mut wanted = Wanted::default();
    let customer = filter.customer.as_ref().map(|id| sealer.customer(id)).transpose()?;
    wanted.want("customer = ?", customer.map(|customer| customer.as_bytes().to_vec()));
    wanted.want("client_id = ?", filter.client.as_ref().map(|id| id.as_str().to_owned()));
    let state = filter.state.map(|kind| match kind {
        StandingKind::Expired => StandingKind::Open.as_str(),
        other => other.as_str(),
    });
    let if_it_is = |kind| Some(now.timestamp_millis()).filter(|_| filter.state == Some(kind));
    wanted.want("state = ?", state.map(str::to_owned));
    wanted.want("expires_at_ms > ?", if_it_is(StandingKind::Open));
    wanted.want("expires_at_ms <= ?", if_it_is(StandingKind::Expired));
    wanted.behind("opened_at_ms <= ? and (opened_at_ms < ? or id < ?)", behind);
    let (sql, values) = wanted.query(select!(""), "order by opened_at_ms desc, id desc", limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut sights = Vec::new();
    while let Some(row) = rows.next()? {
        let id = TransactionId::from_bytes(row.get("id")?);
        let sight = read_sight(&Cells { table: TABLE, key: &id.to_string(), row }, sealer, id, now)?;
        sights.push(Sight { details: None, ..sight });
    }
    Ok(Page::of(sights, limit, |sight| PagePlace { at: sight.opened_at, id: *sight.id.as_bytes() }.key()))
}

fn read(cells: &Cells<'_>, sealer: &Sealer, id: TransactionId) -> Result<Transaction, StoreError> {
    let Opened { holder, details } = open_sealed(cells, sealer)?;
    let (subject, salt) = match details {
        None => (Subject::Login, None),
        Some((details, salt)) => (Subject::Risk(details), salt),
    };
    let question: Option<String> = cells.get("question")?;
    Ok(Transaction {
        id,
        subject,
        client: cells.parse("client_id", |text| ClientId::parse(text).ok())?,
        session: cells.get("session")?,
        key_id: cells.parse("key_id", |text| KeyId::parse(text).ok())?,
        holder,
        token: TokenId::from_bytes(cells.get("token_id")?),
        device: cells.parse("device", DeviceKind::parse)?,
        challenge: question.map(|question| Challenge { question, salt }),
        opened_at: cells.time("opened_at_ms")?,
        expires_at: cells.time("expires_at_ms")?,
        failed_attempts: cells.get("failed_attempts")?,
        state: read_state(cells)?,
    })
}

/// What is to be seen. The key that a part of it is sealed with may be gone with its time.
fn read_sight(cells: &Cells<'_>, sealer: &Sealer, id: TransactionId, now: Timestamp) -> Result<Sight, StoreError> {
    let readable = sealer.opens(&cells.get::<String>("sealed_with")?);
    let opened = readable.then(|| open_sealed(cells, sealer)).transpose()?;
    let (holder, details) = opened.map_or((None, None), |opened| (Some(opened.holder), opened.details));
    let expires_at = cells.time("expires_at_ms")?;
    Ok(Sight {
        id,
        kind: cells.parse("kind", Kind::parse)?,
        details: details.map(|(details, _)| details),
        client: cells.parse("client_id", |text| ClientId::parse(text).ok())?,
        session: SessionId::from_bytes(cells.get("session")?),
        holder,
        token: TokenId::from_bytes(cells.get("token_id")?),
        device: cells.parse("device", DeviceKind::parse)?,
        question: cells.get("question")?,
        opened_at: cells.time("opened_at_ms")?,
        expires_at,
        failed_attempts: cells.get("failed_attempts")?,
        standing: Standing::of(read_state(cells)?, expires_at, now),
        redeemed: stamp_if_any(cells, "redeemed_by", "redeemed_at_ms")?,
    })
}

fn insert(connection: &Connection, sealer: &Sealer, transaction: &Transaction) -> Result<(), StoreError> {
    let sql = "insert into transactions (id, kind, details, sealed_with, client_id, session, key_id, customer, holder,
                                         token_id, device, question, opened_at_ms, expires_at_ms, failed_attempts,
                                         state, ended_at_ms)
               values (:id, :kind, :details, :sealed_with, :client_id, :session, :key_id, :customer, :holder,
                       :token_id, :device, :question, :opened_at_ms, :expires_at_ms, :failed_attempts, :state,
                       :ended_at_ms)";
    let (state, ended_at) = columns(transaction.state);
    connection.prepare_keyed(TABLE, sql)?.put(named! {
        ":id": transaction.id.as_bytes(),
        ":kind": transaction.subject.kind().as_str(),
        ":sealed_with": sealer.current().as_str(),
        ":details": seal(sealer, transaction)?,
        ":client_id": transaction.client.as_str(),
        ":session": transaction.session,
        ":key_id": transaction.key_id.as_str(),
        ":customer": sealer.customer(&transaction.holder.customer)?.as_bytes(),
        ":holder": sealer.holder(&transaction.holder)?.as_bytes(),
        ":token_id": transaction.token.as_bytes(),
        ":device": transaction.device.as_str(),
        ":question": transaction.challenge.as_ref().map(|challenge| &challenge.question),
        ":opened_at_ms": transaction.opened_at.timestamp_millis(),
        ":expires_at_ms": transaction.expires_at.timestamp_millis(),
        ":failed_attempts": transaction.failed_attempts,
        ":state": state,
        ":ended_at_ms": ended_at,
    })?;
    Ok(())
}

/// Writes what can change in a transaction, if it still stands as it was found.
fn update(connection: &Connection, found: &Transaction, transaction: &Transaction) -> Result<(), StoreError> {
    let sql = "update transactions set failed_attempts = :failed_attempts, state = :state, ended_at_ms = :ended_at_ms
               where id = :id and state = :found_state and failed_attempts = :found_failed_attempts";
    let (state, ended_at) = columns(transaction.state);
    connection.prepare_keyed(TABLE, sql)?.put_one(
        named! {
            ":id": transaction.id.as_bytes(),
            ":found_state": columns(found.state).0,
            ":found_failed_attempts": found.failed_attempts,
            ":failed_attempts": transaction.failed_attempts,
            ":state": state,
            ":ended_at_ms": ended_at,
        },
        "the transaction changed under a step",
    )?;
    Ok(())
}

/// Closes the open transactions of a holder, client and kind.
fn close(connection: &Connection, sealer: &Sealer, others: &Supersede, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update transactions set state = 'closed', ended_at_ms = :now
               where state = 'open' and holder = :holder and client_id = :client_id and kind = :kind
               and expires_at_ms > :now";
    connection.prepare_cached(sql)?.put(named! {
        ":now": now.timestamp_millis(),
        ":holder": sealer.holder(&others.holder)?.as_bytes(),
        ":client_id": others.client.as_str(),
        ":kind": others.kind.as_str(),
    })?;
    Ok(())
}

/// Closes the open transactions of a client.
pub(super) fn close_of_client(connection: &Connection, client: &ClientId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update transactions set state = 'closed', ended_at_ms = ?2
               where state = 'open' and client_id = ?1 and expires_at_ms > ?2";
    connection.prepare_cached(sql)?.put((client.as_str(), now.timestamp_millis()))?;
    Ok(())
}

/// Closes the open transactions in a session.
pub(super) fn close_in_session(connection: &Connection, session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update transactions set state = 'closed', ended_at_ms = ?2
               where state = 'open' and session = ?1 and expires_at_ms > ?2";
    connection.prepare_cached(sql)?.put((session.as_bytes(), now.timestamp_millis()))?;
    Ok(())
}

/// Deletes at most `limit` transactions that expired before `before`.
pub(super) fn purge(connection: &Connection, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let sql = "delete from transactions where id in (select id from transactions where expires_at_ms < ?1 limit ?2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection.prepare_cached(sql)?.execute((before.timestamp_millis(), limit))?)
}

fn columns(state: State) -> (&'static str, Option<i64>) {
    match state {
        State::Open => ("open", None),
        State::Consumed { at } => ("consumed", Some(at.timestamp_millis())),
        State::Locked { at } => ("locked", Some(at.timestamp_millis())),
        State::Closed { at } => ("closed", Some(at.timestamp_millis())),
    }
}

fn read_state(cells: &Cells<'_>) -> Result<State, StoreError> {
    let state: String = cells.get("state")?;
    let at = || cells.time("ended_at_ms");
    Ok(match state.as_str() {
        "open" => State::Open,
        "consumed" => State::Consumed { at: at()? },
        "locked" => State::Locked { at: at()? },
        "closed" => State::Closed { at: at()? },
        _ => return Err(cells.place("state").corrupt("is no state")),
    })
}

fn seal(sealer: &Sealer, transaction: &Transaction) -> Result<Vec<u8>, StoreError> {
    let salt = transaction.challenge.as_ref().and_then(|challenge| challenge.salt);
    let details = match &transaction.subject {
        Subject::Login => None,
        Subject::Risk(details) => Some(DetailsJson {
            amount: details.amount().to_owned(),
            currency: details.currency().to_owned(),
            payee: details.payee().to_owned(),
            account: details.account().to_owned(),
            salt: salt.map(|salt| *salt.as_bytes()),
        }),
    };
    let place = Place { table: TABLE, column: "details", row: &transaction.id.to_string() };
    seal_json(sealer, &place, &SealedJson { holder: HolderJson::of(&transaction.holder), details })
}

fn open_sealed(cells: &Cells<'_>, sealer: &Sealer) -> Result<Opened, StoreError> {
    let json: SealedJson = cells.sealed("details", sealer)?;
    let corrupt = || cells.place("details").corrupt("does not hold what it should");
    let holder = json.holder.read().ok_or_else(corrupt)?;
    cells.belongs("customer", Some(sealer.customer(&holder.customer)?))?;
    cells.belongs("holder", Some(sealer.holder(&holder)?))?;
    let details = |json: DetailsJson| {
        let details = Details::parse(&json.amount, &json.currency, &json.payee, &json.account).ok()?;
        Some((details, json.salt.map(SignatureSalt::from_bytes)))
    };
    let risk = cells.parse("kind", Kind::parse)? == Kind::Risk;
    let details = json.details.map(|json| details(json).ok_or_else(corrupt)).transpose()?;
    if risk == details.is_some() { Ok(Opened { holder, details }) } else { Err(corrupt()) }
}

#[async_trait]
impl TransactionStore for Store {
    async fn transact(&self, mut command: Command) -> Result<Decision, StoreError> {
        command.at = command.at.trunc_subsecs(3);
        let (sealer, index) = (self.sealer.clone(), self.index.clone());
        self.writer.run(move |connection| apply(connection, &sealer, &index, &command)).await
    }

    async fn transaction(&self, id: TransactionId, now: Timestamp) -> Result<Option<Transaction>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| load(connection, &sealer, id, now)).await
    }
}

#[async_trait]
impl TransactionDesk for Store {
    async fn transactions(
        &self,
        filter: Filter,
        behind: Option<PagePlace>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Sight>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| page(connection, &sealer, &filter, behind, limit, now)).await
    }

    async fn sight(&self, id: TransactionId, now: Timestamp) -> Result<Option<Sight>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| sight(connection, &sealer, id, now)).await
    }

    async fn open_transaction(
        &self,
        order: Order,
        call: Repeatable,
        mut command: Command,
    ) -> Result<Result<Made<Sight>, Refusal>, StoreError> {
        command.at = command.at.trunc_subsecs(3);
        let (sealer, index, order) = (self.sealer.clone(), self.index.clone(), whole(order));
        self.writer.run(move |connection| open(connection, &sealer, &index, &order, &call, &command)).await
    }

    async fn redeem_transaction(
        &self,
        order: Order,
        id: TransactionId,
        expected: Expected,
    ) -> Result<Result<Sight, redeem::Refusal>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        self.writer.run(move |connection| redeem(connection, &sealer, &order, id, &expected)).await
    }
}
