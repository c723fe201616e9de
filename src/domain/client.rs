//! Applications of the bank that may call the BNE operations, and what each was registered for.

mod step;

use std::collections::BTreeSet;

pub use step::{Action, Change, Decision, Refusal, Step, step};

/// A text with rules: `label!(/** docs */ Name, "what it is, for errors", |text| rule)`.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident, $problem:literal, $fits:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Checks length and characters; the error says what is asked for and never quotes the text.
            pub fn parse(text: &str) -> Result<Self, $crate::domain::client::LabelError> {
                let fits: fn(&str) -> bool = $fits;
                if fits(text) { Ok(Self(text.to_owned())) } else { Err($crate::domain::client::LabelError($problem)) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}
pub(super) use label;

/// A text that does not fit. Says what would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LabelError(pub(super) &'static str);

/// Between 1 and `max` visible ASCII characters.
pub(super) fn visible(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

label!(
    /// An application's id: the `client_id` of its calls and of its tokens. 1 to 128 visible ASCII characters.
    ClientId,
    "a client id has 1 to 128 visible ASCII characters",
    |text| visible(text, 128)
);
label!(
    /// A country: two capital letters, ISO 3166 alpha-2. Whether there is one of that name is the bank's to say.
    Country,
    "a country is two capital letters",
    |text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
);
label!(
    /// A business of the bank. 1 to 32 visible ASCII characters.
    Business,
    "a business has 1 to 32 visible ASCII characters",
    |text| visible(text, 32)
);
label!(
    /// Where a call began. 1 to 32 visible ASCII characters.
    Origin,
    "a channel has 1 to 32 visible ASCII characters",
    |text| visible(text, 32)
);

/// A registration. A call is this client's to make if country, business and channel are each among those listed; an
/// empty list admits nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id, unique.
    pub id: ClientId,
    /// Where it may do business.
    pub countries: BTreeSet<Country>,
    /// For which businesses of the bank.
    pub businesses: BTreeSet<Business>,
    /// From which channels.
    pub channels: BTreeSet<Origin>,
}

impl Client {
    /// Whether a call with these headers is this client's to make. Texts are as given.
    pub fn admits(&self, country: &str, business: &str, channel: &str) -> bool {
        self.countries.iter().any(|known| known.as_str() == country)
            && self.businesses.iter().any(|known| known.as_str() == business)
            && self.channels.iter().any(|known| known.as_str() == channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(country: &str, business: &str, channel: &str) -> Client {
        Client {
            id: ClientId::parse("web").unwrap(),
            countries: [Country::parse(country).unwrap()].into(),
            businesses: [Business::parse(business).unwrap()].into(),
            channels: [Origin::parse(channel).unwrap()].into(),
        }
    }

    #[test]
    fn all_three_have_to_be_registered() {
        let client = client("MX", "GCB", "CBOL");
        assert!(client.admits("MX", "GCB", "CBOL"));
        for (country, business, channel) in
            [("US", "GCB", "CBOL"), ("MX", "gcb", "CBOL"), ("MX", "GCB", "APP"), ("", "", "")]
        {
            assert!(!client.admits(country, business, channel), "{country} {business} {channel}");
        }
        assert!(!Client { channels: [].into(), ..client }.admits("MX", "GCB", "CBOL"));
    }

    #[test]
    fn labels_have_bounds_and_their_errors_quote_nothing() {
        assert!(ClientId::parse(&"x".repeat(128)).is_ok());
        for text in ["", " ", "a b", "ñ", &"x".repeat(129)] {
            assert!(ClientId::parse(text).is_err(), "{text}");
        }
        for text in ["mx", "MEX", "M", "", "M1"] {
            assert_eq!(Country::parse(text).unwrap_err().to_string(), "a country is two capital letters");
        }
        assert!(Business::parse(&"x".repeat(33)).is_err() && Origin::parse(&"x".repeat(32)).is_ok());
    }
}
