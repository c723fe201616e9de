//! Who is calling: the claims token or the access token of one of the bank's identity services, a JWT (RFC 7519).
//!
//! 1. A token says in `iss` which service made it. That is read before the signature, and chooses whose keys, algorithms,
//!    audiences and rules the token is judged with, nothing else: it is never tried with another service's, so that two
//!    services may have keys of one name (RFC 8725 §3.8).
//! 2. A token names its key by `kid`. If the service has no key of that name, it may have changed its keys, and
//!    [`KeySource::renewed`] looks. Where keys are is configured: header parameters that bring a key or name a place
//!    (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
//! 3. The header's algorithm must be one that the key accepts, so that a token cannot choose how it is checked
//!    (RFC 8725 §3.1, §3.2).
//! 4. Signature first, once for each token ([`KeySet`] remembers the last ones), then the claims, every time: `typ` if it is asked for, `aud`, `exp`, `nbf`, then those that the configuration
//!    asks for. The time is an argument.
//! 5. A claims token names a customer, by default in `sub` ([`Callers::verify`]). An access token names an application, by
//!    default in `azp` or `client_id` ([`Callers::access`]); that they differ where both are there makes the token nobody's.
//!    Its `sub` names a customer unless it is absent or the application itself, which is what RFC 9068 §2.2 asks for where no
//!    person logged in.
//!
//! What is wrong with a token goes to the log as a [`Rejected`], which holds nothing of the token; the caller is told
//! that the token is missing or not valid, no more.

mod claims;
mod jwks;
mod keys;

pub use claims::ClaimName;
pub use jwks::JwksError;
pub use keys::{FixedKeys, KeySet, KeySource};

use crate::domain::client::ClientId;
use crate::domain::customer::CustomerId;
use crate::domain::flow::{Holder, Timestamp};
use claims::Claims;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Header, decode_header, errors};
use serde::Deserialize;
use std::sync::Arc;

/// The longest token that is looked at, in bytes.
pub const TOKEN_MAX: usize = 8 * 1024;

/// One identity service, as one API family believes it.
#[derive(Clone, Debug)]
pub struct Trust<N> {
    /// The `iss`.
    pub issuer: String,
    /// Its keys, which know the algorithms they accept.
    pub keys: Arc<dyn KeySource>,
    /// How far its clock may be off, in seconds.
    pub clock_skew_secs: u32,
    /// Whom its tokens have to be made for; the preferred one first.
    pub audiences: Vec<String>,
    /// The type that a token has to declare (RFC 8725 §3.11); `None` takes any.
    pub typ: Option<String>,
    /// Claims that a token must have, each with the values that are taken.
    pub required: Vec<(ClaimName, Vec<String>)>,
    /// Which claims say who is calling.
    pub names: N,
}

/// The claims that say who is calling in a claims token.
#[derive(Clone, Debug)]
pub struct ClaimsToken {
    /// The customer.
    pub customer: ClaimName,
    /// The app; `None` makes it the first configured audience that the token has.
    pub app: Option<ClaimName>,
}

/// The claims that say who is calling in an access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The application. Those of them that are there must agree.
    pub client: Vec<ClaimName>,
    /// The customer who has logged in; `None` takes no notice of customers.
    pub customer: Option<ClaimName>,
}

/// Why a token is not believed. For the log: it holds nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Longer than [`TOKEN_MAX`].
    #[error("the token is longer than {TOKEN_MAX} bytes")]
    TooLong,
    /// Not a signed JWT.
    #[error("the token is not a signed JWT")]
    Form,
    /// A critical header parameter, of which we know none (RFC 7515 §4.1.11).
    #[error("the token has critical header parameters")]
    Critical,
    /// Nobody's whom we know.
    #[error("the token's iss is none of the configured ones")]
    Issuer,
    /// The service's keys have never been had, or are too old to be believed.
    #[error("the keys of the token's issuer are not known now")]
    NoKeys,
    /// No key of this name.
    #[error("the token's kid is not in its issuer's key set")]
    Key,
    /// An algorithm its key does not accept.
    #[error("the token's alg is not one its key accepts")]
    Algorithm,
    /// Not signed with that key.
    #[error("the token's signature is wrong")]
    Signature,
    /// The claims lack one that is needed, or have one twice or of the wrong type.
    #[error("the token lacks iss, aud, exp or the customer's claim, or a claim is there twice or has the wrong type")]
    Claims,
    /// Not after `Bearer`.
    #[error("the token is not given as Bearer")]
    Scheme,
    /// Of another type.
    #[error("the token's typ is not the configured one")]
    Typ,
    /// No application, or two.
    #[error("the token's azp or client_id is missing, no client id, or they differ")]
    Client,
    /// Made for others.
    #[error("the token's aud has none of the configured audiences")]
    Audience,
    /// No longer good.
    #[error("the token has expired")]
    Expired,
    /// Not good yet.
    #[error("the token is not valid yet")]
    Early,
    /// Without a claim that is asked for, or with another value.
    #[error("the token lacks a required claim, or has none of the values taken")]
    Required,
    /// Not a customer id.
    #[error("the token's sub is not a customer id")]
    Subject,
    /// Not an app.
    #[error("the token's claim for the app is missing or not a text of 1 to 200 bytes")]
    App,
}

impl Rejected {
    /// Whether the token could not be judged, so that it may be a good one: whoever has it should come back.
    pub fn is_open(self) -> bool {
        self == Self::NoKeys
    }
}

