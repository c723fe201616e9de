//! `[siem]`: the ArcSight feed.

use super::problems::Problems;
use serde::Deserialize;
use std::path::PathBuf;

/// `[siem]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Siem {
    /// How this machine is called in messages; absent, the system's name.
    pub hostname: Option<String>,
    /// The syslog facility.
    pub facility: u8,
    /// Events in memory that wait for the disk.
    pub queue_max: usize,
    /// The log file; absent, none is written.
    pub file: Option<File>,
    /// The way to the SIEM; absent, nothing leaves.
    pub transport: Option<Transport>,
    /// Where events wait for the SIEM.
    pub spool: Option<Spool>,
}

impl Default for Siem {
    fn default() -> Self {
        Self { hostname: None, facility: 10, queue_max: 10_000, file: None, transport: None, spool: None }
    }
}

/// `[siem.file]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The file that is written to.
    pub path: PathBuf,
    /// When it is replaced.
    #[serde(default = "File::rotate_bytes")]
    pub rotate_bytes: u64,
    /// How many old ones are kept.
    #[serde(default = "File::keep")]
    pub keep: u32,
}

impl File {
    fn rotate_bytes() -> u64 {
        100 * 1024 * 1024
    }
    fn keep() -> u32 {
        10
    }
}

/// `[siem.transport.<kind>]`: the name of the table says which.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Protected.
    Tls(Tls),
    /// Personal data crosses the network in clear. Must be spelled out.
    TcpOnTrustedNetwork(Tcp),
    /// The same, and what is lost on the way is lost without a word.
    UdpOnTrustedNetwork(Udp),
}

/// `[siem.transport.tls]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The SIEM, `host:port`.
    pub address: String,
    /// The name its certificate must have; absent, the host of `address`.
    pub server_name: Option<String>,
    /// A file with the certificates to trust instead of the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// A file with our certificate and what leads to its authority, PEM.
    pub certificate_file: Option<PathBuf>,
    /// A file with its private key, PEM.
    pub key_file: Option<PathBuf>,
    /// The longest message.
    #[serde(default = "message_max_bytes")]
    pub message_max_bytes: usize,
}

/// `[siem.transport.tcp_on_trusted_network]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tcp {
    /// The SIEM, `host:port`.
    pub address: String,
    /// The longest message.
    #[serde(default = "message_max_bytes")]
    pub message_max_bytes: usize,
}

/// `[siem.transport.udp_on_trusted_network]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Udp {
    /// The SIEM, `host:port`.
    pub address: String,
    /// The longest datagram.
    #[serde(default = "datagram_max_bytes")]
    pub datagram_max_bytes: usize,
}

fn message_max_bytes() -> usize {
    8192
}

fn datagram_max_bytes() -> usize {
    1400
}

/// `[siem.spool]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spool {
    /// Its directory, for this server alone.
    pub directory: PathBuf,
    /// How large it may get.
    #[serde(default = "Spool::bytes_max")]
    pub bytes_max: u64,
    /// How long events are kept for a SIEM that is down.
    #[serde(default = "Spool::age_max_hours")]
    pub age_max_hours: u32,
    /// How long an event may be in the system's cache only.
    #[serde(default = "Spool::sync_millis")]
    pub sync_millis: u64,
}

impl Spool {
    fn bytes_max() -> u64 {
        256 * 1024 * 1024
    }
    fn age_max_hours() -> u32 {
        168
    }
    fn sync_millis() -> u64 {
        1000
    }
}

impl Siem {
    pub(super) fn place(&mut self, place: impl Fn(&mut PathBuf)) {
        if let Some(file) = &mut self.file {
            place(&mut file.path);
        }
        if let Some(spool) = &mut self.spool {
            place(&mut spool.directory);
        }
        if let Some(Transport::Tls(tls)) = &mut self.transport {
            [&mut tls.ca_file, &mut tls.certificate_file, &mut tls.key_file].into_iter().flatten().for_each(place);
        }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.within("siem.facility", self.facility.into(), 0, 23);
        problems.within("siem.queue_max", self.queue_max as u64, 100, 1_000_000);
        if let Some(name) = &self.hostname
            && (!(1..=255).contains(&name.len()) || !name.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            problems.add("siem.hostname", "has 1 to 255 visible ASCII characters");
        }
        if let Some(file) = &self.file {
            problems.within("siem.file.rotate_bytes", file.rotate_bytes, 1024 * 1024, 1 << 40);
            problems.within("siem.file.keep", file.keep.into(), 0, 1000);
        }
        match &self.transport {
            Some(Transport::Tls(tls)) => {
                problems.within("siem.transport.tls.message_max_bytes", tls.message_max_bytes as u64, 2048, 65_535);
                if tls.certificate_file.is_some() != tls.key_file.is_some() {
                    problems.add("siem.transport.tls", "has certificate_file and key_file, or neither");
                }
            }
            Some(Transport::TcpOnTrustedNetwork(tcp)) => {
                let key = "siem.transport.tcp_on_trusted_network.message_max_bytes";
                problems.within(key, tcp.message_max_bytes as u64, 2048, 65_535);
            }
            Some(Transport::UdpOnTrustedNetwork(udp)) => {
                let key = "siem.transport.udp_on_trusted_network.datagram_max_bytes";
                problems.within(key, udp.datagram_max_bytes as u64, 1024, 65_507);
            }
            None => (),
        }
        match (&self.transport, &self.spool) {
            (Some(_), None) => problems.add("siem.spool", "is needed where there is a transport"),
            (None, Some(_)) => problems.add("siem.transport", "is needed where there is a spool"),
            _ => (),
        }
        if let Some(spool) = &self.spool {
            problems.within("siem.spool.bytes_max", spool.bytes_max, 16 * 1024 * 1024, 1 << 40);
            problems.within("siem.spool.age_max_hours", spool.age_max_hours.into(), 1, 8760);
            problems.within("siem.spool.sync_millis", spool.sync_millis, 10, 60_000);
        }
    }
}
