//! The operator API on the wire, written down a second time, by hand, in a form that becomes the lines of [`crate::facts`].

/// `operation | method path | scope | tag | body and its limit | parameters | answers | failures besides the common ones`
///
/// Paths are below `/operator/v1`. What has no schema named (`name:Schema`) has the one of its own name. `page` is `limit` and
/// `pageToken`, `key` is `Idempotency-Key`; what is neither in the path nor a header is in the query. `!` marks what is
/// required, and a path parameter always is. `+` after an answer: with an `ETag`.
const OPERATIONS: &str = "
operator_list      | get /operators                                 | admin  | Operators    |                             | page                                         | 200 OperatorPage           |
operator_create    | post /operators                                | admin  | Operators    | NewOperator 4096            | key                                          | 201 CreatedOperator        | 409 422
operator_revoke    | delete /operators/{operatorName}               | admin  | Operators    |                             | operatorName                                 | 204                        | 404 409
customer_list      | get /customers                                 | read   | Customers    |                             | page                                         | 200 CustomerPage           |
customer_view      | get /customers/{customerId}                    | read   | Customers    |                             | customerId                                   | 200 Customer+              | 404
customer_put       | put /customers/{customerId}                    | enrol  | Customers    | CustomerData 16384          | customerId If-Match                          | 200 Customer+ 201 Customer+ | 412 428
customer_delete    | delete /customers/{customerId}                 | admin  | Customers    |                             | customerId If-Match                          | 204                        | 404 412 428
customer_unlock    | post /customers/{customerId}/unlock            | unlock | Customers    |                             | customerId                                   | 200 Customer+              | 404 409
customer_erase     | post /customers/{customerId}/erase             | admin  | Customers    |                             | customerId                                   | 200 ErasedCustomer         |
address_add        | post /customers/{customerId}/addresses         | enrol  | Customers    | NewAddress 4096             | customerId If-Match                          | 201 Customer+              | 404 409 412 428
address_remove     | delete /customers/{customerId}/addresses/{addressId} | enrol | Customers |                            | customerId addressId If-Match                | 200 Customer+              | 404 412 428
token_list         | get /tokens                                    | read   | Tokens       |                             | serial customerId state:TokenState page      | 200 TokenPage              |
token_enrol        | post /tokens                                   | enrol  | Tokens       | NewToken 8192               | key                                          | 201 EnrolledToken+         | 409 422
token_view         | get /tokens/{tokenId}                          | read   | Tokens       |                             | tokenId                                      | 200 Token+                 | 404
token_assign       | post /tokens/{tokenId}/assign                  | enrol  | Tokens       | TokenAssignment 4096        | tokenId If-Match                             | 200 Token+                 | 404 409 412
token_unassign     | post /tokens/{tokenId}/unassign                | enrol  | Tokens       |                             | tokenId If-Match                             | 200 Token+                 | 404 409 412
token_resync       | post /tokens/{tokenId}/resync                  | enrol  | Tokens       | ResyncCodes 4096            | tokenId If-Match                             | 200 Token+                 | 404 409 412 422
token_unlock       | post /tokens/{tokenId}/unlock                  | unlock | Tokens       |                             | tokenId If-Match                             | 200 Token+                 | 404 409 412
token_revoke       | post /tokens/{tokenId}/revoke                  | enrol  | Tokens       |                             | tokenId If-Match                             | 200 Token+                 | 404 409 412
token_test         | post /tokens/{tokenId}/test                    | enrol  | Tokens       | TestCode 4096               | tokenId If-Match                             | 200 Token+                 | 404 409 412 422
import_open        | post /imports                                  | enrol  | Imports      | NewImport 4096              | key                                          | 201 Import                 | 422
import_view        | get /imports/{importId}                        | read   | Imports      |                             | importId                                     | 200 Import                 | 404
import_cancel      | delete /imports/{importId}                     | enrol  | Imports      |                             | importId                                     | 204                        | 404 409
import_add         | post /imports/{importId}/tokens                | enrol  | Imports      | ImportBatch 1048576         | importId                                     | 200 ImportedBatch          | 404 409
import_commit      | post /imports/{importId}/commit                | enrol  | Imports      |                             | importId                                     | 200 Import                 | 404 409
client_list        | get /clients                                   | read   | Clients      |                             | page                                         | 200 ClientPage             |
client_view        | get /clients/{clientId}                        | read   | Clients      |                             | clientId                                     | 200 Client+                | 404
client_put         | put /clients/{clientId}                        | admin  | Clients      | ClientData 65536            | clientId If-Match                            | 200 Client+ 201 Client+    | 412 428
client_delete      | delete /clients/{clientId}                     | admin  | Clients      |                             | clientId If-Match                            | 204                        | 404 412 428
session_list       | get /sessions                                  | read   | Sessions     |                             | clientId customerId page                     | 200 SessionPage            |
session_open       | post /sessions                                 | enrol  | Sessions     | NewSession 4096             | key                                          | 201 Session                | 409 422
session_close      | post /sessions/close                           | enrol  | Sessions     | SessionClosing 4096         |                                              | 200 ClosedSession          | 404
transaction_list   | get /transactions                              | read   | Transactions |                             | customerId state:TransactionState clientId page | 200 TransactionPage     |
transaction_open   | post /transactions                             | enrol  | Transactions | NewTransaction 8192         | key                                          | 201 Transaction            | 404 422
transaction_view   | get /transactions/{mfaTransactionId}           | read   | Transactions |                             | mfaTransactionId                             | 200 Transaction            | 404
transaction_close  | post /transactions/{mfaTransactionId}/close    | enrol  | Transactions |                             | mfaTransactionId                             | 200 Transaction            | 404 409
transaction_redeem | post /transactions/{mfaTransactionId}/redeem   | redeem | Transactions | TransactionRedemption 4096  | mfaTransactionId                             | 200 Transaction            | 404 409 422
flow_list          | get /flows                                     | read   | Flows        |                             | customerId! page                             | 200 FlowPage               |
flow_view          | post /flows/view                               | read   | Flows        | FlowLookup 4096             |                                              | 200 Flow                   | 404
flow_redeem        | post /flows/redeem                             | redeem | Flows        | FlowRedemption 4096         |                                              | 200 Flow                   | 404 409 422
audit_list         | get /audit                                     | read   | Audit        |                             | customerId actor:AuditActor action:AuditAction subject:AuditSubject since:Timestamp until:Timestamp after:Sequence newestFirst page | 200 AuditPage |
key_list           | get /keys                                      | admin  | Keys         |                             | page                                         | 200 ServerKeyPage          |
key_rotate         | post /keys/rotate                              | admin  | Keys         | KeyRotation 4096            |                                              | 200 ServerKey              | 409
delivery_list      | get /deliveries                                | read   | Deliveries   |                             | flowId status:DeliveryStatus page            | 200 DeliveryPage           |
prefix_list        | get /prefixes                                  | read   | Prefixes     |                             | state:PrefixState page                       | 200 PrefixPage             |
prefix_block       | post /prefixes/block                           | unlock | Prefixes     | PrefixBlock 4096            |                                              | 204                        |
prefix_release     | post /prefixes/release                         | unlock | Prefixes     | PrefixRelease 4096          |                                              | 204                        | 409
";

