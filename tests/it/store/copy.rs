//! Moving from a data file to a database on a server: all of it or nothing, and nothing changed on the way.

use super::keys::Everything;
use crate::support::bne::*;
use crate::support::domain::*;
use crate::support::office::*;
use crate::support::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::audit::checkpoint::Running;
use countersign::domain::audit::verify::Fault;
use countersign::domain::flow::*;
use countersign::domain::keys::{KeyId, KeyRing, ServerKey};
use countersign::domain::operator::{Credential, CredentialDigest, Scope};
use countersign::domain::ports::{FlowStore, OperatorStore, TrailKeeper, TransactionStore};
use countersign::domain::prefix::{Prefix, Reason};
use countersign::store::{
    Address, Copied, CopyError, CopyProgress, CopyStage, Location, OpenError, Pruning, check_audit, copy, migrate,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio_rustls::rustls::RootCertStore;

/// A closed data file with something in every table, and what a server has to know of it.
struct Full {
    file: Shop,
    keys: Arc<KeyRing>,
    all: Everything,
    maker: Maker,
    clerk: Clerk,
    /// Its code was sent, and a wrong one was tried.
    flow: Flow,
    sent: Dispatch,
    /// Of what an operator shows.
    credential: CredentialDigest,
}

/// Tables that only some seldom case writes to.
const SELDOM: &str = "
    insert into burnt_challenges select id, '12345678' from tokens;
    insert into limit_windows values (zeroblob(16), x'01', 1);
    insert into prefixes values ('+34600', 'pre_login', 'open', 1, null, 0, null, '[]', 9000000000000);
    insert into rotations values (1, 'k1', 'rosa', 1, 2, 0, 3);
    insert into audit_counts values ('dbx', 'code_verify', 'flow', 'unknown', '', 1, 2, 60000, 61000);
";

async fn full() -> Full {
    let mut office = Office::in_a_file();
    let all = Everything::put_into(&office).await;
    office.pass(TimeDelta::seconds(1));
    let (before, order) = (office.clerk.now, &order(office.clerk.now));
    let pruning = Pruning { before, order, signer: None, trust_anchor: false };
    assert!(office.store.prune_audit(&pruning, &mut |_| {}).unwrap().unwrap().is_some());
    put_client(&*office.store, application("web")).await;
    let [version, configuration, keys] = ["1.0", "00", "k1"].map(str::to_owned);
    office.store.record_start(before, Running { version, configuration, keys }).await.unwrap();
    let (credential, scopes) = (Credential::random(&*office.clerk.random), [Scope::Read].into());
    let digest = CredentialDigest::of(credential.expose());
    office.store.create_operator(order.clone(), None, rosa(), scopes, credential).await.unwrap().unwrap();
    office.desk.import_open(office.order(), call("import", ""), None, None).await.unwrap();
    let (prefix, reason) = (Prefix::parse("+53").unwrap(), Reason::parse("pumping"));
    office.desk.prefix_block(office.order(), prefix, reason).await.unwrap();
    let flow = office.maker.applicant();
    office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
    let sent = sent(office.store.apply(office.maker.send(&flow)).await.unwrap());
    office.store.apply(office.maker.settle(&sent, true)).await.unwrap().unwrap();
    let wrong = office.maker.verify(&flow, &sent, &office.maker.wrong_code(&sent));
    refusal(office.store.apply(wrong).await.unwrap());

    let Office { shop: file, store, desk, clerk, maker, .. } = office;
    drop((store, desk));
    file.rows().run(SELDOM);
    Full { file, keys: clerk.rules.keys.clone(), all, maker, clerk, flow, sent, credential: digest }
}

/// A closed data file with next to nothing in it.
async fn small() -> (Shop, Arc<KeyRing>) {
    let office = Office::in_a_file();
    put_client(&*office.store, application("web")).await;
    let Office { shop, store, desk, clerk, .. } = office;
    drop((store, desk));
    (shop, clerk.rules.keys.clone())
}

/// Copies, with the keys of the target's servers.
fn copied(
    from: &Location,
    to: &Location,
    keys: &KeyRing,
    progress: &mut dyn FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    copy(from, to, keys, Seeded::new(3), noon(), progress)
}

fn copied_in_silence(from: &Shop, to: &Shop, keys: &KeyRing) -> Result<Copied, CopyError> {
    copied(&from.location(), &to.location(), keys, &mut |_| {})
}

/// The tables of a data file, and the rows that some place has in them, in an order that no engine makes.
fn rows(file: &Shop, there: &Shop) -> Vec<(String, Vec<String>)> {
    let (file, there) = (file.rows(), there.rows());
    let rows = |table: String| {
        let sql = format!("select {} from {table}", file.columns(&table).join(", "));
        let mut rows: Vec<_> = there.read(&sql, &[]).iter().map(|row| format!("{row:?}")).collect();
        rows.sort_unstable();
        (table, rows)
    };
    file.tables().into_iter().map(rows).collect()
}

/// Panics unless a database has the very rows of a file, table by table, and was said to have as many.
fn assert_same(file: &Shop, database: &Shop, copied: &Copied) {
    let was = rows(file, file);
    for ((table, was), (_, is)) in was.iter().zip(rows(file, database)) {
        assert_eq!(*was, is, "{table}");
    }
    let counted: Vec<_> = was.iter().map(|(table, rows)| (table.as_str(), rows.len() as u64)).collect();
    let mut told = copied.tables.clone();
    told.sort_unstable();
    assert_eq!(told, counted);
}

fn verified(decision: Decision) -> bool {
    matches!(decision, Ok(Granted::Verified))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_goes_on_in_the_database_where_the_one_with_the_file_has_stopped() {
    let Some(database) = Shop::on_a_server() else { return };
    let Full { file, keys, all, maker, clerk, flow, sent, credential } = full().await;
    let empty: Vec<_> = rows(&file, &file).into_iter().filter(|(_, rows)| rows.is_empty()).collect();
    assert!(empty.is_empty(), "{empty:?}: put something into every table, so that the move of it is tested");
    let was = std::fs::read(file.path()).unwrap();
    let mut stages = Vec::new();
    let copied = copied(&file.location(), &database.location(), &keys, &mut |at| {
        assert!(at.of.is_none_or(|of| at.done <= of), "{at:?}");
        stages.push(at.stage);
    });
    let copied = copied.unwrap();
    stages.dedup();
    assert_eq!(stages, [CopyStage::SourceTrail, CopyStage::Rows, CopyStage::Comparison, CopyStage::TargetTrail]);
    assert!(copied.before == 0 && copied.entries > 5 && copied.end.sequence > copied.entries, "{copied:?}");
    assert_same(&file, &database, &copied);
    let of_no_day = "select (select count(*) from flows_rest) + (select count(*) from outbox_rest)";
    assert_eq!(database.rows().value::<i64>(of_no_day, &[]), 0, "what is over can go by the day");
    assert!(std::fs::read(file.path()).unwrap() == was, "the file is as it was");

    let office = Office::at(database, clerk.rules.clone(), clerk.now, 3);
    all.is_there(&office).await;
    let operator = office.store.operator(credential).await.unwrap();
    assert_eq!(operator.map(|operator| operator.name), Some(rosa()));
    let try_out = async |code: &str| office.store.apply(maker.verify(&flow, &sent, code)).await.unwrap();
    let wrong = try_out(&maker.wrong_code(&sent)).await;
    assert_eq!(refusal(wrong), Refusal::WrongCode(Attempts { failed: 2, max: 3 }), "none was given back");
    assert!(verified(try_out(&maker.code(&sent)).await));
    assert_eq!(refusal(try_out(&maker.code(&sent)).await), Refusal::UnknownKey, "once");
    let answer = clerk.validate(&all.transaction, &clerk.answer(&all.token, &all.transaction));
    assert!(is_validated(&office.store.transact(answer.clone()).await.unwrap()));
    assert!(!is_validated(&office.store.transact(answer).await.unwrap()), "once");

    let checked = check_audit(office.shop.location(), Some(&keys), Seeded::new(4), &Default::default(), &mut |_| {});
    let end = checked.unwrap().found.unwrap();
    assert!(end.chain == copied.end.chain && end.sequence > copied.end.sequence + 4, "{end:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_copied_the_file_can_be_read_and_no_server_opens_it_or_the_copy() {
    let Some(database) = Shop::on_a_server() else { return };
    let Full { file, keys, maker, .. } = full().await;
    let (from, to) = (file.location(), database.location());
    let mut looked = Vec::new();
    let done = copied(&from, &to, &keys, &mut |at| {
        if looked.contains(&at.stage) {
            return;
        }
        looked.push(at.stage);
        let check = |place: &Location| {
            check_audit(place.clone(), Some(&keys), Seeded::new(4), &Default::default(), &mut |_| {})
        };
        assert!(check(&from).unwrap().found.is_ok(), "{at:?}");
        let copy = file.restored();
        assert!(rows(&copy, &copy) == rows(&file, &file), "a back-up can be made: {at:?}");
        let opened = file.open(&maker.rules, maker.now).err();
        assert!(matches!(opened, Some(OpenError::InUse { .. })), "{at:?}: {opened:?}");
        if at.stage != CopyStage::SourceTrail {
            let opened = [database.open(&maker.rules, maker.now).err(), check(&to).err()];
            assert!(
                opened.iter().all(|error| matches!(error, Some(OpenError::Unfinished { .. }))),
                "{at:?}: {opened:?}"
            );
        }
    });
    assert_same(&file, &database, &done.unwrap());
    assert_eq!(looked.len(), 4);
    database.open_for(&maker);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_interrupted_anywhere_goes_on_where_it_was() {
    let Some(database) = Shop::on_a_server() else { return };
    let Full { file, keys, maker, .. } = full().await;
    let many = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 10000)
                insert into daily_counts select 'pre_login', randomblob(32), n % 7, n from numbers";
    file.rows().run(many);
    let (from, to) = (file.location(), database.location());
    let mut runs = 0;
    let done = loop {
        runs += 1;
        let mut batches = 0;
        let run = catch_unwind(AssertUnwindSafe(|| {
            copied(&from, &to, &keys, &mut |at| {
                if at.stage == CopyStage::Rows {
                    batches += 1;
                    assert!(batches < 3, "on purpose: this message belongs to a test");
                } else if at.stage == CopyStage::Comparison {
                    assert!(runs > 12, "on purpose: this message belongs to a test");
                }
            })
        }));
        match run {
            Ok(done) => break done.unwrap(),
            Err(_) => {
                let opened = database.open(&maker.rules, maker.now).err();
                assert!(matches!(opened, Some(OpenError::Unfinished { .. })), "{opened:?}");
            }
        }
    };
    assert!(runs > 8 && done.before > 10_000, "{runs} runs: {done:?}");
    assert_same(&file, &database, &done);
    database.open_for(&maker);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_made_anew_and_what_the_database_refuses_can_be_put_right() {
    let Some(database) = Shop::on_a_server() else { return };
    let Full { file, keys, .. } = full().await;
    let (from, to) = (file.location(), database.location());
    migrate(to.clone()).unwrap();
    database.rows().run("alter table tokens add constraint none check (false)");
    let refused = copied(&from, &to, &keys, &mut |_| {}).unwrap_err();
    assert!(matches!(refused, CopyError::Table { table: "tokens", .. }), "{refused:?}");
    database.rows().run("alter table tokens drop constraint none");
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and usename = current_user and pid <> pg_backend_pid()";
    let done = copied(&from, &to, &keys, &mut |at| {
        if at.stage == CopyStage::Rows && Some(at.done) != at.of {
            database.rows().run(cut);
        }
    });
    let done = done.unwrap();
    assert!(done.before > 0);
    assert_same(&file, &database, &done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_in_which_a_value_differs_is_never_opened() {
    let Some(database) = Shop::on_a_server() else { return };
    let Full { file, keys, maker, .. } = full().await;
    let (from, to) = (file.location(), database.location());
    let differs = copied(&from, &to, &keys, &mut |at| {
        if at.stage == CopyStage::Rows && Some(at.done) == at.of {
            database
                .rows()
                .run("update tokens set failures = failures + 1 where serial = (select min(serial) from tokens)");
        }
    });
    assert!(matches!(differs, Err(CopyError::Differs { table: "tokens", rows, copied }) if rows == copied));
    let opened = database.open(&maker.rules, maker.now).err();
    assert!(matches!(opened, Some(OpenError::Unfinished { .. })), "{opened:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_empty_is_left_as_it_is() {
    let Some(database) = Shop::on_a_server() else { return };
    let (file, keys) = small().await;
    let maker = Maker::new(rules());
    drop(database.open_for(&maker));
    let there = || rows(&file, &database);
    let was = there();
    let refused = copied_in_silence(&file, &database, &keys).unwrap_err();
    assert!(matches!(refused, CopyError::HasData { .. }), "{refused:?}");
    assert_eq!(there(), was, "nothing is changed");
    drop(database.open_for(&maker));
}

/// Whoever has lost the connection at the very end does not know whether the copy is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_whole_is_compared_again_until_a_server_has_it() {
    let Some(database) = Shop::on_a_server() else { return };
    let Full { file, keys, maker, .. } = full().await;
    let first = copied_in_silence(&file, &database, &keys).unwrap();
    let mut stages = Vec::new();
    let again = copied(&file.location(), &database.location(), &keys, &mut |at| stages.push(at.stage)).unwrap();
    stages.dedup();
    assert_eq!(stages, [CopyStage::SourceTrail, CopyStage::Comparison], "nothing is copied");
    let rows_of = |copied: &Copied| copied.tables.iter().map(|(_, rows)| rows).sum::<u64>();
    assert_eq!((&again.tables, &again.end, again.before), (&first.tables, &first.end, rows_of(&first)));
    assert_same(&file, &database, &again);
    // Whatever else is in such a database is somebody's data.
    let refused = |from: &Shop, keys: &KeyRing| {
        let was = rows(from, &database);
        let refused = copied_in_silence(from, &database, keys).unwrap_err();
        assert!(matches!(refused, CopyError::HasData { .. }), "{refused:?}");
        assert!(rows(from, &database) == was, "nothing is changed");
    };
    let (other, others) = small().await;
    refused(&other, &others);
    database.rows().run("update tokens set failures = failures + 1");
    refused(&file, &keys);
    database.rows().run("update tokens set failures = failures - 1");
    assert!(copied_in_silence(&file, &database, &keys).is_ok());
    drop(database.open_for(&maker));
    refused(&file, &keys);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_from_one_file_does_not_go_on_with_another_or_with_what_that_has_become() {
    let Some(database) = Shop::on_a_server() else { return };
    let (file, keys) = small().await;
    let cut = |from: &Shop| {
        let (from, to) = (from.location(), database.location());
        let run = || copied(&from, &to, &keys, &mut |at| assert_ne!(at.stage, CopyStage::Rows, "on purpose"));
        catch_unwind(AssertUnwindSafe(run)).map_err(drop)
    };
    assert!(cut(&file).is_err());
    let (other, _) = small().await;
    put_client(&other.open_with(&keys, noon()).unwrap(), application("third")).await;
    let changed = copied_in_silence(&other, &database, &keys).unwrap_err();
    assert!(matches!(changed, CopyError::Changed { .. }), "{changed:?}");
    // A back-up is the same file.
    let copy = file.restored();
    assert!(cut(&copy).is_err());
    put_client(&file.open_with(&keys, noon()).unwrap(), application("third")).await;
    let changed = copied_in_silence(&file, &database, &keys).unwrap_err();
    assert!(matches!(changed, CopyError::Changed { .. }), "{changed:?}");
    assert!(copied_in_silence(&copy, &database, &keys).unwrap().before > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_a_broken_trail_nor_what_these_keys_do_not_open_is_copied() {
    let Some(database) = Shop::on_a_server() else { return };
    let (file, keys) = small().await;
    let missing = copied_in_silence(&file, &database, &key_ring(&["k2"])).unwrap_err();
    assert!(matches!(&missing, CopyError::Open(OpenError::MissingKeys { ids, .. }) if ids == "k1"), "{missing:?}");
    let other: [u8; 32] = std::array::from_fn(|n| n as u8);
    let other = KeyRing::new(vec![ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &other).unwrap()]).unwrap();
    let wrong = copied_in_silence(&file, &database, &other).unwrap_err();
    assert!(matches!(&wrong, CopyError::Open(OpenError::WrongKey { id, .. }) if id == "k1"), "{wrong:?}");
    file.rows().run("update audit set actor = 'nobody' where sequence = 1");
    let broken = copied_in_silence(&file, &database, &keys).unwrap_err();
    assert!(
        matches!(&broken, CopyError::Broken { broken, .. } if (broken.sequence, broken.fault) == (1, Fault::Changed)),
        "{broken:?}"
    );
    assert!(broken.to_string().contains(file.path().to_str().unwrap()), "{broken}");
    // A server makes of the database what it makes of an empty one.
    let maker = Maker::new(rules());
    drop(database.open_for(&maker));
    assert_eq!(database.rows().value::<i64>("select count(*) from clients", &[]), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_file_that_no_server_has_is_copied_and_only_into_a_database() {
    let (file, keys) = small().await;
    let (other, _) = small().await;
    let nowhere = |at: &str| {
        let url = format!("postgres://countersign:x@127.0.0.1:1/{at}"); // nobody listens there
        Location::Server(Address::parse(&url, None, RootCertStore::empty()).unwrap())
    };
    let refused = |from: &Location, to: &Location| copied(from, to, &keys, &mut |_| {}).unwrap_err();
    for (from, to) in
        [(file.location(), other.location()), (nowhere("a"), nowhere("b")), (nowhere("a"), file.location())]
    {
        let direction = refused(&from, &to);
        assert!(matches!(direction, CopyError::Direction { .. }), "{direction:?}");
        let told = direction.to_string();
        assert!(told.contains(&from.to_string()) && told.contains(&to.to_string()), "{told}");
    }
    for place in [file.location(), nowhere("a")] {
        let same = refused(&place, &place);
        assert!(matches!(&same, CopyError::SamePlace { .. }), "{same:?}");
    }
    let serving = file.open_with(&keys, noon()).unwrap();
    let served = refused(&file.location(), &nowhere("a"));
    assert!(matches!(&served, CopyError::Open(OpenError::InUse { path }) if *path == file.path()), "{served:?}");
    drop(serving);
    let unreachable = refused(&file.location(), &nowhere("a"));
    assert!(unreachable.to_string().contains("out of reach"), "{unreachable}");

    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("mistyped.sqlite");
    let not_there = refused(&Location::from(missing.as_path()), &nowhere("a"));
    assert!(matches!(not_there, CopyError::Open(OpenError::File { .. })), "{not_there:?}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "none is made");
    migrate(missing.as_path()).unwrap();
    let unserved = refused(&Location::from(missing.as_path()), &nowhere("a"));
    assert!(matches!(unserved, CopyError::Nothing { .. }), "{unserved:?}");
}
