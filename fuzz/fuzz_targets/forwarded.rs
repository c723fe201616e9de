//! `X-Forwarded-For` and `Forwarded` (RFC 7239), a line of the header on each line, from any bytes.
//!
//! Only trusted proxies are believed. The address found stands there, and is the one that they tell: whatever a caller
//! wrote before a proxy appended to it, in the same line or in others, changes nothing, nor does what a proxy quotes.

#![no_main]

use countersign_fuzz::front::proxies::{ForwardedHeader, Proxies};
use countersign_fuzz::secrets;
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;

static PROXIES: LazyLock<Proxies> =
    LazyLock::new(|| Proxies::parse(&["10.0.0.0/8".to_owned(), "2001:db8:ffff::/48".to_owned()]).expect("networks"));

/// Proxies that requests come in from, and somebody else.
const PEERS: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)), 5000),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 1)), 5001),
];
const STRANGER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9)), 5000);

/// One of the two headers, and how it is asked.
struct Asked(ForwardedHeader, HeaderName);

impl Asked {
    fn from(&self, peer: SocketAddr, lines: &[HeaderValue]) -> SocketAddr {
        let headers: HeaderMap = lines.iter().map(|line| (self.1.clone(), line.clone())).collect();
        PROXIES.caller(peer, &headers, self.0)
    }

    /// Who sent a request with these lines through a proxy.
    fn caller(&self, lines: &[HeaderValue]) -> SocketAddr {
        self.from(PEERS[0], lines)
    }

    /// An entry as a proxy writes it, which may quote something of the request.
    fn entry(&self, address: SocketAddr, quoted: Option<&[u8]>) -> Vec<u8> {
        if self.0 == ForwardedHeader::XForwardedFor {
            return address.to_string().into_bytes();
        }
        let mut entry = format!("for=\"{address}\"").into_bytes();
        if let Some(quoted) = quoted {
            let escape = |byte: &u8| if matches!(byte, b'\\' | b'"') { vec![b'\\', *byte] } else { vec![*byte] };
            let escaped: Vec<u8> = quoted.iter().flat_map(escape).collect();
            entry = [b"proto=https;host=\"", &*escaped, b"\";", &entry].concat();
        }
        entry
    }

    /// Whether quotes in a line mean the same from its beginning and from its end, and are closed.
    fn is_sound(&self, line: &HeaderValue) -> bool {
        let bytes = line.as_bytes();
        self.0 == ForwardedHeader::XForwardedFor
            || !bytes.contains(&b'\\') && bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 0
    }
}

fn line(parts: &[&[u8]]) -> HeaderValue {
    HeaderValue::from_bytes(&parts.concat()).expect("a line of a header")
}

/// Whether an address stands in a text. Addresses have more than one spelling.
fn stands_in(address: IpAddr, text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit() && !matches!(c, '.' | ':'));
    words.any(|word| {
        let socket = word.parse::<SocketAddr>().map(|socket| socket.ip());
        socket.or_else(|_| word.parse::<IpAddr>()).is_ok_and(|found| found.to_canonical() == address)
    })
}

fuzz_target!(|data: &[u8]| {
    let lines = data.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok());
    let lines: Vec<_> = lines.collect();
    let choice = |choices: usize| secrets::choice(data, choices);
    let Some(wrote) = lines.get(choice(lines.len().max(1))) else { return };
    for asked in [
        Asked(ForwardedHeader::XForwardedFor, HeaderName::from_static("x-forwarded-for")),
        Asked(ForwardedHeader::Forwarded, HeaderName::from_static("forwarded")),
    ] {
        assert_eq!(asked.from(STRANGER, &lines), STRANGER, "only proxies are believed");
        let caller = asked.caller(&lines);
        let readable = asked.from(PEERS[1], &lines) == caller;
        if readable {
            let texts: Vec<_> = lines.iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
            assert!(texts.iter().any(|text| stands_in(caller.ip(), text)), "{caller} is not in {texts:?}");
        }
        // Nobody can put words before those of proxies that change what those say.
        if (!readable || !PROXIES.contain(caller.ip())) && lines.iter().all(|line| asked.is_sound(line)) {
            let before = [&[wrote.clone()], &*lines].concat();
            assert_eq!(asked.caller(&before), caller, "{wrote:?} in a line before {lines:?}");
            let mut before = lines.clone();
            before[0] = line(&[wrote.as_bytes(), b", ", lines[0].as_bytes()]);
            assert_eq!(asked.caller(&before), caller, "{wrote:?} in the line of {lines:?}");
        }

        // A proxy appends whom it got the request from; others behind it do the same.
        let digits = secrets::seed(data, 16);
        let outside = match Ipv6Addr::from_bits(u128::from_be_bytes(digits.clone().try_into().expect("16"))) {
            _ if digits[0] % 2 == 0 => IpAddr::from([203, 0, 113, digits[1]]),
            address => IpAddr::from(address),
        };
        let outside = SocketAddr::new(outside, u16::from(digits[2]));
        assert!(!PROXIES.contain(outside.ip()), "{outside}");
        let quoted = Some(wrote.as_bytes());
        let mut told = asked.entry(outside, quoted);
        let mut own_line = vec![];
        for n in 0..choice(4) {
            let proxy = asked.entry(PEERS[(n + choice(2)) % 2], quoted.filter(|_| digits[3 + n] % 2 == 0));
            if digits[8 + n] % 2 == 0 {
                told.extend_from_slice(b" ,");
                told.extend_from_slice(&proxy);
            } else {
                own_line.push(line(&[&proxy]));
            }
        }
        let mut appended = lines.clone();
        let last = appended.pop().expect("at least one");
        appended.push(line(&[last.as_bytes(), b",", &told]));
        appended.append(&mut own_line);
        assert_eq!(asked.caller(&appended), outside, "{appended:?}");
    }
});
