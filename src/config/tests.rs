use super::*;
use secrecy::ExposeSecret;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const SMALLEST: &str = r#"
[store]
sqlite = "data/bank.sqlite"
[[keys]]
id = "k-1"
[policy.pre_login]
code_digits = 7
[[issuers]]
issuer = "https://id.bank.example"
jwks_file = "/etc/bank/jwks.json"
dbx.audiences = ["app"]
"#;

fn parse_with(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let look_up = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    Config::parse("bank.toml", text.to_owned(), Path::new("/etc/countersign"), &look_up)
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    parse_with(text, &[("COUNTERSIGN_SERVER_KEY_K_1", KEY)])
}

fn complaint(text: &str) -> String {
    parse(text).expect_err("the text should be refused").to_string()
}

#[test]
fn the_smallest_file_is_enough_and_relative_paths_start_at_the_file() {
    let config = parse(SMALLEST).unwrap();
    assert_eq!(config.store.sqlite.as_deref(), Some(Path::new("/etc/countersign/data/bank.sqlite")));
    assert_eq!(config.issuers[0].jwks_file.as_deref(), Some(Path::new("/etc/bank/jwks.json")));
    assert_eq!(config.policy.pre_login.unwrap().code_digits, Some(7));
    assert!(config.policy.security_questions.is_none());
    assert_eq!(config.keys[0].secret.as_ref().unwrap().expose_secret(), KEY);
}

/// What is said of a text besides the tables that it lacks and the note at the end.
fn complaint_of_form(text: &str) -> String {
    let found = complaint(text);
    let (found, end) = found.rsplit_once('\n').unwrap();
    assert_eq!(end, "(there may be more once this is right)");
    let lines: Vec<_> = found.lines().filter(|line| !line.starts_with("bank.toml: the table [")).collect();
    lines.join("\n")
}

#[test]
fn problems_of_form_name_file_line_and_key_and_say_what_must_be_there() {
    let address = "bank.toml:2: server.listen: must be IP:port, such as \"127.0.0.1:8080\"; host names are not taken";
    let whole = "bank.toml:2: policy.pre_login.code_digits: must be a whole number from 0 to 255";
    let cases = [
        ("[server]\nlisten = \"nowhere\"", address),
        ("[server]\nlisten = 8080", address),
        ("[server]\nlissten = \"1\"", "bank.toml:2: server.lissten: unknown field `lissten`, expected one of"),
        ("[server]\ndocs = \"no\"", "bank.toml:2: server.docs: must be true or false, without quotes"),
        ("[server]\ncors_origins = \"*\"", "bank.toml:2: server.cors_origins: must be a list, such as"),
        ("[keys]\nid = \"a\"", "bank.toml:1: keys: must be a list: a table's name goes in [[ ]]"),
        ("store = 3", "bank.toml:1: store: must be a table"),
        (
            "[log]\n\nlevel = \"loud\"",
            "bank.toml:3: log.level: must be one of `error`, `warn`, `info`, `debug`, `trace`, not `loud`",
        ),
        ("[policy.pre_login]\ncode_digits = 300", whole),
        ("[policy.pre_login]\ncode_digits = \"3\"", &format!("{whole}, without quotes")),
        ("[policy.pre_logon]", "bank.toml:1: policy.pre_logon: unknown field `pre_logon`"),
        ("[delivery.sms.pigeon]\n", "bank.toml:1: delivery.sms: must be `http`, not `pigeon`"),
        ("[delivery.sms.http]\nurl = 3", "bank.toml:2: delivery.sms.http.url: must be a text in quotes"),
        (
            "[delivery.sms.http]\nurl = \"u\"\nsuccess_status = [200]",
            "bank.toml:3: delivery.sms.http.success_status: must be a list of two",
        ),
        ("[[keys]]\nid = \"a\"\n[[keys]]\nid = \"b\"\nfle = \"x\"", "bank.toml:5: keys[1].fle: unknown field `fle`"),
        (
            "[[issuers]]\nalgorithms = [\"ES256\", \"HS256\"]\nissuer = \"i\"\njwks_file = \"j\"",
            "bank.toml:2: issuers[0].algorithms[1]: must be one of `ES256`, ",
        ),
        (
            "[[issuers]]\nalgorithms = [\"none\"]\nissuer = \"i\"\njwks_file = \"j\"",
            "bank.toml:2: issuers[0].algorithms[0]: must be one of `ES256`, ",
        ),
        ("[store]\nsqlite = \"a\"\nsqlite = \"b\"", "bank.toml:3: sqlite is there twice"),
        ("[store]\nsqlite = \"a\"\n[store]\n", "bank.toml:3: "),
        ("[store", "bank.toml:1: "),
    ];
    for (text, start) in cases {
        let found = complaint_of_form(text);
        assert!(found.starts_with(start), "{text:?}\n  gives    {found}\n  not      {start}");
    }
}

