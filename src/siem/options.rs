//! What the feed is started with, and how that comes from the configuration.

use super::file::FileOptions;
use super::spool::SpoolOptions;
use super::syslog::{Address, Header, Transport, USER_TIMEOUT};
use crate::config::siem as config;
use chrono::TimeDelta;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long a connection has to live on after an event was written, until the event is done with: longer than the
/// [`USER_TIMEOUT`], which is how long the peer's kernel may take to confirm it.
pub const SETTLE: Duration = USER_TIMEOUT.saturating_add(Duration::from_secs(5));

/// What [`Siem::start`](super::Siem::start) takes.
#[derive(Clone, Debug)]
pub struct SiemOptions {
    /// What is the same in every message.
    pub header: Header,
    /// The log file.
    pub file: Option<FileOptions>,
    /// The way to the SIEM.
    pub forward: Option<ForwardOptions>,
    /// Events in memory that wait for the disk; at least 1.
    pub queue_max: usize,
}

/// The way to the SIEM.
#[derive(Clone, Debug)]
pub struct ForwardOptions {
    /// How to get there.
    pub transport: Transport,
    /// The longest message, in bytes.
    pub message_max: usize,
    /// Where events wait.
    pub spool: SpoolOptions,
    /// The first wait after a failure, and the longest.
    pub backoff: [Duration; 2],
    /// [`SETTLE`], but for tests.
    pub settle: Duration,
}

/// Why the feed cannot be set up as configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct SetupError {
    /// The key below `siem`, for instance `transport.tls.ca_file`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl SetupError {
    fn new(key: &str, problem: impl ToString) -> Self {
        Self { key: key.to_owned(), problem: problem.to_string() }
    }
}

impl SiemOptions {
    /// From the configuration, whose own checks have passed. Reads certificates and keys.
    pub fn from_config(siem: &config::Siem, process_id: u32) -> Result<Self, SetupError> {
        let system = || hostname::get().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let hostname = siem.hostname.clone().unwrap_or_else(system);
        let file = siem.file.as_ref().map(|file| FileOptions {
            path: file.path.clone(),
            rotate_bytes: file.rotate_bytes,
            keep: file.keep,
        });
        let forward = match (&siem.transport, &siem.spool) {
            (Some(transport), Some(spool)) => Some(forward(transport, spool)?),
            (None, None) => None,
            (Some(_), None) => return Err(SetupError::new("spool", "is needed where there is a transport")),
            (None, Some(_)) => return Err(SetupError::new("transport", "is needed where there is a spool")),
        };
        let header = Header::new(siem.facility, &hostname, process_id);
        Ok(Self { header, file, forward, queue_max: siem.queue_max.max(1) })
    }
}

fn forward(transport: &config::Transport, spool: &config::Spool) -> Result<ForwardOptions, SetupError> {
    let (transport, message_max) = match transport {
        config::Transport::UdpOnTrustedNetwork(udp) => {
            let to = address(&udp.address, "transport.udp_on_trusted_network.address")?;
            (Transport::Udp { to, datagram_max: udp.datagram_max_bytes }, udp.datagram_max_bytes)
        }
        config::Transport::TcpOnTrustedNetwork(tcp) => {
            let to = address(&tcp.address, "transport.tcp_on_trusted_network.address")?;
            (Transport::Tcp { to }, tcp.message_max_bytes)
        }
        config::Transport::Tls(tls) => (protected(tls)?, tls.message_max_bytes),
    };
    let spool = SpoolOptions {
        directory: spool.directory.clone(),
        bytes_max: spool.bytes_max,
        age_max: TimeDelta::hours(spool.age_max_hours.into()),
        sync_every: Duration::from_millis(spool.sync_millis),
    };
    let backoff = [Duration::from_secs(1), Duration::from_secs(60)];
    Ok(ForwardOptions { transport, message_max, spool, backoff, settle: SETTLE })
}

fn address(text: &str, key: &str) -> Result<Address, SetupError> {
    Address::parse(text).ok_or_else(|| SetupError::new(key, "is host:port; an IPv6 address is in brackets"))
}

fn protected(tls: &config::Tls) -> Result<Transport, SetupError> {
    let key = |name: &str| format!("transport.tls.{name}");
    let to = address(&tls.address, &key("address"))?;
    let name = tls.server_name.as_deref().unwrap_or(to.host());
    let bad_name = |_| SetupError::new(&key("server_name"), "is a DNS name or an IP address");
    let name = ServerName::try_from(name.to_owned()).map_err(bad_name)?;
    let mut roots = RootCertStore::empty();
    match &tls.ca_file {
        // Instead of the system's, not besides: whoever names the bank's own authority means that one.
        Some(file) => {
            for certificate in certificates(file, &key("ca_file"))? {
                roots.add(certificate).map_err(|problem| SetupError::new(&key("ca_file"), problem))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(SetupError::new(&key("ca_file"), "is needed: the system has no certificates to trust"));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|problem| SetupError::new("transport.tls", problem))?
        .with_root_certificates(roots);
    let config = match (&tls.certificate_file, &tls.key_file) {
        (Some(certificate), Some(private)) => {
            let chain = certificates(certificate, &key("certificate_file"))?;
            // Not the parser's words: a key file that is none may be anything.
            let private = PrivateKeyDer::from_pem_file(private)
                .map_err(|_| SetupError::new(&key("key_file"), "is not a readable file with a PEM private key"))?;
            let config = config.with_client_auth_cert(chain, private);
            config.map_err(|problem| SetupError::new(&key("certificate_file"), problem))?
        }
        (None, None) => config.with_no_client_auth(),
        _ => return Err(SetupError::new(&key("key_file"), "and certificate_file belong together")),
    };
    Ok(Transport::Tls { to, name, config: Arc::new(config) })
}

fn certificates(file: &Path, key: &str) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let unreadable = |problem| SetupError::new(key, format!("{}: {problem}", file.display()));
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found.map_err(unreadable)? {
        none if none.is_empty() => Err(SetupError::new(key, format!("{} holds no PEM certificate", file.display()))),
        found => Ok(found),
    }
}
