//! Transactions, and the proofs of those that were consumed.

use super::{Desk, Failure, bounded, place};
use crate::domain::client::ClientId;
use crate::domain::flow::Secret;
use crate::domain::operator::{Made, Order, Repeatable};
use crate::domain::page::{Page, Paging};
use crate::domain::token::TokenHolder;
use crate::domain::transaction::{
    Action, Command, Draw, Expected, Filter, OpenRequest, Refusal, Sight, Subject, TransactionId,
};

/// What is to be confirmed, by whom, and where.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What is to be confirmed.
    pub subject: Subject,
    /// The application that the code will come from.
    pub client: ClientId,
    /// The session that it will come in.
    pub session: Secret,
    /// Who is to confirm.
    pub holder: TokenHolder,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::NotFound,
            Refusal::BusinessFailed(reason) => Self::Refused(reason.to_string()),
            Refusal::Over => Self::Conflict("the transaction is not open any more".to_owned()),
            Refusal::Mismatch => Self::Mismatch,
            // Operators have no limits; were one to be given some, it would be told like this.
            Refusal::Throttled { .. } => Self::Refused("too many calls".to_owned()),
        }
    }
}

impl Desk {
    /// Shows transactions, the newest first. Without their details.
    pub async fn transaction_list(&self, filter: Filter, paging: Paging) -> Result<Page<Sight>, Failure> {
        let Paging { behind, limit } = bounded(paging);
        Ok(self.store.transactions(filter, place(behind)?, limit, self.now()).await?)
    }

    /// Shows one.
    pub async fn transaction_view(&self, id: TransactionId) -> Result<Sight, Failure> {
        self.store.sight(id, self.now()).await?.ok_or(Failure::NotFound)
    }

    /// Opens one, as an application would.
    pub async fn transaction_open(
        &self,
        order: Order,
        call: Repeatable,
        opening: Opening,
    ) -> Result<Made<Sight>, Failure> {
        let Opening { subject, client, session, holder } = opening;
        let id = TransactionId::random(&*self.random);
        // Last of all, so that nobody knows the salt who could still choose the details.
        let draw = Draw::random(&*self.random);
        let request = OpenRequest { id, subject, client, session, holder, customer: None, draw, from: None };
        let command = self.transaction_command(&order, Action::Open(Box::new(request)));
        Ok(self.store.open_transaction(order, call, command).await??)
    }

    /// Calls one off.
    pub async fn transaction_close(&self, order: Order, id: TransactionId) -> Result<Sight, Failure> {
        let now = order.at;
        let command = self.transaction_command(&order, Action::Close(id, order.clone()));
        let granted = self.store.transact(command).await??;
        Ok(Sight::of(granted.transaction(), None, now))
    }

    /// Hands out the proof that the right code of one came, once.
    pub async fn transaction_redeem(
        &self,
        order: Order,
        id: TransactionId,
        expected: Expected,
    ) -> Result<Sight, Failure> {
        Ok(self.store.redeem_transaction(order, id, expected).await??)
    }

    fn transaction_command(&self, order: &Order, action: Action) -> Command {
        Command { at: order.at, action, rules: self.rules.clone() }
    }
}
