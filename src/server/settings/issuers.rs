//! The identity services' part of the settings: whose tokens each family believes.

use crate::api::caller::{AccessToken, Callers, ClaimName, ClaimsToken, FixedKeys, KeySet, KeySource, Trust};
use crate::config::issuers::{Algorithm, Issuer};
use crate::config::{self, Problems};
use crate::identity::http::{HttpFetch, HttpFetchOptions};
use crate::identity::{Pace, RemoteKeys};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The longest key set that is read from a file, in bytes.
const JWKS_MAX: u64 = 256 * 1024;
/// The longest file of certificates that is read, in bytes.
const CA_MAX: u64 = 1024 * 1024;

/// The identity services, as the parts of the server see them.
pub(super) struct Issuers {
    /// As the DBX family believes them.
    pub(super) claims: Callers<ClaimsToken>,
    /// As the BNE family believes them.
    pub(super) access: Callers<AccessToken>,
    /// The keys that somebody has to fetch.
    pub(super) remote: Vec<Arc<RemoteKeys>>,
}

/// `None` if keys or claims cannot be had.
pub(super) fn judge(issuers: &[Issuer], problems: &mut Problems) -> Option<Issuers> {
    let (mut claims, mut access, mut remote, mut whole) = (Vec::new(), Vec::new(), Vec::new(), true);
    for (n, issuer) in issuers.iter().enumerate() {
        let key = format!("issuers[{n}]");
        let keys: Option<Arc<dyn KeySource>> = match &issuer.jwks_url {
            None => fixed(&key, issuer, problems).map(|keys| Arc::new(keys) as _),
            Some(url) => fetched(&key, issuer, url, problems).map(|keys| {
                remote.push(keys.clone());
                keys as _
            }),
        };
        // Everything is looked at before something that is wrong ends it.
        let dbx = issuer.dbx.as_ref().map(|dbx| {
            let key = format!("{key}.dbx");
            let customer = name(&format!("{key}.customer"), &dbx.customer, problems);
            let app = optional(&format!("{key}.app"), dbx.app.as_deref(), problems);
            let required = required(&key, &dbx.required, problems);
            let names = ClaimsToken { customer: customer?, app: app? };
            Some(trust(issuer, keys.clone()?, &dbx.audiences, dbx.typ.clone(), required?, names))
        });
        let bne = issuer.bne.as_ref().map(|bne| {
            let key = format!("{key}.bne");
            let client = bne.client.iter().enumerate();
            let client: Vec<_> = client.map(|(n, text)| name(&format!("{key}.client[{n}]"), text, problems)).collect();
            let customer = Some(bne.customer.as_str()).filter(|text| !text.is_empty());
            let customer = optional(&format!("{key}.customer"), customer, problems);
            let required = required(&key, &bne.required, problems);
            let names = AccessToken { client: client.into_iter().collect::<Option<_>>()?, customer: customer? };
            Some(trust(issuer, keys.clone()?, &bne.audiences, bne.typ.clone(), required?, names))
        });
        whole &= !matches!(dbx, Some(None)) && !matches!(bne, Some(None)) && keys.is_some();
        claims.extend(dbx.flatten());
        access.extend(bne.flatten());
    }
    whole.then_some(Issuers { claims: Callers { issuers: claims }, access: Callers { issuers: access }, remote })
}

fn trust<N>(
    issuer: &Issuer,
    keys: Arc<dyn KeySource>,
    audiences: &[String],
    typ: Option<String>,
    required: Vec<(ClaimName, Vec<String>)>,
    names: N,
) -> Trust<N> {
    let (issuer, clock_skew_secs) = (issuer.issuer.clone(), issuer.clock_skew_secs);
    Trust { issuer, keys, clock_skew_secs, audiences: audiences.to_vec(), typ, required, names }
}

fn fixed(key: &str, issuer: &Issuer, problems: &mut Problems) -> Option<FixedKeys> {
    let read = |file: &Path| {
        let text = config::read(file, JWKS_MAX)?;
        KeySet::read(&text, &algorithms(issuer)).map_err(|problem| format!("{}: {problem}", file.display()))
    };
    let keys = read(issuer.jwks_file.as_deref()?);
    let keys = keys.map_err(|problem| problems.add(&format!("{key}.jwks_file"), problem)).ok()?;
    Some(FixedKeys(Arc::new(keys)))
}

fn fetched(key: &str, issuer: &Issuer, url: &str, problems: &mut Problems) -> Option<Arc<RemoteKeys>> {
    let options = &issuer.fetch;
    let ca_file = format!("{key}.fetch.ca_file");
    let authorities = options.ca_file.as_deref().map(|file| config::read(file, CA_MAX)).transpose();
    let authorities = authorities.map_err(|problem| problems.add(&ca_file, problem)).ok()?;
    let fetch = HttpFetch::new(&HttpFetchOptions {
        url: url.to_owned(),
        plain_http: options.plain_http,
        authorities,
        connect_timeout: Duration::from_secs(options.connect_timeout_secs),
        timeout: Duration::from_secs(options.timeout_secs),
    });
    let fetch = fetch.map_err(|problem| match problem.key {
        "authorities" => problems.add(&ca_file, problem.problem),
        _ => problems.add(&format!("{key}.jwks_url"), problem.problem),
    });
    let pace = Pace {
        pause: Duration::from_secs(options.pause_secs),
        refresh_min: Duration::from_secs(options.refresh_min_secs),
        refresh_max: Duration::from_secs(options.refresh_max_secs),
        stale_max: Duration::from_secs(options.stale_max_secs),
    };
    // A pace out of bounds has been told of, and cannot be kept.
    let kept = pace.refresh_min <= pace.refresh_max;
    let fetch = fetch.ok().filter(|_| kept)?;
    Some(Arc::new(RemoteKeys::new(&issuer.issuer, algorithms(issuer), pace, Box::new(fetch))))
}

fn algorithms(issuer: &Issuer) -> Vec<jsonwebtoken::Algorithm> {
    issuer.algorithms.iter().copied().map(algorithm).collect()
}

fn name(key: &str, text: &str, problems: &mut Problems) -> Option<ClaimName> {
    ClaimName::parse(text).map_err(|problem| problems.add(key, problem)).ok()
}

/// The outer `None` is a problem.
fn optional(key: &str, text: Option<&str>, problems: &mut Problems) -> Option<Option<ClaimName>> {
    match text {
        None => Some(None),
        Some(text) => name(key, text, problems).map(Some),
    }
}

fn required(
    key: &str,
    required: &BTreeMap<String, Vec<String>>,
    problems: &mut Problems,
) -> Option<Vec<(ClaimName, Vec<String>)>> {
    let names = required.iter().map(|(text, taken)| {
        let name = name(&format!("{key}.required.{text}"), text, problems)?;
        Some((name, taken.clone()))
    });
    names.collect::<Vec<_>>().into_iter().collect()
}

fn algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    use jsonwebtoken::Algorithm as Jwt;
    match algorithm {
        Algorithm::ES256 => Jwt::ES256,
        Algorithm::ES384 => Jwt::ES384,
        Algorithm::RS256 => Jwt::RS256,
        Algorithm::RS384 => Jwt::RS384,
        Algorithm::RS512 => Jwt::RS512,
        Algorithm::PS256 => Jwt::PS256,
        Algorithm::PS384 => Jwt::PS384,
        Algorithm::PS512 => Jwt::PS512,
        Algorithm::EdDSA => Jwt::EdDSA,
    }
}
