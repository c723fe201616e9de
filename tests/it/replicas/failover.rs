//! The database server is killed under load, and its standby takes over.
//!
//! Commits wait for the standby, so that what was answered is there.

use super::kill::Crowd;
use super::whole;
use crate::attacks::kill::tokens::total;
use crate::attacks::kill::told;
use crate::support::attack::{Luck, dose};
use crate::support::bank::{Bank, Line, Outage, REQUEST};
use crate::support::postgres::Cluster;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// From the promotion on, nobody is turned away for longer.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// One call after the other, and when each was answered well.
async fn probe(line: Line, over: Arc<AtomicBool>) -> Vec<Instant> {
    let mut served = Vec::new();
    for n in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        if let Some((200, _)) = line.dbx(REQUEST, &json!({ "Phone": format!("+34700{n:06}") })).await {
            served.push(Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    served
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_answered_is_true_when_the_database_server_is_killed_and_its_standby_takes_over() {
    let Some(primary) = Cluster::start(&[]) else { return };
    let (luck, database) = (Luck::of("failover"), primary.database());
    let standby = primary.standby();
    primary.psql(database.name(), "alter system set synchronous_standby_names = '*'");
    primary.psql(database.name(), "select pg_reload_conf()");
    let second = format!(",127.0.0.1:{}/", standby.port());
    let (hosts, name) =
        database.url().rsplit_once('/').map(|(hosts, name)| (hosts.to_owned(), name.to_owned())).unwrap();
    let bank = Bank::on_a_server(&format!("{hosts}{second}{name}")).await;
    let processes = bank.replicas(2);
    let line = Line::over(&bank, &processes);
    let mut crowd = Crowd::new(bank, &line, luck.part()).await;

    let outage = Outage::default();
    let load = crowd.work(&line.clone().noting(&outage));
    let over = Arc::<AtomicBool>::default();
    let probes =
        [0, 1].map(|n| tokio::spawn(probe(Line::new(&crowd.bank, &processes[n]).noting(&outage), over.clone())));
    tokio::time::sleep(Duration::from_millis(500 + luck.below(1000))).await;
    let killed = Instant::now();
    tokio::task::block_in_place(|| primary.kill());
    // In the full form for longer than a server asks how a commit went.
    tokio::time::sleep(Duration::from_secs(dose(0, 12) as u64)).await;
    tokio::task::block_in_place(|| standby.promote());
    let promoted = Instant::now();
    tokio::time::sleep(BACK_WITHIN).await;
    over.store(true, Ordering::Relaxed);
    crowd.hold(load, &line).await;

    let failed = std::mem::take(&mut *outage.lock().unwrap());
    for (at, status, answer) in &failed {
        assert!(*status == 503 || (*status, &answer["code"]) == (500, &json!("serverUnavailable")), "{answer}");
        assert!(*at >= killed, "turned away before the kill: {answer}");
        assert!(
            at.duration_since(promoted) < BACK_WITHIN / 2,
            "turned away {:?} after: {answer}",
            at.duration_since(promoted)
        );
    }
    let last = failed.iter().map(|(at, ..)| at.duration_since(killed)).max().unwrap_or_default();
    let mut windows = Vec::new();
    for probe in probes {
        let served = probe.await.unwrap();
        let gap = served.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(served.iter().any(|at| *at > promoted), "it has not come back");
        windows.push(gap);
    }
    told(&format!(
        "failover: promoted {:?} after the kill; {} calls were answered 5xx, the last {last:?} after the kill; without any good \
         answer: {windows:?}; {} flows, {} codes taken, {} codes of tokens",
        promoted - killed,
        failed.len(),
        crowd.flows,
        crowd.codes,
        total(&crowd.holders),
    ));
    assert!(crowd.flows > 0 && crowd.codes > 0, "nothing was going on");

    let before = crowd.flows;
    let load = crowd.work(&line);
    tokio::time::sleep(Duration::from_millis(500)).await;
    crowd.hold(load, &line).await;
    assert!(crowd.flows > before, "it serves as before");
    whole(&crowd.bank);
}
