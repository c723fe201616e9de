//! What the domain asks of the world. Implemented in `store`, `delivery`, `worker` and `server`.

use super::audit::chain::Position;
use super::audit::checkpoint::Running;
use super::audit::{Entry, Filter, Recorded};
use super::client::{Client, ClientId};
use super::customer::{Customer, CustomerId, Language};
use super::flow::{Command, Decision, Dispatch, FlowId, SendId, Timestamp};
use super::operator::{self, Actor, Credential, CredentialDigest, Made, Operator, Order, Repeatable, Scope};
use super::page::{Page, Paging};
use super::passcode::Passcode;
use super::prefix::Shift;
use super::recipient::{Address, Channel};
use super::token::{self, Serial, Token, TokenHolder, TokenId};
use super::transaction::{self, Transaction, TransactionId};
use async_trait::async_trait;
use futures::future::BoxFuture;
use std::collections::{BTreeSet, HashSet};
use std::error::Error;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Makes randomness fit for keys.
pub trait Random: Send + Sync + 'static {
    /// Fills the slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// Why the store did not do a step. Nothing of the step has happened, or (for `Unavailable`) nobody was told of it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, full, shutting down or out of reach; the same call may work later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Our own data does not read back.
    #[error("bad data in {table}.{column}, row {row}: {problem}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key, never a secret.
        row: String,
        /// What is wrong, without the value.
        problem: String,
    },
    /// The engine refused a statement.
    #[error("the store failed")]
    Engine(#[source] Box<dyn Error + Send + Sync>),
}

/// A send without an outcome, or [`StoreError::Corrupt`].
pub type Pending = Result<Dispatch, StoreError>;

/// How many phone prefixes are held back, purpose by purpose but for those that are blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrefixesHeld {
    /// Few sends go out to them.
    pub slowed: u64,
    /// None does.
    pub stopped: u64,
    /// Operators have blocked them.
    pub blocked: u64,
}

/// Tells operators of phone prefixes that are slowed or stopped, or open again.
pub trait PrefixAlarm: Send + Sync + 'static {
    /// A prefix has changed its state; it is durable.
    fn shifted(&self, shift: &Shift);
}

/// Keeps flows, daily counts, phone prefixes and the outbox.
#[async_trait]
pub trait FlowStore: Send + Sync + 'static {
    /// One atomic step: loads what the command needs, lets [`super::flow::step`] decide, writes what it says. The
    /// decision is returned after it is durable.
    async fn apply(&self, command: Command) -> Result<Decision, StoreError>;

    /// Sends that a server has recorded, or taken, no later than `before` and whose outcome never was, oldest first, at most
    /// `limit`: what a crash or a lost task left behind. One that does not read back stands there as its error, so that the others
    /// can be sent.
    async fn dispatches_pending(&self, before: Timestamp, limit: usize) -> Result<Vec<Pending>, StoreError>;

    /// One atomic step: takes it upon this server to carry out such a send. `false` if another server has, or if it has its
    /// outcome by now.
    async fn take_dispatch(&self, send: &Dispatch, before: Timestamp, now: Timestamp) -> Result<bool, StoreError>;

    /// Where rows are kept by the day they began on: makes room for the days to come, and drops each day of which nothing is
    /// wanted any more, of flows that ended before `flows` and messages that were recorded before `messages`. Such rows are not
    /// for [`purge`](Self::purge) and [`forget`](Self::forget) to delete. Returns how many tables went. Also fails if somebody has
    /// to be waited for: a later call tries again.
    async fn keep_days(&self, flows: Timestamp, messages: Timestamp, now: Timestamp) -> Result<usize, StoreError>;

    /// Deletes flows that ended before `before`, with their outbox rows, transactions that ended before it, daily counts of
    /// days before it, and flows that ended before `unsent_before` without a code; at most `limit` rows a call, found by
    /// index. Returns how many. So it does with phone prefixes that are calm by `unsent_before`, with sessions that expired before `before`, with calls that are too old at
    /// `unsent_before` to be repeated, and with what cancelled imports have left; an import that is left alone for too long
    /// by then is cancelled.
    async fn purge(&self, before: Timestamp, unsent_before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Deletes messages with an outcome that were recorded before `messages`, and overwrites the addresses of flows that
    /// ended, and of messages with an outcome that were recorded, before `addresses`; at most `limit` rows in all. Returns
    /// how many. Also fails if that is done but somebody can still read it as it was: a later call tries again.
    async fn forget(&self, messages: Timestamp, addresses: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// How many phone prefixes are held back at `now`.
    async fn prefixes_held(&self, now: Timestamp) -> Result<PrefixesHeld, StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Keeps customers.
#[async_trait]
pub trait CustomerStore: Send + Sync + 'static {
    /// The customer of this id.
    async fn customer(&self, id: &CustomerId) -> Result<Option<Customer>, StoreError>;
}

/// Keeps the transactions of the BNE family.
#[async_trait]
pub trait TransactionStore: Send + Sync + 'static {
    /// One atomic step: loads what the command needs, lets [`super::transaction::step`] decide, writes what it says to
    /// the transaction **and** its token. The decision is returned after it is durable.
    async fn transact(&self, command: transaction::Command) -> Result<transaction::Decision, StoreError>;

    /// The transaction of this id, unless it has expired by `now`.
    async fn transaction(&self, id: TransactionId, now: Timestamp) -> Result<Option<Transaction>, StoreError>;
}

