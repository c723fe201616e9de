//! What every store must do for the registrations of applications, over the desk.

use crate::support::bne::*;
use crate::support::office::*;
use countersign::domain::client::{Client, ClientId, Country};
use countersign::domain::desk::Failure;
use countersign::domain::page::Paging;
use countersign::domain::ports::{ClientStore, TransactionStore};
use countersign::domain::transaction::{Action, OpenRequest, Refusal, State, Subject};
use futures::future::join_all;

fn id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

#[tokio::test]
async fn a_registration_reads_back_as_it_was_changed_last_and_every_change_is_in_the_trail() {
    let office = Office::new();
    let desk = &office.desk;
    let made = desk.client_put(office.order(), None, application("web")).await.unwrap();
    assert_eq!((made.version, made.updated_at), (1, office.clerk.now));
    let countries = ["MX", "US"].map(|text| Country::parse(text).unwrap()).into();
    let wider = Client { countries, ..application("web") };
    let changed = desk.client_put(office.order(), Some(1), wider.clone()).await.unwrap();
    assert_eq!((changed.version, &changed.it), (2, &wider));
    assert_eq!(desk.client_view(&id("web")).await.unwrap(), changed);
    assert_eq!(office.store.client(&id("web")).await.unwrap(), Some(wider));
    desk.client_delete(office.order(), Some(2), id("web")).await.unwrap();
    assert!(matches!(desk.client_view(&id("web")).await, Err(Failure::NotFound)));
    assert_eq!(office.store.client(&id("web")).await.unwrap(), None);

    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().map(short).collect();
    assert_eq!(told, ["client_put", "client_put", "client_delete"].map(|action| (action, "client web", "done")));
    assert!(trail.iter().all(|entry| entry.actor.as_deref() == Some("rosa") && entry.customer.is_none()));
    let countries = |n: usize| (fact(&trail[n].before, "countries"), fact(&trail[n].after, "countries"));
    assert_eq!([0, 1, 2].map(countries), [(None, Some("MX")), (Some("MX"), Some("MX US")), (Some("MX US"), None)]);
    let all = ["businesses", "channels", "version"].map(|name| fact(&trail[1].after, name).unwrap());
    assert_eq!(all, ["GCB", "CBOL", "2"]);
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_is_in_the_trail() {
    let office = Office::new();
    let desk = &office.desk;
    desk.client_put(office.order(), None, application("web")).await.unwrap();
    let put = |seen, id| desk.client_put(office.order(), seen, application(id));
    assert!(matches!(put(None, "web").await, Err(Failure::PreconditionRequired { version: 1 })));
    assert!(matches!(put(Some(7), "web").await, Err(Failure::Stale { version: 1 })));
    assert!(matches!(put(Some(7), "app").await, Err(Failure::Gone)));
    let delete = |seen, text| desk.client_delete(office.order(), seen, id(text));
    assert!(matches!(delete(None, "web").await, Err(Failure::PreconditionRequired { version: 1 })));
    assert!(matches!(delete(Some(2), "web").await, Err(Failure::Stale { version: 1 })));
    assert!(matches!(delete(None, "app").await, Err(Failure::NotFound)));
    assert_eq!(desk.client_view(&id("web")).await.unwrap().it, application("web"));
    let trail = office.trail().await;
    let told: Vec<_> = trail.iter().skip(1).map(|entry| (entry.action.as_str(), entry.outcome.as_str())).collect();
    let expected = [
        ("client_put", "version missing"),
        ("client_put", "stale"),
        ("client_put", "gone"),
        ("client_delete", "version missing"),
        ("client_delete", "stale"),
        ("client_delete", "unknown"),
    ];
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_changes_to_one_version_that_come_at_once_one_is_made() {
    let office = Office::new();
    office.desk.client_put(office.order(), None, application("web")).await.unwrap();
    let puts = (0..16).map(|_| {
        let (desk, order) = (office.desk.clone(), office.order());
        tokio::spawn(async move { desk.client_put(order, Some(1), application("web")).await })
    });
    let answers: Vec<_> = join_all(puts).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let stale = answers.iter().filter(|answer| matches!(answer, Err(Failure::Stale { version: 2 }))).count();
    assert_eq!(stale, 15);
    assert_eq!(office.desk.client_view(&id("web")).await.unwrap().version, 2);
}

#[tokio::test]
async fn registrations_are_listed_a_page_at_a_time() {
    let office = Office::new();
    let names = ["a", "b", "c", "d", "e"];
    for name in names {
        office.desk.client_put(office.order(), None, application(name)).await.unwrap();
    }
    let (mut listed, mut behind) = (Vec::new(), None);
    loop {
        let page = office.desk.client_list(Paging { behind, limit: 2 }).await.unwrap();
        listed.extend(page.items.into_iter().map(|client| client.it.id.as_str().to_owned()));
        behind = page.next;
        if behind.is_none() {
            break;
        }
    }
    assert_eq!(listed, names);
}

#[tokio::test]
async fn with_an_application_its_open_transactions_go_and_no_others() {
    let office = Office::with(bne_rules(|policy| policy.one_at_a_time = false));
    let clerk = &office.clerk;
    let token = office.hugos(ocra_device(PLAIN_SUITE)).await;
    for name in ["web", "app"] {
        office.desk.client_put(office.order(), None, application(name)).await.unwrap();
    }
    let open = async |client| {
        let request = OpenRequest { client: id(client), ..clerk.open_request(Subject::Login) };
        opened(office.store.transact(clerk.command(Action::Open(Box::new(request)))).await.unwrap())
    };
    let (theirs, other) = (open("web").await, open("app").await);
    office.desk.client_delete(office.order(), Some(1), web()).await.unwrap();
    // Also when the same id is registered again.
    office.desk.client_put(office.order(), None, application("web")).await.unwrap();
    let validate = |transaction| clerk.validate(transaction, &clerk.answer(&token, transaction));
    assert_eq!(office.store.transact(validate(&theirs)).await.unwrap(), Err(Refusal::NotFound));
    let closed = office.store.transaction(theirs.id, clerk.now).await.unwrap().unwrap();
    assert_eq!(closed.state, State::Closed { at: clerk.now });
    assert!(is_validated(&office.store.transact(validate(&other)).await.unwrap()));
}
