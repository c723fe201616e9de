//! Endpoints: dropshot describes and routes them, and they are served as whoever has the connection likes.
//!
//! dropshot's own server accepts connections itself, and its acceptor knows no bound, no deadline for a caller that says
//! nothing, and no client certificate. What it knows of an endpoint is in its description all the same: the router finds
//! an endpoint by that, and the tests compare what it emits with the documents.

use super::parameters::{Place, declared, names_in};
use dropshot::{
    ApiDescription, ApiDescriptionRegisterError, ApiEndpoint, ApiEndpointVersions, Body, CONTENT_TYPE_JSON,
    HEADER_REQUEST_ID, HttpError, RequestContext, RequestInfo, ServerContext,
};
use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// A request on its way to an endpoint.
pub struct Arrival<C> {
    /// What every request can reach.
    pub context: C,
    /// All but the body.
    pub request: RequestInfo,
    /// Also in the answer's `x-request-id` and in the log.
    pub request_id: String,
    /// What comes in after the head.
    pub body: Body,
}

/// Answers requests.
type Serve<C> = Arc<dyn Fn(Arrival<C>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// One endpoint.
pub struct Endpoint<C: ServerContext> {
    described: ApiEndpoint<C>,
    serve: Serve<C>,
}

impl<C: ServerContext> Endpoint<C> {
    /// An endpoint as dropshot describes it, and what answers.
    pub fn new<F, Fut>(described: ApiEndpoint<C>, serve: F) -> Self
    where
        F: Fn(Arrival<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Response<Body>> + Send + 'static,
    {
        Self { described, serve: Arc::new(move |arrival| Box::pin(serve(arrival))) }
    }

    /// An endpoint of no document: a page, a file, a figure. The names in the path are for the handler to find there.
    pub fn unpublished<F, Fut>(id: &str, method: http::Method, path: &str, handler: F) -> Self
    where
        F: Fn(C, RequestInfo) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response<Body>, HttpError>> + Send + 'static,
    {
        let described = |_: RequestContext<C>| async { Err::<Response<Body>, _>(not_served()) };
        let versions = ApiEndpointVersions::All;
        let mut described = ApiEndpoint::new(id.to_owned(), described, method, CONTENT_TYPE_JSON, path, versions);
        described.parameters.extend(names_in(path).map(|name| match name.strip_suffix(":.*") {
            Some(name) => declared::<Vec<String>>(Place::Path, name, true, ""),
            None => declared::<String>(Place::Path, name, true, ""),
        }));
        Self::new(described.visible(false), move |arrival: Arrival<C>| {
            let Arrival { context, request, request_id, .. } = arrival;
            let answer = handler(context, request);
            async move { answer.await.unwrap_or_else(|error| error.into_response(&request_id)) }
        })
    }
}

/// What dropshot's own server would answer: it is never started.
pub(super) fn not_served() -> HttpError {
    HttpError::for_internal_error("this endpoint is described only".to_owned())
}

/// The endpoints of one listener.
pub struct Api<C: ServerContext> {
    description: ApiDescription<C>,
    served: HashMap<String, Serve<C>>,
}

impl<C: ServerContext> Default for Api<C> {
    fn default() -> Self {
        Self { description: ApiDescription::new(), served: HashMap::new() }
    }
}

impl<C: ServerContext> Api<C> {
    /// Adds one. Ids are unique, and so are method and path.
    pub fn register(&mut self, endpoint: Endpoint<C>) -> Result<(), ApiDescriptionRegisterError> {
        let Endpoint { described, serve } = endpoint;
        let id = described.operation_id.clone();
        self.description.register(described)?;
        self.served.insert(id, serve);
        Ok(())
    }

    /// What dropshot knows of them.
    pub fn description(&self) -> &ApiDescription<C> {
        &self.description
    }

    /// Endpoints that answer.
    pub fn routes(self, context: C) -> Routes
    where
        C: Clone,
    {
        let (router, served) = (self.description.into_router(), self.served);
        let answer = move |request: Request<Body>, caller, request_id: String| -> BoxFuture<'static, Response<Body>> {
            let found = router.lookup_route(request.method(), request.uri().path().into(), None);
            let serve = found.map(|found| served.get(&found.endpoint.operation_id).cloned());
            let serve = match serve {
                Ok(Some(serve)) => serve,
                Ok(None) => return Box::pin(async move { not_served().into_response(&request_id) }),
                Err(missing) => return Box::pin(async move { missing.into_response(&request_id) }),
            };
            let id = HeaderValue::from_str(&request_id);
            let info = RequestInfo::new(&request, caller);
            let body = request.into_body();
            let answer = serve(Arrival { context: context.clone(), request: info, request_id, body });
            Box::pin(async move {
                let mut answer = answer.await;
                if let Ok(id) = id {
                    answer.headers_mut().insert(HEADER_REQUEST_ID, id);
                }
                answer
            })
        };
        Routes(Box::new(answer))
    }
}

/// Endpoints that answer, whatever they share.
pub struct Routes(Box<Answering>);

type Answering = dyn Fn(Request<Body>, SocketAddr, String) -> BoxFuture<'static, Response<Body>> + Send + Sync;

impl Routes {
    /// Answers a request of this caller, under this id.
    pub fn answer(
        &self,
        request: Request<Body>,
        caller: SocketAddr,
        request_id: String,
    ) -> BoxFuture<'static, Response<Body>> {
        (self.0)(request, caller, request_id)
    }
}
