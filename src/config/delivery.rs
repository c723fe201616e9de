//! `[delivery]` and `[messages]`: the ways out, and the words.

use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// `[delivery]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// How long a caller waits for a provider's word.
    pub wait_for_provider_secs: u64,
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// The way to phones.
    pub sms: Option<Sms>,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { wait_for_provider_secs: 5, smtp: None, sms: None }
    }
}

/// `[delivery.smtp]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Name or address of the mail server.
    pub host: String,
    /// Its port; absent, the usual one of `tls`.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// The name given in `EHLO`; absent, the host's own.
    pub hello_name: Option<String>,
    /// A file with the certificates to trust besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// The login, if the server wants one.
    pub username: Option<String>,
    /// A file with its password.
    pub password_file: Option<PathBuf>,
    /// The sender: `address` or `Name <address>`.
    pub from: String,
    /// How long reaching the server may take.
    #[serde(default = "five")]
    pub connect_timeout_secs: u64,
    /// How long one message may take.
    #[serde(default = "ten")]
    pub timeout_secs: u64,
    /// The password, from the file or the environment.
    #[serde(skip)]
    pub password: Option<SecretString>,
}

impl Smtp {
    /// A mail server, with defaults for the rest: no login.
    pub fn new(host: String, tls: SmtpTls, from: String) -> Self {
        Self {
            host,
            port: None,
            tls,
            hello_name: None,
            ca_file: None,
            username: None,
            password_file: None,
            from,
            connect_timeout_secs: five(),
            timeout_secs: ten(),
            password: None,
        }
    }
}

/// How a mail connection is protected.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// Plain at first, then TLS or nothing (RFC 3207). Port 587.
    Starttls,
    /// TLS from the first byte (RFC 8314). Port 465.
    Implicit,
    /// No protection: codes travel in clear. Port 25. Must be spelled out.
    NoneOnTrustedNetwork,
}

/// `[delivery.sms.<kind>]`: the name of the table says which.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sms {
    /// A gateway that takes one HTTP request per message.
    Http(SmsHttp),
}

/// `[delivery.sms.http]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsHttp {
    /// Where requests go.
    pub url: String,
    /// Allows an `http:` URL.
    #[serde(default)]
    pub plain_http: bool,
    /// The method.
    #[serde(default)]
    pub method: Method,
    /// Fields added to the query; values are templates.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// More headers; values are templates.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What the request carries.
    pub body: Option<Body>,
    /// Files with what templates use as `secrets.<name>`.
    #[serde(default)]
    pub secrets: BTreeMap<String, PathBuf>,
    /// A file with a bearer token.
    pub token_file: Option<PathBuf>,
    /// The user of basic authentication.
    pub username: Option<String>,
    /// A file with its password.
    pub password_file: Option<PathBuf>,
    /// The header that carries the message's id; empty for none.
    #[serde(default = "SmsHttp::idempotency_header")]
    pub idempotency_header: String,
    /// First and last status that means "taken".
    #[serde(default = "SmsHttp::success_status")]
    pub success_status: [u16; 2],
    /// What the JSON answer must hold besides.
    pub success_json: Option<SuccessJson>,
    /// A file with the certificates to trust besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// How long reaching the gateway may take.
    #[serde(default = "five")]
    pub connect_timeout_secs: u64,
    /// How long one message may take.
    #[serde(default = "ten")]
    pub timeout_secs: u64,
    /// The token, from the file or the environment.
    #[serde(skip)]
    pub token: Option<SecretString>,
    /// The password, from the file or the environment.
    #[serde(skip)]
    pub password: Option<SecretString>,
    /// The secrets, from their files or the environment.
    #[serde(skip)]
    pub secret_values: BTreeMap<String, SecretString>,
}

impl SmsHttp {
    /// A gateway, with defaults for the rest: an empty POST, no login.
    pub fn new(url: String) -> Self {
        Self {
            url,
            plain_http: false,
            method: Method::default(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            body: None,
            secrets: BTreeMap::new(),
            token_file: None,
            username: None,
            password_file: None,
            idempotency_header: Self::idempotency_header(),
            success_status: Self::success_status(),
            success_json: None,
            ca_file: None,
            connect_timeout_secs: five(),
            timeout_secs: ten(),
            token: None,
            password: None,
            secret_values: BTreeMap::new(),
        }
    }

    fn idempotency_header() -> String {
        "Idempotency-Key".into()
    }
    fn success_status() -> [u16; 2] {
        [200, 299]
    }
}

/// The method of a gateway.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Everything is in the query.
    Get,
    /// What most gateways want.
    #[default]
    Post,
    /// The caller names the message.
    Put,
}

/// `delivery.sms.http.body`: one of `json` and `form`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A JSON template.
    Json(String),
    /// Form fields and the templates of their values.
    Form(BTreeMap<String, String>),
}

/// `delivery.sms.http.success_json`
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SuccessJson {
    /// Where to look: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What must be there.
    pub value: toml::Value,
}

fn five() -> u64 {
    5
}

fn ten() -> u64 {
    10
}

/// `[messages]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Messages {
    /// The language of messages to people who are not customers yet.
    pub language: String,
    /// How the bank is called in messages.
    pub sender_name: String,
    /// Texts instead of the built-in ones: purpose, then language.
    pub texts: BTreeMap<String, BTreeMap<String, Text>>,
}

impl Default for Messages {
    fn default() -> Self {
        Self { language: "es".into(), sender_name: "Countersign".into(), texts: BTreeMap::new() }
    }
}

/// `[messages.texts.<purpose>.<language>]`: what is absent stays built in. All are templates.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Text {
    /// The text message.
    pub sms: Option<String>,
    /// The e-mail's subject.
    pub email_subject: Option<String>,
    /// The e-mail's text.
    pub email_body: Option<String>,
}
