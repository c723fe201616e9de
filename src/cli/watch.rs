//! What there is to see: sessions, transactions, flows and deliveries, through the operator API.

use super::Failed;
use super::offline::counted;
use super::remote::{Api, HELP, Remote, ask, cell, found, parse, parse_if, told};
use crate::api::operator::types::*;
use clap::{Args, Subcommand};

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Watch<C: Subcommand> {
    #[command(subcommand)]
    command: C,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
pub(super) enum SessionCommand {
    /// List the registered sessions, and those with open transactions.
    List {
        /// Those of this application.
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        /// Those of this customer.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
    /// Close a session and its open transactions: calls in it are answered 404 from then on.
    Close {
        /// The session's id, as `session list` shows it.
        session: String,
    },
}

#[derive(Subcommand)]
pub(super) enum TransactionCommand {
    /// List transactions, the newest first.
    List {
        /// Those of this customer.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// Those of this application.
        #[arg(long, value_name = "ID")]
        client: Option<String>,
        /// Those in this state: open, consumed, locked, closed or expired.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
    /// Show a transaction, with what it confirms.
    View {
        /// Its `mfaTransactionId`.
        id: String,
    },
    /// Call an open transaction off.
    Close {
        /// Its `mfaTransactionId`.
        id: String,
    },
}

#[derive(Subcommand)]
pub(super) enum FlowCommand {
    /// List the flows of a customer, the newest first. No code or key is shown.
    List {
        /// The customer number.
        #[arg(long, value_name = "ID")]
        customer: String,
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
    /// Show the flow of a service key, which is asked for or read from the input.
    View,
}

#[derive(Subcommand)]
pub(super) enum DeliveryCommand {
    /// List messages and what became of them, the newest first. Neither codes nor addresses are shown.
    List {
        /// Those of this flow.
        #[arg(long, value_name = "ID")]
        flow: Option<String>,
        /// Those in this state: pending, accepted or refused.
        #[arg(long, value_name = "STATE")]
        status: Option<String>,
        /// At most so many.
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
    },
}

/// Adds what is given to a call.
macro_rules! with {
    ($call:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let call = $call;
        $(let call = match $value {
            Some(value) => call.$name(value),
            None => call,
        };)*
        call
    }};
}
pub(super) use with;

pub(super) fn session(watch: &Watch<SessionCommand>) -> Result<(), Failed> {
    match &watch.command {
        SessionCommand::List { client, customer, limit } => {
            let client: Option<ClientId> = parse_if("client", client.as_deref())?;
            let customer: Option<CustomerId> = parse_if("customer", customer.as_deref())?;
            let row = |session: &Session| {
                [
                    session.session_id.to_string(),
                    session.client_id.to_string(),
                    cell(session.customer_id.as_ref()),
                    session.open_transactions.to_string(),
                    cell(session.expires_at),
                    cell(session.closed_at),
                ]
            };
            watch.remote.run(async |api| {
                let page = async |size, next| {
                    let call = api.client.session_list().authorization(api.token()).limit(size);
                    let call = with!(call, client_id = client.clone(), customer_id = customer.clone());
                    let SessionPage { items, next_page_token } = told(with!(call, page_token = next).send().await)?;
                    Ok((items, next_page_token))
                };
                api.list(["SESSION", "CLIENT", "CUSTOMER", "OPEN", "EXPIRES", "CLOSED"], *limit, page, row).await
            })
        }
        SessionCommand::Close { session } => {
            let session_id: SessionId = parse("session", session)?;
            watch.remote.run(async |api| {
                let body = SessionClosing { session_id: Some(session_id.clone()), sid: None, client_id: None };
                let call = api.client.session_close().authorization(api.token()).body(body);
                let closed = found(&session_id, "session", call.send().await)?;
                api.show(&closed, || {
                    let transactions = counted(closed.transactions_closed.get(), "transaction");
                    format!("The session is closed, {transactions} with it.")
                })
            })
        }
    }
}

pub(super) fn transaction(watch: &Watch<TransactionCommand>) -> Result<(), Failed> {
    match &watch.command {
        TransactionCommand::List { customer, client, state, limit } => {
            let customer: Option<CustomerId> = parse_if("customer", customer.as_deref())?;
            let client: Option<ClientId> = parse_if("client", client.as_deref())?;
            let state: Option<TransactionState> = parse_if("state", state.as_deref())?;
            let row = |transaction: &Transaction| {
                [
                    transaction.mfa_transaction_id.to_string(),
                    transaction.mfa_transaction_type.to_string(),
                    transaction.state.to_string(),
                    cell(transaction.customer_id.as_ref()),
                    transaction.client_id.to_string(),
                    transaction.opened_at.to_string(),
                    transaction.failed_attempts.to_string(),
                ]
            };
            let head = ["TRANSACTION", "TYPE", "STATE", "CUSTOMER", "CLIENT", "OPENED", "FAILED"];
            watch.remote.run(async |api| {
                let page = async |size, next| {
                    let call = api.client.transaction_list().authorization(api.token()).limit(size);
                    let call = with!(call, customer_id = customer.clone(), client_id = client.clone(), state = state);
                    let TransactionPage { items, next_page_token } = told(with!(call, page_token = next).send().await)?;
                    Ok((items, next_page_token))
                };
                api.list(head, *limit, page, row).await
            })
        }
        TransactionCommand::View { id } => {
            let id: MfaTransactionId = parse("transaction", id)?;
            watch.remote.run(async |api| {
                let call = api.client.transaction_view().authorization(api.token()).mfa_transaction_id(id.clone());
                show_pretty(api, &found(&id, "transaction", call.send().await)?)
            })
        }
        TransactionCommand::Close { id } => {
            let id: MfaTransactionId = parse("transaction", id)?;
            watch.remote.run(async |api| {
                let call = api.client.transaction_close().authorization(api.token()).mfa_transaction_id(id.clone());
                let closed = found(&id, "transaction", call.send().await)?;
                api.show(&closed, || format!("{} is {}.", closed.mfa_transaction_id, closed.state))
            })
        }
    }
}

pub(super) fn flow(watch: &Watch<FlowCommand>) -> Result<(), Failed> {
    match &watch.command {
        FlowCommand::List { customer, limit } => {
            let customer: CustomerId = parse("customer", customer)?;
            let row = |flow: &Flow| {
                let destinations: Vec<_> = flow.destinations.iter().map(|to| to.masked.to_string()).collect();
                [
                    flow.flow_id.to_string(),
                    flow.purpose.to_string(),
                    flow.state.to_string(),
                    flow.opened_at.to_string(),
                    flow.failed_attempts.to_string(),
                    destinations.join(", "),
                ]
            };
            watch.remote.run(async |api| {
                let page = async |size, next| {
                    let call = api.client.flow_list().authorization(api.token()).limit(size);
                    let call = with!(call.customer_id(customer.clone()), page_token = next);
                    let FlowPage { items, next_page_token } = told(call.send().await)?;
                    Ok((items, next_page_token))
                };
                api.list(["FLOW", "PURPOSE", "STATE", "OPENED", "FAILED", "DESTINATIONS"], *limit, page, row).await
            })
        }
        FlowCommand::View => watch.remote.run(async |api| {
            let body = FlowLookup { service_key: parse("service key", &ask("service key")?)? };
            let call = api.client.flow_view().authorization(api.token()).body(body);
            show_pretty(api, &found("this service key", "flow", call.send().await)?)
        }),
    }
}

pub(super) fn delivery(watch: &Watch<DeliveryCommand>) -> Result<(), Failed> {
    let DeliveryCommand::List { flow, status, limit } = &watch.command;
    let flow: Option<FlowId> = parse_if("flow", flow.as_deref())?;
    let status: Option<DeliveryStatus> = parse_if("status", status.as_deref())?;
    let row = |delivery: &Delivery| {
        let channels: Vec<_> = delivery.channels.iter().map(ToString::to_string).collect();
        [
            delivery.send_id.to_string(),
            delivery.flow_id.to_string(),
            delivery.purpose.to_string(),
            channels.join(","),
            delivery.status.to_string(),
            delivery.created_at.to_string(),
            cell(delivery.settled_at),
        ]
    };
    watch.remote.run(async |api| {
        let page = async |size, next| {
            let call = api.client.delivery_list().authorization(api.token()).limit(size);
            let call = with!(call, flow_id = flow.clone(), status = status, page_token = next);
            let DeliveryPage { items, next_page_token } = told(call.send().await)?;
            Ok((items, next_page_token))
        };
        api.list(["SEND", "FLOW", "PURPOSE", "CHANNELS", "STATUS", "CREATED", "SETTLED"], *limit, page, row).await
    })
}

/// One thing with many properties: for people as JSON over several lines.
fn show_pretty(api: &Api, answer: &impl serde::Serialize) -> Result<(), Failed> {
    let pretty = serde_json::to_string_pretty(answer).map_err(Failed::other)?;
    api.show(answer, || pretty)
}
