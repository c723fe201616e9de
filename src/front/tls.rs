//! TLS 1.2 and 1.3: certificates that are exchanged while the server runs, and those that callers show.
//!
//! 1. Chain and key are PEM files. They are read at the start, and looked at again every few seconds and when the process
//!    is told to (SIGHUP). What has changed and fits goes for new connections; those that stand go on as they are.
//! 2. What does not fit is told once, and the old pair stays: a renewal that went wrong is no outage. Files of which the
//!    one is new and the other is not yet are looked at once more before anything is said.
//! 3. The authorities of clients and their lists of revoked certificates are exchanged with them.
//! 4. Where client certificates are asked for, sessions are not resumed: a resumed one would not be verified again.

use crate::api::certificate::Certificate;
use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_rustls::rustls::crypto::aws_lc_rs as provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::{Error, InconsistentKeys, RootCertStore, ServerConfig};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::objects::oid2abbrev;
use x509_parser::oid_registry::OidRegistry;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;
use zeroize::Zeroizing;

/// The longest file that is read, in bytes.
const FILE_MAX: u64 = 1024 * 1024;
/// What is spoken inside (RFC 7301).
const ALPN: &[u8] = b"http/1.1";

/// Where certificates are, and who has to show one.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    /// The server's certificate in PEM, then those that issued it, without the root.
    pub certificate_file: PathBuf,
    /// Its private key in PEM.
    pub key_file: PathBuf,
    /// Whether callers show certificates, and the authorities that issue them.
    pub clients: Option<Clients>,
}

/// Client certificates.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The authorities in PEM.
    pub ca_file: PathBuf,
    /// The certificates that they have revoked, in PEM (RFC 5280 section 5).
    pub crl_file: Option<PathBuf>,
    /// Whether a connection without one is closed.
    pub required: bool,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct TlsError {
    /// The key of the configuration: `certificate_file`, `key_file`, `client_ca_file`, `client_crl_file`.
    pub key: &'static str,
    /// A sentence, with the file's name.
    pub problem: String,
}

/// What became of a look at the files.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// They are as they were.
    Same,
    /// They go for new connections from now on.
    Taken,
    /// They do not fit, and the old ones stay.
    Kept(TlsError),
}

/// The certificates of a listener.
pub struct Tls {
    options: TlsOptions,
    // Held to read or exchange a pointer, never across an await.
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    expires: DateTime<Utc>,
    taken: [u8; 32],
    // What did not fit when it was last looked at, and whether that was told.
    doubted: Option<(Seen, bool)>,
}

/// The SHA-256 of all files together, or why they cannot be read.
type Seen = Result<[u8; 32], TlsError>;

/// The files' bytes.
struct Files {
    chain: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    authorities: Option<Vec<u8>>,
    revoked: Option<Vec<u8>>,
}

impl Tls {
    /// Reads the files.
    pub fn load(options: TlsOptions) -> Result<Self, TlsError> {
        let files = Files::read(&options)?;
        let (config, expires) = files.config(&options)?;
        let state = State { config: Arc::new(config), expires, taken: files.digest(), doubted: None };
        Ok(Self { options, state: Mutex::new(state) })
    }

    /// When the server's certificate expires, or one of its chain before it.
    pub fn expires(&self) -> DateTime<Utc> {
        self.lock().expires
    }

    /// What goes for a new connection.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        self.lock().config.clone()
    }

    /// Looks at the files again. Unless `at_once`, what does not fit is told when it is seen for the second time, and no
    /// more after that.
    pub(super) fn reload(&self, at: DateTime<Utc>, at_once: bool) -> Look {
        let files = Files::read(&self.options);
        let seen = files.as_ref().map(Files::digest).map_err(Clone::clone);
        let mut state = self.lock();
        if seen == Ok(state.taken) {
            state.doubted = None;
            return Look::Same;
        }
        let before = state.doubted.as_ref().filter(|(before, _)| *before == seen).map(|(_, told)| *told);
        if before == Some(true) && !at_once {
            return Look::Same;
        }
        let problem = match files.and_then(|files| Ok((files.current_config(&self.options, at)?, files.digest()))) {
            Ok(((config, expires), taken)) => {
                *state = State { config: Arc::new(config), expires, taken, doubted: None };
                return Look::Taken;
            }
            Err(problem) => problem,
        };
        let tell = at_once || before.is_some();
        state.doubted = Some((seen, tell));
        if tell { Look::Kept(problem) } else { Look::Same }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    fn read(options: &TlsOptions) -> Result<Self, TlsError> {
        let chain = read("certificate_file", &options.certificate_file)?;
        let key = Zeroizing::new(read("key_file", &options.key_file)?);
        let authorities =
            options.clients.as_ref().map(|clients| read("client_ca_file", &clients.ca_file)).transpose()?;
        let crl = options.clients.as_ref().and_then(|clients| clients.crl_file.as_ref());
        let revoked = crl.map(|file| read("client_crl_file", file)).transpose()?;
        Ok(Self { chain, key, authorities, revoked })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = digest::Context::new(&digest::SHA256);
        let none = Vec::new();
        let others = [&self.authorities, &self.revoked].map(|file| file.as_ref().unwrap_or(&none));
        for file in [&self.chain, &*self.key].into_iter().chain(others) {
            digest.update(&(file.len() as u64).to_be_bytes());
            digest.update(file);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.finish().as_ref());
        bytes
    }

    /// The same for files that are exchanged for others: what has expired is no good then.
    fn current_config(
        &self,
        options: &TlsOptions,
        at: DateTime<Utc>,
    ) -> Result<(ServerConfig, DateTime<Utc>), TlsError> {
        let (config, expires) = self.config(options)?;
        if expires <= at {
            return Err(chain_error(options, "has expired"));
        }
        Ok((config, expires))
    }

    fn config(&self, options: &TlsOptions) -> Result<(ServerConfig, DateTime<Utc>), TlsError> {
        let chain = certificates(&self.chain).map_err(|problem| chain_error(options, problem))?;
        let expires = judge(&chain).map_err(|problem| chain_error(options, problem))?;
        let key_error = |problem: &str| error("key_file", &options.key_file, problem);
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| key_error("has no private key in PEM"))?;
        let provider = Arc::new(provider::default_provider());
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|problem| chain_error(options, &problem.to_string()))?;
        let config = match (&options.clients, &self.authorities) {
            (Some(clients), Some(authorities)) => {
                let error = |problem: &str| error("client_ca_file", &clients.ca_file, problem);
                let mut roots = RootCertStore::empty();
                for authority in certificates(authorities).map_err(error)? {
                    roots.add(authority).map_err(|problem| error(&problem.to_string()))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                let verifier = if clients.required { verifier } else { verifier.allow_unauthenticated() };
                let verifier = verifier.with_crls(self.crls(clients)?).only_check_end_entity_revocation();
                config.with_client_cert_verifier(verifier.build().map_err(|problem| error(&problem.to_string()))?)
            }
            _ => config.with_no_client_auth(),
        };
        let mut config = config.with_single_cert(chain, key).map_err(|problem| match problem {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                key_error(&format!("is not the key of {}", options.certificate_file.display()))
            }
            Error::InvalidCertificate(problem) => chain_error(options, &problem.to_string()),
            problem => key_error(&problem.to_string()),
        })?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        if options.clients.is_some() {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok((config, expires))
    }

    fn crls(&self, clients: &Clients) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
        let (Some(file), Some(revoked)) = (&clients.crl_file, &self.revoked) else { return Ok(Vec::new()) };
        match CertificateRevocationListDer::pem_slice_iter(revoked).collect::<Result<Vec<_>, _>>() {
            Ok(lists) if !lists.is_empty() => Ok(lists),
            _ => Err(error("client_crl_file", file, "has no revocation list in PEM")),
        }
    }
}

