//! Erasing a customer: nothing that names them is left, not in the rows, not in the files.

use crate::support::bne::*;
use crate::support::domain::*;
use crate::support::office::*;
use crate::support::rows::of;
use chrono::TimeDelta;
use countersign::domain::customer::{CustomerId, Erased};
use countersign::domain::ports::{CustomerStore, FlowStore, TokenStore, TransactionStore};
use countersign::domain::token::{Action, Life};
use countersign::store::check_audit;

/// Hugo's number.
const NUMBER: &str = "123456789012";

/// Everything that is sealed in rows of the customer.
fn sealed(office: &Office) -> Vec<Vec<u8>> {
    let customer = office.store.pseudonym(&CustomerId::parse(NUMBER).unwrap());
    let sql = "select number from customers where customer = ?1
               union all select address from customer_addresses where customer = ?1
               union all select recipients from flows where customer = ?1
               union all select addresses from outbox join flows on flows.id = outbox.flow_id where customer = ?1
               union all select secret from tokens where customer = ?1
               union all select details from transactions where customer = ?1
               union all select number from sessions where customer = ?1
               union all select key from audit_customers where customer = ?1";
    office.shop.rows().read(sql, &[customer.as_bytes()]).iter().map(|row| of(&row[0])).collect()
}

#[tokio::test]
async fn nothing_that_names_an_erased_customer_is_left_in_rows_or_files_and_the_trail_still_verifies() {
    let mut office = Office::new();
    let id = CustomerId::parse(NUMBER).unwrap();
    let of_office = &office;
    let put = async |id: &str, phone: &str, email: &[&str]| {
        of_office.desk.customer_put(of_office.order(), None, customer(id, &[phone], email)).await.unwrap()
    };
    put(NUMBER, PHONE, &[EMAIL]).await;
    let other = put("other", OTHER_PHONE, &[]).await;
    let token = office.hugos(totp_device()).await;
    let revoked = office.hugos(hotp_device()).await;
    office.desk.token_change(office.order(), revoked.id, None, Action::Revoke).await.unwrap();
    let flow = office.maker.flow(holder(NUMBER), &[phone(PHONE), email(EMAIL)]);
    office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
    sent(office.store.apply(office.maker.send(&flow)).await.unwrap());
    office.register(&web(), Some(NUMBER)).await.unwrap();
    let command = office.clerk.open(countersign::domain::transaction::Subject::Login);
    let transaction = opened(office.store.transact(command).await.unwrap());
    let before = sealed(&office);
    assert_eq!(before.len(), 10, "a value of each column: two addresses, two tokens");
    assert!(before.iter().all(|value| office.on_disk(value)), "the search itself works");

    office.pass(TimeDelta::seconds(1));
    let erased = office.desk.customer_erase(office.order(), id.clone()).await.unwrap();
    assert_eq!(erased, Erased { addresses: 2, flows: 1, transactions: 1, sessions: 1, tokens: 2 });
    let entry = office.last().await;
    for value in before {
        assert!(!office.on_disk(&value), "what was sealed is still in the files");
    }
    for clear in [NUMBER, &PHONE[1..], EMAIL] {
        assert!(!office.on_disk(clear.as_bytes()), "{clear}");
    }
    assert_eq!(sealed(&office), Vec::<Vec<u8>>::new());
    assert_eq!(office.store.customer(&id).await.unwrap(), None);
    assert_eq!(refusal(office.store.apply(office.maker.send(&flow)).await.unwrap()), flow_is_unknown());
    assert_eq!(office.store.transaction(transaction.id, office.clerk.now).await.unwrap(), None);
    let token = office.store.token(token.id).await.unwrap().unwrap();
    assert!(matches!(token.life, Life::Imported { .. }), "{:?}", token.life);
    let revoked = office.store.token(revoked.id).await.unwrap().unwrap();
    assert!(matches!(revoked.life, Life::Revoked { last: None, .. }), "{:?}", revoked.life);

    let pseudonym = office.store.pseudonym(&id);
    assert_eq!(short(&entry), ("customer_erase", format!("customer {pseudonym}").as_str(), "done"));
    assert_eq!((entry.customer, entry.pseudonym), (None, Some(pseudonym)));
    let again = office.desk.customer_erase(office.order(), id).await.unwrap();
    assert_eq!(again, Erased::default());
    let keys = office.clerk.rules.keys.clone();
    let checked =
        check_audit(office.shop.location(), Some(&keys), Seeded::new(3), &Default::default(), &mut |_| {}).unwrap();
    assert!(checked.found.is_ok(), "{checked:?}");
    // Nobody else is touched.
    assert_eq!(office.desk.customer_view(&other.it.id).await.unwrap(), other);
    let back = office.desk.customer_put(office.order(), None, customer(NUMBER, &[], &[])).await.unwrap();
    assert_eq!(back.version, 1, "whoever comes back is new");
}

fn flow_is_unknown() -> countersign::domain::flow::Refusal {
    countersign::domain::flow::Refusal::UnknownKey
}

#[tokio::test]
async fn while_somebody_reads_the_log_an_erasure_says_that_it_has_to_be_asked_for_again() {
    let office = Office::in_a_file();
    let id = CustomerId::parse(NUMBER).unwrap();
    office.desk.customer_put(office.order(), None, customer(NUMBER, &[PHONE], &[])).await.unwrap();
    let address = sealed(&office).swap_remove(1);
    let mut backup = rusqlite::Connection::open(office.shop.path()).unwrap();
    let reading = backup.transaction().unwrap();
    reading.query_row("select count(*) from customers", [], |row| row.get::<_, i64>(0)).unwrap();
    let told = office.desk.customer_erase(office.order(), id.clone()).await.unwrap_err();
    assert!(told.to_string().contains("try again"), "{told}");
    assert_eq!(office.store.customer(&id).await.unwrap(), None, "the rows are gone already");
    drop(reading);
    office.desk.customer_erase(office.order(), id).await.unwrap();
    assert!(!office.on_disk(&address));
}
