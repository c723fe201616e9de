//! Limits that outlive flows and transactions: how many codes are sent, and how many guesses are made, for whom, by whom and
//! in all.
//!
//! A [`Meter`] is one limit on one subject. Before a step is decided the store loads the [`Window`] of each of its meters,
//! and writes back those that the step has raised, in the same atomic step: whoever comes at the same time or
//! after a restart finds them raised. Subjects are names, numbers and addresses; the store keeps keyed hashes of
//! them only.
//!
//! What is full answers in one of three ways ([`Stage`]): who calls too often is told to wait before anything else is looked at;
//! a customer or destination that has had enough gets the code of the DBX family; a resend that comes too early, or a country
//! to which too much is sent, is told to wait once the flow is known. `docs/limits.md` has the whole table, with reasons.

mod window;

pub use window::{Rule, Window};

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use zeroize::Zeroizing;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Sends of one flow: the time between two of them.
    FlowSends,
    /// Sends to one destination.
    DestinationSends,
    /// Sends to one customer.
    CustomerSends,
    /// Sends that one app asks for.
    AppSends,
    /// Sends that one client address asks for.
    AddressSends,
    /// Sends to one country calling code.
    CountrySends,
    /// Sends for one purpose.
    PurposeSends,
    /// All sends.
    AllSends,
    /// Wrong codes for one destination.
    DestinationFailures,
    /// Wrong codes of one customer.
    CustomerFailures,
    /// Wrong codes of one customer since the last right one, however long that takes (NIST SP 800-63B-4 §3.2.2).
    CustomerStreak,
    /// Wrong codes from one client address.
    AddressFailures,
    /// The same wrong code, for whomever: guessing the other way round.
    SameCodeFailures,
    /// Wrong codes for one purpose.
    PurposeFailures,
    /// Calls of one BNE client.
    ClientCalls,
    /// Challenges for one customer.
    CustomerChallenges,
    /// Calls to the BNE family from one client address.
    AddressCalls,
    /// All calls to the BNE family.
    AllCalls,
}

/// When a limit is looked at, and how a call is answered that meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before anything else: 429.
    Caller,
    /// Where the daily limit is: 10509 for a send, 10519 for a code.
    Subject,
    /// After that: 429.
    Late,
}

impl Kind {
    /// The name used in the database, the log and the documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FlowSends => "flow_sends",
            Self::DestinationSends => "destination_sends",
            Self::CustomerSends => "customer_sends",
            Self::AppSends => "app_sends",
            Self::AddressSends => "address_sends",
            Self::CountrySends => "country_sends",
            Self::PurposeSends => "purpose_sends",
            Self::AllSends => "all_sends",
            Self::DestinationFailures => "destination_failures",
            Self::CustomerFailures => "customer_failures",
            Self::CustomerStreak => "customer_streak",
            Self::AddressFailures => "address_failures",
            Self::SameCodeFailures => "same_code_failures",
            Self::PurposeFailures => "purpose_failures",
            Self::ClientCalls => "client_calls",
            Self::CustomerChallenges => "customer_challenges",
            Self::AddressCalls => "address_calls",
            Self::AllCalls => "all_calls",
        }
    }

    /// When it is looked at.
    pub fn stage(self) -> Stage {
        match self {
            Self::DestinationSends
            | Self::CustomerSends
            | Self::DestinationFailures
            | Self::CustomerFailures
            | Self::CustomerStreak => Stage::Subject,
            Self::FlowSends | Self::CountrySends => Stage::Late,
            Self::AppSends
            | Self::AddressSends
            | Self::PurposeSends
            | Self::AllSends
            | Self::AddressFailures
            | Self::SameCodeFailures
            | Self::PurposeFailures
            | Self::ClientCalls
            | Self::CustomerChallenges
            | Self::AddressCalls
            | Self::AllCalls => Stage::Caller,
        }
    }

    /// Whether it counts wrong codes.
    pub fn counts_failures(self) -> bool {
        matches!(
            self,
            Self::DestinationFailures
                | Self::CustomerFailures
                | Self::CustomerStreak
                | Self::AddressFailures
                | Self::SameCodeFailures
                | Self::PurposeFailures
        )
    }
}

/// The limits in force; `None` for one that is turned off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the limit of the kind of its name")]
pub struct Limits {
    pub flow_sends: Option<Rule>,
    pub destination_sends: Option<Rule>,
    pub customer_sends: Option<Rule>,
    pub app_sends: Option<Rule>,
    pub address_sends: Option<Rule>,
    pub country_sends: Option<Rule>,
    pub purpose_sends: Option<Rule>,
    pub all_sends: Option<Rule>,
    pub destination_failures: Option<Rule>,
    pub customer_failures: Option<Rule>,
    pub customer_streak: Option<Rule>,
    pub address_failures: Option<Rule>,
    pub same_code_failures: Option<Rule>,
    pub purpose_failures: Option<Rule>,
    pub client_calls: Option<Rule>,
    pub customer_challenges: Option<Rule>,
    pub address_calls: Option<Rule>,
    pub all_calls: Option<Rule>,
}

/// NIST SP 800-63B-4 §3.2.2: at most this many failures in a row on one account.
pub const STREAK_MAX: u32 = 100;
const MINUTE: u32 = 60;
const HOUR: u32 = 3600;
const DAY: u32 = 86_400;

