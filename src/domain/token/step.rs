//! What an operator does to a token: the transition function.

use super::*;

/// Something to be done to one token.
#[derive(Clone, Debug)]
pub struct Command {
    /// When it is asked.
    pub at: Timestamp,
    /// Who asks.
    pub by: Actor,
    /// The version that was seen, if the asker insists that nothing has changed since.
    pub version: Option<u64>,
    /// The policy in force.
    pub policy: Policy,
    /// What.
    pub action: Action,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Action {
    /// Give it to somebody.
    Assign(TokenHolder),
    /// Take it back into stock.
    Unassign,
    /// Forget the failures: ends a lock or a wait.
    Unlock,
    /// Put it out of use for good.
    Revoke,
    /// Find it by two codes in a row.
    Resync {
        /// The first code.
        first: Secret,
        /// The one that the token showed next.
        second: Secret,
    },
    /// Check a code, which is burnt if it is right and counts if it is wrong. A token that takes challenges is tested
    /// by a transaction.
    Test(Secret),
}

/// Why a command was turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such token.
    #[error("there is no such token")]
    Unknown,
    /// Somebody else has changed it.
    #[error("the token has changed: its version is {version} now")]
    Stale {
        /// Its version.
        version: u64,
    },
    /// From where it stands it cannot go there.
    #[error("a token that is {0} does not allow this")]
    Life(&'static str),
    /// There are no failures.
    #[error("the token is neither locked nor are there wrong codes to forget")]
    NotLocked,
    /// It takes no code now.
    #[error("{0}")]
    Unusable(Unusable),
    /// It was counted as a failure.
    #[error("the code is wrong; it was counted")]
    WrongCode,
    /// It takes challenges, so there is no code to be had from it alone.
    #[error("a token that takes challenges has no codes of its own: open a transaction for it")]
    Challenges,
}

/// The token as it is now, or why nothing but perhaps a count of failures has changed.
pub type Decision = Result<Token, Refusal>;

/// What the store has to write, and what the asker is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The token as it is now, if it changed.
    pub write: Option<Token>,
    /// The answer.
    pub decision: Decision,
}

impl Life {
    /// The state's name, in the API and in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Imported { .. } => "imported",
            Self::Assigned(_) => "assigned",
            Self::Active { .. } => "active",
            Self::Locked { .. } => "locked",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// Decides a command. Pure: the same input gives the same step.
pub fn step(command: &Command, token: Option<Token>) -> Step {
    let Some(token) = token else { return Step::refuse(Refusal::Unknown) };
    if command.version.is_some_and(|seen| seen != token.version) {
        return Step::refuse(Refusal::Stale { version: token.version });
    }
    let since = Stamp { by: command.by.clone(), at: command.at };
    let no = Refusal::Life(token.life.as_str());
    match &command.action {
        Action::Assign(holder) => match &token.life {
            Life::Imported { .. } => {
                let assignment = Assignment { holder: holder.clone(), given: since };
                Step::live(&token, Life::Assigned(assignment))
            }
            _ => Step::refuse(no),
        },
        Action::Unassign => match &token.life {
            Life::Assigned(_) | Life::Active { .. } => Step::live(&token, Life::Imported { since }),
            _ => Step::refuse(no),
        },
        Action::Revoke => match &token.life {
            Life::Revoked { .. } => Step::refuse(no),
            _ => Step::live(&token, Life::Revoked { last: token.holder().cloned(), since }),
        },
        Action::Unlock => unlock(&token),
        Action::Resync { first, second } => Step::of(token.resync(&command.policy, command.at, first, second)),
        Action::Test(_) if token.device.kind() == DeviceKind::Ocra => Step::refuse(Refusal::Challenges),
        Action::Test(code) => Step::of(Some(token.check(&command.policy, command.at, code, None))),
    }
}

fn unlock(token: &Token) -> Step {
    let life = match &token.life {
        Life::Revoked { .. } => return Step::refuse(Refusal::Life(token.life.as_str())),
        Life::Locked { assignment, active_since: Some(since), .. } => {
            Life::Active { assignment: assignment.clone(), since: *since }
        }
        Life::Locked { assignment, active_since: None, .. } => Life::Assigned(assignment.clone()),
        _ if token.failures.count == 0 => return Step::refuse(Refusal::NotLocked),
        other => other.clone(),
    };
    Step::write(Token { life, failures: Failures::default(), version: token.version + 1, ..token.clone() })
}

impl Step {
    fn refuse(refusal: Refusal) -> Self {
        Self { write: None, decision: Err(refusal) }
    }

    fn write(token: Token) -> Self {
        Self { write: Some(token.clone()), decision: Ok(token) }
    }

    fn live(token: &Token, life: Life) -> Self {
        Self::write(Token { life, version: token.version + 1, ..token.clone() })
    }

    fn of(checked: Option<Checked>) -> Self {
        match checked {
            None => Self::refuse(Refusal::Challenges),
            Some(Checked::Unusable(unusable)) => Self::refuse(Refusal::Unusable(unusable)),
            Some(Checked::Wrong(token)) => Self { decision: Err(Refusal::WrongCode), ..Self::write(token) },
            Some(Checked::Right(token)) => Self::write(token),
        }
    }
}
