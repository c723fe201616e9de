//! What every store must do for tokens, transactions and clients: each case sees the ports only.

use crate::support::bne::*;
use crate::support::office::{first, put_client};
use chrono::TimeDelta;
use countersign::domain::client::{Business, Client, ClientId, Country, Origin};
use countersign::domain::desk::ports::{ClientDesk, TokenDesk};
use countersign::domain::flow::{Secret, Timestamp};
use countersign::domain::oath::totp::Drift;
use countersign::domain::ports::{ClientStore, FlowStore, SerialTaken, TokenStore, TokensAdded, TransactionStore};
use countersign::domain::token::{self, Device, Life, Make, Serial, Token, TokenId, Unusable};
use countersign::domain::transaction::*;
use futures::future::join_all;
use std::sync::Arc;

/// Everything that the BNE family asks of a store.
pub(super) trait Ports:
    TransactionStore + TokenStore + TokenDesk + ClientStore + ClientDesk + FlowStore
{
}

impl<T: TransactionStore + TokenStore + TokenDesk + ClientStore + ClientDesk + FlowStore> Ports for T {}

type Store = Arc<dyn Ports>;

/// An engine with data of its own. The store is closed when the last handle goes; opening it again finds the same data.
pub(super) trait Engine: Send + Sync {
    fn open(&self, clerk: &Clerk) -> Store;
}

async fn add(store: &Store, tokens: &[&Token]) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let tokens: Vec<_> = tokens.iter().map(|token| (*token).clone()).collect();
    let expected = TokensAdded { added: tokens.len() as u64, unchanged: 0 };
    assert_eq!(store.add_tokens(clerk.order(), tokens).await.unwrap().unwrap(), expected);
}

async fn hugos(store: &Store, clerk: &Clerk, device: Device) -> TokenId {
    let token = clerk.hugos(device);
    add(store, &[&token]).await;
    token.id
}

async fn do_it(store: &Store, command: Command) -> Decision {
    store.transact(command).await.unwrap()
}

async fn of_serial(store: &Store, serial: &Serial) -> Vec<Token> {
    let filter = token::Filter { serial: Some(serial.clone()), ..token::Filter::default() };
    store.tokens(filter, first(100)).await.unwrap().items
}

async fn kept(store: &Store, id: TokenId) -> Token {
    store.token(id).await.unwrap().unwrap()
}

/// Everything of a token, its secrets too.
fn all_of(token: &Token) -> String {
    let pin = match &token.device {
        Device::Ocra(ocra) => ocra.pin().map(|pin| pin.expose().to_vec()),
        _ => None,
    };
    format!("{token:?} {:?} {pin:?}", token.seed.expose())
}

