//! What the ArcSight feed's log file gets to see.

use super::*;
use countersign::config::siem::File;
use tempfile::TempDir;

async fn with_file() -> (TestServer, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("siem.cef");
    let file = File { path, rotate_bytes: 1024 * 1024, keep: 1 };
    (TestServer::with_tokens(|config| config.siem.file = Some(file)).await, dir)
}

/// Stops the server, so that everything is written, and reads the events.
async fn events(server: TestServer, dir: &TempDir) -> Vec<String> {
    let _server = server.restart(|_| ()).await;
    let text = std::fs::read_to_string(dir.path().join("siem.cef")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_validation_is_an_event_with_its_outcome_unless_the_caller_wants_none() {
    let (server, dir) = with_file().await;
    let opened = server.login(OCRA).await;
    let right = code(&opened, "LOGIN", &server.shown(OCRA, &opened, 0));
    let with = |action: &str| {
        let mut body = right.clone();
        body["arcsight"] = arcsight(action);
        body
    };
    let mut guess = with("1");
    guess["oneTimePasswordToken"] = "00000000".into();
    assert_eq!(server.ask(VALIDATE, &guess).await.status, 422);
    let mut stranger = server.headers(WEB);
    stranger.insert("authorization", "Bearer no".parse().unwrap());
    assert_eq!(server.call(VALIDATE, stranger.clone(), with("0")).await.status, 401);
    assert_eq!(server.call(VALIDATE, stranger, &right).await.status, 401); // nothing to tell
    assert_eq!(server.call(VALIDATE, server.headers("stranger"), with("0")).await.status, 403);
    let mut malformed = with("0");
    malformed["oneTimePasswordToken"] = "?".into();
    assert_eq!(server.ask(VALIDATE, &malformed).await.status, 400);
    assert_eq!(server.ask(VALIDATE, &with("1")).await.status, 204);
    assert_eq!(server.ask(VALIDATE, &with("2")).await.status, 404); // not to be told
    assert_eq!(server.ask(VALIDATE, &right).await.status, 404); // no object is told to the file

    let events = events(server, &dir).await;
    let ids: Vec<_> = events.iter().map(|line| line.split("|BNE-").nth(1).map_or("", |rest| &rest[..4])).collect();
    assert_eq!(ids, ["1002", "1007", "1008", "1009", "1001", "1005"], "{events:#?}");
    let accepted = &events[4];
    for part in
        ["outcome=success", "cat=LOGIN", "suid=123456789012", "cs5=web", "cs6=MX/GCB/CBOL", UUID, "src=192.0.2.7"]
    {
        assert!(accepted.contains(part), "{part} is not in {accepted}");
    }
    assert!(events[5].contains("reason=transaction-unknown") && !events[5].contains("suid="), "{}", events[5]);
    let all = events.join("\n");
    for secret in ["s3cr3tCookie", SID, "00000000", right["oneTimePasswordToken"].as_str().unwrap()] {
        assert!(!all.contains(secret), "{secret} is in the events");
    }
}

#[tokio::test]
async fn a_validation_that_got_no_decision_in_time_is_an_event_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = File { path: dir.path().join("siem.cef"), rotate_bytes: 1024 * 1024, keep: 1 };
    let server = TestServer::with_tokens(|config| {
        config.siem.file = Some(file);
        config.delivery.wait_for_provider_secs = 0;
        config.server.handler_timeout_secs = 1;
    });
    let server = server.await;
    let opened = server.login(TOTP).await;
    let right = code(&opened, "LOGIN", &server.shown(TOTP, &opened, 0));
    let rows = server.rows();
    rows.hold();
    assert_eq!(server.ask(VALIDATE, &right).await.status, 500);
    rows.release();
    // Whoever was cut off before the decision has lost nothing.
    assert_eq!(server.ask(VALIDATE, &right).await.status, 204);
    let events = events(server, &dir).await;
    let [event, repeat] = events.as_slice() else { panic!("{events:#?}") };
    assert!(repeat.contains("|BNE-1001|"), "{repeat}");
    for part in ["|BNE-1010|", "outcome=failure", "cat=LOGIN", "cs5=web", UUID] {
        assert!(event.contains(part), "{part} is not in {event}");
    }
}

#[tokio::test]
async fn a_siem_that_is_down_delays_and_fails_nothing_and_its_events_wait() {
    let dir = tempfile::tempdir().unwrap();
    // Bound and dropped: nobody listens there.
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let siem = format!(
        "[transport.tcp_on_trusted_network]\naddress = \"{nobody}\"\n[spool]\ndirectory = \"{}\"",
        dir.path().join("spool").display()
    );
    let server = TestServer::with_tokens(|config| config.siem = toml::from_str(&siem).unwrap()).await;
    let opened = server.login(OCRA).await;
    let mut body = code(&opened, "LOGIN", &server.shown(OCRA, &opened, 0));
    body["arcsight"] = arcsight("1");
    assert_eq!(server.ask(VALIDATE, &body).await.status, 204);
    let server = server.restart(|config| config.siem = toml::from_str(&siem).unwrap()).await;
    let metrics = server.http.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("countersign_siem_spool_events 1"), "{metrics}");
}
