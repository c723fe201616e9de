//! Countersign: a self-hosted step-up authentication server for banks.
//!
//! The map of the crate. Data runs down this list; imports point towards `domain`, which names nobody. With the feature
//! `client` alone there are [`api`], of that the wire types, and `client`; the rest comes with `server`.
//!
//! - [`api`]: parse a request, call one service function, convert the answer. The endpoints come from `openapi/`.
//! - `domain`: the life of a code, tokens, transactions, limits, the audit trail. Pure and synchronous but for the verbs
//!   (`service`, `challenge`, `desk`) and `ports`.
//! - `store`: SQL and sealed columns; every port method is one atomic step.
//! - `delivery`: SMTP, SMS gateway, message templates.
//! - `identity`: the keys that identity services publish.
//! - `front`: the listeners: bounds and deadlines of connections, TLS, client certificates, trusted proxies.
//! - `siem`: the ArcSight feed.
//! - `tokenfile`: files of token seeds: PSKC, CSV, `otpauth://` and its QR code.
//! - `viewer`: the documents and a page to read them.
//! - `dev`: what `serve --dev` adds: an inbox, a signing key, a few customers with tokens, an operator; and `demo`.
//! - `bench`: `countersign bench`: a load generator, and what to compare its figures with.
//! - `client`: the generated client and a thin wrapper that turns business failures into errors; start reading there if
//!   you call a server.
//! - `cli`, `config`, `server`, `worker`, `telemetry`: how it is run. Most commands are clients of the operator API; few
//!   work on the data file, with the server stopped.
//!
//! `src/codegen` is no part of the crate: `build.rs` compiles it and runs it on `openapi/`.

pub mod api;
#[cfg(feature = "client")]
pub mod client;

#[cfg(feature = "server")]
pub mod bench;
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod delivery;
#[cfg(feature = "server")]
pub mod dev;
#[cfg(feature = "server")]
pub mod domain;
#[cfg(feature = "server")]
pub mod front;
#[cfg(feature = "server")]
pub mod identity;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod siem;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod telemetry;
#[cfg(feature = "server")]
pub mod tokenfile;
#[cfg(feature = "server")]
pub mod viewer;
#[cfg(feature = "server")]
pub mod worker;
