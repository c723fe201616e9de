//! What an error of the engine means for whoever runs the server, and what to do about it.

use crate::domain::ports::StoreError;
use crate::store::{OpenError, unavailable};
use rusqlite::ErrorCode;

/// The data file is not what was written to it.
#[derive(Debug, thiserror::Error)]
#[error(
    "the data file is damaged: stop the server, keep the file and those beside it for an examination, and put the last backup in \
     its place ({0})"
)]
struct Damaged(rusqlite::Error);

/// The error in the operator's terms. The engine's texts name tables and statements, never values.
pub(in crate::store) fn reason(error: &rusqlite::Error) -> String {
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            "the disk is full: free space where the data file is; whatever has to be written is refused until then"
        }
        Some(ErrorCode::ReadOnly) => {
            "the data file cannot be written: make it and its directory writable for the server's user, then restart the server"
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            "the disk fails, is full, or may not be used further: look into the system's log and at the limits of the process; \
             whatever has to be read or written there is refused until then"
        }
        _ => return error.to_string(),
    };
    format!("{advice} ({error})")
}

impl From<rusqlite::Error> for StoreError {
    /// What may pass by itself is `Unavailable`.
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode::*;
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked | DiskFull | SystemIoFailure | OutOfMemory | CannotOpen | ReadOnly) => {
                unavailable(reason(&error))
            }
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Engine(Box::new(Damaged(error))),
            _ => StoreError::Engine(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
