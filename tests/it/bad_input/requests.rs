//! Headers, sizes, methods and paths.

use super::*;
use http::{HeaderMap, HeaderValue, Method};

/// A request without the headers that operations take.
fn bare(stage: &Stage, operation: &Operation, flow: &Open) -> reqwest::RequestBuilder {
    stage.server.http.post(stage.server.url(operation.path)).body(flow.body(operation).to_string())
}

fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

const TYPE: &str = "Content-Type";
const TOKEN: &str = "X-Kony-Authorization";
const JSON: &[u8] = b"application/json";

#[tokio::test]
async fn a_body_of_another_type_or_charset_is_415_and_a_repeated_type_is_400() {
    let stage = Stage::set().await;
    let types: [&[u8]; 16] = [
        b"",
        b"json",
        b"text/plain",
        b"text/json",
        b"application/xml",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=s3cr3tMarker",
        b"application/octet-stream",
        b"application/problem+json",
        b"application/json, text/plain",
        b"application/json; charset=utf-16",
        b"application/json; charset=iso-8859-1",
        b"application/json; charset=s3cr3tMarker",
        b"application/json; charset=",
        b"application/s3cr3tMarker",
        b"application/json\xff",
    ];
    for (operation, flow) in stage.calls() {
        let token = flow.token.as_ref().map(ToString::to_string);
        let with_token = |mut headers: HeaderMap| {
            if let Some(token) = &token {
                headers.insert(TOKEN, token.parse().unwrap());
            }
            bare(&stage, operation, flow).headers(headers)
        };
        let seen = stage.server.see(operation, with_token(HeaderMap::new())).await;
        check(operation, &seen, 415, TYPE);
        for declared in types {
            let seen = stage.server.see(operation, with_token(headers(&[(TYPE, declared)]))).await;
            check(operation, &seen, 415, TYPE);
        }
        for second in [JSON, b"s3cr3tMarker"] {
            for lines in [[(TYPE, JSON), (TYPE, second)], [(TYPE, second), (TYPE, JSON)]] {
                let seen = stage.server.see(operation, with_token(headers(&lines))).await;
                check(operation, &seen, 400, TYPE);
            }
        }
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_token_that_is_none_is_401_and_a_repeated_one_is_400() {
    let stage = Stage::set().await;
    let good = stage.server.token(ANA).to_string();
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{claims}.");
    let long = MARKER.repeat(5000);
    let bad: [&[u8]; 16] = [
        b"",
        b" ",
        b".",
        b"..",
        b"Bearer",
        b"Bearer ",
        b"s3cr3tMarker",
        b"Basic s3cr3tMarker",
        b"s3cr3tMarker.s3cr3tMarker.s3cr3tMarker",
        b"Bearer s3cr3tMarker.s3cr3tMarker.s3cr3tMarker",
        "\u{202e}مفتاح".as_bytes(),
        b"\xff\xfe\x80",
        long.as_bytes(),
        unsigned.as_bytes(),
        &good.as_bytes()[..good.len() - 8],
        claims.as_bytes(),
    ];
    let others = [
        format!("{good}.{MARKER}"),
        format!("{good} {MARKER}"),
        format!("{good}, {good}"),
        format!("{head}.{claims}A.{signature}"),
        format!("{head}.{claims}.{}", "A".repeat(signature.len())),
        format!("Bearer Bearer {good}"),
    ];
    for (operation, flow) in stage.calls() {
        for value in bad.iter().copied().chain(others.iter().map(String::as_bytes)) {
            let request = bare(&stage, operation, flow).headers(headers(&[(TYPE, JSON), (TOKEN, value)]));
            let seen = stage.server.see(operation, request).await;
            check(operation, &seen, 401, TOKEN);
        }
        for second in [good.as_bytes(), b"s3cr3tMarker", b""] {
            let lines = [(TYPE, JSON), (TOKEN, good.as_bytes()), (TOKEN, second)];
            let seen = stage.server.see(operation, bare(&stage, operation, flow).headers(headers(&lines))).await;
            check(operation, &seen, 400, TOKEN);
        }
        if flow.token.is_some() {
            let seen = stage.server.see(operation, bare(&stage, operation, flow).headers(headers(&[(TYPE, JSON)])));
            check(operation, &seen.await, 401, TOKEN);
        }
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_body_of_2_mib_is_413_whether_its_length_is_announced_or_not() {
    let stage = Stage::set().await;
    for (operation, flow) in stage.calls() {
        let good = flow.body(operation).to_string();
        let blank = good.clone() + &" ".repeat(2 << 20);
        let inside = with_raw(&flow.body(operation), &["MFAAttributes".into()], "[".repeat(2 << 20).as_bytes());
        for body in [blank.into_bytes(), inside, MARKER.repeat((2 << 20) / MARKER.len()).into_bytes()] {
            let chunks: Vec<_> = body.chunks(60_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
            stage.refused(operation, flow, body, 413, "body").await;
            let chunked = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
            stage.refused(operation, flow, chunked, 413, "body").await;
        }
        let limit = operation.body_limit.expect("it has a body");
        let one_more = good.clone() + &" ".repeat(limit + 1 - good.len());
        stage.refused(operation, flow, one_more, 413, "body").await;
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_wrong_method_is_405_as_json_with_allow() {
    let stage = Stage::set().await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    let wrong = [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD, Method::OPTIONS, Method::TRACE];
    for (operation, flow) in stage.calls() {
        for method in wrong.iter().chain([&brew]) {
            let request = stage.server.http.request(method.clone(), stage.server.url(operation.path));
            let request = request.headers(headers(&[(TYPE, JSON), ("X-HTTP-Method-Override", b"POST")]));
            let answer = request.body(flow.body(operation).to_string()).send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method} {}", operation.id);
            assert_eq!(answer.headers()["allow"], "POST", "{method} {}", operation.id);
            assert_eq!(answer.headers()["content-type"], "application/json", "{method} {}", operation.id);
            let body = answer.text().await.unwrap();
            if *method == Method::HEAD {
                assert_eq!(body, "");
            } else {
                assert!(serde_json::from_str::<Value>(&body).unwrap()["message"].is_string(), "{method}: {body}");
            }
        }
    }
    stage.leave().await;
}

#[tokio::test]
async fn an_unknown_path_is_404_as_json_with_every_method() {
    let stage = Stage::set().await;
    let [flow, _] = &stage.flows;
    let body = flow.body(flow.verify).to_string();
    let paths = [
        "/nowhere".to_owned(),
        "/services/data/v1/RBObjects/operations/DbxUser".to_owned(),
        flow.verify.path.to_lowercase(),
        format!("{}/{MARKER}", flow.verify.path),
        format!("{}%00", flow.verify.path),
        format!("{};{MARKER}", flow.verify.path),
        format!("/api{}", flow.verify.path),
        flow.verify.path.replace("verify", "%2f"),
        format!("/{}", MARKER.repeat(4000)),
        "/openapi/nowhere.yaml".to_owned(),
        "/%e2%80%ae".to_owned(),
    ];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let request = stage.server.http.request(method.clone(), stage.server.url(&path));
            let answer = request.headers(headers(&[(TYPE, JSON)])).body(body.clone()).send().await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            assert!(status == 404 || (status == 405 && path.starts_with("/openapi/")), "{method} {path:.80}: {status}");
            assert_eq!(headers["content-type"], "application/json", "{method} {path:.80}");
            let body: Value = answer.json().await.unwrap();
            assert!(body["message"].is_string(), "{method} {path:.80}: {body}");
            silent(flow.verify, &headers, &body);
        }
    }
    stage.leave().await;
}
