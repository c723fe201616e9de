//! The operator API over the wire. What its answers are like is checked against the document, call by call.

mod bad_input;
mod coverage;

use crate::examples::validator;
use crate::facts::document;
use crate::support::server::TestServer;
use countersign::api::operator::generated::OPERATIONS;
use countersign::api::runtime::Operation;
use countersign::config::Config;
use countersign::dev::data::DataDir;
use countersign::dev::seed;
use countersign::domain::oath::hotp::hotp;
use countersign::domain::oath::{Digits, Seed};
use countersign::domain::ports::{Clock, Random};
use countersign::server::SystemRandom;
use http::HeaderMap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An operation, and a status that it was answered with.
type Seen = (&'static str, u16);

/// A server that is called by an operator who may do everything.
pub(crate) struct Office {
    pub(crate) server: TestServer,
    credential: String,
    document: Value,
    seen: Mutex<BTreeSet<Seen>>,
}

/// An answer, as the document allows it.
#[derive(Debug)]
pub(crate) struct Told {
    status: u16,
    headers: HeaderMap,
    /// `Null` for an answer without a body.
    pub(crate) body: Value,
}

impl Told {
    pub(crate) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {self:?}")).to_owned()
    }

    fn tag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }
}

/// A call in the making.
pub(crate) struct Call<'a> {
    office: &'a Office,
    operation: &'static Operation,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Office {
    pub(crate) async fn open(change: impl FnOnce(&mut Config)) -> Self {
        let (home, clock) = TestServer::prepared();
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        seed::operator(&home.data, &home.config(), &random, clock.now()).await.unwrap();
        let credential = credential(&home.data);
        let server = TestServer::run(home, clock, change).await;
        let document = document("operator.yaml");
        Self { server, credential, document, seen: Mutex::default() }
    }

    /// Stops the server in order and starts it anew on the same data.
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Config)) -> Self {
        Self { server: self.server.restart(change).await, ..self }
    }

    /// A call of the operation of this id, with the credential; what it needs besides is added to it.
    pub(crate) fn call(&self, id: &str) -> Call<'_> {
        let operation = OPERATIONS.iter().find(|operation| operation.id == id);
        let operation = operation.unwrap_or_else(|| panic!("there is no operation {id}"));
        let headers = vec![("Authorization", format!("Bearer {}", self.credential))];
        Call { office: self, operation, path: operation.path.to_owned(), query: vec![], headers, body: None }
    }

    /// Panics if the document does not allow this answer.
    fn check(&self, operation: &Operation, told: &Told) {
        let method = operation.method.as_str().to_lowercase();
        let answers = &self.document["paths"][operation.path][method]["responses"];
        let documented = &answers[told.status.to_string()];
        assert!(!documented.is_null(), "{}: {} is not in the document: {}", operation.id, told.status, told.body);
        let documented = match documented["$ref"].as_str() {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
            None => documented,
        };
        for (name, _) in documented["headers"].as_object().into_iter().flatten() {
            assert!(told.headers.contains_key(name), "{}: {} lacks {name}", operation.id, told.status);
        }
        assert_eq!(told.headers["cache-control"], "no-store");
        let Some(schema) = documented["content"]["application/json"]["schema"]["$ref"].as_str() else {
            return assert_eq!(told.body, Value::Null, "{}: {} has no body", operation.id, told.status);
        };
        let schema = schema.rsplit('/').next().unwrap();
        if let Err(problem) = validator(&self.document, schema).validate(&told.body) {
            panic!("{}: {} is no {schema}: {problem}: {}", operation.id, told.status, told.body);
        }
        if told.status >= 400 {
            assert_eq!(told.body["status"], told.status, "{}", operation.id);
            assert_eq!(told.body["instance"], told.headers["x-request-id"].to_str().unwrap(), "{}", operation.id);
        }
    }
}

/// What the operator of a development server calls with.
fn credential(data: &DataDir) -> String {
    let file = data.database().with_file_name("operator.credential");
    std::fs::read_to_string(file).unwrap().trim().to_owned()
}

