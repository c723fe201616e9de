//! The listeners: who gets in, for how long, and as whom.
//!
//! ```text
//! accept -> Crowd (bounds) -> TLS (certificates, Certificate of the caller) -> HTTP/1.1 (deadlines)
//!        -> Proxies (the caller's address) -> dropshot's endpoints
//! ```
//!
//! 1. There is a bound on connections in all and one for each client address ([`crowd`]). Whoever has been silent for longest
//!    makes room, so that a flood of connections costs those who flood and not those who call.
//! 2. A connection that says nothing, or says it too slowly, is closed after a while ([`activity`]).
//! 3. When file descriptors run out all the same, connections are closed to free some, and the log says what to do.
//! 4. TLS ends here if it is configured ([`tls`]); the certificate that a caller shows goes with each of its requests.
//! 5. The address of a caller is that of the connection, or what a trusted proxy says ([`proxies`]).

mod activity;
mod connection;
mod crowd;
mod proxies;
mod tls;

pub use activity::Deadlines;
pub use proxies::{ForwardedHeader, Proxies};
pub use tls::{Clients, Tls, TlsError, TlsOptions};

use crate::api::runtime::Routes;
use activity::{Activity, Stage};
use chrono::{DateTime, Utc};
use crowd::{Bound, Crowd, Place};
use rustix::io::Errno;
use slog::{Logger, debug, error, info, warn};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tls::Look;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Connections that wait in the system to be accepted.
const BACKLOG: u32 = 1024;
/// After an error that a new try does not end. Meanwhile descriptors are given back.
const PAUSE: Duration = Duration::from_millis(20);
/// What keeps happening is told this often.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// How often certificate files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How a listener behaves.
#[derive(Clone)]
pub struct Options {
    /// For log and metrics: `bank` or `operator`.
    pub name: &'static str,
    /// The table of the configuration that bounds are set in, for the log.
    pub table: &'static str,
    /// Where to listen.
    pub address: SocketAddr,
    /// Connections at once.
    pub connections_max: usize,
    /// Connections at once from one address.
    pub per_address_max: usize,
    /// How long a connection may be quiet.
    pub deadlines: Deadlines,
    /// Who may say whose request it is.
    pub proxies: Proxies,
    /// In which header they say it.
    pub forwarded_header: ForwardedHeader,
    /// Certificates; without them the listener speaks plain HTTP.
    pub tls: Option<Arc<Tls>>,
}

impl Options {
    /// A listener in clear that trusts no proxy.
    pub fn new(name: &'static str, table: &'static str, address: SocketAddr) -> Self {
        let second = Duration::from_secs(1);
        Self {
            name,
            table,
            address,
            connections_max: 1024,
            per_address_max: 1024,
            deadlines: Deadlines { handshake: 10 * second, head: 15 * second, idle: 75 * second },
            proxies: Proxies::default(),
            forwarded_header: ForwardedHeader::default(),
            tls: None,
        }
    }
}

/// What a listener gets besides.
#[derive(Clone)]
pub struct World {
    /// Draws the id of a request.
    pub request_id: fn() -> String,
    /// The time, for certificates.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Metrics.
    pub observer: Arc<dyn Observer>,
    /// What happens to connections and certificates.
    pub log: Logger,
}

/// Why a connection was refused or closed by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// The listener has as many as it may have, and all are at work.
    Full,
    /// The client address has as many as it may have, and all are at work.
    AddressFull,
    /// It was the one that had been silent for longest, and another came.
    MadeRoom,
    /// The process had no file descriptor left.
    Descriptors,
    /// TLS was not agreed on, or not in time.
    Handshake,
    /// Nothing was sent.
    Silent,
    /// A request's head did not arrive in time.
    SlowHead,
}

impl Dropped {
    /// For metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::AddressFull => "address_full",
            Self::MadeRoom => "made_room",
            Self::Descriptors => "descriptors",
            Self::Handshake => "handshake",
            Self::Silent => "silent",
            Self::SlowHead => "slow_head",
        }
    }
}

