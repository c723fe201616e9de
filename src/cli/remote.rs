//! Commands as clients of the operator API: which server, who asks, and what its answers mean for a person.

use super::{DATA_DIR, Failed, output, serve};
use crate::api::operator::types::{EntityTag, IdempotencyKey, PageLimit, PageToken, Problem, Version};
use crate::client::operator::Client;
use crate::client::{Token, reqwest};
use crate::config::read;
use crate::dev::data::DataDir;
use crate::server::SystemRandom;
use clap::Args;
use progenitor_client::Error as Answer;
use serde::Serialize;
use std::error::Error;
use std::fmt::Display;
use std::io::{BufRead, IsTerminal, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use zeroize::Zeroizing;

const URL: &str = "http://127.0.0.1:8081";
const URL_VARIABLE: &str = "COUNTERSIGN_OPERATOR_URL";
const CREDENTIAL_VARIABLE: &str = "COUNTERSIGN_OPERATOR_CREDENTIAL";
const CA_VARIABLE: &str = "COUNTERSIGN_OPERATOR_CA_FILE";
const CERTIFICATE_VARIABLE: &str = "COUNTERSIGN_OPERATOR_CERTIFICATE_FILE";
const CERTIFICATE_KEY_VARIABLE: &str = "COUNTERSIGN_OPERATOR_CERTIFICATE_KEY_FILE";
/// No PEM file is longer.
const PEM_FILE_MAX: u64 = 1024 * 1024;
/// No credential is longer.
const CREDENTIAL_FILE_MAX: u64 = 4 * 1024;
/// Nothing that is typed or piped in is longer.
const INPUT_MAX: u64 = 64 * 1024;

/// Said in the help of every command that calls the operator API.
pub(super) const HELP: &str = "\
But for those that say otherwise, these commands call the operator API of a
running server, with the credential of an operator: from --credential-file or
COUNTERSIGN_OPERATOR_CREDENTIAL; the server's address from --url or
COUNTERSIGN_OPERATOR_URL. An operator who is bound to a client certificate needs
that instead, in --certificate-file and --certificate-key-file. Without either,
the development server of ./countersign-data is meant.";

/// Which server, and who asks.
#[derive(Args)]
pub(super) struct Remote {
    /// The operator API of a running server, without its paths; http://127.0.0.1:8081 if it is not said.
    #[arg(long, value_name = "URL", env = URL_VARIABLE, global = true, display_order = 101)]
    url: Option<String>,
    /// A file with the operator's credential; or COUNTERSIGN_OPERATOR_CREDENTIAL.
    #[arg(long, value_name = "FILE", global = true, display_order = 102)]
    credential_file: Option<PathBuf>,
    /// Trust these certification authorities (PEM), and no others, to vouch for the server.
    #[arg(long, value_name = "FILE", env = CA_VARIABLE, global = true, display_order = 103)]
    ca_file: Option<PathBuf>,
    /// The operator's client certificate (PEM), then those that issued it.
    #[arg(
        long, value_name = "FILE", env = CERTIFICATE_VARIABLE, requires = "certificate_key_file", global = true,
        display_order = 104
    )]
    certificate_file: Option<PathBuf>,
    /// The key of the client certificate (PEM).
    #[arg(
        long, value_name = "FILE", env = CERTIFICATE_KEY_VARIABLE, requires = "certificate_file", global = true,
        display_order = 105
    )]
    certificate_key_file: Option<PathBuf>,
    /// The data directory of a development server that runs on this machine: it knows address and credential.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["url", "credential_file"], global = true, display_order = 106)]
    data: Option<PathBuf>,
    /// Print JSON instead of text: one object a line.
    #[arg(long, global = true, display_order = 107)]
    pub(super) json: bool,
}

/// A command cannot be carried out as it stands.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unusable(pub(super) String);

/// The server has said no, or nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);

/// A connection to the operator API.
pub(super) struct Api {
    pub(super) client: Client,
    credential: Zeroizing<String>,
    json: bool,
}

impl Remote {
    /// Finds server and credential, and runs the command's work.
    pub(super) fn run<T>(&self, work: impl AsyncFnOnce(&Api) -> Result<T, Failed>) -> Result<T, Failed> {
        let api = self.connect()?;
        serve::runtime()?.block_on(work(&api))
    }

