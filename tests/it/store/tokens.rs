//! Tokens, as the back office sees and changes them.

use crate::support::bne::*;
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::customer::CustomerId;
use countersign::domain::desk::Failure;
use countersign::domain::desk::ports::TokenDesk;
use countersign::domain::flow::Secret;
use countersign::domain::page::Paging;
use countersign::domain::token::{Action, Filter, LifeKind, Make, Serial, Token, TokenId};
use futures::future::join_all;

const KEY_URI: &str = "otpauth://totp/T-1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn test(code: &str) -> Action {
    Action::Test(Secret::new(code))
}

impl Office {
    async fn change(&self, token: &Token, action: Action) -> Result<Token, Failure> {
        self.desk.token_change(self.order(), token.id, None, action).await
    }

    async fn serials(&self, filter: Filter, limit: u32) -> Vec<Vec<String>> {
        let (mut pages, mut behind) = (Vec::new(), None);
        loop {
            let page = self.desk.token_list(filter.clone(), Paging { behind, limit }).await.unwrap();
            pages.push(page.items.iter().map(|token| token.serial.as_str().to_owned()).collect());
            match page.next {
                None => return pages,
                next => behind = next,
            }
        }
    }
}

#[tokio::test]
async fn every_change_of_a_token_leaves_an_entry_and_so_does_every_refusal() {
    let mut office = Office::new();
    let token = office.clerk.token(hotp_device());
    let secret = Some(Secret::new(KEY_URI));
    let made =
        office.desk.token_enrol(office.order(), call("k", ""), token.clone(), Some(hugo()), secret).await.unwrap();
    assert_eq!((made.made.holder(), made.secret.unwrap().expose()), (Some(&hugo()), KEY_URI));
    office.pass(TimeDelta::seconds(1));
    let right = shows(&token, office.clerk.now, 0, None);
    let wrong_code = test(&wrong(&right));
    assert!(matches!(office.change(&token, wrong_code.clone()).await, Err(Failure::Refused(_))));
    office.change(&token, test(&right)).await.unwrap();
    assert!(matches!(office.change(&token, Action::Unlock).await, Err(Failure::Conflict(_))));
    let resync = Action::Resync { first: Secret::new(&right), second: Secret::new(&right) };
    assert!(matches!(office.change(&token, resync).await, Err(Failure::Refused(_))));
    office.change(&token, Action::Unlock).await.unwrap();
    office.change(&token, Action::Unassign).await.unwrap();
    office.change(&token, Action::Assign(hugo())).await.unwrap();
    office.change(&token, Action::Revoke).await.unwrap();
    assert!(matches!(office.change(&token, Action::Assign(hugo())).await, Err(Failure::Conflict(_))));
    let stale = office.desk.token_change(office.order(), token.id, Some(3), Action::Unlock).await;
    assert!(matches!(stale, Err(Failure::Stale { version: 8 })), "{stale:?}");

    let subject = format!("token {}", token.id);
    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().map(short).collect();
    let expected = [
        ("token_enrol", "done"),
        ("token_test", "wrong code"),
        ("token_test", "done"),
        ("token_unlock", "not locked"),
        ("token_resync", "wrong code"),
        ("token_unlock", "done"),
        ("token_unassign", "done"),
        ("token_assign", "done"),
        ("token_revoke", "done"),
        ("token_assign", "not in this state"),
        ("token_unlock", "stale"),
    ];
    assert_eq!(told, expected.map(|(action, outcome)| (action, subject.as_str(), outcome)));
    for entry in &trail {
        assert_eq!(entry.customer.as_ref(), Some(&hugo().customer), "{entry:?}");
        assert_eq!((entry.actor.as_deref(), entry.request_id.as_deref()), (Some("rosa"), Some("request-1")));
        assert!(entry.action == "token_enrol" || fact(&entry.before, "serial") == Some(token.serial.as_str()));
    }
    assert_eq!(trail[0].before, None);
    assert_eq!((fact(&trail[1].before, "failures"), fact(&trail[1].after, "failures")), (Some("0"), Some("1")));
    assert_eq!((fact(&trail[2].before, "state"), fact(&trail[2].after, "state")), (Some("assigned"), Some("active")));
    assert_eq!(trail[3].after, None);
    assert_eq!((fact(&trail[6].before, "customer"), fact(&trail[6].after, "customer")), (Some("123456789012"), None));
    assert_eq!(fact(&trail[7].after, "representative"), Some("01"));
    assert_eq!((fact(&trail[8].after, "state"), fact(&trail[8].after, "version")), (Some("revoked"), Some("8")));

    // Nothing secret is in the trail, or elsewhere on disk in clear.
    for secret in [KEY_URI, &right, &wrong(&right)] {
        assert!(!office.on_disk(secret.as_bytes()), "{secret} is on disk");
    }
}

#[tokio::test]
async fn tokens_that_nobody_knows_are_counted() {
    let office = Office::new();
    for _ in 0..3 {
        let unknown = TokenId::random(&*office.clerk.random);
        let refused = office.desk.token_change(office.order(), unknown, None, Action::Revoke).await;
        assert!(matches!(refused, Err(Failure::NotFound)));
        assert!(matches!(office.desk.token_view(unknown).await, Err(Failure::NotFound)));
    }
    let office = office.reopen(bne_rules(|_| {}));
    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().map(|entry| (short(entry), entry.count)).collect();
    assert_eq!(told, [1, 2].map(|count| (("token_revoke", "token", "unknown"), count)));
}

