//! The examples of RFC 6030.

use super::super::super::{KeyUse, Usage};
use super::super::{Unlock, read};
use super::made::{PSKC, Package, container};
use super::*;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;

const HEAD: &str = "<DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo>";
const HOTP: &str = "<Key Id=\"12345678\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:hotp\"><Issuer>Issuer</Issuer>\
     <AlgorithmParameters><ResponseFormat Length=\"8\" Encoding=\"DECIMAL\"/></AlgorithmParameters>";
const PLAIN: &str = "<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=\n</PlainValue></Secret>\
     <Counter><PlainValue>0</PlainValue></Counter></Data>";

/// A key, PIN and all, encrypted under 12345678901234567890123456789012 (hex).
pub(super) const FIGURE_6: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
  <EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>
  <MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData>
        <xenc:CipherValue>ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX</xenc:CipherValue>
      </xenc:CipherData>
    </MACKey>
  </MACMethod>
  <KeyPackage>
    <DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo></DeviceInfo>
    <CryptoModuleInfo><Id>CM_ID_001</Id></CryptoModuleInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <Issuer>Issuer</Issuer>
      <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data>
        <Secret>
          <EncryptedValue>
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData>
              <xenc:CipherValue>AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv</xenc:CipherValue>
            </xenc:CipherData>
          </EncryptedValue>
          <ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC>
        </Secret>
        <Counter><PlainValue>0</PlainValue></Counter>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>
"##;

/// The same under a key derived from `qwerty`; with prefixes everywhere but in the parameters of the derivation.
const FIGURE_7: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<pskc:KeyContainer xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"
    xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"
    xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Version="1.0">
  <pskc:EncryptionKey>
    <xenc11:DerivedKey>
      <xenc11:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
        <pkcs5:PBKDF2-params>
          <Salt><Specified>Ej7/PEpyEpw=</Specified></Salt>
          <IterationCount>1000</IterationCount>
          <KeyLength>16</KeyLength>
          <PRF/>
        </pkcs5:PBKDF2-params>
      </xenc11:KeyDerivationMethod>
      <xenc:ReferenceList><xenc:DataReference URI="#ED"/></xenc:ReferenceList>
      <xenc11:MasterKeyName>My Password 1</xenc11:MasterKeyName>
    </xenc11:DerivedKey>
  </pskc:EncryptionKey>
  <pskc:MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <pskc:MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData>
        <xenc:CipherValue>2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx</xenc:CipherValue>
      </xenc:CipherData>
    </pskc:MACKey>
  </pskc:MACMethod>
  <pskc:KeyPackage>
    <pskc:DeviceInfo>
      <pskc:Manufacturer>TokenVendorAcme</pskc:Manufacturer><pskc:SerialNo>987654321</pskc:SerialNo>
    </pskc:DeviceInfo>
    <pskc:Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp" Id="123456">
      <pskc:Issuer>Example-Issuer</pskc:Issuer>
      <pskc:AlgorithmParameters><pskc:ResponseFormat Length="8" Encoding="DECIMAL"/></pskc:AlgorithmParameters>
      <pskc:Data>
        <pskc:Secret>
          <pskc:EncryptedValue Id="ED">
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData>
              <xenc:CipherValue>
                oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f
              </xenc:CipherValue>
            </xenc:CipherData>
          </pskc:EncryptedValue>
          <pskc:ValueMAC>LP6xMvjtypbfT9PdkJhBZ+D6O4w=</pskc:ValueMAC>
        </pskc:Secret>
      </pskc:Data>
    </pskc:Key>
  </pskc:KeyPackage>
</pskc:KeyContainer>
"##;

pub(super) fn key_of_figure_6() -> Options {
    let key = HEXLOWER.decode(b"12345678901234567890123456789012").unwrap();
    Options { unlock: Unlock { key: Some(key.into()), ..Unlock::default() }, ..Options::default() }
}

pub(super) fn password(password: &str) -> Options {
    Options { unlock: Unlock { password: Some(password.into()), ..Unlock::default() }, ..Options::default() }
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    Some(text.parse().unwrap())
}

#[test]
fn figure_2_a_key_without_a_device_goes_by_its_id() {
    let key = HOTP.replace("Length=\"8\"", "Length=\"6\"");
    let entry = one(&container(&format!("<KeyPackage>{key}{PLAIN}</Key></KeyPackage>")), Options::default());
    assert_eq!((entry.serial.as_str(), entry.issuer.as_deref()), ("12345678", Some("Issuer")));
    assert_eq!((entry.kind, entry.seed.expose()), (hotp(6, 0), SEED));
}

