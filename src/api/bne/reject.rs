//! What never reached the business, in the words of the BNE family.
//!
//! The family knows neither 408, 413 nor 415: whatever is wrong with a body or a header is a 400 whose `location` names it.

use super::generated::BneFailure;
use super::types::{BneError, ErrorType, RequestUuid, Timestamp};
use crate::api::runtime::{Refusal, Reject, RequestMeta};

impl Refusal for BneFailure {
    fn refuse(reject: &Reject, request: &RequestMeta<'_>) -> Self {
        let body = |words: &Words| envelope(words, reject, request);
        match reject {
            Reject::Malformed { .. } | Reject::SlowBody | Reject::TooLarge { .. } | Reject::WrongType => {
                Self::Status400 { body: body(&INVALID_REQUEST) }
            }
            Reject::Unauthenticated { .. } => Self::Status401 { body: body(&UNAUTHORIZED) },
            Reject::Forbidden => Self::Status403 { body: body(&ACCESS_NOT_CONFIGURED) },
            Reject::Throttled { retry_after } => {
                Self::Status429 { retry_after: (*retry_after).max(1), body: body(&TOO_MANY_REQUESTS) }
            }
            Reject::Internal | Reject::Unavailable => Self::Status500 { body: body(&SERVER_UNAVAILABLE) },
        }
    }
}

/// A `code` of the document with its texts.
struct Words {
    kind: ErrorType,
    code: &'static str,
    spanish: &'static str,
    english: &'static str,
}

const INVALID_REQUEST: Words = Words {
    kind: ErrorType::Error,
    code: "invalidRequest",
    spanish: "Faltan parámetros o no son válidos",
    english: "Parameters are missing or not valid",
};
const UNAUTHORIZED: Words = Words {
    kind: ErrorType::Error,
    code: "unAuthorized",
    spanish: "Faltan las credenciales o no son válidas",
    english: "The credentials are missing or not valid",
};
const ACCESS_NOT_CONFIGURED: Words = Words {
    kind: ErrorType::Error,
    code: "accessNotConfigured",
    spanish: "La operación no está configurada para este recurso",
    english: "The operation is not configured for this resource",
};
const TOO_MANY_REQUESTS: Words = Words {
    kind: ErrorType::Error,
    code: "tooManyRequests",
    spanish: "Demasiadas solicitudes",
    english: "Too many requests",
};
const SERVER_UNAVAILABLE: Words = Words {
    kind: ErrorType::Fatal,
    code: "serverUnavailable",
    spanish: "La solicitud falló por un error interno",
    english: "The request failed because of an internal error",
};

/// The family's error body. `uuid` is the request's own, unless that is missing or malformed.
fn envelope(words: &Words, reject: &Reject, request: &RequestMeta<'_>) -> BneError {
    let details = if wants_english(request.header("Accept-Language").unwrap_or_default()) {
        words.english
    } else {
        words.spanish
    };
    // A 401 says nothing about what was wrong with the credential, not even where it was looked for.
    let at_fault = !matches!(reject, Reject::Unauthenticated { .. });
    BneError {
        r#type: words.kind,
        code: words.code.to_string(),
        details: Some(details.to_string()),
        location: reject.location().filter(|_| at_fault).map(str::to_string),
        more_info: reject.location().filter(|_| at_fault).map(|_| reject.message()),
        uuid: request.header("uuid").and_then(|uuid| uuid.parse::<RequestUuid>().ok()).map(|uuid| uuid.to_string()),
        timestamp: Some(Timestamp(request.received_at).to_string()),
    }
}

/// Whether English is asked for before Spanish (RFC 9110 section 12.5.4); Spanish is the family's own language.
fn wants_english(accept_language: &str) -> bool {
    let weight = |language: &str| {
        accept_language
            .split(',')
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let primary = parts.next()?.split('-').next()?;
                let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
                primary.eq_ignore_ascii_case(language).then_some(weight)
            })
            .fold(0.0, f32::max)
    };
    weight("en") > weight("es")
}

#[cfg(test)]
mod tests {
    use super::wants_english;

    #[test]
    fn details_are_spanish_unless_english_is_preferred() {
        for english in ["en", "en-US", "fr, en;q=0.5", "es;q=0.3, en-GB;q=0.8"] {
            assert!(wants_english(english), "{english}");
        }
        for spanish in ["", "es", "es-MX, en;q=0.9", "en;q=0", "fr", "en;q=0.2, es"] {
            assert!(!wants_english(spanish), "{spanish}");
        }
    }
}
