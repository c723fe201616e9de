//! A listener in front of whatever a test wants served.

use countersign::api::runtime::Api;
use countersign::front::{Front, Observer, Options, World};
use countersign::server::{SystemClock, SystemRandom};
use std::sync::Arc;

/// A listener on a free port that serves what `build` registers.
pub(crate) fn serve(build: impl FnOnce(&mut Api<()>)) -> Front {
    let mut api = Api::default();
    build(&mut api);
    listen(Options::new("test", "test", ([127, 0, 0, 1], 0).into()), api, ())
}

/// The same for any endpoints, with bounds of one's own.
pub(crate) fn listen<C: Clone + Send + Sync + 'static>(options: Options, api: Api<C>, context: C) -> Front {
    let world = World {
        request_id: || SystemRandom.uuid().to_string(),
        now: Arc::new(|| SystemClock.now()),
        observer: Arc::new(Unwatched),
        log: slog::Logger::root(slog::Discard, slog::o!()),
    };
    Front::start(options, api.routes(context), world).expect("a free port")
}

struct Unwatched;

impl Observer for Unwatched {
    fn opened(&self, _: &'static str) {}
    fn closed(&self, _: &'static str) {}
    fn dropped(&self, _: &'static str, _: &'static str, _: usize) {}
    fn expires(&self, _: &'static str, _: chrono::DateTime<chrono::Utc>) {}
}
