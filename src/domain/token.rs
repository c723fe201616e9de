//! A token: what it is, whose it is, and how often somebody guessed at it.
//!
//! ```text
//!    import            Assign             first right code
//!  ─────────► imported ──────► assigned ───────────────────► active
//!                 ▲              │ │ ▲                        │ │ ▲
//!                 └── Unassign ──┴─┼─┼────────────────────────┘ │ │
//!                                  ▼ │ Unlock            Unlock ▼ │
//!                                  └───────── locked ─────────────┘
//!                                   too many failures, where policy says so
//!
//!  any of them but the last ── Revoke ──► revoked, for good
//! ```
//!
//! Every state says since when it is and who brought it about. Assigned and active tokens are good for codes; active
//! says that its holder has shown to have it. A locked token goes back to where it was; it cannot be unassigned,
//! which would unlock it under another name.
//!
//! # Never twice
//!
//! A code that is accepted burns what made it: the counter and all before, the time-step and all before, or (OCRA
//! without a counter) the challenge. [`Token::check`] gives the token as it is then, and whoever calls stores that in
//! the step that accepts. Resynchronization burns in the same way. What was burnt stays so over a change of holder.
//!
//! # Guessing
//!
//! Failures count for the token, in whatever transaction they happen, until a code is right. From
//! [`Policy::failures_free`] on, each is followed by a wait that doubles up to [`Policy::wait_max`]. A code that
//! comes during a wait is refused unseen: it is not compared, not counted, and does not make the wait longer, so
//! whoever guesses learns nothing, and one failure keeps the holder out for one wait at most. With the defaults that
//! leaves a guesser some 24 guesses a day. The hundredth failure in a row ([`Policy::failures_lock`]) locks the token until
//! an operator unlocks it: NIST SP 800-63B-4 §3.2.2 allows no more. Who could bring that about is a registered client with a
//! good access token, for some four days on end; a stranger cannot.

mod device;
mod step;

use super::client::{label, visible};
use super::customer::CustomerId;
use super::flow::{Secret, Timestamp, random_id};
use super::oath::ocra::question::Question;
use super::oath::ocra::{self, TimeWindow};
use super::oath::{Seed, hotp, totp};
use super::operator::{Actor, Stamp};
use super::ports::Random;
use chrono::TimeDelta;
use std::fmt;

pub use device::{Device, DeviceKind, Ocra, OcraError};
pub use step::{Action, Command, Decision, Refusal, Step, enrol, imported, step};

random_id! {
    /// Names a token inside the server, in its logs and in the operator API.
    TokenId
}

impl TokenId {
    /// Draws a new one that sorts by its time: 48 bits of milliseconds and 80 random ones. Those that come in together then
    /// lie together in the store, which writes far less than if each were somewhere else.
    pub fn at(at: Timestamp, random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        bytes[..6].copy_from_slice(&at.timestamp_millis().to_be_bytes()[2..]);
        Self(bytes)
    }
}

label!(
    /// What its maker engraved on it. 1 to 64 visible ASCII characters; unique for one manufacturer.
    Serial,
    "a serial number has 1 to 64 visible ASCII characters",
    |text| visible(text, 64)
);
label!(
    /// A manufacturer or a model. 1 to 64 characters, none of them a control character.
    Make,
    "a manufacturer or a model has 1 to 64 characters, none of them a control character",
    |text| (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control)
);
label!(
    /// A company's legal representative. 1 to 64 visible ASCII characters.
    Representative,
    "a legal representative has 1 to 64 visible ASCII characters",
    |text| visible(text, 64)
);

/// Whose a token is: a customer, or one of those who act for a company.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenHolder {
    /// The customer number.
    pub customer: CustomerId,
    /// Who acts for it; `None` for a natural person.
    pub representative: Option<Representative>,
}

/// Given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// To whom.
    pub holder: TokenHolder,
    /// By whom, and when.
    pub given: Stamp,
}

/// Where a token stands; the header draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// In stock.
    Imported {
        /// Who imported it, or took it back.
        since: Stamp,
    },
    /// Given to somebody who has not used it yet.
    Assigned(Assignment),
    /// In use.
    Active {
        /// Whose it is.
        assignment: Assignment,
        /// The first right code.
        since: Timestamp,
    },
    /// Guessed at too often, where policy locks for that.
    Locked {
        /// Whose it is.
        assignment: Assignment,
        /// The first right code, if there was one.
        active_since: Option<Timestamp>,
        /// Who locked it.
        since: Stamp,
    },
    /// Out of use for good.
    Revoked {
        /// Whose it was.
        last: Option<TokenHolder>,
        /// Who revoked it.
        since: Stamp,
    },
}

