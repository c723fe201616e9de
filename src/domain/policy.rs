//! What an operator may decide about a flow, per purpose and within bounds.

use super::recipient::Channel;
use chrono::TimeDelta;

/// Why a code is asked for. Each has its own pair of operations, policy and limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Before login: someone opens an account and proves the phone is theirs.
    PreLogin,
    /// A customer resets the security questions.
    SecurityQuestions,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Purpose; 2] = [Purpose::PreLogin, Purpose::SecurityQuestions];

    /// The name used in the configuration, logs, templates and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::PreLogin => "pre_login",
            Purpose::SecurityQuestions => "security_questions",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// What a customer is shown before a code is sent: the API's `communicationType` and `sacPreferenceCriteria`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Presentation {
    /// All addresses are shown, the customer picks.
    #[default]
    All,
    /// The primary address is shown and used.
    Primary,
    /// Nothing is shown; the code goes to the primary address at once.
    NoValue,
}

impl Presentation {
    /// Every presentation.
    pub const ALL: [Presentation; 3] = [Presentation::All, Presentation::Primary, Presentation::NoValue];

    /// The name used in the configuration and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Presentation::All => "all",
            Presentation::Primary => "primary",
            Presentation::NoValue => "no_value",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|presentation| presentation.as_str() == text)
    }
}

/// Which set of bounds a policy keeps to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// NIST SP 800-63B-4 §3.1.3: at least six digits, ten minutes at most, e-mail never on its own.
    #[default]
    Nist,
    /// The bounds DBX administrators know: three digits and up, twenty resends, e-mail as good as a phone.
    DbxCompat,
}

/// The rules of one purpose. Values are within the bounds of `profile`: see [`Policy::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Which bounds hold.
    pub profile: Profile,
    /// `false` turns the step off: callers are told that no code is needed.
    pub required: bool,
    /// Digits of a code.
    pub code_digits: u8,
    /// How long a code is accepted.
    pub code_lifetime: TimeDelta,
    /// How often a code may be sent again in one flow.
    pub resends_max: u8,
    /// Wrong codes until the flow is locked.
    pub failed_attempts_max: u8,
    /// Codes sent per customer and per destination on one UTC day.
    pub daily_codes_max: u32,
    /// What the customer is shown.
    pub presentation: Presentation,
    /// Which kind of address is the primary one, where a customer has both.
    pub primary: Channel,
}

impl Policy {
    /// The defaults of a profile: 6 digits, 3 minutes, 3 resends, 3 attempts, 10 codes a day.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            required: true,
            code_digits: 6,
            code_lifetime: TimeDelta::minutes(3),
            resends_max: 3,
            failed_attempts_max: 3,
            daily_codes_max: 10,
            presentation: Presentation::All,
            primary: Channel::Sms,
        }
    }

    /// Whether an e-mail may carry the code alone; if not, it may only go along with a text message.
    pub fn email_alone(&self) -> bool {
        self.profile == Profile::DbxCompat
    }

    /// Says which value is out of bounds: its configuration key and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let (digits_min, resends_max) = match self.profile {
            Profile::Nist => (6, 5),
            Profile::DbxCompat => (3, 20),
        };
        let profile = match self.profile {
            Profile::Nist => "nist",
            Profile::DbxCompat => "dbx-compat",
        };
        let within = |key, value: i64, min: i64, max: i64| {
            if (min..=max).contains(&value) {
                Ok(())
            } else {
                Err((key, format!("{value} is outside {min} to {max}, the bounds of profile \"{profile}\"")))
            }
        };
        within("code_digits", self.code_digits.into(), digits_min, 8)?;
        within("code_lifetime_secs", self.code_lifetime.num_seconds(), 60, 600)?;
        within("resends_max", self.resends_max.into(), 0, resends_max)?;
        within("failed_attempts_max", self.failed_attempts_max.into(), 1, 5)?;
        within("daily_codes_max", self.daily_codes_max.into(), 1, 1000)?;
        if self.primary == Channel::Email && !self.email_alone() {
            return Err(("primary", format!("profile \"{profile}\" does not let an e-mail be the only factor")));
        }
        Ok(())
    }
}
