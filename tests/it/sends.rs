//! Sends that are slow, or many, or left behind: each goes out, and goes out once.

use crate::support::domain::*;
use crate::support::shop::Shop;
use async_trait::async_trait;
use chrono::TimeDelta;
use countersign::domain::customer::Language;
use countersign::domain::flow::*;
use countersign::domain::policy::{Presentation, Purpose};
use countersign::domain::ports::*;
use countersign::domain::service::*;
use countersign::worker::{Alarm, Recurring, Sends};
use futures::future::{BoxFuture, FutureExt, join_all};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub(crate) struct HandSet(Mutex<Timestamp>);

impl Clock for HandSet {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Remembers a message when it comes, and takes it when it is let.
pub(crate) struct SlowPost {
    came: Semaphore,
    pub(crate) open: Semaphore,
    pub(crate) ids: Mutex<Vec<String>>,
}

#[async_trait]
impl Sender for SlowPost {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        self.ids.lock().unwrap().push(message.id.clone());
        self.came.add_permits(1);
        let _passed = self.open.acquire().await.unwrap();
        Ok(())
    }
}

/// Carries nothing out, like a process that has ended.
pub(crate) struct Lost;

impl Runner for Lost {
    fn run(&self, _: SendId, _: BoxFuture<'static, SendOutcome>) -> BoxFuture<'static, Option<bool>> {
        async { None }.boxed()
    }

    fn under_way(&self) -> HashSet<SendId> {
        HashSet::new()
    }
}

/// A service whose sends are carried out as in a server, and whose callers do not wait for them.
pub(crate) struct House {
    pub(crate) service: Arc<Service>,
    pub(crate) sends: Arc<Sends>,
    pub(crate) clock: Arc<HandSet>,
    pub(crate) post: Arc<SlowPost>,
}

impl House {
    pub(crate) fn new(shop: &Shop) -> Self {
        let clock = Arc::new(HandSet(Mutex::new(noon())));
        let post = SlowPost { came: Semaphore::new(0), open: Semaphore::new(0), ids: Mutex::default() };
        Self::with(shop, clock, Arc::new(post))
    }

    /// Another one on the same data, with the same clock and the same post.
    pub(crate) fn beside(&self, shop: &Shop) -> Self {
        Self::with(shop, self.clock.clone(), self.post.clone())
    }

    fn with(shop: &Shop, clock: Arc<HandSet>, post: Arc<SlowPost>) -> Self {
        let rules = rules_with(&["k1"], |policy| policy.presentation = Presentation::NoValue);
        let store = Arc::new(shop.open(&rules, noon()).unwrap());
        let log = slog::Logger::root(slog::Discard, slog::o!());
        let sends = Arc::new(Sends::new(Duration::ZERO, &log, Arc::default()));
        let service = Service {
            store: store.clone(),
            customers: store,
            sender: post.clone(),
            runner: sends.clone(),
            alarm: Arc::new(Alarm { log, metrics: Arc::default() }),
            clock: clock.clone(),
            random: Seeded::new(5),
            rules,
            language: Language::Es,
        };
        Self { service: Arc::new(service), sends, clock, post }
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.clock.0.lock().unwrap() += time;
    }

    /// The same service with another way to carry out sends.
    pub(crate) fn with_runner(&self, runner: Arc<dyn Runner>) -> Service {
        let Service { store, customers, sender, alarm, clock, random, rules, language, .. } = &*self.service;
        Service {
            store: store.clone(),
            customers: customers.clone(),
            sender: sender.clone(),
            runner,
            alarm: alarm.clone(),
            clock: clock.clone(),
            random: random.clone(),
            rules: rules.clone(),
            language: *language,
        }
    }

    /// Waits until this many messages have come to the post.
    async fn came(&self, count: usize) {
        self.post.came.acquire_many(count as u32).await.unwrap().forget();
    }
}

pub(crate) async fn ask(service: &Service, phone: &str) {
    let (service_key, security_key, references) = Default::default();
    let phone = Some(Secret::new(phone));
    let ask = Ask {
        request_id: "r".to_owned(),
        purpose: Purpose::PreLogin,
        holder: None,
        phone,
        service_key,
        security_key,
        references,
        from: None,
    };
    assert!(matches!(service.ask(ask).await, Ok(Asked::Sent { .. })));
}

#[tokio::test]
async fn a_send_that_takes_longer_than_any_should_is_not_sent_twice() {
    let shop = Shop::new();
    let house = House::new(&shop);
    ask(&house.service, PHONE).await;
    house.came(1).await;
    house.pass(TimeDelta::seconds(150));
    assert_eq!(house.service.recover(house.clock.now(), 10).await.unwrap().count, 0, "it is under way still");
    house.post.open.add_permits(1);
    assert_eq!(house.sends.drain(Duration::MAX).await, 0);
    assert_eq!(house.post.ids.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_start_carries_out_all_that_the_last_run_left_however_many_and_nothing_of_its_own() {
    let shop = Shop::new();
    let house = House::new(&shop);
    let lost = house.with_runner(Arc::new(Lost));
    let phones: Vec<_> = (0..600).map(|n| format!("+1202555{n:04}")).collect();
    join_all(phones.iter().map(|phone| ask(&lost, phone))).await;
    let since = house.clock.now();
    house.pass(TimeDelta::milliseconds(1));
    ask(&lost, OTHER_PHONE).await;

    house.post.open.add_permits(phones.len());
    let stop = CancellationToken::new();
    let recurring = Recurring {
        service: house.service.clone(),
        since,
        retention: Retention { flows: TimeDelta::days(7), messages: TimeDelta::days(7), addresses: TimeDelta::days(3) },
        pause: Duration::from_secs(3600),
        metrics: Arc::default(),
        log: slog::Logger::root(slog::Discard, slog::o!()),
    };
    let recurring = tokio::spawn(recurring.run(stop.clone()));
    house.came(phones.len()).await;
    stop.cancel();
    recurring.await.unwrap();
    assert_eq!(house.sends.drain(Duration::MAX).await, 0);
    let ids: HashSet<_> = house.post.ids.lock().unwrap().iter().cloned().collect();
    assert_eq!((ids.len(), house.post.ids.lock().unwrap().len()), (phones.len(), phones.len()));
}
