//! An import: tokens that come in together.
//!
//! ```text
//!   Open            Commit
//!  ──────► open ───────────► committed: its tokens are there, all at once
//!          ▲  │ │
//!     Add  └──┘ │ Cancel, or an hour without a batch
//!               └──────────► cancelled: its tokens go
//! ```
//!
//! Until it is committed, nobody sees its tokens and nothing can be done to them, but their serial numbers are taken.
//!
//! Batches come in order, each with the number of its first entry, so that a batch that was lost is missed and one that
//! comes again is known. Every entry of a batch is looked at. If there is a problem with one, none of the batch is added,
//! and the import can only be cancelled; it goes on looking at batches, so that one run finds the problems of a whole file.

use super::audit::{self, DONE, Entry, Facts, Source};
use super::client::label;
use super::flow::{Timestamp, random_id};
use super::operator::{Actor, Order, Stamp};
use super::ports::Random;
use super::token::Token;
use chrono::TimeDelta;
use std::fmt;

/// How long an open import may be left alone.
pub const IDLE_MAX: TimeDelta = TimeDelta::hours(1);

/// How many entries a batch has at most.
pub const BATCH_MAX: usize = 1000;

random_id! {
    /// Names an import.
    ImportId
}

label!(
    /// What the file was called that the tokens are from. 1 to 255 characters, none of them a control character.
    FileName,
    "the name of a file has 1 to 255 characters, none of them a control character",
    |text| (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control)
);

/// Where an import stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Batches may come.
    Open,
    /// Its tokens are there.
    Committed(Stamp),
    /// Its tokens go, or are gone.
    Cancelled(Stamp),
}

impl State {
    /// The name used in the API and in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Committed(_) => "committed",
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// Who ended it, and when.
    pub fn ended(&self) -> Option<&Stamp> {
        match self {
            Self::Open => None,
            Self::Committed(stamp) | Self::Cancelled(stamp) => Some(stamp),
        }
    }
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The file that the tokens are from, if there is one.
    pub file_name: Option<FileName>,
    /// How many entries are to come, if whoever opened it knows: for the trail. Whether all came is for the opener to say.
    pub tokens_expected: Option<u64>,
    /// Where it stands.
    pub state: State,
    /// Entries looked at so far: the number of the next one.
    pub entries: u64,
    /// Tokens that were not there before.
    pub added: u64,
    /// Entries of tokens that were there already and make the same codes.
    pub unchanged: u64,
    /// Entries with a problem.
    pub problems: u64,
    /// Who opened it.
    pub created: Stamp,
    /// An open one is cancelled at this moment, unless a batch comes before.
    pub expires_at: Timestamp,
}

impl Import {
    /// The import as it is at a moment: one that was left alone for too long is cancelled, whether or not the store has
    /// got round to it.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        if self.state == State::Open && now >= self.expires_at {
            return Self { state: State::Cancelled(Stamp { by: Actor::server(), at: self.expires_at }), ..self };
        }
        self
    }

    fn facts(&self) -> Facts {
        Facts::default()
            .and("state", self.state.as_str())
            .and_if("fileName", self.file_name.as_ref().map(FileName::as_str))
            .and_if("tokensExpected", self.tokens_expected)
            .and("entries", self.entries)
            .and("added", self.added)
            .and("unchanged", self.unchanged)
            .and("problems", self.problems)
    }
}

/// Why something was not done to an import. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("there is no such import")]
    Unknown,
    /// It is committed or cancelled.
    #[error("the import is {0}")]
    Over(&'static str),
    /// A batch is missing, overlaps with one that came, or has its number and other tokens.
    #[error("the next entry of this import is number {next}")]
    OutOfOrder {
        /// The number of the next entry.
        next: u64,
    },
    /// Some of its entries are not usable.
    #[error("the import has {0} entries with a problem: it can only be cancelled")]
    Problems(u64),
    /// The key of the call was used for another request.
    #[error("this idempotency key was used for another request")]
    Mismatch,
}

impl Refusal {
    fn outcome(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Over(_) => "over",
            Self::OutOfOrder { .. } => "out of order",
            Self::Problems(_) => "has problems",
            Self::Mismatch => "repeat of another request",
        }
    }
}

/// One entry of a batch.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The serial number, as it was given.
    pub serial: String,
    /// The token, or in a sentence without anything secret why it is none.
    pub token: Result<Token, String>,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The number of the entry.
    pub entry: u64,
    /// The serial number, as it was given.
    pub serial: String,
    /// What is wrong.
    pub what: Fault,
}

/// In which way an entry is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no token.
    #[error("{0}")]
    Malformed(String),
    /// It is neither another token than the one that is there nor the same.
    #[error(
        "a token of this serial number is there already, with another seed, another way of computing, or this seed under \
         another manufacturer"
    )]
    Taken,
    /// Another import is about to bring it in.
    #[error("another import that is open has a token of this serial number")]
    Elsewhere,
}

/// What was found of the entries of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Tokens that are not there yet.
    pub fresh: u64,
    /// Tokens that are there already and make the same codes.
    pub unchanged: u64,
    /// What is not usable.
    pub problems: Vec<Problem>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The import as it is now.
    pub import: Import,
    /// Tokens that this call has added.
    pub added: u64,
    /// Tokens that were there already and make the same codes.
    pub unchanged: u64,
    /// What is not usable; if anything is not, nothing was added.
    pub problems: Vec<Problem>,
}

/// What a batch is to its import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The next one.
    Next,
    /// One that came before: it is looked at and changes nothing.
    Again,
}

