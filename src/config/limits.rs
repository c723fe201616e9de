//! `[limits]`: how many codes are sent, and how many guesses are made, beyond single flows.

use super::problems::Problems;
use serde::Deserialize;

/// The highest number that a limit may have.
const MAX: u32 = 10_000_000;

/// `[limits]`: what is absent has the default of the domain, and 0 turns a limit off.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The time between two sends of one flow.
    pub resend_wait_secs: Option<u32>,
    /// Codes sent.
    pub sends: Sends,
    /// Wrong codes.
    pub failures: Failures,
    /// Calls of the BNE family.
    pub challenges: Challenges,
}

macro_rules! limits {
    ($(#[$doc:meta])* $name:ident in $table:literal { $($(#[$field:meta])* $limit:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$field])* pub $limit: Option<u32>,)*
        }

        impl $name {
            fn check(&self, problems: &mut Problems) {
                $(if let Some(limit) = self.$limit {
                    problems.within(concat!("limits.", $table, ".", stringify!($limit)), limit.into(), 0, MAX.into());
                })*
            }
        }
    };
}

limits! {
    /// `[limits.sends]`
    Sends in "sends" {
        /// To one phone number or e-mail address, per purpose.
        destination_per_hour,
        /// To one customer, per purpose.
        customer_per_hour,
        /// That one app asks for.
        app_per_minute,
        /// That one client address asks for.
        address_per_hour,
        /// To one country calling code.
        country_per_hour,
        /// For one purpose.
        purpose_per_minute,
        /// In all.
        all_per_minute,
    }
}

limits! {
    /// `[limits.failures]`
    Failures in "failures" {
        /// For one phone number or e-mail address, per purpose.
        destination_per_day,
        /// Of one customer, per purpose.
        customer_per_day,
        /// Of one customer since the last right code, per purpose.
        customer_in_a_row,
        /// From one client address.
        address_per_hour,
        /// Of the same code, for whomever.
        same_code_per_hour,
        /// For one purpose, and for the BNE family.
        purpose_per_minute,
    }
}

limits! {
    /// `[limits.challenges]`
    Challenges in "challenges" {
        /// Calls of one client.
        client_per_minute,
        /// Challenges for one customer.
        customer_per_hour,
        /// Calls from one client address.
        address_per_minute,
        /// Calls in all.
        all_per_minute,
    }
}

impl Limits {
    pub(super) fn check(&self, problems: &mut Problems) {
        if let Some(wait) = self.resend_wait_secs {
            problems.within("limits.resend_wait_secs", wait.into(), 0, 300);
        }
        self.sends.check(problems);
        self.failures.check(problems);
        self.challenges.check(problems);
        if self.failures.customer_in_a_row.is_some_and(|limit| limit == 0 || limit > 100) {
            let problem = "must be 1 to 100: NIST SP 800-63B-4 §3.2.2 allows no more failures in a row";
            problems.add("limits.failures.customer_in_a_row", problem);
        }
    }
}
