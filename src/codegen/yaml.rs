//! YAML to JSON, refusing what JSON cannot say and what YAML readers disagree about.

use super::{Problem, escape};
use serde_json::{Map, Value};

/// The document as JSON, keywords in the order of the file.
pub fn to_json(file: &str, text: &str) -> Result<Value, Problem> {
    // The reader's own Value refuses duplicate keys; serde_json's would keep the last one.
    let value: serde_norway::Value = serde_norway::from_str(text)
        .map_err(|error| Problem::new(file, "#", format!("this is not YAML that can be used: {error}")))?;
    convert(file, "#", value)
}

fn convert(file: &str, at: &str, value: serde_norway::Value) -> Result<Value, Problem> {
    Ok(match value {
        serde_norway::Value::Null => Value::Null,
        serde_norway::Value::Bool(flag) => flag.into(),
        serde_norway::Value::String(text) => text.into(),
        serde_norway::Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(n), ..) => n.into(),
            (_, Some(n), _) => n.into(),
            (.., Some(n)) if n.is_finite() => n.into(),
            _ => return Err(Problem::new(file, at, "JSON has no such number")),
        },
        serde_norway::Value::Sequence(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| convert(file, &format!("{at}/{index}"), item))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        serde_norway::Value::Mapping(members) => {
            let mut object = Map::new();
            for (key, member) in members {
                let serde_norway::Value::String(key) = key else {
                    return Err(Problem::new(file, at, format!("the key {key:?} is not text; quote it")));
                };
                let below = format!("{at}/{}", escape(&key));
                object.insert(key, convert(file, &below, member)?);
            }
            object.into()
        }
        serde_norway::Value::Tagged(_) => {
            return Err(Problem::new(file, at, "YAML tags mean nothing in JSON; remove the tag"));
        }
    })
}
