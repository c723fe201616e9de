//! Callers with tokens of an OpenID provider that is not ours.

use super::{bne, dbx, ready};
use crate::support::bne_api::{HOTP, OTHER_WEB, RETRIEVE, TOTP, VALIDATE, WEB, login};
use crate::support::domain::noon;
use crate::support::openid_provider::{APP, OpenIdProvider, RESOURCE, Visitor};
use crate::support::server::TestServer;
use crate::support::signer::Signer;
use countersign::config::issuers::{Algorithm, Bne, Dbx, Fetch, Issuer};
use countersign::server::SystemClock;
use futures::future::join_all;
use http::HeaderValue;
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::Notify;

/// A server that believes the provider, at the provider's time.
async fn server_for(provider: &OpenIdProvider) -> TestServer {
    let issuer = Issuer {
        issuer: provider.issuer.clone(),
        jwks_file: None,
        jwks_url: Some(format!("{}/jwks", provider.issuer)),
        algorithms: vec![Algorithm::ES256],
        fetch: Fetch { ca_file: Some(provider.authority()), pause_secs: 1, ..Fetch::default() },
        dbx: Some(Dbx::for_audiences(vec![APP.into()])),
        bne: Some(Bne {
            typ: Some("at+jwt".into()),
            required: [("scope".to_owned(), vec!["challenge".to_owned()])].into(),
            ..Bne::for_audiences(vec![RESOURCE.into()])
        }),
        ..Issuer::with_file("", "".into())
    };
    let server = TestServer::with_tokens(|config| config.issuers = vec![issuer]).await;
    server.clock.pass(SystemClock.now() - noon());
    server
}

/// What the BNE family answers to a call of `client` about this customer's token.
async fn retrieve(server: &TestServer, client: &str, token: &str, customer: &str) -> u16 {
    let mut headers = server.headers(client);
    headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    server.call(RETRIEVE, headers, login(customer)).await.status
}

#[tokio::test]
async fn a_real_provider_signs_in_customers_and_applications() {
    let Some(provider) = OpenIdProvider::start().await else { return };
    let (server, visitor) = (server_for(&provider).await, provider.visitor());
    let (id, access) = tokio::join!(visitor.id_token("ana"), visitor.access_token("challenge"));
    assert_eq!(dbx(&server, &id).await, 200);
    assert_eq!(retrieve(&server, WEB, &access, TOTP).await, 200);
    // Neither is good for the other family, nor an access token for another application.
    assert_eq!((bne(&server, &id).await, dbx(&server, &access).await), (401, 401));
    assert_eq!(retrieve(&server, OTHER_WEB, &access, TOTP).await, 401);
    // Nor one that was given without the scope.
    assert_eq!(retrieve(&server, WEB, &visitor.access_token("").await, TOTP).await, 401);
    // Where a customer has signed in, it is about this customer only.
    let hers = visitor.customers_access_token(HOTP).await;
    assert_eq!(retrieve(&server, WEB, &hers, HOTP).await, 200);
    assert_eq!(retrieve(&server, WEB, &hers, TOTP).await, 404);
    // Tokens have an end.
    server.clock.pass(chrono::TimeDelta::seconds(300 + 31));
    assert_eq!(retrieve(&server, WEB, &access, TOTP).await, 401);
    assert_eq!(dbx(&server, &id).await, 200, "this one lives for an hour");
    assert_eq!(ready(&server).await.0, 200);
}

/// Whether the server believed a token; what it made of the call is not the question here.
async fn believed(server: &TestServer, token: &str) -> bool {
    let mut headers = server.headers(WEB);
    headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    let nothing = json!({
        "oneTimePasswordToken": "123456", "mfaTransactionType": "LOGIN",
        "mfaTransactionId": "b8b1f0c2-5f64-4f5f-9d1c-0a9e8e3a7c41",
    });
    let status = server.call(VALIDATE, headers, nothing).await.status;
    assert!(matches!(status, 401 | 404 | 429), "{status}");
    status != 401
}

const CALLERS: usize = 8;

/// Callers who get token after token and use each at once, three times, and how far they are.
struct Load {
    done: [AtomicUsize; CALLERS],
    more: Notify,
    over: AtomicBool,
}

impl Load {
    async fn call(&self, server: &TestServer, visitor: &Visitor, n: usize) {
        while !self.over.load(Ordering::Relaxed) {
            let token = visitor.access_token("challenge").await;
            for _ in 0..3 {
                assert!(believed(server, &token).await, "call {:?} of caller {n}", self.done[n]);
                self.done[n].fetch_add(1, Ordering::Relaxed);
            }
            self.more.notify_one();
        }
    }

    /// Waits until every caller has begun and ended some calls.
    async fn go_on(&self) {
        let done = || self.done.each_ref().map(|done| done.load(Ordering::Relaxed));
        let before = done();
        while !done().iter().zip(before).all(|(done, before)| *done >= before + 9) {
            self.more.notified().await;
        }
    }
}

/// How often the provider was asked for its keys.
async fn fetches(server: &TestServer) -> u64 {
    let metrics = server.http.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let counts = metrics.lines().filter(|line| line.starts_with("countersign_jwks_fetches_total{"));
    counts.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test]
async fn a_real_provider_changes_its_keys_under_load_and_no_call_fails() {
    let Some(mut provider) = OpenIdProvider::start().await else { return };
    let (started, server, visitor) = (Instant::now(), server_for(&provider).await, provider.visitor());
    let first = visitor.access_token("challenge").await;
    let load = Load { done: Default::default(), more: Notify::new(), over: AtomicBool::new(false) };
    let callers = join_all((0..CALLERS).map(|n| load.call(&server, &visitor, n)));
    let changes = async {
        load.go_on().await;
        for _ in 0..3 {
            let held = visitor.access_token("challenge").await;
            provider.order("rotate").await;
            load.go_on().await;
            assert!(believed(&server, &held).await, "the key before is still published");
            provider.order("retire").await;
            load.go_on().await;
        }
        load.over.store(true, Ordering::Relaxed);
    };
    tokio::join!(callers, changes);
    assert!(!believed(&server, &first).await, "its key was withdrawn long ago");

    // Nobody there: what is known is good, what is not known is looked for in vain.
    let held = visitor.access_token("challenge").await;
    provider.order("down").await;
    let claims = json!({ "iss": provider.issuer, "aud": RESOURCE, "client_id": WEB, "scope": "challenge" });
    assert!(!believed(&server, &Signer::new("made-up").sign(&claims)).await);
    let calls = join_all((0..50).map(|_| believed(&server, &held))).await;
    assert!(calls.iter().all(|believed| *believed) && ready(&server).await.0 == 200);
    // There again, with another key.
    provider.order("rotate").await;
    provider.order("up").await;
    assert!(believed(&server, &visitor.access_token("challenge").await).await);

    // One fetch a second at most, however many asked.
    let fetches = fetches(&server).await;
    let calls: usize = load.done.iter().map(|done| done.load(Ordering::Relaxed)).sum();
    let at_most = started.elapsed().as_secs() + 2;
    assert!((5..=at_most).contains(&fetches) && calls >= 7 * 9 * CALLERS, "{fetches} fetches, {calls} calls");
}