#[test]
fn every_problem_of_form_is_told_once() {
    let text = "[server]\nlissten = 1\ndocs = 1\n[store]\nsqlite = 3\n[[keys]]\nid = \"a\"\nfle = 1\n[[issuers]]\njwks_file = \"j\"\n\
                [delivery.smtp]\nhost = \"h\"\n[lgo]\n";
    let found = complaint_of_form(text);
    let starts = [
        "bank.toml:2: server.lissten: unknown field",
        "bank.toml:3: server.docs: must be true or false",
        "bank.toml:5: store.sqlite: must be a text in quotes",
        "bank.toml:8: keys[0].fle: unknown field",
        "bank.toml:9: issuers[0].issuer: is missing: add it",
        "bank.toml:11: delivery.smtp.tls: is missing: add it",
        "bank.toml:13: lgo: unknown field",
    ];
    assert_eq!(found.lines().count(), starts.len(), "{found}");
    for (line, start) in found.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}\n  does not start with {start}");
    }
}

#[test]
fn a_table_that_is_missing_is_named_with_what_it_needs() {
    let told = "the table [store] is missing: add it, with sqlite or url";
    let only_keys = complaint("[[keys]]\nid = \"k-1\"\n");
    assert!(
        only_keys.starts_with(&format!("bank.toml: {told}\nbank.toml: the table [[issuers]] is missing")),
        "{only_keys}"
    );
    assert!(!only_keys.contains("keys[0]") && only_keys.lines().count() == 3, "{only_keys}");
    let nothing = complaint("");
    assert!(nothing.contains("the table [[keys]] is missing: add it, with id and file or command"), "{nothing}");
}

