//! Where the program has its keys from, and that a crash leaves none of them behind.

use super::{KEY, Place, Running, countersign, run};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

const FROM_FILE: &str = "file = \"k2026.key\"";

#[test]
fn a_key_may_come_from_a_command_and_what_that_does_wrong_is_told_without_what_it_says() {
    let place = Place::new();
    let text = fs::read_to_string(place.config()).unwrap();
    let with = |command: &str| place.write("hook.toml", &text.replacen(FROM_FILE, command, 1));
    // Relative to the file, like everything else.
    let file = with("command = [\"/bin/cat\", \"k2026.key\"]");
    let (code, said, complaint) = run(&["check-config", &file]);
    assert!(code == 3 && complaint.contains("keys[0].command: /bin/cat failed (exit status: 1)"), "{said}{complaint}");
    let file = with(&format!("command = [\"/bin/cat\", \"{}\"]", place.text("k2026.key")));
    let (code, said, complaint) = run(&["check-config", &file]);
    assert_eq!((code, complaint.as_str()), (0, ""), "{said}");
    let file = with("command = [\"./hook\"]");
    let (code, _, complaint) = run(&["serve", "--config", &file]);
    assert!(code == 3 && complaint.contains("/hook cannot be started: "), "{complaint}");
    let file = with(&format!("command = [\"/bin/sh\", \"-c\", \"echo {}0; exit 7\"]", &KEY[1..]));
    let (code, _, complaint) = run(&["check-config", &file]);
    assert!(code == 3 && complaint.contains("(exit status: 7)") && !complaint.contains(&KEY[1..9]), "{complaint}");
    let file = with(&format!("{FROM_FILE}\ncommand = [\"/bin/true\"]"));
    let (code, _, complaint) = run(&["check-config", &file]);
    assert!(code == 3 && complaint.contains("must not be there together with `file`"), "{complaint}");
    // The environment wins, and the command is not run at all.
    let file = with("command = [\"/bin/false\"]");
    let output = countersign(&["check-config", &file]).env("COUNTERSIGN_SERVER_KEY_K2026", KEY).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_crashes_leaves_no_memory_behind() {
    let place = Place::new();
    let file = place.config();
    let program = env!("CARGO_BIN_EXE_countersign");
    let mut shell = std::process::Command::new("/bin/sh");
    // Whatever the one who starts it allows.
    let script = "ulimit -S -c unlimited 2>/dev/null; exec \"$0\" serve --config \"$1\"";
    shell.args(["-c", script, program, &file]).current_dir(place.dir.path());
    let mut server = Running::of(shell.stdin(Stdio::null()));
    server.logged("\"listening\"");
    let process = format!("/proc/{}", server.child.id());
    let limits = fs::read_to_string(format!("{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    // What a process that may not be dumped has in /proc belongs to root: its memory cannot be read by its own user.
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(format!("{process}/mem")).unwrap());
    assert_eq!(owner, 0);
    server.signal("-ABRT");
    let status = server.child.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
}
