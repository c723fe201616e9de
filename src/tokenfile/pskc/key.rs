//! A key package (RFC 6030 §4): one device with one key.

use super::super::encoding::base64;
use super::super::{Algorithm, KeyUse, Kind, SeedBytes, TokenEntry, Usage, YEARS, digits, period, suite, text};
use super::Shown;
use super::tree::{Node, Ns};
use chrono::{DateTime, Datelike as _, NaiveDateTime, Utc};
use zeroize::Zeroizing;

type Bytes = Zeroizing<Vec<u8>>;

const ALGORITHMS: &str = "urn:ietf:params:xml:ns:keyprov:pskc:";

/// What a package turned out to be.
pub(super) enum Made {
    Token(Box<TokenEntry>),
    /// A key that is a PIN.
    Pin,
}

/// Makes an entry, or says all that is wrong with the package; and the serial number, as far as it can be read. `open` opens
/// an `EncryptedValue`, given its `ValueMAC`.
pub(super) fn make(
    package: &Node,
    open: impl FnMut(&Node, Option<&Node>) -> Result<Bytes, String>,
) -> (Option<String>, Result<Made, Vec<String>>) {
    let mut draft = Draft { open, wrong: Vec::new() };
    draft.known(package, &PACKAGE);
    let device = package.child(Ns::Pskc, "DeviceInfo");
    let key = package.child(Ns::Pskc, "Key");
    // The serial number is optional; the key's id is not, and is the only other name that a token has.
    let serial = device.and_then(|device| device.child(Ns::Pskc, "SerialNo")).map(Node::text);
    let serial = serial.or_else(|| key.and_then(|key| key.attribute("Id")));
    let serial = draft.take("the serial number", serial.map(text));
    let Some(key) = key else {
        draft.wrong.push("the package has no key".to_owned());
        return (serial, Err(draft.wrong));
    };
    if key.attribute("Algorithm").and_then(|uri| uri.strip_prefix(ALGORITHMS)) == Some("pin") {
        return (serial, Ok(Made::Pin));
    }
    let entry = draft.entry(package.line, serial.clone(), device, key);
    (serial, entry.map(|entry| Made::Token(Box::new(entry))).ok_or(draft.wrong))
}

struct Draft<F> {
    open: F,
    wrong: Vec<String>,
}

#[derive(Default)]
struct Policy {
    start: Option<DateTime<Utc>>,
    expiry: Option<DateTime<Utc>>,
    uses: Vec<KeyUse>,
}

impl<F: FnMut(&Node, Option<&Node>) -> Result<Bytes, String>> Draft<F> {
    fn entry(&mut self, line: u64, serial: Option<String>, device: Option<&Node>, key: &Node) -> Option<TokenEntry> {
        self.known(key, &KEY);
        if let Some(data) = key.child(Ns::Pskc, "Data") {
            self.known(data, &DATA);
        }
        if let Some(device) = device {
            self.known(device, &DEVICE);
        }
        let of_device = |name| device.and_then(|device| device.child(Ns::Pskc, name));
        let manufacturer = self.name("Manufacturer", of_device("Manufacturer"));
        let model = self.name("Model", of_device("Model"));
        let issuer = self.name("Issuer", key.child(Ns::Pskc, "Issuer"));
        let account = key.child(Ns::Pskc, "UserId").or(of_device("UserId"));
        let account = self.name("UserId", account);
        let mut policy = self.policy(key.child(Ns::Pskc, "Policy"));
        // A device's dates count as the key's do: the narrower ones hold.
        let start = self.date("the device's StartDate", of_device("StartDate"));
        let expiry = self.date("the device's ExpiryDate", of_device("ExpiryDate"));
        policy.start = policy.start.max(start);
        policy.expiry = [policy.expiry, expiry].into_iter().flatten().min();
        if policy.expiry.zip(policy.start).is_some_and(|(expiry, start)| expiry <= start) {
            self.wrong.push("it expires before it starts".to_owned());
        }
        let usage = if policy.uses.is_empty() { Usage::ANY } else { Usage::of(policy.uses) };
        let kind = self.kind(key, usage);
        let seed = self.seed(key);
        if !self.wrong.is_empty() {
            return None;
        }
        let Policy { start, expiry, .. } = policy;
        Some(TokenEntry {
            line,
            serial: serial?,
            manufacturer,
            model,
            kind: kind?,
            seed: seed?,
            start,
            expiry,
            usage,
            issuer,
            account,
        })
    }

