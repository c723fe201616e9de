//! Back-ups while a server serves under load, and servers on what is restored: the commands are those of docs/backup.md.
//!
//! Everybody keeps a book of what they were told. What was answered before the moment of a back-up is true after it.

use crate::attacks::kill::{told, whole};
use crate::replicas::kill::Crowd;
use crate::replicas::{Sent, sent};
use crate::support::attack::Luck;
use crate::support::bank::{Bank, Line, Process};
use crate::support::optional;
use crate::support::postgres::Cluster;
use http::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const DOCUMENT: &str = include_str!("../../docs/backup.md");

/// All commands that stand below a heading, up to the next one.
fn commands(heading: &str) -> String {
    let (_, below) = DOCUMENT.split_once(&format!("# {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let section = below.split("\n#").next().unwrap_or_default();
    let (mut commands, mut within) = (String::new(), None);
    for line in section.lines() {
        let (text, further_in) = (line.trim_start(), line.len() - line.trim_start().len());
        match (text, within) {
            ("```sh", None) => within = Some(further_in),
            ("```", Some(_)) => within = None,
            (_, Some(fence)) => commands = commands + line.get(fence..).unwrap_or_default() + "\n",
            (_, None) => {}
        }
    }
    assert!(!commands.is_empty(), "{heading} has no commands");
    commands
}

/// Runs commands as an operator of the server does.
fn run(commands: &str, names: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut sh = Command::new("/bin/sh");
    sh.args(["-euc", commands]).env("PATH", path).envs(names.iter().copied()).stdin(Stdio::null());
    sh.output().unwrap()
}

#[track_caller]
fn done(output: Output) -> String {
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{stdout}{stderr}");
    stdout
}

/// The trail against what was shipped.
fn missing(bank: &Bank, shipped: &Path) -> (bool, String) {
    let public = bank.folder().join("checkpoint.pub");
    let [shipped, public] = [shipped, &public].map(|path| path.to_str().unwrap());
    let names = [("CONFIG", bank.config()), ("SHIPPED", shipped), ("PUBLIC_KEY", public)];
    let Output { status, stdout, stderr } = run(&commands("After a restore"), &names);
    (status.success(), [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat())
}

/// What customers were told before the moment of a back-up.
struct Book {
    /// Its code has not been typed in yet.
    open: Sent,
    used: Sent,
    /// One wrong code was typed in.
    tried: Sent,
}

impl Book {
    async fn begin(bank: &Bank, line: &Line, luck: &Luck) -> Self {
        let open = sent(bank, line, "+34655000001").await;
        let used = sent(bank, line, "+34655000002").await;
        let tried = sent(bank, line, "+34655000003").await;
        assert!(is_verified(&used.verify(line, &used.code).await));
        let wrong = luck.guess(6, std::slice::from_ref(&tried.code));
        assert_eq!(tried.verify(line, &wrong).await["dbpErrCode"], "10517");
        Self { open, used, tried }
    }

    /// Holds a server to it, in which nothing later is known.
    async fn holds(&self, line: &Line) {
        assert_eq!(self.used.verify(line, &self.used.code).await["dbpErrCode"], "10502");
        let key = json!({ "serviceKey": self.tried.service_key });
        let (_, seen) = line.office(Method::POST, "/flows/view", &[], Some(&key)).await.unwrap();
        assert_eq!(seen["failedAttempts"], 1, "{seen}");
        assert!(is_verified(&self.tried.verify(line, &self.tried.code).await));
    }
}

fn is_verified(answer: &Value) -> bool {
    answer["isOtpVerified"] == "true"
}

/// Customers who come and go until it is over. How many have.
async fn traffic(bank: Arc<Bank>, line: Line, over: Arc<AtomicBool>) -> usize {
    for n in 0.. {
        if over.load(Ordering::Relaxed) {
            return n;
        }
        let flow = sent(&bank, &line, &format!("+34656{n:06}")).await;
        assert!(is_verified(&flow.verify(&line, &flow.code).await));
    }
    unreachable!("it goes on")
}

/// Starts another server, and waits for the checkpoint that every start makes.
async fn checkpoint(bank: &Bank, shipped: &Path) -> Process {
    let lines = || std::fs::read_to_string(shipped).unwrap_or_default().lines().count();
    let (before, begun) = (lines(), Instant::now());
    let process = tokio::task::block_in_place(|| bank.start());
    while lines() == before {
        assert!(begun.elapsed() < Duration::from_secs(60), "no checkpoint was made");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_backed_up_while_it_is_served_and_what_was_answered_before_is_true_in_what_is_restored() {
    if optional::program(&["sqlite3"]).is_none() {
        optional::skip("the back-up of a file as documented", "sqlite3 (Debian's name)");
        return;
    }
    let (luck, bank) = (Luck::of("a copy"), Bank::in_a_file().await);
    let shipped = bank.signs_checkpoints();
    let process = checkpoint(&bank, &shipped).await;
    let line = Line::new(&bank, &process);
    let mut crowd = Crowd::new(bank, &line, luck.part()).await;
    let load = crowd.work(&line);
    for n in 0..20 {
        sent(&crowd.bank, &line, &format!("+34657{n:06}")).await;
    }
    crowd.end(load).await;
    let book = Book::begin(&crowd.bank, &line, &luck).await;

    let over = Arc::<AtomicBool>::default();
    let others = tokio::spawn(traffic(crowd.bank.clone(), line.clone(), over.clone()));
    let (data, copy) = (crowd.bank.file(), crowd.bank.folder().join("copy.sqlite"));
    let [data, copy] = [&data, &copy].map(|path| path.to_str().unwrap().to_owned());
    let made = tokio::task::block_in_place(|| run(&commands("Back up the file"), &[("DATA", &data), ("COPY", &copy)]));
    assert!(done(made).starts_with("The audit trail is whole: "));
    // From here on, nothing is in the copy.
    assert!(is_verified(&book.open.verify(&line, &book.open.code).await));
    over.store(true, Ordering::Relaxed);
    let others = others.await.unwrap();
    process.kill();
    checkpoint(&crowd.bank, &shipped).await.kill();
    let (all, said) = missing(&crowd.bank, &shipped);
    assert!(all && said.contains("it fits 2 checkpoints"), "{said}");

    let elsewhere = crowd.bank.folder().join("restored/bank.sqlite").to_str().unwrap().to_owned();
    crowd.bank.change(&data, &elsewhere);
    let (bank, aside) = (crowd.bank.clone(), crowd.bank.folder().join("aside").to_str().unwrap().to_owned());
    let restore = |data: &str| {
        let names = [("DATA", data), ("COPY", copy.as_str()), ("ASIDE", &aside), ("CONFIG", bank.config())];
        assert!(done(run(&commands("Restore the file"), &names)).starts_with("The audit trail is whole: "));
    };
    restore(&elsewhere);
    let (process, line) = as_it_was_before(&mut crowd, &book, &shipped).await;
    // Nobody knows that it was accepted: so open flows are to end first.
    assert!(is_verified(&book.open.verify(&line, &book.open.code).await));
    process.stop();
    lines_up_to_there_fit(&crowd.bank, &shipped);

    // In the place of the old file, beside which the log of the server that was killed still lies.
    crowd.bank.change(&elsewhere, &data);
    assert!(Path::new(&format!("{data}-wal")).exists(), "a killed server leaves its log");
    restore(&data);
    assert!(!Path::new(&format!("{data}-wal")).metadata().is_ok_and(|log| log.len() > 0));
    crowd.bank.change("\"shipped-2.jsonl\"", "\"shipped-3.jsonl\"");
    let process = crowd.bank.start();
    book.holds(&Line::new(&crowd.bank, &process)).await;
    process.stop();
    whole(&crowd.bank);
    told(&format!(
        "{others} customers came during the back-up; {} flows, {} codes before it",
        crowd.flows, crowd.codes
    ));
    assert!(others > 0 && crowd.flows > 0 && crowd.codes > 0, "nothing was going on");
}

/// A server on what was restored: entries are missing, and all that was answered before them is true.
async fn as_it_was_before(crowd: &mut Crowd, book: &Book, shipped: &Path) -> (Process, Line) {
    let (all, said) = missing(&crowd.bank, shipped);
    assert!(!all && said.contains(" missing"), "{said}");
    crowd.bank.change("\"shipped.jsonl\"", "\"shipped-2.jsonl\"");
    let process = checkpoint(&crowd.bank, &crowd.bank.folder().join("shipped-2.jsonl")).await;
    let line = Line::new(&crowd.bank, &process);
    book.holds(&line).await;
    crowd.stands(&line).await;
    (process, line)
}

/// Checkpoints from before the moment of a back-up fit for ever, and those of the servers on what was restored.
fn lines_up_to_there_fit(bank: &Bank, shipped: &Path) {
    let old = std::fs::read_to_string(shipped).unwrap();
    let new = std::fs::read_to_string(bank.folder().join("shipped-2.jsonl")).unwrap();
    let fitting = bank.folder().join("fitting.jsonl");
    std::fs::write(&fitting, format!("{}\n{new}", old.lines().next().unwrap())).unwrap();
    let (all, said) = missing(bank, &fitting);
    assert!(all, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_is_restored_up_to_a_moment_or_up_to_the_end_from_a_base_backup_and_the_log() {
    let Some(old) = Cluster::start(&[]) else { return };
    let [archive, base] = ["archive", "base"].map(|name| old.path(name).to_str().unwrap().to_owned());
    old.run(&commands("Archive the log"), &[("ARCHIVE", &archive)]);
    old.restart();
    let (luck, database) = (Luck::of("a base backup"), old.database());
    let bank = Bank::on_a_server(&database.url()).await;
    let shipped = bank.signs_checkpoints();
    let mut processes = vec![checkpoint(&bank, &shipped).await, checkpoint(&bank, &shipped).await];
    let line = Line::over(&bank, &processes);
    let mut crowd = Crowd::new(bank, &line, luck.part()).await;

    let load = crowd.work(&line);
    let begun = Instant::now();
    tokio::task::block_in_place(|| old.run(&commands("Back up the database"), &[("BASE", &base)]));
    let taken = begun.elapsed();
    crowd.end(load).await;
    let book = Book::begin(&crowd.bank, &line, &luck).await;
    let point = old.psql(database.name(), "select now()");

    // After that moment: in the archive,
    assert!(is_verified(&book.open.verify(&line, &book.open.code).await));
    let later = sent(&crowd.bank, &line, "+34655000004").await;
    processes.push(checkpoint(&crowd.bank, &shipped).await);
    let segment = old.psql(database.name(), "select pg_walfile_name(pg_switch_wal())");
    let archived = format!("select last_archived_wal >= '{segment}' from pg_stat_archiver");
    let begun = Instant::now();
    while old.psql(database.name(), &archived) != "t" {
        assert!(begun.elapsed() < Duration::from_secs(60), "{segment} was not archived");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // and not yet in the archive when the database server is lost.
    let last = sent(&crowd.bank, &line, "+34655000005").await;
    assert!(is_verified(&last.verify(&line, &last.code).await));
    tokio::task::block_in_place(|| old.kill());
    processes.into_iter().for_each(|process| drop(process.kill()));

    let restored = |which: &str, names: &[(&str, &str)]| {
        let new = old.beside();
        new.run(&commands("Restore the database"), &[("BASE", &base), ("ARCHIVE", &archive)]);
        new.run(&commands(which), names);
        new.restart();
        new.run(&commands("Open it"), &[]);
        new
    };
    let at = |port: u16| format!("127.0.0.1:{port}/");
    let files = || std::fs::read_dir(&archive).unwrap().count();
    let archived = files();

    let data = old.path("data").to_str().unwrap().to_owned();
    let end = tokio::task::block_in_place(|| restored("Up to the end", &[("OLD", &data)]));
    crowd.bank.change(&at(old.port()), &at(end.port()));
    let (all, said) = missing(&crowd.bank, &shipped);
    assert!(all && said.contains("it fits 3 checkpoints"), "{said}");
    let process = crowd.bank.start();
    let line = Line::new(&crowd.bank, &process);
    for used in [&book.open, &book.used, &last] {
        assert_eq!(used.verify(&line, &used.code).await["dbpErrCode"], "10502");
    }
    assert!(is_verified(&later.verify(&line, &later.code).await));
    process.stop();
    whole(&crowd.bank);

    let new = tokio::task::block_in_place(|| restored("Up to a moment", &[("POINT", &point)]));
    crowd.bank.change(&at(end.port()), &at(new.port()));
    whole(&crowd.bank);
    let (process, line) = as_it_was_before(&mut crowd, &book, &shipped).await;
    assert!(!is_verified(&later.verify(&line, &later.code).await), "it began after that moment");
    // Nobody knows that it was accepted: so open flows are to end first.
    assert!(is_verified(&book.open.verify(&line, &book.open.code).await));
    process.stop();
    lines_up_to_there_fit(&crowd.bank, &shipped);
    assert_eq!(files(), archived, "what is restored writes into the old archive");
    told(&format!("base backup in {taken:?}; {} flows, {} codes before {point}", crowd.flows, crowd.codes));
    assert!(crowd.flows > 0 && crowd.codes > 0, "nothing was going on");
}
