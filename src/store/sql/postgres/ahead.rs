//! Questions that are asked ahead.
//!
//! Steps that share a transaction would ask their questions one after the other, each at the price of a round trip, while no other
//! server may write. So they are tried without effect first. What they ask is noted, and asked in one go; then they are tried
//! again, until nothing new is asked. When they are done at last, one after the other, the answers are there.
//!
//! Only statements that say what they have to do with are asked ahead ([`Reach`]): rows of one table that have a key of 16 or 32
//! bytes, which stands among the values or in the answer; or any rows of one table. One that writes makes the client forget the
//! answers that have to do with any of its keys in that table, or with its table; a statement that does not say what it has to do with, all of them. So no step sees a row as
//! it was before an earlier step.

use super::super::{Error, Reach, Result};
use super::together;
use super::{Client, Prepared, Trouble, cell};
use rusqlite::types::{Value, ValueRef};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio_postgres::Row;

/// The rows of an answer.
pub(in crate::store::sql) type Answer = Arc<Vec<Row>>;

/// See the module.
#[derive(Default)]
pub(super) struct Ahead(RefCell<State>);

#[derive(Default)]
struct State {
    trying: bool,
    noted: Vec<Question>,
    known: HashMap<Name, Known>,
    by_key: HashMap<(&'static str, Vec<u8>), Vec<Name>>,
    by_table: HashMap<&'static str, Vec<Name>>,
}

/// A statement, by its address, and its values: what a question is found by.
type Name = (usize, Arc<[u8]>);

struct Question {
    prepared: Arc<Prepared>,
    values: Vec<Value>,
    reach: Reach,
    name: Name,
}

/// As long as an answer is known, its statement keeps its address.
struct Known {
    _prepared: Arc<Prepared>,
    answer: Answer,
}

impl Question {
    fn new(prepared: &Arc<Prepared>, values: &[Value], reach: Reach) -> Self {
        let mut bytes = Vec::new();
        for value in values {
            let (kind, value) = match value {
                Value::Null => (0, &[][..]),
                Value::Integer(number) => (1, &number.to_be_bytes()[..]),
                Value::Real(number) => (2, &number.to_be_bytes()[..]),
                Value::Text(text) => (3, text.as_bytes()),
                Value::Blob(bytes) => (4, &bytes[..]),
            };
            bytes.push(kind);
            bytes.extend_from_slice(&value.len().to_be_bytes());
            bytes.extend_from_slice(value);
        }
        let name = (Arc::as_ptr(prepared) as usize, bytes.into());
        Self { prepared: prepared.clone(), values: values.to_vec(), reach, name }
    }
}

/// Keys among values: other bytes may look like one, which does no harm.
pub(super) fn keys(values: &[Value]) -> impl Iterator<Item = &Vec<u8>> {
    values.iter().filter_map(|value| match value {
        Value::Blob(bytes) if is_key(bytes) => Some(bytes),
        _ => None,
    })
}

fn is_key(bytes: &[u8]) -> bool {
    [16, 32].contains(&bytes.len())
}

/// Those among the values of a question and in its answer.
fn keys_of(values: &[Value], rows: &[Row]) -> Result<HashSet<Vec<u8>>, Trouble> {
    let mut all: HashSet<Vec<u8>> = keys(values).cloned().collect();
    for row in rows {
        for at in 0..row.len() {
            if let ValueRef::Blob(bytes) = cell(row, at)?
                && is_key(bytes)
            {
                all.insert(bytes.to_vec());
            }
        }
    }
    Ok(all)
}

impl Ahead {
    /// Whether statements are only tried at present.
    pub(super) fn is_trying(&self) -> bool {
        self.0.borrow().trying
    }

    /// Nothing is known, and nothing is tried.
    pub(super) fn clear(&self) {
        self.0.take();
    }

    /// What is known already. While statements are tried, what is not is noted, and an error.
    pub(super) fn answer(&self, prepared: &Arc<Prepared>, values: &[Value], reach: Reach) -> Result<Option<Answer>> {
        let state = &mut *self.0.borrow_mut();
        if reach == Reach::All || (!state.trying && state.known.is_empty()) {
            return if state.trying { Err(Error::Ahead) } else { Ok(None) };
        }
        let question = Question::new(prepared, values, reach);
        match state.known.get(&question.name) {
            Some(known) => Ok(Some(known.answer.clone())),
            None if state.trying => {
                state.noted.push(question);
                Err(Error::Ahead)
            }
            None => Ok(None),
        }
    }

    /// A statement writes.
    pub(super) fn forget(&self, values: &[Value], reach: Reach) {
        let State { known, by_key, by_table, .. } = &mut *self.0.borrow_mut();
        if known.is_empty() {
            return;
        }
        let mut forget = |names: Option<Vec<Name>>| {
            for name in names.unwrap_or_default() {
                known.remove(&name);
            }
        };
        match reach {
            Reach::Keys(table) if keys(values).next().is_some() => {
                keys(values).for_each(|key| forget(by_key.remove(&(table, key.clone()))));
            }
            Reach::Table(table) => forget(by_table.remove(table)),
            Reach::Keys(_) | Reach::All => known.clear(),
        }
    }

    fn learn(&self, questions: Vec<Question>, answers: Vec<Vec<Row>>) -> Result<(), Trouble> {
        let state = &mut *self.0.borrow_mut();
        for (Question { prepared, values, reach, name }, rows) in questions.into_iter().zip(answers) {
            match reach {
                Reach::Keys(table) => {
                    for key in keys_of(&values, &rows)? {
                        state.by_key.entry((table, key)).or_default().push(name.clone());
                    }
                }
                Reach::Table(table) => state.by_table.entry(table).or_default().push(name.clone()),
                Reach::All => {}
            }
            state.known.insert(name, Known { _prepared: prepared, answer: Arc::new(rows) });
        }
        Ok(())
    }
}

impl Client {
    /// From now on statements are only tried, until [`ask_noted`](Self::ask_noted).
    pub(in crate::store::sql) fn try_out(&self) {
        self.ahead.0.borrow_mut().trying = true;
    }

    /// How many questions have been noted.
    pub(in crate::store::sql) fn noted(&self) -> usize {
        self.ahead.0.borrow().noted.len()
    }

    /// Asks all that was noted, in one go.
    pub(in crate::store::sql) fn ask_noted(&self) -> Result<()> {
        let mut noted = {
            let state = &mut *self.ahead.0.borrow_mut();
            state.trying = false;
            std::mem::take(&mut state.noted)
        };
        let mut names = HashSet::new();
        noted.retain(|question| names.insert(question.name.clone()));
        // Those of one statement are asked together.
        noted.sort_by_key(|question| question.name.0);
        let alike: Vec<_> = noted.chunk_by(|one, next| one.name.0 == next.name.0).collect();
        if alike.is_empty() {
            return Ok(());
        }
        let asked = self.together(alike.iter().map(|alike| {
            let sets = alike.iter().map(|question| &question.values[..]);
            (&*alike[0].prepared, sets.collect())
        }))?;
        let live = self.live()?;
        let told = self.ask(together::ask(&live, &asked))?;
        let mut answers = Vec::with_capacity(noted.len());
        for (asked, rows) in asked.iter().zip(told) {
            answers.append(&mut asked.sorted(rows)?);
        }
        drop(asked);
        Ok(self.ahead.learn(noted, answers)?)
    }
}
