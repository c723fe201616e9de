//! `Debug` of requests, settings and the values that are made of them: whoever logs one by mistake leaks nothing. A new one is
//! added to the list below.

use super::search::{Secrets, search};
use crate::support::bne_api::{OCRA, token};
use crate::support::domain::{Seeded, key_ring, noon};
use countersign::api::{bne, dbx, operator};
use countersign::client;
use countersign::config;
use countersign::delivery::sms_http::{Auth, SmsHttpOptions};
use countersign::delivery::smtp::SmtpOptions;
use countersign::domain::challenge::Validate;
use countersign::domain::client::ClientId;
use countersign::domain::customer::{Customer, CustomerId, Language};
use countersign::domain::flow::{Dispatch, FlowId, PhoneGiven, Recipient, Secret, SendId, ServiceKey};
use countersign::domain::import::Candidate;
use countersign::domain::keys::{KeyId, ServerKey};
use countersign::domain::oath::hotp::hotp;
use countersign::domain::oath::{Digits, Seed};
use countersign::domain::operator::Credential;
use countersign::domain::passcode::{Passcode, SecurityKey};
use countersign::domain::policy::Purpose;
use countersign::domain::recipient::{Address, EmailAddress, PhoneNumber};
use countersign::domain::service::{Ask, Check};
use countersign::domain::token::Token;
use countersign::domain::transaction::Kind as TransactionKind;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use uuid::Uuid;

const PHONE: &str = "+34600123456";
const EMAIL: &str = "anna.lopez@bank.example";
const CODE: &str = "40917263";
const HANDLE: &str = "0c0f2f5e-1a53-4f04-9b56-4be1f4d7f0aa";
const PASSWORD: &str = "correct-horse-battery";
const KEY: [u8; 32] = *b"0f!3Wb)9mQz#Lr7@xK2$vT6&cN8*pJ4^";
const SEED: &[u8] = b"a seed of twenty bytes, and more";
const JWT: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJlLW9mLXRoaXM";

fn wire<T: DeserializeOwned + Debug>(value: Value) -> String {
    let value: T = serde_json::from_value(value).unwrap();
    format!("{value:?} {value:#?}")
}