fn chain_error(options: &TlsOptions, problem: &str) -> TlsError {
    error("certificate_file", &options.certificate_file, problem)
}

fn error(key: &'static str, file: &Path, problem: &str) -> TlsError {
    TlsError { key, problem: format!("{} {problem}", file.display()) }
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    let file = std::fs::File::open(path).map_err(|p| error(key, path, &format!("cannot be opened: {p}")))?;
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(|p| error(key, path, &format!("cannot be read: {p}")))?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(error(key, path, &format!("is longer than {FILE_MAX} bytes")));
    }
    Ok(bytes)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    match CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>() {
        Ok(found) if found.is_empty() => Err("has no certificate in PEM"),
        Ok(found) => Ok(found),
        Err(_) => Err("has PEM that is damaged"),
    }
}

/// Whether each certificate was issued by the one after it; and when the first of them expires.
fn judge(chain: &[CertificateDer<'_>]) -> Result<DateTime<Utc>, &'static str> {
    let damaged = "has a certificate that is damaged";
    let read = |der| X509Certificate::from_der(der).map(|(_, certificate)| certificate).map_err(|_| damaged);
    let chain = chain.iter().map(|der| read(der)).collect::<Result<Vec<_>, _>>()?;
    if chain.windows(2).any(|pair| pair[0].issuer().as_raw() != pair[1].subject().as_raw()) {
        return Err("is not in order: the server's own certificate first, after each the one that issued it");
    }
    let expires = chain.iter().map(|certificate| certificate.validity().not_after.timestamp()).min();
    expires.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or(damaged)
}

/// What a verified client certificate says; `None` if it cannot be read after all.
pub(super) fn certificate(der: &CertificateDer<'_>) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let (mut dns, mut uris) = (Vec::new(), Vec::new());
    if let Some(names) = certificate.subject_alternative_name().ok()? {
        for name in &names.value.general_names {
            match name {
                GeneralName::DNSName(name) => dns.push(name.to_ascii_lowercase()),
                GeneralName::URI(uri) => uris.push((*uri).to_owned()),
                _ => (),
            }
        }
    }
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
    let expires = DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)?;
    Some(Certificate { subject: distinguished_name(certificate.subject()), dns, uris, fingerprint, expires })
}

/// RFC 4514: the most specific first. An attribute without a short name, or that is no text, has its number and its bytes.
fn distinguished_name(name: &X509Name<'_>) -> String {
    let registry = OidRegistry::default();
    let mut relative: Vec<String> = name
        .iter_rdn()
        .map(|attributes| {
            let attribute = |attribute: &x509_parser::x509::AttributeTypeAndValue<'_>| match (
                oid2abbrev(attribute.attr_type(), &registry),
                attribute.as_str(),
            ) {
                (Ok(name), Ok(value)) => format!("{name}={}", escaped(value)),
                _ => {
                    let bytes = data_encoding::HEXLOWER.encode(attribute.as_slice());
                    format!("{}=#{bytes}", attribute.attr_type())
                }
            };
            attributes.iter().map(attribute).collect::<Vec<_>>().join("+")
        })
        .collect();
    relative.reverse();
    relative.join(",")
}

/// RFC 4514 section 2.4.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::new();
    for (n, c) in value.chars().enumerate() {
        match c {
            '\0' => text.push_str("\\00"),
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', c]),
            ' ' if n == 0 || n == last => text.push_str("\\ "),
            '#' if n == 0 => text.push_str("\\#"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests;
