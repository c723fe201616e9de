//! Getting to where a scenario begins: flows whose codes were sent, transactions that wait for theirs, customers with tokens.

use super::load::{Connection, Request};
use super::requests::{self, Caller, Holder, Phones, Sent, Transaction};
use super::scenario::{Prepared, Scenario};
use super::{BenchError, subject};
use crate::dev::data::{APPS, DataDir};
use crate::dev::seed;
use crate::dev::token::{Wish, mint};
use crate::domain::audit::{DONE, Entry, Facts, Source};
use crate::domain::customer::{CustomerId, Language};
use crate::domain::flow::{FLOW_LIFETIME, Flow, FlowId, Recipient, ServiceKey, ServiceKeyDigest, State};
use crate::domain::oath::{Digits, Seed};
use crate::domain::operator::{Actor, Stamp};
use crate::domain::policy::{Presentation, Purpose};
use crate::domain::ports::Random;
use crate::domain::recipient::{Address, PhoneNumber};
use crate::domain::token::{Assignment, Device, Life, Serial, Token, TokenHolder, TokenId};
use crate::server::offline::development;
use crate::server::{SystemClock, SystemRandom};
use bytes::Bytes;
use chrono::TimeDelta;
use futures::future::try_join_all;
use http::{HeaderMap, HeaderValue, Method};
use serde::Deserialize;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Flows that are prepared at once: not more than the inbox of a development server keeps messages.
const TOGETHER: usize = 100;
/// Tokens that are brought into the data file in one step.
const STEP: usize = 50_000;

/// Where and how.
pub(super) struct Stage<'a> {
    /// The server.
    pub(super) address: SocketAddr,
    /// New applicants.
    pub(super) phones: &'a Phones,
    /// Customers who have tokens.
    pub(super) holders: &'a [Holder],
    /// Hears how many flows and transactions are ready.
    pub(super) progress: &'a (dyn Fn(usize) + Sync),
}

/// A message of a development server's inbox.
#[derive(Deserialize)]
struct Mail {
    to: String,
    passcode: String,
}

impl Stage<'_> {
    /// As much of each kind as `count` requests of the scenario's rarest kind need.
    pub(super) async fn set(&self, scenario: Scenario, count: usize) -> Result<Prepared, BenchError> {
        let mixed = scenario == Scenario::Mixed;
        let needs = |kind| scenario == kind || mixed;
        let half = if mixed { count / 2 + 1 } else { count };
        let mut prepared = Prepared::default();
        if needs(Scenario::VerifyRight) {
            prepared.right = self.with_codes(count).await?;
        }
        if needs(Scenario::VerifyWrong) {
            prepared.wrong = self.flows(half).await?.into_iter().map(|(_, sent)| sent).collect();
        }
        if needs(Scenario::Resend) {
            prepared.resend = self.flows(half).await?.into_iter().map(|(_, sent)| sent).collect();
        }
        if needs(Scenario::BneValidate) {
            prepared.transactions = self.transactions(half).await?;
        }
        Ok(prepared)
    }

    async fn connections(&self) -> Result<Vec<Connection>, BenchError> {
        try_join_all((0..TOGETHER).map(|_| Connection::open(self.address))).await
    }

    /// Flows whose codes were sent, each with its phone.
    async fn flows(&self, count: usize) -> Result<Vec<(String, Sent)>, BenchError> {
        let (mut connections, mut flows) = (self.connections().await?, Vec::with_capacity(count));
        while flows.len() < count {
            flows.append(&mut self.some(&mut connections, count - flows.len()).await?);
        }
        Ok(flows)
    }

    /// The same with the codes, which only a development server gives away.
    async fn with_codes(&self, count: usize) -> Result<Vec<(Sent, String)>, BenchError> {
        let (mut connections, mut flows) = (self.connections().await?, Vec::with_capacity(count));
        while flows.len() < count {
            let some = self.some(&mut connections, count - flows.len()).await?;
            let inbox =
                Request { method: Method::GET, path: "/dev/inbox", headers: HeaderMap::new(), body: Bytes::new() };
            let (status, body) = connections[0].call(inbox).await?;
            let inbox: Vec<Mail> = serde_json::from_slice(&body).map_err(|_| BenchError::NoInbox(status.as_u16()))?;
            let mut codes: HashMap<_, _> = inbox.into_iter().map(|mail| (mail.to, mail.passcode)).collect();
            for (phone, sent) in some {
                flows.push((sent, codes.remove(&phone).ok_or(BenchError::NoMessage)?));
            }
        }
        Ok(flows)
    }

    /// One flow on each connection, but no more than are wanted.
    async fn some(&self, connections: &mut [Connection], wanted: usize) -> Result<Vec<(String, Sent)>, BenchError> {
        let flows = try_join_all(connections.iter_mut().take(wanted).map(|connection| async {
            let phone = self.phones.next();
            let flow = asked(connection, requests::start(&phone), requests::started).await?;
            let security_key = asked(connection, requests::send(&flow), requests::sent).await?;
            Ok::<_, BenchError>((phone, Sent { flow, security_key }))
        }));
        let flows = flows.await?;
        (self.progress)(flows.len());
        Ok(flows)
    }

    /// A transaction for each of the first holders.
    async fn transactions(&self, count: usize) -> Result<Vec<Transaction>, BenchError> {
        let mut connections = self.connections().await?;
        let mut transactions = Vec::with_capacity(count);
        let holders =
            self.holders.get(..count).ok_or(BenchError::NoTokens { needed: count, there: self.holders.len() })?;
        for holders in holders.chunks(TOGETHER) {
            let some = try_join_all(connections.iter_mut().zip(holders).map(|(connection, holder)| async {
                let request = requests::retrieve(&holder.caller, SystemRandom.uuid());
                let id = asked(connection, request, requests::retrieved).await?;
                Ok::<_, BenchError>(Transaction { caller: holder.caller.clone(), id, code: holder.code() })
            }));
            let mut some = some.await?;
            (self.progress)(some.len());
            transactions.append(&mut some);
        }
        Ok(transactions)
    }
}

