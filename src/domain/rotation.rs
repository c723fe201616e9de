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
    /// Since when it is the current one, or was when it last became that; `None` for one that never was. A start with it makes
    /// that anew while a rotation to another key is under way that was begun later.
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
    /// The id of the key that all is sealed with then: the current one of the server that it was begun on.
    pub key: KeyId,
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
    /// Servers that share the data seal with different keys.
    #[error(
        "a rotation to server key {} is under way, and this server has {} in front: give all servers the same keys in the same order and \
         start them again",
        .to.as_str(), .current.as_str()
    )]
    UnderWay {
        /// The key that it moves to.
        to: KeyId,
        /// The current key of this server.
        current: KeyId,
    },
}

/// What a call for a rotation comes to.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The rotation, if it is a new one. One that was under way has ended then.
    pub write: Option<Rotation>,
    /// What goes into the audit trail.
    pub audit: Vec<Entry>,
    /// The rotation that is under way.
    pub decision: Result<Rotation, Refusal>,
}

/// Decides about a call for a rotation by somebody who takes `expected` for the current key, which it has been since `since`. One to
/// this key that is under way is gone on with. One to another key is in the way, unless this key took that one's place afterwards.
pub fn begin(
    order: &Order,
    expected: &KeyId,
    current: &KeyId,
    since: Option<Timestamp>,
    last: Option<Rotation>,
) -> Begun {
    let entry = |key: &KeyId, outcome| order.entry("key_rotate", subject(key), outcome);
    if expected != current {
        let audit = vec![entry(expected, "not the current key")];
        return Begun { write: None, audit, decision: Err(Refusal::NotCurrent(current.clone())) };
    }
    let mut audit = Vec::new();
    if let Some(rotation) = last.filter(|rotation| rotation.ended_at.is_none()) {
        if rotation.key == *current {
            return Begun { write: None, audit, decision: Ok(rotation) };
        }
        if since.is_none_or(|since| since <= rotation.started.at) {
            audit.push(entry(current, "another is under way"));
            let refusal = Refusal::UnderWay { to: rotation.key, current: current.clone() };
            return Begun { write: None, audit, decision: Err(refusal) };
        }
        let after = Some(Facts::default().and("resealed", rotation.resealed));
        audit.push(Entry { after, ..entry(&rotation.key, "replaced") });
    }
    let rotation = Rotation { key: current.clone(), started: order.stamp(), resealed: 0, damaged: 0, ended_at: None };
    audit.push(entry(current, "begun"));
    Begun { write: Some(rotation.clone()), audit, decision: Ok(rotation) }
}

/// Ends a rotation: nothing was left to do but `damaged` values that do not open. `older` is what is under older keys then.
pub fn end(rotation: Rotation, older: u64, damaged: u64, at: Timestamp) -> (Rotation, Entry) {
    let facts = Facts::default().and("resealed", rotation.resealed).and("damaged", damaged).and("left", older);
    let audit = Entry {
        at,
        source: Source::Server,
        actor: None,
        action: "key_rotate",
        subject: subject(&rotation.key),
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

    fn told(begun: &Begun) -> Vec<(&str, &str)> {
        begun.audit.iter().map(|entry| (&*entry.subject, entry.outcome)).collect()
    }

    #[test]
    fn a_rotation_that_is_under_way_is_not_begun_again() {
        let current = KeyId::parse("k2").unwrap();
        let order = Order::offline(Actor::parse("rosa").unwrap(), noon());
        let begin = |expected: &KeyId, last| super::begin(&order, expected, &current, Some(noon()), last);
        let begun = begin(&current, None);
        assert_eq!(told(&begun), [("key k2", "begun")]);
        let again = begin(&current, begun.write.clone());
        assert!(again.write.is_none() && again.audit.is_empty());
        let rotation = again.decision.unwrap();
        assert_eq!(Some(rotation.clone()), begun.write);
        let (over, entry) = end(rotation, 0, 0, noon());
        assert_eq!((over.ended_at, entry.outcome), (Some(noon()), DONE));
        assert!(begin(&current, Some(over)).write.is_some());
        let mistaken = begin(&KeyId::parse("k3").unwrap(), None);
        assert!(mistaken.write.is_none() && told(&mistaken) == [("key k3", "not the current key")]);
        assert_eq!(mistaken.decision, Err(Refusal::NotCurrent(current)));
    }

    #[test]
    fn a_rotation_to_another_key_is_in_the_way_unless_this_one_has_taken_its_place() {
        let [old, new] = ["k1", "k2"].map(|id| KeyId::parse(id).unwrap());
        let order = Order::offline(Actor::parse("rosa").unwrap(), noon());
        let under_way = begin(&order, &old, &old, None, None).write;
        for (since, is_in_the_way) in
            [(None, true), (Some(noon()), true), (Some(noon() + TimeDelta::seconds(1)), false)]
        {
            let begun = begin(&order, &new, &new, since, under_way.clone());
            assert_eq!(begun.write.is_none(), is_in_the_way);
            let entries = told(&begun);
            match &begun.decision {
                Ok(rotation) => {
                    assert!(!is_in_the_way && rotation.key == new);
                    assert_eq!(entries, [("key k1", "replaced"), ("key k2", "begun")]);
                }
                Err(refusal) => {
                    assert!(is_in_the_way && entries == [("key k2", "another is under way")], "{entries:?}");
                    assert_eq!(refusal, &Refusal::UnderWay { to: old.clone(), current: new.clone() });
                    let text = refusal.to_string();
                    assert!(text.contains("to server key k1") && text.contains("has k2"), "{text}");
                }
            }
        }
    }
}
