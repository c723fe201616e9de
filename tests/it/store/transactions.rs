//! Transactions, as the back office sees, opens and closes them, and their proofs.

use crate::support::bne::*;
use crate::support::domain::key_ring;
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::client::ClientId;
use countersign::domain::customer::CustomerId;
use countersign::domain::desk::{Failure, Opening};
use countersign::domain::flow::Secret;
use countersign::domain::limit::Limits;
use countersign::domain::page::Paging;
use countersign::domain::ports::TransactionStore;
use countersign::domain::token::{self, TokenHolder};
use countersign::domain::transaction::*;
use futures::future::join_all;
use std::sync::Arc;

fn expected(client: &str, customer: &str) -> Expected {
    Expected { client: ClientId::parse(client).unwrap(), customer: CustomerId::parse(customer).unwrap() }
}

fn of_hugo() -> Expected {
    expected("web", "123456789012")
}

fn opening(subject: Subject) -> Opening {
    Opening { subject, client: web(), session: Secret::new(SID), holder: hugo() }
}

impl Office {
    /// An office where the applications are registered that may open transactions.
    async fn with_clients(rules: Arc<Rules>) -> Self {
        let office = Self::with(rules);
        for client in ["web", "app"] {
            put_client(&*office.store, application(client)).await;
        }
        office
    }

    async fn open(&self, key: &str, opening: Opening) -> Result<Sight, Failure> {
        Ok(self.desk.transaction_open(self.order(), call(key, ""), opening).await?.made)
    }

    async fn validate(&self, id: TransactionId, right: bool) -> Decision {
        let transaction = self.store.transaction(id, self.clerk.now).await.unwrap().unwrap();
        let token = self.desk.token_view(transaction.token).await.unwrap();
        let code = self.clerk.answer(&token, &transaction);
        let code = if right { code } else { wrong(&code) };
        self.store.transact(self.clerk.validate(&transaction, &code)).await.unwrap()
    }

    async fn redeem(&self, id: TransactionId, expected: Expected) -> Result<Sight, Failure> {
        self.desk.transaction_redeem(self.order(), id, expected).await
    }

    async fn ids(&self, filter: Filter) -> Vec<TransactionId> {
        let (mut seen, mut behind) = (Vec::new(), None);
        loop {
            let page = self.desk.transaction_list(filter.clone(), Paging { behind, limit: 2 }).await.unwrap();
            assert!(page.items.iter().all(|sight| sight.details.is_none()));
            seen.extend(page.items.iter().map(|sight| sight.id));
            match page.next {
                None => return seen,
                next => behind = next,
            }
        }
    }
}

#[tokio::test]
async fn an_operator_opens_a_transaction_as_an_application_would_and_a_repeat_gets_the_same() {
    let mut office = Office::with_clients(bne_rules(|_| {})).await;
    let token = office.hugos(ocra_device(PLAIN_SUITE)).await;
    let risk = opening(payment("1250.00", "ACME"));
    let sight = office.open("k", risk.clone()).await.unwrap();
    assert_eq!((sight.kind, sight.token, sight.standing), (Kind::Risk, token.id, Standing::Open));
    assert!(sight.question.is_some());
    let entry = office.last().await;
    assert_eq!(short(&entry), ("transaction_open", &*format!("transaction {}", sight.id), "done"));
    assert_eq!((entry.actor.as_deref(), entry.customer), (Some("rosa"), Some(hugo().customer)));
    office.pass(TimeDelta::minutes(1));
    assert_eq!(office.open("k", risk.clone()).await.unwrap(), sight);
    assert_eq!(office.desk.transaction_view(sight.id).await.unwrap(), sight);
    let other = office.desk.transaction_open(office.order(), call("k", "another"), risk.clone()).await;
    assert!(matches!(other, Err(Failure::Mismatch)));
    assert_eq!(short(&office.last().await), ("transaction_open", "transaction", "repeat of another request"));
    assert!(is_validated(&office.validate(sight.id, true).await));
    let consumed = Standing::Consumed { at: office.clerk.now };
    assert_eq!(office.open("k", risk.clone()).await.unwrap().standing, consumed);
    // An application that nobody knows, a holder whom nobody knows, and one whose token does not sign.
    let unregistered = Opening { client: ClientId::parse("other").unwrap(), ..risk.clone() };
    assert!(matches!(office.open("k1", unregistered).await, Err(Failure::NotFound)));
    let nobody = Opening { holder: token_holder("nobody", None), ..risk.clone() };
    assert!(matches!(office.open("k2", nobody).await, Err(Failure::NotFound)));
    let entry = office.last().await;
    assert_eq!((short(&entry), entry.count), (("transaction_open", "transaction", "not found"), 1));
    let eve: TokenHolder = token_holder("eve", None);
    let hers = office.clerk.token(totp_device());
    office.desk.token_enrol(office.order(), call("e", ""), hers, Some(eve.clone()), None).await.unwrap();
    let refused = office.open("k3", Opening { holder: eve.clone(), ..risk }).await;
    assert!(matches!(&refused, Err(Failure::Refused(problem)) if problem.contains("sign")), "{refused:?}");
    let entry = office.last().await;
    assert_eq!(short(&entry), ("transaction_open", "transaction", "no signing token"));
    assert_eq!(entry.customer, Some(CustomerId::parse("eve").unwrap()));
    // What was refused may be tried again with the same key.
    office.open("k3", Opening { holder: eve, ..opening(Subject::Login) }).await.unwrap();
    for secret in [SID, "ACME", "1250"] {
        assert!(!office.on_disk(secret.as_bytes()), "{secret} is on disk");
    }
}

