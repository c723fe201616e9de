//! Every documented status of both operations is produced by a running server. A status that the document gains without a
//! way to produce it here fails this test.

use super::*;
use countersign::api::bne::generated::OPERATIONS;
use countersign::api::runtime::Operation;

#[tokio::test]
async fn every_documented_status_of_every_operation_is_produced() {
    for operation in OPERATIONS {
        for status in operation.statuses {
            let heard = produce(operation, *status).await;
            assert_eq!(heard.status, *status, "{}: this does not produce a {status}: {}", operation.id, heard.body);
        }
    }
}

async fn produce(operation: &Operation, status: u16) -> Heard {
    let server = TestServer::with_tokens(|config| {
        config.server.throttle.enabled = status == 429;
        (config.server.throttle.per_minute, config.server.throttle.burst) = (1, 2);
    })
    .await;
    let validates = operation.id == VALIDATE.id;
    let body = if validates {
        let opened = server.login(OCRA).await;
        code(&opened, "LOGIN", &server.shown(OCRA, &opened, 0))
    } else {
        login(OCRA)
    };
    let mut headers = server.headers(WEB);
    let mut refused = body.clone();
    match status {
        200 | 204 => (),
        400 => return server.call(operation, headers, "{").await,
        401 => drop(headers.remove("authorization")),
        403 => drop(headers.insert("countrycode", "US".parse().unwrap())),
        404 if validates => drop(headers.insert("sid", "another".parse().unwrap())),
        404 => refused = login("nobody"),
        422 if validates => refused["oneTimePasswordToken"] = "00000000".into(),
        422 => refused = risk(TOTP, "1"),
        429 => {
            for _ in 0..2 {
                server.call(operation, headers.clone(), login("nobody")).await;
                server.ask(RETRIEVE, &login("nobody")).await;
            }
            let heard = server.call(operation, headers, &body).await;
            assert!((1..=60).contains(&heard.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap()));
            return heard;
        }
        500 => {
            // Somebody has changed what is sealed.
            assert!(server.rows().change("update tokens set secret = zeroblob(1)", &[]) > 0);
        }
        other => panic!("{}: the document lists {other}; say here how it comes about", operation.id),
    }
    server.call(operation, headers, &refused).await
}
