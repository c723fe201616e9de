//! The wire types of `openapi/bne-challenge.yaml`, one per schema, under the same names.
//!
//! `build.rs` compiles this file too and compares each type with its schema, so nothing here may reach into the rest of
//! the crate; see [`scalar`](super::super::scalar).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, SecondsFormat, TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::scalar::{
    Entry, Invalid, format_type, optional, optional_object, registry, string_enum, string_type, text, timestamp_type,
};

string_type!(
    /// An application's id.
    ClientId, min = 1, max = 128
);
string_type!(
    /// The languages a caller asks for, as HTTP writes them.
    AcceptLanguage, max = 128, default = "es"
);
string_type!(
    /// ISO 3166 alpha-2.
    CountryCode, pattern = "^[A-Z]{2}$"
);
string_type!(
    /// A business, for instance `GCB`.
    BusinessCode, min = 1, max = 32
);
string_type!(
    /// Where a request began.
    ChannelId, min = 1, max = 32
);
string_type!(
    /// The session that the key exchange opened; opaque.
    secret SessionId, min = 1, max = 128
);
string_type!(
    /// The code that a token made.
    secret OneTimePasswordToken, pattern = "^[0-9]{4,10}$"
);
string_type!(
    /// Names an open transaction; opaque.
    MfaTransactionId, max = 64
);
string_type!(
    /// A customer number.
    secret UserId, max = 12
);
string_type!(
    /// Name or e-mail address of a user.
    secret AliasName, max = 150
);
string_type!(
    /// Value of a device's cookie; may be empty.
    secret DeviceTokenCookie
);
string_type!(
    /// A company's legal representative.
    secret LegalRepresentativeId, max = 64
);
string_type!(
    /// How much, a decimal number.
    Amount, pattern = "^[0-9]{1,15}([.][0-9]{1,6})?$"
);
string_type!(
    /// In which currency.
    Currency, pattern = "^[A-Za-z]{3}$"
);
string_type!(
    /// Who is paid.
    secret Payee, min = 1, max = 140
);
string_type!(
    /// Whose account is paid to.
    secret Account, pattern = "^[A-Za-z0-9 -]{4,70}$"
);
string_type!(
    /// What the customer types into the token.
    Challenge, min = 4, max = 64
);

string_enum!(
    /// What the customer confirms. Required; the default is a hint for forms.
    MfaTransactionType {
        /// A login.
        Login = "LOGIN",
        /// A risk transaction.
        Risk = "RISK",
    } default = "LOGIN"
);
string_enum!(
    /// Where the event goes.
    ArcsightActionCode {
        /// To the log file only.
        LogFile = "0",
        /// To the SIEM and to the log file.
        SiemAndLogFile = "1",
        /// Nowhere.
        Nowhere = "2",
    }
);
string_enum!(
    /// What a user logged in with.
    UserIdType {
        /// A name of the user's choice.
        Alias = "ALIAS",
        /// The customer number.
        CustomerNum = "CUSTOMER_NUM",
    }
);
string_enum!(
    /// How the customer gets the code.
    ChallengeType {
        /// By typing the challenge into the token.
        Ocra = "OCRA",
        /// By reading the token's time-based code.
        Totp = "TOTP",
        /// By reading the token's counter-based code.
        Hotp = "HOTP",
    }
);
string_enum!(
    /// How bad an error is.
    ErrorType {
        /// The request was refused.
        Error = "error",
        /// The request was done, with a remark.
        Warn = "warn",
        /// The request did not follow the contract.
        Invalid = "invalid",
        /// The server failed.
        Fatal = "fatal",
    }
);

/// The client writes it into a header; nothing else should print it, hence its `Debug`.
impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request's UUID, read in its hyphenated form only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestUuid(Uuid);

