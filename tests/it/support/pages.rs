//! A server with pages only.

use dropshot::{ApiDescription, ConfigDropshot, HttpServer, ServerBuilder};

/// A server on a free port that serves what `build` registers.
pub(crate) fn serve(build: impl FnOnce(&mut ApiDescription<()>)) -> HttpServer<()> {
    let mut api = ApiDescription::new();
    build(&mut api);
    let config = ConfigDropshot { bind_address: ([127, 0, 0, 1], 0).into(), ..Default::default() };
    let log = slog::Logger::root(slog::Discard, slog::o!());
    ServerBuilder::new(api, (), log).config(config).start().expect("the server starts")
}
