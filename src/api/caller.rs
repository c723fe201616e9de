//! Who is calling: the claims token or the access token of the bank's identity service, a JWT (RFC 7519).
//!
//! 1. At start-up the public keys are read ([`Callers::new`]): a JWK set (RFC 7517) that may hold nothing but public
//!    signature keys. Each key accepts the algorithms of its own type and of the configured list, no others.
//! 2. A token names its key by `kid`. The header's algorithm must be one that the key accepts, so that a token cannot
//!    choose how it is checked (RFC 8725 §3.1, §3.2).
//! 3. Signature first, then the claims: `iss`, `aud`, `exp`, `nbf`. The time is an argument.
//! 4. A claims token names a customer in `sub` ([`Callers::verify`]). An access token names an application in `azp` or
//!    `client_id` ([`Callers::access`]); that they differ where both are there makes the token nobody's. Its `sub` names a
//!    customer unless it is absent or the application itself, which is what RFC 9068 §2.2 asks for where no person logged in.
//!
//! What is wrong with a token goes to the log as a [`Rejected`], which holds nothing of the token; the caller is told
//! that the token is missing or not valid, no more.

mod jwks;

pub use jwks::JwksError;

use crate::api::scalar::object;
use crate::domain::client::ClientId;
use crate::domain::customer::CustomerId;
use crate::domain::flow::{Holder, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use std::fmt;

/// The longest token that is looked at, in bytes.
pub const TOKEN_MAX: usize = 8 * 1024;

/// Whose tokens are believed.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The `iss`.
    pub issuer: String,
    /// The apps, the preferred one first.
    pub audiences: Vec<String>,
    /// Signature algorithms; keyed hashes among them have no effect, for no key accepts them.
    pub algorithms: Vec<Algorithm>,
    /// How far the issuer's clock may be off, in seconds.
    pub clock_skew_secs: u32,
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
    /// No key of this name.
    #[error("the token's kid is not in the key set")]
    Key,
    /// An algorithm its key does not accept.
    #[error("the token's alg is not one its key accepts")]
    Algorithm,
    /// Not signed with that key.
    #[error("the token's signature is wrong")]
    Signature,
    /// The claims lack one that is needed, or have one of the wrong type.
    #[error("the token lacks iss, aud, exp or sub, or a claim has the wrong type")]
    Claims,
    /// Not after `Bearer`.
    #[error("the token is not given as Bearer")]
    Scheme,
    /// No application, or two.
    #[error("the token's azp or client_id is missing, no client id, or they differ")]
    Client,
    /// Another issuer's.
    #[error("the token's iss is not the configured one")]
    Issuer,
    /// Made for others.
    #[error("the token's aud has none of the configured apps")]
    Audience,
    /// No longer good.
    #[error("the token has expired")]
    Expired,
    /// Not good yet.
    #[error("the token is not valid yet")]
    Early,
    /// Not a customer id.
    #[error("the token's sub is not a customer id")]
    Subject,
}

/// Who an access token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The application.
    pub client: ClientId,
    /// The customer who logged in, if one did.
    pub customer: Option<CustomerId>,
}

/// What the `sub` of an access token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A customer number, unless it is absent or the application's own id.
    Customer,
    /// A name that we do not know.
    Unknown,
}

/// Checks tokens.
pub struct Callers {
    trust: Trust,
    keys: Vec<Key>,
}

/// One public key, and what it accepts.
struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

