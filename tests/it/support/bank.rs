//! A bank with the real program: its configuration, its customers, a gateway for text messages, and a process to be killed.

use super::postgres::Database;
use countersign::api::runtime::Operation;
use countersign::dev::data::{APPS, DataDir, ISSUER};
use countersign::dev::token::{self, Wish};
use countersign::server::{SystemClock, SystemRandom};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

const DBX: &str = "/services/data/v1/RBObjects/operations/DbxUser/";
pub(crate) const REQUEST: &str = "requestOTPPreLoginMB";
pub(crate) const VERIFY: &str = "verifyOTPPreLoginMB";
/// The application that calls the BNE operations.
pub(crate) const WEB: &str = "web";
/// What it calls itself in its calls.
pub(crate) const CALLER: &str = "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33";
/// No restart, and no message after one, takes longer on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// RFC 8032 section 7.1, test 1, in PEM: what signs checkpoints, and what they are checked with.
const CHECKPOINT_KEY: [(&str, &str); 2] = [
    ("PRIVATE", "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"),
    ("PUBLIC", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
];

/// A provider of text messages. It takes its time with some while it is told to: they are not accepted.
pub(crate) struct Gateway {
    pub(crate) slow: AtomicBool,
    asked: AtomicUsize,
    /// Codes by phone number, in the order in which they were accepted.
    accepted: Mutex<HashMap<String, Vec<String>>>,
    news: Notify,
}

impl Gateway {
    async fn start() -> (Arc<Self>, u16, AbortHandle) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (slow, asked, accepted, news) = Default::default();
        let gateway = Arc::new(Self { slow, asked, accepted, news });
        let answering = gateway.clone();
        let task = tokio::spawn(async move {
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let gateway = answering.clone();
                conversations.spawn(async move {
                    let service = service_fn(|request| gateway.take(request));
                    let http = hyper::server::conn::http1::Builder::new();
                    // A server that is killed hangs up.
                    http.serve_connection(TokioIo::new(stream), service).await.is_ok()
                });
            }
        });
        (gateway, port, task.abort_handle())
    }

    async fn take(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
        let body = request.into_body().collect().await?.to_bytes();
        if self.slow.load(Ordering::Relaxed) && self.asked.fetch_add(1, Ordering::Relaxed) % 4 == 3 {
            // Ends with the connection.
            std::future::pending::<()>().await;
        }
        let message: Value = serde_json::from_slice(&body).expect("what the template says");
        let [to, passcode] = ["to", "passcode"].map(|name| message[name].as_str().unwrap().to_owned());
        self.accepted.lock().unwrap().entry(to).or_default().push(passcode);
        self.news.notify_waiters();
        Ok(Response::new(Full::default()))
    }

    /// The last code that was accepted for this phone.
    pub(crate) fn code(&self, phone: &str) -> Option<String> {
        self.accepted.lock().unwrap().get(phone)?.last().cloned()
    }

    /// The same, waiting for it: a message that is never accepted fails the test.
    pub(crate) async fn code_to_come(&self, phone: &str) -> String {
        let wait = async {
            loop {
                let mut news = std::pin::pin!(self.news.notified());
                news.as_mut().enable();
                if let Some(code) = self.code(phone) {
                    return code;
                }
                news.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("no message to {phone} was ever accepted"))
    }
}

/// A bank: what stays while its server is killed and started.
pub(crate) struct Bank {
    dir: TempDir,
    data: DataDir,
    config: String,
    database: Option<Database<'static>>,
    pub(crate) credential: String,
    pub(crate) gateway: Arc<Gateway>,
    gateway_task: AbortHandle,
    pub(crate) http: reqwest::Client,
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.gateway_task.abort();
    }
}

/// The program.
pub(crate) fn countersign() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.stdin(Stdio::null()).env("USER", "olga");
    for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    command
}

impl Bank {
    /// On the engine of the tests.
    pub(crate) async fn open() -> Self {
        Self::with(None, Database::wanted()).await
    }

    /// For tests that are about the file.
    pub(crate) async fn in_a_file() -> Self {
        Self::with(None, None).await
    }

    /// A bank whose data file is in a directory of its own, such as one on another file system.
    pub(crate) async fn with_data_in(directory: PathBuf) -> Self {
        Self::with(Some(directory), None).await
    }

