//! The two operations: convert, one call of the service, convert.
//!
//! The order of the checks is the document's: token (401), headers (400), the client's rights (403), body (400), throttle
//! (429), transaction (404), code (422).

use super::convert;
use super::feed::{self, Feed, Outcome, Validation};
use super::generated::*;
use super::reject::{ACCESS_NOT_CONFIGURED, Asker, BUSINESS_VALIDATION_FAILED, RESOURCE_NOT_FOUND};
use super::types::{AcceptLanguage, ClientId, RequestUuid};
use crate::api::caller::{Access, AccessToken, Callers};
use crate::api::certificate::Bindings;
use crate::api::runtime::{Call, Family, Operation, Refusals, Reject, RequestMeta};
use crate::api::throttle::Throttle;
use crate::domain::challenge::{ChallengeService, Failure};
use crate::domain::client;
use crate::domain::flow::Timestamp;
use crate::domain::ports::Clock;
use slog::{Logger, error, info};
use std::error::Error;
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;

/// The family's server.
pub struct Bne {
    /// Decides.
    pub service: Arc<ChallengeService>,
    /// Knows whose access tokens are good.
    pub callers: Arc<Callers<AccessToken>>,
    /// Whose client certificates are whose.
    pub certificates: Bindings<client::ClientId>,
    /// Slows down addresses that call too often; `None` lets them.
    pub throttle: Option<Arc<Throttle>>,
    /// Tells the time, for the feed.
    pub clock: Arc<dyn Clock>,
    /// Is told of every validation.
    pub feed: Arc<dyn Feed>,
    /// Is told of every refusal.
    pub refusals: Arc<dyn Refusals>,
    /// Where it is told why a call was refused or got no decision.
    pub log: Logger,
}

impl Family for Bne {
    type Caller = Access;
    type Refusal = BneFailure;
    const ACCEPT_REQUIRED: bool = true;

    async fn admit(&self, operation: &'static Operation, request: &RequestMeta<'_>) -> Result<Access, Reject> {
        let location = operation.auth.header().unwrap_or_default();
        let log = |problem: &dyn Display| {
            info!(self.log, "token not believed"; "operation" => operation.id, "request_id" => request.request_id,
                "uuid" => uuid(request), "problem" => %problem);
        };
        let credential = request.credential(operation)?.ok_or(Reject::Unauthenticated { location })?;
        let access = self.callers.access(credential, request.received_at).await.map_err(|problem| {
            log(&problem);
            if problem.is_open() { Reject::Unavailable } else { Reject::Unauthenticated { location } }
        })?;
        // A header that is missing or malformed is told as that, in its turn.
        let named = request.header("client_id").and_then(|text| text.parse::<ClientId>().ok());
        if named.is_some_and(|named| named.as_str() != access.client.as_str()) {
            log(&"it is another client's");
            return Err(Reject::Unauthenticated { location });
        }
        if let Err(problem) = self.certificates.check(request.certificate(), &access.client) {
            log(&problem);
            return Err(Reject::Unauthenticated { location });
        }
        Ok(access)
    }

    async fn permit(
        &self,
        operation: &'static Operation,
        access: &Access,
        request: &RequestMeta<'_>,
    ) -> Result<(), Reject> {
        // What is not ASCII is a header to HTTP and nobody's id, country, business or channel.
        let header = |name| request.header(name).unwrap_or_default();
        let (country, business, channel) = (header("countryCode"), header("businessCode"), header("ChannelId"));
        let known = header("client_id") == access.client.as_str();
        let admitted = known && {
            let asked = self.service.admits(&access.client, country, business, channel).await;
            asked.map_err(|error| self.no_decision(operation, request.request_id, &error))?
        };
        if admitted {
            return Ok(());
        }
        self.refusals.refused(operation.id, ACCESS_NOT_CONFIGURED);
        info!(self.log, "refused"; "operation" => operation.id, "code" => ACCESS_NOT_CONFIGURED,
            "request_id" => request.request_id, "uuid" => uuid(request),
            "reason" => "the client is not registered for this country, business and channel");
        Err(Reject::Forbidden)
    }

    fn refused(&self, operation: &'static Operation, request: &RequestMeta<'_>, reject: &Reject, body: &[u8]) {
        if let Some(validation) = feed::refused(operation, request, reject, body, self.clock.now()) {
            self.feed.validated(validation);
        }
    }
}

