//! A statement that is done for many sets of values at once: each of its values is then an array, with one element for each set.
//!
//! A statement costs the server more than a row does: it is started and ended, and its answer sent. So questions of one statement
//! that are asked ahead are asked as one, and so are writes, where it makes no difference which of them comes first.

use super::super::text::Many;
use super::super::{Reach, Result};
use super::pipeline::{Put, Told, answers, sent};
use super::{Bound, Client, Converted, Prepared, Trouble, cell};
use bytes::BytesMut;
use rusqlite::types::{Value, ValueRef};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type};
use tokio_postgres::{Row, Statement};

/// A statement with its values.
pub(super) struct Asked<'a> {
    statement: &'a Statement,
    values: Vec<Given<'a>>,
    /// For how many sets of values.
    sets: usize,
}

impl<'a> Asked<'a> {
    /// For one set of values or more. `None` for several, if the statement has no such form.
    fn new(prepared: &'a Prepared, sets: &[&'a [Value]]) -> Option<Self> {
        let (statement, values) = match sets {
            [one] => (&prepared.statement, one.iter().map(|value| Given::One(Bound(value))).collect()),
            many => {
                let column = |at| Given::Many(many.iter().map(|values| Bound(&values[at])).collect());
                let columns = (0..prepared.statement.params().len()).map(column);
                let sets = (prepared.form == Many::Updates).then_some(Given::Sets(many.len()));
                (prepared.many.get()?.as_ref()?, columns.chain(sets).collect())
            }
        };
        Some(Self { statement, values, sets: sets.len() })
    }

    /// As few of them as the statement allows.
    fn all(prepared: &'a Prepared, sets: &[&'a [Value]]) -> Vec<Self> {
        let together = Self::new(prepared, sets);
        together.map_or_else(|| sets.chunks(1).filter_map(|set| Self::new(prepared, set)).collect(), |it| vec![it])
    }

    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
    }

    /// The rows for each set of values.
    pub(super) fn sorted(&self, rows: Vec<Row>) -> Result<Vec<Vec<Row>>, Trouble> {
        if self.sets == 1 {
            return Ok(vec![rows]);
        }
        let mut sorted: Vec<_> = (0..self.sets).map(|_| Vec::new()).collect();
        for row in rows {
            let at = row.len() - 1;
            let place = match cell(&row, at)? {
                ValueRef::Integer(place) => usize::try_from(place - 1).ok().filter(|place| *place < self.sets),
                _ => None,
            };
            let problem = || Trouble::Cell { column: at.to_string(), problem: "is no place".to_owned() };
            sorted[place.ok_or_else(problem)?].push(row);
        }
        Ok(sorted)
    }
}

/// Sends all questions before it waits for any answer.
pub(super) async fn ask(live: &tokio_postgres::Client, asked: &[Asked<'_>]) -> Told<Vec<Vec<Row>>> {
    let values: Vec<_> = asked.iter().map(Asked::values).collect();
    let queries = asked.iter().zip(&values).map(|(asked, values)| live.query(asked.statement, values));
    answers(sent(queries.collect()).await).await
}

/// Sends all writes before it waits for any answer, and `question` behind them. Gives how many rows each has changed, and the answer.
pub(super) async fn write<T>(
    live: &tokio_postgres::Client,
    asked: &[Asked<'_>],
    question: impl Future<Output = Told<T>>,
) -> Told<(Vec<u64>, T)> {
    let values: Vec<_> = asked.iter().map(Asked::values).collect();
    let writes = asked.iter().zip(&values).map(|(asked, values)| live.execute(asked.statement, values));
    let (done, question) = (sent(writes.collect()).await, sent(vec![question]).await);
    let changed = answers(done).await?;
    let mut answer = answers(question).await?;
    Ok((changed, answer.remove(0)))
}

impl Client {
    /// Statements with all their sets of values, as few as may be, in their order.
    pub(super) fn together<'a>(
        &self,
        alike: impl Iterator<Item = (&'a Prepared, Vec<&'a [Value]>)>,
    ) -> Result<Vec<Asked<'a>>> {
        let mut all = Vec::new();
        for (prepared, sets) in alike {
            if sets.len() > 1 {
                self.prepare_many(prepared)?;
            }
            all.append(&mut Asked::all(prepared, &sets));
        }
        Ok(all)
    }

    /// Prepares the form of a statement for many sets of values, if it has one.
    fn prepare_many(&self, prepared: &Prepared) -> Result<()> {
        if prepared.many.get().is_some() {
            return Ok(());
        }
        let types: Vec<_> = prepared.statement.params().iter().map(Type::name).collect();
        let sql = prepared.form.statement(&prepared.text, &types);
        let many = sql.map(|sql| self.ask(self.live()?.prepare(&sql))).transpose()?;
        // Nobody else prepares on this connection.
        prepared.many.get_or_init(|| many);
        Ok(())
    }
}

/// Writes of one statement that are done together, in the place of the first of them.
type Group<'a> = Vec<&'a Put>;

/// Brings writes together that may be: none comes before one that it may meet.
///
/// Two writes meet if they have to do with the same key, in whatever tables: a row may refer to another one by its key. Rows that
/// are put in by one statement do not meet each other.
pub(super) fn grouped(puts: &[Put]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut alike: HashMap<_, usize> = HashMap::new();
    // The last group with this key, with any row of this table, and with whatever there is.
    let (mut by_key, mut by_table, mut any) = (HashMap::<&[u8], usize>::new(), HashMap::new(), None);
    for put in puts {
        let keys: Vec<_> = put.keys().collect();
        let statement = (Arc::as_ptr(&put.prepared), put.one);
        let found = match put.reach {
            Reach::Keys(table) if !keys.is_empty() => {
                let met = keys.iter().map(|key| by_key.get(key)).max().flatten();
                let met = met.max(by_table.get(table)).copied().max(any);
                alike.get(&statement).copied().filter(|at| match put.prepared.form {
                    Many::Inserts => met <= Some(*at),
                    Many::Updates => met < Some(*at),
                    Many::Asks | Many::No => false,
                })
            }
            _ => None,
        };
        let at = found.unwrap_or(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(put),
            None => groups.push(vec![put]),
        }
        alike.insert(statement, at);
        match put.reach {
            Reach::Keys(_) if !keys.is_empty() => {
                for key in keys {
                    let last = by_key.entry(key).or_default();
                    *last = at.max(*last);
                }
            }
            Reach::Table(table) => {
                by_table.insert(table, at);
            }
            Reach::Keys(_) | Reach::All => any = Some(at),
        }
    }
    groups
}

/// A value of a statement: one, or one for each set.
#[derive(Debug)]
enum Given<'a> {
    One(Bound<'a>),
    Many(Vec<Bound<'a>>),
    /// How many there are.
    Sets(usize),
}

impl ToSql for Given<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Converted<IsNull> {
        match self {
            Self::One(value) => value.to_sql(of, out),
            Self::Many(values) => values.to_sql(of, out),
            Self::Sets(sets) => i64::try_from(*sets)?.to_sql(of, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, of: &Type, out: &mut BytesMut) -> Converted<IsNull> {
        match (self, of.kind()) {
            (Self::One(value), _) => value.check(of)?,
            (Self::Many(values), Kind::Array(each)) => values.iter().try_for_each(|value| value.check(each))?,
            (Self::Sets(_), _) if *of == Type::INT8 => {}
            (Self::Many(_) | Self::Sets(_), _) => return Err(format!("values do not fit the type {of}").into()),
        }
        self.to_sql(of, out)
    }
}
