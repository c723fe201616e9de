//! The viewer and the development inbox, asked by an HTTP client. `browser` looks at them with a browser.

use crate::support::pages::serve;
use countersign::dev::page;
use countersign::viewer::{self, documents};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

struct Pages {
    server: countersign::front::Front,
    client: Client,
    inbox: Arc<Mutex<Vec<&'static str>>>,
}

impl Pages {
    fn start() -> Self {
        Self::below("")
    }

    /// With the DBX family below this path.
    fn below(base_path: &str) -> Self {
        let inbox = Arc::new(Mutex::new(Vec::new()));
        let messages = Arc::clone(&inbox);
        let server = serve(|api| {
            viewer::register(api, &documents(base_path, None), Some(page::PATH)).expect("the viewer registers");
            viewer::register_home(api, page::PATH).expect("the way to it registers");
            page::register(api, move || messages.lock().expect("no test panics in here").iter().map(entry).collect())
                .expect("the inbox registers");
        });
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().expect("an HTTP client");
        Self { server, client, inbox }
    }

    async fn get(&self, path: &str) -> Response {
        self.get_unless(path, "").await
    }

    async fn get_unless(&self, path: &str, etags: &str) -> Response {
        let address = format!("http://{}{path}", self.server.local_addr());
        let request = self.client.get(address).header(IF_NONE_MATCH, etags);
        request.send().await.expect("the server answers")
    }
}

fn entry(text: &&'static str) -> Value {
    serde_json::json!({"id": "1", "channel": "sms", "to": "+12025550107", "text": text, "at": "2026-01-02T03:04:05Z"})
}

fn header(response: &Response, name: http::HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("headers are ASCII here"))
}

#[tokio::test]
async fn every_answer_carries_the_strict_policy_and_a_revalidation_rule() {
    let pages = Pages::start();
    let paths = [
        "/",
        "/openapi",
        "/docs",
        "/docs/",
        "/docs/config.json",
        "/docs/nothing",
        "/docs/a/b",
        "/openapi/dbx-otp.yaml",
        "/openapi/bne-challenge.json",
        "/openapi/nothing.yaml",
        "/dev",
        "/dev/page.js",
        "/dev/page.css",
        "/dev/inbox",
    ];
    for path in paths {
        let answer = pages.get(path).await;
        let policy = header(&answer, CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{path}: {policy}");
        for directive in ["connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
            assert!(policy.contains(directive), "{path} lacks {directive}: {policy}");
        }
        assert_eq!(header(&answer, http::header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert_eq!(header(&answer, http::header::X_FRAME_OPTIONS), "DENY", "{path}");
        assert_eq!(header(&answer, http::header::REFERRER_POLICY), "same-origin", "{path}");
        assert_eq!(header(&answer, CACHE_CONTROL), "no-cache", "{path}");
    }
}

#[tokio::test]
async fn the_documents_are_served_as_written_and_as_json() {
    let pages = Pages::start();
    for document in &documents("", None) {
        let yaml = pages.get(&format!("/openapi/{}.yaml", document.name)).await;
        assert_eq!(header(&yaml, CONTENT_TYPE), "application/yaml; charset=utf-8");
        assert_eq!(yaml.text().await.expect("a body"), document.yaml);
        let json = pages.get(&format!("/openapi/{}.json", document.name)).await;
        assert_eq!(header(&json, CONTENT_TYPE), "application/json");
        let json: Value = json.json().await.expect("the body is JSON");
        let yaml: Value = serde_norway::from_str(document.yaml).expect("the document is YAML");
        assert_eq!(json, yaml, "{}", document.name);
    }
}

#[tokio::test]
async fn a_server_with_a_base_path_says_so_in_its_documents_and_changes_nothing_else() {
    let (plain, moved) = (Pages::start(), Pages::below("/api/otp"));
    for (name, servers) in [("dbx-otp", json!([{"url": "/api/otp"}])), ("bne-challenge", Value::Null)] {
        let mut expected: Value = plain.get(&format!("/openapi/{name}.json")).await.json().await.expect("JSON");
        if !servers.is_null() {
            expected["servers"] = servers;
        }
        let json = moved.get(&format!("/openapi/{name}.json")).await.json::<Value>().await.expect("JSON");
        assert_eq!(json, expected, "{name}");
        let yaml = moved.get(&format!("/openapi/{name}.yaml")).await.text().await.expect("a body");
        assert_eq!(serde_norway::from_str::<Value>(&yaml).expect("YAML"), expected, "{name}");
    }
}

#[tokio::test]
async fn the_documents_are_listed_with_links_that_lead_there() {
    let pages = Pages::start();
    for path in ["/openapi", "/openapi/"] {
        let list: Value = pages.get(path).await.json().await.expect("the body is JSON");
        let served = |n: usize| (list["documents"][n]["name"].as_str(), list["documents"][n]["served"].as_bool());
        assert_eq!([served(0), served(1)], [(Some("dbx-otp"), Some(true)), (Some("bne-challenge"), Some(false))]);
        let links = list["documents"].as_array().expect("a list").iter().flat_map(|d| [&d["yaml"], &d["json"]]);
        for link in links.chain([&list["viewer"]]) {
            let link = link.as_str().expect("a path");
            assert_eq!(pages.get(link).await.status(), StatusCode::OK, "{link}");
        }
    }
}

#[tokio::test]
async fn the_page_lists_every_document_and_asks_no_validator() {
    let pages = Pages::start();
    let config = pages.get("/docs/config.json").await.text().await.expect("a body");
    for document in &documents("", None) {
        assert!(config.contains(&format!("\"{}\"", document.label())), "{config}");
        assert!(config.contains(&format!("\"/openapi/{}.json\"", document.name)), "{config}");
    }
    assert!(config.contains("\"validatorUrl\":\"none\""), "{config}");
    assert!(config.contains("\"deepLinking\":true"), "{config}");
}

#[tokio::test]
async fn the_pages_hold_nothing_inline_and_every_file_they_name_is_there() {
    let pages = Pages::start();
    for (path, base) in [("/docs/", "/docs/"), ("/dev", "")] {
        let html = pages.get(path).await.text().await.expect("a body");
        assert!(!html.contains("style="), "{path}: {html}");
        let mut files = 0;
        for tag in html.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link")) {
            let (_, rest) = tag.split_once("src=\"").or(tag.split_once("href=\"")).expect("it names a file");
            let file = rest.split('"').next().expect("the name ends");
            if file.starts_with("data:") {
                continue;
            }
            files += 1;
            let answer = pages.get(&format!("{base}{file}")).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path} names {file}");
            let kind = header(&answer, CONTENT_TYPE);
            assert!(!kind.starts_with("application/octet-stream") && !kind.is_empty(), "{file}: {kind}");
        }
        assert!(files >= 2, "{path} names its style and its script");
    }
}

#[tokio::test]
async fn docs_without_a_slash_leads_to_docs_with_one() {
    let answer = Pages::start().get("/docs").await;
    assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&answer, LOCATION), "/docs/");
}

