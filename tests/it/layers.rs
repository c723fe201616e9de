//! One package has no crate walls; this test is the wall. Each room of `src/` may import the rooms named here, and the
//! crates banned from a room do not appear in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Room, the other rooms it imports, words it may not contain.
///
/// `server` puts the parts together and may import all of them; only `bench`, `cli` and `dev` import it. `dev` is a server, its
/// clients and its pages in one, hence its long list. The generator names `api` and `client` in the code that it writes.
const HOUSE: &[(&str, &[&str], &[&str])] = &[
    ("api", &["domain", "tokenfile"], &["rusqlite", "lettre", "reqwest", "SystemTime::now", "Utc::now"]),
    (
        "bench",
        &["api", "config", "dev", "domain", "front", "server", "store", "telemetry"],
        &["lettre", "reqwest", "SystemTime::now", "Utc::now"],
    ),
    (
        "cli",
        &["api", "bench", "client", "config", "dev", "server", "telemetry", "tokenfile"],
        &["rusqlite", "lettre", "dropshot::"],
    ),
    ("client", &["api"], &["dropshot", "rusqlite", "lettre"]),
    ("codegen", &["api", "client"], &["SystemTime", "Utc::now"]),
    ("config", &[], &["dropshot", "rusqlite", "lettre", "tokio"]),
    ("delivery", &["domain"], &["rusqlite", "dropshot"]),
    ("dev", &["api", "client", "config", "delivery", "domain", "server", "viewer"], &["rusqlite"]),
    // No `serde` either: what the domain knows is written out by those who have decided what of it may be seen.
    (
        "domain",
        &[],
        &["dropshot", "http::", "tokio", "rusqlite", "reqwest", "lettre", "serde", "SystemTime", "Utc::now"],
    ),
    ("front", &["api", "domain"], &["rusqlite", "lettre", "reqwest", "SystemTime::now", "Utc::now"]),
    ("identity", &["api", "domain"], &["dropshot", "rusqlite", "lettre", "SystemTime", "Utc::now"]),
    ("siem", &["config", "domain"], &["dropshot", "http::", "rusqlite", "reqwest", "lettre", "Utc::now"]),
    ("store", &["domain"], &["dropshot", "http::", "reqwest", "lettre", "Utc::now"]),
    ("telemetry", &["config"], &["rusqlite", "lettre"]),
    ("tokenfile", &[], &["dropshot", "http::", "tokio", "rusqlite", "reqwest", "SystemTime", "Utc::now"]),
    ("viewer", &["api"], &["rusqlite", "lettre", "reqwest"]),
    ("worker", &["domain", "telemetry"], &["rusqlite", "dropshot", "lettre"]),
];

#[test]
fn every_room_imports_what_the_house_allows_and_nothing_else() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut problems, mut used) = (Vec::new(), BTreeSet::new());
    for (file, room) in files(&src) {
        if matches!(room.as_str(), "lib" | "main" | "server") {
            continue;
        }
        let Some((_, rooms, banned)) = HOUSE.iter().find(|(name, ..)| *name == room) else {
            problems.push(format!("{}: the room `{room}` is not in the table; say what it may import", file.display()));
            continue;
        };
        let text = fs::read_to_string(&file).unwrap();
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let place = format!("{}:{}", file.strip_prefix(&src).unwrap().display(), n + 1);
            for imported in line.split("crate::").skip(1).map(first_word).filter(|word| !word.is_empty()) {
                used.insert((room.clone(), imported.to_owned()));
                if imported != room && !rooms.contains(&imported) {
                    problems.push(format!(
                        "{place}: `{room}` may not import `{imported}`; pass the value in, or move the code"
                    ));
                }
            }
            for word in banned.iter().filter(|word| line.contains(*word)) {
                problems.push(format!("{place}: `{word}` has no place in `{room}`"));
            }
        }
    }
    for (room, rooms, _) in HOUSE {
        for unused in rooms.iter().filter(|other| !used.contains(&(room.to_string(), other.to_string()))) {
            problems.push(format!("`{room}` imports nothing of `{unused}` any more; take it out of the table"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Every Rust file below `src`, with its room: the name of the folder or file directly below.
fn files(src: &Path) -> Vec<(PathBuf, String)> {
    let (mut found, mut open) = (Vec::new(), vec![src.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let room = path.strip_prefix(src).unwrap().components().next().unwrap();
                let room = room.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
                found.push((path, room));
            }
        }
    }
    assert!(found.len() > 20, "the house was not found below {}", src.display());
    found
}
