//! The wire types of `openapi/operator.yaml`, one per schema, under the same names; those of one noun or two in a file.
//!
//! `build.rs` compiles this file too and compares each type with its schema, so nothing here may reach into the rest of
//! the crate; see [`scalar`](super::super::scalar).

mod keys;
mod party;
mod prefix;
mod proof;
mod token;
mod trail;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::scalar::{Entry, integer_type, optional, registry, string_enum, string_type, timestamp_type};

pub use keys::*;
pub use party::*;
pub use prefix::*;
pub use proof::*;
pub use token::*;
pub use trail::*;

/// Declares a page of a list: `page_type!(/** docs */ CustomerPage of Customer)`.
macro_rules! page_type {
    ($(#[$meta:meta])* $name:ident of $item:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// What is on it.
            #[schemars(length(max = 200))]
            pub items: Vec<$item>,
            /// Where the next one begins, if there is one.
            #[serde(
                default,
                deserialize_with = "super::super::super::scalar::optional",
                skip_serializing_if = "Option::is_none"
            )]
            pub next_page_token: Option<super::PageToken>,
        }
    };
}
use page_type;

string_enum!(
    /// Which problem it is.
    ProblemType {
        /// A header, parameter or property is missing or malformed.
        Malformed = "urn:countersign:problem:malformed",
        /// There is no good credential.
        Unauthenticated = "urn:countersign:problem:unauthenticated",
        /// The credential lacks the scope.
        Forbidden = "urn:countersign:problem:forbidden",
        /// There is no such thing.
        NotFound = "urn:countersign:problem:not-found",
        /// It is there already, or its state does not allow this.
        Conflict = "urn:countersign:problem:conflict",
        /// It has changed since the caller looked.
        Stale = "urn:countersign:problem:stale",
        /// A code or a proof is not good.
        Refused = "urn:countersign:problem:refused",
        /// The idempotency key was used for another request.
        IdempotencyMismatch = "urn:countersign:problem:idempotency-mismatch",
        /// `If-Match` is missing.
        PreconditionRequired = "urn:countersign:problem:precondition-required",
        /// The server failed.
        Internal = "urn:countersign:problem:internal",
        /// The server is not ready, or too slow.
        Unavailable = "urn:countersign:problem:unavailable",
    }
);
string_type!(
    /// A problem in words.
    ProblemTitle, max = 80
);
integer_type!(
    /// The HTTP status of a problem.
    ProblemStatus: u32, min = 400, max = 599
);
string_type!(
    /// What is wrong in this case; never repeats a value that was sent.
    Explanation, max = 500
);
string_type!(
    /// The id of a request.
    RequestId, max = 64
);
string_type!(
    /// The header, parameter or property at fault.
    Location, max = 200
);
integer_type!(
    /// Counts changes.
    Version: u64, min = 1, max = 9_007_199_254_740_991
);
string_type!(
    /// A version in quotes.
    EntityTag, pattern = "^\"[0-9]{1,16}\"$"
);
string_type!(
    /// Names a call that makes something, so that its repeat is known as one.
    IdempotencyKey, pattern = "^[!-~]{16,64}$"
);
integer_type!(
    /// How many items a page has at most.
    PageLimit: u32, min = 1, max = 200, default = 50
);
string_type!(
    /// Where a page begins; opaque.
    PageToken, pattern = "^[A-Za-z0-9_-]{1,512}$"
);
timestamp_type!(
    /// A moment: RFC 3339, written in UTC, to the millisecond.
    Timestamp, Millis
);
integer_type!(
    /// A number of things.
    Count: u64, min = 0, max = 9_007_199_254_740_991
);

/// Why a request failed (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Which problem it is.
    pub r#type: ProblemType,
    /// The same in words.
    pub title: ProblemTitle,
    /// The HTTP status.
    pub status: ProblemStatus,
    /// What is wrong in this case.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub detail: Option<Explanation>,
    /// The id of the request.
    pub instance: RequestId,
    /// The header, parameter or property at fault.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The current version of what has changed.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
}

/// Every schema of the document.
pub fn registry() -> Vec<Entry> {
    let mut all = registry![
        ProblemType,
        ProblemTitle,
        ProblemStatus,
        Explanation,
        RequestId,
        Location,
        Version,
        EntityTag,
        IdempotencyKey,
        PageLimit,
        PageToken,
        Timestamp,
        Count,
        Problem,
    ];
    all.extend(party::registry());
    all.extend(token::registry());
    all.extend(proof::registry());
    all.extend(trail::registry());
    all.extend(prefix::registry());
    all.extend(keys::registry());
    all
}
