//! What one connection is doing, and since when. Deadlines are made from that, and the choice of whom to close when there
//! is no more room.
//!
//! ```text
//! Handshake -> Silent -> Head -> Body -> Handling -> Idle -> Head ...
//! ```
//!
//! A stage begins once: bytes that trickle in do not begin its time anew.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a connection may stay in a stage.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// From the connection to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the handshake, or the first byte of a later request, to the end of a request's head.
    pub head: Duration,
    /// From an answer to the first byte of the next request. A caller that does not read its answer has no longer either.
    pub idle: Duration,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// TLS is being agreed on.
    Handshake,
    /// Nothing has been sent yet.
    Silent,
    /// A head is coming in.
    Head,
    /// A body is coming in; the runtime bounds how long that takes.
    Body,
    /// A request is being worked on.
    Handling,
    /// The last answer was given.
    Idle,
}

struct State {
    stage: Stage,
    since: Instant,
    // Tells a body that is let go late from that of the request in hand.
    request: u64,
}

/// One connection's stage.
pub(super) struct Activity {
    // Held for a few instructions, never across an await.
    state: Mutex<State>,
    /// Ends the connection at once.
    pub(super) close: CancellationToken,
}

impl Activity {
    pub(super) fn new(stage: Stage) -> Self {
        let state = State { stage, since: Instant::now(), request: 0 };
        Self { state: Mutex::new(state), close: CancellationToken::new() }
    }

    pub(super) fn stage(&self) -> Stage {
        self.with(|state| state.stage)
    }

    /// Enters a stage.
    pub(super) fn enter(&self, stage: Stage) {
        self.with(|state| state.enter(stage));
    }

    /// Bytes have come in.
    pub(super) fn heard(&self) {
        self.with(|state| match state.stage {
            // Its time has been running since the connection stands.
            Stage::Silent => state.stage = Stage::Head,
            Stage::Idle => state.enter(Stage::Head),
            _ => (),
        });
    }

    /// A head is complete. The answer names the request for [`Activity::arrived`].
    pub(super) fn began(&self, body: bool) -> u64 {
        self.with(|state| {
            state.enter(if body { Stage::Body } else { Stage::Handling });
            state.request += 1;
            state.request
        })
    }

    /// A request's body is complete, or nobody wants more of it.
    pub(super) fn arrived(&self, request: u64) {
        self.with(|state| {
            if state.stage == Stage::Body && state.request == request {
                state.enter(Stage::Handling);
            }
        });
    }

    /// When the connection has been quiet for too long, if it can be.
    pub(super) fn deadline(&self, deadlines: &Deadlines) -> Option<Instant> {
        let (stage, since) = self.with(|state| (state.stage, state.since));
        let time = match stage {
            Stage::Handshake => deadlines.handshake,
            Stage::Silent | Stage::Head => deadlines.head,
            Stage::Idle => deadlines.idle,
            Stage::Body | Stage::Handling => return None,
        };
        Some(since + time)
    }

    /// Since when the server has been waiting for the peer; `None` while it works for it, or is closing it already.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let (stage, since) = self.with(|state| (state.stage, state.since));
        (stage != Stage::Handling && !self.close.is_cancelled()).then_some(since)
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn enter(&mut self, stage: Stage) {
        (self.stage, self.since) = (stage, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINES: Deadlines =
        Deadlines { handshake: Duration::from_secs(1), head: Duration::from_secs(2), idle: Duration::from_secs(3) };

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_has_no_more_time_than_one_that_does_not() {
        let activity = Activity::new(Stage::Silent);
        let end = Instant::now() + DEADLINES.head;
        tokio::time::advance(Duration::from_secs(1)).await;
        activity.heard();
        activity.heard();
        assert_eq!((activity.stage(), activity.deadline(&DEADLINES)), (Stage::Head, Some(end)));
        activity.enter(Stage::Idle);
        tokio::time::advance(Duration::from_secs(1)).await;
        activity.heard();
        assert_eq!(activity.deadline(&DEADLINES), Some(Instant::now() + DEADLINES.head), "a new head has its own time");
    }

    #[tokio::test]
    async fn a_request_in_hand_is_nobody_s_to_close_and_a_late_body_changes_nothing() {
        let activity = Activity::new(Stage::Silent);
        let first = activity.began(true);
        assert_eq!(activity.stage(), Stage::Body);
        assert!(activity.waiting_since().is_some() && activity.deadline(&DEADLINES).is_none());
        activity.arrived(first);
        assert_eq!((activity.stage(), activity.waiting_since()), (Stage::Handling, None));
        activity.enter(Stage::Idle);
        let second = activity.began(true);
        activity.arrived(first);
        assert_eq!(activity.stage(), Stage::Body, "the first request's body is not the second's");
        activity.arrived(second);
        assert_eq!(activity.stage(), Stage::Handling);
    }
}
