//! The customers of a development server. Their numbers and domains are reserved for fiction (NANP 555-01xx, RFC 2606).

use crate::config::Config;
use crate::domain::customer::{Customer, CustomerId, CustomerIdError, Language};
use crate::domain::flow::Timestamp;
use crate::domain::ports::Random;
use crate::domain::recipient::{AddressError, EmailAddress, PhoneNumber};
use crate::server::offline::{self, OfflineError};
use std::sync::Arc;

/// One of them: id, language, phones, e-mail addresses.
pub type Sample = (&'static str, Language, &'static [&'static str], &'static [&'static str]);

/// Every case worth trying: both channels, several of each, one alone, nothing at all.
pub const SAMPLES: [Sample; 5] = [
    ("100001", Language::Es, &["+12025550107"], &["ana.lopez@bank.example"]),
    ("100002", Language::En, &["+12025550123", "+12025550145"], &["ben@bank.example", "ben@home.example"]),
    ("100003", Language::Es, &["+12025550166"], &[]),
    ("100004", Language::En, &[], &["mia@bank.example"]),
    ("100005", Language::En, &[], &[]),
];

/// Why a customer cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Not an id.
    #[error(transparent)]
    Id(#[from] CustomerIdError),
    /// Not an address.
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// A customer out of texts.
pub fn customer(id: &str, language: Language, phones: &[&str], emails: &[&str]) -> Result<Customer, SeedError> {
    Ok(Customer {
        id: CustomerId::parse(id)?,
        language,
        phones: phones.iter().map(|text| PhoneNumber::parse(text)).collect::<Result<_, _>>()?,
        emails: emails.iter().map(|text| EmailAddress::parse(text)).collect::<Result<_, _>>()?,
    })
}

/// Fills an empty data file; leaves any other as it is.
pub fn seed(config: &Config, random: &Arc<dyn Random>, now: Timestamp) -> Result<(), OfflineError<SeedError>> {
    if offline::customer_count(config, random.clone(), now)? == 0 {
        let samples = SAMPLES.iter().map(|(id, language, phones, emails)| customer(id, *language, phones, emails));
        offline::import_customers(config, random.clone(), now, samples, false, &mut |_| ())?;
    }
    Ok(())
}
