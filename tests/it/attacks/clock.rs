//! The server's clock steps back and forward: no attempt comes back, nothing is accepted twice, and nobody is locked out for good.

use crate::support::attack::{Luck, dose};
use crate::support::bne_api::{RETRIEVE, TOTP, VALIDATE, code, login};
use crate::support::dbx::{Handle, PHONE, wrong};
use crate::support::server::TestServer;
use chrono::TimeDelta;
use countersign::api::dbx::generated::VERIFY_OTP_PRE_LOGIN_MB;
use countersign::domain::ports::Clock;
use std::collections::BTreeSet;

async fn verify(server: &TestServer, flow: &Handle, code: &str) -> String {
    let seen = server.post(&VERIFY_OTP_PRE_LOGIN_MB, None, &flow.verify_json(code)).await;
    if seen.body["isOtpVerified"] == "true" { "verified".to_owned() } else { seen.code().to_owned() }
}

#[tokio::test]
async fn a_clock_that_steps_back_and_forward_refunds_no_attempt_and_accepts_no_code_twice() {
    let hour = TimeDelta::hours(1);
    let server = TestServer::start().await;
    let flow = server.sent_pre_login(PHONE).await;
    let right = server.code();
    let guess = wrong(&right);
    assert_eq!(verify(&server, &flow, &guess).await, "10517");
    server.clock.pass(-hour);
    assert_eq!(verify(&server, &flow, &guess).await, "10517");
    server.clock.pass(hour);
    assert_eq!(verify(&server, &flow, &guess).await, "10517");
    for step in [-hour, hour, hour, -hour] {
        server.clock.pass(step);
        let told = verify(&server, &flow, &right).await;
        assert!(matches!(told.as_str(), "10519" | "10502"), "{told}: the attempts are used up");
    }

    let flow = server.sent_pre_login(PHONE).await;
    let right = server.code();
    assert_eq!(verify(&server, &flow, &right).await, "verified");
    for step in [-hour, hour, hour, -hour] {
        server.clock.pass(step);
        assert_eq!(verify(&server, &flow, &right).await, "10502");
    }
    // Whatever the clock has done, a new flow is good.
    for step in [-hour, hour] {
        server.clock.pass(step);
        let flow = server.sent_pre_login(PHONE).await;
        assert_eq!(verify(&server, &flow, &server.code()).await, "verified");
    }
}

#[tokio::test]
async fn codes_of_hardware_tokens_are_taken_once_whatever_the_clock_does_and_are_good_again_when_it_is_right() {
    let luck = Luck::of("clock and tokens");
    let server = TestServer::with_tokens(|config| config.bne.one_at_a_time = Some(false)).await;
    let (start, mut taken) = (server.clock.now(), BTreeSet::new());
    for _ in 0..dose(30, 300) {
        let minutes = i64::try_from(luck.below(121)).unwrap() - 60;
        server.clock.pass(TimeDelta::minutes(minutes));
        let (first, second) = (server.ask(RETRIEVE, &login(TOTP)).await, server.ask(RETRIEVE, &login(TOTP)).await);
        if second.status != 200 {
            assert!(matches!(second.status, 422 | 429), "the token waits after wrong codes, or the customer does");
            continue;
        }
        let shown = server.shown(TOTP, &first, 0);
        let told = server.ask(VALIDATE, &code(&first, "LOGIN", &shown)).await.status;
        assert!(matches!(told, 204 | 422 | 429), "{told}");
        assert!(told != 204 || taken.insert(server.clock.now().timestamp().div_euclid(30)), "a time-step twice");
        let told = server.ask(VALIDATE, &code(&second, "LOGIN", &shown)).await.status;
        assert!(matches!(told, 422 | 429), "{told}: the same code twice");
    }
    assert!(taken.len() > 3, "{taken:?}");
    // Later than it has ever been, and than any wait.
    server.clock.pass(start - server.clock.now() + TimeDelta::days(30));
    let opened = server.login(TOTP).await;
    let shown = server.shown(TOTP, &opened, 0);
    assert_eq!(server.ask(VALIDATE, &code(&opened, "LOGIN", &shown)).await.status, 204);
}
