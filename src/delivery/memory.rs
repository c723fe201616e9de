//! The development inbox: takes every message and shows it to anyone who asks.
//!
//! It keeps codes readable, which is what a developer wants and what must never happen in production. So it lives in
//! memory only, and cannot be made without saying so: see [`KeepCodesReadable`].

use super::template::Text;
use super::{Failure, Provider};
use crate::domain::flow::Timestamp;
use crate::domain::ports::{Clock, Message};
use async_trait::async_trait;
use slog::Logger;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What has to be spelled out to have an inbox. Only `serve --dev`, `demo`, `bench` and tests may write it.
#[derive(Clone, Copy, Debug)]
pub enum KeepCodesReadable {
    /// Whoever reaches the server can read every code.
    YesForDevelopmentOnly,
}

/// A message as it would have gone out.
#[derive(Clone, serde::Serialize)]
pub struct InboxMessage {
    /// The same for every try of one send.
    pub id: String,
    /// When it was taken.
    pub at: Timestamp,
    /// `sms` or `email`.
    pub channel: &'static str,
    /// The full address.
    pub to: String,
    /// What the text is about.
    pub topic: &'static str,
    /// The language of the text.
    pub language: &'static str,
    /// The subject of an e-mail.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The code in it.
    pub passcode: String,
}

/// A provider for both channels that keeps the newest [`Inbox::CAPACITY`] messages.
pub struct Inbox {
    clock: Arc<dyn Clock>,
    // Held for a push or a copy, never across an await.
    messages: Mutex<VecDeque<InboxMessage>>,
}

impl Inbox {
    /// How many messages are kept.
    pub const CAPACITY: usize = 200;

    /// An empty inbox.
    pub fn new(_: KeepCodesReadable, clock: Arc<dyn Clock>) -> Self {
        Self { clock, messages: Mutex::default() }
    }

    /// What is kept, newest first.
    pub fn messages(&self) -> Vec<InboxMessage> {
        self.lock().iter().rev().cloned().collect()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The queue is sound after every single push, so a panic elsewhere while it was locked does not matter.
    fn lock(&self) -> MutexGuard<'_, VecDeque<InboxMessage>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Inbox {
    fn name(&self) -> &str {
        "inbox"
    }

    async fn deliver(&self, message: &Message, text: &Text, _: &Logger) -> Result<(), Failure> {
        let message = InboxMessage {
            id: message.id.clone(),
            at: self.clock.now(),
            channel: message.to.channel().as_str(),
            to: message.to.expose().to_owned(),
            topic: message.topic,
            language: message.language.as_str(),
            subject: text.subject.clone(),
            text: text.body.to_string(),
            passcode: message.passcode.expose().to_owned(),
        };
        let mut messages = self.lock();
        if messages.len() == Self::CAPACITY {
            messages.pop_front();
        }
        messages.push_back(message);
        Ok(())
    }
}
