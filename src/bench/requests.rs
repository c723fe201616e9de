//! The requests of all scenarios, and what is read from their answers.

use super::load::Request;
use crate::api::bne::types::RetrievedChallenge;
use crate::api::dbx::types::{RequestAnswer, VerifyAnswer};
use crate::dev::seed::CLIENT;
use crate::domain::oath::{Digits, Seed, hotp};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

const ASK: &str = "/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB";
const VERIFY: &str = "/services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB";
const RETRIEVE: &str = "/v1/x-global/bne/security/authenticate/challenge/retrieve";
const VALIDATE: &str = "/v1/x-global/bne/security/authenticate/challenge/info/validate";

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Phone numbers that were not there before: every flow is another applicant's.
pub(super) struct Phones(AtomicU64);

impl Phones {
    /// Begins somewhere, so that a second run on the same data meets new applicants.
    pub(super) fn beginning_at(n: u64) -> Self {
        Self(AtomicU64::new(n))
    }

    /// The next one: Mexico, and a code that no Mexican number has.
    pub(super) fn next(&self) -> String {
        format!("+5200{:08}", self.0.fetch_add(1, Ordering::Relaxed) % 100_000_000)
    }
}

/// A flow that is open.
#[derive(Clone)]
pub(super) struct Started {
    pub(super) service_key: String,
    pub(super) reference: String,
}

/// A flow whose code was sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) flow: Started,
    pub(super) security_key: String,
}

/// A customer with a hardware token.
#[derive(Clone)]
pub(super) struct Holder {
    pub(super) caller: Caller,
    /// The hardware token: its seed, and how often its button was pressed.
    pub(super) token: Arc<(Seed, AtomicU64)>,
}

/// An application that calls for a customer.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) customer: String,
    /// `Bearer` and the token.
    pub(super) authorization: HeaderValue,
}

impl Holder {
    /// Presses the button.
    pub(super) fn code(&self) -> String {
        let (seed, pressed) = &*self.token;
        hotp::hotp(seed, Digits::Six, pressed.fetch_add(1, Ordering::Relaxed)).expose().to_owned()
    }
}

/// A transaction that waits for its code.
#[derive(Clone)]
pub(super) struct Transaction {
    pub(super) caller: Caller,
    pub(super) id: String,
    pub(super) code: String,
}

fn post(path: &'static str, headers: HeaderMap, body: &serde_json::Value) -> Request {
    Request { method: Method::POST, path, headers, body: Bytes::from(body.to_string()) }
}

fn dbx(path: &'static str, body: &serde_json::Value) -> Request {
    post(path, HeaderMap::from_iter([(CONTENT_TYPE, JSON)]), body)
}

/// Opens a flow.
pub(super) fn start(phone: &str) -> Request {
    dbx(ASK, &json!({ "Phone": phone }))
}

/// Sends its code.
pub(super) fn send(flow: &Started) -> Request {
    dbx(ASK, &json!({ "MFAAttributes": { "serviceKey": flow.service_key, "OTP": { "phone": flow.reference } } }))
}

/// Sends it again.
pub(super) fn resend(sent: &Sent) -> Request {
    let Sent { flow, security_key } = sent;
    let otp = json!({ "phone": flow.reference, "securityKey": security_key });
    dbx(ASK, &json!({ "MFAAttributes": { "serviceKey": flow.service_key, "OTP": otp } }))
}

/// Tries a code.
pub(super) fn verify(sent: &Sent, code: &str) -> Request {
    let Sent { flow, security_key } = sent;
    let otp = json!({ "securityKey": security_key, "otp": code });
    dbx(VERIFY, &json!({ "MFAAttributes": { "serviceKey": flow.service_key, "OTP": otp } }))
}

