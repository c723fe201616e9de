//! The tokens of a development server's customers, and what they show: stands in for the thing in a customer's hand.
//!
//! Each seed is drawn from one secret of the data directory, so that a code can be shown while the server has the data
//! file to itself. A HOTP token remembers in a file of its own how often its button was pressed.

use super::data::{DataDir, DataError};
use crate::domain::client::LabelError;
use crate::domain::customer::{CustomerId, CustomerIdError};
use crate::domain::flow::Timestamp;
use crate::domain::oath::ocra::question::{Question, QuestionError};
use crate::domain::oath::ocra::suite::{Suite, SuiteError};
use crate::domain::oath::ocra::{self, InputError};
use crate::domain::oath::totp::{Drift, Period, Totp};
use crate::domain::oath::{Code, Digits, HashAlgorithm, Seed, SeedError, hotp};
use crate::domain::operator::Stamp;
use crate::domain::ports::Random;
use crate::domain::token::{
    Assignment, Device, DeviceKind, Life, Ocra, OcraError, Serial, Token, TokenHolder, TokenId,
};
use aws_lc_rs::hmac;

/// Who has which kinds, the best first. The server asks for the best one, so that each kind has somebody to be tried with.
pub const HOLDERS: [(&str, &[DeviceKind]); 3] = [
    ("100001", &[DeviceKind::Ocra, DeviceKind::Totp, DeviceKind::Hotp]),
    ("100002", &[DeviceKind::Totp, DeviceKind::Hotp]),
    ("100003", &[DeviceKind::Hotp]),
];

/// Signs transactions, too: its challenges are long enough.
const SUITE: &str = "OCRA-1:HOTP-SHA1-6:QN08";

/// Bytes of a seed (RFC 4226 §4, R6: 160 bits are recommended).
const SEED_BYTES: usize = 20;

/// Why there is no token, or no code.
#[derive(Debug, thiserror::Error)]
pub enum SoftTokenError {
    /// The data directory cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Nobody, or somebody without a token.
    #[error("customer {0} has no such token on a development server: see --help")]
    Unknown(String),
    /// There is no code without one.
    #[error("an OCRA token needs the challenge: --challenge; or choose another token with --kind")]
    ChallengeMissing,
    /// There is no place for one.
    #[error("only OCRA tokens take a challenge")]
    ChallengeSuperfluous,
    /// Not a challenge.
    #[error("--challenge: {0}")]
    Challenge(#[from] QuestionError),
    /// Before the first time step.
    #[error("the clock of this machine is before 1970")]
    Clock,
    /// What is made here was refused by the domain.
    #[error("a token of the development server is not usable")]
    Made(#[source] Box<dyn std::error::Error + Send + Sync>),
}

macro_rules! made {
    ($($error:ty),*) => {
        $(impl From<$error> for SoftTokenError {
            fn from(error: $error) -> Self {
                Self::Made(Box::new(error))
            }
        })*
    };
}
made!(CustomerIdError, InputError, LabelError, OcraError, SeedError, SuiteError);

/// The tokens, as they are on the first day: in their holders' hands.
pub fn tokens(data: &DataDir, random: &dyn Random, given: &Stamp) -> Result<Vec<Token>, SoftTokenError> {
    let mut tokens = Vec::new();
    for (customer, kinds) in HOLDERS {
        let holder = TokenHolder { customer: CustomerId::parse(customer)?, representative: None };
        for kind in kinds {
            let (serial, id) = (serial(customer, *kind), TokenId::random(random));
            let seed = seed(data, &serial)?;
            let token = Token::imported(id, Serial::parse(&serial)?, device(*kind, 0)?, seed, given.clone());
            let assignment = Assignment { holder: holder.clone(), given: given.clone() };
            tokens.push(Token { life: Life::Assigned(assignment), ..token });
        }
    }
    Ok(tokens)
}

/// The code that a customer's token shows now: the token of this kind (`ocra`, `totp`, `hotp`), or the best one. A HOTP
/// token's button is pressed with that.
pub fn show(
    data: &DataDir,
    customer: &str,
    kind: Option<&str>,
    challenge: Option<&str>,
    now: Timestamp,
) -> Result<Code, SoftTokenError> {
    let unknown = || SoftTokenError::Unknown(customer.escape_debug().take(64).collect());
    let (customer, kinds) = HOLDERS.into_iter().find(|(id, _)| *id == customer).ok_or_else(unknown)?;
    let wanted = |known: &&DeviceKind| kind.is_none_or(|kind| known.as_str().eq_ignore_ascii_case(kind));
    let kind = *kinds.iter().find(wanted).ok_or_else(unknown)?;
    match challenge {
        Some(_) if kind != DeviceKind::Ocra => return Err(SoftTokenError::ChallengeSuperfluous),
        None if kind == DeviceKind::Ocra => return Err(SoftTokenError::ChallengeMissing),
        _ => {}
    }
    let serial = serial(customer, kind);
    let seed = seed(data, &serial)?;
    let counter = if kind == DeviceKind::Hotp { data.press(&serial)? } else { 0 };
    match device(kind, counter)? {
        Device::Hotp { digits, counter } => Ok(hotp::hotp(&seed, digits, counter)),
        Device::Totp { totp, .. } => Ok(totp.code(&seed, totp.step(now).ok_or(SoftTokenError::Clock)?)),
        Device::Ocra(device) => {
            let challenge = challenge.ok_or(SoftTokenError::ChallengeMissing)?;
            let question = Question::parse(device.suite(), challenge)?;
            Ok(ocra::respond(device.suite(), &seed, &device.inputs(&question, now))?)
        }
    }
}

fn serial(customer: &str, kind: DeviceKind) -> String {
    format!("DEV-{}-{customer}", kind.as_str())
}

fn seed(data: &DataDir, serial: &str) -> Result<Seed, SoftTokenError> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &data.token_secret()?);
    Ok(Seed::new(&hmac::sign(&key, serial.as_bytes()).as_ref()[..SEED_BYTES])?)
}

fn device(kind: DeviceKind, counter: u64) -> Result<Device, SoftTokenError> {
    Ok(match kind {
        DeviceKind::Hotp => Device::Hotp { digits: Digits::Six, counter },
        DeviceKind::Totp => {
            let (algorithm, digits, period) = (HashAlgorithm::Sha1, Digits::Six, Period::Thirty);
            Device::Totp { totp: Totp { algorithm, digits, period, t0: 0 }, drift: Drift::ZERO, last_step: None }
        }
        DeviceKind::Ocra => Device::Ocra(Ocra::new(SUITE.parse::<Suite>()?, counter, None)?),
    })
}

#[cfg(test)]
mod tests;
