//! The values of a statement: a tuple or an array in the order of their places, or pairs of name and value.

use super::Result;
use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;

/// Where a value belongs.
#[derive(Clone, Copy)]
pub(in crate::store) enum Place<'a> {
    /// From 1 on.
    Number(usize),
    /// With its colon.
    Name(&'a str),
}

/// The values of a statement.
pub(in crate::store) trait Params {
    /// Hands over each value with its place.
    fn each(&self, take: &mut dyn FnMut(Place<'_>, &dyn ToSql) -> Result<()>) -> Result<()>;
}

/// Binds them all. A place without a value is null, as the engine has it.
pub(super) fn bind_sqlite(statement: &mut rusqlite::Statement<'_>, params: &impl Params) -> Result<()> {
    let places = statement.parameter_count();
    let mut given = 0;
    params.each(&mut |place, value| {
        let at = match place {
            Place::Number(at) => at,
            Place::Name(name) => statement
                .parameter_index(name)?
                .ok_or_else(|| rusqlite::Error::InvalidParameterName(name.to_owned()))?,
        };
        given += 1;
        Ok(statement.raw_bind_parameter(at, value)?)
    })?;
    if given == places { Ok(()) } else { Err(rusqlite::Error::InvalidParameterCount(given, places).into()) }
}

impl<T: ToSql, const N: usize> Params for [T; N] {
    fn each(&self, take: &mut dyn FnMut(Place<'_>, &dyn ToSql) -> Result<()>) -> Result<()> {
        (1..).zip(self).try_for_each(|(at, value)| take(Place::Number(at), value))
    }
}

/// No values: what `()` stands for.
impl Params for () {
    fn each(&self, _: &mut dyn FnMut(Place<'_>, &dyn ToSql) -> Result<()>) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {
        $(impl<$($name: ToSql),+> Params for ($($name,)+) {
            fn each(&self, take: &mut dyn FnMut(Place<'_>, &dyn ToSql) -> Result<()>) -> Result<()> {
                $(take(Place::Number($at + 1), &self.$at)?;)+
                Ok(())
            }
        })+
    };
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// Values by the names that they have in the statement.
pub(in crate::store) struct Named<'a, const N: usize>(pub(in crate::store) [(&'static str, &'a dyn ToSql); N]);

impl<const N: usize> Params for Named<'_, N> {
    fn each(&self, take: &mut dyn FnMut(Place<'_>, &dyn ToSql) -> Result<()>) -> Result<()> {
        self.0.iter().try_for_each(|(name, value)| take(Place::Name(name), *value))
    }
}

/// `named! { ":name": value, ... }`: see [`Named`].
macro_rules! named {
    ($($name:literal: $value:expr),+ $(,)?) => {
        $crate::store::sql::Named([$(($name, &$value as &dyn ::rusqlite::ToSql)),+])
    };
}
pub(in crate::store) use named;

struct Listed<T>(Vec<T>);

impl<T: ToSql> Params for Listed<T> {
    fn each(&self, take: &mut dyn FnMut(Place<'_>, &dyn ToSql) -> Result<()>) -> Result<()> {
        (1..).zip(&self.0).try_for_each(|(at, value)| take(Place::Number(at), value))
    }
}

/// As many values as there are.
pub(in crate::store) fn params_from_iter<T: ToSql>(values: impl IntoIterator<Item = T>) -> impl Params {
    Listed(values.into_iter().collect())
}

/// A value as it is handed to the engine.
pub(super) fn value<'a>(output: &'a ToSqlOutput<'_>) -> Option<rusqlite::types::ValueRef<'a>> {
    match output {
        ToSqlOutput::Borrowed(value) => Some(*value),
        ToSqlOutput::Owned(value) => Some(value.into()),
        _ => None,
    }
}

/// `params![value, ...]`: more values than fit into a tuple, in the order of their places.
macro_rules! params {
    ($($value:expr),+ $(,)?) => {
        [$(&$value as &dyn ::rusqlite::ToSql),+]
    };
}
pub(in crate::store) use params;
