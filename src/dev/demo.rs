//! `demo`: the whole way of a code, twice, through all four DBX operations, and of hardware tokens through the operator API
//! and both BNE operations.
//!
//! Nothing in it is make-believe but the two who receive: a server as `serve` would start it, on a free port; a data file;
//! a mail server that is spoken to in SMTP ([`MailSink`]); a gateway that is spoken to in HTTP ([`SmsSink`]). The story
//! itself is in `story`: each answer and each message is checked in it, so that the demo fails when the server does.

mod story;
mod tokens;

use super::data::{APPS, DataDir, DataError};
use super::mail_sink::MailSink;
use super::seed::{self, CLIENT, SeedError, customer};
use super::sms_sink::SmsSink;
use super::token::{TokenError, Wish, mint};
use crate::client::{DbxClient, Token, bne, operator};
use crate::config::Config;
use crate::config::delivery::{Sms, Smtp, SmtpTls};
use crate::domain::customer::Language;
use crate::domain::flow::FlowId;
use crate::domain::recipient::{AddressError, EmailAddress, PhoneNumber};
use crate::server::offline::{self, OfflineError};
use crate::server::{Server, StartError, World};
use slog::Logger;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;
use story::{Bank, Cast, Office, Story};
use tokens::Tokens;

const CUSTOMER: &str = "demo-customer";

/// Whom the codes are for. Nobody is reached. No `Debug`: the addresses may be a real person's.
#[derive(Clone)]
pub struct Options {
    /// A phone number.
    pub phone: String,
    /// An e-mail address.
    pub email: String,
}

