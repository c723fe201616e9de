//! The whole configuration, typed: one TOML file, read once at start-up.
//!
//! 1. The file is read, at most [`FILE_MAX`] bytes of it.
//! 2. TOML becomes the structs below. Unknown keys are refused: a mistyped key must not mean "the default".
//! 3. Relative paths are taken from the directory of the file.
//! 4. Secrets are fetched. The file never holds one, so that it can be shown, compared and checked in: a secret comes from
//!    a file of its own or from the environment, and the environment wins; a server key also from a command.
//!
//! | variable | stands for |
//! |---|---|
//! | `COUNTERSIGN_SERVER_KEY_<ID>` | the server key of that id: upper case, `-` written `_` |
//! | `COUNTERSIGN_STORE_PASSWORD` | the content of `store.password_file` |
//! | `COUNTERSIGN_SMTP_PASSWORD` | the content of `delivery.smtp.password_file` |
//! | `COUNTERSIGN_SMS_TOKEN` | the content of `delivery.sms.http.token_file` |
//! | `COUNTERSIGN_SMS_PASSWORD` | the content of `delivery.sms.http.password_file` |
//! | `COUNTERSIGN_SMS_SECRET_<NAME>` | the content of `delivery.sms.http.secrets.<name>`, which must be listed all the same |
//!
//! 5. Everything that can be judged without the rest of the program is judged. What the domain has to judge (policies,
//!    key ids, texts) is judged by `server::Settings`, through [`Config::load_judged`]. All problems are told at once, each
//!    with file, line and key.

pub mod audit;
pub mod bne;
mod check;
pub mod delivery;
mod form;
pub mod issuers;
mod keys;
pub mod limits;
pub mod listener;
pub mod operator;
mod problems;
pub mod siem;
mod store;
pub mod toll_fraud;

pub use keys::Key;
pub use problems::{ConfigError, Problem, Problems};
pub use store::Store;
pub(crate) use store::names_a_password;

use delivery::{Delivery, Messages, Sms};
use issuers::Issuer;
use listener::{ClientBinding, Connections, Tls};
use problems::Source;
use secrecy::SecretString;
use serde::Deserialize;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The longest configuration file that is read, in bytes.
pub const FILE_MAX: u64 = 1024 * 1024;
/// The longest secret that is read from a file, in bytes.
pub const SECRET_MAX: u64 = 16 * 1024;
/// A commented file with every key in it: printed by `countersign config sample`.
pub const SAMPLE: &str = include_str!("../packaging/countersign.toml");
/// The tables without defaults, and what to say if one is not there.
const NEEDED: [(&str, &str); 3] = [
    ("store", "the table [store] is missing: add it, with sqlite or url"),
    ("keys", "the table [[keys]] is missing: add it, with id and file or command"),
    ("issuers", "the table [[issuers]] is missing: add it, with issuer, jwks_url or jwks_file, and dbx.audiences"),
];

/// The configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Listening, limits of a request, stopping.
    #[serde(default)]
    pub server: Server,
    /// What is logged, and how.
    #[serde(default)]
    pub log: Log,
    /// Where data is kept.
    pub store: Store,
    /// How long what is over is kept.
    #[serde(default)]
    pub retention: Retention,
    /// The server keys, the current one first.
    pub keys: Vec<Key>,
    /// The rules of each operation.
    #[serde(default)]
    pub policy: Policies,
    /// Where text messages go to, and how many.
    #[serde(default)]
    pub toll_fraud: toll_fraud::TollFraud,
    /// The identity services whose tokens are believed.
    pub issuers: Vec<Issuer>,
    /// What outlives single flows.
    #[serde(default)]
    pub limits: limits::Limits,
    /// The ways out.
    #[serde(default)]
    pub delivery: Delivery,
    /// The words.
    #[serde(default)]
    pub messages: Messages,
    /// Codes of hardware tokens.
    #[serde(default)]
    pub bne: bne::Bne,
    /// The ArcSight feed.
    #[serde(default)]
    pub siem: siem::Siem,
    /// Checkpoints of the audit trail.
    #[serde(default)]
    pub audit: audit::Audit,
    /// The operator API.
    #[serde(default)]
    pub operator: operator::Operator,
    #[serde(skip)]
    source: Source,
    #[serde(skip)]
    notes: Vec<String>,
}

