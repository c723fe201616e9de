//! The BNE family's refusals: 400 for all that is wrong with a request, after token and before rights.

use super::probe::{BNE_BASE, Server, noon};
use countersign::api::bne::types::{
    BneError, BusinessCode, ChannelId, ClientId, CountryCode, ErrorType, RequestUuid, SessionId, Timestamp,
    ValidateChallengeRequest,
};
use countersign::client::{self, Token};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};

const VALIDATE: &str = "/v1/x-global/bne/security/authenticate/challenge/info/validate";
const RETRIEVE: &str = "/v1/x-global/bne/security/authenticate/challenge/retrieve";
const UUID: &str = "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33";
const BODY: &str = r#"{"oneTimePasswordToken": "123456", "mfaTransactionType": "LOGIN", "mfaTransactionId": "1"}"#;

fn headers() -> HeaderMap {
    let all = [
        (HeaderName::from_static("client_id"), "web"),
        (AUTHORIZATION, "Bearer good"),
        (ACCEPT, "application/json"),
        (HeaderName::from_static("uuid"), UUID),
        (CONTENT_TYPE, "application/json"),
        (HeaderName::from_static("countrycode"), "MX"),
        (HeaderName::from_static("businesscode"), "GCB"),
        (HeaderName::from_static("channelid"), "CBOL"),
        (HeaderName::from_static("sid"), "session"),
    ];
    all.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

async fn send(server: &Server, path: &str, headers: HeaderMap, body: &str) -> Response {
    let request = server.http.post(server.url(&format!("{BNE_BASE}{path}"))).headers(headers).body(body.to_string());
    request.send().await.expect("the server answers")
}

async fn refusal(answer: Response, status: u16) -> BneError {
    assert_eq!(answer.status().as_u16(), status);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let error: BneError = answer.json().await.expect("the family's envelope");
    assert_eq!(error.timestamp, Some(Timestamp(noon()).to_string()));
    error
}

#[tokio::test]
async fn both_families_share_a_server_and_this_one_has_a_base_path() {
    let server = Server::start();
    let answer = send(&server, VALIDATE, headers(), BODY).await;
    assert_eq!(
        (answer.status(), answer.headers()["cache-control"].to_str().ok()),
        (StatusCode::NO_CONTENT, Some("no-store"))
    );
    assert_eq!(answer.bytes().await.expect("no body").len(), 0);
    let answer = send(&server, RETRIEVE, headers(), r#"{"mfaTransactionType": "RISK", "userId": "1"}"#).await;
    assert!(answer.text().await.expect("a body").contains(r#""mfaTransactionId":"web""#));
    let elsewhere =
        server.http.post(server.url(VALIDATE)).headers(headers()).body(BODY).send().await.expect("an answer");
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_generated_client_sends_every_header_and_reads_the_error() {
    let server = Server::start();
    let client = client::bne::Client::new_with_client(&server.url(BNE_BASE), server.http.clone());
    let call = |token: &str| {
        let call = client
            .bne_validate_challenge_info()
            .authorization(Token::from(token))
            .client_id("web".parse::<ClientId>().expect("an id"));
        let call = call
            .uuid(UUID.parse::<RequestUuid>().expect("a UUID"))
            .sid("session".parse::<SessionId>().expect("a session"));
        let call = call
            .country_code("MX".parse::<CountryCode>().expect("a country"))
            .business_code("GCB".parse::<BusinessCode>().expect("a business"));
        let call = call.channel_id("CBOL".parse::<ChannelId>().expect("a channel"));
        call.body(serde_json::from_str::<ValidateChallengeRequest>(BODY).expect("a request")).send()
    };
    assert_eq!(call("Bearer good").await.expect("validated").status(), StatusCode::NO_CONTENT);
    match call("Bearer bad").await {
        Err(client::bne::Error::ErrorResponse(answer)) => {
            assert_eq!((answer.status(), answer.code.as_str()), (StatusCode::UNAUTHORIZED, "unAuthorized"))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_required_header_is_400_when_missing_and_named_as_the_document_names_it() {
    let server = Server::start();
    for name in ["client_id", "Accept", "uuid", "Content-Type", "countryCode", "businessCode", "ChannelId", "sid"] {
        let mut headers = headers();
        headers.remove(name);
        // The HTTP client would add an Accept of its own.
        if name == "Accept" {
            headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
        }
        let error = refusal(send(&server, VALIDATE, headers, BODY).await, 400).await;
        assert_eq!(
            (error.r#type, error.code.as_str(), error.location.as_deref()),
            (ErrorType::Error, "invalidRequest", Some(name))
        );
        assert_eq!(error.uuid.as_deref(), (name != "uuid").then_some(UUID));
    }
}

#[tokio::test]
async fn a_malformed_or_repeated_header_is_400() {
    let server = Server::start();
    for (name, value, message) in [
        ("uuid", &b"not-a-uuid"[..], "is no hyphenated UUID"),
        ("countryCode", b"mx", "does not match ^[A-Z]{2}$"),
        ("sid", b"", "shorter than 1 characters"),
        ("ChannelId", b"\xff\xfe", "not UTF-8"),
    ] {
        let mut headers = headers();
        headers.insert(name, HeaderValue::from_bytes(value).expect("a header value"));
        let error = refusal(send(&server, VALIDATE, headers, BODY).await, 400).await;
        assert_eq!((error.location.as_deref(), error.more_info.as_deref()), (Some(name), Some(message)));
    }
    let mut headers = headers();
    headers.append("sid", HeaderValue::from_static("other"));
    let error = refusal(send(&server, VALIDATE, headers, BODY).await, 400).await;
    assert_eq!((error.location.as_deref(), error.more_info.as_deref()), (Some("sid"), Some("given more than once")));
}

#[tokio::test]
async fn whatever_is_wrong_with_a_body_is_400() {
    let server = Server::start();
    let mut form = headers();
    form.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    assert_eq!(refusal(send(&server, VALIDATE, form, BODY).await, 400).await.location.as_deref(), Some("Content-Type"));
    let huge = " ".repeat(40_000);
    for (body, location) in [
        (huge.as_str(), "body"),
        ("", "body"),
        ("{", "body"),
        (r#"{"mfaTransactionType": "LOGIN", "mfaTransactionId": "1"}"#, "oneTimePasswordToken"),
        (
            r#"{"oneTimePasswordToken": "12a", "mfaTransactionType": "LOGIN", "mfaTransactionId": "1"}"#,
            "oneTimePasswordToken",
        ),
        (
            r#"{"oneTimePasswordToken": "1234", "mfaTransactionType": "PAY", "mfaTransactionId": "1"}"#,
            "mfaTransactionType",
        ),
        (
            r#"{"oneTimePasswordToken": "1234", "mfaTransactionType": "RISK", "mfaTransactionId": "1", "arcsight": {"userId": "1234567890123"}}"#,
            "arcsight.userId",
        ),
    ] {
        let error = refusal(send(&server, VALIDATE, headers(), body).await, 400).await;
        assert_eq!(error.location.as_deref(), Some(location), "{body:.80}");
    }
}

#[tokio::test]
async fn the_token_is_asked_for_first_then_headers_then_rights_then_the_body() {
    let server = Server::start();
    let mut bad = headers();
    bad.insert("ChannelId", HeaderValue::from_static("FORBIDDEN"));
    bad.insert(AUTHORIZATION, HeaderValue::from_static("Bearer bad"));
    bad.insert("countryCode", HeaderValue::from_static("?"));
    let error = refusal(send(&server, VALIDATE, bad.clone(), "{").await, 401).await;
    assert_eq!((error.code.as_str(), error.location, error.uuid.as_deref()), ("unAuthorized", None, Some(UUID)));
    bad.insert(AUTHORIZATION, HeaderValue::from_static("Bearer good"));
    assert_eq!(
        refusal(send(&server, VALIDATE, bad.clone(), "{").await, 400).await.location.as_deref(),
        Some("countryCode")
    );
    bad.insert("countryCode", HeaderValue::from_static("MX"));
    assert_eq!(refusal(send(&server, VALIDATE, bad.clone(), "{").await, 403).await.code, "accessNotConfigured");
    bad.insert("ChannelId", HeaderValue::from_static("CBOL"));
    assert_eq!(refusal(send(&server, VALIDATE, bad, "{").await, 400).await.location.as_deref(), Some("body"));
}

#[tokio::test]
async fn details_are_in_the_language_asked_for() {
    let server = Server::start();
    for (language, details) in
        [("en-US, es;q=0.5", "Parameters are missing or not valid"), ("fr", "Faltan parámetros o no son válidos")]
    {
        let mut headers = headers();
        headers.insert("Accept-Language", HeaderValue::from_static(language));
        assert_eq!(refusal(send(&server, VALIDATE, headers, "{").await, 400).await.details.as_deref(), Some(details));
    }
}
