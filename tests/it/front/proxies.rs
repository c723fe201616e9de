//! The address of a caller is that of the connection, or what a trusted proxy says. It shows in the throttle.

use crate::support::dbx::PHONE;
use crate::support::server::TestServer;
use countersign::api::dbx::generated::REQUEST_OTP_PRE_LOGIN_MB;
use countersign::config::{Config, ForwardedHeader};
use serde_json::json;

/// A server on which an address may call once a minute.
async fn server(trusted: &[&str], header: ForwardedHeader) -> TestServer {
    TestServer::with(|config: &mut Config| {
        config.server.trusted_proxies = trusted.iter().map(|&network| network.to_owned()).collect();
        config.server.forwarded_header = header;
        config.server.throttle.enabled = true;
        (config.server.throttle.per_minute, config.server.throttle.burst) = (1, 1);
    })
    .await
}

async fn call(server: &TestServer, header: &str, value: &str) -> u16 {
    let request = server.request(&REQUEST_OTP_PRE_LOGIN_MB, None).header(header, value);
    let request = request.body(json!({ "Phone": PHONE }).to_string());
    server.see(&REQUEST_OTP_PRE_LOGIN_MB, request).await.status
}

#[tokio::test]
async fn callers_behind_a_trusted_proxy_are_told_apart_and_cannot_pass_for_others() {
    let server = server(&["127.0.0.0/8"], ForwardedHeader::XForwardedFor).await;
    let call = async |value| call(&server, "X-Forwarded-For", value).await;
    assert_eq!([call("203.0.113.1").await, call("203.0.113.2").await], [200, 200]);
    assert_eq!(call("203.0.113.1").await, 429);
    // What the caller itself has written stands in front of what the proxy has added.
    assert_eq!(call("198.51.100.7, 203.0.113.1").await, 429);
    assert_eq!(call("198.51.100.8, 203.0.113.1, 127.0.0.2").await, 429);
    // What is no address leaves the proxy's, which is one for all.
    assert_eq!([call("unknown").await, call("203.0.113.9, unknown").await], [200, 429]);
}

#[tokio::test]
async fn whoever_is_no_trusted_proxy_is_counted_by_the_address_of_the_connection() {
    for trusted in [&[][..], &["10.0.0.0/8"]] {
        let server = server(trusted, ForwardedHeader::XForwardedFor).await;
        assert_eq!(call(&server, "X-Forwarded-For", "203.0.113.1").await, 200);
        assert_eq!(call(&server, "X-Forwarded-For", "203.0.113.2").await, 429, "a header makes no other caller");
        assert_eq!(call(&server, "Forwarded", "for=203.0.113.3").await, 429);
    }
}

#[tokio::test]
async fn only_the_configured_header_is_read() {
    let server = server(&["127.0.0.1"], ForwardedHeader::Forwarded).await;
    assert_eq!(call(&server, "Forwarded", "for=203.0.113.1").await, 200);
    assert_eq!(call(&server, "Forwarded", "for=\"[2001:db8::1]:4711\";proto=https").await, 200);
    assert_eq!(call(&server, "Forwarded", "for=203.0.113.1, for=127.0.0.1").await, 429);
    assert_eq!(call(&server, "X-Forwarded-For", "203.0.113.2").await, 200, "counted as the proxy");
    assert_eq!(call(&server, "X-Forwarded-For", "203.0.113.3").await, 429);
}
