//! Imports, and the tokens that they bring in.
//!
//! A batch is prepared beside the writer: what is secret is sealed and what is there is looked at while other steps go on.
//! When its turn comes, only serial numbers about which something has changed since are looked at again.

use super::repeat::{self, Before};
use super::row::{Cells, whole};
use super::token::{self, Stub, Verdict};
use super::writing::Writing;
use super::{Store, audit};
use crate::domain::desk::ports::ImportDesk;
use crate::domain::flow::Timestamp;
use crate::domain::import::{
    self, Action, Added, Candidate, Fault, FileName, Findings, Import, ImportId, Problem, Refusal, State, Turn,
};
use crate::domain::operator::{Actor, Made, Order, Repeatable, Stamp};
use crate::domain::ports::StoreError;
use crate::domain::token::Token;
use crate::store::seal::Sealer;
use crate::store::sql::{Connection, Row, named};
use async_trait::async_trait;

const TABLE: &str = "imports";

/// An entry of a batch, ready for the writer.
struct Prepared {
    serial: String,
    token: Result<Ready, String>,
}

/// A token, its sealed secret, and what was there of its serial number when it was looked at.
struct Ready {
    token: Token,
    secret: Vec<u8>,
    namesakes: Vec<Stub>,
    verdict: Verdict,
}

/// The import of this id.
fn load(connection: &Connection, id: ImportId) -> Result<Option<Import>, StoreError> {
    let sql =
        "select file_name, tokens_expected, state, entries, added, unchanged, problems, created_by, created_at_ms,
                      expires_at_ms, ended_by, ended_at_ms
               from imports where id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.as_bytes()])?;
    rows.next()?.map(|row| read(row, id)).transpose()
}

fn read(row: Row<'_>, id: ImportId) -> Result<Import, StoreError> {
    let cells = Cells { table: TABLE, key: &id.to_string(), row };
    let stamp = |by, at| {
        Ok::<_, StoreError>(Stamp { by: cells.parse(by, |text| Actor::parse(text).ok())?, at: cells.time(at)? })
    };
    let count = |column| Ok::<_, StoreError>(cells.get::<i64>(column)?.cast_unsigned());
    let file_name: Option<String> = cells.get("file_name")?;
    let file_name = file_name.map(|text| FileName::parse(&text)).transpose();
    let state: String = cells.get("state")?;
    Ok(Import {
        id,
        file_name: file_name.map_err(|_| cells.place("file_name").corrupt("is no name of a file"))?,
        tokens_expected: cells.get::<Option<i64>>("tokens_expected")?.map(i64::cast_unsigned),
        state: match state.as_str() {
            "open" => State::Open,
            "committed" => State::Committed(stamp("ended_by", "ended_at_ms")?),
            "cancelled" => State::Cancelled(stamp("ended_by", "ended_at_ms")?),
            _ => return Err(cells.place("state").corrupt("is no state")),
        },
        entries: count("entries")?,
        added: count("added")?,
        unchanged: count("unchanged")?,
        problems: count("problems")?,
        created: stamp("created_by", "created_at_ms")?,
        expires_at: cells.time("expires_at_ms")?,
    })
}

/// Opens an import, unless the call is the repeat of one that did.
fn open(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    call: &Repeatable,
    id: ImportId,
    file_name: Option<FileName>,
    tokens_expected: Option<u64>,
) -> Result<Result<Made<Import>, Refusal>, StoreError> {
    match repeat::find(connection, sealer, order, call)? {
        Before::Nothing => {}
        Before::OtherRequest => {
            audit::append(connection, &order.mismatch("import_open", "import".to_owned()))?;
            return Ok(Err(Refusal::Mismatch));
        }
        Before::Made { resource, .. } => {
            let made = ImportId::parse(&resource).map(|id| load(connection, id)).transpose()?.flatten();
            let made = made.map(|import| Made { made: import.at(order.at), secret: None });
            return Ok(made.ok_or(Refusal::Unknown));
        }
    }
    let (import, entry) = import::open(order, id, file_name, tokens_expected);
    let sql = "insert into imports (id, file_name, tokens_expected, state, entries, added, unchanged, problems,
                                    created_by, created_at_ms, expires_at_ms)
               values (:id, :file_name, :tokens_expected, 'open', 0, 0, 0, 0, :created_by, :created_at_ms,
                       :expires_at_ms)";
    connection.prepare_cached(sql)?.put(named! {
        ":id": import.id.as_bytes(),
        ":file_name": import.file_name.as_ref().map(FileName::as_str),
        ":tokens_expected": import.tokens_expected.map(u64::cast_signed),
        ":created_by": import.created.by.as_str(),
        ":created_at_ms": import.created.at.timestamp_millis(),
        ":expires_at_ms": import.expires_at.timestamp_millis(),
    })?;
    repeat::keep(connection, sealer, order, call, &import.id.to_string(), None)?;
    audit::append(connection, &entry)?;
    Ok(Ok(Made { made: import, secret: None }))
}

