//! What the bank's back office can ask for: the verbs of the operator API, one file for each noun.
//!
//! A verb that changes something takes an [`Order`] and is one atomic step of the store, which writes the change and its
//! entry in the audit trail together; a change that is refused leaves an entry, too. Whether the one who asks may do so was
//! decided before: by scope, at the door.

mod audit;
mod clients;
mod customers;
mod deliveries;
mod flows;
mod imports;
mod keys;
mod operators;
pub mod ports;
mod prefixes;
mod sessions;
mod tokens;
pub mod transactions;

use super::flow::Timestamp;
use super::operator::{Actor, Order};
use super::page::{Paging, Place};
use super::ports::{Clock, Random, StoreError, Wake};
use super::transaction::Rules;
use super::version::Outdated;
use chrono::SubsecRound;
use ports::DeskStore;
use std::sync::Arc;

pub use transactions::Opening;

/// The verbs, over their ports.
pub struct Desk {
    /// Keeps everything.
    pub store: Arc<dyn DeskStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids, credentials and seeds.
    pub random: Arc<dyn Random>,
    /// The server keys, and the policies of transactions and tokens.
    pub rules: Arc<Rules>,
    /// Carries out rotations of the server keys.
    pub rotations: Arc<dyn Wake>,
}

/// The most items of one page of a list.
pub const PAGE_MAX: u32 = 200;

/// Why a verb was not done. Sentences are for the operator; they hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is none.
    #[error("there is no such thing")]
    NotFound,
    /// It stands in a way that does not allow it. Says how.
    #[error("{0}")]
    Conflict(String),
    /// It has changed since the operator looked at it.
    #[error("it was changed: it has version {version} now")]
    Stale {
        /// The version it has now.
        version: u64,
    },
    /// It is not there any more, but the operator has looked at it.
    #[error("it is not there any more")]
    Gone,
    /// It is there, and a change must say which version it is made to.
    #[error("it is there: say which version is to be changed, it has version {version} now")]
    PreconditionRequired {
        /// The version it has now.
        version: u64,
    },
    /// A code is wrong, or the proof is not for this caller. Says what.
    #[error("{0}")]
    Refused(String),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used for another request")]
    Mismatch,
    /// Something of the call does not fit, which the shape of the call cannot say.
    #[error("{location}: {problem}")]
    Malformed {
        /// Which parameter or property.
        location: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// There was no decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// A state that does not allow it, in a sentence.
    pub fn conflict(problem: impl ToString) -> Self {
        Self::Conflict(problem.to_string())
    }
}

impl From<Outdated> for Failure {
    fn from(outdated: Outdated) -> Self {
        match outdated {
            Outdated::Stale { version } => Self::Stale { version },
            Outdated::Unseen { version } => Self::PreconditionRequired { version },
            Outdated::Gone => Self::Gone,
        }
    }
}

impl Desk {
    /// The order of an operator's call.
    pub fn order(&self, by: Actor, request_id: &str) -> Order {
        Order { at: self.now(), by, request_id: Some(request_id.to_owned()) }
    }

    /// The time, as the store keeps it: a step must see what the next one will read.
    fn now(&self) -> Timestamp {
        self.clock.now().trunc_subsecs(3)
    }
}

/// The same part of a list, within bounds.
fn bounded(paging: Paging) -> Paging {
    Paging { limit: paging.limit.clamp(1, PAGE_MAX), ..paging }
}

/// Where a list that begins with the newest goes on.
fn place(behind: Option<String>) -> Result<Option<Place>, Failure> {
    let not_ours = || Failure::Malformed { location: "pageToken", problem: "is none of this list".to_owned() };
    behind.map(|key| Place::parse(&key).ok_or_else(not_ours)).transpose()
}
