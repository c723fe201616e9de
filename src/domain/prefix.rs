//! The toll-fraud guard: text messages to a phone prefix that nobody answers.
//!
//! Whoever earns on the messages that a range of numbers gets has codes sent there and never types one in. So each prefix (a
//! calling code and a few digits) has a count of codes sent and of codes verified, over a window that slides, for each purpose:
//! the public pre-login must not close a prefix to customers who are known.
//!
//! ```text
//!            slow limit reached                stop limit reached
//!   open ─────────────────────────► slowed ─────────────────────────► stopped
//!    ▲  ▲                              │                                 │
//!    │  └──────────────────────────────┘                                 │
//!    │   clearly better, at the next send                                │
//!    └───────────────────────────────────────────────────────────────────┘
//!        its time is over, at the next send; the counts begin anew
//!
//!   whatever its state: an operator blocks it, until it is released,
//!                       or exempts it, until a moment: sends are counted, not judged
//! ```
//!
//! *Open*: sends go out. *Slowed*: one send each [`Watch::slow_interval`]; that gives honest customers the time to type in their
//! codes, which opens the prefix again. *Stopped*: none, at first for [`Watch::stop_first`], after each further stop for twice as
//! long. A limit is reached by many sends, or by enough sends of which too few were verified. Nothing stops a prefix that was
//! not slowed before, and a send that is refused counts for nothing.
//!
//! Everything here is pure: the time is an argument, the store calls it inside the step that sends or verifies.

mod country;
mod ruling;
mod window;

use super::flow::Timestamp;
use super::policy::Purpose;
use super::recipient::{AddressError, PhoneNumber, calling_code};
use chrono::TimeDelta;
use std::fmt;

pub use country::{Countries, Country};
pub use ruling::{Action, Change, EXEMPT_MAX, Found, Reason, Refusal, Ruled, Ruling, Step, in_force, step};
pub use window::{Bucket, Window};

/// The most digits behind the calling code.
pub const DIGITS_MAX: u8 = 4;

/// So many digits of a number are never part of its prefix, so that a prefix names no one.
const DIGITS_OFF: usize = 4;

/// What a caller is told to wait who meets a stop, a block or a country that gets no messages. The same for all of them.
const RETRY_LATER: u32 = 3600;

/// The beginning of phone numbers: `+`, a country calling code, up to [`DIGITS_MAX`] digits. No personal data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix(String);

impl Prefix {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let digits = text.strip_prefix('+').ok_or(AddressError::NoPlus)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AddressError::NotDigits);
        }
        let code = calling_code(digits).ok_or(AddressError::CallingCode)?;
        if digits.len() - code.len() > DIGITS_MAX.into() {
            Err(AddressError::Length)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// That of a number: the calling code and so many digits, but never the last ones.
    pub fn of(phone: &PhoneNumber, digits: u8) -> Self {
        let number = phone.expose();
        let code = 1 + phone.calling_code().len();
        let length = (code + usize::from(digits)).min(number.len() - DIGITS_OFF).max(code);
        Self(number[..length].to_owned())
    }

    /// Every prefix that a number has, the shortest first: its calling code alone, then with one digit more each.
    pub fn all_of(phone: &PhoneNumber) -> Vec<Self> {
        Self::of(phone, DIGITS_MAX).shorter()
    }

    /// Itself and the shorter ones that it begins with, down to the calling code.
    pub fn shorter(&self) -> Vec<Self> {
        let code = calling_code(&self.0[1..]).map_or(self.0.len(), |code| 1 + code.len());
        (code..=self.0.len()).map(|length| Self(self.0[..length].to_owned())).collect()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What goes for text messages, wherever they are sent to.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The countries whose numbers get any.
    pub countries: Countries,
    /// Digits of a prefix, behind the calling code; at most [`DIGITS_MAX`].
    pub digits: u8,
    /// The limits of a prefix; `None` counts nothing. Countries and operators' rulings hold all the same.
    pub watch: Option<Watch>,
}

impl Guard {
    /// Lets everything through but what an operator has blocked.
    pub fn unwatched() -> Self {
        Self { countries: Countries::default(), digits: 3, watch: None }
    }
}

/// When a prefix reaches a state: `sends` in the window, or `sample` of them if less than `percent` of all were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// This many sends.
    pub sends: u32,
    /// Fewer sends than this say nothing about how many are verified.
    pub sample: u32,
    /// Codes verified, in percent of the sends.
    pub percent: u32,
}

