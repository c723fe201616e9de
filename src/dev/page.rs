//! The development inbox: `/dev/inbox` as JSON for scripts, `/dev` as a page for people.
//!
//! Registered by `serve --dev` only. Its messages hold codes in clear; that is what it is for.

use crate::viewer::Asset;
use dropshot::{ApiDescription, ApiDescriptionRegisterError, ApiEndpoint, ApiEndpointVersions, Body, HttpError};
use dropshot::{CONTENT_TYPE_JSON, Method, RequestContext, ServerContext};

/// Where the page is.
pub const PATH: &str = "/dev";

/// Adds the inbox to what a server serves. `inbox` gives its messages, newest first, and bounds their number. The page
/// shows the properties `channel` (`sms` or `email`), `to`, `at`, `passcode`, `subject`, `text` of each, and tells messages
/// apart by `id`, `channel` and `at`.
pub fn register<C: ServerContext, M: serde::Serialize>(
    api: &mut ApiDescription<C>,
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
) -> ApiEndpoint<C> {
    let handler = move |request: RequestContext<C>| {
        let asset = asset();
        async move { asset?.answer(&request.request) as Result<http::Response<Body>, HttpError> }
    };
    let versions = ApiEndpointVersions::All;
    ApiEndpoint::new(operation_id.to_owned(), handler, Method::GET, CONTENT_TYPE_JSON, path, versions).visible(false)
}
