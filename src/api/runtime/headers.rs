//! The headers that OpenAPI keeps to itself: `Accept` and `Content-Type`.

use super::Reject;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

/// Refuses a request whose `Accept` is missing or leaves out JSON.
pub(super) fn accepts_json(headers: &http::HeaderMap) -> Result<(), Reject> {
    let accepted: Vec<&HeaderValue> = headers.get_all(ACCEPT).iter().collect();
    if accepted.is_empty() {
        return Err(Reject::malformed("Accept", "missing"));
    }
    if !accepted.iter().filter_map(|value| value.to_str().ok()).any(admits_json) {
        return Err(Reject::malformed("Accept", "must admit application/json"));
    }
    Ok(())
}

/// Whether one of the media ranges covers `application/json` and is not ruled out by `q=0` (RFC 9110 section 12.5.1).
fn admits_json(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let covers = parts.next().is_some_and(|media| {
            ["application/json", "application/*", "*/*"].iter().any(|known| media.eq_ignore_ascii_case(known))
        });
        covers && !parts.any(|parameter| matches!(parameter.split_once('='), Some((q, weight)) if q.trim().eq_ignore_ascii_case("q") && weight.trim().parse() == Ok(0.0)))
    })
}

/// Whether the body is declared as JSON in UTF-8.
pub(super) fn is_json(headers: &http::HeaderMap) -> bool {
    let Some(declared) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = declared.split(';').map(str::trim);
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let charset = value.trim().trim_matches('"');
                charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_admits_json_by_name_by_wildcard_and_not_when_weighed_zero() {
        for accept in ["application/json", "Application/JSON; charset=utf-8", "text/html, */*;q=0.1", "application/*"] {
            assert!(admits_json(accept), "{accept}");
        }
        for accept in ["", "text/html", "application/json;q=0", "*/*; q=0.0", "application/xml, text/*"] {
            assert!(!admits_json(accept), "{accept}");
        }
    }

    #[test]
    fn content_type_is_json_with_parameters_but_in_no_other_charset() {
        let with = |value: &str| {
            let mut headers = http::HeaderMap::new();
            headers.insert(CONTENT_TYPE, value.parse().expect("a header value"));
            is_json(&headers)
        };
        for value in [
            "application/json",
            "APPLICATION/JSON",
            "application/json; charset=UTF-8",
            "application/json;charset=\"utf-8\"; v=1",
        ] {
            assert!(with(value), "{value}");
        }
        for value in [
            "text/json",
            "application/json; charset=iso-8859-1",
            "application/jsonx",
            "application/merge-patch+json",
            "",
        ] {
            assert!(!with(value), "{value}");
        }
        assert!(!is_json(&http::HeaderMap::new()));
    }
}
