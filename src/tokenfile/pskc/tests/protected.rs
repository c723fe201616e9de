//! Encrypted values, and what is said when they cannot be opened.

use super::super::Unlock;
use super::made::{MAC_KEY, Package, Protected, XENC, container};
use super::rfc::{FIGURE_6, key_of_figure_6, password};
use super::*;
use aws_lc_rs::{cipher, hmac};
use data_encoding::{BASE64, HEXLOWER};

const MISMATCH: &str = "the key or password is wrong, or the file was altered: its MAC does not match";
const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";

const AES_128: Protected<'static> = Protected {
    key: &[0x42; 16],
    cipher: &cipher::AES_128,
    cipher_name: "aes128-cbc",
    mac: hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    mac_name: "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
};

fn with_key(key: &[u8]) -> Options {
    Options { unlock: Unlock { key: Some(key.to_vec().into()), ..Unlock::default() }, ..Options::default() }
}

#[test]
fn every_supported_cipher_and_mac_is_opened() {
    let ciphers = [
        (&[1u8; 16][..], &cipher::AES_128, "aes128-cbc"),
        (&[2; 24], &cipher::AES_192, "aes192-cbc"),
        (&[3; 32], &cipher::AES_256, "aes256-cbc"),
    ];
    let macs = [
        (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, "http://www.w3.org/2000/09/xmldsig#hmac-sha1".to_owned()),
        (hmac::HMAC_SHA224, format!("{MORE}hmac-sha224")),
        (hmac::HMAC_SHA256, format!("{MORE}hmac-sha256")),
        (hmac::HMAC_SHA384, format!("{MORE}hmac-sha384")),
        (hmac::HMAC_SHA512, format!("{MORE}hmac-sha512")),
    ];
    for (key, cipher, cipher_name) in ciphers {
        for (mac, mac_name) in &macs {
            let protected = Protected { key, cipher, cipher_name, mac: *mac, mac_name };
            let file = container(&(protected.head() + &protected.package("S-9").text()));
            assert_eq!(one(&file, with_key(key)).seed.expose(), SEED, "{cipher_name} {mac_name}");
        }
    }
}

#[test]
fn an_encrypted_counter_is_four_or_eight_bytes() {
    for counter in [&[0, 0, 1, 2][..], &[0, 0, 0, 0, 0, 0, 1, 2]] {
        let mut package = AES_128.package("S");
        package.data += &format!("<Counter>{}</Counter>", AES_128.value(counter));
        let file = container(&(AES_128.head() + &package.text()));
        assert_eq!(one(&file, with_key(AES_128.key)).kind, hotp(6, 258));
    }
    let mut package = AES_128.package("S");
    package.data += &format!("<Counter>{}</Counter>", AES_128.value(b"12"));
    assert_eq!(
        problem(container(&(AES_128.head() + &package.text())), with_key(AES_128.key)),
        "Counter: is not a number"
    );
}

#[test]
fn a_wrapped_key_needs_no_mac() {
    // RFC 3394 §4.1 and, for the longer key, §4.6.
    let vectors = [
        ("kw-aes128", "000102030405060708090a0b0c0d0e0f", "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5", 16),
        (
            "kw-aes256",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
            32,
        ),
    ];
    for (name, key, wrapped, length) in vectors {
        let value = format!(
            "<Secret><EncryptedValue><x:EncryptionMethod Algorithm='{XENC}{name}'/><x:CipherData><x:CipherValue>{}\
             </x:CipherValue></x:CipherData></EncryptedValue></Secret>",
            BASE64.encode(&HEXLOWER.decode(wrapped.as_bytes()).unwrap())
        );
        let file = Package { data: value, ..Package::default() }.file();
        let key = HEXLOWER.decode(key.as_bytes()).unwrap();
        let seed = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";
        assert_eq!(HEXLOWER.encode(one(&file, with_key(&key)).seed.expose()), seed[..2 * length]);
        let mut other = key.clone();
        other[0] ^= 1;
        assert_eq!(problem(&file, with_key(&other)), MISMATCH);
    }
}

#[test]
fn a_wrong_key_or_password_is_one_problem_and_nothing_is_read() {
    let two = AES_128.head() + &AES_128.package("A").text() + &AES_128.package("B").text();
    let file = container(&two);
    for byte in 0..=255u8 {
        let found: Vec<_> = read(file.as_bytes(), with_key(&[byte; 16])).collect();
        if byte == AES_128.key[0] {
            assert!(found.len() == 2 && found.iter().all(Result::is_ok));
        } else {
            assert_eq!(found.len(), 1, "key {byte}");
            assert_eq!(found[0].as_ref().unwrap_err().what, MISMATCH);
        }
    }
    let mut key = key_of_figure_6();
    key.unlock.key = Some(vec![0; 16].into());
    assert_eq!(problem(FIGURE_6, key), MISMATCH);
}

#[test]
fn what_is_missing_to_open_a_file_is_said() {
    assert_eq!(
        problem(FIGURE_6, Options::default()),
        "the file is encrypted with a pre-shared key, and none was given"
    );
    assert_eq!(
        problem(FIGURE_6, password("qwerty")),
        "the file is encrypted with a pre-shared key, and none was given"
    );
    assert_eq!(
        problem(FIGURE_6, with_key(&[0; 32])),
        "the file is encrypted with a key of 16 bytes; the one given has 32"
    );
}

