//! Imports of tokens: all of one or nothing, whatever happens in between.

use crate::support::bne::*;
use crate::support::domain::Seeded;
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::desk::Failure;
use countersign::domain::desk::ports::{ImportDesk, TokenDesk};
use countersign::domain::import::{self, Added, Candidate, Fault, FileName, Import, ImportId, Problem, State};
use countersign::domain::operator::Order;
use countersign::domain::ports::{FlowStore, TokenStore};
use countersign::domain::token::{Action, Filter, Make, Serial, Token, TokenId};
use countersign::store::{Options, Store};
use futures::future::join_all;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

fn candidates(tokens: &[Token]) -> Vec<Candidate> {
    tokens
        .iter()
        .map(|token| Candidate { serial: token.serial.as_str().to_owned(), token: Ok(token.clone()) })
        .collect()
}

fn problem(entry: u64, token: &Token, what: Fault) -> Problem {
    Problem { entry, serial: token.serial.as_str().to_owned(), what }
}

impl Office {
    fn tokens(&self, count: usize) -> Vec<Token> {
        (0..count).map(|_| self.clerk.token(hotp_device())).collect()
    }

    async fn import(&self, key: &str) -> ImportId {
        let opened = self.desk.import_open(self.order(), call(key, ""), None, None).await.unwrap();
        opened.made.id
    }

    async fn batch(&self, id: ImportId, first: u64, tokens: &[Token]) -> Result<Added, Failure> {
        self.desk.import_add(self.order(), id, first, candidates(tokens)).await
    }

    async fn there(&self) -> usize {
        self.desk.token_list(Filter::default(), first(200)).await.unwrap().items.len()
    }

    async fn seen(&self, id: ImportId) -> Import {
        self.desk.import_view(id).await.unwrap()
    }

    /// Does the recurring work to its end; returns how many rows each round took.
    async fn purged(&self, limit: usize) -> Vec<usize> {
        let mut rounds = Vec::new();
        loop {
            match self.store.purge(self.clerk.now, self.clerk.now, limit).await.unwrap() {
                0 => return rounds,
                rows => rounds.push(rows),
            }
        }
    }
}

#[tokio::test]
async fn the_tokens_of_an_import_appear_all_at_once_and_are_in_nobodys_sight_before() {
    let office = Office::new();
    let tokens = office.tokens(5);
    let name = FileName::parse("tokens 2026.csv").unwrap();
    let opened =
        office.desk.import_open(office.order(), call("k", "r"), Some(name.clone()), Some(5)).await.unwrap().made;
    assert_eq!(
        (&opened.state, opened.entries, opened.expires_at),
        (&State::Open, 0, office.clerk.now + import::IDLE_MAX)
    );
    let added = office.batch(opened.id, 0, &tokens[..3]).await.unwrap();
    assert_eq!((added.added, added.unchanged, added.problems.len(), added.import.entries), (3, 0, 0, 3));
    office.batch(opened.id, 3, &tokens[3..]).await.unwrap();
    for token in &tokens {
        assert!(matches!(office.desk.token_view(token.id).await, Err(Failure::NotFound)));
        let assign = office.desk.token_change(office.order(), token.id, None, Action::Assign(hugo())).await;
        assert!(matches!(assign, Err(Failure::NotFound)));
        let of_serial = Filter { serial: Some(token.serial.clone()), ..Filter::default() };
        assert!(office.desk.token_list(of_serial, first(1)).await.unwrap().items.is_empty());
        let taken = Token { id: TokenId::random(&*office.clerk.random), ..token.clone() };
        let enrol = office.desk.token_enrol(office.order(), call("e", token.serial.as_str()), taken, None, None).await;
        assert!(matches!(enrol, Err(Failure::Conflict(_))));
    }
    assert_eq!(office.there().await, 0);
    let committed = office.desk.import_commit(office.order(), opened.id).await.unwrap();
    assert_eq!(committed.state, State::Committed(office.order().stamp()));
    assert_eq!(office.seen(opened.id).await, committed);
    assert_eq!(office.there().await, 5);
    for token in &tokens {
        assert_eq!(office.desk.token_view(token.id).await.unwrap().seed.expose(), token.seed.expose());
    }
    office.desk.token_change(office.order(), tokens[0].id, None, Action::Assign(hugo())).await.unwrap();
    let again = office.desk.import_commit(office.order(), opened.id).await;
    assert!(matches!(again, Err(Failure::Conflict(_))));
    assert!(matches!(office.batch(opened.id, 5, &office.tokens(1)).await, Err(Failure::Conflict(_))));
    assert!(matches!(office.desk.import_cancel(office.order(), opened.id).await, Err(Failure::Conflict(_))));

    let trail: Vec<_> = office.trail().await.into_iter().filter(|entry| entry.action.starts_with("import")).collect();
    let subject = format!("import {}", opened.id);
    let expected = [
        ("import_open", "done"),
        ("import_commit", "done"),
        ("import_commit", "over"),
        ("import_add", "over"),
        ("import_cancel", "over"),
    ];
    let told: Vec<_> = trail.iter().map(short).collect();
    assert_eq!(told, expected.map(|(action, outcome)| (action, subject.as_str(), outcome)));
    let facts = ["fileName", "entries", "added", "problems", "state"].map(|name| fact(&trail[1].after, name));
    assert_eq!(facts, [Some("tokens 2026.csv"), Some("5"), Some("5"), Some("0"), Some("committed")]);
    let unknown = ImportId::random(&*office.clerk.random);
    assert!(matches!(office.desk.import_view(unknown).await, Err(Failure::NotFound)));
    assert!(matches!(office.desk.import_commit(office.order(), unknown).await, Err(Failure::NotFound)));
    assert_eq!(short(&office.last().await), ("import_commit", "import", "unknown"));
}

