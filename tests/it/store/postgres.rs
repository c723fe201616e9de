//! The same cases on a PostgreSQL server, and what is particular to it.

use crate::support::domain::{Seeded, phone, sent};
use crate::support::office::Office;
use crate::support::postgres::Cluster;
use crate::support::shop::Shop;
use countersign::domain::flow::Granted;
use countersign::domain::keys::KeyRing;
use countersign::domain::ports::{FlowStore, with_causes};
use countersign::store::{AuditProofs, OpenError, check_audit, migrate};
use futures::future::join_all;

macro_rules! on_a_server {
    ($($case:ident),* $(,)?) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $case() {
            if let Some(shop) = Shop::on_a_server() {
                cases::$case(&shop).await;
            }
        }
    )* };
}

mod flows {
    use crate::store as cases;
    use crate::support::shop::Shop;

    flow_cases!(on_a_server);
}

mod bne {
    use crate::store::bne as cases;
    use crate::support::shop::Shop;

    bne_cases!(on_a_server);
}

#[test]
fn a_database_with_a_table_of_somebody_else_is_left_as_it_is() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    // The administrator's: the server's own user may not even read it.
    cluster.psql(database.name(), "create table theirs ()");
    let refused = migrate(database.location());
    assert!(matches!(refused, Err(OpenError::Foreign { .. })), "{refused:?}");
    let tables = "select tablename from pg_tables where schemaname = 'public'";
    assert_eq!(cluster.psql(database.name(), tables), "theirs");
}

/// A migration asks ten times for the tables that it changes, for two seconds each, and nobody has to wait for it longer than that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_whose_tables_are_read_for_long_is_not_migrated_and_that_is_told() {
    let Some(shop) = Shop::on_a_server() else { return };
    let newest = migrate(shop.location()).unwrap().to;
    // It begins again with a migration that changes the customers' table.
    let rows = shop.rows();
    rows.run("update store_version set version = 2");
    let reader = shop.rows();
    reader.run("begin; set local idle_in_transaction_session_timeout = 0; select 1 from customers limit 1");
    let location = shop.location();
    let blocked = tokio::task::spawn_blocking(move || migrate(location)).await.unwrap();
    let place = shop.location().to_string();
    assert!(matches!(&blocked, Err(OpenError::Blocked { place: told }) if *told == place), "{blocked:?}");
    assert_eq!(rows.value::<i64>("select version from store_version", &[]), 2);
    reader.release();
    rows.change("update store_version set version = ?", &[&(newest as i64)]);
    assert_eq!(migrate(shop.location()).unwrap().from, newest);
}

/// A flow with a wrong code is not verified, and the statement fails.
const REFUSED: &str = "alter table flows add constraint refused check (state <> 'verified' or failed_attempts = 0)";
/// The same, but the statement does nothing.
const IGNORED: &str = "
    create function ignore() returns trigger language plpgsql as $$ begin
        if new.state = 'verified' and new.failed_attempts > 0 then return null; end if;
        return new;
    end $$;
    create trigger ignored before update on flows for each row execute function ignore()";

/// Steps that share a commit are sent as a whole. What the database does not do of one is found by doing them one by one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_database_does_not_do_of_a_step_harms_no_other_one_of_its_commit() {
    one_of_24_fails(REFUSED, "constraint refused").await;
    one_of_24_fails(IGNORED, "the flow changed under a step").await;
}

async fn one_of_24_fails(hindrance: &str, problem: &str) {
    let Some(office) = Office::on_a_server() else { return };
    let rows = office.shop.rows();
    rows.run(hindrance);
    let mut flows = Vec::new();
    for n in 0..24 {
        let flow = office.maker.flow(None, &[phone(&format!("+346123456{n:02}"))]);
        office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
        let dispatch = sent(office.store.apply(office.maker.send(&flow)).await.unwrap());
        if n == 11 {
            let wrong = office.maker.verify(&flow, &dispatch, &office.maker.wrong_code(&dispatch));
            assert!(office.store.apply(wrong).await.unwrap().is_err());
        }
        flows.push((flow, dispatch));
    }
    let before = office.trail().await.len();
    let (store, maker) = (&office.store, &office.maker);
    let verify = |flow, dispatch| store.apply(maker.verify(flow, dispatch, &maker.code(dispatch)));
    // They wait for the turn together.
    rows.hold();
    let all = join_all(flows.iter().map(|(flow, dispatch)| verify(flow, dispatch)));
    let release = async { tokio::task::spawn_blocking(move || rows.release()).await.unwrap() };
    let (answers, ()) = tokio::join!(all, release);
    for (n, answer) in answers.iter().enumerate() {
        match answer {
            Ok(decision) => assert!(n != 11 && matches!(decision, Ok(Granted::Verified)), "{n}: {decision:?}"),
            Err(error) => assert!(n == 11 && with_causes(error).contains(problem), "{n}: {}", with_causes(error)),
        }
    }
    assert_eq!(office.trail().await.len() - before, flows.len() - 1);
    let keys: &KeyRing = &office.clerk.rules.keys;
    let whole =
        check_audit(office.shop.location(), Some(keys), Seeded::new(3), &AuditProofs::default(), &mut |_| {}).unwrap();
    assert!(whole.found.is_ok(), "{:?}", whole.found);
}
