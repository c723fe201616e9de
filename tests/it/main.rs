//! One test binary: linking the server once is much cheaper than once per file.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test, at a line that says where")]

mod build_script;
mod delivery;
mod drift;
mod drift_edits;
mod examples;
mod flow;
mod generated;
mod migrations;
mod refusals;
mod runtime;
mod seed_facts;
mod seed_facts_edits;
mod service;
mod spec;
mod store;
mod support;
mod viewer;