#[tokio::test]
async fn a_call_or_a_batch_that_comes_again_changes_nothing_and_one_that_was_lost_is_missed() {
    let office = Office::new();
    let tokens = office.tokens(6);
    let id = office.import("k").await;
    assert_eq!(office.import("k").await, id);
    let other = office.desk.import_open(office.order(), call("k", "another request"), None, None).await;
    assert!(matches!(other, Err(Failure::Mismatch)));
    assert_eq!(short(&office.last().await), ("import_open", "import", "repeat of another request"));
    office.batch(id, 0, &tokens[..3]).await.unwrap();
    let before = office.seen(id).await;
    // With other ids, as they come from a caller that reads its file again.
    let again: Vec<_> =
        tokens.iter().map(|token| Token { id: TokenId::random(&*office.clerk.random), ..token.clone() }).collect();
    let repeat = office.batch(id, 0, &again[..3]).await.unwrap();
    assert_eq!((repeat.added, repeat.unchanged, repeat.problems, repeat.import), (0, 3, vec![], before));
    for (first, batch) in [(4, &tokens[4..]), (1, &tokens[1..4]), (u64::MAX, &tokens[4..])] {
        let refused = office.batch(id, first, batch).await;
        assert!(matches!(&refused, Err(Failure::Conflict(problem)) if problem.contains("number 3")), "{refused:?}");
        assert_eq!(office.last().await.outcome, "out of order");
    }
    office.batch(id, 3, &tokens[3..]).await.unwrap();
    assert_eq!(office.batch(id, 0, &again[..3]).await.unwrap().import.entries, 6);
    office.desk.import_commit(office.order(), id).await.unwrap();
    assert_eq!(office.there().await, 6);
    // The file once more: nothing of it is new.
    let id = office.import("k2").await;
    let added = office.batch(id, 0, &again).await.unwrap();
    assert_eq!((added.added, added.unchanged), (0, 6));
    office.desk.import_commit(office.order(), id).await.unwrap();
    assert_eq!(office.there().await, 6);
}

#[tokio::test]
async fn two_callers_who_both_send_a_batch_of_one_number_do_not_lose_tokens_without_a_word() {
    let office = Office::new();
    let (mine, theirs) = (office.tokens(3), office.tokens(3));
    let id = office.import("k").await;
    let both = join_all([office.batch(id, 0, &mine), office.batch(id, 0, &theirs)]).await;
    let refused: Vec<_> = both.iter().filter_map(|sent| sent.as_ref().err()).collect();
    assert!(matches!(&refused[..], [Failure::Conflict(problem)] if problem.contains("number 3")), "{both:?}");
    assert_eq!(short(&office.last().await), ("import_add", format!("import {id}").as_str(), "out of order"));
    // Where only some of them are another's, too.
    let mixed = [&mine[..2], &theirs[..1]].concat();
    assert!(matches!(office.batch(id, 0, &mixed).await, Err(Failure::Conflict(_))));
    assert_eq!(office.desk.import_commit(office.order(), id).await.unwrap().added, 3);
    assert_eq!(office.there().await, 3);
}

