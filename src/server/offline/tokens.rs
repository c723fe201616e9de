//! Tokens and client registrations while no server runs.

use crate::config::{Config, ConfigError};
use crate::domain::client::{self, Business, Client, ClientId, Country, LabelError, Origin};
use crate::domain::customer::{CustomerId, CustomerIdError};
use crate::domain::desk::ports::ClientDesk;
use crate::domain::flow::Timestamp;
use crate::domain::operator::{Actor, Order};
use crate::domain::ports::{Random, SerialTaken, StoreError, TokenStore, TokensAdded};
use crate::domain::token::{Action, Command, Policy, Refusal, Representative, Serial, Token, TokenHolder};
use crate::domain::version::{Seen, Versioned};
use crate::server::settings::key_ring;
use crate::server::token_file::{Problem, Source, TokenFile};
use crate::store::sqlite::{OpenError, Options, SqliteStore, TokenImportError};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

/// Why work on tokens or registrations was not done. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data file cannot be used.
    #[error("cannot open the data file")]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file was right when it was checked.
    #[error("no token was imported: the file was changed while it was being imported: {0}")]
    Changed(Problem),
    /// The serial number stands for a token that makes other codes, in the store or earlier in the file.
    #[error("no token was imported: line {line}: {taken}")]
    TakenByLine {
        /// The line of the entry that came second.
        line: u64,
        /// What is there, with the serial number.
        taken: SerialTaken,
    },
    /// The same, of a token that is not from a file.
    #[error(transparent)]
    Taken(#[from] SerialTaken),
    /// Not a name, serial number or part of a registration.
    #[error("{what}: {problem}")]
    Label {
        /// Which.
        what: &'static str,
        /// What is wrong with it.
        problem: LabelError,
    },
    /// Not a customer.
    #[error("customer: {0}")]
    Customer(#[from] CustomerIdError),
    /// Several manufacturers have a token of this serial number.
    #[error("{} manufacturers have a token of this serial number ({}): say which one is meant", .0.len(), .0.join(", "))]
    Manufacturers(Vec<String>),
    /// The token does not allow it.
    #[error("{serial}: {refusal}")]
    Refused {
        /// The serial number.
        serial: String,
        /// Why.
        refusal: Refusal,
    },
    /// The registration does not allow it.
    #[error(transparent)]
    Client(#[from] client::Refusal),
    /// More than a registration takes.
    #[error("a registration has 1 to {max} countries, businesses and channels each", max = Client::ENTRIES_MAX)]
    Entries,
}

/// What is to be done to a token.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// Give it to somebody.
    Assign {
        /// The customer number.
        customer: &'a str,
        /// Who acts for the customer, if it is a company.
        representative: Option<&'a str>,
    },
    /// Take it back into stock.
    Unassign,
    /// Forget the failures.
    Unlock,
    /// Put it out of use for good.
    Revoke,
}

/// A token before and after a change.
#[derive(Debug)]
pub struct Changed {
    /// As it was.
    pub before: Token,
    /// As it is.
    pub after: Token,
}

/// What every command needs.
pub struct Desk<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The time now.
    pub now: Timestamp,
    /// Who does it.
    pub by: &'a str,
}

