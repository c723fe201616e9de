//! Phone prefixes: what the toll-fraud guard counts, and what operators have said.

use super::row::{Cells, whole};
use super::writing::Writing;
use super::{Store, audit};
use crate::domain::desk::ports::PrefixDesk;
use crate::domain::flow::Timestamp;
use crate::domain::operator::{Actor, Stamp};
use crate::domain::page::{Page, Paging};
use crate::domain::policy::Purpose;
use crate::domain::ports::{PrefixesHeld, StoreError};
use crate::domain::prefix::{
    Bucket, Change, Counted, Found, Guard, Kept, Listed, Look, Prefix, Reason, Refusal, Ruled, Ruling, Seen, Standing,
    State, Window, step,
};
use crate::store::sql::{Connection, Row, named, params_from_iter};
use async_trait::async_trait;

const TABLE: &str = "prefixes";
const RULINGS: &str = "prefix_rulings";

/// What there is for each number that a code goes to.
pub(super) fn look_up(connection: &Connection, looks: Vec<Look>) -> Result<Vec<Seen>, StoreError> {
    let seen = |look: Look| {
        let rulings = rulings(connection, &Prefix::all_of(&look.phone));
        let kept = load(connection, &look.prefix, look.purpose);
        Ok(Seen { look, rulings: rulings?, kept: kept? })
    };
    let seen: Vec<_> = looks.into_iter().map(seen).collect();
    seen.into_iter().collect()
}

/// Writes what was counted.
pub(super) fn write(connection: &Connection, guard: &Guard, counted: &Counted) -> Result<(), StoreError> {
    let Some(watch) = &guard.watch else { return Ok(()) };
    let sql =
        "insert into prefixes (prefix, purpose, state, since_ms, sent_at_ms, stops, stop_ends_ms, counts, calm_at_ms)
               values (:prefix, :purpose, :state, :since_ms, :sent_at_ms, :stops, :stop_ends_ms, :counts, :calm_at_ms)
               on conflict (prefix, purpose) do update set
                   state = :state, since_ms = :since_ms, sent_at_ms = :sent_at_ms, stops = :stops,
                   stop_ends_ms = :stop_ends_ms, counts = :counts, calm_at_ms = :calm_at_ms";
    for kept in &counted.write {
        connection.prepare_about(TABLE, sql)?.put_one(
            named! {
                ":prefix": kept.prefix.as_str(),
                ":purpose": kept.purpose.as_str(),
                ":state": kept.state.as_str(),
                ":since_ms": kept.since.timestamp_millis(),
                ":sent_at_ms": kept.sent_at.map(|sent_at| sent_at.timestamp_millis()),
                ":stops": kept.stops,
                ":stop_ends_ms": kept.stop_ends.map(|ends| ends.timestamp_millis()),
                ":counts": json(&kept.window)?,
                ":calm_at_ms": kept.calm_at(watch).timestamp_millis(),
            },
            "a prefix was not written",
        )?;
    }
    Ok(())
}

/// Deletes what is calm, and exemptions that are over; at most `limit` rows.
pub(super) fn purge(connection: &Connection, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let calm = "delete from prefixes where (prefix, purpose) in
                    (select prefix, purpose from prefixes where calm_at_ms <= ?1 limit ?2)";
    let over = "delete from prefix_rulings where prefix in
                    (select prefix from prefix_rulings where until_ms <= ?1 limit ?2)";
    let mut deleted = 0;
    for sql in [calm, over] {
        let left = i64::try_from(limit - deleted).unwrap_or(i64::MAX);
        deleted += connection.prepare_cached(sql)?.execute((now.timestamp_millis(), left))?;
    }
    Ok(deleted)
}

/// How many are held back.
pub(super) fn held(connection: &Connection, now: Timestamp) -> Result<PrefixesHeld, StoreError> {
    let sql = "select (select count(*) from prefixes where state = 'slowed'),
                      (select count(*) from prefixes where state = 'stopped' and stop_ends_ms > ?1),
                      (select count(*) from prefix_rulings where ruling = 'blocked')";
    let read = |row: Row<'_>| {
        let count = |n: usize| row.get::<_, i64>(n).map(i64::cast_unsigned);
        Ok(PrefixesHeld { slowed: count(0)?, stopped: count(1)?, blocked: count(2)? })
    };
    Ok(connection.prepare_cached(sql)?.query_row([now.timestamp_millis()], read)?)
}

