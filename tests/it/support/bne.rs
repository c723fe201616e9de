//! Tokens, transactions and rules for tests: everything about them is fixed, time and chance included.

use super::domain::{Seeded, key_ring, noon};
use chrono::TimeDelta;
use countersign::domain::client::ClientId;
use countersign::domain::customer::CustomerId;
use countersign::domain::flow::{Secret, Timestamp};
use countersign::domain::limit::Limits;
use countersign::domain::oath::ocra::question::Question;
use countersign::domain::oath::totp::{Drift, Period, Totp};
use countersign::domain::oath::{Digits, HashAlgorithm, Seed, hotp, ocra};
use countersign::domain::operator::{Actor, Order, Stamp};
use countersign::domain::ports::Random;
use countersign::domain::token::{self, Device, Life, Ocra, Representative, Serial, Token, TokenHolder, TokenId};
use countersign::domain::transaction::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub(crate) const SID: &str = "0f6bb4f08c9b4f0f8a5b7d0a6f3a9f51";
/// No counter, no clock: the challenge alone makes the code.
pub(crate) const PLAIN_SUITE: &str = "OCRA-1:HOTP-SHA256-8:QN08";

pub(crate) fn bne_rules(change: impl FnOnce(&mut Policy)) -> Arc<Rules> {
    let mut policy = Policy::default();
    change(&mut policy);
    policy.check().unwrap();
    Arc::new(Rules { keys: Arc::new(key_ring(&["k1"])), policy, limits: Limits::none() })
}

pub(crate) fn token_holder(customer: &str, representative: Option<&str>) -> TokenHolder {
    TokenHolder {
        customer: CustomerId::parse(customer).unwrap(),
        representative: representative.map(|text| Representative::parse(text).unwrap()),
    }
}

/// Whose every token and transaction is unless a test says otherwise.
pub(crate) fn hugo() -> TokenHolder {
    token_holder("123456789012", Some("01"))
}

pub(crate) fn anna() -> Actor {
    Actor::parse("anna").unwrap()
}

pub(crate) fn payment(amount: &str, payee: &str) -> Subject {
    Subject::Risk(Details::parse(amount, "mxn", payee, "0021 8000-1183-5971-9").unwrap())
}

pub(crate) fn hotp_device() -> Device {
    Device::Hotp { digits: Digits::Six, counter: 0 }
}

pub(crate) fn totp_device() -> Device {
    let totp = Totp { algorithm: HashAlgorithm::Sha256, digits: Digits::Eight, period: Period::Thirty, t0: 0 };
    Device::Totp { totp, drift: Drift::ZERO, last_step: None }
}

pub(crate) fn ocra_device(suite: &str) -> Device {
    let suite: ocra::suite::Suite = suite.parse().unwrap();
    let pin = suite.pin().map(|algorithm| ocra::PinHash::of(algorithm, "1234"));
    Device::Ocra(Ocra::new(suite, 0, pin).unwrap())
}

/// A code that `token` does not show.
pub(crate) fn wrong(code: &str) -> String {
    code.chars().map(|digit| char::from(b'0' + (digit as u8 - b'0' + 1) % 10)).collect()
}

/// What a token shows: `ahead` presses after the last accepted one, or `ahead` time-steps from now.
pub(crate) fn shows(token: &Token, at: Timestamp, ahead: i64, question: Option<&str>) -> String {
    let ahead_of = |n: u64| n.checked_add_signed(ahead).unwrap();
    match &token.device {
        Device::Hotp { digits, counter } => hotp::hotp(&token.seed, *digits, ahead_of(*counter)).expose().to_owned(),
        Device::Totp { totp, .. } => totp.code(&token.seed, ahead_of(totp.step(at).unwrap())).expose().to_owned(),
        Device::Ocra(ocra) => {
            let question = Question::parse(ocra.suite(), question.unwrap()).unwrap();
            let inputs = ocra.inputs(&question, at);
            let inputs = ocra::Inputs { counter: inputs.counter.map(ahead_of), ..inputs };
            ocra::respond(ocra.suite(), &token.seed, &inputs).unwrap().expose().to_owned()
        }
    }
}

