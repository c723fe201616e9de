//! Why a host is not taken, and what to do about it.

use crate::domain::ports::with_causes;
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_rustls::rustls::{self, CertificateError};

/// What the library says for a server that answers "no" when it is asked for TLS.
const NO_TLS: &str = "server does not support TLS";
/// What it says when it is asked for a password and has none.
const NO_PASSWORD: &str = "password missing";

/// Why a host is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("it does not answer within {} s", .0.as_secs_f32())]
    Silent(Duration),
    #[error("{0}")]
    Refused(String),
    #[error("its name is not known: {0}")]
    Name(#[from] io::Error),
    /// Each of the addresses that its name has.
    #[error("{}", each(.0))]
    Addresses(Vec<(IpAddr, Problem)>),
    #[error("it does not allow writes")]
    ReadOnly,
    /// As a pooler does that gives each transaction another connection.
    #[error("{name} does not stay as it was set ({found}): a pooler in between has to pool sessions")]
    Setting { name: String, found: String },
    #[error(
        "it does not encrypt connections: have it do so (`ssl = on` in its postgresql.conf); only if nobody else is on the network, \
         `sslmode=disable` in `url` of [store] does without"
    )]
    NoTls,
    #[error("its certificate {0}")]
    Certificate(Distrust),
    #[error(
        "{0}: the password in `password_file` of [store], or in COUNTERSIGN_STORE_PASSWORD, has to be that of the user in `url`"
    )]
    WrongPassword(String),
    #[error(
        "it asks for a password: name a file with it in `password_file` of [store], or set COUNTERSIGN_STORE_PASSWORD"
    )]
    NoPassword,
}

/// Why a certificate is not believed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Distrust {
    #[error(
        "was issued by an authority that is not believed: name the file with that authority's own in `ca_file` of [store]"
    )]
    Authority,
    #[error(
        "is for {}: write a name that it has into `url` of [store], or have one issued for the name that is there (as a \
         subjectAltName)",
        names(.0)
    )]
    Name(Vec<String>),
    #[error("has expired, by the clock of this machine: have it renewed")]
    Over,
    #[error("is not valid yet, by the clock of this machine: set the clock right, or have another one issued")]
    Early,
    #[error("is not good: {0}")]
    Other(String),
}

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            let message = said.message().to_owned();
            let wrong = *said.code() == SqlState::INVALID_PASSWORD;
            return if wrong { Self::WrongPassword(message) } else { Self::Refused(message) };
        }
        let cause = error.source();
        let certificate = cause.and_then(|cause| cause.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(problem)) = certificate {
            return Self::Certificate(Distrust::of(problem));
        }
        match cause.map(ToString::to_string).as_deref() {
            Some(NO_TLS) => Self::NoTls,
            Some(NO_PASSWORD) => Self::NoPassword,
            _ => Self::Refused(with_causes(&error)),
        }
    }
}

impl Distrust {
    fn of(problem: &CertificateError) -> Self {
        match problem {
            // The signature is that of another authority with the same name, such as the one before.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Authority,
            CertificateError::NotValidForNameContext { presented, .. } => Self::Name(presented.clone()),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Over,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::Early,
            other => Self::Other(other.to_string()),
        }
    }
}

/// Names as the library has them: `DnsName("db.bank.example")`.
fn names(presented: &[String]) -> String {
    let name = |text: &String| text.split(['(', ')']).nth(1).unwrap_or(text).trim_matches('"').to_owned();
    let names: Vec<_> = presented.iter().map(name).collect();
    if names.is_empty() { "no name at all".to_owned() } else { format!("{} only", names.join(", ")) }
}

/// What was wrong at each address, in one line.
fn each(problems: &[(IpAddr, Problem)]) -> String {
    let each: Vec<_> = problems.iter().map(|(address, problem)| format!("{address}: {problem}")).collect();
    each.join(", ")
}
