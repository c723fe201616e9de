//! Tokens and client registrations, while no server runs.

use super::offline::{counted, progress_bar};
use super::{Failed, offline, output, serve};
use crate::config::{Config, read};
use crate::server::offline::tokens::{Change, Changed, Desk, TokenError};
use crate::server::token_file::{self, Format, Source};
use crate::server::{SystemClock, SystemRandom};
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use secrecy::SecretString;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// No key or password is longer.
const SECRET_FILE_MAX: u64 = 4 * 1024;
const KEY_VARIABLE: &str = "COUNTERSIGN_TOKEN_KEY";
const PASSWORD_VARIABLE: &str = "COUNTERSIGN_TOKEN_PASSWORD";

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Take in the tokens of a file, all or none.
    #[command(after_help = IMPORT_HELP)]
    Import(Import),
    /// Give a token from the stock to a customer.
    #[command(after_help = ASSIGN_HELP)]
    Assign {
        #[command(flatten)]
        token: One,
        /// The customer number.
        #[arg(long, value_name = "ID")]
        customer: String,
        /// Who acts for the customer, if it is a company: the `legalRepresentativeId` of the calls.
        #[arg(long, value_name = "ID")]
        representative: Option<String>,
    },
    /// Take a token back into the stock. What it has used up stays used up.
    Unassign(One),
    /// Forget a token's wrong codes, which ends its lock or wait.
    Unlock(One),
    /// Put a token out of use for good.
    Revoke(One),
    /// List tokens. Seeds are never shown.
    #[command(after_help = "Example:\n  countersign token list --data countersign-data --customer 100001")]
    List {
        #[command(flatten)]
        place: Place,
        /// Those in the hands of this customer only.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// A line of JSON for each token.
        #[arg(long)]
        json: bool,
    },
}

const IMPORT_HELP: &str = "\
The key of an encrypted PSKC container comes from --key-file (hexadecimal) or
COUNTERSIGN_TOKEN_KEY, its password from --password-file or
COUNTERSIGN_TOKEN_PASSWORD: never from the command line, which every user of the
machine can read.

A token that is there already and makes the same codes stays as it is, so that a
file can be imported again.

CSV, with a header line that names the columns in any order; seeds in
hexadecimal or base32:
  serial,seed,type,digits,period,expiry
  HT-0001,3132333435363738393031323334353637383930,hotp,6,,2031-12-31
  TT-0002,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,totp,6,30,

Examples:
  countersign token import t.xml --config bank.toml --key-file transport.key
  countersign token import t.csv --config bank.toml
  countersign token import soft --format otpauth --data countersign-data";

const ASSIGN_HELP: &str = "\
Examples:
  countersign token assign HT-0001 --customer 123456789012 --config bank.toml
  countersign token assign HT-0002 --customer 123456789012 \\
    --representative 01 --config bank.toml";

#[derive(Subcommand)]
pub(super) enum ClientCommand {
    /// Register an application, or change what it is registered for.
    #[command(after_help = PUT_HELP)]
    Put {
        /// Its id: the `client_id` of its calls.
        id: String,
        /// The countries it may do business in: two capital letters each.
        #[arg(long, value_delimiter = ',', required = true, value_name = "CODES")]
        countries: Vec<String>,
        /// The businesses of the bank it may call for.
        #[arg(long, value_delimiter = ',', required = true, value_name = "CODES")]
        businesses: Vec<String>,
        /// The channels its calls may begin in.
        #[arg(long, value_delimiter = ',', required = true, value_name = "IDS")]
        channels: Vec<String>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        who: Who,
    },
    /// List the registrations.
    List {
        #[command(flatten)]
        place: Place,
        /// A line of JSON for each registration.
        #[arg(long)]
        json: bool,
    },
}

const PUT_HELP: &str = "\
Example:
  countersign client put corporate-web --config bank.toml \\
    --countries MX,US --businesses GCB --channels CBOL,APP";

