//! Sealed columns: encrypted and bound to their place.
//!
//! ```text
//! 0x01 || length of key id || key id || nonce (12 bytes) || AES-256-GCM ciphertext and tag
//! ```
//!
//! The nonce is random, 96 bits (NIST SP 800-38D §8.2.2: good for 2^32 values under one key). Table, column and row are
//! authenticated along with the value, each after its length, so a sealed value that is moved to another place no
//! longer opens: whoever can write to the file cannot make one customer's codes go to another's phone. The first key
//! of the ring seals, every key opens.
//!
//! What is sealed cannot be looked for. Rows that belong to somebody have a [`Pseudonym`] in a column of its own, under
//! the data file's index key; who it is stands sealed in the same row.

use crate::domain::customer::CustomerId;
use crate::domain::keys::{KeyId, KeyRing};
use crate::domain::ports::{Random, StoreError};
use crate::domain::pseudonym::{IndexKey, Pseudonym};
use crate::domain::token::TokenHolder;
use crate::domain::work::Work;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fmt;
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key as text, never a secret.
    pub row: &'a str,
}

impl Place<'_> {
    /// The error for a value of this place that does not read back.
    pub fn corrupt(&self, problem: impl Into<String>) -> StoreError {
        let Place { table, column, row } = *self;
        StoreError::Corrupt { table, column, row: row.to_owned(), problem: problem.into() }
    }

    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(96);
        for part in [self.table, self.column, self.row] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// Seals values and opens them.
pub struct Sealer {
    keys: Vec<(KeyId, LessSafeKey)>,
    random: Arc<dyn Random>,
    // Sealed itself, so it comes after the keys.
    index: OnceLock<Arc<IndexKey>>,
}

impl Sealer {
    /// Draws the sealing keys from the ring.
    pub fn new(ring: &KeyRing, random: Arc<dyn Random>) -> Self {
        let keys = ring.iter().map(|key| {
            let unbound = UnboundKey::new(&AES_256_GCM, &*key.sealing_key()).expect("a sealing key has 32 bytes");
            (key.id().clone(), LessSafeKey::new(unbound))
        });
        Self { keys: keys.collect(), random, index: OnceLock::new() }
    }

    /// Takes the index key, which was sealed with one of the keys. The first one that is given stays.
    pub fn set_index(&self, index: Arc<IndexKey>) {
        self.index.get_or_init(|| index);
    }

    /// What rows of a customer are found by.
    pub fn customer(&self, id: &CustomerId) -> Result<Pseudonym, StoreError> {
        Ok(self.index()?.customer(id))
    }

    /// What rows of a token's holder are found by: the customer, and who acts for it.
    pub fn holder(&self, holder: &TokenHolder) -> Result<Pseudonym, StoreError> {
        let representative = holder.representative.as_ref().map_or("", |representative| representative.as_str());
        // Neither part has a blank in it.
        Ok(self.index()?.pseudonym("holder", &format!("{} {representative}", holder.customer.as_str())))
    }

    fn index(&self) -> Result<&IndexKey, StoreError> {
        self.index.get().map(|index| &**index).ok_or_else(|| StoreError::Engine("there is no index key yet".into()))
    }

    /// The id of the key that seals.
    pub fn current(&self) -> &KeyId {
        &self.keys[0].0
    }

    /// The ids of all keys that open.
    pub fn key_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.keys.iter().map(|(id, _)| id)
    }

    /// Whether the key of this id is there, so that what it has sealed can be opened.
    pub fn opens(&self, id: &str) -> bool {
        self.key_ids().any(|known| known.as_str() == id)
    }

    /// Seals a value for a place.
    pub fn seal(&self, place: &Place<'_>, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        Work::SEALED.add();
        let (id, key) = &self.keys[0];
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        let mut cipher = value.to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.associated_data()),
            &mut cipher,
        )
        .map_err(|_| StoreError::Engine(format!("{}.{} cannot be sealed", place.table, place.column).into()))?;
        let id = id.as_str().as_bytes();
        let mut sealed = Vec::with_capacity(2 + id.len() + NONCE_LEN + cipher.len());
        sealed.extend_from_slice(&[VERSION, id.len() as u8]);
        sealed.extend_from_slice(id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&cipher);
        Ok(sealed)
    }

    /// Opens a value found at a place.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Work::OPENED.add();
        let (id, nonce, cipher) = take_apart(sealed).ok_or_else(|| place.corrupt("is no sealed value"))?;
        let (_, key) =
            self.keys.iter().find(|(known, _)| known.as_str().as_bytes() == id).ok_or_else(|| {
                place.corrupt(format!("is sealed with key {}, which is not configured", printable(id)))
            })?;
        let mut value = Zeroizing::new(cipher.to_vec());
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(place.associated_data()), &mut value)
            .map_err(|_| place.corrupt("does not authenticate: it was altered, moved, or sealed with another key"))?
            .len();
        value.truncate(length);
        Ok(value)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.key_ids()).finish()
    }
}

