//! One flow: from the question for a code to its acceptance.
//!
//! ```text
//!            Open                Send                    Verify, right code
//!   (none) ───────► started ─────────────► sent ──────────────────────────► verified
//!                      ▲                  │  ▲ │                               (consumed)
//!                      │ every send       │  │ │ Verify, last wrong code
//!                      │ refused: `live`  └──┘ └──────────────────────────► locked
//!                      └ falls to 0,     Send again:
//!                        still `sent`    same code while it lives,
//!                                        next generation after that
//!
//!   any state, `expires_at` reached: expired, for the caller like a key that never was
//! ```
//!
//! [`step()`] is the only way from one state to the next. It is a pure function of what the store has loaded, the command
//! and the time in it; the store runs it inside one atomic step, so commands on one flow are decided one after the other
//! and a crash leaves either all of a step or nothing. A wrong code is counted in the very step that finds it wrong, and
//! a right one consumes the flow in the step that finds it right.

mod guard;
mod limits;
mod redeem;
mod sight;
mod step;
mod trail;

use super::customer::{CustomerId, Language};
use super::keys::{KeyId, KeyRing};
use super::limit::Limits;
use super::policy::{Policy, Presentation, Purpose};
use super::ports::Random;
use super::prefix::{Guard, HeldBack, Shift};
use super::recipient::{Address, Channel, PhoneNumber};
use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use guard::looks;
pub use limits::meters;
pub use redeem::{Expected, ExpectedError, Redeeming, redeem};
pub use sight::{Destination, Sight, Standing};
pub use step::{Loaded, Step, step, tallies};
pub use trail::Trail;

/// A moment, UTC. The database keeps milliseconds.
pub type Timestamp = DateTime<Utc>;

/// How long a flow lives from its start, whatever happens in it (decided here).
pub const FLOW_LIFETIME: TimeDelta = TimeDelta::minutes(15);

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Draws a new one: 128 random bits.
            pub fn random(random: &dyn Random) -> Self {
                let mut bytes = [0; 16];
                random.fill(&mut bytes);
                Self(bytes)
            }

            /// Draws a new one that sorts behind those of earlier milliseconds: 48 bits of the time, then 80 random ones,
            /// as in UUID version 7 (RFC 9562 section 5.7). Rows that are written together stand together then.
            pub fn ordered(at: $crate::domain::flow::Timestamp, random: &dyn Random) -> Self {
                let $name(mut bytes) = Self::random(random);
                bytes[..6].copy_from_slice(&at.timestamp_millis().to_be_bytes()[2..]);
                Self(bytes)
            }

            /// Sorts before every other of this millisecond and of later ones.
            pub fn first_of(at: $crate::domain::flow::Timestamp) -> Self {
                let mut bytes = [0; 16];
                bytes[..6].copy_from_slice(&at.timestamp_millis().max(0).to_be_bytes()[2..]);
                Self(bytes)
            }

            /// The time that it begins with, if it is one.
            pub fn made_at(self) -> Option<$crate::domain::flow::Timestamp> {
                let mut millis = [0; 8];
                millis[2..].copy_from_slice(&self.0[..6]);
                chrono::DateTime::from_timestamp_millis(i64::from_be_bytes(millis))
            }

            /// Reads one back.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Reads 32 hexadecimal digits, small letters.
            pub fn parse(text: &str) -> Option<Self> {
                crate::domain::flow::hex(text).map(Self)
            }

            /// The bits.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    };
}
pub(super) use random_id;

/// Bytes of twice as many hexadecimal digits, small letters.
pub(super) fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let small = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fits = text.len() == 2 * N && text.bytes().all(small);
    let mut bytes = [0; N];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2).filter(|_| fits)?, 16).ok()?;
    }
    Some(bytes)
}

random_id! {
    /// Names a flow inside the server and in its logs; callers never see it.
    FlowId
}
random_id! {
    /// Names one send: the outbox row and, for a provider that understands it, the repeat of a message.
    SendId
}

/// The caller's handle on a flow: a random UUID, shown to the caller and kept as a digest only.
pub struct ServiceKey(Zeroizing<String>);

impl ServiceKey {
    /// Draws a new one: a version 4 UUID.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self(Zeroizing::new(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()))
    }

    /// The text, for the caller.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKey(..)")
    }
}

/// SHA-256 of a service key: what the store finds a flow by. The key has 122 random bits, so no salt is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServiceKeyDigest([u8; 32]);

impl ServiceKeyDigest {
    /// The digest of any text a caller gives for a service key.
    pub fn of(text: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Self(hash)
    }

