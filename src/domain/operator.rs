//! Operators: who of the bank's back office may do what, and on whose behalf a change is made.
//!
//! A credential is 32 random bytes, shown once and kept as a digest. It has 256 random bits, so that a plain hash is
//! enough: there is nothing to guess that a slow one would protect.

use super::audit::{self, DONE, Entry, Facts, Source};
use super::client::{label, visible};
use super::flow::{Secret, Timestamp};
use super::ports::Random;
use aws_lc_rs::digest;
use chrono::SubsecRound;
use std::collections::BTreeSet;
use std::fmt;
use zeroize::Zeroizing;

label!(
    /// Somebody who changes things: an operator, or the server itself. 1 to 64 visible ASCII characters.
    Actor,
    "a name has 1 to 64 visible ASCII characters",
    |text| visible(text, 64)
);

impl Actor {
    /// The server itself: what nobody asked for.
    pub fn server() -> Self {
        Self("server".to_owned())
    }
}

/// What a credential is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Look at everything that may be seen.
    Read,
    /// Customers and their tokens, sessions and transactions.
    Enrol,
    /// End the lock or wait of a token; block and release phone prefixes.
    Unlock,
    /// Take the proof that a code was right, once. For the bank's back end.
    Redeem,
    /// Everything, operators and applications included.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 5] = [Scope::Read, Scope::Enrol, Scope::Unlock, Scope::Redeem, Scope::Admin];

    /// The name used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Enrol => "enrol",
            Scope::Unlock => "unlock",
            Scope::Redeem => "redeem",
            Scope::Admin => "admin",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A credential: `cso_` and 64 hexadecimal digits. Shown once.
pub struct Credential(Zeroizing<String>);

impl Credential {
    /// Draws a new one: 256 random bits.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(&mut *bytes);
        let mut text = Zeroizing::new(String::with_capacity(68));
        text.push_str("cso_");
        for byte in bytes.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
            }
        }
        Self(text)
    }

    /// Reads one that was drawn before.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("cso_")?;
        let fits = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(..)")
    }
}

/// SHA-256 of a credential: what the store finds an operator by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CredentialDigest([u8; 32]);

impl CredentialDigest {
    /// The digest of any text that comes as a credential.
    pub fn of(text: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Self(hash)
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for CredentialDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialDigest(..)")
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The name, unique for good: it stands in the audit trail.
    pub name: Actor,
    /// What the credential is good for, at least one.
    pub scopes: BTreeSet<Scope>,
    /// Who made it.
    pub created: Stamp,
    /// Who put it out of use, if somebody did.
    pub revoked: Option<Stamp>,
}

impl Operator {
    /// Whether this operator may do what needs a scope.
    pub fn may(&self, scope: Scope) -> bool {
        self.revoked.is_none() && (self.scopes.contains(&scope) || self.scopes.contains(&Scope::Admin))
    }

    fn facts(&self) -> Facts {
        let scopes: Vec<_> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        let state = if self.revoked.is_some() { "revoked" } else { "good" };
        Facts::default().and("scopes", scopes.join(" ")).and("state", state)
    }
}

/// On whose behalf something is changed, and by which call. Every change by an operator comes with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// When.
    pub at: Timestamp,
    /// The operator.
    pub by: Actor,
    /// Names the call in the log; `None` for a command at the server's own machine.
    pub request_id: Option<String>,
}

impl Order {
    /// Of a command at the server's own machine.
    pub fn offline(by: Actor, at: Timestamp) -> Self {
        Self { at: at.trunc_subsecs(3), by, request_id: None }
    }

    /// Who and when.
    pub fn stamp(&self) -> Stamp {
        Stamp { by: self.by.clone(), at: self.at }
    }

    /// The entry of a call whose key came with another request before.
    pub fn mismatch(&self, action: &'static str, subject: String) -> Entry {
        self.entry(action, subject, Refusal::Mismatch.outcome())
    }

    /// The entry of what this order did or was refused.
    pub fn entry(&self, action: &'static str, subject: String, outcome: &'static str) -> Entry {
        Entry {
            at: self.at,
            source: Source::Operator,
            actor: Some(self.by.as_str().to_owned()),
            action,
            subject,
            customer: None,
            outcome,
            before: None,
            after: None,
            request_id: self.request_id.clone(),
            counted: false,
        }
    }
}

