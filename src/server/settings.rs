//! From the configuration to what the parts take. What the domain or a provider has to judge is judged here, before
//! anything is opened, and told with file, line and key like everything else that is wrong with a configuration.

pub mod audit;
mod bne;
mod issuers;
mod limits;
pub mod listeners;
pub(super) mod store;
mod toll_fraud;

use crate::api::caller::{AccessToken, Callers, ClaimsToken};
use crate::api::throttle::Rate;
use crate::config::delivery::{Body, Method, Sms, SmsHttp, Smtp, SmtpTls};
use crate::config::{self, Channel, Config, ConfigError, Presentation, Problems, Profile};
use crate::delivery::sms_http::{self, SmsHttpOptions};
use crate::delivery::smtp::{self, Security, SmtpOptions};
use crate::delivery::template::{TextOverride, Texts, TextsOptions};
use crate::delivery::{Provider, SetupError};
use crate::domain::customer::Language;
use crate::domain::flow::Rules;
use crate::domain::keys::{KeyError, KeyId, KeyRing, ServerKey};
use crate::domain::policy::{self, Policy, Purpose};
use crate::domain::ports::Clock;
use crate::domain::service::Retention;
use crate::domain::{recipient, transaction};
use crate::identity::RemoteKeys;
use crate::siem::{self, options::SiemOptions};
use crate::store::Location;
use chrono::TimeDelta;
use listeners::Listeners;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// A configuration that is known to work, short of the network and the data file.
pub struct Settings {
    /// Where the data is.
    pub location: Location,
    /// Keys and policies.
    pub rules: Arc<Rules>,
    /// Whose claims tokens are believed.
    pub callers: Arc<Callers<ClaimsToken>>,
    /// What goes for transactions and hardware tokens.
    pub bne: Arc<transaction::Rules>,
    /// Whose access tokens are believed.
    pub access: Arc<Callers<AccessToken>>,
    /// The keys of identity services that somebody has to fetch.
    pub remote_keys: Vec<Arc<RemoteKeys>>,
    /// The ArcSight feed.
    pub siem: SiemOptions,
    /// Checkpoints of the audit trail, if they are wanted.
    pub checkpoints: Option<audit::CheckpointOptions>,
    /// Certificates and trusted proxies.
    pub listeners: Listeners,
    /// How often one address may call.
    pub rate: Option<Rate>,
    /// The words.
    pub texts: Texts,
    /// The mail server.
    pub email: Option<Arc<dyn Provider>>,
    /// The text-message gateway.
    pub sms: Option<Arc<dyn Provider>>,
    /// The language of messages to people who are not customers yet.
    pub language: Language,
}

/// How long what is over is kept.
pub(super) fn retention(config: &Config) -> Retention {
    let config::Retention { flows_days, messages_days, addresses_days } = config.retention;
    let [flows, messages, addresses] =
        [flows_days, messages_days, addresses_days].map(|days| TimeDelta::days(days.into()));
    Retention { flows, messages, addresses }
}

impl Settings {
    /// Judges everything, and tells all that is wrong.
    pub fn new(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let mut problems = Problems::default();
        let settings = Self::judge(config, clock, &mut problems);
        config.verdict(problems)?;
        // Whoever gives nothing has told why, and the verdict has said so.
        settings.ok_or_else(|| ConfigError::of_file("configuration", "is not usable".into()))
    }

    /// The same beside other judges: for [`Config::load_judged`]. `None` if there are problems.
    pub fn judge(config: &Config, clock: Arc<dyn Clock>, problems: &mut Problems) -> Option<Self> {
        let keys = keys(config, problems);
        let policies = policies(config, problems);
        let guard = toll_fraud::guard(&config.toll_fraud, problems);
        let issuers = issuers::judge(&config.issuers, problems);
        let bne = bne::policy(&config.bne, problems);
        let limits = limits::limits(&config.limits);
        let location = store::judge(config, problems);
        let siem = siem(config, problems);
        let checkpoints = audit::judge(config, problems);
        let listeners = listeners::judge(config, &*clock, problems);
        let texts = texts(config, problems);
        let email = config.delivery.smtp.as_ref().and_then(|options| email(options, clock, problems));
        let sms = config.delivery.sms.as_ref().and_then(|Sms::Http(options)| sms(options, problems));
        let language = Language::parse(&config.messages.language);
        if language.is_none() {
            problems.add("messages.language", "must be \"es\" or \"en\"");
        }
        let (keys, siem, listeners, issuers) = (Arc::new(keys?), siem?, listeners?, issuers?);
        let location = location?;
        let rules = Arc::new(Rules { keys: keys.clone(), policies, limits: limits.clone(), guard });
        let bne = Arc::new(transaction::Rules { keys, policy: bne, limits });
        let (callers, access, texts) = (Arc::new(issuers.claims), Arc::new(issuers.access), texts?);
        let (remote_keys, language) = (issuers.remote, language?);
        let rate = rate(&config.server.throttle);
        problems.is_empty().then_some(Self {
            location,
            rules,
            callers,
            bne,
            access,
            remote_keys,
            siem,
            checkpoints,
            listeners,
            rate,
            texts,
            email,
            sms,
            language,
        })
    }

