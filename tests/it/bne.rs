//! The BNE operations over the wire: who may ask, what codes are good for, and what callers are told.

mod coverage;
mod feed;
mod input;

use crate::support::bne::wrong;
use crate::support::bne_api::*;
use crate::support::server::TestServer;
use chrono::TimeDelta;
use countersign::api::bne::types::{
    BusinessCode, ChannelId, ClientId, CountryCode, RequestUuid, RetrieveChallengeRequest, SessionId,
    ValidateChallengeRequest,
};
use countersign::client::{self, Token};
use futures::future::join_all;
use serde_json::{Value, json};

#[tokio::test]
async fn a_login_is_confirmed_with_a_token_of_every_kind() {
    let server = TestServer::with_tokens(|_| ()).await;
    for (customer, kind) in [(TOTP, "TOTP"), (HOTP, "HOTP"), (OCRA, "OCRA")] {
        let opened = server.login(customer).await;
        assert_eq!(opened.text("challengeType"), kind);
        assert_eq!(opened.body["challenge"].is_string(), kind == "OCRA");
        assert_eq!(opened.text("expiresAt"), "2026-01-01T12:03:00Z");
        let right = server.shown(customer, &opened, 0);
        let heard = server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await;
        assert_eq!(heard.status, 204, "{kind}: {}", heard.body);
    }
}

