//! The command line, as an operator meets it: the real program, its output and its exit codes.

use countersign::dev::data::DataDir;
use countersign::server::SystemRandom;
mod audit;
mod certificates;
mod database;
mod migrate_store;
mod operators;
mod secrets;
mod tokens;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use tempfile::TempDir;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const SECURITY_QUESTIONS: &str = "/services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP";

fn countersign(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(arguments).stdin(Stdio::null()).env_remove("HTTP_PROXY").env_remove("http_proxy").env("USER", "olga");
    command
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = countersign(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().expect("it was not killed"), text(stdout), text(stderr))
}

/// A server that is stopped, and waited for, at the latest when the test ends.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    log: BufReader<ChildStderr>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::of(&mut countersign(arguments))
    }

    fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, lines, log }
    }

    /// Reads what it says up to the line with this word, and gives what follows the word.
    fn told(&mut self, word: &str) -> String {
        let found = self.lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once(word)?;
            Some(rest.trim().to_owned())
        });
        found.unwrap_or_else(|| panic!("it never said {word}"))
    }

    /// Reads its log up to the line with this word.
    fn logged(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "it never logged {word}");
            if line.contains(word) {
                return line;
            }
        }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Sends a signal and waits for the end. Gives the exit code and the log.
    fn stop(mut self, signal: &str) -> (i32, String) {
        self.signal(signal);
        let log = std::io::read_to_string(&mut self.log).unwrap();
        (self.child.wait().unwrap().code().expect("it ended by itself"), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is gone already unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.text(name)
    }

    /// The sample, made to fit this place: what an operator would change first.
    fn config(&self) -> String {
        let (code, sample, _) = run(&["config", "sample"]);
        assert_eq!(code, 0);
        let key = self.write("k2026.key", KEY);
        fs::set_permissions(key, Permissions::from_mode(0o600)).unwrap();
        let jwks = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;
        self.write("jwks.json", jwks);
        let changes = [
            ("#file = \"/etc/countersign/k2026.key\"", "file = \"k2026.key\""),
            ("jwks_url = \"https://id.bank.example/jwks\"", "jwks_file = \"jwks.json\""),
            ("/var/lib/countersign/countersign.sqlite", "bank.sqlite"),
            ("127.0.0.1:8080", "127.0.0.1:0"),
            ("format = \"terminal\"", "format = \"json\""),
        ];
        let text = changes.iter().fold(sample, |text, (from, to)| {
            assert!(text.contains(from), "the sample has no {from}");
            text.replace(from, to)
        });
        self.write("bank.toml", &text)
    }
}

