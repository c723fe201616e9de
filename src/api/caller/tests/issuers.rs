//! Several identity services, what their tokens must say, and which claims say who is calling.

use super::*;
use async_trait::async_trait;
use std::sync::Mutex;

const OTHER: &str = "https://id.partner.example";

/// A key of its own under a name that another service's key has.
fn renamed(jwk: &Value, kid: &str) -> Value {
    let mut jwk = jwk.clone();
    jwk["kid"] = kid.into();
    jwk
}

/// The bank's own service, and a partner's whose key has the same name, with another algorithm, audience and skew.
fn two() -> Ready {
    let partner = Trust {
        issuer: OTHER.into(),
        keys: source(&[&renamed(&ED.jwk, "ec"), &without(&RSA.jwk, "alg")], &[Algorithm::EdDSA, Algorithm::PS256]),
        audiences: vec!["partner".into()],
        clock_skew_secs: 0,
        ..trust(&[&EC.jwk])
    };
    Ready(Callers { issuers: vec![trust(&[&EC.jwk, &without(&RSA.jwk, "alg")]), partner] })
}

fn signed(pair: &Pair, algorithm: Algorithm, kid: &str, claims: &Value) -> String {
    encode(&header(algorithm, Some(kid)), claims, &pair.signer).unwrap()
}

fn partners(aud: &str) -> Value {
    json!({ "iss": OTHER, "aud": aud, "sub": "C-1001", "exp": NOW + 300 })
}

#[test]
fn each_service_is_judged_with_its_own_keys_algorithms_audiences_and_skew() {
    let callers = two();
    let verify = |token: &str| callers.verify(token, now()).map(|holder| holder.app);
    let (ours, theirs) = (claims(), partners("partner"));
    assert_eq!(verify(&signed(&EC, Algorithm::ES256, "ec", &ours)), Ok("mobile".into()));
    assert_eq!(verify(&signed(&ED, Algorithm::EdDSA, "ec", &theirs)), Ok("partner".into()));

    // A key of one name in both sets is two keys.
    assert_eq!(verify(&signed(&ED, Algorithm::EdDSA, "ec", &ours)), Err(Rejected::Algorithm));
    assert_eq!(verify(&signed(&EC, Algorithm::ES256, "ec", &theirs)), Err(Rejected::Algorithm));
    // Nor does one key in both sets make the services one: this one may sign RS256 here only, PS256 in both.
    assert_eq!(verify(&signed(&RSA, Algorithm::RS256, "rsa", &ours)), Ok("mobile".into()));
    assert_eq!(verify(&signed(&RSA, Algorithm::RS256, "rsa", &theirs)), Err(Rejected::Algorithm));
    assert_eq!(verify(&signed(&RSA, Algorithm::PS256, "rsa", &theirs)), Ok("partner".into()));
    // An audience of the one is none of the other.
    assert_eq!(verify(&signed(&ED, Algorithm::EdDSA, "ec", &partners("mobile"))), Err(Rejected::Audience));
    assert_eq!(verify(&signed(&EC, Algorithm::ES256, "ec", &with("aud", "partner".into()))), Err(Rejected::Audience));
    // So is the skew.
    let mut late = theirs.clone();
    late["exp"] = NOW.into();
    assert_eq!(verify(&signed(&ED, Algorithm::EdDSA, "ec", &late)), Err(Rejected::Expired));
    late["exp"] = (NOW + 1).into();
    assert_eq!(verify(&signed(&ED, Algorithm::EdDSA, "ec", &late)), Ok("partner".into()));
    // A service that is not configured has no keys, whoever signs for it.
    for iss in ["https://id.bank.example/", "HTTPS://ID.BANK.EXAMPLE", ""] {
        assert_eq!(verify(&signed(&EC, Algorithm::ES256, "ec", &with("iss", iss.into()))), Err(Rejected::Issuer));
    }
}

