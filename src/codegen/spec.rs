//! A document, read: YAML to JSON, held against the grammar, and the few facts about each operation that become Rust.

use super::parameters::Parameter;
use super::{Family, Problem, escape, grammar, yaml};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A contract that has passed every check of this module.
pub struct Document {
    /// `openapi/<document>.yaml`.
    pub file: String,
    /// The family it describes.
    pub family: Family,
    /// The whole document as JSON, keywords in the order of the file.
    pub json: Value,
    /// `info.title` and `info.version`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The base addresses integrators may use.
    pub servers: Vec<String>,
    /// In the order of the file.
    pub operations: Vec<Operation>,
}

/// One method on one path.
pub struct Operation {
    /// The bank's name, as it is.
    pub id: String,
    /// `POST`.
    pub method: String,
    /// As it is served, without a base path.
    pub path: String,
    /// Groups in the viewer.
    pub tags: Vec<String>,
    /// Prose.
    pub summary: String,
    /// Prose.
    pub description: String,
    /// Who may call.
    pub auth: Auth,
    /// `x-scope`: what the credential must be good for.
    pub scope: Option<String>,
    /// From path, query and headers, without the headers that OpenAPI keeps to itself.
    pub parameters: Vec<Parameter>,
    /// None where a request has no body.
    pub body: Option<Body>,
    /// Ascending by status.
    pub responses: Vec<Response>,
}

/// Whether a call needs a credential, and in which header it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Anyone may call.
    None,
    /// A credential is checked if it is there.
    Optional {
        /// Header name.
        header: String,
    },
    /// Without a credential there is no answer but 401.
    Required {
        /// Header name.
        header: String,
    },
}

impl Auth {
    /// The header of the credential.
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Optional { header } | Self::Required { header } => Some(header),
        }
    }
}

/// The body of a request.
pub struct Body {
    /// Its schema's name.
    pub schema: String,
    /// `x-body-limit-bytes`.
    pub limit: u64,
}

/// A named text outside of a body: a parameter of a request, or a header of an answer.
pub struct Field {
    /// As written in the document.
    pub name: String,
    /// Prose.
    pub description: String,
    /// Missing is an error.
    pub required: bool,
    /// What it becomes in Rust.
    pub kind: FieldKind,
}

/// The types that need no schema of their own, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// `{type: string}`
    Text,
    /// `{type: string, format: uuid}`
    Uuid,
    /// `{type: integer}`, perhaps with bounds; in answers only.
    Number {
        /// Inclusive bound.
        minimum: Option<u64>,
        /// Inclusive bound.
        maximum: Option<u64>,
    },
    /// `$ref` to a schema with a hand-written type.
    Named(String),
}

/// One status of an operation.
pub struct Response {
    /// The number.
    pub status: u16,
    /// Prose.
    pub description: String,
    /// Name of the body's schema; none means an empty answer.
    pub body: Option<String>,
    /// Headers that a handler must give; those that every answer carries are not here.
    pub headers: Vec<Field>,
}

/// The runtime sets these on every answer, so no handler has to.
const HEADERS_OF_EVERY_ANSWER: [&str; 3] = ["cache-control", "content-type", "x-request-id"];

impl Operation {
    /// `request_otp_pre_login_mb`
    pub fn snake(&self) -> String {
        self.id.to_snake_case()
    }

    /// `RequestOtpPreLoginMb`
    pub fn camel(&self) -> String {
        self.id.to_upper_camel_case()
    }

    /// The statuses that are failures.
    pub fn failures(&self) -> BTreeSet<u16> {
        self.responses.iter().map(|response| response.status).filter(|status| *status >= 400).collect()
    }
}

impl Document {
    /// What every operation of the family lists among its failures.
    pub fn common_failures(&self) -> BTreeSet<u16> {
        let mut operations = self.operations.iter().map(Operation::failures);
        let first = operations.next().unwrap_or_default();
        operations.fold(first, |common, next| common.intersection(&next).copied().collect())
    }
}

/// Reads a document. All problems at once.
pub fn read(family: Family, text: &str) -> Result<Document, Vec<Problem>> {
    let file = family.file();
    let json = yaml::to_json(&file, text).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    grammar::check(&json, &json, &grammar::DOCUMENT, &file, "#", &mut problems);
    if !problems.is_empty() {
        // What follows trusts the shape.
        return Err(problems);
    }
    let mut reader = Reader { file: &file, root: &json, family, problems };
    let operations = reader.operations();
    reader.unused_components();
    reader.document();
    let problems = reader.problems;
    if !problems.is_empty() {
        return Err(problems);
    }
    let text = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_string();
    let servers = json["servers"].as_array().into_iter().flatten().map(|server| prose(server, "url")).collect();
    let (title, version) = (text("/info/title"), text("/info/version"));
    Ok(Document { file, family, title, version, servers, operations, json })
}

