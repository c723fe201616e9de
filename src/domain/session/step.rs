//! What an operator does to a session: the transition functions.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts};
use chrono::SecondsFormat;

/// What the store knows of a session that is to be closed.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The session, if it is registered.
    pub session: Option<Session>,
    /// The client of an open transaction in it, and the server key of its hash, if there is one.
    pub transaction: Option<(ClientId, KeyId)>,
    /// How many transactions are open in it.
    pub open_transactions: u64,
}

/// Why a session stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such session of this client.
    #[error("there is no such session of this application")]
    Unknown,
    /// It is registered, or was.
    #[error("the session is registered already, or was: a session is registered once")]
    Taken,
    /// The key of the call was used for another request.
    #[error("this idempotency key was used for another request")]
    Mismatch,
}

impl Refusal {
    /// What the audit trail calls it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Taken => "taken",
            Self::Mismatch => "repeat of another request",
        }
    }
}

/// What closing a session did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The session.
    pub session: Session,
    /// How many open transactions were closed with it.
    pub transactions_closed: u64,
}

/// A step's outcome for the operator.
pub type Decision<T> = Result<T, Refusal>;

/// What the store has to write, all of it or nothing, and what the operator is told.
#[derive(Clone, Debug)]
pub struct Step<T> {
    /// A new row.
    pub insert: Option<Session>,
    /// A row that was there, as it is now.
    pub update: Option<Session>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer. Where it grants a [`Close`], the session's open transactions are closed.
    pub decision: Decision<T>,
}

/// Decides whether a session is registered. Pure: the same input gives the same step.
pub fn open(open: &Open, found: Option<&Session>) -> Step<Session> {
    let (order, key) = (&open.order, open.keys.current());
    let session = Session {
        id: SessionId::of(key, &open.sid),
        key_id: key.id().clone(),
        client: open.client.clone(),
        customer: open.customer.clone(),
        opened: order.stamp(),
        expires_at: order.at + open.lifetime.0,
        closed: None,
    };
    let decision = if found.is_some() { Err(Refusal::Taken) } else { Ok(session.clone()) };
    let insert = decision.as_ref().ok().cloned();
    let audit = Entry {
        customer: found.map_or(&session, |found| found).customer.clone(),
        before: found.map(facts),
        after: insert.as_ref().map(facts),
        ..order.entry("session_open", subject(found.unwrap_or(&session).id), outcome(&decision))
    };
    Step { insert, update: None, audit, decision }
}

/// Decides whether a session is closed. Pure: the same input gives the same step.
pub fn close(close: &Close, known: &Known) -> Step<Closed> {
    let (order, found) = (&close.order, known.session.as_ref());
    let decision = closed(close, known);
    let changed = decision.as_ref().ok().filter(|closed| found.is_none_or(|found| *found != closed.session));
    let after = changed.map(|closed| facts(&closed.session).and("transactionsClosed", closed.transactions_closed));
    let changed = changed.map(|closed| closed.session.clone());
    let (insert, update) = if found.is_some() { (None, changed) } else { (changed, None) };
    let id = decision.as_ref().ok().map(|closed| closed.session.id).or(found.map(|found| found.id));
    let id = id.unwrap_or_else(|| match &close.which {
        Which::Sid { sid, .. } => SessionId::of(close.keys.current(), sid),
        Which::Id(id) => *id,
    });
    let audit = Entry {
        customer: found.and_then(|found| found.customer.clone()),
        before: found.map(facts),
        after,
        ..order.entry("session_close", subject(id), outcome(&decision))
    };
    Step { insert, update, audit, decision }
}

/// The session as it is to be.
fn closed(close: &Close, known: &Known) -> Decision<Closed> {
    let Close { order, keys, which } = close;
    let done = |session| Closed { session, transactions_closed: known.open_transactions };
    if let Some(session) = &known.session {
        if matches!(which, Which::Sid { client, .. } if *client != session.client) {
            return Err(Refusal::Unknown);
        }
        // Closing what is closed changes nothing.
        let closed = session.closed.clone().or(Some(order.stamp()));
        return Ok(done(Session { closed, ..session.clone() }));
    }
    // What was never registered is now, so that later calls in it are told apart.
    let (id, client, key_id) = match (which, &known.transaction) {
        (Which::Sid { sid, client }, _) => {
            let key = keys.current();
            (SessionId::of(key, sid), client.clone(), key.id().clone())
        }
        (Which::Id(id), Some((client, key_id))) => (*id, client.clone(), key_id.clone()),
        (Which::Id(_), None) => return Err(Refusal::Unknown),
    };
    let (opened, expires_at) = (order.stamp(), order.at + Lifetime::MAX.0);
    Ok(done(Session { id, key_id, client, customer: None, closed: Some(opened.clone()), opened, expires_at }))
}

fn outcome<T>(decision: &Decision<T>) -> &'static str {
    decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE)
}

fn subject(id: SessionId) -> String {
    format!("session {id}")
}

fn facts(session: &Session) -> Facts {
    Facts::default()
        .and("client", session.client.as_str())
        .and("state", if session.closed.is_some() { "closed" } else { "open" })
        .and("expiresAt", session.expires_at.to_rfc3339_opts(SecondsFormat::Millis, true))
}
