//! What the commands say over such traffic, on stdout and stderr, with secrets in what they read.

use super::search::{Run, Shows};
use crate::support::attack::Luck;
use crate::support::bank::{Bank, Process, countersign};
use countersign::domain::oath::hotp::hotp;
use countersign::domain::oath::{Digits, Seed};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// RFC 6030, figure 6: the seed of RFC 4226's examples under a pre-shared key.
const PSKC: &str = include_str!("../cli/figure_6.xml");
const PSKC_KEY: [u8; 16] =
    [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12];
const PSKC_SEED: &[u8] = b"12345678901234567890";
/// Stands where an operator writes why: a text that is no secret, to see that the places are those that are meant.
pub(super) const REASON: &str = "too many from there, case 2026-Q3-staple";

/// A terminal at which commands are given.
pub(super) struct Terminal<'a> {
    bank: &'a Bank,
    /// The server that runs, if one does.
    process: Option<&'a Process>,
    run: &'a mut Run,
    files: tempfile::TempDir,
}

impl<'a> Terminal<'a> {
    pub(super) fn new(bank: &'a Bank, process: Option<&'a Process>, run: &'a mut Run) -> Self {
        Self { bank, process, run, files: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.files.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Gives one command; what it says is noted under its first words.
    fn give(&mut self, worked: bool, arguments: &[&str], input: &str, shows: Shows) -> String {
        let mut command: Command = countersign();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(process) = self.process {
            command.env("COUNTERSIGN_OPERATOR_URL", process.office());
            command.env("COUNTERSIGN_OPERATOR_CREDENTIAL", &self.bank.credential);
        }
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout.as_slice(), b"\n", &output.stderr].concat();
        let text = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.success(), worked, "{arguments:?}: {text}");
        assert!(text.trim().len() > 1 || worked, "{arguments:?} failed and said nothing");
        let words = arguments.iter().take(2).filter(|word| !word.contains('/') && !word.starts_with('-'));
        let format = arguments.iter().filter(|word| matches!(**word, "--json" | "cef" | "jsonl"));
        let name: Vec<_> = std::iter::once(&"command").chain(words).chain(format).copied().collect();
        self.run.note(&name.join(" "), shows, &said);
        text
    }

    fn done(&mut self, arguments: &[&str], input: &str) -> String {
        self.give(true, arguments, input, &[])
    }

    fn refused(&mut self, arguments: &[&str], input: &str) -> String {
        self.give(false, arguments, input, &[])
    }
}

fn phone(luck: &Luck, run: &mut Run) -> String {
    let phone = format!("+4479{}", 10_000_000 + luck.below(89_999_999));
    run.secrets.add("address", &phone);
    phone
}

fn email(luck: &Luck, run: &mut Run) -> String {
    let email = format!("typed.{}@bank.example", 1_000_000 + luck.below(u64::MAX / 2));
    run.secrets.add("address", &email);
    email
}

fn seed(luck: &Luck, run: &mut Run) -> ([u8; 20], String) {
    let seed = std::array::from_fn(|_| luck.below(256) as u8);
    run.secrets.add_bytes("seed", &seed);
    (seed, data_encoding::HEXLOWER.encode(&seed))
}

/// Commands that call a server, `service_key` being that of a flow.
pub(super) fn online(at: &mut Terminal<'_>, luck: &Luck, service_key: &str) {
    customers(at, luck);
    tokens(at, luck);
    at.done(&["operator", "list"], "");
    let made = at.give(true, &["operator", "create", "guest", "--scopes", "read"], "", &["new credential"]);
    at.run.secrets.add("new credential", made.lines().map(str::trim).find(|line| line.len() > 20).unwrap());
    at.done(&["operator", "revoke", "guest"], "");
    at.done(&["flow", "view"], &format!("{service_key}\n"));
    at.done(&["flow", "view", "--json"], &format!("{service_key}\n"));
    let wrong = format!("{}-{}", &service_key[..8], luck.below(u64::MAX));
    at.run.secrets.add("service key", &wrong);
    at.refused(&["flow", "view"], &format!("{wrong}\n"));
    at.done(&["prefix", "block", "+99890", "--reason", REASON], "");
    at.done(&["prefix", "list"], "");
    at.done(&["prefix", "list", "--json"], "");
    at.done(&["prefix", "release", "+99890"], "");
    for list in ["client", "session", "transaction", "delivery", "customer", "token", "keys", "audit"] {
        at.done(&[list, "list"], "");
        at.done(&[list, "list", "--json"], "");
    }
    at.done(&["keys", "rotate"], "");
    let config = at.bank.config().to_owned();
    at.done(&["check-config", &config], "");
    at.done(&["audit", "verify", "--config", &config], "");
    for format in ["jsonl", "cef"] {
        at.done(&["audit", "export", "--format", format], "");
    }
}

