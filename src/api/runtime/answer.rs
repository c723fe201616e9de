//! From a handler's typed answer to HTTP.

use dropshot::{
    ApiEndpointResponse, Body, HttpError, HttpResponse, HttpResponseError, HttpResponseOk, HttpResponseUpdatedNoContent,
};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use schemars::JsonSchema;
use schemars::r#gen::SchemaGenerator;
use schemars::schema::Schema;
use serde::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// An HTTP answer in the making.
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<Result<Vec<u8>, serde_json::Error>>,
}

impl Answer {
    /// A JSON answer.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Self {
        Self { status, headers: Vec::new(), body: Some(serde_json::to_vec(body)) }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None }
    }

    /// Adds a documented header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The answer on the wire. Nothing here may be kept by a cache: answers hold keys of running flows.
    pub(super) fn into_response(self) -> Result<Response<Body>, Box<dyn std::error::Error + Send + Sync>> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(self.status)?;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
        if let Some(body) = self.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *response.body_mut() = Body::from(body?);
        }
        Ok(response)
    }
}

/// The answer when there is nothing left to say it with.
pub(super) fn bare_500() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// A generated enum of answers.
pub trait IntoAnswer {
    /// The answer this value stands for.
    fn into_answer(self) -> Answer;
}

/// The success answers of an operation.
pub trait Success: IntoAnswer + Send + 'static {
    /// The body of every failure of the operation.
    type ErrorBody: Serialize + JsonSchema + Send + Sync + 'static;

    /// What dropshot puts into the description it emits.
    fn documented() -> ApiEndpointResponse;
}

/// An answer with a body, as dropshot describes it.
pub fn documented<T: Serialize + JsonSchema + Send + Sync + 'static>(status: u16) -> ApiEndpointResponse {
    ApiEndpointResponse { success: StatusCode::from_u16(status).ok(), ..HttpResponseOk::<T>::response_metadata() }
}

/// An answer without a body, as dropshot describes it.
pub fn documented_empty(status: u16) -> ApiEndpointResponse {
    ApiEndpointResponse {
        success: StatusCode::from_u16(status).ok(),
        ..HttpResponseUpdatedNoContent::response_metadata()
    }
}

/// dropshot wants an error type that its own errors convert to. The extractors here make none, so this serves to tell
/// the emitted description what failures look like; were dropshot to make one after all, it goes out as it is.
pub(super) struct Escaped<T> {
    error: HttpError,
    body: PhantomData<fn() -> T>,
}

impl<T> From<HttpError> for Escaped<T> {
    fn from(error: HttpError) -> Self {
        Self { error, body: PhantomData }
    }
}

impl<T> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> Serialize for Escaped<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("message", &self.error.external_message)])
    }
}

impl<T: JsonSchema> JsonSchema for Escaped<T> {
    fn schema_name() -> String {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema + 'static> HttpResponseError for Escaped<T> {
    fn status_code(&self) -> dropshot::ErrorStatusCode {
        self.error.status_code
    }
}
