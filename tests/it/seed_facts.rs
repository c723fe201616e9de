//! What the two bank families look like on the wire, written down a second time, by hand, in the lines of [`crate::facts`].

struct Operation {
    id: &'static str,
    method_and_path: &'static str,
    tag: &'static str,
    security: &'static str,
    body_limit: &'static str,
    takes: &'static str,
    headers: &'static [&'static str],
    answers: &'static [&'static str],
    failures: &'static [&'static str],
}

const DBX_OPERATIONS: [Operation; 4] = [
    Operation {
        id: "requestOTPPreLoginMB",
        method_and_path: "post /services/data/v1/RBObjects/operations/DbxUser/requestOTPPreLoginMB",
        tag: "New Business User",
        security: r#"[{},{"konyToken":[]}]"#,
        body_limit: "16384",
        takes: "application/json PreLoginRequest",
        headers: &[],
        answers: &["200 application/json RequestAnswer"],
        failures: &DBX_FAILURES,
    },
    Operation {
        id: "verifyOTPPreLoginMB",
        method_and_path: "post /services/data/v1/RBObjects/operations/DbxUser/verifyOTPPreLoginMB",
        tag: "New Business User",
        security: r#"[{},{"konyToken":[]}]"#,
        body_limit: "16384",
        takes: "application/json VerifyRequest",
        headers: &[],
        answers: &["200 application/json VerifyAnswer"],
        failures: &DBX_FAILURES,
    },
    Operation {
        id: "requestUpdateSecurityQuestionsOTP",
        method_and_path: "post /services/data/v1/RBObjects/operations/DbxUser/requestUpdateSecurityQuestionsOTP",
        tag: "Security Questions",
        security: r#"[{"konyToken":[]}]"#,
        body_limit: "16384",
        takes: "application/json SecurityQuestionsRequest",
        headers: &[],
        answers: &["200 application/json RequestAnswer"],
        failures: &DBX_FAILURES,
    },
    Operation {
        id: "verifyUpdateSecurityQuestionsOTP",
        method_and_path: "post /services/data/v1/RBObjects/operations/DbxUser/verifyUpdateSecurityQuestionsOTP",
        tag: "Security Questions",
        security: r#"[{"konyToken":[]}]"#,
        body_limit: "16384",
        takes: "application/json VerifyRequest",
        headers: &[],
        answers: &["200 application/json VerifyAnswer"],
        failures: &DBX_FAILURES,
    },
];

const DBX_FAILURES: [&str; 8] = [
    "400 application/json DbxError",
    "401 application/json DbxError",
    "408 application/json DbxError",
    "413 application/json DbxError",
    "415 application/json DbxError",
    "429 application/json DbxError with Retry-After! integer",
    "500 application/json DbxError",
    "503 application/json DbxError",
];

const DBX_REST: &str = r#"
openapi 3.0.3
version 1.0.0
server /
tag New Business User
tag Security Questions
security scheme konyToken: in=header name=X-Kony-Authorization type=apiKey

PreLoginRequest: object
PreLoginRequest.Phone Phone
PreLoginRequest.MFAAttributes RequestAttributes
SecurityQuestionsRequest: object
SecurityQuestionsRequest.MFAAttributes RequestAttributes
RequestAttributes: object
RequestAttributes.serviceKey ServiceKey
RequestAttributes.OTP RequestOtp
RequestOtp: object
RequestOtp.phone ReferenceId
RequestOtp.email ReferenceId
RequestOtp.securityKey SecurityKey

VerifyRequest: object
VerifyRequest.MFAAttributes! VerifyAttributes
VerifyAttributes: object
VerifyAttributes.serviceKey! ServiceKey
VerifyAttributes.OTP! VerifyOtp
VerifyOtp: object
VerifyOtp.securityKey! SecurityKey
VerifyOtp.otp! OtpCode

