//! What no sequence of commands may bring about in the life of one token, tried on many.

use super::*;
use countersign::domain::flow::Timestamp;
use countersign::domain::oath::ocra::question::Question;
use proptest::prelude::*;
use std::collections::HashSet;

/// Something that happens to the token. Numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Event {
    Assign {
        holder: usize,
    },
    Unassign,
    Unlock,
    Revoke,
    /// The code that the token shows `ahead` presses or time-steps from now; of one that takes challenges, for one of
    /// few.
    Code {
        ahead: i64,
        question: usize,
    },
    /// A code seen before.
    Replay {
        seen: usize,
        question: usize,
    },
    Guess {
        question: usize,
    },
    /// With two codes that do not follow each other if `gap` is not 1.
    Resync {
        ahead: i64,
        gap: i64,
    },
    /// Whatever is asked next is asked of an older version.
    LookAway,
    /// Clocks are set back, too.
    Pass {
        seconds: i64,
    },
}

const QUESTIONS: [&str; 3] = ["12345678", "23456789", "34567890"];

fn event() -> impl Strategy<Value = Event> {
    let ahead = || prop_oneof![4 => 0_i64..3, 1 => -3_i64..60];
    let question = || 0..QUESTIONS.len();
    prop_oneof![
        6 => (0_usize..2).prop_map(|holder| Event::Assign { holder }),
        1 => Just(Event::Unassign),
        2 => Just(Event::Unlock),
        8 => (ahead(), question()).prop_map(|(ahead, question)| Event::Code { ahead, question }),
        4 => (0_usize..4, question()).prop_map(|(seen, question)| Event::Replay { seen, question }),
        6 => question().prop_map(|question| Event::Guess { question }),
        3 => (ahead(), prop_oneof![3 => Just(1_i64), 1 => -1_i64..3]).prop_map(|(ahead, gap)| Event::Resync { ahead, gap }),
        1 => Just(Event::LookAway),
        4 => prop_oneof![4 => 1_i64..90, 1 => 90_i64..4000, 1 => -90_i64..0].prop_map(|seconds| Event::Pass { seconds }),
        1 => proptest::bool::weighted(0.1).prop_map(|revoke| if revoke { Event::Revoke } else { Event::Unassign }),
    ]
}

fn devices() -> impl Strategy<Value = Device> {
    let counting = |counter| Device::Hotp { digits: Digits::Six, counter };
    prop::sample::select(vec![
        counting(0),
        // No counter is left after a few codes.
        counting(u64::MAX - 6),
        totp_device(),
        ocra_device(PLAIN_SUITE),
        ocra_device("OCRA-1:HOTP-SHA1-6:C-QN08"),
        ocra_device("OCRA-1:HOTP-SHA1-6:C-QN08-T1M"),
    ])
}

/// Where a token may go from one state, and by what.
fn drawn(action: &Action, from: &str, to: &str) -> bool {
    match action {
        Action::Assign(_) => (from, to) == ("imported", "assigned"),
        Action::Unassign => matches!(from, "assigned" | "active") && to == "imported",
        Action::Revoke => from != "revoked" && to == "revoked",
        Action::Unlock => from == to && from != "locked" || from == "locked" && matches!(to, "assigned" | "active"),
        Action::Resync { .. } | Action::Test(_) => {
            matches!(from, "assigned" | "active") && (from == to || matches!(to, "active" | "locked"))
        }
    }
}

/// The token, and what is to be known of its life so far.
struct Tale {
    token: Token,
    policy: Policy,
    /// What made the codes that were accepted.
    factors: HashSet<String>,
    /// Challenges that whoever asked them has burnt.
    burnt: HashSet<&'static str>,
    /// How many codes were compared.
    compared: u32,
    /// Wrong ones since the last right one or unlock, and when the last of them was compared.
    wrong: u32,
    last_wrong: Option<Timestamp>,
}

