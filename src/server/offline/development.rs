//! What a development server begins with besides its customers.

use super::{OfflineError, open};
use crate::config::Config;
use crate::domain::client::{self, Client};
use crate::domain::desk::ports::ClientDesk;
use crate::domain::flow::Timestamp;
use crate::domain::operator::{self, Actor, Credential, CredentialDigest, Order, Scope};
use crate::domain::ports::{ClientStore, OperatorStore, Random, SerialTaken, StoreError, TokenStore};
use crate::domain::token::Token;
use crate::domain::version::Seen;
use std::convert::Infallible;
use std::sync::Arc;

/// Why something was not put into the data file.
#[derive(Debug, thiserror::Error)]
pub enum FurnishError {
    /// The data file cannot be used.
    #[error(transparent)]
    Offline(#[from] OfflineError<Infallible>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A token of this serial number is there, and another one.
    #[error(transparent)]
    Token(#[from] SerialTaken),
    /// The client's registration was not written.
    #[error(transparent)]
    Client(#[from] client::Refusal),
    /// The operator was not made.
    #[error(transparent)]
    Operator(#[from] operator::Refusal),
}

/// Makes an operator who may do everything, with a credential that was drawn before; one who has it is left as it is.
pub(crate) async fn operator(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    name: Actor,
    credential: Credential,
) -> Result<(), FurnishError> {
    let store = open::<Infallible>(config, random, now)?;
    if store.operator(CredentialDigest::of(credential.expose())).await?.is_none() {
        let order = Order::offline(Actor::server(), now);
        store.create_operator(order, None, name, [Scope::Admin].into(), credential).await??;
    }
    Ok(())
}

/// Adds tokens, and a client unless it is registered already. Tokens that are there stay as they are.
pub(crate) async fn tokens_and_client(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    tokens: Vec<Token>,
    client: Client,
) -> Result<(), FurnishError> {
    let (store, order) = (open::<Infallible>(config, random, now)?, Order::offline(Actor::server(), now));
    store.add_tokens(order.clone(), tokens).await??;
    if store.client(&client.id).await?.is_none() {
        let action = client::Action::Put(client);
        store.change_client(client::Change { order, seen: Seen::Whatever, action }).await??;
    }
    Ok(())
}
