//! A bank's customer, as far as sending a code needs one.

mod erase;
mod step;
mod unlock;

use super::recipient::{Address, Channel, EmailAddress, PhoneNumber};
use std::fmt;

pub use erase::{Erased, erased, taken_back};
pub use step::{Action, Change, Decision, Refusal, Step, step};
pub use unlock::{Unlocking, failures, streak, unlock};

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

/// What is wrong with a customer's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// One is there twice.
    #[error("the same address is there twice")]
    Twice(Channel),
    /// There are more than [`Customer::ADDRESSES_MAX`] of a kind.
    #[error("a customer has at most {max} addresses of a kind", max = Customer::ADDRESSES_MAX)]
    TooMany(Channel),
}

impl ListError {
    /// The list: `phones` or `emails`.
    pub fn field(self) -> &'static str {
        match self {
            Self::Twice(Channel::Sms) | Self::TooMany(Channel::Sms) => "phones",
            Self::Twice(Channel::Email) | Self::TooMany(Channel::Email) => "emails",
        }
    }
}

impl Customer {
    /// How many addresses of one kind a customer may have.
    pub const ADDRESSES_MAX: usize = 10;

    /// Says what is wrong with the addresses.
    pub fn check(&self) -> Result<(), ListError> {
        let twice = |n: usize, same: &dyn Fn(usize) -> bool| (0..n).any(same);
        if self.phones.len() > Self::ADDRESSES_MAX {
            return Err(ListError::TooMany(Channel::Sms));
        }
        if self.emails.len() > Self::ADDRESSES_MAX {
            return Err(ListError::TooMany(Channel::Email));
        }
        if twice(self.phones.len(), &|n| self.phones[..n].contains(&self.phones[n])) {
            return Err(ListError::Twice(Channel::Sms));
        }
        if twice(self.emails.len(), &|n| self.emails[..n].contains(&self.emails[n])) {
            return Err(ListError::Twice(Channel::Email));
        }
        Ok(())
    }

    /// Every address with its name, phones first.
    pub fn addresses(&self) -> impl Iterator<Item = (AddressId, Address)> {
        let phones = self.phones.iter().cloned().map(Address::Phone).enumerate();
        let emails = self.emails.iter().cloned().map(Address::Email).enumerate();
        phones.chain(emails).map(|(position, address)| (AddressId { channel: address.channel(), position }, address))
    }

    /// Whether an address is there that `other` does not have.
    pub fn has_more_than(&self, other: &Self) -> bool {
        self.phones.iter().any(|phone| !other.phones.contains(phone))
            || self.emails.iter().any(|email| !other.emails.contains(email))
    }
}

/// Names an address of a customer, in one version of it: `sms-0` is the primary phone, `email-1` the second e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressId {
    /// Its kind.
    pub channel: Channel,
    /// Its place among those of its kind, from 0 on.
    pub position: usize,
}

impl AddressId {
    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        let (channel, digit) = text.rsplit_once('-')?;
        let channel = [Channel::Sms, Channel::Email].into_iter().find(|known| known.as_str() == channel)?;
        let position = digit.chars().next()?.to_digit(10).filter(|_| digit.len() == 1)?;
        Some(Self { channel, position: usize::try_from(position).ok()? })
    }
}

impl fmt::Display for AddressId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.channel.as_str(), self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_by_kind_and_position() {
        for text in ["sms-0", "sms-9", "email-1"] {
            assert_eq!(AddressId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        }
        for text in ["", "sms", "sms-", "sms-10", "sms--1", "sms-+1", "SMS-0", "fax-0", "email-a", "-0"] {
            assert_eq!(AddressId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_are_few_and_different() {
        let phone = |n: usize| PhoneNumber::parse(&format!("+3460012345{n}")).unwrap();
        let email = |n: usize| EmailAddress::parse(&format!("a{n}@bank.example")).unwrap();
        let id = CustomerId::parse("C1").unwrap();
        let customer = |phones: Vec<PhoneNumber>, emails: Vec<EmailAddress>| {
            Customer { id: id.clone(), language: Language::Es, phones, emails }.check()
        };
        assert_eq!(customer((0..10).map(phone).collect(), (0..10).map(email).collect()), Ok(()));
        let error = customer((0..10).chain([1]).map(phone).collect(), vec![]).unwrap_err();
        assert_eq!((error, error.field()), (ListError::TooMany(Channel::Sms), "phones"));
        let error = customer(vec![phone(1)], vec![email(1), email(2), email(1)]).unwrap_err();
        assert_eq!((error, error.field()), (ListError::Twice(Channel::Email), "emails"));
        // However it is written, it is the same number.
        let other = PhoneNumber::parse("+34 600 123 451").unwrap();
        assert_eq!(customer(vec![phone(1), other], vec![]), Err(ListError::Twice(Channel::Sms)));
    }
}
