//! Pruning: the oldest entries go, and an anchor stays, from which the rest is chained on.

use super::check::{self, Proofs};
use super::trail;
use crate::domain::audit::chain::{ChainId, Hash, Position};
use crate::domain::audit::checkpoint::{self, PublicKey, SigningKey};
use crate::domain::audit::verify::Break;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::flow::Timestamp;
use crate::domain::operator::Order;
use crate::domain::ports::StoreError;
use crate::store::audit::Trail;
use crate::store::limit::WindowCache;
use crate::store::row::Cells;
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{Connection, OptionalExtension};
use crate::store::writing::Writing;
use chrono::{SecondsFormat, SubsecRound};

const TABLE: &str = "audit_anchors";

/// What is to be pruned, and how.
pub struct Pruning<'a> {
    /// The first entry that is not older stays, and all after it.
    pub before: Timestamp,
    /// By whom, and when.
    pub order: &'a Order,
    /// Signs the anchor.
    pub signer: Option<&'a SigningKey>,
    /// Whether to go on from an anchor that was not signed with this key.
    pub trust_anchor: bool,
}

/// What pruning did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// How many entries are gone.
    pub entries: u64,
    /// The last of them.
    pub through: Position,
}

/// Why nothing was pruned.
#[derive(Debug, PartialEq, Eq)]
pub enum PruneRefusal {
    /// The trail is broken: its entries are what somebody will want to look at.
    Broken(Break),
    /// The anchor of an earlier pruning, up to this entry, is not signed with the key: a new signature would hide it.
    UntrustedAnchor(u64),
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
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let chain = ChainId::from_bytes(row.get("chain")?);
        let key = chain.to_string();
        let cells = Cells { table: TABLE, key: &key, row };
        let sequence = u64::try_from(cells.get::<i64>("sequence")?).ok().filter(|sequence| *sequence > 0);
        let sequence = sequence.ok_or_else(|| cells.place("sequence").corrupt("is no number of an entry"))?;
        let anchor = Self {
            place: Position { chain, sequence, hash: Hash::from_bytes(cells.get("hash")?) },
            at: cells.time("pruned_at_ms")?,
            sealed: cells.get("position")?,
            signature: cells.get("signature")?,
        };
        let corrupt = Place { table: TABLE, column: "chain", row: &key }.corrupt("is not the only one");
        if rows.next()?.is_some() { Err(corrupt) } else { Ok(Some(anchor)) }
    }

    /// Whether the server has pruned up to there.
    pub(super) fn is_genuine(&self, sealer: &Sealer) -> bool {
        trail::open_position(sealer, TABLE, self.place.chain, &self.sealed).is_ok_and(|place| place == self.place)
    }

    /// Whether it was signed with the key; without one, whether it was not signed at all.
    fn fits(&self, signer: Option<&SigningKey>) -> bool {
        match signer {
            Some(signer) => signer.public().is_some_and(|key| self.is_signed(&key)),
            None => self.signature.is_none(),
        }
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
        // To the millisecond, as the file keeps it: the signature is over what is read again.
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

/// Takes away the entries before the first that is not older. Returns what was done; `None` if none is that old.
pub(in crate::store) fn prune(
    connection: &mut Connection,
    trail: &Trail,
    pruning: &Pruning<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Result<Option<Pruned>, PruneRefusal>, StoreError> {
    let Pruning { before, order, signer, trust_anchor } = *pruning;
    let step = connection.transaction()?;
    let checked = check::walk(&step, Some((trail.sealer(), trail.index())), &Proofs::default(), progress)?;
    if let Err(broken) = checked.found {
        return Ok(Err(PruneRefusal::Broken(broken)));
    }
    let unfit = Anchor::load(&step)?.filter(|anchor| !anchor.fits(signer));
    if let Some(anchor) = unfit.as_ref().filter(|_| !trust_anchor) {
        return Ok(Err(PruneRefusal::UntrustedAnchor(anchor.place.sequence)));
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
    let mut facts = Facts::default()
        .and("before", before.to_rfc3339_opts(SecondsFormat::Millis, true))
        .and("entries", entries)
        .and("through", through.sequence)
        .and("hash", through.hash);
    if let Some(anchor) = unfit {
        facts = facts.and("trusted_anchor", anchor.place.sequence);
    }
    let entry = Entry { after: Some(facts), ..order.entry("audit_prune", "audit".to_owned(), DONE) };
    let windows = WindowCache::default();
    let writing = Writing::begin(&step, trail, &windows);
    trail::append(&writing, &entry)?;
    writing.finish()?;
    step.commit()?;
    Ok(Ok(Some(Pruned { entries, through })))
}
