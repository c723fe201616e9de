//! What an operator does to a customer: the transition function.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::operator::Order;
use crate::domain::version::{Outdated, Seen, Versioned};

/// Something to be done to one customer.
#[derive(Clone, Debug)]
pub struct Change {
    /// On whose behalf, and when.
    pub order: Order,
    /// What the operator has seen of the customer.
    pub seen: Seen,
    /// What.
    pub action: Action,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Action {
    /// Write all of a customer, who is there or not.
    Put(Customer),
    /// Remove a customer.
    Delete(CustomerId),
    /// Give a customer one more address.
    AddAddress {
        /// The customer.
        customer: CustomerId,
        /// The address.
        address: Address,
        /// Whether it comes before the others of its kind, not behind them.
        primary: bool,
    },
    /// Take an address from a customer.
    RemoveAddress {
        /// The customer.
        customer: CustomerId,
        /// The address.
        address: AddressId,
    },
}

impl Action {
    /// Whom it is done to.
    pub fn customer(&self) -> &CustomerId {
        match self {
            Self::Put(customer) => &customer.id,
            Self::Delete(id) => id,
            Self::AddAddress { customer, .. } | Self::RemoveAddress { customer, .. } => customer,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Put(_) => "customer_put",
            Self::Delete(_) => "customer_delete",
            Self::AddAddress { .. } => "address_add",
            Self::RemoveAddress { .. } => "address_remove",
        }
    }
}

/// Why a customer stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such customer.
    #[error("there is no such customer")]
    Unknown,
    /// The customer is not as the operator has seen it.
    #[error(transparent)]
    Outdated(#[from] Outdated),
    /// The customer has no address of this name.
    #[error("the customer has no such address")]
    NoSuchAddress,
    /// It is the customer's already.
    #[error("the customer has this address already")]
    AddressTaken,
    /// On `customer_unlock`: no wrong code counts against the customer.
    #[error("no wrong code counts against the customer")]
    NothingToForget,
    /// There are [`Customer::ADDRESSES_MAX`].
    #[error("the customer has {max} addresses of this kind already", max = Customer::ADDRESSES_MAX)]
    AddressesFull,
}

impl Refusal {
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Outdated(outdated) => outdated.outcome(),
            Self::NoSuchAddress => "no such address",
            Self::NothingToForget => "nothing to forget",
            Self::AddressTaken => "address taken",
            Self::AddressesFull => "addresses full",
        }
    }
}

/// The customer as it is now; `None` if it is gone.
pub type Decision = Result<Option<Versioned<Customer>>, Refusal>;

/// What the store has to write, all of it or nothing, and what the operator is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The customer as it is now, if it changed.
    pub write: Option<Versioned<Customer>>,
    /// Whether the customer goes.
    pub delete: bool,
    /// Whether open flows of the customer end: they keep the addresses they were opened with, and a phone that was
    /// reported stolen must get no code any more, nor be of use for one it has got.
    pub end_flows: bool,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Decision,
}

/// Decides. Pure: the same input gives the same step.
pub fn step(change: &Change, found: Option<&Versioned<Customer>>) -> Step {
    let Change { order, seen, action } = change;
    let decision =
        decide(action, *seen, found).map(|customer| customer.map(|it| Versioned::after(found, it, order.at)));
    let (write, delete) = match &decision {
        Ok(Some(customer)) => (Some(customer.clone()), false),
        Ok(None) => (None, true),
        Err(_) => (None, false),
    };
    let lost = |after: &Versioned<Customer>| found.is_some_and(|before| before.it.has_more_than(&after.it));
    let (id, outcome) = (action.customer(), decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE));
    let audit = Entry {
        customer: Some(id.clone()),
        before: found.map(facts),
        after: write.as_ref().map(facts),
        ..order.entry(action.name(), format!("customer {}", id.as_str()), outcome)
    };
    Step { end_flows: delete || write.as_ref().is_some_and(lost), write, delete, audit, decision }
}

/// The customer as it is to be; `None` if it is to go.
fn decide(action: &Action, seen: Seen, found: Option<&Versioned<Customer>>) -> Result<Option<Customer>, Refusal> {
    if let Action::Put(customer) = action {
        seen.fits(found.map(|found| found.version))?;
        return Ok(Some(customer.clone()));
    }
    let Versioned { it, version, .. } = found.ok_or(Refusal::Unknown)?;
    seen.fits(Some(*version))?;
    let mut customer = it.clone();
    match action {
        Action::Put(_) | Action::Delete(_) => return Ok(None),
        Action::AddAddress { address: Address::Phone(phone), primary, .. } => {
            add(&mut customer.phones, phone, *primary)?;
        }
        Action::AddAddress { address: Address::Email(email), primary, .. } => {
            add(&mut customer.emails, email, *primary)?;
        }
        Action::RemoveAddress { address: AddressId { channel: Channel::Sms, position }, .. } => {
            remove(&mut customer.phones, *position)?;
        }
        Action::RemoveAddress { address: AddressId { channel: Channel::Email, position }, .. } => {
            remove(&mut customer.emails, *position)?;
        }
    }
    Ok(Some(customer))
}

fn add<T: Clone + PartialEq>(list: &mut Vec<T>, address: &T, primary: bool) -> Result<(), Refusal> {
    if list.contains(address) {
        return Err(Refusal::AddressTaken);
    }
    if list.len() >= Customer::ADDRESSES_MAX {
        return Err(Refusal::AddressesFull);
    }
    list.insert(if primary { 0 } else { list.len() }, address.clone());
    Ok(())
}

fn remove<T>(list: &mut Vec<T>, position: usize) -> Result<(), Refusal> {
    if position >= list.len() {
        return Err(Refusal::NoSuchAddress);
    }
    list.remove(position);
    Ok(())
}

fn facts(kept: &Versioned<Customer>) -> Facts {
    let Customer { language, phones, emails, .. } = &kept.it;
    let masked: Vec<_> = kept.it.addresses().map(|(_, address)| address.masked()).collect();
    Facts::default()
        .and("language", language.as_str())
        .and("phones", phones.len())
        .and("emails", emails.len())
        .and_personal("addresses", Some(masked.join(" ")))
        .and("version", kept.version)
}
