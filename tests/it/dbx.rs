//! The DBX family, through the generated client and over the wire, on a running server.

use crate::support::dbx::*;
use crate::support::server::{ANA, BEN, LEO, MIA, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{REQUEST_OTP_PRE_LOGIN_MB, VERIFY_OTP_PRE_LOGIN_MB};
use countersign::api::dbx::types::*;
use countersign::client::{CallError, Requested};
use countersign::config::{Presentation, Profile};
use countersign::dev::data::APPS;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn an_applicant_proves_a_phone_in_three_calls() {
    let server = TestServer::start().await;
    let mut flow = server.start_pre_login("+1 (202) 555-0199").await;
    assert_eq!((flow.phones.len(), flow.emails.len()), (1, 0));
    let sent = server.send_pre_login(&mut flow).await;
    assert_eq!((sent.sac_code_length.as_str(), sent.remaining_resend_attempts.as_str()), ("6", "3"));
    let message = &server.messages()[0];
    assert_eq!((message.channel, message.to.as_str()), ("sms", PHONE));
    assert!(message.text.contains(&message.passcode));
    let verified = server.client().verify_otp_pre_login_mb(None, flow.verify(&message.passcode)).await.unwrap();
    assert_eq!(verified.is_otp_verified, TextTrue::True);
}

#[tokio::test]
async fn a_customer_gets_the_code_by_phone_and_email() {
    let server = TestServer::start().await;
    let (client, token) = (server.client(), server.token(ANA));
    let body = SecurityQuestionsRequest::default();
    let Requested::Started(started) = client.request_update_security_questions_otp(&token, body).await.unwrap() else {
        panic!("not started");
    };
    let shown = &started.mfa_attributes.customer_communication;
    assert_eq!(shown.phone[0].masked, "+12XXXXXXX07");
    assert_eq!(shown.email[0].masked, "anaXXXXXX@bank.example");
    assert_eq!(shown.phone[0].unmasked, shown.phone[0].reference_id);
    let mut flow = Handle::of(&started);
    let both = flow.send_to(flow.phones.first(), flow.emails.first());
    let body = SecurityQuestionsRequest { mfa_attributes: Some(both) };
    let sent = sent(client.request_update_security_questions_otp(&token, body).await.unwrap());
    flow.security_key = sent.security_key.as_str().to_owned();
    let messages = server.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].passcode, messages[1].passcode);
    assert!(messages.iter().all(|message| message.language == "es"), "Ana's language is Spanish");
    client.verify_update_security_questions_otp(&token, flow.verify(&messages[0].passcode)).await.unwrap();
}

#[tokio::test]
async fn a_right_code_is_accepted_once() {
    let server = TestServer::start().await;
    let flow = server.sent_pre_login(PHONE).await;
    let (client, code) = (server.client(), server.code());
    let tries = (0..16).map(|_| client.verify_otp_pre_login_mb(None, flow.verify(&code)));
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in answers.into_iter().filter_map(Result::err) {
        assert_eq!(refused(answer).dbp_err_code, VerifyErrorCode::UnknownServiceKey);
    }
}

#[tokio::test]
async fn wrong_codes_count_down_and_lock_the_flow_even_for_the_right_code() {
    let server = TestServer::start().await;
    let mut flow = server.sent_pre_login(PHONE).await;
    let (client, code) = (server.client(), server.code());
    for (remaining, locks) in [("2", None), ("1", None), ("0", Some(TextTrue::True))] {
        let answer = client.verify_otp_pre_login_mb(None, flow.verify(&wrong(&code))).await;
        let failed = refused(answer.unwrap_err());
        assert_eq!(failed.dbp_err_code, VerifyErrorCode::WrongCode);
        assert_eq!(failed.remaining_failed_attempts.as_deref(), Some(remaining));
        assert_eq!(failed.max_failed_attempts_allowed.as_deref(), Some("3"));
        assert_eq!(failed.lock_user, locks);
    }
    let failed = refused(client.verify_otp_pre_login_mb(None, flow.verify(&code)).await.unwrap_err());
    assert_eq!((failed.dbp_err_code, failed.lock_user), (VerifyErrorCode::Locked, Some(TextTrue::True)));
    let body = PreLoginRequest { phone: None, mfa_attributes: Some(flow.send()) };
    let answer = client.request_otp_pre_login_mb(None, body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::Locked);
    flow.security_key = "another".into();
    let failed = refused(client.verify_otp_pre_login_mb(None, flow.verify(&code)).await.unwrap_err());
    assert_eq!(failed.dbp_err_code, VerifyErrorCode::UnknownSecurityKey, "the key is asked for first");
}

