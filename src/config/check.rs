//! What can be judged of a configuration without the rest of the program; the domain's part is judged where the domain
//! is known.

use super::delivery::{Sms, SmtpTls};
use super::listener::check_clear;
use super::problems::Problems;
use super::{Config, Retention, issuers};

impl Config {
    pub(super) fn check(&self, problems: &mut Problems) {
        let server = &self.server;
        problems.within("server.body_timeout_secs", server.body_timeout_secs, 1, 60);
        problems.within("server.handler_timeout_secs", server.handler_timeout_secs, 1, 120);
        problems.within("server.shutdown_delay_secs", server.shutdown_delay_secs, 0, 60);
        problems.within("server.shutdown_grace_secs", server.shutdown_grace_secs, 1, 300);
        problems.within("server.throttle.per_minute", server.throttle.per_minute.into(), 1, 1_000_000);
        problems.within("server.throttle.burst", server.throttle.burst.into(), 1, 1_000_000);
        check_clear("server", server.listen, server.tls.is_some(), server.behind_tls_proxy, problems);
        if let Some(tls) = &server.tls {
            tls.check("server.tls", problems);
        }
        server.connections.check("server.connections", problems);
        if let Err(problem) = base_path(&server.dbx_base_path) {
            problems.add("server.dbx_base_path", problem);
        }
        for (n, origin) in server.cors_origins.iter().enumerate() {
            if let Err(problem) = web_origin(origin) {
                problems.add(&format!("server.cors_origins[{n}]"), problem);
            }
        }
        let Retention { flows_days, messages_days, addresses_days } = self.retention;
        problems.within("retention.flows_days", flows_days.into(), 1, 3650);
        for (key, days) in [("retention.messages_days", messages_days), ("retention.addresses_days", addresses_days)] {
            problems.within(key, days.into(), 1, 3650);
            if days > flows_days && (1..=3650).contains(&days) && flows_days > 0 {
                let told = format_args!("is {days}, more than retention.flows_days: set it to {flows_days} or less");
                problems.add(key, told);
            }
        }
        self.store.check(problems);
        if self.keys.is_empty() {
            problems.add("keys", "at least one server key is needed");
        }
        for (n, key) in self.keys.iter().enumerate() {
            let variable = key.variable();
            if self.keys[..n].iter().any(|other| other.variable() == variable) {
                problems.add(
                    &format!("keys[{n}].id"),
                    "must not be there twice (upper and lower case, `-` and `_` count as equal)",
                );
            }
            match (&key.file, &key.command) {
                (Some(_), Some(_)) => problems
                    .add(&format!("keys[{n}].command"), "must not be there together with `file`: take one of them out"),
                (None, None) if key.secret.is_none() => problems.add(
                    &format!("keys[{n}]"),
                    format_args!("needs `file` or `command`, or {variable} in the environment"),
                ),
                _ => (),
            }
        }
        issuers::check(&self.issuers, self.bne.enabled, problems);
        self.limits.check(problems);
        self.check_delivery(problems);
        self.bne.check(problems);
        self.siem.check(problems);
        self.audit.check(problems);
        self.operator.check(server.listen, problems);
    }

