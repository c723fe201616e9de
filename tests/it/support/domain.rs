//! Flows, commands and rules for tests: everything about them is fixed, time and chance included.

use chrono::{DateTime, TimeDelta};
use countersign::domain::customer::{Customer, CustomerId, Language};
use countersign::domain::flow::*;
use countersign::domain::keys::{KeyId, KeyRing, ServerKey};
use countersign::domain::limit::{Kind, Limits, Meter, Window};
use countersign::domain::passcode::{Passcode, SecurityKey};
use countersign::domain::policy::{Policy, Presentation, Profile, Purpose};
use countersign::domain::ports::{Clock, FlowStore, Random};
use countersign::domain::prefix::{Counted, Guard, Kept, Look, Prefix, Ruled, Seen};
use countersign::domain::recipient::{Address, EmailAddress, PhoneNumber};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

pub(crate) const PHONE: &str = "+34600123456";
pub(crate) const OTHER_PHONE: &str = "+34600654321";
pub(crate) const EMAIL: &str = "anna.lopez@bank.example";

/// Randomness that is the same in every run (SplitMix64).
pub(crate) struct Seeded(Mutex<u64>);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(seed)))
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes()[..chunk.len()]);
        }
    }
}

/// A clock that stands still until it is moved.
pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) fn at(now: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(now)))
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Noon of a fixed day.
pub(crate) fn noon() -> Timestamp {
    DateTime::from_timestamp(1_767_268_800, 0).unwrap()
}

pub(crate) fn key_ring(ids: &[&str]) -> KeyRing {
    let key = |id: &&str| {
        let mut bytes = [7; 32];
        bytes[..id.len()].copy_from_slice(id.as_bytes());
        ServerKey::from_bytes(KeyId::parse(id).unwrap(), &bytes).unwrap()
    };
    KeyRing::new(ids.iter().map(key).collect()).unwrap()
}

/// The default policy for both purposes, changed by `change`.
pub(crate) fn rules_with(key_ids: &[&str], change: impl Fn(&mut Policy)) -> Arc<Rules> {
    let policy = |purpose| {
        let mut policy = Policy::new(Profile::Nist);
        change(&mut policy);
        (purpose, policy)
    };
    Arc::new(Rules {
        keys: Arc::new(key_ring(key_ids)),
        policies: Purpose::ALL.map(policy).into(),
        limits: Limits::none(),
        guard: Guard::unwatched(),
    })
}

pub(crate) fn rules() -> Arc<Rules> {
    rules_with(&["k1"], |_| {})
}

pub(crate) fn phone(text: &str) -> Address {
    Address::Phone(PhoneNumber::parse(text).unwrap())
}

pub(crate) fn email(text: &str) -> Address {
    Address::Email(EmailAddress::parse(text).unwrap())
}

pub(crate) fn holder(customer: &str) -> Option<Holder> {
    Some(Holder { customer: CustomerId::parse(customer).unwrap(), app: "mobile".into() })
}

pub(crate) fn customer(id: &str, phones: &[&str], emails: &[&str]) -> Customer {
    Customer {
        id: CustomerId::parse(id).unwrap(),
        language: Language::En,
        phones: phones.iter().map(|text| PhoneNumber::parse(text).unwrap()).collect(),
        emails: emails.iter().map(|text| EmailAddress::parse(text).unwrap()).collect(),
    }
}

/// Makes commands, at a time that a test sets.
#[derive(Clone)]
pub(crate) struct Maker {
    pub(crate) rules: Arc<Rules>,
    pub(crate) random: Arc<Seeded>,
    pub(crate) now: Timestamp,
    /// Whether flows have ids of a day far away. On a server that keeps rows by the day, these are deleted one by one.
    pub(crate) stray: bool,
}

