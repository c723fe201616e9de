//! The hardware tokens of the demo: a vendor's file, as it would come from one, and the tokens themselves.
//!
//! The file is a PSKC container (RFC 6030 §6.1): seeds under a key that vendor and bank have agreed upon (AES-128-CBC),
//! each with a MAC (HMAC-SHA-256).

use super::{DemoError, vendor};
use crate::domain::flow::Timestamp;
use crate::domain::oath::ocra::question::Question;
use crate::domain::oath::ocra::suite::Suite;
use crate::domain::oath::ocra::{self, Inputs};
use crate::domain::oath::totp::{Period, Totp};
use crate::domain::oath::{Code, Digits, HashAlgorithm, Seed};
use crate::domain::ports::{Clock, Random};
use crate::server::World;
use crate::server::token_file::{Format, Source};
use aws_lc_rs::cipher::{AES_128, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use data_encoding::BASE64;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Whose the tokens are: at most 12 characters, as the bank's numbers are.
pub(super) const CUSTOMER: &str = "200300400500";
/// Who acts for the customer with the token that signs.
pub(super) const REPRESENTATIVE: &str = "01";
pub(super) const TOTP_SERIAL: &str = "TT-000017";
pub(super) const OCRA_SERIAL: &str = "OT-000042";

const FILE: &str = "tokens.xml";
const SUITE: &str = "OCRA-1:HOTP-SHA1-6:QN08";
const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const MAC: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";

/// What is in the customer's and the representative's hands.
pub(super) struct Tokens {
    totp: Seed,
    ocra: Seed,
    clock: Arc<dyn Clock>,
}

impl Tokens {
    /// Makes the tokens, and the file that comes with them.
    pub(super) fn deliver(dir: &Path, world: &World) -> Result<(Self, Source), DemoError> {
        let random = &*world.random;
        let (totp, ocra) = (Secret::<20>::random(random), Secret::<20>::random(random));
        let transport = Secret::<16>::random(random);
        let path = dir.join(FILE);
        let text = Vendor { transport: &transport, mac: &Secret::random(random), random }.container(&totp, &ocra)?;
        std::fs::write(&path, text).map_err(vendor)?;
        let key = Some(transport.0.to_vec().into());
        let source = Source { path, format: Format::Pskc, key, password: None, accept_unchecked_signature: false };
        let seed = |secret: &Secret<20>| Seed::new(&*secret.0).map_err(vendor);
        Ok((Self { totp: seed(&totp)?, ocra: seed(&ocra)?, clock: world.clock.clone() }, source))
    }

    /// What the customer's token shows now.
    pub(super) fn totp(&self) -> Option<Code> {
        let (algorithm, digits, period) = (HashAlgorithm::Sha1, Digits::Six, Period::Thirty);
        let totp = Totp { algorithm, digits, period, t0: 0 };
        let now: Timestamp = self.clock.now();
        Some(totp.code(&self.totp, totp.step(now)?))
    }

    /// What the representative's token shows once the challenge is typed.
    pub(super) fn response(&self, challenge: &str) -> Option<Code> {
        let suite: Suite = SUITE.parse().ok()?;
        let question = Question::parse(&suite, challenge).ok()?;
        let inputs = Inputs { counter: None, question: &question, pin: None, session: None, time: None };
        ocra::respond(&suite, &self.ocra, &inputs).ok()
    }
}

struct Secret<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> Secret<N> {
    fn random(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0; N]);
        random.fill(&mut *bytes);
        Self(bytes)
    }
}

/// What the vendor protects the file with.
struct Vendor<'a> {
    transport: &'a Secret<16>,
    mac: &'a Secret<32>,
    random: &'a dyn Random,
}

impl Vendor<'_> {
    fn container(&self, totp: &Secret<20>, ocra: &Secret<20>) -> Result<String, DemoError> {
        let mac_key = cipher_data(&self.encrypt(&*self.mac.0)?);
        let totp_parameters = "<ResponseFormat Length='6' Encoding='DECIMAL'/>";
        let ocra_parameters = format!("<Suite>{SUITE}</Suite><ResponseFormat Length='6' Encoding='DECIMAL'/>");
        let interval =
            "<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>30</PlainValue></TimeInterval>";
        let packages = [
            self.package(TOTP_SERIAL, "totp", totp_parameters, totp, interval)?,
            self.package(OCRA_SERIAL, "ocra", &ocra_parameters, ocra, "")?,
        ];
        Ok(format!(
            "<KeyContainer Version='1.0' xmlns='{PSKC}' xmlns:x='{XENC}'>\n<EncryptionKey/>\n\
             <MACMethod Algorithm='{MAC}'><MACKey>{mac_key}</MACKey></MACMethod>\n{}</KeyContainer>\n",
            packages.concat()
        ))
    }

    fn package(
        &self,
        serial: &str,
        algorithm: &str,
        parameters: &str,
        seed: &Secret<20>,
        data: &str,
    ) -> Result<String, DemoError> {
        let secret = self.encrypt(&*seed.0)?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*self.mac.0), &secret);
        let (value, tag) = (cipher_data(&secret), BASE64.encode(tag.as_ref()));
        Ok(format!(
            "<KeyPackage><DeviceInfo><Manufacturer>Demo</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>\
             <Key Id='{serial}' Algorithm='{PSKC}:{algorithm}'><AlgorithmParameters>{parameters}</AlgorithmParameters>\
             <Data><Secret><EncryptedValue>{value}</EncryptedValue><ValueMAC>{tag}</ValueMAC></Secret>{data}</Data></Key>\
             </KeyPackage>\n"
        ))
    }

    /// The initialization vector, then the text.
    fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, DemoError> {
        let mut iv = [0; 16];
        self.random.fill(&mut iv);
        let key = UnboundCipherKey::new(&AES_128, &*self.transport.0).and_then(PaddedBlockEncryptingKey::cbc_pkcs7);
        let mut text = plain.to_vec();
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        key.map_err(vendor)?.less_safe_encrypt(&mut text, context).map_err(vendor)?;
        Ok([&iv[..], &text].concat())
    }
}

fn cipher_data(bytes: &[u8]) -> String {
    format!(
        "<x:EncryptionMethod Algorithm='{XENC}aes128-cbc'/><x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData>",
        BASE64.encode(bytes)
    )
}
