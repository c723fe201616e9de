//! Sends.

use super::{Desk, Failure, bounded, place};
use crate::domain::delivery::{Delivery, Filter};
use crate::domain::page::{Page, Paging};

impl Desk {
    /// Shows sends, the newest first.
    pub async fn delivery_list(&self, filter: Filter, paging: Paging) -> Result<Page<Delivery>, Failure> {
        let Paging { behind, limit } = bounded(paging);
        Ok(self.store.deliveries(filter, place(behind)?, limit).await?)
    }
}
