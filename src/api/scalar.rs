//! What the wire types of every family are made of.
//!
//! One line declares a scalar, and its parsing, its serde and its JSON schema all come from that line, so they cannot
//! disagree. The helpers below read fields so that an error says what is wrong and never repeats what was sent: a code in
//! the wrong place must not end up in an answer or in a log.
//!
//! `build.rs` compiles this file and each `types.rs` a second time. It keeps the module tree, so that paths mean the same:
//!
//! ```text
//! #[path = "src/api"]
//! mod api {
//!     pub mod scalar;
//!     pub mod dbx { pub mod types; }
//!     pub mod bne { pub mod types; }
//!     pub mod operator { pub mod types; }
//! }
//! ```

mod integer;
mod list;

use std::fmt;
use std::marker::PhantomData;

use schemars::r#gen::SchemaGenerator;
use schemars::schema::Schema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

pub(crate) use integer::{integer, integer_type};
pub(crate) use list::{Item, list, list_type};

/// A schema's name in the document, and the function that makes the schema of the Rust type of that name.
pub type Entry = (&'static str, fn(&mut SchemaGenerator) -> Schema);

/// Why a text is no value of its type. Says what the type asks for, never what the text was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid(pub &'static str);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Invalid {}

/// Reads a text; unlike serde's own error, ours does not repeat a number or truth value found instead.
///
/// It asks for any value: asked for a string, a deserializer that finds a number writes the error itself.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_any(Text)
}

/// Reads a property that may be absent but not `null`. Use with `#[serde(default)]`.
pub(crate) fn optional<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads an object; the error for anything else does not repeat it.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Object(PhantomData))
}

/// Reads an object that may be absent but not `null`. Use with `#[serde(default)]`.
pub(crate) fn optional_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    object(deserializer).map(Some)
}

/// The `visit_*` functions whose default would write the value into the error.
macro_rules! refuse {
    ($wanted:literal: $($visit:ident($found:ty)),*) => {$(
        fn $visit<E: Error>(self, _: $found) -> Result<Self::Value, E> {
            Err(E::custom(concat!("must be ", $wanted)))
        }
    )*};
}

use refuse;

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<String, E> {
        Ok(found.to_owned())
    }

    fn visit_string<E: Error>(self, found: String) -> Result<String, E> {
        Ok(found)
    }

    refuse!("a string": visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64));
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }

    refuse!("an object": visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));
}

