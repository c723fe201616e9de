//! Moving from a data file to a database on a server.

use super::{key_ring, location};
use crate::config::{Config, ConfigError};
use crate::domain::flow::Timestamp;
use crate::domain::ports::Random;
use crate::store::{self, Copied, CopyError, CopyProgress};
use std::sync::Arc;

/// Why a store was not copied, or not all of it. The source is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreCopyError {
    /// A configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data cannot be copied.
    #[error(transparent)]
    Copy(#[from] CopyError),
}

/// Copies the data file of one configuration into the empty database of another, or goes on with that. The server keys are those of
/// the second.
pub fn copy_store(
    from: &Config,
    to: &Config,
    random: Arc<dyn Random>,
    now: Timestamp,
    progress: &mut dyn FnMut(CopyProgress),
) -> Result<Copied, StoreCopyError> {
    Ok(store::copy(&location(from)?, &location(to)?, &key_ring(to)?, random, now, progress)?)
}