/// The states without what each of them holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LifeKind {
    /// In stock.
    Imported,
    /// Given to somebody who has not used it yet.
    Assigned,
    /// In use.
    Active,
    /// Guessed at too often.
    Locked,
    /// Out of use for good.
    Revoked,
}

impl LifeKind {
    /// Every state.
    pub const ALL: [LifeKind; 5] = [Self::Imported, Self::Assigned, Self::Active, Self::Locked, Self::Revoked];

    /// The state's name, in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Assigned => "assigned",
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Life {
    /// Which state it is.
    pub fn kind(&self) -> LifeKind {
        match self {
            Self::Imported { .. } => LifeKind::Imported,
            Self::Assigned(_) => LifeKind::Assigned,
            Self::Active { .. } => LifeKind::Active,
            Self::Locked { .. } => LifeKind::Locked,
            Self::Revoked { .. } => LifeKind::Revoked,
        }
    }

    /// The state's name, in the API and in the database.
    pub fn as_str(&self) -> &'static str {
        self.kind().as_str()
    }
}

/// Failures since the last right code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// The last one; `None` if there is none.
    pub last_at: Option<Timestamp>,
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Its serial number.
    pub serial: Serial,
    /// Who made it, if known.
    pub manufacturer: Option<Make>,
    /// What they call it, if known.
    pub model: Option<Make>,
    /// What it computes, and how far it has got.
    pub device: Device,
    /// Its secret.
    pub seed: Seed,
    /// Where it stands.
    pub life: Life,
    /// It is not good before this moment.
    pub starts_at: Option<Timestamp>,
    /// It is not good from this moment on.
    pub expires_at: Option<Timestamp>,
    /// Failures since the last right code.
    pub failures: Failures,
    /// Counts changes: a change is made to the version that was seen, or not at all.
    pub version: u64,
}

/// Which tokens to show. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of one serial number: one of each manufacturer at most.
    pub serial: Option<Serial>,
    /// Those that a customer, or who acts for it, has or had last.
    pub customer: Option<CustomerId>,
    /// Those in one state.
    pub state: Option<LifeKind>,
}

/// What a bank may decide about tokens, within the bounds of [`Policy::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Counters tried for a code of a counting token, OCRA ones too.
    pub look_ahead: hotp::LookAhead,
    /// Time-steps tried on each side for a code of a token with a clock.
    pub drift: totp::DriftWindow,
    /// Time-steps tried on each side for a response of an OCRA token with a clock.
    pub ocra_time: TimeWindow,
    /// Counters tried to resynchronize.
    pub resync_counters: hotp::ResyncWindow,
    /// Time-steps tried on each side to resynchronize.
    pub resync_steps: totp::ResyncWindow,
    /// The failure that is followed by the first wait.
    pub failures_free: u32,
    /// The first wait; each further one is twice as long.
    pub wait_first: TimeDelta,
    /// The longest wait.
    pub wait_max: TimeDelta,
    /// The failure that locks the token until an operator unlocks it; `None`: there is none.
    pub failures_lock: Option<u32>,
}

impl Default for Policy {
    /// 10 counters, 1 time-step, a wait of 1 minute after 5 failures, doubling up to 1 hour, a lock
    /// after 100 (NIST SP 800-63B-4 §3.2.2).
    fn default() -> Self {
        Self {
            look_ahead: hotp::LookAhead::new(10).unwrap_or(hotp::LookAhead::MIN),
            drift: totp::DriftWindow::new(1).unwrap_or(totp::DriftWindow::MIN),
            ocra_time: TimeWindow::new(1).unwrap_or(TimeWindow::MIN),
            resync_counters: hotp::ResyncWindow::new(1000).unwrap_or(hotp::ResyncWindow::MIN),
            resync_steps: totp::ResyncWindow::new(120).unwrap_or(totp::ResyncWindow::MIN),
            failures_free: 5,
            wait_first: TimeDelta::minutes(1),
            wait_max: TimeDelta::hours(1),
            failures_lock: Some(100),
        }
    }
}

