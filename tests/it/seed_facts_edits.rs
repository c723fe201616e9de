//! The hand-written facts see any single edit of a document: each value changed, each part removed, each object extended.

use serde_json::{Value, json};

use crate::seed_facts::{bne_differences, dbx_differences, document};

/// Parts that are no contract: prose, and what the license and title say.
const PROSE: [&str; 6] = ["description", "summary", "example", "examples", "title", "license"];

#[test]
fn any_single_edit_of_the_dbx_document_is_seen() {
    assert_all_seen("dbx-otp.yaml", dbx_differences);
}

#[test]
fn any_single_edit_of_the_bne_document_is_seen() {
    assert_all_seen("bne-challenge.yaml", bne_differences);
}

fn assert_all_seen(file: &str, differences: fn(&Value) -> Vec<String>) {
    let original = document(file);
    let mut places = Vec::new();
    collect(&original, String::new(), &mut places);
    let mut unseen = Vec::new();
    let mut edits = 0;
    for place in &places {
        for (name, edited) in edits_at(&original, place) {
            edits += 1;
            if differences(&edited).is_empty() {
                unseen.push(format!("{name} {place}"));
            }
        }
    }
    assert!(edits > 500, "only {edits} edits were tried");
    assert!(unseen.is_empty(), "of {edits} edits of openapi/{file}, not seen:\n{}", unseen.join("\n"));
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

fn edits_at(original: &Value, place: &str) -> Vec<(&'static str, Value)> {
    let mut edits = Vec::new();
    if let Some((parent, key)) = place.rsplit_once('/') {
        let mut edited = original.clone();
        match edited.pointer_mut(parent).expect("a collected place") {
            Value::Object(entries) => drop(entries.remove(&key.replace("~1", "/").replace("~0", "~"))),
            Value::Array(items) => drop(items.remove(key.parse().expect("an index"))),
            _ => unreachable!("only objects and arrays have parts"),
        }
        edits.push(("remove", edited));
    }
    let mut edited = original.clone();
    let value = edited.pointer_mut(place).expect("a collected place");
    let name = match value {
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
            return edits;
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
    edits.push((name, edited));
    edits
}
