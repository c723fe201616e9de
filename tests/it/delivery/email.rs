//! E-mail over real SMTP conversations.

use super::{LONG, SHORT, clock, email, message, refused, router, unavailable};
use crate::support::smtp_server::{Fault, Script, Security, SmtpServer};
use crate::support::tls::PrivateCa;
use countersign::delivery::smtp::{self, Smtp, SmtpOptions};
use countersign::dev::mail_sink::MailSink;
use countersign::domain::customer::Language;
use countersign::domain::policy::Purpose;
use countersign::domain::ports::{Message, SendError, Sender};
use countersign::domain::recipient::{Address, Channel, EmailAddress};
use futures::future::join_all;
use std::sync::Arc;

fn options(port: u16, security: smtp::Security) -> SmtpOptions {
    SmtpOptions {
        port,
        security,
        connect_timeout: LONG,
        timeout: LONG,
        ..SmtpOptions::new("relay", "localhost", "Banco Peñón <no-responder@banco.example>")
    }
}

fn sender(options: SmtpOptions) -> impl Sender {
    router(Channel::Email, Arc::new(Smtp::new(options, clock()).unwrap()))
}

fn with_fault(verb: &'static str, fault: Fault) -> Script {
    Script { faults: [(verb, fault)].into(), ..Script::default() }
}

/// Sends one message to a server with this fault.
async fn outcome(verb: &'static str, fault: Fault) -> Result<(), SendError> {
    let timeout = if matches!(fault, Fault::Stall) { SHORT } else { LONG };
    let server = SmtpServer::start(with_fault(verb, fault)).await;
    let options = options(server.port(), smtp::Security::None);
    let result = sender(SmtpOptions { timeout, ..options }).send(&email(1)).await;
    assert!(server.mails().is_empty());
    result
}

#[tokio::test]
async fn a_mail_says_what_it_is_about_in_the_customers_language_and_survives_the_way() {
    let sink = MailSink::start().await.unwrap();
    let sender = sender(options(sink.address().port(), smtp::Security::None));
    let to = |flow, purpose, language| {
        message(Address::Email(EmailAddress::parse("ana.ruiz@cliente.example").unwrap()), flow, purpose, language)
    };
    let cases = [
        (Purpose::PreLogin, Language::Es, "Banco Peñón: confirme su dirección", "tampoco con personal del banco"),
        (Purpose::PreLogin, Language::En, "Banco Peñón: confirm your address", "bank staff included"),
        (
            Purpose::SecurityQuestions,
            Language::Es,
            "Banco Peñón: cambio de sus preguntas de seguridad",
            "tampoco con personal del banco",
        ),
        (
            Purpose::SecurityQuestions,
            Language::En,
            "Banco Peñón: change of your security questions",
            "bank staff included",
        ),
    ];
    for (flow, (purpose, language, subject, warning)) in (1..).zip(cases) {
        let message = to(flow, purpose, language);
        sender.send(&message).await.unwrap();
        let mail = sink.mails().pop().unwrap();
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("no-responder@banco.example", &["ana.ruiz@cliente.example".to_owned()][..])
        );
        assert_eq!(mail.subject().as_deref(), Some(subject));
        let text = mail.text().unwrap();
        for part in [message.passcode.expose(), "Banco Peñón", "3 min", warning] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        let raw = String::from_utf8(mail.data).unwrap();
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii(), "{head}");
        for line in [
            "Date: Sun, 01 Mar 2026 09:30:00 +0000",
            &format!("Message-ID: <{}@banco.example>", message.id),
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
            "MIME-Version: 1.0",
        ] {
            assert!(head.lines().any(|found| found == line), "no {line:?} in {head}");
        }
        assert!(!head.contains(message.passcode.expose()), "a code in the header shows on a locked phone: {head}");
    }
}

