//! Paths, parameters and scopes: what is refused, and what is made of the rest.

use super::refused_text;
use crate::build_script::{build, original};

const BNE: &str = "bne-challenge";

/// The BNE document with one more path.
fn with_path(path: &str, item: &str) -> String {
    let text = original(BNE);
    let paths = "\npaths:\n";
    assert_eq!(text.matches(paths).count(), 1);
    text.replace(paths, &format!("{paths}  '{path}': {{{item}}}\n"))
}

/// An operation that may follow it; `rest` are more of its members.
fn operation(id: &str, rest: &str) -> String {
    let failures = [
        ("400", "InvalidRequest"),
        ("401", "UnAuthorized"),
        ("403", "AccessNotConfigured"),
        ("404", "ResourceNotFound"),
        ("422", "BusinessValidationFailed"),
        ("429", "TooManyRequests"),
        ("500", "ServerUnavailable"),
    ]
    .map(|(status, name)| format!("'{status}': {{$ref: '#/components/responses/{name}'}}"))
    .join(", ");
    let answered = "description: Here., content: {application/json: {schema: {$ref: '#/components/schemas/Arcsight'}}}";
    format!(
        "{{operationId: {id}, tags: [bne-retrieve-challenge], security: [{{bearerToken: []}}], \
         responses: {{'200': {{{answered}}}, {failures}}}, {rest}}}"
    )
}

/// Refused: a GET of `path` with these parameters.
#[track_caller]
fn refused(path: &str, parameters: &str, pointer: &str, sentence: &str) {
    let get = operation("thing_view", &format!("parameters: [{parameters}]"));
    let at = format!("/paths/{}{pointer}", path.replace('/', "~1"));
    refused_text(BNE, &with_path(path, &format!("get: {get}")), &at, sentence);
}

const THING: &str = "{name: thing, in: path, required: true, schema: {type: string}}";

#[test]
fn a_segment_is_literal_or_one_parameter() {
    for path in
        ["/things/{thing", "/things/thing}", "/things/a{thing}", "/things/{a}{b}", "/things/{}", "/things/{a.b}"]
    {
        refused(path, "", "", "each segment is either literal text or one parameter");
    }
    for path in ["things", "/things/", "//things", "/things?a", "/things#a", "/a thing", "/%41"] {
        refused(path, "", "", "a path starts with one slash and ends without");
    }
    refused("/things/{thing}/{thing}", THING, "", "`thing` is in this path twice");
}

#[test]
fn paths_that_one_request_could_fit_are_refused() {
    let view = |id| operation(id, &format!("parameters: [{THING}]"));
    let text = with_path("/v1/{thing}", &format!("get: {}", view("thing_view")));
    let other = "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate";
    refused_text(BNE, &text, other, "parts from `/v1/{thing}`, one of the two has a parameter");
    let two = format!("get: {}}}\n  '/things/{{other}}/parts': {{get: {}", view("thing_view"), view("part_list"));
    let text = with_path("/things/{thing}", &two);
    refused_text(BNE, &text, "/paths/~1things~1{other}~1parts", "the server tells paths apart by literal text only");
}

#[test]
fn the_parameters_of_a_path_are_declared_once_and_required() {
    refused("/things/{thing}", "", "/get/parameters", "`{thing}` is in the path but not among the parameters");
    refused("/things", THING, "/get/parameters/0", "`{thing}` is not in the path");
    refused(
        "/things/{thing}",
        "{name: thing, in: path, schema: {type: string}}",
        "/get/parameters/0",
        "make the parameter `required: true`",
    );
    refused("/things/{thing}", &format!("{THING}, {THING}"), "/get/parameters/1", "two parameters become `thing`");
}

#[test]
fn parameters_are_in_three_places_under_names_that_rust_and_the_client_can_have() {
    let named = |name: &str, place: &str| format!("{{name: {name}, in: {place}, schema: {{type: string}}}}");
    for (parameters, sentence) in [
        (named("a", "cookie"), ("/in", "in the path, in the query or in a header")),
        (named("a-b", "query"), ("", "is not a name for the query")),
        (named("a b", "header"), ("", "is not the name of an HTTP header")),
        (named("type", "query"), ("", "`type` cannot become a Rust name")),
        (named("body", "query"), ("", "`body` is taken in the client")),
        (named("Authorization", "query"), ("", "`authorization` is taken in the client")),
        (named("Authorization", "header"), ("", "the security scheme has this header already")),
    ] {
        refused("/things", &parameters, &format!("/get/parameters/0{}", sentence.0), sentence.1);
    }
    let twice = format!("{}, {}", named("If-Match", "header"), named("ifMatch", "query"));
    refused("/things", &twice, "/get/parameters/1", "two parameters become `if_match` in Rust");
}

