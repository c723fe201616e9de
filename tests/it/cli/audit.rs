//! The commands that look at the audit trail as a whole: verify, export, prune.

use super::tokens::{Bank, csv};
use super::*;
use countersign::server::SystemClock;
use rusqlite::Connection;

fn verify(arguments: &[&str]) -> (i32, String, String) {
    run(&[&["audit", "verify"], arguments].concat())
}

#[test]
fn a_trail_is_verified_while_the_server_runs_and_the_first_broken_entry_is_named() {
    let bank = Bank::new();
    bank.import("a.csv", &csv(&["H-1,SEED,hotp,", "H-2,SEED,hotp,"]));
    let config = bank.place.config();
    let (code, said, complaint) = verify(&["--config", &config]);
    assert_eq!((code, complaint.as_str()), (0, ""), "{said}");
    assert!(said.starts_with("The audit trail is whole: "), "{said}");
    let data = bank.place.text("bank.sqlite");
    let (code, without, note) = verify(&["--file", &data]);
    assert_eq!((code, &without), (0, &said));
    assert!(note.contains("without the server's keys"), "{note}");

    Connection::open(&data).unwrap().execute("update audit set actor = 'nobody' where sequence = 2", []).unwrap();
    for place in [["--config", &config], ["--file", &data]] {
        let (code, said, complaint) = verify(&place);
        assert_eq!((code, said.as_str()), (1, ""));
        assert!(complaint.contains("the audit trail is broken: entry 2 was changed"), "{complaint}");
    }
    Connection::open(&data).unwrap().execute("delete from audit where sequence = 1", []).unwrap();
    assert!(verify(&["--config", &config]).2.contains("entry 1 is missing"));
}

#[test]
fn the_trail_is_exported_whole_as_lines_of_json_and_of_cef() {
    let bank = Bank::new();
    bank.import("a.csv", &csv(&["H-1,SEED,hotp,"]));
    bank.done(&["token", "assign", "H-1", "--customer", "4711"]);
    let json = bank.done(&["audit", "export"]);
    let entries: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = entries.iter().map(|entry| entry["sequence"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>());
    let actions: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..4], ["operator_create", "server_start", "config_change", "key_ring_change"]);
    let cef = bank.done(&["audit", "export", "--format", "cef", "--action", "token_assign"]);
    assert!(cef.starts_with("CEF:0|Countersign|Countersign|"), "{cef}");
    for part in [
        "|token_assign|token assign|3|rt=",
        " act=token_assign outcome=done cnt=1 suser=root duid=4711 ",
        "cs3Label=hash cs3=",
    ] {
        assert!(cef.contains(part), "{part}: {cef}");
    }
    assert_eq!(cef.lines().count(), 1);
}

#[test]
fn old_entries_are_pruned_while_the_server_is_stopped_and_the_rest_verifies() {
    let bank = Bank::new();
    let config = bank.place.config();
    let prune = |before: &str| run(&["audit", "prune", "--config", &config, "--before", before]);
    assert!(prune("2020-01-01").2.contains("in use by another countersign process"));
    assert_eq!(prune("yesterday").0, 2);
    let Bank { place, server, .. } = bank;
    assert_eq!(server.stop("-TERM").0, 0);
    let (code, said, complaint) = prune("2020-01-01");
    assert_eq!((code, said.as_str()), (0, "No entry is that old.\n"), "{complaint}");
    let (code, _, complaint) = prune("2999-01-01T00:00:00Z");
    assert!(code == 1 && complaint.contains("--before lies in the future"), "{complaint}");
    let (code, said, complaint) = prune(&SystemClock.now().to_rfc3339());
    assert_eq!((code, said.as_str()), (0, "4 entries are gone, up to number 4.\n"), "{complaint}");
    let (code, said, complaint) = verify(&["--config", &config]);
    assert_eq!((code, said.as_str()), (0, "The audit trail is whole: 1 entry, the last is 5.\n"), "{complaint}");
    drop(place);
}