async fn all_at_once(store: &Store, commands: impl IntoIterator<Item = Command>) -> Vec<Decision> {
    let task = |command| {
        let store = store.clone();
        tokio::spawn(async move { store.transact(command).await.unwrap() })
    };
    let tasks: Vec<_> = commands.into_iter().map(task).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

fn devices() -> Vec<Device> {
    let suites = [PLAIN_SUITE, "OCRA-1:HOTP-SHA512-8:C-QN08-PSHA1", "OCRA-1:HOTP-SHA1-6:QA10-T1M"];
    [hotp_device(), totp_device()].into_iter().chain(suites.map(ocra_device)).collect()
}

pub(super) async fn a_token_reads_back_as_it_was_written(engine: &dyn Engine) {
    let mut clerk = Clerk::new(bne_rules(|policy| policy.tokens.failures_lock = Some(5)));
    let store = engine.open(&clerk);
    let soon = clerk.now + TimeDelta::days(1);
    let mut tokens: Vec<_> = devices().into_iter().map(|device| clerk.token(device)).collect();
    // The ends of every range.
    tokens[0].device = Device::Hotp { digits: countersign::domain::oath::Digits::Eight, counter: u64::MAX - 1 };
    if let Device::Totp { totp, drift, last_step } = &mut tokens[1].device {
        (totp.t0, *drift, *last_step) = (i64::MIN, Drift::new(-2880).unwrap(), Some(u64::MAX));
    }
    tokens[2].manufacturer = Some(Make::parse("Señal y Cía").unwrap());
    tokens[2].model = Some(Make::parse("Go 3").unwrap());
    (tokens[3].starts_at, tokens[3].expires_at) = (Some(clerk.now), Some(soon));
    add(&store, &tokens.iter().collect::<Vec<_>>()).await;
    for token in &mut tokens {
        assert_eq!(all_of(&kept(&store, token.id).await), all_of(token));
        for action in [token::Action::Assign(hugo()), token::Action::Unassign, token::Action::Assign(hugo())] {
            clerk.pass(TimeDelta::milliseconds(1001));
            *token = store.change_token(token.id, clerk.change(action)).await.unwrap().unwrap();
            assert_eq!(all_of(&kept(&store, token.id).await), all_of(token));
        }
        assert_eq!(of_serial(&store, &token.serial).await.iter().map(all_of).collect::<Vec<_>>(), [all_of(token)]);
    }
    let theirs = store.tokens_of_holder(&hugo()).await.unwrap();
    assert_eq!(theirs.iter().map(all_of).collect::<Vec<_>>(), tokens.iter().rev().map(all_of).collect::<Vec<_>>());
    assert!(store.tokens_of_holder(&token_holder("123456789012", None)).await.unwrap().is_empty());
    // Locked, unlocked, locked again, revoked.
    let id = hugos(&store, &clerk, hotp_device()).await;
    let test = |code: String| token::Action::Test(Secret::new(&code));
    let act = async |action| store.change_token(id, clerk.change(action)).await.unwrap();
    let right = shows(&kept(&store, id).await, clerk.now, 0, None);
    let active = act(test(right.clone())).await.unwrap();
    for _ in 0..5 {
        assert_eq!(act(test(wrong(&right))).await.unwrap_err(), token::Refusal::WrongCode);
    }
    let locked = kept(&store, id).await;
    assert!(matches!(&locked.life, Life::Locked { active_since: Some(_), .. }), "{locked:?}");
    assert_eq!(act(test(right)).await.unwrap_err(), token::Refusal::Unusable(Unusable::Locked));
    let unlocked = act(token::Action::Unlock).await.unwrap();
    assert_eq!(unlocked.life, active.life);
    let revoked = act(token::Action::Revoke).await.unwrap();
    assert_eq!(all_of(&kept(&store, id).await), all_of(&revoked));
    let unknown = TokenId::random(&*clerk.random);
    let refused = store.change_token(unknown, clerk.change(token::Action::Unlock)).await.unwrap();
    assert_eq!(refused.unwrap_err(), token::Refusal::Unknown);
}

pub(super) async fn tokens_are_added_all_or_none_and_never_given_another_seed(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = engine.open(&clerk);
    let [one, two, three] = [hotp_device(), totp_device(), ocra_device(PLAIN_SUITE)].map(|device| clerk.token(device));
    add(&store, &[&one]).await;
    let used = store.change_token(one.id, clerk.change(token::Action::Assign(hugo()))).await.unwrap().unwrap();
    let twin = |of: &Token, with: &Token| Token { serial: of.serial.clone(), ..with.clone() };
    let reseeded = Token { device: hotp_device(), ..twin(&one, &two) };
    let other_device = Token { seed: one.seed.clone(), ..twin(&one, &three) };
    for bad in [reseeded, other_device] {
        let added = store.add_tokens(clerk.order(), vec![two.clone(), bad.clone(), three.clone()]).await.unwrap();
        assert_eq!(added, Err(SerialTaken(bad.serial)));
        assert!(store.token(two.id).await.unwrap().is_none());
    }
    // In one file, too.
    let added = store.add_tokens(clerk.order(), vec![two.clone(), twin(&two, &three)]).await.unwrap();
    assert_eq!(added, Err(SerialTaken(two.serial.clone())));
    let again = Token { id: TokenId::random(&*clerk.random), ..one.clone() };
    let added = store.add_tokens(clerk.order(), vec![again, two.clone(), three.clone()]).await.unwrap();
    assert_eq!(added, Ok(TokensAdded { added: 2, unchanged: 1 }));
    assert_eq!(all_of(&kept(&store, one.id).await), all_of(&used));
    // Another maker's numbers are other numbers.
    let elsewhere =
        Token { manufacturer: Some(Make::parse("Other").unwrap()), ..twin(&one, &clerk.token(hotp_device())) };
    add(&store, &[&elsewhere]).await;
    assert_eq!(of_serial(&store, &one.serial).await.len(), 2);
}

pub(super) async fn a_token_does_not_come_in_a_second_time_under_another_manufacturers_name(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = engine.open(&clerk);
    for device in devices() {
        let one = clerk.token(device);
        add(&store, &[&one]).await;
        // As from a file of a format that says who made it. All its codes would be good once more.
        let manufacturer = Some(Make::parse("Acme").unwrap());
        let again = Token { id: TokenId::random(&*clerk.random), manufacturer, ..one.clone() };
        assert_eq!(store.add_tokens(clerk.order(), vec![again]).await.unwrap(), Err(SerialTaken(one.serial.clone())));
        assert_eq!(of_serial(&store, &one.serial).await.len(), 1);
    }
}

/// A store, and a counter that keeps everything in memory: their answers must not differ.
struct Both {
    store: Store,
    counter: Counter,
}

impl Both {
    async fn apply(&mut self, command: Command) -> Decision {
        let (at, ours) = (command.at, do_it(&self.store, command.clone()).await);
        assert_eq!(ours, self.counter.apply(Command { at: whole(at), ..command }));
        for transaction in self.counter.transactions.values().filter(|transaction| transaction.expires_at > at) {
            assert_eq!(self.store.transaction(transaction.id, at).await.unwrap().as_ref(), Some(transaction));
        }
        for token in self.counter.tokens.values() {
            assert_eq!(all_of(&kept(&self.store, token.id).await), all_of(token));
        }
        ours
    }
}

/// As a database keeps it.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_timestamp_millis(time.timestamp_millis()).unwrap()
}

