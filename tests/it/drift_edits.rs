//! The edits of `drift.rs`: what an editor of a document may do, on purpose or by mistake.

mod operator;

pub(crate) use operator::OPERATOR_EDITS;

use crate::build_script::Edit;

/// Document, what is done to it, and how. Each changes what a caller may send or gets.
pub(crate) const CONTRACT_EDITS: &[(&str, &str, Edit)] = &[
    (
        "dbx-otp",
        "path changed",
        Edit::Rename(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB",
            "/services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLogin",
        ),
    ),
    (
        "dbx-otp",
        "method changed",
        Edit::Rename("/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post", "put"),
    ),
    (
        "dbx-otp",
        "operation id changed",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/operationId",
            "requestOTP",
        ),
    ),
    (
        "dbx-otp",
        "operation removed",
        Edit::Remove("/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestUpdateSecurityQuestionsOTP"),
    ),
    (
        "dbx-otp",
        "tag of an operation changed",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/tags",
            "[Security Questions]",
        ),
    ),
    ("dbx-otp", "declared tag renamed", Edit::Set("/tags/0/name", "Old Business User")),
    (
        "dbx-otp",
        "body limit raised",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/x-body-limit-bytes",
            "16385",
        ),
    ),
    (
        "dbx-otp",
        "body limit removed",
        Edit::Remove(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/x-body-limit-bytes",
        ),
    ),
    (
        "dbx-otp",
        "public operation asks for a token",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/security",
            "[{konyToken: []}]",
        ),
    ),
    (
        "dbx-otp",
        "optional token becomes required",
        Edit::Remove(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1verifyOTPPreLoginMB/post/security/0",
        ),
    ),
    (
        "dbx-otp",
        "required token becomes optional",
        Edit::Push(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestUpdateSecurityQuestionsOTP/post/security",
            "{}",
        ),
    ),
    (
        "dbx-otp",
        "token no longer asked for",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestUpdateSecurityQuestionsOTP/post/security",
            "[]",
        ),
    ),
    (
        "dbx-otp",
        "security of the operation falls back to the document's",
        Edit::Remove(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestUpdateSecurityQuestionsOTP/post/security",
        ),
    ),
    ("dbx-otp", "header of the token renamed", Edit::Set("/components/securitySchemes/konyToken/name", "X-Kony-Token")),
    (
        "dbx-otp",
        "token becomes a bearer token",
        Edit::Set("/components/securitySchemes/konyToken", "{type: http, scheme: bearer}"),
    ),
    (
        "dbx-otp",
        "header parameter added",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/parameters",
            "[{name: X-Channel, in: header, required: true, schema: {type: string}}]",
        ),
    ),
    (
        "dbx-otp",
        "status 413 removed",
        Edit::Remove(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/responses/413",
        ),
    ),
    (
        "dbx-otp",
        "status 404 added",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/responses/404",
            "{$ref: '#/components/responses/BadRequest'}",
        ),
    ),
    (
        "dbx-otp",
        "status 503 becomes 502",
        Edit::Rename(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/responses/503",
            "502",
        ),
    ),
    (
        "dbx-otp",
        "success becomes 201",
        Edit::Rename(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/responses/200",
            "201",
        ),
    ),
    (
        "dbx-otp",
        "range of statuses added",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/responses/5XX",
            "{$ref: '#/components/responses/InternalError'}",
        ),
    ),
    (
        "dbx-otp",
        "success answers the other body",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/responses/200",
            "{$ref: '#/components/responses/VerifyAnswered'}",
        ),
    ),
    (
        "dbx-otp",
        "request has another schema",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/requestBody/content/application~1json/schema",
            "{$ref: '#/components/schemas/VerifyRequest'}",
        ),
    ),
    (
        "dbx-otp",
        "request body becomes optional",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/requestBody/required",
            "false",
        ),
    ),
    (
        "dbx-otp",
        "request in another media type",
        Edit::Rename(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/requestBody/content/application~1json",
            "application/xml",
        ),
    ),
    (
        "dbx-otp",
        "failure has another schema",
        Edit::Set(
            "/components/responses/BadRequest/content/application~1json/schema",
            "{$ref: '#/components/schemas/RequestFailed'}",
        ),
    ),
    ("dbx-otp", "Retry-After removed from 429", Edit::Remove("/components/responses/TooManyRequests/headers")),
    (
        "dbx-otp",
        "Retry-After renamed",
        Edit::Rename("/components/responses/TooManyRequests/headers/Retry-After", "X-Retry-After"),
    ),
    ("dbx-otp", "Retry-After becomes a string", Edit::Set("/components/headers/RetryAfter/schema", "{type: string}")),
    ("dbx-otp", "Retry-After gets a bound", Edit::Set("/components/headers/RetryAfter/schema/minimum", "1")),
    ("dbx-otp", "Retry-After becomes optional", Edit::Set("/components/headers/RetryAfter/required", "false")),
    (
        "dbx-otp",
        "response header added",
        Edit::Set("/components/responses/BadRequest/headers", "{X-Reason: {required: true, schema: {type: string}}}"),
    ),
    ("dbx-otp", "server added", Edit::Push("/servers", "{url: /dbx}")),
    ("dbx-otp", "server changed", Edit::Set("/servers/0/url", "/api")),
    ("dbx-otp", "version of the document changed", Edit::Set("/info/version", "1.1.0")),
    ("dbx-otp", "required property removed from the list", Edit::Remove("/components/schemas/VerifyOtp/required/1")),
    ("dbx-otp", "required added", Edit::Set("/components/schemas/PreLoginRequest/required", "[Phone]")),
    (
        "dbx-otp",
        "property added",
        Edit::Set("/components/schemas/RequestOtp/properties/otp", "{$ref: '#/components/schemas/OtpCode'}"),
    ),
    ("dbx-otp", "property removed", Edit::Remove("/components/schemas/RequestOtp/properties/email")),
    ("dbx-otp", "property renamed", Edit::Rename("/components/schemas/PreLoginRequest/properties/Phone", "phone")),
    (
        "dbx-otp",
        "property refers to another schema of the same shape",
        Edit::Set("/components/schemas/VerifyOtp/properties/securityKey", "{$ref: '#/components/schemas/ServiceKey'}"),
    ),
    ("dbx-otp", "enum value added", Edit::Push("/components/schemas/RequestErrorCode/enum", "'10520'")),
    ("dbx-otp", "enum value removed", Edit::Remove("/components/schemas/VerifyErrorCode/enum/0")),
    ("dbx-otp", "enum value changed", Edit::Set("/components/schemas/CommunicationType/enum/0", "SHOW_ALL")),
    ("dbx-otp", "string becomes integer", Edit::Set("/components/schemas/Sent/properties/opstatus", "{type: integer}")),
    ("dbx-otp", "string becomes boolean", Edit::Set("/components/schemas/TextTrue", "{type: boolean}")),
    ("dbx-otp", "pattern changed", Edit::Set("/components/schemas/OtpCode/pattern", "'^[0-9]{4,8}$'")),
    ("dbx-otp", "pattern removed", Edit::Remove("/components/schemas/OtpCode/pattern")),
    ("dbx-otp", "maximum length changed", Edit::Set("/components/schemas/Phone/maxLength", "31")),
    ("dbx-otp", "minimum length added", Edit::Set("/components/schemas/ServiceKey/minLength", "1")),
    ("dbx-otp", "format added", Edit::Set("/components/schemas/ReferenceId/format", "uuid")),
    ("dbx-otp", "nullable added", Edit::Set("/components/schemas/Contact/properties/masked/nullable", "true")),
    (
        "dbx-otp",
        "additional properties forbidden",
        Edit::Set("/components/schemas/VerifyRequest/additionalProperties", "false"),
    ),
    (
        "dbx-otp",
        "additional properties typed",
        Edit::Set("/components/schemas/VerifyRequest/additionalProperties", "{type: string}"),
    ),
    ("dbx-otp", "member of oneOf removed", Edit::Remove("/components/schemas/RequestAnswer/oneOf/1")),
    (
        "dbx-otp",
        "member of oneOf added",
        Edit::Push("/components/schemas/VerifyAnswer/oneOf", "{$ref: '#/components/schemas/Sent'}"),
    ),
    ("dbx-otp", "oneOf becomes allOf", Edit::Rename("/components/schemas/VerifyAnswer/oneOf", "allOf")),
    (
        "dbx-otp",
        "array gets a bound",
        Edit::Set("/components/schemas/CustomerCommunication/properties/phone/minItems", "1"),
    ),
    (
        "dbx-otp",
        "array becomes a set",
        Edit::Set("/components/schemas/CustomerCommunication/properties/phone/uniqueItems", "true"),
    ),
    (
        "dbx-otp",
        "items of an array change",
        Edit::Set(
            "/components/schemas/CustomerCommunication/properties/email/items",
            "{$ref: '#/components/schemas/ReferenceId'}",
        ),
    ),
    ("dbx-otp", "default added", Edit::Set("/components/schemas/CommunicationType/default", "DISPLAY_ALL")),
    ("dbx-otp", "schema added", Edit::Set("/components/schemas/Extra", "{type: string}")),
    ("dbx-otp", "schema renamed, its references too", Edit::Text("RequestAttributes", "RequestAttribute")),
    (
        "bne-challenge",
        "path changed",
        Edit::Rename(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate",
            "/api/v1/x-global/bne/security/authenticate/challenge/info/validate",
        ),
    ),
    (
        "bne-challenge",
        "operation id changed",
        Edit::Set(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/operationId",
            "bne-validate-challenge",
        ),
    ),
    (
        "bne-challenge",
        "tag changed",
        Edit::Set(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/tags",
            "[bne-retrieve-challenge]",
        ),
    ),
    (
        "bne-challenge",
        "body limit lowered",
        Edit::Set(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1retrieve/post/x-body-limit-bytes",
            "1024",
        ),
    ),
    (
        "bne-challenge",
        "security removed",
        Edit::Set("/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/security", "[]"),
    ),
    (
        "bne-challenge",
        "bearer token becomes a key in a header",
        Edit::Set("/components/securitySchemes/bearerToken", "{type: apiKey, in: header, name: Authorization-Token}"),
    ),
    (
        "bne-challenge",
        "header removed from an operation",
        Edit::Remove("/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/parameters/6"),
    ),
    ("bne-challenge", "header renamed", Edit::Set("/components/parameters/Sid/name", "session")),
    ("bne-challenge", "header renamed in case only", Edit::Set("/components/parameters/ChannelId/name", "channelid")),
    ("bne-challenge", "required header becomes optional", Edit::Set("/components/parameters/Sid/required", "false")),
    (
        "bne-challenge",
        "optional header becomes required",
        Edit::Set("/components/parameters/AcceptLanguage/required", "true"),
    ),
    ("bne-challenge", "header in the query", Edit::Set("/components/parameters/Uuid/in", "query")),
    (
        "bne-challenge",
        "header has another schema",
        Edit::Set("/components/parameters/BusinessCode/schema", "{$ref: '#/components/schemas/ChannelId'}"),
    ),
    (
        "bne-challenge",
        "headers in another order",
        Edit::Set(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/parameters/0",
            "{$ref: '#/components/parameters/Uuid'}",
        ),
    ),
    (
        "bne-challenge",
        "204 becomes 200",
        Edit::Rename(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/responses/204",
            "200",
        ),
    ),
    (
        "bne-challenge",
        "204 gets a body",
        Edit::Set(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/responses/204/content",
            "{application/json: {schema: {$ref: '#/components/schemas/RetrievedChallenge'}}}",
        ),
    ),
    (
        "bne-challenge",
        "200 loses its body",
        Edit::Remove(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1retrieve/post/responses/200/content",
        ),
    ),
    (
        "bne-challenge",
        "status 422 removed from one operation",
        Edit::Remove(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/responses/422",
        ),
    ),
    (
        "bne-challenge",
        "status 409 added to one operation",
        Edit::Set(
            "/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1info~1validate/post/responses/409",
            "{$ref: '#/components/responses/InvalidRequest'}",
        ),
    ),
    (
        "bne-challenge",
        "status 403 removed",
        Edit::Remove("/paths/~1v1~1x-global~1bne~1security~1authenticate~1challenge~1retrieve/post/responses/403"),
    ),
    ("bne-challenge", "server removed", Edit::Remove("/servers/1")),
    ("bne-challenge", "required removed", Edit::Remove("/components/schemas/BneError/required/1")),
    (
        "bne-challenge",
        "required property becomes optional in Arcsight",
        Edit::Remove("/components/schemas/Arcsight/required/11"),
    ),
    ("bne-challenge", "enum value added to the error types", Edit::Push("/components/schemas/ErrorType/enum", "info")),
    (
        "bne-challenge",
        "enum value removed from the transaction types",
        Edit::Remove("/components/schemas/MfaTransactionType/enum/1"),
    ),
    ("bne-challenge", "default removed", Edit::Remove("/components/schemas/MfaTransactionType/default")),
    ("bne-challenge", "default changed", Edit::Set("/components/schemas/AcceptLanguage/default", "en")),
    ("bne-challenge", "maximum length changed", Edit::Set("/components/schemas/UserId/maxLength", "13")),
    ("bne-challenge", "maximum length removed", Edit::Remove("/components/schemas/AliasName/maxLength")),
    ("bne-challenge", "format removed", Edit::Remove("/components/schemas/OperationDate/format")),
    ("bne-challenge", "format changed", Edit::Set("/components/schemas/Timestamp/format", "date")),
    ("bne-challenge", "pattern changed", Edit::Set("/components/schemas/CountryCode/pattern", "'^[A-Za-z]{2}$'")),
    ("bne-challenge", "property added", Edit::Set("/components/schemas/Arcsight/properties/region", "{type: string}")),
    ("bne-challenge", "property removed", Edit::Remove("/components/schemas/BneError/properties/moreInfo")),
    (
        "bne-challenge",
        "property nullable",
        Edit::Set("/components/schemas/BneError/properties/location/nullable", "true"),
    ),
    (
        "bne-challenge",
        "type of the error body closed",
        Edit::Set("/components/schemas/BneError/additionalProperties", "false"),
    ),
    (
        "bne-challenge",
        "number becomes bounded integer",
        Edit::Set(
            "/components/schemas/Arcsight/properties/destinationPort",
            "{type: integer, minimum: 1, maximum: 65535}",
        ),
    ),
    (
        "operator",
        "scope of an operation changed",
        Edit::Set("/paths/~1operator~1v1~1customers~1{customerId}/get/x-scope", "admin"),
    ),
    (
        "operator",
        "scope of an operation removed",
        Edit::Remove("/paths/~1operator~1v1~1customers~1{customerId}/get/x-scope"),
    ),
    ("operator", "parameter of a path renamed", Edit::Set("/components/parameters/TokenId/name", "token")),
    ("operator", "parameter of a path optional", Edit::Set("/components/parameters/TokenId/required", "false")),
    ("operator", "parameter of a query renamed", Edit::Set("/components/parameters/Limit/name", "pageSize")),
    ("operator", "parameter of a query moved", Edit::Set("/components/parameters/PageToken/in", "header")),
    ("operator", "parameter removed", Edit::Remove("/paths/~1operator~1v1~1customers~1{customerId}/put/parameters/1")),
    (
        "operator",
        "second success removed",
        Edit::Remove("/paths/~1operator~1v1~1customers~1{customerId}/put/responses/201"),
    ),
    ("operator", "header of an answer removed", Edit::Remove("/components/responses/TokenShown/headers")),
    (
        "operator",
        "body of a DELETE added",
        Edit::Set("/paths/~1operator~1v1~1customers~1{customerId}/delete/x-body-limit-bytes", "1"),
    ),
    ("operator", "maximum of an integer raised", Edit::Set("/components/schemas/PageLimit/maximum", "500")),
    ("operator", "minimum of an integer removed", Edit::Remove("/components/schemas/Drift/minimum")),
    ("operator", "default of an integer changed", Edit::Set("/components/schemas/PageLimit/default", "51")),
    ("operator", "step of an integer removed", Edit::Remove("/components/schemas/Period/multipleOf")),
    ("operator", "items of a list raised", Edit::Set("/components/schemas/ImportEntries/maxItems", "1001")),
    (
        "operator",
        "items of an answer unbounded",
        Edit::Remove("/components/schemas/TokenPage/properties/items/maxItems"),
    ),
];

