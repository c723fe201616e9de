//! The way to a database server, as an operator meets it: who has to prove a name, who cannot, and what is said of it.
//!
//! `0.0.0.0` leads to this machine as 127.0.0.1 does, on every Linux and without a network. The program does not take it for
//! this machine, as it would not take the name of another one: so it stands for a server that others are on the way to.

use super::*;
use crate::support::pki::{Pair, Pki};
use crate::support::postgres::{Cluster, Database};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Whose way there has to be encrypted, unless its address says otherwise.
const ELSEWHERE: &str = "0.0.0.0";
/// What a client says first: the length, and the code of the request for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

impl Place {
    /// A configuration with this `[store]`.
    fn with_store(&self, store: &str) -> String {
        let text = fs::read_to_string(self.config()).unwrap();
        let sqlite = "sqlite = \"bank.sqlite\"";
        assert!(text.contains(sqlite), "the sample has no {sqlite}");
        self.write("database.toml", &text.replace(sqlite, store))
    }

    /// A configuration for this database on a host, with what its address says besides and who is believed.
    fn for_database(&self, database: &Database<'_>, host: &str, says: &str, authority: Option<&Pki>) -> String {
        let (url, password) = database.store();
        self.write("store.password", password);
        fs::set_permissions(self.path("store.password"), Permissions::from_mode(0o600)).unwrap();
        let url = url.replacen("127.0.0.1", host, 1);
        let ca_file = authority.map(|pki| format!("\nca_file = \"{}\"", pki.path("ca.pem").display()));
        let store = format!("url = \"{url}{says}\"\npassword_file = \"store.password\"{}", ca_file.unwrap_or_default());
        self.with_store(&store)
    }
}

/// What is said when a database cannot be opened.
fn complaint(file: &str, password: &str) -> String {
    let (code, said, complaint) = run(&["migrate", "--config", file]);
    assert_eq!((code, said.as_str()), (1, ""), "{complaint}");
    assert!(!complaint.contains(password), "{complaint}");
    complaint
}

fn opens(file: &str) {
    let (code, said, complaint) = run(&["migrate", "--config", file]);
    assert_eq!(code, 0, "{said}{complaint}");
}

#[test]
fn a_database_server_that_proves_its_name_is_used_and_every_connection_to_it_is_encrypted() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let (pki, place, database) = (Pki::new(), Place::new(), cluster.database());
    cluster.certify(&pki.server_for(&[ELSEWHERE, "localhost"]));
    let ssl = "select count(*) >= 5, bool_and(ssl), bool_and(version = 'TLSv1.3') from pg_stat_ssl join pg_stat_activity using (pid)
               where usename = 'countersign'";
    for (host, says) in [(ELSEWHERE, ""), (ELSEWHERE, "?channel_binding=require"), ("localhost", "?sslmode=require")] {
        let file = place.for_database(&database, host, says, Some(&pki));
        let mut server = Running::start(&["serve", "--config", &file]);
        server.logged("listening");
        assert_eq!(cluster.psql(database.name(), ssl), "t|t|t", "{host}{says}");
        assert_eq!(server.stop("-TERM").0, 0);
    }
}

#[test]
fn a_database_server_that_does_not_prove_its_name_is_refused_and_what_to_do_is_said() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let (pki, place, database) = (Pki::new(), Place::new(), cluster.database());
    let names = [ELSEWHERE, "localhost"];
    let other = "db-2.bank.example";
    let cases: [(Pair, &str); 3] = [
        // Another authority, be its name the same.
        (Pki::new().server_for(&names), "was issued by an authority that is not believed: name the file"),
        (pki.server_for(&[other]), "is for db-2.bank.example only: write a name that it has into `url`"),
        (pki.expired_server_for(&names), "has expired, by the clock of this machine: have it renewed"),
    ];
    for (pair, told) in cases {
        cluster.certify(&pair);
        for (host, says) in [(ELSEWHERE, ""), ("localhost", "?sslmode=require")] {
            let file = place.for_database(&database, host, says, Some(&pki));
            let found = complaint(&file, database.store().1);
            assert!(found.contains(&format!("{host}:{}: ", cluster.port())), "{found}");
            assert!(found.contains(&format!("its certificate {told}")), "{found}");
        }
    }
    // The system's authorities do not know the bank's own.
    cluster.certify(&pki.server_for(&names));
    let found = complaint(&place.for_database(&database, ELSEWHERE, "", None), database.store().1);
    assert!(found.contains("an authority that is not believed"), "{found}");
    // A server that is started after a renewal was forgotten says so, too.
    let file = place.for_database(&database, ELSEWHERE, "", Some(&pki));
    opens(&file);
    cluster.certify(&pki.expired_server_for(&names));
    let (code, said, log) = run(&["serve", "--config", &file]);
    assert!(code == 1 && format!("{said}{log}").contains("its certificate has expired"), "{said}{log}");
}