pub(super) async fn a_transaction_reads_back_as_it_was_written(engine: &dyn Engine) {
    let mut clerk = Clerk::new(bne_rules(|policy| policy.risk_without_ocra = true));
    let mut both = Both { store: engine.open(&clerk), counter: Counter::new(clerk.rules.clone()) };
    for device in devices() {
        clerk.pass(TimeDelta::seconds(1));
        let token = clerk.hugos(device);
        add(&both.store, &[&token]).await;
        both.counter.tokens.insert(token.id, token);
    }
    // Finer than a database keeps: a store works on whole milliseconds throughout.
    clerk.now += TimeDelta::nanoseconds(123_456_789);
    // From the best token to the last, each with a transaction of either kind.
    for _ in devices() {
        for subject in [Subject::Login, payment("1250.00", "José  Pérez")] {
            let superseded = opened(both.apply(clerk.open(subject.clone())).await);
            let transaction = opened(both.apply(clerk.open(subject)).await);
            let right = clerk.answer(&kept(&both.store, transaction.token).await, &transaction);
            assert_eq!(both.apply(clerk.validate(&superseded, &right)).await, Err(Refusal::NotFound));
            assert_eq!(failed(both.apply(clerk.validate(&transaction, &wrong(&right))).await), Reason::WrongCode);
            assert!(is_validated(&both.apply(clerk.validate(&transaction, &right)).await));
            assert_eq!(both.apply(clerk.validate(&transaction, &right)).await, Err(Refusal::NotFound));
            clerk.pass(TimeDelta::minutes(2));
        }
        let open = opened(both.apply(clerk.open(Subject::Login)).await);
        both.apply(clerk.command(Action::Close(open.id, clerk.order()))).await.unwrap();
        let revoked = both.store.change_token(open.token, clerk.change(token::Action::Revoke)).await;
        let revoked = revoked.unwrap().unwrap();
        both.counter.tokens.insert(revoked.id, revoked);
    }
    assert_eq!(both.apply(clerk.open(Subject::Login)).await, Err(Refusal::NotFound));
}

pub(super) async fn a_right_code_is_accepted_once_of_64_that_come_at_once(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|policy| policy.one_at_a_time = false));
    let store = engine.open(&clerk);
    for device in devices() {
        let token = clerk.hugos(device);
        let holder = token_holder(&token.id.to_string(), None);
        let assignment = token::Assignment { holder: holder.clone(), given: clerk.stamp() };
        let token = Token { life: Life::Assigned(assignment), ..token };
        add(&store, &[&token]).await;
        let open = || OpenRequest { holder: holder.clone(), ..clerk.open_request(Subject::Login) };
        let open = || clerk.command(Action::Open(Box::new(open())));
        // One transaction; for a token without challenges several, and the one code is sent for each of them.
        let transaction = opened(do_it(&store, open()).await);
        let mut transactions = vec![transaction.clone()];
        if transaction.challenge.is_none() {
            for _ in 0..3 {
                transactions.push(opened(do_it(&store, open()).await));
            }
        }
        let code = clerk.answer(&token, &transaction);
        let commands = (0..64).map(|n| clerk.validate(&transactions[n % transactions.len()], &code));
        let decisions = all_at_once(&store, commands.collect::<Vec<_>>()).await;
        assert_eq!(decisions.iter().filter(|decision| is_validated(decision)).count(), 1, "{:?}", token.device);
    }
}

