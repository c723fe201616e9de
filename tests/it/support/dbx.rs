//! The bodies of the DBX operations, and the way to a code.

use super::server::TestServer;
use countersign::api::dbx::types::*;
use countersign::client::{Requested, Token};
use serde_json::{Value, json};

pub(crate) const PHONE: &str = "+12025550199";

/// A flow as its caller sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handle {
    pub(crate) service_key: String,
    pub(crate) security_key: String,
    pub(crate) phones: Vec<String>,
    pub(crate) emails: Vec<String>,
}

impl Handle {
    pub(crate) fn of(started: &Started) -> Self {
        let ids = |contacts: &[Contact]| contacts.iter().map(|contact| contact.reference_id.to_string()).collect();
        let attributes = &started.mfa_attributes;
        Self {
            service_key: attributes.service_key.as_str().to_owned(),
            security_key: String::new(),
            phones: ids(&attributes.customer_communication.phone),
            emails: ids(&attributes.customer_communication.email),
        }
    }

    /// The send call's `MFAAttributes`, to the first phone.
    pub(crate) fn send(&self) -> RequestAttributes {
        self.send_to(self.phones.first(), None)
    }

    pub(crate) fn send_to(&self, phone: Option<&String>, email: Option<&String>) -> RequestAttributes {
        let id = |text: Option<&String>| text.map(|text| text.parse().unwrap());
        let security_key = Some(self.security_key.as_str()).filter(|key| !key.is_empty());
        RequestAttributes {
            service_key: self.service_key.parse().ok(),
            otp: Some(RequestOtp {
                phone: id(phone),
                email: id(email),
                security_key: security_key.map(|key| key.parse().unwrap()),
            }),
        }
    }

    pub(crate) fn verify(&self, code: &str) -> VerifyRequest {
        VerifyRequest {
            mfa_attributes: VerifyAttributes {
                service_key: self.service_key.parse().unwrap(),
                otp: VerifyOtp { security_key: self.security_key.parse().unwrap(), otp: code.parse().unwrap() },
            },
        }
    }

    /// The bodies as JSON, for calls that do not go through the client.
    pub(crate) fn send_json(&self) -> Value {
        json!({ "MFAAttributes": self.send() })
    }

    pub(crate) fn verify_json(&self, code: &str) -> Value {
        json!(self.verify(code))
    }
}

/// A code that is not `code`.
pub(crate) fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}

pub(crate) fn phone_body(phone: &str) -> PreLoginRequest {
    PreLoginRequest { phone: Some(phone.parse().unwrap()), mfa_attributes: None }
}

pub(crate) fn started(requested: Requested) -> Handle {
    match requested {
        Requested::Started(started) => Handle::of(&started),
        other => panic!("not started: {other:?}"),
    }
}

pub(crate) fn sent(requested: Requested) -> SentAttributes {
    match requested {
        Requested::Sent(sent) => sent.mfa_attributes,
        other => panic!("not sent: {other:?}"),
    }
}

impl TestServer {
    /// Starts a flow before login.
    pub(crate) async fn start_pre_login(&self, phone: &str) -> Handle {
        started(self.client().request_otp_pre_login_mb(None, phone_body(phone)).await.unwrap())
    }

    /// Sends, or sends again; the handle learns the security key.
    pub(crate) async fn send_pre_login(&self, handle: &mut Handle) -> SentAttributes {
        let body = PreLoginRequest { phone: None, mfa_attributes: Some(handle.send()) };
        let sent = sent(self.client().request_otp_pre_login_mb(None, body).await.unwrap());
        handle.security_key = sent.security_key.as_str().to_owned();
        sent
    }

    /// A flow before login whose code has been sent.
    pub(crate) async fn sent_pre_login(&self, phone: &str) -> Handle {
        let mut handle = self.start_pre_login(phone).await;
        self.send_pre_login(&mut handle).await;
        handle
    }

    /// Starts a flow for security questions.
    pub(crate) async fn start_questions(&self, token: &Token) -> Handle {
        let body = SecurityQuestionsRequest::default();
        started(self.client().request_update_security_questions_otp(token, body).await.unwrap())
    }

    /// A flow for security questions whose code has been sent to the first phone.
    pub(crate) async fn sent_questions(&self, token: &Token) -> Handle {
        let mut handle = self.start_questions(token).await;
        let body = SecurityQuestionsRequest { mfa_attributes: Some(handle.send()) };
        let sent = sent(self.client().request_update_security_questions_otp(token, body).await.unwrap());
        handle.security_key = sent.security_key.as_str().to_owned();
        handle
    }
}
