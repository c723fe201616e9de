//! How a message leaves the house: texts, and the providers that carry them.
//!
//! 1. [`Router::send`] picks the provider of the address's channel and has [`template::Texts`] write the message.
//! 2. The [`Provider`] hands it over and says what came of it, in the words of the mail server or gateway.
//! 3. Those words are made fit for a log (mail servers like to quote the address they refuse) and the outcome is told to
//!    the [`SendObserver`].
//!
//! What this room writes itself (the text, the mail) is wiped after use. The copies that lettre, reqwest and the TLS
//! layer make while sending are not in our hands.

pub mod memory;
mod reason;
pub mod sms_http;
pub mod smtp;
pub mod template;

use crate::domain::ports::{Message, SendError, Sender};
use crate::domain::recipient::Channel;
use async_trait::async_trait;
use slog::{Logger, o, trace};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use template::{Text, Texts};

/// Why delivery cannot be set up as configured. Never quotes a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct SetupError {
    /// The option, as a path within the options given: `ca_file`, `headers.X-Api-Key`, `pre_login.es.sms`.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl SetupError {
    fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into() }
    }
}

/// Reads a PEM file of at least one certificate, of a size that one has.
fn read_ca_file(path: &Path) -> Result<Vec<u8>, SetupError> {
    const BYTES_MAX: u64 = 1024 * 1024;
    let unreadable = |error: std::io::Error| SetupError::new("ca_file", format!("{}: {error}", path.display()));
    let mut pem = Vec::new();
    File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut pem)).map_err(unreadable)?;
    if pem.len() as u64 > BYTES_MAX {
        return Err(SetupError::new("ca_file", format!("{} is larger than {BYTES_MAX} bytes", path.display())));
    }
    let marker = b"-----BEGIN CERTIFICATE-----";
    if !pem.windows(marker.len()).any(|part| part == marker) {
        return Err(SetupError::new("ca_file", format!("{} holds no PEM certificate", path.display())));
    }
    Ok(pem)
}

/// Why a provider did not take a message, in its own words: they may quote the address, so they have no `Debug` or
/// `Display` and leave this room through [`Router`] only, which tidies them.
pub enum Failure {
    /// It said no to this message.
    Refused(String),
    /// It was out of reach, too slow, out of order or busy; nothing is wrong with the message as far as we know.
    Unavailable(String),
}

/// Something that carries messages of one channel, or of both.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// Hands the message over. Dropping the future half-way must do no harm to the next message. At level trace, `log` is told
    /// of each step of it: what was done and how long it took, never what was said.
    async fn deliver(&self, message: &Message, text: &Text, log: &Logger) -> Result<(), Failure>;
}

/// Carries out one step of a conversation, and tells of it at level trace, also when somebody's patience ends before it does.
async fn step<T, E>(
    log: &Logger,
    name: &'static str,
    conversation: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let mut told = Step { log, name, begun: Instant::now(), outcome: "broken off" };
    let ended = conversation.await;
    told.outcome = if ended.is_ok() { "done" } else { "failed" };
    ended
}

struct Step<'a> {
    log: &'a Logger,
    name: &'static str,
    begun: Instant,
    outcome: &'static str,
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        let elapsed = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        trace!(self.log, "step of a conversation"; "step" => self.name, "outcome" => self.outcome, "duration_us" => elapsed);
    }
}

/// Is told how each send went.
pub trait SendObserver: Send + Sync + 'static {
    /// `outcome` is `accepted`, `refused`, `unavailable` or `no_provider`; `provider` is empty for the last.
    fn sent(&self, channel: Channel, provider: &str, outcome: &'static str, elapsed: Duration);
}

/// Brings each message to the provider of its channel.
pub struct Router {
    texts: Texts,
    sms: Option<Arc<dyn Provider>>,
    email: Option<Arc<dyn Provider>>,
    timeout: Duration,
    observer: Arc<dyn SendObserver>,
    log: Logger,
}

impl Router {
    /// A router without providers: every send fails until [`Router::provide`] is called. `timeout` bounds each send,
    /// whatever the provider's own bounds are.
    pub fn new(texts: Texts, timeout: Duration, observer: Arc<dyn SendObserver>, log: Logger) -> Self {
        Self { texts, sms: None, email: None, timeout, observer, log }
    }

    /// Sets the provider of a channel.
    #[must_use]
    pub fn provide(mut self, channel: Channel, provider: Arc<dyn Provider>) -> Self {
        match channel {
            Channel::Sms => self.sms = Some(provider),
            Channel::Email => self.email = Some(provider),
        }
        self
    }

    async fn hand_over(&self, provider: &dyn Provider, message: &Message) -> Result<(), Failure> {
        let text = self.texts.write(message).map_err(|error| Failure::Refused(error.to_string()))?;
        let log = self.log.new(o!("provider" => provider.name().to_owned(), "send" => message.id.clone()));
        let bounded = tokio::time::timeout(self.timeout, provider.deliver(message, &text, &log));
        bounded.await.unwrap_or_else(|_| Err(Failure::Unavailable(format!("no answer within {:?}", self.timeout))))
    }
}

#[async_trait]
impl Sender for Router {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let started = Instant::now();
        let channel = message.to.channel();
        let provider = match channel {
            Channel::Sms => &self.sms,
            Channel::Email => &self.email,
        };
        let (name, result) = match provider {
            None => ("", Err(SendError::NoProvider { channel: channel.as_str() })),
            Some(provider) => {
                let result = self.hand_over(provider.as_ref(), message).await;
                let named = || provider.name().to_owned();
                let tidy = |words: &str| reason::tidy(words, &message.to, &message.passcode);
                let result = result.map_err(|failure| match failure {
                    Failure::Refused(words) => SendError::Refused { provider: named(), reason: tidy(&words) },
                    Failure::Unavailable(words) => SendError::Unavailable { provider: named(), reason: tidy(&words) },
                });
                (provider.name(), result)
            }
        };
        let outcome = match &result {
            Ok(()) => "accepted",
            Err(SendError::Refused { .. }) => "refused",
            Err(SendError::Unavailable { .. }) => "unavailable",
            Err(SendError::NoProvider { .. }) => "no_provider",
        };
        self.observer.sent(channel, name, outcome, started.elapsed());
        result
    }
}
