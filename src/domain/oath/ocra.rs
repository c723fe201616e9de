//! Challenge-response and signatures (RFC 6287): `OCRA = CryptoFunction(K, DataInput)`.
//!
//! ```text
//! DataInput = suite || 0x00 || [C] || Q || [P] || [S] || [T]
//!                              8     128   hash  nnn   8     bytes
//! ```
//!
//! 1. [`suite::Suite`] says what the token computes with (§6).
//! 2. [`question::Question`] is the challenge: drawn at random, or derived from a transaction.
//! 3. [`Inputs`] brings all of it together; what the suite lacks or does not take is an error that names it.
//! 4. [`respond`] computes what the token shows; [`verify`] compares it with what the customer typed, over a window of
//!    counters and time-steps where the suite has them.
//!
//! A response is good as long as its challenge is: whoever calls burns the challenge in the step that accepts it, and
//! the counter with it where there is one (§5.1: the server's counter moves only on success).
//!
//! # No truncation
//!
//! With `t = 0` the whole HMAC value is the response (§5.2), here as small hexadecimal digits; large ones are accepted.
//! Truncating to no digits instead would leave the same text whatever the seed, and accept anyone.

pub mod question;
pub mod suite;

use super::hotp::{LookAhead, candidates};
use super::{Code, HashAlgorithm, Seed, Window};
use crate::domain::flow::Timestamp;
use crate::domain::work::Work;
use aws_lc_rs::{digest, hmac};
use question::Question;
use std::fmt;
use suite::{Suite, TimeStep, Truncation};
use zeroize::Zeroizing;

/// Time-steps tried on each side of now; 0 tries now alone.
pub type TimeWindow = Window<0, 10>;

/// The hash of the customer's PIN, `P` of the computation. As good as the PIN to whoever has the seed, so kept like it.
#[derive(Clone)]
pub struct PinHash {
    algorithm: HashAlgorithm,
    bytes: Zeroizing<Vec<u8>>,
}

impl PinHash {
    /// Hashes a PIN.
    pub fn of(algorithm: HashAlgorithm, pin: &str) -> Self {
        let function = match algorithm {
            HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            HashAlgorithm::Sha256 => &digest::SHA256,
            HashAlgorithm::Sha512 => &digest::SHA512,
        };
        Self { algorithm, bytes: Zeroizing::new(digest::digest(function, pin.as_bytes()).as_ref().to_vec()) }
    }

    /// Reads one back; `None` if it has not the length of the algorithm's hashes.
    pub fn from_bytes(algorithm: HashAlgorithm, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == algorithm.length()).then(|| Self { algorithm, bytes: Zeroizing::new(bytes.to_vec()) })
    }

    /// The bytes, for sealing.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(..)")
    }
}

/// What goes into a computation besides seed and suite: the challenge, and exactly what the suite takes.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The counter (`C`). To verify: the lowest that is not burnt.
    pub counter: Option<u64>,
    /// The challenge (`Q`).
    pub question: &'a Question,
    /// The PIN's hash (`P`).
    pub pin: Option<&'a PinHash>,
    /// What the session is told by (`S`); filled up with zero bytes on the left, as the RFC's reference program does.
    pub session: Option<&'a str>,
    /// The moment (`T`).
    pub time: Option<Timestamp>,
}

/// One of the inputs that a suite may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// `C`.
    Counter,
    /// `P`.
    Pin,
    /// `S`.
    Session,
    /// `T`.
    Time,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "a counter",
            Self::Pin => "a PIN",
            Self::Session => "session information",
            Self::Time => "a time",
        })
    }
}

/// Why inputs do not fit a suite. Never quotes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// The suite takes it and it is not there.
    #[error("the suite needs {0}")]
    Missing(Input),
    /// It is there and the suite does not take it.
    #[error("the suite does not take {0}")]
    Superfluous(Input),
    /// A challenge of another format.
    #[error("the challenge was made for a suite with other challenges")]
    Question,
    /// A PIN hashed in another way.
    #[error("the PIN is not hashed with the suite's algorithm")]
    PinAlgorithm,
    /// Longer than the suite says.
    #[error("session information has at most {max} bytes in this suite")]
    SessionLength {
        /// The suite's bound.
        max: u16,
    },
    /// No step has begun yet.
    #[error("the time is before 1970, when time-steps begin")]
    BeforeEpoch,
}

/// How far a verification looks. Every counter is tried with every time-step, so where a suite has both, a guess has as
/// many good codes as the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Counters, beginning with the expected one. Of no use to a suite without a counter.
    pub look_ahead: LookAhead,
    /// Time-steps on each side. Of no use to a suite without a time-step.
    pub time: TimeWindow,
}

/// A response was good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The counter it was made with, below [`u64::MAX`]; `None` for a suite without one.
    pub counter: Option<u64>,
    /// The time-step it was made in; `None` for a suite without one.
    pub time_step: Option<u64>,
}

