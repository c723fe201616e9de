//! Token files with one token per line, from any bytes.
//!
//! What is taken is written anew, with a seed that the fuzzer cannot know, and must be read as the same; and with its cells in
//! other columns, as under a wrong header, it must not be shown by what is said of it.

#![no_main]

use chrono::{DateTime, SecondsFormat, Utc};
use countersign_fuzz::entries::{self, Facts, Found, LIMITS};
use countersign_fuzz::secrets;
use countersign_fuzz::tokenfile::csv::{Options, Seeds, read};
use countersign_fuzz::tokenfile::{Kind, Usage};
use data_encoding::{BASE32, BASE32_NOPAD, HEXLOWER, HEXUPPER};
use libfuzzer_sys::fuzz_target;

const COLUMNS: [&str; 12] = [
    "serial",
    "seed",
    "type",
    "digits",
    "period",
    "counter",
    "algorithm",
    "suite",
    "manufacturer",
    "model",
    "start",
    "expiry",
];

fn found(file: &[u8], seeds: Seeds) -> Found {
    entries::read(file, |source| read(source, Options { limits: LIMITS, seeds }))
}

/// The cells of an entry, in the order of the columns.
fn cells(facts: &Facts, seed: &str) -> [String; COLUMNS.len()] {
    let moment = |time: Option<DateTime<Utc>>| {
        time.map(|time| time.to_rfc3339_opts(SecondsFormat::Nanos, true)).unwrap_or_default()
    };
    let none = String::new;
    let [kind, digits, period, counter, algorithm, suite] = match &facts.kind {
        Kind::Hotp { digits, counter } => {
            ["hotp".to_owned(), digits.to_string(), none(), counter.to_string(), none(), none()]
        }
        Kind::Totp { digits, period_secs, algorithm, t0: 0, drift_steps: 0 } => {
            let algorithm = algorithm.as_str().to_owned();
            ["TOTP".to_owned(), digits.to_string(), period_secs.to_string(), none(), algorithm, none()]
        }
        Kind::Totp { .. } => panic!("nothing says that step 0 is not in 1970"),
        Kind::Ocra { suite, counter } => {
            let counter = counter.map(|counter| counter.to_string()).unwrap_or_default();
            ["Ocra".to_owned(), none(), none(), counter, none(), suite.clone()]
        }
    };
    let [manufacturer, model] = [&facts.manufacturer, &facts.model].map(|text| text.clone().unwrap_or_default());
    let (start, expiry) = (moment(facts.start), moment(facts.expiry));
    let (serial, seed) = (facts.serial.clone(), seed.to_owned());
    [serial, seed, kind, digits, period, counter, algorithm, suite, manufacturer, model, start, expiry]
}

fn line(cells: &[String]) -> String {
    let quoted: Vec<_> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    quoted.join(" , ")
}

fn file(line: &str) -> String {
    format!("{}\r\n\r\n{line}\r\n", COLUMNS.join(","))
}

fuzz_target!(|data: &[u8]| {
    let seeds = [Seeds::Detect, Seeds::Hex, Seeds::Base32][data.len() % 3];
    let Found { good, .. } = found(data, seeds);
    let Some((_, entry)) = good.into_iter().next() else { return };
    assert_eq!((entry.usage, &entry.issuer, &entry.account), (Usage::ANY, &None, &None));
    let facts = Facts::from(&entry);
    let seed = secrets::seed(data, facts.seed.len());
    let facts = Facts { seed: seed.clone(), ..facts };
    let forms = [
        (Seeds::Hex, HEXLOWER.encode(&seed)),
        (Seeds::Hex, HEXUPPER.encode(&seed)),
        (Seeds::Base32, BASE32.encode(&seed)),
        (Seeds::Base32, BASE32_NOPAD.encode(&seed).to_lowercase()),
    ];
    let (written_as, text) = &forms[secrets::choice(data, forms.len())];
    let cells = cells(&facts, text);
    let Found { good, problems } = found(file(&line(&cells)).as_bytes(), *written_as);
    assert!(problems.is_empty(), "{problems:?} in {}", file(&line(&cells)));
    let good: Vec<_> = good.iter().map(|(line, entry)| (*line, Facts::from(entry))).collect();
    assert_eq!(good, [(3, facts)]);

    let mut wrong = cells;
    wrong.rotate_left(1 + secrets::choice(data, COLUMNS.len() - 1));
    for wrong in [line(&wrong), line(&wrong[1..]), line(&wrong).replacen('"', "", 1)] {
        let Found { good, problems } = found(file(&wrong).as_bytes(), seeds);
        assert!(good.is_empty(), "taken: {wrong}");
        secrets::assert_hidden_in(&problems, &seed);
    }
});