    fn connect(&self) -> Result<Api, Failed> {
        let given = self.credential()?;
        let (url, credential) = match (given, &self.data) {
            (Some(credential), None) => (self.url.clone().unwrap_or_else(|| URL.to_owned()), credential),
            // The certificate says who asks.
            (None, None) if self.certificate_file.is_some() => {
                (self.url.clone().unwrap_or_else(|| URL.to_owned()), Zeroizing::default())
            }
            (_, data) => {
                let dir = data.as_deref().unwrap_or(Path::new(DATA_DIR));
                let found = DataDir::open(dir).and_then(|dir| dir.operator());
                let (url, credential) = found.map_err(|error| match data {
                    Some(_) => Failed::other(error),
                    None => Failed::other(Unusable(format!(
                        "no credential: give --credential-file or {CREDENTIAL_VARIABLE} (`countersign operator create` makes \
                         one) or --certificate-file, or --data with the directory of a development server"
                    ))),
                })?;
                (self.url.clone().unwrap_or(url), credential)
            }
        };
        check(&url)?;
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            // Nothing here redirects: whoever does would be sent the body once more, and codes and seeds are in bodies.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")));
        // A server on this machine is not behind the proxy that the environment may name.
        let http = if is_local(&url) { http.no_proxy() } else { http };
        let http = self.identified(http)?;
        let client = Client::new_with_client(url.trim_end_matches('/'), http.build().map_err(Failed::other)?);
        Ok(Api { client, credential, json: self.json })
    }

