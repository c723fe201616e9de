//! The keys that identity services publish at an address: fetched, kept, and fetched again.
//!
//! 1. [`RemoteKeys::run`] is the one that fetches, so there is never more than one fetch of a service under way. It fetches
//!    at the start, again when the answer has grown old (`Cache-Control: max-age`, within [`Pace`]), and when somebody
//!    asks for a key that is not there.
//! 2. A caller whose token names a key that is not there waits for a fetch that began after it asked, at most
//!    [`WAIT_MAX`] and with at most [`WAITING_MAX`] others ([`KeySource::renewed`]). Between two fetches is at least [`Pace::pause`], whoever asks: made-up key
//!    names cannot make us a burden to the service. Who would have to wait for too long is answered at once.
//! 3. An answer that is no key set with a key of use, and no answer at all, change nothing: the keys that are there stay, at
//!    most [`Pace::stale_max`], for a key that the service has withdrawn must not be good for ever because somebody keeps us
//!    from hearing of it.
//! 4. Keys are swapped as a whole; nobody sees half of a set, and whoever checks a token waits for nobody.
//!
//! Where keys are fetched from comes from the configuration alone, see [`http::HttpFetch`].

pub mod http;

use crate::api::caller::{KeySet, KeySource};
use crate::domain::flow::Timestamp;
use crate::domain::ports::Clock;
use async_trait::async_trait;
use jsonwebtoken::Algorithm;
use slog::{Logger, error, info, o, trace, warn};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

/// How long a caller waits for a key that is not there.
pub const WAIT_MAX: Duration = Duration::from_secs(5);

/// So many callers wait for the keys of one service; the others are answered at once.
pub const WAITING_MAX: usize = 4096;

/// So many names of keys are logged.
const NAMES_MAX: usize = 16;

/// A failed fetch is not repeated by itself sooner than this.
const RETRY_MIN: Duration = Duration::from_secs(1);

/// After so many failures in a row the wait between two tries grows no longer.
const DOUBLINGS_MAX: u32 = 16;

/// How often keys are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The least time between the beginnings of two fetches, whatever the reason.
    pub pause: Duration,
    /// Keys are fetched again no sooner after they were, unless one is missing; a failed fetch is repeated no later.
    pub refresh_min: Duration,
    /// Keys are fetched again no later after they were.
    pub refresh_max: Duration,
    /// Keys are not believed for longer after they were fetched.
    pub stale_max: Duration,
}

impl Default for Pace {
    /// 2 seconds between two fetches, fresh for 1 to 15 minutes, believed for a day.
    fn default() -> Self {
        Self {
            pause: Duration::from_secs(2),
            refresh_min: Duration::from_secs(60),
            refresh_max: Duration::from_secs(900),
            stale_max: Duration::from_secs(86_400),
        }
    }
}

impl Pace {
    /// How long after a fetch the next is due.
    fn next(&self, fetched: Result<Option<Duration>, u32>) -> Duration {
        let next = match fetched {
            Ok(max_age) => max_age.unwrap_or(self.refresh_max).clamp(self.refresh_min, self.refresh_max),
            Err(failures) => {
                let doubled = 2_u32.saturating_pow(failures.saturating_sub(1).min(DOUBLINGS_MAX));
                self.pause.max(RETRY_MIN).saturating_mul(doubled).min(self.refresh_min)
            }
        };
        next.max(self.pause)
    }
}

/// What an address answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The body.
    pub text: String,
    /// How long the answer is fresh, if it says so.
    pub max_age: Option<Duration>,
}

/// Why there is no answer. Quotes nothing of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct FetchError {
    /// One word for the metrics.
    pub outcome: &'static str,
    /// A sentence for the log.
    pub problem: String,
}

/// Asks an address once.
#[async_trait]
pub trait Fetch: fmt::Debug + Send + Sync + 'static {
    /// The answer, within a time of its own.
    async fn fetch(&self) -> Result<Fetched, FetchError>;
}

/// Is told of every fetch.
pub trait Observer: Send + Sync + 'static {
    /// A fetch has ended: `changed`, `unchanged`, `refused` (an answer, but no key set for us), or the word of a
    /// [`FetchError`].
    fn fetched(&self, issuer: &str, outcome: &'static str);
    /// The keys are those of this time.
    fn renewed(&self, issuer: &str, at: Timestamp, keys: usize);
}

/// What is known.
#[derive(Debug, Default)]
struct Known {
    keys: Option<Arc<KeySet>>,
    /// When the keys were last fetched.
    fetched: Option<Instant>,
    /// When the last fetch began.
    begun: Option<Instant>,
    /// When the last fetch that has ended began.
    ended: Option<Instant>,
    /// Nobody fetches any more.
    stopped: bool,
}

/// The keys of one identity service, fetched from its address.
#[derive(Debug)]
pub struct RemoteKeys {
    issuer: String,
    allowed: Vec<Algorithm>,
    pace: Pace,
    fetch: Box<dyn Fetch>,
    known: watch::Sender<Known>,
    wanted: Notify,
    waiting: Semaphore,
}

impl RemoteKeys {
    /// Knows no keys yet: [`RemoteKeys::run`] fetches them. Keys accept the algorithms of their own type and of `allowed`.
    pub fn new(issuer: &str, allowed: Vec<Algorithm>, pace: Pace, fetch: Box<dyn Fetch>) -> Self {
        let (known, _) = watch::channel(Known::default());
        let (wanted, waiting) = (Notify::new(), Semaphore::new(WAITING_MAX));
        Self { issuer: issuer.to_owned(), allowed, pace, fetch, known, wanted, waiting }
    }

    /// Whose keys these are.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether there have been keys since the start.
    pub fn were_had(&self) -> bool {
        self.known.borrow().keys.is_some()
    }

