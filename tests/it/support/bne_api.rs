//! A server with hardware tokens and registered clients, and calls of the BNE operations over the wire.

use super::bne::{PLAIN_SUITE, hotp_device, ocra_device, shows, token_holder, totp_device};
use super::office::put_client;
use super::server::TestServer;
use crate::examples::validator;
use crate::facts::document;
use countersign::api::bne::generated::{BNE_RETRIEVE_CHALLENGE, BNE_VALIDATE_CHALLENGE_INFO};
use countersign::api::runtime::Operation;
use countersign::config::Config;
use countersign::dev::data::{APPS, ISSUER};
use countersign::dev::seed;
use countersign::domain::client::{Business, Client, ClientId, Country, Origin};
use countersign::domain::oath::Seed;
use countersign::domain::operator::{Actor, Order, Stamp};
use countersign::domain::ports::{Clock, Random, TokenStore};
use countersign::domain::token::{Assignment, Life, Serial, Token, TokenId};
use countersign::server::settings::Settings;
use countersign::server::{SystemClock, SystemRandom};
use countersign::store::{Options, Store};
use http::{HeaderMap, HeaderName, HeaderValue};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) const VALIDATE: &Operation = &BNE_VALIDATE_CHALLENGE_INFO;
pub(crate) const RETRIEVE: &Operation = &BNE_RETRIEVE_CHALLENGE;

/// The clients that are registered, both for the same.
pub(crate) const WEB: &str = "web";
pub(crate) const OTHER_WEB: &str = "other-web";

/// Who has a token, and which. `tom` and `eve` have one each, `ocra` and `acme` sign.
pub(crate) const TOTP: &str = "tom";
pub(crate) const HOTP: &str = "eve";
pub(crate) const OCRA: &str = "olga";
/// A company, whose representative `01` has a token that signs.
pub(crate) const COMPANY: &str = "acme";

pub(crate) const UUID: &str = "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33";
pub(crate) const SID: &str = "0f6bb4f08c9b4f0f8a5b7d0a6f3a9f51";

/// The token of a customer, as it was when it was handed out.
pub(crate) fn token(customer: &str) -> Token {
    let device = match customer {
        TOTP => totp_device(),
        HOTP => hotp_device(),
        _ => ocra_device(PLAIN_SUITE),
    };
    let mut id = [0; 16];
    id[..customer.len()].copy_from_slice(customer.as_bytes());
    let at = super::domain::noon();
    let stamp = Stamp { by: Actor::parse("anna").unwrap(), at };
    let seed = Seed::new(customer.repeat(8).as_bytes()).unwrap();
    let serial = Serial::parse(&format!("SN-{customer}")).unwrap();
    let holder = token_holder(customer, (customer == COMPANY).then_some("01"));
    let life = Life::Assigned(Assignment { holder, given: stamp.clone() });
    Token { life, ..Token::imported(TokenId::from_bytes(id), serial, device, seed, stamp) }
}

fn client(id: &str) -> Client {
    Client {
        id: ClientId::parse(id).unwrap(),
        countries: [Country::parse("MX").unwrap()].into(),
        businesses: [Business::parse("GCB").unwrap()].into(),
        channels: [Origin::parse("CBOL").unwrap()].into(),
    }
}

/// An answer; its form is checked against the document.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `Null` for an answer without a body.
    pub(crate) body: Value,
}

impl Heard {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    /// The body without what differs from call to call.
    pub(crate) fn words(&self) -> Value {
        let mut body = self.body.clone();
        let members = body.as_object_mut().expect("an error");
        assert!(members.remove("uuid").is_some() && members.remove("timestamp").is_some(), "{members:?}");
        body
    }
}

impl TestServer {
    /// A server with tokens, clients and the operator of a development server.
    pub(crate) async fn with_tokens(change: impl FnOnce(&mut Config)) -> Self {
        let (home, clock) = Self::prepared();
        let config = home.config();
        let keys = Settings::new(&config, Arc::new(SystemClock)).unwrap().rules.keys.clone();
        let store = Store::open(&Options::new(home.location()), &keys, Arc::new(SystemRandom), clock.now());
        let store = store.unwrap();
        let order = Order::offline(Actor::server(), clock.now());
        store.add_tokens(order, [TOTP, HOTP, OCRA, COMPANY].map(token).into()).await.unwrap().unwrap();
        for id in [WEB, OTHER_WEB] {
            put_client(&store, client(id)).await;
        }
        drop(store);
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        seed::operator(&home.data, &config, &random, clock.now()).await.unwrap();
        Self::run(home, clock, change).await
    }

