// Generated from openapi/operator.yaml by src/codegen/endpoints.rs. Do not edit: change the document, and the build writes this again.

/// The failures that every operation of Operator API documents.
#[derive(Clone, Debug)]
pub enum OperatorFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl OperatorFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for OperatorFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

/// `operator_list`, as the runtime sees it.
pub static OPERATOR_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "operator_list",
    method: http::Method::GET,
    path: "/operator/v1/operators",
    tags: &["Operators"],
    summary: "List the operators",
    description: "By name, those that are revoked included: their names stay in the audit trail. Credentials are not shown; nobody can\nlook one up.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &["limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `operator_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct OperatorListParameters {
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for OperatorListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `operator_list` that passed every check. `U` is what the family knows of its caller.
pub type OperatorListCall<U> = crate::api::runtime::Call<U, OperatorListParameters, ()>;

/// The success answers of `operator_list`.
#[derive(Clone, Debug)]
pub enum OperatorListOk {
    /// A page of operators.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::OperatorPage,
    },
}

impl OperatorListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for OperatorListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for OperatorListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::OperatorPage>(200)
    }
}

/// `operator_create`, as the runtime sees it.
pub static OPERATOR_CREATE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "operator_create",
    method: http::Method::POST,
    path: "/operator/v1/operators",
    tags: &["Operators"],
    summary: "Make an operator and its credential",
    description: "Give each person and each system an operator of its own, with no more scopes than it needs. Keep the `credential` of\nthe answer: the server has a digest of it and cannot show it again, but to a repeat of this call. A name is used once;\n409 if there is an operator of that name, or ever was.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &["Idempotency-Key"],
    body_limit: Some(4096),
    statuses: &[201, 400, 401, 403, 409, 422, 500, 503],
};

/// The parameters of `operator_create`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct OperatorCreateParameters {
    /// Drawn by you at random for each thing to be made; the repeat of a call has the same.
    pub idempotency_key: crate::api::operator::types::IdempotencyKey,
}

impl crate::api::runtime::Parameters for OperatorCreateParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::IdempotencyKey,
            >(
                crate::api::runtime::Place::Header,
                "Idempotency-Key",
                true,
                "Drawn by you at random for each thing to be made; the repeat of a call has the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            idempotency_key: parameters.header("Idempotency-Key").required()?,
        })
    }
}

/// A request for `operator_create` that passed every check. `U` is what the family knows of its caller.
pub type OperatorCreateCall<U> = crate::api::runtime::Call<
    U,
    OperatorCreateParameters,
    crate::api::operator::types::NewOperator,
>;

/// The success answers of `operator_create`.
#[derive(Clone, Debug)]
pub enum OperatorCreateOk {
    /// The operator is there. This is the only time its credential is shown.
    Status201 {
        /// The answer's body.
        body: crate::api::operator::types::CreatedOperator,
    },
}

impl OperatorCreateOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for OperatorCreateOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status201 { body } => crate::api::runtime::Answer::json(201, &body),
        }
    }
}

impl crate::api::runtime::Success for OperatorCreateOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::CreatedOperator,
        >(201)
    }
}

/// The failures of `operator_create`.
#[derive(Clone, Debug)]
pub enum OperatorCreateFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl OperatorCreateFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status409 { .. } => 409,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for OperatorCreateFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for OperatorCreateFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `operator_revoke`, as the runtime sees it.
pub static OPERATOR_REVOKE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "operator_revoke",
    method: http::Method::DELETE,
    path: "/operator/v1/operators/{operatorName}",
    tags: &["Operators"],
    summary: "Put a credential out of use",
    description: "The operator's next call is 401. There is no way back, and its name is not used again: make another operator instead.\n409 if it is revoked already, or the last one with `admin`. What it has changed stays as it is.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[204, 400, 401, 403, 404, 409, 500, 503],
};

/// The parameters of `operator_revoke`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct OperatorRevokeParameters {
    /// The operator.
    pub operator_name: crate::api::operator::types::OperatorName,
}

impl crate::api::runtime::Parameters for OperatorRevokeParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::OperatorName,
            >(crate::api::runtime::Place::Path, "operatorName", true, "The operator."),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            operator_name: parameters.path("operatorName").required()?,
        })
    }
}

/// A request for `operator_revoke` that passed every check. `U` is what the family knows of its caller.
pub type OperatorRevokeCall<U> = crate::api::runtime::Call<
    U,
    OperatorRevokeParameters,
    (),
>;

/// The success answers of `operator_revoke`.
#[derive(Clone, Debug)]
pub enum OperatorRevokeOk {
    /// It is revoked. There is no body.
    Status204,
}

impl OperatorRevokeOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for OperatorRevokeOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for OperatorRevokeOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// The failures of `operator_revoke`.
#[derive(Clone, Debug)]
pub enum OperatorRevokeFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl OperatorRevokeFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for OperatorRevokeFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for OperatorRevokeFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `customer_list`, as the runtime sees it.
pub static CUSTOMER_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "customer_list",
    method: http::Method::GET,
    path: "/operator/v1/customers",
    tags: &["Customers"],
    summary: "List the customers",
    description: "In an order that does not change, but is not that of the numbers, which the server cannot compare. To find one, view it\nby its number; there is no search by address.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `customer_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct CustomerListParameters {
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for CustomerListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `customer_list` that passed every check. `U` is what the family knows of its caller.
pub type CustomerListCall<U> = crate::api::runtime::Call<U, CustomerListParameters, ()>;

/// The success answers of `customer_list`.
#[derive(Clone, Debug)]
pub enum CustomerListOk {
    /// A page of customers.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::CustomerPage,
    },
}

impl CustomerListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for CustomerListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::CustomerPage>(200)
    }
}

/// `customer_view`, as the runtime sees it.
pub static CUSTOMER_VIEW: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "customer_view",
    method: http::Method::GET,
    path: "/operator/v1/customers/{customerId}",
    tags: &["Customers"],
    summary: "View a customer",
    description: "The language, the masked addresses, whether the customer is locked, and the `ETag` that a change needs. Tokens are listed by\n`token_list`.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `customer_view`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct CustomerViewParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
}

impl crate::api::runtime::Parameters for CustomerViewParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
        })
    }
}

/// A request for `customer_view` that passed every check. `U` is what the family knows of its caller.
pub type CustomerViewCall<U> = crate::api::runtime::Call<U, CustomerViewParameters, ()>;

/// The success answers of `customer_view`.
#[derive(Clone, Debug)]
pub enum CustomerViewOk {
    /// The customer as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Customer,
    },
}

impl CustomerViewOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerViewOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for CustomerViewOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Customer>(200)
    }
}

/// The failures of `customer_view`.
#[derive(Clone, Debug)]
pub enum CustomerViewFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl CustomerViewFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerViewFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for CustomerViewFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `customer_put`, as the runtime sees it.
pub static CUSTOMER_PUT: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "customer_put",
    method: http::Method::PUT,
    path: "/operator/v1/customers/{customerId}",
    tags: &["Customers"],
    summary: "Write a customer",
    description: "Writes all of it: an address that is not in the body is gone. The first phone and the first e-mail address are the\nprimary ones. Without `If-Match` it creates; with it, it replaces the version you have seen. Open flows that could send to\nan address that is gone end. Tokens stay with their customer.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: Some(16384),
    statuses: &[200, 201, 400, 401, 403, 412, 428, 500, 503],
};

/// The parameters of `customer_put`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct CustomerPutParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
    /// The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
    /// newer version or none at all.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for CustomerPutParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a\nnewer version or none at all.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `customer_put` that passed every check. `U` is what the family knows of its caller.
pub type CustomerPutCall<U> = crate::api::runtime::Call<
    U,
    CustomerPutParameters,
    crate::api::operator::types::CustomerData,
>;

/// The success answers of `customer_put`.
#[derive(Clone, Debug)]
pub enum CustomerPutOk {
    /// The customer as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Customer,
    },
    /// The customer, or the address of it, is there now.
    Status201 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Customer,
    },
}

impl CustomerPutOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerPutOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
            Self::Status201 { e_tag, body } => {
                crate::api::runtime::Answer::json(201, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for CustomerPutOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Customer>(200)
    }
}

/// The failures of `customer_put`.
#[derive(Clone, Debug)]
pub enum CustomerPutFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, and `If-Match` is missing. View it, then repeat the call with its `ETag`.
    Status428 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl CustomerPutFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status412 { .. } => 412,
            Self::Status428 { .. } => 428,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerPutFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status428 { body } => crate::api::runtime::Answer::json(428, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for CustomerPutFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `customer_delete`, as the runtime sees it.
pub static CUSTOMER_DELETE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "customer_delete",
    method: http::Method::DELETE,
    path: "/operator/v1/customers/{customerId}",
    tags: &["Customers"],
    summary: "Delete a customer",
    description: "The customer and all addresses go, and open flows end. Tokens do not: take them back or revoke them first. The audit\ntrail keeps what it has; see `customer_erase` for a customer who is to be forgotten.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[204, 400, 401, 403, 404, 412, 428, 500, 503],
};

/// The parameters of `customer_delete`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct CustomerDeleteParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
    /// The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
    /// newer version or none at all.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for CustomerDeleteParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a\nnewer version or none at all.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `customer_delete` that passed every check. `U` is what the family knows of its caller.
pub type CustomerDeleteCall<U> = crate::api::runtime::Call<
    U,
    CustomerDeleteParameters,
    (),
>;

/// The success answers of `customer_delete`.
#[derive(Clone, Debug)]
pub enum CustomerDeleteOk {
    /// The customer is gone. There is no body.
    Status204,
}

impl CustomerDeleteOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerDeleteOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for CustomerDeleteOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// The failures of `customer_delete`.
#[derive(Clone, Debug)]
pub enum CustomerDeleteFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, and `If-Match` is missing. View it, then repeat the call with its `ETag`.
    Status428 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl CustomerDeleteFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status412 { .. } => 412,
            Self::Status428 { .. } => 428,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerDeleteFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status428 { body } => crate::api::runtime::Answer::json(428, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for CustomerDeleteFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `customer_unlock`, as the runtime sees it.
pub static CUSTOMER_UNLOCK: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "customer_unlock",
    method: http::Method::POST,
    path: "/operator/v1/customers/{customerId}/unlock",
    tags: &["Customers"],
    summary: "Forget the wrong codes of a customer",
    description: "Make sure first that you talk to the customer. Wrong codes that a signed-in customer has entered for security questions are\nforgotten, those of each address too: the customer may try again at once, also after a hundred in a row, which nothing else\nforgives but a right code. The locked flow stays locked: a new one is needed. 409 if there is nothing to forget.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("unlock"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 409, 500, 503],
};

/// The parameters of `customer_unlock`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct CustomerUnlockParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
}

impl crate::api::runtime::Parameters for CustomerUnlockParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
        })
    }
}

/// A request for `customer_unlock` that passed every check. `U` is what the family knows of its caller.
pub type CustomerUnlockCall<U> = crate::api::runtime::Call<
    U,
    CustomerUnlockParameters,
    (),
>;

/// The success answers of `customer_unlock`.
#[derive(Clone, Debug)]
pub enum CustomerUnlockOk {
    /// The customer as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Customer,
    },
}

impl CustomerUnlockOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerUnlockOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for CustomerUnlockOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Customer>(200)
    }
}

/// The failures of `customer_unlock`.
#[derive(Clone, Debug)]
pub enum CustomerUnlockFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl CustomerUnlockFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerUnlockFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for CustomerUnlockFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `customer_erase`, as the runtime sees it.
pub static CUSTOMER_ERASE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "customer_erase",
    method: http::Method::POST,
    path: "/operator/v1/customers/{customerId}/erase",
    tags: &["Customers"],
    summary: "Erase a customer",
    description: "Nothing that names the customer is left but a pseudonym in the audit trail. The customer, all addresses, flows, messages,\ntransactions and sessions go, open ones end; tokens are in stock again. The key of what the audit trail says of who it is is\ndestroyed: its entries stay, and the chain still verifies. What was there is overwritten in the data file. Erasing again\nis no error, and finds nothing. 503 also means that the data file's log could not be cut yet, because somebody reads it: the\ncustomer is erased, and the call is to be repeated.\n\nAn erasure gives back no guesses: what is counted against the customer's tries in a day stays until the day is over. Only\nwrong codes in a row are forgotten, as by `customer_unlock`, because they are never over.\n\nCopies elsewhere are not reached: backups, events that were sent to the SIEM, messages at their providers.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `customer_erase`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct CustomerEraseParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
}

impl crate::api::runtime::Parameters for CustomerEraseParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
        })
    }
}

/// A request for `customer_erase` that passed every check. `U` is what the family knows of its caller.
pub type CustomerEraseCall<U> = crate::api::runtime::Call<
    U,
    CustomerEraseParameters,
    (),
