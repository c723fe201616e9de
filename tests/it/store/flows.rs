//! Flows, as the back office sees them, and their proofs.

use crate::support::bne::bne_rules;
use crate::support::domain::*;
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::customer::CustomerId;
use countersign::domain::desk::Failure;
use countersign::domain::flow::*;
use countersign::domain::keys::KeyRing;
use countersign::domain::page::Paging;
use countersign::domain::policy::Purpose;
use countersign::domain::ports::FlowStore;
use countersign::domain::recipient::{Channel, PhoneNumber};
use countersign::domain::transaction;
use futures::future::join_all;
use std::convert::Infallible;
use std::sync::Arc;

const KEY: &str = "0d6e3b3e-2f6a-4f0e-9a3a-6f3f3f0f1a11";

fn with_keys(ids: &[&str]) -> Arc<transaction::Rules> {
    let rules = bne_rules(|_| {});
    let keys: KeyRing = key_ring(ids);
    Arc::new(transaction::Rules { keys: Arc::new(keys), policy: rules.policy, limits: rules.limits.clone() })
}

fn before_login(phone: &str) -> Expected {
    Expected::new(Purpose::PreLogin, None, Some(PhoneNumber::parse(phone).unwrap())).unwrap()
}

fn of_customer(id: &str) -> Expected {
    Expected::new(Purpose::SecurityQuestions, Some(CustomerId::parse(id).unwrap()), None).unwrap()
}

/// Where the right code of a proof had been sent.
fn went_to(proof: &Sight) -> Vec<&str> {
    let chosen = proof.destinations.iter().flatten().filter(|destination| destination.chosen);
    chosen.map(|destination| destination.masked.as_str()).collect()
}

impl Office {
    /// A flow of which the service key is known.
    fn named(&self, key: &str, flow: Flow) -> Flow {
        Flow { key: ServiceKeyDigest::of(key), ..flow }
    }

    async fn sent(&self, flow: &Flow) -> Dispatch {
        self.store.apply(self.maker.open(flow)).await.unwrap().unwrap();
        let dispatch = sent(self.store.apply(self.maker.send(flow)).await.unwrap());
        self.store.apply(self.maker.settle(&dispatch, true)).await.unwrap().unwrap();
        dispatch
    }

    async fn verified(&self, flow: &Flow) {
        let dispatch = self.sent(flow).await;
        let verify = self.maker.verify(flow, &dispatch, &self.maker.code(&dispatch));
        assert!(matches!(self.store.apply(verify).await.unwrap(), Ok(Granted::Verified)));
    }

    async fn redeem_flow(&self, key: &str, expected: Expected) -> Result<Sight, Failure> {
        self.desk.flow_redeem(self.order(), &Secret::new(key), expected).await
    }

    async fn see(&self, key: &str) -> Sight {
        self.desk.flow_view(&Secret::new(key)).await.unwrap()
    }

    fn with_customer(&self, id: &str) {
        let customers = [Ok::<_, Infallible>(customer(id, &[PHONE], &[EMAIL]))];
        self.store.import_customers(customers, false, &order(self.maker.now), &mut |_| {}).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_that_redeem_a_flow_at_once_one_gets_the_proof() {
    let office = Office::new();
    let flow = office.named(KEY, office.maker.applicant());
    office.verified(&flow).await;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (desk, order) = (office.desk.clone(), office.order());
            tokio::spawn(async move { desk.flow_redeem(order, &Secret::new(KEY), before_login(PHONE)).await })
        })
        .collect();
    let answers: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let proofs: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    let [proof] = proofs[..] else { panic!("{} proofs", proofs.len()) };
    assert_eq!((proof.id, proof.purpose, &proof.holder), (flow.id, Purpose::PreLogin, &None));
    assert_eq!(proof.standing, Standing::Verified { at: office.maker.now });
    assert_eq!((went_to(proof), &proof.redeemed), (vec!["+34XXXXXXX56"], &Some(office.order().stamp())));
    let others = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Failure::Conflict(problem)) if problem.contains("handed out already")));
    assert_eq!(others.count(), 63);
    let trail = office.trail().await;
    let of_it: Vec<_> = trail.iter().filter(|entry| entry.action == "flow_redeem").collect();
    assert_eq!(of_it.iter().filter(|entry| entry.outcome == "done").count(), 1);
    assert_eq!(of_it.iter().filter(|entry| entry.outcome == "redeemed already").count(), 63);
    let done = of_it.iter().find(|entry| entry.outcome == "done").unwrap();
    assert_eq!(done.subject, format!("flow {}", flow.id));
    assert_eq!((fact(&done.before, "redeemedBy"), fact(&done.after, "redeemedBy")), (None, Some("rosa")));
    assert_eq!(office.see(KEY).await.redeemed, Some(office.order().stamp()));
}

