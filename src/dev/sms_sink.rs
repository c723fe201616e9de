//! A gateway that delivers nowhere: `demo` has real HTTP requests go to it, and reads what came.

use crate::config::delivery::{Body, SmsHttp};
use dropshot::{ApiDescription, ConfigDropshot, HttpError, HttpResponseUpdatedNoContent, RequestContext, TypedBody};
use dropshot::{HttpServer, ServerBuilder, endpoint};
use schemars::JsonSchema;
use serde::Deserialize;
use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

/// Far more than three parts of a text message, in JSON.
const REQUEST_BYTES_MAX: usize = 8 * 1024;
const MESSAGES_MAX: usize = 1000;

/// A text message that was taken. It holds a code: do not log it.
#[derive(Clone, Deserialize, JsonSchema)]
pub struct TextMessage {
    /// The number it is for.
    pub to: String,
    /// What the customer reads.
    pub text: String,
}

type Messages = Arc<Mutex<Vec<TextMessage>>>;

/// A gateway on a free port of this host. It stops when dropped.
pub struct SmsSink {
    server: HttpServer<Messages>,
    messages: Messages,
}

impl SmsSink {
    /// Listens, and takes text messages from now on.
    pub fn start() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut api = ApiDescription::new();
        api.register(take)?;
        let messages = Messages::default();
        let config = ConfigDropshot {
            bind_address: (Ipv4Addr::LOCALHOST, 0).into(),
            default_request_body_max_bytes: REQUEST_BYTES_MAX,
            ..ConfigDropshot::default()
        };
        // Its requests are shown by whoever started it; its log would show addresses that nobody asked to see.
        let log = slog::Logger::root(slog::Discard, slog::o!());
        let server = ServerBuilder::new(api, Arc::clone(&messages), log).config(config).start()?;
        Ok(Self { server, messages })
    }

    /// What a server has to be told to send its text messages here.
    pub fn config(&self) -> SmsHttp {
        SmsHttp {
            plain_http: true,
            body: Some(Body::Json(r#"{"to": {{ to }}, "text": {{ text }}}"#.to_owned())),
            ..SmsHttp::new(self.url())
        }
    }

    /// Where messages are posted.
    pub fn url(&self) -> String {
        format!("http://{}/messages", self.server.local_addr())
    }

    /// What has come, oldest first. A message is here before its sender is told that it was taken.
    pub fn messages(&self) -> Vec<TextMessage> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Takes a text message.
#[endpoint { method = POST, path = "/messages" }]
async fn take(
    request: RequestContext<Messages>,
    message: TypedBody<TextMessage>,
) -> Result<HttpResponseUpdatedNoContent, HttpError> {
    // Held for the push alone, never across an await.
    let mut messages = request.context().lock().unwrap_or_else(PoisonError::into_inner);
    if messages.len() == MESSAGES_MAX {
        return Err(HttpError::for_unavail(None, "full".to_owned()));
    }
    messages.push(message.into_inner());
    Ok(HttpResponseUpdatedNoContent())
}
