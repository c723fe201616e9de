//! The audit trail is a chain: whatever is done to it by hand is found, and the first entry that is not as it was written is
//! named.

use crate::support::bne::bne_rules;
use crate::support::domain::{PHONE, Seeded, customer, key_ring, noon, rules};
use crate::support::office::*;
use crate::support::rows::{Rows, of};
use crate::support::shop::{Shop, open_at};
use chrono::TimeDelta;
use countersign::domain::audit::Filter;
use countersign::domain::audit::chain::{COLUMNS, ChainId, Column, Hash, Position};
use countersign::domain::audit::checkpoint::{Checkpoint, SigningKey};
use countersign::domain::audit::verify::{Break, Fault};
use countersign::domain::customer::CustomerId;
use countersign::domain::keys::KeyRing;
use countersign::domain::limit::Limits;
use countersign::domain::transaction::{Policy, Rules};
use countersign::store::{AuditChecked, AuditProofs, Location, OpenError, PruneRefusal, Pruning, check_audit};
use rusqlite::ToSql;
use rusqlite::types::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Looks at the trail with the server's keys, as Rosa's rules have them.
fn check(place: &Location, keys: Option<&KeyRing>) -> AuditChecked {
    check_audit(place.clone(), keys, Seeded::new(3), &AuditProofs::default(), &mut |_| {}).unwrap()
}

/// Ten entries: customers are put and changed, an application registered.
async fn ten(office: &mut Office) {
    for n in 1..=8u64 {
        let id = format!("C{}", n % 2);
        let seen = (n > 2).then(|| (n - 1) / 2);
        office.desk.customer_put(office.order(), seen, customer(&id, &[PHONE], &[])).await.unwrap();
        office.pass(TimeDelta::seconds(1));
    }
    for id in ["web", "app"] {
        put_client(&*office.store, application(id)).await;
    }
}

/// A closed data file with ten entries.
async fn closed() -> (Shop, Arc<KeyRing>) {
    let mut office = Office::new();
    ten(&mut office).await;
    let keys = office.clerk.rules.keys.clone();
    let Office { shop, store, desk, .. } = office;
    drop((store, desk));
    (shop, keys)
}

fn broken(checked: &AuditChecked) -> (i64, Fault) {
    let Break { sequence, fault } = checked.found.expect_err("nothing was found");
    (sequence, fault)
}

#[tokio::test]
async fn a_trail_that_nobody_has_touched_verifies_with_the_keys_and_without() {
    let mut office = Office::new();
    let empty = check(&office.shop.location(), Some(&office.clerk.rules.keys));
    assert_eq!((empty.entries, empty.found.unwrap().sequence), (0, 0));
    ten(&mut office).await;
    // The server has the file.
    for keys in [Some(&*office.clerk.rules.keys), None] {
        let checked = check(&office.shop.location(), keys);
        assert_eq!((checked.entries, checked.sealed, checked.found.unwrap().sequence), (10, keys.is_some(), 10));
    }
    let last = check(&office.shop.location(), None).found.unwrap();
    assert_eq!(office.last().await.hash, last.hash);
    let office = office.reopen(bne_rules(|_| {}));
    office.desk.client_put(office.order(), None, application("third")).await.unwrap();
    assert_eq!(check(&office.shop.location(), Some(&office.clerk.rules.keys)).found.unwrap().sequence, 11);
}

