//! What every store must do, whatever its engine: each case sees the port only, and is run once per engine (see the end).

use crate::support::domain::*;
use crate::support::shop::Shop;
use chrono::TimeDelta;
use countersign::domain::flow::*;
use countersign::domain::ports::{FlowStore, StoreError};
use countersign::domain::recipient::Channel;
use futures::future::join_all;
use std::sync::Arc;

/// An engine with data of its own. The store is closed when the last handle goes; opening it again finds the same data.
trait Engine: Send + Sync {
    fn open(&self, maker: &Maker) -> Arc<dyn FlowStore>;
}

impl Engine for Shop {
    fn open(&self, maker: &Maker) -> Arc<dyn FlowStore> {
        Arc::new(self.open_for(maker))
    }
}

async fn do_it(store: &Arc<dyn FlowStore>, command: Command) -> Decision {
    store.apply(command).await.unwrap()
}

async fn opened_and_sent(store: &Arc<dyn FlowStore>, maker: &Maker, flow: &Flow) -> Dispatch {
    do_it(store, maker.open(flow)).await.unwrap();
    sent(do_it(store, maker.send(flow)).await)
}

/// Runs commands at once on as many tasks.
async fn all_at_once(store: &Arc<dyn FlowStore>, commands: impl Iterator<Item = Command>) -> Vec<Decision> {
    let task = |command| {
        let store = store.clone();
        tokio::spawn(async move { store.apply(command).await.unwrap() })
    };
    let tasks: Vec<_> = commands.map(task).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// The store reads and writes at every step, the desk keeps everything in memory: their answers must not differ.
async fn a_flow_reads_back_as_it_was_written(engine: &dyn Engine) {
    let mut maker = Maker::new(rules());
    // Finer than a database keeps: a store works on whole milliseconds throughout.
    maker.now += TimeDelta::nanoseconds(123_456_789);
    let whole = |time: Timestamp| Timestamp::from_timestamp_millis(time.timestamp_millis()).unwrap();
    let store = engine.open(&maker);
    let mut desk = Desk::new(maker.rules.clone());
    let mut both = async |command: Command| {
        let mut coarse = Command { at: whole(command.at), ..command.clone() };
        if let Action::Open(flow, _) = &mut coarse.action {
            (flow.opened_at, flow.expires_at) = (whole(flow.opened_at), whole(flow.expires_at));
        }
        let now = command.at;
        let ours = do_it(&store, command).await;
        assert_eq!(format!("{ours:?}"), format!("{:?}", desk.apply(coarse)));
        assert_eq!(pending(&*store, now, 10).await, desk.pending);
        ours
    };
    let flow = maker.flow(None, &[phone(PHONE), email(EMAIL)]);
    both(maker.open(&flow)).await.unwrap();
    let mut request = maker.request(&flow);
    request.references.push((Channel::Email, flow.recipients[1].reference.to_string()));
    let first = sent(both(maker.command(Action::Send(flow.key, request))).await);
    assert_eq!(first.to, [phone(PHONE), email(EMAIL)]);
    both(maker.settle(&first, true)).await.unwrap();
    refusal(both(maker.verify(&flow, &first, &maker.wrong_code(&first))).await);
    maker.now = first.code_expires_at - TimeDelta::nanoseconds(1);
    // The same recipients without naming them, the same code.
    let resend = SendRequest { references: vec![], ..maker.request(&flow) };
    let second = sent(both(maker.command(Action::Send(flow.key, resend))).await);
    both(maker.settle(&second, false)).await.unwrap();
    maker.now = first.code_expires_at;
    assert_eq!(refusal(both(maker.verify(&flow, &first, &maker.code(&first))).await), Refusal::CodeExpired);
    let third = sent(both(maker.send(&flow)).await);
    assert_eq!((third.generation, third.resends_used), (2, 1));
    for _ in 0..2 {
        refusal(both(maker.verify(&flow, &third, &maker.wrong_code(&third))).await);
    }
    assert!(matches!(refusal(both(maker.send(&flow)).await), Refusal::Locked(_)));
    maker.now = flow.expires_at;
    assert_eq!(refusal(both(maker.send(&flow)).await), Refusal::UnknownKey);
    both(maker.settle(&third, false)).await.unwrap();
}

async fn a_code_is_accepted_once_of_64_that_come_at_once(engine: &dyn Engine) {
    let maker = Maker::new(rules());
    let store = engine.open(&maker);
    let flow = maker.applicant();
    let dispatch = opened_and_sent(&store, &maker, &flow).await;
    let verify = maker.verify(&flow, &dispatch, &maker.code(&dispatch));
    let decisions = all_at_once(&store, std::iter::repeat_n(verify, 64)).await;
    let granted = decisions.iter().filter(|decision| matches!(decision, Ok(Granted::Verified))).count();
    let unknown = decisions.iter().filter(|decision| matches!(decision, Err(Refusal::UnknownKey))).count();
    assert_eq!((granted, unknown), (1, 63));
}

async fn wrong_codes_that_come_at_once_are_counted_one_by_one(engine: &dyn Engine) {
    let maker = Maker::new(rules());
    let store = engine.open(&maker);
    let flow = maker.applicant();
    let dispatch = opened_and_sent(&store, &maker, &flow).await;
    let verify = maker.verify(&flow, &dispatch, &maker.wrong_code(&dispatch));
    let decisions = all_at_once(&store, std::iter::repeat_n(verify, 64)).await;
    let mut counted: Vec<_> = decisions
        .iter()
        .filter_map(|decision| match decision {
            Err(Refusal::WrongCode(attempts)) => Some(attempts.failed),
            Err(Refusal::Locked(Attempts { failed: 3, max: 3 })) => None,
            other => panic!("{other:?}"),
        })
        .collect();
    counted.sort_unstable();
    assert_eq!(counted, [1, 2, 3]);
}

async fn sends_that_come_at_once_keep_to_the_limits(engine: &dyn Engine) {
    let maker = Maker::new(rules_with(&["k1"], |policy| policy.daily_codes_max = 6));
    let store = engine.open(&maker);
    let flows: Vec<_> = (0..4).map(|_| maker.applicant()).collect();
    for flow in &flows {
        do_it(&store, maker.open(flow)).await.unwrap();
    }
    let commands = (0..64).map(|n| maker.send(&flows[n % 2]));
    let decisions = all_at_once(&store, commands).await;
    let sends = decisions.iter().filter(|decision| decision.is_ok()).count();
    // One and three resends in each flow would be eight; the day allows six.
    assert_eq!(sends, 6);
    assert_eq!(pending(&*store, maker.now, 100).await.len(), 6);
    assert_eq!(refusal(do_it(&store, maker.send(&flows[2])).await), Refusal::DailyLimit);
}

async fn an_outcome_is_recorded_once(engine: &dyn Engine) {
    let maker = Maker::new(rules_with(&["k1"], |policy| policy.resends_max = 1));
    let store = engine.open(&maker);
    let flow = maker.applicant();
    let first = opened_and_sent(&store, &maker, &flow).await;
    let second = sent(do_it(&store, maker.send(&flow)).await);
    let settle = maker.settle(&second, false);
    for decision in all_at_once(&store, std::iter::repeat_n(settle, 8)).await {
        assert!(matches!(decision, Ok(Granted::Settled)));
    }
    assert_eq!(pending(&*store, maker.now, 10).await, [first]);
    // One resend was given back, not eight.
    assert_eq!(sent(do_it(&store, maker.send(&flow)).await).resends_used, 1);
    assert_eq!(refusal(do_it(&store, maker.send(&flow)).await), Refusal::ResendLimit);
    // The outcome of a send that never was is no error and no outcome.
    let never = Dispatch { send: SendId::random(&*maker.random), ..second };
    assert!(do_it(&store, maker.settle(&never, false)).await.is_ok());
}

async fn pending_sends_come_back_whole_and_oldest_first(engine: &dyn Engine) {
    let mut maker = Maker::new(rules());
    let store = engine.open(&maker);
    let mut expected = Vec::new();
    for n in 0..5 {
        let address = format!("+3460012345{n}");
        let flow = maker.flow(None, &[phone(&address)]);
        expected.push((maker.now, opened_and_sent(&store, &maker, &flow).await));
        maker.pass(TimeDelta::milliseconds(n % 2));
    }
    // Of one moment, they come in any order that stays the same.
    expected.sort_by_key(|(at, dispatch)| (*at, dispatch.send.to_string()));
    let expected: Vec<_> = expected.into_iter().map(|(_, dispatch)| dispatch).collect();
    assert_eq!(pending(&*store, maker.now, 3).await, expected[..3]);
    // Those of the first moment: what may still be under way is left alone.
    assert_eq!(pending(&*store, noon(), 10).await, expected[..2]);
    assert_eq!(pending(&*store, noon() - TimeDelta::milliseconds(1), 10).await, []);
    drop(store);
    let store = engine.open(&maker);
    assert_eq!(pending(&*store, maker.now, 10).await, expected);
}

async fn a_restart_forgets_nothing(engine: &dyn Engine) {
    let maker = Maker::new(rules_with(&["k1"], |policy| policy.daily_codes_max = 5));
    let flows: Vec<_> = (0..4).map(|_| maker.applicant()).collect();
    let [tried, locked, verified, resent] = &flows[..] else { unreachable!() };
    let store = engine.open(&maker);
    let trying = opened_and_sent(&store, &maker, tried).await;
    refusal(do_it(&store, maker.verify(tried, &trying, &maker.wrong_code(&trying))).await);
    let locking = opened_and_sent(&store, &maker, locked).await;
    for _ in 0..3 {
        refusal(do_it(&store, maker.verify(locked, &locking, &maker.wrong_code(&locking))).await);
    }
    let verifying = opened_and_sent(&store, &maker, verified).await;
    do_it(&store, maker.verify(verified, &verifying, &maker.code(&verifying))).await.unwrap();
    opened_and_sent(&store, &maker, resent).await;
    sent(do_it(&store, maker.send(resent)).await);
    drop(store);

    let store = engine.open(&maker);
    let wrong = maker.verify(tried, &trying, &maker.wrong_code(&trying));
    assert_eq!(refusal(do_it(&store, wrong).await), Refusal::WrongCode(Attempts { failed: 2, max: 3 }));
    let right = maker.verify(locked, &locking, &maker.code(&locking));
    assert_eq!(refusal(do_it(&store, right).await), Refusal::Locked(Attempts { failed: 3, max: 3 }));
    let again = maker.verify(verified, &verifying, &maker.code(&verifying));
    assert_eq!(refusal(do_it(&store, again).await), Refusal::UnknownKey);
    assert_eq!(refusal(do_it(&store, maker.send(resent)).await), Refusal::DailyLimit);
    assert!(do_it(&store, maker.verify(tried, &trying, &maker.code(&trying))).await.is_ok());
}

async fn a_step_that_fails_leaves_nothing_behind(engine: &dyn Engine) {
    let maker = Maker::new(rules());
    let store = engine.open(&maker);
    let flow = maker.applicant();
    let first = opened_and_sent(&store, &maker, &flow).await;
    // A send id that is taken: the flow and the counts are written before the outbox refuses it.
    let request = SendRequest { send: first.send, ..maker.request(&flow) };
    let failed = store.apply(maker.command(Action::Send(flow.key, request))).await;
    assert!(matches!(failed, Err(StoreError::Engine(_))), "{failed:?}");
    assert_eq!(sent(do_it(&store, maker.send(&flow)).await).resends_used, 1);
    // A service key that is taken: the flow that has it stays.
    let thief = Flow { key: flow.key, ..maker.applicant() };
    assert!(store.apply(maker.open(&thief)).await.is_err());
    assert!(do_it(&store, maker.verify(&flow, &first, &maker.code(&first))).await.is_ok());
}

async fn a_flow_without_a_code_is_purged_before_one_that_had_one(engine: &dyn Engine) {
    let mut maker = Maker { stray: true, ..Maker::new(rules()) };
    let store = engine.open(&maker);
    let (unsent, with_code) = (maker.applicant(), maker.applicant());
    do_it(&store, maker.open(&unsent)).await.unwrap();
    opened_and_sent(&store, &maker, &with_code).await;
    let kept = maker.now;
    maker.pass(TimeDelta::minutes(15));
    assert_eq!(store.purge(kept, maker.now, 100).await.unwrap(), 0, "it has not ended before this moment");
    maker.pass(TimeDelta::milliseconds(1));
    assert_eq!(store.purge(kept, maker.now, 100).await.unwrap(), 1);
    assert_eq!(store.purge(maker.now, maker.now, 100).await.unwrap(), 2, "the other one and its send");
}

async fn only_what_is_over_is_purged_and_never_more_than_asked(engine: &dyn Engine) {
    let mut maker = Maker { stray: true, ..Maker::new(rules()) };
    let store = engine.open(&maker);
    let old: Vec<_> = (0..5).map(|n| maker.flow(None, &[phone(&format!("+3460012345{n}"))])).collect();
    for flow in &old {
        opened_and_sent(&store, &maker, flow).await;
    }
    maker.pass(TimeDelta::minutes(10));
    let young = maker.applicant();
    let alive = opened_and_sent(&store, &maker, &young).await;
    assert_eq!(store.purge(maker.now, maker.now, 100).await.unwrap(), 0);
    maker.pass(TimeDelta::minutes(5));
    // The old flows end in this very moment, so they did not end before it.
    assert_eq!(store.purge(maker.now, maker.now, 100).await.unwrap(), 0);
    maker.pass(TimeDelta::milliseconds(1));
    let mut deleted = Vec::new();
    loop {
        match store.purge(maker.now, maker.now, 3).await.unwrap() {
            0 => break,
            n => deleted.push(n),
        }
    }
    // Five flows and their five sends; the counts are today's.
    assert_eq!(deleted, [3, 3, 3, 1]);
    assert_eq!(pending(&*store, maker.now, 10).await, std::slice::from_ref(&alive));
    let verify = maker.verify(&young, &alive, &maker.code(&alive));
    assert_eq!(refusal(do_it(&store, verify).await), Refusal::CodeExpired);
    // The day after, the rest goes: a flow, its send, and six counts.
    maker.pass(TimeDelta::days(1));
    assert_eq!(store.purge(maker.now, maker.now, 100).await.unwrap(), 8);
    assert_eq!(store.purge(maker.now, maker.now, 100).await.unwrap(), 0);
}

async fn a_rotation_of_keys_changes_nothing_for_open_flows_and_limits(engine: &dyn Engine) {
    let limited = |ids: &[&str]| rules_with(ids, |policy| policy.daily_codes_max = 2);
    let mut maker = Maker::new(limited(&["k1"]));
    let flow = maker.applicant();
    let store = engine.open(&maker);
    opened_and_sent(&store, &maker, &flow).await;
    drop(store);
    maker.rules = limited(&["k2", "k1"]);
    let store = engine.open(&maker);
    let second = sent(do_it(&store, maker.send(&flow)).await);
    let fresh = maker.applicant();
    do_it(&store, maker.open(&fresh)).await.unwrap();
    assert_eq!(refusal(do_it(&store, maker.send(&fresh)).await), Refusal::DailyLimit);
    assert!(do_it(&store, maker.verify(&flow, &second, &maker.code(&second))).await.is_ok());
}

async fn a_store_that_works_answers(engine: &dyn Engine) {
    let maker = Maker::new(rules());
    engine.open(&maker).ping().await.unwrap();
}

/// Every case, for `run`: a macro that finds them in `cases`.
macro_rules! flow_cases {
    ($run:ident) => {
        $run! {
            a_flow_reads_back_as_it_was_written,
            a_code_is_accepted_once_of_64_that_come_at_once,
            wrong_codes_that_come_at_once_are_counted_one_by_one,
            sends_that_come_at_once_keep_to_the_limits,
            an_outcome_is_recorded_once,
            pending_sends_come_back_whole_and_oldest_first,
            a_restart_forgets_nothing,
            a_step_that_fails_leaves_nothing_behind,
            a_flow_without_a_code_is_purged_before_one_that_had_one,
            only_what_is_over_is_purged_and_never_more_than_asked,
            a_rotation_of_keys_changes_nothing_for_open_flows_and_limits,
            a_store_that_works_answers,
        }
    };
}

/// Those of [`bne`].
macro_rules! bne_cases {
    ($run:ident) => {
        $run! {
            a_token_reads_back_as_it_was_written,
            tokens_are_added_all_or_none_and_never_given_another_seed,
            a_token_does_not_come_in_a_second_time_under_another_manufacturers_name,
            a_transaction_reads_back_as_it_was_written,
            a_right_code_is_accepted_once_of_64_that_come_at_once,
            wrong_codes_that_come_at_once_keep_to_the_limits,
            of_many_that_are_opened_at_once_one_stays_open,
            a_restart_forgets_no_counter_failure_lock_or_burnt_challenge,
            a_challenge_is_burnt_for_good_when_its_code_is_accepted,
            a_step_that_fails_leaves_nothing_behind,
            transactions_that_are_over_are_purged_and_never_more_than_asked,
            a_client_reads_back_as_it_was_written_last,
        }
    };
}

mod audit;
mod backup;
mod bne;
mod chain;
mod clients;
mod copy;
mod customers;
mod deliveries;
mod erasure;
mod flows;
mod imports;
mod kept;
mod kept_bne;
mod keys;
mod limits;
mod operators;
mod partitions;
mod postgres;
mod prefixes;
mod sessions;
mod sqlite;
mod sqlite_bne;
mod statements;
mod tokens;
mod transactions;