>;

/// The success answers of `customer_erase`.
#[derive(Clone, Debug)]
pub enum CustomerEraseOk {
    /// The customer is erased. This is what there was.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::ErasedCustomer,
    },
}

impl CustomerEraseOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for CustomerEraseOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for CustomerEraseOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::ErasedCustomer,
        >(200)
    }
}

/// `address_add`, as the runtime sees it.
pub static ADDRESS_ADD: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "address_add",
    method: http::Method::POST,
    path: "/operator/v1/customers/{customerId}/addresses",
    tags: &["Customers"],
    summary: "Add an address to a customer",
    description: "Adds a phone or an e-mail address behind those of its kind, or before them as the primary one. 409 if the customer\nhas it already, or ten of its kind. Nothing is sent to the address: that it is the customer's is for you to know.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: Some(4096),
    statuses: &[201, 400, 401, 403, 404, 409, 412, 428, 500, 503],
};

/// The parameters of `address_add`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct AddressAddParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
    /// The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
    /// newer version or none at all.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for AddressAddParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a\nnewer version or none at all.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `address_add` that passed every check. `U` is what the family knows of its caller.
pub type AddressAddCall<U> = crate::api::runtime::Call<
    U,
    AddressAddParameters,
    crate::api::operator::types::NewAddress,
>;

/// The success answers of `address_add`.
#[derive(Clone, Debug)]
pub enum AddressAddOk {
    /// The customer, or the address of it, is there now.
    Status201 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Customer,
    },
}

impl AddressAddOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for AddressAddOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status201 { e_tag, body } => {
                crate::api::runtime::Answer::json(201, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for AddressAddOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Customer>(201)
    }
}

/// The failures of `address_add`.
#[derive(Clone, Debug)]
pub enum AddressAddFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, and `If-Match` is missing. View it, then repeat the call with its `ETag`.
    Status428 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl AddressAddFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status428 { .. } => 428,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for AddressAddFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status428 { body } => crate::api::runtime::Answer::json(428, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for AddressAddFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `address_remove`, as the runtime sees it.
pub static ADDRESS_REMOVE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "address_remove",
    method: http::Method::DELETE,
    path: "/operator/v1/customers/{customerId}/addresses/{addressId}",
    tags: &["Customers"],
    summary: "Remove an address from a customer",
    description: "Those behind it move up, and so do their ids; `If-Match` makes sure that you remove the one you have seen. Open flows\nthat could send to it end.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 412, 428, 500, 503],
};

/// The parameters of `address_remove`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct AddressRemoveParameters {
    /// The customer number.
    pub customer_id: crate::api::operator::types::CustomerId,
    /// The address, by its kind and position, as in the customer's `addresses`.
    pub address_id: crate::api::operator::types::AddressId,
    /// The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
    /// newer version or none at all.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for AddressRemoveParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Path,
                "customerId",
                true,
                "The customer number.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::AddressId,
            >(
                crate::api::runtime::Place::Path,
                "addressId",
                true,
                "The address, by its kind and position, as in the customer's `addresses`.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a\nnewer version or none at all.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.path("customerId").required()?,
            address_id: parameters.path("addressId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `address_remove` that passed every check. `U` is what the family knows of its caller.
pub type AddressRemoveCall<U> = crate::api::runtime::Call<
    U,
    AddressRemoveParameters,
    (),
>;

/// The success answers of `address_remove`.
#[derive(Clone, Debug)]
pub enum AddressRemoveOk {
    /// The customer as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Customer,
    },
}

impl AddressRemoveOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for AddressRemoveOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for AddressRemoveOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Customer>(200)
    }
}

/// The failures of `address_remove`.
#[derive(Clone, Debug)]
pub enum AddressRemoveFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, and `If-Match` is missing. View it, then repeat the call with its `ETag`.
    Status428 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl AddressRemoveFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status412 { .. } => 412,
            Self::Status428 { .. } => 428,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for AddressRemoveFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status428 { body } => crate::api::runtime::Answer::json(428, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for AddressRemoveFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_list`, as the runtime sees it.
pub static TOKEN_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_list",
    method: http::Method::GET,
    path: "/operator/v1/tokens",
    tags: &["Tokens"],
    summary: "List tokens",
    description: "All tokens, or those that all given filters fit. Tokens of an import that is not committed are not listed. Several\nmanufacturers may have a token of one serial number.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["serial", "customerId", "state", "limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `token_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenListParameters {
    /// Only tokens of this serial number.
    pub serial: Option<crate::api::operator::types::Serial>,
    /// Only what belongs to this customer.
    pub customer_id: Option<crate::api::operator::types::CustomerId>,
    /// Only tokens in this state.
    pub state: Option<crate::api::operator::types::TokenState>,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for TokenListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::Serial,
            >(
                crate::api::runtime::Place::Query,
                "serial",
                false,
                "Only tokens of this serial number.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Query,
                "customerId",
                false,
                "Only what belongs to this customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenState,
            >(
                crate::api::runtime::Place::Query,
                "state",
                false,
                "Only tokens in this state.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            serial: parameters.query("serial").optional()?,
            customer_id: parameters.query("customerId").optional()?,
            state: parameters.query("state").optional()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `token_list` that passed every check. `U` is what the family knows of its caller.
pub type TokenListCall<U> = crate::api::runtime::Call<U, TokenListParameters, ()>;

/// The success answers of `token_list`.
#[derive(Clone, Debug)]
pub enum TokenListOk {
    /// A page of tokens.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::TokenPage,
    },
}

impl TokenListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for TokenListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::TokenPage>(200)
    }
}

/// `token_enrol`, as the runtime sees it.
pub static TOKEN_ENROL: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_enrol",
    method: http::Method::POST,
    path: "/operator/v1/tokens",
    tags: &["Tokens"],
    summary: "Enrol one token",
    description: "Adds a token, in stock or (with `customerId`) in a customer's hands at once. Give the `seed` of a hardware token. Leave\nit out for an authenticator app: the server draws one, and the answer has it as `keyUri`, for a QR code. That is shown\nthis once and to a repeat of the call.\n\n`algorithm`, `period` and `t0` are for `TOTP`, `digits` for `HOTP` and `TOTP`, `counter` for `HOTP` and `OCRA`; `suite`\nbelongs to `OCRA`, where it is required and so is `seed`. A property of another kind is 400. 409 if the serial number is\ntaken by another token of this manufacturer, or the seed by another token of this serial number. Many tokens are better\nimported.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["Idempotency-Key"],
    body_limit: Some(8192),
    statuses: &[201, 400, 401, 403, 409, 422, 500, 503],
};

/// The parameters of `token_enrol`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenEnrolParameters {
    /// Drawn by you at random for each thing to be made; the repeat of a call has the same.
    pub idempotency_key: crate::api::operator::types::IdempotencyKey,
}

impl crate::api::runtime::Parameters for TokenEnrolParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::IdempotencyKey,
            >(
                crate::api::runtime::Place::Header,
                "Idempotency-Key",
                true,
                "Drawn by you at random for each thing to be made; the repeat of a call has the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            idempotency_key: parameters.header("Idempotency-Key").required()?,
        })
    }
}

/// A request for `token_enrol` that passed every check. `U` is what the family knows of its caller.
pub type TokenEnrolCall<U> = crate::api::runtime::Call<
    U,
    TokenEnrolParameters,
    crate::api::operator::types::NewToken,
>;

/// The success answers of `token_enrol`.
#[derive(Clone, Debug)]
pub enum TokenEnrolOk {
    /// The token is there.
    Status201 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::EnrolledToken,
    },
}

impl TokenEnrolOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenEnrolOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status201 { e_tag, body } => {
                crate::api::runtime::Answer::json(201, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenEnrolOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::EnrolledToken,
        >(201)
    }
}

/// The failures of `token_enrol`.
#[derive(Clone, Debug)]
pub enum TokenEnrolFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenEnrolFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status409 { .. } => 409,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenEnrolFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenEnrolFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_view`, as the runtime sees it.
pub static TOKEN_VIEW: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_view",
    method: http::Method::GET,
    path: "/operator/v1/tokens/{tokenId}",
    tags: &["Tokens"],
    summary: "View a token",
    description: "Everything but its secret.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `token_view`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenViewParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
}

impl crate::api::runtime::Parameters for TokenViewParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
        })
    }
}

/// A request for `token_view` that passed every check. `U` is what the family knows of its caller.
pub type TokenViewCall<U> = crate::api::runtime::Call<U, TokenViewParameters, ()>;

/// The success answers of `token_view`.
#[derive(Clone, Debug)]
pub enum TokenViewOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenViewOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenViewOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenViewOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_view`.
#[derive(Clone, Debug)]
pub enum TokenViewFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenViewFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenViewFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenViewFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_assign`, as the runtime sees it.
pub static TOKEN_ASSIGN: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_assign",
    method: http::Method::POST,
    path: "/operator/v1/tokens/{tokenId}/assign",
    tags: &["Tokens"],
    summary: "Give a token to a customer",
    description: "Gives a token that is in stock (`imported`) to a customer, or to one who acts for a company; 409 for any other. The\ncustomer need not have an address here. With its first right code the token becomes `active`.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 409, 412, 500, 503],
};

/// The parameters of `token_assign`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenAssignParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
    /// The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for TokenAssignParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `token_assign` that passed every check. `U` is what the family knows of its caller.
pub type TokenAssignCall<U> = crate::api::runtime::Call<
    U,
    TokenAssignParameters,
    crate::api::operator::types::TokenAssignment,
>;

/// The success answers of `token_assign`.
#[derive(Clone, Debug)]
pub enum TokenAssignOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenAssignOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenAssignOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenAssignOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_assign`.
#[derive(Clone, Debug)]
pub enum TokenAssignFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenAssignFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenAssignFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenAssignFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_unassign`, as the runtime sees it.
pub static TOKEN_UNASSIGN: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_unassign",
    method: http::Method::POST,
    path: "/operator/v1/tokens/{tokenId}/unassign",
    tags: &["Tokens"],
    summary: "Take a token back into stock",
    description: "For a token that is `assigned` or `active`; 409 for any other, a locked one included: that would unlock it under\nanother name. Codes that it has used up stay used up.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 409, 412, 500, 503],
};

/// The parameters of `token_unassign`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenUnassignParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
    /// The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for TokenUnassignParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `token_unassign` that passed every check. `U` is what the family knows of its caller.
pub type TokenUnassignCall<U> = crate::api::runtime::Call<
    U,
    TokenUnassignParameters,
    (),
>;

/// The success answers of `token_unassign`.
#[derive(Clone, Debug)]
pub enum TokenUnassignOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenUnassignOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenUnassignOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenUnassignOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_unassign`.
#[derive(Clone, Debug)]
pub enum TokenUnassignFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenUnassignFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenUnassignFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenUnassignFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_resync`, as the runtime sees it.
pub static TOKEN_RESYNC: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_resync",
    method: http::Method::POST,
    path: "/operator/v1/tokens/{tokenId}/resync",
    tags: &["Tokens"],
    summary: "Find a token that has gone out of step",
    description: "Have the customer read two codes in a row. If both are found, the token is in step again and both are used up. Wrong ones\n(422) count as a failure, as any wrong code does. So is a token that takes no code now (422), for instance during a wait;\nsuch codes are not looked at. A token that takes challenges has no row of codes (409).",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 409, 412, 422, 500, 503],
};

/// The parameters of `token_resync`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenResyncParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
    /// The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for TokenResyncParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `token_resync` that passed every check. `U` is what the family knows of its caller.
pub type TokenResyncCall<U> = crate::api::runtime::Call<
    U,
    TokenResyncParameters,
    crate::api::operator::types::ResyncCodes,
>;

/// The success answers of `token_resync`.
#[derive(Clone, Debug)]
pub enum TokenResyncOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenResyncOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenResyncOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenResyncOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_resync`.
#[derive(Clone, Debug)]
pub enum TokenResyncFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenResyncFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenResyncFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenResyncFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_unlock`, as the runtime sees it.
pub static TOKEN_UNLOCK: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_unlock",
    method: http::Method::POST,
    path: "/operator/v1/tokens/{tokenId}/unlock",
    tags: &["Tokens"],
    summary: "End the lock or the wait of a token",
    description: "Make sure first that you talk to its holder. The failures are forgotten and a locked token is again what it was before.\n409 if there is nothing to forget.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("unlock"),
    query: &[],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 409, 412, 500, 503],
};

/// The parameters of `token_unlock`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenUnlockParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
    /// The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for TokenUnlockParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `token_unlock` that passed every check. `U` is what the family knows of its caller.
pub type TokenUnlockCall<U> = crate::api::runtime::Call<U, TokenUnlockParameters, ()>;

/// The success answers of `token_unlock`.
#[derive(Clone, Debug)]
pub enum TokenUnlockOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenUnlockOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenUnlockOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenUnlockOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_unlock`.
#[derive(Clone, Debug)]
pub enum TokenUnlockFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenUnlockFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenUnlockFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenUnlockFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_revoke`, as the runtime sees it.
pub static TOKEN_REVOKE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_revoke",
    method: http::Method::POST,
    path: "/operator/v1/tokens/{tokenId}/revoke",
    tags: &["Tokens"],
    summary: "Put a token out of use for good",
    description: "For a token that is lost, stolen or broken. There is no way back, and its serial number stays taken. 409 if it is\nrevoked already.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 409, 412, 500, 503],
};

/// The parameters of `token_revoke`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenRevokeParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
    /// The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for TokenRevokeParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `token_revoke` that passed every check. `U` is what the family knows of its caller.
pub type TokenRevokeCall<U> = crate::api::runtime::Call<U, TokenRevokeParameters, ()>;

/// The success answers of `token_revoke`.
#[derive(Clone, Debug)]
pub enum TokenRevokeOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenRevokeOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenRevokeOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenRevokeOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_revoke`.
#[derive(Clone, Debug)]
pub enum TokenRevokeFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenRevokeFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenRevokeFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenRevokeFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `token_test`, as the runtime sees it.
pub static TOKEN_TEST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "token_test",
    method: http::Method::POST,
    path: "/operator/v1/tokens/{tokenId}/test",
    tags: &["Tokens"],
    summary: "Try a code of a token",
    description: "For the counter and the help desk: does this token work? The code is treated as in a login. A right one is used up, and\nmakes an assigned token active; a wrong one (422) counts. A token that takes no code now is 422, too. A token that takes\nchallenges has no code of its own (409): open a transaction for it.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["If-Match"],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 409, 412, 422, 500, 503],
};

