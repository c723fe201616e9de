//! Checkpoints of the audit trail: the key, and where they go.

use crate::config::{self, Config, Problems};
use crate::domain::audit::checkpoint::{PublicKey, SigningKey};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

/// The longest key file that is read, in bytes.
const KEY_MAX: u64 = 16 * 1024;

/// How checkpoints are made.
pub struct CheckpointOptions {
    /// Signs them.
    pub key: SigningKey,
    /// Where they are appended.
    pub file: PathBuf,
    /// The pause between two.
    pub pause: Duration,
}

/// What `[audit]` says, if it wants checkpoints and is right.
pub(super) fn judge(config: &Config, problems: &mut Problems) -> Option<CheckpointOptions> {
    let audit = &config.audit;
    let (path, file) = (audit.checkpoint_key_file.as_deref()?, audit.checkpoint_file.clone()?);
    let pause = Duration::from_secs(audit.checkpoint_interval_secs);
    match signing_key(path) {
        Ok(key) => Some(CheckpointOptions { key, file, pause }),
        Err(problem) => {
            problems.add("audit.checkpoint_key_file", problem);
            None
        }
    }
}

/// Reads a private key in PEM.
pub(crate) fn signing_key(path: &Path) -> Result<SigningKey, String> {
    let text = zeroize::Zeroizing::new(config::read(path, KEY_MAX)?);
    let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok();
    key.and_then(|key| SigningKey::from_pkcs8(key.secret_pkcs8_der())).ok_or_else(|| {
        format!(
            "{}: is no Ed25519 private key in PEM (make one with: openssl genpkey -algorithm ed25519)",
            path.display()
        )
    })
}

/// Reads a public key in PEM.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey, String> {
    let text = config::read(path, KEY_MAX)?;
    let key = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()).ok();
    key.and_then(|key| PublicKey::from_spki(&key)).ok_or_else(|| {
        format!("{}: is no Ed25519 public key in PEM (as openssl pkey -pubout writes it)", path.display())
    })
}