/// A call that makes something, and may come again because its answer was lost.
#[derive(Clone)]
pub struct Repeatable {
    /// Digest of the caller's key for the call.
    pub key: [u8; 32],
    /// Digest of everything that was asked: a key must not come with another request.
    pub request: [u8; 32],
}

impl Repeatable {
    /// How long a repeat is known as one.
    pub const KEPT: chrono::TimeDelta = chrono::TimeDelta::hours(24);

    /// Of the caller's key, the operation, and the request in any form that is the same when it is repeated.
    pub fn new(key: &str, operation: &str, request: &[u8]) -> Self {
        let hash = |parts: &[&[u8]]| {
            let mut context = digest::Context::new(&digest::SHA256);
            for part in parts {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part);
            }
            let mut hash = [0; 32];
            hash.copy_from_slice(context.finish().as_ref());
            hash
        };
        Self { key: hash(&[key.as_bytes()]), request: hash(&[operation.as_bytes(), request]) }
    }
}

impl fmt::Debug for Repeatable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Repeatable(..)")
    }
}

/// What became of a call that makes something.
#[derive(Clone, Debug)]
pub struct Made<T> {
    /// What was made, by this call or the one that it repeats; as it is now.
    pub made: T,
    /// What is shown of it once, and to a repeat.
    pub secret: Option<Secret>,
}

/// Why an operator was not made or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none of this name.
    #[error("there is no such operator")]
    Unknown,
    /// There is one of this name, or was, or it is the server's own.
    #[error("there is an operator of this name, or was: names are not used again")]
    NameTaken,
    /// It is out of use already.
    #[error("the operator is revoked already")]
    Revoked,
    /// Nobody would be left to make another.
    #[error("this is the last operator with the scope admin")]
    LastAdmin,
    /// The key of the call was used for another request.
    #[error("this idempotency key was used for another request")]
    Mismatch,
}

impl Refusal {
    /// What the audit trail calls it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NameTaken => "name taken",
            Self::Revoked => "revoked already",
            Self::LastAdmin => "last admin",
            Self::Mismatch => "repeat of another request",
        }
    }
}

/// Something to be done to an operator.
#[derive(Clone, Debug)]
pub enum Action {
    /// Make one.
    Create(BTreeSet<Scope>),
    /// Put it out of use for good.
    Revoke,
}

/// What the store has to write, and what the asker is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The operator as it is now, if it changed.
    pub write: Option<Operator>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Result<Operator, Refusal>,
}

/// Decides. `other_admins` says whether somebody else has the scope admin. Pure: the same input gives the same step.
pub fn step(order: &Order, name: &Actor, action: &Action, found: Option<Operator>, other_admins: bool) -> Step {
    let (verb, decision) = match (action, &found) {
        (Action::Create(_), Some(_)) => ("operator_create", Err(Refusal::NameTaken)),
        // What the server did by itself must not look like an operator's work, nor the other way round.
        (Action::Create(_), None) if *name == Actor::server() => ("operator_create", Err(Refusal::NameTaken)),
        (Action::Create(scopes), None) => {
            let operator =
                Operator { name: name.clone(), scopes: scopes.clone(), created: order.stamp(), revoked: None };
            ("operator_create", Ok(operator))
        }
        (Action::Revoke, None) => ("operator_revoke", Err(Refusal::Unknown)),
        (Action::Revoke, Some(Operator { revoked: Some(_), .. })) => ("operator_revoke", Err(Refusal::Revoked)),
        (Action::Revoke, Some(operator)) if operator.scopes.contains(&Scope::Admin) && !other_admins => {
            ("operator_revoke", Err(Refusal::LastAdmin))
        }
        (Action::Revoke, Some(operator)) => {
            ("operator_revoke", Ok(Operator { revoked: Some(order.stamp()), ..operator.clone() }))
        }
    };
    let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
    let audit = audit::Entry {
        before: found.as_ref().map(Operator::facts),
        after: decision.as_ref().ok().map(Operator::facts),
        ..order.entry(verb, format!("operator {}", name.as_str()), outcome)
    };
    Step { write: decision.as_ref().ok().cloned(), audit, decision }
}
