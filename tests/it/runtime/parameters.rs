//! Parameters in path, query and headers, and requests without a body.
//!
//! The bank families have neither path nor query parameters, so the operations here are written by hand, the way the
//! generator writes them.

use super::probe::{Context, Dbx, ORIGIN, Server, api};
use countersign::api::dbx::generated::DbxFailure;
use countersign::api::dbx::types::DbxError;
use countersign::api::runtime::{
    Answer, Api, Auth, Call, IntoAnswer, Operation, ParameterReader, Parameters, Place, Reject, Success, cors,
    declared, documented, endpoint,
};
use countersign::api::scalar::Invalid;
use dropshot::{ApiEndpointParameter, ApiEndpointResponse};
use reqwest::{Method, Response, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::str::FromStr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

/// `GET /shelves/{shelf}/books/{book}`, which reads from everywhere.
static BOOK_VIEW: Operation = Operation {
    id: "book_view",
    method: Method::GET,
    path: "/shelves/{shelf}/books/{book}",
    tags: &["Books"],
    summary: "Look at a book",
    description: "",
    auth: Auth::Required { header: "X-Kony-Authorization" },
    scope: Some("read"),
    query: &["text", "trace", "limit"],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[200, 400, 401],
};

/// `DELETE` of the same, which takes nothing from the query.
static BOOK_DELETE: Operation =
    Operation { id: "book_delete", method: Method::DELETE, summary: "Burn it", query: &[], headers: &[], ..BOOK_VIEW };

/// A number that is text in a path.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
struct Number(u8);

impl FromStr for Number {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| Invalid("must be a number up to 255"))
    }
}

struct BookParameters {
    shelf: Number,
    book: String,
    text: Option<String>,
    trace: Option<Uuid>,
    limit: Number,
    if_match: Option<String>,
}

impl Parameters for BookParameters {
    fn declared() -> Vec<ApiEndpointParameter> {
        let mut declared_here = PlaceOnly::declared();
        declared_here.extend([
            declared::<String>(Place::Query, "text", false, "What is in it."),
            declared::<Uuid>(Place::Query, "trace", false, ""),
            declared::<Number>(Place::Query, "limit", true, ""),
            declared::<String>(Place::Header, "If-Match", false, ""),
        ]);
        declared_here
    }