#[tokio::test]
async fn the_generated_client_takes_a_payment_from_challenge_to_consent() {
    let server = TestServer::with_tokens(|_| ()).await;
    let client = client::bne::Client::new_with_client(&server.url(""), server.http.clone());
    let token = || Token::from(format!("Bearer {}", server.access(json!({ "client_id": WEB, "sub": COMPANY }))));
    let body: RetrieveChallengeRequest = serde_json::from_value(risk(COMPANY, "01250.00")).unwrap();
    let call = client.bne_retrieve_challenge().authorization(token()).body(body);
    let call = call.client_id(WEB.parse::<ClientId>().unwrap()).uuid(UUID.parse::<RequestUuid>().unwrap());
    let call = call.sid(SID.parse::<SessionId>().unwrap()).country_code("MX".parse::<CountryCode>().unwrap());
    let call =
        call.business_code("GCB".parse::<BusinessCode>().unwrap()).channel_id("CBOL".parse::<ChannelId>().unwrap());
    let opened = call.send().await.unwrap().into_inner();
    let details = opened.transaction_details.clone().unwrap();
    let shown = [details.amount.as_str(), details.currency.as_str(), details.payee.as_str(), details.account.as_str()];
    assert_eq!(shown, ["1250", "MXN", "Aceros del Norte SA", "002180001183"]);

    let challenge = opened.challenge.unwrap();
    let right = crate::support::bne::shows(
        &crate::support::bne_api::token(COMPANY),
        super::support::domain::noon(),
        0,
        Some(challenge.as_str()),
    );
    let body = json!({ "oneTimePasswordToken": right, "mfaTransactionType": "RISK", "mfaTransactionId": opened.mfa_transaction_id });
    let body: ValidateChallengeRequest = serde_json::from_value(body).unwrap();
    let validate = || {
        let call = client.bne_validate_challenge_info().authorization(token()).body(body.clone());
        let call = call.client_id(WEB.parse::<ClientId>().unwrap()).uuid(UUID.parse::<RequestUuid>().unwrap());
        let call = call.sid(SID.parse::<SessionId>().unwrap()).country_code("MX".parse::<CountryCode>().unwrap());
        call.business_code("GCB".parse::<BusinessCode>().unwrap())
            .channel_id("CBOL".parse::<ChannelId>().unwrap())
            .send()
    };
    assert_eq!(validate().await.unwrap().status().as_u16(), 204);
    match validate().await {
        Err(client::bne::Error::ErrorResponse(answer)) => {
            assert_eq!((answer.status().as_u16(), answer.code.as_str()), (404, "resourceNotFound"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_code_of_one_payment_is_no_consent_to_another() {
    let server = TestServer::with_tokens(|config| config.bne.one_at_a_time = Some(false)).await;
    let mut dearer = risk(OCRA, "99999");
    let small = server.retrieved(&risk(OCRA, "10")).await;
    let large = server.retrieved(&dearer).await;
    dearer["transactionDetails"]["payee"] = "Eve".into();
    let elsewhere = server.retrieved(&dearer).await;
    assert_ne!(small.body["challenge"], large.body["challenge"]);
    assert_ne!(large.body["challenge"], elsewhere.body["challenge"]);
    let right = server.shown(OCRA, &small, 0);
    for other in [&large, &elsewhere] {
        assert_eq!(server.ask(VALIDATE, &code(other, "RISK", &right)).await.status, 422);
    }
    assert_eq!(server.ask(VALIDATE, &code(&small, "RISK", &right)).await.status, 204);
}

#[tokio::test]
async fn a_risk_transaction_needs_a_token_that_signs_unless_the_bank_says_otherwise() {
    let server = TestServer::with_tokens(|_| ()).await;
    let refused = server.ask(RETRIEVE, &risk(TOTP, "10")).await;
    assert_eq!((refused.status, refused.text("code")), (422, "businessValidationFailed"));
    let server = server.restart(|config| config.bne.risk_without_ocra = Some(true)).await;
    let opened = server.retrieved(&risk(TOTP, "10")).await;
    assert_eq!((opened.text("challengeType"), opened.body["challenge"].is_null()), ("TOTP", true));
    let right = server.shown(TOTP, &opened, 0);
    assert_eq!(server.ask(VALIDATE, &code(&opened, "RISK", &right)).await.status, 204);
}

#[tokio::test]
async fn where_every_session_is_registered_another_one_is_answered_like_a_holder_whom_nobody_knows() {
    let server = TestServer::with_tokens(|_| ()).await;
    let opened = server.login(OCRA).await;
    let right = server.shown(OCRA, &opened, 0);
    let server = server.restart(|config| config.bne.registered_sessions_only = Some(true)).await;
    let nobody = server.ask(RETRIEVE, &login("nobody")).await;
    for heard in [server.ask(RETRIEVE, &login(OCRA)).await, server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await]
    {
        assert_eq!((heard.status, heard.words()), (404, nobody.words()), "{}", heard.body);
    }
    let server = server.restart(|_| ()).await;
    assert_eq!(server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await.status, 204);
}

#[tokio::test]
async fn a_holder_whom_nobody_knows_has_no_transaction() {
    let server = TestServer::with_tokens(|_| ()).await;
    let mut nobody = vec![login("nobody"), login(""), login("ñ"), login("ana"), login(COMPANY), risk("nobody", "1")];
    let mut wrong_representative = risk(COMPANY, "1");
    wrong_representative["legalRepresentativeId"] = "02".into();
    nobody.push(wrong_representative);
    let mut words = Vec::new();
    for body in nobody {
        let heard = server.ask(RETRIEVE, &body).await;
        assert_eq!(heard.status, 404, "{body}: {}", heard.body);
        words.push(heard.words());
    }
    words.dedup();
    assert_eq!(words.len(), 1, "{words:?}");
}

#[tokio::test]
async fn a_transaction_that_is_not_this_callers_is_answered_like_one_that_never_was() {
    let server = TestServer::with_tokens(|_| ()).await;
    let never = json!({ "body": { "mfaTransactionId": "b8b1f0c2-5f64-4f5f-9d1c-0a9e8e3a7c41" } });
    let opened = server.login(OCRA).await;
    let right = server.shown(OCRA, &opened, 0);
    let body = code(&opened, "LOGIN", &right);
    let mut answers = Vec::new();

    let mut unknown = body.clone();
    unknown["mfaTransactionId"] = never["body"]["mfaTransactionId"].clone();
    answers.push(("unknown", server.ask(VALIDATE, &unknown).await));
    unknown["mfaTransactionId"] = "no id at all".into();
    answers.push(("no id", server.ask(VALIDATE, &unknown).await));
    let mut headers = server.headers(WEB);
    headers.insert("sid", "another".parse().unwrap());
    answers.push(("session", server.call(VALIDATE, headers, &body).await));
    answers.push(("client", server.call(VALIDATE, server.headers(OTHER_WEB), &body).await));
    answers.push(("kind", server.ask(VALIDATE, &code(&opened, "RISK", &right)).await));
    let mut headers = server.headers(WEB);
    let somebody = format!("Bearer {}", server.access(json!({ "azp": WEB, "sub": TOTP })));
    headers.insert("authorization", somebody.parse().unwrap());
    answers.push(("customer", server.call(VALIDATE, headers, &body).await));

    // None of these was an attempt, and the customer can still confirm.
    assert_eq!(server.ask(VALIDATE, &body).await.status, 204);
    answers.push(("consumed", server.ask(VALIDATE, &body).await));

    let closed = server.login(OCRA).await;
    let next = server.login(OCRA).await;
    let right = server.shown(OCRA, &closed, 0);
    answers.push(("closed", server.ask(VALIDATE, &code(&closed, "LOGIN", &right)).await));
    server.clock.pass(TimeDelta::minutes(3));
    let right = server.shown(OCRA, &next, 0);
    answers.push(("expired", server.ask(VALIDATE, &code(&next, "LOGIN", &right)).await));

    for (why, heard) in &answers {
        assert_eq!((heard.status, heard.words()), (404, answers[0].1.words()), "{why}");
        assert_eq!(heard.text("uuid"), UUID, "{why}");
    }
}

#[tokio::test]
async fn a_customer_who_has_logged_in_reaches_nobody_elses_token_unless_the_bank_uses_sub_otherwise() {
    let server = TestServer::with_tokens(|_| ()).await;
    let status = async |server: &TestServer, sub: &str| {
        let mut headers = server.headers(WEB);
        let token = format!("Bearer {}", server.access(json!({ "azp": WEB, "sub": sub })));
        headers.insert("authorization", token.parse().unwrap());
        server.call(RETRIEVE, headers, login(HOTP)).await.status
    };
    assert_eq!([status(&server, HOTP).await, status(&server, TOTP).await], [200, 404]);
    let server = server.restart(|config| config.issuers[0].bne.as_mut().unwrap().customer = String::new()).await;
    assert_eq!([status(&server, TOTP).await, status(&server, "no customer's number").await], [200, 200]);
}

#[tokio::test]
async fn the_tokens_of_somebody_else_are_not_even_read() {
    let server = TestServer::with_tokens(|_| ()).await;
    // What cannot be opened tells whether anybody tried to.
    assert!(server.rows().change("update tokens set secret = zeroblob(1)", &[]) > 0);
    let mut headers = server.headers(WEB);
    let token = format!("Bearer {}", server.access(json!({ "azp": WEB, "sub": TOTP })));
    headers.insert("authorization", token.parse().unwrap());
    let somebody = server.call(RETRIEVE, headers.clone(), login(HOTP)).await;
    let nobody = server.call(RETRIEVE, headers.clone(), login("nobody")).await;
    assert_eq!((somebody.status, somebody.words()), (404, nobody.words()));
    assert_eq!(server.call(RETRIEVE, headers, login(TOTP)).await.status, 500);
}

#[tokio::test]
async fn a_refused_code_never_says_why() {
    let server = TestServer::with_tokens(|_| ()).await;
    let mut answers = Vec::new();
    let opened = server.login(HOTP).await;
    let right = server.shown(HOTP, &opened, 0);
    answers.push(("wrong", server.ask(VALIDATE, &code(&opened, "LOGIN", &wrong(&right))).await));
    assert_eq!(server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await.status, 204);
    let opened = server.login(HOTP).await;
    for why in ["reused", "wrong again", "the last attempt"] {
        answers.push((why, server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await));
    }
    let next = server.shown(HOTP, &opened, 1);
    answers.push(("attempts used up", server.ask(VALIDATE, &code(&opened, "LOGIN", &next)).await));
    let opened = server.login(HOTP).await;
    for _ in 0..2 {
        server.ask(VALIDATE, &code(&opened, "LOGIN", &right)).await;
    }
    answers.push(("the token waits", server.ask(VALIDATE, &code(&opened, "LOGIN", &next)).await));
    for (why, heard) in &answers {
        assert_eq!((heard.status, heard.words()), (422, answers[0].1.words()), "{why}");
    }
    // A wait has an end.
    server.clock.pass(TimeDelta::minutes(2));
    assert_eq!(server.ask(VALIDATE, &code(&opened, "LOGIN", &next)).await.status, 204);
}

#[tokio::test]
async fn one_right_code_sent_often_at_once_is_accepted_once() {
    let server = TestServer::with_tokens(|_| ()).await;
    for customer in [TOTP, HOTP, OCRA] {
        let opened = server.login(customer).await;
        let body = code(&opened, "LOGIN", &server.shown(customer, &opened, 0));
        let heard = join_all((0..12).map(|_| server.ask(VALIDATE, &body))).await;
        let mut statuses: Vec<_> = heard.iter().map(|heard| heard.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses[..1], [204], "{customer}");
        assert!(statuses[1..].iter().all(|status| *status == 404), "{customer}: {statuses:?}");
    }
}

#[tokio::test]
async fn nothing_is_consumed_when_the_store_fails() {
    let server = TestServer::with_tokens(|_| ()).await;
    let opened = server.login(TOTP).await;
    let body = code(&opened, "LOGIN", &server.shown(TOTP, &opened, 0));
    let rows = server.rows();
    rows.run("alter table tokens rename to hidden");
    let heard = server.ask(VALIDATE, &body).await;
    assert_eq!((heard.status, heard.text("type"), heard.text("code")), (500, "fatal", "serverUnavailable"));
    rows.run("alter table hidden rename to tokens");
    assert_eq!(server.ask(VALIDATE, &body).await.status, 204);
}

#[tokio::test]
async fn the_log_has_the_reason_and_no_secret_and_the_metrics_have_the_count() {
    let server = TestServer::with_tokens(|_| ()).await;
    let opened = server.login(HOTP).await;
    let guess = wrong(&server.shown(HOTP, &opened, 0));
    server.ask(VALIDATE, &code(&opened, "LOGIN", &guess)).await;
    server.ask(RETRIEVE, &login("s3cr3tUser")).await;
    server.ask(VALIDATE, &code(&server.retrieved(&risk(OCRA, "1")).await, "RISK", "0000")).await;
    server.call(VALIDATE, server.headers("stranger"), "{}").await;
    let logged = server.logged();
    let refused = |code: &str| logged.iter().find(|line| line["msg"] == "refused" && line["code"] == code);
    let line = refused("businessValidationFailed").expect("it is logged");
    assert_eq!((&line["operation"], &line["uuid"]), (&json!("bne-validate-challenge-info"), &json!(UUID)));
    assert!(line["reason"].as_str().unwrap().contains("the code is wrong"), "{line}");
    assert!(refused("resourceNotFound").is_some() && refused("accessNotConfigured").is_some());
    let text = Value::from(logged).to_string();
    for secret in [guess.as_str(), SID, "s3cr3tUser", "Aceros", HOTP] {
        assert!(!text.contains(&format!("{secret}\"")), "{secret} is in the log: {text}");
    }
    let metrics = server.http.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let count =
        "countersign_refusals_total{operation=\"bne-validate-challenge-info\",code=\"businessValidationFailed\"} 2";
    assert!(metrics.contains(count), "{metrics}");
}

#[tokio::test]
async fn the_family_is_below_its_base_path_or_not_there_at_all() {
    let server = TestServer::with_tokens(|config| config.bne.base_path = "/corporate".to_owned()).await;
    let post = async |path: String| {
        let request = server.http.post(server.url(&path)).headers(server.headers(WEB)).body(login(TOTP).to_string());
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(format!("/corporate{}", RETRIEVE.path)).await, 200);
    assert_eq!(post(RETRIEVE.path.to_owned()).await, 404);
    let server = server.restart(|config| config.bne.enabled = false).await;
    let heard = server.http.post(server.url(RETRIEVE.path)).headers(server.headers(WEB)).send().await.unwrap();
    assert_eq!(heard.status().as_u16(), 404);
}

#[tokio::test]
async fn pages_of_listed_origins_may_call() {
    let server =
        TestServer::with_tokens(|config| config.server.cors_origins = vec!["https://bank.example".into()]).await;
    let request = server.http.request(reqwest::Method::OPTIONS, server.url(VALIDATE.path));
    let answer = request.header("Origin", "https://bank.example").send().await.unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "https://bank.example");
    let allowed = answer.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(["Authorization", "client_id", "sid"].iter().all(|name| allowed.contains(name)), "{allowed}");
}
