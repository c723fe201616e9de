//! Tokens, client registrations and phone prefixes, as an operator works on them while the server runs.

use super::*;
use std::io::Write;

const SEED: &str = "3132333435363738393031323334353637383930";
const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// RFC 6030 §6.1, figure 6: a HOTP key, encrypted with a pre-shared key.
const FIGURE_6: &str = include_str!("figure_6.xml");
const FIGURE_6_KEY: &str = "12345678901234567890123456789012";

/// A server that runs, an operator who may do everything, and a shorthand for what that one does.
pub(super) struct Bank {
    pub(super) place: Place,
    url: String,
    credential: String,
    pub(super) server: Running,
}

impl Bank {
    pub(super) fn new() -> Self {
        let place = Place::new();
        let config = place.config();
        let text = fs::read_to_string(&config).unwrap();
        let (head, operator) = text.split_once("\n[operator]\n").unwrap();
        let operator = operator.replacen("enabled = false", "enabled = true", 1).replacen("8081", "0", 1);
        place.write("bank.toml", &format!("{head}\n[operator]\n{operator}"));
        let (code, credential, complaint) = run(&["operator", "create", "root", "--config", &config]);
        assert_eq!(code, 0, "{complaint}");
        let credential = place.write("root.credential", &credential);
        let mut server = Running::start(&["serve", "--config", &config]);
        let line: serde_json::Value = serde_json::from_str(&server.logged("listening for operators")).unwrap();
        let url = format!("http://{}", line["address"].as_str().unwrap());
        Self { place, url, credential, server }
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_with(arguments, "")
    }

