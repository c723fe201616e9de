//! What stops the build: each refusal names the file, the place in it and what to do.

mod parameters;

use crate::build_script::Edit::{Push, Remove, Rename, Set, Text};
use crate::build_script::{Edit, build, edited};

const REQUEST: &str = "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post";

/// Builds `document` with an edit; asserts that one error is at `pointer` and has the sentence.
#[track_caller]
fn refused(document: &str, edit: &Edit, pointer: &str, sentence: &str) {
    refused_text(document, &edited(document, edit), pointer, sentence);
}

/// The same for a document that is edited already.
#[track_caller]
fn refused_text(document: &str, text: &str, pointer: &str, sentence: &str) {
    let build = build(document, text);
    let place = format!("openapi/{document}.yaml#{pointer}: ");
    let told =
        build.errors.iter().any(|error| error.strip_prefix(&place).is_some_and(|message| message.contains(sentence)));
    assert!(told, "wanted: {place}..{sentence}..\n   got: {}", build.errors.join("\n        "));
}

fn at(suffix: &str) -> String {
    format!("{REQUEST}{suffix}")
}

macro_rules! operation {
    ($suffix:literal) => {
        concat!("/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post", $suffix)
    };
}

#[test]
fn a_key_given_twice_is_refused() {
    refused(
        "dbx-otp",
        &Text(
            "      operationId: requestOTPPreLoginMB\n",
            "      operationId: requestOTPPreLoginMB\n      operationId: x\n",
        ),
        "",
        "duplicate entry with key \"operationId\"",
    );
}

#[test]
fn a_key_that_is_no_text_is_refused() {
    refused(
        "dbx-otp",
        &Text(
            "'200': {$ref: '#/components/responses/RequestAnswered'}",
            "200: {$ref: '#/components/responses/RequestAnswered'}",
        ),
        &at("/responses"),
        "is not text; quote it",
    );
}

#[test]
fn a_keyword_that_the_generator_does_not_know_is_refused_wherever_it_is() {
    let unknown = "the generator does not know";
    refused("dbx-otp", &Set("/x-origin", "bank"), "/x-origin", unknown);
    refused("dbx-otp", &Set("/info/x-logo", "{}"), "/info/x-logo", unknown);
    refused("dbx-otp", &Set(operation!("/x-throttle"), "1"), &at("/x-throttle"), unknown);
    refused("dbx-otp", &Set(operation!("/callbacks"), "{}"), &at("/callbacks"), "the server calls nobody back");
    refused(
        "dbx-otp",
        &Set("/components/schemas/Phone/minimumLength", "3"),
        "/components/schemas/Phone/minimumLength",
        unknown,
    );
    refused(
        "dbx-otp",
        &Set("/components/schemas/Phone/readOnly", "true"),
        "/components/schemas/Phone/readOnly",
        "one schema for the request and one for the answer",
    );
    refused(
        "dbx-otp",
        &Set("/components/schemas/RequestAnswer/discriminator", "{propertyName: opstatus}"),
        "/components/schemas/RequestAnswer/discriminator",
        "disjoint",
    );
    refused("dbx-otp", &Set("/components/callbacks", "{}"), "/components/callbacks", unknown);
}

#[test]
fn a_value_of_the_wrong_kind_is_refused() {
    refused(
        "dbx-otp",
        &Set("/components/schemas/Phone/maxLength", "'32'"),
        "/components/schemas/Phone/maxLength",
        "a whole number",
    );
    refused("dbx-otp", &Set("/info/version", "1.0"), "/info/version", "quote it");
    refused("dbx-otp", &Set(operation!("/tags"), "Codes"), &at("/tags"), "expected a list");
    refused("dbx-otp", &Set("/components/schemas/Phone", "[]"), "/components/schemas/Phone", "expected an object");
}

#[test]
fn another_version_of_openapi_is_refused() {
    refused("dbx-otp", &Set("/openapi", "3.1.0"), "/openapi", "only OpenAPI 3.0.3");
}

