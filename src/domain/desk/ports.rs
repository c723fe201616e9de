//! What the desk asks of the store: one trait for each noun, implemented next to the noun's SQL.

use crate::domain::client::{self, Client, ClientId};
use crate::domain::customer::{self, Customer, CustomerId};
use crate::domain::delivery::{self, Delivery};
use crate::domain::flow::{self, Secret, ServiceKeyDigest, Timestamp};
use crate::domain::import::{self, Added, Candidate, FileName, Import, ImportId};
use crate::domain::keys::KeyId;
use crate::domain::limit::{Limits, Meter, Window};
use crate::domain::operator::{Made, Order, Repeatable};
use crate::domain::page::{Page, Paging, Place};
use crate::domain::ports::{AuditStore, OperatorStore, StoreError, TokenStore, TransactionStore};
use crate::domain::prefix::{self, Standing};
use crate::domain::pseudonym::Pseudonym;
use crate::domain::redeem;
use crate::domain::rotation::{self, KeyStatus, Rotation};
use crate::domain::session::{self, SessionId};
use crate::domain::token::{self, Token, TokenHolder};
use crate::domain::transaction::{self, TransactionId};
use crate::domain::version::Versioned;
use async_trait::async_trait;

/// Keeps everything that the back office works on.
pub trait DeskStore:
    AuditStore
    + OperatorStore
    + CustomerDesk
    + ClientDesk
    + SessionDesk
    + TokenStore
    + TokenDesk
    + ImportDesk
    + FlowDesk
    + TransactionStore
    + TransactionDesk
    + DeliveryDesk
    + KeyDesk
    + EraseDesk
    + PrefixDesk
{
}

impl<T> DeskStore for T where
    T: AuditStore
        + OperatorStore
        + CustomerDesk
        + ClientDesk
        + SessionDesk
        + TokenStore
        + TokenDesk
        + ImportDesk
        + FlowDesk
        + TransactionStore
        + TransactionDesk
        + DeliveryDesk
        + KeyDesk
        + EraseDesk
        + PrefixDesk
{
}

/// Keeps customers, as the back office sees and changes them.
#[async_trait]
pub trait CustomerDesk: Send + Sync + 'static {
    /// Customers in the order of their pseudonyms, from the one behind `behind` on. A page's key is a pseudonym.
    async fn customers(&self, behind: Option<Pseudonym>, limit: u32) -> Result<Page<Versioned<Customer>>, StoreError>;

    /// The customer of this id.
    async fn kept_customer(&self, id: &CustomerId) -> Result<Option<Versioned<Customer>>, StoreError>;

    /// One atomic step: loads the customer, lets [`customer::step`] decide, writes what it says.
    async fn change_customer(&self, change: customer::Change) -> Result<customer::Decision, StoreError>;

    /// What was counted by these meters, in their order.
    async fn windows(&self, meters: Vec<Meter>) -> Result<Vec<Window>, StoreError>;

    /// One atomic step: loads the customer and the customer's [failures](customer::failures), lets [`customer::unlock`] decide,
    /// writes what it says.
    async fn unlock_customer(
        &self,
        order: Order,
        id: CustomerId,
        limits: Limits,
    ) -> Result<Result<Versioned<Customer>, customer::Refusal>, StoreError>;
}

/// Erases customers.
#[async_trait]
pub trait EraseDesk: Send + Sync + 'static {
    /// One atomic step removes every row that names the customer, gives the tokens back to the stock, and destroys the key of
    /// what the audit trail says of who it is. Of the limits, it forgets the customer's [streak](customer::streak) only. Then what was there is overwritten in the files, too; if that cannot be done
    /// now, the answer is an error, and the call is to be repeated.
    async fn erase_customer(
        &self,
        order: Order,
        id: CustomerId,
        limits: Limits,
    ) -> Result<customer::Erased, StoreError>;
}

