//! The wire types of `openapi/dbx-otp.yaml`, one per schema, under the same names.
//!
//! `build.rs` compiles this file too and compares each type with its schema, so nothing here may reach into the rest of
//! the crate; see [`scalar`](super::super::scalar). Every scalar of this family is a JSON string.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::scalar::{Entry, object, optional, optional_object, registry, string_enum, string_type};

string_type!(
    /// A phone number as the applicant typed it; whether it is one, the domain says.
    secret Phone, max = 32
);
string_type!(
    /// Names a flow; empty means absent.
    secret ServiceKey, max = 64
);
string_type!(
    /// Names a send; empty means absent.
    secret SecurityKey, max = 64
);
string_type!(
    /// Names an address within one flow; empty means absent.
    ReferenceId, max = 64
);
string_type!(
    /// The code the customer typed.
    secret OtpCode, pattern = "^[0-9]{3,8}$"
);

string_enum!(
    /// How the address for the code is chosen.
    CommunicationType {
        /// The customer picks one.
        DisplayAll = "DISPLAY_ALL",
        /// The primary one is shown and used.
        DisplayPrimary = "DISPLAY_PRIMARY",
        /// The code goes to the primary one at once, nothing is shown.
        DisplayNoValue = "DISPLAY_NO_VALUE",
    }
);
string_enum!(
    /// The kind of step.
    MfaType {
        /// A one-time code.
        SecureAccessCode = "SECURE_ACCESS_CODE",
    }
);
string_enum!(
    /// The text `true`.
    TextTrue {
        /// `true`.
        True = "true",
    }
);
string_enum!(
    /// The text `false`.
    TextFalse {
        /// `false`.
        False = "false",
    }
);
string_enum!(
    /// Why a start, send or resend was refused.
    RequestErrorCode {
        /// No policy is configured for the operation.
        NoPolicy = "10501",
        /// The service key is unknown, expired, used up or foreign.
        UnknownServiceKey = "10502",
        /// The payload does not fit the flow.
        PayloadMismatch = "10503",
        /// The phone number is missing or is none; or the customer has no address.
        InvalidPhone = "10508",
        /// The daily limit of the customer or destination is reached.
        DailyLimit = "10509",
        /// The flow has no resend left.
        ResendLimit = "10510",
        /// No provider took the message.
        NotDelivered = "10511",
        /// The security key is not the flow's current one.
        UnknownSecurityKey = "10518",
        /// The failed attempts are used up.
        Locked = "10519",
    }
);
string_enum!(
    /// Why a verification was refused.
    VerifyErrorCode {
        /// No policy is configured for the operation.
        NoPolicy = "10501",
        /// The service key is unknown, expired, used up or foreign.
        UnknownServiceKey = "10502",
        /// The code has expired.
        CodeExpired = "10505",
        /// The code is wrong.
        WrongCode = "10517",
        /// The security key is not the flow's current one.
        UnknownSecurityKey = "10518",
        /// The failed attempts are used up.
        Locked = "10519",
    }
);

/// Start, send or resend for an applicant.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PreLoginRequest {
    /// The number the applicant typed; needed on a start.
    #[serde(rename = "Phone", default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The flow; absent on a start.
    #[serde(
        rename = "MFAAttributes",
        default,
        deserialize_with = "optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub mfa_attributes: Option<RequestAttributes>,
}

/// Start, send or resend for the customer whom the token names.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SecurityQuestionsRequest {
    /// The flow; absent on a start.
    #[serde(
        rename = "MFAAttributes",
        default,
        deserialize_with = "optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub mfa_attributes: Option<RequestAttributes>,
}

/// The flow that a request means.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RequestAttributes {
    /// The flow; absent or empty on a start.
    #[serde(rename = "serviceKey", default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub service_key: Option<ServiceKey>,
    /// Where to send the code.
    #[serde(rename = "OTP", default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub otp: Option<RequestOtp>,
}

/// Where to send the code.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RequestOtp {
    /// The chosen phone.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub phone: Option<ReferenceId>,
    /// The chosen e-mail address.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub email: Option<ReferenceId>,
    /// The key of the last send; makes this a resend.
    #[serde(rename = "securityKey", default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub security_key: Option<SecurityKey>,
}

/// A code to check.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct VerifyRequest {
    /// The flow and the code.
    #[serde(rename = "MFAAttributes", deserialize_with = "object")]
    pub mfa_attributes: VerifyAttributes,
}

/// The flow and the code.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct VerifyAttributes {
    /// The flow.
    #[serde(rename = "serviceKey")]
    pub service_key: ServiceKey,
    /// The code and the key of its send.
    #[serde(rename = "OTP", deserialize_with = "object")]
    pub otp: VerifyOtp,
}

