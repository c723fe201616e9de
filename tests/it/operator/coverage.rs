//! Every documented status of every operation is produced by a running server. A status that the document gains without a
//! way to produce it here fails the last test.

use super::*;
use crate::support::dbx::{PHONE, wrong};
use crate::support::server::ANA;
use chrono::TimeDelta;
use countersign::client::DbxClient;
use std::sync::mpsc::channel;

/// RFC 4226, appendix D: the seed, and the codes of its counters.
const SEED: &str = "3132333435363738393031323334353637383930";
const CODES: [&str; 10] =
    ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
/// An id that nothing has.
const NOBODY: &str = "00000000000000000000000000000000";
const NO_TRANSACTION: &str = "6b47df94-59ba-43af-8c4e-51d1fab55dc6";

/// A call with something for each parameter of the path and each header that must be there, and a body where there is one.
pub(super) fn some<'a>(office: &'a Office, operation: &'static Operation) -> Call<'a> {
    let mut call = office.call(operation.id);
    for (name, value) in [
        ("operatorName", "nobody"),
        ("customerId", "nobody"),
        ("addressId", "sms-0"),
        ("tokenId", NOBODY),
        ("importId", NOBODY),
        ("clientId", "nobody"),
        ("mfaTransactionId", NO_TRANSACTION),
    ] {
        if call.path.contains(&format!("{{{name}}}")) {
            call = call.at(name, value);
        }
    }
    if operation.headers.contains(&"Idempotency-Key") {
        call = call.once(operation.id);
    }
    if operation.id == "flow_list" {
        call = call.query("customerId", "nobody");
    }
    if operation.body_limit.is_some() { call.body(json!({})) } else { call }
}

async fn what_every_operation_may_be_answered() -> BTreeSet<Seen> {
    let office = Office::open(|config| config.server.handler_timeout_secs = 1).await;
    let scopes = json!({ "name": "unlocker", "scopes": ["unlock"] });
    let unlocker = office.call("operator_create").once("u").body(scopes).gives(201).await.text("/credential");
    let scopes = json!({ "name": "reader", "scopes": ["read"] });
    let reader = office.call("operator_create").once("r").body(scopes).gives(201).await.text("/credential");
    for operation in OPERATIONS {
        some(&office, operation).header("Authorization", "Bearer cso_nobody").gives(401).await;
        let lesser = if operation.scope == Some("unlock") { &reader } else { &unlocker };
        some(&office, operation).header("Authorization", &format!("Bearer {lesser}")).gives(403).await;
        let bad = if operation.body_limit.is_some() {
            some(&office, operation).text("{")
        } else if operation.path.contains('{') {
            let call = some(&office, operation);
            let path = call.path.replace("nobody", "%07").replace(NOBODY, "x").replace(NO_TRANSACTION, "x");
            Call { path, ..call }
        } else {
            some(&office, operation).query("limit", "none")
        };
        bad.gives(400).await;
    }
    // Somebody has changed what says who may call.
    let rows = office.server.rows();
    rows.run("update operators set scopes = 'x'");
    for operation in OPERATIONS {
        some(&office, operation).gives(500).await;
    }
    rows.run("update operators set scopes = '[\"admin\"]'");
    busy(&office).await;
    std::mem::take(&mut *office.seen.lock().unwrap())
}

/// Every thread that could look something up is busy, for longer than a request may take.
async fn busy(office: &Office) {
    let (mut releases, mut started) = (Vec::new(), Vec::new());
    for _ in 0..BLOCKING {
        let (release, held) = channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let _ = begin.send(());
            // Ends by an error: the sender is dropped, it never sends.
            held.recv().expect_err("nothing is sent")
        });
        releases.push(release);
        started.push(begun);
    }
    futures::future::join_all(started).await;
    futures::future::join_all(OPERATIONS.iter().map(|operation| some(office, operation).gives(503))).await;
    drop(releases);
}

const BLOCKING: usize = 8;