    fn kind(&mut self, key: &Node, usage: Usage) -> Option<Kind> {
        let Some(uri) = key.attribute("Algorithm") else {
            self.wrong.push("the key does not say its algorithm".to_owned());
            return None;
        };
        let parameters = key.child(Ns::Pskc, "AlgorithmParameters");
        if let Some(parameters) = parameters {
            self.parameters(parameters);
        }
        let named = parameters.and_then(|parameters| parameters.child(Ns::Pskc, "Suite")).map(Node::text);
        let (kind, uses) = match uri.strip_prefix(ALGORITHMS) {
            Some("hotp") => {
                let digits = self.response_digits(parameters);
                let counter = self.whole(key, "Counter").unwrap_or(0);
                if named.is_some_and(|suite| Algorithm::parse(suite) != Some(Algorithm::Sha1)) {
                    self.wrong.push("the Suite of a HOTP key is not HMAC-SHA1 (RFC 4226)".to_owned());
                }
                (digits.map(|digits| Kind::Hotp { digits, counter }), [KeyUse::Otp, KeyUse::Otp])
            }
            Some("totp") => (self.totp(key, parameters, named), [KeyUse::Otp, KeyUse::Otp]),
            Some("ocra") => {
                let suite = self.take("Suite", Some(named.ok_or("is missing".to_owned()).and_then(suite)));
                let counter = self.whole(key, "Counter");
                (suite.map(|suite| Kind::Ocra { suite, counter }), [KeyUse::ChallengeResponse, KeyUse::Integrity])
            }
            Some(name) if name.starts_with("OCRA-1:") => {
                let suite = self.take("the algorithm", Some(suite(name)));
                let counter = self.whole(key, "Counter");
                (suite.map(|suite| Kind::Ocra { suite, counter }), [KeyUse::ChallengeResponse, KeyUse::Integrity])
            }
            _ => {
                self.wrong.push(format!("the algorithm {} is not supported", Shown(uri)));
                return None;
            }
        };
        if !uses.iter().any(|key_use| usage.allows(*key_use)) {
            self.wrong.push("its KeyUsage forbids what its algorithm is for".to_owned());
        }
        kind
    }

    fn totp(&mut self, key: &Node, parameters: Option<&Node>, suite: Option<&str>) -> Option<Kind> {
        let digits = self.response_digits(parameters);
        let algorithm = suite.map_or(Some(Algorithm::Sha1), Algorithm::parse);
        if algorithm.is_none() {
            self.wrong.push("the Suite of a TOTP key is not HMAC-SHA1, HMAC-SHA256 or HMAC-SHA512".to_owned());
        }
        let secs = self.value(key, "TimeInterval").map_or(Ok(30), |secs| period(&secs.to_string()));
        let period_secs = self.take("TimeInterval", Some(secs));
        // How many steps had gone by when the file was made: checked, and of no further use.
        self.whole(key, "Time");
        let drift = self.value(key, "TimeDrift").unwrap_or(0);
        let drift = self.take("TimeDrift", Some(i32::try_from(drift).map_err(|_| "is too large".to_owned())));
        Some(Kind::Totp {
            digits: digits?,
            period_secs: period_secs?,
            algorithm: algorithm?,
            t0: 0,
            drift_steps: drift?,
        })
    }

    fn parameters(&mut self, parameters: &Node) {
        self.once(parameters, &["Suite", "ChallengeFormat", "ResponseFormat"]);
        for child in &parameters.children {
            if !matches!((child.ns, child.name.as_str()), (Ns::Pskc, "Suite" | "ChallengeFormat" | "ResponseFormat")) {
                // It could change what the algorithm computes.
                self.wrong.push(format!("the algorithm parameter {} is not known", Shown(&child.name)));
            } else if matches!(child.attribute("CheckDigits").or(child.attribute("CheckDigit")), Some("true" | "1")) {
                self.wrong.push(format!("{} has check digits, which are not supported", child.name));
            }
        }
    }

