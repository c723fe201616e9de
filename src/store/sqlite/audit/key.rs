//! The customers' audit keys: what an entry says of who a customer is stands under one, AES-256-GCM with a random nonce, bound
//! to the entry's place in the chain.
//!
//! To erase a customer, the key is destroyed. The entries are left as they are, so the chain still verifies; the hash covers the
//! ciphertext.

use crate::domain::audit::chain::ChainId;
use crate::domain::ports::{Random, StoreError};
use crate::domain::pseudonym::Pseudonym;
use crate::store::seal::{Place, Sealer};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

const TABLE: &str = "audit_customers";

/// An entry's chain and number.
pub(super) type EntryPlace = (ChainId, u64);

/// One customer's audit key.
pub(super) struct CustomerKey(LessSafeKey);

impl CustomerKey {
    fn new(bytes: &[u8]) -> Option<Self> {
        UnboundKey::new(&AES_256_GCM, bytes).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// Opens the key of a customer as it stands in its row.
    pub(super) fn open_row(sealer: &Sealer, customer: Pseudonym, sealed: &[u8]) -> Result<Self, StoreError> {
        let row = customer.to_string();
        let place = place(&row);
        Self::new(&sealer.open(&place, sealed)?).ok_or_else(|| place.corrupt("has not 32 bytes"))
    }

    /// Nonce, ciphertext and tag of what an entry says of the customer.
    pub(super) fn seal(&self, at: EntryPlace, text: &[u8], random: &dyn Random) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = nonce.to_vec();
        let mut cipher = text.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), associated(at), &mut cipher)
            .map_err(|_| StoreError::Engine("audit.personal cannot be sealed".into()))?;
        sealed.extend_from_slice(&cipher);
        Ok(sealed)
    }

    /// Reads it back; `None` if it is not what was sealed at this place.
    pub(super) fn open(&self, at: EntryPlace, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, cipher) = sealed.split_first_chunk()?;
        let mut text = Zeroizing::new(cipher.to_vec());
        let length = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), associated(at), &mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

fn associated((chain, sequence): EntryPlace) -> Aad<Vec<u8>> {
    let mut data = b"countersign audit personal 1".to_vec();
    data.extend_from_slice(chain.as_bytes());
    data.extend_from_slice(&sequence.to_be_bytes());
    Aad::from(data)
}

fn place(row: &str) -> Place<'_> {
    Place { table: TABLE, column: "key", row }
}

/// The key of a customer, made if there is none. One under an older server key is sealed under the current one.
pub(super) fn of_customer(
    connection: &Connection,
    sealer: &Sealer,
    random: &dyn Random,
    customer: Pseudonym,
) -> Result<CustomerKey, StoreError> {
    let sql = "select key, sealed_with from audit_customers where customer = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let found =
        statement.query_row([customer.as_bytes()], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)));
    let row = customer.to_string();
    let place = place(&row);
    let (bytes, current) = match found.optional()? {
        Some((sealed, sealed_with)) => (sealer.open(&place, &sealed)?, sealed_with == sealer.current().as_str()),
        None => {
            let mut bytes = Zeroizing::new(vec![0; 32]);
            random.fill(&mut bytes);
            (bytes, false)
        }
    };
    if !current {
        write(connection, sealer, customer, &bytes)?;
    }
    CustomerKey::new(&bytes).ok_or_else(|| place.corrupt("has not 32 bytes"))
}

fn write(connection: &Connection, sealer: &Sealer, customer: Pseudonym, key: &[u8]) -> Result<(), StoreError> {
    let row = customer.to_string();
    let sql = "insert into audit_customers (customer, key, sealed_with) values (?1, ?2, ?3)
               on conflict (customer) do update set key = ?2, sealed_with = ?3";
    let sealed = sealer.seal(&place(&row), key)?;
    connection.prepare_cached(sql)?.execute((customer.as_bytes(), sealed, sealer.current().as_str()))?;
    Ok(())
}

/// The first entry of a customer whose audit key is gone although no erasure is in the trail, or, where there are keys to
/// say so, is not the one that was sealed.
pub(super) fn nameless(connection: &Connection, sealer: Option<&Sealer>) -> Result<Option<i64>, StoreError> {
    // The last that a customer without a key has is an erasure; what came behind one has a key of its own.
    let sql = "select (select min(sequence) from audit where customer = named.customer and sequence > coalesce(
                           (select max(sequence) from audit where customer = named.customer and action = 'customer_erase'), 0))
                   as first
               from (select customer, max(sequence) as last from audit where customer is not null group by customer) as named
               where not exists (select 1 from audit_customers where audit_customers.customer = named.customer)
                 and (select action from audit where sequence = named.last) <> 'customer_erase'
               order by first limit 1";
    let gone: Option<i64> = connection.prepare(sql)?.query_row([], |row| row.get(0)).optional()?;
    let Some(sealer) = sealer else { return Ok(gone) };
    let mut first = gone;
    let mut statement = connection.prepare("select customer, key from audit_customers")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let customer = Pseudonym::from_bytes(row.get(0)?);
        let sealed: Vec<u8> = row.get(1)?;
        if sealer.open(&place(&customer.to_string()), &sealed).is_err() {
            let sql = "select min(sequence) from audit where customer = ?";
            let damaged: Option<i64> =
                connection.prepare_cached(sql)?.query_row([customer.as_bytes()], |row| row.get(0))?;
            first = first.into_iter().chain(damaged).min();
        }
    }
    Ok(first)
}

/// Destroys a customer's audit key: what the trail says of who the customer is can be read by nobody any more. Entries that
/// were written before keep the pseudonym. An entry of the erasure itself is to be written first: an entry of a customer
/// without a key makes a new one.
pub(in crate::store::sqlite) fn forget_customer(
    connection: &Connection,
    customer: Pseudonym,
) -> Result<(), StoreError> {
    connection.prepare_cached("delete from audit_customers where customer = ?")?.execute([customer.as_bytes()])?;
    Ok(())
}
