//! Files as banks export them, and as they get damaged on the way.

use super::*;

/// What a file of this name and content comes to: customers, and problems without the directory.
fn read(name: &str, content: &[u8]) -> (Vec<Customer>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, content).unwrap();
    let (mut customers, mut problems) = (Vec::new(), Vec::new());
    for entry in CustomerFile::open(&path) {
        match entry {
            Ok(customer) => customers.push(customer),
            Err(all) => problems.extend(all.iter().map(|problem| {
                let text = problem.to_string();
                text.strip_prefix(&format!("{}/", directory.path().display())).unwrap().to_owned()
            })),
        }
    }
    let mut reported = Vec::new();
    let checked = check(&path, &mut |problem| reported.push(problem.clone()));
    assert_eq!((checked.customers, checked.problems), (customers.len() as u64, problems.len() as u64));
    assert_eq!(reported.len(), problems.len());
    (customers, problems)
}

#[track_caller]
fn good(name: &str, content: &[u8]) -> Vec<Customer> {
    let (customers, problems) = read(name, content);
    assert_eq!(problems, [""; 0]);
    customers
}

#[track_caller]
fn bad(name: &str, content: &[u8], expected: &[&str]) {
    assert_eq!(read(name, content).1, expected);
}

fn csv_lines(lines: &[&str]) -> Vec<u8> {
    format!("id,language,phones,emails\n{}\n", lines.join("\n")).into_bytes()
}

fn ann() -> Customer {
    Customer {
        id: CustomerId::parse("C1").unwrap(),
        language: Language::En,
        phones: vec![PhoneNumber::parse("+34600123456").unwrap(), PhoneNumber::parse("+34911234567").unwrap()],
        emails: vec![EmailAddress::parse("ann@bank.example").unwrap()],
    }
}

#[test]
fn the_same_customer_is_read_however_it_is_written() {
    let files: [(&str, &str); 8] = [
        ("a.csv", "id,language,phones,emails\nC1,en,+34600123456;+34911234567,ann@bank.example\n"),
        ("a.CSV", "id,language,phones,emails\r\nC1,en,+34600123456 +34911234567,ann@bank.example\r\n\r\n"),
        ("a.csv", "\u{feff}emails,phones,language,id\nann@bank.example,+34600123456; +34911234567;,en,C1"),
        ("a.csv", "id,language,phones,emails\n\n C1 , en ,\"+34 600 12-34-56 +34 (91) 123 4567\",ann@bank.example"),
        (
            "a.csv",
            "\"id\",\"language\",\"phones\",\"emails\"\n\"C1\",\"en\",\"+34600123456;+34911234567\",\"ann@bank.example\"",
        ),
        (
            "a.toml",
            "[[customer]]\nid='C1'\nlanguage='en'\nphones=['+34600123456', '+34 911 234 567']\nemails=['ann@bank.example']",
        ),
        (
            "a.toml",
            "\u{feff}# customers\r\n[[customer]]\r\nphones = [\r\n  \"+34600123456\",\r\n  \"+34911234567\",\r\n]\r\n\
             emails = [\"ann@bank.example\"]\r\nlanguage = \"en\"\r\nid = \"C1\"\r\n",
        ),
        (
            "a.toml",
            "customer=[{id='C1',language='en',phones=['+34600123456','+34911234567'],emails=['ann@bank.example']}]",
        ),
    ];
    for (name, content) in files {
        assert_eq!(good(name, content.as_bytes()), [ann()], "{content}");
    }
}

#[test]
fn a_customer_may_have_no_address() {
    let customers = good("a.csv", &csv_lines(&["C1,es,,"]));
    assert!(customers[0].phones.is_empty() && customers[0].emails.is_empty());
    assert_eq!(good("a.toml", b"[[customer]]\nid='C1'\nlanguage='es'"), customers);
}

#[test]
fn customers_without_any_address_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.csv");
    let lines = ["C1,es,,", "C2,es,+34600123456,", "C3,es,,ann@bank.example", "C4,en,,"];
    std::fs::write(&path, csv_lines(&lines)).unwrap();
    let checked = check(&path, &mut |problem| panic!("{problem}"));
    assert_eq!(checked, Checked { customers: 4, without_address: 2, problems: 0 });
}

