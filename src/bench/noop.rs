//! The same pipeline with nothing in it: listeners, routing, parameters, bodies, answers, log and metrics as in the product,
//! generated from the same documents; the handlers answer at once, with what the product would say on success.
//!
//! Nothing that decides over HTTP in this crate can be faster than this.

use crate::api::bne::generated as bne;
use crate::api::bne::types::{ChallengeType, RetrievedChallenge, Timestamp};
use crate::api::dbx::generated as dbx;
use crate::api::dbx::types::{RequestAnswer, Sent, SentAttributes, TextTrue, Verified, VerifyAnswer};
use crate::api::runtime::{Api, Call, Family, Operation, Reject, RequestMeta, Settings};
use dropshot::ApiDescriptionRegisterError;
use std::sync::Arc;

/// What a request of the pipeline can reach.
#[derive(Clone)]
pub(super) struct Context(Arc<Parts>);

struct Parts {
    runtime: Settings,
    dbx: Dbx,
    bne: Bne,
}

impl Context {
    pub(super) fn new(runtime: Settings) -> Self {
        Self(Arc::new(Parts { runtime, dbx: Dbx, bne: Bne }))
    }
}

impl AsRef<Settings> for Context {
    fn as_ref(&self) -> &Settings {
        &self.0.runtime
    }
}

impl AsRef<Dbx> for Context {
    fn as_ref(&self) -> &Dbx {
        &self.0.dbx
    }
}

impl AsRef<Bne> for Context {
    fn as_ref(&self) -> &Bne {
        &self.0.bne
    }
}

/// Both families.
pub(super) fn endpoints() -> Result<Api<Context>, ApiDescriptionRegisterError> {
    let mut api = Api::default();
    dbx::register::<Context, Dbx>(&mut api, "")?;
    bne::register::<Context, Bne>(&mut api, "")?;
    Ok(api)
}

/// Says yes to everybody.
pub(super) struct Dbx;

impl Family for Dbx {
    type Caller = ();
    type Refusal = dbx::DbxFailure;

    async fn admit(&self, _: &'static Operation, _: &RequestMeta<'_>) -> Result<(), Reject> {
        Ok(())
    }
}

impl dbx::DbxApi for Dbx {
    async fn request_otp_pre_login_mb(
        &self,
        _: dbx::RequestOtpPreLoginMbCall<()>,
    ) -> Result<dbx::RequestOtpPreLoginMbOk, dbx::DbxFailure> {
        Ok(dbx::RequestOtpPreLoginMbOk::Status200 { body: sent() })
    }

    async fn verify_otp_pre_login_mb(
        &self,
        _: dbx::VerifyOtpPreLoginMbCall<()>,
    ) -> Result<dbx::VerifyOtpPreLoginMbOk, dbx::DbxFailure> {
        Ok(dbx::VerifyOtpPreLoginMbOk::Status200 { body: verified() })
    }

    async fn request_update_security_questions_otp(
        &self,
        _: dbx::RequestUpdateSecurityQuestionsOtpCall<()>,
    ) -> Result<dbx::RequestUpdateSecurityQuestionsOtpOk, dbx::DbxFailure> {
        Ok(dbx::RequestUpdateSecurityQuestionsOtpOk::Status200 { body: sent() })
    }

    async fn verify_update_security_questions_otp(
        &self,
        _: dbx::VerifyUpdateSecurityQuestionsOtpCall<()>,
    ) -> Result<dbx::VerifyUpdateSecurityQuestionsOtpOk, dbx::DbxFailure> {
        Ok(dbx::VerifyUpdateSecurityQuestionsOtpOk::Status200 { body: verified() })
    }
}

fn sent() -> RequestAnswer {
    let key = "0123456789abcdef0123456789abcdef";
    RequestAnswer::Sent(Sent {
        success: "OTP request sent successfully.".to_owned(),
        opstatus: "0".to_owned(),
        http_status_code: "0".to_owned(),
        mfa_attributes: SentAttributes {
            security_key: key.parse().expect("within its bounds"),
            sac_code_length: "6".to_owned(),
            remaining_resend_attempts: "3".to_owned(),
            sac_max_resend_requests_allowed: "3".to_owned(),
            service_key: Some(key.parse().expect("within its bounds")),
        },
    })
}

fn verified() -> VerifyAnswer {
    VerifyAnswer::Verified(Verified {
        success: "The code was verified.".to_owned(),
        is_otp_verified: TextTrue::True,
        opstatus: "0".to_owned(),
        http_status_code: "0".to_owned(),
    })
}

/// Says yes to everybody.
pub(super) struct Bne;

impl Family for Bne {
    type Caller = ();
    type Refusal = bne::BneFailure;
    const ACCEPT_REQUIRED: bool = true;

    async fn admit(&self, _: &'static Operation, _: &RequestMeta<'_>) -> Result<(), Reject> {
        Ok(())
    }
}

impl bne::BneApi for Bne {
    async fn bne_validate_challenge_info(
        &self,
        _: bne::BneValidateChallengeInfoCall<()>,
    ) -> Result<bne::BneValidateChallengeInfoOk, bne::BneFailure> {
        Ok(bne::BneValidateChallengeInfoOk::Status204)
    }

    async fn bne_retrieve_challenge(
        &self,
        call: bne::BneRetrieveChallengeCall<()>,
    ) -> Result<bne::BneRetrieveChallengeOk, bne::BneFailure> {
        let Call { received_at, .. } = call;
        let body = RetrievedChallenge {
            mfa_transaction_id: "0123456789abcdef0123456789abcdef".parse().expect("within its bounds"),
            challenge_type: ChallengeType::Hotp,
            challenge: None,
            expires_at: Timestamp(received_at),
            transaction_details: None,
        };
        Ok(bne::BneRetrieveChallengeOk::Status200 { body })
    }
}