    /// Fetches until it is stopped.
    pub async fn run(
        self: Arc<Self>,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn Observer>,
        log: Logger,
        stop: CancellationToken,
    ) {
        let keeper = Keeper { log: log.new(o!("issuer" => self.issuer.clone())), keys: self.clone(), clock, observer };
        tokio::select! {
            () = stop.cancelled() => {}
            never = keeper.keep() => match never {},
        }
        self.known.send_modify(|known| known.stopped = true);
    }

    fn believed(&self, known: &Known) -> Option<Arc<KeySet>> {
        let fresh = known.fetched.is_some_and(|fetched| fetched.elapsed() <= self.pace.stale_max);
        known.keys.clone().filter(|_| fresh)
    }
}

#[async_trait]
impl KeySource for RemoteKeys {
    fn keys(&self) -> Option<Arc<KeySet>> {
        self.believed(&self.known.borrow())
    }

    async fn renewed(&self, kid: Option<&str>) -> Option<Arc<KeySet>> {
        // Whoever has many tokens made up does not fill the server with calls that wait.
        let Ok(_place) = self.waiting.try_acquire() else { return self.keys() };
        let asked = Instant::now();
        let deadline = asked + WAIT_MAX;
        let mut changes = self.known.subscribe();
        self.wanted.notify_one();
        loop {
            {
                let known = changes.borrow_and_update();
                let keys = self.believed(&known);
                let found = keys.as_ref().is_some_and(|keys| keys.has(kid));
                let settled = known.ended.is_some_and(|begun| begun >= asked);
                let under_way = known.begun != known.ended;
                let too_late = !under_way && known.begun.is_some_and(|begun| begun + self.pace.pause > deadline);
                if found || settled || too_late || known.stopped {
                    return keys;
                }
            }
            // The sender is here, so it is there; what can happen is that the time is up.
            if !matches!(timeout_at(deadline, changes.changed()).await, Ok(Ok(()))) {
                return self.keys();
            }
        }
    }
}

/// The one that fetches.
struct Keeper {
    keys: Arc<RemoteKeys>,
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
    log: Logger,
}

impl Keeper {
    async fn keep(&self) -> std::convert::Infallible {
        let RemoteKeys { pace, fetch, known, wanted, .. } = &*self.keys;
        let (mut text, mut failures) = (String::new(), 0);
        loop {
            let begun = Instant::now();
            known.send_modify(|known| known.begun = Some(begun));
            let fetched = fetch.fetch().await;
            self.trace(&fetched, begun.elapsed());
            let next = match self.judge(fetched, &mut text) {
                Ok(max_age) => {
                    failures = 0;
                    pace.next(Ok(max_age))
                }
                Err(()) => {
                    failures += 1;
                    pace.next(Err(failures))
                }
            };
            known.send_modify(|known| known.ended = Some(begun));
            tokio::select! {
                () = sleep_until(begun + next) => {}
                () = wanted.notified() => sleep_until(begun + pace.pause).await,
            }
        }
    }

    fn trace(&self, fetched: &Result<Fetched, FetchError>, elapsed: Duration) {
        let (outcome, bytes, fresh_for) = match fetched {
            Ok(Fetched { text, max_age }) => ("answered", text.len(), max_age.map(|age| age.as_secs())),
            Err(FetchError { outcome, .. }) => (*outcome, 0, None),
        };
        trace!(self.log, "keys asked for"; "outcome" => outcome, "bytes" => bytes, "fresh_secs" => fresh_for,
            "duration_us" => u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
    }

    /// Takes new keys over. Gives how long they are fresh, or nothing if there was no use in the answer.
    fn judge(&self, fetched: Result<Fetched, FetchError>, text: &mut String) -> Result<Option<Duration>, ()> {
        let RemoteKeys { issuer, allowed, known, .. } = &*self.keys;
        let fetched = fetched.map_err(|FetchError { outcome, problem }| self.failed(outcome, &problem))?;
        let changed = fetched.text != *text || known.borrow().keys.is_none();
        if changed {
            let read = KeySet::read_published(&fetched.text, allowed);
            let (keys, left_out) = read.map_err(|problem| self.failed("refused", &problem.to_string()))?;
            for problem in left_out {
                warn!(self.log, "a published key is not used"; "problem" => %problem);
            }
            // The names are the service's; no character of theirs may look like a line of ours.
            let names: Vec<_> = keys.ids().take(NAMES_MAX).map(|id| id.escape_default().to_string()).collect();
            info!(self.log, "keys taken over"; "count" => keys.ids().count(), "kids" => names.join(" "));
            known.send_modify(|known| known.keys = Some(Arc::new(keys)));
            *text = fetched.text;
        }
        known.send_modify(|known| known.fetched = Some(Instant::now()));
        let count = known.borrow().keys.as_ref().map_or(0, |keys| keys.ids().count());
        self.observer.fetched(issuer, if changed { "changed" } else { "unchanged" });
        self.observer.renewed(issuer, self.clock.now(), count);
        Ok(fetched.max_age)
    }

    fn failed(&self, outcome: &'static str, problem: &str) {
        self.observer.fetched(&self.keys.issuer, outcome);
        if self.keys.keys().is_some() {
            warn!(self.log, "keys not fetched, those that are there stay"; "problem" => problem);
        } else if self.keys.were_had() {
            error!(
                self.log, "keys are too old to be believed, tokens of this issuer are not: see to it that its jwks_url answers";
                "problem" => problem
            );
        } else {
            error!(
                self.log, "no keys yet, so /readyz says no, and tokens of this issuer are not believed: see to it that its \
                jwks_url answers, and that fetch.ca_file is its authority's";
                "problem" => problem
            );
        }
    }
}

#[cfg(test)]
mod tests;
