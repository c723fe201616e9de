//! What `serve --dev` and `demo` add: a data directory that fills itself, tokens, customers, an inbox.

pub mod data;
pub mod demo;
pub mod mail_sink;
pub mod page;
pub mod seed;
pub mod sms_sink;
pub mod soft_token;
pub mod token;

use crate::delivery::memory::{Inbox, KeepCodesReadable};
use crate::server::World;
use std::sync::Arc;

/// Sends every message to an inbox that anyone can read.
pub fn divert(world: &mut World) {
    let inbox = Arc::new(Inbox::new(KeepCodesReadable::YesForDevelopmentOnly, world.clock.clone()));
    world.sms = Some(inbox.clone());
    world.email = Some(inbox.clone());
    world.inbox = Some(inbox);
}
