//! The address of a caller, also behind proxies.
//!
//! A header that names the caller can be written by anyone, so it is read only on connections from proxies that are trusted
//! by configuration. Each proxy appends whom it got the request from; so the list is read from its end, past proxies that
//! are trusted, to the first address that is not. What stands before that one was written by the caller and is not looked
//! at. Where an entry on that way is no address (`unknown`, RFC 7239 section 6.3), the address of the connection counts.

use http::HeaderMap;
use ipnet::{IpNet, Ipv4Net};
use std::net::{IpAddr, SocketAddr};

/// More entries than any chain of proxies leaves.
const ENTRIES_MAX: usize = 32;

/// Whose headers are believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

/// The header that trusted proxies write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy`
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239)
    Forwarded,
}

impl Proxies {
    /// Reads addresses and networks (`10.0.0.0/8`). `Err` has the position of the first that is neither.
    pub fn parse(list: &[String]) -> Result<Self, usize> {
        let network = |text: &String| {
            text.parse::<IpNet>()
                .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
                .map(|network| canonical(network.trunc()))
        };
        let networks = list.iter().enumerate().map(|(n, text)| network(text).map_err(|_| n));
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this address is one of theirs.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who sent a request that came in from `peer`. The port is 0 where a proxy does not tell it.
    pub fn caller(&self, peer: SocketAddr, headers: &HeaderMap, header: ForwardedHeader) -> SocketAddr {
        if self.contain(peer.ip()) { self.told(headers, header).unwrap_or(peer) } else { peer }
    }

    fn told(&self, headers: &HeaderMap, header: ForwardedHeader) -> Option<SocketAddr> {
        let name = match header {
            ForwardedHeader::XForwardedFor => "x-forwarded-for",
            ForwardedHeader::Forwarded => "forwarded",
        };
        let mut farthest = None;
        let mut seen = 0;
        // Lines of one name are one list, in their order (RFC 9110 section 5.3).
        for line in headers.get_all(name).iter().rev() {
            for entry in (FromEnd { rest: Some(line.as_bytes()), quotes: header == ForwardedHeader::Forwarded }) {
                seen += 1;
                // A quoted value may have bytes that are no text (RFC 9110 section 5.6.4); an address has none.
                let entry = String::from_utf8_lossy(entry.trim_ascii());
                let address = match header {
                    ForwardedHeader::XForwardedFor => address(&entry),
                    ForwardedHeader::Forwarded => forwarded_for(&entry),
                };
                let address = address.filter(|_| seen <= ENTRIES_MAX)?;
                if !self.contain(address.ip()) {
                    return Some(address);
                }
                farthest = Some(address);
            }
        }
        farthest
    }
}

/// IPv4 written as IPv6 (`::ffff:10.0.0.0/104`) is IPv4, as it is for addresses.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(network) => network.addr().to_ipv4_mapped().zip(network.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    mapped.and_then(|(address, length)| Ipv4Net::new(address, length).ok()).map_or(network, IpNet::V4)
}

/// The entries of a line, its last one first: what stands between commas, but not within quotes where there are such.
///
/// A proxy appends to what the caller wrote, in the same line. So an entry is found without a look at what is before it: a quote
/// that the caller left open, or bytes that are no text, must not hide the address that the proxy tells.
struct FromEnd<'a> {
    rest: Option<&'a [u8]>,
    quotes: bool,
}

impl<'a> Iterator for FromEnd<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.rest.take()?;
        let mut quoted = false;
        for (at, byte) in line.iter().enumerate().rev() {
            match byte {
                b'"' if self.quotes => {
                    let slashes = line[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
                    quoted ^= slashes % 2 == 0;
                }
                b',' if !quoted => {
                    self.rest = Some(&line[..at]);
                    return Some(&line[at + 1..]);
                }
                _ => (),
            }
        }
        Some(line)
    }
}

