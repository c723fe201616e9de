//! Sessions of the BNE family.

use super::{Desk, Failure, bounded};
use crate::domain::client::ClientId;
use crate::domain::customer::CustomerId;
use crate::domain::flow::Secret;
use crate::domain::operator::{Order, Repeatable};
use crate::domain::page::{Page, Paging};
use crate::domain::session::{Close, Filter, Lifetime, Listed, Open, Refusal, SessionId, Which};

impl Desk {
    /// Sessions that are registered and have not expired, and those that are known by their open transactions, in the order of
    /// their ids.
    pub async fn session_list(&self, filter: Filter, paging: Paging) -> Result<Page<Listed>, Failure> {
        let behind = paging.behind.as_deref().map(|text| {
            let problem = || Failure::Malformed { location: "pageToken", problem: "is none of this list".to_owned() };
            SessionId::parse(text).ok_or_else(problem)
        });
        let (behind, limit) = (behind.transpose()?, bounded(paging).limit);
        Ok(self.store.sessions(filter, behind, limit, self.now()).await?)
    }

    /// Registers a session.
    pub async fn session_open(
        &self,
        order: Order,
        call: Repeatable,
        sid: Secret,
        client: ClientId,
        customer: Option<CustomerId>,
        lifetime: Lifetime,
    ) -> Result<Listed, Failure> {
        let open = Open { order, keys: self.rules.keys.clone(), sid, client, customer, lifetime };
        Ok(self.store.open_session(open, call).await??)
    }

    /// Closes a session and the open transactions in it. Returns how many there were.
    pub async fn session_close(&self, order: Order, which: Which) -> Result<u64, Failure> {
        let close = Close { order, keys: self.rules.keys.clone(), which };
        Ok(self.store.close_session(close).await??.transactions_closed)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::Taken => Self::conflict(refusal),
            Refusal::Mismatch => Self::Mismatch,
        }
    }
}
