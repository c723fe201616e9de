//! Rotation of the server keys: everything moves, nothing is lost on the way, and the old key can go.

use crate::support::bne::*;
use crate::support::domain::*;
use crate::support::office::*;
use crate::support::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::customer::{Action, Change, Customer, CustomerId};
use countersign::domain::desk::Failure;
use countersign::domain::desk::ports::{CustomerDesk, FlowDesk, KeyDesk};
use countersign::domain::flow::{Flow, Secret};
use countersign::domain::keys::KeyId;
use countersign::domain::limit::Limits;
use countersign::domain::ports::{CustomerStore, FlowStore, TokenStore, TransactionStore};
use countersign::domain::rotation::{KeyUse, Refusal};
use countersign::domain::token::Token;
use countersign::domain::transaction::{Policy, Rules, Subject, Transaction};
use countersign::domain::version::Seen;
use countersign::store::OpenError;
use std::sync::Arc;

const KEY_URI: &str = "otpauth://totp/T-1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn under(ids: &[&str]) -> Arc<Rules> {
    Arc::new(Rules { keys: Arc::new(key_ring(ids)), policy: Policy::default(), limits: Limits::none() })
}

fn key(id: &str) -> KeyId {
    KeyId::parse(id).unwrap()
}

/// Something in every column that is sealed.
pub(super) struct Everything {
    customer: Customer,
    pub(super) token: Token,
    flow: Flow,
    pub(super) transaction: Transaction,
}

impl Everything {
    pub(super) async fn put_into(office: &Office) -> Self {
        let customer = customer("C1", &[PHONE, OTHER_PHONE], &[EMAIL]);
        let change = Change { order: order(noon()), seen: Seen::Whatever, action: Action::Put(customer.clone()) };
        office.store.change_customer(change).await.unwrap().unwrap();
        let token = office.hugos(ocra_device(PLAIN_SUITE)).await;
        for n in 0..7 {
            let spare = office.clerk.token(totp_device());
            let secret = (n == 0).then(|| Secret::new(KEY_URI));
            let call = call(&format!("spare {n}"), "");
            office.desk.token_enrol(office.order(), call, spare, None, secret).await.unwrap();
        }
        let flow = office.maker.flow(holder("C1"), &[phone(PHONE)]);
        office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
        sent(office.store.apply(office.maker.send(&flow)).await.unwrap());
        let customer_of_session = office.register(&web(), Some("123456789012")).await.unwrap();
        assert!(customer_of_session.session.is_some());
        let transaction = opened(office.store.transact(office.clerk.open(payment("10", "ACME"))).await.unwrap());
        Self { customer, token, flow, transaction }
    }

    /// Whether all of it opens, and is what it was.
    pub(super) async fn is_there(&self, office: &Office) {
        let id = CustomerId::parse("C1").unwrap();
        assert_eq!(office.store.customer(&id).await.unwrap().as_ref(), Some(&self.customer));
        let token = office.store.token(self.token.id).await.unwrap().unwrap();
        assert_eq!(token.seed.expose(), self.token.seed.expose());
        let again = office.desk.token_enrol(office.order(), call("spare 0", ""), self.token.clone(), None, None);
        assert_eq!(again.await.unwrap().secret.unwrap().expose(), KEY_URI);
        let pending = pending(&*office.store, office.maker.now, 10).await;
        assert_eq!(pending.iter().map(|dispatch| &dispatch.to[..]).collect::<Vec<_>>(), [&[phone(PHONE)][..]]);
        let sight = office.store.flow(self.flow.key, office.maker.now).await.unwrap().unwrap();
        assert_eq!(sight.destinations.map(|all| all.len()), Some(1));
        let transaction = office.store.transaction(self.transaction.id, office.clerk.now).await.unwrap().unwrap();
        let (Subject::Risk(is), Subject::Risk(was)) = (&transaction.subject, &self.transaction.subject) else {
            panic!("{transaction:?}");
        };
        assert_eq!(is.payee(), was.payee());
    }
}

async fn keys(office: &Office) -> Vec<KeyUse> {
    office.store.key_status(office.clerk.now).await.unwrap().keys
}

