//! Cross-origin reads (the Fetch standard, "CORS protocol"): off unless origins are configured.

use super::answer::Answer;
use super::{Operation, Serves, Settings};
use dropshot::{
    ApiDescription, ApiDescriptionRegisterError, ApiEndpoint, ApiEndpointVersions, Body, HttpError, RequestContext,
};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, ORIGIN, VARY,
};

/// Lets a page of a configured origin read this answer.
pub(super) fn allow(settings: &Settings, request: &HeaderMap, answer: &mut HeaderMap) -> bool {
    if settings.cors_origins.is_empty() {
        return false;
    }
    answer.append(VARY, HeaderValue::from_static("Origin"));
    let origin = request.get(ORIGIN).filter(|origin| settings.cors_origins.iter().any(|allowed| *allowed == **origin));
    if let Some(origin) = origin {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After, x-request-id"));
    }
    origin.is_some()
}

/// Answers the preflight of each operation. Call it only when origins are configured: OPTIONS is in no document.
pub fn register_preflight<C, A>(
    api: &mut ApiDescription<C>,
    base_path: &str,
    operations: &[&'static Operation],
) -> Result<(), ApiDescriptionRegisterError>
where
    C: Serves<A>,
{
    for &operation in operations {
        let answer = move |context: RequestContext<C>| async move { preflight(operation, &context) };
        let endpoint = ApiEndpoint::new(
            format!("{}_preflight", operation.id),
            answer,
            http::Method::OPTIONS,
            "application/json",
            &format!("{base_path}{}", operation.path),
            ApiEndpointVersions::All,
        );
        api.register(endpoint.visible(false))?;
    }
    Ok(())
}

fn preflight<C: AsRef<Settings> + dropshot::ServerContext>(
    operation: &'static Operation,
    context: &RequestContext<C>,
) -> Result<http::Response<Body>, HttpError> {
    let mut response =
        Answer::empty(204).into_response().map_err(|error| HttpError::for_internal_error(error.to_string()))?;
    if allow(context.context().as_ref(), context.request.headers(), response.headers_mut()) {
        let names: Vec<&str> = ["Content-Type"]
            .into_iter()
            .chain(operation.auth.header())
            .chain(operation.headers.iter().copied())
            .collect();
        let headers = response.headers_mut();
        if let (Ok(method), Ok(names)) = (operation.method.as_str().parse(), names.join(", ").parse()) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
    Ok(response)
}
