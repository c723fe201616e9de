//! The database server ends connections again and again while steps run, also amid their commits.
//!
//! What was answered has happened, and what was answered with an error has not, unless the error says that nobody knows.

use crate::attacks::kill::told;
use crate::support::attack::dose;
use crate::support::domain::*;
use crate::support::postgres::{Cluster, Stop};
use countersign::domain::flow::{Command, Decision, Granted, Refusal, Rules};
use countersign::domain::ports::{FlowStore, Random, StoreError};
use countersign::store::{AuditProofs, Location, Options, Store, check_audit};
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many go through flows at once, over two stores.
const WORKERS: u64 = 8;

fn open(location: &Location, rules: &Rules, seed: u64) -> Store {
    let random: Arc<Seeded> = Seeded::new(seed);
    Store::open(&Options::new(location.clone()), &rules.keys, random, noon()).unwrap()
}

/// A server, and a standby that its commits wait for. One that ends while it waits has committed, and says nothing.
fn with_a_standby() -> Option<(Cluster, Cluster)> {
    let primary = Cluster::start(&[])?;
    let standby = primary.standby();
    primary.psql("postgres", "alter system set synchronous_standby_names = '*'");
    primary.psql("postgres", "select pg_reload_conf()");
    Some((primary, standby))
}

/// Ends one connection after the other, most of them amid a commit. Says how many of them, and how many there were.
fn cutting(times: usize) -> String {
    format!(
        "create temp table cut (amid boolean);
         do $$ begin
             for n in 1..{times} loop
                 perform pg_stat_clear_snapshot();
                 insert into cut select amid from (
                     select amid, pg_terminate_backend(pid) as done
                     from (select pid, wait_event is not distinct from 'SyncRep' as amid
                           from pg_stat_activity
                           where application_name = 'countersign' and datname = current_database()) as all_of_them
                     where amid or n % 8 = 0
                     order by random() limit 1) as one
                 where done;
                 perform pg_sleep(0.005 + 0.02 * random());
             end loop;
         end $$;
         select count(*) filter (where amid) || ' of ' || count(*) from cut"
    )
}

/// What became of the steps of a worker.
#[derive(Debug, Default)]
struct Seen {
    accepted: usize,
    /// Not done, as the error said.
    undone: usize,
    /// Done or not: the error did not say. How many of each.
    in_doubt: [usize; 2],
}

/// Whether an error leaves open how it went.
fn is_doubt(problem: &StoreError) -> bool {
    problem.to_string().contains("cannot be asked")
}

/// Asks until there is an answer; the errors before it are handed out, too.
async fn insist(store: &Store, command: &Command) -> (Decision, Vec<StoreError>) {
    let mut errors = Vec::new();
    loop {
        match store.apply(command.clone()).await {
            Ok(decision) => return (decision, errors),
            Err(problem @ StoreError::Unavailable(_)) => errors.push(problem),
            Err(problem) => panic!("{problem:?}"),
        }
    }
}

impl Seen {
    /// One flow: wrong codes, the right one, and the right one again.
    async fn go_through(&mut self, store: &Store, maker: &Maker) {
        let flow = maker.applicant();
        // A flow or a send that nobody has answered for is left alone.
        let Ok(opened) = store.apply(maker.open(&flow)).await else { return };
        opened.unwrap();
        let Ok(decision) = store.apply(maker.send(&flow)).await else { return };
        let dispatch = sent(decision);

        let (decision, errors) = insist(store, &maker.verify(&flow, &dispatch, &maker.wrong_code(&dispatch))).await;
        let counted = match refusal(decision) {
            Refusal::WrongCode(attempts) => usize::from(attempts.failed),
            Refusal::Locked(_) => 3,
            other => panic!("{other:?}"),
        };
        let doubts = errors.iter().filter(|problem| is_doubt(problem)).count();
        assert!((1..=1 + doubts).contains(&counted), "{counted} wrong codes counted: {errors:?}");
        self.note(errors.len() - doubts, doubts, counted - 1);
        if counted == 3 {
            return;
        }

        let right = maker.verify(&flow, &dispatch, &maker.code(&dispatch));
        let (decision, errors) = insist(store, &right).await;
        let doubts = errors.iter().filter(|problem| is_doubt(problem)).count();
        let before = match decision {
            Ok(Granted::Verified) => 0,
            Err(Refusal::UnknownKey) if doubts > 0 => 1,
            other => panic!("{other:?} after {errors:?}"),
        };
        self.note(errors.len() - doubts, doubts, before);
        self.accepted += 1;
        let (again, _) = insist(store, &right).await;
        assert!(matches!(again, Err(Refusal::UnknownKey)), "a code was taken twice: {again:?}");
    }

