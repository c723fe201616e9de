//! How long answers take that must not be told apart, measured as dudect does: samples of both kinds in random order, Welch's t, a
//! confidence interval for the difference of the means. `equal.rs` shows that both take the same steps; this shows what a clock
//! on the same machine sees of it, best in a release build:
//!
//! ```sh
//! COUNTERSIGN_TIMING=20000 cargo test --release --test it -- attacks::timing --nocapture
//! ```
//!
//! No time is asserted: a machine that does other things as well would decide. A plain `cargo test` takes a few samples, to see that
//! the measure works.

use crate::support::attack::Luck;
use crate::support::bne_api::{OCRA, OTHER_WEB, VALIDATE, WEB, code};
use crate::support::dbx::{Handle, PHONE, wrong};
use crate::support::server::{ANA, BEN, TestServer};
use chrono::TimeDelta;
use countersign::api::dbx::generated::{REQUEST_OTP_PRE_LOGIN_MB, VERIFY_UPDATE_SECURITY_QUESTIONS_OTP};
use reqwest::RequestBuilder;
use serde_json::json;
use std::time::Instant;

/// Above |t| of this, dudect calls two distributions different.
const T_MAX: f64 = 4.5;
/// The share of samples that is kept, the quickest: the slow ones tell of the machine.
const KEPT: f64 = 0.9;

/// What is known of a mean.
#[derive(Clone, Copy, Debug)]
struct Mean {
    /// Nanoseconds.
    value: f64,
    /// Its squared standard error.
    error: f64,
}

impl Mean {
    fn of(samples: &[f64]) -> Self {
        let count = samples.len() as f64;
        let value = samples.iter().sum::<f64>() / count;
        let variance = samples.iter().map(|sample| (sample - value).powi(2)).sum::<f64>() / (count - 1.0);
        Self { value, error: variance / count }
    }
}

/// Two kinds of samples, compared.
#[derive(Clone, Copy, Debug)]
struct Difference {
    /// Nanoseconds.
    value: f64,
    /// Half the width of the 95 % confidence interval.
    margin: f64,
    t: f64,
}

impl Difference {
    /// Welch's t-test; with so many samples the distribution is normal.
    fn of(one: &[f64], other: &[f64]) -> Self {
        let (one, other) = (Mean::of(one), Mean::of(other));
        let (value, error) = (one.value - other.value, (one.error + other.error).sqrt());
        Self { value, margin: 1.96 * error, t: value / error }
    }
}

/// Drops what is slower than nearly all samples, of both kinds by one bound.
fn cropped(samples: [Vec<f64>; 2]) -> [Vec<f64>; 2] {
    let mut all: Vec<_> = samples.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let bound = all[((all.len() - 1) as f64 * KEPT) as usize];
    samples.map(|samples| samples.into_iter().filter(|sample| *sample <= bound).collect())
}

