//! The audit trail: what was decided and changed, by whom, and how it was before.
//!
//! Every step of the store that decides or changes something writes an [`Entry`] of it in the same step, so there is no
//! change without its entry and no entry without its change. An entry holds no code, key or seed, and addresses only
//! masked. Entries are only ever added, and each covers the one before it: see [`chain`].
//!
//! Calls that name something unknown could be made without end. The first of a minute is an entry, those after it are
//! counted, and one more entry tells how many there were when the minute is over.
//!
//! What says who a customer is stands in an entry only under a key of that customer. When the key is destroyed, the customer
//! is forgotten and the entry still stands: it knows the customer by a [`Pseudonym`].

pub mod chain;
pub mod checkpoint;
pub mod verify;

use super::customer::CustomerId;
use super::flow::Timestamp;
use super::pseudonym::Pseudonym;
use chain::Hash;

/// What an entry says of something done.
pub const DONE: &str = "done";

/// Where a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The DBX operations.
    Dbx,
    /// The BNE operations.
    Bne,
    /// The operator API, or a command at the server's own machine.
    Operator,
    /// Nobody called: the server did it by itself.
    Server,
}

impl Source {
    /// Every source.
    pub const ALL: [Source; 4] = [Source::Dbx, Source::Bne, Source::Operator, Source::Server];

    /// The name used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Dbx => "dbx",
            Source::Bne => "bne",
            Source::Operator => "operator",
            Source::Server => "server",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

/// A property of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What is told.
    pub name: &'static str,
    /// Its value, as text.
    pub value: String,
    /// Whether it says who the customer is, so that it goes when the customer is erased. Such facts are kept in entries that
    /// have a customer, in no others.
    pub personal: bool,
}

/// What something is like, as far as the trail may tell: names and values, never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub Vec<Fact>);

impl Facts {
    /// One more fact.
    #[must_use]
    pub fn and(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.push(Fact { name, value: value.to_string(), personal: false });
        self
    }

    /// One more fact, if there is a value.
    #[must_use]
    pub fn and_if(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.and(name, value),
            None => self,
        }
    }

    /// One more fact that says who the customer is, if there is a value.
    #[must_use]
    pub fn and_personal(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.0.extend(value.map(|value| Fact { name, value: value.to_string(), personal: true }));
        self
    }
}

/// One decision or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Where the call came in.
    pub source: Source,
    /// Who: the operator, the application (BNE), the app (DBX). `None` before login, and for the server itself.
    pub actor: Option<String>,
    /// What was asked: the noun and verb of the operation, such as `token_unlock`.
    pub action: &'static str,
    /// What it was about: its kind, a blank, its id, such as `token 5f3a…`. The kind alone where it is unknown.
    pub subject: String,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// [`DONE`], or in a word why not.
    pub outcome: &'static str,
    /// What the subject was like; `None` if it was not there.
    pub before: Option<Facts>,
    /// What it is like now; `None` if it is not there, or nothing has changed.
    pub after: Option<Facts>,
    /// Names the call in the log.
    pub request_id: Option<String>,
    /// One of many: but for the first of a minute it is only counted, with those of the same source, actor, action, subject
    /// and outcome. It has no customer and no facts.
    pub counted: bool,
}

/// An entry as it stands in the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place: each is greater by one than the one before.
    pub sequence: u64,
    /// Its hash, which covers the entry and the hash of the one before.
    pub hash: Hash,
    /// When; of counted calls the first.
    pub at: Timestamp,
    /// Where the call came in.
    pub source: Source,
    /// Who.
    pub actor: Option<String>,
    /// What was asked.
    pub action: String,
    /// What it was about.
    pub subject: String,
    /// Whose it is; `None` also when the customer has been erased.
    pub customer: Option<CustomerId>,
    /// What stands for the customer.
    pub pseudonym: Option<Pseudonym>,
    /// `done`, or why not.
    pub outcome: String,
    /// What the subject was like.
    pub before: Option<Vec<(String, String)>>,
    /// What it is like now.
    pub after: Option<Vec<(String, String)>>,
    /// Names the call in the log.
    pub request_id: Option<String>,
    /// How many calls it stands for.
    pub count: u64,
}

/// Which entries to show. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those of one customer.
    pub customer: Option<CustomerId>,
    /// Those of one operator, application or app.
    pub actor: Option<String>,
    /// Those of one action.
    pub action: Option<String>,
    /// Those about one thing.
    pub subject: Option<String>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Behind this place: with [`Filter::newest_first`] those before it, otherwise those after it.
    pub behind: Option<u64>,
    /// From the newest backwards.
    pub newest_first: bool,
    /// At most so many.
    pub limit: u32,
}