pub(super) async fn wrong_codes_that_come_at_once_keep_to_the_limits(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|policy| policy.one_at_a_time = false));
    let store = engine.open(&clerk);
    let id = hugos(&store, &clerk, totp_device()).await;
    let mut transactions = Vec::new();
    for _ in 0..4 {
        transactions.push(opened(do_it(&store, clerk.open(Subject::Login)).await));
    }
    let code = wrong(&clerk.answer(&kept(&store, id).await, &transactions[0]));
    let commands = (0..64).map(|n| clerk.validate(&transactions[n % 4], &code));
    let decisions = all_at_once(&store, commands.collect::<Vec<_>>()).await;
    let compared = decisions.iter().filter(|decision| **decision == Err(Refusal::BusinessFailed(Reason::WrongCode)));
    // Four transactions of three attempts each would be twelve; the token allows five.
    assert_eq!(compared.count(), 5);
    assert_eq!(kept(&store, id).await.failures.count, 5);
}

pub(super) async fn of_many_that_are_opened_at_once_one_stays_open(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = engine.open(&clerk);
    hugos(&store, &clerk, ocra_device(PLAIN_SUITE)).await;
    let commands: Vec<_> = (0..32).map(|_| clerk.open(Subject::Login)).collect();
    let mut open = 0;
    for decision in all_at_once(&store, commands).await {
        let id = opened(decision).id;
        open += usize::from(store.transaction(id, clerk.now).await.unwrap().unwrap().state == State::Open);
    }
    assert_eq!(open, 1);
}

pub(super) async fn a_restart_forgets_no_counter_failure_lock_or_burnt_challenge(engine: &dyn Engine) {
    let mut clerk = Clerk::new(bne_rules(|policy| policy.tokens.failures_lock = Some(5)));
    let mut store = engine.open(&clerk);
    for device in devices() {
        let id = hugos(&store, &clerk, device).await;
        let consumed = opened(do_it(&store, clerk.open(Subject::Login)).await);
        assert_eq!(consumed.token, id);
        let right = clerk.answer(&kept(&store, id).await, &consumed);
        assert!(is_validated(&do_it(&store, clerk.validate(&consumed, &right)).await));
        let tried = opened(do_it(&store, clerk.open(Subject::Login)).await);
        assert_eq!(failed(do_it(&store, clerk.validate(&tried, &right)).await), Reason::WrongCode);
        let before = all_of(&kept(&store, id).await);
        drop(store);

        store = engine.open(&clerk);
        assert_eq!(all_of(&kept(&store, id).await), before);
        assert_eq!(do_it(&store, clerk.validate(&consumed, &right)).await, Err(Refusal::NotFound));
        for _ in 0..2 {
            assert_eq!(failed(do_it(&store, clerk.validate(&tried, &right)).await), Reason::WrongCode);
        }
        assert_eq!(failed(do_it(&store, clerk.validate(&tried, &right)).await), Reason::AttemptsUsedUp);
        let next = opened(do_it(&store, clerk.open(Subject::Login)).await);
        for _ in 0..2 {
            assert_eq!(failed(do_it(&store, clerk.validate(&next, &right)).await), Reason::WrongCode);
        }
        drop(store);

        store = engine.open(&clerk);
        let locked = Reason::Token(Unusable::Locked);
        assert_eq!(failed(do_it(&store, clerk.validate(&next, &right)).await), locked);
        assert_eq!(failed(do_it(&store, clerk.open(Subject::Login)).await), locked);
        store.change_token(id, clerk.change(token::Action::Revoke)).await.unwrap().unwrap();
        clerk.pass(TimeDelta::minutes(1));
    }
}

