//! Applicants who prove a phone, and what they were told.

use super::{Count, Fate};
use crate::support::attack::Luck;
use crate::support::bank::{Bank, Line, REQUEST};
use http::Method;
use serde_json::{Value, json};

/// Wrong codes that lock a flow, by default.
pub(crate) const ATTEMPTS: u64 = 3;

/// A flow that was answered for.
#[derive(Debug)]
pub(crate) struct Flow {
    phone: String,
    service_key: String,
    /// There is one if a send was answered for.
    security_key: Option<String>,
    wrong: Count,
    pub(crate) verified: Fate,
    redeemed: Fate,
}

/// One flow after the other, each with a phone of its own, until the server is gone or it is over.
pub(crate) async fn work(
    bank: &Bank,
    line: &Line,
    luck: &Luck,
    first_phone: u64,
    is_over: impl Fn() -> bool,
) -> Vec<Flow> {
    let mut flows = Vec::new();
    for phone in first_phone.. {
        if is_over() || go_through(bank, line, luck, format!("+34600{phone:06}"), &mut flows).await.is_none() {
            break;
        }
    }
    flows
}

async fn go_through(bank: &Bank, line: &Line, luck: &Luck, phone: String, flows: &mut Vec<Flow>) -> Option<()> {
    let started = right(line.dbx(REQUEST, &json!({ "Phone": phone })).await?);
    let text = |pointer: &str| started.pointer(pointer).and_then(Value::as_str).expect("a flow was started").to_owned();
    let reference = text("/MFAAttributes/customerCommunication/phone/0/referenceId");
    let service_key = text("/MFAAttributes/serviceKey");
    let (wrong, verified, redeemed) = Default::default();
    flows.push(Flow { phone, service_key, security_key: None, wrong, verified, redeemed });
    let flow = flows.last_mut()?;

    let sent = right(line.send_code(&flow.service_key, &reference).await?);
    let security_key = sent["MFAAttributes"]["securityKey"].as_str().unwrap_or_else(|| panic!("{sent}")).to_owned();
    flow.security_key = Some(security_key.clone());
    // The gateway takes its time: the code comes after the kill.
    let Some(code) = bank.gateway.code(&flow.phone) else { return Some(()) };
    for _ in 0..luck.below(ATTEMPTS + 1) {
        flow.wrong.asked();
        let guess = luck.guess(6, std::slice::from_ref(&code));
        let answer = right(line.verify(&flow.service_key, &security_key, &guess).await?);
        assert_eq!(answer["dbpErrCode"], "10517", "{answer}");
        flow.wrong.told();
    }
    if flow.wrong.told == ATTEMPTS {
        return flow.is_refused(line, &code, "10519").await;
    }
    flow.verified = Fate::Open;
    let answer = right(line.verify(&flow.service_key, &security_key, &code).await?);
    assert_eq!(answer["isOtpVerified"], "true", "{answer}");
    flow.verified = Fate::Yes;
    if luck.once_in(2) {
        flow.is_refused(line, &code, "10502").await?;
    }
    if luck.once_in(2) {
        flow.redeemed = Fate::Open;
        assert_eq!(flow.redeem(line).await?, 200);
        flow.redeemed = Fate::Yes;
    }
    Some(())
}

fn right((status, body): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{body}");
    body
}

impl Flow {
    /// Whether a send was answered for and its message has not been accepted yet.
    pub(crate) fn is_owed_a_message(&self, bank: &Bank) -> bool {
        self.security_key.is_some() && bank.gateway.code(&self.phone).is_none()
    }

    /// Holds a server that was started anew to the book, then goes on to the end of the flow. No message of a send that was
    /// answered for is lost.
    pub(crate) async fn holds(&mut self, bank: &Bank, line: &Line) {
        self.stands(line).await;
        if self.security_key.is_some() {
            let code = bank.gateway.code_to_come(&self.phone).await;
            self.ends(line, &code).await;
        }
    }

    /// The same where messages that are owed come later: without their code, a flow does not go on.
    pub(crate) async fn holds_so_far(&mut self, bank: &Bank, line: &Line) {
        self.stands(line).await;
        if let Some(code) = bank.gateway.code(&self.phone).filter(|_| self.security_key.is_some()) {
            self.ends(line, &code).await;
        }
    }

    /// The flow is as the book says.
    async fn stands(&mut self, line: &Line) {
        let key = json!({ "serviceKey": self.service_key });
        let (status, seen) = line.office(Method::POST, "/flows/view", &[], Some(&key)).await.unwrap();
        assert_eq!(status, 200, "a flow that was answered for is gone: {self:?}: {seen}");
        let failed = seen["failedAttempts"].as_u64().unwrap();
        self.wrong.allows(failed, &format!("wrong codes of {self:?}"));
        self.wrong = Count { told: failed, open: 0 };
        let state = seen["state"].as_str().unwrap();
        self.verified = self.verified.seen(state == "verified").unwrap_or_else(|| panic!("{self:?}: {seen}"));
        let redeemed = seen["redeemedAt"].is_string();
        self.redeemed = self.redeemed.seen(redeemed).unwrap_or_else(|| panic!("{self:?}: {seen}"));
        assert_eq!(state == "locked", failed == ATTEMPTS, "{self:?}: {seen}");
    }

    /// Goes on with the right code to the end.
    async fn ends(&mut self, line: &Line, code: &str) {
        if self.wrong.told == ATTEMPTS {
            self.is_refused(line, code, "10519").await.unwrap();
            return;
        }
        if self.verified != Fate::Yes {
            let security_key = self.security_key.as_deref().expect("a code was sent");
            let answer = right(line.verify(&self.service_key, security_key, code).await.unwrap());
            assert_eq!(answer["isOtpVerified"], "true", "{self:?}: {answer}");
            self.verified = Fate::Yes;
        }
        self.is_refused(line, code, "10502").await.unwrap();
        let first = if self.redeemed == Fate::Yes { 409 } else { 200 };
        assert_eq!([self.redeem(line).await, self.redeem(line).await], [Some(first), Some(409)], "{self:?}");
        self.redeemed = Fate::Yes;
    }

    /// The right code is refused.
    async fn is_refused(&self, line: &Line, code: &str, with: &str) -> Option<()> {
        let security_key = self.security_key.as_deref().expect("a code was sent");
        let answer = right(line.verify(&self.service_key, security_key, code).await?);
        assert_eq!(answer["dbpErrCode"], with, "{self:?}: {answer}");
        Some(())
    }

    async fn redeem(&self, line: &Line) -> Option<u16> {
        let body = json!({ "serviceKey": self.service_key, "purpose": "pre_login", "phone": self.phone });
        Some(line.office(Method::POST, "/flows/redeem", &[], Some(&body)).await?.0)
    }
}
