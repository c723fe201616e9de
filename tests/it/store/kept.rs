//! What is kept, on either engine: nothing secret in clear, damage named by its place, the keys, and the import of customers.

use crate::support::domain::*;
use crate::support::office::order;
use crate::support::shop::{Shop, open_at};
use chrono::TimeDelta;
use countersign::domain::customer::{Customer, CustomerId, Language};
use countersign::domain::desk::ports::CustomerDesk;
use countersign::domain::flow::*;
use countersign::domain::limit::Limits;
use countersign::domain::ports::{CustomerStore, FlowStore, StoreError};
use countersign::domain::prefix::Guard;
use countersign::store::{ImportError, ImportReport, OpenError, Store};
use std::convert::Infallible;

fn import(store: &Store, customers: &[Customer], prune: bool) -> ImportReport {
    let customers = customers.iter().cloned().map(Ok::<_, Infallible>);
    store.import_customers(customers, prune, &order(noon()), &mut |_| {}).unwrap()
}

async fn found(store: &Store, id: &str) -> Option<Customer> {
    store.customer(&CustomerId::parse(id).unwrap()).await.unwrap()
}

#[tokio::test]
async fn nothing_secret_is_on_disk_in_clear() {
    let shop = Shop::new();
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
        assert!(!on_disk(bytes, &shop), "{name} is in the data");
    }
    drop(store);
    for (name, bytes) in &secrets {
        assert!(!on_disk(bytes, &shop), "{name} is in the data, closed");
    }
}

#[tokio::test]
async fn an_address_moved_to_another_customer_does_not_open() {
    let shop = Shop::new();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    import(&store, &[customer("C1", &[PHONE], &[]), customer("C2", &[OTHER_PHONE], &[])], false);
    let sql = "update customer_addresses set address =
               (select address from customer_addresses where customer = ?2) where customer = ?1";
    let [one, two] = ["C1", "C2"].map(|id| store.pseudonym(&CustomerId::parse(id).unwrap()));
    shop.rows().change(sql, &[one.as_bytes(), two.as_bytes()]);
    let error = store.customer(&CustomerId::parse("C1").unwrap()).await.unwrap_err();
    let StoreError::Corrupt { table, column, row, problem } = error else { panic!("{error}") };
    assert_eq!((table, column, row), ("customer_addresses", "address", format!("{one} sms 0")));
    assert!(problem.contains("does not authenticate"), "{problem}");
}

#[tokio::test]
async fn bad_data_is_named_by_table_column_and_row() {
    let shop = Shop::new();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    sent(store.apply(maker.send(&flow)).await.unwrap());
    let damages = [
        ("chosen", "update flows set chosen = '[7]'"),
        ("sends", "update flows set sends = 999"),
        ("language", "update flows set language = 'gossip'"),
        ("recipients", "update flows set recipients = zeroblob(1)"),
    ];
    for (damaged, sql) in damages {
        shop.rows().run(sql);
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
    let shop = Shop::new();
    let mut maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let mut dispatches = Vec::new();
    for address in [PHONE, OTHER_PHONE] {
        maker.pass(TimeDelta::milliseconds(1));
        let flow = maker.flow(None, &[phone(address)]);
        store.apply(maker.open(&flow)).await.unwrap().unwrap();
        dispatches.push(sent(store.apply(maker.send(&flow)).await.unwrap()));
    }
    let damage = "update outbox set addresses = zeroblob(1) where send_id = ?";
    shop.rows().change(damage, &[dispatches[0].send.as_bytes()]);
    let found = store.dispatches_pending(maker.now, 10).await.unwrap();
    let [Err(StoreError::Corrupt { table: "outbox", column: "addresses", row, .. }), Ok(sound)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!((row, sound), (&dispatches[0].send.to_string(), &dispatches[1]));
}

#[tokio::test]
async fn a_consumed_flow_is_not_even_opened() {
    let shop = Shop::new();
    let maker = Maker::new(rules());
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    let dispatch = sent(store.apply(maker.send(&flow)).await.unwrap());
    let verify = || store.apply(maker.verify(&flow, &dispatch, &maker.code(&dispatch)));
    verify().await.unwrap().unwrap();
    shop.rows().run("update flows set recipients = zeroblob(1)");
    assert_eq!(refusal(verify().await.unwrap()), Refusal::UnknownKey);
    // How its send went is recorded all the same.
    assert!(store.apply(maker.settle(&dispatch, false)).await.unwrap().is_ok());
    assert_eq!(pending(&store, maker.now, 10).await, []);
}

// Keys.

#[tokio::test]
async fn a_start_without_a_key_that_live_data_needs_is_refused_and_names_the_key() {
    let shop = Shop::new();
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
    let shop = Shop::new();
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
    let shop = Shop::new();
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
    let shop = Shop::new();
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
    let shop = Shop::new();
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
    let shop = Shop::new();
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
    let shop = Shop::new();
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

/// Whoever is given twice is as given last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_counts_what_is_given_twice_in_the_same_way_on_either_engine() {
    /// What is there, what is given, and what the import makes of it: added, changed, unchanged, and the version.
    type Case<'a> = (Option<&'a str>, &'a [&'a str], [u64; 3], u64);
    let keys = [&["k1", "k2"], &["k2", "k1"]].map(|ids| rules_with(ids, |_| {}));
    let [one, other] = [PHONE, OTHER_PHONE];
    let cases: [Case<'_>; 7] = [
        (None, &[one, one], [1, 0, 1], 1),
        (None, &[one, other], [1, 1, 0], 2),
        (None, &[one, other, other, one], [1, 2, 1], 3),
        (Some(one), &[one, one], [0, 0, 2], 1),
        (Some(one), &[other, other], [0, 1, 1], 2),
        (Some(one), &[other, one], [0, 2, 0], 3),
        (Some(one), &[one, other], [0, 1, 1], 2),
    ];
    for shop in [Some(Shop::in_a_file()), Shop::on_a_server()].into_iter().flatten() {
        for (n, (there, given, [added, changed, unchanged], version)) in cases.into_iter().enumerate() {
            // What is there is sealed with an older key.
            let id = format!("C{n}");
            if let Some(phone) = there {
                import(&shop.open(&keys[0], noon()).unwrap(), &[customer(&id, &[phone], &[])], false);
            }
            let store = shop.open(&keys[1], noon()).unwrap();
            let all: Vec<_> = given.iter().map(|phone| customer(&id, &[phone], &[])).collect();
            let expected = ImportReport { added, changed, unchanged, removed: 0 };
            assert_eq!(import(&store, &all, false), expected, "{there:?}, then {given:?} in {}", shop.location());
            let kept = store.kept_customer(&CustomerId::parse(&id).unwrap()).await.unwrap().unwrap();
            assert_eq!((Some(&kept.it), kept.version), (all.last(), version), "{there:?}, then {given:?}");
        }
    }
}

