//! What an operator does to a token: the transition function.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::operator::Order;

/// Something to be done to one token.
#[derive(Clone, Debug)]
pub struct Command {
    /// Who asks, and when.
    pub order: Order,
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
    /// There is a token of this serial number, and no other can have it.
    #[error("there is a token of this serial number already")]
    SerialTaken,
    /// The key of the call was used for another request.
    #[error("this idempotency key was used for another request")]
    Mismatch,
}

impl Refusal {
    /// What the audit trail calls it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Stale { .. } => "stale",
            Self::Life(_) => "not in this state",
            Self::NotLocked => "not locked",
            Self::Unusable(unusable) => unusable.outcome(),
            Self::WrongCode => "wrong code",
            Self::Challenges => "takes challenges",
            Self::SerialTaken => "serial taken",
            Self::Mismatch => "repeat of another request",
        }
    }
}

impl Action {
    /// What the audit trail calls it.
    fn verb(&self) -> &'static str {
        match self {
            Self::Assign(_) => "token_assign",
            Self::Unassign => "token_unassign",
            Self::Unlock => "token_unlock",
            Self::Revoke => "token_revoke",
            Self::Resync { .. } => "token_resync",
            Self::Test(_) => "token_test",
        }
    }
}

/// The token as it is now, or why nothing but perhaps a count of failures has changed.
pub type Decision = Result<Token, Refusal>;

/// What the store has to write, and what the asker is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The token as it is now, if it changed.
    pub write: Option<Token>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Decision,
}

/// Decides a command. Pure: the same input gives the same step.
pub fn step(command: &Command, token: Option<Token>) -> Step {
    let outcome = match &token {
        None => Outcome::refuse(Refusal::Unknown),
        Some(token) => decide(command, token),
    };
    outcome.told(&command.order, command.action.verb(), token.as_ref())
}

/// Takes in one token that is in nobody's hands, and gives it to somebody at once if a holder comes along. `taken` says
/// whether its serial number is. Pure: the same input gives the same step.
pub fn enrol(order: &Order, token: Token, holder: Option<TokenHolder>, taken: bool) -> Step {
    if taken {
        // Its id stands for nothing.
        let serial = Some(Facts::default().and("serial", token.serial.as_str()));
        let step = Outcome::refuse(Refusal::SerialTaken).told(order, "token_enrol", None);
        let audit = Entry { before: serial, counted: false, ..step.audit };
        return Step { audit, ..step };
    }
    let life = match holder {
        Some(holder) => Life::Assigned(Assignment { holder, given: order.stamp() }),
        None => token.life.clone(),
    };
    Outcome::write(Token { life, ..token }).told(order, "token_enrol", None)
}

/// The entry of tokens that came in together, in one step.
pub fn imported(order: &Order, added: u64, unchanged: u64) -> Entry {
    let after = Facts::default().and("added", added).and("unchanged", unchanged);
    Entry { after: Some(after), ..order.entry("token_import", "token".to_owned(), DONE) }
}

impl Token {
    /// Whose it is, or was last if it is revoked.
    pub fn last_holder(&self) -> Option<&TokenHolder> {
        match &self.life {
            Life::Revoked { last, .. } => last.as_ref(),
            _ => self.holder(),
        }
    }

    fn facts(&self) -> Facts {
        let holder = self.last_holder();
        Facts::default()
            .and("serial", self.serial.as_str())
            .and_if("manufacturer", self.manufacturer.as_ref().map(Make::as_str))
            .and("kind", self.device.kind().as_str())
            .and("state", self.life.as_str())
            .and_personal("customer", holder.map(|holder| holder.customer.as_str()))
            .and_personal(
                "representative",
                holder.and_then(|holder| holder.representative.as_ref()).map(Representative::as_str),
            )
            .and("failures", self.failures.count)
            .and("version", self.version)
    }
}

/// A step but for what the trail says of it.
struct Outcome {
    write: Option<Token>,
    decision: Decision,
}

fn decide(command: &Command, token: &Token) -> Outcome {
    if command.version.is_some_and(|seen| seen != token.version) {
        return Outcome::refuse(Refusal::Stale { version: token.version });
    }
    let (since, at) = (command.order.stamp(), command.order.at);
    let no = Refusal::Life(token.life.as_str());
    match &command.action {
        Action::Assign(holder) => match &token.life {
            Life::Imported { .. } => {
                let assignment = Assignment { holder: holder.clone(), given: since };
                Outcome::live(token, Life::Assigned(assignment))
            }
            _ => Outcome::refuse(no),
        },
        Action::Unassign => match &token.life {
            Life::Assigned(_) | Life::Active { .. } => Outcome::live(token, Life::Imported { since }),
            _ => Outcome::refuse(no),
        },
        Action::Revoke => match &token.life {
            Life::Revoked { .. } => Outcome::refuse(no),
            _ => Outcome::live(token, Life::Revoked { last: token.holder().cloned(), since }),
        },
        Action::Unlock => unlock(token),
        Action::Resync { first, second } => Outcome::of(token.resync(&command.policy, at, first, second)),
        Action::Test(_) if token.device.kind() == DeviceKind::Ocra => Outcome::refuse(Refusal::Challenges),
        Action::Test(code) => Outcome::of(Some(token.check(&command.policy, at, code, None))),
    }
}

fn unlock(token: &Token) -> Outcome {
    let life = match &token.life {
        Life::Revoked { .. } => return Outcome::refuse(Refusal::Life(token.life.as_str())),
        Life::Locked { assignment, active_since: Some(since), .. } => {
            Life::Active { assignment: assignment.clone(), since: *since }
        }
        Life::Locked { assignment, active_since: None, .. } => Life::Assigned(assignment.clone()),
        _ if token.failures.count == 0 => return Outcome::refuse(Refusal::NotLocked),
        other => other.clone(),
    };
    Outcome::write(Token { life, failures: Failures::default(), version: token.version + 1, ..token.clone() })
}

impl Outcome {
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

    fn told(self, order: &Order, verb: &'static str, found: Option<&Token>) -> Step {
        let Self { write, decision } = self;
        let named = write.as_ref().or(found);
        let holder = |token: Option<&Token>| token.and_then(Token::last_holder).map(|holder| holder.customer.clone());
        let subject = named.map_or_else(|| "token".to_owned(), |token| format!("token {}", token.id));
        let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
        let audit = Entry {
            // Of a token that is taken back, whose it was.
            customer: holder(write.as_ref()).or_else(|| holder(found)),
            before: found.map(Token::facts),
            after: write.as_ref().map(Token::facts),
            counted: named.is_none(),
            ..order.entry(verb, subject, outcome)
        };
        Step { write, audit, decision }
    }
}