#[tokio::test]
async fn a_change_of_any_column_is_found_and_the_entry_named() {
    let (shop, keys) = closed().await;
    let rows = shop.rows();
    // What the check below covers is all that there is.
    let known: Vec<_> = ["sequence", "chain"].into_iter().chain(COLUMNS).chain(["hash"]).collect();
    assert_eq!(rows.columns("audit"), known);
    let changes = [
        ("at_ms", "at_ms + 1"),
        ("source", "'dbx'"),
        ("actor", "'anna'"),
        ("actor", "null"),
        ("action", "'customer_delete'"),
        ("subject", "subject || 'x'"),
        ("customer", "zeroblob(16)"),
        ("outcome", "'unknown'"),
        ("before", "null"),
        ("before", "before || ' '"),
        ("after", "'{}'"),
        ("personal", "zeroblob(length(personal))"),
        ("request_id", "'request-2'"),
        ("request_id", "null"),
        ("count", "2"),
        ("hash", "zeroblob(32)"),
    ];
    let tried: BTreeSet<_> = changes.iter().map(|(column, _)| *column).collect();
    assert!(COLUMNS.iter().all(|column| tried.contains(column)), "{tried:?}");
    for (column, value) in changes {
        let original: Value = rows.value(&format!("select {column} from audit where sequence = 5"), &[]);
        rows.run(&format!("update audit set {column} = {value} where sequence = 5"));
        for keys in [Some(&*keys), None] {
            assert_eq!(broken(&check(&shop.location(), keys)), (5, Fault::Changed), "{column} = {value}");
        }
        rows.change(&format!("update audit set {column} = ? where sequence = 5"), &[&original]);
        assert!(check(&shop.location(), Some(&keys)).found.is_ok(), "{column} was put back");
    }
    rows.run("update audit set chain = zeroblob(16) where sequence = 5");
    assert_eq!(broken(&check(&shop.location(), Some(&keys))), (5, Fault::OtherChain));
}

/// The first entry that is not as it was written, and what is wrong with it.
type Found = (i64, Fault);

#[tokio::test]
async fn what_is_deleted_inserted_or_moved_is_found_and_the_first_entry_named() {
    let forged = "insert into audit select 11, chain, at_ms, source, 'nobody', action, subject, customer, outcome, before, after,
                         personal, request_id, count, zeroblob(32) from audit where sequence = 4;";
    let make_room =
        "update audit set sequence = -sequence - 1 where sequence >= 4; update audit set sequence = -sequence
                     where sequence < 0;";
    let inserted = format!("{make_room} {}", forged.replace("11,", "4,").replace("sequence = 4", "sequence = 3"));
    let both = |found: Found| (found, Some(found));
    let deeds: Vec<(String, (Found, Option<Found>))> = vec![
        ("delete from audit where sequence = 1".into(), both((1, Fault::Missing { through: 1 }))),
        ("delete from audit where sequence between 4 and 6".into(), both((4, Fault::Missing { through: 6 }))),
        // The end: only who has the keys knows where it was.
        ("delete from audit where sequence > 8".into(), ((9, Fault::Missing { through: 10 }), None)),
        ("delete from audit".into(), ((1, Fault::Missing { through: 10 }), None)),
        // Closing the gap does not help.
        (
            "delete from audit where sequence = 4; update audit set sequence = sequence - 1 where sequence > 4".into(),
            both((4, Fault::Changed)),
        ),
        (forged.into(), ((11, Fault::Inserted), Some((11, Fault::Changed)))),
        (inserted, both((4, Fault::Inserted))),
        (
            "update audit set sequence = -1 where sequence = 4; update audit set sequence = 4 where sequence = 5;
             update audit set sequence = 5 where sequence = -1"
                .into(),
            both((4, Fault::Displaced { found_at: 5 })),
        ),
        (
            "update audit set sequence = -1 where sequence = 3; update audit set sequence = 3 where sequence = 8;
             update audit set sequence = 8 where sequence = -1"
                .into(),
            both((3, Fault::Displaced { found_at: 8 })),
        ),
        ("update audit set sequence = 100 where sequence = 6".into(), both((6, Fault::Missing { through: 6 }))),
        ("update audit set sequence = -6 where sequence = 6".into(), both((-6, Fault::Inserted))),
    ];
    for (deed, (with_keys, without)) in deeds {
        let (shop, keys) = closed().await;
        shop.rows().run(&deed);
        assert_eq!(broken(&check(&shop.location(), Some(&keys))), with_keys, "{deed}");
        assert_eq!(
            check(&shop.location(), None).found.err().map(|found| (found.sequence, found.fault)),
            without,
            "{deed}"
        );
    }
}

/// Hashes every entry anew from `from` on, as anyone can who knows how.
fn recompute(rows: &Rows, from: i64) {
    let mut at = Position::beginning(ChainId::from_bytes(rows.value("select chain from audit_head", &[])));
    let select = format!("select sequence, hash, {} from audit order by sequence", COLUMNS.join(", "));
    for row in rows.read(&select, &[]) {
        let sequence: i64 = of(&row[0]);
        let columns = std::array::from_fn(|n| match &row[n + 2] {
            Value::Null => Column::Null,
            Value::Integer(number) => Column::Integer(*number),
            Value::Text(text) => Column::Bytes(text.as_bytes()),
            Value::Blob(bytes) => Column::Bytes(bytes),
            Value::Real(_) => panic!("no column has such values"),
        });
        at = at.next(&columns);
        if sequence < from {
            assert_eq!(of::<[u8; 32]>(&row[1]), *at.hash.as_bytes(), "{sequence}");
        } else {
            rows.change("update audit set hash = ? where sequence = ?", &[at.hash.as_bytes(), &sequence]);
        }
    }
}

