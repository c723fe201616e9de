//! What every generated operation passes through.
//!
//! dropshot's router finds the operation; [`endpoint`] does the rest, in this order, and the first refusal is the answer:
//!
//! ```text
//! Family::admit (throttles 429, credential 401) -> parameters 400 -> Family::permit (rights 403)
//!   -> body 415, 413, 408, 400 -> handler (503 when it takes too long) -> answer, log line, Observer
//! ```
//!
//! dropshot's extractors only describe a request here: its own errors could not see the request, would answer in an
//! envelope of their own and repeat what serde found in the body. So a [`Reject`] becomes an answer in one place, by the
//! family's [`Refusal`], and a panic anywhere below is a 500 in the same envelope.
//!
//! The order is that of the DBX family and of the operator API, which throttles nobody. The BNE family checks the
//! credential in `admit`, rights in `permit`, and throttles first thing in its handlers, which may answer 429 because its
//! document lists it.

mod answer;
mod body;
pub mod cors;
mod headers;
mod parameters;
mod routes;

pub use answer::{Answer, IntoAnswer, Success, documented, documented_empty};
pub use parameters::{Complaint, Found, ParameterReader, Parameters, Place, declared};
pub use routes::{Api, Arrival, Endpoint, Routes};

use crate::api::certificate::{self, Certificate};
use answer::Escaped;
use body::Unread;
use chrono::{DateTime, Utc};
use dropshot::{ApiEndpoint, ApiEndpointVersions, Body, RequestContext, RequestInfo, ServerContext};
use futures::FutureExt;
use parameters::Documented;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a document says of one operation, as far as the runtime must know. Written by the generator.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`, as it is.
    pub id: &'static str,
    /// HTTP method.
    pub method: http::Method,
    /// Path without a base path; a parameter is a segment in braces.
    pub path: &'static str,
    /// Groups in the viewer.
    pub tags: &'static [&'static str],
    /// One line.
    pub summary: &'static str,
    /// The whole story.
    pub description: &'static str,
    /// Who may call.
    pub auth: Auth,
    /// What the credential must be good for; the family knows what that means.
    pub scope: Option<&'static str>,
    /// Declared parameters of the query; none may come twice. If there are any, nothing else may be in the query.
    pub query: &'static [&'static str],
    /// Declared request headers; none may come twice.
    pub headers: &'static [&'static str],
    /// Bytes a body may have; `None` where a request has no body.
    pub body_limit: Option<usize>,
    /// Every documented status, ascending.
    pub statuses: &'static [u16],
}

/// Whether a call carries a credential, and in which header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Anyone may call; no credential is read.
    None,
    /// One that is there must be valid.
    Optional {
        /// Header name.
        header: &'static str,
    },
    /// It must be there and valid.
    Required {
        /// Header name.
        header: &'static str,
    },
}

impl Auth {
    /// The header of the credential.
    pub fn header(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Optional { header } | Self::Required { header } => Some(header),
        }
    }
}

/// A request that passed every check, on its way to a handler.
#[derive(Clone, Debug)]
pub struct Call<U, P, B> {
    /// Whoever [`Family::admit`] found to be calling.
    pub caller: U,
    /// The declared parameters.
    pub parameters: P,
    /// The body, or `()`.
    pub body: B,
    /// The address of the caller: of the peer, or what a trusted proxy says. The port is 0 where a proxy does not tell it.
    pub remote_addr: SocketAddr,
    /// Also in the answer's `x-request-id` and in the log.
    pub request_id: String,
    /// When the request arrived.
    pub received_at: DateTime<Utc>,
}

/// What the hooks of a [`Family`] see of a request. No `Debug`: the headers hold credentials.
pub struct RequestMeta<'a> {
    request: &'a RequestInfo,
    certificate: Option<Arc<Certificate>>,
    /// Also in the answer's `x-request-id` and in the log.
    pub request_id: &'a str,
    /// When the request arrived.
    pub received_at: DateTime<Utc>,
}

impl<'a> RequestMeta<'a> {
    /// A request as the hooks see it.
    pub fn new(request: &'a RequestInfo, request_id: &'a str, received_at: DateTime<Utc>) -> Self {
        Self { request, certificate: certificate::current(), request_id, received_at }
    }

    /// The client certificate of the connection, if the caller has shown one.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_deref()
    }

    /// A header that is there once and is text; anything else is as good as absent.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut values = self.request.headers().get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// The credential that `operation` asks for, as it came. `None` where it is optional and absent.
    pub fn credential(&self, operation: &'static Operation) -> Result<Option<&'a str>, Reject> {
        let Some(location) = operation.auth.header() else { return Ok(None) };
        let mut values = self.request.headers().get_all(location).iter();
        match (values.next(), values.next(), operation.auth) {
            (Some(_), Some(_), _) => Err(Reject::malformed(location, REPEATED)),
            (Some(value), None, _) => value.to_str().map(Some).map_err(|_| Reject::Unauthenticated { location }),
            (None, _, Auth::Required { .. }) => Err(Reject::Unauthenticated { location }),
            (None, ..) => Ok(None),
        }
    }

    /// All headers.
    pub fn headers(&self) -> &'a http::HeaderMap {
        self.request.headers()
    }

    /// The address of the caller, as in [`Call::remote_addr`].
    pub fn remote_addr(&self) -> SocketAddr {
        self.request.remote_addr()
    }
}

/// Said of a parameter or property of which there may be one.
const REPEATED: &str = "given more than once";

/// Why a request does not reach its handler, or has no answer from it. Each family says it in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reject {
    /// A parameter or a property is missing or malformed. Never repeats the value.
    Malformed {
        /// Name of the parameter, path of the property (`MFAAttributes.OTP.otp`), `query` or `body`.
        location: String,
        /// What is wrong with it.
        message: String,
    },
    /// No credential, or one that is not valid.
    Unauthenticated {
        /// The header it belongs in.
        location: &'static str,
    },
    /// The caller is known and may not do this.
    Forbidden,
    /// The body stalled.
    SlowBody,
    /// The body is longer than the document allows.
    TooLarge {
        /// Allowed bytes.
        limit: usize,
    },
    /// The body is not declared as JSON in UTF-8.
    WrongType,
    /// Too many requests.
    Throttled {
        /// Seconds to wait, at least 1.
        retry_after: u32,
    },
    /// The server failed; the log says why.
    Internal,
    /// The server could not answer in time, or is not ready.
    Unavailable,
}

impl Reject {
    /// A parameter or property that is not as it should be.
    pub fn malformed(location: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Malformed { location: location.into(), message: message.into() }
    }

    /// Which part of the request is at fault, if one is.
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::Malformed { location, .. } => Some(location),
            Self::Unauthenticated { location } => Some(location),
            Self::SlowBody | Self::TooLarge { .. } => Some("body"),
            Self::WrongType => Some("Content-Type"),
            Self::Forbidden | Self::Throttled { .. } | Self::Internal | Self::Unavailable => None,
        }
    }

    /// One sentence for people, without the location.
    pub fn message(&self) -> String {
        match self {
            Self::Malformed { message, .. } => message.clone(),
            Self::Unauthenticated { .. } => "missing or not valid".to_string(),
            Self::Forbidden => "This caller may not do this.".to_string(),
            Self::SlowBody => "did not arrive in time".to_string(),
            Self::TooLarge { limit } => format!("longer than {limit} bytes"),
            Self::WrongType => "must be application/json".to_string(),
            Self::Throttled { .. } => "Too many requests. Retry later.".to_string(),
            Self::Internal => "The request failed.".to_string(),
            Self::Unavailable => "The service is not available. Retry later.".to_string(),
        }
    }
}

/// What a family's server is asked before its handlers: the supertrait of each generated trait.
pub trait Family: Send + Sync + 'static {
    /// What [`Family::admit`] learns of the caller.
    type Caller: Send + Sync + 'static;
    /// The family's failures, which can say every [`Reject`].
    type Refusal: Refusal;

    /// Whether a request must have an `Accept` header that admits JSON. OpenAPI keeps `Accept` out of the parameters, so
    /// the document can only say it in prose.
    const ACCEPT_REQUIRED: bool = false;

    /// Asked first: may this request go on at all, and who sends it? `operation.auth` says which credential to ask for.
    fn admit(
        &self,
        operation: &'static Operation,
        request: &RequestMeta<'_>,
    ) -> impl Future<Output = Result<Self::Caller, Reject>> + Send;

    /// Asked when the parameters are known to be well-formed and before the body is read: may this caller do this? For
    /// families whose rights depend on headers, such as a client that is bound to channels and countries.
    fn permit(
        &self,
        _operation: &'static Operation,
        _caller: &Self::Caller,
        _request: &RequestMeta<'_>,
    ) -> impl Future<Output = Result<(), Reject>> + Send {
        async { Ok(()) }
    }

    /// Told of every request that got no answer from its handler, and what could be read of its body: for families that have
    /// to report attempts, too. The answer waits for it.
    fn refused(&self, _operation: &'static Operation, _request: &RequestMeta<'_>, _reject: &Reject, _body: &[u8]) {}
}

/// A family's failure enum, which turns a [`Reject`] into the family's envelope. Written by hand, next to the family: a
/// document that loses a status that is needed here no longer compiles.
pub trait Refusal: IntoAnswer + Send {
    /// The failure that says `reject`.
    fn refuse(reject: &Reject, request: &RequestMeta<'_>) -> Self;
}

/// Told of every answered request; for metrics.
pub trait Observer: Send + Sync {
    /// One request was answered.
    fn observed(&self, operation: &'static str, status: u16, elapsed: Duration);
}

/// Told of business failures; for metrics.
pub trait Refusals: Send + Sync {
    /// An operation refused with this code of its family.
    fn refused(&self, operation: &'static str, code: &'static str);
}

/// How the runtime behaves, for all families of a server.
#[derive(Clone)]
pub struct Settings {
    /// A body must have arrived after this time.
    pub body_timeout: Duration,
    /// A handler must have answered after this time, hooks included.
    pub handler_timeout: Duration,
    /// One line per request.
    pub log: slog::Logger,
    /// Metrics.
    pub observer: Arc<dyn Observer>,
    /// The time.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Web pages of these origins (`https://bank.example`) may read answers. Empty turns CORS off.
    pub cors_origins: Arc<[String]>,
}