/// The parameters of `token_test`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TokenTestParameters {
    /// The token; `token_list` finds it by its serial number or its customer.
    pub token_id: crate::api::operator::types::TokenId,
    /// The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for TokenTestParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::TokenId,
            >(
                crate::api::runtime::Place::Path,
                "tokenId",
                true,
                "The token; `token_list` finds it by its serial number or its customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen, if you insist that nothing has changed since; 412 if it has.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            token_id: parameters.path("tokenId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `token_test` that passed every check. `U` is what the family knows of its caller.
pub type TokenTestCall<U> = crate::api::runtime::Call<
    U,
    TokenTestParameters,
    crate::api::operator::types::TestCode,
>;

/// The success answers of `token_test`.
#[derive(Clone, Debug)]
pub enum TokenTestOk {
    /// The token as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Token,
    },
}

impl TokenTestOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenTestOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for TokenTestOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Token>(200)
    }
}

/// The failures of `token_test`.
#[derive(Clone, Debug)]
pub enum TokenTestFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TokenTestFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status412 { .. } => 412,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TokenTestFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TokenTestFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `import_open`, as the runtime sees it.
pub static IMPORT_OPEN: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "import_open",
    method: http::Method::POST,
    path: "/operator/v1/imports",
    tags: &["Imports"],
    summary: "Begin an import",
    description: "Then add the tokens in batches, and commit. Nobody sees any of them before that, but their serial numbers are taken. An\nimport that is left alone is cancelled when it expires, an hour after its last batch.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["Idempotency-Key"],
    body_limit: Some(4096),
    statuses: &[201, 400, 401, 403, 422, 500, 503],
};

/// The parameters of `import_open`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ImportOpenParameters {
    /// Drawn by you at random for each thing to be made; the repeat of a call has the same.
    pub idempotency_key: crate::api::operator::types::IdempotencyKey,
}

impl crate::api::runtime::Parameters for ImportOpenParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::IdempotencyKey,
            >(
                crate::api::runtime::Place::Header,
                "Idempotency-Key",
                true,
                "Drawn by you at random for each thing to be made; the repeat of a call has the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            idempotency_key: parameters.header("Idempotency-Key").required()?,
        })
    }
}

/// A request for `import_open` that passed every check. `U` is what the family knows of its caller.
pub type ImportOpenCall<U> = crate::api::runtime::Call<
    U,
    ImportOpenParameters,
    crate::api::operator::types::NewImport,
>;

/// The success answers of `import_open`.
#[derive(Clone, Debug)]
pub enum ImportOpenOk {
    /// The import is open.
    Status201 {
        /// The answer's body.
        body: crate::api::operator::types::Import,
    },
}

impl ImportOpenOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportOpenOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status201 { body } => crate::api::runtime::Answer::json(201, &body),
        }
    }
}

impl crate::api::runtime::Success for ImportOpenOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Import>(201)
    }
}

/// The failures of `import_open`.
#[derive(Clone, Debug)]
pub enum ImportOpenFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ImportOpenFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportOpenFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ImportOpenFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `import_view`, as the runtime sees it.
pub static IMPORT_VIEW: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "import_view",
    method: http::Method::GET,
    path: "/operator/v1/imports/{importId}",
    tags: &["Imports"],
    summary: "View an import",
    description: "How far it has got. After a broken connection go on with the entry that `entries` names.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `import_view`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ImportViewParameters {
    /// The import.
    pub import_id: crate::api::operator::types::ImportId,
}

impl crate::api::runtime::Parameters for ImportViewParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ImportId,
            >(crate::api::runtime::Place::Path, "importId", true, "The import."),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            import_id: parameters.path("importId").required()?,
        })
    }
}

/// A request for `import_view` that passed every check. `U` is what the family knows of its caller.
pub type ImportViewCall<U> = crate::api::runtime::Call<U, ImportViewParameters, ()>;

/// The success answers of `import_view`.
#[derive(Clone, Debug)]
pub enum ImportViewOk {
    /// The import as it is now.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Import,
    },
}

impl ImportViewOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportViewOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for ImportViewOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Import>(200)
    }
}

/// The failures of `import_view`.
#[derive(Clone, Debug)]
pub enum ImportViewFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ImportViewFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportViewFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ImportViewFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `import_cancel`, as the runtime sees it.
pub static IMPORT_CANCEL: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "import_cancel",
    method: http::Method::DELETE,
    path: "/operator/v1/imports/{importId}",
    tags: &["Imports"],
    summary: "Cancel an import",
    description: "Its tokens go as if they had never come. 409 if it is over; tokens of a committed import are revoked one by one.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[204, 400, 401, 403, 404, 409, 500, 503],
};

/// The parameters of `import_cancel`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ImportCancelParameters {
    /// The import.
    pub import_id: crate::api::operator::types::ImportId,
}

impl crate::api::runtime::Parameters for ImportCancelParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ImportId,
            >(crate::api::runtime::Place::Path, "importId", true, "The import."),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            import_id: parameters.path("importId").required()?,
        })
    }
}

/// A request for `import_cancel` that passed every check. `U` is what the family knows of its caller.
pub type ImportCancelCall<U> = crate::api::runtime::Call<U, ImportCancelParameters, ()>;

/// The success answers of `import_cancel`.
#[derive(Clone, Debug)]
pub enum ImportCancelOk {
    /// It is cancelled. There is no body.
    Status204,
}

impl ImportCancelOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportCancelOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for ImportCancelOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// The failures of `import_cancel`.
#[derive(Clone, Debug)]
pub enum ImportCancelFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ImportCancelFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportCancelFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ImportCancelFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `import_add`, as the runtime sees it.
pub static IMPORT_ADD: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "import_add",
    method: http::Method::POST,
    path: "/operator/v1/imports/{importId}/tokens",
    tags: &["Imports"],
    summary: "Add a batch of tokens to an import",
    description: "One batch after the other, without gaps: `firstEntry` is the `entries` of the import so far, else 409. The repeat of a\nbatch that was taken in already changes nothing, so after a lost answer send the batch again. A token that is there\nalready and makes the same codes is `unchanged`.\n\nAn entry that does not fit its schema is 400, as ever; `location` names it. What else is wrong with entries is told\nin `problems`. A batch with problems adds nothing, and the import can then only be cancelled; further batches are looked\nat all the same, so that one run tells everything that is wrong. 409 if the import is over.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &[],
    body_limit: Some(1048576),
    statuses: &[200, 400, 401, 403, 404, 409, 500, 503],
};

/// The parameters of `import_add`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ImportAddParameters {
    /// The import.
    pub import_id: crate::api::operator::types::ImportId,
}

impl crate::api::runtime::Parameters for ImportAddParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ImportId,
            >(crate::api::runtime::Place::Path, "importId", true, "The import."),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            import_id: parameters.path("importId").required()?,
        })
    }
}

/// A request for `import_add` that passed every check. `U` is what the family knows of its caller.
pub type ImportAddCall<U> = crate::api::runtime::Call<
    U,
    ImportAddParameters,
    crate::api::operator::types::ImportBatch,
>;

/// The success answers of `import_add`.
#[derive(Clone, Debug)]
pub enum ImportAddOk {
    /// The batch is taken in, or its problems are.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::ImportedBatch,
    },
}

impl ImportAddOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportAddOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for ImportAddOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::ImportedBatch,
        >(200)
    }
}

/// The failures of `import_add`.
#[derive(Clone, Debug)]
pub enum ImportAddFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ImportAddFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportAddFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ImportAddFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `import_commit`, as the runtime sees it.
pub static IMPORT_COMMIT: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "import_commit",
    method: http::Method::POST,
    path: "/operator/v1/imports/{importId}/commit",
    tags: &["Imports"],
    summary: "Commit an import",
    description: "All its tokens appear at once, in stock. 409 if it had problems or is over already. Whether every entry was sent is for\nyou to know: compare `entries` with what you have.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 409, 500, 503],
};

/// The parameters of `import_commit`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ImportCommitParameters {
    /// The import.
    pub import_id: crate::api::operator::types::ImportId,
}

impl crate::api::runtime::Parameters for ImportCommitParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ImportId,
            >(crate::api::runtime::Place::Path, "importId", true, "The import."),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            import_id: parameters.path("importId").required()?,
        })
    }
}

/// A request for `import_commit` that passed every check. `U` is what the family knows of its caller.
pub type ImportCommitCall<U> = crate::api::runtime::Call<U, ImportCommitParameters, ()>;

/// The success answers of `import_commit`.
#[derive(Clone, Debug)]
pub enum ImportCommitOk {
    /// The import as it is now.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Import,
    },
}

impl ImportCommitOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportCommitOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for ImportCommitOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Import>(200)
    }
}

/// The failures of `import_commit`.
#[derive(Clone, Debug)]
pub enum ImportCommitFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ImportCommitFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ImportCommitFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ImportCommitFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `client_list`, as the runtime sees it.
pub static CLIENT_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "client_list",
    method: http::Method::GET,
    path: "/operator/v1/clients",
    tags: &["Clients"],
    summary: "List the applications",
    description: "By their ids.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `client_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ClientListParameters {
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for ClientListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `client_list` that passed every check. `U` is what the family knows of its caller.
pub type ClientListCall<U> = crate::api::runtime::Call<U, ClientListParameters, ()>;

/// The success answers of `client_list`.
#[derive(Clone, Debug)]
pub enum ClientListOk {
    /// A page of applications.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::ClientPage,
    },
}

impl ClientListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for ClientListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::ClientPage>(200)
    }
}

/// `client_view`, as the runtime sees it.
pub static CLIENT_VIEW: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "client_view",
    method: http::Method::GET,
    path: "/operator/v1/clients/{clientId}",
    tags: &["Clients"],
    summary: "View an application",
    description: "What it is registered for, and the `ETag` that a change needs.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `client_view`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ClientViewParameters {
    /// The application.
    pub client_id: crate::api::operator::types::ClientId,
}

impl crate::api::runtime::Parameters for ClientViewParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ClientId,
            >(crate::api::runtime::Place::Path, "clientId", true, "The application."),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            client_id: parameters.path("clientId").required()?,
        })
    }
}

/// A request for `client_view` that passed every check. `U` is what the family knows of its caller.
pub type ClientViewCall<U> = crate::api::runtime::Call<U, ClientViewParameters, ()>;

/// The success answers of `client_view`.
#[derive(Clone, Debug)]
pub enum ClientViewOk {
    /// The application as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Client,
    },
}

impl ClientViewOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientViewOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for ClientViewOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Client>(200)
    }
}

/// The failures of `client_view`.
#[derive(Clone, Debug)]
pub enum ClientViewFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ClientViewFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientViewFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ClientViewFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `client_put`, as the runtime sees it.
pub static CLIENT_PUT: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "client_put",
    method: http::Method::PUT,
    path: "/operator/v1/clients/{clientId}",
    tags: &["Clients"],
    summary: "Register an application",
    description: "Writes all of it. The id is the `client_id` of the application's calls and access tokens. A call is admitted if its\ncountry, business and channel are all listed. Without `If-Match` it creates; with it, it replaces the version you have\nseen. The next call is judged by it; transactions that are open stay open.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &["If-Match"],
    body_limit: Some(65536),
    statuses: &[200, 201, 400, 401, 403, 412, 428, 500, 503],
};