#[tokio::test]
async fn a_chain_that_was_computed_anew_is_found_by_its_sealed_head() {
    let (shop, keys) = closed().await;
    let rows = shop.rows();
    rows.run("update audit set actor = 'nobody' where sequence = 5");
    recompute(&rows, 5);
    assert_eq!(broken(&check(&shop.location(), Some(&keys))), (10, Fault::Recomputed));
    assert!(check(&shop.location(), None).found.is_ok(), "only the server's keys tell");
    // To hash it anew for one entry is seen at the next.
    let (shop, _) = closed().await;
    let rows = shop.rows();
    let genuine: [u8; 32] = rows.value("select hash from audit where sequence = 6", &[]);
    rows.run("update audit set actor = 'nobody' where sequence = 5");
    recompute(&rows, 5);
    rows.change("update audit set hash = ? where sequence = 6", &[&genuine]);
    assert_eq!(broken(&check(&shop.location(), None)), (6, Fault::Changed));
}

#[tokio::test]
async fn entries_of_another_data_file_are_found_also_with_their_head() {
    let (shop, keys) = closed().await;
    let other = Shop::new();
    let store = open_at(other.location(), &rules(), noon(), 77).unwrap();
    for n in 0..10 {
        put_client(&store, application(&format!("app-{n}"))).await;
    }
    drop(store);
    let (rows, others) = (shop.rows(), other.rows());
    let take = |from: &str| {
        rows.run(&format!("delete from {from}"));
        for row in others.read(&format!("select * from {from}"), &[]) {
            let (table, places) = (from.split(' ').next().unwrap(), vec!["?"; row.len()].join(", "));
            let values: Vec<_> = row.iter().map(|value| value as &dyn ToSql).collect();
            rows.change(&format!("insert into {table} values ({places})"), &values);
        }
    };
    take("audit where sequence = 7");
    assert_eq!(broken(&check(&shop.location(), Some(&keys))), (7, Fault::OtherChain));
    // Said to be of this chain, it still is not.
    rows.run("update audit set chain = (select chain from audit_head) where sequence = 7");
    assert_eq!(broken(&check(&shop.location(), Some(&keys))), (7, Fault::Changed));
    take("audit");
    take("audit_head");
    let error =
        check_audit(shop.location(), Some(&keys), Seeded::new(3), &AuditProofs::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(&error, OpenError::Store(_)) && error.to_string().contains("another data file"), "{error}");
    drop(rows);
    assert!(shop.open_with(&keys, noon()).is_err(), "a server does not go on with it");
}

#[tokio::test]
async fn a_server_does_not_go_on_without_the_head_nor_from_where_somebody_has_cut_the_trail() {
    let mut office = Office::new();
    ten(&mut office).await;
    let keys = office.clerk.rules.keys.clone();
    let rows = office.shop.rows();
    rows.run("delete from audit where sequence > 8");
    put_client(&*office.store, application("third")).await;
    // The chain goes on from where the server knows that it ended, so the hole stays.
    assert_eq!(office.last().await.sequence, 11);
    assert_eq!(broken(&check(&office.shop.location(), Some(&keys))), (9, Fault::Missing { through: 10 }));
    let office = office.reopen(bne_rules(|_| {}));
    put_client(&*office.store, application("fourth")).await;
    assert_eq!(broken(&check(&office.shop.location(), Some(&keys))), (9, Fault::Missing { through: 10 }));
    for deed in ["update audit_head set position = zeroblob(72)", "delete from audit_head"] {
        let (shop, keys) = closed().await;
        shop.rows().run(deed);
        let error = shop.open_with(&keys, noon()).err().unwrap().to_string();
        assert!(error.contains("audit_head"), "{error}");
    }
}

