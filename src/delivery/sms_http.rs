//! Hands text messages to a gateway that is spoken to over HTTP.
//!
//! Every gateway wants its own request, so the request is a set of templates. What a template writes is escaped for the
//! place it is written to, by us and not by whoever writes the template: JSON strings in a JSON body, percent-encoding in
//! query and form. The host is fixed, so no value decides where a request goes. Redirects are not followed (they would
//! take number, code and key to a host nobody configured), and the environment's proxies are not used.

use super::template::{self, Text};
use super::{Failure, Provider, SetupError, reason, step};
use crate::domain::ports::{Message, with_causes};
use crate::domain::recipient::Address;
use async_trait::async_trait;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use minijinja::value::Value;
use minijinja::{Environment, context};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Certificate, Client, Request, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use slog::Logger;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// The HTTP method of a gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// For gateways that take everything in the query.
    Get,
    /// What most gateways want.
    #[default]
    Post,
    /// For gateways that let the caller name the message.
    Put,
}

/// What the request carries. Values are templates; each is escaped for where it stands.
#[derive(Clone, Debug, Default)]
pub enum Body {
    /// Nothing; the query says it all.
    #[default]
    None,
    /// A JSON template. `{{ text }}` writes a JSON string with its quotes: `{"to": {{ to }}, "text": {{ text }}}`.
    Json(String),
    /// `application/x-www-form-urlencoded` fields and the templates of their values.
    Form(BTreeMap<String, String>),
}

/// How the gateway knows us, where a header or field of its own does not do it.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// By nothing, or by what headers, query or body carry.
    #[default]
    None,
    /// User and password (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: SecretString,
    },
    /// A token (RFC 6750).
    Bearer(SecretString),
}

/// A gateway and how to talk to it.
///
/// Templates may use `to` (the number in E.164 form), `text` (the message), `passcode`, `minutes`, `topic`, `language`,
/// `id` (the same for every try of one message) and `secrets.<name>`.
#[derive(Clone, Debug)]
pub struct SmsHttpOptions {
    /// The provider's name in logs, metrics and errors.
    pub name: String,
    /// Where the gateway listens.
    pub url: String,
    /// Allows an `http:` URL: number and code then cross the network in clear.
    pub plain_http: bool,
    /// The method.
    pub method: Method,
    /// Fields added to the query, and the templates of their values.
    pub query: BTreeMap<String, String>,
    /// Headers, and the templates of their values.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Body,
    /// Keys and passwords that templates use as `secrets.<name>`.
    pub secrets: BTreeMap<String, SecretString>,
    /// Who we are.
    pub auth: Auth,
    /// The header that carries the message's id, so that a gateway which knows it sends a repeat once only.
    pub idempotency_header: Option<String>,
    /// Which statuses mean that the message was taken.
    pub success_status: RangeInclusive<u16>,
    /// What the JSON answer must hold besides: a JSON pointer (RFC 6901) and the value there.
    pub success_json: Option<(String, serde_json::Value)>,
    /// PEM file of certification authorities that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// For reaching the gateway.
    pub connect_timeout: Duration,
    /// For one request in all.
    pub timeout: Duration,
}

impl SmsHttpOptions {
    /// The defaults: an empty POST that any 2xx answers, `Idempotency-Key`, 5 s to connect, 10 s in all.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            plain_http: false,
            method: Method::default(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            body: Body::default(),
            secrets: BTreeMap::new(),
            auth: Auth::default(),
            idempotency_header: Some("Idempotency-Key".to_owned()),
            success_status: 200..=299,
            success_json: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
        }
    }
}

const ANSWER_BYTES_MAX: usize = 64 * 1024;
const VARIABLES: [&str; 8] = ["to", "text", "passcode", "minutes", "topic", "language", "id", "secrets"];

/// A gateway as a provider.
pub struct SmsHttp {
    options: SmsHttpOptions,
    url: Url,
    client: Client,
    templates: Environment<'static>,
    secrets: Value,
}

impl SmsHttp {
    /// Checks the options, reads the CA file and tries the templates; connects to nothing yet. Keys of errors are those
    /// of [`SmsHttpOptions`], with the name of a field or header behind a dot.
    pub fn new(options: SmsHttpOptions) -> Result<Self, SetupError> {
        let url = check_url(&options)?;
        check_answer(&options)?;
        let secrets = options.secrets.iter().map(|(name, value)| (name.clone(), value.expose_secret().into()));
        let secrets: BTreeMap<String, Value> = secrets.collect();
        let gateway = Self {
            url,
            client: client(&options)?,
            templates: templates(&options)?,
            secrets: Value::from(secrets),
            options,
        };
        gateway.try_request()?;
        Ok(gateway)
    }

    fn values(&self, message: Values<'_>) -> Value {
        let Values { to, text, passcode, minutes, topic, language, id } = message;
        context! { to, text, passcode, minutes, topic, language, id, secrets => self.secrets.clone() }
    }