/// Told of what happens to connections; for metrics.
pub trait Observer: Send + Sync {
    /// One more connection stands.
    fn opened(&self, listener: &'static str);
    /// One less.
    fn closed(&self, listener: &'static str);
    /// So many were refused or closed.
    fn dropped(&self, listener: &'static str, reason: &'static str, connections: usize);
    /// The server's certificate is good until then.
    fn expires(&self, listener: &'static str, at: DateTime<Utc>);
}

/// What all connections of a listener share.
struct Shared {
    name: &'static str,
    table: &'static str,
    crowd: Arc<Crowd>,
    deadlines: Deadlines,
    proxies: Proxies,
    forwarded_header: ForwardedHeader,
    tls: Option<Arc<Tls>>,
    routes: Routes,
    request_id: fn() -> String,
    // They are finished also when their callers have gone: a step must not stop half-way.
    requests: TaskTracker,
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    observer: Arc<dyn Observer>,
    told: Told,
    // No new connections, and each is closed after the request in hand.
    stop: CancellationToken,
    log: Logger,
}

/// A listener at work. Dropping it closes what stands.
pub struct Front {
    local_addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
    connections: TaskTracker,
    _dropped: [DropGuard; 2],
}

impl Front {
    /// Listens. When it returns, requests are answered. To be called within a Tokio runtime.
    pub fn start(options: Options, routes: Routes, world: World) -> io::Result<Self> {
        let World { request_id, now, observer, log } = world;
        let listener = listen(options.address)?;
        let local_addr = listener.local_addr()?;
        let (stop, abort) = (CancellationToken::new(), CancellationToken::new());
        let shared = Arc::new(Shared {
            name: options.name,
            table: options.table,
            crowd: Crowd::new(options.connections_max, options.per_address_max, options.proxies.clone()),
            deadlines: options.deadlines,
            proxies: options.proxies,
            forwarded_header: options.forwarded_header,
            tls: options.tls,
            routes,
            request_id,
            requests: TaskTracker::new(),
            now,
            observer,
            told: Told::default(),
            stop: stop.clone(),
            log,
        });
        if let Some(tls) = &shared.tls {
            shared.observer.expires(shared.name, tls.expires());
        }
        let connections = TaskTracker::new();
        let accepting = accept(listener, shared.clone(), connections.clone(), abort.clone());
        let accepting = tokio::spawn(accepting);
        connections.spawn(shared.clone().watch_certificates());
        let _dropped = [stop.drop_guard(), abort.clone().drop_guard()];
        Ok(Self { local_addr, shared, accepting, connections, _dropped })
    }

    /// Where it listens: the port is the real one, also where 0 was configured.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Looks at the certificate files now, and tells what is found.
    pub async fn reload_certificates(&self) {
        self.shared.look(true).await;
    }

    /// Waits until it ends by itself, which it should not.
    pub async fn failed(&mut self) -> String {
        let ended = (&mut self.accepting).await;
        ended.err().map_or_else(|| "a listener has stopped".to_owned(), |problem| problem.to_string())
    }

    /// Accepts no more, and waits for the requests in hand. Dropping the future cuts them off, as far as callers see.
    pub async fn close(self) -> Result<(), String> {
        let Self { shared, accepting, connections, _dropped, .. } = self;
        shared.stop.cancel();
        let accepted = accepting.await.map_err(|problem| problem.to_string());
        connections.close();
        connections.wait().await;
        shared.requests.close();
        shared.requests.wait().await;
        accepted
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, connections: TaskTracker, abort: CancellationToken) {
    let stop = shared.stop.clone();
    let forever = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    if let Some((place, activity)) = shared.admit(peer).await {
                        let work = shared.clone().connection(place, activity, stream, peer);
                        connections.spawn(abort.clone().run_until_cancelled_owned(work));
                    }
                }
                Err(problem) => shared.not_accepted(&problem).await,
            }
        }
    };
    stop.run_until_cancelled(forever).await;
}

impl Shared {
    /// A place for a new connection, or `None` if there is none to be had.
    async fn admit(&self, peer: SocketAddr) -> Option<(Place, Arc<Activity>)> {
        let stage = if self.tls.is_some() { Stage::Handshake } else { Stage::Silent };
        let activity = Arc::new(Activity::new(stage));
        let made_room = |bound: Bound, others: usize| {
            self.dropped(Dropped::MadeRoom, others);
            self.tell_bound(bound, "connections that had said nothing for longest were closed");
        };
        match self.crowd.admit(peer.ip(), &activity, made_room).await {
            Ok(place) => Some((place, activity)),
            Err(bound) => {
                self.dropped(if bound == Bound::All { Dropped::Full } else { Dropped::AddressFull }, 1);
                self.tell_bound(bound, "a connection was refused: all others are at work");
                None
            }
        }
    }

    async fn connection(self: Arc<Self>, place: Place, activity: Arc<Activity>, stream: TcpStream, peer: SocketAddr) {
        let _counted = Counted::new(&self);
        // An answer is one piece; waiting for more of it would only delay it.
        if let Err(problem) = stream.set_nodelay(true) {
            debug!(self.log, "connection"; "listener" => self.name, "problem" => %problem);
        }
        let dropped = match &self.tls {
            None => connection::serve(&self, &activity, stream, peer, None).await,
            Some(tls) => self.protected(tls, &activity, stream, peer).await,
        };
        if let Some(reason) = dropped {
            self.dropped(reason, 1);
        }
        drop(place);
    }

