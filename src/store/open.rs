//! Opening: at a known version, with the keys that what is there was written with.

use super::audit::Trail;
use super::sql::{self, Connection, OptionalExtension};
use super::{OpenError, secret};
use crate::domain::flow::Timestamp;
use crate::domain::keys::KeyId;
use crate::domain::ports::Random;
use crate::domain::pseudonym::IndexKey;
use crate::store::seal::{Place, Sealer};
use std::collections::BTreeSet;
use std::sync::Arc;

/// From one version of the data to the next.
pub(super) struct Migration {
    /// In SQLite's words: [`Connection::define`] says them in PostgreSQL's.
    pub(super) sql: &'static str,
    /// Whether servers of the release before may go on meanwhile and afterwards, where several share a database: neither does
    /// anything that they write break what this release relies on, nor do they misunderstand anything that it writes. A new table
    /// that only new features use is such a migration, or a column that may be null.
    pub(super) is_additive: bool,
}

impl Migration {
    const fn breaking(sql: &'static str) -> Self {
        Self { sql, is_additive: false }
    }
}

/// Every migration, in order. Released ones are never edited: add a file.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration::breaking(include_str!("migrations/0001_init.sql")),
    Migration::breaking(include_str!("migrations/0002_tokens.sql")),
    Migration::breaking(include_str!("migrations/0003_operator.sql")),
    Migration::breaking(include_str!("migrations/0004_limits.sql")),
    Migration::breaking(include_str!("migrations/0005_prefixes.sql")),
];

/// What a server key's proof says.
const PROOF: &[u8] = b"countersign server key";

