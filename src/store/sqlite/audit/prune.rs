//! Pruning: the oldest entries go, and an anchor stays, from which the rest is chained on.

use super::check::{self, Checked, Proofs};
use super::trail;
use crate::domain::audit::chain::{ChainId, Hash, Position};
use crate::domain::audit::checkpoint::{self, PublicKey, SigningKey};
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::flow::Timestamp;
use crate::domain::operator::Order;
use crate::domain::ports::StoreError;
use crate::store::seal::{Place, Sealer};
use crate::store::sqlite::audit::Trail;
use crate::store::sqlite::limit::Held;
use crate::store::sqlite::writing::Writing;
use chrono::{SecondsFormat, SubsecRound};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

const TABLE: &str = "audit_anchors";

/// What pruning did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// How many entries are gone.
    pub entries: u64,
    /// The last of them.
    pub through: Position,
}

/// Where the chain begins.
pub(super) struct Anchor {
    /// The last entry that was pruned, as it stands there to be read.
    pub(super) place: Position,
    at: Timestamp,
    sealed: Vec<u8>,
    signature: Option<Vec<u8>>,
}

impl Anchor {
    /// The anchor, if anything was pruned.
    pub(super) fn load(connection: &Connection) -> Result<Option<Self>, StoreError> {
        let sql = "select chain, sequence, hash, pruned_at_ms, position, signature from audit_anchors";
        let found = connection.query_row(sql, [], |row| {
            let place = Position {
                chain: ChainId::from_bytes(row.get(0)?),
                sequence: row.get::<_, i64>(1)?.cast_unsigned(),
                hash: Hash::from_bytes(row.get(2)?),
            };
            Ok((place, row.get(3)?, row.get(4)?, row.get(5)?))
        });
        let Some((place, at, sealed, signature)) = found.optional()? else { return Ok(None) };
        let corrupt = || Place { table: TABLE, column: "pruned_at_ms", row: "" }.corrupt("is no time");
        let at = chrono::DateTime::from_timestamp_millis(at).ok_or_else(corrupt)?;
        Ok(Some(Self { place, at, sealed, signature }))
    }

    /// Whether the server has pruned up to there.
    pub(super) fn is_genuine(&self, sealer: &Sealer) -> bool {
        trail::open_position(sealer, TABLE, self.place.chain, &self.sealed).is_ok_and(|place| place == self.place)
    }

    /// Whether the owner of the key has pruned up to there.
    pub(super) fn is_signed(&self, key: &PublicKey) -> bool {
        let statement = checkpoint::Anchor { place: self.place, at: self.at }.statement();
        self.signature.as_ref().is_some_and(|signature| key.verifies(&statement, signature))
    }

    fn write(
        connection: &Connection,
        sealer: &Sealer,
        signer: Option<&SigningKey>,
        place: &Position,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // As it is read again.
        let at = at.trunc_subsecs(3);
        let signature = signer.map(|signer| signer.sign(&checkpoint::Anchor { place: *place, at }.statement()));
        let sql = "insert into audit_anchors (chain, sequence, hash, position, sealed_with, pruned_at_ms, signature)
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   on conflict (chain) do update
                   set sequence = ?2, hash = ?3, position = ?4, sealed_with = ?5, pruned_at_ms = ?6, signature = ?7";
        connection.execute(
            sql,
            (
                place.chain.as_bytes(),
                place.sequence.cast_signed(),
                place.hash.as_bytes(),
                trail::seal_position(sealer, TABLE, place)?,
                sealer.current().as_str(),
                at.timestamp_millis(),
                signature,
            ),
        )?;
        Ok(())
    }
}

/// Seals the anchor under the current key, if there is one; runs while the data file is opened.
pub(super) fn reseal(connection: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let Some(anchor) = Anchor::load(connection)? else { return Ok(()) };
    // One that is not genuine is left for the check to find.
    if anchor.is_genuine(sealer) {
        let sql = "update audit_anchors set position = ?, sealed_with = ? where sealed_with <> ?";
        let current = sealer.current().as_str();
        connection.execute(sql, (trail::seal_position(sealer, TABLE, &anchor.place)?, current, current))?;
    }
    Ok(())
}

/// Takes away the entries before the first that is not older than `before`, unless the trail is broken: then they are what
/// somebody will want to look at. Returns what was done, or what is wrong.
pub(in crate::store::sqlite) fn prune(
    connection: &mut Connection,
    trail: &Trail,
    before: Timestamp,
    order: &Order,
    signer: Option<&SigningKey>,
    progress: &mut dyn FnMut(u64),
) -> Result<Result<Option<Pruned>, Checked>, StoreError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let checked = check::walk(&step, Some((trail.sealer(), trail.index())), &Proofs::default(), progress)?;
    if checked.found.is_err() {
        return Ok(Err(checked));
    }
    let end = trail.end(&step)?;
    // Counted calls stand behind younger entries, so the first that is young enough says where to stop.
    let stop = "select min(sequence) from audit where at_ms >= ?";
    let stop: Option<i64> = step.query_row(stop, [before.timestamp_millis()], |row| row.get(0))?;
    let through = stop.map_or(end.sequence, |stop| stop.cast_unsigned() - 1);
    let hash = "select hash from audit where sequence = ?";
    let hash = step.query_row(hash, [through.cast_signed()], |row| row.get(0)).optional()?;
    let Some(hash) = hash else { return Ok(Ok(None)) };
    let through = Position { chain: end.chain, sequence: through, hash: Hash::from_bytes(hash) };
    let entries = step.execute("delete from audit where sequence <= ?", [through.sequence.cast_signed()])? as u64;
    Anchor::write(&step, trail.sealer(), signer, &through, order.at)?;
    let facts = Facts::default()
        .and("before", before.to_rfc3339_opts(SecondsFormat::Millis, true))
        .and("entries", entries)
        .and("through", through.sequence)
        .and("hash", through.hash);
    let entry = Entry { after: Some(facts), ..order.entry("audit_prune", "audit".to_owned(), DONE) };
    let windows = Held::default();
    let writing = Writing::new(&step, trail, &windows);
    trail::append(&writing, &entry)?;
    writing.finish()?;
    step.commit()?;
    Ok(Ok(Some(Pruned { entries, through })))
}
