//! Rotation of the server keys: what is still under which key, and moving it to the current one.
//!
//! ```text
//!  new key in front,       begin        reseal, in steps that           end         old key out,
//!  restart           ───────────────► serve others in between ───────────────────► restart
//! ```
//!
//! What is left to do stands in the data: whatever is sealed with another key than the current one. So a rotation that was
//! cut off goes on with what is left, and nothing has to be undone.

use super::audit::{DONE, Entry, Facts, Source};
use super::flow::Timestamp;
use super::keys::KeyId;
use super::operator::{Order, Stamp};
use chrono::{Days, NaiveTime};

/// So many rows of a table are counted under a key: whoever asks gets an answer soon, however many there are.
pub const COUNTED_MAX: u64 = 1_000_000;

/// The rows of a table that are sealed with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// How many, up to [`COUNTED_MAX`].
    pub rows: u64,
}

/// What is under a server key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Its id.
    pub id: KeyId,
    /// Whether what is new is made with it.
    pub current: bool,
    /// Whether the server has it. What is sealed with one that it has not cannot be read any more.
    pub configured: bool,
    /// Since when it is the current one, or was when it last became that; `None` for one that never was.
    pub since: Option<Timestamp>,
    /// What is sealed with it: every table that has sealed values, those without any included.
    pub sealed: Vec<Sealed>,
    /// Flows, transactions and sessions in being whose codes or names are derived with it.
    pub derived: u64,
    /// When the last of them is over.
    pub derived_until: Option<Timestamp>,
}

impl KeyUse {
    /// How many rows are sealed with it, as far as they are counted.
    pub fn rows(&self) -> u64 {
        self.sealed.iter().map(|sealed| sealed.rows).sum()
    }
}

/// A rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Who asked for it, and when.
    pub started: Stamp,
    /// How many values were sealed anew so far.
    pub resealed: u64,
    /// How many do not open and were left as they are; known at the end.
    pub damaged: u64,
    /// When it was through.
    pub ended_at: Option<Timestamp>,
}

/// Everything there is to know about the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatus {
    /// The keys that the server has, in its order, then those that it has not but that something is sealed with.
    pub keys: Vec<KeyUse>,
    /// The last rotation.
    pub rotation: Option<Rotation>,
}

impl KeyStatus {
    /// How many values are to be sealed anew: those under an older key that the server has, as far as they are counted.
    pub fn left(&self) -> u64 {
        self.keys.iter().filter(|key| key.configured && !key.current).map(KeyUse::rows).sum()
    }

    /// Until when a key is needed at least, as far as that is known: for what is derived with it, and to count the codes of the
    /// day on which it ceased to be current, because daily counts are kept under the key of their time.
    pub fn needed_until(&self, key: &KeyUse) -> Option<Timestamp> {
        if key.current || key.since.is_none() {
            return key.derived_until;
        }
        let current = self.keys.iter().find(|key| key.current).and_then(|key| key.since);
        let midnight = current.and_then(|since| since.date_naive().checked_add_days(Days::new(1)));
        let midnight = midnight.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        key.derived_until.max(midnight)
    }

    /// Whether the server can do without a key: nothing is left under it.
    pub fn is_removable(&self, key: &KeyUse, now: Timestamp) -> bool {
        !key.current && key.rows() == 0 && self.needed_until(key).is_none_or(|until| until <= now)
    }
}

/// Why nothing is rotated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is new is made with another key than the caller takes for the current one.
    #[error("the current server key is {}: put the new one at the head of the configuration and start the server again", .0.as_str())]
    NotCurrent(KeyId),
}

/// What a call for a rotation comes to.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The rotation, if it is a new one.
    pub write: Option<Rotation>,
    /// Its entry in the audit trail.
    pub audit: Option<Entry>,
    /// The rotation that is under way.
    pub decision: Result<Rotation, Refusal>,
}

