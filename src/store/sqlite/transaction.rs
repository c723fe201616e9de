//! Transactions of the BNE family.

use super::flow::one_row;
use super::row::Cells;
use super::{audit, session, token};
use crate::domain::client::ClientId;
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyId;
use crate::domain::oath::ocra::question::SignatureSalt;
use crate::domain::ports::StoreError;
use crate::domain::session::SessionId;
use crate::domain::token::{DeviceKind, Representative, TokenId};
use crate::domain::transaction::{
    Action, Challenge, Command, Decision, Details, Kind, Loaded, State, Subject, Supersede, Trail, Transaction,
    TransactionId, asks, candidate, may_open, step,
};
use crate::store::seal::{Place, Sealer};
use rusqlite::{Connection, named_params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const TABLE: &str = "transactions";

/// What is sealed. The salt belongs with the details: whoever has it and the challenge can try details out.
#[derive(Serialize, Deserialize)]
struct DetailsJson {
    amount: String,
    currency: String,
    payee: String,
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<[u8; 16]>,
}

/// Loads, decides, writes; runs inside the writer's transaction.
pub(super) fn apply(connection: &Connection, sealer: &Sealer, command: &Command) -> Result<Decision, StoreError> {
    let loaded = known(connection, sealer, command)?;
    let found = loaded.transaction.clone();
    let trail = Trail::of(found.as_ref());
    let step = step(command, loaded);
    if let Some(others) = &step.supersede {
        close(connection, others, command.at)?;
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
    if let Some(entry) = trail.entry(command, &step) {
        audit::append(connection, &entry)?;
    }
    Ok(step.decision)
}

fn known(connection: &Connection, sealer: &Sealer, command: &Command) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let keys = &command.rules.keys;
    let id = match &command.action {
        Action::Open(request) => {
            loaded.session = session::find(connection, keys, &request.session)?;
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
            loaded.session = session::find(connection, keys, &request.session)?;
            request.id
        }
        Action::Close(id) => *id,
    };
    loaded.transaction = load(connection, sealer, id, command.at)?;
    if let Some(id) = asks(command, &loaded) {
        loaded.tokens.extend(token::load(connection, sealer, id)?);
        let challenge = loaded.transaction.as_ref().and_then(|transaction| transaction.challenge.as_ref());
        let burnt = challenge.map(|challenge| token::is_burnt(connection, id, &challenge.question)).transpose()?;
        loaded.burnt.extend(burnt);
    }
    Ok(loaded)
}

/// A transaction that has not expired. An expired one is as good as gone, and the key it is sealed with may really be.
pub(super) fn load(
    connection: &Connection,
    sealer: &Sealer,
    id: TransactionId,
    now: Timestamp,
) -> Result<Option<Transaction>, StoreError> {
    let sql =
        "select kind, details, client_id, session, key_id, customer_id, representative, token_id, device, question,
                      opened_at_ms, expires_at_ms, failed_attempts, state, ended_at_ms
               from transactions where id = ?1 and expires_at_ms > ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((id.as_bytes(), now.timestamp_millis()))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let cells = Cells { table: TABLE, key: &id.to_string(), row };
    let (subject, salt) = read_subject(&cells, sealer)?;
    let holder = token::holder(&cells)?.ok_or_else(|| cells.place("customer_id").corrupt("is missing"))?;
    let question: Option<String> = cells.get("question")?;
    Ok(Some(Transaction {
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
        state: read_state(&cells)?,
    }))
}

fn insert(connection: &Connection, sealer: &Sealer, transaction: &Transaction) -> Result<(), StoreError> {
    let sql = "insert into transactions (id, kind, details, sealed_with, client_id, session, key_id, customer_id,
                                         representative, token_id, device, question, opened_at_ms, expires_at_ms,
                                         failed_attempts, state, ended_at_ms)
               values (:id, :kind, :details, :sealed_with, :client_id, :session, :key_id, :customer_id,
                       :representative, :token_id, :device, :question, :opened_at_ms, :expires_at_ms,
                       :failed_attempts, :state, :ended_at_ms)";
    let details = seal_details(sealer, transaction)?;
    let (state, ended_at) = columns(transaction.state);
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": transaction.id.as_bytes(),
        ":kind": transaction.subject.kind().as_str(),
        ":sealed_with": details.as_ref().map(|_| sealer.current().as_str()),
        ":details": details,
        ":client_id": transaction.client.as_str(),
        ":session": transaction.session,
        ":key_id": transaction.key_id.as_str(),
        ":customer_id": transaction.holder.customer.as_str(),
        ":representative": transaction.holder.representative.as_ref().map(Representative::as_str),
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
    let written = connection.prepare_cached(sql)?.execute(named_params! {
        ":id": transaction.id.as_bytes(),
        ":found_state": columns(found.state).0,
        ":found_failed_attempts": found.failed_attempts,
        ":failed_attempts": transaction.failed_attempts,
        ":state": state,
        ":ended_at_ms": ended_at,
    })?;
    one_row(written, "the transaction changed under a step")
}

