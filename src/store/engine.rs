//! Where the data is: in a file of this process, or on a database server that several servers share.

use super::open::MIGRATIONS;
use super::sql::{Address, Client, Connection};
use super::sqlite::{self, DataFile, Turn};
use super::{Location, OpenError, postgres};
use std::sync::Arc;
use std::time::Duration;

/// How long a database server may take for one statement of an offline command, which may be about every row there is.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(3600);
/// The same for one of a migration when a server starts.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// What makes the newest version out of what is there.
#[derive(Clone, Copy)]
pub(super) enum Migrating {
    /// A server that starts. Who waits for it is told before long why it does not.
    Start,
    /// A command for that.
    Offline,
}

/// What connections are made from.
pub(super) enum Engine {
    /// The file, locked for this process.
    Sqlite {
        file: Arc<DataFile>,
        /// Of moving its log.
        turn: Turn,
        busy_timeout: Duration,
    },
    /// The server.
    Postgres(Address),
}

impl Engine {
    /// Takes the file's lock; a server is not asked yet.
    pub(super) fn at(location: &Location, busy_timeout: Duration) -> Result<Self, OpenError> {
        Ok(match location {
            Location::File(path) => {
                Self::Sqlite { file: Arc::new(DataFile::lock(path)?), turn: Turn::default(), busy_timeout }
            }
            Location::Server(address) => Self::Postgres(address.clone()),
        })
    }

    /// A connection that may write. A file that is not ours, or not yet, is left as it is.
    pub(super) fn writing(&self) -> Result<Connection, OpenError> {
        match self {
            Self::Sqlite { file, busy_timeout, .. } => Ok(file.writing(*busy_timeout)?.into()),
            Self::Postgres(address) => connect(address),
        }
    }

    /// The same for steps, which are the same statements again and again. For a file it is the connection that there is.
    pub(super) fn stepping(&self, connection: Connection) -> Result<Connection, OpenError> {
        match self {
            Self::Sqlite { .. } => Ok(connection),
            Self::Postgres(address) => connect(&address.planned_once()),
        }
    }

    /// The same for a step that may take long, because it is about all that is there.
    pub(super) fn writing_long(&self) -> Result<Connection, OpenError> {
        match self {
            Self::Sqlite { .. } => self.writing(),
            Self::Postgres(address) => connect(&address.patient(OFFLINE_PATIENCE)),
        }
    }

    /// A connection for reading.
    pub(super) fn reading(&self) -> Result<Connection, OpenError> {
        match self {
            Self::Sqlite { file, busy_timeout, .. } => Ok(file.reading(*busy_timeout)?.into()),
            Self::Postgres(address) => connect(address),
        }
    }

    /// Brings the data to the newest version. Returns the versions before and after.
    pub(super) fn migrate(&self, by: Migrating) -> Result<(usize, usize), OpenError> {
        let patience = match by {
            Migrating::Start => START_PATIENCE,
            Migrating::Offline => OFFLINE_PATIENCE,
        };
        match self {
            Self::Sqlite { file, busy_timeout, .. } => file.migrate(&mut file.writing(*busy_timeout)?),
            Self::Postgres(address) => {
                let place = address.to_string();
                // Most often, there is nothing to do.
                match postgres::version(&connect(address)?, &place)? {
                    found if found < MIGRATIONS.len() => {
                        postgres::migrate(&connect(&address.patient(patience))?, &place)
                    }
                    found => Ok((found, found)),
                }
            }
        }
    }
}

/// A connection to data of this release that only looks, whoever has it.
pub(super) fn looking(location: &Location, busy_timeout: Duration) -> Result<Connection, OpenError> {
    match location {
        Location::File(path) => Ok(sqlite::looking(path, busy_timeout)?.into()),
        Location::Server(address) => {
            let (connection, place) = (connect(&address.patient(OFFLINE_PATIENCE))?, address.to_string());
            match postgres::version(&connection, &place)? {
                found if found < MIGRATIONS.len() => Err(OpenError::Older { place, found, known: MIGRATIONS.len() }),
                _ => postgres::refuse_unfinished(&connection, &place).map(|()| connection),
            }
        }
    }
}

fn connect(address: &Address) -> Result<Connection, OpenError> {
    Ok(Connection::Postgres(Box::new(Client::connect(address)?)))
}
