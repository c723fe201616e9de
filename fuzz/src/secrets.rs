//! Seeds that a fuzzer cannot know, and whether a text shows one.

use crate::tokenfile::Problem;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};

/// So many characters of a seed's text are too many to be there by chance; so many of one that lists its bytes.
const SHOWN: (usize, usize) = (12, 30);

/// A seed that belongs to an input and is nowhere in it.
pub fn seed(input: &[u8], length: usize) -> Vec<u8> {
    (0_u8..).flat_map(|n| digest(&SHA256, &[&[n], input].concat()).as_ref().to_vec()).take(length).collect()
}

/// A number that depends on all of an input.
pub fn choice(input: &[u8], choices: usize) -> usize {
    usize::from(digest(&SHA256, input).as_ref()[31]) % choices
}

/// Fails if a text has a part of the seed in a form that seeds are written in.
pub fn assert_hidden(seed: &[u8], text: &str) {
    let small = text.to_lowercase();
    let (hex, base32) = (HEXLOWER.encode(seed), BASE32_NOPAD.encode(seed).to_lowercase());
    let list = format!("{seed:?}");
    for (form, text, shown) in [
        (hex, small.as_str(), SHOWN.0),
        (base32, &small, SHOWN.0),
        (BASE64.encode(seed), text, SHOWN.0),
        (list, text, SHOWN.1),
    ] {
        for part in form.as_bytes().windows(shown) {
            let part = std::str::from_utf8(part).expect("the forms are ASCII");
            assert!(!text.contains(part), "a seed is shown: {text}");
        }
    }
}

/// Fails if what is said of a file shows the seed in it.
pub fn assert_hidden_in(problems: &[Problem], seed: &[u8]) {
    for problem in problems {
        assert_hidden(seed, &format!("{problem} {problem:?}"));
    }
}