/// What every operation may fail with.
const COMMON_FAILURES: &str = "400 401 403 500 503";

/// `schema: property…`, in the same spelling. `[Item]5` is a list of at most five.
const OBJECTS: &str = "
Problem: type!:ProblemType title!:ProblemTitle status!:ProblemStatus detail:Explanation instance!:RequestId location version
OperatorPage: items!:[Operator]200 nextPageToken:PageToken
Operator: name!:OperatorName scopes! createdBy!:OperatorName createdAt!:Timestamp revokedBy:OperatorName revokedAt:Timestamp
NewOperator: name!:OperatorName scopes!
CreatedOperator: operator! credential!
CustomerPage: items!:[Customer]200 nextPageToken:PageToken
Customer: customerId! language! addresses!:[CustomerAddress]20 locked:boolean version! updatedAt!:Timestamp
CustomerAddress: addressId! kind!:AddressKind masked!:MaskedAddress
CustomerData: language! phones! emails!
ErasedCustomer: addresses!:Count flows!:Count transactions!:Count sessions!:Count tokens!:Count
NewAddress: kind!:AddressKind address! primary:boolean
TokenPage: items!:[Token]200 nextPageToken:PageToken
Token: tokenId! serial! manufacturer:Make model:Make kind!:TokenKind digits algorithm period t0:EpochSecs counter:Count drift
Token: lastStep:Count suite:OcraSuite state!:TokenState stateSince!:Timestamp stateBy:OperatorName customerId representativeId
Token: assignedAt:Timestamp assignedBy:OperatorName activeSince:Timestamp startsAt:Timestamp expiresAt:Timestamp failures!:Count
Token: lastFailureAt:Timestamp waitsUntil:Timestamp version!
NewToken: serial! manufacturer:Make model:Make kind!:TokenKind digits algorithm period t0:EpochSecs counter:Count suite:OcraSuite
NewToken: seed startsAt:Timestamp expiresAt:Timestamp customerId representativeId
EnrolledToken: token! keyUri
TokenAssignment: customerId! representativeId
ResyncCodes: firstCode!:TokenCode secondCode!:TokenCode
TestCode: code!:TokenCode
NewImport: fileName tokensExpected:Count
Import: importId! state!:ImportState fileName tokensExpected:Count entries!:Count tokens!:Count unchanged!:Count problems!:Count
Import: createdBy!:OperatorName createdAt!:Timestamp expiresAt!:Timestamp endedBy:OperatorName endedAt:Timestamp
ImportBatch: firstEntry!:Count tokens!:ImportEntries
ImportEntry: serial! manufacturer:Make model:Make kind!:TokenKind seed! digits algorithm period t0:EpochSecs counter:Count drift
ImportEntry: suite:OcraSuite startsAt:Timestamp expiresAt:Timestamp
ImportedBatch: import! added!:Count unchanged!:Count problems!:[ImportProblem]1000
ImportProblem: entry!:Count serial! problem!:Explanation
ClientPage: items!:[Client]200 nextPageToken:PageToken
Client: clientId! countries!:CountryCodes businesses!:BusinessCodes channels!:ChannelIds version! updatedAt!:Timestamp
ClientData: countries!:CountryCodes businesses!:BusinessCodes channels!:ChannelIds
SessionPage: items!:[Session]200 nextPageToken:PageToken
Session: sessionId! clientId! registered!:boolean customerId openedBy:OperatorName openedAt:Timestamp expiresAt:Timestamp
Session: closedBy:OperatorName closedAt:Timestamp openTransactions!:Count
NewSession: sid! clientId! customerId lifetimeSecs
SessionClosing: sessionId sid clientId
ClosedSession: transactionsClosed!:Count
TransactionPage: items!:[Transaction]200 nextPageToken:PageToken
Transaction: mfaTransactionId! mfaTransactionType! state!:TransactionState clientId! sessionId! customerId representativeId
Transaction: tokenId! challengeType!:TokenKind challenge transactionDetails openedAt!:Timestamp expiresAt!:Timestamp
Transaction: endedAt:Timestamp failedAttempts!:Count redeemedBy:OperatorName redeemedAt:Timestamp
NewTransaction: clientId! sid! mfaTransactionType! userId!:CustomerId legalRepresentativeId:RepresentativeId transactionDetails
TransactionDetails: amount! currency! payee! account!
TransactionRedemption: clientId! customerId!
FlowPage: items!:[Flow]200 nextPageToken:PageToken
Flow: flowId! purpose!:FlowPurpose state!:FlowState customerId app:AppName destinations!:[Destination]20 openedAt!:Timestamp
Flow: expiresAt!:Timestamp codeExpiresAt:Timestamp endedAt:Timestamp failedAttempts!:Count redeemedBy:OperatorName
Flow: redeemedAt:Timestamp
Destination: kind!:AddressKind masked!:MaskedAddress
FlowLookup: serviceKey!
FlowRedemption: serviceKey! purpose!:FlowPurpose customerId phone
AuditPage: items!:[AuditEntry]200 nextPageToken:PageToken
AuditEntry: sequence! at!:Timestamp source!:AuditSource actor:AuditActor action!:AuditAction subject!:AuditSubject customerId
AuditEntry: customerPseudonym outcome!:AuditOutcome before:Facts after:Facts count! requestId hash!:AuditHash
Fact: name!:FactName value!:FactValue
DeliveryPage: items!:[Delivery]200 nextPageToken:PageToken
Delivery: sendId! flowId! purpose!:FlowPurpose channels!:[AddressKind]2 status!:DeliveryStatus createdAt!:Timestamp
Delivery: settledAt:Timestamp
PrefixPage: items!:[Prefix]200 nextPageToken:PageToken
Prefix: prefix!:PhonePrefix purpose:FlowPurpose state!:PrefixState since!:Timestamp until:Timestamp sent:Count verified:Count
Prefix: lastSentAt:Timestamp setBy:OperatorName reason
PrefixBlock: prefix!:PhonePrefix reason
PrefixRelease: prefix!:PhonePrefix exemptUntil:Timestamp reason
ServerKeyPage: items!:[ServerKey]200 nextPageToken:PageToken
ServerKey: keyId! state!:KeyState sealed!:[SealedRows]32 sealedRows!:Count derived!:Count neededUntil:Timestamp
ServerKey: removable!:boolean rotation
SealedRows: table!:TableName rows!:Count
Rotation: state!:RotationState startedBy!:OperatorName startedAt!:Timestamp endedAt:Timestamp resealed!:Count left!:Count
Rotation: damaged!:Count
KeyRotation: keyId!
";

