//! OCRA suites, their challenges, and what a token answers. Of the input, the first line is a suite, the next ones are
//! challenge, PIN, session, counter and seconds since 1970; each further one is a detail to be signed: its name, `=`, its
//! value.
//!
//! Suites are told from other texts by lists of all that the RFC allows, and responses are computed a second time, by what
//! the RFC says and nothing of the server.

#![no_main]

use aws_lc_rs::hmac;
use chrono::DateTime;
use countersign_fuzz::domain::oath::hotp::LookAhead;
use countersign_fuzz::domain::oath::ocra::question::{Question, QuestionError, SignatureError, SignatureSalt};
use countersign_fuzz::domain::oath::ocra::suite::{QuestionKind, Suite, SuiteError, Truncation};
use countersign_fuzz::domain::oath::ocra::{
    Accepted, Input, InputError, Inputs, PinHash, TimeWindow, Windows, respond, verify,
};
use countersign_fuzz::domain::oath::{HashAlgorithm, Seed};
use countersign_fuzz::domain::token::Ocra;
use countersign_fuzz::{memory, secrets};
use libfuzzer_sys::fuzz_target;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// All that each part of a suite can be (RFC 6287 §6).
struct Grammar {
    functions: HashSet<String>,
    questions: HashSet<String>,
    pins: HashSet<String>,
    sessions: HashSet<String>,
    steps: HashSet<String>,
}

const HASHES: [&str; 3] = ["SHA1", "SHA256", "SHA512"];

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let lengths = [0, 4, 5, 6, 7, 8, 9, 10];
    let questions = |kind: char| {
        let short = (4..=9).map(move |length| format!("Q{kind}{length}"));
        (4..=64).map(move |length| format!("Q{kind}{length:02}")).chain(short)
    };
    let steps = |unit: char, most: u32| (1..=most).map(move |count| format!("T{count}{unit}"));
    Grammar {
        functions: HASHES.iter().flat_map(|hash| lengths.map(|length| format!("HOTP-{hash}-{length}"))).collect(),
        questions: ['A', 'N', 'H'].into_iter().flat_map(questions).collect(),
        pins: HASHES.iter().map(|hash| format!("P{hash}")).collect(),
        sessions: (1..=512).map(|length| format!("S{length:03}")).collect(),
        steps: steps('S', 59).chain(steps('M', 59)).chain(steps('H', 48)).collect(),
    }
});

/// Whether the RFC has such a suite.
fn is_suite(text: &str) -> bool {
    let Some((function, input)) = text.strip_prefix("OCRA-1:").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let mut parts = input.split('-').peekable();
    parts.next_if_eq(&"C");
    let question = parts.next().is_some_and(|part| GRAMMAR.questions.contains(part));
    for known in [&GRAMMAR.pins, &GRAMMAR.sessions, &GRAMMAR.steps] {
        parts.next_if(|part| known.contains(*part));
    }
    GRAMMAR.functions.contains(function) && question && parts.next().is_none()
}

/// What a suite says, put together again; its question's length in both ways to write it.
fn said(suite: &Suite) -> [String; 2] {
    let digits = match suite.truncation() {
        Truncation::Whole => 0,
        Truncation::Digits(digits) => digits,
    };
    let kind = match suite.question().kind {
        QuestionKind::Alphanumeric => 'A',
        QuestionKind::Numeric => 'N',
        QuestionKind::Hexadecimal => 'H',
    };
    let length = suite.question().length_max;
    [format!("Q{kind}{length}"), format!("Q{kind}{length:02}")].map(|question| {
        let mut parts = vec![question];
        if suite.has_counter() {
            parts.insert(0, "C".to_owned());
        }
        parts.extend(suite.pin().map(|hash| format!("P{}", hash.as_str())));
        parts.extend(suite.session().map(|length| format!("S{length:03}")));
        parts.extend(suite.time_step().map(|step| match step.seconds() {
            seconds @ 1..60 => format!("T{seconds}S"),
            seconds @ 60..3600 => format!("T{}M", seconds / 60),
            seconds => format!("T{}H", seconds / 3600),
        }));
        format!("OCRA-1:HOTP-{}-{digits}:{}", suite.algorithm().as_str(), parts.join("-"))
    })
}

