//! Calls of the BNE family.

use super::*;
use crate::support::bne_api::{HOTP, Heard, OTHER_WEB, RETRIEVE, TOTP, VALIDATE, WEB, code, login};

const UNKNOWN: &str = "6b47df94-59ba-43af-8c4e-51d1fab55dc6";

impl From<&Heard> for Answer {
    fn from(heard: &Heard) -> Self {
        Self::of(heard.status, "", &heard.headers)
    }
}

impl TestServer {
    /// A client asks for a challenge for a customer.
    async fn challenge(&self, client: &str, customer: &str) -> Answer {
        Answer::from(&self.call(RETRIEVE, self.headers(client), login(customer)).await)
    }

    /// A client tries a code on a transaction that is not there.
    async fn try_nothing(&self, client: &str, code: &str) -> Answer {
        let body = json!({ "oneTimePasswordToken": code, "mfaTransactionType": "LOGIN", "mfaTransactionId": UNKNOWN });
        Answer::from(&self.call(VALIDATE, self.headers(client), body).await)
    }
}

async fn server(set: fn(&mut Config)) -> TestServer {
    TestServer::with_tokens(|config| {
        only(config);
        set(config);
    })
    .await
}

#[tokio::test]
async fn a_client_may_call_so_often_whatever_it_asks_for() {
    let server = server(|config| config.limits.challenges.client_per_minute = Some(2)).await;
    assert_eq!(server.challenge(WEB, TOTP).await.status, 200);
    assert_eq!(server.try_nothing(WEB, "123456").await.status, 404);
    assert!(server.challenge(WEB, HOTP).await.throttled());
    assert!(server.try_nothing(WEB, "123456").await.throttled(), "429 comes before 404");
    assert_eq!(server.challenge(OTHER_WEB, TOTP).await.status, 200, "another client");
    waits_exactly(&server, async || server.challenge(WEB, TOTP).await).await;
}

#[tokio::test]
async fn an_address_may_call_so_often() {
    let mut server = server(|config| config.limits.challenges.address_per_minute = Some(2)).await;
    assert_eq!(server.challenge(WEB, TOTP).await.status, 200);
    assert_eq!(server.try_nothing(OTHER_WEB, "123456").await.status, 404);
    assert!(server.challenge(WEB, TOTP).await.throttled());
    server.call_from([127, 0, 0, 2]);
    assert_eq!(server.challenge(WEB, TOTP).await.status, 200, "another address");
    server.call_from([127, 0, 0, 1]);
    waits_exactly(&server, async || server.challenge(WEB, TOTP).await).await;
}

#[tokio::test]
async fn all_together_may_call_so_often_also_across_a_restart() {
    let set = |config: &mut Config| {
        only(config);
        config.limits.challenges.all_per_minute = Some(2);
    };
    let server = TestServer::with_tokens(set).await;
    assert_eq!(server.challenge(WEB, TOTP).await.status, 200);
    assert_eq!(server.challenge(OTHER_WEB, HOTP).await.status, 200);
    let server = server.restart(set).await;
    assert!(server.challenge(WEB, TOTP).await.throttled());
    waits_exactly(&server, async || server.challenge(WEB, TOTP).await).await;
}

#[tokio::test]
async fn a_customer_gets_so_many_challenges_and_nobody_elses_calls_take_any() {
    let server = server(|config| config.limits.challenges.customer_per_hour = Some(2)).await;
    // Tom's app may ask for Tom only: what it asks for Eve is Tom's loss. Another client has counts of its own.
    let mut toms = server.headers(WEB);
    let access = server.access(json!({ "azp": WEB, "sub": TOTP }));
    toms.insert("authorization", format!("Bearer {access}").parse().unwrap());
    for expected in [404, 404, 429] {
        assert_eq!(server.call(RETRIEVE, toms.clone(), login(HOTP)).await.status, expected);
    }
    for n in 0..2 {
        assert_eq!(server.challenge(OTHER_WEB, HOTP).await.status, 200, "{n}");
    }
    for expected in [200, 200, 429] {
        assert_eq!(server.challenge(WEB, HOTP).await.status, expected);
    }
    assert!(server.challenge(WEB, TOTP).await.throttled());
    // What is not there counts in the same way: the answer does not tell who is a customer.
    for expected in [404, 404, 429] {
        assert_eq!(server.challenge(WEB, "nobody").await.status, expected);
    }
    waits_exactly(&server, async || server.challenge(WEB, HOTP).await).await;
}

#[tokio::test]
async fn one_code_over_many_transactions_is_slowed() {
    let server = server(|config| config.limits.failures.same_code_per_hour = Some(2)).await;
    let guess = "00000000";
    for customer in [TOTP, HOTP] {
        let opened = server.login(customer).await;
        assert_ne!(server.shown(customer, &opened, 0), guess);
        assert_eq!(Answer::from(&server.ask(VALIDATE, &code(&opened, "LOGIN", guess)).await).status, 422);
    }
    let opened = server.login(HOTP).await;
    assert!(Answer::from(&server.ask(VALIDATE, &code(&opened, "LOGIN", guess)).await).throttled());
    let right = server.shown(HOTP, &opened, 0);
    assert_eq!(server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await.status, 204, "nothing was locked");
}
