//! Answers that must not be told apart are the same to the byte, and take the same work: as many statements, as many keyed hashes,
//! as many sealed values. The runtime has one thread here, so that what an answer has cost is counted on this one.

use crate::support::bne_api::{HOTP, OCRA, OTHER_WEB, RETRIEVE, TOTP, UUID, VALIDATE, WEB, code, login, risk};
use crate::support::dbx::{Handle, PHONE, wrong};
use crate::support::server::{ANA, BEN, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{
    REQUEST_OTP_PRE_LOGIN_MB, REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, VERIFY_OTP_PRE_LOGIN_MB,
    VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
};
use countersign::dev::data::APPS;
use countersign::domain::work::Work;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// All that a caller sees of an answer, without what is another in every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Face {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// The answer to a request, and what it cost.
async fn weighed(request: RequestBuilder) -> (Face, Work) {
    let before = Work::done();
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.unwrap();
    let cost = Work::done() - before;
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = headers.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
    let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
    (Face { status, headers, body }, cost)
}

/// Every request of a list, asked three times in turn: all faces are one, and all costs are one. Each is asked once before that:
/// the audit trail has one entry for all such calls of a caller in an hour, and counts on. What the server does meanwhile for
/// itself is counted with an answer, so the least of the three is what it costs.
async fn all_the_same(what: &str, requests: Vec<(&str, RequestBuilder)>, normal: impl Fn(&mut Face)) -> Face {
    for (_, request) in &requests {
        weighed(request.try_clone().unwrap()).await;
    }
    let mut first: Option<Face> = None;
    let mut costs: Vec<Option<Work>> = vec![None; requests.len()];
    for round in 0..3 {
        for ((why, request), least) in requests.iter().zip(&mut costs) {
            let (mut face, cost) = weighed(request.try_clone().unwrap()).await;
            normal(&mut face);
            let first = first.get_or_insert_with(|| face.clone());
            assert_eq!(face, *first, "{what}, round {round}: {why} reads unlike {}", requests[0].0);
            *least = Some(least.map_or(cost, |least| less(least, cost)));
        }
    }
    for ((why, _), cost) in requests.iter().zip(&costs) {
        assert_eq!(*cost, costs[0], "{what}: {why} costs unlike {}", requests[0].0);
    }
    assert!(costs[0].unwrap().statements > 0 || !cfg!(debug_assertions), "{what}: nothing was counted");
    first.unwrap()
}

fn less(one: Work, other: Work) -> Work {
    if one.statements <= other.statements { one } else { other }
}

#[tokio::test]
async fn unknown_foreign_expired_and_consumed_service_keys_are_answered_alike_at_the_same_cost() {
    let server = TestServer::start().await;
    let (ana, ben) = (server.token(ANA), server.token(BEN));
    let expired = [server.sent_pre_login(PHONE).await, server.sent_questions(&ana).await];
    server.clock.pass(TimeDelta::minutes(15));
    let consumed = [server.sent_pre_login(PHONE).await, {
        let flow = server.sent_questions(&ana).await;
        server.client().verify_update_security_questions_otp(&ana, flow.verify(&server.code())).await.unwrap();
        flow
    }];
    let right = server.messages().into_iter().find(|message| message.to == PHONE).unwrap().passcode;
    server.client().verify_otp_pre_login_mb(None, consumed[0].verify(&right)).await.unwrap();
    let bens = server.sent_questions(&ben).await;
    let guess = wrong(&server.code());
    let before_login = server.sent_pre_login(PHONE).await;
    let anas = server.sent_questions(&ana).await;
    let unknown = Handle { service_key: "c449a331-1f54-400c-a42a-176dbeb8f9bd".into(), ..bens.clone() };

    let keys = [
        [("unknown", &unknown), ("another operation's", &anas), ("expired", &expired[0]), ("consumed", &consumed[0])],
        [("unknown", &unknown), ("another's", &bens), ("expired", &expired[1]), ("consumed", &consumed[1])],
    ];
    let mut keys = keys.map(Vec::from);
    keys[1].push(("another operation's", &before_login));
    let operations = [
        (&REQUEST_OTP_PRE_LOGIN_MB, &VERIFY_OTP_PRE_LOGIN_MB, None),
        (&REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, &VERIFY_UPDATE_SECURITY_QUESTIONS_OTP, Some(&ana)),
    ];
    for ((request, verify, token), keys) in operations.into_iter().zip(&keys) {
        let ask = |operation, body: Value| server.request(operation, token).body(body.to_string());
        let with = |change: fn(&Handle) -> Value| keys.iter().map(move |(why, handle)| (*why, change(handle)));
        let sends = with(|handle| Handle { security_key: String::new(), ..handle.clone() }.send_json());
        let sends: Vec<_> = sends.map(|(why, body)| (why, ask(request, body))).collect();
        let face = all_the_same(request.id, sends, |_| ()).await;
        assert!(face.body.contains("10502"), "{}", face.body);
        let resends = with(Handle::send_json).map(|(why, body)| (why, ask(request, body))).collect();
        all_the_same(&format!("{}, again", request.id), resends, |_| ()).await;
        let verifies = keys.iter().map(|(why, handle)| (*why, ask(verify, handle.verify_json(&guess)))).collect();
        let face = all_the_same(verify.id, verifies, |_| ()).await;
        assert!(face.body.contains("10502"), "{}", face.body);
    }
    // Ana in another app: what she started in the first is not known there.
    let other = server.token_of_app(ANA, APPS[1]);
    let ask = |handle: &Handle| {
        let body = handle.verify_json(&guess).to_string();
        server.request(&VERIFY_UPDATE_SECURITY_QUESTIONS_OTP, Some(&other)).body(body)
    };
    let requests = vec![("unknown", ask(&unknown)), ("another app's", ask(&anas))];
    all_the_same("apps", requests, |_| ()).await;
}

#[tokio::test]
async fn a_customers_phone_and_a_strangers_are_answered_alike_before_login_at_the_same_cost() {
    let server = TestServer::start().await;
    // Ben's, and one that is masked the same.
    let phones = ["+12025550123", "+12025559923"];
    let starts = phones.map(|phone| {
        let body = json!({ "Phone": phone }).to_string();
        (phone, server.request(&REQUEST_OTP_PRE_LOGIN_MB, None).body(body))
    });
    all_the_same("start", starts.into(), |face| face.body = without_ids(&face.body)).await;
    // The first send of each flow; a second one would be a resend.
    let mut seen: [Option<(Face, Work)>; 2] = [None, None];
    for _ in 0..3 {
        for (phone, seen) in phones.iter().zip(&mut seen) {
            let flow = server.start_pre_login(phone).await;
            let body = flow.send_json().to_string();
            let (mut face, cost) = weighed(server.request(&REQUEST_OTP_PRE_LOGIN_MB, None).body(body)).await;
            assert_eq!(face.status, 200);
            face.body = without_ids(&face.body);
            let least = seen.take().map_or(cost, |(_, least)| less(least, cost));
            *seen = Some((face, least));
        }
    }
    assert_eq!(seen[0], seen[1]);
}

/// The body without the values that are drawn at random, in which nothing else may hide: they are UUIDs.
fn without_ids(body: &str) -> String {
    let mut body: Value = serde_json::from_str(body).unwrap();
    fn walk(value: &mut Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(walk),
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => *text = "an id".to_owned(),
            _ => {}
        }
    }
    walk(&mut body);
    body.to_string()
}