#[test]
fn a_key_that_the_token_brings_or_points_to_is_no_key() {
    let callers = two();
    let brought = serde_json::from_value(renamed(&OTHER_EC.jwk, "ec")).unwrap();
    let header = Header {
        jku: Some("https://eve.example/jwks".into()),
        x5u: Some("https://eve.example/chain".into()),
        jwk: Some(brought),
        ..header(Algorithm::ES256, Some("ec"))
    };
    let forged = encode(&header, &claims(), &OTHER_EC.signer).unwrap();
    assert_eq!(callers.verify(&forged, now()), Err(Rejected::Signature));
    let good = encode(&header, &claims(), &EC.signer).unwrap();
    assert!(callers.verify(&good, now()).is_ok(), "they are not looked at");
    let unknown = Header { kid: Some("eve".into()), ..header };
    assert_eq!(callers.verify(&encode(&unknown, &claims(), &OTHER_EC.signer).unwrap(), now()), Err(Rejected::Key));
}

/// One service that asks for more.
fn asking(change: impl FnOnce(&mut Trust<ClaimsToken>)) -> Ready {
    let mut trust = trust(&[&EC.jwk]);
    change(&mut trust);
    Ready(Callers { issuers: vec![trust] })
}

#[test]
fn required_claims_must_be_there_with_a_value_that_is_taken() {
    let taken = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    for (name, value, fits) in [
        ("acr", json!("high"), true),
        ("acr", json!("higher"), true),
        ("acr", json!("low"), false),
        ("acr", json!("low high"), false),
        ("acr", json!(["low", "high"]), true),
        ("acr", json!([]), false),
        ("acr", json!({ "high": true }), false),
        ("acr", Value::Null, false),
        ("scope", json!("openid high"), true),
        ("scope", json!("openid highest"), false),
        ("amr", json!(2), true),
        ("amr", json!("2"), true),
        ("amr", json!(2.5), false),
        ("amr", json!(true), true),
        ("amr", json!(false), false),
        ("/realm/roles", json!(["high"]), false),
    ] {
        let values = taken(&["high", "higher", "2", "true"]);
        let callers = asking(|trust| trust.required = vec![(named(name), values)]);
        let found = callers.verify(&token(&with(name, value.clone())), now());
        assert_eq!(found.map(drop), if fits { Ok(()) } else { Err(Rejected::Required) }, "{name} {value}");
    }
    let both = || vec![(named("/realm/roles"), taken(&["otp"])), (named("acr"), taken(&["high"]))];
    let callers = asking(|trust| trust.required = both());
    let mut claims = with("realm", json!({ "roles": ["user", "otp"] }));
    assert_eq!(callers.verify(&token(&claims), now()), Err(Rejected::Required), "all of them");
    claims["acr"] = "high".into();
    assert!(callers.verify(&token(&claims), now()).is_ok());
}

#[test]
fn a_service_that_speaks_for_some_applications_names_no_other() {
    let Trust { issuer, keys, clock_skew_secs, audiences, typ, .. } = trust(&[&EC.jwk]);
    let names = AccessToken { client: vec![named("azp"), named("client_id")], customer: None };
    let required = vec![(named("azp"), vec!["partner-app".to_owned()])];
    let callers = Callers { issuers: vec![Trust { issuer, keys, clock_skew_secs, audiences, typ, required, names }] };
    let client = |claims: &Value| {
        let value = format!("Bearer {}", token(claims));
        callers.access(&value, now()).now_or_never().unwrap().map(|access| access.client.as_str().to_owned())
    };
    assert_eq!(client(&with("azp", "partner-app".into())), Ok("partner-app".into()));
    assert_eq!(client(&with("azp", "web".into())), Err(Rejected::Required));
    assert_eq!(client(&with("client_id", "web".into())), Err(Rejected::Required));
    let mut both = with("azp", "partner-app".into());
    both["client_id"] = "web".into();
    assert_eq!(client(&both), Err(Rejected::Client));
}