/// The limits of a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What counts: the sends and codes of this time.
    pub window: TimeDelta,
    /// Slows an open prefix.
    pub slow: Limit,
    /// Between two sends to a slowed prefix.
    pub slow_interval: TimeDelta,
    /// Stops a slowed prefix.
    pub stop: Limit,
    /// How long the first stop lasts.
    pub stop_first: TimeDelta,
    /// How long a stop lasts at most, and how long a prefix must be without one until the next is a first one again.
    pub stop_max: TimeDelta,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            window: TimeDelta::hours(1),
            slow: Limit { sends: 300, sample: 30, percent: 30 },
            slow_interval: TimeDelta::seconds(5),
            stop: Limit { sends: 900, sample: 60, percent: 10 },
            stop_first: TimeDelta::hours(1),
            stop_max: TimeDelta::days(1),
        }
    }
}

impl Limit {
    fn reached(&self, sent: u32, verified: u32) -> bool {
        let few = u64::from(verified) * 100 < u64::from(sent) * u64::from(self.percent);
        sent >= self.sends || (sent >= self.sample && few)
    }

    /// What a slowed prefix must be below to open again: three quarters of the counts, five percent more verified. Without the
    /// distance it would go to and fro, and tell each time.
    fn better(&self) -> Self {
        let most = |count: u32| (count - count / 4).max(1);
        Self { sends: most(self.sends), sample: most(self.sample), percent: (self.percent + 5).min(100) }
    }
}

impl Watch {
    /// Says which value is out of bounds: its configuration key and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let within = |key, value: i64, min: i64, max: i64| {
            let problem = || (key, format!("{value} is outside {min} to {max}"));
            if (min..=max).contains(&value) { Ok(()) } else { Err(problem()) }
        };
        within("window_secs", self.window.num_seconds(), 600, 86_400)?;
        within("slow_sends", self.slow.sends.into(), 2, 10_000_000)?;
        within("slow_sample", self.slow.sample.into(), 2, 1_000_000)?;
        within("slow_percent", self.slow.percent.into(), 0, 90)?;
        within("slow_interval_secs", self.slow_interval.num_seconds(), 1, 600)?;
        let above = |key, value: u32, other, least: u32| {
            let problem = || (key, format!("must be above {other}: {value} is not above {least}"));
            if value > least { Ok(()) } else { Err(problem()) }
        };
        above("stop_sends", self.stop.sends, "slow_sends", self.slow.sends)?;
        within("stop_sends", self.stop.sends.into(), 3, 100_000_000)?;
        above("stop_sample", self.stop.sample, "slow_sample", self.slow.sample)?;
        within("stop_sample", self.stop.sample.into(), 3, 10_000_000)?;
        within("stop_percent", self.stop.percent.into(), 0, self.slow.percent.into())?;
        within("stop_first_secs", self.stop_first.num_seconds(), 60, 86_400)?;
        within("stop_max_secs", self.stop_max.num_seconds(), self.stop_first.num_seconds(), 604_800)
    }
}

/// Where a prefix stands of itself, whatever operators say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Sends go out.
    Open,
    /// Few sends go out.
    Slowed,
    /// None does.
    Stopped {
        /// Before this moment.
        until: Timestamp,
    },
}

impl State {
    /// The name used in the API, logs, metrics and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Slowed => "slowed",
            Self::Stopped { .. } => "stopped",
        }
    }
}

/// What is known of a prefix and a purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The prefix.
    pub prefix: Prefix,
    /// What the codes were for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// Codes sent and verified.
    pub window: Window,
    /// When the last one was sent.
    pub sent_at: Option<Timestamp>,
    /// Stops that followed each other.
    pub stops: u32,
    /// When the last stop ended, or will.
    pub stop_ends: Option<Timestamp>,
}

/// How a prefix stands, by its counts or by an operator's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Sends go out.
    Open,
    /// Few sends go out.
    Slowed,
    /// None does, for some time.
    Stopped,
    /// None does, until an operator releases it.
    Blocked,
    /// Sends go out whatever the counts say.
    Exempt,
}

