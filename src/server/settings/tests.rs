use super::*;
use crate::config::SAMPLE;
use crate::config::issuers::{Dbx, Issuer};
use crate::domain::prefix;
use crate::server::SystemClock;
use std::path::Path;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// RFC 7517 appendix A.1, the elliptic curve key.
const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"1",
    "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;

/// In the sample.
const URL: &str = "jwks_url = \"https://id.bank.example/jwks\"";

fn settings(text: &str, key: &str) -> Result<Settings, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("jwks.json"), JWKS).unwrap();
    let environment = |name: &str| (name == "COUNTERSIGN_SERVER_KEY_K2026").then(|| key.to_owned());
    let judge = |config: &Config, problems: &mut Problems| Settings::judge(config, Arc::new(SystemClock), problems);
    let (_, settings) = Config::parse_judged("bank.toml", text.to_owned(), dir.path(), &environment, judge)?;
    Ok(settings.expect("there is no problem, so there are settings"))
}

fn sample() -> String {
    SAMPLE.replace(URL, "jwks_file = \"jwks.json\"")
}

fn complaints(text: &str, key: &str) -> Vec<String> {
    let error = settings(text, key).err().expect("the text should be refused").to_string();
    error.lines().map(str::to_owned).collect()
}

fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).expect("it is in the text") + 1
}

#[test]
fn the_sample_works_once_the_bank_has_put_its_keys_there() {
    let settings = settings(&sample(), KEY).unwrap();
    assert_eq!(settings.language, Language::Es);
    assert!(settings.sms.is_some() && settings.email.is_some() && settings.rate.is_some());
    assert!(settings.notes().is_empty(), "{:?}", settings.notes());
}

#[test]
fn the_values_of_the_sample_are_the_defaults() {
    let settings = settings(&sample(), KEY).unwrap();
    for purpose in Purpose::ALL {
        assert_eq!(settings.rules.policies[&purpose], Policy::new(policy::Profile::Nist), "{}", purpose.as_str());
    }
    assert_eq!(settings.bne.policy, transaction::Policy::default());
    let guard = &settings.rules.guard;
    assert_eq!((guard.digits, guard.watch), (3, Some(prefix::Watch::default())));
    assert_eq!(guard.countries, prefix::Countries::default());
    let environment = |name: &str| (name == "COUNTERSIGN_SERVER_KEY_K2026").then(|| KEY.to_owned());
    let config = Config::parse("bank.toml", sample(), Path::new(""), &environment).unwrap();
    assert_eq!(format!("{:?}", config.server), format!("{:?}", config::Server::default()));
    assert_eq!(format!("{:?}", config.log), format!("{:?}", config::Log::default()));
    let store = config::Store::at(config.store.sqlite.clone().unwrap());
    assert_eq!(format!("{:?}", config.store), format!("{store:?}"));
    let [issuer] = &config.issuers[..] else { panic!("one issuer") };
    let mut default = Issuer::with_file(&issuer.issuer, issuer.jwks_file.clone().expect("its place is taken"));
    default.dbx = issuer.dbx.as_ref().map(|dbx| Dbx::for_audiences(dbx.audiences.clone()));
    assert_eq!(format!("{issuer:?}"), format!("{default:?}"));
    let defaults = config::delivery::Delivery::default();
    assert_eq!(config.delivery.wait_for_provider_secs, defaults.wait_for_provider_secs);
    assert_eq!(config.messages.language, config::delivery::Messages::default().language);
}

#[test]
fn an_address_of_a_database_server_is_whole_and_encrypted_where_others_could_listen() {
    let at = |url: &str| {
        let sample =
            sample().replacen("sqlite = \"/var/lib/countersign/countersign.sqlite\"", &format!("url = \"{url}\""), 1);
        settings(&sample, KEY).map(|settings| settings.location.to_string()).map_err(|error| error.to_string())
    };
    let shown = "postgres://db-1.bank.example,db-2.bank.example/countersign";
    assert_eq!(at("postgres://u@db-1.bank.example,db-2.bank.example/countersign").unwrap(), shown);
    for (url, told) in [
        ("mysql://u@db/c", "store.url: is not of the form postgres://user@host:5432/database"),
        ("postgres://db/c", "store.url: names no user"),
        ("postgres://u@db", "store.url: names no database"),
        ("postgres://u@db/c?sslmode=prefer", "store.url: says an sslmode other than `require`"),
        ("postgres://u@db/c?sslmode=verify-full", "store.url: says an sslmode other than `require`"),
        ("postgres://u@db/c?sslmode=disable&sslmode=allow", "store.url: says an sslmode other than `require`"),
        ("postgres://u@db/c?sslrootcert=system", "store.url: must not say sslrootcert"),
        ("postgres://u@db/c?colour=red", "store.url: is not of the form"),
        ("postgres://u@db/c?options=-cjit=off", "store.url: must not say options"),
        ("postgres://u@db/c?sslmode=require&connect_timeout=60", "store.url: must not say connect_timeout"),
        ("host=db user=u dbname=c", "store.url: is not of the form"),
        ("postgres://u@/c?hostaddr=192.0.2.1", "store.url: names no host, or a `hostaddr`"),
        ("postgres://u@localhost/c?hostaddr=192.0.2.1", "store.url: names no host, or a `hostaddr`"),
        ("postgres://u@db-1,db-2:5432,5433/c", "store.url: names no host, or a `hostaddr`"),
    ] {
        let found = at(url).unwrap_err();
        assert!(found.contains(told), "{url}: {found}");
    }
}

