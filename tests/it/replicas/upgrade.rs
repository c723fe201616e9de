//! A newer release changes the tables while servers of this one are at work.

use super::kill::Crowd;
use super::{sent, verified, whole};
use crate::support::attack::Luck;
use crate::support::bank::{Bank, Line, Outage, Process, REQUEST};
use crate::support::postgres::{Cluster, Database};
use countersign::store::{Migrated, migrate};
use http::Method;
use serde_json::json;
use std::time::{Duration, Instant};

/// What a newer release does to the database: its migration, in a turn of its own, and what it writes about it.
fn upgrade(cluster: &Cluster, database: &Database<'_>, migration: &str, breaking: bool) {
    let oldest = if breaking { "update store_turn set oldest = (select version from store_version)" } else { "" };
    let sql = format!(
        "select id from store_turn for update; set local lock_timeout = '1s'; {migration};
         update store_version set version = version + 1; {oldest}"
    );
    tokio::task::block_in_place(|| cluster.psql(database.name(), &sql));
}

pub(super) async fn readyz(bank: &Bank, process: &Process) -> u16 {
    bank.http.get(format!("{}/readyz", process.api)).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_go_on_when_a_newer_release_adds_to_the_tables_and_can_be_started_again() {
    let Some(cluster) = Cluster::shared() else { return };
    let (luck, database) = (Luck::of("rolling upgrade"), cluster.database());
    let bank = Bank::on_a_server(&database.url()).await;
    let mut processes = bank.replicas(2);
    let line = Line::over(&bank, &processes);
    let mut crowd = Crowd::new(bank, &line, luck.part()).await;
    let outage = Outage::default();

    let load = crowd.work(&line.clone().noting(&outage));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let additive = "alter table flows add column newer text; alter table tokens add column newer bigint;
                    create table newer (id bytea primary key)";
    upgrade(cluster, &database, additive, false);
    tokio::time::sleep(Duration::from_millis(500)).await;
    crowd.hold(load, &line).await;

    // One is started anew while the other serves.
    let load = crowd.work(&Line::new(&crowd.bank, &processes[1]).noting(&outage));
    processes.remove(0).stop();
    processes.push(tokio::task::block_in_place(|| crowd.bank.start()));
    let line = Line::over(&crowd.bank, &processes);
    crowd.hold(load, &line).await;
    let before = crowd.flows;
    let load = crowd.work(&line.clone().noting(&outage));
    tokio::time::sleep(Duration::from_millis(500)).await;
    crowd.hold(load, &line).await;

    assert!(outage.lock().unwrap().is_empty(), "{:?}", outage.lock().unwrap());
    assert!(crowd.flows > before && crowd.codes > 0, "nothing was going on");
    for process in &processes {
        assert_eq!(readyz(&crowd.bank, process).await, 200);
    }
    whole(&crowd.bank);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_stop_by_name_when_a_newer_release_has_the_tables_for_itself() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let bank = Bank::on_a_server(&database.url()).await;
    let processes = bank.replicas(2);
    let line = Line::over(&bank, &processes);
    let flow = sent(&bank, &line, "+34655000000").await;
    upgrade(cluster, &database, "alter table flows rename column state to stands", true);

    for process in &processes {
        let line = Line::new(&bank, process);
        for _ in 0..2 {
            let (status, answer) = line.dbx(REQUEST, &json!({ "Phone": "+34655000001" })).await.unwrap();
            assert_eq!(status, 503, "{answer}");
        }
        let key = json!({ "serviceKey": flow.service_key });
        let (status, answer) = line.office(Method::POST, "/flows/view", &[], Some(&key)).await.unwrap();
        assert_eq!(status, 503, "what it would read may mean something else: {answer}");
        assert_eq!(readyz(&bank, process).await, 503);
        process.says("a newer release has changed the database: upgrade this server").await;
    }
    for command in ["serve", "migrate"] {
        let ended = tokio::task::block_in_place(|| bank.run(&[command]));
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success() && told.contains("run the newer release"), "{told}");
    }

    // As when a back-up is restored.
    let back = "update store_version set version = version - 1;
                update store_turn set oldest = (select version from store_version);
                alter table flows rename column stands to state";
    tokio::task::block_in_place(|| cluster.psql(database.name(), back));
    for process in &processes {
        assert_eq!(readyz(&bank, process).await, 200);
    }
    assert_eq!(verified(&[flow.verify(&line, &flow.code).await]), 1);
}

/// A back-up and the like: it is in the way of the migration, and the migration must not be in everybody's.
#[test]
fn a_migration_leaves_off_while_something_reads_for_long_what_it_changes() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let Migrated { to, .. } = migrate(database.location()).unwrap();
    // As before the last migration.
    let back = "drop table prefixes; drop table prefix_rulings; update store_version set version = version - 1;
                update store_turn set oldest = oldest - 1";
    cluster.psql(database.name(), back);
    let reading = "lock table store_version in share mode; select pg_sleep(9)";
    let is_reading = "select count(*) from pg_locks where mode = 'ShareLock' and relation = 'store_version'::regclass";
    std::thread::scope(|scope| {
        scope.spawn(|| cluster.psql(database.name(), reading));
        while cluster.psql(database.name(), is_reading) == "0" {
            std::thread::sleep(Duration::from_millis(5));
        }
        let migrating = scope.spawn(|| migrate(database.location()));
        let (mut turns, mut longest) = (0, Duration::ZERO);
        while !migrating.is_finished() {
            let begun = Instant::now();
            cluster.psql(database.name(), "select id from store_turn for update");
            (turns, longest) = (turns + 1, longest.max(begun.elapsed()));
        }
        assert_eq!(migrating.join().unwrap().unwrap(), Migrated { from: to - 1, to });
        assert!(turns > 5 && longest < Duration::from_secs(6), "{turns} turns, one after {longest:?}");
    });
}
