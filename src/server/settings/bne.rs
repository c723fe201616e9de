//! The BNE family's part of the settings.

use crate::config::Problems;
use crate::config::bne::{Bne, Tokens};
use crate::domain::oath::Window;
use crate::domain::token;
use crate::domain::transaction::Policy;
use chrono::TimeDelta;

/// What the configuration decides about transactions and tokens, within the domain's bounds.
pub(super) fn policy(options: &Bne, problems: &mut Problems) -> Policy {
    let defaults = Policy::default();
    let tokens = tokens(&options.tokens, problems);
    let policy = Policy {
        lifetime: options.lifetime_secs.map_or(defaults.lifetime, seconds),
        failed_attempts_max: options.failed_attempts_max.unwrap_or(defaults.failed_attempts_max),
        one_at_a_time: options.one_at_a_time.unwrap_or(defaults.one_at_a_time),
        risk_without_ocra: options.risk_without_ocra.unwrap_or(defaults.risk_without_ocra),
        registered_sessions_only: options.registered_sessions_only.unwrap_or(defaults.registered_sessions_only),
        tokens,
    };
    // The tokens' own first: the transactions' check would tell of them under a key that is not theirs.
    if let Err((key, problem)) = policy.tokens.check() {
        problems.add(&format!("bne.tokens.{key}"), problem);
    } else if let Err((key, problem)) = policy.check() {
        problems.add(&format!("bne.{key}"), problem);
    }
    policy
}

fn tokens(options: &Tokens, problems: &mut Problems) -> token::Policy {
    let defaults = token::Policy::default();
    token::Policy {
        look_ahead: window("look_ahead", options.look_ahead, defaults.look_ahead, problems),
        drift: window("drift_steps", options.drift_steps, defaults.drift, problems),
        ocra_time: window("ocra_time_steps", options.ocra_time_steps, defaults.ocra_time, problems),
        resync_counters: window("resync_counters", options.resync_counters, defaults.resync_counters, problems),
        resync_steps: window("resync_steps", options.resync_steps, defaults.resync_steps, problems),
        failures_free: options.failures_free.unwrap_or(defaults.failures_free),
        wait_first: options.wait_first_secs.map_or(defaults.wait_first, seconds),
        wait_max: options.wait_max_secs.map_or(defaults.wait_max, seconds),
        failures_lock: options.failures_lock.or(defaults.failures_lock),
    }
}

fn window<const MIN: u16, const MAX: u16>(
    key: &str,
    wanted: Option<u16>,
    default: Window<MIN, MAX>,
    problems: &mut Problems,
) -> Window<MIN, MAX> {
    let Some(wanted) = wanted else { return default };
    Window::new(wanted).unwrap_or_else(|_| {
        problems.add(&format!("bne.tokens.{key}"), format_args!("{wanted} is outside {MIN} to {MAX}"));
        default
    })
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
