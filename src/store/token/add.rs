//! Tokens that come in: which of them are new, which are there already, and which cannot be.

use super::row::{same, same_seed};
use super::{insert, load, seal};
use crate::domain::flow::Timestamp;
use crate::domain::import::ImportId;
use crate::domain::operator::Order;
use crate::domain::ports::{SerialTaken, StoreError, TokensAdded};
use crate::domain::token::{Serial, Token, TokenId, imported};
use crate::store::audit;
use crate::store::seal::Sealer;
use crate::store::sql::Connection;
use crate::store::writing::Writing;

/// A token that has a serial number already, as far as telling whether anything has changed about it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Stub {
    id: TokenId,
    import: Membership,
}

/// How far the import of a token has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Membership {
    /// It is over, or there was none: the token is there.
    Over,
    /// It is open: the token may come, or go.
    Open(ImportId),
    /// It is cancelled: the token is as good as gone.
    Cancelled,
}

/// What a token that comes in is to those that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    /// Another one.
    Fresh,
    /// One that is there, or that the same import brings in, and makes the same codes.
    Unchanged,
    /// Neither.
    Taken,
    /// Another import is about to bring in one of its serial number.
    Elsewhere,
}

/// All that have a serial number.
pub(in super::super) fn namesakes(
    connection: &Connection,
    serial: &Serial,
    now: Timestamp,
) -> Result<Vec<Stub>, StoreError> {
    let sql = "select tokens.id, tokens.import_id, imports.state, imports.expires_at_ms
               from tokens left join imports on imports.id = tokens.import_id
               where tokens.serial = ? order by tokens.id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([serial.as_str()])?;
    let mut stubs = Vec::new();
    while let Some(row) = rows.next()? {
        let import: Option<[u8; 16]> = row.get(1)?;
        let state: Option<String> = row.get(2)?;
        let expires_at: Option<i64> = row.get(3)?;
        let left_alone = || expires_at.is_none_or(|millis| millis <= now.timestamp_millis());
        let import = match (import, state.as_deref()) {
            (None, _) | (Some(_), Some("committed")) => Membership::Over,
            (Some(id), Some("open")) if !left_alone() => Membership::Open(ImportId::from_bytes(id)),
            (Some(_), _) => Membership::Cancelled,
        };
        stubs.push(Stub { id: TokenId::from_bytes(row.get(0)?), import });
    }
    Ok(stubs)
}

/// Looks at a token that comes in, in the import `own` if that has a number.
pub(in super::super) fn judge(
    connection: &Connection,
    sealer: &Sealer,
    token: &Token,
    namesakes: &[Stub],
    own: Option<ImportId>,
) -> Result<Verdict, StoreError> {
    let mut verdict = Verdict::Fresh;
    for Stub { id, import } in namesakes {
        let elsewhere = match import {
            Membership::Cancelled => continue,
            Membership::Over => false,
            Membership::Open(id) => Some(*id) != own,
        };
        let Some(other) = load(connection, sealer, *id)? else { continue };
        let twin = other.manufacturer == token.manufacturer;
        // One that came in before without its maker's name, or with it written otherwise: as a token of its own it would
        // begin anew with codes that are burnt.
        if !twin && !same_seed(&other, token) {
            continue;
        }
        match (elsewhere, twin && same(&other, token)) {
            (true, _) => return Ok(Verdict::Elsewhere),
            (false, false) => return Ok(Verdict::Taken),
            (false, true) => verdict = Verdict::Unchanged,
        }
    }
    Ok(verdict)
}

/// Writes a fresh token, in the place of what a cancelled import has left of its serial number.
pub(in super::super) fn admit(
    connection: &Connection,
    sealer: &Sealer,
    token: &Token,
    secret: &[u8],
    namesakes: &[Stub],
    import: Option<ImportId>,
) -> Result<(), StoreError> {
    for Stub { id, .. } in namesakes.iter().filter(|stub| stub.import == Membership::Cancelled) {
        connection.prepare_cached("delete from tokens where id = ?")?.put([id.as_bytes()])?;
    }
    insert(connection, sealer, token, secret, import)
}

/// Adds tokens, all of them or none; runs inside the writer's transaction.
pub(super) fn add(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    tokens: &[Token],
) -> Result<Result<TokensAdded, SerialTaken>, StoreError> {
    connection.execute_batch("savepoint add_tokens")?;
    let mut report = TokensAdded::default();
    for token in tokens {
        if let Err(taken) = add_one(connection, sealer, order, token, &mut report)? {
            connection.rollback_to("add_tokens")?;
            connection.execute_batch("release add_tokens")?;
            return Ok(Err(taken));
        }
    }
    connection.execute_batch("release add_tokens")?;
    audit::append(connection, &imported(order, report.added, report.unchanged))?;
    Ok(Ok(report))
}

fn add_one(
    connection: &Connection,
    sealer: &Sealer,
    order: &Order,
    token: &Token,
    report: &mut TokensAdded,
) -> Result<Result<(), SerialTaken>, StoreError> {
    let namesakes = namesakes(connection, &token.serial, order.at)?;
    match judge(connection, sealer, token, &namesakes, None)? {
        Verdict::Fresh => {
            admit(connection, sealer, token, &seal(sealer, token)?, &namesakes, None)?;
            report.added += 1;
        }
        Verdict::Unchanged => report.unchanged += 1,
        Verdict::Taken | Verdict::Elsewhere => return Ok(Err(SerialTaken(token.serial.clone()))),
    }
    Ok(Ok(()))
}