/// What moved a token on, told from its state before and after: no two codes may ever be accepted for the same.
pub(crate) fn factor(before: &Token, after: &Token, question: Option<&str>) -> String {
    match (&before.device, &after.device) {
        (Device::Hotp { counter: was, .. }, Device::Hotp { counter: is, .. }) => {
            assert!(is > was, "a counter went back");
            format!("{} counter {}", after.id, is - 1)
        }
        (Device::Totp { last_step: was, .. }, Device::Totp { last_step: is, .. }) => {
            assert!(is > was, "a time-step went back");
            format!("{} step {}", after.id, is.unwrap())
        }
        (Device::Ocra(was), Device::Ocra(is)) if is.suite().has_counter() => {
            assert!(is.counter() > was.counter(), "a counter went back");
            format!("{} counter {}", after.id, is.counter() - 1)
        }
        _ => format!("{} challenge {}", after.id, question.unwrap()),
    }
}

/// Makes tokens and commands, at a time that a test sets.
#[derive(Clone)]
pub(crate) struct Clerk {
    pub(crate) rules: Arc<Rules>,
    pub(crate) random: Arc<Seeded>,
    pub(crate) now: Timestamp,
}

impl Clerk {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        Self { rules, random: Seeded::new(1), now: noon() }
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { by: anna(), at: self.now }
    }

    /// An order of Anna's.
    pub(crate) fn order(&self) -> Order {
        Order { at: self.now, by: anna(), request_id: Some("r-1".to_owned()) }
    }

    /// A token in stock, with a seed of its own.
    pub(crate) fn token(&self, device: Device) -> Token {
        let id = TokenId::random(&*self.random);
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        let serial = Serial::parse(&id.to_string()).unwrap();
        Token::imported(id, serial, device, Seed::new(&seed).unwrap(), self.stamp())
    }

    /// A token in Hugo's hands.
    pub(crate) fn hugos(&self, device: Device) -> Token {
        let assignment = token::Assignment { holder: hugo(), given: self.stamp() };
        Token { life: Life::Assigned(assignment), ..self.token(device) }
    }

    pub(crate) fn command(&self, action: Action) -> Command {
        Command { at: self.now, action, rules: self.rules.clone() }
    }

    pub(crate) fn open_request(&self, subject: Subject) -> OpenRequest {
        OpenRequest {
            id: TransactionId::random(&*self.random),
            subject,
            client: ClientId::parse("web").unwrap(),
            session: Secret::new(SID),
            holder: hugo(),
            customer: None,
            draw: Draw::random(&*self.random),
            from: None,
        }
    }

    pub(crate) fn open(&self, subject: Subject) -> Command {
        self.command(Action::Open(Box::new(self.open_request(subject))))
    }

    pub(crate) fn validate_request(&self, transaction: &Transaction, code: &str) -> ValidateRequest {
        ValidateRequest {
            id: transaction.id,
            kind: transaction.subject.kind(),
            client: transaction.client.clone(),
            session: Secret::new(SID),
            customer: None,
            code: Secret::new(code),
            from: None,
        }
    }

    pub(crate) fn validate(&self, transaction: &Transaction, code: &str) -> Command {
        self.command(Action::Validate(self.validate_request(transaction, code)))
    }

    pub(crate) fn change(&self, action: token::Action) -> token::Command {
        token::Command { order: self.order(), version: None, policy: self.rules.policy.tokens, action }
    }

    /// What the token of a transaction shows for it.
    pub(crate) fn answer(&self, token: &Token, transaction: &Transaction) -> String {
        shows(token, self.now, 0, question(transaction))
    }
}

pub(crate) fn question(transaction: &Transaction) -> Option<&str> {
    transaction.challenge.as_ref().map(|challenge| challenge.question.as_str())
}