#[tokio::test]
async fn a_resend_keeps_code_key_expiry_and_attempts_until_resends_are_used_up() {
    let server = TestServer::start().await;
    let mut flow = server.sent_pre_login(PHONE).await;
    let (code, key) = (server.code(), flow.security_key.clone());
    let failed = server.client().verify_otp_pre_login_mb(None, flow.verify(&wrong(&code))).await;
    assert_eq!(refused(failed.unwrap_err()).remaining_failed_attempts.as_deref(), Some("2"));
    server.clock.pass(TimeDelta::seconds(100));
    for remaining in ["2", "1", "0"] {
        let sent = server.send_pre_login(&mut flow).await;
        assert_eq!((sent.remaining_resend_attempts.as_str(), &flow.security_key), (remaining, &key));
        assert_eq!(server.code(), code);
    }
    let body = PreLoginRequest { phone: None, mfa_attributes: Some(flow.send()) };
    let answer = server.client().request_otp_pre_login_mb(None, body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::ResendLimit);
    let failed = server.client().verify_otp_pre_login_mb(None, flow.verify(&wrong(&code))).await;
    assert_eq!(refused(failed.unwrap_err()).remaining_failed_attempts.as_deref(), Some("1"));
    server.clock.pass(TimeDelta::seconds(80));
    let failed = refused(server.client().verify_otp_pre_login_mb(None, flow.verify(&code)).await.unwrap_err());
    assert_eq!(failed.dbp_err_code, VerifyErrorCode::CodeExpired, "three minutes after the first send");
}

#[tokio::test]
async fn after_a_code_has_expired_a_resend_makes_a_new_one() {
    let server = TestServer::start().await;
    let mut flow = server.sent_pre_login(PHONE).await;
    let old = (server.code(), flow.clone());
    server.clock.pass(TimeDelta::minutes(3));
    server.send_pre_login(&mut flow).await;
    assert_ne!((&server.code(), &flow.security_key), (&old.0, &old.1.security_key));
    let failed = refused(server.client().verify_otp_pre_login_mb(None, old.1.verify(&old.0)).await.unwrap_err());
    assert_eq!(failed.dbp_err_code, VerifyErrorCode::UnknownSecurityKey);
    server.client().verify_otp_pre_login_mb(None, flow.verify(&server.code())).await.unwrap();
}

#[tokio::test]
async fn a_flow_ends_after_fifteen_minutes() {
    let server = TestServer::start().await;
    let flow = server.start_pre_login(PHONE).await;
    server.clock.pass(TimeDelta::minutes(15));
    let body = PreLoginRequest { phone: None, mfa_attributes: Some(flow.send()) };
    let answer = server.client().request_otp_pre_login_mb(None, body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::UnknownServiceKey);
}

#[tokio::test]
async fn a_send_that_nobody_takes_is_not_used_up_but_counts_for_the_day() {
    let server = TestServer::with(|config| {
        config.policy.pre_login.get_or_insert_default().daily_codes_max = Some(5);
    })
    .await;
    let mut flow = server.start_pre_login(PHONE).await;
    let body = || PreLoginRequest { phone: None, mfa_attributes: Some(flow.send()) };
    server.sms.refuses.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        let answer = server.client().request_otp_pre_login_mb(None, body()).await;
        assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::NotDelivered);
    }
    server.sms.refuses.store(false, Ordering::Relaxed);
    let sent = server.send_pre_login(&mut flow).await;
    assert_eq!(sent.remaining_resend_attempts, "3", "neither refused send was a resend");
    server.send_pre_login(&mut flow).await;
    server.send_pre_login(&mut flow).await;
    let body = PreLoginRequest { phone: None, mfa_attributes: Some(flow.send()) };
    let answer = server.client().request_otp_pre_login_mb(None, body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::DailyLimit, "five were tried today");
}

#[tokio::test]
async fn one_channel_of_two_is_enough() {
    let server = TestServer::start().await;
    let token = server.token(ANA);
    let flow = server.start_questions(&token).await;
    server.sms.refuses.store(true, Ordering::Relaxed);
    let attributes = Some(flow.send_to(flow.phones.first(), flow.emails.first()));
    let body = SecurityQuestionsRequest { mfa_attributes: attributes };
    sent(server.client().request_update_security_questions_otp(&token, body).await.unwrap());
    assert_eq!(server.messages()[0].channel, "email");
    server.email.refuses.store(true, Ordering::Relaxed);
    let body =
        SecurityQuestionsRequest { mfa_attributes: Some(flow.send_to(flow.phones.first(), flow.emails.first())) };
    let answer = server.client().request_update_security_questions_otp(&token, body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::NotDelivered);
}

