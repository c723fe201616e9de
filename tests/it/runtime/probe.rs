//! A server of both families, and of a few operations of no document, whose hooks and handlers do what the request says.

use crate::support::pages::listen;
use chrono::{DateTime, Utc};
use countersign::api::bne::generated as bne;
use countersign::api::bne::types::{MfaTransactionId, RetrievedChallenge, Timestamp};
use countersign::api::dbx::generated as dbx;
use countersign::api::dbx::types::{
    DbxError, RequestAnswer, RequestErrorCode, RequestFailed, Skipped, SkippedAttributes, TextFalse, TextTrue,
    Verified, VerifyAnswer,
};
use countersign::api::runtime::{Api, Family, Observer, Operation, Reject, RequestMeta, Settings, cors};
use countersign::front::{Front, Options};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The origin that may read answers.
pub(super) const ORIGIN: &str = "https://bank.example";
/// Below this path the BNE family is served.
pub(super) const BNE_BASE: &str = "/api";

/// What the server counted and wrote.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) observed: Mutex<Vec<(&'static str, u16)>>,
    pub(super) log: Mutex<Vec<u8>>,
}

impl Observer for Seen {
    fn observed(&self, operation: &'static str, status: u16, _: Duration) {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner).push((operation, status));
    }
}

struct Log(Arc<Seen>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) struct Dbx;
pub(super) struct Bne;

#[derive(Clone)]
pub(super) struct Context(Arc<(Dbx, Bne, Settings)>);

impl AsRef<Dbx> for Context {
    fn as_ref(&self) -> &Dbx {
        &self.0.0
    }
}

impl AsRef<Bne> for Context {
    fn as_ref(&self) -> &Bne {
        &self.0.1
    }
}

impl AsRef<Settings> for Context {
    fn as_ref(&self) -> &Settings {
        &self.0.2
    }
}

/// Everything the server has.
pub(super) fn api() -> Api<Context> {
    let mut api = Api::default();
    dbx::register::<Context, Dbx>(&mut api, "").expect("a new description");
    bne::register::<Context, Bne>(&mut api, BNE_BASE).expect("both families fit in one server");
    cors::register_preflight::<Context, Dbx>(&mut api, "", &dbx::OPERATIONS).expect("OPTIONS is free");
    super::parameters::register(&mut api);
    api
}

/// A running server.
pub(super) struct Server {
    pub(super) address: std::net::SocketAddr,
    pub(super) http: reqwest::Client,
    pub(super) seen: Arc<Seen>,
    _server: Front,
}

impl Server {
    pub(super) fn start() -> Self {
        let seen = Arc::new(Seen::default());
        let drain = slog_json::Json::default(Log(Arc::clone(&seen)));
        let settings = Settings {
            body_timeout: Duration::from_millis(300),
            handler_timeout: Duration::from_millis(300),
            log: slog::Logger::root(slog::Fuse(Mutex::new(drain)), slog::o!()),
            observer: Arc::clone(&seen) as Arc<dyn Observer>,
            now: Arc::new(noon),
            cors_origins: Arc::from([ORIGIN.to_string()]),
        };
        let options = Options::new("test", "test", ([127, 0, 0, 1], 0).into());
        let server = listen(options, api(), Context(Arc::new((Dbx, Bne, settings))));
        Self { address: server.local_addr(), http: reqwest::Client::new(), seen, _server: server }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn log(&self) -> String {
        String::from_utf8(self.seen.log.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .expect("the log is text")
    }
}

pub(super) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_779_624_000, 0).expect("a moment of 2026")
}

/// The credential names the caller; some names are instructions.
fn credential(operation: &'static Operation, request: &RequestMeta<'_>) -> Result<String, Reject> {
    match (request.credential(operation)?, operation.auth.header()) {
        (Some("bad" | "Bearer bad"), Some(location)) => Err(Reject::Unauthenticated { location }),
        (name, _) => Ok(name.unwrap_or_default().to_string()),
    }
}

impl Family for Dbx {
    type Caller = String;
    type Refusal = dbx::DbxFailure;

    async fn admit(&self, operation: &'static Operation, request: &RequestMeta<'_>) -> Result<String, Reject> {
        if request.header("x-throttle").is_some() {
            return Err(Reject::Throttled { retry_after: 7 });
        }
        credential(operation, request)
    }
}

/// Never ready, as a handler that waits for a dead dependency.
async fn forever<T>() -> T {
    std::future::pending().await
}