#[test]
fn a_reference_that_leads_nowhere_or_elsewhere_is_refused() {
    let body = operation!("/requestBody/content/application~1json/schema");
    refused("dbx-otp", &Set(body, "{$ref: '#/components/schemas/Nobody'}"), body, "points to nothing");
    refused(
        "dbx-otp",
        &Set(body, "{$ref: 'bne-challenge.yaml#/components/schemas/Arcsight'}"),
        body,
        "in this same document",
    );
    refused("dbx-otp", &Set(body, "{$ref: '#/components/responses/BadRequest'}"), body, "#/components/schemas/<name>");
    refused(
        "dbx-otp",
        &Set(body, "{$ref: '#/components/schemas/Phone', description: x}"),
        body,
        "beside `$ref` are ignored",
    );
}

#[test]
fn a_component_that_nothing_refers_to_is_refused() {
    refused(
        "bne-challenge",
        &Set("/components/headers/Unused", "{required: true, schema: {type: string}}"),
        "/components/headers/Unused",
        "nothing refers to this",
    );
}

#[test]
fn an_inline_body_is_refused_because_it_has_no_name_in_rust() {
    let body = operation!("/requestBody/content/application~1json/schema");
    refused("dbx-otp", &Set(body, "{type: object}"), body, "move this schema to #/components/schemas");
}

#[test]
fn a_body_that_is_optional_or_not_json_is_refused() {
    refused(
        "dbx-otp",
        &Set(operation!("/requestBody/required"), "false"),
        &at("/requestBody"),
        "must be `required: true`",
    );
    refused(
        "dbx-otp",
        &Rename(operation!("/requestBody/content/application~1json"), "text/plain"),
        &at("/requestBody/content/text~1plain"),
        "does not know `text/plain`",
    );
}

#[test]
fn methods_that_are_not_served_are_refused_and_so_is_a_body_where_it_means_nothing() {
    let path = "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB";
    for (method, suffix, sentence) in [
        ("get", "/get/requestBody", "a body means nothing to GET and DELETE"),
        ("delete", "/delete/requestBody", "a body means nothing to GET and DELETE"),
        ("head", "/head", "HEAD is not served"),
        ("trace", "/trace", "TRACE is not served"),
        ("options", "/options", "OPTIONS belongs to the CORS preflight"),
    ] {
        refused("dbx-otp", &Rename(operation!(""), method), &format!("{path}{suffix}"), sentence);
    }
}

#[test]
fn an_operation_without_a_limit_a_tag_or_an_id_is_refused() {
    refused("dbx-otp", &Remove(operation!("/x-body-limit-bytes")), REQUEST, "`x-body-limit-bytes` is missing");
    refused("dbx-otp", &Remove(operation!("/tags")), REQUEST, "`tags` is missing");
    refused("dbx-otp", &Remove(operation!("/operationId")), REQUEST, "`operationId` is missing");
    refused(
        "dbx-otp",
        &Set(operation!("/x-body-limit-bytes"), "0"),
        &at("/x-body-limit-bytes"),
        "between 1 byte and 16 MiB",
    );
    refused(
        "dbx-otp",
        &Remove(operation!("/requestBody")),
        &at("/x-body-limit-bytes"),
        "no `requestBody` to be limited",
    );
    refused("dbx-otp", &Push(operation!("/tags"), "Other"), &at("/tags"), "exactly one tag");
    refused("dbx-otp", &Set(operation!("/tags/0"), "Other"), &at("/tags/0"), "do not list this tag");
}

#[test]
fn operation_ids_that_are_the_same_in_rust_are_refused() {
    let verify = "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1verifyOTPPreLoginMB/post/operationId";
    refused(
        "dbx-otp",
        &Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1verifyOTPPreLoginMB/post/operationId",
            "request_otp_pre_login_mb",
        ),
        verify,
        "become the same name in Rust",
    );
    refused("dbx-otp", &Set(operation!("/operationId"), "1st"), &at("/operationId"), "cannot become a Rust name");
}