/// Keeps the registrations of applications, as the back office sees and changes them.
#[async_trait]
pub trait ClientDesk: Send + Sync + 'static {
    /// Registrations in the order of the ids.
    async fn clients(&self, paging: Paging) -> Result<Page<Versioned<Client>>, StoreError>;

    /// The registration of this id.
    async fn kept_client(&self, id: &ClientId) -> Result<Option<Versioned<Client>>, StoreError>;

    /// One atomic step: loads the registration, lets [`client::step`] decide, writes what it says.
    async fn change_client(&self, change: client::Change) -> Result<client::Decision, StoreError>;
}

/// Keeps sessions.
#[async_trait]
pub trait SessionDesk: Send + Sync + 'static {
    /// Sessions that are registered and have not expired by `now`, and those that are known by their open transactions,
    /// in the order of their ids, from the one behind `behind` on.
    async fn sessions(
        &self,
        filter: session::Filter,
        behind: Option<SessionId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<session::Listed>, StoreError>;

    /// One atomic step: looks for the session under every key, lets [`session::open`] decide, writes what it says;
    /// unless the call repeats one that did.
    async fn open_session(
        &self,
        open: session::Open,
        call: Repeatable,
    ) -> Result<session::Decision<session::Listed>, StoreError>;

    /// One atomic step: looks for the session and its open transactions, lets [`session::close`] decide, writes what
    /// it says, and closes the transactions.
    async fn close_session(&self, close: session::Close) -> Result<session::Decision<session::Closed>, StoreError>;
}

/// Shows tokens, and takes new ones in one by one. [`TokenStore`] does the rest.
#[async_trait]
pub trait TokenDesk: Send + Sync + 'static {
    /// Tokens in the order of their serial numbers and manufacturers. Those whose import is not over are not among them.
    async fn tokens(&self, filter: token::Filter, paging: Paging) -> Result<Page<Token>, StoreError>;

    /// One atomic step: lets [`token::enrol`] decide, unless the call repeats one that took a token in. `secret` is what is
    /// shown of it once.
    async fn enrol_token(
        &self,
        order: Order,
        call: Repeatable,
        token: Token,
        holder: Option<TokenHolder>,
        secret: Option<Secret>,
    ) -> Result<Result<Made<Token>, token::Refusal>, StoreError>;
}

/// Keeps imports.
#[async_trait]
pub trait ImportDesk: Send + Sync + 'static {
    /// The import of this id, as it is now.
    async fn import(&self, id: ImportId, now: Timestamp) -> Result<Option<Import>, StoreError>;

    /// One atomic step: opens an import, unless the call repeats one that did.
    async fn open_import(
        &self,
        order: Order,
        call: Repeatable,
        id: ImportId,
        file_name: Option<FileName>,
        tokens_expected: Option<u64>,
    ) -> Result<Result<Made<Import>, import::Refusal>, StoreError>;

    /// One atomic step: takes in a batch, the first entry of which has the number `first`.
    async fn add_to_import(
        &self,
        order: Order,
        id: ImportId,
        first: u64,
        entries: Vec<Candidate>,
    ) -> Result<Result<Added, import::Refusal>, StoreError>;

    /// One atomic step, no longer for a million tokens than for one: commits or cancels.
    async fn end_import(
        &self,
        order: Order,
        id: ImportId,
        action: import::Action,
    ) -> Result<Result<Import, import::Refusal>, StoreError>;
}

/// Shows flows and hands out their proofs.
#[async_trait]
pub trait FlowDesk: Send + Sync + 'static {
    /// The flows of a customer, whatever has become of them, the newest first.
    async fn flows(
        &self,
        customer: CustomerId,
        behind: Option<Place>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<flow::Sight>, StoreError>;

    /// The flow of a service key, whatever has become of it.
    async fn flow(&self, key: ServiceKeyDigest, now: Timestamp) -> Result<Option<flow::Sight>, StoreError>;

    /// One atomic step: lets [`flow::redeem`] decide.
    async fn redeem_flow(
        &self,
        order: Order,
        key: ServiceKeyDigest,
        expected: flow::Expected,
    ) -> Result<Result<flow::Sight, redeem::Refusal>, StoreError>;
}