impl Accepted {
    /// The counter to expect from now on; storing it burns the accepted one and all before.
    pub fn next_counter(self) -> Option<u64> {
        // An accepted counter is below the maximum: `candidates` leaves that one out.
        self.counter.map(|counter| counter + 1)
    }
}

/// What a token shows (§5.1, §5.2).
pub fn respond(suite: &Suite, seed: &Seed, inputs: &Inputs<'_>) -> Result<Code, InputError> {
    let computation = Computation::new(suite, seed, inputs)?;
    Ok(computation.response(inputs.counter, computation.time_step))
}

/// Checks a response (§7). The counter accepted is at least the expected one and inside the window.
pub fn verify(
    suite: &Suite,
    seed: &Seed,
    inputs: &Inputs<'_>,
    windows: Windows,
    given: &str,
) -> Result<Option<Accepted>, InputError> {
    let computation = Computation::new(suite, seed, inputs)?;
    let given = Zeroizing::new(match suite.truncation() {
        Truncation::Whole => given.to_ascii_lowercase(),
        Truncation::Digits(_) => given.to_owned(),
    });
    let counters = match inputs.counter {
        Some(expected) => candidates(expected, windows.look_ahead.size()).map(Some).collect(),
        None => vec![None],
    };
    // Nearest first: now, the step after, the step before, …
    let time_steps = match computation.time_step {
        Some(now) => (0..=u64::from(windows.time.size()))
            .flat_map(|n| [now.checked_add(n), now.checked_sub(n).filter(|_| n > 0)])
            .flatten()
            .map(Some)
            .collect(),
        None => vec![None],
    };
    let mut found = None;
    for time_step in time_steps {
        for counter in &counters {
            let matches = computation.response(*counter, time_step).matches(&given);
            found = found.or(matches.then_some(Accepted { counter: *counter, time_step }));
        }
    }
    Ok(found)
}

/// Inputs that fit their suite: everything but what moves.
struct Computation<'a> {
    suite: &'a Suite,
    key: hmac::Key,
    question: [u8; 128],
    /// `P` and `S`.
    tail: Zeroizing<Vec<u8>>,
    time_step: Option<u64>,
}

impl<'a> Computation<'a> {
    fn new(suite: &'a Suite, seed: &Seed, inputs: &Inputs<'_>) -> Result<Self, InputError> {
        paired(Input::Counter, suite.has_counter().then_some(()), inputs.counter)?;
        if inputs.question.format() != suite.question() {
            return Err(InputError::Question);
        }
        let mut tail = Zeroizing::new(Vec::with_capacity(HashAlgorithm::Sha512.length() + 512));
        if let Some((algorithm, pin)) = paired(Input::Pin, suite.pin(), inputs.pin)? {
            if pin.algorithm != algorithm {
                return Err(InputError::PinAlgorithm);
            }
            tail.extend_from_slice(&pin.bytes);
        }
        if let Some((max, session)) = paired(Input::Session, suite.session(), inputs.session)? {
            let padding = usize::from(max).checked_sub(session.len()).ok_or(InputError::SessionLength { max })?;
            tail.extend(std::iter::repeat_n(0, padding));
            tail.extend_from_slice(session.as_bytes());
        }
        let time = paired(Input::Time, suite.time_step(), inputs.time)?;
        let steps = |(step, at): (TimeStep, Timestamp)| step.steps(at).ok_or(InputError::BeforeEpoch);
        let time_step = time.map(steps).transpose()?;
        Ok(Self { suite, key: suite.algorithm().key(seed), question: inputs.question.encoded(), tail, time_step })
    }

    fn response(&self, counter: Option<u64>, time_step: Option<u64>) -> Code {
        Work::HASH.add();
        let mut mac = hmac::Context::with_key(&self.key);
        mac.update(self.suite.as_str().as_bytes());
        mac.update(&[0]);
        if let Some(counter) = counter {
            mac.update(&counter.to_be_bytes());
        }
        mac.update(&self.question);
        mac.update(&self.tail);
        if let Some(time_step) = time_step {
            mac.update(&time_step.to_be_bytes());
        }
        let mac = mac.sign();
        match self.suite.truncation() {
            Truncation::Digits(digits) => Code::truncated(&mac, digits),
            Truncation::Whole => Code::whole(&mac),
        }
    }
}

/// What the suite says of an input, with the input: both or neither.
fn paired<S, G>(input: Input, suite: Option<S>, given: Option<G>) -> Result<Option<(S, G)>, InputError> {
    match (suite, given) {
        (Some(suite), Some(given)) => Ok(Some((suite, given))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(InputError::Missing(input)),
        (None, Some(_)) => Err(InputError::Superfluous(input)),
    }
}

#[cfg(test)]
mod tests;