/// Refuses keys that are missing, or that are not the ones their ids stood for so far; a new current key is written down.
pub(super) fn check_keys(
    connection: &Connection,
    place: &str,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<(), OpenError> {
    refuse_keys(connection, place, sealer, now)?;
    let id = sealer.current();
    if proof(connection, id)?.is_none() {
        let sql = "insert into server_keys (key_id, proof, since_ms) values (?, ?, ?)";
        connection.execute(sql, (id.as_str(), sealer.seal(&proof_of(id), PROOF)?, now.timestamp_millis()))?;
    }
    // One that was current before, and is again; on another server meanwhile, if a rotation to another key is under way.
    let sql = "update server_keys set since_ms = ?2
               where key_id = ?1
                 and (since_ms < (select max(since_ms) from server_keys where key_id <> ?1)
                      or since_ms <= (select max(started_at_ms) from rotations where ended_at_ms is null and key_id <> ?1))";
    connection.execute(sql, (sealer.current().as_str(), now.timestamp_millis()))?;
    Ok(())
}

/// The same, and nothing is written.
pub(super) fn refuse_keys(
    connection: &Connection,
    place: &str,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<(), OpenError> {
    let needed = keys_in_use(connection, now)?;
    let missing = |id: &String| !sealer.key_ids().any(|known| known.as_str() == id);
    let missing: Vec<_> = needed.into_iter().filter(missing).collect();
    if !missing.is_empty() {
        return Err(OpenError::MissingKeys { place: place.to_owned(), ids: missing.join(", ") });
    }
    for id in sealer.key_ids() {
        // A key that has never been current here has no proof, and has made nothing here.
        if let Some(sealed) = proof(connection, id)?
            && sealer.open(&proof_of(id), &sealed).is_err()
        {
            return Err(OpenError::WrongKey { place: place.to_owned(), id: id.as_str().to_owned() });
        }
    }
    Ok(())
}

/// The data file's own secrets and the head of its audit trail: made in a new file, in others sealed under the current key.
pub(super) fn secrets(
    step: &Connection,
    sealer: &Arc<Sealer>,
    random: &Arc<dyn Random>,
) -> Result<(Arc<IndexKey>, Trail), OpenError> {
    // A file that has had a trail must have one: without its head, nobody could tell what is missing.
    let new_file = !step.prepare_cached("select 1 from store_secrets")?.exists(())?;
    let index = IndexKey::from_bytes(&*secret::load(step, sealer, &**random, secret::INDEX)?);
    let index = Arc::new(index);
    let trail = Trail::new(sealer.clone(), index.clone(), random.clone());
    trail.open(step, new_file)?;
    Ok((index, trail))
}

/// Ends sends that a crash left pending in flows that are over or gone: there is nothing to send or to give back any more, and
/// the keys they are sealed with may be gone.
pub(super) fn end_stale_sends(connection: &Connection, now: Timestamp) -> sql::Result<()> {
    let sql = "update outbox set status = 'refused', settled_at_ms = ?1
               where status = 'pending'
                 and not exists (select 1 from flows where flows.id = outbox.flow_id and flows.expires_at_ms > ?1)";
    connection.execute(sql, [now.timestamp_millis()]).map(drop)
}

/// Each key of a table once, from one to the next in the index that begins with it: a start does not read a million rows.
pub(super) fn each_key(table: &str) -> String {
    format!(
        "select id from (with recursive ids (id) as
                             (select min(sealed_with) from {table}
                              union all select (select min(sealed_with) from {table} where sealed_with > ids.id)
                                        from ids where ids.id is not null)
                         select id from ids where id is not null) as keys_of_{table}"
    )
}

/// The keys without which something that still counts could not be read or checked.
fn keys_in_use(connection: &Connection, now: Timestamp) -> sql::Result<BTreeSet<String>> {
    // By indexes that are named: to find what is equal, the engine would walk along those of the keys, through all that is over.
    connection.prepare_cached(&in_use())?.query_map([now.timestamp_millis()], |row| row.get(0))?.collect()
}

fn in_use() -> String {
    let large = ["audit_customers", "customer_addresses", "customers", "tokens"].map(each_key).join(" union ");
    let sql = "select sealed_with from store_secrets
               union select sealed_with from audit_head
               union select sealed_with from audit_anchors
               union select key_id from flows indexed by flows_by_expiry where expires_at_ms > ?1
               union select sealed_with from flows indexed by flows_by_expiry where expires_at_ms > ?1
               union select outbox.sealed_with from outbox indexed by outbox_pending join flows on flows.id = outbox.flow_id
                     where outbox.status = 'pending' and flows.expires_at_ms > ?1
               union select key_id from transactions indexed by transactions_by_expiry where expires_at_ms > ?1
               union select sealed_with from transactions indexed by transactions_by_expiry where expires_at_ms > ?1
               union select sealed_with from flows indexed by flows_by_expiry where state = 'verified' and redeemed_at_ms is null
                     and ended_at_ms >= ?1 - 900000 and expires_at_ms >= ?1 - 900000
               union select sealed_with from transactions indexed by transactions_by_expiry where state = 'consumed' and redeemed_at_ms is null
                     and ended_at_ms >= ?1 - 900000 and expires_at_ms >= ?1 - 900000
               union select key_id from sessions indexed by sessions_by_expiry where expires_at_ms > ?1
               union select sealed_with from sessions indexed by sessions_by_expiry where expires_at_ms > ?1 and sealed_with is not null
               union select sealed_with from repeats indexed by repeats_by_time where created_at_ms > ?1 - 86400000 and sealed_with is not null";
    format!("{sql} union {large}")
}

fn proof_of(id: &KeyId) -> Place<'_> {
    Place { table: "server_keys", column: "proof", row: id.as_str() }
}

fn proof(connection: &Connection, id: &KeyId) -> sql::Result<Option<Vec<u8>>> {
    let sql = "select proof from server_keys where key_id = ?";
    connection.query_row(sql, [id.as_str()], |row| row.get(0)).optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate;

    #[test]
    fn a_start_does_not_look_at_what_is_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("db");
        migrate(path.clone()).unwrap();
        let connection = Connection::open(&path).unwrap();
        let mut plan = connection.prepare_cached(&format!("explain query plan {}", in_use())).unwrap();
        let plan = plan.query_map([0], |row| row.get::<_, String>("detail")).unwrap();
        let plan: Vec<_> =
            plan.map(Result::unwrap).filter(|line| line.contains("BY_KEY") || line.contains("_by_key")).collect();
        for table in ["flows", "transactions", "sessions", "repeats", "outbox"] {
            assert!(plan.iter().all(|line| !line.contains(&format!("{table}_by_key"))), "{plan:?}");
        }
        assert!(plan.iter().any(|line| line.contains("tokens_by_key")), "the search itself works");
    }
}
