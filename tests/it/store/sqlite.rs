//! What is particular to the embedded store: its file, its lock, its keys, crashes, and the import of customers.

use crate::store as cases;
use crate::support::domain::*;
use crate::support::office::order;
use crate::support::shop::{Shop, open_at};
use chrono::TimeDelta;
use countersign::domain::customer::{Customer, CustomerId, Language};
use countersign::domain::flow::*;
use countersign::domain::limit::Limits;
use countersign::domain::ports::{CustomerStore, FlowStore, StoreError};
use countersign::domain::prefix::Guard;
use countersign::store::{ImportError, ImportReport, OpenError, Store};
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command as Process, Stdio};

fn import(store: &Store, customers: &[Customer], prune: bool) -> ImportReport {
    let customers = customers.iter().cloned().map(Ok::<_, Infallible>);
    store.import_customers(customers, prune, &order(noon()), &mut |_| {}).unwrap()
}

async fn found(store: &Store, id: &str) -> Option<Customer> {
    store.customer(&CustomerId::parse(id).unwrap()).await.unwrap()
}

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

#[tokio::test]
async fn nothing_secret_is_on_disk_in_clear() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    import(&store, &[customer("C1", &[PHONE], &[EMAIL])], false);
    let service_key = ServiceKey::random(&*maker.random);
    let key = ServiceKeyDigest::of(service_key.expose());
    let flow = Flow { key, ..maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]) };
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    let dispatch = sent(store.apply(maker.send(&flow)).await.unwrap());
    refusal(store.apply(maker.verify(&flow, &dispatch, &maker.wrong_code(&dispatch))).await.unwrap());
    let security_key = maker.security_key(&dispatch);
    let key_bytes = maker.rules.keys.current().sealing_key();
    let references: Vec<_> = flow.recipients.iter().map(|r| r.reference.to_string()).collect();
    let uuid_bytes = |text: &str| text.parse::<uuid::Uuid>().unwrap().as_bytes().to_vec();
    let mut secrets = vec![
        ("phone", PHONE.as_bytes()[1..].to_vec()),
        ("email", EMAIL.as_bytes().to_vec()),
        ("email, local part", b"anna.lopez".to_vec()),
        ("code", maker.code(&dispatch).into_bytes()),
        ("wrong code", maker.wrong_code(&dispatch).into_bytes()),
        ("service key", service_key.expose().as_bytes().to_vec()),
        ("service key, bits", uuid_bytes(service_key.expose())),
        ("security key", security_key.expose().as_bytes().to_vec()),
        ("security key, bits", uuid_bytes(security_key.expose())),
        ("sealing key", key_bytes.to_vec()),
    ];
    secrets.extend(references.iter().map(|reference| ("reference", reference.as_bytes().to_vec())));
    let on_disk = |bytes: &[u8], shop: &Shop| shop.bytes().windows(bytes.len()).any(|window| window == bytes);
    assert!(on_disk(flow.id.as_bytes(), &shop), "the search itself works");
    for (name, bytes) in &secrets {
        assert!(!on_disk(bytes, &shop), "{name} is in the log or the data file");
    }
    drop(store);
    for (name, bytes) in &secrets {
        assert!(!on_disk(bytes, &shop), "{name} is in the data file");
    }
}

#[tokio::test]
async fn an_address_moved_to_another_customer_does_not_open() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    import(&store, &[customer("C1", &[PHONE], &[]), customer("C2", &[OTHER_PHONE], &[])], false);
    let sql = "update customer_addresses set address =
               (select address from customer_addresses where customer = ?2) where customer = ?1";
    let [one, two] = ["C1", "C2"].map(|id| store.pseudonym(&CustomerId::parse(id).unwrap()));
    let both = (one.as_bytes(), two.as_bytes());
    rusqlite::Connection::open(shop.path()).unwrap().execute(sql, both).unwrap();
    let error = store.customer(&CustomerId::parse("C1").unwrap()).await.unwrap_err();
    let StoreError::Corrupt { table, column, row, problem } = error else { panic!("{error}") };
    assert_eq!((table, column, row), ("customer_addresses", "address", format!("{one} sms 0")));
    assert!(problem.contains("does not authenticate"), "{problem}");
}

