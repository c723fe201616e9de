use super::*;
use std::io::Read;

/// A file made while it is read: a start, one piece per number, and an end.
pub(super) struct Made<F> {
    pieces: F,
    next: u64,
    count: u64,
    piece: std::io::Cursor<String>,
    end: &'static str,
}

/// See [`Made`].
pub(super) fn made<F: Fn(u64) -> String>(start: String, count: u64, pieces: F, end: &'static str) -> Made<F> {
    Made { pieces, next: 0, count, piece: std::io::Cursor::new(start), end }
}

impl<F: Fn(u64) -> String> Read for Made<F> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.piece.read(out)?;
        if length > 0 || out.is_empty() || self.next > self.count {
            return Ok(length);
        }
        let piece = if self.next == self.count { self.end.to_owned() } else { (self.pieces)(self.next) };
        self.next += 1;
        self.piece = std::io::Cursor::new(piece);
        self.read(out)
    }
}

fn pskc_file(count: u64) -> impl Read {
    let start = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pskc:KeyContainer \
                 xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\" Version=\"1.0\">\n";
    let package = |n| {
        format!(
            "<pskc:KeyPackage>\n <pskc:DeviceInfo>\n  <pskc:Manufacturer>Acme</pskc:Manufacturer>\n  \
             <pskc:SerialNo>{n:08}</pskc:SerialNo>\n </pskc:DeviceInfo>\n <pskc:Key Id=\"{n}\" \
             Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:totp\">\n  <pskc:Issuer>Bank</pskc:Issuer>\n  \
             <pskc:AlgorithmParameters>\n   <pskc:ResponseFormat Length=\"6\" Encoding=\"DECIMAL\"/>\n  \
             </pskc:AlgorithmParameters>\n  <pskc:Data>\n   <pskc:Secret>\n    \
             <pskc:PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</pskc:PlainValue>\n   </pskc:Secret>\n   <pskc:TimeInterval>\n    \
             <pskc:PlainValue>30</pskc:PlainValue>\n   </pskc:TimeInterval>\n  </pskc:Data>\n </pskc:Key>\n\
             </pskc:KeyPackage>\n"
        )
    };
    made(start.to_owned(), count, package, "</pskc:KeyContainer>\n")
}

fn csv_file(count: u64) -> impl Read {
    let line = |n| format!("T-{n:08},3132333435363738393031323334353637383930,totp,6,30,Acme\n");
    made("serial,seed,type,digits,period,manufacturer\n".to_owned(), count, line, "")
}

fn pskc_entries(count: u64) -> impl Iterator<Item = Result<TokenEntry, Problem>> {
    pskc::read(pskc_file(count), pskc::Options::default())
}

fn csv_entries(count: u64) -> impl Iterator<Item = Result<TokenEntry, Problem>> {
    csv::read(csv_file(count), csv::Options::default())
}

/// The most memory that this process ever had, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// In a process of its own, for other tests use memory, too.
#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_keys_take_no_more_memory_than_a_thousand() {
    const CHILD: &str = "COUNTERSIGN_TEST_PEAK_MEMORY";
    const NAME: &str = "tokenfile::tests::a_hundred_thousand_keys_take_no_more_memory_than_a_thousand";
    if std::env::var_os(CHILD).is_none() {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let output = child.args(["--exact", NAME, "--nocapture"]).env(CHILD, "1").output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
        return;
    }
    let read = |count| {
        assert_eq!(pskc_entries(count).filter(Result::is_ok).count() as u64, count);
        assert_eq!(csv_entries(count).filter(Result::is_ok).count() as u64, count);
        peak_kib()
    };
    let (few, many) = (read(1_000), read(100_000));
    assert!(many - few < 2048, "{few} KiB for 1,000 keys, {many} KiB for 100,000");
}

#[test]
fn an_entry_and_a_problem_show_no_seed() {
    let entry = csv_entries(1).next().unwrap().unwrap();
    let shown = format!("{entry:?}");
    assert!(shown.starts_with("TokenEntry { line: 2, serial: \"T-00000000\", kind: Totp"), "{shown}");
    assert!(!shown.contains("3132") && !shown.contains("49, 50"), "{shown}");
}

#[test]
fn a_use_is_allowed_if_it_was_named_or_none_was() {
    assert!(Usage::ANY.allows(KeyUse::Otp) && Usage::ANY.allows(KeyUse::Generate));
    let usage = Usage::of([KeyUse::Otp, KeyUse::Generate]);
    assert!(usage.allows(KeyUse::Otp) && usage.allows(KeyUse::Generate) && !usage.allows(KeyUse::ChallengeResponse));
}