/// What adding tokens did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokensAdded {
    /// Tokens that were not there before.
    pub added: u64,
    /// Tokens that were there already and make the same codes: nothing about them has changed.
    pub unchanged: u64,
}

/// A token of this serial number is there already, and this cannot be another one or the same: of this manufacturer, with
/// other codes, or of another manufacturer, with this very seed. Nothing was added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "token {} is there already, with another seed, another way of computing, or this seed under another manufacturer",
    .0.as_str()
)]
pub struct SerialTaken(pub Serial);

/// Keeps tokens.
#[async_trait]
pub trait TokenStore: Send + Sync + 'static {
    /// One atomic step: loads the token, lets [`super::token::step`] decide, writes what it says. The decision is
    /// returned after it is durable.
    async fn change_token(&self, id: TokenId, command: token::Command) -> Result<token::Decision, StoreError>;

    /// Adds tokens, all of them or none.
    async fn add_tokens(
        &self,
        order: Order,
        tokens: Vec<Token>,
    ) -> Result<Result<TokensAdded, SerialTaken>, StoreError>;

    /// The token of this id, unless its import is not over.
    async fn token(&self, id: TokenId) -> Result<Option<Token>, StoreError>;

    /// The tokens in a holder's hands, the one given last first.
    async fn tokens_of_holder(&self, holder: &TokenHolder) -> Result<Vec<Token>, StoreError>;
}

/// Keeps the registrations of the applications that may call.
#[async_trait]
pub trait ClientStore: Send + Sync + 'static {
    /// The registration of this id.
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError>;
}

/// Keeps operators.
#[async_trait]
pub trait OperatorStore: Send + Sync + 'static {
    /// The operator of a credential, unless it is revoked.
    async fn operator(&self, credential: CredentialDigest) -> Result<Option<Operator>, StoreError>;

    /// The operator of this name, a revoked one too.
    async fn operator_named(&self, name: &Actor) -> Result<Option<Operator>, StoreError>;

    /// Operators in the order of their names, revoked ones too.
    async fn operators(&self, paging: Paging) -> Result<Page<Operator>, StoreError>;

    /// One atomic step: makes an operator, unless the call repeats one that did.
    async fn create_operator(
        &self,
        order: Order,
        call: Option<Repeatable>,
        name: Actor,
        scopes: BTreeSet<Scope>,
        credential: Credential,
    ) -> Result<Result<Made<Operator>, operator::Refusal>, StoreError>;

    /// One atomic step: puts an operator out of use for good.
    async fn revoke_operator(
        &self,
        order: Order,
        name: Actor,
    ) -> Result<Result<Operator, operator::Refusal>, StoreError>;
}