#[tokio::test]
async fn bad_data_is_named_by_table_column_and_row() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    sent(store.apply(maker.send(&flow)).await.unwrap());
    let damages = [
        ("chosen", "update flows set chosen = '[7]'"),
        ("sends", "update flows set sends = 999"),
        ("language", "update flows set language = 'gossip'"),
        ("recipients", "update flows set recipients = x'00'"),
    ];
    for (damaged, sql) in damages {
        rusqlite::Connection::open(shop.path()).unwrap().execute(sql, []).unwrap();
        match store.apply(maker.send(&flow)).await {
            Err(StoreError::Corrupt { table: "flows", column, row, .. }) => {
                assert_eq!((column, row), (damaged, flow.id.to_string()));
            }
            other => panic!("{damaged}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_send_that_does_not_read_back_is_named_and_keeps_no_other_from_being_sent() {
    let shop = Shop::in_a_file();
    let mut maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let mut dispatches = Vec::new();
    for address in [PHONE, OTHER_PHONE] {
        maker.pass(TimeDelta::milliseconds(1));
        let flow = maker.flow(None, &[phone(address)]);
        store.apply(maker.open(&flow)).await.unwrap().unwrap();
        dispatches.push(sent(store.apply(maker.send(&flow)).await.unwrap()));
    }
    let damage = "update outbox set addresses = x'00' where send_id = ?";
    let database = rusqlite::Connection::open(shop.path()).unwrap();
    database.execute(damage, [dispatches[0].send.as_bytes()]).unwrap();
    let found = store.dispatches_pending(maker.now, 10).await.unwrap();
    let [Err(StoreError::Corrupt { table: "outbox", column: "addresses", row, .. }), Ok(sound)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!((row, sound), (&dispatches[0].send.to_string(), &dispatches[1]));
}

#[tokio::test]
async fn a_consumed_flow_is_not_even_opened() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    let dispatch = sent(store.apply(maker.send(&flow)).await.unwrap());
    let verify = || store.apply(maker.verify(&flow, &dispatch, &maker.code(&dispatch)));
    verify().await.unwrap().unwrap();
    rusqlite::Connection::open(shop.path()).unwrap().execute("update flows set recipients = x'00'", []).unwrap();
    assert_eq!(refusal(verify().await.unwrap()), Refusal::UnknownKey);
    // How its send went is recorded all the same.
    assert!(store.apply(maker.settle(&dispatch, false)).await.unwrap().is_ok());
    assert_eq!(pending(&store, maker.now, 10).await, []);
}

// Keys.

#[tokio::test]
async fn a_start_without_a_key_that_live_data_needs_is_refused_and_names_the_key() {
    let shop = Shop::in_a_file();
    let mut maker = Maker::new(rules_with(&["k1"], |_| {}));
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    sent(store.apply(maker.send(&flow)).await.unwrap());
    drop(store);
    let new_only = rules_with(&["k2"], |_| {});
    let error = shop.open(&new_only, maker.now).err().unwrap();
    assert!(matches!(&error, OpenError::MissingKeys { ids, .. } if ids == "k1"), "{error}");
    // Once the flow has expired and a start with both keys has moved the file's own secrets, nobody needs the key, not even
    // the flow's pending send.
    maker.now = flow.expires_at;
    drop(shop.open(&rules_with(&["k2", "k1"], |_| {}), maker.now).unwrap());
    let store = shop.open(&new_only, maker.now).unwrap();
    assert_eq!(pending(&store, maker.now, 10).await, []);
    maker.rules = new_only;
    assert_eq!(refusal(store.apply(maker.send(&flow)).await.unwrap()), Refusal::UnknownKey);
}

#[tokio::test]
async fn importing_again_moves_customers_to_the_current_key() {
    let shop = Shop::in_a_file();
    let customers = [customer("C1", &[PHONE], &[EMAIL])];
    import(&shop.open(&rules_with(&["k1"], |_| {}), noon()).unwrap(), &customers, false);
    let (both, new_only) = (rules_with(&["k2", "k1"], |_| {}), rules_with(&["k2"], |_| {}));
    assert!(matches!(shop.open(&new_only, noon()), Err(OpenError::MissingKeys { .. })));
    let store = shop.open(&both, noon()).unwrap();
    assert_eq!(found(&store, "C1").await.as_ref(), Some(&customers[0]));
    assert_eq!(import(&store, &customers, false), ImportReport { unchanged: 1, ..ImportReport::default() });
    drop(store);
    let store = shop.open(&new_only, noon()).unwrap();
    assert_eq!(found(&store, "C1").await.as_ref(), Some(&customers[0]));
}

#[test]
fn another_key_under_a_known_id_is_refused() {
    use countersign::domain::keys::{KeyId, KeyRing, ServerKey};
    let shop = Shop::in_a_file();
    shop.open(&rules(), noon()).unwrap();
    let impostor = ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &std::array::from_fn(|n| n as u8)).unwrap();
    let rules = Rules {
        keys: KeyRing::new(vec![impostor]).unwrap().into(),
        policies: Default::default(),
        limits: Limits::none(),
        guard: Guard::unwatched(),
    };
    assert!(matches!(shop.open(&rules, noon()), Err(OpenError::WrongKey { id, .. }) if id == "k1"));
}

// Customers.

#[tokio::test]
async fn an_import_adds_changes_and_prunes_and_says_so() {
    let shop = Shop::in_a_file();
    let store = shop.open_for(&Maker::new(rules()));
    assert_eq!(store.customer_count().unwrap(), 0);
    let [ann, bob, eve] = [
        customer("ann", &[PHONE, OTHER_PHONE], &[EMAIL]),
        customer("bob", &[], &[EMAIL]),
        customer("eve", &[OTHER_PHONE], &[]),
    ];
    let report = import(&store, &[ann.clone(), bob.clone()], false);
    assert_eq!(report, ImportReport { added: 2, ..ImportReport::default() });
    let bob = Customer { language: Language::Es, ..bob };
    let report = import(&store, &[ann.clone(), bob.clone(), eve.clone()], true);
    assert_eq!(report, ImportReport { added: 1, changed: 1, unchanged: 1, removed: 0 });
    let ann = Customer { phones: ann.phones.into_iter().rev().collect(), emails: vec![], ..ann };
    let report = import(&store, &[ann.clone(), eve.clone()], true);
    assert_eq!(report, ImportReport { added: 0, changed: 1, unchanged: 1, removed: 1 });
    assert_eq!(store.customer_count().unwrap(), 2);
    assert_eq!((found(&store, "ann").await, found(&store, "bob").await), (Some(ann), None));
    assert_eq!(found(&store, "eve").await, Some(eve));
}

#[tokio::test]
async fn an_import_that_meets_a_bad_entry_changes_nothing() {
    let shop = Shop::in_a_file();
    let store = shop.open_for(&Maker::new(rules()));
    let ann = customer("ann", &[PHONE], &[]);
    import(&store, std::slice::from_ref(&ann), false);
    let entries = [Ok(customer("ann", &[OTHER_PHONE], &[])), Ok(customer("bob", &[], &[])), Err("line 3")];
    let mut heard = Vec::new();
    let error = store.import_customers(entries, true, &order(noon()), &mut |n| heard.push(n)).unwrap_err();
    assert!(matches!(error, ImportError::Entry("line 3")));
    assert_eq!(heard, [1, 2]);
    assert_eq!((found(&store, "ann").await, found(&store, "bob").await), (Some(ann), None));
    // The next one works.
    assert_eq!(import(&store, &[customer("bob", &[], &[])], true).removed, 1);
}

#[tokio::test]
async fn a_removed_customers_open_flow_ends_like_an_unknown_key() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    import(&store, &[customer("C1", &[PHONE], &[])], false);
    let flow = maker.flow(holder("C1"), &[phone(PHONE)]);
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    let dispatch = sent(store.apply(maker.send(&flow)).await.unwrap());
    import(&store, &[customer("C2", &[PHONE], &[])], true);
    let verify = maker.verify(&flow, &dispatch, &maker.code(&dispatch));
    assert_eq!(refusal(store.apply(verify).await.unwrap()), Refusal::UnknownKey);
    assert_eq!(refusal(store.apply(maker.send(&flow)).await.unwrap()), Refusal::UnknownKey);
    // How its last send went is recorded all the same.
    assert!(store.apply(maker.settle(&dispatch, true)).await.unwrap().is_ok());
    assert_eq!(pending(&store, maker.now, 10).await, []);
}

