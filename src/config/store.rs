//! `[store]`: where the data is.

use super::problems::Problems;
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// `[store]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The SQLite database file: one server has it.
    pub sqlite: Option<PathBuf>,
    /// Instead of it, a PostgreSQL database that several servers share: `postgres://user@host:5432/database`.
    pub url: Option<String>,
    /// A file with the password of the user that `url` names.
    pub password_file: Option<PathBuf>,
    /// A PEM file with the authorities that may have signed the database server's certificate, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// How often what is older is deleted.
    #[serde(default = "Store::purge_interval_secs")]
    pub purge_interval_secs: u64,
    /// What is in `password_file`, or in the environment.
    #[serde(skip)]
    pub password: Option<SecretString>,
}

impl Store {
    fn purge_interval_secs() -> u64 {
        300
    }

    /// A store in this file, with defaults for the rest.
    pub fn at(sqlite: PathBuf) -> Self {
        Self {
            sqlite: Some(sqlite),
            url: None,
            password_file: None,
            ca_file: None,
            purge_interval_secs: Self::purge_interval_secs(),
            password: None,
        }
    }

    pub(super) fn place(&mut self, place: impl FnMut(&mut PathBuf)) {
        [&mut self.sqlite, &mut self.password_file, &mut self.ca_file].into_iter().flatten().for_each(place);
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.within("store.purge_interval_secs", self.purge_interval_secs, 1, 86_400);
        match (&self.sqlite, &self.url) {
            (None, None) => problems.add("store", "needs `sqlite` (a file) or `url` (a PostgreSQL database)"),
            (Some(_), Some(_)) => {
                problems.add("store.url", "must not be there together with `sqlite`: take one of them out");
            }
            (None, Some(url)) if names_a_password(url) => problems.add(
                "store.url",
                "must not hold a password: put it into `password_file`, or COUNTERSIGN_STORE_PASSWORD in the environment",
            ),
            _ => (),
        }
        if self.url.is_none() {
            for (key, there) in [("password_file", self.password_file.is_some()), ("ca_file", self.ca_file.is_some())] {
                if there {
                    problems.add(&format!("store.{key}"), "needs `url` beside it");
                }
            }
        }
    }
}

/// Whether it has one before the host or among what follows the database.
pub(crate) fn names_a_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let query = place.split_once('?').map_or("", |(_, query)| query);
    // The name of an option may be written in many ways.
    user.contains(':') || query.contains("password") || query.contains('%')
}