/// The parameters of `client_put`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ClientPutParameters {
    /// The application.
    pub client_id: crate::api::operator::types::ClientId,
    /// The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
    /// newer version or none at all.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for ClientPutParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ClientId,
            >(crate::api::runtime::Place::Path, "clientId", true, "The application."),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a\nnewer version or none at all.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            client_id: parameters.path("clientId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `client_put` that passed every check. `U` is what the family knows of its caller.
pub type ClientPutCall<U> = crate::api::runtime::Call<
    U,
    ClientPutParameters,
    crate::api::operator::types::ClientData,
>;

/// The success answers of `client_put`.
#[derive(Clone, Debug)]
pub enum ClientPutOk {
    /// The application as it is now.
    Status200 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Client,
    },
    /// The application is registered.
    Status201 {
        /// The version of what the answer shows, for `If-Match`.
        e_tag: crate::api::operator::types::EntityTag,
        /// The answer's body.
        body: crate::api::operator::types::Client,
    },
}

impl ClientPutOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientPutOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { e_tag, body } => {
                crate::api::runtime::Answer::json(200, &body).header("ETag", &e_tag)
            }
            Self::Status201 { e_tag, body } => {
                crate::api::runtime::Answer::json(201, &body).header("ETag", &e_tag)
            }
        }
    }
}

impl crate::api::runtime::Success for ClientPutOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Client>(200)
    }
}

/// The failures of `client_put`.
#[derive(Clone, Debug)]
pub enum ClientPutFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, and `If-Match` is missing. View it, then repeat the call with its `ETag`.
    Status428 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ClientPutFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status412 { .. } => 412,
            Self::Status428 { .. } => 428,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientPutFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status428 { body } => crate::api::runtime::Answer::json(428, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ClientPutFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `client_delete`, as the runtime sees it.
pub static CLIENT_DELETE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "client_delete",
    method: http::Method::DELETE,
    path: "/operator/v1/clients/{clientId}",
    tags: &["Clients"],
    summary: "Take an application out of the register",
    description: "Its next call is 403. Its open transactions are closed; its sessions end by themselves.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &["If-Match"],
    body_limit: None,
    statuses: &[204, 400, 401, 403, 404, 412, 428, 500, 503],
};

/// The parameters of `client_delete`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct ClientDeleteParameters {
    /// The application.
    pub client_id: crate::api::operator::types::ClientId,
    /// The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a
    /// newer version or none at all.
    pub if_match: Option<crate::api::operator::types::EntityTag>,
}

impl crate::api::runtime::Parameters for ClientDeleteParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ClientId,
            >(crate::api::runtime::Place::Path, "clientId", true, "The application."),
            crate::api::runtime::declared::<
                crate::api::operator::types::EntityTag,
            >(
                crate::api::runtime::Place::Header,
                "If-Match",
                false,
                "The `ETag` of what you have seen. It is needed to change or delete what is there: 428 without it, 412 if there is a\nnewer version or none at all.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            client_id: parameters.path("clientId").required()?,
            if_match: parameters.header("If-Match").optional()?,
        })
    }
}

/// A request for `client_delete` that passed every check. `U` is what the family knows of its caller.
pub type ClientDeleteCall<U> = crate::api::runtime::Call<U, ClientDeleteParameters, ()>;

/// The success answers of `client_delete`.
#[derive(Clone, Debug)]
pub enum ClientDeleteOk {
    /// The application is gone. There is no body.
    Status204,
}

impl ClientDeleteOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientDeleteOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for ClientDeleteOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// The failures of `client_delete`.
#[derive(Clone, Debug)]
pub enum ClientDeleteFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It has changed since you looked, or it is gone. Look again; `version` is the current one, if there is one.
    Status412 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, and `If-Match` is missing. View it, then repeat the call with its `ETag`.
    Status428 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl ClientDeleteFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status412 { .. } => 412,
            Self::Status428 { .. } => 428,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for ClientDeleteFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status412 { body } => crate::api::runtime::Answer::json(412, &body),
            Self::Status428 { body } => crate::api::runtime::Answer::json(428, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for ClientDeleteFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `session_list`, as the runtime sees it.
pub static SESSION_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "session_list",
    method: http::Method::GET,
    path: "/operator/v1/sessions",
    tags: &["Sessions"],
    summary: "List the sessions",
    description: "Those that were registered here and have not expired, and those that are known only by their open transactions. A\nsession is shown by its `sessionId`, never by its `sid`.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["clientId", "customerId", "limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `session_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct SessionListParameters {
    /// Only what belongs to this application.
    pub client_id: Option<crate::api::operator::types::ClientId>,
    /// Only what belongs to this customer.
    pub customer_id: Option<crate::api::operator::types::CustomerId>,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for SessionListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::ClientId,
            >(
                crate::api::runtime::Place::Query,
                "clientId",
                false,
                "Only what belongs to this application.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Query,
                "customerId",
                false,
                "Only what belongs to this customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            client_id: parameters.query("clientId").optional()?,
            customer_id: parameters.query("customerId").optional()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `session_list` that passed every check. `U` is what the family knows of its caller.
pub type SessionListCall<U> = crate::api::runtime::Call<U, SessionListParameters, ()>;

/// The success answers of `session_list`.
#[derive(Clone, Debug)]
pub enum SessionListOk {
    /// A page of sessions.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::SessionPage,
    },
}

impl SessionListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for SessionListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for SessionListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::SessionPage>(200)
    }
}

/// `session_open`, as the runtime sees it.
pub static SESSION_OPEN: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "session_open",
    method: http::Method::POST,
    path: "/operator/v1/sessions",
    tags: &["Sessions"],
    summary: "Register a session",
    description: "Tells the server of a session that the key exchange opened, whose customer it is, and when it ends. 409 if it is\nregistered already. The `sid` is kept as a keyed hash; keep `sessionId`, or the `sid` itself, to close it.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["Idempotency-Key"],
    body_limit: Some(4096),
    statuses: &[201, 400, 401, 403, 409, 422, 500, 503],
};

/// The parameters of `session_open`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct SessionOpenParameters {
    /// Drawn by you at random for each thing to be made; the repeat of a call has the same.
    pub idempotency_key: crate::api::operator::types::IdempotencyKey,
}

impl crate::api::runtime::Parameters for SessionOpenParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::IdempotencyKey,
            >(
                crate::api::runtime::Place::Header,
                "Idempotency-Key",
                true,
                "Drawn by you at random for each thing to be made; the repeat of a call has the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            idempotency_key: parameters.header("Idempotency-Key").required()?,
        })
    }
}

/// A request for `session_open` that passed every check. `U` is what the family knows of its caller.
pub type SessionOpenCall<U> = crate::api::runtime::Call<
    U,
    SessionOpenParameters,
    crate::api::operator::types::NewSession,
>;

/// The success answers of `session_open`.
#[derive(Clone, Debug)]
pub enum SessionOpenOk {
    /// The session is registered.
    Status201 {
        /// The answer's body.
        body: crate::api::operator::types::Session,
    },
}

impl SessionOpenOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for SessionOpenOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status201 { body } => crate::api::runtime::Answer::json(201, &body),
        }
    }
}

impl crate::api::runtime::Success for SessionOpenOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Session>(201)
    }
}

/// The failures of `session_open`.
#[derive(Clone, Debug)]
pub enum SessionOpenFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl SessionOpenFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status409 { .. } => 409,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for SessionOpenFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for SessionOpenFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `session_close`, as the runtime sees it.
pub static SESSION_CLOSE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "session_close",
    method: http::Method::POST,
    path: "/operator/v1/sessions/close",
    tags: &["Sessions"],
    summary: "Close a session",
    description: "Call it when the customer logs out. Its open transactions are closed, and every later call in it is 404. Name it by\n`sessionId`, or by `sid` and `clientId`; anything else is 400. A `sid` need not be registered; a `sessionId` that is\nunknown is 404. Closing what is closed changes nothing.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `session_close`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct SessionCloseParameters {}

impl crate::api::runtime::Parameters for SessionCloseParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `session_close` that passed every check. `U` is what the family knows of its caller.
pub type SessionCloseCall<U> = crate::api::runtime::Call<
    U,
    SessionCloseParameters,
    crate::api::operator::types::SessionClosing,
>;

/// The success answers of `session_close`.
#[derive(Clone, Debug)]
pub enum SessionCloseOk {
    /// The session is closed.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::ClosedSession,
    },
}

impl SessionCloseOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for SessionCloseOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for SessionCloseOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::ClosedSession,
        >(200)
    }
}

/// The failures of `session_close`.
#[derive(Clone, Debug)]
pub enum SessionCloseFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl SessionCloseFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for SessionCloseFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for SessionCloseFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `transaction_list`, as the runtime sees it.
pub static TRANSACTION_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "transaction_list",
    method: http::Method::GET,
    path: "/operator/v1/transactions",
    tags: &["Transactions"],
    summary: "List transactions",
    description: "The newest first, all or those that all given filters fit. They are kept for some days after they have ended. A list does\nnot have their `transactionDetails`: view one to see them.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["customerId", "state", "clientId", "limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `transaction_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TransactionListParameters {
    /// Only what belongs to this customer.
    pub customer_id: Option<crate::api::operator::types::CustomerId>,
    /// Only transactions in this state.
    pub state: Option<crate::api::operator::types::TransactionState>,
    /// Only what belongs to this application.
    pub client_id: Option<crate::api::operator::types::ClientId>,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for TransactionListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Query,
                "customerId",
                false,
                "Only what belongs to this customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::TransactionState,
            >(
                crate::api::runtime::Place::Query,
                "state",
                false,
                "Only transactions in this state.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::ClientId,
            >(
                crate::api::runtime::Place::Query,
                "clientId",
                false,
                "Only what belongs to this application.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.query("customerId").optional()?,
            state: parameters.query("state").optional()?,
            client_id: parameters.query("clientId").optional()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `transaction_list` that passed every check. `U` is what the family knows of its caller.
pub type TransactionListCall<U> = crate::api::runtime::Call<
    U,
    TransactionListParameters,
    (),
>;

/// The success answers of `transaction_list`.
#[derive(Clone, Debug)]
pub enum TransactionListOk {
    /// A page of transactions.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::TransactionPage,
    },
}

impl TransactionListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for TransactionListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::TransactionPage,
        >(200)
    }
}

/// `transaction_open`, as the runtime sees it.
pub static TRANSACTION_OPEN: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "transaction_open",
    method: http::Method::POST,
    path: "/operator/v1/transactions",
    tags: &["Transactions"],
    summary: "Open a transaction",
    description: "The same as `retrieve` of the BNE family, by the back end for one of its sessions: give the customer the `challenge`,\nand let the application validate the code in that session. The rules are those of `retrieve`: `transactionDetails`\nare for `RISK` and required there (400), a holder who is unknown or has no token is 404, as is a session that was closed\nand an application that is not registered; a holder who has no token that suits is 422.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &["Idempotency-Key"],
    body_limit: Some(8192),
    statuses: &[201, 400, 401, 403, 404, 422, 500, 503],
};

/// The parameters of `transaction_open`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TransactionOpenParameters {
    /// Drawn by you at random for each thing to be made; the repeat of a call has the same.
    pub idempotency_key: crate::api::operator::types::IdempotencyKey,
}

impl crate::api::runtime::Parameters for TransactionOpenParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::IdempotencyKey,
            >(
                crate::api::runtime::Place::Header,
                "Idempotency-Key",
                true,
                "Drawn by you at random for each thing to be made; the repeat of a call has the same.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            idempotency_key: parameters.header("Idempotency-Key").required()?,
        })
    }
}

/// A request for `transaction_open` that passed every check. `U` is what the family knows of its caller.
pub type TransactionOpenCall<U> = crate::api::runtime::Call<
    U,
    TransactionOpenParameters,
    crate::api::operator::types::NewTransaction,
>;

/// The success answers of `transaction_open`.
#[derive(Clone, Debug)]
pub enum TransactionOpenOk {
    /// The transaction is open.
    Status201 {
        /// The answer's body.
        body: crate::api::operator::types::Transaction,
    },
}

impl TransactionOpenOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status201 { .. } => 201,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionOpenOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status201 { body } => crate::api::runtime::Answer::json(201, &body),
        }
    }
}

impl crate::api::runtime::Success for TransactionOpenOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Transaction>(201)
    }
}