#[async_trait]
impl PrefixDesk for Store {
    async fn prefixes(
        &self,
        standing: Option<Standing>,
        paging: Paging,
        now: Timestamp,
    ) -> Result<Page<Listed>, StoreError> {
        self.readers.run(move |connection| list(connection, standing, &paging, now)).await
    }

    async fn change_prefix(&self, change: Change) -> Result<Result<(), Refusal>, StoreError> {
        let change = Change { order: whole(change.order), ..change };
        self.writer.run(move |connection| apply(connection, &change)).await
    }
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn apply(connection: &Writing<'_>, change: &Change) -> Result<Result<(), Refusal>, StoreError> {
    let prefix = change.prefix.as_str();
    // Everything that begins with it: `:` comes right after the digits.
    let range = (prefix, format!("{prefix}:"));
    let shorter = change.prefix.shorter();
    let held = "select count(*) from prefixes where prefix >= ? and prefix < ? and state <> 'open'";
    let held = connection.prepare_cached(held)?.query_row((range.0, &range.1), |row| row.get(0))?;
    let found = Found { rulings: rulings(connection, &shorter)?, held };
    let step = step(change, &found);
    if step.decision.is_ok() {
        match &step.ruling {
            Some(ruled) => put(connection, ruled)?,
            None => {
                connection.prepare_cached("delete from prefix_rulings where prefix = ?")?.put([prefix])?;
            }
        }
    }
    if step.forget {
        let sql = "delete from prefixes where prefix >= ? and prefix < ?";
        connection.prepare_cached(sql)?.put((range.0, &range.1))?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

fn put(connection: &Connection, ruled: &Ruled) -> Result<(), StoreError> {
    let Ruled { prefix, ruling, stamp, reason } = ruled;
    let sql = "insert into prefix_rulings (prefix, ruling, until_ms, ruled_by, ruled_at_ms, reason)
               values (:prefix, :ruling, :until_ms, :ruled_by, :ruled_at_ms, :reason)
               on conflict (prefix) do update set ruling = :ruling, until_ms = :until_ms, ruled_by = :ruled_by,
                                                  ruled_at_ms = :ruled_at_ms, reason = :reason";
    connection.prepare_cached(sql)?.put(named! {
        ":prefix": prefix.as_str(),
        ":ruling": ruling.as_str(),
        ":until_ms": ruling.until().map(|until| until.timestamp_millis()),
        ":ruled_by": stamp.by.as_str(),
        ":ruled_at_ms": stamp.at.timestamp_millis(),
        ":reason": reason.as_ref().map(Reason::as_str),
    })?;
    Ok(())
}

fn load(connection: &Connection, prefix: &Prefix, purpose: Purpose) -> Result<Option<Kept>, StoreError> {
    let sql = "select prefix, purpose, state, since_ms, sent_at_ms, stops, stop_ends_ms, counts
               from prefixes where prefix = ? and purpose = ?";
    let mut statement = connection.prepare_about(TABLE, sql)?;
    let mut rows = statement.query((prefix.as_str(), purpose.as_str()))?;
    rows.next()?.map(read).transpose()
}

fn rulings(connection: &Connection, prefixes: &[Prefix]) -> Result<Vec<Ruled>, StoreError> {
    let places = vec!["?"; prefixes.len()].join(", ");
    let sql = format!(
        "select prefix, ruling as state, until_ms, ruled_by, ruled_at_ms, reason from prefix_rulings
         where prefix in ({places}) order by prefix"
    );
    let mut statement = connection.prepare_about(RULINGS, &sql)?;
    let mut rows = statement.query(params_from_iter(prefixes.iter().map(|prefix| prefix.as_str().to_owned())))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_ruled(row)?);
    }
    Ok(found)
}

fn list(
    connection: &Connection,
    standing: Option<Standing>,
    paging: &Paging,
    now: Timestamp,
) -> Result<Page<Listed>, StoreError> {
    let sql = "select * from
                   (select prefix, '' as purpose, ruling as state, null as since_ms, null as sent_at_ms, null as stops,
                           null as stop_ends_ms, null as counts, until_ms, ruled_by, ruled_at_ms, reason
                    from prefix_rulings where until_ms is null or until_ms > :now
                    union all
                    select prefix, purpose, case when state = 'stopped' and stop_ends_ms <= :now then 'open' else state end, since_ms,
                           sent_at_ms, stops, stop_ends_ms, counts, null, null, null, null
                    from prefixes where calm_at_ms > :now) as listed
               where prefix || ' ' || purpose > :behind and (state = :state or :state is null)
               order by prefix, purpose limit :limit";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(named! {
        ":now": now.timestamp_millis(),
        ":behind": paging.behind.as_deref().unwrap_or_default(),
        ":state": standing.map(Standing::as_str),
        ":limit": i64::from(paging.limit) + 1,
    })?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(if row.get::<_, Option<i64>>("ruled_at_ms")?.is_some() {
            Listed::Ruled(read_ruled(row)?)
        } else {
            let mut kept = read(row)?;
            kept.window.slide(now);
            Listed::Kept(kept)
        });
    }
    Ok(Page::of(items, paging.limit, Listed::key))
}

