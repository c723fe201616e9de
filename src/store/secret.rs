//! Secrets that belong to the data file: random, made when it is opened first, sealed under a server key.
//!
//! What must stay the same when server keys are rotated hangs on one of these and not on a server key. A start seals them
//! anew under the current key, so that they never keep an older one from being taken away.

use crate::domain::ports::{Random, StoreError};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, OptionalExtension};
use zeroize::Zeroizing;

/// Of pseudonyms: see [`crate::domain::pseudonym`].
pub(super) const INDEX: &str = "index";

/// The secret of this name, made if there is none. Runs while the data file is opened, before the writer starts.
pub(super) fn load(
    connection: &Connection,
    sealer: &Sealer,
    random: &dyn Random,
    name: &'static str,
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let (secret, current) = match find(connection, sealer, name)? {
        Some((secret, sealed_with)) => (secret, sealed_with == sealer.current().as_str()),
        None => {
            let mut secret = Zeroizing::new([0; 32]);
            random.fill(&mut *secret);
            (secret, false)
        }
    };
    if !current {
        let sql = "insert into store_secrets (name, value, sealed_with) values (?1, ?2, ?3)
                   on conflict (name) do update set value = ?2, sealed_with = ?3";
        let sealed = sealer.seal(&place(name), &*secret)?;
        connection.execute(sql, (name, sealed, sealer.current().as_str()))?;
    }
    Ok(secret)
}

/// The secret of this name in a file that is only looked at.
pub(super) fn read(
    connection: &Connection,
    sealer: &Sealer,
    name: &'static str,
) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let found = find(connection, sealer, name)?;
    found.map(|(secret, _)| secret).ok_or_else(|| place(name).corrupt("is missing"))
}

type Found = (Zeroizing<[u8; 32]>, String);

/// The secret of this name, and the id of the key that it is sealed with.
fn find(connection: &Connection, sealer: &Sealer, name: &'static str) -> Result<Option<Found>, StoreError> {
    let sql = "select value, sealed_with from store_secrets where name = ?";
    let found = connection.query_row(sql, [name], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)));
    let Some((sealed, sealed_with)) = found.optional()? else { return Ok(None) };
    let value = sealer.open(&place(name), &sealed)?;
    let mut secret = Zeroizing::new([0; 32]);
    if value.len() != secret.len() {
        return Err(place(name).corrupt("has not 32 bytes"));
    }
    secret.copy_from_slice(&value);
    Ok(Some((secret, sealed_with)))
}

fn place(name: &'static str) -> Place<'static> {
    Place { table: "store_secrets", column: "value", row: name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keys::{KeyId, KeyRing, ServerKey};
    use crate::domain::ports::Counting;
    use crate::store::migrate;
    use std::sync::Arc;

    #[test]
    fn a_secret_stays_the_same_over_a_rotation_and_follows_it() {
        let random = Arc::new(Counting::default());
        let sealer = |ids: &[&str]| {
            let bytes = |id: &str| std::array::from_fn(|n| id.as_bytes()[1].wrapping_add(n as u8));
            let key = |id: &&str| ServerKey::from_bytes(KeyId::parse(id).unwrap(), &bytes(id)).unwrap();
            Sealer::new(&KeyRing::new(ids.iter().map(key).collect()).unwrap(), random.clone())
        };
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(&path).unwrap();
        let connection = Connection::open(&path).unwrap();
        let sealed_with = || -> String {
            connection.query_row("select sealed_with from store_secrets", (), |row| row.get(0)).unwrap()
        };
        let first = load(&connection, &sealer(&["k1"]), &*random, INDEX).unwrap();
        assert_eq!(sealed_with(), "k1");
        let rotated = load(&connection, &sealer(&["k2", "k1"]), &*random, INDEX).unwrap();
        assert_eq!((&*rotated, sealed_with().as_str()), (&*first, "k2"));
        assert_eq!(*load(&connection, &sealer(&["k2"]), &*random, INDEX).unwrap(), *first);
        assert!(matches!(load(&connection, &sealer(&["k1"]), &*random, INDEX), Err(StoreError::Corrupt { .. })));
    }
}
