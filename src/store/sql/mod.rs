//! One way to speak with either engine.
//!
//! What a step reads and writes is written once, in the SQL that both engines know: `?`, `?1` or `:name` stand for values, and
//! values are SQLite's: nothing, 64-bit integers, texts and bytes. What only one engine has is in its own module.
//!
//! ```text
//! Connection -> Statement -> Rows -> Row        the same calls, whatever the engine
//!   Sqlite: rusqlite, nothing in between
//!   Postgres: values are numbered ($1), statements prepared once for a connection, rows read as a whole, questions asked ahead,
//!             writes sent as a whole
//! ```

mod postgres;
mod text;
mod values;

use rusqlite::CachedStatement;
use rusqlite::types::{FromSql, ValueRef};
use std::ops::Deref;
use std::sync::Arc;

pub(in crate::store) use postgres::Client;
pub use postgres::{Address, AddressError, Trouble};
pub(in crate::store) use values::{Named, Params, named, params, params_from_iter};

/// Why a statement gave nothing.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum Error {
    /// The embedded engine says why.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The database server says why, or is out of reach.
    #[error(transparent)]
    Postgres(#[from] Trouble),
    /// A row was asked for, and there is none.
    #[error("there is no such row")]
    NoRow,
    /// Not one row was changed, as it had to be.
    #[error("{0}")]
    NotOne(&'static str),
    /// The statement was only tried.
    #[error("the statement was only tried")]
    Ahead,
}

impl Error {
    /// Whether a database server says this (SQLSTATE).
    pub(in crate::store) fn is_refused_with(&self, state: &str) -> bool {
        matches!(self, Self::Postgres(Trouble::Refused { code, .. }) if code == state)
    }
}

pub(in crate::store) type Result<T, E = Error> = std::result::Result<T, E>;

/// What a statement may have to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Reach {
    /// Anything.
    All,
    /// Any row of this table, and of no other.
    Table(&'static str),
    /// Rows of this table that have certain keys.
    Keys(&'static str),
}

/// For answers that may be missing.
pub(in crate::store) trait OptionalExtension<T> {
    /// `None` for [`Error::NoRow`].
    fn optional(self) -> Result<Option<T>>;
}

impl<T> OptionalExtension<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoRow | Error::Sqlite(rusqlite::Error::QueryReturnedNoRows)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A connection to the one or the other engine.
pub(in crate::store) enum Connection {
    /// To a file.
    Sqlite(rusqlite::Connection),
    /// To a server.
    Postgres(Box<Client>),
}

impl From<rusqlite::Connection> for Connection {
    fn from(connection: rusqlite::Connection) -> Self {
        Self::Sqlite(connection)
    }
}

impl Connection {
    /// To a file, as it is.
    #[cfg(test)]
    pub(in crate::store) fn open(path: impl AsRef<std::path::Path>) -> Result<Self> {
        Ok(rusqlite::Connection::open(path)?.into())
    }

    /// A statement that will be used again: it is read by the engine once.
    pub(in crate::store) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        Ok(match self {
            Self::Sqlite(connection) => Statement::Sqlite(connection.prepare_cached(sql)?),
            Self::Postgres(client) => Statement::Postgres(client, client.prepare(sql)?, Reach::All),
        })
    }

    /// The same, for a statement that can be asked ahead, see [`look_ahead`](Self::look_ahead): it is about rows of one table that have a key of
    /// 16 or 32 bytes, which stands among the values or in the answer.
    pub(in crate::store) fn prepare_keyed(&self, table: &'static str, sql: &str) -> Result<Statement<'_>> {
        self.prepare_in(Reach::Keys(table), sql)
    }

    /// The same, for a statement about any rows of one table.
    pub(in crate::store) fn prepare_about(&self, table: &'static str, sql: &str) -> Result<Statement<'_>> {
        self.prepare_in(Reach::Table(table), sql)
    }

    fn prepare_in(&self, reach: Reach, sql: &str) -> Result<Statement<'_>> {
        Ok(match self {
            Self::Sqlite(_) => self.prepare_cached(sql)?,
            Self::Postgres(client) => Statement::Postgres(client, client.prepare(sql)?, reach),
        })
    }

    /// A query without values, used once, whose answer may be longer than what fits into memory. Belongs into a transaction.
    pub(in crate::store) fn prepare_walk(&self, sql: &str) -> Result<Statement<'_>> {
        match self {
            Self::Sqlite(_) => self.prepare_cached(sql),
            Self::Postgres(client) => Ok(Statement::Walk(client, sql.to_owned())),
        }
    }

    /// Does a statement. Returns how many rows it has changed.
    pub(in crate::store) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare_cached(sql)?.execute(params)
    }

    /// The first row of an answer.
    pub(in crate::store) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.prepare_cached(sql)?.query_row(params, read)
    }

    /// Statements without values, one after the other.
    pub(in crate::store) fn execute_batch(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(client) => client.batch(sql),
        }
    }

    /// Statements that define tables, in SQLite's words.
    pub(in crate::store) fn define(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.execute_batch(sql),
            Self::Postgres(_) => self.execute_batch(&text::defined(sql)),
        }
    }

    /// The column that numbers the rows of a table in the order in which they came, in engines that have one.
    pub(in crate::store) fn row_number(&self) -> Option<&'static str> {
        match self {
            Self::Sqlite(_) => Some("rowid"),
            Self::Postgres(_) => None,
        }
    }

    /// Whether each statement takes its time on a network.
    pub(in crate::store) fn is_remote(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// From here to the end of the transaction, statements are planned for their values: for those that look for what is over, of
    /// which there may be nothing or nearly everything.
    pub(in crate::store) fn plan_for_values(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(client) => client.batch("set local plan_cache_mode = auto"),
        }
    }

    /// The file, where it is one.
    pub(in crate::store) fn file(&self) -> Option<&rusqlite::Connection> {
        match self {
            Self::Sqlite(connection) => Some(connection),
            Self::Postgres(_) => None,
        }
    }

    /// How many rows have been changed through this connection.
    pub(in crate::store) fn total_changes(&self) -> u64 {
        match self {
            Self::Sqlite(connection) => connection.total_changes(),
            Self::Postgres(client) => client.changes(),
        }
    }

    /// Begins a transaction that writes; no other one that was begun so goes on at the same time.
    pub(in crate::store) fn begin(&self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch("begin immediate")?),
            Self::Postgres(client) => client.begin(),
        }
    }

    /// Makes durable what was done since [`begin`](Self::begin). An error means that nothing of it has happened, but for
    /// [`Trouble::InDoubt`].
    pub(in crate::store) fn commit(&self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch("commit")?),
            Self::Postgres(client) => client.commit(),
        }
    }

    /// Undoes what was done since [`begin`](Self::begin), if there is a transaction.
    pub(in crate::store) fn rollback(&self) -> Result<()> {
        match self {
            Self::Sqlite(connection) if connection.is_autocommit() => Ok(()),
            Self::Sqlite(connection) => Ok(connection.execute_batch("rollback")?),
            Self::Postgres(client) => client.rollback(),
        }
    }

    /// Tries out, without effect, what will be done, and asks ahead what it asks first; for a server, which is far. `false` once
    /// it asks nothing more, or nothing that can be asked ahead.
    ///
    /// While something is tried, what it asks and is not known yet is [`Error::Ahead`], and what it writes is dropped.
    pub(in crate::store) fn look_ahead<T>(&self, works: &mut Vec<T>, mut try_out: impl FnMut(&T)) -> Result<bool> {
        let Self::Postgres(client) = self else { return Ok(false) };
        client.try_out();
        works.retain(|work| {
            let before = client.noted();
            try_out(work);
            client.noted() > before
        });
        client.ask_noted()?;
        Ok(!works.is_empty())
    }

    /// Sends what was put, so that what fails of it fails now.
    pub(in crate::store) fn send(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(client) => client.send_waiting(),
        }
    }

    /// Undoes what was done since this savepoint.
    pub(in crate::store) fn rollback_to(&self, savepoint: &str) -> Result<()> {
        if let Self::Postgres(client) = self {
            client.forget_waiting();
        }
        self.execute_batch(&format!("rollback to {savepoint}"))
    }

    /// Whether there is a transaction: the engine may have given it up by itself.
    pub(in crate::store) fn in_transaction(&self) -> bool {
        match self {
            Self::Sqlite(connection) => !connection.is_autocommit(),
            Self::Postgres(client) => client.in_transaction(),
        }
    }

    /// A transaction that writes, and that is undone unless it is committed.
    pub(in crate::store) fn transaction(&mut self) -> Result<Transaction<'_>> {
        self.begin()?;
        Ok(Transaction(self))
    }

    /// A transaction that only reads, all of it as it was at one moment.
    pub(in crate::store) fn snapshot(&mut self) -> Result<Transaction<'_>> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch("begin")?,
            Self::Postgres(client) => client.begin_snapshot()?,
        }
        Ok(Transaction(self))
    }
}