#[tokio::test]
async fn everything_moves_to_the_new_key_across_a_cut_and_then_the_old_one_can_go() {
    let office = Office::new();
    let all = Everything::put_into(&office).await;
    let mut office = office.reopen(under(&["k2", "k1"]));
    office.maker.rules = rules_with(&["k2", "k1"], |_| {});
    let [new, old] = &keys(&office).await[..] else { panic!("two keys") };
    // The file's own secrets have moved at the start.
    let own = new.rows();
    assert!(new.current && new.sealed[..3].iter().map(|sealed| sealed.rows).sum::<u64>() == own, "{new:?}");
    assert_eq!(new.derived, 0);
    assert!(!old.current && old.configured && old.derived == 3, "{old:?}");
    assert!(old.sealed[3..].iter().all(|sealed| sealed.rows > 0), "every sealed column is in this test: {old:?}");
    let rows = old.rows();

    let mistaken = office.desk.key_rotate(office.order(), key("k1")).await;
    assert!(matches!(mistaken, Err(Failure::Conflict(_))), "{mistaken:?}");
    office.desk.key_rotate(office.order(), key("k2")).await.unwrap();
    let mut moved = 0;
    {
        let mut walk = office.store.resealing();
        for _ in 0..4 {
            moved += walk.step(2).await.unwrap().moved;
        }
    }
    assert!(moved > 0 && moved < rows, "it is cut off on the way: {moved} of {rows}");
    all.is_there(&office).await;

    let office = office.reopen(under(&["k2", "k1"]));
    assert_eq!(office.store.rotation().await.unwrap().unwrap().resealed, moved);
    all.is_there(&office).await;
    // Asking again neither begins another one nor does it harm.
    office.desk.key_rotate(office.order(), key("k2")).await.unwrap();
    assert_eq!(reseal(&office.store).await, (rows - moved, 0));
    office.store.end_rotation(0, 0, office.clerk.now).await.unwrap();
    assert_eq!(office.store.rotation().await.unwrap(), None);
    let trail: Vec<_> = office.trail().await.into_iter().filter(|entry| entry.action == "key_rotate").collect();
    let told: Vec<_> = trail.iter().map(short).collect();
    assert_eq!(
        told,
        [
            ("key_rotate", "key k1", "not the current key"),
            ("key_rotate", "key k2", "begun"),
            ("key_rotate", "key k2", "done")
        ]
    );
    assert_eq!(fact(&trail[2].after, "resealed"), Some(rows.to_string().as_str()));

    let status = office.store.key_status(office.clerk.now).await.unwrap();
    assert!(status.keys[1].rows() == 0 && status.keys[0].rows() == rows + own, "{status:?}");
    assert!(!status.is_removable(&status.keys[1], office.clerk.now), "codes in being are derived with it");
    let (tomorrow, seed) = (office.clerk.now + TimeDelta::hours(12), all.token.seed.expose().to_vec());
    assert!(status.is_removable(&office.store.key_status(tomorrow).await.unwrap().keys[1], tomorrow));
    let Office { shop, store, desk, clerk, .. } = office;
    drop((store, desk));
    let early = shop.open_with(&key_ring(&["k2"]), clerk.now);
    assert!(matches!(early, Err(OpenError::MissingKeys { ids, .. }) if ids == "k1"));
    let store = shop.open_with(&key_ring(&["k2"]), tomorrow).unwrap();
    assert_eq!(store.token(all.token.id).await.unwrap().unwrap().seed.expose(), seed);
    assert_eq!(store.customer(&CustomerId::parse("C1").unwrap()).await.unwrap(), Some(all.customer));
}

#[tokio::test]
async fn a_value_that_does_not_open_is_told_of_and_holds_up_nothing() {
    let office = Office::new();
    for _ in 0..9 {
        office.hugos(hotp_device()).await;
    }
    let office = office.reopen(under(&["k2", "k1"]));
    let sql = "update tokens set secret = zeroblob(60) where id in (select id from tokens order by id limit 3)";
    office.shop.rows().run(sql);
    assert_eq!(reseal(&office.store).await, (6, 3));
    assert_eq!(keys(&office).await[1].rows(), 3, "what is left under the old key is counted");
}

#[tokio::test]
async fn a_token_that_is_used_while_it_is_sealed_anew_counts_on_and_moves_once() {
    let office = Office::new();
    let mut tokens = Vec::new();
    for _ in 0..20 {
        tokens.push(office.hugos(hotp_device()).await);
    }
    let office = office.reopen(under(&["k2", "k1"]));
    let store = &office.store;
    let use_them = async {
        for token in &tokens {
            let code = shows(token, office.clerk.now, 0, None);
            let test = countersign::domain::token::Action::Test(Secret::new(&code));
            office.desk.token_change(office.order(), token.id, None, test).await.unwrap();
        }
    };
    let ((moved, damaged), ()) = tokio::join!(reseal(store), use_them);
    assert!(moved <= 20 && damaged == 0, "{moved}");
    for token in &tokens {
        let kept = store.token(token.id).await.unwrap().unwrap();
        assert_eq!((kept.version, kept.seed.expose()), (token.version + 1, token.seed.expose()));
    }
    assert_eq!(keys(&office).await[1].rows(), 0);
}

#[tokio::test]
async fn what_is_under_a_key_that_is_gone_is_counted_and_left_alone() {
    let shop = Shop::new();
    let maker = Maker::new(rules_with(&["k1"], |_| {}));
    let store = shop.open_for(&maker);
    let flow = maker.applicant();
    store.apply(maker.open(&flow)).await.unwrap().unwrap();
    drop(store);
    // The file's own secrets want both keys once.
    drop(shop.open(&rules_with(&["k2", "k1"], |_| {}), maker.now).unwrap());
    let store = shop.open(&rules_with(&["k2"], |_| {}), flow.expires_at).unwrap();
    let status = store.key_status(flow.expires_at).await.unwrap();
    let ids: Vec<_> = status.keys.iter().map(|key| (key.id.as_str(), key.configured, key.rows())).collect();
    assert_eq!((ids, status.left()), (vec![("k2", true, 2), ("k1", false, 1)], 0));
    assert_eq!(reseal(&store).await, (0, 0));
}

