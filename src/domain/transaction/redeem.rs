//! The proof of a consumed transaction.

use super::trail::facts;
use super::*;
use crate::domain::audit::{DONE, Entry};
use crate::domain::operator::Stamp;
use crate::domain::redeem::{Refusal, ripe};

/// What the back end takes a transaction for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The application that opened it.
    pub client: ClientId,
    /// Whose it is.
    pub customer: CustomerId,
}

/// What the store has to write, and what the asker is told.
#[derive(Clone, Debug)]
pub struct Redeeming {
    /// To whom the proof goes, if there is one. Nobody had it before, or the store undoes the step.
    pub write: Option<Stamp>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The transaction with the details that the code was for, which is the proof that it came.
    pub decision: Result<Sight, Refusal>,
}

/// Decides. `redeemed` says who has had the proof before. Pure: the same input gives the same step.
pub fn redeem(
    order: &Order,
    expected: &Expected,
    transaction: Option<&Transaction>,
    redeemed: Option<&Stamp>,
) -> Redeeming {
    let proof = |transaction: &Transaction| prove(order, expected, transaction, redeemed);
    let decision = transaction.ok_or(Refusal::Unknown).and_then(proof);
    let write = decision.as_ref().ok().and_then(|proof| proof.redeemed.clone());
    let by = |stamp: Option<&Stamp>| stamp.map(|stamp| stamp.by.as_str().to_owned());
    let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
    let subject = transaction.map_or_else(|| "transaction".to_owned(), |found| format!("transaction {}", found.id));
    let after = transaction.filter(|_| write.is_some());
    let audit = Entry {
        customer: transaction.map(|transaction| transaction.holder.customer.clone()),
        before: transaction.map(|transaction| facts(transaction).and_if("redeemedBy", by(redeemed))),
        after: after.map(|transaction| facts(transaction).and_if("redeemedBy", by(write.as_ref()))),
        counted: transaction.is_none(),
        ..order.entry("transaction_redeem", subject, outcome)
    };
    Redeeming { write, audit, decision }
}

fn prove(
    order: &Order,
    expected: &Expected,
    transaction: &Transaction,
    redeemed: Option<&Stamp>,
) -> Result<Sight, Refusal> {
    if transaction.client != expected.client || transaction.holder.customer != expected.customer {
        return Err(Refusal::Foreign);
    }
    let consumed_at = match transaction.state {
        State::Consumed { at } => Some(at),
        State::Open | State::Locked { .. } | State::Closed { .. } => None,
    };
    ripe(consumed_at, redeemed, order.at)?;
    Ok(Sight::of(transaction, Some(order.stamp()), order.at))
}