/// The failures of `transaction_open`.
#[derive(Clone, Debug)]
pub enum TransactionOpenFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TransactionOpenFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionOpenFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TransactionOpenFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `transaction_view`, as the runtime sees it.
pub static TRANSACTION_VIEW: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "transaction_view",
    method: http::Method::GET,
    path: "/operator/v1/transactions/{mfaTransactionId}",
    tags: &["Transactions"],
    summary: "View a transaction",
    description: "What was to be confirmed, by whom, with which token, and what became of it. Looking is no proof: before you act on\nit, redeem it, which works once.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `transaction_view`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TransactionViewParameters {
    /// The transaction.
    pub mfa_transaction_id: crate::api::operator::types::MfaTransactionId,
}

impl crate::api::runtime::Parameters for TransactionViewParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::MfaTransactionId,
            >(
                crate::api::runtime::Place::Path,
                "mfaTransactionId",
                true,
                "The transaction.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            mfa_transaction_id: parameters.path("mfaTransactionId").required()?,
        })
    }
}

/// A request for `transaction_view` that passed every check. `U` is what the family knows of its caller.
pub type TransactionViewCall<U> = crate::api::runtime::Call<
    U,
    TransactionViewParameters,
    (),
>;

/// The success answers of `transaction_view`.
#[derive(Clone, Debug)]
pub enum TransactionViewOk {
    /// The transaction.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Transaction,
    },
}

impl TransactionViewOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionViewOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for TransactionViewOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Transaction>(200)
    }
}

/// The failures of `transaction_view`.
#[derive(Clone, Debug)]
pub enum TransactionViewFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TransactionViewFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionViewFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TransactionViewFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `transaction_close`, as the runtime sees it.
pub static TRANSACTION_CLOSE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "transaction_close",
    method: http::Method::POST,
    path: "/operator/v1/transactions/{mfaTransactionId}/close",
    tags: &["Transactions"],
    summary: "Call a transaction off",
    description: "No code is accepted for it from now on. 409 if it is not open any more.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("enrol"),
    query: &[],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 404, 409, 500, 503],
};

/// The parameters of `transaction_close`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TransactionCloseParameters {
    /// The transaction.
    pub mfa_transaction_id: crate::api::operator::types::MfaTransactionId,
}

impl crate::api::runtime::Parameters for TransactionCloseParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::MfaTransactionId,
            >(
                crate::api::runtime::Place::Path,
                "mfaTransactionId",
                true,
                "The transaction.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            mfa_transaction_id: parameters.path("mfaTransactionId").required()?,
        })
    }
}

/// A request for `transaction_close` that passed every check. `U` is what the family knows of its caller.
pub type TransactionCloseCall<U> = crate::api::runtime::Call<
    U,
    TransactionCloseParameters,
    (),
>;

/// The success answers of `transaction_close`.
#[derive(Clone, Debug)]
pub enum TransactionCloseOk {
    /// It is closed.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Transaction,
    },
}

impl TransactionCloseOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionCloseOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for TransactionCloseOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Transaction>(200)
    }
}

/// The failures of `transaction_close`.
#[derive(Clone, Debug)]
pub enum TransactionCloseFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TransactionCloseFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionCloseFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TransactionCloseFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `transaction_redeem`, as the runtime sees it.
pub static TRANSACTION_REDEEM: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "transaction_redeem",
    method: http::Method::POST,
    path: "/operator/v1/transactions/{mfaTransactionId}/redeem",
    tags: &["Transactions"],
    summary: "Take the proof of a transaction, once",
    description: "Call it before you carry out what the customer confirmed, and compare the `transactionDetails` of the answer with what\nyou are about to do. 200 is the proof, and there is no second one: 409 if the right code has not come, if the proof was\ntaken before, or if the code came more than 15 minutes ago. 422 if it is another client's or customer's; nothing is used\nup then. If the answer is lost, the proof is, too: `transaction_view` says that and by whom it was redeemed.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("redeem"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 409, 422, 500, 503],
};

/// The parameters of `transaction_redeem`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct TransactionRedeemParameters {
    /// The transaction.
    pub mfa_transaction_id: crate::api::operator::types::MfaTransactionId,
}

impl crate::api::runtime::Parameters for TransactionRedeemParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::MfaTransactionId,
            >(
                crate::api::runtime::Place::Path,
                "mfaTransactionId",
                true,
                "The transaction.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            mfa_transaction_id: parameters.path("mfaTransactionId").required()?,
        })
    }
}

/// A request for `transaction_redeem` that passed every check. `U` is what the family knows of its caller.
pub type TransactionRedeemCall<U> = crate::api::runtime::Call<
    U,
    TransactionRedeemParameters,
    crate::api::operator::types::TransactionRedemption,
>;

/// The success answers of `transaction_redeem`.
#[derive(Clone, Debug)]
pub enum TransactionRedeemOk {
    /// The proof. It is used up.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Transaction,
    },
}

impl TransactionRedeemOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionRedeemOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for TransactionRedeemOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Transaction>(200)
    }
}

/// The failures of `transaction_redeem`.
#[derive(Clone, Debug)]
pub enum TransactionRedeemFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl TransactionRedeemFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for TransactionRedeemFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for TransactionRedeemFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `flow_list`, as the runtime sees it.
pub static FLOW_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "flow_list",
    method: http::Method::GET,
    path: "/operator/v1/flows",
    tags: &["Flows"],
    summary: "List a customer's flows",
    description: "The newest first; those of the last days, as long as they are kept. Flows before login belong to no customer: view\nthem by their service key. There is neither a code nor a key in the answer.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["customerId", "limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `flow_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct FlowListParameters {
    /// Whose flows.
    pub customer_id: crate::api::operator::types::CustomerId,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for FlowListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(crate::api::runtime::Place::Query, "customerId", true, "Whose flows."),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.query("customerId").required()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `flow_list` that passed every check. `U` is what the family knows of its caller.
pub type FlowListCall<U> = crate::api::runtime::Call<U, FlowListParameters, ()>;

/// The success answers of `flow_list`.
#[derive(Clone, Debug)]
pub enum FlowListOk {
    /// A page of flows.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::FlowPage,
    },
}

impl FlowListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for FlowListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for FlowListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::FlowPage>(200)
    }
}

/// `flow_view`, as the runtime sees it.
pub static FLOW_VIEW: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "flow_view",
    method: http::Method::POST,
    path: "/operator/v1/flows/view",
    tags: &["Flows"],
    summary: "View a flow by its service key",
    description: "For the back end that has a service key from an app: what it is for, and what became of it. Looking is no proof:\nbefore you act on it, redeem it. The key is in the body so that no log of addresses has it.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 500, 503],
};

/// The parameters of `flow_view`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct FlowViewParameters {}

impl crate::api::runtime::Parameters for FlowViewParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `flow_view` that passed every check. `U` is what the family knows of its caller.
pub type FlowViewCall<U> = crate::api::runtime::Call<
    U,
    FlowViewParameters,
    crate::api::operator::types::FlowLookup,
>;

/// The success answers of `flow_view`.
#[derive(Clone, Debug)]
pub enum FlowViewOk {
    /// The flow.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Flow,
    },
}

impl FlowViewOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for FlowViewOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for FlowViewOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Flow>(200)
    }
}

/// The failures of `flow_view`.
#[derive(Clone, Debug)]
pub enum FlowViewFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl FlowViewFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for FlowViewFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for FlowViewFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `flow_redeem`, as the runtime sees it.
pub static FLOW_REDEEM: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "flow_redeem",
    method: http::Method::POST,
    path: "/operator/v1/flows/redeem",
    tags: &["Flows"],
    summary: "Take the proof of a flow, once",
    description: "Call it before you act on an app's word that a code was right. Say what you expect: the `purpose`, and the `phone`\n(`pre_login`) or the `customerId` (`security_questions`) it must be for; the one that belongs to the purpose is required\n(400). 200 is the proof, and there is no second one: 409 if the right code has not come, if the proof was taken before,\nor if the code came more than 15 minutes ago. 422 if it is for something or somebody else; nothing is used up then.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("redeem"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 404, 409, 422, 500, 503],
};

/// The parameters of `flow_redeem`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct FlowRedeemParameters {}

impl crate::api::runtime::Parameters for FlowRedeemParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `flow_redeem` that passed every check. `U` is what the family knows of its caller.
pub type FlowRedeemCall<U> = crate::api::runtime::Call<
    U,
    FlowRedeemParameters,
    crate::api::operator::types::FlowRedemption,
>;

/// The success answers of `flow_redeem`.
#[derive(Clone, Debug)]
pub enum FlowRedeemOk {
    /// The proof. It is used up.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::Flow,
    },
}

impl FlowRedeemOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for FlowRedeemOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for FlowRedeemOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::Flow>(200)
    }
}

/// The failures of `flow_redeem`.
#[derive(Clone, Debug)]
pub enum FlowRedeemFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no such thing, or not any more.
    Status404 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// A code is wrong, a token takes none now, a proof is not for whom you say, or an idempotency key came with another
    /// request.
    Status422 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl FlowRedeemFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status404 { .. } => 404,
            Self::Status409 { .. } => 409,
            Self::Status422 { .. } => 422,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for FlowRedeemFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status404 { body } => crate::api::runtime::Answer::json(404, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status422 { body } => crate::api::runtime::Answer::json(422, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for FlowRedeemFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `audit_list`, as the runtime sees it.
pub static AUDIT_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "audit_list",
    method: http::Method::GET,
    path: "/operator/v1/audit",
    tags: &["Audit"],
    summary: "Read the audit trail",
    description: "The oldest first unless `newestFirst`, all entries or those that all given filters fit. To follow the trail, ask again\nwith `after` set to the `sequence` of the last entry you have seen. Entries are never changed: each one's `hash` covers it\nand the `hash` of the one before. Of calls that name something unknown, the first of a minute is an entry at once; those\nafter it are one more entry when the minute is over, with their `count`. Of a customer who has been erased, entries\nhave the `customerPseudonym` only; they are still found by `customerId`.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &[
        "customerId",
        "actor",
        "action",
        "subject",
        "since",
        "until",
        "after",
        "newestFirst",
        "limit",
        "pageToken",
    ],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `audit_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct AuditListParameters {
    /// Only what belongs to this customer.
    pub customer_id: Option<crate::api::operator::types::CustomerId>,
    /// Only entries of this operator, application or app.
    pub actor: Option<crate::api::operator::types::AuditActor>,
    /// Only entries of this action, for instance `token_unlock`.
    pub action: Option<crate::api::operator::types::AuditAction>,
    /// Only entries about this, for instance `client 3f1c9f5a-corporate-web`.
    pub subject: Option<crate::api::operator::types::AuditSubject>,
    /// Only entries of this moment or later.
    pub since: Option<crate::api::operator::types::Timestamp>,
    /// Only entries before this moment.
    pub until: Option<crate::api::operator::types::Timestamp>,
    /// Only entries behind this one; with `newestFirst` those before it. A `pageToken` goes on from where it ends.
    pub after: Option<crate::api::operator::types::Sequence>,
    /// The newest entry first.
    pub newest_first: Option<crate::api::operator::types::NewestFirst>,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for AuditListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::CustomerId,
            >(
                crate::api::runtime::Place::Query,
                "customerId",
                false,
                "Only what belongs to this customer.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::AuditActor,
            >(
                crate::api::runtime::Place::Query,
                "actor",
                false,
                "Only entries of this operator, application or app.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::AuditAction,
            >(
                crate::api::runtime::Place::Query,
                "action",
                false,
                "Only entries of this action, for instance `token_unlock`.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::AuditSubject,
            >(
                crate::api::runtime::Place::Query,
                "subject",
                false,
                "Only entries about this, for instance `client 3f1c9f5a-corporate-web`.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::Timestamp,
            >(
                crate::api::runtime::Place::Query,
                "since",
                false,
                "Only entries of this moment or later.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::Timestamp,
            >(
                crate::api::runtime::Place::Query,
                "until",
                false,
                "Only entries before this moment.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::Sequence,
            >(
                crate::api::runtime::Place::Query,
                "after",
                false,
                "Only entries behind this one; with `newestFirst` those before it. A `pageToken` goes on from where it ends.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::NewestFirst,
            >(
                crate::api::runtime::Place::Query,
                "newestFirst",
                false,
                "The newest entry first.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            customer_id: parameters.query("customerId").optional()?,
            actor: parameters.query("actor").optional()?,
            action: parameters.query("action").optional()?,
            subject: parameters.query("subject").optional()?,
            since: parameters.query("since").optional()?,
            until: parameters.query("until").optional()?,
            after: parameters.query("after").optional()?,
            newest_first: parameters.query("newestFirst").optional()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `audit_list` that passed every check. `U` is what the family knows of its caller.
pub type AuditListCall<U> = crate::api::runtime::Call<U, AuditListParameters, ()>;

/// The success answers of `audit_list`.
#[derive(Clone, Debug)]
pub enum AuditListOk {
    /// A page of entries.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::AuditPage,
    },
}

impl AuditListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for AuditListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for AuditListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::AuditPage>(200)
    }
}

/// `delivery_list`, as the runtime sees it.
pub static DELIVERY_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "delivery_list",
    method: http::Method::GET,
    path: "/operator/v1/deliveries",
    tags: &["Deliveries"],
    summary: "See what became of messages",
    description: "The newest first, all or those that all given filters fit. `accepted` means that a provider took the message, not that it\narrived. Neither texts nor addresses are kept with it: the flow has the masked ones.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["flowId", "status", "limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `delivery_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct DeliveryListParameters {
    /// Only messages of this flow.
    pub flow_id: Option<crate::api::operator::types::FlowId>,
    /// Only messages that stand so.
    pub status: Option<crate::api::operator::types::DeliveryStatus>,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for DeliveryListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::FlowId,
            >(
                crate::api::runtime::Place::Query,
                "flowId",
                false,
                "Only messages of this flow.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::DeliveryStatus,
            >(
                crate::api::runtime::Place::Query,
                "status",
                false,
                "Only messages that stand so.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            flow_id: parameters.query("flowId").optional()?,
            status: parameters.query("status").optional()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `delivery_list` that passed every check. `U` is what the family knows of its caller.
pub type DeliveryListCall<U> = crate::api::runtime::Call<U, DeliveryListParameters, ()>;

/// The success answers of `delivery_list`.
#[derive(Clone, Debug)]
pub enum DeliveryListOk {
    /// A page of messages.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::DeliveryPage,
    },
}

impl DeliveryListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for DeliveryListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for DeliveryListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::DeliveryPage>(200)
    }
}

/// `key_list`, as the runtime sees it.
pub static KEY_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "key_list",
    method: http::Method::GET,
    path: "/operator/v1/keys",
    tags: &["Keys"],
    summary: "See what is under which server key",
    description: "Keys themselves are never shown. First the keys that the server is configured with, the current one at the head, then\nthose that it has not but that something is sealed with. The rows are counted when you ask.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &["limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `key_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct KeyListParameters {
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for KeyListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `key_list` that passed every check. `U` is what the family knows of its caller.
pub type KeyListCall<U> = crate::api::runtime::Call<U, KeyListParameters, ()>;

/// The success answers of `key_list`.
#[derive(Clone, Debug)]
pub enum KeyListOk {
    /// A page of keys.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::ServerKeyPage,
    },
}

impl KeyListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for KeyListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for KeyListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<
            crate::api::operator::types::ServerKeyPage,
        >(200)
    }
}

/// `key_rotate`, as the runtime sees it.
pub static KEY_ROTATE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "key_rotate",
    method: http::Method::POST,
    path: "/operator/v1/keys/rotate",
    tags: &["Keys"],
    summary: "Seal anew what is under older keys",
    description: "Everything that is sealed with an older key is sealed with the current one, in the background and in small steps, while\nthe server answers as ever; a restart does not end it. Say which key you take for the current one: 409 if it is not.\nCalling again while it is under way changes nothing. One to another key that is under way is replaced, if this key has\nbecome the current one since it began; if not, servers that share a database have different keys in front: 409. When it is\n`done`, see `key_list` for whether anything is left under older keys, and when they can be taken out of the configuration.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("admin"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[200, 400, 401, 403, 409, 500, 503],
};

/// The parameters of `key_rotate`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct KeyRotateParameters {}

impl crate::api::runtime::Parameters for KeyRotateParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `key_rotate` that passed every check. `U` is what the family knows of its caller.
pub type KeyRotateCall<U> = crate::api::runtime::Call<
    U,
    KeyRotateParameters,
    crate::api::operator::types::KeyRotation,
>;

/// The success answers of `key_rotate`.
#[derive(Clone, Debug)]
pub enum KeyRotateOk {
    /// It is under way. This is the current key.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::ServerKey,
    },
}

impl KeyRotateOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for KeyRotateOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for KeyRotateOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::ServerKey>(200)
    }
}

