//! The server keys.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::scalar::{Entry, optional, registry, string_enum, string_type};
use super::{Count, OperatorName, Timestamp, page_type};

string_type!(
    /// Names a server key, as the configuration does.
    KeyId, pattern = "^[A-Za-z0-9_-]{1,16}$"
);
string_enum!(
    /// What a key is good for.
    KeyState {
        /// What is new is sealed with it.
        Current = "current",
        /// The server has it, to read what is under it.
        Older = "older",
        /// The server does not have it.
        Missing = "missing",
    }
);
string_type!(
    /// A table of the data file.
    TableName, pattern = "^[a-z_]{1,32}$"
);
string_enum!(
    /// Whether a rotation is under way.
    RotationState {
        /// It is.
        Running = "running",
        /// It is through.
        Done = "done",
    }
);

/// What is under a server key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerKey {
    /// Its id.
    pub key_id: KeyId,
    /// What it is good for.
    pub state: KeyState,
    /// Table by table what is sealed with it.
    #[schemars(length(max = 32))]
    pub sealed: Vec<SealedRows>,
    /// All of that: a sum of counts that each stop at 1,000,000.
    pub sealed_rows: Count,
    /// Flows, transactions and sessions in being whose codes or names are derived with it.
    pub derived: Count,
    /// Until when it is needed at least, besides for what is sealed with it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub needed_until: Option<Timestamp>,
    /// Whether it can be taken out of the configuration.
    pub removable: bool,
    /// The last rotation, with the current key.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
}

page_type!(
    /// A page of server keys.
    ServerKeyPage of ServerKey
);

/// The rows of a table that are sealed with a key, counted up to 1,000,000.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealedRows {
    /// The table.
    pub table: TableName,
    /// How many.
    pub rows: Count,
}

/// Sealing anew what is under older keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rotation {
    /// Whether it is under way.
    pub state: RotationState,
    /// Who asked for it.
    pub started_by: OperatorName,
    /// When.
    pub started_at: Timestamp,
    /// When it was through.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How many values were sealed anew.
    pub resealed: Count,
    /// How many are under older keys now: a sum of counts that each stop at 1,000,000.
    pub left: Count,
    /// How many do not open and were left as they are; known at the end.
    pub damaged: Count,
}

/// A rotation to be done.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyRotation {
    /// The key that is to be the only one.
    pub key_id: KeyId,
}

/// The schemas of this file.
pub(super) fn registry() -> Vec<Entry> {
    registry![KeyId, KeyState, TableName, RotationState, ServerKey, ServerKeyPage, SealedRows, Rotation, KeyRotation,]
}
