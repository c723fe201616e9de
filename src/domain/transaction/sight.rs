//! What the back office may see of a transaction: its session by its name here, and no salt.

use super::*;
use crate::domain::operator::Stamp;
use crate::domain::session::SessionId;

/// A transaction, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Its id.
    pub id: TransactionId,
    /// What kind of thing is confirmed.
    pub kind: Kind,
    /// What is confirmed. `None` for a login, in a list, and if the server key that they are sealed with is gone: a
    /// transaction that is over needs it no more.
    pub details: Option<Details>,
    /// The application that opened it.
    pub client: ClientId,
    /// The session it was opened in.
    pub session: SessionId,
    /// Who confirms. `None` if the server key that this is sealed with is gone.
    pub holder: Option<TokenHolder>,
    /// With which token.
    pub token: TokenId,
    /// What kind of token it is.
    pub device: DeviceKind,
    /// What the token is asked; only with OCRA.
    pub question: Option<String>,
    /// When it began.
    pub opened_at: Timestamp,
    /// From this moment on its caller knows it no more.
    pub expires_at: Timestamp,
    /// Wrong codes so far.
    pub failed_attempts: u8,
    /// Where it stands.
    pub standing: Standing,
    /// Who has had the proof of the right code.
    pub redeemed: Option<Stamp>,
}

impl Sight {
    /// What is to be seen of a transaction at a moment.
    pub fn of(transaction: &Transaction, redeemed: Option<Stamp>, now: Timestamp) -> Self {
        Self {
            id: transaction.id,
            kind: transaction.subject.kind(),
            details: match &transaction.subject {
                Subject::Login => None,
                Subject::Risk(details) => Some(details.clone()),
            },
            client: transaction.client.clone(),
            session: SessionId::from_bytes(transaction.session),
            holder: Some(transaction.holder.clone()),
            token: transaction.token,
            device: transaction.device,
            question: transaction.challenge.as_ref().map(|challenge| challenge.question.clone()),
            opened_at: transaction.opened_at,
            expires_at: transaction.expires_at,
            failed_attempts: transaction.failed_attempts,
            standing: Standing::of(transaction.state, transaction.expires_at, now),
            redeemed,
        }
    }
}

/// Where a transaction stands, seen at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A code may come.
    Open,
    /// The right code came.
    Consumed {
        /// When.
        at: Timestamp,
    },
    /// The wrong codes are used up.
    Locked {
        /// When.
        at: Timestamp,
    },
    /// It was called off, or the next one took its place.
    Closed {
        /// When.
        at: Timestamp,
    },
    /// Its time was over before any of these.
    Expired,
}

/// The standings without their times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StandingKind {
    /// A code may come.
    Open,
    /// The right code came.
    Consumed,
    /// The wrong codes are used up.
    Locked,
    /// It was called off, or the next one took its place.
    Closed,
    /// Its time was over before any of these.
    Expired,
}

impl Standing {
    /// Of a state and the time.
    pub fn of(state: State, expires_at: Timestamp, now: Timestamp) -> Self {
        match state {
            State::Open if now >= expires_at => Self::Expired,
            State::Open => Self::Open,
            State::Consumed { at } => Self::Consumed { at },
            State::Locked { at } => Self::Locked { at },
            State::Closed { at } => Self::Closed { at },
        }
    }

    /// Which it is.
    pub fn kind(self) -> StandingKind {
        match self {
            Self::Open => StandingKind::Open,
            Self::Consumed { .. } => StandingKind::Consumed,
            Self::Locked { .. } => StandingKind::Locked,
            Self::Closed { .. } => StandingKind::Closed,
            Self::Expired => StandingKind::Expired,
        }
    }

    /// When it ended, unless it is open or just its time was over.
    pub fn ended_at(self) -> Option<Timestamp> {
        match self {
            Self::Consumed { at } | Self::Locked { at } | Self::Closed { at } => Some(at),
            Self::Open | Self::Expired => None,
        }
    }
}

impl StandingKind {
    /// Every standing.
    pub const ALL: [StandingKind; 5] = [Self::Open, Self::Consumed, Self::Locked, Self::Closed, Self::Expired];

    /// The name used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Consumed => "consumed",
            Self::Locked => "locked",
            Self::Closed => "closed",
            Self::Expired => "expired",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Which transactions to show. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of one customer, and of who acts for it.
    pub customer: Option<CustomerId>,
    /// Those that one application opened.
    pub client: Option<ClientId>,
    /// Those that stand so now.
    pub state: Option<StandingKind>,
}