    /// The same, with something to read.
    fn run_with(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let all = [arguments, &["--url", &self.url, "--credential-file", &self.credential]].concat();
        let mut command = countersign(&all);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// What it says on stdout; it must have worked.
    pub(super) fn done(&self, arguments: &[&str]) -> String {
        let (code, said, complaint) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {complaint}");
        said
    }

    /// What it complains of; it must have failed, and said nothing else.
    fn failed(&self, arguments: &[&str]) -> String {
        let (code, said, complaint) = self.run(arguments);
        assert_eq!((code, said.as_str()), (1, ""), "{arguments:?}: {complaint}");
        complaint
    }

    pub(super) fn import(&self, name: &str, text: &str) -> String {
        self.done(&["token", "import", &self.place.write(name, text)])
    }

    fn listed(&self, more: &[&str]) -> Vec<serde_json::Value> {
        let said = self.done(&[&["token", "list", "--json"], more].concat());
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Who did what, in the order in which it was done.
    fn trail(&self) -> Vec<String> {
        let said = self.done(&["audit", "list", "--json", "--actor", "root"]);
        let entry = |line: &str| -> serde_json::Value { serde_json::from_str(line).unwrap() };
        let mut trail: Vec<_> = said.lines().map(|line| entry(line)["action"].as_str().unwrap().to_owned()).collect();
        trail.reverse();
        trail
    }
}

pub(super) fn csv(lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{}\n", line.replace("SEED", SEED))).collect();
    format!("serial,seed,type,manufacturer\n{lines}")
}

#[test]
fn every_format_is_imported_by_the_end_of_its_name_or_by_option() {
    let bank = Bank::new();
    assert_eq!(bank.import("a.csv", &csv(&["H-1,SEED,hotp,Acme"])), "tokens: 1 read, 1 added, 0 unchanged.\n");
    let uris = format!("otpauth://totp/soft-1?secret={BASE32}\n");
    assert_eq!(bank.import("b.txt", &uris), "tokens: 1 read, 1 added, 0 unchanged.\n");
    let odd = bank.place.write("soft", &uris.replace("soft-1", "soft-2"));
    assert!(bank.failed(&["token", "import", &odd]).contains("use --format"));
    assert_eq!(bank.done(&["token", "import", &odd, "--format", "otpauth"]), "tokens: 1 read, 1 added, 0 unchanged.\n");
    let mut kinds: Vec<_> =
        bank.listed(&[]).iter().map(|token| format!("{} {}", token["serial"], token["kind"])).collect();
    kinds.sort();
    assert_eq!(kinds, [r#""H-1" "HOTP""#, r#""soft-1" "TOTP""#, r#""soft-2" "TOTP""#]);
    assert_eq!(bank.import("a.csv", &csv(&["H-1,SEED,hotp,Acme"])), "tokens: 1 read, 0 added, 1 unchanged.\n");
}

#[test]
fn an_encrypted_container_is_opened_by_a_key_from_a_file_or_the_environment() {
    let bank = Bank::new();
    let file = bank.place.write("tokens.xml", FIGURE_6);
    let complaint = bank.failed(&["token", "import", &file]);
    assert!(complaint.contains("tokens.xml:") && complaint.contains("key"), "{complaint}");
    let wrong = bank.place.write("wrong.key", &"00".repeat(16));
    let complaint = bank.failed(&["token", "import", &file, "--key-file", &wrong]);
    assert!(complaint.contains("the key or password is wrong"), "{complaint}");
    let short = bank.place.write("short.key", &FIGURE_6_KEY[2..]);
    let complaint = bank.failed(&["token", "import", &file, "--key-file", &short]);
    assert!(complaint.contains("short.key: the key of a container has") && !complaint.contains(&FIGURE_6_KEY[2..]));
    assert!(bank.listed(&[]).is_empty());

    let remote = ["--url", &bank.url, "--credential-file", &bank.credential];
    let mut command = countersign(&[&["token", "import", file.as_str()], &remote[..]].concat());
    let output = command.env("COUNTERSIGN_TOKEN_KEY", FIGURE_6_KEY).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "tokens: 1 read, 1 added, 0 unchanged.\n");
    let key = bank.place.write("right.key", &format!("{FIGURE_6_KEY}\n"));
    let again = bank.done(&["token", "import", &file, "--key-file", &key]);
    assert_eq!(again, "tokens: 1 read, 0 added, 1 unchanged.\n");
    assert_eq!(bank.listed(&[])[0]["serial"], "987654321");
}

#[test]
fn tokens_are_imported_all_or_none_and_every_bad_entry_is_named() {
    let bank = Bank::new();
    let bad = csv(&["H-1,SEED,hotp,", "H 2,SEED,hotp,", "H-3,3132,hotp,", "H-4,SEED,totp,"]);
    let complaint = bank.failed(&["token", "import", &bank.place.write("bad.csv", &bad)]);
    for place in ["bad.csv:3: serial H 2: ", "bad.csv:4: serial H-3: "] {
        assert!(complaint.contains(place), "{place} is not in\n{complaint}");
    }
    assert!(complaint.contains("2 problems") && complaint.contains("nothing was imported"), "{complaint}");
    assert!(!complaint.contains(SEED), "{complaint}");

    let other = SEED.replace("31", "32");
    let twice = csv(&["H-1,SEED,hotp,", "H-2,SEED,hotp,", &format!("H-1,{other},hotp,")]);
    let complaint = bank.failed(&["token", "import", &bank.place.write("twice.csv", &twice)]);
    assert!(complaint.contains("line 4: serial H-1: a token of this serial number is there already"), "{complaint}");
    assert!(bank.listed(&[]).is_empty(), "all or none");

    bank.import("first.csv", &csv(&["H-1,SEED,hotp,"]));
    let later = csv(&["H-9,SEED,hotp,", &format!("H-1,{other},hotp,")]);
    let complaint = bank.failed(&["token", "import", &bank.place.write("later.csv", &later)]);
    assert!(complaint.contains("line 3: serial H-1: a token of this serial number is there already"), "{complaint}");
    assert_eq!(bank.listed(&[]).len(), 1);
    let missing = bank.failed(&["token", "import", &bank.place.text("nothing.csv")]);
    assert!(missing.contains("nothing.csv: No such file"), "{missing}");
}

#[test]
fn a_token_goes_from_the_stock_to_a_customer_and_back_and_the_trail_says_who_did_it() {
    let bank = Bank::new();
    bank.import("a.csv", &csv(&["H-1,SEED,hotp,", "H-2,SEED,totp,", "H-3,SEED,hotp,"]));
    let said = bank.done(&["token", "assign", "H-1", "--customer", "4711", "--representative", "01"]);
    assert_eq!(said, "H-1 is assigned, customer 4711.\n");
    bank.done(&["token", "assign", "H-2", "--customer", "4712"]);

    let theirs = bank.listed(&["--customer", "4711"]);
    let [token] = theirs.as_slice() else { panic!("{theirs:?}") };
    assert_eq!((&token["serial"], &token["representativeId"]), (&"H-1".into(), &"01".into()));
    let table = bank.done(&["token", "list"]);
    assert!(table.starts_with("SERIAL") && table.contains("4711/01") && table.lines().count() == 4, "{table}");
    for secret in [SEED, BASE32, "12345678901234567890"] {
        assert!(!table.contains(secret) && !format!("{theirs:?}").contains(secret));
    }
    assert!(bank.done(&["token", "view", "H-1"]).contains("customer      4711/01"));

    let refused = bank.failed(&["token", "assign", "H-1", "--customer", "4712"]);
    assert!(refused.contains("a token that is assigned does not allow this"), "{refused}");
    assert!(bank.failed(&["token", "unlock", "H-1"]).contains("neither locked nor"));
    assert_eq!(bank.done(&["token", "unassign", "H-1"]), "H-1 is imported.\n");
    assert_eq!(bank.done(&["token", "revoke", "H-1"]), "H-1 is revoked.\n");
    assert!(bank.failed(&["token", "revoke", "H-1"]).contains("a token that is revoked"));
    assert!(bank.failed(&["token", "unassign", "H-7"]).contains("H-7: there is no such token"));
    assert!(bank.failed(&["token", "assign", "H-3", "--customer", "a b"]).contains("customer"));
    let trail = bank.trail();
    let changes = ["token_assign", "token_assign", "token_assign", "token_unlock", "token_unassign", "token_revoke"];
    assert!(trail.windows(changes.len()).any(|part| part == changes), "{trail:?}");
}

#[test]
fn a_code_is_tried_and_a_token_is_found_again_by_codes_that_are_typed_and_not_given_as_arguments() {
    let bank = Bank::new();
    // RFC 4226, appendix D: the codes of counters 0, 1, and 8, 9.
    bank.import("a.csv", &csv(&["H-1,SEED,hotp,"]));
    bank.done(&["token", "assign", "H-1", "--customer", "4711"]);
    let (code, said, complaint) = bank.run_with(&["token", "test", "H-1"], "755224\n");
    assert_eq!((code, said.as_str()), (0, "H-1: the code is right.\n"), "{complaint}");
    let (code, _, complaint) = bank.run_with(&["token", "test", "H-1"], "755224\n");
    assert!(code == 1 && complaint.contains("the code is wrong; it was counted"), "{complaint}");
    assert!(!complaint.contains("755224"), "{complaint}");
    let (code, said, complaint) = bank.run_with(&["token", "resync", "H-1"], "399871\n520489\n");
    assert_eq!((code, said.as_str()), (0, "H-1 is active, customer 4711.\n"), "{complaint}");
    let (code, _, complaint) = bank.run(&["token", "test", "H-1"]);
    assert!(code == 1 && complaint.contains("code: nothing was given"), "{complaint}");
}

#[test]
fn an_authenticator_app_is_enrolled_by_a_picture_that_only_its_owner_can_read() {
    let bank = Bank::new();
    let picture = bank.place.text("app.png");
    let enrol = ["token", "enrol", "app-1", "--kind", "totp", "--customer", "4711", "--qr", &picture];
    assert_eq!(bank.done(&enrol), "app-1 is assigned, customer 4711.\n");
    let file = bank.place.path("app.png");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read(&file).unwrap().starts_with(b"\x89PNG"));
    assert!(bank.failed(&enrol).contains("app.png is there already"), "nothing is made that could not be shown");
    let uri = bank.done(&["token", "enrol", "app-2", "--kind", "hotp"]);
    assert!(uri.starts_with("otpauth://hotp/app-2?secret="), "{uri}");
    assert!(bank.failed(&["token", "enrol", "app-2", "--kind", "hotp"]).contains("of this serial number already"));
    assert!(bank.failed(&["token", "enrol", "o-1", "--kind", "ocra"]).contains("suite: missing"));
}

#[test]
fn a_serial_number_of_two_manufacturers_needs_the_name_of_one() {
    let bank = Bank::new();
    let other = SEED.replace("31", "32");
    bank.import("a.csv", &csv(&["H-1,SEED,hotp,Acme", &format!("H-1,{other},hotp,Other")]));
    let complaint = bank.failed(&["token", "assign", "H-1", "--customer", "4711"]);
    assert!(complaint.contains("Acme, Other"), "{complaint}");
    bank.done(&["token", "assign", "H-1", "--customer", "4711", "--manufacturer", "Other"]);
    let theirs = bank.listed(&["--customer", "4711"]);
    assert_eq!(theirs.len(), 1);
    assert_eq!(theirs[0]["manufacturer"], "Other");
}

#[test]
fn a_client_is_registered_changed_and_listed() {
    let bank = Bank::new();
    let put =
        |id, countries| ["client", "put", id, "--countries", countries, "--businesses", "GCB", "--channels", "B,A"];
    assert_eq!(bank.done(&put("web", "MX,US")), "web is registered.\n");
    assert_eq!(bank.done(&put("web", "MX")), "web is changed.\n");
    bank.done(&put("app", "MX"));
    let listed = bank.done(&["client", "list"]);
    let lines: Vec<Vec<_>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[1..], [["app", "MX", "GCB", "A,B"], ["web", "MX", "GCB", "A,B"]]);
    let json: serde_json::Value =
        serde_json::from_str(bank.done(&["client", "list", "--json"]).lines().next().unwrap()).unwrap();
    assert_eq!(json["channels"], serde_json::json!(["A", "B"]));
    assert!(bank.failed(&put("web", "Mexico")).contains("country: "));
    assert_eq!(bank.run(&["client", "put", "web"]).0, 2);
    assert_eq!(bank.done(&["client", "delete", "web"]), "web is deleted.\n");
    assert!(bank.failed(&["client", "view", "web"]).contains("web: there is no such registration"));
}

#[test]
fn the_trail_is_a_table_that_grows_until_nobody_reads_it_any_more() {
    let bank = Bank::new();
    bank.import("a.csv", &csv(&["H-1,SEED,hotp,"]));
    let mut command = countersign(&["audit", "tail", "--url", &bank.url, "--credential-file", &bank.credential]);
    let mut tail = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines().map_while(Result::ok);
    let head = lines.next().unwrap();
    let committed = lines.by_ref().find(|line| line.contains("import_commit")).unwrap();
    assert!(committed.ends_with("added 1, state open -> committed"), "{committed}");
    bank.done(&["token", "assign", "H-1", "--customer", "4711"]);
    let assigned = lines.next().unwrap();
    assert!(assigned.contains("serial H-1, state imported -> assigned"), "{assigned}");
    for line in [&committed, &assigned] {
        assert!(line[head.find("ACTION").unwrap()..].starts_with(['i', 't']), "{head}\n{line}");
    }
    drop(lines);
    bank.done(&["token", "unassign", "H-1"]);
    assert_eq!(tail.wait().unwrap().code(), Some(0));
}

#[test]
fn a_credential_that_is_none_and_an_address_that_is_wrong_are_named() {
    let bank = Bank::new();
    let list = |url: &str, credential: &str| run(&["token", "list", "--url", url, "--credential-file", credential]).2;
    let empty = bank.place.write("empty.credential", "\n");
    assert!(list(&bank.url, &empty).contains("empty.credential is empty"));
    let unknown = bank.place.write("unknown.credential", "cso_unknown");
    assert!(list(&bank.url, &unknown).contains("the credential is unknown or revoked"));
    let nowhere = list("http://127.0.0.1:1", &bank.credential);
    assert!(nowhere.contains("at http://127.0.0.1:1: ") && nowhere.contains("refused"), "{nowhere}");
    assert!(list("127.0.0.1:8081", &bank.credential).contains("begins with https:// or http://"));
}

#[test]
fn phone_prefixes_are_blocked_listed_and_released() {
    let bank = Bank::new();
    assert_eq!(bank.done(&["prefix", "block", "+53", "--reason", "pumping"]), "+53 is blocked.\n");
    let complaint = bank.failed(&["prefix", "release", "+5355"]);
    assert!(complaint.contains("a shorter prefix is blocked"), "{complaint}");
    let complaint = bank.failed(&["prefix", "block", "53"]);
    assert!(complaint.contains("prefix"), "{complaint}");
    let complaint = bank.failed(&["prefix", "release", "+5355", "--exempt-until", "2020-01-01T00:00:00Z"]);
    assert!(complaint.contains("exemptUntil: must be later than now"), "{complaint}");
    let table = bank.done(&["prefix", "list"]);
    let [head, row] = &table.lines().collect::<Vec<_>>()[..] else { panic!("{table}") };
    assert!(head.starts_with("PREFIX  PURPOSE  STATE") && row.starts_with("+53     -        blocked"), "{table}");
    assert!(row.ends_with("root  pumping"), "{table}");
    assert_eq!(bank.done(&["prefix", "list", "--state", "stopped"]).lines().count(), 1);
    assert_eq!(bank.done(&["prefix", "release", "+53"]), "+53 is released.\n");
    assert_eq!(bank.done(&["prefix", "list", "--json"]), "");
    let trail = bank.trail();
    assert!(trail.iter().any(|entry| entry.contains("prefix_block")), "{trail:?}");
}

#[test]
fn a_development_server_has_tokens_and_a_client_and_their_codes_can_be_shown() {
    let place = Place::new();
    let data = place.text("data");
    let code = |arguments: &[&str]| run(&[&["dev-code", "--data", &data], arguments].concat());
    assert!(code(&["--customer", "100001"]).2.contains("serve --dev"));
    let mut server = Running::start(&["serve", "--dev", "--listen", "127.0.0.1:0", "--data", &data]);
    server.told("NOT FOR PRODUCTION");
    server.told("stop ");

    for kind in ["totp", "hotp"] {
        let (status, said, complaint) = code(&["--customer", "100001", "--kind", kind]);
        assert_eq!((status, complaint.as_str()), (0, ""));
        assert!(said.trim().len() == 6 && said.trim().bytes().all(|b| b.is_ascii_digit()), "{said}");
    }
    let ocra = |challenge| code(&["--customer", "100001", "--kind", "ocra", "--challenge", challenge]).1;
    assert_eq!(ocra("73920516"), ocra("73920516"));
    assert_ne!(ocra("73920516"), ocra("73920517"));
    let complaint = code(&["--customer", "100001"]).2;
    assert!(complaint.contains("--challenge"), "{complaint}");

    let token = run(&["dev-token", "--customer", "100001", "--client", "countersign-dev", "--data", &data]).1;
    let claims = data_encoding::BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["azp"], &claims["sub"]), (&"countersign-dev".into(), &"100001".into()));

    let (status, tokens, complaint) = run(&["token", "list", "--data", &data, "--customer", "100001"]);
    assert_eq!(status, 0, "{complaint}");
    for serial in ["DEV-OCRA-100001", "DEV-TOTP-100001", "DEV-HOTP-100001"] {
        assert!(tokens.contains(serial), "{tokens}");
    }
    assert!(run(&["client", "list", "--data", &data]).1.contains("countersign-dev  MX,US"));
    let private = fs::metadata(place.path("data").join("token-seeds.key")).unwrap().permissions();
    assert_eq!(private.mode() & 0o777, 0o600);

    // Changes of a developer outlive the next start.
    assert_eq!(run(&["token", "revoke", "DEV-HOTP-100003", "--data", &data]).0, 0);
    assert_eq!(server.stop("-INT").0, 0);
    let (status, _, complaint) = run(&["token", "list", "--data", &data]);
    assert!(status == 1 && complaint.contains("is the server running"), "{complaint}");
    let mut server = Running::start(&["serve", "--dev", "--listen", "127.0.0.1:0", "--data", &data]);
    server.told("stop ");
    let (_, tokens, _) = run(&["token", "list", "--data", &data]);
    assert!(tokens.lines().any(|line| line.contains("DEV-HOTP-100003") && line.contains("revoked")), "{tokens}");
    assert_eq!(tokens.lines().count(), 7, "{tokens}");
    assert_eq!(server.stop("-INT").0, 0);
}
