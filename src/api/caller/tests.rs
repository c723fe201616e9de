mod issuers;
mod made_up;

use super::*;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use futures::FutureExt;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, encode};
use serde_json::{Value, json};
use std::sync::LazyLock;

const NOW: i64 = 1_800_000_000;

struct Pair {
    signer: EncodingKey,
    jwk: Value,
}

fn pair(algorithm: Algorithm, signer: EncodingKey, kid: &str) -> Pair {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&signer, algorithm).unwrap()).unwrap();
    jwk["kid"] = kid.into();
    jwk["use"] = "sig".into();
    Pair { signer, jwk }
}

static EC: LazyLock<Pair> = LazyLock::new(|| {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    pair(Algorithm::ES256, EncodingKey::from_ec_der(key.as_ref()), "ec")
});
static OTHER_EC: LazyLock<Pair> = LazyLock::new(|| {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    pair(Algorithm::ES256, EncodingKey::from_ec_der(key.as_ref()), "other")
});
static ED: LazyLock<Pair> = LazyLock::new(|| {
    let key = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
    pair(Algorithm::EdDSA, EncodingKey::from_ed_der(key.as_ref()), "ed")
});
static RSA: LazyLock<Pair> = LazyLock::new(|| {
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).unwrap();
    // The library wants the RSAPrivateKey alone (RFC 8017 A.1.2); PKCS #8 puts 26 bytes in front of it at this size.
    pair(Algorithm::RS256, EncodingKey::from_rsa_der(&der.as_ref()[26..]), "rsa")
});

const ISSUER: &str = "https://id.bank.example";
const ALGORITHMS: [Algorithm; 4] = [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA];

