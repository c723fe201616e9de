//! A mail server that can do TLS and logins, and misbehaves as told: the development sink's protocol with these around it.

use countersign::dev::mail_sink::{Mail, Session, Step, read_line, read_mail};
use mail_parser::decoders::base64::base64_decode;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// What a server offers.
#[derive(Clone, Default)]
pub(crate) enum Security {
    /// Nothing.
    #[default]
    Plain,
    /// An upgrade.
    StartTls(TlsAcceptor),
    /// TLS from the first byte.
    Tls(TlsAcceptor),
}

/// What goes wrong.
#[derive(Clone)]
pub(crate) enum Fault {
    /// This answer, with `{to}` for the recipient and `{mail}` for the mail's text.
    Reply(&'static str),
    /// No answer.
    Stall,
    /// The connection ends.
    HangUp,
}

/// How the server behaves.
#[derive(Clone, Default)]
pub(crate) struct Script {
    /// TLS.
    pub(crate) security: Security,
    /// The login mechanism offered, and the user and password it takes. Without it, no login is offered.
    pub(crate) login: Option<(&'static str, &'static str, &'static str)>,
    /// By verb; `.` is the end of the mail.
    pub(crate) faults: HashMap<&'static str, Fault>,
}

/// A running server. It stops when dropped.
pub(crate) struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    script: Mutex<Script>,
    mails: Mutex<Vec<Mail>>,
    verbs: Mutex<Vec<String>>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}
type Conversation = BufStream<Box<dyn Stream>>;

impl SmtpServer {
    /// Listens on a free port.
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Shared { script: Mutex::new(script), mails: Mutex::default(), verbs: Mutex::default() };
        let shared = Arc::new(shared);
        let accepting = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                accepting.verbs.lock().unwrap().push("connect".to_owned());
                conversations.spawn(converse(Box::new(stream), Arc::clone(&accepting)));
            }
        });
        Self { address, shared, task }
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What came.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// The verbs of all commands so far, with `connect` for each connection.
    pub(crate) fn verbs(&self) -> Vec<String> {
        self.shared.verbs.lock().unwrap().clone()
    }

    /// Misbehaves from now on as told.
    pub(crate) fn set_fault(&self, verb: &'static str, fault: Option<Fault>) {
        let faults = &mut self.shared.script.lock().unwrap().faults;
        match fault {
            Some(fault) => faults.insert(verb, fault),
            None => faults.remove(verb),
        };
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Ends with an error when the client hangs up, which tests do all the time.
async fn converse(stream: Box<dyn Stream>, shared: Arc<Shared>) -> io::Result<()> {
    let script = shared.script.lock().unwrap().clone();
    let mut encrypted = matches!(script.security, Security::Tls(_));
    let mut stream = match &script.security {
        Security::Tls(acceptor) => BufStream::new(Box::new(acceptor.accept(stream).await?) as Box<dyn Stream>),
        Security::Plain | Security::StartTls(_) => BufStream::new(stream),
    };
    let (mut session, mut logged_in) = (Session::default(), script.login.is_none());
    let mut recipient = String::new();
    if let Some(()) = misbehave(&mut stream, &shared, "connect", &recipient, "").await? {
        return Ok(());
    }
    reply(&mut stream, Session::GREETING).await?;
    while let Some(line) = read_line(&mut stream).await? {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        shared.verbs.lock().unwrap().push(verb.clone());
        if verb == "RCPT" {
            recipient = line.trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
        }
        if let Some(()) = misbehave(&mut stream, &shared, &verb, &recipient, "").await? {
            continue;
        }
        match (verb.as_str(), &script.security, script.login) {
            ("STARTTLS", Security::StartTls(acceptor), _) if !encrypted => {
                reply(&mut stream, "220 go on").await?;
                stream = BufStream::new(Box::new(acceptor.accept(stream.into_inner()).await?));
                (session, encrypted) = (Session::default(), true);
                continue;
            }
            ("AUTH", _, Some((mechanism, user, password))) => {
                logged_in = login(&mut stream, &line, mechanism).await? == (user.to_owned(), password.to_owned());
                reply(&mut stream, if logged_in { "235 welcome" } else { "535 5.7.8 no" }).await?;
                continue;
            }
            ("MAIL", _, _) if !logged_in => {
                reply(&mut stream, "530 5.7.0 log in first").await?;
                continue;
            }
            _ => (),
        }
        match session.command(&line) {
            Step::Reply(text) if verb == "EHLO" => {
                let (first, rest) = text.split_once("\r\n").unwrap();
                let tls = if matches!(script.security, Security::StartTls(_)) && !encrypted {
                    "250-STARTTLS\r\n"
                } else {
                    ""
                };
                let login = script.login.map(|(mechanism, ..)| format!("250-AUTH {mechanism}\r\n")).unwrap_or_default();
                reply(&mut stream, &format!("{first}\r\n{tls}{login}{rest}")).await?;
            }
            Step::Reply(text) => reply(&mut stream, &text).await?,
            Step::Close(text) => return reply(&mut stream, &text).await,
            Step::ReadMail(text) => {
                reply(&mut stream, &text).await?;
                let data = read_mail(&mut stream).await?.unwrap();
                let mail = session.mail(data);
                let text = mail.text().unwrap_or_default();
                if misbehave(&mut stream, &shared, ".", &recipient, &text).await?.is_none() {
                    shared.mails.lock().unwrap().push(mail);
                    reply(&mut stream, "250 taken").await?;
                }
            }
        }
    }
    Ok(())
}

/// `Some` if there was a fault, and it answered.
async fn misbehave(
    stream: &mut Conversation,
    shared: &Shared,
    verb: &str,
    to: &str,
    mail: &str,
) -> io::Result<Option<()>> {
    let fault = shared.script.lock().unwrap().faults.get(verb).cloned();
    match fault {
        None => Ok(None),
        Some(Fault::Reply(text)) => {
            let mail = mail.replace("\r\n", " ");
            reply(stream, &text.replace("{to}", to).replace("{mail}", &mail)).await?;
            Ok(Some(()))
        }
        Some(Fault::Stall) => std::future::pending().await,
        Some(Fault::HangUp) => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

async fn reply(stream: &mut Conversation, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Returns user and password (RFC 4616; LOGIN was never standardized).
async fn login(stream: &mut Conversation, line: &str, mechanism: &str) -> io::Result<(String, String)> {
    let decoded = |text: &str| String::from_utf8(base64_decode(text.as_bytes()).unwrap()).unwrap();
    if mechanism == "PLAIN" {
        let response = decoded(line.strip_prefix("AUTH PLAIN ").unwrap());
        let mut parts = response.split('\0').skip(1).map(str::to_owned);
        return Ok((parts.next().unwrap(), parts.next().unwrap()));
    }
    let mut answers = Vec::new();
    for question in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
        reply(stream, question).await?;
        answers.push(decoded(&read_line(stream).await?.unwrap_or_default()));
    }
    Ok((answers.remove(0), answers.remove(0)))
}
