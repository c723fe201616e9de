//! The first operator, made with the server stopped.

use super::*;

#[test]
fn an_operator_is_made_and_its_credential_is_printed_once_and_alone() {
    let place = Place::new();
    let config = place.config();
    let create =
        |name: &str, more: &[&str]| run(&[&["operator", "create", name, "--config", config.as_str()], more].concat());
    let (code, credential, note) = create("root", &[]);
    assert_eq!(code, 0, "{note}");
    let credential = credential.trim_end();
    assert!(credential.starts_with("cso_") && credential.len() == 68, "{credential}");
    assert!(note.contains("operator root: made scopes=admin who=olga") && !note.contains("cso_"), "{note}");
    let (code, other, _) = create("desk", &["--scopes", "read,unlock", "--by", "otto"]);
    assert_eq!(code, 0);
    assert_ne!(other.trim_end(), credential);

    let (code, said, complaint) = create("root", &["--scopes", "read"]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("names are not used again"), "{complaint}");
    let (code, said, complaint) = create("a b", &[]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("operator: a name has 1 to 64 visible ASCII characters"), "{complaint}");
    assert_eq!(create("x", &["--scopes", "everything"]).0, 2);
    let mut server = Running::start(&["serve", "--config", &config]);
    server.logged("listening");
    let (code, said, complaint) = create("late", &[]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("stop that one first"), "{complaint}");
    let (code, said, complaint) = run(&["operator", "create", "x", "--data", &place.text("nothing")]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("is not a development server's directory"), "{complaint}");
}

#[test]
fn who_makes_an_operator_is_said_only_where_no_credential_says_it() {
    let place = Place::new();
    let (config, nothing) = (place.config(), place.text("nothing"));
    for (target, status) in [(["--config", config.as_str()], 2), (["--data", nothing.as_str()], 1)] {
        let mut command = countersign(&[&["operator", "create", "root"], &target[..]].concat());
        let Output { status: ended, stderr, .. } = command.env_remove("USER").output().unwrap();
        assert_eq!(ended.code(), Some(status), "{}", String::from_utf8_lossy(&stderr));
    }
}
