//! Wrong codes.

use super::*;
use crate::operator::Office;
use crate::support::dbx::wrong;
use crate::support::server::{ANA, BEN};
use countersign::domain::ports::Clock;

const DAY: i64 = 86_400;
/// A window ends so much later at most.
const MORE: i64 = DAY / 11 + 1;
const ANAS_PHONE: &str = "+12025550107";

#[tokio::test]
async fn the_wrong_codes_of_a_destination_count_over_resends_flows_and_restarts() {
    let limited = |config: &mut Config| {
        only(config);
        config.limits.failures.destination_per_day = Some(3);
    };
    let server = TestServer::with(limited).await;
    let (mut flow, _) = server.asked(&phone(0)).await;
    assert_eq!(server.try_code(None, &flow, &wrong(&server.code())).await.code, "10517");
    server.ask_code(None, &mut flow).await;
    assert_eq!(server.try_code(None, &flow, &wrong(&server.code())).await.code, "10517");
    let (mut flow, _) = server.asked(&phone(0)).await;
    let right = server.code();
    assert_eq!(server.try_code(None, &flow, &wrong(&right)).await.code, "10517");
    assert_eq!(server.try_code(None, &flow, &right).await.code, "10519", "the right code is not looked at any more");
    assert_ne!(server.ask_code(None, &mut flow).await.code, "", "nor is a code sent that cannot be entered");
    let server = server.restart(limited).await;
    assert_eq!(server.try_code(None, &flow, &right).await.code, "10519");
    let (other, _) = server.asked(&phone(1)).await;
    assert_eq!(server.try_code(None, &other, &server.code()).await.code, "", "another phone");
    // The window slides on: nobody is locked out for good.
    server.pass_secs(DAY + MORE);
    let (flow, answer) = server.asked(&phone(0)).await;
    assert_eq!(answer.code, "");
    assert_eq!(server.try_code(None, &flow, &server.code()).await.code, "");
}

#[tokio::test]
async fn the_wrong_codes_of_a_customer_count_over_all_phones() {
    let server = TestServer::with(|config| {
        only(config);
        config.limits.failures.customer_per_day = Some(3);
    })
    .await;
    let (mut first, mut second) = (server.started_questions(BEN).await, server.started_questions(BEN).await);
    second.phones.remove(0);
    server.ask_code(Some(BEN), &mut first).await;
    for _ in 0..2 {
        assert_eq!(server.try_code(Some(BEN), &first, &wrong(&server.code())).await.code, "10517");
    }
    server.ask_code(Some(BEN), &mut second).await;
    let right = server.code();
    assert_eq!(server.try_code(Some(BEN), &second, &wrong(&right)).await.code, "10517");
    assert_eq!(server.try_code(Some(BEN), &second, &right).await.code, "10519");
    let (flow, _) = server.asked_questions(ANA).await;
    assert_eq!(server.try_code(Some(ANA), &flow, &server.code()).await.code, "", "another customer");
    server.pass_secs(DAY + MORE);
    let (flow, _) = server.asked_questions(BEN).await;
    assert_eq!(server.try_code(Some(BEN), &flow, &server.code()).await.code, "");
}

#[tokio::test]
async fn a_stranger_who_guesses_before_login_takes_nothing_from_the_customer_and_no_phone_for_good() {
    let server = TestServer::start().await;
    // Whatever anyone can do with the phone of a customer, for three days.
    for _ in 0..3 {
        loop {
            let (flow, answer) = server.asked(ANAS_PHONE).await;
            if !answer.code.is_empty() {
                break;
            }
            while server.try_code(None, &flow, &wrong(&server.code())).await.code == "10517" {}
        }
        let (flow, answer) = server.asked_questions(ANA).await;
        assert_eq!(answer.code, "");
        assert_eq!(server.try_code(Some(ANA), &flow, &server.code()).await.code, "");
        server.pass_secs(DAY + MORE);
    }
    let (flow, answer) = server.asked(ANAS_PHONE).await;
    assert_eq!(answer.code, "");
    assert_eq!(server.try_code(None, &flow, &server.code()).await.code, "");
}

