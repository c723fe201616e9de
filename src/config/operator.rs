//! `[operator]`: the operator API, for the bank's back office and back end.

use super::check::base_path;
use super::problems::Problems;
use serde::Deserialize;
use std::net::SocketAddr;

/// `[operator]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operator {
    /// Whether the API is served.
    pub enabled: bool,
    /// Its own address and port.
    pub listen: SocketAddr,
    /// In front of every path of the API.
    pub base_path: String,
    /// Whether a proxy in front ends TLS, so that the listener may be on another address than loopback.
    pub behind_tls_proxy: bool,
}

impl Default for Operator {
    fn default() -> Self {
        Self {
            enabled: false,
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            base_path: String::new(),
            behind_tls_proxy: false,
        }
    }
}

impl Operator {
    pub(super) fn check(&self, bank: SocketAddr, problems: &mut Problems) {
        if let Err(problem) = base_path(&self.base_path) {
            problems.add("operator.base_path", problem);
        }
        if !self.enabled {
            return;
        }
        if !self.listen.ip().is_loopback() && !self.behind_tls_proxy {
            problems.add(
                "operator.listen",
                format_args!(
                    "{} is no loopback address, and credentials would travel in clear: listen on 127.0.0.1, or put a \
                     proxy in front that ends TLS and set operator.behind_tls_proxy = true",
                    self.listen
                ),
            );
        }
        if self.listen == bank && bank.port() != 0 {
            problems.add("operator.listen", "must not be server.listen: the operator API has a listener of its own");
        }
    }
}
