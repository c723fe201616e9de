//! Keys that identity services publish: how they are fetched, and what a server does with tokens meanwhile.

mod openid;

use crate::support::bne_api::{RETRIEVE, TOTP, WEB, login};
use crate::support::server::TestServer;
use crate::support::signer::{Signer, published};
use crate::support::sms_gateway::{Answer, SmsGateway as KeyServer};
use crate::support::tls::PrivateCa;
use countersign::api::dbx::generated::{REQUEST_OTP_PRE_LOGIN_MB, REQUEST_UPDATE_SECURITY_QUESTIONS_OTP as REQUEST};
use countersign::config::Config;
use countersign::config::issuers::{Bne, Dbx, Fetch as FetchConfig, Issuer};
use countersign::identity::http::{ANSWER_MAX, HttpFetch, HttpFetchOptions};
use countersign::identity::{Fetch, Fetched};
use http::HeaderValue;
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Value, json};
use std::time::Duration;

const ISSUER: &str = "https://id.partner.example";

fn ok(text: &str) -> Answer {
    Answer::Status(200, "", text.to_owned())
}

fn options(url: String, ca: Option<&PrivateCa>) -> HttpFetchOptions {
    let authorities = ca.map(|ca| std::fs::read_to_string(ca.ca_file.path()).unwrap());
    let (connect_timeout, timeout) = (Duration::from_secs(5), Duration::from_secs(5));
    HttpFetchOptions { url, plain_http: false, authorities, connect_timeout, timeout }
}

fn outcome(fetched: Result<Fetched, countersign::identity::FetchError>) -> &'static str {
    fetched.map_or_else(|error| error.outcome, |_| "fetched")
}

