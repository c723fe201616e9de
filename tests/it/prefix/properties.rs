//! What no sequence of sends and codes may bring about, tried on many.

use super::*;
use proptest::prelude::*;

/// Something that happens to a range of numbers.
#[derive(Clone, Copy, Debug)]
enum Event {
    Send,
    Verify,
    Pass(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => Just(Event::Send),
        2 => Just(Event::Verify),
        4 => prop_oneof![4 => 0_i64..20, 1 => 20_i64..4000].prop_map(Event::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_prefix_whose_customers_answer_is_never_slowed(gaps in prop::collection::vec(15_i64..600, 1..400)) {
        let mut range = Range::new(Watch::default());
        for (n, gap) in gaps.into_iter().enumerate() {
            range.pass(TimeDelta::seconds(gap));
            prop_assert_eq!(range.send(), Ok(()));
            // Every other customer needs a second message, or gives up.
            if n % 2 == 0 {
                range.verify();
            }
        }
        prop_assert_eq!(range.shifts, vec![]);
    }

    #[test]
    fn whoever_pumps_gets_a_fixed_number_of_messages_between_two_stops(gaps in prop::collection::vec(1_i64..20, 9000)) {
        let mut range = Range::new(Watch::default());
        let mut sent = vec![0];
        for gap in gaps {
            range.pass(TimeDelta::seconds(gap));
            let stopped_before = range.shifts.iter().filter(|shift| matches!(shift.to, State::Stopped { .. })).count();
            if range.send().is_ok() {
                sent.resize(stopped_before + 1, 0);
                sent[stopped_before] += 1;
            }
        }
        // Within about 25 hours there are stops of one, two, four, eight and sixteen.
        prop_assert!((3..=6).contains(&sent.len()), "{:?}", sent);
        for count in &sent[..sent.len() - 1] {
            prop_assert_eq!(*count, 60, "{:?}", sent);
        }
        prop_assert!(sent.iter().all(|count| *count <= 60), "{:?}", sent);
    }

    #[test]
    fn states_follow_each_other_as_they_are_drawn(events in prop::collection::vec(event(), 1..300)) {
        let mut range = Range::new(watch());
        let mut last_sent: Option<Timestamp> = None;
        for event in events {
            match event {
                Event::Pass(seconds) => range.pass(TimeDelta::seconds(seconds)),
                Event::Verify => range.verify(),
                Event::Send => {
                    let (was, told) = (range.state(), range.shifts.len());
                    match range.send() {
                        Ok(()) => {
                            let shifted = &range.shifts[told..];
                            if was == State::Slowed && shifted.is_empty() {
                                prop_assert!(last_sent.is_none_or(|last| range.at - last >= SLOW_INTERVAL));
                            }
                            last_sent = Some(range.at);
                        }
                        Err(held_back) => {
                            prop_assert_eq!(range.state(), was, "a refusal changes nothing");
                            prop_assert!(was != State::Open && held_back.retry_after >= 1);
                        }
                    }
                }
            }
            if let Some(kept) = &range.kept {
                prop_assert!(kept.window.buckets().len() <= 13);
            }
        }
        let mut at = State::Open;
        for shift in &range.shifts {
            prop_assert_eq!(shift.from, at);
            let drawn = matches!(
                (shift.from, shift.to),
                (State::Open, State::Slowed)
                    | (State::Slowed, State::Open | State::Stopped { .. })
                    | (State::Stopped { .. }, State::Open)
            );
            prop_assert!(drawn, "{:?}", shift);
            at = shift.to;
        }
        prop_assert_eq!(range.state(), at, "every change is told");
    }
}