    fn note(&mut self, undone: usize, doubts: usize, done: usize) {
        self.undone += undone;
        self.in_doubt[0] += done;
        self.in_doubt[1] += doubts - done;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn steps_are_as_they_were_answered_however_often_connections_are_cut_amid_their_commits() {
    let Some((cluster, _standby)) = with_a_standby() else { return };
    let database = cluster.database();
    let (location, rules) = (database.location(), rules_with(&["k1"], |policy| policy.daily_codes_max = u32::MAX));
    let stores = [1, 2].map(|seed| Arc::new(open(&location, &rules, seed)));
    let over = Arc::<AtomicBool>::default();
    let workers = (0..WORKERS).map(|n| {
        let (store, over) = (stores[n as usize % 2].clone(), over.clone());
        let maker = Maker { random: Seeded::new(100 + n), ..Maker::new(rules.clone()) };
        tokio::spawn(async move {
            let mut seen = Seen::default();
            while !over.load(Ordering::Relaxed) {
                seen.go_through(&store, &maker).await;
            }
            seen
        })
    });
    let workers: Vec<_> = workers.collect();
    let cut = tokio::task::block_in_place(|| cluster.psql(database.name(), &cutting(dose(400, 6000))));
    over.store(true, Ordering::Relaxed);
    let seen: Vec<_> = join_all(workers).await.into_iter().map(Result::unwrap).collect();
    let sum = |count: fn(&Seen) -> usize| seen.iter().map(count).sum::<usize>();
    let (accepted, undone) = (sum(|seen| seen.accepted), sum(|seen| seen.undone));
    let doubts = [sum(|seen| seen.in_doubt[0]), sum(|seen| seen.in_doubt[1])];
    told(&format!(
        "connections cut amid a commit: {cut}; {accepted} codes accepted, {undone} steps undone, in doubt: {} done, {} not",
        doubts[0], doubts[1]
    ));
    assert!(accepted > 0 && !cut.starts_with("0 "), "nothing was going on");
    let verified = "select count(*) from flows where state = 'verified'";
    assert_eq!(cluster.psql(database.name(), verified), accepted.to_string());
    drop(stores);
    let random: Arc<dyn Random> = Seeded::new(3);
    let checked = check_audit(location, Some(&rules.keys), random, &AuditProofs::default(), &mut |_| ()).unwrap();
    assert!(checked.sealed && checked.found.is_ok(), "{:?}", checked.found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_that_ended_while_nobody_used_them_cost_no_answer() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity
               where application_name = 'countersign' and datname = current_database()";
    let rules = rules();
    let (store, maker) = (open(&database.location(), &rules, 1), Maker::new(rules.clone()));
    for _ in 0..3 {
        assert_eq!(cluster.psql(database.name(), end), "5", "a writer and four readers");
        store.apply(maker.open(&maker.applicant())).await.unwrap().unwrap();
        let reads = join_all((0..8).map(|_| store.dispatches_pending(noon(), 1))).await;
        assert!(reads.iter().all(Result::is_ok), "{reads:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_the_standby_does_not_have_is_not_answered_for() {
    not_answered_for("pg_terminate_backend").await;
}

/// PostgreSQL says that it is done, and warns.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_whose_wait_for_the_standby_somebody_ends_is_not_answered_for() {
    not_answered_for("pg_cancel_backend").await;
}

/// A commit waits for a standby that is gone, and an administrator ends that.
async fn not_answered_for(ending: &str) {
    let Some((primary, standby)) = with_a_standby() else { return };
    let database = primary.database();
    let (rules, location) = (rules(), database.location());
    let (store, maker) = (open(&location, &rules, 1), Maker::new(rules.clone()));
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    let dispatch = sent(store.apply(maker.send(&flow)).await.unwrap());
    let right = maker.verify(&flow, &dispatch, &maker.code(&dispatch));

    standby.stop(&Stop::Fast);
    let end_it = async {
        // The transaction is committed here, and waits for the standby.
        let end = format!("select count({ending}(pid)) from pg_stat_activity where wait_event = 'SyncRep'");
        while tokio::task::block_in_place(|| primary.psql(database.name(), &end)) == "0" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let (answer, ()) = tokio::join!(store.apply(right.clone()), end_it);
    standby.restart();
    assert!(matches!(&answer, Err(problem) if is_doubt(problem)), "{answer:?}");
    let (decision, _) = insist(&store, &right).await;
    assert!(matches!(decision, Err(Refusal::UnknownKey)), "{decision:?}");
}
