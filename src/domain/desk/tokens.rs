//! Tokens.

use super::{Desk, Failure, bounded};
use crate::domain::flow::Secret;
use crate::domain::operator::{Made, Order, Repeatable};
use crate::domain::page::{Page, Paging};
use crate::domain::token::{Action, Command, Filter, Refusal, Token, TokenHolder, TokenId};

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown => Self::NotFound,
            Refusal::Stale { version } => Self::Stale { version },
            Refusal::WrongCode | Refusal::Unusable(_) => Self::Refused(refusal.to_string()),
            Refusal::Mismatch => Self::Mismatch,
            Refusal::Life(_) | Refusal::NotLocked | Refusal::Challenges | Refusal::SerialTaken => {
                Self::conflict(refusal)
            }
        }
    }
}

impl Desk {
    /// Shows tokens in the order of their serial numbers.
    pub async fn token_list(&self, filter: Filter, paging: Paging) -> Result<Page<Token>, Failure> {
        Ok(self.store.tokens(filter, bounded(paging)).await?)
    }

    /// Shows one.
    pub async fn token_view(&self, id: TokenId) -> Result<Token, Failure> {
        self.store.token(id).await?.ok_or(Failure::NotFound)
    }

    /// Takes one in that is in nobody's hands, and gives it to somebody at once if a holder comes along. `secret` is what a
    /// soft token is set up with: it is answered once, and to a repeat.
    pub async fn token_enrol(
        &self,
        order: Order,
        call: Repeatable,
        token: Token,
        holder: Option<TokenHolder>,
        secret: Option<Secret>,
    ) -> Result<Made<Token>, Failure> {
        Ok(self.store.enrol_token(order, call, token, holder, secret).await??)
    }

    /// Does something to one: `token_assign`, `token_unassign`, `token_resync`, `token_unlock`, `token_revoke`,
    /// `token_test`. To the version that was seen, if one is given.
    pub async fn token_change(
        &self,
        order: Order,
        id: TokenId,
        version: Option<u64>,
        action: Action,
    ) -> Result<Token, Failure> {
        let command = Command { order, version, policy: self.rules.policy.tokens, action };
        Ok(self.store.change_token(id, command).await??)
    }
}