    /// What is allowed but easily an oversight.
    pub fn notes(&self) -> Vec<String> {
        let policy = Purpose::ALL
            .iter()
            .filter(|purpose| !self.rules.policies.contains_key(purpose))
            .map(|purpose| format!("policy.{} is missing: its operations answer dbpErrCode 10501", purpose.as_str()));
        let sms = self.sms.is_none().then_some("delivery.sms is missing: no text message leaves");
        let email = self.email.is_none().then_some("delivery.smtp is missing: no e-mail leaves");
        let dbx = self.callers.issuers.is_empty().then_some(
            "no issuer has dbx.audiences: nobody can call the operations for signed-in customers of the DBX family",
        );
        let listeners = self.listeners.notes.iter().cloned();
        policy.chain(sms.into_iter().chain(email).chain(dbx).map(str::to_owned)).chain(listeners).collect()
    }
}

/// The keys alone, for offline work on the data file.
pub(super) fn key_ring(config: &Config) -> Result<KeyRing, ConfigError> {
    let mut problems = Problems::default();
    let keys = keys(config, &mut problems);
    config.verdict(problems)?;
    keys.ok_or_else(|| ConfigError::of_file("configuration", "has no keys".into()))
}

fn keys(config: &Config, problems: &mut Problems) -> Option<KeyRing> {
    let mut ring = Vec::new();
    for (n, key) in config.keys.iter().enumerate() {
        let id = KeyId::parse(&key.id).map_err(|problem| problems.add(&format!("keys[{n}].id"), problem));
        let (Ok(id), Some(secret)) = (id, &key.secret) else { continue };
        match ServerKey::from_hex(id, secret.expose_secret()) {
            Ok(key) => ring.push(key),
            Err(problem) if key.from_environment => {
                problems.add(&format!("keys[{n}]"), format_args!("{} in the environment: {problem}", key.variable()));
            }
            Err(problem) => problems.add(&key.place_of(n), problem),
        }
    }
    let told = ring.len() < config.keys.len();
    match KeyRing::new(ring) {
        Ok(ring) => Some(ring),
        Err(KeyError::Empty) if told || config.keys.is_empty() => None,
        // Told with its line already, more broadly: ids that differ here may be one variable of the environment.
        Err(KeyError::Twice(_)) if (0..config.keys.len()).any(|n| problems.has(&format!("keys[{n}].id"))) => None,
        Err(problem) => {
            problems.add("keys", problem);
            None
        }
    }
}

fn policies(config: &Config, problems: &mut Problems) -> HashMap<Purpose, Policy> {
    let profile = match config.policy.profile {
        Profile::Nist => policy::Profile::Nist,
        Profile::DbxCompat => policy::Profile::DbxCompat,
    };
    let mut policies = HashMap::new();
    for purpose in Purpose::ALL {
        let options = match purpose {
            Purpose::PreLogin => &config.policy.pre_login,
            Purpose::SecurityQuestions => &config.policy.security_questions,
        };
        let Some(options) = options else { continue };
        let policy = policy(options, profile);
        if let Err((key, problem)) = policy.check() {
            problems.add(&format!("policy.{}.{key}", purpose.as_str()), problem);
        }
        policies.insert(purpose, policy);
    }
    policies
}

fn policy(options: &config::Policy, profile: policy::Profile) -> Policy {
    let defaults = Policy::new(profile);
    Policy {
        profile,
        required: options.required.unwrap_or(defaults.required),
        code_digits: options.code_digits.unwrap_or(defaults.code_digits),
        code_lifetime: options
            .code_lifetime_secs
            .map_or(defaults.code_lifetime, |secs| TimeDelta::seconds(secs.into())),
        resends_max: options.resends_max.unwrap_or(defaults.resends_max),
        failed_attempts_max: options.failed_attempts_max.unwrap_or(defaults.failed_attempts_max),
        daily_codes_max: options.daily_codes_max.unwrap_or(defaults.daily_codes_max),
        presentation: options.presentation.map_or(defaults.presentation, |presentation| match presentation {
            Presentation::All => policy::Presentation::All,
            Presentation::Primary => policy::Presentation::Primary,
            Presentation::NoValue => policy::Presentation::NoValue,
        }),
        primary: options.primary.map_or(defaults.primary, |channel| match channel {
            Channel::Sms => recipient::Channel::Sms,
            Channel::Email => recipient::Channel::Email,
        }),
    }
}

fn siem(config: &Config, problems: &mut Problems) -> Option<SiemOptions> {
    let tell = |siem::options::SetupError { key, problem }| {
        let key = format!("siem.{key}");
        if !problems.has(&key) {
            problems.add(&key, problem);
        }
    };
    SiemOptions::from_config(&config.siem, std::process::id()).map_err(tell).ok()
}

fn rate(options: &config::Throttle) -> Option<Rate> {
    let (per_minute, burst) = (NonZeroU32::new(options.per_minute)?, NonZeroU32::new(options.burst)?);
    options.enabled.then_some(Rate { per_minute, burst })
}

