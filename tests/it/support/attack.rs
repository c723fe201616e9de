//! How hard an attack tries, and what chance it takes.
//!
//! `cargo test` runs every attack in a short form. With `COUNTERSIGN_ATTACKS=full`, which `.ci/run` sets, each runs in the form
//! that SECURITY.md speaks of. Chance comes from a fixed seed, or from `COUNTERSIGN_ATTACK_SEED`: a failure prints which.

use super::domain::Seeded;
use countersign::domain::ports::Random;
use futures::stream::{self, StreamExt};
use std::sync::Arc;

/// How many calls, rounds or guesses: the first number in the short form, the second in the full one.
pub(crate) fn dose(short: usize, full: usize) -> usize {
    if std::env::var("COUNTERSIGN_ATTACKS").is_ok_and(|value| value == "full") { full } else { short }
}

/// Chance that can be had again.
#[derive(Clone)]
pub(crate) struct Luck(Arc<Seeded>);

impl Luck {
    /// The seed, on its own for each attack, is printed: the harness shows that of a test that fails.
    #[expect(clippy::print_stdout, reason = "the harness keeps it unless the test fails")]
    pub(crate) fn of(attack: &str) -> Self {
        let set = std::env::var("COUNTERSIGN_ATTACK_SEED").ok();
        let seed = set.map_or(20_260_524, |text| text.parse().expect("COUNTERSIGN_ATTACK_SEED is a number"));
        println!("{attack}: COUNTERSIGN_ATTACK_SEED={seed}");
        let name = attack.bytes().fold(seed, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Self(Seeded::new(name))
    }

    /// A luck of its own for one of several that run at once, so that their order does not matter.
    pub(crate) fn part(&self) -> Self {
        Self(Seeded::new(self.below(u64::MAX)))
    }

    /// One of the numbers below this one.
    pub(crate) fn below(&self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_be_bytes(bytes) % end
    }

    /// Whether something happens that does once in so many times.
    pub(crate) fn once_in(&self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    /// A guess of so many digits that is none of these.
    pub(crate) fn guess(&self, digits: u32, right: &[String]) -> String {
        loop {
            let guess = format!("{:0width$}", self.below(10_u64.pow(digits)), width = digits as usize);
            if !right.contains(&guess) {
                return guess;
            }
        }
    }
}

/// Makes all the calls, as many at once as the process may have connections open: all of a thousand if it may have many.
pub(crate) async fn at_once<T>(calls: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(calls).buffer_unordered(if files_max() >= 8192 { 1000 } else { 200 }).collect().await
}

/// How many files this process may have open: a call between two ends of one process takes two.
fn files_max() -> u64 {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    line.split_ascii_whitespace().nth(3).and_then(|soft| soft.parse().ok()).unwrap_or(1024)
}
