//! Key containers, from any bytes. The files of the corpus open with the key of RFC 6030, figure 6, or the password of
//! figure 7.
//!
//! What is taken is written anew by a small writer of our own, in clear and encrypted, and must be read as the same. The
//! seeds are then ones that the fuzzer cannot know, so that a problem that shows one is told from one that shows the input.

#![no_main]

use aws_lc_rs::cipher::{self, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use chrono::{DateTime, SecondsFormat, Utc};
use countersign_fuzz::entries::{self, Facts, Found, LIMITS};
use countersign_fuzz::secrets;
use countersign_fuzz::tokenfile::pskc::{Options, Unlock, read};
use countersign_fuzz::tokenfile::{KeyUse, Kind, Usage};
use data_encoding::{BASE64, HEXLOWER};
use libfuzzer_sys::fuzz_target;
use std::fmt::Write as _;

const KEY: &str = "12345678901234567890123456789012";
const MAC_KEY: &[u8] = b"MacMacMacMacMacMacMa";

const USES: [(KeyUse, &str); 11] = [
    (KeyUse::Otp, "OTP"),
    (KeyUse::ChallengeResponse, "CR"),
    (KeyUse::Encrypt, "Encrypt"),
    (KeyUse::Integrity, "Integrity"),
    (KeyUse::Verify, "Verify"),
    (KeyUse::Unlock, "Unlock"),
    (KeyUse::Decrypt, "Decrypt"),
    (KeyUse::KeyWrap, "KeyWrap"),
    (KeyUse::Unwrap, "Unwrap"),
    (KeyUse::Derive, "Derive"),
    (KeyUse::Generate, "Generate"),
];

/// Each makes one entry, or its file, one that must be refused: what is replaced, and by what.
const SPOILS: [(&str, &str); 12] = [
    ("Version=\"1.0\"", "Version=\"1.1\""),
    ("</DeviceInfo>", "<StartDate>soon</StartDate></DeviceInfo>"),
    ("</DeviceInfo>", "</DeviceInfo><DeviceInfo/>"),
    ("</AlgorithmParameters>", "<Truncation/></AlgorithmParameters>"),
    ("<Data>", "<Data><Secret/>"),
    ("</Data>", "<Nonce/></Data>"),
    ("</Policy>", "<KeyUsage>Dance</KeyUsage></Policy>"),
    ("</Policy>", "<PINPolicy PINUsageMode=\"Append\"/></Policy>"),
    ("</Key>", "<Sceret/></Key>"),
    ("</Key>", "</Yek>"),
    ("</KeyContainer>", ""),
    ("<KeyContainer", "<!DOCTYPE KeyContainer [<!ENTITY a 'a'>]><KeyContainer"),
];

fn options(file: &[u8]) -> Options {
    let key = HEXLOWER.decode(KEY.as_bytes()).expect("the key is hexadecimal");
    let unlock = Unlock { key: Some(key.into()), password: (!is_work(file)).then(|| "qwerty".into()), mac_key: None };
    Options { limits: LIMITS, unlock, accept_unchecked_signature: file.len() % 2 == 1 }
}

/// Whether a derivation of the key may take seconds, which is allowed and no use here.
fn is_work(file: &[u8]) -> bool {
    let text = String::from_utf8_lossy(file);
    text.split("IterationCount").skip(1).any(|rest| {
        let digits = rest.split('<').next().unwrap_or_default().chars().filter(char::is_ascii_digit).count();
        digits > 4 || rest.starts_with("><")
    })
}

fn found(file: &[u8]) -> Found {
    entries::read(file, |source| read(source, options(file)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn encrypted(key: &[u8], plain: &[u8]) -> Vec<u8> {
    let key = UnboundCipherKey::new(&cipher::AES_128, key).expect("the key has 16 bytes");
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).expect("the key is one for this");
    let iv = [7; 16];
    let mut text = plain.to_vec();
    key.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from(iv))).expect("it can be encrypted");
    [&iv[..], &text].concat()
}

/// What XML Encryption calls an encrypted value.
fn value(bytes: &[u8]) -> String {
    format!(
        "<x:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/><x:CipherData><x:CipherValue>{}\
         </x:CipherValue></x:CipherData>",
        BASE64.encode(bytes)
    )
}

/// How the seed is written, and what stands before the keys.
struct Secret {
    head: String,
    value: String,
}

impl Secret {
    fn plain(seed: &[u8]) -> Self {
        Self { head: String::new(), value: format!("<PlainValue>{}</PlainValue>", BASE64.encode(seed)) }
    }

    /// With one byte of the encrypted value altered, if one is given, after the MAC was made.
    fn encrypted(seed: &[u8], altered: Option<usize>) -> Self {
        let key = HEXLOWER.decode(KEY.as_bytes()).expect("the key is hexadecimal");
        let mut text = encrypted(&key, seed);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, MAC_KEY), &text);
        if let Some(place) = altered {
            let place = place % text.len();
            text[place] ^= 1 << (place % 8);
        }
        Self {
            head: format!(
                "<EncryptionKey/><MACMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"><MACKey>{}\
                 </MACKey></MACMethod>",
                value(&encrypted(&key, MAC_KEY))
            ),
            value: format!(
                "<EncryptedValue>{}</EncryptedValue><ValueMAC>{}</ValueMAC>",
                value(&text),
                BASE64.encode(tag.as_ref())
            ),
        }
    }
}

