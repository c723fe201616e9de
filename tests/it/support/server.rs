//! A real server on a free port, with a fresh data directory, a clock that a test moves, and an inbox for messages.

use super::domain::{TestClock, noon};
use super::postgres::Database;
use super::rows::Rows;
use crate::examples::validator;
use async_trait::async_trait;
use countersign::api::runtime::Operation;
use countersign::client::{DbxClient, Token};
use countersign::config::Config;
use countersign::delivery::memory::{Inbox, InboxMessage, KeepCodesReadable};
use countersign::delivery::template::Text;
use countersign::delivery::{Failure, Provider};
use countersign::dev::data::{APPS, DataDir};
use countersign::dev::{seed, token};
use countersign::domain::customer::Language;
use countersign::domain::ports::{Clock, Message};
use countersign::server::{Server, SystemRandom, World, offline};
use countersign::store::Location;
use serde_json::Value;
use slog::{Drain, Logger};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The customers that are there, under these ids.
pub(crate) const ANA: &str = "ana";
pub(crate) const BEN: &str = "ben";
/// Knows no address of his.
pub(crate) const LEO: &str = "leo";
/// Has an e-mail address only.
pub(crate) const MIA: &str = "mia";

const CUSTOMERS: [seed::Sample; 4] = [
    (ANA, Language::Es, &["+12025550107"], &["ana.lopez@bank.example"]),
    (BEN, Language::En, &["+12025550123", "+12025550145"], &["ben@bank.example"]),
    (LEO, Language::En, &[], &[]),
    (MIA, Language::En, &[], &["mia@bank.example"]),
];

/// Keeps what is logged.
#[derive(Clone, Default)]
pub(crate) struct Pages(Arc<Mutex<Vec<u8>>>);

impl Pages {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    /// Everything comes here, one object a line, whatever its level.
    pub(crate) fn logger(&self) -> Logger {
        let drain = Mutex::new(slog_json::Json::new(self.clone()).add_default_keys().build());
        Logger::root(drain.fuse(), slog::o!())
    }
}

impl Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The inbox, behind a switch that makes it refuse everything.
pub(crate) struct Way {
    inbox: Arc<Inbox>,
    pub(crate) refuses: AtomicBool,
}

#[async_trait]
impl Provider for Way {
    fn name(&self) -> &str {
        "way"
    }

    async fn deliver(&self, message: &Message, text: &Text, log: &Logger) -> Result<(), Failure> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(Failure::Refused("not today".to_owned()));
        }
        self.inbox.deliver(message, text, log).await
    }
}

/// What stays while a server stops and starts: its keys and its data.
pub(crate) struct Home {
    pub(crate) data: DataDir,
    database: Option<Database<'static>>,
    _dir: TempDir,
}

impl Home {
    /// That of a development server, with the data on the engine of the tests.
    pub(crate) fn config(&self) -> Config {
        let mut config = self.data.config().unwrap();
        if let Some(database) = &self.database {
            let (url, password) = database.store();
            (config.store.sqlite, config.store.url) = (None, Some(url));
            config.store.password = Some(password.into());
        }
        config
    }

    pub(crate) fn location(&self) -> Location {
        self.database.as_ref().map_or_else(|| self.data.database().into(), Database::location)
    }
}

/// A running server. Dropping it deletes its data.
pub(crate) struct TestServer {
    server: Server,
    home: Home,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) sms: Arc<Way>,
    pub(crate) email: Arc<Way>,
    inbox: Arc<Inbox>,
    log: Pages,
    document: Arc<Value>,
    pub(crate) http: reqwest::Client,
}

