//! Everything the program does, with every kind of secret in it, right calls and wrong ones.

use super::commands::{self, REASON, Terminal};
use super::search::{DERIVED_CODE, Run, Secrets};
use super::wire::Wire;
use crate::support::attack::Luck;
use crate::support::bank::{Bank, CALLER, Line, Process, REQUEST, VERIFY};
use crate::support::bne_api::arcsight;
use crate::support::postgres::Database;
use crate::support::rows::Rows;
use countersign::api::bne::generated::{BNE_RETRIEVE_CHALLENGE, BNE_VALIDATE_CHALLENGE_INFO};
use countersign::domain::oath::hotp::hotp;
use countersign::domain::oath::{Digits, Seed};
use data_encoding::HEXLOWER;
use http::Method;
use serde_json::{Value, json};

const QUESTIONS: &str = "/services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP";

/// A place, and a text that is no secret and stands there: to see that the place is the one that is meant.
pub(super) type Marks = Vec<(&'static str, String)>;

/// One run: its secrets, what it left, and marks in it. All runs have the same inputs, each has a server key of its own.
pub(super) async fn traffic() -> (Run, Marks) {
    let luck = Luck::of("leaks");
    let (bank, wire) = (Bank::open().await, Wire::listen().await);
    let siem = bank.folder().join("siem.cef");
    bank.change("format = \"json\"", "format = \"json\"\nlevel = \"trace\"");
    bank.change("[policy.pre_login]", "[policy.pre_login]\ncode_digits = 8");
    bank.change("[policy.security_questions]", "[policy.security_questions]\ncode_digits = 8");
    bank.configure(&format!(
        "[siem.file]\npath = \"{}\"\n[siem.spool]\ndirectory = \"{}\"\n\
         [siem.transport.tcp_on_trusted_network]\naddress = \"{}\"",
        siem.display(),
        siem.with_extension("spool").display(),
        wire.address()
    ));
    let mut run = Run::default();
    let secrets = &mut run.secrets;
    secrets.add("server key", bank.server_key().trim());
    secrets.add_bytes("server key", &HEXLOWER.decode(bank.server_key().trim().as_bytes()).unwrap());
    secrets.add("credential", &bank.credential);
    if let Some(database) = bank.database() {
        secrets.add("store password", database.store().1);
    }
    let process = bank.start();
    let line = Line::new(&bank, &process);
    line.register().await;
    let mut flow = String::new();
    for n in 0..4 {
        flow = pre_login(&bank, &line, &luck, n, secrets).await;
    }
    let request = security_questions(&bank, &process, &line, &luck, secrets).await;
    let mut holder = String::new();
    for n in 0..2 {
        holder = hardware_token(&bank, &line, &luck, n, secrets).await;
    }
    misplaced(&bank, &process, &line, &luck, secrets).await;
    commands::online(&mut Terminal::new(&bank, Some(&process), &mut run), &luck, &flow);

    let metrics = bank.http.get(format!("{}/metrics", process.api)).send().await.unwrap();
    run.note("metrics", &[], &metrics.bytes().await.unwrap());
    for (place, path) in [("audit", "/audit?limit=200"), ("flows", "/transactions"), ("deliveries", "/deliveries")] {
        let (status, body) = line.office(Method::GET, path, &[], None).await.unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        run.note(place, &[], body.to_string().as_bytes());
    }
    let file = |suffix: &str| std::fs::read(format!("{}{suffix}", bank.file().display())).unwrap();
    let rows = |database: &Database<'_>| Rows::at(&database.location()).bytes();
    let mut written = vec!["audit", "data"];
    match bank.database() {
        Some(database) => run.note("data while it is in use", &[], &rows(database)),
        None => {
            run.note("write-ahead log", &[], &file("-wal"));
            run.note("data while it is in use", &[], &file(""));
            written.push("write-ahead log");
        }
    }
    run.note("log", &[], process.stop().as_bytes());
    run.note("syslog", &[], &wire.heard().await);
    run.note("siem file", &[], &std::fs::read(&siem).unwrap());
    commands::offline(&mut Terminal::new(&bank, None, &mut run), &luck);
    run.note("data", &[], &bank.database().map_or_else(|| file(""), rows));
    written.extend([
        "command prefix list",
        "command prefix list --json",
        "command audit list",
        "command audit list --json",
        "command audit export jsonl",
        "command audit export cef",
    ]);
    let mut marks: Marks = written.into_iter().map(|place| (place, REASON.to_owned())).collect();
    marks.push(("log", request));
    marks.push(("command token list", holder));
    marks.extend(["siem file", "syslog"].map(|place| (place, CALLER.to_owned())));
    marks.push(("metrics", REQUEST.to_owned()));
    (run, marks)
}

/// An applicant proves a phone: a wrong code, a code again, the right one; every second one is locked. Gives the service key.
async fn pre_login(bank: &Bank, line: &Line, luck: &Luck, n: u64, secrets: &mut Secrets) -> String {
    let phone = format!("+34{}{n}", 60_000_000 + luck.below(9_999_999));
    secrets.add("address", &phone);
    let started = right(line.dbx(REQUEST, &json!({ "Phone": phone })).await);
    let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let reference = text(&started, "/MFAAttributes/customerCommunication/phone/0/referenceId");
    let service_key = text(&started, "/MFAAttributes/serviceKey");
    secrets.add("service key", &service_key);
    let sent = right(line.send_code(&service_key, &reference).await);
    let security_key = text(&sent, "/MFAAttributes/securityKey");
    secrets.add("security key", &security_key);
    let code = bank.gateway.code_to_come(&phone).await;
    secrets.add(DERIVED_CODE, &code);
    let again = json!({ "MFAAttributes": { "serviceKey": service_key, "OTP": { "securityKey": security_key } } });
    right(line.dbx(REQUEST, &again).await);
    for _ in 0..1 + 2 * (n % 2) {
        let guess = luck.guess(8, std::slice::from_ref(&code));
        secrets.add("guess", &guess);
        assert_eq!(right(line.verify(&service_key, &security_key, &guess).await)["dbpErrCode"], "10517");
    }
    let last = right(line.verify(&service_key, &security_key, &code).await);
    assert_eq!(last["isOtpVerified"] == "true", n.is_multiple_of(2), "{last}");
    let body = json!({ "serviceKey": service_key, "purpose": "pre_login", "phone": phone });
    for path in ["/flows/view", "/flows/redeem", "/flows/redeem"] {
        line.office(Method::POST, path, &[], Some(&body)).await.unwrap();
    }
    service_key
}

/// A customer with a phone and an e-mail address is written, asks for a code, and is deleted. Gives the id of the request.
async fn security_questions(bank: &Bank, process: &Process, line: &Line, luck: &Luck, secrets: &mut Secrets) -> String {
    let customer = format!("{}", 700_000_000 + luck.below(99_999_999));
    let phone = format!("+5255{}", 10_000_000 + luck.below(89_999_999));
    let email = format!("somebody.{}@bank.example", luck.below(u64::MAX));
    secrets.add("address", &phone);
    secrets.add("address", &email);
    let body = json!({ "language": "en", "phones": [phone], "emails": [email] });
    let path = format!("/customers/{customer}");
    assert_eq!(line.office(Method::PUT, &path, &[], Some(&body)).await.unwrap().0, 201);
    let token = bank.token(&customer);
    add_token(secrets, &token);
    let started: Value = {
        let call = bank.http.post(format!("{}{QUESTIONS}", process.api)).header("X-Kony-Authorization", &token);
        call.json(&json!({})).send().await.unwrap().json().await.unwrap()
    };
    let key = started["MFAAttributes"]["serviceKey"].as_str().unwrap_or_else(|| panic!("{started}")).to_owned();
    secrets.add("service key", &key);
    let reference = started["MFAAttributes"]["customerCommunication"]["phone"][0]["referenceId"].as_str().unwrap();
    let body = json!({ "MFAAttributes": { "serviceKey": key, "OTP": { "phone": reference } } });
    let call = bank.http.post(format!("{}{QUESTIONS}", process.api)).header("X-Kony-Authorization", &token);
    let answer = call.json(&body).send().await.unwrap();
    let request = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let sent: Value = answer.json().await.unwrap();
    secrets.add("security key", sent["MFAAttributes"]["securityKey"].as_str().unwrap_or_else(|| panic!("{sent}")));
    secrets.add(DERIVED_CODE, &bank.gateway.code_to_come(&phone).await);
    let (status, seen) = line.office(Method::GET, &path, &[], None).await.unwrap();
    assert_eq!(status, 200, "{seen}");
    assert!(!seen.to_string().contains(&phone), "an operator sees masked addresses only: {seen}");
    // The number is no secret to operators and the log; in the data it is sealed, as a test of the store shows.
    assert!(matches!(line.office(Method::DELETE, &path, &[], None).await.unwrap().0, 204 | 428));
    request
}

/// A token is enrolled with its seed, and its codes are checked: a right one, that one again, a wrong one. Gives its holder.
async fn hardware_token(bank: &Bank, line: &Line, luck: &Luck, n: u64, secrets: &mut Secrets) -> String {
    let customer = format!("holder{n}{}", luck.below(99_999));
    let seed: [u8; 20] = std::array::from_fn(|_| luck.below(256) as u8);
    secrets.add_bytes("seed", &seed);
    let hex = HEXLOWER.encode(&seed);
    let body = json!({ "serial": format!("HT-{n}"), "kind": "HOTP", "digits": 8, "seed": hex, "customerId": customer });
    let once = format!("enrol-{n}-0000000000");
    for _ in 0..2 {
        let made = line.office(Method::POST, "/tokens", &[("Idempotency-Key", &once)], Some(&body)).await.unwrap();
        assert!(matches!(made.0, 200 | 201), "{}", made.1);
    }
    let access = bank.token(&customer);
    add_token(secrets, &access);
    let code = hotp(&Seed::new(&seed).unwrap(), Digits::Eight, 0).expose().to_owned();
    let wrong = luck.guess(8, std::slice::from_ref(&code));
    secrets.add("token code", &code);
    secrets.add("guess", &wrong);
    for (code, status) in [(&wrong, 422), (&code, 204), (&code, 422)] {
        let body = json!({ "mfaTransactionType": "LOGIN", "userId": customer });
        let (_, opened) = line.bne(&BNE_RETRIEVE_CHALLENGE, &access, &body).await.unwrap();
        let id = opened["mfaTransactionId"].as_str().unwrap_or_else(|| panic!("{opened}"));
        let mut body = json!({ "oneTimePasswordToken": code, "mfaTransactionType": "LOGIN", "mfaTransactionId": id });
        body["arcsight"] = arcsight("1");
        secrets.add("cookie", body["arcsight"]["deviceTokenCookie"].as_str().unwrap());
        assert_eq!(line.bne(&BNE_VALIDATE_CHALLENGE_INFO, &access, &body).await.unwrap().0, status);
    }
    customer
}

/// Secrets where they do not belong: in wrong fields, in bodies that cannot be read, in credentials of others.
async fn misplaced(bank: &Bank, process: &Process, line: &Line, luck: &Luck, secrets: &mut Secrets) {
    let mut draw = |kind| {
        let text = format!("{:08}{:08}", luck.below(99_999_999), luck.below(99_999_999));
        secrets.add(kind, &text);
        text
    };
    let phone = format!("+34{}", &draw("address")[..9]);
    let bodies = [
        json!({ "Phone": phone, "MFAAttributes": { "serviceKey": draw("service key") } }),
        json!({ "Phone": [draw("address")], "MFAAttributes": draw("guess") }),
        json!({ "MFAAttributes": { "serviceKey": "x", "OTP": { "securityKey": "y", "otp": draw("guess") } } }),
        json!({ "MFAAttributes": { "serviceKey": draw("service key"), "OTP": { "securityKey": 5, "otp": {} } } }),
    ];
    for body in &bodies {
        for operation in [REQUEST, VERIFY] {
            line.dbx(operation, body).await.unwrap();
        }
    }
    for text in [format!("{{\"Phone\": \"{}", draw("address")), format!("{} is no JSON", draw("guess"))] {
        let call = bank.http.post(format!("{}{QUESTIONS}", process.api)).header("Content-Type", "application/json");
        call.header("X-Kony-Authorization", format!("Bearer {}", draw("token"))).body(text).send().await.unwrap();
    }
    let seed = draw("seed");
    let body = json!({ "serial": "HT-9", "kind": "HOTP", "digits": 6, "seed": format!("{seed}zz"), "customerId": "c" });
    let once = [("Idempotency-Key", "misplaced-0000000")];
    assert_eq!(line.office(Method::POST, "/tokens", &once, Some(&body)).await.unwrap().0, 400);
    for credential in [draw("credential"), draw("credential")] {
        let call = bank.http.get(format!("{}/operator/v1/operators", process.office())).bearer_auth(credential);
        assert_eq!(call.send().await.unwrap().status().as_u16(), 401);
    }
    let wrong =
        json!({ "oneTimePasswordToken": draw("guess"), "mfaTransactionType": "LOGIN", "mfaTransactionId": "x" });
    line.bne(&BNE_VALIDATE_CHALLENGE_INFO, &draw("token"), &wrong).await.unwrap();
}

/// The whole of it, and the signature, which alone makes it good.
fn add_token(secrets: &mut Secrets, token: &str) {
    secrets.add("token", token);
    secrets.add("token", token.rsplit('.').next().unwrap());
}

#[track_caller]
fn right(answer: Option<(u16, Value)>) -> Value {
    let (status, body) = answer.unwrap();
    assert_eq!(status, 200, "{body}");
    body
}
