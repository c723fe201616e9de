//! Many calls at once: a right code is accepted once, and guesses are compared as often as they may be, whatever is in between.

use crate::support::attack::{Luck, at_once, dose};
use crate::support::bne_api::{HOTP, OCRA, TOTP, VALIDATE, WEB, code};
use crate::support::dbx::{Handle, PHONE};
use crate::support::server::{ANA, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{
    REQUEST_OTP_PRE_LOGIN_MB, REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, VERIFY_OTP_PRE_LOGIN_MB,
    VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
};
use countersign::api::runtime::Operation;
use countersign::client::Token;
use countersign::config::Config;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Wrong codes that lock a flow, by default.
const ATTEMPTS: usize = 3;
/// Wrong codes of a customer, and of a phone, in one day, by default.
const FAILURES_A_DAY: usize = 15;
/// Ana's phone.
const ANAS: &str = "+12025550107";
/// Wrong codes of a hardware token until it waits, by default.
const FAILURES_FREE: usize = 5;

/// Sends a request and looks at little: there are thousands. Status and body, or `None` if the connection came to nothing.
async fn fire(request: RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let text = response.text().await.ok()?;
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
    Some((status, body))
}

/// The same request so many times.
fn volley(request: &RequestBuilder, times: usize) -> impl Future<Output = Vec<Option<(u16, Value)>>> + Send + 'static {
    let shots: Vec<_> = (0..times).map(|_| fire(request.try_clone().unwrap())).collect();
    at_once(shots)
}

fn verified(answers: &[Option<(u16, Value)>]) -> usize {
    answers.iter().flatten().filter(|(_, body)| body["isOtpVerified"] == "true").count()
}

fn with_code(answers: &[Option<(u16, Value)>], code: &str) -> usize {
    answers.iter().flatten().filter(|(_, body)| body["dbpErrCode"] == code).count()
}

