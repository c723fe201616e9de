//! Keys and references of other flows, in every place that takes one. "Unknown" is all that is ever said of them.

use super::*;
use crate::support::server::BEN;
use std::collections::BTreeSet;

/// What a flow is named by, each with the place it belongs in.
fn named(handle: &Handle) -> Vec<(&'static str, String)> {
    let keys = [("serviceKey", handle.service_key.clone()), ("securityKey", handle.security_key.clone())];
    let phones = handle.phones.iter().map(|id| ("phone", id.clone()));
    let emails = handle.emails.iter().map(|id| ("email", id.clone()));
    keys.into_iter().chain(phones).chain(emails).collect()
}

#[tokio::test]
async fn every_key_of_another_flow_is_refused_in_every_place() {
    let mut stage = Stage::set().await;
    let (server, ana, ben) = (&stage.server, stage.server.token(ANA), stage.server.token(BEN));
    let others = [
        (None, server.sent_pre_login(PHONE).await),
        (None, server.sent_pre_login("+12025550198").await),
        (Some(ANA), server.sent_questions(&ana).await),
        (Some(BEN), server.sent_questions(&ben).await),
    ];
    stage.before = state(server);
    let mut codes = BTreeSet::new();
    for (operation, flow) in stage.calls() {
        let caller = flow.token.as_ref().map(|_| ANA);
        let own: Vec<String> = named(&flow.handle).into_iter().map(|(_, key)| key).collect();
        // Whoever may go on with the other flow as well is told that the rest does not fit it.
        let foreign = others.iter().flat_map(|(owner, handle)| {
            named(handle).into_iter().map(move |(place, key)| (*owner == caller && place == "serviceKey", key))
        });
        let misplaced = own.iter().map(|key| (false, key.clone()));
        for (usable, key) in foreign.chain(misplaced) {
            for property in properties(&stage.document, operation).iter().filter(|property| !property.is_object()) {
                let mut body = flow.body(operation);
                if property.name() != "Phone" {
                    // It is judged before the keys.
                    body.as_object_mut().unwrap().remove("Phone");
                }
                let (object, name) = parent(&mut body, &property.path);
                if object.insert(name.to_owned(), json!(key)) == Some(json!(key)) {
                    continue;
                }
                let mut expected = vec![match name {
                    "Phone" | "otp" => "400",
                    "serviceKey" if !usable => "10502",
                    "serviceKey" | "securityKey" => "10518",
                    _ => "10503",
                }];
                let mut bodies = vec![body.clone()];
                if name == "serviceKey" && usable && operation.id == flow.request.id {
                    body["MFAAttributes"]["OTP"]["securityKey"] = json!("");
                    bodies.push(body);
                    expected.push("10503");
                }
                for (body, expected) in bodies.iter().zip(expected) {
                    let seen = stage.send(operation, flow, body.to_string()).await;
                    assert_eq!(seen.code(), expected, "{} {}: {}", operation.id, property.place(), seen.body);
                    assert_eq!(seen.status, if expected == "400" { 400 } else { 200 });
                    let text = seen.body.to_string();
                    assert!(own.iter().chain([&key]).all(|key| !text.contains(key.as_str())), "{text}");
                    codes.insert(expected);
                }
            }
        }
    }
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["10502", "10503", "10518", "400"]);
    stage.leave().await;
}

#[tokio::test]
async fn a_whole_flow_of_somebody_else_is_unknown() {
    let stage = Stage::set().await;
    let [applicant, customer] = &stage.flows;
    let ben = stage.server.token(BEN);
    let calls = [
        (applicant.request, None, customer.body(customer.request)),
        (applicant.verify, None, customer.body(customer.verify)),
        (customer.request, customer.token.as_ref(), applicant.body(applicant.request)),
        (customer.verify, customer.token.as_ref(), applicant.body(applicant.verify)),
        (customer.request, Some(&ben), customer.body(customer.request)),
        (customer.verify, Some(&ben), customer.body(customer.verify)),
    ];
    let mut answers = BTreeSet::new();
    for (operation, token, body) in calls {
        let seen = stage.server.post(operation, token, &body).await;
        assert_eq!((seen.status, seen.code()), (200, "10502"), "{}: {}", operation.id, seen.body);
        // The same to the letter as for a key that there never was.
        let mut body = body;
        body["MFAAttributes"]["serviceKey"] = json!("c449a331-1f54-400c-a42a-176dbeb8f9bd");
        assert_eq!(stage.server.post(operation, token, &body).await.body, seen.body);
        answers.insert(seen.body["dbpErrMsg"].to_string());
    }
    assert_eq!(answers.len(), 1);
    stage.leave().await;
}

#[tokio::test]
async fn keys_without_the_flow_they_belong_to_open_none() {
    let stage = Stage::set().await;
    for flow in &stage.flows {
        for absent in [json!(null), json!("")] {
            for (place, code) in [("securityKey", "10518"), ("phone", "10503"), ("email", "10503")] {
                let (_, key) = named(&flow.handle).into_iter().find(|(name, _)| *name == place).unwrap_or_default();
                let key = if key.is_empty() { flow.handle.phones[0].clone() } else { key };
                let mut body = json!({ "Phone": PHONE, "MFAAttributes": { "OTP": { place: key } } });
                if absent.is_string() {
                    body["MFAAttributes"]["serviceKey"] = absent.clone();
                }
                let seen = stage.send(flow.request, flow, body.to_string()).await;
                assert_eq!((seen.status, seen.code()), (200, code), "{place}: {}", seen.body);
            }
        }
        let mut body = flow.body(flow.verify);
        body["MFAAttributes"]["serviceKey"] = json!("");
        let seen = stage.send(flow.verify, flow, body.to_string()).await;
        assert_eq!((seen.status, seen.code()), (200, "10502"), "{}", seen.body);
    }
    stage.leave().await;
}
