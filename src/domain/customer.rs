//! A bank's customer, as far as sending a code needs one.

use super::recipient::{EmailAddress, PhoneNumber};

/// The customer's number at the bank: the `sub` of the claims token. 1 to 64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomerId(String);

impl CustomerId {
    /// Checks length and characters.
    pub fn parse(text: &str) -> Result<Self, CustomerIdError> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CustomerIdError)
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not a customer id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a customer id has 1 to 64 visible ASCII characters")]
pub struct CustomerIdError;

/// The language of a message, ISO 639-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Spanish.
    #[default]
    Es,
    /// English.
    En,
}

impl Language {
    /// Every language there are texts for.
    pub const ALL: [Language; 2] = [Language::Es, Language::En];

    /// The two-letter code.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Es => "es",
            Language::En => "en",
        }
    }

    /// Reads the two-letter code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == text)
    }
}

/// A customer and the addresses the bank knows to be theirs. The first of each kind is the primary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The id, unique.
    pub id: CustomerId,
    /// The language of messages to this customer.
    pub language: Language,
    /// At most [`Customer::ADDRESSES_MAX`] phones.
    pub phones: Vec<PhoneNumber>,
    /// At most [`Customer::ADDRESSES_MAX`] e-mail addresses.
    pub emails: Vec<EmailAddress>,
}

impl Customer {
    /// How many addresses of one kind a customer may have.
    pub const ADDRESSES_MAX: usize = 10;
}
