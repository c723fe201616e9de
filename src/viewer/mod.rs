//! Serves `openapi/` and a page to read it.
//!
//! 1. `/openapi/<name>.yaml` and `.json`: the documents as they were at build time, but for the base path of this server;
//!    `/openapi` lists them.
//! 2. `/docs/`: Swagger UI with all of them in its list. It is part of the binary: a bank's network need not reach any
//!    other host, and the page's Content-Security-Policy would not let it. "Try it out" talks to the server that served
//!    the page, so it needs no CORS. A document that this server does not answer can be read there, and not tried.
//! 3. `/` leads people to whichever page there is.
//!
//! The endpoints are unpublished: no document describes them.

mod asset;
mod document;

pub use asset::Asset;
pub use document::{Document, documents, operator_document};

use crate::api::runtime::{Api, Endpoint};
use dropshot::{ApiDescriptionRegisterError, Body, CONTENT_TYPE_JSON, HttpError, Method, RequestInfo, ServerContext};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa_swagger_ui::{Config, Url};

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The files of Swagger UI that the page uses, with their media types. The rest of its distribution are variants for
/// bundlers, and a page for OAuth redirects that nothing here would ever be redirected to.
const SWAGGER_FILES: [(&str, &str); 5] = [
    ("index.css", STYLE),
    ("swagger-ui.css", STYLE),
    ("swagger-ui-bundle.js", SCRIPT),
    ("swagger-ui-standalone-preset.js", SCRIPT),
    ("favicon-32x32.png", "image/png"),
];

/// Why the viewer could not be set up. All are faults of the build, not of the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ViewerError {
    /// Swagger UI, as it was built in, lacks a file that the page needs.
    #[error("Swagger UI has no usable {file}")]
    Swagger {
        /// The file.
        file: &'static str,
        /// What it said, if it was not just missing.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Its settings cannot be written as JSON.
    #[error("cannot write the settings of Swagger UI")]
    Settings(#[source] serde_json::Error),
    /// A document does not say where its servers are in the way that all of ours do.
    #[error("the document {document} has no list of servers to put a base path into")]
    Servers {
        /// Its name.
        document: &'static str,
    },
    /// Another endpoint has the path.
    #[error("cannot register the viewer")]
    Register(#[from] ApiDescriptionRegisterError),
}

/// Adds the documents and the page to what a server serves. `inbox` is where a development server shows its messages; the
/// page has a link to it.
pub fn register<C: ServerContext>(
    api: &mut Api<C>,
    documents: &[Document<'_>],
    inbox: Option<&'static str>,
) -> Result<(), ViewerError> {
    let mut files = BTreeMap::new();
    for document in documents {
        let yaml = Asset::new("application/yaml; charset=utf-8", document.yaml()?);
        let json = Asset::new(CONTENT_TYPE_JSON, document.json()?);
        files.extend([(format!("{}.yaml", document.name), yaml), (format!("{}.json", document.name), json)]);
    }
    let files = Arc::new(files);
    api.register(page("viewer_document", "/openapi/{file}", move |request| {
        files.get(below(request, "openapi")).ok_or_else(|| asset::missing("document"))?.answer(request)
    }))?;
    let list = Asset::new(CONTENT_TYPE_JSON, format!("{:#}\n", list(documents)));
    api.register(page("viewer_documents", "/openapi", move |request| list.answer(request)))?;
    let files = swagger(documents, inbox)?;
    api.register(page("viewer_page", "/docs/{path:.*}", move |request| {
        // The page's links are relative to `/docs/`. The router sees no difference between that and `/docs`.
        if request.uri().path() == "/docs" {
            return asset::redirect(http::StatusCode::PERMANENT_REDIRECT, "/docs/");
        }
        files.get(below(request, "docs")).ok_or_else(|| asset::missing("page"))?.answer(request)
    }))?;
    Ok(())
}

/// Leads whoever opens the bare address of the server to a page. Not for good: what is there depends on how it was started.
pub fn register_home<C: ServerContext>(api: &mut Api<C>, to: &'static str) -> Result<(), ApiDescriptionRegisterError> {
    api.register(page("viewer_home", "/", move |_| asset::redirect(http::StatusCode::TEMPORARY_REDIRECT, to)))
}

/// What `/openapi` answers.
fn list(documents: &[Document<'_>]) -> Value {
    let entry = |document: &Document<'_>| {
        let [yaml, json] = document.paths();
        let served = document.served_below.is_some();
        json!({ "name": document.name, "title": document.title, "served": served, "yaml": yaml, "json": json })
    };
    json!({ "documents": documents.iter().map(entry).collect::<Vec<_>>(), "viewer": "/docs/" })
}

/// What a path has after its first segment. The router passes over empty segments, so this does, too.
fn below<'a>(request: &'a RequestInfo, first: &str) -> &'a str {
    request.uri().path().trim_start_matches('/').strip_prefix(first).unwrap_or_default().trim_matches('/')
}

/// An unpublished `GET`.
fn page<C: ServerContext>(
    operation_id: &str,
    path: &str,
    answer: impl Fn(&RequestInfo) -> Result<http::Response<Body>, HttpError> + Send + Sync + 'static,
) -> Endpoint<C> {
    Endpoint::unpublished(operation_id, Method::GET, path, move |_, request| {
        let answer = answer(&request);
        async { answer }
    })
}

/// Everything below `/docs/`, made once.
fn swagger(
    documents: &[Document<'_>],
    inbox: Option<&'static str>,
) -> Result<BTreeMap<&'static str, Asset>, ViewerError> {
    let entries: Vec<_> = documents.iter().map(|document| (document.label(), document.paths())).collect();
    let urls = entries.iter().map(|(label, [_, json])| Url::new(label, json));
    let config = Config::new(urls)
        .deep_linking(true)
        .doc_expansion("list")
        // The list of schemas is at the page's end, folded: they are shown where they are used.
        .default_models_expand_depth(0)
        // Off: it would send the document's address to a validator in the internet.
        .validator_url("none");
    let mut settings = serde_json::to_value(&config).map_err(ViewerError::Settings)?;
    // For `page/start.js`; Swagger UI does not know these two.
    let read_only = documents.iter().filter(|document| document.served_below.is_none());
    settings["readOnly"] = read_only.map(|document| document.paths()[1].clone()).collect();
    settings["inbox"] = inbox.into();
    let settings = serde_json::to_vec(&settings).map_err(ViewerError::Settings)?;
    let index = Asset::new("text/html; charset=utf-8", include_str!("page/index.html"));
    let mut files = BTreeMap::from([
        ("", index.clone()),
        ("index.html", index),
        ("page.css", Asset::new(STYLE, include_str!("page/page.css"))),
        ("start.js", Asset::new(SCRIPT, include_str!("page/start.js"))),
        ("config.json", Asset::new(CONTENT_TYPE_JSON, settings)),
    ]);
    let config = Arc::new(config);
    for (name, content_type) in SWAGGER_FILES {
        let file = utoipa_swagger_ui::serve(name, Arc::clone(&config));
        let missing = |source| ViewerError::Swagger { file: name, source };
        let file = file.map_err(|e| missing(Some(e.to_string().into())))?.ok_or_else(|| missing(None))?;
        files.insert(name, Asset::new(content_type, file.bytes.into_owned()));
    }
    Ok(files)
}