/// See [`Connection::transaction`].
pub(in crate::store) struct Transaction<'c>(&'c Connection);

impl Transaction<'_> {
    pub(in crate::store) fn commit(self) -> Result<()> {
        // What cannot be committed is undone when this goes.
        self.0.commit()
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // Best effort: what is not undone now is so when the connection goes.
        drop(self.0.rollback());
    }
}

/// A statement that the engine has read.
pub(in crate::store) enum Statement<'c> {
    Sqlite(CachedStatement<'c>),
    Postgres(&'c Client, Arc<postgres::Prepared>, Reach),
    Walk(&'c Client, String),
}

impl Statement<'_> {
    /// Does it. Returns how many rows it has changed.
    pub(in crate::store) fn execute(&mut self, params: impl Params) -> Result<usize> {
        match self {
            Self::Sqlite(statement) => {
                values::bind_sqlite(statement, &params)?;
                Ok(statement.raw_execute()?)
            }
            Self::Postgres(client, prepared, reach) => client.execute(prepared, &params, *reach),
            Self::Walk(client, sql) => client.execute(&*client.prepare(sql)?, &params, Reach::All),
        }
    }

    /// Does it; how many rows it changes is not asked. In a transaction on a server it is only sent before whatever is asked next,
    /// so an error of it may be the next one's.
    pub(in crate::store) fn put(&mut self, params: impl Params) -> Result<()> {
        match self {
            Self::Postgres(client, prepared, reach) => client.put(prepared, &params, *reach, None),
            _ => self.execute(params).map(drop),
        }
    }

    /// The same, for a statement that has to change one row: `problem` says what it means that it has not.
    pub(in crate::store) fn put_one(&mut self, params: impl Params, problem: &'static str) -> Result<()> {
        match self {
            Self::Postgres(client, prepared, reach) => client.put(prepared, &params, *reach, Some(problem)),
            _ => one(self.execute(params)? as u64, problem),
        }
    }

    /// Its answer, row by row.
    pub(in crate::store) fn query(&mut self, params: impl Params) -> Result<Rows<'_>> {
        Ok(match self {
            Self::Sqlite(statement) => {
                values::bind_sqlite(statement, &params)?;
                Rows::Sqlite(statement.raw_query())
            }
            Self::Postgres(client, prepared, reach) => {
                Rows::Postgres { answer: client.query(prepared, &params, *reach)?, next: 0, more: None }
            }
            Self::Walk(client, sql) => {
                let more = Some((*client, client.open_cursor(sql)?));
                Rows::Postgres { answer: Default::default(), next: 0, more }
            }
        })
    }

    /// The first row of its answer.
    pub(in crate::store) fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T>,
    ) -> Result<T> {
        read(self.query(params)?.next()?.ok_or(Error::NoRow)?)
    }

    /// Every row of its answer.
    pub(in crate::store) fn query_map<T>(
        &mut self,
        params: impl Params,
        read: impl FnMut(Row<'_>) -> Result<T>,
    ) -> Result<std::vec::IntoIter<Result<T>>> {
        let mut read = read;
        let (mut rows, mut all) = (self.query(params)?, Vec::new());
        while let Some(row) = rows.next()? {
            all.push(read(row));
        }
        Ok(all.into_iter())
    }

    /// Whether its answer has a row.
    pub(in crate::store) fn exists(&mut self, params: impl Params) -> Result<bool> {
        Ok(self.query(params)?.next()?.is_some())
    }
}

