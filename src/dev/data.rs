//! The data directory of `serve --dev`: everything a server needs, made on first use and kept.
//!
//! ```text
//! server.key           64 hexadecimal digits, readable by the owner alone
//! signing-key.p8       the private key that `dev-token` signs with (PKCS #8), readable by the owner alone
//! token-seeds.key      64 hexadecimal digits that the seeds of the customers' tokens are drawn from, as private
//! DEV-HOTP-….counter   how often the button of a counting token was pressed
//! jwks.json            its public part, as an identity service would publish it
//! operator.credential  what the operator `dev` calls the operator API with, as private
//! operator.url         where that API was last served
//! countersign.sqlite   the data
//! ```
//!
//! The server key is made first, so a directory that has files but no server key is not ours, or has lost the key that its
//! data is sealed with: nothing is put into it. The signing key comes from the crypto library's own generator, the only one
//! it makes key pairs with; no test needs to know a private key beforehand.

use crate::config::issuers::{self, Issuer};
use crate::config::limits::{Challenges, Failures, Limits, Sends};
use crate::config::{Config, Key, Store, read};
use crate::domain::keys::{KeyError, KeyId, ServerKey};
use crate::domain::operator::Credential;
use crate::domain::ports::Random;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::HEXLOWER;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey};
use secrecy::SecretString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The `iss` of tokens made here.
pub const ISSUER: &str = "https://countersign.invalid/dev";
/// The apps tokens can be made for, the default first.
pub const APPS: [&str; 2] = ["dev-app", "other-app"];
/// The name of the signing key.
pub(super) const KEY_ID: &str = "dev";

const SERVER_KEY: &str = "server.key";
const SIGNING_KEY: &str = "signing-key.p8";
const TOKEN_SECRET: &str = "token-seeds.key";
const JWKS: &str = "jwks.json";
const OPERATOR_CREDENTIAL: &str = "operator.credential";
const OPERATOR_URL: &str = "operator.url";
const DATABASE: &str = "countersign.sqlite";
const DATABASE_URL: &str = "database.url";
/// No file here is longer.
const KEY_FILE_MAX: u64 = 4 * 1024;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file system said no.
    #[error("cannot write {}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A file does not read back.
    #[error("{0}")]
    Read(String),
    /// There are files, but no server key.
    #[error(
        "{} has files but no {SERVER_KEY}, so it is not a development server's, or not whole any more: choose another \
         directory, or delete this one to start again",
        .0.display()
    )]
    Foreign(PathBuf),
    /// What should be the server key is none. The data is sealed with it.
    #[error("{} is damaged ({problem}): put the right key back, or delete the directory to start again", path.display())]
    ServerKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, without the key.
        problem: KeyError,
    },
    /// There is nothing yet.
    #[error("{} is not a development server's directory: run `countersign serve --dev` with it first", .0.display())]
    Empty(PathBuf),
    /// What should be the secret of the tokens is none.
    #[error("{} is damaged: put the right one back, or delete the directory to start again", .0.display())]
    TokenSecret(PathBuf),
    /// What should be a counter is none.
    #[error("{} is no counter: write the token's next counter into it", .0.display())]
    Counter(PathBuf),
    /// No key could be made, or the one that is there is damaged.
    #[error("{} is damaged: delete it, and the next start makes a new one (tokens are no longer good then)", .0.display())]
    SigningKey(PathBuf),
}

