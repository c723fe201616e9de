//! Codes, and the keys that go with them: derived when needed, never stored.
//!
//! # Construction
//!
//! ```text
//! block(n) = HMAC-SHA-256(flow key, label || 0x00 || flow id || purpose || 0x00 || generation || n)
//! ```
//!
//! with `label` one of `passcode` and `security-key`, the flow id as 16 bytes, generation and `n` as big-endian 32-bit
//! numbers. A **passcode** takes the bytes of `block(0)`, `block(1)`, … in turn: a byte below 250 gives the digit
//! `byte mod 10`, any other is skipped (rejection sampling), until there are enough digits. A **security key** is the
//! first 16 bytes of `block(0)`, written as a UUID of version 8 (RFC 9562 §5.8).
//!
//! # Why it is safe
//!
//! - HMAC-SHA-256 is a pseudorandom function: without the flow key, the blocks of inputs not yet seen cannot be told from
//!   random bytes. Inputs never repeat over flows (the id is a time and 80 random bits), purposes or generations, and the label and
//!   the fixed lengths keep passcodes and security keys apart, so knowing any number of them says nothing about the next.
//! - 250 is a multiple of 10, so every digit is equally likely and every code of the length is, leading zeros included.
//! - Nothing that yields a code is in the database: the flow id is, the flow key is not. A stolen database is of no use for
//!   guessing beyond what any caller may try, and a stolen key alone lacks the ids.
//! - The same input gives the same code: a resend needs no memory, and neither does verification.

use super::flow::FlowId;
use super::keys::ServerKey;
use super::policy::Purpose;
use super::work::Work;
use aws_lc_rs::{constant_time, hmac};
use std::fmt;
use zeroize::Zeroizing;

/// A code in clear. It lives as long as a message is being made, or a comparison.
pub struct Passcode(Zeroizing<String>);

impl Passcode {
    /// Derives the code of a generation of a flow; `digits` is 3 to 8.
    pub fn derive(key: &ServerKey, flow: FlowId, purpose: Purpose, generation: u32, digits: u8) -> Self {
        let mut code = Zeroizing::new(String::with_capacity(digits.into()));
        for n in 0.. {
            let block = block(key, "passcode", flow, purpose, generation, n);
            let fair = block.as_ref().iter().filter(|byte| **byte < 250);
            let missing = usize::from(digits) - code.len();
            code.extend(fair.take(missing).map(|byte| char::from(b'0' + byte % 10)));
            if code.len() == usize::from(digits) {
                break;
            }
        }
        Self(code)
    }

    /// Compares in time that depends on the lengths alone.
    pub fn matches(&self, given: &str) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), given.as_bytes()).is_ok()
    }

    /// The digits, for the message that carries them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passcode(..)")
    }
}

/// Names one generation of a flow's code. Whoever has it has been told that the code was sent.
pub struct SecurityKey(Zeroizing<String>);

impl SecurityKey {
    /// Derives the key of a generation of a flow.
    pub fn derive(key: &ServerKey, flow: FlowId, purpose: Purpose, generation: u32) -> Self {
        let block = block(key, "security-key", flow, purpose, generation, 0);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&block.as_ref()[..16]);
        Self(Zeroizing::new(uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()))
    }

    /// Compares in time that depends on the lengths alone.
    pub fn matches(&self, given: &str) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), given.as_bytes()).is_ok()
    }

    /// The key as the caller gets it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecurityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityKey(..)")
    }
}

fn block(key: &ServerKey, label: &str, flow: FlowId, purpose: Purpose, generation: u32, n: u32) -> hmac::Tag {
    Work::HASH.add();
    let mut mac = hmac::Context::with_key(key.flow());
    mac.update(label.as_bytes());
    mac.update(&[0]);
    mac.update(flow.as_bytes());
    mac.update(purpose.as_str().as_bytes());
    mac.update(&[0]);
    mac.update(&generation.to_be_bytes());
    mac.update(&n.to_be_bytes());
    mac.sign()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keys::KeyId;
    use std::collections::HashSet;

    const FLOW: FlowId = FlowId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

    /// Bytes 0 to 31.
    fn key() -> ServerKey {
        ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &std::array::from_fn(|n| n as u8)).unwrap()
    }

    fn code(flow: FlowId, purpose: Purpose, generation: u32, digits: u8) -> String {
        Passcode::derive(&key(), flow, purpose, generation, digits).expose().to_owned()
    }

    /// Made with another program from the construction above. If this fails, codes in the field change on upgrade.
    #[test]
    fn the_construction_is_the_one_described() {
        let vectors = [
            (Purpose::PreLogin, 1, "52240318", "aa50c65d-4ef3-8e28-abe3-865e02bdf50c"),
            (Purpose::PreLogin, 2, "58763605", "ae1f57b3-4d98-8a24-a989-36d6883861f7"),
            (Purpose::SecurityQuestions, 1, "53999281", "0e15b2d6-8f9f-8e1c-82ae-d1e10631a18f"),
            (Purpose::SecurityQuestions, 2, "58612596", "8ae271ed-5e36-8fbb-b00e-50d813b039ef"),
        ];
        for (purpose, generation, digits, security_key) in vectors {
            assert_eq!(code(FLOW, purpose, generation, 8), digits);
            assert_eq!(SecurityKey::derive(&key(), FLOW, purpose, generation).expose(), security_key);
        }
    }

    #[test]
    fn a_code_has_the_length_asked_for() {
        for digits in 3..=8 {
            let code = code(FLOW, Purpose::PreLogin, 1, digits);
            assert!(code.len() == usize::from(digits) && code.bytes().all(|b| b.is_ascii_digit()), "{digits}");
        }
    }

    #[test]
    fn flows_purposes_and_generations_have_codes_of_their_own() {
        let mut codes = HashSet::new();
        for flow in 0..10 {
            for purpose in Purpose::ALL {
                for generation in 1..=10 {
                    codes.insert(code(FlowId::from_bytes([flow; 16]), purpose, generation, 8));
                }
            }
        }
        // Two of 200 random codes of eight digits are alike once in five thousand keys; not with this one.
        assert_eq!(codes.len(), 200);
    }

    /// Pearson's test with 9 degrees of freedom: 27.9 is passed by chance once in a thousand keys, and this key is fixed.
    #[test]
    fn digits_are_equally_likely_in_every_place_leading_zeros_included() {
        let mut counts = [[0_u32; 10]; 8];
        let flows = 20_000_u32;
        for n in 0..flows {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            for (place, digit) in code(FlowId::from_bytes(id), Purpose::PreLogin, 1, 8).bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        let expected = f64::from(flows) / 10.0;
        for (place, counts) in counts.iter().enumerate() {
            let chi2: f64 = counts.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            assert!(chi2 < 27.9, "place {place}: {chi2}");
        }
    }

    #[test]
    fn only_the_whole_code_matches_and_debug_shows_nothing() {
        let code = Passcode::derive(&key(), FLOW, Purpose::PreLogin, 1, 6);
        assert!(code.matches("522403"));
        for other in ["", "52240", "5224031", "522404", " 522403", "５２２４０３"] {
            assert!(!code.matches(other), "{other}");
        }
        let security_key = SecurityKey::derive(&key(), FLOW, Purpose::PreLogin, 1);
        assert_eq!(format!("{code:?} {security_key:?}"), "Passcode(..) SecurityKey(..)");
    }
}
