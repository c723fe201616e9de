//! Looking at the whole trail: whether it is what was written.
//!
//! One read transaction, so that a server that writes meanwhile changes nothing of what is seen; one row at a time. When an
//! entry does not fit, the trail is read once more, for where the one that belongs there stands.

use super::key;
use super::prune::Anchor;
use super::trail::{self, HEAD};
use crate::domain::audit::chain::{COLUMNS, ChainId, Column, Columns, Hash, Position};
use crate::domain::audit::checkpoint::PublicKey;
use crate::domain::audit::verify::{Break, Fault, Link, Verifier};
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::IndexKey;
use crate::store::seal::{Place, Sealer};
use crate::store::secret;
use crate::store::sql::{self, Connection, OptionalExtension, Row};
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What was found out about a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many entries were looked at.
    pub entries: u64,
    /// Whether the sealed head was there to say where the chain ends; without the server's keys it is not.
    pub sealed: bool,
    /// The chain.
    pub chain: ChainId,
    /// The last entry, or what is wrong.
    pub found: Result<Position, Break>,
}

/// What was signed of a trail, for whoever does not want to believe the server's keys alone.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    /// What checkpoints were signed for.
    pub checkpoints: BTreeMap<u64, Hash>,
    /// An anchor has to be signed with one of them. Without any, what the server has sealed is taken.
    pub keys: Vec<PublicKey>,
}

/// Looks at every entry. With a sealer the sealed head says where the chain ends; without, only what the rows themselves say
/// and `proofs` can be checked. `progress` hears how many entries have been looked at.
pub(in crate::store) fn check(
    connection: &mut Connection,
    sealer: Option<&Sealer>,
    proofs: &Proofs,
    progress: &mut dyn FnMut(u64),
) -> Result<Checked, StoreError> {
    let moment = connection.snapshot()?;
    let index = match sealer {
        Some(sealer) => Some(IndexKey::from_bytes(&*secret::read(&moment, sealer, secret::INDEX)?)),
        None => None,
    };
    walk(&moment, sealer.zip(index.as_ref()), proofs, progress)
}

/// The same, inside a transaction.
pub(super) fn walk(
    connection: &Connection,
    keys: Option<(&Sealer, &IndexKey)>,
    proofs: &Proofs,
    progress: &mut dyn FnMut(u64),
) -> Result<Checked, StoreError> {
    let head = keys.map(|(sealer, index)| trail::head(connection, sealer, index)).transpose()?;
    let chain = match &head {
        Some(head) => head.chain,
        None => chain(connection)?,
    };
    let begin = match Anchor::load(connection)? {
        None => Position::beginning(chain),
        Some(anchor) => {
            let sealed = keys.is_none_or(|(sealer, _)| anchor.is_genuine(sealer));
            let fits = proofs.checkpoints.get(&anchor.place.sequence).is_none_or(|hash| *hash == anchor.place.hash);
            let genuine = sealed && fits && anchor.place.chain == chain;
            let signed = proofs.keys.is_empty() || proofs.keys.iter().any(|key| anchor.is_signed(key));
            if !genuine || !signed {
                let fault = if genuine { Fault::Unsigned } else { Fault::Anchor };
                let broken = Break { sequence: anchor.place.sequence.cast_signed(), fault };
                return Ok(Checked { entries: 0, sealed: head.is_some(), chain, found: Err(broken) });
            }
            anchor.place
        }
    };
    let mut verifier = Verifier::new(begin, head, &proofs.checkpoints);
    let mut entries = 0;
    let broken = each(connection, &mut |link| {
        entries += 1;
        progress(entries);
        match verifier.next(link) {
            Ok(()) => ControlFlow::Continue(()),
            Err(broken) => ControlFlow::Break(broken),
        }
    })?;
    let found = match broken {
        None => match key::nameless(connection, keys.map(|(sealer, _)| sealer))? {
            Some(sequence) => verifier.end().and(Err(Break { sequence, fault: Fault::Nameless })),
            None => verifier.end(),
        },
        Some(Break { sequence, fault: Fault::Changed }) => {
            Err(Break { sequence, fault: explain(connection, verifier.at())? })
        }
        Some(broken) => Err(broken),
    };
    Ok(Checked { entries, sealed: head.is_some(), chain, found })
}

/// What has happened to the entry behind a place, where one stands that does not fit.
fn explain(connection: &Connection, at: &Position) -> Result<Fault, StoreError> {
    let expected = at.sequence + 1;
    // What belongs there may stand elsewhere.
    let elsewhere = each(connection, &mut |link| match link.sequence.cast_unsigned() {
        found if found != expected && link.follows(at) => ControlFlow::Break(found),
        _ => ControlFlow::Continue(()),
    })?;
    let Some(found_at) = elsewhere else { return Ok(Fault::Changed) };
    // What stands there instead has taken its place, or was never in the chain and has pushed it away: then it follows nothing,
    // neither where things stand now nor where they stood before they were pushed.
    let mut statement = connection.prepare_cached(&format!("{SELECT} where sequence = ?"))?;
    let mut rows = statement.query([expected.cast_signed()])?;
    let Some(row) = rows.next()? else { return Ok(Fault::Missing { through: expected }) };
    let stranger = link(row)?;
    let genuine = each(connection, &mut |link| {
        let found = link.sequence.cast_unsigned();
        let places = if found == found_at { [expected, found, found - 1] } else { [found, found, found - 1] };
        let Ok(hash) = <[u8; 32]>::try_from(link.hash) else { return ControlFlow::Continue(()) };
        let follows = places.iter().any(|sequence| {
            stranger.follows(&Position { chain: at.chain, sequence: *sequence, hash: Hash::from_bytes(hash) })
        });
        if follows { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(if genuine.is_some() { Fault::Displaced { found_at } } else { Fault::Inserted })
}

const SELECT: &str =
    "select sequence, chain, hash, at_ms, source, actor, action, subject, customer, outcome, before, after,
                             personal, request_id, count from audit";

/// How many columns of [`SELECT`] come before those that the hash covers.
const UNCOVERED: usize = 3;

/// Shows every entry, in the order of their numbers, until one is enough.
fn each<B>(
    connection: &Connection,
    look: &mut dyn FnMut(&Link<'_>) -> ControlFlow<B>,
) -> Result<Option<B>, StoreError> {
    let mut statement = connection.prepare_walk(&format!("{SELECT} order by sequence"))?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        if let ControlFlow::Break(found) = look(&link(row)?) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// An entry as it stands there: nothing of it has to be what it should be.
fn link(row: Row<'_>) -> sql::Result<Link<'_>> {
    let blob = |n| Ok::<_, sql::Error>(row.get_ref(n)?.as_blob().unwrap_or_default());
    let mut columns: Columns<'_> = [Column::Null; COLUMNS.len()];
    for (n, column) in columns.iter_mut().enumerate() {
        *column = match row.get_ref(UNCOVERED + n)? {
            ValueRef::Null | ValueRef::Real(_) => Column::Null,
            ValueRef::Integer(number) => Column::Integer(number),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Column::Bytes(bytes),
        };
    }
    Ok(Link { chain: blob(1)?, sequence: row.get(0)?, columns, hash: blob(2)? })
}

fn chain(connection: &Connection) -> Result<ChainId, StoreError> {
    let found = connection.query_row("select chain from audit_head", (), |row| row.get(0)).optional()?;
    let missing = || Place { table: HEAD, column: "chain", row: "-" }.corrupt("is missing: it was taken away by hand");
    found.map(ChainId::from_bytes).ok_or_else(missing)
}
