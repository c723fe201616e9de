//! `[toll_fraud]`: where text messages go to, and when a phone prefix gets too many that nobody answers.

use serde::Deserialize;

/// `[toll_fraud]`: what is absent has the default of the domain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TollFraud {
    /// Whether prefixes are slowed and stopped. Countries and operators' blocks hold all the same.
    pub enabled: bool,
    /// The countries whose numbers get text messages, ISO 3166 alpha-2; none means all.
    pub countries_allowed: Vec<String>,
    /// Countries whose numbers get none.
    pub countries_denied: Vec<String>,
    /// Digits of a prefix, behind the calling code.
    pub prefix_digits: Option<u8>,
    /// How far back sends and codes count.
    pub window_secs: Option<u32>,
    /// Sends that slow a prefix.
    pub slow_sends: Option<u32>,
    /// Sends from which on too few verified codes slow it.
    pub slow_sample: Option<u32>,
    /// What are too few, in percent of the sends.
    pub slow_percent: Option<u32>,
    /// Between two sends to a slowed prefix.
    pub slow_interval_secs: Option<u32>,
    /// Sends that stop a slowed prefix.
    pub stop_sends: Option<u32>,
    /// Sends from which on too few verified codes stop it.
    pub stop_sample: Option<u32>,
    /// What are too few, in percent of the sends.
    pub stop_percent: Option<u32>,
    /// How long the first stop lasts.
    pub stop_first_secs: Option<u32>,
    /// How long a stop lasts at most.
    pub stop_max_secs: Option<u32>,
}

impl Default for TollFraud {
    fn default() -> Self {
        Self {
            enabled: true,
            countries_allowed: Vec::new(),
            countries_denied: Vec::new(),
            prefix_digits: None,
            window_secs: None,
            slow_sends: None,
            slow_sample: None,
            slow_percent: None,
            slow_interval_secs: None,
            stop_sends: None,
            stop_sample: None,
            stop_percent: None,
            stop_first_secs: None,
            stop_max_secs: None,
        }
    }
}