    /// The same over TLS.
    async fn protected(
        self: &Arc<Self>,
        tls: &Tls,
        activity: &Arc<Activity>,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> Option<Dropped> {
        let handshake = tokio::time::timeout(self.deadlines.handshake, TlsAcceptor::from(tls.config()).accept(stream));
        let agreed = tokio::select! {
            biased;
            () = activity.close.cancelled() => return None,
            () = self.stop.cancelled() => return None,
            agreed = handshake => agreed,
        };
        let stream = match agreed {
            Ok(Ok(stream)) => stream,
            Ok(Err(problem)) => return Some(self.not_agreed(&problem)),
            Err(_) => return Some(self.not_agreed(&io::ErrorKind::TimedOut.into())),
        };
        let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        let certificate = match shown.map(|own| tls::certificate(own).ok_or("the client certificate cannot be read")) {
            None => None,
            Some(Ok(certificate)) => Some(Arc::new(certificate)),
            Some(Err(problem)) => return Some(self.not_agreed(&io::Error::other(problem))),
        };
        activity.enter(Stage::Silent);
        connection::serve(self, activity, stream, peer, certificate).await
    }

    fn not_agreed(&self, problem: &io::Error) -> Dropped {
        debug!(self.log, "no TLS connection"; "listener" => self.name, "problem" => %problem);
        if let Some(untold) = self.told.now(&self.told.handshake) {
            info!(self.log, "no TLS connection (told once a minute; level \"debug\" tells each)";
                "listener" => self.name, "problem" => %problem, "more_of_these" => untold);
        }
        Dropped::Handshake
    }

    /// Looks at the certificate files until the listener stops.
    async fn watch_certificates(self: Arc<Self>) {
        if self.tls.is_none() {
            return;
        }
        let forever = async {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                self.look(false).await;
            }
        };
        self.stop.run_until_cancelled(forever).await;
    }

    async fn look(&self, at_once: bool) {
        let Some(tls) = self.tls.clone() else { return };
        let now = (self.now)();
        let look = tokio::task::spawn_blocking(move || (tls.reload(now, at_once), tls.expires()));
        match look.await {
            Ok((Look::Same, _)) if at_once => info!(self.log, "certificates are as they were"; "listener" => self.name),
            Ok((Look::Same, _)) => (),
            Ok((Look::Taken, expires)) => {
                self.observer.expires(self.name, expires);
                info!(self.log, "new certificates go for new connections"; "listener" => self.name,
                    "expires" => expires.to_rfc3339());
            }
            Ok((Look::Kept(problem), expires)) => error!(
                self.log,
                "the new certificates do not fit; the old ones stay: put a pair in place that fits";
                "listener" => self.name, "problem" => %problem, "old_ones_expire" => expires.to_rfc3339()
            ),
            Err(problem) => error!(self.log, "certificates cannot be looked at"; "problem" => %problem),
        }
    }

    async fn not_accepted(&self, problem: &io::Error) {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
        // The peer was gone before it was accepted.
        if matches!(problem.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
            return;
        }
        let used_up = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
        let used_up = Errno::from_io_error(problem).is_some_and(|errno| used_up.contains(&errno));
        if used_up {
            self.dropped(Dropped::Descriptors, self.crowd.make_room());
        }
        if let Some(untold) = self.told.now(&self.told.accept) {
            let advice = if used_up {
                "connections that say nothing are closed to make room; raise the limit of file descriptors (LimitNOFILE= in \
                 the systemd unit, `ulimit -n` in a shell), or lower the bound of connections"
            } else {
                "it is tried again"
            };
            warn!(
                self.log, "connections cannot be accepted";
                "listener" => self.name, "problem" => %problem, "open" => self.crowd.open(),
                "bound" => format!("{}.max", self.table), "advice" => advice, "more_of_these" => untold
            );
        }
        tokio::time::sleep(PAUSE).await;
    }

    fn tell_bound(&self, bound: Bound, what: &str) {
        let (times, key, advice) = match bound {
            Bound::All => (
                &self.told.all,
                "max",
                "raise it, and the limit of file descriptors with it (LimitNOFILE= in the systemd unit, `ulimit -n` in a \
                 shell), or bound connections in front of the server",
            ),
            Bound::Address => (
                &self.told.address,
                "per_address_max",
                "raise it, or if the address is a proxy's, add it to server.trusted_proxies",
            ),
        };
        if let Some(untold) = self.told.now(times) {
            warn!(
                self.log, "there are as many connections as there may be: {}", what;
                "listener" => self.name, "open" => self.crowd.open(), "bound" => format!("{}.{key}", self.table),
                "advice" => advice, "more_of_these" => untold
            );
        }
    }

    fn dropped(&self, reason: Dropped, connections: usize) {
        if connections > 0 {
            self.observer.dropped(self.name, reason.as_str(), connections);
        }
    }
}

/// A connection in the metrics, however it ends.
struct Counted<'a>(&'a Shared);

impl<'a> Counted<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.observer.opened(shared.name);
        Self(shared)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.observer.closed(self.0.name);
    }
}

/// When something was told last, and how often it has happened since.
type Times = Mutex<(Option<Instant>, u64)>;

/// What may happen a thousand times a second is told once a minute.
#[derive(Default)]
struct Told {
    all: Times,
    address: Times,
    accept: Times,
    handshake: Times,
}

impl Told {
    /// Counts one; `Some` if it is to be told, with how often it was not told since the last time.
    fn now(&self, times: &Times) -> Option<u64> {
        let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if times.0.is_some_and(|last| now.duration_since(last) < TELL_EVERY) {
            times.1 += 1;
            return None;
        }
        times.0 = Some(now);
        Some(std::mem::take(&mut times.1))
    }
}
