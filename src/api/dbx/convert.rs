//! Between the wire types of this family and the domain.

use super::types::*;
use crate::domain::flow::{Attempts, Holder, Misfit, Recipient, Refusal, Secret};
use crate::domain::policy::{Presentation, Purpose};
use crate::domain::recipient::Channel;
use crate::domain::service::{Ask, Asked, Check};
use std::net::IpAddr;

/// `opstatus` and `httpStatusCode` of every answer the business gave, right or wrong.
const DECIDED: &str = "0";

/// A request body as a question to the domain. Empty texts mean absent.
pub(super) fn ask(
    request_id: &str,
    purpose: Purpose,
    holder: Option<Holder>,
    phone: Option<&Phone>,
    attributes: Option<&RequestAttributes>,
    from: IpAddr,
) -> Ask {
    let otp = attributes.and_then(|attributes| attributes.otp.as_ref());
    let reference = |channel, id: Option<&ReferenceId>| {
        id.map(ReferenceId::as_str).filter(|text| !text.is_empty()).map(|text| (channel, text.to_owned()))
    };
    let phone_reference = reference(Channel::Sms, otp.and_then(|otp| otp.phone.as_ref()));
    let email_reference = reference(Channel::Email, otp.and_then(|otp| otp.email.as_ref()));
    Ask {
        request_id: request_id.to_owned(),
        purpose,
        holder,
        phone: secret(phone.map(Phone::as_str)),
        service_key: secret(attributes.and_then(|attributes| attributes.service_key.as_ref()).map(ServiceKey::as_str)),
        security_key: secret(otp.and_then(|otp| otp.security_key.as_ref()).map(SecurityKey::as_str)),
        references: phone_reference.into_iter().chain(email_reference).collect(),
        from: Some(from),
    }
}

/// A verify body as a question to the domain.
pub(super) fn check(purpose: Purpose, holder: Option<Holder>, body: &VerifyRequest, from: IpAddr) -> Check {
    let VerifyAttributes { service_key, otp } = &body.mfa_attributes;
    Check {
        purpose,
        holder,
        service_key: Secret::new(service_key.as_str()),
        security_key: Secret::new(otp.security_key.as_str()),
        code: Secret::new(otp.otp.as_str()),
        from: Some(from),
    }
}

/// The domain's answer to a request.
pub(super) fn answer(asked: Asked) -> RequestAnswer {
    match asked {
        Asked::NotRequired => {
            RequestAnswer::Skipped(Skipped { mfa_attributes: SkippedAttributes { is_mfa_required: TextFalse::False } })
        }
        Asked::Opened { service_key, presentation, recipients } => {
            let communication_type = match presentation {
                Presentation::All => CommunicationType::DisplayAll,
                Presentation::Primary => CommunicationType::DisplayPrimary,
                Presentation::NoValue => CommunicationType::DisplayNoValue,
            };
            RequestAnswer::Started(Started {
                mfa_attributes: StartedAttributes {
                    communication_type,
                    sac_preference_criteria: communication_type,
                    customer_communication: CustomerCommunication {
                        phone: contacts(&recipients, Channel::Sms),
                        email: contacts(&recipients, Channel::Email),
                    },
                    is_mfa_required: TextTrue::True,
                    mfa_type: MfaType::SecureAccessCode,
                    service_key: opaque(service_key.expose()),
                },
            })
        }
        Asked::Sent { service_key, security_key, digits, resends_remaining, resends_max } => {
            RequestAnswer::Sent(Sent {
                success: "OTP request sent successfully.".to_owned(),
                opstatus: DECIDED.to_owned(),
                http_status_code: DECIDED.to_owned(),
                mfa_attributes: SentAttributes {
                    security_key: opaque(security_key.expose()),
                    sac_code_length: digits.to_string(),
                    remaining_resend_attempts: resends_remaining.to_string(),
                    sac_max_resend_requests_allowed: resends_max.to_string(),
                    service_key: service_key.map(|key| opaque(key.expose())),
                },
            })
        }
    }
}

/// The right code.
pub(super) fn verified() -> VerifyAnswer {
    VerifyAnswer::Verified(Verified {
        success: "The secure access code has been verified.".to_owned(),
        is_otp_verified: TextTrue::True,
        opstatus: DECIDED.to_owned(),
        http_status_code: DECIDED.to_owned(),
    })
}

