//! Work on the data file while no server runs. The file's lock sees to that: a running server is named, nothing is done.

pub mod copy;
pub mod development;
pub mod operators;
pub mod trail;

use super::settings::key_ring;
use super::settings::store::location;
use crate::config::{Config, ConfigError};
use crate::domain::client::LabelError;
use crate::domain::customer::Customer;
use crate::domain::flow::Timestamp;
use crate::domain::operator::{Actor, Order};
use crate::domain::ports::Random;
use crate::store::{self, ImportError, ImportReport, Location, Migrated, OpenError, Options, Store};
use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

/// Why offline work was not done. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError<E: Error + 'static> {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data cannot be used.
    #[error("cannot open the data")]
    Open(#[from] OpenError),
    /// Not a name.
    #[error("who: {0}")]
    Who(#[from] LabelError),
    /// The customers were not imported.
    #[error("no customer was imported")]
    Import(#[from] ImportError<E>),
}

/// Brings the data file or the database to the newest version; a file that is not there is made. Says where it is, too.
pub fn migrate(config: &Config) -> Result<(Location, Migrated), OfflineError<Infallible>> {
    let location = location(config)?;
    let migrated = store::migrate(location.clone())?;
    Ok((location, migrated))
}

/// Adds and changes customers, all or none; with `prune`, those not among them are removed. The audit trail has it that `by` did
/// it. `progress` hears how many have been looked at.
pub fn import_customers<E: Error + 'static>(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    by: &str,
    customers: impl IntoIterator<Item = Result<Customer, E>>,
    prune: bool,
    progress: &mut dyn FnMut(u64),
) -> Result<ImportReport, OfflineError<E>> {
    let order = Order::offline(Actor::parse(by)?, now);
    let store = open(config, random, now)?;
    Ok(store.import_customers(customers, prune, &order, progress)?)
}

/// How many customers the data file has.
pub fn customer_count<E: Error + 'static>(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
) -> Result<u64, OfflineError<E>> {
    Ok(open(config, random, now)?.customer_count()?)
}

fn open<E: Error + 'static>(
    config: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
) -> Result<Store, OfflineError<E>> {
    Ok(Store::open(&Options::new(location(config)?), &key_ring(config)?, random, now)?)
}