fn texts(config: &Config, problems: &mut Problems) -> Option<Texts> {
    let overrides = config.messages.texts.iter().map(|(topic, languages)| {
        let texts = languages.iter().map(|(language, text)| {
            let config::delivery::Text { sms, email_subject, email_body } = text.clone();
            (language.clone(), TextOverride { sms, email_subject, email_body })
        });
        (topic.clone(), texts.collect())
    });
    let options = TextsOptions { sender_name: config.messages.sender_name.clone(), overrides: overrides.collect() };
    told(Texts::new(&options), problems, |key| match key {
        "sender_name" => "messages.sender_name".to_owned(),
        template => format!("messages.texts.{template}"),
    })
}

fn email(options: &Smtp, clock: Arc<dyn Clock>, problems: &mut Problems) -> Option<Arc<dyn Provider>> {
    let mut wanted = SmtpOptions::new("smtp", &options.host, &options.from);
    (wanted.security, wanted.port) = match options.tls {
        SmtpTls::Starttls => (Security::StartTls, 587),
        SmtpTls::Implicit => (Security::Tls, 465),
        SmtpTls::NoneOnTrustedNetwork => (Security::None, 25),
    };
    wanted.port = options.port.unwrap_or(wanted.port);
    wanted.credentials = options.username.clone().zip(options.password.clone());
    wanted.hello_name.clone_from(&options.hello_name);
    wanted.ca_file.clone_from(&options.ca_file);
    wanted.connect_timeout = Duration::from_secs(options.connect_timeout_secs);
    wanted.timeout = Duration::from_secs(options.timeout_secs);
    let smtp = told(smtp::Smtp::new(wanted, clock), problems, |key| {
        let name = match key {
            "security" => "tls",
            "timeout" => "timeout_secs",
            "connect_timeout" => "connect_timeout_secs",
            same => same,
        };
        format!("delivery.smtp.{name}")
    });
    smtp.map(|smtp| Arc::new(smtp) as Arc<dyn Provider>)
}

fn sms(options: &SmsHttp, problems: &mut Problems) -> Option<Arc<dyn Provider>> {
    let mut wanted = SmsHttpOptions::new("sms_http", &options.url);
    wanted.plain_http = options.plain_http;
    wanted.method = match options.method {
        Method::Get => sms_http::Method::Get,
        Method::Post => sms_http::Method::Post,
        Method::Put => sms_http::Method::Put,
    };
    wanted.query.clone_from(&options.query);
    wanted.headers.clone_from(&options.headers);
    wanted.body = match options.body.clone() {
        None => sms_http::Body::None,
        Some(Body::Json(template)) => sms_http::Body::Json(template),
        Some(Body::Form(fields)) => sms_http::Body::Form(fields),
    };
    wanted.secrets.clone_from(&options.secret_values);
    // A secret that could not be read has been complained about; the templates that use it can be tried all the same.
    for name in options.secrets.keys() {
        wanted.secrets.entry(name.clone()).or_insert_with(|| "0".into());
    }
    wanted.auth = match (&options.token, options.username.clone().zip(options.password.clone())) {
        (Some(token), _) => sms_http::Auth::Bearer(token.clone()),
        (None, Some((user, password))) => sms_http::Auth::Basic { user, password },
        (None, None) => sms_http::Auth::None,
    };
    wanted.idempotency_header = Some(options.idempotency_header.clone()).filter(|name| !name.is_empty());
    let [first, last] = options.success_status;
    wanted.success_status = first..=last;
    if let Some(success) = &options.success_json {
        match serde_json::to_value(&success.value) {
            Ok(value) => wanted.success_json = Some((success.pointer.clone(), value)),
            Err(problem) => problems.add("delivery.sms.http.success_json.value", problem),
        }
    }
    wanted.ca_file.clone_from(&options.ca_file);
    wanted.connect_timeout = Duration::from_secs(options.connect_timeout_secs);
    wanted.timeout = Duration::from_secs(options.timeout_secs);
    let basic = options.username.is_some();
    let sms = told(sms_http::SmsHttp::new(wanted), problems, |key| match key.split('.').next() {
        Some("json" | "form") => format!("delivery.sms.http.body.{key}"),
        Some("auth") if basic => "delivery.sms.http.password_file".to_owned(),
        Some("auth") => "delivery.sms.http.token_file".to_owned(),
        _ => format!("delivery.sms.http.{key}"),
    });
    sms.map(|sms| Arc::new(sms) as Arc<dyn Provider>)
}

/// Files a provider's complaint under the key the operator knows, unless there is one about that key already.
fn told<T>(made: Result<T, SetupError>, problems: &mut Problems, name: impl Fn(&str) -> String) -> Option<T> {
    let tell = |SetupError { key, problem }: SetupError| {
        let key = name(&key);
        if !problems.has(&key) {
            problems.add(&key, problem);
        }
    };
    made.map_err(tell).ok()
}

#[cfg(test)]
mod tests;
