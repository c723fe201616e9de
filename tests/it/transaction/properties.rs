//! What no sequence of commands may bring about, tried on many.

use crate::support::bne::*;
use chrono::TimeDelta;
use countersign::domain::flow::Secret;
use countersign::domain::token;
use countersign::domain::transaction::*;
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// Something that happens at the counter. Numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// With one of few draws, so that challenges come again.
    Open {
        risk: bool,
        draw: usize,
    },
    /// The code that the token shows `ahead` presses or time-steps from now, for the transaction it was asked by or
    /// another one.
    Validate {
        transaction: usize,
        asked_by: usize,
        ahead: i64,
    },
    /// A code seen before.
    Replay {
        transaction: usize,
        seen: usize,
    },
    Guess {
        transaction: usize,
    },
    Resync {
        token: usize,
        ahead: i64,
        again: bool,
    },
    Test {
        token: usize,
        ahead: i64,
    },
    Unlock {
        token: usize,
    },
    Wait {
        seconds: i64,
    },
}

const TOKENS: usize = 4;
const DRAWS: usize = 2;

fn event() -> impl Strategy<Value = Event> {
    let ahead = || prop_oneof![3 => 0_i64..3, 1 => 0_i64..60];
    prop_oneof![
        4 => (any::<bool>(), 0..DRAWS).prop_map(|(risk, draw)| Event::Open { risk, draw }),
        6 => (0_usize..3, 0_usize..4, ahead()).prop_map(|(transaction, other, ahead)| {
            let asked_by = if other == 3 { transaction + 1 } else { transaction };
            Event::Validate { transaction, asked_by, ahead }
        }),
        3 => (0_usize..2, 0_usize..4).prop_map(|(transaction, seen)| Event::Replay { transaction, seen }),
        3 => (0_usize..2).prop_map(|transaction| Event::Guess { transaction }),
        1 => (0..TOKENS, ahead(), any::<bool>()).prop_map(|(token, ahead, again)| Event::Resync { token, ahead, again }),
        1 => (0..TOKENS, ahead()).prop_map(|(token, ahead)| Event::Test { token, ahead }),
        1 => (0..TOKENS).prop_map(|token| Event::Unlock { token }),
        3 => (1_i64..90).prop_map(|seconds| Event::Wait { seconds }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_accepts_a_code_twice_or_goes_past_a_limit(
        events in prop::collection::vec(event(), 1..120),
        attempts_max in 1_u8..4,
        failures_free in 1_u32..6,
        one_at_a_time in any::<bool>(),
    ) {
        let rules = bne_rules(|policy| {
            policy.failed_attempts_max = attempts_max;
            policy.one_at_a_time = one_at_a_time;
            policy.risk_without_ocra = true;
            policy.tokens.failures_free = failures_free;
        });
        // Each of the four is Hugo's in turn.
        let devices = [
            hotp_device(), totp_device(), ocra_device("OCRA-1:HOTP-SHA256-8:QN08"), ocra_device("OCRA-1:HOTP-SHA1-6:C-QN08"),
        ];
        let (mut counter, ids) = Counter::with(rules, devices);
        let draws: Vec<_> = (0..DRAWS).map(|_| Draw::random(&*counter.clerk.random)).collect();
        let mut opened: Vec<Transaction> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let mut factors: HashSet<String> = HashSet::new();
        let mut compared: HashMap<TransactionId, u8> = HashMap::new();
        let mut validated: HashSet<TransactionId> = HashSet::new();
        for (n, event) in events.into_iter().enumerate() {
            let nth = |list: &[Transaction], n: usize| list.iter().rev().nth(n).cloned();
            let attempt = match event {
                Event::Wait { seconds } => {
                    counter.clerk.pass(TimeDelta::seconds(seconds));
                    continue;
                }
                Event::Open { risk, draw } => {
                    // Another token each time: the others are out of use for this one step.
                    let others: Vec<_> = ids.iter().filter(|id| **id != ids[n % TOKENS]).copied().collect();
                    let kept: Vec<_> = others.iter().map(|id| counter.tokens.remove(id).unwrap()).collect();
                    let subject = if risk { payment("10", "ACME") } else { Subject::Login };
                    let request = OpenRequest { draw: draws[draw].clone(), ..counter.clerk.open_request(subject) };
                    let decision = counter.apply(counter.clerk.command(Action::Open(Box::new(request))));
                    counter.tokens.extend(kept.into_iter().map(|token| (token.id, token)));
                    if let Ok(Granted::Opened(transaction)) = decision {
                        opened.push(*transaction);
                    }
                    continue;
                }
                Event::Unlock { token } => {
                    drop(counter.change(ids[token], token::Action::Unlock));
                    continue;
                }
                Event::Test { token, ahead } => {
                    let before = counter.tokens[&ids[token]].clone();
                    if before.device.kind() == token::DeviceKind::Ocra {
                        continue;
                    }
                    let code = shows(&before, counter.clerk.now, ahead, None);
                    seen.push(code.clone());
                    if let Ok(after) = counter.change(before.id, token::Action::Test(Secret::new(&code))) {
                        prop_assert!(factors.insert(factor(&before, &after, None)), "accepted twice");
                    }
                    continue;
                }
                Event::Resync { token, ahead, again } => {
                    let before = counter.tokens[&ids[token]].clone();
                    if before.device.kind() == token::DeviceKind::Ocra {
                        continue;
                    }
                    let code = |ahead| Secret::new(&shows(&before, counter.clerk.now, ahead, None));
                    let (first, second) = (code(ahead), code(ahead + i64::from(!again)));
                    seen.extend([first.expose().to_owned(), second.expose().to_owned()]);
                    let resync = token::Action::Resync { first, second };
                    if let Ok(after) = counter.change(before.id, resync) {
                        prop_assert!(!again, "one code was taken for two in a row");
                        prop_assert!(factors.insert(factor(&before, &after, None)), "accepted twice");
                    }
                    continue;
                }
                Event::Validate { transaction, asked_by, ahead } => {
                    let asked_by = nth(&opened, asked_by);
                    nth(&opened, transaction).zip(asked_by).map(|(transaction, asked_by)| {
                        let token = &counter.tokens[&asked_by.token];
                        let code = shows(token, counter.clerk.now, ahead, question(&asked_by));
                        (transaction, code)
                    })
                }
                Event::Replay { transaction, seen: n } => {
                    nth(&opened, transaction).zip(seen.iter().rev().nth(n).cloned())
                }
                Event::Guess { transaction } => nth(&opened, transaction).map(|transaction| {
                    let wrong = wrong(&counter.answer(&transaction));
                    (transaction, wrong)
                }),
            };
            let Some((transaction, code)) = attempt else { continue };
            seen.push(code.clone());
            let before = counter.tokens[&transaction.token].clone();
            let waiting = before.usable(&counter.clerk.rules.policy.tokens, counter.clerk.now).is_err();
            match counter.validate(&transaction, &code) {
                Ok(_) => {
                    let after = &counter.tokens[&transaction.token];
                    prop_assert!(!waiting);
                    prop_assert!(counter.clerk.now < transaction.expires_at);
                    prop_assert!(validated.insert(transaction.id), "a transaction was consumed twice");
                    prop_assert!(factors.insert(factor(&before, after, question(&transaction))), "accepted twice");
                    *compared.entry(transaction.id).or_default() += 1;
                }
                Err(Refusal::BusinessFailed(Reason::WrongCode)) => {
                    prop_assert!(!waiting);
                    *compared.entry(transaction.id).or_default() += 1;
                }
                Err(_) => {}
            }
            prop_assert!(compared.values().all(|codes| *codes <= attempts_max), "more codes were compared than allowed");
        }
        if one_at_a_time {
            let live = |t: &&Transaction| t.state == State::Open && counter.clerk.now < t.expires_at;
            for kind in [Kind::Login, Kind::Risk] {
                let live = counter.transactions.values().filter(live).filter(|t| t.subject.kind() == kind).count();
                prop_assert!(live <= 1);
            }
        }
    }
}
