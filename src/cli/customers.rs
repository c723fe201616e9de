//! `countersign customer`: customers and their addresses. Many come from a file, with the server stopped; one at a time,
//! through the operator API.

use super::remote::{Api, HELP, Remote, Unusable, ask, ask_lines, found, parse, tag, told, told_if_found};
use super::{Failed, Import, offline, output};
use crate::api::operator::types::*;
use clap::{Args, Subcommand};

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Customers {
    #[command(subcommand)]
    command: CustomerCommand,
}

#[derive(Subcommand)]
enum CustomerCommand {
    /// Add and change customers from a file, all or none; the server must not run.
    #[command(after_help = super::IMPORT_HELP)]
    Import(Import),
    /// List customers, their addresses masked.
    List {
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
        #[command(flatten)]
        remote: Remote,
    },
    /// Show a customer, the addresses masked.
    View {
        #[command(flatten)]
        one: One,
    },
    /// Write a customer: the addresses are asked for, or read from the input, one on each line.
    #[command(after_help = PUT_HELP)]
    Put {
        /// The language of messages: es or en.
        #[arg(long, value_name = "CODE")]
        language: String,
        #[command(flatten)]
        one: One,
    },
    /// Delete a customer. Open flows end; tokens stay.
    Delete {
        #[command(flatten)]
        one: One,
    },
    /// Forget the wrong codes of a customer, who may try again then: make sure first that you talk to them.
    Unlock {
        #[command(flatten)]
        one: One,
    },
    /// Erase a customer: nothing that names the customer is left but a pseudonym in the audit trail. Tokens are in stock again.
    Erase {
        #[command(flatten)]
        one: One,
    },
    /// Add a phone or an e-mail address, which is asked for or read from the input.
    AddAddress {
        /// Make it the primary one of its kind.
        #[arg(long)]
        primary: bool,
        #[command(flatten)]
        one: One,
    },
    /// Remove an address. Open flows that could send to it end.
    RemoveAddress {
        #[command(flatten)]
        one: One,
        /// Which: its id, as `customer view` shows it.
        #[arg(value_name = "ADDRESS_ID")]
        address: String,
    },
}

const PUT_HELP: &str = "\
An address that is not given is gone afterwards; the first phone and the first
e-mail address are the primary ones. Addresses are no arguments, because every
user of the machine can read those.

Example:
  printf '+12025550107\\nana@bank.example\\n' |
    countersign customer put 100001 --language es";

