//! The first operator, while no server runs.

use super::tokens::{Place, Who};
use super::{Failed, output, serve};
use crate::server::offline::OfflineError;
use crate::server::offline::operators::{OperatorError, SCOPES, create_operator};
use crate::server::{SystemClock, SystemRandom};
use clap::Subcommand;
use std::sync::Arc;

#[derive(Subcommand)]
pub(super) enum OperatorCommand {
    /// Make an operator and print its credential, this once; the server must not run.
    #[command(after_help = CREATE_HELP)]
    Create {
        /// The operator's name. A name is used once.
        name: String,
        /// What the credential is good for.
        #[arg(long, value_delimiter = ',', default_value = "admin", value_parser = SCOPES, value_name = "SCOPES")]
        scopes: Vec<String>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        who: Who,
    },
}

const CREATE_HELP: &str = "\
The first operator is made this way; with the scope admin it can make the others
while the server runs. The credential goes to stdout and nowhere else: the
server keeps a digest of it.

  read    look at everything that may be seen
  enrol   customers, tokens, imports, sessions, transactions
  unlock  end the lock or wait of a token
  redeem  take the proof that a code was right, once
  admin   everything

Examples:
  countersign operator create root --config bank.toml > root.credential
  countersign operator create desk --scopes read,unlock --config bank.toml";

pub(super) fn operator(command: &OperatorCommand) -> Result<(), Failed> {
    match command {
        OperatorCommand::Create { name, scopes, place, who } => {
            let config = place.config()?;
            let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
            let (random, now) = (Arc::new(SystemRandom), SystemClock.now());
            let made = create_operator(&config, random, now, &who.by, name, &scopes);
            let credential = serve::runtime()?.block_on(made).map_err(failed)?;
            output::note(format_args!("operator {name}: made scopes={} who={}", scopes.join(","), who.by));
            output::result(credential.expose());
            Ok(())
        }
    }
}

fn failed(error: OperatorError) -> Failed {
    match error {
        OperatorError::Offline(OfflineError::Config(error)) => Failed::Config(error),
        error => Failed::other(error),
    }
}
