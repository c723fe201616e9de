use super::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, DnValue, IsCa, KeyPair, SanType,
};
use tempfile::TempDir;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate that is good until then, and its key.
fn pair(authority: &Authority, until: (i32, u8)) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(until.0, until.1, 1);
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

fn at(year: i32, month: u32) -> DateTime<Utc> {
    chrono::NaiveDate::from_ymd_opt(year, month, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// The files of a listener.
struct Place {
    dir: TempDir,
    authority: Authority,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), authority: authority("ca") }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).unwrap();
    }

    /// Puts a new pair in place.
    fn renew(&self, until: (i32, u8)) -> (String, String) {
        let (chain, key) = pair(&self.authority, until);
        self.write("chain.pem", &chain);
        self.write("key.pem", &key);
        (chain, key)
    }

    fn options(&self) -> TlsOptions {
        let path = |name| self.dir.path().join(name);
        TlsOptions { certificate_file: path("chain.pem"), key_file: path("key.pem"), clients: None }
    }

    /// Why the files do not fit.
    fn complaint(&self, options: TlsOptions) -> String {
        let TlsError { key, problem } = Tls::load(options).err().expect("the files should be refused");
        format!("{key}: {}", problem.replace(&format!("{}/", self.dir.path().display()), ""))
    }
}

#[test]
fn what_does_not_fit_is_named_with_its_key_and_file() {
    let place = Place::new();
    assert!(place.complaint(place.options()).starts_with("certificate_file: chain.pem cannot be opened: "));
    let (chain, key) = place.renew((2030, 1));
    assert!(Tls::load(place.options()).is_ok());
    let spoilt = |name: &str, text: &str, right: &str| {
        place.write(name, text);
        let complaint = place.complaint(place.options());
        place.write(name, right);
        complaint
    };
    assert_eq!(spoilt("chain.pem", "", &chain), "certificate_file: chain.pem has no certificate in PEM");
    assert_eq!(spoilt("chain.pem", &key, &chain), "certificate_file: chain.pem has no certificate in PEM");
    let cut = chain.replacen("MII", "M", 1);
    assert!(spoilt("chain.pem", &cut, &chain).starts_with("certificate_file: chain.pem has "));
    assert_eq!(spoilt("key.pem", &chain, &key), "key_file: key.pem has no private key in PEM");
    let (other_chain, other_key) = pair(&place.authority, (2030, 1));
    assert_eq!(spoilt("key.pem", &other_key, &key), "key_file: key.pem is not the key of chain.pem");
    let order = "certificate_file: chain.pem is not in order: the server's own certificate first, after each the one that \
                 issued it";
    assert_eq!(spoilt("chain.pem", &(chain.clone() + &other_chain), &chain), order);
    assert_eq!(spoilt("chain.pem", &(place.authority.pem() + &chain), &chain), order);
    let long = "x".repeat(FILE_MAX as usize + 1);
    assert_eq!(spoilt("chain.pem", &long, &chain), "certificate_file: chain.pem is longer than 1048576 bytes");
    place.write("chain.pem", &(chain + &place.authority.pem()));
    assert!(Tls::load(place.options()).is_ok());
    let ca_file = place.dir.path().join("ca.pem");
    let asking = TlsOptions { clients: Some(Clients { ca_file, crl_file: None, required: true }), ..place.options() };
    place.write("ca.pem", "none");
    assert_eq!(place.complaint(asking.clone()), "client_ca_file: ca.pem has no certificate in PEM");
    place.write("ca.pem", &place.authority.pem());
    assert!(Tls::load(asking.clone()).is_ok());
    let crl_file = Some(place.dir.path().join("crl.pem"));
    let clients = asking.clients.clone().map(|clients| Clients { crl_file, ..clients });
    place.write("crl.pem", "none");
    let complaint = place.complaint(TlsOptions { clients, ..asking });
    assert_eq!(complaint, "client_crl_file: crl.pem has no revocation list in PEM");
}

#[test]
fn new_files_are_taken_and_bad_ones_leave_the_old_in_place_and_are_told_once() {
    let place = Place::new();
    let (_, old_key) = place.renew((2030, 1));
    let tls = Tls::load(place.options()).unwrap();
    let (first, now) = (tls.config(), at(2026, 1));
    assert_eq!((tls.reload(now, false), tls.expires()), (Look::Same, at(2030, 1)));
    place.renew((2031, 1));
    assert_eq!((tls.reload(now, false), tls.expires()), (Look::Taken, at(2031, 1)));
    assert!(!Arc::ptr_eq(&first, &tls.config()));
    let second = tls.config();

    // A renewal whose key is not there yet: said at the second look, and not again.
    let (_, new_key) = place.renew((2032, 1));
    place.write("key.pem", &old_key);
    assert_eq!(tls.reload(now, false), Look::Same);
    assert!(matches!(tls.reload(now, false), Look::Kept(TlsError { key: "key_file", .. })));
    assert_eq!(tls.reload(now, false), Look::Same);
    assert!(matches!(tls.reload(now, true), Look::Kept(_)), "whoever asks is told");
    assert!(Arc::ptr_eq(&second, &tls.config()));
    place.write("key.pem", &new_key);
    assert_eq!((tls.reload(now, false), tls.expires()), (Look::Taken, at(2032, 1)));

    std::fs::remove_file(place.dir.path().join("key.pem")).unwrap();
    let Look::Kept(problem) = tls.reload(now, true) else { panic!("there is no key") };
    assert!(problem.to_string().contains("key.pem cannot be opened"), "{problem}");
    place.renew((2025, 1));
    let Look::Kept(problem) = tls.reload(now, true) else { panic!("it has expired") };
    assert!(problem.to_string().ends_with("chain.pem has expired"), "{problem}");
    assert_eq!(tls.expires(), at(2032, 1));
}

#[test]
fn a_client_certificate_is_read_as_rfc_4514_writes_it() {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    let name = &mut params.distinguished_name;
    name.push(DnType::CountryName, "MX");
    name.push(DnType::OrganizationName, "Bank, \"S.A.\" + Co");
    name.push(DnType::OrganizationalUnitName, DnValue::Utf8String(" #1 ñ ".to_owned()));
    name.push(DnType::CommonName, "#corporate-web");
    params.subject_alt_names = vec![
        SanType::DnsName("Web.Bank.example".try_into().unwrap()),
        SanType::URI("spiffe://bank.example/web".try_into().unwrap()),
        SanType::Rfc822Name("web@bank.example".try_into().unwrap()),
    ];
    let key = KeyPair::generate().unwrap();
    let made = params.self_signed(&key).unwrap();
    let read = certificate(made.der()).unwrap();
    assert_eq!(read.subject, r#"CN=\#corporate-web,OU=\ #1 ñ\ ,O=Bank\, \"S.A.\" \+ Co,C=MX"#);
    assert_eq!(
        (read.dns, read.uris),
        (vec!["web.bank.example".to_owned()], vec!["spiffe://bank.example/web".to_owned()])
    );
    assert_eq!(read.fingerprint[..], *digest::digest(&digest::SHA256, made.der()).as_ref());
    assert_eq!(certificate(&CertificateDer::from(vec![0x30, 0])), None);
}