impl Standing {
    /// Every one of them.
    pub const ALL: [Standing; 5] = [Self::Open, Self::Slowed, Self::Stopped, Self::Blocked, Self::Exempt];

    /// The name used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Slowed => "slowed",
            Self::Stopped => "stopped",
            Self::Blocked => "blocked",
            Self::Exempt => "exempt",
        }
    }

    /// Reads the name back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

/// An item of the operators' list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A prefix that is counted.
    Kept(Kept),
    /// One that an operator has said something of.
    Ruled(Ruled),
}

impl Listed {
    /// Where it stands in the list: an operator's word comes before the counts.
    pub fn key(&self) -> String {
        match self {
            Self::Kept(kept) => format!("{} {}", kept.prefix, kept.purpose.as_str()),
            Self::Ruled(ruled) => format!("{} ", ruled.prefix),
        }
    }
}

/// A change of state, for operators to be told of. Each is told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Of which prefix.
    pub prefix: Prefix,
    /// For which purpose.
    pub purpose: Purpose,
    /// How it stood.
    pub from: State,
    /// How it stands.
    pub to: State,
    /// Codes sent in the window before it.
    pub sent: u32,
    /// Codes verified in the window before it.
    pub verified: u32,
}

/// Why no text message goes to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its country gets none.
    Country,
    /// An operator has blocked its prefix.
    Blocked,
    /// Its prefix is stopped.
    Stopped,
    /// Its prefix is slowed, and it is not yet time for the next one.
    Slowed,
}

/// A send that does not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// For us alone: callers are told the same whatever it is.
    pub cause: Cause,
    /// Seconds to wait, at least 1.
    pub retry_after: u32,
}

/// A number that a code is to go to or went to, and where it is counted: what the store has to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The number.
    pub phone: PhoneNumber,
    /// Its prefix.
    pub prefix: Prefix,
    /// What the code is for.
    pub purpose: Purpose,
}

/// What the store has found for a [`Look`].
#[derive(Clone, Debug)]
pub struct Seen {
    /// What was looked for.
    pub look: Look,
    /// What operators have said of any prefix of the number.
    pub rulings: Vec<Ruled>,
    /// What is known of its prefix.
    pub kept: Option<Kept>,
}

/// What the store has to write, and what operators are to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Prefixes as they are now.
    pub write: Vec<Kept>,
    /// Those that have changed their state.
    pub shifts: Vec<Shift>,
}

/// Decides whether a code goes out to all these numbers, and counts it if it does.
pub fn admit(guard: &Guard, seen: &[Seen], at: Timestamp) -> Result<Counted, HeldBack> {
    let mut counted = Counted::default();
    for seen in seen {
        let later = |cause| Err(HeldBack { cause, retry_after: RETRY_LATER });
        if !guard.countries.admit(&seen.look.phone) {
            return later(Cause::Country);
        }
        let ruling = in_force(&seen.rulings, at).map(|ruled| ruled.ruling);
        if ruling == Some(Ruling::Blocked) {
            return later(Cause::Blocked);
        }
        let Some(watch) = &guard.watch else { continue };
        let mut kept = counted.take(seen, at);
        if ruling.is_none() {
            counted.shifts.extend(kept.judge(watch, at)?);
        }
        kept.window.add_sent(watch.window, at);
        kept.sent_at = Some(at);
        if ruling.is_none() {
            counted.shifts.extend(kept.tighten(watch, at));
        }
        counted.write.push(kept);
    }
    Ok(counted)
}

/// Counts a code that was verified.
pub fn verified(guard: &Guard, seen: &[Seen], at: Timestamp) -> Counted {
    recount(guard, seen, at, |kept, watch| kept.window.add_verified(watch.window, at))
}

/// Takes a send back that no provider has taken: it says nothing about who would have answered.
pub fn unsent(guard: &Guard, seen: &[Seen], at: Timestamp) -> Counted {
    recount(guard, seen, at, |kept, _| kept.window.take_back())
}

/// Counts of a prefix that there are none of are over, and stay so.
fn recount(guard: &Guard, seen: &[Seen], at: Timestamp, count: impl Fn(&mut Kept, &Watch)) -> Counted {
    let mut counted = Counted::default();
    let Some(watch) = &guard.watch else { return counted };
    for seen in seen.iter().filter(|seen| seen.kept.is_some()) {
        let mut kept = counted.take(seen, at);
        count(&mut kept, watch);
        counted.write.push(kept);
    }
    counted
}