    fn response_digits(&mut self, parameters: Option<&Node>) -> Option<u8> {
        let Some(format) = parameters.and_then(|parameters| parameters.child(Ns::Pskc, "ResponseFormat")) else {
            self.wrong.push("the key does not say how long its codes are (ResponseFormat)".to_owned());
            return None;
        };
        // Required by the schema, and left out by some writers.
        let encoding = format.attribute("Encoding").unwrap_or("DECIMAL");
        if encoding != "DECIMAL" {
            self.wrong.push(format!("its codes are {}: only DECIMAL ones can be checked", Shown(encoding)));
        }
        self.take("the length of ResponseFormat", format.attribute("Length").map(digits)).or_else(|| {
            if format.attribute("Length").is_none() {
                self.wrong.push("ResponseFormat has no Length".to_owned());
            }
            None
        })
    }

    fn seed(&mut self, key: &Node) -> Option<SeedBytes> {
        let secret = key.child(Ns::Pskc, "Data").and_then(|data| data.child(Ns::Pskc, "Secret"));
        let Some(secret) = secret else {
            let derived = ["KeyReference", "KeyProfileId"].iter().any(|name| key.child(Ns::Pskc, name).is_some());
            let how = if derived { ": it is derived from a key that the file only names" } else { "" };
            self.wrong.push(format!("the seed is not in the file{how}"));
            return None;
        };
        let bytes = self.bytes(secret, |text| base64(text).ok_or_else(|| "is not base64".to_owned()));
        let bytes = self.take("the seed", Some(bytes))?;
        SeedBytes::wanted(bytes).map_err(|what| self.wrong.push(what)).ok()
    }

    /// The value of one of the elements of `Data`, plain or encrypted.
    fn bytes(&mut self, node: &Node, plain: impl Fn(&str) -> Result<Bytes, String>) -> Result<Bytes, String> {
        self.once(node, &["PlainValue", "EncryptedValue", "ValueMAC"]);
        let tag = node.child(Ns::Pskc, "ValueMAC");
        match (node.child(Ns::Pskc, "PlainValue"), node.child(Ns::Pskc, "EncryptedValue")) {
            (Some(value), None) => plain(value.text()),
            (None, Some(value)) => (self.open)(value, tag),
            (None, None) => Err("has no value".to_owned()),
            (Some(_), Some(_)) => Err("has two values".to_owned()),
        }
    }

    /// A number of `Data`. An encrypted one is 4 or 8 bytes, the highest first (§4.2).
    fn value(&mut self, key: &Node, name: &'static str) -> Option<i64> {
        let node = key.child(Ns::Pskc, "Data").and_then(|data| data.child(Ns::Pskc, name))?;
        let malformed = || "is not a number".to_owned();
        let number = self.bytes(node, |text| {
            let number = text.parse::<i64>().map_err(|_| malformed())?;
            Ok(Zeroizing::new(number.to_be_bytes().to_vec()))
        });
        let number = number.and_then(|bytes| match bytes.len() {
            4 => Ok(i64::from(i32::from_be_bytes(bytes[..].try_into().map_err(|_| malformed())?))),
            8 => Ok(i64::from_be_bytes(bytes[..].try_into().map_err(|_| malformed())?)),
            _ => Err(malformed()),
        });
        self.take(name, Some(number))
    }

    fn whole(&mut self, key: &Node, name: &'static str) -> Option<u64> {
        let number = self.value(key, name)?;
        self.take(name, Some(u64::try_from(number).map_err(|_| "must not be negative".to_owned())))
    }