/// Opens an import. Pure, as all that follow.
pub fn open(order: &Order, id: ImportId, file_name: Option<FileName>, tokens_expected: Option<u64>) -> (Import, Entry) {
    let import = Import {
        id,
        file_name,
        tokens_expected,
        state: State::Open,
        entries: 0,
        added: 0,
        unchanged: 0,
        problems: 0,
        created: order.stamp(),
        expires_at: order.at + IDLE_MAX,
    };
    let entry = entry(order, "import_open", None, Some(&import), DONE);
    (import, entry)
}

/// Whether it is the turn of a batch of `count` entries, the first of which has the number `first`.
pub fn turn(order: &Order, found: Option<Import>, first: u64, count: u64) -> Result<(Import, Turn), Refusal> {
    let import = found.ok_or(Refusal::Unknown)?.at(order.at);
    match import.state {
        State::Committed(_) | State::Cancelled(_) => Err(Refusal::Over(import.state.as_str())),
        State::Open if first == import.entries => Ok((import, Turn::Next)),
        State::Open if first.saturating_add(count) <= import.entries => Ok((import, Turn::Again)),
        State::Open => Err(Refusal::OutOfOrder { next: import.entries }),
    }
}

/// The entry of a batch that was not looked at.
pub fn turned_away(order: &Order, found: Option<Import>, refusal: Refusal) -> Entry {
    let found = found.map(|import| import.at(order.at));
    entry(order, "import_add", found.as_ref(), None, refusal.outcome())
}

/// What the store has to write after a batch, and what the asker is told.
#[derive(Clone, Debug)]
pub struct AddStep {
    /// The import as it is now, if it changed.
    pub write: Option<Import>,
    /// The entry of the audit trail, for a batch with problems: of the others the one for the whole import will tell.
    pub audit: Option<Entry>,
    /// The answer.
    pub answer: Result<Added, Refusal>,
}

/// Counts a batch in. The store adds the tokens that are not there yet if it is the turn of the batch and there is no
/// problem.
pub fn add(order: &Order, import: Import, turn: Turn, findings: Findings) -> AddStep {
    let Findings { fresh, unchanged, problems } = findings;
    if turn == Turn::Again {
        // Of a batch that came before nothing is fresh, unless problems have kept all of it out. One that only has its number
        // is from somebody else, whose tokens would be missing without a word.
        if fresh > 0 && import.problems == 0 {
            let refusal = Refusal::OutOfOrder { next: import.entries };
            let audit = Some(turned_away(order, Some(import), refusal));
            return AddStep { write: None, audit, answer: Err(refusal) };
        }
        return AddStep { write: None, audit: None, answer: Ok(Added { import, added: 0, unchanged, problems }) };
    }
    let bad = problems.len() as u64;
    let added = if bad == 0 { fresh } else { 0 };
    let next = Import {
        entries: import.entries + fresh + unchanged + bad,
        added: import.added + added,
        unchanged: import.unchanged + unchanged,
        problems: import.problems + bad,
        expires_at: order.at + IDLE_MAX,
        ..import.clone()
    };
    let audit = (bad > 0).then(|| entry(order, "import_add", Some(&import), Some(&next), "has problems"));
    AddStep { write: Some(next.clone()), audit, answer: Ok(Added { import: next, added, unchanged, problems }) }
}

/// How an import is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Its tokens appear.
    Commit,
    /// Its tokens go.
    Cancel,
}

/// What the store has to write, and what the asker is told.
#[derive(Clone, Debug)]
pub struct Step {
    /// The import as it is now, if it changed.
    pub write: Option<Import>,
    /// The entry of the audit trail.
    pub audit: Entry,
    /// The answer.
    pub decision: Result<Import, Refusal>,
}

/// Ends an import.
pub fn end(order: &Order, action: Action, found: Option<Import>) -> Step {
    let found = found.map(|import| import.at(order.at));
    let (verb, state) = match action {
        Action::Commit => ("import_commit", State::Committed(order.stamp())),
        Action::Cancel => ("import_cancel", State::Cancelled(order.stamp())),
    };
    let decision = match &found {
        None => Err(Refusal::Unknown),
        Some(import) if import.state != State::Open => Err(Refusal::Over(import.state.as_str())),
        Some(import) if action == Action::Commit && import.problems > 0 => Err(Refusal::Problems(import.problems)),
        Some(import) => Ok(Import { state, ..import.clone() }),
    };
    let outcome = decision.as_ref().map_or_else(|refusal| refusal.outcome(), |_| DONE);
    let audit = entry(order, verb, found.as_ref(), decision.as_ref().ok(), outcome);
    Step { write: decision.as_ref().ok().cloned(), audit, decision }
}

/// The import as it is after it was left alone for too long, and the entry that tells of it; `None` if it was not.
pub fn expire(import: Import, now: Timestamp) -> Option<(Import, Entry)> {
    let over = import.clone().at(now);
    let audit = audit::Entry {
        at: now,
        source: Source::Server,
        actor: None,
        action: "import_cancel",
        subject: subject(Some(&over)),
        customer: None,
        outcome: "expired",
        before: Some(import.facts()),
        after: Some(over.facts()),
        request_id: None,
        counted: false,
    };
    (over.state != import.state).then_some((over, audit))
}

fn subject(import: Option<&Import>) -> String {
    import.map_or_else(|| "import".to_owned(), |import| format!("import {}", import.id))
}

fn entry(
    order: &Order,
    action: &'static str,
    before: Option<&Import>,
    after: Option<&Import>,
    outcome: &'static str,
) -> Entry {
    let named = after.or(before);
    Entry {
        before: before.map(Import::facts),
        after: after.map(Import::facts),
        counted: named.is_none(),
        ..order.entry(action, subject(named), outcome)
    }
}