fn with_status(answers: &[Option<(u16, Value)>], wanted: u16) -> usize {
    answers.iter().flatten().filter(|(status, _)| *status == wanted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_right_codes_at_once_one_is_accepted_and_none_after_a_restart() {
    let mut server = TestServer::start().await;
    let flow = server.sent_pre_login(PHONE).await;
    let right = flow.verify_json(&server.code()).to_string();
    for (round, expected) in [1, 0, 0].into_iter().enumerate() {
        let request = server.request(&VERIFY_OTP_PRE_LOGIN_MB, None).body(right.clone());
        let answers = volley(&request, dose(100, 1000)).await;
        assert_eq!(verified(&answers), expected, "round {round}");
        assert!(with_code(&answers, "10502") > 0, "the others are told that there is no such flow");
        assert_eq!(with_code(&answers, "10517") + with_code(&answers, "10519"), 0, "a right code is no guess");
        server = server.restart(|_| ()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_right_code_is_accepted_once_though_the_server_stops_and_starts_amid_a_thousand_tries() {
    let server = TestServer::start().await;
    let flow = server.sent_pre_login(PHONE).await;
    let right = flow.verify_json(&server.code()).to_string();
    let request = server.request(&VERIFY_OTP_PRE_LOGIN_MB, None).body(right.clone());
    let amid = tokio::spawn(volley(&request, dose(100, 1000)));
    let server = server.restart(|_| ()).await;
    let mut answers = amid.await.unwrap();
    let request = server.request(&VERIFY_OTP_PRE_LOGIN_MB, None).body(right);
    answers.extend(volley(&request, dose(100, 1000)).await);
    assert_eq!(verified(&answers), 1);
    assert_eq!(with_code(&answers, "10517") + with_code(&answers, "10519"), 0, "a right code is no guess");
}

/// What whoever guesses has been given: the keys of a code, and how to call with them.
struct Target {
    verify: &'static Operation,
    token: Option<Token>,
    handle: Handle,
}

/// Opens flows for Ana and her phone, asks for codes, and asks again in each flow that there is.
async fn ask_for_codes(server: &TestServer, targets: &mut Vec<Target>) {
    let ways = [
        (&REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, &VERIFY_UPDATE_SECURITY_QUESTIONS_OTP, Some(server.token(ANA))),
        (&REQUEST_OTP_PRE_LOGIN_MB, &VERIFY_OTP_PRE_LOGIN_MB, None),
    ];
    for (request, verify, token) in ways {
        let ask = async |body: &Value| {
            let request = server.request(request, token.as_ref()).body(body.to_string());
            fire(request).await.expect("an answer").1
        };
        let mut handles: Vec<_> =
            targets.iter().filter(|target| target.verify.id == verify.id).map(|target| target.handle.clone()).collect();
        handles.dedup_by(|one, other| one.service_key == other.service_key);
        for _ in 0..3 {
            let opened = ask(&if token.is_some() { json!({}) } else { json!({ "Phone": ANAS }) }).await;
            let attributes = &opened["MFAAttributes"];
            let Some(service_key) = attributes["serviceKey"].as_str() else { continue };
            let phone = attributes["customerCommunication"]["phone"][0]["referenceId"].as_str().unwrap();
            let (service_key, phones) = (service_key.to_owned(), vec![phone.to_owned()]);
            handles.push(Handle { service_key, phones, ..Handle::default() });
        }
        for mut handle in handles {
            handle.security_key.clear();
            let sent = ask(&handle.send_json()).await;
            if let Some(key) = sent["MFAAttributes"]["securityKey"].as_str() {
                key.clone_into(&mut handle.security_key);
                targets.push(Target { verify, token: token.clone(), handle });
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_guesses_over_flows_resends_keys_and_restarts_are_compared_as_often_as_attempts_allow() {
    const PHASES: usize = 5;
    let luck = Luck::of("guesses at codes");
    let mut server = TestServer::start().await;
    let (mut targets, mut codes, mut compared) = (Vec::new(), Vec::new(), BTreeMap::<String, usize>::new());
    for _ in 0..PHASES {
        ask_for_codes(&server, &mut targets).await;
        codes.extend(server.messages().into_iter().map(|message| message.passcode));
        let shots: Vec<_> = (0..dose(500, 10_000) / PHASES)
            .map(|_| {
                let Target { verify, token, handle } = luck.pick(&targets);
                let body = handle.verify_json(&luck.guess(6, &codes)).to_string();
                let (key, shot) = (handle.service_key.clone(), fire(server.request(verify, token.as_ref()).body(body)));
                async { (key, shot.await) }
            })
            .collect();
        for (key, answer) in at_once(shots).await {
            let (status, body) = answer.expect("an answer");
            match body["dbpErrCode"].as_str() {
                Some("10517") => *compared.entry(key).or_default() += 1,
                Some("10502" | "10505" | "10518" | "10519") => {}
                _ => assert!(matches!(status, 429 | 503), "{status}: {body}"),
            }
        }
        // The codes expire, the flows do not: the next ones are new codes of the same flows.
        server.clock.pass(TimeDelta::seconds(175));
        server = server.restart(|_| ()).await;
    }
    let total: usize = compared.values().sum();
    assert!(compared.values().all(|count| *count <= ATTEMPTS), "{compared:?}");
    assert!(total <= 2 * FAILURES_A_DAY, "{total} of a customer and a phone in one day");
    assert!(total >= ATTEMPTS, "nothing was tried: {compared:?}");
}

/// Several transactions of one token may be open.
fn many_at_a_time(config: &mut Config) {
    config.bne.one_at_a_time = Some(false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_of_a_hardware_token_is_taken_once_however_many_transactions_it_is_sent_to_at_once() {
    for customer in [HOTP, TOTP, OCRA] {
        let mut server = TestServer::with_tokens(many_at_a_time).await;
        let mut opened = Vec::new();
        for _ in 0..8 {
            opened.push(server.login(customer).await);
        }
        let right = server.shown(customer, &opened[0], 0);
        for expected in [1, 0] {
            let headers = server.headers(WEB);
            let shots = (0..dose(120, 1000)).map(|n| {
                let body = code(&opened[n % opened.len()], "LOGIN", &right).to_string();
                fire(server.http.post(server.url(VALIDATE.path)).headers(headers.clone()).body(body))
            });
            let answers = at_once(shots.collect::<Vec<_>>()).await;
            assert_eq!(with_status(&answers, 204), expected, "{customer}");
            let others = [404, 422, 503].map(|status| with_status(&answers, status)).iter().sum::<usize>();
            assert_eq!(others + expected, answers.len(), "{customer}: {answers:?}");
            server = server.restart(many_at_a_time).await;
        }
    }
}

/// How many codes of this customer's token have been wrong in a row, as the back office sees it.
async fn failures(server: &TestServer, customer: &str) -> usize {
    let credential = std::fs::read_to_string(server.file("operator.credential")).unwrap();
    let url = format!("http://{}/operator/v1/tokens?customerId={customer}", server.operator_address());
    let (status, body) = fire(server.http.get(url).bearer_auth(credential.trim())).await.unwrap();
    assert_eq!(status, 200, "{body}");
    body["items"][0]["failures"].as_u64().unwrap().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_guesses_at_hardware_tokens_are_compared_as_often_as_waits_allow_and_lock_nobody_out_for_good() {
    const PHASES: usize = 4;
    let luck = Luck::of("guesses at tokens");
    let mut server = TestServer::with_tokens(many_at_a_time).await;
    let customers = [HOTP, TOTP, OCRA];
    for phase in 0..PHASES {
        let mut opened = Vec::new();
        for _ in 0..10 {
            for customer in customers {
                opened.push((customer, server.login(customer).await));
            }
        }
        let headers = server.headers(WEB);
        let shots = (0..dose(480, 10_000) / PHASES).map(|_| {
            let (customer, transaction) = luck.pick(&opened);
            let digits = if *customer == HOTP { 6 } else { 8 };
            // Right codes are drawn once in thousands of runs; the seed says which run this is.
            let body = code(transaction, "LOGIN", &luck.guess(digits, &[])).to_string();
            fire(server.http.post(server.url(VALIDATE.path)).headers(headers.clone()).body(body))
        });
        let answers = at_once(shots.collect::<Vec<_>>()).await;
        assert_eq!(with_status(&answers, 204), 0);
        let refused = [404, 422, 503].map(|status| with_status(&answers, status)).iter().sum::<usize>();
        assert_eq!(refused, answers.len(), "{answers:?}");
        for customer in customers {
            let compared = failures(&server, customer).await;
            assert!((1..=FAILURES_FREE + phase).contains(&compared), "{customer}: {compared} in phase {phase}");
        }
        // The longest wait is over then.
        server.clock.pass(TimeDelta::hours(1));
        server = server.restart(many_at_a_time).await;
    }
    for customer in customers {
        let opened = server.login(customer).await;
        let right = code(&opened, "LOGIN", &server.shown(customer, &opened, 0));
        assert_eq!(server.ask(VALIDATE, &right).await.status, 204, "{customer}");
    }
}
