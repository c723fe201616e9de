//! Every failure as a problem object (RFC 9457).
//!
//! The family knows neither 408, 413, 415 nor 429: whatever is wrong with a body or a header is a 400 whose `location` names
//! it, and nobody is throttled.

use super::generated::OperatorFailure;
use super::types::{Explanation, Location, Problem, ProblemStatus, ProblemTitle, ProblemType, RequestId, Version};
use crate::api::runtime::{Refusal, Reject, RequestMeta};

impl Refusal for OperatorFailure {
    fn refuse(reject: &Reject, request: &RequestMeta<'_>) -> Self {
        Problems::new(request.request_id).refuse(reject)
    }
}

/// The problems of one call.
#[derive(Clone, Copy)]
pub(super) struct Problems<'a> {
    request_id: &'a str,
}

impl<'a> Problems<'a> {
    /// Of the call of this id.
    pub(super) fn new(request_id: &'a str) -> Self {
        Self { request_id }
    }

    /// What never reached the desk, or got no decision there.
    pub(super) fn refuse(self, reject: &Reject) -> OperatorFailure {
        match reject {
            Reject::Malformed { .. } | Reject::SlowBody | Reject::TooLarge { .. } | Reject::WrongType => {
                let body = Problem {
                    location: reject.location().map(location),
                    ..self.explained(ProblemType::Malformed, &reject.message())
                };
                OperatorFailure::Status400 { body }
            }
            // It says nothing about what was wrong with the credential.
            Reject::Unauthenticated { .. } => {
                OperatorFailure::Status401 { body: self.problem(ProblemType::Unauthenticated) }
            }
            Reject::Forbidden => OperatorFailure::Status403 { body: self.problem(ProblemType::Forbidden) },
            Reject::Internal => OperatorFailure::Status500 { body: self.problem(ProblemType::Internal) },
            Reject::Throttled { .. } | Reject::Unavailable => {
                OperatorFailure::Status503 { body: self.problem(ProblemType::Unavailable) }
            }
        }
    }

    /// There is no such thing.
    pub(super) fn not_found(self) -> Problem {
        self.problem(ProblemType::NotFound)
    }

    /// It is there already, or its state does not allow this.
    pub(super) fn conflict(self, detail: &str) -> Problem {
        self.explained(ProblemType::Conflict, detail)
    }

    /// It has changed since the caller looked; to this version, unless it is gone.
    pub(super) fn stale(self, version: Option<u64>) -> Problem {
        Problem { version: version.and_then(known), ..self.of_if_match(ProblemType::Stale) }
    }

    /// It is there, in this version, and `If-Match` is missing.
    pub(super) fn precondition_required(self, version: u64) -> Problem {
        Problem { version: known(version), ..self.of_if_match(ProblemType::PreconditionRequired) }
    }

    /// A code or a proof is not good.
    pub(super) fn refused(self, detail: &str) -> Problem {
        self.explained(ProblemType::Refused, detail)
    }

    /// The idempotency key was used for another request.
    pub(super) fn idempotency_mismatch(self) -> Problem {
        Problem { location: Some(location("Idempotency-Key")), ..self.problem(ProblemType::IdempotencyMismatch) }
    }

    fn of_if_match(self, r#type: ProblemType) -> Problem {
        Problem { location: Some(location("If-Match")), ..self.problem(r#type) }
    }

    fn explained(self, r#type: ProblemType, detail: &str) -> Problem {
        Problem { detail: Some(cut::<Explanation>(detail, 500)), ..self.problem(r#type) }
    }

    fn problem(self, r#type: ProblemType) -> Problem {
        let (status, title) = words(r#type);
        Problem {
            r#type,
            title: cut::<ProblemTitle>(title, 80),
            status: ProblemStatus::try_from(status).unwrap_or(ProblemStatus::MAX),
            detail: None,
            instance: cut::<RequestId>(self.request_id, 64),
            location: None,
            version: None,
        }
    }
}

/// The status and the title of a type.
fn words(r#type: ProblemType) -> (u32, &'static str) {
    match r#type {
        ProblemType::Malformed => (400, "The request is malformed"),
        ProblemType::Unauthenticated => (401, "The credential is missing or not valid"),
        ProblemType::Forbidden => (403, "The credential lacks the scope"),
        ProblemType::NotFound => (404, "There is no such thing"),
        ProblemType::Conflict => (409, "The state does not allow this"),
        ProblemType::Stale => (412, "It has changed since you looked"),
        ProblemType::Refused => (422, "The request was refused"),
        ProblemType::IdempotencyMismatch => (422, "The idempotency key was used for another request"),
        ProblemType::PreconditionRequired => (428, "If-Match is required to change what is there"),
        ProblemType::Internal => (500, "The request failed"),
        ProblemType::Unavailable => (503, "The service is not available"),
    }
}

fn known(version: u64) -> Option<Version> {
    Version::try_from(version).ok()
}

fn location(text: &str) -> Location {
    cut(text, 200)
}

/// A text of ours that is not longer than its type allows.
fn cut<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str, max: usize) -> T {
    text.chars().take(max).collect::<String>().try_into().expect("length is the only rule of these types")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_status_and_a_title_that_fits() {
        for r#type in ProblemType::ALL {
            let (status, title) = words(*r#type);
            assert!(ProblemStatus::try_from(status).is_ok() && title.parse::<ProblemTitle>().is_ok(), "{type}");
        }
    }

    #[test]
    fn whatever_is_wrong_with_a_request_is_400_and_names_the_place() {
        for (reject, location) in [
            (Reject::malformed("tokens[12].seed", "missing"), "tokens[12].seed"),
            (Reject::SlowBody, "body"),
            (Reject::TooLarge { limit: 5 }, "body"),
            (Reject::WrongType, "Content-Type"),
        ] {
            let OperatorFailure::Status400 { body } = Problems::new("1").refuse(&reject) else {
                panic!("{reject:?} is no 400");
            };
            assert_eq!(body.location.map(|at| at.to_string()).as_deref(), Some(location), "{reject:?}");
            assert_eq!(body.detail.map(|detail| detail.to_string()), Some(reject.message()), "{reject:?}");
        }
    }

    #[test]
    fn texts_that_are_too_long_are_cut() {
        let problems = Problems::new("1");
        let detail = problems.conflict(&"ñ".repeat(600)).detail.expect("there is one");
        assert_eq!(detail.as_str().chars().count(), 500);
        let reject = Reject::malformed("x".repeat(300), "missing");
        assert_eq!(problems.refuse(&reject).status(), 400);
    }

    #[test]
    fn a_version_is_told_if_there_is_one() {
        let problems = Problems::new("1");
        assert_eq!(problems.stale(Some(5)).version, Version::try_from(5).ok());
        assert_eq!(problems.stale(None).version, None);
        assert_eq!(problems.precondition_required(7).version, Version::try_from(7).ok());
    }
}
