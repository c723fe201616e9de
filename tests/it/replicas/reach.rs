//! The way to the database server: hosts that say nothing, and what is in between.

use crate::support::domain::*;
use crate::support::postgres::{Cluster, Database};
use crate::support::relay::Relay;
use countersign::domain::flow::Rules;
use countersign::domain::ports::{FlowStore, StoreError, with_causes};
use countersign::store::{Address, OpenError, Options, Store};
use futures::future::join_all;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_rustls::rustls::RootCertStore;

/// The address of a database by way of these ports of 127.0.0.1.
fn by_way_of(database: &Database<'_>, ports: &[u16]) -> String {
    let url = database.url();
    let ((who, _), (_, name)) = (url.rsplit_once('@').unwrap(), url.rsplit_once('/').unwrap());
    let hosts: Vec<_> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    format!("{who}@{}/{name}", hosts.join(","))
}

async fn open(url: &str, rules: &Arc<Rules>) -> Result<Store, OpenError> {
    let address = Address::parse(url, None, RootCertStore::empty()).unwrap();
    let (options, rules) = (Options::new(countersign::store::Location::Server(address)), rules.clone());
    let random: Arc<Seeded> = Seeded::new(1);
    tokio::task::spawn_blocking(move || Store::open(&options, &rules.keys, random, noon())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_host_that_says_nothing_is_left_for_the_next_one_and_not_asked_first_again() {
    let Some(cluster) = Cluster::shared() else { return };
    let (database, rules) = (cluster.database(), rules());
    // Connections are taken, by the system, and nobody ever speaks.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mute = listener.local_addr().unwrap().port();

    let begun = Instant::now();
    let store = open(&by_way_of(&database, &[mute, cluster.port()]), &rules).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20), "each of seven connections has waited: {:?}", begun.elapsed());
    store.ping().await.unwrap();

    let begun = Instant::now();
    let problem = open(&by_way_of(&database, &[mute, mute]), &rules).await.err().expect("nobody is there");
    assert!(begun.elapsed() < Duration::from_secs(15), "a start has hung: {:?}", begun.elapsed());
    let told = with_causes(&problem);
    let silent = format!("127.0.0.1:{mute}: it does not answer within 3 s");
    assert!(told.contains(&format!("out of reach: {silent}; {silent}")), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reads_follow_to_the_host_that_is_left_when_the_other_one_is_gone_without_a_word() {
    let Some(cluster) = Cluster::shared() else { return };
    let (database, maker) = (cluster.database(), Maker::new(rules()));
    let [first, second] = [Relay::to(cluster.port(), None).await, Relay::to(cluster.port(), None).await];
    let url = by_way_of(&database, &[first.port(), second.port()]);
    let store = open(&url, &maker.rules).await.unwrap();
    store.ping().await.unwrap();

    first.falls_silent();
    // The step that is the first to notice waits, and is told of a failure.
    store.apply(maker.open(&maker.applicant())).await.unwrap_err();
    store.apply(maker.open(&maker.applicant())).await.unwrap().unwrap();
    let begun = Instant::now();
    let reads = join_all((0..8).map(|_| store.dispatches_pending(noon(), 1))).await;
    assert!(reads.iter().all(Result::is_ok), "{reads:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "reads have waited for {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_nobody_can_say_anything_of_holds_the_others_up_for_twelve_seconds_at_most() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let relay = Relay::to(cluster.port(), None).await;
    let maker = Maker::new(rules());
    let store = open(&by_way_of(&database, &[relay.port()]), &maker.rules).await.unwrap();
    let flow = maker.applicant();

    relay.falls_silent_after("insert into writers");
    let begun = Instant::now();
    let answer = store.apply(maker.open(&flow)).await;
    assert!(matches!(&answer, Err(StoreError::Unavailable(why)) if why.contains("cannot be asked")), "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(14), "the writer was held up for {:?}", begun.elapsed());
    relay.speaks();
    store.apply(maker.send(&flow)).await.unwrap().expect("the flow was opened");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_whose_settings_do_not_stay_is_refused_by_their_name() {
    let Some(cluster) = Cluster::shared() else { return };
    let (database, rules) = (cluster.database(), rules());
    for (name, set, heard, found) in [
        ("statement_timeout", "statement_timeout = '7000'", "statement_timeout = '0000'", "0"),
        ("synchronous_commit", "synchronous_commit = 'on'", "synchronous_commit = off ", "off"),
    ] {
        let relay = Relay::to(cluster.port(), Some((set, heard))).await;
        let problem = open(&by_way_of(&database, &[relay.port()]), &rules).await.err().expect(name);
        let told = with_causes(&problem);
        assert!(told.contains(&format!("{name} does not stay as it was set ({found}): a pooler")), "{told}");
    }
    let relay = Relay::to(cluster.port(), None).await;
    open(&by_way_of(&database, &[relay.port()]), &rules).await.unwrap().ping().await.unwrap();
}