#[test]
fn an_altered_entry_is_a_problem_of_its_own_once_others_could_be_opened() {
    let mut altered = AES_128.package("B").text();
    let place = altered.find("<ValueMAC>").unwrap() + 10;
    let other = if altered.as_bytes()[place] == b'A' { "B" } else { "A" };
    altered.replace_range(place..=place, other);
    let good = |serial| AES_128.package(serial).text();
    let file = container(&(AES_128.head() + &good("A") + "\n" + &altered + &good("C")));
    let found: Vec<_> = read(file.as_bytes(), with_key(AES_128.key)).collect();
    assert_eq!(found.len(), 3);
    let problem = found[1].as_ref().unwrap_err();
    assert_eq!((problem.line, problem.serial.as_deref()), (3, Some("B")));
    assert_eq!(problem.what, "the seed: its MAC does not match, though others did: the entry was altered");
    assert!(found[0].is_ok() && found[2].is_ok());
}

#[test]
fn any_altered_byte_of_an_encrypted_value_is_noticed() {
    let bytes = AES_128.encrypt(SEED);
    let tag = hmac::sign(&hmac::Key::new(AES_128.mac, MAC_KEY), &bytes);
    for n in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[n] ^= 0x80;
        let data = format!(
            "<Secret><EncryptedValue>{}</EncryptedValue><ValueMAC>{}</ValueMAC></Secret>",
            AES_128.encrypted(&altered),
            BASE64.encode(tag.as_ref())
        );
        let file = container(&(AES_128.head() + &Package { data, ..Package::default() }.text()));
        assert_eq!(problem(file, with_key(AES_128.key)), MISMATCH, "byte {n}");
    }
}

#[test]
fn encryption_without_a_mac_is_refused() {
    let package = AES_128.package("S").text();
    assert_eq!(
        problem(container(&("<EncryptionKey/>".to_owned() + &package)), with_key(AES_128.key)),
        "the encrypted values are not protected by a MAC (no MACMethod)"
    );
    let start = package.find("<ValueMAC>").unwrap();
    let end = package.find("</ValueMAC>").unwrap() + "</ValueMAC>".len();
    let bare = format!("{}{}", &package[..start], &package[end..]);
    assert_eq!(
        problem(container(&(AES_128.head() + &bare)), with_key(AES_128.key)),
        "the seed: an encrypted value is not protected by a MAC (no ValueMAC)"
    );
}

#[test]
fn a_mac_key_can_be_agreed_on() {
    let method = |inner| format!("<EncryptionKey/><MACMethod Algorithm='{}'>{inner}</MACMethod>", AES_128.mac_name);
    let file = |inner| container(&(method(inner) + &AES_128.package("S").text()));
    let mut options = with_key(AES_128.key);
    options.unlock.mac_key = Some(MAC_KEY.to_vec().into());
    assert_eq!(one(&file("<MACKeyReference>ours</MACKeyReference>"), options).seed.expose(), SEED);
    assert_eq!(
        problem(file("<MACKeyReference>ours</MACKeyReference>"), with_key(AES_128.key)),
        "the file has a MAC key that was agreed on, and none was given"
    );
    // Without a word about it, it is the encryption key, which this file's is not.
    assert_eq!(problem(file(""), with_key(AES_128.key)), MISMATCH);
}

#[test]
fn unsupported_algorithms_are_refused_by_name() {
    let other = AES_128.package("S").text().replace("aes128-cbc", "tripledes-cbc");
    assert_eq!(
        problem(container(&(AES_128.head() + &other)), with_key(AES_128.key)),
        format!("the seed: the encryption {XENC}tripledes-cbc is not supported")
    );
    let mac = AES_128.head().replace("hmac-sha1", "hmac-md5");
    assert_eq!(
        problem(container(&mac), Options::default()),
        "the MAC http://www.w3.org/2000/09/xmldsig#hmac-md5 is not supported"
    );
}

#[test]
fn a_key_derivation_that_asks_for_too_much_work_is_refused() {
    let derivation = |salt: &str, count: &str, length: &str, prf: &str| {
        container(&format!(
            "<EncryptionKey><e:DerivedKey xmlns:e='http://www.w3.org/2009/xmlenc11#'><e:KeyDerivationMethod \
             Algorithm='http://www.w3.org/2009/xmlenc11#pbkdf2'><e:PBKDF2-params><e:Salt><e:Specified>{salt}</e:Specified>\
             </e:Salt><e:IterationCount>{count}</e:IterationCount><e:KeyLength>{length}</e:KeyLength>{prf}\
             </e:PBKDF2-params></e:KeyDerivationMethod></e:DerivedKey></EncryptionKey>"
        ))
    };
    let cases = [
        (derivation("AAAA", "10000001", "16", ""), "IterationCount must be 1 to 10000000"),
        (derivation("AAAA", "0", "16", ""), "IterationCount must be 1 to 10000000"),
        (derivation("", "1000", "16", ""), "the salt must be base64 of 1 to 1024 bytes"),
        (derivation("AAAA", "1000", "4096", ""), "KeyLength must be 16, 24 or 32"),
        (
            derivation("AAAA", "1000", "16", "<e:PRF Algorithm='urn:x'/>"),
            "the function urn:x of the key derivation is not supported",
        ),
    ];
    for (file, what) in cases {
        assert_eq!(problem(file, password("x")), what);
    }
    let good = derivation("AAAA", "1000", "32", &format!("<e:PRF Algorithm='{MORE}hmac-sha256'/>"));
    assert_eq!(problem(good, password("x")), "there is no key in this file");
}
