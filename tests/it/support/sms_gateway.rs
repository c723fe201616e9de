//! A gateway for text messages that records what it is asked and answers as told.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// What the gateway does with a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A status, a `Location` if not empty, and a body; in it, `{request}` is the request's body.
    Status(u16, &'static str, String),
    /// Nothing, for ever.
    Stall,
    /// Ends the connection.
    HangUp,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The method.
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) uri: Uri,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

/// A running gateway. It stops when dropped.
pub(crate) struct SmsGateway {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl SmsGateway {
    /// Listens on a free port, with TLS if given an acceptor.
    pub(crate) async fn start(answer: Answer, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (answer, received) = (Arc::new(Mutex::new(answer)), Arc::<Mutex<Vec<_>>>::default());
        let (answering, recording) = (Arc::clone(&answer), Arc::clone(&received));
        let task = tokio::spawn(async move {
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answering, recording, tls) = (Arc::clone(&answering), Arc::clone(&recording), tls.clone());
                conversations.spawn(async move {
                    let service = service_fn(move |request| {
                        let answer = answering.lock().unwrap().clone();
                        handle(request, answer, Arc::clone(&recording))
                    });
                    let http = hyper::server::conn::http1::Builder::new();
                    // A client that does not trust us, or hangs up, is part of the tests.
                    match tls {
                        None => http.serve_connection(TokioIo::new(stream), service).await.is_ok(),
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => http.serve_connection(TokioIo::new(stream), service).await.is_ok(),
                            Err(_) => false,
                        },
                    }
                });
            }
        });
        Self { address, answer, received, task }
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers like this from now on.
    pub(crate) fn set_answer(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// What came.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handle(
    request: Request<Incoming>,
    answer: Answer,
    received: Arc<Mutex<Vec<Received>>>,
) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Received { method: head.method, uri: head.uri, headers: head.headers, body: body.clone() };
    received.lock().unwrap().push(request);
    match answer {
        Answer::Stall => std::future::pending().await,
        Answer::HangUp => Err(io::ErrorKind::ConnectionReset.into()),
        Answer::Status(status, location, text) => {
            let text = text.replace("{request}", &String::from_utf8_lossy(&body));
            let mut response = Response::builder().status(status);
            if !location.is_empty() {
                response = response.header("location", location);
            }
            response.body(Full::new(text.into())).map_err(io::Error::other)
        }
    }
}
