//! Moving from a data file to a database on a server, with the real program: what an operator sees, and what customers do not.

use super::run;
use crate::attacks::kill::tokens::Holder;
use crate::attacks::kill::whole;
use crate::replicas::sent;
use crate::support::attack::Luck;
use crate::support::bank::{Bank, Line};
use crate::support::postgres::Cluster;
use http::Method;
use std::process::Output;

fn told(output: Output) -> (i32, String, String) {
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code().unwrap(), stdout, stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bank_goes_on_in_a_database_and_codes_that_were_sent_before_are_good_once() {
    let Some(database) = Cluster::shared().map(Cluster::database) else { return };
    let (mut bank, luck) = (Bank::in_a_file().await, Luck::of("moving"));
    let process = bank.start();
    let line = Line::new(&bank, &process);
    line.register().await;
    let mut holder = Holder::enrol(&bank, &line, 1, luck.part()).await;
    holder.holds(&line).await;
    let [first, second] = [sent(&bank, &line, "+34600100001").await, sent(&bank, &line, "+34600100002").await];
    assert_eq!(second.verify(&line, &second.code).await["isOtpVerified"], "true");

    let file = bank.file();
    let (code, said, complaint) = told(bank.move_to(&database.url()));
    assert_eq!((code, said.as_str()), (1, ""));
    let in_use = format!("{} is in use by another countersign process", file.display());
    assert!(complaint.contains(&in_use), "{complaint}");
    process.stop();
    let (code, said, note) = told(bank.move_to(&database.url()));
    assert_eq!(code, 0, "{note}");
    assert!(said.lines().any(|line| line.split_whitespace().eq(["1", "tokens"])), "{said}");
    assert!(said.contains("all read back as they are in the file.\nThe audit trail is whole in both: "), "{said}");
    assert!(note.contains("from now on serve ") && note.contains("moved.toml only"), "{note}");
    assert!(![&said, &note].iter().any(|text| text.contains("countersign:")), "no password: {said}{note}");
    whole(&bank);

    let replicas = [bank.start(), bank.start()];
    let line = Line::over(&bank, &replicas);
    assert_eq!(first.verify(&line, &first.code).await["isOtpVerified"], "true");
    for used in [&first, &second] {
        assert_eq!(used.verify(&line, &used.code).await["dbpErrCode"], "10502");
    }
    holder.holds(&line).await;
    let (status, clients) = line.office(Method::GET, "/clients", &[], None).await.unwrap();
    assert_eq!((status, clients["items"].as_array().unwrap().len()), (200, 1), "{clients}");
    whole(&bank);
}

#[tokio::test]
async fn what_cannot_be_moved_is_told_with_its_code() {
    let bank = Bank::open().await;
    let file = bank.config();
    let (code, said, complaint) = run(&["migrate-store", "--from", file, "--to", file]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("both configurations name ") && complaint.contains("with --to"), "{complaint}");
    let (code, _, complaint) = run(&["migrate-store", "--from", file, "--to", "/nowhere.toml"]);
    assert!(code == 3 && complaint.contains("/nowhere.toml: cannot be opened"), "{complaint}");
    for wrong in [&["migrate-store"][..], &["migrate-store", "--from", file], &["migrate-store", "--config", file]] {
        assert_eq!(run(wrong).0, 2, "{wrong:?}");
    }
    let (code, help, _) = run(&["migrate-store", "--help"]);
    assert!(code == 0 && help.contains("goes on where it was") && help.contains("--from <FILE>"), "{help}");
}
