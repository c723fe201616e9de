//! The drift check: each schema of a document against the hand-written wire type of the same name, both ways.
//!
//! The Rust side comes from schemars, with `Option<T>` read as "may be absent", not "may be null". Both sides are brought
//! to one spelling first: prose goes, sets are sorted, what says nothing (`nullable: false`) goes, references to schemas
//! that only one side has a name for are replaced by what they point to. References to a name of both sides stay, so that
//! a difference is told once, under the schema it is in, and not again for everything that contains it.

use super::spec::{Document, last_segment};
use super::{Problem, escape};
use schemars::r#gen::{SchemaGenerator, SchemaSettings};
use schemars::schema::Schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A wire type: its schema's name and the function that makes the schema.
pub type WireType = (&'static str, fn(&mut SchemaGenerator) -> Schema);

/// For people only; no difference of these is drift.
const PROSE: [&str; 5] = ["title", "description", "example", "examples", "externalDocs"];

/// Every difference between the document's schemas and the family's registered types.
pub fn check(document: &Document, types: &[WireType]) -> Vec<Problem> {
    let file = &document.file;
    let rust_file = format!("src/api/{}/types.rs", document.family.name);
    let empty = Map::new();
    let specified = document.json.pointer("/components/schemas").and_then(Value::as_object).unwrap_or(&empty);
    let written = rust_schemas(types);
    let registered: BTreeSet<&str> = types.iter().map(|(name, _)| *name).collect();

    let mut problems = Vec::new();
    for name in specified.keys().filter(|name| !registered.contains(name.as_str())) {
        let pointer = format!("#/components/schemas/{}", escape(name));
        problems.push(Problem::new(
            file,
            &pointer,
            format!("schema `{name}` has no Rust type; write it in {rust_file} and add it to `registry()`"),
        ));
    }
    for name in registered.iter().filter(|name| !specified.contains_key(**name)) {
        let message = format!(
            "type `{name}` is in the registry of {rust_file}, but the document has no such schema; write the schema or remove the type"
        );
        problems.push(Problem::new(file, "#/components/schemas", message));
    }
    let shared: BTreeSet<&str> = registered.into_iter().filter(|name| specified.contains_key(*name)).collect();
    for name in &shared {
        let document_side = canonical(&specified[*name], specified, &shared, &mut Vec::new());
        let rust_side = canonical(written.get(*name).unwrap_or(&Value::Null), &written, &shared, &mut Vec::new());
        let mut differences = Vec::new();
        differ(&mut Vec::new(), Some(&document_side), Some(&rust_side), &mut differences);
        let mut diff = Some(unified(&document_side, &rust_side, file, &rust_file, name));
        for difference in differences {
            let pointer = format!("#/components/schemas/{}{}", escape(name), difference.pointer());
            let message = format!(
                "schema `{name}`{}: the document says {}, Rust says {}; edit `{name}` in {rust_file}, or the document",
                difference.place(),
                difference.document,
                difference.rust
            );
            problems.push(Problem { file: file.clone(), pointer, message, diff: diff.take() });
        }
    }
    problems
}

/// What schemars says of the types, and of whatever they refer to.
fn rust_schemas(types: &[WireType]) -> Map<String, Value> {
    let mut settings = SchemaSettings::openapi3();
    settings.option_nullable = false;
    settings.option_add_null_type = false;
    let mut generator = SchemaGenerator::new(settings);
    let mut schemas = Map::new();
    for (name, schema) in types {
        schemas.insert((*name).to_string(), json!(schema(&mut generator)));
    }
    for (name, schema) in generator.take_definitions() {
        schemas.entry(name).or_insert_with(|| json!(schema));
    }
    schemas
}

/// One spelling for schemas that mean the same.
pub fn canonical(
    schema: &Value,
    schemas: &Map<String, Value>,
    named: &BTreeSet<&str>,
    stack: &mut Vec<String>,
) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
        let name = last_segment(reference);
        if named.contains(name.as_str()) || stack.contains(&name) {
            return json!({ "$ref": name });
        }
        let Some(target) = schemas.get(&name) else { return json!({ "$ref": name }) };
        stack.push(name);
        let inlined = canonical(target, schemas, named, stack);
        stack.pop();
        return inlined;
    }
    let mut out = Map::new();
    for (keyword, value) in members {
        if PROSE.contains(&keyword.as_str()) || says_nothing(keyword, value) {
            continue;
        }
        let value = match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => properties
                .iter()
                .map(|(name, schema)| (name.clone(), canonical(schema, schemas, named, stack)))
                .collect(),
            ("items" | "additionalProperties", schema) => canonical(schema, schemas, named, stack),
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => {
                sorted(parts.iter().map(|part| canonical(part, schemas, named, stack)).collect())
            }
            ("required" | "enum", Value::Array(members)) => sorted(members.clone()),
            ("minimum" | "maximum" | "multipleOf", number) => json!(number.as_f64()),
            (_, value) => value.clone(),
        };
        out.insert(keyword.clone(), value);
    }
    // serde's untagged enums come out as anyOf; the documents say oneOf of the same disjoint members.
    if let Some(parts) = out.remove("anyOf") {
        out.insert("oneOf".to_string(), parts);
    }
    // A lone member of allOf is how a description is put beside a reference.
    if let Some([Value::Object(part)]) = out.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        let part = part.clone();
        out.remove("allOf");
        for (keyword, value) in part {
            out.entry(keyword).or_insert(value);
        }
    }
    // An enum whose variants have doc comments comes out as oneOf with one value each.
    if let Some(values) = out.get("oneOf").and_then(single_values) {
        out.remove("oneOf");
        out.insert("type".to_string(), json!("string"));
        out.insert("enum".to_string(), sorted(values));
    }
    Value::Object(out)
}

