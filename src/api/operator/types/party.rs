//! Whom codes are for, and who or what may call: operators, customers, applications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::scalar::{Entry, list_type, object, optional, registry, string_enum, string_type};
use super::{Count, Timestamp, Version, page_type};

string_type!(
    /// An operator's name; `server` is the server itself.
    OperatorName, pattern = "^[!-~]{1,64}$"
);
string_enum!(
    /// What a credential is good for.
    Scope {
        /// Look.
        Read = "read",
        /// Customers, tokens, imports, sessions and transactions.
        Enrol = "enrol",
        /// End the lock or the wait of a token; block and release phone prefixes.
        Unlock = "unlock",
        /// Take the proof that a code was right.
        Redeem = "redeem",
        /// Everything.
        Admin = "admin",
    }
);
list_type!(
    /// What a credential is good for. What is listed twice counts once.
    Scopes of Scope, min = 1, max = 5
);
string_type!(
    /// A secret; the bearer token of every call.
    secret Credential, pattern = "^cso_[0-9a-f]{64}$"
);

/// Somebody or some system that may use this API.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Operator {
    /// The name.
    pub name: OperatorName,
    /// What the credential is good for.
    pub scopes: Scopes,
    /// Who made it.
    pub created_by: OperatorName,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who put it out of use.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<OperatorName>,
    /// When it was put out of use.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

page_type!(
    /// A page of operators.
    OperatorPage of Operator
);

/// An operator to be made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewOperator {
    /// The name.
    pub name: OperatorName,
    /// What the credential is good for.
    pub scopes: Scopes,
}

/// An operator and its credential.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedOperator {
    /// The operator.
    #[serde(deserialize_with = "object")]
    pub operator: Operator,
    /// The credential; shown this once.
    pub credential: Credential,
}

string_type!(
    /// The customer's number at the bank, the `sub` of its claims tokens.
    CustomerId, pattern = "^[!-~]{1,64}$"
);
string_enum!(
    /// The language of messages.
    Language {
        /// Spanish.
        Es = "es",
        /// English.
        En = "en",
    }
);
string_type!(
    /// The kind of an address, and its position among the customer's addresses of that kind.
    AddressId, pattern = "^(sms|email)-[0-9]$"
);
string_enum!(
    /// How a message travels.
    AddressKind {
        /// As a text message.
        Sms = "sms",
        /// As an e-mail.
        Email = "email",
    }
);
string_type!(
    /// A phone number, E.164; whether it is one is looked at later.
    secret Phone, max = 32
);
list_type!(
    /// Phones, the primary one first.
    Phones of Phone, max = 10
);
string_type!(
    /// An e-mail address; whether it is one is looked at later.
    secret Email, max = 254
);
list_type!(
    /// E-mail addresses, the primary one first.
    Emails of Email, max = 10
);
string_type!(
    /// A phone or an e-mail address, as its kind says.
    secret Address, max = 254
);
string_type!(
    /// As much of an address as may be seen.
    MaskedAddress, max = 254
);

/// A customer, as far as sending a code needs one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The customer number.
    pub customer_id: CustomerId,
    /// The language of messages.
    pub language: Language,
    /// Phones, then e-mail addresses; the first of each kind is the primary one.
    #[schemars(length(max = 20))]
    pub addresses: Vec<CustomerAddress>,
    /// Whether no code is taken from the customer any more, because too many in a row were wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// Counts changes.
    pub version: Version,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

page_type!(
    /// A page of customers.
    CustomerPage of Customer
);

/// Where a code can be sent to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerAddress {
    /// Names it.
    pub address_id: AddressId,
    /// How a message travels there.
    pub kind: AddressKind,
    /// As much of it as may be seen.
    pub masked: MaskedAddress,
}

/// What there was of an erased customer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErasedCustomer {
    /// Phones and e-mail addresses.
    pub addresses: Count,
    /// Flows.
    pub flows: Count,
    /// Transactions.
    pub transactions: Count,
    /// Registered sessions.
    pub sessions: Count,
    /// Tokens, which are in stock again.
    pub tokens: Count,
}

/// A customer to be written. The first of each list is the primary one; none may be there twice.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerData {
    /// The language of messages.
    pub language: Language,
    /// Phones, the primary one first.
    pub phones: Phones,
    /// E-mail addresses, the primary one first.
    pub emails: Emails,
}

/// An address to be added.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewAddress {
    /// How a message travels there.
    pub kind: AddressKind,
    /// The address.
    pub address: Address,
    /// Whether it becomes the primary one of its kind.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
}

string_type!(
    /// An application's id, the `client_id` of its calls.
    ClientId, pattern = "^[!-~]{1,128}$"
);
string_type!(
    /// ISO 3166 alpha-2.
    CountryCode, pattern = "^[A-Z]{2}$"
);
list_type!(
    /// Where an application may do business.
    CountryCodes of CountryCode, min = 1, max = 300
);
string_type!(
    /// A business of the bank, for instance `GCB`.
    BusinessCode, pattern = "^[!-~]{1,32}$"
);
list_type!(
    /// For which businesses of the bank.
    BusinessCodes of BusinessCode, min = 1, max = 300
);
string_type!(
    /// Where a call begins.
    ChannelId, pattern = "^[!-~]{1,32}$"
);
list_type!(
    /// From which channels.
    ChannelIds of ChannelId, min = 1, max = 300
);

/// An application that may call the BNE family, and what it is registered for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// Its id.
    pub client_id: ClientId,
    /// Where it may do business.
    pub countries: CountryCodes,
    /// For which businesses of the bank.
    pub businesses: BusinessCodes,
    /// From which channels.
    pub channels: ChannelIds,
    /// Counts changes.
    pub version: Version,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

page_type!(
    /// A page of applications.
    ClientPage of Client
);

/// What an application is to be registered for. What is listed twice counts once.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientData {
    /// Where it may do business.
    pub countries: CountryCodes,
    /// For which businesses of the bank.
    pub businesses: BusinessCodes,
    /// From which channels.
    pub channels: ChannelIds,
}

/// The schemas of this file.
pub(super) fn registry() -> Vec<Entry> {
    registry![
        OperatorName,
        Scope,
        Scopes,
        Credential,
        Operator,
        OperatorPage,
        NewOperator,
        CreatedOperator,
        CustomerId,
        Language,
        AddressId,
        AddressKind,
        Phone,
        Phones,
        Email,
        Emails,
        Address,
        MaskedAddress,
        Customer,
        CustomerPage,
        CustomerAddress,
        CustomerData,
        ErasedCustomer,
        NewAddress,
        ClientId,
        CountryCode,
        CountryCodes,
        BusinessCode,
        BusinessCodes,
        ChannelId,
        ChannelIds,
        Client,
        ClientPage,
        ClientData,
    ]
}
