use super::suite::tests::suites;
use super::*;
use crate::domain::oath::tests::rfc_seed;
use chrono::DateTime;
use proptest::prelude::*;

/// The moment of the RFC's vectors: 2008-03-25T12:06:00Z, minute 0x132d0b6.
const MINUTE: u64 = 0x132_d0b6;

const NARROW: Windows = Windows { look_ahead: LookAhead::MIN, time: TimeWindow::MIN };

/// RFC 6287, appendix C.1, C.2 and C.3: suite, the challenges with a `+` where two are put together, and the responses.
/// The counters, where there are any, count the lines of a suite.
const APPENDIX_C: [(&str, &[(&str, &str)]); 11] = [
    // C.1: one-way challenge-response.
    (
        "OCRA-1:HOTP-SHA1-6:QN08",
        &[
            ("00000000", "237653"),
            ("11111111", "243178"),
            ("22222222", "653583"),
            ("33333333", "740991"),
            ("44444444", "608993"),
            ("55555555", "388898"),
            ("66666666", "816933"),
            ("77777777", "224598"),
            ("88888888", "750600"),
            ("99999999", "294470"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1",
        &[
            ("12345678", "65347737"),
            ("12345678", "86775851"),
            ("12345678", "78192410"),
            ("12345678", "71565254"),
            ("12345678", "10104329"),
            ("12345678", "65983500"),
            ("12345678", "70069104"),
            ("12345678", "91771096"),
            ("12345678", "75011558"),
            ("12345678", "08522129"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA256-8:QN08-PSHA1",
        &[
            ("00000000", "83238735"),
            ("11111111", "01501458"),
            ("22222222", "17957585"),
            ("33333333", "86776967"),
            ("44444444", "86807031"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA512-8:C-QN08",
        &[
            ("00000000", "07016083"),
            ("11111111", "63947962"),
            ("22222222", "70123924"),
            ("33333333", "25341727"),
            ("44444444", "33203315"),
            ("55555555", "34205738"),
            ("66666666", "44343969"),
            ("77777777", "51946085"),
            ("88888888", "20403879"),
            ("99999999", "31409299"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA512-8:QN08-T1M",
        &[
            ("00000000", "95209754"),
            ("11111111", "55907591"),
            ("22222222", "22048402"),
            ("33333333", "24218844"),
            ("44444444", "36209546"),
        ],
    ),
    // C.2: mutual challenge-response, first what the server shows, then what the client answers.
    (
        "OCRA-1:HOTP-SHA256-8:QA08",
        &[
            ("CLI22220+SRV11110", "28247970"),
            ("CLI22221+SRV11111", "01984843"),
            ("CLI22222+SRV11112", "65387857"),
            ("CLI22223+SRV11113", "03351211"),
            ("CLI22224+SRV11114", "83412541"),
            ("SRV11110+CLI22220", "15510767"),
            ("SRV11111+CLI22221", "90175646"),
            ("SRV11112+CLI22222", "33777207"),
            ("SRV11113+CLI22223", "95285278"),
            ("SRV11114+CLI22224", "28934924"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA512-8:QA08",
        &[
            ("CLI22220+SRV11110", "79496648"),
            ("CLI22221+SRV11111", "76831980"),
            ("CLI22222+SRV11112", "12250499"),
            ("CLI22223+SRV11113", "90856481"),
            ("CLI22224+SRV11114", "12761449"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA512-8:QA08-PSHA1",
        &[
            ("SRV11110+CLI22220", "18806276"),
            ("SRV11111+CLI22221", "70020315"),
            ("SRV11112+CLI22222", "01600026"),
            ("SRV11113+CLI22223", "18951020"),
            ("SRV11114+CLI22224", "32528969"),
        ],
    ),
    // C.3: plain signature.
    (
        "OCRA-1:HOTP-SHA256-8:QA08",
        &[
            ("SIG10000", "53095496"),
            ("SIG11000", "04110475"),
            ("SIG12000", "31331128"),
            ("SIG13000", "76028668"),
            ("SIG14000", "46554205"),
        ],
    ),
    (
        "OCRA-1:HOTP-SHA512-8:QA10-T1M",
        &[
            ("SIG1000000", "77537423"),
            ("SIG1100000", "31970405"),
            ("SIG1200000", "10235557"),
            ("SIG1300000", "95213541"),
            ("SIG1400000", "65360607"),
        ],
    ),
    // Not the RFC's: made with another program, for what the appendix leaves out.
    ("OCRA-1:HOTP-SHA512-10:C-QH8-PSHA512-S064-T48H", &[("0aBcDeF1", "2068647412"), ("ABC", "1327187508")]),
];

fn suite(text: &str) -> Suite {
    text.parse().unwrap()
}

fn question(suite: &Suite, text: &str) -> Question {
    let read = |text| Question::parse(suite, text).unwrap();
    match text.split_once('+') {
        Some((theirs, own)) => Question::mutual(&read(theirs), &read(own)).unwrap(),
        None => read(text),
    }
}

fn at(minute: u64) -> Timestamp {
    DateTime::from_timestamp(minute as i64 * 60, 0).unwrap()
}

/// Exactly what the suite takes; the PIN is the RFC's.
fn inputs<'a>(suite: &Suite, question: &'a Question, pin: &'a PinHash, counter: u64) -> Inputs<'a> {
    Inputs {
        counter: suite.has_counter().then_some(counter),
        question,
        pin: suite.pin().map(|_| pin),
        session: suite.session().map(|_| "s1"),
        time: suite.time_step().map(|_| at(MINUTE)),
    }
}

fn pin(suite: &Suite) -> PinHash {
    PinHash::of(suite.pin().unwrap_or(HashAlgorithm::Sha1), "1234")
}

fn seed(suite: &Suite) -> Seed {
    rfc_seed(suite.algorithm().length())
}

#[test]
fn the_vectors_of_rfc_6287_come_out() {
    for (text, lines) in APPENDIX_C {
        let suite = suite(text);
        let pin = pin(&suite);
        for (counter, (challenge, response)) in (0..).zip(lines) {
            let question = question(&suite, challenge);
            let inputs = inputs(&suite, &question, &pin, counter);
            assert_eq!(respond(&suite, &seed(&suite), &inputs).unwrap().expose(), *response, "{text} {challenge}");
            let accepted = verify(&suite, &seed(&suite), &inputs, NARROW, response).unwrap().unwrap();
            assert_eq!(accepted.counter, inputs.counter);
            assert_eq!(accepted.time_step.is_some(), suite.time_step().is_some());
        }
    }
    assert_eq!(at(MINUTE).to_rfc3339(), "2008-03-25T12:06:00+00:00");
}

#[test]
fn without_truncation_the_whole_value_has_to_come() {
    let suite = suite("OCRA-1:HOTP-SHA1-0:QN08");
    let (question, pin) = (question(&suite, "00000000"), pin(&suite));
    let inputs = inputs(&suite, &question, &pin, 0);
    let whole = "d216b1d33ccbb7cc1076895153fc70bcf3d987de";
    assert_eq!(respond(&suite, &rfc_seed(20), &inputs).unwrap().expose(), whole);
    let good = |given: &str| verify(&suite, &rfc_seed(20), &inputs, NARROW, given).unwrap().is_some();
    assert!(good(whole) && good(&whole.to_uppercase()));
    for given in ["", "0", &whole[1..], &whole[..39]] {
        assert!(!good(given), "{given}");
    }
}

#[test]
fn what_a_suite_lacks_or_does_not_take_is_named() {
    let all = suite("OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S002-T1M");
    let none = suite("OCRA-1:HOTP-SHA1-6:QN08");
    let (question, pin) = (question(&all, "12345678"), pin(&all));
    let full = inputs(&all, &question, &pin, 0);
    let bare = inputs(&none, &question, &pin, 0);
    let check = |suite: &Suite, inputs: Inputs<'_>| {
        let responded = respond(suite, &rfc_seed(20), &inputs).err();
        assert_eq!(verify(suite, &rfc_seed(20), &inputs, NARROW, "").err(), responded);
        responded
    };
    assert_eq!(check(&all, full), None);
    assert_eq!(check(&none, bare), None);
    let missing = |input| Some(InputError::Missing(input));
    assert_eq!(check(&all, Inputs { counter: None, ..full }), missing(Input::Counter));
    assert_eq!(check(&all, Inputs { pin: None, ..full }), missing(Input::Pin));
    assert_eq!(check(&all, Inputs { session: None, ..full }), missing(Input::Session));
    assert_eq!(check(&all, Inputs { time: None, ..full }), missing(Input::Time));
    let superfluous = |input| Some(InputError::Superfluous(input));
    assert_eq!(check(&none, Inputs { counter: full.counter, ..bare }), superfluous(Input::Counter));
    assert_eq!(check(&none, Inputs { pin: full.pin, ..bare }), superfluous(Input::Pin));
    assert_eq!(check(&none, Inputs { session: full.session, ..bare }), superfluous(Input::Session));
    assert_eq!(check(&none, Inputs { time: full.time, ..bare }), superfluous(Input::Time));

    let other = PinHash::of(HashAlgorithm::Sha256, "1234");
    assert_eq!(check(&all, Inputs { pin: Some(&other), ..full }), Some(InputError::PinAlgorithm));
    assert_eq!(check(&all, Inputs { session: Some("s12"), ..full }), Some(InputError::SessionLength { max: 2 }));
    let early = DateTime::from_timestamp(-1, 0);
    assert_eq!(check(&all, Inputs { time: early, ..full }), Some(InputError::BeforeEpoch));
    let longer = Question::parse(&suite("OCRA-1:HOTP-SHA1-6:QN09"), "12345678").unwrap();
    assert_eq!(check(&none, Inputs { question: &longer, ..bare }), Some(InputError::Question));
    assert_eq!(InputError::Missing(Input::Session).to_string(), "the suite needs session information");
    assert_eq!(InputError::Superfluous(Input::Pin).to_string(), "the suite does not take a PIN");
}

#[test]
fn a_pin_hash_has_its_algorithms_length_and_is_not_printed() {
    let hash = PinHash::of(HashAlgorithm::Sha1, "1234");
    assert_eq!(hash.expose()[..4], [0x71, 0x10, 0xed, 0xa4]);
    assert_eq!(PinHash::from_bytes(HashAlgorithm::Sha1, hash.expose()).unwrap().expose(), hash.expose());
    assert!(PinHash::from_bytes(HashAlgorithm::Sha256, hash.expose()).is_none());
    assert_eq!(format!("{hash:?}"), "PinHash(..)");
}

#[test]
fn another_challenge_pin_session_minute_or_seed_is_another_response() {
    let suite = suite("OCRA-1:HOTP-SHA1-8:C-QN08-PSHA1-S064-T1M");
    let (first, second) = (question(&suite, "12345678"), question(&suite, "12345679"));
    let (pin, other_pin) = (pin(&suite), PinHash::of(HashAlgorithm::Sha1, "1235"));
    let base = inputs(&suite, &first, &pin, 7);
    let code = respond(&suite, &rfc_seed(20), &base).unwrap();
    let good = |seed: Seed, inputs| verify(&suite, &seed, &inputs, NARROW, code.expose()).unwrap().is_some();
    assert!(good(rfc_seed(20), base));
    assert!(!good(rfc_seed(21), base));
    assert!(!good(rfc_seed(20), Inputs { counter: Some(8), ..base }));
    assert!(!good(rfc_seed(20), Inputs { question: &second, ..base }));
    assert!(!good(rfc_seed(20), Inputs { pin: Some(&other_pin), ..base }));
    assert!(!good(rfc_seed(20), Inputs { session: Some("s2"), ..base }));
    assert!(!good(rfc_seed(20), Inputs { time: Some(at(MINUTE + 1)), ..base }));
}

#[test]
fn both_windows_are_respected() {
    let suite = suite("OCRA-1:HOTP-SHA1-8:C-QN08-T1M");
    let (question, pin) = (question(&suite, "12345678"), pin(&suite));
    let base = inputs(&suite, &question, &pin, 5);
    let windows = Windows { look_ahead: LookAhead::new(4).unwrap(), time: TimeWindow::new(2).unwrap() };
    for counter in 0..12 {
        for minute in MINUTE - 4..=MINUTE + 4 {
            let shown = Inputs { counter: Some(counter), time: Some(at(minute)), ..base };
            let shown = respond(&suite, &rfc_seed(20), &shown).unwrap();
            let accepted = verify(&suite, &rfc_seed(20), &base, windows, shown.expose()).unwrap();
            let inside = (5..9).contains(&counter) && minute.abs_diff(MINUTE) <= 2;
            let expected = Accepted { counter: Some(counter), time_step: Some(minute) };
            assert_eq!(accepted, inside.then_some(expected), "{counter} {minute}");
        }
    }
    // At 1970 there is no step before.
    let first = Inputs { time: Some(at(0)), ..base };
    let shown = respond(&suite, &rfc_seed(20), &first).unwrap();
    let accepted = verify(&suite, &rfc_seed(20), &first, windows, shown.expose()).unwrap();
    assert_eq!(accepted.and_then(|accepted| accepted.time_step), Some(0));
}

#[test]
fn the_end_of_the_counter_refuses_and_does_not_wrap() {
    let suite = suite("OCRA-1:HOTP-SHA1-8:C-QN08");
    let (question, pin) = (question(&suite, "12345678"), pin(&suite));
    let windows = Windows { look_ahead: LookAhead::MAX, time: TimeWindow::MIN };
    let shown = |counter| respond(&suite, &rfc_seed(20), &inputs(&suite, &question, &pin, counter)).unwrap();
    let check = |expected, code: &Code| {
        verify(&suite, &rfc_seed(20), &inputs(&suite, &question, &pin, expected), windows, code.expose()).unwrap()
    };
    let last = check(u64::MAX - 1, &shown(u64::MAX - 1)).unwrap();
    assert_eq!(last.next_counter(), Some(u64::MAX));
    for counter in [u64::MAX, 0] {
        assert_eq!(check(u64::MAX - 1, &shown(counter)), None);
        assert_eq!(check(u64::MAX, &shown(counter)), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every suite of the grammar computes: what the token shows is accepted, and has the suite's form.
    #[test]
    fn every_suite_accepts_its_own_response(text in suites(), counter in 0..u64::MAX, bytes in any::<u8>()) {
        struct Constant(u8);
        impl crate::domain::ports::Random for Constant {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(self.0 % 250);
            }
        }
        let suite = suite(&text);
        let (question, pin) = (Question::random(&suite, &Constant(bytes)), pin(&suite));
        let inputs = Inputs { session: suite.session().map(|_| "s"), ..inputs(&suite, &question, &pin, counter) };
        let code = respond(&suite, &seed(&suite), &inputs).unwrap();
        let length = match suite.truncation() {
            Truncation::Digits(digits) => digits.into(),
            Truncation::Whole => 2 * suite.algorithm().length(),
        };
        prop_assert_eq!(code.expose().len(), length);
        let accepted = verify(&suite, &seed(&suite), &inputs, NARROW, code.expose()).unwrap().unwrap();
        prop_assert_eq!(accepted.counter, inputs.counter);
    }

    /// Whatever responses come, in whatever order: accepted counters rise strictly and stay in the window.
    #[test]
    fn no_counter_is_accepted_twice(size in 1..=100_u16, calls in prop::collection::vec(0..60_u64, 1..30)) {
        let suite = suite("OCRA-1:HOTP-SHA1-8:C-QN08");
        let (question, pin) = (question(&suite, "12345678"), pin(&suite));
        let windows = Windows { look_ahead: LookAhead::new(size).unwrap(), time: TimeWindow::MIN };
        let mut expected = 0;
        for counter in calls {
            let code = respond(&suite, &rfc_seed(20), &inputs(&suite, &question, &pin, counter)).unwrap();
            let inputs = inputs(&suite, &question, &pin, expected);
            if let Some(accepted) = verify(&suite, &rfc_seed(20), &inputs, windows, code.expose()).unwrap() {
                let counter = accepted.counter.unwrap();
                prop_assert!(counter >= expected && counter - expected < u64::from(size));
                expected = accepted.next_counter().unwrap();
            }
        }
    }
}
