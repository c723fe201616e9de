//! `[[issuers]]`: the identity services whose tokens are believed.

use super::problems::Problems;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// `[[issuers]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// Its public keys, RFC 7517, in a file.
    pub jwks_file: Option<PathBuf>,
    /// Where it publishes them.
    pub jwks_url: Option<String>,
    /// How they are fetched.
    #[serde(default)]
    pub fetch: Fetch,
    /// The signature algorithms that are believed.
    #[serde(default = "Issuer::algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// How far its clock may be off.
    #[serde(default = "Issuer::clock_skew_secs")]
    pub clock_skew_secs: u32,
    /// Claims tokens, for the DBX family; absent, it makes none.
    pub dbx: Option<Dbx>,
    /// Access tokens, for the BNE family; absent, it makes none.
    pub bne: Option<Bne>,
}

/// `[issuers.fetch]`
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Fetch {
    /// Certification authorities that are trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether an address of this machine may be an `http:` one.
    pub plain_http: bool,
    /// How long reaching the service may take.
    pub connect_timeout_secs: u64,
    /// How long a fetch may take in all.
    pub timeout_secs: u64,
    /// Fetched keys are fresh for at least this long.
    pub refresh_min_secs: u64,
    /// Fetched keys are fresh for at most this long, and if the service does not say for how long.
    pub refresh_max_secs: u64,
    /// The least time between two fetches, whoever asks for a key that is not there.
    pub pause_secs: u64,
    /// For so long after the last fetch keys are believed.
    pub stale_max_secs: u64,
}

impl Default for Fetch {
    fn default() -> Self {
        Self {
            ca_file: None,
            plain_http: false,
            connect_timeout_secs: 5,
            timeout_secs: 10,
            refresh_min_secs: 60,
            refresh_max_secs: 900,
            pause_secs: 2,
            stale_max_secs: 86_400,
        }
    }
}

impl Fetch {
    fn check(&self, key: &str, problems: &mut Problems) {
        let key = |name: &str| format!("{key}.{name}");
        problems.within(&key("connect_timeout_secs"), self.connect_timeout_secs, 1, 60);
        problems.within(&key("timeout_secs"), self.timeout_secs, 1, 60);
        problems.within(&key("refresh_min_secs"), self.refresh_min_secs, 10, 86_400);
        problems.within(&key("refresh_max_secs"), self.refresh_max_secs, self.refresh_min_secs.max(10), 86_400);
        problems.within(&key("pause_secs"), self.pause_secs, 1, 300);
        problems.within(&key("stale_max_secs"), self.stale_max_secs, self.refresh_max_secs.max(60), 2_592_000);
    }
}

/// `[issuers.dbx]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dbx {
    /// The apps: a token's `aud` must have one of them.
    pub audiences: Vec<String>,
    /// The claim that is the customer number.
    #[serde(default = "subject")]
    pub customer: String,
    /// The claim that is the app; absent, the audience is.
    pub app: Option<String>,
    /// The `typ` that a token must have; absent, any.
    pub typ: Option<String>,
    /// Claims that a token must have, and the values taken.
    #[serde(default)]
    pub required: BTreeMap<String, Vec<String>>,
}

/// `[issuers.bne]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bne {
    /// A token's `aud` must have one of these.
    pub audiences: Vec<String>,
    /// The claims that are the application's id; those that are there must agree.
    #[serde(default = "Bne::client")]
    pub client: Vec<String>,
    /// The claim that is the number of the customer who has logged in, unless it is the application's own id; empty, none is.
    #[serde(default = "subject")]
    pub customer: String,
    /// The `typ` that a token must have; absent, any.
    pub typ: Option<String>,
    /// Claims that a token must have, and the values taken.
    #[serde(default)]
    pub required: BTreeMap<String, Vec<String>>,
}

/// A signature algorithm of RFC 7518 or RFC 8037. Keyed hashes and `none` are not here, so they cannot be configured.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the RFCs")]
pub enum Algorithm {
    ES256,
    ES384,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    EdDSA,
}

fn subject() -> String {
    "sub".to_owned()
}

impl Issuer {
    /// The algorithms believed unless the file says otherwise.
    pub fn algorithms() -> Vec<Algorithm> {
        vec![Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA]
    }

    /// The skew allowed unless the file says otherwise.
    pub fn clock_skew_secs() -> u32 {
        30
    }

    /// One whose keys are in a file and that makes no tokens yet, with defaults for the rest.
    pub fn with_file(issuer: &str, jwks_file: PathBuf) -> Self {
        Self {
            issuer: issuer.to_owned(),
            jwks_file: Some(jwks_file),
            jwks_url: None,
            fetch: Fetch::default(),
            algorithms: Self::algorithms(),
            clock_skew_secs: Self::clock_skew_secs(),
            dbx: None,
            bne: None,
        }
    }
}

