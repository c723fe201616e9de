//! A real rsyslog in the foreground, which writes what it gets to its standard output.

use super::optional;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Only a broken test waits so long.
const LONG: Duration = Duration::from_secs(30);

/// How it listens.
pub(crate) enum Input<'a> {
    Udp,
    Tcp,
    /// With this certificate, key and authority (PEM files); a client has to have a certificate of that authority too.
    Tls {
        certificate: &'a Path,
        key: &'a Path,
        authority: &'a Path,
    },
}

/// A running rsyslog. Killed when dropped.
pub(crate) struct Rsyslog {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    _dir: TempDir,
}

/// The program, if it and its TLS driver are there; else the test is skipped, or fails where none may be.
pub(crate) fn program() -> Option<PathBuf> {
    let found = optional::program(&["rsyslogd"])
        .or_else(|| Some(PathBuf::from("/usr/sbin/rsyslogd")).filter(|file| file.is_file()));
    let driver = ["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
        .iter()
        .any(|lib| Path::new(lib).join("rsyslog/lmnsd_ossl.so").is_file());
    let found = found.filter(|_| driver);
    if found.is_none() {
        optional::skip("the ArcSight feed against rsyslog", "rsyslog and rsyslog-openssl (Debian's names)");
    }
    found
}

impl Rsyslog {
    /// Starts it on this port of the loopback address.
    pub(crate) fn start(program: &Path, input: &Input<'_>, port: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (global, module, name) = match input {
            Input::Udp => (String::new(), "load=\"imudp\"".to_owned(), "imudp"),
            Input::Tcp => (String::new(), "load=\"imtcp\"".to_owned(), "imtcp"),
            Input::Tls { certificate, key, authority } => {
                let files = [("CA", authority), ("Cert", certificate), ("Key", key)]
                    .map(|(name, file)| format!("DefaultNetstreamDriver{name}File=\"{}\"", file.display()));
                let driver =
                    "StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"x509/certvalid\"";
                (
                    format!("DefaultNetstreamDriver=\"ossl\" {}", files.join(" ")),
                    format!("load=\"imtcp\" {driver}"),
                    "imtcp",
                )
            }
        };
        let config = format!(
            r#"
            global(workDirectory="{dir}" maxMessageSize="8k" {global})
            module({module})
            template(name="line" type="string" string="%pri%|%timestamp:::date-rfc3339%|%app-name%|%msgid%|%msg%\n")
            input(type="{name}" address="127.0.0.1" port="{port}")
            action(type="omfile" file="/dev/stdout" template="line")
            "#,
            dir = dir.path().display()
        );
        let file = dir.path().join("rsyslog.conf");
        std::fs::write(&file, config).unwrap();
        let mut child = Command::new(program)
            .args(["-n", "-i", "NONE", "-f"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, _dir: dir }
    }

    /// The next message it got: priority, time, application, message id and text, with `|` between them.
    pub(crate) async fn line(&mut self) -> String {
        let line = tokio::time::timeout(LONG, self.lines.next_line()).await.expect("rsyslog writes the next message");
        line.unwrap().expect("rsyslog goes on")
    }

    /// Ends it without giving it a chance. Returns what it had still written, but for a line it was in the middle of.
    pub(crate) async fn kill(mut self) -> Vec<String> {
        self.child.kill().await.unwrap();
        let mut rest = Vec::new();
        self.lines.into_inner().read_to_end(&mut rest).await.unwrap();
        rest.truncate(rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1));
        String::from_utf8(rest).unwrap().lines().map(str::to_owned).collect()
    }
}
