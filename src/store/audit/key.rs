//! The customers' audit keys: what an entry says of who a customer is stands under one, AES-256-GCM with a random nonce, bound
//! to the entry's place in the chain.
//!
//! To erase a customer, the key is destroyed. The entries are left as they are, so the chain still verifies; the hash covers the
//! ciphertext.

use crate::domain::audit::DONE;
use crate::domain::audit::chain::ChainId;
use crate::domain::ports::{Random, StoreError};
use crate::domain::pseudonym::Pseudonym;
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, OptionalExtension};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
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
    let mut statement = connection.prepare_keyed(TABLE, sql)?;
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
    connection.prepare_keyed(TABLE, sql)?.put((customer.as_bytes(), sealed, sealer.current().as_str()))?;
    Ok(())
}

/// The first entry that does not say who its customer is, although no erasure has come behind it: the key is gone, or is not the
/// one that the entry was written with. Which key an entry was written with, only the server's keys tell.
pub(super) fn nameless(connection: &Connection, sealer: Option<&Sealer>) -> Result<Option<i64>, StoreError> {
    // A customer's newest entry first, in the order of the index of customers.
    let sql = format!(
        "select customer, sequence, chain, personal, action = 'customer_erase' and outcome = '{DONE}' as erases from audit
         where customer is not null order by customer desc, sequence desc"
    );
    let mut statement = connection.prepare_walk(&sql)?;
    let mut rows = statement.query(())?;
    let (mut first, mut of): (Option<i64>, Option<Of>) = (None, None);
    while let Some(row) = rows.next()? {
        let customer = Pseudonym::from_bytes(row.get("customer")?);
        let of = match &mut of {
            Some(of) if of.customer == customer => of,
            of => of.insert(Of::find(connection, sealer, customer)?),
        };
        of.erased |= row.get::<_, bool>("erases")?;
        if of.erased {
            continue;
        }
        let sequence: i64 = row.get("sequence")?;
        let at = (ChainId::from_bytes(row.get("chain")?), sequence.cast_unsigned());
        let named = match (&of.key, sealer) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(key), Some(_)) => {
                let opens = |key: &CustomerKey| Some(key.open(at, &row.get::<_, Vec<u8>>("personal").ok()?).is_some());
                key.as_ref().and_then(opens).unwrap_or(false)
            }
        };
        if !named {
            first = Some(first.map_or(sequence, |first| first.min(sequence)));
        }
    }
    Ok(first)
}

/// The customer whose entries are looked at.
struct Of {
    customer: Pseudonym,
    /// Whether there is a row for the key, and the key in it, where it opens.
    key: Option<Option<CustomerKey>>,
    /// Whether the entries from here on were written before an erasure.
    erased: bool,
}

impl Of {
    fn find(connection: &Connection, sealer: Option<&Sealer>, customer: Pseudonym) -> Result<Self, StoreError> {
        let sql = "select key from audit_customers where customer = ?";
        let mut statement = connection.prepare_cached(sql)?;
        let sealed = statement.query_row([customer.as_bytes()], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        let open = |sealed: Vec<u8>| CustomerKey::open_row(sealer?, customer, &sealed).ok();
        Ok(Self { customer, key: sealed.map(open), erased: false })
    }
}

/// Destroys a customer's audit key: what the trail says of who the customer is can be read by nobody any more. Entries that
/// were written before keep the pseudonym. An entry of the erasure itself is to be written first: an entry of a customer
/// without a key makes a new one.
pub(in crate::store) fn forget_customer(connection: &Connection, customer: Pseudonym) -> Result<(), StoreError> {
    connection.prepare_cached("delete from audit_customers where customer = ?")?.put([customer.as_bytes()])?;
    Ok(())
}
