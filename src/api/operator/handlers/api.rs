//! The generated trait: each operation is a method of its noun, whose troubles are told in the words of the document.

use super::BackOffice;
use crate::api::operator::generated::*;
use crate::domain::operator::Operator;

macro_rules! answers {
    ($($operation:ident($call:ident) -> $ok:ident, $failure:ident: $constant:ident by $method:ident;)+) => {
        impl OperatorApi for BackOffice {
            $(async fn $operation(&self, call: $call<Operator>) -> Result<$ok, $failure> {
                let request_id = call.request_id.clone();
                let done = match self.still_admitted(&$constant, &call.caller, &request_id).await {
                    Ok(()) => self.$method(call).await,
                    Err(reject) => Err(reject.into()),
                };
                self.tell(&$constant, &request_id, done)
            })+
        }
    };
}

answers! {
    operator_list(OperatorListCall) -> OperatorListOk, OperatorFailure: OPERATOR_LIST by list_operators;
    operator_create(OperatorCreateCall) -> OperatorCreateOk, OperatorCreateFailure: OPERATOR_CREATE by create_operator;
    operator_revoke(OperatorRevokeCall) -> OperatorRevokeOk, OperatorRevokeFailure: OPERATOR_REVOKE by revoke_operator;
    customer_list(CustomerListCall) -> CustomerListOk, OperatorFailure: CUSTOMER_LIST by list_customers;
    customer_view(CustomerViewCall) -> CustomerViewOk, CustomerViewFailure: CUSTOMER_VIEW by view_customer;
    customer_put(CustomerPutCall) -> CustomerPutOk, CustomerPutFailure: CUSTOMER_PUT by put_customer;
    customer_delete(CustomerDeleteCall) -> CustomerDeleteOk, CustomerDeleteFailure: CUSTOMER_DELETE by delete_customer;
    customer_unlock(CustomerUnlockCall) -> CustomerUnlockOk, CustomerUnlockFailure: CUSTOMER_UNLOCK by unlock_customer;
    customer_erase(CustomerEraseCall) -> CustomerEraseOk, OperatorFailure: CUSTOMER_ERASE by erase_customer;
    address_add(AddressAddCall) -> AddressAddOk, AddressAddFailure: ADDRESS_ADD by add_address;
    address_remove(AddressRemoveCall) -> AddressRemoveOk, AddressRemoveFailure: ADDRESS_REMOVE by remove_address;
    token_list(TokenListCall) -> TokenListOk, OperatorFailure: TOKEN_LIST by list_tokens;
    token_enrol(TokenEnrolCall) -> TokenEnrolOk, TokenEnrolFailure: TOKEN_ENROL by enrol_token;
    token_view(TokenViewCall) -> TokenViewOk, TokenViewFailure: TOKEN_VIEW by view_token;
    token_assign(TokenAssignCall) -> TokenAssignOk, TokenAssignFailure: TOKEN_ASSIGN by assign_token;
    token_unassign(TokenUnassignCall) -> TokenUnassignOk, TokenUnassignFailure: TOKEN_UNASSIGN by unassign_token;
    token_resync(TokenResyncCall) -> TokenResyncOk, TokenResyncFailure: TOKEN_RESYNC by resync_token;
    token_unlock(TokenUnlockCall) -> TokenUnlockOk, TokenUnlockFailure: TOKEN_UNLOCK by unlock_token;
    token_revoke(TokenRevokeCall) -> TokenRevokeOk, TokenRevokeFailure: TOKEN_REVOKE by revoke_token;
    token_test(TokenTestCall) -> TokenTestOk, TokenTestFailure: TOKEN_TEST by test_token;
    import_open(ImportOpenCall) -> ImportOpenOk, ImportOpenFailure: IMPORT_OPEN by open_import;
    import_view(ImportViewCall) -> ImportViewOk, ImportViewFailure: IMPORT_VIEW by view_import;
    import_cancel(ImportCancelCall) -> ImportCancelOk, ImportCancelFailure: IMPORT_CANCEL by cancel_import;
    import_add(ImportAddCall) -> ImportAddOk, ImportAddFailure: IMPORT_ADD by add_to_import;
    import_commit(ImportCommitCall) -> ImportCommitOk, ImportCommitFailure: IMPORT_COMMIT by commit_import;
    client_list(ClientListCall) -> ClientListOk, OperatorFailure: CLIENT_LIST by list_clients;
    client_view(ClientViewCall) -> ClientViewOk, ClientViewFailure: CLIENT_VIEW by view_client;
    client_put(ClientPutCall) -> ClientPutOk, ClientPutFailure: CLIENT_PUT by put_client;
    client_delete(ClientDeleteCall) -> ClientDeleteOk, ClientDeleteFailure: CLIENT_DELETE by delete_client;
    session_list(SessionListCall) -> SessionListOk, OperatorFailure: SESSION_LIST by list_sessions;
    session_open(SessionOpenCall) -> SessionOpenOk, SessionOpenFailure: SESSION_OPEN by open_session;
    session_close(SessionCloseCall) -> SessionCloseOk, SessionCloseFailure: SESSION_CLOSE by close_session;
    transaction_list(TransactionListCall) -> TransactionListOk, OperatorFailure: TRANSACTION_LIST by list_transactions;
    transaction_open(TransactionOpenCall) -> TransactionOpenOk, TransactionOpenFailure: TRANSACTION_OPEN by open_transaction;
    transaction_view(TransactionViewCall) -> TransactionViewOk, TransactionViewFailure: TRANSACTION_VIEW by view_transaction;
    transaction_close(TransactionCloseCall) -> TransactionCloseOk, TransactionCloseFailure: TRANSACTION_CLOSE by close_transaction;
    transaction_redeem(TransactionRedeemCall) -> TransactionRedeemOk, TransactionRedeemFailure: TRANSACTION_REDEEM by redeem_transaction;
    flow_list(FlowListCall) -> FlowListOk, OperatorFailure: FLOW_LIST by list_flows;
    flow_view(FlowViewCall) -> FlowViewOk, FlowViewFailure: FLOW_VIEW by view_flow;
    flow_redeem(FlowRedeemCall) -> FlowRedeemOk, FlowRedeemFailure: FLOW_REDEEM by redeem_flow;
    audit_list(AuditListCall) -> AuditListOk, OperatorFailure: AUDIT_LIST by list_audit;
    key_list(KeyListCall) -> KeyListOk, OperatorFailure: KEY_LIST by list_keys;
    key_rotate(KeyRotateCall) -> KeyRotateOk, KeyRotateFailure: KEY_ROTATE by rotate_keys;
    delivery_list(DeliveryListCall) -> DeliveryListOk, OperatorFailure: DELIVERY_LIST by list_deliveries;
    prefix_list(PrefixListCall) -> PrefixListOk, OperatorFailure: PREFIX_LIST by list_prefixes;
    prefix_block(PrefixBlockCall) -> PrefixBlockOk, OperatorFailure: PREFIX_BLOCK by block_prefix;
    prefix_release(PrefixReleaseCall) -> PrefixReleaseOk, PrefixReleaseFailure: PREFIX_RELEASE by release_prefix;
}
