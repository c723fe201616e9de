//! The parameters of an operation: from its path, its query and its headers.

use super::escape;
use super::spec::{Auth, Field, FieldKind, Reader, prose};
use heck::ToSnakeCase;
use serde_json::Value;
use std::collections::BTreeSet;

/// A parameter of a request.
pub struct Parameter {
    /// Where a request has it.
    pub place: Place,
    /// What it is.
    pub field: Field,
}

/// Where a request has a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A whole segment of the path.
    Path,
    /// `?name=value`
    Query,
    /// A header.
    Header,
}

/// OpenAPI tells tools to ignore header parameters of these names.
const TRANSPORT_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

impl<'a> Reader<'a> {
    /// Refuses a path that the server could not route.
    pub(super) fn path(&mut self, at: &str, path: &str) {
        let literal = |segment: &str| !segment.is_empty() && !segment.contains(['{', '}', '?', '#', '%', ' ']);
        let sound = |segment: &str| literal(segment) || parameter(segment).is_some_and(is_word);
        if !path.strip_prefix('/').is_some_and(|path| path.split('/').all(sound)) {
            self.refuse(
                at,
                "a path starts with one slash and ends without; each segment is either literal text or one parameter, as in `/things/{thingId}`",
            );
        }
        let mut names = BTreeSet::new();
        for name in path.split('/').filter_map(parameter) {
            if !names.insert(name) {
                self.refuse(at, format!("`{name}` is in this path twice"));
            }
        }
    }

    /// The server routes segment by segment and never tries another way, so no request may fit two of them.
    pub(super) fn ambiguous_paths(&mut self) {
        let paths: Vec<&String> = self.root["paths"].as_object().into_iter().flat_map(|paths| paths.keys()).collect();
        for (index, path) in paths.iter().enumerate() {
            let parted = paths[..index].iter().find(|other| {
                let differing = path.split('/').zip(other.split('/')).find(|(ours, theirs)| ours != theirs);
                differing.is_some_and(|(ours, theirs)| parameter(ours).or(parameter(theirs)).is_some())
            });
            if let Some(other) = parted {
                let message = format!(
                    "where this parts from `{other}`, one of the two has a parameter; the server tells paths apart by literal text only"
                );
                self.refuse(&format!("#/paths/{}", escape(path)), message);
            }
        }
    }

    /// The declared parameters, which must be those of the path and whatever else the operation reads.
    pub(super) fn parameters(&mut self, at: &str, path: &str, operation: &'a Value, auth: &Auth) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for (index, value) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
            let (at, value) = self.resolve(&format!("{at}/parameters/{index}"), value);
            let name = prose(value, "name");
            let place = match value["in"].as_str() {
                Some("path") => Place::Path,
                Some("query") => Place::Query,
                Some("header") => Place::Header,
                _ => {
                    self.refuse(&format!("{at}/in"), "a parameter is in the path, in the query or in a header");
                    continue;
                }
            };
            let field = self.field(&at, &name, value);
            match place {
                Place::Path => self.path_parameter(&at, path, &field),
                Place::Query => self.query_parameter(&at, &field),
                Place::Header => self.header_parameter(&at, &field, auth),
            }
            self.readable(&at, &field);
            self.name_in_rust(&at, &field, &parameters, auth);
            parameters.push(Parameter { place, field });
        }
        let declared = |name: &str| parameters.iter().any(|p| p.place == Place::Path && p.field.name == name);
        let undeclared: Vec<&str> = path.split('/').filter_map(parameter).filter(|name| !declared(name)).collect();
        for name in undeclared {
            self.refuse(
                &format!("{at}/parameters"),
                format!("`{{{name}}}` is in the path but not among the parameters"),
            );
        }
        parameters
    }

    fn path_parameter(&mut self, at: &str, path: &str, field: &Field) {
        if !path.split('/').filter_map(parameter).any(|name| name == field.name) {
            self.refuse(at, format!("`{{{}}}` is not in the path", field.name));
        }
        if !field.required {
            self.refuse(at, "a path without one of its segments is another path; make the parameter `required: true`");
        }
    }

    fn query_parameter(&mut self, at: &str, field: &Field) {
        if !is_word(&field.name) {
            self.refuse(
                at,
                format!("`{}` is not a name for the query: letters and digits, a letter first", field.name),
            );
        }
    }

    fn header_parameter(&mut self, at: &str, field: &Field, auth: &Auth) {
        self.header_name(at, &field.name);
        let lower = field.name.to_lowercase();
        if TRANSPORT_HEADERS.contains(&lower.as_str()) {
            self.refuse(at, "OpenAPI ignores header parameters of this name: use the media types of body and answers, or a security scheme");
        }
        if auth.header().is_some_and(|header| header.to_lowercase() == lower) {
            self.refuse(at, "the security scheme has this header already");
        }
    }

    /// A parameter is read from text, which makes one string, one whole number or one yes or no.
    fn readable(&mut self, at: &str, field: &Field) {
        let scalar = match &field.kind {
            FieldKind::Text | FieldKind::Uuid => true,
            FieldKind::Number { .. } => false,
            FieldKind::Named(name) => {
                let pointer = format!("#/components/schemas/{name}");
                let reference = self.root.pointer(&pointer[1..]).unwrap_or(&Value::Null);
                let (_, schema) = self.resolve(&pointer, reference);
                matches!(schema["type"].as_str(), Some("string" | "integer" | "boolean"))
            }
        };
        if !scalar {
            self.refuse(
                at,
                "a parameter is a string, or refers to a string, an integer or a boolean in #/components/schemas",
            );
        }
    }

    /// Server and client hold the parameters of all places side by side, the client the credential and the body, too.
    fn name_in_rust(&mut self, at: &str, field: &Field, others: &[Parameter], auth: &Auth) {
        let name = field.name.to_snake_case();
        if syn::parse_str::<syn::Ident>(&name).is_err() {
            self.refuse(at, format!("`{}` cannot become a Rust name", field.name));
        }
        if others.iter().any(|other| other.field.name.to_snake_case() == name) {
            self.refuse(at, format!("two parameters become `{name}` in Rust"));
        }
        if name == "body" || auth.header().is_some_and(|header| header.to_snake_case() == name) {
            self.refuse(at, format!("`{name}` is taken in the client, by the body or the credential"));
        }
    }
}

/// `name` of `{name}`.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// A name that needs no encoding in a path or query.
fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}