/// The code and the key of the send it came with.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct VerifyOtp {
    /// The key of the last send.
    #[serde(rename = "securityKey")]
    pub security_key: SecurityKey,
    /// The code.
    pub otp: OtpCode,
}

/// What a request operation answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RequestAnswer {
    /// A flow is open.
    Started(Started),
    /// Policy asks for no code.
    Skipped(Skipped),
    /// The code is on its way.
    Sent(Sent),
    /// A business rule refused.
    Failed(RequestFailed),
}

/// A flow is open.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Started {
    /// The flow and its addresses.
    #[serde(rename = "MFAAttributes")]
    pub mfa_attributes: StartedAttributes,
}

/// The flow and its addresses.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StartedAttributes {
    /// How the address is chosen.
    #[serde(rename = "communicationType")]
    pub communication_type: CommunicationType,
    /// The same again.
    #[serde(rename = "sacPreferenceCriteria")]
    pub sac_preference_criteria: CommunicationType,
    /// The addresses to choose from.
    #[serde(rename = "customerCommunication")]
    pub customer_communication: CustomerCommunication,
    /// A code is needed.
    #[serde(rename = "isMFARequired")]
    pub is_mfa_required: TextTrue,
    /// The kind of step.
    #[serde(rename = "MFAType")]
    pub mfa_type: MfaType,
    /// The flow.
    #[serde(rename = "serviceKey")]
    pub service_key: ServiceKey,
}

/// The addresses a code can go to, by channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustomerCommunication {
    /// Phones.
    pub phone: Vec<Contact>,
    /// E-mail addresses; empty before login.
    pub email: Vec<Contact>,
}

/// One address, masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// For display.
    pub masked: String,
    /// The reference id again, never the address.
    pub unmasked: ReferenceId,
    /// Names this address in the send call.
    #[serde(rename = "referenceId")]
    pub reference_id: ReferenceId,
}

/// Policy asks for no code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// Says so.
    #[serde(rename = "MFAAttributes")]
    pub mfa_attributes: SkippedAttributes,
}

/// Says that no code is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedAttributes {
    /// No code is needed.
    #[serde(rename = "isMFARequired")]
    pub is_mfa_required: TextFalse,
}

/// The code is on its way.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sent {
    /// Text for people.
    pub success: String,
    /// `0`.
    pub opstatus: String,
    /// `0`.
    #[serde(rename = "httpStatusCode")]
    pub http_status_code: String,
    /// What the verification needs.
    #[serde(rename = "MFAAttributes")]
    pub mfa_attributes: SentAttributes,
}

/// What the verification needs, and what a resend may still do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SentAttributes {
    /// Names this send.
    #[serde(rename = "securityKey")]
    pub security_key: SecurityKey,
    /// Digits of the code.
    #[serde(rename = "sacCodeLength")]
    pub sac_code_length: String,
    /// Resends that remain.
    #[serde(rename = "remainingResendAttempts")]
    pub remaining_resend_attempts: String,
    /// Resends that policy allows.
    #[serde(rename = "sacMaxResendRequestsAllowed")]
    pub sac_max_resend_requests_allowed: String,
    /// The flow, when start and send were one call.
    #[serde(rename = "serviceKey", default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub service_key: Option<ServiceKey>,
}

/// A business rule refused the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestFailed {
    /// Why.
    #[serde(rename = "dbpErrCode")]
    pub dbp_err_code: RequestErrorCode,
    /// Text for people.
    #[serde(rename = "dbpErrMsg")]
    pub dbp_err_msg: String,
    /// `0`.
    pub opstatus: String,
    /// `0`.
    #[serde(rename = "httpStatusCode")]
    pub http_status_code: String,
}

/// What a verify operation answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum VerifyAnswer {
    /// The code was right.
    Verified(Verified),
    /// A business rule refused.
    Failed(VerifyFailed),
}

/// The code was right and is used up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// Text for people.
    pub success: String,
    /// `true`.
    #[serde(rename = "isOtpVerified")]
    pub is_otp_verified: TextTrue,
    /// `0`.
    pub opstatus: String,
    /// `0`.
    #[serde(rename = "httpStatusCode")]
    pub http_status_code: String,
}

