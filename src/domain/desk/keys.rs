//! The server keys.

use super::{Desk, Failure, bounded};
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyId;
use crate::domain::operator::Order;
use crate::domain::page::{Page, Paging};
use crate::domain::rotation::{KeyStatus, KeyUse, Refusal};

impl Desk {
    /// A page of the keys, the current one first, and all that is known of them, at the time that is told with it.
    pub async fn key_list(&self, paging: Paging) -> Result<(Page<KeyUse>, KeyStatus, Timestamp), Failure> {
        let (paging, now) = (bounded(paging), self.now());
        let status = self.store.key_status(now).await?;
        let behind = |key: &&KeyUse| paging.behind.as_deref().is_some_and(|behind| key.id.as_str() != behind);
        let first = usize::from(paging.behind.is_some());
        let keys = status.keys.iter().skip_while(behind).skip(first).take(paging.limit as usize + 1).cloned();
        let page = Page::of(keys.collect(), paging.limit, |key: &KeyUse| key.id.as_str().to_owned());
        Ok((page, status, now))
    }

    /// Begins to seal everything anew that is under an older key than `current`, or goes on with it. It is done beside
    /// everything else. Returns what there is to know of the current key.
    pub async fn key_rotate(&self, order: Order, current: KeyId) -> Result<(KeyUse, KeyStatus, Timestamp), Failure> {
        self.store.begin_rotation(order, current.clone()).await??;
        self.rotations.wake();
        let now = self.now();
        let status = self.store.key_status(now).await?;
        let key = status.keys.iter().find(|key| key.current).cloned().ok_or(Failure::NotFound)?;
        Ok((key, status, now))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::conflict(refusal)
    }
}
