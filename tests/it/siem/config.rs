//! From the configuration to what the feed takes.

use crate::support::tls::ClientPki;
use countersign::config::siem::{Siem, Spool, Tls, Transport, Udp};
use countersign::siem::options::SiemOptions;
use std::path::Path;

fn spool() -> Spool {
    Spool { directory: "/nowhere".into(), bytes_max: 1, age_max_hours: 1, sync_millis: 1 }
}

fn problem(transport: Transport) -> String {
    let siem = Siem { transport: Some(transport), spool: Some(spool()), ..Siem::default() };
    SiemOptions::from_config(&siem, 1).expect_err("this cannot be set up").to_string()
}

#[test]
fn what_cannot_be_set_up_is_told_with_its_key() {
    let pki = ClientPki::make();
    let tls = || Tls {
        address: "siem.bank.example:6514".into(),
        server_name: None,
        ca_file: Some(pki.authority.clone()),
        certificate_file: Some(pki.client.clone()),
        key_file: Some(pki.client_key.clone()),
        message_max_bytes: 8192,
    };
    let good = Siem { transport: Some(Transport::Tls(tls())), spool: Some(spool()), ..Siem::default() };
    assert!(SiemOptions::from_config(&good, 1).unwrap().forward.is_some());

    let nowhere = Some(Path::new("/nowhere").to_owned());
    let cases = [
        (Tls { address: "siem.bank.example".into(), ..tls() }, "transport.tls.address: is host:port"),
        (Tls { server_name: Some("no name".into()), ..tls() }, "transport.tls.server_name: is a DNS name"),
        (Tls { ca_file: nowhere.clone(), ..tls() }, "transport.tls.ca_file: /nowhere: "),
        (Tls { ca_file: Some(pki.client_key.clone()), ..tls() }, "transport.tls.ca_file: "),
        (Tls { certificate_file: nowhere, ..tls() }, "transport.tls.certificate_file: /nowhere: "),
        (Tls { key_file: Some(pki.client.clone()), ..tls() }, "transport.tls.key_file: is not a readable file"),
        (Tls { key_file: Some(pki.server_key.clone()), ..tls() }, "transport.tls.certificate_file: "),
        (Tls { key_file: None, ..tls() }, "transport.tls.key_file: and certificate_file belong together"),
    ];
    for (tls, start) in cases {
        let found = problem(Transport::Tls(tls));
        assert!(found.starts_with(start), "{found}\n  does not start with {start}");
    }
    let udp = Udp { address: "::1:514".into(), datagram_max_bytes: 1400 };
    let found = problem(Transport::UdpOnTrustedNetwork(udp));
    assert!(found.starts_with("transport.udp_on_trusted_network.address: "), "{found}");
}

#[test]
fn without_a_file_and_a_transport_there_is_nothing_to_do() {
    let options = SiemOptions::from_config(&Siem::default(), 1).unwrap();
    assert!(options.file.is_none() && options.forward.is_none());
}
