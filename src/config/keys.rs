//! Where a server key comes from: a file, a command or the environment, which wins. Never from an argument: every user of
//! the machine can read those.
//!
//! The command is the way to a key-management service or a hardware security module: a program that prints the key and
//! ends. It is run once, at the start, without a shell; how long it may take and how much it may say is bounded. What it
//! says is a secret, so no error repeats any of it, and what it writes to stderr goes nowhere.

use super::SECRET_MAX;
use secrecy::SecretString;
use serde::Deserialize;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often is looked whether a command that has said everything has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// `[[keys]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Names the key in the database.
    pub id: String,
    /// A file with 64 hexadecimal digits.
    pub file: Option<PathBuf>,
    /// A program that prints them, and its arguments.
    pub command: Option<Vec<String>>,
    /// What file or command has, or what the environment says instead.
    #[serde(skip)]
    pub secret: Option<SecretString>,
    /// Whether the environment has said it.
    #[serde(skip)]
    pub from_environment: bool,
}

impl Key {
    /// The variable of the environment that overrides `file` and `command`.
    pub fn variable(&self) -> String {
        format!("COUNTERSIGN_SERVER_KEY_{}", self.id.to_ascii_uppercase().replace('-', "_"))
    }

    /// Where what is wrong with the secret of the `n`th key is told.
    pub(crate) fn place_of(&self, n: usize) -> String {
        match self {
            _ if self.from_environment => format!("keys[{n}]"),
            Self { file: None, command: Some(_), .. } => format!("keys[{n}].command"),
            _ => format!("keys[{n}].file"),
        }
    }

    /// A program that is named with its directory is looked for from the directory of the configuration on, as files are.
    pub(super) fn place(&mut self, base: &Path) {
        if let Some(program) = self.command.as_mut().and_then(|command| command.first_mut())
            && program.contains('/')
            && let Some(placed) = base.join(&*program).to_str()
        {
            *program = placed.to_owned();
        }
    }
}

/// Runs the command of a key and takes what it says.
pub(super) fn told(command: &[String]) -> Result<SecretString, String> {
    told_within(command, PATIENCE)
}

fn told_within(command: &[String], patience: Duration) -> Result<SecretString, String> {
    let Some((program, arguments)) = command.split_first().filter(|(program, _)| !program.trim().is_empty()) else {
        return Err("must be a list that begins with a program".to_owned());
    };
    let until = Instant::now() + patience;
    let mut to_run = Command::new(program);
    to_run.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Whoever makes one key has no need of the others.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COUNTERSIGN_")) {
        to_run.env_remove(name);
    }
    let mut child = to_run.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
    let heard = listen(&mut child, patience).and_then(|said| Ok((said, wait(&mut child, until)?)));
    if !matches!(heard, Ok((_, Some(_)))) {
        // It may have ended meanwhile, which is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
    let too_slow = || format!("{program} took longer than {} seconds and was stopped", patience.as_secs());
    let (said, status) = heard.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => too_slow(),
        _ => format!("{program} could not be listened to: {error}"),
    })?;
    if said.len() as u64 > SECRET_MAX {
        return Err(format!("{program} says more than {SECRET_MAX} bytes"));
    }
    let status = status.ok_or_else(too_slow)?;
    if !status.success() {
        return Err(format!("{program} failed ({status}); run it by hand, as the server's user, to see why"));
    }
    match std::str::from_utf8(&said).map(str::trim) {
        Ok("") => Err(format!("{program} says nothing")),
        Ok(secret) => Ok(SecretString::from(secret)),
        Err(_) => Err(format!("{program} says what is not UTF-8 text")),
    }
}

/// What a command says, up to one byte more than is taken.
fn listen(child: &mut Child, patience: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (tell, said) = mpsc::channel();
    // A thread of its own, because a read has no time limit.
    std::thread::Builder::new().name("key-command".to_owned()).spawn(move || {
        // Large enough from the beginning: what grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_MAX as usize + 1));
        let read = stdout.take(SECRET_MAX + 1).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody listens when it has taken too long.
        let _ = tell.send(read);
    })?;
    said.recv_timeout(patience).map_err(|_| io::ErrorKind::TimedOut)?
}

/// How a command has ended; `None` if it has not in time.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            None if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
            ended => return Ok(ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn shell(script: &str, patience: Duration) -> Result<String, String> {
        let command = ["/bin/sh", "-c", script].map(str::to_owned);
        told_within(&command, patience).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_command_prints_the_key_and_ends_well() {
        assert_eq!(shell("printf ' abc\\n'", PATIENCE).as_deref(), Ok("abc"));
        // It may read nothing: it would wait for somebody to type.
        assert_eq!(shell("cat; echo x", PATIENCE).as_deref(), Ok("x"));
    }

    #[test]
    fn whatever_else_it_does_is_told_without_what_it_said() {
        for (script, problem) in [
            ("echo s3cret; echo s3cret >&2; exit 3", "/bin/sh failed (exit status: 3); run it by hand"),
            ("echo s3cret; kill -9 $$", "/bin/sh failed (signal: 9"),
            ("printf '\\377s3cret'", "/bin/sh says what is not UTF-8 text"),
            ("true", "/bin/sh says nothing"),
            ("head -c 20000 /dev/zero | tr '\\0' s", "/bin/sh says more than 16384 bytes"),
        ] {
            let told = shell(script, PATIENCE).expect_err(script);
            assert!(told.starts_with(problem) && !told.contains("s3cret"), "{script}: {told}");
        }
        for slow in ["echo s3cret; sleep 60", "echo s3cret; exec >&-; sleep 60"] {
            let told = shell(slow, Duration::from_millis(300)).expect_err(slow);
            assert!(told.contains("took longer than 0 seconds"), "{told}");
        }
        let nothing = told_within(&["/nonexistent/unwrap".to_owned()], PATIENCE).map(drop);
        assert!(nothing.is_err_and(|told| told.starts_with("/nonexistent/unwrap cannot be started: ")));
        assert!(told_within(&[], PATIENCE).is_err() && told_within(&[" ".to_owned()], PATIENCE).is_err());
    }
}
