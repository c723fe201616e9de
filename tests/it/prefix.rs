//! The toll-fraud guard's state machine: every edge, at times that a test sets. [`crate::toll_fraud`] sees it on a server.

mod properties;

use crate::support::domain::noon;
use crate::support::office::order;
use chrono::TimeDelta;
use countersign::domain::audit::DONE;
use countersign::domain::flow::Timestamp;
use countersign::domain::operator::{Actor, Stamp};
use countersign::domain::policy::Purpose;
use countersign::domain::prefix::*;
use countersign::domain::recipient::{AddressError, PhoneNumber};

const MOMENT: TimeDelta = TimeDelta::milliseconds(1);
const SLOW_INTERVAL: TimeDelta = TimeDelta::seconds(10);

/// Small limits: slowed at the fourth send, stopped at the eighth.
fn watch() -> Watch {
    Watch {
        window: TimeDelta::hours(1),
        slow: Limit { sends: 20, sample: 4, percent: 50 },
        slow_interval: SLOW_INTERVAL,
        stop: Limit { sends: 40, sample: 8, percent: 25 },
        stop_first: TimeDelta::hours(1),
        stop_max: TimeDelta::hours(4),
    }
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

fn prefix(text: &str) -> Prefix {
    Prefix::parse(text).unwrap()
}

/// A range of numbers, and what the guard knows of it.
struct Range {
    guard: Guard,
    rulings: Vec<Ruled>,
    kept: Option<Kept>,
    shifts: Vec<Shift>,
    at: Timestamp,
}

impl Range {
    fn new(watch: Watch) -> Self {
        let guard = Guard { watch: Some(watch), ..Guard::unwatched() };
        Self { guard, rulings: Vec::new(), kept: None, shifts: Vec::new(), at: noon() }
    }

    fn seen(&self) -> [Seen; 1] {
        let phone = number("+525512345678");
        let look = Look { prefix: Prefix::of(&phone, self.guard.digits), phone, purpose: Purpose::PreLogin };
        [Seen { look, rulings: self.rulings.clone(), kept: self.kept.clone() }]
    }

    fn take(&mut self, counted: Counted) {
        for kept in counted.write {
            self.kept = Some(kept);
        }
        self.shifts.extend(counted.shifts);
    }

    fn send(&mut self) -> Result<(), HeldBack> {
        admit(&self.guard, &self.seen(), self.at).map(|counted| self.take(counted))
    }

    fn verify(&mut self) {
        let counted = verified(&self.guard, &self.seen(), self.at);
        self.take(counted);
    }

    fn pass(&mut self, time: TimeDelta) {
        self.at += time;
    }

    fn state(&self) -> State {
        self.kept.as_ref().map_or(State::Open, |kept| kept.state)
    }

    /// Sends as soon as each may go out, until it is stopped. Returns how many went out.
    fn pump(&mut self) -> u32 {
        for n in 0.. {
            match self.send() {
                Ok(()) => {}
                Err(HeldBack { cause: Cause::Slowed, retry_after }) => {
                    self.pass(TimeDelta::seconds(retry_after.into()));
                    self.send().unwrap();
                }
                Err(held_back) => {
                    assert_eq!(held_back, HeldBack { cause: Cause::Stopped, retry_after: 3600 });
                    return n;
                }
            }
        }
        unreachable!("it is never stopped")
    }

    /// The changes of state so far, from the first on: where to.
    fn went(&self) -> Vec<&'static str> {
        self.shifts.iter().map(|shift| shift.to.as_str()).collect()
    }
}

