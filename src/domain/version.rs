//! Things that carry a version, so that a change is made to what was seen or not at all.

use super::flow::Timestamp;

/// A thing as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The thing.
    pub it: T,
    /// Counts its changes, from 1 on.
    pub version: u64,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl<T> Versioned<T> {
    /// A thing in the place of another one, if there is one.
    pub fn after(before: Option<&Self>, it: T, at: Timestamp) -> Self {
        Self { it, version: before.map_or(1, |before| before.version + 1), updated_at: at }
    }

    /// Whether it is new, and not in the place of another one.
    pub fn is_new(&self) -> bool {
        self.version == 1
    }
}

/// What somebody who wants a change has seen of the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: it is to be made.
    Nothing,
    /// This version.
    Version(u64),
    /// It does not matter. For commands at the server's own machine.
    Whatever,
}

impl From<Option<u64>> for Seen {
    fn from(version: Option<u64>) -> Self {
        version.map_or(Self::Nothing, Self::Version)
    }
}

/// What was seen is not what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Outdated {
    /// It has changed.
    #[error("it was changed: it has version {version} now")]
    Stale {
        /// The version it has now.
        version: u64,
    },
    /// It is there.
    #[error("it is there: say which version is to be changed, it has version {version} now")]
    Unseen {
        /// The version it has now.
        version: u64,
    },
    /// It is not there any more.
    #[error("it is not there any more")]
    Gone,
}

impl Seen {
    /// Whether it is what is there: the version of it, if it is.
    pub fn fits(self, found: Option<u64>) -> Result<(), Outdated> {
        match (self, found) {
            (Self::Nothing, None) | (Self::Whatever, _) => Ok(()),
            (Self::Nothing, Some(version)) => Err(Outdated::Unseen { version }),
            (Self::Version(seen), Some(version)) if seen == version => Ok(()),
            (Self::Version(_), Some(version)) => Err(Outdated::Stale { version }),
            (Self::Version(_), None) => Err(Outdated::Gone),
        }
    }
}

impl Outdated {
    /// What the audit trail calls it.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Stale { .. } => "stale",
            Self::Unseen { .. } => "version missing",
            Self::Gone => "gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_fits_what_is_there_or_is_told_what_is() {
        use Outdated::*;
        use Seen::*;
        let cases = [
            (Nothing, None, Ok(())),
            (Nothing, Some(2), Err(Unseen { version: 2 })),
            (Version(2), Some(2), Ok(())),
            (Version(1), Some(2), Err(Stale { version: 2 })),
            (Version(3), Some(2), Err(Stale { version: 2 })),
            (Version(1), None, Err(Gone)),
            (Whatever, None, Ok(())),
            (Whatever, Some(2), Ok(())),
        ];
        for (seen, found, fits) in cases {
            assert_eq!(seen.fits(found), fits, "{seen:?} {found:?}");
        }
    }
}
