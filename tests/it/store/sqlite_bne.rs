//! What is particular to the embedded store: crashes.

use super::bne::{self as cases, Engine, Ports};
use crate::support::bne::*;
use crate::support::domain::Seeded;
use crate::support::shop::Shop;
use countersign::domain::flow::Secret;
use countersign::domain::ports::{TokenStore, TokensAdded, TransactionStore};
use countersign::domain::token::{self, Token};
use countersign::domain::transaction::*;
use countersign::store::{Options, Store};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

impl Engine for Shop {
    fn open(&self, clerk: &Clerk) -> Arc<dyn Ports> {
        Arc::new(open(self, clerk))
    }
}

fn open(shop: &Shop, clerk: &Clerk) -> Store {
    shop.open_with(&clerk.rules.keys, clerk.now).unwrap()
}

macro_rules! in_a_file {
    ($($case:ident),* $(,)?) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $case() {
            cases::$case(&Shop::in_a_file()).await;
        }
    )* };
}

bne_cases!(in_a_file);

async fn import(store: &Store, tokens: impl IntoIterator<Item = Token>) -> TokensAdded {
    let order = Clerk::new(bne_rules(|_| {})).order();
    store.add_tokens(order, tokens.into_iter().collect()).await.unwrap().unwrap()
}

// Crashes.

const CHILD_DIRECTORY: &str = "COUNTERSIGN_TEST_BNE_CRASH_IN";
const CHILD_TASKS: usize = 8;

/// This test runs itself in a second process, which opens and validates as fast as it can and prints what it was told;
/// kills that process with work in hand; and looks whether everything it was told is true.
#[test]
fn a_killed_process_loses_no_count_and_no_code_is_accepted_twice() {
    if let Ok(directory) = std::env::var(CHILD_DIRECTORY) {
        return load_until_killed(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut child = Process::new(std::env::current_exe().unwrap())
        .arg(format!("{module}::a_killed_process_loses_no_count_and_no_code_is_accepted_twice"))
        .args(["--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD_DIRECTORY, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let is_told = |line: &String| line.starts_with("told ");
    let mut told: Vec<String> = lines.by_ref().filter(is_told).take(300).collect();
    assert_eq!(told.len(), 300, "the child ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    told.extend(lines.filter(is_told));

    let clerk = Clerk::new(childs_rules());
    let store = open_at(directory.path(), &clerk, 77);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tokens = childs_tokens(&clerk);
    let mut counted = [0_u32; CHILD_TASKS];
    let mut counters = [0_u64; CHILD_TASKS];
    for line in &told {
        let words: Vec<_> = line.split(' ').collect();
        let n: usize = words[2].parse().unwrap();
        match words[1] {
            "validated" => {
                counters[n] += 1;
                counted[n] = 0;
                let id = TransactionId::of(words[3]);
                let transaction = runtime.block_on(store.transaction(id, clerk.now)).unwrap().unwrap();
                assert!(matches!(transaction.state, State::Consumed { .. }), "{line}: {:?}", transaction.state);
            }
            "counted" => counted[n] += 1,
            other => panic!("{other}"),
        }
    }
    for (n, token) in tokens.iter().enumerate() {
        let kept = runtime.block_on(store.token(token.id)).unwrap().unwrap();
        let token::Device::Hotp { counter, .. } = kept.device else { unreachable!() };
        // At most one step that was done was not told of.
        assert!((counters[n]..=counters[n] + 1).contains(&counter), "{counter} for {}", counters[n]);
        let same = counter == counters[n];
        assert!(!same || (counted[n]..=counted[n] + 1).contains(&kept.failures.count), "{kept:?} for {}", counted[n]);
        for burnt in 0..counters[n] {
            let code = shows(&kept, clerk.now, burnt as i64 - counter as i64, None);
            let test = clerk.change(token::Action::Test(Secret::new(&code)));
            let refused = runtime.block_on(store.change_token(kept.id, test)).unwrap().unwrap_err();
            assert_eq!(refused, token::Refusal::WrongCode, "a burnt code was accepted");
            let unlock = clerk.change(token::Action::Unlock);
            runtime.block_on(store.change_token(kept.id, unlock)).unwrap().unwrap();
        }
    }
}

fn childs_rules() -> Arc<Rules> {
    // A lifetime that none of it outlives, and a narrow window: codes of six digits repeat once in a million.
    bne_rules(|policy| {
        policy.tokens.failures_free = 20;
        policy.tokens.look_ahead = countersign::domain::oath::hotp::LookAhead::MIN;
    })
}

fn childs_tokens(clerk: &Clerk) -> Vec<Token> {
    let of_its_own = Clerk { random: Seeded::new(4242), ..clerk.clone() };
    let token = |n| {
        let assignment = token::Assignment { holder: token_holder(&format!("C{n}"), None), given: clerk.stamp() };
        Token { life: token::Life::Assigned(assignment), ..of_its_own.token(hotp_device()) }
    };
    (0..CHILD_TASKS).map(token).collect()
}

fn open_at(directory: &Path, clerk: &Clerk, seed: u64) -> Store {
    let random: Arc<Seeded> = Seeded::new(seed);
    Store::open(&Options::new(directory.join("db")), &clerk.rules.keys, random, clerk.now).unwrap()
}

fn load_until_killed(directory: &Path) {
    let clerk = Clerk::new(childs_rules());
    let store = open_at(directory, &clerk, 76);
    let tokens = childs_tokens(&clerk);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(import(&store, tokens.clone()));
    let task = async |n: usize, token: &Token| {
        let clerk = Clerk { random: Seeded::new(n as u64), ..clerk.clone() };
        let tell = |line: String| std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        for presses in 0..100_000 {
            let holder = token.holder().unwrap().clone();
            let open = OpenRequest { holder, ..clerk.open_request(Subject::Login) };
            let open = clerk.command(Action::Open(Box::new(open)));
            let transaction = opened(store.transact(open).await.unwrap());
            let right = shows(token, clerk.now, presses, None);
            if presses % 3 == 0 {
                let wrong = clerk.validate(&transaction, &wrong(&right));
                assert_eq!(failed(store.transact(wrong).await.unwrap()), Reason::WrongCode);
                tell(format!("told counted {n}\n"));
            }
            assert!(is_validated(&store.transact(clerk.validate(&transaction, &right)).await.unwrap()));
            // Past the test harness's capture: one write, one line, whatever other threads print.
            tell(format!("told validated {n} {}\n", transaction.id));
        }
    };
    runtime.block_on(futures::future::join_all(tokens.iter().enumerate().map(|(n, token)| task(n, token))));
}