/// The hexadecimal digits of a decimal number of any length, by long division.
fn hexadecimal(decimal: &str) -> String {
    let mut number: Vec<u8> = decimal.bytes().map(|digit| digit - b'0').collect();
    let mut digits = Vec::new();
    while number.iter().any(|digit| *digit != 0) {
        let mut rest = 0;
        for digit in &mut number {
            let value = 10 * rest + u32::from(*digit);
            *digit = (value / 16) as u8;
            rest = value % 16;
        }
        digits.extend(char::from_digit(rest, 16));
    }
    digits.iter().rev().collect()
}

/// The response, as §5 and §7 of the RFC have it.
fn response(suite: &Suite, seed: &[u8], inputs: &Inputs<'_>) -> String {
    let mut data = suite.as_str().as_bytes().to_vec();
    data.push(0);
    data.extend(inputs.counter.map(u64::to_be_bytes).into_iter().flatten());
    let question = inputs.question.as_str();
    let hex = match suite.question().kind {
        QuestionKind::Alphanumeric => question.bytes().map(|byte| format!("{byte:02x}")).collect(),
        QuestionKind::Numeric => hexadecimal(question),
        QuestionKind::Hexadecimal => question.to_owned(),
    };
    let hex = format!("{hex:0<256}");
    data.extend((0..128).map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).expect("these are such digits")));
    data.extend(inputs.pin.map(PinHash::expose).unwrap_or_default());
    if let (Some(length), Some(session)) = (suite.session(), inputs.session) {
        data.resize(data.len() + usize::from(length) - session.len(), 0);
        data.extend(session.as_bytes());
    }
    if let (Some(step), Some(time)) = (suite.time_step(), inputs.time) {
        data.extend((time.timestamp() as u64 / u64::from(step.seconds())).to_be_bytes());
    }
    let algorithm = match suite.algorithm() {
        HashAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha256 => hmac::HMAC_SHA256,
        HashAlgorithm::Sha512 => hmac::HMAC_SHA512,
    };
    let mac = hmac::sign(&hmac::Key::new(algorithm, seed), &data);
    let mac = mac.as_ref();
    match suite.truncation() {
        Truncation::Whole => mac.iter().map(|byte| format!("{byte:02x}")).collect(),
        Truncation::Digits(digits) => {
            let start = usize::from(mac[mac.len() - 1] % 16);
            let value = mac[start..start + 4].iter().fold(0, |value, byte| (value << 8) | u64::from(*byte));
            let text = format!("{:010}", value & 0x7fff_ffff);
            text[10 - usize::from(digits)..].to_owned()
        }
    }
}

fn check_question(suite: &Suite, text: &str) -> Option<Question> {
    let format = suite.question();
    let fits = |c: char| match format.kind {
        QuestionKind::Alphanumeric => c.is_ascii_alphanumeric(),
        QuestionKind::Numeric => c.is_ascii_digit(),
        QuestionKind::Hexadecimal => c.is_ascii_hexdigit(),
    };
    let length = (1..=usize::from(format.length_max)).contains(&text.len());
    let question = Question::parse(suite, text);
    match &question {
        Ok(question) => assert!(length && text.chars().all(fits) && question.as_str() == text, "{text:?}"),
        Err(QuestionError::Length { max }) => assert!(!length && *max == format.length_max),
        Err(QuestionError::Characters(kind)) => assert!(!text.chars().all(fits) && *kind == format.kind),
        Err(QuestionError::Pair) => panic!("there is one question only"),
    }
    let question = question.ok()?;
    let mutual = Question::mutual(&question, &question);
    assert_eq!(mutual.is_ok(), text.len() == usize::from(format.length_max));
    Some(question)
}