#[test]
fn what_is_wrong_with_an_issuer_is_told_with_its_keys() {
    let text = SMALLEST.to_owned()
        + "dbx.typ = \" \"\n[issuers.bne]\naudiences = []\nclient = []\nrequired.scope = []\n\
           [[issuers]]\nissuer = \"https://id.bank.example\"\nalgorithms = []\n\
           [[issuers]]\nissuer = \" \"\njwks_file = \"j\"\nbne.audiences = [\"a\", \"\", \"a\"]\n";
    let found = complaint(&text);
    let starts = [
        "12: issuers[0].dbx.typ: must be a type",
        "14: issuers[0].bne.audiences: must have 1 to 32 entries",
        "15: issuers[0].bne.client: must have 1 to 4 entries",
        "16: issuers[0].bne.required.scope: must have 1 to 32 entries",
        "17: issuers[1]: needs jwks_url or jwks_file",
        "17: issuers[1]: needs dbx.audiences, bne.audiences or both",
        "18: issuers[1].issuer: is there twice",
        "19: issuers[1].algorithms: must have at least one entry",
        "21: issuers[2].issuer: must have 1 to 200 bytes",
        "23: issuers[2].bne.audiences[1]: must have 1 to 200 bytes",
        "23: issuers[2].bne.audiences[2]: is there twice",
    ];
    assert_eq!(found.lines().count(), starts.len(), "{found}");
    for (line, start) in found.lines().zip(starts) {
        assert!(line.starts_with(&format!("bank.toml:{start}")), "{line}\n  does not start with {start}");
    }
    let both = SMALLEST.replace("jwks_file", "jwks_url = \"https://a.example\"\njwks_file");
    assert!(complaint(&both).starts_with("bank.toml:10: issuers[0].jwks_url: must not be there together"));
    let useless = SMALLEST.to_owned() + "fetch.pause_secs = 3\n";
    assert!(
        complaint(&useless).starts_with("bank.toml:12: issuers[0].fetch: is for jwks_url"),
        "{}",
        complaint(&useless)
    );
    let fetched = SMALLEST.replace("jwks_file = \"/etc/bank/jwks.json\"", "jwks_url = \"https://a.example\"")
        + "[issuers.fetch]\nca_file = \"ca.pem\"\nrefresh_min_secs = 1000\npause_secs = 0\nstale_max_secs = 1\n";
    let found = complaint(&fetched);
    for part in
        ["refresh_max_secs: 900 is outside 1000", "15: issuers[0].fetch.pause_secs: 0 is", "stale_max_secs: 1 is"]
    {
        assert!(found.contains(part), "{part} is not in\n{found}");
    }
    let found = complaint(&(SMALLEST.to_owned() + "[bne]\nenabled = true\n"));
    assert!(found.starts_with("bank.toml:13: bne.enabled: needs an issuer with bne.audiences"), "{found}");
    let (rest, _) = SMALLEST.split_once("[[issuers]]").unwrap();
    let found = complaint(&format!("issuers = []\n{rest}"));
    assert!(found.starts_with("bank.toml:1: issuers: must have 1 to 16 entries"), "{found}");
}

#[test]
fn a_key_that_is_missing_is_named_in_full() {
    let text = SMALLEST.replace("id = \"k-1\"\n", "");
    let told = "bank.toml:4: keys[0].id: is missing: add it\n(there may be more once this is right)";
    assert_eq!(complaint(&text), told);
}

#[test]
fn problems_of_sense_are_told_all_at_once_in_the_order_of_the_lines() {
    let text = SMALLEST.replace("[policy.pre_login]", "[policy.pre_login]\nresends_max = 1")
        + "clock_skew_secs = 3600\n[server]\nhandler_timeout_secs = 5\ncors_origins = [\"https://a.example\", \"*\"]\n\
           dbx_base_path = \"/api/\"\n[[keys]]\nid = \"K_1\"\nfile = \"/nowhere/key\"\n";
    let found = complaint(&text);
    let expected = [
        "bank.toml:13: issuers[0].clock_skew_secs: 3600 is outside 0 to 300",
        "bank.toml:16: server.cors_origins[1]: must be a web origin",
        "bank.toml:17: server.dbx_base_path: must be empty, or `/` and path segments",
        "bank.toml:19: keys[1].id: must not be there twice",
    ];
    let lines: Vec<_> = found.lines().filter(|line| !line.starts_with("bank.toml: ")).collect();
    assert_eq!(lines.len(), expected.len(), "{found}");
    for (line, start) in lines.iter().zip(expected) {
        assert!(line.starts_with(start), "{line}\n  does not start with {start}");
    }
    assert!(
        found.contains("delivery.wait_for_provider_secs: must be below server.handler_timeout_secs: 5 is not below 5"),
        "{found}"
    );
}

#[test]
fn a_base_path_or_origin_that_could_never_match_is_refused() {
    let with =
        |line: &str| parse_with(&format!("{SMALLEST}[server]\n{line}\n"), &[("COUNTERSIGN_SERVER_KEY_K_1", KEY)]);
    let origin = |origin: &str| with(&format!("cors_origins = [\"{origin}\"]"));
    for good in ["https://bank.example", "http://localhost:3000", "https://bank.example:80", "http://[::1]:8080"] {
        assert!(origin(good).is_ok(), "{good}");
    }
    for bad in [
        "https://Bank.example",
        "https://bank.example:443",
        "http://bank.example:80",
        "https://bank.example:0443",
        "https://bank.example:",
        "https://:",
        "https://a:b:1",
        "http://[::1]:80800",
        "https://[::1",
        "null",
    ] {
        assert!(origin(bad).is_err(), "{bad}");
    }
    for (path, good) in [("/a.b/~c", true), ("/...", true), ("/.", false), ("/..", false), ("/api/../otp", false)] {
        assert_eq!(with(&format!("dbx_base_path = \"{path}\"")).is_ok(), good, "{path}");
    }
}

