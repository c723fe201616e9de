//! More edits of the operator API's document: methods, bodies and parameters that the bank's documents have none of.

use crate::build_script::Edit;

macro_rules! path {
    ($path:literal) => {
        concat!("/paths/~1operator~1v1~1", $path)
    };
}

/// As in the list above: document, what is done to it, and how.
pub(crate) const OPERATOR_EDITS: &[(&str, &str, Edit)] = &[
    ("operator", "method without a body changed", Edit::Rename(path!("tokens~1{tokenId}~1unlock/post"), "delete")),
    (
        "operator",
        "body where there was none",
        Edit::Set(
            path!("tokens~1{tokenId}~1unlock/post/requestBody"),
            "{required: true, content: {application/json: {schema: {$ref: '#/components/schemas/NewOperator'}}}}",
        ),
    ),
    ("operator", "security removed", Edit::Set(path!("customers~1{customerId}/get/security"), "[]")),
    ("operator", "parameter of a path renamed in the path alone", Edit::Text("{tokenId}", "{token}")),
    ("operator", "parameter of a path undeclared", Edit::Remove(path!("customers~1{customerId}/get/parameters"))),
    (
        "operator",
        "parameter of a path has another schema",
        Edit::Set("/components/parameters/TokenId/schema", "{$ref: '#/components/schemas/ImportId'}"),
    ),
    ("operator", "parameter of a query required", Edit::Set("/components/parameters/Limit/required", "true")),
    (
        "operator",
        "parameter of a query has another schema",
        Edit::Set("/components/parameters/Limit/schema", "{$ref: '#/components/schemas/PageToken'}"),
    ),
    ("operator", "boolean becomes a string", Edit::Set("/components/schemas/NewestFirst/type", "string")),
    ("operator", "status of one operation removed", Edit::Remove(path!("customers~1{customerId}/get/responses/404"))),
];
