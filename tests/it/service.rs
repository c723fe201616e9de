//! The service over a real store: what is sent, what callers are told, and what a crash leaves to do.

use crate::support::domain::*;
use crate::support::office::order;
use crate::support::shop::Shop;
use async_trait::async_trait;
use chrono::TimeDelta;
use countersign::domain::customer::Language;
use countersign::domain::flow::*;
use countersign::domain::policy::{Policy, Presentation, Profile, Purpose};
use countersign::domain::ports::*;
use countersign::domain::recipient::Channel;
use countersign::domain::service::*;
use countersign::store::Store;
use countersign::worker::Alarm;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

/// Takes messages on the channels that work, and remembers them.
#[derive(Default)]
struct Post {
    down: Mutex<HashSet<Channel>>,
    taken: Mutex<Vec<Taken>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Taken {
    id: String,
    to: String,
    code: String,
    minutes: u32,
    topic: &'static str,
    language: Language,
}

#[async_trait]
impl Sender for Post {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let channel = message.to.channel();
        if self.down.lock().unwrap().contains(&channel) {
            return Err(SendError::NoProvider { channel: channel.as_str() });
        }
        self.taken.lock().unwrap().push(Taken {
            id: message.id.clone(),
            to: message.to.expose().to_owned(),
            code: message.passcode.expose().to_owned(),
            minutes: message.minutes,
            topic: message.topic,
            language: message.language,
        });
        Ok(())
    }
}

/// What becomes of a send.
#[derive(Clone, Copy)]
enum Fate {
    /// It is carried out while the caller waits.
    Awaited,
    /// It is carried out, but the caller has stopped waiting.
    Late,
    /// The process ends before it was carried out.
    Crashed,
}

struct Running(Mutex<Fate>);

impl Runner for Running {
    fn run(&self, _: SendId, work: BoxFuture<'static, SendOutcome>) -> BoxFuture<'static, Option<bool>> {
        let fate = *self.0.lock().unwrap();
        async move {
            match fate {
                Fate::Awaited => Some(work.await.accepted),
                Fate::Late => work.map(|_| None).await,
                Fate::Crashed => None,
            }
        }
        .boxed()
    }

    fn under_way(&self) -> HashSet<SendId> {
        HashSet::new()
    }
}

struct House {
    service: Service,
    clock: Arc<TestClock>,
    post: Arc<Post>,
    fate: Arc<Running>,
    _shop: Shop,
}

impl House {
    fn new(change: impl Fn(&mut Policy)) -> Self {
        let (shop, rules) = (Shop::new(), rules_with(&["k1"], change));
        let store: Arc<Store> = Arc::new(shop.open(&rules, noon()).unwrap());
        let customers = [customer("C1", &[PHONE], &[EMAIL]), customer("C2", &[], &[EMAIL])];
        store.import_customers(customers.map(Ok::<_, Infallible>), false, &order(noon()), &mut |_| {}).unwrap();
        let (clock, post) = (TestClock::at(noon()), Arc::new(Post::default()));
        let fate = Arc::new(Running(Mutex::new(Fate::Awaited)));
        let service = Service {
            store: store.clone(),
            customers: store,
            sender: post.clone(),
            runner: fate.clone(),
            alarm: Arc::new(Alarm { log: slog::Logger::root(slog::Discard, slog::o!()), metrics: Arc::default() }),
            clock: clock.clone(),
            random: Seeded::new(5),
            rules,
            language: Language::Es,
        };
        Self { service, clock, post, fate, _shop: shop }
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
    }

    /// Sends what was recorded this long ago and is lost.
    async fn recover(&self, age: TimeDelta) -> Result<usize, StoreError> {
        self.service.recover(self.clock.now() - age, 10).await.map(|recovered| recovered.count)
    }

    fn down(&self, channels: &[Channel]) {
        *self.post.down.lock().unwrap() = channels.iter().copied().collect();
    }

    fn fate(&self, fate: Fate) {
        *self.fate.0.lock().unwrap() = fate;
    }