#[tokio::test]
async fn a_transaction_is_called_off_once_and_its_code_is_refused_from_then_on() {
    let mut office = Office::with_clients(bne_rules(|_| {})).await;
    office.hugos(totp_device()).await;
    let sight = office.open("k", opening(Subject::Login)).await.unwrap();
    let close = async |office: &Office, id| office.desk.transaction_close(office.order(), id).await;
    let closed = close(&office, sight.id).await.unwrap();
    assert_eq!(closed.standing, Standing::Closed { at: office.clerk.now });
    let entry = office.last().await;
    assert_eq!(short(&entry), ("transaction_close", &*format!("transaction {}", sight.id), "done"));
    assert_eq!((fact(&entry.before, "state"), fact(&entry.after, "state")), (Some("open"), Some("closed")));
    assert_eq!(entry.actor.as_deref(), Some("rosa"));
    assert_eq!(office.validate(sight.id, true).await, Err(Refusal::NotFound));
    assert!(matches!(close(&office, sight.id).await, Err(Failure::Conflict(_))));
    assert_eq!(office.last().await.outcome, "over");
    let late = office.open("k2", opening(Subject::Login)).await.unwrap();
    office.pass(TimeDelta::minutes(3));
    assert!(matches!(close(&office, late.id).await, Err(Failure::Conflict(_))));
    let unknown = TransactionId::random(&*office.clerk.random);
    assert!(matches!(close(&office, unknown).await, Err(Failure::NotFound)));
    assert_eq!(short(&office.last().await), ("transaction_close", "transaction", "not found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_that_redeem_a_transaction_at_once_one_gets_the_proof() {
    let office = Office::with_clients(bne_rules(|_| {})).await;
    office.hugos(ocra_device(PLAIN_SUITE)).await;
    let sight = office.open("k", opening(payment("1250.00", "ACME"))).await.unwrap();
    assert!(matches!(office.redeem(sight.id, of_hugo()).await, Err(Failure::Conflict(_))));
    assert_eq!(office.last().await.outcome, "not verified");
    assert!(is_validated(&office.validate(sight.id, true).await));
    for foreign in [expected("app", "123456789012"), expected("web", "eve")] {
        assert!(matches!(office.redeem(sight.id, foreign).await, Err(Failure::Refused(_))));
        assert_eq!(office.last().await.outcome, "not what is expected");
    }
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (desk, order) = (office.desk.clone(), office.order());
            tokio::spawn(async move { desk.transaction_redeem(order, sight.id, of_hugo()).await })
        })
        .collect();
    let answers: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let proofs: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    let [proof] = proofs[..] else { panic!("{} proofs", proofs.len()) };
    assert_eq!(proof.details.clone().map(Subject::Risk), Some(payment("1250.00", "ACME")));
    assert_eq!(proof.standing, Standing::Consumed { at: office.clerk.now });
    assert_eq!(proof.redeemed, Some(office.order().stamp()));
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(Failure::Conflict(_)))).count(), 63);
    let trail = office.trail().await;
    let done = trail.iter().filter(|entry| short(entry).0 == "transaction_redeem" && entry.outcome == "done");
    assert_eq!(done.count(), 1);
    let seen = office.desk.transaction_view(sight.id).await.unwrap();
    assert_eq!((seen.redeemed, seen.details.unwrap().payee()), (Some(office.order().stamp()), "ACME"));
    let unknown = TransactionId::random(&*office.clerk.random);
    assert!(matches!(office.redeem(unknown, of_hugo()).await, Err(Failure::NotFound)));
    let office = office.reopen(bne_rules(|_| {}));
    assert!(matches!(office.redeem(sight.id, of_hugo()).await, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn a_proof_can_be_had_for_15_minutes_and_its_key_is_asked_for_as_long() {
    for (late, there) in [(TimeDelta::zero(), true), (TimeDelta::milliseconds(1), false)] {
        let mut office = Office::with_clients(bne_rules(|_| {})).await;
        office.hugos(ocra_device(PLAIN_SUITE)).await;
        let sight = office.open("k", opening(payment("1250.00", "ACME"))).await.unwrap();
        assert!(is_validated(&office.validate(sight.id, true).await));
        office.pass(TimeDelta::minutes(15) + late);
        let proof = office.redeem(sight.id, of_hugo()).await;
        assert_eq!(proof.is_ok(), there, "{proof:?}");
        assert!(there || office.last().await.outcome == "too old");
    }
    // A transaction of which the key is gone shows all but its details.
    let mut office = Office::with_clients(bne_rules(|_| {})).await;
    let token = office.hugos(ocra_device(PLAIN_SUITE)).await;
    let sight = office.open("k", opening(payment("1250.00", "ACME"))).await.unwrap();
    assert!(is_validated(&office.validate(sight.id, true).await));
    let two =
        Arc::new(Rules { keys: Arc::new(key_ring(&["k2", "k1"])), policy: Policy::default(), limits: Limits::none() });
    office = office.reopen(two);
    // The token moves, as with every change; the transaction does not.
    office.desk.token_change(office.order(), token.id, None, token::Action::Revoke).await.unwrap();
    office.pass(TimeDelta::minutes(15));
    let Office { shop, store, desk, clerk, .. } = office;
    drop((store, desk));
    assert!(shop.open_with(&key_ring(&["k2"]), clerk.now).is_err());
    let late = clerk.now + TimeDelta::milliseconds(1);
    let store = shop.open_with(&key_ring(&["k2"]), late).unwrap();
    let seen = countersign::domain::desk::ports::TransactionDesk::sight(&store, sight.id, late).await.unwrap().unwrap();
    assert_eq!((seen.details, seen.standing), (None, Standing::Consumed { at: sight.opened_at }));
}

#[tokio::test]
async fn transactions_are_shown_the_newest_first_and_by_customer_client_or_state() {
    let mut office = Office::with_clients(bne_rules(|policy| {
        policy.one_at_a_time = false;
        policy.risk_without_ocra = true;
    }))
    .await;
    office.hugos(hotp_device()).await;
    let eve = token_holder("eve", None);
    let hers = office.clerk.token(totp_device());
    office.desk.token_enrol(office.order(), call("e", ""), hers, Some(eve.clone()), None).await.unwrap();
    let app = ClientId::parse("app").unwrap();
    let risk = || opening(payment("10", "ACME"));
    let expired = office.open("0", risk()).await.unwrap().id;
    office.pass(TimeDelta::minutes(3));
    let consumed = office.open("1", risk()).await.unwrap().id;
    assert!(is_validated(&office.validate(consumed, true).await));
    office.pass(TimeDelta::seconds(1));
    let locked = office.open("2", risk()).await.unwrap().id;
    for _ in 0..3 {
        assert_eq!(failed(office.validate(locked, false).await), Reason::WrongCode);
    }
    office.pass(TimeDelta::seconds(1));
    let closed = office.open("3", Opening { client: app.clone(), ..risk() }).await.unwrap().id;
    office.desk.transaction_close(office.order(), closed).await.unwrap();
    office.pass(TimeDelta::seconds(1));
    let open = office.open("4", Opening { holder: eve, ..opening(Subject::Login) }).await.unwrap().id;
    assert_eq!(office.ids(Filter::default()).await, [open, closed, locked, consumed, expired]);
    let customer = |text: &str| Filter { customer: Some(CustomerId::parse(text).unwrap()), ..Filter::default() };
    assert_eq!(office.ids(customer("eve")).await, [open]);
    assert_eq!(office.ids(customer("123456789012")).await, [closed, locked, consumed, expired]);
    assert_eq!(office.ids(Filter { client: Some(app), ..Filter::default() }).await, [closed]);
    let each = [open, consumed, locked, closed, expired];
    for (kind, id) in StandingKind::ALL.into_iter().zip(each) {
        assert_eq!(office.ids(Filter { state: Some(kind), ..Filter::default() }).await, [id], "{kind:?}");
        let seen = office.desk.transaction_view(id).await.unwrap();
        assert_eq!(seen.standing.kind(), kind);
        assert_eq!(StandingKind::parse(kind.as_str()), Some(kind));
    }
    let both = Filter { state: Some(StandingKind::Locked), ..customer("eve") };
    assert_eq!(office.ids(both).await, []);
}
