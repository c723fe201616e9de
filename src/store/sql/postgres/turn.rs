//! Turns: whose transactions write.
//!
//! Every transaction that writes locks the one row of `store_turn` first. So the transactions of all servers on one database come
//! one after the other, as they do with the embedded engine, and each sees what all before it have left.
//!
//! The row also has the oldest version whose servers may still write. One that is older finds that out with the next turn it takes,
//! and from then on neither writes nor reads: it would misunderstand what is there.

use super::super::Result;
use super::{Client, Trouble};
use crate::store::open::MIGRATIONS;
use std::sync::atomic::Ordering::Relaxed;
use tokio_postgres::SimpleQueryMessage;

impl Client {
    pub(in crate::store::sql) fn begin(&self) -> Result<()> {
        let begun = self.start("begin isolation level read committed; select oldest from store_turn for update")?;
        let oldest = begun.iter().find_map(|said| match said {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse::<usize>().ok(),
            _ => None,
        });
        let outdated = oldest.is_some_and(|oldest| oldest > MIGRATIONS.len());
        self.address.outdated.store(outdated, Relaxed);
        if outdated {
            self.rollback()?;
            return Err(Trouble::Outdated.into());
        }
        Ok(())
    }

    /// An error if a newer release has the database for itself, as far as is known.
    pub(super) fn refuse_outdated(&self) -> Result<(), Trouble> {
        if self.address.outdated.load(Relaxed) { Err(Trouble::Outdated) } else { Ok(()) }
    }
}
