//! The part of OpenAPI 3.0 that the generator understands, as a table.
//!
//! A keyword that is not in the table stops the build: it would promise something to integrators that neither the
//! generated server nor the schema check looks at. To allow one, teach [`super::spec`], [`super::endpoints`] or
//! [`super::schemas`] what it means first.

use super::{Problem, escape};
use serde_json::Value;

/// What may stand at one place of the document.
pub enum Node {
    /// Text for people: any string.
    Prose,
    /// Anything at all: an example.
    Sample,
    /// A string that tools read.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number, not negative.
    Count,
    /// Any number.
    Number,
    /// A scalar or a list of them, compared as they are: `default`, `enum` members.
    Scalar,
    /// An object with exactly these keywords; the bool says whether the keyword must be there.
    Object(&'static [(&'static str, bool, &'static Node)]),
    /// An object whose keys are names.
    Map(&'static Node),
    /// An array.
    List(&'static Node),
    /// This, or a `$ref` into the named section of `components`.
    OrRef(&'static str, &'static Node),
    /// `additionalProperties`: a flag or a schema.
    FlagOr(&'static Node),
    /// Known to OpenAPI, refused here, with the way out.
    Refused(&'static str),
}

use Node::*;

static CONTACT: Node = Object(&[("name", false, &Prose), ("url", false, &Prose), ("email", false, &Prose)]);
static LICENSE: Node = Object(&[("name", true, &Prose), ("url", false, &Prose), ("identifier", false, &Prose)]);
static EXTERNAL_DOCS: Node = Object(&[("url", true, &Prose), ("description", false, &Prose)]);
static INFO: Node = Object(&[
    ("title", true, &Prose),
    ("version", true, &Text),
    ("summary", false, &Prose),
    ("description", false, &Prose),
    ("termsOfService", false, &Prose),
    ("contact", false, &CONTACT),
    ("license", false, &LICENSE),
]);
static SERVER: Node = Object(&[
    ("url", true, &Text),
    ("description", false, &Prose),
    ("variables", false, &Refused("write each server out; variables are not generated")),
]);
static TAG: Node =
    Object(&[("name", true, &Text), ("description", false, &Prose), ("externalDocs", false, &EXTERNAL_DOCS)]);
static EXAMPLE: Node = Object(&[("summary", false, &Prose), ("description", false, &Prose), ("value", true, &Sample)]);
static EXAMPLES: Node = Map(&OrRef("examples", &EXAMPLE));

static SCHEMA: Node = Object(&[
    ("title", false, &Prose),
    ("description", false, &Prose),
    ("externalDocs", false, &EXTERNAL_DOCS),
    ("example", false, &Sample),
    ("type", false, &Text),
    ("format", false, &Text),
    ("enum", false, &List(&Scalar)),
    ("default", false, &Scalar),
    ("nullable", false, &Flag),
    ("pattern", false, &Text),
    ("minLength", false, &Count),
    ("maxLength", false, &Count),
    ("minimum", false, &Number),
    ("maximum", false, &Number),
    ("exclusiveMinimum", false, &Flag),
    ("exclusiveMaximum", false, &Flag),
    ("multipleOf", false, &Number),
    ("items", false, &SCHEMA_OR_REF),
    ("minItems", false, &Count),
    ("maxItems", false, &Count),
    ("uniqueItems", false, &Flag),
    ("required", false, &List(&Text)),
    ("properties", false, &Map(&SCHEMA_OR_REF)),
    ("minProperties", false, &Count),
    ("maxProperties", false, &Count),
    ("additionalProperties", false, &FlagOr(&SCHEMA_OR_REF)),
    ("allOf", false, &List(&SCHEMA_OR_REF)),
    ("anyOf", false, &List(&SCHEMA_OR_REF)),
    ("oneOf", false, &List(&SCHEMA_OR_REF)),
    ("not", false, &Refused("say what is allowed instead of what is not")),
    ("discriminator", false, &Refused("make the members of oneOf disjoint by their required properties")),
    ("readOnly", false, &Refused("write one schema for the request and one for the answer")),
    ("writeOnly", false, &Refused("write one schema for the request and one for the answer")),
    ("deprecated", false, &Refused("say so in the description; no tool here passes the flag on")),
    ("xml", false, &Refused("only JSON is spoken here")),
]);
static SCHEMA_OR_REF: Node = OrRef("schemas", &SCHEMA);

static MEDIA_TYPE: Node = Object(&[
    ("schema", true, &SCHEMA_OR_REF),
    ("example", false, &Sample),
    ("examples", false, &EXAMPLES),
    ("encoding", false, &Refused("only JSON is spoken here")),
]);
static CONTENT: Node = Object(&[("application/json", true, &MEDIA_TYPE)]);
static HEADER: Node = Object(&[
    ("description", false, &Prose),
    ("required", false, &Flag),
    ("schema", true, &SCHEMA_OR_REF),
    ("example", false, &Sample),
    ("examples", false, &EXAMPLES),
]);
static PARAMETER: Node = Object(&[
    ("name", true, &Text),
    ("in", true, &Text),
    ("description", false, &Prose),
    ("required", false, &Flag),
    ("schema", true, &SCHEMA_OR_REF),
    ("example", false, &Sample),
    ("examples", false, &EXAMPLES),
    ("style", false, &Refused("only the style that the place has by default is generated")),
    ("explode", false, &Refused("a parameter carries one value")),
    ("content", false, &Refused("give the parameter a schema; its value is plain text")),
    ("deprecated", false, &Refused("say so in the description; no tool here passes the flag on")),
]);
static REQUEST_BODY: Node =
    Object(&[("description", false, &Prose), ("required", true, &Flag), ("content", true, &CONTENT)]);
static RESPONSE: Node = Object(&[
    ("description", true, &Prose),
    ("headers", false, &Map(&OrRef("headers", &HEADER))),
    ("content", false, &CONTENT),
    ("links", false, &Refused("links are not generated; say in prose which call comes next")),
]);
static SECURITY: Node = List(&Map(&List(&Text)));
static OPERATION: Node = Object(&[
    ("operationId", true, &Text),
    ("summary", false, &Prose),
    ("description", false, &Prose),
    ("externalDocs", false, &EXTERNAL_DOCS),
    ("tags", true, &List(&Text)),
    ("security", false, &SECURITY),
    ("parameters", false, &List(&OrRef("parameters", &PARAMETER))),
    ("requestBody", false, &OrRef("requestBodies", &REQUEST_BODY)),
    ("responses", true, &Map(&OrRef("responses", &RESPONSE))),
    ("x-body-limit-bytes", false, &Count),
    ("x-scope", false, &Text),
    ("callbacks", false, &Refused("the server calls nobody back")),
    ("servers", false, &Refused("name the servers once, for the whole document")),
    ("deprecated", false, &Refused("say so in the description; no tool here passes the flag on")),
]);
static PATH_ITEM: Node = Object(&[
    ("summary", false, &Prose),
    ("description", false, &Prose),
    ("get", false, &OPERATION),
    ("post", false, &OPERATION),
    ("put", false, &OPERATION),
    ("patch", false, &OPERATION),
    ("delete", false, &OPERATION),
    ("head", false, &Refused("HEAD is not served")),
    ("options", false, &Refused("OPTIONS belongs to the CORS preflight")),
    ("trace", false, &Refused("TRACE is not served")),
    ("parameters", false, &Refused("give each operation its own parameters")),
    ("servers", false, &Refused("name the servers once, for the whole document")),
]);
static SECURITY_SCHEME: Node = Object(&[
    ("type", true, &Text),
    ("description", false, &Prose),
    ("name", false, &Text),
    ("in", false, &Text),
    ("scheme", false, &Text),
    ("bearerFormat", false, &Prose),
    ("flows", false, &Refused("only apiKey in a header and http bearer are generated")),
    ("openIdConnectUrl", false, &Refused("only apiKey in a header and http bearer are generated")),
]);
static COMPONENTS: Node = Object(&[
    ("schemas", true, &Map(&SCHEMA_OR_REF)),
    ("responses", false, &Map(&OrRef("responses", &RESPONSE))),
    ("parameters", false, &Map(&OrRef("parameters", &PARAMETER))),
    ("requestBodies", false, &Map(&OrRef("requestBodies", &REQUEST_BODY))),
    ("headers", false, &Map(&OrRef("headers", &HEADER))),
    ("examples", false, &Map(&OrRef("examples", &EXAMPLE))),
    ("securitySchemes", false, &Map(&SECURITY_SCHEME)),
]);

/// A whole document.
pub static DOCUMENT: Node = Object(&[
    ("openapi", true, &Text),
    ("info", true, &INFO),
    ("externalDocs", false, &EXTERNAL_DOCS),
    ("servers", true, &List(&SERVER)),
    ("tags", true, &List(&TAG)),
    ("security", false, &SECURITY),
    ("paths", true, &Map(&PATH_ITEM)),
    ("components", true, &COMPONENTS),
]);

/// Holds `value` against `node` and adds what does not fit to `problems`.
pub fn check(root: &Value, value: &Value, node: &Node, file: &str, at: &str, problems: &mut Vec<Problem>) {
    let mut refuse = |message: String| problems.push(Problem::new(file, at, message));
    match node {
        Sample => {}
        Prose | Text => {
            if !value.is_string() {
                refuse(format!("expected text here, found {}; quote it", kind(value)));
            }
        }
        Flag => {
            if !value.is_boolean() {
                refuse(format!("expected true or false, found {}", kind(value)));
            }
        }
        Count => {
            if !value.is_u64() {
                refuse(format!("expected a whole number that is not negative, found {}", kind(value)));
            }
        }
        Number => {
            if !value.is_number() {
                refuse(format!("expected a number, found {}", kind(value)));
            }
        }
        Scalar => {
            if value.is_object() {
                refuse("expected a plain value, found an object".to_string());
            }
        }
        Refused(way_out) => refuse(format!("the generator does not know this construct: {way_out}")),
        FlagOr(inner) => {
            if !value.is_boolean() {
                check(root, value, inner, file, at, problems);
            }
        }
        List(inner) => match value.as_array() {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    check(root, item, inner, file, &format!("{at}/{index}"), problems);
                }
            }
            None => refuse(format!("expected a list, found {}", kind(value))),
        },
        Map(inner) => match value.as_object() {
            Some(members) => {
                for (name, member) in members {
                    check(root, member, inner, file, &format!("{at}/{}", escape(name)), problems);
                }
            }
            None => refuse(format!("expected an object, found {}", kind(value))),
        },
        OrRef(section, inner) => match value.get("$ref") {
            Some(reference) => check_reference(root, value, reference, section, file, at, problems),
            None => check(root, value, inner, file, at, problems),
        },
        Object(fields) => {
            let Some(members) = value.as_object() else {
                return refuse(format!("expected an object, found {}", kind(value)));
            };
            for (name, required, _) in *fields {
                if *required && !members.contains_key(*name) {
                    problems.push(Problem::new(file, at, format!("`{name}` is missing; the generator needs it")));
                }
            }
            for (name, member) in members {
                let below = format!("{at}/{}", escape(name));
                match fields.iter().find(|(known, ..)| known == name) {
                    Some((.., inner)) => check(root, member, inner, file, &below, problems),
                    None => problems.push(Problem::new(
                        file,
                        &below,
                        format!(
                            "the generator does not know `{name}` here; remove it or teach src/codegen what it means"
                        ),
                    )),
                }
            }
        }
    }
}

/// A `$ref` stands alone, stays in the document, points into its own section and finds something there.
fn check_reference(
    root: &Value,
    value: &Value,
    reference: &Value,
    section: &str,
    file: &str,
    at: &str,
    problems: &mut Vec<Problem>,
) {
    let mut refuse = |message: String| problems.push(Problem::new(file, at, message));
    let prefix = format!("#/components/{section}/");
    let Some(reference) = reference.as_str() else { return refuse("`$ref` must be text".to_string()) };
    if value.as_object().is_some_and(|members| members.len() > 1) {
        refuse("keywords beside `$ref` are ignored by OpenAPI 3.0; move them to what it points to".to_string());
    } else if !reference.strip_prefix(&prefix).is_some_and(|name| !name.is_empty() && !name.contains('/')) {
        refuse(format!("`{reference}` must point to `{prefix}<name>` in this same document"));
    } else if root.pointer(&reference[1..]).is_none() {
        refuse(format!("`{reference}` points to nothing"));
    }
}

/// What a value is, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