    fn request(&self, id: &str, values: &Value) -> Result<Request, SetupError> {
        let method = match self.options.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        };
        let mut url = self.url.clone();
        if !self.options.query.is_empty() {
            let given = url.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&"));
            let added = self.encoded("query", &self.options.query, values)?;
            url.set_query(Some(&Zeroizing::new(format!("{}{}", given.unwrap_or_default(), *added))));
        }
        let mut request = self.client.request(method, url);
        let body = match &self.options.body {
            Body::None => None,
            Body::Json(_) => Some(("application/json", self.render("json", values)?)),
            Body::Form(fields) => Some(("application/x-www-form-urlencoded", self.encoded("form", fields, values)?)),
        };
        let mut headers = HeaderMap::new();
        if let Some((content_type, mut body)) = body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            request = request.body(std::mem::take(&mut *body));
        }
        if let Some(name) = &self.options.idempotency_header {
            headers.insert(header_name("idempotency_header", name)?, header_value("idempotency_header", id)?);
        }
        for name in self.options.headers.keys() {
            let key = format!("headers.{name}");
            let value = header_value(&key, &self.render(&key, values)?)?;
            headers.insert(header_name(&key, name)?, value);
        }
        request = match &self.options.auth {
            Auth::None => request,
            Auth::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
            Auth::Bearer(token) => request.bearer_auth(token.expose_secret()),
        };
        request.headers(headers).build().map_err(|_| SetupError::new("auth", "must fit into a header"))
    }

    fn encoded(
        &self,
        place: &str,
        fields: &BTreeMap<String, String>,
        values: &Value,
    ) -> Result<Zeroizing<String>, SetupError> {
        let mut out = Zeroizing::new(String::with_capacity(4096));
        for name in fields.keys() {
            let value = self.render(&format!("{place}.{name}"), values)?;
            if !out.is_empty() {
                out.push('&');
            }
            out.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
            out.push('=');
            out.extend(utf8_percent_encode(&value, NON_ALPHANUMERIC));
        }
        Ok(out)
    }

    fn render(&self, key: &str, values: &Value) -> Result<Zeroizing<String>, SetupError> {
        template::render(&self.templates, key, values).map_err(|error| template::rejected(key, &error))
    }

    /// Makes the request of a message that is hard on templates, and of another one, which must not be the same.
    fn try_request(&self) -> Result<(), SetupError> {
        let hard = Values {
            to: "+34600123456",
            text: "Su «clave»: 48151623 \" \\ & = + % ' {{ }} <b>ñ\u{1f512}</b>\nfin",
            passcode: "48151623",
            minutes: 10,
            topic: "security_questions",
            language: "es",
            id: "0123456789abcdef0123456789abcdef",
        };
        let made = self.made(hard)?;
        if made == self.made(Values { to: "+525512345678", ..hard })? {
            return Err(SetupError::new("body", "neither body nor query or headers contain {{ to }}"));
        }
        if made == self.made(Values { text: "48151624", passcode: "48151624", ..hard })? {
            return Err(SetupError::new(
                "body",
                "neither body nor query or headers contain {{ text }} or {{ passcode }}",
            ));
        }
        Ok(())
    }

    fn made(&self, values: Values<'_>) -> Result<(Url, HeaderMap, Vec<u8>), SetupError> {
        let request = self.request(values.id, &self.values(values))?;
        let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
        if matches!(self.options.body, Body::Json(_))
            && let Err(error) = serde_json::from_slice::<serde_json::Value>(body)
        {
            let hint = "values bring their own quotes: {\"text\": {{ text }}}";
            return Err(SetupError::new("json", format!("does not make JSON, {error}; {hint}")));
        }
        Ok((request.url().clone(), request.headers().clone(), body.to_vec()))
    }

    async fn judge(&self, response: Response) -> Result<(), Failure> {
        let status = response.status();
        let accepted = self.options.success_status.contains(&status.as_u16());
        let answer = read_answer(response).await;
        let body = match (accepted, &self.options.success_json) {
            // The status said it all; the answer was read only for the connection to be used again.
            (true, None) => return Ok(()),
            (true, Some((pointer, wanted))) => {
                let answer = answer.map_err(Failure::Unavailable)?;
                let Ok(json) = serde_json::from_slice::<serde_json::Value>(&answer) else {
                    return Err(Failure::Unavailable(format!("{status}, but the answer is not JSON")));
                };
                if json.pointer(pointer) == Some(wanted) {
                    return Ok(());
                }
                answer
            }
            (false, _) => answer.unwrap_or_else(String::into_bytes),
        };
        let words = self.without_secrets(&format!("{status}: {}", String::from_utf8_lossy(&body)));
        // Asked to log in, to pay, to come back, or sent elsewhere: that is about us, not about the message.
        let about_us = matches!(status.as_u16(), 401 | 402 | 407 | 408 | 425 | 429) || !status.is_client_error();
        Err(if about_us && !accepted { Failure::Unavailable(words) } else { Failure::Refused(words) })
    }

    fn without_secrets(&self, words: &str) -> String {
        let auth = match &self.options.auth {
            Auth::None => None,
            Auth::Basic { password: secret, .. } | Auth::Bearer(secret) => Some(secret),
        };
        let secrets = self.options.secrets.values().chain(auth);
        secrets.fold(words.to_owned(), |words, secret| reason::without_secret(&words, secret.expose_secret()))
    }
}

