//! The server is killed at random instants under load, started again on the same data, and held to all that it had said.
//!
//! Every worker keeps a book of what it was told. A call whose answer never came may have happened or not; what was answered
//! has happened, and is true after the restart.

pub(crate) mod flows;
pub(crate) mod office;
pub(crate) mod tokens;

use crate::support::attack::{Luck, dose};
use crate::support::bank::{Bank, Line};
use futures::future::join_all;
use std::process::Output;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Whether something has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    #[default]
    No,
    /// It was asked for, and no answer came.
    Open,
    Yes,
}

impl Fate {
    /// What is known once it has been looked at; `None` if it cannot be so.
    fn seen(self, happened: bool) -> Option<Self> {
        let fate = if happened { Self::Yes } else { Self::No };
        (self == Self::Open || self == fate).then_some(fate)
    }
}

/// How often something has happened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    told: u64,
    open: u64,
}

impl Count {
    fn asked(&mut self) {
        self.open += 1;
    }

    /// The answer came.
    fn told(&mut self) {
        self.open -= 1;
        self.told += 1;
    }

    /// Panics unless it may have happened so often.
    #[track_caller]
    fn allows(self, seen: u64, what: &str) {
        assert!((self.told..=self.told + self.open).contains(&seen), "{what}: {seen}, where the book says {self:?}");
    }
}

/// How many of each kind work at once.
const APPLICANTS: u64 = 6;
const HOLDERS: u64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_answered_is_true_after_the_server_is_killed_at_any_instant() {
    let luck = Luck::of("kills");
    let bank = Bank::open().await;
    let mut process = bank.start();
    let mut line = Line::new(&bank, &process);
    line.register().await;
    let mut holders = join_all((0..HOLDERS).map(|n| tokens::Holder::enrol(&bank, &line, n, luck.part()))).await;
    let mut clerk = office::Clerk::new(luck.part());
    let (mut old, mut phones) = (Vec::<flows::Flow>::new(), 0);
    let (mut flows_seen, mut codes_taken, mut repeated) = (0, 0, 0);
    for round in 0..dose(4, 100) {
        bank.gateway.slow.store(true, Ordering::Relaxed);
        let applicants = (0..APPLICANTS).map(|_| {
            // No two flows have one phone, so that its messages are those of the flow.
            phones += 100;
            let (bank, line, luck) = (&bank, &line, luck.part());
            async move { flows::work(bank, line, &luck, phones, || false).await }
        });
        let applicants = join_all(applicants.collect::<Vec<_>>());
        let working = join_all(holders.iter_mut().map(|holder| holder.work(&line, || false)));
        let changing = clerk.work(&line, || false);
        let killed = async {
            // Long enough for a send to be answered whose message was not accepted, in most rounds.
            tokio::time::sleep(Duration::from_millis(100 + luck.below(1500))).await;
            process.kill()
        };
        let (made, _, (), log) = tokio::join!(applicants, working, changing, killed);
        assert!(!log.contains("panicked"), "{log}");
        bank.gateway.slow.store(false, Ordering::Relaxed);
        process = bank.start();
        line = Line::new(&bank, &process);

        if round % 10 == 0 {
            whole(&bank);
        }
        let mut made: Vec<_> = made.into_iter().flatten().collect();
        flows_seen += made.len();
        repeated += made.iter().filter(|flow| flow.is_owed_a_message(&bank)).count();
        if bank.database().is_some() {
            // Another server might be sending it: it is repeated after two minutes, for which no round waits.
            made.retain(|flow| !flow.is_owed_a_message(&bank));
        }
        // Some of earlier rounds: what was true after one restart is true after the next.
        let kept = old.len().saturating_sub(20);
        let mut all: Vec<_> = old.drain(kept..).chain(made).collect();
        join_all(all.iter_mut().map(|flow| flow.holds(&bank, &line))).await;
        join_all(holders.iter_mut().map(|holder| holder.holds(&line))).await;
        clerk.holds(&line).await;
        codes_taken += all.iter().filter(|flow| flow.verified == Fate::Yes).count();
        old = all;
        assert!(flows_seen > 0 || round < 3, "nothing was going on");
    }
    process.stop();
    whole(&bank);
    assert!(flows_seen > 0 && codes_taken > 0, "nothing was going on");
    told(&format!(
        "{flows_seen} flows, {repeated} messages were owed at a kill, {} codes of tokens",
        tokens::total(&holders)
    ));
}

/// Panics unless the audit trail is a whole chain.
pub(crate) fn whole(bank: &Bank) {
    let Output { status, stdout, stderr } = bank.run(&["audit", "verify"]);
    let said = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(status.success(), "{said}");
}

#[expect(clippy::print_stdout, reason = "`--nocapture` shows what a run has seen")]
pub(crate) fn told(what: &str) {
    println!("{what}");
}