#[track_caller]
pub(crate) fn opened(decision: Decision) -> Transaction {
    match decision {
        Ok(Granted::Opened(transaction)) => *transaction,
        other => panic!("not opened: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn failed(decision: Decision) -> Reason {
    match decision {
        Err(Refusal::BusinessFailed(reason)) => reason,
        other => panic!("not refused as a matter of business: {other:?}"),
    }
}

pub(crate) fn is_validated(decision: &Decision) -> bool {
    matches!(decision, Ok(Granted::Validated(_)))
}

/// Runs steps over plain memory, as a store would, and checks what every step must keep to.
pub(crate) struct Counter {
    pub(crate) clerk: Clerk,
    pub(crate) tokens: HashMap<TokenId, Token>,
    pub(crate) transactions: HashMap<TransactionId, Transaction>,
    pub(crate) burnt: HashSet<(TokenId, String)>,
}

impl Counter {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        let (tokens, transactions, burnt) = Default::default();
        Self { clerk: Clerk::new(rules), tokens, transactions, burnt }
    }

    /// A counter where Hugo has these devices; the last one was given to him last.
    pub(crate) fn with(rules: Arc<Rules>, devices: impl IntoIterator<Item = Device>) -> (Self, Vec<TokenId>) {
        let mut counter = Self::new(rules);
        let mut add = |device| {
            counter.clerk.pass(TimeDelta::seconds(1));
            let token = counter.clerk.hugos(device);
            let id = token.id;
            counter.tokens.insert(id, token);
            id
        };
        let ids = devices.into_iter().map(&mut add).collect();
        (counter, ids)
    }

    pub(crate) fn apply(&mut self, command: Command) -> Decision {
        let mut loaded = Loaded::default();
        match &command.action {
            Action::Open(request) => {
                let theirs = self.tokens.values().filter(|token| token.holder() == Some(&request.holder));
                loaded.tokens = theirs.cloned().collect();
                if let Ok(Candidate { token, challenges }) = candidate(&command, &loaded.tokens) {
                    let burnt = |challenge: &Challenge| self.burnt.contains(&(token.id, challenge.question.clone()));
                    loaded.burnt = challenges.iter().map(burnt).collect();
                }
            }
            Action::Validate(ValidateRequest { id, .. }) | Action::Close(id, _) => {
                loaded.transaction = self.transactions.get(id).cloned();
                let asked = asks(&command, &loaded);
                loaded.tokens.extend(asked.map(|id| self.tokens[&id].clone()));
                let asked = asked.zip(loaded.transaction.as_ref().and_then(question));
                loaded.burnt.extend(asked.map(|(id, question)| self.burnt.contains(&(id, question.to_owned()))));
            }
        }
        let before = loaded.clone();
        let step = step(&command, loaded);
        self.keeps_the_rules(&before, &step);
        if let Some(others) = &step.supersede {
            for transaction in self.transactions.values_mut() {
                let theirs = transaction.holder == others.holder && transaction.client == others.client;
                if theirs && transaction.subject.kind() == others.kind && transaction.state == State::Open {
                    transaction.state = State::Closed { at: command.at };
                }
            }
        }
        for transaction in step.insert.into_iter().chain(step.update) {
            self.transactions.insert(transaction.id, transaction);
        }
        if let Some(token) = step.token {
            self.tokens.insert(token.id, token);
        }
        if let Some(burn) = step.burn {
            assert!(self.burnt.insert(burn), "a challenge was burnt twice");
        }
        step.decision
    }

    fn keeps_the_rules(&self, before: &Loaded, step: &Step) {
        let changes = step.insert.is_some() || step.update.is_some() || step.token.is_some() || step.burn.is_some();
        match &step.decision {
            Err(Refusal::BusinessFailed(Reason::WrongCode)) => {
                let (was, is) = (before.transaction.as_ref().unwrap(), step.update.as_ref().unwrap());
                assert_eq!(is.failed_attempts, was.failed_attempts + 1);
                let (was, is) = (&before.tokens[0], step.token.as_ref().unwrap());
                assert_eq!(is.failures.count, was.failures.count + 1);
                assert!(step.burn.is_none());
            }
            Err(_) => assert!(!changes, "a refusal that counts nothing writes nothing"),
            Ok(Granted::Validated(_)) => {
                assert!(matches!(step.update.as_ref().unwrap().state, State::Consumed { .. }));
                assert_eq!(step.token.as_ref().unwrap().failures, token::Failures::default());
            }
            Ok(Granted::Opened(_) | Granted::Closed(_)) => assert!(step.token.is_none() && step.burn.is_none()),
        }
        if let Some(token) = &step.token {
            assert_eq!(token.version, before.tokens[0].version + 1);
        }
    }

    pub(crate) fn change(&mut self, id: TokenId, action: token::Action) -> token::Decision {
        let step = token::step(&self.clerk.change(action), self.tokens.get(&id).cloned());
        self.tokens.extend(step.write.map(|token| (id, token)));
        step.decision
    }

    pub(crate) fn opened(&mut self, subject: Subject) -> Transaction {
        opened(self.apply(self.clerk.open(subject)))
    }

    /// What the token of a transaction shows for it now.
    pub(crate) fn answer(&self, transaction: &Transaction) -> String {
        self.clerk.answer(&self.tokens[&transaction.token], transaction)
    }

    pub(crate) fn validate(&mut self, transaction: &Transaction, code: &str) -> Decision {
        self.apply(self.clerk.validate(transaction, code))
    }
}
