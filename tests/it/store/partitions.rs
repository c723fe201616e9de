//! On a database server, rows are kept by the day they began on, and what is over is dropped by the day.

use super::{do_it, opened_and_sent};
use crate::support::domain::*;
use crate::support::office::{Office, order};
use crate::support::shop::Shop;
use chrono::{DateTime, TimeDelta};
use countersign::domain::customer::CustomerId;
use countersign::domain::desk::ports::EraseDesk;
use countersign::domain::flow::*;
use countersign::domain::limit::Limits;
use countersign::domain::ports::{FlowStore, StoreError};
use countersign::store::Location;
use futures::future::join_all;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// What is over is kept for so long.
const KEPT: TimeDelta = TimeDelta::days(7);

const TABLES: [&str; 2] = ["flows", "outbox"];

/// Whoever looks at the rows, or is in the way.
async fn by_hand(shop: &Shop) -> impl Deref<Target = Client> {
    let Location::Server(address) = shop.location() else { panic!("this test is about a server") };
    address.connect().await.unwrap()
}

async fn texts(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The days of a table that there are, the rest included.
async fn days(client: &Client, table: &str) -> Vec<String> {
    let sql = format!(
        "select substr(relname, length('{table}') + 2)::text from pg_inherits join pg_class on pg_class.oid = inhrelid
         where inhparent = '{table}'::regclass order by 1"
    );
    texts(client, &sql).await
}

/// The days that have rows.
async fn days_of_rows(client: &Client, table: &str) -> Vec<String> {
    let sql =
        format!("select distinct substr(tableoid::regclass::text, length('{table}') + 2) from {table} order by 1");
    texts(client, &sql).await
}

/// A look for what is over, at this moment.
async fn look(store: &Arc<dyn FlowStore>, now: Timestamp) -> Result<usize, StoreError> {
    store.keep_days(now - KEPT, now - KEPT, now).await
}

/// A day of January 2026; the tests begin on the first.
fn midnight(day: i64) -> Timestamp {
    DateTime::from_timestamp(1_767_225_600 + (day - 1) * 86_400, 0).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_stand_in_the_table_of_their_day_and_messages_in_that_of_their_flow() {
    let Some(shop) = Shop::on_a_server() else { return };
    let mut maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    for table in TABLES {
        let there = ["2026_01_01", "2026_01_02", "2026_01_03", "2026_01_04", "rest"];
        assert_eq!(days(&client, table).await, there, "{table}");
    }
    opened_and_sent(&store, &maker, &maker.applicant()).await;
    maker.now = midnight(2) - TimeDelta::minutes(1);
    let flow = maker.applicant();
    do_it(&store, maker.open(&flow)).await.unwrap();
    maker.pass(TimeDelta::minutes(2));
    let dispatch = sent(do_it(&store, maker.send(&flow)).await);
    assert_eq!(days_of_rows(&client, "flows").await, ["2026_01_01"]);
    assert_eq!(days_of_rows(&client, "outbox").await, ["2026_01_01"]);
    do_it(&store, maker.settle(&dispatch, true)).await.unwrap();
    assert!(matches!(
        do_it(&store, maker.verify(&flow, &dispatch, &maker.code(&dispatch))).await,
        Ok(Granted::Verified)
    ));
    let next = opened_and_sent(&store, &maker, &maker.applicant()).await;
    assert!(store.take_dispatch(&next, maker.now, maker.now).await.unwrap());
    assert_eq!(days_of_rows(&client, "flows").await, ["2026_01_01", "2026_01_02"]);
    // A look makes the days to come.
    assert_eq!(look(&store, maker.now).await.unwrap(), 0);
    assert_eq!(days(&client, "flows").await[4..], ["2026_01_05", "rest"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_over_is_dropped_by_the_day_and_no_row_is_deleted() {
    let Some(shop) = Shop::on_a_server() else { return };
    let mut maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    for n in 0..5 {
        let dispatch = opened_and_sent(&store, &maker, &maker.applicant()).await;
        if n < 3 {
            do_it(&store, maker.settle(&dispatch, n == 0)).await.unwrap();
        }
        maker.pass(TimeDelta::minutes(1));
    }
    maker.now = midnight(2);
    let young = maker.applicant();
    opened_and_sent(&store, &maker, &young).await;
    let round = async |now: Timestamp| {
        let dropped = look(&store, now).await.unwrap();
        let deleted = store.purge(now - KEPT, now, 100).await.unwrap();
        (dropped, deleted + store.forget(now - KEPT, DateTime::UNIX_EPOCH, 100).await.unwrap())
    };
    let over = midnight(2) + KEPT;
    assert_eq!(round(over - TimeDelta::milliseconds(1)).await, (0, 0));
    assert_eq!(round(over).await, (2, 1), "a day of each table, and no row but the count of codes to the phone");
    for table in TABLES {
        assert_eq!(days_of_rows(&client, table).await, ["2026_01_02"], "{table}");
    }
    assert_eq!(round(midnight(3) + KEPT).await, (2, 1));
    for table in TABLES {
        assert_eq!(days_of_rows(&client, table).await, [""; 0], "{table}");
    }
    // After a pause, all that is over goes at once, and days are there again from today on.
    maker.now = midnight(100);
    assert!(round(maker.now).await.0 > 10);
    assert_eq!(days(&client, "flows").await, ["2026_04_10", "2026_04_11", "2026_04_12", "2026_04_13", "rest"]);
    opened_and_sent(&store, &maker, &maker.applicant()).await;
    assert_eq!(days_of_rows(&client, "outbox").await, ["2026_04_10"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_are_kept_for_less_go_before_their_flows_but_for_one_without_an_outcome() {
    let Some(shop) = Shop::on_a_server() else { return };
    let mut maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    let first = opened_and_sent(&store, &maker, &maker.applicant()).await;
    do_it(&store, maker.settle(&first, true)).await.unwrap();
    maker.now = midnight(2);
    opened_and_sent(&store, &maker, &maker.applicant()).await;
    let now = midnight(4);
    assert_eq!(store.keep_days(now - KEPT, now - TimeDelta::days(1), now).await.unwrap(), 1);
    assert_eq!(days_of_rows(&client, "outbox").await, ["2026_01_02"]);
    assert_eq!(days_of_rows(&client, "flows").await, ["2026_01_01", "2026_01_02"]);
    let now = midnight(10);
    assert_eq!(
        store.keep_days(now - KEPT, now - TimeDelta::days(1), now).await.unwrap(),
        3 + 5,
        "days without a message, too"
    );
    assert_eq!(days_of_rows(&client, "flows").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_wanted_keeps_its_day() {
    let Some(shop) = Shop::on_a_server() else { return };
    let maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    let [long, short] = [maker.applicant(), maker.applicant()];
    opened_and_sent(&store, &maker, &long).await;
    let settled = opened_and_sent(&store, &maker, &short).await;
    do_it(&store, maker.settle(&settled, true)).await.unwrap();
    let ends = midnight(5).timestamp_millis();
    let sql = format!("update flows set expires_at_ms = {ends} where id = '\\x{}'", long.id);
    client.batch_execute(&sql).await.unwrap();
    // Its message has no outcome, and stays with it.
    assert_eq!(look(&store, midnight(12)).await.unwrap(), 3 * 2, "days without a row");
    assert_eq!(days_of_rows(&client, "flows").await, ["2026_01_01"]);
    assert_eq!(days_of_rows(&client, "outbox").await, ["2026_01_01"]);
    assert_eq!(store.purge(midnight(5), midnight(12), 100).await.unwrap(), 1, "the count of codes to the phone");
    assert_eq!(look(&store, midnight(12) + TimeDelta::milliseconds(1)).await.unwrap(), 2);
    assert_eq!(days_of_rows(&client, "flows").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_day_that_somebody_reads_is_dropped_later_and_nobody_waits_for_that() {
    let Some(shop) = Shop::on_a_server() else { return };
    let mut maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    opened_and_sent(&store, &maker, &maker.applicant()).await;
    maker.now = midnight(2) + KEPT;
    // The days of today have been made: what is left to do is to drop.
    assert_eq!(store.keep_days(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH, maker.now).await.unwrap(), 0);
    client.batch_execute("begin; lock table flows, outbox in access share mode").await.unwrap();
    let looking = tokio::spawn({
        let (store, now) = (store.clone(), maker.now);
        async move { look(&store, now).await }
    });
    let (mut longest, mut flows) = (Duration::ZERO, 0);
    while !looking.is_finished() || flows < 10 {
        let begun = Instant::now();
        do_it(&store, maker.open(&maker.applicant())).await.unwrap();
        longest = longest.max(begun.elapsed());
        flows += 1;
    }
    let told = looking.await.unwrap().unwrap_err();
    assert!(matches!(&told, StoreError::Unavailable(why) if why.contains("pg_dump")), "{told}");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    assert_eq!(days(&client, "flows").await[0], "2026_01_01");
    client.batch_execute("commit").await.unwrap();
    assert_eq!(look(&store, maker.now).await.unwrap(), 2);
    assert!(days(&client, "flows").await[0].as_str() > "2026_01_01");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_servers_that_look_at_once_one_does_it() {
    let Some(shop) = Shop::on_a_server() else { return };
    let maker = Maker::new(rules());
    let stores: Vec<Arc<dyn FlowStore>> = std::thread::scope(|scope| {
        let open = || Arc::new(shop.open_for(&maker)) as Arc<dyn FlowStore>;
        let opening: Vec<_> = (0..3).map(|_| scope.spawn(open)).collect();
        opening.into_iter().map(|opening| opening.join().unwrap()).collect()
    });
    let client = by_hand(&shop).await;
    opened_and_sent(&stores[0], &maker, &maker.applicant()).await;
    for (now, expected) in [(midnight(3), 0), (midnight(9), 2), (midnight(40), 2 * 5 + 2 * 4)] {
        let looks = stores.iter().chain(&stores).map(|store| {
            let store = store.clone();
            tokio::spawn(async move { look(&store, now).await.unwrap() })
        });
        let dropped: usize = join_all(looks).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(dropped, expected, "{now}");
    }
    assert_eq!(days(&client, "outbox").await, days(&client, "flows").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_clock_writes_that_leaps_is_in_the_rest_and_goes_row_by_row() {
    let Some(shop) = Shop::on_a_server() else { return };
    let mut maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    for now in [midnight(400), midnight(-400)] {
        maker.now = now;
        let (flow, other) = (maker.applicant(), maker.applicant());
        let dispatch = opened_and_sent(&store, &maker, &flow).await;
        opened_and_sent(&store, &maker, &other).await;
        for table in TABLES {
            assert_eq!(days_of_rows(&client, table).await, ["rest"], "{table}");
        }
        let verify = maker.verify(&flow, &dispatch, &maker.code(&dispatch));
        assert!(matches!(do_it(&store, verify).await, Ok(Granted::Verified)));
        // A day that the rest has rows of is not made, and those that come are in the rest as well.
        let there = days(&client, "flows").await;
        assert_eq!(store.keep_days(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH, now).await.unwrap(), 0);
        let made = days(&client, "flows").await.len() - there.len();
        assert_eq!(made, 3, "those that come");
        opened_and_sent(&store, &maker, &maker.applicant()).await;
        assert_eq!(days_of_rows(&client, "flows").await, ["rest"]);
        maker.pass(KEPT + TimeDelta::days(1));
        let mut deleted = 0;
        loop {
            match store.purge(maker.now - KEPT, maker.now, 3).await.unwrap() {
                0 => break,
                rows => deleted += rows,
            }
        }
        assert_eq!(deleted, 3 + 3 + 1, "flows, messages, and the count of their phone");
    }
}

/// A server whose clock is ahead drops the messages' day; a code that is sent after that is in the rest, its flow is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_flow_has_gone_with_its_day_goes_too() {
    let Some(shop) = Shop::on_a_server() else { return };
    let mut maker = Maker::new(rules());
    let mut store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let client = by_hand(&shop).await;
    let (first, second) = (maker.applicant(), maker.applicant());
    for flow in [&first, &second] {
        do_it(&store, maker.open(flow)).await.unwrap();
    }
    assert_eq!(store.keep_days(DateTime::UNIX_EPOCH, midnight(3), midnight(3)).await.unwrap(), 2, "messages only");
    for flow in [&first, &second] {
        sent(do_it(&store, maker.send(flow)).await);
    }
    assert_eq!(days_of_rows(&client, "flows").await, ["2026_01_01"]);
    assert_eq!(days_of_rows(&client, "outbox").await, ["rest"]);
    maker.now = midnight(2) + KEPT;
    // While the flow is there, so is the message.
    assert_eq!(store.purge(maker.now - KEPT, maker.now, 1).await.unwrap(), 1, "the count of codes to the phone");
    assert_eq!(store.purge(maker.now - KEPT, maker.now, 10).await.unwrap(), 0);
    assert_eq!(look(&store, maker.now).await.unwrap(), 1, "the flows");
    assert_eq!(pending(&*store, maker.now, 10).await.len(), 2);
    // One goes with what is purged, the other one is ended by a start.
    assert_eq!(store.purge(maker.now - KEPT, maker.now, 1).await.unwrap(), 1);
    assert_eq!(pending(&*store, maker.now, 10).await.len(), 1);
    drop(store);
    store = Arc::new(shop.open_for(&maker));
    assert_eq!(pending(&*store, maker.now, 10).await, []);
    assert_eq!(store.forget(maker.now - KEPT, DateTime::UNIX_EPOCH, 10).await.unwrap(), 1);
    assert_eq!(days_of_rows(&client, "outbox").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_messages_of_an_erased_customer_go_with_the_flows() {
    let Some(office) = Office::on_a_server() else { return };
    let client = by_hand(&office.shop).await;
    let id = CustomerId::parse("C1").unwrap();
    let one = customer("C1", &[PHONE], &[]);
    office.desk.customer_put(office.order(), None, one).await.unwrap();
    for holder in [holder("C1"), None] {
        let flow = office.maker.flow(holder, &[phone(PHONE)]);
        office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
        sent(office.store.apply(office.maker.send(&flow)).await.unwrap());
    }
    let erased = office.store.erase_customer(order(noon()), id, Limits::none()).await.unwrap();
    assert_eq!(erased.flows, 1);
    let left = "select count(*)::text from outbox join flows on flows.id = outbox.flow_id
                union all select count(*)::text from outbox";
    assert_eq!(texts(&client, left).await, ["1", "1"]);
}