#[tokio::test]
async fn keys_come_over_tls_from_whom_the_authority_vouches_for_and_nobody_else() {
    let ca = PrivateCa::for_host("localhost");
    let server = KeyServer::start(ok("{}"), Some(ca.acceptor.clone())).await;
    let named = |host: &str| format!("https://{host}:{}/jwks?tenant=1", server.port());
    let fetch = async |url: String, ca: Option<&PrivateCa>| HttpFetch::new(&options(url, ca)).unwrap().fetch().await;
    let fetched = fetch(named("localhost"), Some(&ca)).await.unwrap();
    assert_eq!(fetched, Fetched { text: "{}".into(), max_age: None });
    assert_eq!(server.received()[0].uri.to_string(), "/jwks?tenant=1");
    assert_eq!(outcome(fetch(named("127.0.0.1"), Some(&ca)).await), "unreachable", "another name");
    assert_eq!(outcome(fetch(named("localhost"), None).await), "unreachable", "the system's authorities");
    let another = PrivateCa::for_host("localhost");
    assert_eq!(outcome(fetch(named("localhost"), Some(&another)).await), "unreachable", "another authority");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_answer_is_bounded_and_leads_nowhere() {
    let elsewhere = KeyServer::start(ok("{}"), None).await;
    let location = format!("http://127.0.0.1:{}/", elsewhere.port());
    let server = KeyServer::start(Answer::HangUp, None).await;
    let url = format!("http://127.0.0.1:{}/", server.port());
    let timeout = Duration::from_millis(300);
    let fetch = HttpFetch::new(&HttpFetchOptions { plain_http: true, timeout, ..options(url, None) }).unwrap();
    let location: &'static str = location.leak();
    for (answer, told) in [
        (Answer::HangUp, "unreachable"),
        (Answer::Stall, "timeout"),
        (Answer::Status(302, location, String::new()), "status"),
        (Answer::Status(307, location, "{}".into()), "status"),
        (Answer::Status(204, "", String::new()), "status"),
        (Answer::Status(404, "", "{}".into()), "status"),
        (Answer::Status(500, "", "{}".into()), "status"),
        (ok(&" ".repeat(ANSWER_MAX + 1)), "too_large"),
        (ok(&" ".repeat(ANSWER_MAX)), "fetched"),
    ] {
        server.set_answer(answer);
        assert_eq!(outcome(fetch.fetch().await), told);
    }
    assert!(elsewhere.received().is_empty(), "a redirect was followed");
}

/// A server that believes a partner's identity service besides its own, both for the same apps.
async fn server_with(partner: &KeyServer, ca: &PrivateCa) -> TestServer {
    let change = |config: &mut Config| {
        let own = &config.issuers[0];
        let audiences = |audiences: &[String]| audiences.to_vec();
        let dbx = own.dbx.as_ref().map(|dbx| Dbx::for_audiences(audiences(&dbx.audiences)));
        let bne = own.bne.as_ref().map(|bne| Bne::for_audiences(audiences(&bne.audiences)));
        let fetch = FetchConfig {
            ca_file: Some(ca.ca_file.path().to_owned()),
            pause_secs: 0,
            timeout_secs: 1,
            ..FetchConfig::default()
        };
        config.issuers.push(Issuer {
            issuer: ISSUER.into(),
            jwks_file: None,
            jwks_url: Some(format!("https://localhost:{}/jwks", partner.port())),
            fetch,
            dbx,
            bne,
            ..own.clone()
        });
    };
    TestServer::with_tokens(change).await
}

fn claims(server: &TestServer, changes: Value) -> Value {
    let now = countersign::domain::ports::Clock::now(&*server.clock).timestamp();
    let mut claims = json!({ "iss": ISSUER, "aud": "dev-app", "sub": "ana", "exp": now + 3600 });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

/// What the DBX family answers to this token.
async fn dbx(server: &TestServer, token: &str) -> u16 {
    server.post(&REQUEST, Some(&token.to_owned().into()), &json!({})).await.status
}

/// What the BNE family answers to this token.
async fn bne(server: &TestServer, token: &str) -> u16 {
    let mut headers = server.headers(WEB);
    headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    server.call(RETRIEVE, headers, login(TOTP)).await.status
}

async fn ready(server: &TestServer) -> (u16, String) {
    let answer = server.http.get(server.url("/readyz")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_server_starts_without_keys_says_so_and_takes_tokens_once_there_are_some() {
    let (ca, key) = (PrivateCa::for_host("localhost"), Signer::new("k1"));
    let partner = KeyServer::start(Answer::HangUp, Some(ca.acceptor.clone())).await;
    let server = server_with(&partner, &ca).await;
    assert_eq!(ready(&server).await, (503, "{\"status\":\"no keys yet\"}".to_owned()));
    let token = key.sign(&claims(&server, json!({ "azp": WEB, "sub": TOTP })));
    let (first, second) = tokio::join!(dbx(&server, &token), bne(&server, &token));
    assert_eq!((first, second), (503, 500), "it may be a good token");
    // The others are served all the same.
    assert_eq!(dbx(&server, &server.token("ana").to_string()).await, 200);
    let pre_login = json!({ "Phone": "+12025550107" });
    assert_eq!(server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &pre_login).await.status, 200);

    partner.set_answer(ok(&published(&[&key])));
    while dbx(&server, &token).await == 503 {}
    assert_eq!((dbx(&server, &token).await, bne(&server, &token).await), (200, 200));
    assert_eq!(ready(&server).await.0, 200);
    let log = Value::from(server.logged()).to_string();
    assert!(log.contains("no keys yet, so /readyz says no") && log.contains("keys taken over"), "{log}");
    for part in token.split('.') {
        assert!(!log.contains(part), "a part of the token is in the log: {log}");
    }
}

#[tokio::test]
async fn new_keys_are_found_when_a_token_names_one_and_the_old_ones_stay_while_the_service_is_down() {
    let ca = PrivateCa::for_host("localhost");
    let [old, new, made_up] = ["old", "new", "made-up"].map(Signer::new);
    let partner = KeyServer::start(ok(&published(&[&old])), Some(ca.acceptor.clone())).await;
    let server = server_with(&partner, &ca).await;
    let sign = |key: &Signer| key.sign(&claims(&server, json!({})));
    assert_eq!(dbx(&server, &sign(&old)).await, 200);
    partner.set_answer(ok(&published(&[&new, &old])));
    assert_eq!(dbx(&server, &sign(&new)).await, 200, "the caller waits for the fetch");
    assert_eq!(dbx(&server, &sign(&old)).await, 200);

    for down in [Answer::HangUp, Answer::Status(503, "", String::new()), ok("<html>"), ok("{\"keys\":[]}")] {
        partner.set_answer(down);
        assert_eq!(dbx(&server, &sign(&made_up)).await, 401);
        assert_eq!((dbx(&server, &sign(&new)).await, ready(&server).await.0), (200, 200));
    }
    partner.set_answer(ok(&published(&[&new])));
    assert_eq!(dbx(&server, &sign(&made_up)).await, 401);
    assert_eq!((dbx(&server, &sign(&new)).await, dbx(&server, &sign(&old)).await), (200, 401), "one was withdrawn");
    let metrics = server.http.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
    for line in [
        "countersign_jwks_fetches_total{issuer=\"https://id.partner.example\",outcome=\"changed\"} 3",
        "countersign_jwks_fetches_total{issuer=\"https://id.partner.example\",outcome=\"refused\"} ",
        "countersign_jwks_fetches_total{issuer=\"https://id.partner.example\",outcome=\"status\"} ",
        "countersign_jwks_fetches_total{issuer=\"https://id.partner.example\",outcome=\"unreachable\"} ",
        "countersign_jwks_fetched_timestamp_seconds{issuer=\"https://id.partner.example\"} 1767268800",
        "countersign_jwks_keys{issuer=\"https://id.partner.example\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn a_key_of_one_service_signs_for_no_other_and_an_address_in_a_token_is_never_asked() {
    let ca = PrivateCa::for_host("localhost");
    // The development server's own key has this name, too.
    let [key, eve] = [Signer::new("dev"), Signer::new("eve")];
    let partner = KeyServer::start(ok(&published(&[&key])), Some(ca.acceptor.clone())).await;
    let trap = KeyServer::start(ok(&published(&[&eve])), None).await;
    let server = server_with(&partner, &ca).await;
    let good = key.sign(&claims(&server, json!({ "azp": WEB, "sub": TOTP })));
    assert_eq!((dbx(&server, &good).await, bne(&server, &good).await), (200, 200));
    let own = json!({ "iss": countersign::dev::data::ISSUER, "azp": WEB, "sub": TOTP });
    let crossed = key.sign(&claims(&server, own));
    assert_eq!((dbx(&server, &crossed).await, bne(&server, &crossed).await), (401, 401));
    let crossed = server.access(json!({ "iss": ISSUER, "azp": WEB, "sub": TOTP }));
    assert_eq!((dbx(&server, &crossed).await, bne(&server, &crossed).await), (401, 401));

    let address = format!("http://127.0.0.1:{}/jwks", trap.port());
    for iss in [ISSUER, address.as_str()] {
        let header = Header { jku: Some(address.clone()), x5u: Some(address.clone()), ..Header::new(Algorithm::ES256) };
        let pointing = eve.sign_with(header, &claims(&server, json!({ "iss": iss, "azp": WEB, "sub": TOTP })));
        assert_eq!((dbx(&server, &pointing).await, bne(&server, &pointing).await), (401, 401));
    }
    assert!(trap.received().is_empty(), "an address in a token was asked");
}
