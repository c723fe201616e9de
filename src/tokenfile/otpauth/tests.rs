use super::*;
use proptest::prelude::*;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn entry(kind: Kind, issuer: Option<&str>, account: &str, seed: &[u8]) -> TokenEntry {
    TokenEntry {
        line: 1,
        serial: account.to_owned(),
        manufacturer: None,
        model: None,
        kind,
        seed: SeedBytes::new(Zeroizing::new(seed.to_vec())).unwrap(),
        start: None,
        expiry: None,
        usage: Usage::ANY,
        issuer: issuer.map(str::to_owned),
        account: Some(account.to_owned()),
    }
}

fn totp(digits: u8, period_secs: u32, algorithm: Algorithm) -> Kind {
    Kind::Totp { digits, period_secs, algorithm, t0: 0, drift_steps: 0 }
}

#[test]
fn uris_as_apps_write_them_are_read() {
    let everything = format!(
        "otpauth://totp/ACME%20Co:john.doe@email.example?secret={SECRET}&issuer=ACME%20Co&algorithm=SHA256&digits=8&period=60&image=x"
    );
    let found = parse(&everything).unwrap();
    assert_eq!((found.issuer.as_deref(), found.serial.as_str()), (Some("ACME Co"), "john.doe@email.example"));
    assert_eq!((found.kind, found.seed.expose()), (totp(8, 60, Algorithm::Sha256), &b"12345678901234567890"[..]));
    let short = parse(&format!("OTPAUTH://TOTP/Bank%3A%20me?Secret={}", SECRET.to_lowercase())).unwrap();
    assert_eq!((short.issuer.as_deref(), short.account.as_deref()), (Some("Bank"), Some("me")));
    assert_eq!(short.kind, totp(6, 30, Algorithm::Sha1));
    let hotp = parse(&format!("otpauth://hotp/me?secret={SECRET}&counter=5&issuer=B")).unwrap();
    assert_eq!((hotp.kind, hotp.issuer.as_deref()), (Kind::Hotp { digits: 6, counter: 5 }, Some("B")));
}

#[test]
fn uris_that_cannot_be_trusted_to_mean_the_same_everywhere_are_refused() {
    let cases = [
        ("http://totp/a?secret=S".to_owned(), "the URI does not begin with otpauth://"),
        ("otpauth://totp".to_owned(), "the URI has no label"),
        ("otpauth://totp/a".to_owned(), "the URI has no parameters"),
        ("otpauth://totp/a?issuer=b".to_owned(), "the parameter secret is missing"),
        (format!("otpauth://totp/?secret={SECRET}"), "the account name must not be empty"),
        (format!("otpauth://totp/a%zz?secret={SECRET}"), "the label is not percent-encoded UTF-8"),
        (format!("otpauth://totp/a%ff?secret={SECRET}"), "the label is not percent-encoded UTF-8"),
        (format!("otpauth://totp/a%0a?secret={SECRET}"), "the account name has a control character"),
        (format!("otpauth://steam/a?secret={SECRET}"), "the URI is neither of type hotp nor of type totp"),
        (format!("otpauth://hotp/a?secret={SECRET}"), "the parameter counter is missing"),
        (
            format!("otpauth://hotp/a?secret={SECRET}&counter=1&period=30"),
            "the parameter period has no place in a hotp URI",
        ),
        (
            format!("otpauth://hotp/a?secret={SECRET}&counter=1&algorithm=SHA256"),
            "the algorithm of hotp must be SHA1 (RFC 4226)",
        ),
        (format!("otpauth://totp/a?secret={SECRET}&counter=1"), "the parameter counter has no place in a totp URI"),
        (format!("otpauth://totp/a?secret={SECRET}&secret={SECRET}"), "the parameter secret is there twice"),
        (format!("otpauth://totp/a?secret={SECRET}&image=a&image=b"), "the parameter image is there twice"),
        (format!("otpauth://totp/a?secret={SECRET}&encoder=steam"), "parameter number 2 is not known"),
        (format!("otpauth://totp/a?{SECRET}"), "parameter number 1 has no value"),
        (format!("otpauth://totp/a?secret={SECRET}&digits=4"), "the parameter digits: must be 6, 7 or 8 digits"),
        (format!("otpauth://totp/a?secret={SECRET}&period=0"), "the parameter period: must be 1 to 3600 seconds"),
        (
            format!("otpauth://totp/a?secret={SECRET}&algorithm=MD5"),
            "the parameter algorithm: must be SHA1, SHA256 or SHA512",
        ),
        ("otpauth://totp/a?secret=1189".to_owned(), "the parameter secret: must be base32"),
        (
            "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP".to_owned(),
            "the parameter secret: the seed has 10 bytes; it must have 16 to 128",
        ),
        (
            format!("otpauth://totp/Bank:a?secret={SECRET}&issuer=Other"),
            "the issuer of the label is not that of the parameter",
        ),
        (format!("otpauth://totp/a?secret={SECRET}#x"), "the URI has a part that key URIs do not have"),
        (format!("otpauth://totp/{}?secret=A", "a".repeat(URI_MAX)), "the URI has more than 4096 bytes"),
    ];
    for (uri, what) in cases {
        assert_eq!(parse(&uri).unwrap_err(), what, "{uri}");
    }
}

