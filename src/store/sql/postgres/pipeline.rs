//! Statements whose answers nobody waits for are sent before the next question, all in one go: a step costs a round trip for each
//! of its questions, and none for what it writes.
//!
//! The server does them in their order. After one that fails it does nothing more of the transaction, so the next question fails
//! as well: what is told then is why the first one failed.

use super::super::{Error, Params, Reach, Result, one};
use super::ahead::keys;
use super::together::{self, grouped};
use super::{Client, Prepared};
use crate::domain::work::Work;
use futures::future::{MaybeDone, maybe_done};
use futures::poll;
use rusqlite::types::Value;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// With as many, they are sent without a question.
const WAITING_MAX: usize = 4096;

pub(super) type Told<T> = std::result::Result<T, tokio_postgres::Error>;

/// Statements of a transaction that have not been sent yet.
#[derive(Default)]
pub(super) struct Waiting(RefCell<Vec<Put>>);

/// One of them.
pub(super) struct Put {
    pub(super) prepared: Arc<Prepared>,
    values: Vec<Value>,
    pub(super) reach: Reach,
    /// What it means that it has not changed one row.
    pub(super) one: Option<&'static str>,
}

impl Put {
    /// Of the rows that it has to do with.
    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        keys(&self.values).map(Vec::as_slice)
    }
}

impl Waiting {
    /// What was to be done is not.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Client {
    /// Does a statement; inside a transaction, before whatever is asked next.
    pub(in crate::store::sql) fn put(
        &self,
        prepared: &Arc<Prepared>,
        params: &impl Params,
        reach: Reach,
        problem: Option<&'static str>,
    ) -> Result<()> {
        if !self.in_transaction.get() {
            let changed = self.execute(prepared, params, reach)? as u64;
            return problem.map_or(Ok(()), |problem| one(changed, problem));
        }
        Work::STATEMENT.add();
        let put = Put { prepared: prepared.clone(), values: prepared.values(params)?, reach, one: problem };
        if self.ahead.is_trying() {
            return Ok(());
        }
        self.ahead.forget(&put.values, reach);
        self.waiting.0.borrow_mut().push(put);
        if self.waiting.0.borrow().len() < WAITING_MAX { Ok(()) } else { self.send_waiting() }
    }

    /// Asks something behind all that waits.
    pub(super) fn ask_behind<T: Send>(&self, question: impl Future<Output = Told<T>> + Send) -> Result<T> {
        let waiting = self.waiting.0.take();
        if waiting.is_empty() {
            return Ok(self.ask(question)?);
        }
        let groups = grouped(&waiting);
        // One for each group: what has no form for many is a group of its own.
        let writes = self.together(groups.iter().map(|group| {
            let sets = group.iter().map(|put| &put.values[..]);
            (&*group[0].prepared, sets.collect())
        }))?;
        let live = self.live()?;
        let (changed, answer) = self.ask(together::write(&live, &writes, question))?;
        for (changed, group) in changed.into_iter().zip(&groups) {
            self.changes.set(self.changes.get() + changed);
            match group[0].one {
                Some(problem) if changed != group.len() as u64 => return Err(Error::NotOne(problem)),
                _ => {}
            }
        }
        Ok(answer)
    }

    /// What waits is not sent.
    pub(in crate::store::sql) fn forget_waiting(&self) {
        self.waiting.clear();
    }

    /// Sends what waits.
    pub(in crate::store::sql) fn send_waiting(&self) -> Result<()> {
        self.ask_behind(std::future::ready(Ok(())))
    }
}

/// A question that is under way.
type Sent<F> = Pin<Box<MaybeDone<F>>>;

/// Sends questions, and waits for no answer: what is polled for the first time is sent.
pub(super) async fn sent<F: Future>(questions: Vec<F>) -> Vec<Sent<F>> {
    let mut all = Vec::with_capacity(questions.len());
    for question in questions {
        let mut question = Box::pin(maybe_done(question));
        let _ = poll!(question.as_mut());
        all.push(question);
    }
    all
}

/// Waits for the answers of what was sent, in its order.
pub(super) async fn answers<T, F: Future<Output = Told<T>>>(sent: Vec<Sent<F>>) -> Told<Vec<T>> {
    let mut answers = Vec::with_capacity(sent.len());
    for mut question in sent {
        question.as_mut().await;
        if let Some(answer) = question.as_mut().take_output() {
            answers.push(answer?);
        }
    }
    Ok(answers)
}
