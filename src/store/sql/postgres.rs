//! A connection to a PostgreSQL server.
//!
//! It has a thread's worth of runtime of its own, and is used from threads that may block. It is made anew when it has been lost
//! and nothing hangs on it: at the beginning of a transaction, or for a statement outside of one.
//!
//! ```text
//! address, connect    where the server is, and the way there
//! problem             why the way was not taken
//! turn                whose transactions write
//! doubt               how a commit went that nobody has answered for
//! ```

use super::text::{Many, numbered};
use super::values::{Place, value};
use super::{Error, Params, Reach, Result};
use crate::domain::ports::with_causes;
use crate::domain::work::Work;
use bytes::BytesMut;
use rusqlite::types::{FromSqlError, Value, ValueRef};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::Severity;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

mod address;
mod ahead;
mod connect;
mod doubt;
mod pipeline;
mod problem;
mod together;
mod turn;

pub use address::{Address, AddressError};
pub(super) use ahead::Answer;

use ahead::Ahead;
use connect::Live;
use pipeline::Waiting;

/// Statements that are kept prepared; with more, all are forgotten.
const PREPARED_MAX: usize = 256;
/// Rows of a long answer that are held at once.
const WALK_ROWS: usize = 1000;

/// Why the server did not do a statement. None of the texts has a value of a row.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No connection.
    #[error("the database server is out of reach: {0}")]
    OutOfReach(String),
    /// There was one.
    #[error("the connection to the database server was lost")]
    Lost,
    /// It does not answer.
    #[error("the database server has not answered within {} s", .0.as_secs())]
    Silent(Duration),
    /// This release is too old for what is there.
    #[error("a newer release has changed the database: upgrade this server")]
    Outdated,
    /// The connection was lost during a commit, and nobody can say how it went.
    #[error("the database server was lost while it committed, and cannot be asked whether it has")]
    InDoubt,
    /// It says no.
    #[error("the database server refused a statement ({code}: {text})")]
    Refused {
        /// SQLSTATE.
        code: String,
        /// What it means; without its details, which may name values.
        text: String,
        /// Whether it has ended the connection.
        fatal: bool,
    },
    /// As many as it has places.
    #[error("a statement with {places} values was given {given}")]
    Values {
        /// Those it has.
        places: usize,
        /// Those that were given.
        given: usize,
    },
    /// A name.
    #[error("no value of a statement is called {0}")]
    NoValue(String),
    /// A name.
    #[error("an answer has no column {0}")]
    NoColumn(String),
    /// A type or a range.
    #[error("column {column} does not read back: {problem}")]
    Cell {
        /// Its name.
        column: String,
        /// What is wrong.
        problem: String,
    },
}

impl Trouble {
    /// A value that is not of the type that is asked for.
    pub(super) fn cell(row: &tokio_postgres::Row, at: usize, problem: &FromSqlError) -> Self {
        let column = row.columns().get(at).map_or_else(|| at.to_string(), |column| column.name().to_owned());
        Self::Cell { column, problem: problem.to_string() }
    }

    /// Whether the same may work in a moment.
    pub(in crate::store) fn is_passing(&self) -> bool {
        match self {
            Self::OutOfReach(_) | Self::Lost | Self::Silent(_) | Self::Outdated | Self::InDoubt => true,
            // Connections, transactions, resources, operators; locks; a server that only reads, as a standby does; idle and slow
            // transactions.
            Self::Refused { code, .. } => {
                ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
                    || ["55P03", "25006", "25P03", "25P04"].contains(&code.as_str())
            }
            _ => false,
        }
    }

    /// Whether there was no connection any more; a server that does not answer is not asked again at once.
    fn is_gone(&self) -> bool {
        self.is_loss() && !matches!(self, Self::Silent(_))
    }

    /// Whether the connection has gone with it.
    fn is_loss(&self) -> bool {
        match self {
            Self::Lost | Self::Silent(_) | Self::OutOfReach(_) => true,
            Self::Refused { code, fatal, .. } => *fatal || code.starts_with("08"),
            _ => false,
        }
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) => {
                let code = said.code().code().to_owned();
                // A text about a value quotes it; one about a constraint is better told by its name.
                let text = match (&code[..2], said.constraint()) {
                    (_, Some(constraint)) => format!("constraint {constraint}"),
                    ("22" | "23", None) => "a value does not fit".to_owned(),
                    _ => said.message().to_owned(),
                };
                let fatal = matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
                Self::Refused { code, text, fatal }
            }
            None if error.is_closed() => Self::Lost,
            None => Self::OutOfReach(with_causes(&error)),
        }
    }
}