fn written(facts: &Facts, secret: &Secret) -> String {
    let element = |name: &str, text: Option<&String>| {
        text.map(|text| format!("<{name}>{}</{name}>\n", escaped(text))).unwrap_or_default()
    };
    let moment = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Nanos, true);
    let number = |name: &str, value: i64| format!("<{name}><PlainValue>{value}</PlainValue></{name}>");
    let format = |digits: u8| format!("<ResponseFormat Length=\"{digits}\" Encoding=\"DECIMAL\"/>");
    let (algorithm, parameters, data) = match &facts.kind {
        Kind::Hotp { digits, counter } => {
            let counter = i64::try_from(*counter).expect("a container's counter is signed");
            ("hotp", format(*digits), number("Counter", counter))
        }
        Kind::Totp { digits, period_secs, algorithm, t0, drift_steps } => {
            assert_eq!(*t0, 0);
            let suite = format!("<Suite>HMAC-{}</Suite>", algorithm.as_str());
            let data = number("TimeInterval", (*period_secs).into()) + &number("TimeDrift", (*drift_steps).into());
            ("totp", suite + &format(*digits), data)
        }
        Kind::Ocra { suite, counter } => {
            let counter = counter.map(|counter| i64::try_from(counter).expect("a container's counter is signed"));
            let data = counter.map(|counter| number("Counter", counter)).unwrap_or_default();
            ("ocra", format!("<Suite>{}</Suite>", escaped(suite)), data)
        }
    };
    let mut policy = String::new();
    let dates = [("StartDate", facts.start), ("ExpiryDate", facts.expiry)];
    for (name, time) in dates.into_iter().filter_map(|(name, time)| Some((name, time?))) {
        let _infallible = write!(policy, "<{name}>{}</{name}>", moment(time));
    }
    if facts.usage != Usage::ANY {
        for (_, name) in USES.iter().filter(|(key_use, _)| facts.usage.allows(*key_use)) {
            let _infallible = write!(policy, "<KeyUsage>{name}</KeyUsage>");
        }
    }
    let Secret { head, value } = secret;
    let device = [
        element("Manufacturer", facts.manufacturer.as_ref()),
        element("SerialNo", Some(&facts.serial)),
        element("Model", facts.model.as_ref()),
    ];
    let (device, issuer) = (device.concat(), element("Issuer", facts.issuer.as_ref()));
    let account = element("UserId", facts.account.as_ref());
    format!(
        "<KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\"\n\
         xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\">{head}<KeyPackage><DeviceInfo>{device}</DeviceInfo>\n\
         <Key Id=\"K\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:{algorithm}\">{issuer}\n\
         <AlgorithmParameters>{parameters}</AlgorithmParameters>\n\
         <Data><Secret>{value}</Secret>{data}</Data>{account}<Policy>{policy}</Policy></Key></KeyPackage></KeyContainer>"
    )
}

fn assert_read_as(file: &str, facts: &Facts) {
    let Found { good, problems } = found(file.as_bytes());
    assert!(problems.is_empty(), "{problems:?} in {file}");
    let good: Vec<_> = good.iter().map(|(_, entry)| Facts::from(entry)).collect();
    assert_eq!(good, [facts.clone()]);
}

fn assert_refused(file: &str, seed: &[u8]) {
    let Found { good, problems } = found(file.as_bytes());
    assert!(!problems.is_empty(), "nothing is wrong with {file}");
    // An element that is missing or left open shows only after the entry before it.
    assert!(good.is_empty() || !file.ends_with("</KeyContainer>"), "taken: {file}");
    secrets::assert_hidden_in(&problems, seed);
}

fuzz_target!(|file: &[u8]| {
    let Some((_, entry)) = found(file).good.into_iter().next() else { return };
    let facts = Facts::from(&entry);
    let seed = secrets::seed(file, facts.seed.len());
    let facts = Facts { seed: seed.clone(), ..facts };
    let plain = written(&facts, &Secret::plain(&seed));
    assert_read_as(&plain, &facts);
    assert_read_as(&written(&facts, &Secret::encrypted(&seed, None)), &facts);
    let altered = Secret::encrypted(&seed, Some(secrets::choice(file, 256)));
    assert_refused(&written(&facts, &altered), &seed);
    let (good, bad) = SPOILS[secrets::choice(file, SPOILS.len())];
    assert_refused(&plain.replacen(good, bad, 1), &seed);
});