#[async_trait]
impl Provider for SmsHttp {
    fn name(&self) -> &str {
        &self.options.name
    }

    async fn deliver(&self, message: &Message, text: &Text, log: &Logger) -> Result<(), Failure> {
        let Address::Phone(to) = &message.to else {
            return Err(Failure::Refused("not a phone number".to_owned()));
        };
        let values = self.values(Values {
            to: to.expose(),
            text: &text.body,
            passcode: message.passcode.expose(),
            minutes: message.minutes,
            topic: message.topic,
            language: message.language.as_str(),
            id: &message.id,
        });
        let request = self.request(&message.id, &values).map_err(|error| Failure::Refused(error.to_string()))?;
        let answered = step(log, "connect, request, status", self.client.execute(request)).await;
        let response = answered.map_err(|error| {
            let problem = if error.is_timeout() {
                format!("no answer within {:?}", self.options.timeout)
            } else {
                with_causes(&error.without_url())
            };
            Failure::Unavailable(self.without_secrets(&problem))
        })?;
        step(log, "answer", self.judge(response)).await
    }
}

#[derive(Clone, Copy)]
struct Values<'a> {
    to: &'a str,
    text: &'a str,
    passcode: &'a str,
    minutes: u32,
    topic: &'a str,
    language: &'a str,
    id: &'a str,
}

fn check_url(options: &SmsHttpOptions) -> Result<Url, SetupError> {
    let wrong = |problem: &str| SetupError::new("url", problem);
    let url = Url::parse(&options.url).map_err(|error| wrong(&error.to_string()))?;
    match url.scheme() {
        "https" => (),
        "http" if options.plain_http => (),
        "http" => return Err(wrong("number and code would cross the network in clear; use https or set plain_http")),
        _ => return Err(wrong("must be an https URL")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a user or password; use auth"));
    }
    if url.fragment().is_some() {
        return Err(wrong("must not have a fragment"));
    }
    Ok(url)
}

fn check_answer(options: &SmsHttpOptions) -> Result<(), SetupError> {
    let status = &options.success_status;
    if status.is_empty() || *status.start() < 200 || *status.end() > 299 {
        return Err(SetupError::new("success_status", "must be a range within 200 to 299"));
    }
    if let Some((pointer, _)) = &options.success_json
        && !pointer.is_empty()
        && !pointer.starts_with('/')
    {
        return Err(SetupError::new("success_json", "must be a JSON pointer, which begins with /"));
    }
    if options.method == Method::Get && !matches!(options.body, Body::None) {
        return Err(SetupError::new("method", "a GET has no body"));
    }
    Ok(())
}

fn templates(options: &SmsHttpOptions) -> Result<Environment<'static>, SetupError> {
    let mut templates = template::environment();
    let mut add = |key: String, source: &String| template::add(&mut templates, key, source.clone(), &VARIABLES);
    for (name, source) in &options.query {
        add(format!("query.{name}"), source)?;
    }
    for (name, source) in &options.headers {
        add(format!("headers.{name}"), source)?;
    }
    match &options.body {
        Body::None => (),
        Body::Json(source) => add("json".to_owned(), source)?,
        Body::Form(fields) => fields.iter().try_for_each(|(name, source)| add(format!("form.{name}"), source))?,
    }
    Ok(templates)
}

fn client(options: &SmsHttpOptions) -> Result<Client, SetupError> {
    let mut builder = Client::builder()
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
    if let Some(path) = &options.ca_file {
        let pem = super::read_ca_file(path)?;
        let certificates = Certificate::from_pem_bundle(&pem);
        builder =
            builder.tls_certs_merge(certificates.map_err(|error| SetupError::new("ca_file", with_causes(&error)))?);
    }
    builder.build().map_err(|error| SetupError::new("ca_file", with_causes(&error)))
}

fn header_name(key: &str, name: &str) -> Result<HeaderName, SetupError> {
    let name = HeaderName::try_from(name).map_err(|_| SetupError::new(key, "must be the name of a header"))?;
    if [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(&name) {
        return Err(SetupError::new(key, "must not be a header that the HTTP library sets"));
    }
    Ok(name)
}

fn header_value(key: &str, value: &str) -> Result<HeaderValue, SetupError> {
    let mut value = HeaderValue::try_from(value).map_err(|_| SetupError::new(key, "must fit into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

async fn read_answer(mut response: Response) -> Result<Vec<u8>, String> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| with_causes(&error.without_url()))? {
        if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(format!("{}, but the answer is larger than {ANSWER_BYTES_MAX} bytes", response.status()));
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}