#[tokio::test]
async fn an_erased_customer_is_a_pseudonym_in_a_chain_that_still_verifies() {
    let mut office = Office::new();
    ten(&mut office).await;
    let keys = office.clerk.rules.keys.clone();
    let id = CustomerId::parse("C1").unwrap();
    let of_c1 = || Filter { customer: Some(id.clone()), limit: 200, ..Filter::default() };
    let before = office.desk.audit_list(of_c1()).await.unwrap().items;
    assert_eq!(before.len(), 4);
    assert!(before.iter().all(|entry| entry.customer.as_ref() == Some(&id) && entry.subject == "customer C1"));
    assert!(fact(&before[0].after, "addresses").is_some());
    let pseudonym = office.store.pseudonym(&id);
    assert!(!office.on_disk(b"customer C1") && office.on_disk(format!("customer {pseudonym}").as_bytes()));
    assert!(!office.on_disk(b"+34XXXXXXX56"), "addresses are not in clear, not even masked");

    office.desk.customer_erase(office.order(), id.clone()).await.unwrap();
    let mut after = office.desk.audit_list(of_c1()).await.unwrap().items;
    assert_eq!(after.pop().unwrap().action, "customer_erase");
    assert_eq!(after.len(), 4);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((after.sequence, after.hash), (before.sequence, before.hash));
        assert_eq!((&after.customer, after.pseudonym), (&None, Some(pseudonym)));
        assert_eq!(after.subject, format!("customer {pseudonym}"));
        assert_eq!(fact(&after.after, "addresses"), None);
        assert_eq!(fact(&after.after, "version"), fact(&before.after, "version"));
    }
    assert_eq!(check(&office.shop.location(), Some(&keys)).found.unwrap().sequence, 11);
    // Others are as they were; whoever comes back under the number is known again, but not what was.
    let c0 = Filter { customer: CustomerId::parse("C0").ok(), limit: 200, ..Filter::default() };
    assert!(office.desk.audit_list(c0).await.unwrap().items.iter().all(|entry| entry.customer.is_some()));
    office.desk.customer_put(office.order(), None, customer("C1", &[], &[])).await.unwrap();
    let again = office.desk.audit_list(of_c1()).await.unwrap().items;
    let known: Vec<_> = again.iter().map(|entry| entry.customer.is_some()).collect();
    assert_eq!(known, [false, false, false, false, false, true]);
}

#[tokio::test]
async fn audit_keys_follow_a_rotation() {
    let mut office = Office::new();
    ten(&mut office).await;
    let two = |ids: &[&str]| {
        Arc::new(Rules { keys: Arc::new(key_ring(ids)), policy: Policy::default(), limits: Limits::none() })
    };
    let office = office.reopen(two(&["k2", "k1"]));
    // Of each customer the number, an address and the audit key.
    assert_eq!(reseal(&office.store).await, (6, 0));
    let office = office.reopen(two(&["k2"]));
    let trail = office.trail().await;
    assert!(trail[..8].iter().all(|entry| entry.customer.is_some() && fact(&entry.after, "addresses").is_some()));
    assert_eq!(check(&office.shop.location(), Some(&office.clerk.rules.keys)).found.unwrap().sequence, 10);
}

fn look(place: &Location, keys: Option<&KeyRing>, signed: &[(u64, Hash)]) -> AuditChecked {
    let proofs = AuditProofs { checkpoints: signed.iter().copied().collect(), keys: Vec::new() };
    check_audit(place.clone(), keys, Seeded::new(3), &proofs, &mut |_| {}).unwrap()
}

#[tokio::test]
async fn what_a_checkpoint_was_signed_for_must_still_be_there() {
    let (shop, _) = closed().await;
    let place = look(&shop.location(), None, &[]).found.unwrap();
    let signed = [(10, place.hash)];
    assert!(look(&shop.location(), None, &signed).found.is_ok());
    let rows = shop.rows();
    rows.run("delete from audit where sequence = 10");
    assert_eq!(broken(&look(&shop.location(), None, &signed)), (10, Fault::Missing { through: 10 }));
    let (shop, _) = closed().await;
    let rows = shop.rows();
    rows.run("update audit set actor = 'nobody' where sequence = 5");
    recompute(&rows, 5);
    assert!(look(&shop.location(), None, &[]).found.is_ok());
    assert_eq!(broken(&look(&shop.location(), None, &signed)), (10, Fault::NotAsSigned));
}