/// The failures of `key_rotate`.
#[derive(Clone, Debug)]
pub enum KeyRotateFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl KeyRotateFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for KeyRotateFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for KeyRotateFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// `prefix_list`, as the runtime sees it.
pub static PREFIX_LIST: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "prefix_list",
    method: http::Method::GET,
    path: "/operator/v1/prefixes",
    tags: &["Prefixes"],
    summary: "List phone prefixes",
    description: "Prefixes that text messages went to lately, one item for each purpose, and those that operators have blocked or exempted,\none item without a purpose; in the order of the prefixes, an operator's word first. The counts are those of the guard's\nwindow. An operator's word goes for every number that begins so, unless a longer prefix has one of its own.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("read"),
    query: &["state", "limit", "pageToken"],
    headers: &[],
    body_limit: None,
    statuses: &[200, 400, 401, 403, 500, 503],
};

/// The parameters of `prefix_list`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct PrefixListParameters {
    /// Only prefixes in this state.
    pub state: Option<crate::api::operator::types::PrefixState>,
    /// At most so many items.
    pub limit: Option<crate::api::operator::types::PageLimit>,
    /// The `nextPageToken` of the page before; leave it out for the first page.
    pub page_token: Option<crate::api::operator::types::PageToken>,
}

impl crate::api::runtime::Parameters for PrefixListParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([
            crate::api::runtime::declared::<
                crate::api::operator::types::PrefixState,
            >(
                crate::api::runtime::Place::Query,
                "state",
                false,
                "Only prefixes in this state.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageLimit,
            >(
                crate::api::runtime::Place::Query,
                "limit",
                false,
                "At most so many items.",
            ),
            crate::api::runtime::declared::<
                crate::api::operator::types::PageToken,
            >(
                crate::api::runtime::Place::Query,
                "pageToken",
                false,
                "The `nextPageToken` of the page before; leave it out for the first page.",
            ),
        ])
    }
    fn read(
        parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {
            state: parameters.query("state").optional()?,
            limit: parameters.query("limit").optional()?,
            page_token: parameters.query("pageToken").optional()?,
        })
    }
}

/// A request for `prefix_list` that passed every check. `U` is what the family knows of its caller.
pub type PrefixListCall<U> = crate::api::runtime::Call<U, PrefixListParameters, ()>;

/// The success answers of `prefix_list`.
#[derive(Clone, Debug)]
pub enum PrefixListOk {
    /// A page of prefixes.
    Status200 {
        /// The answer's body.
        body: crate::api::operator::types::PrefixPage,
    },
}

impl PrefixListOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status200 { .. } => 200,
        }
    }
}

impl crate::api::runtime::IntoAnswer for PrefixListOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status200 { body } => crate::api::runtime::Answer::json(200, &body),
        }
    }
}

impl crate::api::runtime::Success for PrefixListOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented::<crate::api::operator::types::PrefixPage>(200)
    }
}

/// `prefix_block`, as the runtime sees it.
pub static PREFIX_BLOCK: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "prefix_block",
    method: http::Method::POST,
    path: "/operator/v1/prefixes/block",
    tags: &["Prefixes"],
    summary: "Block a phone prefix",
    description: "No text message goes to a number that begins so, until it is released; callers are answered 429. It takes the place of an\nexemption of the same prefix. Blocking what is blocked writes the reason anew.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("unlock"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[204, 400, 401, 403, 500, 503],
};

/// The parameters of `prefix_block`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct PrefixBlockParameters {}

impl crate::api::runtime::Parameters for PrefixBlockParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `prefix_block` that passed every check. `U` is what the family knows of its caller.
pub type PrefixBlockCall<U> = crate::api::runtime::Call<
    U,
    PrefixBlockParameters,
    crate::api::operator::types::PrefixBlock,
>;

/// The success answers of `prefix_block`.
#[derive(Clone, Debug)]
pub enum PrefixBlockOk {
    /// The prefix is blocked. There is no body.
    Status204,
}

impl PrefixBlockOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for PrefixBlockOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for PrefixBlockOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// `prefix_release`, as the runtime sees it.
pub static PREFIX_RELEASE: crate::api::runtime::Operation = crate::api::runtime::Operation {
    id: "prefix_release",
    method: http::Method::POST,
    path: "/operator/v1/prefixes/release",
    tags: &["Prefixes"],
    summary: "Release a phone prefix",
    description: "Ends the block of this prefix or its exemption, and that it and all longer ones are slowed or stopped: their counts begin\nanew. With `exemptUntil`, which may be 30 days away at most, sends are counted until then and not judged. Releasing what\nis open changes nothing. While a shorter prefix is blocked it is 409, unless `exemptUntil` is given.",
    auth: crate::api::runtime::Auth::Required {
        header: "Authorization",
    },
    scope: Some("unlock"),
    query: &[],
    headers: &[],
    body_limit: Some(4096),
    statuses: &[204, 400, 401, 403, 409, 500, 503],
};

/// The parameters of `prefix_release`; the credential is not among them.
#[derive(Clone, Debug)]
pub struct PrefixReleaseParameters {}

impl crate::api::runtime::Parameters for PrefixReleaseParameters {
    fn declared() -> Vec<dropshot::ApiEndpointParameter> {
        Vec::from([])
    }
    fn read(
        _parameters: &crate::api::runtime::ParameterReader<'_>,
    ) -> Result<Self, crate::api::runtime::Reject> {
        Ok(Self {})
    }
}

/// A request for `prefix_release` that passed every check. `U` is what the family knows of its caller.
pub type PrefixReleaseCall<U> = crate::api::runtime::Call<
    U,
    PrefixReleaseParameters,
    crate::api::operator::types::PrefixRelease,
>;

/// The success answers of `prefix_release`.
#[derive(Clone, Debug)]
pub enum PrefixReleaseOk {
    /// The prefix is released. There is no body.
    Status204,
}

impl PrefixReleaseOk {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status204 => 204,
        }
    }
}

impl crate::api::runtime::IntoAnswer for PrefixReleaseOk {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status204 => crate::api::runtime::Answer::empty(204),
        }
    }
}

impl crate::api::runtime::Success for PrefixReleaseOk {
    type ErrorBody = crate::api::operator::types::Problem;
    fn documented() -> dropshot::ApiEndpointResponse {
        crate::api::runtime::documented_empty(204)
    }
}

/// The failures of `prefix_release`.
#[derive(Clone, Debug)]
pub enum PrefixReleaseFailure {
    /// A header, parameter or property is missing or malformed; `location` names it. Nothing was done or counted.
    Status400 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// There is no credential, or it is not that of an operator, or of one who is revoked.
    Status401 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The credential is good, and lacks the scope that the operation needs.
    Status403 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// It is there already, or the state it is in does not allow this. Nothing has changed.
    Status409 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server failed. Nothing has changed; `instance` finds the reason in its log.
    Status500 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
    /// The server is not ready or was too slow; the change may have been made all the same. Repeat the call with its
    /// `Idempotency-Key`, or look first.
    Status503 {
        /// The answer's body.
        body: crate::api::operator::types::Problem,
    },
}

impl PrefixReleaseFailure {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Status400 { .. } => 400,
            Self::Status401 { .. } => 401,
            Self::Status403 { .. } => 403,
            Self::Status409 { .. } => 409,
            Self::Status500 { .. } => 500,
            Self::Status503 { .. } => 503,
        }
    }
}

impl crate::api::runtime::IntoAnswer for PrefixReleaseFailure {
    fn into_answer(self) -> crate::api::runtime::Answer {
        match self {
            Self::Status400 { body } => crate::api::runtime::Answer::json(400, &body),
            Self::Status401 { body } => crate::api::runtime::Answer::json(401, &body),
            Self::Status403 { body } => crate::api::runtime::Answer::json(403, &body),
            Self::Status409 { body } => crate::api::runtime::Answer::json(409, &body),
            Self::Status500 { body } => crate::api::runtime::Answer::json(500, &body),
            Self::Status503 { body } => crate::api::runtime::Answer::json(503, &body),
        }
    }
}

impl From<OperatorFailure> for PrefixReleaseFailure {
    fn from(failure: OperatorFailure) -> Self {
        match failure {
            OperatorFailure::Status400 { body } => Self::Status400 { body },
            OperatorFailure::Status401 { body } => Self::Status401 { body },
            OperatorFailure::Status403 { body } => Self::Status403 { body },
            OperatorFailure::Status500 { body } => Self::Status500 { body },
            OperatorFailure::Status503 { body } => Self::Status503 { body },
        }
    }
}

