//! What callers should not send, to every operation of a real server: each is answered with the envelope and the status of the
//! document, names what is wrong without repeating it, and changes nothing.
//!
//! Most bodies here are good ones with one fault: were the fault overlooked, a code would be sent or used up, and
//! [`Stage::leave`] would see it. What the runtime does with any family is shown in `runtime`.

mod bodies;
mod keys;
mod requests;
mod strings;
mod wire;

use crate::support::dbx::{Handle, PHONE, wrong};
use crate::support::server::{ANA, Seen, TestServer};
use countersign::api::dbx::generated::*;
use countersign::api::runtime::Operation;
use countersign::client::Token;
use countersign::config::Config;
use serde_json::{Value, json};

/// Part of what is sent, and of no answer: as a text and as a number.
const MARKER: &str = "s3cr3tMarker";
const MARKER_NUMBER: &str = "4902103377";

/// A flow whose code has been sent, and whoever opened it.
struct Open {
    request: &'static Operation,
    verify: &'static Operation,
    token: Option<Token>,
    handle: Handle,
    code: String,
}

impl Open {
    fn operations(&self) -> [&'static Operation; 2] {
        [self.request, self.verify]
    }

    /// A body that would do something: resend the code, or use it up. Every property of the document is in it.
    fn body(&self, operation: &Operation) -> Value {
        if operation.id == self.verify.id {
            return self.handle.verify_json(&self.code);
        }
        let mut body = self.handle.send_json();
        body["MFAAttributes"]["OTP"]["email"] = json!(self.handle.emails.first().map_or("", String::as_str));
        if self.token.is_none() {
            body["Phone"] = json!(PHONE);
        }
        body
    }
}

/// A server with an open flow of each kind, and what its data file says of them.
struct Stage {
    server: TestServer,
    document: Value,
    flows: [Open; 2],
    before: (Vec<String>, usize),
}

impl Stage {
    async fn set() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let server = TestServer::with(change).await;
        let applicant = Open {
            request: &REQUEST_OTP_PRE_LOGIN_MB,
            verify: &VERIFY_OTP_PRE_LOGIN_MB,
            token: None,
            handle: server.sent_pre_login(PHONE).await,
            code: server.code(),
        };
        let token = server.token(ANA);
        let customer = Open {
            request: &REQUEST_UPDATE_SECURITY_QUESTIONS_OTP,
            verify: &VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
            handle: server.sent_questions(&token).await,
            token: Some(token),
            code: server.code(),
        };
        let before = state(&server);
        let document = crate::facts::document("dbx-otp.yaml");
        Self { server, document, flows: [applicant, customer], before }
    }

    /// Each operation with the flow it works on.
    fn calls(&self) -> impl Iterator<Item = (&'static Operation, &Open)> {
        self.flows.iter().flat_map(|flow| flow.operations().map(|operation| (operation, flow)))
    }

    async fn send(&self, operation: &Operation, flow: &Open, body: impl Into<reqwest::Body>) -> Seen {
        self.server.see(operation, self.server.request(operation, flow.token.as_ref()).body(body)).await
    }

    /// Sends a body that has to be refused with this status and a message about this place.
    async fn refused(
        &self,
        operation: &Operation,
        flow: &Open,
        body: impl Into<reqwest::Body>,
        status: u16,
        place: &str,
    ) {
        let seen = self.send(operation, flow, body).await;
        check(operation, &seen, status, place);
    }

    /// Panics if anything has changed since the stage was set: rows, messages, and what the flows can still do.
    async fn leave(self) {
        let Self { server, flows, before, .. } = self;
        assert_eq!(state(&server), before, "a row has changed, or a message was sent");
        for flow in &flows {
            let failed =
                server.post(flow.verify, flow.token.as_ref(), &flow.handle.verify_json(&wrong(&flow.code))).await;
            assert_eq!((failed.code(), &failed.body["remainingFailedAttempts"]), ("10517", &json!("2")));
            let sent = server.post(flow.request, flow.token.as_ref(), &flow.body(flow.request)).await;
            assert_eq!(sent.body["MFAAttributes"]["remainingResendAttempts"], "2", "{}", sent.body);
            let verified = server.post(flow.verify, flow.token.as_ref(), &flow.body(flow.verify)).await;
            assert_eq!(verified.body["isOtpVerified"], "true", "{}", verified.body);
        }
    }
}