async fn parties(office: &Office) {
    office.call("operator_list").gives(200).await;
    let desk = json!({ "name": "desk", "scopes": ["read", "enrol"] });
    office.call("operator_create").once("1").body(desk.clone()).gives(201).await;
    office.call("operator_create").once("2").body(desk).gives(409).await;
    office.call("operator_create").once("1").body(json!({ "name": "x", "scopes": ["read"] })).gives(422).await;
    office.call("operator_revoke").at("operatorName", "desk").gives(204).await;
    office.call("operator_revoke").at("operatorName", "desk").gives(409).await;
    office.call("operator_revoke").at("operatorName", "nobody").gives(404).await;

    let data = json!({ "language": "es", "phones": [], "emails": [] });
    let on = |id: &str, customer: &str| office.call(id).at("customerId", customer);
    on("customer_put", "1").body(data.clone()).gives(201).await;
    on("customer_put", "1").body(data.clone()).gives(428).await;
    on("customer_put", "1").seen("\"9\"").body(data.clone()).gives(412).await;
    on("customer_put", "1").seen("\"1\"").body(data).gives(200).await;
    on("customer_view", "1").gives(200).await;
    on("customer_view", "nobody").gives(404).await;
    office.call("customer_list").gives(200).await;
    let address = json!({ "kind": "sms", "address": "+12025550107" });
    on("address_add", "nobody").body(address.clone()).gives(404).await;
    on("address_add", "1").body(address.clone()).gives(428).await;
    on("address_add", "1").seen("\"9\"").body(address.clone()).gives(412).await;
    let added = on("address_add", "1").seen("\"2\"").body(address.clone()).gives(201).await;
    on("address_add", "1").seen(&added.tag()).body(address).gives(409).await;
    let remove = |customer: &str, address: &str| on("address_remove", customer).at("addressId", address);
    remove("nobody", "sms-0").gives(404).await;
    remove("1", "sms-0").gives(428).await;
    remove("1", "sms-0").seen("\"9\"").gives(412).await;
    let removed = remove("1", "sms-0").seen(&added.tag()).gives(200).await;
    on("customer_unlock", "nobody").gives(404).await;
    on("customer_unlock", "1").gives(409).await;
    on("customer_erase", "nobody").gives(200).await;
    on("customer_delete", "nobody").gives(404).await;
    on("customer_delete", "1").gives(428).await;
    on("customer_delete", "1").seen("\"99\"").gives(412).await;
    on("customer_delete", "1").seen(&removed.tag()).gives(204).await;

    let data = json!({ "countries": ["MX"], "businesses": ["GCB"], "channels": ["CBOL"] });
    let on = |id: &str, client: &str| office.call(id).at("clientId", client);
    on("client_put", "app").body(data.clone()).gives(201).await;
    on("client_put", "app").body(data.clone()).gives(428).await;
    on("client_put", "app").seen("\"9\"").body(data.clone()).gives(412).await;
    on("client_put", "app").seen("\"1\"").body(data).gives(200).await;
    on("client_view", "app").gives(200).await;
    on("client_view", "nobody").gives(404).await;
    office.call("client_list").gives(200).await;
    on("client_delete", "nobody").gives(404).await;
    on("client_delete", "app").gives(428).await;
    on("client_delete", "app").seen("\"9\"").gives(412).await;
    on("client_delete", "app").seen("\"2\"").gives(204).await;
}

async fn prefixes(office: &Office) {
    office.call("prefix_block").body(json!({ "prefix": "+53" })).gives(204).await;
    office.call("prefix_list").query("state", "blocked").gives(200).await;
    office.call("prefix_release").body(json!({ "prefix": "+5355" })).gives(409).await;
    office.call("prefix_release").body(json!({ "prefix": "+53" })).gives(204).await;
}

async fn tokens(office: &Office) {
    let hardware = |serial: &str| json!({ "serial": serial, "kind": "HOTP", "seed": SEED });
    let enrolled = office.call("token_enrol").once("t1").body(hardware("H-1")).gives(201).await;
    office.call("token_enrol").once("t2").body(hardware("H-1")).gives(409).await;
    office.call("token_enrol").once("t1").body(hardware("H-2")).gives(422).await;
    office.call("token_list").query("serial", "H-1").gives(200).await;
    let id = enrolled.text("/token/tokenId");
    let on = |operation: &str| office.call(operation).at("tokenId", &id);
    on("token_view").gives(200).await;
    office.call("token_view").at("tokenId", NOBODY).gives(404).await;
    let (holder, code) = (json!({ "customerId": "hugo" }), |n: usize| json!({ "code": CODES[n] }));
    let two = |n: usize| json!({ "firstCode": CODES[n], "secondCode": CODES[n + 1] });
    let bodies: [(&str, Option<Value>); 6] = [
        ("token_assign", Some(holder.clone())),
        ("token_unassign", None),
        ("token_resync", Some(two(0))),
        ("token_unlock", None),
        ("token_revoke", None),
        ("token_test", Some(code(0))),
    ];
    for (operation, body) in &bodies {
        let call = office.call(operation).at("tokenId", NOBODY);
        match body {
            Some(body) => call.body(body.clone()).gives(404).await,
            None => call.gives(404).await,
        };
        let stale = on(operation).seen("\"9\"");
        match body {
            Some(body) => stale.body(body.clone()).gives(412).await,
            None => stale.gives(412).await,
        };
    }
    on("token_unassign").gives(409).await;
    on("token_unlock").gives(409).await;
    on("token_assign").seen("\"1\"").body(holder.clone()).gives(200).await;
    on("token_assign").body(holder.clone()).gives(409).await;
    on("token_test").body(code(0)).gives(200).await;
    on("token_test").body(code(0)).gives(422).await;
    on("token_unlock").gives(200).await;
    on("token_resync").body(two(0)).gives(422).await;
    on("token_resync").body(two(7)).gives(200).await;
    on("token_unassign").gives(200).await;
    on("token_revoke").gives(200).await;
    on("token_revoke").gives(409).await;

    let suite = json!({ "serial": "O-1", "kind": "OCRA", "seed": SEED, "suite": "OCRA-1:HOTP-SHA1-6:QN08",
        "customerId": "olga" });
    let ocra = office.call("token_enrol").once("t3").body(suite).gives(201).await.text("/token/tokenId");
    let on = |operation: &str| office.call(operation).at("tokenId", &ocra);
    on("token_test").body(code(0)).gives(409).await;
    on("token_resync").body(two(0)).gives(409).await;
}

