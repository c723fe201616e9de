//! Request bodies: bounded in size and time, read only when their turn comes, and never repeated in an error.

use super::headers::is_json;
use super::{Operation, Reject, RequestMeta};
use crate::api::scalar::object;
use async_trait::async_trait;
use dropshot::{
    ApiEndpointBodyContentType, Body, ExclusiveExtractor, ExtensionMode, ExtractorMetadata, HttpError, RequestContext,
    ServerContext, TypedBody,
};
use http::header::{CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, UnitDeserializer};
use std::any::TypeId;
use std::marker::PhantomData;
use std::time::Duration;
use zeroize::Zeroizing;

/// How much of a body that nobody wants is read and thrown away, so that a caller who is still writing sees the answer.
const DRAIN_BYTES: usize = 4 * 1024 * 1024;

/// A body that nobody has looked at yet; `Unread<()>` where a request has none.
pub(super) struct Unread<T> {
    body: Body,
    /// What has been read of it, in memory that is wiped: it may hold a code.
    seen: Zeroizing<Vec<u8>>,
    wanted: PhantomData<fn() -> T>,
}

#[async_trait]
impl<T: JsonSchema + DeserializeOwned + Send + Sync + 'static> ExclusiveExtractor for Unread<T> {
    async fn from_request<C: ServerContext>(
        _: &RequestContext<C>,
        request: http::Request<Body>,
    ) -> Result<Self, HttpError> {
        Ok(Self::new(request.into_body()))
    }

    fn metadata(content_type: ApiEndpointBodyContentType) -> ExtractorMetadata {
        if TypeId::of::<T>() == TypeId::of::<()>() {
            return ExtractorMetadata { extension_mode: ExtensionMode::None, parameters: Vec::new() };
        }
        <TypedBody<T> as ExclusiveExtractor>::metadata(content_type)
    }
}

impl<T: DeserializeOwned> Unread<T> {
    pub(super) fn new(body: Body) -> Self {
        Self { body, seen: Zeroizing::default(), wanted: PhantomData }
    }

    /// Reads and parses the body. Where there is none, whatever came instead is read and forgotten: it is no reason to
    /// refuse, and a caller that is still writing would lose the answer.
    pub(super) async fn read(
        &mut self,
        operation: &Operation,
        request: &RequestMeta<'_>,
        timeout: Duration,
    ) -> Result<T, Reject> {
        let Some(limit) = operation.body_limit else {
            self.drain(operation, request, timeout).await;
            return T::deserialize(UnitDeserializer::<ValueError>::new()).map_err(|_| Reject::Internal);
        };
        if !is_json(request.headers()) {
            return Err(Reject::WrongType);
        }
        let announced = request.header(CONTENT_LENGTH.as_str()).and_then(|length| length.parse::<u64>().ok());
        if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
            return Err(Reject::TooLarge { limit });
        }
        tokio::time::timeout(timeout, self.collect(limit)).await.map_err(|_| Reject::SlowBody)??;
        parse(&self.seen)
    }

    async fn collect(&mut self, limit: usize) -> Result<(), Reject> {
        // Growing would leave a copy behind; few bodies are longer than this.
        self.seen.reserve(limit.min(1024));
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|_| Reject::malformed("body", "broke off"))?;
            if let Some(data) = frame.data_ref() {
                if self.seen.len() + data.len() > limit {
                    return Err(Reject::TooLarge { limit });
                }
                self.seen.extend_from_slice(data);
            }
        }
        Ok(())
    }

    /// What has been read.
    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Reads what is left, within bounds, and keeps as much as a body may have.
    pub(super) async fn drain(&mut self, operation: &Operation, request: &RequestMeta<'_>, timeout: Duration) {
        // A caller who waits for "100 Continue" has sent nothing, and reading would ask for it.
        if request.headers().contains_key(EXPECT) {
            return;
        }
        let limit = operation.body_limit.unwrap_or(0);
        let reading = async {
            let mut left = DRAIN_BYTES;
            while let Some(Ok(frame)) = self.body.frame().await {
                let Some(data) = frame.data_ref() else { continue };
                if self.seen.len() + data.len() <= limit {
                    self.seen.extend_from_slice(data);
                }
                match left.checked_sub(data.len()) {
                    Some(rest) => left = rest,
                    None => break,
                }
            }
        };
        // Whoever is slower than this sends what nobody waits for, and the answer goes out at once.
        let _elapsed = tokio::time::timeout(timeout.min(Duration::from_secs(1)), reading).await;
    }
}

/// JSON to a wire type; the error names the property and never repeats what was sent.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Reject> {
    if bytes.is_empty() {
        return Err(Reject::malformed("body", "missing"));
    }
    // Checked as a whole: serde_json skips unknown properties without looking at their bytes.
    let text = std::str::from_utf8(bytes).map_err(|_| Reject::malformed("body", "not UTF-8"))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    // A derived struct would take an array of its properties' values, too.
    let value =
        object(serde_path_to_error::Deserializer::new(&mut json, &mut track)).map_err(|error: serde_json::Error| {
            let path = track.path().to_string();
            if !error.is_data() {
                return not_json(&error);
            }
            let (property, message) = classify(&error.to_string());
            let location = match (path.as_str(), property) {
                (".", property) => property.unwrap_or_else(|| "body".to_string()),
                (path, None) => path.to_string(),
                (path, Some(property)) => format!("{path}.{property}"),
            };
            Reject::malformed(location, message)
        })?;
    json.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

/// The place and nothing of the text: serde_json's own words are kept only where they are fixed.
fn not_json(error: &serde_json::Error) -> Reject {
    let text = error.to_string();
    let what = if text.starts_with("trailing characters") { "has something after the JSON value" } else { "not JSON" };
    Reject::malformed("body", format!("{what} (line {}, column {})", error.line(), error.column()))
}

/// A serde message in words of our own: the property it names, of the object that the path leads to, and what is wrong.
///
/// serde's messages quote what was found. Its property names and expectations are ours, and so are the messages of the
/// scalars, which say what a type asks for; nothing else gets through.
fn classify(message: &str) -> (Option<String>, String) {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    for (prefix, wrong) in [("missing field `", "missing"), ("duplicate field `", super::REPEATED)] {
        if let Some(name) = message.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('`')) {
            return (Some(name.to_string()), wrong.to_string());
        }
    }
    if ["invalid type: ", "invalid value: ", "invalid length "].iter().any(|prefix| message.starts_with(prefix)) {
        let expected = message.rsplit_once(", expected ").map_or("something else", |(_, expected)| expected);
        return (None, format!("expected {expected}"));
    }
    if message.starts_with("unknown variant ") {
        return (None, "not one of the listed values".to_string());
    }
    if message.starts_with("data did not match any variant") {
        return (None, "has none of the documented forms".to_string());
    }
    if message.starts_with("UUID parsing failed") {
        return (None, "not a UUID".to_string());
    }
    (None, message.to_string())
}