fn read(row: Row<'_>) -> Result<Kept, StoreError> {
    let key: String = row.get("prefix")?;
    let cells = Cells { table: TABLE, key: &key, row };
    let stop_ends = cells.time_if_any("stop_ends_ms")?;
    let state: String = cells.get("state")?;
    let state = match (state.as_str(), stop_ends) {
        ("open", _) => State::Open,
        ("slowed", _) => State::Slowed,
        ("stopped", Some(until)) => State::Stopped { until },
        _ => return Err(cells.place("state").corrupt("is no state")),
    };
    Ok(Kept {
        prefix: cells.parse("prefix", |text| Prefix::parse(text).ok())?,
        purpose: cells.parse("purpose", Purpose::parse)?,
        state,
        since: cells.time("since_ms")?,
        window: cells.parse("counts", window)?,
        sent_at: cells.time_if_any("sent_at_ms")?,
        stops: cells.get("stops")?,
        stop_ends,
    })
}

fn read_ruled(row: Row<'_>) -> Result<Ruled, StoreError> {
    let key: String = row.get("prefix")?;
    let cells = Cells { table: RULINGS, key: &key, row };
    let ruling: String = cells.get("state")?;
    let ruling = match (ruling.as_str(), cells.time_if_any("until_ms")?) {
        ("blocked", None) => Ruling::Blocked,
        ("exempt", Some(until)) => Ruling::Exempt { until },
        _ => return Err(cells.place("ruling").corrupt("is no ruling")),
    };
    let reason = cells.get::<Option<String>>("reason")?.map(|_| cells.parse("reason", Reason::parse)).transpose()?;
    let by = cells.parse("ruled_by", |text| Actor::parse(text).ok())?;
    Ok(Ruled {
        prefix: cells.parse("prefix", |text| Prefix::parse(text).ok())?,
        ruling,
        stamp: Stamp { by, at: cells.time("ruled_at_ms")? },
        reason,
    })
}

fn json(window: &Window) -> Result<String, StoreError> {
    let row = |bucket: &Bucket| {
        let Bucket { from, ends, sent, verified } = bucket;
        (from.timestamp_millis(), ends.timestamp_millis(), *sent, *verified)
    };
    let rows: Vec<_> = window.buckets().iter().map(row).collect();
    serde_json::to_string(&rows).map_err(|error| StoreError::Engine(Box::new(error)))
}

fn window(text: &str) -> Option<Window> {
    let rows: Vec<(i64, i64, u32, u32)> = serde_json::from_str(text).ok()?;
    let bucket = |(from, ends, sent, verified)| {
        let time = Timestamp::from_timestamp_millis;
        Some(Bucket { from: time(from)?, ends: time(ends)?, sent, verified })
    };
    rows.into_iter().map(bucket).collect::<Option<Vec<_>>>().map(Window::from_buckets)
}
