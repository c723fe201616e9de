//! What is particular to the embedded store: its file, its lock, and crashes.

use crate::store as cases;
use crate::support::domain::*;
use crate::support::shop::{Shop, open_at};
use chrono::TimeDelta;
use countersign::domain::flow::*;
use countersign::domain::ports::FlowStore;
use countersign::store::OpenError;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command as Process, Stdio};

macro_rules! in_a_file {
    ($($case:ident),* $(,)?) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $case() {
            cases::$case(&Shop::in_a_file()).await;
        }
    )* };
}

flow_cases!(in_a_file);

// The file.

#[test]
fn a_second_opening_is_refused_until_the_first_is_closed() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let error = shop.open(&maker.rules, maker.now).err().unwrap();
    assert!(matches!(error, OpenError::InUse { .. }));
    assert!(error.to_string().contains("stop that one first"), "{error}");
    drop(store);
    shop.open_for(&maker);
}

#[cfg(unix)]
#[test]
fn another_name_of_the_file_does_not_get_around_the_lock() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let _store = shop.open_for(&maker);
    let link = shop.path().with_file_name("link.db");
    std::os::unix::fs::symlink(shop.path(), &link).unwrap();
    let detour = shop.path().parent().unwrap().join(".").join("countersign.db");
    for path in [link, detour] {
        assert!(matches!(open_at(&path, &maker.rules, maker.now, 9), Err(OpenError::InUse { .. })), "{path:?}");
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::in_a_file();
    let _store = shop.open_for(&Maker::new(rules()));
    let files = std::fs::read_dir(shop.path().parent().unwrap()).unwrap();
    let modes: Vec<_> = files.map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777).collect();
    // The data, its log, the log's index, the lock.
    assert_eq!(modes, [0o600; 4]);
}

#[test]
fn a_path_that_cannot_be_is_named() {
    let shop = Shop::in_a_file();
    let missing = shop.path().with_file_name("no such directory").join("countersign.db");
    let error = open_at(&missing, &rules(), noon(), 9).err().unwrap().to_string();
    assert!(error.contains("no such directory") && error.contains("create it"), "{error}");
    let directory = shop.path().parent().unwrap().to_owned();
    assert!(matches!(open_at(&directory, &rules(), noon(), 9), Err(OpenError::IsDirectory { .. })));
}

// Crashes.

const CHILD_DIRECTORY: &str = "COUNTERSIGN_TEST_CRASH_IN";
const CHILD_TASKS: u64 = 8;

/// This test runs itself in a second process, which opens, sends and verifies as fast as it can and prints what it was
/// told; kills that process with work in hand; and looks whether everything it was told is true.
#[test]
fn a_killed_process_loses_nothing_it_acknowledged_and_no_code_is_accepted_twice() {
    if let Ok(directory) = std::env::var(CHILD_DIRECTORY) {
        return load_until_killed(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut child = Process::new(std::env::current_exe().unwrap())
        .arg(format!("{module}::a_killed_process_loses_nothing_it_acknowledged_and_no_code_is_accepted_twice"))
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

    let maker = Maker::new(unlimited());
    let store = open_at(directory.path().join("db"), &maker.rules, maker.now, 77).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for line in told {
        let words: Vec<_> = line.split(' ').collect();
        let flow = childs_flow(&maker, words[2].parse().unwrap());
        let dispatch = childs_dispatch(&flow);
        let right = runtime.block_on(store.apply(maker.verify(&flow, &dispatch, &maker.code(&dispatch)))).unwrap();
        match words[1] {
            "verified" => assert_eq!(refusal(right), Refusal::UnknownKey, "{line}: accepted again"),
            "locked" => assert!(matches!(refusal(right), Refusal::Locked(_)), "{line}: open again"),
            other => panic!("{other}"),
        }
    }
}

fn unlimited() -> std::sync::Arc<Rules> {
    rules_with(&["k1"], |policy| (policy.failed_attempts_max, policy.daily_codes_max) = (1, u32::MAX))
}

/// The n-th flow of the child: the parent can make it as well.
fn childs_flow(maker: &Maker, n: u64) -> Flow {
    let of_its_own = Maker { random: Seeded::new(n << 32), ..maker.clone() };
    of_its_own.applicant()
}

fn childs_dispatch(flow: &Flow) -> Dispatch {
    Dispatch {
        send: SendId::from_bytes(*flow.id.as_bytes()),
        flow: flow.id,
        key_id: flow.key_id.clone(),
        purpose: flow.purpose,
        generation: 1,
        digits: 6,
        language: flow.language,
        to: vec![phone(PHONE)],
        code_expires_at: flow.opened_at + TimeDelta::minutes(3),
        resends_used: 0,
    }
}

fn load_until_killed(directory: &Path) {
    let maker = Maker::new(unlimited());
    let store = open_at(directory.join("db"), &maker.rules, maker.now, 76).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let task = async |task: u64| {
        for n in (0..100_000).map(|n| n * CHILD_TASKS + task) {
            let flow = childs_flow(&maker, n);
            let dispatch = childs_dispatch(&flow);
            store.apply(maker.open(&flow)).await.unwrap().unwrap();
            let request = SendRequest { send: dispatch.send, ..maker.request(&flow) };
            assert_eq!(sent(store.apply(maker.command(Action::Send(flow.key, request))).await.unwrap()), dispatch);
            let (word, code) = match n % 3 {
                0 => ("locked", maker.wrong_code(&dispatch)),
                _ => ("verified", maker.code(&dispatch)),
            };
            let decision = store.apply(maker.verify(&flow, &dispatch, &code)).await.unwrap();
            assert_eq!(decision.is_ok(), word == "verified");
            // Past the test harness's capture: one write, one line, whatever other threads print.
            let line = format!("told {word} {n}\n");
            std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        }
    };
    runtime.block_on(futures::future::join_all((0..CHILD_TASKS).map(task)));
}
