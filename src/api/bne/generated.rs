//! Endpoints of the BNE family, generated from `openapi/bne-challenge.yaml`.
//!
//! Three other windows on the same text: `tests/snapshots/bne_api.rs`, one line per operation in
//! `tests/snapshots/operations.txt`, and `cargo doc --document-private-items`.
//!
//! A handler cannot answer what the document does not list, because there is no variant for it:
//!
//! ```
//! fn documented(body: countersign::api::bne::types::BneError) -> countersign::api::bne::generated::BneFailure {
//!     countersign::api::bne::generated::BneFailure::Status500 { body }
//! }
//! ```
//!
//! ```compile_fail,E0599
//! fn undocumented(body: countersign::api::bne::types::BneError) -> countersign::api::bne::generated::BneFailure {
//!     countersign::api::bne::generated::BneFailure::Status503 { body }
//! }
//! ```

include!(concat!(env!("OUT_DIR"), "/bne_api.rs"));
