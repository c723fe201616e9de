//! TLS of the server's own: what it speaks, and certificates that are exchanged while it serves.

use crate::support::pki::{Pki, url};
use crate::support::server::TestServer;
use countersign::config::listener::{ClientBinding, ClientCertificates};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::{TlsConnector, client::TlsStream};

async fn server(pki: &Pki) -> TestServer {
    let tls = pki.tls::<ClientBinding>(ClientCertificates::None, Vec::new());
    TestServer::with(|config| config.server.tls = Some(tls)).await
}

/// A connection of which one sees which certificate it has.
async fn connect(pki: &Pki, server: &TestServer) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pki.path("ca.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let mut config =
        config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(server.address()).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap()
}

/// One request on a connection that stays.
async fn live(stream: &mut TlsStream<TcpStream>) {
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the connection was closed");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

fn in_place(pki: &Pki) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(pki.path("server.pem")).unwrap()
}

#[tokio::test]
async fn the_server_speaks_http_1_1_over_tls_1_2_and_1_3_and_plain_http_to_nobody() {
    let pki = Pki::new();
    let server = server(&pki).await;
    let address = server.address();
    for version in [reqwest::tls::Version::TLS_1_2, reqwest::tls::Version::TLS_1_3] {
        let client = pki.builder(address).tls_version_min(version).tls_version_max(version).build().unwrap();
        let answer = client.get(url(address, "/readyz")).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, reqwest::Version::HTTP_11));
        let old = pki.builder(address).tls_version_max(reqwest::tls::Version::TLS_1_1).build();
        assert!(match old {
            Ok(old) => old.get(url(address, "/readyz")).send().await.is_err(),
            Err(_) => true,
        });
    }
    let stream = connect(&pki, &server).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]), "not HTTP/2, which it was offered as well");
    assert!(server.http.get(server.url("/readyz")).send().await.is_err(), "no plain HTTP");
    let strange = Pki::new();
    assert!(
        strange.stranger(address).get(url(address, "/readyz")).send().await.is_err(),
        "the test looks at the chain"
    );
}

#[tokio::test]
async fn certificates_are_exchanged_under_load_and_no_request_fails_and_no_connection_is_dropped() {
    let pki = Pki::new();
    let server = server(&pki).await;
    let address = server.address();
    let mut old = connect(&pki, &server).await;
    let first = shown(&old);
    live(&mut old).await;

    let (done, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    // Half of the callers keep their connections, half open one for each request.
    let load = async |kept: bool| {
        let client = pki.stranger(address);
        while !done.load(Ordering::Relaxed) {
            let client = if kept { client.clone() } else { pki.stranger(address) };
            let answer = client.get(url(address, "/livez")).send().await.expect("no request fails");
            assert_eq!(answer.status(), 200);
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    let exchange = async {
        for _ in 0..5 {
            let before = count.load(Ordering::Relaxed);
            pki.install(&pki.server());
            server.reload_certificates().await;
            assert_eq!(shown(&connect(&pki, &server).await), in_place(&pki));
            while count.load(Ordering::Relaxed) < before + 20 {
                tokio::task::yield_now().await;
            }
        }
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(load(true), load(true), load(false), load(false), exchange);

    live(&mut old).await;
    assert_eq!(shown(&old), first, "it is the same connection");
    assert_ne!(in_place(&pki), first);
    let logged = server.logged();
    let taken = logged.iter().filter(|line| line["msg"] == "new certificates go for new connections").count();
    assert_eq!(taken, 5);
}

#[tokio::test]
async fn a_pair_that_does_not_fit_leaves_the_old_one_in_place_and_is_told() {
    let pki = Pki::new();
    let server = server(&pki).await;
    let first = in_place(&pki);
    for (file, text) in [("server.key", pki.server().key), ("server.pem", "nothing".to_owned())] {
        pki.write(file, &text);
        server.reload_certificates().await;
        assert_eq!(shown(&connect(&pki, &server).await), first);
    }
    let logged = server.logged();
    let told: Vec<_> = logged.iter().filter(|line| line["level"] == "ERRO" || line["level"] == "ERROR").collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let problem = told[0]["problem"].as_str().unwrap();
    assert!(problem.contains("key_file: ") && problem.contains("is not the key of"), "{problem}");
    assert!(told[1]["problem"].as_str().unwrap().contains("has no certificate in PEM"), "{}", told[1]);
    pki.install(&pki.server());
    server.reload_certificates().await;
    assert_eq!(shown(&connect(&pki, &server).await), in_place(&pki));
    let client = pki.stranger(server.address());
    let metrics = client.get(url(server.address(), "/metrics")).send().await.unwrap().text().await.unwrap();
    // rcgen's certificates are good until the year 4096.
    assert!(metrics.contains("countersign_tls_certificate_expiry_seconds{listener=\"bank\"} 67090"), "{metrics}");
}

#[tokio::test]
async fn files_are_looked_at_again_without_anyone_saying_so() {
    let pki = Pki::new();
    let server = server(&pki).await;
    let first = in_place(&pki);
    pki.install(&pki.server());
    tokio::time::pause();
    // Time goes as fast as the test wants; the files are read by a thread that takes its own.
    while !server.logged().iter().any(|line| line["msg"] == "new certificates go for new connections") {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
    }
    tokio::time::resume();
    let now = shown(&connect(&pki, &server).await);
    assert!(now == in_place(&pki) && now != first);
}

#[tokio::test]
async fn a_handshake_that_is_not_finished_in_time_is_broken_off_and_one_that_fails_is_told() {
    let pki = Pki::new();
    let tls = pki.tls::<ClientBinding>(ClientCertificates::None, Vec::new());
    let server = TestServer::with(|config| {
        config.server.tls = Some(tls);
        config.server.connections.handshake_timeout_secs = 1;
    })
    .await;
    for hello in [&b""[..], &[0x16, 3, 1, 0, 0xf4, 1, 0]] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(hello).await.unwrap();
        let mut answer = Vec::new();
        assert_eq!(stream.read_to_end(&mut answer).await.unwrap(), 0, "it is closed without a word");
    }
    assert!(server.http.get(server.url("/livez")).send().await.is_err());
    let client = pki.stranger(server.address());
    let metrics = client.get(url(server.address(), "/metrics")).send().await.unwrap().text().await.unwrap();
    let dropped = "countersign_connections_dropped_total{listener=\"bank\",reason=\"handshake\"} 3";
    assert!(metrics.contains(dropped), "{metrics}");
    let logged = server.logged();
    let told = logged.iter().filter(|line| line["msg"].as_str().unwrap_or_default().starts_with("no TLS connection"));
    assert_eq!(told.filter(|line| line["level"] != "DEBG" && line["level"] != "DEBUG").count(), 1, "once a minute");
}