impl Maker {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        Self { rules, random: Seeded::new(1), now: noon(), stray: false }
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }

    pub(crate) fn command(&self, action: Action) -> Command {
        Command { at: self.now, action, rules: self.rules.clone() }
    }

    /// A flow for security questions if there is a holder, for pre-login if not.
    pub(crate) fn flow(&self, holder: Option<Holder>, addresses: &[Address]) -> Flow {
        let purpose = if holder.is_some() { Purpose::SecurityQuestions } else { Purpose::PreLogin };
        let recipient = |address: &Address| {
            let mut bytes = [0; 16];
            self.random.fill(&mut bytes);
            Recipient { reference: Uuid::from_bytes(bytes), address: address.clone() }
        };
        Flow {
            id: FlowId::ordered(self.now + TimeDelta::days(if self.stray { 36_500 } else { 0 }), &*self.random),
            key: ServiceKeyDigest::of(ServiceKey::random(&*self.random).expose()),
            purpose,
            key_id: self.rules.keys.current().id().clone(),
            holder,
            recipients: addresses.iter().map(recipient).collect(),
            presentation: self.rules.policies.get(&purpose).map_or(Presentation::All, |policy| policy.presentation),
            language: Language::Es,
            opened_at: self.now,
            expires_at: self.now + FLOW_LIFETIME,
            failed_attempts: 0,
            state: State::Started,
        }
    }

    /// A flow before login, to one phone.
    pub(crate) fn applicant(&self) -> Flow {
        self.flow(None, &[phone(PHONE)])
    }

    pub(crate) fn open(&self, flow: &Flow) -> Command {
        self.command(Action::Open(Box::new(flow.clone()), None))
    }

    /// A send to the first recipient.
    pub(crate) fn request(&self, flow: &Flow) -> SendRequest {
        let first = &flow.recipients[0];
        SendRequest {
            purpose: flow.purpose,
            holder: flow.holder.clone(),
            phone: PhoneGiven::Absent,
            security_key: None,
            references: vec![(first.address.channel(), first.reference.to_string())],
            send: SendId::random(&*self.random),
            from: None,
        }
    }

    pub(crate) fn send(&self, flow: &Flow) -> Command {
        self.command(Action::Send(flow.key, self.request(flow)))
    }

    pub(crate) fn verify(&self, flow: &Flow, dispatch: &Dispatch, code: &str) -> Command {
        let request = VerifyRequest {
            purpose: flow.purpose,
            holder: flow.holder.clone(),
            security_key: self.security_key(dispatch),
            code: Secret::new(code),
            from: None,
        };
        self.command(Action::Verify(flow.key, request))
    }

    pub(crate) fn settle(&self, dispatch: &Dispatch, accepted: bool) -> Command {
        let Dispatch { flow, send, generation, .. } = *dispatch;
        self.command(Action::Settle { flow, send, generation, accepted })
    }

    pub(crate) fn code(&self, dispatch: &Dispatch) -> String {
        let key = self.rules.keys.find(&dispatch.key_id).unwrap();
        Passcode::derive(key, dispatch.flow, dispatch.purpose, dispatch.generation, dispatch.digits).expose().to_owned()
    }

    /// A code of the right length that is not the right one.
    pub(crate) fn wrong_code(&self, dispatch: &Dispatch) -> String {
        let right = self.code(dispatch);
        right.chars().map(|digit| char::from(b'0' + (digit as u8 - b'0' + 1) % 10)).collect()
    }

    pub(crate) fn security_key(&self, dispatch: &Dispatch) -> Secret {
        let key = self.rules.keys.find(&dispatch.key_id).unwrap();
        Secret::new(SecurityKey::derive(key, dispatch.flow, dispatch.purpose, dispatch.generation).expose())
    }
}

