//! The API families: wire types, generated endpoints, handlers.

pub mod bne;
pub mod dbx;
pub mod scalar;
