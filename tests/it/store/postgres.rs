//! The same cases on a PostgreSQL server, and what is particular to it.

use crate::support::postgres::Cluster;
use countersign::store::{OpenError, migrate};

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