/// What a token carries: a JSON object (RFC 7519 §4). A derived struct would take an array of its members' values, too.
#[derive(Deserialize)]
#[serde(transparent)]
struct ClaimsSet(#[serde(deserialize_with = "object")] Claims);

/// The claims that are looked at. A claim that is there twice is refused.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    exp: serde_json::Number,
    nbf: Option<serde_json::Number>,
    sub: Option<String>,
    // Judged in access tokens only: claims tokens may have whatever they like here.
    azp: Option<serde_json::Value>,
    client_id: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Callers {
    /// Reads the key set.
    pub fn new(trust: Trust, jwks: &str) -> Result<Self, JwksError> {
        let keys = jwks::read(jwks, &trust.algorithms)?;
        Ok(Self { trust, keys })
    }

    /// Checks a header value: a token, bare or after `Bearer`. Its app is the first configured audience that it was made for.
    pub fn verify(&self, value: &str, now: Timestamp) -> Result<Holder, Rejected> {
        let claims = self.claims(value, bare(value))?;
        let app = self.judge(&claims, now)?;
        let customer = customer(claims.sub.as_deref().ok_or(Rejected::Claims)?)?;
        Ok(Holder { customer, app: app.to_owned() })
    }

    /// Checks a header value: an access token after `Bearer` (RFC 6750 §2.1).
    pub fn access(&self, value: &str, subject: Subject, now: Timestamp) -> Result<Access, Rejected> {
        let claims = self.claims(value, bearer(value).ok_or(Rejected::Scheme)?)?;
        self.judge(&claims, now)?;
        let client = |claim: &serde_json::Value| {
            claim.as_str().and_then(|text| ClientId::parse(text).ok()).ok_or(Rejected::Client)
        };
        let azp = claims.azp.as_ref().map(client).transpose()?;
        let client_id = claims.client_id.as_ref().map(client).transpose()?;
        let client = match (azp, client_id) {
            (Some(azp), Some(client_id)) if azp != client_id => return Err(Rejected::Client),
            (azp, client_id) => azp.or(client_id).ok_or(Rejected::Client)?,
        };
        let customer = match (subject, &claims.sub) {
            (Subject::Customer, Some(sub)) if sub != client.as_str() => Some(customer(sub)?),
            _ => None,
        };
        Ok(Access { client, customer })
    }

    fn claims(&self, value: &str, token: &str) -> Result<Claims, Rejected> {
        if value.len() > TOKEN_MAX {
            return Err(Rejected::TooLong);
        }
        let header = decode_header(token).map_err(|_| Rejected::Form)?;
        if header.crit.is_some() {
            return Err(Rejected::Critical);
        }
        let key = self.key(header.kid.as_deref()).ok_or(Rejected::Key)?;
        if !key.algorithms.contains(&header.alg) {
            return Err(Rejected::Algorithm);
        }
        let claims = decode::<ClaimsSet>(token, &key.key, &signature_only(header.alg)).map_err(|error| {
            use jsonwebtoken::errors::ErrorKind::*;
            match error.kind() {
                InvalidSignature => Rejected::Signature,
                Json(_) => Rejected::Claims,
                _ => Rejected::Form,
            }
        });
        Ok(claims?.claims.0)
    }

    fn key(&self, id: Option<&str>) -> Option<&Key> {
        match (id, self.keys.as_slice()) {
            // One key is meant if nobody names one.
            (None, [only]) => Some(only),
            (Some(_), [only]) if only.id.is_none() => Some(only),
            (None, _) => None,
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
        }
    }

    /// Whether the token is for us, now; the app it was made for.
    fn judge(&self, claims: &Claims, now: Timestamp) -> Result<&str, Rejected> {
        let Claims { iss, aud, exp, nbf, .. } = claims;
        // NumericDate may have a fraction (RFC 7519 §2). Whole seconds are exact in f64 for as long as it matters.
        let date = |number: &serde_json::Number| number.as_f64().ok_or(Rejected::Claims);
        let (now, skew) = (now.timestamp_millis() as f64 / 1000.0, f64::from(self.trust.clock_skew_secs));
        if *iss != self.trust.issuer {
            return Err(Rejected::Issuer);
        }
        let made_for = |app: &str| match aud {
            Audience::One(one) => one == app,
            Audience::Several(several) => several.iter().any(|one| one == app),
        };
        let app = self.trust.audiences.iter().find(|app| made_for(app)).ok_or(Rejected::Audience)?;
        if now >= date(exp)? + skew {
            return Err(Rejected::Expired);
        }
        if let Some(nbf) = nbf
            && now + skew < date(nbf)?
        {
            return Err(Rejected::Early);
        }
        Ok(app)
    }
}

impl fmt::Debug for Callers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.keys.iter().map(|key| key.id.as_deref().unwrap_or("(no kid)")).collect();
        f.debug_struct("Callers").field("trust", &self.trust).field("keys", &ids).finish()
    }
}

fn customer(sub: &str) -> Result<CustomerId, Rejected> {
    CustomerId::parse(sub).map_err(|_| Rejected::Subject)
}

fn bare(value: &str) -> &str {
    bearer(value).unwrap_or(value.trim())
}

/// The credential of a header value, if it is given as `Bearer` (RFC 6750 §2.1).
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
}

/// The library checks the signature alone: its own judgement of claims would read the system's clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
mod tests;
