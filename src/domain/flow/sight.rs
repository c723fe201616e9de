//! What the back office may see of a flow: no code, no key, no reference, addresses masked.

use super::*;
use crate::domain::operator::Stamp;

/// A flow, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Its id.
    pub id: FlowId,
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is; `None` before login.
    pub holder: Option<Holder>,
    /// Where it stands.
    pub standing: Standing,
    /// Where its codes may go, the primary one first. `None` if they have been kept long enough, or the server key that they are
    /// sealed with is gone: a flow that is over needs it no more.
    pub destinations: Option<Vec<Destination>>,
    /// When it began.
    pub opened_at: Timestamp,
    /// From this moment on its caller knows it no more.
    pub expires_at: Timestamp,
    /// Wrong codes so far.
    pub failed_attempts: u8,
    /// Who has had the proof of the right code.
    pub redeemed: Option<Stamp>,
}

/// An address of a flow, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// What reaches it.
    pub channel: Channel,
    /// The address, masked.
    pub masked: String,
    /// Whether the last code went there; of a verified flow, the right one.
    pub chosen: bool,
}

/// Where a flow stands, seen at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No code has been sent yet.
    Started,
    /// A code has been sent.
    Sent {
        /// It is good before this moment.
        code_expires_at: Timestamp,
    },
    /// The right code came.
    Verified {
        /// When.
        at: Timestamp,
    },
    /// The wrong codes are used up.
    Locked {
        /// When.
        at: Timestamp,
    },
    /// Its time was over before any of these.
    Expired,
}

impl Standing {
    /// The name used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Sent { .. } => "sent",
            Self::Verified { .. } => "verified",
            Self::Locked { .. } => "locked",
            Self::Expired => "expired",
        }
    }
}

impl Sight {
    /// What is to be seen at a moment. `readable` says whether the flow's recipients are there.
    pub fn of(flow: &Flow, readable: bool, redeemed: Option<Stamp>, now: Timestamp) -> Self {
        let over = now >= flow.expires_at;
        let (standing, chosen) = match &flow.state {
            State::Verified { at, chosen } => (Standing::Verified { at: *at }, chosen.as_slice()),
            State::Locked { at, .. } => (Standing::Locked { at: *at }, [].as_slice()),
            State::Sent(sent) if !over => (Standing::Sent { code_expires_at: sent.code_expires_at }, &*sent.chosen),
            State::Sent(sent) => (Standing::Expired, &*sent.chosen),
            State::Started => (if over { Standing::Expired } else { Standing::Started }, [].as_slice()),
        };
        let destination = |(n, recipient): (usize, &Recipient)| Destination {
            channel: recipient.address.channel(),
            masked: recipient.address.masked(),
            chosen: chosen.contains(&n),
        };
        Self {
            id: flow.id,
            purpose: flow.purpose,
            holder: flow.holder.clone(),
            standing,
            destinations: readable.then(|| flow.recipients.iter().enumerate().map(destination).collect()),
            opened_at: flow.opened_at,
            expires_at: flow.expires_at,
            failed_attempts: flow.failed_attempts,
            redeemed,
        }
    }
}
