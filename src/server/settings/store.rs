//! Where the data is, out of `[store]`.

use crate::config::{Config, ConfigError, Problems};
use crate::store::{Address, Location};
use secrecy::ExposeSecret;
use std::path::Path;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

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
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    for certificate in found.map_err(|error| format!("{}: {error}", file.display()))? {
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() {
        return Err(format!("{} holds no PEM certificate", file.display()));
    }
    Ok(roots)
}
