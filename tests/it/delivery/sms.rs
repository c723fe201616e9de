//! Text messages through a real HTTP gateway.

use super::{LONG, SHORT, quiet, refused, router, sms, unavailable};
use crate::support::sms_gateway::{Answer, SmsGateway};
use crate::support::tls::PrivateCa;
use countersign::delivery::sms_http::{Auth, Body, Method, SmsHttp, SmsHttpOptions};
use countersign::delivery::template::{TextOverride, Texts, TextsOptions};
use countersign::delivery::{Router, SendObserver};
use countersign::domain::ports::{SendError, Sender};
use countersign::domain::recipient::Channel;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

const JSON: &str = r#"{"to": {{ to }}, "from": "Banco", "parts": [{"text": {{ text|tojson }}}], "ref": {{ id }}}"#;

fn options(port: u16) -> SmsHttpOptions {
    SmsHttpOptions {
        plain_http: true,
        body: Body::Json(JSON.to_owned()),
        connect_timeout: LONG,
        timeout: LONG,
        ..SmsHttpOptions::new("gateway", format!("http://127.0.0.1:{port}/v1/messages"))
    }
}

fn sender(options: SmsHttpOptions) -> impl Sender {
    router(Channel::Sms, Arc::new(SmsHttp::new(options).unwrap()))
}

fn status(status: u16, body: impl Into<String>) -> Answer {
    Answer::Status(status, "", body.into())
}

