//! Entries that are taken or refused for what they say.

use super::super::super::{Algorithm, Kind};
use super::made::{PSKC, Package, container};
use super::*;

fn with(change: impl FnOnce(&mut Package)) -> String {
    let mut package = Package::default();
    change(&mut package);
    package.file()
}

fn totp(parameters: &str, data: &str) -> String {
    with(|package| {
        package.algorithm = format!("{PSKC}:totp");
        package.parameters += parameters;
        package.data += data;
    })
}

#[test]
fn a_totp_key_has_the_usual_defaults_or_says_otherwise() {
    let kind =
        |period_secs, algorithm, drift_steps| Kind::Totp { digits: 6, period_secs, algorithm, t0: 0, drift_steps };
    let cases = [
        (totp("", ""), kind(30, Algorithm::Sha1, 0)),
        (
            totp(
                "<Suite>HMAC-SHA256</Suite>",
                "<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>\
                 <TimeDrift><PlainValue>-4</PlainValue></TimeDrift>",
            ),
            kind(60, Algorithm::Sha256, -4),
        ),
        (totp("<Suite>hmacsha512</Suite>", ""), kind(30, Algorithm::Sha512, 0)),
    ];
    for (file, expected) in cases {
        assert_eq!(one(&file, Options::default()).kind, expected);
    }
}

#[test]
fn an_ocra_suite_is_a_parameter_or_the_algorithm_itself() {
    let suite = "OCRA-1:HOTP-SHA512-8:C-QN08";
    let counter = "<Counter><PlainValue>7</PlainValue></Counter>";
    let parameter = with(|package| {
        package.algorithm = format!("{PSKC}:ocra");
        package.parameters = format!("<Suite>{suite}</Suite><ChallengeFormat Encoding='DECIMAL' Min='8' Max='8'/>");
        package.data += counter;
    });
    let algorithm = with(|package| {
        package.algorithm = format!("{PSKC}:{suite}");
        package.data += counter;
    });
    for file in [parameter, algorithm] {
        assert_eq!(one(&file, Options::default()).kind, Kind::Ocra { suite: suite.to_owned(), counter: Some(7) });
    }
}

#[test]
fn whatever_prefixes_a_file_uses_it_is_the_same_file() {
    let plain = Package::default().file();
    let prefixed = plain
        .replace("xmlns=", "xmlns:any=")
        .replace("</", "</any:")
        .replace('<', "<any:")
        .replace("<any:/any:", "</any:");
    assert_eq!(one(&prefixed, Options::default()).seed.expose(), SEED);
    let foreign = plain.replace(PSKC, "urn:somebody:else");
    assert_eq!(problem(foreign, Options::default()), "this is no PSKC file: its root is no KeyContainer (RFC 6030)");
}

#[test]
fn extensions_of_others_are_passed_over_where_they_cannot_change_the_key() {
    let file = with(|package| {
        package.device += "<v:Colour xmlns:v='urn:v'>red</v:Colour>";
        package.rest =
            "<Extensions><v:Thing xmlns:v='urn:v'/></Extensions><FriendlyName>mine</FriendlyName>".to_owned();
    });
    assert_eq!(one(&file, Options::default()).serial, "S-1");
}

