//! The customers of a development server, and the client that may ask for them. Their numbers and domains are reserved for fiction (NANP 555-01xx, RFC 2606).

use super::data::{DataDir, DataError};
use super::soft_token::{self, SoftTokenError};
use crate::config::Config;
use crate::domain::client::{Business, Client, ClientId, Country, LabelError, Origin};
use crate::domain::customer::{Customer, CustomerId, CustomerIdError, Language};
use crate::domain::flow::Timestamp;
use crate::domain::operator::{Actor, Credential, Stamp};
use crate::domain::ports::Random;
use crate::domain::recipient::{AddressError, EmailAddress, PhoneNumber};
use crate::server::offline::development::{self, FurnishError};
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

/// The application that may call the BNE operations of a development server.
pub const CLIENT: &str = "countersign-dev";
const COUNTRIES: [&str; 2] = ["MX", "US"];
const BUSINESSES: [&str; 1] = ["GCB"];
const CHANNELS: [&str; 3] = ["CBOL", "APP", "WEB"];

/// The operator whose credential is in the data directory.
pub const OPERATOR: &str = "dev";

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

/// Why a data file was not filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The customers.
    #[error(transparent)]
    Customers(#[from] OfflineError<SeedError>),
    /// The tokens, while they were made.
    #[error(transparent)]
    SoftTokens(#[from] SoftTokenError),
    /// The operator's credential.
    #[error(transparent)]
    Data(#[from] DataError),
    /// What should be the credential is none.
    #[error("operator.credential is damaged: put the right one back, or delete the data directory to start again")]
    Credential,
    /// A label of ours is not one.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Tokens, client or operator, when they came into the store.
    #[error("what a development server begins with could not be kept: delete its data directory to start again")]
    Furnish(#[from] FurnishError),
}

/// Sees to it that there is the operator [`OPERATOR`], who may do everything.
pub async fn operator(
    data: &DataDir,
    config: &Config,
    random: &Arc<dyn Random>,
    now: Timestamp,
) -> Result<(), FillError> {
    let credential = Credential::parse(&data.operator_credential()?).ok_or(FillError::Credential)?;
    Ok(development::operator(config, random.clone(), now, Actor::parse(OPERATOR)?, credential).await?)
}

/// Fills a data file that has no customer with [`SAMPLES`], and sees to it that the tokens of
/// [`soft_token::HOLDERS`], the client [`CLIENT`] and the operator [`OPERATOR`] are there. What is there already stays as it is.
pub async fn seed(data: &DataDir, config: &Config, random: &Arc<dyn Random>, now: Timestamp) -> Result<(), FillError> {
    if offline::customer_count(config, random.clone(), now)? == 0 {
        let samples = SAMPLES.iter().map(|(id, language, phones, emails)| customer(id, *language, phones, emails));
        let by = Actor::server();
        offline::import_customers(config, random.clone(), now, by.as_str(), samples, false, &mut |_| ())?;
    }
    let given = Stamp { by: Actor::server(), at: now };
    let tokens = soft_token::tokens(data, &**random, &given)?;
    development::tokens_and_client(config, random.clone(), now, tokens, client()?).await?;
    operator(data, config, random, now).await
}

/// The registration of [`CLIENT`].
pub(crate) fn client() -> Result<Client, LabelError> {
    Ok(Client {
        id: ClientId::parse(CLIENT)?,
        countries: COUNTRIES.iter().map(|text| Country::parse(text)).collect::<Result<_, _>>()?,
        businesses: BUSINESSES.iter().map(|text| Business::parse(text)).collect::<Result<_, _>>()?,
        channels: CHANNELS.iter().map(|text| Origin::parse(text)).collect::<Result<_, _>>()?,
    })
}