#[test]
fn sends_that_nobody_answers_slow_a_prefix_then_stop_it() {
    let mut range = Range::new(watch());
    for _ in 0..4 {
        assert_eq!((range.state(), range.send()), (State::Open, Ok(())));
    }
    assert_eq!(range.state(), State::Slowed);
    range.pass(SLOW_INTERVAL - MOMENT * 3001);
    assert_eq!(range.send(), Err(HeldBack { cause: Cause::Slowed, retry_after: 4 }), "whole seconds, rounded up");
    range.pass(MOMENT * 3000);
    assert_eq!(range.send(), Err(HeldBack { cause: Cause::Slowed, retry_after: 1 }));
    range.pass(MOMENT);
    for _ in 4..8 {
        assert_eq!((range.state(), range.send()), (State::Slowed, Ok(())));
        range.pass(SLOW_INTERVAL);
    }
    let until = range.at - SLOW_INTERVAL + TimeDelta::hours(1);
    assert_eq!(range.state(), State::Stopped { until });
    range.at = until - MOMENT;
    assert_eq!(range.send(), Err(HeldBack { cause: Cause::Stopped, retry_after: 3600 }));
    let [slowed, stopped] = &range.shifts[..] else { panic!("{:?}", range.shifts) };
    assert_eq!((slowed.from, slowed.to, slowed.sent, slowed.verified), (State::Open, State::Slowed, 4, 0));
    assert_eq!((stopped.from, stopped.to, stopped.sent), (State::Slowed, State::Stopped { until }, 8));
    assert_eq!((stopped.prefix.as_str(), stopped.purpose), ("+52551", Purpose::PreLogin));
}

#[test]
fn a_stop_ends_by_itself_each_lasts_twice_as_long_and_after_a_calm_time_the_next_is_a_first_one() {
    let mut range = Range::new(watch());
    let mut lasted = Vec::new();
    for round in 0..5 {
        assert_eq!(range.pump(), 8, "round {round} begins with fresh counts");
        let State::Stopped { until } = range.state() else { panic!("{:?}", range.state()) };
        lasted.push((until - range.at).num_minutes());
        range.at = until;
    }
    assert_eq!(lasted, [60, 120, 240, 240, 240]);
    range.pass(TimeDelta::hours(4) + MOMENT);
    assert_eq!(range.pump(), 8);
    let State::Stopped { until } = range.state() else { panic!("{:?}", range.state()) };
    assert_eq!(until - range.at, TimeDelta::hours(1));
    assert_eq!(range.went()[..5], ["slowed", "stopped", "open", "slowed", "stopped"]);
}

#[test]
fn codes_that_are_verified_open_a_slowed_prefix_again() {
    let mut range = Range::new(watch());
    for _ in 0..4 {
        range.send().unwrap();
    }
    range.verify();
    range.verify();
    assert!(range.send().is_err(), "50 percent is not clearly better than the limit");
    range.verify();
    range.send().unwrap();
    assert_eq!((range.state(), range.went()), (State::Open, vec!["slowed", "open"]));
}

#[test]
fn a_slowed_prefix_opens_when_its_counts_are_over_and_not_at_the_edge_of_the_limit() {
    let mut range = Range::new(watch());
    for _ in 0..4 {
        range.send().unwrap();
    }
    range.pass(TimeDelta::minutes(65) - MOMENT);
    range.send().unwrap();
    assert_eq!(range.state(), State::Slowed);
    range.pass(TimeDelta::minutes(65));
    range.send().unwrap();
    assert_eq!(range.went(), ["slowed", "open"]);
}

#[test]
fn many_sends_slow_a_prefix_and_more_stop_it_however_many_are_verified() {
    let mut range = Range::new(watch());
    for n in 1..=40 {
        if range.state() == State::Slowed {
            range.pass(SLOW_INTERVAL);
        }
        range.send().unwrap();
        range.verify();
        let expected = if n < 20 {
            "open"
        } else if n < 40 {
            "slowed"
        } else {
            "stopped"
        };
        assert_eq!(range.state().as_str(), expected, "after {n}");
    }
}

#[test]
fn nothing_is_stopped_that_was_not_slowed_before() {
    let mut range = Range::new(watch());
    for _ in 0..10 {
        range.send().unwrap();
        range.verify();
    }
    range.pass(TimeDelta::minutes(55));
    for _ in 0..7 {
        range.send().unwrap();
    }
    assert_eq!(range.state(), State::Open);
    // Those that were verified do not count any more: eight of eight were not.
    range.pass(TimeDelta::minutes(11));
    range.send().unwrap();
    assert_eq!(range.state(), State::Slowed);
    range.pass(SLOW_INTERVAL);
    range.send().unwrap();
    assert!(matches!(range.state(), State::Stopped { .. }));
}