/// Writes what can change in an import, if it is still open.
fn update(connection: &Connection, import: &Import) -> Result<(), StoreError> {
    let sql = "update imports set state = :state, entries = :entries, added = :added, unchanged = :unchanged,
                      problems = :problems, expires_at_ms = :expires_at_ms, ended_by = :ended_by,
                      ended_at_ms = :ended_at_ms
               where id = :id and state = 'open'";
    let ended = import.state.ended();
    connection.prepare_cached(sql)?.put_one(
        named! {
            ":id": import.id.as_bytes(),
            ":state": import.state.as_str(),
            ":entries": import.entries.cast_signed(),
            ":added": import.added.cast_signed(),
            ":unchanged": import.unchanged.cast_signed(),
            ":problems": import.problems.cast_signed(),
            ":expires_at_ms": import.expires_at.timestamp_millis(),
            ":ended_by": ended.map(|stamp| stamp.by.as_str()),
            ":ended_at_ms": ended.map(|stamp| stamp.at.timestamp_millis()),
        },
        "the import changed under a step",
    )?;
    Ok(())
}

/// Seals a batch and looks at what is there of it.
fn prepare(
    connection: &Connection,
    sealer: &Sealer,
    now: Timestamp,
    import: ImportId,
    entries: Vec<Candidate>,
) -> Result<Vec<Prepared>, StoreError> {
    let ready = |token: Token| {
        let namesakes = token::namesakes(connection, &token.serial, now)?;
        let verdict = token::judge(connection, sealer, &token, &namesakes, Some(import))?;
        Ok::<_, StoreError>(Ready { secret: token::seal(sealer, &token)?, namesakes, verdict, token })
    };
    let prepared = |Candidate { serial, token }| {
        let token = match token {
            Ok(token) => Ok(ready(token)?),
            Err(problem) => Err(problem),
        };
        Ok(Prepared { serial, token })
    };
    entries.into_iter().map(prepared).collect()
}

/// Takes a batch in; runs inside the writer's transaction.
fn add(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    id: ImportId,
    first: u64,
    entries: &[Prepared],
) -> Result<Result<Added, Refusal>, StoreError> {
    let found = load(connection, id)?;
    let (import, turn) = match import::turn(order, found.clone(), first, entries.len() as u64) {
        Ok(turn) => turn,
        Err(refusal) => {
            audit::append(connection, &import::turned_away(order, found, refusal))?;
            return Ok(Err(refusal));
        }
    };
    connection.execute_batch("savepoint import_add")?;
    let mut findings = Findings::default();
    for (entry, prepared) in (first..).zip(entries) {
        let fault = match &prepared.token {
            Err(problem) => Some(Fault::Malformed(problem.clone())),
            Ok(ready) => match take(connection, sealer, order.at, id, turn, ready)? {
                Verdict::Taken => Some(Fault::Taken),
                Verdict::Elsewhere => Some(Fault::Elsewhere),
                Verdict::Fresh => {
                    findings.fresh += 1;
                    None
                }
                Verdict::Unchanged => {
                    findings.unchanged += 1;
                    None
                }
            },
        };
        let problem = |what| Problem { entry, serial: prepared.serial.clone(), what };
        findings.problems.extend(fault.map(problem));
    }
    if !findings.problems.is_empty() {
        connection.rollback_to("import_add")?;
    }
    connection.execute_batch("release import_add")?;
    let step = import::add(order, import, turn, findings);
    if let Some(import) = &step.write {
        update(connection, import)?;
    }
    if let Some(entry) = &step.audit {
        audit::append(connection, entry)?;
    }
    Ok(step.answer)
}

