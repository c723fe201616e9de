//! The command line.
//!
//! Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 the configuration is wrong.

mod audit;
mod bench;
mod clients;
mod customers;
mod dumps;
mod import;
mod keys;
mod migrate_store;
mod offline;
mod operators;
mod output;
mod prefixes;
mod remote;
mod serve;
mod tokens;
mod watch;

use crate::config::{Config, ConfigError, Problems, SAMPLE};
use crate::dev::data::{APPS, DataDir};
use crate::dev::{seed, soft_token, token};
use crate::server::SystemClock;
use crate::server::settings::Settings;
use clap::{ArgGroup, Args, Parser, Subcommand};
use std::error::Error;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Where a development server keeps its data unless it is told otherwise.
const DATA_DIR: &str = "countersign-data";

/// Self-hosted step-up authentication for banks: one-time codes by text message and e-mail, and those of hardware tokens.
#[derive(Parser)]
#[command(version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  countersign demo                       see it work, end to end, in seconds
  countersign serve --dev                a server to play with; it says where
  countersign config sample > bank.toml  begin a configuration
  countersign check-config bank.toml     see what is wrong with it
  countersign serve --config bank.toml   run it
  countersign token import --help        take in the tokens of a vendor

Exit codes: 0 done, 1 failed, 2 the command line is wrong, 3 the configuration
is wrong.";

#[derive(Subcommand)]
enum Command {
    /// Run the server until SIGTERM or Ctrl-C.
    #[command(after_help = SERVE_HELP)]
    Serve(Serve),
    /// Take a phone, an e-mail address and tokens through all operations, on a real server; nothing leaves this host.
    Demo(Demo),
    /// Say whether a configuration is right, and everything that is wrong with it.
    ///
    /// Reads the secrets, keys and key sets it names, and tries its texts. What is wrong is told all at once, with its line;
    /// only if the form is wrong (no TOML, an unknown or missing key, a value of the wrong kind) is the rest told later.
    /// Notes what is allowed but easily an oversight. Opens no data file and connects to nothing.
    CheckConfig {
        /// The configuration.
        file: PathBuf,
    },
    /// Work on configurations.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Work on customers and their addresses.
    Customer(customers::Customers),
    /// Work on hardware and software tokens.
    Token(tokens::Tokens),
    /// Work on the registrations of applications that may call the BNE operations.
    Client(clients::Clients),
    /// Look at the audit trail: who did what, and what was decided; and check that it is whole.
    Audit(audit::Audits),
    /// Look at sessions of the BNE family, and close them.
    Session(watch::Watch<watch::SessionCommand>),
    /// Look at transactions of the BNE family, and call them off.
    Transaction(watch::Watch<watch::TransactionCommand>),
    /// Look at the flows of the DBX family.
    Flow(watch::Watch<watch::FlowCommand>),
    /// Look at what became of messages.
    Delivery(watch::Watch<watch::DeliveryCommand>),
    /// See what is under which server key, and move to a new one.
    Keys(keys::Keys),
    /// Look at phone prefixes, block and release them: the toll-fraud guard.
    Prefix(prefixes::Prefixes),
    /// Work on operators: who may use the operator API.
    Operator(operators::Operators),
    /// Measure how fast a server is, and how near that is to what this machine can do.
    #[command(after_help = bench::HELP)]
    Bench(bench::Bench),
    /// The server that `bench` measures.
    #[command(hide = true)]
    BenchServer(bench::BenchServer),
    /// Print a claims token for a customer of a development server.
    #[command(after_help = TOKEN_HELP)]
    DevToken(DevToken),
    /// Print the code that a token of a development server's customer shows now. For development only.
    #[command(after_help = CODE_HELP)]
    DevCode(DevCode),
    /// Bring the data file to this release's version, making it if there is none. `serve` does it, too.
    Migrate {
        /// The configuration.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Move from a SQLite file to a PostgreSQL database, as several servers need it: copy all data and check the copy.
    #[command(after_help = migrate_store::HELP)]
    MigrateStore(migrate_store::MigrateStore),
}

// Lines of these texts are shorter than the narrowest usual terminal: wrapped, a command cannot be pasted any more.

const SERVE_HELP: &str = "\
With --config, the file says everything but the secrets, which come from files
it names or from the environment:
  COUNTERSIGN_SERVER_KEY_<ID>      a server key, 64 hexadecimal digits
  COUNTERSIGN_STORE_PASSWORD       the password of the database server's user
  COUNTERSIGN_SMTP_PASSWORD        the mail server's password
  COUNTERSIGN_SMS_TOKEN            the text-message gateway's bearer token,
  COUNTERSIGN_SMS_PASSWORD         or its password,
  COUNTERSIGN_SMS_SECRET_<NAME>    or what its templates call secrets.<name>

SIGTERM or Ctrl-C, once, stops the server in order: /readyz says no, requests
in hand are answered, pending messages are sent, all within
server.shutdown_grace_secs. SIGHUP stops nothing, also when a terminal goes
away: the server then looks for new certificates, as it does every few seconds.
Configuration, keys and key sets are read at the start only.

log.level in the file says how much is logged: \"error\", \"warn\", \"info\",
\"debug\" or, to find out what is slow, \"trace\": each step of the store and of
the conversations with mail server, gateway, identity services and SIEM, with
the time it took. No level shows codes, keys, tokens, addresses or bodies.";

const TOKEN_HELP: &str = "\
The customers a development server begins with: 100001 (one phone, one e-mail
address), 100002 (two of each), 100003 (a phone), 100004 (an e-mail address),
100005 (nothing). For customers it does not know, operations answer 10508.

