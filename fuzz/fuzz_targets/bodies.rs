//! Bodies of requests of all three families, as their types read them; and texts of parameters.
//!
//! What is taken is written as JSON that reads as the same again. Errors are short: they go to the caller.

#![no_main]

use countersign_fuzz::api::bne::types as bne;
use countersign_fuzz::api::dbx::types as dbx;
use countersign_fuzz::api::operator::types as operator;
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::str::FromStr;

/// Deeper than any type, and than what the JSON reader would follow.
fn body<T: DeserializeOwned + Serialize>(data: &[u8]) {
    let mut reader = serde_json::Deserializer::from_slice(data);
    let Ok(taken) = serde_path_to_error::deserialize::<_, T>(&mut reader) else { return };
    let written = serde_json::to_vec(&taken).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written)
        .unwrap_or_else(|problem| panic!("{problem}: {}", String::from_utf8_lossy(&written)));
    assert_eq!(serde_json::to_vec(&again).expect("and again"), written);
}

fn parameter<T: FromStr + Display>(text: &str) {
    let Ok(taken) = text.parse::<T>() else { return };
    let written = taken.to_string();
    let Ok(again) = written.parse::<T>() else { panic!("{text:?} is written as {written:?}, which is not read") };
    assert_eq!(again.to_string(), written);
}

fuzz_target!(|data: &[u8]| {
    body::<dbx::PreLoginRequest>(data);
    body::<dbx::SecurityQuestionsRequest>(data);
    body::<dbx::VerifyRequest>(data);
    body::<bne::ValidateChallengeRequest>(data);
    body::<bne::RetrieveChallengeRequest>(data);
    body::<operator::CustomerData>(data);
    body::<operator::NewAddress>(data);
    body::<operator::NewToken>(data);
    body::<operator::TokenAssignment>(data);
    body::<operator::ResyncCodes>(data);
    body::<operator::NewImport>(data);
    body::<operator::ImportBatch>(data);
    body::<operator::ClientData>(data);
    body::<operator::NewSession>(data);
    body::<operator::NewTransaction>(data);
    body::<operator::TransactionRedemption>(data);
    body::<operator::FlowRedemption>(data);
    body::<operator::NewOperator>(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.lines().take(16) {
        parameter::<bne::RequestUuid>(line);
        parameter::<bne::OperationDate>(line);
        parameter::<bne::CountryCode>(line);
        parameter::<bne::ClientId>(line);
        parameter::<bne::SessionId>(line);
        parameter::<operator::Timestamp>(line);
        parameter::<operator::CustomerId>(line);
    }
});
