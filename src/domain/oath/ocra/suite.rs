//! OCRA suites (RFC 6287 §6): the text that says what a token computes with.
//!
//! ```text
//! OCRA-1:HOTP-{SHA1|SHA256|SHA512}-{0|4..10}:[C-]Q{A|N|H}xx[-P{SHA1|SHA256|SHA512}][-Snnn][-T{1..59S|1..59M|1..48H}]
//! ```
//!
//! The text itself goes into the computation, so it is kept to the letter, and nothing is read that could be written in
//! two ways: capitals only, no defaults for parts left out (the RFC names some; a token without them has other text).
//! The two exceptions are the RFC's: it has both `QH8` and `QN08`, and lets the two sides agree on any session length,
//! here up to 512 bytes. One text of its grammar is refused: `T0H`, since steps of no length cannot be counted.

use crate::domain::flow::Timestamp;
use crate::domain::oath::HashAlgorithm;
use std::fmt;
use std::str::FromStr;

/// The longest text of the grammar has 46 characters.
const LENGTH_MAX: usize = 46;

/// What a token computes with, read from its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suite {
    text: String,
    algorithm: HashAlgorithm,
    truncation: Truncation,
    counter: bool,
    question: QuestionFormat,
    pin: Option<HashAlgorithm>,
    session: Option<u16>,
    time_step: Option<TimeStep>,
}

/// What is left of the HMAC for the customer to type (§5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// `t = 0`: all of it. The RFC does not say how it is written; here in small hexadecimal digits.
    Whole,
    /// This many decimal digits, 4 to 10.
    Digits(u8),
}

/// What a challenge is made of, and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuestionFormat {
    /// The characters.
    pub kind: QuestionKind,
    /// The most characters, 4 to 64.
    pub length_max: u8,
}

/// The characters of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionKind {
    /// `A`: letters and digits.
    Alphanumeric,
    /// `N`: decimal digits.
    Numeric,
    /// `H`: hexadecimal digits.
    Hexadecimal,
}

/// How long a step of the token's clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeStep {
    seconds: u32,
}

impl TimeStep {
    /// Its length.
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// The number of whole steps from 1970-01-01T00:00:00Z to a moment (§5.1, `T`); `None` before that.
    pub fn steps(self, at: Timestamp) -> Option<u64> {
        Some(u64::try_from(at.timestamp()).ok()? / u64::from(self.seconds))
    }
}

/// Why a text is no suite: names the part, never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuiteError {
    /// Not three parts.
    #[error("a suite has three parts with a colon between: algorithm, function and data input")]
    Parts,
    /// Too long.
    #[error("a suite has at most {LENGTH_MAX} characters")]
    Length,
    /// The first part.
    #[error("the algorithm has to be OCRA-1")]
    Algorithm,
    /// The second part.
    #[error("the function has to be HOTP, a hash and a number of digits with hyphens between")]
    Function,
    /// The second part's hash.
    #[error("the function's hash has to be SHA1, SHA256 or SHA512")]
    FunctionHash,
    /// The second part's digits.
    #[error("the function's digits have to be 0 or 4 to 10")]
    FunctionDigits,
    /// The third part has no question where it has to be.
    #[error("the data input has to begin with the question, or with C and the question")]
    QuestionMissing,
    /// The question's characters.
    #[error("the question's format has to be QA, QN or QH")]
    QuestionKind,
    /// The question's length.
    #[error("the question's length has to be 04 to 64")]
    QuestionLength,
    /// The PIN's hash.
    #[error("the PIN's hash has to be PSHA1, PSHA256 or PSHA512")]
    Pin,
    /// The session's length.
    #[error("the session's length has to be three digits, S001 to S512")]
    Session,
    /// The time-step.
    #[error("the time-step has to be T1S to T59S, T1M to T59M or T1H to T48H")]
    TimeStep,
    /// Something else, twice or out of order.
    #[error("after the question come the PIN, the session and the time-step, in this order, each at most once")]
    Order,
}

