//! One transaction of the BNE family: from the question for a challenge to the acceptance of a code.
//!
//! ```text
//!           Open                     Validate, right code
//!  (none) ───────► open ──────────────────────────────────► consumed
//!                   │ │ Validate, last wrong code
//!                   │ └───────────────────────────────────► locked
//!                   │   Close; or Open of the next one of the same holder, client and kind,
//!                   └── where policy has one at a time ────► closed
//!
//!  any state, `expires_at` reached: expired
//! ```
//!
//! Expired, consumed and closed are for the caller like a transaction that never was; so is one of another session,
//! client, kind or customer, and every one in a session that is [over](super::session). Locked stays visible until it
//! expires: the code is refused from then on.
//!
//! [`step`] is the only way from one state to the next. It decides on the transaction **and** its token: the store
//! writes both in the one atomic step in which it read them, so a right code consumes the transaction and burns the
//! token's counter, time-step or challenge together, and a wrong one counts on both, or neither has happened.
//!
//! # What the code is for
//!
//! A login of an OCRA token is a drawn challenge. A risk transaction is a challenge derived from its [`Details`] and
//! a salt drawn for it alone, so the code signs these details (PSD2 RTS, Delegated Regulation (EU) 2018/389, Article
//! 5): another amount or payee has another challenge, hence another code. Details and salt are kept, so that it can
//! be shown later what a challenge stood for. Other tokens have no challenge and cannot sign;
//! [`Policy::risk_without_ocra`] lets them confirm a risk transaction all the same, for a bank whose channel links
//! code and details by other means.

mod details;
mod limits;
mod redeem;
mod sight;
mod step;
mod trail;

use super::client::ClientId;
use super::customer::CustomerId;
use super::flow::{Secret, Timestamp};
use super::keys::{KeyId, KeyRing};
use super::limit::Limits;
use super::oath::ocra::question::SignatureSalt;
use super::operator::Order;
use super::ports::Random;
use super::token::{self, DeviceKind, TokenHolder, TokenId, Unusable};
use chrono::TimeDelta;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use details::{Details, DetailsError};
pub use limits::meters;
pub use redeem::{Expected, Redeeming, redeem};
pub use sight::{Filter, Sight, Standing, StandingKind};
pub use step::{Candidate, Loaded, Step, Supersede, asks, candidate, may_open, step};
pub use trail::Trail;

/// The caller's name for a transaction: a random UUID. No secret: it is of use only in its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId(Uuid);

impl TransactionId {
    /// Draws a new one: a version 4 UUID.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// Reads any text that a caller gives. What is no UUID in its hyphenated form becomes the nil UUID, which no
    /// transaction has: the caller is to learn no more than of an unknown one, nor sooner.
    pub fn of(text: &str) -> Self {
        Self(if text.len() == 36 { Uuid::try_parse(text).unwrap_or_default() } else { Uuid::nil() })
    }

    /// Reads one back.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The bits.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What kind of thing a customer confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A login.
    Login,
    /// A risk transaction.
    Risk,
}

impl Kind {
    /// The name used in the API, logs and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::Risk => "RISK",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Login, Self::Risk].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a customer is asked to confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A login.
    Login,
    /// A risk transaction.
    Risk(Details),
}

impl Subject {
    /// Which of the two.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Login => Kind::Login,
            Self::Risk(_) => Kind::Risk,
        }
    }
}

/// What the customer types into the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The text.
    pub question: String,
    /// What it was derived with from the details; `None` for a login, where it was drawn.
    pub salt: Option<SignatureSalt>,
}

/// Where a transaction stands. "Expired" is no state: it is [`Transaction::expires_at`] and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
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
    /// The next one took its place, or it was called off.
    Closed {
        /// When.
        at: Timestamp,
    },
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its id.
    pub id: TransactionId,
    /// What is confirmed.
    pub subject: Subject,
    /// The application that opened it.
    pub client: ClientId,
    /// Keyed hash of the session it was opened in.
    pub session: [u8; 32],
    /// The server key of that hash.
    pub key_id: KeyId,
    /// Who confirms.
    pub holder: TokenHolder,
    /// With which token.
    pub token: TokenId,
    /// What kind of token it is.
    pub device: DeviceKind,
    /// What it was asked; only with OCRA.
    pub challenge: Option<Challenge>,
    /// When it began.
    pub opened_at: Timestamp,
    /// From this moment on it is unknown.
    pub expires_at: Timestamp,
    /// Wrong codes so far.
    pub failed_attempts: u8,
    /// Where it stands.
    pub state: State,
}

/// What a bank may decide about transactions, within the bounds of [`Policy::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a transaction lives, whatever happens in it.
    pub lifetime: TimeDelta,
    /// Wrong codes until it is locked.
    pub failed_attempts_max: u8,
    /// Whether opening one closes the open one of the same holder, client and kind.
    pub one_at_a_time: bool,
    /// Whether a token that cannot sign may confirm a risk transaction. Its code is then good for any details.
    pub risk_without_ocra: bool,
    /// Whether calls in sessions that nobody has registered find nothing.
    pub registered_sessions_only: bool,
    /// What goes for the tokens.
    pub tokens: token::Policy,
}