#[test]
fn figure_3_supplementary_data_is_read() {
    let file = container(&format!(
        "<KeyPackage>{HEAD}<UserId>DC=example-bank,DC=net</UserId></DeviceInfo><CryptoModuleInfo><Id>CM_ID_001</Id>\
         </CryptoModuleInfo>{HOTP}{PLAIN}<UserId>UID=jsmith,DC=example-bank,DC=net</UserId></Key></KeyPackage>"
    ));
    let entry = one(&file, Options::default());
    assert_eq!((entry.serial.as_str(), entry.manufacturer.as_deref()), ("987654321", Some("Manufacturer")));
    assert_eq!(entry.account.as_deref(), Some("UID=jsmith,DC=example-bank,DC=net"));
    assert_eq!((entry.kind, entry.seed.expose(), entry.usage), (hotp(8, 0), SEED, Usage::ANY));
}

#[test]
fn figure_4_a_key_that_is_only_named_is_refused() {
    let file = container(&format!(
        "<KeyPackage>{HEAD}</DeviceInfo>{HOTP}<KeyProfileId>keyProfile1</KeyProfileId><KeyReference>MasterKeyLabel\
         </KeyReference><Data><Counter><PlainValue>0</PlainValue></Counter></Data><Policy><KeyUsage>OTP</KeyUsage></Policy>\
         </Key></KeyPackage>"
    ));
    let found = problems(file, Options::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].serial.as_deref(), Some("987654321"));
    assert_eq!(found[0].what, "the seed is not in the file: it is derived from a key that the file only names");
}

#[test]
fn figure_5_a_pin_that_the_device_checks_is_passed_over() {
    let policy = "<Policy><PINPolicy MinLength=\"4\" MaxLength=\"4\" PINKeyId=\"123456781\" PINEncoding=\"DECIMAL\" \
                  PINUsageMode=\"Local\"/><KeyUsage>OTP</KeyUsage></Policy>";
    let pin = Package { algorithm: format!("{PSKC}:pin"), ..Package::default() };
    let key = format!("<KeyPackage>{HEAD}</DeviceInfo>{HOTP}{PLAIN}{policy}</Key></KeyPackage>");
    let file = container(&(key + &pin.text()));
    let mut reader = read(file.as_bytes(), Options::default());
    let entry = reader.next().unwrap().unwrap();
    assert!(reader.next().is_none());
    assert_eq!(reader.pins_passed_over(), 1);
    assert_eq!(entry.kind, hotp(8, 0));
    assert!(entry.usage.allows(KeyUse::Otp) && !entry.usage.allows(KeyUse::Encrypt));
}

#[test]
fn figure_6_aes_128_with_a_pre_shared_key_is_opened() {
    let entry = one(FIGURE_6, key_of_figure_6());
    assert_eq!((entry.serial.as_str(), entry.line, entry.seed.expose()), ("987654321", 13, SEED));
    assert_eq!(entry.kind, hotp(8, 0));
}

#[test]
fn figure_7_a_key_from_a_password_is_derived() {
    let entry = one(FIGURE_7, password("qwerty"));
    assert_eq!((entry.manufacturer.as_deref(), entry.seed.expose()), (Some("TokenVendorAcme"), SEED));
}

#[test]
fn figure_8_encryption_for_a_certificate_is_refused_by_name() {
    let file = container("<EncryptionKey><d:X509Data xmlns:d='http://www.w3.org/2000/09/xmldsig#'/></EncryptionKey>");
    assert_eq!(problem(file, Options::default()), "encryption with X509Data is not supported");
}

#[test]
fn figure_9_a_signed_container_is_refused_unless_someone_else_checks_it() {
    let signature = "<d:Signature xmlns:d='http://www.w3.org/2000/09/xmldsig#'><d:SignedInfo/></d:Signature>";
    let file = container(&(Package::default().text() + signature));
    assert!(problem(&file, Options::default()).starts_with("the file is signed, and signatures are not checked here"));
    let entry = one(&file, Options { accept_unchecked_signature: true, ..Options::default() });
    assert_eq!(entry.serial, "S-1");
}

#[test]
fn figure_10_many_packages_are_read_one_after_the_other() {
    let devices = [
        ("654321", "05-01", "05-31"),
        ("123456", "05-01", "05-31"),
        ("9999999", "03-01", "03-31"),
        ("9999999", "04-01", "04-30"),
    ];
    let packages = devices.map(|(serial, start, expiry)| {
        format!(
            "<KeyPackage><DeviceInfo><Manufacturer>TokenVendorAcme</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>\
             {HOTP}{PLAIN}<Policy><StartDate>2006-{start}T00:00:00Z</StartDate><ExpiryDate>2006-{expiry}T00:00:00Z\
             </ExpiryDate></Policy></Key></KeyPackage>\n"
        )
    });
    let entries = all(&container(&packages.concat()), Options::default());
    let found = entries.iter().map(|entry| (entry.line, entry.serial.as_str(), entry.start, entry.expiry));
    // Each package has two lines.
    let expected = devices.into_iter().zip([2, 4, 6, 8]).map(|((serial, start, expiry), line)| {
        let day = |day| moment(&format!("2006-{day}T00:00:00Z"));
        (line, serial, day(start), day(expiry))
    });
    assert!(found.eq(expected), "{entries:?}");
}