async fn asked<T>(
    connection: &mut Connection,
    request: Request,
    read: fn(http::StatusCode, &[u8]) -> Result<T, String>,
) -> Result<T, BenchError> {
    let path = request.path;
    let (status, body) = connection.call(request).await?;
    read(status, &body).map_err(|problem| BenchError::Answer { path, problem })
}

/// The number of the customer who has a token.
fn number(token: usize) -> String {
    format!("{:012}", 700_000_000_000_u64 + token as u64)
}

/// Puts tokens into the data file of a server that does not run, each in the hands of a customer of its own. Gives the
/// first `holders` of them; the others only make the file as large as that of a bank.
pub(super) async fn bank(
    data: &DataDir,
    tokens: usize,
    holders: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Holder>, BenchError> {
    let (config, random, now) = (subject::config(data)?, Arc::new(SystemRandom), SystemClock.now());
    let given = Stamp { by: Actor::server(), at: now };
    let mut known = Vec::with_capacity(holders);
    for first in (0..tokens).step_by(STEP) {
        let mut made = Vec::with_capacity(STEP);
        for n in first..tokens.min(first + STEP) {
            let customer = number(n);
            let mut seed = [0; 20];
            random.fill(&mut seed);
            let seed = Seed::new(&seed).map_err(BenchError::made)?;
            if n < holders {
                let wish = Wish {
                    customer: &customer,
                    app: APPS[0],
                    client: Some(seed::CLIENT),
                    ttl: Duration::from_secs(86_400),
                };
                let token = mint(data, &wish, now).map_err(BenchError::made)?;
                let authorization = HeaderValue::try_from(format!("Bearer {token}")).map_err(BenchError::made)?;
                let token = Arc::new((seed.clone(), AtomicU64::new(0)));
                let caller = Caller { customer: customer.clone(), authorization };
                known.push(Holder { caller, token });
            }
            let serial = Serial::parse(&format!("BENCH-{customer}")).map_err(BenchError::made)?;
            let device = Device::Hotp { digits: Digits::Six, counter: 0 };
            let holder =
                TokenHolder { customer: CustomerId::parse(&customer).map_err(BenchError::made)?, representative: None };
            let life = Life::Assigned(Assignment { holder, given: given.clone() });
            let token = Token::imported(TokenId::random(&*random), serial, device, seed, given.clone());
            made.push(Token { life, ..token });
        }
        let count = made.len();
        let client = seed::client().map_err(BenchError::made)?;
        development::tokens_and_client(&config, random.clone(), now, made, client).await.map_err(BenchError::made)?;
        progress(count);
    }
    Ok(known)
}

/// Entries of the audit trail as a day at the bank leaves them, every fourth of a customer who has one of the tokens.
pub(super) async fn trail(
    data: &DataDir,
    entries: usize,
    tokens: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(), BenchError> {
    let (config, random, now) = (subject::config(data)?, Arc::new(SystemRandom), SystemClock.now());
    let entry = |n: usize| {
        let at = now - TimeDelta::milliseconds((entries - n) as i64);
        let facts = |state| Facts::default().and("purpose", "pre_login").and("state", state).and("failedAttempts", 0);
        let of_customer = n.is_multiple_of(4) && tokens > 0;
        let customer =
            of_customer.then(|| CustomerId::parse(&number(n / 4 % tokens)).expect("twelve digits are a number"));
        Entry {
            at,
            source: Source::Dbx,
            actor: customer.as_ref().map(|_| APPS[0].to_owned()),
            action: "code_verify",
            subject: format!("flow {}", FlowId::ordered(at, &SystemRandom)),
            customer,
            outcome: DONE,
            before: Some(facts("sent")),
            after: Some(facts("verified")),
            request_id: None,
            counted: false,
        }
    };
    let made = development::entries(&config, random, now, (0..entries).map(entry), progress);
    made.await.map_err(BenchError::made)
}

/// Flows that ended a month ago, which a server deletes as soon as it runs.
pub(super) async fn expired(
    data: &DataDir,
    flows: usize,
    phones: &Phones,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(), BenchError> {
    let (config, clock) = (subject::config(data)?, Arc::new(SystemClock));
    let opened_at = clock.now() - TimeDelta::days(30);
    let flow = |phone| {
        move |key_id| Flow {
            id: FlowId::ordered(opened_at, &SystemRandom),
            key: ServiceKeyDigest::of(ServiceKey::random(&SystemRandom).expose()),
            purpose: Purpose::PreLogin,
            key_id,
            holder: None,
            recipients: vec![Recipient { reference: SystemRandom.uuid(), address: Address::Phone(phone) }],
            presentation: Presentation::All,
            language: Language::default(),
            opened_at,
            expires_at: opened_at + FLOW_LIFETIME,
            failed_attempts: 0,
            state: State::Started,
        }
    };
    let phones = (0..flows).map(|_| PhoneNumber::parse(&phones.next()));
    let phones: Vec<_> = phones.collect::<Result<_, _>>().map_err(BenchError::made)?;
    let made = development::flows(&config, Arc::new(SystemRandom), clock, phones.into_iter().map(flow), progress);
    made.await.map_err(BenchError::made)
}
