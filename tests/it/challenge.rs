//! The verbs of the BNE family, over a real store.

use crate::support::bne::*;
use crate::support::domain::noon;
use crate::support::office::put_client;
use crate::support::shop::Shop;
use countersign::domain::challenge::{ChallengeService, Failure, Retrieve, Validate};
use countersign::domain::client::{Business, Client, ClientId, Country, Origin};
use countersign::domain::flow::{Secret, Timestamp};
use countersign::domain::ports::{Clock, TokenStore};
use countersign::domain::transaction::{Kind, Reason, State, Subject};
use countersign::store::Store;
use std::sync::Arc;

struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn service(shop: &Shop, clerk: &Clerk) -> (ChallengeService, Arc<Store>) {
    let store = Arc::new(shop.open_with(&clerk.rules.keys, clerk.now).unwrap());
    let service = ChallengeService {
        transactions: store.clone(),
        clients: store.clone(),
        clock: Arc::new(Stopped(clerk.now)),
        random: clerk.random.clone(),
        rules: clerk.rules.clone(),
    };
    (service, store)
}

fn web() -> ClientId {
    ClientId::parse("web").unwrap()
}

fn retrieve(subject: Subject) -> Retrieve {
    Retrieve { subject, client: web(), session: Secret::new(SID), customer: None, holder: hugo(), from: None }
}

fn validate(id: &str, kind: Kind, code: &str) -> Validate {
    let (session, code) = (Secret::new(SID), Secret::new(code));
    Validate { id: id.into(), kind, client: web(), session, customer: None, code, from: None }
}

#[tokio::test]
async fn a_payment_is_signed_once() {
    let (shop, clerk) = (Shop::new(), Clerk::new(bne_rules(|_| {})));
    let (service, store) = service(&shop, &clerk);
    let token = clerk.hugos(ocra_device(PLAIN_SUITE));
    store.add_tokens(clerk.order(), vec![token.clone()]).await.unwrap().unwrap();
    let transaction = service.retrieve(retrieve(payment("1250.00", "ACME"))).await.unwrap();
    let Subject::Risk(details) = &transaction.subject else { panic!("{transaction:?}") };
    assert_eq!(details.amount(), "1250");
    let (id, right) = (transaction.id.to_string(), clerk.answer(&token, &transaction));
    let wrong = service.validate(validate(&id, Kind::Risk, &wrong(&right))).await;
    assert!(matches!(wrong, Err(Failure::BusinessFailed(Reason::WrongCode))), "{wrong:?}");
    let consumed = service.validate(validate(&id, Kind::Risk, &right)).await.unwrap();
    assert_eq!(consumed.state, State::Consumed { at: noon() });
    for id in [id.as_str(), "", "nonsense", &"x".repeat(1000)] {
        let again = service.validate(validate(id, Kind::Risk, &right)).await;
        assert!(matches!(again, Err(Failure::NotFound)), "{again:?}");
    }
}

#[tokio::test]
async fn two_transactions_have_their_own_ids_and_challenges() {
    let (shop, clerk) = (Shop::new(), Clerk::new(bne_rules(|_| {})));
    let (service, store) = service(&shop, &clerk);
    store.add_tokens(clerk.order(), vec![clerk.hugos(ocra_device(PLAIN_SUITE))]).await.unwrap().unwrap();
    let one = service.retrieve(retrieve(payment("10", "ACME"))).await.unwrap();
    let two = service.retrieve(retrieve(payment("10", "ACME"))).await.unwrap();
    assert_ne!(one.id, two.id);
    assert_ne!(question(&one), question(&two));
    let nobody = Retrieve { holder: token_holder("999", None), ..retrieve(Subject::Login) };
    assert!(matches!(service.retrieve(nobody).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn an_application_is_admitted_as_it_was_registered() {
    let (shop, clerk) = (Shop::new(), Clerk::new(bne_rules(|_| {})));
    let (service, store) = service(&shop, &clerk);
    assert!(!service.admits(&web(), "MX", "GCB", "CBOL").await.unwrap());
    let client = Client {
        id: web(),
        countries: [Country::parse("MX").unwrap()].into(),
        businesses: [Business::parse("GCB").unwrap()].into(),
        channels: [Origin::parse("CBOL").unwrap()].into(),
    };
    put_client(&*store, client).await;
    assert!(service.admits(&web(), "MX", "GCB", "CBOL").await.unwrap());
    assert!(!service.admits(&web(), "MX", "GCB", "APP").await.unwrap());
    assert!(!service.admits(&ClientId::parse("app").unwrap(), "MX", "GCB", "CBOL").await.unwrap());
}

/// A data file of before keeps what it holds, and takes tokens from then on.
#[tokio::test]
async fn a_data_file_of_the_first_version_takes_tokens_after_its_migration() {
    let (shop, clerk) = (Shop::in_a_file(), Clerk::new(bne_rules(|_| {})));
    let connection = rusqlite::Connection::open(shop.path()).unwrap();
    connection.execute_batch(include_str!("../../src/store/migrations/0001_init.sql")).unwrap();
    connection.execute("insert into customers values (zeroblob(16), x'00', 'k1', 'es', 0)", []).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection.pragma_update(None, "application_id", 0x4353_676e).unwrap();
    drop(connection);
    let (service, store) = service(&shop, &clerk);
    assert_eq!(store.customer_count().unwrap(), 1);
    store.add_tokens(clerk.order(), vec![clerk.hugos(totp_device())]).await.unwrap().unwrap();
    service.retrieve(retrieve(Subject::Login)).await.unwrap();
}