#[test]
fn a_file_of_uris_is_read_and_every_bad_one_reported_by_its_line() {
    let file = format!("otpauth://totp/a?secret={SECRET}\n\nnothing\notpauth://totp/b?secret={SECRET}\n");
    let found: Vec<_> = read(file.as_bytes(), &Limits::default()).collect();
    let lines: Vec<_> =
        found.iter().map(|found| found.as_ref().map(|entry| entry.line).map_err(ToString::to_string)).collect();
    assert_eq!(lines, [Ok(1), Err("line 3: the URI does not begin with otpauth://".to_owned()), Ok(4)]);
    let empty: Vec<_> = read(&b"\n"[..], &Limits::default()).collect();
    assert_eq!(empty[0].as_ref().unwrap_err().what, "there is no token in this file");
}

#[test]
fn what_a_uri_cannot_say_is_not_written() {
    let seed = [1; 20];
    let ocra = Kind::Ocra { suite: "OCRA-1:HOTP-SHA1-6:QN08".to_owned(), counter: None };
    assert!(write(&entry(ocra, None, "a", &seed)).is_err());
    let shifted = Kind::Totp { digits: 6, period_secs: 30, algorithm: Algorithm::Sha1, t0: 60, drift_steps: 0 };
    assert!(write(&entry(shifted, None, "a", &seed)).is_err());
    assert!(write(&entry(Kind::Hotp { digits: 6, counter: 0 }, Some("a:b"), "a", &seed)).is_err());
}

#[test]
fn a_uri_is_written_as_apps_expect_it() {
    let uri =
        write(&entry(totp(6, 30, Algorithm::Sha1), Some("Example Bank"), "C1001", b"12345678901234567890")).unwrap();
    assert_eq!(
        *uri,
        "otpauth://totp/Example%20Bank:C1001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Bank\
         &algorithm=SHA1&digits=6&period=30"
    );
}

fn kinds() -> impl Strategy<Value = Kind> {
    let algorithms = prop::sample::select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]);
    prop_oneof![
        (6..=8u8, any::<u64>()).prop_map(|(digits, counter)| Kind::Hotp { digits, counter }),
        (6..=8u8, 1..=3600u32, algorithms).prop_map(|(digits, period, algorithm)| totp(digits, period, algorithm)),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        kind in kinds(),
        issuer in proptest::option::of("[^:\\pC\\s]{1,20}( [^:\\pC\\s]{1,20})?"),
        account in "[^:\\pC\\s]{1,40}",
        seed in proptest::collection::vec(any::<u8>(), 16..=128),
    ) {
        let uri = write(&entry(kind.clone(), issuer.as_deref(), &account, &seed)).unwrap();
        let found = parse(&uri).unwrap();
        prop_assert_eq!((found.kind, found.issuer, found.account), (kind, issuer, Some(account)));
        prop_assert_eq!(found.seed.expose(), seed);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), tail in "[a-z=&%?/:A-Z0-9é]{0,60}") {
        prop_assert!(parse(&text).is_err());
        let _ = parse(&format!("otpauth://totp/{tail}"));
        let _ = parse(&format!("otpauth://totp/a?secret={SECRET}&{tail}"));
    }
}