/// As they are compared.
const REST: &str = r#"
openapi 3.0.3
version 1.0.0
server /
tag Operators
tag Customers
tag Tokens
tag Imports
tag Clients
tag Sessions
tag Transactions
tag Flows
tag Audit
tag Deliveries
tag Prefixes
tag Keys
security scheme operatorToken: scheme=bearer type=http

ProblemType: string enum urn:countersign:problem:conflict | urn:countersign:problem:forbidden | urn:countersign:problem:idempotency-mismatch | urn:countersign:problem:internal | urn:countersign:problem:malformed | urn:countersign:problem:not-found | urn:countersign:problem:precondition-required | urn:countersign:problem:refused | urn:countersign:problem:stale | urn:countersign:problem:unauthenticated | urn:countersign:problem:unavailable
ProblemTitle: string maxLength=80
ProblemStatus: integer format="uint32" maximum=599 minimum=400
Explanation: string maxLength=500
RequestId: string maxLength=64
Location: string maxLength=200
Version: integer format="uint64" maximum=9007199254740991 minimum=1
EntityTag: string pattern="^\"[0-9]{1,16}\"$"
IdempotencyKey: string pattern="^[!-~]{16,64}$"
PageLimit: integer default=50 format="uint32" maximum=200 minimum=1
PageToken: string pattern="^[A-Za-z0-9_-]{1,512}$"
Timestamp: string format="date-time"
Count: integer format="uint64" maximum=9007199254740991 minimum=0

