//! `countersign prefix`: phone prefixes, as the toll-fraud guard sees them, through the operator API.

use super::remote::{Api, HELP, Remote, cell, parse, parse_if, told};
use super::{Failed, output};
use crate::api::operator::types::*;
use clap::{Args, Subcommand};

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Prefixes {
    #[command(subcommand)]
    command: PrefixCommand,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
enum PrefixCommand {
    /// List the prefixes that text messages went to lately, and those that operators have blocked or exempted.
    List {
        /// Those in this state: open, slowed, stopped, blocked or exempt.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
    /// Send no text message to numbers that begin so, until the prefix is released.
    #[command(after_help = BLOCK_HELP)]
    Block {
        /// `+`, a country calling code and up to four digits.
        prefix: String,
        /// Why, for the list and the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// End a block, an exemption, a stop or that a prefix is slowed; its counts begin anew.
    #[command(after_help = RELEASE_HELP)]
    Release {
        /// `+`, a country calling code and up to four digits.
        prefix: String,
        /// Let everything through until this moment, at most 30 days away: RFC 3339.
        #[arg(long, value_name = "TIME")]
        exempt_until: Option<String>,
        /// Why, for the list and the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

const BLOCK_HELP: &str = "\
Examples:
  countersign prefix block +53 --reason 'pumping, provider told'
  countersign prefix block +525512";

const RELEASE_HELP: &str = "\
Examples:
  countersign prefix release +53
  countersign prefix release +52551 --exempt-until 2026-05-25T06:00:00Z";

pub(super) fn prefix(prefixes: &Prefixes) -> Result<(), Failed> {
    let Prefixes { command, remote } = prefixes;
    match command {
        PrefixCommand::List { state, limit } => {
            let state: Option<PrefixState> = parse_if("state", state.as_deref())?;
            remote.run(async |api| list(api, state, *limit).await)
        }
        PrefixCommand::Block { prefix, reason } => {
            let body = PrefixBlock { prefix: parse("prefix", prefix)?, reason: parse_if("reason", reason.as_deref())? };
            remote.run(async |api| {
                told(api.client.prefix_block().authorization(api.token()).body(body).send().await)?;
                output::result(format_args!("{prefix} is blocked."));
                Ok(())
            })
        }
        PrefixCommand::Release { prefix, exempt_until, reason } => {
            let body = PrefixRelease {
                prefix: parse("prefix", prefix)?,
                exempt_until: parse_if("exempt-until", exempt_until.as_deref())?,
                reason: parse_if("reason", reason.as_deref())?,
            };
            let done = body.exempt_until.map_or_else(|| "released".to_owned(), |until| format!("exempt until {until}"));
            remote.run(async |api| {
                told(api.client.prefix_release().authorization(api.token()).body(body).send().await)?;
                output::result(format_args!("{prefix} is {done}."));
                Ok(())
            })
        }
    }
}

async fn list(api: &Api, state: Option<PrefixState>, limit: Option<u64>) -> Result<(), Failed> {
    let page = async |size, next: Option<PageToken>| {
        let mut call = api.client.prefix_list().authorization(api.token()).limit(size);
        if let Some(state) = state {
            call = call.state(state);
        }
        if let Some(next) = next {
            call = call.page_token(next);
        }
        let PrefixPage { items, next_page_token } = told(call.send().await)?;
        Ok((items, next_page_token))
    };
    let row = |prefix: &Prefix| {
        [
            prefix.prefix.to_string(),
            cell(prefix.purpose),
            prefix.state.to_string(),
            prefix.since.to_string(),
            cell(prefix.until),
            cell(prefix.sent),
            cell(prefix.verified),
            cell(prefix.set_by.as_ref()),
            cell(prefix.reason.as_ref()),
        ]
    };
    let head = ["PREFIX", "PURPOSE", "STATE", "SINCE", "UNTIL", "SENT", "VERIFIED", "BY", "REASON"];
    api.list(head, limit, page, row).await
}
