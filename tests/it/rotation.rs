//! Rotation of the server keys on a running server, as an operator does it.

use crate::operator::Office;
use crate::support::dbx::PHONE;
use countersign::config::{Config, Key};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

const NEW: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

/// A new key at the head, the development server's own behind it.
fn with_new_key(config: &mut Config) {
    let secret = Some(SecretString::from(NEW));
    config.keys.insert(0, Key { id: "new".into(), file: None, command: None, secret, from_environment: false });
}

impl Office {
    async fn keys(&self) -> Vec<Value> {
        self.call("key_list").gives(200).await.body["items"].as_array().unwrap().clone()
    }

    async fn rotated(&self) -> Value {
        loop {
            let keys = self.keys().await;
            if keys[0]["rotation"]["state"] == "done" {
                return keys[1].clone();
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_are_rotated_while_codes_are_sent_and_a_restart_on_the_way_loses_nothing() {
    let office = Office::open(|config| config.server.throttle.enabled = false).await;
    for batch in 0..3 {
        let import = office.call("import_open").once(&format!("i{batch}")).body(json!({})).gives(201).await;
        let token = |n: usize| json!({ "serial": format!("HT-{batch}-{n}"), "kind": "HOTP", "seed": format!("{batch:08x}{n:032x}") });
        let tokens: Vec<_> = (0..1000).map(token).collect();
        let on = |operation: &str| office.call(operation).at("importId", &import.text("/importId"));
        on("import_add").body(json!({ "firstEntry": 0, "tokens": tokens })).gives(200).await;
        on("import_commit").gives(200).await;
    }
    let before = office.server.sent_pre_login(PHONE).await;
    let code = office.server.code();
    let office = office.restart(with_new_key).await;
    let [new, old] = &office.keys().await[..] else { panic!("two keys") };
    assert!(new["state"] == "current" && new["sealedRows"].as_u64().unwrap() < 10, "{new}");
    assert!(old["sealedRows"].as_u64().unwrap() > 3000 && old["removable"] == false, "{old}");
    let begin = || office.call("key_rotate").body(json!({ "keyId": "new" })).gives(200);
    assert_eq!(begin().await.body["rotation"]["state"], "running");

    let office = office.restart(with_new_key).await;
    let over = AtomicBool::new(false);
    let load = async {
        let mut done = 0;
        while !over.load(Ordering::Relaxed) {
            let phone = format!("+1202555{:04}", 1000 + done);
            let handle = office.server.sent_pre_login(&phone).await;
            assert!(!handle.security_key.is_empty());
            done += 1;
        }
        done
    };
    let watch = async {
        let old = office.rotated().await;
        over.store(true, Ordering::Relaxed);
        old
    };
    let (served, old) = tokio::join!(load, watch);
    assert!(served > 0, "nobody was served meanwhile");
    assert_eq!(old["sealedRows"], 0, "{old}");
    assert!(old["sealed"].as_array().unwrap().iter().all(|table| table["rows"] == 0), "{old}");
    // A code that was sent before all this is still good, and so is a token's seed.
    let client = office.server.client();
    client.verify_otp_pre_login_mb(None, before.verify(&code)).await.unwrap();
    let trail = office.call("audit_list").query("action", "key_rotate").gives(200).await;
    let outcomes: Vec<_> = trail.body["items"].as_array().unwrap().iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(outcomes, ["begun", "done"]);

    // The next day the old key can go.
    office.server.clock.pass(chrono::TimeDelta::hours(24));
    assert_eq!(office.keys().await[1]["removable"], true);
    let office = office.restart(|config| {
        with_new_key(config);
        config.keys.truncate(1);
    });
    let office = office.await;
    assert_eq!(office.keys().await.len(), 1);
    office.call("token_list").query("serial", "HT-2-999").gives(200).await;
}
