//! The limits' part of the settings.

use crate::config::limits as config;
use crate::domain::limit::{Limits, Rule};

/// What the configuration says, and the domain's defaults for the rest.
pub(super) fn limits(options: &config::Limits) -> Limits {
    let config::Limits { resend_wait_secs, sends, failures, challenges } = options;
    let defaults = Limits::default();
    Limits {
        flow_sends: match resend_wait_secs {
            None => defaults.flow_sends,
            Some(wait) => (*wait > 0).then_some(Rule { max: 1, span_secs: *wait }),
        },
        destination_sends: rule(sends.destination_per_hour, defaults.destination_sends),
        customer_sends: rule(sends.customer_per_hour, defaults.customer_sends),
        app_sends: rule(sends.app_per_minute, defaults.app_sends),
        address_sends: rule(sends.address_per_hour, defaults.address_sends),
        country_sends: rule(sends.country_per_hour, defaults.country_sends),
        purpose_sends: rule(sends.purpose_per_minute, defaults.purpose_sends),
        all_sends: rule(sends.all_per_minute, defaults.all_sends),
        destination_failures: rule(failures.destination_per_day, defaults.destination_failures),
        customer_failures: rule(failures.customer_per_day, defaults.customer_failures),
        customer_streak: rule(failures.customer_in_a_row, defaults.customer_streak),
        address_failures: rule(failures.address_per_hour, defaults.address_failures),
        same_code_failures: rule(failures.same_code_per_hour, defaults.same_code_failures),
        purpose_failures: rule(failures.purpose_per_minute, defaults.purpose_failures),
        client_calls: rule(challenges.client_per_minute, defaults.client_calls),
        customer_challenges: rule(challenges.customer_per_hour, defaults.customer_challenges),
        address_calls: rule(challenges.address_per_minute, defaults.address_calls),
        all_calls: rule(challenges.all_per_minute, defaults.all_calls),
    }
}

fn rule(wanted: Option<u32>, default: Option<Rule>) -> Option<Rule> {
    match (wanted, default) {
        (Some(0), _) => None,
        (Some(max), Some(default)) => Some(Rule { max, ..default }),
        (_, default) => default,
    }
}
