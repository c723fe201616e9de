//! What is wrong with a request is a 400 that names the place, repeats nothing and changes nothing.

use super::*;

/// Rows of everything that an operator can change, and of what was noted of it.
fn rows(office: &Office) -> Vec<i64> {
    let rows = office.server.rows();
    let count = |table: &str| rows.value(&format!("select count(*) from {table}"), &[]);
    ["operators", "customers", "tokens", "imports", "clients", "sessions", "transactions", "repeats", "audit"]
        .map(count)
        .into()
}

/// Every operation that takes a body, with its path and headers filled in.
fn taking_bodies(office: &Office) -> impl Iterator<Item = Call<'_>> {
    OPERATIONS
        .iter()
        .filter(|operation| operation.body_limit.is_some())
        .map(|operation| coverage::some(office, operation))
}

#[tokio::test]
async fn a_body_that_is_none_is_400_whatever_the_operation() {
    let office = Office::open(|_| ()).await;
    let before = rows(&office);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in ["", "{", "[]", "null", "\"x\"", "3", "{\"a\":1,}", "{'a':1}", &deep[..900], "\u{0}"] {
        for call in taking_bodies(&office) {
            let id = call.operation.id;
            let told = call.text(text).gives(400).await;
            assert_eq!(told.text("/type"), "urn:countersign:problem:malformed", "{id}: {text:.20}");
            assert_eq!(told.text("/location"), "body", "{id}: {text:.20}: {}", told.body);
        }
    }
    for call in taking_bodies(&office) {
        let limit = call.operation.body_limit.unwrap();
        let told = call.text(&" ".repeat(limit + 1)).gives(400).await;
        assert_eq!(told.text("/location"), "body");
    }
    for call in taking_bodies(&office) {
        let told = call.body(json!({})).header("Content-Type", "text/plain").send().await;
        assert_eq!((told.status, told.text("/location")), (400, "Content-Type".to_owned()));
    }
    assert_eq!(rows(&office), before, "nothing has changed");
}

