//! `countersign token import`: a file of tokens, read here and sent in batches.
//!
//! 1. The file is read once to find every problem; with one, nothing is sent. Keys and passwords of a container stay on
//!    this machine.
//! 2. An import is opened, and the entries are sent [`BATCH`] at a time. The server keeps them out of sight.
//! 3. The import is committed: all tokens are there at once. Whatever goes wrong before, it is cancelled.
//!
//! A batch whose answer is lost is sent again; the server knows it by its number.

use super::offline::{counted, progress_bar};
use super::remote::{Api, Remote, Unusable, idempotency_key, parse, told};
use super::{Failed, output};
use crate::api::operator::types::{self as wire, ImportBatch, ImportEntry, ImportProblem, NewImport};
use crate::config::read;
use crate::server::token_file::{self, Format, Source, TokenFile};
use clap::{Args, ValueEnum};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// Entries in one call.
const BATCH: usize = 1000;
/// How often a batch is sent before the import is given up.
const TRIES: u32 = 4;
/// No key or password is longer.
const SECRET_FILE_MAX: u64 = 4 * 1024;
const KEY_VARIABLE: &str = "COUNTERSIGN_TOKEN_KEY";
const PASSWORD_VARIABLE: &str = "COUNTERSIGN_TOKEN_PASSWORD";

pub(super) const IMPORT_HELP: &str = "\
The key of an encrypted PSKC container comes from --key-file (hexadecimal) or
COUNTERSIGN_TOKEN_KEY, its password from --password-file or
COUNTERSIGN_TOKEN_PASSWORD: never from the command line, which every user of the
machine can read. They stay on this machine: the file is opened here, and the
server gets its tokens over the operator API.

A token that is there already and makes the same codes stays as it is, so that a
file can be imported again.

CSV, with a header line that names the columns in any order; the seeds of a file
are all in hexadecimal or all in base32:
  serial,seed,type,digits,period,expiry
  HT-0001,3132333435363738393031323334353637383930,hotp,6,,2031-12-31
  TT-0002,3132333435363738393031323334353637383930,totp,6,30,

Examples:
  countersign token import tokens.xml --key-file transport.key
  countersign token import tokens.csv
  countersign token import soft --format otpauth --data countersign-data";

#[derive(Args)]
pub(super) struct Import {
    /// The tokens. What the name ends in says how the file is written: .xml or .pskc, .csv, .otpauth or .txt.
    file: PathBuf,
    /// How the file is written, whatever its name.
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// A file with the container's pre-shared key, in hexadecimal.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// A file with the container's password.
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    password_file: Option<PathBuf>,
    /// Take a signed container although its signature is not checked: somebody else does that.
    #[arg(long)]
    accept_unchecked_signature: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum FileFormat {
    Pskc,
    Csv,
    Otpauth,
}

/// A file of tokens is not usable.
#[derive(Debug, thiserror::Error)]
#[error("{} in {}: nothing was imported", counted(*.0, "problem"), .1.display())]
struct BadFile(u64, PathBuf);

/// What a file's name says nothing about.
#[derive(Debug, thiserror::Error)]
#[error("the name of {} does not say how it is written: use --format", .0.display())]
struct NoFormat(PathBuf);

/// A key or password cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}: {1}")]
struct BadSecret(String, String);

pub(super) fn import(options: &Import, remote: &Remote) -> Result<(), Failed> {
    let source = source(options)?;
    // Once to find every problem, once to import: a file may be larger than memory.
    let bar = progress_bar(None, "{spinner} {human_pos} tokens checked");
    let checked = token_file::check(&source, &mut |problem| bar.suspend(|| output::note(problem)), &mut |n| {
        bar.set_position(n);
    });
    bar.finish_and_clear();
    if checked.problems > 0 {
        return Err(Failed::other(BadFile(checked.problems, options.file.clone())));
    }
    remote.run(async |api| {
        let import = open(api, &options.file, checked.tokens).await?;
        match send(api, &import, &source, checked.tokens).await {
            Ok(import) => api.show(&import, || {
                let (read, added, unchanged) = (import.entries, import.tokens, import.unchanged);
                format!("tokens: {read} read, {added} added, {unchanged} unchanged.")
            }),
            Err(failed) => {
                let cancel = api.client.import_cancel().authorization(api.token()).import_id(import.import_id.clone());
                if told(cancel.send().await).is_err() {
                    output::note(format_args!(
                        "import {}: not cancelled; the server does so by itself, and until then nothing of it can be seen",
                        import.import_id
                    ));
                }
                Err(failed)
            }
        }
    })
}

async fn open(api: &Api, file: &Path, tokens: u64) -> Result<wire::Import, Failed> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let body = NewImport {
        // A name that the API does not take is not worth failing for: it is for the audit trail.
        file_name: name.and_then(|name| name.parse().ok()),
        tokens_expected: Some(parse("tokens", &tokens.to_string())?),
    };
    let call = api.client.import_open().authorization(api.token()).idempotency_key(idempotency_key()?);
    told(call.body(body).send().await)
}