RequestAnswer: oneOf RequestFailed | Sent | Skipped | Started
Started: object
Started.MFAAttributes! StartedAttributes
StartedAttributes: object
StartedAttributes.communicationType! CommunicationType
StartedAttributes.sacPreferenceCriteria! CommunicationType
StartedAttributes.customerCommunication! CustomerCommunication
StartedAttributes.isMFARequired! TextTrue
StartedAttributes.MFAType! MfaType
StartedAttributes.serviceKey! ServiceKey
CustomerCommunication: object
CustomerCommunication.phone! array of Contact
CustomerCommunication.email! array of Contact
Contact: object
Contact.masked! string
Contact.unmasked! ReferenceId
Contact.referenceId! ReferenceId
Skipped: object
Skipped.MFAAttributes! SkippedAttributes
SkippedAttributes: object
SkippedAttributes.isMFARequired! TextFalse
Sent: object
Sent.success! string
Sent.opstatus! string
Sent.httpStatusCode! string
Sent.MFAAttributes! SentAttributes
SentAttributes: object
SentAttributes.securityKey! SecurityKey
SentAttributes.sacCodeLength! string
SentAttributes.remainingResendAttempts! string
SentAttributes.sacMaxResendRequestsAllowed! string
SentAttributes.serviceKey ServiceKey
RequestFailed: object
RequestFailed.dbpErrCode! RequestErrorCode
RequestFailed.dbpErrMsg! string
RequestFailed.opstatus! string
RequestFailed.httpStatusCode! string

VerifyAnswer: oneOf Verified | VerifyFailed
Verified: object
Verified.success! string
Verified.isOtpVerified! TextTrue
Verified.opstatus! string
Verified.httpStatusCode! string
VerifyFailed: object
VerifyFailed.dbpErrCode! VerifyErrorCode
VerifyFailed.dbpErrMsg! string
VerifyFailed.opstatus! string
VerifyFailed.httpStatusCode! string
VerifyFailed.isOtpVerified! TextFalse
VerifyFailed.remainingFailedAttempts string
VerifyFailed.maxFailedAttemptsAllowed string
VerifyFailed.lockUser TextTrue

DbxError: object
DbxError.dbpErrCode! string
DbxError.dbpErrMsg! string
DbxError.opstatus! string
DbxError.httpStatusCode! string

Phone: string maxLength=32
ServiceKey: string maxLength=64
SecurityKey: string maxLength=64
ReferenceId: string maxLength=64
OtpCode: string pattern="^[0-9]{3,8}$"
CommunicationType: string enum DISPLAY_ALL | DISPLAY_NO_VALUE | DISPLAY_PRIMARY
MfaType: string enum SECURE_ACCESS_CODE
TextTrue: string enum true
TextFalse: string enum false
RequestErrorCode: string enum 10501 | 10502 | 10503 | 10508 | 10509 | 10510 | 10511 | 10518 | 10519
VerifyErrorCode: string enum 10501 | 10502 | 10505 | 10517 | 10518 | 10519
"#;

const BNE_OPERATIONS: [Operation; 2] = [
    Operation {
        id: "bne-validate-challenge-info",
        method_and_path: "post /v1/x-global/bne/security/authenticate/challenge/info/validate",
        tag: "bne-validate-challenge-info",
        security: r#"[{"bearerToken":[]}]"#,
        body_limit: "32768",
        takes: "application/json ValidateChallengeRequest",
        headers: &BNE_HEADERS,
        answers: &["204 no body"],
        failures: &BNE_FAILURES,
    },
    Operation {
        id: "bne-retrieve-challenge",
        method_and_path: "post /v1/x-global/bne/security/authenticate/challenge/retrieve",
        tag: "bne-retrieve-challenge",
        security: r#"[{"bearerToken":[]}]"#,
        body_limit: "32768",
        takes: "application/json RetrieveChallengeRequest",
        headers: &BNE_HEADERS,
        answers: &["200 application/json RetrievedChallenge"],
        failures: &BNE_FAILURES,
    },
];

const BNE_HEADERS: [&str; 7] = [
    "client_id! ClientId",
    "uuid! RequestUuid",
    "Accept-Language AcceptLanguage",
    "countryCode! CountryCode",
    "businessCode! BusinessCode",
    "ChannelId! ChannelId",
    "sid! SessionId",
];

const BNE_FAILURES: [&str; 7] = [
    "400 application/json BneError",
    "401 application/json BneError",
    "403 application/json BneError",
    "404 application/json BneError",
    "422 application/json BneError",
    "429 application/json BneError with Retry-After! integer",
    "500 application/json BneError",
];

const BNE_REST: &str = r#"
openapi 3.0.3
version 1.0.0
server /
server /api
tag bne-validate-challenge-info
tag bne-retrieve-challenge
security scheme bearerToken: bearerFormat=JWT scheme=bearer type=http