impl RequestUuid {
    /// The UUID.
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for RequestUuid {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        // The parser also takes braces, a URN and no hyphens; none of these is 36 characters long.
        let uuid = if text.len() == 36 { Uuid::try_parse(text).ok() } else { None };
        uuid.map(Self).ok_or(Invalid("is no hyphenated UUID"))
    }
}

impl fmt::Display for RequestUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

format_type!(RequestUuid, "uuid");

/// When an operation was sent: RFC 3339, or the portal's own `May 24 2019 13:12:09 CST`. Written as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationDate(DateTime<FixedOffset>);

impl OperationDate {
    /// The moment, with the offset it was given in.
    pub fn moment(self) -> DateTime<FixedOffset> {
        self.0
    }
}

/// The zone names of the portal's own form, in hours from UTC. Three letters name a zone only by agreement; this list is
/// the agreement.
const ZONES: [(&str, i32); 10] = [
    ("UTC", 0),
    ("GMT", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
];

impl FromStr for OperationDate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let portal_form = || {
            let (date, name) = text.rsplit_once(' ')?;
            let (_, hours) = ZONES.iter().find(|(zone, _)| *zone == name)?;
            let date = NaiveDateTime::parse_from_str(date, "%b %d %Y %H:%M:%S").ok()?;
            // RFC 3339 has four digits for the year and no sign.
            let date = Some(date).filter(|date| (0..=9999).contains(&date.year()))?;
            FixedOffset::east_opt(hours * 3600)?.from_local_datetime(&date).single()
        };
        let moment = DateTime::parse_from_rfc3339(text).ok().or_else(portal_form);
        moment.map(Self).ok_or(Invalid("is neither RFC 3339 nor like `May 24 2019 13:12:09 CST`"))
    }
}

impl fmt::Display for OperationDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

format_type!(OperationDate, "date-time");

timestamp_type!(
    /// A moment of ours: RFC 3339, in UTC, to the second.
    Timestamp, Secs
);

/// A code to check.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidateChallengeRequest {
    /// The code.
    pub one_time_password_token: OneTimePasswordToken,
    /// What the customer confirms.
    pub mfa_transaction_type: MfaTransactionType,
    /// The transaction it is for.
    pub mfa_transaction_id: MfaTransactionId,
    /// What the SIEM shall know.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub arcsight: Option<Arcsight>,
}

/// What the bank's SIEM shall know of an event. An empty text says that the value is not known.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Arcsight {
    /// The application, or the browser's short name.
    #[serde(deserialize_with = "text")]
    pub application_name: String,
    /// The application's platform and version.
    #[serde(deserialize_with = "text")]
    pub application_platform_name: String,
    /// Where the event goes.
    pub arcsight_action_code: ArcsightActionCode,
    /// Where the data center is.
    #[serde(deserialize_with = "text")]
    pub data_center_location: String,
    /// IP address of the API server.
    #[serde(deserialize_with = "text")]
    pub destination_ip_address: String,
    /// Port of the API server.
    #[serde(deserialize_with = "text")]
    pub destination_port: String,
    /// Id of the mobile hardware.
    #[serde(deserialize_with = "text")]
    pub hardware_id: String,
    /// Host name of the API server.
    #[serde(deserialize_with = "text")]
    pub host_name: String,
    /// The company's legal representative.
    #[serde(deserialize_with = "text")]
    pub legal_representative_id: String,
    /// User agent of the customer's device.
    #[serde(deserialize_with = "text")]
    pub user_agent: String,
    /// The customer number.
    pub user_id: UserId,
    /// Name or e-mail address of the user.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub alias_name: Option<AliasName>,
    /// What the user logged in with.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub user_id_type: Option<UserIdType>,
    /// Value of the device's cookie.
    pub device_token_cookie: DeviceTokenCookie,
    /// IP address of the customer's device.
    #[serde(deserialize_with = "text")]
    pub ip_address: String,
    /// When the operation was sent.
    pub operation_date: OperationDate,
}