/// Imports one customer, who is deleted and made anew with another phone meanwhile, and gets a code there.
async fn import_across(given: Customer, keys: [&[&str]; 2]) -> Option<(ImportReport, Customer, Decision)> {
    let shop = Shop::on_a_server()?;
    import(&shop.open(&rules_with(keys[0], |_| {}), noon()).unwrap(), &[customer("C1", &[PHONE], &[])], false);
    let maker = Maker::new(rules_with(keys[1], |_| {}));
    let store = shop.open_for(&maker);
    let meanwhile = async {
        import(&store, &[], true);
        import(&store, &[customer("C1", &[OTHER_PHONE], &[])], false);
        let flow = maker.flow(holder("C1"), &[phone(OTHER_PHONE)]);
        store.apply(maker.open(&flow)).await.unwrap().unwrap();
        let dispatch = sent(store.apply(maker.send(&flow)).await.unwrap());
        (flow, dispatch)
    };
    let runtime = tokio::runtime::Handle::current();
    let (mut meanwhile, mut sent_meanwhile) = (Some(meanwhile), None);
    // Whoever is heard of has been looked up, and nothing of it is written yet.
    let report = tokio::task::block_in_place(|| {
        let looked_up = &mut |_| sent_meanwhile = Some(runtime.block_on(meanwhile.take().unwrap()));
        store.import_customers([Ok::<_, Infallible>(given)], false, &order(noon()), looked_up).unwrap()
    });
    let (flow, dispatch) = sent_meanwhile.unwrap();
    let verified = store.apply(maker.verify(&flow, &dispatch, &maker.code(&dispatch))).await.unwrap();
    Some((report, found(&store, "C1").await.unwrap(), verified))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_that_is_made_anew_while_an_import_changes_it_is_as_given_and_its_open_flows_end() {
    let given = Customer { language: Language::Es, ..customer("C1", &[PHONE], &[]) };
    let Some((report, is, verified)) = import_across(given.clone(), [&["k1"], &["k1"]]).await else { return };
    assert_eq!((report, is), (ImportReport { changed: 1, ..ImportReport::default() }, given));
    assert_eq!(
        refusal(verified),
        Refusal::UnknownKey,
        "the phone that the code went to is not the customer's any more"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_that_is_made_anew_while_an_import_only_seals_it_stays_as_others_made_it() {
    let given = customer("C1", &[PHONE], &[]);
    let Some((report, is, verified)) = import_across(given, [&["k1"], &["k2", "k1"]]).await else { return };
    assert_eq!(report, ImportReport { unchanged: 1, ..ImportReport::default() });
    assert_eq!(is, customer("C1", &[OTHER_PHONE], &[]));
    assert!(matches!(verified, Ok(Granted::Verified)), "{verified:?}");
}

#[test]
fn a_customers_pseudonym_is_the_data_files_own_and_survives_restart_and_rotation() {
    let (shop, other) = (Shop::new(), Shop::new());
    let id = CustomerId::parse("C1").unwrap();
    let pseudonym = |shop: &Shop, keys: &[&str]| shop.open(&rules_with(keys, |_| {}), noon()).unwrap().pseudonym(&id);
    let first = pseudonym(&shop, &["k1"]);
    assert_eq!(pseudonym(&shop, &["k1"]), first);
    assert_eq!(pseudonym(&shop, &["k2", "k1"]), first);
    assert_eq!(pseudonym(&shop, &["k2"]), first);
    assert_ne!(open_at(other.location(), &rules(), noon(), 9).unwrap().pseudonym(&id), first);
}