/// Why a request was refused, and its code; `None` for a refusal that requests do not know.
pub(super) fn request_failed(refusal: &Refusal) -> Option<(&'static str, RequestAnswer)> {
    use RequestErrorCode as Code;
    let (dbp_err_code, text) = match refusal {
        Refusal::NoPolicy => (Code::NoPolicy, NO_POLICY),
        Refusal::UnknownKey => (Code::UnknownServiceKey, UNKNOWN_KEY),
        Refusal::BadPhone => {
            (Code::InvalidPhone, "The phone number is missing, not valid, or not the one of this flow.")
        }
        Refusal::NoAddress => (Code::InvalidPhone, "The customer has no usable phone number."),
        Refusal::ForeignSecurityKey => (Code::UnknownSecurityKey, FOREIGN_SECURITY_KEY),
        Refusal::Misfit(misfit) => (Code::PayloadMismatch, misfit_text(*misfit)),
        Refusal::Locked(_) => (Code::Locked, LOCKED),
        Refusal::DailyLimit => (Code::DailyLimit, "The daily limit of codes is reached."),
        Refusal::ResendLimit => (Code::ResendLimit, "The resend limit of this flow is reached."),
        Refusal::Undeliverable => (Code::NotDelivered, "The code could not be sent. No resend was used up."),
        Refusal::CodeExpired | Refusal::WrongCode(_) | Refusal::Throttled { .. } | Refusal::HeldBack(_) => return None,
    };
    let failed = RequestFailed {
        dbp_err_code,
        dbp_err_msg: text.to_owned(),
        opstatus: DECIDED.to_owned(),
        http_status_code: DECIDED.to_owned(),
    };
    Some((dbp_err_code.as_str(), RequestAnswer::Failed(failed)))
}

/// Why a code was refused, and with which code of errors; `None` for a refusal that verifications do not know.
pub(super) fn verify_failed(refusal: &Refusal) -> Option<(&'static str, VerifyAnswer)> {
    use VerifyErrorCode as Code;
    let (dbp_err_code, text, attempts) = match refusal {
        Refusal::NoPolicy => (Code::NoPolicy, NO_POLICY, None),
        Refusal::UnknownKey => (Code::UnknownServiceKey, UNKNOWN_KEY, None),
        Refusal::ForeignSecurityKey => (Code::UnknownSecurityKey, FOREIGN_SECURITY_KEY, None),
        Refusal::Locked(attempts) => (Code::Locked, LOCKED, Some(attempts)),
        Refusal::CodeExpired => (Code::CodeExpired, "The code has expired.", None),
        Refusal::WrongCode(attempts) => (Code::WrongCode, "The code is wrong.", Some(attempts)),
        Refusal::BadPhone
        | Refusal::NoAddress
        | Refusal::Misfit(_)
        | Refusal::DailyLimit
        | Refusal::ResendLimit
        | Refusal::Undeliverable
        | Refusal::Throttled { .. }
        | Refusal::HeldBack(_) => return None,
    };
    let remaining = |attempts: &Attempts| attempts.max.saturating_sub(attempts.failed);
    let failed = VerifyFailed {
        dbp_err_code,
        dbp_err_msg: text.to_owned(),
        opstatus: DECIDED.to_owned(),
        http_status_code: DECIDED.to_owned(),
        is_otp_verified: TextFalse::False,
        remaining_failed_attempts: attempts.map(|attempts| remaining(attempts).to_string()),
        max_failed_attempts_allowed: attempts.map(|attempts| attempts.max.to_string()),
        lock_user: attempts.filter(|attempts| remaining(attempts) == 0).map(|_| TextTrue::True),
    };
    Some((dbp_err_code.as_str(), VerifyAnswer::Failed(failed)))
}

const NO_POLICY: &str = "No MFA policy is configured for this operation.";
const UNKNOWN_KEY: &str = "The service key is not valid.";
const FOREIGN_SECURITY_KEY: &str = "The security key is not valid.";
const LOCKED: &str = "The failed attempts are used up.";

fn misfit_text(misfit: Misfit) -> &'static str {
    match misfit {
        Misfit::Reference => "MFAAttributes.OTP: phone or email is not a referenceId of this flow.",
        Misfit::NoRecipient => "MFAAttributes.OTP: choose a referenceId for phone or email.",
        Misfit::EmailAlone => "MFAAttributes.OTP: an email may only be chosen together with a phone.",
    }
}

fn contacts(recipients: &[Recipient], channel: Channel) -> Vec<Contact> {
    let contact = |recipient: &Recipient| {
        let reference_id: ReferenceId = opaque(&recipient.reference.to_string());
        Contact { masked: recipient.address.masked(), unmasked: reference_id.clone(), reference_id }
    };
    recipients.iter().filter(|recipient| recipient.address.channel() == channel).map(contact).collect()
}

fn secret(text: Option<&str>) -> Option<Secret> {
    text.filter(|text| !text.is_empty()).map(Secret::new)
}

/// One of our own keys or references as a wire value.
fn opaque<T: std::str::FromStr<Err: std::fmt::Debug>>(uuid: &str) -> T {
    uuid.parse().expect("a UUID has 36 characters, every key and reference on the wire may have 64")
}
