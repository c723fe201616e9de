//! Who may call, and what the callers of all nouns are told when it fails.
//!
//! The order of the checks is the document's: credential (401), parameters (400), scope (403), body (400). All that comes
//! after it is for the desk to decide.

mod api;
mod audit;
mod clients;
mod customers;
mod deliveries;
mod device;
mod failures;
mod flows;
mod imports;
mod keys;
mod operators;
mod prefixes;
mod sessions;
mod tokens;
mod transactions;
mod trouble;

use super::generated::OperatorFailure;
use super::reject::Problems;
use super::types::{Problem, ProblemType};
use crate::api::caller::bearer;
use crate::api::certificate::Bindings;
use crate::api::runtime::{Call, Family, Operation, Refusals, Reject, RequestMeta};
use crate::domain::desk::{Desk, Failure};
use crate::domain::operator::{Actor, Operator, Order, Scope};
use crate::domain::ports::StoreError;
use failures::Documented;
use slog::{Logger, error, info};
use std::error::Error;
use std::sync::Arc;

/// The family's server.
pub struct BackOffice {
    /// Decides.
    pub desk: Arc<Desk>,
    /// Whose client certificates are whose.
    pub certificates: Bindings<Actor>,
    /// Is told of every refusal.
    pub refusals: Arc<dyn Refusals>,
    /// Where it is told why a call was refused or got no decision.
    pub log: Logger,
}

impl Family for BackOffice {
    type Caller = Operator;
    type Refusal = OperatorFailure;

    async fn admit(&self, operation: &'static Operation, request: &RequestMeta<'_>) -> Result<Operator, Reject> {
        let location = operation.auth.header().unwrap_or_default();
        let refused = |problem: &str| {
            info!(self.log, "credential not believed"; "operation" => operation.id, "request_id" => request.request_id,
                "problem" => problem);
            Reject::Unauthenticated { location }
        };
        let undecided = |error| self.undecided(operation, request.request_id, &error);
        // The certificate is proof enough; a credential that comes with it must be the same operator's.
        if let Some(holder) = self.certificates.holder(request.certificate())
            && !request.headers().contains_key(location)
        {
            let found = self.desk.store.operator_named(holder).await.map_err(undecided)?;
            let found = found.filter(|operator| operator.revoked.is_none());
            return found
                .ok_or_else(|| refused("the client certificate is that of no operator, or of one who is revoked"));
        }
        let credential = request.credential(operation)?.ok_or(Reject::Unauthenticated { location })?;
        let credential = bearer(credential).ok_or_else(|| refused("it is not given as Bearer"))?;
        let found = self.desk.operator(credential).await.map_err(undecided)?;
        let operator = found.ok_or_else(|| refused("it is no operator's, or that of one who is revoked"))?;
        match self.certificates.check(request.certificate(), &operator.name) {
            Ok(_) => Ok(operator),
            Err(problem) => Err(refused(&problem.to_string())),
        }
    }

    async fn permit(
        &self,
        operation: &'static Operation,
        caller: &Operator,
        request: &RequestMeta<'_>,
    ) -> Result<(), Reject> {
        // An operation that names no scope is nobody's to call.
        if operation.scope.and_then(Scope::parse).is_some_and(|scope| caller.may(scope)) {
            return Ok(());
        }
        self.refusals.refused(operation.id, slug(ProblemType::Forbidden));
        info!(self.log, "refused"; "operation" => operation.id, "code" => slug(ProblemType::Forbidden),
            "request_id" => request.request_id, "operator" => caller.name.as_str(),
            "reason" => "the credential lacks the scope");
        Err(Reject::Forbidden)
    }
}

