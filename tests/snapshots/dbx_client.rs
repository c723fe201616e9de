// Generated from openapi/dbx-otp.yaml by progenitor (src/codegen/client.rs). Do not edit: change the document, and the build writes this again.

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
/**Client for DBX one-time passwords

Step-up authentication by a one-time code, with the operations of the DBX (Temenos Infinity) new-user and
security-question journeys. Paths, property names and values are the bank platform's; where its documentation is silent
or contradicts itself, the text below says "decided here".

## One flow, three calls

1. **Start.** Call the request operation without a `serviceKey`. The answer shows masked addresses, each with a
   `referenceId`, and the flow's `serviceKey`.
2. **Send.** Call it again with `MFAAttributes.serviceKey`, and with `OTP.phone` and/or `OTP.email` set to the chosen
   `referenceId`s. The server sends the code and answers a `securityKey`. To **resend**, make the same call with
   `OTP.securityKey` too.
3. **Verify.** Call the verify operation with `serviceKey`, `OTP.securityKey` and the code the customer typed, `OTP.otp`.

Absent objects, `{}` and `""` keys all mean "not there", so any of them makes a first call. A flow lives 15 minutes.
Decided here.

## Reading an answer

- HTTP 200 with `dbpErrCode` is a business failure: branch on `dbpErrCode`, never on a text. `opstatus` and
  `httpStatusCode` are `"0"` there. Decided here.
- HTTP 200 without `dbpErrCode` is a success; which one, its required properties say.
- Any other status means that the request never reached the business. The body has the same four properties:
  `dbpErrCode` and `httpStatusCode` are the HTTP status as text (so they cannot be taken for the five-digit business
  codes), `opstatus` is `"1"`, `dbpErrMsg` names the field. Decided here.
- `success` is text for people and may change; there is nothing to branch on. Decided here.
- Every scalar is a JSON string, numbers and truth values included: `"0"`, `"3"`, `"true"`.

## Business codes

| `dbpErrCode` | What happened | What to do |
|---|---|---|
| 10501 | This operation has no policy on the server. | Tell the operator of the service. |
| 10502 | The service key is unknown, expired, used up, or belongs to another operation or caller. | Start again. |
| 10503 | The payload does not fit the flow, for instance a `referenceId` of another flow. | Correct the call. |
| 10505 | The code has expired. | Resend, then ask for the new code. |
| 10508 | The phone number is missing, is no phone number, or is not the flow's; or the signed-in customer has no usable address here. | Ask for the number; or let the bank complete the customer's data. |
| 10509 | The daily number of codes for this customer or address is used up. | Try again after midnight UTC. |
| 10510 | The flow has no resend left. | Verify, or start again. |
| 10511 | No provider took the message; no resend was used up. | Resend later. |
| 10517 | The code is wrong. | Ask again; the answer says how many attempts remain. |
| 10518 | The security key is not the current one of this service key. | Use the key of the last send. |
| 10519 | The failed attempts are used up; the flow is locked. | Start again. |

When several apply, the first of this order is answered (decided here): 10502, 10501, 10508, 10518, 10503, 10519, 10509,
10510, 10505, 10517, 10511. Daily limits count UTC days (decided here).

## Decided here

- The platform's documentation marks `serviceKey`, `OTP` and `OTP.securityKey` mandatory on every call, and its example
  of a first call has no `Phone`. Both cannot be true of a first call; hence the three calls above.
- The spellings `MFAAttrbutes`, ` sacMaxResendRequestsAllowed` (leading blank), `OTPOTP` and `emailId` in that
  documentation are print errors for `MFAAttributes`, `sacMaxResendRequestsAllowed`, `OTP.otp` and `email`.
- A call that mixes the steps is a business failure: a `securityKey` without a `serviceKey` is 10518, a `referenceId`
  without a `serviceKey` is 10503.
- Policy is configured per operation: digits of the code (3 to 8, 6 unless set; fewer than 6 only in the server's profile
  `dbx-compat`), its lifetime (1 to 10 minutes, 3 unless set), resends (0 to 5, 3 unless set; up to 20 in `dbx-compat`) and
  failed attempts (1 to 5, 3 unless set).
- While a code lives, a resend sends the same code and keeps `securityKey` and expiry; afterwards it makes a new code and
  a new `securityKey`. Neither refills the failed attempts.
- A send without `securityKey` on a flow whose code was already sent counts as a resend, so that an answer lost on the
  way costs a resend and not the flow.
- Repeating a verification that succeeded answers 10502; the bank's back end
  learns what became of a flow from the server, never from the app. That is no part of this contract.
- Unknown, expired and foreign keys are answered alike, in words and in time. So are phone numbers that are a customer's
  and phone numbers that are not.
- Limits per customer or destination are answered with 10509; every other limit, such as that of a network address, with
  429.
- The HTTP layer checks in this order: 429, 401, then 415, 413, 408 and 400. A repeated header is 400.
- Unknown properties of a request are ignored. A `null` is not an absent property: it is 400.
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
    /**Start a flow for an applicant, send the code, resend it

Starts, sends and resends, as the keys in the body say. The caller needs no token, but one that is present must be valid
(decided here, as for the verification). A start needs `Phone`, the number the applicant typed; a later call may repeat
it and it must then be the flow's, else 10508. There is no e-mail before login: `customerCommunication.email` is empty
(both decided here).

Business codes: 10501, 10502, 10503, 10508, 10509, 10510, 10511, 10518, 10519.


Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB`

Arguments:
- `x_kony_authorization`
- `body`: What the step needs; see the examples.
```ignore
let response = client.request_otp_pre_login_mb()
    .x_kony_authorization(x_kony_authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn request_otp_pre_login_mb(&self) -> builder::RequestOtpPreLoginMb<'_> {
        builder::RequestOtpPreLoginMb::new(self)
    }
    /**Check the code an applicant typed

A wrong code is counted before the answer leaves. The right code is accepted once; it ends the flow. The token is optional
here (decided here), but one that is present must be valid.

Business codes: 10501, 10502, 10505, 10517, 10518, 10519.


Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB`

Arguments:
- `x_kony_authorization`
- `body`: Both keys of the flow and the code.
```ignore
let response = client.verify_otp_pre_login_mb()
    .x_kony_authorization(x_kony_authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn verify_otp_pre_login_mb(&self) -> builder::VerifyOtpPreLoginMb<'_> {
        builder::VerifyOtpPreLoginMb::new(self)
    }
    /**Start a flow for the signed-in customer, send the code, resend it

Starts, sends and resends, as the keys in the body say. The customer is the `sub` of the token; the addresses are
those the server knows. A customer who is unknown here or has no usable address is answered with 10508 (decided here).

Business codes: 10501, 10502, 10503, 10508, 10509, 10510, 10511, 10518, 10519.


Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP`

Arguments:
- `x_kony_authorization`
- `body`: What the step needs; see the examples. A start is `{}`.
```ignore
let response = client.request_update_security_questions_otp()
    .x_kony_authorization(x_kony_authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn request_update_security_questions_otp(
        &self,
    ) -> builder::RequestUpdateSecurityQuestionsOtp<'_> {
        builder::RequestUpdateSecurityQuestionsOtp::new(self)
    }
    /**Check the code the signed-in customer typed

A wrong code is counted before the answer leaves. The right code is accepted once; it ends the flow. Customer and app of
the token must be those that started the flow, else 10502 (decided here).

Business codes: 10501, 10502, 10505, 10517, 10518, 10519.


Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP`

Arguments:
- `x_kony_authorization`
- `body`: Both keys of the flow and the code.
```ignore
let response = client.verify_update_security_questions_otp()
    .x_kony_authorization(x_kony_authorization)
    .body(body)
    .send()
    .await;
```*/
    pub fn verify_update_security_questions_otp(
        &self,
    ) -> builder::VerifyUpdateSecurityQuestionsOtp<'_> {
        builder::VerifyUpdateSecurityQuestionsOtp::new(self)
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
    /**Builder for [`Client::request_otp_pre_login_mb`]

[`Client::request_otp_pre_login_mb`]: super::Client::request_otp_pre_login_mb*/
    #[derive(Debug, Clone)]
    pub struct RequestOtpPreLoginMb<'a> {
        client: &'a super::Client,
        x_kony_authorization: Result<Option<crate::client::Token>, String>,
        body: Result<crate::api::dbx::types::PreLoginRequest, String>,
    }
    impl<'a> RequestOtpPreLoginMb<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                x_kony_authorization: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn x_kony_authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.x_kony_authorization = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for x_kony_authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::dbx::types::PreLoginRequest>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: dbx :: types :: PreLoginRequest` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::dbx::types::RequestAnswer>,
            Error<crate::api::dbx::types::DbxError>,
        > {
            let Self { client, x_kony_authorization, body } = self;
            let x_kony_authorization = x_kony_authorization
                .map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB",
                client.baseurl,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            if let Some(value) = x_kony_authorization {
                header_map.append("X-Kony-Authorization", value.to_string().try_into()?);
            }
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
                operation_id: "request_otp_pre_login_mb",
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
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
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
                503u16 => {
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
    /**Builder for [`Client::verify_otp_pre_login_mb`]

[`Client::verify_otp_pre_login_mb`]: super::Client::verify_otp_pre_login_mb*/
    #[derive(Debug, Clone)]
    pub struct VerifyOtpPreLoginMb<'a> {
        client: &'a super::Client,
        x_kony_authorization: Result<Option<crate::client::Token>, String>,
        body: Result<crate::api::dbx::types::VerifyRequest, String>,
    }
    impl<'a> VerifyOtpPreLoginMb<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                x_kony_authorization: Ok(None),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn x_kony_authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.x_kony_authorization = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for x_kony_authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::dbx::types::VerifyRequest>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: dbx :: types :: VerifyRequest` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::dbx::types::VerifyAnswer>,
            Error<crate::api::dbx::types::DbxError>,
        > {
            let Self { client, x_kony_authorization, body } = self;
            let x_kony_authorization = x_kony_authorization
                .map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB",
                client.baseurl,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            if let Some(value) = x_kony_authorization {
                header_map.append("X-Kony-Authorization", value.to_string().try_into()?);
            }
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
                operation_id: "verify_otp_pre_login_mb",
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
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
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
                503u16 => {
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
    /**Builder for [`Client::request_update_security_questions_otp`]

[`Client::request_update_security_questions_otp`]: super::Client::request_update_security_questions_otp*/
    #[derive(Debug, Clone)]
    pub struct RequestUpdateSecurityQuestionsOtp<'a> {
        client: &'a super::Client,
        x_kony_authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::dbx::types::SecurityQuestionsRequest, String>,
    }
    impl<'a> RequestUpdateSecurityQuestionsOtp<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                x_kony_authorization: Err(
                    "x_kony_authorization was not initialized".to_string(),
                ),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn x_kony_authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.x_kony_authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for x_kony_authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::dbx::types::SecurityQuestionsRequest>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: dbx :: types :: SecurityQuestionsRequest` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::dbx::types::RequestAnswer>,
            Error<crate::api::dbx::types::DbxError>,
        > {
            let Self { client, x_kony_authorization, body } = self;
            let x_kony_authorization = x_kony_authorization
                .map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP",
                client.baseurl,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map
                .append(
                    "X-Kony-Authorization",
                    x_kony_authorization.to_string().try_into()?,
                );
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
                operation_id: "request_update_security_questions_otp",
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
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
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
                503u16 => {
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
    /**Builder for [`Client::verify_update_security_questions_otp`]

[`Client::verify_update_security_questions_otp`]: super::Client::verify_update_security_questions_otp*/
    #[derive(Debug, Clone)]
    pub struct VerifyUpdateSecurityQuestionsOtp<'a> {
        client: &'a super::Client,
        x_kony_authorization: Result<crate::client::Token, String>,
        body: Result<crate::api::dbx::types::VerifyRequest, String>,
    }
    impl<'a> VerifyUpdateSecurityQuestionsOtp<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                x_kony_authorization: Err(
                    "x_kony_authorization was not initialized".to_string(),
                ),
                body: Err("body was not initialized".to_string()),
            }
        }
        pub fn x_kony_authorization<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::client::Token>,
        {
            self.x_kony_authorization = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: client :: Token` for x_kony_authorization failed"
                        .to_string()
                });
            self
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<crate::api::dbx::types::VerifyRequest>,
        {
            self.body = value
                .try_into()
                .map_err(|_| {
                    "conversion to `crate :: api :: dbx :: types :: VerifyRequest` for body failed"
                        .to_string()
                });
            self
        }
        ///Sends a `POST` request to `/services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<crate::api::dbx::types::VerifyAnswer>,
            Error<crate::api::dbx::types::DbxError>,
        > {
            let Self { client, x_kony_authorization, body } = self;
            let x_kony_authorization = x_kony_authorization
                .map_err(Error::InvalidRequest)?;
            let body = body.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP",
                client.baseurl,
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            header_map
                .append(
                    "X-Kony-Authorization",
                    x_kony_authorization.to_string().try_into()?,
                );
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
                operation_id: "verify_update_security_questions_otp",
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
                408u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                413u16 => {
                    Err(
                        Error::ErrorResponse(
                            ResponseValue::from_response(response).await?,
                        ),
                    )
                }
                415u16 => {
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
                503u16 => {
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
