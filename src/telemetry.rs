//! What operators see of a running server: log lines and metrics. Neither ever has a code, key, token or address.

use crate::config::{Log, LogFormat, LogLevel};
use chrono::SecondsFormat;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use slog::{Drain, FnValue, Level, LevelFilter, Logger, PushFnValue, Record, o};
use slog_async::OverflowStrategy;
use std::io::Write;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc;
use std::time::Duration;

/// Lines that may wait for a slow terminal or pipe. Beyond that they are dropped, and a line says how many were: a
/// reader that has gone to sleep must not stop a bank's logins.
const LINES_WAITING_MAX: usize = 8192;

/// How long the end of the process waits for lines to be written.
const FLUSH_MAX: Duration = Duration::from_secs(2);

/// A logger, and what keeps its thread alive.
pub struct Logging {
    /// The root of all loggers.
    pub log: Logger,
    /// Dropped last: it writes what is still waiting.
    flush: Option<slog_async::AsyncGuard>,
    patience: Duration,
}

impl Drop for Logging {
    /// A reader that sleeps must not keep the process from ending, so the last lines are waited for, but not for ever.
    fn drop(&mut self) {
        let (done, written) = mpsc::channel();
        let flush = self.flush.take();
        let wait = move || {
            drop(flush);
            // Nobody listens when it has taken too long.
            let _ = done.send(());
        };
        // Without a thread the lines are lost; at the end of the process there is nobody to be told.
        if std::thread::Builder::new().name("log-flush".into()).spawn(wait).is_ok() {
            let _ = written.recv_timeout(self.patience);
        }
    }
}

impl Logging {
    /// Writes to stderr.
    pub fn start(options: &Log) -> Self {
        Self::to(options, std::io::stderr())
    }

    fn to(options: &Log, output: impl Write + Send + 'static) -> Self {
        // An output that cannot be written to is nothing that could be logged.
        match options.format {
            LogFormat::Json => {
                // The first of a line is the last that is added.
                let first = o!(
                    "msg" => PushFnValue(|record: &Record, to| to.emit(record.msg())),
                    "level" => FnValue(|record: &Record| record.level().as_short_str()),
                    "ts" => FnValue(|_: &Record| timestamp()),
                );
                Self::through(options, slog_json::Json::new(output).add_key_value(first).build().ignore_res())
            }
            LogFormat::Terminal => {
                let decorator = slog_term::PlainSyncDecorator::new(output);
                let format = slog_term::FullFormat::new(decorator)
                    .use_custom_timestamp(|to| to.write_all(timestamp().as_bytes()))
                    .use_original_order();
                Self::through(options, format.build().ignore_res())
            }
        }
    }

    fn through(options: &Log, drain: impl Drain<Ok = (), Err = slog::Never> + Send + 'static) -> Self {
        let waiting = slog_async::Async::new(drain)
            .chan_size(LINES_WAITING_MAX)
            .overflow_strategy(OverflowStrategy::DropAndReport)
            .thread_name("log".into());
        let (waiting, flush) = waiting.build_with_guard();
        // Filtered before the queue: a line nobody wants should cost nothing.
        let drain = LevelFilter::new(waiting.ignore_res(), level(options.level)).ignore_res();
        Self { log: Logger::root(drain, o!()), flush: Some(flush), patience: FLUSH_MAX }
    }
}

