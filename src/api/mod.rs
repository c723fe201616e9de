//! The API families: wire types, generated endpoints, handlers.

pub mod bne;
#[cfg(feature = "server")]
pub mod caller;
#[cfg(feature = "server")]
pub mod certificate;
pub mod dbx;
pub mod operator;
#[cfg(feature = "server")]
pub mod runtime;
pub mod scalar;
#[cfg(feature = "server")]
pub mod throttle;
