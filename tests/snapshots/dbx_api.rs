// Generated from openapi/dbx-otp.yaml by src/codegen/endpoints.rs. Do not edit: change the document, and the build writes this again.

/// The failures that every operation of DBX one-time passwords documents.
#[derive(Clone, Debug)]
pub enum DbxFailure {
    /// The body is not JSON, a property has the wrong type, is missing, `null`, too long or malformed, or a header is repeated.
    /// `dbpErrMsg` names it. Nothing was counted: an `otp` that does not match its pattern is no attempt.
    Status400 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// The token in `X-Kony-Authorization` is missing where it is required, or is not valid. Where it is optional, leave it out
    /// rather than send an old one.
    Status401 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// The body did not arrive in time.
    Status408 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// The body is longer than 16384 bytes.
    Status413 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// The `Content-Type` is not `application/json`.
    Status415 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// A limit that is not the customer's, such as that of the network address, is reached. Wait, then repeat.
    Status429 {
        /// Whole seconds to wait before the next call, at least 1.
        retry_after: u32,
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// The server failed. The answer says nothing about why; its log does. A repeat is safe.
    Status500 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
    /// The server is overloaded, shuts down, or lacks something it depends on. Repeat later.
    Status503 {
        /// The answer's body.
        body: crate::api::dbx::types::DbxError,
    },
}

impl DbxFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status408 { .. } => 408,
            Self::Status413 { .. } => 413,
            Self::Status415 { .. } => 415,
            Self::Status429 { .. } => 429,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for DbxFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status408 { body } => crate::api::runtime::Answer::json(408, &body),
            Self::Status413 { body } => crate::api::runtime::Answer::json(413, &body),
            Self::Status415 { body } => crate::api::runtime::Answer::json(415, &body),
            Self::Status429 { retry_after, body } => {
                crate::api::runtime::Answer::json(429, &body)
                    .header("Retry-After", &retry_after)
            }
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

/// `requestOTPPreLoginMB`, as the runtime sees it.
pub static REQUEST_OTP_PRE_LOGIN_MB: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "requestOTPPreLoginMB",
    method: http::Method::POST,
    path: "/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB",
    tags: &["New Business User"],
    summary: "Start a flow for an applicant, send the code, resend it",
    description: "Starts, sends and resends, as the keys in the body say. The caller needs no token, but one that is present must be valid\n(decided here, as for the verification). A start needs `Phone`, the number the applicant typed; a later call may repeat\nit and it must then be the flow's, else 10508. There is no e-mail before login: `customerCommunication.email` is empty\n(both decided here).\n\nBusiness codes: 10501, 10502, 10503, 10508, 10509, 10510, 10511, 10518, 10519.",
    auth: crate::api::runtime::Auth::Optional {
        header: "X-Kony-Authorization",
    },
    scope: None,
    query: &[],
    headers: &[],
    body_limit: Some(16384),
    statuses: &[200, 400, 401, 408, 413, 415, 429, 500, 503],
};

/// The parameters of `requestOTPPreLoginMB`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct RequestOtpPreLoginMbParameters {}

impl crate::api::runtime::Parameters for RequestOtpPreLoginMbParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `requestOTPPreLoginMB` that passed every check. `U` is what the family knows of its caller.
pub type RequestOtpPreLoginMbCall<U> = crate::api::runtime::Call<
    U,
    RequestOtpPreLoginMbParameters,
    crate::api::dbx::types::PreLoginRequest,
>;

/// The success answers of `requestOTPPreLoginMB`.
#[derive(Clone, Debug)]
pub enum RequestOtpPreLoginMbOk {
    /// The step was done, or a business rule refused it. The properties that are there say which.
    Status200 {
        /// The answer's body.
        body: crate::api::dbx::types::RequestAnswer,
    },
}

impl RequestOtpPreLoginMbOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for RequestOtpPreLoginMbOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for RequestOtpPreLoginMbOk {
    type ErrorBody = crate::api::dbx::types::DbxError;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::dbx::types::RequestAnswer>(200)
    }
}

/// `verifyOTPPreLoginMB`, as the runtime sees it.
pub static VERIFY_OTP_PRE_LOGIN_MB: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "verifyOTPPreLoginMB",
    method: http::Method::POST,
    path: "/services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB",
    tags: &["New Business User"],
    summary: "Check the code an applicant typed",
    description: "A wrong code is counted before the answer leaves. The right code is accepted once; it ends the flow. The token is optional\nhere (decided here), but one that is present must be valid.\n\nBusiness codes: 10501, 10502, 10505, 10517, 10518, 10519.",
    auth: crate::api::runtime::Auth::Optional {
        header: "X-Kony-Authorization",
    },
    scope: None,
    query: &[],
    headers: &[],
    body_limit: Some(16384),
    statuses: &[200, 400, 401, 408, 413, 415, 429, 500, 503],
};