    async fn with(directory: Option<PathBuf>, database: Option<Database<'static>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let Some(database) = database else {
            let file = directory.unwrap_or_else(|| dir.path().to_owned()).join("bank.sqlite");
            return Self::with_store(dir, &format!("sqlite = \"{}\"", file.display()), None).await;
        };
        let (store, password) = on_a_server(&database.url());
        let mut bank = Self::with_store(dir, &store, Some(&password)).await;
        bank.database = Some(database);
        bank
    }

    /// A bank whose data is on a database server, with the password of its user in the URL.
    pub(crate) async fn on_a_server(url: &str) -> Self {
        let (store, password) = on_a_server(url);
        Self::with_store(tempfile::tempdir().unwrap(), &store, Some(&password)).await
    }

    async fn with_store(dir: TempDir, store: &str, password: Option<&str>) -> Self {
        let data = DataDir::create(&dir.path().join("dev"), &SystemRandom).unwrap();
        let (gateway, port, gateway_task) = Gateway::start().await;
        let path = dir.path().join("bank.toml");
        std::fs::write(&path, configuration(store, port)).unwrap();
        if let Some(password) = password {
            std::fs::write(dir.path().join("store.password"), password).unwrap();
        }
        let config = path.to_str().unwrap().to_owned();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let (database, credential) = (None, String::new());
        let mut bank = Self { dir, data, config, database, credential, gateway, gateway_task, http };
        let create = ["operator", "create", "root", "--scopes", "read,enrol,unlock,redeem,admin"];
        let Output { status, stdout, stderr } = bank.run(&create);
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        bank.credential = String::from_utf8(stdout).unwrap().trim().to_owned();
        bank
    }

    /// The data file.
    pub(crate) fn file(&self) -> PathBuf {
        let text = std::fs::read_to_string(&self.config).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("sqlite = ")).expect("this test is about a file");
        PathBuf::from(line.trim_matches('"'))
    }

    /// The database, unless the data is in a file.
    pub(crate) fn database(&self) -> Option<&Database<'static>> {
        self.database.as_ref()
    }

    /// A folder for whatever else a test has it write.
    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Adds tables to the configuration.
    pub(crate) fn configure(&self, tables: &str) {
        let text = std::fs::read_to_string(&self.config).unwrap();
        std::fs::write(&self.config, format!("{text}\n{tables}\n")).unwrap();
    }

    /// Has checkpoints of the audit trail made: in `shipped.jsonl`, whose path this is. `checkpoint.pub` beside it is what they
    /// are checked with.
    pub(crate) fn signs_checkpoints(&self) -> PathBuf {
        for ((kind, key), name) in CHECKPOINT_KEY.into_iter().zip(["checkpoint.pem", "checkpoint.pub"]) {
            let pem = format!("-----BEGIN {kind} KEY-----\n{key}\n-----END {kind} KEY-----\n");
            std::fs::write(self.dir.path().join(name), pem).unwrap();
        }
        self.configure("[audit]\ncheckpoint_key_file = \"checkpoint.pem\"\ncheckpoint_file = \"shipped.jsonl\"");
        self.dir.path().join("shipped.jsonl")
    }

    /// Changes the configuration.
    pub(crate) fn change(&self, old: &str, new: &str) {
        let text = std::fs::read_to_string(&self.config).unwrap();
        assert!(text.contains(old), "the configuration has no {old}");
        std::fs::write(&self.config, text.replacen(old, new, 1)).unwrap();
    }

    /// The configuration file.
    pub(crate) fn config(&self) -> &str {
        &self.config
    }

    /// The server key, in hexadecimal digits.
    pub(crate) fn server_key(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("dev/server.key")).unwrap()
    }

    /// Moves the data from the file to a database, with the password of its user in the URL. From then on the configuration is
    /// another one, beside the old one; if that fails, the old one stays.
    pub(crate) fn move_to(&mut self, url: &str) -> Output {
        let (store, password) = on_a_server(url);
        let text = std::fs::read_to_string(&self.config).unwrap();
        let file = text.lines().find(|line| line.starts_with("sqlite = ")).expect("this test is about a file");
        let new = self.dir.path().join("moved.toml").to_str().unwrap().to_owned();
        std::fs::write(&new, text.replace(file, &store)).unwrap();
        std::fs::write(self.dir.path().join("store.password"), password).unwrap();
        let output = countersign().args(["migrate-store", "--from", &self.config, "--to", &new]).output().unwrap();
        if output.status.success() {
            self.config = new;
        }
        output
    }

    /// Runs another command of the program on this bank, to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        countersign().args(arguments).args(["--config", &self.config]).output().unwrap()
    }

    /// Starts the server.
    pub(crate) fn start(&self) -> Process {
        self.start_under(countersign())
    }

    /// Starts the server by a command that becomes the program, such as one that sets a limit first.
    pub(crate) fn start_under(&self, command: Command) -> Process {
        self.try_start(command).unwrap_or_else(|log| panic!("it did not start:\n{log}"))
    }

    /// The same; an error is the log of a server that ended at once.
    pub(crate) fn try_start(&self, mut command: Command) -> Result<Process, String> {
        command.args(["serve", "--config", &self.config]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (mut log, mut found) = (String::new(), HashMap::new());
        for line in lines.by_ref().map_while(Result::ok) {
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            let _ = writeln!(log, "{line}");
            if let (Some(what), Some(address)) = (entry["msg"].as_str(), entry["address"].as_str()) {
                found.insert(what.to_owned(), address.to_owned());
            }
            if let (Some(api), Some(office)) = (found.get("listening"), found.get("listening for operators")) {
                let (api, office) = (format!("http://{api}"), format!("http://{office}"));
                let log = Arc::new(Mutex::new(log));
                let keeping = log.clone();
                let reader = std::thread::spawn(move || {
                    for line in lines.map_while(Result::ok) {
                        let _ = writeln!(keeping.lock().unwrap(), "{line}");
                    }
                });
                return Ok(Process { child, api, office, log, reader: Some(reader) });
            }
        }
        drop(child.wait());
        Err(log)
    }

    /// An access token of this customer, for any operation.
    pub(crate) fn token(&self, customer: &str) -> String {
        let wish = Wish { customer, app: APPS[0], client: Some(WEB), ttl: Duration::from_secs(3600) };
        token::mint(&self.data, &wish, SystemClock.now()).unwrap()
    }
}

