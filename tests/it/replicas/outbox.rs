//! Sends that a killed server has left behind are carried out by another one, and by one of them only.

use crate::sends::{House, Lost, ask};
use crate::support::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::ports::Clock;
use countersign::domain::service::Recovered;
use futures::future::join_all;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// As long as a send is the affair of the server that has recorded or taken it.
const LEASE: TimeDelta = TimeDelta::minutes(2);
const SENDS: usize = 120;

async fn recover(house: &House) -> usize {
    let Recovered { count, unreadable } = house.service.recover(house.clock.now() - LEASE, SENDS).await.unwrap();
    assert!(unreadable.is_empty(), "{unreadable:?}");
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_killed_server_was_to_send_is_sent_once_by_those_that_look_at_once() {
    let Some(shop) = Shop::on_a_server() else { return };
    let killed = House::new(&shop);
    let lost = killed.with_runner(Arc::new(Lost));
    let phones: Vec<_> = (0..SENDS).map(|n| format!("+1202555{n:04}")).collect();
    join_all(phones.iter().map(|phone| ask(&lost, phone))).await;
    let houses = [killed.beside(&shop), killed.beside(&shop), killed.beside(&shop)];
    killed.post.open.add_permits(2 * SENDS);

    assert_eq!(join_all(houses.iter().map(recover)).await, [0; 3], "whoever recorded them may be sending them");
    killed.pass(LEASE);
    let taken = join_all(houses.iter().map(recover)).await;
    assert_eq!(taken.iter().sum::<usize>(), SENDS, "{taken:?}");
    for house in &houses {
        assert_eq!(house.sends.drain(Duration::MAX).await, 0);
    }
    killed.pass(LEASE);
    assert_eq!(join_all(houses.iter().map(recover)).await, [0; 3], "they have their outcome");
    let ids = killed.post.ids.lock().unwrap();
    let different: HashSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), different.len()), (SENDS, SENDS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_send_whose_taker_is_killed_as_well_is_taken_by_the_next_one_after_its_time() {
    let Some(shop) = Shop::on_a_server() else { return };
    let first = House::new(&shop);
    let (second, third) = (first.beside(&shop), first.beside(&shop));
    first.post.open.add_permits(1);
    ask(&first.with_runner(Arc::new(Lost)), "+12025550000").await;
    first.pass(LEASE);
    let killed = second.with_runner(Arc::new(Lost));
    assert_eq!(killed.recover(second.clock.now() - LEASE, SENDS).await.unwrap().count, 1);
    assert_eq!(recover(&third).await, 0, "it was taken a moment ago");
    first.pass(LEASE - TimeDelta::milliseconds(1));
    assert_eq!(recover(&third).await, 0);
    first.pass(TimeDelta::milliseconds(1));
    assert_eq!(recover(&third).await, 1);
    assert_eq!(third.sends.drain(Duration::MAX).await, 0);
    // Its code has ended by then: nothing goes out, and nothing is owed any more.
    assert_eq!(first.post.ids.lock().unwrap().len(), 0);
    first.pass(LEASE);
    assert_eq!(recover(&third).await, 0);
}
