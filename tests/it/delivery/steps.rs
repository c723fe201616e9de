//! At level trace, the log tells of each step of a conversation with a provider, of the one that hangs too, and of nothing said in it.

use super::{LONG, Observed, clock, email, sms, texts};
use crate::support::server::Pages;
use crate::support::sms_gateway::{Answer, SmsGateway};
use crate::support::smtp_server::{Fault, Script, Security, SmtpServer};
use crate::support::tls::PrivateCa;
use countersign::delivery::sms_http::{Body, SmsHttp, SmsHttpOptions};
use countersign::delivery::smtp::{self, Smtp, SmtpOptions};
use countersign::delivery::{Provider, Router};
use countersign::domain::ports::{Message, Sender};
use countersign::domain::recipient::Channel;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The bound for what never answers: all that is before it must have been.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is told of one message: each step with its outcome.
async fn steps(timeout: Duration, channel: Channel, provider: Arc<dyn Provider>, messages: &[Message]) -> Vec<String> {
    let log = Pages::default();
    let router = Router::new(texts(), timeout, Arc::new(Observed::default()), log.logger());
    let router = router.provide(channel, provider);
    for message in messages {
        // What comes of it is in the steps.
        let _ = router.send(message).await;
    }
    let text = String::from_utf8(log.bytes()).unwrap();
    for message in messages {
        for secret in [message.to.expose(), message.passcode.expose(), "relay-password", "ana.ruiz", "600123456"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let told = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).map(|line| {
        assert_eq!((&line["msg"], &line["level"]), (&"step of a conversation".into(), &"TRCE".into()), "{line}");
        assert!(line["duration_us"].is_u64() && messages.iter().any(|message| line["send"] == *message.id), "{line}");
        let said = |key: &str| line[key].as_str().unwrap().to_owned();
        format!("{}: {}: {}", said("provider"), said("step"), said("outcome"))
    });
    told.collect()
}

fn relay(server: &SmtpServer, ca: &PrivateCa) -> Arc<dyn Provider> {
    let options = SmtpOptions {
        port: server.port(),
        security: smtp::Security::StartTls,
        credentials: Some(("relay".to_owned(), "relay-password".into())),
        ca_file: Some(ca.ca_file.path().into()),
        connect_timeout: LONG,
        timeout: LONG,
        ..SmtpOptions::new("relay", "localhost", "no-reply@bank.example")
    };
    Arc::new(Smtp::new(options, clock()).unwrap())
}

fn script(ca: &PrivateCa) -> Script {
    let security = Security::StartTls(ca.acceptor.clone());
    Script { security, login: Some(("PLAIN", "relay", "relay-password")), ..Script::default() }
}

#[tokio::test]
async fn each_step_with_a_mail_server_is_told_once() {
    let ca = PrivateCa::for_host("localhost");
    let server = SmtpServer::start(script(&ca)).await;
    let told = steps(LONG, Channel::Email, relay(&server, &ca), &[email(1), email(2)]).await;
    assert_eq!(
        told,
        [
            "relay: connect, greeting, ehlo: done",
            "relay: starttls, ehlo: done",
            "relay: auth: done",
            "relay: mail, rcpt, data: done",
            "relay: noop on an idle connection: done",
            "relay: mail, rcpt, data: done",
        ]
    );
}

#[tokio::test]
async fn the_step_that_hangs_or_fails_is_told() {
    let ca = PrivateCa::for_host("localhost");
    let said = "550 no {to} here, and no {mail} for it";
    for (verb, fault, last) in [
        ("AUTH", Fault::Stall, "relay: auth: broken off"),
        ("AUTH", Fault::HangUp, "relay: auth: failed"),
        ("RCPT", Fault::Reply(said), "relay: mail, rcpt, data: failed"),
    ] {
        let patience = if matches!(fault, Fault::Stall) { PATIENCE } else { LONG };
        let server = SmtpServer::start(Script { faults: [(verb, fault)].into(), ..script(&ca) }).await;
        let told = steps(patience, Channel::Email, relay(&server, &ca), &[email(1)]).await;
        assert_eq!(told.last().unwrap(), last, "{told:?}");
    }
}

#[tokio::test]
async fn so_is_each_step_with_a_gateway() {
    let answers = [
        (Answer::Status(200, "", "{}".into()), ["done", "done"].as_slice()),
        (Answer::Status(400, "", "{request}".into()), &["done", "failed"]),
        (Answer::Stall, &["broken off"]),
    ];
    for (answer, outcomes) in answers {
        let patience = if matches!(answer, Answer::Stall) { PATIENCE } else { LONG };
        let gateway = SmsGateway::start(answer, None).await;
        let options = SmsHttpOptions {
            plain_http: true,
            body: Body::Json(r#"{"to": {{ to }}, "text": {{ text }}}"#.to_owned()),
            ..SmsHttpOptions::new("gateway", format!("http://127.0.0.1:{}/", gateway.port()))
        };
        let told = steps(patience, Channel::Sms, Arc::new(SmsHttp::new(options).unwrap()), &[sms(1)]).await;
        let names = ["connect, request, status", "answer"];
        let expected: Vec<_> =
            names.iter().zip(outcomes).map(|(name, outcome)| format!("gateway: {name}: {outcome}")).collect();
        assert_eq!(told, expected);
    }
}