OperatorName: string pattern="^[!-~]{1,64}$"
Scope: string enum admin | enrol | read | redeem | unlock
Scopes: array of Scope maxItems=5 minItems=1
Credential: string pattern="^cso_[0-9a-f]{64}$"
CustomerId: string pattern="^[!-~]{1,64}$"
Language: string enum en | es
AddressId: string pattern="^(sms|email)-[0-9]$"
AddressKind: string enum email | sms
Phone: string maxLength=32
Phones: array of Phone maxItems=10
Email: string maxLength=254
Emails: array of Email maxItems=10
Address: string maxLength=254
MaskedAddress: string maxLength=254
ClientId: string pattern="^[!-~]{1,128}$"
CountryCode: string pattern="^[A-Z]{2}$"
CountryCodes: array of CountryCode maxItems=300 minItems=1
BusinessCode: string pattern="^[!-~]{1,32}$"
BusinessCodes: array of BusinessCode maxItems=300 minItems=1
ChannelId: string pattern="^[!-~]{1,32}$"
ChannelIds: array of ChannelId maxItems=300 minItems=1

TokenId: string pattern="^[0-9a-f]{32}$"
Serial: string pattern="^[!-~]{1,64}$"
Make: string maxLength=64 minLength=1 pattern="^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
TokenKind: string enum HOTP | OCRA | TOTP
TokenState: string enum active | assigned | imported | locked | revoked
Digits: integer default=6 format="uint32" maximum=8 minimum=6
Algorithm: string enum SHA1 | SHA256 | SHA512 default="SHA1"
Period: integer default=30 format="uint32" maximum=60 minimum=30 multipleOf=30
EpochSecs: integer default=0 format="uint64" maximum=9007199254740991 minimum=0
Drift: integer default=0 format="int32" maximum=2880 minimum=-2880
OcraSuite: string pattern="^OCRA-1:[!-~]{1,39}$"
Seed: string pattern="^([0-9A-Fa-f]{2}){16,128}$"
KeyUri: string maxLength=1024 pattern="^otpauth://"
RepresentativeId: string pattern="^[!-~]{1,64}$"
TokenCode: string pattern="^[0-9]{6,8}$"
ImportId: string pattern="^[0-9a-f]{32}$"
ImportState: string enum cancelled | committed | open
FileName: string maxLength=255 minLength=1 pattern="^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
ImportEntries: array of ImportEntry maxItems=1000 minItems=1

