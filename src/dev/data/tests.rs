use super::*;
use crate::dev::token;
use crate::domain::flow::Timestamp;
use crate::domain::ports::Counting;
use chrono::DateTime;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tempfile::TempDir;

fn parent() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn refusal(path: &Path) -> String {
    DataDir::create(path, &Counting::default()).and_then(|dir| dir.config()).unwrap_err().to_string()
}

fn token(dir: &DataDir) -> Result<String, token::TokenError> {
    let now: Timestamp = DateTime::from_timestamp(1_767_268_800, 0).unwrap();
    let wish = token::Wish { customer: "100001", app: APPS[0], client: None, ttl: Duration::from_secs(60) };
    token::mint(dir, &wish, now)
}

#[test]
fn nothing_in_it_can_be_read_by_others_and_nothing_half_written_is_left() {
    let parent = parent();
    let path = parent.path().join("a/b");
    DataDir::create(&path, &Counting::default()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, [JWKS, OPERATOR_CREDENTIAL, SERVER_KEY, SIGNING_KEY, TOKEN_SECRET]);
}

#[test]
fn made_again_it_is_the_same() {
    let parent = parent();
    let path = parent.path().join("data");
    let read = || {
        [SERVER_KEY, SIGNING_KEY, TOKEN_SECRET, JWKS, OPERATOR_CREDENTIAL]
            .map(|name| fs::read(path.join(name)).unwrap())
    };
    DataDir::create(&path, &Counting::default()).unwrap();
    let before = read();
    DataDir::create(&path, &Counting::default()).unwrap();
    assert_eq!(read(), before);
    let jwks = String::from_utf8_lossy(&before[3]).into_owned();
    assert!(jwks.contains("\"P-256\"") && !jwks.contains("\"d\""), "the public part alone: {jwks}");
}

#[test]
fn what_was_broken_off_is_gone_on_with() {
    let parent = parent();
    let path = parent.path();
    fs::write(path.join("server.key.new"), "0123").unwrap();
    let dir = DataDir::create(path, &Counting::default()).unwrap();
    fs::remove_file(path.join(SIGNING_KEY)).unwrap();
    fs::remove_file(path.join(JWKS)).unwrap();
    DataDir::create(path, &Counting::default()).unwrap();
    assert!(token(&dir).is_ok() && dir.config().is_ok());
}

#[test]
fn a_directory_that_holds_something_else_is_left_alone() {
    let parent = parent();
    fs::write(parent.path().join("thesis.txt"), "").unwrap();
    let refusal = refusal(parent.path());
    assert!(
        refusal.contains("has files but no server.key") && refusal.contains("choose another directory"),
        "{refusal}"
    );
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
}

#[test]
fn data_whose_server_key_is_lost_gets_no_other_one() {
    let parent = parent();
    DataDir::create(parent.path(), &Counting::default()).unwrap();
    fs::remove_file(parent.path().join(SERVER_KEY)).unwrap();
    assert!(refusal(parent.path()).contains("delete this one to start again"));
    assert!(!parent.path().join(SERVER_KEY).exists());
}

#[test]
fn a_damaged_server_key_is_named_and_not_shown() {
    let parent = parent();
    DataDir::create(parent.path(), &Counting::default()).unwrap();
    let file = parent.path().join(SERVER_KEY);
    let key = fs::read_to_string(&file).unwrap();
    for damaged in [&key[2..], "", &"0".repeat(64)] {
        fs::write(&file, damaged).unwrap();
        let refusal = refusal(parent.path());
        assert!(refusal.contains(&*file.to_string_lossy()) && refusal.contains("start again"), "{refusal}");
        assert!(!refusal.contains(&key[2..]), "{refusal}");
    }
}

#[test]
fn a_damaged_signing_key_is_named_and_replaced_once_it_is_deleted() {
    let parent = parent();
    let dir = DataDir::create(parent.path(), &Counting::default()).unwrap();
    let file = parent.path().join(SIGNING_KEY);
    let key = fs::read(&file).unwrap();
    for damaged in [&key[1..], &key[..key.len() - 1], b""] {
        fs::write(&file, damaged).unwrap();
        for refusal in [refusal(parent.path()), token(&dir).unwrap_err().to_string()] {
            assert!(refusal.starts_with(&format!("{} is damaged: delete it", file.display())), "{refusal}");
        }
    }
    fs::remove_file(&file).unwrap();
    DataDir::create(parent.path(), &Counting::default()).unwrap();
    assert!(token(&dir).is_ok());
}

#[test]
fn a_token_needs_a_directory_that_a_server_has_made() {
    let parent = parent();
    let refusal = DataDir::open(parent.path()).unwrap_err().to_string();
    assert!(refusal.ends_with("run `countersign serve --dev` with it first"), "{refusal}");
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    DataDir::create(parent.path(), &Counting::default()).unwrap();
    assert!(token(&DataDir::open(parent.path()).unwrap()).is_ok());
}
