//! The demo, as a reader sees it. That it notices faults, its unit tests show.

use countersign::dev::demo::{DemoError, Options, run};
use std::collections::BTreeSet;

const PHONE: &str = "+12025550142";
const EMAIL: &str = "demo.person@example.com";

async fn demo(phone: &str, email: &str) -> (String, Result<(), DemoError>) {
    let options = Options { phone: phone.into(), email: email.into() };
    let log = slog::Logger::root(slog::Discard, slog::o!());
    let mut told = String::new();
    let result = run(&options, log, &mut |line| told += &format!("{line}\n")).await;
    (told, result)
}

/// The texts in their order.
fn assert_tells(told: &str, texts: &[&str]) {
    let mut rest = told;
    for text in texts {
        let (_, after) = rest.split_once(text).unwrap_or_else(|| panic!("{text:?} is not told after that:\n{told}"));
        rest = after;
    }
}

#[tokio::test]
async fn the_demo_drives_all_operations_of_both_bank_families_and_shows_the_messages() {
    let (told, result) = demo(PHONE, EMAIL).await;
    result.unwrap_or_else(|error| panic!("{error}\n{told}"));
    assert_tells(
        &told,
        &[
            "Before login",
            "1. requestOTPPreLoginMB: start",
            "DISPLAY_ALL; phones: +12XXXXXXX42; e-mail: none",
            "2. requestOTPPreLoginMB: send",
            "6 digits, 3 of 3 resends left",
            "text message to +12XXXXXXX42:",
            "is your code to confirm your phone",
            "3. verifyOTPPreLoginMB: a wrong code",
            "answer: 10517 ",
            "2 of 3 attempts left",
            "4. requestOTPPreLoginMB: resend",
            "2 of 3 resends left",
            "text message to +12XXXXXXX42:",
            "5. verifyOTPPreLoginMB: the code",
            "isOtpVerified: true",
            "6. verifyOTPPreLoginMB: the same code once more",
            "answer: 10502 ",
            "Security questions",
            "7. requestUpdateSecurityQuestionsOTP: start",
            "phones: +12XXXXXXX42; e-mail: demXXXXXXXX@example.com",
            "8. requestUpdateSecurityQuestionsOTP: send",
            "text message to +12XXXXXXX42:",
            "e-mail to demXXXXXXXX@example.com, subject: Countersign: change of your security questions",
            "Your code to change your security questions",
            "Never share it",
            "9. verifyUpdateSecurityQuestionsOTP: the code",
            "isOtpVerified: true",
            "Back office: hardware tokens, whose seeds came in a PSKC file, encrypted with a pre-shared key.",
            "10. import_open: ",
            "11. import_add: ",
            "answer: 2 added, in nobody's sight yet",
            "12. import_commit: ",
            "TT-000017 (TOTP), OT-000042 (OCRA): committed",
            "13. token_assign: to the customer",
            "answer: TT-000017 is assigned",
            "14. token_assign: to the legal representative",
            "answer: OT-000042 is assigned",
            "15. client_put: ",
            "answer: countersign-dev, version 1",
            "16. bne-retrieve-challenge: a login of the customer",
            "answer: TOTP: read the code off the token",
            "17. bne-validate-challenge-info: a wrong code",
            "answer: 422 businessValidationFailed",
            "18. bne-validate-challenge-info: the code that the token shows",
            "answer: 204, accepted",
            "19. bne-retrieve-challenge: a payment by the representative",
            "answer: OCRA: type ",
            "signed are: 1250 MXN",
            "20. bne-retrieve-challenge: somebody changes the amount",
            "signed are: 91250 MXN",
            "21. bne-validate-challenge-info: the code for the payment that was meant",
            "answer: 422 businessValidationFailed",
            "22. bne-retrieve-challenge: the right amount again",
            "23. bne-validate-challenge-info: the code for it",
            "answer: 204, accepted",
            "24. bne-validate-challenge-info: the same code once more",
            "answer: 404 resourceNotFound",
            "Back end: what was verified",
            "25. flow_redeem: the phone that the applicant has proved",
            "answer: pre_login: +12XXXXXXX42 is verified",
            "26. flow_redeem: once more",
            "answer: 409: ",
            "27. transaction_redeem: ",
            "answer: 1250 MXN is consumed",
            "All 27 steps went as they should: 13 operations, 3 text messages, 1 e-mail.",
        ],
    );
}

#[tokio::test]
async fn the_demo_shows_addresses_masked_and_two_codes_in_all() {
    let (told, result) = demo(PHONE, EMAIL).await;
    result.unwrap_or_else(|error| panic!("{error}\n{told}"));
    assert!(!told.contains(PHONE) && !told.contains(EMAIL), "an address is told in clear:\n{told}");
    let shown: Vec<_> = told.lines().filter_map(|line| line.trim().strip_prefix("| ")).collect();
    let numbers = shown.iter().flat_map(|line| line.split(|c: char| !c.is_ascii_digit()));
    let codes: Vec<_> = numbers.filter(|number| number.len() == 6).collect();
    let different: BTreeSet<_> = codes.iter().collect();
    assert_eq!((codes.len(), different.len()), (4, 2), "four messages, two flows:\n{told}");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_by_the_name_of_its_option() {
    let refused = async |phone, email| {
        let (told, result) = demo(phone, email).await;
        assert_eq!(told, "", "nothing is started");
        result.unwrap_err().to_string()
    };
    assert_eq!(
        refused("2025550142", EMAIL).await,
        "--phone: a phone number starts with + and its country calling code"
    );
    assert_eq!(refused("+21012345678", EMAIL).await, "--phone: no country has this calling code");
    assert!(refused(PHONE, "demo.example.com").await.starts_with("--email: an e-mail address is local@domain"));
}
