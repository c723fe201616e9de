//! Which limits a call of the BNE family has to keep. What an operator asks for has none.

use super::*;
use crate::domain::limit::{Kind as Limit, Meter, Meters, network};
use std::net::IpAddr;

const SCOPE: &str = "bne";

/// The meters that deciding this command takes, for the store to load. None depends on what is found, so that the work
/// tells nothing.
pub fn meters(command: &Command) -> Vec<Meter> {
    let mut meters = Meters::new(&command.rules.limits);
    match &command.action {
        Action::Open(request) => {
            if let Some(from) = request.from {
                calls(&mut meters, &request.client, from);
                // Whoever speaks for one customer uses up nothing of another's, nor one client of another client's.
                let customer = request.customer.as_ref().unwrap_or(&request.holder.customer);
                let subject = format!("{}\0{}", request.client.as_str(), customer.as_str());
                meters.add(Limit::CustomerChallenges, SCOPE, &subject);
            }
        }
        Action::Validate(request) => {
            if let Some(from) = request.from {
                calls(&mut meters, &request.client, from);
                meters.add(Limit::AddressFailures, SCOPE, &network(from).to_string());
            }
            meters.add(Limit::PurposeFailures, SCOPE, "");
            meters.add(Limit::SameCodeFailures, SCOPE, request.code.expose());
        }
        Action::Close(..) => {}
    }
    meters.all()
}

fn calls(meters: &mut Meters<'_>, client: &ClientId, from: IpAddr) {
    meters.add(Limit::AllCalls, SCOPE, "");
    meters.add(Limit::ClientCalls, SCOPE, client.as_str());
    meters.add(Limit::AddressCalls, SCOPE, &network(from).to_string());
}
