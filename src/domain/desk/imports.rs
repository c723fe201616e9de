//! Imports of tokens.

use super::{Desk, Failure};
use crate::domain::import::{Action, Added, Candidate, FileName, Import, ImportId, Refusal};
use crate::domain::operator::{Made, Order, Repeatable};

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::Mismatch => Self::Mismatch,
            Refusal::Over(_) | Refusal::OutOfOrder { .. } | Refusal::Problems(_) => Self::conflict(refusal),
        }
    }
}

impl Desk {
    /// Opens one.
    pub async fn import_open(
        &self,
        order: Order,
        call: Repeatable,
        file_name: Option<FileName>,
        tokens_expected: Option<u64>,
    ) -> Result<Made<Import>, Failure> {
        let id = ImportId::random(&*self.random);
        Ok(self.store.open_import(order, call, id, file_name, tokens_expected).await??)
    }

    /// Shows one.
    pub async fn import_view(&self, id: ImportId) -> Result<Import, Failure> {
        self.store.import(id, self.now()).await?.ok_or(Failure::NotFound)
    }

    /// Takes in a batch, the first entry of which has the number `first`, counted from 0.
    pub async fn import_add(
        &self,
        order: Order,
        id: ImportId,
        first: u64,
        entries: Vec<Candidate>,
    ) -> Result<Added, Failure> {
        Ok(self.store.add_to_import(order, id, first, entries).await??)
    }

    /// Makes the tokens of one appear, all at once.
    pub async fn import_commit(&self, order: Order, id: ImportId) -> Result<Import, Failure> {
        Ok(self.store.end_import(order, id, Action::Commit).await??)
    }

    /// Gives one up; its tokens go.
    pub async fn import_cancel(&self, order: Order, id: ImportId) -> Result<Import, Failure> {
        Ok(self.store.end_import(order, id, Action::Cancel).await??)
    }
}