fn take_apart(sealed: &[u8]) -> Option<(&[u8], [u8; NONCE_LEN], &[u8])> {
    let (&[version, length], rest) = sealed.split_first_chunk()?;
    let (id, rest) = rest.split_at_checked(length.into())?;
    let (nonce, cipher) = rest.split_first_chunk()?;
    (version == VERSION).then_some((id, *nonce, cipher))
}

/// A key id out of damaged data: only what a key id can have is shown.
fn printable(id: &[u8]) -> String {
    let known = std::str::from_utf8(id).ok().and_then(|text| KeyId::parse(text).ok());
    known.map_or_else(|| "(unreadable)".to_owned(), |id| id.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keys::ServerKey;
    use crate::domain::ports::Counting;

    fn sealer(keys: &[(&str, u8)]) -> Sealer {
        let key = |(id, seed): &(&str, u8)| {
            let bytes = std::array::from_fn(|n| seed.wrapping_add(n as u8));
            ServerKey::from_bytes(KeyId::parse(id).unwrap(), &bytes).unwrap()
        };
        let ring = KeyRing::new(keys.iter().map(key).collect()).unwrap();
        Sealer::new(&ring, Arc::new(Counting::default()))
    }

    const HOME: Place<'static> = Place { table: "flows", column: "recipients", row: "7" };

    fn problem(result: Result<Zeroizing<Vec<u8>>, StoreError>) -> String {
        match result.expect_err("must not open") {
            error @ StoreError::Corrupt { .. } => error.to_string(),
            other => panic!("not the error for bad data: {other}"),
        }
    }

    #[test]
    fn what_was_sealed_opens_where_it_was_sealed_and_nowhere_else() {
        let sealer = sealer(&[("k1", 1)]);
        let sealed = sealer.seal(&HOME, b"+34600123456").unwrap();
        assert_eq!(**sealer.open(&HOME, &sealed).unwrap(), *b"+34600123456");
        for elsewhere in [
            Place { table: "outbox", ..HOME },
            Place { column: "addresses", ..HOME },
            Place { row: "8", ..HOME },
            Place { column: "recipients7", row: "", ..HOME },
        ] {
            let problem = problem(sealer.open(&elsewhere, &sealed));
            assert!(problem.contains("does not authenticate"), "{problem}");
            assert!(problem.contains(elsewhere.table) && problem.contains(elsewhere.column), "{problem}");
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same_twice() {
        let sealer = sealer(&[("k1", 1)]);
        assert_ne!(sealer.seal(&HOME, b"x").unwrap(), sealer.seal(&HOME, b"x").unwrap());
    }

    #[test]
    fn every_bit_counts() {
        let sealer = sealer(&[("k1", 1)]);
        let sealed = sealer.seal(&HOME, b"value").unwrap();
        for n in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[n] ^= 1;
            problem(sealer.open(&HOME, &damaged));
        }
        for length in 0..sealed.len() {
            problem(sealer.open(&HOME, &sealed[..length]));
        }
    }

    #[test]
    fn an_old_key_opens_after_a_rotation_and_the_new_one_seals() {
        let old = sealer(&[("k1", 1)]).seal(&HOME, b"value").unwrap();
        let rotated = sealer(&[("k2", 2), ("k1", 1)]);
        assert_eq!(**rotated.open(&HOME, &old).unwrap(), *b"value");
        let new = rotated.seal(&HOME, b"value").unwrap();
        assert!(problem(sealer(&[("k1", 1)]).open(&HOME, &new)).contains("key k2"));
        assert!(problem(sealer(&[("k2", 9)]).open(&HOME, &new)).contains("does not authenticate"));
    }

    #[test]
    fn errors_and_debug_show_no_value() {
        let sealer = sealer(&[("k1", 1)]);
        assert_eq!(format!("{sealer:?}"), "{KeyId(\"k1\")}");
        let problem = problem(sealer.open(&HOME, b"\x01\x0c+34600123456aaaaaaaaaaaabbbb"));
        assert!(!problem.contains("600123456"), "{problem}");
    }
}