impl Dbx {
    /// Tokens for these apps, with defaults for the rest.
    pub fn for_audiences(audiences: Vec<String>) -> Self {
        Self { audiences, customer: subject(), app: None, typ: None, required: BTreeMap::new() }
    }
}

impl Bne {
    fn client() -> Vec<String> {
        vec!["azp".to_owned(), "client_id".to_owned()]
    }

    /// Tokens for these audiences, with defaults for the rest.
    pub fn for_audiences(audiences: Vec<String>) -> Self {
        Self { audiences, client: Self::client(), customer: subject(), typ: None, required: BTreeMap::new() }
    }
}

/// Everything that needs no look at a claim's name: that is judged by those who use it.
pub(super) fn check(issuers: &[Issuer], bne_enabled: bool, problems: &mut Problems) {
    if !(1..=16).contains(&issuers.len()) {
        problems.add("issuers", "must have 1 to 16 entries: the identity services whose tokens are taken");
    }
    for (n, issuer) in issuers.iter().enumerate() {
        let key = |name: &str| format!("issuers[{n}].{name}");
        let name = &issuer.issuer;
        if name.trim().is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
            problems.add(&key("issuer"), "must have 1 to 200 bytes, no control characters, and not be blank");
        }
        if issuers[..n].iter().any(|other| other.issuer == *name) {
            problems.add(&key("issuer"), "is there twice: a token could not be told whose it is");
        }
        match (&issuer.jwks_file, &issuer.jwks_url) {
            (None, None) => problems.add(&format!("issuers[{n}]"), "needs jwks_url or jwks_file: where its keys are"),
            (Some(_), Some(_)) => {
                problems.add(&key("jwks_url"), "must not be there together with jwks_file: take one out")
            }
            (Some(_), None) if issuer.fetch != Fetch::default() => {
                problems.add(&key("fetch"), "is for jwks_url: take it out");
            }
            _ => issuer.fetch.check(&key("fetch"), problems),
        }
        if issuer.algorithms.is_empty() {
            problems.add(&key("algorithms"), "must have at least one entry");
        }
        problems.within(&key("clock_skew_secs"), issuer.clock_skew_secs.into(), 0, 300);
        if issuer.dbx.is_none() && issuer.bne.is_none() {
            problems
                .add(&format!("issuers[{n}]"), "needs dbx.audiences, bne.audiences or both: whom its tokens are for");
        }
        if let Some(dbx) = &issuer.dbx {
            audiences(&key("dbx.audiences"), &dbx.audiences, problems);
            rules(&key("dbx"), dbx.typ.as_deref(), &dbx.required, problems);
        }
        if let Some(bne) = &issuer.bne {
            audiences(&key("bne.audiences"), &bne.audiences, problems);
            rules(&key("bne"), bne.typ.as_deref(), &bne.required, problems);
            if !(1..=4).contains(&bne.client.len()) {
                problems.add(&key("bne.client"), "must have 1 to 4 entries: the claims that are the application's id");
            }
        }
    }
    if bne_enabled && issuers.iter().all(|issuer| issuer.bne.is_none()) {
        problems.add("bne.enabled", "needs an issuer with bne.audiences: nobody could call");
    }
}

/// Whose tokens a family takes.
fn audiences(key: &str, audiences: &[String], problems: &mut Problems) {
    if !(1..=32).contains(&audiences.len()) {
        problems.add(key, "must have 1 to 32 entries: the apps whose tokens are taken");
    }
    texts(key, audiences, problems);
}

fn rules(key: &str, typ: Option<&str>, required: &BTreeMap<String, Vec<String>>, problems: &mut Problems) {
    if typ.is_some_and(|typ| typ.trim().is_empty() || typ.len() > 100) {
        problems.add(&format!("{key}.typ"), "must be a type such as \"at+jwt\", of at most 100 bytes");
    }
    if required.len() > 16 {
        problems.add(&format!("{key}.required"), "must have at most 16 entries");
    }
    for (name, taken) in required {
        let key = format!("{key}.required.{name}");
        if !(1..=32).contains(&taken.len()) {
            problems.add(&key, "must have 1 to 32 entries: the values taken");
        }
        texts(&key, taken, problems);
    }
}

fn texts(key: &str, texts: &[String], problems: &mut Problems) {
    for (n, text) in texts.iter().enumerate() {
        let key = format!("{key}[{n}]");
        if !(1..=200).contains(&text.len()) || text.chars().any(char::is_control) {
            problems.add(&key, "must have 1 to 200 bytes and no control characters");
        }
        if texts[..n].contains(text) {
            problems.add(&key, "is there twice: take one out");
        }
    }
}
