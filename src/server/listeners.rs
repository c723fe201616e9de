//! How many connections the listeners may have: what the limit of file descriptors leaves, unless the configuration says
//! less.

use super::settings::listeners::Listeners;
use crate::config::Config;
use crate::config::listener::Connections;
use crate::front::{self, Deadlines};
use crate::telemetry::Metrics;
use chrono::{DateTime, Utc};
use rustix::process::{Resource, getrlimit, setrlimit};
use slog::{Logger, warn};
use std::net::SocketAddr;
use std::time::Duration;

/// What everything else may need: the data file and its readers, connections to providers, logs.
const RESERVED: u64 = 96;
/// A listener never has fewer.
const MAX_LEAST: usize = 16;
/// With fewer than this, somebody should be told.
const FEW: usize = 256;
/// More than this has to be asked for: each takes memory, too.
const BANK_MAX: u64 = 8192;
const OPERATOR_MAX: u64 = 1024;

/// The listeners' options. Raises the limit of file descriptors as far as the process may.
pub(super) fn options(
    config: &Config,
    listeners: &Listeners,
    log: &Logger,
) -> (front::Options, Option<front::Options>) {
    let descriptors = raise(log).saturating_sub(RESERVED);
    let server = &config.server;
    // Both together stay below the limit, so that the one cannot starve the other.
    let operator_share = if config.operator.enabled { descriptors / 8 } else { 0 };
    let of = |name, table, address: SocketAddr, connections: &Connections, share: u64, most: u64, tls| {
        let can = usize::try_from(share).unwrap_or(usize::MAX);
        let wanted = connections.max.unwrap_or(FEW);
        if wanted > can {
            warn!(
                log,
                "the limit of file descriptors leaves few connections: raise it (LimitNOFILE= in the systemd unit, \
                 `ulimit -n` in a shell)";
                "bound" => format!("{table}.max"), "wanted" => wanted, "used" => can.max(MAX_LEAST)
            );
        }
        let usual = usize::try_from(most).unwrap_or(usize::MAX);
        let max = connections.max.unwrap_or(usual).min(can).max(MAX_LEAST);
        // Whoever stands behind a proxy sees the proxy's address only, and the bound would be one for everybody.
        let one_address = if listeners.one_address(name) { max } else { (max / 4).max(MAX_LEAST) };
        front::Options {
            name,
            table,
            address,
            connections_max: max,
            per_address_max: connections.per_address_max.unwrap_or(one_address),
            deadlines: Deadlines {
                handshake: Duration::from_secs(connections.handshake_timeout_secs),
                head: Duration::from_secs(connections.head_timeout_secs),
                idle: Duration::from_secs(connections.idle_timeout_secs),
            },
            proxies: listeners.proxies.clone(),
            forwarded_header: listeners.forwarded_header,
            tls,
        }
    };
    let bank_share = descriptors - operator_share;
    let (name, table) = ("bank", "server.connections");
    let bank = of(name, table, server.listen, &server.connections, bank_share, BANK_MAX, listeners.bank_tls.clone());
    let operator = &config.operator;
    let (name, table) = ("operator", "operator.connections");
    let tls = listeners.operator_tls.clone();
    let operator = operator
        .enabled
        .then(|| of(name, table, operator.listen, &operator.connections, operator_share, OPERATOR_MAX, tls));
    (bank, operator)
}

/// The limit of file descriptors of this process, as high as it may be.
fn raise(log: &Logger) -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let before = limit;
        limit.current = limit.maximum;
        if let Err(problem) = setrlimit(Resource::Nofile, limit) {
            warn!(log, "the limit of file descriptors stays as it is"; "problem" => %problem);
            limit = before;
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

impl front::Observer for Metrics {
    fn opened(&self, listener: &'static str) {
        self.connection_opened(listener);
    }

    fn closed(&self, listener: &'static str) {
        self.connection_closed(listener);
    }

    fn dropped(&self, listener: &'static str, reason: &'static str, connections: usize) {
        self.connections_dropped(listener, reason, connections as u64);
    }

    fn expires(&self, listener: &'static str, at: DateTime<Utc>) {
        self.certificate_expires(listener, at.timestamp());
    }
}