impl BneApi for Bne {
    async fn bne_validate_challenge_info(
        &self,
        call: BneValidateChallengeInfoCall<Access>,
    ) -> Result<BneValidateChallengeInfoOk, BneFailure> {
        let operation = &BNE_VALIDATE_CHALLENGE_INFO;
        let Call { caller, parameters, body, request_id, received_at, .. } = &call;
        let asking = Asking::new(operation, request_id, parameters.uuid, &parameters.accept_language, *received_at);
        let (outcome, answer) = match self.throttled(call.remote_addr.ip()) {
            Err(reject) => (Outcome::from(&reject), Err(asking.asker.refuse(&reject))),
            Ok(()) => {
                let validate = convert::validate(caller.clone(), &parameters.sid, body, call.remote_addr.ip());
                match self.service.validate(validate).await {
                    Ok(transaction) => {
                        info!(self.log, "code accepted"; "operation" => operation.id, "request_id" => request_id,
                            "uuid" => %parameters.uuid, "transaction" => %transaction.id);
                        (Outcome::Accepted, Ok(BneValidateChallengeInfoOk::Status204))
                    }
                    Err(failure) => (Outcome::from(&failure), Err(self.failed(&asking, &failure))),
                }
            }
        };
        let at = self.clock.now();
        self.feed.validated(Validation {
            at,
            duration: at - *received_at,
            outcome,
            kind: Some(convert::kind(body.mfa_transaction_type)),
            request_id: request_id.clone(),
            uuid: parameters.uuid.to_string(),
            client_id: parameters.client_id.to_string(),
            country_code: parameters.country_code.to_string(),
            business_code: parameters.business_code.to_string(),
            channel_id: parameters.channel_id.to_string(),
            arcsight: body.arcsight.clone(),
        });
        answer
    }

    async fn bne_retrieve_challenge(
        &self,
        call: BneRetrieveChallengeCall<Access>,
    ) -> Result<BneRetrieveChallengeOk, BneFailure> {
        let operation = &BNE_RETRIEVE_CHALLENGE;
        let Call { parameters, body, request_id, received_at, .. } = &call;
        let asking = Asking::new(operation, request_id, parameters.uuid, &parameters.accept_language, *received_at);
        let subject = convert::subject(body.mfa_transaction_type, body.transaction_details.as_ref())
            .map_err(|reject| asking.asker.refuse(&reject))?;
        self.throttled(call.remote_addr.ip()).map_err(|reject| asking.asker.refuse(&reject))?;
        let opened = match convert::retrieve(call.caller.clone(), &parameters.sid, body, subject, call.remote_addr.ip())
        {
            Some(retrieve) => self.service.retrieve(retrieve).await,
            None => Err(Failure::NotFound),
        };
        let transaction = opened.map_err(|failure| self.failed(&asking, &failure))?;
        info!(self.log, "transaction opened"; "operation" => operation.id, "request_id" => request_id,
            "uuid" => %parameters.uuid, "transaction" => %transaction.id, "token" => %transaction.token);
        let body = convert::retrieved(&transaction)
            .map_err(|problem| asking.asker.refuse(&self.no_decision(operation, request_id, &problem)))?;
        Ok(BneRetrieveChallengeOk::Status200 { body })
    }
}

/// One call, as far as its answer and its log lines need it.
struct Asking<'a> {
    operation: &'static Operation,
    request_id: &'a str,
    uuid: RequestUuid,
    asker: Asker,
}

impl<'a> Asking<'a> {
    fn new(
        operation: &'static Operation,
        request_id: &'a str,
        uuid: RequestUuid,
        language: &Option<AcceptLanguage>,
        at: Timestamp,
    ) -> Self {
        let language = language.as_ref().map(AcceptLanguage::as_str).unwrap_or_default();
        Self { operation, request_id, uuid, asker: Asker::new(Some(uuid), language, at) }
    }
}

impl Bne {
    fn throttled(&self, address: IpAddr) -> Result<(), Reject> {
        let Some(throttle) = &self.throttle else { return Ok(()) };
        throttle.admit(address).map_err(|retry_after| Reject::Throttled { retry_after })
    }

    /// What the caller is told; the log has the reason, which callers never learn.
    fn failed(&self, asking: &Asking<'_>, failure: &Failure) -> BneFailure {
        let (code, answer) = match failure {
            Failure::NotFound => (RESOURCE_NOT_FOUND, asking.asker.not_found()),
            Failure::BusinessFailed(_) => (BUSINESS_VALIDATION_FAILED, asking.asker.business_failed()),
            Failure::Throttled { retry_after } => {
                info!(self.log, "throttled"; "operation" => asking.operation.id, "request_id" => asking.request_id,
                    "uuid" => %asking.uuid);
                return asking.asker.refuse(&Reject::Throttled { retry_after: *retry_after });
            }
            Failure::Store(error) => {
                let reject = self.no_decision(asking.operation, asking.request_id, error);
                return asking.asker.refuse(&reject);
            }
        };
        self.refusals.refused(asking.operation.id, code);
        info!(self.log, "refused"; "operation" => asking.operation.id, "code" => code,
            "request_id" => asking.request_id, "uuid" => %asking.uuid, "reason" => %failure);
        answer
    }

    /// Our own failure: the log says which. Nothing was consumed.
    fn no_decision(&self, operation: &Operation, request_id: &str, problem: &(impl Error + 'static)) -> Reject {
        error!(self.log, "no decision"; "operation" => operation.id, "request_id" => request_id, "problem" => #problem);
        Reject::Internal
    }
}

/// The caller's name for the request, if it has a good one.
fn uuid(request: &RequestMeta<'_>) -> Option<String> {
    let uuid = request.header("uuid").and_then(|text| text.parse::<RequestUuid>().ok());
    uuid.map(|uuid| uuid.to_string())
}
