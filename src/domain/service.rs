//! What callers can ask for, in the order things happen:
//!
//! 1. a flow is opened, or found by its service key;
//! 2. the command is decided and written in one atomic step ([`super::flow::step`] inside the store);
//! 3. what the step says is to be sent is sent, outside of any transaction;
//! 4. how that went is recorded in a second step, which gives a refused resend back.
//!
//! A crash between 2 and 4 leaves a pending send, which [`Service::recover`] carries out at the next start (or some minutes
//! later, where only the outcome was lost): the same code may arrive twice, never not at all.

use super::customer::Language;
use super::flow::*;
use super::passcode::{Passcode, SecurityKey};
use super::policy::{Policy, Presentation, Purpose};
use super::ports::*;
use super::recipient::{Address, Channel, PhoneNumber};
use chrono::TimeDelta;
use futures::future::{FutureExt, join_all};
use futures::stream::{self, StreamExt};
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// Sends that somebody left behind are taken so many at a time: requests wait for the same writer.
const TAKEN_AT_ONCE: usize = 100;

/// The verbs of the domain, over its ports.
pub struct Service {
    /// Keeps flows.
    pub store: Arc<dyn FlowStore>,
    /// Knows customers.
    pub customers: Arc<dyn CustomerStore>,
    /// Sends messages.
    pub sender: Arc<dyn Sender>,
    /// Runs sends.
    pub runner: Arc<dyn Runner>,
    /// Tells operators of phone prefixes.
    pub alarm: Arc<dyn PrefixAlarm>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and keys.
    pub random: Arc<dyn Random>,
    /// Keys and policies.
    pub rules: Arc<Rules>,
    /// The language of messages to people who are not customers yet.
    pub language: Language,
}

/// A call for a code. Texts are as the caller gave them, empty ones left out.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Names the call in the log of what comes of it.
    pub request_id: String,
    /// The operation's purpose.
    pub purpose: Purpose,
    /// Who asks; `None` before login.
    pub holder: Option<Holder>,
    /// The phone number, as typed.
    pub phone: Option<Secret>,
    /// The flow; `None` opens one.
    pub service_key: Option<Secret>,
    /// The code that is to be sent again.
    pub security_key: Option<Secret>,
    /// The chosen recipients.
    pub references: Vec<(Channel, String)>,
    /// The client address, if it is known.
    pub from: Option<IpAddr>,
}

/// The answer to an [`Ask`].
#[derive(Debug)]
pub enum Asked {
    /// Policy needs no code for this purpose.
    NotRequired,
    /// A flow is open; these recipients can be chosen.
    Opened {
        /// Names the flow in every later call.
        service_key: ServiceKey,
        /// How the choice is to be presented.
        presentation: Presentation,
        /// The choice.
        recipients: Vec<Recipient>,
    },
    /// The code is on its way.
    Sent {
        /// Set when this call opened the flow as well.
        service_key: Option<ServiceKey>,
        /// Names the code in later calls.
        security_key: SecurityKey,
        /// Its length.
        digits: u8,
        /// How often it can still be sent again.
        resends_remaining: u8,
        /// How often it could be at first.
        resends_max: u8,
    },
}

/// A code to be checked. Texts are as the caller gave them.
#[derive(Clone, Debug)]
pub struct Check {
    /// The operation's purpose.
    pub purpose: Purpose,
    /// Who asks; `None` before login.
    pub holder: Option<Holder>,
    /// The flow.
    pub service_key: Secret,
    /// The code's name.
    pub security_key: Secret,
    /// The code.
    pub code: Secret,
    /// The client address, if it is known.
    pub from: Option<IpAddr>,
}

/// How long what is over is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Flows, transactions and sessions, after their end.
    pub flows: TimeDelta,
    /// Messages with an outcome, after they were recorded.
    pub messages: TimeDelta,
    /// Addresses in flows and messages, from the same moments on.
    pub addresses: TimeDelta,
}

/// What [`Service::recover`] found.
#[derive(Debug, Default)]
pub struct Recovered {
    /// How many sends were carried out.
    pub count: usize,
    /// Those that cannot be: their rows do not read back.
    pub unreadable: Vec<StoreError>,
}

