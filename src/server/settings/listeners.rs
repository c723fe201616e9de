//! Certificates, whose client certificates are whose, and trusted proxies.

use crate::api::certificate::{Bindings, Pattern};
use crate::config::listener::{ClientCertificates, Tls as TlsConfig};
use crate::config::{Config, ForwardedHeader, Problems};
use crate::domain::client::ClientId;
use crate::domain::operator::Actor;
use crate::domain::ports::Clock;
use crate::front::{self, Clients, Proxies, Tls, TlsOptions};
use chrono::TimeDelta;
use data_encoding::HEXLOWER;
use std::sync::Arc;

/// Somebody should have renewed a certificate that is good for less than this.
const EXPIRES_SOON: TimeDelta = TimeDelta::days(14);

/// What the listeners need.
pub struct Listeners {
    /// TLS of the bank's listener.
    pub bank_tls: Option<Arc<Tls>>,
    /// TLS of the operators' listener.
    pub operator_tls: Option<Arc<Tls>>,
    /// Whose word is taken for a caller's address.
    pub proxies: Proxies,
    /// Where they say it.
    pub forwarded_header: front::ForwardedHeader,
    /// Which certificate is which client's.
    pub clients: Bindings<ClientId>,
    /// Which certificate is which operator's.
    pub operators: Bindings<Actor>,
    /// What is allowed but easily an oversight.
    pub notes: Vec<String>,
    unnamed_proxies: [(&'static str, bool); 2],
}

impl Listeners {
    /// Whether all calls of this listener come from one address, as far as the server can tell.
    pub fn one_address(&self, listener: &str) -> bool {
        self.unnamed_proxies.contains(&(listener, true))
    }
}

/// Reads files and patterns. `None` if there are problems.
pub(super) fn judge(config: &Config, clock: &dyn Clock, problems: &mut Problems) -> Option<Listeners> {
    let server = &config.server;
    let proxies = Proxies::parse(&server.trusted_proxies).map_err(|n| {
        problems
            .add(&format!("server.trusted_proxies[{n}]"), "must be an address or a network, such as \"10.0.0.0/8\"");
    });
    let forwarded_header = match server.forwarded_header {
        ForwardedHeader::XForwardedFor => front::ForwardedHeader::XForwardedFor,
        ForwardedHeader::Forwarded => front::ForwardedHeader::Forwarded,
    };
    let mut notes = Vec::new();
    if server.behind_tls_proxy && server.trusted_proxies.is_empty() {
        notes.push(
            "server.trusted_proxies is empty: all callers have the proxy's address, and limits for one address are \
             limits for all"
                .to_owned(),
        );
    }
    let mut tls = |table: &str, tls: Option<(TlsOptions, bool)>| match tls {
        None => Ok(None),
        Some((options, served)) => loaded(table, options, served, clock, &mut notes, problems).map(Some),
    };
    // An API that is not served needs no files.
    let bank_tls = tls("server.tls", server.tls.as_ref().map(|tls| (options(tls), true)));
    let operator_tls =
        tls("operator.tls", config.operator.tls.as_ref().map(|tls| (options(tls), config.operator.enabled)));
    let clients = server.tls.as_ref().map(|tls| {
        bindings("server.tls", tls, problems, |binding| {
            let pattern = [&binding.subject, &binding.dns, &binding.uri, &binding.sha256];
            (pattern, ("client_id", ClientId::parse(&binding.client_id).map_err(|problem| problem.to_string())))
        })
    });
    let operators = config.operator.tls.as_ref().map(|tls| {
        bindings("operator.tls", tls, problems, |binding| {
            let pattern = [&binding.subject, &binding.dns, &binding.uri, &binding.sha256];
            (pattern, ("operator", Actor::parse(&binding.operator).map_err(|problem| problem.to_string())))
        })
    });
    let unnamed = |behind: bool| behind && server.trusted_proxies.is_empty();
    Some(Listeners {
        bank_tls: bank_tls.ok()?.flatten(),
        operator_tls: operator_tls.ok()?.flatten(),
        proxies: proxies.ok()?,
        forwarded_header,
        clients: clients.unwrap_or_default(),
        operators: operators.unwrap_or_default(),
        notes,
        unnamed_proxies: [
            ("bank", unnamed(server.behind_tls_proxy)),
            ("operator", unnamed(config.operator.behind_tls_proxy)),
        ],
    })
}

fn options<W>(tls: &TlsConfig<W>) -> TlsOptions {
    let required = match tls.client_certificates {
        ClientCertificates::None => None,
        ClientCertificates::Optional => Some(false),
        ClientCertificates::Required => Some(true),
    };
    let clients = tls.client_ca_file.clone().zip(required);
    TlsOptions {
        certificate_file: tls.certificate_file.clone(),
        key_file: tls.key_file.clone(),
        clients: clients.map(|(ca_file, required)| Clients {
            ca_file,
            crl_file: tls.client_crl_file.clone(),
            required,
        }),
    }
}

fn loaded(
    table: &str,
    options: TlsOptions,
    served: bool,
    clock: &dyn Clock,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> Result<Option<Arc<Tls>>, ()> {
    if !served {
        return Ok(None);
    }
    let file = options.certificate_file.display().to_string();
    let tls = Tls::load(options).map_err(|front::TlsError { key, problem }| {
        problems.add(&format!("{table}.{key}"), problem);
    })?;
    let (now, expires) = (clock.now(), tls.expires());
    if expires <= now {
        notes.push(format!("{table}.certificate_file: {file} has expired, on {}", expires.date_naive()));
    } else if expires - now < EXPIRES_SOON {
        notes.push(format!("{table}.certificate_file: {file} expires soon, on {}", expires.date_naive()));
    }
    Ok(Some(Arc::new(tls)))
}

/// The keys of an entry that say which certificate it is: subject, dns, uri, sha256.
type Said<'a> = [&'a Option<String>; 4];

fn bindings<'a, W, T: PartialEq>(
    table: &str,
    tls: &'a TlsConfig<W>,
    problems: &mut Problems,
    read: impl Fn(&'a W) -> (Said<'a>, (&'static str, Result<T, String>)),
) -> Bindings<T> {
    let mut bindings: Vec<(Pattern, T)> = Vec::new();
    for (n, binding) in tls.clients.iter().enumerate() {
        let key = |name: &str| format!("{table}.clients[{n}].{name}");
        let ([subject, dns, uri, sha256], (name, holder)) = read(binding);
        let fingerprint = sha256.as_deref().map(fingerprint);
        if fingerprint == Some(None) {
            problems.add(&key("sha256"), "must have 64 hexadecimal digits, with or without colons");
        }
        let pattern = Pattern {
            subject: subject.clone(),
            dns: dns.as_ref().map(|dns| dns.to_ascii_lowercase()),
            uri: uri.clone(),
            fingerprint: fingerprint.flatten(),
        };
        if [subject, dns, uri, sha256].iter().all(|said| said.is_none()) {
            problems.add(
                &format!("{table}.clients[{n}]"),
                "needs subject, dns, uri or sha256: without any of them it fits no certificate",
            );
        }
        if bindings.iter().any(|(other, _)| *other == pattern) {
            problems
                .add(&format!("{table}.clients[{n}]"), "says of a certificate what an entry above says: take one out");
        }
        match holder {
            Ok(holder) => bindings.push((pattern, holder)),
            Err(problem) => problems.add(&key(name), problem),
        }
    }
    Bindings::new(bindings)
}

fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits = text.replace(':', "").to_ascii_lowercase();
    HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()
}
