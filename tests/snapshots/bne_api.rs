// Generated from openapi/bne-challenge.yaml by src/codegen/endpoints.rs. Do not edit: change the document, and the build writes this again.

/// The failures that every operation of BNE challenge validation documents.
#[derive(Clone, Debug)]
pub enum BneFailure {
    /// A header or property is missing or malformed; `location` names it. Nothing was counted: a code that does not match its
    /// pattern is no attempt.
    Status400 {
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
    /// There is no token, it is bad or expired, or it is another client's.
    Status401 {
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
    /// The client may not use this channel, country or business.
    Status403 {
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
    /// There is no such transaction in this session; one that is foreign, expired or used up is answered alike. On `retrieve`:
    /// the holder is unknown or has no token.
    Status404 {
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
    /// The code is wrong or was used before, or the token is locked; which, the answer never says. On `retrieve`: the holder has
    /// no token that suits the transaction.
    Status422 {
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
    /// Throttled. Wait, then repeat.
    Status429 {
        /// Whole seconds to wait before the next call, at least 1.
        retry_after: u32,
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
    /// The server failed, or something it depends on is down. Nothing was used up, unless the time for an answer ran out, or the database server was lost, in the very moment in which the decision was written. A repeat is safe, for a code is accepted once; if it is answered with 404, start again with a new transaction.
    Status500 {
        /// The answer's body.
        body: crate::api::bne::types::BneError,
    },
}

impl BneFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status422 { .. } => 422,
            Self::Status429 { .. } => 429,
            Self::Status500 { .. } => 500,
        }
    }
}

impl crate::api::runtime::IntoAnswer for BneFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status429 { retry_after, body } => {
                crate::api::runtime::Answer::json(429, &body)
                    .header("Retry-After", &retry_after)
            }
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
        }
    }
}

/// `bne-validate-challenge-info`, as the runtime sees it.
pub static BNE_VALIDATE_CHALLENGE_INFO: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "bne-validate-challenge-info",
    method: http::Method::POST,
    path: "/v1/x-global/bne/security/authenticate/challenge/info/validate",
    tags: &["bne-validate-challenge-info"],
    summary: "Check the code that a customer's token made",
    description: "204 means that the code was right; the transaction is used up. A code is accepted once. (The bank's\ntext has no status numbers; these are those of its sibling operations.)",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: None,
    query: &[],
    headers: &[
        "client_id",
        "uuid",
        "Accept-Language",
        "countryCode",
        "businessCode",
        "ChannelId",
        "sid",
    ],
    body_limit: Some(32768),
    statuses: &[204, 400, 401, 403, 404, 422, 429, 500],
};

/// The parameters of `bne-validate-challenge-info`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct BneValidateChallengeInfoParameters {
    /// The application's id, from its registration.
    pub client_id: crate::api::bne::types::ClientId,
    /// A UUID that you make anew for every request; errors and logs repeat it.
    pub uuid: crate::api::bne::types::RequestUuid,
    /// Language of `details`, `es` or `en`; anything else is answered in `es` (decided here).
    pub accept_language: Option<crate::api::bne::types::AcceptLanguage>,
    /// Country of the business, ISO 3166 alpha-2.
    pub country_code: crate::api::bne::types::CountryCode,
    /// The business, from the application's registration.
    pub business_code: crate::api::bne::types::BusinessCode,
    /// Where the request began.
    pub channel_id: crate::api::bne::types::ChannelId,
    /// The session that the key exchange opened; all calls of the session carry the same.
    pub sid: crate::api::bne::types::SessionId,
}

