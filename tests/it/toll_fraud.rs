//! The toll-fraud guard on a running server: what callers are told, what operators see and do.

use crate::operator::Office;
use crate::support::dbx::Handle;
use crate::support::server::{ANA, Seen, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{
    REQUEST_OTP_PRE_LOGIN_MB, REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, VERIFY_OTP_PRE_LOGIN_MB,
};
use countersign::config::{Config, Presentation};
use serde_json::{Value, json};

/// Slowed at the third send, stopped at the fifth; one customer in the range is ANA.
fn limits(config: &mut Config) {
    let guard = &mut config.toll_fraud;
    guard.enabled = true;
    (guard.slow_sample, guard.slow_percent, guard.slow_interval_secs) = (Some(3), Some(50), Some(10));
    (guard.stop_sample, guard.stop_percent) = (Some(5), Some(10));
}

/// A number of ANA's prefix.
fn number(n: u32) -> String {
    format!("+1202556{n:04}")
}

async fn start(server: &TestServer, phone: &str) -> Handle {
    server.start_pre_login(phone).await
}

async fn send(server: &TestServer, handle: &mut Handle) -> Seen {
    let seen = server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &handle.send_json()).await;
    if let Some(key) = seen.body.pointer("/MFAAttributes/securityKey").and_then(Value::as_str) {
        handle.security_key = key.to_owned();
    }
    seen
}

async fn sent_to(server: &TestServer, phone: &str) -> Seen {
    let mut handle = start(server, phone).await;
    send(server, &mut handle).await
}

#[track_caller]
fn is_held_back(seen: &Seen, retry_after: &str) {
    assert_eq!((seen.status, seen.headers["retry-after"].to_str().unwrap()), (429, retry_after), "{}", seen.body);
    assert_eq!(seen.body["dbpErrMsg"], "Too many requests. Retry later.");
}

/// Sends until the prefix is stopped.
async fn pump(server: &TestServer) {
    for n in 0..5 {
        assert_eq!(sent_to(server, &number(n)).await.status, 200, "send {n}");
        if n >= 2 {
            server.clock.pass(TimeDelta::seconds(10));
        }
    }
}

async fn metric(server: &TestServer, line: &str) -> bool {
    let text = server.http.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
    text.lines().any(|found| found == line)
}

