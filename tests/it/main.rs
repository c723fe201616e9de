//! One test binary: linking the server once is much cheaper than once per file.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test, at a line that says where")]

mod attacks;
mod bad_input;
mod bne;
mod browser;
mod build_script;
mod challenge;
mod cli;
mod coverage;
mod customer;
mod dbx;
mod delivery;
mod demo;
mod drift;
mod drift_edits;
mod examples;
mod facts;
mod flow;
mod front;
mod generated;
mod identity;
mod layers;
mod leaks;
mod migrations;
mod operator;
mod operator_facts;
mod redeem;
mod refusals;
mod rotation;
mod runtime;
mod security;
mod seed_facts;
mod seed_facts_edits;
mod sends;
mod server;
mod service;
mod session;
mod siem;
mod spec;
mod store;
mod support;
mod token;
mod token_peers;
mod transaction;
mod viewer;