#[tokio::test]
async fn what_is_old_is_pruned_and_the_rest_hangs_on_an_anchor_that_cannot_be_forged() {
    let mut office = Office::new();
    ten(&mut office).await;
    let (place, keys) = (office.shop.location(), office.clerk.rules.keys.clone());
    let start = office.trail().await[0].at;
    let prune = |before| {
        let order = &order(start + TimeDelta::days(1));
        office.store.prune_audit(&Pruning { before, order, signer: None, trust_anchor: false }, &mut |_| {}).unwrap()
    };
    assert_eq!(prune(start), Ok(None), "nothing is older");
    let pruned = prune(start + TimeDelta::seconds(4)).unwrap().unwrap();
    assert_eq!((pruned.entries, pruned.through.sequence), (4, 4));
    let checked = check(&place, Some(&keys));
    assert_eq!((checked.entries, checked.found.unwrap().sequence), (7, 11));
    assert_eq!(check(&place, None).found.unwrap().sequence, 11);
    let last = office.last().await;
    assert_eq!((short(&last), last.actor.as_deref()), (("audit_prune", "audit", "done"), Some("anna")));
    let facts = ["entries", "through", "hash"].map(|name| fact(&last.after, name).unwrap().to_owned());
    assert_eq!(facts, ["4".to_owned(), "4".to_owned(), pruned.through.hash.to_string()]);
    // The server goes on, before and after a restart.
    put_client(&*office.store, application("third")).await;
    let office = office.reopen(bne_rules(|_| {}));
    put_client(&*office.store, application("fourth")).await;
    assert_eq!(check(&place, Some(&keys)).found.unwrap().sequence, 13);
    let Office { shop: _shop, store, desk, .. } = office;
    drop((store, desk));

    let rows = Rows::at(&place);
    // To prune by hand: rows go, and the anchor is set to where they went. Only the server can seal it.
    let by_hand = "update audit_anchors set sequence = 6, hash = (select hash from audit where sequence = 6);
                   delete from audit where sequence <= 6";
    let deeds = [
        (by_hand, (6, Fault::Anchor)),
        ("update audit_anchors set hash = zeroblob(32)", (4, Fault::Anchor)),
        ("update audit_anchors set position = zeroblob(60)", (4, Fault::Anchor)),
        ("delete from audit_anchors", (1, Fault::Missing { through: 4 })),
    ];
    for (deed, found) in deeds {
        rows.run(
            "create temp table kept as select * from audit; create temp table anchor as select * from audit_anchors",
        );
        rows.run(deed);
        assert_eq!(broken(&check(&place, Some(&keys))), found, "{deed}");
        let undo = "delete from audit; insert into audit select * from kept; drop table kept;
                    delete from audit_anchors; insert into audit_anchors select * from anchor; drop table anchor";
        rows.run(undo);
        assert!(check(&place, Some(&keys)).found.is_ok(), "{deed}: undone");
    }
}

#[tokio::test]
async fn a_broken_trail_is_not_pruned() {
    let mut office = Office::new();
    ten(&mut office).await;
    office.shop.rows().run("update audit set count = 2 where sequence = 3");
    let later = noon() + TimeDelta::days(1);
    let pruning = Pruning { before: later, order: &order(later), signer: None, trust_anchor: false };
    let unpruned = office.store.prune_audit(&pruning, &mut |_| {}).unwrap();
    assert_eq!(unpruned, Err(PruneRefusal::Broken(Break { sequence: 3, fault: Fault::Changed })));
    assert_eq!(office.trail().await.len(), 10);
}