fn map<const N: usize>(fields: [(&str, &str); N]) -> BTreeMap<String, String> {
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Sends one message to a gateway that answers like this.
async fn outcome(answer: Answer) -> Result<(), SendError> {
    let timeout = if matches!(answer, Answer::Stall) { SHORT } else { LONG };
    let gateway = SmsGateway::start(answer, None).await;
    let result = sender(SmsHttpOptions { timeout, ..options(gateway.port()) }).send(&sms(1)).await;
    assert_eq!(gateway.received().len(), 1, "one message, one request");
    result
}

/// Sends through a router whose text is hard on templates, and returns that text.
async fn send_hard_text(options: SmsHttpOptions) -> String {
    struct Deaf;
    impl SendObserver for Deaf {
        fn sent(&self, _: Channel, _: &str, _: &'static str, _: std::time::Duration) {}
    }
    let hard = TextOverride {
        sms: Some("{{ sender_name }}: {{ passcode }} \\ 100% & a=b + ñ 🔒 {{ '{{ to }}' }}".to_owned()),
        ..TextOverride::default()
    };
    let languages = BTreeMap::from([("en".to_owned(), hard)]);
    let overrides = BTreeMap::from([("pre_login".to_owned(), languages)]);
    let texts = Texts::new(&TextsOptions { sender_name: r#"O'Neill "&" Söhne"#.to_owned(), overrides }).unwrap();
    let router = Router::new(texts, LONG, Arc::new(Deaf), quiet());
    let message = sms(1);
    router.provide(Channel::Sms, Arc::new(SmsHttp::new(options).unwrap())).send(&message).await.unwrap();
    format!(r#"O'Neill "&" Söhne: {} \ 100% & a=b + ñ 🔒 {{{{ to }}}}"#, message.passcode.expose())
}

fn decoded(form: &[u8]) -> BTreeMap<String, String> {
    let form = std::str::from_utf8(form).unwrap();
    let url = reqwest::Url::parse(&format!("http://x/?{form}")).unwrap();
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_json_request_carries_any_text_unharmed() {
    let gateway = SmsGateway::start(status(202, ""), None).await;
    let headers = map([("X-Api-Key", "{{ secrets.key }}")]);
    let secrets = [("key".to_owned(), "k-123".into())].into();
    let text = send_hard_text(SmsHttpOptions { headers, secrets, ..options(gateway.port()) }).await;
    let request = gateway.received().remove(0);
    let expected = json!({"to": "+34600123456", "from": "Banco", "parts": [{"text": text}], "ref": sms(1).id});
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&request.body).unwrap(), expected);
    assert_eq!((request.method.as_str(), request.uri.path()), ("POST", "/v1/messages"));
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["idempotency-key"], sms(1).id);
    assert_eq!(request.headers["x-api-key"], "k-123");
}

#[tokio::test]
async fn a_form_carries_any_text_unharmed() {
    let gateway = SmsGateway::start(status(200, ""), None).await;
    let body = Body::Form(map([("To", "{{ to }}"), ("Body", "{{ text }}"), ("a&b", "x")]));
    let auth = Auth::Basic { user: "AC1".to_owned(), password: "t0ken".into() };
    let text = send_hard_text(SmsHttpOptions { body, auth, method: Method::Put, ..options(gateway.port()) }).await;
    let request = gateway.received().remove(0);
    assert_eq!(decoded(&request.body), map([("To", "+34600123456"), ("Body", &text), ("a&b", "x")]));
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers["authorization"], "Basic QUMxOnQwa2Vu");
    assert_eq!(request.method, "PUT");
}

#[tokio::test]
async fn a_query_carries_any_text_unharmed() {
    let gateway = SmsGateway::start(status(200, ""), None).await;
    let text = send_hard_text(SmsHttpOptions {
        url: format!("http://127.0.0.1:{}/send?v=2", gateway.port()),
        query: map([("to", "{{ to }}"), ("text", "{{ text }}"), ("lang", "{{ language }}")]),
        method: Method::Get,
        body: Body::None,
        auth: Auth::Bearer("t0ken".into()),
        idempotency_header: None,
        ..options(gateway.port())
    })
    .await;
    let request = gateway.received().remove(0);
    let expected = map([("v", "2"), ("to", "+34600123456"), ("text", &text), ("lang", "en")]);
    assert_eq!(decoded(request.uri.query().unwrap().as_bytes()), expected);
    assert_eq!(request.headers["authorization"], "Bearer t0ken");
    assert!(request.body.is_empty() && !request.headers.contains_key("idempotency-key"));
}

#[tokio::test]
async fn a_gateway_with_a_certificate_of_a_private_authority_is_trusted_if_told_so() {
    let ca = PrivateCa::for_host("localhost");
    let gateway = SmsGateway::start(status(200, ""), Some(ca.acceptor.clone())).await;
    let options = SmsHttpOptions {
        url: format!("https://localhost:{}/", gateway.port()),
        plain_http: false,
        ..options(gateway.port())
    };
    let reason = unavailable(sender(options.clone()).send(&sms(1)).await);
    assert!(reason.contains("certificate"), "{reason}");
    assert!(gateway.received().is_empty());
    sender(SmsHttpOptions { ca_file: Some(ca.ca_file.path().into()), ..options }).send(&sms(1)).await.unwrap();
    assert_eq!(gateway.received().len(), 1);
}

#[tokio::test]
async fn what_is_about_the_message_is_a_refusal_and_the_rest_is_an_outage() {
    for code in [400, 403, 404, 413, 422] {
        assert!(refused(outcome(status(code, "no")).await).starts_with(&code.to_string()));
    }
    for code in [401, 402, 408, 429, 500, 502, 503] {
        assert!(unavailable(outcome(status(code, "no")).await).starts_with(&code.to_string()));
    }
    assert_eq!(unavailable(outcome(Answer::Stall).await), "no answer within 200ms");
    unavailable(outcome(Answer::HangUp).await);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = SmsGateway::start(status(200, ""), None).await;
    let location: &'static str = format!("http://127.0.0.1:{}/", elsewhere.port()).leak();
    for code in [301, 302, 307, 308] {
        unavailable(outcome(Answer::Status(code, location, String::new())).await);
    }
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn where_the_answer_decides_only_the_right_answer_is_success() {
    let gateway = SmsGateway::start(status(200, ""), None).await;
    let success_json = Some(("/messages/0/status".to_owned(), json!("0")));
    let sender = sender(SmsHttpOptions { success_json, ..options(gateway.port()) });
    gateway.set_answer(status(200, r#"{"messages": [{"status": "0"}]}"#));
    sender.send(&sms(1)).await.unwrap();
    gateway.set_answer(status(200, r#"{"messages": [{"status": "6", "error": "unroutable"}]}"#));
    assert!(refused(sender.send(&sms(1)).await).contains("unroutable"));
    for body in ["{}", "[1", "", "<html>"] {
        gateway.set_answer(status(200, body));
        let result = sender.send(&sms(1)).await;
        if body == "{}" {
            refused(result)
        } else {
            unavailable(result)
        };
    }
    gateway.set_answer(status(200, "x".repeat(65 * 1024)));
    assert!(unavailable(sender.send(&sms(1)).await).contains("larger than 65536 bytes"));
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    assert_eq!(outcome(status(200, "x".repeat(1024 * 1024))).await, Ok(()));
    let reason = unavailable(outcome(status(500, "x".repeat(1024 * 1024))).await);
    assert!(reason.contains("larger than 65536 bytes"), "{reason}");
}

#[tokio::test]
async fn a_reason_never_holds_the_number_the_code_or_a_key() {
    let gateway = SmsGateway::start(status(400, "key k-123, token t0ken: {request} 0034 600 12 34 56\r\n"), None).await;
    let body = Body::Json(r#"{"k": {{ secrets.key }}, "to": {{ to }}, "code": {{ passcode }}}"#.to_owned());
    let secrets = [("key".to_owned(), "k-123".into())].into();
    let auth = Auth::Bearer("t0ken".into());
    let reason = refused(sender(SmsHttpOptions { body, secrets, auth, ..options(gateway.port()) }).send(&sms(1)).await);
    assert_eq!(reason.matches("[address]").count(), 2, "{reason}");
    for secret in ["k-123", "t0ken", "600123456", "600 12", sms(1).passcode.expose(), "\n"] {
        assert!(!reason.contains(secret), "{secret:?} in {reason}");
    }
}

#[test]
fn options_that_cannot_work_are_refused_by_name() {
    let good = || options(80);
    let json = |template: &str| Body::Json(template.to_owned());
    let url = |url: &str| SmsHttpOptions { url: url.to_owned(), ..good() };
    let cases = [
        ("url", url("gateway")),
        ("url", url("ftp://gateway/")),
        ("url", url("https://user:password@gateway/")),
        ("url", url("https://gateway/#top")),
        ("url", SmsHttpOptions { plain_http: false, ..good() }),
        ("method", SmsHttpOptions { method: Method::Get, ..good() }),
        ("json", SmsHttpOptions { body: json(r#"{"to": "{{ to }}", "text": "{{ text }}"}"#), ..good() }),
        ("json", SmsHttpOptions { body: json(r#"{"to": {{ to }}, "text": "{{ text|safe }}"}"#), ..good() }),
        ("json", SmsHttpOptions { body: json("{{ to }"), ..good() }),
        ("json", SmsHttpOptions { body: json("{{ secrets.key }}{{ to }}{{ text }}"), ..good() }),
        ("json", SmsHttpOptions { body: json("{{ number }}"), ..good() }),
        ("body", SmsHttpOptions { body: json("{{ text }}"), ..good() }),
        ("body", SmsHttpOptions { body: json("{{ to }}"), ..good() }),
        ("headers.X Y", SmsHttpOptions { headers: map([("X Y", "1")]), ..good() }),
        ("headers.Host", SmsHttpOptions { headers: map([("Host", "1")]), ..good() }),
        ("headers.X-Text", SmsHttpOptions { headers: map([("X-Text", "{{ text }}")]), ..good() }),
        ("idempotency_header", SmsHttpOptions { idempotency_header: Some("a b".into()), ..good() }),
        ("success_status", SmsHttpOptions { success_status: 200..=404, ..good() }),
        ("success_json", SmsHttpOptions { success_json: Some(("status".into(), json!(0))), ..good() }),
        ("ca_file", SmsHttpOptions { ca_file: Some("/nowhere/ca.pem".into()), ..good() }),
    ];
    for (number, (key, options)) in cases.into_iter().enumerate() {
        let error = SmsHttp::new(options).err().unwrap_or_else(|| panic!("case {number} ({key}) is taken"));
        assert_eq!(error.key, key, "{error}");
    }
}
