//! What reads bytes from outside, on inputs made up from those in `fuzz/corpus`: what cannot be had without the server
//! (templates, answers of a gateway, checkpoints, whole requests), and tokens, key sets and headers of proxies, which
//! have fuzz targets as well. All else has fuzz targets only. Each committed input comes as it is, then many times with
//! something changed.

use crate::support::attack::{Luck, dose};
use crate::support::domain::{PHONE, key_ring, phone};
use crate::support::server::{ANA, TestServer};
use crate::support::sms_gateway::{Answer, SmsGateway};
use chrono::{DateTime, Utc};
use countersign::api::caller::KeySet;
use countersign::api::dbx::generated::REQUEST_UPDATE_SECURITY_QUESTIONS_OTP;
use countersign::delivery::sms_http::{Body, SmsHttp, SmsHttpOptions};
use countersign::delivery::template::{Text, TextOverride, Texts, TextsOptions};
use countersign::delivery::{Failure, Provider};
use countersign::dev::data::{APPS, ISSUER};
use countersign::domain::customer::Language;
use countersign::domain::flow::FlowId;
use countersign::domain::passcode::Passcode;
use countersign::domain::policy::Purpose;
use countersign::domain::ports::{Clock, Message};
use countersign::front::{ForwardedHeader, Proxies};
use countersign::server::SystemRandom;
use countersign::server::offline::trail::{self, Signed, Trail};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, HeaderName, HeaderValue};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What matters to one reader or another.
const WORDS: [&str; 24] = [
    "\0",
    "\r\n",
    "\n",
    " ",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "0",
    "-1",
    "1e999",
    "null",
    "true",
    "{{",
    "}}",
    "%",
    "\u{e9}",
    "18446744073709551616",
    "\\u0000",
    ";",
];

