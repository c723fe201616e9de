//! Endpoints of the DBX family, generated from `openapi/dbx-otp.yaml`.
//!
//! Three other windows on the same text: `tests/snapshots/dbx_api.rs`, one line per operation in
//! `tests/snapshots/operations.txt`, and `cargo doc --document-private-items`.
//!
//! A handler cannot answer what the document does not list, because there is no variant for it:
//!
//! ```
//! fn documented(body: countersign::api::dbx::types::DbxError) -> countersign::api::dbx::generated::DbxFailure {
//!     countersign::api::dbx::generated::DbxFailure::Status500 { body }
//! }
//! ```
//!
//! ```compile_fail,E0599
//! fn undocumented(body: countersign::api::dbx::types::DbxError) -> countersign::api::dbx::generated::DbxFailure {
//!     countersign::api::dbx::generated::DbxFailure::Status404 { body }
//! }
//! ```

include!(concat!(env!("OUT_DIR"), "/dbx_api.rs"));