#[test]
fn what_is_wrong_with_the_toll_fraud_guard_is_told_with_its_key() {
    let no_country =
        "must be two capital letters, the ISO 3166 code of a country that has phone numbers, such as \"MX\"";
    for (from, to, told) in [
        ("slow_percent = 30", "slow_percent = 91", "toll_fraud.slow_percent: 91 is outside 0 to 90".to_owned()),
        (
            "stop_sample = 60",
            "stop_sample = 30",
            "toll_fraud.stop_sample: must be above slow_sample: 30 is not above 30".to_owned(),
        ),
        ("prefix_digits = 3", "prefix_digits = 5", "toll_fraud.prefix_digits: 5 is outside 0 to 4".to_owned()),
        (
            "countries_denied = []",
            "countries_denied = [\"CU\", \"Cuba\"]",
            format!("toll_fraud.countries_denied[1]: {no_country}"),
        ),
        (
            "#countries_allowed = [\"MX\", \"US\"]",
            "countries_allowed = [\"ZZ\"]",
            format!("toll_fraud.countries_allowed[0]: {no_country}"),
        ),
    ] {
        assert!(sample().contains(from), "{from} is not in the sample");
        let complaints = complaints(&sample().replace(from, to), KEY);
        let [complaint] = &complaints[..] else { panic!("{complaints:?}") };
        assert!(complaint.ends_with(&told), "{complaint}");
    }
}

#[test]
fn no_policy_lets_a_code_live_for_more_than_ten_minutes() {
    let lifetime = "code_lifetime_secs = 180";
    for (secs, told) in [("601", "601 is outside 60 to 600"), ("59", "59 is outside 60 to 600")] {
        let found = complaints(&sample().replacen(lifetime, &format!("code_lifetime_secs = {secs}"), 1), KEY);
        assert!(found.len() == 1 && found[0].contains("code_lifetime_secs") && found[0].contains(told), "{found:?}");
    }
}

#[test]
fn what_is_out_of_bounds_for_tokens_and_transactions_is_told_with_its_key() {
    for (from, to, told) in [
        (
            "lifetime_secs = 180\nfailed_attempts_max = 3\n# true",
            "lifetime_secs = 901\n# true",
            "bne.lifetime_secs: 901 is outside 30 to 900",
        ),
        ("look_ahead = 10", "look_ahead = 101", "bne.tokens.look_ahead: 101 is outside 1 to 100"),
        ("wait_max_secs = 3600", "wait_max_secs = 59", "bne.tokens.wait_max_secs: 59 is outside 60 to 86400"),
        ("failures_lock = 100", "failures_lock = 4", "bne.tokens.failures_lock: 4 is outside 5 to 100"),
        ("[bne]\nenabled = false", "[bne]\nenabled = true", "bne.enabled: needs an issuer with bne.audiences"),
        (
            "# Put in front of every path of the BNE family, if a gateway in front of the server does not cut it off: \"/api\".\nbase_path = \"\"",
            "base_path = \"/docs\"",
            "bne.base_path: ",
        ),
    ] {
        let text = sample();
        assert!(text.contains(from), "{from}");
        let found = complaints(&text.replace(from, to), KEY);
        assert!(found.len() == 1 && found[0].contains(told), "{to}: {found:?}");
    }
}