fn shown(value: impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

fn secrets() -> Secrets {
    let mut secrets = Secrets::default();
    for (kind, text) in [
        ("address", PHONE),
        ("address", EMAIL),
        ("code", CODE),
        ("handle", HANDLE),
        ("password", PASSWORD),
        ("token", JWT),
        ("token", JWT.rsplit('.').next().unwrap()),
    ] {
        secrets.add(kind, text);
    }
    secrets.add_bytes("password", &KEY);
    secrets.add_bytes("seed", SEED);
    secrets
}

#[test]
fn nor_do_requests_settings_and_what_is_made_of_them() {
    let mut secrets = secrets();
    let random: std::sync::Arc<Seeded> = Seeded::new(7);
    let key = || ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &KEY).unwrap();
    let flow = FlowId::from_bytes([3; 16]);
    let code = Passcode::derive(&key(), flow, Purpose::PreLogin, 1, 8);
    secrets.add("code", code.expose());
    let security_key = SecurityKey::derive(&key(), flow, Purpose::PreLogin, 1);
    secrets.add("handle", security_key.expose());
    let service_key = ServiceKey::random(&*random);
    secrets.add("handle", service_key.expose());
    let credential = Credential::random(&*random);
    secrets.add("credential", credential.expose());
    let seed = Seed::new(SEED).unwrap();
    let response = hotp(&seed, Digits::Eight, 0);
    secrets.add("code", response.expose());

    let phone = PhoneNumber::parse(PHONE).unwrap();
    let email = EmailAddress::parse(EMAIL).unwrap();
    let address = Address::Phone(phone.clone());
    let customer = Customer {
        id: CustomerId::parse("4711").unwrap(),
        language: Language::Es,
        phones: vec![phone.clone()],
        emails: vec![email.clone()],
    };
    let dispatch = Dispatch {
        send: SendId::from_bytes([1; 16]),
        flow,
        key_id: KeyId::parse("k1").unwrap(),
        purpose: Purpose::PreLogin,
        generation: 1,
        digits: 8,
        language: Language::Es,
        to: vec![address.clone(), Address::Email(email.clone())],
        code_expires_at: noon(),
        resends_used: 0,
    };
    let ask = Ask {
        request_id: "1".into(),
        purpose: Purpose::PreLogin,
        holder: None,
        phone: Some(Secret::new(PHONE)),
        service_key: Some(Secret::new(HANDLE)),
        security_key: Some(Secret::new(HANDLE)),
        references: vec![],
        from: None,
    };
    let check = Check {
        purpose: Purpose::PreLogin,
        holder: None,
        service_key: Secret::new(HANDLE),
        security_key: Secret::new(HANDLE),
        code: Secret::new(CODE),
        from: None,
    };
    let validate = Validate {
        id: "1".into(),
        kind: TransactionKind::Login,
        client: ClientId::parse("web").unwrap(),
        session: Secret::new(HANDLE),
        customer: None,
        code: Secret::new(CODE),
        from: None,
    };
    let hardware = Token { seed: seed.clone(), ..token(OCRA) };
    let candidate = Candidate { serial: "S-1".into(), token: Ok(hardware.clone()) };
    let smtp = SmtpOptions {
        credentials: Some(("relay".into(), PASSWORD.into())),
        ..SmtpOptions::new("relay", "localhost", "no-reply@bank.example")
    };
    let sms = |auth| SmsHttpOptions {
        auth,
        secrets: [("key".to_owned(), PASSWORD.into())].into(),
        ..SmsHttpOptions::new("gateway", "https://sms.example")
    };
    let configured = config::delivery::Delivery {
        smtp: Some(config::delivery::Smtp {
            password: Some(PASSWORD.into()),
            ..config::delivery::Smtp::new(
                "localhost".into(),
                config::delivery::SmtpTls::Starttls,
                "a@bank.example".into(),
            )
        }),
        sms: Some(config::delivery::Sms::Http(config::delivery::SmsHttp {
            token: Some(PASSWORD.into()),
            password: Some(PASSWORD.into()),
            secret_values: [("key".to_owned(), PASSWORD.into())].into(),
            ..config::delivery::SmsHttp::new("https://sms.example".into())
        })),
        ..config::delivery::Delivery::default()
    };
    let hex = data_encoding::HEXLOWER.encode(SEED);
    let verify = json!({ "MFAAttributes": { "serviceKey": HANDLE, "OTP": { "securityKey": HANDLE, "otp": CODE } } });
    let bne_body = json!({ "oneTimePasswordToken": CODE, "mfaTransactionType": "LOGIN", "mfaTransactionId": "x" });
    let put = json!({ "language": "es", "phones": [PHONE], "emails": [EMAIL] });

    let all = [
        ("Secret", shown(Secret::new(CODE))),
        ("Passcode", shown(&code)),
        ("SecurityKey", shown(&security_key)),
        ("ServiceKey", shown(&service_key)),
        ("ServerKey", shown(key())),
        ("KeyRing", shown(key_ring(&["k1"]))),
        ("Credential", shown(&credential)),
        ("Seed", shown(&seed)),
        ("Code", shown(&response)),
        ("PhoneNumber", shown(&phone)),
        ("EmailAddress", shown(&email)),
        ("Address", shown(&address)),
        ("Recipient", shown(Recipient { reference: Uuid::nil(), address })),
        ("PhoneGiven", shown(PhoneGiven::Number(phone))),
        ("Customer", shown(customer)),
        ("Dispatch", shown(dispatch)),
        ("Ask", shown(ask)),
        ("Check", shown(check)),
        ("Validate", shown(validate)),
        ("domain Token", shown(hardware)),
        ("Candidate", shown(candidate)),
        ("SmtpOptions", shown(smtp)),
        ("SmsHttpOptions, bearer", shown(sms(Auth::Bearer(PASSWORD.into())))),
        ("SmsHttpOptions, basic", shown(sms(Auth::Basic { user: "bank".into(), password: PASSWORD.into() }))),
        ("config Delivery", shown(configured)),
        ("client Token", shown(client::Token::from(JWT))),
        ("PreLoginRequest", wire::<dbx::types::PreLoginRequest>(json!({ "Phone": PHONE }))),
        ("VerifyRequest", wire::<dbx::types::VerifyRequest>(verify)),
        ("ValidateChallengeRequest", wire::<bne::types::ValidateChallengeRequest>(bne_body)),
        ("NewToken", wire::<operator::types::NewToken>(json!({ "serial": "S", "kind": "HOTP", "seed": hex }))),
        ("ResyncCodes", wire::<operator::types::ResyncCodes>(json!({ "firstCode": CODE, "secondCode": CODE }))),
        ("CustomerData", wire::<operator::types::CustomerData>(put)),
    ];
    for (name, text) in all {
        let hits = search(name, text.as_bytes(), &secrets);
        assert!(hits.is_empty(), "{hits:#?}");
    }
}
