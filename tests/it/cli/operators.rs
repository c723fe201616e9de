//! The first operator, made with the server stopped.

use super::*;
use std::io::Write;
use std::net::TcpListener;

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

/// Answers one request with a redirect.
fn redirecting(listener: &TcpListener, location: &str) {
    let (stream, _) = listener.accept().unwrap();
    let mut request = BufReader::new(&stream);
    let mut line = String::new();
    while request.read_line(&mut line).unwrap() > 2 {
        line.clear();
    }
    let head = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
    (&stream).write_all(head.as_bytes()).unwrap();
}

#[test]
fn a_redirect_is_not_followed_with_what_is_secret() {
    let [office, elsewhere] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let (from, to) = (url(&office), url(&elsewhere));
    let answering = std::thread::spawn(move || redirecting(&office, &to));
    let mut command = countersign(&["operator", "create", "x", "--scopes", "read", "--url", &from]);
    let mut child = command
        .env("COUNTERSIGN_OPERATOR_CREDENTIAL", format!("cso_{}", "0".repeat(64)))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    answering.join().unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let code = loop {
        assert!(elsewhere.accept().is_err(), "it was followed");
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None => std::thread::yield_now(),
        }
    };
    assert!(elsewhere.accept().is_err(), "it was followed");
    assert_eq!(code, Some(1));
}