impl Desk<'_> {
    /// Imports a file that [`crate::server::token_file::check`] had no problem with: all of it or nothing.
    pub fn import_tokens(&self, source: &Source, progress: &mut dyn FnMut(u64)) -> Result<TokensAdded, TokenError> {
        let store = self.open()?;
        let order = self.order()?;
        // What the store refuses is the entry that it was given last.
        let line = Cell::new(0);
        let tokens = TokenFile::open(source).map(|entry| {
            let entry = entry?;
            line.set(entry.line);
            Ok(entry.import(&*self.random, order.stamp()))
        });
        store.import_tokens(&order, tokens, progress).map_err(|error| match error {
            TokenImportError::Entry(problem) => TokenError::Changed(problem),
            TokenImportError::Taken(taken) => TokenError::TakenByLine { line: line.get(), taken },
            TokenImportError::Open(error) => TokenError::Open(error),
            TokenImportError::Store(error) => TokenError::Store(error),
        })
    }

    /// Adds tokens that are not from a file: all of them or none.
    pub(crate) fn add_tokens(&self, tokens: Vec<Token>) -> Result<TokensAdded, TokenError> {
        let order = self.order()?;
        let told = self.open()?.import_tokens(&order, tokens.into_iter().map(Ok::<_, Infallible>), &mut |_| ());
        told.map_err(|error| match error {
            TokenImportError::Entry(error) => match error {},
            TokenImportError::Taken(taken) => TokenError::Taken(taken),
            TokenImportError::Open(error) => TokenError::Open(error),
            TokenImportError::Store(error) => TokenError::Store(error),
        })
    }

    /// Changes the token of a serial number. `manufacturer` is needed where several have one of that number.
    pub async fn change_token(
        &self,
        serial: &str,
        manufacturer: Option<&str>,
        change: Change<'_>,
    ) -> Result<Changed, TokenError> {
        let number = label("serial number", serial, Serial::parse)?;
        let action = match change {
            Change::Assign { customer, representative } => Action::Assign(TokenHolder {
                customer: CustomerId::parse(customer)?,
                representative: representative
                    .map(|text| label("representative", text, Representative::parse))
                    .transpose()?,
            }),
            Change::Unassign => Action::Unassign,
            Change::Unlock => Action::Unlock,
            Change::Revoke => Action::Revoke,
        };
        let order = self.order()?;
        let store = self.open()?;
        let refused = |refusal| TokenError::Refused { serial: serial.to_owned(), refusal };
        let makes = |token: &Token| token.manufacturer.as_ref().map_or("", |make| make.as_str()).to_owned();
        let mut found = store.tokens_of_serial(&number).await?;
        if let Some(manufacturer) = manufacturer {
            found.retain(|token| makes(token) == manufacturer);
        }
        if found.len() > 1 {
            return Err(TokenError::Manufacturers(found.iter().map(makes).collect()));
        }
        let before = found.pop().ok_or_else(|| refused(Refusal::Unknown))?;
        let command = Command { order, version: Some(before.version), policy: Policy::default(), action };
        let after = store.change_token(before.id, command).await?.map_err(refused)?;
        Ok(Changed { before, after })
    }

    /// Shows every token, or those in the hands of one customer and of who acts for it.
    pub fn list_tokens(&self, customer: Option<&str>, show: &mut dyn FnMut(&Token)) -> Result<(), TokenError> {
        let customer = customer.map(CustomerId::parse).transpose()?;
        Ok(self.open()?.list_tokens(customer.as_ref(), show)?)
    }

    /// Writes a registration, in the place of the one of the same id if there is one.
    pub async fn put_client<'t>(
        &self,
        id: &str,
        countries: impl IntoIterator<Item = &'t str>,
        businesses: impl IntoIterator<Item = &'t str>,
        channels: impl IntoIterator<Item = &'t str>,
    ) -> Result<Option<Versioned<Client>>, TokenError> {
        let client = Client {
            id: label("client", id, ClientId::parse)?,
            countries: labels("country", countries, Country::parse)?,
            businesses: labels("business", businesses, Business::parse)?,
            channels: labels("channel", channels, Origin::parse)?,
        };
        let counts = [client.countries.len(), client.businesses.len(), client.channels.len()];
        if counts.iter().any(|count| !(1..=Client::ENTRIES_MAX).contains(count)) {
            return Err(TokenError::Entries);
        }
        let order = self.order()?;
        let change = client::Change { order, seen: Seen::Whatever, action: client::Action::Put(client) };
        Ok(self.open()?.change_client(change).await??)
    }

    /// Shows every registration.
    pub fn list_clients(&self, show: &mut dyn FnMut(&Client)) -> Result<(), TokenError> {
        Ok(self.open()?.list_clients(show)?)
    }

    fn order(&self) -> Result<Order, TokenError> {
        Ok(Order::offline(self.actor()?, self.now))
    }

    fn actor(&self) -> Result<Actor, TokenError> {
        label("who", self.by, Actor::parse)
    }

    fn open(&self) -> Result<SqliteStore, TokenError> {
        let options = Options::new(&self.config.store.sqlite);
        Ok(SqliteStore::open(&options, &key_ring(self.config)?, self.random.clone(), self.now)?)
    }
}

fn label<T>(what: &'static str, text: &str, parse: fn(&str) -> Result<T, LabelError>) -> Result<T, TokenError> {
    parse(text).map_err(|problem| TokenError::Label { what, problem })
}

fn labels<'t, T: Ord>(
    what: &'static str,
    texts: impl IntoIterator<Item = &'t str>,
    parse: fn(&str) -> Result<T, LabelError>,
) -> Result<BTreeSet<T>, TokenError> {
    texts.into_iter().map(|text| label(what, text, parse)).collect()
}
