//! The chain of the trail: each entry's hash covers its predecessor's, so that no entry can be changed, taken out, put in
//! or moved without every later hash telling of it.
//!
//! ```text
//! hash = SHA-256 (FIPS 180-4) of these fields, each after its length (8 bytes, big-endian):
//!        "countersign audit 1", chain id (16 bytes), sequence (8 bytes, big-endian), hash of the entry before (32 bytes;
//!        zeros before the first), then the columns in the order of COLUMNS
//! text and blob: their bytes;  integer: 8 bytes, big-endian, two's complement;  null: the length 2^64 - 1 and nothing else
//! ```
//!
//! The chain id is drawn from a random key of the data file: an entry of another file's chain fits nowhere in this one.

use aws_lc_rs::digest::{Context, SHA256};
use std::fmt;

/// The first field of what is hashed.
const LABEL: &[u8] = b"countersign audit 1";

/// The columns that an entry's hash covers, in this order, besides chain, sequence and predecessor: all that there are.
pub const COLUMNS: [&str; 12] = [
    "at_ms",
    "source",
    "actor",
    "action",
    "subject",
    "customer",
    "outcome",
    "before",
    "after",
    "personal",
    "request_id",
    "count",
];

/// Names a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainId([u8; 16]);

impl ChainId {
    /// Reads one back, or takes one that was drawn.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bits.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The hash of an entry; shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What stands for the entry before the first.
    pub const NONE: Self = Self([0; 32]);

    /// Reads one back.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bits.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// A value of a column, as it stands in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column<'a> {
    /// Nothing.
    Null,
    /// A number.
    Integer(i64),
    /// Text or a blob.
    Bytes(&'a [u8]),
}

impl<'a> From<Option<&'a str>> for Column<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, |text| Self::Bytes(text.as_bytes()))
    }
}

impl<'a> From<Option<&'a [u8]>> for Column<'a> {
    fn from(bytes: Option<&'a [u8]>) -> Self {
        bytes.map_or(Self::Null, Self::Bytes)
    }
}

/// An entry's columns, in the order of [`COLUMNS`].
pub type Columns<'a> = [Column<'a>; COLUMNS.len()];

/// A place in a chain: the entry that stands there, or the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The chain.
    pub chain: ChainId,
    /// The entry's number; 0 at the beginning.
    pub sequence: u64,
    /// The entry's hash; [`Hash::NONE`] at the beginning.
    pub hash: Hash,
}

impl Position {
    /// Before the first entry.
    pub const fn beginning(chain: ChainId) -> Self {
        Self { chain, sequence: 0, hash: Hash::NONE }
    }

    /// Where the entry of these columns stands, if it comes next.
    pub fn next(&self, columns: &Columns<'_>) -> Self {
        let sequence = self.sequence + 1;
        let mut context = Context::new(&SHA256);
        for bytes in [LABEL, self.chain.as_bytes(), &sequence.to_be_bytes(), self.hash.as_bytes()] {
            field(&mut context, bytes);
        }
        for column in columns {
            match column {
                Column::Bytes(bytes) => field(&mut context, bytes),
                Column::Integer(number) => field(&mut context, &number.to_be_bytes()),
                Column::Null => context.update(&u64::MAX.to_be_bytes()),
            }
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self { chain: self.chain, sequence, hash: Hash(hash) }
    }
}

fn field(context: &mut Context, bytes: &[u8]) {
    context.update(&(bytes.len() as u64).to_be_bytes());
    context.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Position = Position::beginning(ChainId::from_bytes([7; 16]));

    fn columns() -> Columns<'static> {
        let mut columns = [Column::Null; COLUMNS.len()];
        columns[0] = Column::Integer(1_790_000_000_000);
        columns[1] = Column::Bytes(b"dbx");
        columns[3] = Column::Bytes(b"code_verify");
        columns[11] = Column::Integer(-1);
        columns
    }

    #[test]
    fn the_hash_is_the_one_that_the_documentation_says() {
        // Computed by another implementation, from docs/audit.md alone.
        let second = FIRST.next(&columns()).next(&columns());
        assert_eq!(second.hash.to_string(), "afef20288c955c623d95b303d0617d3b106b6a74f650aa223ee51db77d4bcebb");
        assert_eq!(second.sequence, 2);
    }

    #[test]
    fn every_column_its_kind_and_its_place_count() {
        let base = FIRST.next(&columns()).hash;
        for n in 0..COLUMNS.len() {
            for other in [Column::Null, Column::Bytes(b""), Column::Bytes(b"dbx2"), Column::Integer(5)] {
                let mut changed = columns();
                changed[n] = other;
                assert_eq!(FIRST.next(&changed).hash == base, changed == columns(), "{n}");
            }
        }
        let mut moved = columns();
        moved.swap(2, 3);
        assert_ne!(FIRST.next(&moved).hash, base);
        for elsewhere in [
            Position { sequence: 1, ..FIRST },
            Position { hash: Hash::from_bytes([1; 32]), ..FIRST },
            Position { chain: ChainId::from_bytes([8; 16]), ..FIRST },
        ] {
            assert_ne!(elsewhere.next(&columns()).hash, base);
        }
    }
}
