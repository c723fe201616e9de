//! Where the data is, out of `[store]`.

use crate::config::{self, Config, ConfigError, Problems};
use crate::store::{Address, Location};
use secrecy::ExposeSecret;
use std::path::Path;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// The longest file of authorities, in bytes.
const CA_MAX: u64 = 1024 * 1024;

/// For commands that need nothing else of the configuration.
pub(in crate::server) fn location(config: &Config) -> Result<Location, ConfigError> {
    let mut problems = Problems::default();
    let location = judge(config, &mut problems);
    config.verdict(problems)?;
    location.ok_or_else(|| ConfigError::of_file("configuration", "has no store".into()))
}

/// `None` if there are problems.
pub(super) fn judge(config: &Config, problems: &mut Problems) -> Option<Location> {
    let store = &config.store;
    let Some(url) = &store.url else { return store.sqlite.clone().map(Location::File) };
    let roots = roots(store.ca_file.as_deref()).map_err(|problem| problems.add("store.ca_file", problem)).ok()?;
    let password = store.password.as_ref().map(|password| password.expose_secret().as_bytes());
    match Address::parse(url, password, roots) {
        Ok(address) => Some(Location::Server(address)),
        Err(problem) => {
            problems.add("store.url", problem);
            None
        }
    }
}

/// The authorities of the file, or else the system's.
fn roots(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let Some(file) = file else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    let (text, place) = (config::read(file, CA_MAX)?, file.display());
    for (n, certificate) in (1..).zip(CertificateDer::pem_slice_iter(text.as_bytes())) {
        // Not the parser's words, which quote the file: it may be anything, such as a key.
        let certificate = certificate.map_err(|_| format!("{place}: certificate {n} is not whole PEM"))?;
        roots.add(certificate).map_err(|problem| format!("{place}: certificate {n} does not read: {problem}"))?;
    }
    if roots.is_empty() {
        let instead = if text.contains("PRIVATE KEY-----") { ", but a private key" } else { "" };
        return Err(format!("{place} holds no PEM certificate{instead}"));
    }
    Ok(roots)
}