#[tokio::test]
async fn an_enrolment_that_is_repeated_takes_in_one_token_and_shows_its_secret_again() {
    let mut office = Office::new();
    let enrol = async |office: &Office, key: &str, request: &str, token: &Token, secret: &str| {
        let call = call(key, request);
        office.desk.token_enrol(office.order(), call, token.clone(), None, Some(Secret::new(secret))).await
    };
    let token = office.clerk.token(totp_device());
    // A repeat comes with an id and a seed of its own: they are not used.
    let again = Token { serial: token.serial.clone(), ..office.clerk.token(totp_device()) };
    let first = enrol(&office, "k1", "r", &token, KEY_URI).await.unwrap();
    office.pass(TimeDelta::hours(23));
    let repeat = enrol(&office, "k1", "r", &again, "another").await.unwrap();
    assert_eq!((repeat.made.id, repeat.made.seed.expose()), (first.made.id, token.seed.expose()));
    assert_eq!(repeat.secret.unwrap().expose(), KEY_URI);
    assert_eq!(office.trail().await.len(), 1);
    assert!(matches!(enrol(&office, "k1", "other", &again, "").await, Err(Failure::Mismatch)));
    assert_eq!(short(&office.last().await), ("token_enrol", "token", "repeat of another request"));
    let taken = enrol(&office, "k2", "r", &again, "").await;
    assert!(matches!(&taken, Err(Failure::Conflict(problem)) if problem.contains("serial number")), "{taken:?}");
    let entry = office.last().await;
    assert_eq!(short(&entry), ("token_enrol", "token", "serial taken"));
    assert_eq!(fact(&entry.before, "serial"), Some(token.serial.as_str()));
    // Another maker's numbers are other numbers; a day later a key may be used anew.
    office.pass(TimeDelta::hours(2));
    let elsewhere = Token { manufacturer: Some(Make::parse("Other").unwrap()), ..again };
    enrol(&office, "k1", "r", &elsewhere, "").await.unwrap();
    assert_eq!(office.desk.token_list(Filter::default(), first_page()).await.unwrap().items.len(), 2);
}

fn first_page() -> Paging {
    first(200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_enrolments_of_one_call_one_takes_a_token_in() {
    let office = Office::new();
    let serial = Serial::parse("T-1").unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let token = Token { serial: serial.clone(), ..office.clerk.token(hotp_device()) };
            let (desk, order) = (office.desk.clone(), office.order());
            tokio::spawn(
                async move { desk.token_enrol(order, call("k", "r"), token, None, None).await.unwrap().made.id },
            )
        })
        .collect();
    let ids: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(office.trail().await.len(), 1);
}

#[tokio::test]
async fn tokens_are_shown_a_page_at_a_time_and_by_serial_number_customer_or_state() {
    let office = Office::new();
    let mut tokens = Vec::new();
    for (n, (serial, manufacturer)) in
        [("A-3", None), ("A-1", None), ("B", Some("Acme")), ("B", Some("Best")), ("A-2", None)].into_iter().enumerate()
    {
        let manufacturer = manufacturer.map(|text| Make::parse(text).unwrap());
        let token = office.clerk.token(if n % 2 == 0 { hotp_device() } else { totp_device() });
        let token = Token { serial: Serial::parse(serial).unwrap(), manufacturer, ..token };
        let key = format!("k{n}");
        tokens.push(office.desk.token_enrol(office.order(), call(&key, ""), token, None, None).await.unwrap().made);
    }
    let all = Filter::default;
    assert_eq!(office.serials(all(), 2).await, [vec!["A-1", "A-2"], vec!["A-3", "B"], vec!["B"]]);
    // A bound of the desk's own, and a full page at the end.
    assert_eq!(office.serials(all(), 5).await.len(), 1);
    assert_eq!(office.serials(all(), 0).await.len(), 5);
    let by_serial = Filter { serial: Some(Serial::parse("B").unwrap()), ..all() };
    assert_eq!(office.serials(by_serial, 1).await, [["B"], ["B"]]);
    let eve = token_holder("eve", None);
    office.change(&tokens[0], Action::Assign(eve.clone())).await.unwrap();
    office.change(&tokens[1], Action::Assign(eve.clone())).await.unwrap();
    office.change(&tokens[1], Action::Revoke).await.unwrap();
    let of = |customer: &str| Filter { customer: Some(CustomerId::parse(customer).unwrap()), ..all() };
    // Whose a revoked one was last is still told.
    assert_eq!(office.serials(of("eve"), 200).await, [["A-1", "A-3"]]);
    assert_eq!(office.serials(of("ann"), 200).await, [[""; 0]]);
    let state = |kind| Filter { state: Some(kind), ..all() };
    assert_eq!(office.serials(state(LifeKind::Imported), 2).await, [vec!["A-2", "B"], vec!["B"]]);
    assert_eq!(office.serials(state(LifeKind::Revoked), 2).await, [["A-1"]]);
    let both = Filter { state: Some(LifeKind::Assigned), ..of("eve") };
    assert_eq!(office.serials(both, 2).await, [["A-3"]]);
    // A key that is none shows what is behind it, if anything is.
    let odd = Paging { behind: Some("B".to_owned()), limit: 10 };
    assert_eq!(office.store.tokens(all(), odd).await.unwrap().items.len(), 2);
}
