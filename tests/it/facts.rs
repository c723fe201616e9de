//! What the documents say on the wire, in lines that are compared with what was written down a second time, by hand.
//!
//! Server, client and emitted document all take paths, methods, statuses and header names from the documents in `openapi/`,
//! so comparing those with each other proves nothing about them. The tables of `seed_facts.rs` and `operator_facts.rs` do: no
//! tool writes them, and whoever changes a document on purpose changes them too.
//!
//! A document is turned into one line per fact, all but its prose (descriptions, summaries, examples), and keywords that
//! nobody expected become lines of their own. `!` marks what is required. Lists whose order means nothing are sorted.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::build_script::DOCUMENTS;
use crate::{operator_facts, seed_facts};

/// What may change without changing the contract.
const PROSE: [&str; 4] = ["description", "summary", "example", "examples"];

#[test]
fn each_document_says_what_is_written_down_by_hand() {
    for name in DOCUMENTS {
        let differences = differences(name, &document(&format!("{name}.yaml")));
        assert!(
            differences.is_empty(),
            "openapi/{name}.yaml and the hand-written facts disagree; correct the one that is wrong:\n{}",
            differences.join("\n")
        );
    }
}

/// A document of `openapi/`, as JSON.
pub(crate) fn document(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Where a document of this name and the hand-written facts disagree; empty if nowhere.
pub(crate) fn differences(name: &str, document: &Value) -> Vec<String> {
    let expected = match name {
        "dbx-otp" => seed_facts::dbx(),
        "bne-challenge" => seed_facts::bne(),
        "operator" => operator_facts::operator(),
        other => panic!("no facts are written down for the document {other}"),
    };
    // Counted, so that a fact stated twice differs from a fact stated once.
    let mut balance: BTreeMap<String, i32> = BTreeMap::new();
    for line in lines(document) {
        *balance.entry(line).or_default() += 1;
    }
    for line in expected {
        *balance.entry(line).or_default() -= 1;
    }
    let side = |count| if count > 0 { "only in the document: " } else { "only in the facts:    " };
    balance.into_iter().filter(|(_, count)| *count != 0).map(|(line, count)| side(count).to_owned() + &line).collect()
}

/// Reads a document, however broken, into lines; what has no line of its own ends in an "unexpected" one.
pub(crate) fn lines(document: &Value) -> Vec<String> {
    let mut facts = Facts { document, lines: Vec::new() };
    facts.document();
    facts.lines
}

struct Facts<'a> {
    document: &'a Value,
    lines: Vec<String>,
}

impl<'a> Facts<'a> {
    fn document(&mut self) {
        let root = self.document;
        self.rest("document", root, &["openapi", "info", "servers", "tags", "paths", "components"]);
        self.lines.push(format!("openapi {}", plain(&root["openapi"])));
        self.lines.push(format!("version {}", plain(&root["info"]["version"])));
        self.rest("info", &root["info"], &["title", "version", "license"]);
        for server in items(&root["servers"]) {
            self.lines.push(format!("server {}", plain(&server["url"])));
            self.rest("server", server, &["url"]);
        }
        for tag in items(&root["tags"]) {
            self.lines.push(format!("tag {}", plain(&tag["name"])));
            self.rest("tag", tag, &["name"]);
        }
        for (path, item) in entries(&root["paths"]) {
            for (method, operation) in entries(item) {
                self.operation(&format!("{method} {path}"), operation);
            }
        }
        let components = &root["components"];
        self.rest("components", components, &["securitySchemes", "parameters", "headers", "responses", "schemas"]);
        for (name, scheme) in entries(&components["securitySchemes"]) {
            self.lines.push(format!("security scheme {name}:{}", keywords(scheme, &[])));
        }
        for (name, schema) in entries(&components["schemas"]) {
            self.schema(name, schema);
        }
    }