#[tokio::test]
async fn the_key_of_a_customer_is_missed_unless_the_customer_was_erased() {
    // C1 is in the first entry, C0 in the second.
    for (change, expected) in [
        ("delete from audit_customers where customer = (select customer from audit where sequence = 1)", 1),
        ("delete from audit_customers where customer = (select customer from audit where sequence = 2)", 2),
        ("delete from audit_customers", 1),
    ] {
        let (shop, keys) = closed().await;
        shop.rows().run(change);
        assert_eq!(broken(&check(&shop.location(), Some(&keys))), (expected, Fault::Nameless), "{change}");
        assert_eq!(broken(&check(&shop.location(), None)), (expected, Fault::Nameless), "{change}");
    }
    let (shop, keys) = closed().await;
    let damage = "update audit_customers set key = zeroblob(70)
                  where customer = (select customer from audit where sequence = 1)";
    shop.rows().run(damage);
    assert_eq!(broken(&check(&shop.location(), Some(&keys))), (1, Fault::Nameless));
    assert!(check(&shop.location(), None).found.is_ok(), "only the server's keys tell");

    let mut office = Office::new();
    ten(&mut office).await;
    office.desk.customer_erase(office.order(), CustomerId::parse("C1").unwrap()).await.unwrap();
    let keys = office.clerk.rules.keys.clone();
    assert!(check(&office.shop.location(), Some(&keys)).found.is_ok());
    // A customer who comes back is told of by name again.
    office.desk.customer_put(office.order(), None, customer("C1", &[PHONE], &[])).await.unwrap();
    assert!(check(&office.shop.location(), Some(&keys)).found.is_ok());
    // What was erased before is excused, the entry behind it is not.
    let delete = "delete from audit_customers where customer = (select customer from audit where sequence = 1)";
    office.shop.rows().run(delete);
    assert_eq!(broken(&check(&office.shop.location(), Some(&keys))), (12, Fault::Nameless));
}

#[tokio::test]
async fn a_key_that_was_made_anew_or_put_back_does_not_hide_that_the_older_one_is_gone() {
    let delete = "delete from audit_customers where customer = (select customer from audit where sequence = 1)";
    let mut office = Office::new();
    ten(&mut office).await;
    let place = office.shop.location();
    let keys = office.clerk.rules.keys.clone();
    let by_hand = Rows::at(&place);
    let first = "select key from audit_customers where customer = (select customer from audit where sequence = 1)";
    let older: Vec<u8> = by_hand.value(first, &[]);
    by_hand.run(delete);
    office.desk.customer_put(office.order(), Some(4), customer("C1", &[], &[])).await.unwrap();
    assert_eq!(broken(&check(&place, Some(&keys))), (1, Fault::Nameless), "the entry behind it has made a new key");
    assert!(check(&place, None).found.is_ok(), "only the server's keys tell");
    // The older one opens its own entries, and not the newest.
    let put = "update audit_customers set key = ? where customer = (select customer from audit where sequence = 1)";
    by_hand.change(put, &[&older]);
    assert_eq!(broken(&check(&place, Some(&keys))), (11, Fault::Nameless));

    // Behind an erasure only what came later is named.
    let mut office = Office::new();
    ten(&mut office).await;
    let (place, by_hand) = (office.shop.location(), office.shop.rows());
    office.desk.customer_erase(office.order(), CustomerId::parse("C1").unwrap()).await.unwrap();
    office.desk.customer_put(office.order(), None, customer("C1", &[], &[])).await.unwrap();
    by_hand.change(put, &[&older]);
    assert_eq!(broken(&check(&place, Some(&keys))), (12, Fault::Nameless));
}

/// RFC 8032 §7.1, tests 1 and 2, as OpenSSL writes private keys.
fn signing_key(seed: &str) -> SigningKey {
    let envelope = data_encoding::HEXLOWER.decode(b"302e020100300506032b657004220420").unwrap();
    let seed = data_encoding::HEXLOWER.decode(seed.as_bytes()).unwrap();
    SigningKey::from_pkcs8(&[envelope, seed].concat()).unwrap()
}