#[tokio::test]
async fn a_browser_that_has_the_file_is_told_so() {
    let pages = Pages::start();
    for path in ["/docs/", "/docs/swagger-ui-bundle.js", "/openapi/dbx-otp.json", "/dev/page.js", "/dev/inbox"] {
        let etag = header(&pages.get(path).await, ETAG).to_owned();
        assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'), "{path}: {etag}");
        for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let answer = pages.get_unless(path, &known).await;
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{path} for {known}");
            assert_eq!(header(&answer, ETAG), etag, "{path}");
            assert!(answer.bytes().await.expect("a body").is_empty(), "{path}");
        }
        assert_eq!(pages.get_unless(path, "\"other\"").await.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_page_is_a_json_404_that_repeats_nothing() {
    let pages = Pages::start();
    for path in
        ["/docs/nothing", "/docs/%3Cscript%3E", "/docs/a/b/c", "/docs/oauth2-redirect.html", "/openapi/nothing.yaml"]
    {
        let answer = pages.get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&answer, CONTENT_TYPE), "application/json", "{path}");
        let body: Value = answer.json().await.expect("the body is JSON");
        let message = body["message"].as_str().expect("it has a message");
        assert!(message.starts_with("There is no such "), "{path}: {message}");
        assert!(!body.to_string().contains("script"), "{path}: {body}");
    }
}

#[tokio::test]
async fn the_inbox_shows_each_message_and_changes_its_tag_with_it() {
    let pages = Pages::start();
    let empty = pages.get("/dev/inbox").await;
    let etag = header(&empty, ETAG).to_owned();
    assert_eq!(empty.json::<Value>().await.expect("the body is JSON"), serde_json::json!([]));
    pages.inbox.lock().expect("no test panics in here").push("Your code is 123456.");
    let answer = pages.get_unless("/dev/inbox", &etag).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let messages: Value = answer.json().await.expect("the body is JSON");
    assert_eq!(messages[0]["text"], "Your code is 123456.");
    assert_eq!(messages[0]["to"], "+12025550107");
    assert_eq!(messages[0]["channel"], "sms");
}
