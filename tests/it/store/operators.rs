//! What every store must do for operators, over the desk.

use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::desk::Failure;
use countersign::domain::operator::{Actor, Made, Operator, Scope};
use countersign::domain::page::Paging;
use futures::future::join_all;

fn name(text: &str) -> Actor {
    Actor::parse(text).unwrap()
}

async fn make(office: &Office, key: &str, text: &str, scope: Scope) -> Result<Made<Operator>, Failure> {
    let call = call(key, &format!("{text} {}", scope.as_str()));
    office.desk.operator_create(office.order(), call, name(text), [scope].into()).await
}

#[tokio::test]
async fn a_credential_is_shown_once_and_good_until_it_is_revoked() {
    let office = Office::new();
    let desk = &office.desk;
    let boss = make(&office, "1", "boss", Scope::Admin).await.unwrap();
    let made = make(&office, "2", "desk", Scope::Read).await.unwrap();
    let secret = made.secret.unwrap();
    assert!(secret.expose().starts_with("cso_") && secret.expose().len() == 68);
    let found = desk.operator(secret.expose()).await.unwrap().unwrap();
    assert_eq!(found, made.made);
    assert_eq!((found.name.as_str(), &found.created.by), ("desk", &rosa()));
    assert!(found.may(Scope::Read) && !found.may(Scope::Enrol) && !found.may(Scope::Admin));
    assert!(boss.made.may(Scope::Read) && boss.made.may(Scope::Redeem));
    for text in ["", "cso_", &secret.expose()[..67], &secret.expose().to_uppercase()] {
        assert_eq!(desk.operator(text).await.unwrap(), None);
    }
    let revoked = desk.operator_revoke(office.order(), name("desk")).await.unwrap();
    assert!(revoked.revoked.is_some() && !revoked.may(Scope::Read));
    assert_eq!(desk.operator(secret.expose()).await.unwrap(), None);
    let listed = desk.operator_list(first(50)).await.unwrap();
    assert_eq!(listed.items, [boss.made, revoked]);
    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().map(short).collect();
    let expected = [
        ("operator_create", "operator boss", "done"),
        ("operator_create", "operator desk", "done"),
        ("operator_revoke", "operator desk", "done"),
    ];
    assert_eq!(told, expected);
    let states = (fact(&trail[2].before, "state"), fact(&trail[2].after, "state"), fact(&trail[2].after, "scopes"));
    assert_eq!(states, (Some("good"), Some("revoked"), Some("read")));
    assert!(!format!("{trail:?}").contains("cso_"));
    assert!(office.on_disk(b"operator desk"), "the search itself works");
    assert!(!office.on_disk(secret.expose().as_bytes()), "the credential is on disk");
}

#[tokio::test]
async fn names_are_not_used_again_and_the_last_admin_stays() {
    let office = Office::new();
    let desk = &office.desk;
    make(&office, "1", "boss", Scope::Admin).await.unwrap();
    let taken = make(&office, "2", "boss", Scope::Read).await.unwrap_err();
    assert!(matches!(&taken, Failure::Conflict(problem) if problem.contains("name")), "{taken:?}");
    let revoke = |text| desk.operator_revoke(office.order(), name(text));
    let last = revoke("boss").await.unwrap_err();
    assert!(matches!(&last, Failure::Conflict(problem) if problem.contains("last")), "{last:?}");
    assert!(matches!(revoke("nobody").await, Err(Failure::NotFound)));
    make(&office, "3", "chief", Scope::Admin).await.unwrap();
    revoke("boss").await.unwrap();
    assert!(matches!(revoke("boss").await, Err(Failure::Conflict(_))));
    assert!(matches!(revoke("chief").await, Err(Failure::Conflict(_))));
    assert!(matches!(make(&office, "4", "boss", Scope::Read).await, Err(Failure::Conflict(_))));
    // Nor is the server's own.
    assert!(matches!(make(&office, "5", "server", Scope::Read).await, Err(Failure::Conflict(_))));
    let trail = office.trail().await;
    let outcomes: Vec<_> = trail.iter().map(|entry| entry.outcome.as_str()).collect();
    let expected = [
        "done",
        "name taken",
        "last admin",
        "unknown",
        "done",
        "done",
        "revoked already",
        "last admin",
        "name taken",
        "name taken",
    ];
    assert_eq!(outcomes, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repeat_gets_the_same_credential_and_makes_nothing() {
    let mut office = Office::new();
    let calls = (0..16).map(|_| {
        let (desk, order) = (office.desk.clone(), office.order());
        let call = call("one", "desk read");
        tokio::spawn(async move { desk.operator_create(order, call, name("desk"), [Scope::Read].into()).await })
    });
    let answers: Vec<_> = join_all(calls).await.into_iter().map(|answer| answer.unwrap().unwrap()).collect();
    let secrets: Vec<_> = answers.iter().map(|made| made.secret.as_ref().unwrap().expose().to_owned()).collect();
    assert!(secrets.iter().all(|secret| *secret == secrets[0]));
    assert_eq!(office.trail().await.len(), 1, "made once");
    assert!(!office.on_disk(secrets[0].as_bytes()), "what is kept for a repeat is sealed");
    // The key with another request.
    let other = make(&office, "one", "chief", Scope::Read).await;
    assert!(matches!(other, Err(Failure::Mismatch)));
    assert_eq!(short(&office.last().await), ("operator_create", "operator chief", "repeat of another request"));
    // A day later it is forgotten: the call is a new one.
    office.pass(TimeDelta::hours(24));
    assert!(matches!(make(&office, "one", "desk", Scope::Read).await, Err(Failure::Conflict(_))));
    assert!(make(&office, "one", "chief", Scope::Read).await.is_ok());
}

#[tokio::test]
async fn operators_are_listed_a_page_at_a_time() {
    let office = Office::new();
    for text in ["c", "a", "d", "b"] {
        make(&office, text, text, Scope::Read).await.unwrap();
    }
    let page = office.desk.operator_list(first(3)).await.unwrap();
    let names = |operators: &[Operator]| operators.iter().map(|one| one.name.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!((names(&page.items), page.next.as_deref()), (vec!["a".into(), "b".into(), "c".into()], Some("c")));
    let page = office.desk.operator_list(Paging { behind: page.next, limit: 3 }).await.unwrap();
    assert_eq!((names(&page.items), page.next), (vec!["d".into()], None));
}
