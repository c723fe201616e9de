//! What callers and operators send, right and wrong, and secrets where they do not belong.

use super::bank::{Answered, Bank};
use crate::support::bne::{ocra_device, shows};
use crate::support::bne_api::{OCRA, RETRIEVE, SID, UUID, VALIDATE, WEB, arcsight, token};
use crate::support::sms_gateway::Answer;
use crate::support::smtp_server::Fault;
use chrono::TimeDelta;
use countersign::api::dbx::generated::*;
use countersign::domain::oath::hotp::hotp;
use countersign::domain::oath::{Digits, Seed};
use countersign::domain::ports::Clock;
use countersign::domain::token::Token;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

const SUITE: &str = "OCRA-1:HOTP-SHA1-8:QN08";
const JSON: (&str, &str) = ("content-type", "application/json");

fn headers(all: &[(&str, &str)]) -> HeaderMap {
    let parsed =
        all.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()));
    parsed.collect()
}

/// A flow as its caller knows it.
struct Flow {
    request: &'static str,
    verify: &'static str,
    token: Option<String>,
    service: String,
    security: String,
    otp: Value,
}

impl Flow {
    /// Opens one, and sends its code to all addresses that are offered.
    async fn open(bank: &mut Bank, name: &str, phone: Option<&str>, token: Option<String>) -> Self {
        let (request, verify) = match token {
            None => (REQUEST_OTP_PRE_LOGIN_MB.path, VERIFY_OTP_PRE_LOGIN_MB.path),
            Some(_) => (REQUEST_UPDATE_SECURITY_QUESTIONS_OTP.path, VERIFY_UPDATE_SECURITY_QUESTIONS_OTP.path),
        };
        let mut flow = Self { request, verify, token, service: String::new(), security: String::new(), otp: json!({}) };
        let body = phone.map_or_else(|| json!({}), |phone| json!({ "Phone": phone }));
        let opened = bank.post(request, flow.headers(), body).await;
        let attributes = &opened.body["MFAAttributes"];
        flow.service =
            attributes["serviceKey"].as_str().unwrap_or_else(|| panic!("{name}: {}", opened.body)).to_owned();
        bank.secret("handle", &flow.service);
        for kind in ["phone", "email"] {
            if let Some(first) = attributes["customerCommunication"][kind][0]["referenceId"].as_str() {
                flow.otp[kind] = first.into();
            }
        }
        flow
    }

    fn headers(&self) -> HeaderMap {
        match &self.token {
            Some(token) => headers(&[JSON, ("x-kony-authorization", token)]),
            None => headers(&[JSON]),
        }
    }

    async fn send(&mut self, bank: &mut Bank) -> String {
        let mut otp = self.otp.clone();
        if !self.security.is_empty() {
            otp["securityKey"] = self.security.as_str().into();
        }
        let body = json!({ "MFAAttributes": { "serviceKey": self.service, "OTP": otp } });
        let sent = bank.post(self.request, self.headers(), body).await;
        if let Some(key) = sent.body["MFAAttributes"]["securityKey"].as_str().filter(|key| *key != self.security) {
            self.security = key.to_owned();
            bank.secret("handle", key);
        }
        sent.body["dbpErrCode"].as_str().unwrap_or_default().to_owned()
    }

    async fn verify(&self, bank: &mut Bank, code: &str) -> String {
        let otp = json!({ "securityKey": self.security, "otp": code });
        let body = json!({ "MFAAttributes": { "serviceKey": self.service, "OTP": otp } });
        let told = bank.post(self.verify, self.headers(), body).await;
        assert_eq!(told.status, 200, "{}", told.body);
        told.body["dbpErrCode"].as_str().unwrap_or_default().to_owned()
    }
}