    /// A token of the development server's identity service that says this besides the usual; `null` takes a claim out.
    pub(crate) fn access(&self, claims: Value) -> String {
        let mut all = json!({ "iss": ISSUER, "aud": APPS[0], "exp": self.clock.now().timestamp() + 3600 });
        for (name, value) in claims.as_object().unwrap() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name] = value.clone(),
            }
        }
        let key = std::fs::read(self.file("signing-key.p8")).unwrap();
        let header = Header { kid: Some("dev".into()), ..Header::new(Algorithm::ES256) };
        encode(&header, &all, &EncodingKey::from_ec_der(&key)).unwrap()
    }

    /// The headers of a good call of this client.
    pub(crate) fn headers(&self, client: &str) -> HeaderMap {
        let token = format!("Bearer {}", self.access(json!({ "azp": client })));
        let all = [
            ("client_id", client),
            ("authorization", &token),
            ("accept", "application/json"),
            ("uuid", UUID),
            ("content-type", "application/json"),
            ("countrycode", "MX"),
            ("businesscode", "GCB"),
            ("channelid", "CBOL"),
            ("sid", SID),
        ];
        all.iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    /// One call; the answer is checked against the document.
    pub(crate) async fn call(&self, operation: &Operation, headers: HeaderMap, body: impl ToString) -> Heard {
        let request = self.http.post(self.url(operation.path)).headers(headers).body(body.to_string());
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        let heard = Heard { status, headers, body };
        documented(operation, &heard);
        heard
    }

    /// A good call of [`WEB`] in the usual session.
    pub(crate) async fn ask(&self, operation: &Operation, body: &Value) -> Heard {
        self.call(operation, self.headers(WEB), body).await
    }

    /// Opens a transaction: the 200 and, if the customer's token were asked now, its code.
    pub(crate) async fn retrieved(&self, body: &Value) -> Heard {
        let heard = self.ask(RETRIEVE, body).await;
        assert_eq!(heard.status, 200, "{}", heard.body);
        heard
    }

    pub(crate) async fn login(&self, customer: &str) -> Heard {
        self.retrieved(&login(customer)).await
    }

    /// What the token of a transaction shows now, `ahead` presses or time-steps on.
    pub(crate) fn shown(&self, customer: &str, opened: &Heard, ahead: i64) -> String {
        shows(&token(customer), self.clock.now(), ahead, opened.body["challenge"].as_str())
    }
}

pub(crate) fn login(customer: &str) -> Value {
    json!({ "mfaTransactionType": "LOGIN", "userId": customer })
}

pub(crate) fn risk(customer: &str, amount: &str) -> Value {
    let mut body = json!({
        "mfaTransactionType": "RISK",
        "userId": customer,
        "transactionDetails": {
            "amount": amount, "currency": "mxn", "payee": " Aceros  del Norte SA", "account": "0021 8000-1183",
        },
    });
    if customer == COMPANY {
        body["legalRepresentativeId"] = "01".into();
    }
    body
}

/// The body that validates a code for a transaction.
pub(crate) fn code(opened: &Heard, kind: &str, code: &str) -> Value {
    json!({
        "oneTimePasswordToken": code,
        "mfaTransactionType": kind,
        "mfaTransactionId": opened.body["mfaTransactionId"],
    })
}

/// An `arcsight` object.
pub(crate) fn arcsight(action: &str) -> Value {
    json!({
        "applicationName": "bpm", "applicationPlatformName": "BackBase 5.7.3", "arcsightActionCode": action,
        "dataCenterLocation": "1234", "destinationIpAddress": "192.0.2.49", "destinationPort": "443",
        "hardwareId": "098H52ST479QE053V2", "hostName": "olb.example.com", "legalRepresentativeId": "01",
        "userAgent": "Mozilla", "userId": "123456789012", "deviceTokenCookie": "s3cr3tCookie", "ipAddress": "192.0.2.7",
        "operationDate": "May 24 2019 13:12:09 CST",
    })
}

/// Panics if the document does not allow this answer.
fn documented(operation: &Operation, heard: &Heard) {
    let document = document("bne-challenge.yaml");
    let Heard { status, headers, body } = heard;
    let answer = &document["paths"][operation.path]["post"]["responses"][status.to_string()];
    assert!(!answer.is_null(), "{}: {status} is not in the document: {body}", operation.id);
    let answer = answer["$ref"].as_str().map_or(answer, |place| document.pointer(&place[1..]).unwrap());
    for (name, _) in answer["headers"].as_object().into_iter().flatten() {
        assert!(headers.contains_key(name), "{}: {status} lacks {name}", operation.id);
    }
    assert_eq!(headers["cache-control"], "no-store", "{}: {status}", operation.id);
    let Some(schema) = answer["content"]["application/json"]["schema"]["$ref"].as_str() else {
        assert!(body.is_null() && !headers.contains_key("content-type"), "{}: {status} has a body", operation.id);
        return;
    };
    assert_eq!(headers["content-type"], "application/json", "{}: {status}", operation.id);
    let schema = schema.rsplit('/').next().unwrap();
    if let Err(problem) = validator(&document, schema).validate(body) {
        panic!("{}: {status} is no {schema}: {problem}: {body}", operation.id);
    }
}
