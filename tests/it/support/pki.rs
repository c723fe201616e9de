//! A certification authority, a server's files, and callers with certificates of their own.

use countersign::config::listener::{ClientBinding, ClientCertificates, OperatorBinding, Tls};
use countersign::server::SystemRandom;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
    date_time_ymd,
};
use reqwest::{Certificate, Client, ClientBuilder, Identity};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// An authority, and the directory of a server whose certificate it has issued.
pub(crate) struct Pki {
    dir: TempDir,
    ca: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key.
pub(crate) struct Pair {
    pub(crate) chain: String,
    pub(crate) key: String,
    serial: SerialNumber,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "authority");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let pki = Self { dir: tempfile::tempdir().unwrap(), ca };
        pki.write("ca.pem", &pki.ca.pem());
        pki.install(&pki.server());
        pki
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Puts a pair in place for the server.
    pub(crate) fn install(&self, pair: &Pair) {
        self.write("server.pem", &pair.chain);
        self.write("server.key", &pair.key);
    }

    /// A new certificate for `localhost`.
    pub(crate) fn server(&self) -> Pair {
        self.server_for(&["localhost"])
    }

    /// A new certificate for these names and addresses.
    pub(crate) fn server_for(&self, names: &[&str]) -> Pair {
        self.issue(server_params(names))
    }

    /// The same, no longer good.
    pub(crate) fn expired_server_for(&self, names: &[&str]) -> Pair {
        let mut params = server_params(names);
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        self.issue(params)
    }

    /// A certificate of a caller with this DNS name, whose subject is `CN=name,O=Bank`.
    pub(crate) fn client(&self, name: &str) -> Pair {
        self.issue(client_params(name))
    }

    /// The same, no longer good.
    pub(crate) fn expired_client(&self, name: &str) -> Pair {
        let mut params = client_params(name);
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        self.issue(params)
    }

    /// Says in `crl.pem` which certificates are revoked.
    pub(crate) fn revoke(&self, pairs: &[&Pair]) {
        let revoked = |pair: &&Pair| RevokedCertParams {
            serial_number: pair.serial.clone(),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 1, 1),
            next_update: date_time_ymd(2036, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: pairs.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        self.write("crl.pem", &list.signed_by(&self.ca).unwrap().pem().unwrap());
    }

    fn issue(&self, mut params: CertificateParams) -> Pair {
        let key = KeyPair::generate().unwrap();
        let serial = SerialNumber::from(SystemRandom.uuid().as_bytes()[1..].to_vec());
        params.serial_number = Some(serial.clone());
        let certificate = params.signed_by(&key, &self.ca).unwrap();
        Pair { chain: certificate.pem(), key: key.serialize_pem(), serial }
    }

    /// The table of a listener that takes client certificates of this authority.
    pub(crate) fn tls<W>(&self, client_certificates: ClientCertificates, clients: Vec<W>) -> Tls<W> {
        let asked = client_certificates != ClientCertificates::None;
        Tls {
            certificate_file: self.path("server.pem"),
            key_file: self.path("server.key"),
            client_certificates,
            client_ca_file: asked.then(|| self.path("ca.pem")),
            client_crl_file: self.path("crl.pem").exists().then(|| self.path("crl.pem")),
            clients,
        }
    }

    /// A caller who trusts the authority and has no certificate.
    pub(crate) fn stranger(&self, address: SocketAddr) -> Client {
        self.builder(address).build().unwrap()
    }

    /// A caller with a certificate.
    pub(crate) fn caller(&self, address: SocketAddr, pair: &Pair) -> Client {
        let identity = Identity::from_pem(format!("{}{}", pair.chain, pair.key).as_bytes()).unwrap();
        self.builder(address).identity(identity).build().unwrap()
    }

    pub(crate) fn builder(&self, address: SocketAddr) -> ClientBuilder {
        let authority = Certificate::from_pem(self.ca.pem().as_bytes()).unwrap();
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).resolve("localhost", address);
        client.tls_certs_only([authority])
    }
}

fn server_params(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap()
}

fn client_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Bank");
    params.distinguished_name.push(DnType::CommonName, name);
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

/// The entry of a client that is known by a DNS name.
pub(crate) fn client_by_dns(dns: &str, client_id: &str) -> ClientBinding {
    let (subject, uri, sha256) = (None, None, None);
    ClientBinding { subject, dns: Some(dns.to_owned()), uri, sha256, client_id: client_id.to_owned() }
}

/// The entry of an operator who is known by a subject.
pub(crate) fn operator_by_subject(subject: &str, operator: &str) -> OperatorBinding {
    let (dns, uri, sha256) = (None, None, None);
    OperatorBinding { subject: Some(subject.to_owned()), dns, uri, sha256, operator: operator.to_owned() }
}

/// Where a listener of this machine is called by name.
pub(crate) fn url(address: SocketAddr, path: &str) -> String {
    format!("https://localhost:{}{path}", address.port())
}