    fn operation(&mut self, method_and_path: &str, operation: &'a Value) {
        let id = plain(&operation["operationId"]);
        let known = ["operationId", "tags", "security", "x-scope", "x-body-limit-bytes", "parameters", "requestBody"];
        self.rest(&id, operation, &[&known[..], &["responses"]].concat());
        self.lines.push(format!("{id}: {method_and_path}"));
        for tag in items(&operation["tags"]) {
            self.lines.push(format!("{id}: tag {}", plain(tag)));
        }
        self.lines.push(format!("{id}: security {}", operation["security"]));
        for (name, extension) in [("scope", "x-scope"), ("body limit", "x-body-limit-bytes")] {
            self.lines.extend(operation.get(extension).map(|value| format!("{id}: {name} {value}")));
        }
        for parameter in items(&operation["parameters"]) {
            let parameter = self.resolved(parameter);
            self.rest(&format!("{id} parameter"), parameter, &["name", "in", "required", "schema"]);
            let (place, name) = (plain(&parameter["in"]), plain(&parameter["name"]));
            self.lines.push(format!("{id}: {place} {name}{} {}", required(parameter), shape(&parameter["schema"])));
        }
        if let Some(body) = operation.get("requestBody") {
            self.rest(&format!("{id} requestBody"), body, &["required", "content"]);
            let content = self.content(&body["content"]);
            self.lines.push(format!("{id}: takes{} {content}", required(body)));
        }
        for (status, response) in entries(&operation["responses"]) {
            let response = self.resolved(response);
            self.rest(&format!("{id} {status}"), response, &["headers", "content"]);
            let mut line = format!("{id}: answers {status} {}", self.content(&response["content"]));
            for (name, header) in entries(&response["headers"]) {
                let header = self.resolved(header);
                self.rest(&format!("{id} {status} {name}"), header, &["required", "schema"]);
                line += &format!(" with {name}{} {}", required(header), shape(&header["schema"]));
            }
            self.lines.push(line);
        }
    }

    fn schema(&mut self, name: &str, schema: &'a Value) {
        let mut required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
        self.lines.push(format!("{name}: {}", shape(schema)));
        for (property, value) in entries(&schema["properties"]) {
            let mark = if required.contains(&property.as_str()) { "!" } else { "" };
            // One of them: a name that is there twice is told below.
            required.iter().position(|name| name == property).map(|index| required.remove(index));
            let inline = ["required", "properties"].into_iter().filter(|keyword| value.get(keyword).is_some());
            self.lines.extend(inline.map(|keyword| format!("{name}.{property} unexpected {keyword}")));
            self.lines.push(format!("{name}.{property}{mark} {}", shape(value)));
        }
        self.lines
            .extend(required.into_iter().map(|property| format!("{name} requires undeclared or twice {property}")));
    }

    fn content(&mut self, content: &Value) -> String {
        let mut parts = Vec::new();
        for (media_type, media) in entries(content) {
            self.rest(media_type, media, &["schema"]);
            parts.push(format!("{media_type} {}", shape(&media["schema"])));
        }
        if parts.is_empty() { "no body".to_owned() } else { parts.join(" and ") }
    }

    /// The component a `$ref` names, or the value itself.
    fn resolved(&mut self, value: &'a Value) -> &'a Value {
        let Some(reference) = value.get("$ref") else { return value };
        self.rest("$ref", value, &["$ref"]);
        let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(&Value::Null)
    }

    /// Turns every keyword that is neither known nor prose into a line, so that none is skipped in silence.
    fn rest(&mut self, at: &str, value: &Value, known: &[&str]) {
        for (keyword, value) in entries(value) {
            if !known.contains(&keyword.as_str()) && !PROSE.contains(&keyword.as_str()) {
                self.lines.push(format!("{at} unexpected {keyword}: {value}"));
            }
        }
    }
}

/// A schema but for its properties: its name if it is a reference, else its type and all its other keywords.
fn shape(schema: &Value) -> String {
    let mut words = Vec::new();
    if let Some(reference) = schema.get("$ref") {
        let reference = plain(reference);
        words.push(reference.strip_prefix("#/components/schemas/").unwrap_or(&reference).to_owned());
    }
    if let Some(kind) = schema.get("type") {
        words.push(plain(kind));
    }
    if let Some(items) = schema.get("items") {
        words.push(format!("of {}", shape(items)));
    }
    if let Some(members) = schema.get("oneOf") {
        words.push(format!("oneOf {}", sorted(items(members).map(shape))));
    }
    if let Some(values) = schema.get("enum") {
        words.push(format!("enum {}", sorted(items(values).map(plain))));
    }
    words.join(" ") + &keywords(schema, &["$ref", "type", "items", "oneOf", "enum", "properties", "required"])
}

/// ` keyword=value` for every keyword but the known ones and prose.
fn keywords(value: &Value, known: &[&str]) -> String {
    let told = entries(value).filter(|(keyword, _)| !known.contains(&keyword.as_str()));
    let told = told.filter(|(keyword, _)| !PROSE.contains(&keyword.as_str()));
    // Text is quoted in schemas, where `"5"` and `5` are different defaults; a security scheme holds nothing but text.
    let shown = |value: &Value| if known.is_empty() { plain(value) } else { value.to_string() };
    let mut told: Vec<String> = told.map(|(keyword, value)| format!(" {keyword}={}", shown(value))).collect();
    told.sort();
    told.concat()
}

fn required(value: &Value) -> &'static str {
    if value["required"] == true { "!" } else { "" }
}

fn sorted(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.join(" | ")
}

/// A text without its quotes; of anything else its JSON, which a quoted text can no longer be taken for.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("({value})"), str::to_owned)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