#[test]
fn a_send_that_no_provider_took_counts_for_nothing() {
    let mut range = Range::new(watch());
    for _ in 0..30 {
        range.send().unwrap();
        let counted = unsent(&range.guard, &range.seen(), range.at);
        range.take(counted);
    }
    assert_eq!((range.state(), range.kept.unwrap().window.totals()), (State::Open, (0, 0)));
}

#[test]
fn what_is_verified_or_taken_back_of_a_prefix_that_is_not_known_any_more_is_not_counted() {
    let range = Range::new(watch());
    assert_eq!(verified(&range.guard, &range.seen(), range.at), Counted::default());
    assert_eq!(unsent(&range.guard, &range.seen(), range.at), Counted::default());
}

#[test]
fn a_clock_that_is_set_back_holds_nothing_longer() {
    let mut range = Range::new(watch());
    for _ in 0..4 {
        range.send().unwrap();
    }
    range.pass(-TimeDelta::hours(1));
    range.send().unwrap();
    assert_eq!(range.state(), State::Slowed);
    range.pass(TimeDelta::hours(1));
    range.pump();
    range.pass(-TimeDelta::hours(5));
    range.send().unwrap();
    assert_eq!(range.state(), State::Open, "no stop is longer than the longest");
}

fn ruled(text: &str, ruling: Ruling) -> Ruled {
    Ruled { prefix: prefix(text), ruling, stamp: Stamp { by: Actor::parse("rosa").unwrap(), at: noon() }, reason: None }
}

#[test]
fn an_operators_word_goes_before_the_counts_and_that_for_the_longest_prefix_before_the_others() {
    let mut range = Range::new(watch());
    let until = noon() + TimeDelta::hours(2);
    range.rulings = vec![ruled("+52", Ruling::Blocked)];
    assert_eq!(range.send(), Err(HeldBack { cause: Cause::Blocked, retry_after: 3600 }));
    range.rulings.push(ruled("+525", Ruling::Exempt { until }));
    for _ in 0..50 {
        range.send().unwrap();
    }
    assert_eq!((range.state(), range.shifts.len()), (State::Open, 0), "counted and not judged");
    assert_eq!(range.kept.as_ref().unwrap().window.totals(), (50, 0));
    range.rulings.push(ruled("+5255", Ruling::Blocked));
    assert!(range.send().is_err());
    range.rulings.pop();
    range.at = until;
    assert_eq!(range.send().unwrap_err().cause, Cause::Blocked, "the exemption is over");
    range.rulings.remove(0);
    range.send().unwrap();
}

#[test]
fn without_limits_nothing_is_counted_but_blocks_and_countries_hold() {
    let mut range = Range::new(watch());
    range.guard.watch = None;
    for _ in 0..100 {
        range.send().unwrap();
    }
    assert_eq!(range.kept, None);
    range.rulings = vec![ruled("+5255", Ruling::Blocked)];
    assert!(range.send().is_err());
    range.rulings.clear();
    range.guard.countries = Countries::new(&[], &[Country::parse("MX").unwrap()]);
    assert_eq!(range.send(), Err(HeldBack { cause: Cause::Country, retry_after: 3600 }));
}

#[test]
fn a_prefix_is_a_calling_code_and_a_few_digits_and_never_the_last_four() {
    let of = |text: &str, digits| Prefix::of(&number(text), digits).as_str().to_owned();
    assert_eq!(of("+525512345678", 3), "+52551");
    assert_eq!(of("+525512345678", 0), "+52");
    assert_eq!(of("+12425550123", 4), "+12425");
    assert_eq!(of("+35212345678", 3), "+352123");
    // The shortest there is: five digits behind a calling code of three.
    assert_eq!(of("+35212345", 3), "+3521");
    let all: Vec<_> = Prefix::all_of(&number("+525512345678")).iter().map(Prefix::to_string).collect();
    assert_eq!(all, ["+52", "+525", "+5255", "+52551", "+525512"]);
    let all: Vec<_> = Prefix::all_of(&number("+35212345")).iter().map(Prefix::to_string).collect();
    assert_eq!(all, ["+352", "+3521"]);
}