/// A server's context that can carry the family `A`.
pub trait Serves<A>: ServerContext + Clone + AsRef<A> + AsRef<Settings> {}

impl<A, C: ServerContext + Clone + AsRef<A> + AsRef<Settings>> Serves<A> for C {}

/// An endpoint for an operation: `handler` gets the request once it has passed every check.
pub fn endpoint<C, A, P, B, O, E, F, Fut>(operation: &'static Operation, base_path: &str, handler: F) -> Endpoint<C>
where
    C: Serves<A>,
    A: Family,
    P: Parameters,
    B: DeserializeOwned + JsonSchema + Send + Sync + 'static,
    O: Success,
    E: IntoAnswer + From<A::Refusal> + Send + 'static,
    F: Fn(C, Call<A::Caller, P, B>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<O, E>> + Send + 'static,
{
    let described = |_: RequestContext<C>, _: Documented<P>, _: Unread<B>| async {
        Err::<http::Response<Body>, _>(Escaped::<O::ErrorBody>::from(routes::not_served()))
    };
    let path = format!("{base_path}{}", operation.path);
    let mut endpoint = ApiEndpoint::new(
        operation.id.to_string(),
        described,
        operation.method.clone(),
        "application/json",
        &path,
        ApiEndpointVersions::All,
    );
    endpoint.response = O::documented();
    endpoint.tags = operation.tags.iter().map(ToString::to_string).collect();
    let prose = |text: &str| (!text.is_empty()).then(|| text.to_string());
    endpoint.summary = prose(operation.summary);
    endpoint.description = prose(operation.description);
    if let Some(header) = operation.auth.header() {
        let required = matches!(operation.auth, Auth::Required { .. });
        endpoint.parameters.push(declared::<String>(Place::Header, header, required, ""));
    }
    Endpoint::new(endpoint, move |arrival| run(operation, arrival, handler.clone()))
}

/// One request, from its credential to its answer.
async fn run<C, A, P, B, O, E, F, Fut>(
    operation: &'static Operation,
    arrival: Arrival<C>,
    handler: F,
) -> http::Response<Body>
where
    C: Serves<A>,
    A: Family,
    P: Parameters,
    B: DeserializeOwned + Send + Sync + 'static,
    O: IntoAnswer,
    E: IntoAnswer + From<A::Refusal>,
    F: Fn(C, Call<A::Caller, P, B>) -> Fut,
    Fut: Future<Output = Result<O, E>> + Send,
{
    let started = Instant::now();
    let Arrival { context, request, request_id, body } = arrival;
    let settings: &Settings = context.as_ref();
    let request = RequestMeta::new(&request, &request_id, (settings.now)());
    let family: &A = context.as_ref();
    let mut body = Unread::new(body);

    let checked = AssertUnwindSafe(async {
        let deadline = started + settings.handler_timeout;
        let caller = within(deadline, family.admit(operation, &request)).await??;
        let parameters = P::read(&ParameterReader::new(operation, &request, A::ACCEPT_REQUIRED)?)?;
        within(deadline, family.permit(operation, &caller, &request)).await??;
        let body = body.read(operation, &request, settings.body_timeout).await?;
        let call = Call {
            caller,
            parameters,
            body,
            remote_addr: request.remote_addr(),
            request_id: request.request_id.to_string(),
            received_at: request.received_at,
        };
        // The body's time is the caller's and has a limit of its own, so the handler's begins here.
        within(Instant::now() + settings.handler_timeout, handler(context.clone(), call)).await
    })
    .catch_unwind()
    .await;

    let refuse = |reject: &Reject| E::from(A::Refusal::refuse(reject, &request)).into_answer();
    let answer = match checked {
        Ok(Ok(Ok(success))) => success.into_answer(),
        Ok(Ok(Err(failure))) => failure.into_answer(),
        Ok(Err(reject)) => {
            // A caller that is still writing would lose the answer when the connection closes; one that stalls is not.
            if reject != Reject::SlowBody {
                body.drain(operation, &request, settings.body_timeout).await;
            }
            family.refused(operation, &request, &reject, body.seen());
            refuse(&reject)
        }
        Err(_) => {
            // What a panic says may quote the request, so it goes no further than the panic hook.
            slog::error!(settings.log, "operation panicked"; "operation" => operation.id, "request_id" => request.request_id);
            family.refused(operation, &request, &Reject::Internal, body.seen());
            refuse(&Reject::Internal)
        }
    };
    let mut response = answer.into_response().unwrap_or_else(|error| {
        slog::error!(settings.log, "answer could not be written";
            "operation" => operation.id, "request_id" => request.request_id, "error" => %error);
        // Reached only if the family's own envelope cannot be written either.
        refuse(&Reject::Internal).into_response().unwrap_or_else(|_| answer::bare_500())
    });
    cors::allow(settings, request.headers(), response.headers_mut());

    let (status, elapsed) = (response.status().as_u16(), started.elapsed());
    settings.observer.observed(operation.id, status, elapsed);
    slog::info!(settings.log, "request";
        "operation" => operation.id,
        "status" => status,
        "duration_us" => u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        "request_id" => request.request_id,
    );
    response
}

/// Waits for `work` until `deadline`; after that it is dropped where it stands.
async fn within<T>(deadline: Instant, work: impl Future<Output = T>) -> Result<T, Reject> {
    tokio::time::timeout_at(deadline.into(), work).await.map_err(|_| Reject::Unavailable)
}