/// A string member, or nothing.
pub(super) fn prose(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_string()
}

/// Reads a document and collects what it cannot read.
pub(super) struct Reader<'a> {
    file: &'a str,
    pub(super) root: &'a Value,
    family: Family,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn refuse(&mut self, at: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(self.file, at, message));
    }

    /// What a `$ref` points to, and where that is. The grammar has made sure that it is there.
    pub(super) fn resolve(&mut self, at: &str, value: &'a Value) -> (String, &'a Value) {
        let (mut at, mut value) = (at.to_string(), value);
        for _ in 0..8 {
            match value.get("$ref").and_then(Value::as_str) {
                None => return (at, value),
                Some(reference) => {
                    (at, value) = (reference.to_string(), self.root.pointer(&reference[1..]).unwrap_or(&Value::Null));
                }
            }
        }
        self.refuse(&at, "this `$ref` leads in a circle");
        (at, &Value::Null)
    }

    fn document(&mut self) {
        if self.root["openapi"] != "3.0.3" {
            self.refuse(
                "#/openapi",
                "only OpenAPI 3.0.3 is understood (3.1 has other schemas, and progenitor cannot read it)",
            );
        }
        let tags: Vec<&str> =
            self.root["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
        for (path, item) in self.root["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                for (index, tag) in operation["tags"].as_array().into_iter().flatten().enumerate() {
                    if !tag.as_str().is_some_and(|tag| tags.contains(&tag)) {
                        self.refuse(
                            &format!("#/paths/{}/{method}/tags/{index}", escape(path)),
                            "the document's `tags` do not list this tag",
                        );
                    }
                }
            }
        }
    }

    fn operations(&mut self) -> Vec<Operation> {
        let mut operations = Vec::new();
        let mut names = BTreeMap::new();
        for (path, item) in self.root["paths"].as_object().into_iter().flatten() {
            let at = format!("#/paths/{}", escape(path));
            self.path(&at, path);
            for (method, operation) in item.as_object().into_iter().flatten() {
                if matches!(method.as_str(), "summary" | "description") {
                    continue;
                }
                let at = format!("{at}/{method}");
                let operation = self.operation(&at, path, method, operation);
                if let Some(other) = names.insert(operation.snake(), operation.id.clone()) {
                    self.refuse(
                        &format!("{at}/operationId"),
                        format!("`{}` and `{other}` become the same name in Rust", operation.id),
                    );
                }
                operations.push(operation);
            }
        }
        if operations.is_empty() {
            self.refuse("#/paths", "there is no operation");
        }
        self.ambiguous_paths();
        self.missing_scopes(&operations);
        operations
    }

    fn operation(&mut self, at: &str, path: &str, method: &str, value: &'a Value) -> Operation {
        let id = prose(value, "operationId");
        if id.to_snake_case().is_empty() || id.starts_with(|c: char| c.is_ascii_digit()) || !id.is_ascii() {
            self.refuse(&format!("{at}/operationId"), "this cannot become a Rust name");
        }
        let tags: Vec<String> =
            value["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect();
        if tags.len() != 1 {
            self.refuse(&format!("{at}/tags"), "give exactly one tag; the viewer groups operations by it");
        }
        let auth = self.auth(at, value);
        let scope = self.scope(at, value, &auth);
        let parameters = self.parameters(at, path, value, &auth);
        let body = self.body(at, method, value);
        let responses = self.responses(at, value);
        Operation {
            id,
            method: method.to_uppercase(),
            path: path.to_string(),
            tags,
            summary: prose(value, "summary"),
            description: prose(value, "description"),
            auth,
            scope,
            parameters,
            body,
            responses,
        }
    }

    /// `security` of the operation, else of the document: one scheme, or one scheme beside `{}`.
    fn auth(&mut self, at: &str, operation: &'a Value) -> Auth {
        let (at, requirements) = match operation.get("security") {
            Some(own) => (format!("{at}/security"), own),
            None => ("#/security".to_string(), self.root.get("security").unwrap_or(&Value::Null)),
        };
        let requirements: Vec<&'a Map<String, Value>> =
            requirements.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
        let names: Vec<&String> = requirements.iter().flat_map(|requirement| requirement.keys()).collect();
        let header = match names.as_slice() {
            [] => return Auth::None,
            [name] => self.security_header(&at, name),
            _ => {
                self.refuse(&at, "name one scheme; two credentials on one call are not generated");
                String::new()
            }
        };
        if requirements.iter().any(|requirement| requirement.is_empty()) {
            Auth::Optional { header }
        } else {
            Auth::Required { header }
        }
    }

    fn security_header(&mut self, at: &str, name: &str) -> String {
        let scheme = &self.root["components"]["securitySchemes"][name];
        match (scheme["type"].as_str(), scheme["in"].as_str(), scheme["scheme"].as_str()) {
            (Some("apiKey"), Some("header"), None) if scheme["name"].is_string() => prose(scheme, "name"),
            (Some("http"), None, Some("bearer")) => "Authorization".to_string(),
            (None, ..) => {
                self.refuse(at, format!("`{name}` is not in #/components/securitySchemes"));
                String::new()
            }
            _ => {
                let at = format!("#/components/securitySchemes/{}", escape(name));
                self.refuse(&at, "only apiKey in a header and http bearer are generated");
                String::new()
            }
        }
    }

    /// `x-scope`: the word that the family looks for among the rights of the caller.
    fn scope(&mut self, at: &str, operation: &Value, auth: &Auth) -> Option<String> {
        let scope = operation.get("x-scope").and_then(Value::as_str)?;
        let at = format!("{at}/x-scope");
        if scope.is_empty() || !scope.chars().all(|c| c.is_ascii_lowercase()) {
            self.refuse(&at, "a scope is one lower-case word");
        }
        if !matches!(auth, Auth::Required { .. }) {
            self.refuse(&at, "only a caller with a credential has scopes; ask for one in `security`");
        }
        Some(scope.to_string())
    }

    /// An operation without a scope among others that have one would be open to every caller.
    fn missing_scopes(&mut self, operations: &[Operation]) {
        if operations.iter().any(|operation| operation.scope.is_some()) {
            for operation in operations.iter().filter(|operation| operation.scope.is_none()) {
                let at = format!("#/paths/{}/{}", escape(&operation.path), operation.method.to_lowercase());
                self.refuse(&at, "`x-scope` is missing; other operations of this document have one");
            }
        }
    }

    /// What a named text becomes in Rust.
    pub(super) fn field(&mut self, at: &str, name: &str, value: &'a Value) -> Field {
        let schema = &value["schema"];
        let keywords: BTreeSet<&str> = schema
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys())
            .map(String::as_str)
            .filter(|keyword| !matches!(*keyword, "title" | "description" | "example" | "externalDocs"))
            .collect();
        let keywords: Vec<&str> = keywords.into_iter().collect();
        let kind = match (keywords.as_slice(), schema["type"].as_str(), schema["format"].as_str()) {
            (["$ref"], ..) => FieldKind::Named(last_segment(&prose(schema, "$ref"))),
            (["type"], Some("string"), _) => FieldKind::Text,
            (["format", "type"], Some("string"), Some("uuid")) => FieldKind::Uuid,
            (
                ["type"] | ["minimum", "type"] | ["maximum", "type"] | ["maximum", "minimum", "type"],
                Some("integer"),
                _,
            ) => FieldKind::Number { minimum: schema["minimum"].as_u64(), maximum: schema["maximum"].as_u64() },
            _ => {
                self.refuse(
                    &format!("{at}/schema"),
                    "a parameter or header is {type: string}, {type: string, format: uuid} or, in an answer, {type: integer} with or without bounds; anything narrower goes to #/components/schemas, where a hand-written type is checked against it",
                );
                FieldKind::Text
            }
        };
        let required = value["required"].as_bool().unwrap_or(false);
        Field { name: name.to_string(), description: prose(value, "description"), required, kind }
    }

    /// The name of a header, which HTTP must know for one.
    pub(super) fn header_name(&mut self, at: &str, name: &str) {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        // RFC 9110 section 5.1.
        if name.is_empty() || !name.chars().all(token) {
            self.refuse(at, format!("`{name}` is not the name of an HTTP header"));
        }
    }

    /// The name of the schema of a JSON body.
    fn content(&mut self, at: &str, holder: &'a Value) -> String {
        let schema = &holder["content"]["application/json"]["schema"];
        if schema.get("$ref").is_none() {
            self.refuse(
                &format!("{at}/content/application~1json/schema"),
                "move this schema to #/components/schemas and refer to it, so that it has a name in Rust",
            );
        }
        last_segment(&prose(schema, "$ref"))
    }

    fn body(&mut self, at: &str, method: &str, operation: &'a Value) -> Option<Body> {
        let limit = operation.get("x-body-limit-bytes").and_then(Value::as_u64);
        let limit_at = format!("{at}/x-body-limit-bytes");
        let body_at = format!("{at}/requestBody");
        let Some(body) = operation.get("requestBody") else {
            if limit.is_some() {
                self.refuse(&limit_at, "there is no `requestBody` to be limited");
            }
            return None;
        };
        if matches!(method, "get" | "delete") {
            self.refuse(
                &body_at,
                "a body means nothing to GET and DELETE (RFC 9110 section 9.3); say it in parameters",
            );
        }
        match limit {
            None => self.refuse(at, "`x-body-limit-bytes` is missing; an operation with a body needs it"),
            Some(1..=0x100_0000) => {}
            Some(_) => self.refuse(&limit_at, "a limit lies between 1 byte and 16 MiB"),
        }
        let (body_at, body) = self.resolve(&body_at, body);
        if body["required"] != true {
            self.refuse(&body_at, "a request body must be `required: true`; an optional one is not generated");
        }
        Some(Body { schema: self.content(&body_at, body), limit: limit.unwrap_or_default() })
    }

    fn responses(&mut self, at: &str, operation: &'a Value) -> Vec<Response> {
        let mut responses = Vec::new();
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            let at = format!("{at}/responses/{}", escape(status));
            let number = status.parse::<u16>().ok().filter(|number| (200..600).contains(number) && status.len() == 3);
            let Some(number) = number else {
                self.refuse(
                    &at,
                    "list each status by its number; ranges and `default` leave open what may be answered",
                );
                continue;
            };
            if (300..400).contains(&number) {
                self.refuse(&at, "redirects are not generated");
            }
            responses.push(self.response(&at, number, response));
        }
        responses.sort_by_key(|response| response.status);
        let at = format!("{at}/responses");
        if !responses.iter().any(|response| response.status < 300) {
            self.refuse(&at, "there is no success status");
        }
        let listed: Vec<u16> = responses.iter().map(|response| response.status).collect();
        for status in self.family.refusals.iter().filter(|status| !listed.contains(status)) {
            let family = self.family.name;
            self.refuse(&at, format!("{status} is missing; the server may give it to any call of the {family} family, so each operation must document it"));
        }
        let bodies: BTreeSet<&String> =
            responses.iter().filter(|r| r.status >= 400).filter_map(|r| r.body.as_ref()).collect();
        if bodies.len() > 1 {
            let bodies = bodies.into_iter().cloned().collect::<Vec<_>>().join(", ");
            self.refuse(
                &at,
                format!("failures have different bodies ({bodies}); the client knows one error type per operation"),
            );
        }
        responses
    }

    fn response(&mut self, at: &str, status: u16, value: &'a Value) -> Response {
        let (at, value) = self.resolve(at, value);
        let body = value.get("content").is_some().then(|| self.content(&at, value));
        match (status, &body) {
            (204, Some(_)) => self.refuse(&at, "204 has no body"),
            (status, None) if status >= 400 => {
                self.refuse(&at, "a failure carries the family's envelope; give it content")
            }
            _ => {}
        }
        let mut headers = Vec::new();
        for (name, header) in value["headers"].as_object().into_iter().flatten() {
            let (at, header) = self.resolve(&format!("{at}/headers/{}", escape(name)), header);
            self.header_name(&at, name);
            let header = self.field(&at, name, header);
            if HEADERS_OF_EVERY_ANSWER.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            if !header.required {
                self.refuse(
                    &at,
                    "a header that an answer may or may not carry is not generated; make it `required: true`",
                );
            }
            headers.push(header);
        }
        Response { status, description: prose(value, "description"), body, headers }
    }

    /// A component that nothing refers to is a promise that nothing keeps.
    fn unused_components(&mut self) {
        let mut used = BTreeSet::new();
        collect_references(self.root, &mut used);
        let components = self.root["components"].as_object().into_iter().flatten();
        for (section, members) in components.filter(|(section, _)| *section != "securitySchemes") {
            for name in members.as_object().into_iter().flat_map(|members| members.keys()) {
                let pointer = format!("#/components/{section}/{name}");
                if !used.contains(pointer.as_str()) {
                    self.refuse(&pointer, "nothing refers to this; use it or remove it");
                }
            }
        }
    }
}

fn collect_references<'a>(value: &'a Value, used: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            used.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| collect_references(member, used));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, used)),
        _ => {}
    }
}

/// `Name` out of `#/components/schemas/Name`.
pub fn last_segment(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_string()
}
