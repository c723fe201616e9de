//! The API families: wire types, generated endpoints, handlers.

pub mod bne;
pub mod dbx;
#[cfg(feature = "server")]
pub mod runtime;
pub mod scalar;
