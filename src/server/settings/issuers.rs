//! The identity services' part of the settings: whose tokens each family believes.

use crate::api::caller::{AccessToken, Callers, ClaimName, ClaimsToken, FixedKeys, KeySet, KeySource, Trust};
use crate::config::issuers::{Algorithm, Issuer};
use crate::config::{self, Problems};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The longest key set that is read from a file, in bytes.
const JWKS_MAX: u64 = 256 * 1024;

/// Whose tokens the DBX family believes, then whose the BNE family does. `None` if keys or claims cannot be had.
pub(super) fn judge(
    issuers: &[Issuer],
    problems: &mut Problems,
) -> Option<(Callers<ClaimsToken>, Callers<AccessToken>)> {
    let (mut claims, mut access, mut whole) = (Vec::new(), Vec::new(), true);
    for (n, issuer) in issuers.iter().enumerate() {
        let key = format!("issuers[{n}]");
        let keys = keys(&key, issuer, problems);
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
    whole.then_some((Callers { issuers: claims }, Callers { issuers: access }))
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

fn keys(key: &str, issuer: &Issuer, problems: &mut Problems) -> Option<Arc<dyn KeySource>> {
    let allowed: Vec<_> = issuer.algorithms.iter().copied().map(algorithm).collect();
    let read = |file: &Path| {
        let text = config::read(file, JWKS_MAX)?;
        KeySet::read(&text, &allowed).map_err(|problem| format!("{}: {problem}", file.display()))
    };
    let keys = read(issuer.jwks_file.as_deref()?);
    let keys = keys.map_err(|problem| problems.add(&format!("{key}.jwks_file"), problem)).ok()?;
    Some(Arc::new(FixedKeys(Arc::new(keys))))
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
