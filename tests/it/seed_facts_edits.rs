//! The hand-written facts see any single edit of a document: each value changed, each part removed, each object extended.

use serde_json::{Value, json};

use crate::facts::{document, lines};

/// Parts that are no contract: prose, and what the license and title say.
const PROSE: [&str; 6] = ["description", "summary", "example", "examples", "title", "license"];

#[test]
fn any_single_edit_of_the_dbx_document_is_seen() {
    assert_all_seen("dbx-otp");
}

#[test]
fn any_single_edit_of_the_bne_document_is_seen() {
    assert_all_seen("bne-challenge");
}

#[test]
fn any_single_edit_of_the_operator_document_is_seen() {
    assert_all_seen("operator");
}

fn assert_all_seen(name: &str) {
    let original = document(&format!("{name}.yaml"));
    let mut places = Vec::new();
    collect(&original, String::new(), &mut places);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let told = sorted(&original);
    let tried: Vec<(usize, Vec<String>)> = std::thread::scope(|scope| {
        let part = |places| {
            let (document, told) = (original.clone(), &told);
            scope.spawn(move || try_all(document, places, told))
        };
        let parts: Vec<_> = places.chunks(places.len().div_ceil(threads)).map(part).collect();
        parts
            .into_iter()
            .map(|part| part.join().expect("an edit that cannot be made is a fault of this test"))
            .collect()
    });
    let edits: usize = tried.iter().map(|(edits, _)| edits).sum();
    let unseen: Vec<String> = tried.into_iter().flat_map(|(_, unseen)| unseen).collect();
    assert!(edits > 500, "only {edits} edits were tried");
    assert!(unseen.is_empty(), "of {edits} edits of openapi/{name}.yaml, not seen:\n{}", unseen.join("\n"));
}

/// What a document says, as `facts.rs` compares it: an edit is seen there if it is seen here.
fn sorted(document: &Value) -> Vec<String> {
    let mut lines = lines(document);
    lines.sort_unstable();
    lines
}

/// How many edits there are at these places, and which of them change no line.
fn try_all(mut document: Value, places: &[String], told: &[String]) -> (usize, Vec<String>) {
    let (mut edits, mut unseen) = (0, Vec::new());
    for place in places {
        edit_at(&mut document, place, &mut |edit, document| {
            edits += 1;
            if sorted(document) == told {
                unseen.push(format!("{edit} {place}"));
            }
        });
    }
    (edits, unseen)
}

/// The JSON pointer of every part that is contract. A property may be called `title`, so `properties` hides no name.
fn collect(value: &Value, pointer: String, places: &mut Vec<String>) {
    let named = pointer.ends_with("/properties");
    match value {
        Value::Object(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| named || !PROSE.contains(&key.as_str())) {
                collect(value, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{pointer}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(pointer);
}

/// Makes each edit of a place, shows the document, and takes the edit back.
fn edit_at(document: &mut Value, place: &str, show: &mut dyn FnMut(&str, &Value)) {
    if let Some((parent, key)) = place.rsplit_once('/') {
        let key = key.replace("~1", "/").replace("~0", "~");
        let index = || key.parse::<usize>().expect("an index");
        let removed = match document.pointer_mut(parent).expect("a collected place") {
            Value::Object(entries) => entries.remove(&key).expect("a collected place"),
            Value::Array(items) => items.remove(index()),
            _ => unreachable!("only objects and arrays have parts"),
        };
        show("remove", document);
        match document.pointer_mut(parent).expect("a collected place") {
            Value::Object(entries) => drop(entries.insert(key, removed)),
            Value::Array(items) => items.insert(index(), removed),
            _ => unreachable!("it had a part"),
        }
    }
    let value = document.pointer_mut(place).expect("a collected place");
    let original = value.clone();
    let edit = match value {
        Value::String(text) => {
            text.push('x');
            "change"
        }
        Value::Number(number) => {
            *value = json!(number.as_i64().expect("whole numbers only") + 1);
            "change"
        }
        Value::Bool(truth) => {
            *truth = !*truth;
            "change"
        }
        // Nothing refers to an added component; the linter finds it unused.
        Value::Object(_)
            if ["/components/parameters", "/components/headers", "/components/responses"].contains(&place) =>
        {
            return;
        }
        Value::Object(entries) => {
            entries.insert("added".to_owned(), json!({ "type": "string" }));
            "extend"
        }
        Value::Array(items) => {
            items.push(json!("added"));
            "extend"
        }
        Value::Null => unreachable!("the documents hold no null"),
    };
    show(edit, document);
    *document.pointer_mut(place).expect("a collected place") = original;
}
