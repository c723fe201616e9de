//! Syslog: RFC 5424 messages, and the three ways they travel.
//!
//! - **Message.** `<PRI>1 TIMESTAMP HOSTNAME countersign PROCID MSGID - CEF:0|...`. The time is the event's, in UTC with
//!   milliseconds; MSGID is the signature id. No structured data: CEF carries it all. No byte order mark before the CEF
//!   (decided here): RFC 5424 6.4 allows a message whose encoding is not declared, and readers look for `CEF:` at its start.
//! - **UDP** (RFC 5426): one message a datagram. Messages are made to fit the configured size; one that was spooled under a
//!   larger limit is cut at the last blank that fits, so that no escape is cut in half.
//! - **TCP** (RFC 6587, 3.4.1) and **TLS** (RFC 5425): `LENGTH message`, so that nothing in a message can end it.
//!
//! Syslog has no acknowledgement. What the peer's kernel has not confirmed after [`USER_TIMEOUT`] breaks the connection
//! (TCP_USER_TIMEOUT), so an event that was written longer ago than that, on a connection that still stands, has reached the
//! peer's machine. What its program does with it then, no sender can know.

use super::cef::ValidationEvent;
use super::spool::Record;
use socket2::{SockRef, TcpKeepalive};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// How long the peer's kernel may take to confirm what was written.
pub const USER_TIMEOUT: Duration = Duration::from_secs(10);
/// Looking the name up, connecting and shaking hands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// One batch: a peer that reads nothing for so long is as good as gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Between batches of datagrams: nothing else keeps a full spool from overrunning the receiver.
const UDP_PACE: Duration = Duration::from_millis(10);

/// What is the same in every message.
#[derive(Clone, Debug)]
pub struct Header {
    facility: u8,
    hostname: String,
    process_id: u32,
}

impl Header {
    /// `facility` is 0 to 23. Characters that a host name cannot have are left out; nothing left is `-`, as the RFC says.
    pub fn new(facility: u8, hostname: &str, process_id: u32) -> Self {
        let hostname: String = hostname.chars().filter(char::is_ascii_graphic).take(255).collect();
        let hostname = if hostname.is_empty() { "-".to_owned() } else { hostname };
        Self { facility: facility.min(23), hostname, process_id }
    }

    /// The whole message, at most `max` bytes as long as that leaves [`LINE_MIN`](super::cef::LINE_MIN) for the event.
    pub fn message(&self, event: &ValidationEvent, max: usize) -> String {
        let signature = event.outcome.signature();
        let severity = match signature.severity {
            0..=3 => 6,
            4..=6 => 5,
            7 | 8 => 4,
            _ => 2,
        };
        let priority = self.facility * 8 + severity;
        let at = event.at.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let Self { hostname, process_id, .. } = self;
        let mut message = format!("<{priority}>1 {at} {hostname} countersign {process_id} {} - ", signature.id);
        let line = event.line(max.saturating_sub(message.len()));
        message.push_str(&line);
        message
    }
}

/// Where the SIEM listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// Reads `host:port`; an IPv6 address is in brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if bare.is_none() && host.contains([':', '[', ']']) {
            return None;
        }
        let host = bare.unwrap_or(host);
        let port = port.parse().ok().filter(|port| *port > 0)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:%".contains(c);
        (!host.is_empty() && host.len() <= 253 && host.chars().all(plain)).then(|| Self { host: host.to_owned(), port })
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// A way to the SIEM.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Datagrams: unprotected, and lost without a word.
    Udp {
        /// The SIEM.
        to: Address,
        /// The longest datagram, in bytes.
        datagram_max: usize,
    },
    /// A stream: unprotected.
    Tcp {
        /// The SIEM.
        to: Address,
    },
    /// A protected stream.
    Tls {
        /// The SIEM.
        to: Address,
        /// The name its certificate must have, also sent as SNI.
        name: ServerName<'static>,
        /// Whom we trust, and who we are.
        config: Arc<ClientConfig>,
    },
}

impl Transport {
    /// The SIEM.
    pub fn address(&self) -> &Address {
        match self {
            Self::Udp { to, .. } | Self::Tcp { to } | Self::Tls { to, .. } => to,
        }
    }

    /// For the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Udp { .. } => "udp",
            Self::Tcp { .. } => "tcp",
            Self::Tls { .. } => "tls",
        }
    }
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open way to the SIEM.
pub(super) enum Connection {
    Datagrams(UdpSocket, usize),
    Stream(ReadHalf<Box<dyn Stream>>, WriteHalf<Box<dyn Stream>>),
}