#[tokio::test]
async fn an_anchor_is_signed_where_there_is_a_key_and_nothing_else_passes_for_one() {
    let owner = signing_key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let other = signing_key("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    let mut office = Office::new();
    ten(&mut office).await;
    let (place, keys) = (office.shop.location(), office.clerk.rules.keys.clone());
    let start = office.trail().await[0].at;
    let at = start + TimeDelta::days(1);
    let prune = |seconds, signer, trust_anchor| {
        let before = start + TimeDelta::seconds(seconds);
        let pruning = Pruning { before, order: &order(at), signer, trust_anchor };
        office.store.prune_audit(&pruning, &mut |_| {}).unwrap().map(|pruned| pruned.unwrap().through.sequence)
    };
    let with = |keys: Option<&KeyRing>, signers: &[&SigningKey]| {
        let public = signers.iter().map(|key| key.public().unwrap()).collect();
        let proofs = AuditProofs { keys: public, ..AuditProofs::default() };
        check_audit(place.clone(), keys, Seeded::new(3), &proofs, &mut |_| {}).unwrap().found
    };
    let refused = |n| Err(Break { sequence: n, fault: Fault::Unsigned });
    assert!(with(Some(&keys), &[&owner]).is_ok(), "nothing was pruned");
    assert_eq!(prune(2, None, false), Ok(2));
    assert!(check(&place, Some(&keys)).found.is_ok());
    assert_eq!(with(Some(&keys), &[&owner]), refused(2), "it is not signed");
    // Whoever has only the server's keys has written that, or the owner has before there was a key: only they know.
    assert_eq!(prune(3, Some(&owner), false), Err(PruneRefusal::UntrustedAnchor(2)), "a signature would hide it");
    assert_eq!(prune(3, Some(&owner), true), Ok(3));
    assert_eq!(prune(4, Some(&owner), false), Ok(4));
    for keys in [Some(&*keys), None] {
        assert!(with(keys, &[&owner]).is_ok() && with(keys, &[&other, &owner]).is_ok());
        assert_eq!(with(keys, &[&other]), refused(4));
    }
    let trusted: Vec<_> = office.trail().await.into_iter().filter(|entry| entry.action == "audit_prune").collect();
    assert_eq!(
        trusted.iter().map(|entry| fact(&entry.after, "trusted_anchor")).collect::<Vec<_>>(),
        [None, Some("2"), None]
    );
    for stranger in [None, Some(&other)] {
        assert_eq!(prune(5, stranger, false), Err(PruneRefusal::UntrustedAnchor(4)), "the signature would be lost");
    }
    // A checkpoint of the same entry, signed with the right key, is no anchor.
    let by_hand = Rows::at(&place);
    let anchor = by_hand.read("select chain, hash from audit_anchors", &[]).remove(0);
    let (chain, hash) = (ChainId::from_bytes(of(&anchor[0])), Hash::from_bytes(of(&anchor[1])));
    let signature = owner.sign(&Checkpoint { place: Position { chain, sequence: 4, hash }, at }.statement());
    by_hand.change("update audit_anchors set signature = ?", &[&signature]);
    assert_eq!(with(Some(&keys), &[&owner]), refused(4));
    assert!(check(&place, Some(&keys)).found.is_ok(), "whoever has no key takes what the server has sealed");
    // What is no anchor at all is told as that.
    for (change, complaint) in [
        ("update audit_anchors set sequence = -1", "audit_anchors.sequence"),
        ("update audit_anchors set sequence = 0", "audit_anchors.sequence"),
        ("update audit_anchors set sequence = 4, pruned_at_ms = 9223372036854775807", "audit_anchors.pruned_at_ms"),
        (
            "insert into audit_anchors select zeroblob(16), sequence, hash, position, sealed_with, 0, null from audit_anchors",
            "audit_anchors",
        ),
    ] {
        by_hand.run(change);
        let error = check_audit(place.clone(), None, Seeded::new(3), &AuditProofs::default(), &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains(complaint), "{change}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_by_hand_to_a_trail_on_a_server_is_found_as_in_a_file() {
    let Some(mut office) = Office::on_a_server() else { return };
    ten(&mut office).await;
    let keys = office.clerk.rules.keys.clone();
    let look = |shop: &Shop, keys| {
        check_audit(shop.location(), keys, Seeded::new(3), &AuditProofs::default(), &mut |_| {}).unwrap()
    };
    assert_eq!(look(&office.shop, Some(&keys)).found.unwrap().sequence, 10);
    for (deed, found) in [
        ("update audit set actor = 'nobody' where sequence = 5", (5, Fault::Changed)),
        ("delete from audit where sequence = 4", (4, Fault::Missing { through: 4 })),
        ("delete from audit where sequence = 10", (10, Fault::Missing { through: 10 })),
        ("update audit set chain = zeroblob(16) where sequence = 6", (6, Fault::OtherChain)),
        (
            "delete from audit_customers where customer in (select customer from audit where sequence = 8)",
            (2, Fault::Nameless),
        ),
    ] {
        let copy = office.shop.restored();
        copy.rows().run(deed);
        assert_eq!(broken(&look(&copy, Some(&keys))), found, "{deed}");
    }
    let copy = office.shop.restored();
    copy.rows().run("delete from audit_head");
    assert!(copy.open_with(&keys, noon()).is_err(), "a server does not go on without its head");
}
