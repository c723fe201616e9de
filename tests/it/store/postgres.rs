//! The same cases on a PostgreSQL server, and what is particular to it.

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
