//! Has progenitor write the client's side of a family: `OUT_DIR/<family>_client.rs`.
//!
//! progenitor reads a copy of the document that says the same in the words it understands: the credential as one more header
//! parameter (it ignores security schemes), and the failure body for all other 4xx and 5xx (else an unlisted status, say
//! of a gateway, loses its body). Schemas are replaced by the hand-written wire types.

use super::spec::{Auth, Document, Operation};
use super::{Problem, escape, render};
use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use serde_json::{Value, json};

/// The schema that stands for a credential in progenitor's copy; no document may have one of this name.
const TOKEN: &str = "CallerToken";

/// The text of `<family>_client.rs`.
pub fn generate(document: &Document) -> Result<String, Problem> {
    let copy = lower(document)?;
    let spec: OpenAPI = serde_json::from_value(copy.clone()).map_err(|error| {
        Problem::new(&document.file, "#", format!("this is not OpenAPI 3.0 as progenitor reads it: {error}"))
    })?;
    let tokens = match progenitor(document, &spec) {
        Ok(tokens) => tokens,
        Err(message) => return Err(blame(document, &copy, message)),
    };
    render(&document.file, "progenitor (src/codegen/client.rs)", tokens)
}

/// The document in progenitor's words.
fn lower(document: &Document) -> Result<Value, Problem> {
    let mut copy = document.json.clone();
    let schemas = &mut copy["components"]["schemas"];
    if schemas.get(TOKEN).is_some() {
        let pointer = format!("#/components/schemas/{TOKEN}");
        return Err(Problem::new(
            &document.file,
            &pointer,
            "the client needs this name for the credential; choose another",
        ));
    }
    schemas[TOKEN] = json!({ "type": "string" });
    for operation in &document.operations {
        let value = &mut copy["paths"][&operation.path][operation.method.to_lowercase()];
        if let Some(header) = operation.auth.header() {
            let required = matches!(operation.auth, Auth::Required { .. });
            let token = json!({
                "name": header, "in": "header", "required": required,
                "schema": { "$ref": format!("#/components/schemas/{TOKEN}") }
            });
            match value["parameters"].as_array_mut() {
                Some(parameters) => parameters.push(token),
                None => value["parameters"] = json!([token]),
            }
        }
        let responses = &mut value["responses"];
        let failure =
            operation.responses.iter().find(|r| r.status >= 400).map(|r| responses[r.status.to_string()].clone());
        if let Some(failure) = failure {
            for range in ["4XX", "5XX"] {
                responses[range] = failure.clone();
            }
        }
    }
    Ok(copy)
}

/// Runs progenitor, which panics on much that it cannot do.
fn progenitor(document: &Document, spec: &OpenAPI) -> Result<proc_macro2::TokenStream, String> {
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    let family = document.family.name;
    for name in document.json["components"]["schemas"].as_object().into_iter().flat_map(|schemas| schemas.keys()) {
        settings.with_replacement(name, format!("crate::api::{family}::types::{name}"), std::iter::empty::<TypeImpl>());
    }
    settings.with_replacement(TOKEN, "crate::client::Token", std::iter::empty::<TypeImpl>());
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(spec)));
    std::panic::set_hook(hook);
    match result {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => {
            let text =
                panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            Err(format!("it panicked: {}", text.unwrap_or("without a word")))
        }
    }
}

/// Which operation progenitor could not do: the first that fails alone, else the document.
fn blame(document: &Document, copy: &Value, message: String) -> Problem {
    let fails_alone = |operation: &&Operation| {
        let mut alone = copy.clone();
        let method = operation.method.to_lowercase();
        alone["paths"] =
            json!({ &operation.path: { method.as_str(): copy["paths"][&operation.path][method.as_str()].clone() } });
        serde_json::from_value::<OpenAPI>(alone).is_ok_and(|spec| progenitor(document, &spec).is_err())
    };
    match document.operations.iter().find(fails_alone) {
        Some(operation) => {
            let pointer = format!("#/paths/{}/{}", escape(&operation.path), operation.method.to_lowercase());
            let message = format!("progenitor cannot write a client for `{}`: {message}", operation.id);
            Problem::new(&document.file, &pointer, message)
        }
        None => {
            Problem::new(&document.file, "#", format!("progenitor cannot write a client for this document: {message}"))
        }
    }
}
