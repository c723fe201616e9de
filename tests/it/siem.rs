//! The ArcSight feed, from an event to what a SIEM gets.

mod config;
mod feed;
mod rsyslog;

use crate::support::domain::{Seeded, noon};
use chrono::{DateTime, TimeDelta, Utc};
use countersign::domain::ports::Clock;
use countersign::siem::cef::{Outcome, Reported, TransactionType, ValidationEvent};
use countersign::siem::options::{ForwardOptions, SiemOptions};
use countersign::siem::spool::SpoolOptions;
use countersign::siem::syslog::{Address, Header, Transport};
use countersign::siem::{Cause, Siem, SiemObserver, StartError};
use slog::{Discard, Logger, o};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Only a broken test waits so long.
const LONG: Duration = Duration::from_secs(30);

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        noon()
    }
}

/// What the feed has told its observer.
#[derive(Clone, Debug, Default, PartialEq)]
struct Totals {
    sent: u64,
    spooled: u64,
    dropped: BTreeMap<&'static str, u64>,
    waiting: u64,
}

#[derive(Default)]
struct Observed(watch::Sender<Totals>);

impl SiemObserver for Observed {
    fn sent(&self, events: u64) {
        self.0.send_modify(|totals| totals.sent += events);
    }
    fn spooled(&self, events: u64) {
        self.0.send_modify(|totals| totals.spooled += events);
    }
    fn dropped(&self, cause: Cause, events: u64) {
        self.0.send_modify(|totals| *totals.dropped.entry(cause.as_str()).or_default() += events);
    }
    fn spool(&self, events: u64, _bytes: u64) {
        self.0.send_modify(|totals| totals.waiting = events);
    }
}

impl Observed {
    /// Waits until it has been told that.
    async fn until(&self, enough: impl FnMut(&Totals) -> bool) -> Totals {
        let mut totals = self.0.subscribe();
        let found = tokio::time::timeout(LONG, totals.wait_for(enough)).await;
        found.unwrap_or_else(|_| panic!("not in time: {:?}", self.0.borrow())).unwrap().clone()
    }
}

fn start(options: SiemOptions) -> Result<(Siem, Arc<Observed>), StartError> {
    let observed = Arc::new(Observed::default());
    let log = Logger::root(Discard, o!());
    let siem = Siem::start(options, Arc::new(FixedClock), Seeded::new(7), observed.clone(), &log)?;
    Ok((siem, observed))
}

/// A feed with quick retries and a spool in this directory.
fn options(transport: Transport, dir: &Path) -> SiemOptions {
    let spool = SpoolOptions {
        directory: dir.join("spool"),
        bytes_max: 16 * 1024 * 1024,
        age_max: TimeDelta::hours(24),
        sync_every: Duration::from_millis(50),
    };
    let forward = ForwardOptions {
        transport,
        message_max: 8192,
        spool,
        backoff: [Duration::from_millis(10), Duration::from_millis(100)],
        settle: LONG,
    };
    let header = Header::new(10, "otp1.bank.example", 4711);
    SiemOptions { header, file: None, forward: Some(forward), queue_max: 10_000 }
}

fn address(port: u16) -> Address {
    Address::parse(&format!("localhost:{port}")).unwrap()
}

/// A port that nothing listens on, for a server that is to come later.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The event with this number.
fn event(n: usize) -> ValidationEvent {
    ValidationEvent {
        at: noon(),
        outcome: Outcome::ALL[n % Outcome::ALL.len()],
        transaction: Some(TransactionType::Login),
        request_id: format!("r-{n}"),
        uuid: "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33".into(),
        client_id: "web".into(),
        country_code: "MX".into(),
        business_code: "GCB".into(),
        channel_id: "MOB".into(),
        duration: Duration::from_millis(3),
        reported: Reported { user_id: "123456789012".into(), ip_address: "192.0.2.7".into(), ..Reported::default() },
    }
}

/// The number of the event in a message.
fn number(message: &str) -> usize {
    let (_, rest) = message.split_once(" externalId=r-").unwrap_or_else(|| panic!("no event: {message}"));
    rest.split(' ').next().unwrap().parse().unwrap()
}

/// The numbers without repeats, which may only be of what came before.
fn in_order(numbers: impl IntoIterator<Item = usize>) -> usize {
    let mut next = 0;
    for number in numbers {
        assert!(number <= next, "{number} came before {next}");
        next = next.max(number + 1);
    }
    next
}
