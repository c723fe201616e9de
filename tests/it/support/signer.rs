//! An identity service's key: it signs tokens, and can be published.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// One key of the elliptic curve P-256.
pub(crate) struct Signer {
    kid: &'static str,
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    /// A new key of this name.
    pub(crate) fn new(kid: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let key = EncodingKey::from_ec_der(pair.as_ref());
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap()).unwrap();
        jwk["kid"] = kid.into();
        Self { kid, key, jwk }
    }

    /// A token that says this.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(Header::new(Algorithm::ES256), claims)
    }

    /// The same under a header that says more than `alg` and `kid`.
    pub(crate) fn sign_with(&self, header: Header, claims: &Value) -> String {
        encode(&Header { kid: Some(self.kid.to_owned()), ..header }, claims, &self.key).unwrap()
    }
}

/// What an identity service with these keys publishes.
pub(crate) fn published(keys: &[&Signer]) -> String {
    json!({ "keys": keys.iter().map(|key| &key.jwk).collect::<Vec<_>>() }).to_string()
}
