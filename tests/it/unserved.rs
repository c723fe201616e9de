//! A server of the operator API that is never made: registering endpoints needs types, not a server.

use countersign::api::operator::generated::*;
use countersign::api::runtime::*;

pub(crate) enum Unserved {}

impl Family for Unserved {
    type Caller = ();
    type Refusal = OperatorFailure;

    async fn admit(&self, _: &'static Operation, _: &RequestMeta<'_>) -> Result<(), Reject> {
        match *self {}
    }
}

impl OperatorApi for Unserved {
    async fn operator_list(&self, _: OperatorListCall<()>) -> Result<OperatorListOk, OperatorFailure> {
        match *self {}
    }

    async fn operator_create(&self, _: OperatorCreateCall<()>) -> Result<OperatorCreateOk, OperatorCreateFailure> {
        match *self {}
    }

    async fn operator_revoke(&self, _: OperatorRevokeCall<()>) -> Result<OperatorRevokeOk, OperatorRevokeFailure> {
        match *self {}
    }

    async fn customer_list(&self, _: CustomerListCall<()>) -> Result<CustomerListOk, OperatorFailure> {
        match *self {}
    }

    async fn customer_view(&self, _: CustomerViewCall<()>) -> Result<CustomerViewOk, CustomerViewFailure> {
        match *self {}
    }

    async fn customer_put(&self, _: CustomerPutCall<()>) -> Result<CustomerPutOk, CustomerPutFailure> {
        match *self {}
    }

    async fn customer_delete(&self, _: CustomerDeleteCall<()>) -> Result<CustomerDeleteOk, CustomerDeleteFailure> {
        match *self {}
    }

    async fn address_add(&self, _: AddressAddCall<()>) -> Result<AddressAddOk, AddressAddFailure> {
        match *self {}
    }

    async fn address_remove(&self, _: AddressRemoveCall<()>) -> Result<AddressRemoveOk, AddressRemoveFailure> {
        match *self {}
    }

    async fn token_list(&self, _: TokenListCall<()>) -> Result<TokenListOk, OperatorFailure> {
        match *self {}
    }

    async fn token_enrol(&self, _: TokenEnrolCall<()>) -> Result<TokenEnrolOk, TokenEnrolFailure> {
        match *self {}
    }

    async fn token_view(&self, _: TokenViewCall<()>) -> Result<TokenViewOk, TokenViewFailure> {
        match *self {}
    }

    async fn token_assign(&self, _: TokenAssignCall<()>) -> Result<TokenAssignOk, TokenAssignFailure> {
        match *self {}
    }

    async fn token_unassign(&self, _: TokenUnassignCall<()>) -> Result<TokenUnassignOk, TokenUnassignFailure> {
        match *self {}
    }

    async fn token_resync(&self, _: TokenResyncCall<()>) -> Result<TokenResyncOk, TokenResyncFailure> {
        match *self {}
    }

    async fn token_unlock(&self, _: TokenUnlockCall<()>) -> Result<TokenUnlockOk, TokenUnlockFailure> {
        match *self {}
    }

    async fn token_revoke(&self, _: TokenRevokeCall<()>) -> Result<TokenRevokeOk, TokenRevokeFailure> {
        match *self {}
    }

    async fn token_test(&self, _: TokenTestCall<()>) -> Result<TokenTestOk, TokenTestFailure> {
        match *self {}
    }

    async fn import_open(&self, _: ImportOpenCall<()>) -> Result<ImportOpenOk, ImportOpenFailure> {
        match *self {}
    }

    async fn import_view(&self, _: ImportViewCall<()>) -> Result<ImportViewOk, ImportViewFailure> {
        match *self {}
    }

    async fn import_cancel(&self, _: ImportCancelCall<()>) -> Result<ImportCancelOk, ImportCancelFailure> {
        match *self {}
    }

    async fn import_add(&self, _: ImportAddCall<()>) -> Result<ImportAddOk, ImportAddFailure> {
        match *self {}
    }

    async fn import_commit(&self, _: ImportCommitCall<()>) -> Result<ImportCommitOk, ImportCommitFailure> {
        match *self {}
    }

    async fn client_list(&self, _: ClientListCall<()>) -> Result<ClientListOk, OperatorFailure> {
        match *self {}
    }

    async fn client_view(&self, _: ClientViewCall<()>) -> Result<ClientViewOk, ClientViewFailure> {
        match *self {}
    }

    async fn client_put(&self, _: ClientPutCall<()>) -> Result<ClientPutOk, ClientPutFailure> {
        match *self {}
    }

    async fn client_delete(&self, _: ClientDeleteCall<()>) -> Result<ClientDeleteOk, ClientDeleteFailure> {
        match *self {}
    }

    async fn session_list(&self, _: SessionListCall<()>) -> Result<SessionListOk, OperatorFailure> {
        match *self {}
    }

    async fn session_open(&self, _: SessionOpenCall<()>) -> Result<SessionOpenOk, SessionOpenFailure> {
        match *self {}
    }

    async fn session_close(&self, _: SessionCloseCall<()>) -> Result<SessionCloseOk, SessionCloseFailure> {
        match *self {}
    }

    async fn transaction_list(&self, _: TransactionListCall<()>) -> Result<TransactionListOk, OperatorFailure> {
        match *self {}
    }

    async fn transaction_open(&self, _: TransactionOpenCall<()>) -> Result<TransactionOpenOk, TransactionOpenFailure> {
        match *self {}
    }

    async fn transaction_view(&self, _: TransactionViewCall<()>) -> Result<TransactionViewOk, TransactionViewFailure> {
        match *self {}
    }

    async fn transaction_close(
        &self,
        _: TransactionCloseCall<()>,
    ) -> Result<TransactionCloseOk, TransactionCloseFailure> {
        match *self {}
    }

    async fn transaction_redeem(
        &self,
        _: TransactionRedeemCall<()>,
    ) -> Result<TransactionRedeemOk, TransactionRedeemFailure> {
        match *self {}
    }

    async fn flow_list(&self, _: FlowListCall<()>) -> Result<FlowListOk, OperatorFailure> {
        match *self {}
    }

    async fn flow_view(&self, _: FlowViewCall<()>) -> Result<FlowViewOk, FlowViewFailure> {
        match *self {}
    }

    async fn flow_redeem(&self, _: FlowRedeemCall<()>) -> Result<FlowRedeemOk, FlowRedeemFailure> {
        match *self {}
    }

    async fn audit_list(&self, _: AuditListCall<()>) -> Result<AuditListOk, OperatorFailure> {
        match *self {}
    }

    async fn delivery_list(&self, _: DeliveryListCall<()>) -> Result<DeliveryListOk, OperatorFailure> {
        match *self {}
    }
}