SessionId: string pattern="^[0-9a-f]{64}$"
Sid: string maxLength=128 minLength=1
LifetimeSecs: integer default=3600 format="uint32" maximum=86400 minimum=60
MfaTransactionId: string pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
MfaTransactionType: string enum LOGIN | RISK default="LOGIN"
TransactionState: string enum closed | consumed | expired | locked | open
Challenge: string maxLength=64 minLength=4
Amount: string pattern="^[0-9]{1,15}([.][0-9]{1,6})?$"
Currency: string pattern="^[A-Za-z]{3}$"
Payee: string maxLength=140 minLength=1
Account: string pattern="^[A-Za-z0-9 -]{4,70}$"
FlowId: string pattern="^[0-9a-f]{32}$"
FlowPurpose: string enum pre_login | security_questions
FlowState: string enum expired | locked | sent | started | verified
AppName: string maxLength=256
ServiceKey: string maxLength=64 minLength=1

Sequence: integer format="uint64" maximum=9007199254740991 minimum=0
AuditSource: string enum bne | dbx | operator | server
AuditActor: string maxLength=256 minLength=1
AuditAction: string maxLength=64 minLength=1
AuditSubject: string maxLength=256 minLength=1
AuditOutcome: string maxLength=128
Facts: array of Fact maxItems=50
FactName: string maxLength=64
FactValue: string maxLength=16384
NewestFirst: boolean default=false
CustomerPseudonym: string pattern="^[0-9a-f]{32}$"
AuditHash: string pattern="^[0-9a-f]{64}$"
SendId: string pattern="^[0-9a-f]{32}$"
DeliveryStatus: string enum accepted | pending | refused

PhonePrefix: string pattern="^[+][1-9][0-9]{0,6}$"
PrefixState: string enum blocked | exempt | open | slowed | stopped
Reason: string maxLength=200 minLength=1 pattern="^[^\\u0000-\\u001f\\u007f-\\u009f]+$"

