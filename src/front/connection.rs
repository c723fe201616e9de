//! One connection, from its first byte to its end: TLS, then HTTP/1.1, request by request.
//!
//! No HTTP/2: its streams would need bounds and deadlines of their own, and gateways speak HTTP/1.1 as well.

use super::activity::{Activity, Stage};
use super::{Dropped, Shared};
use crate::api::certificate::{self, Certificate};
use bytes::Bytes;
use dropshot::{Body, HttpError};
use http::{Request, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use slog::error;
use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// Serves a stream of which nothing but HTTP is to be expected. Returns when it is over; dropping the future is the end
/// of it, too.
pub(super) async fn serve(
    shared: &Arc<Shared>,
    activity: &Arc<Activity>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    certificate: Option<Arc<Certificate>>,
) -> Option<Dropped> {
    let service = service_fn(|request| answer(shared, activity, peer, certificate.clone(), request));
    let io = TokioIo::new(Watched { stream, activity: activity.clone() });
    let mut http = http1::Builder::new();
    // Its one deadline begins anew with an answer; those of `Activity` tell a silent caller from a slow one.
    http.timer(TokioTimer::new()).header_read_timeout(None);
    let mut connection = pin!(http.serve_connection(io, service));
    let mut close = pin!(activity.close.cancelled());
    let mut stop = pin!(shared.stop.cancelled());
    let mut late = pin!(tokio::time::sleep_until(Instant::now()));
    let mut stopping = false;
    poll_fn(|cx| {
        if close.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        if !stopping && stop.as_mut().poll(cx).is_ready() {
            stopping = true;
            // Ends it at once where nothing is in hand.
            connection.as_mut().graceful_shutdown();
        }
        // How it ended is the peer's business: most connections end with a reset or a time-out.
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        // Whatever has just come in or gone out was seen by the poll above.
        let Some(deadline) = activity.deadline(&shared.deadlines) else { return Poll::Pending };
        if late.deadline() != deadline {
            late.as_mut().reset(deadline);
        }
        late.as_mut().poll(cx).map(|()| match activity.stage() {
            Stage::Silent => Some(Dropped::Silent),
            Stage::Head => Some(Dropped::SlowHead),
            _ => None,
        })
    })
    .await
}

async fn answer(
    shared: &Arc<Shared>,
    activity: &Arc<Activity>,
    peer: SocketAddr,
    certificate: Option<Arc<Certificate>>,
    request: Request<Incoming>,
) -> Result<Response<Given>, Infallible> {
    // Verified when the connection began, which may be long ago.
    if certificate.as_ref().is_some_and(|certificate| certificate.expires <= (shared.now)()) {
        activity.close.cancel();
        return pending().await;
    }
    let number = activity.began(!request.body().is_end_stream());
    let caller = shared.proxies.caller(peer, request.headers(), shared.forwarded_header);
    let activity = activity.clone();
    let request =
        request.map(|incoming| Body::wrap(Arriving { incoming, activity: activity.clone(), request: number }));
    let request_id = (shared.request_id)();
    let work = shared.routes.answer(request, caller, request_id.clone());
    let work = shared.requests.spawn(certificate::scope(certificate, work));
    let answer = work.await.unwrap_or_else(|problem| {
        // The runtime has caught the panics of operations, so this is nobody's.
        error!(shared.log, "no answer"; "request_id" => &request_id, "problem" => %problem);
        HttpError::for_internal_error(problem.to_string()).into_response(&request_id)
    });
    Ok(answer.map(|body| Given { body, activity }))
}

/// A stream that notices when something comes in.
struct Watched<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.activity.heard();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }
}

/// A request's body that notices its end, or that nobody reads on.
struct Arriving {
    incoming: Incoming,
    activity: Arc<Activity>,
    request: u64,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.incoming).poll_frame(cx);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) || self.incoming.is_end_stream() {
            self.activity.arrived(self.request);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.activity.arrived(self.request);
    }
}

/// An answer's body: once hyper has all of it, the connection waits for its peer.
struct Given {
    body: Body,
    activity: Arc<Activity>,
}

impl HttpBody for Given {
    type Data = Bytes;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        self.activity.enter(Stage::Idle);
    }
}
