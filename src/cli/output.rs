//! The only place that writes to the terminal.

use std::error::Error;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// What was asked for: to stdout.
pub(super) fn result(text: impl Display) {
    // A reader that has gone away (`| head`) is no error of ours.
    let _ = heard(text);
}

/// The same, for what has no end of its own: `false` once the reader has gone away.
pub(super) fn heard(text: impl Display) -> bool {
    writeln!(std::io::stdout().lock(), "{text}").is_ok()
}

/// What a person should know besides: to stderr.
pub(super) fn note(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// An error and its causes.
pub(super) fn error(error: &dyn Error) {
    note(format_args!("error: {}", chain(error)));
}

/// Whether a person watches stderr.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// `#[error]` texts speak for their own layer; here they come together. A layer that only repeats its cause is left out.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}\n  because: {said}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outside")]
    struct Outside(#[source] std::io::Error);

    #[test]
    fn an_error_is_told_with_its_causes() {
        assert_eq!(chain(&Outside(std::io::Error::other("inside"))), "outside\n  because: inside");
    }
}
