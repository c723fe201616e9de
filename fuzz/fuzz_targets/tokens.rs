//! Bearer tokens (JWT), from a header on the first line and the claims behind it; and header values, from any bytes.
//!
//! Nothing is believed that was not signed by the service that it says it is from, with anything changed, or for longer
//! than it says. What is believed has said so, once, to us: customer and application are those that were signed.

#![no_main]

use chrono::DateTime;
use countersign_fuzz::api::caller::{
    Access, AccessToken, Callers, ClaimName, ClaimsToken, FixedKeys, KeySet, Rejected, TOKEN_MAX, Trust,
};
use countersign_fuzz::domain::flow::{Holder, Timestamp};
use countersign_fuzz::secrets;
use data_encoding::BASE64URL_NOPAD;
use futures::FutureExt;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json};
use std::fmt;
use std::sync::{Arc, LazyLock};

/// When it is.
const NOW: i64 = 1_767_268_800;
const SKEW_SECS: u32 = 30;
const KID: &str = "dev";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The modulus of RFC 7517 appendix A.1, whose private key nobody here has.
const NOBODYS: &str = "\
    0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3ok\
    njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu\
    6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8a\
    wapJzKnqDKgw";

struct Service {
    issuer: &'static str,
    algorithm: Algorithm,
    signer: EncodingKey,
    jwk: Value,
    audiences: &'static [&'static str],
    typ: Option<&'static str>,
    acr: Option<&'static str>,
}

impl Service {
    /// With a key of its own.
    fn new(
        issuer: &'static str,
        algorithm: Algorithm,
        signer: EncodingKey,
        audiences: &'static [&'static str],
    ) -> Self {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&signer, algorithm).expect("a key")).expect("JSON");
        jwk["kid"] = KID.into();
        Self { issuer, algorithm, signer, jwk, audiences, typ: None, acr: None }
    }

    fn trust<N>(&self, names: N) -> Trust<N> {
        let nobodys = json!({ "kty": "RSA", "kid": "nobody", "n": NOBODYS, "e": "AQAB" });
        let set = json!({ "keys": [self.jwk, nobodys] }).to_string();
        let allowed = [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA];
        let acr = self.acr.map(|acr| (name("acr"), vec![acr.to_owned()]));
        Trust {
            issuer: self.issuer.to_owned(),
            keys: Arc::new(FixedKeys(Arc::new(KeySet::read(&set, &allowed).expect("a set")))),
            clock_skew_secs: SKEW_SECS,
            audiences: self.audiences.iter().map(|&audience| audience.to_owned()).collect(),
            typ: self.typ.map(str::to_owned),
            required: acr.into_iter().collect(),
            names,
        }
    }

    /// The first of its audiences that a token was made for.
    fn audience(&self, aud: &Value) -> Option<&'static str> {
        let made_for = |audience: &str| match aud {
            Value::Array(several) => several.iter().any(|one| one == audience),
            one => one == audience,
        };
        self.audiences.iter().copied().find(|audience| made_for(audience))
    }
}

fn name(text: &str) -> ClaimName {
    ClaimName::parse(text).expect("a name")
}