/// Why the demo failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Not a phone number.
    #[error("--phone: {0}")]
    Phone(AddressError),
    /// Not an e-mail address.
    #[error("--email: {0}")]
    Email(AddressError),
    /// The data directory could not be made.
    #[error("no data directory")]
    Data(#[from] DataError),
    /// The data directory could not be deleted.
    #[error("{} could not be deleted", path.display())]
    Cleanup {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The customer could not be imported.
    #[error("no customer")]
    Import(#[from] OfflineError<SeedError>),
    /// The server did not start.
    #[error("no server")]
    Start(#[from] StartError),
    /// The server did not finish its work when it was stopped.
    #[error("the server did not stop in order")]
    Stop,
    /// No token could be made.
    #[error("no token")]
    Token(#[from] TokenError),
    /// The file of the hardware tokens could not be made or read.
    #[error("no hardware tokens")]
    Vendor(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The back office has no credential.
    #[error("no operator")]
    Operator(#[from] super::seed::FillError),
    /// A port or an HTTP client could not be had.
    #[error("no network on this host")]
    Network(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something was not as it should be.
    #[error("step {number}, {operation} ({what}): {problem}")]
    Step {
        /// Counts from 1.
        number: usize,
        /// The operation that was called.
        operation: &'static str,
        /// What for.
        what: &'static str,
        /// What was wrong. Names no code and no address.
        problem: String,
    },
}

/// Where the demo tells what it does, line by line.
pub type Say<'a> = &'a mut (dyn FnMut(&str) + Send);

/// Does it all; takes about a second.
pub async fn run(options: &Options, log: Logger, say: Say<'_>) -> Result<(), DemoError> {
    play(options, log, say, |_| ()).await
}

/// `change` is for tests: what it breaks, the story has to notice.
async fn play(options: &Options, log: Logger, say: Say<'_>, change: impl FnOnce(&mut Config)) -> Result<(), DemoError> {
    let phone = PhoneNumber::parse(&options.phone).map_err(DemoError::Phone)?;
    let email = EmailAddress::parse(&options.email).map_err(DemoError::Email)?;
    let world = World::new(log);
    let scratch = Scratch(std::env::temp_dir().join(format!("countersign-demo-{}", FlowId::random(&*world.random))));
    let data = DataDir::create(&scratch.0, &*world.random)?;
    let mail = MailSink::start().await.map_err(|error| DemoError::Network(error.into()))?;
    let sms = SmsSink::start().map_err(DemoError::Network)?;
    let mut config = config(&data, &mail, &sms)?;
    change(&mut config);

    let now = world.clock.now();
    let person = customer(CUSTOMER, Language::En, &[phone.expose()], &[email.expose()]);
    offline::import_customers(&config, world.random.clone(), now, "demo", [person], false, &mut |_| ())?;
    let wish = Wish { customer: CUSTOMER, app: APPS[0], client: None, ttl: Duration::from_secs(600) };
    let token = mint(&data, &wish, now)?;
    let (tokens, file) = Tokens::deliver(&scratch.0, &world)?;
    seed::operator(&data, &config, &world.random, now).await?;
    let random = world.random.clone();
    let wish = Wish { customer: tokens::CUSTOMER, app: APPS[0], client: Some(CLIENT), ..wish };
    let access = mint(&data, &wish, now)?;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build();
    let http = http.map_err(|error| DemoError::Network(error.into()))?;

    let server = Server::start(&config, world).await?;
    let base_url = format!("http://{}", server.local_addr());
    let office_url = server.operator_addr().map(|address| format!("http://{address}")).unwrap_or_default();
    say("countersign demo: a code's whole way through all operations of both families. No message leaves this host.\n");
    say(&format!("  server      {base_url}"));
    say(&format!("  operators   {office_url}"));
    say(&format!("  data        {} (deleted at the end)", data.database().display()));
    say(&format!("  gateway     {} takes the text messages", sms.url()));
    say(&format!("  mail server smtp://{} takes the e-mail", mail.address()));
    say(&format!("  customer    {CUSTOMER}: {}, {}", phone.masked(), email.masked()));
    let bank = Bank {
        client: bne::Client::new_with_client(&base_url, http.clone()),
        token: Token::from(format!("Bearer {access}")),
        session: FlowId::random(&*random).to_string(),
        tokens,
        random,
    };
    let office = Office {
        client: operator::Client::new_with_client(&office_url, http.clone()),
        token: Token::from(format!("Bearer {}", *data.operator_credential()?)),
        file,
        random: bank.random.clone(),
    };
    let (client, token) = (DbxClient::new(&base_url, http), Token::from(token));
    let mut story = Story::new(Cast { client, token, sms: &sms, mail: &mail, phone, email, bank, office }, say);
    let told = story.tell().await;
    let finished = server.shutdown().await;
    told?;
    if !finished {
        return Err(DemoError::Stop);
    }
    scratch.delete()?;
    story.end();
    Ok(())
}

fn config(data: &DataDir, mail: &MailSink, sms: &SmsSink) -> Result<Config, DataError> {
    let mut config = data.config()?;
    config.server.listen = (Ipv4Addr::LOCALHOST, 0).into();
    config.operator.listen = (Ipv4Addr::LOCALHOST, 0).into();
    config.messages.language = Language::En.as_str().into();
    // The story reads a message as soon as the call that sent it is answered, so the answer must wait for the message.
    config.delivery.wait_for_provider_secs = 10;
    config.delivery.sms = Some(Sms::Http(sms.config()));
    config.delivery.smtp = Some(Smtp {
        port: Some(mail.address().port()),
        ..Smtp::new(
            mail.address().ip().to_string(),
            SmtpTls::NoneOnTrustedNetwork,
            "Countersign demo <demo@bank.example>".to_owned(),
        )
    });
    Ok(config)
}

fn vendor(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DemoError {
    DemoError::Vendor(error.into())
}

/// A directory that goes when the demo does.
struct Scratch(PathBuf);

impl Scratch {
    fn delete(self) -> Result<(), DemoError> {
        std::fs::remove_dir_all(&self.0).map_err(|source| DemoError::Cleanup { path: self.0.clone(), source })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Does something only where the demo has failed, and that failure is the one to be told.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