#[test]
fn a_document_without_a_status_that_the_server_may_give_is_refused() {
    for (status, pointer) in [
        ("400", operation!("/responses/400")),
        ("413", operation!("/responses/413")),
        ("503", operation!("/responses/503")),
    ] {
        let sentence = format!("{status} is missing; the server may give it to any call of the dbx family");
        refused("dbx-otp", &Remove(pointer), &at("/responses"), &sentence);
    }
    let validate = "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/responses";
    refused(
        "bne-challenge",
        &Remove("/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/responses/403"),
        validate,
        "403 is missing",
    );
}

#[test]
fn statuses_by_range_redirects_and_failures_without_a_body_are_refused() {
    refused(
        "dbx-otp",
        &Rename(operation!("/responses/500"), "5XX"),
        &at("/responses/5XX"),
        "list each status by its number",
    );
    refused(
        "dbx-otp",
        &Rename(operation!("/responses/500"), "default"),
        &at("/responses/default"),
        "list each status by its number",
    );
    refused(
        "dbx-otp",
        &Set(operation!("/responses/302"), "{description: elsewhere}"),
        &at("/responses/302"),
        "redirects are not generated",
    );
    refused(
        "dbx-otp",
        &Remove("/components/responses/BadRequest/content"),
        "/components/responses/BadRequest",
        "carries the family's envelope",
    );
    refused(
        "dbx-otp",
        &Set(
            "/components/responses/BadRequest/content/application~1json/schema",
            "{$ref: '#/components/schemas/Sent'}",
        ),
        &at("/responses"),
        "one error type per operation",
    );
}

#[test]
fn header_parameters_that_openapi_ignores_are_refused() {
    for (name, parameter) in
        [("Accept", "/components/parameters/ClientId"), ("Content-Type", "/components/parameters/Uuid")]
    {
        let edit = if name == "Accept" {
            Set("/components/parameters/ClientId/name", "Accept")
        } else {
            Set("/components/parameters/Uuid/name", "Content-Type")
        };
        refused("bne-challenge", &edit, parameter, "OpenAPI ignores header parameters of this name");
    }
}

#[test]
fn headers_that_rust_cannot_hold_are_refused() {
    let sid = "/components/parameters/Sid";
    refused(
        "bne-challenge",
        &Set("/components/parameters/Sid/schema", "{type: string, maxLength: 3}"),
        "/components/parameters/Sid/schema",
        "anything narrower goes to #/components/schemas",
    );
    refused(
        "bne-challenge",
        &Set("/components/parameters/Sid/name", "client-id"),
        sid,
        "two parameters become `client_id` in Rust",
    );
    refused("bne-challenge", &Set("/components/parameters/Sid/name", "s id"), sid, "is not the name of an HTTP header");
    refused(
        "dbx-otp",
        &Set("/components/headers/RetryAfter/required", "false"),
        "/components/headers/RetryAfter",
        "make it `required: true`",
    );
}

#[test]
fn security_that_is_not_one_header_is_refused() {
    refused(
        "dbx-otp",
        &Set("/components/securitySchemes/konyToken/in", "query"),
        "/components/securitySchemes/konyToken",
        "only apiKey in a header and http bearer",
    );
    refused(
        "bne-challenge",
        &Set("/components/securitySchemes/bearerToken/scheme", "basic"),
        "/components/securitySchemes/bearerToken",
        "only apiKey in a header and http bearer",
    );
    refused(
        "dbx-otp",
        &Set(operation!("/security"), "[{unknown: []}]"),
        &at("/security"),
        "`unknown` is not in #/components/securitySchemes",
    );
    refused(
        "dbx-otp",
        &Set(operation!("/security"), "[{konyToken: [], other: []}]"),
        &at("/security"),
        "name one scheme",
    );
}