/// Two services whose keys have one name, which judge by rules of their own.
static SERVICES: LazyLock<[Service; 2]> = LazyLock::new(|| {
    use aws_lc_rs::{rand::SystemRandom, signature as s};
    let random = SystemRandom::new();
    let ec = s::EcdsaKeyPair::generate_pkcs8(&s::ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let ed = s::Ed25519KeyPair::generate_pkcs8v1(&random).expect("a key");
    let (ec, ed) = (EncodingKey::from_ec_der(ec.as_ref()), EncodingKey::from_ed_der(ed.as_ref()));
    let app = Service::new("https://countersign.invalid/dev", Algorithm::ES256, ec, &["dev-app", "other-app"]);
    let office = Service::new("https://id.bank.example", Algorithm::EdDSA, ed, &["office"]);
    [app, Service { typ: Some("at+jwt"), acr: Some("2"), ..office }]
});

static DOORS: LazyLock<(Callers<ClaimsToken>, Callers<AccessToken>)> = LazyLock::new(|| {
    let claims = ClaimsToken { customer: name("sub"), app: None };
    let access = AccessToken { client: vec![name("azp"), name("client_id")], customer: Some(name("sub")) };
    let claims = Callers { issuers: SERVICES.iter().map(|service| service.trust(claims.clone())).collect() };
    let access = Callers { issuers: SERVICES.iter().map(|service| service.trust(access.clone())).collect() };
    (claims, access)
});

type Heard = (Result<Holder, Rejected>, Result<Access, Rejected>);

/// What both doors make of a header value. They have the keys, so that nothing waits.
fn heard(value: &str, at: Timestamp) -> Heard {
    let holder = DOORS.0.verify(value, at).now_or_never().expect("nothing to wait for");
    let access = DOORS.1.access(value, at).now_or_never().expect("nothing to wait for");
    (holder, access)
}

fn refused(value: &str, at: Timestamp, why: &str) -> [Rejected; 2] {
    let (Err(holder), Err(access)) = heard(value, at) else { panic!("believed, though {why}: {value}") };
    [holder, access]
}

/// The members of an object, also those that are there twice.
struct Members(Vec<(String, Value)>);

impl Members {
    /// The only one of this name; `null` if there is none.
    fn only(&self, name: &str) -> &Value {
        let mut found = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value);
        let first = found.next().unwrap_or(&Value::Null);
        assert!(found.next().is_none(), "{name} is there twice");
        first
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Members, A::Error> {
                std::iter::from_fn(|| entries.next_entry().transpose()).collect::<Result<_, _>>().map(Members)
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// Fails if a token of this service should not have been believed, or not for this; returns when it is no longer good.
fn justified(service: &Service, header: &[u8], claims: &[u8], (holder, access): &Heard) -> f64 {
    let header: Members = serde_json::from_slice(header).expect("a header that was believed");
    let claims: Members = serde_json::from_slice(claims).expect("claims that were believed");
    assert_eq!(claims.only("iss"), service.issuer, "another service's");
    assert_eq!(*header.only("alg"), json!(service.algorithm));
    assert_eq!(header.only("kid"), KID);
    assert!(header.only("crit").is_null(), "there is none that we know");
    if let Some(typ) = service.typ {
        let found = header.only("typ").as_str().expect("a type").to_ascii_lowercase();
        assert_eq!(found.strip_prefix("application/").unwrap_or(&found), typ);
    }
    if let Some(acr) = service.acr {
        let found = claims.only("acr");
        assert!(found == acr || *found == json!(2) || found.as_array().is_some_and(|all| !all.is_empty()), "{found}");
    }
    let audience = service.audience(claims.only("aud")).expect("an audience of ours");
    let (now, skew) = (NOW as f64, f64::from(SKEW_SECS));
    let (exp, nbf) = (claims.only("exp").as_f64().expect("an end"), claims.only("nbf"));
    assert!(now < exp + skew && (nbf.is_null() || nbf.as_f64().expect("a beginning") <= now + skew));
    let sub = claims.only("sub");
    if let Ok(Holder { customer, app }) = holder {
        assert_eq!((sub, app.as_str()), (&json!(customer.as_str()), audience));
    }
    if let Ok(Access { client, customer }) = access {
        let named = [claims.only("azp"), claims.only("client_id")];
        assert!(named.iter().any(|name| !name.is_null()), "nobody's");
        assert!(named.iter().all(|name| name.is_null() || *name == client.as_str()), "{named:?}");
        let expected = Some(sub).filter(|sub| !sub.is_null() && *sub != client.as_str());
        assert_eq!(customer.as_ref().map(|customer| json!(customer.as_str())).as_ref(), expected);
    }
    exp + skew
}

fuzz_target!(|data: &[u8]| {
    let now = DateTime::from_timestamp(NOW, 0).expect("a time");
    if let Ok(value) = std::str::from_utf8(data) {
        refused(value, now, "nobody signed it");
    }
    let (header, claims) = data.split_at(data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len()));
    let claims = claims.strip_prefix(b"\n").unwrap_or(claims);
    let signed = [header, claims].map(|part| BASE64URL_NOPAD.encode(part)).join(".");
    let bearer = |signature: &str| format!("Bearer {signed}.{signature}");
    let made_up = secrets::seed(data, [0, 32, 64, 256][secrets::choice(data, 4)]);
    let found = refused(&bearer(&BASE64URL_NOPAD.encode(&made_up)), now, "its signature is made up");
    if found == [Rejected::Form; 2] {
        return;
    }
    for service in SERVICES.iter() {
        // What everybody knows is no secret.
        let public = EncodingKey::from_secret(service.jwk["x"].as_str().expect("a point").as_bytes());
        let keyed = crypto::sign(signed.as_bytes(), &public, Algorithm::HS256).expect("a keyed hash");
        refused(&bearer(&keyed), now, "everybody could have made it");

        let signature = crypto::sign(signed.as_bytes(), &service.signer, service.algorithm).expect("a signature");
        let value = bearer(&signature);
        let found = heard(&value, now);
        if value.len() > TOKEN_MAX {
            assert_eq!(found, (Err(Rejected::TooLong), Err(Rejected::TooLong)));
        }
        if found.0.is_err() && found.1.is_err() {
            continue;
        }
        let end = justified(service, header, claims, &found);
        assert_eq!(heard(&value, now), found, "a second look finds something else");
        assert_eq!(DOORS.0.verify(&value["Bearer ".len()..], now).now_or_never(), Some(found.0), "bare");
        if let Some(end) = DateTime::from_timestamp(end.ceil() as i64, 0) {
            assert_eq!(refused(&value, end, "it has expired"), [Rejected::Expired; 2]);
        }
        let mut changed = value.into_bytes();
        let at = "Bearer ".len() + secrets::choice(&changed, changed.len() - "Bearer ".len());
        let place = ALPHABET.iter().position(|byte| *byte == changed[at]).unwrap_or_default();
        changed[at] = ALPHABET[(place + 1 + secrets::choice(data, ALPHABET.len() - 1)) % ALPHABET.len()];
        refused(std::str::from_utf8(&changed).expect("ASCII"), now, "it was changed");
    }
});
