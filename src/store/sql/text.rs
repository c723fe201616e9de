//! Statements as PostgreSQL wants them: values are `$1`, `$2`, ...

/// A statement and, for values that have names, which name each number stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) sql: String,
    /// `:name` of `$1`, `$2` and so on; empty if values have no names.
    pub(super) names: Vec<String>,
}

/// Numbers the places of values. What stands in quotes stays as it is.
pub(super) fn numbered(text: &str) -> Numbered {
    let (mut sql, mut names) = (String::with_capacity(text.len() + 16), Vec::<String>::new());
    let text = without_hints(text);
    let (mut rest, mut count) = (text.as_str(), 0);
    while let Some(at) = rest.find(['?', ':', '\'', '"']) {
        let (before, from) = rest.split_at(at);
        sql.push_str(before);
        let mark = from.as_bytes()[0];
        let tail = &from[1..];
        let (taken, number) = match mark {
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
            Some(number) => sql.push_str(&format!("${number}")),
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
