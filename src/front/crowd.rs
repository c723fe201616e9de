//! How many connections a listener has, and who goes when there is no room for one more.
//!
//! - A connection beyond a bound costs the one its place that has been waited for longest: one that says nothing, is
//!   between two requests, or is slow to send one. Whoever floods the listener floods himself out; one who calls and is
//!   answered stays.
//! - A request in hand is never cut off. If there is nothing else, the new connection is refused.
//! - The bound for one client address (of IPv6, one /64) goes first, so that one address closes its own connections only.

use super::activity::Activity;
use super::proxies::Proxies;
use crate::domain::limit::network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Looking for those who go means looking at all, so a few go at a time.
const GO_AT_ONCE: usize = 64;

/// Which bound was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// That of all connections.
    All,
    /// That of one client address.
    Address,
}

/// Connections that stand.
pub(super) struct Crowd {
    max: usize,
    per_address_max: usize,
    /// They call for many: not bound by address.
    proxies: Proxies,
    // Held for one look, never across an await.
    inner: Mutex<Inner>,
    left: Notify,
}

#[derive(Default)]
struct Inner {
    last_id: u64,
    open: usize,
    by_address: HashMap<IpAddr, HashMap<u64, Arc<Activity>>>,
}

/// One connection's place. Dropping it is leaving.
pub(super) struct Place {
    crowd: Arc<Crowd>,
    address: IpAddr,
    id: u64,
}

/// What becomes of one for whom there is no room.
enum Step {
    /// So many others were asked to go, or some are going already.
    Wait(usize),
    /// Nobody can be asked.
    Full,
}

impl Crowd {
    pub(super) fn new(max: usize, per_address_max: usize, proxies: Proxies) -> Arc<Self> {
        Arc::new(Self { max, per_address_max, proxies, inner: Mutex::default(), left: Notify::new() })
    }

    /// Waits for a place. `Err` names the bound if there is none to be had; `made_room` is told how many others go.
    pub(super) async fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        activity: &Arc<Activity>,
        mut made_room: impl FnMut(Bound, usize),
    ) -> Result<Place, Bound> {
        loop {
            match self.step(address, activity) {
                Ok(place) => return Ok(place),
                Err((bound, Step::Wait(asked))) => {
                    if asked > 0 {
                        made_room(bound, asked);
                    }
                    // Those who go are tasks of their own, and nothing keeps them.
                    self.left.notified().await;
                }
                Err((bound, Step::Full)) => return Err(bound),
            }
        }
    }

    /// Asks some to go, whatever the bounds: file descriptors are used up.
    pub(super) fn make_room(&self) -> usize {
        let inner = self.lock();
        ask(inner.by_address.values().flat_map(HashMap::values))
    }

    /// How many there are.
    pub(super) fn open(&self) -> usize {
        self.lock().open
    }

    fn step(self: &Arc<Self>, address: IpAddr, activity: &Arc<Activity>) -> Result<Place, (Bound, Step)> {
        let trusted = self.proxies.contain(address);
        let address = network(address);
        let mut inner = self.lock();
        let own = inner.by_address.get(&address).filter(|own| !trusted && own.len() >= self.per_address_max);
        if own.is_some() {
            return Err((Bound::Address, room(own.into_iter().flat_map(HashMap::values))));
        }
        if inner.open >= self.max {
            return Err((Bound::All, room(inner.by_address.values().flat_map(HashMap::values))));
        }
        inner.last_id += 1;
        inner.open += 1;
        let id = inner.last_id;
        inner.by_address.entry(address).or_default().insert(id, activity.clone());
        Ok(Place { crowd: self.clone(), address, id })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inner = self.crowd.lock();
        inner.open -= 1;
        if let Some(own) = inner.by_address.get_mut(&self.address) {
            own.remove(&self.id);
            if own.is_empty() {
                inner.by_address.remove(&self.address);
            }
        }
        drop(inner);
        self.crowd.left.notify_one();
    }
}

