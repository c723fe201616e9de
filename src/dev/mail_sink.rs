//! A mail server that delivers nowhere: `demo` and the tests have a real SMTP conversation with it and read what came.
//!
//! It is written here because the crates for it block a thread per connection, cannot be stopped, or rest on libraries
//! that nobody keeps any more. [`Session`] is the protocol without a network (RFC 5321 §4.1), so that the tests' server can
//! add TLS, logins and faults around it; [`MailSink`] puts it behind a port.

use mail_parser::MessageParser;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The largest mail taken, as offered by `SIZE` (RFC 1870).
pub const MAIL_BYTES_MAX: usize = 1024 * 1024;
/// The longest command line, CRLF included: above the 512 of RFC 5321 §4.5.3.1.4, since `AUTH` needs more.
const LINE_BYTES_MAX: usize = 2048;
const RECIPIENTS_MAX: usize = 100;
const MAILS_MAX: usize = 1000;
const CONNECTIONS_MAX: usize = 32;
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

/// A mail that was taken. It holds a code: do not log it.
#[derive(Clone)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The mail as sent, header and all.
    pub data: Vec<u8>,
}

impl Mail {
    /// The subject, decoded.
    pub fn subject(&self) -> Option<String> {
        MessageParser::default().parse(&self.data)?.subject().map(str::to_owned)
    }

    /// The text, decoded.
    pub fn text(&self) -> Option<String> {
        MessageParser::default().parse(&self.data)?.body_text(0).map(|text| text.into_owned())
    }
}

/// What to do after a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Answer.
    Reply(String),
    /// Answer, read the mail with [`read_mail`] and hand it to [`Session::mail`].
    ReadMail(String),
    /// Answer and hang up.
    Close(String),
}

/// One client's conversation: what it has said so far.
#[derive(Default)]
pub struct Session {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl Session {
    /// What the server says first.
    pub const GREETING: &str = "220 sink.invalid ESMTP";

    /// Takes a command line without its end.
    pub fn command(&mut self, line: &str) -> Step {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                *self = Self { greeted: true, ..Self::default() };
                return Step::Reply(format!("250-sink.invalid\r\n250-8BITMIME\r\n250 SIZE {MAIL_BYTES_MAX}"));
            }
            "HELO" => {
                *self = Self { greeted: true, ..Self::default() };
                "250 sink.invalid"
            }
            "MAIL" if !self.greeted || self.from.is_some() => "503 not now",
            "MAIL" => match path(rest, "FROM:") {
                Some(from) => {
                    self.from = Some(from.to_owned());
                    "250 go on"
                }
                None => "501 MAIL FROM:<address>",
            },
            "RCPT" if self.from.is_none() => "503 MAIL comes first",
            "RCPT" if self.to.len() == RECIPIENTS_MAX => "452 too many recipients",
            "RCPT" => match path(rest, "TO:").filter(|to| !to.is_empty()) {
                Some(to) => {
                    self.to.push(to.to_owned());
                    "250 go on"
                }
                None => "501 RCPT TO:<address>",
            },
            "DATA" if self.to.is_empty() => "503 RCPT comes first",
            "DATA" => return Step::ReadMail("354 end with a line that is a single dot".to_owned()),
            "RSET" => {
                *self = Self { greeted: self.greeted, ..Self::default() };
                "250 forgotten"
            }
            "NOOP" => "250 still here",
            "VRFY" => "252 send it and see",
            "QUIT" => return Step::Close("221 goodbye".to_owned()),
            _ => "500 no such command",
        };
        Step::Reply(reply.to_owned())
    }

    /// Takes the mail that [`Step::ReadMail`] asked for, and is ready for the next.
    pub fn mail(&mut self, data: Vec<u8>) -> Mail {
        let from = self.from.take().unwrap_or_default();
        Mail { from, to: std::mem::take(&mut self.to), data }
    }
}

/// The address of `FROM:<address> PARAMETERS`.
fn path<'a>(text: &'a str, keyword: &str) -> Option<&'a str> {
    let (given, rest) = text.split_at_checked(keyword.len())?;
    let rest = rest.trim_start().strip_prefix('<').filter(|_| given.eq_ignore_ascii_case(keyword))?;
    rest.split_once('>').map(|(address, _)| address)
}

/// Reads a line and its CRLF; `None` at the end of the stream. A bare line feed is an error, as RFC 5321 §2.3.8 wants it.
pub async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line).await?;
    if line.is_empty() {
        return Ok(None);
    }
    let text = line.strip_suffix(b"\r\n").and_then(|line| std::str::from_utf8(line).ok());
    let text = text.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a line of an SMTP conversation"))?;
    Ok(Some(text.to_owned()))
}

