//! Flows, and the proofs of those that were verified.

use super::{Desk, Failure, bounded, place};
use crate::domain::customer::CustomerId;
use crate::domain::flow::{Expected, Secret, ServiceKeyDigest, Sight};
use crate::domain::operator::Order;
use crate::domain::page::{Page, Paging};
use crate::domain::redeem::Refusal;

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::Foreign => Self::Refused(refusal.to_string()),
            Refusal::NotVerified | Refusal::Redeemed { .. } | Refusal::TooOld => Self::conflict(refusal),
        }
    }
}

impl Desk {
    /// Shows a customer's flows, the newest first.
    pub async fn flow_list(&self, customer: CustomerId, paging: Paging) -> Result<Page<Sight>, Failure> {
        let Paging { behind, limit } = bounded(paging);
        Ok(self.store.flows(customer, place(behind)?, limit, self.now()).await?)
    }

    /// Shows the flow of a service key.
    pub async fn flow_view(&self, service_key: &Secret) -> Result<Sight, Failure> {
        let key = ServiceKeyDigest::of(service_key.expose());
        self.store.flow(key, self.now()).await?.ok_or(Failure::NotFound)
    }

    /// Hands out the proof that the right code of a flow came, once.
    pub async fn flow_redeem(&self, order: Order, service_key: &Secret, expected: Expected) -> Result<Sight, Failure> {
        Ok(self.store.redeem_flow(order, ServiceKeyDigest::of(service_key.expose()), expected).await??)
    }
}
