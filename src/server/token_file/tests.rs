use super::*;
use crate::domain::operator::Actor;
use crate::domain::token::DeviceKind;
use chrono::DateTime;
use tempfile::TempDir;

const HEX: &str = "3132333435363738393031323334353637383930";
const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn source(&self, name: &str, text: &str) -> Source {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        let format = Format::of(&path).unwrap();
        Source { path, format, key: None, password: None, accept_unchecked_signature: false }
    }
}

fn found(source: &Source) -> (Checked, Vec<String>) {
    let (mut said, mut looked_at) = (Vec::new(), 0);
    let folder = source.path.parent().unwrap().to_str().unwrap().to_owned();
    let mut report = |problem: &Problem| said.push(problem.to_string().replace(&format!("{folder}/"), ""));
    let checked = check(source, &mut report, &mut |n| looked_at = n);
    assert_eq!(looked_at, checked.tokens + checked.problems);
    (checked, said)
}

fn tokens(source: &Source) -> Vec<Token> {
    let since = Stamp { by: Actor::server(), at: DateTime::from_timestamp(1_767_268_800, 0).unwrap() };
    let entries = TokenFile::open(source).map(|entry| entry.unwrap_or_else(|problem| panic!("{problem}")));
    entries.map(|entry| entry.import(&crate::server::SystemRandom, since.clone())).collect()
}

fn container(packages: &str) -> String {
    format!("<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'>\n{packages}</KeyContainer>")
}

fn package(serial: &str, algorithm: &str, parameters: &str, data: &str, policy: &str) -> String {
    format!(
        "<KeyPackage><DeviceInfo><Manufacturer>Acme</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>\
         <Key Id='{serial}' Algorithm='{algorithm}'><AlgorithmParameters>{parameters}</AlgorithmParameters><Data>\
         <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>{data}</Data>{policy}</Key></KeyPackage>\n"
    )
}

const HOTP: &str = "urn:ietf:params:xml:ns:keyprov:pskc:hotp";
const SIX: &str = "<ResponseFormat Length='6' Encoding='DECIMAL'/>";
const COUNTER: &str = "<Counter><PlainValue>7</PlainValue></Counter>";

#[test]
fn each_format_gives_tokens_with_all_that_the_file_says() {
    let folder = Folder::new();
    let csv = format!(
        "serial,seed,type,digits,period,algorithm,suite,counter,manufacturer,model,start,expiry\n\
         H-1,{HEX},hotp,8,,,,5,Acme,M1,2026-01-01,2031-12-31\n\
         T-1,{HEX},totp,7,60,SHA256,,,,,,\n\
         O-1,{HEX},ocra,,,,OCRA-1:HOTP-SHA1-6:QN08,,,,,\n"
    );
    let [hotp, totp, ocra] = &tokens(&folder.source("a.csv", &csv))[..] else { panic!() };
    assert!(matches!(hotp.device, Device::Hotp { digits: Digits::Eight, counter: 5 }));
    assert_eq!(hotp.manufacturer.as_ref().map(Make::as_str), Some("Acme"));
    assert_eq!(hotp.model.as_ref().map(Make::as_str), Some("M1"));
    assert_eq!(hotp.starts_at.unwrap().to_rfc3339(), "2026-01-01T00:00:00+00:00");
    assert_eq!(hotp.expires_at.unwrap().to_rfc3339(), "2032-01-01T00:00:00+00:00");
    let Device::Totp { totp: fixed, drift: Drift::ZERO, last_step: None } = totp.device else { panic!() };
    assert_eq!((fixed.algorithm, fixed.digits, fixed.period.seconds()), (HashAlgorithm::Sha256, Digits::Seven, 60));
    let Device::Ocra(ocra) = &ocra.device else { panic!() };
    assert_eq!(ocra.suite().as_str(), "OCRA-1:HOTP-SHA1-6:QN08");
    assert_eq!(totp.seed.expose(), b"12345678901234567890");
    assert_eq!((hotp.life.as_str(), hotp.version), ("imported", 1));

    let uris =
        format!("otpauth://totp/Bank:ana?secret={BASE32}&issuer=Bank\notpauth://hotp/ben?secret={BASE32}&counter=3\n");
    let [ana, ben] = &tokens(&folder.source("b.txt", &uris))[..] else { panic!() };
    assert_eq!((ana.serial.as_str(), ana.device.kind()), ("ana", DeviceKind::Totp));
    assert!(matches!(ben.device, Device::Hotp { digits: Digits::Six, counter: 3 }));

    let pskc = container(&package("P-1", HOTP, SIX, COUNTER, ""));
    let [token] = &tokens(&folder.source("c.xml", &pskc))[..] else { panic!() };
    assert!(matches!(token.device, Device::Hotp { digits: Digits::Six, counter: 7 }));
    assert_eq!(token.manufacturer.as_ref().map(Make::as_str), Some("Acme"));
}