#[tokio::test]
async fn one_code_over_many_phones_is_slowed_and_no_flow_loses_anything_by_it() {
    let server = TestServer::with(|config| {
        only(config);
        config.limits.failures.same_code_per_hour = Some(4);
    })
    .await;
    let mut flows = Vec::new();
    for n in 0..5 {
        let (flow, _) = server.asked(&phone(n)).await;
        flows.push((flow, server.code()));
    }
    let is_right = |code: &String| flows.iter().any(|(_, right)| right == code);
    let guess = (0..10).map(|n| format!("23456{n}")).find(|code| !is_right(code)).unwrap();
    for (flow, _) in &flows[..4] {
        assert_eq!(server.try_code(None, flow, &guess).await.code, "10517");
    }
    let (flow, right) = &flows[4];
    let throttled = server.try_code(None, flow, &guess).await;
    assert!(throttled.throttled(), "{throttled:?}");
    assert_eq!(server.try_code(None, flow, &wrong(right)).await.code, "10517", "another code");
    assert_eq!(server.try_code(None, flow, right).await.code, "", "nothing was locked");
    // The flows that were tried go on, too, and somebody's right code is found right.
    assert_eq!(server.try_code(None, &flows[0].0, &flows[0].1).await.code, "");
    let later = throttled.retry_after.unwrap();
    server.pass_secs(i64::from(later) - 1);
    let (flow, _) = server.asked(&phone(9)).await;
    waits_exactly(&server, async || server.try_code(None, &flow, &guess).await).await;
}

#[tokio::test]
async fn wrong_codes_from_one_address_and_for_one_purpose_are_slowed() {
    let set: [(&str, Set); 2] = [
        ("address", |config| config.limits.failures.address_per_hour = Some(2)),
        ("purpose", |config| config.limits.failures.purpose_per_minute = Some(2)),
    ];
    for (which, set) in set {
        let mut server = TestServer::with(|config| {
            only(config);
            set(config);
        })
        .await;
        let (flow, _) = server.asked(&phone(0)).await;
        let right = server.code();
        for n in 0..2 {
            let guess = wrong(&right).replace('0', &(n + 2).to_string());
            assert_eq!(server.try_code(None, &flow, &guess).await.code, "10517", "{which}");
        }
        let throttled = server.try_code(None, &flow, &right).await;
        assert!(throttled.throttled(), "{which}: {throttled:?}");
        if which == "address" {
            server.call_from([127, 0, 0, 2]);
            assert_eq!(server.try_code(None, &flow, &right).await.code, "", "another address");
            server.call_from([127, 0, 0, 1]);
        } else {
            let (of_ana, _) = server.asked_questions(ANA).await;
            assert_eq!(server.try_code(Some(ANA), &of_ana, &server.code()).await.code, "", "another purpose");
        }
        let wait = i64::from(throttled.retry_after.unwrap());
        server.pass_secs(wait);
        let (flow, _) = server.asked(&phone(1)).await;
        assert_eq!(server.try_code(None, &flow, &server.code()).await.code, "", "{which}");
    }
}

/// A right code forgives; a hundred wrong ones do not pass with time, only an operator forgives them.
#[tokio::test]
async fn after_a_hundred_wrong_codes_in_a_row_an_operator_has_to_unlock_the_customer() {
    let office = Office::open(only).await;
    let server = &office.server;
    // Ninety-nine, then a right one: nothing is left of them.
    let wrong_codes = async |count: usize| {
        let mut left = count;
        while left > 0 {
            let (flow, answer) = server.asked_questions(ANA).await;
            assert_eq!(answer.code, "", "{left} of {count} were left");
            let guess = wrong(&server.code());
            for _ in 0..left.min(5) {
                assert_eq!(server.try_code(Some(ANA), &flow, &guess).await.code, "10517", "{left} of {count}");
            }
            left -= left.min(5);
        }
    };
    let locked = async || {
        let told = office.call("customer_view").at("customerId", ANA).gives(200).await;
        told.body["locked"].as_bool().unwrap()
    };
    wrong_codes(99).await;
    let (flow, _) = server.asked_questions(ANA).await;
    assert_eq!(server.try_code(Some(ANA), &flow, &server.code()).await.code, "");
    wrong_codes(99).await;
    let (flow, _) = server.asked_questions(ANA).await;
    let right = server.code();
    assert!(!locked().await);
    assert_eq!(server.try_code(Some(ANA), &flow, &wrong(&right)).await.code, "10517", "the hundredth");
    assert_eq!(server.try_code(Some(ANA), &flow, &right).await.code, "10519");
    assert!(locked().await);
    server.pass_secs(400 * DAY);
    assert_ne!(server.asked_questions(ANA).await.1.code, "");
    let (flow, _) = server.asked_questions(BEN).await;
    assert_eq!(server.try_code(Some(BEN), &flow, &server.code()).await.code, "", "another customer");

    let told = office.call("customer_unlock").at("customerId", ANA).gives(200).await;
    assert_eq!(told.text("/customerId"), ANA);
    assert!(!locked().await);
    office.call("customer_unlock").at("customerId", ANA).gives(409).await;
    let (flow, _) = server.asked_questions(ANA).await;
    assert_eq!(server.try_code(Some(ANA), &flow, &server.code()).await.code, "");
    let trail = office.call("audit_list").query("action", "customer_unlock").gives(200).await;
    let outcomes: Vec<_> = trail.body["items"].as_array().unwrap().iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes, ["done", "nothing to forget"]);
    let before = &trail.body["items"][0]["before"];
    assert!(before.to_string().contains("100"), "{before}");
}