/// Panics if this is no refusal with this status and a message about this place, or if it repeats what was sent.
fn check(operation: &Operation, seen: &Seen, status: u16, place: &str) {
    let Seen { status: got, headers, body } = seen;
    assert_eq!(*got, status, "{}, about {place}: {body}", operation.id);
    let status = status.to_string();
    assert_eq!((&body["dbpErrCode"], &body["httpStatusCode"]), (&json!(status), &json!(status)));
    assert_eq!(body["opstatus"], "1");
    let message = body["dbpErrMsg"].as_str().unwrap();
    assert!(message.starts_with(&format!("{place}: ")), "{}: {message:?} is not about {place}", operation.id);
    silent(operation, headers, body);
}

/// Panics if an answer repeats a marker.
fn silent(operation: &Operation, headers: &http::HeaderMap, body: &Value) {
    let answer = format!("{headers:?}{body}");
    for marker in [MARKER, MARKER_NUMBER] {
        assert!(!answer.contains(marker), "{}: the answer repeats what was sent: {answer}", operation.id);
    }
}

/// Every row that an operation can change, as text, and how many messages there were.
fn state(server: &TestServer) -> (Vec<String>, usize) {
    let rows = server.rows();
    let all = ["flows", "outbox", "daily_counts"].into_iter().flat_map(|table| {
        let all = rows.read(&format!("select * from {table} order by 1, 2, 3"), &[]).into_iter();
        all.map(move |row| format!("{table}: {row:?}"))
    });
    (all.collect(), server.messages().len())
}

/// A property that a body of the document may have.
struct Property {
    path: Vec<String>,
    schema: Value,
    required: bool,
}

impl Property {
    fn place(&self) -> String {
        self.path.join(".")
    }

    fn name(&self) -> &str {
        self.path.last().unwrap()
    }

    fn is_object(&self) -> bool {
        self.schema["type"] == "object"
    }
}

/// The properties of an operation's body, at every depth, as the document lists them.
fn properties(document: &Value, operation: &Operation) -> Vec<Property> {
    let body = &document["paths"][operation.path]["post"]["requestBody"];
    let mut found = Vec::new();
    collect(document, &body["content"]["application/json"]["schema"], &[], &mut found);
    let bottom = found.iter().filter(|property| !property.is_object()).count();
    assert!(bottom >= 3 && found.len() > bottom, "{}: its document has been misread", operation.id);
    found
}

fn collect(document: &Value, schema: &Value, path: &[String], found: &mut Vec<Property>) {
    let schema = resolved(document, schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path: Vec<String> = path.iter().chain([name]).cloned().collect();
        let schema = resolved(document, property).clone();
        found.push(Property { path: path.clone(), schema, required: required.contains(&json!(name)) });
        collect(document, property, &path, found);
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => schema,
    }
}

/// The object that has the property, and the property's name.
fn parent<'a, 'b>(body: &'a mut Value, path: &'b [String]) -> (&'a mut serde_json::Map<String, Value>, &'b str) {
    let (name, above) = path.split_last().unwrap();
    let object = above.iter().fold(body, |object, name| &mut object[name.as_str()]);
    (object.as_object_mut().unwrap(), name)
}

/// The body with this JSON text, whatever it is, as the value of a property.
fn with_raw(body: &Value, path: &[String], raw: &[u8]) -> Vec<u8> {
    let mut body = body.clone();
    let (object, name) = parent(&mut body, path);
    object.insert(name.to_owned(), json!("@raw"));
    let text = body.to_string();
    let (before, after) = text.split_once("\"@raw\"").unwrap();
    [before.as_bytes(), raw, after.as_bytes()].concat()
}