#[tokio::test]
async fn daily_limits_hold_over_flows_and_restarts_and_end_with_the_day() {
    let limit = |config: &mut countersign::config::Config| {
        config.policy.pre_login.get_or_insert_default().daily_codes_max = Some(2);
    };
    let server = TestServer::with(limit).await;
    for _ in 0..2 {
        server.sent_pre_login(PHONE).await;
    }
    let server = server.restart(limit).await;
    let mut flow = server.start_pre_login(PHONE).await;
    let body = PreLoginRequest { phone: None, mfa_attributes: Some(flow.send()) };
    let answer = server.client().request_otp_pre_login_mb(None, body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::DailyLimit);
    server.sent_pre_login("+12025550198").await;
    server.clock.pass(TimeDelta::hours(12));
    flow = server.start_pre_login(PHONE).await;
    server.send_pre_login(&mut flow).await;
}

#[tokio::test]
async fn attempts_locks_and_consumed_flows_survive_a_restart() {
    let server = TestServer::start().await;
    let open = server.sent_pre_login(PHONE).await;
    let code = server.code();
    let used = server.sent_pre_login("+12025550198").await;
    let used_code = server.code();
    server.client().verify_otp_pre_login_mb(None, used.verify(&used_code)).await.unwrap();
    let failed = server.client().verify_otp_pre_login_mb(None, open.verify(&wrong(&code))).await;
    assert_eq!(refused(failed.unwrap_err()).remaining_failed_attempts.as_deref(), Some("2"));

    let server = server.restart(|_| ()).await;
    let again = refused(server.client().verify_otp_pre_login_mb(None, used.verify(&used_code)).await.unwrap_err());
    assert_eq!(again.dbp_err_code, VerifyErrorCode::UnknownServiceKey);
    let failed = refused(server.client().verify_otp_pre_login_mb(None, open.verify(&wrong(&code))).await.unwrap_err());
    assert_eq!(failed.remaining_failed_attempts.as_deref(), Some("1"));
    server.client().verify_otp_pre_login_mb(None, open.verify(&code)).await.unwrap();
}

#[tokio::test]
async fn the_primary_address_is_shown_alone_and_used_unasked() {
    let server = TestServer::with(|config| {
        config.policy.security_questions.get_or_insert_default().presentation = Some(Presentation::Primary);
    })
    .await;
    let token = server.token(BEN);
    let body = SecurityQuestionsRequest::default();
    let requested = server.client().request_update_security_questions_otp(&token, body).await.unwrap();
    let Requested::Started(started) = requested else { panic!("not started") };
    assert_eq!(started.mfa_attributes.communication_type, CommunicationType::DisplayPrimary);
    let flow = Handle::of(&started);
    assert_eq!((flow.phones.len(), flow.emails.len()), (1, 0));
    let body = SecurityQuestionsRequest { mfa_attributes: Some(flow.send_to(None, None)) };
    sent(server.client().request_update_security_questions_otp(&token, body).await.unwrap());
    assert_eq!(server.messages()[0].to, "+12025550123");
}

#[tokio::test]
async fn with_no_value_to_display_one_call_starts_and_sends() {
    let server = TestServer::with(|config| {
        config.policy.pre_login.get_or_insert_default().presentation = Some(Presentation::NoValue);
    })
    .await;
    let sent = sent(server.client().request_otp_pre_login_mb(None, phone_body(PHONE)).await.unwrap());
    let service_key = sent.service_key.expect("the flow is named").as_str().to_owned();
    let flow = Handle { service_key, security_key: sent.security_key.as_str().to_owned(), ..Handle::default() };
    server.client().verify_otp_pre_login_mb(None, flow.verify(&server.code())).await.unwrap();
}

#[tokio::test]
async fn policy_can_turn_the_step_off_or_leave_it_out() {
    let server = TestServer::with(|config| {
        config.policy.pre_login.get_or_insert_default().required = Some(false);
        config.policy.security_questions = None;
    })
    .await;
    let skipped = server.client().request_otp_pre_login_mb(None, phone_body(PHONE)).await.unwrap();
    assert!(matches!(skipped, Requested::Skipped(_)));
    let (client, token) = (server.client(), server.token(ANA));
    let answer = client.request_update_security_questions_otp(&token, SecurityQuestionsRequest::default()).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::NoPolicy);
}