#[tokio::test]
async fn unknown_foreign_expired_and_consumed_transactions_are_answered_alike_at_the_same_cost() {
    for kind in ["LOGIN", "RISK"] {
        let server = TestServer::with_tokens(|config| config.bne.one_at_a_time = Some(false)).await;
        let open = async || {
            let body = if kind == "LOGIN" { login(OCRA) } else { risk(OCRA, "10") };
            server.retrieved(&body).await
        };
        let expired = open().await;
        server.clock.pass(TimeDelta::minutes(3));
        let consumed = open().await;
        let right = server.shown(OCRA, &consumed, 0);
        assert_eq!(server.ask(VALIDATE, &code(&consumed, kind, &right)).await.status, 204);
        let there = open().await;
        let right = server.shown(OCRA, &there, 0);
        let other_kind = server.retrieved(&if kind == "LOGIN" { risk(OCRA, "11") } else { login(OCRA) }).await;

        let headers = server.headers(WEB);
        let ask = |headers: &http::HeaderMap, body: Value| {
            server.http.post(server.url(VALIDATE.path)).headers(headers.clone()).body(body.to_string())
        };
        let mut unknown = code(&there, kind, &right);
        unknown["mfaTransactionId"] = "b8b1f0c2-5f64-4f5f-9d1c-0a9e8e3a7c41".into();
        let mut session = headers.clone();
        session.insert("sid", "another".parse().unwrap());
        let mut customer = headers.clone();
        let of = |sub: &str| format!("Bearer {}", server.access(json!({ "azp": WEB, "sub": sub })));
        customer.insert("authorization", of(TOTP).parse().unwrap());
        let requests = vec![
            ("unknown", ask(&headers, unknown)),
            ("expired", ask(&headers, code(&expired, kind, &right))),
            ("consumed", ask(&headers, code(&consumed, kind, &right))),
            ("another kind", ask(&headers, code(&other_kind, kind, &right))),
            ("another session's", ask(&session, code(&there, kind, &right))),
            ("another client's", ask(&server.headers(OTHER_WEB), code(&there, kind, &right))),
            ("another customer's", ask(&customer, code(&there, kind, &right))),
        ];
        let face = all_the_same(kind, requests, |face| {
            let mut body: Value = serde_json::from_str(&face.body).unwrap();
            assert_eq!(body["uuid"], UUID);
            body["timestamp"] = Value::Null;
            face.body = body.to_string();
        });
        assert_eq!(face.await.status, 404);
        // None of these was an attempt.
        assert_eq!(server.ask(VALIDATE, &code(&there, kind, &right)).await.status, 204);
    }
}

