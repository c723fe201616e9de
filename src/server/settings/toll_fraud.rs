//! The toll-fraud guard's part of the settings.

use crate::config::Problems;
use crate::config::toll_fraud::TollFraud;
use crate::domain::prefix::{Countries, Country, DIGITS_MAX, Guard, Limit, Watch};
use chrono::TimeDelta;

/// What the configuration decides about text messages, within the domain's bounds.
pub(super) fn guard(options: &TollFraud, problems: &mut Problems) -> Guard {
    let allowed = countries("countries_allowed", &options.countries_allowed, problems);
    let denied = countries("countries_denied", &options.countries_denied, problems);
    let digits = options.prefix_digits.unwrap_or(3);
    problems.within("toll_fraud.prefix_digits", digits.into(), 0, DIGITS_MAX.into());
    let defaults = Watch::default();
    let watch = Watch {
        window: options.window_secs.map_or(defaults.window, seconds),
        slow: Limit {
            sends: options.slow_sends.unwrap_or(defaults.slow.sends),
            sample: options.slow_sample.unwrap_or(defaults.slow.sample),
            percent: options.slow_percent.unwrap_or(defaults.slow.percent),
        },
        slow_interval: options.slow_interval_secs.map_or(defaults.slow_interval, seconds),
        stop: Limit {
            sends: options.stop_sends.unwrap_or(defaults.stop.sends),
            sample: options.stop_sample.unwrap_or(defaults.stop.sample),
            percent: options.stop_percent.unwrap_or(defaults.stop.percent),
        },
        stop_first: options.stop_first_secs.map_or(defaults.stop_first, seconds),
        stop_max: options.stop_max_secs.map_or(defaults.stop_max, seconds),
    };
    if let Err((key, problem)) = watch.check() {
        problems.add(&format!("toll_fraud.{key}"), problem);
    }
    Guard { countries: Countries::new(&allowed, &denied), digits, watch: options.enabled.then_some(watch) }
}

fn countries(list: &str, codes: &[String], problems: &mut Problems) -> Vec<Country> {
    let mut found = Vec::new();
    for (n, code) in codes.iter().enumerate() {
        match Country::parse(code) {
            Some(country) => found.push(country),
            None => problems.add(
                &format!("toll_fraud.{list}[{n}]"),
                "must be two capital letters, the ISO 3166 code of a country that has phone numbers, such as \"MX\"",
            ),
        }
    }
    found
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}
