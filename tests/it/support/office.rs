//! The back office for tests: a desk over data of its own, at a time that a test sets.

use super::bne::{Clerk, SID, anna, bne_rules};
use super::domain::{Maker, Seeded, TestClock, noon, rules};
use super::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::audit::{Filter, Recorded};
use countersign::domain::client::{self, Business, Client, ClientId, Country, Origin};
use countersign::domain::customer::CustomerId;
use countersign::domain::desk::ports::{ClientDesk, KeyDesk};
use countersign::domain::desk::{Desk, Failure};
use countersign::domain::flow::{Secret, Timestamp};
use countersign::domain::operator::{Actor, Order, Repeatable};
use countersign::domain::page::Paging;
use countersign::domain::ports::{Clock, TokenStore, Wake};
use countersign::domain::session::{Lifetime, Listed};
use countersign::domain::token::{Device, Token};
use countersign::domain::transaction::Rules;
use countersign::domain::version::Seen;
use countersign::store::Store;
use std::sync::Arc;

/// An order of Anna's, at the server's own machine.
pub(crate) fn order(at: Timestamp) -> Order {
    Order::offline(anna(), at)
}

/// Registers an application, whatever is registered already.
pub(crate) async fn put_client(store: &(impl ClientDesk + ?Sized), client: Client) {
    let action = client::Action::Put(client);
    store.change_client(client::Change { order: order(noon()), seen: Seen::Whatever, action }).await.unwrap().unwrap();
}

pub(crate) fn application(id: &str) -> Client {
    Client {
        id: ClientId::parse(id).unwrap(),
        countries: [Country::parse("MX").unwrap()].into(),
        businesses: [Business::parse("GCB").unwrap()].into(),
        channels: [Origin::parse("CBOL").unwrap()].into(),
    }
}

pub(crate) fn web() -> ClientId {
    ClientId::parse("web").unwrap()
}

pub(crate) fn rosa() -> Actor {
    Actor::parse("rosa").unwrap()
}

/// A call with this key that asks for this.
pub(crate) fn call(key: &str, request: &str) -> Repeatable {
    Repeatable::new(key, "test", request.as_bytes())
}

pub(crate) fn first(limit: u32) -> Paging {
    Paging { behind: None, limit }
}

/// Carries out no rotation: a test does it itself.
struct NoOne;

impl Wake for NoOne {
    fn wake(&self) {}
}

/// Seals anew everything that is under older keys. Returns how many values there were, and how many did not open.
pub(crate) async fn reseal(store: &Store) -> (u64, usize) {
    let (mut walk, mut moved, mut damaged) = (store.resealing(), 0, 0);
    loop {
        let step = walk.step(2).await.unwrap();
        moved += step.moved;
        damaged += step.damaged.len();
        if step.done {
            return (moved, damaged);
        }
    }
}

/// A desk, and the store that it works on.
pub(crate) struct Office {
    pub(crate) shop: Shop,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Arc<Store>,
    pub(crate) desk: Arc<Desk>,
    /// Makes transactions and tokens.
    pub(crate) clerk: Clerk,
    /// Makes flows.
    pub(crate) maker: Maker,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::with(bne_rules(|_| {}))
    }

    /// On a database server, if there is one.
    pub(crate) fn on_a_server() -> Option<Self> {
        Some(Self::at(Shop::on_a_server()?, bne_rules(|_| {}), noon(), 1))
    }

    /// For tests that are about the file.
    pub(crate) fn in_a_file() -> Self {
        Self::over(Shop::in_a_file(), bne_rules(|_| {}))
    }

    pub(crate) fn with(rules: Arc<Rules>) -> Self {
        Self::over(Shop::new(), rules)
    }

    /// Over the data of this shop, which is new.
    pub(crate) fn over(shop: Shop, rules: Arc<Rules>) -> Self {
        Self::at(shop, rules, noon(), 1)
    }

    /// Over data that may be there already, with a seed that none had who made that.
    pub(crate) fn at(shop: Shop, bne: Arc<Rules>, now: Timestamp, seed: u64) -> Self {
        let store = Arc::new(shop.open_with(&bne.keys, now).unwrap());
        let clock = TestClock::at(now);
        let random: Arc<Seeded> = Seeded::new(500 + seed);
        let desk =
            Desk { store: store.clone(), clock: clock.clone(), random, rules: bne.clone(), rotations: Arc::new(NoOne) };
        let clerk = Clerk { now, random: Seeded::new(seed), ..Clerk::new(bne) };
        let maker = Maker { now, ..Maker::new(rules()) };
        Self { shop, clock, store, desk: Arc::new(desk), clerk, maker }
    }

    /// The same office after a restart of the server, under other rules.
    pub(crate) fn reopen(self, rules: Arc<Rules>) -> Self {
        let Self { shop, clock, store, desk, .. } = self;
        let now = clock.now();
        drop((store, desk));
        Self::at(shop, rules, now, 2)
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.clock.pass(time);
        self.clerk.pass(time);
        self.maker.pass(time);
    }

    /// An order of Rosa's, over the API.
    pub(crate) fn order(&self) -> Order {
        self.desk.order(rosa(), "request-1")
    }

    /// The entries of the back office so far, oldest first.
    pub(crate) async fn trail(&self) -> Vec<Recorded> {
        let all = Filter { limit: 200, ..Filter::default() };
        let page = self.desk.audit_list(all).await.unwrap();
        assert_eq!(page.next, None, "a trail longer than a page");
        page.items
    }

    /// The last entry.
    pub(crate) async fn last(&self) -> Recorded {
        let newest = Filter { limit: 1, newest_first: true, ..Filter::default() };
        self.desk.audit_list(newest).await.unwrap().items.remove(0)
    }

    /// A token in Hugo's hands.
    pub(crate) async fn hugos(&self, device: Device) -> Token {
        let token = self.clerk.hugos(device);
        self.store.add_tokens(self.clerk.order(), vec![token.clone()]).await.unwrap().unwrap();
        token
    }

    /// Registers the session of every test for an hour.
    pub(crate) async fn register(&self, client: &ClientId, customer: Option<&str>) -> Result<Listed, Failure> {
        let customer = customer.map(|text| CustomerId::parse(text).unwrap());
        let (sid, lifetime) = (Secret::new(SID), Lifetime::new(3600).unwrap());
        let call = call("register", client.as_str());
        self.desk.session_open(self.order(), call, sid, client.clone(), customer, lifetime).await
    }

    /// Whether these bytes are in a file; on a server, in a row.
    pub(crate) fn on_disk(&self, bytes: &[u8]) -> bool {
        self.shop.bytes().windows(bytes.len()).any(|window| window == bytes)
    }
}

/// A fact of an entry.
pub(crate) fn fact<'a>(facts: &'a Option<Vec<(String, String)>>, name: &str) -> Option<&'a str> {
    facts.as_ref()?.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// What an entry says in short: action, subject, outcome.
pub(crate) fn short(entry: &Recorded) -> (&str, &str, &str) {
    (&entry.action, &entry.subject, &entry.outcome)
}
