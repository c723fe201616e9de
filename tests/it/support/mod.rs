//! What several tests need.

pub(crate) mod domain;
pub(crate) mod pages;
pub(crate) mod shop;
pub(crate) mod sms_gateway;
pub(crate) mod smtp_server;
pub(crate) mod tls;