#[test]
fn a_database_server_that_does_not_encrypt_is_used_only_here_or_if_its_address_says_so() {
    let Some(cluster) = Cluster::shared() else { return };
    let (pki, place, database) = (Pki::new(), Place::new(), cluster.database());
    for (host, says) in [(ELSEWHERE, ""), (ELSEWHERE, "?sslmode=require"), ("127.0.0.1", "?sslmode=require")] {
        let found = complaint(&place.for_database(&database, host, says, Some(&pki)), database.store().1);
        let told = format!("{host}:{}: it does not encrypt connections: have it do so (`ssl = on`", cluster.port());
        assert!(found.contains(&told) && found.contains("`sslmode=disable` in `url`"), "{found}");
    }
    for (host, says) in [(ELSEWHERE, "?sslmode=disable"), ("127.0.0.1", ""), ("localhost", "")] {
        opens(&place.for_database(&database, host, says, None));
    }
}

#[test]
fn nothing_is_said_to_a_database_server_that_would_rather_not_be_asked_to_encrypt() {
    let place = Place::new();
    place.write("store.password", "a password");
    for (answer, told) in [
        (&b"N"[..], "it does not encrypt connections"),
        // As a server of long ago, with an error.
        (b"E\0\0\0\x10SFATAL\0\0\0", "it does not encrypt connections"),
        (b"", "early eof"),
        // In clear, behind the answer: a part of no handshake.
        (b"SR\0\0\0\x08\0\0\0\0", "corrupt message"),
    ] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = std::thread::spawn(move || {
            let (mut caller, _) = listener.accept().unwrap();
            let mut request = [0; 8];
            caller.read_exact(&mut request).unwrap();
            caller.write_all(answer).unwrap();
            let mut more = Vec::new();
            if answer.is_empty() {
                drop(caller);
            } else {
                // Whoever does not like the answer may hang up at once.
                let _ = caller.read_to_end(&mut more);
            }
            (request, more)
        });
        let store =
            format!("url = \"postgres://some-user@{ELSEWHERE}:{port}/bank\"\npassword_file = \"store.password\"");
        let found = complaint(&place.with_store(&store), "a password");
        assert!(found.contains(&format!("{ELSEWHERE}:{port}: ")) && found.contains(told), "{found}");
        let (request, more) = heard.join().unwrap();
        assert_eq!(request, SSL_REQUEST);
        let said = |words: &str| more.windows(words.len()).any(|part| part == words.as_bytes());
        assert!(!said("some-user") && !said("password"), "{more:?}");
    }
}

