//! Reads a JWK set (RFC 7517): public signature keys, and nothing that is something else.

use super::keys::Key;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The most keys a set may have.
pub(super) const KEYS_MAX: usize = 64;

const RSA: [Algorithm; 6] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512];

/// Why a key set cannot be used. Quotes the name of a key, never its parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// Not a key set.
    #[error("is not a JWK set: {0}")]
    Form(String),
    /// One key is wrong.
    #[error("{key} {problem}")]
    Key {
        /// Its `kid`, or its place.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads all signature keys, or says what is wrong with the first bad one.
pub(super) fn read(text: &str, allowed: &[Algorithm]) -> Result<Vec<Key>, JwksError> {
    let (keys, left_out) = sorted(text, allowed)?;
    if let Some(problem) = left_out.into_iter().next() {
        return Err(problem);
    }
    if keys.is_empty() {
        return Err(form("it has no signature key"));
    }
    if nameless_among_others(&keys) {
        return Err(form("it has several keys, so each of them needs a kid"));
    }
    Ok(keys)
}

/// Reads the signature keys that are of use, and says why the others are not.
pub(super) fn read_published(text: &str, allowed: &[Algorithm]) -> Result<(Vec<Key>, Vec<JwksError>), JwksError> {
    let (mut keys, mut left_out) = sorted(text, allowed)?;
    if nameless_among_others(&keys) {
        keys.retain(|key| key.id.is_some());
        left_out.push(form("it has several keys, so each of them needs a kid; that without one is left out"));
    }
    match (keys.is_empty(), left_out.first()) {
        (false, _) => Ok((keys, left_out)),
        (true, Some(problem)) => Err(problem.clone()),
        (true, None) => Err(form("it has no signature key")),
    }
}

/// A token could mean any of them, or none.
fn nameless_among_others(keys: &[Key]) -> bool {
    keys.len() > 1 && keys.iter().any(|key| key.id.is_none())
}

fn form(problem: &str) -> JwksError {
    JwksError::Form(problem.to_owned())
}

/// The keys that are of use, and what is wrong with the others.
fn sorted(text: &str, allowed: &[Algorithm]) -> Result<(Vec<Key>, Vec<JwksError>), JwksError> {
    // Where the text is no JSON, serde's message quotes nothing; it has line and column.
    let set: Value = serde_json::from_str(text).map_err(|error| JwksError::Form(error.to_string()))?;
    let entries = set.get("keys").and_then(Value::as_array).ok_or_else(|| form("it has no array \"keys\""))?;
    if entries.len() > KEYS_MAX {
        return Err(JwksError::Form(format!("it has more than {KEYS_MAX} keys")));
    }
    let (mut keys, mut left_out, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (n, entry) in entries.iter().enumerate() {
        let read = match entry.as_object() {
            None => Err("is not an object".to_owned()),
            // A set may hold keys for other purposes as well; they are not for us, whatever they are.
            Some(entry) if !is_for_signatures(entry) => continue,
            Some(entry) => read_key(entry, allowed),
        };
        match read {
            Ok(key) if seen.insert(key.id.clone()) => keys.push(key),
            Ok(_) => left_out.push((n, "has the same kid as a key before it".to_owned())),
            Err(problem) => left_out.push((n, problem)),
        }
    }
    let told = |(n, problem): (usize, String)| JwksError::Key { key: name(&entries[n], n), problem };
    Ok((keys, left_out.into_iter().map(told).collect()))
}

/// RFC 7517 §4.2, §4.3.
fn is_for_signatures(entry: &Map<String, Value>) -> bool {
    let verifies = |operations: &Value| operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"));
    entry.get("use").is_none_or(|usage| usage == "sig") && entry.get("key_ops").is_none_or(verifies)
}

fn name(entry: &Value, n: usize) -> String {
    match entry.get("kid").and_then(Value::as_str) {
        Some(kid) => format!("key {:?}", kid.chars().take(64).collect::<String>()),
        None => format!("keys[{n}]"),
    }
}

fn read_key(entry: &Map<String, Value>, allowed: &[Algorithm]) -> Result<Key, String> {
    if entry.contains_key("k") || entry.get("kty").is_some_and(|kty| kty == "oct") {
        return Err("is symmetric: whoever can check a token with it could also make one".into());
    }
    if entry.contains_key("d") {
        return Err("is a private key: it belongs to the identity service alone; export the public part".into());
    }
    let id = match entry.get("kid") {
        None => None,
        Some(Value::String(kid)) if (1..=256).contains(&kid.len()) => Some(kid.clone()),
        Some(_) => return Err("has a kid that is not a text of 1 to 256 bytes".into()),
    };
    let declared = entry.get("alg").cloned();
    // The key's parameters alone decide its type; an `alg` the library does not know must not hide them.
    let mut parameters = entry.clone();
    parameters.retain(|name, _| matches!(name.as_str(), "kty" | "crv" | "x" | "y" | "n" | "e"));
    let jwk = serde_json::from_value::<Jwk>(Value::Object(parameters)).ok();
    let key = jwk.and_then(|jwk| DecodingKey::from_jwk(&jwk).ok().map(|key| (jwk, key)));
    let (jwk, key) = key.ok_or("is of an unknown kty, or lacks a parameter of its kty, or has a malformed one")?;
    let fitting = algorithms(&jwk.algorithm, &key)?;
    let declared = declared.map(serde_json::from_value::<Algorithm>).transpose().ok();
    let Some(declared) = declared else { return Err("has an alg that is not a known signature algorithm".into()) };
    let accepts = |algorithm: &Algorithm| declared.is_none_or(|one| one == *algorithm) && allowed.contains(algorithm);
    let algorithms: Vec<_> = fitting.iter().copied().filter(accepts).collect();
    if algorithms.is_empty() {
        return Err(format!("fits none of the allowed algorithms; its type is for {fitting:?}"));
    }
    Ok(Key { id, algorithms, key })
}

/// The algorithms of a key's type, after a look at its size and form.
fn algorithms(parameters: &AlgorithmParameters, key: &DecodingKey) -> Result<&'static [Algorithm], String> {
    let point = |algorithm| match key.kind() {
        DecodingKeyKind::SecretOrDer(bytes) => ParsedPublicKey::new(algorithm, bytes).is_ok(),
        DecodingKeyKind::RsaModulusExponent { .. } => false,
    };
    let off_curve = || Err("is not a point of its curve".to_owned());
    match (parameters, key.kind()) {
        (AlgorithmParameters::EllipticCurve(ec), _) => match ec.curve {
            EllipticCurve::P256 if point(&ECDSA_P256_SHA256_FIXED) => Ok(&[Algorithm::ES256]),
            EllipticCurve::P384 if point(&ECDSA_P384_SHA384_FIXED) => Ok(&[Algorithm::ES384]),
            EllipticCurve::P256 | EllipticCurve::P384 => off_curve(),
            _ => Err("has a curve other than P-256 and P-384".into()),
        },
        (AlgorithmParameters::OctetKeyPair(ed), _) => match ed.curve {
            EllipticCurve::Ed25519 if point(&ED25519) => Ok(&[Algorithm::EdDSA]),
            EllipticCurve::Ed25519 => off_curve(),
            _ => Err("has a curve other than Ed25519".into()),
        },
        (AlgorithmParameters::RSA(_), DecodingKeyKind::RsaModulusExponent { n, e }) => {
            let leading = n.iter().take_while(|byte| **byte == 0).count();
            let bits = n.get(leading).map_or(0, |first| (n.len() - leading) * 8 - first.leading_zeros() as usize);
            if !(2048..=8192).contains(&bits) {
                return Err(format!("is an RSA key of {bits} bits; 2048 to 8192 are taken"));
            }
            // With 1, everything is its own signature; FIPS 186-5 §5.1 has no other odd number below 65537 either.
            let exponent = e.iter().try_fold(0_u32, |sum, byte| Some(sum.checked_mul(256)? + u32::from(*byte)));
            match exponent {
                Some(65_537..) if e.last().is_some_and(|last| last % 2 == 1) => Ok(&RSA),
                _ => Err("is an RSA key with an exponent that is even, below 65537 or above 32 bits".into()),
            }
        }
        _ => Err("is of an unknown type".into()),
    }
}
