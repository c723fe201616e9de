//! Parameters of a request, read from its path, its query and its headers one by one: dropshot's own readers keep the last
//! of several, pass what is not percent-encoded as it should be, and their errors quote values.

use super::headers::accepts_json;
use super::{Operation, REPEATED, Reject, RequestMeta};
use crate::api::scalar::Invalid;
use async_trait::async_trait;
use dropshot::{
    ApiEndpointBodyContentType, ApiEndpointParameter, ApiEndpointParameterLocation, ExtensionMode, ExtractorMetadata,
    Header, HttpError, RequestContext, ServerContext, SharedExtractor,
};
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::str::FromStr;

/// A generated struct of an operation's parameters.
pub trait Parameters: Sized + Send + Sync + 'static {
    /// What dropshot puts into the description it emits, and checks paths against.
    fn declared() -> Vec<ApiEndpointParameter>;

    /// Reads the struct.
    fn read(parameters: &ParameterReader<'_>) -> Result<Self, Reject>;
}

/// Where a request has a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A whole segment of the path.
    Path,
    /// `?name=value`
    Query,
    /// A header.
    Header,
}

/// A parameter as dropshot describes it. dropshot exports no way to make a schema but by a struct with a member for it.
pub fn declared<T: JsonSchema + DeserializeOwned + Send + Sync + 'static>(
    place: Place,
    name: &str,
    required: bool,
    description: &str,
) -> ApiEndpointParameter {
    let mut members = <Header<Lone<T>> as SharedExtractor>::metadata(ApiEndpointBodyContentType::Json).parameters;
    let lone = members.pop().expect("dropshot makes a parameter of each member");
    let location = match place {
        Place::Path => ApiEndpointParameterLocation::Path,
        Place::Query => ApiEndpointParameterLocation::Query,
        Place::Header => ApiEndpointParameterLocation::Header,
    };
    let description = (!description.is_empty()).then(|| description.to_string());
    ApiEndpointParameter::new_named(&location, name.to_string(), description, required, lone.schema, Vec::new())
}

#[derive(Deserialize, JsonSchema)]
struct Lone<T> {
    #[expect(dead_code, reason = "only its schema is wanted")]
    member: T,
}

/// Why a text is no value of its type, in words that never repeat the text: only errors of which that is known have it.
pub trait Complaint {
    /// What the type asks for.
    fn complaint(&self) -> &'static str;
}

impl Complaint for Invalid {
    fn complaint(&self) -> &'static str {
        self.0
    }
}

impl Complaint for Infallible {
    fn complaint(&self) -> &'static str {
        match *self {}
    }
}

impl Complaint for uuid::Error {
    fn complaint(&self) -> &'static str {
        "not a UUID"
    }
}

/// Reads declared parameters one by one.
pub struct ParameterReader<'a> {
    headers: &'a http::HeaderMap,
    /// As the document has it.
    template: &'static str,
    /// As it was asked for.
    path: &'a str,
    /// Names are decoded, values are not.
    query: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> ParameterReader<'a> {
    /// Refuses what is wrong with the parameters whatever their types: a repeated one, an `Accept` without JSON, and, where
    /// an operation takes anything from the query, what it does not take.
    pub(super) fn new(operation: &Operation, request: &RequestMeta<'a>, accept_required: bool) -> Result<Self, Reject> {
        let (headers, uri) = (request.headers(), request.request.uri());
        let media = operation.body_limit.map(|_| "Content-Type");
        for name in operation.headers.iter().copied().chain(operation.auth.header()).chain(media) {
            if headers.get_all(name).iter().count() > 1 {
                return Err(Reject::malformed(name, REPEATED));
            }
        }
        if accept_required {
            accepts_json(headers)?;
        }
        let query = if operation.query.is_empty() { Vec::new() } else { query(operation.query, uri.query())? };
        Ok(Self { headers, template: operation.path, path: uri.path(), query })
    }

    /// A parameter in the path.
    pub fn path(&self, name: &'static str) -> Found<'a> {
        Found { name, text: segment(self.template, self.path, name).map(decoded) }
    }

    /// A parameter in the query.
    pub fn query(&self, name: &'static str) -> Found<'a> {
        let value = self.query.iter().find(|(given, _)| given == name);
        Found { name, text: value.map(|(_, value)| form_decoded(value)) }
    }

    /// A header.
    pub fn header(&self, name: &'static str) -> Found<'a> {
        let text = |value: &'a http::HeaderValue| std::str::from_utf8(value.as_bytes()).map_err(|_| NOT_UTF_8);
        Found { name, text: self.headers.get(name).map(|value| text(value).map(Cow::Borrowed)) }
    }
}

const NOT_UTF_8: &str = "not UTF-8";

/// The text of a parameter, if there is one, or why it is none.
pub struct Found<'a> {
    name: &'static str,
    text: Option<Result<Cow<'a, str>, &'static str>>,
}

impl Found<'_> {
    /// A parameter that must be there.
    pub fn required<T: FromStr<Err: Complaint>>(self) -> Result<T, Reject> {
        let name = self.name;
        self.optional()?.ok_or_else(|| Reject::malformed(name, "missing"))
    }

    /// A parameter that may be absent.
    pub fn optional<T: FromStr<Err: Complaint>>(self) -> Result<Option<T>, Reject> {
        let value = self.text.map(|text| text?.parse().map_err(|error: T::Err| error.complaint()));
        value.transpose().map_err(|wrong| Reject::malformed(self.name, wrong))
    }
}

