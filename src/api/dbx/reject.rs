//! What never reached the business, in the words of the DBX family.
//!
//! The envelope is that of a business failure with other constants: `opstatus` is `1`, and the two codes are the HTTP
//! status as text, so that no app takes them for one of the five-digit business codes.

use super::generated::DbxFailure;
use super::types::DbxError;
use crate::api::runtime::{Refusal, Reject, RequestMeta};

impl Refusal for DbxFailure {
    fn refuse(reject: &Reject, _: &RequestMeta<'_>) -> Self {
        reject.into()
    }
}

impl From<&Reject> for DbxFailure {
    fn from(reject: &Reject) -> Self {
        match reject {
            Reject::Malformed { .. } => Self::Status400 { body: envelope(400, reject) },
            // No DBX operation has rights beyond the token's; were a hook to refuse one, the token is not good for it.
            Reject::Unauthenticated { .. } | Reject::Forbidden => Self::Status401 { body: envelope(401, reject) },
            Reject::SlowBody => Self::Status408 { body: envelope(408, reject) },
            Reject::TooLarge { .. } => Self::Status413 { body: envelope(413, reject) },
            Reject::WrongType => Self::Status415 { body: envelope(415, reject) },
            Reject::Throttled { retry_after } => {
                Self::Status429 { retry_after: (*retry_after).max(1), body: envelope(429, reject) }
            }
            Reject::Internal => Self::Status500 { body: envelope(500, reject) },
            Reject::Unavailable => Self::Status503 { body: envelope(503, reject) },
        }
    }
}

/// The family's error body.
fn envelope(status: u16, reject: &Reject) -> DbxError {
    let message = match reject.location() {
        Some(location) => format!("{location}: {}", reject.message()),
        None => reject.message(),
    };
    DbxError {
        dbp_err_code: status.to_string(),
        dbp_err_msg: message,
        opstatus: "1".to_string(),
        http_status_code: status.to_string(),
    }
}
