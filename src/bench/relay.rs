//! A way to the database server that takes longer, as if it were on another machine or in another place.

use super::BenchError;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, sleep};
use std::time::{Duration, Instant};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// What is read at once.
const CHUNK: usize = 64 * 1024;
/// Chunks that are on the way in one direction.
const CHUNKS_MAX: usize = 1024;

/// An address on this machine from which everything goes to the server, and back, and takes its time either way.
pub(super) struct Relay {
    here: SocketAddr,
    over: Arc<AtomicBool>,
}

impl Relay {
    /// To the one host that this address of a database names. `delay` is added to each way.
    pub(super) fn start(url: &str, delay: Duration) -> Result<Self, BenchError> {
        let config: Config = url.parse().map_err(|_| BenchError::Far)?;
        let (name, port) = match (config.get_hosts(), config.get_ports()) {
            ([Host::Tcp(name)], [port]) => (name.clone(), *port),
            ([Host::Tcp(name)], []) => (name.clone(), 5432),
            _ => return Err(BenchError::Far),
        };
        // To this machine nothing is encrypted: so what goes this way must not leave it.
        if name != "localhost" && !name.parse().is_ok_and(|address: IpAddr| address.is_loopback()) {
            return Err(BenchError::Far);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(BenchError::Pipe)?;
        let here = listener.local_addr().map_err(BenchError::Pipe)?;
        let over = Arc::new(AtomicBool::new(false));
        let ended = over.clone();
        let accept = move || {
            for near in listener.incoming().take_while(|_| !ended.load(Relaxed)) {
                // Whoever has connected sees it end.
                drop(near.and_then(|near| carry(near, TcpStream::connect((&*name, port))?, delay)));
            }
        };
        Builder::new().name("relay".to_owned()).spawn(accept).map_err(BenchError::Thread)?;
        Ok(Self { here, over })
    }

    /// The same database, reached through this.
    pub(super) fn url(&self, url: &str) -> String {
        let begin = url.find("://").map_or(0, |at| at + 3);
        let end = url[begin..].find(['/', '?']).map_or(url.len(), |at| begin + at);
        let user = url[begin..end].rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        format!("{}{user}{}{}", &url[..begin], self.here, &url[end..])
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        // So that it looks; if it cannot be reached, it has ended.
        drop(TcpStream::connect(self.here));
    }
}

/// Has both directions of a connection carried, each by two threads.
fn carry(near: TcpStream, far: TcpStream, delay: Duration) -> io::Result<()> {
    for (from, to) in [(near.try_clone()?, far.try_clone()?), (far, near)] {
        to.set_nodelay(true)?;
        let (taken, given) = sync_channel(CHUNKS_MAX);
        Builder::new().name("relay".to_owned()).spawn(move || take(from, &taken, delay))?;
        Builder::new().name("relay".to_owned()).spawn(move || give(to, &given))?;
    }
    Ok(())
}

type Chunk = (Instant, Vec<u8>);

/// Reads until one end goes.
fn take(mut from: TcpStream, taken: &SyncSender<Chunk>, delay: Duration) {
    let mut bytes = vec![0; CHUNK];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if taken.send((Instant::now() + delay, bytes[..count].to_vec())).is_err() {
            break;
        }
    }
}

/// Writes what was read, when it is due.
fn give(mut to: TcpStream, given: &Receiver<Chunk>) {
    for (due, bytes) in given {
        sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    // The other end may have gone first.
    drop(to.shutdown(Shutdown::Both));
}