impl Tale {
    /// A code was compared at this moment; what the policy has to say of that is computed anew here.
    fn compared(&mut self, at: Timestamp, accepted: bool) {
        let Policy { failures_free, failures_lock, wait_first, wait_max, .. } = self.policy;
        assert!(failures_lock.is_none_or(|lock| self.wrong < lock), "a code was compared though the token is locked");
        if self.wrong >= failures_free {
            let mut wait = wait_first;
            for _ in failures_free..self.wrong {
                wait = (wait * 2).min(wait_max);
            }
            let since = at - self.last_wrong.unwrap();
            assert!(since >= wait.min(wait_max), "{} wrong codes, and the next after {since}", self.wrong);
        }
        (self.wrong, self.last_wrong) = if accepted { (0, None) } else { (self.wrong + 1, Some(at)) };
        self.compared += 1;
    }

    fn moved(&mut self, after: Token, question: Option<&'static str>) {
        assert!(self.factors.insert(factor(&self.token, &after, question)), "accepted twice");
        if after.burns() {
            self.burnt.extend(question);
        }
        self.token = after;
    }

    /// Runs a command, and checks what each must keep to.
    fn ask(&mut self, clerk: &Clerk, action: Action, version: Option<u64>) {
        let before = self.token.clone();
        let command = Command { version, policy: self.policy, ..clerk.change(action) };
        let Step { write, decision, .. } = step(&command, Some(before.clone()));
        if version.is_some_and(|seen| seen != before.version) {
            assert_eq!(decision.unwrap_err(), Refusal::Stale { version: before.version });
            assert!(write.is_none(), "a change was made to a version that nobody has seen");
            return;
        }
        let codes = matches!(command.action, Action::Resync { .. } | Action::Test(_));
        let Some(after) = write else {
            assert_ne!(decision.unwrap_err(), Refusal::WrongCode, "a wrong code was not counted");
            return;
        };
        assert_eq!(after.version, before.version + 1);
        assert!(drawn(&command.action, before.life.as_str(), after.life.as_str()), "{:?}", command.action);
        match decision {
            Err(refusal) => {
                assert_eq!((refusal, codes), (Refusal::WrongCode, true));
                assert_eq!(after.failures.count, before.failures.count + 1);
                self.compared(clerk.now, false);
                self.token = after;
            }
            Ok(_) if codes => {
                self.compared(clerk.now, true);
                self.moved(after, None);
            }
            Ok(_) => {
                if matches!(command.action, Action::Unlock) {
                    (self.wrong, self.last_wrong) = (0, None);
                }
                assert_eq!(after.failures.count, self.wrong, "failures were forgotten");
                self.token = after;
            }
        }
    }

    /// Answers a challenge, as a transaction has a token do. What is burnt is not asked again.
    fn answer(&mut self, clerk: &Clerk, given: &str, question: &'static str) {
        let Device::Ocra(ocra) = &self.token.device else { panic!("it takes no challenges") };
        if self.burnt.contains(question) {
            return;
        }
        let asked = Question::parse(ocra.suite(), question).unwrap();
        match self.token.check(&self.policy, clerk.now, &code(given), Some(&asked)) {
            Checked::Unusable(_) => {}
            Checked::Wrong(after) => {
                assert_eq!(after.version, self.token.version + 1);
                self.compared(clerk.now, false);
                self.token = after;
            }
            Checked::Right(after) => {
                assert_eq!(after.version, self.token.version + 1);
                self.compared(clerk.now, true);
                self.moved(after, Some(question));
            }
        }
    }