/// The pairs of one element of `Forwarded`: what stands between semicolons, but not within quotes. `None` if a quote stays
/// open, or for a backslash outside quotes: elements are found from the end of the line, and this one may begin elsewhere.
fn pairs(element: &str) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped, mut sound) = (false, false, true);
    let pairs = element.split(|c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '\\' => sound = false,
            '"' => quoted = !quoted,
            ';' if !quoted => return true,
            _ => (),
        }
        false
    });
    let pairs = pairs.map(str::trim).collect();
    (sound && !quoted).then_some(pairs)
}

/// The `for` of one element of `Forwarded`, which has it once.
fn forwarded_for(element: &str) -> Option<SocketAddr> {
    let mut node = None;
    for pair in pairs(element)? {
        let (name, value) = pair.split_once('=')?;
        if name.eq_ignore_ascii_case("for") && node.replace(value).is_some() {
            return None;
        }
    }
    let node = node?;
    address(node.strip_prefix('"').and_then(|node| node.strip_suffix('"')).unwrap_or(node))
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`
fn address(text: &str) -> Option<SocketAddr> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(SocketAddr::new(address.ip().to_canonical(), address.port()));
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address.to_canonical(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ForwardedHeader::{Forwarded, XForwardedFor};

    const PROXY: &str = "10.1.2.3:5000";

    fn caller(peer: &str, header: ForwardedHeader, lines: &[&str]) -> String {
        let proxies = Proxies::parse(&["10.0.0.0/8".into(), "2001:db8:1::/48".into(), "192.0.2.1".into()]).unwrap();
        let name = if header == Forwarded { "forwarded" } else { "x-forwarded-for" };
        let mut headers = HeaderMap::new();
        lines.iter().for_each(|line| {
            headers.append(name, line.parse().unwrap());
        });
        proxies.caller(peer.parse().unwrap(), &headers, header).to_string()
    }

    #[test]
    fn the_last_address_that_is_no_trusted_proxy_is_the_caller() {
        for (lines, expected) in [
            (&["203.0.113.7"][..], "203.0.113.7:0"),
            (&["203.0.113.7:4711"], "203.0.113.7:4711"),
            (&["203.0.113.7, 10.9.9.9"], "203.0.113.7:0"),
            (&["6.6.6.6, 203.0.113.7, 10.9.9.9,192.0.2.1"], "203.0.113.7:0"),
            (&["6.6.6.6", "203.0.113.7", "10.9.9.9"], "203.0.113.7:0"),
            (&["nonsense, 203.0.113.7"], "203.0.113.7:0"),
            (&["2001:db8:7::1"], "[2001:db8:7::1]:0"),
            (&["[2001:db8:7::1]:80, 2001:db8:1::9"], "[2001:db8:7::1]:80"),
            (&["::ffff:203.0.113.7"], "203.0.113.7:0"),
            (&["10.7.7.7, 10.8.8.8"], "10.7.7.7:0"),
        ] {
            assert_eq!(caller(PROXY, XForwardedFor, lines), expected, "{lines:?}");
            assert_eq!(caller("[::ffff:10.1.2.3]:5000", XForwardedFor, lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn whoever_is_not_a_trusted_proxy_cannot_name_another() {
        for peer in ["203.0.113.9:1", "[2001:db8:2::1]:1", "192.0.2.2:1", "127.0.0.1:1"] {
            assert_eq!(caller(peer, XForwardedFor, &["198.51.100.1"]), peer);
            assert_eq!(caller(peer, Forwarded, &["for=198.51.100.1"]), peer);
        }
    }

    #[test]
    fn what_a_caller_wrote_before_a_proxy_appended_to_it_does_not_hide_the_caller() {
        let proxies = Proxies::parse(&["10.0.0.0/8".into()]).unwrap();
        for wrote in
            [&b"\""[..], b"\"a, b", b"a\\", b"x=\"\\", b"for=\"6.6.6.6", b"\xff", b"\xc3\xa9, 6.6.6.6", b",", b";;="]
        {
            for (header, name, appended, expected) in [
                (XForwardedFor, "x-forwarded-for", "203.0.113.7", "203.0.113.7:0"),
                (XForwardedFor, "x-forwarded-for", "203.0.113.7, 10.9.9.9", "203.0.113.7:0"),
                (Forwarded, "forwarded", "for=203.0.113.7", "203.0.113.7:0"),
                (Forwarded, "forwarded", "for=\"[2001:db8::7]:1\";by=\"a,\\\"b\", for=10.9.9.9", "[2001:db8::7]:1"),
                (Forwarded, "forwarded", "for=203.0.113.7;host=\"\u{e9}\"", "203.0.113.7:0"),
            ] {
                // One byte for each character, so that é is not valid UTF-8.
                let appended: Vec<u8> = appended.chars().map(|c| c as u8).collect();
                let line = [wrote, b", ", &appended].concat();
                let name = http::HeaderName::from_static(name);
                let headers = HeaderMap::from_iter([(name, http::HeaderValue::from_bytes(&line).unwrap())]);
                let caller = proxies.caller(PROXY.parse().unwrap(), &headers, header);
                assert_eq!(caller.to_string(), expected, "{}", String::from_utf8_lossy(&line));
            }
        }
    }

    #[test]
    fn what_is_no_address_leaves_that_of_the_connection() {
        let long = vec!["10.0.0.1"; 33].join(",");
        for lines in [&[][..], &[""], &["unknown"], &["203.0.113.7, unknown"], &["203.0.113.7, "], &["1.2.3"], &[&long]]
        {
            assert_eq!(caller(PROXY, XForwardedFor, lines), PROXY, "{lines:?}");
        }
        for lines in [
            &["203.0.113.7"][..],
            &["by=203.0.113.7"],
            &["for=_hidden"],
            &["for=unknown"],
            &["for=203.0.113.7;for=203.0.113.8"],
            &["for=\"203.0.113.7"],
            &["for=\"203.0.113.7, 198.51.100.1"],
            &["for=203.0.113.7;x=\\\"a\""],
            &["for=6.6.6.6;y=, for=203.0.113.7;x=\\\"a\""],
        ] {
            assert_eq!(caller(PROXY, Forwarded, lines), PROXY, "{lines:?}");
        }
        // The other header is not looked at.
        assert_eq!(caller(PROXY, XForwardedFor, &["for=203.0.113.7"]), PROXY);
    }

    #[test]
    fn forwarded_is_read_as_the_rfc_writes_it() {
        for (lines, expected) in [
            (&["for=203.0.113.7"][..], "203.0.113.7:0"),
            (&["For=\"[2001:db8:cafe::17]:4711\""], "[2001:db8:cafe::17]:4711"),
            (&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60:0"),
            (&["for=192.0.2.43, for=198.51.100.17;host=\"a,b;c\\\",d\", for=10.1.1.1"], "198.51.100.17:0"),
        ] {
            assert_eq!(caller(PROXY, Forwarded, lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn networks_and_addresses_are_told_from_what_is_neither() {
        assert!(Proxies::parse(&["10.1.2.3/8".into()]).unwrap().contain("10.200.0.1".parse().unwrap()));
        assert_eq!(Proxies::parse(&["10.0.0.0/8".into(), "proxy.bank.example".into()]).unwrap_err(), 1);
        assert_eq!(Proxies::parse(&["10.0.0.0/33".into()]).unwrap_err(), 0);
    }

    #[test]
    fn a_proxy_written_as_ipv4_within_ipv6_is_ipv4() {
        for mapped in ["::ffff:10.1.2.3", "::ffff:10.1.0.0/112"] {
            assert!(Proxies::parse(&[mapped.into()]).unwrap().contain("10.1.2.3".parse().unwrap()), "{mapped}");
        }
        assert!(!Proxies::parse(&["::/0".into()]).unwrap().contain("10.1.2.3".parse().unwrap()));
    }
}