#[test]
fn help_teaches_and_a_wrong_command_line_is_code_2() {
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for part in [
        "serve",
        "demo",
        "check-config",
        "customer",
        "token",
        "client",
        "operator",
        "dev-token",
        "dev-code",
        "migrate",
        "migrate-store",
        "Examples:",
        "Exit codes:",
    ] {
        assert!(help.contains(part), "{part} is not in\n{help}");
    }
    let (code, help, _) = run(&["serve", "--help"]);
    assert!(code == 0 && help.contains("COUNTERSIGN_SMTP_PASSWORD") && help.contains("127.0.0.1:8080"), "{help}");
    let (code, _, complaint) = run(&["serve"]);
    assert!(code == 2 && complaint.contains("--config <FILE>") && complaint.contains("--dev"), "{complaint}");
    let (_, help, _) = run(&["dev-token", "--help"]);
    assert!(help.contains("from 1 to 2592000") && help.contains("answer 10508"), "{help}");
    for (id, ..) in countersign::dev::seed::SAMPLES {
        assert!(help.contains(id), "{id} is not in\n{help}");
    }
    let (_, help, _) = run(&["customer", "import", "--help"]);
    assert!(help.contains("separated by `;` or a blank"), "{help}");
    for wrong in [&["serve"][..], &["serve", "--dev", "--config", "x"], &["nothing"], &["customer", "import", "x.csv"]]
    {
        assert_eq!(run(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn no_example_of_a_help_is_wrapped_whatever_the_terminal() {
    let commands: [&[&str]; 12] = [
        &[],
        &["serve"],
        &["dev-token"],
        &["dev-code"],
        &["customer", "import"],
        &["token", "import"],
        &["token", "assign"],
        &["token", "list"],
        &["client", "put"],
        &["check-config"],
        &["migrate"],
        &["migrate-store"],
    ];
    for command in commands {
        let told = |columns: &str| {
            let arguments = [command, &["--help"]].concat();
            let output = countersign(&arguments).env("COLUMNS", columns).output().unwrap();
            let help = String::from_utf8(output.stdout).unwrap();
            // What stands after the options is not to be touched.
            help.split_once("Print version").unwrap().1.to_owned()
        };
        assert_eq!(told("80"), told("300"), "{command:?}");
    }
}

#[test]
fn check_config_tells_everything_that_is_wrong_and_is_code_3() {
    let place = Place::new();
    let file = place.config();
    let (code, said, _) = run(&["check-config", &file]);
    assert_eq!((code, said.as_str()), (0, format!("{file} is right.\n").as_str()));

    let text = fs::read_to_string(&file).unwrap();
    let text = text.replacen("code_digits = 6", "code_digits = 4", 1);
    let bad = place.write("bad.toml", &text.replace("burst = 100", "burst = 0").replace("\"jwks.json", "\"none.json"));
    for command in [&["check-config", bad.as_str()][..], &["serve", "--config", &bad]] {
        let (code, said, complaint) = run(command);
        assert_eq!((code, said.as_str()), (3, ""));
        for problem in [
            "server.throttle.burst: 0 is outside",
            "policy.pre_login.code_digits: 4 is outside 6 to 8",
            "issuers[0].jwks_file: ",
        ] {
            assert!(complaint.contains(problem), "{problem} is not in\n{complaint}");
        }
        assert!(!complaint.contains("there may be more"), "{complaint}");
    }
    let bad = place.write("bad.toml", &text.replace("burst = 100", "bursts = 100"));
    let (code, _, complaint) = run(&["check-config", &bad]);
    assert!(code == 3 && complaint.contains("server.throttle.bursts: unknown field"), "{complaint}");
    assert!(complaint.trim_end().ends_with("(there may be more once this is right)"), "{complaint}");
    let (code, _, complaint) = {
        let Output { status, stdout, stderr } =
            countersign(&["check-config", &file]).env("COUNTERSIGN_SERVER_KEY_K2026", "00").output().unwrap();
        (status.code().unwrap(), stdout, String::from_utf8(stderr).unwrap())
    };
    assert!(
        code == 3 && complaint.contains(": keys[0]: COUNTERSIGN_SERVER_KEY_K2026 in the environment: "),
        "{complaint}"
    );
    let (code, _, complaint) = run(&["serve", "--config", &place.text("nothing.toml")]);
    assert!(code == 3 && complaint.contains("nothing.toml: cannot be opened"), "{complaint}");
}

#[test]
fn a_secret_that_others_can_read_is_noted_and_one_that_is_no_text_is_refused() {
    let place = Place::new();
    let file = place.config();
    fs::set_permissions(place.path("k2026.key"), Permissions::from_mode(0o644)).unwrap();
    let (code, said, _) = run(&["check-config", &file]);
    assert!(code == 0 && said.contains("note: keys[0].file: every user of this machine can read "), "{said}");

    let mut command = countersign(&["check-config", &file]);
    let Output { status, stderr, .. } =
        command.env("COUNTERSIGN_SERVER_KEY_K2026", OsStr::from_bytes(&[0xff; 64])).output().unwrap();
    let complaint = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(3), "{complaint}");
    assert!(complaint.contains("COUNTERSIGN_SERVER_KEY_K2026 is not UTF-8 text"), "{complaint}");
}

#[test]
fn the_demo_tells_its_story_on_stdout_and_says_by_its_exit_code_how_it_went() {
    let (code, said, complaint) = run(&["demo", "--phone", "+34 600 12 34 56", "--email", "eva.diaz@bank.example"]);
    assert_eq!((code, complaint.as_str()), (0, ""), "{said}");
    assert!(said.contains("+34XXXXXXX56") && said.contains("evaXXXXX@bank.example"), "{said}");
    let (code, _, complaint) = run(&["demo", "--phone", "600123456"]);
    assert!(code == 1 && complaint.contains("--phone") && !complaint.contains("600123456"), "{complaint}");
}

#[tokio::test]
async fn a_development_server_needs_nothing_and_stops_at_the_first_ctrl_c() {
    let place = Place::new();
    let data = place.text("data");
    let (code, _, complaint) = run(&["dev-token", "--customer", "100001", "--data", &data]);
    assert!(code == 1 && complaint.contains("serve --dev"), "{complaint}");

    let mut server = Running::start(&["serve", "--dev", "--listen", "127.0.0.1:0", "--data", &data]);
    server.told("NOT FOR PRODUCTION");
    let docs = server.told("try it");
    let customers = server.told("customers");
    let (base, _) = docs.rsplit_once('/').unwrap();
    let customer = customers.split(", ").next().unwrap();

    let (code, token, complaint) = run(&["dev-token", "--customer", "nosuch", "--data", &data]);
    assert!(
        code == 0 && token.contains('.') && complaint.contains("nosuch") && complaint.contains("10508"),
        "{complaint}"
    );
    let address = base.strip_prefix("http://").unwrap();
    let (code, _, complaint) = run(&["serve", "--dev", "--listen", address, "--data", &place.text("more")]);
    assert!(code == 1 && complaint.contains(address) && complaint.contains("--listen"), "{complaint}");
    let (code, token, complaint) = run(&["dev-token", "--customer", customer, "--data", &data]);
    assert_eq!((code, complaint.as_str()), (0, ""));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = http.post(format!("{base}{SECURITY_QUESTIONS}")).header("Content-Type", "application/json").body("{}");
    let answer = post.header("X-Kony-Authorization", token.trim()).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["MFAAttributes"]["communicationType"], "DISPLAY_ALL", "{answer}");
    for path in ["/docs/", "/dev", "/dev/inbox", "/openapi/dbx-otp.yaml", "/readyz", "/metrics"] {
        assert_eq!(http.get(format!("{base}{path}")).send().await.unwrap().status(), 200, "{path}");
    }

    let csv = place.write("more.csv", "id,language,phones,emails\nC-1,es,+12025550107,\n");
    let (code, _, complaint) = run(&["customer", "import", &csv, "--data", &data]);
    assert!(code == 1 && complaint.contains("in use by another countersign process"), "{complaint}");

    server.signal("-HUP");
    server.logged("SIGHUP: looking for new certificates");
    let ready = http.get(format!("{base}/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200, "a terminal that goes away stops nothing");
    let (code, log) = server.stop("-INT");
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("stopped") && !log.contains(token.trim()), "{log}");
    let private = fs::metadata(place.path("data")).unwrap().permissions();
    assert_eq!(private.mode() & 0o077, 0, "keys are for their owner alone");
}

#[tokio::test]
async fn a_configured_server_logs_json_and_stops_on_sigterm() {
    let place = Place::new();
    let file = place.config();
    let (code, said, _) = run(&["migrate", "--config", &file]);
    assert!(code == 0 && said.contains("is new, version "), "{said}");
    let (code, said, _) = run(&["migrate", "--config", &file]);
    assert!(code == 0 && said.contains("already"), "{said}");

    let mut server = Running::start(&["serve", "--config", &file]);
    let line: serde_json::Value = serde_json::from_str(&server.logged("\"listening\"")).unwrap();
    assert!(line["data"].as_str().unwrap().ends_with("bank.sqlite"), "{line}");
    assert_eq!((&line["profile"], &line["channels"]), (&"nist".into(), &"sms, email".into()));
    let address: SocketAddr = line["address"].as_str().unwrap().parse().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(http.get(format!("http://{address}/readyz")).send().await.unwrap().status(), 200);
    assert_eq!(http.get(format!("http://{address}/dev/inbox")).send().await.unwrap().status(), 404);
    let (code, log) = server.stop("-TERM");
    assert_eq!(code, 0, "{log}");
}

#[test]
fn customers_are_imported_all_or_none_and_every_bad_entry_is_named() {
    let place = Place::new();
    let data = place.text("data");
    let import = |name: &str, text: &str, more: &[&str]| {
        let file = place.write(name, text);
        let arguments = [&["customer", "import", file.as_str(), "--data", data.as_str()], more].concat();
        run(&arguments)
    };
    let (code, _, complaint) = import("none.csv", "id,language,phones,emails\nC-1,es,,\n", &[]);
    assert!(code == 1 && complaint.contains("not a development server's directory"), "{complaint}");
    assert!(!place.path("data").exists(), "only `serve --dev` makes one");
    DataDir::create(&place.path("data"), &SystemRandom).unwrap();

    let two = "id,language,phones,emails\nC-1,es,+12025550107,ana@bank.example\nC-2,en,+12025550123;+12025550145,\n";
    let (code, said, complaint) = import("two.csv", two, &[]);
    assert_eq!((code, complaint.as_str()), (0, ""));
    assert_eq!(said, "customers: 2 read, 2 added, 0 changed, 0 unchanged, 0 removed.\n");

    let bad = "id,language,phones,emails\nC-3,es,+12025550107,\nC 4,es,,\nC-5,xx,12025550107,nobody\n";
    let (code, said, complaint) = import("bad.csv", bad, &[]);
    assert_eq!((code, said.as_str()), (1, ""));
    for place in ["bad.csv:3: id: ", "bad.csv:4: language: ", "bad.csv:4: phones: ", "bad.csv:4: emails: "] {
        assert!(complaint.contains(place), "{place} is not in\n{complaint}");
    }
    assert!(complaint.contains("4 problems") && complaint.contains("nothing was imported"), "{complaint}");
    assert!(!complaint.contains("12025550107"), "{complaint}");
    let (_, _, complaint) = import("bad.csv", "id,language,phones,emails\nC 4,es,,\n", &[]);
    assert!(complaint.contains("error: 1 problem in "), "{complaint}");

    let one = "[[customer]]\nid = \"C-2\"\nlanguage = \"en\"\nphones = [\"+12025550123\"]\n";
    let (code, said, _) = import("one.toml", one, &["--prune"]);
    assert_eq!((code, said.as_str()), (0, "customers: 1 read, 0 added, 1 changed, 0 unchanged, 1 removed.\n"));

    let (_, said, _) =
        import("three.csv", "Id,Language,Phones,Emails\nC-2,en,,\nC-3,es,,\nC-4,es,+12025550107,\n", &[]);
    assert!(said.ends_with("Of those read, 2 have no address and cannot get codes.\n"), "{said}");
}
