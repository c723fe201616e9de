//! The four operations: convert, one call of the service, convert.

use super::convert;
use super::generated::*;
use super::types::{PreLoginRequest, RequestAnswer, VerifyAnswer};
use crate::api::caller::{Callers, ClaimsToken};
use crate::api::runtime::{Family, Operation, Refusals, Reject, RequestMeta};
use crate::api::throttle::Throttle;
use crate::domain::flow::{Holder, Refusal};
use crate::domain::policy::Purpose;
use crate::domain::ports::StoreError;
use crate::domain::prefix::HeldBack;
use crate::domain::service::{Ask, Check, Failure, Service};
use slog::{Logger, error, info};
use std::sync::Arc;

/// The family's server.
pub struct Dbx {
    /// Decides.
    pub service: Arc<Service>,
    /// Knows whose tokens are good.
    pub callers: Arc<Callers<ClaimsToken>>,
    /// Slows down addresses that call too often; `None` lets them.
    pub throttle: Option<Arc<Throttle>>,
    /// Is told of every refusal.
    pub refusals: Arc<dyn Refusals>,
    /// Where it is told why a token was not believed and why a call got no decision.
    pub log: Logger,
}

impl Family for Dbx {
    /// The customer and app of the token, where there is one.
    type Caller = Option<Holder>;
    type Refusal = DbxFailure;

    async fn admit(&self, operation: &'static Operation, request: &RequestMeta<'_>) -> Result<Option<Holder>, Reject> {
        if let Some(throttle) = &self.throttle {
            let throttled = |retry_after| Reject::Throttled { retry_after };
            throttle.admit(request.remote_addr().ip()).map_err(throttled)?;
        }
        let Some(token) = request.credential(operation)? else { return Ok(None) };
        let holder = self.callers.verify(token, request.received_at).await.map_err(|problem| {
            info!(self.log, "token not believed"; "request_id" => request.request_id, "problem" => %problem);
            let location = operation.auth.header().unwrap_or_default();
            if problem.is_open() { Reject::Unavailable } else { Reject::Unauthenticated { location } }
        })?;
        Ok(Some(holder))
    }
}

impl DbxApi for Dbx {
    async fn request_otp_pre_login_mb(
        &self,
        call: RequestOtpPreLoginMbCall<Option<Holder>>,
    ) -> Result<RequestOtpPreLoginMbOk, DbxFailure> {
        let PreLoginRequest { phone, mfa_attributes } = &call.body;
        let (attributes, from) = (mfa_attributes.as_ref(), call.remote_addr.ip());
        let ask = convert::ask(&call.request_id, Purpose::PreLogin, None, phone.as_ref(), attributes, from);
        Ok(RequestOtpPreLoginMbOk::Status200 { body: self.ask(&REQUEST_OTP_PRE_LOGIN_MB, ask).await? })
    }

    async fn verify_otp_pre_login_mb(
        &self,
        call: VerifyOtpPreLoginMbCall<Option<Holder>>,
    ) -> Result<VerifyOtpPreLoginMbOk, DbxFailure> {
        let check = convert::check(Purpose::PreLogin, None, &call.body, call.remote_addr.ip());
        Ok(VerifyOtpPreLoginMbOk::Status200 {
            body: self.verify(&VERIFY_OTP_PRE_LOGIN_MB, check, &call.request_id).await?,
        })
    }

    async fn request_update_security_questions_otp(
        &self,
        call: RequestUpdateSecurityQuestionsOtpCall<Option<Holder>>,
    ) -> Result<RequestUpdateSecurityQuestionsOtpOk, DbxFailure> {
        let (attributes, from) = (call.body.mfa_attributes.as_ref(), call.remote_addr.ip());
        let ask = convert::ask(&call.request_id, Purpose::SecurityQuestions, call.caller, None, attributes, from);
        Ok(RequestUpdateSecurityQuestionsOtpOk::Status200 {
            body: self.ask(&REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, ask).await?,
        })
    }

    async fn verify_update_security_questions_otp(
        &self,
        call: VerifyUpdateSecurityQuestionsOtpCall<Option<Holder>>,
    ) -> Result<VerifyUpdateSecurityQuestionsOtpOk, DbxFailure> {
        let from = call.remote_addr.ip();
        let check = convert::check(Purpose::SecurityQuestions, call.caller, &call.body, from);
        Ok(VerifyUpdateSecurityQuestionsOtpOk::Status200 {
            body: self.verify(&VERIFY_UPDATE_SECURITY_QUESTIONS_OTP, check, &call.request_id).await?,
        })
    }
}

impl Dbx {
    async fn ask(&self, operation: &Operation, ask: Ask) -> Result<RequestAnswer, DbxFailure> {
        let request_id = ask.request_id.clone();
        match self.service.ask(ask).await {
            Ok(asked) => Ok(convert::answer(asked)),
            Err(failure) => self.refused(operation, &request_id, failure, convert::request_failed),
        }
    }

    async fn verify(&self, operation: &Operation, check: Check, request_id: &str) -> Result<VerifyAnswer, DbxFailure> {
        match self.service.verify(check).await {
            Ok(()) => Ok(convert::verified()),
            Err(failure) => self.refused(operation, request_id, failure, convert::verify_failed),
        }
    }

    /// A refusal is an answer, logged and counted by its code: to HTTP it looks like a success. That there was no decision
    /// is a failure, and the log says why.
    fn refused<T>(
        &self,
        operation: &Operation,
        request_id: &str,
        failure: Failure,
        say: fn(&Refusal) -> Option<(&'static str, T)>,
    ) -> Result<T, DbxFailure> {
        let said = match &failure {
            Failure::Refused(Refusal::HeldBack(HeldBack { cause, retry_after })) => {
                self.refusals.refused(operation.id, cause.as_str());
                info!(self.log, "refused"; "operation" => operation.id, "code" => cause.as_str(),
                    "request_id" => request_id);
                return Err(DbxFailure::from(&Reject::Throttled { retry_after: *retry_after }));
            }
            Failure::Refused(refusal) => say(refusal),
            Failure::Store(_) => None,
        };
        if let Some((code, answer)) = said {
            self.refusals.refused(operation.id, code);
            info!(self.log, "refused"; "operation" => operation.id, "code" => code, "request_id" => request_id);
            return Ok(answer);
        }
        if let Failure::Refused(Refusal::Throttled { retry_after }) = failure {
            info!(self.log, "throttled"; "operation" => operation.id, "request_id" => request_id);
            return Err(DbxFailure::from(&Reject::Throttled { retry_after }));
        }
        let reject = match &failure {
            Failure::Store(StoreError::Unavailable(_)) => Reject::Unavailable,
            Failure::Store(_) | Failure::Refused(_) => Reject::Internal,
        };
        error!(self.log, "no decision"; "request_id" => request_id, "problem" => #&failure);
        Err(DbxFailure::from(&reject))
    }
}