/// A business rule refused the verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerifyFailed {
    /// Why.
    #[serde(rename = "dbpErrCode")]
    pub dbp_err_code: VerifyErrorCode,
    /// Text for people.
    #[serde(rename = "dbpErrMsg")]
    pub dbp_err_msg: String,
    /// `0`.
    pub opstatus: String,
    /// `0`.
    #[serde(rename = "httpStatusCode")]
    pub http_status_code: String,
    /// `false`.
    #[serde(rename = "isOtpVerified")]
    pub is_otp_verified: TextFalse,
    /// Wrong codes that the flow still bears; with 10517 and 10519 only.
    #[serde(
        rename = "remainingFailedAttempts",
        default,
        deserialize_with = "optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub remaining_failed_attempts: Option<String>,
    /// Wrong codes that policy allows; with 10517 and 10519 only.
    #[serde(
        rename = "maxFailedAttemptsAllowed",
        default,
        deserialize_with = "optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_failed_attempts_allowed: Option<String>,
    /// `true` once the attempts are used up.
    #[serde(rename = "lockUser", default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub lock_user: Option<TextTrue>,
}

/// The request never reached the business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DbxError {
    /// The HTTP status as text.
    #[serde(rename = "dbpErrCode")]
    pub dbp_err_code: String,
    /// Text for people; names the field.
    #[serde(rename = "dbpErrMsg")]
    pub dbp_err_msg: String,
    /// `1`.
    pub opstatus: String,
    /// The HTTP status as text.
    #[serde(rename = "httpStatusCode")]
    pub http_status_code: String,
}

/// Every schema of the document.
pub fn registry() -> Vec<Entry> {
    registry![
        PreLoginRequest,
        SecurityQuestionsRequest,
        RequestAttributes,
        RequestOtp,
        VerifyRequest,
        VerifyAttributes,
        VerifyOtp,
        RequestAnswer,
        Started,
        StartedAttributes,
        CustomerCommunication,
        Contact,
        Skipped,
        SkippedAttributes,
        Sent,
        SentAttributes,
        RequestFailed,
        VerifyAnswer,
        Verified,
        VerifyFailed,
        DbxError,
        Phone,
        ServiceKey,
        SecurityKey,
        ReferenceId,
        OtpCode,
        CommunicationType,
        MfaType,
        TextTrue,
        TextFalse,
        RequestErrorCode,
        VerifyErrorCode,
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn a_first_call_may_leave_its_keys_out_or_empty() {
        for body in [json!({}), json!({ "MFAAttributes": {} }), json!({ "MFAAttributes": { "OTP": {} } })] {
            assert!(from_value::<PreLoginRequest>(body.clone()).is_ok(), "{body}");
        }
        let empty = from_value::<RequestAttributes>(json!({ "serviceKey": "", "OTP": { "phone": "" } })).unwrap();
        assert_eq!(empty.service_key.unwrap().as_str(), "");
    }

    #[test]
    fn null_is_not_an_absent_property() {
        for body in [
            json!({ "Phone": null }),
            json!({ "MFAAttributes": null }),
            json!({ "MFAAttributes": { "serviceKey": null } }),
            json!({ "MFAAttributes": { "OTP": null } }),
            json!({ "MFAAttributes": { "OTP": { "email": null } } }),
        ] {
            assert!(from_value::<PreLoginRequest>(body.clone()).is_err(), "{body}");
        }
    }

    #[test]
    fn unknown_properties_are_ignored() {
        let body = json!({ "Phone": "+12025550107", "locale": "es", "MFAAttributes": { "channel": 7 } });
        assert!(from_value::<PreLoginRequest>(body).is_ok());
    }

    #[test]
    fn a_code_in_the_wrong_place_is_not_repeated_in_the_error() {
        for body in [
            json!({ "MFAAttributes": "987654" }),
            json!({ "MFAAttributes": 987_654 }),
            json!({ "MFAAttributes": { "serviceKey": "k", "OTP": "987654" } }),
            json!({ "MFAAttributes": { "serviceKey": "k", "OTP": { "securityKey": "s", "otp": 987_654 } } }),
            json!({ "MFAAttributes": { "serviceKey": "k", "OTP": { "securityKey": "s", "otp": "987654321" } } }),
        ] {
            let error = from_value::<VerifyRequest>(body).unwrap_err().to_string();
            assert!(!error.contains("987"), "{error}");
        }
    }

    #[test]
    fn a_request_can_be_printed_without_its_secrets() {
        let body = json!({ "MFAAttributes": { "serviceKey": "one", "OTP": { "securityKey": "two", "otp": "98765" } } });
        let printed = format!("{:?}", from_value::<VerifyRequest>(body).unwrap());
        assert!(printed.contains("ServiceKey(..)") && printed.contains("OtpCode(..)"), "{printed}");
        assert!(["one", "two", "98765"].iter().all(|secret| !printed.contains(secret)), "{printed}");
        assert!(!format!("{:?}", from_value::<PreLoginRequest>(json!({ "Phone": "+1202" }))).contains("1202"));
    }
}
