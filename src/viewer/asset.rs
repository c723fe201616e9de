//! A file that a browser asks for: what it is, what the browser may do with it, and whether it has changed.

use aws_lc_rs::digest;
use bytes::Bytes;
use dropshot::{Body, HttpError, RequestInfo};
use http::header;
use std::fmt::Write as _;

/// What every page and file here may do: load from this server and nowhere else, run no inline script, be in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Goes with every answer, errors and redirects too. The referrer stays on this server: a path can hold a link's anchor.
const HEADERS: [(http::HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-cache"),
];

/// The bytes of a file, its media type and its entity tag.
#[derive(Clone)]
pub struct Asset {
    bytes: Bytes,
    content_type: &'static str,
    etag: String,
}

impl Asset {
    /// The tag is a digest of the bytes: equal after a restart, different after an upgrade that changed the file.
    pub fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let digest = digest::digest(&digest::SHA256, &bytes);
        let mut etag = String::from("\"");
        for byte in &digest.as_ref()[..16] {
            let _ = write!(etag, "{byte:02x}"); // writing to a String cannot fail
        }
        etag.push('"');
        Self { bytes, content_type, etag }
    }

    /// The file, or "not modified" for a browser that has it. Browsers are told to ask every time (`no-cache`): a file
    /// that outlives an upgrade of the server would show documents that are no longer served.
    pub fn answer(&self, request: &RequestInfo) -> Result<http::Response<Body>, HttpError> {
        let answer = http::Response::builder().header(header::ETAG, &self.etag);
        let answer = if self.known_to(request) {
            answer.status(http::StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            answer.header(header::CONTENT_TYPE, self.content_type).body(self.bytes.clone().into())
        };
        Ok(guarded(answer?))
    }

    /// RFC 9110, 13.1.2: a list of tags or `*`, compared weakly.
    fn known_to(&self, request: &RequestInfo) -> bool {
        let tags = request.headers().get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        tags.flat_map(|value| value.split(','))
            .map(|tag| tag.trim())
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.etag)
    }
}

/// Sends the browser to a path of this server.
pub(super) fn redirect(status: http::StatusCode, to: &'static str) -> Result<http::Response<Body>, HttpError> {
    let answer = http::Response::builder().status(status).header(header::LOCATION, to);
    Ok(guarded(answer.body(Body::empty())?))
}

/// A JSON 404 that says what was looked for. The name is not repeated: it is the caller's.
pub(super) fn missing(what: &str) -> HttpError {
    let mut error = HttpError::for_not_found(None, format!("no such {what}"));
    error.external_message = format!("There is no such {what}.");
    for (name, value) in HEADERS {
        error.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    error
}

fn guarded(mut answer: http::Response<Body>) -> http::Response<Body> {
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    answer
}