/// Shows the audit trail. It is written by every step of the other stores.
#[async_trait]
pub trait AuditStore: Send + Sync + 'static {
    /// The entries that a filter asks for.
    async fn audit(&self, filter: Filter) -> Result<Vec<Recorded>, StoreError>;
}

/// Says where the trail ends, and has the server's own entries written.
#[async_trait]
pub trait TrailKeeper: Send + Sync + 'static {
    /// The last entry.
    async fn trail_end(&self) -> Result<Position, StoreError>;

    /// One atomic step: writes an entry of something that happened outside the store.
    async fn record(&self, entry: Entry) -> Result<(), StoreError>;

    /// One atomic step: compares what the server runs with to what it ran with at the start before, and writes what
    /// [`started`](super::audit::checkpoint::started) says.
    async fn record_start(&self, at: Timestamp, running: Running) -> Result<(), StoreError>;
}

/// A message to be written and sent: everything but the text, which delivery's templates make.
pub struct Message {
    /// The same for every try of one send, so that a provider can tell a repeat.
    pub id: String,
    /// Where it goes.
    pub to: Address,
    /// The code it carries.
    pub passcode: Passcode,
    /// Selects the text: `pre_login` or `security_questions`.
    pub topic: &'static str,
    /// Selects the text.
    pub language: Language,
    /// How many minutes the code is still good, rounded up.
    pub minutes: u32,
}

/// Why a message was not accepted. The text is for operators: it names the provider and its answer, never the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider said no; the same message will be refused again.
    #[error("refused by {provider}: {reason}")]
    Refused {
        /// Its name in the configuration.
        provider: String,
        /// Its answer, cut to a sane length.
        reason: String,
    },
    /// The provider was out of reach, too slow, or asked to try later.
    #[error("{provider} is unavailable: {reason}")]
    Unavailable {
        /// Its name in the configuration.
        provider: String,
        /// What happened, cut to a sane length.
        reason: String,
    },
    /// No provider is configured for this channel.
    #[error("no provider is configured for {channel}")]
    NoProvider {
        /// The channel.
        channel: &'static str,
    },
}

/// Hands a message to a provider.
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    /// Returns when a provider has accepted the message or refused it, within a bound of its own.
    async fn send(&self, message: &Message) -> Result<(), SendError>;
}

/// How carrying out a send went, for the log and the metrics.
#[derive(Debug)]
pub struct SendOutcome {
    /// The send.
    pub send: SendId,
    /// Its flow.
    pub flow: FlowId,
    /// The request that waited for it; empty for a send that is repeated.
    pub request_id: String,
    /// Whether at least one provider took the message.
    pub accepted: bool,
    /// One entry for each address: its channel, and what went wrong if it did.
    pub tries: Vec<(Channel, Result<(), SendError>)>,
    /// Set when the outcome could not be recorded: the send stays pending, and is repeated some minutes later.
    pub unsettled: Option<StoreError>,
}

/// Runs sends to their end even if the request that waits for them goes away.
pub trait Runner: Send + Sync + 'static {
    /// Starts `work`, which carries out `send`. The future returned is ready with [`SendOutcome::accepted`], or with
    /// `None` when that is taking too long for a caller to wait (the work goes on).
    fn run(&self, send: SendId, work: BoxFuture<'static, SendOutcome>) -> BoxFuture<'static, Option<bool>>;

    /// The sends whose work has not come to its end.
    fn under_way(&self) -> HashSet<SendId>;
}

/// Gets work going that is done in the background.
pub trait Wake: Send + Sync + 'static {
    /// Says that there is something to do; returns at once.
    fn wake(&self);
}

/// An error and its causes, in one line: a library's errors say what they were doing, and why it failed is in their causes.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Randomness for tests: every byte is one more than the last.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Counting(std::sync::atomic::AtomicU8);

#[cfg(test)]
impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_all_its_causes() {
        let inner = StoreError::Engine(Box::new(StoreError::Engine("disk I/O error".into())));
        assert_eq!(with_causes(&inner), "the store failed: the store failed: disk I/O error");
    }
}
