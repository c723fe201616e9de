//! How often one client address may call. Counts are in memory and small: this guards the server, not a customer; the
//! limits that guard customers are in the domain and survive a restart.

use crate::domain::limit::network;
use crate::domain::ports::Clock;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The most addresses that are remembered.
pub const ADDRESSES_MAX: usize = 100_000;

/// A clock that goes back further than this was set; calls that overtake each other see less.
const SET_BACK_MS: i64 = 1000;

/// How often.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Calls a minute, over time.
    pub per_minute: NonZeroU32,
    /// Calls at once, after a pause.
    pub burst: NonZeroU32,
}

type Limiter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, PortClock, NoOpMiddleware<Duration>>;

/// Counts calls per address.
pub struct Throttle {
    rate: Rate,
    clock: Arc<dyn Clock>,
    addresses_max: usize,
    // The latest time seen, in milliseconds.
    latest: AtomicI64,
    // Read for every call, written when it is replaced; never held across an await.
    limiter: RwLock<Limiter>,
}

impl Throttle {
    /// Starts with no calls counted.
    pub fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        Self::with_addresses_max(rate, clock, ADDRESSES_MAX)
    }

    fn with_addresses_max(rate: Rate, clock: Arc<dyn Clock>, addresses_max: usize) -> Self {
        let limiter = RwLock::new(limiter(rate, &clock));
        Self { rate, clock, addresses_max, latest: AtomicI64::new(i64::MIN), limiter }
    }

    /// Counts one call; `Err` has the seconds to wait before the next one, at least 1.
    pub fn admit(&self, address: IpAddr) -> Result<(), u32> {
        self.follow_clock();
        self.make_room();
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        limiter.check_key(&network(address)).map_err(|until| {
            let wait = until.wait_time_from(limiter.clock().now());
            u32::try_from(wait.as_secs_f64().ceil() as u64).unwrap_or(u32::MAX).max(1)
        })
    }

    /// Forgets all addresses when the clock is set back: by the counts, their last calls are in the future then, and
    /// nobody would be let in before it has come.
    fn follow_clock(&self) {
        let now = self.clock.now().timestamp_millis();
        if self.latest.fetch_max(now, Ordering::Relaxed).saturating_sub(now) > SET_BACK_MS {
            *self.limiter.write().unwrap_or_else(PoisonError::into_inner) = limiter(self.rate, &self.clock);
            self.latest.store(now, Ordering::Relaxed);
        }
    }

    /// Forgets addresses that could call freely anyway, then, in a flood of addresses, all of them: whoever commands
    /// that many addresses is not slowed by a count for each, and memory has an end.
    fn make_room(&self) {
        let full = |limiter: &Limiter| limiter.len() >= self.addresses_max;
        if !full(&self.limiter.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut held = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        held.retain_recent();
        if full(&held) {
            *held = limiter(self.rate, &self.clock);
        }
    }
}

fn limiter(rate: Rate, clock: &Arc<dyn Clock>) -> Limiter {
    let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
    RateLimiter::hashmap_with_clock(quota, PortClock(clock.clone()))
}

/// The clock port as governor wants it: the time since 1970.
#[derive(Clone)]
struct PortClock(Arc<dyn Clock>);

impl governor::clock::Clock for PortClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().timestamp_millis()).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::Timestamp;

    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
        }
    }

    fn throttle(per_minute: u32, burst: u32, addresses_max: usize) -> (Throttle, Arc<Hand>) {
        let clock = Arc::new(Hand(AtomicI64::new(1_800_000_000_000)));
        let nonzero = |n| NonZeroU32::new(n).unwrap();
        let rate = Rate { per_minute: nonzero(per_minute), burst: nonzero(burst) };
        (Throttle::with_addresses_max(rate, clock.clone(), addresses_max), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_burst_then_its_rate_and_others_are_not_touched() {
        let (throttle, clock) = throttle(6, 2, 100);
        let (a, b) = (address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!([throttle.admit(a), throttle.admit(a), throttle.admit(a)], [Ok(()), Ok(()), Err(10)]);
        assert_eq!(throttle.admit(b), Ok(()));
        clock.0.fetch_add(9_500, Ordering::SeqCst);
        assert_eq!(throttle.admit(a), Err(1));
        clock.0.fetch_add(500, Ordering::SeqCst);
        assert_eq!([throttle.admit(a), throttle.admit(a)], [Ok(()), Err(10)]);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let (throttle, clock) = throttle(6, 1, 100);
        let a = address("192.0.2.1");
        assert_eq!([throttle.admit(a), throttle.admit(a)], [Ok(()), Err(10)]);
        clock.0.fetch_sub(900, Ordering::SeqCst);
        assert_eq!(throttle.admit(a), Err(11), "a small step is no reason to forget");
        clock.0.fetch_sub(3_600_000, Ordering::SeqCst);
        assert_eq!([throttle.admit(a), throttle.admit(a)], [Ok(()), Err(10)]);
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_a_count_and_mapped_addresses_are_ipv4() {
        let (throttle, _) = throttle(1, 1, 100);
        assert_eq!(throttle.admit(address("2001:db8::1")), Ok(()));
        assert_eq!(throttle.admit(address("2001:db8::ffff:2")), Err(60));
        assert_eq!(throttle.admit(address("2001:db8:0:1::1")), Ok(()));
        assert_eq!(throttle.admit(address("192.0.2.1")), Ok(()));
        assert_eq!(throttle.admit(address("::ffff:192.0.2.1")), Err(60));
    }

    #[test]
    fn memory_has_an_end_and_idle_addresses_go_first() {
        let (throttle, clock) = throttle(60, 1, 10);
        for n in 0..10 {
            assert_eq!(throttle.admit(address(&format!("192.0.2.{n}"))), Ok(()));
        }
        clock.0.fetch_add(60_000, Ordering::SeqCst);
        assert_eq!(throttle.admit(address("198.51.100.1")), Ok(()));
        assert_eq!(throttle.limiter.read().unwrap().len(), 1, "the ten had been idle");
        for n in 0..1000_u32 {
            let _counted = throttle.admit(IpAddr::from((n + 1).to_be_bytes()));
            assert!(throttle.limiter.read().unwrap().len() <= 10);
        }
    }
}
