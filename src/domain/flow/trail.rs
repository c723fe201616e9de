//! What the audit trail says of a step of a flow.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts, Source};
use crate::domain::prefix::Cause;

/// A step in the making: taken before it is decided, because deciding uses up what was loaded.
pub struct Trail {
    flow: Option<FlowId>,
    holder: Option<Holder>,
    before: Option<Facts>,
}

impl Trail {
    /// Of a command, and the flow that it names if there is one.
    pub fn of(command: &Command, flow: Option<&Flow>) -> Self {
        let opened = match &command.action {
            Action::Open(flow, _) => Some(flow.as_ref()),
            Action::Send(..) | Action::Verify(..) | Action::Settle { .. } => None,
        };
        let named = flow.or(opened);
        Self {
            flow: named.map(|flow| flow.id),
            holder: named.and_then(|flow| flow.holder.clone()),
            before: flow.map(facts),
        }
    }

    /// The entry of the step, unless nothing happened in it.
    pub fn entry(self, command: &Command, step: &Step) -> Option<Entry> {
        let (source, action) = match &command.action {
            Action::Open(..) => (Source::Dbx, "flow_open"),
            Action::Send(..) => (Source::Dbx, "code_send"),
            Action::Verify(..) => (Source::Dbx, "code_verify"),
            Action::Settle { .. } if step.settle.is_none() => return None,
            Action::Settle { .. } => (Source::Server, "send_settle"),
        };
        let outcome = match (&step.decision, step.settle) {
            (_, Some((_, true))) => "accepted",
            (_, Some((_, false))) => "refused",
            (Ok(_), None) => DONE,
            (Err(refusal), None) => refusal.outcome(),
        };
        // The caller of an unknown key may be anyone, and may be nobody's customer; who is told to wait may call without end.
        let counted =
            matches!(&step.decision, Err(Refusal::UnknownKey | Refusal::Throttled { .. } | Refusal::HeldBack(_)));
        let Self { flow, holder, before } =
            if counted { Self { flow: None, holder: None, before: None } } else { self };
        Some(Entry {
            at: command.at,
            source,
            actor: holder.as_ref().map(|holder| holder.app.clone()).filter(|_| source == Source::Dbx),
            action,
            subject: flow.map_or_else(|| "flow".to_owned(), |flow| format!("flow {flow}")),
            customer: holder.map(|holder| holder.customer),
            outcome,
            before,
            after: step.write.as_ref().map(facts),
            request_id: None,
            counted,
        })
    }
}

pub(super) fn facts(flow: &Flow) -> Facts {
    let (state, sends) = match &flow.state {
        State::Started => ("started", None),
        State::Sent(sent) => ("sent", Some(sent.sends)),
        State::Verified { .. } => ("verified", None),
        State::Locked { .. } => ("locked", None),
    };
    let facts = Facts::default().and("purpose", flow.purpose.as_str()).and("state", state);
    facts.and("failedAttempts", flow.failed_attempts).and_if("sends", sends)
}

impl Refusal {
    /// What the trail calls it.
    fn outcome(&self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown key",
            Self::NoPolicy => "no policy",
            Self::BadPhone => "bad phone",
            Self::NoAddress => "no address",
            Self::ForeignSecurityKey => "foreign security key",
            Self::Misfit(_) => "misfit",
            Self::Locked(_) => "locked",
            Self::DailyLimit => "daily limit",
            Self::ResendLimit => "resend limit",
            Self::CodeExpired => "code expired",
            Self::WrongCode(_) => "wrong code",
            Self::Undeliverable => "undeliverable",
            Self::Throttled { .. } => "throttled",
            Self::HeldBack(held_back) => match held_back.cause {
                Cause::Country => "country denied",
                Cause::Blocked => "prefix blocked",
                Cause::Stopped => "prefix stopped",
                Cause::Slowed => "prefix slowed",
            },
        }
    }
}
