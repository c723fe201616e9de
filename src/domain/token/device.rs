//! What a token computes, and how far it has got.

use super::{Policy, Unusable};
use crate::domain::flow::Timestamp;
use crate::domain::oath::ocra::question::Question;
use crate::domain::oath::ocra::suite::{Suite, Truncation};
use crate::domain::oath::ocra::{self, Inputs, PinHash};
use crate::domain::oath::totp::{Drift, Totp};
use crate::domain::oath::{Digits, Seed, hotp};

/// The ways of computing, the best first: this is the order in which a holder's tokens are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceKind {
    /// Answers a challenge (RFC 6287).
    Ocra,
    /// Follows the clock (RFC 6238).
    Totp,
    /// Counts (RFC 4226).
    Hotp,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [DeviceKind; 3] = [DeviceKind::Ocra, DeviceKind::Totp, DeviceKind::Hotp];

    /// The name used in the API, logs and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ocra => "OCRA",
            Self::Totp => "TOTP",
            Self::Hotp => "HOTP",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a token computes: what is fixed, and what moves with each accepted code.
#[derive(Clone, Debug)]
pub enum Device {
    /// Counts (RFC 4226).
    Hotp {
        /// Digits of a code.
        digits: Digits,
        /// The lowest counter that is not burnt.
        counter: u64,
    },
    /// Follows the clock (RFC 6238).
    Totp {
        /// What is fixed.
        totp: Totp,
        /// How far its clock was off when a code was last accepted.
        drift: Drift,
        /// The last step that is burnt.
        last_step: Option<u64>,
    },
    /// Answers a challenge (RFC 6287).
    Ocra(Ocra),
}

/// A token that answers challenges, of a kind that a customer can use without a wire: see [`Ocra::new`].
#[derive(Clone, Debug)]
pub struct Ocra {
    suite: Suite,
    counter: u64,
    pin: Option<PinHash>,
}

/// Why an OCRA token is of no use here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcraError {
    /// Nobody could type it.
    #[error("a suite with session information is for tokens that are connected by wire")]
    Session,
    /// The API takes 4 to 10 digits.
    #[error("a suite without truncation has responses that nobody can type")]
    Whole,
    /// The PIN is part of the computation.
    #[error("the suite needs the PIN's hash")]
    PinMissing,
    /// The PIN is not part of the computation.
    #[error("the suite takes no PIN")]
    PinSuperfluous,
    /// Hashed in another way.
    #[error("the PIN is not hashed with the suite's algorithm")]
    PinAlgorithm,
}

impl Ocra {
    /// Refuses suites with session information or without truncation: their use takes a wire between token and
    /// computer. `counter` is the lowest that is not burnt; a suite without one ignores it.
    pub fn new(suite: Suite, counter: u64, pin: Option<PinHash>) -> Result<Self, OcraError> {
        if suite.session().is_some() {
            return Err(OcraError::Session);
        }
        if suite.truncation() == Truncation::Whole {
            return Err(OcraError::Whole);
        }
        match (suite.pin(), &pin) {
            (Some(_), None) => Err(OcraError::PinMissing),
            (None, Some(_)) => Err(OcraError::PinSuperfluous),
            (Some(hash), Some(pin)) if pin.expose().len() != hash.length() => Err(OcraError::PinAlgorithm),
            _ => Ok(Self { suite, counter, pin }),
        }
    }

    /// What it computes with.
    pub fn suite(&self) -> &Suite {
        &self.suite
    }

    /// The lowest counter that is not burnt.
    pub fn counter(&self) -> u64 {
        self.counter
    }

    /// The hash of its PIN, if it takes one.
    pub fn pin(&self) -> Option<&PinHash> {
        self.pin.as_ref()
    }

    /// Exactly what the suite takes, for a challenge at a moment.
    pub fn inputs<'a>(&'a self, question: &'a Question, at: Timestamp) -> Inputs<'a> {
        Inputs {
            counter: self.suite.has_counter().then_some(self.counter),
            question,
            pin: self.pin.as_ref(),
            session: None,
            time: self.suite.time_step().map(|_| at),
        }
    }
}

impl Device {
    /// Which of the three it is.
    pub fn kind(&self) -> DeviceKind {
        match self {
            Self::Hotp { .. } => DeviceKind::Hotp,
            Self::Totp { .. } => DeviceKind::Totp,
            Self::Ocra(_) => DeviceKind::Ocra,
        }
    }

    /// The device as it is once this code is accepted; `None` if the code is wrong.
    pub(super) fn accept(
        &self,
        seed: &Seed,
        policy: &Policy,
        at: Timestamp,
        code: &str,
        question: Option<&Question>,
    ) -> Result<Option<Self>, Unusable> {
        Ok(match (self, question) {
            (Self::Hotp { digits, counter }, None) => {
                let accepted = hotp::verify(seed, *digits, *counter, policy.look_ahead, code);
                accepted.map(|accepted| Self::Hotp { digits: *digits, counter: accepted.next_counter() })
            }
            (Self::Totp { totp, drift, last_step }, None) => {
                let accepted = totp.verify(seed, policy.drift, at, *drift, *last_step, code);
                accepted.map(|new| Self::Totp { totp: *totp, drift: new.drift, last_step: Some(new.step) })
            }
            (Self::Ocra(ocra), Some(question)) => {
                let inputs = ocra.inputs(question, at);
                let accepted = ocra::verify(&ocra.suite, seed, &inputs, policy.ocra_windows(), code);
                let accepted = accepted.map_err(|_| Unusable::Question)?;
                let next = |new: ocra::Accepted| Ocra { counter: new.next_counter().unwrap_or(0), ..ocra.clone() };
                accepted.map(|new| Self::Ocra(next(new)))
            }
            (Self::Hotp { .. } | Self::Totp { .. }, Some(_)) | (Self::Ocra(_), None) => return Err(Unusable::Question),
        })
    }

    /// The device as it is once these two codes in a row are accepted; `Some(None)` if they are wrong, `None` if it has
    /// no row of codes.
    pub(super) fn resync(
        &self,
        seed: &Seed,
        policy: &Policy,
        at: Timestamp,
        first: &str,
        second: &str,
    ) -> Option<Option<Self>> {
        match self {
            Self::Hotp { digits, counter } => {
                let accepted = hotp::resync(seed, *digits, *counter, policy.resync_counters, first, second);
                Some(accepted.map(|accepted| Self::Hotp { digits: *digits, counter: accepted.next_counter() }))
            }
            Self::Totp { totp, last_step, .. } => {
                let accepted = totp.resync(seed, policy.resync_steps, at, *last_step, first, second);
                Some(accepted.map(|new| Self::Totp { totp: *totp, drift: new.drift, last_step: Some(new.step) }))
            }
            Self::Ocra(_) => None,
        }
    }
}