#[test]
fn what_this_server_cannot_use_is_refused_with_line_and_serial() {
    let folder = Folder::new();
    let csv = format!(
        "serial,seed,type,digits,period,suite,counter,start,expiry\n\
         T-1,{HEX},totp,6,45,,,,\n\
         O-1,{HEX},ocra,,,OCRA-1:HOTP-SHA1-6:QN08-PSHA1,,,\n\
         O-2,{HEX},ocra,,,OCRA-1:HOTP-SHA1-0:QN08,,,\n\
         O-3,{HEX},ocra,,,OCRA-1:HOTP-SHA1-6:C-QN08,,,\n\
         O-4,{HEX},ocra,,,OCRA-1:HOTP-MD5-6:QN08,,,\n\
         with blank,{HEX},totp,6,30,,,,\n\
         T-2,{HEX},totp,6,30,,,2027-01-01,2026-01-01\n\
         T-3,3132,totp,6,30,,,,\n\
         T-4,{HEX},totp,6,30,,,,\n"
    );
    let (checked, said) = found(&folder.source("a.csv", &csv));
    assert_eq!(checked.tokens, 1, "{said:#?}");
    let expected = [
        "a.csv:2: serial T-1: a time step has 30 or 60 seconds here",
        "a.csv:3: serial O-1: the suite needs the PIN's hash",
        "a.csv:4: serial O-2: a suite without truncation has responses that nobody can type",
        "a.csv:5: serial O-3: the OCRA suite has a counter, and the entry does not say where it stands",
        "a.csv:6: serial O-4: the OCRA suite is not usable: ",
        "a.csv:7: serial with blank: a serial number has 1 to 64 visible ASCII characters",
        "a.csv:8: serial T-2: ",
        "a.csv:9: serial T-3: column seed: the seed has 2 bytes; it must have 16 to 128",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said:?} is not {expected:?}");
    }
    assert!(!format!("{said:?}").contains("3132"));
}

#[test]
fn a_key_that_is_not_for_what_it_would_be_asked_is_refused() {
    let folder = Folder::new();
    let policy = |name| format!("<Policy><KeyUsage>{name}</KeyUsage></Policy>");
    let ocra = |serial, policy: &str| {
        package(serial, "urn:ietf:params:xml:ns:keyprov:pskc:OCRA-1:HOTP-SHA1-6:QN08", "", "", policy)
    };
    let packages = [
        package("P-1", HOTP, SIX, COUNTER, &policy("Encrypt")),
        package("P-2", HOTP, SIX, COUNTER, &policy("OTP")),
        ocra("P-3", &policy("Integrity")),
        ocra("P-4", &policy("CR")),
        ocra("P-5", ""),
    ];
    let (checked, said) = found(&folder.source("c.xml", &container(&packages.concat())));
    assert_eq!((checked.tokens, checked.problems), (3, 2), "{said:?}");
    let expected = [
        "c.xml:2: serial P-1: its KeyUsage forbids what its algorithm is for",
        "c.xml:4: serial P-3: the key's policy lets it sign, but not answer the challenge of a login",
    ];
    assert_eq!(said, expected);
}

#[test]
fn the_account_name_of_a_bad_key_uri_is_not_shown() {
    let folder = Folder::new();
    let uri = format!("otpauth://totp/ana%20lopez?secret={BASE32}\notpauth://totp/ana?secret={BASE32}&period=45\n");
    let (_, said) = found(&folder.source("b.otpauth", &uri));
    assert_eq!(
        said,
        [
            "b.otpauth:1: a serial number has 1 to 64 visible ASCII characters",
            "b.otpauth:2: a time step has 30 or 60 seconds here"
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_twice_is_refused() {
    let folder = Folder::new();
    let mut source = folder.source("a.csv", "");
    source.path = folder.0.path().to_owned();
    let (checked, said) = found(&source);
    assert_eq!((checked.tokens, checked.problems), (0, 1));
    assert!(said[0].contains("is not a regular file"), "{said:?}");
    source.path = folder.0.path().join("nothing.csv");
    assert_eq!(found(&source).0.problems, 1);
}

#[test]
fn the_key_of_a_container_is_hexadecimal() {
    for bytes in [16, 24, 32] {
        assert_eq!(key(&format!(" {}\n", "0f".repeat(bytes))).unwrap().expose_secret(), vec![0x0f; bytes]);
    }
    for bad in ["", "0f", &"0f".repeat(33), &"xy".repeat(16)] {
        assert!(key(bad).is_err(), "{bad}");
    }
}