/// Codes by message: right, wrong, sent again, late, locked, too many, refused, undeliverable.
pub(super) async fn messages(bank: &mut Bank) {
    let phone = bank.phone();
    let mut flow = Flow::open(bank, "right", Some(&phone), None).await;
    assert_eq!(flow.send(bank).await, "");
    let code = bank.code();
    let guess = bank.guess();
    assert_eq!(flow.verify(bank, &guess).await, "10517");
    assert_eq!(flow.send(bank).await, "", "sent again");
    assert_eq!(flow.verify(bank, &code).await, "");
    assert_eq!(flow.verify(bank, &code).await, "10502");
    let expected = json!({ "serviceKey": flow.service, "purpose": "pre_login", "phone": phone });
    assert_eq!(bank.operate("flow_view", &[], &[], json!({ "serviceKey": flow.service })).await.status, 200);
    let other = bank.phone();
    let wrong = json!({ "serviceKey": flow.service, "purpose": "pre_login", "phone": other });
    assert_eq!(bank.operate("flow_redeem", &[], &[], wrong).await.status, 422);
    assert_eq!(bank.operate("flow_redeem", &[], &[], expected.clone()).await.status, 200);
    assert_eq!(bank.operate("flow_redeem", &[], &[], expected).await.status, 409);

    let phone = bank.phone();
    let mut flow = Flow::open(bank, "late", Some(&phone), None).await;
    flow.send(bank).await;
    let code = bank.code();
    bank.server.clock.pass(TimeDelta::minutes(4));
    assert_eq!(flow.verify(bank, &code).await, "10505");

    let phone = bank.phone();
    let mut flow = Flow::open(bank, "guessed", Some(&phone), None).await;
    flow.send(bank).await;
    let code = bank.code();
    for _ in 0..3 {
        let guess = bank.guess();
        assert_eq!(flow.verify(bank, &guess).await, "10517");
    }
    assert_eq!(flow.verify(bank, &code).await, "10519");

    let phone = bank.phone();
    for n in 0..5 {
        let mut flow = Flow::open(bank, &format!("often {n}"), Some(&phone), None).await;
        let told = flow.send(bank).await;
        assert_eq!(told, if n < 4 { "" } else { "10509" });
    }

    // A gateway that tells us our own request, and one that is gone.
    for (name, answer) in [("refused", Answer::Status(400, "", "{request}".into())), ("unreachable", Answer::HangUp)] {
        let phone = bank.phone();
        bank.gateway.set_answer(answer);
        let mut flow = Flow::open(bank, name, Some(&phone), None).await;
        assert_eq!(flow.send(bank).await, "10511");
        bank.code();
    }
    bank.gateway.set_answer(Answer::Status(200, "", "{}".into()));
}

