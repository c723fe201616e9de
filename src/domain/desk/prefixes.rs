//! Phone prefixes that the toll-fraud guard watches.

use super::{Desk, Failure, bounded};
use crate::domain::flow::Timestamp;
use crate::domain::operator::Order;
use crate::domain::page::{Page, Paging};
use crate::domain::prefix::{Action, Change, Listed, Prefix, Reason, Refusal, Standing};
use chrono::SubsecRound;

impl Desk {
    /// Prefixes that were sent to lately or that an operator has said something of, in their order.
    pub async fn prefix_list(&self, standing: Option<Standing>, paging: Paging) -> Result<Page<Listed>, Failure> {
        Ok(self.store.prefixes(standing, bounded(paging), self.now()).await?)
    }

    /// Sends nothing to a prefix any more.
    pub async fn prefix_block(&self, order: Order, prefix: Prefix, reason: Option<Reason>) -> Result<(), Failure> {
        self.change_prefix(Change { order, prefix, reason, action: Action::Block }).await
    }

    /// Sends to a prefix again, with fresh counts; without judging it before `exempt_until`, if that is given.
    pub async fn prefix_release(
        &self,
        order: Order,
        prefix: Prefix,
        reason: Option<Reason>,
        exempt_until: Option<Timestamp>,
    ) -> Result<(), Failure> {
        let exempt_until = exempt_until.map(|until| until.trunc_subsecs(3));
        self.change_prefix(Change { order, prefix, reason, action: Action::Release { exempt_until } }).await
    }

    async fn change_prefix(&self, change: Change) -> Result<(), Failure> {
        Ok(self.store.change_prefix(change).await??)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Covered => Self::conflict(refusal),
            Refusal::Exemption => Self::Malformed { location: "exemptUntil", problem: refusal.to_string() },
        }
    }
}
