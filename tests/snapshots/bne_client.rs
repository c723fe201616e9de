// Generated from openapi/bne-challenge.yaml by progenitor (src/codegen/client.rs). Do not edit: change the document, and the build writes this again.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}

#[derive(Clone, Debug)]
/**Client for BNE challenge validation

Checks the code that a customer's hardware token made, for a login or for a risk transaction (BNE, the Citi / Banamex
corporate bank). Paths, headers, property names and values are the bank portal's; where the portal is silent or
contradicts itself, the text below says "decided here".

## How to use it

1. Call `retrieve`. It opens a transaction for a customer and says what the customer has to do: type the `challenge`
   into the token (OCRA), or read the token's time- or counter-based code.
2. Call `validate` with that `mfaTransactionId` and the code, in the same session (`sid`) and as the same `client_id`.

`retrieve` is **our completion of the family**: the bank has an operation of that name and path, but its bodies are not
public. Its bodies and its answers are decided here.

## Headers

Every call carries `client_id`, `Authorization`, `uuid`, `countryCode`, `businessCode`, `ChannelId`, `sid` and an `Accept`
that admits `application/json`; `Content-Type` is `application/json`. Header names are case-insensitive. One that is sent
twice is answered with 400. The client of the token (`azp` or `client_id`) must be the `client_id` of the header, and a customer named by the
token must be the transaction's. Decided here.

## Errors

Every error has a `type` and a `code`. Branch on the status or on `code`; `details` is text for people, in the language
asked for.

| Status | `type` | `code` | When (decided here) |
|---|---|---|---|
| 400 | error | invalidRequest | A header or property is missing or malformed; `location` names it. |
| 401 | error | unAuthorized | No token, a bad or expired one, or that of another client. |
| 403 | error | accessNotConfigured | The client may not use this channel, country or business. |
| 404 | error | resourceNotFound | No such transaction in this session; foreign, expired and used up are the same. |
| 422 | error | businessValidationFailed | Wrong or reused code, or a locked token; never which of them. |
| 429 | error | tooManyRequests | Throttled; wait for `Retry-After`. This code is decided here. |
| 500 | fatal | serverUnavailable | We failed, or something we need is down. Nothing was used up. |

## Decided here

- Checks run in this order: token (401), headers (400), the client's rights (403), body (400), throttles (429),
  transaction (404), code (422).
- A body that is too long, too slow or not declared as JSON and an `Accept` that excludes JSON are 400 with `location`; this
  family has no 408, 413 and 415.
- `uuid` is repeated in every error, but for a request whose `uuid` was missing or malformed.
- `arcsightActionCode` `"1"` sends the event to the SIEM and to the log file, `"0"` to the log file only, `"2"` to neither; no
  `arcsight` object counts as `"0"`. The event goes out in ArcSight's Common Event Format (CEF) over syslog. The service's
  own audit trail is written in any case.
- `azp` and `client_id` of a token, where it has both, are the same. Its `sub` names a customer, unless it is absent or the
  client itself.
- Unknown properties of a request are ignored. A `null` is not an absent property: it is 400.
- The portal mounts these paths below `/api`; here that is a configured base path, none unless set.
- Paths and methods that are not listed here (404, 405) are outside this contract.


Version: 1.0.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
}

impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap())
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
        }
    }
}

impl ClientInfo<()> for Client {
    fn api_version() -> &'static str {
        "1.0.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &() {
        &()
    }
}

impl ClientHooks<()> for &Client {}
impl Client {
    /**Check the code that a customer's token made

204 means that the code was right; the transaction is used up. A code is accepted once. (The bank's
text has no status numbers; these are those of its sibling operations.)


Sends a `POST` request to `/v1/x-global/bne/security/authenticate/challenge/info/validate`

Arguments:
- `accept_language`: Language of `details`, `es` or `en`; anything else is answered in `es` (decided here).
- `authorization`
- `channel_id`: Where the request began.
- `business_code`: The business, from the application's registration.
- `client_id`: The application's id, from its registration.
- `country_code`: Country of the business, ISO 3166 alpha-2.
- `sid`: The session that the key exchange opened; all calls of the session carry the same.
- `uuid`: A UUID that you make anew for every request; errors and logs repeat it.
- `body`: The code, the transaction it is for, and what the SIEM shall know.
```ignore
let response = client.bne_validate_challenge_info()
    .accept_language(accept_language)
    .authorization(authorization)
    .channel_id(channel_id)
    .business_code(business_code)
    .client_id(client_id)
    .country_code(country_code)
    .sid(sid)
    .uuid(uuid)
    .body(body)
    .send()
    .await;
```*/
    pub fn bne_validate_challenge_info(&self) -> builder::BneValidateChallengeInfo<'_> {
        builder::BneValidateChallengeInfo::new(self)
    }
    /**Open a transaction and get its challenge

Our completion of the family; bodies and answers are decided here. The transaction is bound to `client_id` and `sid`, to
the holder (`userId` and `legalRepresentativeId`) and to one of the holder's tokens. `RISK` needs an OCRA token unless
the server's policy says otherwise; a holder who has none is answered 422, a holder who is unknown or has no token 404.
A `RISK` transaction is for the `transactionDetails`, which the answer repeats as they are signed.


Sends a `POST` request to `/v1/x-global/bne/security/authenticate/challenge/retrieve`

Arguments:
- `accept_language`: Language of `details`, `es` or `en`; anything else is answered in `es` (decided here).
- `authorization`
- `channel_id`: Where the request began.
- `business_code`: The business, from the application's registration.
- `client_id`: The application's id, from its registration.
- `country_code`: Country of the business, ISO 3166 alpha-2.
- `sid`: The session that the key exchange opened; all calls of the session carry the same.
- `uuid`: A UUID that you make anew for every request; errors and logs repeat it.
- `body`: Whose token, and what for.
```ignore
let response = client.bne_retrieve_challenge()
    .accept_language(accept_language)
    .authorization(authorization)
    .channel_id(channel_id)
    .business_code(business_code)
    .client_id(client_id)
    .country_code(country_code)
    .sid(sid)
    .uuid(uuid)
    .body(body)
    .send()
    .await;
```*/
    pub fn bne_retrieve_challenge(&self) -> builder::BneRetrieveChallenge<'_> {
        builder::BneRetrieveChallenge::new(self)
    }
}

