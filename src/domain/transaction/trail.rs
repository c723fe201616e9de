//! What the audit trail says of a step of a transaction.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts, Source};

/// A step in the making: taken before it is decided, because deciding uses up what was loaded.
pub struct Trail {
    before: Option<Facts>,
    holder: Option<TokenHolder>,
}

impl Trail {
    /// Of the transaction that a command names, if there is one.
    pub fn of(transaction: Option<&Transaction>) -> Self {
        Self { before: transaction.map(facts), holder: transaction.map(|transaction| transaction.holder.clone()) }
    }

    /// The entry of the step.
    pub fn entry(self, command: &Command, step: &Step) -> Entry {
        let (action, client) = match &command.action {
            Action::Open(request) => ("challenge_retrieve", &request.client),
            Action::Validate(request) => ("challenge_validate", &request.client),
            Action::Close(_, order) => return self.ordered(order, "transaction_close", command, step),
        };
        self.told(command, step, |subject, outcome| Entry {
            at: command.at,
            source: Source::Bne,
            actor: Some(client.as_str().to_owned()),
            action,
            subject,
            customer: None,
            outcome,
            before: None,
            after: None,
            request_id: None,
            counted: false,
        })
    }

    /// The entry of a step that an operator asked for.
    pub fn ordered(self, order: &Order, action: &'static str, command: &Command, step: &Step) -> Entry {
        self.told(command, step, |subject, outcome| order.entry(action, subject, outcome))
    }

    fn told(self, command: &Command, step: &Step, entry: impl FnOnce(String, &'static str) -> Entry) -> Entry {
        let (id, holder) = match &command.action {
            Action::Open(request) => (request.id, Some(request.holder.clone())),
            Action::Validate(request) => (request.id, self.holder),
            Action::Close(id, _) => (*id, self.holder),
        };
        // Whoever names no transaction of theirs may go on doing so without end; so may one who asks for nobody.
        let counted = matches!(step.decision, Err(Refusal::NotFound | Refusal::Throttled { .. }));
        let named = !counted && (self.before.is_some() || step.insert.is_some());
        let subject = if named { format!("transaction {id}") } else { "transaction".to_owned() };
        let token = step.token.as_ref().map(|token| token.life.as_str());
        let after = step.insert.as_ref().or(step.update.as_ref());
        Entry {
            customer: holder.filter(|_| !counted).map(|holder| holder.customer),
            before: self.before.filter(|_| !counted),
            after: after.map(|transaction| facts(transaction).and_if("tokenState", token)),
            counted,
            ..entry(subject, outcome(&step.decision))
        }
    }
}

fn outcome(decision: &Decision) -> &'static str {
    match decision {
        Ok(_) => DONE,
        Err(Refusal::NotFound) => "not found",
        Err(Refusal::Over) => "over",
        Err(Refusal::Throttled { .. }) => "throttled",
        Err(Refusal::Mismatch) => "repeat of another request",
        Err(Refusal::BusinessFailed(reason)) => reason.outcome(),
    }
}

pub(super) fn facts(transaction: &Transaction) -> Facts {
    let state = match transaction.state {
        State::Open => "open",
        State::Consumed { .. } => "consumed",
        State::Locked { .. } => "locked",
        State::Closed { .. } => "closed",
    };
    Facts::default()
        .and("kind", transaction.subject.kind().as_str())
        .and("state", state)
        .and("failedAttempts", transaction.failed_attempts)
        .and("token", transaction.token)
}

impl Reason {
    /// What the trail calls it.
    fn outcome(&self) -> &'static str {
        match self {
            Self::NoSigningToken => "no signing token",
            Self::AttemptsUsedUp => "attempts used up",
            Self::Token(unusable) => unusable.outcome(),
            Self::WrongCode => "wrong code",
            Self::ChallengeBurnt => "challenge burnt",
        }
    }
}