    /// Reads `Policy` (§5). Whoever does not know a part of it must not use the key.
    fn policy(&mut self, node: Option<&Node>) -> Policy {
        let mut policy = Policy::default();
        if let Some(node) = node {
            self.once(node, &["StartDate", "ExpiryDate", "PINPolicy"]);
        }
        for child in node.map_or(&[][..], |node| &node.children) {
            match (child.ns, child.name.as_str()) {
                (Ns::Pskc, "StartDate") => policy.start = self.date("StartDate", Some(child)),
                (Ns::Pskc, "ExpiryDate") => policy.expiry = self.date("ExpiryDate", Some(child)),
                (Ns::Pskc, "KeyUsage") => match key_use(child.text()) {
                    Some(key_use) => policy.uses.push(key_use),
                    None => self.wrong.push(format!("the KeyUsage {} is not known", Shown(child.text()))),
                },
                (Ns::Pskc, "PINPolicy") => match child.attribute("PINUsageMode") {
                    None | Some("Local") => {}
                    Some(mode) => self.wrong.push(format!(
                        "its PIN is used as {}: only PINs that the device checks (Local) are supported",
                        Shown(mode)
                    )),
                },
                (Ns::Pskc, "NumberOfTransactions") => {
                    self.wrong.push("its policy limits how often it may be used, which is not supported".to_owned());
                }
                _ => {
                    self.wrong.push(format!("its policy has {}, which is not known (RFC 6030 §5)", Shown(&child.name)))
                }
            }
        }
        policy
    }

    fn date(&mut self, what: &str, node: Option<&Node>) -> Option<DateTime<Utc>> {
        let given = node?.text();
        let read = DateTime::parse_from_rfc3339(given).map(|date| date.to_utc());
        // XML dates may lack the zone; those of this format are UTC.
        let read =
            read.or_else(|_| NaiveDateTime::parse_from_str(given, "%Y-%m-%dT%H:%M:%S%.f").map(|date| date.and_utc()));
        let date = read.ok().filter(|date| YEARS.contains(&date.year()));
        self.take(what, Some(date.ok_or_else(|| "is no date and time as RFC 3339 writes it".to_owned())))
    }

    fn name(&mut self, what: &str, node: Option<&Node>) -> Option<String> {
        // Some writers leave empty elements where they know nothing.
        self.take(what, node.filter(|node| !node.text().is_empty()).map(|node| text(node.text())))
    }

    fn take<T>(&mut self, what: &str, given: Option<Result<T, String>>) -> Option<T> {
        given?.map_err(|reason| self.wrong.push(format!("{what}: {reason}"))).ok()
    }

    /// Reports the second child of one of these names: which of them counts would be a guess.
    fn once(&mut self, node: &Node, names: &[&str]) {
        for name in names {
            if node.children.iter().filter(|child| child.is(Ns::Pskc, name)).nth(1).is_some() {
                self.wrong.push(format!("{name} is there more than once"));
            }
        }
    }

    /// Reports children of the PSKC namespace that do not belong there or are there twice.
    fn known(&mut self, node: &Node, names: &[&'static str]) {
        for child in node.children.iter().filter(|child| child.ns == Ns::Pskc) {
            if !names.contains(&child.name.as_str()) {
                self.wrong.push(format!("{} has no place in {}", Shown(&child.name), node.name));
            }
        }
        self.once(node, names.strip_suffix(&["Extensions"]).unwrap_or(names));
    }
}

const PACKAGE: [&str; 4] = ["DeviceInfo", "CryptoModuleInfo", "Key", "Extensions"];

const DEVICE: [&str; 9] = [
    "Manufacturer",
    "SerialNo",
    "Model",
    "IssueNo",
    "DeviceBinding",
    "StartDate",
    "ExpiryDate",
    "UserId",
    "Extensions",
];

const KEY: [&str; 9] = [
    "Issuer",
    "AlgorithmParameters",
    "KeyProfileId",
    "KeyReference",
    "FriendlyName",
    "Data",
    "UserId",
    "Policy",
    "Extensions",
];

const DATA: [&str; 5] = ["Secret", "Counter", "Time", "TimeInterval", "TimeDrift"];

fn key_use(name: &str) -> Option<KeyUse> {
    Some(match name {
        "OTP" => KeyUse::Otp,
        "CR" => KeyUse::ChallengeResponse,
        "Encrypt" => KeyUse::Encrypt,
        "Integrity" => KeyUse::Integrity,
        "Verify" => KeyUse::Verify,
        "Unlock" => KeyUse::Unlock,
        "Decrypt" => KeyUse::Decrypt,
        "KeyWrap" => KeyUse::KeyWrap,
        "Unwrap" => KeyUse::Unwrap,
        "Derive" => KeyUse::Derive,
        "Generate" => KeyUse::Generate,
        _ => return None,
    })
}
