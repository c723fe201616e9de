//! What keeps a handler from a success: `?` on whatever may go wrong, told to the caller in one place.

use super::BackOffice;
use super::failures::Documented;
use crate::api::operator::reject::Problems;
use crate::api::runtime::{Operation, Reject};
use crate::api::scalar::Invalid;
use crate::domain::desk::Failure;

/// What went wrong.
pub(super) enum Trouble {
    /// The call is not as it should be, which its schema could not say.
    Call(Reject),
    /// The desk refused, or could not decide.
    Desk(Failure),
    /// What the desk answered does not fit the document.
    Answer(Invalid),
    /// The call cannot be written out, to know its repeat.
    Repeat(serde_json::Error),
}

impl From<Reject> for Trouble {
    fn from(reject: Reject) -> Self {
        Self::Call(reject)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Desk(failure)
    }
}

impl From<Invalid> for Trouble {
    fn from(invalid: Invalid) -> Self {
        Self::Answer(invalid)
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self::Repeat(error)
    }
}

impl BackOffice {
    /// What the caller of an operation is told.
    pub(super) fn tell<T, F: Documented>(
        &self,
        operation: &'static Operation,
        request_id: &str,
        done: Result<T, Trouble>,
    ) -> Result<T, F> {
        done.map_err(|trouble| match trouble {
            Trouble::Call(reject) => Problems::new(request_id).refuse(&reject).into(),
            Trouble::Desk(failure) => self.failed(operation, request_id, failure),
            Trouble::Answer(invalid) => self.broken(operation, request_id, &invalid),
            Trouble::Repeat(error) => self.broken(operation, request_id, &error),
        })
    }
}
