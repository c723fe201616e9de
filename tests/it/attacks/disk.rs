//! The disk is full, takes no writes, or has a page that is not what was written: other callers are served, nothing that was answered
//! for is lost, and the log says what to do.

use crate::support::bank::{Bank, Line, Process, REQUEST, countersign};
use crate::support::optional::skip;
use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A small file system of its own in memory. Only root can make one.
struct Disk {
    dir: TempDir,
}

impl Disk {
    /// A disk of so many kilobytes; `None` if there can be none here, which in CI is a failure where root runs it.
    fn of(kilobytes: u32) -> Option<Self> {
        let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={kilobytes}k");
        let mount = || Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).status();
        if root && mount().is_ok_and(|status| status.success()) {
            return Some(Self { dir });
        }
        if root {
            skip("a disk that is full", "mount, with the right to use it");
        }
        None
    }

    fn ballast(&self) -> PathBuf {
        self.dir.path().join("ballast")
    }

    /// Leaves not one block.
    fn fill(&self) {
        let mut file = File::create(self.ballast()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.dir.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking(), "a disk is left mounted");
    }
}

/// A flow whose code has been sent.
struct Flow {
    service_key: String,
    security_key: String,
    phone: String,
}

impl Flow {
    async fn sent(line: &Line, n: u32) -> Self {
        let phone = format!("+34600{n:06}");
        let (status, started) = line.dbx(REQUEST, &json!({ "Phone": phone })).await.unwrap();
        assert_eq!(status, 200, "{started}");
        let attributes = &started["MFAAttributes"];
        let service_key = attributes["serviceKey"].as_str().unwrap().to_owned();
        let reference = attributes["customerCommunication"]["phone"][0]["referenceId"].as_str().unwrap();
        let (status, sent) = line.send_code(&service_key, reference).await.unwrap();
        let security_key = sent["MFAAttributes"]["securityKey"].as_str().unwrap_or_else(|| panic!("{status}: {sent}"));
        Self { service_key, security_key: security_key.to_owned(), phone }
    }

    async fn verify(&self, bank: &Bank, line: &Line) -> (u16, Value) {
        let code = bank.gateway.code_to_come(&self.phone).await;
        line.verify(&self.service_key, &self.security_key, &code).await.unwrap()
    }

    async fn verified(&self, bank: &Bank, line: &Line) {
        let (_, answer) = self.verify(bank, line).await;
        assert_eq!(answer["isOtpVerified"], "true", "{answer}");
    }

    async fn state(&self, line: &Line) -> String {
        let body = json!({ "serviceKey": self.service_key });
        let (status, seen) = line.office(Method::POST, "/flows/view", &[], Some(&body)).await.unwrap();
        assert_eq!(status, 200, "{seen}");
        seen["state"].as_str().unwrap().to_owned()
    }

    async fn redeem(&self, line: &Line) -> u16 {
        let body = json!({ "serviceKey": self.service_key, "purpose": "pre_login", "phone": self.phone });
        line.office(Method::POST, "/flows/redeem", &[], Some(&body)).await.unwrap().0
    }
}

/// Opens flows until that is refused. Gives the keys of those that were answered for.
async fn open_until_refused(line: &Line) -> Vec<String> {
    let mut opened = Vec::new();
    for n in 0..20_000 {
        let (status, body) = line.dbx(REQUEST, &json!({ "Phone": format!("+34611{n:06}") })).await.unwrap();
        if status == 503 {
            assert_eq!(body["httpStatusCode"], "503", "{body}");
            return opened;
        }
        assert_eq!(status, 200, "{body}");
        opened.push(body["MFAAttributes"]["serviceKey"].as_str().unwrap().to_owned());
    }
    panic!("the disk takes everything");
}

async fn are_there(line: &Line, keys: &[String]) {
    for key in keys {
        let view = line.office(Method::POST, "/flows/view", &[], Some(&json!({ "serviceKey": key }))).await.unwrap();
        assert_eq!(view.0, 200, "a flow that was answered for is gone: {}", view.1);
    }
}