/// Declares a text with rules: `string_type!(/** docs */ Name, min = 1, max = 64, pattern = "^…$", default = "x")`.
///
/// Lengths count characters, as JSON Schema does. `secret` before the name leaves out `Display` and `==`, makes `Debug`
/// print no value, and wipes the text when it is dropped. `default` is for the schema alone: it says what a server assumes,
/// it does not fill anything in.
macro_rules! string_type {
    ($(#[$meta:meta])* secret $name:ident $($rules:tt)*) => {
        $crate::api::scalar::string_type!(@type $(#[$meta])* #[derive(Clone)] $name $($rules)*);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                zeroize::Zeroize::zeroize(&mut self.0);
            }
        }
    };
    (@type $(#[$meta:meta])* $name:ident $(, min = $min:literal)? $(, max = $max:literal)? $(, pattern = $pattern:literal)?
        $(, default = $default:literal)?) => {
        $(#[$meta])*
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::api::scalar::Invalid;

            fn try_from(text: String) -> Result<Self, $crate::api::scalar::Invalid> {
                $(if text.chars().count() < $min {
                    return Err($crate::api::scalar::Invalid(concat!("shorter than ", $min, " characters")));
                })?
                $(if text.chars().count() > $max {
                    return Err($crate::api::scalar::Invalid(concat!("longer than ", $max, " characters")));
                })?
                $({
                    static PATTERN: std::sync::LazyLock<regress::Regex> =
                        std::sync::LazyLock::new(|| regress::Regex::new($pattern).expect("a literal, used by the tests"));
                    if PATTERN.find(&text).is_none() {
                        return Err($crate::api::scalar::Invalid(concat!("does not match ", $pattern)));
                    }
                })?
                Ok(Self(text))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::api::scalar::Invalid;

            fn from_str(text: &str) -> Result<Self, $crate::api::scalar::Invalid> {
                Self::try_from(text.to_owned())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from($crate::api::scalar::text(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_owned()
            }

            fn json_schema(_: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
                let mut schema = schemars::schema::SchemaObject::default();
                schema.instance_type = Some(schemars::schema::InstanceType::String.into());
                $(schema.string().min_length = Some($min);)?
                $(schema.string().max_length = Some($max);)?
                $(schema.string().pattern = Some($pattern.to_owned());)?
                $(schema.metadata().default = Some($default.into());)?
                schema.into()
            }
        }
    };
    ($(#[$meta:meta])* $name:ident $($rules:tt)*) => {
        $crate::api::scalar::string_type!(@type $(#[$meta])* #[derive(Clone, PartialEq, Eq, Hash)] $name $($rules)*);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// Declares a text with listed values: `string_enum!(/** docs */ Name { /** docs */ Variant = "VALUE" } default = "VALUE")`.
macro_rules! string_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal),+ $(,)? }
        $(default = $default:literal)?) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value, in the document's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::api::scalar::Invalid;

            fn from_str(text: &str) -> Result<Self, $crate::api::scalar::Invalid> {
                match text {
                    $($value => Ok(Self::$variant),)+
                    _ => Err($crate::api::scalar::Invalid(concat!("is none of" $(, " ", $value)+))),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::api::scalar::by_text!($name);

        impl schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_owned()
            }

            fn json_schema(_: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
                let mut schema = schemars::schema::SchemaObject::default();
                schema.instance_type = Some(schemars::schema::InstanceType::String.into());
                schema.enum_values = Some(vec![$($value.into()),+]);
                $(schema.metadata().default = Some($default.into());)?
                schema.into()
            }
        }
    };
}

/// Gives a type that has `FromStr` and `Display` its serde.
macro_rules! by_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = $crate::api::scalar::Invalid;

            fn try_from(text: String) -> Result<Self, $crate::api::scalar::Invalid> {
                text.parse()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::api::scalar::text(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Gives a type that has `FromStr` and `Display` its serde and its JSON schema, a string of the given format.
macro_rules! format_type {
    ($name:ident, $format:literal) => {
        $crate::api::scalar::by_text!($name);

        impl schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_owned()
            }

            fn json_schema(_: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
                schemars::schema::SchemaObject {
                    instance_type: Some(schemars::schema::InstanceType::String.into()),
                    format: Some($format.to_owned()),
                    ..Default::default()
                }
                .into()
            }
        }
    };
}

/// Declares a moment: RFC 3339, written in UTC and with the given precision: `timestamp_type!(/** docs */ Name, Secs)`.
macro_rules! timestamp_type {
    ($(#[$meta:meta])* $name:ident, $precision:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub chrono::DateTime<chrono::Utc>);

        impl std::str::FromStr for $name {
            type Err = $crate::api::scalar::Invalid;

            fn from_str(text: &str) -> Result<Self, $crate::api::scalar::Invalid> {
                let moment = chrono::DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
                // Near the ends of the calendar the year in UTC is one that RFC 3339 cannot write.
                let moment = moment.filter(|moment| (0..=9999).contains(&chrono::Datelike::year(moment)));
                moment.map(Self).ok_or($crate::api::scalar::Invalid("is not RFC 3339"))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0.to_rfc3339_opts(chrono::SecondsFormat::$precision, true))
            }
        }

        $crate::api::scalar::format_type!($name, "date-time");
    };
}

/// Lists a family's types as [`Entry`]s, each under its own name.
macro_rules! registry {
    ($($name:ident),+ $(,)?) => {
        vec![$((stringify!($name), <$name as schemars::JsonSchema>::json_schema as _)),+]
    };
}

pub(crate) use {by_text, format_type, registry, string_enum, string_type, timestamp_type};

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public types, here as elsewhere")]
mod tests {
    use serde_json::{from_value, json};

    use super::Invalid;

    string_type!(
        /// Bounded.
        Word, min = 2, max = 3
    );
    string_type!(
        /// Patterned.
        secret Pin, pattern = "^[0-9]{3}$"
    );
    string_enum!(
        /// Listed.
        Answer {
            /// Yes.
            Yes = "yes",
            /// No.
            No = "no",
        } default = "no"
    );

    #[test]
    fn lengths_count_characters_and_not_bytes() {
        assert_eq!("äöü".parse::<Word>().unwrap().as_str(), "äöü");
        assert_eq!("ä".parse::<Word>(), Err(Invalid("shorter than 2 characters")));
        assert_eq!("abcd".parse::<Word>(), Err(Invalid("longer than 3 characters")));
    }

    #[test]
    fn a_pattern_holds_for_the_whole_text() {
        assert_eq!("123".parse::<Pin>().unwrap().as_str(), "123");
        for text in ["", "12", "1234", "123\n", " 123", "１２３", "12\0", "a23"] {
            assert_eq!(text.parse::<Pin>().err(), Some(Invalid("does not match ^[0-9]{3}$")), "{text:?}");
        }
    }

    #[test]
    fn a_listed_text_is_read_and_written_as_listed() {
        assert_eq!(from_value::<Answer>(json!("yes")).unwrap(), Answer::Yes);
        assert_eq!(json!(Answer::No), json!("no"));
        assert_eq!("Yes".parse::<Answer>(), Err(Invalid("is none of yes no")));
        assert_eq!(Answer::ALL, [Answer::Yes, Answer::No]);
    }

    #[test]
    fn an_error_never_repeats_what_was_sent() {
        for value in [json!(987_654), json!(-987_654), json!(987_654.5), json!("987654")] {
            let error = from_value::<Pin>(value.clone()).unwrap_err().to_string();
            assert!(!error.contains("987"), "{error}");
            let error = from_value::<Answer>(value).unwrap_err().to_string();
            assert!(!error.contains("987"), "{error}");
        }
        assert_eq!(from_value::<Pin>(json!(987_654)).unwrap_err().to_string(), "must be a string");
    }

    #[test]
    fn a_secret_has_no_value_in_its_debug_text() {
        assert_eq!(format!("{:?}", "123".parse::<Pin>().unwrap()), "Pin(..)");
        assert_eq!(format!("{:?}", "abc".parse::<Word>().unwrap()), r#"Word("abc")"#);
    }

    #[test]
    fn the_schema_has_the_rules_that_parsing_has() {
        let schema = |schema| serde_json::to_value(schema).unwrap();
        let mut generator = schemars::r#gen::SchemaGenerator::default();
        assert_eq!(
            schema(generator.root_schema_for::<Word>().schema),
            json!({ "title": "Word", "type": "string", "minLength": 2, "maxLength": 3 })
        );
        assert_eq!(
            schema(generator.root_schema_for::<Answer>().schema),
            json!({ "title": "Answer", "type": "string", "enum": ["yes", "no"], "default": "no" })
        );
    }
}