pub(super) async fn a_challenge_is_burnt_for_good_when_its_code_is_accepted(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|policy| policy.one_at_a_time = false));
    let store = engine.open(&clerk);
    let id = hugos(&store, &clerk, ocra_device(PLAIN_SUITE)).await;
    // The same randomness each time, so the same challenge as long as it may be asked.
    let draw = Draw::random(&*clerk.random);
    let open = || OpenRequest { draw: draw.clone(), ..clerk.open_request(Subject::Login) };
    let open = || clerk.command(Action::Open(Box::new(open())));
    let [one, two, three] =
        [do_it(&store, open()).await, do_it(&store, open()).await, do_it(&store, open()).await].map(opened);
    assert_eq!((question(&one), question(&one)), (question(&two), question(&three)));
    let code = clerk.answer(&kept(&store, id).await, &one);
    let decisions = all_at_once(&store, [&one, &two].map(|transaction| clerk.validate(transaction, &code))).await;
    assert_eq!(decisions.iter().filter(|decision| is_validated(decision)).count(), 1);
    assert!(decisions.contains(&Err(Refusal::BusinessFailed(Reason::ChallengeBurnt))));
    drop(store);
    let store = engine.open(&clerk);
    assert_eq!(failed(do_it(&store, clerk.validate(&three, &code)).await), Reason::ChallengeBurnt);
    let next = opened(do_it(&store, open()).await);
    assert_ne!(question(&next), question(&one));
    // Another token may be asked the same.
    let other = clerk.hugos(ocra_device(PLAIN_SUITE));
    let holder = token_holder("eve", None);
    let assignment = token::Assignment { holder: holder.clone(), given: clerk.stamp() };
    add(&store, &[&Token { life: Life::Assigned(assignment), ..other }]).await;
    let hers = OpenRequest { holder, draw: draw.clone(), ..clerk.open_request(Subject::Login) };
    let hers = opened(do_it(&store, clerk.command(Action::Open(Box::new(hers)))).await);
    assert_eq!(question(&hers), question(&one));
}

pub(super) async fn a_step_that_fails_leaves_nothing_behind(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = engine.open(&clerk);
    hugos(&store, &clerk, ocra_device(PLAIN_SUITE)).await;
    let first = opened(do_it(&store, clerk.open(Subject::Login)).await);
    // An id that is taken: the open transaction is closed before the new one is refused.
    let thief = OpenRequest { id: first.id, ..clerk.open_request(Subject::Login) };
    assert!(store.transact(clerk.command(Action::Open(Box::new(thief)))).await.is_err());
    assert_eq!(store.transaction(first.id, clerk.now).await.unwrap(), Some(first.clone()));
    let code = clerk.answer(&kept(&store, first.token).await, &first);
    assert!(is_validated(&do_it(&store, clerk.validate(&first, &code)).await));
}

pub(super) async fn transactions_that_are_over_are_purged_and_never_more_than_asked(engine: &dyn Engine) {
    let mut clerk = Clerk::new(bne_rules(|_| {}));
    let store = engine.open(&clerk);
    let id = hugos(&store, &clerk, ocra_device(PLAIN_SUITE)).await;
    for _ in 0..5 {
        opened(do_it(&store, clerk.open(payment("10", "ACME"))).await);
    }
    clerk.pass(TimeDelta::minutes(2));
    let young = opened(do_it(&store, clerk.open(Subject::Login)).await);
    clerk.pass(TimeDelta::minutes(1));
    // The old ones end in this very moment, so they did not end before it.
    assert_eq!(store.purge(clerk.now, clerk.now, 100).await.unwrap(), 0);
    clerk.pass(TimeDelta::milliseconds(1));
    let mut deleted = Vec::new();
    loop {
        match store.purge(clerk.now, clerk.now, 3).await.unwrap() {
            0 => break,
            n => deleted.push(n),
        }
    }
    assert_eq!(deleted, [3, 2]);
    let code = clerk.answer(&kept(&store, id).await, &young);
    assert!(is_validated(&do_it(&store, clerk.validate(&young, &code)).await));
}

pub(super) async fn a_client_reads_back_as_it_was_written_last(engine: &dyn Engine) {
    let clerk = Clerk::new(bne_rules(|_| {}));
    let store = engine.open(&clerk);
    let id = ClientId::parse("web").unwrap();
    assert_eq!(store.client(&id).await.unwrap(), None);
    let client = Client {
        id: id.clone(),
        countries: ["MX", "US"].map(|text| Country::parse(text).unwrap()).into(),
        businesses: [Business::parse("G\"C,B").unwrap()].into(),
        channels: [].into(),
    };
    put_client(&*store, client.clone()).await;
    assert_eq!(store.client(&id).await.unwrap(), Some(client.clone()));
    let changed = Client { channels: [Origin::parse("CBOL").unwrap()].into(), countries: [].into(), ..client };
    put_client(&*store, changed.clone()).await;
    drop(store);
    let store = engine.open(&clerk);
    assert_eq!(store.client(&id).await.unwrap(), Some(changed));
    assert_eq!(store.client(&ClientId::parse("app").unwrap()).await.unwrap(), None);
}