#[test]
fn a_parameter_is_one_value() {
    let of = |schema: &str| format!("{{name: a, in: query, schema: {schema}}}");
    let narrow = "anything narrower goes to #/components/schemas";
    for schema in ["{type: array, items: {type: string}}", "{type: boolean}", "{type: string, maxLength: 3}"] {
        refused("/things", &of(schema), "/get/parameters/0/schema", narrow);
    }
    for schema in ["{type: integer}", "{$ref: '#/components/schemas/Arcsight'}"] {
        refused("/things", &of(schema), "/get/parameters/0", "a string, an integer or a boolean");
    }
    for member in ["style: form", "explode: false", "content: {}"] {
        let keyword = member.split(':').next().unwrap_or_default();
        let parameter = format!("{{name: a, in: query, schema: {{type: string}}, {member}}}");
        refused("/things", &parameter, &format!("/get/parameters/0/{keyword}"), "does not know this construct");
    }
}

#[test]
fn a_scope_is_a_word_for_callers_with_a_credential_and_all_operations_have_one_or_none() {
    let with = |rest: &str| with_path("/things", &format!("get: {}", operation("thing_list", rest)));
    for scope in ["Read", "''", "read write", "2"] {
        let text = with(&format!("x-scope: {scope}"));
        let sentence = if scope == "2" { "expected text here" } else { "one lower-case word" };
        refused_text(BNE, &text, "/paths/~1things/get/x-scope", sentence);
    }
    let retrieve = "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1retrieve/post";
    refused_text(
        BNE,
        &with("x-scope: read"),
        retrieve,
        "`x-scope` is missing; other operations of this document have one",
    );
    let open = with("x-scope: read").replacen("security: [{bearerToken: []}]", "security: []", 1);
    refused_text(BNE, &open, "/paths/~1things/get/x-scope", "only a caller with a credential has scopes");
}

#[test]
fn answers_of_one_operation_may_have_several_statuses_but_one_body() {
    let answer = |status: &str, schema: &str| {
        format!(
            "'{status}': {{description: x, content: {{application/json: {{schema: {{$ref: '#/components/schemas/{schema}'}}}}}}}}"
        )
    };
    let get =
        operation("thing_list", "").replacen("'200':", &format!("{}, '200':", answer("201", "TransactionDetails")), 1);
    let text = with_path("/things", &format!("get: {get}"));
    refused_text(BNE, &text, "/paths/~1things/get", "progenitor cannot write a client for `thing_list`");
}

/// Both generated files, of a document with an operation of each kind.
#[test]
fn parameters_scopes_and_missing_bodies_come_out_in_server_and_client() {
    let put = operation(
        "thing_put",
        &format!(
            "x-scope: enrol, x-body-limit-bytes: 9, parameters: [{THING}], requestBody: {{required: true, \
             content: {{application/json: {{schema: {{$ref: '#/components/schemas/Arcsight'}}}}}}}}"
        ),
    );
    let put = put.replacen("'200':", "'201': {$ref: '#/components/responses/Created'}, '200':", 1);
    let parameters = "{name: trace, in: query, schema: {type: string, format: uuid}}, \
                      {name: owner, in: query, required: true, schema: {$ref: '#/components/schemas/ClientId'}}, \
                      {name: If-Match, in: header, schema: {type: string}}";
    let view = operation("thing_view", &format!("x-scope: read, parameters: [{THING}, {parameters}]"));
    let delete = operation("thing_delete", &format!("x-scope: admin, parameters: [{THING}]"));
    let text = with_path("/things/{thing}", &format!("get: {view}, put: {put}, delete: {delete}"))
        .replace("      x-body-limit-bytes: 32768\n", "      x-body-limit-bytes: 32768\n      x-scope: redeem\n")
        .replace(
            "\n  responses:\n    InvalidRequest:",
            "\n  responses:\n    Created: {description: New., content: {application/json: {schema: {$ref: '#/components/schemas/Arcsight'}}}}\n    InvalidRequest:",
        );
    let build = build(BNE, &text);
    assert_eq!(build.errors, Vec::<String>::new());
    let lines = |file: &str| -> Vec<&str> {
        let (_, text) = build.written.iter().find(|(name, _)| name == file).expect("the build writes it");
        text.lines().map(str::trim).collect()
    };
    let api = lines("bne_api.rs");
    for line in [
        "method: http::Method::GET,",
        "method: http::Method::DELETE,",
        "scope: Some(\"read\"),",
        "query: &[\"trace\", \"owner\"],",
        "headers: &[\"If-Match\"],",
        "body_limit: None,",
        "body_limit: Some(9),",
        "pub type ThingViewCall<U> = crate::api::runtime::Call<U, ThingViewParameters, ()>;",
        "call: ThingViewCall<Self::Caller>,",
        "/// `owner`",
        "pub owner: crate::api::bne::types::ClientId,",
        "pub trace: Option<uuid::Uuid>,",
        "thing: parameters.path(\"thing\").required()?,",
        "trace: parameters.query(\"trace\").optional()?,",
        "if_match: parameters.header(\"If-Match\").optional()?,",
        "Status201 {",
    ] {
        assert!(api.contains(&line), "{line}");
    }
    let client = lines("bne_client.rs");
    for line in [
        ".query(&progenitor_client::QueryParam::new(\"owner\", &owner))",
        "\"{}/things/{}\", client.baseurl, encode_path(& thing.to_string()),",
        "200u16 => ResponseValue::from_response(response).await,",
        "201u16 => ResponseValue::from_response(response).await,",
        ".delete(url)",
    ] {
        assert!(client.contains(&line), "{line}");
    }
}