/// RFC 3339, in UTC, always of one length.
#[expect(clippy::disallowed_methods, reason = "a log tells when things really happened, whatever clock a test has set")]
fn timestamp() -> String {
    chrono::Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Error => Level::Error,
        LogLevel::Warn => Level::Warning,
        LogLevel::Info => Level::Info,
        LogLevel::Debug => Level::Debug,
        LogLevel::Trace => Level::Trace,
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    operation: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SendLabels {
    channel: &'static str,
    provider: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CauseLabels {
    cause: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FetchLabels {
    issuer: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct IssuerLabels {
    issuer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WayLabels {
    channel: &'static str,
    provider: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListenerLabels {
    listener: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DropLabels {
    listener: &'static str,
    reason: &'static str,
}

/// Counts and durations since the start.
pub struct Metrics {
    registry: Registry,
    requests: Family<AnswerLabels, Counter>,
    request_duration: Family<OperationLabels, Histogram>,
    refusals: Family<RefusalLabels, Counter>,
    sends: Family<SendLabels, Counter>,
    send_duration: Family<WayLabels, Histogram>,
    unsettled: Counter,
    purged: Counter,
    commit_duration: Histogram,
    steps: Counter,
    rows_written: Counter,
    prefixes: Family<StateLabels, Gauge>,
    prefix_shifts: Family<StateLabels, Counter>,
    jwks_fetches: Family<FetchLabels, Counter>,
    jwks_fetched: Family<IssuerLabels, Gauge>,
    jwks_keys: Family<IssuerLabels, Gauge>,
    siem_sent: Counter,
    siem_spooled: Counter,
    siem_dropped: Family<CauseLabels, Counter>,
    siem_spool_events: Gauge<u64, AtomicU64>,
    siem_spool_bytes: Gauge<u64, AtomicU64>,
    connections: Family<ListenerLabels, Gauge<u64, AtomicU64>>,
    connections_dropped: Family<DropLabels, Counter>,
    certificate_expires: Family<ListenerLabels, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        // From what a cached answer takes to what a caller gives up on.
        let histogram =
            || Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
        let mut metrics = Self {
            registry: Registry::with_prefix("countersign"),
            requests: Family::default(),
            request_duration: Family::new_with_constructor(histogram),
            refusals: Family::default(),
            sends: Family::default(),
            send_duration: Family::new_with_constructor(histogram),
            unsettled: Counter::default(),
            purged: Counter::default(),
            commit_duration: histogram(),
            steps: Counter::default(),
            rows_written: Counter::default(),
            prefixes: Family::default(),
            prefix_shifts: Family::default(),
            jwks_fetches: Family::default(),
            jwks_fetched: Family::default(),
            jwks_keys: Family::default(),
            siem_sent: Counter::default(),
            siem_spooled: Counter::default(),
            siem_dropped: Family::default(),
            siem_spool_events: Gauge::default(),
            siem_spool_bytes: Gauge::default(),
            connections: Family::default(),
            connections_dropped: Family::default(),
            certificate_expires: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("build", "What is running", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("requests", "Answered requests", metrics.requests.clone());
        let duration = metrics.request_duration.clone();
        registry.register_with_unit("request_duration", "Time to answer", Unit::Seconds, duration);
        let help = "Business failures; in the DBX family HTTP sees them as answers of status 200";
        registry.register("refusals", help, metrics.refusals.clone());
        registry.register("sends", "Messages given to a provider", metrics.sends.clone());
        let duration = metrics.send_duration.clone();
        registry.register_with_unit("send_duration", "Time a provider took for a message", Unit::Seconds, duration);
        let help = "Sends whose outcome could not be recorded; they are repeated some minutes later";
        registry.register("sends_unsettled", help, metrics.unsettled.clone());
        registry.register("rows_purged", "Rows deleted for their age", metrics.purged.clone());
        let help = "Time of a commit of the store, its fsync included; several steps share one";
        registry.register_with_unit("store_commit", help, Unit::Seconds, metrics.commit_duration.clone());
        registry.register("store_steps", "Steps of the store that became durable", metrics.steps.clone());
        registry.register("store_rows", "Rows that they wrote", metrics.rows_written.clone());
        let help = "Phone prefixes that get few text messages or none, as of the last look";
        registry.register("prefixes", help, metrics.prefixes.clone());
        let help = "Phone prefixes that were slowed or stopped, or opened again; not by operators";
        registry.register("prefix_shifts", help, metrics.prefix_shifts.clone());
        let help = "Looks at the address where an identity service publishes its keys, by outcome";
        registry.register("jwks_fetches", help, metrics.jwks_fetches.clone());
        let help = "When an identity service last gave its keys, in seconds since 1970: time() minus this is their age";
        registry.register("jwks_fetched_timestamp_seconds", help, metrics.jwks_fetched.clone());
        registry.register("jwks_keys", "Keys of an identity service that are of use", metrics.jwks_keys.clone());
        registry.register("siem_sent", "Events written to the SIEM, repeats too", metrics.siem_sent.clone());
        let help = "Events written to the spool, from where they go to the SIEM";
        registry.register("siem_spooled", help, metrics.siem_spooled.clone());
        registry.register("siem_dropped", "Events lost on the way to file or SIEM", metrics.siem_dropped.clone());
        registry.register("siem_spool_events", "Events that wait for the SIEM", metrics.siem_spool_events.clone());
        let bytes = metrics.siem_spool_bytes.clone();
        registry.register_with_unit("siem_spool", "Size of the spool on disk", Unit::Bytes, bytes);
        registry.register("connections", "Connections that stand", metrics.connections.clone());
        let help = "Connections that the server refused, or closed before their time";
        registry.register("connections_dropped", help, metrics.connections_dropped.clone());
        let help = "When the certificate of a listener expires, since 1970";
        let expires = metrics.certificate_expires.clone();
        registry.register_with_unit("tls_certificate_expiry", help, Unit::Seconds, expires);
        metrics
    }
}

impl Metrics {
    /// The media type of [`Metrics::exposition`].
    pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// One request was answered.
    pub fn request(&self, operation: &'static str, status: u16, elapsed: Duration) {
        self.requests.get_or_create(&AnswerLabels { operation, status }).inc();
        self.request_duration.get_or_create(&OperationLabels { operation }).observe(elapsed.as_secs_f64());
    }

    /// An operation answered with a business failure of this code.
    pub fn refusal(&self, operation: &'static str, code: &'static str) {
        self.refusals.get_or_create(&RefusalLabels { operation, code }).inc();
    }

    /// One message was handed to a provider, or could not be.
    pub fn send(&self, channel: &'static str, provider: &str, outcome: &'static str, elapsed: Duration) {
        let provider = provider.to_owned();
        self.sends.get_or_create(&SendLabels { channel, provider: provider.clone(), outcome }).inc();
        self.send_duration.get_or_create(&WayLabels { channel, provider }).observe(elapsed.as_secs_f64());
    }

    /// The outcome of a send could not be recorded.
    pub fn send_unsettled(&self) {
        self.unsettled.inc();
    }

    /// Old rows were deleted.
    pub fn purged(&self, rows: usize) {
        self.purged.inc_by(u64::try_from(rows).unwrap_or(u64::MAX));
    }

    /// The store has made steps durable.
    pub fn committed(&self, steps: usize, rows: u64, elapsed: Duration) {
        self.commit_duration.observe(elapsed.as_secs_f64());
        self.steps.inc_by(u64::try_from(steps).unwrap_or(u64::MAX));
        self.rows_written.inc_by(rows);
    }

    /// So many phone prefixes are in this state now.
    pub fn prefixes(&self, state: &'static str, count: u64) {
        self.prefixes.get_or_create(&StateLabels { state }).set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// A phone prefix has left a state for another one.
    pub fn prefix_shifted(&self, from: &'static str, to: &'static str) {
        self.prefix_shifts.get_or_create(&StateLabels { state: to }).inc();
        // Open ones are not counted: that is any prefix of the world.
        if from != "open" {
            self.prefixes.get_or_create(&StateLabels { state: from }).dec();
        }
        if to != "open" {
            self.prefixes.get_or_create(&StateLabels { state: to }).inc();
        }
    }

    /// The keys of an identity service were asked for.
    pub fn jwks_fetch(&self, issuer: &str, outcome: &'static str) {
        self.jwks_fetches.get_or_create(&FetchLabels { issuer: issuer.to_owned(), outcome }).inc();
    }

    /// The keys of an identity service are those of this time, in seconds since 1970.
    pub fn jwks_renewed(&self, issuer: &str, at: i64, keys: usize) {
        let labels = IssuerLabels { issuer: issuer.to_owned() };
        self.jwks_fetched.get_or_create(&labels).set(at);
        self.jwks_keys.get_or_create(&labels).set(i64::try_from(keys).unwrap_or(i64::MAX));
    }

    /// Events were written to the SIEM.
    pub fn siem_sent(&self, events: u64) {
        self.siem_sent.inc_by(events);
    }

    /// Events were written to the spool.
    pub fn siem_spooled(&self, events: u64) {
        self.siem_spooled.inc_by(events);
    }

    /// Events were lost.
    pub fn siem_dropped(&self, cause: &'static str, events: u64) {
        self.siem_dropped.get_or_create(&CauseLabels { cause }).inc_by(events);
    }

    /// What the spool holds now.
    pub fn siem_spool(&self, events: u64, bytes: u64) {
        self.siem_spool_events.set(events);
        self.siem_spool_bytes.set(bytes);
    }

    /// One more connection of a listener stands.
    pub fn connection_opened(&self, listener: &'static str) {
        self.connections.get_or_create(&ListenerLabels { listener }).inc();
    }

    /// One less.
    pub fn connection_closed(&self, listener: &'static str) {
        self.connections.get_or_create(&ListenerLabels { listener }).dec();
    }

    /// Connections were refused or closed.
    pub fn connections_dropped(&self, listener: &'static str, reason: &'static str, connections: u64) {
        self.connections_dropped.get_or_create(&DropLabels { listener, reason }).inc_by(connections);
    }

    /// The certificate of a listener expires at this time, in seconds since 1970.
    pub fn certificate_expires(&self, listener: &'static str, at: i64) {
        self.certificate_expires.get_or_create(&ListenerLabels { listener }).set(at);
    }

    /// All metrics as text, in the OpenMetrics format that Prometheus reads.
    pub fn exposition(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slog::{debug, info, trace};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn lines(options: &Log, work: impl FnOnce(&Logger)) -> Vec<String> {
        let output = Shared::default();
        let logging = Logging::to(options, output.clone());
        work(&logging.log);
        drop(logging);
        let text = output.0.lock().unwrap().clone();
        String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn json_lines_are_objects_with_their_fields_and_nothing_below_the_level() {
        let options = Log { format: LogFormat::Json, level: LogLevel::Info };
        let lines = lines(&options, |log| {
            info!(log, "request"; "status" => 200);
            debug!(log, "detail");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!((&line["msg"], &line["status"], &line["level"]), (&"request".into(), &200.into(), &"INFO".into()));
        assert!(
            lines[0].starts_with("{\"ts\":\"") && lines[0].contains("Z\",\"level\":\"INFO\",\"msg\":\"request\""),
            "{lines:?}"
        );
        let time = line["ts"].as_str().unwrap();
        assert!(time.len() == 24 && chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{time}");
    }

    #[test]
    fn terminal_lines_have_their_fields() {
        let options = Log { format: LogFormat::Terminal, level: LogLevel::Debug };
        let lines = lines(&options, |log| debug!(log, "detail"; "n" => 1));
        assert!(lines[0].contains("detail") && lines[0].contains("n: 1"), "{lines:?}");
        assert!(chrono::DateTime::parse_from_rfc3339(&lines[0][..24]).is_ok(), "{lines:?}");
    }

    #[test]
    fn at_level_trace_everything_is_written_and_at_debug_no_trace() {
        for (level, count) in [(LogLevel::Trace, 3), (LogLevel::Debug, 2)] {
            let lines = lines(&Log { format: LogFormat::Json, level }, |log| {
                trace!(log, "step");
                debug!(log, "detail");
                info!(log, "request");
            });
            assert_eq!(lines.len(), count, "{lines:?}");
        }
        // A release takes out what is below a level that its manifest names: the configuration must not promise more.
        assert!(include_str!("../Cargo.toml").contains("\"release_max_level_trace\""));
    }

    #[derive(Debug, thiserror::Error)]
    #[error("outside")]
    struct Outside(#[source] std::io::Error);

    #[test]
    fn an_error_is_logged_with_its_causes() {
        for format in [LogFormat::Json, LogFormat::Terminal] {
            let problem = Outside(std::io::Error::other("inside"));
            let lines = lines(&Log { format, level: LogLevel::Info }, |log| info!(log, "bad"; "problem" => #&problem));
            assert!(lines[0].contains("outside: inside"), "{lines:?}");
        }
    }

    /// An output that stands still until it is told to go on, and tells of every write.
    struct Stuck {
        wrote: Sender<()>,
        go_on: Receiver<()>,
        output: Shared,
    }

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _disconnected = self.go_on.recv();
            let _unheard = self.wrote.send(());
            self.output.write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_sleeps_stops_nobody_and_the_loss_is_told() {
        let ((wrote, writes), (stop, go_on)) = (channel(), channel());
        let output = Shared::default();
        let options = Log { format: LogFormat::Json, level: LogLevel::Info };
        let logging = Logging::to(&options, Stuck { wrote, go_on, output: output.clone() });
        for _ in 0..LINES_WAITING_MAX + 100 {
            info!(logging.log, "more");
        }
        drop(stop);
        // The report goes with the first line that finds room, which there is once some have been written.
        let text = || String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
        while output.0.lock().unwrap().iter().filter(|byte| **byte == b'\n').count() < 10 {
            writes.recv().unwrap();
        }
        info!(logging.log, "last");
        drop(logging);
        assert!(text().contains("dropped messages"), "the loss is logged");
    }

    #[test]
    fn a_reader_that_sleeps_does_not_keep_the_process_from_ending() {
        let ((wrote, _writes), (stop, go_on)) = (channel(), channel());
        let options = Log { format: LogFormat::Json, level: LogLevel::Info };
        let mut logging = Logging::to(&options, Stuck { wrote, go_on, output: Shared::default() });
        logging.patience = Duration::ZERO;
        info!(logging.log, "nobody reads this");
        let (end, ended) = channel();
        std::thread::spawn(move || {
            drop(logging);
            end.send(())
        });
        assert_eq!(ended.recv_timeout(Duration::from_secs(10)), Ok(()), "it waits for the reader");
        drop(stop);
    }

    #[test]
    fn metrics_are_exposed_as_openmetrics_text() {
        let metrics = Metrics::default();
        metrics.request("requestOTPPreLoginMB", 200, Duration::from_millis(7));
        metrics.request("requestOTPPreLoginMB", 200, Duration::from_millis(7));
        metrics.send("sms", "gateway", "refused", Duration::from_millis(70));
        metrics.purged(3);
        let text = metrics.exposition().unwrap();
        for line in [
            concat!("countersign_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "countersign_requests_total{operation=\"requestOTPPreLoginMB\",status=\"200\"} 2",
            "countersign_request_duration_seconds_bucket{le=\"0.01\",operation=\"requestOTPPreLoginMB\"} 2",
            "countersign_sends_total{channel=\"sms\",provider=\"gateway\",outcome=\"refused\"} 1",
            "countersign_rows_purged_total 3",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
