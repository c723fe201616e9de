//! Where a flow meets the toll-fraud guard.

use super::step::choose;
use super::*;
use crate::domain::audit::{DONE, Entry, Facts, Source};
use crate::domain::prefix::{Look, Prefix, State as PrefixState};
use chrono::SecondsFormat;

/// The phone prefixes that deciding this command takes, for the store to look up.
pub fn looks(command: &Command, flow: Option<&Flow>) -> Vec<Look> {
    let Some((flow, positions)) = (match (&command.action, flow) {
        (Action::Open(flow, Some(request)), _) => choose(flow, request).ok().map(|chosen| (flow.as_ref(), chosen)),
        (Action::Send(_, request), Some(flow)) => choose(flow, request).ok().map(|chosen| (flow, chosen)),
        (Action::Verify(..) | Action::Settle { accepted: false, .. }, Some(flow)) => match &flow.state {
            State::Sent(sent) => Some((flow, sent.chosen.clone())),
            State::Started | State::Verified { .. } | State::Locked { .. } => None,
        },
        _ => None,
    }) else {
        return Vec::new();
    };
    let digits = command.rules.guard.digits;
    let look = |address: &Address| match address {
        Address::Phone(phone) => {
            Some(Look { phone: phone.clone(), prefix: Prefix::of(phone, digits), purpose: flow.purpose })
        }
        Address::Email(_) => None,
    };
    positions.iter().filter_map(|n| look(&flow.recipients[*n].address)).collect()
}

/// What the audit trail says of a prefix that changed its state.
pub(super) fn entry(shift: &Shift, at: Timestamp) -> Entry {
    let action = match shift.to {
        PrefixState::Open => "prefix_open",
        PrefixState::Slowed => "prefix_slow",
        PrefixState::Stopped { .. } => "prefix_stop",
    };
    let facts = |state: PrefixState| {
        let until = match state {
            PrefixState::Stopped { until } => Some(until.to_rfc3339_opts(SecondsFormat::Millis, true)),
            PrefixState::Open | PrefixState::Slowed => None,
        };
        Facts::default().and("purpose", shift.purpose.as_str()).and("state", state.as_str()).and_if("until", until)
    };
    Entry {
        at,
        source: Source::Server,
        actor: None,
        action,
        subject: format!("prefix {}", shift.prefix),
        customer: None,
        outcome: DONE,
        before: Some(facts(shift.from)),
        after: Some(facts(shift.to).and("sent", shift.sent).and("verified", shift.verified)),
        request_id: None,
        counted: false,
    }
}
