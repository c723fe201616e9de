//! What no HTTP library sends. Each exchange has a connection of its own, and 200 more stay open and idle.

use super::*;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Far longer than anything here may take.
const HANGS: Duration = Duration::from_secs(20);

/// What the server is expected to say before it closes the connection.
enum Says {
    /// Answers with these statuses, in this order.
    Answers(&'static [u16]),
    /// Nothing of HTTP/1: it only closes.
    Closes,
}

use Says::{Answers, Closes};

struct Exchange {
    name: &'static str,
    bytes: Vec<u8>,
    /// Whether the caller stops sending, so that the server need not wait for the rest.
    hangs_up: bool,
    says: Says,
}

fn exchange(name: &'static str, bytes: impl Into<Vec<u8>>, says: Says) -> Exchange {
    Exchange { name, bytes: bytes.into(), hangs_up: false, says }
}

fn broken_off(name: &'static str, bytes: impl Into<Vec<u8>>, says: Says) -> Exchange {
    Exchange { hangs_up: true, ..exchange(name, bytes, says) }
}

/// Sends, and reads until the server closes. Returns the statuses of its answers.
async fn carry_out(address: SocketAddr, exchange: &Exchange) -> Vec<u16> {
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let mut answer = Vec::new();
    let write = async {
        // A server that has seen enough closes; that is no fault of its.
        if writing.write_all(&exchange.bytes).await.is_ok() && exchange.hangs_up {
            let _closed = writing.shutdown().await;
        }
    };
    let read = async {
        // A reset ends the answer as well as an orderly close.
        while reading.read_buf(&mut answer).await.is_ok_and(|length| length > 0) {}
    };
    let both = tokio::time::timeout(HANGS, futures::future::join(write, read)).await;
    assert!(both.is_ok(), "{}: the server hangs", exchange.name);
    let text = String::from_utf8_lossy(&answer);
    assert!(!text.contains(MARKER), "{}: the answer repeats what was sent: {text}", exchange.name);
    text.split("HTTP/1.").skip(1).map(|answer| answer[2..5].parse().expect("a status")).collect()
}

const TYPED: &str = "Host: x\r\nContent-Type: application/json\r\n";
const LIVE: &str = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// A good verification's head and body, to be spoilt: nothing of it may get through.
fn exchanges(path: &str, body: &str) -> Vec<Exchange> {
    let post = |headers: &str, rest: &str| format!("POST {path} HTTP/1.1\r\n{TYPED}{headers}\r\n{rest}");
    let closing = |headers: &str, rest: &str| post(&format!("Connection: close\r\n{headers}"), rest);
    let length = body.len();
    let chunk = format!("{length:x}\r\n{body}\r\n");
    let mut all = heads(path, body);
    all.extend([
        exchange(
            "a chunk size that is none",
            closing("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
            Answers(&[400]),
        ),
        exchange(
            "a negative chunk size",
            closing("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
            Answers(&[400]),
        ),
        exchange(
            "a chunk size beyond 64 bits",
            closing("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n{}"),
            Answers(&[400]),
        ),
        exchange(
            "a chunk of 2^63 bytes",
            closing("Transfer-Encoding: chunked\r\n", &format!("7FFFFFFFFFFFFFFF\r\n{body}")),
            Answers(&[408]),
        ),
        exchange(
            "a chunk longer than its size",
            closing("Transfer-Encoding: chunked\r\n", &format!("2\r\n{body}\r\n0\r\n\r\n")),
            Answers(&[400]),
        ),
        broken_off("a chunked body without an end", closing("Transfer-Encoding: chunked\r\n", &chunk), Answers(&[400])),
        exchange(
            "an endless chunk extension",
            closing("Transfer-Encoding: chunked\r\n", &format!("2;{}", "a".repeat(100_000))),
            Answers(&[400]),
        ),
        exchange(
            "endless trailers",
            closing("Transfer-Encoding: chunked\r\n", &format!("{chunk}0\r\n{}", "a: b\r\n".repeat(100_000))),
            Answers(&[400]),
        ),
        exchange(
            "a length beyond the body",
            closing(&format!("Content-Length: {}\r\n", length + 1), body),
            Answers(&[408]),
        ),
        exchange(
            "a length short of the body",
            post(&format!("Content-Length: {}\r\n", length - 1), &format!("{body}\r\n\r\n")),
            Answers(&[400, 400]),
        ),
        exchange("no length", closing("", body), Answers(&[400])),
        exchange("a length of 2^63", closing("Content-Length: 9223372036854775808\r\n", body), Answers(&[413])),
        exchange("a length beyond 64 bits", closing("Content-Length: 99999999999999999999\r\n", body), Answers(&[400])),
        exchange("a negative length", closing("Content-Length: -1\r\n", body), Answers(&[400])),
        exchange("a length with a sign", closing(&format!("Content-Length: +{length}\r\n"), body), Answers(&[400])),
        exchange(
            "a length in hexadecimal",
            closing(&format!("Content-Length: 0x{length:x}\r\n"), body),
            Answers(&[400]),
        ),
        exchange(
            "two lengths",
            closing(&format!("Content-Length: {length}\r\nContent-Length: 2\r\n"), body),
            Answers(&[400]),
        ),
        exchange(
            "two lengths in one line",
            closing(&format!("Content-Length: {length}, 2\r\n"), body),
            Answers(&[400]),
        ),
        exchange(
            "100-continue for too much",
            closing("Expect: 100-continue\r\nContent-Length: 2000000\r\n", ""),
            Answers(&[413]),
        ),
        exchange(
            "a refused body, then a request",
            post("Content-Length: 2\r\n", &format!("{{}}{LIVE}")),
            Answers(&[400, 200]),
        ),
        exchange(
            "2 MiB refused, then a request",
            post("Content-Length: 2097152\r\n", &(" ".repeat(2 << 20) + LIVE)),
            Answers(&[413, 200]),
        ),
        exchange(
            "8 MiB refused, then a request",
            post("Content-Length: 8388608\r\n", &(" ".repeat(8 << 20) + LIVE)),
            Answers(&[413]),
        ),
        exchange(
            "a hundred refused bodies at once",
            post("Content-Length: 2\r\n", "{}").repeat(100) + LIVE,
            Answers(HUNDRED),
        ),
        // RFC 9112 section 6.1: the chunks decide, and nothing more is taken from such a connection.
        exchange(
            "a length and chunks",
            post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{LIVE}")),
            Answers(&[400]),
        ),
        exchange(
            "chunks and a length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", &format!("0\r\n\r\n{LIVE}")),
            Answers(&[400]),
        ),
        exchange("chunked, but not last", closing("Transfer-Encoding: chunked, identity\r\n", body), Answers(&[400])),
        exchange("an unknown transfer coding", closing("Transfer-Encoding: xchunked\r\n", body), Answers(&[400])),
        exchange(
            "a blank before the colon",
            closing("Transfer-Encoding : chunked\r\n", &format!("{chunk}0\r\n\r\n")),
            Answers(&[400]),
        ),
        exchange(
            "a folded transfer coding",
            closing("Transfer-Encoding:\r\n chunked\r\n", &format!("{chunk}0\r\n\r\n")),
            Answers(&[400]),
        ),
        exchange(
            "a vertical tab before the coding",
            closing("Transfer-Encoding: \x0bchunked\r\n", &format!("{chunk}0\r\n\r\n")),
            Answers(&[400]),
        ),
        exchange(
            "chunks in HTTP/1.0",
            closing("Transfer-Encoding: chunked\r\n", &format!("{chunk}0\r\n\r\n")).replace("HTTP/1.1", "HTTP/1.0"),
            Answers(&[400]),
        ),
    ]);
    all
}

const HUNDRED: &[u16] = &{
    let mut statuses = [400; 101];
    statuses[100] = 200;
    statuses
};

/// Spoilt request lines and headers, and what is no HTTP at all.
fn heads(path: &str, body: &str) -> Vec<Exchange> {
    let length = format!("Connection: close\r\nContent-Length: {}\r\n", body.len());
    let with = |line: &str, headers: &str| format!("{line}\r\n{TYPED}{length}{headers}\r\n{body}");
    let post = format!("POST {path} HTTP/1.1");
    let many = |n: usize| (0..n).map(|n| format!("X-{n}: {MARKER}\r\n")).collect::<String>();
    let hello = [&[0x16, 3, 1, 0, 0xf4, 1, 0, 0, 0xf0, 3, 3][..], &[0x42; 0xee]].concat();
    let h2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    vec![
        exchange(
            "a header of 64 KiB, and a bad token",
            with(&post, &format!("X-Kony-Authorization: {}\r\n", MARKER.repeat(5462))),
            Answers(&[401]),
        ),
        exchange("a header of 1 MiB", with(&post, &format!("X-Junk: {}\r\n", "a".repeat(1 << 20))), Answers(&[431])),
        exchange("200 headers", with(&post, &many(200)), Answers(&[431])),
        exchange("a header without a name", with(&post, ": x\r\n"), Answers(&[400])),
        exchange("a header without a colon", with(&post, "junk\r\n"), Answers(&[400])),
        exchange("NUL in a header", with(&post, "X-Junk: a\0b\r\n"), Answers(&[400])),
        exchange("a lone carriage return", with(&post, "X-Junk: a\rContent-Length: 0\r\n"), Answers(&[400])),
        exchange(
            "a path of 70,000 bytes",
            with(&format!("POST /{} HTTP/1.1", "a".repeat(70_000)), ""),
            Answers(&[414]),
        ),
        exchange("bytes in a path", *b"POST /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", Answers(&[400])),
        exchange("a path in bad percents", with("POST /%ff%fe HTTP/1.1", ""), Answers(&[400])),
        exchange("a path that climbs", with(&format!("POST /x/..{path} HTTP/1.1"), ""), Answers(&[400])),
        exchange("no path", with("POST HTTP/1.1", ""), Answers(&[400])),
        exchange("a star", with("OPTIONS * HTTP/1.1", ""), Answers(&[404])),
        exchange("CONNECT", with("CONNECT bank.example:443 HTTP/1.1", ""), Answers(&[405])),
        exchange("a method of NUL", with(&format!("\0 {path} HTTP/1.1"), ""), Answers(&[400])),
        exchange("HTTP/3.7", with(&format!("POST {path} HTTP/3.7"), ""), Answers(&[400])),
        exchange("HTTP/0.9", "GET /livez\r\n", Answers(&[400])),
        exchange("HTTP/1.0 without Host", "GET /livez HTTP/1.0\r\n\r\n", Answers(&[200])),
        exchange(
            "a WebSocket",
            "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
            Answers(&[200]),
        ),
        exchange(
            "an upgrade to HTTP/2",
            "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
            Answers(&[200]),
        ),
        exchange("TLS", hello, Answers(&[400])),
        exchange(
            "noise",
            (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>(),
            Answers(&[400]),
        ),
        exchange("zeros", vec![0; 4096], Answers(&[400])),
        broken_off("nothing", "", Closes),
        broken_off("one letter", "P", Closes),
        broken_off("half a head", format!("{post}\r\nHost: x\r\nX-Ju"), Closes),
        broken_off("blank lines", "\r\n".repeat(5000), Closes),
        exchange("HTTP/2 and noise", [&h2[..], &[0xff; 200]].concat(), Closes),
        broken_off("HTTP/2 and settings without end", [&h2[..], &settings.repeat(20_000)].concat(), Closes),
    ]
}

#[tokio::test]
async fn nothing_that_arrives_on_a_connection_stops_the_server() {
    let stage = Stage::with(|config| config.server.body_timeout_secs = 1).await;
    let address = stage.server.address();
    let idle: Vec<_> =
        futures::future::join_all((0..200).map(|_| async { TcpStream::connect(address).await.unwrap() })).await;
    let [flow, _] = &stage.flows;
    let all = exchanges(flow.verify.path, &flow.body(flow.verify).to_string());
    let said = futures::future::join_all(all.iter().map(|exchange| carry_out(address, exchange))).await;
    let mut faults = Vec::new();
    for (exchange, said) in all.iter().zip(said) {
        let expected: &[u16] = match exchange.says {
            Answers(statuses) => statuses,
            Closes => &[],
        };
        if said != expected {
            faults.push(format!("{}: {said:?}, expected {expected:?}", exchange.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let ready = stage.server.http.get(stage.server.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    drop(idle);
    stage.leave().await;
}

#[tokio::test]
async fn a_head_that_takes_longer_than_15_seconds_or_does_not_begin_within_75_ends_its_connection() {
    let server = TestServer::start().await;
    for (head, limit) in [("", 75), ("GET /livez HTTP/1.1\r\nHost: x\r\nX-Junk: ", 15)] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        }
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::pause();
        let mut seconds = 0;
        while !matches!(stream.try_read(&mut [0; 64]), Ok(0)) {
            assert!(seconds < 100, "the connection is still open");
            seconds += 1;
            if !head.is_empty() {
                // Byte by byte: what arrives does not begin the time anew.
                stream.write_all(b"a").await.unwrap();
            }
            tokio::time::advance(Duration::from_secs(1)).await;
            stream.ready(tokio::io::Interest::WRITABLE).await.unwrap();
            tokio::task::yield_now().await;
        }
        assert!((limit - 1..=limit + 3).contains(&seconds), "{seconds} seconds");
        tokio::time::resume();
    }
}