impl Call<'_> {
    pub(crate) fn at(mut self, name: &str, value: &str) -> Self {
        let path = self.path.replace(&format!("{{{name}}}"), value);
        assert_ne!(path, self.path, "{} has no {name} in its path", self.operation.id);
        self.path = path;
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    fn seen(self, tag: &str) -> Self {
        self.header("If-Match", tag)
    }

    /// With a key of its own.
    pub(crate) fn once(self, key: &str) -> Self {
        self.header("Idempotency-Key", &format!("{key:-<16}"))
    }

    pub(crate) fn body(self, body: Value) -> Self {
        self.text(&body.to_string())
    }

    fn text(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("Content-Type", "application/json")
    }

    /// Sends it; the answer is checked, and remembered.
    async fn send(self) -> Told {
        let Self { office, operation, path, query, headers, body } = self;
        let url = format!("http://{}{path}", office.server.operator_address());
        let mut request = office.server.http.request(operation.method.clone(), url).query(&query);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        let told = Told { status, headers, body };
        office.check(operation, &told);
        office.seen.lock().unwrap().insert((operation.id, status));
        told
    }

    /// Sends it, and panics unless it is answered with this status.
    pub(crate) async fn gives(self, status: u16) -> Told {
        let id = self.operation.id;
        let told = self.send().await;
        assert_eq!(told.status, status, "{id}: {}", told.body);
        told
    }
}

