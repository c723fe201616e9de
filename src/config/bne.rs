//! `[bne]`: the BNE family, codes of hardware tokens.

use super::check::base_path;
use super::problems::Problems;
use serde::Deserialize;

/// `[bne]`: what is absent has the default of the domain.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bne {
    /// Whether the family is served.
    pub enabled: bool,
    /// In front of every path of the family.
    pub base_path: String,
    /// How long a transaction lives.
    pub lifetime_secs: Option<u32>,
    /// Wrong codes until a transaction is locked.
    pub failed_attempts_max: Option<u8>,
    /// Whether a new transaction closes the open one of the same holder, client and kind.
    pub one_at_a_time: Option<bool>,
    /// Whether tokens that cannot sign may confirm a risk transaction.
    pub risk_without_ocra: Option<bool>,
    /// Whether calls in sessions that nobody has registered find nothing.
    pub registered_sessions_only: Option<bool>,
    /// What goes for the tokens.
    pub tokens: Tokens,
}

/// `[bne.tokens]`: what is absent has the default of the domain.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    /// Counters tried for a code of a counting token.
    pub look_ahead: Option<u16>,
    /// Time-steps tried on each side for a code of a token with a clock.
    pub drift_steps: Option<u16>,
    /// Time-steps tried on each side for a response of an OCRA token with a clock.
    pub ocra_time_steps: Option<u16>,
    /// Counters tried to resynchronize.
    pub resync_counters: Option<u16>,
    /// Time-steps tried on each side to resynchronize.
    pub resync_steps: Option<u16>,
    /// The failure that is followed by the first wait.
    pub failures_free: Option<u32>,
    /// The first wait.
    pub wait_first_secs: Option<u32>,
    /// The longest wait.
    pub wait_max_secs: Option<u32>,
    /// The failure that locks a token until an operator unlocks it.
    pub failures_lock: Option<u32>,
}

impl Bne {
    pub(super) fn check(&self, problems: &mut Problems) {
        if let Err(problem) = base_path(&self.base_path) {
            problems.add("bne.base_path", problem);
        }
    }
}