impl Policy {
    /// Says which value is out of bounds: its configuration key and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        within("failures_free", self.failures_free.into(), 1, 20)?;
        within("wait_first_secs", self.wait_first.num_seconds(), 1, 3600)?;
        within("wait_max_secs", self.wait_max.num_seconds(), self.wait_first.num_seconds(), 86_400)?;
        let lock = self.failures_lock.map_or(i64::from(self.failures_free), i64::from);
        within("failures_lock", lock, self.failures_free.into(), 100)
    }

    fn ocra_windows(&self) -> ocra::Windows {
        ocra::Windows { look_ahead: self.look_ahead, time: self.ocra_time }
    }

    /// The end of the wait that follows these failures, if one does.
    pub fn waits_until(&self, failures: Failures) -> Option<Timestamp> {
        let doublings = failures.count.checked_sub(self.failures_free)?;
        // 2^17 seconds are more than the longest wait of all.
        let factor = 1 << doublings.min(17);
        failures.last_at.map(|at| at + (self.wait_first * factor).min(self.wait_max))
    }
}

pub(super) fn within(key: &'static str, value: i64, min: i64, max: i64) -> Result<(), (&'static str, String)> {
    if (min..=max).contains(&value) { Ok(()) } else { Err((key, format!("{value} is outside {min} to {max}"))) }
}

/// Why a token takes no code at the moment. For the audit trail and for operators: callers of the BNE family are never
/// told which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nobody has it, or somebody else.
    #[error("the token is not assigned to this holder")]
    NotAssigned,
    /// Guessed at too often.
    #[error("the token is locked")]
    Locked,
    /// Out of use.
    #[error("the token is revoked")]
    Revoked,
    /// Its time has not begun.
    #[error("the token is not yet valid")]
    NotStarted,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// A wait is on.
    #[error("too many wrong codes: the token waits until {until}")]
    Waiting {
        /// When it ends.
        until: Timestamp,
    },
    /// A challenge for a token that takes none, or none for one that does, or one of another form.
    #[error("the challenge does not fit the token")]
    Question,
}

impl Unusable {
    /// What the audit trail calls it.
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::NotAssigned => "token not assigned",
            Self::Locked => "token locked",
            Self::Revoked => "token revoked",
            Self::NotStarted => "token not yet valid",
            Self::Expired => "token expired",
            Self::Waiting { .. } => "token waits",
            Self::Question => "challenge does not fit",
        }
    }
}

/// What became of a code.
#[derive(Clone, Debug)]
pub enum Checked {
    /// It was right. The token as it is now: store it, and burn [`Token::burns`].
    Right(Token),
    /// It was wrong. The token as it is now: store it.
    Wrong(Token),
    /// It was not looked at; nothing has changed.
    Unusable(Unusable),
}

impl Token {
    /// A token that has just come in: never used, in nobody's hands, not limited in time, of no known maker.
    pub fn imported(id: TokenId, serial: Serial, device: Device, seed: Seed, since: Stamp) -> Self {
        Self {
            id,
            serial,
            manufacturer: None,
            model: None,
            device,
            seed,
            life: Life::Imported { since },
            starts_at: None,
            expires_at: None,
            failures: Failures::default(),
            version: 1,
        }
    }

    /// To whom it was given, if it is in somebody's hands.
    pub fn assignment(&self) -> Option<&Assignment> {
        match &self.life {
            Life::Assigned(assignment) | Life::Active { assignment, .. } | Life::Locked { assignment, .. } => {
                Some(assignment)
            }
            Life::Imported { .. } | Life::Revoked { .. } => None,
        }
    }

    /// Whose it is.
    pub fn holder(&self) -> Option<&TokenHolder> {
        self.assignment().map(|assignment| &assignment.holder)
    }

    /// Whether it takes a code now.
    pub fn usable(&self, policy: &Policy, at: Timestamp) -> Result<(), Unusable> {
        match &self.life {
            Life::Imported { .. } => return Err(Unusable::NotAssigned),
            Life::Locked { .. } => return Err(Unusable::Locked),
            Life::Revoked { .. } => return Err(Unusable::Revoked),
            Life::Assigned(_) | Life::Active { .. } => {}
        }
        if self.starts_at.is_some_and(|starts| at < starts) {
            return Err(Unusable::NotStarted);
        }
        if self.expires_at.is_some_and(|expires| at >= expires) {
            return Err(Unusable::Expired);
        }
        match policy.waits_until(self.failures).filter(|until| at < *until) {
            Some(until) => Err(Unusable::Waiting { until }),
            None => Ok(()),
        }
    }

    /// Checks a code; `question` is what an OCRA token was asked, and must not have been burnt for it.
    pub fn check(&self, policy: &Policy, at: Timestamp, code: &Secret, question: Option<&Question>) -> Checked {
        if let Err(unusable) = self.usable(policy, at) {
            return Checked::Unusable(unusable);
        }
        match self.device.accept(&self.seed, policy, at, code.expose(), question) {
            Err(unusable) => Checked::Unusable(unusable),
            Ok(Some(device)) => Checked::Right(self.accepted(device, at)),
            Ok(None) => Checked::Wrong(self.failed(policy, at)),
        }
    }