async fn imports(office: &Office) {
    let open = async |key: &str| {
        let told = office.call("import_open").once(key).body(json!({ "fileName": "a.xml" })).gives(201).await;
        told.text("/importId")
    };
    let batch = |first: u64, serial: &str, seed: &str| json!({ "firstEntry": first, "tokens": [{ "serial": serial, "kind": "HOTP", "seed": seed }] });
    let on = |operation: &str, import: &str| office.call(operation).at("importId", import);
    let import = open("i1").await;
    office.call("import_open").once("i1").body(json!({})).gives(422).await;
    on("import_add", &import).body(batch(0, "I-1", SEED)).gives(200).await;
    on("import_add", &import).body(batch(7, "I-2", SEED)).gives(409).await;
    on("import_view", &import).gives(200).await;
    let listed = office.call("token_list").query("serial", "I-1").gives(200).await;
    assert_eq!(listed.body["items"], json!([]), "nobody sees it yet");
    on("import_commit", &import).gives(200).await;
    let listed = office.call("token_list").query("serial", "I-1").gives(200).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    on("import_commit", &import).gives(409).await;
    on("import_cancel", &import).gives(409).await;

    let import = open("i2").await;
    let taken = on("import_add", &import).body(batch(0, "I-1", &SEED.replace("31", "32"))).gives(200).await;
    assert_eq!(taken.body["problems"].as_array().unwrap().len(), 1, "{}", taken.body);
    on("import_commit", &import).gives(409).await;
    on("import_cancel", &import).gives(204).await;
    for operation in ["import_view", "import_commit", "import_cancel"] {
        on(operation, NOBODY).gives(404).await;
    }
    on("import_add", NOBODY).body(batch(0, "I-9", SEED)).gives(404).await;
}

async fn sessions_and_transactions(office: &Office) {
    let data = json!({ "countries": ["MX"], "businesses": ["GCB"], "channels": ["CBOL"] });
    office.call("client_put").at("clientId", "web").body(data).gives(201).await;
    let hardware = json!({ "serial": "S-1", "kind": "HOTP", "seed": SEED, "customerId": "sara" });
    office.call("token_enrol").once("s1").body(hardware).gives(201).await;

    let session = |sid: &str, client: &str| json!({ "sid": sid, "clientId": client });
    office.call("session_open").once("s2").body(session("one", "web")).gives(201).await;
    office.call("session_open").once("s3").body(session("one", "other")).gives(409).await;
    office.call("session_open").once("s2").body(session("two", "web")).gives(422).await;
    office.call("session_list").gives(200).await;

    let wish =
        |user: &str, kind: &str| json!({ "clientId": "web", "sid": "one", "mfaTransactionType": kind, "userId": user });
    let mut risk = wish("sara", "RISK");
    risk["transactionDetails"] = json!({ "amount": "1", "currency": "MXN", "payee": "Luz", "account": "12345678" });
    office.call("transaction_open").once("x1").body(wish("nobody", "LOGIN")).gives(404).await;
    office.call("transaction_open").once("x2").body(risk).gives(422).await;
    let opened = office.call("transaction_open").once("x3").body(wish("sara", "LOGIN")).gives(201).await;
    let id = opened.text("/mfaTransactionId");
    let on = |operation: &str, id: &str| office.call(operation).at("mfaTransactionId", id);
    office.call("transaction_list").query("customerId", "sara").query("state", "open").gives(200).await;
    on("transaction_view", &id).gives(200).await;
    on("transaction_view", NO_TRANSACTION).gives(404).await;
    let proof = |customer: &str| json!({ "clientId": "web", "customerId": customer });
    on("transaction_redeem", &id).body(proof("sara")).gives(409).await;
    on("transaction_redeem", NO_TRANSACTION).body(proof("sara")).gives(404).await;
    on("transaction_close", NO_TRANSACTION).gives(404).await;

    let mut headers = office.server.headers("web");
    headers.insert("sid", "one".parse().unwrap());
    let access = office.server.access(json!({ "azp": "web", "sub": "sara" }));
    headers.insert("authorization", format!("Bearer {access}").parse().unwrap());
    let body = json!({ "oneTimePasswordToken": CODES[0], "mfaTransactionType": "LOGIN", "mfaTransactionId": id });
    let heard = office.server.call(crate::support::bne_api::VALIDATE, headers, body).await;
    assert_eq!(heard.status, 204, "{}", heard.body);
    on("transaction_redeem", &id).body(proof("somebody-else")).gives(422).await;
    let redeemed = on("transaction_redeem", &id).body(proof("sara")).gives(200).await;
    assert_eq!(redeemed.text("/state"), "consumed");
    on("transaction_redeem", &id).body(proof("sara")).gives(409).await;
    on("transaction_close", &id).gives(409).await;

    let opened = office.call("transaction_open").once("x4").body(wish("sara", "LOGIN")).gives(201).await;
    on("transaction_close", &opened.text("/mfaTransactionId")).gives(200).await;
    office.call("session_close").body(session("one", "web")).gives(200).await;
    office.call("session_close").body(json!({ "sessionId": "0".repeat(64) })).gives(404).await;
}