KeyId: string pattern="^[A-Za-z0-9_-]{1,16}$"
KeyState: string enum current | missing | older
TableName: string pattern="^[a-z_]{1,32}$"
RotationState: string enum done | running
"#;

/// The facts of the document.
pub(crate) fn operator() -> Vec<String> {
    let rows = |text: &'static str| text.lines().filter(|line| !line.is_empty());
    let mut lines: Vec<String> = rows(OPERATIONS).flat_map(operation).collect();
    let mut objects: Vec<&str> = Vec::new();
    for (object, properties) in rows(OBJECTS).filter_map(|row| row.split_once(": ")) {
        // The properties of a large one go on in further lines.
        if objects.last() != Some(&object) {
            objects.push(object);
            lines.push(format!("{object}: object"));
        }
        lines.extend(
            properties.split(' ').map(named).map(|(name, mark, schema)| format!("{object}.{name}{mark} {schema}")),
        );
    }
    lines.extend(rows(REST).map(str::to_owned));
    lines
}

fn operation(row: &str) -> Vec<String> {
    let columns: Vec<&str> = row.split('|').map(str::trim).collect();
    let [id, method_and_path, scope, tag, takes, parameters, answers, failures] = columns[..] else {
        panic!("not eight columns: {row}");
    };
    let method_and_path = method_and_path.replacen(' ', " /operator/v1", 1);
    let mut facts = vec![
        method_and_path.clone(),
        format!("tag {tag}"),
        r#"security [{"operatorToken":[]}]"#.to_owned(),
        format!("scope \"{scope}\""),
    ];
    if let Some((schema, limit)) = takes.split_once(' ') {
        facts.extend([format!("takes! application/json {schema}"), format!("body limit {limit}")]);
    }
    for parameter in parameters.split_whitespace() {
        match parameter {
            "page" => facts.extend(["query limit PageLimit".to_owned(), "query pageToken PageToken".to_owned()]),
            "key" => facts.push("header Idempotency-Key! IdempotencyKey".to_owned()),
            "If-Match" => facts.push("header If-Match EntityTag".to_owned()),
            other => {
                let (name, mark, schema) = named(other);
                let in_path = method_and_path.contains(&format!("{{{name}}}"));
                facts.push(if in_path {
                    format!("path {name}! {schema}")
                } else {
                    format!("query {name}{mark} {schema}")
                });
            }
        }
    }
    let mut answers = answers.split_whitespace().peekable();
    while let Some(status) = answers.next() {
        let body = answers.next_if(|word| word.parse::<u16>().is_err());
        facts.push(match body.map(|body| (body.trim_end_matches('+'), body.ends_with('+'))) {
            None => format!("answers {status} no body"),
            Some((body, false)) => format!("answers {status} application/json {body}"),
            Some((body, true)) => format!("answers {status} application/json {body} with ETag! EntityTag"),
        });
    }
    let failures = COMMON_FAILURES.split(' ').chain(failures.split_whitespace());
    facts.extend(failures.map(|status| format!("answers {status} application/json Problem")));
    facts.into_iter().map(|fact| format!("{id}: {fact}")).collect()
}

/// `name!:Schema`: the name, `!` or nothing, and the schema, which is called like the name unless it is given.
fn named(word: &str) -> (&str, &str, String) {
    let (name, schema) = word.split_once(':').map_or((word, None), |(name, schema)| (name, Some(schema)));
    let (name, mark) = name.strip_suffix('!').map_or((name, ""), |name| (name, "!"));
    let schema = match schema {
        None => name[..1].to_uppercase() + &name[1..],
        Some(schema) => match schema.strip_prefix('[').and_then(|list| list.split_once(']')) {
            None => schema.to_owned(),
            Some((item, max)) => format!("array of {item} maxItems={max}"),
        },
    };
    (name, mark, schema)
}