impl Counted {
    /// The prefix as it is by now: two numbers may have the same.
    fn take(&mut self, seen: &Seen, at: Timestamp) -> Kept {
        let Look { prefix, purpose, .. } = &seen.look;
        match self.write.iter().position(|kept| kept.prefix == *prefix && kept.purpose == *purpose) {
            Some(n) => self.write.remove(n),
            None => seen.kept.clone().unwrap_or_else(|| Kept::new(prefix.clone(), *purpose, at)),
        }
    }
}

impl Kept {
    /// A prefix of which nothing is known.
    pub fn new(prefix: Prefix, purpose: Purpose, at: Timestamp) -> Self {
        let (window, state) = (Window::default(), State::Open);
        Self { prefix, purpose, state, since: at, window, sent_at: None, stops: 0, stop_ends: None }
    }

    /// Whether one more send may go out, and what has changed by the passing of time alone.
    fn judge(&mut self, watch: &Watch, at: Timestamp) -> Result<Option<Shift>, HeldBack> {
        self.window.slide(at);
        match self.state {
            State::Open => Ok(None),
            // A stop that is longer than any was written under another configuration, or by a clock that was ahead.
            State::Stopped { until } if at < until && until - at <= watch.stop_max => {
                Err(HeldBack { cause: Cause::Stopped, retry_after: RETRY_LATER })
            }
            State::Stopped { .. } => {
                let shift = self.shift(State::Open, at);
                self.window = Window::default();
                Ok(Some(shift))
            }
            State::Slowed => {
                let (sent, verified) = self.window.totals();
                if !watch.slow.better().reached(sent, verified) {
                    return Ok(Some(self.shift(State::Open, at)));
                }
                // A last send that lies ahead was written before the clock was set back.
                let passed = self.sent_at.map(|sent_at| at - sent_at).filter(|passed| *passed >= TimeDelta::zero());
                match passed.map(|passed| watch.slow_interval - passed) {
                    Some(left) if left > TimeDelta::zero() => {
                        let secs = u32::try_from((left.num_milliseconds() + 999) / 1000).unwrap_or(u32::MAX);
                        Err(HeldBack { cause: Cause::Slowed, retry_after: secs.max(1) })
                    }
                    _ => Ok(None),
                }
            }
        }
    }

    /// Slows or stops it, if the send just counted was one too many.
    fn tighten(&mut self, watch: &Watch, at: Timestamp) -> Option<Shift> {
        let (sent, verified) = self.window.totals();
        match self.state {
            State::Open if watch.slow.reached(sent, verified) => Some(self.shift(State::Slowed, at)),
            State::Slowed if watch.stop.reached(sent, verified) => {
                let long_ago = |ended: Timestamp| at - ended > watch.stop_max;
                if self.stop_ends.is_some_and(long_ago) {
                    self.stops = 0;
                }
                let doubled = 1_i32.checked_shl(self.stops).filter(|times| *times > 0).unwrap_or(i32::MAX);
                let lasts = watch.stop_first.checked_mul(doubled).unwrap_or(watch.stop_max).min(watch.stop_max);
                let until = at + lasts;
                self.stops = self.stops.saturating_add(1);
                self.stop_ends = Some(until);
                Some(self.shift(State::Stopped { until }, at))
            }
            _ => None,
        }
    }

    fn shift(&mut self, to: State, at: Timestamp) -> Shift {
        let (sent, verified) = self.window.totals();
        let (prefix, purpose, from) = (self.prefix.clone(), self.purpose, self.state);
        (self.state, self.since) = (to, at);
        Shift { prefix, purpose, from, to, sent, verified }
    }

    /// From this moment on it is like a prefix of which nothing is known.
    pub fn calm_at(&self, watch: &Watch) -> Timestamp {
        let counts = self.window.ends().unwrap_or(self.since);
        let stops = self.stop_ends.map(|ended| ended + watch.stop_max);
        stops.map_or(counts, |stops| stops.max(counts))
    }
}

impl Cause {
    /// The name used in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Country => "country_denied",
            Self::Blocked => "prefix_blocked",
            Self::Stopped => "prefix_stopped",
            Self::Slowed => "prefix_slowed",
        }
    }
}
