//! What operators say of a prefix: the transition function.

use super::{Prefix, Timestamp};
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::operator::{Order, Stamp};
use chrono::{SecondsFormat, TimeDelta};

/// How long a prefix can be exempt: an exemption that nobody remembers is a hole.
pub const EXEMPT_MAX: TimeDelta = TimeDelta::days(30);

/// Why an operator does something, in the operator's words: 1 to 200 characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Checks length and characters.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What goes for a prefix, whatever is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// No text message, until it is released.
    Blocked,
    /// Sends are counted and not judged.
    Exempt {
        /// Before this moment.
        until: Timestamp,
    },
}

impl Ruling {
    /// The name used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Exempt { .. } => "exempt",
        }
    }

    /// When it ends by itself.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Self::Blocked => None,
            Self::Exempt { until } => Some(until),
        }
    }
}

/// A ruling, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// Every number that begins so.
    pub prefix: Prefix,
    /// What goes for it.
    pub ruling: Ruling,
    /// Who said so, and when.
    pub stamp: Stamp,
    /// Why.
    pub reason: Option<Reason>,
}

/// The ruling that goes for a number, of all those for its prefixes: that of the longest prefix.
pub fn in_force(rulings: &[Ruled], at: Timestamp) -> Option<&Ruled> {
    let goes = |ruled: &&Ruled| ruled.ruling.until().is_none_or(|until| at < until);
    rulings.iter().filter(goes).max_by_key(|ruled| ruled.prefix.as_str().len())
}

/// Something to be done to one prefix.
#[derive(Clone, Debug)]
pub struct Change {
    /// On whose behalf, and when.
    pub order: Order,
    /// Which prefix.
    pub prefix: Prefix,
    /// Why.
    pub reason: Option<Reason>,
    /// What.
    pub action: Action,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send nothing to it any more.
    Block,
    /// Send to it again, with fresh counts.
    Release {
        /// Not to judge it before this moment.
        exempt_until: Option<Timestamp>,
    },
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Block => "prefix_block",
            Self::Release { .. } => "prefix_release",
        }
    }
}

/// Why a prefix stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A shorter prefix of it is blocked.
    #[error("a shorter prefix is blocked: release that one, or exempt this one until a moment")]
    Covered,
    /// The exemption is over already, or too long.
    #[error("must be later than now, by 30 days at most")]
    Exemption,
}

impl Refusal {
    fn outcome(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Exemption => "exemption out of bounds",
        }
    }
}

/// What the store knows of the prefix.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The rulings on it and on shorter ones of it.
    pub rulings: Vec<Ruled>,
    /// How many prefixes that begin with it are slowed or stopped, purpose by purpose.
    pub held: u32,
}

/// What the store has to write, all of it or nothing, and what the operator is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The ruling on the prefix as it is now; `None` takes away the one there is. Only if it is granted.
    pub ruling: Option<Ruled>,
    /// Whether the counts of all prefixes that begin with it are to be forgotten.
    pub forget: bool,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Result<(), Refusal>,
}

/// Decides. Pure: the same input gives the same step.
pub fn step(change: &Change, found: &Found) -> Step {
    let Change { order, prefix, reason, action } = change;
    let of = |ruling| Ruled { prefix: prefix.clone(), ruling, stamp: order.stamp(), reason: reason.clone() };
    let covered = || {
        let others: Vec<_> = found.rulings.iter().filter(|ruled| ruled.prefix != *prefix).cloned().collect();
        in_force(&others, order.at).is_some_and(|ruled| ruled.ruling == Ruling::Blocked)
    };
    let in_bounds = |until: Timestamp| until > order.at && until - order.at <= EXEMPT_MAX;
    let decision = match *action {
        Action::Block => Ok(Some(of(Ruling::Blocked))),
        Action::Release { exempt_until: None } if covered() => Err(Refusal::Covered),
        Action::Release { exempt_until: None } => Ok(None),
        Action::Release { exempt_until: Some(until) } if in_bounds(until) => Ok(Some(of(Ruling::Exempt { until }))),
        Action::Release { exempt_until: Some(_) } => Err(Refusal::Exemption),
    };
    let before = found.rulings.iter().find(|ruled| ruled.prefix == *prefix);
    let audit = Entry {
        before: Some(facts(before).and("held", found.held)),
        after: decision.as_ref().ok().map(|ruled| match (ruled, reason) {
            // A release leaves nothing behind that could say why.
            (None, Some(reason)) => facts(None).and("reason", reason.as_str()),
            (ruled, _) => facts(ruled.as_ref()),
        }),
        ..order.entry(
            action.name(),
            format!("prefix {prefix}"),
            decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE),
        )
    };
    let forget = decision.is_ok() && *action != Action::Block;
    match decision {
        Ok(ruling) => Step { ruling, forget, audit, decision: Ok(()) },
        Err(refusal) => Step { ruling: None, forget, audit, decision: Err(refusal) },
    }
}

fn facts(ruled: Option<&Ruled>) -> Facts {
    let Some(Ruled { ruling, reason, .. }) = ruled else { return Facts::default().and("ruling", "none") };
    let until = ruling.until().map(|until| until.to_rfc3339_opts(SecondsFormat::Millis, true));
    let facts = Facts::default().and("ruling", ruling.as_str()).and_if("until", until);
    facts.and_if("reason", reason.as_ref().map(Reason::as_str))
}
