//! Family B: BNE challenge validation.

#[cfg(feature = "server")]
pub mod generated;
#[cfg(feature = "server")]
mod reject;
pub mod types;
