//! What only the embedded engine has: a file, its lock, and a log that is moved into it.

mod checkpointer;
mod open;
mod trouble;

pub(super) use checkpointer::{Checkpointer, Turn, move_log};
pub(super) use open::{DataFile, looking};
pub(super) use trouble::reason;
