//! Tokens as a bank's identity service would make them, for a development server.

use super::data::{APPS, DataDir, DataError, ISSUER, KEY_ID};
use crate::domain::client::{ClientId, LabelError};
use crate::domain::customer::{CustomerId, CustomerIdError};
use crate::domain::flow::Timestamp;
use jsonwebtoken::{Algorithm, Header, encode};
use std::time::Duration;

/// The longest life of a token.
pub const TTL_MAX: Duration = Duration::from_secs(30 * 86_400);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not a customer id.
    #[error(transparent)]
    Customer(#[from] CustomerIdError),
    /// Not a client id.
    #[error(transparent)]
    Client(#[from] LabelError),
    /// An app the development server does not know.
    #[error("the development server knows the apps {}", APPS.join(" and "))]
    App,
    /// Too long, or none.
    #[error("a token lives 1 second to 30 days")]
    Ttl,
    /// No key.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The key does not sign.
    #[error("the signing key does not sign")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// What a token is to say.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The customer (who need not exist: the server has to say so): `sub`.
    pub customer: &'a str,
    /// The app: `aud`.
    pub app: &'a str,
    /// The client that it was made for, as the BNE operations need it: `azp`.
    pub client: Option<&'a str>,
    /// How long it is good.
    pub ttl: Duration,
}

/// A token, good from now on.
pub fn mint(data: &DataDir, wish: &Wish<'_>, now: Timestamp) -> Result<String, TokenError> {
    let Wish { customer, app, client, ttl } = *wish;
    let customer = CustomerId::parse(customer)?;
    let client = client.map(ClientId::parse).transpose()?;
    if !APPS.contains(&app) {
        return Err(TokenError::App);
    }
    if ttl.is_zero() || ttl > TTL_MAX {
        return Err(TokenError::Ttl);
    }
    let now = now.timestamp();
    let mut claims = serde_json::json!({
        "iss": ISSUER,
        "aud": app,
        "sub": customer.as_str(),
        "iat": now,
        "nbf": now,
        "exp": now.saturating_add_unsigned(ttl.as_secs()),
    });
    if let Some(client) = client {
        claims["azp"] = client.as_str().into();
    }
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::ES256) };
    Ok(encode(&header, &claims, &data.signing_key()?)?)
}