/// Writes a token that is not there yet, if it is the turn of its batch.
fn take(
    connection: &Connection,
    sealer: &Sealer,
    now: Timestamp,
    import: ImportId,
    turn: Turn,
    ready: &Ready,
) -> Result<Verdict, StoreError> {
    let Ready { token, secret, namesakes, verdict } = ready;
    let there = token::namesakes(connection, &token.serial, now)?;
    let verdict =
        if there == *namesakes { *verdict } else { token::judge(connection, sealer, token, &there, Some(import))? };
    if verdict == Verdict::Fresh && turn == Turn::Next {
        token::admit(connection, sealer, token, secret, &there, Some(import))?;
    }
    Ok(verdict)
}

/// Commits or cancels an import: one row, however many tokens.
fn end(
    connection: &Writing<'_>,
    order: &Order,
    id: ImportId,
    action: Action,
) -> Result<Result<Import, Refusal>, StoreError> {
    let step = import::end(order, action, load(connection, id)?);
    if let Some(import) = &step.write {
        update(connection, import)?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

/// Cancels imports that were left alone, deletes what cancelled ones have left, and those that were cancelled before
/// `before` and have nothing left, once nobody can ask for them by repeating a call; at most `limit` rows in all.
pub(super) fn purge(
    connection: &Writing<'_>,
    now: Timestamp,
    before: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    let rows = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut done = 0;
    for import in left_alone(connection, now, rows(limit))? {
        if let Some((import, entry)) = import::expire(import, now) {
            update(connection, &import)?;
            audit::append(connection, &entry)?;
            done += 1;
        }
    }
    let tokens = "delete from tokens where id in
                      (select tokens.id from imports cross join tokens on tokens.import_id = imports.id
                       where imports.state = 'cancelled' limit ?)";
    done += connection.prepare_cached(tokens)?.execute([rows(limit - done)])?;
    let imports = "delete from imports where id in
                       (select id from imports where state = 'cancelled' and ended_at_ms < ?1
                        and not exists (select 1 from tokens where tokens.import_id = imports.id) limit ?2)";
    let before = before.min(now - Repeatable::KEPT).timestamp_millis();
    done += connection.prepare_cached(imports)?.execute((before, rows(limit - done)))?;
    Ok(done)
}

fn left_alone(connection: &Connection, now: Timestamp, limit: i64) -> Result<Vec<Import>, StoreError> {
    let sql = "select id from imports where state = 'open' and expires_at_ms <= ? limit ?";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map((now.timestamp_millis(), limit), |row| row.get(0))?;
    let ids: Vec<[u8; 16]> = ids.collect::<Result<_, _>>()?;
    let found = ids.into_iter().map(|id| load(connection, ImportId::from_bytes(id)).transpose());
    found.flatten().collect()
}

#[async_trait]
impl ImportDesk for Store {
    async fn import(&self, id: ImportId, now: Timestamp) -> Result<Option<Import>, StoreError> {
        let found = self.readers.run(move |connection| load(connection, id)).await?;
        Ok(found.map(|import| import.at(now)))
    }

    async fn open_import(
        &self,
        order: Order,
        call: Repeatable,
        id: ImportId,
        file_name: Option<FileName>,
        tokens_expected: Option<u64>,
    ) -> Result<Result<Made<Import>, Refusal>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        let open = move |connection: &Writing<'_>| {
            open(connection, &sealer, &order, &call, id, file_name.clone(), tokens_expected)
        };
        self.writer.run(open).await
    }

    async fn add_to_import(
        &self,
        order: Order,
        id: ImportId,
        first: u64,
        entries: Vec<Candidate>,
    ) -> Result<Result<Added, Refusal>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        let now = order.at;
        let prepared = self.readers.run(move |connection| prepare(connection, &sealer, now, id, entries)).await?;
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| add(connection, &sealer, &order, id, first, &prepared)).await
    }

    async fn end_import(
        &self,
        order: Order,
        id: ImportId,
        action: Action,
    ) -> Result<Result<Import, Refusal>, StoreError> {
        let order = whole(order);
        self.writer.run(move |connection| end(connection, &order, id, action)).await
    }
}