    /// What the token shows, as far as its counter goes.
    fn shows(&self, at: Timestamp, ahead: i64, question: &str) -> String {
        let question = (self.token.device.kind() == DeviceKind::Ocra).then_some(question);
        let room = match &self.token.device {
            Device::Hotp { counter, .. } => [*counter, u64::MAX - counter],
            Device::Ocra(ocra) => [ocra.counter(), u64::MAX - ocra.counter()],
            Device::Totp { .. } => [u64::MAX; 2],
        };
        let [back, forth] = room.map(|room| i64::try_from(room).unwrap_or(i64::MAX));
        shows(&self.token, at, ahead.clamp(-back, forth), question)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_takes_a_code_twice_compares_too_many_or_brings_a_token_back(
        events in prop::collection::vec(event(), 1..150),
        device in devices(),
        failures_free in 1_u32..6,
        failures_lock in prop::option::of(0_u32..6),
        wait_first in 1_i64..120,
        wait_max in prop_oneof![1_i64..4, 60_i64..600],
        expires_after in prop::option::of(60_i64..7200),
    ) {
        let (wait_first, wait_max) = (TimeDelta::seconds(wait_first), TimeDelta::seconds(wait_first * wait_max));
        let failures_lock = failures_lock.map(|more| failures_free + more);
        let policy = Policy { failures_free, failures_lock, wait_first, wait_max, ..Policy::default() };
        prop_assert_eq!(policy.check(), Ok(()));
        let mut clerk = Clerk::new(bne_rules(|_| {}));
        let expires_at = expires_after.map(|seconds| clerk.now + TimeDelta::seconds(seconds));
        let token = Token { expires_at, ..clerk.token(device) };
        let (takes_challenges, mut seen, mut away) = (token.device.kind() == DeviceKind::Ocra, Vec::new(), false);
        let (factors, burnt) = Default::default();
        let mut tale = Tale { token, policy, factors, burnt, compared: 0, wrong: 0, last_wrong: None };
        for event in events {
            let before = tale.token.clone();
            let version = std::mem::take(&mut away).then(|| before.version.wrapping_sub(1));
            let (usable, compared) = (before.usable(&policy, clerk.now), tale.compared);
            let mut given = |text: String| {
                seen.push(text.clone());
                text
            };
            let attempt = match event {
                Event::Pass { seconds } => {
                    clerk.pass(TimeDelta::seconds(seconds));
                    continue;
                }
                Event::LookAway => {
                    away = true;
                    continue;
                }
                Event::Assign { holder } => {
                    let holder = [hugo(), token_holder("eve", None)][holder].clone();
                    tale.ask(&clerk, Action::Assign(holder), version);
                    None
                }
                Event::Unassign => {
                    tale.ask(&clerk, Action::Unassign, version);
                    None
                }
                Event::Unlock => {
                    tale.ask(&clerk, Action::Unlock, version);
                    None
                }
                Event::Revoke => {
                    tale.ask(&clerk, Action::Revoke, version);
                    None
                }
                Event::Resync { ahead, gap } => {
                    let [first, second] = [ahead, ahead + gap].map(|ahead| tale.shows(clerk.now, ahead, QUESTIONS[0]));
                    let (first, second) = (code(&given(first)), code(&given(second)));
                    tale.ask(&clerk, Action::Resync { first, second }, version);
                    None
                }
                Event::Code { ahead, question } => {
                    Some((given(tale.shows(clerk.now, ahead, QUESTIONS[question])), question))
                }
                Event::Replay { seen: n, question } => seen.iter().rev().nth(n).map(|code| (code.clone(), question)),
                Event::Guess { question } => {
                    Some((given(wrong(&tale.shows(clerk.now, 0, QUESTIONS[question]))), question))
                }
            };
            if let Some((given, question)) = attempt {
                if takes_challenges {
                    tale.answer(&clerk, &given, QUESTIONS[question]);
                } else {
                    tale.ask(&clerk, Action::Test(code(&given)), version);
                }
            }
            let after = &tale.token;
            prop_assert!(after.version >= before.version);
            prop_assert_eq!(after.failures.count, tale.wrong);
            if after.version == before.version {
                prop_assert_eq!(format!("{after:?}"), format!("{before:?}"), "a change without a version");
            }
            if let Life::Revoked { .. } = before.life {
                prop_assert_eq!(after.version, before.version, "a revoked token changed");
            }
            if usable.is_err() {
                prop_assert_eq!(tale.compared, compared, "a code was compared by a token that takes none");
            }
            if before.life.as_str() == "imported" || expires_at.is_some_and(|end| clerk.now >= end) {
                let moved = |token: &Token| format!("{:?}", token.device);
                prop_assert_eq!(moved(after), moved(&before), "a code was taken from nobody, or too late");
            }
        }
    }
}