/// What the trail says of rotations: which key, and how it went.
async fn rotations(office: &Office) -> Vec<(String, String)> {
    let trail = office.trail().await.into_iter().filter(|entry| entry.action == "key_rotate");
    trail.map(|entry| (entry.subject, entry.outcome)).collect()
}

fn told(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    entries.iter().map(|(subject, outcome)| ((*subject).to_owned(), (*outcome).to_owned())).collect()
}

#[tokio::test]
async fn a_rotation_that_is_cut_off_gives_way_to_one_to_a_newer_key() {
    let office = Office::new();
    for _ in 0..5 {
        office.hugos(hotp_device()).await;
    }
    let mut office = office.reopen(under(&["k2", "k1"]));
    office.desk.key_rotate(office.order(), key("k2")).await.unwrap();
    assert_eq!(office.store.resealing().step(2).await.unwrap().moved, 2);
    office.pass(TimeDelta::seconds(1));
    let office = office.reopen(under(&["k3", "k2", "k1"]));
    assert!(office.store.resealing().step(2).await.is_err(), "only where it was to go");
    assert_eq!(office.store.rotation().await.unwrap().map(|rotation| rotation.key), Some(key("k2")));

    office.desk.key_rotate(office.order(), key("k3")).await.unwrap();
    assert_eq!(reseal(&office.store).await, (5, 0));
    office.store.end_rotation(0, 0, office.clerk.now).await.unwrap();
    let all = [("key k2", "begun"), ("key k2", "replaced"), ("key k3", "begun"), ("key k3", "done")];
    assert_eq!(rotations(&office).await, told(&all));
}

#[tokio::test]
async fn servers_with_different_keys_in_front_do_not_seal_to_and_fro() {
    let Some(shop) = Shop::on_a_server() else { return };
    let one = Office::at(shop, under(&["k1", "k2"]), noon(), 1);
    let after = |seconds| noon() + TimeDelta::seconds(seconds);
    let other = one.shop.open_with(&key_ring(&["k2", "k1"]), after(1)).unwrap();
    for _ in 0..6 {
        let [mine, theirs] = [(); 2].map(|()| one.clerk.hugos(hotp_device()));
        one.store.add_tokens(one.clerk.order(), vec![mine]).await.unwrap().unwrap();
        other.add_tokens(one.clerk.order(), vec![theirs]).await.unwrap().unwrap();
    }
    let under_way = async || one.store.rotation().await.unwrap().map(|rotation| rotation.key);

    one.store.begin_rotation(order(after(2)), key("k1")).await.unwrap().unwrap();
    let refused = other.begin_rotation(order(after(3)), key("k2")).await.unwrap();
    assert_eq!(refused, Err(Refusal::UnderWay { to: key("k1"), current: key("k2") }));
    assert!(other.resealing().step(2).await.is_err(), "it takes no part");
    other.end_rotation(0, 0, after(3)).await.unwrap();
    assert_eq!(under_way().await, Some(key("k1")));
    let mut walk = one.store.resealing();
    assert!(walk.step(2).await.unwrap().moved > 0);

    // Started again, it means it.
    drop(other);
    let other = one.shop.open_with(&key_ring(&["k2", "k1"]), after(4)).unwrap();
    other.begin_rotation(order(after(5)), key("k2")).await.unwrap().unwrap();
    let refused = one.store.begin_rotation(order(after(6)), key("k1")).await.unwrap();
    assert_eq!(refused, Err(Refusal::UnderWay { to: key("k2"), current: key("k1") }));
    let problem = walk.step(2).await.unwrap_err().to_string();
    assert!(problem.contains("a key rotation to k2 has taken the place of this one"), "{problem}");
    one.store.end_rotation(0, 0, after(6)).await.unwrap();
    assert_eq!(under_way().await, Some(key("k2")));
    let (moved, damaged) = reseal(&other).await;
    assert!(moved >= 6 && damaged == 0, "{moved}");
    other.end_rotation(0, 0, after(7)).await.unwrap();
    assert!(walk.step(2).await.is_err(), "nor does what was begun before go on when it is over");
    assert_eq!(other.key_status(after(7)).await.unwrap().left(), 0);
    let all = [
        ("key k1", "begun"),
        ("key k2", "another is under way"),
        ("key k1", "replaced"),
        ("key k2", "begun"),
        ("key k1", "another is under way"),
        ("key k2", "done"),
    ];
    assert_eq!(rotations(&one).await, told(&all));
}
