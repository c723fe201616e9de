//! Where a database server is.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_rustls::rustls::RootCertStore;

/// How long a server may take to answer. It is told to give up a little earlier.
const PATIENCE: Duration = Duration::from_secs(8);
/// What an address begins with.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// What an address may not say: a connection has settings of its own, whatever the address is.
const OURS: [&str; 11] = [
    "options",
    "application_name",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "load_balance_hosts",
    "sslrootcert",
];
/// What it may say of encryption.
const MODES: [&str; 2] = ["require", "disable"];

/// A server and a database, with the user and the password for it.
#[derive(Clone)]
pub struct Address {
    pub(super) config: Arc<Config>,
    pub(super) roots: Arc<RootCertStore>,
    patience: Duration,
    /// How statements are planned: `plan_cache_mode`.
    pub(super) plans: &'static str,
    /// Which of the hosts was taken last, for all connections.
    pub(super) taken: Arc<AtomicUsize>,
    /// Whether a newer release has the database for itself, as one connection has seen for all.
    pub(super) outdated: Arc<AtomicBool>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.to_string()).finish()
    }
}

/// Hosts and database, without user and password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<_> = self.config.get_hosts().iter().map(host).collect();
        write!(f, "postgres://{}/{}", hosts.join(","), self.config.get_dbname().unwrap_or_default())
    }
}

fn host(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    }
}

/// Why this is no address. The text is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not of the form.
    #[error("is not of the form postgres://user@host:5432/database")]
    Form,
    /// Who to be.
    #[error("names no user: postgres://user@host:5432/database")]
    NoUser,
    /// Where the data is.
    #[error("names no database: postgres://user@host:5432/database")]
    NoDatabase,
    /// Without encryption, or only if the server wants it, where others could listen.
    #[error(
        "says an sslmode other than `require`, with which the server always has to prove its name, and `disable`, for a server on \
         this very machine"
    )]
    Tls,
    /// No host, or an address beside it that is not what is checked.
    #[error("names no host, or a `hostaddr`: write the host between `@` and `/`")]
    Host,
    /// What is settled by the program.
    #[error("must not say {0}: connections have a setting of their own for that")]
    Ours(&'static str),
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?...`. Unless it says `sslmode=disable`, the connection is encrypted and the
    /// server has to prove its name; over a Unix socket, and to this very machine, it is not.
    pub fn parse(text: &str, password: Option<&[u8]>, roots: RootCertStore) -> Result<Self, AddressError> {
        if !SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return Err(AddressError::Form);
        }
        let said: Vec<_> = text.split(['?', '&']).skip(1).filter_map(|part| part.split_once('=')).collect();
        if let Some(name) = OURS.into_iter().find(|name| said.iter().any(|(said, _)| said == name)) {
            return Err(AddressError::Ours(name));
        }
        let mut modes = said.iter().filter(|(name, _)| *name == "sslmode");
        if modes.any(|(_, mode)| !MODES.contains(mode)) {
            return Err(AddressError::Tls);
        }
        let mut config: Config = text.parse().map_err(|_| AddressError::Form)?;
        if config.get_options().is_some() {
            return Err(AddressError::Ours(OURS[0]));
        }
        // A host of digits is a port that went astray: each host has its own.
        let astray = |host: &Host| matches!(host, Host::Tcp(name) if name.bytes().all(|byte| byte.is_ascii_digit()));
        if config.get_hosts().is_empty() || !config.get_hostaddrs().is_empty() || config.get_hosts().iter().any(astray)
        {
            return Err(AddressError::Host);
        }
        if let Some(password) = password {
            config.password(password);
        }
        if config.get_user().is_none() {
            return Err(AddressError::NoUser);
        }
        if config.get_dbname().is_none() {
            return Err(AddressError::NoDatabase);
        }
        // Nothing was said of it, or not in a way that is read here.
        if config.get_ssl_mode() == SslMode::Prefer {
            let here = config.get_hosts().iter().all(is_here);
            config.ssl_mode(if here { SslMode::Disable } else { SslMode::Require });
        }
        let (config, roots, taken, outdated) = (Arc::new(config), Arc::new(roots), Arc::default(), Arc::default());
        Ok(Self { config, roots, patience: PATIENCE, plans: "auto", taken, outdated })
    }

    /// The same with another patience.
    pub(in crate::store) fn patient(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// The same for a connection that carries out the same statements again and again, each by one plan whatever its values are.
    pub(in crate::store) fn planned_once(&self) -> Self {
        Self { plans: "force_generic_plan", ..self.clone() }
    }

    /// The same server with another database.
    pub fn with_database(&self, name: &str) -> Self {
        let mut config = (*self.config).clone();
        config.dbname(name);
        Self { config: Arc::new(config), ..self.clone() }
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }
}

/// Whether nobody can listen on the way.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
    }
}