/// Edits of text for people, and of examples.
pub(crate) const PROSE_EDITS: &[(&str, &str, Edit)] = &[
    ("dbx-otp", "title", Edit::Set("/info/title", "One-time passwords")),
    ("dbx-otp", "description of the document", Edit::Set("/info/description", "Other words.")),
    ("dbx-otp", "license", Edit::Set("/info/license", "{name: MIT}")),
    (
        "dbx-otp",
        "summary of an operation",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/summary",
            "Start",
        ),
    ),
    (
        "dbx-otp",
        "description of an operation",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/description",
            "Other words.",
        ),
    ),
    (
        "dbx-otp",
        "example of a request",
        Edit::Set(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/requestBody/content/application~1json/examples/start/value",
            "{Phone: \"+4930123456\"}",
        ),
    ),
    (
        "dbx-otp",
        "examples of a request gone",
        Edit::Remove(
            "/paths/~1services~1data~1v1~1RBObjects~1operations~1DbxUser~1requestOTPPreLoginMB/post/requestBody/content/application~1json/examples",
        ),
    ),
    ("dbx-otp", "description of an answer", Edit::Set("/components/responses/BadRequest/description", "Other words.")),
    ("dbx-otp", "description of a schema", Edit::Set("/components/schemas/Phone/description", "Other words.")),
    (
        "dbx-otp",
        "description of a property",
        Edit::Set("/components/schemas/Contact/properties/masked/description", "Other words."),
    ),
    ("dbx-otp", "example of a schema", Edit::Set("/components/schemas/Phone/example", "'+4930123456'")),
    ("dbx-otp", "title of a schema", Edit::Set("/components/schemas/Phone/title", "A phone")),
    ("dbx-otp", "description of a tag", Edit::Set("/tags/0/description", "Other words.")),
    (
        "dbx-otp",
        "description of the token",
        Edit::Set("/components/securitySchemes/konyToken/description", "Other words."),
    ),
    ("bne-challenge", "description of a header", Edit::Set("/components/parameters/Sid/description", "Other words.")),
    ("bne-challenge", "example of a header", Edit::Set("/components/parameters/Sid/example", "other")),
    ("bne-challenge", "description of a server", Edit::Set("/servers/1/description", "Other words.")),
    ("bne-challenge", "external documentation", Edit::Set("/externalDocs", "{url: \"https://bank.example\"}")),
    ("bne-challenge", "description of an enum", Edit::Set("/components/schemas/ErrorType/description", "Other words.")),
];
