//! A SIEM that writes down every byte it is sent.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const END: &[u8] = b"the test is over";

pub(super) struct Wire {
    address: String,
    heard: JoinHandle<Vec<u8>>,
}

impl Wire {
    pub(super) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = tokio::spawn(async move {
            let mut bytes = Vec::new();
            // One connection after the other, each to its end.
            while !bytes.ends_with(END) {
                let (mut stream, _) = listener.accept().await.unwrap();
                // A sender that is cut off has still sent what came before.
                let _ = stream.read_to_end(&mut bytes).await;
            }
            bytes.truncate(bytes.len() - END.len());
            bytes
        });
        Self { address, heard }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// All that came, once the server has stopped.
    pub(super) async fn heard(self) -> Vec<u8> {
        TcpStream::connect(&self.address).await.unwrap().write_all(END).await.unwrap();
        self.heard.await.unwrap()
    }
}