/// Whose token, and what for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetrieveChallengeRequest {
    /// What the customer confirms.
    pub mfa_transaction_type: MfaTransactionType,
    /// The customer number.
    pub user_id: UserId,
    /// The company's legal representative.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub legal_representative_id: Option<LegalRepresentativeId>,
    /// What the customer confirms; with a risk transaction only, and always there.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub transaction_details: Option<TransactionDetails>,
}

/// What a customer confirms with a risk transaction.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDetails {
    /// How much.
    pub amount: Amount,
    /// In which currency.
    pub currency: Currency,
    /// Who is paid.
    pub payee: Payee,
    /// Whose account is paid to.
    pub account: Account,
}

/// An open transaction.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetrievedChallenge {
    /// Names it.
    pub mfa_transaction_id: MfaTransactionId,
    /// How the customer gets the code.
    pub challenge_type: ChallengeType,
    /// What to type into the token; only with OCRA.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the customer confirms, as it is signed.
    #[serde(default, deserialize_with = "optional_object", skip_serializing_if = "Option::is_none")]
    pub transaction_details: Option<TransactionDetails>,
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BneError {
    /// How bad it is.
    pub r#type: ErrorType,
    /// Which error it is.
    pub code: String,
    /// Text for people.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// The header or property at fault.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// A longer explanation.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub more_info: Option<String>,
    /// The request's UUID.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// When it happened.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

/// Every schema of the document.
pub fn registry() -> Vec<Entry> {
    registry![
        ValidateChallengeRequest,
        Arcsight,
        RetrieveChallengeRequest,
        TransactionDetails,
        RetrievedChallenge,
        BneError,
        ClientId,
        RequestUuid,
        AcceptLanguage,
        CountryCode,
        BusinessCode,
        ChannelId,
        SessionId,
        OneTimePasswordToken,
        MfaTransactionType,
        MfaTransactionId,
        ArcsightActionCode,
        UserId,
        AliasName,
        UserIdType,
        DeviceTokenCookie,
        OperationDate,
        LegalRepresentativeId,
        Amount,
        Currency,
        Payee,
        Account,
        ChallengeType,
        Challenge,
        Timestamp,
        ErrorType,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<String, Invalid> {
        text.parse::<OperationDate>().map(|date| date.to_string())
    }

    #[test]
    fn the_portals_date_is_read_in_its_zone_and_written_as_rfc_3339() {
        assert_eq!(written("May 24 2019 13:12:09 CST").unwrap(), "2019-05-24T13:12:09-06:00");
        assert_eq!(written("Dec 1 2019 00:00:00 UTC").unwrap(), "2019-12-01T00:00:00Z");
        assert_eq!(written("2019-05-24T13:12:09.5+02:00").unwrap(), "2019-05-24T13:12:09.500+02:00");
    }

    #[test]
    fn a_year_that_rfc_3339_cannot_write_is_refused() {
        for text in ["May 24 -019 13:12:09 CST", "May 24 +12019 13:12:09 CST"] {
            assert!(written(text).is_err(), "{text}");
        }
        assert_eq!(written("May 24 9999 13:12:09 UTC").unwrap(), "9999-05-24T13:12:09Z");
    }

    #[test]
    fn a_date_with_an_unlisted_zone_or_none_is_refused() {
        for text in
            ["May 24 2019 13:12:09 IST", "May 24 2019 13:12:09", "Feb 30 2019 13:12:09 CST", "", "CST", "24 May"]
        {
            assert!(written(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_uuid_is_read_only_with_its_hyphens() {
        let uuid = "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33";
        assert_eq!(uuid.to_uppercase().parse::<RequestUuid>().unwrap().to_string(), uuid);
        for text in [uuid.replace('-', ""), format!("{{{uuid}}}"), format!("urn:uuid:{uuid}"), String::new()] {
            assert!(text.parse::<RequestUuid>().is_err(), "{text}");
        }
    }
}