ValidateChallengeRequest: object
ValidateChallengeRequest.oneTimePasswordToken! OneTimePasswordToken
ValidateChallengeRequest.mfaTransactionType! MfaTransactionType
ValidateChallengeRequest.mfaTransactionId! MfaTransactionId
ValidateChallengeRequest.arcsight Arcsight
Arcsight: object
Arcsight.applicationName! string
Arcsight.applicationPlatformName! string
Arcsight.arcsightActionCode! ArcsightActionCode
Arcsight.dataCenterLocation! string
Arcsight.destinationIpAddress! string
Arcsight.destinationPort! string
Arcsight.hardwareId! string
Arcsight.hostName! string
Arcsight.legalRepresentativeId! string
Arcsight.userAgent! string
Arcsight.userId! UserId
Arcsight.aliasName AliasName
Arcsight.userIdType UserIdType
Arcsight.deviceTokenCookie! DeviceTokenCookie
Arcsight.ipAddress! string
Arcsight.operationDate! OperationDate

RetrieveChallengeRequest: object
RetrieveChallengeRequest.mfaTransactionType! MfaTransactionType
RetrieveChallengeRequest.userId! UserId
RetrieveChallengeRequest.legalRepresentativeId LegalRepresentativeId
RetrieveChallengeRequest.transactionDetails TransactionDetails
TransactionDetails: object
TransactionDetails.amount! Amount
TransactionDetails.currency! Currency
TransactionDetails.payee! Payee
TransactionDetails.account! Account
RetrievedChallenge: object
RetrievedChallenge.mfaTransactionId! MfaTransactionId
RetrievedChallenge.challengeType! ChallengeType
RetrievedChallenge.challenge Challenge
RetrievedChallenge.expiresAt! Timestamp
RetrievedChallenge.transactionDetails TransactionDetails

BneError: object
BneError.type! ErrorType
BneError.code! string
BneError.details string
BneError.location string
BneError.moreInfo string
BneError.uuid string
BneError.timestamp string

ClientId: string maxLength=128 minLength=1
RequestUuid: string format="uuid"
AcceptLanguage: string default="es" maxLength=128
CountryCode: string pattern="^[A-Z]{2}$"
BusinessCode: string maxLength=32 minLength=1
ChannelId: string maxLength=32 minLength=1
SessionId: string maxLength=128 minLength=1
OneTimePasswordToken: string pattern="^[0-9]{4,10}$"
MfaTransactionType: string enum LOGIN | RISK default="LOGIN"
MfaTransactionId: string maxLength=64
ArcsightActionCode: string enum 0 | 1 | 2
UserId: string maxLength=12
AliasName: string maxLength=150
UserIdType: string enum ALIAS | CUSTOMER_NUM
DeviceTokenCookie: string
OperationDate: string format="date-time"
LegalRepresentativeId: string maxLength=64
Amount: string pattern="^[0-9]{1,15}([.][0-9]{1,6})?$"
Currency: string pattern="^[A-Za-z]{3}$"
Payee: string maxLength=140 minLength=1
Account: string pattern="^[A-Za-z0-9 -]{4,70}$"
ChallengeType: string enum HOTP | OCRA | TOTP
Challenge: string maxLength=64 minLength=4
Timestamp: string format="date-time"
ErrorType: string enum error | fatal | invalid | warn
"#;

/// The facts of the DBX document.
pub(crate) fn dbx() -> Vec<String> {
    lines(&DBX_OPERATIONS, DBX_REST)
}

/// The facts of the BNE document.
pub(crate) fn bne() -> Vec<String> {
    lines(&BNE_OPERATIONS, BNE_REST)
}

fn lines(operations: &[Operation], rest: &str) -> Vec<String> {
    let rest = rest.lines().filter(|line| !line.is_empty()).map(str::to_owned);
    operations.iter().flat_map(Operation::facts).chain(rest).collect()
}

impl Operation {
    fn facts(&self) -> Vec<String> {
        let one = [
            self.method_and_path.to_owned(),
            format!("tag {}", self.tag),
            format!("security {}", self.security),
            format!("body limit {}", self.body_limit),
            format!("takes! {}", self.takes),
        ];
        let headers = self.headers.iter().map(|header| format!("header {header}"));
        let answers = self.answers.iter().chain(self.failures).map(|answer| format!("answers {answer}"));
        one.into_iter().chain(headers).chain(answers).map(|fact| format!("{}: {fact}", self.id)).collect()
    }
}