impl Suite {
    /// The hash.
    pub fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// What the customer types.
    pub fn truncation(&self) -> Truncation {
        self.truncation
    }

    /// Whether it counts (`C`).
    pub fn has_counter(&self) -> bool {
        self.counter
    }

    /// Its challenges (`Q`).
    pub fn question(&self) -> QuestionFormat {
        self.question
    }

    /// The hash of its PIN (`P`), if it takes one.
    pub fn pin(&self) -> Option<HashAlgorithm> {
        self.pin
    }

    /// The bytes of its session information (`S`), if it takes any.
    pub fn session(&self) -> Option<u16> {
        self.session
    }

    /// The step of its clock (`T`), if it has one.
    pub fn time_step(&self) -> Option<TimeStep> {
        self.time_step
    }

    /// The text, to the letter.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Suite {
    type Err = SuiteError;

    fn from_str(text: &str) -> Result<Self, SuiteError> {
        if text.len() > LENGTH_MAX {
            return Err(SuiteError::Length);
        }
        let mut parts = text.split(':');
        let (Some(algorithm), Some(function), Some(input), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SuiteError::Parts);
        };
        if algorithm != "OCRA-1" {
            return Err(SuiteError::Algorithm);
        }
        let (algorithm, truncation) = function_of(function)?;
        let mut inputs = input.split('-').peekable();
        let counter = inputs.next_if_eq(&"C").is_some();
        let question = question_of(inputs.next().unwrap_or_default())?;
        let mut optional = |letter: char| inputs.next_if(|input| input.starts_with(letter));
        let pin = optional('P').map(pin_of).transpose()?;
        let session = optional('S').map(session_of).transpose()?;
        let time_step = optional('T').map(time_step_of).transpose()?;
        if inputs.next().is_some() {
            return Err(SuiteError::Order);
        }
        Ok(Self { text: text.to_owned(), algorithm, truncation, counter, question, pin, session, time_step })
    }
}

/// §6.2: `HOTP-H-t`.
fn function_of(text: &str) -> Result<(HashAlgorithm, Truncation), SuiteError> {
    let rest = text.strip_prefix("HOTP-").ok_or(SuiteError::Function)?;
    let (hash, digits) = rest.split_once('-').ok_or(SuiteError::Function)?;
    let algorithm = HashAlgorithm::parse(hash).ok_or(SuiteError::FunctionHash)?;
    let truncation = match number(digits) {
        Some(0) => Truncation::Whole,
        Some(digits @ 4..=10) => Truncation::Digits(digits as u8),
        _ => return Err(SuiteError::FunctionDigits),
    };
    Ok((algorithm, truncation))
}

/// §6.3: `QFxx`.
fn question_of(text: &str) -> Result<QuestionFormat, SuiteError> {
    let format = text.strip_prefix('Q').ok_or(SuiteError::QuestionMissing)?;
    let kinds = [('A', QuestionKind::Alphanumeric), ('N', QuestionKind::Numeric), ('H', QuestionKind::Hexadecimal)];
    let known = kinds.iter().find_map(|(letter, kind)| Some((*kind, format.strip_prefix(*letter)?)));
    let (kind, length) = known.ok_or(SuiteError::QuestionKind)?;
    let digits = if length.len() == 2 { length.strip_prefix('0').unwrap_or(length) } else { length };
    match number(digits) {
        Some(length @ 4..=64) => Ok(QuestionFormat { kind, length_max: length as u8 }),
        _ => Err(SuiteError::QuestionLength),
    }
}

/// §6.3: `PH`.
fn pin_of(text: &str) -> Result<HashAlgorithm, SuiteError> {
    text.strip_prefix('P').and_then(HashAlgorithm::parse).ok_or(SuiteError::Pin)
}

