//! Client certificates: of operators, who need no credential with them, and of BNE clients, who need both.

use crate::support::bne_api::{OTHER_WEB, RETRIEVE, TOTP, WEB, login};
use crate::support::pki::{Pair, Pki, client_by_dns, operator_by_subject, url};
use crate::support::server::TestServer;
use countersign::config::listener::ClientCertificates::{self, Optional, Required};
use reqwest::{Client, StatusCode};

const OPERATORS: &str = "/operator/v1/operators";

/// A server whose listeners both take client certificates; `web` and `dev` are bound to theirs.
async fn server(pki: &Pki, asked: ClientCertificates) -> TestServer {
    let bank = pki.tls(asked, vec![client_by_dns("web.bank.example", WEB)]);
    let office = pki.tls(asked, vec![operator_by_subject("CN=office.bank.example,O=Bank", "dev")]);
    TestServer::with_tokens(|config| {
        (config.server.tls, config.operator.tls) = (Some(bank), Some(office));
    })
    .await
}

fn credential(server: &TestServer) -> String {
    let file = server.file("operator.credential");
    format!("Bearer {}", std::fs::read_to_string(file).unwrap().trim())
}

/// The status of a call of the operator API; `None` if there is no connection.
async fn operate(server: &TestServer, client: &Client, credential: Option<&str>) -> Option<StatusCode> {
    let mut request = client.get(url(server.operator_address(), OPERATORS));
    if let Some(credential) = credential {
        request = request.header("Authorization", credential);
    }
    request.send().await.ok().map(|answer| answer.status())
}

/// The same of a good call of a BNE client.
async fn retrieve(server: &TestServer, client: &Client, id: &str) -> Option<StatusCode> {
    let request = client.post(url(server.address(), RETRIEVE.path)).headers(server.headers(id));
    let answer = request.body(login(TOTP).to_string()).send().await;
    answer.ok().map(|answer| answer.status())
}

fn logged(server: &TestServer, problem: &str) -> bool {
    server.logged().iter().any(|line| line["problem"].as_str().is_some_and(|told| told.contains(problem)))
}

#[tokio::test]
async fn an_operator_calls_with_the_certificate_alone_and_without_it_the_credential_is_worth_nothing() {
    let pki = Pki::new();
    let server = server(&pki, Optional).await;
    let address = server.operator_address();
    let credential = credential(&server);
    let office = pki.caller(address, &pki.client("office.bank.example"));
    assert_eq!(operate(&server, &office, None).await.unwrap(), 200);
    assert_eq!(
        operate(&server, &office, Some(&credential)).await.unwrap(),
        200,
        "both, if they are the same operator's"
    );
    assert_eq!(
        operate(&server, &office, Some("Bearer nobody")).await.unwrap(),
        401,
        "a bad credential is not overlooked"
    );

    let stranger = pki.stranger(address);
    assert_eq!(operate(&server, &stranger, None).await.unwrap(), 401);
    assert_eq!(operate(&server, &stranger, Some(&credential)).await.unwrap(), 401, "a stolen credential");
    assert!(logged(&server, "bound to a client certificate"));
    let other = pki.caller(address, &pki.client("other.bank.example"));
    assert_eq!(operate(&server, &other, None).await.unwrap(), 401, "a certificate that is nobody's");
    assert_eq!(operate(&server, &other, Some(&credential)).await.unwrap(), 401);
}

#[tokio::test]
async fn an_operator_who_is_revoked_is_not_let_in_by_a_certificate_either() {
    let pki = Pki::new();
    let (bank, office) = (Vec::new(), operator_by_subject("CN=office.bank.example,O=Bank", "temp"));
    let (bank, office) = (pki.tls(Optional, bank), pki.tls(Optional, vec![office]));
    let server = TestServer::with_tokens(|config| {
        (config.server.tls, config.operator.tls) = (Some(bank), Some(office));
    })
    .await;
    let address = server.operator_address();
    let caller = pki.caller(address, &pki.client("office.bank.example"));
    assert_eq!(operate(&server, &caller, None).await.unwrap(), 401, "there is no such operator yet");
    let dev = credential(&server);
    let admin = pki.stranger(address);
    let made =
        admin.post(url(address, OPERATORS)).header("Authorization", &dev).header("Idempotency-Key", "a".repeat(16));
    let made = made.json(&serde_json::json!({ "name": "temp", "scopes": ["enrol"] })).send().await.unwrap();
    assert_eq!(made.status(), 201);
    assert_eq!(operate(&server, &caller, None).await.unwrap(), 403, "the scopes are the operator's");
    let revoked = admin.delete(url(address, &format!("{OPERATORS}/temp"))).header("Authorization", &dev).send().await;
    assert!(revoked.unwrap().status().is_success());
    assert_eq!(operate(&server, &caller, None).await.unwrap(), 401);
}

