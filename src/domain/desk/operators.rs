//! Operators.

use super::{Desk, Failure, bounded};
use crate::domain::operator::{Actor, Credential, CredentialDigest, Made, Operator, Order, Refusal, Repeatable, Scope};
use crate::domain::page::{Page, Paging};
use crate::domain::ports::StoreError;
use std::collections::BTreeSet;

impl Desk {
    /// The operator of a credential, unless it is revoked. Any text may come as a credential.
    pub async fn operator(&self, credential: &str) -> Result<Option<Operator>, StoreError> {
        self.store.operator(CredentialDigest::of(credential)).await
    }

    /// Operators in the order of their names, revoked ones too.
    pub async fn operator_list(&self, paging: Paging) -> Result<Page<Operator>, Failure> {
        Ok(self.store.operators(bounded(paging)).await?)
    }

    /// Makes an operator. The secret of the answer is its credential.
    pub async fn operator_create(
        &self,
        order: Order,
        call: Repeatable,
        name: Actor,
        scopes: BTreeSet<Scope>,
    ) -> Result<Made<Operator>, Failure> {
        let credential = Credential::random(&*self.random);
        Ok(self.store.create_operator(order, Some(call), name, scopes, credential).await??)
    }

    /// Puts an operator out of use for good.
    pub async fn operator_revoke(&self, order: Order, name: Actor) -> Result<Operator, Failure> {
        Ok(self.store.revoke_operator(order, name).await??)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::NameTaken | Refusal::Revoked | Refusal::LastAdmin => Self::conflict(refusal),
            Refusal::Mismatch => Self::Mismatch,
        }
    }
}