fn says_nothing(keyword: &str, value: &Value) -> bool {
    match keyword {
        "nullable" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" => *value == json!(false),
        "additionalProperties" => *value == json!(true) || *value == json!({}),
        "required" => *value == json!([]),
        // schemars writes this for `Option` with `#[serde(default)]`; in a document the grammar lets it stand only as a value.
        "default" => value.is_null(),
        _ => false,
    }
}

fn sorted(mut values: Vec<Value>) -> Value {
    values.sort_by_key(Value::to_string);
    Value::Array(values)
}

fn single_values(parts: &Value) -> Option<Vec<Value>> {
    parts
        .as_array()?
        .iter()
        .map(|part| {
            match (part.as_object()?.len(), part.get("type")?.as_str()?, part.get("enum")?.as_array()?.as_slice()) {
                (2, "string", [value]) => Some(value.clone()),
                _ => None,
            }
        })
        .collect()
}

/// One place where the two sides are not the same.
pub struct Difference {
    path: Vec<String>,
    /// What the document says there.
    pub document: String,
    /// What Rust says there.
    pub rust: String,
}

impl Difference {
    fn pointer(&self) -> String {
        self.path.iter().map(|segment| format!("/{}", escape(segment))).collect()
    }

    /// `, property `otp`, `maxLength``
    fn place(&self) -> String {
        let mut place = String::new();
        let mut path = self.path.iter();
        while let Some(segment) = path.next() {
            match (segment.as_str(), path.len()) {
                ("properties", 1..) => place += &format!(", property `{}`", path.next().map_or("", String::as_str)),
                _ => place += &format!(", `{segment}`"),
            }
        }
        place
    }
}

/// Every difference below `path`.
pub fn differ(path: &mut Vec<String>, document: Option<&Value>, rust: Option<&Value>, out: &mut Vec<Difference>) {
    match (document, rust) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for key in keys {
                path.push(key.clone());
                differ(path, left.get(key), right.get(key), out);
                path.pop();
            }
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            let only = |these: &[Value], those: &[Value]| {
                these.iter().filter(|v| !those.contains(v)).map(Value::to_string).collect::<Vec<_>>()
            };
            let (left_only, right_only) = (only(left, right), only(right, left));
            if !left_only.is_empty() || !right_only.is_empty() || left.len() != right.len() {
                out.push(Difference { path: path.clone(), document: also(left_only), rust: also(right_only) });
            }
        }
        (left, right) if left != right => {
            out.push(Difference { path: path.clone(), document: say(left), rust: say(right) })
        }
        _ => {}
    }
}

fn also(values: Vec<String>) -> String {
    if values.is_empty() { "nothing more".to_string() } else { format!("also {}", values.join(", ")) }
}

fn say(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_string(), Value::to_string)
}

fn unified(document: &Value, rust: &Value, file: &str, rust_file: &str, name: &str) -> String {
    let (left, right) = (format!("{document:#}\n"), format!("{rust:#}\n"));
    similar::TextDiff::from_lines(&left, &right)
        .unified_diff()
        .context_radius(3)
        .header(&format!("{file}#/components/schemas/{name}"), &format!("{rust_file}: {name}"))
        .to_string()
}
