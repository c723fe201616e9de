//! Endpoints of the operator API, generated from `openapi/operator.yaml`.
//!
//! Three other windows on the same text: `tests/snapshots/operator_api.rs`, one line per operation in
//! `tests/snapshots/operations.txt`, and `cargo doc --document-private-items`.
//!
//! A handler cannot answer what its operation does not list, because there is no variant for it:
//!
//! ```
//! fn documented(body: countersign::api::operator::types::Problem) -> countersign::api::operator::generated::TokenTestFailure {
//!     countersign::api::operator::generated::TokenTestFailure::Status422 { body }
//! }
//! ```
//!
//! ```compile_fail,E0599
//! fn undocumented(body: countersign::api::operator::types::Problem) -> countersign::api::operator::generated::TokenViewFailure {
//!     countersign::api::operator::generated::TokenViewFailure::Status422 { body }
//! }
//! ```

include!(concat!(env!("OUT_DIR"), "/operator_api.rs"));
