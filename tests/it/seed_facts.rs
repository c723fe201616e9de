//! What the two bank families look like on the wire, written down a second time, by hand.
//!
//! Server, client and emitted document all take paths, methods, statuses and header names from the documents in `openapi/`,
//! so comparing those with each other proves nothing about them. This table does: no tool writes it, and whoever changes a
//! document on purpose changes it here too.
//!
//! A document is turned into one line per fact, all but its prose (descriptions, summaries, examples), and keywords that
//! nobody expected become lines of their own. `!` marks what is required. Lists whose order means nothing are sorted.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

/// What may change without changing the contract.
const PROSE: [&str; 4] = ["description", "summary", "example", "examples"];

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

#[test]
fn the_dbx_document_says_what_the_bank_documents_say() {
    assert_no_differences("dbx-otp.yaml", dbx_differences);
}

#[test]
fn the_bne_document_says_what_the_bank_documents_say() {
    assert_no_differences("bne-challenge.yaml", bne_differences);
}

/// Where a DBX document and the table above disagree; empty if nowhere.
pub(crate) fn dbx_differences(document: &Value) -> Vec<String> {
    differences(document, &DBX_OPERATIONS, DBX_REST)
}

/// Where a BNE document and the table above disagree; empty if nowhere.
pub(crate) fn bne_differences(document: &Value) -> Vec<String> {
    differences(document, &BNE_OPERATIONS, BNE_REST)
}

