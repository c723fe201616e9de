//! What a token says, and how the claims that matter are named.

use super::Rejected;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The longest name of a claim, in bytes.
const NAME_MAX: usize = 200;

/// The claims of a token: a JSON object (RFC 7519 §4). One that has a claim twice is refused.
#[derive(Debug)]
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    /// A claim that is there; `null` is as good as absent.
    fn claim(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whom the token was made for: a text or a list of texts, anything else is `None` (RFC 7519 §4.1.3).
    pub(super) fn audiences(&self) -> Option<Vec<&str>> {
        match self.claim("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(several) => several.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    /// Seconds since 1970, perhaps with a fraction (RFC 7519 §2).
    pub(super) fn date(&self, name: &str) -> Result<Option<f64>, Rejected> {
        self.claim(name).map(|value| value.as_f64().ok_or(Rejected::Claims)).transpose()
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Claims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Claims, A::Error> {
                let mut claims = Map::new();
                while let Some((name, value)) = entries.next_entry()? {
                    if claims.insert(name, value).is_some() {
                        return Err(A::Error::custom("a claim is there twice"));
                    }
                }
                Ok(Claims(claims))
            }
        }
        deserializer.deserialize_map(Once)
    }
}

/// The name of a claim, or the way to one inside another: a JSON pointer (RFC 6901), which begins with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimName {
    outer: String,
    /// The rest of the pointer; empty for a name.
    inner: String,
}

impl ClaimName {
    /// Takes a name or a pointer, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if !(1..=NAME_MAX).contains(&text.len()) || text.chars().any(char::is_control) {
            return Err("must be the name of a claim, 1 to 200 bytes without control characters");
        }
        let Some(pointer) = text.strip_prefix('/') else {
            return Ok(Self { outer: text.to_owned(), inner: String::new() });
        };
        let (outer, inner) = match pointer.find('/') {
            Some(at) => pointer.split_at(at),
            None => (pointer, ""),
        };
        let escapes = pointer.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if outer.is_empty() || !escapes {
            return Err("must be a name, or a JSON pointer (RFC 6901) such as \"/customer/number\"");
        }
        Ok(Self { outer: outer.replace("~1", "/").replace("~0", "~"), inner: inner.to_owned() })
    }

    /// The claim, if it is there.
    pub(super) fn of<'a>(&self, claims: &'a Claims) -> Option<&'a Value> {
        claims.claim(&self.outer)?.pointer(&self.inner).filter(|value| !value.is_null())
    }

    /// The claim, if it is there and a text.
    pub(super) fn text<'a>(&self, claims: &'a Claims) -> Option<&'a str> {
        self.of(claims)?.as_str()
    }

    /// Whether the claim is one of these values, or a list with one of them in it. `scope` is a list with blanks between its
    /// entries (RFC 8693 §4.2). Numbers and truth values are compared as they are written.
    pub(super) fn has_one_of(&self, claims: &Claims, taken: &[String]) -> bool {
        let is = |value: &Value| match value {
            Value::String(text) => taken.contains(text),
            Value::Bool(_) | Value::Number(_) => taken.contains(&value.to_string()),
            _ => false,
        };
        match self.of(claims) {
            Some(Value::String(scopes)) if self.outer == "scope" && self.inner.is_empty() => {
                scopes.split(' ').any(|scope| taken.iter().any(|one| one == scope))
            }
            Some(Value::Array(values)) => values.iter().any(is),
            Some(value) => is(value),
            None => false,
        }
    }
}
