//! A server as a whole: what it says of itself, how it stops, what it does after a stop that was too short.

use crate::support::domain::{TestClock, noon};
use crate::support::server::TestServer;
use async_trait::async_trait;
use chrono::TimeDelta;
use countersign::api::dbx::types::*;
use countersign::client::{CallError, DbxClient, Requested};
use countersign::config::{Config, Presentation};
use countersign::delivery::memory::{Inbox, KeepCodesReadable};
use countersign::delivery::template::Text;
use countersign::delivery::{Failure, Provider};
use countersign::dev::data::DataDir;
use countersign::domain::ports::Message;
use countersign::server::{Server, StartError, SystemRandom, World};
use reqwest::Method;
use serde_json::Value;
use slog::Logger;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::{Notify, Semaphore};

const REQUEST: &str = "/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB";

/// Takes a message when it is let, and tells when one has come.
struct Gate {
    came: Notify,
    open: Semaphore,
    inbox: Inbox,
}

impl Gate {
    fn new(open: usize) -> Arc<Self> {
        let inbox = Inbox::new(KeepCodesReadable::YesForDevelopmentOnly, TestClock::at(noon()));
        Arc::new(Self { came: Notify::new(), open: Semaphore::new(open), inbox })
    }
}

#[async_trait]
impl Provider for Gate {
    fn name(&self) -> &str {
        "gate"
    }

    async fn deliver(&self, message: &Message, text: &Text, log: &Logger) -> Result<(), Failure> {
        self.came.notify_one();
        let _passed = self.open.acquire().await.unwrap();
        self.inbox.deliver(message, text, log).await
    }
}

