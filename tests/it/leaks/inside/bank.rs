//! A bank whose every secret is written down, and everything that its server says and writes.

use super::super::search::{DERIVED_CODE, Run, Shows};
use crate::support::bne_api::WEB;
use crate::support::domain::Seeded;
use crate::support::server::TestServer;
use crate::support::sms_gateway::{Answer, SmsGateway};
use crate::support::smtp_server::{Script, Security, SmtpServer};
use crate::support::tls::PrivateCa;
use chrono::TimeDelta;
use countersign::api::operator::generated::OPERATIONS;
use countersign::config::Config;
use countersign::config::delivery::{Body, Sms, SmsHttp, Smtp, SmtpTls};
use countersign::config::siem;
use countersign::dev::seed;
use countersign::domain::ports::{Clock, Random};
use countersign::store::Location;
use http::HeaderMap;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const SMTP_PASSWORD: &str = "relay-7431-battery";
const GATEWAY_TOKEN: &str = "gateway-58213-staple";
const GATEWAY_SECRET: &str = "gateway-key-90210-horse";

/// A server with real providers, of whose secrets we know each.
pub(super) struct Bank {
    pub(super) server: TestServer,
    pub(super) gateway: SmsGateway,
    pub(super) mail: SmtpServer,
    pub(super) run: Run,
    pub(super) credential: String,
    random: Arc<Seeded>,
    feed: TempDir,
    _ca: PrivateCa,
}

/// An answer, of whatever family.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) etag: String,
    pub(super) body: Value,
}

impl Bank {
    /// Every bank gets the same inputs, and draws the same random values. Its server key is its own, and what is derived from it.
    pub(super) async fn open() -> Self {
        let (home, clock) = TestServer::prepared();
        // Two, so that no draw of the server moves those of the callers.
        let (random, chance): (Arc<Seeded>, Arc<Seeded>) = (Seeded::new(1), Seeded::new(2));
        let config = home.config();
        let operators: Arc<dyn Random> = chance.clone();
        seed::operator(&home.data, &config, &operators, clock.now()).await.unwrap();
        let credential = fs::read_to_string(home.data.database().with_file_name("operator.credential")).unwrap();
        let credential = credential.trim().to_owned();
        let ca = PrivateCa::for_host("localhost");
        let script = Script {
            security: Security::StartTls(ca.acceptor.clone()),
            login: Some(("PLAIN", "relay", SMTP_PASSWORD)),
            ..Script::default()
        };
        let mail = SmtpServer::start(script).await;
        let gateway = SmsGateway::start(Answer::Status(200, "", "{}".into()), None).await;
        let feed = tempfile::tempdir().unwrap();
        let mut run = Run::default();
        run.secrets.add("credential", &credential);
        for key in &config.keys {
            let hex = key.secret.as_ref().expect("a development server has a key").expose_secret().trim();
            run.secrets.add("password", hex);
            run.secrets.add_bytes("password", &data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap());
        }
        if let Some(password) = &config.store.password {
            run.secrets.add("password", password.expose_secret());
        }
        for password in [SMTP_PASSWORD, GATEWAY_TOKEN, GATEWAY_SECRET] {
            run.secrets.add("password", password);
        }
        let change = |config: &mut Config| {
            provide(config, &mail, &gateway, ca.ca_file.path());
            watch(config, feed.path());
            for policy in [&mut config.policy.pre_login, &mut config.policy.security_questions] {
                let policy = policy.get_or_insert_default();
                (policy.code_digits, policy.daily_codes_max) = (Some(8), Some(4));
            }
        };
        let server = TestServer::run_in(home, clock, change, move |world| countersign::server::World {
            sms: None,
            email: None,
            inbox: None,
            random: chance,
            ..world
        })
        .await;
        Self { server, gateway, mail, run, credential, random, feed, _ca: ca }
    }

