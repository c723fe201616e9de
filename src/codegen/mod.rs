//! From a contract in `openapi/` to Rust: what `build.rs` runs.
//!
//! 1. [`spec`] reads a document, with [`parameters`] a part of it, holds it against [`grammar`] and makes the few plain
//!    structs that the rest works on.
//! 2. [`schemas`] compares the document's schemas with those of the hand-written wire types, both ways.
//! 3. [`endpoints`] writes parameters, answers, the family's trait and `register`; [`client`] has progenitor write the client.
//!
//! Whatever these do not understand becomes a [`Problem`]. Nothing is skipped in silence, and all problems of a
//! document are told at once.

pub mod client;
pub mod endpoints;
pub mod grammar;
pub mod parameters;
pub mod schemas;
pub mod spec;
pub mod yaml;

use std::fmt;

/// One API family: where its contract is, and what the server may answer to any call of it.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name in Rust: `api::<name>`, and `<name>_api.rs` in `OUT_DIR`.
    pub name: &'static str,
    /// The document: `openapi/<document>.yaml`.
    pub document: &'static str,
    /// What `run()` answers by itself. An operation that does not list one of these would break its own contract.
    pub refusals: &'static [u16],
}

impl Family {
    /// The document's path inside the repository.
    pub fn file(&self) -> String {
        format!("openapi/{}.yaml", self.document)
    }
}

/// Why the build stops: which file, where in it, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file to open.
    pub file: String,
    /// The JSON pointer into it, as a fragment: `#/paths/~1v1~1x/post`.
    pub pointer: String,
    /// One sentence.
    pub message: String,
    /// Both sides of a difference, for the reader of the full build output.
    pub diff: Option<String>,
}

impl Problem {
    /// A problem without a diff.
    pub fn new(file: &str, pointer: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_string(), pointer: pointer.to_string(), message: message.into(), diff: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.file, self.pointer, self.message)
    }
}

/// `a/b` inside a JSON pointer.
pub fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// The text of a generated file: tokens, formatted, below a line that says where it came from.
pub fn render(file: &str, by: &str, tokens: proc_macro2::TokenStream) -> Result<String, Problem> {
    let parsed = syn::parse2(tokens).map_err(|error| {
        Problem::new(file, "#", format!("the generated Rust does not parse, which is a fault of {by}: {error}"))
    })?;
    Ok(format!(
        "// Generated from {file} by {by}. Do not edit: change the document, and the build writes this again.\n{}",
        airy(&prettyplease::unparse(&parsed))
    ))
}

/// A blank line before each item, which the formatter leaves out.
fn airy(code: &str) -> String {
    let mut text = String::new();
    let mut ended = true;
    for line in code.lines() {
        if ended && !line.starts_with('}') {
            text.push('\n');
        }
        text += line;
        text.push('\n');
        let one_line =
            (line.starts_with("pub ") && line.ends_with('}')) || line.starts_with("pub type ") && line.ends_with(';');
        ended = one_line || ["}", "};", "];", ">;"].contains(&line);
    }
    text
}