/// Every operation, in the order of the document.
pub static OPERATIONS: [&crate::api::runtime::Operation; 47] = [
    &OPERATOR_LIST,
    &OPERATOR_CREATE,
    &OPERATOR_REVOKE,
    &CUSTOMER_LIST,
    &CUSTOMER_VIEW,
    &CUSTOMER_PUT,
    &CUSTOMER_DELETE,
    &CUSTOMER_UNLOCK,
    &CUSTOMER_ERASE,
    &ADDRESS_ADD,
    &ADDRESS_REMOVE,
    &TOKEN_LIST,
    &TOKEN_ENROL,
    &TOKEN_VIEW,
    &TOKEN_ASSIGN,
    &TOKEN_UNASSIGN,
    &TOKEN_RESYNC,
    &TOKEN_UNLOCK,
    &TOKEN_REVOKE,
    &TOKEN_TEST,
    &IMPORT_OPEN,
    &IMPORT_VIEW,
    &IMPORT_CANCEL,
    &IMPORT_ADD,
    &IMPORT_COMMIT,
    &CLIENT_LIST,
    &CLIENT_VIEW,
    &CLIENT_PUT,
    &CLIENT_DELETE,
    &SESSION_LIST,
    &SESSION_OPEN,
    &SESSION_CLOSE,
    &TRANSACTION_LIST,
    &TRANSACTION_OPEN,
    &TRANSACTION_VIEW,
    &TRANSACTION_CLOSE,
    &TRANSACTION_REDEEM,
    &FLOW_LIST,
    &FLOW_VIEW,
    &FLOW_REDEEM,
    &AUDIT_LIST,
    &DELIVERY_LIST,
    &KEY_LIST,
    &KEY_ROTATE,
    &PREFIX_LIST,
    &PREFIX_BLOCK,
    &PREFIX_RELEASE,
];

