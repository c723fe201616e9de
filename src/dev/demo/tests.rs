//! Whether the demo notices what is wrong: each test breaks one thing.

use super::*;
use crate::config::Policy;

async fn story(change: impl FnOnce(&mut Config)) -> (Vec<String>, Result<(), DemoError>) {
    let options = Options { phone: "+1 (202) 555-0107".into(), email: "ana@bank.example".into() };
    let (mut lines, log) = (Vec::new(), Logger::root(slog::Discard, slog::o!()));
    let told = play(&options, log, &mut |line| lines.push(line.to_owned()), change).await;
    (lines, told)
}

/// The number of the step that failed, and its problem.
async fn failure(change: impl FnOnce(&mut Config)) -> (usize, String) {
    match story(change).await.1 {
        Err(DemoError::Step { number, problem, .. }) => (number, problem),
        other => panic!("no step failed: {other:?}"),
    }
}

#[tokio::test]
async fn an_operation_without_a_policy_is_noticed() {
    let (step, problem) = failure(|config| config.policy.pre_login = None).await;
    assert!(step == 1 && problem.starts_with("10501: "), "{step}: {problem}");
    let (step, problem) = failure(|config| config.policy.security_questions = None).await;
    assert!(step == 7 && problem.starts_with("10501: "), "{step}: {problem}");
}

#[tokio::test]
async fn a_step_that_is_turned_off_is_noticed() {
    let off = Policy { required: Some(false), ..Policy::default() };
    let (step, problem) = failure(|config| config.policy.pre_login = Some(off)).await;
    assert_eq!((step, &*problem), (1, "the answer is not that a flow was started"));
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_noticed() {
    let (step, problem) = failure(|config| config.delivery.sms = None).await;
    assert!(step == 2 && problem.starts_with("10511: "), "{step}: {problem}");
}

#[tokio::test]
async fn an_email_that_does_not_come_is_noticed_though_the_text_message_came() {
    let (step, problem) = failure(|config| config.delivery.smtp = None).await;
    assert_eq!((step, &*problem), (8, "0 e-mails came instead of one"));
}

#[tokio::test]
async fn other_limits_than_the_defaults_are_noticed() {
    let fewer = Policy { failed_attempts_max: Some(2), ..Policy::default() };
    let (step, problem) = failure(|config| config.policy.pre_login = Some(fewer)).await;
    assert_eq!((step, &*problem), (3, "attempts left: 1 instead of 2"));
    let fewer = Policy { resends_max: Some(0), ..Policy::default() };
    let (step, problem) = failure(|config| config.policy.pre_login = Some(fewer)).await;
    assert!(step == 4 && problem.starts_with("10510: "), "{step}: {problem}");
}

#[tokio::test]
async fn a_failed_demo_names_the_step_and_leaves_nothing_behind() {
    let (lines, told) = story(|config| config.policy.pre_login = None).await;
    let error = told.unwrap_err().to_string();
    assert!(error.starts_with("step 1, requestOTPPreLoginMB (start, with the number"), "{error}");
    let data = lines.iter().find_map(|line| line.trim().strip_prefix("data ")).unwrap();
    let database = PathBuf::from(data.trim().trim_end_matches(" (deleted at the end)"));
    assert_eq!(database.file_name().unwrap(), "countersign.sqlite");
    assert!(!database.parent().unwrap().exists(), "{} is still there", database.display());
}

#[tokio::test]
async fn a_family_that_is_not_served_and_an_app_that_is_not_known_are_noticed() {
    let (step, problem) = failure(|config| config.bne.enabled = false).await;
    assert!(step == 16 && problem.contains("Not Found"), "{step}: {problem}");
    let (step, problem) = failure(|config| {
        config.issuers[0].bne.as_mut().unwrap().audiences = vec!["another-app".into()];
    })
    .await;
    assert!(step == 16 && problem.contains("401"), "{step}: {problem}");
}

#[tokio::test]
async fn a_transaction_that_takes_no_second_code_is_noticed() {
    let (step, problem) = failure(|config| config.bne.failed_attempts_max = Some(1)).await;
    assert!(step == 18 && problem.contains("422"), "{step}: {problem}");
}
