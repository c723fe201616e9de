//! Certificates on the command line: what does not fit is found before the start, and commands reach a server over TLS.

use super::*;
use crate::support::pki::Pki;

/// A bank whose operator listener speaks TLS and knows the operator `root` by a client certificate.
struct Bank {
    place: Place,
    pki: Pki,
    config: String,
}

impl Bank {
    fn new() -> Self {
        let (place, pki) = (Place::new(), Pki::new());
        let config = place.config();
        let text = fs::read_to_string(&config).unwrap();
        let (head, operator) = text.split_once("\n[operator]\n").unwrap();
        let operator = operator.replacen("enabled = false", "enabled = true", 1).replacen("8081", "0", 1);
        let file = |name: &str| pki.path(name).display().to_string();
        let tls = format!(
            "[operator.tls]\ncertificate_file = \"{}\"\nkey_file = \"{}\"\nclient_certificates = \"optional\"\n\
             client_ca_file = \"{}\"\n[[operator.tls.clients]]\ndns = \"root.bank.example\"\noperator = \"root\"\n",
            file("server.pem"),
            file("server.key"),
            file("ca.pem")
        );
        place.write("bank.toml", &format!("{head}\n[operator]\n{operator}\n{tls}"));
        Self { place, pki, config }
    }

    fn file(&self, name: &str, text: &str) -> String {
        self.pki.write(name, text);
        self.pki.path(name).display().to_string()
    }

    fn line_of(&self, part: &str) -> usize {
        let text = fs::read_to_string(&self.config).unwrap();
        text.lines().position(|line| line.starts_with(part)).unwrap() + 1
    }
}

#[test]
fn certificates_that_do_not_fit_are_found_by_check_config() {
    let bank = Bank::new();
    let check = || run(&["check-config", &bank.config]);
    let (code, said, complaint) = check();
    assert_eq!(code, 0, "{complaint}");
    let said = said + &complaint;
    assert!(said.contains("operator.tls.key_file: every user of this machine can read"), "{said}");
    let good = fs::read_to_string(bank.pki.path("server.key")).unwrap();
    bank.file("server.key", &bank.pki.server().key);
    let (code, _, complaint) = check();
    let at = format!("bank.toml:{}: operator.tls.key_file: ", bank.line_of("key_file = "));
    assert!(code != 0 && complaint.contains(&at) && complaint.contains("is not the key of"), "{complaint}");
    bank.file("server.key", &good);
    let text = fs::read_to_string(&bank.config).unwrap().replace("dns = \"root.bank", "sha256 = \"root.bank");
    bank.place.write("bank.toml", &text);
    let (code, _, complaint) = check();
    let at = format!("bank.toml:{}: operator.tls.clients[0].sha256: must have 64", bank.line_of("sha256 = "));
    assert!(code != 0 && complaint.contains(&at), "{complaint}");
}

#[test]
fn commands_call_over_tls_with_a_credential_or_a_client_certificate() {
    let bank = Bank::new();
    let (code, credential, complaint) = run(&["operator", "create", "root", "--config", &bank.config]);
    assert_eq!(code, 0, "{complaint}");
    let credential = bank.place.write("root.credential", &credential);
    let mut server = Running::start(&["serve", "--config", &bank.config]);
    let line: serde_json::Value = serde_json::from_str(&server.logged("listening for operators")).unwrap();
    let port = line["address"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned();
    let url = format!("https://localhost:{port}");
    let ca = bank.pki.path("ca.pem").display().to_string();
    let pair = bank.pki.client("root.bank.example");
    let (certificate, key) = (bank.file("root.pem", &pair.chain), bank.file("root.key", &pair.key));
    let list = |more: &[&str]| run(&[&["operator", "list", "--url", &url], more].concat());

    let identity = ["--certificate-file", &certificate, "--certificate-key-file", &key];
    let (code, said, complaint) = list(&[&identity[..], &["--ca-file", &ca]].concat());
    assert!(code == 0 && said.contains("root"), "{said}{complaint}");
    let (code, _, complaint) = list(&["--ca-file", &ca, "--credential-file", &credential]);
    assert!(code != 0 && complaint.contains("calls with a client certificate"), "{complaint}");
    let (code, _, complaint) = list(&identity);
    assert!(code != 0 && complaint.contains("certificate"), "an authority that nobody knows: {complaint}");
    let (code, _, complaint) = list(&["--ca-file", &key, "--credential-file", &credential]);
    assert!(code != 0 && complaint.contains("root.key has no certificate in PEM"), "{complaint}");
    let (code, _, complaint) = list(&["--certificate-file", &certificate]);
    assert!(code == 2 && complaint.contains("--certificate-key-file"), "{complaint}");
    assert_eq!(server.stop("-TERM").0, 0);
}