/// Which data file.
#[derive(Args)]
#[command(group(ArgGroup::new("where").required(true).args(["config", "data"])))]
pub(super) struct Place {
    /// The server's configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of a development server instead; `serve --dev` makes one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    pub(super) fn config(&self) -> Result<Config, Failed> {
        offline::config(self.config.as_deref(), self.data.as_deref())
    }
}

/// Who changes something.
#[derive(Args)]
pub(super) struct Who {
    /// Who does this: kept in the audit trail and told on stderr.
    #[arg(long = "by", value_name = "NAME", env = "USER", hide_env_values = true)]
    pub(super) by: String,
}

/// Which token.
#[derive(Args)]
pub(super) struct One {
    /// The serial number.
    serial: String,
    /// Who made it; needed where several manufacturers have a token of this number.
    #[arg(long, value_name = "NAME")]
    manufacturer: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    who: Who,
}

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
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    who: Who,
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

pub(super) fn token(command: &TokenCommand) -> Result<(), Failed> {
    match command {
        TokenCommand::Import(options) => import(options),
        TokenCommand::Assign { token, customer, representative } => {
            change(token, Change::Assign { customer, representative: representative.as_deref() })
        }
        TokenCommand::Unassign(token) => change(token, Change::Unassign),
        TokenCommand::Unlock(token) => change(token, Change::Unlock),
        TokenCommand::Revoke(token) => change(token, Change::Revoke),
        TokenCommand::List { place, customer, json } => list_tokens(&place.config()?, customer.as_deref(), *json),
    }
}

pub(super) fn client(command: &ClientCommand) -> Result<(), Failed> {
    match command {
        ClientCommand::Put { id, countries, businesses, channels, place, who } => {
            let config = place.config()?;
            let [countries, businesses, channels] =
                [countries, businesses, channels].map(|list| list.iter().map(String::as_str));
            let desk = desk(&config, &who.by);
            let put = desk.put_client(id, countries, businesses, channels);
            let put = serve::runtime()?.block_on(put).map_err(failed)?;
            let done = if put.is_none_or(|client| client.is_new()) { "registered" } else { "changed" };
            output::note(format_args!("client {id}: {done} who={}", who.by));
            output::result(format_args!("{id} is {done}."));
            Ok(())
        }
        ClientCommand::List { place, json } => list_clients(&place.config()?, *json),
    }
}

/// Whoever only looks.
const NOBODY: &str = "-";

fn desk<'a>(config: &'a Config, by: &'a str) -> Desk<'a> {
    Desk { config, random: Arc::new(SystemRandom), now: SystemClock.now(), by }
}

fn failed(error: TokenError) -> Failed {
    match error {
        TokenError::Config(error) => Failed::Config(error),
        error => Failed::other(error),
    }
}

fn import(options: &Import) -> Result<(), Failed> {
    let source = source(options)?;
    let config = options.place.config()?;
    // Once to find every problem, once to import: a file may be larger than memory.
    let bar = progress_bar(None, "{spinner} {human_pos} tokens checked");
    let checked = token_file::check(&source, &mut |problem| bar.suspend(|| output::note(problem)), &mut |n| {
        bar.set_position(n);
    });
    bar.finish_and_clear();
    if checked.problems > 0 {
        return Err(Failed::other(BadFile(checked.problems, options.file.clone())));
    }
    let bar = progress_bar(Some(checked.tokens), "{wide_bar} {human_pos}/{human_len} tokens, {eta} left");
    let told = desk(&config, &options.who.by).import_tokens(&source, &mut |n| bar.set_position(n));
    bar.finish_and_clear();
    let report = told.map_err(failed)?;
    let (file, by) = (options.file.display(), &options.who.by);
    output::note(format_args!("import of {file}: {} tokens added who={by}", report.added));
    output::result(format_args!(
        "tokens: {} read, {} added, {} unchanged.",
        checked.tokens, report.added, report.unchanged
    ));
    Ok(())
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
                Err(problem) => Err(Failed::other(BadSecret(name, problem))),
            }
        }
        None => match std::env::var(variable) {
            Ok(text) => Ok(Some((variable.to_owned(), text.into()))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(_) => Err(Failed::other(BadSecret(variable.to_owned(), "is not UTF-8 text".to_owned()))),
        },
    }
}

