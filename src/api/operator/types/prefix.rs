//! Phone prefixes, as the toll-fraud guard sees them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::scalar::{Entry, optional, registry, string_enum, string_type};
use super::{Count, FlowPurpose, OperatorName, Timestamp, page_type};

string_type!(
    /// The beginning of phone numbers; whether there are such is looked at later.
    PhonePrefix, pattern = "^[+][1-9][0-9]{0,6}$"
);
string_enum!(
    /// How a prefix stands.
    PrefixState {
        /// Text messages go out.
        Open = "open",
        /// One every few seconds.
        Slowed = "slowed",
        /// None for some time.
        Stopped = "stopped",
        /// None until an operator releases it.
        Blocked = "blocked",
        /// They go out whatever the counts say.
        Exempt = "exempt",
    }
);
string_type!(
    /// Why, in the operator's words. No control characters.
    Reason, min = 1, max = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
);

/// How a phone prefix stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Prefix {
    /// The prefix.
    pub prefix: PhonePrefix,
    /// What the codes are for; absent where an operator's word goes for all.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<FlowPurpose>,
    /// How it stands.
    pub state: PrefixState,
    /// Since when.
    pub since: Timestamp,
    /// When that ends by itself.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Codes sent in the guard's window.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub sent: Option<Count>,
    /// Codes verified in it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub verified: Option<Count>,
    /// When the last one was sent.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub last_sent_at: Option<Timestamp>,
    /// The operator who blocked or exempted it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub set_by: Option<OperatorName>,
    /// Why the operator did.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

page_type!(
    /// A page of phone prefixes.
    PrefixPage of Prefix
);

/// A phone prefix to be blocked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrefixBlock {
    /// The prefix.
    pub prefix: PhonePrefix,
    /// Why.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A phone prefix to be released.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrefixRelease {
    /// The prefix.
    pub prefix: PhonePrefix,
    /// Until when sends to it are not judged.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub exempt_until: Option<Timestamp>,
    /// Why.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// The schemas of this file.
pub(super) fn registry() -> Vec<Entry> {
    registry![PhonePrefix, PrefixState, Reason, Prefix, PrefixPage, PrefixBlock, PrefixRelease]
}