/// Makes room, unless somebody is going already.
fn room<'a>(all: impl Iterator<Item = &'a Arc<Activity>> + Clone) -> Step {
    if all.clone().any(|activity| activity.close.is_cancelled()) {
        return Step::Wait(0);
    }
    match ask(all) {
        0 => Step::Full,
        asked => Step::Wait(asked),
    }
}

/// Asks those to go that have been waited for longest: one in 64, at least one.
fn ask<'a>(all: impl Iterator<Item = &'a Arc<Activity>>) -> usize {
    let mut waiting: Vec<(Instant, &Arc<Activity>)> =
        all.filter_map(|activity| Some((activity.waiting_since()?, activity))).collect();
    if waiting.is_empty() {
        return 0;
    }
    let asked = (waiting.len() / GO_AT_ONCE).max(1);
    waiting.select_nth_unstable_by_key(asked - 1, |(since, _)| *since);
    waiting[..asked].iter().for_each(|(_, activity)| activity.close.cancel());
    asked
}

#[cfg(test)]
mod tests {
    use super::super::activity::Stage;
    use super::*;
    use futures::FutureExt;
    use std::time::Duration;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    async fn silent(crowd: &Arc<Crowd>, from: &str) -> (Arc<Activity>, Place) {
        tokio::time::advance(Duration::from_millis(1)).await;
        let activity = Arc::new(Activity::new(Stage::Silent));
        let place = crowd.admit(address(from), &activity, |_, _| ()).await.unwrap();
        (activity, place)
    }

    fn knock(crowd: &Arc<Crowd>, from: &str) -> Option<Result<Place, Bound>> {
        let activity = Arc::new(Activity::new(Stage::Silent));
        crowd.admit(address(from), &activity, |_, _| ()).now_or_never()
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_that_has_been_silent_for_longest_makes_room() {
        let crowd = Crowd::new(3, 3, Proxies::default());
        let (first, first_place) = silent(&crowd, "192.0.2.1").await;
        let (second, _second) = silent(&crowd, "192.0.2.2").await;
        let (third, _third) = silent(&crowd, "192.0.2.3").await;
        // Being answered counts as not being silent.
        first.began(false);
        first.enter(Stage::Idle);
        assert!(knock(&crowd, "192.0.2.4").is_none(), "it has to wait for the place");
        assert!(second.close.is_cancelled() && !first.close.is_cancelled() && !third.close.is_cancelled());
        drop(first_place);
        assert!(matches!(knock(&crowd, "192.0.2.4"), Some(Ok(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_closes_its_own_connections_only_and_trusted_proxies_are_not_counted() {
        let proxies = Proxies::parse(&["198.51.100.0/24".to_owned()]).unwrap();
        let crowd = Crowd::new(100, 2, proxies);
        let (other, _other) = silent(&crowd, "192.0.2.9").await;
        let (first, _first) = silent(&crowd, "192.0.2.1").await;
        let (second, _second) = silent(&crowd, "::ffff:192.0.2.1").await;
        assert!(knock(&crowd, "192.0.2.1").is_none());
        assert!(first.close.is_cancelled() && !second.close.is_cancelled() && !other.close.is_cancelled());
        let mut places = Vec::new();
        for _ in 0..5 {
            places.push(silent(&crowd, "198.51.100.7").await);
        }
        assert_eq!(crowd.open(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_in_hand_keep_their_places() {
        let crowd = Crowd::new(2, 2, Proxies::default());
        let (first, _first) = silent(&crowd, "192.0.2.1").await;
        let (second, _second) = silent(&crowd, "192.0.2.1").await;
        first.began(false);
        second.began(false);
        assert!(matches!(knock(&crowd, "192.0.2.1"), Some(Err(Bound::Address))));
        assert!(matches!(knock(&crowd, "192.0.2.2"), Some(Err(Bound::All))));
        assert_eq!(crowd.make_room(), 0);
    }
}