#[test]
fn an_absent_value_is_shown_at_the_nearest_table() {
    let found = parse_with(SMALLEST, &[]).unwrap_err().to_string();
    assert_eq!(
        found,
        "bank.toml:4: keys[0]: needs `file` or `command`, or COUNTERSIGN_SERVER_KEY_K_1 in the environment"
    );
}

#[test]
fn a_secret_comes_from_its_file_unless_the_environment_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("key", &format!("{KEY}\n"));
    write("password", "from the file\r\n");
    let smtp = "[delivery.smtp]\nhost = \"mail\"\ntls = \"starttls\"\nfrom = \"a@b.example\"\nusername = \"u\"\n\
                password_file = \"password\"\n";
    let text = SMALLEST.replace("id = \"k-1\"", "id = \"k-1\"\nfile = \"key\"") + smtp;
    write("bank.toml", &text);
    let password = |environment: Environment<'_>| {
        let config = Config::load(&dir.path().join("bank.toml"), environment).unwrap();
        assert_eq!(config.keys[0].secret.as_ref().unwrap().expose_secret(), KEY);
        config.delivery.smtp.unwrap().password.unwrap().expose_secret().to_owned()
    };
    assert_eq!(password(&|_| None), "from the file");
    let environment = |name: &str| (name == "COUNTERSIGN_SMTP_PASSWORD").then(|| "from outside".to_owned());
    assert_eq!(password(&environment), "from outside");

    write("password", "\n");
    let found = Config::load(&dir.path().join("bank.toml"), &|_| None).unwrap_err().to_string();
    assert!(found.contains("delivery.smtp.password_file: ") && found.contains("is empty"), "{found}");
}

#[test]
fn a_secret_in_the_file_itself_is_refused_and_not_repeated() {
    let smtp = "[delivery.smtp]\nhost = \"mail\"\ntls = \"starttls\"\nfrom = \"a@b.example\"\npassword = \"hunter2\"";
    let found = complaint(&(SMALLEST.to_owned() + smtp));
    assert!(found.contains("delivery.smtp.password: unknown field `password`"), "{found}");
    assert!(!found.contains("hunter2"), "{found}");
}

#[test]
fn a_password_does_not_go_over_an_unprotected_connection() {
    let smtp = "[delivery.smtp]\nhost = \"mail\"\ntls = \"none_on_trusted_network\"\nfrom = \"a@b.example\"\nusername = \"u\"\n";
    let environment = [("COUNTERSIGN_SERVER_KEY_K_1", KEY), ("COUNTERSIGN_SMTP_PASSWORD", "p")];
    let found = parse_with(&(SMALLEST.to_owned() + smtp), &environment).unwrap_err().to_string();
    assert!(
        found.starts_with("bank.toml:14: delivery.smtp.tls: must be \"starttls\" or \"implicit\": a password"),
        "{found}"
    );
}

