//! Which failures of the desk an operation documents besides the ones that all do.

use crate::api::operator::generated::*;
use crate::api::operator::types::Problem;

/// The failures of an operation, as far as the desk may bring them about.
pub(super) trait Documented: From<OperatorFailure> {
    /// The failure of the problem's status; `None` if the operation has none.
    fn of(problem: Problem) -> Option<Self>;
}

macro_rules! documented {
    ($($failure:ident: $($status:literal $variant:ident),*;)+) => {$(
        impl Documented for $failure {
            fn of(body: Problem) -> Option<Self> {
                match body.status.get() {
                    $($status => Some(Self::$variant { body }),)*
                    _ => None,
                }
            }
        }
    )+};
}

documented! {
    OperatorFailure:;
    OperatorCreateFailure: 409 Status409, 422 Status422;
    OperatorRevokeFailure: 404 Status404, 409 Status409;
    CustomerViewFailure: 404 Status404;
    CustomerPutFailure: 412 Status412, 428 Status428;
    CustomerDeleteFailure: 404 Status404, 412 Status412, 428 Status428;
    CustomerUnlockFailure: 404 Status404, 409 Status409;
    AddressAddFailure: 404 Status404, 409 Status409, 412 Status412, 428 Status428;
    AddressRemoveFailure: 404 Status404, 412 Status412, 428 Status428;
    TokenEnrolFailure: 409 Status409, 422 Status422;
    TokenViewFailure: 404 Status404;
    TokenAssignFailure: 404 Status404, 409 Status409, 412 Status412;
    TokenUnassignFailure: 404 Status404, 409 Status409, 412 Status412;
    TokenResyncFailure: 404 Status404, 409 Status409, 412 Status412, 422 Status422;
    TokenUnlockFailure: 404 Status404, 409 Status409, 412 Status412;
    TokenRevokeFailure: 404 Status404, 409 Status409, 412 Status412;
    TokenTestFailure: 404 Status404, 409 Status409, 412 Status412, 422 Status422;
    ImportOpenFailure: 422 Status422;
    ImportViewFailure: 404 Status404;
    ImportCancelFailure: 404 Status404, 409 Status409;
    ImportAddFailure: 404 Status404, 409 Status409;
    ImportCommitFailure: 404 Status404, 409 Status409;
    ClientViewFailure: 404 Status404;
    ClientPutFailure: 412 Status412, 428 Status428;
    ClientDeleteFailure: 404 Status404, 412 Status412, 428 Status428;
    SessionOpenFailure: 409 Status409, 422 Status422;
    SessionCloseFailure: 404 Status404;
    TransactionOpenFailure: 404 Status404, 422 Status422;
    TransactionViewFailure: 404 Status404;
    TransactionCloseFailure: 404 Status404, 409 Status409;
    TransactionRedeemFailure: 404 Status404, 409 Status409, 422 Status422;
    KeyRotateFailure: 409 Status409;
    FlowViewFailure: 404 Status404;
    FlowRedeemFailure: 404 Status404, 409 Status409, 422 Status422;
    PrefixReleaseFailure: 409 Status409;
}
