//! What the operator's tools ask: is it alive, is it ready, how is it doing. In no document: not part of any API family.

use super::context::Context;
use crate::api::runtime::{Api, Endpoint};
use crate::telemetry::Metrics;
use dropshot::{ApiDescriptionRegisterError, Body, CONTENT_TYPE_JSON, HttpError, Method};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{Response, StatusCode};
use std::time::Duration;

/// How long the store may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// What a load balancer asks and, if they are wanted here, figures.
pub(super) fn register(api: &mut Api<Context>, metrics: bool) -> Result<(), ApiDescriptionRegisterError> {
    api.register(endpoint("livez", "/livez", |_| async { status(StatusCode::OK, "live") }))?;
    api.register(endpoint("readyz", "/readyz", |context| async move { ready(&context).await }))?;
    if !metrics {
        return Ok(());
    }
    api.register(endpoint("metrics", "/metrics", |context| async move {
        let text = context.metrics.exposition().map_err(|error| HttpError::for_internal_error(error.to_string()))?;
        answer(StatusCode::OK, Metrics::CONTENT_TYPE, text)
    }))
}

async fn ready(context: &Context) -> Result<Response<Body>, HttpError> {
    if context.is_stopping() {
        return status(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    // Once there have been keys, their service may be down: no other server could have newer ones.
    if let Some(keys) = context.remote_keys.iter().find(|keys| !keys.were_had()) {
        slog::warn!(context.log, "not ready"; "problem" => "there are no keys yet", "issuer" => keys.issuer());
        return status(StatusCode::SERVICE_UNAVAILABLE, "no keys yet");
    }
    match tokio::time::timeout(PING_TIMEOUT, context.store.ping()).await {
        Ok(Ok(())) => status(StatusCode::OK, "ready"),
        Ok(Err(problem)) => {
            slog::warn!(context.log, "not ready"; "problem" => #problem);
            status(StatusCode::SERVICE_UNAVAILABLE, "store unavailable")
        }
        Err(_) => {
            slog::warn!(context.log, "not ready"; "problem" => "the store does not answer");
            status(StatusCode::SERVICE_UNAVAILABLE, "store unavailable")
        }
    }
}

fn status(code: StatusCode, status: &str) -> Result<Response<Body>, HttpError> {
    answer(code, CONTENT_TYPE_JSON, serde_json::json!({ "status": status }).to_string())
}

fn answer(code: StatusCode, content_type: &str, text: String) -> Result<Response<Body>, HttpError> {
    let response =
        Response::builder().status(code).header(CONTENT_TYPE, content_type).header(CACHE_CONTROL, "no-store");
    response.body(text.into()).map_err(|error| HttpError::for_internal_error(error.to_string()))
}

fn endpoint<F, Fut>(id: &str, path: &str, handler: F) -> Endpoint<Context>
where
    F: Fn(Context) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<Body>, HttpError>> + Send + 'static,
{
    Endpoint::unpublished(id, Method::GET, path, move |context, _| handler(context))
}
