//! Connections that call a server, as fast as it answers or at a given rate.
//!
//! In a closed loop each connection sends its next request when it has the answer to the last one: that finds the highest
//! throughput, and says little about latency, for a slow server is asked less often. In an open loop requests are due at a fixed
//! rate, whatever the server does, and latency counts from when a request was due: a request that has to wait for a free
//! connection is a slow one (no coordinated omission).

use super::BenchError;
use bytes::Bytes;
use hdrhistogram::Histogram;
use http::header::HOST;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};

/// Nothing that is measured takes longer; what does is counted as this.
const SLOWEST: Duration = Duration::from_secs(60);

/// Beyond this many requests that are due and have no connection, the server cannot keep up at all.
const DUE_MAX: usize = 1_000_000;

/// An empty histogram of nanoseconds: three digits, up to a minute.
pub(super) fn histogram() -> Histogram<u64> {
    let slowest = u64::try_from(SLOWEST.as_nanos()).unwrap_or(u64::MAX);
    Histogram::new_with_bounds(1000, slowest, 3).expect("the bounds are in order and the precision is one of five")
}

/// A request, short of the connection it goes over.
pub(super) struct Request {
    /// `GET` or `POST`.
    pub(super) method: Method,
    /// From the root on.
    pub(super) path: &'static str,
    /// Besides `Host` and `Content-Length`.
    pub(super) headers: HeaderMap,
    /// JSON, or nothing.
    pub(super) body: Bytes,
}

/// What one connection asks, one request after the other.
pub(super) trait Script: Send {
    /// The next request; `None` ends the run for all connections.
    fn next(&mut self) -> Option<Request>;

    /// Looks at the answer. An error says what is wrong with it, without any secret, and ends the run.
    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String>;
}

/// One connection.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: http::HeaderValue,
}

impl Connection {
    /// Connects; to be called within a Tokio runtime.
    pub(super) async fn open(address: SocketAddr) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await.map_err(|source| BenchError::Connect { address, source })?;
        stream.set_nodelay(true).map_err(|source| BenchError::Connect { address, source })?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Its errors come back to whoever waits for an answer.
        tokio::spawn(connection);
        let host = http::HeaderValue::try_from(address.to_string()).expect("an address is visible ASCII");
        Ok(Self { sender, host })
    }

    /// Sends a request and takes the whole answer.
    pub(super) async fn call(&mut self, request: Request) -> Result<(StatusCode, Bytes), BenchError> {
        let mut sent = http::Request::new(Full::new(request.body));
        *sent.method_mut() = request.method;
        *sent.uri_mut() = http::Uri::from_static(request.path);
        *sent.headers_mut() = request.headers;
        sent.headers_mut().insert(HOST, self.host.clone());
        self.sender.ready().await?;
        let answer = self.sender.send_request(sent).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

/// How requests follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// Each connection sends when it has its answer.
    Closed,
    /// So many are due in a second, over all connections.
    Open(f64),
}

/// How long a run takes, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    /// Closed or open.
    pub(super) pace: Pace,
    /// Not measured: connections, caches and the compiler of SQL get warm.
    pub(super) warm_up: Duration,
    /// Measured.
    pub(super) duration: Duration,
}

/// What was seen while the clock ran.
pub(super) struct Measured<R> {
    /// From when a request was due to its whole answer, in nanoseconds.
    pub(super) latency: Histogram<u64>,
    /// How many were answered. Those that were due and not asked before the end are in `latency` only.
    pub(super) answers: u64,
    /// For how long.
    pub(super) elapsed: Duration,
    /// What the gauge said when the clock was started and when it was stopped.
    pub(super) gauge: [R; 2],
}

/// What the connections of a run share.
struct Shared {
    measure_from: Instant,
    end: Instant,
    stopped: AtomicBool,
    /// When requests are due, in an open loop.
    due: Option<Mutex<mpsc::Receiver<Instant>>>,
}

impl Shared {
    fn is_over(&self, now: Instant) -> bool {
        now >= self.end || self.stopped.load(Ordering::Relaxed)
    }