#[tokio::test]
async fn a_customer_who_loses_an_address_loses_open_flows_but_not_one_who_gets_another() {
    let shop = Shop::in_a_file();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    import(&store, &[customer("C1", &[PHONE], &[]), customer("C2", &[PHONE], &[])], false);
    let flows = ["C1", "C2"].map(|id| maker.flow(holder(id), &[phone(PHONE)]));
    let mut dispatches = Vec::new();
    for flow in &flows {
        store.apply(maker.open(flow)).await.unwrap().unwrap();
        dispatches.push(sent(store.apply(maker.send(flow)).await.unwrap()));
    }
    import(&store, &[customer("C1", &[OTHER_PHONE], &[]), customer("C2", &[OTHER_PHONE, PHONE], &[EMAIL])], false);
    assert_eq!(refusal(store.apply(maker.send(&flows[0])).await.unwrap()), Refusal::UnknownKey);
    let verify = |n: usize| store.apply(maker.verify(&flows[n], &dispatches[n], &maker.code(&dispatches[n])));
    assert_eq!(refusal(verify(0).await.unwrap()), Refusal::UnknownKey);
    assert!(matches!(verify(1).await.unwrap(), Ok(Granted::Verified)));
    // What is pending for the address is not sent after a restart either.
    drop(store);
    assert_eq!(pending(&shop.open_for(&maker), maker.now, 10).await, dispatches[1..]);
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
    let store = open_at(&directory.path().join("db"), &maker.rules, maker.now, 77).unwrap();
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
    let store = open_at(&directory.join("db"), &maker.rules, maker.now, 76).unwrap();
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

#[test]
fn a_customers_pseudonym_is_the_data_files_own_and_survives_restart_and_rotation() {
    let (shop, other) = (Shop::in_a_file(), Shop::in_a_file());
    let id = CustomerId::parse("C1").unwrap();
    let pseudonym = |shop: &Shop, keys: &[&str]| shop.open(&rules_with(keys, |_| {}), noon()).unwrap().pseudonym(&id);
    let first = pseudonym(&shop, &["k1"]);
    assert_eq!(pseudonym(&shop, &["k1"]), first);
    assert_eq!(pseudonym(&shop, &["k2", "k1"]), first);
    assert_eq!(pseudonym(&shop, &["k2"]), first);
    assert_ne!(open_at(&other.path(), &rules(), noon(), 9).unwrap().pseudonym(&id), first);
}
