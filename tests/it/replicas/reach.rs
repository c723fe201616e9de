//! The way to the database server: hosts that say nothing, and what is in between.

use crate::support::domain::*;
use crate::support::postgres::{Cluster, Database};
use crate::support::relay::Relay;
use crate::support::rows::Rows;
use countersign::domain::flow::{Command, Granted, Rules};
use countersign::domain::ports::{FlowStore, StoreError, with_causes};
use countersign::store::{Address, OpenError, Options, Store};
use futures::future::join_all;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_rustls::rustls::RootCertStore;

/// Flows that nobody asks for.
const FLOWS: i64 = 20_000;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_round_trips_of_steps_that_wait_together_are_those_of_a_few() {
    let Some(cluster) = Cluster::shared() else { return };
    let (database, maker) = (cluster.database(), Maker::new(rules()));
    let relay = Relay::to(cluster.port(), None).await;
    let store = open(&by_way_of(&database, &[relay.port()]), &maker.rules).await.unwrap();
    let rows = Rows::at(&database.location());
    // They wait for the turn, and then share a transaction, or two.
    let together = async |commands: Vec<Command>| {
        rows.hold();
        let mut steps = Box::pin(join_all(commands.into_iter().map(|command| store.apply(command))));
        assert!(futures::poll!(&mut steps).is_pending());
        let before = relay.round_trips();
        rows.release();
        let done: Vec<_> = steps.await.into_iter().map(Result::unwrap).collect();
        (done, relay.round_trips() - before)
    };
    let mut taken = Vec::new();
    for _ in 0..3 {
        let flows: Vec<_> = (0..40).map(|n| maker.flow(None, &[phone(&format!("+5255123{n:05}"))])).collect();
        let (_, opening) = together(flows.iter().map(|flow| maker.open(flow)).collect()).await;
        let (done, sending) = together(flows.iter().map(|flow| maker.send(flow)).collect()).await;
        let sends: Vec<_> = done.into_iter().map(sent).collect();
        let verify = |(flow, send)| maker.verify(flow, send, &maker.code(send));
        let (done, verifying) = together(flows.iter().zip(&sends).map(verify).collect()).await;
        assert!(done.iter().all(|done| matches!(done, Ok(Granted::Verified))), "{done:?}");
        taken.push([opening, sending, verifying]);
        if taken.len() == 1 {
            fill_flows(&rows, FLOWS);
        }
    }
    // At first, statements are prepared.
    assert!(taken[2].iter().all(|count| *count <= 24), "{taken:?}");
    // The tables were empty when the statements were planned. Rows are found by their key all the same: what a connection has read
    // is counted once it ends.
    drop(store);
    let others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                  and backend_type = 'client backend'";
    let begun = Instant::now();
    while rows.value::<i64>(others, &[]) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "connections stay");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let read = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables
                where relname like 'flows_%' or relname like 'outbox_%'";
    let read: i64 = rows.value(read, &[]);
    assert!((1..FLOWS).contains(&read), "{read} rows were looked at");
}

/// So many more, of no day.
fn fill_flows(rows: &Rows, count: i64) {
    let columns = rows.columns("flows");
    let values: Vec<_> = columns
        .iter()
        .map(|name| match name.as_str() {
            "id" => "decode(md5(n::text), 'hex')",
            "key_digest" => "sha256(n::text::bytea)",
            name => name,
        })
        .collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    rows.run(&format!(
        "insert into flows ({columns})
         select {values} from (select * from flows limit 1) as one cross join generate_series(1, {count}) as n"
    ));
}
