//! Tokens, claims and key sets that nobody would make, many of them.

use super::*;
use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[test]
fn no_change_of_a_good_token_is_believed() {
    let callers = callers(&[&EC.jwk, &ED.jwk]);
    let good = token(&claims());
    let believed = |token: &[u8]| callers.verify(std::str::from_utf8(token).unwrap(), now()).is_ok();
    assert!(believed(good.as_bytes()));
    let bytes = good.as_bytes();
    for at in 0..bytes.len() {
        // The last character has bits that mean nothing; a token must not have a second spelling.
        let others = if at + 2 >= bytes.len() { ALPHABET } else { b"A_." };
        for other in others.iter().filter(|other| **other != bytes[at]) {
            let mut changed = bytes.to_vec();
            changed[at] = *other;
            assert!(!believed(&changed), "{at}: {}", *other as char);
        }
        assert!(!believed(&bytes[..at]), "cut at {at}");
        let inserted = [&bytes[..at], b"A", &bytes[at..]].concat();
        assert!(!believed(&inserted), "one more at {at}");
    }
    for end in ["=", "==", ".", "A", "\0", "%3D"] {
        assert!(!believed(format!("{good}{end}").as_bytes()), "{end:?}");
    }
    // Its parts in another order, or one of them twice.
    let [head, payload, signature] = parts(&good);
    for text in [
        format!("{payload}.{head}.{signature}"),
        format!("{head}.{payload}.{signature}.{signature}"),
        format!("{head}.{payload}.{head}"),
        format!("{head}.{head}.{signature}"),
    ] {
        assert!(!believed(text.as_bytes()), "{text}");
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-1_000_i64..1_000).prop_map(|seconds| Value::from(NOW + seconds)),
        "\\PC{0,12}".prop_map(Value::from),
        prop_oneof![Just(ISSUER), Just("mobile"), Just("web"), Just("C-1"), Just("sig"), Just("EC"), Just("RS256")]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{0,4}", inner, 0..4)
                .prop_map(|members| Value::from(members.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    })
}

/// Text that may not stand in what is said of a key set: the keys themselves.
fn quoted(told: &str, key: &Value) -> bool {
    ["x", "y", "n", "d", "k"]
        .iter()
        .filter_map(|name| key[name].as_str())
        .any(|text| text.len() > 8 && told.contains(text))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_was_not_signed_is_believed(
        header in prop_oneof![json().prop_map(|json| json.to_string()), "\\PC{0,40}"],
        known in any::<bool>(),
        payload in prop_oneof![json().prop_map(|json| json.to_string()), Just(claims().to_string())],
        signature in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let header = if known { json!({ "alg": "ES256", "kid": "ec" }).to_string() } else { header };
        let parts = [header.as_bytes(), payload.as_bytes(), &signature].map(|part| BASE64URL_NOPAD.encode(part));
        let callers = callers(&[&EC.jwk, &RSA.jwk]);
        prop_assert!(callers.verify(&parts.join("."), now()).is_err());
        prop_assert!(callers.verify(&header, now()).is_err());
    }

    /// Whatever a service signs: whoever is let in is named by it, to us, now.
    #[test]
    fn a_token_that_is_believed_says_what_it_must(
        changes in prop::collection::vec((prop_oneof![
            Just("iss"), Just("aud"), Just("exp"), Just("nbf"), Just("sub"), Just("azp"), Just("client_id"), Just("acr"),
        ], json()), 0..4),
    ) {
        let mut all = claims();
        all["client_id"] = "app".into();
        for (name, value) in changes {
            all[name] = value;
        }
        let now_secs = NOW as f64;
        let good = || {
            let aud = match &all["aud"] {
                Value::Array(several) => several.clone(),
                one => vec![one.clone()],
            };
            all["iss"] == ISSUER
                && ["mobile", "web"].iter().any(|app| aud.contains(&json!(app)))
                && all["exp"].as_f64().is_some_and(|exp| now_secs < exp + 30.0)
                && (all["nbf"].is_null() || all["nbf"].as_f64().is_some_and(|nbf| now_secs + 30.0 >= nbf))
        };
        if let Ok((customer, app)) = verify(&all) {
            prop_assert!(good() && all["sub"] == json!(customer) && ["mobile", "web"].contains(&app.as_str()), "{}", all);
        }
        if let Ok((client, customer)) = super::issuers::access(|_| (), &all) {
            let named = [&all["azp"], &all["client_id"]];
            prop_assert!(good() && named.iter().all(|name| name.is_null() || **name == json!(client)), "{}", all);
            prop_assert!(customer.is_none_or(|customer| all["sub"] == json!(customer)));
        }
    }

    #[test]
    fn a_key_set_is_read_or_complained_about_without_its_keys(
        changes in prop::collection::vec((0..4_usize, prop_oneof![
            Just("kty"), Just("crv"), Just("x"), Just("y"), Just("n"), Just("e"), Just("kid"), Just("use"), Just("alg"),
            Just("d"), Just("k"),
        ], json()), 0..5),
        beside in prop::option::of(json()),
    ) {
        let mut keys = [&EC, &OTHER_EC, &ED, &RSA].map(|pair| pair.jwk.clone());
        for (n, name, value) in changes {
            keys[n][name] = value;
        }
        let entries: Vec<_> = keys.iter().chain(&beside).collect();
        let text = set(&entries);
        let strict = KeySet::read(&text, &ALGORITHMS);
        match KeySet::read_published(&text, &ALGORITHMS) {
            Ok((set, left_out)) => {
                let ids: Vec<_> = set.ids().collect();
                prop_assert!(!ids.is_empty() && ids.len() + left_out.len() <= entries.len() + 1);
                for told in left_out.iter().map(JwksError::to_string) {
                    prop_assert!(told.len() < 2000 && !entries.iter().any(|key| quoted(&told, key)), "{}", told);
                }
                if let Ok(strict) = strict {
                    prop_assert!(left_out.is_empty() && strict.ids().eq(set.ids()));
                } else {
                    prop_assert!(!left_out.is_empty());
                }
            }
            Err(problem) => {
                prop_assert!(!quoted(&problem.to_string(), &keys[0]) && strict.is_err());
            }
        }
    }

    #[test]
    fn a_text_that_is_no_key_set_is_none(text in prop_oneof!["\\PC{0,60}", json().prop_map(|json| json.to_string())]) {
        prop_assert!(KeySet::read(&text, &ALGORITHMS).is_err());
        prop_assert!(KeySet::read_published(&text, &ALGORITHMS).is_err());
    }

    #[test]
    fn any_text_names_a_claim_or_is_refused(name in "[a-z~/0-9]{0,12}|\\PC{0,20}", value in json()) {
        if let Ok(name) = ClaimName::parse(&name) {
            let claims: Claims = serde_json::from_value(json!({ "a": value, "0": [value] })).unwrap();
            let found = name.of(&claims);
            prop_assert!(found.is_none_or(|found| !found.is_null()));
            prop_assert!(found.is_some() || !name.has_one_of(&claims, &["".into()]));
        }
    }
}