    /// Reads one back.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ServiceKeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKeyDigest(..)")
    }
}

/// An address a flow may use, under an opaque name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Random, for this flow alone: a UUID.
    pub reference: Uuid,
    /// Where it leads.
    pub address: Address,
}

/// The customer a flow belongs to, and the app it was started from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Whom the token names, by default in `sub`.
    pub customer: CustomerId,
    /// The app that the token names, by default which of the configured audiences it was made for.
    pub app: String,
}

/// Where a flow stands. "Expired" is no state: it is [`Flow::expires_at`] and the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No code has been sent yet.
    Started,
    /// A code has been sent.
    Sent(Sent),
    /// The right code came; the flow is consumed.
    Verified {
        /// When.
        at: Timestamp,
        /// Where the code had been sent last, as positions in [`Flow::recipients`].
        chosen: Vec<usize>,
    },
    /// The wrong codes are used up.
    Locked {
        /// When.
        at: Timestamp,
        /// The code in force at that time: a caller still has to name it by its security key.
        generation: u32,
    },
}

/// What is known of the code in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Counts codes: 1 for the first, one more each time an expired code is asked for again.
    pub generation: u32,
    /// Digits of this code, fixed when it was made.
    pub digits: u8,
    /// The code is good before this moment.
    pub code_expires_at: Timestamp,
    /// Sends in this flow that no provider has refused. One is the first, the others are resends.
    pub sends: u8,
    /// Sends of this generation that no provider has refused. At 0 the code has reached nobody.
    pub live: u8,
    /// The recipients of the last send, as positions in [`Flow::recipients`].
    pub chosen: Vec<usize>,
}

/// One flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// How its caller names it.
    pub key: ServiceKeyDigest,
    /// What it is for.
    pub purpose: Purpose,
    /// The server key its codes are derived with.
    pub key_id: KeyId,
    /// Whose it is; `None` before login.
    pub holder: Option<Holder>,
    /// The addresses it may use, the primary one first.
    pub recipients: Vec<Recipient>,
    /// What the customer was shown.
    pub presentation: Presentation,
    /// The language of its messages.
    pub language: Language,
    /// When it began.
    pub opened_at: Timestamp,
    /// From this moment on it is unknown.
    pub expires_at: Timestamp,
    /// Wrong codes so far; no resend takes any back.
    pub failed_attempts: u8,
    /// Where it stands.
    pub state: State,
}

/// What everyone's decisions need: keys, the policy of each purpose, and the limits. A purpose without one answers so.
#[derive(Debug)]
pub struct Rules {
    /// The server keys.
    pub keys: Arc<KeyRing>,
    /// The policies.
    pub policies: HashMap<Purpose, Policy>,
    /// What outlives a flow.
    pub limits: Limits,
    /// What goes for text messages, wherever they are sent to.
    pub guard: Guard,
}

/// Something to be done to one flow.
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
    /// Begin a flow, and send at once if a send comes along.
    Open(Box<Flow>, Option<SendRequest>),
    /// Send the code, or send it again.
    Send(ServiceKeyDigest, SendRequest),
    /// Check a code.
    Verify(ServiceKeyDigest, VerifyRequest),
    /// Record how a send went.
    Settle {
        /// The flow it belongs to.
        flow: FlowId,
        /// The send.
        send: SendId,
        /// Which code it carried.
        generation: u32,
        /// Whether at least one provider took the message.
        accepted: bool,
    },
}

/// A caller's wish for a code. Texts are as given: a wrong one is part of the decision.
#[derive(Clone, Debug)]
pub struct SendRequest {
    /// The operation's purpose.
    pub purpose: Purpose,
    /// Who asks; `None` before login.
    pub holder: Option<Holder>,
    /// The phone that came along: if there is one, it must be the flow's.
    pub phone: PhoneGiven,
    /// The security key that came along, if any: it must be the flow's current one.
    pub security_key: Option<Secret>,
    /// The recipients chosen, if any: references of this flow, each under the channel it was named for.
    pub references: Vec<(Channel, String)>,
    /// The name this send will have.
    pub send: SendId,
    /// The client address that asks; `None` where it is not known, and then it has no limit.
    pub from: Option<IpAddr>,
}

/// A phone number in a call that may have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneGiven {
    /// There was none.
    Absent,
    /// There was a text that is no phone number.
    Unreadable,
    /// There was one.
    Number(PhoneNumber),
}