impl crate::api::runtime::Parameters for BneValidateChallengeInfoParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::bne::types::ClientId,
            >(
                crate::api::runtime::Place::Header,
                "client_id",
                true,
                "The application's id, from its registration.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::RequestUuid,
            >(
                crate::api::runtime::Place::Header,
                "uuid",
                true,
                "A UUID that you make anew for every request; errors and logs repeat it.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::AcceptLanguage,
            >(
                crate::api::runtime::Place::Header,
                "Accept-Language",
                false,
                "Language of `details`, `es` or `en`; anything else is answered in `es` (decided here).",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::CountryCode,
            >(
                crate::api::runtime::Place::Header,
                "countryCode",
                true,
                "Country of the business, ISO 3166 alpha-2.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::BusinessCode,
            >(
                crate::api::runtime::Place::Header,
                "businessCode",
                true,
                "The business, from the application's registration.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::ChannelId,
            >(
                crate::api::runtime::Place::Header,
                "ChannelId",
                true,
                "Where the request began.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::SessionId,
            >(
                crate::api::runtime::Place::Header,
                "sid",
                true,
                "The session that the key exchange opened; all calls of the session carry the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            client_id: parameters.header("client_id").required()?,
            uuid: parameters.header("uuid").required()?,
            accept_language: parameters.header("Accept-Language").optional()?,
            country_code: parameters.header("countryCode").required()?,
            business_code: parameters.header("businessCode").required()?,
            channel_id: parameters.header("ChannelId").required()?,
            sid: parameters.header("sid").required()?,
        })
    }
}

/// A request for `bne-validate-challenge-info` that passed every check. `U` is what the family knows of its caller.
pub type BneValidateChallengeInfoCall<U> = crate::api::runtime::Call<
    U,
    BneValidateChallengeInfoParameters,
    crate::api::bne::types::ValidateChallengeRequest,
>;

/// The success answers of `bne-validate-challenge-info`.
#[derive(Clone, Debug)]
pub enum BneValidateChallengeInfoOk {
    /// The code was right. The transaction is used up. There is no body.
    Status204,
}

impl BneValidateChallengeInfoOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for BneValidateChallengeInfoOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for BneValidateChallengeInfoOk {
    type ErrorBody = crate::api::bne::types::BneError;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// `bne-retrieve-challenge`, as the runtime sees it.
pub static BNE_RETRIEVE_CHALLENGE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "bne-retrieve-challenge",
    method: http::Method::POST,
    path: "/v1/x-global/bne/security/authenticate/challenge/retrieve",
    tags: &["bne-retrieve-challenge"],
    summary: "Open a transaction and get its challenge",
    description: "Our completion of the family; bodies and answers are decided here. The transaction is bound to `client_id` and `sid`, to\nthe holder (`userId` and `legalRepresentativeId`) and to one of the holder's tokens. `RISK` needs an OCRA token unless\nthe server's policy says otherwise; a holder who has none is answered 422, a holder who is unknown or has no token 404.\nA `RISK` transaction is for the `transactionDetails`, which the answer repeats as they are signed.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: None,
    query: &[],
    headers: &[
        "client_id",
        "uuid",
        "Accept-Language",
        "countryCode",
        "businessCode",
        "ChannelId",
        "sid",
    ],
    body_limit: Some(32768),
    statuses: &[200, 400, 401, 403, 404, 422, 429, 500],
};

/// The parameters of `bne-retrieve-challenge`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct BneRetrieveChallengeParameters {
    /// The application's id, from its registration.
    pub client_id: crate::api::bne::types::ClientId,
    /// A UUID that you make anew for every request; errors and logs repeat it.
    pub uuid: crate::api::bne::types::RequestUuid,
    /// Language of `details`, `es` or `en`; anything else is answered in `es` (decided here).
    pub accept_language: Option<crate::api::bne::types::AcceptLanguage>,
    /// Country of the business, ISO 3166 alpha-2.
    pub country_code: crate::api::bne::types::CountryCode,
    /// The business, from the application's registration.
    pub business_code: crate::api::bne::types::BusinessCode,
    /// Where the request began.
    pub channel_id: crate::api::bne::types::ChannelId,
    /// The session that the key exchange opened; all calls of the session carry the same.
    pub sid: crate::api::bne::types::SessionId,
}

impl crate::api::runtime::Parameters for BneRetrieveChallengeParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::bne::types::ClientId,
            >(
                crate::api::runtime::Place::Header,
                "client_id",
                true,
                "The application's id, from its registration.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::RequestUuid,
            >(
                crate::api::runtime::Place::Header,
                "uuid",
                true,
                "A UUID that you make anew for every request; errors and logs repeat it.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::AcceptLanguage,
            >(
                crate::api::runtime::Place::Header,
                "Accept-Language",
                false,
                "Language of `details`, `es` or `en`; anything else is answered in `es` (decided here).",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::CountryCode,
            >(
                crate::api::runtime::Place::Header,
                "countryCode",
                true,
                "Country of the business, ISO 3166 alpha-2.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::BusinessCode,
            >(
                crate::api::runtime::Place::Header,
                "businessCode",
                true,
                "The business, from the application's registration.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::ChannelId,
            >(
                crate::api::runtime::Place::Header,
                "ChannelId",
                true,
                "Where the request began.",
            ),
            crate::api::runtime::declared::<
                crate::api::bne::types::SessionId,
            >(
                crate::api::runtime::Place::Header,
                "sid",
                true,
                "The session that the key exchange opened; all calls of the session carry the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            client_id: parameters.header("client_id").required()?,
            uuid: parameters.header("uuid").required()?,
            accept_language: parameters.header("Accept-Language").optional()?,
            country_code: parameters.header("countryCode").required()?,
            business_code: parameters.header("businessCode").required()?,
            channel_id: parameters.header("ChannelId").required()?,
            sid: parameters.header("sid").required()?,
        })
    }
}

/// A request for `bne-retrieve-challenge` that passed every check. `U` is what the family knows of its caller.
pub type BneRetrieveChallengeCall<U> = crate::api::runtime::Call<
    U,
    BneRetrieveChallengeParameters,
    crate::api::bne::types::RetrieveChallengeRequest,
>;

/// The success answers of `bne-retrieve-challenge`.
#[derive(Clone, Debug)]
pub enum BneRetrieveChallengeOk {
    /// The transaction is open.
    Status200 {
        /// The answer's body.
        body: crate::api::bne::types::RetrievedChallenge,
    },
}

impl BneRetrieveChallengeOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for BneRetrieveChallengeOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for BneRetrieveChallengeOk {
    type ErrorBody = crate::api::bne::types::BneError;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::bne::types::RetrievedChallenge,
        >(200)
    }
}

/// Every operation, in the order of the document.
pub static OPERATIONS: [&crate::api::runtime::Operation; 2] = [
    &BNE_VALIDATE_CHALLENGE_INFO,
    &BNE_RETRIEVE_CHALLENGE,
];

/// BNE challenge validation 1.0.0: one method per operation of openapi/bne-challenge.yaml.
///
/// Only methods whose answers the document lists compile.
pub trait BneApi: crate::api::runtime::Family<Refusal = BneFailure> {
    /// Check the code that a customer's token made
    ///
    /// 204 means that the code was right; the transaction is used up. A code is accepted once. (The bank's
    /// text has no status numbers; these are those of its sibling operations.)
    ///
    /// `POST /v1/x-global/bne/security/authenticate/challenge/info/validate`
    fn bne_validate_challenge_info(
        &self,
        call: BneValidateChallengeInfoCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<BneValidateChallengeInfoOk, BneFailure>,
    > + Send;
    /// Open a transaction and get its challenge
    ///
    /// Our completion of the family; bodies and answers are decided here. The transaction is bound to `client_id` and `sid`, to
    /// the holder (`userId` and `legalRepresentativeId`) and to one of the holder's tokens. `RISK` needs an OCRA token unless
    /// the server's policy says otherwise; a holder who has none is answered 422, a holder who is unknown or has no token 404.
    /// A `RISK` transaction is for the `transactionDetails`, which the answer repeats as they are signed.
    ///
    /// `POST /v1/x-global/bne/security/authenticate/challenge/retrieve`
    fn bne_retrieve_challenge(
        &self,
        call: BneRetrieveChallengeCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<BneRetrieveChallengeOk, BneFailure>,
    > + Send;
}

/// Adds every operation to a server, its path below `base_path` (empty, or `/` and more, without a slash at the end).
///
/// The document names these servers: `/`, `/api`.
pub fn register<C, A>(
    api: &mut crate::api::runtime::Api<C>,
    base_path: &str,
) -> Result<(), dropshot::ApiDescriptionRegisterError>
where
    C: crate::api::runtime::Serves<A>,
    A: BneApi,
{
    api.register(
        crate::api::runtime::endpoint(
            &BNE_VALIDATE_CHALLENGE_INFO,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.bne_validate_challenge_info(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &BNE_RETRIEVE_CHALLENGE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.bne_retrieve_challenge(call).await
            },
        ),
    )?;
    Ok(())
}
