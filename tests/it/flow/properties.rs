//! What no sequence of commands may bring about, tried on many.

use crate::support::domain::*;
use chrono::TimeDelta;
use countersign::domain::flow::*;
use proptest::prelude::*;
use std::collections::HashMap;

/// Something that happens to one of the flows, or to all.
#[derive(Clone, Copy, Debug)]
enum Event {
    Send { flow: usize, naming: Naming },
    Verify { flow: usize, naming: Naming, right: bool },
    Settle { pending: usize, accepted: bool },
    Wait { seconds: i64 },
}

/// Which dispatch of the flow a caller names: one of those there have been, counted from the newest.
type Naming = usize;

const FLOWS: usize = 3;

fn event() -> impl Strategy<Value = Event> {
    let flow = 0..FLOWS;
    prop_oneof![
        4 => (flow.clone(), 0_usize..4).prop_map(|(flow, naming)| Event::Send { flow, naming }),
        4 => (flow, 0_usize..3, proptest::bool::weighted(0.4))
            .prop_map(|(flow, naming, right)| Event::Verify { flow, naming, right }),
        3 => (0_usize..4, any::<bool>()).prop_map(|(pending, accepted)| Event::Settle { pending, accepted }),
        2 => (1_i64..240).prop_map(|seconds| Event::Wait { seconds }),
    ]
}

#[derive(Default)]
struct Tale {
    dispatches: Vec<Dispatch>,
    refused: usize,
    wrong: u8,
    verified: u32,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_breaks_a_limit(
        events in prop::collection::vec(event(), 1..80),
        resends_max in 0_u8..4,
        failed_attempts_max in 1_u8..4,
        daily_codes_max in 1_u32..8,
    ) {
        let mut desk = Desk::new(rules_with(&["k1", "k0"], |policy| {
            policy.resends_max = resends_max;
            policy.failed_attempts_max = failed_attempts_max;
            policy.daily_codes_max = daily_codes_max;
        }));
        // Two flows of one customer and one before login, all to one phone.
        let flows = [holder("C1"), holder("C1"), None].map(|holder| desk.maker.flow(holder, &[phone(PHONE)]));
        for flow in &flows {
            desk.apply(desk.maker.open(flow)).unwrap();
        }
        let mut tales: [Tale; FLOWS] = Default::default();
        let mut owners = HashMap::new();
        for event in events {
            match event {
                Event::Wait { seconds } => desk.maker.pass(TimeDelta::seconds(seconds)),
                Event::Send { flow: n, naming } => {
                    let mut request = desk.maker.request(&flows[n]);
                    let named = tales[n].dispatches.iter().rev().nth(naming);
                    request.security_key = named.map(|dispatch| desk.maker.security_key(dispatch));
                    let command = desk.maker.command(Action::Send(flows[n].key, request));
                    if let Ok(Granted::Send(dispatch, _)) = desk.apply(command) {
                        prop_assert_eq!(tales[n].verified, 0);
                        prop_assert!(tales[n].wrong < failed_attempts_max);
                        prop_assert!(dispatch.resends_used <= resends_max);
                        prop_assert!(dispatch.code_expires_at <= flows[n].expires_at);
                        owners.insert(dispatch.send, n);
                        tales[n].dispatches.push(dispatch);
                    }
                }
                Event::Verify { flow: n, naming, right } => {
                    let Some(named) = tales[n].dispatches.iter().rev().nth(naming).cloned() else { continue };
                    let code = if right { desk.maker.code(&named) } else { desk.maker.wrong_code(&named) };
                    match desk.apply(desk.maker.verify(&flows[n], &named, &code)) {
                        Ok(_) => {
                            prop_assert!(right);
                            let newest = tales[n].dispatches.last().map(|dispatch| dispatch.generation);
                            prop_assert_eq!(Some(named.generation), newest);
                            let alive = |d: &Dispatch| desk.maker.now < d.code_expires_at;
                            prop_assert!(tales[n].dispatches.iter().any(alive));
                            prop_assert!(tales[n].wrong < failed_attempts_max);
                            tales[n].verified += 1;
                        }
                        Err(Refusal::WrongCode(counted)) => {
                            prop_assert!(!right);
                            tales[n].wrong += 1;
                            prop_assert_eq!(counted.failed, tales[n].wrong);
                        }
                        Err(_) => {}
                    }
                }
                Event::Settle { pending, accepted } => {
                    let Some(dispatch) = desk.pending.get(pending).cloned() else { continue };
                    desk.apply(desk.maker.settle(&dispatch, accepted)).unwrap();
                    tales[owners[&dispatch.send]].refused += usize::from(!accepted);
                }
            }
            for tale in &tales {
                prop_assert!(tale.verified <= 1, "a code was accepted twice");
                prop_assert!(tale.wrong <= failed_attempts_max);
                prop_assert!(tale.dispatches.len() - tale.refused <= usize::from(resends_max) + 1);
            }
            prop_assert!(desk.counts.values().all(|count| *count <= daily_codes_max));
        }
        // Every send was counted for its day, whatever became of it: once for the customer or the applicant's phone.
        let sends: usize = tales.iter().map(|tale| tale.dispatches.len()).sum();
        let counted: u32 = desk.counts.values().sum();
        let applicants = tales[2].dispatches.len();
        prop_assert_eq!(counted as usize, 2 * (sends - applicants) + applicants);
    }
}
