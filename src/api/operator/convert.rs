//! Between the wire types of this family and the domain: what the nouns have in common.

use super::types::{EntityTag, IdempotencyKey, PageLimit, PageToken};
use crate::api::runtime::{Operation, Reject};
use crate::api::scalar::Invalid;
use crate::domain::operator::Repeatable;
use crate::domain::page::Paging;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use zeroize::Zeroizing;

/// The version that a caller has seen.
pub(super) fn seen(if_match: Option<&EntityTag>) -> Option<u64> {
    if_match.and_then(|tag| tag.as_str().trim_matches('"').parse().ok())
}

/// A version, for the next `If-Match`.
pub(super) fn e_tag(version: u64) -> Result<EntityTag, Invalid> {
    format!("\"{version}\"").parse()
}

/// Which page is asked for.
pub(super) fn paging(limit: Option<PageLimit>, token: Option<&PageToken>) -> Result<Paging, Reject> {
    let behind = token.map(|token| {
        let key = BASE64URL_NOPAD.decode(token.as_str().as_bytes()).ok();
        key.and_then(|key| String::from_utf8(key).ok()).ok_or_else(|| Reject::malformed("pageToken", "is none of ours"))
    });
    Ok(Paging { behind: behind.transpose()?, limit: limit.unwrap_or(PageLimit::DEFAULT).get() })
}

/// Where the next page begins, if there is one.
pub(super) fn next_page(key: Option<&str>) -> Result<Option<PageToken>, Invalid> {
    key.map(|key| BASE64URL_NOPAD.encode(key.as_bytes()).parse()).transpose()
}

/// A call that makes something. Its body is written as JSON once more, so that blanks and unknown properties make no
/// difference.
pub(super) fn repeatable(
    key: &IdempotencyKey,
    operation: &Operation,
    body: &impl Serialize,
) -> Result<Repeatable, serde_json::Error> {
    let request = Zeroizing::new(serde_json::to_vec(body)?);
    Ok(Repeatable::new(key.as_str(), operation.id, &request))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operator::generated::{OPERATOR_CREATE, TOKEN_ENROL};
    use crate::api::operator::types::NewOperator;

    #[test]
    fn a_version_comes_back_as_it_went() {
        let tag = e_tag(9_007_199_254_740_991).expect("the largest version");
        assert_eq!(tag.as_str(), "\"9007199254740991\"");
        assert_eq!(seen(Some(&tag)), Some(9_007_199_254_740_991));
        assert_eq!(seen(None), None);
    }

    #[test]
    fn a_page_token_holds_the_key_of_the_last_item() {
        let token = next_page(Some("100001/ñ")).expect("a short key");
        let limit = "7".parse().ok();
        let paging = paging(limit, token.as_ref()).expect("our own token");
        assert_eq!(paging, Paging { behind: Some("100001/ñ".to_owned()), limit: 7 });
        assert_eq!(next_page(None), Ok(None));
    }

    #[test]
    fn a_page_token_that_is_none_of_ours_is_malformed() {
        for text in ["A", "_w", "AAAAA"] {
            let token = text.parse().expect("the right characters");
            let reject = paging(None, Some(&token)).err();
            assert_eq!(reject, Some(Reject::malformed("pageToken", "is none of ours")), "{text}");
        }
        assert_eq!(paging(None, None).map(|paging| paging.limit), Ok(50));
    }

    #[test]
    fn a_repeat_is_the_same_whatever_it_looks_like_and_another_request_is_not() {
        let key = "0d9f6e1c-7a3b-4c58-9e21-5b8c4a7d3f60".parse().expect("a key");
        let digest = |operation: &Operation, json: &str| {
            let body: NewOperator = serde_json::from_str(json).expect("an operator");
            repeatable(&key, operation, &body).expect("it can be written").request
        };
        let first = digest(&OPERATOR_CREATE, r#"{"name":"a","scopes":["read"]}"#);
        assert_eq!(first, digest(&OPERATOR_CREATE, r#"{ "scopes": ["read"], "name": "a", "new": 1 }"#));
        assert_ne!(first, digest(&OPERATOR_CREATE, r#"{"name":"a","scopes":["admin"]}"#));
        assert_ne!(first, digest(&TOKEN_ENROL, r#"{"name":"a","scopes":["read"]}"#));
    }
}
