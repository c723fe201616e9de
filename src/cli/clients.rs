//! `countersign client`: the applications that may call the BNE operations, through the operator API.

use super::remote::{Api, HELP, Remote, Unusable, found, parse, tag, told, told_if_found};
use super::{Failed, output};
use crate::api::operator::types::*;
use clap::{Args, Subcommand};
use std::fmt::Display;
use std::str::FromStr;

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Clients {
    #[command(subcommand)]
    command: ClientCommand,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
enum ClientCommand {
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
    },
    /// Show what an application is registered for.
    View {
        /// Its id.
        id: String,
    },
    /// List the registrations.
    List {
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
    /// Delete a registration. The application's open transactions are closed.
    Delete {
        /// Its id.
        id: String,
    },
}

const PUT_HELP: &str = "\
Example:
  countersign client put corporate-web --countries MX,US --businesses GCB \\
    --channels CBOL,APP";

pub(super) fn client(clients: &Clients) -> Result<(), Failed> {
    let Clients { command, remote } = clients;
    match command {
        ClientCommand::Put { id, countries, businesses, channels } => {
            let id: ClientId = parse("client", id)?;
            let data = ClientData {
                countries: entries("country", countries)?.try_into().map_err(|_| too_many("countries"))?,
                businesses: entries("business", businesses)?.try_into().map_err(|_| too_many("businesses"))?,
                channels: entries("channel", channels)?.try_into().map_err(|_| too_many("channels"))?,
            };
            remote.run(async |api| {
                let call = api.client.client_put().authorization(api.token()).client_id(id.clone()).body(data);
                let found = find(api, id).await?;
                let done = if found.is_some() { "changed" } else { "registered" };
                let call = match found {
                    Some(tag) => call.if_match(tag),
                    None => call,
                };
                let client = told(call.send().await)?;
                api.show(&client, || format!("{} is {done}.", client.client_id))
            })
        }
        ClientCommand::View { id } => {
            let id: ClientId = parse("client", id)?;
            remote.run(async |api| {
                let call = api.client.client_view().authorization(api.token()).client_id(id.clone());
                let client = found(&id, "registration", call.send().await)?;
                let [id, countries, businesses, channels] = row(&client);
                api.show(&client, || {
                    let version = client.version;
                    format!(
                        "{id}  countries={countries}  businesses={businesses}  channels={channels}  version {version}"
                    )
                })
            })
        }
        ClientCommand::List { limit } => remote.run(async |api| list(api, *limit).await),
        ClientCommand::Delete { id } => {
            let id: ClientId = parse("client", id)?;
            remote.run(async |api| {
                let Some(tag) = find(api, id.clone()).await? else {
                    return Err(Failed::other(Unusable(format!("{id}: there is no such registration"))));
                };
                let call = api.client.client_delete().authorization(api.token()).client_id(id.clone()).if_match(tag);
                told(call.send().await)?;
                output::result(format_args!("{id} is deleted."));
                Ok(())
            })
        }
    }
}

/// The version that a registration is in; `None` if there is no such one.
async fn find(api: &Api, id: ClientId) -> Result<Option<EntityTag>, Failed> {
    let found = told_if_found(api.client.client_view().authorization(api.token()).client_id(id).send().await)?;
    found.map(|client| tag(client.version)).transpose()
}

fn entries<T: FromStr<Err: Display>>(what: &str, texts: &[String]) -> Result<Vec<T>, Failed> {
    texts.iter().map(|text| parse(what, text.trim())).collect()
}

fn too_many(what: &str) -> Failed {
    Failed::other(Unusable(format!("there are too many {what}")))
}

fn row(client: &Client) -> [String; 4] {
    fn joined<'a, T: Display + 'a>(items: impl IntoIterator<Item = &'a T>) -> String {
        items.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
    [
        client.client_id.to_string(),
        joined(client.countries.as_slice()),
        joined(client.businesses.as_slice()),
        joined(client.channels.as_slice()),
    ]
}

async fn list(api: &Api, limit: Option<u64>) -> Result<(), Failed> {
    let page = async |size, next: Option<PageToken>| {
        let mut call = api.client.client_list().authorization(api.token()).limit(size);
        if let Some(next) = next {
            call = call.page_token(next);
        }
        let ClientPage { items, next_page_token } = told(call.send().await)?;
        Ok((items, next_page_token))
    };
    api.list(["CLIENT", "COUNTRIES", "BUSINESSES", "CHANNELS"], limit, page, row).await
}