    /// When the next request is due; `None` at the end.
    async fn due(&self) -> Option<Instant> {
        match &self.due {
            None => Some(Instant::now()),
            Some(due) => due.lock().await.recv().await,
        }
        .filter(|due| !self.is_over(*due) && !self.is_over(Instant::now()))
    }
}

/// Runs one script on each of as many connections, to one server after the other. `gauge` is read at both ends of what is measured.
pub(super) async fn run<R, G>(
    servers: &[SocketAddr],
    scripts: Vec<Box<dyn Script>>,
    load: Load,
    gauge: impl Fn() -> G,
) -> Result<Measured<R>, BenchError>
where
    G: Future<Output = Result<R, BenchError>>,
{
    let mut connections = Vec::with_capacity(scripts.len());
    for (_, server) in scripts.iter().zip(servers.iter().cycle()) {
        connections.push(Connection::open(*server).await?);
    }
    let begin = Instant::now();
    let measure_from = begin + load.warm_up;
    let end = measure_from + load.duration;
    let due = match load.pace {
        Pace::Closed => None,
        Pace::Open(rate) => Some(Mutex::new(metronome(rate, begin, end)?)),
    };
    let shared = Arc::new(Shared { measure_from, end, stopped: AtomicBool::new(false), due });
    let connected = connections.into_iter().zip(scripts);
    let mut running: tokio::task::JoinSet<_> =
        connected.map(|(connection, script)| ask(connection, script, shared.clone())).collect();

    tokio::time::sleep_until(measure_from.into()).await;
    let before = gauge().await?;
    let mut latency = histogram();
    let mut stopped = None;
    while let Some(ended) = running.join_next().await {
        let seen = ended.map_err(BenchError::Task).and_then(|seen| seen);
        // Whoever ends first ends the run: fewer connections would be another load.
        stopped.get_or_insert_with(Instant::now);
        shared.stopped.store(true, Ordering::Relaxed);
        latency += &seen?;
    }
    let elapsed = stopped.map_or(Duration::ZERO, |stopped| stopped.min(end).saturating_duration_since(measure_from));
    if latency.is_empty() {
        return Err(BenchError::TooShort);
    }
    let answers = latency.len();
    if let Some(due) = &shared.due {
        // Those that no connection was free for have waited until now, at least.
        let mut due = due.lock().await;
        while let Ok(due) = due.try_recv() {
            if due >= measure_from {
                latency.saturating_record(
                    u64::try_from(end.saturating_duration_since(due).as_nanos()).unwrap_or(u64::MAX),
                );
            }
        }
    }
    Ok(Measured { latency, answers, elapsed, gauge: [before, gauge().await?] })
}

async fn ask(
    mut connection: Connection,
    mut script: Box<dyn Script>,
    shared: Arc<Shared>,
) -> Result<Histogram<u64>, BenchError> {
    let mut seen = histogram();
    while let Some(due) = shared.due().await {
        let Some(request) = script.next() else { break };
        let path = request.path;
        let (status, body) = connection.call(request).await?;
        let answered = Instant::now();
        script.answered(status, &body).map_err(|problem| BenchError::Answer { path, problem })?;
        if due >= shared.measure_from && !shared.is_over(answered) {
            seen.saturating_record(u64::try_from((answered - due).as_nanos()).unwrap_or(u64::MAX));
        }
    }
    Ok(seen)
}

/// Says when requests are due. A thread of its own, because the timers of the runtime are a millisecond wide.
fn metronome(rate: f64, begin: Instant, end: Instant) -> Result<mpsc::Receiver<Instant>, BenchError> {
    let (tell, due) = mpsc::channel(DUE_MAX);
    let beat = move || {
        for n in 0_u32.. {
            let at = begin + Duration::from_secs_f64(f64::from(n) / rate);
            if at >= end {
                break;
            }
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            // Nobody listens any more, or the server is so far behind that the rest does not matter.
            if tell.try_send(at).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().name("metronome".to_owned()).spawn(beat).map_err(BenchError::Thread)?;
    Ok(due)
}
