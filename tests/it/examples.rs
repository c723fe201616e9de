//! Every example in the documents is a value of its Rust type and of its schema.

use std::collections::BTreeSet;

use countersign::api::{bne, dbx, operator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::facts::document;

/// An example, where it stands, and the schema it claims to follow.
pub(crate) struct Example {
    at: String,
    schema: String,
    pub(crate) value: Value,
}

/// Reads a value as a Rust type and writes it again.
type RoundTrip = fn(Value) -> Result<Value, serde_json::Error>;

fn round_trip<T: DeserializeOwned + Serialize>(value: Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

/// The types of a family that the examples of its document are of, by the names of their schemas.
macro_rules! types {
    ($function:ident: $family:ident { $($name:ident),+ $(,)? }) => {
        fn $function(schema: &str) -> Option<RoundTrip> {
            match schema {
                $(stringify!($name) => Some(round_trip::<$family::types::$name>),)+
                _ => None,
            }
        }
    };
}

types!(dbx_type: dbx {
    PreLoginRequest, SecurityQuestionsRequest, VerifyRequest, RequestAnswer, VerifyAnswer, DbxError,
});
types!(bne_type: bne {
    ValidateChallengeRequest, RetrieveChallengeRequest, RetrievedChallenge, BneError, ClientId, RequestUuid, AcceptLanguage,
    CountryCode, BusinessCode, ChannelId, SessionId,
});
types!(operator_type: operator {
    AddressId, AuditAction, AuditActor, AuditPage, AuditSubject, Client, ClientData, ClientId, ClientPage, ClosedSession,
    CreatedOperator, Customer, CustomerData, CustomerId, CustomerPage, DeliveryPage, DeliveryStatus, EnrolledToken, EntityTag, ErasedCustomer,
    Flow, FlowId, FlowLookup, FlowPage, FlowRedemption, IdempotencyKey, Import, ImportBatch, ImportId, ImportedBatch,
    KeyRotation, MfaTransactionId, NewAddress, NewImport, NewOperator, NewSession, NewToken, NewTransaction, NewestFirst, OperatorName,
    OperatorPage, PageLimit, PageToken, PrefixBlock, PrefixPage, PrefixRelease, PrefixState, Problem, ResyncCodes, Sequence, Serial, ServerKey, ServerKeyPage, Session, SessionClosing, SessionPage, TestCode,
    Timestamp, Token, TokenAssignment, TokenId, TokenPage, TokenState, Transaction, TransactionPage, TransactionRedemption,
    TransactionState,
});

#[test]
fn every_dbx_example_is_a_value_of_its_type_and_of_its_schema() {
    check("dbx-otp.yaml", dbx_type);
}

#[test]
fn every_bne_example_is_a_value_of_its_type_and_of_its_schema() {
    check("bne-challenge.yaml", bne_type);
}

#[test]
fn every_operator_example_is_a_value_of_its_type_and_of_its_schema() {
    check("operator.yaml", operator_type);
}

#[test]
fn every_problem_has_an_example() {
    let document = document("operator.yaml");
    let examples = examples(&document);
    let shown = examples.iter().filter(|example| example.schema == "Problem");
    let shown: BTreeSet<&str> = shown.filter_map(|example| example.value["type"].as_str()).collect();
    let listed: BTreeSet<&str> = operator::types::ProblemType::ALL.iter().map(|problem| problem.as_str()).collect();
    assert_eq!(shown, listed);
}

#[test]
fn every_business_code_has_an_example() {
    let document = document("dbx-otp.yaml");
    for (answer, codes) in [("RequestAnswer", "RequestErrorCode"), ("VerifyAnswer", "VerifyErrorCode")] {
        let examples = examples(&document);
        let shown = examples.iter().filter(|example| example.schema == answer);
        let shown: BTreeSet<&str> = shown.filter_map(|example| example.value["dbpErrCode"].as_str()).collect();
        let listed = document["components"]["schemas"][codes]["enum"].as_array().expect(codes);
        let listed: BTreeSet<&str> = listed.iter().filter_map(Value::as_str).collect();
        assert_eq!(shown, listed, "examples of {answer} and the values of {codes}");
    }
}

fn check(file: &str, type_of: fn(&str) -> Option<RoundTrip>) {
    let document = document(file);
    let mut faults = Vec::new();
    for Example { at, schema, value } in examples(&document) {
        match type_of(&schema) {
            None => faults.push(format!("{at}: name the Rust type of {schema} in tests/it/examples.rs")),
            Some(round_trip) => match round_trip(value.clone()) {
                Err(error) => faults.push(format!("{at}: is no {schema}: {error}")),
                Ok(written) if written != value => faults.push(format!("{at}: read and written again it is {written}")),
                Ok(_) => {}
            },
        }
        faults.extend(validator(&document, &schema).iter_errors(&value).map(|error| format!("{at}: {error}")));
    }
    assert!(faults.is_empty(), "openapi/{file}:\n{}", faults.join("\n"));
}

/// Validates against a schema of the document, with formats. OpenAPI 3.0 is draft 4 but for words we do not use.
pub(crate) fn validator(document: &Value, schema: &str) -> jsonschema::Validator {
    let root = json!({
        "allOf": [{ "$ref": format!("#/components/schemas/{schema}") }],
        "components": document["components"],
    });
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft4).should_validate_formats(true);
    options.build(&root).unwrap_or_else(|error| panic!("{schema}: {error}"))
}

/// The examples of every parameter, request and response; panics where there is none.
pub(crate) fn examples(document: &Value) -> Vec<Example> {
    let mut found = Vec::new();
    for operation in entries(&document["paths"]).flat_map(|(_, item)| entries(item)).map(|(_, operation)| operation) {
        let id = operation["operationId"].as_str().expect("an operationId");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(document, parameter);
            let at = format!("{id} {}", parameter["name"]);
            let value = parameter.get("example").unwrap_or_else(|| panic!("{at}: no example")).clone();
            found.push(Example { at, schema: schema_name(&parameter["schema"]), value });
        }
        if let Some(body) = operation.get("requestBody") {
            found.extend(body_examples(document, &format!("{id} request"), body));
        }
        for (status, response) in entries(&operation["responses"]) {
            let response = resolved(document, response);
            if response.get("content").is_some() {
                found.extend(body_examples(document, &format!("{id} {status}"), response));
            }
        }
    }
    found
}

fn body_examples(document: &Value, at: &str, body: &Value) -> Vec<Example> {
    let media = &body["content"]["application/json"];
    let schema = schema_name(&media["schema"]);
    let example = |(name, example): (&String, &Value)| Example {
        at: format!("{at}, example {name}"),
        schema: schema.clone(),
        value: resolved(document, example)["value"].clone(),
    };
    let found: Vec<Example> = entries(&media["examples"]).map(example).collect();
    assert!(!found.is_empty(), "{at}: no example");
    found
}

fn schema_name(schema: &Value) -> String {
    let reference = schema["$ref"].as_str().expect("a schema by reference");
    reference.strip_prefix("#/components/schemas/").expect("a schema of this document").to_owned()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or_else(|| panic!("{pointer}: no such component")),
        None => value,
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
