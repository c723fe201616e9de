//! The audit trail.

use super::{Desk, Failure, PAGE_MAX};
use crate::domain::audit::{Filter, Recorded};
use crate::domain::page::Page;

impl Desk {
    /// A part of the trail. The next part is what is behind the sequence number that the page ends with.
    pub async fn audit_list(&self, filter: Filter) -> Result<Page<Recorded>, Failure> {
        let limit = filter.limit.clamp(1, PAGE_MAX);
        // One more than is shown: it says that the trail goes on. No number is greater than the engine's greatest.
        let behind = filter.behind.map(|sequence| sequence.min(i64::MAX.cast_unsigned()));
        let entries = self.store.audit(Filter { limit: limit + 1, behind, ..filter }).await?;
        Ok(Page::of(entries, limit, |entry| entry.sequence.to_string()))
    }
}