impl dbx::DbxApi for Dbx {
    async fn request_otp_pre_login_mb(
        &self,
        call: dbx::RequestOtpPreLoginMbCall<String>,
    ) -> Result<dbx::RequestOtpPreLoginMbOk, dbx::DbxFailure> {
        match call.body.phone.as_ref().map_or("", |phone| phone.as_str()) {
            "panic" => panic!("asked for by the test"),
            "slow" => forever().await,
            "refused" => Ok(dbx::RequestOtpPreLoginMbOk::Status200 {
                body: RequestAnswer::Failed(RequestFailed {
                    dbp_err_code: RequestErrorCode::InvalidPhone,
                    dbp_err_msg: "no phone".to_string(),
                    opstatus: "0".to_string(),
                    http_status_code: "0".to_string(),
                }),
            }),
            "busy" => Err(dbx::DbxFailure::Status429 {
                retry_after: 3,
                body: DbxError {
                    dbp_err_code: "429".to_string(),
                    dbp_err_msg: "busy".to_string(),
                    opstatus: "1".to_string(),
                    http_status_code: "429".to_string(),
                },
            }),
            _ => Ok(dbx::RequestOtpPreLoginMbOk::Status200 { body: skipped() }),
        }
    }

    async fn verify_otp_pre_login_mb(
        &self,
        call: dbx::VerifyOtpPreLoginMbCall<String>,
    ) -> Result<dbx::VerifyOtpPreLoginMbOk, dbx::DbxFailure> {
        Ok(dbx::VerifyOtpPreLoginMbOk::Status200 { body: verified(&call.caller) })
    }

    async fn request_update_security_questions_otp(
        &self,
        _: dbx::RequestUpdateSecurityQuestionsOtpCall<String>,
    ) -> Result<dbx::RequestUpdateSecurityQuestionsOtpOk, dbx::DbxFailure> {
        Ok(dbx::RequestUpdateSecurityQuestionsOtpOk::Status200 { body: skipped() })
    }

    async fn verify_update_security_questions_otp(
        &self,
        call: dbx::VerifyUpdateSecurityQuestionsOtpCall<String>,
    ) -> Result<dbx::VerifyUpdateSecurityQuestionsOtpOk, dbx::DbxFailure> {
        Ok(dbx::VerifyUpdateSecurityQuestionsOtpOk::Status200 { body: verified(&call.caller) })
    }
}

fn skipped() -> RequestAnswer {
    RequestAnswer::Skipped(Skipped { mfa_attributes: SkippedAttributes { is_mfa_required: TextFalse::False } })
}

/// Names the caller, so that a test sees whom the handler was told of.
fn verified(caller: &str) -> VerifyAnswer {
    VerifyAnswer::Verified(Verified {
        success: format!("caller {caller}"),
        is_otp_verified: TextTrue::True,
        opstatus: "0".to_string(),
        http_status_code: "0".to_string(),
    })
}

impl Family for Bne {
    type Caller = String;
    type Refusal = bne::BneFailure;
    const ACCEPT_REQUIRED: bool = true;

    async fn admit(&self, operation: &'static Operation, request: &RequestMeta<'_>) -> Result<String, Reject> {
        credential(operation, request)
    }

    async fn permit(&self, _: &'static Operation, _: &String, request: &RequestMeta<'_>) -> Result<(), Reject> {
        if request.header("ChannelId") == Some("FORBIDDEN") { Err(Reject::Forbidden) } else { Ok(()) }
    }
}

impl bne::BneApi for Bne {
    async fn bne_validate_challenge_info(
        &self,
        _: bne::BneValidateChallengeInfoCall<String>,
    ) -> Result<bne::BneValidateChallengeInfoOk, bne::BneFailure> {
        Ok(bne::BneValidateChallengeInfoOk::Status204)
    }

    async fn bne_retrieve_challenge(
        &self,
        call: bne::BneRetrieveChallengeCall<String>,
    ) -> Result<bne::BneRetrieveChallengeOk, bne::BneFailure> {
        let id: Result<MfaTransactionId, _> = call.parameters.client_id.as_str().parse();
        Ok(bne::BneRetrieveChallengeOk::Status200 {
            body: RetrievedChallenge {
                mfa_transaction_id: id.expect("the test's client id is short"),
                challenge_type: countersign::api::bne::types::ChallengeType::Totp,
                challenge: None,
                expires_at: Timestamp(call.received_at),
                transaction_details: None,
            },
        })
    }
}