async fn lives(bank: &Bank, process: &Process) {
    let live = bank.http.get(format!("{}/livez", process.api)).send().await.unwrap();
    assert_eq!(live.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nothing_that_was_answered_for_is_lost_and_all_goes_on_once_there_is_space() {
    let Some(disk) = Disk::of(24 * 1024) else { return };
    let bank = Bank::with_data_in(disk.dir.path().to_owned()).await;
    let process = bank.start();
    let line = Line::new(&bank, &process);
    let (verified, sent) = (Flow::sent(&line, 1).await, Flow::sent(&line, 2).await);
    verified.verified(&bank, &line).await;
    bank.gateway.code_to_come(&sent.phone).await;

    disk.fill();
    let opened = open_until_refused(&line).await;
    // What only reads is served; what must be written is refused and has not happened.
    assert_eq!(sent.verify(&bank, &line).await.0, 503);
    assert_eq!((verified.state(&line).await, sent.state(&line).await), ("verified".into(), "sent".into()));
    assert_eq!(verified.redeem(&line).await, 503);
    are_there(&line, &opened).await;
    lives(&bank, &process).await;
    process.says("the disk is full: free space where the data file is").await;

    // Killed now, it starts again as soon as there is space, and maybe before.
    let log = process.kill();
    assert!(!log.contains("panicked"), "{log}");
    if let Err(log) = bank.try_start(countersign()) {
        assert!(log.contains("is full"), "{log}");
    }
    disk.free();
    let process = bank.start();
    let line = Line::new(&bank, &process);
    are_there(&line, &opened).await;
    assert_eq!((verified.state(&line).await, sent.state(&line).await), ("verified".into(), "sent".into()));

    // Full again, and free again: no restart is needed.
    disk.fill();
    open_until_refused(&line).await;
    disk.free();
    sent.verified(&bank, &line).await;
    assert_eq!([verified.redeem(&line).await, verified.redeem(&line).await], [200, 409]);
    process.stop();
}

/// Sets how large files of this process may grow.
fn limit(process: &Process, bytes: &str) {
    let set = Command::new("prlimit").args(["--pid", &process.id().to_string(), &format!("--fsize={bytes}:")]).status();
    assert!(set.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_disk_takes_no_writes_reads_are_served_and_writes_refused() {
    let there = Command::new("prlimit").arg("--version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return skip("a disk that takes no writes", "util-linux");
    }
    let bank = Bank::in_a_file().await;
    // Without this, a write beyond the limit ends the process.
    let mut command = Command::new("sh");
    let program = countersign().get_program().to_owned();
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program).stdin(Stdio::null());
    let process = bank.start_under(command);
    let line = Line::new(&bank, &process);
    let (verified, sent) = (Flow::sent(&line, 1).await, Flow::sent(&line, 2).await);
    verified.verified(&bank, &line).await;
    bank.gateway.code_to_come(&sent.phone).await;

    limit(&process, "0");
    assert_eq!(sent.verify(&bank, &line).await.0, 503);
    assert_eq!(line.dbx(REQUEST, &json!({ "Phone": "+34600000003" })).await.unwrap().0, 503);
    assert_eq!((verified.state(&line).await, sent.state(&line).await), ("verified".into(), "sent".into()));
    lives(&bank, &process).await;
    process.says("look into the system's log and at the limits of the process").await;

    limit(&process, "unlimited");
    sent.verified(&bank, &line).await;
    assert_eq!(verified.redeem(&line).await, 200);
    process.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_disk_that_is_read_only_the_server_does_not_start_and_says_why() {
    let Some(disk) = Disk::of(8 * 1024) else { return };
    let bank = Bank::with_data_in(disk.dir.path().to_owned()).await;
    let remount = |mode: &str| {
        let options = format!("remount,{mode}");
        assert!(Command::new("mount").args(["-o", &options]).arg(disk.dir.path()).status().unwrap().success());
    };
    remount("ro");
    let log = bank.try_start(countersign()).err().expect("nothing can be kept");
    assert!(log.contains("bank.sqlite") && log.contains("Read-only file system"), "{log}");
    remount("rw");
    let process = bank.start();
    Flow::sent(&Line::new(&bank, &process), 1).await.verified(&bank, &Line::new(&bank, &process)).await;
    process.stop();
}

/// The place of a table's first page in the data file, and its length.
fn page(file: &Path, table: &str) -> (u64, usize) {
    let database = Connection::open(file).unwrap();
    let number = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap().cast_unsigned();
    let size = number("pragma page_size");
    let root = number(&format!("select rootpage from sqlite_schema where name = '{table}'"));
    ((root - 1) * size, usize::try_from(size).unwrap())
}

/// Writes something else over a page, below the engine. Gives what stood there.
fn damage(file: &Path, (at, length): (u64, usize), with: Option<&[u8]>) -> Vec<u8> {
    let file = OpenOptions::new().read(true).write(true).open(file).unwrap();
    let mut before = vec![0; length];
    file.read_exact_at(&mut before, at).unwrap();
    file.write_all_at(with.unwrap_or(&vec![0xa5; length]), at).unwrap();
    before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_page_is_noticed_while_the_server_runs_and_those_who_do_not_need_it_are_served() {
    let bank = Bank::in_a_file().await;
    let process = bank.start();
    Line::new(&bank, &process).register().await;
    process.stop();
    let file = bank.file();
    let place = page(&file, "clients");

    let process = bank.start();
    let line = Line::new(&bank, &process);
    let before = damage(&file, place, None);
    let (status, body) = line.office(Method::GET, "/clients/web", &[], None).await.unwrap();
    assert_eq!((status, body["type"].as_str()), (500, Some("urn:countersign:problem:internal")), "{body}");
    process.says("the data file is damaged: stop the server, keep the file").await;
    let flow = Flow::sent(&line, 1).await;
    flow.verified(&bank, &line).await;
    process.stop();

    damage(&file, place, Some(&before));
    let process = bank.start();
    let line = Line::new(&bank, &process);
    assert_eq!(line.office(Method::GET, "/clients/web", &[], None).await.unwrap().0, 200);
    assert_eq!(flow.redeem(&line).await, 200);
    process.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_data_file_is_damaged_where_it_looks_first_does_not_start_and_says_what_to_do() {
    let bank = Bank::in_a_file().await;
    bank.start().stop();
    let file = bank.file();
    let place = page(&file, "server_keys");
    let before = damage(&file, place, None);
    let log = bank.try_start(countersign()).err().expect("no proof of the keys");
    assert!(log.contains("the data file is damaged") && log.contains("the last backup"), "{log}");
    damage(&file, place, Some(&before));
    // The first page is the file's own: what it is now is not known.
    let before = damage(&file, (0, 100), None);
    let log = bank.try_start(countersign()).err().expect("no data file");
    assert!(log.contains("is not a countersign data file"), "{log}");
    damage(&file, (0, 100), Some(&before));
    bank.start().stop();
}