#[test]
fn the_header_may_have_capital_letters() {
    let customers = good("a.csv", b"Id,LANGUAGE, Phones ,eMails\nC1,es,,\n");
    assert_eq!(customers[0].id.as_str(), "C1");
}

#[test]
fn every_bad_cell_is_named_without_its_address() {
    let lines = [
        "C1,es,+34600123456,",
        "C 2,xx,600123456;+34600999999;+34600999999,someone",
        "C3,en,+34600123456\0,a\0@b.c",
        ",es,,",
        "C1,es,,",
        "C5,es,+34600123456",
        "C6,es,\"+34600123456,",
    ];
    let expected = [
        "a.csv:3: id: a customer id has 1 to 64 visible ASCII characters",
        "a.csv:3: language: must be es or en",
        "a.csv:3: phones: number 1: a phone number starts with + and its country calling code",
        "a.csv:3: phones: number 3 is there twice",
        "a.csv:3: emails: number 1: an e-mail address is local@domain, at most 254 characters, without blanks",
        "a.csv:4: phones: number 1: a phone number has digits only, apart from blanks, dashes and brackets",
        "a.csv:4: emails: number 1: an e-mail address is local@domain, at most 254 characters, without blanks",
        "a.csv:5: id: a customer id has 1 to 64 visible ASCII characters",
        "a.csv:6: id: customer C1 is on line 2 already",
        "a.csv:7: the line has 3 cells, the header has 4",
        "a.csv:8: a quote is not closed on its line",
    ];
    bad("a.csv", &csv_lines(&lines), &expected);
}

#[test]
fn a_header_must_have_the_four_columns_and_no_other() {
    bad(
        "a.csv",
        b"id,phones,phones,e-mail\nC1,,,\n",
        &[
            "a.csv:1: column phones is there twice",
            "a.csv:1: column 4 (\"e-mail\") is not one of id, language, phones, emails",
            "a.csv:1: the header has no column language",
            "a.csv:1: the header has no column emails",
        ],
    );
    bad("a.csv", b"id;language;phones;emails\nC1;es;;\n", &["a.csv:1: columns are separated by commas"]);
    let wide = format!("{},language,phones,emails\n", "\0\u{1b}[31m".repeat(1000));
    let (_, problems) = read("a.csv", wide.as_bytes());
    assert!(problems[0].len() < 200 && !problems[0].contains('\u{1b}'), "{}", problems[0]);
}

#[test]
fn damaged_bytes_are_named_by_line_and_the_rest_is_still_read() {
    let mut content = csv_lines(&["C1,es,,"]);
    content.extend(b"C2,es,\xff\xfe,\nC3,es,,\n");
    content.extend("x".repeat(LINE_MAX as usize + 1).bytes());
    content.extend(b"\nC4,es,,\n");
    content.extend("y".repeat(3 * LINE_MAX as usize).bytes());
    let (customers, problems) = read("a.csv", &content);
    let ids: Vec<_> = customers.iter().map(|customer| customer.id.as_str()).collect();
    assert_eq!(ids, ["C1", "C3", "C4"]);
    assert_eq!(
        problems,
        [
            "a.csv:3: the line is not UTF-8",
            "a.csv:5: the line has more than 65536 bytes",
            "a.csv:7: the line has more than 65536 bytes",
        ]
    );
    bad("a.csv", b"\xff\xfei\0d\0", &["a.csv:1: the line is not UTF-8"]);
}

#[test]
fn a_line_may_be_as_long_as_the_limit_says() {
    let head = "C1,es,,";
    let line = format!("{head}{}", " ".repeat(LINE_MAX as usize - 1 - head.len()));
    assert_eq!(good("a.csv", &csv_lines(&[&line])).len(), 1);
}

