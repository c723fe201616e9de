//! Keyed hashes under which something can be found again without being named.
//!
//! Look-ups by customer number, phone or e-mail address, and whatever outlives an erased customer, go by a pseudonym:
//! HMAC-SHA-256 (RFC 2104) under a key of the data file, cut to 128 bits. Whoever has the database alone can neither read
//! the value nor try all customer numbers; two of them collide by chance once in about 2^64. The key is no server key
//! and none is drawn for it from one: pseudonyms stay what they are when server keys are rotated.

use super::audit::chain::ChainId;
use super::customer::CustomerId;
use aws_lc_rs::hmac;
use std::fmt;

/// The length of a pseudonym in bytes.
pub const LENGTH: usize = 16;

/// The key of the pseudonyms of one data file.
pub struct IndexKey(hmac::Key);

impl IndexKey {
    /// Takes 32 bytes that came from a generator fit for keys.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The pseudonym of a value of a kind, such as `customer` or `address`: of the kind after its length (8 bytes,
    /// big-endian), then the value. Values of two kinds never share one.
    pub fn pseudonym(&self, kind: &str, value: &str) -> Pseudonym {
        let mut mac = hmac::Context::with_key(&self.0);
        mac.update(&(kind.len() as u64).to_be_bytes());
        mac.update(kind.as_bytes());
        mac.update(value.as_bytes());
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(&mac.sign().as_ref()[..LENGTH]);
        Pseudonym(bytes)
    }

    /// The pseudonym of a customer number: the one that the audit trail keeps.
    pub fn customer(&self, id: &CustomerId) -> Pseudonym {
        self.pseudonym("customer", id.as_str())
    }
}

impl IndexKey {
    /// The id of the data file's audit chain. It hangs on the key, so that the trail of another file, put in place of this one's
    /// together with its head, is not taken for it.
    pub fn audit_chain(&self) -> ChainId {
        ChainId::from_bytes(*self.pseudonym("audit chain", "").as_bytes())
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey(..)")
    }
}

/// Stands for a value; shown as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pseudonym([u8; LENGTH]);

impl Pseudonym {
    /// Reads one back.
    pub const fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// Reads 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        super::flow::hex(text).map(Self)
    }

    /// The bits.
    pub fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_key_kind_and_value_and_shows_none_of_them() {
        let key = |seed: u8| IndexKey::from_bytes(&std::array::from_fn(|n| seed.wrapping_add(n as u8)));
        let one = key(1).pseudonym("customer", "100001");
        assert_eq!(one, key(1).customer(&CustomerId::parse("100001").unwrap()));
        for other in [
            key(2).pseudonym("customer", "100001"),
            key(1).pseudonym("customer", "100002"),
            key(1).pseudonym("customer1", "00001"),
        ] {
            assert_ne!(one, other);
        }
        // HMAC-SHA-256, computed by another implementation.
        assert_eq!(one.to_string(), "84385c1967c622e659dcd9a97daaf0c0");
        assert_eq!(format!("{:?}", key(1)), "IndexKey(..)");
    }
}