async fn send(api: &Api, import: &wire::Import, source: &Source, tokens: u64) -> Result<wire::Import, Failed> {
    let bar = progress_bar(Some(tokens), "{wide_bar} {human_pos}/{human_len} tokens, {per_sec}, {eta} left");
    let (mut batch, mut lines, mut sent) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH), 0_u64);
    let mut entries = TokenFile::open(source);
    loop {
        let entry = entries.next().transpose().map_err(|problem| {
            Failed::other(Unusable(format!("the file was changed while it was being imported: {problem}")))
        })?;
        let end = entry.is_none();
        if let Some(entry) = entry {
            lines.push(entry.line);
            batch.push(entry.wire().map_err(Failed::other)?);
        }
        if batch.len() == BATCH || (end && !batch.is_empty()) {
            add(api, import, sent, &batch, &lines).await?;
            sent += batch.len() as u64;
            bar.set_position(sent);
            batch.clear();
            lines.clear();
        }
        if end {
            break;
        }
    }
    bar.finish_and_clear();
    let call = api.client.import_commit().authorization(api.token()).import_id(import.import_id.clone());
    told(call.send().await)
}

/// Sends a batch, again where the answer was lost, and tells of every entry that cannot be used.
async fn add(api: &Api, import: &wire::Import, first: u64, batch: &[ImportEntry], lines: &[u64]) -> Result<(), Failed> {
    let body = ImportBatch {
        first_entry: parse("entry", &first.to_string())?,
        tokens: batch.to_vec().try_into().map_err(|problem: crate::api::scalar::Invalid| Failed::other(problem))?,
    };
    let mut tries = 0;
    let answer = loop {
        let call = api.client.import_add().authorization(api.token()).import_id(import.import_id.clone());
        let answer = call.body(body.clone()).send().await;
        tries += 1;
        let lost = match &answer {
            Err(progenitor_client::Error::CommunicationError(_)) => true,
            Err(progenitor_client::Error::ErrorResponse(answer)) => answer.status().as_u16() == 503,
            _ => false,
        };
        if !lost || tries == TRIES {
            break told(answer)?;
        }
        tokio::time::sleep(Duration::from_secs(u64::from(tries))).await;
    };
    for ImportProblem { entry, serial, problem } in &answer.problems {
        let n = usize::try_from(entry.get().saturating_sub(first)).unwrap_or(usize::MAX);
        let line = lines.get(n).copied().unwrap_or_default();
        output::note(format_args!("line {line}: serial {serial}: {}", problem.as_str()));
    }
    match answer.problems.len() {
        0 => Ok(()),
        n => Err(Failed::other(Unusable(format!("{}: nothing was imported", counted(n as u64, "problem"))))),
    }
}

fn source(options: &Import) -> Result<Source, Failed> {
    let format = match options.format {
        Some(FileFormat::Pskc) => Format::Pskc,
        Some(FileFormat::Csv) => Format::Csv,
        Some(FileFormat::Otpauth) => Format::Otpauth,
        None => Format::of(&options.file).ok_or_else(|| Failed::other(NoFormat(options.file.clone())))?,
    };
    // What is asked for on the command line wins over what happens to be in the environment.
    let key = match (&options.key_file, &options.password_file) {
        (None, Some(_)) => None,
        (file, _) => secret(file.as_deref(), KEY_VARIABLE)?,
    };
    let password = match (&options.key_file, &options.password_file) {
        (Some(_), _) => None,
        (_, file) => secret(file.as_deref(), PASSWORD_VARIABLE)?,
    };
    let key = key
        .map(|(name, text)| token_file::key(&text).map_err(|error| Failed::other(BadSecret(name, error.to_string()))));
    Ok(Source {
        path: options.file.clone(),
        format,
        key: key.transpose()?,
        password: password.map(|(_, text)| SecretString::from(text.trim_end_matches(['\r', '\n']))),
        accept_unchecked_signature: options.accept_unchecked_signature,
    })
}

/// The text of a secret, and where it is from.
fn secret(file: Option<&Path>, variable: &str) -> Result<Option<(String, Zeroizing<String>)>, Failed> {
    match file {
        Some(path) => {
            let name = path.display().to_string();
            match read(path, SECRET_FILE_MAX) {
                Ok(text) => Ok(Some((name, text.into()))),
                Err(problem) => Err(Failed::other(Unusable(problem))),
            }
        }
        None => match std::env::var(variable) {
            Ok(text) => Ok(Some((variable.to_owned(), text.into()))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(_) => Err(Failed::other(BadSecret(variable.to_owned(), "is not UTF-8 text".to_owned()))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenfile::csv;

    #[test]
    fn the_file_that_the_help_shows_can_be_imported() {
        let lines = IMPORT_HELP.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| line.contains(','));
        let file: String = lines.map(|line| format!("{line}\n")).collect();
        let entries: Vec<_> = csv::read(file.as_bytes(), csv::Options::default()).collect();
        assert!(entries.len() == 2 && entries.iter().all(Result::is_ok), "{file}");
    }
}
