//! Transactions and their proofs: convert, one call of the desk, convert.

use super::trouble::Trouble;
use super::{BackOffice, clients, customers, device, tokens};
use crate::api::bne::subject;
use crate::api::operator::convert::{next_page, paging, repeatable};
use crate::api::operator::generated::*;
use crate::api::operator::types::{
    self, MfaTransactionId, MfaTransactionType, Timestamp, TransactionDetails, TransactionPage, TransactionState,
};
use crate::api::scalar::Invalid;
use crate::domain::desk::transactions::Opening;
use crate::domain::flow::Secret;
use crate::domain::operator::Operator;
use crate::domain::token::TokenHolder;
use crate::domain::transaction::{Details, Expected, Filter, Kind, Sight, StandingKind, TransactionId};

impl BackOffice {
    pub(super) async fn list_transactions(
        &self,
        call: TransactionListCall<Operator>,
    ) -> Result<TransactionListOk, Trouble> {
        let parameters = &call.parameters;
        let filter = Filter {
            customer: parameters.customer_id.as_ref().map(customers::id).transpose()?,
            client: parameters.client_id.as_ref().map(clients::id).transpose()?,
            state: parameters.state.map(standing),
        };
        let paging = paging(parameters.limit, parameters.page_token.as_ref())?;
        let page = self.desk.transaction_list(filter, paging).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        let next_page_token = next_page(page.next.as_deref())?;
        Ok(TransactionListOk::Status200 { body: TransactionPage { items, next_page_token } })
    }

    pub(super) async fn open_transaction(
        &self,
        call: TransactionOpenCall<Operator>,
    ) -> Result<TransactionOpenOk, Trouble> {
        let order = self.order(&call);
        let repeat = repeatable(&call.parameters.idempotency_key, &TRANSACTION_OPEN, &call.body)?;
        let body = &call.body;
        let opening = Opening {
            subject: subject(body.mfa_transaction_type, body.transaction_details.as_ref())?,
            client: clients::id(&body.client_id)?,
            session: Secret::new(body.sid.as_str()),
            holder: TokenHolder {
                customer: customers::id(&body.user_id)?,
                representative: body.legal_representative_id.as_ref().map(tokens::representative).transpose()?,
            },
        };
        let transaction = self.desk.transaction_open(order, repeat, opening).await?.made;
        Ok(TransactionOpenOk::Status201 { body: shown(&transaction)? })
    }

    pub(super) async fn view_transaction(
        &self,
        call: TransactionViewCall<Operator>,
    ) -> Result<TransactionViewOk, Trouble> {
        let transaction = self.desk.transaction_view(id(&call.parameters.mfa_transaction_id)).await?;
        Ok(TransactionViewOk::Status200 { body: shown(&transaction)? })
    }

    pub(super) async fn close_transaction(
        &self,
        call: TransactionCloseCall<Operator>,
    ) -> Result<TransactionCloseOk, Trouble> {
        let id = id(&call.parameters.mfa_transaction_id);
        let transaction = self.desk.transaction_close(self.order(&call), id).await?;
        Ok(TransactionCloseOk::Status200 { body: shown(&transaction)? })
    }

    pub(super) async fn redeem_transaction(
        &self,
        call: TransactionRedeemCall<Operator>,
    ) -> Result<TransactionRedeemOk, Trouble> {
        let expected =
            Expected { client: clients::id(&call.body.client_id)?, customer: customers::id(&call.body.customer_id)? };
        let id = id(&call.parameters.mfa_transaction_id);
        let transaction = self.desk.transaction_redeem(self.order(&call), id, expected).await?;
        Ok(TransactionRedeemOk::Status200 { body: shown(&transaction)? })
    }
}

fn id(id: &MfaTransactionId) -> TransactionId {
    TransactionId::of(id.as_str())
}

fn standing(state: TransactionState) -> StandingKind {
    match state {
        TransactionState::Open => StandingKind::Open,
        TransactionState::Consumed => StandingKind::Consumed,
        TransactionState::Locked => StandingKind::Locked,
        TransactionState::Closed => StandingKind::Closed,
        TransactionState::Expired => StandingKind::Expired,
    }
}

fn details(details: &Details) -> Result<TransactionDetails, Invalid> {
    Ok(TransactionDetails {
        amount: details.amount().parse()?,
        currency: details.currency().parse()?,
        payee: details.payee().parse()?,
        account: details.account().parse()?,
    })
}

fn shown(transaction: &Sight) -> Result<types::Transaction, Invalid> {
    let holder = transaction.holder.as_ref();
    let representative = holder.and_then(|holder| holder.representative.as_ref());
    let redeemed = transaction.redeemed.as_ref();
    Ok(types::Transaction {
        mfa_transaction_id: transaction.id.to_string().parse()?,
        mfa_transaction_type: match transaction.kind {
            Kind::Login => MfaTransactionType::Login,
            Kind::Risk => MfaTransactionType::Risk,
        },
        state: match transaction.standing.kind() {
            StandingKind::Open => TransactionState::Open,
            StandingKind::Consumed => TransactionState::Consumed,
            StandingKind::Locked => TransactionState::Locked,
            StandingKind::Closed => TransactionState::Closed,
            StandingKind::Expired => TransactionState::Expired,
        },
        client_id: transaction.client.as_str().parse()?,
        session_id: transaction.session.to_string().parse()?,
        customer_id: holder.map(|holder| holder.customer.as_str().parse()).transpose()?,
        representative_id: representative.map(|text| text.as_str().parse()).transpose()?,
        token_id: transaction.token.to_string().parse()?,
        challenge_type: device::kind(transaction.device),
        challenge: transaction.question.as_ref().map(|question| question.parse()).transpose()?,
        transaction_details: transaction.details.as_ref().map(details).transpose()?,
        opened_at: Timestamp(transaction.opened_at),
        expires_at: Timestamp(transaction.expires_at),
        ended_at: transaction.standing.ended_at().map(Timestamp),
        failed_attempts: u64::from(transaction.failed_attempts).try_into()?,
        redeemed_by: redeemed.map(|stamp| stamp.by.as_str().parse()).transpose()?,
        redeemed_at: redeemed.map(|stamp| Timestamp(stamp.at)),
    })
}
