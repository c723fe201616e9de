//! What is verified: transactions and the sessions they are in, and flows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::scalar::{Entry, integer_type, optional, optional_object, registry, string_enum, string_type};
use super::{
    AddressKind, ClientId, Count, CustomerId, MaskedAddress, OperatorName, Phone, RepresentativeId, Timestamp, TokenId,
    TokenKind, page_type,
};

/// What a transaction is about is said in the words of the BNE family.
pub use super::super::super::bne::types::{
    Account, Amount, Challenge, Currency, MfaTransactionType, Payee, TransactionDetails,
};

string_type!(
    /// Names a session here; a keyed hash of its `sid`, and good for nothing else.
    SessionId, pattern = "^[0-9a-f]{64}$"
);
string_type!(
    /// The `sid` of the BNE family, the session that the key exchange opened; opaque.
    secret Sid, min = 1, max = 128
);
integer_type!(
    /// How long a session lives, in seconds.
    LifetimeSecs: u32, min = 60, max = 86_400, default = 3600
);

/// A session. One that was not registered here is known by its open transactions alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Names it.
    pub session_id: SessionId,
    /// The application it belongs to.
    pub client_id: ClientId,
    /// Whether it was opened or closed through this API.
    pub registered: bool,
    /// Whose session it is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Who registered it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<OperatorName>,
    /// When it was registered.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// When it ends.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Who closed it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<OperatorName>,
    /// When it was closed.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Transactions of it that wait for a code.
    pub open_transactions: Count,
}

page_type!(
    /// A page of sessions.
    SessionPage of Session
);

/// A session to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewSession {
    /// What the applications call it.
    pub sid: Sid,
    /// The application it belongs to.
    pub client_id: ClientId,
    /// Whose session it is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// How long it lives.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub lifetime_secs: Option<LifetimeSecs>,
}

/// A session to be closed, named by `sessionId`, or by `sid` and `clientId`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionClosing {
    /// What it is called here.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// What the applications call it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub sid: Option<Sid>,
    /// The application.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
}

/// What closing a session did.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosedSession {
    /// Transactions that were open and are closed now.
    pub transactions_closed: Count,
}

string_type!(
    /// Names a transaction.
    MfaTransactionId, pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
);
string_enum!(
    /// Where a transaction stands.
    TransactionState {
        /// Not over yet.
        Open = "open",
        /// The right code came.
        Consumed = "consumed",
        /// Too many wrong codes.
        Locked = "locked",
        /// Called off, or another took its place.
        Closed = "closed",
        /// Its time ran out.
        Expired = "expired",
    }
);

/// A transaction.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Names it.
    pub mfa_transaction_id: MfaTransactionId,
    /// What kind of thing the customer confirms.
    pub mfa_transaction_type: MfaTransactionType,
    /// Where it stands.
    pub state: TransactionState,
    /// The application that it was opened for.
    pub client_id: ClientId,
    /// The session that it was opened in.
    pub session_id: SessionId,
    /// Who confirms.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Who acts for the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub representative_id: Option<RepresentativeId>,
    /// With which token.
    pub token_id: TokenId,
    /// What kind of token it is.
    pub challenge_type: TokenKind,
    /// What to type into the token; only with OCRA.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// What the customer confirms, with a risk transaction; not in lists.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub transaction_details: Option<TransactionDetails>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was consumed, locked or closed.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Wrong codes so far.
    pub failed_attempts: Count,
    /// Who took the proof.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub redeemed_by: Option<OperatorName>,
    /// When the proof was taken.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<Timestamp>,
}

page_type!(
    /// A page of transactions.
    TransactionPage of Transaction
);

/// A transaction to be opened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewTransaction {
    /// The application that will validate the code.
    pub client_id: ClientId,
    /// The session in which it will.
    pub sid: Sid,
    /// What kind of thing the customer confirms.
    pub mfa_transaction_type: MfaTransactionType,
    /// The customer.
    pub user_id: CustomerId,
    /// Who acts for the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub legal_representative_id: Option<RepresentativeId>,
    /// What the customer confirms, with a risk transaction.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub transaction_details: Option<TransactionDetails>,
}

/// For whom a proof is taken.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionRedemption {
    /// The application it must be for.
    pub client_id: ClientId,
    /// The customer it must be for.
    pub customer_id: CustomerId,
}

string_type!(
    /// Names a flow here; apps never see it.
    FlowId, pattern = "^[0-9a-f]{32}$"
);
string_enum!(
    /// What a code is for, an applicant's phone or a customer's security questions.
    FlowPurpose {
        /// An applicant's phone.
        PreLogin = "pre_login",
        /// A customer's security questions.
        SecurityQuestions = "security_questions",
    }
);
string_enum!(
    /// Where a flow stands.
    FlowState {
        /// No code was sent yet.
        Started = "started",
        /// A code is awaited.
        Sent = "sent",
        /// The right code came.
        Verified = "verified",
        /// Too many wrong codes.
        Locked = "locked",
        /// Its time ran out.
        Expired = "expired",
    }
);
string_type!(
    /// The app that a flow was started from, as the server's configuration calls it.
    AppName, max = 256
);
string_type!(
    /// What an app calls its flow; a secret.
    secret ServiceKey, min = 1, max = 64
);

/// A flow. One before login has neither a customer nor an app.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// Names it.
    pub flow_id: FlowId,
    /// What it is for.
    pub purpose: FlowPurpose,
    /// Where it stands.
    pub state: FlowState,
    /// Whose it is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// The app that it was started from.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub app: Option<AppName>,
    /// Where its codes can go, the primary one first; of a verified flow, where the right code went.
    #[schemars(length(max = 20))]
    pub destinations: Vec<Destination>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it ends, whatever happens in it.
    pub expires_at: Timestamp,
    /// When the code ends that is awaited.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub code_expires_at: Option<Timestamp>,
    /// When it was verified or locked.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Wrong codes so far.
    pub failed_attempts: Count,
    /// Who took the proof.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub redeemed_by: Option<OperatorName>,
    /// When the proof was taken.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<Timestamp>,
}

page_type!(
    /// A page of flows.
    FlowPage of Flow
);

/// An address of a flow.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// How a message travels there.
    pub kind: AddressKind,
    /// As much of it as may be seen.
    pub masked: MaskedAddress,
}

/// A flow to be viewed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowLookup {
    /// What the app calls the flow.
    pub service_key: ServiceKey,
}

/// A flow to be redeemed, and what it must be for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowRedemption {
    /// What the app calls the flow.
    pub service_key: ServiceKey,
    /// What it must be for.
    pub purpose: FlowPurpose,
    /// The customer it must be for.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// The phone it must be for.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

/// The schemas of this file.
pub(super) fn registry() -> Vec<Entry> {
    registry![
        SessionId,
        Sid,
        LifetimeSecs,
        Session,
        SessionPage,
        NewSession,
        SessionClosing,
        ClosedSession,
        MfaTransactionId,
        MfaTransactionType,
        TransactionDetails,
        Challenge,
        Amount,
        Currency,
        Payee,
        Account,
        TransactionState,
        Transaction,
        TransactionPage,
        NewTransaction,
        TransactionRedemption,
        FlowId,
        FlowPurpose,
        FlowState,
        AppName,
        ServiceKey,
        Flow,
        FlowPage,
        Destination,
        FlowLookup,
        FlowRedemption,
    ]
}
