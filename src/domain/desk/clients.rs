//! Applications that may call the BNE operations.

use super::{Desk, Failure, bounded};
use crate::domain::client::{Action, Change, Client, ClientId, Refusal};
use crate::domain::operator::Order;
use crate::domain::page::{Page, Paging};
use crate::domain::version::{Seen, Versioned};

impl Desk {
    /// Registrations in the order of the ids.
    pub async fn client_list(&self, paging: Paging) -> Result<Page<Versioned<Client>>, Failure> {
        Ok(self.store.clients(bounded(paging)).await?)
    }

    /// A registration.
    pub async fn client_view(&self, id: &ClientId) -> Result<Versioned<Client>, Failure> {
        self.store.kept_client(id).await?.ok_or(Failure::NotFound)
    }

    /// Writes all of a registration: makes one if none was `seen`, otherwise replaces that version.
    pub async fn client_put(
        &self,
        order: Order,
        seen: Option<u64>,
        client: Client,
    ) -> Result<Versioned<Client>, Failure> {
        self.change_client(order, seen, Action::Put(client)).await?.ok_or(Failure::NotFound)
    }

    /// Takes an application out of the register. Its open transactions are closed.
    pub async fn client_delete(&self, order: Order, seen: Option<u64>, id: ClientId) -> Result<(), Failure> {
        self.change_client(order, seen, Action::Delete(id)).await.map(drop)
    }

    async fn change_client(
        &self,
        order: Order,
        seen: Option<u64>,
        action: Action,
    ) -> Result<Option<Versioned<Client>>, Failure> {
        Ok(self.store.change_client(Change { order, seen: Seen::from(seen), action }).await??)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::Outdated(outdated) => outdated.into(),
        }
    }
}
