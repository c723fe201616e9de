//! How values are protected (RFC 6030 §6): a key that both sides have or that comes from a password, XML Encryption, and a
//! MAC over what was encrypted.
//!
//! The MAC is checked before anything is decrypted. The password and the keys come from the caller; the file says only how
//! they are used, and how much work it may ask for has a bound.

use super::super::encoding::base64;
use super::tree::{Node, Ns};
use super::{Shown, Unlock};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use aws_lc_rs::{hmac, pbkdf2};
use secrecy::ExposeSecret as _;
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// Some seconds of work.
const ITERATIONS_MAX: u32 = 10_000_000;
const SALT_MAX: usize = 1024;
const AES_BLOCK: usize = 16;

type Bytes = Zeroizing<Vec<u8>>;

/// Why a value stays closed.
#[derive(Debug)]
pub(super) enum Fault {
    /// No other value of the file can be opened either.
    File(String),
    /// This value is malformed.
    Value(String),
    /// What was computed does not match: a wrong key, or an altered file.
    Mismatch,
}

impl Fault {
    fn value(what: &str) -> Self {
        Self::Value(what.to_owned())
    }

    fn file(what: &str) -> Self {
        Self::File(what.to_owned())
    }
}

/// What the container says of its protection, and the keys once they are known.
#[derive(Default)]
pub(super) struct Protection {
    /// Whether there was an `EncryptionKey`.
    encrypted: bool,
    derivation: Option<Derivation>,
    mac: Option<Mac>,
    keys: Option<Keys>,
}

struct Derivation {
    algorithm: pbkdf2::Algorithm,
    salt: Vec<u8>,
    iterations: NonZeroU32,
    length: usize,
}

struct Mac {
    algorithm: hmac::Algorithm,
    key: Option<Encrypted>,
    /// Whether the file says that both sides have agreed on the MAC key.
    agreed: bool,
}

struct Keys {
    encryption: Bytes,
    mac: Option<hmac::Key>,
}