fn check_responses(suite: &Suite, question: &Question, data: &[u8], lines: &[&str]) {
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    let secret = secrets::seed(data, 16 + data.len() % 113);
    let seed = Seed::new(&secret).expect("a seed may have so many bytes");
    let pin = suite.pin().map(|algorithm| PinHash::of(algorithm, line(2)));
    let session = line(3);
    let counter = line(4).parse::<u64>().unwrap_or(1);
    let time = line(5).parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default();
    let inputs = Inputs {
        counter: suite.has_counter().then_some(counter),
        question,
        pin: pin.as_ref(),
        session: suite.session().map(|_| session),
        time: suite.time_step().map(|_| time),
    };
    let windows = Windows { look_ahead: LookAhead::MIN, time: TimeWindow::MIN };
    let code = match respond(suite, &seed, &inputs) {
        Ok(code) => code,
        Err(InputError::SessionLength { max }) => return assert!(session.len() > usize::from(max)),
        Err(InputError::BeforeEpoch) => return assert!(time.timestamp() < 0),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(code.expose(), response(suite, &secret, &inputs), "{suite} {inputs:?}");
    secrets::assert_hidden(&secret, &format!("{code:?} {inputs:?} {seed:?}"));

    let accepted = Accepted {
        counter: inputs.counter,
        time_step: suite.time_step().map(|step| time.timestamp() as u64 / u64::from(step.seconds())),
    };
    let expected = (inputs.counter != Some(u64::MAX)).then_some(accepted);
    assert_eq!(verify(suite, &seed, &inputs, windows, code.expose()), Ok(expected));
    assert_eq!(verify(suite, &seed, &inputs, windows, &code.expose().to_uppercase()), Ok(expected));
    let last = code.expose().chars().last().and_then(|digit| digit.to_digit(16)).expect("a code has digits");
    let wrong = format!("{}{}", &code.expose()[..code.expose().len() - 1], (last + 1) % 10);
    for wrong in [wrong.as_str(), "", line(2), &code.expose()[1..]] {
        assert_eq!(verify(suite, &seed, &inputs, windows, wrong), Ok(None), "{wrong}");
    }

    let without = [
        (Input::Counter, suite.has_counter(), Inputs { counter: None, ..inputs }),
        (Input::Pin, suite.pin().is_some(), Inputs { pin: None, ..inputs }),
        (Input::Session, suite.session().is_some(), Inputs { session: None, ..inputs }),
        (Input::Time, suite.time_step().is_some(), Inputs { time: None, ..inputs }),
    ];
    for (input, taken, without) in without {
        let expected = if taken { Err(InputError::Missing(input)) } else { Ok(()) };
        assert_eq!(respond(suite, &seed, &without).map(drop), expected);
    }
    let kept = Ocra::new(suite.clone(), counter, pin.clone());
    let by_hand = suite.session().is_none() && suite.truncation() != Truncation::Whole;
    assert_eq!(kept.is_ok(), by_hand);
}

fn check_signature(suite: &Suite, data: &[u8], lines: &[&str]) {
    let details: Vec<(&str, &str)> = lines.iter().skip(6).filter_map(|line| line.split_once('=')).collect();
    let salt = secrets::seed(data, 16).try_into().map(SignatureSalt::from_bytes).expect("a salt has 16 bytes");
    let sign = |details: &[(&str, &str)]| Question::for_signature(suite, details, &salt);
    let names: BTreeMap<_, _> = details.iter().copied().collect();
    let signed = match sign(&details) {
        Ok(signed) => signed,
        Err(SignatureError::Short { min }) => return assert!(suite.question().length_max < min),
        Err(SignatureError::Session) => return assert!(suite.session().is_some()),
        Err(SignatureError::Empty) => return assert!(details.is_empty()),
        Err(SignatureError::Twice(name)) => {
            return assert!(names.len() < details.len() && names.contains_key(name.as_str()));
        }
    };
    assert_eq!(names.len(), details.len());
    assert_eq!(signed.as_str().len(), usize::from(suite.question().length_max));
    assert_eq!(Question::parse(suite, signed.as_str()), Ok(signed.clone()));
    let backwards: Vec<_> = details.iter().rev().copied().collect();
    assert_eq!(sign(&backwards), Ok(signed));
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines: Vec<&str> = text.split('\n').collect();
    let read: Result<Suite, SuiteError> = memory::within(4096, || lines[0].parse());
    assert_eq!(read.is_ok(), is_suite(lines[0]), "{:?}", lines[0]);
    let suite = match read {
        Ok(suite) => suite,
        Err(error) => return assert!(error.to_string().len() < 120),
    };
    assert_eq!(suite.as_str(), lines[0]);
    assert!(said(&suite).contains(&suite.to_string()), "{suite}");
    if let Some(question) = check_question(&suite, lines.get(1).copied().unwrap_or_default()) {
        check_responses(&suite, &question, data, &lines);
    }
    check_signature(&suite, data, &lines);
});