#[test]
fn the_siem_feed_is_checked_with_its_keys_and_its_paths_start_at_the_file() {
    let text = SMALLEST.to_owned()
        + "[siem]\nfacility = 24\nqueue_max = 1\nhostname = \"a b\"\n[siem.file]\npath = \"siem.cef\"\nkeep = 1001\n\
           [siem.transport.tls]\naddress = \"siem:6514\"\nkey_file = \"k\"\nmessage_max_bytes = 100\n";
    let found = complaint(&text);
    for part in [
        "bank.toml:12: siem.spool: is needed where there is a transport",
        "bank.toml:13: siem.facility: 24 is outside 0 to 23",
        "bank.toml:14: siem.queue_max: 1 is outside",
        "bank.toml:15: siem.hostname: has 1 to 255",
        "bank.toml:18: siem.file.keep: 1001 is outside",
        "bank.toml:19: siem.transport.tls: has certificate_file and key_file, or neither",
        "bank.toml:22: siem.transport.tls.message_max_bytes: 100 is outside",
    ] {
        assert!(found.contains(part), "{part} is not in\n{found}");
    }
    let text = SMALLEST.to_owned()
        + "[siem.file]\npath = \"siem.cef\"\n[siem.spool]\ndirectory = \"spool\"\n\
           [siem.transport.udp_on_trusted_network]\naddress = \"siem:514\"\n";
    let siem = parse(&text).unwrap().siem;
    assert_eq!(siem.file.unwrap().path, Path::new("/etc/countersign/siem.cef"));
    assert_eq!(siem.spool.unwrap().directory, Path::new("/etc/countersign/spool"));
}

#[test]
fn the_data_is_in_a_file_or_on_a_server_and_the_password_is_elsewhere() {
    let with = |store: &str| SMALLEST.replace("sqlite = \"data/bank.sqlite\"", store);
    let url = "url = \"postgres://countersign@db.bank.example/countersign\"";
    let environment = [("COUNTERSIGN_SERVER_KEY_K_1", KEY), ("COUNTERSIGN_STORE_PASSWORD", "hunter2")];
    let config = parse_with(&with(url), &environment).unwrap();
    assert_eq!(config.store.password.as_ref().unwrap().expose_secret(), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    let elsewhere = "store.url: must not hold a password: put it into `password_file`, or COUNTERSIGN_STORE_PASSWORD";
    for (store, told) in [
        ("purge_interval_secs = 60", "store: needs `sqlite` (a file) or `url` (a PostgreSQL database)"),
        (&*format!("sqlite = \"a\"\n{url}"), "store.url: must not be there together with `sqlite`"),
        ("url = \"postgres://u:hunter2@db/c\"", elsewhere),
        ("url = \"postgres://u:hun?ter2@db/c\"", elsewhere),
        ("url = \"postgres://u@db/c?sslmode=require&password=hunter2\"", elsewhere),
        ("url = \"postgres://u@db/c?pass%77ord=hunter2\"", elsewhere),
        ("sqlite = \"a\"\nca_file = \"b\"", "store.ca_file: needs `url` beside it"),
        (&*format!("{url}\npassword_file = \"/nowhere\""), "store.password_file: /nowhere cannot be opened"),
    ] {
        let found = complaint(&with(store));
        assert!(found.contains(told) && !found.contains("hunter2"), "{store}\n{found}");
    }
}

#[test]
fn debug_prints_no_secret() {
    let smtp = "[delivery.smtp]\nhost = \"mail\"\ntls = \"starttls\"\nfrom = \"a@b.example\"\nusername = \"u\"\n";
    let environment = [("COUNTERSIGN_SERVER_KEY_K_1", KEY), ("COUNTERSIGN_SMTP_PASSWORD", "hunter2")];
    let printed = format!("{:?}", parse_with(&(SMALLEST.to_owned() + smtp), &environment).unwrap());
    assert!(printed.contains("starttls") || printed.contains("Starttls"));
    assert!(!printed.contains("hunter2") && !printed.contains(KEY), "{printed}");
}

#[test]
fn a_file_that_is_absent_too_long_or_not_text_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bank.toml");
    let load = || Config::load(&path, &|_| None).unwrap_err().to_string();
    let told = format!("{}: cannot be opened: ", path.display());
    assert!(load().starts_with(&told) && load().matches("bank.toml").count() == 1, "{}", load());
    std::fs::write(&path, vec![b'#'; FILE_MAX as usize + 1]).unwrap();
    assert!(load().ends_with("is longer than 1048576 bytes"), "{}", load());
    std::fs::write(&path, [0xff]).unwrap();
    assert!(load().ends_with("is not UTF-8 text"), "{}", load());
}