#[test]
fn each_thing_that_cannot_be_honoured_is_refused() {
    let policy = |inner: &str| with(|package| package.rest = format!("<Policy>{inner}</Policy>"));
    let parameters = |inner: &str| with(|package| package.parameters = inner.to_owned());
    let data = |inner: &str| with(|package| package.data = inner.to_owned());
    let plain = |value: &str| data(&format!("<Secret><PlainValue>{value}</PlainValue></Secret>"));
    let cases = [
        (policy("<v:New xmlns:v='urn:v'/>"), "its policy has New, which is not known (RFC 6030 §5)"),
        (policy("<KeyUsage>Dance</KeyUsage>"), "the KeyUsage Dance is not known"),
        (policy("<KeyUsage>CR</KeyUsage>"), "its KeyUsage forbids what its algorithm is for"),
        (
            policy("<NumberOfTransactions>3</NumberOfTransactions>"),
            "its policy limits how often it may be used, which is not supported",
        ),
        (
            policy("<PINPolicy PINUsageMode='Append'/>"),
            "its PIN is used as Append: only PINs that the device checks (Local) are supported",
        ),
        (policy("<StartDate>soon</StartDate>"), "StartDate: is no date and time as RFC 3339 writes it"),
        (
            policy("<StartDate>+12026-01-01T00:00:00</StartDate>"),
            "StartDate: is no date and time as RFC 3339 writes it",
        ),
        (
            policy("<StartDate>0000-01-01T00:00:00+23:00</StartDate>"),
            "StartDate: is no date and time as RFC 3339 writes it",
        ),
        (
            policy("<StartDate>2020-01-02T00:00:00Z</StartDate><ExpiryDate>2020-01-01T00:00:00</ExpiryDate>"),
            "it expires before it starts",
        ),
        (parameters(""), "the key does not say how long its codes are (ResponseFormat)"),
        (parameters("<ResponseFormat Encoding='DECIMAL'/>"), "ResponseFormat has no Length"),
        (
            parameters("<ResponseFormat Length='9' Encoding='DECIMAL'/>"),
            "the length of ResponseFormat: must be 6, 7 or 8 digits",
        ),
        (
            parameters("<ResponseFormat Length='6' Encoding='HEXADECIMAL'/>"),
            "its codes are HEXADECIMAL: only DECIMAL ones can be checked",
        ),
        (
            parameters("<ResponseFormat Length='6' Encoding='DECIMAL' CheckDigits='true'/>"),
            "ResponseFormat has check digits, which are not supported",
        ),
        (
            parameters("<ResponseFormat Length='6' Encoding='DECIMAL'/><Truncation/>"),
            "the algorithm parameter Truncation is not known",
        ),
        (plain("!"), "the seed: is not base64"),
        (plain("MTIz"), "the seed has 3 bytes; it must have 16 to 128"),
        (data("<Secret/>"), "the seed: has no value"),
        (data("<Counter><PlainValue>1</PlainValue></Counter>"), "the seed is not in the file"),
        (
            with(|package| package.data += "<Counter><PlainValue>-1</PlainValue></Counter>"),
            "Counter: must not be negative",
        ),
        (
            with(|package| package.data += "<Counter><PlainValue>99999999999999999999</PlainValue></Counter>"),
            "Counter: is not a number",
        ),
        (with(|package| package.data += "<Secret/>"), "Secret is there more than once"),
        (
            with(|package| package.data = package.data.replace("</Secret>", "<PlainValue>AAAA</PlainValue></Secret>")),
            "PlainValue is there more than once",
        ),
        (with(|package| package.parameters = package.parameters.repeat(2)), "ResponseFormat is there more than once"),
        (with(|package| package.device += "<Serial/>"), "Serial has no place in DeviceInfo"),
        (container("<EncryptionKey/><EncryptionKey/>"), "EncryptionKey is there more than once"),
        (
            with(|package| package.algorithm = format!("{PSKC}:securid-aes")),
            "the algorithm urn:ietf:params:xml:ns:keyprov:pskc:securid-aes is not supported",
        ),
        (with(|package| package.algorithm = format!("{PSKC}:ocra")), "Suite: is missing"),
        (
            with(|package| package.device = format!("<SerialNo>{}</SerialNo>", "9".repeat(129))),
            "the serial number: has more than 128 characters",
        ),
        (with(|package| package.rest = "<Sceret/>".to_owned()), "Sceret has no place in Key"),
        (container("<KeyPackage/>"), "the package has no key"),
        (container(""), "there is no key in this file"),
        (container("<KeyPakcage/>"), "the element KeyPakcage has no place in a key container"),
        (Package::default().file().replace("'1.0'", "'2.0'"), "version 2.0 is not supported: it must be 1.0"),
    ];
    for (file, what) in cases {
        assert_eq!(problem(&file, Options::default()), what, "{file}");
    }
}

#[test]
fn every_bad_entry_is_reported_with_its_line_and_serial_number() {
    let bad = |serial: &str, length: &str| {
        let device = format!("<SerialNo>{serial}</SerialNo>");
        let parameters = format!("<ResponseFormat Length='{length}' Encoding='DECIMAL'/>");
        Package { device, parameters, ..Package::default() }.text()
    };
    let file = container(&[bad("A", "5"), bad("B", "6"), bad("C", "x")].join("\n\n"));
    let found: Vec<_> = problems(file, Options::default())
        .into_iter()
        .map(|problem| (problem.line, problem.serial.unwrap_or_default()))
        .collect();
    assert_eq!(found, [(2, "A".to_owned()), (6, "C".to_owned())]);
}
