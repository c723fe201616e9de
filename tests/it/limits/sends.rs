//! Codes sent.

use super::*;
use crate::support::server::{ANA, BEN};
use countersign::config::Key;
use futures::future::join_all;
use secrecy::SecretString;

#[tokio::test]
async fn a_code_is_sent_again_after_the_wait_that_was_told() {
    let server = TestServer::with(|config| config.limits.resend_wait_secs = Some(20)).await;
    let (flow, first) = server.asked(&phone(100)).await;
    assert_eq!(first.status, 200);
    let again = async || server.ask_code(None, &mut flow.clone()).await;
    waits_exactly(&server, again).await;
    assert_eq!(server.messages().len(), 2);
    // Another flow waits for nothing.
    assert_eq!(server.asked(&phone(101)).await.1.status, 200);
}

#[tokio::test]
async fn a_customer_and_a_destination_get_so_many_codes_in_an_hour_and_are_told_so_in_dbx_words() {
    let server = TestServer::with(|config| {
        only(config);
        config.limits.sends.destination_per_hour = Some(2);
        config.limits.sends.customer_per_hour = Some(3);
    })
    .await;
    let code = async |answer: &(Handle, Answer)| answer.1.code.clone();
    for expected in ["", "", "10509"] {
        assert_eq!(code(&server.asked(&phone(100)).await).await, expected);
    }
    assert_eq!(code(&server.asked(&phone(101)).await).await, "", "another destination");
    // Ben has two phones: two codes to the first, one to the second, and that is all for him.
    let (mut first, mut second) = (server.started_questions(BEN).await, server.started_questions(BEN).await);
    second.phones.remove(0);
    assert_eq!(server.ask_code(Some(BEN), &mut first).await.code, "");
    assert_eq!(server.ask_code(Some(BEN), &mut first).await.code, "");
    assert_eq!(server.ask_code(Some(BEN), &mut first).await.code, "10509", "the destination");
    assert_eq!(server.ask_code(Some(BEN), &mut second).await.code, "");
    assert_eq!(server.ask_code(Some(BEN), &mut second).await.code, "10509", "the customer");
    assert_eq!(code(&server.asked_questions(ANA).await).await, "", "another customer");
    // What was sent before login to the phone of a customer takes nothing from the customer.
    for _ in 0..2 {
        assert_eq!(code(&server.asked("+12025550107").await).await, "");
    }
    assert_eq!(code(&server.asked_questions(ANA).await).await, "");
    server.pass_secs(3600 + 3600 / 11 + 1);
    assert_eq!(code(&server.asked(&phone(100)).await).await, "");
    assert_eq!(code(&server.asked_questions(BEN).await).await, "");
}

#[tokio::test]
async fn a_client_address_gets_so_many_codes_in_an_hour() {
    let mut server = TestServer::with(|config| {
        only(config);
        config.limits.sends.address_per_hour = Some(2);
    })
    .await;
    for n in 0..2 {
        assert_eq!(server.asked(&phone(n)).await.1.status, 200);
    }
    assert!(server.asked(&phone(2)).await.1.throttled());
    assert_eq!(server.asked_questions(ANA).await.1.status, 200, "what anyone can do takes nothing from customers");
    server.call_from([127, 0, 0, 2]);
    assert_eq!(server.asked(&phone(3)).await.1.status, 200, "another address");
    server.call_from([127, 0, 0, 1]);
    waits_exactly(&server, async || server.asked(&phone(4)).await.1).await;
}

#[tokio::test]
async fn an_app_a_country_a_purpose_and_all_together_get_so_many_codes() {
    let set: [(&str, Set); 4] = [
        ("app", |config| config.limits.sends.app_per_minute = Some(2)),
        ("country", |config| config.limits.sends.country_per_hour = Some(2)),
        ("purpose", |config| config.limits.sends.purpose_per_minute = Some(2)),
        ("all", |config| config.limits.sends.all_per_minute = Some(2)),
    ];
    for (which, set) in set {
        let server = TestServer::with(|config| {
            only(config);
            set(config);
        })
        .await;
        let ask = async |n: usize| match which {
            "app" => server.asked_questions(if n.is_multiple_of(2) { ANA } else { BEN }).await.1,
            _ => server.asked(&phone(n)).await.1,
        };
        for n in 0..2 {
            assert_eq!(ask(n).await.status, 200, "{which}");
        }
        assert!(ask(2).await.throttled(), "{which}");
        let elsewhere = match which {
            "app" => server.asked(&phone(3)).await.1,
            "country" => server.asked("+34600123456").await.1,
            _ => server.asked_questions(ANA).await.1,
        };
        assert_eq!(elsewhere.throttled(), which == "all", "{which}");
        waits_exactly(&server, async || ask(4).await).await;
    }
}

#[tokio::test]
async fn a_restart_a_new_server_key_and_a_clock_that_is_set_back_refund_no_code() {
    let limited = |config: &mut Config| {
        only(config);
        config.limits.sends.address_per_hour = Some(2);
        config.limits.sends.destination_per_hour = Some(1);
    };
    let server = TestServer::with(limited).await;
    assert_eq!(server.asked(&phone(0)).await.1.code, "");
    let server = server.restart(limited).await;
    assert_eq!(server.asked(&phone(0)).await.1.code, "10509");
    let rotated = |config: &mut Config| {
        limited(config);
        let secret = Some(SecretString::from("0123456789abcdef".repeat(4)));
        config.keys.insert(0, Key { id: "next".into(), file: None, command: None, secret, from_environment: false });
    };
    let server = server.restart(rotated).await;
    assert_eq!(server.asked(&phone(0)).await.1.code, "10509");
    assert_eq!(server.asked(&phone(1)).await.1.status, 200);
    assert!(server.asked(&phone(2)).await.1.throttled());
    server.pass_secs(-3600);
    assert!(server.asked(&phone(3)).await.1.throttled());
    // Nobody is locked for longer than the hour that the clock was back, and the time itself.
    server.pass_secs(2 * 3600 + 3600 / 11 + 1);
    assert_eq!(server.asked(&phone(0)).await.1.code, "");
}

#[tokio::test]
async fn of_many_sends_at_once_as_many_go_as_there_may_be() {
    let server = TestServer::with(|config| {
        only(config);
        config.limits.sends.address_per_hour = Some(5);
    })
    .await;
    let numbers: Vec<_> = (0..40).map(phone).collect();
    let answers = join_all(numbers.iter().map(|phone| server.asked(phone))).await;
    assert_eq!(answers.iter().filter(|(_, answer)| answer.status == 200).count(), 5);
    assert!(answers.iter().all(|(_, answer)| answer.status == 200 || answer.throttled()));
    assert_eq!(server.messages().len(), 5);
}
