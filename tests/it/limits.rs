//! Limits that outlive flows and transactions, as callers meet them: one test each, with a clock that is set by hand. What a
//! development server lifts is put in force here, with small numbers.

mod calls;
mod guesses;
mod sends;

use crate::support::dbx::Handle;
use crate::support::server::{Seen, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{
    REQUEST_OTP_PRE_LOGIN_MB, REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, VERIFY_OTP_PRE_LOGIN_MB,
    VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
};
use countersign::config::Config;
use serde_json::{Value, json};

/// A call's answer, as far as limits go.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    /// `dbpErrCode`; empty for a success, and in the BNE family.
    code: String,
    retry_after: Option<u32>,
}

impl Answer {
    fn of(status: u16, code: &str, headers: &http::HeaderMap) -> Self {
        let retry_after = headers.get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
        assert_eq!(retry_after.is_some(), status == 429, "only who is throttled is told when to come back");
        Self { status, code: code.to_owned(), retry_after }
    }

    fn throttled(&self) -> bool {
        self.status == 429
    }
}

impl From<&Seen> for Answer {
    fn from(seen: &Seen) -> Self {
        // The envelope of a failure of HTTP repeats its status.
        let code = if seen.status == 200 { seen.code() } else { "" };
        Self::of(seen.status, code, &seen.headers)
    }
}

/// Puts one limit in force.
type Set = fn(&mut Config);

/// A phone that nobody else has.
fn phone(n: usize) -> String {
    format!("+12025550{n:03}")
}

/// Everything that would get in the way of a test of one limit.
fn only(config: &mut Config) {
    for policy in [&mut config.policy.pre_login, &mut config.policy.security_questions] {
        let policy = policy.get_or_insert_default();
        (policy.daily_codes_max, policy.failed_attempts_max) = (Some(1000), Some(5));
    }
    let off = Some(0);
    let limits = &mut config.limits;
    (limits.sends.destination_per_hour, limits.sends.customer_per_hour) = (off, off);
    (limits.failures.destination_per_day, limits.failures.customer_per_day) = (off, off);
    limits.challenges.customer_per_hour = off;
}

impl TestServer {
    /// A flow before login, started and not sent.
    async fn started(&self, phone: &str) -> Handle {
        let seen = self.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &json!({ "Phone": phone })).await;
        handle(&seen)
    }

    /// A flow for security questions, started and not sent.
    async fn started_questions(&self, customer: &str) -> Handle {
        let token = self.token(customer);
        let seen = self.post(&REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, Some(&token), &json!({})).await;
        handle(&seen)
    }

    /// Asks for the code of a flow, before login or, for a customer, after it.
    async fn ask_code(&self, customer: Option<&str>, flow: &mut Handle) -> Answer {
        let (token, body) = (customer.map(|customer| self.token(customer)), flow.send_json());
        let operation = match customer {
            None => &REQUEST_OTP_PRE_LOGIN_MB,
            Some(_) => &REQUEST_UPDATE_SECURITY_QUESTIONS_OTP,
        };
        let seen = self.post(operation, token.as_ref(), &body).await;
        if let Some(key) = seen.body.pointer("/MFAAttributes/securityKey").and_then(Value::as_str) {
            flow.security_key = key.to_owned();
        }
        Answer::from(&seen)
    }

    /// A new flow before login, and its first code.
    async fn asked(&self, phone: &str) -> (Handle, Answer) {
        let mut flow = self.started(phone).await;
        let answer = self.ask_code(None, &mut flow).await;
        (flow, answer)
    }

    /// A new flow of a customer, and its first code.
    async fn asked_questions(&self, customer: &str) -> (Handle, Answer) {
        let mut flow = self.started_questions(customer).await;
        let answer = self.ask_code(Some(customer), &mut flow).await;
        (flow, answer)
    }

    /// Tries a code.
    async fn try_code(&self, customer: Option<&str>, flow: &Handle, code: &str) -> Answer {
        let token = customer.map(|customer| self.token(customer));
        let operation = match customer {
            None => &VERIFY_OTP_PRE_LOGIN_MB,
            Some(_) => &VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
        };
        Answer::from(&self.post(operation, token.as_ref(), &flow.verify_json(code)).await)
    }

    fn pass_secs(&self, secs: i64) {
        self.clock.pass(TimeDelta::seconds(secs));
    }

    /// Calls from now on come from another address of this machine.
    fn call_from(&mut self, address: [u8; 4]) {
        let from = std::net::IpAddr::from(address);
        self.http = reqwest::Client::builder().no_proxy().local_address(from).build().unwrap();
    }
}

fn handle(seen: &Seen) -> Handle {
    let ids = |kind: &str| {
        let contacts =
            seen.body["MFAAttributes"]["customerCommunication"][kind].as_array().cloned().unwrap_or_default();
        contacts.iter().map(|contact| contact["referenceId"].as_str().unwrap().to_owned()).collect()
    };
    Handle {
        service_key: seen.body["MFAAttributes"]["serviceKey"].as_str().expect("a started flow").to_owned(),
        security_key: String::new(),
        phones: ids("phone"),
        emails: ids("email"),
    }
}

/// Whoever is throttled is throttled to the second that was told, and no longer.
async fn waits_exactly(server: &TestServer, ask: impl AsyncFn() -> Answer) {
    let wait = ask().await.retry_after.expect("throttled");
    server.pass_secs(i64::from(wait) - 1);
    let early = ask().await;
    assert!(wait == 1 || early.throttled(), "a second before the time that was told: {early:?}");
    server.pass_secs(1);
    let then = ask().await;
    assert!(!then.throttled(), "at the time that was told: {then:?}");
}