/// What a granted send says is to be carried out.
#[track_caller]
pub(crate) fn sent(decision: Decision) -> Dispatch {
    match decision {
        Ok(Granted::Send(dispatch, _)) => dispatch,
        other => panic!("not a send: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn refusal(decision: Decision) -> Refusal {
    match decision {
        Err(refusal) => refusal,
        Ok(granted) => panic!("not refused: {granted:?}"),
    }
}

/// The sends without an outcome, all of which must read back.
pub(crate) async fn pending(store: &dyn FlowStore, before: Timestamp, limit: usize) -> Vec<Dispatch> {
    store.dispatches_pending(before, limit).await.unwrap().into_iter().map(Result::unwrap).collect()
}

fn window_key(meter: &Meter) -> (Kind, &'static str, String) {
    (meter.kind, meter.scope, meter.subject.to_string())
}

/// One customer's desk: runs steps over plain memory, as a store would.
pub(crate) struct Desk {
    pub(crate) maker: Maker,
    pub(crate) flows: HashMap<FlowId, Flow>,
    pub(crate) counts: HashMap<Tally, u32>,
    pub(crate) windows: HashMap<(Kind, &'static str, String), Window>,
    pub(crate) pending: Vec<Dispatch>,
    pub(crate) prefixes: HashMap<(Prefix, Purpose), Kept>,
    pub(crate) rulings: Vec<Ruled>,
    pub(crate) holder_exists: bool,
}

impl Desk {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        let (flows, counts, windows, pending, prefixes, rulings) = Default::default();
        let maker = Maker::new(rules);
        Self { maker, flows, counts, windows, pending, prefixes, rulings, holder_exists: true }
    }

    /// Runs one step, and checks what every step must keep to.
    pub(crate) fn apply(&mut self, command: Command) -> Decision {
        let flow = match &command.action {
            Action::Open(..) => None,
            Action::Send(key, _) | Action::Verify(key, _) => self.flows.values().find(|flow| flow.key == *key),
            Action::Settle { flow, .. } => self.flows.get(flow),
        };
        let settles = |id| matches!(&command.action, Action::Settle { send, .. } if *send == id);
        let loaded = Loaded {
            flow: flow.cloned(),
            holder_exists: self.holder_exists,
            tallies: tallies(&command, flow).iter().map(|tally| self.counts.get(tally).copied().unwrap_or(0)).collect(),
            windows: meters(&command, flow)
                .iter()
                .map(|meter| self.windows.get(&window_key(meter)).copied().unwrap_or_default())
                .collect(),
            send_pending: self.pending.iter().any(|dispatch| settles(dispatch.send)),
            prefixes: looks(&command, flow).into_iter().map(|look| self.seen(look)).collect(),
        };
        let before = loaded.flow.clone();
        let step = step(&command, loaded);
        if let Err(refusal) = &step.decision {
            let counted = matches!(refusal, Refusal::WrongCode(_));
            assert_eq!(step.write.is_some(), counted, "a refusal writes the wrong code it counts, nothing else");
            assert!(step.count.is_empty() && step.enqueue.is_none() && step.settle.is_none());
            assert_eq!(step.prefixes, Counted::default(), "a refusal counts for no prefix");
        }
        if let Some(flow) = step.write {
            if let Some(before) = before {
                assert!(flow.failed_attempts >= before.failed_attempts, "attempts were given back");
                assert_eq!((flow.key, flow.expires_at), (before.key, before.expires_at));
            }
            self.flows.insert(flow.id, flow);
        }
        for tally in step.count {
            *self.counts.entry(tally).or_default() += 1;
        }
        for (meter, window) in step.windows {
            self.windows.insert(window_key(&meter), window);
        }
        self.pending.extend(step.enqueue);
        for kept in step.prefixes.write {
            self.prefixes.insert((kept.prefix.clone(), kept.purpose), kept);
        }
        if let Some((send, _)) = step.settle {
            self.pending.retain(|dispatch| dispatch.send != send);
        }
        step.decision
    }

    fn seen(&self, look: Look) -> Seen {
        let all = Prefix::all_of(&look.phone);
        let rulings = self.rulings.iter().filter(|ruled| all.contains(&ruled.prefix)).cloned().collect();
        Seen { rulings, kept: self.prefixes.get(&(look.prefix.clone(), look.purpose)).cloned(), look }
    }

    /// Opens a flow and has a first code accepted by a provider.
    pub(crate) fn started_and_sent(&mut self, flow: &Flow) -> Dispatch {
        self.apply(self.maker.open(flow)).unwrap();
        let dispatch = sent(self.apply(self.maker.send(flow)));
        self.apply(self.maker.settle(&dispatch, true)).unwrap();
        dispatch
    }

    pub(crate) fn state(&self, flow: &Flow) -> &State {
        &self.flows[&flow.id].state
    }

    pub(crate) fn failed_attempts(&self, flow: &Flow) -> u8 {
        self.flows[&flow.id].failed_attempts
    }
}