Example:
  TOKEN=$(countersign dev-token --customer 100001)
  URL=http://127.0.0.1:8080/services/data/v1/RBObjects/operations/DbxUser
  curl -s $URL/requestUpdateSecurityQuestionsOTP -d '{}' \\
    -H \"X-Kony-Authorization: $TOKEN\" -H 'Content-Type: application/json'";

#[derive(Args)]
#[command(group(ArgGroup::new("what").required(true).args(["config", "dev"])))]
struct Serve {
    /// The configuration; `countersign config sample` prints one to begin with.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A server for development: no file, no set-up; codes can be read by anyone. Never for production.
    #[arg(long)]
    dev: bool,
    /// The data directory of the development server; made on first use.
    #[arg(long, value_name = "DIR", default_value = DATA_DIR, conflicts_with = "config")]
    data: PathBuf,
    /// Where the development server listens: IP:port. Its operator API has the port after that, on the same address.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", conflicts_with = "config")]
    listen: SocketAddr,
}

#[derive(Args)]
struct Demo {
    /// A phone number, as `+` and digits. No message leaves this host.
    #[arg(long, default_value = "+12025550107")]
    phone: String,
    /// An e-mail address. No message leaves this host.
    #[arg(long, default_value = "ana@bank.example")]
    email: String,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print a commented configuration that has every key.
    Sample,
}

const IMPORT_HELP: &str = "\
CSV, with a header line. Commas separate the columns; several phones or e-mail
addresses in one cell are separated by `;` or a blank. The first is primary.
  id,language,phones,emails
  C-1001,es,+12025550107,ana@bank.example
  C-1002,en,+12025550123;+12025550145,ben@bank.example