#[test]
fn a_type_that_is_asked_for_must_be_declared() {
    let callers = asking(|trust| trust.typ = Some("at+jwt".into()));
    let with = |typ: Option<&str>| {
        let header = Header { typ: typ.map(str::to_owned), ..header(Algorithm::ES256, Some("ec")) };
        callers.verify(&encode(&header, &claims(), &EC.signer).unwrap(), now()).map(drop)
    };
    assert_eq!([with(Some("at+jwt")), with(Some("application/AT+JWT"))], [Ok(()), Ok(())]);
    assert_eq!([with(Some("JWT")), with(None)], [Err(Rejected::Typ); 2]);
}

#[test]
fn customer_and_app_are_the_claims_that_the_configuration_names() {
    let callers = asking(|trust| {
        trust.names = ClaimsToken { customer: named("/customer/no~1id"), app: Some(named("azp")) };
    });
    let holder = |claims: &Value| {
        let holder = callers.verify(&token(claims), now())?;
        Ok((holder.customer.as_str().to_owned(), holder.app))
    };
    let mut claims = with("customer", json!({ "no/id": "C-7" }));
    assert_eq!(holder(&claims), Err(Rejected::App));
    claims["azp"] = "app 1".into();
    assert_eq!(holder(&claims), Ok(("C-7".into(), "app 1".into())));
    for app in [json!(""), json!("a\u{7}"), json!("a".repeat(201)), json!(7)] {
        claims["azp"] = app;
        assert_eq!(holder(&claims), Err(Rejected::App));
    }
    claims["azp"] = "app".into();
    for customer in [json!("C-7"), json!({}), json!({ "no/id": 7 }), json!({ "no/id": null })] {
        claims["customer"] = customer;
        assert_eq!(holder(&claims), Err(Rejected::Claims), "{claims}");
    }
    claims["customer"] = json!({ "no/id": "two words" });
    assert_eq!(holder(&claims), Err(Rejected::Subject));
}

pub(super) fn access(
    change: impl FnOnce(&mut AccessToken),
    claims: &Value,
) -> Result<(String, Option<String>), Rejected> {
    let mut names = AccessToken { client: vec![named("azp"), named("client_id")], customer: Some(named("sub")) };
    change(&mut names);
    let Trust { issuer, keys, clock_skew_secs, audiences, typ, required, .. } = trust(&[&EC.jwk]);
    let trust = Trust { issuer, keys, clock_skew_secs, audiences, typ, required, names };
    let value = format!("Bearer {}", token(claims));
    let callers = Callers { issuers: vec![trust] };
    let access = callers.access(&value, now()).now_or_never().expect("nothing to wait for")?;
    Ok((access.client.as_str().to_owned(), access.customer.map(|customer| customer.as_str().to_owned())))
}

#[test]
fn an_access_token_names_one_client_and_perhaps_a_customer() {
    let usual = |claims: &Value| access(|_| (), claims);
    let app = |customer: Option<&str>| Ok(("app".to_owned(), customer.map(str::to_owned)));
    assert_eq!(usual(&claims()), Err(Rejected::Client));
    assert_eq!(usual(&with("azp", "app".into())), app(Some("C-1001")));
    let mut both = with("azp", "app".into());
    both["client_id"] = "app".into();
    both["sub"] = "app".into();
    assert_eq!(usual(&both), app(None), "the application's own token");
    both["client_id"] = "another".into();
    assert_eq!(usual(&both), Err(Rejected::Client));
    both["client_id"] = 7.into();
    assert_eq!(usual(&both), Err(Rejected::Client));
    let mut odd = with("azp", "app".into());
    odd["sub"] = json!({});
    assert_eq!(usual(&odd), Err(Rejected::Claims));
    odd["sub"] = "two words".into();
    assert_eq!(usual(&odd), Err(Rejected::Subject));
    assert_eq!(access(|names| names.customer = None, &odd), app(None));

    let mut mapped = with("app_id", "app".into());
    mapped["holder"] = "C-9".into();
    mapped["azp"] = "another".into();
    let names = |names: &mut AccessToken| {
        *names = AccessToken { client: vec![named("app_id")], customer: Some(named("holder")) };
    };
    assert_eq!(access(names, &mapped), app(Some("C-9")));
}

