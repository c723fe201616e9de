//! Cross-origin reads (the Fetch standard, "CORS protocol"): off unless origins are configured.

use super::answer::Answer;
use super::parameters::{Place, declared, names_in};
use super::{Operation, Serves, Settings};
use dropshot::{
    ApiDescription, ApiDescriptionRegisterError, ApiEndpoint, ApiEndpointVersions, Body, HttpError, RequestContext,
};
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
    api: &mut ApiDescription<C>,
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
        let answer = move |context: RequestContext<C>| {
            let operations = Arc::clone(&operations);
            async move { preflight(&operations, &context) }
        };
        let mut endpoint = ApiEndpoint::new(
            name,
            answer,
            http::Method::OPTIONS,
            "application/json",
            &format!("{base_path}{path}"),
            ApiEndpointVersions::All,
        );
        endpoint.parameters.extend(names_in(path).map(|name| declared::<String>(Place::Path, name, true, "")));
        api.register(endpoint.visible(false))?;
    }
    Ok(())
}

fn preflight<C: AsRef<Settings> + dropshot::ServerContext>(
    operations: &[&'static Operation],
    context: &RequestContext<C>,
) -> Result<http::Response<Body>, HttpError> {
    let mut response =
        Answer::empty(204).into_response().map_err(|error| HttpError::for_internal_error(error.to_string()))?;
    if allow(context.context().as_ref(), context.request.headers(), response.headers_mut()) {
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