/// A caller's code. Texts are as given.
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    /// The operation's purpose.
    pub purpose: Purpose,
    /// Who asks; `None` before login.
    pub holder: Option<Holder>,
    /// The security key: it must be the flow's current one.
    pub security_key: Secret,
    /// The code.
    pub code: Secret,
    /// The client address that asks; `None` where it is not known, and then it has no limit.
    pub from: Option<IpAddr>,
}

/// A secret that came from outside: wiped after use, never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The text, for a comparison in constant time.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Why a command was turned down. All but the two counters are told to the caller as they are; whether a key is
/// unknown, foreign, expired or consumed is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Service key unknown, expired, consumed, another operation's or another customer's. DBX 10502.
    UnknownKey,
    /// No policy for this purpose. DBX 10501.
    NoPolicy,
    /// Phone missing, not a phone number, or not the flow's. DBX 10508.
    BadPhone,
    /// The customer is unknown here, or has no address that the policy lets a code go to. DBX 10508.
    NoAddress,
    /// Security key not the flow's current one. DBX 10518.
    ForeignSecurityKey,
    /// The chosen recipients do not fit the flow. DBX 10503.
    Misfit(Misfit),
    /// The wrong codes are used up. DBX 10519.
    Locked(Attempts),
    /// No more codes for this customer or destination today. DBX 10509.
    DailyLimit,
    /// No more resends in this flow. DBX 10510.
    ResendLimit,
    /// The code was good once. DBX 10505.
    CodeExpired,
    /// Not the code. DBX 10517.
    WrongCode(Attempts),
    /// No provider took the message. DBX 10511.
    Undeliverable,
    /// Too many calls, sends or wrong codes. HTTP 429.
    Throttled {
        /// How many seconds to wait, at least 1.
        retry_after: u32,
    },
    /// The toll-fraud guard holds it back. 429.
    HeldBack(HeldBack),
}

/// In what way the recipients of a call do not fit its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A reference id that is not one of this flow's.
    Reference,
    /// No recipient was chosen where the customer must choose.
    NoRecipient,
    /// An e-mail was chosen alone, which the policy forbids.
    EmailAlone,
}

/// How many wrong codes there have been, and may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// Wrong codes so far.
    pub failed: u8,
    /// The number that locks the flow.
    pub max: u8,
}

/// A step's outcome for the one who asked.
pub type Decision = Result<Granted, Refusal>;

/// What was granted.
#[derive(Clone, Debug)]
pub enum Granted {
    /// The flow is open, nothing is sent yet.
    Opened,
    /// The send is recorded and must now be carried out; phone prefixes may have changed their state by it.
    Send(Dispatch, Vec<Shift>),
    /// The right code: consumed.
    Verified,
    /// The outcome of a send is recorded (or was before).
    Settled,
}

/// A recorded send: all that carrying it out takes, and what the caller is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// Its name.
    pub send: SendId,
    /// Its flow.
    pub flow: FlowId,
    /// The server key the code is derived with.
    pub key_id: KeyId,
    /// What the code is for.
    pub purpose: Purpose,
    /// Which code.
    pub generation: u32,
    /// Its length.
    pub digits: u8,
    /// The language of the text.
    pub language: Language,
    /// Where it goes: one or two addresses.
    pub to: Vec<Address>,
    /// When the code ends.
    pub code_expires_at: Timestamp,
    /// Resends used so far, this send included.
    pub resends_used: u8,
}

impl Rules {
    /// The policy of a purpose.
    pub fn policy(&self, purpose: Purpose) -> Result<&Policy, Refusal> {
        self.policies.get(&purpose).ok_or(Refusal::NoPolicy)
    }
}

/// A count that outlives flows: codes sent for one purpose to one customer or destination on one UTC day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The purpose.
    pub purpose: Purpose,
    /// Keyed hash of the customer or the destination.
    pub subject: [u8; 32],
    /// Days since 1970-01-01, UTC.
    pub day: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ports::Counting;

    #[test]
    fn ordered_ids_sort_by_time_and_differ_within_a_millisecond() {
        let random = Counting::default();
        let at = |millis| FlowId::ordered(DateTime::from_timestamp_millis(millis).unwrap(), &random);
        let (first, same, later) = (at(255), at(255), at(256));
        assert_eq!(first.as_bytes()[..6], [0, 0, 0, 0, 0, 255]);
        assert!(first != same && first.as_bytes() < later.as_bytes() && same.as_bytes() < later.as_bytes());
        let first_of = |millis| FlowId::first_of(DateTime::from_timestamp_millis(millis).unwrap());
        assert!(first_of(255).as_bytes() <= first.as_bytes() && first_of(256).as_bytes() > same.as_bytes());
        assert_eq!(first_of(-1).as_bytes(), &[0; 16]);
    }
}