async fn compare(what: &str, luck: &Luck, pair: [RequestBuilder; 2], samples: usize) -> String {
    let mut taken: [Vec<f64>; 2] = Default::default();
    for n in 0..2 * samples {
        let kind = luck.below(2) as usize;
        let request = pair[kind].try_clone().unwrap();
        let start = Instant::now();
        let response = request.send().await.unwrap();
        let bytes = response.bytes().await.unwrap();
        let time = start.elapsed().as_nanos() as f64;
        assert!(!bytes.is_empty());
        // The first ones warm up connection, statements and caches.
        if n >= samples / 10 {
            taken[kind].push(time);
        }
    }
    let [one, other] = cropped(taken);
    let Difference { value, margin, t } = Difference::of(&one, &other);
    let verdict = if t.abs() > T_MAX { "DIFFERENT" } else { "not told apart" };
    let (mean, count) = (Mean::of(&one).value / 1000.0, one.len() + other.len());
    let (value, margin) = (value / 1000.0, margin / 1000.0);
    format!(
        "{what}: mean {mean:.1} us, difference {value:+.2} us +- {margin:.2} (95 %), t = {t:+.2}, n = {count}: {verdict}"
    )
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the report, for `--nocapture`")]
async fn times_of_answers_that_must_not_be_told_apart_are_reported() {
    let samples = std::env::var("COUNTERSIGN_TIMING").map_or(50, |text| text.parse().expect("a number of samples"));
    let luck = Luck::of("timing");
    let mut report = Vec::new();

    let server = TestServer::start().await;
    let (ana, ben) = (server.token(ANA), server.token(BEN));
    let expired = server.sent_questions(&ana).await;
    server.clock.pass(TimeDelta::minutes(15));
    let consumed = server.sent_questions(&ana).await;
    server.client().verify_update_security_questions_otp(&ana, consumed.verify(&server.code())).await.unwrap();
    let foreign = server.sent_questions(&ben).await;
    let guess = wrong(&server.code());
    let unknown = Handle { service_key: "c449a331-1f54-400c-a42a-176dbeb8f9bd".into(), ..foreign.clone() };
    let verify = |handle: &Handle| {
        let body = handle.verify_json(&guess).to_string();
        server.request(&VERIFY_UPDATE_SECURITY_QUESTIONS_OTP, Some(&ana)).body(body)
    };
    for (what, other) in [("unknown", &unknown), ("foreign", &foreign), ("expired", &expired), ("consumed", &consumed)]
    {
        let pair = [verify(&unknown), verify(other)];
        report.push(compare(&format!("service key, unknown and {what}"), &luck, pair, samples).await);
    }
    let start =
        |phone: &str| server.request(&REQUEST_OTP_PRE_LOGIN_MB, None).body(json!({ "Phone": phone }).to_string());
    let pair = [start("+12025550123"), start(PHONE)];
    report.push(compare("phone before login, a customer's and a stranger's", &luck, pair, samples).await);

    let server = TestServer::with_tokens(|_| ()).await;
    let consumed = server.login(OCRA).await;
    let right = server.shown(OCRA, &consumed, 0);
    assert_eq!(server.ask(VALIDATE, &code(&consumed, "LOGIN", &right)).await.status, 204);
    let there = server.login(OCRA).await;
    let right = server.shown(OCRA, &there, 0);
    let ask = |client: &str, body: &serde_json::Value| {
        server.http.post(server.url(VALIDATE.path)).headers(server.headers(client)).body(body.to_string())
    };
    let mut unknown = code(&there, "LOGIN", &right);
    unknown["mfaTransactionId"] = "b8b1f0c2-5f64-4f5f-9d1c-0a9e8e3a7c41".into();
    for (what, client, body) in [
        ("unknown", WEB, unknown.clone()),
        ("consumed", WEB, code(&consumed, "LOGIN", &right)),
        ("another client's", OTHER_WEB, code(&there, "LOGIN", &right)),
    ] {
        let pair = [ask(client, &unknown), ask(client, &body)];
        report.push(compare(&format!("transaction, unknown and {what}"), &luck, pair, samples).await);
    }
    println!("{}", report.join("\n"));
    assert!(report.iter().all(|line| !line.contains("NaN") && !line.contains("inf")), "{report:?}");
}

#[test]
fn the_measure_finds_a_difference_that_is_there_and_none_that_is_not() {
    let luck = Luck::of("measure");
    let noise = |offset: f64| -> Vec<f64> {
        (0..5000).map(|_| offset + (0..4).map(|_| luck.below(1000) as f64).sum::<f64>()).collect()
    };
    let same = Difference::of(&noise(1e5), &noise(1e5));
    assert!(same.t.abs() < T_MAX && same.value.abs() < 2.0 * same.margin, "{same:?}");
    let later = Difference::of(&noise(1e5 + 100.0), &noise(1e5));
    assert!(later.t > T_MAX && (later.value - 100.0).abs() < 2.0 * later.margin, "{later:?}");
    let [one, other] = cropped([vec![1.0, 2.0, 3.0, 4.0, 5.0], vec![1.0, 2.0, 3.0, 4.0, 900.0]]);
    assert_eq!((one.len(), other.len()), (5, 4));
}