fn one(changed: u64, problem: &'static str) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(Error::NotOne(problem)) }
}

/// An answer.
pub(in crate::store) enum Rows<'s> {
    Sqlite(rusqlite::Rows<'s>),
    Postgres {
        answer: postgres::Answer,
        next: usize,
        /// Where the next rows come from, and the statement that asks for them.
        more: Option<(&'s Client, String)>,
    },
}

impl Rows<'_> {
    /// The next row, if there is one.
    pub(in crate::store) fn next(&mut self) -> Result<Option<Row<'_>>> {
        Ok(match self {
            Self::Sqlite(rows) => rows.next()?.map(Row::Sqlite),
            Self::Postgres { answer, next, more } => {
                if let (true, Some((client, fetch))) = (*next == answer.len(), &more) {
                    (*answer, *next) = (client.query(&client.prepare(fetch)?, &(), Reach::All)?, 0);
                }
                *next += 1;
                answer.get(*next - 1).map(Row::Postgres)
            }
        })
    }
}

/// A row of an answer.
#[derive(Clone, Copy)]
pub(in crate::store) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Row<'r> {
    /// The value of a column, by its number or its name.
    pub(in crate::store) fn get<C: Column, T: FromSql>(self, column: C) -> Result<T> {
        match self {
            Self::Sqlite(row) => Ok(column.of_sqlite(row)?),
            Self::Postgres(row) => {
                let at = column.of_postgres(row)?;
                Ok(T::column_result(postgres::cell(row, at)?).map_err(|problem| Trouble::cell(row, at, &problem))?)
            }
        }
    }

    /// The same, as it stands there.
    pub(in crate::store) fn get_ref(self, column: usize) -> Result<ValueRef<'r>> {
        match self {
            Self::Sqlite(row) => Ok(row.get_ref(column)?),
            Self::Postgres(row) => Ok(postgres::cell(row, column)?),
        }
    }
}

/// What a column is found by.
pub(in crate::store) trait Column {
    fn of_sqlite<T: FromSql>(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<T>;
    fn of_postgres(&self, row: &tokio_postgres::Row) -> Result<usize>;
}

impl Column for usize {
    fn of_sqlite<T: FromSql>(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<T> {
        row.get(*self)
    }

    fn of_postgres(&self, _: &tokio_postgres::Row) -> Result<usize> {
        Ok(*self)
    }
}

impl Column for &str {
    fn of_sqlite<T: FromSql>(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<T> {
        row.get(*self)
    }

    fn of_postgres(&self, row: &tokio_postgres::Row) -> Result<usize> {
        let at = row.columns().iter().position(|column| column.name() == *self);
        Ok(at.ok_or_else(|| Trouble::NoColumn((*self).to_owned()))?)
    }
}