#[tokio::test]
async fn problems_are_named_entry_by_entry_and_leave_an_import_that_can_only_be_cancelled() {
    let office = Office::new();
    let tokens = office.tokens(8);
    let with_seed_of = |token: &Token, other: &Token| Token { seed: other.seed.clone(), ..token.clone() };
    let anew = |token: &Token| Token { id: TokenId::random(&*office.clerk.random), ..token.clone() };
    office.store.add_tokens(office.clerk.order(), vec![tokens[0].clone()]).await.unwrap().unwrap();
    let elsewhere = office.import("elsewhere").await;
    office.batch(elsewhere, 0, &tokens[1..2]).await.unwrap();
    let id = office.import("k").await;
    let renamed = Token { manufacturer: Some(Make::parse("Acme").unwrap()), ..anew(&tokens[0]) };
    let mut entries = candidates(&[
        anew(&tokens[0]),
        with_seed_of(&anew(&tokens[0]), &tokens[5]),
        renamed,
        anew(&tokens[1]),
        tokens[2].clone(),
        // Twice in one batch: the same, and another seed.
        anew(&tokens[2]),
        with_seed_of(&anew(&tokens[2]), &tokens[5]),
    ]);
    entries.push(Candidate { serial: "X 9".to_owned(), token: Err("a code has 6, 7 or 8 digits".to_owned()) });
    let added = office.desk.import_add(office.order(), id, 0, entries.clone()).await.unwrap();
    let malformed = Fault::Malformed("a code has 6, 7 or 8 digits".to_owned());
    let problems = vec![
        problem(1, &tokens[0], Fault::Taken),
        problem(2, &tokens[0], Fault::Taken),
        problem(3, &tokens[1], Fault::Elsewhere),
        problem(6, &tokens[2], Fault::Taken),
        Problem { entry: 7, serial: "X 9".to_owned(), what: malformed },
    ];
    assert_eq!(added.problems, problems);
    assert_eq!((added.added, added.unchanged), (0, 2));
    assert_eq!((added.import.entries, added.import.added, added.import.problems), (8, 0, 5));
    let entry = office.last().await;
    assert_eq!((short(&entry).2, fact(&entry.after, "problems")), ("has problems", Some("5")));
    // A caller that did not hear of it hears of it again; that of the fresh token in it none was added, too.
    let again = office.desk.import_add(office.order(), id, 0, entries).await.unwrap();
    assert!(again.problems.len() >= 4 && again.import == added.import, "{again:?}");
    // The rest of the file is looked at all the same.
    let rest = office.batch(id, 8, &[tokens[3].clone(), with_seed_of(&anew(&tokens[0]), &tokens[5])]).await.unwrap();
    assert_eq!(rest.problems, [problem(9, &tokens[0], Fault::Taken)]);
    assert_eq!(office.batch(id, 10, &tokens[4..5]).await.unwrap().added, 1);
    let commit = office.desk.import_commit(office.order(), id).await;
    assert!(matches!(&commit, Err(Failure::Conflict(problem)) if problem.contains("6 entries")), "{commit:?}");
    office.desk.import_cancel(office.order(), id).await.unwrap();
    office.desk.import_commit(office.order(), elsewhere).await.unwrap();
    assert_eq!(office.there().await, 2);
}

#[tokio::test]
async fn what_a_cancelled_import_leaves_stands_in_nobodys_way_and_goes_in_bounded_steps() {
    let mut office = Office::new();
    let tokens = office.tokens(7);
    let id = office.import("k").await;
    office.batch(id, 0, &tokens).await.unwrap();
    let cancelled = office.desk.import_cancel(office.order(), id).await.unwrap();
    assert_eq!(cancelled.state, State::Cancelled(office.order().stamp()));
    assert_eq!(office.there().await, 0);
    // Before anything is cleared away: the same numbers with other seeds, in an import and one by one.
    let reseeded: Vec<_> = tokens
        .iter()
        .map(|token| Token { serial: token.serial.clone(), ..office.clerk.token(totp_device()) })
        .collect();
    let next = office.import("k2").await;
    assert_eq!(office.batch(next, 0, &reseeded[..2]).await.unwrap().added, 2);
    office.desk.token_enrol(office.order(), call("e", ""), reseeded[2].clone(), None, None).await.unwrap();
    office.store.add_tokens(office.clerk.order(), vec![reseeded[3].clone()]).await.unwrap().unwrap();
    office.desk.import_commit(office.order(), next).await.unwrap();
    assert_eq!(office.there().await, 4);
    // Three tokens are left of it.
    assert_eq!(office.purged(2).await, [2, 1]);
    // The import itself stays for as long as its call may be repeated.
    office.pass(TimeDelta::hours(24));
    assert_eq!(office.seen(id).await, cancelled);
    office.pass(TimeDelta::milliseconds(1));
    office.purged(10).await;
    assert!(matches!(office.desk.import_view(id).await, Err(Failure::NotFound)));
    assert_eq!(office.there().await, 4);
    assert!(matches!(office.seen(next).await.state, State::Committed(_)));
}