async fn listed(office: &Office, state: &str) -> Vec<Value> {
    let told = office.call("prefix_list").query("state", state).gives(200).await;
    told.body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_range_that_nobody_answers_in_is_slowed_then_stopped_operators_are_told_once_and_release_it() {
    let office = Office::open(limits).await;
    let server = &office.server;
    for n in 0..3 {
        assert_eq!(sent_to(server, &number(n)).await.status, 200);
    }
    is_held_back(&sent_to(server, &number(3)).await, "10");
    assert_eq!(listed(&office, "slowed").await.len(), 1);
    assert!(metric(server, "countersign_prefixes{state=\"slowed\"} 1").await);
    for n in 4..6 {
        server.clock.pass(TimeDelta::seconds(10));
        assert_eq!(sent_to(server, &number(n)).await.status, 200);
    }
    server.clock.pass(TimeDelta::seconds(10));
    let mut held = start(server, &number(7)).await;
    for _ in 0..3 {
        is_held_back(&send(server, &mut held).await, "3600");
    }
    assert_eq!(server.messages().len(), 5);

    let alerts: Vec<_> = server.logged().into_iter().filter(|line| line["part"] == "prefixes").collect();
    let levels: Vec<_> = alerts.iter().map(|line| (line["level"].as_str().unwrap(), line["sent"].as_u64())).collect();
    assert_eq!(levels, [("WARN", Some(3)), ("WARN", Some(5))], "{alerts:?}");
    assert!(alerts.iter().all(|line| line["prefix"] == "+1202" && !line.to_string().contains("+1202556")));
    for line in [
        "countersign_prefixes{state=\"slowed\"} 0",
        "countersign_prefixes{state=\"stopped\"} 1",
        "countersign_prefix_shifts_total{state=\"stopped\"} 1",
        "countersign_refusals_total{operation=\"requestOTPPreLoginMB\",code=\"prefix_slowed\"} 1",
        "countersign_refusals_total{operation=\"requestOTPPreLoginMB\",code=\"prefix_stopped\"} 3",
    ] {
        assert!(metric(server, line).await, "{line}");
    }
    let stopped = listed(&office, "stopped").await;
    let [item] = &stopped[..] else { panic!("{stopped:?}") };
    assert_eq!((&item["prefix"], &item["purpose"]), (&json!("+1202"), &json!("pre_login")));
    assert_eq!((&item["sent"], &item["verified"]), (&json!(5), &json!(0)));
    let trail = office.call("audit_list").query("subject", "prefix +1202").gives(200).await;
    let actions: Vec<_> = trail.body["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["prefix_slow", "prefix_stop"]);

    // A customer who has logged in is not the pump's hostage.
    let token = server.token(ANA);
    server.sent_questions(&token).await;

    let reason = json!({ "prefix": "+1202", "reason": "a campaign" });
    office.call("prefix_release").body(reason).gives(204).await;
    assert_eq!(listed(&office, "stopped").await, Vec::<Value>::new());
    assert_eq!(send(server, &mut held).await.status, 200, "the flow that was held back goes on where it was");
}

#[tokio::test]
async fn a_stop_outlasts_a_restart_and_ends_by_itself() {
    let server = TestServer::with(limits).await;
    pump(&server).await;
    let server = server.restart(limits).await;
    is_held_back(&sent_to(&server, &number(50)).await, "3600");
    server.clock.pass(TimeDelta::hours(1));
    assert_eq!(sent_to(&server, &number(50)).await.status, 200);
    let opened = server.logged().into_iter().find(|line| line["part"] == "prefixes").unwrap();
    assert_eq!((&opened["level"], &opened["was"]), (&json!("INFO"), &json!("stopped")));
}

#[tokio::test]
async fn codes_that_are_typed_in_keep_a_range_open() {
    let server = TestServer::with(limits).await;
    for n in 0..40 {
        let mut handle = start(&server, &number(n)).await;
        assert_eq!(send(&server, &mut handle).await.status, 200, "send {n}");
        let code = server.code();
        let verified = server.post(&VERIFY_OTP_PRE_LOGIN_MB, None, &handle.verify_json(&code)).await;
        assert_eq!(verified.body["isOtpVerified"], "true");
    }
    assert!(server.logged().iter().all(|line| line["part"] != "prefixes"));
}

#[tokio::test]
async fn starting_a_flow_is_answered_the_same_whatever_becomes_of_its_messages() {
    let deny = |config: &mut Config| config.toll_fraud.countries_denied = vec!["US".to_owned()];
    let (open, closed) = (TestServer::start().await, TestServer::with(deny).await);
    let shape = |seen: &Seen| {
        let contact = &seen.body["MFAAttributes"]["customerCommunication"]["phone"][0];
        let names: Vec<_> = seen.body["MFAAttributes"].as_object().unwrap().keys().cloned().collect();
        (seen.status, names, contact["masked"].clone(), seen.body.to_string().len())
    };
    let begin = async |server: &TestServer, phone: &str| {
        server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &json!({ "Phone": phone })).await
    };
    // A customer's phone and a stranger's, which have the same mask.
    for phone in ["+12025550107", "+12025559907"] {
        assert_eq!(shape(&begin(&open, phone).await), shape(&begin(&closed, phone).await));
    }
    let ours = sent_to(&closed, "+12025550107").await;
    let strangers = sent_to(&closed, "+12025559907").await;
    is_held_back(&ours, "3600");
    assert_eq!((ours.status, &ours.body), (strangers.status, &strangers.body));
    assert_eq!(ours.headers["retry-after"], strangers.headers["retry-after"]);
}

#[tokio::test]
async fn countries_are_told_apart_where_they_share_a_calling_code_and_mail_is_not_concerned() {
    let allow = |config: &mut Config| {
        config.toll_fraud.countries_allowed = vec!["US".to_owned(), "MX".to_owned(), "KZ".to_owned()];
        config.toll_fraud.countries_denied = vec!["MX".to_owned()];
        config.policy.profile = countersign::config::Profile::DbxCompat;
    };
    let server = TestServer::with(allow).await;
    for (phone, status) in [
        ("+12025550199", 200),
        ("+77011234567", 200),
        ("+12425550199", 429),
        ("+14165550199", 429),
        ("+79161234567", 429),
        ("+525512345678", 429),
        ("+34600123456", 429),
    ] {
        assert_eq!(sent_to(&server, phone).await.status, status, "{phone}");
    }
    let nowhere = |config: &mut Config| {
        allow(config);
        config.toll_fraud.countries_allowed = vec!["MX".to_owned()];
    };
    let server = server.restart(nowhere).await;
    let token = server.token(ANA);
    let handle = server.start_questions(&token).await;
    let operation = &REQUEST_UPDATE_SECURITY_QUESTIONS_OTP;
    let to_mail = json!({ "MFAAttributes": handle.send_to(None, handle.emails.first()) });
    assert_eq!(server.post(operation, Some(&token), &to_mail).await.status, 200);
    let both = json!({ "MFAAttributes": handle.send_to(handle.phones.first(), handle.emails.first()) });
    is_held_back(&server.post(operation, Some(&token), &both).await, "3600");
}

#[tokio::test]
async fn a_start_that_sends_at_once_opens_no_flow_when_it_is_held_back() {
    let at_once = |config: &mut Config| {
        config.toll_fraud.countries_denied = vec!["US".to_owned()];
        config.policy.pre_login.as_mut().unwrap().presentation = Some(Presentation::NoValue);
    };
    let server = TestServer::with(at_once).await;
    let seen = server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &json!({ "Phone": "+12025550199" })).await;
    is_held_back(&seen, "3600");
    assert_eq!(seen.body.get("MFAAttributes"), None);
    let wrong = server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &json!({ "Phone": "+120255501999999999" })).await;
    assert_eq!((wrong.status, wrong.code()), (200, "10508"), "what the business refuses it refuses first");
}

