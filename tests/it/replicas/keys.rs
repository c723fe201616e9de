//! Servers on one database whose server keys are not the same.

use super::upgrade::readyz;
use super::{sent, verified, whole};
use crate::support::bank::{Bank, Line, Process, REQUEST, countersign};
use crate::support::postgres::Cluster;
use http::Method;
use serde_json::{Value, json};

impl Bank {
    /// From the next start on, a second key is in front of the first one.
    pub(super) fn puts_a_new_key_in_front(&self) {
        std::fs::write(format!("{}.key", self.config()), "fedcba98".repeat(8)).unwrap();
        let new = format!("[[keys]]\nid = \"new\"\nfile = \"{}.key\"\n[[keys]]\nid = \"dev\"", self.config());
        self.change("[[keys]]\nid = \"dev\"", &new);
    }

    /// `countersign keys rotate` on this server: whether it went well, and what it said.
    fn rotates(&self, process: &Process) -> (bool, String) {
        let mut command = countersign();
        command.args(["keys", "rotate", "--url", process.office()]);
        command.env("COUNTERSIGN_OPERATOR_CREDENTIAL", &self.credential);
        let ended = tokio::task::block_in_place(|| command.output().unwrap());
        let told = [ended.stdout, ended.stderr].concat();
        (ended.status.success(), String::from_utf8(told).unwrap())
    }
}

async fn rotations(line: &Line) -> Vec<String> {
    let trail = line.office(Method::GET, "/audit?action=key_rotate", &[], None).await.unwrap().1;
    let text = |entry: &Value| format!("{}: {}", entry["subject"], entry["outcome"]).replace('"', "");
    trail["items"].as_array().unwrap().iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_lacks_the_key_in_front_of_another_changes_nothing_and_names_the_key() {
    let Some(database) = Cluster::shared().map(Cluster::database) else { return };
    let bank = Bank::on_a_server(&database.url()).await;
    let lacking = bank.start();
    let line = Line::new(&bank, &lacking);
    let before = sent(&bank, &line, "+34656000000").await;
    bank.puts_a_new_key_in_front();
    let having = bank.start();
    let other = Line::new(&bank, &having);
    let flow = sent(&bank, &other, "+34656000001").await;

    let (status, answer) = line.dbx(REQUEST, &json!({ "Phone": "+34656000002" })).await.unwrap();
    assert_eq!(status, 500, "{answer}");
    for sent in [&before, &flow] {
        let (status, answer) = line.verify(&sent.service_key, &sent.security_key, &sent.code).await.unwrap();
        assert_eq!(status, 500, "{answer}");
    }
    let begun = line.office(Method::POST, "/keys/rotate", &[], Some(&json!({ "keyId": "dev" }))).await.unwrap();
    assert_eq!(begun.0, 500, "{}", begun.1);
    lacking.says("is sealed with key new, which is not configured").await;
    let keys = line.office(Method::GET, "/keys", &[], None).await.unwrap().1;
    assert_eq!((&keys["items"][1]["keyId"], &keys["items"][1]["state"]), (&json!("new"), &json!("missing")), "{keys}");
    assert_eq!([readyz(&bank, &lacking).await, readyz(&bank, &having).await], [503, 200]);

    // No attempt was counted, and it can be mended.
    lacking.stop();
    let mended = bank.start();
    let all = Line::over(&bank, [&mended, &having]);
    for sent in [&before, &flow] {
        assert_eq!(verified(&[sent.verify(&all, &sent.code).await]), 1);
    }
    whole(&bank);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rotation_to_another_key_is_in_the_way_of_a_server_until_that_is_started_again() {
    let Some(cluster) = Cluster::shared() else { return };
    let database = cluster.database();
    let bank = Bank::on_a_server(&database.url()).await;
    let one = bank.start();
    bank.puts_a_new_key_in_front();
    let other = bank.start();
    one.kill();
    // As that one would have left it, if it had been killed on the way.
    let cut_off = "insert into rotations (id, key_id, started_by, started_at_ms, resealed, damaged)
                   select 1, 'dev', 'root', since_ms + 1, 7, 0 from server_keys where key_id = 'new'";
    tokio::task::block_in_place(|| cluster.psql(database.name(), cut_off));

    let line = Line::new(&bank, &other);
    let begun = line.office(Method::POST, "/keys/rotate", &[], Some(&json!({ "keyId": "new" }))).await.unwrap();
    assert_eq!(begun.0, 409, "{}", begun.1);
    let both =
        "a rotation to server key dev is under way, and this server has new in front: give all servers the same keys";
    assert!(begun.1["detail"].as_str().unwrap().starts_with(both), "{}", begun.1);
    let (is_done, told) = bank.rotates(&other);
    assert!(!is_done && told.contains(both), "{told}");

    other.stop();
    let other = bank.start();
    let (is_done, told) = bank.rotates(&other);
    assert!(is_done && told.contains("The last rotation is done"), "{told}");
    let line = Line::new(&bank, &other);
    let refused = "key new: another is under way";
    let all = [refused, refused, "key dev: replaced", "key new: begun", "key new: done"];
    assert_eq!(rotations(&line).await, all);
    whole(&bank);
}
