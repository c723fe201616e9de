//! What bears a secret shows none when it is printed for a developer.

use crate::support::domain::key_ring;
use countersign::domain::flow::{Secret, ServiceKey};
use countersign::domain::limit::{Kind, Meter, Rule};
use countersign::domain::oath::Seed;
use countersign::domain::passcode::{Passcode, SecurityKey};
use countersign::domain::policy::Purpose;
use countersign::domain::pseudonym::IndexKey;
use countersign::domain::recipient::{Address, EmailAddress, PhoneNumber};
use countersign::server::SystemRandom;
use countersign::store::seal::Sealer;
use std::fmt::Debug;
use std::sync::Arc;
use zeroize::Zeroizing;

#[test]
fn nothing_that_bears_a_secret_prints_it() {
    let ring = key_ring(&["k1"]);
    let key = ring.current();
    let flow = countersign::domain::flow::FlowId::from_bytes([5; 16]);
    let service_key = ServiceKey::random(&SystemRandom);
    let security_key = SecurityKey::derive(key, flow, Purpose::PreLogin, 1);
    let passcode = Passcode::derive(key, flow, Purpose::PreLogin, 1, 8);
    let phone = PhoneNumber::parse("+34600123456").unwrap();
    let email = EmailAddress::parse("somebody@bank.example").unwrap();
    let subject = Zeroizing::new("+34600123456".to_owned());
    let meter = Meter { kind: Kind::DestinationSends, scope: "", subject, rule: Rule { max: 1, span_secs: 1 } };
    let seed = Seed::new(b"12345678901234567890").unwrap();
    let sealer = Sealer::new(&ring, Arc::new(SystemRandom));
    let shown: [(&dyn Debug, &str); 12] = [
        (&Secret::new("40718293"), "40718293"),
        (&service_key, service_key.expose()),
        (&security_key, security_key.expose()),
        (&passcode, passcode.expose()),
        (&phone, "600123456"),
        (&email, "somebody"),
        (&Address::Phone(phone.clone()), "600123456"),
        (&Address::Email(email.clone()), "somebody"),
        (&meter, "600123456"),
        (&seed, "12345678901234567890"),
        (&(&ring, &sealer), "6b31"),
        (&IndexKey::from_bytes(&[7; 32]), "7"),
    ];
    for (value, secret) in shown {
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
