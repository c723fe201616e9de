//! Family C: the operator API.

#[cfg(feature = "server")]
pub mod generated;
#[cfg(feature = "server")]
mod reject;
pub mod types;
