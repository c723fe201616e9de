//! `[operator]`: the operator API, for the bank's back office and back end.

use super::check::base_path;
use super::listener::{Connections, OperatorBinding, Tls, check_clear};
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
    /// Whether `/metrics` is served here.
    pub metrics: bool,
    /// TLS of the server's own.
    pub tls: Option<Tls<OperatorBinding>>,
    /// How many connections there are, and how long one may be quiet.
    pub connections: Connections,
}

impl Default for Operator {
    fn default() -> Self {
        Self {
            enabled: false,
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            base_path: String::new(),
            behind_tls_proxy: false,
            metrics: false,
            tls: None,
            connections: Connections::default(),
        }
    }
}

impl Operator {
    pub(super) fn check(&self, bank: SocketAddr, problems: &mut Problems) {
        if let Err(problem) = base_path(&self.base_path) {
            problems.add("operator.base_path", problem);
        }
        if let Some(tls) = &self.tls {
            tls.check("operator.tls", problems);
        }
        self.connections.check("operator.connections", problems);
        if !self.enabled {
            return;
        }
        check_clear("operator", self.listen, self.tls.is_some(), self.behind_tls_proxy, problems);
        if self.listen == bank && bank.port() != 0 {
            problems.add("operator.listen", "must not be server.listen: the operator API has a listener of its own");
        }
    }
}
