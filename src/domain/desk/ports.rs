//! What the desk asks of the store: one trait for each noun, implemented next to the noun's SQL.

use crate::domain::client::{self, Client, ClientId};
use crate::domain::customer::{self, Customer, CustomerId};
use crate::domain::flow::Timestamp;
use crate::domain::operator::Repeatable;
use crate::domain::page::{Page, Paging};
use crate::domain::ports::{AuditStore, OperatorStore, StoreError};
use crate::domain::session::{self, SessionId};
use crate::domain::version::Versioned;
use async_trait::async_trait;

/// Keeps everything that the back office works on.
pub trait DeskStore: AuditStore + OperatorStore + CustomerDesk + ClientDesk + SessionDesk {}

impl<T> DeskStore for T where T: AuditStore + OperatorStore + CustomerDesk + ClientDesk + SessionDesk {}

/// Keeps customers, as the back office sees and changes them.
#[async_trait]
pub trait CustomerDesk: Send + Sync + 'static {
    /// Customers in the order of their ids.
    async fn customers(&self, paging: Paging) -> Result<Page<Versioned<Customer>>, StoreError>;

    /// The customer of this id.
    async fn kept_customer(&self, id: &CustomerId) -> Result<Option<Versioned<Customer>>, StoreError>;

    /// One atomic step: loads the customer, lets [`customer::step`] decide, writes what it says.
    async fn change_customer(&self, change: customer::Change) -> Result<customer::Decision, StoreError>;
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
