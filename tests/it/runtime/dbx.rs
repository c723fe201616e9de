//! The DBX family's refusals: its envelope, its statuses, its order.

use super::probe::{ORIGIN, Server};
use countersign::api::dbx::types::{DbxError, PreLoginRequest, RequestErrorCode, RequestFailed, VerifyRequest};
use countersign::client::{CallError, DbxClient, Requested, Token};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use std::error::Error as _;
use std::sync::PoisonError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const START: &str = "/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB";
const VERIFY: &str = "/services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB";
const VERIFY_QUESTIONS: &str = "/services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP";
const VERIFY_BODY: &str = r#"{"MFAAttributes": {"serviceKey": "a", "OTP": {"securityKey": "b", "otp": "123456"}}}"#;

async fn post(server: &Server, path: &str, body: impl Into<reqwest::Body>) -> Response {
    let request = server.http.post(server.url(path)).header(CONTENT_TYPE, "application/json").body(body);
    request.send().await.expect("the server answers")
}

/// The refusal's message; the rest of the envelope must be that of the status.
async fn refusal(answer: Response, status: u16) -> String {
    let (got, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.expect("a body");
    assert_eq!(got, status, "{text}");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(headers.contains_key("x-request-id"));
    let body: DbxError = serde_json::from_str(&text).expect("the family's envelope");
    let status = status.to_string();
    assert_eq!((body.dbp_err_code, body.opstatus, body.http_status_code), (status.clone(), "1".to_string(), status));
    body.dbp_err_msg
}

#[tokio::test]
async fn an_answer_is_json_that_no_cache_keeps_and_it_is_logged_and_counted() {
    let server = Server::start();
    let answer = post(&server, START, "{}").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let request_id = answer.headers()["x-request-id"].to_str().expect("text").to_string();
    assert_eq!(answer.text().await.expect("a body"), r#"{"MFAAttributes":{"isMFARequired":"false"}}"#);
    assert_eq!(*server.seen.observed.lock().unwrap_or_else(PoisonError::into_inner), [("requestOTPPreLoginMB", 200)]);
    let log = server.log();
    assert_eq!(log.lines().count(), 1, "{log}");
    for part in [r#""operation":"requestOTPPreLoginMB""#, r#""status":200"#, &request_id, "duration_us"] {
        assert!(log.contains(part), "{part} is not in {log}");
    }
}

#[tokio::test]
async fn a_malformed_body_is_400_and_names_the_property_without_repeating_it() {
    let server = Server::start();
    let deep = format!(r#"{{"Phone": {}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    let long = format!(r#"{{"Phone": "{}"}}"#, "s3cret".repeat(6));
    for (body, message) in [
        ("", "body: missing"),
        ("{", "body: not JSON (line 1, column 1)"),
        ("s3cret", "body: not JSON (line 1, column 1)"),
        ("{} s3cret", "body: has something after the JSON value (line 1, column 4)"),
        (r#"{"Phone": "s3cret}"#, "body: not JSON (line 1, column 18)"),
        ("\u{feff}{}", "body: not JSON (line 1, column 1)"),
        (deep.as_str(), "Phone: expected a string"),
        ("[]", "body: expected an object"),
        ("null", "body: expected an object"),
        ("\"s3cret\"", "body: must be an object"),
        ("4123456", "body: must be an object"),
        (r#"{"Phone": 4123456}"#, "Phone: must be a string"),
        (r#"{"Phone": null}"#, "Phone: expected a string"),
        (r#"{"Phone": ["s3cret"]}"#, "Phone: expected a string"),
        (r#"{"Phone": "1", "Phone": "s3cret"}"#, "Phone: given more than once"),
        (long.as_str(), "Phone: longer than 32 characters"),
        (r#"{"MFAAttributes": "s3cret"}"#, "MFAAttributes: must be an object"),
        (r#"{"MFAAttributes": {"OTP": {"phone": 4123456}}}"#, "MFAAttributes.OTP.phone: must be a string"),
        (
            r#"{"MFAAttributes": {"serviceKey": "1", "serviceKey": "s3cret"}}"#,
            "MFAAttributes.serviceKey: given more than once",
        ),
    ] {
        let told = refusal(post(&server, START, body.to_string()).await, 400).await;
        assert_eq!(told, message, "{body:.60}");
    }
    for (body, message) in [
        ("{}", "MFAAttributes: missing"),
        (r#"{"MFAAttributes": {"OTP": {}}}"#, "MFAAttributes.OTP.securityKey: missing"),
        (r#"{"MFAAttributes": {"serviceKey": "1"}}"#, "MFAAttributes.OTP: missing"),
        (
            r#"{"MFAAttributes": {"serviceKey": "", "OTP": {"securityKey": "", "otp": "4123456789"}}}"#,
            "MFAAttributes.OTP.otp: does not match ^[0-9]{3,8}$",
        ),
    ] {
        assert_eq!(refusal(post(&server, VERIFY, body).await, 400).await, message, "{body}");
    }
    assert_eq!(refusal(post(&server, START, b"{\"x\": \"\xff\"}".to_vec()).await, 400).await, "body: not UTF-8");
    let log = server.log();
    assert!(!log.contains("s3cret") && !log.contains("4123456"), "{log}");
}

#[tokio::test]
async fn unknown_properties_nul_and_emoji_are_no_reason_to_refuse() {
    let server = Server::start();
    for body in [r#"{"Phone": "\u0000", "other": {"deep": [1, 2, 3]}}"#, r#"{"Phone": "📱"}"#, " \n{}\t"] {
        assert_eq!(post(&server, START, body).await.status(), StatusCode::OK, "{body}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_in_utf_8_is_415() {
    let server = Server::start();
    for declared in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json"] {
        let answer = server.http.post(server.url(START)).header(CONTENT_TYPE, declared).body("{}").send().await;
        assert_eq!(
            refusal(answer.expect("an answer"), 415).await,
            "Content-Type: must be application/json",
            "{declared}"
        );
    }
    let undeclared = server.http.post(server.url(START)).body("{}").send().await.expect("an answer");
    refusal(undeclared, 415).await;
    let accepted =
        server.http.post(server.url(START)).header(CONTENT_TYPE, "Application/JSON; charset=UTF-8").body("{}");
    assert_eq!(accepted.send().await.expect("an answer").status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_above_the_documented_limit_is_413_whether_its_length_is_announced_or_not() {
    let server = Server::start();
    let two_mebibytes = vec![b' '; 2 * 1024 * 1024];
    assert_eq!(refusal(post(&server, START, two_mebibytes.clone()).await, 413).await, "body: longer than 16384 bytes");
    let mut at_limit = vec![b' '; 16384 - 2];
    at_limit.extend(b"{}");
    assert_eq!(post(&server, START, at_limit).await.status(), StatusCode::OK);

    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    let head = format!(
        "POST {START} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4001\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(&two_mebibytes[..0x4001]).await.expect("sent");
    stream.write_all(b"\r\n0\r\n\r\n").await.expect("sent");
    assert!(raw_answer(&mut stream).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn a_body_that_stalls_is_408() {
    let server = Server::start();
    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    let head = format!(
        "POST {START} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{{\"Pho"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let answer = raw_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body: did not arrive in time"), "{answer}");
}

/// Reads until the JSON of the answer is complete.
async fn raw_answer(stream: &mut tokio::net::TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") && stream.read_buf(&mut answer).await.expect("an answer") > 0 {}
    String::from_utf8(answer).expect("text")
}

#[tokio::test]
async fn a_handler_that_hangs_is_503_and_one_that_panics_is_500() {
    let server = Server::start();
    let slow = post(&server, START, r#"{"Phone": "slow"}"#).await;
    assert_eq!(refusal(slow, 503).await, "The service is not available. Retry later.");
    let panicked = post(&server, START, r#"{"Phone": "panic"}"#).await;
    assert_eq!(refusal(panicked, 500).await, "The request failed.");
    assert!(server.log().contains("operation panicked"));
    assert_eq!(post(&server, START, "{}").await.status(), StatusCode::OK, "the server goes on");
}

#[tokio::test]
async fn throttles_come_before_credentials_and_credentials_before_the_body() {
    let server = Server::start();
    let send = |headers: &[(&'static str, &str)]| {
        let request = headers
            .iter()
            .fold(server.http.post(server.url(VERIFY_QUESTIONS)), |r, (name, value)| r.header(*name, *value));
        request.body("not json").send()
    };
    let throttled = send(&[("x-throttle", "yes")]).await.expect("an answer");
    assert_eq!(throttled.headers()["retry-after"], "7");
    assert_eq!(refusal(throttled, 429).await, "Too many requests. Retry later.");
    for headers in [&[][..], &[("X-Kony-Authorization", "bad")]] {
        assert_eq!(
            refusal(send(headers).await.expect("an answer"), 401).await,
            "X-Kony-Authorization: missing or not valid"
        );
    }
    refusal(send(&[("X-Kony-Authorization", "ana")]).await.expect("an answer"), 415).await;
}

#[tokio::test]
async fn a_repeated_header_is_400_and_named() {
    let server = Server::start();
    let mut headers = HeaderMap::new();
    headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let answer = server.http.post(server.url(START)).headers(headers).body("{}").send().await.expect("an answer");
    assert_eq!(refusal(answer, 400).await, "Content-Type: given more than once");
    for path in [VERIFY, VERIFY_QUESTIONS] {
        let twice = server.http.post(server.url(path)).header(CONTENT_TYPE, "application/json");
        let twice = twice.header("X-Kony-Authorization", "ana").header("X-Kony-Authorization", "ben").body(VERIFY_BODY);
        let answer = twice.send().await.expect("an answer");
        assert_eq!(refusal(answer, 400).await, "X-Kony-Authorization: given more than once");
    }
}

#[tokio::test]
async fn pages_of_a_configured_origin_may_read_answers_and_others_may_not() {
    let server = Server::start();
    let from = |origin: &'static str| {
        server.http.post(server.url(START)).header(CONTENT_TYPE, "application/json").header("Origin", origin).body("{")
    };
    let answer = from(ORIGIN).send().await.expect("an answer");
    assert_eq!(answer.headers()["access-control-allow-origin"], ORIGIN);
    assert_eq!(answer.headers()["vary"], "Origin");
    let answer = from("https://other.example").send().await.expect("an answer");
    assert!(!answer.headers().contains_key("access-control-allow-origin"));

    let preflight = |origin: &'static str| {
        let url = server.url(VERIFY_QUESTIONS);
        server
            .http
            .request(reqwest::Method::OPTIONS, url)
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .send()
    };
    let answer = preflight(ORIGIN).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.headers()["access-control-allow-methods"], "POST");
    assert_eq!(answer.headers()["access-control-allow-headers"], "Content-Type, X-Kony-Authorization");
    let answer = preflight("https://other.example").await.expect("an answer");
    assert!(!answer.headers().contains_key("access-control-allow-methods"));
}

#[tokio::test]
async fn the_client_makes_an_error_of_a_business_failure_and_of_a_refusal() {
    let server = Server::start();
    let client = DbxClient::new(&server.url(""), server.http.clone());
    let start = |phone: &str| PreLoginRequest { phone: phone.parse().ok(), ..PreLoginRequest::default() };
    assert!(matches!(client.request_otp_pre_login_mb(None, start("+1")).await, Ok(Requested::Skipped(_))));
    let refused = client.request_otp_pre_login_mb(None, start("refused")).await;
    assert!(
        matches!(refused, Err(CallError::Business(failed)) if failed.dbp_err_code == RequestErrorCode::InvalidPhone)
    );
    match client.request_otp_pre_login_mb(None, start("busy")).await {
        Err(CallError::Http { status: 429, retry_after: Some(3), body }) => assert_eq!(body.dbp_err_msg, "busy"),
        other => panic!("{other:?}"),
    }
    let body: VerifyRequest = serde_json::from_str(VERIFY_BODY).expect("a request");
    let token = Token::from("ana");
    assert_eq!(
        client.verify_otp_pre_login_mb(Some(&token), body.clone()).await.expect("verified").success,
        "caller ana"
    );
    assert_eq!(client.verify_otp_pre_login_mb(None, body.clone()).await.expect("verified").success, "caller ");
    assert_eq!(
        client.verify_update_security_questions_otp(&token, body.clone()).await.expect("verified").success,
        "caller ana"
    );
    let unknown = client.verify_update_security_questions_otp(&Token::from("bad"), body).await;
    assert!(matches!(unknown, Err(CallError::Http { status: 401, retry_after: None, .. })));
}

/// What the chain of causes of a failed call comes down to.
async fn root_cause(base_url: &str) -> (bool, String) {
    let client = DbxClient::new(base_url, reqwest::Client::builder().no_proxy().build().expect("an HTTP client"));
    let error = client.request_otp_pre_login_mb(None, PreLoginRequest::default()).await.expect_err("nobody is there");
    let CallError::Transport { source: Some(typed), .. } = &error else { panic!("{error:?}") };
    assert!(typed.url().is_none(), "the address stays with the caller: {typed:?}");
    let causes = std::iter::successors(error.source(), |cause| (**cause).source());
    (typed.is_connect(), causes.last().expect("there is a cause").to_string())
}

#[tokio::test]
async fn a_caller_without_an_answer_learns_what_kept_it_away() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let hangs_up = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{").await
    });
    let broken_off = root_cause(&format!("http://{address}")).await;
    hangs_up.await.expect("no panic").expect("it wrote");
    let refused = root_cause(&format!("http://{address}")).await;
    assert!(!broken_off.0, "there was a connection");
    assert!(refused.0 && refused.1.contains("refused"), "{refused:?}");

    let server = Server::start();
    let no_tls = root_cause(&server.url("").replace("http://", "https://")).await;
    assert!(no_tls.0 && no_tls.1 != refused.1 && no_tls.1 != broken_off.1, "{no_tls:?}");
}

#[test]
fn a_business_failure_is_told_by_its_code_and_text() {
    let failure = RequestFailed {
        dbp_err_code: RequestErrorCode::InvalidPhone,
        dbp_err_msg: "The phone number is missing.".to_owned(),
        opstatus: "0".to_owned(),
        http_status_code: "0".to_owned(),
    };
    assert_eq!(CallError::Business(Box::new(failure)).to_string(), "10508: The phone number is missing.");
}

#[test]
fn a_token_is_not_printed() {
    assert_eq!(format!("{:?}", Token::from("ana")), "Token(..)");
}