#[test]
fn huge_cells_are_problems_not_crashes() {
    let phones = "+34600123456;".repeat(4000);
    let id = "C".repeat(60_000);
    let lines = [format!("C1,es,{phones},"), format!("{id},es,,"), format!("C3,es,,{}@b.c", "a".repeat(60_000))];
    let (customers, problems) = read("a.csv", &csv_lines(&lines.each_ref().map(String::as_str)));
    assert!(customers.is_empty());
    assert!(problems.iter().any(|problem| problem == "a.csv:2: phones: a customer has at most 10"));
    assert!(problems.iter().all(|problem| problem.len() < 200));
    // Nine repeats of the first number, the limit, an id, an e-mail.
    assert_eq!(problems.len(), 12);
}

#[test]
fn a_file_without_customers_is_a_mistake() {
    for (name, content) in [("a.csv", ""), ("a.csv", "id,language,phones,emails\n"), ("a.toml", "# nobody")] {
        bad(name, content.as_bytes(), &[&format!("{name}: there is no customer in this file")]);
    }
}

#[test]
fn every_bad_key_of_a_toml_file_is_named_by_its_line() {
    let content = "title = 'x'\n[[customer]]\nid = 7\nlanguage = 'fr'\nphones = '+34600123456'\nemails = [1]\n\n\
                   [[customer]]\nphone = []\n\n[[customer]]\nid = 'C1'\nlanguage = 'es'\n\n\
                   [[customer]]\nid = 'C1'\nlanguage = 'es'\nphones = ['+3460', '+34600123456', '+34\\u0000']";
    let (customers, mut problems) = read("a.toml", content.as_bytes());
    problems.sort();
    assert_eq!(customers.len(), 1);
    assert_eq!(
        problems,
        [
            "a.toml:18: phones: number 1: a phone number has 8 to 15 digits",
            "a.toml:18: phones: number 3: a phone number has digits only, apart from blanks, dashes and brackets",
            "a.toml:1: there is nothing but [[customer]] in a file of customers",
            "a.toml:3: id: must be a string",
            "a.toml:4: language: must be es or en",
            "a.toml:5: phones: must be a list of strings",
            "a.toml:6: emails: must be a list of strings",
            "a.toml:8: id: is missing",
            "a.toml:8: language: is missing",
            "a.toml:9: key \"phone\" is not one of id, language, phones, emails",
        ]
    );
    let twice = b"[[customer]]\nid='C1'\nlanguage='es'\n[[customer]]\nid='C1'\nlanguage='es'";
    bad("a.toml", twice, &["a.toml:4: id: customer C1 is on line 1 already"]);
}

#[test]
fn what_is_not_toml_is_named_by_its_line() {
    let (_, problems) = read("a.toml", b"[[customer]]\nid = 'C1'\nphones = ['+34600123456\n");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("a.toml:3: not TOML: ") && !problems[0].contains("600123456"), "{}", problems[0]);
    bad("a.toml", b"[[customer]]\nid = '\xff'\n", &["a.toml:2: the line is not UTF-8"]);
    let (_, problems) = read("a.toml", b"[[customer]]\nid = 'C1\0'\nlanguage = 'es'\n");
    assert!(problems[0].starts_with("a.toml:2: "), "{problems:?}");
    let (_, problems) = read("a.toml", format!("customer = {}", "[".repeat(200_000)).as_bytes());
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_toml_file_has_a_size_limit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.toml");
    // A sparse file: large without being written.
    File::create(&path).unwrap().set_len(TOML_MAX + 1).unwrap();
    let mut problems = Vec::new();
    check(&path, &mut |problem| problems.push(problem.reason.clone()));
    assert_eq!(problems, ["the file has more than 67108864 bytes: use a CSV file"]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_of_its_own() {
    for name in ["missing.csv", "missing.toml", "customers.xlsx", "customers"] {
        let directory = tempfile::tempdir().unwrap();
        let mut problems = Vec::new();
        let checked = check(&directory.path().join(name), &mut |problem| problems.push(problem.to_string()));
        assert_eq!(checked, Checked { customers: 0, without_address: 0, problems: 1 });
        assert!(problems[0].contains(name), "{problems:?}");
    }
}

#[test]
fn what_is_not_a_regular_file_is_refused_and_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["device.csv", "device.toml"] {
        let path = directory.path().join(name);
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        let problems = CustomerFile::open(&path).next().unwrap().unwrap_err();
        assert!(problems[0].reason.starts_with("is not a regular file"), "{}", problems[0]);
    }
}