#[tokio::test]
async fn starttls_with_a_private_authority_works() {
    let ca = PrivateCa::for_host("localhost");
    let script = Script { security: Security::StartTls(ca.acceptor.clone()), ..Script::default() };
    let server = SmtpServer::start(script).await;
    let options = options(server.port(), smtp::Security::StartTls);
    sender(SmtpOptions { ca_file: Some(ca.ca_file.path().into()), ..options }).send(&email(1)).await.unwrap();
    assert_eq!(server.verbs()[..4], ["connect", "EHLO", "STARTTLS", "EHLO"]);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn without_starttls_nothing_goes_on_in_clear() {
    let server = SmtpServer::start(Script { login: Some(("PLAIN", "user", "secret")), ..Script::default() }).await;
    let credentials = Some(("user".to_owned(), "secret".into()));
    let options = SmtpOptions { credentials, ..options(server.port(), smtp::Security::StartTls) };
    let reason = unavailable(sender(options).send(&email(1)).await);
    assert!(reason.contains("STARTTLS is not supported"), "{reason}");
    assert_eq!(server.verbs()[..2], ["connect", "EHLO"]);
    assert!(!server.verbs().iter().any(|verb| verb == "AUTH" || verb == "MAIL"), "{:?}", server.verbs());
}

#[tokio::test]
async fn implicit_tls_works_with_the_right_authority_and_name_only() {
    let (ca, stranger) = (PrivateCa::for_host("localhost"), PrivateCa::for_host("localhost"));
    let other_name = PrivateCa::for_host("mail.example");
    for (server_ca, trusted, works) in [
        (&ca, Some(&ca), true),
        (&ca, Some(&stranger), false),
        (&ca, None, false),
        (&other_name, Some(&other_name), false),
    ] {
        let security = Security::Tls(server_ca.acceptor.clone());
        let server = SmtpServer::start(Script { security, ..Script::default() }).await;
        let options = options(server.port(), smtp::Security::Tls);
        let ca_file = trusted.map(|ca| ca.ca_file.path().into());
        let result = sender(SmtpOptions { ca_file, ..options }).send(&email(1)).await;
        if works {
            result.unwrap();
        } else {
            let reason = unavailable(result);
            assert!(reason.contains("certificate"), "{reason}");
        }
        assert_eq!(server.mails().len(), usize::from(works));
    }
}

#[tokio::test]
async fn the_login_is_made_the_way_the_server_offers() {
    let ca = PrivateCa::for_host("localhost");
    for mechanism in ["PLAIN", "LOGIN"] {
        for (password, works) in [("s3creto-ñ", true), ("wrong-password", false)] {
            let server = SmtpServer::start(Script {
                security: Security::Tls(ca.acceptor.clone()),
                login: Some((mechanism, "countersign", "s3creto-ñ")),
                ..Script::default()
            })
            .await;
            let options = SmtpOptions {
                ca_file: Some(ca.ca_file.path().into()),
                credentials: Some(("countersign".to_owned(), password.into())),
                ..options(server.port(), smtp::Security::Tls)
            };
            let result = sender(options).send(&email(1)).await;
            if works {
                result.unwrap();
            } else {
                // The message is not to blame, so another provider may well take it.
                let reason = unavailable(result);
                assert!(reason.contains("535") && !reason.contains(password), "{reason}");
            }
            assert_eq!(server.mails().len(), usize::from(works));
        }
    }
}

#[tokio::test]
async fn a_permanent_answer_to_the_message_is_a_refusal() {
    for verb in ["MAIL", "RCPT", "DATA", "."] {
        let reason = refused(outcome(verb, Fault::Reply("550 5.7.1 not from you")).await);
        assert!(reason.contains("550") && reason.contains("not from you"), "{verb}: {reason}");
    }
}

#[tokio::test]
async fn a_temporary_answer_silence_or_a_lost_connection_is_an_outage() {
    let verbs = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "."].map(async |verb| {
        let reason = unavailable(outcome(verb, Fault::Reply("451 4.3.0 later")).await);
        assert!(reason.contains("451") || verb == "connect", "{verb}: {reason}");
        assert!(unavailable(outcome(verb, Fault::Stall).await).contains("within 200ms"), "{verb}");
        unavailable(outcome(verb, Fault::HangUp).await);
    });
    join_all(verbs).await;
    unavailable(outcome("connect", Fault::Reply("554 no service for you")).await);
    unavailable(outcome("EHLO", Fault::Reply("!? \u{7f} garbage")).await);
    let port = SmtpServer::start(Script::default()).await.port();
    unavailable(sender(options(port, smtp::Security::None)).send(&email(1)).await);
}

