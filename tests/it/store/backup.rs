//! Back-ups that are made while the store is used.

use super::{do_it, opened_and_sent};
use crate::support::domain::*;
use crate::support::shop::Shop;
use countersign::domain::flow::*;
use countersign::domain::ports::FlowStore;
use countersign::store::check_audit;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

async fn a_backup_that_was_made_meanwhile_is_the_store_of_one_moment(shop: &Shop) {
    let maker = Maker::new(rules());
    let store: Arc<dyn FlowStore> = Arc::new(shop.open_for(&maker));
    let [open, used, tried] = [maker.applicant(), maker.applicant(), maker.applicant()];
    let open_send = opened_and_sent(&store, &maker, &open).await;
    let used_send = opened_and_sent(&store, &maker, &used).await;
    let tried_send = opened_and_sent(&store, &maker, &tried).await;
    let accept = maker.verify(&used, &used_send, &maker.code(&used_send));
    assert!(matches!(do_it(&store, accept.clone()).await, Ok(Granted::Verified)));
    for _ in 0..2 {
        refusal(do_it(&store, maker.verify(&tried, &tried_send, &maker.wrong_code(&tried_send))).await);
    }
    let over = Arc::new(AtomicBool::new(false));
    let commands: Vec<_> = (0..2000).map(|_| maker.open(&maker.applicant())).collect();
    let traffic = tokio::spawn({
        let (store, over) = (store.clone(), over.clone());
        async move {
            for command in commands.into_iter().take_while(|_| !over.load(Relaxed)) {
                do_it(&store, command).await.unwrap();
            }
        }
    });
    let copy = tokio::task::block_in_place(|| shop.restored());
    over.store(true, Relaxed);
    traffic.await.unwrap();

    let restored: Arc<dyn FlowStore> = Arc::new(copy.open_for(&maker));
    let right = maker.verify(&open, &open_send, &maker.code(&open_send));
    assert!(matches!(do_it(&restored, right).await, Ok(Granted::Verified)));
    assert_eq!(refusal(do_it(&restored, accept).await), Refusal::UnknownKey);
    let third = do_it(&restored, maker.verify(&tried, &tried_send, &maker.wrong_code(&tried_send))).await;
    assert!(matches!(refusal(third), Refusal::WrongCode(Attempts { failed: 3, max: 3 })));
    drop(restored);
    let keys = &maker.rules.keys;
    let checked = check_audit(copy.location(), Some(keys), Seeded::new(3), &Default::default(), &mut |_| {});
    assert!(checked.unwrap().found.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_file() {
    a_backup_that_was_made_meanwhile_is_the_store_of_one_moment(&Shop::in_a_file()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_database() {
    if let Some(shop) = Shop::on_a_server() {
        a_backup_that_was_made_meanwhile_is_the_store_of_one_moment(&shop).await;
    }
}