#[tokio::test]
async fn a_proof_outlives_a_restart_and_is_still_handed_out_once() {
    let office = Office::new();
    office.with_customer("C1");
    let flow = office.named(KEY, office.maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]));
    office.verified(&flow).await;
    let mut office = office.reopen(bne_rules(|_| {}));
    office.pass(TimeDelta::minutes(14));
    let proof = office.redeem_flow(KEY, of_customer("C1")).await.unwrap();
    assert_eq!((went_to(&proof), &proof.holder), (vec!["+34XXXXXXX56"], &holder("C1")));
    let office = office.reopen(bne_rules(|_| {}));
    assert!(matches!(office.redeem_flow(KEY, of_customer("C1")).await, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn what_is_not_expected_is_refused_and_uses_nothing_up() {
    let office = Office::new();
    office.with_customer("C1");
    let flow = office.named(KEY, office.maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]));
    office.verified(&flow).await;
    assert!(matches!(office.redeem_flow("another key", of_customer("C1")).await, Err(Failure::NotFound)));
    assert_eq!(short(&office.last().await), ("flow_redeem", "flow", "unknown"));
    for foreign in [of_customer("C2"), before_login(PHONE)] {
        assert!(matches!(office.redeem_flow(KEY, foreign).await, Err(Failure::Refused(_))));
        let entry = office.last().await;
        assert_eq!((entry.outcome.as_str(), entry.after.is_none()), ("not what is expected", true));
        assert_eq!(entry.customer, Some(CustomerId::parse("C1").unwrap()));
    }
    let phone_too = |text: &str| {
        let phone = PhoneNumber::parse(text).unwrap();
        Expected::new(Purpose::SecurityQuestions, Some(CustomerId::parse("C1").unwrap()), Some(phone)).unwrap()
    };
    assert!(matches!(office.redeem_flow(KEY, phone_too(OTHER_PHONE)).await, Err(Failure::Refused(_))));
    office.redeem_flow(KEY, phone_too(PHONE)).await.unwrap();
}

