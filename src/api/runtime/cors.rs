//! Cross-origin reads (the Fetch standard, "CORS protocol"): off unless origins are configured.

use super::answer::Answer;
use super::{Api, Endpoint, Operation, Serves, Settings};
use dropshot::{ApiDescriptionRegisterError, Body, HttpError, RequestInfo};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// Answers the preflights of each path. Call it only when origins are configured: OPTIONS is in no document.
pub fn register_preflight<C, A>(
    api: &mut Api<C>,
    base_path: &str,
    operations: &[&'static Operation],
) -> Result<(), ApiDescriptionRegisterError>
where
    C: Serves<A>,
{
    let mut paths: BTreeMap<&str, Vec<&'static Operation>> = BTreeMap::new();
    for operation in operations {
        paths.entry(operation.path).or_default().push(operation);
    }
    for (path, operations) in paths {
        let name = format!("{}_preflight", operations[0].id);
        let operations: Arc<[&'static Operation]> = operations.into();
        let path = format!("{base_path}{path}");
        api.register(Endpoint::unpublished(&name, http::Method::OPTIONS, &path, move |context: C, request| {
            let answer = preflight(&operations, context.as_ref(), &request);
            async { answer }
        }))?;
    }
    Ok(())
}

fn preflight(
    operations: &[&'static Operation],
    settings: &Settings,
    request: &RequestInfo,
) -> Result<http::Response<Body>, HttpError> {
    let mut response =
        Answer::empty(204).into_response().map_err(|error| HttpError::for_internal_error(error.to_string()))?;
    if allow(settings, request.headers(), response.headers_mut()) {
        let methods: Vec<&str> = operations.iter().map(|operation| operation.method.as_str()).collect();
        let mut names = vec!["Content-Type"];
        for operation in operations {
            for name in operation.auth.header().into_iter().chain(operation.headers.iter().copied()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let headers = response.headers_mut();
        if let (Ok(methods), Ok(names)) = (methods.join(", ").parse(), names.join(", ").parse()) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
    Ok(response)
}