/// The parameters of a path template, in its order.
pub(super) fn names_in(template: &str) -> impl Iterator<Item = &str> {
    template.split('/').filter_map(name_in)
}

fn name_in(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The segment that is the parameter. The path fits the template, or dropshot would not have come here; a base path is in
/// front of it, and dropshot passes over empty segments.
fn segment<'a>(template: &str, path: &'a str, name: &str) -> Option<&'a str> {
    let asked = path.rsplit('/').filter(|segment| !segment.is_empty());
    template.rsplit('/').zip(asked).find(|(wanted, _)| name_in(wanted) == Some(name)).map(|(_, segment)| segment)
}

/// The parts of a query, each a declared parameter and none twice.
fn query<'a>(declared: &[&'static str], query: Option<&'a str>) -> Result<Vec<(Cow<'a, str>, &'a str)>, Reject> {
    let mut parts: Vec<(Cow<'a, str>, &'a str)> = Vec::new();
    for part in query.unwrap_or_default().split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = form_decoded(name).map_err(|wrong| Reject::malformed("query", wrong))?;
        if !declared.iter().any(|known| *known == name) {
            // A name is repeated for whoever mistyped it, but only what looks like one.
            let word = name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphabetic() || "-_.".contains(c));
            let location = if word && !name.is_empty() { &*name } else { "query" };
            return Err(Reject::malformed(location, "not a parameter of this operation"));
        }
        if parts.iter().any(|(other, _)| *other == name) {
            return Err(Reject::malformed(name, REPEATED));
        }
        parts.push((name, value));
    }
    Ok(parts)
}

/// Undoes percent-encoding (RFC 3986 section 2.1) and leaves nothing that looks like it and is none.
fn decoded(text: &str) -> Result<Cow<'_, str>, &'static str> {
    let digits = |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(digits) {
        return Err("not percent-encoded as it should be");
    }
    percent_decode_str(text).decode_utf8().map_err(|_| NOT_UTF_8)
}

/// The same for a query, in which forms write `+` for a space.
fn form_decoded(text: &str) -> Result<Cow<'_, str>, &'static str> {
    if text.contains('+') {
        decoded(&text.replace('+', " ")).map(|text| text.into_owned().into())
    } else {
        decoded(text)
    }
}

/// Tells dropshot which parameters an operation declares; reads none.
pub(super) struct Documented<P>(PhantomData<fn() -> P>);

#[async_trait]
impl<P: Parameters> SharedExtractor for Documented<P> {
    async fn from_request<C: ServerContext>(_: &RequestContext<C>) -> Result<Self, HttpError> {
        Ok(Self(PhantomData))
    }

    fn metadata(_: ApiEndpointBodyContentType) -> ExtractorMetadata {
        ExtractorMetadata { extension_mode: ExtensionMode::None, parameters: P::declared() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_the_segment_that_stands_in_its_place_behind_any_base_path() {
        let template = "/things/{thing}/parts/{part}";
        for path in ["/things/a/parts/b", "/base/things/a/parts/b", "/things//a/parts/b/"] {
            assert_eq!(segment(template, path, "thing"), Some("a"), "{path}");
            assert_eq!(segment(template, path, "part"), Some("b"), "{path}");
            assert_eq!(segment(template, path, "things"), None, "{path}");
        }
        assert_eq!(names_in(template).collect::<Vec<_>>(), ["thing", "part"]);
    }

    #[test]
    fn percent_encoding_is_undone_and_must_be_whole() {
        for (text, plain) in [("", ""), ("a+b", "a+b"), ("%41%2f%25", "A/%"), ("%C3%A4ä", "ää")] {
            assert_eq!(decoded(text).as_deref(), Ok(plain), "{text}");
        }
        for text in ["%", "%4", "a%4x", "%%41", "%ä"] {
            assert_eq!(decoded(text), Err("not percent-encoded as it should be"), "{text}");
        }
        assert_eq!(decoded("%ff"), Err("not UTF-8"));
        assert_eq!(form_decoded("a+b%2B").as_deref(), Ok("a b+"));
    }

    #[test]
    fn a_query_has_each_declared_parameter_once_and_nothing_else() {
        let read = |text| query(&["limit", "customerId"], text);
        let good = read(Some("&customerId=a=b&%6cimit=1&")).expect("a query");
        assert_eq!(good, [("customerId".into(), "a=b"), ("limit".into(), "1")]);
        assert_eq!(read(None).expect("no query"), []);
        for (text, location, message) in [
            ("limit=1&limit=1", "limit", REPEATED),
            ("limit&limit", "limit", REPEATED),
            ("Limit=1", "Limit", "not a parameter of this operation"),
            ("123456=", "query", "not a parameter of this operation"),
            ("=", "query", "not a parameter of this operation"),
            ("%zz=1", "query", "not percent-encoded as it should be"),
            ("%ff=1", "query", "not UTF-8"),
        ] {
            assert_eq!(read(Some(text)), Err(Reject::malformed(location, message)), "{text}");
        }
    }
}