impl BackOffice {
    /// Looks at a caller again whose body may have been long on its way: one who was revoked meanwhile is not to end with it
    /// what was begun before.
    async fn still_admitted(
        &self,
        operation: &'static Operation,
        caller: &Operator,
        request_id: &str,
    ) -> Result<(), Reject> {
        if operation.body_limit.is_none() {
            return Ok(());
        }
        let found = self.desk.store.operator_named(&caller.name).await;
        let found = found.map_err(|error| self.undecided(operation, request_id, &error))?;
        if found.is_some_and(|operator| operator.revoked.is_none()) {
            return Ok(());
        }
        info!(self.log, "credential not believed"; "operation" => operation.id, "request_id" => request_id,
            "problem" => "it was revoked while the call came in");
        Err(Reject::Unauthenticated { location: operation.auth.header().unwrap_or_default() })
    }

    /// What a call orders at the desk.
    fn order<P, B>(&self, call: &Call<Operator, P, B>) -> Order {
        self.desk.order(call.caller.name.clone(), &call.request_id)
    }

    /// What the caller of an operation is told of a failure of the desk.
    fn failed<F: Documented>(&self, operation: &'static Operation, request_id: &str, failure: Failure) -> F {
        let problems = Problems::new(request_id);
        let problem = match &failure {
            Failure::NotFound => problems.not_found(),
            Failure::Conflict(detail) => problems.conflict(detail),
            Failure::Stale { version } => problems.stale(Some(*version)),
            Failure::Gone => problems.stale(None),
            Failure::PreconditionRequired { version } => problems.precondition_required(*version),
            Failure::Refused(detail) => problems.refused(detail),
            Failure::Mismatch => problems.idempotency_mismatch(),
            Failure::Malformed { location, problem } => {
                return problems.refuse(&Reject::malformed(*location, problem)).into();
            }
            Failure::Store(error) => return problems.refuse(&self.undecided(operation, request_id, error)).into(),
        };
        self.told(operation, request_id, problem, &failure)
    }

    /// What the caller of an operation is told of something that we do not understand ourselves.
    fn broken<F: Documented>(
        &self,
        operation: &'static Operation,
        request_id: &str,
        problem: &(impl Error + 'static),
    ) -> F {
        error!(self.log, "no answer"; "operation" => operation.id, "request_id" => request_id, "problem" => #problem);
        Problems::new(request_id).refuse(&Reject::Internal).into()
    }

    fn told<F: Documented>(
        &self,
        operation: &'static Operation,
        request_id: &str,
        problem: Problem,
        failure: &Failure,
    ) -> F {
        let code = slug(problem.r#type);
        match F::of(problem) {
            Some(answer) => {
                self.refusals.refused(operation.id, code);
                info!(self.log, "refused"; "operation" => operation.id, "code" => code, "request_id" => request_id,
                    "reason" => %failure);
                answer
            }
            None => {
                error!(self.log, "a failure that the document does not list"; "operation" => operation.id,
                    "code" => code, "request_id" => request_id, "reason" => %failure);
                Problems::new(request_id).refuse(&Reject::Internal).into()
            }
        }
    }

    /// There was no decision: the log says why.
    fn undecided(&self, operation: &Operation, request_id: &str, problem: &StoreError) -> Reject {
        error!(self.log, "no decision"; "operation" => operation.id, "request_id" => request_id, "problem" => #problem);
        match problem {
            StoreError::Unavailable(_) => Reject::Unavailable,
            StoreError::Corrupt { .. } | StoreError::Engine(_) => Reject::Internal,
        }
    }
}

/// A problem in one word, for log and metrics.
fn slug(problem: ProblemType) -> &'static str {
    problem.as_str().rsplit(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operator::generated::OPERATIONS;

    #[test]
    fn every_operation_names_a_scope_that_there_is() {
        for operation in OPERATIONS {
            assert!(operation.scope.and_then(Scope::parse).is_some(), "{}: {:?}", operation.id, operation.scope);
        }
    }

    #[test]
    fn a_problem_has_a_word() {
        assert_eq!(slug(ProblemType::NotFound), "not-found");
    }
}