/// Decides about a call for a rotation by somebody who takes `expected` for the current key. One that is under way is gone on
/// with.
pub fn begin(order: &Order, expected: &KeyId, current: &KeyId, last: Option<Rotation>) -> Begun {
    if expected != current {
        let audit = order.entry("key_rotate", subject(expected), "not the current key");
        return Begun { write: None, audit: Some(audit), decision: Err(Refusal::NotCurrent(current.clone())) };
    }
    if let Some(rotation) = last.filter(|rotation| rotation.ended_at.is_none()) {
        return Begun { write: None, audit: None, decision: Ok(rotation) };
    }
    let rotation = Rotation { started: order.stamp(), resealed: 0, damaged: 0, ended_at: None };
    let audit = order.entry("key_rotate", subject(current), "begun");
    Begun { write: Some(rotation.clone()), audit: Some(audit), decision: Ok(rotation) }
}

/// Ends a rotation: nothing was left to do but `damaged` values that do not open. `older` is what is under older keys then.
pub fn end(rotation: Rotation, current: &KeyId, older: u64, damaged: u64, at: Timestamp) -> (Rotation, Entry) {
    let facts = Facts::default().and("resealed", rotation.resealed).and("damaged", damaged).and("left", older);
    let audit = Entry {
        at,
        source: Source::Server,
        actor: None,
        action: "key_rotate",
        subject: subject(current),
        customer: None,
        outcome: if older == 0 { DONE } else { "not everything" },
        before: None,
        after: Some(facts),
        request_id: None,
        counted: false,
    };
    (Rotation { damaged, ended_at: Some(at), ..rotation }, audit)
}

fn subject(current: &KeyId) -> String {
    format!("key {}", current.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operator::Actor;
    use chrono::{TimeDelta, TimeZone, Utc};

    fn noon() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 5, 24, 12, 0, 0).unwrap()
    }

    fn key(id: &str, current: bool, rows: u64) -> KeyUse {
        KeyUse {
            id: KeyId::parse(id).unwrap(),
            current,
            configured: true,
            since: Some(noon() - TimeDelta::days(if current { 0 } else { 100 })),
            sealed: vec![Sealed { table: "tokens", rows }, Sealed { table: "flows", rows: 0 }],
            derived: 0,
            derived_until: None,
        }
    }

    #[test]
    fn a_key_can_go_when_nothing_is_under_it_and_the_day_on_which_it_was_replaced_is_over() {
        let status = |old: KeyUse| KeyStatus { keys: vec![key("k2", true, 5), old], rotation: None };
        let removable = |old: KeyUse, at: Timestamp| {
            let status = status(old);
            status.is_removable(&status.keys[1], at)
        };
        let midnight = noon() + TimeDelta::hours(12);
        assert!(!removable(key("k1", false, 0), midnight - TimeDelta::seconds(1)));
        assert!(removable(key("k1", false, 0), midnight));
        assert!(!removable(key("k1", false, 1), midnight));
        let derived = KeyUse { derived: 1, derived_until: Some(midnight + TimeDelta::hours(1)), ..key("k1", false, 0) };
        assert!(!removable(derived.clone(), midnight) && removable(derived, midnight + TimeDelta::hours(1)));
        // One that nothing was ever made with is not missed.
        assert!(removable(KeyUse { since: None, ..key("k1", false, 0) }, noon()));
        let status = status(key("k1", false, 3));
        assert!(!status.is_removable(&status.keys[0], midnight + TimeDelta::days(9)));
        assert_eq!(status.left(), 3);
    }

    #[test]
    fn a_rotation_that_is_under_way_is_not_begun_again() {
        let current = KeyId::parse("k2").unwrap();
        let order = Order::offline(Actor::parse("rosa").unwrap(), noon());
        let begun = begin(&order, &current, &current, None);
        assert_eq!(begun.audit.map(|entry| (entry.subject, entry.outcome)), Some(("key k2".to_owned(), "begun")));
        let again = begin(&order, &current, &current, begun.write.clone());
        assert!(again.write.is_none() && again.audit.is_none());
        let rotation = again.decision.unwrap();
        assert_eq!(Some(rotation.clone()), begun.write);
        let (over, entry) = end(rotation, &current, 0, 0, noon());
        assert_eq!((over.ended_at, entry.outcome), (Some(noon()), DONE));
        assert!(begin(&order, &current, &current, Some(over)).write.is_some());
        let mistaken = begin(&order, &KeyId::parse("k3").unwrap(), &current, None);
        assert!(mistaken.write.is_none() && mistaken.audit.is_some());
        assert_eq!(mistaken.decision, Err(Refusal::NotCurrent(current)));
    }
}