    fn check_delivery(&self, problems: &mut Problems) {
        let delivery = &self.delivery;
        problems.within("delivery.wait_for_provider_secs", delivery.wait_for_provider_secs, 1, 30);
        if delivery.wait_for_provider_secs >= self.server.handler_timeout_secs {
            problems.add(
                "delivery.wait_for_provider_secs",
                format_args!(
                    "must be below server.handler_timeout_secs: {} is not below {}; callers would be told 503 while a provider is slow",
                    delivery.wait_for_provider_secs, self.server.handler_timeout_secs
                ),
            );
        }
        if let Some(smtp) = &delivery.smtp {
            problems.within("delivery.smtp.timeout_secs", smtp.timeout_secs, 1, 60);
            problems.within("delivery.smtp.connect_timeout_secs", smtp.connect_timeout_secs, 1, 60);
            match (&smtp.username, &smtp.password) {
                (Some(_), None) if smtp.password_file.is_none() => {
                    problems.add(
                        "delivery.smtp.username",
                        "needs `password_file`, or COUNTERSIGN_SMTP_PASSWORD in the environment",
                    );
                }
                (None, Some(_)) => problems.add("delivery.smtp", "needs `username`, since it has a password"),
                (Some(_), Some(_)) if smtp.tls == SmtpTls::NoneOnTrustedNetwork => {
                    problems.add(
                        "delivery.smtp.tls",
                        "must be \"starttls\" or \"implicit\": a password is never sent over an unprotected connection",
                    );
                }
                _ => (),
            }
        }
        if let Some(Sms::Http(sms)) = &delivery.sms {
            let key = |name: &str| format!("delivery.sms.http.{name}");
            problems.within(&key("timeout_secs"), sms.timeout_secs, 1, 60);
            problems.within(&key("connect_timeout_secs"), sms.connect_timeout_secs, 1, 60);
            let [first, last] = sms.success_status;
            if !(200..=299).contains(&first) || !(first..=299).contains(&last) {
                problems.add(&key("success_status"), "must be the first and the last of a range within 200 to 299");
            }
            match (&sms.username, &sms.password, &sms.token) {
                (Some(_), _, Some(_)) => problems
                    .add(&key("username"), "must not be there together with a token: take `username` or the token out"),
                (Some(_), None, _) if sms.password_file.is_none() => problems
                    .add(&key("username"), "needs `password_file`, or COUNTERSIGN_SMS_PASSWORD in the environment"),
                (None, Some(_), _) => problems.add("delivery.sms.http", "needs `username`, since it has a password"),
                _ => (),
            }
        }
    }
}

/// The first segments of paths that are no API family's.
const OWN_PATHS: [&str; 6] = ["livez", "readyz", "metrics", "docs", "openapi", "dev"];

pub(super) fn base_path(text: &str) -> Result<(), &'static str> {
    // Clients take `.` and `..` out of a path before they send it, so nobody could ever call it.
    let dots = |s: &str| matches!(s, "." | "..");
    let segment =
        |s: &str| !s.is_empty() && !dots(s) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    match text.strip_prefix('/') {
        Some(rest) if rest.split('/').next().is_some_and(|first| OWN_PATHS.contains(&first)) => {
            Err("must not begin like a path of the server's own: livez, readyz, metrics, docs, openapi, dev")
        }
        Some(rest) if rest.split('/').all(segment) => Ok(()),
        None if text.is_empty() => Ok(()),
        _ => Err("must be empty, or `/` and path segments of letters, digits and -._~, without a slash at the end"),
    }
}

/// Origins are compared as browsers write them (RFC 6454 §6.2): in lower case, without the scheme's own port. Any other
/// spelling would never match, and nobody would know why.
fn web_origin(text: &str) -> Result<(), &'static str> {
    let form = "must be a web origin, scheme and host: https://bank.example, without a path; `*` is not taken";
    let schemes = [("https://", 443), ("http://", 80)];
    let known = schemes.iter().find_map(|(scheme, port)| Some((text.strip_prefix(scheme)?, port)));
    let (rest, usual_port) = known.ok_or(form)?;
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let of = |text: &str, also: &[u8]| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || also.contains(&b))
    };
    if !inner.map_or_else(|| of(host, b".-"), |address| of(address, b":.")) {
        return Err(if host.bytes().any(|b| b.is_ascii_uppercase()) { "must be written in lower case" } else { form });
    }
    match port.map(|text| text.parse::<u16>().ok().filter(|port| *port > 0 && port.to_string() == text)) {
        Some(None) => Err("must have a port of 1 to 65535, or none"),
        Some(Some(port)) if port == *usual_port => Err("must be written without the port that its scheme has anyway"),
        _ => Ok(()),
    }
}
