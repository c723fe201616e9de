//! The client of the API families.
//!
//! [`dbx`], [`bne`] and [`operator`] are generated from the documents, a builder per operation. [`DbxClient`] wraps the
//! first, because there a business failure is an HTTP 200: what a Rust caller would have to remember to look for is an `Err`
//! here.
//!
//! Start, send, verify:
//!
//! ```no_run
//! use countersign::api::dbx::types::*;
//! use countersign::client::{CallError, DbxClient, Requested, Token, reqwest};
//!
//! # async fn example(typed_by_the_customer: String) -> Result<(), Box<dyn std::error::Error>> {
//! let client = DbxClient::new("http://127.0.0.1:8080", reqwest::Client::new());
//! let token = Token::from("what `countersign dev-token --customer 100001` prints");
//!
//! let start = SecurityQuestionsRequest::default();
//! let Requested::Started(started) = client.request_update_security_questions_otp(&token, start).await? else {
//!     return Ok(()); // policy asks for no code, or has sent it without asking where to
//! };
//! let flow = started.mfa_attributes;
//! let phone = flow.customer_communication.phone.first().ok_or("this customer has no phone")?;
//! println!("a code goes to {}", phone.masked);
//!
//! let otp = RequestOtp { phone: Some(phone.reference_id.clone()), ..RequestOtp::default() };
//! let send = RequestAttributes { service_key: Some(flow.service_key.clone()), otp: Some(otp) };
//! let send = SecurityQuestionsRequest { mfa_attributes: Some(send) };
//! let Requested::Sent(sent) = client.request_update_security_questions_otp(&token, send).await? else {
//!     return Err("this call sends".into());
//! };
//!
//! let otp = VerifyOtp { security_key: sent.mfa_attributes.security_key, otp: typed_by_the_customer.parse()? };
//! let verify = VerifyRequest { mfa_attributes: VerifyAttributes { service_key: flow.service_key, otp } };
//! match client.verify_update_security_questions_otp(&token, verify).await {
//!     Ok(_) => println!("it is this customer"),
//!     Err(CallError::Business(failure)) if failure.dbp_err_code == VerifyErrorCode::WrongCode => {
//!         println!("wrong; attempts left: {}", failure.remaining_failed_attempts.unwrap_or_default());
//!     }
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```

/// The HTTP client that this one is made of: with this path a caller's version is always the one that [`DbxClient`] takes.
pub use reqwest;

use crate::api::dbx::types::{
    DbxError, PreLoginRequest, RequestAnswer, RequestFailed, SecurityQuestionsRequest, Sent, Skipped, Started,
    Verified, VerifyAnswer, VerifyFailed, VerifyRequest,
};
use std::error::Error;
use std::fmt;
use zeroize::Zeroizing;

/// The DBX family's client, generated from `openapi/dbx-otp.yaml`; a committed copy is `tests/snapshots/dbx_client.rs`.
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused, reason = "progenitor wrote it")]
pub mod dbx {
    include!(concat!(env!("OUT_DIR"), "/dbx_client.rs"));
}

/// The BNE family's client, generated from `openapi/bne-challenge.yaml`; a committed copy is `tests/snapshots/bne_client.rs`.
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused, reason = "progenitor wrote it")]
pub mod bne {
    include!(concat!(env!("OUT_DIR"), "/bne_client.rs"));
}

/// The operator API's client, generated from `openapi/operator.yaml`; a committed copy is `tests/snapshots/operator_client.rs`.
#[allow(clippy::all, clippy::unwrap_used, missing_docs, unused, reason = "progenitor wrote it")]
pub mod operator {
    include!(concat!(env!("OUT_DIR"), "/operator_client.rs"));
}

impl progenitor_client::ClientHooks<()> for operator::Client {
    /// An empty [`Token`] sends no header: whoever calls with a client certificate needs no credential.
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _: &progenitor_client::OperationInfo,
    ) -> Result<(), progenitor_client::Error<E>> {
        if request.headers().get(http::header::AUTHORIZATION).is_some_and(|credential| credential.is_empty()) {
            request.headers_mut().remove(http::header::AUTHORIZATION);
        }
        Ok(())
    }
}

/// A caller's credential, as its header carries it. `Display` is for that header; `Debug` prints no value. Wiped after use.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What a start, send or resend came to.
#[derive(Clone, Debug)]
pub enum Requested {
    /// A flow is open; show its addresses, then send.
    Started(Started),
    /// The code is on its way.
    Sent(Sent),
    /// Policy asks for no code.
    Skipped(Skipped),
}

/// What a business rule says when it refuses.
pub trait BusinessFailure: fmt::Debug {
    /// Its `dbpErrCode`, five digits.
    fn code(&self) -> &str;

    /// Its `dbpErrMsg`: for people, never to branch on.
    fn text(&self) -> &str;
}

impl BusinessFailure for RequestFailed {
    fn code(&self) -> &str {
        self.dbp_err_code.as_str()
    }

    fn text(&self) -> &str {
        &self.dbp_err_msg
    }
}

impl BusinessFailure for VerifyFailed {
    fn code(&self) -> &str {
        self.dbp_err_code.as_str()
    }

    fn text(&self) -> &str {
        &self.dbp_err_msg
    }
}

/// Why a call came to nothing. `B` is the operation's business failure.
#[derive(Debug)]
pub enum CallError<B> {
    /// A business rule refused; branch on its `dbp_err_code`.
    Business(Box<B>),
    /// The request never reached the business.
    Http {
        /// The HTTP status.
        status: u16,
        /// After a 429: seconds to wait.
        retry_after: Option<u32>,
        /// The family's envelope.
        body: DbxError,
    },
    /// No answer, or none that the document describes.
    Transport {
        /// What happened.
        what: String,
        /// Why, if the HTTP client knows: a refused connection, an unknown name, a certificate. The causes below it, by
        /// [`Error::source`], say more. Without the address, which may hold what a gateway wants kept.
        source: Option<reqwest::Error>,
    },
}

impl<B: BusinessFailure> fmt::Display for CallError<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Business(failure) => write!(f, "{}: {}", failure.code(), failure.text()),
            Self::Http { status, body, .. } => write!(f, "HTTP {status}: {}", body.dbp_err_msg),
            Self::Transport { what, .. } => write!(f, "no usable answer: {what}"),
        }
    }
}

impl<B: BusinessFailure> Error for CallError<B> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Transport { source: Some(source), .. } => Some(source),
            _ => None,
        }
    }
}

impl<B> From<dbx::Error<DbxError>> for CallError<B> {
    fn from(error: dbx::Error<DbxError>) -> Self {
        let transport = |what: &str| Self::Transport { what: what.to_owned(), source: None };
        match error {
            dbx::Error::ErrorResponse(answer) => Self::Http {
                status: answer.status().as_u16(),
                retry_after: answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok()),
                body: answer.into_inner(),
            },
            dbx::Error::CommunicationError(error) | dbx::Error::ResponseBodyError(error) => Self::broken(error),
            // The others carry what was received, which may be an answer with keys in it: say the kind only.
            dbx::Error::InvalidRequest(_) => transport("the request could not be made"),
            dbx::Error::InvalidUpgrade(_) => transport("the connection could not be upgraded"),
            dbx::Error::InvalidResponsePayload(..) => transport("the answer has none of the documented forms"),
            dbx::Error::UnexpectedResponse(answer) => {
                transport(&format!("unexpected status {}", answer.status().as_u16()))
            }
            dbx::Error::Custom(_) => transport("a hook refused the request"),
        }
    }
}

impl<B> CallError<B> {
    fn broken(error: reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "it took too long"
        } else if error.is_connect() {
            "there is no connection to the server"
        } else if error.is_body() || error.is_decode() {
            "the answer broke off"
        } else {
            "the request failed"
        };
        Self::Transport { what: what.to_owned(), source: Some(error.without_url()) }
    }
}

/// The DBX operations, with business failures as errors.
#[derive(Clone, Debug)]
pub struct DbxClient {
    inner: dbx::Client,
}

impl DbxClient {
    /// A client for the server at `base_url`, which includes a base path if the server has one.
    pub fn new(base_url: &str, http: reqwest::Client) -> Self {
        Self { inner: dbx::Client::new_with_client(base_url, http) }
    }

    /// Starts, sends or resends for an applicant.
    ///
    /// # Errors
    ///
    /// [`CallError::Business`] if a rule refused, [`CallError::Http`] if the request was not one for the business,
    /// [`CallError::Transport`] if no usable answer came.
    pub async fn request_otp_pre_login_mb(
        &self,
        token: Option<&Token>,
        body: PreLoginRequest,
    ) -> Result<Requested, CallError<RequestFailed>> {
        let call = self.inner.request_otp_pre_login_mb().body(body);
        let call = match token {
            Some(token) => call.x_kony_authorization(token.clone()),
            None => call,
        };
        requested(call.send().await?.into_inner())
    }

    /// Checks the code an applicant typed.
    ///
    /// # Errors
    ///
    /// [`CallError::Business`] if a rule refused, [`CallError::Http`] if the request was not one for the business,
    /// [`CallError::Transport`] if no usable answer came.
    pub async fn verify_otp_pre_login_mb(
        &self,
        token: Option<&Token>,
        body: VerifyRequest,
    ) -> Result<Verified, CallError<VerifyFailed>> {
        let call = self.inner.verify_otp_pre_login_mb().body(body);
        let call = match token {
            Some(token) => call.x_kony_authorization(token.clone()),
            None => call,
        };
        verified(call.send().await?.into_inner())
    }

    /// Starts, sends or resends for the customer whom the token names.
    ///
    /// # Errors
    ///
    /// [`CallError::Business`] if a rule refused, [`CallError::Http`] if the request was not one for the business,
    /// [`CallError::Transport`] if no usable answer came.
    pub async fn request_update_security_questions_otp(
        &self,
        token: &Token,
        body: SecurityQuestionsRequest,
    ) -> Result<Requested, CallError<RequestFailed>> {
        let call = self.inner.request_update_security_questions_otp().x_kony_authorization(token.clone()).body(body);
        requested(call.send().await?.into_inner())
    }

    /// Checks the code the customer typed.
    ///
    /// # Errors
    ///
    /// [`CallError::Business`] if a rule refused, [`CallError::Http`] if the request was not one for the business,
    /// [`CallError::Transport`] if no usable answer came.
    pub async fn verify_update_security_questions_otp(
        &self,
        token: &Token,
        body: VerifyRequest,
    ) -> Result<Verified, CallError<VerifyFailed>> {
        let call = self.inner.verify_update_security_questions_otp().x_kony_authorization(token.clone()).body(body);
        verified(call.send().await?.into_inner())
    }
}

fn requested(answer: RequestAnswer) -> Result<Requested, CallError<RequestFailed>> {
    match answer {
        RequestAnswer::Started(started) => Ok(Requested::Started(started)),
        RequestAnswer::Sent(sent) => Ok(Requested::Sent(sent)),
        RequestAnswer::Skipped(skipped) => Ok(Requested::Skipped(skipped)),
        RequestAnswer::Failed(failed) => Err(CallError::Business(Box::new(failed))),
    }
}

fn verified(answer: VerifyAnswer) -> Result<Verified, CallError<VerifyFailed>> {
    match answer {
        VerifyAnswer::Verified(verified) => Ok(verified),
        VerifyAnswer::Failed(failed) => Err(CallError::Business(Box::new(failed))),
    }
}
