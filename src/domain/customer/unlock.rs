//! What an operator does for a customer whose wrong codes are used up: the transition function.
//!
//! Only operations for signed-in customers count against a customer, so only their purpose is looked at. What is counted of
//! everybody, of a client address or of an app stays.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::limit::{Kind, Limits, Meter, Metered, Meters, Window};
use crate::domain::operator::Order;
use crate::domain::policy::Purpose;
use crate::domain::version::Versioned;

const SCOPE: &str = Purpose::SecurityQuestions.as_str();

/// The customer's wrong codes in a row: full, they stay so until an operator forgets them.
pub fn streak(id: &CustomerId, limits: &Limits) -> Vec<Meter> {
    let mut meters = Meters::new(limits);
    meters.add(Kind::CustomerStreak, SCOPE, id.as_str());
    meters.all()
}

/// All that counts against a customer's own tries, also for each of the addresses.
pub fn failures(customer: &Customer, limits: &Limits) -> Vec<Meter> {
    let mut meters = Meters::new(limits);
    meters.add(Kind::CustomerStreak, SCOPE, customer.id.as_str());
    meters.add(Kind::CustomerFailures, SCOPE, customer.id.as_str());
    for (_, address) in customer.addresses() {
        meters.add(Kind::DestinationFailures, SCOPE, address.expose());
    }
    meters.all()
}

/// What the store has to write, all of it or nothing, and what the operator is told.
#[derive(Clone, Debug)]
pub struct Unlocking {
    /// Windows as they are now: empty.
    pub windows: Vec<(Meter, Window)>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Result<Versioned<Customer>, Refusal>,
}

/// Decides. `windows` are those of the [`failures`] of the customer who was found, in their order.
pub fn unlock(
    order: &Order,
    id: &CustomerId,
    found: Option<Versioned<Customer>>,
    meters: &[Meter],
    windows: &[Window],
) -> Unlocking {
    let cleared = Metered::new(meters, windows, order.at).cleared(|_| true);
    let decision = match found {
        None => Err(Refusal::Unknown),
        Some(_) if cleared.is_empty() => Err(Refusal::NothingToForget),
        Some(customer) => Ok(customer),
    };
    let in_a_row = meters.iter().zip(windows).find(|(meter, _)| meter.kind == Kind::CustomerStreak);
    let in_a_row = in_a_row.map_or(0, |(meter, window)| window.count(meter.rule, order.at));
    let before = decision.is_ok().then(|| Facts::default().and("failuresInARow", in_a_row));
    let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
    let audit = Entry {
        customer: Some(id.clone()),
        before,
        ..order.entry("customer_unlock", format!("customer {}", id.as_str()), outcome)
    };
    Unlocking { windows: if decision.is_ok() { cleared } else { Vec::new() }, audit, decision }
}