impl Default for Limits {
    fn default() -> Self {
        let at_most = |max, span_secs| Some(Rule { max, span_secs });
        Self {
            flow_sends: at_most(1, 20),
            destination_sends: at_most(10, HOUR),
            customer_sends: at_most(10, HOUR),
            app_sends: at_most(1200, MINUTE),
            address_sends: at_most(300, HOUR),
            country_sends: at_most(20_000, HOUR),
            purpose_sends: at_most(1200, MINUTE),
            all_sends: at_most(2000, MINUTE),
            destination_failures: at_most(15, DAY),
            customer_failures: at_most(15, DAY),
            // No span: only a right code or an operator ends it.
            customer_streak: at_most(STREAK_MAX, u32::MAX),
            address_failures: at_most(100, HOUR),
            same_code_failures: at_most(30, HOUR),
            purpose_failures: at_most(300, MINUTE),
            client_calls: at_most(3000, MINUTE),
            customer_challenges: at_most(60, HOUR),
            address_calls: at_most(1200, MINUTE),
            all_calls: at_most(6000, MINUTE),
        }
    }
}

impl Limits {
    /// No limit at all, for tests of something else.
    pub const fn none() -> Self {
        Self {
            flow_sends: None,
            destination_sends: None,
            customer_sends: None,
            app_sends: None,
            address_sends: None,
            country_sends: None,
            purpose_sends: None,
            all_sends: None,
            destination_failures: None,
            customer_failures: None,
            customer_streak: None,
            address_failures: None,
            same_code_failures: None,
            purpose_failures: None,
            client_calls: None,
            customer_challenges: None,
            address_calls: None,
            all_calls: None,
        }
    }

    /// The rule of a kind.
    pub fn rule(&self, kind: Kind) -> Option<Rule> {
        match kind {
            Kind::FlowSends => self.flow_sends,
            Kind::DestinationSends => self.destination_sends,
            Kind::CustomerSends => self.customer_sends,
            Kind::AppSends => self.app_sends,
            Kind::AddressSends => self.address_sends,
            Kind::CountrySends => self.country_sends,
            Kind::PurposeSends => self.purpose_sends,
            Kind::AllSends => self.all_sends,
            Kind::DestinationFailures => self.destination_failures,
            Kind::CustomerFailures => self.customer_failures,
            Kind::CustomerStreak => self.customer_streak,
            Kind::AddressFailures => self.address_failures,
            Kind::SameCodeFailures => self.same_code_failures,
            Kind::PurposeFailures => self.purpose_failures,
            Kind::ClientCalls => self.client_calls,
            Kind::CustomerChallenges => self.customer_challenges,
            Kind::AddressCalls => self.address_calls,
            Kind::AllCalls => self.all_calls,
        }
    }
}

/// One limit on one subject. No `Debug` shows the subject: it may be a number, an address or a code.
#[derive(Clone, PartialEq, Eq)]
pub struct Meter {
    /// What is limited.
    pub kind: Kind,
    /// Counts apart: the purpose, or `bne`, or nothing.
    pub scope: &'static str,
    /// Whose count it is.
    pub subject: Zeroizing<String>,
    /// How many, and in what time.
    pub rule: Rule,
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("kind", &self.kind).field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// The meters of a step, as they are being put together.
pub(super) struct Meters<'a> {
    limits: &'a Limits,
    all: Vec<Meter>,
}

impl<'a> Meters<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, all: Vec::with_capacity(10) }
    }

    /// One more, unless it is turned off.
    pub(super) fn add(&mut self, kind: Kind, scope: &'static str, subject: &str) {
        if let Some(rule) = self.limits.rule(kind) {
            self.all.push(Meter { kind, scope, subject: Zeroizing::new(subject.to_owned()), rule });
        }
    }

    pub(super) fn all(self) -> Vec<Meter> {
        self.all
    }
}

/// Meters with what the store has found of each.
pub(super) struct Metered<'a> {
    meters: &'a [Meter],
    windows: &'a [Window],
    now: super::flow::Timestamp,
}

impl<'a> Metered<'a> {
    /// The windows stand in the order of their meters.
    pub(super) fn new(meters: &'a [Meter], windows: &'a [Window], now: super::flow::Timestamp) -> Self {
        Self { meters, windows, now }
    }

    fn pairs(&self) -> impl Iterator<Item = (&'a Meter, &'a Window)> {
        self.meters.iter().zip(self.windows)
    }

    /// The longest wait of those limits of a stage that are full, in seconds. All of them are looked at in any case.
    pub(super) fn full(&self, stage: Stage) -> Option<u32> {
        let of_stage = self.pairs().filter(|(meter, _)| meter.kind.stage() == stage);
        of_stage.filter_map(|(meter, window)| window.wait_secs(meter.rule, self.now)).max()
    }

    /// Those that `which` chooses, each with one more.
    pub(super) fn raised(&self, which: impl Fn(Kind) -> bool) -> Vec<(Meter, Window)> {
        let chosen = self.pairs().filter(|(meter, _)| which(meter.kind));
        chosen.map(|(meter, window)| (meter.clone(), window.raised(meter.rule, self.now))).collect()
    }

    /// Those that `which` chooses and that have counted something, with nothing counted.
    pub(super) fn cleared(&self, which: impl Fn(Kind) -> bool) -> Vec<(Meter, Window)> {
        let chosen = self.pairs().filter(|(meter, window)| which(meter.kind) && !window.is_empty());
        chosen.map(|(meter, _)| (meter.clone(), Window::default())).collect()
    }
}

/// What is counted for a client address: one customer of an IPv6 provider has a /64 at least, so that is what counts, and
/// an IPv4 address in IPv6 clothes is the IPv4 address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
    }
}
