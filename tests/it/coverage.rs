//! Every documented status of every operation, and every business code, is produced by a running server. A status or code
//! that the document gains without a way to produce it here fails these tests.

use crate::examples::{Example, examples};
use crate::facts::document;
use crate::support::dbx::*;
use crate::support::server::{ANA, LEO, Seen, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{OPERATIONS, VERIFY_OTP_PRE_LOGIN_MB, VERIFY_UPDATE_SECURITY_QUESTIONS_OTP};
use countersign::api::dbx::types::{RequestErrorCode, VerifyErrorCode};
use countersign::api::runtime::Operation;
use countersign::client::Token;
use countersign::config::Config;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn verifies(operation: &Operation) -> bool {
    [VERIFY_OTP_PRE_LOGIN_MB.id, VERIFY_UPDATE_SECURITY_QUESTIONS_OTP.id].contains(&operation.id)
}

fn pre_login(operation: &Operation) -> bool {
    operation.id.contains("PreLogin")
}

/// What an operation needs to get as far as the business: a token if it takes one, a live flow if it verifies.
async fn ready(server: &TestServer, operation: &Operation) -> (Option<Token>, Value) {
    let token = (!pre_login(operation)).then(|| server.token(ANA));
    let body = match (verifies(operation), &token) {
        (false, None) => json!({ "Phone": PHONE }),
        (false, Some(_)) => json!({}),
        (true, None) => {
            let flow = server.sent_pre_login(PHONE).await;
            flow.verify_json(&server.code())
        }
        (true, Some(token)) => {
            let flow = server.sent_questions(token).await;
            flow.verify_json(&server.code())
        }
    };
    (token, body)
}

#[tokio::test]
async fn every_documented_status_of_every_operation_is_produced() {
    // One after the other: a request has a second, and each server takes the thread for a while when it starts.
    for operation in OPERATIONS {
        for status in operation.statuses {
            let seen = produce(operation, *status).await;
            assert_eq!(seen, *status, "{}: this does not produce a {status}", operation.id);
        }
    }
}

async fn produce(operation: &Operation, status: u16) -> u16 {
    let quick = |config: &mut Config| {
        config.server.body_timeout_secs = 1;
        config.server.handler_timeout_secs = 1;
    };
    let server = TestServer::with(quick).await;
    let (token, body) = ready(&server, operation).await;
    let request = || server.request(operation, token.as_ref());
    match status {
        200 => server.post(operation, token.as_ref(), &body).await.status,
        400 => server.see(operation, request().body("{")).await.status,
        401 => server.post(operation, Some(&"not.a.token".into()), &body).await.status,
        408 => stalled(&server, operation, token.as_ref()).await,
        413 => {
            let limit = operation.body_limit.expect("it has a body");
            server.see(operation, request().body(" ".repeat(limit + 1))).await.status
        }
        415 => {
            let request = server.http.post(server.url(operation.path)).header("Content-Type", "text/plain");
            let request = match &token {
                Some(token) => request.header("X-Kony-Authorization", token.to_string()),
                None => request,
            };
            server.see(operation, request.body(body.to_string())).await.status
        }
        429 => {
            let server = TestServer::with(|config| {
                config.server.throttle.enabled = true;
                config.server.throttle.per_minute = 1;
                config.server.throttle.burst = 1;
            })
            .await;
            let token = token.map(|_| server.token(ANA));
            server.post(operation, token.as_ref(), &json!({})).await;
            let seen = server.post(operation, token.as_ref(), &body).await;
            assert!((1..=60).contains(&seen.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap()));
            seen.status
        }
        500 => {
            // Somebody has changed what is sealed.
            let rows = server.rows();
            rows.run("update flows set recipients = zeroblob(1); update customer_addresses set address = zeroblob(1)");
            if pre_login(operation) && !verifies(operation) {
                let flow = server.start_pre_login(PHONE).await;
                rows.run("update flows set recipients = zeroblob(1)");
                return server.post(operation, None, &flow.send_json()).await.status;
            }
            server.post(operation, token.as_ref(), &body).await.status
        }
        503 => {
            // Somebody else has the data, for longer than a request may take.
            let rows = server.rows();
            rows.hold();
            let seen = server.post(operation, token.as_ref(), &body).await.status;
            rows.release();
            seen
        }
        other => panic!("{}: the document lists {other}; say here how it comes about", operation.id),
    }
}

/// A request whose body never ends.
async fn stalled(server: &TestServer, operation: &Operation, token: Option<&Token>) -> u16 {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let token = token.map(|token| format!("X-Kony-Authorization: {token}\r\n")).unwrap_or_default();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{token}Content-Length: 20\r\n\r\n{{",
        operation.path
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = http::HeaderMap::new();
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':').unwrap();
        headers.insert(name.parse::<http::HeaderName>().unwrap(), value.trim().parse().unwrap());
    }
    server.check(operation, status, &headers, &serde_json::from_str(body).unwrap());
    status
}

#[tokio::test]
async fn every_business_code_of_every_operation_is_produced_in_the_words_of_an_example() {
    let document = document("dbx-otp.yaml");
    let examples = examples(&document);
    let codes = |operation: &Operation| -> Vec<&str> {
        if verifies(operation) {
            VerifyErrorCode::ALL.iter().map(|code| code.as_str()).collect()
        } else {
            RequestErrorCode::ALL.iter().map(|code| code.as_str()).collect()
        }
    };
    let pairs = OPERATIONS.iter().flat_map(|operation| codes(operation).into_iter().map(move |code| (operation, code)));
    let produced = pairs.map(async |(operation, code)| {
        let seen = refuse(operation, code).await;
        assert_eq!((seen.status, seen.code()), (200, code), "{}: {}", operation.id, seen.body);
        let same = |name: &str, value: &Value| value[name] == seen.body[name];
        let shown = examples.iter().any(|Example { value, .. }| same("dbpErrCode", value) && same("dbpErrMsg", value));
        assert!(shown, "{}: no example of the document says {}", operation.id, seen.body["dbpErrMsg"]);
    });
    futures::future::join_all(produced).await;
}

/// A flow of the operation's kind whose code has been sent, its code, and the token to go on with.
async fn sent_flow(server: &TestServer, operation: &Operation) -> (Handle, Option<Token>) {
    if pre_login(operation) {
        (server.sent_pre_login(PHONE).await, None)
    } else {
        let token = server.token(ANA);
        (server.sent_questions(&token).await, Some(token))
    }
}

async fn refuse(operation: &Operation, code: &str) -> Seen {
    let server = TestServer::with(|config| {
        for policy in [&mut config.policy.pre_login, &mut config.policy.security_questions] {
            let policy = policy.get_or_insert_default();
            policy.resends_max = Some(1);
            policy.daily_codes_max = Some(3);
            if code == "10509" {
                policy.daily_codes_max = Some(1);
            }
        }
    })
    .await;
    let (mut flow, token) = sent_flow(&server, operation).await;
    let right = server.code();
    let call = async |server: &TestServer, flow: &Handle, passcode: &str| {
        let body = if verifies(operation) { flow.verify_json(passcode) } else { flow.send_json() };
        server.post(operation, token.as_ref(), &body).await
    };
    match code {
        "10501" => {
            let none = |config: &mut Config| {
                config.policy.pre_login = None;
                config.policy.security_questions = None;
            };
            let server = server.restart(none).await;
            call(&server, &flow, &right).await
        }
        "10502" => {
            flow.service_key = "c449a331-1f54-400c-a42a-176dbeb8f9bd".into();
            call(&server, &flow, &right).await
        }
        "10503" => {
            flow.phones = vec!["5f0cbf8a-7c8e-4a51-8f0f-5ad8a1b1a7d3".into()];
            call(&server, &flow, &right).await
        }
        "10505" => {
            server.clock.pass(TimeDelta::minutes(3));
            call(&server, &flow, &right).await
        }
        "10508" if pre_login(operation) => server.post(operation, None, &json!({ "Phone": "12" })).await,
        "10508" => server.post(operation, Some(&server.token(LEO)), &json!({})).await,
        "10509" => call(&server, &flow, &right).await,
        "10510" => {
            call(&server, &flow, &right).await;
            call(&server, &flow, &right).await
        }
        "10511" => {
            server.sms.refuses.store(true, Ordering::Relaxed);
            call(&server, &flow, &right).await
        }
        "10517" => call(&server, &flow, &wrong(&right)).await,
        "10518" => {
            flow.security_key = "6b47df94-59ba-43af-8c4e-51d1fab55dc6".into();
            call(&server, &flow, &right).await
        }
        "10519" => {
            let verify = OPERATIONS.iter().find(|other| verifies(other) && pre_login(other) == pre_login(operation));
            for _ in 0..3 {
                server.post(verify.unwrap(), token.as_ref(), &flow.verify_json(&wrong(&right))).await;
            }
            call(&server, &flow, &right).await
        }
        other => panic!("{}: the document lists {other}; say here how it comes about", operation.id),
    }
}
