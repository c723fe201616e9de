//! The server's keys: one ring, first key current, every key readable.
//!
//! A server key is 32 random bytes. It is never used itself: each use has a key of its own, drawn from it with
//! HKDF-SHA-256 (RFC 5869) under a label, so that a weakness of one use says nothing about another.
//!
//! What was made under a key carries the key's id. To rotate, put a new key in front and keep the old one until
//! nothing is left under it.

use super::work::Work;
use aws_lc_rs::{hkdf, hmac};
use std::fmt;
use zeroize::Zeroizing;

/// Names a server key in rows and sealed values: 1 to 16 letters, digits, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Checks length and characters.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let fits = (1..=16).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyError::Id)
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a key ring. Never quotes key material.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a key id.
    #[error("a key id has 1 to 16 letters, digits, - or _")]
    Id,
    /// Not a key.
    #[error("a server key is 32 bytes, written as 64 hexadecimal digits (make one with: openssl rand -hex 32)")]
    Form,
    /// All bytes alike: a placeholder, not a random key.
    #[error("this server key is a placeholder, not random (make one with: openssl rand -hex 32)")]
    Weak,
    /// The ring has no key.
    #[error("at least one server key is needed")]
    Empty,
    /// Two keys with one id.
    #[error("two server keys have the id {0}")]
    Twice(String),
}

/// One server key and the keys drawn from it.
pub struct ServerKey {
    id: KeyId,
    flow: hmac::Key,
    lookup: hmac::Key,
    root: hkdf::Prk,
}

impl ServerKey {
    /// Reads 64 hexadecimal digits; white space around them is ignored.
    pub fn from_hex(id: KeyId, text: &str) -> Result<Self, KeyError> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return Err(KeyError::Form);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let digit = |c: u8| (c as char).to_digit(16).ok_or(KeyError::Form);
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Self::from_bytes(id, &bytes)
    }

    /// Takes 32 bytes that came from a generator fit for keys.
    pub fn from_bytes(id: KeyId, bytes: &[u8; 32]) -> Result<Self, KeyError> {
        if bytes.iter().all(|b| *b == bytes[0]) {
            return Err(KeyError::Weak);
        }
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"countersign server key v1").extract(bytes);
        let mac = |label| hmac::Key::new(hmac::HMAC_SHA256, &*expand(&root, label));
        Ok(Self { id, flow: mac("flow"), lookup: mac("look-up"), root })
    }

    /// The key's name.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The key that codes, security keys and the like are derived with.
    pub(super) fn flow(&self) -> &hmac::Key {
        &self.flow
    }

    /// The key for sealed columns.
    pub fn sealing_key(&self) -> Zeroizing<[u8; 32]> {
        expand(&self.root, "seal")
    }

    /// A keyed hash under which a value can be found again but not read: HMAC-SHA-256 of `kind`, then `value`.
    pub fn lookup(&self, kind: &str, value: &str) -> [u8; 32] {
        Work::HASH.add();
        let mut mac = hmac::Context::with_key(&self.lookup);
        mac.update(&(kind.len() as u64).to_be_bytes());
        mac.update(kind.as_bytes());
        mac.update(value.as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(mac.sign().as_ref());
        hash
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({})", self.id.0)
    }
}

fn expand(root: &hkdf::Prk, label: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    root.expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *key))
        .expect("32 bytes is one block of HKDF-SHA-256, far below its limit of 255");
    key
}

/// The server keys: the first makes new things, every one reads old ones.
#[derive(Debug)]
pub struct KeyRing(Vec<ServerKey>);

impl KeyRing {
    /// Takes the keys in order of preference.
    pub fn new(keys: Vec<ServerKey>) -> Result<Self, KeyError> {
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        for (n, key) in keys.iter().enumerate() {
            if keys[..n].iter().any(|other| other.id == key.id) {
                return Err(KeyError::Twice(key.id.0.clone()));
            }
        }
        Ok(Self(keys))
    }

    /// The key that makes new things.
    pub fn current(&self) -> &ServerKey {
        &self.0[0]
    }

    /// The key of this id, if it is still in the ring.
    pub fn find(&self, id: &KeyId) -> Option<&ServerKey> {
        self.0.iter().find(|key| key.id == *id)
    }

    /// Every key, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &ServerKey> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, hex: &str) -> Result<ServerKey, KeyError> {
        ServerKey::from_hex(KeyId::parse(id)?, hex)
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits_and_not_a_placeholder() {
        let good = "0123456789abcdef".repeat(4);
        assert!(key("k1", &format!(" {good}\n")).is_ok());
        assert_eq!(key("k1", &good[1..]).err(), Some(KeyError::Form));
        assert_eq!(key("k1", &"xy".repeat(32)).err(), Some(KeyError::Form));
        assert_eq!(key("k1", &"00".repeat(32)).err(), Some(KeyError::Weak));
        assert_eq!(key("", &good).err(), Some(KeyError::Id));
        assert_eq!(key("a b", &good).err(), Some(KeyError::Id));
    }

    #[test]
    fn a_ring_has_keys_and_no_id_twice() {
        let good = "0123456789abcdef".repeat(4);
        assert_eq!(KeyRing::new(vec![]).err(), Some(KeyError::Empty));
        let twice = vec![key("a", &good).unwrap(), key("a", &good).unwrap()];
        assert_eq!(KeyRing::new(twice).err(), Some(KeyError::Twice("a".into())));
    }

    #[test]
    fn debug_shows_the_id_alone() {
        assert_eq!(format!("{:?}", key("k1", &"0123456789abcdef".repeat(4)).unwrap()), "ServerKey(k1)");
    }
}
