//! Runs the build script itself on edited copies of the documents.
//!
//! The program that cargo built and ran is run again, with another directory of documents and another `OUT_DIR`. So what is
//! tested here is what stops a build, and the tests need none of the generator's dependencies.

use serde_norway::Value;
use std::path::Path;
use std::process::Command;

/// The documents, by the name of their file.
pub(crate) const DOCUMENTS: &[&str] = &["dbx-otp", "bne-challenge", "operator"];

/// A change of one place of a document. Pointers are JSON pointers.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// Puts YAML at the pointer, in place of what is there or new.
    Set(&'static str, &'static str),
    /// Takes away what is there.
    Remove(&'static str),
    /// Appends YAML to the list there.
    Push(&'static str, &'static str),
    /// Gives the member another key, at the same place in the file.
    Rename(&'static str, &'static str),
    /// Replaces every occurrence of a text in the file.
    Text(&'static str, &'static str),
}

/// What the build script said.
pub(crate) struct Build {
    /// The `cargo::error=` lines.
    pub(crate) errors: Vec<String>,
    /// Standard error.
    pub(crate) diff: String,
    /// What it wrote, by file name.
    pub(crate) written: Vec<(String, String)>,
}

/// A document as text.
pub(crate) fn original(document: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("openapi/{document}.yaml"));
    std::fs::read_to_string(path).expect("the document is there")
}

/// A document after an edit.
pub(crate) fn edited(document: &str, edit: &Edit) -> String {
    let text = original(document);
    if let Edit::Text(from, to) = edit {
        assert!(text.contains(from), "{document} has no text `{from}`");
        return text.replace(from, to);
    }
    let mut value: Value = serde_norway::from_str(&text).expect("the documents are YAML");
    let yaml = |text: &str| serde_norway::from_str::<Value>(text).expect("the edit is YAML");
    match edit {
        Edit::Set(pointer, new) => {
            let (parent, key) = parent(&mut value, document, pointer);
            match parent {
                Value::Mapping(members) => drop(members.insert(key.into(), yaml(new))),
                Value::Sequence(items) => items[index(&key)] = yaml(new),
                _ => panic!("{document}{pointer} is in no collection"),
            }
        }
        Edit::Remove(pointer) => {
            let (parent, key) = parent(&mut value, document, pointer);
            match parent {
                // `shift_remove` keeps the order of the rest, and with it the order of what is generated.
                Value::Mapping(members) => {
                    assert!(members.shift_remove(key.as_str()).is_some(), "{document}{pointer} is not there");
                }
                Value::Sequence(items) => drop(items.remove(index(&key))),
                _ => panic!("{document}{pointer} is in no collection"),
            }
        }
        Edit::Push(pointer, new) => {
            let (parent, key) = parent(&mut value, document, pointer);
            let list = parent.get_mut(key.as_str()).and_then(Value::as_sequence_mut);
            list.unwrap_or_else(|| panic!("{document}{pointer} is no list")).push(yaml(new));
        }
        Edit::Rename(pointer, name) => {
            let (parent, key) = parent(&mut value, document, pointer);
            let members = parent.as_mapping_mut().expect("only members have names");
            assert!(members.contains_key(key.as_str()), "{document}{pointer} is not there");
            *members = members
                .iter()
                .map(|(k, v)| (if k.as_str() == Some(&key) { (*name).into() } else { k.clone() }, v.clone()))
                .collect();
        }
        Edit::Text(..) => unreachable!("done above"),
    }
    serde_norway::to_string(&value).expect("YAML can be written")
}

fn parent<'a>(root: &'a mut Value, document: &str, pointer: &str) -> (&'a mut Value, String) {
    let segments: Vec<String> = pointer.split('/').skip(1).map(|s| s.replace("~1", "/").replace("~0", "~")).collect();
    let (last, path) = segments.split_last().expect("a pointer has a segment");
    let parent = path.iter().fold(root, |value, segment| {
        let next = if value.is_sequence() { value.get_mut(index(segment)) } else { value.get_mut(segment.as_str()) };
        next.unwrap_or_else(|| panic!("{document}{pointer}: nothing at `{segment}`"))
    });
    (parent, last.clone())
}

fn index(segment: &str) -> usize {
    segment.parse().expect("an index")
}

/// Runs the build script on `text` in place of `document`, and on no other document.
pub(crate) fn build(document: &str, text: &str) -> Build {
    let directory = tempfile::tempdir().expect("a directory for the run");
    let (documents, out) = (directory.path().join("openapi"), directory.path().join("out"));
    std::fs::create_dir(&documents).expect("a new directory");
    std::fs::create_dir(&out).expect("a new directory");
    std::fs::write(documents.join(format!("{document}.yaml")), text).expect("a new file");
    let output = Command::new(env!("COUNTERSIGN_BUILD_SCRIPT"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("COUNTERSIGN_OPENAPI_DIR", &documents)
        .env("OUT_DIR", &out)
        .env("CARGO_FEATURE_SERVER", "1")
        .env("CARGO_FEATURE_CLIENT", "1")
        .output()
        .expect("cargo has built the script");
    let lines = String::from_utf8(output.stdout).expect("the script writes text");
    let errors: Vec<String> =
        lines.lines().filter_map(|line| line.strip_prefix("cargo::error=")).map(str::to_string).collect();
    assert_eq!(output.status.success(), errors.is_empty(), "the script fails if and only if it says why:\n{lines}");
    let mut written: Vec<(String, String)> = std::fs::read_dir(&out)
        .expect("the directory is there")
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), std::fs::read_to_string(entry.path()).expect("text"))
        })
        .collect();
    written.sort();
    Build { errors, diff: String::from_utf8_lossy(&output.stderr).into_owned(), written }
}