/// An answer that the document allows: [`TestServer::post`] has checked that.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl Seen {
    /// The `dbpErrCode`; empty if there is none.
    pub(crate) fn code(&self) -> &str {
        self.body["dbpErrCode"].as_str().unwrap_or_default()
    }
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// With a configuration that is changed before the start.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (home, clock) = Self::prepared();
        Self::run(home, clock, change).await
    }

    /// What a server starts on: a home with the customers in it, and its clock.
    pub(crate) fn prepared() -> (Home, Arc<TestClock>) {
        let dir = tempfile::tempdir().unwrap();
        let clock = TestClock::at(noon());
        let data = DataDir::create(&dir.path().join("data"), &SystemRandom).unwrap();
        let home = Home { data, database: Database::wanted(), _dir: dir };
        let customer = |(id, language, phones, emails): &seed::Sample| seed::customer(id, *language, phones, emails);
        let customers = CUSTOMERS.iter().map(customer);
        let random = Arc::new(SystemRandom);
        offline::import_customers(&home.config(), random, clock.now(), "anna", customers, false, &mut |_| ()).unwrap();
        (home, clock)
    }

    /// Stops it in order and starts it anew on the same data.
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self { server, home, clock, .. } = self;
        assert!(server.shutdown().await, "something was cut off");
        Self::run(home, clock, change).await
    }

    pub(crate) async fn run(home: Home, clock: Arc<TestClock>, change: impl FnOnce(&mut Config)) -> Self {
        Self::run_in(home, clock, change, |world| world).await
    }

    /// In a world that is changed before the start.
    pub(crate) async fn run_in(
        home: Home,
        clock: Arc<TestClock>,
        change: impl FnOnce(&mut Config),
        differ: impl FnOnce(World) -> World,
    ) -> Self {
        let inbox = Arc::new(Inbox::new(KeepCodesReadable::YesForDevelopmentOnly, clock.clone()));
        let way = || Arc::new(Way { inbox: inbox.clone(), refuses: AtomicBool::new(false) });
        let (sms, email) = (way(), way());
        let mut config = home.config();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.operator.listen = ([127, 0, 0, 1], 0).into();
        change(&mut config);
        let log = Pages::default();
        let world = World {
            clock: clock.clone(),
            sms: Some(sms.clone()),
            email: Some(email.clone()),
            inbox: Some(inbox.clone()),
            ..World::new(log.logger())
        };
        let server = Server::start(&config, differ(world)).await.unwrap();
        let document = Arc::new(crate::facts::document("dbx-otp.yaml"));
        Self { server, home, clock, sms, email, inbox, log, document, http: client() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// Where operators call.
    pub(crate) fn operator_address(&self) -> SocketAddr {
        self.server.operator_addr().expect("a development server has an operator API")
    }

    /// As SIGHUP does.
    pub(crate) async fn reload_certificates(&self) {
        self.server.reload_certificates().await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// A file of its data directory.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.data.database().with_file_name(name)
    }

    /// What it was configured with, but for what the test has changed.
    pub(crate) fn config(&self) -> Config {
        self.home.config()
    }

    /// Where the data is.
    pub(crate) fn location(&self) -> Location {
        self.home.location()
    }

    /// The rows, for whoever looks at them or tampers with them.
    pub(crate) fn rows(&self) -> Rows {
        Rows::at(&self.location())
    }

    pub(crate) fn client(&self) -> DbxClient {
        DbxClient::new(&self.url(""), self.http.clone())
    }

    /// A good token of this customer, from the first app.
    pub(crate) fn token(&self, customer: &str) -> Token {
        self.token_of_app(customer, APPS[0])
    }

    pub(crate) fn token_of_app(&self, customer: &str, app: &str) -> Token {
        let ttl = Duration::from_secs(3600);
        token::mint(&self.home.data, &token::Wish { customer, app, client: None, ttl }, self.clock.now())
            .unwrap()
            .into()
    }

    /// What was delivered so far, newest first.
    pub(crate) fn messages(&self) -> Vec<InboxMessage> {
        self.inbox.messages()
    }

    /// The log so far, byte for byte.
    pub(crate) fn log(&self) -> Vec<u8> {
        self.log.0.lock().unwrap().clone()
    }

    /// What was logged so far, a line of JSON each.
    pub(crate) fn logged(&self) -> Vec<Value> {
        let text = String::from_utf8(self.log()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The code of the newest message.
    pub(crate) fn code(&self) -> String {
        self.messages().first().expect("a message").passcode.clone()
    }

    /// Posts JSON, and checks the answer against the document.
    pub(crate) async fn post(&self, operation: &Operation, token: Option<&Token>, body: &Value) -> Seen {
        let request = self.request(operation, token).body(body.to_string());
        self.see(operation, request).await
    }

    /// A request of an operation with the headers it takes, without a body.
    pub(crate) fn request(&self, operation: &Operation, token: Option<&Token>) -> reqwest::RequestBuilder {
        let request = self.http.post(self.url(operation.path)).header("Content-Type", "application/json");
        match token {
            Some(token) => request.header("X-Kony-Authorization", token.to_string()),
            None => request,
        }
    }

    /// Sends a request and checks the answer against the document.
    pub(crate) async fn see(&self, operation: &Operation, request: reqwest::RequestBuilder) -> Seen {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} is not JSON: {text}"));
        self.check(operation, status, &headers, &body);
        Seen { status, headers, body }
    }

    /// Panics if the document does not allow this answer.
    pub(crate) fn check(&self, operation: &Operation, status: u16, headers: &http::HeaderMap, body: &Value) {
        let answers = &self.document["paths"][operation.path]["post"]["responses"];
        let documented = &answers[status.to_string()];
        assert!(!documented.is_null(), "{}: {status} is not in the document: {body}", operation.id);
        let documented = self.document.pointer(&documented["$ref"].as_str().expect("by reference")[1..]).unwrap();
        for (name, _) in documented["headers"].as_object().into_iter().flatten() {
            assert!(headers.contains_key(name), "{}: {status} lacks {name}", operation.id);
        }
        assert_eq!(headers["content-type"], "application/json", "{}: {status}", operation.id);
        assert_eq!(headers["cache-control"], "no-store", "{}: {status}", operation.id);
        let schema = documented["content"]["application/json"]["schema"]["$ref"].as_str().expect("a schema");
        let schema = schema.rsplit('/').next().unwrap();
        if let Err(problem) = validator(&self.document, schema).validate(body) {
            panic!("{}: {status} is no {schema}: {problem}: {body}", operation.id);
        }
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
