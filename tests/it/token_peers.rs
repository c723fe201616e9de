//! What other implementations write and read: python-pskc's tools write key containers that we read, and `pskctool`
//! (libpskc) signs one, which we do not take for granted. And `oathtool` (liboath) computes codes that tokens accept.

use crate::support::optional::{program, skip};
use chrono::DateTime;
use countersign::domain::customer::CustomerId;
use countersign::domain::flow::{Secret, Timestamp};
use countersign::domain::oath::totp::{Drift, Period, Totp};
use countersign::domain::oath::{Digits, HashAlgorithm, Seed};
use countersign::domain::operator::{Actor, Stamp};
use countersign::domain::token::{Assignment, Checked, Device, Life, Policy, Serial, Token, TokenHolder, TokenId};
use countersign::tokenfile::{Kind, TokenEntry, pskc};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SEED: &[u8] = b"12345678901234567890";

/// Writes a container with a key, a cipher and a MAC that its command does not offer.
const PYTHON: &str = "
import sys
from pskc import PSKC
cipher, size, mac = sys.argv[1:]
HOTP, TOTP = ('urn:ietf:params:xml:ns:keyprov:pskc:' + name for name in ('hotp', 'totp'))
container = PSKC()
key = container.add_key(id='K1', serial='HT-1', secret=b'12345678901234567890', counter=5, response_length=6,
    response_encoding='DECIMAL', algorithm=HOTP)
key = container.add_key(id='K2', serial='TT-2', secret=b'12345678901234567890', time_interval=60, response_length=8,
    response_encoding='DECIMAL', algorithm=TOTP)
container.encryption.setup_preshared_key(algorithm=cipher, key=bytes(range(int(size))))
container.mac.setup(algorithm=mac)
container.write(sys.stdout.buffer)
";

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A container of two tokens, written by python-pskc with these arguments.
fn written(tool: &Path, folder: &TempDir, arguments: &[&str]) -> Vec<u8> {
    let table = folder.path().join("tokens.csv");
    let rows = "id,serial,secret,counter,issuer,manufacturer,response_length,algorithm,time_interval\n\
                K1,HT-1,3132333435363738393031323334353637383930,5,Bank,Acme,6,urn:ietf:params:xml:ns:keyprov:pskc:hotp,\n\
                K2,TT-2,3132333435363738393031323334353637383930,,Bank,Acme,8,urn:ietf:params:xml:ns:keyprov:pskc:totp,60\n";
    fs::write(&table, rows).unwrap();
    run(Command::new(tool).args(["-e", "hex"]).args(arguments).arg(&table))
}

fn read(file: &[u8], unlock: pskc::Unlock) -> Vec<TokenEntry> {
    let options = pskc::Options { unlock, ..pskc::Options::default() };
    pskc::read(file, options).map(|entry| entry.unwrap_or_else(|problem| panic!("{problem}"))).collect()
}

fn assert_both(entries: &[TokenEntry]) {
    let [hotp, totp] = entries else { panic!("{entries:?}") };
    assert_eq!((hotp.serial.as_str(), totp.serial.as_str()), ("HT-1", "TT-2"));
    assert_eq!(hotp.kind, Kind::Hotp { digits: 6, counter: 5 });
    assert!(matches!(totp.kind, Kind::Totp { digits: 8, period_secs: 60, .. }), "{:?}", totp.kind);
    assert!([hotp, totp].iter().all(|entry| entry.seed.expose() == SEED));
}

#[test]
fn what_python_pskc_writes_is_read_plain_and_encrypted() {
    let Some(tool) = program(&["csv2pskc"]) else {
        return skip("reading what csv2pskc writes", "pskc-utils");
    };
    let folder = TempDir::new().unwrap();
    assert_both(&read(&written(&tool, &folder, &[]), pskc::Unlock::default()));
    // The interpreter that has the library: another one may come first on the path.
    let python = tool.with_file_name("python3");
    for (cipher, size, mac) in
        [("aes128-cbc", 16u8, "hmac-sha1"), ("aes192-cbc", 24, "hmac-sha256"), ("aes256-cbc", 32, "hmac-sha512")]
    {
        let file = run(Command::new(&python).args(["-c", PYTHON, cipher, &size.to_string(), mac]));
        let key: Vec<u8> = (0..size).collect();
        let unlock = pskc::Unlock { key: Some(key.into()), ..pskc::Unlock::default() };
        assert_both(&read(&file, unlock));
    }
    let file = written(&tool, &folder, &["-p", "correct horse"]);
    let unlock = pskc::Unlock { password: Some("correct horse".into()), ..pskc::Unlock::default() };
    assert_both(&read(&file, unlock));
    let unlock = pskc::Unlock { password: Some("wrong horse".into()), ..pskc::Unlock::default() };
    let options = pskc::Options { unlock, ..pskc::Options::default() };
    let found: Vec<_> = pskc::read(file.as_slice(), options).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].as_ref().unwrap_err().what.starts_with("the key or password is wrong"));
}