/// Closes the open transactions of a holder, client and kind.
fn close(connection: &Connection, others: &Supersede, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update transactions set state = 'closed', ended_at_ms = :now
               where state = 'open' and customer_id = :customer_id and client_id = :client_id and kind = :kind
               and representative is :representative and expires_at_ms > :now";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":now": now.timestamp_millis(),
        ":customer_id": others.holder.customer.as_str(),
        ":representative": others.holder.representative.as_ref().map(Representative::as_str),
        ":client_id": others.client.as_str(),
        ":kind": others.kind.as_str(),
    })?;
    Ok(())
}

/// Closes the open transactions of a client.
pub(super) fn close_of_client(connection: &Connection, client: &ClientId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update transactions set state = 'closed', ended_at_ms = ?2
               where state = 'open' and client_id = ?1 and expires_at_ms > ?2";
    connection.prepare_cached(sql)?.execute((client.as_str(), now.timestamp_millis()))?;
    Ok(())
}

/// Closes the open transactions in a session.
pub(super) fn close_in_session(connection: &Connection, session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update transactions set state = 'closed', ended_at_ms = ?2
               where state = 'open' and session = ?1 and expires_at_ms > ?2";
    connection.prepare_cached(sql)?.execute((session.as_bytes(), now.timestamp_millis()))?;
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

fn seal_details(sealer: &Sealer, transaction: &Transaction) -> Result<Option<Vec<u8>>, StoreError> {
    let Subject::Risk(details) = &transaction.subject else { return Ok(None) };
    let salt = transaction.challenge.as_ref().and_then(|challenge| challenge.salt);
    let json = DetailsJson {
        amount: details.amount().to_owned(),
        currency: details.currency().to_owned(),
        payee: details.payee().to_owned(),
        account: details.account().to_owned(),
        salt: salt.map(|salt| *salt.as_bytes()),
    };
    let json = Zeroizing::new(serde_json::to_vec(&json).map_err(|error| StoreError::Engine(Box::new(error)))?);
    sealer.seal(&Place { table: TABLE, column: "details", row: &transaction.id.to_string() }, &json).map(Some)
}

fn read_subject(cells: &Cells<'_>, sealer: &Sealer) -> Result<(Subject, Option<SignatureSalt>), StoreError> {
    if cells.parse("kind", Kind::parse)? == Kind::Login {
        return Ok((Subject::Login, None));
    }
    let place = cells.place("details");
    let json = sealer.open(&place, &cells.get::<Vec<u8>>("details")?)?;
    let json: Option<DetailsJson> = serde_json::from_slice(&json).ok();
    let details = json.and_then(|json| {
        let details = Details::parse(&json.amount, &json.currency, &json.payee, &json.account).ok()?;
        Some((Subject::Risk(details), json.salt.map(SignatureSalt::from_bytes)))
    });
    details.ok_or_else(|| place.corrupt("has no details of a transaction"))
}