#[test]
fn one_more_judge_is_heard_together_with_the_others() {
    let text = SMALLEST.to_owned() + "clock_skew_secs = 3600\n";
    let environment = |_: &str| Some(KEY.to_owned());
    let judge = |config: &Config, problems: &mut Problems| {
        assert_eq!(config.issuers[0].clock_skew_secs, 3600);
        problems.add("policy.pre_login.code_digits", "no");
    };
    let found = Config::parse_judged("bank.toml", text, Path::new(""), &environment, judge).unwrap_err().to_string();
    let told = "bank.toml:7: policy.pre_login.code_digits: no\n\
                bank.toml:12: issuers[0].clock_skew_secs: 3600 is outside 0 to 300";
    assert_eq!(found, told);
}

#[test]
fn an_empty_key_in_the_environment_is_told_by_the_variable() {
    let found = parse_with(SMALLEST, &[("COUNTERSIGN_SERVER_KEY_K_1", "")]).unwrap_err().to_string();
    assert!(
        found.starts_with("bank.toml:4: keys[0]: COUNTERSIGN_SERVER_KEY_K_1 in the environment is empty"),
        "{found}"
    );
}

#[test]
fn the_operator_api_is_not_offered_in_clear_to_other_hosts_unless_a_proxy_is_in_front() {
    let told = |operator: &str| parse(&format!("{SMALLEST}[operator]\nenabled = true\n{operator}"));
    assert!(told("").is_ok());
    assert!(told("listen = \"0.0.0.0:8081\"\nbehind_tls_proxy = true").is_ok());
    let problem = told("listen = \"0.0.0.0:8081\"").unwrap_err().to_string();
    assert!(problem.contains("bank.toml:14: operator.listen: 0.0.0.0:8081 is no loopback address"), "{problem}");
    let problem = told("listen = \"127.0.0.1:8080\"").unwrap_err().to_string();
    assert!(problem.contains("bank.toml:14: operator.listen: must not be server.listen"), "{problem}");
    assert!(parse(&format!("{SMALLEST}[operator]\nlisten = \"0.0.0.0:8081\"")).is_ok(), "not served, not judged");
}

#[test]
fn plain_http_is_not_offered_to_other_hosts_unless_a_proxy_ends_tls() {
    let told = |server: &str| parse(&format!("{SMALLEST}[server]\nlisten = \"0.0.0.0:8080\"\n{server}"));
    let problem = told("").unwrap_err().to_string();
    assert!(
        problem.starts_with("bank.toml:13: server.listen: 0.0.0.0:8080 is no loopback address, and codes, tokens"),
        "{problem}"
    );
    assert!(told("behind_tls_proxy = true").is_ok());
    let tls = "[server.tls]\ncertificate_file = \"s.pem\"\nkey_file = \"/keys/s.key\"\n";
    let server = told(tls).unwrap().server;
    let tls_options = server.tls.expect("the table is there");
    assert_eq!(tls_options.certificate_file, Path::new("/etc/countersign/s.pem"));
    assert_eq!(tls_options.key_file, Path::new("/keys/s.key"));
    let both = told(&format!("behind_tls_proxy = true\n{tls}")).unwrap_err().to_string();
    assert!(
        both.starts_with("bank.toml:14: server.behind_tls_proxy: says that a proxy ends TLS, and [server.tls]"),
        "{both}"
    );
}