/// The parameters of `verifyOTPPreLoginMB`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct VerifyOtpPreLoginMbParameters {}

impl crate::api::runtime::Parameters for VerifyOtpPreLoginMbParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `verifyOTPPreLoginMB` that passed every check. `U` is what the family knows of its caller.
pub type VerifyOtpPreLoginMbCall<U> = crate::api::runtime::Call<
    U,
    VerifyOtpPreLoginMbParameters,
    crate::api::dbx::types::VerifyRequest,
>;

/// The success answers of `verifyOTPPreLoginMB`.
#[derive(Clone, Debug)]
pub enum VerifyOtpPreLoginMbOk {
    /// The code was right, or a business rule refused it. The properties that are there say which.
    Status200 {
        /// The answer's body.
        body: crate::api::dbx::types::VerifyAnswer,
    },
}

impl VerifyOtpPreLoginMbOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for VerifyOtpPreLoginMbOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for VerifyOtpPreLoginMbOk {
    type ErrorBody = crate::api::dbx::types::DbxError;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::dbx::types::VerifyAnswer>(200)
    }
}

/// `requestUpdateSecurityQuestionsOTP`, as the runtime sees it.
pub static REQUEST_UPDATE_SECURITY_QUESTIONS_OTP: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "requestUpdateSecurityQuestionsOTP",
    method: http::Method::POST,
    path: "/services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP",
    tags: &["Security Questions"],
    summary: "Start a flow for the signed-in customer, send the code, resend it",
    description: "Starts, sends and resends, as the keys in the body say. The customer is the `sub` of the token; the addresses are\nthose the server knows. A customer who is unknown here or has no usable address is answered with 10508 (decided here).\n\nBusiness codes: 10501, 10502, 10503, 10508, 10509, 10510, 10511, 10518, 10519.",
    auth: crate::api::runtime::Auth::Required {
        header: "X-Kony-Authorization",
    },
    scope: None,
    query: &[],
    headers: &[],
    body_limit: Some(16384),
    statuses: &[200, 400, 401, 408, 413, 415, 429, 500, 503],
};

/// The parameters of `requestUpdateSecurityQuestionsOTP`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct RequestUpdateSecurityQuestionsOtpParameters {}

impl crate::api::runtime::Parameters for RequestUpdateSecurityQuestionsOtpParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `requestUpdateSecurityQuestionsOTP` that passed every check. `U` is what the family knows of its caller.
pub type RequestUpdateSecurityQuestionsOtpCall<U> = crate::api::runtime::Call<
    U,
    RequestUpdateSecurityQuestionsOtpParameters,
    crate::api::dbx::types::SecurityQuestionsRequest,
>;

/// The success answers of `requestUpdateSecurityQuestionsOTP`.
#[derive(Clone, Debug)]
pub enum RequestUpdateSecurityQuestionsOtpOk {
    /// The step was done, or a business rule refused it. The properties that are there say which.
    Status200 {
        /// The answer's body.
        body: crate::api::dbx::types::RequestAnswer,
    },
}

impl RequestUpdateSecurityQuestionsOtpOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for RequestUpdateSecurityQuestionsOtpOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for RequestUpdateSecurityQuestionsOtpOk {
    type ErrorBody = crate::api::dbx::types::DbxError;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::dbx::types::RequestAnswer>(200)
    }
}

/// `verifyUpdateSecurityQuestionsOTP`, as the runtime sees it.
pub static VERIFY_UPDATE_SECURITY_QUESTIONS_OTP: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "verifyUpdateSecurityQuestionsOTP",
    method: http::Method::POST,
    path: "/services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP",
    tags: &["Security Questions"],
    summary: "Check the code the signed-in customer typed",
    description: "A wrong code is counted before the answer leaves. The right code is accepted once; it ends the flow. Customer and app of\nthe token must be those that started the flow, else 10502 (decided here).\n\nBusiness codes: 10501, 10502, 10505, 10517, 10518, 10519.",
    auth: crate::api::runtime::Auth::Required {
        header: "X-Kony-Authorization",
    },
    scope: None,
    query: &[],
    headers: &[],
    body_limit: Some(16384),
    statuses: &[200, 400, 401, 408, 413, 415, 429, 500, 503],
};

/// The parameters of `verifyUpdateSecurityQuestionsOTP`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct VerifyUpdateSecurityQuestionsOtpParameters {}

impl crate::api::runtime::Parameters for VerifyUpdateSecurityQuestionsOtpParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `verifyUpdateSecurityQuestionsOTP` that passed every check. `U` is what the family knows of its caller.
pub type VerifyUpdateSecurityQuestionsOtpCall<U> = crate::api::runtime::Call<
    U,
    VerifyUpdateSecurityQuestionsOtpParameters,
    crate::api::dbx::types::VerifyRequest,
