//! What became of sends, as far as the back office may see: which way and when, never where to.

use super::flow::{FlowId, SendId, Timestamp};
use super::policy::Purpose;
use super::recipient::Channel;

/// How a send went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// There is no outcome yet.
    Pending,
    /// A provider took it.
    Accepted,
    /// No provider took it.
    Refused,
}

impl Status {
    /// The name used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Accepted, Self::Refused].into_iter().find(|status| status.as_str() == text)
    }
}

/// A send, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id: for a provider that understands it, the id of the message.
    pub send: SendId,
    /// Its flow.
    pub flow: FlowId,
    /// What the code was for.
    pub purpose: Purpose,
    /// The channel of each address it went to. `None` if they have been kept long enough, or the server key that
    /// they are sealed with is gone.
    pub channels: Option<Vec<Channel>>,
    /// How it went.
    pub status: Status,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it had its outcome.
    pub settled_at: Option<Timestamp>,
}

/// Which sends to show. All that is given must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Those of one flow.
    pub flow: Option<FlowId>,
    /// Those that went so.
    pub status: Option<Status>,
}
