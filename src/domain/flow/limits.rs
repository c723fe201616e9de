//! Which limits a step of a flow has to keep.

use super::*;
use crate::domain::limit::{Kind, Meter, Meters, network};
use std::net::IpAddr;

/// The meters that deciding this command takes, for the store to load. A call that names no flow has as many as one that
/// does, so that the work tells nothing.
pub fn meters(command: &Command, flow: Option<&Flow>) -> Vec<Meter> {
    let mut meters = Meters::new(&command.rules.limits);
    match &command.action {
        Action::Open(flow, Some(request)) => sends(&mut meters, Some(flow), request),
        Action::Send(_, request) => sends(&mut meters, flow, request),
        Action::Verify(_, request) => failures(&mut meters, flow, request),
        Action::Open(_, None) | Action::Settle { .. } => {}
    }
    meters.all()
}

fn sends(meters: &mut Meters<'_>, flow: Option<&Flow>, request: &SendRequest) {
    let scope = request.purpose.as_str();
    meters.add(Kind::AllSends, "", "");
    meters.add(Kind::PurposeSends, scope, "");
    if let Some(holder) = &request.holder {
        meters.add(Kind::AppSends, "", &holder.app);
        meters.add(Kind::CustomerSends, scope, holder.customer.as_str());
        meters.add(Kind::CustomerFailures, scope, holder.customer.as_str());
        meters.add(Kind::CustomerStreak, scope, holder.customer.as_str());
    }
    from(meters, Kind::AddressSends, scope, request.from);
    let id = flow.map_or_else(String::new, |flow| flow.id.to_string());
    meters.add(Kind::FlowSends, "", &id);
    let chosen = flow.and_then(|flow| Some((flow, step::choose(flow, request).ok()?)));
    let addresses: Vec<_> = match &chosen {
        Some((flow, chosen)) => chosen.iter().map(|n| &flow.recipients[*n].address).collect(),
        None => Vec::new(),
    };
    for address in &addresses {
        destination(meters, Kind::DestinationSends, scope, Some(address));
        destination(meters, Kind::DestinationFailures, scope, Some(address));
        if let Address::Phone(phone) = address {
            meters.add(Kind::CountrySends, scope, phone.calling_code());
        }
    }
    if addresses.is_empty() {
        destination(meters, Kind::DestinationSends, scope, None);
        destination(meters, Kind::DestinationFailures, scope, None);
        meters.add(Kind::CountrySends, scope, "");
    }
}

fn failures(meters: &mut Meters<'_>, flow: Option<&Flow>, request: &VerifyRequest) {
    let scope = request.purpose.as_str();
    meters.add(Kind::PurposeFailures, scope, "");
    meters.add(Kind::SameCodeFailures, scope, request.code.expose());
    from(meters, Kind::AddressFailures, scope, request.from);
    if let Some(holder) = &request.holder {
        meters.add(Kind::CustomerFailures, scope, holder.customer.as_str());
        meters.add(Kind::CustomerStreak, scope, holder.customer.as_str());
    }
    let sent: &[usize] = match flow.map(|flow| &flow.state) {
        Some(State::Sent(sent)) => &sent.chosen,
        _ => &[],
    };
    for n in sent {
        let address = flow.and_then(|flow| flow.recipients.get(*n)).map(|recipient| &recipient.address);
        destination(meters, Kind::DestinationFailures, scope, address);
    }
    if sent.is_empty() {
        destination(meters, Kind::DestinationFailures, scope, None);
    }
}

fn from(meters: &mut Meters<'_>, kind: Kind, scope: &'static str, address: Option<IpAddr>) {
    if let Some(address) = address {
        meters.add(kind, scope, &network(address).to_string());
    }
}

fn destination(meters: &mut Meters<'_>, kind: Kind, scope: &'static str, address: Option<&Address>) {
    meters.add(kind, scope, address.map_or("", Address::expose));
}
