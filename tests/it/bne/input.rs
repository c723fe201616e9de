//! Who is let in, and what is said of malformed requests: headers first, then rights, then the body.

use super::*;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Every header that a call needs, as the document writes it, and a value that is not one.
const HEADERS: [(&str, &[u8]); 8] = [
    ("client_id", b""),
    ("Accept", b"text/html"),
    ("uuid", b"6a4f0a5293b44a0e8d250d5f7b1c6e33"),
    ("Content-Type", b"text/plain"),
    ("countryCode", b"mx"),
    ("businessCode", b""),
    ("ChannelId", b"\xff"),
    ("sid", b""),
];

fn changed(headers: &HeaderMap, name: &str, values: &[&[u8]]) -> HeaderMap {
    let mut headers = headers.clone();
    let name: HeaderName = name.parse().unwrap();
    headers.remove(&name);
    for value in values {
        headers.append(&name, HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

#[tokio::test]
async fn every_header_that_is_missing_repeated_or_malformed_is_named() {
    let server = TestServer::with_tokens(|_| ()).await;
    let good = server.headers(WEB);
    for operation in [VALIDATE, RETRIEVE] {
        let named = async |headers: HeaderMap, name: &str, what: &str| {
            let heard = server.call(operation, headers, "{").await;
            let told = (heard.status, heard.text("code"), heard.text("location"));
            assert_eq!(told, (400, "invalidRequest", name), "{what} {name}: {}", heard.body);
        };
        for (name, malformed) in HEADERS {
            named(changed(&good, name, &[malformed]), name, "malformed").await;
            let value = good[name].as_bytes();
            // The HTTP client adds an Accept where there is none, and several of them are one list.
            if name != "Accept" {
                named(changed(&good, name, &[]), name, "missing").await;
                named(changed(&good, name, &[value, value]), name, "repeated").await;
            }
        }
        let token = good["authorization"].as_bytes();
        named(changed(&good, "Authorization", &[token, token]), "Authorization", "repeated").await;
        named(changed(&good, "Accept-Language", &[b"es", b"en"]), "Accept-Language", "repeated").await;
        named(changed(&good, "Accept-Language", &["e".repeat(129).as_bytes()]), "Accept-Language", "malformed").await;
    }
}

#[tokio::test]
async fn a_token_is_asked_for_before_anything_else_and_has_to_be_this_clients() {
    let server = TestServer::with_tokens(|_| ()).await;
    let now = super::super::support::domain::noon().timestamp();
    let bad = [
        json!({}),
        json!({ "azp": OTHER_WEB }),
        json!({ "azp": WEB, "client_id": OTHER_WEB }),
        json!({ "azp": 7 }),
        json!({ "azp": WEB, "aud": "another-app" }),
        json!({ "azp": WEB, "iss": "https://eve.example" }),
        json!({ "azp": WEB, "exp": now - 31 }),
        json!({ "azp": WEB, "nbf": now + 31 }),
        json!({ "azp": WEB, "sub": "" }),
    ];
    let mut values: Vec<_> = bad.map(|claims| format!("Bearer {}", server.access(claims))).into();
    let good = server.access(json!({ "azp": WEB }));
    values.extend([
        good.clone(),
        format!("Basic {good}"),
        "Bearer".into(),
        "Bearer x.y.z".into(),
        format!("Bearer {good}x"),
    ]);
    let mut told = Vec::new();
    for value in &values {
        let mut headers = changed(&server.headers(WEB), "authorization", &[value.as_bytes()]);
        headers.insert("countrycode", "?".parse().unwrap());
        let heard = server.call(VALIDATE, headers, "{").await;
        assert_eq!(heard.status, 401, "{value}");
        told.push(heard.words());
    }
    let missing = changed(&server.headers(WEB), "authorization", &[]);
    told.push(server.call(VALIDATE, missing, "{").await.words());
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["code"], "unAuthorized");

    for good in [
        json!({ "client_id": WEB }),
        json!({ "azp": WEB, "client_id": WEB, "sub": WEB }),
        json!({ "azp": WEB, "sub": TOTP }),
    ] {
        let value = format!("bearer {}", server.access(good.clone()));
        let headers = changed(&server.headers(WEB), "authorization", &[value.as_bytes()]);
        assert_eq!(server.call(RETRIEVE, headers, login(TOTP)).await.status, 200, "{good}");
    }
}

#[tokio::test]
async fn a_client_may_do_what_it_is_registered_for_and_is_told_before_its_body_is_read() {
    let server = TestServer::with_tokens(|_| ()).await;
    let mut told = Vec::new();
    for (name, value) in [("countrycode", "US"), ("businesscode", "gcb"), ("channelid", "APP"), ("channelid", "ñ")] {
        let heard = server.call(VALIDATE, changed(&server.headers(WEB), name, &[value.as_bytes()]), "{").await;
        assert_eq!(heard.status, 403, "{name}: {}", heard.body);
        told.push(heard.words());
    }
    let heard = server.call(RETRIEVE, server.headers("stranger"), "{").await;
    assert_eq!(heard.status, 403);
    told.push(heard.words());
    told.dedup();
    assert_eq!(
        told,
        [json!({
            "type": "error",
            "code": "accessNotConfigured",
            "details": "La operación no está configurada para este recurso",
        })]
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_named_and_is_no_attempt() {
    let server = TestServer::with_tokens(|config| config.bne.failed_attempts_max = Some(1)).await;
    let opened = server.login(OCRA).await;
    let right = code(&opened, "LOGIN", &server.shown(OCRA, &opened, 0));
    let set = |place: &str, value: Value| {
        let mut body = right.clone();
        body["arcsight"] = arcsight("1");
        *body.pointer_mut(place).unwrap() = value;
        body
    };
    for (place, value) in [
        ("/oneTimePasswordToken", json!("123")),
        ("/oneTimePasswordToken", json!("12345678901")),
        ("/oneTimePasswordToken", json!("12 456")),
        ("/oneTimePasswordToken", json!("１２３４")),
        ("/oneTimePasswordToken", json!(123456)),
        ("/oneTimePasswordToken", Value::Null),
        ("/mfaTransactionType", json!("login")),
        ("/mfaTransactionId", json!("x".repeat(65))),
        ("/arcsight", Value::Null),
        ("/arcsight/userId", json!("1234567890123")),
        ("/arcsight/arcsightActionCode", json!("3")),
        ("/arcsight/operationDate", json!("yesterday")),
    ] {
        let heard = server.ask(VALIDATE, &set(place, value)).await;
        assert_eq!(
            (heard.status, heard.text("location")),
            (400, place[1..].replace('/', ".").as_str()),
            "{}",
            heard.body
        );
    }
    for (place, value) in [
        ("/transactionDetails/amount", json!("-1")),
        ("/transactionDetails/amount", json!("1,000")),
        ("/transactionDetails/currency", json!("EURO")),
        ("/transactionDetails/payee", json!("   ")),
        ("/transactionDetails/payee", json!("a\u{202e}b")),
        ("/transactionDetails/payee", json!("\u{fb2c}".repeat(140))),
        ("/transactionDetails/account", json!("- - -")),
        ("/transactionDetails", json!("Pay 10 MXN")),
        ("/userId", json!("1234567890123")),
    ] {
        let mut body = risk(OCRA, "10");
        *body.pointer_mut(place).unwrap() = value;
        let heard = server.ask(RETRIEVE, &body).await;
        assert_eq!(
            (heard.status, heard.text("location")),
            (400, place[1..].replace('/', ".").as_str()),
            "{}",
            heard.body
        );
    }
    let mut without = risk(OCRA, "10");
    without["transactionDetails"].take();
    let mut login_with = risk(OCRA, "10");
    login_with["mfaTransactionType"] = "LOGIN".into();
    without.as_object_mut().unwrap().remove("transactionDetails");
    for body in [without, login_with] {
        let heard = server.ask(RETRIEVE, &body).await;
        assert_eq!((heard.status, heard.text("location")), (400, "transactionDetails"), "{}", heard.body);
    }
    assert_eq!(server.call(VALIDATE, server.headers(WEB), " ".repeat(32_769)).await.text("location"), "body");
    assert_eq!(server.ask(VALIDATE, &right).await.status, 204);
}

#[tokio::test]
async fn errors_are_in_the_language_that_was_asked_for() {
    let server = TestServer::with_tokens(|_| ()).await;
    let unknown = json!({ "oneTimePasswordToken": "1234", "mfaTransactionType": "LOGIN", "mfaTransactionId": "1" });
    for (language, details) in
        [("en", "The requested resource was not found"), ("es-MX", "No se encontró el recurso solicitado")]
    {
        let headers = changed(&server.headers(WEB), "accept-language", &[language.as_bytes()]);
        assert_eq!(server.call(VALIDATE, headers, &unknown).await.text("details"), details);
    }
}