#[tokio::test]
async fn an_operator_forgives_the_wrong_codes_of_a_day_too() {
    let office = Office::open(|config| {
        only(config);
        config.limits.failures.customer_per_day = Some(2);
        config.limits.failures.destination_per_day = Some(2);
    })
    .await;
    let server = &office.server;
    let (flow, _) = server.asked_questions(ANA).await;
    let right = server.code();
    for _ in 0..2 {
        assert_eq!(server.try_code(Some(ANA), &flow, &wrong(&right)).await.code, "10517");
    }
    assert_eq!(server.try_code(Some(ANA), &flow, &right).await.code, "10519");
    let told = office.call("customer_view").at("customerId", ANA).gives(200).await;
    assert_eq!(told.body["locked"], false, "this passes by itself");
    office.call("customer_unlock").at("customerId", ANA).gives(200).await;
    assert_eq!(server.try_code(Some(ANA), &flow, &right).await.code, "");
}

/// Only the wrong codes in a row go, which would never be over.
#[tokio::test]
async fn an_erasure_refunds_no_guess_of_the_day_and_forgets_the_wrong_codes_in_a_row() {
    let office = Office::open(|config| {
        only(config);
        config.limits.failures.destination_per_day = Some(3);
        config.limits.failures.customer_per_day = Some(2);
        config.limits.failures.customer_in_a_row = Some(2);
    })
    .await;
    let server = &office.server;
    let (flow, _) = server.asked_questions(ANA).await;
    let guess = wrong(&server.code());
    for _ in 0..2 {
        assert_eq!(server.try_code(Some(ANA), &flow, &guess).await.code, "10517");
    }
    let locked = async || {
        let told = office.call("customer_view").at("customerId", ANA).gives(200).await;
        told.body["locked"].as_bool().unwrap()
    };
    assert!(locked().await);
    // Windows that nothing but a right code or an operator ends.
    let endless = || {
        let sql = "select count(*) from limit_windows where over_at_ms > ?";
        let century = server.clock.now() + TimeDelta::days(36_500);
        server.rows().value::<u32>(sql, &[&century.timestamp_millis()])
    };
    assert_eq!(endless(), 1);
    office.call("customer_erase").at("customerId", ANA).gives(200).await;
    assert_eq!(endless(), 0, "it would stay for good");

    // Another phone, so that what is counted is the customer's own.
    let again = json!({ "language": "es", "phones": ["+12025550163"], "emails": [] });
    office.call("customer_put").at("customerId", ANA).body(again).gives(201).await;
    assert!(!locked().await);
    let (_, answer) = server.asked_questions(ANA).await;
    assert_eq!(answer.code, "10509", "the day's guesses are used up all the same");
    server.pass_secs(DAY + MORE);
    let (flow, _) = server.asked_questions(ANA).await;
    let right = server.code();
    assert_eq!(server.try_code(Some(ANA), &flow, &wrong(&right)).await.code, "10517");
    assert_eq!(server.try_code(Some(ANA), &flow, &right).await.code, "", "the first of a new row");
}