#[test]
fn the_domain_and_the_providers_complain_with_file_line_and_key_all_at_once() {
    let text = sample()
        .replacen("code_digits = 6", "code_digits = 4", 1)
        .replace("jwks_file = \"jwks.json\"", "jwks_file = \"nothing.json\"")
        .replace("Your bank <no-reply@bank.example>", "nobody")
        .replace("\"text\": {{ text }}", "\"text\": {{ txt }}")
        .replace("language = \"es\"", "language = \"fr\"")
        .replace("sender_name = \"Your bank\"", "sender_name = \"A bank with a name that is far too long\"");
    let found = complaints(&text, "0000");
    let expected = [
        ("id = \"k2026\"", "keys[0]", ": COUNTERSIGN_SERVER_KEY_K2026 in the environment: a server key is 32 bytes"),
        ("code_digits = 4", "policy.pre_login.code_digits", ": 4 is outside 6 to 8"),
        ("jwks_file =", "issuers[0].jwks_file", ": /"),
        ("nobody", "delivery.smtp.from", ": must be an address"),
        ("{{ txt }}", "delivery.sms.http.body.json", ": there is no variable \"txt\""),
        ("language = \"fr\"", "messages.language", ": must be \"es\" or \"en\""),
        ("sender_name", "messages.sender_name", ": must be 1 to 30 characters"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (line, (part, key, message)) in found.iter().zip(expected) {
        // A key that is absent is shown at the nearest one around it.
        let at = if key == "keys[0]" { line_of(&text, "[[keys]]") } else { line_of(&text, part) };
        let start = format!("bank.toml:{at}: {key}{message}");
        assert!(line.starts_with(&start), "{line}\n  does not start with {start}");
    }
}

#[test]
fn ranges_missing_files_keys_policies_and_templates_are_complained_about_together_and_once() {
    let text = sample()
        .replace("burst = 100", "burst = 0")
        .replacen("code_digits = 6", "code_digits = 4", 1)
        .replace("jwks_file = \"jwks.json\"", "jwks_file = \"nothing.json\"")
        .replace("\ntimeout_secs = 10\n\n# Without", "\ntimeout_secs = 0\n\n# Without")
        .replace("\"text\": {{ text }}", "\"text\": {{ txt }}")
        .replace("#secrets.api_key = \"/etc", "secrets.api_key = \"/nowhere")
        .replace("#headers.X-Api-Key", "headers.X-Api-Key");
    let found = complaints(&text, "0000");
    let keys: Vec<_> = found.iter().map(|line| line.split(": ").nth(1).unwrap()).collect();
    let expected = [
        "server.throttle.burst",
        "keys[0]",
        "policy.pre_login.code_digits",
        "issuers[0].jwks_file",
        "delivery.smtp.timeout_secs",
        "delivery.sms.http.body.json",
        "delivery.sms.http.secrets.api_key",
    ];
    assert_eq!(keys, expected, "{found:#?}");
}

#[test]
fn a_key_never_appears_in_a_complaint() {
    let bad = "secretsecretsecret";
    assert!(complaints(&sample(), bad).iter().all(|line| !line.contains(bad)));
    let zeros = "0".repeat(64);
    let found = complaints(&sample(), &zeros);
    assert!(found[0].contains("placeholder") && !found[0].contains(&zeros), "{found:?}");
}

#[test]
fn what_is_easily_an_oversight_is_noted() {
    let (head, _) = SAMPLE.split_once("[policy.security_questions]").unwrap();
    let (_, tail) = SAMPLE.split_once("# The identity services").unwrap();
    let (issuers, _) = tail.split_once("[delivery]").unwrap();
    let text = format!("{head}\n#{issuers}").replace(URL, "jwks_file = \"jwks.json\"");
    let notes = settings(&text, KEY).unwrap().notes();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].starts_with("policy.security_questions is missing"));
    assert!(notes[1].starts_with("delivery.sms is missing") && notes[2].starts_with("delivery.smtp is missing"));

    let bne_only = sample().replace("[issuers.dbx]", "[issuers.bne]");
    let notes = settings(&bne_only, KEY).unwrap().notes();
    assert!(notes.len() == 1 && notes[0].starts_with("no issuer has dbx.audiences"), "{notes:?}");
}

#[test]
fn keys_to_be_fetched_are_set_up_without_fetching_and_what_is_wrong_is_told_with_its_key() {
    let settings_of = settings(SAMPLE, KEY).unwrap();
    assert_eq!(settings_of.remote_keys.len(), 1);
    assert!(!settings_of.remote_keys[0].were_had());
    let ca = "#ca_file = \"/etc/countersign/id-ca.pem\"";
    assert!(SAMPLE.contains(ca));
    for (from, to, told) in [
        (URL, "jwks_url = \"http://id.bank.example/jwks\"", "issuers[0].jwks_url: must be an https URL"),
        (URL, "jwks_url = \"http://127.0.0.1/jwks\"", "issuers[0].jwks_url: must be an https URL, or plain_http"),
        (ca, "ca_file = \"/nowhere.pem\"", "issuers[0].fetch.ca_file: /nowhere.pem cannot be opened"),
        (ca, "ca_file = \"jwks.json\"", "issuers[0].fetch.ca_file: "),
        ("refresh_max_secs = 900", "refresh_max_secs = 20", "issuers[0].fetch.refresh_max_secs: 20 is outside 60"),
    ] {
        let found = complaints(&SAMPLE.replace(from, to), KEY);
        assert!(found.len() == 1 && found[0].contains(told), "{to}: {found:?}");
    }
}

#[test]
fn claims_that_cannot_be_named_are_complained_about_each_with_its_key() {
    let text = sample()
        .replace("customer = \"sub\"\n# The claim that is the app", "customer = \"/\"\n# The claim that is the app")
        .replace("#app = \"azp\"", "app = \"/a~2\"")
        .replace("#required.acr", "required.\"\"")
        .replace(
            "#[issuers.bne]\n",
            "[issuers.bne]\nclient = [\"azp\", \"\"]\ncustomer = \"/x/~\"\naudiences = [\"a\"]\n",
        );
    let found = complaints(&text, KEY);
    let keys: Vec<_> = found.iter().map(|line| line.split(": ").nth(1).unwrap()).collect();
    let expected = ["dbx.customer", "dbx.app", "dbx.required.", "bne.client[1]", "bne.customer"];
    assert_eq!(keys, expected.map(|key| format!("issuers[0].{key}")), "{found:#?}");
}
