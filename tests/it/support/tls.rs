//! A certification authority of our own, as a bank's internal one.

use countersign::config::siem;
use countersign::siem::options::SiemOptions;
use countersign::siem::syslog::{Address, Transport};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::{NamedTempFile, TempDir};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate for a host name, and who vouches for it.
pub(crate) struct PrivateCa {
    /// Serves with the certificate.
    pub(crate) acceptor: TlsAcceptor,
    /// The PEM file a client needs to trust it.
    pub(crate) ca_file: NamedTempFile,
}

impl PrivateCa {
    /// Makes an authority and a certificate for `host`.
    pub(crate) fn for_host(host: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        let mut ca_file = NamedTempFile::new().unwrap();
        ca_file.write_all(ca.pem().as_bytes()).unwrap();
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_file }
    }
}

/// The files of a server and a client that know each other by one authority.
pub(crate) struct ClientPki {
    pub(crate) authority: PathBuf,
    pub(crate) server: PathBuf,
    pub(crate) server_key: PathBuf,
    pub(crate) client: PathBuf,
    pub(crate) client_key: PathBuf,
    _dir: TempDir,
}

impl ClientPki {
    /// Makes an authority and certificates for the server `localhost` and for a client.
    pub(crate) fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let write = |name: &str, pem: String| {
            let path = dir.path().join(name);
            std::fs::write(&path, pem).unwrap();
            path
        };
        let identity = |name: &str| {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            // OpenSSL takes a certificate with its issuer's name for a self-signed one.
            params.distinguished_name.push(DnType::CommonName, name);
            let certificate = params.signed_by(&key, &ca).unwrap();
            (write(&format!("{name}.pem"), certificate.pem()), write(&format!("{name}.key"), key.serialize_pem()))
        };
        let ((server, server_key), (client, client_key)) = (identity("localhost"), identity("otp1.bank.example"));
        Self { authority: write("ca.pem", ca.pem()), server, server_key, client, client_key, _dir: dir }
    }

    /// The way to a server that wants a certificate.
    pub(crate) fn transport(&self, to: Address) -> Transport {
        self.way(to, Some((self.client.clone(), self.client_key.clone())))
    }

    /// The same, of a client that has none.
    pub(crate) fn transport_without_certificate(&self, to: Address) -> Transport {
        self.way(to, None)
    }

    fn way(&self, to: Address, identity: Option<(PathBuf, PathBuf)>) -> Transport {
        let (certificate_file, key_file) = identity.unzip();
        let tls = siem::Tls {
            address: to.to_string(),
            server_name: None,
            ca_file: Some(self.authority.clone()),
            certificate_file,
            key_file,
            message_max_bytes: 8192,
        };
        let spool = siem::Spool { directory: "unused".into(), bytes_max: 0, age_max_hours: 1, sync_millis: 1 };
        let config =
            siem::Siem { transport: Some(siem::Transport::Tls(tls)), spool: Some(spool), ..siem::Siem::default() };
        SiemOptions::from_config(&config, 1).unwrap().forward.unwrap().transport
    }
}