fn bne(path: &'static str, caller: &Caller, request_id: Uuid, body: &serde_json::Value) -> Request {
    let session = HeaderValue::try_from(&caller.customer).expect("a customer number is digits");
    let uuid = HeaderValue::try_from(request_id.to_string()).expect("a UUID is visible ASCII");
    let headers = [
        (CONTENT_TYPE, JSON),
        (ACCEPT, JSON),
        (AUTHORIZATION, caller.authorization.clone()),
        (HeaderName::from_static("client_id"), HeaderValue::from_static(CLIENT)),
        (HeaderName::from_static("uuid"), uuid),
        (HeaderName::from_static("countrycode"), HeaderValue::from_static("MX")),
        (HeaderName::from_static("businesscode"), HeaderValue::from_static("GCB")),
        (HeaderName::from_static("channelid"), HeaderValue::from_static("CBOL")),
        (HeaderName::from_static("sid"), session),
    ];
    post(path, HeaderMap::from_iter(headers), body)
}

/// Opens a transaction.
pub(super) fn retrieve(caller: &Caller, request_id: Uuid) -> Request {
    bne(RETRIEVE, caller, request_id, &json!({ "mfaTransactionType": "LOGIN", "userId": caller.customer }))
}

/// Gives its code.
pub(super) fn validate(transaction: &Transaction, request_id: Uuid) -> Request {
    let Transaction { caller, id, code } = transaction;
    let body = json!({ "oneTimePasswordToken": code, "mfaTransactionType": "LOGIN", "mfaTransactionId": id });
    bne(VALIDATE, caller, request_id, &body)
}

/// An answer that was not expected, without the keys that may be in it.
fn unexpected(status: StatusCode, body: &[u8]) -> String {
    let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let words = ["dbpErrCode", "dbpErrMsg", "code", "location", "details"].into_iter();
    let words: Vec<_> = words.filter_map(|key| told.get(key)?.as_str()).collect();
    format!("{status} {}", words.join(", "))
}

fn parsed<T: serde::de::DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, String> {
    let parsed = serde_json::from_slice(body).ok().filter(|_| status == StatusCode::OK);
    parsed.ok_or_else(|| unexpected(status, body))
}

/// The flow that was opened.
pub(super) fn started(status: StatusCode, body: &[u8]) -> Result<Started, String> {
    match parsed(status, body)? {
        RequestAnswer::Started(started) => {
            let attributes = started.mfa_attributes;
            let phone = attributes.customer_communication.phone.first().ok_or("a flow without a phone")?;
            let reference = phone.reference_id.as_str().to_owned();
            Ok(Started { service_key: attributes.service_key.as_str().to_owned(), reference })
        }
        _ => Err(unexpected(status, body)),
    }
}

/// The security key of what was sent.
pub(super) fn sent(status: StatusCode, body: &[u8]) -> Result<String, String> {
    match parsed(status, body)? {
        RequestAnswer::Sent(sent) => Ok(sent.mfa_attributes.security_key.as_str().to_owned()),
        _ => Err(unexpected(status, body)),
    }
}

/// Whether the code was right; anything but right and wrong is not expected.
pub(super) fn verified(status: StatusCode, body: &[u8]) -> Result<bool, String> {
    match parsed(status, body)? {
        VerifyAnswer::Verified(_) => Ok(true),
        VerifyAnswer::Failed(failed) if failed.dbp_err_code.as_str() == "10517" => Ok(false),
        VerifyAnswer::Failed(_) => Err(unexpected(status, body)),
    }
}

/// The id of the transaction that was opened.
pub(super) fn retrieved(status: StatusCode, body: &[u8]) -> Result<String, String> {
    let opened: RetrievedChallenge = parsed(status, body)?;
    Ok(opened.mfa_transaction_id.as_str().to_owned())
}

/// Whether the code of the hardware token was taken.
pub(super) fn validated(status: StatusCode, body: &[u8]) -> Result<(), String> {
    if status == StatusCode::NO_CONTENT { Ok(()) } else { Err(unexpected(status, body)) }
}