fn customers(at: &mut Terminal<'_>, luck: &Luck) {
    let (first, second, email) = (phone(luck, at.run), phone(luck, at.run), email(luck, at.run));
    let put = ["customer", "put", "typed-1", "--language", "es"];
    at.done(&put, &format!("{first}\n{email}\n"));
    // What is no address is one that was mistyped.
    for mistyped in [format!("{first}x\n"), format!("{}\n", email.replace('@', " at ")), format!("{second} {email}\n")]
    {
        at.run.secrets.add("address", mistyped.trim());
        at.refused(&put, &mistyped);
        at.refused(&["customer", "add-address", "typed-1"], &mistyped);
    }
    at.done(&["customer", "add-address", "typed-1"], &format!("{second}\n"));
    at.refused(&["customer", "add-address", "typed-1"], &format!("{second}\n"));
    at.done(&["customer", "view", "typed-1"], "");
    at.done(&["customer", "view", "typed-1", "--json"], "");
    at.refused(&["customer", "unlock", "typed-1"], "");
    at.done(&["flow", "list", "--customer", "typed-1"], "");
    at.done(&["customer", "erase", "typed-1"], "");
}

fn tokens(at: &mut Terminal<'_>, luck: &Luck) {
    let key = data_encoding::HEXLOWER.encode(&PSKC_KEY);
    at.run.secrets.add_bytes("transport key", &PSKC_KEY);
    at.run.secrets.add_bytes("seed", PSKC_SEED);
    let parts: Vec<_> = PSKC.split(['<', '>']).filter(|part| part.len() > 24 && !part.contains([' ', ':'])).collect();
    assert_eq!(parts.len(), 3, "the sealed values and the seed's code of authenticity: {parts:?}");
    for part in parts {
        at.run.secrets.add("container", part);
    }
    let file = at.file("tokens.xml", PSKC);
    let (right, short) = (at.file("right.key", &key), at.file("short.key", &key[2..]));
    at.refused(&["token", "import", &file], "");
    at.refused(&["token", "import", &file, "--key-file", &short], "");
    at.refused(&["token", "import", &right, "--format", "pskc"], "");
    at.done(&["token", "import", &file, "--key-file", &right], "");

    let ((bytes, hex), (_, other)) = (seed(luck, at.run), seed(luck, at.run));
    let csv = at.file("good.csv", &format!("serial,seed,type,digits\nC-1,{hex},hotp,8\nC-2,{other},totp,8\n"));
    at.done(&["token", "import", &csv], "");
    for bad in [
        format!("C-3,{hex}zz,hotp,8"),
        format!("{hex},C-3,hotp,8"),
        format!("C-3,{hex},{other},8"),
        format!("C-1,{other},hotp,8"),
        format!("{hex}{hex}{hex}{hex},{hex},hotp,{hex}"),
    ] {
        let csv = at.file("bad.csv", &format!("serial,seed,type,digits\n{bad}\n"));
        at.refused(&["token", "import", &csv], "");
    }
    let uri = format!("otpauth://totp/x?secret={}\n", data_encoding::BASE32_NOPAD.encode(&bytes));
    let uris = at.file("bad.otpauth", &format!("{uri}{uri}x!\n"));
    at.refused(&["token", "import", &uris], "");
    let (_, enrolled) = seed(luck, at.run);
    let (good, bad) = (at.file("good.seed", &enrolled), at.file("bad.seed", &format!("{enrolled}g")));
    at.refused(&["token", "enrol", "C-4", "--kind", "hotp", "--seed-file", &bad], "");
    at.done(&["token", "enrol", "C-4", "--kind", "hotp", "--seed-file", &good], "");
    at.done(&["token", "assign", "C-1", "--customer", "typed-2"], "");

    let codes: Vec<_> =
        [0, 7, 8].map(|at| hotp(&Seed::new(&bytes).unwrap(), Digits::Eight, at).expose().to_owned()).into();
    let guess = luck.guess(8, &codes);
    for code in &codes {
        at.run.secrets.add("token code", code);
    }
    at.run.secrets.add("guess", &guess);
    at.refused(&["token", "test", "C-1"], &format!("{guess}\n"));
    at.done(&["token", "test", "C-1"], &format!("{}\n", codes[0]));
    at.refused(&["token", "test", "C-1"], &format!("{}\n", codes[0]));
    at.refused(&["token", "resync", "C-1"], &format!("{}\n{guess}\n", codes[1]));
    at.done(&["token", "resync", "C-1"], &format!("{}\n{}\n", codes[1], codes[2]));
    at.done(&["token", "view", "C-1"], "");
    at.done(&["token", "view", "C-1", "--json"], "");
    at.done(&["token", "unassign", "C-1"], "");
}

/// Commands for while no server runs.
pub(super) fn offline(at: &mut Terminal<'_>, luck: &Luck) {
    let config = at.bank.config().to_owned();
    let (first, second, email) = (phone(luck, at.run), phone(luck, at.run), email(luck, at.run));
    let header = "id,language,phones,emails";
    let good = at.file("good.csv", &format!("{header}\nread-1,es,{first};{second},{email}\n"));
    at.done(&["customer", "import", &good, "--config", &config], "");
    for bad in [
        format!("read-2,es,{first}x,{email}"),
        format!("read-2,es,{email},{first}"),
        format!("{email},{first},{second},{email}"),
        format!("read-2,es,\"{first}"),
    ] {
        let bad = at.file("bad.csv", &format!("{header}\n{bad}\n"));
        at.refused(&["customer", "import", &bad, "--config", &config], "");
    }
    at.done(&["migrate", "--config", &config], "");
    at.refused(&["migrate-store", "--from", &config, "--to", &config], "");
    at.done(&["audit", "prune", "--before", "2020-01-01", "--config", &config], "");
    at.done(&["audit", "verify", "--config", &config], "");
}
