//! Statements as PostgreSQL wants them: values are `$1`, `$2`, ...

/// What rows begin behind.
const VALUES: &str = " values (";
/// What conditions begin behind.
const WHERE: &str = " where ";

/// A statement and, for values that have names, which name each number stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) sql: String,
    /// `:name` of `$1`, `$2` and so on; empty if values have no names.
    pub(super) names: Vec<String>,
}

/// How a statement is done for many sets of values at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Many {
    /// A question: its answer has another column, which says the set that a row is for, from 1 on.
    Asks,
    /// Puts in a row for each set.
    Inserts,
    /// Changes the rows of each set; they must not be the same ones.
    Updates,
    /// It is not.
    No,
}

impl Many {
    pub(super) fn of(text: &str) -> Self {
        let has = |word: &str| text.contains(word);
        match text.split_whitespace().next() {
            Some("select" | "with") => Self::Asks,
            Some("insert") if has(VALUES) && has_one_row(text) && !has("on conflict") => Self::Inserts,
            Some("update") if !has("select") && !has("returning") => match text.split(WHERE).collect::<Vec<_>>()[..] {
                // A word in quotes is a state: rows might be looked for by that, and not by their key.
                [_, rows] if !rows.contains('\'') => Self::Updates,
                _ => Self::No,
            },
            _ => Self::No,
        }
    }

    /// Each value is an array of this type, with one element for each set. What updates has one value more: how many sets there are.
    pub(super) fn statement(self, text: &str, types: &[&str]) -> Option<String> {
        let each = |say: fn((usize, &&str)) -> String| (1..).zip(types).map(say).collect::<Vec<_>>().join(", ");
        let (arrays, names) = (each(|(at, of)| format!("${at}::{of}[]")), each(|(at, _)| format!("v{at}")));
        let text = marked(text, "given.v").sql;
        match self {
            // With an offset, the question is planned as it is for one set, and its rows come in its order.
            Self::Asks => Some(format!(
                "select one.*, given.place from unnest({arrays}) with ordinality as given ({names}, place)
                 cross join lateral ({text} offset 0) as one"
            )),
            Self::Inserts => {
                let (into, values) = text.split_once(VALUES)?;
                let values = values.trim_end().strip_suffix(')')?;
                Some(format!("{into} select {values} from unnest({arrays}) as given ({names})"))
            }
            Self::Updates => {
                let (set, rows) = text.split_once(WHERE)?;
                // A limit that is not known yet is taken for a small one: then rows are found by their key, also if the
                // statement is planned while the table has none.
                let sets = types.len() + 1;
                Some(format!(
                    "{set} from (select * from unnest({arrays}) as each ({names}) limit ${sets}) as given where {rows}"
                ))
            }
            Self::No => None,
        }
    }
}

/// Whether what is put in ends with its one row.
fn has_one_row(text: &str) -> bool {
    let mut depth = 0;
    let row = text.split_once(VALUES).map_or("", |(_, row)| row.trim_end());
    row.char_indices().all(|(at, c)| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0 || at + 1 == row.len()
    }) && depth == -1
}

/// Numbers the places of values. What stands in quotes stays as it is.
pub(super) fn numbered(text: &str) -> Numbered {
    marked(text, "$")
}

/// The same with another mark before each number.
fn marked(text: &str, mark: &str) -> Numbered {
    let (mut sql, mut names) = (String::with_capacity(text.len() + 16), Vec::<String>::new());
    let text = without_hints(text);
    let (mut rest, mut count) = (text.as_str(), 0);
    while let Some(at) = rest.find(['?', ':', '\'', '"']) {
        let (before, from) = rest.split_at(at);
        sql.push_str(before);
        let first = from.as_bytes()[0];
        let tail = &from[1..];
        let (taken, number) = match first {
            b'?' => {
                let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                count += 1;
                (digits, Some(tail[..digits].parse().unwrap_or(count)))
            }
            b':' => {
                let name = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
                let known = names.iter().position(|known| known[1..] == tail[..name]);
                let number = known.unwrap_or_else(|| {
                    names.push(from[..=name].to_owned());
                    names.len() - 1
                });
                (name, Some(number + 1))
            }
            quote => (tail.find(char::from(quote)).map_or(tail.len(), |end| end + 1), None),
        };
        match number {
            Some(number) => sql.push_str(&format!("{mark}{number}")),
            None => sql.push_str(&from[..=taken]),
        }
        rest = &tail[taken..];
    }
    sql.push_str(rest);
    Numbered { sql, names }
}

