//! What both listeners have: TLS, client certificates, bounds on connections.

use super::problems::Problems;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// `[server.tls]`, `[operator.tls]`. `W` is whose a client certificate is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls<W> {
    /// The server's certificate and those that issued it, in PEM.
    pub certificate_file: PathBuf,
    /// Its private key, in PEM.
    pub key_file: PathBuf,
    /// Whether callers show certificates.
    #[serde(default)]
    pub client_certificates: ClientCertificates,
    /// The authorities that issue them, in PEM.
    pub client_ca_file: Option<PathBuf>,
    /// Revoked ones, in PEM.
    pub client_crl_file: Option<PathBuf>,
    /// Whose they are.
    #[serde(default = "Vec::new")]
    pub clients: Vec<W>,
}

/// Whether callers show certificates.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClientCertificates {
    /// They are not asked for one.
    #[default]
    None,
    /// One that is shown must be good.
    Optional,
    /// No connection without one.
    Required,
}

/// `[[server.tls.clients]]`: a client of the BNE family.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientBinding {
    /// The subject, as RFC 4514 writes it.
    pub subject: Option<String>,
    /// A DNS name.
    pub dns: Option<String>,
    /// A URI.
    pub uri: Option<String>,
    /// The SHA-256 of the certificate in hexadecimal digits.
    pub sha256: Option<String>,
    /// The client.
    pub client_id: String,
}

/// `[[operator.tls.clients]]`: an operator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorBinding {
    /// The subject, as RFC 4514 writes it.
    pub subject: Option<String>,
    /// A DNS name.
    pub dns: Option<String>,
    /// A URI.
    pub uri: Option<String>,
    /// The SHA-256 of the certificate in hexadecimal digits.
    pub sha256: Option<String>,
    /// The operator's name.
    pub operator: String,
}

/// `[server.connections]`, `[operator.connections]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    /// At once; from the limit of file descriptors if not set.
    pub max: Option<usize>,
    /// At once from one address; a quarter of all if not set.
    pub per_address_max: Option<usize>,
    /// How long agreeing on TLS may take.
    pub handshake_timeout_secs: u64,
    /// How long a request's head may take, the first byte included.
    pub head_timeout_secs: u64,
    /// How long a connection may wait for its next request.
    pub idle_timeout_secs: u64,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            max: None,
            per_address_max: None,
            handshake_timeout_secs: 10,
            head_timeout_secs: 15,
            idle_timeout_secs: 75,
        }
    }
}

impl Connections {
    pub(super) fn check(&self, table: &str, problems: &mut Problems) {
        let mut within = |key: &str, value: u64, min, max| problems.within(&format!("{table}.{key}"), value, min, max);
        if let Some(max) = self.max {
            within("max", max as u64, 16, 1_000_000);
        }
        if let Some(max) = self.per_address_max {
            within("per_address_max", max as u64, 1, 1_000_000);
        }
        within("handshake_timeout_secs", self.handshake_timeout_secs, 1, 60);
        within("head_timeout_secs", self.head_timeout_secs, 1, 60);
        within("idle_timeout_secs", self.idle_timeout_secs, 1, 3600);
    }
}

impl<W> Tls<W> {
    pub(super) fn check(&self, table: &str, problems: &mut Problems) {
        let asked = self.client_certificates != ClientCertificates::None;
        if asked && self.client_ca_file.is_none() {
            problems.add(
                &format!("{table}.client_certificates"),
                "needs client_ca_file: the authorities that issue client certificates",
            );
        }
        for (key, file) in [("client_ca_file", &self.client_ca_file), ("client_crl_file", &self.client_crl_file)] {
            if !asked && file.is_some() {
                problems.add(
                    &format!("{table}.{key}"),
                    "has no effect unless client_certificates is \"optional\" or \"required\"",
                );
            }
        }
        if !asked && !self.clients.is_empty() {
            problems.add(
                &format!("{table}.clients"),
                "have no effect unless client_certificates is \"optional\" or \"required\"",
            );
        }
    }

    pub(super) fn place(&mut self, place: impl Fn(&mut PathBuf)) {
        let own = [&mut self.certificate_file, &mut self.key_file].into_iter().map(Some);
        let files = own.chain([self.client_ca_file.as_mut(), self.client_crl_file.as_mut()]);
        files.flatten().for_each(place);
    }
}

/// Whether a listener may speak plain HTTP: with others than this machine only behind a proxy that ends TLS.
pub(super) fn check_clear(table: &str, listen: SocketAddr, tls: bool, behind_tls_proxy: bool, problems: &mut Problems) {
    if tls && behind_tls_proxy {
        problems.add(
            &format!("{table}.behind_tls_proxy"),
            format_args!("says that a proxy ends TLS, and [{table}.tls] that the server does: take one out"),
        );
    }
    if !tls && !behind_tls_proxy && !listen.ip().is_loopback() {
        problems.add(
            &format!("{table}.listen"),
            format_args!(
                "{listen} is no loopback address, and codes, tokens and credentials would travel in clear: add \
                 [{table}.tls], or listen on 127.0.0.1, or put a proxy in front that ends TLS and set \
                 {table}.behind_tls_proxy = true"
            ),
        );
    }
}
