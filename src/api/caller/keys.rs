//! The keys of one identity service, and where they come from.

use super::claims::Claims;
use super::{JwksError, Rejected, jwks, malformed};
use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode};
use lru::LruCache;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// Public signature keys, and the tokens that were found to be signed with one of them lately.
///
/// A signature takes more time than all else that a call costs before the store is asked, and an app calls several times with
/// one token. So it is checked once; claims, times and rules are judged every time. What is remembered goes with the keys: a set
/// that was renewed has checked nothing yet, and a token whose key was taken back is not known to it.
pub struct KeySet {
    keys: Vec<Key>,
    /// Digests of whole tokens: nothing that a token could be made of. Held for a look or an entry, never across an await.
    checked: Mutex<LruCache<[u8; SHA256_OUTPUT_LEN], ()>>,
}

/// How many tokens are remembered: some 8 MB of them.
const CHECKED_MAX: NonZeroUsize = NonZeroUsize::new(64 * 1024).unwrap();

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
        jwks::read(text, allowed).map(Self::of)
    }

    /// Reads a JWK set as an identity service publishes it: keys that are of no use to us are left out (RFC 7517 §5) and
    /// told, so that one more key of another kind does not make the others unknown.
    pub fn read_published(text: &str, allowed: &[Algorithm]) -> Result<(Self, Vec<JwksError>), JwksError> {
        let (keys, left_out) = jwks::read_published(text, allowed)?;
        Ok((Self::of(keys), left_out))
    }

    fn of(keys: Vec<Key>) -> Self {
        Self { keys, checked: Mutex::new(LruCache::new(CHECKED_MAX)) }
    }

    /// The names of the keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_deref().unwrap_or("(no kid)"))
    }

    /// Whether a token that names this key could be checked.
    pub fn has(&self, kid: Option<&str>) -> bool {
        self.key(kid).is_some()
    }

    fn key(&self, kid: Option<&str>) -> Option<&Key> {
        match (kid, self.keys.as_slice()) {
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
        let digest = digest(&SHA256, token.as_bytes()).as_ref().try_into().expect("that is how long SHA-256 is");
        if self.checked().get(&digest).is_some() {
            return insecure_decode_claims(token).map_err(|error| malformed(&error));
        }
        let opened = decode(token, &key.key, &signature_only(header.alg));
        let opened = opened.map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Rejected::Signature,
            _ => malformed(&error),
        })?;
        self.checked().put(digest, ());
        Ok(opened.claims)
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.checked().len()
    }

    /// The map is sound after every single call, so a panic elsewhere while it was locked does not matter.
    fn checked(&self) -> MutexGuard<'_, LruCache<[u8; SHA256_OUTPUT_LEN], ()>> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
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
