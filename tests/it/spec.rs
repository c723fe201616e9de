//! The second circle: what dropshot says of the running endpoints is what the document says.
//!
//! The first circle, in `build.rs`, compares schemas with types. This one starts from the endpoints that are registered:
//! their routes, parameters, bodies and answers. Both descriptions are brought to one form first, because dropshot says some
//! things in its own way: one success status and one failure for all of 4xx and 5xx, security schemes as header
//! parameters, optional properties as `nullable`.

use countersign::api::runtime::Settings;
use countersign::api::{bne, dbx, operator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The context of a server that is never started: registering endpoints needs types, not a server.
#[derive(Clone)]
pub(crate) enum Context {}

impl AsRef<Settings> for Context {
    fn as_ref(&self) -> &Settings {
        match *self {}
    }
}

macro_rules! families {
    ($($document:literal: $family:ident, $server:ty;)+) => {
        $(impl AsRef<$server> for Context {
            fn as_ref(&self) -> &$server {
                match *self {}
            }
        })+

        /// What dropshot emits for a family, as it is.
        pub(crate) fn emitted(document: &str) -> Value {
            let mut api = countersign::api::runtime::Api::<Context>::default();
            match document {
                $($document => $family::generated::register::<_, $server>(&mut api, ""),)+
                other => panic!("no family has the document {other}"),
            }
            .expect("the generated endpoints suit dropshot");
            api.description().openapi(document, "1.0.0".parse().expect("a version")).json().expect("dropshot writes JSON")
        }

        /// The documents as the build read them.
        pub(crate) const DOCUMENTS: &[(&str, &str)] =
            &[$(($document, include_str!(concat!(env!("OUT_DIR"), "/", $document, ".json")))),+];
    };
}

families! {
    "dbx-otp": dbx, dbx::handlers::Dbx;
    "bne-challenge": bne, bne::handlers::Bne;
    "operator": operator, operator::handlers::BackOffice;
}

#[test]
fn what_dropshot_emits_is_what_the_document_says() {
    for (name, text) in DOCUMENTS {
        let written = normalized(&serde_json::from_str(text).expect("the build wrote JSON"));
        let emitted = normalized(&emitted(name));
        similar_or_panic(name, &written, &emitted);
    }
}

/// Compares text, because the difference of two large values cannot be read.
fn similar_or_panic(name: &str, written: &Value, emitted: &Value) {
    let (written, emitted) = (format!("{written:#}"), format!("{emitted:#}"));
    let first = written.lines().zip(emitted.lines()).position(|(w, e)| w != e);
    if let Some(line) = first {
        let around = |text: &str| text.lines().skip(line.saturating_sub(12)).take(20).collect::<Vec<_>>().join("\n");
        panic!(
            "{name}: the endpoints are not what the document says.\ndocument:\n{}\n\nendpoints:\n{}",
            around(&written),
            around(&emitted)
        );
    }
    assert_eq!(written.len(), emitted.len(), "{name}: one description goes on where the other ends");
}

/// Either description in the common form: per method and path what a caller sees of it.
pub(crate) fn normalized(document: &Value) -> Value {
    let mut operations = Map::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            if operation.is_object() {
                operations.insert(format!("{} {path}", method.to_uppercase()), operation_of(document, operation));
            }
        }
    }
    Value::Object(operations)
}

fn operation_of(document: &Value, operation: &Value) -> Value {
    let mut parameters = Map::new();
    let mut declare = |place: &str, name: &str, required: bool, schema: Value| {
        let name = if place == "header" { name.to_lowercase() } else { name.to_string() };
        parameters.insert(format!("{place} {name}"), json!({ "required": required, "schema": schema }));
    };
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolve(document, parameter);
        let [place, name] = ["in", "name"].map(|member| parameter[member].as_str().unwrap_or_default());
        let required = parameter["required"].as_bool().unwrap_or(false);
        declare(place, name, required, schema(document, &parameter["schema"], 0));
    }
    let security = operation.get("security").or(document.get("security")).and_then(Value::as_array);
    let requirements: Vec<&Map<String, Value>> = security.into_iter().flatten().filter_map(Value::as_object).collect();
    for name in requirements.iter().flat_map(|requirement| requirement.keys()) {
        let scheme = &document["components"]["securitySchemes"][name];
        let header =
            if scheme["type"] == "http" { "authorization" } else { scheme["name"].as_str().unwrap_or_default() };
        let required = !requirements.iter().any(|requirement| requirement.is_empty());
        declare("header", header, required, json!({ "type": "string" }));
    }
    let body = resolve(document, &operation["requestBody"]);
    let responses: BTreeMap<&String, &Value> = members(&operation["responses"]).collect();
    let (mut success, mut failure) = (Value::Null, Value::Null);
    for (status, response) in responses {
        let content = content(document, resolve(document, response));
        if status.starts_with(['4', '5']) {
            failure = content;
        } else if success.is_null() {
            success = json!({ status: content });
        }
    }
    json!({
        "operationId": operation["operationId"],
        "tags": operation["tags"],
        "summary": operation["summary"],
        "description": operation["description"].as_str().map(str::trim),
        "parameters": parameters,
        "body": { "required": body["required"], "content": content(document, body) },
        "success": success,
        "failure": failure,
    })
}

fn content(document: &Value, holder: &Value) -> Value {
    members(&holder["content"])
        .map(|(media, content)| (media.clone(), schema(document, &content["schema"], 0)))
        .collect()
}

/// A schema with every reference replaced by what it points to, without prose, in one spelling.
fn schema(document: &Value, value: &Value, depth: usize) -> Value {
    assert!(depth < 40, "a schema contains itself");
    let Some(keywords) = resolve(document, value).as_object() else { return value.clone() };
    let mut out = Map::new();
    for (keyword, value) in keywords {
        let value = match (keyword.as_str(), value) {
            // dropshot says `nullable` of every property that may be absent; the build's check sees a real one.
            ("title" | "description" | "example" | "externalDocs" | "nullable", _) => continue,
            ("additionalProperties", Value::Bool(true)) => continue,
            ("properties", properties) => members(properties)
                .map(|(name, property)| (name.clone(), schema(document, property, depth + 1)))
                .collect(),
            ("items" | "additionalProperties", inner) => schema(document, inner, depth + 1),
            ("oneOf" | "anyOf" | "allOf", Value::Array(parts)) => {
                sorted(parts.iter().map(|part| schema(document, part, depth + 1)).collect())
            }
            ("required" | "enum", Value::Array(values)) => sorted(values.clone()),
            ("minimum" | "maximum" | "multipleOf", number) => json!(number.as_f64()),
            (_, value) => value.clone(),
        };
        let keyword = if keyword == "anyOf" { "oneOf" } else { keyword };
        out.insert(keyword.to_string(), value);
    }
    // A reference with something beside it comes as allOf with one member.
    if let Some([Value::Object(part)]) = out.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        let part = part.clone();
        out.remove("allOf");
        out.extend(part);
    }
    Value::Object(out)
}

fn sorted(mut values: Vec<Value>) -> Value {
    values.sort_by_key(Value::to_string);
    Value::Array(values)
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            resolve(document, document.pointer(&reference[1..]).expect("the build has checked every reference"))
        }
        None => value,
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
