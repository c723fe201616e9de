//! Key sets (RFC 7517), from any text.
//!
//! What is read as it was put there and what is read as it was published are the same keys, public ones, and nothing
//! passes as signed with one of them that is not. What is said of the others is short, on one line, and has nothing of a
//! key. To see that, keys are written anew: the fuzzer cannot know those, and no part of one is in the wording by chance.

#![no_main]

use chrono::DateTime;
use countersign_fuzz::api::caller::{Callers, ClaimName, ClaimsToken, FixedKeys, JwksError, KeySet, Rejected, Trust};
use countersign_fuzz::secrets;
use data_encoding::BASE64URL_NOPAD;
use futures::FutureExt;
use jsonwebtoken::Algorithm;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;

const ALLOWED: [Algorithm; 5] =
    [Algorithm::ES256, Algorithm::ES384, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA];
const ISSUER: &str = "https://id.bank.example";

/// The members of a key that are the key, also of a private one.
const MATERIAL: [&str; 11] = ["x", "y", "n", "e", "d", "k", "p", "q", "dp", "dq", "qi"];
/// So many characters of them are too many to be there by chance.
const SHOWN: usize = 12;

/// What is said of a key set, to people and to a log.
fn calm(problem: &JwksError) -> String {
    let said = problem.to_string();
    assert!(said.len() <= 1000 && !said.contains(char::is_control), "{said:?}");
    said
}

/// The keys of a set that are of use, and all that is said of the others.
fn read(text: &str) -> (Option<KeySet>, Vec<JwksError>) {
    let strict = KeySet::read(text, &ALLOWED);
    match (KeySet::read_published(text, &ALLOWED), strict) {
        (Ok((keys, left_out)), Ok(strict)) => {
            assert!(left_out.is_empty() && strict.ids().eq(keys.ids()), "{left_out:?}");
            (Some(keys), left_out)
        }
        (Ok((keys, mut left_out)), Err(problem)) => {
            assert!(!left_out.is_empty(), "{problem} is not told");
            left_out.push(problem);
            (Some(keys), left_out)
        }
        (Err(published), Err(strict)) => (None, vec![published, strict]),
        (Err(problem), Ok(_)) => panic!("published, the same keys are of no use: {problem}"),
    }
}

/// Whether this is a public signature key.
fn public(entry: &Value) -> bool {
    let types = ["EC", "OKP", "RSA"];
    let usable = entry.get("use").is_none_or(|usage| usage == "sig");
    usable && types.iter().any(|kty| entry["kty"] == *kty) && entry.get("d").is_none() && entry.get("k").is_none()
}

/// Fails unless each key is one of the set's, and nothing passes as signed with it.
fn try_out(keys: KeySet, text: &str, data: &[u8]) {
    let set: Value = serde_json::from_str(text).expect("a set that was read");
    let entries = set["keys"].as_array().expect("keys");
    let ids: Vec<_> = keys.ids().map(str::to_owned).collect();
    assert!((1..=entries.len()).contains(&ids.len()) && keys.has(None) == (ids.len() == 1), "{ids:?}");
    for (n, id) in ids.iter().enumerate() {
        let is_it = |entry: &&Value| public(entry) && entry.get("kid").map_or(id == "(no kid)", |kid| kid == id);
        assert!(keys.has(Some(id)) && entries.iter().any(|entry| is_it(&entry)), "{id:?}");
        assert!(!ids[..n].contains(id), "{id:?} twice");
    }
    let names = ClaimsToken { customer: ClaimName::parse("sub").expect("a name"), app: None };
    let keys = Arc::new(FixedKeys(Arc::new(keys)));
    let (issuer, audiences) = (ISSUER.to_owned(), vec!["app".to_owned()]);
    let trust = Trust { issuer, keys, clock_skew_secs: 0, audiences, typ: None, required: vec![], names };
    let callers = Callers { issuers: vec![trust] };
    let id = &ids[secrets::choice(data, ids.len())];
    let signature = secrets::seed(data, [64, 96, 256, 512][secrets::choice(data, 4)]);
    let claims = json!({ "iss": ISSUER, "aud": "app", "sub": "ana", "exp": 2_000_000_000 }).to_string();
    for algorithm in ALLOWED {
        let header = json!({ "alg": algorithm, "kid": id }).to_string();
        let token = [header.as_bytes(), claims.as_bytes(), &signature].map(|part| BASE64URL_NOPAD.encode(part));
        let found = callers.verify(&token.join("."), DateTime::UNIX_EPOCH).now_or_never().expect("nothing to wait for");
        assert!(matches!(found, Err(Rejected::Algorithm | Rejected::Signature)), "{algorithm:?} {id:?}: {found:?}");
    }
}

/// Writes what is a key anew in all objects, as long as it was; has the new texts.
fn plant(value: &mut Value, data: &[u8], planted: &mut Vec<String>) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|value| plant(value, data, planted)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if MATERIAL.contains(&name.as_str()) && text.len() >= SHOWN => {
                        let bytes = secrets::seed(&[data, &planted.len().to_le_bytes()].concat(), text.len() * 3 / 4);
                        *text = BASE64URL_NOPAD.encode(&bytes);
                        planted.push(text.clone());
                    }
                    value => plant(value, data, planted),
                }
            }
        }
        _ => {}
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (keys, problems) = read(text);
    problems.iter().for_each(|problem| drop(calm(problem)));
    if let Some(keys) = keys {
        try_out(keys, text, data);
    }

    let Ok(mut set) = serde_json::from_str::<Value>(text) else { return };
    let mut planted = Vec::new();
    plant(&mut set, data, &mut planted);
    if planted.is_empty() {
        return;
    }
    let text = set.to_string();
    let cut = secrets::choice(data, text.len());
    for text in [Some(&*text), text.get(..cut), text.get(cut..)].into_iter().flatten() {
        let said: String = read(text).1.iter().map(|problem| format!("{} {problem:?}\n", calm(problem))).collect();
        let parts: HashSet<_> = said.as_bytes().windows(SHOWN).collect();
        let shown = |key: &String| key.as_bytes().windows(SHOWN).any(|part| parts.contains(part));
        assert!(!planted.iter().any(shown), "a key is shown: {said}");
    }
});