impl Connection {
    /// Connects, within a bound.
    pub(super) async fn open(transport: &Transport) -> io::Result<Self> {
        bounded(CONNECT_TIMEOUT, async {
            match transport {
                Transport::Udp { to, datagram_max } => Ok(Self::Datagrams(datagrams(to).await?, *datagram_max)),
                Transport::Tcp { to } => Ok(Self::over(stream(to).await?)),
                Transport::Tls { to, name, config } => {
                    let tls = TlsConnector::from(config.clone()).connect(name.clone(), stream(to).await?);
                    Ok(Self::over(tls.await?))
                }
            }
        })
        .await
    }

    fn over(stream: impl Stream + 'static) -> Self {
        let (read, write) = split(Box::new(stream) as Box<dyn Stream>);
        Self::Stream(read, write)
    }

    /// Writes a batch. The peer's end of the connection is looked at first: a kernel takes the first write after the peer
    /// has closed without complaint.
    pub(super) async fn send(&mut self, batch: &[Record]) -> io::Result<()> {
        match self {
            Self::Datagrams(socket, max) => {
                for record in batch {
                    socket.send(cut(&record.message, *max)).await?;
                }
                tokio::time::sleep(UDP_PACE).await;
                Ok(())
            }
            Self::Stream(read, write) => {
                let mut bytes = Vec::new();
                batch.iter().for_each(|record| frame(&mut bytes, &record.message));
                let write = bounded(WRITE_TIMEOUT, async {
                    write.write_all(&bytes).await?;
                    write.flush().await
                });
                tokio::select! {
                    biased;
                    end = ended(read) => Err(end.err().unwrap_or_else(hung_up)),
                    done = write => done,
                }
            }
        }
    }

    /// Returns when the peer has ended the connection, and how. May be dropped and called again.
    pub(super) async fn closed(&mut self) -> io::Error {
        match self {
            Self::Datagrams(socket, _) => loop {
                // An ICMP message ("port unreachable") shows up here.
                if let Err(problem) = socket.recv(&mut [0; 512]).await {
                    return problem;
                }
            },
            Self::Stream(read, _) => ended(read).await.err().unwrap_or_else(hung_up),
        }
    }

    /// Says that nothing more comes, and waits for the peer to say the same. `true`: it has read to the end.
    pub(super) async fn finish(self) -> bool {
        match self {
            Self::Datagrams(..) => true,
            Self::Stream(mut read, mut write) => {
                let done = bounded(CONNECT_TIMEOUT, async {
                    write.shutdown().await?;
                    ended(&mut read).await
                });
                done.await.is_ok()
            }
        }
    }
}

async fn bounded<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn datagrams(to: &Address) -> io::Result<UdpSocket> {
    let mut problem = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host((to.host.as_str(), to.port)).await? {
        let any = match address {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let socket = UdpSocket::bind(any).await?;
        match socket.connect(address).await {
            Ok(()) => return Ok(socket),
            Err(refusal) => problem = refusal,
        }
    }
    Err(problem)
}

async fn stream(to: &Address) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((to.host.as_str(), to.port)).await?;
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(USER_TIMEOUT).with_interval(USER_TIMEOUT))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
    Ok(stream)
}

/// Reads until the peer ends the connection in good order. Syslog servers say nothing; what one says all the same is not
/// for us.
async fn ended(read: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    while read.read(&mut [0; 512]).await? > 0 {}
    Ok(())
}

fn hung_up() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the SIEM has closed the connection")
}

fn frame(bytes: &mut Vec<u8>, message: &[u8]) {
    bytes.extend_from_slice(message.len().to_string().as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(message);
}

fn cut(message: &[u8], max: usize) -> &[u8] {
    if message.len() <= max {
        return message;
    }
    let end = message[..max].iter().rposition(|byte| *byte == b' ').unwrap_or(max);
    &message[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_a_host_and_a_port() {
        for text in ["siem.bank.example:6514", "192.0.2.1:514", "[2001:db8::1]:6514", "localhost:1"] {
            assert_eq!(Address::parse(text).expect(text).to_string(), text);
        }
        for text in
            ["", "siem", "siem:", "siem:0", "siem:70000", ":514", "2001:db8::1:514", "[::1:514", "a b:1", "[]:1"]
        {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_frame_counts_bytes_not_characters() {
        let mut bytes = Vec::new();
        frame(&mut bytes, "añ".as_bytes());
        frame(&mut bytes, b"b");
        assert_eq!(bytes, "3 añ1 b".as_bytes());
    }

    #[test]
    fn a_datagram_is_cut_at_a_blank() {
        assert_eq!(cut(b"a=1 b=2", 7), b"a=1 b=2");
        assert_eq!(cut(br"a=1 b=\=\=", 8), b"a=1");
        assert_eq!(cut(b"abc", 2), b"ab");
    }

    #[test]
    fn a_host_name_has_no_blanks_and_is_never_empty() {
        assert_eq!(Header::new(10, "ho st\n", 1).hostname, "host");
        assert_eq!(Header::new(10, "ñ", 1).hostname, "-");
    }
}
