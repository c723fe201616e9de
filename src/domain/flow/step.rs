//! The transition function of a flow. The order of the checks is the order in which errors are documented.

use super::*;
use crate::domain::audit::Entry;
use crate::domain::keys::ServerKey;
use crate::domain::limit::{Kind, Meter, Metered, Stage, Window};
use crate::domain::passcode::{Passcode, SecurityKey};
use crate::domain::prefix::{self, Counted, Seen};
use std::hint::black_box;

/// What the store knows when a command comes.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The flow the command names, if there is one.
    pub flow: Option<Flow>,
    /// Whether the flow's customer is still a customer; `true` for a flow without one.
    pub holder_exists: bool,
    /// The counts of [`tallies`], in their order.
    pub tallies: Vec<u32>,
    /// The windows of [`meters`], in their order.
    pub windows: Vec<Window>,
    /// For [`Action::Settle`]: whether the send has no outcome yet.
    pub send_pending: bool,
    /// What there is for [`looks`], in their order.
    pub prefixes: Vec<Seen>,
}

/// What the store has to write, all of it or nothing, and what the caller is told afterwards.
#[derive(Clone, Debug)]
pub struct Step {
    /// The flow as it is now, if it changed: inserted when none was loaded, otherwise updated.
    pub write: Option<Flow>,
    /// Counts to raise by one.
    pub count: Vec<Tally>,
    /// Windows as they are now; an empty one can go.
    pub windows: Vec<(Meter, Window)>,
    /// A send to record as pending.
    pub enqueue: Option<Dispatch>,
    /// A pending send that now has an outcome: `true` for accepted.
    pub settle: Option<(SendId, bool)>,
    /// Phone prefixes as they are now.
    pub prefixes: Counted,
    /// The answer.
    pub decision: Decision,
}