/// A statement that this connection has prepared.
pub(in crate::store) struct Prepared {
    text: String,
    names: Vec<String>,
    statement: tokio_postgres::Statement,
    /// How it is done for many sets of values, and the statement for that, once it was needed, if it has one.
    form: Many,
    many: OnceLock<Option<tokio_postgres::Statement>>,
}

/// See the module.
pub(in crate::store) struct Client {
    // Taken when it is dropped.
    runtime: Option<Runtime>,
    address: Address,
    live: RefCell<Option<Arc<Live>>>,
    /// When all has to be over, where several statements have one time-out.
    until: Cell<Option<Instant>>,
    prepared: RefCell<HashMap<String, Arc<Prepared>>>,
    in_transaction: Cell<bool>,
    waiting: Waiting,
    ahead: Ahead,
    changes: Cell<u64>,
    writer: uuid::Uuid,
    commits: Cell<i64>,
    cursors: Cell<u64>,
}

impl Client {
    /// Connects. Blocks the thread, which must not be one of an asynchronous runtime.
    #[expect(
        clippy::disallowed_methods,
        reason = "with one seed, two connections would take each other's commits for their own"
    )]
    pub(in crate::store) fn connect(address: &Address) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Trouble::OutOfReach(error.to_string()))?;
        let client = Self {
            runtime: Some(runtime),
            address: address.clone(),
            live: RefCell::default(),
            until: Cell::default(),
            prepared: RefCell::default(),
            in_transaction: Cell::default(),
            waiting: Waiting::default(),
            ahead: Ahead::default(),
            changes: Cell::default(),
            writer: uuid::Uuid::new_v4(),
            commits: Cell::default(),
            cursors: Cell::default(),
        };
        client.reach()?;
        Ok(client)
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.get()
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction.get() && self.live().is_ok_and(|live| !live.is_closed())
    }

    pub(super) fn prepare(&self, sql: &str) -> Result<Arc<Prepared>> {
        if !self.in_transaction.get() {
            self.refuse_outdated()?;
            self.reach()?;
        }
        if let Some(prepared) = self.prepared.borrow().get(sql) {
            return Ok(prepared.clone());
        }
        let text = numbered(sql);
        let statement = self.once_more(|| self.ask(self.live()?.prepare(&text.sql)))?;
        let prepared = Arc::new(Prepared {
            text: sql.to_owned(),
            names: text.names,
            statement,
            form: Many::of(sql),
            many: OnceLock::new(),
        });
        let mut all = self.prepared.borrow_mut();
        if all.len() >= PREPARED_MAX {
            all.clear();
        }
        all.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    pub(super) fn execute(&self, prepared: &Prepared, params: &impl Params, reach: Reach) -> Result<usize> {
        let values = prepared.values(params)?;
        if self.ahead.is_trying() {
            return Err(Error::Ahead);
        }
        self.ahead.forget(&values, reach);
        Work::STATEMENT.add();
        let changed = self.ask_behind(self.live()?.execute_raw(&prepared.statement, values.iter().map(Bound)))?;
        self.changes.set(self.changes.get() + changed);
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// The rows of an answer. What only reads is asked once more if the connection has been lost.
    pub(super) fn query(&self, prepared: &Arc<Prepared>, params: &impl Params, reach: Reach) -> Result<Answer> {
        let values = prepared.values(params)?;
        Work::STATEMENT.add();
        if let Some(answer) = self.ahead.answer(prepared, &values, reach)? {
            return Ok(answer);
        }
        let rows = match self.rows(prepared, &values) {
            Err(Error::Postgres(trouble)) if trouble.is_gone() && !self.in_transaction.get() => {
                self.rows(&*self.prepare(&prepared.text)?, &values)
            }
            answer => answer,
        };
        rows.map(Arc::new)
    }

    fn rows(&self, prepared: &Prepared, values: &[Value]) -> Result<Vec<tokio_postgres::Row>> {
        let bound: Vec<_> = values.iter().map(Bound).collect();
        let bound: Vec<_> = bound.iter().map(|bound| bound as &(dyn ToSql + Sync)).collect();
        self.ask_behind(self.live()?.query(&prepared.statement, &bound))
    }

    /// Begins to answer a query of the transaction. Returns the statement that gives the next rows.
    pub(super) fn open_cursor(&self, sql: &str) -> Result<String> {
        let number = self.cursors.get() + 1;
        self.cursors.set(number);
        self.batch(&format!("declare walk_{number} no scroll cursor for {sql}"))?;
        Ok(format!("fetch {WALK_ROWS} from walk_{number}"))
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        if self.ahead.is_trying() {
            return Err(Error::Ahead);
        }
        if !self.in_transaction.get() {
            self.reach()?;
        }
        self.ahead.forget(&[], Reach::All);
        Work::STATEMENT.add();
        self.ask_behind(self.live()?.batch_execute(sql))
    }

    pub(super) fn begin_snapshot(&self) -> Result<()> {
        self.start("begin isolation level repeatable read, read only").map(drop)
    }

    /// Begins a transaction, on a new connection if the one that there was has been lost meanwhile.
    fn start(&self, sql: &str) -> Result<Vec<SimpleQueryMessage>> {
        self.ahead.clear();
        self.reach()?;
        Work::STATEMENT.add();
        let begun = self.once_more(|| self.ask(self.live()?.simple_query(sql)));
        self.in_transaction.set(true);
        Ok(begun.inspect_err(|_| drop(self.rollback()))?)
    }

    /// Asks what changes nothing, and asks it once more if the connection had been lost. A transaction has gone with its
    /// connection: nothing of it is asked again.
    fn once_more<T>(&self, question: impl Fn() -> Result<T, Trouble>) -> Result<T, Trouble> {
        match question() {
            Err(trouble) if trouble.is_gone() && !self.in_transaction.get() => {
                self.lose();
                self.reach()?;
                question()
            }
            answer => answer,
        }
    }

    pub(super) fn rollback(&self) -> Result<()> {
        self.waiting.clear();
        self.ahead.clear();
        if !self.in_transaction.replace(false) {
            return Ok(());
        }
        let undone = self.live().and_then(|live| self.ask(live.batch_execute("rollback")));
        if undone.is_err() {
            // Whatever is open goes with its connection.
            self.lose();
        }
        Ok(undone?)
    }

    /// Connects unless there is a connection, to where the others are.
    fn reach(&self) -> Result<(), Trouble> {
        if self.live().is_ok_and(|live| !live.is_closed() && self.address.leads_to(&live)) {
            return Ok(());
        }
        self.lose();
        let live = self.within(self.address.reach())??;
        *self.live.borrow_mut() = Some(Arc::new(live));
        Ok(())
    }

    fn live(&self) -> Result<Arc<Live>, Trouble> {
        self.live.borrow().clone().ok_or(Trouble::Lost)
    }

    fn lose(&self) {
        self.waiting.clear();
        self.ahead.clear();
        self.prepared.borrow_mut().clear();
        if let Some(live) = self.live.take() {
            live.end();
            // It is closed by the runtime, which only runs while something is waited for. Until then, a transaction that is open in
            // it would keep the turn.
            let _ = self.run(tokio::task::yield_now());
        }
    }

    fn ask<T: Send>(
        &self,
        question: impl Future<Output = Result<T, tokio_postgres::Error>> + Send,
    ) -> Result<T, Trouble> {
        let answer = self.within(question).and_then(|answer| answer.map_err(Trouble::from));
        // An answer that comes later must not be taken for that of another question.
        answer.inspect_err(|trouble| {
            if trouble.is_loss() {
                self.lose()
            }
        })
    }

    fn within<T: Send>(&self, work: impl Future<Output = T> + Send) -> Result<T, Trouble> {
        let patience = self.address.patience();
        let left = self.until.get().map(|until| until.saturating_duration_since(Instant::now()));
        let patience = left.map_or(patience, |left| left.min(patience));
        self.run(async { tokio::time::timeout(patience, work).await })?.map_err(|_| Trouble::Silent(patience))
    }

    fn run<T: Send>(&self, work: impl Future<Output = T> + Send) -> Result<T, Trouble> {
        let runtime = self.runtime.as_ref().ok_or(Trouble::Lost)?;
        let run = || runtime.block_on(work);
        if Handle::try_current().is_ok() {
            // A thread of another runtime, which must not run a second one.
            std::thread::scope(|scope| scope.spawn(run).join()).map_err(|_| Trouble::Lost)
        } else {
            Ok(run())
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.lose();
        if let Some(runtime) = self.runtime.take() {
            // It may be dropped on a thread that must not wait.
            runtime.shutdown_background();
        }
    }
}

impl Prepared {
    /// The values in the order of their numbers.
    fn values(&self, params: &impl Params) -> Result<Vec<Value>> {
        let places = self.statement.params().len();
        let mut values = vec![None; places];
        let mut given = 0;
        params.each(&mut |place, bound| {
            given += 1;
            let at = match place {
                Place::Number(number) => number - 1,
                Place::Name(name) => {
                    let at = self.names.iter().position(|known| known == name);
                    at.ok_or_else(|| Trouble::NoValue(name.to_owned()))?
                }
            };
            let output = bound.to_sql()?;
            let slot = values.get_mut(at).ok_or(Trouble::Values { places, given })?;
            *slot = value(&output)
                .map(Value::try_from)
                .transpose()
                .map_err(|error| Trouble::Cell { column: at.to_string(), problem: error.to_string() })?;
            Ok(())
        })?;
        if given != places {
            return Err(Trouble::Values { places, given }.into());
        }
        Ok(values.into_iter().map(|value| value.unwrap_or(Value::Null)).collect())
    }
}

type Converted<T> = Result<T, Box<dyn std::error::Error + Sync + Send>>;

/// A value on its way to the server.
#[derive(Debug)]
struct Bound<'a>(&'a Value);

impl Bound<'_> {
    /// An error unless it is of this type.
    fn check(&self, of: &Type) -> Converted<()> {
        let fits = match self.0 {
            Value::Null => true,
            Value::Integer(_) => [Type::INT8, Type::INT4, Type::BOOL].contains(of),
            Value::Real(_) => *of == Type::FLOAT8,
            Value::Text(_) => [Type::TEXT, Type::VARCHAR].contains(of),
            Value::Blob(_) => *of == Type::BYTEA,
        };
        if fits { Ok(()) } else { Err(format!("a value does not fit the type {of}").into()) }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Converted<IsNull> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) if *of == Type::BOOL => (*number != 0).to_sql(of, out),
            Value::Integer(number) if *of == Type::INT4 => i32::try_from(*number)?.to_sql(of, out),
            Value::Integer(number) => number.to_sql(of, out),
            Value::Real(number) => number.to_sql(of, out),
            Value::Text(text) => text.to_sql(of, out),
            Value::Blob(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, of: &Type, out: &mut BytesMut) -> Converted<IsNull> {
        self.check(of)?;
        self.to_sql(of, out)
    }
}

/// A value as the server sent it.
struct Raw<'a>(ValueRef<'a>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Converted<Self> {
        Ok(Self(match *of {
            Type::INT8 => ValueRef::Integer(i64::from_sql(of, raw)?),
            Type::INT4 => ValueRef::Integer(i32::from_sql(of, raw)?.into()),
            Type::BOOL => ValueRef::Integer(bool::from_sql(of, raw)?.into()),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => ValueRef::Text(raw),
        }))
    }

    fn from_sql_null(_: &Type) -> Converted<Self> {
        Ok(Self(ValueRef::Null))
    }

    fn accepts(of: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::BOOL, Type::BYTEA, Type::TEXT, Type::VARCHAR, Type::NAME].contains(of)
    }
}

/// The value of a column.
pub(super) fn cell(row: &tokio_postgres::Row, at: usize) -> Result<ValueRef<'_>, Trouble> {
    let problem = |error: tokio_postgres::Error| Trouble::Cell { column: at.to_string(), problem: with_causes(&error) };
    Ok(row.try_get::<_, Raw<'_>>(at).map_err(problem)?.0)
}