#[tokio::test]
async fn a_property_of_the_wrong_type_or_form_is_named_and_not_repeated() {
    let office = Office::open(|_| ()).await;
    let before = rows(&office);
    let cases: &[(&str, Value, &str)] = &[
        ("operator_create", json!({ "name": "a b", "scopes": ["read"] }), "name"),
        ("operator_create", json!({ "name": "ñandú987", "scopes": ["read"] }), "name"),
        ("operator_create", json!({ "name": "a\u{0}987", "scopes": ["read"] }), "name"),
        ("operator_create", json!({ "name": "a", "scopes": [] }), "scopes"),
        ("operator_create", json!({ "name": "a", "scopes": ["987"] }), "scopes[0]"),
        ("operator_create", json!({ "name": "a" }), "scopes"),
        ("customer_put", json!({ "language": "987", "phones": [], "emails": [] }), "language"),
        ("customer_put", json!({ "language": "es", "phones": ["987"], "emails": [] }), "phones[0]"),
        ("customer_put", json!({ "language": "es", "phones": [], "emails": ["😀987"] }), "emails[0]"),
        ("customer_put", json!({ "language": "es", "phones": vec!["+12025550107"; 11], "emails": [] }), "phones"),
        ("address_add", json!({ "kind": "fax", "address": "987" }), "kind"),
        ("address_add", json!({ "kind": "sms", "address": "987" }), "address"),
        ("token_enrol", json!({ "serial": "", "kind": "HOTP" }), "serial"),
        ("token_enrol", json!({ "serial": "1", "kind": "HOTP", "digits": 9 }), "digits"),
        ("token_enrol", json!({ "serial": "1", "kind": "HOTP", "digits": 987.5 }), "digits"),
        ("token_enrol", json!({ "serial": "1", "kind": "HOTP", "seed": "987" }), "seed"),
        ("token_enrol", json!({ "serial": "1", "kind": "HOTP", "counter": -987 }), "counter"),
        ("token_enrol", json!({ "serial": "1", "kind": "TOTP", "period": 31 }), "period"),
        ("token_enrol", json!({ "serial": "1", "kind": "OCRA", "seed": "00".repeat(20) }), "suite"),
        ("token_enrol", json!({ "serial": "1", "kind": "HOTP", "representativeId": "01" }), "customerId"),
        ("token_enrol", json!({ "serial": "1", "kind": "HOTP", "startsAt": "987" }), "startsAt"),
        ("token_assign", json!({ "customerId": "😀987" }), "customerId"),
        ("token_test", json!({ "code": "98765432109" }), "code"),
        ("token_test", json!({ "code": 987_654 }), "code"),
        ("import_add", json!({ "firstEntry": 0, "tokens": [] }), "tokens"),
        ("import_add", json!({ "firstEntry": 0, "tokens": [{ "serial": "1", "kind": "HOTP" }] }), "tokens[0].seed"),
        ("client_put", json!({ "countries": ["987"], "businesses": ["G"], "channels": ["C"] }), "countries[0]"),
        ("session_open", json!({ "sid": "", "clientId": "web" }), "sid"),
        ("session_open", json!({ "sid": "1", "clientId": "web", "lifetimeSecs": 1 }), "lifetimeSecs"),
        ("session_close", json!({ "sid": "1" }), "clientId"),
        (
            "transaction_open",
            json!({ "clientId": "w", "sid": "s", "mfaTransactionType": "PAY", "userId": "1" }),
            "mfaTransactionType",
        ),
        (
            "transaction_open",
            json!({ "clientId": "w", "sid": "s", "mfaTransactionType": "RISK", "userId": "1" }),
            "transactionDetails",
        ),
        ("transaction_redeem", json!({ "clientId": "w" }), "customerId"),
        ("flow_view", json!({ "serviceKey": null }), "serviceKey"),
        ("flow_redeem", json!({ "serviceKey": "987", "purpose": "pre_login" }), "phone"),
        ("flow_redeem", json!({ "serviceKey": "987", "purpose": "security_questions" }), "customerId"),
        ("flow_redeem", json!({ "serviceKey": "987", "purpose": "pre_login", "phone": "987" }), "phone"),
    ];
    for (operation, body, location) in cases {
        let operation = OPERATIONS.iter().find(|known| known.id == *operation).unwrap();
        let told = coverage::some(&office, operation).body(body.clone()).gives(400).await;
        assert_eq!(told.text("/location"), *location, "{}: {}", operation.id, told.body);
        let said = told.body.to_string().replace(told.body["instance"].as_str().unwrap(), "");
        assert!(!said.contains("987"), "{}: {said}", operation.id);
    }
    assert_eq!(rows(&office), before, "nothing has changed");
}

#[tokio::test]
async fn headers_that_are_missing_repeated_or_malformed_are_named() {
    let office = Office::open(|_| ()).await;
    let create = || office.call("operator_create").body(json!({ "name": "a", "scopes": ["read"] }));
    assert_eq!(create().gives(400).await.text("/location"), "Idempotency-Key");
    assert_eq!(create().header("Idempotency-Key", "short").gives(400).await.text("/location"), "Idempotency-Key");
    let mut twice = create().once("a");
    twice.headers.push(("Idempotency-Key", "another-key-of-16".to_owned()));
    assert_eq!(twice.gives(400).await.text("/location"), "Idempotency-Key");
    let view = office.call("customer_delete").at("customerId", "ana").seen("3");
    assert_eq!(view.gives(400).await.text("/location"), "If-Match");
    let mut twice = office.call("customer_list");
    twice.headers.push(("Authorization", "Bearer other".to_owned()));
    assert_eq!(twice.gives(400).await.text("/location"), "Authorization");
    let basic = office.call("customer_list").header("Authorization", "Basic cm9vdDpyb290");
    basic.gives(401).await;
}