impl Default for Policy {
    /// 3 minutes, 3 attempts, one at a time, risk transactions with OCRA alone, any session.
    fn default() -> Self {
        Self {
            lifetime: TimeDelta::minutes(3),
            failed_attempts_max: 3,
            one_at_a_time: true,
            risk_without_ocra: false,
            registered_sessions_only: false,
            tokens: token::Policy::default(),
        }
    }
}

impl Policy {
    /// Says which value is out of bounds: its configuration key and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        token::within("lifetime_secs", self.lifetime.num_seconds(), 30, 900)?;
        token::within("failed_attempts_max", self.failed_attempts_max.into(), 1, 5)?;
        self.tokens.check()
    }
}

/// What every decision needs.
#[derive(Debug)]
pub struct Rules {
    /// The server keys.
    pub keys: Arc<KeyRing>,
    /// The policy.
    pub policy: Policy,
    /// What outlives a transaction.
    pub limits: Limits,
}

/// Something to be done to one transaction.
#[derive(Clone, Debug)]
pub struct Command {
    /// When it is asked.
    pub at: Timestamp,
    /// What.
    pub action: Action,
    /// The rules in force.
    pub rules: Arc<Rules>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Action {
    /// Begin a transaction.
    Open(Box<OpenRequest>),
    /// Check a code.
    Validate(ValidateRequest),
    /// Call an open transaction off, on somebody's behalf.
    Close(TransactionId, Order),
}

/// A caller's wish for a transaction.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// The name it will have.
    pub id: TransactionId,
    /// What is confirmed.
    pub subject: Subject,
    /// The application that asks.
    pub client: ClientId,
    /// The session that it asks in.
    pub session: Secret,
    /// Who is to confirm.
    pub holder: TokenHolder,
    /// The customer whom the caller's access token names, if it names one.
    pub customer: Option<CustomerId>,
    /// Where challenges and salts come from.
    pub draw: Draw,
    /// The client address that asks; `None` for an operator, whom nothing limits.
    pub from: Option<IpAddr>,
}

impl OpenRequest {
    /// Whether the access token names no customer or the very one who is to confirm. If not, the holder's tokens are not
    /// even to be read: the time that takes would tell a stranger how many there are.
    pub fn asks_for_its_own(&self) -> bool {
        self.customer.as_ref().is_none_or(|customer| *customer == self.holder.customer)
    }
}

/// 32 random bytes, drawn when everything else of a request is known.
#[derive(Clone)]
pub struct Draw(Zeroizing<[u8; 32]>);

impl Draw {
    /// Draws.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(&mut *bytes);
        Self(bytes)
    }
}

impl fmt::Debug for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draw(..)")
    }
}

/// A caller's code.
#[derive(Clone, Debug)]
pub struct ValidateRequest {
    /// Which transaction.
    pub id: TransactionId,
    /// What kind the caller takes it for.
    pub kind: Kind,
    /// The application that asks.
    pub client: ClientId,
    /// The session that it asks in.
    pub session: Secret,
    /// The customer whom the caller's access token names, if it names one.
    pub customer: Option<CustomerId>,
    /// The code.
    pub code: Secret,
    /// The client address that asks, if it is known.
    pub from: Option<IpAddr>,
}

/// Why a command was turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such transaction, or none that this caller may know of; on [`Action::Open`]: no such holder, or one without a
    /// token.
    NotFound,
    /// The holder has tokens, or the transaction is there, but it cannot be done. The reason is for the audit trail;
    /// callers are never told.
    BusinessFailed(Reason),
    /// On [`Action::Close`]: it has ended, or its time is over.
    Over,
    /// Too many calls or wrong codes: nothing was looked at.
    Throttled {
        /// How many seconds to wait, at least 1.
        retry_after: u32,
    },
    /// Opened by an operator: the key of the call was used for another request.
    Mismatch,
}

/// Why something that is there could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// None of the holder's tokens can sign, and policy asks for one that can.
    #[error("none of the holder's tokens can sign a risk transaction")]
    NoSigningToken,
    /// The wrong codes of this transaction are used up.
    #[error("the attempts of this transaction are used up")]
    AttemptsUsedUp,
    /// The token takes no code now; of several, the one that would have been chosen.
    #[error(transparent)]
    Token(Unusable),
    /// A wrong code, or one that was used before. It was counted.
    #[error("the code is wrong or was used before")]
    WrongCode,
    /// The token has answered this challenge before; on [`Action::Open`]: it has answered so many that no fresh one was
    /// found.
    #[error("the token has answered this challenge before")]
    ChallengeBurnt,
}

/// A step's outcome for the one who asked.
pub type Decision = Result<Granted, Refusal>;

/// What was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// The transaction is open.
    Opened(Box<Transaction>),
    /// The right code: the transaction, consumed.
    Validated(Box<Transaction>),
    /// It is called off.
    Closed(Box<Transaction>),
}

impl Granted {
    /// The transaction as it is now.
    pub fn transaction(&self) -> &Transaction {
        match self {
            Self::Opened(transaction) | Self::Validated(transaction) | Self::Closed(transaction) => transaction,
        }
    }
}