fn set(keys: &[&Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn source(keys: &[&Value], allowed: &[Algorithm]) -> Arc<dyn KeySource> {
    Arc::new(FixedKeys(Arc::new(KeySet::read(&set(keys), allowed).unwrap())))
}

fn named(name: &str) -> ClaimName {
    ClaimName::parse(name).unwrap()
}

fn trust(keys: &[&Value]) -> Trust<ClaimsToken> {
    Trust {
        issuer: ISSUER.into(),
        keys: source(keys, &ALGORITHMS),
        clock_skew_secs: 30,
        audiences: vec!["mobile".into(), "web".into()],
        typ: None,
        required: Vec::new(),
        names: ClaimsToken { customer: named("sub"), app: None },
    }
}

/// Callers whose keys are there already, so that nobody waits.
struct Ready(Callers<ClaimsToken>);

impl Ready {
    fn verify(&self, value: &str, now: Timestamp) -> Result<Holder, Rejected> {
        self.0.verify(value, now).now_or_never().expect("nothing to wait for")
    }
}

fn callers(keys: &[&Value]) -> Ready {
    Ready(Callers { issuers: vec![trust(keys)] })
}

fn claims() -> Value {
    json!({ "iss": "https://id.bank.example", "aud": "mobile", "sub": "C-1001", "exp": NOW + 300, "nbf": NOW - 10 })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn header(algorithm: Algorithm, kid: Option<&str>) -> Header {
    Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) }
}

fn token(claims: &Value) -> String {
    encode(&header(Algorithm::ES256, Some("ec")), claims, &EC.signer).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_timestamp(NOW, 0).unwrap()
}

fn verify(claims: &Value) -> Result<(String, String), Rejected> {
    let caller = callers(&[&EC.jwk, &ED.jwk]).verify(&token(claims), now())?;
    Ok((caller.customer.as_str().to_owned(), caller.app))
}

fn good() -> Result<(String, String), Rejected> {
    Ok(("C-1001".into(), "mobile".into()))
}

#[test]
fn a_good_token_names_customer_and_app_bare_or_after_bearer() {
    let callers = callers(&[&EC.jwk, &ED.jwk]);
    let token = token(&claims());
    for value in [token.clone(), format!("Bearer {token}"), format!("bearer  {token}"), format!(" {token} ")] {
        let caller = callers.verify(&value, now()).unwrap();
        assert_eq!((caller.customer.as_str(), caller.app.as_str()), ("C-1001", "mobile"));
    }
}

#[test]
fn every_default_algorithm_works_with_its_own_key() {
    let callers = callers(&[&EC.jwk, &ED.jwk, &without(&RSA.jwk, "alg")]);
    let cases = [
        (Algorithm::ES256, "ec", &EC.signer),
        (Algorithm::EdDSA, "ed", &ED.signer),
        (Algorithm::RS256, "rsa", &RSA.signer),
        (Algorithm::PS256, "rsa", &RSA.signer),
    ];
    for (algorithm, kid, signer) in cases {
        let token = encode(&header(algorithm, Some(kid)), &claims(), signer).unwrap();
        assert!(callers.verify(&token, now()).is_ok(), "{algorithm:?}");
    }
}

fn without(jwk: &Value, name: &str) -> Value {
    let mut jwk = jwk.clone();
    jwk.as_object_mut().unwrap().remove(name);
    jwk
}

#[test]
fn the_key_decides_the_algorithm_not_the_token() {
    let callers = callers(&[&EC.jwk, &RSA.jwk]);
    let rejected = |token: &str| callers.verify(token, now()).unwrap_err();
    // The public key as the secret of a keyed hash: the classic confusion, with every form the key is published in.
    let Ok(Jwk { algorithm: AlgorithmParameters::RSA(rsa), .. }) = serde_json::from_value(RSA.jwk.clone()) else {
        panic!("an RSA key")
    };
    for secret in [rsa.n.as_bytes(), RSA.jwk.to_string().as_bytes()] {
        let token =
            encode(&header(Algorithm::HS256, Some("rsa")), &claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(rejected(&token), Rejected::Algorithm);
    }
    // Signed by the right key with an algorithm that is not on the list, or that its `alg` excludes.
    for algorithm in [Algorithm::RS512, Algorithm::PS256] {
        let token = encode(&header(algorithm, Some("rsa")), &claims(), &RSA.signer).unwrap();
        assert_eq!(rejected(&token), Rejected::Algorithm);
    }
    // One key's name over another key's signature.
    let token = encode(&header(Algorithm::RS256, Some("ec")), &claims(), &RSA.signer).unwrap();
    assert_eq!(rejected(&token), Rejected::Algorithm);
}

#[test]
fn an_unsigned_token_is_no_token() {
    let [_, payload, signature] = parts(&token(&claims()));
    let callers = callers(&[&EC.jwk]);
    // {"alg":"none","kid":"ec"}, {"alg":"None"}, and an algorithm that nobody knows
    for header in ["eyJhbGciOiJub25lIiwia2lkIjoiZWMifQ", "eyJhbGciOiJOb25lIn0", "eyJhbGciOiJYWDI1NiIsImtpZCI6ImVjIn0"] {
        for signature in ["", &signature] {
            let found = callers.verify(&format!("{header}.{payload}.{signature}"), now());
            assert_eq!(found, Err(Rejected::Form), "{header}");
        }
    }
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

#[test]
fn a_token_of_another_key_or_with_another_payload_is_refused() {
    let callers = callers(&[&EC.jwk, &ED.jwk]);
    let forged = encode(&header(Algorithm::ES256, Some("ec")), &claims(), &OTHER_EC.signer).unwrap();
    assert_eq!(callers.verify(&forged, now()), Err(Rejected::Signature));
    let unknown = encode(&header(Algorithm::ES256, Some("other")), &claims(), &OTHER_EC.signer).unwrap();
    assert_eq!(callers.verify(&unknown, now()), Err(Rejected::Key));
    let unnamed = encode(&header(Algorithm::ES256, None), &claims(), &EC.signer).unwrap();
    assert_eq!(callers.verify(&unnamed, now()), Err(Rejected::Key));
    let ([head, _, signature], [_, payload, _]) = (parts(&token(&claims())), parts(&token(&with("sub", "C-2".into()))));
    assert_eq!(callers.verify(&format!("{head}.{payload}.{signature}"), now()), Err(Rejected::Signature));
}

#[test]
fn one_key_needs_no_name() {
    let unnamed = encode(&header(Algorithm::ES256, None), &claims(), &EC.signer).unwrap();
    assert!(callers(&[&EC.jwk]).verify(&unnamed, now()).is_ok());
    assert!(callers(&[&without(&EC.jwk, "kid")]).verify(&token(&claims()), now()).is_ok());
}

#[test]
fn critical_header_parameters_are_refused() {
    let header = Header { crit: Some(vec!["b64".into()]), ..header(Algorithm::ES256, Some("ec")) };
    let token = encode(&header, &claims(), &EC.signer).unwrap();
    assert_eq!(callers(&[&EC.jwk]).verify(&token, now()), Err(Rejected::Critical));
}

#[test]
fn claims_are_an_object_not_an_array_of_their_values() {
    let claims = json!(["https://id.bank.example", "mobile", NOW + 300, null, "C-1001"]);
    assert_eq!(verify(&claims), Err(Rejected::Claims));
}

#[test]
fn time_is_judged_with_the_skew_and_to_the_second() {
    assert_eq!(verify(&with("exp", (NOW - 29).into())), good());
    assert_eq!(verify(&with("exp", (NOW - 30).into())), Err(Rejected::Expired));
    assert_eq!(verify(&with("exp", (NOW - 30).into())), Err(Rejected::Expired));
    assert_eq!(verify(&with("nbf", (NOW + 30).into())), good());
    assert_eq!(verify(&with("nbf", (NOW + 31).into())), Err(Rejected::Early));
    assert_eq!(verify(&with("nbf", Value::Null)), good());
    assert_eq!(verify(&with("exp", json!(NOW as f64 + 0.5))), good());
    assert_eq!(verify(&with("exp", json!(-1))), Err(Rejected::Expired));
}

#[test]
fn issuer_and_audience_must_be_ours() {
    assert_eq!(verify(&with("iss", "https://id.bank.example/".into())), Err(Rejected::Issuer));
    assert_eq!(verify(&with("aud", "desk".into())), Err(Rejected::Audience));
    assert_eq!(verify(&with("aud", json!([]))), Err(Rejected::Audience));
    assert_eq!(verify(&with("aud", json!(["desk", "web"]))), Ok(("C-1001".into(), "web".into())));
    assert_eq!(
        verify(&with("aud", json!(["web", "mobile"]))),
        good(),
        "the first of the configuration, not of the token"
    );
}

#[test]
fn claims_must_be_there_once_and_of_the_right_type() {
    for name in ["iss", "aud", "exp", "sub"] {
        assert_eq!(verify(&with(name, Value::Null)), Err(Rejected::Claims), "{name}");
        let mut without = claims();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(verify(&without), Err(Rejected::Claims), "{name}");
        assert_eq!(verify(&with(name, json!({}))), Err(Rejected::Claims), "{name}");
    }
    assert_eq!(verify(&with("exp", "1800000300".into())), Err(Rejected::Claims));
    assert_eq!(verify(&with("nbf", "1800000000".into())), Err(Rejected::Claims));
    assert_eq!(verify(&with("aud", json!(["mobile", 7]))), Err(Rejected::Claims));
    assert_eq!(verify(&with("iss", json!(["https://id.bank.example"]))), Err(Rejected::Claims));
    for sub in ["", "two words", "\u{0}", "ñ", &"x".repeat(65)] {
        assert_eq!(verify(&with("sub", sub.into())), Err(Rejected::Subject), "{sub:?}");
    }
    /// Writes the customer twice.
    struct Twice;
    impl serde::Serialize for Twice {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let claims = claims();
            let claims = claims.as_object().into_iter().flatten();
            serializer.collect_map(claims.chain([(&"sub".to_owned(), &json!("C-2"))]))
        }
    }
    let twice = encode(&header(Algorithm::ES256, Some("ec")), &Twice, &EC.signer).unwrap();
    assert_eq!(callers(&[&EC.jwk]).verify(&twice, now()), Err(Rejected::Claims));
}

#[test]
fn garbage_is_refused_and_never_repeated() {
    let callers = callers(&[&EC.jwk]);
    let good = token(&claims());
    for value in
        ["", " ", ".", "..", "...", "Bearer", "Bearer ", "a.b.c", "😀.😀.😀", "e30.e30.", &good[..good.len() / 2]]
    {
        assert_eq!(callers.verify(value, now()), Err(Rejected::Form), "{value:?}");
    }
    let secret = format!("{}.secret.secret", "secret".repeat(3));
    assert!(!callers.verify(&secret, now()).unwrap_err().to_string().contains("secret"));
    assert_eq!(callers.verify(&"a".repeat(TOKEN_MAX + 1), now()), Err(Rejected::TooLong));
    assert_eq!(callers.verify(&format!("{good}.{good}"), now()), Err(Rejected::Form));
}

fn complaint(text: &str) -> String {
    KeySet::read(text, &ALGORITHMS).expect_err("the key set should be refused").to_string()
}

#[test]
fn a_key_set_with_anything_but_public_signature_keys_is_refused_by_name() {
    let changed = |jwk: &Value, name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        set(&[&jwk])
    };
    let cases = [
        (set(&[&json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0" })]), "key \"s\" is symmetric"),
        (changed(&EC.jwk, "d", "AAAA".into()), "key \"ec\" is a private key"),
        (set(&[&without(&EC.jwk, "y")]), "key \"ec\" is of an unknown kty, or lacks a parameter"),
        (changed(&EC.jwk, "x", OTHER_EC.jwk["x"].clone()), "key \"ec\" is not a point of its curve"),
        (changed(&EC.jwk, "crv", "P-384".into()), "key \"ec\" is not a point of its curve"),
        (changed(&EC.jwk, "alg", "ES384".into()), "key \"ec\" fits none of the allowed algorithms"),
        (changed(&EC.jwk, "alg", "ECDH-ES".into()), "key \"ec\" has an alg that is not"),
        (changed(&RSA.jwk, "n", "wJp3".into()), "key \"rsa\" is an RSA key of 24 bits"),
        (changed(&RSA.jwk, "e", "AQ".into()), "key \"rsa\" is an RSA key with an exponent"),
        (changed(&RSA.jwk, "e", "Aw".into()), "key \"rsa\" is an RSA key with an exponent"),
        (changed(&RSA.jwk, "e", "AQAA".into()), "key \"rsa\" is an RSA key with an exponent"),
        (changed(&RSA.jwk, "e", "AQAAAAE".into()), "key \"rsa\" is an RSA key with an exponent"),
        (changed(&RSA.jwk, "e", "".into()), "key \"rsa\" is"),
        (changed(&EC.jwk, "kid", json!(3)), "keys[0] has a kid that is not a text"),
        (set(&[&EC.jwk, &EC.jwk]), "key \"ec\" has the same kid as a key before it"),
        (set(&[&EC.jwk, &without(&ED.jwk, "kid")]), "is not a JWK set: it has several keys, so each"),
        (set(&[&changed_use(&EC.jwk)]), "is not a JWK set: it has no signature key"),
        (set(&[&json!("EC")]), "keys[0] is not an object"),
        (set(&[]), "is not a JWK set: it has no signature key"),
        ("{}".into(), "is not a JWK set: it has no array"),
        ("{".into(), "is not a JWK set: EOF"),
        (set(&vec![&EC.jwk; 65]), "is not a JWK set: it has more than 64 keys"),
    ];
    for (text, start) in cases {
        let found = complaint(&text);
        assert!(found.starts_with(start), "{found}\n  does not start with {start}");
    }
}

fn changed_use(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    jwk["use"] = "enc".into();
    jwk
}

#[test]
fn keys_for_other_purposes_beside_signature_keys_are_left_alone() {
    let wrap = json!({ "kty": "unknown", "key_ops": ["wrapKey", "unwrapKey"] });
    let callers = callers(&[&json!({ "kty": "unknown", "use": "enc" }), &wrap, &EC.jwk]);
    assert!(callers.verify(&token(&claims()), now()).is_ok());
}

#[test]
fn debug_shows_names_alone() {
    let printed = format!("{:?}", callers(&[&EC.jwk]).0);
    assert!(printed.contains("\"ec\"") && !printed.contains(EC.jwk["x"].as_str().unwrap()), "{printed}");
}

#[test]
fn a_signature_is_checked_once_and_all_else_every_time() {
    let keys = Arc::new(KeySet::read(&set(&[&EC.jwk]), &ALGORITHMS).unwrap());
    let callers =
        Ready(Callers { issuers: vec![Trust { keys: Arc::new(FixedKeys(keys.clone())), ..trust(&[&EC.jwk]) }] });
    let token = token(&claims());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    assert_eq!(keys.remembered(), 0);
    for _ in 0..2 {
        assert_eq!(callers.verify(&token, now()).unwrap().app, "mobile");
        assert_eq!(keys.remembered(), 1);
    }
    assert_eq!(callers.verify(&token, now() + chrono::TimeDelta::seconds(331)), Err(Rejected::Expired));
    assert_eq!(callers.verify(&token, now() - chrono::TimeDelta::seconds(41)), Err(Rejected::Early));
    // The same signature under other claims.
    let other = encode(&header(Algorithm::ES256, Some("ec")), &with("sub", "C-1002".into()), &OTHER_EC.signer).unwrap();
    let claims = other.split('.').nth(1).unwrap();
    assert_eq!(callers.verify(&format!("{head}.{claims}.{signature}"), now()), Err(Rejected::Signature));
    assert_eq!(callers.verify(&other, now()), Err(Rejected::Signature));
    assert_eq!(keys.remembered(), 1);
    // A set with another key of that name has checked nothing.
    let mut renewed = OTHER_EC.jwk.clone();
    renewed["kid"] = "ec".into();
    assert_eq!(self::callers(&[&renewed]).verify(&token, now()), Err(Rejected::Signature));
}