#[tokio::test]
async fn an_email_alone_is_refused_by_nist_and_taken_by_dbx_compat() {
    for (profile, taken) in [(Profile::Nist, false), (Profile::DbxCompat, true)] {
        let server = TestServer::with(|config| config.policy.profile = profile).await;
        let token = server.token(ANA);
        let flow = server.start_questions(&token).await;
        let body = SecurityQuestionsRequest { mfa_attributes: Some(flow.send_to(None, flow.emails.first())) };
        match server.client().request_update_security_questions_otp(&token, body).await {
            Ok(requested) => assert!(taken, "{:?}", sent(requested)),
            Err(error) => {
                assert_eq!(refused(error).dbp_err_code, RequestErrorCode::PayloadMismatch);
                assert!(!taken);
            }
        }
        let token = server.token(MIA);
        let body = SecurityQuestionsRequest::default();
        assert_eq!(server.client().request_update_security_questions_otp(&token, body).await.is_ok(), taken);
    }
}

#[tokio::test]
async fn a_flow_belongs_to_its_customer_and_its_app() {
    let server = TestServer::start().await;
    let (client, token) = (server.client(), server.token(ANA));
    let flow = server.sent_questions(&token).await;
    let code = server.code();
    for other in [server.token(BEN), server.token_of_app(ANA, APPS[1])] {
        let answer = client.verify_update_security_questions_otp(&other, flow.verify(&code)).await;
        assert_eq!(refused(answer.unwrap_err()).dbp_err_code, VerifyErrorCode::UnknownServiceKey);
    }
    let answer = client.verify_otp_pre_login_mb(None, flow.verify(&code)).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, VerifyErrorCode::UnknownServiceKey, "another operation's");
    let body = SecurityQuestionsRequest { mfa_attributes: Some(flow.send()) };
    let answer = client.request_update_security_questions_otp(&server.token(BEN), body).await;
    assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::UnknownServiceKey);
    client.verify_update_security_questions_otp(&token, flow.verify(&code)).await.unwrap();
}

#[tokio::test]
async fn customers_without_an_address_and_strangers_are_answered_alike() {
    let server = TestServer::start().await;
    for customer in [LEO, "nobody"] {
        let body = SecurityQuestionsRequest::default();
        let answer = server.client().request_update_security_questions_otp(&server.token(customer), body).await;
        assert_eq!(refused(answer.unwrap_err()).dbp_err_code, RequestErrorCode::InvalidPhone);
    }
}

#[tokio::test]
async fn an_answer_lost_on_the_way_costs_a_resend_not_the_flow() {
    let server = TestServer::start().await;
    let mut flow = server.start_pre_login(PHONE).await;
    server.send_pre_login(&mut flow.clone()).await;
    let sent = server.send_pre_login(&mut flow).await;
    assert_eq!(sent.remaining_resend_attempts, "2");
    server.client().verify_otp_pre_login_mb(None, flow.verify(&server.code())).await.unwrap();
}

#[tokio::test]
async fn the_log_ties_a_message_to_its_request_and_names_codes_but_nobody() {
    let server = TestServer::start().await;
    let mut flow = server.start_pre_login(PHONE).await;
    let seen = server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &flow.send_json()).await;
    let request_id = seen.headers["x-request-id"].to_str().unwrap();
    flow.security_key = seen.body["MFAAttributes"]["securityKey"].as_str().unwrap().to_owned();
    let seen = server.post(&VERIFY_OTP_PRE_LOGIN_MB, None, &flow.verify_json(&wrong(&server.code()))).await;
    assert_eq!(seen.code(), "10517");

    let lines = server.logged();
    let accepted = lines.iter().find(|line| line["msg"] == "message accepted").expect("a line for the message");
    assert_eq!(accepted["request_id"], request_id);
    let refused = lines.iter().find(|line| line["msg"] == "refused").expect("a line for the refusal");
    assert_eq!((&refused["code"], &refused["operation"]), (&"10517".into(), &VERIFY_OTP_PRE_LOGIN_MB.id.into()));
    let text = format!("{lines:?}");
    for secret in [&PHONE[1..], &server.code(), &flow.service_key, &flow.security_key, &flow.phones[0]] {
        assert!(!text.contains(secret), "the log holds {secret}");
    }
    let metrics = server.http.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let counted = "countersign_refusals_total{operation=\"verifyOTPPreLoginMB\",code=\"10517\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
}

fn refused<B: std::fmt::Debug>(error: CallError<B>) -> B {
    match error {
        CallError::Business(failure) => *failure,
        other => panic!("not a business failure: {other:?}"),
    }
}