#[tokio::test]
async fn a_repeat_of_a_call_that_makes_something_gets_the_same_and_makes_nothing() {
    let office = Office::open(|_| ()).await;
    let create = |name: &str| json!({ "name": name, "scopes": ["read"] });
    let first = office.call("operator_create").once("a").body(create("desk")).gives(201).await;
    let again = office.call("operator_create").once("a").body(create("desk")).gives(201).await;
    assert_eq!(first.body, again.body, "its credential, too");
    let other = office.call("operator_create").once("a").body(create("other")).gives(422).await;
    assert_eq!(other.text("/type"), "urn:countersign:problem:idempotency-mismatch");
    let enrol = json!({ "serial": "app-1", "kind": "TOTP" });
    let first = office.call("token_enrol").once("a").body(enrol.clone()).gives(422).await;
    assert_eq!(first.text("/location"), "Idempotency-Key");
    let first = office.call("token_enrol").once("b").body(enrol.clone()).gives(201).await;
    let again = office.call("token_enrol").once("b").body(enrol.clone()).gives(201).await;
    assert!(first.text("/keyUri").starts_with("otpauth://totp/") && first.body == again.body);
    assert_eq!(office.call("token_list").gives(200).await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_version_that_was_not_seen_is_not_changed() {
    let office = Office::open(|_| ()).await;
    let data = |language: &str| json!({ "language": language, "phones": ["+12025550107"], "emails": [] });
    let put = || office.call("customer_put").at("customerId", "4711");
    let made = put().body(data("es")).gives(201).await;
    assert_eq!(made.tag(), "\"1\"");
    assert_eq!(put().body(data("en")).gives(428).await.body["version"], 1);
    put().seen("\"2\"").body(data("en")).gives(412).await;
    let changed = put().seen(&made.tag()).body(data("en")).gives(200).await;
    assert_eq!(changed.text("/language"), "en");
    let both = [put().seen("\"2\"").body(data("es")).send(), put().seen("\"2\"").body(data("es")).send()];
    let mut statuses: Vec<_> = futures::future::join_all(both).await.iter().map(|told| told.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412], "one of two wins");
}

#[tokio::test]
async fn a_query_that_is_mistyped_finds_nothing_instead_of_everything() {
    let office = Office::open(|_| ()).await;
    let told = office.call("token_list").query("custmerId", "4711").gives(400).await;
    assert_eq!(told.text("/location"), "custmerId");
    let told = office.call("token_list").query("limit", "0").gives(400).await;
    assert_eq!(told.text("/location"), "limit");
    let told = office.call("token_list").query("state", "lost").gives(400).await;
    assert_eq!(told.text("/location"), "state");
    let twice = office.call("token_list").query("limit", "1").query("limit", "2").gives(400).await;
    assert_eq!(twice.text("/location"), "limit");
    let told = office.call("token_view").at("tokenId", "%07").gives(400).await;
    assert_eq!(told.text("/location"), "tokenId");
}

#[tokio::test]
async fn a_list_goes_on_where_the_page_before_ended() {
    let office = Office::open(|_| ()).await;
    let all = office.call("customer_list").gives(200).await;
    let ids = |told: &Told| -> Vec<String> {
        told.body["items"].as_array().unwrap().iter().map(|item| item["customerId"].as_str().unwrap().into()).collect()
    };
    let mut sorted = ids(&all);
    sorted.sort_unstable();
    assert_eq!(sorted, ["ana", "ben", "leo", "mia"]);
    assert!(all.body.get("nextPageToken").is_none());
    let first = office.call("customer_list").query("limit", "3").gives(200).await;
    let next = first.text("/nextPageToken");
    let second = office.call("customer_list").query("limit", "3").query("pageToken", &next).gives(200).await;
    assert_eq!([ids(&first), ids(&second)].concat(), ids(&all));
    let shown = all.body.to_string();
    assert!(shown.contains("+12XXXXXXX07") && !shown.contains("2025550107"), "{shown}");
}

#[tokio::test]
async fn who_is_revoked_while_their_call_comes_in_does_not_end_it() {
    let office = Office::open(|_| ()).await;
    let operator = |name: &str| json!({ "name": name, "scopes": ["admin"] });
    let thief = office.call("operator_create").once("a").body(operator("thief")).gives(201).await;
    let body = operator("heir").to_string();
    let head = format!(
        "POST /operator/v1/operators HTTP/1.1\r\nHost: office\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {:-<16}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        thief.text("/credential"),
        "b",
        body.len()
    );
    let mut connection = TcpStream::connect(office.server.operator_address()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n", "it is let in, and its body is awaited");
    office.call("operator_revoke").at("operatorName", "thief").gives(204).await;
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let listed = office.call("operator_list").gives(200).await;
    assert!(!listed.body.to_string().contains("heir"), "{}", listed.body);
}

#[tokio::test]
async fn a_token_whose_key_uri_would_be_too_long_is_refused_and_not_made() {
    let office = Office::open(|_| ()).await;
    let enrol = json!({ "serial": "app-1", "kind": "TOTP", "manufacturer": "\u{9280}".repeat(64) });
    let told = office.call("token_enrol").once("a").body(enrol).gives(400).await;
    assert_eq!(told.text("/location"), "seed");
    assert_eq!(office.call("token_list").gives(200).await.body["items"], json!([]));
}

#[tokio::test]
async fn a_token_that_has_counted_to_the_end_is_still_shown() {
    let office = Office::open(|_| ()).await;
    let (seed, last) = ("3132333435363738393031323334353637383930", 9_007_199_254_740_991_u64);
    let enrol = json!({ "serial": "HT-1", "kind": "HOTP", "seed": seed, "counter": last, "customerId": "ana" });
    let made = office.call("token_enrol").once("a").body(enrol).gives(201).await;
    let code = hotp(&Seed::new(b"12345678901234567890").unwrap(), Digits::Six, last);
    let test = office.call("token_test").at("tokenId", &made.text("/token/tokenId"));
    assert_eq!(test.body(json!({ "code": code.expose() })).gives(200).await.body["counter"], last);
    assert_eq!(office.call("token_list").gives(200).await.body["items"][0]["counter"], last);
}

#[tokio::test]
async fn a_moment_that_cannot_be_written_in_utc_is_malformed() {
    let office = Office::open(|_| ()).await;
    for (property, moment) in [("startsAt", "0000-01-01T00:00:00+00:01"), ("expiresAt", "9999-12-31T23:59:59-00:01")] {
        let mut enrol = json!({ "serial": "app-1", "kind": "TOTP" });
        enrol[property] = moment.into();
        let told = office.call("token_enrol").once(property).body(enrol).gives(400).await;
        assert_eq!(told.text("/location"), property);
    }
}
