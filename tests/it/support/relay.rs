//! A way to a server that can fall silent, and that can change what is said on it.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A port on 127.0.0.1 from which everything goes to another one, and back. Dropped, it takes no more connections.
pub(crate) struct Relay {
    port: u16,
    accepting: AbortHandle,
    rules: Arc<Rules>,
}

struct Rules {
    /// Once this was said to the server, and had come there, nothing comes through any more, in either direction.
    last_words: Mutex<Option<&'static str>>,
    /// Whether that is so.
    silent: watch::Sender<bool>,
    /// What is heard for what: of one length.
    changed: Option<(&'static str, &'static str)>,
    /// How often something was said to the server after something that it had said.
    round_trips: AtomicUsize,
    /// Whether the last to say something was the server.
    answered: AtomicBool,
}

impl Relay {
    /// To a port of 127.0.0.1. What is said to it is changed: this text is heard as that one, which is as long.
    pub(crate) async fn to(port: u16, changed: Option<(&'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let here = listener.local_addr().unwrap().port();
        let rules = Arc::new(Rules {
            last_words: Mutex::default(),
            silent: watch::Sender::new(false),
            changed,
            round_trips: AtomicUsize::new(0),
            answered: AtomicBool::new(true),
        });
        let rule = rules.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let rules = rule.clone();
                tokio::spawn(async move {
                    rules.heard().await;
                    let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
                    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                    tokio::select! {
                        () = rules.carry(near_read, far_write, true) => {}
                        () = rules.carry(far_read, near_write, false) => {}
                    }
                });
            }
        });
        Self { port: here, accepting: accepting.abort_handle(), rules }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many questions have been asked, or sets of questions that were asked in one go.
    pub(crate) fn round_trips(&self) -> usize {
        self.rules.round_trips.load(Relaxed)
    }

    /// It falls silent.
    pub(crate) fn falls_silent(&self) {
        self.rules.silent.send_replace(true);
    }

    /// It falls silent when this has been said to the server.
    pub(crate) fn falls_silent_after(&self, words: &'static str) {
        *self.rules.last_words.lock().unwrap() = Some(words);
    }

    /// All goes through again, also what was held back.
    pub(crate) fn speaks(&self) {
        self.rules.silent.send_replace(false);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Rules {
    /// Waits until something comes through.
    async fn heard(&self) {
        self.silent.subscribe().wait_for(|silent| !silent).await.unwrap();
    }

    /// Carries bytes until one end is gone.
    async fn carry(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, to_the_server: bool) {
        let mut bytes = vec![0; 65536];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            self.heard().await;
            if self.answered.swap(!to_the_server, Relaxed) && to_the_server {
                self.round_trips.fetch_add(1, Relaxed);
            }
            let said = &mut bytes[..count];
            if let Some((text, heard)) = self.changed.filter(|_| to_the_server) {
                assert_eq!(text.len(), heard.len());
                if let Some(at) = find(said, text) {
                    said[at..at + text.len()].copy_from_slice(heard.as_bytes());
                }
            }
            if to_the_server && self.is_last(said) {
                self.silent.send_replace(true);
            }
            if to.write_all(said).await.is_err() {
                return;
            }
        }
    }

    fn is_last(&self, said: &[u8]) -> bool {
        self.last_words.lock().unwrap().take_if(|words| find(said, words).is_some()).is_some()
    }
}

fn find(said: &[u8], text: &str) -> Option<usize> {
    said.windows(text.len()).position(|window| window == text.as_bytes())
}
