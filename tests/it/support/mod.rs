//! What several tests need.

pub(crate) mod domain;
pub(crate) mod shop;