>;

/// The success answers of `verifyUpdateSecurityQuestionsOTP`.
#[derive(Clone, Debug)]
pub enum VerifyUpdateSecurityQuestionsOtpOk {
    /// The code was right, or a business rule refused it. The properties that are there say which.
    Status200 {
        /// The answer's body.
        body: crate::api::dbx::types::VerifyAnswer,
    },
}

impl VerifyUpdateSecurityQuestionsOtpOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for VerifyUpdateSecurityQuestionsOtpOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for VerifyUpdateSecurityQuestionsOtpOk {
    type ErrorBody = crate::api::dbx::types::DbxError;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::dbx::types::VerifyAnswer>(200)
    }
}

/// Every operation, in the order of the document.
pub static OPERATIONS: [&crate::api::runtime::Operation; 4] = [
    &REQUEST_OTP_PRE_LOGIN_MB,
    &VERIFY_OTP_PRE_LOGIN_MB,
    &REQUEST_UPDATE_SECURITY_QUESTIONS_OTP,
    &VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
];

/// DBX one-time passwords 1.0.0: one method per operation of openapi/dbx-otp.yaml.
///
/// Only methods whose answers the document lists compile.
pub trait DbxApi: crate::api::runtime::Family<Refusal = DbxFailure> {
    /// Start a flow for an applicant, send the code, resend it
    ///
    /// Starts, sends and resends, as the keys in the body say. The caller needs no token, but one that is present must be valid
    /// (decided here, as for the verification). A start needs `Phone`, the number the applicant typed; a later call may repeat
    /// it and it must then be the flow's, else 10508. There is no e-mail before login: `customerCommunication.email` is empty
    /// (both decided here).
    ///
    /// Business codes: 10501, 10502, 10503, 10508, 10509, 10510, 10511, 10518, 10519.
    ///
    /// `POST /services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB`
    fn request_otp_pre_login_mb(
        &self,
        call: RequestOtpPreLoginMbCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<RequestOtpPreLoginMbOk, DbxFailure>,
    > + Send;
    /// Check the code an applicant typed
    ///
    /// A wrong code is counted before the answer leaves. The right code is accepted once; it ends the flow. The token is optional
    /// here (decided here), but one that is present must be valid.
    ///
    /// Business codes: 10501, 10502, 10505, 10517, 10518, 10519.
    ///
    /// `POST /services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB`
    fn verify_otp_pre_login_mb(
        &self,
        call: VerifyOtpPreLoginMbCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<VerifyOtpPreLoginMbOk, DbxFailure>,
    > + Send;
    /// Start a flow for the signed-in customer, send the code, resend it
    ///
    /// Starts, sends and resends, as the keys in the body say. The customer is the `sub` of the token; the addresses are
    /// those the server knows. A customer who is unknown here or has no usable address is answered with 10508 (decided here).
    ///
    /// Business codes: 10501, 10502, 10503, 10508, 10509, 10510, 10511, 10518, 10519.
    ///
    /// `POST /services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP`
    fn request_update_security_questions_otp(
        &self,
        call: RequestUpdateSecurityQuestionsOtpCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<RequestUpdateSecurityQuestionsOtpOk, DbxFailure>,
    > + Send;
    /// Check the code the signed-in customer typed
    ///
    /// A wrong code is counted before the answer leaves. The right code is accepted once; it ends the flow. Customer and app of
    /// the token must be those that started the flow, else 10502 (decided here).
    ///
    /// Business codes: 10501, 10502, 10505, 10517, 10518, 10519.
    ///
    /// `POST /services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP`
    fn verify_update_security_questions_otp(
        &self,
        call: VerifyUpdateSecurityQuestionsOtpCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<VerifyUpdateSecurityQuestionsOtpOk, DbxFailure>,
    > + Send;
}

/// Adds every operation to a server, its path below `base_path` (empty, or `/` and more, without a slash at the end).
///
/// The document names these servers: `/`.
pub fn register<C, A>(
    api: &mut crate::api::runtime::Api<C>,
    base_path: &str,
) -> Result<(), dropshot::ApiDescriptionRegisterError>
where
    C: crate::api::runtime::Serves<A>,
    A: DbxApi,
{
    api.register(
        crate::api::runtime::endpoint(
            &REQUEST_OTP_PRE_LOGIN_MB,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.request_otp_pre_login_mb(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &VERIFY_OTP_PRE_LOGIN_MB,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.verify_otp_pre_login_mb(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &REQUEST_UPDATE_SECURITY_QUESTIONS_OTP,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.request_update_security_questions_otp(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &VERIFY_UPDATE_SECURITY_QUESTIONS_OTP,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.verify_update_security_questions_otp(call).await
            },
        ),
    )?;
    Ok(())
}
