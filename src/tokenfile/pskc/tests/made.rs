//! Files made for a test.

use super::super::super::encoding::to_base32;
use aws_lc_rs::cipher::{self, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use data_encoding::BASE64;

pub(super) const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
pub(super) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

/// A container around this.
pub(super) fn container(inner: &str) -> String {
    format!("<KeyContainer Version='1.0' xmlns='{PSKC}' xmlns:x='{XENC}'>\n{inner}\n</KeyContainer>")
}

/// A package of one HOTP key, with parts that can be replaced.
pub(super) struct Package {
    pub(super) device: String,
    pub(super) algorithm: String,
    pub(super) parameters: String,
    pub(super) data: String,
    pub(super) rest: String,
}

impl Default for Package {
    fn default() -> Self {
        Self {
            device: "<SerialNo>S-1</SerialNo>".to_owned(),
            algorithm: format!("{PSKC}:hotp"),
            parameters: "<ResponseFormat Length='6' Encoding='DECIMAL'/>".to_owned(),
            data: format!("<Secret><PlainValue>{}</PlainValue></Secret>", BASE64.encode(super::SEED)),
            rest: String::new(),
        }
    }
}

impl Package {
    pub(super) fn text(&self) -> String {
        let Self { device, algorithm, parameters, data, rest } = self;
        format!(
            "<KeyPackage><DeviceInfo>{device}</DeviceInfo><Key Id='K' Algorithm='{algorithm}'>\
             <AlgorithmParameters>{parameters}</AlgorithmParameters><Data>{data}</Data>{rest}</Key></KeyPackage>"
        )
    }

    pub(super) fn file(&self) -> String {
        container(&self.text())
    }
}

/// How the values of a file are protected.
pub(super) struct Protected<'a> {
    pub(super) key: &'a [u8],
    pub(super) cipher: &'static cipher::Algorithm,
    pub(super) cipher_name: &'a str,
    pub(super) mac: hmac::Algorithm,
    pub(super) mac_name: &'a str,
}

pub(super) const MAC_KEY: &[u8] = b"MacMacMacMacMacMacMa";

impl Protected<'_> {
    pub(super) fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let iv = [7u8; 16];
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(self.cipher, self.key).unwrap()).unwrap();
        let mut text = plain.to_vec();
        key.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from(iv))).unwrap();
        [&iv[..], &text].concat()
    }

    pub(super) fn encrypted(&self, bytes: &[u8]) -> String {
        format!(
            "<x:EncryptionMethod Algorithm='{XENC}{}'/><x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData>",
            self.cipher_name,
            BASE64.encode(bytes)
        )
    }

    /// An encrypted value and its MAC.
    pub(super) fn value(&self, plain: &[u8]) -> String {
        let bytes = self.encrypt(plain);
        let tag = hmac::sign(&hmac::Key::new(self.mac, MAC_KEY), &bytes);
        format!(
            "<EncryptedValue>{}</EncryptedValue><ValueMAC>{}</ValueMAC>",
            self.encrypted(&bytes),
            BASE64.encode(tag.as_ref())
        )
    }

    pub(super) fn head(&self) -> String {
        let key = self.encrypted(&self.encrypt(MAC_KEY));
        format!("<EncryptionKey/><MACMethod Algorithm='{}'><MACKey>{key}</MACKey></MACMethod>", self.mac_name)
    }

    pub(super) fn package(&self, serial: &str) -> Package {
        Package {
            device: format!("<SerialNo>{serial}</SerialNo>"),
            data: format!("<Secret>{}</Secret>", self.value(super::SEED)),
            ..Package::default()
        }
    }
}

#[test]
fn a_seed_is_not_in_any_text_form_of_a_problem() {
    // The entry is bad in every way that its parts can be, and has a good seed.
    let package = Package {
        device: "<SerialNo>S-1</SerialNo><StartDate>yesterday</StartDate>".to_owned(),
        parameters: "<ResponseFormat Length='60' Encoding='BASE64'/><Foo/>".to_owned(),
        rest: "<Policy><Foo/><KeyUsage>Fun</KeyUsage></Policy><Bar/>".to_owned(),
        ..Package::default()
    };
    let found = super::problems(package.file(), super::Options::default());
    assert!(found.len() >= 6, "{found:?}");
    let shown = format!("{found:?} {}", found.iter().map(ToString::to_string).collect::<String>());
    let forms = [BASE64.encode(super::SEED), to_base32(super::SEED).to_string(), "12345678901234567890".to_owned()];
    assert!(!forms.iter().any(|form| shown.contains(form)), "{shown}");
}