/// Why a call was not granted.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The decision was no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// There was no decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl Service {
    /// Opens a flow, sends a code, or sends it again.
    pub async fn ask(&self, ask: Ask) -> Result<Asked, Failure> {
        match &ask.service_key {
            None => self.open(ask).await,
            Some(key) => {
                let action = Action::Send(ServiceKeyDigest::of(key.expose()), self.send_request(&ask));
                let granted = self.apply(action).await?;
                self.carry_out(granted, None, ask.request_id).await
            }
        }
    }

    /// Checks a code; `Ok` means that it was right and that the flow is now consumed.
    pub async fn verify(&self, check: Check) -> Result<(), Failure> {
        let key = ServiceKeyDigest::of(check.service_key.expose());
        let Check { purpose, holder, security_key, code, from, .. } = check;
        self.apply(Action::Verify(key, VerifyRequest { purpose, holder, security_key, code, from })).await?;
        Ok(())
    }

    /// Carries out up to `limit` sends that were recorded by `before`, never got an outcome and are not under way.
    /// A send is under way a moment after it is recorded: `before` must leave it that moment.
    pub async fn recover(&self, before: Timestamp, limit: usize) -> Result<Recovered, StoreError> {
        // Asked first: a send that ends between the two questions is in the one answer or not in the other.
        let under_way = self.runner.under_way();
        let found = self.store.dispatches_pending(before, limit).await?.into_iter();
        let left = found.filter(|found| found.as_ref().map_or(true, |dispatch| !under_way.contains(&dispatch.send)));
        let take = async |dispatch: Result<Dispatch, StoreError>| {
            let dispatch = dispatch?;
            let taken = self.store.take_dispatch(&dispatch, before, self.clock.now()).await?;
            Ok(taken.then_some(dispatch))
        };
        let taken: Vec<Result<_, StoreError>> = stream::iter(left).map(take).buffered(TAKEN_AT_ONCE).collect().await;
        let mut recovered = Recovered::default();
        let mut outcomes = Vec::new();
        for taken in taken {
            match taken {
                Ok(Some(dispatch)) => {
                    outcomes.push(self.runner.run(dispatch.send, self.delivery(dispatch, String::new())));
                }
                // It is another server's.
                Ok(None) => {}
                Err(problem) => recovered.unreadable.push(problem),
            }
        }
        recovered.count = outcomes.len();
        join_all(outcomes).await;
        Ok(recovered)
    }

    /// Drops whole days of what has been kept long enough, where rows are kept by the day. Returns how many tables there were.
    pub async fn keep_days(&self, retention: &Retention) -> Result<usize, StoreError> {
        let now = self.clock.now();
        self.store.keep_days(now - retention.flows, now - retention.messages, now).await
    }

    /// Deletes up to `limit` rows of what has been kept long enough, or takes the addresses out of them. Returns how many there were.
    /// A flow that nobody asked a code of goes as soon as it has ended: anyone can open flows, and they must not fill the disk.
    pub async fn purge(&self, retention: &Retention, limit: usize) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let Retention { flows, messages, addresses } = *retention;
        let deleted = self.store.purge(now - flows, now, limit).await?;
        if deleted == limit {
            return Ok(deleted);
        }
        // Addresses that are kept as long as their rows go with them.
        let addresses = if addresses < flows { now - addresses } else { Timestamp::MIN_UTC };
        Ok(deleted + self.store.forget(now - messages, addresses, limit - deleted).await?)
    }

    /// How many phone prefixes are held back now.
    pub async fn prefixes_held(&self) -> Result<PrefixesHeld, StoreError> {
        self.store.prefixes_held(self.clock.now()).await
    }

    async fn open(&self, ask: Ask) -> Result<Asked, Failure> {
        let policy = self.rules.policy(ask.purpose)?;
        if !policy.required {
            return Ok(Asked::NotRequired);
        }
        let (addresses, language) = self.addresses(&ask, policy).await?;
        if ask.security_key.is_some() {
            return Err(Refusal::ForeignSecurityKey.into());
        }
        if !ask.references.is_empty() {
            return Err(Refusal::Misfit(Misfit::Reference).into());
        }
        let (service_key, at) = (ServiceKey::random(&*self.random), self.clock.now());
        let recipients: Vec<_> =
            addresses.into_iter().map(|address| Recipient { reference: self.reference(), address }).collect();
        let flow = Flow {
            id: FlowId::ordered(at, &*self.random),
            key: ServiceKeyDigest::of(service_key.expose()),
            purpose: ask.purpose,
            key_id: self.rules.keys.current().id().clone(),
            holder: ask.holder.clone(),
            recipients: recipients.clone(),
            presentation: policy.presentation,
            language,
            opened_at: at,
            expires_at: at + FLOW_LIFETIME,
            failed_attempts: 0,
            state: State::Started,
        };
        let at_once = (policy.presentation == Presentation::NoValue).then(|| self.send_request(&ask));
        match self.apply(Action::Open(Box::new(flow), at_once)).await? {
            granted @ Granted::Send(..) => self.carry_out(granted, Some(service_key), ask.request_id).await,
            _ => Ok(Asked::Opened { service_key, presentation: policy.presentation, recipients }),
        }
    }

    /// Where codes of a new flow may go, the primary address first.
    async fn addresses(&self, ask: &Ask, policy: &Policy) -> Result<(Vec<Address>, Language), Failure> {
        let Some(holder) = &ask.holder else {
            let phone = ask.phone.as_ref().and_then(|text| PhoneNumber::parse(text.expose()).ok());
            let phone = phone.ok_or(Refusal::BadPhone)?;
            return Ok((vec![Address::Phone(phone)], self.language));
        };
        let customer = self.customers.customer(&holder.customer).await?.ok_or(Refusal::NoAddress)?;
        if customer.phones.is_empty() && !policy.email_alone() {
            return Err(Refusal::NoAddress.into());
        }
        let phones = customer.phones.into_iter().map(Address::Phone);
        let emails = customer.emails.into_iter().map(Address::Email);
        let mut addresses: Vec<_> = match policy.primary {
            Channel::Sms => phones.chain(emails).collect(),
            Channel::Email => emails.chain(phones).collect(),
        };
        if policy.presentation != Presentation::All {
            addresses.truncate(1);
        }
        if addresses.is_empty() { Err(Refusal::NoAddress.into()) } else { Ok((addresses, customer.language)) }
    }

    fn send_request(&self, ask: &Ask) -> SendRequest {
        let phone = match ask.phone.as_ref().map(|text| PhoneNumber::parse(text.expose())) {
            None => PhoneGiven::Absent,
            Some(Err(_)) => PhoneGiven::Unreadable,
            Some(Ok(phone)) => PhoneGiven::Number(phone),
        };
        SendRequest {
            purpose: ask.purpose,
            holder: ask.holder.clone(),
            phone,
            security_key: ask.security_key.clone(),
            references: ask.references.clone(),
            from: ask.from,
            send: SendId::ordered(self.clock.now(), &*self.random),
        }
    }

    fn reference(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    async fn apply(&self, action: Action) -> Result<Granted, Failure> {
        let command = Command { at: self.clock.now(), action, rules: self.rules.clone() };
        Ok(self.store.apply(command).await??)
    }

    async fn carry_out(
        &self,
        granted: Granted,
        service_key: Option<ServiceKey>,
        request_id: String,
    ) -> Result<Asked, Failure> {
        let Granted::Send(dispatch, shifts) = granted else { return Err(Refusal::UnknownKey.into()) };
        shifts.iter().for_each(|shift| self.alarm.shifted(shift));
        let resends_max = self.rules.policy(dispatch.purpose)?.resends_max;
        let server_key = self.rules.keys.find(&dispatch.key_id).ok_or(Refusal::UnknownKey)?;
        let security_key = SecurityKey::derive(server_key, dispatch.flow, dispatch.purpose, dispatch.generation);
        let (digits, resends_remaining) = (dispatch.digits, resends_max.saturating_sub(dispatch.resends_used));
        match self.runner.run(dispatch.send, self.delivery(dispatch, request_id)).await {
            Some(false) => Err(Refusal::Undeliverable.into()),
            Some(true) | None => Ok(Asked::Sent { service_key, security_key, digits, resends_remaining, resends_max }),
        }
    }

    /// Sends a recorded message to all its addresses and records the outcome. One address reached is success.
    fn delivery(&self, dispatch: Dispatch, request_id: String) -> futures::future::BoxFuture<'static, SendOutcome> {
        let (store, sender, rules) = (self.store.clone(), self.sender.clone(), self.rules.clone());
        let clock = self.clock.clone();
        async move {
            let messages = messages(&dispatch, &rules, clock.now());
            let send = async |message: &Message| (message.to.channel(), sender.send(message).await);
            let tries = join_all(messages.iter().map(send)).await;
            let accepted = tries.iter().any(|(_, outcome)| outcome.is_ok());
            let Dispatch { send, flow, generation, .. } = dispatch;
            let action = Action::Settle { flow, send, generation, accepted };
            let settled = store.apply(Command { at: clock.now(), action, rules }).await;
            SendOutcome { send, flow, request_id, accepted, tries, unsettled: settled.err() }
        }
        .boxed()
    }
}

/// The messages of a send, none if its code has ended or its key is gone.
fn messages(dispatch: &Dispatch, rules: &Rules, now: Timestamp) -> Vec<Message> {
    let left = dispatch.code_expires_at - now;
    let Some(key) = rules.keys.find(&dispatch.key_id).filter(|_| left > TimeDelta::zero()) else { return Vec::new() };
    let message = |(n, to): (usize, &Address)| Message {
        id: format!("{}-{n}", dispatch.send),
        to: to.clone(),
        passcode: Passcode::derive(key, dispatch.flow, dispatch.purpose, dispatch.generation, dispatch.digits),
        topic: dispatch.purpose.as_str(),
        language: dispatch.language,
        minutes: u32::try_from((left.num_seconds() + 59) / 60).unwrap_or(1).max(1),
    };
    dispatch.to.iter().enumerate().map(message).collect()
}
