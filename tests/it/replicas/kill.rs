//! Replicas are killed at random instants under load, and others are added; what any of them has answered is true for the rest.

use super::whole;
use crate::attacks::kill::flows::{self, Flow};
use crate::attacks::kill::office::Clerk;
use crate::attacks::kill::tokens::{Holder, total};
use crate::attacks::kill::{Fate, told};
use crate::support::attack::{Luck, dose};
use crate::support::bank::{Bank, Line};
use crate::support::postgres::Cluster;
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

const APPLICANTS: usize = 6;
const HOLDERS: u64 = 3;

/// Customers and staff, each with a book of what they were told.
pub(crate) struct Crowd {
    pub(crate) bank: Arc<Bank>,
    luck: Luck,
    phones: Arc<AtomicU64>,
    pub(crate) holders: Vec<Holder>,
    clerk: Clerk,
    /// Those of the last round, and some of earlier ones: what was true once stays so.
    old: Vec<Flow>,
    pub(crate) flows: usize,
    pub(crate) codes: usize,
}

/// They are at work.
pub(crate) struct Load {
    over: Arc<AtomicBool>,
    applicants: Vec<JoinHandle<Vec<Flow>>>,
    holders: Vec<JoinHandle<Holder>>,
    clerk: JoinHandle<Clerk>,
}

impl Crowd {
    pub(crate) async fn new(bank: Bank, line: &Line, luck: Luck) -> Self {
        line.register().await;
        let holders = join_all((0..HOLDERS).map(|n| Holder::enrol(&bank, line, n, luck.part()))).await;
        let clerk = Clerk::new(luck.part());
        let (phones, old, flows, codes) = Default::default();
        Self { bank: Arc::new(bank), luck, phones, holders, clerk, old, flows, codes }
    }

    /// All begin to work over this line. An applicant whom nobody answers begins with another phone.
    pub(crate) fn work(&mut self, line: &Line) -> Load {
        let over = Arc::<AtomicBool>::default();
        let applicant = |_| {
            let (bank, line, luck) = (self.bank.clone(), line.clone(), self.luck.part());
            let (over, phones) = (over.clone(), self.phones.clone());
            tokio::spawn(async move {
                let mut flows = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let first = phones.fetch_add(200, Ordering::Relaxed);
                    let work = flows::work(&bank, &line, &luck, first, || over.load(Ordering::Relaxed));
                    flows.extend(work.await);
                }
                flows
            })
        };
        let applicants = (0..APPLICANTS).map(applicant).collect();
        let holder = |mut holder: Holder| {
            let (line, over) = (line.clone(), over.clone());
            tokio::spawn(async move {
                holder.work(&line, || over.load(Ordering::Relaxed)).await;
                holder
            })
        };
        let holders = self.holders.drain(..).map(holder).collect();
        let mut clerk = std::mem::replace(&mut self.clerk, Clerk::new(self.luck.part()));
        let (line, stop) = (line.clone(), over.clone());
        let clerk = tokio::spawn(async move {
            clerk.work(&line, || stop.load(Ordering::Relaxed)).await;
            clerk
        });
        Load { over, applicants, holders, clerk }
    }

    /// All end their work.
    pub(crate) async fn end(&mut self, load: Load) {
        load.over.store(true, Ordering::Relaxed);
        let made: Vec<_> = join_all(load.applicants).await.into_iter().flat_map(Result::unwrap).collect();
        self.holders = join_all(load.holders).await.into_iter().map(Result::unwrap).collect();
        self.clerk = load.clerk.await.unwrap();
        self.flows += made.len();
        self.codes += made.iter().filter(|flow| flow.verified == Fate::Yes).count();
        let kept = self.old.len().saturating_sub(20);
        self.old = self.old.drain(kept..).chain(made).collect();
    }

    /// They hold the servers of this line to their books.
    pub(crate) async fn stands(&mut self, line: &Line) {
        join_all(self.old.iter_mut().map(|flow| flow.holds_so_far(&self.bank, line))).await;
        join_all(self.holders.iter_mut().map(|holder| holder.holds(line))).await;
        self.clerk.holds(line).await;
    }

    /// All end their work, and hold the servers of this line to their books.
    pub(crate) async fn hold(&mut self, load: Load, line: &Line) {
        self.end(load).await;
        self.stands(line).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_replica_has_answered_is_true_for_the_others_when_it_is_killed() {
    let Some(database) = Cluster::shared().map(Cluster::database) else { return };
    let (luck, bank) = (Luck::of("killed replicas"), Bank::on_a_server(&database.url()).await);
    let mut processes = bank.replicas(3);
    let line = Line::new(&bank, &processes[0]);
    let mut crowd = Crowd::new(bank, &line, luck.part()).await;
    let rounds = dose(4, 60);
    for round in 0..rounds {
        let load = crowd.work(&Line::over(&crowd.bank, &processes));
        tokio::time::sleep(Duration::from_millis(100 + luck.below(1000))).await;
        let killed = processes.remove(luck.below(3) as usize);
        let log = tokio::task::block_in_place(|| killed.kill());
        assert!(!log.contains("panicked"), "{log}");
        // The next one comes while the others work.
        processes.push(tokio::task::block_in_place(|| crowd.bank.start()));
        tokio::time::sleep(Duration::from_millis(luck.below(300))).await;
        crowd.hold(load, &Line::over(&crowd.bank, &processes)).await;
        if round % 10 == 0 {
            whole(&crowd.bank);
        }
    }
    processes.into_iter().for_each(|process| drop(process.stop()));
    whole(&crowd.bank);
    assert!(crowd.flows > 0 && crowd.codes > 0, "nothing was going on");
    let (flows, codes, tokens) = (crowd.flows, crowd.codes, total(&crowd.holders));
    told(&format!("{rounds} replicas killed: {flows} flows, {codes} codes taken, {tokens} codes of tokens"));
}