/// A customer with both kinds of addresses, and a mail server that quotes what it refuses.
pub(super) async fn questions(bank: &mut Bank) {
    let (phone, email) = (bank.phone(), bank.email());
    let data = json!({ "language": "es", "phones": [phone], "emails": [email] });
    let at = [("customerId", "carla")];
    let made = bank.operate("customer_put", &at, &[], data.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(bank.operate("customer_put", &at, &[], data.clone()).await.status, 428);
    assert_eq!(bank.operate("customer_put", &at, &[("if-match", "\"9\"")], data).await.status, 412);
    let more = bank.phone();
    let address = json!({ "kind": "sms", "address": more });
    let added = bank.operate("address_add", &at, &[("if-match", &made.etag)], address.clone()).await;
    assert_eq!(added.status, 201, "{}", added.body);
    assert_eq!(bank.operate("address_add", &at, &[("if-match", &added.etag)], address).await.status, 409);
    assert_eq!(bank.operate("customer_view", &at, &[], Value::Null).await.status, 200);
    assert_eq!(bank.operate("customer_list", &[], &[], Value::Null).await.status, 200);
    // An address in the other's list, and an id that is one.
    let swapped = json!({ "language": "es", "phones": [email], "emails": [phone] });
    assert_eq!(bank.operate("customer_put", &[("customerId", "dora")], &[], swapped).await.status, 400);

    let claims = bank.server.token("carla").to_string();
    bank.signed(&claims);
    let mut flow = Flow::open(bank, "questions", None, Some(claims.clone())).await;
    assert_eq!(flow.send(bank).await, "");
    let code = bank.code();
    assert!(bank.mail.mails().pop().unwrap().text().unwrap().contains(&code), "by mail, too");
    let guess = bank.guess();
    assert_eq!(flow.verify(bank, &guess).await, "10517");
    assert_eq!(flow.verify(bank, &code).await, "");

    let (phone, email) = (bank.phone(), bank.email());
    let data = json!({ "language": "en", "phones": [phone], "emails": [email] });
    assert_eq!(bank.operate("customer_put", &[("customerId", "emil")], &[], data).await.status, 201);
    let claims = bank.server.token("emil").to_string();
    bank.signed(&claims);
    for (verb, answer) in [("RCPT", "550 5.1.1 no such user {to}"), (".", "554 5.7.1 spam: {to} {mail}")] {
        bank.mail.set_fault(verb, Some(Fault::Reply(answer)));
        let mut flow = Flow::open(bank, &format!("refused at {verb}"), None, Some(claims.clone())).await;
        bank.gateway.set_answer(Answer::Status(500, "", "{request}".into()));
        assert_eq!(flow.send(bank).await, "10511");
        bank.mail.set_fault(verb, None);
        bank.gateway.set_answer(Answer::Status(200, "", "{}".into()));
    }
}

fn code_of(seed: &[u8], counter: u64) -> String {
    hotp(&Seed::new(seed).unwrap(), Digits::Eight, counter).expose().to_owned()
}

async fn opened(bank: &mut Bank, customer: &str, kind: &str) -> Answered {
    let mut body = json!({ "mfaTransactionType": kind, "userId": customer });
    if kind == "RISK" {
        body["transactionDetails"] =
            json!({ "amount": "12", "currency": "MXN", "payee": "Luz", "account": "12345678" });
    }
    let headers = bank.bne();
    let opened = bank.post(RETRIEVE.path, headers, body).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    opened
}

async fn validated(bank: &mut Bank, opened: &Answered, kind: &str, code: &str, action: &str) -> u16 {
    let body = json!({
        "oneTimePasswordToken": code, "mfaTransactionType": kind,
        "mfaTransactionId": opened.body["mfaTransactionId"], "arcsight": arcsight(action),
    });
    let headers = bank.bne();
    bank.post(VALIDATE.path, headers, body).await.status
}

/// Codes of tokens, with every action of the SIEM's: right, wrong, used before, locked.
pub(super) async fn tokens(bank: &mut Bank) {
    let data = json!({ "countries": ["MX"], "businesses": ["GCB"], "channels": ["CBOL"] });
    assert_eq!(bank.operate("client_put", &[("clientId", WEB)], &[], data).await.status, 201);
    let session = json!({ "sid": SID, "clientId": WEB });
    bank.secret("handle", SID);
    assert_eq!(bank.operate("session_open", &[], &[], session).await.status, 201);

    let (bytes, hex) = bank.seed();
    let enrol = json!({ "serial": "H-1", "kind": "HOTP", "digits": 8, "seed": hex, "customerId": "hugo" });
    let key = [("idempotency-key", "a-key-of-the-enrolment")];
    let enrolled = bank.operate("token_enrol", &[], &key, enrol.clone()).await;
    assert_eq!(enrolled.status, 201, "{}", enrolled.body);
    assert_eq!(bank.operate("token_enrol", &[], &key, enrol.clone()).await.status, 201, "a repeat");
    assert_eq!(bank.operate("token_enrol", &[], &[], enrol).await.status, 409);
    for (counter, action) in [(0, "0"), (1, "1"), (2, "2")] {
        let code = code_of(&bytes, counter);
        bank.secret("token code", &code);
        let guess = bank.guess();
        let transaction = opened(bank, "hugo", "LOGIN").await;
        assert_eq!(validated(bank, &transaction, "LOGIN", &guess, action).await, 422);
        assert_eq!(validated(bank, &transaction, "LOGIN", &code, action).await, 204);
        let again = opened(bank, "hugo", "LOGIN").await;
        assert_eq!(validated(bank, &again, "LOGIN", &code, action).await, 422, "used before");
    }
    let at = [("tokenId", enrolled.body["token"]["tokenId"].as_str().unwrap())];
    let pair = [40, 41].map(|counter| code_of(&bytes, counter));
    for code in &pair {
        bank.secret("token code", code);
    }
    let swapped = json!({ "firstCode": pair[1], "secondCode": pair[0] });
    assert_eq!(bank.operate("token_resync", &at, &[], swapped).await.status, 422);
    let right = json!({ "firstCode": pair[0], "secondCode": pair[1] });
    assert_eq!(bank.operate("token_resync", &at, &[], right).await.status, 200);
    let code = code_of(&bytes, 42);
    bank.secret("token code", &code);
    assert_eq!(bank.operate("token_test", &at, &[], json!({ "code": code })).await.status, 200);
    assert_eq!(bank.operate("token_test", &at, &[], json!({ "code": code })).await.status, 422);

    let (bytes, hex) = bank.seed();
    let enrol = json!({ "serial": "O-1", "kind": "OCRA", "seed": hex, "suite": SUITE, "customerId": "olga" });
    assert_eq!(bank.operate("token_enrol", &[], &[], enrol).await.status, 201);
    let signing = Token { device: ocra_device(SUITE), seed: Seed::new(&bytes).unwrap(), ..token(OCRA) };
    let transaction = opened(bank, "olga", "RISK").await;
    let code = shows(&signing, bank.server.clock.now(), 0, transaction.body["challenge"].as_str());
    bank.secret("token code", &code);
    assert_eq!(validated(bank, &transaction, "RISK", &code, "1").await, 204);
    let id = transaction.body["mfaTransactionId"].as_str().unwrap();
    let proof = json!({ "clientId": WEB, "customerId": "olga" });
    assert_eq!(bank.operate("transaction_redeem", &[("mfaTransactionId", id)], &[], proof).await.status, 200);
    let transaction = opened(bank, "olga", "RISK").await;
    for _ in 0..3 {
        let guess = bank.guess();
        assert_eq!(validated(bank, &transaction, "RISK", &guess, "1").await, 422);
    }

    // A token whose seed the server makes, and tells its owner once.
    let enrolled = bank.operate("token_enrol", &[], &[], json!({ "serial": "app-1", "kind": "TOTP" })).await;
    let uri = enrolled.body["keyUri"].as_str().unwrap();
    let (_, secret) = uri.split_once("secret=").unwrap();
    let secret = secret.split('&').next().unwrap();
    bank.run.secrets.add_bytes("seed", &data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap());
    imports(bank).await;
}

async fn imports(bank: &mut Bank) {
    let import = bank.operate("import_open", &[], &[], json!({ "fileName": "a.xml" })).await;
    let import = import.body["importId"].as_str().unwrap().to_owned();
    let at = [("importId", import.as_str())];
    let (_, good) = bank.seed();
    let (_, taken) = bank.seed();
    let entry = |serial: &str, seed: &str| json!({ "serial": serial, "kind": "HOTP", "seed": seed });
    let batch = json!({ "firstEntry": 0, "tokens": [entry("I-1", &good), entry("H-1", &taken), entry("I-1", &taken)] });
    let told = bank.operate("import_add", &at, &[], batch).await;
    assert_eq!(told.status, 200, "{}", told.body);
    assert!(told.body["problems"].as_array().is_some_and(|problems| !problems.is_empty()), "{}", told.body);
    let (_, bad) = bank.seed();
    for entry in
        [entry("I-2", &format!("{bad}x")), entry(&bad, "I-2"), entry(&format!("{bad} {bad}"), &bad), json!(bad)]
    {
        let told = bank.operate("import_add", &at, &[], json!({ "firstEntry": 3, "tokens": [entry] })).await;
        assert!((400..500).contains(&told.status), "{}", told.body);
    }
    assert_eq!(bank.operate("import_commit", &at, &[], Value::Null).await.status, 409, "there are problems");
    assert_eq!(bank.operate("import_cancel", &at, &[], Value::Null).await.status, 204);
}

/// What operators look at, and credentials that are made and taken away.
pub(super) async fn office(bank: &mut Bank) {
    let desk = json!({ "name": "desk", "scopes": ["read"] });
    let key = [("idempotency-key", "a-key-of-the-operator")];
    let made = bank.operate("operator_create", &[], &key, desk.clone()).await;
    assert_eq!(bank.operate("operator_create", &[], &key, desk).await.body, made.body);
    let credential = made.body["credential"].as_str().unwrap().to_owned();
    bank.secret("credential", &credential);
    let bearer = format!("Bearer {credential}");
    let as_desk = [("authorization", bearer.as_str())];
    for id in [
        "operator_list",
        "customer_list",
        "token_list",
        "session_list",
        "transaction_list",
        "delivery_list",
        "audit_list",
    ] {
        assert_eq!(bank.operate(id, &[], &[], Value::Null).await.status, 200, "{id}");
    }
    assert_eq!(bank.operate("token_list", &[], &as_desk, Value::Null).await.status, 200);
    assert_eq!(bank.operate("token_enrol", &[], &as_desk, json!({})).await.status, 403);
    assert_eq!(bank.operate("operator_revoke", &[("operatorName", "desk")], &[], Value::Null).await.status, 204);
    assert_eq!(bank.operate("token_list", &[], &as_desk, Value::Null).await.status, 401);
}

/// Secrets in the wrong place: each is refused, and none is quoted.
pub(super) async fn misplaced(bank: &mut Bank) {
    let (code, phone) = (bank.guess(), bank.phone());
    let claims = bank.server.token("carla").to_string();
    bank.signed(&claims);
    let credential = bank.credential.clone();
    let (_, seed) = bank.seed();
    let verify = VERIFY_OTP_PRE_LOGIN_MB.path;
    let bodies = [
        json!({ "MFAAttributes": { "serviceKey": code, "OTP": { "securityKey": phone, "otp": claims } } }).to_string(),
        json!({ "MFAAttributes": { "serviceKey": phone, "OTP": { "securityKey": code, "otp": code } } }).to_string(),
        json!({ "MFAAttributes": { code.as_str(): phone, "OTP": credential } }).to_string(),
        json!({ "MFAAttributes": code }).to_string(),
        format!(r#"{{"MFAAttributes": {{"OTP": {{"otp": {code}}}}}}}"#),
        format!(r#"{{"otp": "{code}", "Phone": "{phone}""#),
        format!("{code}{phone}"),
    ];
    for body in bodies {
        bank.post(verify, headers(&[JSON]), body).await;
    }
    for phone in [claims.as_str(), credential.as_str(), seed.as_str(), &code] {
        bank.post(REQUEST_OTP_PRE_LOGIN_MB.path, headers(&[JSON]), json!({ "Phone": phone })).await;
    }
    for (name, value) in [
        ("x-kony-authorization", &code),
        ("x-kony-authorization", &credential),
        ("content-type", &code),
        ("accept", &phone),
        ("x-request-id", &code),
    ] {
        let mut all = headers(&[JSON]);
        all.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        bank.post(verify, all, "{}").await;
    }
    for path in [format!("{verify}?otp={code}"), format!("/v1/{code}"), format!("/{}", phone.replace('+', "%2B"))] {
        bank.post(&path, headers(&[JSON]), "{}").await;
    }
    let signed = bank.bne();
    for name in [
        "client_id",
        "uuid",
        "countrycode",
        "businesscode",
        "channelid",
        "sid",
        "accept",
        "accept-language",
        "authorization",
    ] {
        for value in [&code, &phone, &claims, &seed] {
            let mut all = signed.clone();
            all.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            bank.post(VALIDATE.path, all, json!({ "oneTimePasswordToken": code })).await;
        }
    }
    let mut event = arcsight("1");
    event["operationDate"] = phone.as_str().into();
    for body in [
        json!({ "oneTimePasswordToken": phone, "mfaTransactionType": code, "mfaTransactionId": seed }),
        json!({ "oneTimePasswordToken": code, "mfaTransactionType": "LOGIN", "mfaTransactionId": code }),
        json!({ "oneTimePasswordToken": code, "mfaTransactionType": "LOGIN", "mfaTransactionId": UUID, "arcsight": event }),
    ] {
        bank.post(VALIDATE.path, signed.clone(), body).await;
    }
    let bearer = format!("Bearer {claims}");
    bank.operate("token_list", &[], &[("authorization", &bearer)], Value::Null).await;
    bank.operate("token_view", &[("tokenId", &seed)], &[], Value::Null).await;
    bank.operate("customer_view", &[("customerId", &phone)], &[], Value::Null).await;
    bank.operate("token_view", &[("tokenId", &code)], &[], Value::Null).await;
    bank.operate("token_list", &[], &[("if-match", &code)], Value::Null).await;
    bank.operate("flow_redeem", &[], &[], json!({ "serviceKey": code, "purpose": phone })).await;
    bank.operate("token_enrol", &[], &[("idempotency-key", &code)], json!({ "serial": [seed], "kind": seed })).await;
}
