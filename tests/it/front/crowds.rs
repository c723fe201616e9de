//! Connections that say nothing, or too little, by the hundred and the thousand; and file descriptors that run out. Others
//! are served meanwhile, nothing is lost, and the log says what to do.

use crate::support::attack::dose;
use crate::support::bank::{Bank, Line, Process, REQUEST, countersign};
use crate::support::pages::listen;
use crate::support::server::TestServer;
use countersign::api::dbx::generated::{REQUEST_OTP_PRE_LOGIN_MB, VERIFY_OTP_PRE_LOGIN_MB};
use countersign::api::runtime::{Api, Endpoint};
use countersign::front::Options;
use futures::stream::{self, StreamExt};
use reqwest::Client;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// Far longer than any call here takes, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens so many connections, sends these bytes on each, and holds them.
async fn flood(address: SocketAddr, connections: usize, bytes: &[u8]) -> Vec<TcpStream> {
    // Each takes a file descriptor here as well.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let open = async |_| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // It may have been closed already to make room.
        let _written = stream.write_all(bytes).await;
        stream
    };
    stream::iter(0..connections).map(open).buffer_unordered(64).collect().await
}

/// A caller who has not called before.
fn stranger() -> Client {
    Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

fn from(address: &str) -> Client {
    let address: IpAddr = address.parse().unwrap();
    Client::builder().no_proxy().timeout(PATIENCE).local_address(address).build().unwrap()
}

/// How many of a listener's connections were dropped for this reason.
async fn dropped(api: &str, reason: &str) -> u64 {
    let text = stranger().get(format!("{api}/metrics")).send().await.unwrap().text().await.unwrap();
    let name = format!("countersign_connections_dropped_total{{listener=\"bank\",reason=\"{reason}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn a_thousand_slow_heads_and_bodies_and_silent_connections_keep_nobody_from_being_served() {
    let server = TestServer::with(|config| {
        (config.server.connections.max, config.server.connections.per_address_max) = (Some(64), Some(1000));
    })
    .await;
    let flow = server.sent_pre_login("+12025550107").await;
    let code = server.code();
    let path = VERIFY_OTP_PRE_LOGIN_MB.path;
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Slow: ");
    let body = format!("{}1\r\nContent-Length: 400\r\n\r\n{{\"MFAAttributes\": ", head);
    let mut floods = Vec::new();
    for bytes in [head.as_str(), &body, ""] {
        floods.push(flood(server.address(), dose(150, 1000), bytes.as_bytes()).await);
        // Each of these opens a connection of its own, in the middle of it.
        for _ in 0..20 {
            let request = stranger().get(server.url("/readyz")).send().await;
            assert_eq!(request.expect("others are served").status(), 200);
        }
        let sent = server.post(&REQUEST_OTP_PRE_LOGIN_MB, None, &json!({ "Phone": "+12025550123" })).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
    }
    let verified = server.post(&VERIFY_OTP_PRE_LOGIN_MB, None, &flow.verify_json(&code)).await;
    assert_eq!((verified.status, verified.code()), (200, ""), "a flow from before is not lost: {}", verified.body);
    let gone = dropped(&server.url(""), "made_room").await;
    let lines = server.logged();
    let told: Vec<&Value> = lines.iter().filter(|line| line["bound"] == "server.connections.max").collect();
    assert_eq!(told.len(), 1, "once a minute, not {gone} times");
    assert!(told[0]["advice"].as_str().unwrap().contains("LimitNOFILE"), "{}", told[0]);
    assert!(gone >= (dose(150, 1000) * 3 - 64) as u64, "{gone}");
}

#[tokio::test]
async fn ten_thousand_idle_connections_stay_and_others_are_served() {
    let idle = dose(2_000, 10_000);
    let bank = Bank::open().await;
    bank.configure("[server.connections]\nmax = 12000\nper_address_max = 12000\nhead_timeout_secs = 60");
    let process = bank.start();
    let address = process.api.strip_prefix("http://").unwrap().parse().unwrap();
    let streams = flood(address, idle, b"").await;
    let line = Line::new(&bank, &process);
    for n in 0..20 {
        let phone = format!("+1202555{n:04}");
        let (status, body) = line.dbx(REQUEST, &json!({ "Phone": phone })).await.expect("an answer");
        assert_eq!(status, 200, "{body}");
    }
    let metrics = stranger().get(format!("{}/metrics", process.api)).send().await.unwrap().text().await.unwrap();
    let open = metrics.lines().find_map(|line| line.strip_prefix("countersign_connections{listener=\"bank\"} "));
    let open: usize = open.expect("the metric is there").parse().unwrap();
    assert!(open > idle, "{open} of {idle} and some stand");
    assert_eq!(dropped(&process.api, "made_room").await, 0);
    drop(streams);
    process.stop();
}

#[tokio::test]
async fn a_process_that_may_open_few_files_serves_and_says_how_to_let_it_open_more() {
    let bank = Bank::open().await;
    let mut few = std::process::Command::new("sh");
    few.args(["-c", "ulimit -n 128; exec \"$0\" \"$@\"", countersign().get_program().to_str().unwrap()]);
    let process = bank.start_under(few);
    let streams = flood(process.api.strip_prefix("http://").unwrap().parse().unwrap(), 400, b"").await;
    calls_are_answered(&bank, &process).await;
    drop(streams);
    let log = process.stop();
    assert!(log.contains("LimitNOFILE=") && log.contains("`ulimit -n`"), "{log}");
    assert!(log.contains("server.connections.max") && !log.contains("no answer"), "{log}");
}

/// The bound of connections is there so that this never happens; here the limit is lowered behind the server's back.
#[tokio::test]
async fn when_file_descriptors_run_out_all_the_same_some_are_given_back_and_the_log_says_what_to_do() {
    let bank = Bank::open().await;
    let process = bank.start();
    calls_are_answered(&bank, &process).await;
    let files = std::fs::read_dir(format!("/proc/{}/fd", process.id())).unwrap().count();
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(files as u64 + 20);
    prlimit(Pid::from_raw(process.id() as i32), Resource::Nofile, limit).unwrap();
    let streams = flood(process.api.strip_prefix("http://").unwrap().parse().unwrap(), 200, b"").await;
    calls_are_answered(&bank, &process).await;
    assert!(dropped(&process.api, "descriptors").await > 0);
    drop(streams);
    let log = process.stop();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("connections cannot be accepted")).collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(told[0].contains("LimitNOFILE=") && told[0].contains("Too many open files"), "{}", told[0]);
}

/// A message is sent and its code is right: nothing is lost on the way.
async fn calls_are_answered(bank: &Bank, process: &Process) {
    let line = Line::new(bank, process);
    let phone = format!("+1202555{:04}", process.id() % 10_000);
    for _ in 0..5 {
        let (status, started) = line.dbx(REQUEST, &json!({ "Phone": phone })).await.expect("an answer");
        assert_eq!(status, 200, "{started}");
    }
    for _ in 0..10 {
        let ready = stranger().get(format!("{}/readyz", process.api)).send().await.expect("others are served");
        assert_eq!(ready.status(), 200);
    }
}

#[tokio::test]
async fn one_address_cannot_take_the_connections_of_another() {
    let server = TestServer::with(|config| {
        (config.server.connections.max, config.server.connections.per_address_max) = (Some(64), Some(8));
    })
    .await;
    let other = from("127.0.0.2");
    let ready = async || other.get(server.url("/readyz")).send().await.unwrap().status().as_u16();
    assert_eq!(ready().await, 200);
    let before = dropped(&server.url(""), "made_room").await;
    let _streams = flood(server.address(), 100, b"").await;
    assert_eq!(ready().await, 200);
    let own = from("127.0.0.1").get(server.url("/readyz")).send().await.unwrap();
    assert_eq!(own.status(), 200, "whoever shares the address is served, too");
    assert!(dropped(&server.url(""), "made_room").await - before >= 92);
    let lines = server.logged();
    let told = lines.iter().find(|line| line["bound"] == "server.connections.per_address_max").expect("it is told");
    assert!(told["advice"].as_str().unwrap().contains("server.trusted_proxies"), "{told}");
}

#[tokio::test]
async fn a_request_in_hand_is_not_cut_off_to_make_room() {
    let (came, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let mut api = Api::<()>::default();
    let (arrived, let_go) = (came.clone(), go.clone());
    let slow = Endpoint::unpublished("slow", http::Method::GET, "/slow", move |(), _| {
        let (arrived, let_go) = (arrived.clone(), let_go.clone());
        async move {
            arrived.add_permits(1);
            let_go.acquire().await.unwrap().forget();
            Ok(http::Response::new("done".to_owned().into()))
        }
    });
    api.register(slow).unwrap();
    let options = Options::new("test", "test", ([127, 0, 0, 1], 0).into());
    let front = listen(Options { connections_max: 4, per_address_max: 4, ..options }, api, ());
    let url = format!("http://{}/slow", front.local_addr());
    let call = async || stranger().get(&url).send().await?.text().await;
    let calls: Vec<_> = (0..4).map(|_| tokio::spawn(stranger().get(&url).send())).collect();
    came.acquire_many(4).await.unwrap().forget();
    // All four are at work, so there is no room.
    assert!(call().await.is_err());
    go.add_permits(4);
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().text().await.unwrap(), "done");
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_too_little_is_closed() {
    let server = TestServer::with(|config| config.server.connections.head_timeout_secs = 1).await;
    for bytes in ["", "GET /livez HTTP/1.1\r\n"] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        assert_eq!(closed.expect("it is closed").unwrap(), 0, "{bytes:?}");
    }
    assert_eq!(dropped(&server.url(""), "silent").await, 1);
    assert_eq!(dropped(&server.url(""), "slow_head").await, 1);
}

#[tokio::test]
async fn a_caller_who_does_not_read_the_answers_is_closed() {
    let server = TestServer::with(|config| config.server.connections.idle_timeout_secs = 1).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    // More than the buffers between two sockets hold.
    let requests = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    stream.write_all(requests.as_bytes()).await.unwrap();
    let client = stranger();
    let open = async || {
        let text = client.get(server.url("/metrics")).send().await.unwrap().text().await.unwrap();
        text.contains("countersign_connections{listener=\"bank\"} 2")
    };
    while open().await {
        tokio::task::yield_now().await;
    }
    let mut answers = Vec::new();
    let _end = stream.read_to_end(&mut answers).await;
    assert!(answers.len() > 100_000 && answers.len() < 100 * 1_000_000, "{}", answers.len());
}