    fn read(parameters: &ParameterReader<'_>) -> Result<Self, Reject> {
        let PlaceOnly { shelf, book } = PlaceOnly::read(parameters)?;
        Ok(Self {
            shelf,
            book,
            text: parameters.query("text").optional()?,
            trace: parameters.query("trace").optional()?,
            limit: parameters.query("limit").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

struct PlaceOnly {
    shelf: Number,
    book: String,
}

impl Parameters for PlaceOnly {
    fn declared() -> Vec<ApiEndpointParameter> {
        vec![
            declared::<Number>(Place::Path, "shelf", true, ""),
            declared::<String>(Place::Path, "book", true, "Its name."),
        ]
    }

    fn read(parameters: &ParameterReader<'_>) -> Result<Self, Reject> {
        Ok(Self { shelf: parameters.path("shelf").required()?, book: parameters.path("book").required()? })
    }
}

/// What the handler was told.
struct Told(Value);

impl IntoAnswer for Told {
    fn into_answer(self) -> Answer {
        Answer::json(200, &self.0)
    }
}

impl Success for Told {
    type ErrorBody = DbxError;

    fn documented() -> ApiEndpointResponse {
        documented::<String>(200)
    }
}

/// Adds both operations, and the preflights for them.
pub(super) fn register(api: &mut Api<Context>) {
    let view = endpoint::<_, Dbx, _, _, _, _, _, _>(&BOOK_VIEW, "/library", |_: Context, call| view(call));
    api.register(view).expect("the declared parameters are those of the path");
    let delete = endpoint::<_, Dbx, _, _, _, _, _, _>(&BOOK_DELETE, "/library", |_: Context, call| delete(call));
    api.register(delete).expect("the declared parameters are those of the path");
    cors::register_preflight::<_, Dbx>(api, "/library", &[&BOOK_VIEW, &BOOK_DELETE]).expect("OPTIONS is free");
}

async fn view(call: Call<String, BookParameters, ()>) -> Result<Told, DbxFailure> {
    let BookParameters { shelf, book, text, trace, limit, if_match } = call.parameters;
    Ok(Told(json!({ "shelf": shelf, "book": book, "text": text, "trace": trace, "limit": limit, "ifMatch": if_match })))
}

async fn delete(call: Call<String, PlaceOnly, ()>) -> Result<Told, DbxFailure> {
    Ok(Told(json!({ "shelf": call.parameters.shelf, "book": call.parameters.book })))
}

async fn ask(server: &Server, method: Method, path_and_query: &str) -> Response {
    let request = server.http.request(method, server.url(&format!("/library/shelves/{path_and_query}")));
    request.header("X-Kony-Authorization", "ana").send().await.expect("the server answers")
}

async fn get(server: &Server, path_and_query: &str) -> Value {
    let answer = ask(server, Method::GET, path_and_query).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path_and_query}");
    answer.json().await.expect("JSON")
}

/// The message of a 400.
async fn refusal(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    answer.json::<DbxError>().await.expect("the family's envelope").dbp_err_msg
}

#[tokio::test]
async fn a_handler_gets_the_parameters_of_every_place() {
    let server = Server::start();
    let trace = "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33";
    let request = server.http.get(server.url(&format!("/library/shelves/7/books/b?limit=9&trace={trace}&text=t")));
    let request = request.header("X-Kony-Authorization", "ana").header("If-Match", "\"3\"");
    let told: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    let all = json!({ "shelf": 7, "book": "b", "text": "t", "trace": trace, "limit": 9, "ifMatch": "\"3\"" });
    assert_eq!(told, all);
    let few = json!({ "shelf": 255, "book": "b", "text": null, "trace": null, "limit": 0, "ifMatch": null });
    assert_eq!(get(&server, "255/books/b?limit=0").await, few);
}

#[tokio::test]
async fn percent_encoding_is_undone_in_path_and_query() {
    let server = Server::start();
    for (sent, book) in [("a%2Fb", "a/b"), ("%C3%A4", "ä"), ("a+b", "a+b"), ("%2541", "%41"), ("%00", "\0")] {
        assert_eq!(get(&server, &format!("1/books/{sent}?limit=1")).await["book"], book, "{sent}");
    }
    for (sent, text) in [("a+b", "a b"), ("a%2Bb", "a+b"), ("a%26limit%3D2", "a&limit=2"), ("a=b", "a=b"), ("", "")] {
        assert_eq!(get(&server, &format!("1/books/b?text={sent}&limit=1")).await["text"], text, "{sent}");
    }
    assert_eq!(get(&server, "1/books/b?&%6Cimit=1&&text&").await["text"], "");
    assert_eq!(get(&server, "%31//books/b/?limit=1").await["shelf"], 1);
}

#[tokio::test]
async fn a_parameter_that_is_wrong_is_400_and_named_without_its_value() {
    let server = Server::start();
    for (sent, message) in [
        ("s3cret/books/b?limit=1", "shelf: must be a number up to 255"),
        ("256/books/b?limit=1", "shelf: must be a number up to 255"),
        ("1/books/s3cret%2?limit=1", "book: not percent-encoded as it should be"),
        ("1/books/b", "limit: missing"),
        ("1/books/b?limit=s3cret", "limit: must be a number up to 255"),
        ("1/books/b?limit", "limit: must be a number up to 255"),
        ("1/books/b?limit=1&text=%s3cret", "text: not percent-encoded as it should be"),
        ("1/books/b?limit=1&text=s3cret%ff", "text: not UTF-8"),
        ("1/books/b?limit=1&trace=s3cret", "trace: not a UUID"),
        ("1/books/b?limit=1&limit=s3cret", "limit: given more than once"),
        ("1/books/b?limit=1&Text=s3cret", "Text: not a parameter of this operation"),
        ("1/books/b?limit=1&s3cret=1", "query: not a parameter of this operation"),
        ("1/books/b?limit=1&%=s3cret", "query: not percent-encoded as it should be"),
    ] {
        assert_eq!(refusal(ask(&server, Method::GET, sent).await).await, message, "{sent}");
    }
    let twice = server.http.get(server.url("/library/shelves/1/books/b?limit=1")).header("X-Kony-Authorization", "ana");
    let twice = twice.header("If-Match", "1").header("If-Match", "s3cret").send().await.expect("an answer");
    assert_eq!(refusal(twice).await, "If-Match: given more than once");
    assert!(!server.log().contains("s3cret"), "{}", server.log());
}

#[tokio::test]
async fn who_asks_comes_before_what_is_asked() {
    let server = Server::start();
    let nobody = server.http.get(server.url("/library/shelves/x/books/b?other=1")).send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_operation_that_takes_nothing_from_the_query_lets_it_be() {
    let server = Server::start();
    for query in ["?limit=1&limit=2", "?%", "?"] {
        let answer = ask(&server, Method::DELETE, &format!("1/books/b{query}")).await;
        assert_eq!(answer.json::<Value>().await.expect("JSON"), json!({ "shelf": 1, "book": "b" }), "{query}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_asked_for_is_ignored_whatever_it_is() {
    let server = Server::start();
    for (declared, body) in
        [("application/json", "{".to_string()), ("text/plain", " ".repeat(2 << 20)), ("x", String::new())]
    {
        let request =
            server.http.get(server.url("/library/shelves/1/books/b?limit=1")).header("Content-Type", declared);
        let request = request.header("Content-Type", "second").header("X-Kony-Authorization", "ana").body(body);
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::OK, "{declared}");
    }
    // Announced and never sent: the answer waits for it, but not for ever.
    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    let head = "GET /library/shelves/1/books/b?limit=1 HTTP/1.1\r\nHost: x\r\nX-Kony-Authorization: ana\r\nContent-Length: 9\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn other_methods_and_other_paths_are_what_they_are_elsewhere() {
    let server = Server::start();
    for method in [Method::HEAD, Method::POST, Method::PUT] {
        let answer = ask(&server, method.clone(), "1/books/b?limit=1").await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        let allowed: Vec<_> = answer.headers().get_all("allow").iter().collect();
        assert_eq!(allowed, ["DELETE", "GET", "OPTIONS"], "{method}");
    }
    for path in ["1", "1/books", "1/books//", "1/books/b/c", "1/Books/b"] {
        assert_eq!(ask(&server, Method::GET, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    // dropshot finds no way for it, and no family either to say so.
    let undecodable = ask(&server, Method::GET, "1/books/%ff?limit=1").await;
    assert_eq!(undecodable.status(), StatusCode::BAD_REQUEST);
    assert!(undecodable.text().await.expect("a body").contains("invalid path encoding"));
}

#[tokio::test]
async fn one_preflight_answers_for_all_methods_of_a_path() {
    let server = Server::start();
    let url = server.url("/library/shelves/1/books/b");
    let preflight = server.http.request(Method::OPTIONS, url).header("Origin", ORIGIN);
    let answer = preflight.header("Access-Control-Request-Method", "GET").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert_eq!(answer.headers()["access-control-allow-methods"], "GET, DELETE");
    assert_eq!(answer.headers()["access-control-allow-headers"], "Content-Type, X-Kony-Authorization, If-Match");
}

#[test]
fn dropshot_describes_parameters_by_their_place_and_no_body_where_there_is_none() {
    let emitted =
        api().description().openapi("probe", "1.0.0".parse().expect("a version")).json().expect("dropshot writes JSON");
    let normalized = crate::spec::normalized(&emitted);
    let view = &normalized["GET /library/shelves/{shelf}/books/{book}"];
    let number = json!({ "type": "integer", "format": "uint8", "minimum": 0.0 });
    let text = json!({ "type": "string" });
    assert_eq!(
        view["parameters"],
        json!({
            "path shelf": { "required": true, "schema": number },
            "path book": { "required": true, "schema": text },
            "query text": { "required": false, "schema": text },
            "query trace": { "required": false, "schema": { "type": "string", "format": "uuid" } },
            "query limit": { "required": true, "schema": number },
            "header if-match": { "required": false, "schema": text },
            "header x-kony-authorization": { "required": true, "schema": text },
        })
    );
    assert_eq!(view["body"], json!({ "required": null, "content": {} }));
    assert_eq!(view["description"], Value::Null);
}