#[test]
fn what_is_no_prefix_is_told_apart() {
    use AddressError::*;
    let cases = [
        ("52", NoPlus),
        ("", NoPlus),
        ("+", CallingCode),
        ("+5", CallingCode),
        ("+999", CallingCode),
        ("+052", CallingCode),
        ("+52 55", NotDigits),
        ("+5255123", Length),
        ("+12345678", Length),
    ];
    for (text, problem) in cases {
        assert_eq!(Prefix::parse(text), Err(problem), "{text}");
    }
    for text in ["+52", "+525512", "+1", "+12345", "+352", "+3521234"] {
        assert_eq!(prefix(text).as_str(), text);
    }
}

#[test]
fn limits_have_bounds_and_a_stop_needs_more_than_slowing() {
    assert_eq!(Watch::default().check(), Ok(()));
    let broken = |change: fn(&mut Watch)| {
        let mut watch = Watch::default();
        change(&mut watch);
        watch.check().expect_err("it is out of bounds").0
    };
    assert_eq!(broken(|watch| watch.window = TimeDelta::seconds(599)), "window_secs");
    assert_eq!(broken(|watch| watch.slow.sends = 1), "slow_sends");
    assert_eq!(broken(|watch| watch.slow.sample = 0), "slow_sample");
    assert_eq!(broken(|watch| watch.slow.percent = 91), "slow_percent");
    assert_eq!(broken(|watch| watch.slow_interval = TimeDelta::zero()), "slow_interval_secs");
    assert_eq!(broken(|watch| watch.stop.sends = 300), "stop_sends");
    assert_eq!(broken(|watch| watch.stop.sample = 30), "stop_sample");
    assert_eq!(broken(|watch| watch.stop.percent = 31), "stop_percent");
    assert_eq!(broken(|watch| watch.stop_first = TimeDelta::seconds(59)), "stop_first_secs");
    assert_eq!(broken(|watch| watch.stop_max = TimeDelta::seconds(3599)), "stop_max_secs");
}

fn change(text: &str, action: Action) -> Change {
    Change { order: order(noon()), prefix: prefix(text), reason: Reason::parse("pumping"), action }
}

#[test]
fn an_operator_blocks_and_releases_and_the_trail_says_so() {
    let blocked = step(&change("+52551", Action::Block), &Found::default());
    assert_eq!(blocked.ruling.as_ref().map(|ruled| ruled.ruling), Some(Ruling::Blocked));
    assert_eq!((blocked.decision, blocked.forget), (Ok(()), false));
    assert_eq!((blocked.audit.subject.as_str(), blocked.audit.outcome), ("prefix +52551", DONE));
    let found = Found { rulings: blocked.ruling.into_iter().collect(), held: 1 };
    let release = |exempt_until| Action::Release { exempt_until };
    let released = step(&change("+52551", release(None)), &found);
    assert_eq!((released.ruling, released.forget, released.decision), (None, true, Ok(())));
    // A block of a shorter one goes on: whoever thinks that it does not is told.
    let covered = step(&change("+525512", release(None)), &found);
    assert_eq!((covered.decision, covered.forget, covered.audit.outcome), (Err(Refusal::Covered), false, "covered"));
    let until = noon() + EXEMPT_MAX;
    let exempt = step(&change("+525512", release(Some(until))), &found);
    assert_eq!(exempt.ruling.map(|ruled| ruled.ruling), Some(Ruling::Exempt { until }));
    for until in [noon(), until + MOMENT] {
        let refused = step(&change("+52551", release(Some(until))), &found);
        assert_eq!((refused.decision, refused.ruling), (Err(Refusal::Exemption), None));
    }
}

#[test]
fn a_reason_has_bounds() {
    assert!(Reason::parse(&"ñ".repeat(200)).is_some());
    for text in ["", "a\nb", "\u{7f}", &"x".repeat(201)] {
        assert!(Reason::parse(text).is_none(), "{text:?}");
    }
}
