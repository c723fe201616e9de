//! Whole numbers with bounds.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

/// Reads any value; a whole number that JSON carries exactly is `Some`. Whoever asks says what it wanted.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i128>, D::Error> {
    deserializer.deserialize_any(Integer)
}

struct Integer;

impl Visitor<'_> for Integer {
    type Value = Option<i128>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: Error>(self, found: u64) -> Result<Option<i128>, E> {
        Ok(Some(found.into()))
    }

    fn visit_i64<E: Error>(self, found: i64) -> Result<Option<i128>, E> {
        Ok(Some(found.into()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<i128>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<i128>, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Option<i128>, E> {
        Ok(None)
    }
}

/// Declares a whole number with rules: `integer_type!(/** docs */ Name: u32, min = 1, max = 200, default = 50)`. A rule
/// `multiple_of` may come before `default`.
///
/// It is a JSON number in bodies and its digits in parameters. Bounds beyond 2^53 - 1 would not survive a parser that
/// keeps numbers as JavaScript does. `default` is for the schema and for whoever asks for `DEFAULT`: it fills nothing in.
macro_rules! integer_type {
    ($(#[$meta:meta])* $name:ident: $number:ident, min = $min:literal, max = $max:literal $(, multiple_of = $step:literal)?
        $(, default = $default:literal)?) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($number);

        impl $name {
            /// The least there is.
            pub const MIN: Self = Self($min);
            /// The greatest there is.
            pub const MAX: Self = Self($max);

            $(
                /// What is assumed where there is none.
                pub const DEFAULT: Self = Self($default);
            )?

            const WANTED: $crate::api::scalar::Invalid = $crate::api::scalar::Invalid(concat!(
                "must be a whole number from ", $min, " to ", $max $(, ", a multiple of ", $step)?
            ));

            /// The number.
            pub fn get(self) -> $number {
                self.0
            }

            fn of(number: i128) -> Result<Self, $crate::api::scalar::Invalid> {
                let fits = (i128::from(Self::MIN.0)..=i128::from(Self::MAX.0)).contains(&number) $(&& number % $step == 0)?;
                let number = $number::try_from(number).ok().filter(|_| fits);
                number.map(Self).ok_or(Self::WANTED)
            }
        }

        impl TryFrom<$number> for $name {
            type Error = $crate::api::scalar::Invalid;

            fn try_from(number: $number) -> Result<Self, $crate::api::scalar::Invalid> {
                Self::of(number.into())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::api::scalar::Invalid;

            fn from_str(text: &str) -> Result<Self, $crate::api::scalar::Invalid> {
                // Rust also reads a plus sign and leading zeros, which JSON does not have.
                let number = text.parse::<$number>().ok().filter(|number| number.to_string() == text);
                Self::of(number.ok_or(Self::WANTED)?.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = $crate::api::scalar::integer(deserializer)?;
                number.ok_or(Self::WANTED).and_then(Self::of).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> String {
                stringify!($name).to_owned()
            }

            fn json_schema(generator: &mut schemars::r#gen::SchemaGenerator) -> schemars::schema::Schema {
                let mut schema = <$number as schemars::JsonSchema>::json_schema(generator).into_object();
                schema.number().minimum = Some(Self::MIN.0 as f64);
                schema.number().maximum = Some(Self::MAX.0 as f64);
                $(schema.number().multiple_of = Some($step.into());)?
                $(schema.metadata().default = Some($default.into());)?
                schema.into()
            }
        }
    };
}

pub(crate) use integer_type;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macros declare public types, here as elsewhere")]
mod tests {
    use super::super::Invalid;
    use serde_json::{from_value, json};

    integer_type!(
        /// Like the size of a page.
        Size: u32, min = 1, max = 200, default = 50
    );
    integer_type!(
        /// Like a clock's error.
        Shift: i32, min = -60, max = 60, multiple_of = 30
    );
    integer_type!(
        /// The largest that is exact everywhere.
        Large: u64, min = 0, max = 9_007_199_254_740_991
    );

    #[test]
    fn bounds_hold_in_json_in_text_and_in_rust() {
        assert_eq!(from_value::<Size>(json!(200)).unwrap().get(), 200);
        assert_eq!("1".parse::<Size>(), Ok(Size::MIN));
        assert_eq!(Size::try_from(50), Ok(Size::DEFAULT));
        assert_eq!(Size::try_from(200), Ok(Size::MAX));
        for number in [json!(0), json!(201), json!(-1), json!(u64::MAX), json!(i64::MIN), json!(5_000_000_000_u64)] {
            assert!(from_value::<Size>(number.clone()).is_err(), "{number}");
            assert!(number.to_string().parse::<Size>().is_err(), "{number}");
        }
        assert_eq!(Size::try_from(0), Err(Invalid("must be a whole number from 1 to 200")));
        assert_eq!(Large::MAX.get().to_string().parse::<Large>(), Ok(Large::MAX));
        assert!("9007199254740992".parse::<Large>().is_err());
    }

    #[test]
    fn only_the_digits_of_a_number_are_its_text() {
        for text in ["", "+5", "05", " 5", "5 ", "5.0", "0x5", "５", "five", "1e2"] {
            assert!(text.parse::<Size>().is_err(), "{text:?}");
        }
        assert_eq!("-30".parse::<Shift>().unwrap().get(), -30);
        assert!("-0".parse::<Shift>().is_err());
    }

    #[test]
    fn multiples_are_taken_and_what_lies_between_is_not() {
        assert_eq!("0".parse::<Shift>().unwrap().get(), 0);
        let wanted = Invalid("must be a whole number from -60 to 60, a multiple of 30");
        assert_eq!("45".parse::<Shift>(), Err(wanted));
    }

    #[test]
    fn an_error_never_repeats_what_was_sent() {
        for value in [json!(987_654), json!(-987_654), json!(9876.5), json!("987654"), json!(true), json!(null)] {
            let error = from_value::<Size>(value.clone()).unwrap_err().to_string();
            assert!(!error.contains("987") && error.contains("whole number"), "{value}: {error}");
        }
    }

    #[test]
    fn a_number_is_written_as_one() {
        assert_eq!(json!(Size::MAX), json!(200));
        assert_eq!(Shift::MIN.to_string(), "-60");
    }

    #[test]
    fn the_schema_has_the_rules_that_parsing_has() {
        let schema = |schema| serde_json::to_value(schema).unwrap();
        let mut generator = schemars::r#gen::SchemaGenerator::default();
        let size = schema(generator.root_schema_for::<Size>().schema);
        let (title, format) = ("Size", "uint32");
        assert_eq!(
            size,
            json!({ "title": title, "type": "integer", "format": format, "minimum": 1.0, "maximum": 200.0, "default": 50 })
        );
        let shift = schema(generator.root_schema_for::<Shift>().schema);
        let (title, format) = ("Shift", "int32");
        assert_eq!(
            shift,
            json!({ "title": title, "type": "integer", "format": format, "minimum": -60.0, "maximum": 60.0, "multipleOf": 30.0 })
        );
    }
}