#[test]
fn client_certificates_need_an_authority_and_entries_need_client_certificates() {
    let told = |table: &str, rest: &str| {
        let files = "certificate_file = \"s.pem\"\nkey_file = \"s.key\"\n";
        complaint(&format!("{SMALLEST}[{table}]\n{files}{rest}"))
    };
    let found = told("server.tls", "client_certificates = \"required\"");
    assert!(found.starts_with("bank.toml:15: server.tls.client_certificates: needs client_ca_file"), "{found}");
    let found = told("server.tls", "client_ca_file = \"c.pem\"");
    assert!(found.starts_with("bank.toml:15: server.tls.client_ca_file: has no effect unless"), "{found}");
    let found = told("server.tls", "[[server.tls.clients]]\ndns = \"a.example\"\nclient_id = \"a\"");
    assert!(found.starts_with("bank.toml:15: server.tls.clients: have no effect unless"), "{found}");
    let found = told("server.tls", "[[server.tls.clients]]\nname = \"a.example\"\nclient_id = \"a\"");
    assert!(found.starts_with("bank.toml:16: server.tls.clients[0].name: unknown field"), "{found}");
}

#[test]
fn bounds_of_connections_have_bounds() {
    let found = complaint(&format!(
        "{SMALLEST}[server.connections]\nmax = 15\nper_address_max = 0\nhead_timeout_secs = 0\n\
         idle_timeout_secs = 3601\n[operator]\nenabled = true\n[operator.connections]\nhandshake_timeout_secs = 61\n"
    ));
    let keys = [
        "bank.toml:13: server.connections.max: 15 is outside",
        "bank.toml:14: server.connections.per_address_max: 0 is outside",
        "bank.toml:15: server.connections.head_timeout_secs: 0 is outside",
        "bank.toml:16: server.connections.idle_timeout_secs: 3601 is outside",
        "bank.toml:20: operator.connections.handshake_timeout_secs: 61 is outside",
    ];
    for (line, start) in found.lines().zip(keys) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(found.lines().count(), keys.len(), "{found}");
}

/// Every `key = value` of the sample, also those that are commented out, is a key the program knows.
#[test]
fn the_sample_is_valid_with_and_without_what_is_commented_out() {
    let environment = [
        ("COUNTERSIGN_SERVER_KEY_K2026", KEY),
        ("COUNTERSIGN_SERVER_KEY_K2025", KEY),
        ("COUNTERSIGN_SMTP_PASSWORD", "p"),
        ("COUNTERSIGN_SMS_TOKEN", "t"),
        ("COUNTERSIGN_SMS_SECRET_API_KEY", "a"),
    ];
    parse_with(SAMPLE, &environment[..1]).unwrap();
    let commented_out =
        |line: &str| line.starts_with('#') && !line.starts_with("# ") && !line.starts_with("##") && line.len() > 1;
    assert!(SAMPLE.lines().filter(|line| commented_out(line)).count() > 5, "optional keys look like `#key = value`");
    let shown = |line: &'static str| if commented_out(line) { &line[1..] } else { line };
    let all: Vec<_> = SAMPLE.lines().map(shown).collect();
    parse_with(&all.join("\n"), &environment).unwrap();
}

#[test]
fn nothing_is_kept_longer_than_the_flow_that_it_belongs_to() {
    let kept = |text: &str| complaint(&format!("{SMALLEST}[retention]\n{text}"));
    let cases = [
        ("flows_days = 0", "bank.toml:13: retention.flows_days: 0 is outside 1 to 3650"),
        ("addresses_days = 3651", "bank.toml:13: retention.addresses_days: 3651 is outside 1 to 3650"),
        (
            "messages_days = 8",
            "bank.toml:13: retention.messages_days: is 8, more than retention.flows_days: set it to 7",
        ),
        (
            "flows_days = 2\nmessages_days = 2",
            "retention.addresses_days: is 3, more than retention.flows_days: set it to 2",
        ),
        ("adresses_days = 2", "bank.toml:13: retention.adresses_days: unknown field"),
    ];
    for (text, told) in cases {
        assert!(kept(text).contains(told), "{text}: {}", kept(text));
    }
    let config =
        parse(&format!("{SMALLEST}[retention]\nflows_days = 1\nmessages_days = 1\naddresses_days = 1\n")).unwrap();
    assert_ne!(config.effective(), parse(SMALLEST).unwrap().effective(), "a change of it is one of the configuration");
}