#[tokio::test]
async fn an_operator_blocks_a_country_and_exempts_a_part_of_it() {
    let office = Office::open(|_| ()).await;
    let server = &office.server;
    let block = json!({ "prefix": "+1", "reason": "pumping" });
    office.call("prefix_block").body(block).gives(204).await;
    is_held_back(&sent_to(server, &number(1)).await, "3600");
    let token = server.token(ANA);
    let handle = server.start_questions(&token).await;
    let questions = server.post(&REQUEST_UPDATE_SECURITY_QUESTIONS_OTP, Some(&token), &handle.send_json()).await;
    is_held_back(&questions, "3600");
    let covered = office.call("prefix_release").body(json!({ "prefix": "+1202" })).gives(409).await;
    assert_eq!(covered.text("/type"), "urn:countersign:problem:conflict");
    let until = "2026-01-02T12:00:00Z";
    office.call("prefix_release").body(json!({ "prefix": "+1202", "exemptUntil": until })).gives(204).await;
    assert_eq!(sent_to(server, &number(2)).await.status, 200);
    let [exempt] = &listed(&office, "exempt").await[..] else { panic!("there is one") };
    assert_eq!((&exempt["prefix"], &exempt["until"]), (&json!("+1202"), &json!("2026-01-02T12:00:00.000Z")));
    let [blocked] = &listed(&office, "blocked").await[..] else { panic!("there is one") };
    assert_eq!((&blocked["prefix"], &blocked["reason"]), (&json!("+1"), &json!("pumping")));
    for (id, body, location) in [
        ("prefix_block", json!({ "prefix": "+999" }), "prefix"),
        ("prefix_block", json!({ "prefix": "+1202555" }), "prefix"),
        ("prefix_block", json!({ "prefix": "1202" }), "prefix"),
        ("prefix_block", json!({ "prefix": "+1202", "reason": "" }), "reason"),
        ("prefix_release", json!({ "prefix": "+12025", "exemptUntil": "2025-01-01T00:00:00Z" }), "exemptUntil"),
        ("prefix_release", json!({}), "prefix"),
    ] {
        assert_eq!(office.call(id).body(body).gives(400).await.text("/location"), location);
    }
}
