//! Challenges: read, drawn, and derived from a transaction.
//!
//! # Drawn challenges
//!
//! A challenge drawn here has the suite's full length and takes every value equally often. A numeric one does not begin
//! with 0. RFC 6287 writes a number as hexadecimal digits and fills up with zeros on the right, so that 16 and 1 go
//! into the computation alike; numbers of one length without a leading zero differ by less than a factor of 16, so no
//! two of them do. That costs one value in ten and also suits tokens that drop leading zeros. Alphanumeric ones use 32
//! characters: no I, L, O or U, which are misread.
//!
//! # Challenges that sign a transaction (RFC 6287 §7.3)
//!
//! ```text
//! input    = "countersign transaction v1" || 0x00 || item(suite) || number of details
//!            || item(name) || item(value) || item(name) || …
//! item(x)  = length of x || x
//! block(n) = HMAC-SHA-256(salt, n || input)
//! ```
//!
//! with `n` as a big-endian 32-bit and the other numbers as big-endian 64-bit numbers, the details in the order of
//! their names' bytes. The challenge takes its characters from `block(0)`, `block(1)`, … the way a drawn one takes them
//! from the generator. The salt is 128 random bits, **drawn when the details are known, for this transaction alone**,
//! and kept with it.
//!
//! Why another amount or payee needs another code (PSD2 RTS, Delegated Regulation (EU) 2018/389, Article 5):
//!
//! - The lengths and the count make the input unambiguous: it can be cut into details in one way only, so different
//!   details are different inputs. `("payee", "A1")` is not `("payeeA", "1")`.
//! - A plain hash of eight digits would not do: whoever picks a payment reference freely finds, in 10^8 tries at home,
//!   a second payment with the same challenge. The salt is drawn after the details are fixed, so there is nothing to
//!   search; each try is a transaction opened at this server, and two with different details share a challenge with the
//!   odds of two random ones: 1 in 9·10^7 for eight digits, 2^28 for seven hexadecimal digits, 2^30 for six letters or
//!   digits. Shorter challenges are refused ([`SignatureError::Short`]), the more so as a code of six digits is guessed
//!   once in 10^6.
//! - Among `k` transactions that one customer has open at once, some two share a challenge once in `2·9·10^7 / k²`; one
//!   open transaction for each customer keeps `k` at 1. A counter or a time-step in the suite narrows it further.
//! - The same payment twice has two salts, hence two challenges: a code seen once signs nothing else.
//!
//! What it cannot do: a token that shows only a challenge does not show what is being paid. The customer has to see
//! amount and payee on a screen that the attacker does not command, next to the challenge.

use super::suite::{QuestionFormat, QuestionKind, Suite};
use crate::domain::ports::Random;
use aws_lc_rs::hmac;

/// Bytes of the question in the computation (§5.1).
const ENCODED: usize = 128;

/// The characters of an alphanumeric challenge drawn here.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A challenge that fits a suite, or two of them after each other. No secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    format: QuestionFormat,
    text: String,
}

/// Why a text is no challenge of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// Too short or too long.
    #[error("the challenge has to have 1 to {max} characters")]
    Length {
        /// The suite's bound.
        max: u8,
    },
    /// Not of the suite's format.
    #[error("the challenge may have {0} only")]
    Characters(QuestionKind),
    /// Two questions that are not of one suite, or not both of its full length.
    #[error("both challenges have to be of one suite and of its full length")]
    Pair,
}

/// Why a suite or some details do not make a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A challenge too short to tell transactions apart.
    #[error("a suite that signs needs challenges of at least {min} characters")]
    Short {
        /// The least for the suite's format.
        min: u8,
    },
    /// §6.3: a suite for plain signatures has no session information.
    #[error("a suite that signs has no session information")]
    Session,
    /// Nothing to sign.
    #[error("there are no transaction details to sign")]
    Empty,
    /// The same name more than once.
    #[error("the transaction detail {0} is there twice")]
    Twice(String),
}

/// Makes the challenges of a transaction its own: 128 random bits, drawn once its details are known. No secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureSalt([u8; 16]);