#[tokio::test]
async fn the_flow_of_somebody_who_is_no_customer_any_more_proves_nothing() {
    let office = Office::new();
    office.with_customer("C1");
    let flow = office.named(KEY, office.maker.flow(holder("C1"), &[phone(PHONE)]));
    office.verified(&flow).await;
    let nobody = std::iter::empty::<Result<_, Infallible>>();
    office.store.import_customers(nobody, true, &order(office.maker.now), &mut |_| {}).unwrap();
    assert!(matches!(office.redeem_flow(KEY, of_customer("C1")).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn a_flow_is_shown_masked_whatever_has_become_of_it() {
    let mut office = Office::new();
    office.with_customer("C1");
    let recipients = [phone(PHONE), email(EMAIL)];
    let keys = ["started", "sent", "verified", "locked"];
    let flows = keys.map(|key| office.named(key, office.maker.flow(holder("C1"), &recipients)));
    office.store.apply(office.maker.open(&flows[0])).await.unwrap().unwrap();
    let dispatch = office.sent(&flows[1]).await;
    let code_expires_at = dispatch.code_expires_at;
    let wrong = office.maker.verify(&flows[1], &dispatch, &office.maker.wrong_code(&dispatch));
    refusal(office.store.apply(wrong).await.unwrap());
    office.verified(&flows[2]).await;
    let dispatch = office.sent(&flows[3]).await;
    for _ in 0..3 {
        let wrong = office.maker.verify(&flows[3], &dispatch, &office.maker.wrong_code(&dispatch));
        refusal(office.store.apply(wrong).await.unwrap());
    }
    let at = office.maker.now;
    let standings =
        [Standing::Started, Standing::Sent { code_expires_at }, Standing::Verified { at }, Standing::Locked { at }];
    for (n, key) in keys.into_iter().enumerate() {
        let sight = office.see(key).await;
        assert_eq!((sight.standing, sight.standing.as_str()), (standings[n], key));
        assert_eq!((sight.id, sight.purpose, &sight.holder), (flows[n].id, flows[n].purpose, &flows[n].holder));
        let shown = |channel, masked: &str, chosen| Destination { channel, masked: masked.to_owned(), chosen };
        let chosen = matches!(key, "sent" | "verified");
        let destinations =
            vec![shown(Channel::Sms, "+34XXXXXXX56", chosen), shown(Channel::Email, "annXXXXXXX@bank.example", false)];
        assert_eq!(sight.destinations, Some(destinations), "{key}");
        assert_eq!(sight.failed_attempts, [0, 1, 0, 3][n]);
        // No reference and no key in any form.
        let printed = format!("{sight:?}");
        assert!(!printed.contains(&flows[n].recipients[0].reference.to_string()), "{printed}");
    }
    office.pass(FLOW_LIFETIME + TimeDelta::milliseconds(1));
    let now = [Standing::Expired, Standing::Expired, standings[2], standings[3]];
    for (n, key) in keys.into_iter().enumerate() {
        assert_eq!(office.see(key).await.standing, now[n], "{key}");
    }
    let nobody = std::iter::empty::<Result<_, Infallible>>();
    office.store.import_customers(nobody, true, &order(office.maker.now), &mut |_| {}).unwrap();
    // Their key may go now, once a start has moved the file's own secrets and an entry the customer's audit key; what was sealed
    // with it is not shown any more, all else is.
    let office = office.reopen(with_keys(&["k2", "k1"]));
    let gone = office.desk.customer_delete(office.order(), Some(1), CustomerId::parse("C1").unwrap()).await;
    assert!(matches!(gone, Err(Failure::NotFound)), "{gone:?}");
    let office = office.reopen(with_keys(&["k2"]));
    for key in keys {
        let sight = office.see(key).await;
        assert_eq!((sight.destinations, sight.holder), (None, None));
    }
    let page = office.desk.flow_list(CustomerId::parse("C1").unwrap(), first(10)).await.unwrap();
    assert_eq!(page.items.len(), 4);
    assert!(page.items.iter().all(|sight| sight.holder == holder("C1")), "whoever asks knows whose they are");
    assert!(matches!(office.desk.flow_view(&Secret::new("no such key")).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn a_key_that_a_proof_needs_is_asked_for_as_long_as_there_can_be_one() {
    let mut office = Office::new();
    let flow = office.named(KEY, office.maker.applicant());
    office.pass(TimeDelta::minutes(1));
    let flow = Flow { expires_at: office.maker.now + TimeDelta::seconds(1), ..flow };
    office.verified(&flow).await;
    office.pass(TimeDelta::minutes(15));
    let Office { shop, store, desk, maker, .. } = office;
    drop((store, desk));
    drop(shop.open_with(&key_ring(&["k2", "k1"]), maker.now).unwrap());
    assert!(shop.open_with(&key_ring(&["k2"]), maker.now).is_err());
    assert!(shop.open_with(&key_ring(&["k2"]), maker.now + TimeDelta::milliseconds(1)).is_ok());
}

#[tokio::test]
async fn flows_are_shown_the_newest_first_a_page_at_a_time() {
    let mut office = Office::new();
    let mut opened = Vec::new();
    for n in 0..5 {
        let flow = office.maker.flow(holder(if n == 2 { "C2" } else { "C1" }), &[phone(PHONE)]);
        office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
        opened.push((flow.opened_at, *flow.id.as_bytes(), flow.id));
        // Two of them in one moment.
        office.pass(TimeDelta::milliseconds((n % 2).into()));
    }
    opened.remove(2);
    opened.sort_unstable_by_key(|(at, bytes, _)| std::cmp::Reverse((*at, *bytes)));
    let expected: Vec<_> = opened.into_iter().map(|(.., id)| id).collect();
    let c1 = || CustomerId::parse("C1").unwrap();
    let (mut seen, mut behind) = (Vec::new(), None);
    loop {
        let page = office.desk.flow_list(c1(), Paging { behind, limit: 1 }).await.unwrap();
        seen.extend(page.items.iter().map(|sight| sight.id));
        match page.next {
            None => break,
            next => behind = next,
        }
    }
    assert_eq!(seen, expected);
    let odd = Paging { behind: Some("odd".to_owned()), limit: 1 };
    let refused = office.desk.flow_list(c1(), odd).await;
    assert!(matches!(refused, Err(Failure::Malformed { location: "pageToken", .. })));
}

/// Of a flow of this customer that was verified, and of another whose message has no outcome.
#[tokio::test]
async fn addresses_go_before_their_flows_and_messages_and_leave_nothing_in_the_file() {
    let mut office = Office::new();
    office.maker.stray = true;
    office.with_customer("C1");
    let flow = office.named(KEY, office.maker.flow(holder("C1"), &[phone(PHONE), email(EMAIL)]));
    office.verified(&flow).await;
    let waiting = office.maker.applicant();
    office.store.apply(office.maker.open(&waiting)).await.unwrap().unwrap();
    let pending = sent(office.store.apply(office.maker.send(&waiting)).await.unwrap());
    let rows = office.shop.rows();
    let sealed = |sql: &str| rows.value::<Vec<u8>>(sql, &[flow.id.as_bytes()]);
    let before =
        [sealed("select recipients from flows where id = ?"), sealed("select addresses from outbox where flow_id = ?")];
    assert!(before.iter().all(|sealed| office.on_disk(sealed)));
    let long_ago = office.maker.now - TimeDelta::days(100);
    office.pass(TimeDelta::minutes(15));
    assert_eq!(office.store.forget(long_ago, flow.expires_at, 100).await.unwrap(), 1, "the message is older");
    office.pass(TimeDelta::milliseconds(1));
    let now = office.maker.now;
    let forget = async |limit| office.store.forget(long_ago, now, limit).await.unwrap();
    assert_eq!(
        [forget(1).await, forget(100).await, forget(100).await],
        [1, 1, 0],
        "both flows; one message has no outcome"
    );

    let seen = office.see(KEY).await;
    assert_eq!((&seen.destinations, &seen.holder), (&None, &flow.holder));
    let deliveries = office.desk.delivery_list(Default::default(), first(10)).await.unwrap().items;
    let channels = |id| deliveries.iter().find(|delivery| delivery.flow == id).unwrap().channels.clone();
    assert_eq!((channels(flow.id), channels(waiting.id)), (None, Some(vec![Channel::Sms])));
    assert_eq!(office.store.dispatches_pending(now, 10).await.unwrap().len(), 1);
    assert_eq!(office.store.forget(now, long_ago, 100).await.unwrap(), 1, "the message with an outcome");
    let left = office.desk.delivery_list(Default::default(), first(10)).await.unwrap().items;
    assert_eq!(left.iter().map(|delivery| delivery.send).collect::<Vec<_>>(), [pending.send]);
    // What was sealed is gone, also from the log that it was written to first, while the store is open.
    assert!(before.iter().all(|sealed| !office.on_disk(sealed)));
}

#[tokio::test]
async fn a_rotation_takes_flows_without_addresses_along() {
    let office = Office::with(with_keys(&["k1"]));
    let flow = office.named(KEY, office.maker.applicant());
    office.verified(&flow).await;
    let later = office.maker.now + TimeDelta::days(1);
    assert_eq!(office.store.forget(office.maker.now - TimeDelta::days(1), later, 100).await.unwrap(), 2);
    let office = office.reopen(with_keys(&["k2", "k1"]));
    let (moved, damaged) = reseal(&office.store).await;
    assert_eq!(damaged, 0);
    assert!(moved >= 2, "{moved}");
    assert_eq!(office.see(KEY).await.destinations, None);
}

#[tokio::test]
async fn a_log_that_somebody_reads_is_cut_in_a_later_round() {
    let office = Office::in_a_file();
    let flow = office.named(KEY, office.maker.applicant());
    office.verified(&flow).await;
    let reader = rusqlite::Connection::open(office.shop.path()).unwrap();
    let sql = "select recipients from flows where id = ?";
    let sealed: Vec<u8> = reader.query_row(sql, [flow.id.as_bytes()], |row| row.get(0)).unwrap();
    reader.execute_batch("begin; select count(*) from flows").unwrap();
    let later = office.maker.now + TimeDelta::days(1);
    let told = office.store.forget(later, later, 100).await.unwrap_err().to_string();
    assert!(told.contains("somebody reads the write-ahead log"), "{told}");
    assert!(office.on_disk(&sealed), "a reader of an older state needs it");
    reader.execute_batch("commit").unwrap();
    assert_eq!(office.store.forget(later, later, 100).await.unwrap(), 0);
    assert!(!office.on_disk(&sealed));
}

#[tokio::test]
async fn addresses_under_a_key_that_is_gone_are_forgotten_and_do_not_come_back_with_it() {
    let mut office = Office::with(with_keys(&["k1"]));
    office.with_customer("C1");
    let flow = office.named(KEY, office.maker.flow(holder("C1"), &[phone(PHONE)]));
    office.verified(&flow).await;
    office.pass(TimeDelta::days(1));
    let (now, never) = (office.maker.now, office.maker.now - TimeDelta::days(100));
    let office = office.reopen(with_keys(&["k2", "k1"]));
    let by_hand = office.shop.rows();
    let sealed: Vec<u8> = by_hand.value("select recipients from flows", &[]);
    reseal(&office.store).await;
    // A rotation that was cut off before it came to the flow, which is over: its key may be missing.
    by_hand.change("update flows set recipients = ?, sealed_with = 'k1'", &[&sealed]);
    drop(by_hand);
    let office = office.reopen(with_keys(&["k2"]));
    assert_eq!(office.store.forget(never, now, 100).await.unwrap(), 2, "the flow and its message");
    assert!(!office.on_disk(&sealed));
    let office = office.reopen(with_keys(&["k2", "k1"]));
    let seen = office.see(KEY).await;
    assert_eq!((seen.destinations, seen.holder), (None, None));
    let listed = office.desk.flow_list(CustomerId::parse("C1").unwrap(), first(10)).await.unwrap().items;
    assert_eq!(listed.iter().map(|flow| flow.holder.as_ref()).collect::<Vec<_>>(), [holder("C1").as_ref()]);
    assert_eq!(office.store.forget(never, now, 100).await.unwrap(), 0);
}