/// Which customer.
#[derive(Args)]
struct One {
    /// The customer number.
    #[arg(value_name = "ID")]
    customer: String,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn customer(customers: &Customers) -> Result<(), Failed> {
    match &customers.command {
        CustomerCommand::Import(options) => offline::import(options),
        CustomerCommand::List { limit, remote } => remote.run(async |api| list(api, *limit).await),
        CustomerCommand::View { one } => on(one, async |api, id| {
            let (customer, _) = view(api, id).await?;
            show(api, &customer)
        }),
        CustomerCommand::Put { language, one } => on(one, async |api, id| {
            let data = data(language)?;
            let call = api.client.customer_put().authorization(api.token()).customer_id(id.clone()).body(data);
            let call = match find(api, id).await? {
                Some(tag) => call.if_match(tag),
                None => call,
            };
            show(api, &told(call.send().await)?)
        }),
        CustomerCommand::Delete { one } => on(one, async |api, id| {
            let (_, tag) = view(api, id.clone()).await?;
            let call = api.client.customer_delete().authorization(api.token()).customer_id(id.clone()).if_match(tag);
            told(call.send().await)?;
            output::result(format_args!("{id} is deleted."));
            Ok(())
        }),
        CustomerCommand::Unlock { one } => on(one, async |api, id| {
            let call = api.client.customer_unlock().authorization(api.token()).customer_id(id.clone());
            let customer = found(&id, "customer", call.send().await)?;
            show(api, &customer)
        }),
        CustomerCommand::Erase { one } => on(one, async |api, id| {
            let call = api.client.customer_erase().authorization(api.token()).customer_id(id.clone());
            let erased = told(call.send().await)?;
            api.show(&erased, || {
                let ErasedCustomer { addresses, flows, transactions, sessions, tokens } = &erased;
                format!(
                    "{id} is erased: {addresses} addresses, {flows} flows, {transactions} transactions, {sessions} sessions; \
                     {tokens} tokens are in stock again."
                )
            })
        }),
        CustomerCommand::AddAddress { primary, one } => on(one, async |api, id| {
            let text = ask("phone or e-mail address")?;
            let kind = if text.contains('@') { AddressKind::Email } else { AddressKind::Sms };
            let body = NewAddress { kind, address: parse("address", &text)?, primary: primary.then_some(true) };
            let (_, tag) = view(api, id.clone()).await?;
            let call = api.client.address_add().authorization(api.token()).customer_id(id).if_match(tag);
            show(api, &told(call.body(body).send().await)?)
        }),
        CustomerCommand::RemoveAddress { one, address } => on(one, async |api, id| {
            let address: AddressId = parse("address id", address)?;
            let (_, tag) = view(api, id.clone()).await?;
            let call = api.client.address_remove().authorization(api.token()).customer_id(id).if_match(tag);
            show(api, &found(&address, "address", call.address_id(address.clone()).send().await)?)
        }),
    }
}

fn on(one: &One, work: impl AsyncFnOnce(&Api, CustomerId) -> Result<(), Failed>) -> Result<(), Failed> {
    let id = parse("customer", &one.customer)?;
    one.remote.run(async |api| work(api, id).await)
}

/// A customer, and the version it is in.
async fn view(api: &Api, id: CustomerId) -> Result<(Customer, EntityTag), Failed> {
    let call = api.client.customer_view().authorization(api.token()).customer_id(id.clone());
    let customer = found(&id, "customer", call.send().await)?;
    let tag = tag(customer.version)?;
    Ok((customer, tag))
}

/// The version that a customer is in; `None` if there is no such one.
async fn find(api: &Api, id: CustomerId) -> Result<Option<EntityTag>, Failed> {
    let found = told_if_found(api.client.customer_view().authorization(api.token()).customer_id(id).send().await)?;
    found.map(|customer| tag(customer.version)).transpose()
}

fn data(language: &str) -> Result<CustomerData, Failed> {
    let (mut phones, mut emails) = (Vec::new(), Vec::new());
    for text in ask_lines("phones and e-mail addresses", false)? {
        if text.contains('@') {
            emails.push(parse("e-mail address", &text)?);
        } else {
            phones.push(parse("phone", &text)?);
        }
    }
    let many = |what: &str| Failed::other(Unusable(format!("a customer has at most 10 {what}")));
    Ok(CustomerData {
        language: parse("language", language)?,
        phones: phones.try_into().map_err(|_| many("phones"))?,
        emails: emails.try_into().map_err(|_| many("e-mail addresses"))?,
    })
}

fn show(api: &Api, customer: &Customer) -> Result<(), Failed> {
    api.show(customer, || {
        let locked =
            if customer.locked == Some(true) { "  locked: no code is taken until customer unlock" } else { "" };
        let (id, language) = (&customer.customer_id, customer.language);
        let head = format!("{id}  {language}  version {}{locked}", customer.version);
        let address = |address: &CustomerAddress| format!("  {}  {}", address.address_id, address.masked);
        std::iter::once(head).chain(customer.addresses.iter().map(address)).collect::<Vec<_>>().join("\n")
    })
}

async fn list(api: &Api, limit: Option<u64>) -> Result<(), Failed> {
    let page = async |size, next: Option<PageToken>| {
        let mut call = api.client.customer_list().authorization(api.token()).limit(size);
        if let Some(next) = next {
            call = call.page_token(next);
        }
        let CustomerPage { items, next_page_token } = told(call.send().await)?;
        Ok((items, next_page_token))
    };
    let row = |customer: &Customer| {
        let addresses: Vec<_> = customer.addresses.iter().map(|address| address.masked.to_string()).collect();
        let addresses = if addresses.is_empty() { "-".to_owned() } else { addresses.join(", ") };
        [customer.customer_id.to_string(), customer.language.to_string(), addresses]
    };
    api.list(["CUSTOMER", "LANGUAGE", "ADDRESSES"], limit, page, row).await
}
