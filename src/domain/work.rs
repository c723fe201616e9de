//! What an answer costs, in the steps that take time.
//!
//! Two answers that must not be told apart must not differ in how long they take either. Clocks are too coarse a tool to show
//! that in a test, so the steps are counted: a test compares what two answers have cost. Each thread counts its own steps, and the
//! store hands what it has spent on a call to whoever has called. Only builds with debug assertions count; in a release the
//! functions are empty.

use std::cell::Cell;
use std::ops::{Add, Sub};

/// Steps that have been done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// SQL statements.
    pub statements: u64,
    /// Keyed hashes: derived codes and keys, look-ups, codes of tokens.
    pub hashes: u64,
    /// Sealed values that were opened.
    pub opened: u64,
    /// Values that were sealed.
    pub sealed: u64,
}

thread_local! {
    static DONE: Cell<Work> = const { Cell::new(Work { statements: 0, hashes: 0, opened: 0, sealed: 0 }) };
}

impl Work {
    /// One SQL statement.
    pub const STATEMENT: Self = Self { statements: 1, hashes: 0, opened: 0, sealed: 0 };
    /// One keyed hash.
    pub const HASH: Self = Self { statements: 0, hashes: 1, opened: 0, sealed: 0 };
    /// One sealed value opened.
    pub const OPENED: Self = Self { statements: 0, hashes: 0, opened: 1, sealed: 0 };
    /// One value sealed.
    pub const SEALED: Self = Self { statements: 0, hashes: 0, opened: 0, sealed: 1 };

    /// What this thread has done so far, and what was done for it.
    pub fn done() -> Self {
        DONE.get()
    }

    /// Notes that this has been done.
    #[inline]
    pub fn add(self) {
        if cfg!(debug_assertions) {
            DONE.set(DONE.get() + self);
        }
    }

    /// Runs this, and tells what it has cost instead of noting it.
    #[inline]
    pub fn of<T>(run: impl FnOnce() -> T) -> (T, Self) {
        let before = Self::done();
        let outcome = run();
        let cost = Self::done() - before;
        if cfg!(debug_assertions) {
            DONE.set(before);
        }
        (outcome, cost)
    }
}

impl Add for Work {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            statements: self.statements + other.statements,
            hashes: self.hashes + other.hashes,
            opened: self.opened + other.opened,
            sealed: self.sealed + other.sealed,
        }
    }
}

impl Sub for Work {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            statements: self.statements - earlier.statements,
            hashes: self.hashes - earlier.hashes,
            opened: self.opened - earlier.opened,
            sealed: self.sealed - earlier.sealed,
        }
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_for_somebody_else_is_told_and_not_noted() {
        let before = Work::done();
        Work::HASH.add();
        let ((), cost) = Work::of(|| {
            Work::STATEMENT.add();
            Work::OPENED.add();
        });
        assert_eq!(cost, Work { statements: 1, opened: 1, ..Work::default() });
        assert_eq!(Work::done() - before, Work::HASH);
        cost.add();
        assert_eq!(Work::done() - before, Work { hashes: 1, ..cost });
    }
}