#[test]
fn a_file_of_authorities_that_is_none_is_told_with_file_line_and_key() {
    let (pki, place) = (Pki::new(), Place::new());
    let pem = fs::read_to_string(pki.path("ca.pem")).unwrap();
    place.write("ca.pem", &format!("The bank's authority, and an old one:\n{pem}{pem}"));
    place.write("empty.pem", "");
    place.write("text.pem", "-----BEGIN nothing\nsecret words\n");
    place.write("cut.pem", &format!("{pem}{}", pem.replace("-----END CERTIFICATE-----", "")));
    place.write("wrong.pem", "-----BEGIN CERTIFICATE-----\nc2VjcmV0IHdvcmRz\n-----END CERTIFICATE-----\n");
    fs::copy(pki.path("server.key"), place.path("key.pem")).unwrap();
    let with =
        |name: &str| place.with_store(&format!("url = \"postgres://u@db.bank.example/c\"\nca_file = \"{name}\""));
    let (code, said, complaint) = run(&["check-config", &with("ca.pem")]);
    assert_eq!(code, 0, "{said}{complaint}");
    for (name, told) in [
        ("none.pem", "none.pem cannot be opened: No such file"),
        ("empty.pem", "empty.pem holds no PEM certificate\n"),
        ("text.pem", "text.pem: certificate 1 is not whole PEM\n"),
        ("cut.pem", "cut.pem: certificate 2 is not whole PEM\n"),
        ("wrong.pem", "wrong.pem: certificate 1 does not read: "),
        ("key.pem", "key.pem holds no PEM certificate, but a private key\n"),
    ] {
        let file = with(name);
        let line =
            fs::read_to_string(&file).unwrap().lines().position(|line| line.starts_with("ca_file = ")).unwrap() + 1;
        for command in [&["check-config", &file][..], &["migrate", "--config", &file]] {
            let (code, said, complaint) = run(command);
            assert_eq!((code, said.as_str()), (3, ""), "{complaint}");
            let named = format!("database.toml:{line}: store.ca_file: ");
            assert!(complaint.contains(&named) && complaint.contains(told), "{name}: {complaint}");
            assert!(!complaint.contains("secret words"), "{complaint}");
        }
    }
}

#[test]
fn a_password_that_is_wrong_or_missing_is_told_of_and_never_repeated() {
    let Some(cluster) = Cluster::shared() else { return };
    let (place, database) = (Place::new(), cluster.database());
    let file = place.for_database(&database, "127.0.0.1", "", None);
    let known = fs::read_to_string(place.path("store.password")).unwrap();
    // An editor's line feed at the end is none of it.
    place.write("store.password", &format!("{known}\n"));
    opens(&file);
    place.write("store.password", "hunter2");
    let found = complaint(&file, "hunter2");
    let told = "password authentication failed for user \"countersign\": the password in `password_file` of [store]";
    assert!(found.contains(&format!("127.0.0.1:{}: {told}", cluster.port())), "{found}");
    let text = fs::read_to_string(&file).unwrap().replace("password_file = \"store.password\"", "");
    let found = complaint(&place.write("database.toml", &text), &known);
    let told = "it asks for a password: name a file with it in `password_file` of [store]";
    assert!(found.contains(&format!("127.0.0.1:{}: {told}", cluster.port())), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_in_between_is_found_out_also_with_a_certificate_that_is_believed() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let (pki, place, database) = (Pki::new(), Place::new(), cluster.database());
    cluster.certify(&pki.server());
    let port = in_between(cluster.port(), &pki).await;
    let at = |says: &str| {
        let file = place.for_database(&database, "localhost", &format!("?sslmode=require{says}"), Some(&pki));
        let text = fs::read_to_string(&file).unwrap();
        place.write("database.toml", &text.replace(&format!(":{}/", cluster.port()), &format!(":{port}/")))
    };
    tokio::task::block_in_place(|| {
        // Without that binding, nobody would notice: so it was carried.
        opens(&at("&channel_binding=disable"));
        for says in ["", "&channel_binding=require"] {
            let found = complaint(&at(says), database.store().1);
            assert!(found.contains("channel binding check failed"), "{found}");
        }
    });
}

/// A port of 127.0.0.1 at which somebody reads along: a certificate of the authority for the same name, and another connection
/// to the server behind it.
async fn in_between(port: u16, pki: &Pki) -> u16 {
    let pair = pki.server();
    let chain = vec![CertificateDer::from_pem_slice(pair.chain.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let near = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let near = TlsAcceptor::from(Arc::new(near.with_no_client_auth().with_single_cert(chain, key).unwrap()));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pki.path("ca.pem")).unwrap()).unwrap();
    let far = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let far = TlsConnector::from(Arc::new(far.with_root_certificates(roots).with_no_client_auth()));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let here = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let (near, far) = (near.clone(), far.clone());
            tokio::spawn(async move {
                let mut request = [0; 8];
                caller.read_exact(&mut request).await?;
                caller.write_all(b"S").await?;
                let mut caller = near.accept(caller).await?;
                let mut server = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
                server.write_all(&SSL_REQUEST).await?;
                assert_eq!(server.read_u8().await?, b'S');
                let mut server = far.connect(ServerName::try_from("localhost").unwrap(), server).await?;
                copy_bidirectional(&mut caller, &mut server).await
            });
        }
    });
    here
}