TOML:
  [[customer]]
  id = \"C-1001\"
  language = \"es\"
  phones = [\"+12025550107\"]
  emails = [\"ana@bank.example\"]";

#[derive(Args)]
#[command(group(ArgGroup::new("where").required(true).args(["config", "data"])))]
struct Import {
    /// The customers: a file that ends in .csv or .toml.
    file: PathBuf,
    /// The server's configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory of a development server instead; `serve --dev` makes one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Remove customers that are not in the file; their open flows end.
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    who: offline::Who,
}

#[derive(Args)]
struct DevToken {
    /// The customer: the token's `sub`.
    #[arg(long, value_name = "ID")]
    customer: String,
    /// The data directory of the development server.
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    data: PathBuf,
    /// The app: the token's `aud`.
    #[arg(long, default_value = APPS[0], value_parser = APPS)]
    app: String,
    /// The client that the token was made for, as the BNE operations need it: the token's `azp`. A development server
    /// knows `countersign-dev`.
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// How long the token is good, in seconds: from 1 to 2592000, which is 30 days.
    #[arg(long, value_name = "SECS", default_value_t = 3600)]
    ttl: u64,
}

const CODE_HELP: &str = "\
The customers of a development server have tokens whose seeds lie in its data
directory, so that this command can stand in for the thing in the customer's
hand. The server may run meanwhile. Who has which kinds of token:
  100001  OCRA, TOTP, HOTP
  100002  TOTP, HOTP
  100003  HOTP
The server asks for the best kind that the customer has: OCRA, then TOTP, then
HOTP. Each call for a HOTP code is a press of the token's button: the next call
shows the next code.

Examples:
  countersign dev-code --customer 100002
  countersign dev-code --customer 100001 --challenge 73920516
  countersign dev-code --customer 100001 --kind hotp";

#[derive(Args)]
struct DevCode {
    /// Whose token.
    #[arg(long, value_name = "ID")]
    customer: String,
    /// Which of the customer's tokens; the best one unless it is said.
    #[arg(long, value_parser = ["ocra", "totp", "hotp"])]
    kind: Option<String>,
    /// What the customer types into an OCRA token: the `challenge` that `retrieve` answered.
    #[arg(long, value_name = "DIGITS")]
    challenge: Option<String>,
    /// The data directory of the development server.
    #[arg(long, value_name = "DIR", default_value = DATA_DIR)]
    data: PathBuf,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Other(Box<dyn Error>),
}

/// The system does not let us.
#[derive(Debug, thiserror::Error)]
#[error("core dumps cannot be turned off, and they would hold keys")]
struct Dumps(#[source] std::io::Error);

impl Failed {
    fn other(error: impl Error + 'static) -> Self {
        Self::Other(Box::new(error))
    }
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    // Told by clap itself: a wrong command line ends here with code 2, `--help` with 0.
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            output::error(&failed);
            ExitCode::from(if matches!(failed, Failed::Config(_)) { 3 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> Result<(), Failed> {
    // Before anything secret is read.
    dumps::off().map_err(|source| Failed::other(Dumps(source)))?;
    match cli.command {
        Command::Serve(Serve { config: Some(file), .. }) => serve::with_config(&file),
        Command::Serve(Serve { data, listen, .. }) => serve::for_development(&data, listen),
        Command::Demo(Demo { phone, email }) => serve::demo(phone, email),
        Command::CheckConfig { file } => offline::check_config(&file),
        Command::Config(ConfigCommand::Sample) => {
            output::result(SAMPLE.trim_end());
            Ok(())
        }
        Command::Customer(command) => customers::customer(&command),
        Command::Token(command) => tokens::token(&command),
        Command::Client(command) => clients::client(&command),
        Command::Audit(command) => audit::audit(&command),
        Command::Session(command) => watch::session(&command),
        Command::Transaction(command) => watch::transaction(&command),
        Command::Flow(command) => watch::flow(&command),
        Command::Delivery(command) => watch::delivery(&command),
        Command::Keys(command) => keys::keys(&command),
        Command::Prefix(command) => prefixes::prefix(&command),
        Command::Operator(command) => operators::operator(&command),
        Command::Bench(command) => bench::bench(&command),
        Command::BenchServer(command) => bench::server(&command),
        Command::DevToken(options) => dev_token(&options),
        Command::DevCode(options) => dev_code(&options),
        Command::Migrate { config } => offline::migrate(&config),
        Command::MigrateStore(command) => migrate_store::migrate_store(&command),
    }
}

fn dev_token(options: &DevToken) -> Result<(), Failed> {
    let data = DataDir::open(&options.data).map_err(Failed::other)?;
    let ttl = Duration::from_secs(options.ttl);
    let wish = token::Wish { customer: &options.customer, app: &options.app, client: options.client.as_deref(), ttl };
    let token = token::mint(&data, &wish, SystemClock.now()).map_err(Failed::other)?;
    // The data file is not asked: it belongs to the server that runs.
    let samples: Vec<_> = seed::SAMPLES.iter().map(|(id, ..)| *id).collect();
    if !samples.contains(&options.customer.as_str()) {
        output::note(format_args!(
            "note: {} is none of the customers a development server begins with ({}); unless it was imported, operations \
             answer 10508",
            options.customer,
            samples.join(", ")
        ));
    }
    output::result(token);
    Ok(())
}

fn dev_code(options: &DevCode) -> Result<(), Failed> {
    let data = DataDir::open(&options.data).map_err(Failed::other)?;
    let DevCode { customer, kind, challenge, .. } = options;
    let code = soft_token::show(&data, customer, kind.as_deref(), challenge.as_deref(), SystemClock.now());
    output::result(code.map_err(Failed::other)?.expose());
    Ok(())
}

/// Reads a configuration for a command that needs a part of it.
fn load(file: &Path) -> Result<Config, ConfigError> {
    check_environment()?;
    Config::load(file, &environment)
}

/// Reads a configuration and judges all of it.
fn load_whole(file: &Path) -> Result<(Config, Option<Settings>), ConfigError> {
    let judge = |config: &Config, problems: &mut Problems| Settings::judge(config, Arc::new(SystemClock), problems);
    check_environment()?;
    Config::load_judged(file, &environment, judge)
}

/// What the environment says wins; what cannot be read must not mean that it says nothing.
fn check_environment() -> Result<(), ConfigError> {
    let unreadable = |(name, value): &(OsString, OsString)| {
        name.to_str().is_some_and(|name| name.starts_with("COUNTERSIGN_")) && value.to_str().is_none()
    };
    match std::env::vars_os().find(unreadable) {
        Some((name, _)) => Err(ConfigError::of_file("environment", format!("{} is not UTF-8 text", name.display()))),
        None => Ok(()),
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn help_lines(command: &clap::Command, told: &mut Vec<String>) {
        if let Some(text) = command.get_after_help() {
            told.extend(text.to_string().lines().map(str::to_owned));
        }
        command.get_subcommands().for_each(|command| help_lines(command, told));
    }

    #[test]
    fn no_line_of_an_example_is_wider_than_a_terminal() {
        let mut told = Vec::new();
        help_lines(&Cli::command(), &mut told);
        assert!(told.iter().filter(|line| line.contains("countersign ")).count() > 5, "{told:#?}");
        let wide: Vec<_> = told.iter().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}