    /// Finds a token that has gone too far, by two codes in a row. `None` for one that takes challenges: each of
    /// these has its own code, so there is no row.
    pub fn resync(&self, policy: &Policy, at: Timestamp, first: &Secret, second: &Secret) -> Option<Checked> {
        if let Err(unusable) = self.usable(policy, at) {
            return Some(Checked::Unusable(unusable));
        }
        Some(match self.device.resync(&self.seed, policy, at, first.expose(), second.expose())? {
            Some(device) => Checked::Right(self.accepted(device, at)),
            None => Checked::Wrong(self.failed(policy, at)),
        })
    }

    /// Whether an accepted challenge has to be burnt by name: nothing else would keep its code from being accepted
    /// again, should the same challenge come again.
    pub fn burns(&self) -> bool {
        matches!(&self.device, Device::Ocra(ocra) if !ocra.suite().has_counter())
    }

    fn accepted(&self, device: Device, at: Timestamp) -> Self {
        let life = match &self.life {
            Life::Assigned(assignment) => Life::Active { assignment: assignment.clone(), since: at },
            other => other.clone(),
        };
        Self { device, life, failures: Failures::default(), version: self.version + 1, ..self.clone() }
    }

    fn failed(&self, policy: &Policy, at: Timestamp) -> Self {
        let count = self.failures.count.saturating_add(1);
        let since = || Stamp { by: Actor::server(), at };
        let life = match &self.life {
            _ if policy.failures_lock.is_none_or(|lock| count < lock) => self.life.clone(),
            Life::Assigned(assignment) => {
                Life::Locked { assignment: assignment.clone(), active_since: None, since: since() }
            }
            Life::Active { assignment, since: active } => {
                Life::Locked { assignment: assignment.clone(), active_since: Some(*active), since: since() }
            }
            other => other.clone(),
        };
        let failures = Failures { count, last_at: Some(at) };
        Self { life, failures, version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn ids_sort_by_their_time_and_differ_within_it() {
        struct Falling(std::sync::atomic::AtomicU8);
        impl Random for Falling {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(0xff - self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            }
        }
        let random = Falling(0.into());
        let id = |millis| TokenId::at(DateTime::from_timestamp_millis(millis).unwrap(), &random).to_string();
        let now = 1_767_268_800_000;
        let ids = [id(now), id(now + 1), id(now + 256)];
        assert!(ids.is_sorted() && ids[0].starts_with("019b79"), "{ids:?}");
        assert_ne!(id(now), ids[0]);
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = Policy::default();
        let at = DateTime::from_timestamp(1_767_268_800, 0).unwrap();
        let wait =
            |count| policy.waits_until(Failures { count, last_at: Some(at) }).map(|until| (until - at).num_minutes());
        let waits: Vec<_> = (0..14).map(wait).collect();
        let expected = [1, 2, 4, 8, 16, 32, 60, 60, 60].map(Some);
        assert_eq!(waits[..5], [None; 5]);
        assert_eq!(waits[5..], expected);
        assert_eq!(wait(u32::MAX), Some(60));
        let longest = Policy { wait_first: TimeDelta::hours(1), wait_max: TimeDelta::hours(24), ..policy };
        assert_eq!(longest.check(), Ok(()));
        let until = longest.waits_until(Failures { count: u32::MAX, last_at: Some(at) });
        assert_eq!(until, Some(at + TimeDelta::hours(24)));
    }

    #[test]
    fn a_policy_keeps_its_bounds() {
        let good = Policy::default();
        assert_eq!(good.check(), Ok(()));
        for (key, bad) in [
            ("failures_free", Policy { failures_free: 0, ..good }),
            ("failures_free", Policy { failures_free: 21, ..good }),
            ("wait_first_secs", Policy { wait_first: TimeDelta::zero(), ..good }),
            ("wait_max_secs", Policy { wait_max: TimeDelta::seconds(59), ..good }),
            ("wait_max_secs", Policy { wait_max: TimeDelta::days(2), ..good }),
            ("failures_lock", Policy { failures_lock: Some(4), ..good }),
            ("failures_lock", Policy { failures_lock: Some(101), ..good }),
        ] {
            assert_eq!(bad.check().unwrap_err().0, key);
        }
        assert_eq!(Policy { failures_lock: Some(5), ..good }.check(), Ok(()));
    }
}