/// §6.3: `Snnn`.
fn session_of(text: &str) -> Result<u16, SuiteError> {
    let digits = text.strip_prefix('S').filter(|digits| digits.len() == 3).ok_or(SuiteError::Session)?;
    match number(digits.trim_start_matches('0')) {
        Some(length @ 1..=512) => Ok(length),
        _ => Err(SuiteError::Session),
    }
}

/// §6.3: `TG`.
fn time_step_of(text: &str) -> Result<TimeStep, SuiteError> {
    let step = text.strip_prefix('T').ok_or(SuiteError::TimeStep)?;
    let units = [('S', 1, 59), ('M', 60, 59), ('H', 3600, 48)];
    units
        .iter()
        .find_map(|(letter, seconds, most)| {
            let count = number(step.strip_suffix(*letter)?)?;
            (1..=*most).contains(&count).then(|| TimeStep { seconds: u32::from(count) * seconds })
        })
        .ok_or(SuiteError::TimeStep)
}

/// Up to three decimal digits without a leading zero.
fn number(text: &str) -> Option<u16> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let unpadded = text == "0" || !text.starts_with('0');
    if plain && unpadded { text.parse().ok() } else { None }
}

#[cfg(test)]
pub(in crate::domain::oath) mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Suite, SuiteError> {
        text.parse()
    }

    /// Any text of the grammar.
    pub(in crate::domain::oath) fn suites() -> impl Strategy<Value = String> {
        let text = "OCRA-1:HOTP-SHA(1|256|512)-(0|[4-9]|10):(C-)?Q[ANH](0[4-9]|[4-9]|[1-5][0-9]|6[0-4])\
                    (-P(SHA1|SHA256|SHA512))?(-S(00[1-9]|0[1-9][0-9]|[1-4][0-9][0-9]|50[0-9]|51[0-2]))?\
                    (-T(([1-9]|[1-5][0-9])[SM]|([1-9]|[1-3][0-9]|4[0-8])H))?";
        proptest::string::string_regex(text).unwrap()
    }

    #[test]
    fn the_suites_of_the_rfc_are_read() {
        let suite = read("OCRA-1:HOTP-SHA512-8:C-QN08-PSHA1").unwrap();
        assert_eq!(suite.algorithm(), HashAlgorithm::Sha512);
        assert_eq!(suite.truncation(), Truncation::Digits(8));
        assert!(suite.has_counter());
        assert_eq!(suite.question(), QuestionFormat { kind: QuestionKind::Numeric, length_max: 8 });
        assert_eq!((suite.pin(), suite.session(), suite.time_step()), (Some(HashAlgorithm::Sha1), None, None));

        let suite = read("OCRA-1:HOTP-SHA256-6:QA10-T1M").unwrap();
        assert!(!suite.has_counter());
        assert_eq!(suite.question(), QuestionFormat { kind: QuestionKind::Alphanumeric, length_max: 10 });
        assert_eq!(suite.time_step().map(TimeStep::seconds), Some(60));

        let suite = read("OCRA-1:HOTP-SHA1-4:QH8-S512").unwrap();
        assert_eq!(suite.question(), QuestionFormat { kind: QuestionKind::Hexadecimal, length_max: 8 });
        assert_eq!(suite.session(), Some(512));
        assert_eq!(suite.to_string(), "OCRA-1:HOTP-SHA1-4:QH8-S512");
    }

    #[test]
    fn everything_at_once_and_the_bounds_are_read() {
        let suite = read("OCRA-1:HOTP-SHA512-10:C-QA64-PSHA512-S512-T48H").unwrap();
        assert_eq!(suite.truncation(), Truncation::Digits(10));
        assert_eq!((suite.pin(), suite.session()), (Some(HashAlgorithm::Sha512), Some(512)));
        assert_eq!(suite.time_step().map(TimeStep::seconds), Some(48 * 3600));
        assert_eq!(read("OCRA-1:HOTP-SHA1-0:QN04").unwrap().truncation(), Truncation::Whole);
        assert_eq!(read("OCRA-1:HOTP-SHA1-6:QN04-S001-T1S").unwrap().session(), Some(1));
    }

    #[test]
    fn every_illegal_text_is_refused_by_the_part_that_is_wrong() {
        let refused: &[(SuiteError, &[&str])] = &[
            (SuiteError::Parts, &["", "OCRA-1", "OCRA-1:HOTP-SHA1-6", "OCRA-1:HOTP-SHA1-6:QN08:"]),
            (SuiteError::Algorithm, &["OCRA-2:HOTP-SHA1-6:QN08", "ocra-1:HOTP-SHA1-6:QN08", ":HOTP-SHA1-6:QN08"]),
            (SuiteError::Algorithm, &[" OCRA-1:HOTP-SHA1-6:QN08", "OcraSuite-1:HOTP-SHA1-6:QN08"]),
            (SuiteError::Function, &["OCRA-1::QN08", "OCRA-1:HOTP:QN08", "OCRA-1:TOTP-SHA1-6:QN08"]),
            (SuiteError::Function, &["OCRA-1:HOTP-SHA1:QN08"]),
            (SuiteError::FunctionHash, &["OCRA-1:HOTP-MD5-6:QN08", "OCRA-1:HOTP-sha1-6:QN08", "OCRA-1:HOTP--6:QN08"]),
            (SuiteError::FunctionHash, &["OCRA-1:HOTP-SHA384-6:QN08"]),
            (SuiteError::FunctionDigits, &["OCRA-1:HOTP-SHA1-3:QN08", "OCRA-1:HOTP-SHA1-11:QN08"]),
            (SuiteError::FunctionDigits, &["OCRA-1:HOTP-SHA1-06:QN08", "OCRA-1:HOTP-SHA1-:QN08"]),
            (SuiteError::FunctionDigits, &["OCRA-1:HOTP-SHA1-+6:QN08", "OCRA-1:HOTP-SHA1-6-6:QN08"]),
            (SuiteError::FunctionDigits, &["OCRA-1:HOTP-SHA1-00:QN08", "OCRA-1:HOTP-SHA1-６:QN08"]),
            (SuiteError::QuestionMissing, &["OCRA-1:HOTP-SHA1-6:", "OCRA-1:HOTP-SHA1-6:C", "OCRA-1:HOTP-SHA1-6:C-"]),
            (SuiteError::QuestionMissing, &["OCRA-1:HOTP-SHA1-6:T1M", "OCRA-1:HOTP-SHA1-6:C-C-QN08"]),
            (SuiteError::QuestionMissing, &["OCRA-1:HOTP-SHA1-6:c-QN08", "OCRA-1:HOTP-SHA1-6:-QN08"]),
            (SuiteError::QuestionKind, &["OCRA-1:HOTP-SHA1-6:Q", "OCRA-1:HOTP-SHA1-6:QX08", "OCRA-1:HOTP-SHA1-6:Q08"]),
            (SuiteError::QuestionLength, &["OCRA-1:HOTP-SHA1-6:QN", "OCRA-1:HOTP-SHA1-6:QN03"]),
            (SuiteError::QuestionLength, &["OCRA-1:HOTP-SHA1-6:QN65", "OCRA-1:HOTP-SHA1-6:QN008"]),
            (SuiteError::QuestionLength, &["OCRA-1:HOTP-SHA1-6:QN3", "OCRA-1:HOTP-SHA1-6:QN00"]),
            (SuiteError::QuestionLength, &["OCRA-1:HOTP-SHA1-6:QN0８", "OCRA-1:HOTP-SHA1-6:QN-1"]),
            (SuiteError::Pin, &["OCRA-1:HOTP-SHA1-6:QN08-P", "OCRA-1:HOTP-SHA1-6:QN08-PSHA384"]),
            (SuiteError::Session, &["OCRA-1:HOTP-SHA1-6:QN08-S", "OCRA-1:HOTP-SHA1-6:QN08-S64"]),
            (SuiteError::Session, &["OCRA-1:HOTP-SHA1-6:QN08-S000", "OCRA-1:HOTP-SHA1-6:QN08-S513"]),
            (
                SuiteError::TimeStep,
                &["OCRA-1:HOTP-SHA1-6:QN08-T", "OCRA-1:HOTP-SHA1-6:QN08-T1", "OCRA-1:HOTP-SHA1-6:QN08-TM"],
            ),
            (SuiteError::TimeStep, &["OCRA-1:HOTP-SHA1-6:QN08-T0S", "OCRA-1:HOTP-SHA1-6:QN08-T60M"]),
            (SuiteError::TimeStep, &["OCRA-1:HOTP-SHA1-6:QN08-T0H", "OCRA-1:HOTP-SHA1-6:QN08-T49H"]),
            (SuiteError::TimeStep, &["OCRA-1:HOTP-SHA1-6:QN08-T01M", "OCRA-1:HOTP-SHA1-6:QN08-T1D"]),
            (SuiteError::Order, &["OCRA-1:HOTP-SHA1-6:QN08-", "OCRA-1:HOTP-SHA1-6:QN08-T1M-PSHA1"]),
            (SuiteError::Order, &["OCRA-1:HOTP-SHA1-6:QN08-S064-PSHA1", "OCRA-1:HOTP-SHA1-6:QN08-C"]),
            (SuiteError::Order, &["OCRA-1:HOTP-SHA1-6:QN08-PSHA1-PSHA1", "OCRA-1:HOTP-SHA1-6:QN08-X"]),
            (SuiteError::Order, &["OCRA-1:HOTP-SHA1-6:QN08-QN08"]),
        ];
        for (error, texts) in refused {
            for text in *texts {
                assert_eq!(read(text), Err(*error), "{text:?}");
            }
        }
        assert_eq!(read(&"OCRA-1:".repeat(1_000_000)), Err(SuiteError::Length));
    }

    #[test]
    fn steps_are_counted_from_1970_on() {
        let steps = |suite: &str, seconds| {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            read(suite).unwrap().time_step().unwrap().steps(at)
        };
        assert_eq!(steps("OCRA-1:HOTP-SHA1-6:QN08-T1M", 0x132_d0b6 * 60 + 59), Some(0x132_d0b6));
        assert_eq!(steps("OCRA-1:HOTP-SHA1-6:QN08-T20S", 59), Some(2));
        assert_eq!(steps("OCRA-1:HOTP-SHA1-6:QN08-T24H", 86_399), Some(0));
        assert_eq!(steps("OCRA-1:HOTP-SHA1-6:QN08-T1S", -1), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_of_the_grammar_is_read_and_written_back(text in suites()) {
            let suite = read(&text).unwrap();
            prop_assert_eq!(suite.to_string(), &*text);
            prop_assert!(text.len() <= LENGTH_MAX);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            if let Ok(suite) = read(&text) {
                prop_assert_eq!(suite.to_string(), text);
            }
        }

        /// One character changed, dropped or doubled: either refused or, being of the grammar again, written back.
        #[test]
        fn damaged_texts_are_refused_or_written_back(
            text in suites(),
            at in any::<prop::sample::Index>(),
            other in prop_oneof![any::<char>(), prop::char::range('0', 'Z')],
            how in 0..3,
        ) {
            let mut chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len());
            match how {
                0 => chars[at] = other,
                1 => drop(chars.remove(at)),
                _ => chars.insert(at, chars[at]),
            }
            let damaged: String = chars.into_iter().collect();
            if let Ok(suite) = read(&damaged) {
                prop_assert_eq!(suite.to_string(), damaged);
            }
        }
    }
}