#[tokio::test]
async fn holders_who_are_unknown_and_holders_who_are_not_the_caller_are_answered_alike_at_the_same_cost() {
    let server = TestServer::with_tokens(|_| ()).await;
    let mut headers = server.headers(WEB);
    let token = format!("Bearer {}", server.access(json!({ "azp": WEB, "sub": TOTP })));
    headers.insert("authorization", token.parse().unwrap());
    let ask =
        |holder| server.http.post(server.url(RETRIEVE.path)).headers(headers.clone()).body(login(holder).to_string());
    let requests = vec![("unknown", ask("nobody")), ("another's HOTP", ask(HOTP)), ("another's OCRA", ask(OCRA))];
    let face = all_the_same("retrieve", requests, |face| {
        let mut body: Value = serde_json::from_str(&face.body).unwrap();
        body["timestamp"] = Value::Null;
        face.body = body.to_string();
    });
    assert_eq!(face.await.status, 404);
}

#[tokio::test]
async fn unknown_and_revoked_credentials_of_operators_are_answered_alike_at_the_same_cost() {
    let server = TestServer::with_tokens(|_| ()).await;
    let root = std::fs::read_to_string(server.file("operator.credential")).unwrap();
    let office = format!("http://{}/operator/v1", server.operator_address());
    let create = server.http.post(format!("{office}/operators")).bearer_auth(root.trim());
    let body = json!({ "name": "leaver", "scopes": ["read"] }).to_string();
    let create = create.header("content-type", "application/json").header("idempotency-key", "a-key-of-this-test");
    let made: Value = create.body(body).send().await.unwrap().json().await.unwrap();
    let revoked = made["credential"].as_str().unwrap_or_else(|| panic!("{made}"));
    let view = |credential: &str| server.http.get(format!("{office}/tokens")).bearer_auth(credential);
    assert_eq!(view(revoked).send().await.unwrap().status(), 200);
    let revoke = server.http.delete(format!("{office}/operators/leaver")).bearer_auth(root.trim());
    assert_eq!(revoke.send().await.unwrap().status(), 204);
    let unknown = format!("cso_{}", "0123456789abcdef".repeat(4));
    let requests = vec![("unknown", view(&unknown)), ("revoked", view(revoked))];
    let face = all_the_same("credential", requests, |face| {
        let mut body: Value = serde_json::from_str(&face.body).unwrap();
        body["instance"] = Value::Null;
        face.body = body.to_string();
    });
    assert_eq!(face.await.status, 401);
}
