//! Messages on their way to a real mail server and a real gateway, well behaved and not.

mod email;
mod inbox;
mod sms;
mod steps;

use crate::support::domain::TestClock;
use async_trait::async_trait;
use countersign::delivery::template::{Text, Texts, TextsOptions};
use countersign::delivery::{Failure, Provider, Router, SendObserver};
use countersign::domain::customer::Language;
use countersign::domain::flow::FlowId;
use countersign::domain::keys::{KeyId, ServerKey};
use countersign::domain::passcode::Passcode;
use countersign::domain::policy::Purpose;
use countersign::domain::ports::{Message, SendError, Sender};
use countersign::domain::recipient::{Address, Channel, EmailAddress, PhoneNumber};
use slog::Logger;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The bound where the other side never answers, and a test waits for the bound.
const SHORT: Duration = Duration::from_millis(200);
/// The bound everywhere else: only a broken test gets there.
const LONG: Duration = Duration::from_secs(30);

fn clock() -> Arc<TestClock> {
    TestClock::at("2026-03-01T09:30:00Z".parse().unwrap())
}

#[derive(Default)]
struct Observed(Mutex<Vec<(Channel, String, &'static str)>>);

impl SendObserver for Observed {
    fn sent(&self, channel: Channel, provider: &str, outcome: &'static str, _: Duration) {
        self.0.lock().unwrap().push((channel, provider.to_owned(), outcome));
    }
}

fn texts() -> Texts {
    Texts::new(&TextsOptions { sender_name: "Banco Peñón".into(), overrides: BTreeMap::new() }).unwrap()
}

fn quiet() -> Logger {
    Logger::root(slog::Discard, slog::o!())
}

fn router(channel: Channel, provider: Arc<dyn Provider>) -> Router {
    Router::new(texts(), LONG, Arc::new(Observed::default()), quiet()).provide(channel, provider)
}

/// A message whose code is different for each `flow`.
fn message(to: Address, flow: u8, purpose: Purpose, language: Language) -> Message {
    let key = ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &std::array::from_fn(|n| n as u8)).unwrap();
    let passcode = Passcode::derive(&key, FlowId::from_bytes([flow; 16]), purpose, 0, 6);
    Message { id: format!("{flow:032x}"), to, passcode, topic: purpose.as_str(), language, minutes: 3 }
}

fn email(flow: u8) -> Message {
    let to = Address::Email(EmailAddress::parse("ana.ruiz@cliente.example").unwrap());
    message(to, flow, Purpose::SecurityQuestions, Language::Es)
}

fn sms(flow: u8) -> Message {
    let to = Address::Phone(PhoneNumber::parse("+34600123456").unwrap());
    message(to, flow, Purpose::PreLogin, Language::En)
}

/// The reason of a refusal or of an outage; panics with the outcome if it is another.
#[track_caller]
fn refused(result: Result<(), SendError>) -> String {
    match result {
        Err(SendError::Refused { reason, .. }) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
fn unavailable(result: Result<(), SendError>) -> String {
    match result {
        Err(SendError::Unavailable { reason, .. }) => reason,
        other => panic!("not unavailable: {other:?}"),
    }
}

struct Silent;

#[async_trait]
impl Provider for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    async fn deliver(&self, _: &Message, _: &Text, _: &Logger) -> Result<(), Failure> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up_in_time_and_the_observer_is_told() {
    let observed = Arc::new(Observed::default());
    let router = Router::new(texts(), SHORT, observed.clone(), quiet()).provide(Channel::Email, Arc::new(Silent));
    assert_eq!(unavailable(router.send(&email(1)).await), "no answer within 200ms");
    assert_eq!(router.send(&sms(1)).await, Err(SendError::NoProvider { channel: "sms" }));
    let expected = [(Channel::Email, "silent".to_owned(), "unavailable"), (Channel::Sms, String::new(), "no_provider")];
    assert_eq!(*observed.0.lock().unwrap(), expected);
}