/// Operator API 1.0.0: one method per operation of openapi/operator.yaml.
///
/// Only methods whose answers the document lists compile.
pub trait OperatorApi: crate::api::runtime::Family<Refusal = OperatorFailure> {
    /// List the operators
    ///
    /// By name, those that are revoked included: their names stay in the audit trail. Credentials are not shown; nobody can
    /// look one up.
    ///
    /// `GET /operator/v1/operators`
    fn operator_list(
        &self,
        call: OperatorListCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<OperatorListOk, OperatorFailure>,
    > + Send;
    /// Make an operator and its credential
    ///
    /// Give each person and each system an operator of its own, with no more scopes than it needs. Keep the `credential` of
    /// the answer: the server has a digest of it and cannot show it again, but to a repeat of this call. A name is used once;
    /// 409 if there is an operator of that name, or ever was.
    ///
    /// `POST /operator/v1/operators`
    fn operator_create(
        &self,
        call: OperatorCreateCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<OperatorCreateOk, OperatorCreateFailure>,
    > + Send;
    /// Put a credential out of use
    ///
    /// The operator's next call is 401. There is no way back, and its name is not used again: make another operator instead.
    /// 409 if it is revoked already, or the last one with `admin`. What it has changed stays as it is.
    ///
    /// `DELETE /operator/v1/operators/{operatorName}`
    fn operator_revoke(
        &self,
        call: OperatorRevokeCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<OperatorRevokeOk, OperatorRevokeFailure>,
    > + Send;
    /// List the customers
    ///
    /// In an order that does not change, but is not that of the numbers, which the server cannot compare. To find one, view it
    /// by its number; there is no search by address.
    ///
    /// `GET /operator/v1/customers`
    fn customer_list(
        &self,
        call: CustomerListCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<CustomerListOk, OperatorFailure>,
    > + Send;
    /// View a customer
    ///
    /// The language, the masked addresses, whether the customer is locked, and the `ETag` that a change needs. Tokens are listed by
    /// `token_list`.
    ///
    /// `GET /operator/v1/customers/{customerId}`
    fn customer_view(
        &self,
        call: CustomerViewCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<CustomerViewOk, CustomerViewFailure>,
    > + Send;
    /// Write a customer
    ///
    /// Writes all of it: an address that is not in the body is gone. The first phone and the first e-mail address are the
    /// primary ones. Without `If-Match` it creates; with it, it replaces the version you have seen. Open flows that could send to
    /// an address that is gone end. Tokens stay with their customer.
    ///
    /// `PUT /operator/v1/customers/{customerId}`
    fn customer_put(
        &self,
        call: CustomerPutCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<CustomerPutOk, CustomerPutFailure>,
    > + Send;
    /// Delete a customer
    ///
    /// The customer and all addresses go, and open flows end. Tokens do not: take them back or revoke them first. The audit
    /// trail keeps what it has; see `customer_erase` for a customer who is to be forgotten.
    ///
    /// `DELETE /operator/v1/customers/{customerId}`
    fn customer_delete(
        &self,
        call: CustomerDeleteCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<CustomerDeleteOk, CustomerDeleteFailure>,
    > + Send;
    /// Forget the wrong codes of a customer
    ///
    /// Make sure first that you talk to the customer. Wrong codes that a signed-in customer has entered for security questions are
    /// forgotten, those of each address too: the customer may try again at once, also after a hundred in a row, which nothing else
    /// forgives but a right code. The locked flow stays locked: a new one is needed. 409 if there is nothing to forget.
    ///
    /// `POST /operator/v1/customers/{customerId}/unlock`
    fn customer_unlock(
        &self,
        call: CustomerUnlockCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<CustomerUnlockOk, CustomerUnlockFailure>,
    > + Send;
    /// Erase a customer
    ///
    /// Nothing that names the customer is left but a pseudonym in the audit trail. The customer, all addresses, flows, messages,
    /// transactions and sessions go, open ones end; tokens are in stock again. The key of what the audit trail says of who it is is
    /// destroyed: its entries stay, and the chain still verifies. What was there is overwritten in the data file. Erasing again
    /// is no error, and finds nothing. 503 also means that the data file's log could not be cut yet, because somebody reads it: the
    /// customer is erased, and the call is to be repeated.
    ///
    /// An erasure gives back no guesses: what is counted against the customer's tries in a day stays until the day is over. Only
    /// wrong codes in a row are forgotten, as by `customer_unlock`, because they are never over.
    ///
    /// Copies elsewhere are not reached: backups, events that were sent to the SIEM, messages at their providers.
    ///
    /// `POST /operator/v1/customers/{customerId}/erase`
    fn customer_erase(
        &self,
        call: CustomerEraseCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<CustomerEraseOk, OperatorFailure>,
    > + Send;
    /// Add an address to a customer
    ///
    /// Adds a phone or an e-mail address behind those of its kind, or before them as the primary one. 409 if the customer
    /// has it already, or ten of its kind. Nothing is sent to the address: that it is the customer's is for you to know.
    ///
    /// `POST /operator/v1/customers/{customerId}/addresses`
    fn address_add(
        &self,
        call: AddressAddCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<AddressAddOk, AddressAddFailure>,
    > + Send;
    /// Remove an address from a customer
    ///
    /// Those behind it move up, and so do their ids; `If-Match` makes sure that you remove the one you have seen. Open flows
    /// that could send to it end.
    ///
    /// `DELETE /operator/v1/customers/{customerId}/addresses/{addressId}`
    fn address_remove(
        &self,
        call: AddressRemoveCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<AddressRemoveOk, AddressRemoveFailure>,
    > + Send;
    /// List tokens
    ///
    /// All tokens, or those that all given filters fit. Tokens of an import that is not committed are not listed. Several
    /// manufacturers may have a token of one serial number.
    ///
    /// `GET /operator/v1/tokens`
    fn token_list(
        &self,
        call: TokenListCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<TokenListOk, OperatorFailure>> + Send;
    /// Enrol one token
    ///
    /// Adds a token, in stock or (with `customerId`) in a customer's hands at once. Give the `seed` of a hardware token. Leave
    /// it out for an authenticator app: the server draws one, and the answer has it as `keyUri`, for a QR code. That is shown
    /// this once and to a repeat of the call.
    ///
    /// `algorithm`, `period` and `t0` are for `TOTP`, `digits` for `HOTP` and `TOTP`, `counter` for `HOTP` and `OCRA`; `suite`
    /// belongs to `OCRA`, where it is required and so is `seed`. A property of another kind is 400. 409 if the serial number is
    /// taken by another token of this manufacturer, or the seed by another token of this serial number. Many tokens are better
    /// imported.
    ///
    /// `POST /operator/v1/tokens`
    fn token_enrol(
        &self,
        call: TokenEnrolCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TokenEnrolOk, TokenEnrolFailure>,
    > + Send;
    /// View a token
    ///
    /// Everything but its secret.
    ///
    /// `GET /operator/v1/tokens/{tokenId}`
    fn token_view(
        &self,
        call: TokenViewCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<TokenViewOk, TokenViewFailure>> + Send;
    /// Give a token to a customer
    ///
    /// Gives a token that is in stock (`imported`) to a customer, or to one who acts for a company; 409 for any other. The
    /// customer need not have an address here. With its first right code the token becomes `active`.
    ///
    /// `POST /operator/v1/tokens/{tokenId}/assign`
    fn token_assign(
        &self,
        call: TokenAssignCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TokenAssignOk, TokenAssignFailure>,
    > + Send;
    /// Take a token back into stock
    ///
    /// For a token that is `assigned` or `active`; 409 for any other, a locked one included: that would unlock it under
    /// another name. Codes that it has used up stay used up.
    ///
    /// `POST /operator/v1/tokens/{tokenId}/unassign`
    fn token_unassign(
        &self,
        call: TokenUnassignCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TokenUnassignOk, TokenUnassignFailure>,
    > + Send;
    /// Find a token that has gone out of step
    ///
    /// Have the customer read two codes in a row. If both are found, the token is in step again and both are used up. Wrong ones
    /// (422) count as a failure, as any wrong code does. So is a token that takes no code now (422), for instance during a wait;
    /// such codes are not looked at. A token that takes challenges has no row of codes (409).
    ///
    /// `POST /operator/v1/tokens/{tokenId}/resync`
    fn token_resync(
        &self,
        call: TokenResyncCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TokenResyncOk, TokenResyncFailure>,
    > + Send;
    /// End the lock or the wait of a token
    ///
    /// Make sure first that you talk to its holder. The failures are forgotten and a locked token is again what it was before.
    /// 409 if there is nothing to forget.
    ///
    /// `POST /operator/v1/tokens/{tokenId}/unlock`
    fn token_unlock(
        &self,
        call: TokenUnlockCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TokenUnlockOk, TokenUnlockFailure>,
    > + Send;
    /// Put a token out of use for good
    ///
    /// For a token that is lost, stolen or broken. There is no way back, and its serial number stays taken. 409 if it is
    /// revoked already.
    ///
    /// `POST /operator/v1/tokens/{tokenId}/revoke`
    fn token_revoke(
        &self,
        call: TokenRevokeCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TokenRevokeOk, TokenRevokeFailure>,
    > + Send;
    /// Try a code of a token
    ///
    /// For the counter and the help desk: does this token work? The code is treated as in a login. A right one is used up, and
    /// makes an assigned token active; a wrong one (422) counts. A token that takes no code now is 422, too. A token that takes
    /// challenges has no code of its own (409): open a transaction for it.
    ///
    /// `POST /operator/v1/tokens/{tokenId}/test`
    fn token_test(
        &self,
        call: TokenTestCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<TokenTestOk, TokenTestFailure>> + Send;
    /// Begin an import
    ///
    /// Then add the tokens in batches, and commit. Nobody sees any of them before that, but their serial numbers are taken. An
    /// import that is left alone is cancelled when it expires, an hour after its last batch.
    ///
    /// `POST /operator/v1/imports`
    fn import_open(
        &self,
        call: ImportOpenCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<ImportOpenOk, ImportOpenFailure>,
    > + Send;
    /// View an import
    ///
    /// How far it has got. After a broken connection go on with the entry that `entries` names.
    ///
    /// `GET /operator/v1/imports/{importId}`
    fn import_view(
        &self,
        call: ImportViewCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<ImportViewOk, ImportViewFailure>,
    > + Send;
    /// Cancel an import
    ///
    /// Its tokens go as if they had never come. 409 if it is over; tokens of a committed import are revoked one by one.
    ///
    /// `DELETE /operator/v1/imports/{importId}`
    fn import_cancel(
        &self,
        call: ImportCancelCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<ImportCancelOk, ImportCancelFailure>,
    > + Send;
    /// Add a batch of tokens to an import
    ///
    /// One batch after the other, without gaps: `firstEntry` is the `entries` of the import so far, else 409. The repeat of a
    /// batch that was taken in already changes nothing, so after a lost answer send the batch again. A token that is there
    /// already and makes the same codes is `unchanged`.
    ///
    /// An entry that does not fit its schema is 400, as ever; `location` names it. What else is wrong with entries is told
    /// in `problems`. A batch with problems adds nothing, and the import can then only be cancelled; further batches are looked
    /// at all the same, so that one run tells everything that is wrong. 409 if the import is over.
    ///
    /// `POST /operator/v1/imports/{importId}/tokens`
    fn import_add(
        &self,
        call: ImportAddCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<ImportAddOk, ImportAddFailure>> + Send;
    /// Commit an import
    ///
    /// All its tokens appear at once, in stock. 409 if it had problems or is over already. Whether every entry was sent is for
    /// you to know: compare `entries` with what you have.
    ///
    /// `POST /operator/v1/imports/{importId}/commit`
    fn import_commit(
        &self,
        call: ImportCommitCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<ImportCommitOk, ImportCommitFailure>,
    > + Send;
    /// List the applications
    ///
    /// By their ids.
    ///
    /// `GET /operator/v1/clients`
    fn client_list(
        &self,
        call: ClientListCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<ClientListOk, OperatorFailure>> + Send;
    /// View an application
    ///
    /// What it is registered for, and the `ETag` that a change needs.
    ///
    /// `GET /operator/v1/clients/{clientId}`
    fn client_view(
        &self,
        call: ClientViewCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<ClientViewOk, ClientViewFailure>,
    > + Send;
    /// Register an application
    ///
    /// Writes all of it. The id is the `client_id` of the application's calls and access tokens. A call is admitted if its
    /// country, business and channel are all listed. Without `If-Match` it creates; with it, it replaces the version you have
    /// seen. The next call is judged by it; transactions that are open stay open.
    ///
    /// `PUT /operator/v1/clients/{clientId}`
    fn client_put(
        &self,
        call: ClientPutCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<ClientPutOk, ClientPutFailure>> + Send;
    /// Take an application out of the register
    ///
    /// Its next call is 403. Its open transactions are closed; its sessions end by themselves.
    ///
    /// `DELETE /operator/v1/clients/{clientId}`
    fn client_delete(
        &self,
        call: ClientDeleteCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<ClientDeleteOk, ClientDeleteFailure>,
    > + Send;
    /// List the sessions
    ///
    /// Those that were registered here and have not expired, and those that are known only by their open transactions. A
    /// session is shown by its `sessionId`, never by its `sid`.
    ///
    /// `GET /operator/v1/sessions`
    fn session_list(
        &self,
        call: SessionListCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<SessionListOk, OperatorFailure>,
    > + Send;
    /// Register a session
    ///
    /// Tells the server of a session that the key exchange opened, whose customer it is, and when it ends. 409 if it is
    /// registered already. The `sid` is kept as a keyed hash; keep `sessionId`, or the `sid` itself, to close it.
    ///
    /// `POST /operator/v1/sessions`
    fn session_open(
        &self,
        call: SessionOpenCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<SessionOpenOk, SessionOpenFailure>,
    > + Send;
    /// Close a session
    ///
    /// Call it when the customer logs out. Its open transactions are closed, and every later call in it is 404. Name it by
    /// `sessionId`, or by `sid` and `clientId`; anything else is 400. A `sid` need not be registered; a `sessionId` that is
    /// unknown is 404. Closing what is closed changes nothing.
    ///
    /// `POST /operator/v1/sessions/close`
    fn session_close(
        &self,
        call: SessionCloseCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<SessionCloseOk, SessionCloseFailure>,
    > + Send;
    /// List transactions
    ///
    /// The newest first, all or those that all given filters fit. They are kept for some days after they have ended. A list does
    /// not have their `transactionDetails`: view one to see them.
    ///
    /// `GET /operator/v1/transactions`
    fn transaction_list(
        &self,
        call: TransactionListCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TransactionListOk, OperatorFailure>,
    > + Send;
    /// Open a transaction
    ///
    /// The same as `retrieve` of the BNE family, by the back end for one of its sessions: give the customer the `challenge`,
    /// and let the application validate the code in that session. The rules are those of `retrieve`: `transactionDetails`
    /// are for `RISK` and required there (400), a holder who is unknown or has no token is 404, as is a session that was closed
    /// and an application that is not registered; a holder who has no token that suits is 422.
    ///
    /// `POST /operator/v1/transactions`
    fn transaction_open(
        &self,
        call: TransactionOpenCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TransactionOpenOk, TransactionOpenFailure>,
    > + Send;
    /// View a transaction
    ///
    /// What was to be confirmed, by whom, with which token, and what became of it. Looking is no proof: before you act on
    /// it, redeem it, which works once.
    ///
    /// `GET /operator/v1/transactions/{mfaTransactionId}`
    fn transaction_view(
        &self,
        call: TransactionViewCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TransactionViewOk, TransactionViewFailure>,
    > + Send;
    /// Call a transaction off
    ///
    /// No code is accepted for it from now on. 409 if it is not open any more.
    ///
    /// `POST /operator/v1/transactions/{mfaTransactionId}/close`
    fn transaction_close(
        &self,
        call: TransactionCloseCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TransactionCloseOk, TransactionCloseFailure>,
    > + Send;
    /// Take the proof of a transaction, once
    ///
    /// Call it before you carry out what the customer confirmed, and compare the `transactionDetails` of the answer with what
    /// you are about to do. 200 is the proof, and there is no second one: 409 if the right code has not come, if the proof was
    /// taken before, or if the code came more than 15 minutes ago. 422 if it is another client's or customer's; nothing is used
    /// up then. If the answer is lost, the proof is, too: `transaction_view` says that and by whom it was redeemed.
    ///
    /// `POST /operator/v1/transactions/{mfaTransactionId}/redeem`
    fn transaction_redeem(
        &self,
        call: TransactionRedeemCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<TransactionRedeemOk, TransactionRedeemFailure>,
    > + Send;
    /// List a customer's flows
    ///
    /// The newest first; those of the last days, as long as they are kept. Flows before login belong to no customer: view
    /// them by their service key. There is neither a code nor a key in the answer.
    ///
    /// `GET /operator/v1/flows`
    fn flow_list(
        &self,
        call: FlowListCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<FlowListOk, OperatorFailure>> + Send;
    /// View a flow by its service key
    ///
    /// For the back end that has a service key from an app: what it is for, and what became of it. Looking is no proof:
    /// before you act on it, redeem it. The key is in the body so that no log of addresses has it.
    ///
    /// `POST /operator/v1/flows/view`
    fn flow_view(
        &self,
        call: FlowViewCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<FlowViewOk, FlowViewFailure>> + Send;
    /// Take the proof of a flow, once
    ///
    /// Call it before you act on an app's word that a code was right. Say what you expect: the `purpose`, and the `phone`
    /// (`pre_login`) or the `customerId` (`security_questions`) it must be for; the one that belongs to the purpose is required
    /// (400). 200 is the proof, and there is no second one: 409 if the right code has not come, if the proof was taken before,
    /// or if the code came more than 15 minutes ago. 422 if it is for something or somebody else; nothing is used up then.
    ///
    /// `POST /operator/v1/flows/redeem`
    fn flow_redeem(
        &self,
        call: FlowRedeemCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<FlowRedeemOk, FlowRedeemFailure>,
    > + Send;
    /// Read the audit trail
    ///
    /// The oldest first unless `newestFirst`, all entries or those that all given filters fit. To follow the trail, ask again
    /// with `after` set to the `sequence` of the last entry you have seen. Entries are never changed: each one's `hash` covers it
    /// and the `hash` of the one before. Of calls that name something unknown, the first of a minute is an entry at once; those
    /// after it are one more entry when the minute is over, with their `count`. Of a customer who has been erased, entries
    /// have the `customerPseudonym` only; they are still found by `customerId`.
    ///
    /// `GET /operator/v1/audit`
    fn audit_list(
        &self,
        call: AuditListCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<AuditListOk, OperatorFailure>> + Send;
    /// See what became of messages
    ///
    /// The newest first, all or those that all given filters fit. `accepted` means that a provider took the message, not that it
    /// arrived. Neither texts nor addresses are kept with it: the flow has the masked ones.
    ///
    /// `GET /operator/v1/deliveries`
    fn delivery_list(
        &self,
        call: DeliveryListCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<DeliveryListOk, OperatorFailure>,
    > + Send;
    /// See what is under which server key
    ///
    /// Keys themselves are never shown. First the keys that the server is configured with, the current one at the head, then
    /// those that it has not but that something is sealed with. The rows are counted when you ask.
    ///
    /// `GET /operator/v1/keys`
    fn key_list(
        &self,
        call: KeyListCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<KeyListOk, OperatorFailure>> + Send;
    /// Seal anew what is under older keys
    ///
    /// Everything that is sealed with an older key is sealed with the current one, in the background and in small steps, while
    /// the server answers as ever; a restart does not end it. Say which key you take for the current one: 409 if it is not.
    /// Calling again while it is under way changes nothing. One to another key that is under way is replaced, if this key has
    /// become the current one since it began; if not, servers that share a database have different keys in front: 409. When it is
    /// `done`, see `key_list` for whether anything is left under older keys, and when they can be taken out of the configuration.
    ///
    /// `POST /operator/v1/keys/rotate`
    fn key_rotate(
        &self,
        call: KeyRotateCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<KeyRotateOk, KeyRotateFailure>> + Send;
    /// List phone prefixes
    ///
    /// Prefixes that text messages went to lately, one item for each purpose, and those that operators have blocked or exempted,
    /// one item without a purpose; in the order of the prefixes, an operator's word first. The counts are those of the guard's
    /// window. An operator's word goes for every number that begins so, unless a longer prefix has one of its own.
    ///
    /// `GET /operator/v1/prefixes`
    fn prefix_list(
        &self,
        call: PrefixListCall<Self::Caller>,
    ) -> impl std::future::Future<Output = Result<PrefixListOk, OperatorFailure>> + Send;
    /// Block a phone prefix
    ///
    /// No text message goes to a number that begins so, until it is released; callers are answered 429. It takes the place of an
    /// exemption of the same prefix. Blocking what is blocked writes the reason anew.
    ///
    /// `POST /operator/v1/prefixes/block`
    fn prefix_block(
        &self,
        call: PrefixBlockCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<PrefixBlockOk, OperatorFailure>,
    > + Send;
    /// Release a phone prefix
    ///
    /// Ends the block of this prefix or its exemption, and that it and all longer ones are slowed or stopped: their counts begin
    /// anew. With `exemptUntil`, which may be 30 days away at most, sends are counted until then and not judged. Releasing what
    /// is open changes nothing. While a shorter prefix is blocked it is 409, unless `exemptUntil` is given.
    ///
    /// `POST /operator/v1/prefixes/release`
    fn prefix_release(
        &self,
        call: PrefixReleaseCall<Self::Caller>,
    ) -> impl std::future::Future<
        Output = Result<PrefixReleaseOk, PrefixReleaseFailure>,
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
    A: OperatorApi,
{
    api.register(
        crate::api::runtime::endpoint(
            &OPERATOR_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.operator_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &OPERATOR_CREATE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.operator_create(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &OPERATOR_REVOKE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.operator_revoke(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CUSTOMER_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.customer_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CUSTOMER_VIEW,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.customer_view(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CUSTOMER_PUT,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.customer_put(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CUSTOMER_DELETE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.customer_delete(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CUSTOMER_UNLOCK,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.customer_unlock(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CUSTOMER_ERASE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.customer_erase(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &ADDRESS_ADD,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.address_add(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &ADDRESS_REMOVE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.address_remove(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_ENROL,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_enrol(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_VIEW,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_view(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_ASSIGN,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_assign(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_UNASSIGN,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_unassign(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_RESYNC,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_resync(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_UNLOCK,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_unlock(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_REVOKE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_revoke(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TOKEN_TEST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.token_test(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &IMPORT_OPEN,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.import_open(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &IMPORT_VIEW,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.import_view(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &IMPORT_CANCEL,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.import_cancel(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &IMPORT_ADD,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.import_add(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &IMPORT_COMMIT,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.import_commit(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CLIENT_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.client_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CLIENT_VIEW,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.client_view(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CLIENT_PUT,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.client_put(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &CLIENT_DELETE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.client_delete(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &SESSION_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.session_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &SESSION_OPEN,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.session_open(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &SESSION_CLOSE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.session_close(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TRANSACTION_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.transaction_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TRANSACTION_OPEN,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.transaction_open(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TRANSACTION_VIEW,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.transaction_view(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TRANSACTION_CLOSE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.transaction_close(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &TRANSACTION_REDEEM,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.transaction_redeem(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &FLOW_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.flow_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &FLOW_VIEW,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.flow_view(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &FLOW_REDEEM,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.flow_redeem(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &AUDIT_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.audit_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &DELIVERY_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.delivery_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &KEY_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.key_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &KEY_ROTATE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.key_rotate(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &PREFIX_LIST,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.prefix_list(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &PREFIX_BLOCK,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.prefix_block(call).await
            },
        ),
    )?;
    api.register(
        crate::api::runtime::endpoint(
            &PREFIX_RELEASE,
            base_path,
            |context: C, call| async move {
                let family: &A = context.as_ref();
                family.prefix_release(call).await
            },
        ),
    )?;
    Ok(())
}