    /// Whom we trust, and who we are, as far as files say it.
    fn identified(&self, mut http: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Failed> {
        let pem = |path: &Path| {
            read(path, PEM_FILE_MAX).map(Zeroizing::new).map_err(|problem| Failed::other(Unusable(problem)))
        };
        let unusable = |path: &Path, what| Failed::other(Unusable(format!("{} has no {what} in PEM", path.display())));
        if let Some(path) = &self.ca_file {
            let authorities = reqwest::Certificate::from_pem_bundle(pem(path)?.as_bytes()).unwrap_or_default();
            if authorities.is_empty() {
                return Err(unusable(path, "certificate"));
            }
            http = http.tls_certs_only(authorities);
        }
        if let (Some(certificate), Some(key)) = (&self.certificate_file, &self.certificate_key_file) {
            let both = Zeroizing::new(format!("{}\n{}", *pem(certificate)?, *pem(key)?));
            let identity = reqwest::Identity::from_pem(both.as_bytes());
            http =
                http.identity(identity.map_err(|_| unusable(certificate, "certificate, or the other file no key,"))?);
        }
        Ok(http)
    }

    fn credential(&self) -> Result<Option<Zeroizing<String>>, Failed> {
        if self.data.is_some() {
            return Ok(None);
        }
        let (from, text) = match &self.credential_file {
            Some(path) => {
                let text = read(path, CREDENTIAL_FILE_MAX);
                let text = Zeroizing::new(text.map_err(|problem| Failed::other(Unusable(problem)))?);
                (path.display().to_string(), Some(text))
            }
            None => (CREDENTIAL_VARIABLE.to_owned(), std::env::var(CREDENTIAL_VARIABLE).ok().map(Zeroizing::new)),
        };
        let credential = text.map(|text| Zeroizing::new(text.trim().to_owned()));
        // What `operator create > FILE` leaves behind when it fails.
        if credential.as_ref().is_some_and(|credential| credential.is_empty()) {
            return Err(Failed::other(Unusable(format!("{from} is empty: there is no credential in it"))));
        }
        Ok(credential)
    }
}

/// A credential goes to this machine, or over TLS.
fn check(url: &str) -> Result<(), Failed> {
    let parsed = reqwest::Url::parse(url);
    let problem = match parsed.as_ref().map(reqwest::Url::scheme) {
        Ok("https") => return Ok(()),
        Ok("http") if is_local(url) => return Ok(()),
        Ok("http") => "the credential would travel in clear; use https, or call from the server's own machine",
        _ => "an address begins with https:// or http://",
    };
    Err(Failed::other(Unusable(format!("{url}: {problem}"))))
}

fn is_local(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| {
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

impl Api {
    /// The credential, as its header has it.
    pub(super) fn token(&self) -> Token {
        if self.credential.is_empty() { "".into() } else { format!("Bearer {}", *self.credential).into() }
    }

    /// Whether JSON is wanted instead of words.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Shows an answer: as JSON, or in words.
    pub(super) fn show(&self, answer: &impl Serialize, words: impl FnOnce() -> String) -> Result<(), Failed> {
        output::result(if self.json { serde_json::to_string(answer).map_err(Failed::other)? } else { words() });
        Ok(())
    }

    /// Shows a list page by page, as lines of JSON or as a table; `limit` is how many items at most, or all.
    pub(super) async fn list<T: Serialize, const N: usize>(
        &self,
        head: [&str; N],
        limit: Option<u64>,
        mut page: impl AsyncFnMut(PageLimit, Option<PageToken>) -> Result<(Vec<T>, Option<PageToken>), Failed>,
        row: impl Fn(&T) -> [String; N],
    ) -> Result<(), Failed> {
        let (mut left, mut next, mut table) = (limit.unwrap_or(u64::MAX), None, Table::new(head));
        while left > 0 {
            let size = parse::<PageLimit>("limit", &left.min(200).to_string())?;
            let (items, more) = page(size, next).await?;
            left = left.saturating_sub(items.len() as u64);
            next = more;
            if !self.rows(&mut table, &items, &row)? || next.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Shows a part of a list; `false` once nobody reads it any more.
    pub(super) fn rows<T: Serialize, const N: usize>(
        &self,
        table: &mut Table<N>,
        items: &[T],
        row: impl Fn(&T) -> [String; N],
    ) -> Result<bool, Failed> {
        if !self.json {
            return Ok(table.show(items.iter().map(row).collect()));
        }
        for item in items {
            if !output::heard(serde_json::to_string(item).map_err(Failed::other)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Columns as wide as what is in them.
pub(super) struct Table<const N: usize> {
    head: Option<[String; N]>,
    widths: [usize; N],
}

impl<const N: usize> Table<N> {
    pub(super) fn new(head: [&str; N]) -> Self {
        Self { head: Some(head.map(str::to_owned)), widths: [0; N] }
    }

    /// `false` once nobody reads it any more.
    pub(super) fn show(&mut self, rows: Vec<[String; N]>) -> bool {
        let rows: Vec<_> = self.head.take().into_iter().chain(rows).collect();
        for row in &rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        rows.iter().all(|row| {
            let line: String = row.iter().zip(self.widths).map(|(cell, width)| format!("{cell:<width$}  ")).collect();
            output::heard(line.trim_end())
        })
    }
}

/// What a cell shows where there is nothing.
pub(super) fn cell(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The answer, or what to tell of it.
pub(super) fn told<T>(answer: Result<progenitor_client::ResponseValue<T>, Answer<Problem>>) -> Result<T, Failed> {
    answer.map(progenitor_client::ResponseValue::into_inner).map_err(|error| Failed::other(Refused(words(&error))))
}

/// The same; `None` if there is no such thing.
pub(super) fn told_if_found<T>(
    answer: Result<progenitor_client::ResponseValue<T>, Answer<Problem>>,
) -> Result<Option<T>, Failed> {
    match answer {
        Err(Answer::ErrorResponse(answer)) if answer.status().as_u16() == 404 => Ok(None),
        answer => told(answer).map(Some),
    }
}

/// A version, as a change of it has to name it.
pub(super) fn tag(version: Version) -> Result<EntityTag, Failed> {
    parse("version", &format!("\"{version}\""))
}

/// The same where there may be no such thing: says which.
pub(super) fn found<T>(
    id: impl Display,
    what: &str,
    answer: Result<progenitor_client::ResponseValue<T>, Answer<Problem>>,
) -> Result<T, Failed> {
    match answer {
        Err(Answer::ErrorResponse(answer)) if answer.status().as_u16() == 404 => {
            Err(Failed::other(Unusable(format!("{id}: there is no such {what}"))))
        }
        answer => told(answer),
    }
}

fn words(error: &Answer<Problem>) -> String {
    match error {
        Answer::ErrorResponse(answer) => {
            let Problem { title, detail, location, instance, .. } = &**answer;
            let location = location.as_ref().map(|location| format!("{}: ", location.as_str())).unwrap_or_default();
            let said = match answer.status().as_u16() {
                401 => {
                    "the credential is unknown or revoked, or its operator calls with a client certificate: give that of an \
                        operator of this server"
                }
                403 => "the operator lacks the scope for this; `countersign operator create --help` names them all",
                _ => detail.as_ref().map_or(title.as_str(), |detail| detail.as_str()),
            };
            format!("{location}{said} (request {})", instance.as_str())
        }
        Answer::CommunicationError(error) if error.is_connect() => {
            let place =
                error.url().map(|url| format!(" at {}", url.origin().ascii_serialization())).unwrap_or_default();
            let cause = innermost(error);
            format!("no operator API answers{place}: {cause}; is the server running there, with [operator] enabled?")
        }
        Answer::CommunicationError(error) => format!("the server did not answer: {}", innermost(error)),
        // Neither the answer, which may hold a credential or a key URI, nor what the parser quotes of it.
        Answer::InvalidResponsePayload(_, error) => format!(
            "this is no operator API, or one of another release: its answer cannot be read from line {}, column {} on; \
             [operator] says where it listens",
            error.line(),
            error.column()
        ),
        other => format!("this is no operator API, or one of another release: {other}"),
    }
}

/// What went wrong in the end: the errors around it only say who called whom.
fn innermost(error: &dyn Error) -> &dyn Error {
    match error.source() {
        Some(cause) => innermost(cause),
        None => error,
    }
}

/// Reads a value that the API has rules for.
pub(super) fn parse<T: FromStr<Err: Display>>(what: &str, text: &str) -> Result<T, Failed> {
    text.parse().map_err(|problem| Failed::other(Unusable(format!("{what}: {problem}"))))
}

/// The same for a value that may be absent.
pub(super) fn parse_if<T: FromStr<Err: Display>>(what: &str, text: Option<&str>) -> Result<Option<T>, Failed> {
    text.map(|text| parse(what, text)).transpose()
}

/// A key for a call that makes something, drawn anew.
pub(super) fn idempotency_key() -> Result<IdempotencyKey, Failed> {
    parse("key", &SystemRandom.uuid().to_string())
}

/// One line of what nobody else on the machine may see: typed, or piped in. Command lines are no place for it.
pub(super) fn ask(what: &str) -> Result<Zeroizing<String>, Failed> {
    let lines = ask_lines(what, true)?;
    lines.into_iter().next().ok_or_else(|| Failed::other(Unusable(format!("{what}: nothing was given"))))
}

/// Lines of the same kind, up to the end of the input; blank ones are left out. `first` stops after the first.
pub(super) fn ask_lines(what: &str, first: bool) -> Result<Vec<Zeroizing<String>>, Failed> {
    let input = std::io::stdin().lock();
    let typed = input.is_terminal();
    if typed {
        let end = if first { "" } else { " (one on each line, Ctrl-D ends)" };
        // Without the prompt the command still works.
        let _ = write!(std::io::stderr(), "{what}{end}: ");
    }
    let mut lines = Vec::new();
    for line in std::io::Read::take(input, INPUT_MAX).lines() {
        let line = Zeroizing::new(line.map_err(Failed::other)?);
        if !line.trim().is_empty() {
            lines.push(Zeroizing::new(line.trim().to_owned()));
            if first {
                break;
            }
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_goes_to_this_machine_or_over_tls() {
        for url in ["http://127.0.0.1:8081", "http://[::1]:8081", "http://localhost:9/x", "https://otp.bank.example"] {
            assert!(check(url).is_ok(), "{url}");
        }
        for url in
            ["http://otp.bank.example", "http://10.0.0.1:8081", "ftp://127.0.0.1", "127.0.0.1:8081", "localhost:9", ""]
        {
            assert!(check(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_repeated() {
        let answer = br#"{"credential":"cso_31","keyUri":1}"#.as_slice();
        let error = serde_json::from_slice::<u8>(br#""cso_31""#).expect_err("it is no number");
        let said = words(&Answer::InvalidResponsePayload(answer.into(), error));
        assert!(said.contains("line 1") && !said.contains("cso_31"), "{said}");
    }

    #[test]
    fn columns_are_as_wide_as_what_is_in_them_and_grow_on_later_pages() {
        let mut table = Table::new(["ID", "NAME"]);
        table.show(vec![["1".to_owned(), "a".to_owned()]]);
        assert_eq!(table.widths, [2, 4]);
        table.show(vec![["12345".to_owned(), "ñandú".to_owned()]]);
        assert_eq!(table.widths, [5, 5]);
    }
}
