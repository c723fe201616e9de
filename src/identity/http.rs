//! Fetches a key set over HTTP.
//!
//! The address is the configured one, and nothing leads away from it: redirects are answers like any other that is not a
//! key set, the environment's proxies are not used, and a token has no say. It is an `https` one; `http` is taken for
//! this machine only, and must be asked for. The answer is bounded in size and time.

use super::{Fetch, FetchError, Fetched};
use crate::domain::ports::with_causes;
use async_trait::async_trait;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use reqwest::{Certificate, Client, Url};
use std::net::IpAddr;
use std::time::Duration;

/// The longest key set that is read, in bytes.
pub const ANSWER_MAX: usize = 256 * 1024;

/// An address, and how to ask it.
#[derive(Clone, Debug)]
pub struct HttpFetchOptions {
    /// The address.
    pub url: String,
    /// Allows an `http:` address on this machine.
    pub plain_http: bool,
    /// Certification authorities (PEM) that are trusted instead of the system's.
    pub authorities: Option<String>,
    /// For reaching the service.
    pub connect_timeout: Duration,
    /// For one fetch in all.
    pub timeout: Duration,
}

/// An option that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} {problem}")]
pub struct SetupError {
    /// Which: a field of [`HttpFetchOptions`].
    pub key: &'static str,
    /// What would be right.
    pub problem: String,
}

/// Asks one address.
#[derive(Debug)]
pub struct HttpFetch {
    url: Url,
    client: Client,
    timeout: Duration,
}

impl HttpFetch {
    /// Checks the options; connects to nothing yet.
    pub fn new(options: &HttpFetchOptions) -> Result<Self, SetupError> {
        let url = address(options).map_err(|problem| SetupError { key: "url", problem })?;
        let mut builder = Client::builder()
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .https_only(url.scheme() == "https")
            // Minutes pass between two fetches; a connection kept for that long is one that may be dead.
            .pool_max_idle_per_host(0)
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
        let wrong = |error: reqwest::Error| SetupError { key: "authorities", problem: with_causes(&error) };
        if let Some(pem) = &options.authorities {
            let authorities = Certificate::from_pem_bundle(pem.as_bytes()).map_err(wrong)?;
            if authorities.is_empty() {
                let problem = "holds no PEM certificate".to_owned();
                return Err(SetupError { key: "authorities", problem });
            }
            builder = builder.tls_certs_only(authorities);
        }
        Ok(Self { url, client: builder.build().map_err(wrong)?, timeout: options.timeout })
    }

    fn failed(&self, error: &reqwest::Error) -> FetchError {
        if error.is_timeout() {
            return FetchError { outcome: "timeout", problem: format!("no whole answer within {:?}", self.timeout) };
        }
        FetchError { outcome: "unreachable", problem: with_causes(error) }
    }
}

#[async_trait]
impl Fetch for HttpFetch {
    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let mut answer = self.client.get(self.url.clone()).send().await.map_err(|error| self.failed(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError { outcome: "status", problem: format!("the answer is {}", answer.status()) });
        }
        let max_age = max_age(answer.headers());
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failed(&error))? {
            if bytes.len() + chunk.len() > ANSWER_MAX {
                let problem = format!("the answer is longer than {ANSWER_MAX} bytes");
                return Err(FetchError { outcome: "too_large", problem });
            }
            bytes.extend_from_slice(&chunk);
        }
        let not_text = |_| FetchError { outcome: "refused", problem: "the answer is not UTF-8 text".to_owned() };
        Ok(Fetched { text: String::from_utf8(bytes).map_err(not_text)?, max_age })
    }
}

fn address(options: &HttpFetchOptions) -> Result<Url, String> {
    let url = Url::parse(&options.url).map_err(|error| format!("must be a URL: {error}"))?;
    let here = || match url.host_str().map(|host| host.trim_matches(['[', ']'])) {
        Some(host) => host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    let problem = match url.scheme() {
        "https" => None,
        "http" if !here() => Some("must be an https URL: whoever is on the way could put keys of his own there"),
        "http" if !options.plain_http => Some("must be an https URL, or plain_http must be true"),
        "http" => None,
        _ => Some("must be an https URL"),
    };
    let personal = !url.username().is_empty() || url.password().is_some();
    let problem = problem.or(personal.then_some("must not hold a user or password"));
    let problem = problem.or(url.fragment().map(|_| "must not have a fragment"));
    problem.map_or(Ok(url), |problem| Err(problem.to_owned()))
}

/// How long an answer is fresh (RFC 9111 §5.2.2), as far as it matters here.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let directives = values.flat_map(|value| value.split(',')).map(|text| text.trim().to_ascii_lowercase());
    let mut found = None;
    for directive in directives {
        match directive.split_once('=').map_or((directive.as_str(), ""), |(name, value)| (name, value)) {
            ("no-cache" | "no-store", _) => return Some(Duration::ZERO),
            // A number too large to be one is a long time (RFC 9111 §1.2.2).
            ("max-age", seconds) if seconds.bytes().all(|byte| byte.is_ascii_digit()) && !seconds.is_empty() => {
                found = Some(Duration::from_secs(seconds.parse::<u32>().unwrap_or(u32::MAX).into()));
            }
            _ => (),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn options(url: &str) -> HttpFetchOptions {
        let (connect_timeout, timeout) = (Duration::from_secs(1), Duration::from_secs(1));
        HttpFetchOptions { url: url.to_owned(), plain_http: false, authorities: None, connect_timeout, timeout }
    }

    #[test]
    fn addresses_are_https_or_on_this_machine_and_asked_for() {
        let taken = |url: &str, plain_http| HttpFetch::new(&HttpFetchOptions { plain_http, ..options(url) }).is_ok();
        for good in ["https://id.bank.example/jwks?tenant=1", "https://127.0.0.1:8443/"] {
            assert!(taken(good, false), "{good}");
        }
        for local in ["http://127.0.0.1:1/jwks", "http://localhost/", "http://[::1]:80/"] {
            assert_eq!([taken(local, false), taken(local, true)], [false, true], "{local}");
        }
        for bad in [
            "http://id.bank.example/jwks",
            "http://localhost.eve.example/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "https://user@id.bank.example/",
            "https://:secret@id.bank.example/",
            "https://id.bank.example/#a",
            "file:///etc/passwd",
            "data:application/json,{}",
            "id.bank.example/jwks",
            "",
        ] {
            assert!(!taken(bad, true), "{bad}");
        }
    }

    #[test]
    fn authorities_are_certificates() {
        for bad in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let with = HttpFetchOptions { authorities: Some(bad.into()), ..options("https://id.bank.example/") };
            assert_eq!(HttpFetch::new(&with).unwrap_err().key, "authorities", "{bad:?}");
        }
    }

    #[test]
    fn answers_say_how_long_they_are_fresh() {
        // Several headers of the name are separated by a bar.
        for (values, seconds) in [
            ("public", None),
            ("max-age=60", Some(60)),
            ("public, Max-Age=60, must-revalidate", Some(60)),
            ("public|max-age=60", Some(60)),
            ("max-age=60, no-store", Some(0)),
            ("no-cache", Some(0)),
            ("max-age=-1", None),
            ("max-age=", None),
            ("max-age=\"60\"", None),
            ("max-age=99999999999999999999999", Some(u32::MAX)),
            ("s-maxage=60", None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values.split('|') {
                headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
            }
            assert_eq!(max_age(&headers), seconds.map(|seconds| Duration::from_secs(seconds.into())), "{values}");
        }
        assert_eq!(max_age(&HeaderMap::new()), None);
    }
}
