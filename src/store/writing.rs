//! What the steps of a transaction share besides the connection.

use super::audit::{self, Trail};
use super::limit::WindowCache;
use crate::domain::ports::StoreError;
use crate::store::sql::Connection;
use std::ops::Deref;

/// A connection inside a transaction, whose steps may write entries of the trail and count in windows of limits.
pub(super) struct Writing<'a> {
    connection: &'a Connection,
    trail: &'a Trail,
    windows: &'a WindowCache,
}

impl<'a> Writing<'a> {
    /// For a transaction that has just begun: nothing is known of the one before.
    pub(super) fn begin(connection: &'a Connection, trail: &'a Trail, windows: &'a WindowCache) -> Self {
        trail.begin();
        windows.begin();
        Self { connection, trail, windows }
    }

    /// Who writes entries.
    pub(super) fn trail(&self) -> &Trail {
        self.trail
    }

    /// The windows of limits as the steps of the transaction have left them.
    pub(super) fn windows(&self) -> &WindowCache {
        self.windows
    }

    /// A step begins. Gives what to go back to if it is undone.
    pub(super) fn mark(&self) -> Option<audit::State> {
        self.windows.mark();
        self.trail.mark()
    }

    /// The step since the last mark was undone.
    pub(super) fn back(&self, mark: Option<audit::State>) {
        self.windows.back();
        self.trail.back(mark);
    }

    /// Asks what every step will want to know.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        self.trail.prepare(self.connection)
    }

    /// Writes what was held back for the end of the transaction. The last thing before the commit.
    pub(super) fn finish(&self) -> Result<(), StoreError> {
        self.windows.flush(self.connection)?;
        self.trail.seal(self.connection)
    }
}

impl Deref for Writing<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
