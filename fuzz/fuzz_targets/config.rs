//! Configurations, as far as they are text: nothing they name is read or run.
//!
//! One that does not have the form of a configuration is refused with a place in it, and nothing else of it is looked at.

#![no_main]

use countersign_fuzz::rooms::config::Config;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // One that has the form may name files and commands: it goes no further here.
    if toml::from_str::<Config>(text).is_ok() {
        return;
    }
    let refused = Config::parse("bank.toml", text.to_owned(), Path::new("/nonexistent"), &|_| None);
    let Err(problem) = refused else { panic!("taken: {text}") };
    let said = problem.to_string();
    assert!(said.starts_with("bank.toml"), "{said}");
    assert!(said.len() < 2048 + 2 * text.len(), "{said}");
});
