//! What a development server, or one that is measured, begins with besides its customers.

use super::{OfflineError, open};
use crate::config::Config;
use crate::domain::audit::Entry;
use crate::domain::client::{self, Client};
use crate::domain::desk::ports::ClientDesk;
use crate::domain::flow::{self, Action, Command, Flow, Timestamp};
use crate::domain::keys::KeyId;
use crate::domain::operator::{self, Actor, Credential, CredentialDigest, Order, Scope};
use crate::domain::ports::{
    ClientStore, Clock, FlowStore, OperatorStore, Random, SerialTaken, StoreError, TokenStore, TrailKeeper,
};
use crate::domain::token::Token;
use crate::domain::version::Seen;
use crate::server::settings::Settings;
use futures::future::try_join_all;
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
    /// A flow was not opened.
    #[error("a flow was not opened: {0:?}")]
    Flow(flow::Refusal),
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

/// Steps that wait together, so that they share a commit: not more than the store takes into one.
const TOGETHER: usize = 250;

/// Writes entries of the audit trail. `progress` hears how many more are written.
pub(crate) async fn entries(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    entries: impl Iterator<Item = Entry>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(), FurnishError> {
    let store = open::<Infallible>(config, random, now)?;
    together(entries, progress, async |entry| Ok(store.record(entry).await?)).await
}

/// Opens flows under the current key, each at its own time. `progress` hears how many more are open.
pub(crate) async fn flows(
    config: &Config,
    random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
    flows: impl Iterator<Item = impl FnOnce(KeyId) -> Flow>,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(), FurnishError> {
    let rules = Settings::new(config, clock.clone()).map_err(OfflineError::Config)?.rules;
    let store = open::<Infallible>(config, random, clock.now())?;
    let open = async |flow: Flow| {
        let command = Command { at: flow.opened_at, action: Action::Open(Box::new(flow), None), rules: rules.clone() };
        store.apply(command).await?.map(drop).map_err(FurnishError::Flow)
    };
    together(flows.map(|flow| flow(rules.keys.current().id().clone())), progress, open).await
}

/// Takes the steps in groups, each of which shares a commit or few. `progress` hears how many more are done.
async fn together<T>(
    all: impl Iterator<Item = T>,
    progress: &(dyn Fn(usize) + Sync),
    step: impl AsyncFn(T) -> Result<(), FurnishError>,
) -> Result<(), FurnishError> {
    let mut all = all.peekable();
    while all.peek().is_some() {
        let some = all.by_ref().take(TOGETHER).map(|one| step(one));
        progress(try_join_all(some).await?.len());
    }
    Ok(())
}