/// A data directory with everything in it.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Makes the directory and what it lacks.
    pub fn create(path: &Path, random: &dyn Random) -> Result<Self, DataError> {
        let failed = |source| DataError::Write { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let dir = Self(path.to_owned());
        if !dir.file(SERVER_KEY).exists() {
            dir.check_empty()?;
            dir.write_random(SERVER_KEY, random)?;
        }
        if !dir.file(TOKEN_SECRET).exists() {
            dir.write_random(TOKEN_SECRET, random)?;
        }
        if !dir.file(SIGNING_KEY).exists() {
            let bad = |_| DataError::SigningKey(dir.file(SIGNING_KEY));
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            dir.write(SIGNING_KEY, key.map_err(bad)?.as_ref())?;
        }
        if !dir.file(OPERATOR_CREDENTIAL).exists() {
            dir.write(OPERATOR_CREDENTIAL, Credential::random(random).expose().as_bytes())?;
        }
        dir.write_jwks()?;
        Ok(dir)
    }

    /// Takes a directory that [`DataDir::create`] has made before.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let dir = Self(path.to_owned());
        if dir.file(SIGNING_KEY).exists() { Ok(dir) } else { Err(DataError::Empty(path.to_owned())) }
    }

    /// The configuration of a development server: everything as by default, all families served, and no limit on what everyone
    /// does together, on one address, app, client or phone prefix, or on the time between two sends.
    pub fn config(&self) -> Result<Config, DataError> {
        let path = self.file(SERVER_KEY);
        let secret = Zeroizing::new(read(&path, KEY_FILE_MAX).map_err(DataError::Read)?);
        let checked = KeyId::parse(KEY_ID).and_then(|id| ServerKey::from_hex(id, &secret));
        checked.map_err(|problem| DataError::ServerKey { path: path.clone(), problem })?;
        let secret = Some(SecretString::from(&**secret));
        let key = Key { id: KEY_ID.into(), file: Some(path), command: None, secret, from_environment: false };
        let apps = || APPS.map(str::to_owned).into();
        let issuer = Issuer {
            algorithms: vec![issuers::Algorithm::ES256],
            dbx: Some(issuers::Dbx::for_audiences(apps())),
            bne: Some(issuers::Bne::for_audiences(apps())),
            ..Issuer::with_file(ISSUER, self.file(JWKS))
        };
        let mut config = Config::new(Store::at(self.database()), vec![key], vec![issuer]);
        config.server.throttle.enabled = false;
        config.limits = limits();
        config.toll_fraud.enabled = false;
        config.bne.enabled = true;
        config.operator.enabled = true;
        Ok(config)
    }

    /// Where the operator API was last served, and what to call it with.
    pub fn operator(&self) -> Result<(String, Zeroizing<String>), DataError> {
        let read = |name| read(&self.file(name), KEY_FILE_MAX).map_err(DataError::Read);
        Ok((read(OPERATOR_URL)?.trim().to_owned(), self.operator_credential()?))
    }

    /// The credential of the operator `dev`.
    pub(super) fn operator_credential(&self) -> Result<Zeroizing<String>, DataError> {
        let text = Zeroizing::new(read(&self.file(OPERATOR_CREDENTIAL), KEY_FILE_MAX).map_err(DataError::Read)?);
        Ok(Zeroizing::new(text.trim().to_owned()))
    }

    /// Notes where the operator API is served, for [`DataDir::operator`].
    pub fn note_operator(&self, address: SocketAddr) -> Result<(), DataError> {
        self.write(OPERATOR_URL, format!("http://{address}\n").as_bytes())
    }

    /// What the seeds of the customers' tokens are drawn from.
    pub(super) fn token_secret(&self) -> Result<Zeroizing<Vec<u8>>, DataError> {
        let path = self.file(TOKEN_SECRET);
        let text = Zeroizing::new(read(&path, KEY_FILE_MAX).map_err(DataError::Read)?);
        let secret = HEXLOWER.decode(text.trim().as_bytes()).map(Zeroizing::new).unwrap_or_default();
        if secret.len() == 32 { Ok(secret) } else { Err(DataError::TokenSecret(path)) }
    }

    /// Presses the button of a counting token; gives the counter whose code it shows.
    pub(super) fn press(&self, serial: &str) -> Result<u64, DataError> {
        let name = format!("{serial}.counter");
        let path = self.file(&name);
        let counter = if path.exists() {
            let text = read(&path, KEY_FILE_MAX).map_err(DataError::Read)?;
            text.trim().parse().map_err(|_| DataError::Counter(path))?
        } else {
            0_u64
        };
        self.write(&name, counter.saturating_add(1).to_string().as_bytes())?;
        Ok(counter)
    }

    /// The key that tokens are signed with.
    pub(super) fn signing_key(&self) -> Result<EncodingKey, DataError> {
        let path = self.file(SIGNING_KEY);
        let mut bytes = Zeroizing::new(Vec::new());
        let read = File::open(&path).and_then(|file| file.take(KEY_FILE_MAX).read_to_end(&mut bytes));
        read.map_err(|error| DataError::Read(format!("cannot read {}: {error}", path.display())))?;
        match EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes) {
            Ok(_) => Ok(EncodingKey::from_ec_der(&bytes)),
            Err(_) => Err(DataError::SigningKey(path)),
        }
    }

    /// A server key is made in an empty directory only, or in one where that was broken off before.
    fn check_empty(&self) -> Result<(), DataError> {
        let failed = |error| DataError::Read(format!("cannot read {}: {error}", self.0.display()));
        for entry in fs::read_dir(&self.0).map_err(failed)? {
            if entry.map_err(failed)?.file_name() != beside(SERVER_KEY).as_str() {
                return Err(DataError::Foreign(self.0.clone()));
            }
        }
        Ok(())
    }

    /// Writes 32 random bytes as 64 hexadecimal digits.
    fn write_random(&self, name: &str, random: &dyn Random) -> Result<(), DataError> {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(&mut *bytes);
        self.write(name, Zeroizing::new(HEXLOWER.encode(&*bytes)).as_bytes())
    }

    fn write_jwks(&self) -> Result<(), DataError> {
        let bad = |_| DataError::SigningKey(self.file(SIGNING_KEY));
        let mut key = Jwk::from_encoding_key(&self.signing_key()?, Algorithm::ES256).map_err(bad)?;
        key.common.key_id = Some(KEY_ID.into());
        key.common.public_key_use = Some(PublicKeyUse::Signature);
        let text = serde_json::to_vec_pretty(&JwkSet { keys: vec![key] })
            .map_err(|error| DataError::Write { path: self.file(JWKS), source: error.into() })?;
        self.write(JWKS, &text)
    }

    /// Where the database is, if the data is not in the data file.
    pub fn database_url(&self) -> Result<Option<String>, DataError> {
        let path = self.file(DATABASE_URL);
        if !path.exists() {
            return Ok(None);
        }
        read(&path, KEY_FILE_MAX).map(Some).map_err(DataError::Read)
    }

    /// Has the data on a database server from now on, and not in the data file.
    pub fn set_database_url(&self, url: &str) -> Result<(), DataError> {
        self.write(DATABASE_URL, url.as_bytes())
    }

    /// The data file.
    pub fn database(&self) -> PathBuf {
        self.file(DATABASE)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes beside and renames, so that a crash leaves the old file or the new one.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), DataError> {
        let (path, beside) = (self.file(name), self.file(&beside(name)));
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().map_err(|source| DataError::Write { path: path.clone(), source })
    }
}

/// The limits of a customer and a destination are those of production; all others are off.
fn limits() -> Limits {
    let off = Some(0);
    Limits {
        resend_wait_secs: off,
        sends: Sends {
            app_per_minute: off,
            address_per_hour: off,
            country_per_hour: off,
            purpose_per_minute: off,
            all_per_minute: off,
            ..Sends::default()
        },
        failures: Failures {
            address_per_hour: off,
            same_code_per_hour: off,
            purpose_per_minute: off,
            ..Failures::default()
        },
        challenges: Challenges {
            client_per_minute: off,
            address_per_minute: off,
            all_per_minute: off,
            ..Challenges::default()
        },
    }
}

/// What a file is called until it is whole.
fn beside(name: &str) -> String {
    format!("{name}.new")
}

#[cfg(test)]
mod tests;
