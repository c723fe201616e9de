//! `countersign operator`: who may use the operator API. The first one is made while no server runs.

use super::remote::{Api, HELP, Remote, cell, found, idempotency_key, parse, told};
use super::{Failed, load, output, serve};
use crate::api::operator::types::*;
use crate::server::offline::OfflineError;
use crate::server::offline::operators::{OperatorError, SCOPES, create_operator};
use crate::server::{SystemClock, SystemRandom};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Operators {
    #[command(subcommand)]
    command: OperatorCommand,
}

#[derive(Subcommand)]
enum OperatorCommand {
    /// Make an operator and print its credential, this once.
    #[command(after_help = CREATE_HELP)]
    Create {
        /// The operator's name. A name is used once.
        name: String,
        /// What the credential is good for.
        #[arg(long, value_delimiter = ',', default_value = "admin", value_parser = SCOPES, value_name = "SCOPES")]
        scopes: Vec<String>,
        /// The configuration of a server that does not run: for the first operator.
        #[arg(long, value_name = "FILE", requires = "by", conflicts_with_all = ["url", "credential_file", "data", "json"])]
        config: Option<PathBuf>,
        /// Who does this, for the audit trail. Without --config it is the operator whose credential is used.
        #[arg(long, value_name = "NAME", env = "USER", hide_env_values = true)]
        by: Option<String>,
        #[command(flatten)]
        remote: Remote,
    },
    /// List the operators, revoked ones too. Credentials cannot be shown.
    List {
        #[command(flatten)]
        remote: Remote,
    },
    /// Put an operator out of use for good.
    Revoke {
        /// The operator's name.
        name: String,
        #[command(flatten)]
        remote: Remote,
    },
}

const CREATE_HELP: &str = "\
The first operator is made with --config while the server is stopped; with the
scope admin it can make the others while the server runs. The credential goes to
stdout and nowhere else: the server keeps a digest of it.

  read    look at everything that may be seen
  enrol   customers, tokens, imports, sessions, transactions
  unlock  end the lock or wait of a token; block and release phone prefixes
  redeem  take the proof that a code was right, once
  admin   everything

Examples:
  umask 077
  countersign operator create root --config bank.toml > root.credential
  countersign operator create desk --scopes read,unlock \\
    --credential-file root.credential";

pub(super) fn operator(operators: &Operators) -> Result<(), Failed> {
    match &operators.command {
        OperatorCommand::Create { name, scopes, config: Some(config), by, .. } => {
            first(name, scopes, config, by.as_deref().unwrap_or_default())
        }
        OperatorCommand::Create { name, scopes, remote, .. } => {
            let scopes = scopes.iter().map(|scope| parse("scope", scope)).collect::<Result<Vec<Scope>, _>>()?;
            let body =
                NewOperator { name: parse("operator", name)?, scopes: scopes.try_into().map_err(Failed::other)? };
            remote.run(async |api| {
                let call = api.client.operator_create().authorization(api.token());
                let made = told(call.idempotency_key(idempotency_key()?).body(body).send().await)?;
                api.show(&made, || made.credential.as_str().to_owned())
            })
        }
        OperatorCommand::List { remote } => remote.run(async |api| list(api).await),
        OperatorCommand::Revoke { name, remote } => {
            let name: OperatorName = parse("operator", name)?;
            remote.run(async |api| {
                let call = api.client.operator_revoke().authorization(api.token()).operator_name(name.clone());
                found(&name, "operator", call.send().await)?;
                output::result(format_args!("{name} is revoked."));
                Ok(())
            })
        }
    }
}

fn first(name: &str, scopes: &[String], config: &Path, by: &str) -> Result<(), Failed> {
    let config = load(config)?;
    let names: Vec<_> = scopes.iter().map(String::as_str).collect();
    let (random, now) = (Arc::new(SystemRandom), SystemClock.now());
    let made = create_operator(&config, random, now, by, name, &names);
    let credential = serve::runtime()?.block_on(made).map_err(failed)?;
    output::note(format_args!("operator {name}: made scopes={} who={by}", scopes.join(",")));
    output::result(credential.expose());
    Ok(())
}

async fn list(api: &Api) -> Result<(), Failed> {
    let page = async |size, next: Option<PageToken>| {
        let mut call = api.client.operator_list().authorization(api.token()).limit(size);
        if let Some(next) = next {
            call = call.page_token(next);
        }
        let OperatorPage { items, next_page_token } = told(call.send().await)?;
        Ok((items, next_page_token))
    };
    let row = |operator: &Operator| {
        let scopes: Vec<_> = operator.scopes.as_slice().iter().map(ToString::to_string).collect();
        [
            operator.name.to_string(),
            scopes.join(","),
            operator.created_by.to_string(),
            operator.created_at.to_string(),
            cell(operator.revoked_at),
        ]
    };
    api.list(["OPERATOR", "SCOPES", "CREATED BY", "CREATED", "REVOKED"], None, page, row).await
}

fn failed(error: OperatorError) -> Failed {
    match error {
        OperatorError::Offline(OfflineError::Config(error)) => Failed::Config(error),
        error => Failed::other(error),
    }
}