/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /**Builder for [`Client::bne_validate_challenge_info`]

[`Client::bne_validate_challenge_info`]: super::Client::bne_validate_challenge_info*/
    #[derive(Debug, Clone)]
    pub struct BneValidateChallengeInfo<'a> {
        client: &'a super::Client,
        accept_language: Result<Option<crate::api::bne::types::AcceptLanguage>, String>,
        authorization: Result<crate::client::Token, String>,
        channel_id: Result<crate::api::bne::types::ChannelId, String>,
        business_code: Result<crate::api::bne::types::BusinessCode, String>,
        client_id: Result<crate::api::bne::types::ClientId, String>,
        country_code: Result<crate::api::bne::types::CountryCode, String>,
        sid: Result<crate::api::bne::types::SessionId, String>,
        uuid: Result<crate::api::bne::types::RequestUuid, String>,
        body: Result<crate::api::bne::types::ValidateChallengeRequest, String>,
    }
    impl<'a> BneValidateChallengeInfo<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                accept_language: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
                channel_id: Err("channel_id was not initialized".to_string()),
                business_code: Err("business_code was not initialized".to_string()),
                client_id: Err("client_id was not initialized".to_string()),
                country_code: Err("country_code was not initialized".to_string()),
                sid: Err("sid was not initialized".to_string()),
                uuid: Err("uuid was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn accept_language<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::AcceptLanguage>,
        {
            self.accept_language = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: AcceptLanguage` for accept_language failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn channel_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::ChannelId>,
        {
            self.channel_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: ChannelId` for channel_id failed"
                        .to_string()
                });
            self
        }
        pub fn business_code<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::BusinessCode>,
        {
            self.business_code = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: BusinessCode` for business_code failed"
                        .to_string()
                });
            self
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn country_code<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::CountryCode>,
        {
            self.country_code = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: CountryCode` for country_code failed"
                        .to_string()
                });
            self
        }
        pub fn sid<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::SessionId>,
        {
            self.sid = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: SessionId` for sid failed"
                        .to_string()
                });
            self
        }
        pub fn uuid<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::RequestUuid>,
        {
            self.uuid = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: RequestUuid` for uuid failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::ValidateChallengeRequest>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: ValidateChallengeRequest` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/v1/x-global/bne/security/authenticate/challenge/info/validate`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<()>, Error<crate::api::bne::types::BneError>> {
            let Self {
                client,
                accept_language,
                authorization,
                channel_id,
                business_code,
                client_id,
                country_code,
                sid,
                uuid,
                body,
            } = self;
            let accept_language = accept_language.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let channel_id = channel_id.map_err(Error::InvalidRequest)?;
            let business_code = business_code.map_err(Error::InvalidRequest)?;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let country_code = country_code.map_err(Error::InvalidRequest)?;
            let sid = sid.map_err(Error::InvalidRequest)?;
            let uuid = uuid.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/v1/x-global/bne/security/authenticate/challenge/info/validate",
                client.baseurl,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(9usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            if let Some(value) = accept_language {
                header_map.append("Accept-Language", value.to_string().try_into()?);
            }
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map.append("ChannelId", channel_id.to_string().try_into()?);
            header_map.append("businessCode", business_code.to_string().try_into()?);
            header_map.append("client_id", client_id.to_string().try_into()?);
            header_map.append("countryCode", country_code.to_string().try_into()?);
            header_map.append("sid", sid.to_string().try_into()?);
            header_map.append("uuid", uuid.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "bne_validate_challenge_info",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::bne_retrieve_challenge`]

[`Client::bne_retrieve_challenge`]: super::Client::bne_retrieve_challenge*/
    #[derive(Debug, Clone)]
    pub struct BneRetrieveChallenge<'a> {
        client: &'a super::Client,
        accept_language: Result<Option<crate::api::bne::types::AcceptLanguage>, String>,
        authorization: Result<crate::client::Token, String>,
        channel_id: Result<crate::api::bne::types::ChannelId, String>,
        business_code: Result<crate::api::bne::types::BusinessCode, String>,
        client_id: Result<crate::api::bne::types::ClientId, String>,
        country_code: Result<crate::api::bne::types::CountryCode, String>,
        sid: Result<crate::api::bne::types::SessionId, String>,
        uuid: Result<crate::api::bne::types::RequestUuid, String>,
        body: Result<crate::api::bne::types::RetrieveChallengeRequest, String>,
    }
    impl<'a> BneRetrieveChallenge<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                accept_language: Ok(None),
                authorization: Err("authorization was not initialized".to_string()),
                channel_id: Err("channel_id was not initialized".to_string()),
                business_code: Err("business_code was not initialized".to_string()),
                client_id: Err("client_id was not initialized".to_string()),
                country_code: Err("country_code was not initialized".to_string()),
                sid: Err("sid was not initialized".to_string()),
                uuid: Err("uuid was not initialized".to_string()),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn accept_language<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::AcceptLanguage>,
        {
            self.accept_language = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: AcceptLanguage` for accept_language failed"
                        .to_string()
                });
            self
        }
        pub fn authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for authorization failed"
                        .to_string()
                });
            self
        }
        pub fn channel_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::ChannelId>,
        {
            self.channel_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: ChannelId` for channel_id failed"
                        .to_string()
                });
            self
        }
        pub fn business_code<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::BusinessCode>,
        {
            self.business_code = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: BusinessCode` for business_code failed"
                        .to_string()
                });
            self
        }
        pub fn client_id<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::ClientId>,
        {
            self.client_id = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: ClientId` for client_id failed"
                        .to_string()
                });
            self
        }
        pub fn country_code<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::CountryCode>,
        {
            self.country_code = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: CountryCode` for country_code failed"
                        .to_string()
                });
            self
        }
        pub fn sid<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::SessionId>,
        {
            self.sid = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: SessionId` for sid failed"
                        .to_string()
                });
            self
        }
        pub fn uuid<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::RequestUuid>,
        {
            self.uuid = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: RequestUuid` for uuid failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::bne::types::RetrieveChallengeRequest>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: bne :: types :: RetrieveChallengeRequest` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/v1/x-global/bne/security/authenticate/challenge/retrieve`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::bne::types::RetrievedChallenge>,
            Error<crate::api::bne::types::BneError>,
        > {
            let Self {
                client,
                accept_language,
                authorization,
                channel_id,
                business_code,
                client_id,
                country_code,
                sid,
                uuid,
                body,
            } = self;
            let accept_language = accept_language.map_err(Error::InvalidRequest)?;
            let authorization = authorization.map_err(Error::InvalidRequest)?;
            let channel_id = channel_id.map_err(Error::InvalidRequest)?;
            let business_code = business_code.map_err(Error::InvalidRequest)?;
            let client_id = client_id.map_err(Error::InvalidRequest)?;
            let country_code = country_code.map_err(Error::InvalidRequest)?;
            let sid = sid.map_err(Error::InvalidRequest)?;
            let uuid = uuid.map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/v1/x-global/bne/security/authenticate/challenge/retrieve", client
                .baseurl,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(9usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            if let Some(value) = accept_language {
                header_map.append("Accept-Language", value.to_string().try_into()?);
            }
            header_map.append("Authorization", authorization.to_string().try_into()?);
            header_map.append("ChannelId", channel_id.to_string().try_into()?);
            header_map.append("businessCode", business_code.to_string().try_into()?);
            header_map.append("client_id", client_id.to_string().try_into()?);
            header_map.append("countryCode", country_code.to_string().try_into()?);
            header_map.append("sid", sid.to_string().try_into()?);
            header_map.append("uuid", uuid.to_string().try_into()?);
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "bne_retrieve_challenge",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                400u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                400u16..=499u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                401u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                403u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                404u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                422u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                429u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                500u16..=599u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}

/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
