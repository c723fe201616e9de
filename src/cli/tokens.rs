//! `countersign token`: hardware and software tokens, through the operator API.

use super::import::{self, Import};
use super::remote::{Api, HELP, Remote, Unusable, ask, cell, idempotency_key, parse, parse_if, tag, told};
use super::{Failed, output};
use crate::api::operator::types::*;
use crate::tokenfile::qr::Qr;
use clap::{Args, Subcommand, ValueEnum};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Tokens {
    #[command(subcommand)]
    command: TokenCommand,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Take in the tokens of a file, all or none.
    #[command(after_help = import::IMPORT_HELP)]
    Import(Import),
    /// Add one token. Without --seed-file the server draws the seed, for an authenticator app.
    #[command(after_help = ENROL_HELP)]
    Enrol(Enrol),
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
    /// Find a token that has gone too far, by two codes in a row. They are asked for, or read from the input.
    Resync(One),
    /// Try a code. It is asked for, or read from the input; a right one is used up, a wrong one counts.
    Test(One),
    /// Show one token. Seeds are never shown.
    View(One),
    /// List tokens. Seeds are never shown.
    List {
        /// Those in the hands of this customer only.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// Those of this serial number only.
        #[arg(long, value_name = "NUMBER")]
        serial: Option<String>,
        /// Those in this state only: imported, assigned, active, locked or revoked.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
}

const ASSIGN_HELP: &str = "\
Examples:
  countersign token assign HT-0001 --customer 123456789012
  countersign token assign HT-0002 --customer 123456789012 --representative 01";

const ENROL_HELP: &str = "\
The key URI of an app is as secret as the seed in it: it is shown once, as text,
as a QR code on the terminal, or written as a picture to a file that only you
can read.

Examples:
  countersign token enrol app-100001 --kind totp --customer 100001 --qr -
  countersign token enrol app-100001 --kind totp --customer 100001 --qr app.png
  countersign token enrol HT-0009 --kind hotp --seed-file seed.hex";

/// Which token.
#[derive(Args)]
struct One {
    /// The serial number.
    serial: String,
    /// Who made it; needed where several manufacturers have a token of this number.
    #[arg(long, value_name = "NAME")]
    manufacturer: Option<String>,
}

#[derive(Args)]
struct Enrol {
    /// The serial number; for an app, any name that is not taken.
    serial: String,
    /// How it makes codes.
    #[arg(long, value_enum)]
    kind: Kind,
    /// Who made it.
    #[arg(long, value_name = "NAME")]
    manufacturer: Option<String>,
    /// What they call it.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Digits of a code: 6, 7 or 8.
    #[arg(long, value_name = "COUNT")]
    digits: Option<String>,
    /// The hash of a TOTP token: SHA1, SHA256 or SHA512.
    #[arg(long, value_name = "NAME")]
    algorithm: Option<String>,
    /// The time step of a TOTP token: 30 or 60 seconds.
    #[arg(long, value_name = "SECS")]
    period: Option<String>,
    /// Where a counting token stands.
    #[arg(long, value_name = "NUMBER")]
    counter: Option<String>,
    /// The suite of an OCRA token.
    #[arg(long, value_name = "SUITE")]
    suite: Option<String>,
    /// A file with the seed, in hexadecimal.
    #[arg(long, value_name = "FILE")]
    seed_file: Option<PathBuf>,
    /// Whose it is; in stock if it is not said.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// Who acts for the customer, if it is a company.
    #[arg(long, value_name = "ID", requires = "customer")]
    representative: Option<String>,
    /// Show the key URI as a QR code: `-` on the terminal, otherwise a file that ends in .png or .svg.
    #[arg(long, value_name = "FILE", conflicts_with = "seed_file")]
    qr: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Hotp,
    Totp,
    Ocra,
}

pub(super) fn token(tokens: &Tokens) -> Result<(), Failed> {
    let Tokens { command, remote } = tokens;
    match command {
        TokenCommand::Import(options) => import::import(options, remote),
        TokenCommand::Enrol(options) => {
            // Looked at first: a token that is made and cannot be shown would have to be revoked.
            let picture = options.qr.as_deref().map(Picture::of).transpose()?;
            remote.run(async |api| enrol(api, options, picture).await)
        }
        TokenCommand::Assign { token, customer, representative } => {
            let body = TokenAssignment {
                customer_id: parse("customer", customer)?,
                representative_id: parse_if("representative", representative.as_deref())?,
            };
            remote.run(async |api| {
                let Found { id, tag } = find(api, token).await?;
                let call = api.client.token_assign().authorization(api.token()).token_id(id).if_match(tag);
                changed(api, told(call.body(body).send().await)?)
            })
        }
        TokenCommand::Unassign(token) => remote.run(async |api| {
            let Found { id, tag } = find(api, token).await?;
            let call = api.client.token_unassign().authorization(api.token()).token_id(id).if_match(tag);
            changed(api, told(call.send().await)?)
        }),
        TokenCommand::Unlock(token) => remote.run(async |api| {
            let Found { id, tag } = find(api, token).await?;
            let call = api.client.token_unlock().authorization(api.token()).token_id(id).if_match(tag);
            changed(api, told(call.send().await)?)
        }),
        TokenCommand::Revoke(token) => remote.run(async |api| {
            let Found { id, tag } = find(api, token).await?;
            let call = api.client.token_revoke().authorization(api.token()).token_id(id).if_match(tag);
            changed(api, told(call.send().await)?)
        }),
        TokenCommand::Resync(token) => remote.run(async |api| {
            let Found { id, .. } = find(api, token).await?;
            let first_code = parse("first code", &ask("first code")?)?;
            let body = ResyncCodes { first_code, second_code: parse("second code", &ask("second code")?)? };
            let call = api.client.token_resync().authorization(api.token()).token_id(id);
            changed(api, told(call.body(body).send().await)?)
        }),
        TokenCommand::Test(token) => remote.run(async |api| {
            let Found { id, .. } = find(api, token).await?;
            let body = TestCode { code: parse("code", &ask("code")?)? };
            let call = api.client.token_test().authorization(api.token()).token_id(id);
            let token = told(call.body(body).send().await)?;
            api.show(&token, || format!("{}: the code is right.", token.serial))
        }),
        TokenCommand::View(token) => remote.run(async |api| {
            let Found { id, .. } = find(api, token).await?;
            let token = told(api.client.token_view().authorization(api.token()).token_id(id).send().await)?;
            api.show(&token, || in_words(&token))
        }),
        TokenCommand::List { customer, serial, state, limit } => {
            let (customer, serial) =
                (parse_if("customer", customer.as_deref())?, parse_if("serial", serial.as_deref())?);
            let state = parse_if("state", state.as_deref())?;
            remote.run(async |api| list(api, customer, serial, state, *limit).await)
        }
    }
}

/// A token as it was found: a change is made to that, or not at all.
struct Found {
    id: TokenId,
    tag: EntityTag,
}

async fn find(api: &Api, one: &One) -> Result<Found, Failed> {
    let serial: Serial = parse("serial number", &one.serial)?;
    let call = api.client.token_list().authorization(api.token()).serial(serial);
    let mut found = told(call.send().await)?.items;
    if let Some(manufacturer) = &one.manufacturer {
        found.retain(|token| token.manufacturer.as_ref().is_some_and(|make| make.as_str() == manufacturer));
    }
    match found.as_slice() {
        [] => Err(Failed::other(Unusable(format!("{}: there is no such token", one.serial)))),
        [token] => Ok(Found { id: token.token_id.clone(), tag: tag(token.version)? }),
        several => {
            let makes: Vec<_> = several.iter().map(|token| cell(token.manufacturer.as_ref())).collect();
            let (count, makes) = (several.len(), makes.join(", "));
            Err(Failed::other(Unusable(format!(
                "{count} manufacturers have a token of this serial number ({makes}): say which with --manufacturer"
            ))))
        }
    }
}

fn changed(api: &Api, token: Token) -> Result<(), Failed> {
    api.show(&token, || match &token.customer_id {
        Some(customer) => format!("{} is {}, customer {customer}.", token.serial, token.state),
        None => format!("{} is {}.", token.serial, token.state),
    })
}

async fn list(
    api: &Api,
    customer: Option<CustomerId>,
    serial: Option<Serial>,
    state: Option<TokenState>,
    limit: Option<u64>,
) -> Result<(), Failed> {
    let head = ["SERIAL", "MANUFACTURER", "KIND", "STATE", "CUSTOMER", "FAILURES", "EXPIRES"];
    let page = async |size, next| {
        let mut call = api.client.token_list().authorization(api.token()).limit(size);
        if let Some(customer) = &customer {
            call = call.customer_id(customer.clone());
        }
        if let Some(serial) = &serial {
            call = call.serial(serial.clone());
        }
        if let Some(state) = state {
            call = call.state(state);
        }
        if let Some(next) = next {
            let next: PageToken = next;
            call = call.page_token(next);
        }
        let TokenPage { items, next_page_token } = told(call.send().await)?;
        Ok((items, next_page_token))
    };
    let row = |token: &Token| {
        [
            token.serial.to_string(),
            cell(token.manufacturer.as_ref()),
            token.kind.to_string(),
            token.state.to_string(),
            holder(token),
            token.failures.to_string(),
            cell(token.expires_at),
        ]
    };
    api.list(head, limit, page, row).await
}

fn holder(token: &Token) -> String {
    match (&token.customer_id, &token.representative_id) {
        (Some(customer), Some(representative)) => format!("{customer}/{representative}"),
        (customer, _) => cell(customer.as_ref()),
    }
}

fn in_words(token: &Token) -> String {
    let lines = [
        ("serial", Some(token.serial.to_string())),
        ("manufacturer", token.manufacturer.as_ref().map(ToString::to_string)),
        ("model", token.model.as_ref().map(ToString::to_string)),
        ("kind", Some(token.kind.to_string())),
        ("suite", token.suite.as_ref().map(ToString::to_string)),
        ("state", Some(format!("{} since {}", token.state, token.state_since))),
        ("customer", token.customer_id.as_ref().map(|_| holder(token))),
        ("starts", token.starts_at.map(|at| at.to_string())),
        ("expires", token.expires_at.map(|at| at.to_string())),
        ("wrong codes", Some(token.failures.to_string())),
        ("waits until", token.waits_until.map(|at| at.to_string())),
        ("id", Some(token.token_id.to_string())),
        ("version", Some(token.version.to_string())),
    ];
    let line = |(name, value): (&str, Option<String>)| value.map(|value| format!("{name:<14}{value}"));
    lines.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

async fn enrol(api: &Api, options: &Enrol, picture: Option<Picture<'_>>) -> Result<(), Failed> {
    let seed = options.seed_file.as_deref().map(|file| {
        let text = crate::config::read(file, 4096).map_err(|problem| Failed::other(Unusable(problem)))?;
        parse("seed", zeroize::Zeroizing::new(text).trim())
    });
    let body = NewToken {
        serial: parse("serial number", &options.serial)?,
        manufacturer: parse_if("manufacturer", options.manufacturer.as_deref())?,
        model: parse_if("model", options.model.as_deref())?,
        kind: match options.kind {
            Kind::Hotp => TokenKind::Hotp,
            Kind::Totp => TokenKind::Totp,
            Kind::Ocra => TokenKind::Ocra,
        },
        digits: parse_if("digits", options.digits.as_deref())?,
        algorithm: parse_if("algorithm", options.algorithm.as_deref())?,
        period: parse_if("period", options.period.as_deref())?,
        t0: None,
        counter: parse_if("counter", options.counter.as_deref())?,
        suite: parse_if("suite", options.suite.as_deref())?,
        seed: seed.transpose()?,
        starts_at: None,
        expires_at: None,
        customer_id: parse_if("customer", options.customer.as_deref())?,
        representative_id: parse_if("representative", options.representative.as_deref())?,
    };
    let call = api.client.token_enrol().authorization(api.token()).idempotency_key(idempotency_key()?);
    let enrolled = told(call.body(body).send().await)?;
    match (&enrolled.key_uri, picture) {
        (Some(uri), Some(picture)) => {
            picture.show(uri.as_str())?;
            let EnrolledToken { token, .. } = enrolled;
            changed(api, token)
        }
        (Some(uri), None) => api.show(&enrolled, || uri.as_str().to_owned()),
        (None, _) => changed(api, enrolled.token),
    }
}

/// How a key URI is shown as a QR code.
#[derive(Clone, Copy)]
enum Picture<'a> {
    Terminal,
    Png(&'a Path),
    Svg(&'a Path),
}

impl<'a> Picture<'a> {
    fn of(path: &'a Path) -> Result<Self, Failed> {
        let picture = match path.extension().and_then(|ending| ending.to_str()) {
            _ if path == Path::new("-") => return Ok(Self::Terminal),
            Some("png") => Self::Png(path),
            Some("svg") => Self::Svg(path),
            _ => return Err(Failed::other(Unusable("--qr: a file that ends in .png or .svg, or -".to_owned()))),
        };
        if path.exists() {
            return Err(Failed::other(Unusable(format!("--qr: {} is there already", path.display()))));
        }
        Ok(picture)
    }

    fn show(self, uri: &str) -> Result<(), Failed> {
        let qr = Qr::new(uri).map_err(Failed::other)?;
        match self {
            Self::Terminal => {
                output::result(qr.terminal().trim_end());
                Ok(())
            }
            Self::Png(path) => write_private(path, &qr.png().map_err(Failed::other)?),
            Self::Svg(path) => write_private(path, qr.svg().as_bytes()),
        }
    }
}

/// Writes a new file that only its owner can read.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| Failed::other(Unusable(format!("cannot write {}: {error}", path.display()))))
}