/// Shows transactions, opens them for an operator and hands out their proofs. [`TransactionStore`] does the rest.
#[async_trait]
pub trait TransactionDesk: Send + Sync + 'static {
    /// Transactions, whatever has become of them, the newest first. Without their details.
    async fn transactions(
        &self,
        filter: transaction::Filter,
        behind: Option<Place>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<transaction::Sight>, StoreError>;

    /// The transaction of this id, whatever has become of it.
    async fn sight(&self, id: TransactionId, now: Timestamp) -> Result<Option<transaction::Sight>, StoreError>;

    /// One atomic step, as [`TransactionStore::transact`], unless the call repeats one that opened a transaction.
    async fn open_transaction(
        &self,
        order: Order,
        call: Repeatable,
        command: transaction::Command,
    ) -> Result<Result<Made<transaction::Sight>, transaction::Refusal>, StoreError>;

    /// One atomic step: lets [`transaction::redeem`] decide.
    async fn redeem_transaction(
        &self,
        order: Order,
        id: TransactionId,
        expected: transaction::Expected,
    ) -> Result<Result<transaction::Sight, redeem::Refusal>, StoreError>;
}

/// Shows sends.
#[async_trait]
pub trait DeliveryDesk: Send + Sync + 'static {
    /// Sends, the newest first.
    async fn deliveries(
        &self,
        filter: delivery::Filter,
        behind: Option<Place>,
        limit: u32,
    ) -> Result<Page<Delivery>, StoreError>;
}

/// Seals with the current server key what is under older ones.
#[async_trait]
pub trait KeyDesk: Send + Sync + 'static {
    /// What is under which key, counted row by row.
    async fn key_status(&self, now: Timestamp) -> Result<KeyStatus, StoreError>;

    /// One atomic step: lets [`rotation::begin`] decide.
    async fn begin_rotation(
        &self,
        order: Order,
        expected: KeyId,
    ) -> Result<Result<Rotation, rotation::Refusal>, StoreError>;

    /// The rotation that has been begun and not ended, if there is one.
    async fn rotation(&self) -> Result<Option<Rotation>, StoreError>;

    /// All that is under older keys, from the beginning.
    fn resealing(&self) -> Box<dyn Resealing + '_>;

    /// One atomic step: lets [`rotation::end`] say what is written of the rotation under way.
    async fn end_rotation(&self, older: u64, damaged: u64, at: Timestamp) -> Result<(), StoreError>;
}

/// A walk over everything that is under older keys.
#[async_trait]
pub trait Resealing: Send {
    /// Seals at most `limit` values anew. What changes meanwhile is left as it is then: whoever writes seals with the current
    /// key. Nothing is lost if this is not waited for, or a step fails: the next one does it again.
    async fn step(&mut self, limit: u32) -> Result<Resealed, StoreError>;
}

/// What a step of a [`Resealing`] did.
#[derive(Debug, Default)]
pub struct Resealed {
    /// How many values were sealed anew.
    pub moved: u64,
    /// Those that do not open. They were left as they are.
    pub damaged: Vec<StoreError>,
    /// Whether there is nothing behind it.
    pub done: bool,
}

/// Shows phone prefixes, and keeps what operators say of them.
#[async_trait]
pub trait PrefixDesk: Send + Sync + 'static {
    /// Prefixes that were sent to lately or that an operator has said something of, in their order.
    async fn prefixes(
        &self,
        standing: Option<Standing>,
        paging: Paging,
        now: Timestamp,
    ) -> Result<Page<prefix::Listed>, StoreError>;

    /// One atomic step: looks for the rulings on the prefix, lets [`prefix::step`] decide, writes what it says.
    async fn change_prefix(&self, change: prefix::Change) -> Result<Result<(), prefix::Refusal>, StoreError>;
}
