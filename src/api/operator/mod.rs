//! Family C: the operator API.

#[cfg(feature = "server")]
mod convert;
#[cfg(feature = "server")]
pub mod generated;
#[cfg(feature = "server")]
pub mod handlers;
#[cfg(feature = "server")]
mod reject;
pub mod types;
