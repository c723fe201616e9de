//! Request headers, read from the map itself: dropshot's own reader keeps the last of several and its errors quote values.

use super::{Operation, Reject, RequestMeta};
use async_trait::async_trait;
use dropshot::{
    ApiEndpointBodyContentType, ApiEndpointParameter, ApiEndpointParameterLocation, ExtensionMode, ExtractorMetadata,
    Header, HttpError, RequestContext, ServerContext, SharedExtractor,
};
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::marker::PhantomData;

/// A generated struct of request headers.
pub trait Headers: Sized + Send + Sync + 'static {
    /// What dropshot puts into the description it emits.
    fn declared() -> Vec<ApiEndpointParameter>;

    /// Reads the struct.
    fn read(headers: &HeaderReader<'_>) -> Result<Self, Reject>;
}

/// A header as dropshot describes it. dropshot exports no way to make a schema but by a struct with a member for it.
pub fn declared<T: JsonSchema + DeserializeOwned + Send + Sync + 'static>(
    name: &str,
    required: bool,
    description: &str,
) -> ApiEndpointParameter {
    let mut members = <Header<Lone<T>> as SharedExtractor>::metadata(ApiEndpointBodyContentType::Json).parameters;
    let lone = members.pop().expect("dropshot makes a parameter of each member");
    let description = (!description.is_empty()).then(|| description.to_string());
    ApiEndpointParameter::new_named(
        &ApiEndpointParameterLocation::Header,
        name.to_string(),
        description,
        required,
        lone.schema,
        Vec::new(),
    )
}

#[derive(Deserialize, JsonSchema)]
struct Lone<T> {
    #[expect(dead_code, reason = "only its schema is wanted")]
    member: T,
}

/// Reads declared headers one by one.
pub struct HeaderReader<'a> {
    headers: &'a http::HeaderMap,
}

impl<'a> HeaderReader<'a> {
    /// Refuses what is wrong with the headers whatever their types: a repeated one, or an `Accept` without JSON.
    pub(super) fn new(operation: &Operation, request: &RequestMeta<'a>, accept_required: bool) -> Result<Self, Reject> {
        let headers = request.headers();
        let once = operation.headers.iter().copied().chain(operation.auth.header()).chain(["Content-Type"]);
        for name in once {
            if headers.get_all(name).iter().count() > 1 {
                return Err(Reject::malformed(name, super::REPEATED));
            }
        }
        if accept_required {
            let accepted: Vec<&HeaderValue> = headers.get_all(ACCEPT).iter().collect();
            if accepted.is_empty() {
                return Err(Reject::malformed("Accept", "missing"));
            }
            if !accepted.iter().filter_map(|value| value.to_str().ok()).any(admits_json) {
                return Err(Reject::malformed("Accept", "must admit application/json"));
            }
        }
        Ok(Self { headers })
    }

    /// A header that must be there.
    pub fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, Reject> {
        self.optional(name)?.ok_or_else(|| Reject::malformed(name, "missing"))
    }

    /// A header that may be absent.
    pub fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Reject> {
        let Some(value) = self.headers.get(name) else { return Ok(None) };
        let text = std::str::from_utf8(value.as_bytes()).map_err(|_| Reject::malformed(name, "not UTF-8"))?;
        let value = T::deserialize(StrDeserializer::<ValueError>::new(text))
            .map_err(|error| Reject::malformed(name, super::body::classify(&error.to_string()).1))?;
        Ok(Some(value))
    }
}

/// Whether one of the media ranges covers `application/json` and is not ruled out by `q=0` (RFC 9110 section 12.5.1).
fn admits_json(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let covers = parts.next().is_some_and(|media| {
            ["application/json", "application/*", "*/*"].iter().any(|known| media.eq_ignore_ascii_case(known))
        });
        covers && !parts.any(|parameter| matches!(parameter.split_once('='), Some((q, weight)) if q.trim().eq_ignore_ascii_case("q") && weight.trim().parse() == Ok(0.0)))
    })
}

/// Whether the body is declared as JSON in UTF-8.
pub(super) fn is_json(headers: &http::HeaderMap) -> bool {
    let Some(declared) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = declared.split(';').map(str::trim);
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let charset = value.trim().trim_matches('"');
                charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

/// Tells dropshot which headers an operation declares; reads none.
pub(super) struct Documented<H>(PhantomData<fn() -> H>);

#[async_trait]
impl<H: Headers> SharedExtractor for Documented<H> {
    async fn from_request<C: ServerContext>(_: &RequestContext<C>) -> Result<Self, HttpError> {
        Ok(Self(PhantomData))
    }

    fn metadata(_: ApiEndpointBodyContentType) -> ExtractorMetadata {
        ExtractorMetadata { extension_mode: ExtensionMode::None, parameters: H::declared() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_admits_json_by_name_by_wildcard_and_not_when_weighed_zero() {
        for accept in ["application/json", "Application/JSON; charset=utf-8", "text/html, */*;q=0.1", "application/*"] {
            assert!(admits_json(accept), "{accept}");
        }
        for accept in ["", "text/html", "application/json;q=0", "*/*; q=0.0", "application/xml, text/*"] {
            assert!(!admits_json(accept), "{accept}");
        }
    }

    #[test]
    fn content_type_is_json_with_parameters_but_in_no_other_charset() {
        let with = |value: &str| {
            let mut headers = http::HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().expect("a header value"));
            is_json(&headers)
        };
        for value in [
            "application/json",
            "APPLICATION/JSON",
            "application/json; charset=UTF-8",
            "application/json;charset=\"utf-8\"; v=1",
        ] {
            assert!(with(value), "{value}");
        }
        for value in [
            "text/json",
            "application/json; charset=iso-8859-1",
            "application/jsonx",
            "application/merge-patch+json",
            "",
        ] {
            assert!(!with(value), "{value}");
        }
        assert!(!is_json(&http::HeaderMap::new()));
    }
}