struct Place {
    data: DataDir,
    _dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { data: DataDir::create(dir.path(), &SystemRandom).unwrap(), _dir: dir }
    }

    /// Codes go to the phone at once, so that one call sends.
    async fn start(&self, gate: &Arc<Gate>, change: impl FnOnce(&mut Config)) -> Result<Server, StartError> {
        let mut config = self.data.config().unwrap();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.operator.listen = ([127, 0, 0, 1], 0).into();
        config.policy.pre_login.as_mut().unwrap().presentation = Some(Presentation::NoValue);
        change(&mut config);
        let world = World {
            clock: TestClock::at(noon()),
            sms: Some(gate.clone()),
            ..World::new(Logger::root(slog::Discard, slog::o!()))
        };
        Server::start(&config, world).await
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn ask(server: &Server, method: Method, path: &str) -> reqwest::Response {
    let url = format!("http://{}{path}", server.local_addr());
    http().request(method, url).send().await.unwrap()
}

async fn json(server: &Server, path: &str) -> (u16, Value) {
    let answer = ask(server, Method::GET, path).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn send(address: std::net::SocketAddr) -> Result<Requested, CallError<RequestFailed>> {
    let client = DbxClient::new(&format!("http://{address}"), http());
    let phone = Some("+12025550107".parse().unwrap());
    client.request_otp_pre_login_mb(None, PreLoginRequest { phone, mfa_attributes: None }).await
}

#[tokio::test]
async fn it_is_alive_and_ready_until_a_stop_is_announced() {
    let (place, gate) = (Place::new(), Gate::new(1));
    let server = place.start(&gate, |_| ()).await.unwrap();
    assert_eq!(json(&server, "/livez").await, (200, serde_json::json!({"status": "live"})));
    assert_eq!(json(&server, "/readyz").await, (200, serde_json::json!({"status": "ready"})));
    server.announce_shutdown();
    assert_eq!(json(&server, "/readyz").await, (503, serde_json::json!({"status": "stopping"})));
    assert_eq!(json(&server, "/livez").await.0, 200);
    assert!(send(server.local_addr()).await.is_ok(), "who is here already is still served");
    assert!(server.shutdown().await);
}

#[tokio::test]
async fn a_stop_finishes_requests_in_hand_and_the_messages_they_wait_for() {
    let (place, gate) = (Place::new(), Gate::new(0));
    let server = place.start(&gate, |_| ()).await.unwrap();
    let request = tokio::spawn(send(server.local_addr()));
    gate.came.notified().await;
    let stop = tokio::spawn(server.shutdown());
    gate.open.add_permits(1);
    assert!(stop.await.unwrap(), "nothing was cut off");
    assert!(matches!(request.await.unwrap(), Ok(Requested::Sent(_))));
    assert_eq!(gate.inbox.messages().len(), 1);
}

#[tokio::test]
async fn a_stop_that_is_too_short_for_a_message_leaves_it_to_the_next_start() {
    let (place, gate) = (Place::new(), Gate::new(0));
    let impatient = |config: &mut Config| {
        config.delivery.wait_for_provider_secs = 0;
        config.server.shutdown_grace_secs = 1;
    };
    let server = place.start(&gate, impatient).await.unwrap();
    assert!(matches!(send(server.local_addr()).await, Ok(Requested::Sent(_))), "a caller does not wait for ever");
    gate.came.notified().await;
    assert!(!server.shutdown().await, "the message is still under way");
    assert!(gate.inbox.messages().is_empty());
    // The process would end now, and the task with it. Here it has to be made to: its provider panics.
    gate.open.close();

    let gate = Gate::new(1);
    let server = restarted(&place, &gate).await;
    gate.came.notified().await;
    assert!(server.shutdown().await);
    assert_eq!(gate.inbox.messages().len(), 1, "the next start has sent it");
}

/// The data file is free as soon as the last task that was cut off is gone.
async fn restarted(place: &Place, gate: &Arc<Gate>) -> Server {
    for _ in 0..10_000 {
        match place.start(gate, |_| ()).await {
            Ok(server) => return server,
            Err(StartError::Store(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the data file stays in use");
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_answered_as_json() {
    let (place, gate) = (Place::new(), Gate::new(0));
    let server = place.start(&gate, |_| ()).await.unwrap();
    for path in ["/nothing", "/services/data/v1", "//nothing"] {
        let answer = ask(&server, Method::GET, path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["message"], "Not Found", "{path}");
    }
    let unreadable = json(&server, "/%ff").await;
    assert_eq!((unreadable.0, unreadable.1["message"].is_string()), (400, true), "{unreadable:?}");
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::HEAD] {
        let answer = ask(&server, method.clone(), REQUEST).await;
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer.headers()["allow"], "POST", "{method}");
        assert_eq!(answer.headers()["content-type"], "application/json", "{method}");
        let body = answer.bytes().await.unwrap();
        if method == Method::HEAD {
            assert!(body.is_empty(), "RFC 9110 §9.3.2");
        } else {
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["message"], "Method Not Allowed", "{method}");
        }
    }
    assert!(server.shutdown().await);
}

#[tokio::test]
async fn metrics_tell_of_requests_and_messages() {
    let (place, gate) = (Place::new(), Gate::new(1));
    let server = place.start(&gate, |_| ()).await.unwrap();
    send(server.local_addr()).await.unwrap();
    let answer = ask(&server, Method::GET, "/metrics").await;
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text().await.unwrap();
    for line in [
        "countersign_requests_total{operation=\"requestOTPPreLoginMB\",status=\"200\"} 1",
        "countersign_sends_total{channel=\"sms\",provider=\"gate\",outcome=\"accepted\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("2025550107"));
    assert!(server.shutdown().await);
}

#[tokio::test]
async fn metrics_are_on_the_listener_that_they_are_wanted_on() {
    let (place, gate) = (Place::new(), Gate::new(1));
    for (bank, office) in [(true, false), (false, true)] {
        let wanted = |config: &mut Config| (config.server.metrics, config.operator.metrics) = (bank, office);
        let server = place.start(&gate, wanted).await.unwrap();
        for (address, served) in [(server.local_addr(), bank), (server.operator_addr().unwrap(), office)] {
            let answer = http().get(format!("http://{address}/metrics")).send().await.unwrap();
            assert_eq!(answer.status(), if served { 200 } else { 404 });
        }
        assert!(server.shutdown().await);
    }
}

#[tokio::test]
async fn an_address_that_calls_too_often_is_told_when_to_come_back() {
    let (place, gate) = (Place::new(), Gate::new(5));
    let throttled = |config: &mut Config| {
        config.server.throttle.enabled = true;
        config.server.throttle.per_minute = 2;
        config.server.throttle.burst = 1;
    };
    let server = place.start(&gate, throttled).await.unwrap();
    send(server.local_addr()).await.unwrap();
    match send(server.local_addr()).await {
        Err(CallError::Http { status: 429, retry_after: Some(30), .. }) => (),
        other => panic!("{other:?}"),
    }
    assert_eq!(json(&server, "/livez").await.0, 200, "the operator's tools are not counted");
    assert!(server.shutdown().await);
}

#[tokio::test]
async fn a_base_path_moves_the_family_and_docs_can_be_turned_off() {
    let (place, gate) = (Place::new(), Gate::new(1));
    let moved = |config: &mut Config| {
        config.server.dbx_base_path = "/api/otp".to_owned();
        config.server.docs = false;
    };
    let server = place.start(&gate, moved).await.unwrap();
    assert_eq!(ask(&server, Method::GET, REQUEST).await.status(), 404);
    assert_eq!(ask(&server, Method::GET, &format!("/api/otp{REQUEST}")).await.status(), 405);
    for path in ["/", "/docs/", "/openapi", "/openapi/dbx-otp.yaml", "/dev", "/dev/inbox"] {
        assert_eq!(ask(&server, Method::GET, path).await.status(), 404, "{path}");
    }
    assert!(server.shutdown().await);
}

#[tokio::test]
async fn the_bare_address_leads_to_the_docs_or_in_development_to_the_inbox() {
    let (place, gate) = (Place::new(), Gate::new(0));
    let server = place.start(&gate, |_| ()).await.unwrap();
    assert_eq!(ask(&server, Method::GET, "/").await.url().path(), "/docs/");
    assert!(server.shutdown().await);
    let server = TestServer::start().await;
    assert_eq!(server.http.get(server.url("/")).send().await.unwrap().url().path(), "/dev");
}

#[tokio::test]
async fn pages_of_other_origins_may_read_answers_only_if_configured() {
    let (place, gate) = (Place::new(), Gate::new(2));
    let origin = "https://bank.example";
    for (origins, allowed) in [(vec![], false), (vec![origin.to_owned()], true)] {
        let server = place.start(&gate, |config| config.server.cors_origins = origins).await.unwrap();
        let url = format!("http://{}{REQUEST}", server.local_addr());
        let preflight = http().request(Method::OPTIONS, &url).header("Origin", origin).send().await.unwrap();
        assert_eq!(preflight.status(), if allowed { 204 } else { 405 });
        let call = http().post(&url).header("Origin", origin).json(&serde_json::json!({})).send().await.unwrap();
        let header = call.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!(header, allowed.then_some(origin));
        assert!(server.shutdown().await);
    }
}

#[tokio::test]
async fn a_data_file_or_an_address_in_use_is_named() {
    let (place, gate) = (Place::new(), Gate::new(0));
    let server = place.start(&gate, |_| ()).await.unwrap();
    let second = place.start(&gate, |_| ()).await.err().expect("one server, one data file");
    let StartError::Store(problem) = second else { panic!("{second}") };
    assert!(problem.to_string().contains("countersign.sqlite is in use by another countersign process"), "{problem}");

    let (other, address) = (Place::new(), server.local_addr());
    let second = other.start(&gate, |config| config.server.listen = address).await.err().expect("one server, one port");
    assert!(second.to_string().starts_with(&format!("cannot listen on {address}")), "{second}");
    assert!(server.shutdown().await);
}

#[tokio::test]
async fn what_is_over_for_long_enough_is_deleted_while_the_server_runs() {
    let server = TestServer::with(|config| config.store.purge_interval_secs = 1).await;
    let _flow = server.start_pre_login("+12025550107").await;
    let purged = async || {
        let answer = server.http.get(server.url("/metrics")).send().await.unwrap();
        let text = answer.text().await.unwrap();
        let rows =
            text.lines().find_map(|line| line.strip_prefix("countersign_rows_purged_total ")).unwrap().to_owned();
        rows.parse::<u64>().unwrap()
    };
    assert_eq!(purged().await, 0);
    server.clock.pass(TimeDelta::days(7) + TimeDelta::minutes(16));
    while purged().await == 0 {
        tokio::task::yield_now().await;
    }
}
