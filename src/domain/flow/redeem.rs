//! The proof of a verified flow.

use super::trail::facts;
use super::*;
use crate::domain::audit::{DONE, Entry};
use crate::domain::operator::{Order, Stamp};
use crate::domain::redeem::{Refusal, ripe};

/// What the back end takes a flow for. All that is given must be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    purpose: Purpose,
    customer: Option<CustomerId>,
    phone: Option<PhoneNumber>,
}

/// Too little is expected: any customer's flow would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpectedError {
    /// Before login.
    #[error("before login there is no customer: say which phone is expected")]
    Phone,
    /// With security questions.
    #[error("say which customer is expected")]
    Customer,
}

impl Expected {
    /// Before login the phone is needed, with security questions the customer.
    pub fn new(
        purpose: Purpose,
        customer: Option<CustomerId>,
        phone: Option<PhoneNumber>,
    ) -> Result<Self, ExpectedError> {
        match purpose {
            Purpose::PreLogin if phone.is_none() => Err(ExpectedError::Phone),
            Purpose::SecurityQuestions if customer.is_none() => Err(ExpectedError::Customer),
            _ => Ok(Self { purpose, customer, phone }),
        }
    }
}

/// What the store has to write, and what the asker is told.
#[derive(Clone, Debug)]
pub struct Redeeming {
    /// To whom the proof goes, if there is one. Nobody had it before, or the store undoes the step.
    pub write: Option<Stamp>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The flow, which is the proof that its right code came.
    pub decision: Result<Sight, Refusal>,
}

/// Decides. `redeemed` says who has had the proof before. Pure: the same input gives the same step.
pub fn redeem(order: &Order, expected: &Expected, flow: Option<&Flow>, redeemed: Option<&Stamp>) -> Redeeming {
    let decision = flow.ok_or(Refusal::Unknown).and_then(|flow| prove(order, expected, flow, redeemed));
    let write = decision.as_ref().ok().and_then(|proof| proof.redeemed.clone());
    let by = |stamp: Option<&Stamp>| stamp.map(|stamp| stamp.by.as_str().to_owned());
    let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
    let subject = flow.map_or_else(|| "flow".to_owned(), |flow| format!("flow {}", flow.id));
    let audit = Entry {
        customer: flow.and_then(|flow| flow.holder.as_ref()).map(|holder| holder.customer.clone()),
        before: flow.map(|flow| facts(flow).and_if("redeemedBy", by(redeemed))),
        after: flow.filter(|_| write.is_some()).map(|flow| facts(flow).and_if("redeemedBy", by(write.as_ref()))),
        counted: flow.is_none(),
        ..order.entry("flow_redeem", subject, outcome)
    };
    Redeeming { write, audit, decision }
}

fn prove(order: &Order, expected: &Expected, flow: &Flow, redeemed: Option<&Stamp>) -> Result<Sight, Refusal> {
    let customer = flow.holder.as_ref().map(|holder| &holder.customer);
    if flow.purpose != expected.purpose || (expected.customer.is_some() && expected.customer.as_ref() != customer) {
        return Err(Refusal::Foreign);
    }
    let (verified_at, chosen) = match &flow.state {
        State::Verified { at, chosen } => (Some(*at), chosen.as_slice()),
        State::Started | State::Sent(_) | State::Locked { .. } => (None, [].as_slice()),
    };
    ripe(verified_at, redeemed, order.at)?;
    let went_to = |phone: &PhoneNumber| {
        let mut recipients = chosen.iter().filter_map(|n| flow.recipients.get(*n));
        recipients.any(|recipient| recipient.address == Address::Phone(phone.clone()))
    };
    if !expected.phone.as_ref().is_none_or(went_to) {
        return Err(Refusal::Foreign);
    }
    Ok(Sight::of(flow, true, Some(order.stamp()), order.at))
}
