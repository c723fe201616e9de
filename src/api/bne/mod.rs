//! Family B: BNE challenge validation.

#[cfg(feature = "server")]
mod convert;
#[cfg(feature = "server")]
pub mod feed;
#[cfg(feature = "server")]
pub mod generated;
#[cfg(feature = "server")]
pub mod handlers;
#[cfg(feature = "server")]
mod reject;
pub mod types;

#[cfg(feature = "server")]
pub(in crate::api) use convert::subject;
