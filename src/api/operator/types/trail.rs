//! What has happened: the audit trail, and what became of messages.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use schemars::r#gen::SchemaGenerator;
use schemars::schema::{InstanceType, Schema, SchemaObject};
use serde::{Deserialize, Serialize};

use super::super::super::scalar::{
    Entry, Invalid, integer_type, list_type, optional, registry, string_enum, string_type,
};
use super::{AddressKind, Count, CustomerId, FlowId, FlowPurpose, RequestId, Timestamp, page_type};

integer_type!(
    /// The place of an entry in the trail.
    Sequence: u64, min = 0, max = 9_007_199_254_740_991
);
string_enum!(
    /// Where a call came in.
    AuditSource {
        /// At the DBX operations.
        Dbx = "dbx",
        /// At the BNE operations.
        Bne = "bne",
        /// Here, or at the server's own machine.
        Operator = "operator",
        /// Nobody called.
        Server = "server",
    }
);
string_type!(
    /// Who called: an operator, an application (BNE) or an app (DBX).
    AuditActor, min = 1, max = 256
);
string_type!(
    /// What was asked, such as `token_unlock`.
    AuditAction, min = 1, max = 64
);
string_type!(
    /// What it was about, its kind, a blank, its id. The kind alone where it is unknown.
    AuditSubject, min = 1, max = 256
);
string_type!(
    /// `done`, or in a word why not.
    AuditOutcome, max = 128
);
string_type!(
    /// What is told.
    FactName, max = 64
);
string_type!(
    /// Its value, as text.
    FactValue, max = 16384
);
string_type!(
    /// Stands for a customer number.
    CustomerPseudonym, pattern = "^[0-9a-f]{32}$"
);
string_type!(
    /// SHA-256 of an entry and of the hash of the one before it.
    AuditHash, pattern = "^[0-9a-f]{64}$"
);
list_type!(
    /// What the subject was like.
    Facts of object Fact, max = 50
);

/// A property of the subject. Never a secret; addresses are masked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// What is told.
    pub name: FactName,
    /// Its value, as text.
    pub value: FactValue,
}

/// Whether a list begins with its newest item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NewestFirst(pub bool);

impl FromStr for NewestFirst {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| Invalid("must be true or false"))
    }
}

impl fmt::Display for NewestFirst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonSchema for NewestFirst {
    fn schema_name() -> String {
        "NewestFirst".to_owned()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = SchemaObject { instance_type: Some(InstanceType::Boolean.into()), ..Default::default() };
        schema.metadata().default = Some(false.into());
        schema.into()
    }
}

/// A decision or a change.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its place.
    pub sequence: Sequence,
    /// When.
    pub at: Timestamp,
    /// Where the call came in.
    pub source: AuditSource,
    /// Who called.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub actor: Option<AuditActor>,
    /// What was asked.
    pub action: AuditAction,
    /// What it was about.
    pub subject: AuditSubject,
    /// Whose it is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Stands for the customer, also once the customer is erased.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_pseudonym: Option<CustomerPseudonym>,
    /// `done`, or why not.
    pub outcome: AuditOutcome,
    /// What the subject was like.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub before: Option<Facts>,
    /// What it is like now.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub after: Option<Facts>,
    /// How many calls it stands for.
    pub count: Count,
    /// Names the call in the log.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// Covers the entry and the hash of the one before.
    pub hash: AuditHash,
}

page_type!(
    /// A page of the audit trail.
    AuditPage of AuditEntry
);
string_type!(
    /// Names a message.
    SendId, pattern = "^[0-9a-f]{32}$"
);
string_enum!(
    /// What became of a message.
    DeliveryStatus {
        /// Under way, or to be tried again.
        Pending = "pending",
        /// A provider took it.
        Accepted = "accepted",
        /// No provider took it.
        Refused = "refused",
    }
);

/// A message with a code, on its way to one or two addresses.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Names it.
    pub send_id: SendId,
    /// The flow it belongs to.
    pub flow_id: FlowId,
    /// What its code is for.
    pub purpose: FlowPurpose,
    /// How it travels.
    #[schemars(length(max = 2))]
    pub channels: Vec<AddressKind>,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When that was known.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
}

page_type!(
    /// A page of messages.
    DeliveryPage of Delivery
);

/// The schemas of this file.
pub(super) fn registry() -> Vec<Entry> {
    registry![
        Sequence,
        AuditSource,
        AuditActor,
        AuditAction,
        AuditSubject,
        AuditOutcome,
        CustomerPseudonym,
        AuditHash,
        FactName,
        FactValue,
        Facts,
        Fact,
        NewestFirst,
        AuditEntry,
        AuditPage,
        SendId,
        DeliveryStatus,
        Delivery,
        DeliveryPage,
    ]
}
