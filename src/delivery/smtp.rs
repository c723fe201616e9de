//! Hands e-mail to a mail server (RFC 5321).
//!
//! lettre speaks the protocol; the connections are kept here and not in lettre's pool. That one takes a connection back
//! when a send is given up half-way (a time-out does that), and the next message would read the answers to the last one.
//! Here a connection is kept only after a conversation that came to its end.

use super::template::Text;
use super::{Failure, Provider, SetupError, reason, step};
use crate::domain::ports::{Clock, Message};
use crate::domain::recipient::Address;
use async_trait::async_trait;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use slog::Logger;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Starts in clear and must be upgraded before anything is sent (RFC 3207); usually port 587.
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314 §3); usually port 465.
    Tls,
    /// In clear, for a relay on the same host. Does not go with a password.
    None,
}

/// A mail server and how to talk to it.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// The provider's name in logs, metrics and errors.
    pub name: String,
    /// Host name or IP address; the certificate must be for it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// User and password, if the server asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// The sender: an address, or `Name <address>`.
    pub from: String,
    /// The name given in `EHLO`; the host's own if not set.
    pub hello_name: Option<String>,
    /// PEM file of certification authorities that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// For reaching the server and being greeted.
    pub connect_timeout: Duration,
    /// For one message in all, connecting included.
    pub timeout: Duration,
    /// How many idle connections are kept.
    pub idle_connections_max: usize,
    /// How long an idle connection is kept; below what the server allows.
    pub idle_timeout: Duration,
}

impl SmtpOptions {
    /// The defaults: STARTTLS on port 587, 5 s to connect, 10 s in all, 4 idle connections for 30 s.
    pub fn new(name: impl Into<String>, host: impl Into<String>, from: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            port: 587,
            security: Security::default(),
            credentials: None,
            from: from.into(),
            hello_name: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            idle_connections_max: 4,
            idle_timeout: Duration::from_secs(30),
        }
    }
}

/// A mail server as a provider.
pub struct Smtp {
    options: SmtpOptions,
    from: Mailbox,
    hello: ClientId,
    tls: TlsParameters,
    clock: Arc<dyn Clock>,
    // Held to push or pop, never across an await.
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Smtp {
    /// Checks the options and reads the CA file; connects to nothing yet.
    pub fn new(options: SmtpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        if options.security == Security::None && options.credentials.is_some() {
            return Err(SetupError::new(
                "security",
                "a password must not cross the network in clear: use starttls or tls",
            ));
        }
        if options.host.is_empty() || options.host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(SetupError::new("host", "must be a host name or an IP address"));
        }
        let from = Some(options.from.as_str()).filter(|from| !from.contains(char::is_control));
        let Some(from) = from.and_then(|from| from.parse::<Mailbox>().ok()) else {
            return Err(SetupError::new("from", "must be an address or `Name <address>`"));
        };
        let hello = match &options.hello_name {
            None => ClientId::default(),
            Some(name) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()) => {
                ClientId::Domain(name.clone())
            }
            Some(_) => return Err(SetupError::new("hello_name", "must be a host name")),
        };
        for (key, time) in [("timeout", options.timeout), ("connect_timeout", options.connect_timeout)] {
            if time.is_zero() {
                return Err(SetupError::new(key, "must be longer than nothing"));
            }
        }
        let tls = tls_parameters(&options)?;
        Ok(Self { options, from, hello, tls, clock, idle: Mutex::default() })
    }

    fn compose(&self, message: &Message, text: &Text) -> Result<lettre::Message, Failure> {
        let Address::Email(to) = &message.to else {
            return Err(Failure::Refused("not an e-mail address".to_owned()));
        };
        let to =
            to.expose().parse().map_err(|_| Failure::Refused("the mail library refuses the address".to_owned()))?;
        // The same for every try, so that a mailbox can tell a repeat.
        if !message.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Failure::Refused("the message's id does not fit into a Message-ID".to_owned()));
        }
        lettre::Message::builder()
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(text.subject.as_deref().unwrap_or_default())
            .header(AutoSubmitted)
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text.body.to_string()))
            .map_err(|error| Failure::Refused(format!("the mail cannot be composed: {error}")))
    }

    async fn converse(&self, mail: &lettre::Message, log: &Logger) -> Result<(), Failure> {
        let mut connection = self.connection(log).await?;
        let bytes = Zeroizing::new(mail.formatted());
        // A 5xx from here on is about this message; before, it was about us.
        step(log, "mail, rcpt, data", connection.send(mail.envelope(), &bytes)).await.map_err(|error| {
            let words = self.words(&error);
            if error.is_permanent() { Failure::Refused(words) } else { Failure::Unavailable(words) }
        })?;
        self.keep(connection);
        Ok(())
    }

    async fn connection(&self, log: &Logger) -> Result<AsyncSmtpConnection, Failure> {
        while let Some((mut connection, since)) = self.pop_idle() {
            // Servers hang up on idle clients, firewalls forget them: the one shows at once, the other as silence.
            let fresh = since.elapsed() < self.options.idle_timeout;
            let noop = async { if connection.test_connected().await { Ok(()) } else { Err(()) } };
            let noop = timeout(self.options.connect_timeout, step(log, "noop on an idle connection", noop));
            if fresh && noop.await == Ok(Ok(())) {
                return Ok(connection);
            }
        }
        match timeout(self.options.connect_timeout, self.connect(log)).await {
            Ok(connected) => connected.map_err(|error| Failure::Unavailable(self.words(&error))),
            Err(_) => Err(Failure::Unavailable(format!("no connection within {:?}", self.options.connect_timeout))),
        }
    }

    async fn connect(&self, log: &Logger) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let options = &self.options;
        let from_the_start = (options.security == Security::Tls).then(|| self.tls.clone());
        let server = (options.host.as_str(), options.port);
        let greeted = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, from_the_start, None);
        let mut connection = step(log, "connect, greeting, ehlo", greeted).await?;
        if options.security == Security::StartTls {
            // Fails where the server does not offer it: there is no going on in clear.
            step(log, "starttls, ehlo", connection.starttls(self.tls.clone(), &self.hello)).await?;
        }
        if let Some((user, password)) = &options.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            step(log, "auth", connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await?;
        }
        Ok(connection)
    }

    fn pop_idle(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < self.options.idle_timeout);
        if idle.len() < self.options.idle_connections_max {
            idle.push((connection, Instant::now()));
        }
    }

    fn words(&self, error: &lettre::transport::smtp::Error) -> String {
        match &self.options.credentials {
            Some((_, password)) => reason::without_secret(&error.to_string(), password.expose_secret()),
            None => error.to_string(),
        }
    }
}

#[async_trait]
impl Provider for Smtp {
    fn name(&self) -> &str {
        &self.options.name
    }

    async fn deliver(&self, message: &Message, text: &Text, log: &Logger) -> Result<(), Failure> {
        let mail = self.compose(message, text)?;
        let bounded = timeout(self.options.timeout, self.converse(&mail, log)).await;
        bounded.unwrap_or_else(|_| Err(Failure::Unavailable(format!("no answer within {:?}", self.options.timeout))))
    }
}

fn tls_parameters(options: &SmtpOptions) -> Result<TlsParameters, SetupError> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if let Some(path) = &options.ca_file {
        let pem = super::read_ca_file(path)?;
        let certificates =
            Certificate::from_pem(&pem).map_err(|error| SetupError::new("ca_file", error.to_string()))?;
        builder = builder.add_root_certificate(certificates);
    }
    builder.build().map_err(|error| SetupError::new("ca_file", error.to_string()))
}

/// Tells vacation programs and ticket systems not to answer (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
