//! The development inbox: `/dev/inbox` as JSON for scripts, `/dev` as a page for people.
//!
//! Registered by `serve --dev` only. Its messages hold codes in clear; that is what it is for.

use crate::api::runtime::{Api, Endpoint};
use crate::viewer::Asset;
use dropshot::{ApiDescriptionRegisterError, CONTENT_TYPE_JSON, HttpError, Method, ServerContext};

/// Where the page is.
pub const PATH: &str = "/dev";

/// Adds the inbox to what a server serves. `inbox` gives its messages, newest first, and bounds their number. The page
/// shows the properties `channel` (`sms` or `email`), `to`, `at`, `passcode`, `subject`, `text` of each, and tells messages
/// apart by `id`, `channel` and `at`.
pub fn register<C: ServerContext, M: serde::Serialize>(
    api: &mut Api<C>,
    inbox: impl Fn() -> Vec<M> + Send + Sync + 'static,
) -> Result<(), ApiDescriptionRegisterError> {
    let files = [
        ("dev_page", PATH, "text/html; charset=utf-8", include_str!("page/index.html")),
        ("dev_style", "/dev/page.css", "text/css; charset=utf-8", include_str!("page/page.css")),
        ("dev_script", "/dev/page.js", "text/javascript; charset=utf-8", include_str!("page/page.js")),
    ];
    for (operation_id, path, content_type, text) in files {
        let file = Asset::new(content_type, text);
        api.register(page(operation_id, path, move || Ok(file.clone())))?;
    }
    api.register(page("dev_inbox", "/dev/inbox", move || {
        let json = serde_json::to_vec(&inbox()).map_err(|e| HttpError::for_internal_error(e.to_string()))?;
        Ok(Asset::new(CONTENT_TYPE_JSON, json))
    }))
}

/// An unpublished `GET` of whatever `asset` gives at that moment.
fn page<C: ServerContext>(
    operation_id: &str,
    path: &str,
    asset: impl Fn() -> Result<Asset, HttpError> + Send + Sync + 'static,
) -> Endpoint<C> {
    Endpoint::unpublished(operation_id, Method::GET, path, move |_, request| {
        let answer = asset().and_then(|asset| asset.answer(&request));
        async { answer }
    })
}
