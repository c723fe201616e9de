//! What the bank's SIEM is told of: one [`Validation`] for every call of `validate`, whatever became of it.
//!
//! 1. Calls that reach the handler are told of by the handler, with or without an `arcsight` object.
//! 2. So are those that got no decision because we failed or were too slow. Their code is not used up, unless the decision
//!    was being written in the very moment in which the time ran out.
//! 3. Calls that are refused before are told of where an `arcsight` object can be read from what they sent: somebody who is
//!    refused does not get to fill the log with nothing.

use super::generated::BNE_VALIDATE_CHALLENGE_INFO;
use super::types::{Arcsight, MfaTransactionType, RequestUuid};
use crate::api::runtime::{Operation, Reject, RequestMeta};
use crate::api::scalar::optional_object;
use crate::domain::challenge::Failure;
use crate::domain::flow::Timestamp;
use crate::domain::token::Unusable;
use crate::domain::transaction::{Kind, Reason};
use chrono::TimeDelta;
use serde::Deserialize;

/// Takes events.
pub trait Feed: Send + Sync {
    /// One validation was answered. Must not wait, and has no way to fail.
    fn validated(&self, validation: Validation);
}

/// What became of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The code was right.
    Accepted,
    /// The code was wrong, or used before.
    WrongCode,
    /// No code is taken: the token is locked, waits or is out of use, or the transaction's attempts are used up.
    Locked,
    /// No such transaction for this caller.
    NotFound,
    /// Too many calls.
    Throttled,
    /// No access token, or not a good one.
    Unauthenticated,
    /// The application may not do this.
    Forbidden,
    /// A header or property was missing or malformed.
    Malformed,
    /// We failed.
    Failed,
}

impl From<&Failure> for Outcome {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::NotFound => Self::NotFound,
            Failure::BusinessFailed(Reason::WrongCode) => Self::WrongCode,
            // The server's own mistake: such a challenge should never have been asked.
            Failure::BusinessFailed(Reason::Token(Unusable::Question)) => Self::Failed,
            Failure::BusinessFailed(_) => Self::Locked,
            Failure::Throttled { .. } => Self::Throttled,
            Failure::Store(_) => Self::Failed,
        }
    }
}

impl From<&Reject> for Outcome {
    fn from(reject: &Reject) -> Self {
        match reject {
            Reject::Malformed { .. } | Reject::SlowBody | Reject::TooLarge { .. } | Reject::WrongType => {
                Self::Malformed
            }
            Reject::Unauthenticated { .. } => Self::Unauthenticated,
            Reject::Forbidden => Self::Forbidden,
            Reject::Throttled { .. } => Self::Throttled,
            Reject::Internal | Reject::Unavailable => Self::Failed,
        }
    }
}

/// One validation. No `Debug`: it holds personal data.
pub struct Validation {
    /// When it was answered.
    pub at: Timestamp,
    /// How long that took.
    pub duration: TimeDelta,
    /// What became of it.
    pub outcome: Outcome,
    /// What it was for, if known.
    pub kind: Option<Kind>,
    /// Our id of the request.
    pub request_id: String,
    /// The caller's `uuid`; empty where it was missing or malformed. So with the other headers.
    pub uuid: String,
    /// The header `client_id`.
    pub client_id: String,
    /// The header `countryCode`.
    pub country_code: String,
    /// The header `businessCode`.
    pub business_code: String,
    /// The header `ChannelId`.
    pub channel_id: String,
    /// What the caller wants the SIEM to know.
    pub arcsight: Option<Arcsight>,
}

/// What of a refused body matters here. The rest may be wrong.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    #[serde(default)]
    mfa_transaction_type: serde_json::Value,
    #[serde(default, deserialize_with = "optional_object")]
    arcsight: Option<Arcsight>,
}

/// The event of a call that was refused before its handler; `None` where there is nothing to tell.
pub(super) fn refused(
    operation: &Operation,
    request: &RequestMeta<'_>,
    reject: &Reject,
    body: &[u8],
    at: Timestamp,
) -> Option<Validation> {
    if operation.id != BNE_VALIDATE_CHALLENGE_INFO.id {
        return None;
    }
    let said: Said = serde_json::from_slice(body).ok()?;
    let ours = matches!(reject, Reject::Internal | Reject::Unavailable);
    if said.arcsight.is_none() && !ours {
        return None;
    }
    let kind = said.mfa_transaction_type.as_str().and_then(|text| text.parse::<MfaTransactionType>().ok());
    // Longer ones than documented are somebody's attempt at something; the SIEM's own limits cut the rest.
    let header = |name: &str| request.header(name).filter(|text| text.len() <= 128).unwrap_or_default().to_owned();
    let uuid = request.header("uuid").and_then(|text| text.parse::<RequestUuid>().ok());
    Some(Validation {
        at,
        duration: at - request.received_at,
        outcome: reject.into(),
        kind: kind.map(super::convert::kind),
        request_id: request.request_id.to_owned(),
        uuid: uuid.map(|uuid| uuid.to_string()).unwrap_or_default(),
        client_id: header("client_id"),
        country_code: header("countryCode"),
        business_code: header("businessCode"),
        channel_id: header("ChannelId"),
        arcsight: said.arcsight,
    })
}
