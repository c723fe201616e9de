//! The first operator, who can make the others: made while no server runs, by whoever may read the server's keys.

use super::open;
use crate::config::Config;
use crate::domain::client::LabelError;
use crate::domain::flow::{Secret, Timestamp};
use crate::domain::operator::{Actor, Credential, Order, Refusal, Scope};
use crate::domain::ports::{OperatorStore, Random, StoreError};
use crate::server::offline::OfflineError;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

/// The scopes there are, by name.
pub const SCOPES: [&str; 5] = ["read", "enrol", "unlock", "redeem", "admin"];

/// Why no operator was made.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The data file cannot be used.
    #[error(transparent)]
    Offline(#[from] OfflineError<Infallible>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not a name.
    #[error("{what}: {problem}")]
    Name {
        /// Whose.
        what: &'static str,
        /// What is wrong with it.
        problem: LabelError,
    },
    /// Not a scope, or none at all.
    #[error("scopes: give one or more of {}", SCOPES.join(", "))]
    Scopes,
    /// There is one already.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Makes an operator. Returns the credential, which cannot be had again.
pub async fn create_operator(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    by: &str,
    name: &str,
    scopes: &[&str],
) -> Result<Secret, OperatorError> {
    let actor = |what, text| Actor::parse(text).map_err(|problem| OperatorError::Name { what, problem });
    let (order, name) = (Order::offline(actor("who", by)?, now), actor("operator", name)?);
    let scopes: Option<BTreeSet<_>> = scopes.iter().map(|text| Scope::parse(text)).collect();
    let scopes = scopes.filter(|scopes| !scopes.is_empty()).ok_or(OperatorError::Scopes)?;
    let credential = Credential::random(&*random);
    let secret = Secret::new(credential.expose());
    let store = open::<Infallible>(config, random, now)?;
    store.create_operator(order, None, name, scopes, credential).await??;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_named() {
        assert_eq!(SCOPES, Scope::ALL.map(Scope::as_str));
    }
}