/// Who an access token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The application.
    pub client: ClientId,
    /// The customer who logged in, if one did.
    pub customer: Option<CustomerId>,
}

/// Checks the tokens of one API family.
#[derive(Clone, Debug)]
pub struct Callers<N> {
    /// Whose tokens are believed, each `iss` once.
    pub issuers: Vec<Trust<N>>,
}

/// What is read of a token before its signature is checked.
#[derive(Deserialize)]
struct Origin {
    iss: String,
}

impl Callers<ClaimsToken> {
    /// Checks a header value: a token, bare or after `Bearer`.
    pub async fn verify(&self, value: &str, now: Timestamp) -> Result<Holder, Rejected> {
        let (trust, claims, audience) = self.judged(value, bare(value), now).await?;
        let ClaimsToken { customer: name, app } = &trust.names;
        let customer = customer(name.text(&claims).ok_or(Rejected::Claims)?)?;
        let app = match app {
            None => audience,
            Some(name) => {
                let fits = |app: &&str| (1..=200).contains(&app.len()) && !app.chars().any(char::is_control);
                name.text(&claims).filter(fits).ok_or(Rejected::App)?
            }
        };
        Ok(Holder { customer, app: app.to_owned() })
    }
}

impl Callers<AccessToken> {
    /// Checks a header value: an access token after `Bearer` (RFC 6750 §2.1).
    pub async fn access(&self, value: &str, now: Timestamp) -> Result<Access, Rejected> {
        let (trust, claims, _) = self.judged(value, bearer(value).ok_or(Rejected::Scheme)?, now).await?;
        let mut client = None;
        for claim in trust.names.client.iter().filter_map(|name| name.of(&claims)) {
            let named = claim.as_str().and_then(|text| ClientId::parse(text).ok()).ok_or(Rejected::Client)?;
            if client.get_or_insert_with(|| named.clone()) != &named {
                return Err(Rejected::Client);
            }
        }
        let client = client.ok_or(Rejected::Client)?;
        let claim = trust.names.customer.as_ref().and_then(|name| name.of(&claims));
        let customer = match claim.map(|claim| claim.as_str().ok_or(Rejected::Claims)).transpose()? {
            Some(text) if text != client.as_str() => Some(customer(text)?),
            _ => None,
        };
        Ok(Access { client, customer })
    }
}

impl<N> Callers<N> {
    /// The service that made the token, the token's claims, and the first configured audience that it was made for. Waits
    /// where a key is not known and could be.
    async fn judged<'a>(
        &'a self,
        value: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(&'a Trust<N>, Claims, &'a str), Rejected> {
        if value.len() > TOKEN_MAX {
            return Err(Rejected::TooLong);
        }
        let header = decode_header(token).map_err(|_| Rejected::Form)?;
        if header.crit.is_some() {
            return Err(Rejected::Critical);
        }
        let Origin { iss } = insecure_decode_claims(token).map_err(|error| malformed(&error))?;
        let trust = self.issuers.iter().find(|trust| trust.issuer == iss).ok_or(Rejected::Issuer)?;
        let kid = header.kid.as_deref();
        let keys = match trust.keys.keys() {
            Some(keys) if keys.has(kid) => keys,
            _ => trust.keys.renewed(kid).await.ok_or(Rejected::NoKeys)?,
        };
        let claims = keys.open(token, &header)?;
        let audience = trust.judge(&header, &claims, now)?;
        Ok((trust, claims, audience))
    }
}

impl<N> Trust<N> {
    /// Whether the token is for us, now; whom it was made for.
    fn judge(&self, header: &Header, claims: &Claims, now: Timestamp) -> Result<&str, Rejected> {
        if let Some(typ) = &self.typ
            && !header.typ.as_deref().is_some_and(|found| same_type(found, typ))
        {
            return Err(Rejected::Typ);
        }
        let made_for = claims.audiences().ok_or(Rejected::Claims)?;
        let audience = self.audiences.iter().find(|one| made_for.contains(&one.as_str())).ok_or(Rejected::Audience)?;
        // Whole seconds are exact in f64 for as long as it matters.
        let (now, skew) = (now.timestamp_millis() as f64 / 1000.0, f64::from(self.clock_skew_secs));
        if now >= claims.date("exp")?.ok_or(Rejected::Claims)? + skew {
            return Err(Rejected::Expired);
        }
        if claims.date("nbf")?.is_some_and(|nbf| now + skew < nbf) {
            return Err(Rejected::Early);
        }
        if !self.required.iter().all(|(name, taken)| name.has_one_of(claims, taken)) {
            return Err(Rejected::Required);
        }
        Ok(audience)
    }
}

/// Media types may leave `application/` out, and have no case (RFC 7515 §4.1.9).
fn same_type(found: &str, wanted: &str) -> bool {
    let short = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.strip_prefix("application/").map(str::to_owned).unwrap_or(text)
    };
    short(found) == short(wanted)
}

fn malformed(error: &errors::Error) -> Rejected {
    match error.kind() {
        errors::ErrorKind::Json(_) => Rejected::Claims,
        _ => Rejected::Form,
    }
}

fn customer(text: &str) -> Result<CustomerId, Rejected> {
    CustomerId::parse(text).map_err(|_| Rejected::Subject)
}

fn bare(value: &str) -> &str {
    bearer(value).unwrap_or(value.trim())
}

/// The credential of a header value, if it is given as `Bearer` (RFC 6750 §2.1).
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

#[cfg(test)]
mod tests;
