//! Sessions of the BNE family, as far as the bank's back end tells us of them.
//!
//! A session is opened by the key exchange, which we have no part in. The back end may register it here, with its client,
//! its customer and its end, and close it when the customer logs out. From then on calls in it find nothing; so do
//! calls in one that has expired, and those of another client or for another customer.
//!
//! ```text
//!          Open                    Close, or `expires_at` reached
//!  (none) ───────► registered ─────────────────────────────────────► over, for good
//!     │                                                                 ▲
//!     └───────────────────── Close ─────────────────────────────────────┘
//! ```
//!
//! A session that nobody has registered is one all the same, unless policy wants every session registered.

mod step;

use super::client::ClientId;
use super::customer::CustomerId;
use super::flow::{Secret, Timestamp, hex};
use super::keys::{KeyId, KeyRing, ServerKey};
use super::operator::{Order, Stamp};
use chrono::TimeDelta;
use std::fmt;
use std::sync::Arc;

pub use step::{Closed, Decision, Known, Refusal, Step, close, open};

/// Names a session here: a keyed hash of its `sid`, so that what is shown or stored is of no use to a thief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 32]);

impl SessionId {
    /// The name of a `sid`, under one of the server's keys.
    pub fn of(key: &ServerKey, sid: &Secret) -> Self {
        Self(key.lookup("session", sid.expose()))
    }

    /// Every name that a `sid` may have been given, under the current key first.
    pub fn all(keys: &KeyRing, sid: &Secret) -> Vec<Self> {
        keys.iter().map(|key| Self::of(key, sid)).collect()
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        hex(text).map(Self)
    }

    /// Reads one back.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bits.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How long a session lives from its registration: a minute to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(TimeDelta);

impl Lifetime {
    /// The longest. A session that is closed without having been registered is remembered for so long, too.
    pub const MAX: Self = Self(TimeDelta::hours(24));
    /// What it is unless somebody says otherwise.
    pub const DEFAULT: Self = Self(TimeDelta::hours(1));

    /// Takes a number of seconds, 60 to 86400.
    pub fn new(secs: u32) -> Option<Self> {
        (60..=86_400).contains(&secs).then(|| Self(TimeDelta::seconds(secs.into())))
    }
}

/// A registered session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// The server key of that hash.
    pub key_id: KeyId,
    /// Whose calls come in it.
    pub client: ClientId,
    /// Whose it is; `None` if whoever it was registered by did not say.
    pub customer: Option<CustomerId>,
    /// Who registered it.
    pub opened: Stamp,
    /// From this moment on it is over.
    pub expires_at: Timestamp,
    /// Who closed it, if somebody did.
    pub closed: Option<Stamp>,
}

impl Session {
    /// Whether a call may be made in it.
    pub fn admits(&self, at: Timestamp, client: &ClientId, customer: &CustomerId) -> bool {
        self.closed.is_none()
            && at < self.expires_at
            && self.client == *client
            && self.customer.as_ref().is_none_or(|theirs| theirs == customer)
    }
}

/// A session as the back office sees it: registered, or known by its open transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub id: SessionId,
    /// Whose calls come in it.
    pub client: ClientId,
    /// What it was registered as, if it was.
    pub session: Option<Session>,
    /// How many transactions are open in it.
    pub open_transactions: u64,
}

/// Which sessions to show. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of one application.
    pub client: Option<ClientId>,
    /// Those of one customer, or with an open transaction of theirs.
    pub customer: Option<CustomerId>,
}

/// A session that is to be registered.
#[derive(Clone, Debug)]
pub struct Open {
    /// On whose behalf, and when.
    pub order: Order,
    /// The server keys.
    pub keys: Arc<KeyRing>,
    /// What the applications call it.
    pub sid: Secret,
    /// Whose calls come in it.
    pub client: ClientId,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// How long it lives.
    pub lifetime: Lifetime,
}

/// A session that is to be closed.
#[derive(Clone, Debug)]
pub struct Close {
    /// On whose behalf, and when.
    pub order: Order,
    /// The server keys.
    pub keys: Arc<KeyRing>,
    /// Which.
    pub which: Which,
}

/// Names a session.
#[derive(Clone, Debug)]
pub enum Which {
    /// By what the applications call it.
    Sid {
        /// That.
        sid: Secret,
        /// Whose calls come in it.
        client: ClientId,
    },
    /// By what it is called here.
    Id(SessionId),
}

impl Which {
    /// Every name that it may have here.
    pub fn ids(&self, keys: &KeyRing) -> Vec<SessionId> {
        match self {
            Self::Sid { sid, .. } => SessionId::all(keys, sid),
            Self::Id(id) => vec![*id],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_by_64_lower_case_hexadecimal_digits() {
        let text = "0123456789abcdef".repeat(4);
        assert_eq!(SessionId::parse(&text).map(|id| id.to_string()), Some(text.clone()));
        for text in [&text[1..], &text.to_uppercase(), &text.replace('0', "g"), &text.replace("01", "ñ"), ""] {
            assert_eq!(SessionId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_session_lives_a_minute_to_a_day() {
        assert!(Lifetime::new(60).is_some());
        assert_eq!(Lifetime::new(86_400), Some(Lifetime::MAX));
        assert!(Lifetime::new(59).is_none() && Lifetime::new(86_401).is_none());
    }
}
