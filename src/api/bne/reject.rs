//! Every failure in the words of the BNE family.
//!
//! The family knows neither 408, 413 nor 415: whatever is wrong with a body or a header is a 400 whose `location` names it.

use super::generated::BneFailure;
use super::types::{BneError, ErrorType, RequestUuid, Timestamp};
use crate::api::runtime::{Refusal, Reject, RequestMeta};
use chrono::{DateTime, Utc};

impl Refusal for BneFailure {
    fn refuse(reject: &Reject, request: &RequestMeta<'_>) -> Self {
        let uuid = request.header("uuid").and_then(|uuid| uuid.parse().ok());
        let language = request.header("Accept-Language").unwrap_or_default();
        Asker::new(uuid, language, request.received_at).refuse(reject)
    }
}

/// Whom an error is for: what each repeats of its request.
pub(super) struct Asker {
    uuid: Option<RequestUuid>,
    english: bool,
    at: DateTime<Utc>,
}

impl Asker {
    /// `uuid` is the request's own, unless that is missing or malformed.
    pub(super) fn new(uuid: Option<RequestUuid>, accept_language: &str, at: DateTime<Utc>) -> Self {
        Self { uuid, english: wants_english(accept_language), at }
    }

    /// What never reached the business.
    pub(super) fn refuse(&self, reject: &Reject) -> BneFailure {
        // A 401 says nothing about what was wrong with the credential, not even where it was looked for.
        let location = reject.location().filter(|_| !matches!(reject, Reject::Unauthenticated { .. }));
        let body = |words| BneError {
            location: location.map(str::to_string),
            more_info: location.map(|_| reject.message()),
            ..self.envelope(words)
        };
        match reject {
            Reject::Malformed { .. } | Reject::SlowBody | Reject::TooLarge { .. } | Reject::WrongType => {
                BneFailure::Status400 { body: body(&INVALID_REQUEST) }
            }
            Reject::Unauthenticated { .. } => BneFailure::Status401 { body: body(&UNAUTHORIZED) },
            Reject::Forbidden => BneFailure::Status403 { body: body(&NO_ACCESS) },
            Reject::Throttled { retry_after } => {
                BneFailure::Status429 { retry_after: (*retry_after).max(1), body: body(&TOO_MANY_REQUESTS) }
            }
            Reject::Internal | Reject::Unavailable => BneFailure::Status500 { body: body(&SERVER_UNAVAILABLE) },
        }
    }

    /// What is not there for this caller.
    pub(super) fn not_found(&self) -> BneFailure {
        let more_info = if self.english { "Empty or missing resource" } else { "Recurso vacío o no encontrado" };
        BneFailure::Status404 { body: BneError { more_info: Some(more_info.to_string()), ..self.envelope(&NOT_FOUND) } }
    }

    /// What is there and cannot be done. Never why.
    pub(super) fn business_failed(&self) -> BneFailure {
        BneFailure::Status422 { body: self.envelope(&BUSINESS_FAILED) }
    }

    /// The family's error body.
    fn envelope(&self, words: &Words) -> BneError {
        BneError {
            r#type: words.kind,
            code: words.code.to_string(),
            details: Some(if self.english { words.english } else { words.spanish }.to_string()),
            location: None,
            more_info: None,
            uuid: self.uuid.map(|uuid| uuid.to_string()),
            timestamp: Some(Timestamp(self.at).to_string()),
        }
    }
}

/// The `code` of a 403.
pub(super) const ACCESS_NOT_CONFIGURED: &str = "accessNotConfigured";
/// The `code` of a 404.
pub(super) const RESOURCE_NOT_FOUND: &str = "resourceNotFound";
/// The `code` of a 422.
pub(super) const BUSINESS_VALIDATION_FAILED: &str = "businessValidationFailed";

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
const NO_ACCESS: Words = Words {
    kind: ErrorType::Error,
    code: ACCESS_NOT_CONFIGURED,
    spanish: "La operación no está configurada para este recurso",
    english: "The operation is not configured for this resource",
};
const NOT_FOUND: Words = Words {
    kind: ErrorType::Error,
    code: RESOURCE_NOT_FOUND,
    spanish: "No se encontró el recurso solicitado",
    english: "The requested resource was not found",
};
const BUSINESS_FAILED: Words = Words {
    kind: ErrorType::Error,
    code: BUSINESS_VALIDATION_FAILED,
    spanish: "La validación de negocio falló",
    english: "The business validation failed",
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