impl SignatureSalt {
    /// Draws a new one. Never use one for two transactions.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads one back.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bits.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Display for QuestionKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Alphanumeric => "letters and digits",
            Self::Numeric => "digits",
            Self::Hexadecimal => "hexadecimal digits",
        })
    }
}

impl QuestionKind {
    fn admits(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Numeric => byte.is_ascii_digit(),
            Self::Hexadecimal => byte.is_ascii_hexdigit(),
        }
    }

    /// The shortest challenge that signs; the header says why.
    fn signature_length_min(self) -> u8 {
        match self {
            Self::Alphanumeric => 6,
            Self::Numeric => 8,
            Self::Hexadecimal => 7,
        }
    }
}

impl Question {
    /// Reads a challenge, up to the suite's length (§6.3: "up to").
    pub fn parse(suite: &Suite, text: &str) -> Result<Self, QuestionError> {
        let format = suite.question();
        if !(1..=usize::from(format.length_max)).contains(&text.len()) {
            return Err(QuestionError::Length { max: format.length_max });
        }
        if !text.bytes().all(|byte| format.kind.admits(byte)) {
            return Err(QuestionError::Characters(format.kind));
        }
        Ok(Self { format, text: text.to_owned() })
    }

    /// Draws a challenge of the suite's full length.
    pub fn random(suite: &Suite, random: &dyn Random) -> Self {
        let bytes = std::iter::repeat_with(|| {
            let mut bytes = [0; 32];
            random.fill(&mut bytes);
            bytes
        });
        Self::of_bytes(suite.question(), bytes.flatten())
    }

    /// Derives the challenge that signs a transaction; the header has the construction. Names and values are taken to
    /// the letter, so the caller normalizes them first; their order does not matter.
    pub fn for_signature(
        suite: &Suite,
        details: &[(&str, &str)],
        salt: &SignatureSalt,
    ) -> Result<Self, SignatureError> {
        let format = suite.question();
        let min = format.kind.signature_length_min();
        if format.length_max < min {
            return Err(SignatureError::Short { min });
        }
        if suite.session().is_some() {
            return Err(SignatureError::Session);
        }
        let mut details = details.to_vec();
        details.sort_unstable();
        if details.is_empty() {
            return Err(SignatureError::Empty);
        }
        if let Some(pair) = details.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(SignatureError::Twice(pair[0].0.to_owned()));
        }
        let mut input = b"countersign transaction v1\0".to_vec();
        append(&mut input, suite.as_str());
        input.extend((details.len() as u64).to_be_bytes());
        for (name, value) in details {
            append(&mut input, name);
            append(&mut input, value);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &salt.0);
        let block = |n: u32| {
            let mut mac = hmac::Context::with_key(&key);
            mac.update(&n.to_be_bytes());
            mac.update(&input);
            mac.sign().as_ref().to_vec()
        };
        Ok(Self::of_bytes(format, (0..).flat_map(block)))
    }

    /// Puts two challenges after each other for mutual authentication (§7.2): first the one that the other party made,
    /// then the one that the computing party made (§5.1). Only challenges of full length: then the border between the
    /// two is certain.
    pub fn mutual(theirs: &Self, own: &Self) -> Result<Self, QuestionError> {
        let full = |question: &Self| question.text.len() == usize::from(question.format.length_max);
        if theirs.format != own.format || !full(theirs) || !full(own) {
            return Err(QuestionError::Pair);
        }
        Ok(Self { format: own.format, text: [theirs.text.as_str(), own.text.as_str()].concat() })
    }

    /// The text, for the customer to type.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn format(&self) -> QuestionFormat {
        self.format
    }

    /// The question in the computation (§5.1): letters and digits as ASCII, hexadecimal digits as what they stand for,
    /// numbers as the hexadecimal digits of their value; zeros on the right up to 128 bytes.
    pub(super) fn encoded(&self) -> [u8; ENCODED] {
        let mut encoded = [0; ENCODED];
        match self.format.kind {
            QuestionKind::Alphanumeric => encoded[..self.text.len()].copy_from_slice(self.text.as_bytes()),
            QuestionKind::Hexadecimal => pack(self.text.chars().filter_map(|c| c.to_digit(16)), &mut encoded),
            QuestionKind::Numeric => {
                // Schoolbook conversion, lowest hexadecimal digit first: 128 decimal digits have no more than 107.
                let mut nibbles = vec![0];
                for digit in self.text.chars().filter_map(|c| c.to_digit(10)) {
                    let mut carry = digit;
                    for nibble in &mut nibbles {
                        carry += *nibble * 10;
                        (*nibble, carry) = (carry & 0x0f, carry >> 4);
                    }
                    nibbles.extend((carry > 0).then_some(carry));
                }
                pack(nibbles.into_iter().rev().skip_while(|nibble| *nibble == 0), &mut encoded);
            }
        }
        encoded
    }

    fn of_bytes(format: QuestionFormat, bytes: impl Iterator<Item = u8>) -> Self {
        let mut text = String::new();
        for byte in bytes {
            // A byte above the last multiple of the number of choices is skipped: all are then equally likely.
            let character = match format.kind {
                QuestionKind::Alphanumeric => Some(ALPHABET[usize::from(byte & 31)]),
                QuestionKind::Hexadecimal => Some(ALPHABET[usize::from(byte & 15)]),
                QuestionKind::Numeric if text.is_empty() => (byte < 252).then(|| b'1' + byte % 9),
                QuestionKind::Numeric => (byte < 250).then(|| b'0' + byte % 10),
            };
            text.extend(character.map(char::from));
            if text.len() == usize::from(format.length_max) {
                break;
            }
        }
        Self { format, text }
    }
}