struct Encrypted {
    algorithm: Method,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Method {
    Cbc(&'static cipher::Algorithm, usize),
    Wrap(&'static key_wrap::AesBlockCipher, usize),
}

impl Method {
    fn parse(uri: &str) -> Result<Self, Fault> {
        Ok(match uri {
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => Self::Cbc(&cipher::AES_128, 16),
            "http://www.w3.org/2001/04/xmlenc#aes192-cbc" => Self::Cbc(&cipher::AES_192, 24),
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => Self::Cbc(&cipher::AES_256, 32),
            "http://www.w3.org/2001/04/xmlenc#kw-aes128" => Self::Wrap(&key_wrap::AES_128, 16),
            "http://www.w3.org/2001/04/xmlenc#kw-aes256" => Self::Wrap(&key_wrap::AES_256, 32),
            _ => return Err(Fault::Value(format!("the encryption {} is not supported", Shown(uri)))),
        })
    }

    fn key_bytes(self) -> usize {
        let (Self::Cbc(_, length) | Self::Wrap(_, length)) = self;
        length
    }
}

impl Encrypted {
    /// Reads what XML Encryption calls `EncryptedType`.
    fn parse(node: &Node) -> Result<Self, Fault> {
        let method = node.child(Ns::Xenc, "EncryptionMethod").and_then(|method| method.attribute("Algorithm"));
        let method = method.ok_or_else(|| Fault::value("an encrypted value does not say its encryption"))?;
        let algorithm = Method::parse(method)?;
        let data = node.child(Ns::Xenc, "CipherData");
        if data.is_some_and(|data| data.child(Ns::Xenc, "CipherReference").is_some()) {
            return Err(Fault::value(
                "an encrypted value refers to somewhere else (CipherReference), which is never read",
            ));
        }
        let text = data.and_then(|data| data.child(Ns::Xenc, "CipherValue"));
        let text = text.ok_or_else(|| Fault::value("an encrypted value has no CipherValue"))?.text();
        let bytes = base64(text).ok_or_else(|| Fault::value("an encrypted value is not base64"))?;
        Ok(Self { algorithm, bytes: bytes.to_vec() })
    }

    fn open(&self, key: &[u8]) -> Result<Bytes, Fault> {
        let wanted = self.algorithm.key_bytes();
        if key.len() != wanted {
            let got = key.len();
            return Err(Fault::File(format!(
                "the file is encrypted with a key of {wanted} bytes; the one given has {got}"
            )));
        }
        match self.algorithm {
            Method::Cbc(algorithm, _) => {
                let Some((iv, text)) = self.bytes.split_first_chunk::<AES_BLOCK>() else {
                    return Err(Fault::value("an encrypted value is too short"));
                };
                if text.is_empty() || !text.len().is_multiple_of(AES_BLOCK) {
                    return Err(Fault::value("an encrypted value is not made of whole blocks"));
                }
                let mut bytes = Zeroizing::new(text.to_vec());
                let key = UnboundCipherKey::new(algorithm, key).map_err(|_| Fault::Mismatch)?;
                // The padding of XML Encryption: the last byte says how many to drop.
                let key = PaddedBlockDecryptingKey::cbc_iso10126(key).map_err(|_| Fault::Mismatch)?;
                let context = DecryptionContext::Iv128(FixedLength::from(iv));
                let length = key.decrypt(&mut bytes, context).map_err(|_| Fault::Mismatch)?.len();
                bytes.truncate(length);
                Ok(bytes)
            }
            Method::Wrap(algorithm, _) => {
                if self.bytes.len() < 24 || !self.bytes.len().is_multiple_of(8) {
                    return Err(Fault::value("an encrypted value has the wrong length"));
                }
                let mut bytes = Zeroizing::new(vec![0; self.bytes.len()]);
                let key = AesKek::new(algorithm, key).map_err(|_| Fault::Mismatch)?;
                let length = key.unwrap(&self.bytes, &mut bytes).map_err(|_| Fault::Mismatch)?.len();
                bytes.truncate(length);
                Ok(bytes)
            }
        }
    }
}

impl Protection {
    /// Reads `EncryptionKey` (§6.1, §6.2).
    pub(super) fn encryption_key(&mut self, node: &Node) -> Result<(), String> {
        if std::mem::replace(&mut self.encrypted, true) {
            return Err("EncryptionKey is there more than once".to_owned());
        }
        for child in &node.children {
            match (child.ns, child.name.as_str()) {
                (Ns::Dsig, "KeyName") => {}
                (Ns::Xenc11, "DerivedKey") => self.derivation = Some(derivation(child)?),
                (Ns::Dsig, "X509Data" | "KeyValue" | "RetrievalMethod") | (Ns::Xenc, "EncryptedKey") => {
                    return Err(format!("encryption with {} is not supported", Shown(&child.name)));
                }
                _ => return Err(format!("the encryption key is given by {}, which is not known", Shown(&child.name))),
            }
        }
        Ok(())
    }

    /// Reads `MACMethod` (§6.1.1).
    pub(super) fn mac_method(&mut self, node: &Node) -> Result<(), Fault> {
        if self.mac.is_some() {
            return Err(Fault::file("MACMethod is there more than once"));
        }
        let uri = node.attribute("Algorithm").ok_or_else(|| Fault::file("MACMethod has no Algorithm"))?;
        let algorithm = hmac_algorithm(uri).ok_or_else(|| unsupported_mac(uri))?;
        let key = node.child(Ns::Pskc, "MACKey").map(Encrypted::parse).transpose()?;
        let agreed = node.child(Ns::Pskc, "MACKeyReference").is_some();
        self.mac = Some(Mac { algorithm, key, agreed });
        Ok(())
    }

    /// Opens an `EncryptedValue`, after its `ValueMAC` was checked.
    pub(super) fn open(&mut self, value: &Node, tag: Option<&Node>, unlock: &Unlock) -> Result<Bytes, Fault> {
        let value = Encrypted::parse(value)?;
        let keys = match &mut self.keys {
            Some(keys) => keys,
            empty => empty.insert(keys(self.derivation.as_ref(), self.mac.as_ref(), unlock)?),
        };
        match (tag, &keys.mac, value.algorithm) {
            (Some(tag), Some(key), _) => {
                let tag = base64(tag.text()).ok_or_else(|| Fault::value("ValueMAC is not base64"))?;
                // In constant time.
                hmac::verify(key, &value.bytes, &tag).map_err(|_| Fault::Mismatch)?;
            }
            // Key wrapping has a check of its own.
            (None, _, Method::Wrap(..)) => {}
            (Some(_), None, _) | (None, None, Method::Cbc(..)) => {
                return Err(Fault::file("the encrypted values are not protected by a MAC (no MACMethod)"));
            }
            (None, Some(_), Method::Cbc(..)) => {
                return Err(Fault::value("an encrypted value is not protected by a MAC (no ValueMAC)"));
            }
        }
        value.open(&keys.encryption)
    }
}

fn keys(derivation: Option<&Derivation>, mac: Option<&Mac>, unlock: &Unlock) -> Result<Keys, Fault> {
    let encryption = match (derivation, &unlock.key, &unlock.password) {
        (Some(derivation), _, Some(password)) => {
            let mut key = Zeroizing::new(vec![0; derivation.length]);
            let password = password.expose_secret().as_bytes();
            pbkdf2::derive(derivation.algorithm, derivation.iterations, &derivation.salt, password, &mut key);
            key
        }
        (Some(_), ..) => return Err(Fault::file("the file is encrypted with a password, and none was given")),
        (None, Some(key), _) => Zeroizing::new(key.expose_secret().to_vec()),
        (None, ..) => return Err(Fault::file("the file is encrypted with a pre-shared key, and none was given")),
    };
    let mac = match mac {
        None => None,
        Some(Mac { algorithm, key: Some(key), .. }) => {
            let key = key.open(&encryption)?;
            if key.is_empty() {
                return Err(Fault::file("the MAC key is empty"));
            }
            Some(hmac::Key::new(*algorithm, &key))
        }
        Some(Mac { algorithm, agreed, .. }) => Some(match (&unlock.mac_key, agreed) {
            (Some(key), _) => hmac::Key::new(*algorithm, key.expose_secret()),
            (None, true) => return Err(Fault::file("the file has a MAC key that was agreed on, and none was given")),
            // The RFC leaves this open; it is what other implementations do.
            (None, false) => hmac::Key::new(*algorithm, &encryption),
        }),
    };
    Ok(Keys { encryption, mac })
}

fn derivation(node: &Node) -> Result<Derivation, String> {
    let method = node.child(Ns::Xenc11, "KeyDerivationMethod").ok_or("DerivedKey has no KeyDerivationMethod")?;
    let uri = method.attribute("Algorithm").unwrap_or_default();
    if !matches!(
        uri,
        "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2" | "http://www.w3.org/2009/xmlenc11#pbkdf2"
    ) {
        return Err(format!("the key derivation {} is not supported", Shown(uri)));
    }
    // The RFC's own example has these elements in no namespace; others use one of two.
    let of = |node: &'_ Node, name: &str| {
        node.children
            .iter()
            .position(|child| matches!(child.ns, Ns::None | Ns::Pkcs5 | Ns::Xenc11 | Ns::Pskc) && child.name == name)
    };
    let named = |node: &'_ Node, name: &str| of(node, name).ok_or_else(|| format!("the key derivation has no {name}"));
    let parameters = &method.children[named(method, "PBKDF2-params")?];
    let salt = &parameters.children[named(parameters, "Salt")?];
    let salt =
        base64(salt.children[named(salt, "Specified")?].text()).filter(|salt| (1..=SALT_MAX).contains(&salt.len()));
    let salt = salt.ok_or_else(|| format!("the salt must be base64 of 1 to {SALT_MAX} bytes"))?.to_vec();
    let iterations = parameters.children[named(parameters, "IterationCount")?].text().parse::<NonZeroU32>().ok();
    let iterations = iterations.filter(|count| count.get() <= ITERATIONS_MAX);
    let iterations = iterations.ok_or_else(|| format!("IterationCount must be 1 to {ITERATIONS_MAX}"))?;
    let length = match of(parameters, "KeyLength").map(|n| parameters.children[n].text()) {
        None | Some("16") => 16,
        Some("24") => 24,
        Some("32") => 32,
        Some(_) => return Err("KeyLength must be 16, 24 or 32".to_owned()),
    };
    let prf = of(parameters, "PRF").and_then(|n| parameters.children[n].attribute("Algorithm"));
    let algorithm = match prf.map(|uri| (uri, hmac_algorithm(uri))) {
        None => pbkdf2::PBKDF2_HMAC_SHA1,
        Some((_, Some(prf))) if prf == hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY => pbkdf2::PBKDF2_HMAC_SHA1,
        Some((_, Some(prf))) if prf == hmac::HMAC_SHA256 => pbkdf2::PBKDF2_HMAC_SHA256,
        Some((_, Some(prf))) if prf == hmac::HMAC_SHA384 => pbkdf2::PBKDF2_HMAC_SHA384,
        Some((_, Some(prf))) if prf == hmac::HMAC_SHA512 => pbkdf2::PBKDF2_HMAC_SHA512,
        Some((uri, _)) => return Err(format!("the function {} of the key derivation is not supported", Shown(uri))),
    };
    Ok(Derivation { algorithm, salt, iterations, length })
}

fn hmac_algorithm(uri: &str) -> Option<hmac::Algorithm> {
    Some(match uri {
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha224" => hmac::HMAC_SHA224,
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256" => hmac::HMAC_SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384" => hmac::HMAC_SHA384,
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512" => hmac::HMAC_SHA512,
        _ => return None,
    })
}

fn unsupported_mac(uri: &str) -> Fault {
    Fault::File(format!("the MAC {} is not supported", Shown(uri)))
}
