//! Handing out the proof that a code was right: to the bank's back end, which is about to do what the code was for.
//!
//! A caller in the customer's browser can claim that a code was right, so nothing may rest on its word. The back end asks
//! for itself and says whom and what it expects; it is told once, and soon after the code came.

use super::flow::Timestamp;
use super::operator::Stamp;
use chrono::TimeDelta;

/// How long after the right code its proof can be had (decided here).
pub const WITHIN: TimeDelta = TimeDelta::minutes(15);

/// Why there is no proof. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is known of it.
    #[error("there is no such flow or transaction")]
    Unknown,
    /// It was for another customer, phone, application or purpose than expected.
    #[error("it is not for what is expected: another customer, phone, application or purpose")]
    Foreign,
    /// No right code has come.
    #[error("no right code has come for it")]
    NotVerified,
    /// The proof is out.
    #[error("its proof was handed out already, at {at}")]
    Redeemed {
        /// When.
        at: Timestamp,
    },
    /// The right code came too long ago.
    #[error("the right code came more than 15 minutes ago")]
    TooOld,
}

impl Refusal {
    /// What the audit trail calls it.
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Foreign => "not what is expected",
            Self::NotVerified => "not verified",
            Self::Redeemed { .. } => "redeemed already",
            Self::TooOld => "too old",
        }
    }
}

/// Whether the proof of a code that came then can be had now.
pub(super) fn ripe(verified_at: Option<Timestamp>, redeemed: Option<&Stamp>, now: Timestamp) -> Result<(), Refusal> {
    let verified_at = verified_at.ok_or(Refusal::NotVerified)?;
    match redeemed {
        Some(stamp) => Err(Refusal::Redeemed { at: stamp.at }),
        None if now - verified_at > WITHIN => Err(Refusal::TooOld),
        None => Ok(()),
    }
}