/// The daily counts that deciding this command takes, for the store to load. Counts of one subject stand together, one
/// for each server key, since the hash of a subject changes with the key and a rotation must not refund anything.
pub fn tallies(command: &Command, flow: Option<&Flow>) -> Vec<Tally> {
    let (flow, request) = match &command.action {
        Action::Open(flow, Some(request)) => (flow.as_ref(), request),
        Action::Send(_, request) => match flow {
            Some(flow) => (flow, request),
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let Ok(chosen) = choose(flow, request) else { return Vec::new() };
    let customer = flow.holder.iter().map(|holder| ("customer", holder.customer.as_str()));
    let addresses = chosen.iter().map(|n| ("address", flow.recipients[*n].address.expose()));
    let day = command.at.timestamp().div_euclid(86_400);
    let hash = |(kind, value): (&str, &str)| -> Vec<Tally> {
        let of = |key: &ServerKey| Tally { purpose: flow.purpose, subject: key.lookup(kind, value), day };
        command.rules.keys.iter().map(of).collect()
    };
    customer.chain(addresses).flat_map(hash).collect()
}

/// Decides a command. Pure: the same input gives the same step.
pub fn step(command: &Command, loaded: Loaded) -> Step {
    let meters = meters(command, loaded.flow.as_ref());
    let windows = loaded.windows.clone();
    let limits = Metered::new(&meters, &windows, command.at);
    // Whoever calls too often learns that and nothing else.
    if let Some(retry_after) = limits.full(Stage::Caller) {
        return Step::refuse(Refusal::Throttled { retry_after });
    }
    match &command.action {
        Action::Open(flow, None) => Step::write((**flow).clone(), Granted::Opened),
        Action::Open(flow, Some(request)) => decide_send(command, (**flow).clone(), request, &loaded, &limits),
        Action::Send(key, request) => match known(command, &loaded, request.purpose, request.holder.as_ref()) {
            Some(flow) => decide_send(command, flow, request, &loaded, &limits),
            None => {
                spend_the_same_time(command, *key, request.purpose, request.security_key.as_ref(), None);
                Step::refuse(Refusal::UnknownKey)
            }
        },
        Action::Verify(key, request) => {
            let same_app =
                |flow: &Flow| flow.holder.as_ref().map(|h| &h.app) == request.holder.as_ref().map(|h| &h.app);
            match known(command, &loaded, request.purpose, request.holder.as_ref()).filter(same_app) {
                Some(flow) => decide_verify(command, flow, request, &loaded.prefixes, &limits),
                None => {
                    let (security_key, code) = (Some(&request.security_key), Some(&request.code));
                    spend_the_same_time(command, *key, request.purpose, security_key, code);
                    Step::refuse(Refusal::UnknownKey)
                }
            }
        }
        Action::Settle { send, generation, accepted, .. } => settle(command, loaded, *send, *generation, *accepted),
    }
}

impl Step {
    fn refuse(refusal: Refusal) -> Self {
        let (count, windows, prefixes) = Default::default();
        Self { write: None, count, windows, enqueue: None, settle: None, prefixes, decision: Err(refusal) }
    }

    fn write(flow: Flow, granted: Granted) -> Self {
        Self { write: Some(flow), decision: Ok(granted), ..Self::refuse(Refusal::UnknownKey) }
    }

    /// What the audit trail says of the phone prefixes that changed their state.
    pub fn shifts(&self, at: Timestamp) -> impl Iterator<Item = Entry> {
        self.prefixes.shifts.iter().map(move |shift| guard::entry(shift, at))
    }
}

/// The flow, if the caller may know that there is one.
fn known(command: &Command, loaded: &Loaded, purpose: Purpose, holder: Option<&Holder>) -> Option<Flow> {
    let flow = loaded.flow.as_ref()?;
    let alive = command.at < flow.expires_at && !matches!(flow.state, State::Verified { .. });
    let theirs = flow.purpose == purpose
        && flow.holder.as_ref().map(|h| &h.customer) == holder.map(|h| &h.customer)
        && loaded.holder_exists;
    (alive && theirs && command.rules.keys.find(&flow.key_id).is_some()).then(|| flow.clone())
}

/// Does for an unknown key what is done for a known one, so that the time taken tells nothing.
fn spend_the_same_time(
    command: &Command,
    key: ServiceKeyDigest,
    purpose: Purpose,
    security_key: Option<&Secret>,
    code: Option<&Secret>,
) {
    let mut id = [0; 16];
    id.copy_from_slice(&key.as_bytes()[..16]);
    let (server_key, flow) = (command.rules.keys.current(), FlowId::from_bytes(id));
    let given = security_key.map_or("", Secret::expose);
    black_box(SecurityKey::derive(server_key, flow, purpose, 1).matches(given));
    if let Some(code) = code {
        black_box(Passcode::derive(server_key, flow, purpose, 1, 6).matches(code.expose()));
    }
}

fn decide_send(
    command: &Command,
    mut flow: Flow,
    request: &SendRequest,
    loaded: &Loaded,
    limits: &Metered<'_>,
) -> Step {
    // Last of all: what the business would refuse anyway has its own answer, and counts for no prefix.
    let admitted = send(command, &flow, request, &loaded.tallies, limits).and_then(|sent| {
        let counted = prefix::admit(&command.rules.guard, &loaded.prefixes, command.at);
        Ok((sent, counted.map_err(Refusal::HeldBack)?))
    });
    match admitted {
        Err(refusal) => Step::refuse(refusal),
        Ok((sent, prefixes)) => {
            let to = sent.chosen.iter().map(|n| flow.recipients[*n].address.clone()).collect();
            let dispatch = Dispatch {
                send: request.send,
                flow: flow.id,
                key_id: flow.key_id.clone(),
                purpose: flow.purpose,
                generation: sent.generation,
                digits: sent.digits,
                language: flow.language,
                to,
                code_expires_at: sent.code_expires_at,
                resends_used: sent.sends - 1,
            };
            let rings = command.rules.keys.iter().count();
            // The first tally of a subject is the one under the current key.
            let count = tallies(command, Some(&flow)).into_iter().step_by(rings).collect();
            flow.state = State::Sent(sent);
            let enqueue = Some(dispatch.clone());
            let windows = limits.raised(|kind| !kind.counts_failures());
            let granted = Granted::Send(dispatch, prefixes.shifts.clone());
            Step { count, windows, enqueue, prefixes, ..Step::write(flow, granted) }
        }
    }
}

fn send(
    command: &Command,
    flow: &Flow,
    request: &SendRequest,
    counts: &[u32],
    limits: &Metered<'_>,
) -> Result<Sent, Refusal> {
    let policy = command.rules.policy(request.purpose)?;
    if !phone_fits(flow, &request.phone) {
        return Err(Refusal::BadPhone);
    }
    if let Some(given) = &request.security_key
        && named(command, flow, given).is_none()
    {
        return Err(Refusal::ForeignSecurityKey);
    }
    let chosen = choose(flow, request).map_err(Refusal::Misfit)?;
    if !policy.email_alone() && chosen.iter().all(|n| flow.recipients[*n].address.channel() == Channel::Email) {
        return Err(Refusal::Misfit(Misfit::EmailAlone));
    }
    if let Some(locked) = locked(flow, policy) {
        return Err(locked);
    }
    let rings = command.rules.keys.iter().count();
    if counts.chunks(rings).any(|subject| subject.iter().sum::<u32>() >= policy.daily_codes_max) {
        return Err(Refusal::DailyLimit);
    }
    // A code that nobody may enter any more need not be sent either.
    if limits.full(Stage::Subject).is_some() {
        return Err(Refusal::DailyLimit);
    }
    if let Some(retry_after) = limits.full(Stage::Late) {
        return Err(Refusal::Throttled { retry_after });
    }
    let fresh = |generation, sends| Sent {
        generation,
        digits: policy.code_digits,
        code_expires_at: (command.at + policy.code_lifetime).min(flow.expires_at),
        sends,
        live: 1,
        chosen: chosen.clone(),
    };
    match &flow.state {
        State::Sent(last) => {
            if last.sends > policy.resends_max {
                return Err(Refusal::ResendLimit);
            }
            let sends = last.sends + 1;
            Ok(if last.live == 0 {
                // The code has reached nobody: the same one, with its full time again.
                Sent { digits: last.digits, ..fresh(last.generation, sends) }
            } else if command.at < last.code_expires_at {
                Sent { sends, live: last.live + 1, chosen, ..last.clone() }
            } else {
                fresh(last.generation + 1, sends)
            })
        }
        State::Started => Ok(fresh(1, 1)),
        State::Verified { .. } | State::Locked { .. } => Err(Refusal::UnknownKey),
    }
}

/// The generation that a security key names, if it is the one in force. When every provider has refused the newest
/// code, its caller may never have been told its key, so the key before it is good as well.
fn named(command: &Command, flow: &Flow, given: &Secret) -> Option<u32> {
    let server_key = command.rules.keys.find(&flow.key_id)?;
    let names =
        |generation: &u32| SecurityKey::derive(server_key, flow.id, flow.purpose, *generation).matches(given.expose());
    let (newest, before) = match &flow.state {
        State::Sent(sent) => (sent.generation, (sent.live == 0 && sent.generation > 1).then(|| sent.generation - 1)),
        State::Locked { generation, .. } => (*generation, None),
        State::Started | State::Verified { .. } => return None,
    };
    Some(newest).filter(names).or_else(|| before.filter(names))
}

fn locked(flow: &Flow, policy: &Policy) -> Option<Refusal> {
    let used_up = flow.failed_attempts >= policy.failed_attempts_max;
    let attempts = Attempts { failed: flow.failed_attempts, max: policy.failed_attempts_max };
    (used_up || matches!(flow.state, State::Locked { .. })).then_some(Refusal::Locked(attempts))
}

fn phone_fits(flow: &Flow, given: &PhoneGiven) -> bool {
    match given {
        PhoneGiven::Absent => true,
        PhoneGiven::Unreadable => false,
        PhoneGiven::Number(phone) => flow.recipients.iter().any(|r| r.address == Address::Phone(phone.clone())),
    }
}

/// The recipients of a send, as positions in the flow's list.
pub(super) fn choose(flow: &Flow, request: &SendRequest) -> Result<Vec<usize>, Misfit> {
    if request.references.is_empty() {
        return match (&flow.state, flow.presentation) {
            (State::Sent(last), _) => Ok(last.chosen.clone()),
            (_, Presentation::Primary | Presentation::NoValue) => Ok(vec![0]),
            // A locked flow says so, whoever was chosen.
            (State::Locked { .. }, Presentation::All) => Ok(vec![0]),
            (_, Presentation::All) => Err(Misfit::NoRecipient),
        };
    }
    let mut chosen = Vec::with_capacity(request.references.len());
    for (channel, reference) in &request.references {
        let named = |r: &Recipient| r.address.channel() == *channel && r.reference.to_string() == *reference;
        let n = flow.recipients.iter().position(named).ok_or(Misfit::Reference)?;
        if !chosen.contains(&n) {
            chosen.push(n);
        }
    }
    Ok(chosen)
}

fn decide_verify(
    command: &Command,
    mut flow: Flow,
    request: &VerifyRequest,
    prefixes: &[Seen],
    limits: &Metered<'_>,
) -> Step {
    let policy = match command.rules.policy(request.purpose) {
        Ok(policy) => policy,
        Err(refusal) => return Step::refuse(refusal),
    };
    let Some(named) = named(command, &flow, &request.security_key) else {
        return Step::refuse(Refusal::ForeignSecurityKey);
    };
    if let Some(locked) = locked(&flow, policy) {
        return Step::refuse(locked);
    }
    // The budget of the customer or destination is used up: for the caller like that of the flow, which stays as it is.
    if limits.full(Stage::Subject).is_some() {
        let max = policy.failed_attempts_max;
        return Step::refuse(Refusal::Locked(Attempts { failed: max, max }));
    }
    let (State::Sent(sent), Some(server_key)) = (&flow.state, command.rules.keys.find(&flow.key_id)) else {
        return Step::refuse(Refusal::ForeignSecurityKey);
    };
    // Whoever names the code before the newest has that code only, and its time is over.
    if command.at >= sent.code_expires_at || named < sent.generation {
        return Step::refuse(Refusal::CodeExpired);
    }
    let generation = sent.generation;
    let passcode = Passcode::derive(server_key, flow.id, flow.purpose, generation, sent.digits);
    if passcode.matches(request.code.expose()) {
        let chosen = sent.chosen.clone();
        flow.state = State::Verified { at: command.at, chosen };
        let windows = limits.cleared(|kind| kind == Kind::CustomerStreak);
        let prefixes = prefix::verified(&command.rules.guard, prefixes, command.at);
        return Step { windows, prefixes, ..Step::write(flow, Granted::Verified) };
    }
    flow.failed_attempts += 1;
    let attempts = Attempts { failed: flow.failed_attempts, max: policy.failed_attempts_max };
    if attempts.failed >= attempts.max {
        flow.state = State::Locked { at: command.at, generation };
    }
    let windows = limits.raised(Kind::counts_failures);
    Step { decision: Err(Refusal::WrongCode(attempts)), windows, ..Step::write(flow, Granted::Verified) }
}

fn settle(command: &Command, loaded: Loaded, send: SendId, generation: u32, accepted: bool) -> Step {
    let nothing = Step { decision: Ok(Granted::Settled), ..Step::refuse(Refusal::UnknownKey) };
    if !loaded.send_pending {
        return nothing;
    }
    let (mut write, mut prefixes) = (None, Counted::default());
    if !accepted
        && let Some(mut flow) = loaded.flow
        && let State::Sent(sent) = &mut flow.state
    {
        sent.sends = sent.sends.saturating_sub(1);
        if sent.generation == generation {
            sent.live = sent.live.saturating_sub(1);
        }
        write = Some(flow);
        prefixes = prefix::unsent(&command.rules.guard, &loaded.prefixes, command.at);
    }
    Step { write, settle: Some((send, accepted)), prefixes, ..nothing }
}