#[test]
fn names_of_claims_are_names_or_pointers() {
    for bad in ["", "/", "//", "//a", "/a~", "/a~2", "a\n", &"a".repeat(201)] {
        assert!(ClaimName::parse(bad).is_err(), "{bad:?}");
    }
    for good in ["sub", "https://bank.example/customer", "/a/b", "/a~0b/~1/0", "a~b", " "] {
        assert!(ClaimName::parse(good).is_ok(), "{good:?}");
    }
}

/// Has other keys when asked a second time, or none at all.
#[derive(Debug)]
struct Turning {
    asked: Mutex<Vec<Option<String>>>,
    before: Option<Arc<KeySet>>,
    after: Option<Arc<KeySet>>,
}

#[async_trait]
impl KeySource for Turning {
    fn keys(&self) -> Option<Arc<KeySet>> {
        self.before.clone()
    }

    async fn renewed(&self, kid: Option<&str>) -> Option<Arc<KeySet>> {
        self.asked.lock().unwrap().push(kid.map(str::to_owned));
        self.after.clone()
    }
}

#[test]
fn a_key_that_is_not_known_is_looked_for_once_and_a_known_one_never() {
    let read = |jwk: &Value| Some(Arc::new(KeySet::read(&set(&[jwk]), &ALGORITHMS).unwrap()));
    let source = |before, after| Arc::new(Turning { asked: Mutex::default(), before, after });
    let verify = |source: &Arc<Turning>, token: &str| {
        let callers = asking(|trust| trust.keys = source.clone());
        (callers.verify(token, now()).map(drop), source.asked.lock().unwrap().len())
    };
    let new = signed(&OTHER_EC, Algorithm::ES256, "other", &claims());
    let turned = source(read(&EC.jwk), read(&OTHER_EC.jwk));
    assert_eq!(verify(&turned, &token(&claims())), (Ok(()), 0));
    assert_eq!(verify(&turned, &new), (Ok(()), 1));
    assert_eq!(*turned.asked.lock().unwrap(), [Some("other".to_owned())]);
    assert_eq!(verify(&source(read(&EC.jwk), read(&EC.jwk)), &new), (Err(Rejected::Key), 1));
    assert_eq!(verify(&source(None, read(&OTHER_EC.jwk)), &new), (Ok(()), 1));
    assert_eq!(verify(&source(None, None), &new), (Err(Rejected::NoKeys), 1));
    // Only a service that we know is asked, and only for a token that could be one.
    let asked = source(None, None);
    for token in [signed(&EC, Algorithm::ES256, "ec", &partners("mobile")), "a.b.c".into()] {
        assert_eq!(verify(&asked, &token).1, 0);
    }
}

#[test]
fn a_published_set_is_used_without_the_keys_that_are_of_no_use() {
    let mut private = OTHER_EC.jwk.clone();
    private["d"] = "AAAA".into();
    let secret = json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0" });
    let curve = json!({ "kty": "EC", "crv": "P-521", "kid": "p521", "x": "AA", "y": "AA" });
    let text = set(&[&private, &secret, &curve, &json!("text"), &EC.jwk, &EC.jwk, &without(&ED.jwk, "kid")]);
    let (keys, left_out) = KeySet::read_published(&text, &ALGORITHMS).unwrap();
    assert_eq!(keys.ids().collect::<Vec<_>>(), ["ec"]);
    let told: Vec<_> = left_out.iter().map(JwksError::to_string).collect();
    let starts = [
        "key \"other\" is a private key",
        "key \"s\" is symmetric",
        "key \"p521\" has a curve other than",
        "keys[3] is not an object",
        "key \"ec\" has the same kid as a key before it",
        "is not a JWK set: it has several keys",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}\n  does not start with {start}");
    }
    // With nothing left there is no set.
    for text in [set(&[&secret]), set(&[&private, &curve]), set(&[]), "{}".into(), "[".into()] {
        assert!(KeySet::read_published(&text, &ALGORITHMS).is_err(), "{text}");
    }
    let one = set(&[&without(&EC.jwk, "kid"), &secret]);
    assert!(KeySet::read_published(&one, &ALGORITHMS).is_ok(), "the only key of use needs no name");
}
