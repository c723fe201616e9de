//! What several tests need.

pub(crate) mod attack;
pub(crate) mod bank;
pub(crate) mod bne;
pub(crate) mod bne_api;
pub(crate) mod dbx;
pub(crate) mod domain;
pub(crate) mod office;
pub(crate) mod openid_provider;
pub(crate) mod optional;
pub(crate) mod pages;
pub(crate) mod pki;
pub(crate) mod postgres;
pub(crate) mod relay;
pub(crate) mod rows;
pub(crate) mod rsyslog;
pub(crate) mod server;
pub(crate) mod shop;
pub(crate) mod signer;
pub(crate) mod sms_gateway;
pub(crate) mod smtp_server;
pub(crate) mod tls;
pub(crate) mod webdriver;