/// A document of `openapi/`, as JSON.
pub(crate) fn document(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn assert_no_differences(file: &str, differences: fn(&Value) -> Vec<String>) {
    let differences = differences(&document(file));
    assert!(
        differences.is_empty(),
        "openapi/{file} and the hand-written facts disagree; correct the one that is wrong:\n{}",
        differences.join("\n")
    );
}

fn differences(document: &Value, operations: &[Operation], rest: &str) -> Vec<String> {
    let mut expected: Vec<String> = operations.iter().flat_map(Operation::facts).collect();
    expected.extend(rest.lines().filter(|line| !line.is_empty()).map(str::to_owned));
    let mut found = Facts { document, lines: Vec::new() };
    found.document();

    // Counted, so that a fact stated twice differs from a fact stated once.
    let mut balance: BTreeMap<String, i32> = BTreeMap::new();
    for line in found.lines {
        *balance.entry(line).or_default() += 1;
    }
    for line in expected {
        *balance.entry(line).or_default() -= 1;
    }
    let side = |count| if count > 0 { "only in the document: " } else { "only in the facts:    " };
    balance.into_iter().filter(|(_, count)| *count != 0).map(|(line, count)| side(count).to_owned() + &line).collect()
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

/// Reads a document, however broken, into lines; what has no line of its own ends in an "unexpected" one.
struct Facts<'a> {
    document: &'a Value,
    lines: Vec<String>,
}

impl<'a> Facts<'a> {
    fn document(&mut self) {
        let root = self.document;
        self.rest("document", root, &["openapi", "info", "servers", "tags", "paths", "components"]);
        self.lines.push(format!("openapi {}", plain(&root["openapi"])));
        self.lines.push(format!("version {}", plain(&root["info"]["version"])));
        self.rest("info", &root["info"], &["title", "version", "license"]);
        for server in items(&root["servers"]) {
            self.lines.push(format!("server {}", plain(&server["url"])));
            self.rest("server", server, &["url"]);
        }
        for tag in items(&root["tags"]) {
            self.lines.push(format!("tag {}", plain(&tag["name"])));
            self.rest("tag", tag, &["name"]);
        }
        for (path, item) in entries(&root["paths"]) {
            for (method, operation) in entries(item) {
                self.operation(&format!("{method} {path}"), operation);
            }
        }
        let components = &root["components"];
        self.rest("components", components, &["securitySchemes", "parameters", "headers", "responses", "schemas"]);
        for (name, scheme) in entries(&components["securitySchemes"]) {
            self.lines.push(format!("security scheme {name}:{}", keywords(scheme, &[])));
        }
        for (name, schema) in entries(&components["schemas"]) {
            self.schema(name, schema);
        }
    }

    fn operation(&mut self, method_and_path: &str, operation: &'a Value) {
        let id = plain(&operation["operationId"]);
        let known = ["operationId", "tags", "security", "x-body-limit-bytes", "parameters", "requestBody", "responses"];
        self.rest(&id, operation, &known);
        self.lines.push(format!("{id}: {method_and_path}"));
        for tag in items(&operation["tags"]) {
            self.lines.push(format!("{id}: tag {}", plain(tag)));
        }
        self.lines.push(format!("{id}: security {}", operation["security"]));
        self.lines.push(format!("{id}: body limit {}", operation["x-body-limit-bytes"]));
        for parameter in items(&operation["parameters"]) {
            let parameter = self.resolved(parameter);
            self.rest(&format!("{id} parameter"), parameter, &["name", "in", "required", "schema"]);
            let (place, name) = (plain(&parameter["in"]), plain(&parameter["name"]));
            self.lines.push(format!("{id}: {place} {name}{} {}", required(parameter), shape(&parameter["schema"])));
        }
        let body = &operation["requestBody"];
        self.rest(&format!("{id} requestBody"), body, &["required", "content"]);
        let content = self.content(&body["content"]);
        self.lines.push(format!("{id}: takes{} {content}", required(body)));
        for (status, response) in entries(&operation["responses"]) {
            let response = self.resolved(response);
            self.rest(&format!("{id} {status}"), response, &["headers", "content"]);
            let mut line = format!("{id}: answers {status} {}", self.content(&response["content"]));
            for (name, header) in entries(&response["headers"]) {
                let header = self.resolved(header);
                self.rest(&format!("{id} {status} {name}"), header, &["required", "schema"]);
                line += &format!(" with {name}{} {}", required(header), shape(&header["schema"]));
            }
            self.lines.push(line);
        }
    }

    fn schema(&mut self, name: &str, schema: &'a Value) {
        let mut required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
        self.lines.push(format!("{name}: {}", shape(schema)));
        for (property, value) in entries(&schema["properties"]) {
            let mark = if required.contains(&property.as_str()) { "!" } else { "" };
            required.retain(|name| name != property);
            let inline = ["required", "properties"].into_iter().filter(|keyword| value.get(keyword).is_some());
            self.lines.extend(inline.map(|keyword| format!("{name}.{property} unexpected {keyword}")));
            self.lines.push(format!("{name}.{property}{mark} {}", shape(value)));
        }
        self.lines.extend(required.into_iter().map(|property| format!("{name} requires undeclared {property}")));
    }

    fn content(&mut self, content: &Value) -> String {
        let mut parts = Vec::new();
        for (media_type, media) in entries(content) {
            self.rest(media_type, media, &["schema"]);
            parts.push(format!("{media_type} {}", shape(&media["schema"])));
        }
        if parts.is_empty() { "no body".to_owned() } else { parts.join(" and ") }
    }

    /// The component a `$ref` names, or the value itself.
    fn resolved(&mut self, value: &'a Value) -> &'a Value {
        let Some(reference) = value.get("$ref") else { return value };
        self.rest("$ref", value, &["$ref"]);
        let pointer = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(&Value::Null)
    }

    /// Turns every keyword that is neither known nor prose into a line, so that none is skipped in silence.
    fn rest(&mut self, at: &str, value: &Value, known: &[&str]) {
        for (keyword, value) in entries(value) {
            if !known.contains(&keyword.as_str()) && !PROSE.contains(&keyword.as_str()) {
                self.lines.push(format!("{at} unexpected {keyword}: {value}"));
            }
        }
    }
}

/// A schema but for its properties: its name if it is a reference, else its type and all its other keywords.
fn shape(schema: &Value) -> String {
    let mut words = Vec::new();
    if let Some(reference) = schema.get("$ref") {
        let reference = plain(reference);
        words.push(reference.strip_prefix("#/components/schemas/").unwrap_or(&reference).to_owned());
    }
    if let Some(kind) = schema.get("type") {
        words.push(plain(kind));
    }
    if let Some(items) = schema.get("items") {
        words.push(format!("of {}", shape(items)));
    }
    if let Some(members) = schema.get("oneOf") {
        words.push(format!("oneOf {}", sorted(items(members).map(shape))));
    }
    if let Some(values) = schema.get("enum") {
        words.push(format!("enum {}", sorted(items(values).map(plain))));
    }
    words.join(" ") + &keywords(schema, &["$ref", "type", "items", "oneOf", "enum", "properties", "required"])
}

/// ` keyword=value` for every keyword but the known ones and prose.
fn keywords(value: &Value, known: &[&str]) -> String {
    let told = entries(value).filter(|(keyword, _)| !known.contains(&keyword.as_str()));
    let told = told.filter(|(keyword, _)| !PROSE.contains(&keyword.as_str()));
    // Text is quoted in schemas, where `"5"` and `5` are different defaults; a security scheme holds nothing but text.
    let shown = |value: &Value| if known.is_empty() { plain(value) } else { value.to_string() };
    let mut told: Vec<String> = told.map(|(keyword, value)| format!(" {keyword}={}", shown(value))).collect();
    told.sort();
    told.concat()
}

fn required(value: &Value) -> &'static str {
    if value["required"] == true { "!" } else { "" }
}

fn sorted(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.join(" | ")
}

/// A text without its quotes; of anything else its JSON, which a quoted text can no longer be taken for.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("({value})"), str::to_owned)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