async fn keys(office: &Office) {
    let current = office.call("key_list").gives(200).await.text("/items/0/keyId");
    office.call("key_rotate").body(json!({ "keyId": "another" })).gives(409).await;
    office.call("key_rotate").body(json!({ "keyId": current })).gives(200).await;
}

async fn flows(office: &Office) {
    let server = &office.server;
    let flow = server.sent_pre_login(PHONE).await;
    let client: DbxClient = server.client();
    let key = json!({ "serviceKey": flow.service_key });
    office.call("flow_view").body(key).gives(200).await;
    office.call("flow_view").body(json!({ "serviceKey": NO_TRANSACTION })).gives(404).await;
    let redeem = |key: &str, phone: &str| json!({ "serviceKey": key, "purpose": "pre_login", "phone": phone });
    office.call("flow_redeem").body(redeem(&flow.service_key, PHONE)).gives(409).await;
    client.verify_otp_pre_login_mb(None, flow.verify(&server.code())).await.unwrap();
    office.call("flow_redeem").body(redeem(&flow.service_key, "+12025550100")).gives(422).await;
    office.call("flow_redeem").body(redeem(NO_TRANSACTION, PHONE)).gives(404).await;
    let proof = office.call("flow_redeem").body(redeem(&flow.service_key, PHONE)).gives(200).await;
    assert_eq!(proof.text("/destinations/0/masked"), "+12XXXXXXX99");
    office.call("flow_redeem").body(redeem(&flow.service_key, PHONE)).gives(409).await;
    office.call("flow_list").query("customerId", "ana").gives(200).await;
    let ana = server.token(ANA);
    let flow = server.sent_questions(&ana).await;
    client.verify_update_security_questions_otp(&ana, flow.verify(&wrong(&server.code()))).await.unwrap_err();
    office.call("customer_unlock").at("customerId", ANA).gives(200).await;
    let sent = office.call("delivery_list").query("status", "accepted").gives(200).await;
    assert_eq!(sent.body["items"][0]["channels"], json!(["sms"]));
    let trail = office.call("audit_list").query("newestFirst", "true").query("action", "flow_redeem").gives(200).await;
    let outcomes: Vec<_> = trail.body["items"].as_array().unwrap().iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes.len(), 5, "{outcomes:?}");

    // A proof that was not asked for in time is none any more.
    let flow = server.sent_pre_login(PHONE).await;
    client.verify_otp_pre_login_mb(None, flow.verify(&server.code())).await.unwrap();
    server.clock.pass(TimeDelta::minutes(16));
    office.call("flow_redeem").body(redeem(&flow.service_key, PHONE)).gives(409).await;
}

#[test]
fn every_documented_status_of_every_operation_is_produced() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(BLOCKING).build();
    let seen = runtime.unwrap().block_on(async {
        let mut seen = what_every_operation_may_be_answered().await;
        let office = Office::open(|_| ()).await;
        parties(&office).await;
        prefixes(&office).await;
        tokens(&office).await;
        imports(&office).await;
        sessions_and_transactions(&office).await;
        flows(&office).await;
        keys(&office).await;
        seen.append(&mut office.seen.lock().unwrap());
        seen
    });
    let documented: BTreeSet<Seen> = OPERATIONS
        .iter()
        .flat_map(|operation| operation.statuses.iter().map(|status| (operation.id, *status)))
        .collect();
    let missing: Vec<_> = documented.difference(&seen).collect();
    assert!(missing.is_empty(), "documented and never produced; say here how these come about: {missing:?}");
}
