//! However steps that succeed, fail and panic come together, the chain is whole.

use super::*;
use crate::domain::audit::{DONE, Entry, Facts};
use crate::domain::keys::{KeyId, KeyRing, ServerKey};
use crate::domain::ports::{Counting, Random};
use crate::store::writer::{Hearers, Writer};
use crate::store::{Engine, Location, Migrating, open, unavailable};
use chrono::{DateTime, TimeDelta};
use futures::future::join_all;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// What a step does: how many entries it writes, of whom, and how it ends.
#[derive(Clone, Debug)]
struct Deed {
    entries: u8,
    customer: Option<u8>,
    counted: bool,
    minute: u8,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Good,
    Failed,
    Panicked,
}

fn deed() -> impl Strategy<Value = Deed> {
    let end = prop_oneof![3 => Just(End::Good), 1 => Just(End::Failed), 1 => Just(End::Panicked)];
    let whose = prop::option::of(0..3u8);
    (0..4u8, whose, any::<bool>(), 0..3u8, end).prop_map(|(entries, customer, counted, minute, end)| {
        let customer = customer.filter(|_| !counted);
        Deed { entries, customer, counted, minute, end }
    })
}

fn entry(deed: &Deed) -> Entry {
    let facts = Facts::default().and("state", "open").and_personal("addresses", Some("+34XXXXXXX56"));
    Entry {
        at: DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::minutes(deed.minute.into()),
        source: Source::Dbx,
        actor: None,
        action: "code_send",
        subject: "flow".to_owned(),
        customer: deed.customer.map(|n| CustomerId::parse(&format!("C{n}")).unwrap()),
        outcome: DONE,
        before: None,
        after: (!deed.counted).then_some(facts),
        request_id: None,
        counted: deed.counted,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_of_steps_with_failing_ones_leaves_a_chain_that_verifies(deeds in prop::collection::vec(deed(), 1..40)) {
        let directory = tempfile::tempdir().unwrap();
        let location = Location::from(directory.path().join("db"));
        let engine = Engine::at(&location, Duration::from_secs(5)).unwrap();
        let random: Arc<dyn Random> = Arc::new(Counting::default());
        let key = ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &std::array::from_fn(|n| n as u8)).unwrap();
        let sealer = Arc::new(Sealer::new(&KeyRing::new(vec![key]).unwrap(), random.clone()));
        engine.migrate(Migrating::Offline).unwrap();
        let connection = engine.writing().unwrap();
        let (_, trail) = open::secrets(&connection, &sealer, &random).unwrap();
        let writer = Writer::start(connection, trail, 1024, Hearers::none()).unwrap();
        let step = |deed: Deed| writer.run(move |writing| {
            for _ in 0..deed.entries {
                append(writing, &entry(&deed))?;
            }
            match deed.end {
                End::Good => Ok(()),
                End::Failed => Err(unavailable("on purpose")),
                End::Panicked => panic!("on purpose: this message belongs to a test"),
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let done = runtime.block_on(join_all(deeds.iter().cloned().map(step)));
        drop(writer);
        let calls = |deeds: &mut dyn Iterator<Item = &Deed>| deeds.map(|deed| i64::from(deed.entries)).sum::<i64>();
        let written = calls(&mut deeds.iter().zip(&done).filter(|(_, done)| done.is_ok()).map(|(deed, _)| deed));
        let mut reading = engine.reading().unwrap();
        let checked = check(&mut reading, Some(&sealer), &Proofs::default(), &mut |_| {}).unwrap();
        prop_assert!(checked.found.is_ok(), "{:?}", checked.found);
        // Nothing is lost and nothing of an undone step stays: all calls are told, the counted ones too.
        let told: i64 = reading.query_row("select coalesce(sum(count), 0) from audit", (), |row| row.get(0)).unwrap();
        prop_assert_eq!(told, written);
    }
}