/// A running server. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
    pub(crate) api: String,
    office: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    /// Ends it as a power cut would. Gives what it had logged.
    pub(crate) fn kill(mut self) -> String {
        self.end()
    }

    /// Ends it in order. Gives what it had logged.
    pub(crate) fn stop(mut self) -> String {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success() && self.child.wait().unwrap().success(), "{}", self.logged());
        self.end()
    }

    /// Where the operator API is.
    pub(crate) fn office(&self) -> &str {
        &self.office
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has logged this: its log is written by a thread of its own.
    pub(crate) async fn says(&self, what: &str) {
        let wait = async {
            while !self.logged().contains(what) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let said = tokio::time::timeout(PATIENCE, wait).await;
        assert!(said.is_ok(), "it never logged {what}:\n{}", self.logged());
    }

    /// What it has logged so far.
    fn logged(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    fn end(&mut self) -> String {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.logged()
    }
}

impl Drop for Process {
    #[expect(clippy::print_stdout, reason = "the harness keeps it unless the test fails")]
    fn drop(&mut self) {
        let log = self.end();
        if std::thread::panicking() {
            let problems: Vec<_> = log.lines().filter(|line| line.contains("\"problem\":")).collect();
            println!("what {} has logged of problems:\n{}", self.api, problems.join("\n"));
        }
    }
}

/// Answers 5xx: when they came, and what they were.
pub(crate) type Outage = Arc<Mutex<Vec<(Instant, u16, Value)>>>;

/// Calls of one customer, application or operator to a running server. `None` is an answer that never came.
#[derive(Clone)]
pub(crate) struct Line {
    http: reqwest::Client,
    /// Where each replica is, for customers and for operators.
    ends: Arc<[(String, String)]>,
    turn: Arc<AtomicUsize>,
    credential: String,
    outage: Option<Outage>,
}

impl Line {
    pub(crate) fn new(bank: &Bank, process: &Process) -> Self {
        Self::over(bank, [process])
    }

    /// To several servers in turn, one call to each.
    pub(crate) fn over<'a>(bank: &Bank, processes: impl IntoIterator<Item = &'a Process>) -> Self {
        let ends = processes.into_iter().map(|process| (process.api.clone(), process.office.clone())).collect();
        let credential = bank.credential.clone();
        Self { http: bank.http.clone(), ends, turn: Arc::default(), credential, outage: None }
    }

    /// The same; a 5xx is noted, and as good as an answer that never came.
    pub(crate) fn noting(mut self, outage: &Outage) -> Self {
        self.outage = Some(outage.clone());
        self
    }

    fn end(&self) -> &(String, String) {
        &self.ends[self.turn.fetch_add(1, Ordering::Relaxed) % self.ends.len()]
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).ok()? };
        match &self.outage {
            Some(outage) if status >= 500 => {
                outage.lock().unwrap().push((Instant::now(), status, body));
                None
            }
            _ => Some((status, body)),
        }
    }

    /// A DBX operation before login.
    pub(crate) async fn dbx(&self, operation: &str, body: &Value) -> Option<(u16, Value)> {
        self.send(self.http.post(format!("{}{DBX}{operation}", self.end().0)).json(body)).await
    }

    /// The call that has the first phone's code sent.
    pub(crate) async fn send_code(&self, service_key: &str, reference: &str) -> Option<(u16, Value)> {
        let body = json!({ "MFAAttributes": { "serviceKey": service_key, "OTP": { "phone": reference } } });
        self.dbx(REQUEST, &body).await
    }

    pub(crate) async fn verify(&self, service_key: &str, security_key: &str, code: &str) -> Option<(u16, Value)> {
        let otp = json!({ "securityKey": security_key, "otp": code });
        self.dbx(VERIFY, &json!({ "MFAAttributes": { "serviceKey": service_key, "OTP": otp } })).await
    }

    /// A BNE operation, with this access token.
    pub(crate) async fn bne(&self, operation: &Operation, token: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.http.post(format!("{}{}", self.end().0, operation.path)).json(body).bearer_auth(token);
        let request = request.header("client_id", WEB).header("accept", "application/json").header("sid", "session-1");
        let request = request.header("uuid", CALLER).header("channelId", "CBOL");
        self.send(request.header("countryCode", "MX").header("businessCode", "GCB")).await
    }

    /// A call of the operator API: method, path below `/operator/v1`, headers, body.
    pub(crate) async fn office(
        &self,
        method: http::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<(u16, Value)> {
        let mut request = self.http.request(method, format!("{}/operator/v1{path}", self.end().1));
        request = request.bearer_auth(&self.credential);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// Registers the application that calls the BNE operations.
    pub(crate) async fn register(&self) {
        let body = json!({ "countries": ["MX"], "businesses": ["GCB"], "channels": ["CBOL"] });
        let made = self.office(http::Method::PUT, &format!("/clients/{WEB}"), &[], Some(&body)).await.unwrap();
        assert_eq!(made.0, 201, "{}", made.1);
    }
}

/// What a configuration says of this database, and the password, which goes into a file.
fn on_a_server(url: &str) -> (String, String) {
    let parts = || {
        let (who, place) = url.strip_prefix("postgres://")?.rsplit_once('@')?;
        let (user, password) = who.split_once(':')?;
        Some((format!("url = \"postgres://{user}@{place}\"\npassword_file = \"store.password\""), password.to_owned()))
    };
    parts().expect("postgres://user:password@hosts/database")
}

fn configuration(store: &str, gateway: u16) -> String {
    let [app, _] = APPS;
    format!(
        r#"[server]
listen = "127.0.0.1:0"
[server.throttle]
enabled = false
[toll_fraud]
enabled = false
[log]
format = "json"
[store]
{store}
[[keys]]
id = "dev"
file = "dev/server.key"
[policy.pre_login]
[policy.security_questions]
[[issuers]]
issuer = "{ISSUER}"
jwks_file = "dev/jwks.json"
[issuers.dbx]
audiences = ["{app}"]
[issuers.bne]
audiences = ["{app}"]
# Many act as few here, as fast as they can: what limits each of them over time is tested elsewhere.
[limits]
resend_wait_secs = 0
[limits.sends]
destination_per_hour = 0
customer_per_hour = 0
app_per_minute = 0
address_per_hour = 0
country_per_hour = 0
purpose_per_minute = 0
all_per_minute = 0
[limits.failures]
destination_per_day = 0
customer_per_day = 0
address_per_hour = 0
same_code_per_hour = 0
purpose_per_minute = 0
[limits.challenges]
client_per_minute = 0
customer_per_hour = 0
address_per_minute = 0
all_per_minute = 0
[delivery]
wait_for_provider_secs = 1
[delivery.sms.http]
url = "http://127.0.0.1:{gateway}/"
plain_http = true
body.json = '{{"to": {{{{ to }}}}, "passcode": {{{{ passcode }}}}}}'
[bne]
enabled = true
[operator]
enabled = true
listen = "127.0.0.1:0"
"#
    )
}
