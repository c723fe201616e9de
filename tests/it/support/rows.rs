//! The rows of a test's data, looked at and tampered with by hand, whichever engine has them.
//!
//! Statements are SQLite's, as far as they are PostgreSQL's too, but for values (`?`, `?1`) and `zeroblob(n)`.

use bytes::BytesMut;
use countersign::store::{Address, Location};
use rusqlite::Connection;
use rusqlite::types::{FromSql, ToSqlOutput, Value, ValueRef};
use std::error::Error;
use std::future::Future;
use std::ops::Deref;
use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Client;
use tokio_postgres::types::{IsNull, ToSql, Type};

/// Another connection than the server's.
pub(crate) enum Rows {
    File(Connection),
    Server(Box<dyn Deref<Target = Client> + Send + Sync>),
}

impl Rows {
    pub(crate) fn at(place: &Location) -> Self {
        match place {
            Location::File(path) => Self::File(Connection::open(path).unwrap()),
            Location::Server(address) => Self::Server(wait(connect(address))),
        }
    }

    /// Does a statement, or several.
    pub(crate) fn run(&self, sql: &str) {
        match self {
            Self::File(connection) => connection.execute_batch(sql).unwrap(),
            Self::Server(client) => wait(client.batch_execute(&numbered(sql))).unwrap(),
        }
    }

    /// Does a statement with values. Returns how many rows it has changed.
    pub(crate) fn change(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> usize {
        match self {
            Self::File(connection) => connection.execute(sql, values).unwrap(),
            Self::Server(client) => {
                let values: Vec<_> = values.iter().map(|value| Cell::of(*value)).collect();
                let prepared = wait(client.prepare(&numbered(sql))).unwrap();
                usize::try_from(wait(client.execute_raw(&prepared, values)).unwrap()).unwrap()
            }
        }
    }

    /// Keeps everybody else from writing.
    pub(crate) fn hold(&self) {
        self.run(match self {
            Self::File(_) => "begin immediate",
            Self::Server(_) => "begin; select id from store_turn for update",
        });
    }

    /// Does so no longer.
    pub(crate) fn release(&self) {
        self.run("rollback");
    }

    /// The rows of an answer.
    pub(crate) fn read(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Vec<Vec<Value>> {
        match self {
            Self::File(connection) => {
                let mut statement = connection.prepare(sql).unwrap();
                let columns = statement.column_count();
                let row = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
                statement.query_map(values, row).unwrap().map(Result::unwrap).collect()
            }
            Self::Server(client) => {
                let values: Vec<_> = values.iter().map(|value| Cell::of(*value)).collect();
                let values: Vec<_> = values.iter().map(|cell| cell as _).collect();
                let rows = wait(client.query(&numbered(sql), &values)).unwrap();
                rows.iter().map(|row| (0..row.len()).map(|at| row.get::<_, Cell>(at).0).collect()).collect()
            }
        }
    }

    /// The first value of the first row of an answer.
    pub(crate) fn value<T: FromSql>(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> T {
        of(&self.read(sql, values)[0][0])
    }

    /// The names of a table's columns, in their order.
    pub(crate) fn columns(&self, table: &str) -> Vec<String> {
        let sql = match self {
            Self::File(_) => "select name from pragma_table_info(?)",
            Self::Server(_) => {
                "select column_name from information_schema.columns where table_schema = current_schema() and table_name = ?
                 order by ordinal_position"
            }
        };
        self.read(sql, &[&table]).iter().map(|row| of(&row[0])).collect()
    }

    /// The names of all tables.
    pub(crate) fn tables(&self) -> Vec<String> {
        let sql = match self {
            Self::File(_) => {
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name"
            }
            Self::Server(_) => {
                "select table_name from information_schema.tables where table_schema = current_schema() order by table_name"
            }
        };
        self.read(sql, &[]).iter().map(|row| of(&row[0])).collect()
    }

    /// The bytes of everything that stands in any row.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for table in self.tables() {
            for value in self.read(&format!("select * from {table}"), &[]).into_iter().flatten() {
                match value {
                    Value::Text(text) => bytes.extend(text.into_bytes()),
                    Value::Blob(blob) => bytes.extend(blob),
                    Value::Integer(number) => bytes.extend(number.to_be_bytes()),
                    Value::Null | Value::Real(_) => (),
                }
                bytes.push(b'\n');
            }
        }
        bytes
    }
}

/// A value as what a test takes it for.
pub(crate) fn of<T: FromSql>(value: &Value) -> T {
    T::column_result(ValueRef::from(value)).unwrap()
}

async fn connect(address: &Address) -> Box<dyn Deref<Target = Client> + Send + Sync> {
    let client = address.connect().await.unwrap();
    let zeroblob = "create function pg_temp.zeroblob(n bigint) returns bytea language sql
                    as $$ select decode(repeat('00', n::int), 'hex') $$";
    client.batch_execute(zeroblob).await.unwrap();
    Box::new(client)
}

/// In PostgreSQL's words.
fn numbered(sql: &str) -> String {
    let mut parts = sql.split('?');
    let first = parts.next().unwrap().to_owned();
    let text = (1..).zip(parts).fold(first, |before, (number, part)| {
        let given = part.starts_with(|c: char| c.is_ascii_digit());
        before + "$" + &if given { String::new() } else { number.to_string() } + part
    });
    text.replace("zeroblob(", "pg_temp.zeroblob(")
}

/// Waits for an answer, also on a thread that another runtime has.
fn wait<T: Send>(work: impl Future<Output = T> + Send) -> T {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());
    std::thread::scope(|scope| scope.spawn(|| RUNTIME.block_on(work)).join().unwrap())
}

/// A value on its way from or to PostgreSQL.
#[derive(Debug)]
struct Cell(Value);

impl Cell {
    fn of(value: &dyn rusqlite::ToSql) -> Self {
        Self(match value.to_sql().unwrap() {
            ToSqlOutput::Borrowed(value) => value.try_into().unwrap(),
            ToSqlOutput::Owned(value) => value,
            other => panic!("{other:?} is no value"),
        })
    }
}

impl ToSql for Cell {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) => number.to_sql(of, out),
            Value::Real(number) => number.to_sql(of, out),
            Value::Text(text) => text.to_sql(of, out),
            Value::Blob(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

impl<'a> tokio_postgres::types::FromSql<'a> for Cell {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *of {
            Type::INT8 => Value::Integer(i64::from_sql(of, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(of, raw)?.into()),
            Type::BOOL => Value::Integer(bool::from_sql(of, raw)?.into()),
            Type::TEXT | Type::VARCHAR | Type::NAME => Value::Text(String::from_utf8(raw.to_vec())?),
            _ => Value::Blob(raw.to_vec()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
