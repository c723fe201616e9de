//! What an operator does to a registration: the transition function.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::operator::Order;
use crate::domain::version::{Outdated, Seen, Versioned};

/// Something to be done to one registration.
#[derive(Clone, Debug)]
pub struct Change {
    /// On whose behalf, and when.
    pub order: Order,
    /// What the operator has seen of the registration.
    pub seen: Seen,
    /// What.
    pub action: Action,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Action {
    /// Write all of a registration, which is there or not.
    Put(Client),
    /// Take an application out of the register.
    Delete(ClientId),
}

impl Action {
    /// Which application it is done to.
    pub fn client(&self) -> &ClientId {
        match self {
            Self::Put(client) => &client.id,
            Self::Delete(id) => id,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Put(_) => "client_put",
            Self::Delete(_) => "client_delete",
        }
    }
}

/// Why a registration stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such application.
    #[error("there is no such application")]
    Unknown,
    /// The registration is not as the operator has seen it.
    #[error(transparent)]
    Outdated(#[from] Outdated),
}

impl Refusal {
    fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Outdated(outdated) => outdated.outcome(),
        }
    }
}

/// The registration as it is now; `None` if it is gone.
pub type Decision = Result<Option<Versioned<Client>>, Refusal>;

/// What the store has to write, all of it or nothing, and what the operator is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The registration as it is now, if it changed.
    pub write: Option<Versioned<Client>>,
    /// Whether the registration goes. The application's open transactions are closed then: whoever registers the same
    /// id again finds nothing of them.
    pub delete: bool,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Decision,
}

/// Decides. Pure: the same input gives the same step.
pub fn step(change: &Change, found: Option<&Versioned<Client>>) -> Step {
    let Change { order, seen, action } = change;
    let version = found.map(|found| found.version);
    let decision = match (action, version) {
        (Action::Delete(_), None) => Err(Refusal::Unknown),
        (Action::Delete(_), _) => seen.fits(version).map(|()| None).map_err(Refusal::from),
        (Action::Put(client), _) => {
            let put = |()| Some(Versioned::after(found, client.clone(), order.at));
            seen.fits(version).map(put).map_err(Refusal::from)
        }
    };
    let (write, delete) = match &decision {
        Ok(Some(client)) => (Some(client.clone()), false),
        Ok(None) => (None, true),
        Err(_) => (None, false),
    };
    let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
    let audit = Entry {
        before: found.map(facts),
        after: write.as_ref().map(facts),
        ..order.entry(action.name(), format!("client {}", action.client().as_str()), outcome)
    };
    Step { write, delete, audit, decision }
}

fn facts(kept: &Versioned<Client>) -> Facts {
    fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
        texts.collect::<Vec<_>>().join(" ")
    }
    let Client { countries, businesses, channels, .. } = &kept.it;
    Facts::default()
        .and("countries", list(countries.iter().map(Country::as_str)))
        .and("businesses", list(businesses.iter().map(Business::as_str)))
        .and("channels", list(channels.iter().map(Origin::as_str)))
        .and("version", kept.version)
}