    /// So many random bytes.
    pub(super) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// So many random digits.
    pub(super) fn digits<const N: usize>(&self) -> String {
        self.bytes::<N>().iter().map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    /// A wrong code of eight digits, which is a secret, too: it may be right elsewhere.
    pub(super) fn guess(&mut self) -> String {
        let code = self.digits::<8>();
        self.run.secrets.add("guess", &code);
        code
    }

    pub(super) fn phone(&mut self) -> String {
        let phone = format!("+346{}", self.digits::<8>());
        self.run.secrets.add("address", &phone);
        phone
    }

    pub(super) fn email(&mut self) -> String {
        let email = format!("q{}@kunde.example", self.digits::<10>());
        self.run.secrets.add("address", &email);
        email
    }

    /// A seed of 20 bytes, in hexadecimal.
    pub(super) fn seed(&mut self) -> ([u8; 20], String) {
        let bytes = self.bytes();
        self.run.secrets.add_bytes("seed", &bytes);
        (bytes, data_encoding::HEXLOWER.encode(&bytes))
    }

    pub(super) fn secret(&mut self, kind: &'static str, text: &str) {
        self.run.secrets.add(kind, text);
    }

    /// A signed token, of which the signature alone would be one too many.
    pub(super) fn signed(&mut self, token: &str) {
        self.run.secrets.add("token", token);
        self.run.secrets.add("token", token.rsplit('.').next().unwrap());
    }

    /// Calls an operation of the operator API.
    pub(super) async fn operate(
        &mut self,
        id: &str,
        at: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answered {
        let operation = OPERATIONS.iter().find(|operation| operation.id == id).unwrap();
        let path = at
            .iter()
            .fold(operation.path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        let url = format!("http://{}{path}", self.server.operator_address());
        let mut all = vec![("authorization", format!("Bearer {}", self.credential))];
        if operation.headers.contains(&"Idempotency-Key") {
            all.push(("idempotency-key", format!("{:->20}", self.digits::<12>())));
        }
        if operation.body_limit.is_some() {
            all.push(("content-type", "application/json".into()));
        }
        for (name, value) in headers {
            all.retain(|(other, _)| other != name);
            all.push((name, (*value).to_owned()));
        }
        let mut request = self.server.http.request(operation.method.clone(), url);
        for (name, value) in all {
            request = request.header(name, value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        // Credentials and seeds that the server makes are told once, to whom had them made.
        let shows: Shows = match id {
            "operator_create" => &["credential"],
            "token_enrol" => &["seed"],
            _ => &[],
        };
        self.hear(id, request.body(body), shows).await
    }

    /// Posts to the listener of the banks' apps; a good answer may name handles.
    pub(super) async fn post(&mut self, path: &str, headers: HeaderMap, body: impl ToString) -> Answered {
        let request = self.server.http.post(self.server.url(path)).headers(headers).body(body.to_string());
        let name = path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let name = if name.bytes().any(|byte| byte.is_ascii_digit()) { "unknown path" } else { name };
        self.hear(name, request, &["handle"]).await
    }

    async fn hear(&mut self, name: &str, request: reqwest::RequestBuilder, shows: Shows) -> Answered {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let etag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default();
        let mut bytes = format!("\n{status} of {name}\n").into_bytes();
        for (name, value) in response.headers() {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
        }
        let text = response.bytes().await.unwrap();
        bytes.extend(&text);
        let shows = if status < 300 { shows } else { &[] };
        let place = shows.first().map_or_else(|| "answers".to_owned(), |kind| format!("answers with a {kind}"));
        self.run.note(&place, shows, &bytes);
        Answered { status, etag, body: serde_json::from_slice(&text).unwrap_or_default() }
    }

    /// The code of the newest text message; by now it has been sent.
    pub(super) fn code(&mut self) -> String {
        let message: Value = serde_json::from_slice(&self.gateway.received().last().expect("a message").body).unwrap();
        let code = message["code"].as_str().unwrap().to_owned();
        assert_eq!(code.len(), 8);
        self.secret(DERIVED_CODE, &code);
        code
    }

    /// Notes what is on disk, in the log and in the metrics now.
    pub(super) async fn look(&mut self, when: &str) {
        let metrics =
            self.server.http.get(self.server.url("/metrics")).send().await.unwrap().error_for_status().unwrap();
        let metrics = metrics.bytes().await.unwrap().to_vec();
        assert!(!metrics.is_empty());
        let mut found = vec![("metrics".to_owned(), metrics), ("log".to_owned(), self.server.log())];
        let mut files: Vec<PathBuf> = below(self.feed.path());
        match self.server.location() {
            Location::File(database) => {
                let stem = database.file_name().unwrap().to_str().unwrap();
                let all = below(database.parent().unwrap()).into_iter();
                files.extend(all.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(stem)));
                assert!(files.contains(&database));
            }
            Location::Server(_) => found.push(("database".to_owned(), self.server.rows().bytes())),
        }
        for file in files {
            found.push((file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&file).unwrap()));
        }
        for (name, bytes) in found {
            self.run.note(&format!("{name} {when}"), &[], &bytes);
        }
    }

    /// Stops the server, which closes its file, and starts it anew after this time.
    pub(super) async fn restart_after(mut self, time: TimeDelta) -> Self {
        self.server.clock.pass(time);
        self.server = self.server.restart(|_| ()).await;
        self
    }

    /// The headers of a call of the BNE operations; its token is noted.
    pub(super) fn bne(&mut self) -> HeaderMap {
        let headers = self.server.headers(WEB);
        let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
        self.signed(&token);
        headers
    }
}

fn provide(config: &mut Config, mail: &SmtpServer, gateway: &SmsGateway, ca: &Path) {
    let smtp = Smtp::new("localhost".into(), SmtpTls::Starttls, "Bank <no-reply@bank.example>".into());
    config.delivery.smtp = Some(Smtp {
        port: Some(mail.port()),
        ca_file: Some(ca.into()),
        username: Some("relay".into()),
        password: Some(SMTP_PASSWORD.into()),
        ..smtp
    });
    let message = r#"{"to": {{ to }}, "code": {{ passcode }}, "text": {{ text }}, "key": {{ secrets.key }}}"#;
    config.delivery.sms = Some(Sms::Http(SmsHttp {
        plain_http: true,
        body: Some(Body::Json(message.into())),
        token: Some(GATEWAY_TOKEN.into()),
        secret_values: [("key".to_owned(), GATEWAY_SECRET.into())].into(),
        ..SmsHttp::new(format!("http://127.0.0.1:{}/messages", gateway.port()))
    }));
}

/// A SIEM that is down, so that its spool holds what it would have been sent.
fn watch(config: &mut Config, place: &Path) {
    let spool = json!({ "directory": place.join("spool") });
    config.siem.file = Some(serde_json::from_value(json!({ "path": place.join("siem.cef") })).unwrap());
    config.siem.spool = Some(serde_json::from_value(spool).unwrap());
    let to = siem::Tcp { address: "127.0.0.1:9".into(), message_max_bytes: 8192 };
    config.siem.transport = Some(siem::Transport::TcpOnTrustedNetwork(to));
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found
}
