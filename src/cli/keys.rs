//! `countersign keys`: what is under which server key, and moving to a new one, through the operator API.

use super::remote::{Api, HELP, Remote, Table, Unusable, cell, told};
use super::{Failed, offline, output};
use crate::api::operator::types::*;
use clap::{Args, Subcommand};
use std::time::Duration;

/// Between two looks at how far a rotation has got.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: KeyCommand,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Show how many rows are under which server key, and which keys can be taken out.
    List,
    /// Seal anew what is under older keys, while the server serves; shows how far it is, and at the end what is left.
    #[command(after_help = ROTATE_HELP)]
    Rotate {
        /// Begin, and do not wait for the end.
        #[arg(long)]
        no_wait: bool,
    },
}

const ROTATE_HELP: &str = "\
First put the new key at the head of [[keys]], leave the old one behind it, and
start the server again. Then, while it runs:
  countersign keys rotate
The command may be stopped, and so may the server: the rotation goes on. When
`keys list` says that the old key can go, take it out and start the server
again; a start without a key that is still needed is refused. docs/keys.md says
more.";

pub(super) fn keys(keys: &Keys) -> Result<(), Failed> {
    match keys.command {
        KeyCommand::List => keys.remote.run(async |api| show(api, &all(api).await?)),
        KeyCommand::Rotate { no_wait } => keys.remote.run(async |api| rotate(api, no_wait).await),
    }
}

async fn rotate(api: &Api, no_wait: bool) -> Result<(), Failed> {
    let key_id = current(&all(api).await?)?.key_id.clone();
    let call = api.client.key_rotate().authorization(api.token()).body(KeyRotation { key_id });
    let begun = told(call.send().await)?;
    if no_wait {
        return api.show(&begun, || format!("What is under older keys is being sealed with {}.", begun.key_id));
    }
    let bar = offline::progress_bar(Some(0), "{wide_bar} {human_pos}/{human_len} values, {eta} left");
    let keys = loop {
        let keys = all(api).await?;
        let current = current(&keys)?;
        let rotation = current.rotation.as_ref().filter(|_| current.key_id == begun.key_id);
        let rotation = rotation.ok_or_else(|| lost(&begun.key_id, &current.key_id))?;
        bar.set_length(rotation.resealed.get() + rotation.left.get());
        bar.set_position(rotation.resealed.get());
        if rotation.state == RotationState::Done {
            break keys;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    };
    bar.finish_and_clear();
    show(api, &keys)
}

/// A rotation that was begun is not shown any more.
fn lost(to: &KeyId, current: &KeyId) -> Failed {
    Failed::other(Unusable(if to == current {
        format!(
            "the rotation to {to} was replaced by one to another key: give all servers the same keys in the same order"
        )
    } else {
        format!(
            "the rotation to {to} has begun, but a server with {current} in front has answered: give all servers the same keys in \
             the same order"
        )
    }))
}

/// The keys that there are: few.
async fn all(api: &Api) -> Result<Vec<ServerKey>, Failed> {
    let (mut keys, mut next) = (Vec::new(), None);
    loop {
        let call = api.client.key_list().authorization(api.token());
        let call = match next {
            Some(next) => call.page_token(next),
            None => call,
        };
        let ServerKeyPage { items, next_page_token } = told(call.send().await)?;
        keys.extend(items);
        match next_page_token {
            Some(token) => next = Some(token),
            None => return Ok(keys),
        }
    }
}

fn current(keys: &[ServerKey]) -> Result<&ServerKey, Failed> {
    let current = keys.iter().find(|key| key.state == KeyState::Current);
    current.ok_or_else(|| Failed::other(Unusable("the server tells of no current key".to_owned())))
}

fn show(api: &Api, keys: &[ServerKey]) -> Result<(), Failed> {
    if api.is_json() {
        return keys.iter().try_for_each(|key| api.show(key, String::new));
    }
    let mut table = Table::new(["KEY", "STATE", "SEALED ROWS", "DERIVED", "NEEDED UNTIL", "CAN GO"]);
    let row = |key: &ServerKey| {
        let can_go = if key.removable { "yes" } else { "no" };
        [
            key.key_id.to_string(),
            key.state.to_string(),
            key.sealed_rows.to_string(),
            key.derived.to_string(),
            cell(key.needed_until.as_ref()),
            can_go.to_owned(),
        ]
    };
    table.show(keys.iter().map(row).collect());
    for key in keys.iter().filter(|key| key.sealed_rows.get() > 0) {
        let tables: Vec<_> = key.sealed.iter().filter(|sealed| sealed.rows.get() > 0).collect();
        let tables: Vec<_> = tables.iter().map(|sealed| format!("{} {}", sealed.table, sealed.rows)).collect();
        output::result(format_args!("under {}: {}", key.key_id, tables.join(", ")));
    }
    let rotation = current(keys)?.rotation.as_ref();
    if let Some(Rotation { state, resealed, left, damaged, .. }) = rotation {
        output::result(format_args!(
            "The last rotation is {state}: {resealed} values sealed anew, {left} left under older keys, {damaged} that do not \
             open."
        ));
    }
    Ok(())
}