#[test]
fn a_container_that_pskctool_signed_is_read_only_if_someone_else_checks_the_signature() {
    let (Some(writer), Some(signer)) = (program(&["csv2pskc"]), program(&["pskctool"])) else {
        return skip("reading what pskctool signs", "pskc-utils and pskctool");
    };
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name);
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["vendor.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    fs::write(place("key.pem"), key.serialize_pem()).unwrap();
    fs::write(place("certificate.pem"), certificate.pem()).unwrap();
    fs::write(place("plain.xml"), written(&writer, &folder, &[])).unwrap();
    let mut command = Command::new(signer);
    command.arg("--sign").arg("--sign-key").arg(place("key.pem")).arg("--sign-crt").arg(place("certificate.pem"));
    let signed = run(command.arg(place("plain.xml")));
    let found: Vec<_> = pskc::read(signed.as_slice(), pskc::Options::default()).filter_map(Result::err).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.starts_with("the file is signed"), "{}", found[0]);
    let options = pskc::Options { accept_unchecked_signature: true, ..pskc::Options::default() };
    assert_eq!(pskc::read(signed.as_slice(), options).filter_map(Result::ok).count(), 2);
}

/// A token in somebody's hands.
fn in_use(device: Device, seed: &[u8], at: Timestamp) -> Token {
    let given = Stamp { by: Actor::server(), at };
    let holder = TokenHolder { customer: CustomerId::parse("C-1").unwrap(), representative: None };
    let (id, serial) = (TokenId::from_bytes([1; 16]), Serial::parse("S-1").unwrap());
    let token = Token::imported(id, serial, device, Seed::new(seed).unwrap(), given.clone());
    Token { life: Life::Assigned(Assignment { holder, given }), ..token }
}

/// Whether the token takes this code now and never again.
fn takes_once(token: &Token, at: Timestamp, code: &str) -> bool {
    let check = |token: &Token| token.check(&Policy::default(), at, &Secret::new(code), None);
    match check(token) {
        Checked::Right(token) => !matches!(check(&token), Checked::Right(_)),
        Checked::Wrong(_) | Checked::Unusable(_) => false,
    }
}

#[test]
fn the_codes_that_oathtool_computes_are_accepted_once() {
    let Some(tool) = program(&["oathtool"]) else {
        return skip("accepting the codes of oathtool", "oathtool");
    };
    let code = |arguments: &[&str], seed: &[u8]| {
        let seed: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        String::from_utf8(run(Command::new(&tool).args(arguments).arg(seed))).unwrap().trim().to_owned()
    };
    let at = DateTime::from_timestamp(1_767_268_800, 0).unwrap();
    let seeds = [SEED.to_vec(), (0..32).collect(), (100..164).collect::<Vec<u8>>()];
    for (seed, digits) in seeds.iter().flat_map(|seed| [6, 7, 8].map(|digits| (seed, digits))) {
        let (length, text) = (Digits::new(digits).unwrap(), digits.to_string());
        for counter in [0, 1, 9, u64::from(u32::MAX) + 5] {
            let code = code(&["--hotp", "-d", &text, "-c", &counter.to_string()], seed);
            let token = in_use(Device::Hotp { digits: length, counter }, seed, at);
            assert!(takes_once(&token, at, &code), "HOTP of {digits} digits, counter {counter}");
            let far = in_use(Device::Hotp { digits: length, counter: counter + 1 }, seed, at);
            assert!(!takes_once(&far, at, &code), "a counter that is past");
        }
        for (algorithm, option) in [
            (HashAlgorithm::Sha1, "--totp=sha1"),
            (HashAlgorithm::Sha256, "--totp=sha256"),
            (HashAlgorithm::Sha512, "--totp=sha512"),
        ] {
            for period in [Period::Thirty, Period::Sixty] {
                let step = format!("{}s", period.seconds());
                let code = code(&[option, "-d", &text, "-s", &step, "-N", "@1767268800"], seed);
                let totp = Totp { algorithm, digits: length, period, t0: 0 };
                let token = in_use(Device::Totp { totp, drift: Drift::ZERO, last_step: None }, seed, at);
                assert!(takes_once(&token, at, &code), "{option}, {digits} digits, {step}");
                let later = at + chrono::TimeDelta::minutes(10);
                assert!(!takes_once(&token, later, &code), "ten minutes later");
            }
        }
    }
}
