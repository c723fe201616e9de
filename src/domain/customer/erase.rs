//! Erasure: nothing that names the customer is left but a pseudonym in the audit trail.

use super::CustomerId;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::operator::Order;
use crate::domain::token::{Life, Token};

/// How much there was of an erased customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Phones and e-mail addresses.
    pub addresses: u64,
    /// Flows, with their messages; open ones have ended.
    pub flows: u64,
    /// Transactions; open ones have ended.
    pub transactions: u64,
    /// Registered sessions; open ones have ended.
    pub sessions: u64,
    /// Tokens, which have no holder any more.
    pub tokens: u64,
}

/// The entry of an erasure. It is the last one that is written with the customer's audit key, which goes with it.
pub fn erased(order: &Order, id: &CustomerId, erased: &Erased) -> Entry {
    let Erased { addresses, flows, transactions, sessions, tokens } = erased;
    let facts = Facts::default().and("addresses_erased", addresses).and("flows_erased", flows);
    let facts = facts.and("transactions_erased", transactions).and("sessions_erased", sessions);
    let after = Some(facts.and("tokens_taken_back", tokens));
    Entry {
        customer: Some(id.clone()),
        after,
        ..order.entry("customer_erase", format!("customer {}", id.as_str()), DONE)
    }
}

/// A token once its holder is erased: in stock again or, if it was revoked, still that; in nobody's hands.
pub fn taken_back(order: &Order, token: Token) -> Token {
    let life = match token.life {
        Life::Revoked { since, .. } => Life::Revoked { last: None, since },
        Life::Imported { .. } | Life::Assigned(_) | Life::Active { .. } | Life::Locked { .. } => {
            Life::Imported { since: order.stamp() }
        }
    };
    Token { life, version: token.version + 1, ..token }
}