/// What tells SQLite which index to take and which table to begin with: PostgreSQL chooses by itself.
fn without_hints(text: &str) -> String {
    let text = text.replace(" cross join ", " join ");
    let mut parts = text.split(" indexed by ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |before, part| before + part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

/// Definitions of tables in PostgreSQL's words. Texts are compared byte by byte, as SQLite does.
pub(super) fn defined(text: &str) -> String {
    let words = [
        (" blob", " bytea"),
        (" integer", " bigint"),
        (" text ", " text collate \"C\" "),
        (" text,", " text collate \"C\","),
        (") strict, without rowid", ")"),
        (") strict", ")"),
        (") without rowid", ")"),
    ];
    let lines = text.lines().map(|line| {
        // A comment may say anything.
        let code = line.split("--").next().unwrap_or_default();
        words.iter().fold(code.to_owned(), |code, (ours, theirs)| code.replace(ours, theirs))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_for_many_sets_of_values_takes_an_array_for_each_value() {
        let of = |text| Many::of(text).statement(text, &["bytea", "int8"]);
        let said = |text| of(text).map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "));
        for (text, sql) in [
            (
                "select b from a where c = ?2 and d = ?1 limit 1",
                "select one.*, given.place from unnest($1::bytea[], $2::int8[]) with ordinality as given (v1, v2, place) \
                 cross join lateral (select b from a where c = given.v2 and d = given.v1 limit 1 offset 0) as one",
            ),
            (
                "insert into a (b, c, d)\n values (:b, 'open', :c + 1)",
                "insert into a (b, c, d) select given.v1, 'open', given.v2 + 1 \
                 from unnest($1::bytea[], $2::int8[]) as given (v1, v2)",
            ),
            (
                "update a set b = ?2 where c = ?1 and b < ?2",
                "update a set b = given.v2 \
                 from (select * from unnest($1::bytea[], $2::int8[]) as each (v1, v2) limit $3) as given \
                 where c = given.v1 and b < given.v2",
            ),
        ] {
            assert_eq!(said(text).as_deref(), Some(sql));
        }
        for text in [
            "delete from a where b = ?",
            "insert into a (b) values (?) on conflict (b) do nothing",
            "insert into a (b) values (?) returning c",
            "insert into a (b) values (?), (?)",
            "update a set b = (select c from d where e = ?1) where f = ?2",
            "update a set b = ?1 where c = ?2 returning d",
            "update a set b = ?1 where c = ?2 and d = 'open'",
        ] {
            assert_eq!(said(text), None);
        }
    }

    #[test]
    fn values_are_numbered_by_their_place_number_or_name() {
        for (text, sql, names) in [
            ("select 1", "select 1", vec![]),
            ("a = ? and b = ?", "a = $1 and b = $2", vec![]),
            ("a = ?2 and b = ?1 or a = ?2", "a = $2 and b = $1 or a = $2", vec![]),
            ("a = :one, b = :two, c = :one", "a = $1, b = $2, c = $1", vec![":one", ":two"]),
            ("a = ':no' or \"b?\" = ?", "a = ':no' or \"b?\" = $1", vec![]),
            ("a = 'it''s ?' and b = ?", "a = 'it''s ?' and b = $1", vec![]),
            ("from a cross join b on a.c = b.c", "from a join b on a.c = b.c", vec![]),
            ("from a indexed by a_by_b where b = ?", "from a where b = $1", vec![]),
            ("a = 'open ?", "a = 'open ?", vec![]),
        ] {
            let names = names.into_iter().map(str::to_owned).collect();
            assert_eq!(numbered(text), Numbered { sql: sql.to_owned(), names });
        }
    }
}