    fn taken(&self) -> Vec<Taken> {
        self.post.taken.lock().unwrap().clone()
    }

    /// Opens a flow, and makes the ask that sends a code to all its recipients.
    async fn opened(&self, ask: Ask) -> Ask {
        let Ok(Asked::Opened { service_key, recipients, .. }) = self.service.ask(ask.clone()).await else {
            panic!("not opened");
        };
        let references = recipients.iter().map(|r| (r.address.channel(), r.reference.to_string())).collect();
        Ask { service_key: Some(Secret::new(service_key.expose())), references, ..ask }
    }

    async fn refused(&self, ask: Ask) -> Refusal {
        match self.service.ask(ask).await {
            Err(Failure::Refused(refusal)) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    async fn sent(&self, ask: &Ask) -> (String, u8) {
        match self.service.ask(ask.clone()).await {
            Ok(Asked::Sent { security_key, resends_remaining, .. }) => {
                (security_key.expose().to_owned(), resends_remaining)
            }
            other => panic!("not sent: {other:?}"),
        }
    }

    async fn verify(&self, ask: &Ask, security_key: &str, code: &str) -> Result<(), Failure> {
        let check = Check {
            purpose: ask.purpose,
            holder: ask.holder.clone(),
            service_key: ask.service_key.clone().unwrap(),
            security_key: Secret::new(security_key),
            code: Secret::new(code),
            from: None,
        };
        self.service.verify(check).await
    }
}

fn applicant(phone: &str) -> Ask {
    let (service_key, security_key, references) = Default::default();
    let phone = Some(Secret::new(phone));
    Ask {
        request_id: "r".to_owned(),
        purpose: Purpose::PreLogin,
        holder: None,
        phone,
        service_key,
        security_key,
        references,
        from: None,
    }
}

fn customers_ask(id: &str) -> Ask {
    Ask { purpose: Purpose::SecurityQuestions, holder: holder(id), phone: None, ..applicant("") }
}

#[tokio::test]
async fn a_code_goes_to_every_chosen_address_in_the_customers_language_and_opens() {
    let house = House::new(|_| {});
    let ask = house.opened(customers_ask("C1")).await;
    let (security_key, remaining) = house.sent(&ask).await;
    assert_eq!(remaining, 3);
    let taken = house.taken();
    let to: Vec<_> = taken.iter().map(|message| message.to.as_str()).collect();
    assert_eq!(to, [PHONE, EMAIL]);
    assert!(taken[0].code == taken[1].code && taken[0].id != taken[1].id);
    let Taken { minutes, topic, language, .. } = taken[0];
    assert_eq!((minutes, topic, language), (3, "security_questions", Language::En));
    house.verify(&ask, &security_key, &taken[0].code).await.unwrap();
    assert!(house.verify(&ask, &security_key, &taken[0].code).await.is_err());
}

#[tokio::test]
async fn an_address_that_cannot_have_a_code_is_refused_before_there_is_a_flow() {
    let house = House::new(|_| {});
    let no_phone = Ask { phone: None, ..applicant("") };
    // No number at all, none that is one.
    for ask in [no_phone, applicant("600123456")] {
        assert_eq!(house.refused(ask).await, Refusal::BadPhone);
    }
    // No customer, a customer who may not rely on e-mail alone.
    for ask in [customers_ask("C9"), customers_ask("C2")] {
        assert_eq!(house.refused(ask).await, Refusal::NoAddress);
    }
    let foreign = Ask { security_key: Some(Secret::new("x")), ..applicant(PHONE) };
    assert_eq!(house.refused(foreign).await, Refusal::ForeignSecurityKey);
    let foreign = Ask { references: vec![(Channel::Sms, "x".into())], ..applicant(PHONE) };
    assert_eq!(house.refused(foreign).await, Refusal::Misfit(Misfit::Reference));
    let foreign = Ask { service_key: Some(Secret::new("x")), ..applicant(PHONE) };
    assert_eq!(house.refused(foreign).await, Refusal::UnknownKey);
    let house = House::new(|policy| policy.profile = Profile::DbxCompat);
    house.opened(customers_ask("C2")).await;
}

#[tokio::test]
async fn policy_decides_whether_and_how_a_code_is_asked_for() {
    let house = House::new(|policy| policy.required = false);
    assert!(matches!(house.service.ask(applicant(PHONE)).await, Ok(Asked::NotRequired)));
    let house = House::new(|policy| policy.presentation = Presentation::Primary);
    assert_eq!(house.opened(customers_ask("C1")).await.references.len(), 1);
    let house = House::new(|policy| policy.presentation = Presentation::NoValue);
    let Ok(Asked::Sent { service_key: Some(_), .. }) = house.service.ask(customers_ask("C1")).await else {
        panic!("not sent at once");
    };
    assert_eq!(house.taken().len(), 1);
}

#[tokio::test]
async fn one_channel_of_two_is_success() {
    let house = House::new(|_| {});
    let ask = house.opened(customers_ask("C1")).await;
    house.down(&[Channel::Sms]);
    house.sent(&ask).await;
    assert_eq!(house.taken()[0].to, EMAIL);
}

#[tokio::test]
async fn what_no_provider_takes_is_undeliverable_and_costs_no_resend() {
    let house = House::new(|_| {});
    let ask = house.opened(customers_ask("C1")).await;
    house.down(&[Channel::Sms, Channel::Email]);
    assert_eq!(house.refused(ask.clone()).await, Refusal::Undeliverable);
    house.down(&[]);
    let (security_key, remaining) = house.sent(&ask).await;
    assert_eq!(remaining, 3);
    house.down(&[Channel::Sms, Channel::Email]);
    let resend = Ask { security_key: Some(Secret::new(&security_key)), ..ask.clone() };
    assert_eq!(house.refused(resend.clone()).await, Refusal::Undeliverable);
    house.down(&[]);
    assert_eq!(house.sent(&resend).await, (security_key.clone(), 2));
    house.verify(&ask, &security_key, &house.taken()[0].code).await.unwrap();
}

#[tokio::test]
async fn a_caller_who_has_waited_long_enough_is_told_that_the_code_is_on_its_way() {
    let house = House::new(|_| {});
    house.fate(Fate::Late);
    let ask = house.opened(applicant(PHONE)).await;
    let (security_key, _) = house.sent(&ask).await;
    house.verify(&ask, &security_key, &house.taken()[0].code).await.unwrap();
    assert_eq!(house.recover(TimeDelta::zero()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_a_crash_left_is_sent_once_and_is_the_code_that_was_promised() {
    let house = House::new(|_| {});
    house.fate(Fate::Crashed);
    let ask = house.opened(applicant(PHONE)).await;
    let (security_key, _) = house.sent(&ask).await;
    assert_eq!(house.taken(), []);
    house.fate(Fate::Awaited);
    assert_eq!(house.recover(TimeDelta::seconds(61)).await.unwrap(), 0);
    house.pass(TimeDelta::seconds(61));
    assert_eq!(house.recover(TimeDelta::seconds(61)).await.unwrap(), 1);
    assert_eq!(house.recover(TimeDelta::zero()).await.unwrap(), 0);
    let taken = house.taken();
    assert_eq!((taken.len(), taken[0].minutes), (1, 2));
    house.verify(&ask, &security_key, &taken[0].code).await.unwrap();
}

#[tokio::test]
async fn a_code_that_ended_before_the_restart_is_not_sent_and_its_resend_comes_back() {
    let house = House::new(|policy| policy.resends_max = 0);
    house.fate(Fate::Crashed);
    let ask = house.opened(applicant(PHONE)).await;
    house.sent(&ask).await;
    assert_eq!(house.refused(ask.clone()).await, Refusal::ResendLimit);
    house.fate(Fate::Awaited);
    house.pass(TimeDelta::minutes(3));
    assert_eq!(house.recover(TimeDelta::zero()).await.unwrap(), 1);
    assert_eq!(house.taken(), []);
    house.sent(&ask).await;
    assert_eq!(house.taken().len(), 1);
}