/// `item` in the header.
fn append(input: &mut Vec<u8>, item: &str) {
    input.extend((item.len() as u64).to_be_bytes());
    input.extend(item.as_bytes());
}

/// Two hexadecimal digits a byte, the first one high.
fn pack(nibbles: impl Iterator<Item = u32>, into: &mut [u8; ENCODED]) {
    for (n, nibble) in nibbles.enumerate() {
        into[n / 2] |= (nibble as u8) << if n % 2 == 0 { 4 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Bytes of HMAC-SHA-256 in counter mode under a key that is always the same.
    struct Stream(AtomicU64);

    impl Random for Stream {
        fn fill(&self, bytes: &mut [u8]) {
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"questions");
            for chunk in bytes.chunks_mut(32) {
                let n = self.0.fetch_add(1, Ordering::Relaxed);
                chunk.copy_from_slice(&hmac::sign(&key, &n.to_be_bytes()).as_ref()[..chunk.len()]);
            }
        }
    }

    const SALT: SignatureSalt = SignatureSalt::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

    fn suite(input: &str) -> Suite {
        format!("OCRA-1:HOTP-SHA256-8:{input}").parse().unwrap()
    }

    fn encoded(input: &str, text: &str) -> String {
        let bytes = Question::parse(&suite(input), text).unwrap().encoded();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let used = hex.trim_end_matches('0').len();
        hex[..used].to_owned()
    }

    fn sign(details: &[(&str, &str)]) -> String {
        Question::for_signature(&suite("QN08"), details, &SALT).unwrap().as_str().to_owned()
    }

    #[test]
    fn each_format_has_its_encoding() {
        assert_eq!(encoded("QA10", "SIG1000000"), "53494731303030303030".trim_end_matches('0'));
        assert_eq!(encoded("QH08", "abCD12"), "ABCD12");
        assert_eq!(encoded("QH08", "ABC"), "ABC");
        assert_eq!(encoded("QN08", "00000000"), "");
        assert_eq!(encoded("QN08", "11111111"), "A98AC7");
        assert_eq!(encoded("QN08", "12345678"), "BC614E");
        assert_eq!(encoded("QN08", "00000255"), "FF");
        assert_eq!(encoded("QN64", &"9".repeat(20)), "56BC75E2D630FFFFF");
        assert_eq!(encoded("QA64", &"z".repeat(64)), "7A".repeat(64));
    }

    #[test]
    fn a_challenge_has_the_suites_characters_and_length() {
        let read = |input, text| Question::parse(&suite(input), text).map(|question| question.text);
        assert_eq!(read("QN08", "12345678").as_deref(), Ok("12345678"));
        assert_eq!(read("QN08", "1").as_deref(), Ok("1"));
        for text in ["", "123456789"] {
            assert_eq!(read("QN08", text), Err(QuestionError::Length { max: 8 }));
        }
        assert_eq!(read("QN08", "1234567a"), Err(QuestionError::Characters(QuestionKind::Numeric)));
        assert_eq!(read("QH08", "1234567g"), Err(QuestionError::Characters(QuestionKind::Hexadecimal)));
        assert_eq!(read("QA08", "abc-123"), Err(QuestionError::Characters(QuestionKind::Alphanumeric)));
        assert_eq!(read("QN08", "１２"), Err(QuestionError::Characters(QuestionKind::Numeric)));
        let error = QuestionError::Characters(QuestionKind::Hexadecimal);
        assert_eq!(error.to_string(), "the challenge may have hexadecimal digits only");
    }

    #[test]
    fn two_challenges_make_one_only_at_full_length_and_of_one_suite() {
        let read = |input, text| Question::parse(&suite(input), text).unwrap();
        let both = Question::mutual(&read("QA08", "CLI22220"), &read("QA08", "SRV11110")).unwrap();
        assert_eq!(both.as_str(), "CLI22220SRV11110");
        let nines = "9".repeat(64);
        let long = read("QN64", &nines);
        assert_eq!(Question::mutual(&long, &long).unwrap().encoded()[54..], [0; 74]);
        for (theirs, own) in [("QA08", "QA09"), ("QA09", "QA09"), ("QN08", "QA08")] {
            let pair = Question::mutual(&read(theirs, "12345678"), &read(own, "12345678"));
            assert_eq!(pair, Err(QuestionError::Pair));
        }
    }

    #[test]
    fn drawn_challenges_are_of_full_length_and_each_another() {
        let random = Stream(AtomicU64::new(0));
        for input in ["QN04", "QN08", "QN64", "QA10", "QH64", "QH8"] {
            let suite = suite(input);
            let drawn: HashSet<_> = (0..50).map(|_| Question::random(&suite, &random).text).collect();
            assert!(drawn.len() > 45, "{input}");
            for text in drawn {
                assert_eq!(text.len(), usize::from(suite.question().length_max));
                assert_eq!(Question::parse(&suite, &text).unwrap().as_str(), text);
            }
        }
    }

    /// Pearson's test as for passcodes: the bound is passed by chance once in a thousand keys, and this key is fixed.
    #[test]
    fn every_character_is_equally_likely() {
        let random = Stream(AtomicU64::new(0));
        for (input, first, later, bounds) in
            [("QN08", 9, 10, [26.1, 27.9]), ("QH08", 16, 16, [37.7; 2]), ("QA08", 32, 32, [61.1; 2])]
        {
            let mut counts = vec![[0_u32; 128]; 8];
            let suite = suite(input);
            for _ in 0..20_000 {
                let question = Question::random(&suite, &random);
                question.text.bytes().enumerate().for_each(|(place, byte)| counts[place][usize::from(byte)] += 1);
            }
            for (place, counts) in counts.iter().enumerate() {
                let (choices, bound) = if place == 0 { (first, bounds[0]) } else { (later, bounds[1]) };
                let seen: Vec<f64> = counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n)).collect();
                let expected = 20_000.0 / f64::from(choices);
                let chi2: f64 = seen.iter().map(|n| (n - expected).powi(2) / expected).sum();
                assert!(seen.len() == choices as usize && chi2 < bound, "{input} {place}: {chi2}");
            }
        }
    }

    /// Made with another program from the construction above. If this fails, open transactions break on upgrade.
    #[test]
    fn the_construction_is_the_one_described() {
        let details = [("payee", "ES9121000418450200051332"), ("amount", "1000.00"), ("currency", "EUR")];
        let vectors = [
            ("QN08", "83759522"),
            ("QN20", "50250618895102408725"),
            ("QH07", "FE9D2D8"),
            ("QA06", "07MKJD"),
            ("QA64", "P0Y4N4AZ3ASP5QXBBYVF019R1WV8QQ1EJ3HBER8DPAQ32970W7E10D36TAPSEZ2P"),
        ];
        for (input, expected) in vectors {
            let question = Question::for_signature(&suite(input), &details, &SALT).unwrap();
            assert_eq!(question.as_str(), expected, "{input}");
        }
    }

    #[test]
    fn other_details_another_salt_or_another_suite_give_another_challenge() {
        let mut seen = HashSet::new();
        for amount in 0..300 {
            for payee in ["A", "B", "C"] {
                seen.insert(sign(&[("amount", &amount.to_string()), ("payee", payee)]));
            }
        }
        // Two of 900 random challenges are alike once in 222 salts; not with this one.
        assert_eq!(seen.len(), 900);
        let details = [("amount", "1")];
        let salt = SignatureSalt::from_bytes([7; 16]);
        assert_ne!(Question::for_signature(&suite("QN08"), &details, &salt).unwrap().text, sign(&details));
        assert_ne!(Question::for_signature(&suite("QN08-T1M"), &details, &SALT).unwrap().text, sign(&details));
    }

    #[test]
    fn details_cannot_run_into_each_other_and_their_order_does_not_matter() {
        let texts = [
            sign(&[("payee", "A1")]),
            sign(&[("payeeA", "1")]),
            sign(&[("pay", "eeA1")]),
            sign(&[("", "payeeA1")]),
            sign(&[("payee", "A1"), ("", "")]),
            sign(&[("payee", "A"), ("1", "")]),
        ];
        assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len());
        assert_eq!(sign(&[("a", "1"), ("b", "2")]), sign(&[("b", "2"), ("a", "1")]));
        assert_ne!(sign(&[("a", "1"), ("b", "2")]), sign(&[("a", "2"), ("b", "1")]));
    }

    #[test]
    fn what_cannot_sign_is_refused() {
        let refuse = |input, details: &[(&str, &str)]| Question::for_signature(&suite(input), details, &SALT).err();
        for (input, min) in [("QN07", 8), ("QH06", 7), ("QA05", 6)] {
            assert_eq!(refuse(input, &[("a", "1")]), Some(SignatureError::Short { min }));
        }
        assert_eq!(refuse("QN08-S064", &[("a", "1")]), Some(SignatureError::Session));
        assert_eq!(refuse("QN08", &[]), Some(SignatureError::Empty));
        let twice = [("a", "1"), ("b", "1"), ("a", "2")];
        assert_eq!(refuse("QN08", &twice), Some(SignatureError::Twice("a".into())));
        assert_eq!(refuse("C-QN08-PSHA1-T1M", &[("a", "1")]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        /// Why drawn numbers do not begin with 0.
        #[test]
        fn numbers_of_one_length_without_a_leading_zero_are_encoded_differently(
            a in 10_000_000..100_000_000_u32, factor in prop_oneof![Just(16), Just(256), 1..300_u32],
        ) {
            let b = a.wrapping_mul(factor) % 100_000_000;
            prop_assume!(b >= 10_000_000 && a != b);
            let encode = |number: u32| Question::parse(&suite("QN08"), &number.to_string()).unwrap().encoded();
            prop_assert_ne!(encode(a), encode(b));
        }

        #[test]
        fn a_number_is_encoded_as_its_hexadecimal_digits(number in 1..=u64::MAX) {
            let expected = format!("{number:X}");
            prop_assert_eq!(encoded("QN64", &number.to_string()), expected.trim_end_matches('0'));
        }

        #[test]
        fn no_text_makes_reading_panic(
            text in prop_oneof![any::<String>(), "[0-9A-Fa-z]{0,66}"],
            input in prop::sample::select(vec!["QN08", "QA64", "QH04"]),
        ) {
            if let Ok(question) = Question::parse(&suite(input), &text) {
                prop_assert_eq!(question.as_str(), &text);
                question.encoded();
            }
        }
    }
}