#[tokio::test]
async fn an_import_that_is_left_alone_is_cancelled() {
    let mut office = Office::new();
    let tokens = office.tokens(3);
    let id = office.import("k").await;
    office.batch(id, 0, &tokens[..1]).await.unwrap();
    office.pass(TimeDelta::minutes(59));
    // Every batch gives it another hour.
    office.batch(id, 1, &tokens[1..2]).await.unwrap();
    office.pass(TimeDelta::minutes(59));
    assert_eq!(office.seen(id).await.state, State::Open);
    assert_eq!(office.purged(10).await, [0; 0]);
    office.pass(TimeDelta::minutes(1));
    // It is over at once, whether or not the recurring work has come round.
    let seen = office.seen(id).await;
    assert!(
        matches!(&seen.state, State::Cancelled(stamp) if stamp.by.as_str() == "server" && stamp.at == office.clerk.now)
    );
    assert!(matches!(office.batch(id, 2, &tokens[2..]).await, Err(Failure::Conflict(_))));
    assert!(matches!(office.desk.import_commit(office.order(), id).await, Err(Failure::Conflict(_))));
    let next = office.import("k2").await;
    assert_eq!(office.batch(next, 0, &tokens[..1]).await.unwrap().added, 1);
    let rounds = office.purged(10).await;
    assert_eq!(rounds, [2], "the import, and the token that is left of it");
    assert_eq!(office.seen(id).await, seen);
    let entry = office.last().await;
    assert_eq!(short(&entry), ("import_cancel", &*format!("import {id}"), "expired"));
    assert_eq!(entry.actor, None);
    office.desk.import_commit(office.order(), next).await.unwrap();
    assert_eq!(office.there().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_commit_and_a_cancellation_at_once_one_counts() {
    let office = Office::new();
    for n in 0..16 {
        let before = office.there().await;
        let id = office.import(&format!("k{n}")).await;
        office.batch(id, 0, &office.tokens(3)).await.unwrap();
        let end = |commit: bool| {
            let (desk, order) = (office.desk.clone(), office.order());
            tokio::spawn(async move {
                if commit { desk.import_commit(order, id).await } else { desk.import_cancel(order, id).await }
            })
        };
        let ended = join_all((0..8).map(|m| end((m + n) % 2 == 0))).await;
        let done: Vec<_> = ended.into_iter().filter_map(|ended| ended.unwrap().ok()).collect();
        let [import] = &done[..] else { panic!("{done:?}") };
        let committed = matches!(import.state, State::Committed(_));
        assert_eq!(office.there().await, before + if committed { 3 } else { 0 });
        assert_eq!(office.seen(id).await, *import);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_that_comes_many_times_at_once_is_taken_in_once() {
    let office = Office::new();
    let id = office.import("k").await;
    let tokens = office.tokens(20);
    let add = |_| {
        let (desk, order) = (office.desk.clone(), office.order());
        let again = tokens.iter().map(|token| Token { id: TokenId::random(&*office.clerk.random), ..token.clone() });
        let again = candidates(&again.collect::<Vec<_>>());
        tokio::spawn(async move { desk.import_add(order, id, 0, again).await.unwrap() })
    };
    let added = join_all((0..32).map(add)).await;
    assert_eq!(added.into_iter().map(|added| added.unwrap().added).sum::<u64>(), 20);
    // Two imports at once of one file: whoever comes second is told.
    let other = office.import("k2").await;
    assert_eq!(office.batch(other, 0, &tokens).await.unwrap().problems.len(), 20);
    office.desk.import_commit(office.order(), id).await.unwrap();
    assert_eq!(office.there().await, 20);
}

#[tokio::test]
async fn an_open_import_outlives_a_restart() {
    let office = Office::new();
    let tokens = office.tokens(4);
    let id = office.import("k").await;
    office.batch(id, 0, &tokens[..2]).await.unwrap();
    let before = office.seen(id).await;
    let office = office.reopen(bne_rules(|_| {}));
    assert_eq!(office.seen(id).await, before);
    assert_eq!(office.import("k").await, id);
    assert_eq!(office.there().await, 0);
    assert_eq!(office.batch(id, 0, &tokens[..2]).await.unwrap().unchanged, 2);
    office.batch(id, 2, &tokens[2..]).await.unwrap();
    office.desk.import_commit(office.order(), id).await.unwrap();
    let office = office.reopen(bne_rules(|_| {}));
    assert_eq!(office.there().await, 4);
}

// Crashes.

const CHILD_DIRECTORY: &str = "COUNTERSIGN_TEST_IMPORT_CRASH_IN";
const CHILD_BATCH: usize = 50;

/// This test runs itself in a second process, which imports as fast as it can and prints what it was told; kills that
/// process with a batch in hand; and goes on where it was.
#[test]
fn a_killed_process_leaves_an_import_that_goes_on_where_it_was() {
    if let Ok(directory) = std::env::var(CHILD_DIRECTORY) {
        return import_until_killed(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut child = Process::new(std::env::current_exe().unwrap())
        .arg(format!("{module}::a_killed_process_leaves_an_import_that_goes_on_where_it_was"))
        .args(["--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD_DIRECTORY, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut told = lines.filter_map(|line| Some(line.strip_prefix("told ")?.parse::<u64>().unwrap()));
    let heard: Vec<_> = told.by_ref().take(20).collect();
    assert_eq!(heard.len(), 20, "the child ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    let entries = told.last().unwrap_or(heard[19]);

    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = open_at(directory.path(), &clerk, 78);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let id = childs_import();
        let import = store.import(id, clerk.now).await.unwrap().unwrap();
        // At most one batch that was taken in was not told of.
        assert!((entries..=entries + CHILD_BATCH as u64).contains(&import.entries), "{import:?} for {entries}");
        assert_eq!((import.added, import.problems), (import.entries, 0));
        let next = import.entries as usize / CHILD_BATCH;
        for batch in [0, next - 1, next] {
            let first = (batch * CHILD_BATCH) as u64;
            let added = store.add_to_import(clerk.order(), id, first, childs_batch(&clerk, batch)).await;
            let added = added.unwrap().unwrap();
            assert_eq!(added.added, if batch == next { CHILD_BATCH as u64 } else { 0 });
            assert_eq!(added.problems, []);
        }
        assert!(store.tokens(Filter::default(), first(10)).await.unwrap().items.is_empty());
        store.end_import(clerk.order(), id, import::Action::Commit).await.unwrap().unwrap();
        let page = store.tokens(Filter::default(), first(200)).await.unwrap();
        assert!(page.next.is_some() && page.items.len() == 200);
    });
}

fn childs_import() -> ImportId {
    ImportId::from_bytes([7; 16])
}

fn childs_batch(clerk: &Clerk, batch: usize) -> Vec<Candidate> {
    let of_its_own = Clerk { random: Seeded::new(1000 + batch as u64), ..clerk.clone() };
    let token = |n| {
        let serial = Serial::parse(&format!("T-{:06}", batch * CHILD_BATCH + n)).unwrap();
        Token { serial, ..of_its_own.token(hotp_device()) }
    };
    candidates(&(0..CHILD_BATCH).map(token).collect::<Vec<_>>())
}

fn open_at(directory: &Path, clerk: &Clerk, seed: u64) -> Store {
    let random: Arc<Seeded> = Seeded::new(seed);
    Store::open(&Options::new(directory.join("db")), &clerk.rules.keys, random, clerk.now).unwrap()
}

fn import_until_killed(directory: &Path) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = open_at(directory, &clerk, 77);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let order: Order = clerk.order();
    runtime.block_on(async {
        let opened = store.open_import(order.clone(), call("k", ""), childs_import(), None, None).await;
        let id = opened.unwrap().unwrap().made.id;
        for batch in 0..10_000 {
            let first = (batch * CHILD_BATCH) as u64;
            let added = store.add_to_import(order.clone(), id, first, childs_batch(&clerk, batch)).await;
            let line = format!("told {}\n", added.unwrap().unwrap().import.entries);
            // Past the test harness's capture: one write, one line, whatever other threads print.
            std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        }
    });
}