#[tokio::test]
async fn a_client_needs_its_certificate_besides_its_token_and_cannot_use_it_for_another() {
    let pki = Pki::new();
    let server = server(&pki, Optional).await;
    let address = server.address();
    let web = pki.caller(address, &pki.client("web.bank.example"));
    assert_eq!(retrieve(&server, &web, WEB).await.unwrap(), 200);
    assert_eq!(retrieve(&server, &web, OTHER_WEB).await.unwrap(), 401, "the certificate is web's");
    assert!(logged(&server, "the client certificate is another's"));
    let stranger = pki.stranger(address);
    assert_eq!(retrieve(&server, &stranger, WEB).await.unwrap(), 401, "a stolen token");
    assert!(logged(&server, "bound to a client certificate"));
    assert_eq!(retrieve(&server, &stranger, OTHER_WEB).await.unwrap(), 200, "which is bound to none");
    let unbound = pki.caller(address, &pki.client("else.bank.example"));
    assert_eq!(retrieve(&server, &unbound, WEB).await.unwrap(), 401);
    assert_eq!(retrieve(&server, &unbound, OTHER_WEB).await.unwrap(), 200);
}

#[tokio::test]
async fn a_certificate_that_is_expired_or_of_another_authority_makes_no_connection() {
    let pki = Pki::new();
    for asked in [Optional, Required] {
        let server = server(&pki, asked).await;
        let address = server.operator_address();
        let foreign = Pki::new().client("office.bank.example");
        let bad: [(&str, Pair); 2] = [("expired", pki.expired_client("office.bank.example")), ("foreign", foreign)];
        for (what, pair) in &bad {
            assert_eq!(operate(&server, &pki.caller(address, pair), None).await, None, "{what}");
            assert_eq!(retrieve(&server, &pki.caller(server.address(), pair), OTHER_WEB).await, None, "{what}");
        }
        let none = operate(&server, &pki.stranger(address), None).await;
        assert_eq!(none.map(|status| status.as_u16()), if asked == Required { None } else { Some(401) });
        let good = pki.caller(address, &pki.client("office.bank.example"));
        assert_eq!(operate(&server, &good, None).await.unwrap(), 200);
    }
}

#[tokio::test]
async fn a_certificate_that_expires_ends_the_connection_that_it_began() {
    let pki = Pki::new();
    let server = server(&pki, Required).await;
    let address = server.operator_address();
    let office = pki.caller(address, &pki.client("office.bank.example"));
    assert_eq!(operate(&server, &office, None).await.unwrap(), 200);
    // The certificate is good until the year 4096; the verifier goes by the machine's clock, so only what stands is ended.
    server.clock.pass(chrono::TimeDelta::days(2100 * 365));
    assert_eq!(operate(&server, &office, None).await, None);
}

#[tokio::test]
async fn a_certificate_that_its_authority_has_revoked_makes_no_connection_from_then_on() {
    let pki = Pki::new();
    let (stolen, other) = (pki.client("office.bank.example"), pki.client("office.bank.example"));
    pki.revoke(&[]);
    let server = server(&pki, Required).await;
    let address = server.operator_address();
    assert_eq!(operate(&server, &pki.caller(address, &stolen), None).await.unwrap(), 200);
    pki.revoke(&[&stolen]);
    server.reload_certificates().await;
    assert_eq!(operate(&server, &pki.caller(address, &stolen), None).await, None);
    assert_eq!(operate(&server, &pki.caller(address, &other), None).await.unwrap(), 200);
}