#[test]
fn checkpoints_and_anchors_are_signed_and_compared_and_an_unsigned_anchor_is_not_signed_over() {
    let place = Place::new();
    let config = place.config();
    // RFC 8032 §7.1, test 1: the private key as OpenSSL writes it, and the public one.
    let pem = |kind: &str, text: &str| format!("-----BEGIN {kind} KEY-----\n{text}\n-----END {kind} KEY-----\n");
    let private = pem("PRIVATE", "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g");
    place.write("checkpoint.pem", &private);
    let public =
        place.write("checkpoint.pub", &pem("PUBLIC", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="));
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace(
        "[audit]\n",
        "[audit]\ncheckpoint_key_file = \"checkpoint.pem\"\ncheckpoint_file = \"shipped.jsonl\"\n",
    );
    place.write("bank.toml", &text);
    let shipped = place.text("shipped.jsonl");
    let mut server = Running::start(&["serve", "--config", &config]);
    server.logged("listening");
    // The first is made at once.
    while !fs::read_to_string(&shipped).is_ok_and(|text| text.ends_with('\n')) {
        std::thread::yield_now();
    }
    assert_eq!(server.stop("-TERM").0, 0);
    let compare = |file: &str, key: &str| verify(&["--config", &config, "--checkpoints", file, "--public-key", key]);
    let (code, said, complaint) = compare(&shipped, &public);
    assert_eq!(code, 0, "{complaint}");
    assert!(said.contains("; it fits 1 checkpoint."), "{said}");
    let line = fs::read_to_string(&shipped).unwrap();
    for (change, to, complaint) in [
        ("\"sequence\":", "\"sequence\":1", "has no signature that fits a given public key"),
        ("\"chain\":", "\"chains\":", "is no checkpoint"),
    ] {
        let forged = place.write("forged.jsonl", &line.replace(change, to));
        let said = compare(&forged, &public);
        assert!(said.0 == 1 && said.2.contains("forged.jsonl, line 1: ") && said.2.contains(complaint), "{said:?}");
    }
    // An editor may have taken the last line feed away, or the copy may have ended before its time.
    assert_eq!(compare(&place.write("forged.jsonl", &format!("\n{}", line.trim_end())), &public).0, 0);
    for (text, complaint) in [
        (&line[..line.len() / 2], "forged.jsonl, line 1: is no checkpoint, or is cut off"),
        ("\n", "forged.jsonl has no checkpoint: nothing was compared"),
    ] {
        let said = compare(&place.write("forged.jsonl", text), &public);
        assert!(said.0 == 1 && said.2.contains(complaint), "{said:?}");
    }
    assert!(compare(&shipped, &place.text("checkpoint.pem")).2.contains("no Ed25519 public key"));
    // What was signed for is gone.
    let (bank, copy) = (place.text("bank.sqlite"), place.text("copy.sqlite"));
    fs::copy(&bank, &copy).unwrap();
    Connection::open(&copy).unwrap().execute_batch("delete from audit").unwrap();
    let (code, _, complaint) = verify(&["--file", &copy, "--checkpoints", &shipped, "--public-key", &public]);
    assert!(code == 1 && complaint.contains("are missing"), "{complaint}");
    // What is pruned with the key at hand hangs on an anchor that the public key proves, with or without checkpoints.
    let prune = |more: &[&str]| {
        let now = SystemClock.now().to_rfc3339();
        run(&[&["audit", "prune", "--config", &config, "--before", &now], more].concat())
    };
    let (code, said, complaint) = prune(&[]);
    assert!(code == 0 && said.ends_with("; the anchor is signed.\n"), "{said} {complaint}");
    let (code, said, complaint) = verify(&["--file", &bank, "--public-key", &public]);
    assert!(code == 0 && said.contains("1 entry, the last is"), "{said} {complaint}");
    let by_hand = Connection::open(&bank).unwrap();
    by_hand.execute("update audit_anchors set signature = null", []).unwrap();
    let (code, _, complaint) = verify(&["--config", &config, "--public-key", &public]);
    assert!(code == 1 && complaint.contains("has no signature that fits a given public key"), "{complaint}");
    // Nor is it signed by the next pruning, unless somebody says that it is theirs.
    let (code, _, complaint) = prune(&[]);
    assert!(code == 1 && complaint.contains("give --trust-anchor"), "{complaint}");
    let (code, said, complaint) = prune(&["--trust-anchor"]);
    assert!(code == 0 && said.ends_with("; the anchor is signed.\n"), "{said} {complaint}");
    assert_eq!(verify(&["--config", &config, "--public-key", &public]).0, 0);
}

#[test]
fn everything_that_is_wrong_with_checkpoints_is_told_with_file_line_and_key() {
    let place = Place::new();
    let config = place.config();
    let whole = fs::read_to_string(&config).unwrap().replace("\ncheckpoint_interval_secs = 3600\n", "\n");
    let first = whole.lines().position(|line| line == "[audit]").unwrap() + 2;
    place.write("rsa.pem", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
    for (lines, line, told) in [
        ("checkpoint_interval = 10", 0, "audit.checkpoint_interval: unknown field"),
        ("checkpoint_interval_secs = 9", 0, "audit.checkpoint_interval_secs: 9 is outside 10 to 86400"),
        ("checkpoint_interval_secs = \"10\"", 0, "audit.checkpoint_interval_secs: must be a whole number"),
        ("checkpoint_file = \"shipped\"", 0, "audit.checkpoint_file: needs audit.checkpoint_key_file"),
        ("checkpoint_key_file = \"rsa.pem\"", 0, "audit.checkpoint_key_file: needs audit.checkpoint_file"),
        (
            "checkpoint_file = \"shipped\"\ncheckpoint_key_file = \"rsa.pem\"",
            1,
            "rsa.pem: is no Ed25519 private key in PEM (make one with: openssl genpkey -algorithm ed25519)",
        ),
        (
            "checkpoint_file = \"shipped\"\ncheckpoint_key_file = \"none.pem\"",
            1,
            "none.pem cannot be opened: No such file",
        ),
    ] {
        place.write("bank.toml", &whole.replace("[audit]\n", &format!("[audit]\n{lines}\n")));
        let (code, _, complaint) = run(&["check-config", &config]);
        let named = format!("bank.toml:{}: audit.checkpoint", first + line);
        assert!(code == 3 && complaint.contains(&named) && complaint.contains(told), "{lines}: {complaint}");
    }
}