/// `[server]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// Whether a proxy in front ends TLS, so that the listener may be on another address than loopback.
    pub behind_tls_proxy: bool,
    /// Networks of proxies that are believed when they say whose request it is; for both listeners.
    pub trusted_proxies: Vec<String>,
    /// The header in which they say it.
    pub forwarded_header: ForwardedHeader,
    /// TLS of the server's own.
    pub tls: Option<Tls<ClientBinding>>,
    /// How many connections there are, and how long one may be quiet.
    pub connections: Connections,
    /// In front of every path of the DBX family.
    pub dbx_base_path: String,
    /// Whether `/metrics` is served here.
    pub metrics: bool,
    /// Whether `/docs` and `/openapi` are served.
    pub docs: bool,
    /// Web origins whose pages may call; none means that CORS is off.
    pub cors_origins: Vec<String>,
    /// How long a request's body may take to arrive.
    pub body_timeout_secs: u64,
    /// How long an operation may take.
    pub handler_timeout_secs: u64,
    /// How long `/readyz` says no before a stop begins, so that a load balancer can notice.
    pub shutdown_delay_secs: u64,
    /// How long a stop may take: requests in hand and pending sends.
    pub shutdown_grace_secs: u64,
    /// How often one client address may call.
    pub throttle: Throttle,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            behind_tls_proxy: false,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::default(),
            tls: None,
            connections: Connections::default(),
            dbx_base_path: String::new(),
            metrics: true,
            docs: true,
            cors_origins: Vec::new(),
            body_timeout_secs: 10,
            handler_timeout_secs: 15,
            shutdown_delay_secs: 0,
            shutdown_grace_secs: 20,
            throttle: Throttle::default(),
        }
    }
}

/// In which header a trusted proxy says whose request it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// What most proxies write.
    #[default]
    #[serde(rename = "X-Forwarded-For")]
    XForwardedFor,
    /// RFC 7239
    Forwarded,
}

/// `[server.throttle]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throttle {
    /// Off lets everyone call as often as they like.
    pub enabled: bool,
    /// Calls a minute, over time.
    pub per_minute: u32,
    /// Calls at once, after a pause.
    pub burst: u32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { enabled: true, per_minute: 600, burst: 100 }
    }
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// The least important lines that are written.
    pub level: LogLevel,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Terminal,
    /// For machines: one object a line.
    Json,
}

/// How important a log line is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Something is broken.
    Error,
    /// Something needs looking at.
    Warn,
    /// What happens.
    #[default]
    Info,
    /// What happens, step by step.
    Debug,
    /// What the store and everyone that the server talks to take how long for, besides.
    Trace,
}

/// `[retention]`: for how many days what is over is kept.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Flows, transactions and sessions, after their end.
    pub flows_days: u32,
    /// Messages with an outcome, after they were recorded.
    pub messages_days: u32,
    /// Addresses in flows and messages, from the same moments on.
    pub addresses_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { flows_days: 7, messages_days: 7, addresses_days: 3 }
    }
}

/// `[policy]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// The bounds of every policy.
    pub profile: Profile,
    /// Operations `requestOTPPreLoginMB`, `verifyOTPPreLoginMB`; absent, they answer 10501.
    pub pre_login: Option<Policy>,
    /// Operations `requestUpdateSecurityQuestionsOTP`, `verifyUpdateSecurityQuestionsOTP`; absent, they answer 10501.
    pub security_questions: Option<Policy>,
}

/// Which bounds policies keep to.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// NIST SP 800-63B.
    #[default]
    Nist,
    /// What DBX administrators know.
    DbxCompat,
}

impl Profile {
    /// Its name, as in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nist => "nist",
            Self::DbxCompat => "dbx-compat",
        }
    }
}

/// `[policy.<purpose>]`: what is absent has the default of the domain.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// `false` turns the step off.
    pub required: Option<bool>,
    /// Digits of a code.
    pub code_digits: Option<u8>,
    /// How long a code is accepted.
    pub code_lifetime_secs: Option<u32>,
    /// How often a code may be sent again in one flow.
    pub resends_max: Option<u8>,
    /// Wrong codes until the flow is locked.
    pub failed_attempts_max: Option<u8>,
    /// Codes a day, per customer and per destination.
    pub daily_codes_max: Option<u32>,
    /// What the customer is shown: `all`, `primary` or `no_value`.
    pub presentation: Option<Presentation>,
    /// Which kind of address is the primary one: `sms` or `email`.
    pub primary: Option<Channel>,
}

