//! Family A: DBX one-time passwords.

#[cfg(feature = "server")]
pub mod generated;
#[cfg(feature = "server")]
mod reject;
pub mod types;
