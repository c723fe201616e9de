//! What an operation costs, in units that no machine changes: allocations of memory, rows and commits of the store. They are
//! recorded in `tests/snapshots/costs.txt`; a tenth more fails, and so does a record that is a tenth too high. Times are the
//! business of `countersign bench`.
//!
//! A binary of its own, because it counts what the whole process allocates: one server, one connection, one request after the
//! other, and a client that allocates nothing while the clock runs.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test, at a line that says where")]

use countersign::config::Config;
use countersign::delivery::memory::{Inbox, KeepCodesReadable};
use countersign::dev::data::DataDir;
use countersign::dev::{seed, soft_token, token};
use countersign::server::{Server, SystemClock, SystemRandom, World};
use slog::{Discard, Logger, o};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Enough that what happens now and then, such as a page that is split, does not show.
const TIMES: usize = 64;
/// Before that: statements are compiled, pools filled, caches warmed.
const WARM_UP: usize = 16;

/// Of one operation, on average.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    allocations: f64,
    bytes: f64,
    rows: f64,
    commits: f64,
}

impl Cost {
    fn each(self) -> [(&'static str, f64); 4] {
        let Self { allocations, bytes, rows, commits } = self;
        [("allocations", allocations), ("bytes", bytes), ("rows", rows), ("commits", commits)]
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer is the answer.
    filled: usize,
}

impl Connection {
    /// Sends a request and waits for the end of its answer. Allocates nothing.
    fn call(&mut self, request: &[u8]) {
        self.stream.write_all(request).unwrap();
        self.filled = 0;
        loop {
            self.filled += self.stream.read(&mut self.buffer[self.filled..]).unwrap();
            let answer = &self.buffer[..self.filled];
            let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let length = field(&answer[..head], "content-length: ").map_or(0, |text| text.parse().unwrap());
            if answer.len() >= head + 4 + length {
                return;
            }
        }
    }

    fn answer(&self) -> &str {
        std::str::from_utf8(&self.buffer[..self.filled]).unwrap()
    }
}

fn field<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    std::str::from_utf8(head).unwrap().lines().find_map(|line| line.strip_prefix(name))
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nhost: bank\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

fn dbx(operation: &str, attributes: &str) -> Vec<u8> {
    let path = format!("/services/data/v1/RBObjects/operations/DbxUser/{operation}");
    request("POST", &path, "content-type: application/json\r\n", attributes)
}

fn bne(what: &str, bearer: &str, body: &str) -> Vec<u8> {
    let headers = format!(
        "content-type: application/json\r\naccept: application/json\r\nauthorization: Bearer {bearer}\r\n\
         client_id: {}\r\nuuid: {}\r\ncountryCode: MX\r\nbusinessCode: GCB\r\nChannelId: CBOL\r\nsid: s-1\r\n",
        seed::CLIENT,
        SystemRandom.uuid()
    );
    request("POST", &format!("/v1/x-global/bne/security/authenticate/challenge/{what}"), &headers, body)
}

/// A server at work, and the one connection to it.
struct Measured {
    connection: Connection,
    inbox: Arc<Inbox>,
    costs: BTreeMap<&'static str, Vec<Cost>>,
    /// To what was measured last.
    answer: String,
    phone: u32,
}

impl Measured {
    /// Rows and commits so far.
    fn stored(&mut self) -> (f64, f64) {
        self.connection.call(&request("GET", "/metrics", "", ""));
        let text = self.connection.answer();
        let figure = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
            line.trim().parse::<f64>().unwrap()
        };
        (figure("countersign_store_rows_total "), figure("countersign_store_commit_seconds_count "))
    }

    fn measure(&mut self, what: &'static str, request: &[u8], status: &str) {
        let before = self.stored();
        let region = Region::new(ALLOCATOR);
        self.connection.call(request);
        let change = region.change();
        self.answer = self.connection.answer().to_owned();
        assert_eq!(&self.answer[9..12], status, "{what}");
        let after = self.stored();
        let cost = Cost {
            allocations: (change.allocations + change.reallocations) as f64,
            bytes: change.bytes_allocated as f64,
            rows: after.0 - before.0,
            commits: after.1 - before.1,
        };
        self.costs.entry(what).or_default().push(cost);
    }

    /// What follows this in the answer, up to the next quotation mark.
    fn value(&self, before: &str) -> String {
        let answer = &self.answer;
        let (_, rest) = answer.split_once(before).unwrap_or_else(|| panic!("no {before} in {answer}"));
        rest.split('"').next().unwrap().to_owned()
    }

    /// A flow before login, from its start to its code.
    fn flow(&mut self) {
        self.phone += 1;
        let phone = format!("+5200{:08}", self.phone);
        self.measure("start", &dbx("requestOTPPreLoginMB", &format!(r#"{{"Phone":"{phone}"}}"#)), "200");
        let (flow, reference) = (self.value(r#""serviceKey":""#), self.value(r#""referenceId":""#));
        let otp = |otp: &str| format!(r#"{{"MFAAttributes":{{"serviceKey":"{flow}","OTP":{{{otp}}}}}}}"#);
        let to = format!(r#""phone":"{reference}""#);
        self.measure("send", &dbx("requestOTPPreLoginMB", &otp(&to)), "200");
        let key = format!(r#""securityKey":"{}""#, self.value(r#""securityKey":""#));
        self.measure("resend", &dbx("requestOTPPreLoginMB", &otp(&format!("{to},{key}"))), "200");
        let code = self.inbox.messages()[0].passcode.clone();
        let wrong = if code == "271828" { "314159" } else { "271828" };
        let try_it = |code: &str| dbx("verifyOTPPreLoginMB", &otp(&format!(r#"{key},"otp":"{code}""#)));
        self.measure("verify wrong", &try_it(wrong), "200");
        assert_eq!(self.value(r#""dbpErrCode":""#), "10517");
        self.measure("verify right", &try_it(&code), "200");
        assert_eq!(self.value(r#""isOtpVerified":""#), "true");
    }

    /// A login with a counting token.
    fn login(&mut self, bearer: &str, code: &str) {
        let body = r#"{"mfaTransactionType":"LOGIN","userId":"100003"}"#;
        self.measure("retrieve", &bne("retrieve", bearer, body), "200");
        let id = self.value(r#""mfaTransactionId":""#);
        let body =
            format!(r#"{{"mfaTransactionType":"LOGIN","mfaTransactionId":"{id}","oneTimePasswordToken":"{code}"}}"#);
        self.measure("validate", &bne("info/validate", bearer, &body), "204");
    }
}

fn config(data: &DataDir) -> Config {
    let mut config = data.config().unwrap();
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.operator.enabled = false;
    // What works by itself would be counted, too.
    config.store.purge_interval_secs = 86_400;
    // Limits are counted, and none is in the way.
    let high = Some(1_000_000);
    config.limits.sends.address_per_hour = high;
    config.limits.sends.country_per_hour = high;
    config.limits.sends.purpose_per_minute = high;
    config.limits.sends.all_per_minute = high;
    config.limits.failures.address_per_hour = high;
    config.limits.failures.same_code_per_hour = high;
    config.limits.failures.purpose_per_minute = high;
    config.limits.challenges.client_per_minute = high;
    config.limits.challenges.customer_per_hour = high;
    config.limits.challenges.address_per_minute = high;
    config.limits.challenges.all_per_minute = high;
    config
}

fn measure() -> BTreeMap<&'static str, Cost> {
    let directory = tempfile::tempdir().unwrap();
    let data = DataDir::create(directory.path(), &SystemRandom).unwrap();
    let config = config(&data);
    // One thread, so that which one has done something before makes no difference.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut world = World::new(Logger::root(Discard, o!()));
    let inbox = Arc::new(Inbox::new(KeepCodesReadable::YesForDevelopmentOnly, world.clock.clone()));
    world.sms = Some(inbox.clone());
    let now = SystemClock.now();
    runtime.block_on(seed::seed(&data, &config, &world.random, now)).unwrap();
    let server = runtime.block_on(Server::start(&config, world)).unwrap();
    let stream = TcpStream::connect(server.local_addr()).unwrap();
    stream.set_nodelay(true).unwrap();
    let connection = Connection { stream, buffer: vec![0; 1 << 20], filled: 0 };
    let mut measured = Measured { connection, inbox, costs: BTreeMap::new(), answer: String::new(), phone: 0 };
    let ttl = Duration::from_secs(3600);
    let wish = token::Wish { customer: "100003", app: "dev-app", client: Some(seed::CLIENT), ttl };
    let bearer = token::mint(&data, &wish, now).unwrap();
    for _ in 0..WARM_UP + TIMES {
        measured.flow();
        let code = soft_token::show(&data, "100003", Some("hotp"), None, now).unwrap();
        measured.login(&bearer, code.expose());
    }
    drop(measured.connection.stream);
    assert!(runtime.block_on(server.shutdown()));
    measured.costs.into_iter().map(|(what, costs)| (what, typical(&costs[WARM_UP..]))).collect()
}

/// The median of each: a page that is split, or a thread that looks after something, is not what an operation costs.
fn typical(costs: &[Cost]) -> Cost {
    let median = |figure: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    Cost {
        allocations: median(|cost| cost.allocations),
        bytes: median(|cost| cost.bytes),
        rows: median(|cost| cost.rows),
        commits: median(|cost| cost.commits),
    }
}

fn written(costs: &BTreeMap<&'static str, Cost>) -> String {
    let mut text = format!("{:<14}", "operation");
    let line = |cells: [String; 4], text: &mut String| {
        cells.iter().for_each(|cell| write!(text, "{cell:>13}").unwrap());
        text.push('\n');
    };
    let any = costs.values().next().unwrap();
    line(any.each().map(|(name, _)| name.to_owned()), &mut text);
    for (what, cost) in costs {
        write!(text, "{what:<14}").unwrap();
        line(cost.each().map(|(_, figure)| figure.to_string()), &mut text);
    }
    text
}

#[test]
fn no_operation_costs_a_tenth_more_than_is_recorded() {
    let costs = measure();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/costs.txt");
    let found = written(&costs);
    if std::env::var_os("EXPECTORATE").is_some_and(|what| what == "overwrite") {
        return std::fs::write(&path, found).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap();
    let mut lines = recorded.lines().skip(1);
    let mut problems = Vec::new();
    for (what, cost) in &costs {
        let line = lines.next().unwrap_or_else(|| panic!("{what} is not recorded:\n{found}"));
        let figures = line.strip_prefix(what).unwrap_or_else(|| panic!("{what} is not recorded:\n{found}"));
        for ((name, figure), recorded) in cost.each().into_iter().zip(figures.split_whitespace()) {
            let recorded: f64 = recorded.parse().unwrap();
            if (figure - recorded).abs() > recorded * 0.1 {
                problems.push(format!("{what}: {figure} {name}, {recorded} are recorded"));
            }
        }
    }
    assert!(
        problems.is_empty() && lines.next().is_none(),
        "{}\nIf that is meant, record it: EXPECTORATE=overwrite cargo test --test costs\n{found}",
        problems.join("\n")
    );
}