#[test]
fn what_progenitor_cannot_do_names_the_operation() {
    let edit = Set(
        operation!("/responses/201"),
        "{description: Another body., content: {application/json: {schema: {$ref: '#/components/schemas/Sent'}}}}",
    );
    refused("dbx-otp", &edit, REQUEST, "progenitor cannot write a client for `requestOTPPreLoginMB`");
}

#[test]
fn every_difference_between_schema_and_type_is_told_at_once_and_only_under_its_own_schema() {
    let text = edited("dbx-otp", &Set("/components/schemas/OtpCode/pattern", "'^[0-9]{4}$'"));
    let text = text.replace("maxLength: 32", "maxLength: 33");
    let build = build("dbx-otp", &text);
    let errors = build.errors.join("\n");
    assert_eq!(build.errors.len(), 2, "{errors}");
    let pattern = "openapi/dbx-otp.yaml#/components/schemas/OtpCode/pattern: schema `OtpCode`, `pattern`: the document says \"^[0-9]{4}$\", Rust says \"^[0-9]{3,8}$\"; edit `OtpCode` in src/api/dbx/types.rs, or the document";
    assert!(errors.contains(pattern), "{errors}");
    assert!(errors.contains("schema `Phone`, `maxLength`: the document says 33, Rust says 32"), "{errors}");
    for line in [
        "--- openapi/dbx-otp.yaml#/components/schemas/OtpCode",
        "+++ src/api/dbx/types.rs: OtpCode",
        "-  \"maxLength\": 33",
        "+  \"maxLength\": 32",
    ] {
        assert!(build.diff.contains(line), "{}", build.diff);
    }
}

#[test]
fn a_difference_names_the_property_and_both_sides() {
    refused(
        "dbx-otp",
        &Remove("/components/schemas/VerifyOtp/required/1"),
        "/components/schemas/VerifyOtp/required",
        "the document says nothing more, Rust says also \"otp\"",
    );
    refused(
        "bne-challenge",
        &Set("/components/schemas/Arcsight/properties/hostName/maxLength", "9"),
        "/components/schemas/Arcsight/properties/hostName/maxLength",
        "schema `Arcsight`, property `hostName`, `maxLength`: the document says 9, Rust says nothing",
    );
    refused(
        "bne-challenge",
        &Set("/components/schemas/Arcsight/properties/region", "{type: string}"),
        "/components/schemas/Arcsight/properties/region",
        "schema `Arcsight`, property `region`: the document says {\"type\":\"string\"}, Rust says nothing",
    );
    refused(
        "dbx-otp",
        &Rename("/components/schemas/Contact", "Address"),
        "/components/schemas/CustomerCommunication/properties/email/items",
        "points to nothing",
    );
}

#[test]
fn an_operation_with_a_status_of_its_own_gets_an_enum_of_its_own() {
    let edit = Set(
        "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1retrieve/post/responses/409",
        "{$ref: '#/components/responses/InvalidRequest'}",
    );
    let build = build("bne-challenge", &edited("bne-challenge", &edit));
    assert_eq!(build.errors, Vec::<String>::new());
    let (_, api) = build.written.iter().find(|(name, _)| name == "bne_api.rs").expect("the build writes it");
    let lines: Vec<&str> = api.lines().map(str::trim).collect();
    for line in [
        "pub enum BneRetrieveChallengeFailure {",
        "impl From<BneFailure> for BneRetrieveChallengeFailure {",
        "BneFailure::Status400 { body } => Self::Status400 { body },",
    ] {
        assert!(lines.contains(&line), "{line}");
    }
    assert!(!lines.iter().any(|line| line.starts_with("BneFailure::Status409")), "the family's enum has no 409");
    assert!(!lines.contains(&"pub enum BneValidateChallengeInfoFailure {"), "the other operation keeps the family's");
}