/// Reads up to the line that is a single dot and takes the doubled dots off (RFC 5321 §4.5.2). `None` if the mail is
/// larger than [`MAIL_BYTES_MAX`]; it is read to its end all the same, so that the conversation can go on.
pub async fn read_mail(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    let mut fits = true;
    loop {
        let mut line = Vec::new();
        stream.take(MAIL_BYTES_MAX as u64).read_until(b'\n', &mut line).await?;
        if !line.ends_with(b"\r\n") {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line of the mail does not end"));
        }
        if line == b".\r\n" {
            return Ok(fits.then_some(data));
        }
        fits &= data.len() + line.len() <= MAIL_BYTES_MAX;
        if fits {
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// A mail server on a free port of this host. It stops when dropped.
pub struct MailSink {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    task: JoinHandle<()>,
}

impl MailSink {
    /// Listens, and takes mail from now on.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mails = Arc::<Mutex<Vec<Mail>>>::default();
        let task = tokio::spawn(accept(listener, Arc::clone(&mails)));
        Ok(Self { address, mails, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has come, oldest first. A mail is here before its sender is told that it was taken.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, mails: Arc<Mutex<Vec<Mail>>>) {
    // Dropped with this task, and the conversations with it.
    let mut conversations = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = conversations.join_next() => (),
            accepted = listener.accept(), if conversations.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => {
                    conversations.spawn(converse(stream, Arc::clone(&mails)));
                }
                // The client went away before we looked, or the process is out of descriptors: others may do better.
                Err(_) => tokio::task::yield_now().await,
            },
        }
    }
}

/// Ends with an error when the client goes away or breaks the protocol, which concerns nobody else.
async fn converse(stream: TcpStream, mails: Arc<Mutex<Vec<Mail>>>) -> io::Result<()> {
    let (mut stream, mut session) = (BufStream::new(stream), Session::default());
    let mut reply = Session::GREETING.to_owned();
    loop {
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        stream.flush().await?;
        let Some(line) = tokio::time::timeout(COMMAND_TIMEOUT, read_line(&mut stream)).await?? else { return Ok(()) };
        reply = match session.command(&line) {
            Step::Reply(reply) => reply,
            Step::ReadMail(go_on) => {
                stream.write_all(format!("{go_on}\r\n").as_bytes()).await?;
                stream.flush().await?;
                let data = tokio::time::timeout(COMMAND_TIMEOUT, read_mail(&mut stream)).await??;
                let mail = data.map(|data| session.mail(data));
                let mut mails = mails.lock().unwrap_or_else(PoisonError::into_inner);
                match mail {
                    Some(mail) if mails.len() < MAILS_MAX => {
                        mails.push(mail);
                        "250 taken".to_owned()
                    }
                    Some(_) => "452 full".to_owned(),
                    None => "552 too large".to_owned(),
                }
            }
            Step::Close(reply) => {
                stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
                return stream.flush().await;
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(lines: &[&str]) -> Vec<String> {
        let mut session = Session::default();
        let reply = |step| match step {
            Step::Reply(reply) | Step::ReadMail(reply) | Step::Close(reply) => reply,
        };
        lines.iter().map(|line| reply(session.command(line))[..3].to_owned()).collect()
    }

    #[test]
    fn commands_are_taken_in_order_only() {
        assert_eq!(replies(&["MAIL FROM:<a@b.c>", "RCPT TO:<a@b.c>", "DATA"]), ["503", "503", "503"]);
        let order = ["ehlo x", "mail from:<>", "rcpt TO: <a@b.c> X=Y", "DATA"];
        assert_eq!(replies(&order), ["250", "250", "250", "354"]);
        assert_eq!(replies(&["EHLO x", "MAIL FROM:<a@b.c>", "RSET", "RCPT TO:<a@b.c>"]), ["250", "250", "250", "503"]);
        assert_eq!(
            replies(&["EHLO x", "MAIL TO:<a@b.c>", "MAIL", "MAIL FROM:a@b.c", "é"])[1..],
            ["501", "501", "501", "500"]
        );
    }

    #[tokio::test]
    async fn a_mail_ends_at_the_single_dot_and_doubled_dots_are_one() {
        let mut stream = &b"one\r\n..two\r\n...\r\n.\r\nNOOP\r\n"[..];
        assert_eq!(read_mail(&mut stream).await.unwrap().unwrap(), b"one\r\n.two\r\n..\r\n");
        assert_eq!(read_line(&mut stream).await.unwrap().as_deref(), Some("NOOP"));
        assert!(read_line(&mut stream).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_bare_line_feed_does_not_end_a_mail() {
        let smuggled = b"one\n.\r\nMAIL FROM:<x@y.z>\r\n";
        assert!(read_mail(&mut &smuggled[..]).await.is_err());
        assert!(read_line(&mut &b"NOOP\n"[..]).await.is_err());
    }

    #[tokio::test]
    async fn what_is_too_large_is_read_to_its_end_and_refused() {
        let line = [&[b'a'; 998][..], b"\r\n"].concat();
        let mail = [line.repeat(MAIL_BYTES_MAX / 1000 + 1), b".\r\nQUIT\r\n".to_vec()].concat();
        let mut stream = &mail[..];
        assert!(read_mail(&mut stream).await.unwrap().is_none());
        assert_eq!(read_line(&mut stream).await.unwrap().as_deref(), Some("QUIT"));
        let long = [b'a'; LINE_BYTES_MAX + 2];
        assert!(read_line(&mut &long[..]).await.is_err());
    }
}