fn change(one: &One, change: Change<'_>) -> Result<(), Failed> {
    let config = one.place.config()?;
    let desk = desk(&config, &one.who.by);
    let changing = desk.change_token(&one.serial, one.manufacturer.as_deref(), change);
    let Changed { before, after } = serve::runtime()?.block_on(changing).map_err(failed)?;
    let (serial, by) = (after.serial.as_str(), &one.who.by);
    let holder = after.holder().or(before.holder()).map_or("-", |holder| holder.customer.as_str());
    let (was, is) = (before.life.as_str(), after.life.as_str());
    output::note(format_args!("token {serial}: {was} -> {is} customer={holder} who={by}"));
    output::result(format_args!("{serial} is {is}."));
    Ok(())
}

fn list_tokens(config: &Config, customer: Option<&str>, json: bool) -> Result<(), Failed> {
    if !json {
        output::result(format_args!(
            "{:<24} {:<16} {:<5} {:<9} {:<20} {:>8}  {}",
            "SERIAL", "MANUFACTURER", "KIND", "STATE", "CUSTOMER", "FAILURES", "EXPIRES"
        ));
    }
    let date = |time: Option<chrono::DateTime<chrono::Utc>>| time.map(|time| time.to_rfc3339());
    let listed = desk(config, NOBODY).list_tokens(customer, &mut |token| {
        let manufacturer = token.manufacturer.as_ref().map(|make| make.as_str());
        let customer = token.holder().map(|holder| holder.customer.as_str());
        let representative = token.holder().and_then(|holder| holder.representative.as_ref());
        let representative = representative.map(|text| text.as_str());
        let (serial, kind, state) = (token.serial.as_str(), token.device.kind().as_str(), token.life.as_str());
        if json {
            output::result(json!({
                "serial": serial,
                "manufacturer": manufacturer,
                "model": token.model.as_ref().map(|make| make.as_str()),
                "kind": kind,
                "state": state,
                "customer": customer,
                "representative": representative,
                "failures": token.failures.count,
                "startsAt": date(token.starts_at),
                "expiresAt": date(token.expires_at),
                "version": token.version,
            }));
        } else {
            let holder = match (customer, representative) {
                (Some(customer), Some(representative)) => format!("{customer}/{representative}"),
                (customer, _) => customer.unwrap_or("-").to_owned(),
            };
            let (failures, expires) = (token.failures.count, date(token.expires_at));
            output::result(format_args!(
                "{serial:<24} {:<16} {kind:<5} {state:<9} {holder:<20} {failures:>8}  {}",
                manufacturer.unwrap_or("-"),
                expires.as_deref().unwrap_or("-"),
            ));
        }
    });
    listed.map_err(failed)
}

fn list_clients(config: &Config, json: bool) -> Result<(), Failed> {
    let listed = desk(config, NOBODY).list_clients(&mut |client| {
        let countries: Vec<_> = client.countries.iter().map(|text| text.as_str()).collect();
        let businesses: Vec<_> = client.businesses.iter().map(|text| text.as_str()).collect();
        let channels: Vec<_> = client.channels.iter().map(|text| text.as_str()).collect();
        let id = client.id.as_str();
        if json {
            let lists = json!({"id": id, "countries": countries, "businesses": businesses, "channels": channels});
            output::result(lists);
        } else {
            let [countries, businesses, channels] = [countries, businesses, channels].map(|list| list.join(","));
            output::result(format_args!("{id}  countries={countries}  businesses={businesses}  channels={channels}"));
        }
    });
    listed.map_err(failed)
}