/// The committed inputs of a reader.
fn corpus(of: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(of);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{of} has no corpus");
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// The committed inputs, then so many made up from them.
fn inputs(of: &str, short: usize, full: usize) -> Vec<Vec<u8>> {
    let (luck, seeds) = (Luck::of(of), corpus(of));
    let made_up = (0..dose(short, full)).map(|_| {
        let mut bytes = luck.pick(&seeds).clone();
        for _ in 0..=luck.below(4) {
            let other: &Vec<u8> = luck.pick(&seeds);
            change(&luck, &mut bytes, other);
        }
        bytes.truncate(64 * 1024);
        bytes
    });
    let made_up: Vec<_> = made_up.collect();
    seeds.into_iter().chain(made_up).collect()
}

fn change(luck: &Luck, bytes: &mut Vec<u8>, other: &[u8]) {
    let below = |end: usize| usize::try_from(luck.below(end.max(1) as u64)).unwrap();
    let at = below(bytes.len() + 1);
    let end = (at + 1 + below(16)).min(bytes.len());
    match luck.below(7) {
        0 if at < bytes.len() => bytes[at] ^= 1 << luck.below(8),
        1 if at < bytes.len() => drop(bytes.drain(at..end)),
        2 if at < bytes.len() => {
            let again = bytes[at..end].repeat(1 + below(8));
            bytes.splice(at..at, again);
        }
        3 => drop(bytes.splice(at..at, luck.pick(&WORDS).bytes())),
        4 if !other.is_empty() => {
            let from = below(other.len());
            let piece = other[from..(from + 1 + below(32)).min(other.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        5 if at < bytes.len() => bytes[at] = luck.below(256) as u8,
        6 => bytes.truncate(at),
        _ => {}
    }
}

/// Said to people, or to a log: short and on one line.
fn calm(what: &str) {
    assert!(what.len() <= 1000 && !what.contains('\n'), "{what:?}");
}

#[test]
fn key_sets_that_are_made_up_are_read_or_refused_in_few_words() {
    let allowed = [Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA];
    for input in inputs("jwks", 500, 20_000) {
        let Ok(text) = std::str::from_utf8(&input) else { continue };
        match KeySet::read_published(text, &allowed) {
            Ok((keys, left_out)) => {
                assert!(keys.ids().count() <= text.len() && left_out.len() <= text.len());
                left_out.iter().for_each(|problem| calm(&problem.to_string()));
            }
            Err(problem) => calm(&problem.to_string()),
        }
        if let Err(problem) = KeySet::read(text, &allowed) {
            calm(&problem.to_string());
        }
    }
}

#[tokio::test]
async fn tokens_that_are_made_up_are_believed_only_for_what_they_say_of_their_own_issuer() {
    let server = TestServer::start().await;
    let key = std::fs::read(server.file("signing-key.p8")).unwrap();
    let key = EncodingKey::from_ec_der(&key);
    let mut believed = 0;
    for input in inputs("tokens", 150, 4_000) {
        // The header on the first line, the claims behind it: signed with the right key whatever they are.
        let (header, claims) = input.split_at(input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len()));
        let claims = claims.strip_prefix(b"\n").unwrap_or(claims);
        let signed = [BASE64URL_NOPAD.encode(header), BASE64URL_NOPAD.encode(claims)].join(".");
        let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::ES256).unwrap();
        let token = format!("{signed}.{signature}");
        let operation = &REQUEST_UPDATE_SECURITY_QUESTIONS_OTP;
        let request =
            server.http.post(server.url(operation.path)).header("content-type", "application/json").body("{}");
        let answer = request.header("x-kony-authorization", token).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        if status == 200 {
            let claims: Value = serde_json::from_slice(claims).expect("claims that were believed");
            let header: Value = serde_json::from_slice(header).expect("a header that was believed");
            assert_eq!((&claims["iss"], &header["alg"]), (&ISSUER.into(), &"ES256".into()), "{claims}");
            assert!(header.get("crit").is_none(), "{header}");
            let apps = claims["aud"].as_array().cloned().unwrap_or_else(|| vec![claims["aud"].clone()]);
            assert!(APPS.iter().any(|app| apps.contains(&(*app).into())), "{claims}");
            assert!(claims["exp"].as_f64().unwrap() + 30.0 > server.clock.now().timestamp() as f64, "{claims}");
            // Another customer has no address here, or does not exist.
            let started = body["MFAAttributes"].is_object();
            assert!(!started || claims["sub"] == ANA, "{claims}");
            believed += usize::from(started);
        } else {
            assert_eq!(status, 401, "{body}");
        }
    }
    assert!(believed > 0, "the corpus has good tokens");
}

fn message() -> Message {
    let ring = key_ring(&["k1"]);
    Message {
        id: "send-1-0".to_owned(),
        to: phone(PHONE),
        passcode: Passcode::derive(ring.current(), FlowId::from_bytes([7; 16]), Purpose::PreLogin, 1, 6),
        topic: Purpose::PreLogin.as_str(),
        language: Language::En,
        minutes: 3,
    }
}

#[test]
fn templates_that_are_made_up_write_the_code_or_are_refused_before_anything_is_sent() {
    let message = message();
    let mut written = 0;
    for input in inputs("templates", 300, 10_000) {
        let Ok(text) = String::from_utf8(input) else { continue };
        let sms = TextOverride { sms: Some(text), ..TextOverride::default() };
        let overrides = BTreeMap::from([("pre_login".to_owned(), BTreeMap::from([("en".to_owned(), sms)]))]);
        match Texts::new(&TextsOptions { sender_name: "Your bank".to_owned(), overrides }) {
            Ok(texts) => {
                let text = texts.write(&message);
                written += usize::from(text.is_ok_and(|text| text.body.contains(message.passcode.expose())));
            }
            Err(problem) => assert!(problem.to_string().len() < 2000, "{problem}"),
        }
    }
    assert!(written > 0, "the corpus has good templates");
}

#[tokio::test]
async fn answers_of_a_gateway_that_are_made_up_are_taken_only_for_what_was_agreed() {
    let gateway = SmsGateway::start(Answer::Stall, None).await;
    let agreed = ("/status".to_owned(), Value::from("queued"));
    let options = SmsHttpOptions {
        plain_http: true,
        body: Body::Json(r#"{"to": {{ to }}, "text": {{ text }}}"#.to_owned()),
        success_json: Some(agreed),
        ..SmsHttpOptions::new("gateway", format!("http://127.0.0.1:{}/", gateway.port()))
    };
    let provider = SmsHttp::new(options).unwrap();
    let message = message();
    let text = Text { subject: None, body: "hello".to_owned().into() };
    let quiet = slog::Logger::root(slog::Discard, slog::o!());
    let mut taken = 0;
    for input in inputs("sms-answers", 100, 3_000) {
        let Ok(answer) = String::from_utf8(input) else { continue };
        let answer = answer.replace("{request}", "");
        gateway.set_answer(Answer::Status(200, "", answer.clone()));
        match provider.deliver(&message, &text, &quiet).await {
            Ok(()) => {
                let read: Value = serde_json::from_str(&answer).expect("an answer that was taken");
                assert_eq!(read["status"], "queued", "{answer}");
                taken += 1;
            }
            // What it said may be long: it is cut before it is logged.
            Err(Failure::Refused(said) | Failure::Unavailable(said)) => assert!(!said.is_empty()),
        }
    }
    assert!(taken > 0, "the corpus has good answers");
}

#[tokio::test]
async fn requests_that_are_made_up_get_an_answer_and_break_nothing() {
    let server = TestServer::with_tokens(|_| ()).await;
    let credential = std::fs::read_to_string(server.file("operator.credential")).unwrap();
    let mut statuses = BTreeMap::<String, usize>::new();
    for input in inputs("requests", 150, 6_000) {
        let text = String::from_utf8_lossy(&input).contains("office.bank.example");
        let address = if text { server.operator_address() } else { server.address() };
        let input = replace(&input, b"CREDENTIAL", credential.trim().as_bytes());
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may be done with it before all has been written.
        let _ = stream.write_all(&input).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = (&mut stream).take(1024 * 1024).read_to_end(&mut answer).await;
        let first = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
        let status = first.split(' ').nth(1).unwrap_or("none").to_owned();
        assert!(
            !matches!(status.as_str(), "500" | "502" | "503" | "504"),
            "{first}: {}",
            String::from_utf8_lossy(&input)
        );
        *statuses.entry(status).or_default() += 1;
    }
    assert!(statuses.contains_key("200") && statuses.contains_key("400"), "{statuses:?}");
    assert_eq!(server.http.get(server.url("/readyz")).send().await.unwrap().status(), 200);
    let bad = server.logged().into_iter().find(|line| line["level"] == "CRIT" || line["level"] == "ERRO");
    assert!(bad.is_none(), "{bad:?}");
}

#[test]
fn headers_of_proxies_that_are_made_up_never_make_a_trusted_proxy_or_a_stranger_the_caller() {
    let trusted = ["10.0.0.0/8".to_owned(), "2001:db8:ffff::/48".to_owned()];
    let proxies = Proxies::parse(&trusted).unwrap();
    let (proxy, stranger) = ("10.1.2.3:5000".parse().unwrap(), "198.51.100.9:5000".parse().unwrap());
    let mut believed = 0;
    for input in inputs("forwarded", 2_000, 100_000) {
        let lines = input.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok());
        let lines: Vec<_> = lines.collect();
        for (header, name) in [
            (ForwardedHeader::XForwardedFor, HeaderName::from_static("x-forwarded-for")),
            (ForwardedHeader::Forwarded, HeaderName::from_static("forwarded")),
        ] {
            let headers: HeaderMap = lines.iter().map(|line| (name.clone(), line.clone())).collect();
            // Whatever a caller writes, the proxy in front appends whom it got it from.
            let told =
                if header == ForwardedHeader::Forwarded { &b", for=203.0.113.99"[..] } else { b", 203.0.113.99" };
            for line in &lines {
                let appended = HeaderValue::from_bytes(&[line.as_bytes(), told].concat()).unwrap();
                let appended = HeaderMap::from_iter([(name.clone(), appended)]);
                let caller = proxies.caller(proxy, &appended, header);
                assert_eq!(caller.ip(), IpAddr::from([203, 0, 113, 99]), "{line:?}");
            }
            assert_eq!(proxies.caller(stranger, &headers, header), stranger, "only proxies are believed");
            let caller = proxies.caller(proxy, &headers, header);
            if caller == proxy || proxies.contain(caller.ip()) {
                // Nobody but proxies is named, or what is there cannot be read.
                continue;
            }
            believed += 1;
            // Addresses have more than one spelling; what was read stands there in one of them.
            let text = String::from_utf8_lossy(&input);
            let mut words = text.split(|c: char| !c.is_ascii_hexdigit() && !matches!(c, '.' | ':'));
            let is_it = |word: &str| {
                let socket = word.parse::<SocketAddr>().map(|socket| socket.ip());
                socket.or_else(|_| word.parse::<IpAddr>()).is_ok_and(|ip| ip.to_canonical() == caller.ip())
            };
            assert!(words.any(is_it), "{caller} is not in {text:?}");
        }
    }
    assert!(believed > 0, "the corpus has good headers");
}

#[tokio::test]
async fn checkpoints_that_are_made_up_are_taken_only_for_what_was_signed() {
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| place.path().join(name);
    let pem = |kind: &str, text: &str| format!("-----BEGIN {kind} KEY-----\n{text}\n-----END {kind} KEY-----\n");
    // RFC 8032 §7.1, test 1.
    let private = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    std::fs::write(file("key.pem"), pem("PRIVATE", private)).unwrap();
    let public = pem("PUBLIC", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    std::fs::write(file("key.pub"), public).unwrap();
    let server = TestServer::with(|config| {
        config.audit.checkpoint_key_file = Some(file("key.pem"));
        config.audit.checkpoint_file = Some(file("shipped"));
    })
    .await;
    // The first is made at once.
    let shipped = loop {
        match std::fs::read(file("shipped")) {
            Ok(text) if text.ends_with(b"\n") => break text,
            _ => tokio::task::yield_now().await,
        }
    };
    // The time may be spelt otherwise: what was signed is the moment.
    let read = |line: &[u8]| {
        let mut read: Value = serde_json::from_slice(line).ok()?;
        read["at"] = read["at"].as_str()?.parse::<DateTime<Utc>>().ok()?.to_rfc3339().into();
        Some(read)
    };
    let genuine = read(shipped.trim_ascii()).unwrap();
    let (luck, config) = (Luck::of("checkpoints"), server.config());
    let compare = |text: &[u8]| {
        std::fs::write(file("changed"), text).unwrap();
        let (changed, public_keys) = (file("changed"), [file("key.pub")]);
        let signed = Signed { public_keys: &public_keys, checkpoints: Some(&changed) };
        trail::verify(&Trail::Configured(&config), Some(&signed), Arc::new(SystemRandom), &mut |_| ())
    };
    assert_eq!(compare(&shipped).unwrap().checkpoints, 1);
    for _ in 0..dose(300, 10_000) {
        let mut text = shipped.clone();
        for _ in 0..=luck.below(3) {
            change(&luck, &mut text, &shipped);
        }
        match compare(&text) {
            Ok(_) => {
                let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
                assert!(lines.all(|line| read(line).as_ref() == Some(&genuine)), "{}", String::from_utf8_lossy(&text));
            }
            Err(problem) => calm(&problem.to_string()),
        }
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match bytes.windows(from.len()).position(|window| window == from) {
        Some(at) => [&bytes[..at], to, &bytes[at + from.len()..]].concat(),
        None => bytes.to_vec(),
    }
}