#[tokio::test]
async fn a_reason_never_holds_the_address_or_the_code() {
    let message = email(1);
    let rude = "550-5.1.1 <{to}>: no ANA.RUIZ@Cliente.Example here\r\n550 user ana.ruiz unknown; your mail was: {mail}";
    let reason = refused(outcome(".", Fault::Reply(rude)).await);
    assert!(reason.contains("5.1.1") && reason.contains("[address]") && reason.contains("[code]"), "{reason}");
    for secret in ["ruiz", "cliente.example", message.passcode.expose()] {
        assert!(!reason.to_lowercase().contains(secret), "{secret} in {reason}");
    }
    assert!(reason.chars().count() <= 201);
}

#[tokio::test]
async fn one_connection_serves_many_messages() {
    let server = SmtpServer::start(Script::default()).await;
    let sender = sender(options(server.port(), smtp::Security::None));
    for flow in 1..=3 {
        sender.send(&email(flow)).await.unwrap();
    }
    assert_eq!(server.verbs().iter().filter(|verb| *verb == "connect").count(), 1);
    assert_eq!(server.mails().len(), 3);
}

#[tokio::test]
async fn a_connection_that_died_while_idle_costs_no_message() {
    let server = SmtpServer::start(with_fault("NOOP", Fault::HangUp)).await;
    let sender = sender(options(server.port(), smtp::Security::None));
    sender.send(&email(1)).await.unwrap();
    sender.send(&email(2)).await.unwrap();
    assert_eq!(server.verbs().iter().filter(|verb| *verb == "connect").count(), 2);
}

#[tokio::test]
async fn after_a_send_is_given_up_the_next_message_gets_its_own_answer() {
    let server = SmtpServer::start(Script::default()).await;
    let options = options(server.port(), smtp::Security::None);
    // The same bound holds for the messages that must get through.
    let sender = sender(SmtpOptions { timeout: 5 * SHORT, ..options });
    sender.send(&email(1)).await.unwrap();
    server.set_fault(".", Some(Fault::Stall));
    unavailable(sender.send(&email(2)).await);
    server.set_fault(".", Some(Fault::Reply("554 no")));
    refused(sender.send(&email(3)).await);
    server.set_fault(".", None);
    let next = email(4);
    sender.send(&next).await.unwrap();
    assert!(server.mails().pop().unwrap().text().unwrap().contains(next.passcode.expose()));
}

#[tokio::test]
async fn a_message_whose_id_would_break_a_header_is_refused() {
    let sink = MailSink::start().await.unwrap();
    let message = Message { id: "a>\r\nBcc: <x@y.z".to_owned(), ..email(1) };
    refused(sender(options(sink.address().port(), smtp::Security::None)).send(&message).await);
    assert!(sink.mails().is_empty());
}

#[test]
fn options_that_cannot_work_are_refused_by_name() {
    let good = || options(25, smtp::Security::Tls);
    let empty = tempfile::NamedTempFile::new().unwrap();
    let cases = [
        ("security", SmtpOptions { credentials: Some(("u".into(), "p".into())), ..options(25, smtp::Security::None) }),
        ("host", SmtpOptions { host: "a b".into(), ..good() }),
        ("from", SmtpOptions { from: "Bank\r\nBcc: x@y.z <a@b.example>".into(), ..good() }),
        ("from", SmtpOptions { from: "nobody".into(), ..good() }),
        ("hello_name", SmtpOptions { hello_name: Some("a\r\nb".into()), ..good() }),
        ("timeout", SmtpOptions { timeout: std::time::Duration::ZERO, ..good() }),
        ("ca_file", SmtpOptions { ca_file: Some("/nowhere/ca.pem".into()), ..good() }),
        ("ca_file", SmtpOptions { ca_file: Some(empty.path().into()), ..good() }),
    ];
    for (key, options) in cases {
        assert_eq!(Smtp::new(options, clock()).err().map(|error| error.key).as_deref(), Some(key));
    }
}
