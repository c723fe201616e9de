//! Whether a chain is whole, and where it is not.
//!
//! A [`Verifier`] is shown the entries in the order of their numbers and remembers one place only. It says of the first that
//! does not fit what can be said from here; whether the entry that belongs there stands elsewhere takes a second look at all
//! of them, with [`Position::next`].

use super::chain::{Columns, Hash, Position};
use std::collections::BTreeMap;
use std::fmt;

/// An entry as it stands in the database.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// The chain that it says it belongs to.
    pub chain: &'a [u8],
    /// The number that it stands at.
    pub sequence: i64,
    /// What its hash covers.
    pub columns: Columns<'a>,
    /// The hash that stands in it.
    pub hash: &'a [u8],
}

impl Link<'_> {
    /// Whether it follows a place: its hash is the one that it gets there.
    pub fn follows(&self, place: &Position) -> bool {
        *self.hash == *place.next(&self.columns).hash.as_bytes()
    }
}

/// What is wrong with a chain, and at which entry it shows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The number of the first entry that is not as it was written. No number that the server gives is below 1.
    pub sequence: i64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not fit the one before it, and what does fit stands nowhere.
    Changed,
    /// It and those up to `through` are gone.
    Missing {
        /// The last that is gone.
        through: u64,
    },
    /// It was never part of the chain; what belongs here, if anything does, comes later.
    Inserted,
    /// It stands where another belongs, which stands at `found_at`.
    Displaced {
        /// Where the one that belongs here stands.
        found_at: u64,
    },
    /// It belongs to another chain.
    OtherChain,
    /// It is the last, and fits, but it is not the one that the sealed head names.
    Recomputed,
    /// It fits, but it is not the one that was signed for.
    NotAsSigned,
    /// It does not say any more who its customer is: the key for that is gone or damaged, and no erasure is in the trail.
    Nameless,
    /// Those up to this one are gone, and what is to prove that they were pruned is not genuine.
    Anchor,
    /// Those up to this one are gone, and the signature of their pruning is missing or fits none of the public keys.
    Unsigned,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.sequence;
        match self.fault {
            Fault::Changed if n == 1 => write!(f, "entry 1 was changed"),
            Fault::Changed => {
                write!(f, "entry {n} was changed, or entry {} was replaced together with its hash", n - 1)
            }
            Fault::Missing { through } if through == n.cast_unsigned() => write!(f, "entry {n} is missing"),
            Fault::Missing { through } => write!(f, "entries {n} to {through} are missing"),
            Fault::Inserted => write!(f, "entry {n} was inserted"),
            Fault::Displaced { found_at } => {
                write!(f, "entry {n} is out of order: the one that belongs there stands at {found_at}")
            }
            Fault::OtherChain => {
                write!(f, "entry {n} belongs to another chain: it was brought in from another data file")
            }
            Fault::Recomputed => write!(
                f,
                "entry {n} is not the last one that the server wrote: the chain was computed anew by someone without the \
                 server key, from there or from an earlier entry on"
            ),
            Fault::NotAsSigned => write!(
                f,
                "entry {n} is not the one that a checkpoint was signed for: the chain was computed anew, from there or from \
                 an earlier entry on"
            ),
            Fault::Nameless => write!(
                f,
                "entry {n} does not say any more who its customer is: the key for that was deleted or changed by hand, for no \
                 erasure of the customer is in the trail"
            ),
            Fault::Anchor => write!(
                f,
                "the entries up to {n} are gone, and the anchor that is to prove that they were pruned is not genuine"
            ),
            Fault::Unsigned => write!(
                f,
                "the entries up to {n} are gone, and the anchor that is to prove that they were pruned has no signature that fits \
                 a given public key"
            ),
        }
    }
}

/// Walks along a chain.
#[derive(Debug)]
pub struct Verifier<'a> {
    at: Position,
    head: Option<Position>,
    signed: &'a BTreeMap<u64, Hash>,
}

impl<'a> Verifier<'a> {
    /// Begins behind a place: the beginning, or what was pruned last. `head` is the last entry, where that is known for
    /// certain; `signed` has what checkpoints were signed for.
    pub fn new(begin: Position, head: Option<Position>, signed: &'a BTreeMap<u64, Hash>) -> Self {
        Self { at: begin, head, signed }
    }

    /// The last entry that was right.
    pub fn at(&self) -> &Position {
        &self.at
    }

    /// Looks at the next entry.
    pub fn next(&mut self, link: &Link<'_>) -> Result<(), Break> {
        let expected = self.at.sequence + 1;
        let found = link.sequence.cast_unsigned();
        let broken = |sequence: u64, fault| Err(Break { sequence: sequence.cast_signed(), fault });
        if link.sequence < 1 || found < expected {
            return broken(found, Fault::Inserted);
        }
        // The head is sealed: whatever stands behind it was not written by the server.
        match self.head {
            Some(head) if found > head.sequence && self.at.sequence >= head.sequence => {
                return broken(found, Fault::Inserted);
            }
            Some(head) if found > head.sequence => {
                return broken(expected, Fault::Missing { through: head.sequence });
            }
            _ if found > expected => return broken(expected, Fault::Missing { through: found - 1 }),
            _ => {}
        }
        if link.chain != self.at.chain.as_bytes() {
            return broken(found, Fault::OtherChain);
        }
        let next = self.at.next(&link.columns);
        if link.hash != next.hash.as_bytes() {
            return broken(found, Fault::Changed);
        }
        if self.signed.get(&found).is_some_and(|signed| *signed != next.hash) {
            return broken(found, Fault::NotAsSigned);
        }
        self.at = next;
        Ok(())
    }

    /// There are no more entries. Says how far the chain reaches.
    pub fn end(self) -> Result<Position, Break> {
        let Self { at, head, signed } = self;
        let broken = |sequence: u64, fault| Err(Break { sequence: sequence.cast_signed(), fault });
        match head {
            Some(head) if head.sequence > at.sequence => {
                broken(at.sequence + 1, Fault::Missing { through: head.sequence })
            }
            Some(head) if head.hash != at.hash => broken(at.sequence, Fault::Recomputed),
            _ => match signed.last_key_value() {
                Some((&last, _)) if last > at.sequence => broken(at.sequence + 1, Fault::Missing { through: last }),
                _ => Ok(at),
            },
        }
    }
}
