//! The keys of one identity service, and where they come from.

use super::claims::Claims;
use super::{JwksError, Rejected, jwks, malformed};
use async_trait::async_trait;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode};
use std::fmt;
use std::sync::Arc;

/// Where the keys of one identity service come from.
#[async_trait]
pub trait KeySource: fmt::Debug + Send + Sync + 'static {
    /// The keys as they are known now; `None` if they are not known.
    fn keys(&self) -> Option<Arc<KeySet>>;

    /// The keys after a look whether there is one of this name by now. Takes no longer than a caller can wait.
    async fn renewed(&self, kid: Option<&str>) -> Option<Arc<KeySet>>;
}

/// Keys that stay as they are.
#[derive(Clone, Debug)]
pub struct FixedKeys(pub Arc<KeySet>);

#[async_trait]
impl KeySource for FixedKeys {
    fn keys(&self) -> Option<Arc<KeySet>> {
        Some(self.0.clone())
    }

    async fn renewed(&self, _: Option<&str>) -> Option<Arc<KeySet>> {
        self.keys()
    }
}

/// Public signature keys.
pub struct KeySet(Vec<Key>);

/// One public key, and what it accepts.
pub(super) struct Key {
    pub(super) id: Option<String>,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) key: DecodingKey,
}

impl KeySet {
    /// Reads a JWK set that somebody at the bank has put there: each of its signature keys has to be of use. Keys accept the
    /// algorithms of their own type and of `allowed`, no others.
    pub fn read(text: &str, allowed: &[Algorithm]) -> Result<Self, JwksError> {
        jwks::read(text, allowed).map(Self)
    }

    /// Reads a JWK set as an identity service publishes it: keys that are of no use to us are left out (RFC 7517 §5) and
    /// told, so that one more key of another kind does not make the others unknown.
    pub fn read_published(text: &str, allowed: &[Algorithm]) -> Result<(Self, Vec<JwksError>), JwksError> {
        let (keys, left_out) = jwks::read_published(text, allowed)?;
        Ok((Self(keys), left_out))
    }

    /// The names of the keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_deref().unwrap_or("(no kid)"))
    }

    /// Whether a token that names this key could be checked.
    pub fn has(&self, kid: Option<&str>) -> bool {
        self.key(kid).is_some()
    }

    fn key(&self, kid: Option<&str>) -> Option<&Key> {
        match (kid, self.0.as_slice()) {
            // One key is meant if nobody names one.
            (None, [only]) => Some(only),
            (Some(_), [only]) if only.id.is_none() => Some(only),
            (None, _) => None,
            (Some(kid), keys) => keys.iter().find(|key| key.id.as_deref() == Some(kid)),
        }
    }

    /// Checks algorithm and signature, and reads the claims.
    pub(super) fn open(&self, token: &str, header: &Header) -> Result<Claims, Rejected> {
        let key = self.key(header.kid.as_deref()).ok_or(Rejected::Key)?;
        if !key.algorithms.contains(&header.alg) {
            return Err(Rejected::Algorithm);
        }
        let opened = decode(token, &key.key, &signature_only(header.alg));
        opened.map(|token| token.claims).map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Rejected::Signature,
            _ => malformed(&error),
        })
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// The library checks the signature alone: its own judgement of claims would read the system's clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}