/// What a customer is shown before a code is sent.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Presentation {
    /// All addresses.
    All,
    /// The primary address.
    Primary,
    /// Nothing.
    NoValue,
}

/// A way a message travels.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text message.
    Sms,
    /// E-mail.
    Email,
}

/// Looks a variable of the environment up.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads the file and the secrets it names; `environment` gives the overrides.
    pub fn load(path: &Path, environment: Environment<'_>) -> Result<Self, ConfigError> {
        Self::load_judged(path, environment, |_, _| ()).map(|(config, ())| config)
    }

    /// The same, with one more judge, who is heard before the verdict, also if there are problems already.
    pub fn load_judged<T>(
        path: &Path,
        environment: Environment<'_>,
        judge: impl FnOnce(&Self, &mut Problems) -> T,
    ) -> Result<(Self, T), ConfigError> {
        let name = path.display().to_string();
        let text = content(path, FILE_MAX).map_err(|problem| ConfigError::of_file(&name, problem))?;
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::parse_judged(&name, text, &base, environment, judge)
    }

    /// Reads a text; `name` is for messages, `base` for relative paths.
    pub fn parse(name: &str, text: String, base: &Path, environment: Environment<'_>) -> Result<Self, ConfigError> {
        Self::parse_judged(name, text, base, environment, |_, _| ()).map(|(config, ())| config)
    }

    /// The same, with one more judge.
    pub fn parse_judged<T>(
        name: &str,
        text: String,
        base: &Path,
        environment: Environment<'_>,
        judge: impl FnOnce(&Self, &mut Problems) -> T,
    ) -> Result<(Self, T), ConfigError> {
        let source = Source::new(name, text);
        let mut config: Config = source.deserialize(&NEEDED)?;
        config.source = source;
        config.place(base);
        let mut problems = Problems::default();
        config.fetch_secrets(environment, &mut problems);
        config.check(&mut problems);
        let judged = judge(&config, &mut problems);
        config.verdict(problems)?;
        Ok((config, judged))
    }

    /// A configuration without a file, for `serve --dev`, `demo` and tests.
    pub fn new(store: Store, keys: Vec<Key>, issuers: Vec<Issuer>) -> Self {
        Self {
            server: Server::default(),
            log: Log::default(),
            store,
            retention: Retention::default(),
            keys,
            policy: Policies {
                profile: Profile::Nist,
                pre_login: Some(Policy::default()),
                security_questions: Some(Policy::default()),
            },
            toll_fraud: toll_fraud::TollFraud::default(),
            issuers,
            limits: limits::Limits::default(),
            delivery: Delivery::default(),
            messages: Messages::default(),
            bne: bne::Bne::default(),
            siem: siem::Siem::default(),
            audit: audit::Audit::default(),
            operator: operator::Operator::default(),
            source: Source::default(),
            notes: Vec::new(),
        }
    }

    /// All that is configured, defaults included and secrets not, as one text that is the same as long as nothing changes.
    pub fn effective(&self) -> String {
        let Self {
            server,
            log,
            store,
            retention,
            keys,
            policy,
            toll_fraud,
            issuers,
            limits,
            delivery,
            messages,
            bne,
            siem,
            audit,
            operator,
            ..
        } = self;
        format!(
            "{server:?}\n{log:?}\n{store:?}\n{retention:?}\n{keys:?}\n{policy:?}\n{toll_fraud:?}\n{issuers:?}\n{limits:?}\n{delivery:?}\n{messages:?}\n{bne:?}\n\
             {siem:?}\n{audit:?}\n{operator:?}\n"
        )
    }

    /// What works but should not be so: files with secrets that others can read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Turns problems into an error that knows file and lines; none is fine.
    pub fn verdict(&self, problems: Problems) -> Result<(), ConfigError> {
        self.source.verdict(problems)
    }

    fn place(&mut self, base: &Path) {
        let place = |path: &mut PathBuf| *path = base.join(&*path);
        self.store.place(place);
        let files = self.issuers.iter_mut().flat_map(|issuer| [&mut issuer.jwks_file, &mut issuer.fetch.ca_file]);
        files.flatten().for_each(place);
        self.keys.iter_mut().filter_map(|key| key.file.as_mut()).for_each(place);
        self.keys.iter_mut().for_each(|key| key.place(base));
        if let Some(smtp) = &mut self.delivery.smtp {
            [&mut smtp.ca_file, &mut smtp.password_file].into_iter().flatten().for_each(place);
        }
        if let Some(Sms::Http(sms)) = &mut self.delivery.sms {
            let files = [&mut sms.token_file, &mut sms.password_file, &mut sms.ca_file];
            files.into_iter().flatten().chain(sms.secrets.values_mut()).for_each(place);
        }
        if let Some(tls) = &mut self.server.tls {
            tls.place(place);
        }
        if let Some(tls) = &mut self.operator.tls {
            tls.place(place);
        }
        self.siem.place(place);
        self.audit.place(place);
    }

    fn fetch_secrets(&mut self, environment: Environment<'_>, problems: &mut Problems) {
        for (n, key) in self.keys.iter_mut().enumerate() {
            key.from_environment = environment(&key.variable()).is_some();
            if let (Some(command), None, false) = (&key.command, &key.file, key.from_environment) {
                key.secret = keys::told(command).map_err(|problem| problems.add(&key.place_of(n), problem)).ok();
            }
        }
        let notes = &mut self.notes;
        let server = self.server.tls.as_ref().map(|tls| ("server.tls.key_file", &tls.key_file));
        let operator = self.operator.tls.as_ref().map(|tls| ("operator.tls.key_file", &tls.key_file));
        for (key, file) in server.into_iter().chain(operator).filter(|(_, file)| others_can_read(file)) {
            notes.push(exposed(key, file));
        }
        let mut fetch = |variable: &str, file: &Option<PathBuf>, key: &str| {
            let (from, text) = match (environment(variable), file) {
                (Some(value), _) => (format!("{variable} in the environment"), Ok(value)),
                (None, Some(file)) => {
                    if others_can_read(file) {
                        notes.push(exposed(key, file));
                    }
                    (file.display().to_string(), read(file, SECRET_MAX))
                }
                (None, None) => return None,
            };
            match text.as_deref().map(str::trim_end) {
                Ok("") => problems.add(key, format_args!("{from} is empty")),
                Ok(secret) => return Some(SecretString::from(secret)),
                Err(problem) => problems.add(key, problem),
            }
            None
        };
        for (n, key) in self.keys.iter_mut().enumerate() {
            let variable = key.variable();
            key.secret = key.secret.take().or_else(|| fetch(&variable, &key.file, &key.place_of(n)));
        }
        self.store.password = fetch("COUNTERSIGN_STORE_PASSWORD", &self.store.password_file, "store.password_file");
        if let Some(smtp) = &mut self.delivery.smtp {
            smtp.password = fetch("COUNTERSIGN_SMTP_PASSWORD", &smtp.password_file, "delivery.smtp.password_file");
        }
        if let Some(Sms::Http(sms)) = &mut self.delivery.sms {
            sms.token = fetch("COUNTERSIGN_SMS_TOKEN", &sms.token_file, "delivery.sms.http.token_file");
            sms.password = fetch("COUNTERSIGN_SMS_PASSWORD", &sms.password_file, "delivery.sms.http.password_file");
            for (name, file) in &sms.secrets {
                let variable = format!("COUNTERSIGN_SMS_SECRET_{}", name.to_ascii_uppercase().replace('-', "_"));
                let secret = fetch(&variable, &Some(file.clone()), &format!("delivery.sms.http.secrets.{name}"));
                sms.secret_values.extend(secret.map(|secret| (name.clone(), secret)));
            }
        }
    }
}

fn exposed(key: &str, file: &Path) -> String {
    let file = file.display();
    format!("{key}: every user of this machine can read {file}: chmod o-rwx {file}")
}

/// Group rights are left alone: they are how orchestrators hand secrets to a service.
#[cfg(unix)]
fn others_can_read(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o007 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}

/// Reads a text file of at most `max` bytes.
pub(crate) fn read(path: &Path, max: u64) -> Result<String, String> {
    content(path, max).map_err(|problem| format!("{} {problem}", path.display()))
}

/// The same for messages that begin with the file's name anyway.
fn content(path: &Path, max: u64) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > max {
        return Err(format!("is longer than {max} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests;
