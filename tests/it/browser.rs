//! The pages in a real browser: does it run them under their own policy, and does "try it out" work?

use crate::support::pages::serve;
use crate::support::server::TestServer;
use crate::support::webdriver::{Browser, with_browser};
use countersign::api::dbx::generated::OPERATIONS;
use countersign::dev::page;
use countersign::viewer;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Fails if the page complained, or asked anyone but its own server.
async fn assert_well_behaved(browser: &Browser, origin: &str) {
    let conduct = browser.conduct().await;
    assert_eq!(conduct.console, Vec::<String>::new(), "the console stays empty");
    assert!(!conduct.requests.is_empty(), "the requests are recorded");
    for address in conduct.requests {
        let own = address.starts_with(&format!("{origin}/")) || address.starts_with("data:");
        assert!(own, "the page asked for {address}");
    }
}

#[tokio::test]
async fn a_person_can_read_the_documents_and_send_a_request_from_the_page() {
    let server = TestServer::with(|config| config.bne.enabled = false).await;
    let origin = &server.url("");
    with_browser("the docs viewer in a browser", async |browser| {
        browser.open(&format!("{origin}/docs")).await;
        let link = browser.find("#more a").await.text().await;
        assert!(link.contains("messages"), "the way to the inbox is seen: {link}");
        let operation = "[id$='-requestOTPPreLoginMB']";
        browser.find(&format!("{operation} .authorization__btn .unlocked")).await; // works without a token, and has none
        browser.find(&format!("{operation} .opblock-summary-control")).await.click().await;
        browser.find(&format!("{operation} .try-out__btn")).await.click().await;
        browser.find(&format!("{operation} .execute")).await.click().await;
        let answer = format!("{operation} .live-responses-table .response");
        let status = browser.find(&format!("{answer} .response-col_status")).await.text().await;
        assert!(status.starts_with("200"), "{status}");
        let body = browser.find(&format!("{answer} .response-col_description .highlight-code code")).await.text().await;
        let body: Value = serde_json::from_str(&body).expect("the page shows the JSON that it got");
        let phone = &body["MFAAttributes"]["customerCommunication"]["phone"][0];
        assert_eq!(phone["masked"], "+12XXXXXXX07", "{body}");
        assert_well_behaved(browser, origin).await;

        // The flow is a real one: what it sends next turns up in the inbox.
        let (service_key, to) = (&body["MFAAttributes"]["serviceKey"], &phone["referenceId"]);
        let send = json!({"MFAAttributes": {"serviceKey": service_key, "OTP": {"phone": to}}});
        server.post(OPERATIONS[0], None, &send).await;
        browser.open(&format!("{origin}/dev")).await;
        browser.find_text("messages", "SMS to +12025550107").await;
        assert_well_behaved(browser, origin).await;

        // A document whose operations this server does not have is readable all the same, and for reading only.
        browser
            .open(&format!("{origin}/docs/?urls.primaryName=BNE%20challenge%20validation%20(not%20served%20here)"))
            .await;
        browser.find("[id$='-bne-validate-challenge-info'] .opblock-summary-control").await.click().await;
        browser.find("[id$='-bne-validate-challenge-info'] .opblock-body .parameters").await;
        assert_eq!(browser.script("return document.querySelectorAll('.try-out__btn').length").await, 0);
        let title = browser.find("[id$='-bne-validate-challenge-info'] .opblock-summary-path").await.text().await;
        assert!(title.replace('\u{200b}', "").ends_with("/challenge/info/validate"), "{title}");
        assert_well_behaved(browser, origin).await;

        // Would the checks above notice? A picture from elsewhere must show up.
        browser.script("document.body.append(Object.assign(new Image(), {src: 'http://192.0.2.1/x.png'}))").await;
        browser.script("return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))").await;
        let console = browser.conduct().await.console;
        assert!(console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_tried_on_the_page_reaches_a_server_below_a_base_path() {
    let server = TestServer::with(|config| config.server.dbx_base_path = "/api".to_owned()).await;
    let origin = &server.url("");
    let document: Value =
        server.http.get(format!("{origin}/openapi/dbx-otp.json")).send().await.unwrap().json().await.unwrap();
    let base = document["servers"][0]["url"].as_str().expect("it names a server");
    let address = format!("{origin}{base}{}", OPERATIONS[0].path);
    let answer = server.http.post(address).json(&json!({"Phone": "+12025550107"})).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    with_browser("the docs viewer below a base path", async |browser| {
        browser.open(&format!("{origin}/docs")).await;
        let operation = "[id$='-requestOTPPreLoginMB']";
        browser.find(&format!("{operation} .opblock-summary-control")).await.click().await;
        browser.find(&format!("{operation} .try-out__btn")).await.click().await;
        browser.find(&format!("{operation} .execute")).await.click().await;
        let status = format!("{operation} .live-responses-table .response .response-col_status");
        let status = browser.find(&status).await.text().await;
        assert!(status.starts_with("200"), "{status}");
    })
    .await;
}

#[tokio::test]
async fn code_in_a_text_hides_no_neighbouring_line_by_day_or_night() {
    let server = serve(|api| viewer::register(api, &viewer::documents("", None), None).expect("the viewer registers"));
    let origin = &format!("http://{}", server.local_addr());
    with_browser("the docs viewer by day and night", async |browser| {
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            browser.open(&format!("{origin}/docs/")).await;
            browser.find(".info li code").await;
            let dark = browser.script("return document.documentElement.classList.contains('dark-mode')").await;
            assert_eq!(dark, scheme == "dark");
            let backgrounds = "return [...new Set([...document.querySelectorAll('.info code')]\
                               .map((code) => getComputedStyle(code).backgroundColor))]";
            assert_eq!(browser.script(backgrounds).await, json!(["rgba(0, 0, 0, 0)"]), "{scheme}");
        }
    })
    .await;
    server.close().await.expect("the server closes");
}

#[tokio::test]
async fn the_development_page_shows_a_message_as_soon_as_it_is_delivered() {
    let inbox = Arc::new(Mutex::new(Vec::<u32>::new()));
    let messages = Arc::clone(&inbox);
    let server = serve(|api| {
        let entries = move || messages.lock().expect("no test panics in here").iter().rev().map(entry).collect();
        page::register(api, entries).expect("the inbox registers");
    });
    let origin = &format!("http://{}", server.local_addr());
    with_browser("the development inbox in a browser", async |browser| {
        browser.open(&format!("{origin}/dev")).await;
        browser.find_text("state", "No messages yet.").await;
        inbox.lock().expect("no test panics in here").push(1);
        browser.find_text("messages", "code is <b>100001</b>").await;
        inbox.lock().expect("no test panics in here").push(2);
        browser.find_text("messages", "code is <b>100002</b>").await;
        let first = browser.find("#messages li:first-child").await.text().await;
        assert!(first.contains("SMS to +12025550107") && first.contains("100002"), "newest first: {first}");
        let code = browser.find("#messages li:first-child .passcode code").await.text().await;
        assert_eq!(code, "100002", "the code stands by itself");
        browser.find("#messages li:first-child .passcode button").await.click().await;
        browser.find_text("messages", "Copied").await;
        browser.script("document.body.append(document.createElement('textarea'))").await;
        browser.find("textarea").await.paste().await;
        assert_eq!(browser.script("return document.querySelector('textarea').value").await, "100002");
        let state = browser.find("#state").await.text().await;
        assert_eq!(state, "2 messages, newest first.");
        assert_eq!(browser.script("return document.querySelectorAll('#messages b').length").await, 0, "it is text");
        assert_well_behaved(browser, origin).await;
    })
    .await;
    server.close().await.expect("the server closes");
}

fn entry(number: &u32) -> Value {
    let text = format!("Your code is <b>{}</b>.", 100_000 + number);
    json!({"id": number.to_string(), "channel": "sms", "to": "+12025550107", "text": text, "passcode": (100_000 + number).to_string(),
        "at": "2026-01-02T03:04:05Z"})
}
