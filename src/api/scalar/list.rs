//! Lists with bounds.

use super::{object, refuse};
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Reads a list of at most `max` items; what comes after them is not read. The error for anything else does not repeat it.
pub(crate) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    max: usize,
    too_long: &'static str,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(List { max, too_long, items: PhantomData })
}

struct List<T> {
    max: usize,
    too_long: &'static str,
    items: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut found: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = found.next_element()? {
            if items.len() == self.max {
                return Err(A::Error::custom(self.too_long));
            }
            items.push(item);
        }
        Ok(items)
    }

    refuse!("a list": visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));
}

/// An item that is an object: a derived struct alone would take an array of its properties' values, too.
pub(crate) struct Item<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

/// Declares a list with bounds: `list_type!(/** docs */ Names of Name, min = 1, max = 10)`; of objects, `of object Name`.
/// `min` may be left out.
macro_rules! list_type {
    ($(#[$meta:meta])* $name:ident of object $item:ident $($bounds:tt)*) => {
        $crate::api::scalar::list_type!(
            @type $(#[$meta])* $name of $item, $crate::api::scalar::Item<$item>, |item| item.0 $($bounds)*
        );
    };
    (@type $(#[$meta:meta])* $name:ident of $item:ident, $read:ty, |$each:ident| $take:expr $(, min = $min:literal)?,
        max = $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Vec<$item>);

        impl $name {
            const TOO_LONG: &str = concat!("has more than ", $max, " items");

            /// The items.
            pub fn as_slice(&self) -> &[$item] {
                &self.0
            }

            /// The items, to be had.
            pub fn into_items(self) -> Vec<$item> {
                self.0
            }
        }

        impl TryFrom<Vec<$item>> for $name {
            type Error = $crate::api::scalar::Invalid;

            fn try_from(items: Vec<$item>) -> Result<Self, $crate::api::scalar::Invalid> {
                $(if items.len() < $min {
                    return Err($crate::api::scalar::Invalid(concat!("has fewer items than ", $min)));
                })?
                if items.len() > $max {
                    return Err($crate::api::scalar::Invalid(Self::TOO_LONG));
                }
                Ok(Self(items))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let items: Vec<$read> = $crate::api::scalar::list(deserializer, $max, Self::TOO_LONG)?;
                let items: Vec<$item> = items.into_iter().map(|$each| $take).collect();
                Self::try_from(items).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_owned()
            }

            fn json_schema(generator: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
                let mut schema = schemars::schema::SchemaObject::default();
                schema.instance_type = Some(schemars::schema::InstanceType::Array.into());
                schema.array().items = Some(generator.subschema_for::<$item>().into());
                $(schema.array().min_items = Some($min);)?
                schema.array().max_items = Some($max);
                schema.into()
            }
        }
    };
    ($(#[$meta:meta])* $name:ident of $item:ident $($bounds:tt)*) => {
        $crate::api::scalar::list_type!(@type $(#[$meta])* $name of $item, $item, |item| item $($bounds)*);
    };
}

pub(crate) use list_type;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public types, here as elsewhere")]
mod tests {
    use super::super::string_type;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::{from_value, json};

    string_type!(
        /// An item.
        Word, max = 3
    );
    list_type!(
        /// Bounded.
        Words of Word, min = 1, max = 2
    );
    /// An item of several parts.
    #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
    pub struct Pair {
        left: Word,
        right: Word,
    }
    list_type!(
        /// May be empty.
        Pairs of object Pair, max = 2
    );

    #[test]
    fn bounds_hold_in_json_and_in_rust() {
        let words = from_value::<Words>(json!(["a", "b"])).unwrap();
        assert_eq!(json!(words), json!(["a", "b"]));
        assert_eq!(words.as_slice().len(), 2);
        assert_eq!(words.into_items().len(), 2);
        let told = |value| from_value::<Words>(value).unwrap_err().to_string();
        assert_eq!(told(json!([])), "has fewer items than 1");
        assert_eq!(told(json!(["a", "b", "c"])), "has more than 2 items");
        assert_eq!(told(json!(["a", "long"])), "longer than 3 characters");
        assert!(Words::try_from(Vec::new()).is_err());
        assert!(from_value::<Pairs>(json!([])).unwrap().as_slice().is_empty());
    }

    #[test]
    fn an_item_that_is_an_object_is_not_read_from_a_list_of_its_values() {
        let pairs = from_value::<Pairs>(json!([{ "left": "a", "right": "b" }])).unwrap().into_items();
        assert_eq!(pairs.first().map(|pair| pair.right.as_str()), Some("b"));
        assert!(from_value::<Pairs>(json!([["a", "b"]])).is_err());
    }

    #[test]
    fn an_error_never_repeats_what_was_sent() {
        for value in [json!("987"), json!(987), json!(-987), json!(98.7), json!([987]), json!({ "987": 987 })] {
            let error = from_value::<Words>(value.clone()).unwrap_err().to_string();
            assert!(!error.contains("98"), "{value}: {error}");
        }
    }

    #[test]
    fn the_schema_has_the_rules_that_parsing_has() {
        let mut generator = schemars::r#gen::SchemaGenerator::default();
        let words = serde_json::to_value(generator.root_schema_for::<Words>().schema).unwrap();
        let item = json!({ "$ref": "#/definitions/Word" });
        assert_eq!(words, json!({ "title": "Words", "type": "array", "items": item, "minItems": 1, "maxItems": 2 }));
    }
}
