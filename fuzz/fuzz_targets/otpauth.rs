//! Key URIs, one on each line.
//!
//! What is taken is written as a URI, which must be read as the same and drawn as a QR code; and with a seed that the fuzzer
//! cannot know, nothing that is said of it may show the seed.

#![no_main]

use countersign_fuzz::entries::{self, Facts, Found, LIMITS};
use countersign_fuzz::tokenfile::otpauth::{URI_MAX, parse, read, write};
use countersign_fuzz::tokenfile::{Kind, TokenEntry, Usage, qr::Qr};
use countersign_fuzz::{memory, secrets};
use data_encoding::BASE32_NOPAD;
use libfuzzer_sys::fuzz_target;

/// What an error may have: letters, digits, and what stands in our own sentences.
const PUNCTUATION: &str = " .,:;()-/'";

fn assert_calm(what: &str) {
    assert!((1..=120).contains(&what.len()), "{what}");
    assert!(what.chars().all(|c| c.is_ascii_alphanumeric() || PUNCTUATION.contains(c)), "{what:?}");
}

fn check(uri: &str, entry: &TokenEntry) {
    let facts = Facts::from(entry);
    let plain = (&None, &None, None, None, Usage::ANY);
    assert_eq!((&facts.manufacturer, &facts.model, facts.start, facts.expiry, facts.usage), plain);
    assert!(!matches!(facts.kind, Kind::Ocra { .. }));
    assert_eq!(facts.account.as_ref(), Some(&facts.serial));
    let Ok(written) = write(entry) else {
        let names = [facts.issuer.as_deref().unwrap_or_default(), &facts.serial];
        let long = names.iter().map(|name| 3 * name.len()).sum::<usize>() > URI_MAX / 4;
        assert!(long || names.iter().any(|name| name.contains(':')), "not written: {uri}");
        return;
    };
    assert!(written.len() <= URI_MAX && written.bytes().all(|byte| byte.is_ascii_graphic()), "{}", *written);
    let again = parse(&written).unwrap_or_else(|what| panic!("{what}: {}", *written));
    assert_eq!(Facts::from(&again), facts);
    assert_eq!(
        write(&again).map(|text| text.to_string()),
        Ok(written.to_string()),
        "there is more than one way to say it"
    );

    let seed = secrets::seed(uri.as_bytes(), facts.seed.len());
    let [was, is] = [entry.seed.expose(), &seed].map(|seed| BASE32_NOPAD.encode(seed));
    let planted = written.replacen(&format!("?secret={was}"), &format!("?secret={is}"), 1);
    let other = parse(&planted).unwrap_or_else(|what| panic!("{what}: {planted}"));
    assert_eq!(other.seed.expose(), seed);
    let wrong = [
        planted.replacen("?secret=", "?issuer=", 1),
        planted.replacen("otpauth", "otpauht", 1),
        planted.replacen("digits=", "digest=", 1),
        format!("{planted}&secret={is}"),
        format!("{planted}&{is}"),
        format!("{planted}&{is}=1"),
        format!("{planted}&digits={is}"),
        planted.replacen(&is, &is[..9], 1),
    ];
    let wrong = &wrong[secrets::choice(uri.as_bytes(), wrong.len())];
    match parse(wrong) {
        Ok(_) => panic!("taken: {wrong}"),
        Err(what) => secrets::assert_hidden(&seed, &what),
    }
    // Slow: for some of them.
    if secrets::choice(uri.as_bytes(), 64) == 0 {
        let code = Qr::new(&written).unwrap_or_else(|error| panic!("{error}: {}", *written));
        let size = code.size();
        let lines = code.terminal().lines().count();
        assert!((21 + 8..=177 + 8).contains(&size) && lines == size.div_ceil(2));
    }
}

fuzz_target!(|data: &[u8]| {
    let Found { good, problems } = entries::read(data, |source| read(source, &LIMITS));
    for problem in &problems {
        assert_eq!(problem.serial, None, "an account name may be somebody's address");
        assert_calm(&problem.what);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    for (n, line) in text.lines().take(8).enumerate() {
        match memory::within(64 * 1024 + 16 * line.len(), || parse(line)) {
            Ok(entry) => {
                let by_line = good.iter().find(|(number, _)| *number == n as u64 + 1);
                if let Some((_, found)) = by_line {
                    assert_eq!(Facts::from(found), Facts::from(&entry));
                }
                check(line, &entry);
            }
            Err(what) => assert_calm(&what),
        }
    }
});
