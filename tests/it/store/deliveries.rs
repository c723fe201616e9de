//! Sends, as the back office sees them.

use crate::support::domain::*;
use crate::support::office::*;
use chrono::TimeDelta;
use countersign::domain::delivery::{Delivery, Filter, Status};
use countersign::domain::flow::*;
use countersign::domain::page::Paging;
use countersign::domain::ports::FlowStore;
use countersign::domain::recipient::Channel;

impl Office {
    async fn deliveries(&self, filter: Filter) -> Vec<Delivery> {
        let (mut seen, mut behind) = (Vec::new(), None);
        loop {
            let page = self.desk.delivery_list(filter, Paging { behind, limit: 2 }).await.unwrap();
            seen.extend(page.items);
            match page.next {
                None => return seen,
                next => behind = next,
            }
        }
    }
}

#[tokio::test]
async fn sends_are_shown_the_newest_first_with_their_channels_and_no_address() {
    let mut office = Office::new();
    let both = [phone(PHONE), email(EMAIL)];
    let mut dispatches = Vec::new();
    for n in 0..4 {
        let flow = office.maker.flow(None, &both);
        office.store.apply(office.maker.open(&flow)).await.unwrap().unwrap();
        let mut request = office.maker.request(&flow);
        request.references.push((Channel::Email, flow.recipients[1].reference.to_string()));
        let send = office.maker.command(Action::Send(flow.key, request));
        dispatches.push(sent(office.store.apply(send).await.unwrap()));
        office.pass(TimeDelta::seconds(1));
        if n < 2 {
            let settle = office.maker.settle(&dispatches[n], n == 0);
            office.store.apply(settle).await.unwrap().unwrap();
        }
    }
    let all = office.deliveries(Filter::default()).await;
    assert_eq!(all.iter().map(|delivery| delivery.send).collect::<Vec<_>>(), {
        let newest: Vec<_> = dispatches.iter().rev().map(|dispatch| dispatch.send).collect();
        newest
    });
    assert!(all.iter().all(|delivery| delivery.channels == Some(vec![Channel::Sms, Channel::Email])));
    let last = &all[3];
    assert_eq!((last.flow, last.status), (dispatches[0].flow, Status::Accepted));
    assert_eq!(last.settled_at, Some(last.created_at + TimeDelta::seconds(1)));
    let printed = format!("{all:?}");
    assert!(!printed.contains("600123456") && !printed.contains("anna"), "{printed}");
    let with = |status| Filter { status: Some(status), ..Filter::default() };
    assert_eq!(office.deliveries(with(Status::Refused)).await, [all[2].clone()]);
    assert_eq!(office.deliveries(with(Status::Pending)).await, all[..2]);
    let of_flow = Filter { flow: Some(dispatches[1].flow), status: None };
    assert_eq!(office.deliveries(of_flow).await, [all[2].clone()]);
    let none = Filter { flow: Some(dispatches[1].flow), status: Some(Status::Accepted) };
    assert_eq!(office.deliveries(none).await, []);
}
