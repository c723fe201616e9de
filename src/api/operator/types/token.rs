//! Tokens, and the imports by which many come in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::super::scalar::{
    Entry, integer_type, list_type, object, optional, registry, string_enum, string_type,
};
use super::{Count, CustomerId, Explanation, OperatorName, Timestamp, Version, page_type};

string_type!(
    /// Names a token.
    TokenId, pattern = "^[0-9a-f]{32}$"
);
string_type!(
    /// What the maker engraved on a token.
    Serial, pattern = "^[!-~]{1,64}$"
);
string_type!(
    /// A manufacturer or a model. No control characters.
    Make, min = 1, max = 64, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
);
string_enum!(
    /// How a token makes codes, by counting (`HOTP`), by the clock (`TOTP`), or from a challenge (`OCRA`).
    TokenKind {
        /// By counting (RFC 4226).
        Hotp = "HOTP",
        /// By the clock (RFC 6238).
        Totp = "TOTP",
        /// From a challenge (RFC 6287).
        Ocra = "OCRA",
    }
);
string_enum!(
    /// Where a token stands.
    TokenState {
        /// In stock.
        Imported = "imported",
        /// Given to somebody who has not used it yet.
        Assigned = "assigned",
        /// In use.
        Active = "active",
        /// Too many wrong codes.
        Locked = "locked",
        /// Out of use for good.
        Revoked = "revoked",
    }
);
integer_type!(
    /// How long a code is.
    Digits: u32, min = 6, max = 8, default = 6
);
string_enum!(
    /// The hash of the HMAC.
    Algorithm {
        /// SHA-1.
        Sha1 = "SHA1",
        /// SHA-256.
        Sha256 = "SHA256",
        /// SHA-512.
        Sha512 = "SHA512",
    } default = "SHA1"
);
integer_type!(
    /// How long a time-step is, in seconds, 30 or 60.
    Period: u32, min = 30, max = 60, multiple_of = 30, default = 30
);
integer_type!(
    /// When time-step 0 began, in seconds since 1970-01-01 UTC.
    EpochSecs: u64, min = 0, max = 9_007_199_254_740_991, default = 0
);
integer_type!(
    /// How many time-steps a token's clock is ahead of ours.
    Drift: i32, min = -2880, max = 2880, default = 0
);
string_type!(
    /// An OCRA suite (RFC 6287 section 6); whether it is one of use here is looked at later.
    OcraSuite, pattern = "^OCRA-1:[!-~]{1,39}$"
);
string_type!(
    /// The secret of a token, 16 to 128 bytes in hexadecimal.
    secret Seed, pattern = "^([0-9A-Fa-f]{2}){16,128}$"
);
string_type!(
    /// A key URI, as authenticator apps take it. As secret as the seed in it.
    secret KeyUri, max = 1024, pattern = "^otpauth://"
);
string_type!(
    /// Who acts for a company; leave it out for a natural person.
    RepresentativeId, pattern = "^[!-~]{1,64}$"
);
string_type!(
    /// A code that a token showed. What does not match is 400 and no failure.
    secret TokenCode, pattern = "^[0-9]{6,8}$"
);

/// A token, without its secret. It has what its kind has.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Names it.
    pub token_id: TokenId,
    /// The serial number.
    pub serial: Serial,
    /// Who made it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<Make>,
    /// What they call it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub model: Option<Make>,
    /// How it makes codes.
    pub kind: TokenKind,
    /// How long a code is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub digits: Option<Digits>,
    /// The hash of its HMAC.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    /// How long a time-step is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// When time-step 0 began.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub t0: Option<EpochSecs>,
    /// The lowest counter that is not used up.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub counter: Option<Count>,
    /// How far its clock is ahead of ours.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The last time-step that is used up.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub last_step: Option<Count>,
    /// What it computes.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub suite: Option<OcraSuite>,
    /// Where it stands.
    pub state: TokenState,
    /// Since when it stands there.
    pub state_since: Timestamp,
    /// Who brought that about.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub state_by: Option<OperatorName>,
    /// Whose it is; of a revoked one, whose it was.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Who acts for the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub representative_id: Option<RepresentativeId>,
    /// When it was given to the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub assigned_at: Option<Timestamp>,
    /// Who gave it to the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub assigned_by: Option<OperatorName>,
    /// When its first right code came.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub active_since: Option<Timestamp>,
    /// It is not good before this moment.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// It is not good from this moment on.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Wrong codes since the last right one.
    pub failures: Count,
    /// When the last of them came.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub last_failure_at: Option<Timestamp>,
    /// It takes no code before this moment.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<Timestamp>,
    /// Counts changes.
    pub version: Version,
}

page_type!(
    /// A page of tokens.
    TokenPage of Token
);

/// A token to be enrolled. Which properties go with which kind is told at `token_enrol`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    /// The serial number.
    pub serial: Serial,
    /// Who made it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<Make>,
    /// What they call it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub model: Option<Make>,
    /// How it makes codes.
    pub kind: TokenKind,
    /// How long a code is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub digits: Option<Digits>,
    /// The hash of its HMAC.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    /// How long a time-step is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// When time-step 0 began.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub t0: Option<EpochSecs>,
    /// The counter it begins with.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub counter: Option<Count>,
    /// What it computes.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub suite: Option<OcraSuite>,
    /// The secret; if absent, the server draws one.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// It is not good before this moment.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// It is not good from this moment on.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whose it is to be; nobody's if absent.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// Who acts for the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub representative_id: Option<RepresentativeId>,
}

/// An enrolled token, and what its owner's app needs if the server drew the seed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolledToken {
    /// The token.
    #[serde(deserialize_with = "object")]
    pub token: Token,
    /// What an authenticator app needs, if the server drew the seed.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub key_uri: Option<KeyUri>,
}

/// Whose a token is to be.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenAssignment {
    /// Whose it is to be.
    pub customer_id: CustomerId,
    /// Who acts for the customer.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub representative_id: Option<RepresentativeId>,
}

/// Two codes in a row.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResyncCodes {
    /// The first code.
    pub first_code: TokenCode,
    /// The one that the token showed next.
    pub second_code: TokenCode,
}

/// A code to try.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestCode {
    /// The code.
    pub code: TokenCode,
}

string_type!(
    /// Names an import.
    ImportId, pattern = "^[0-9a-f]{32}$"
);
string_enum!(
    /// Where an import stands.
    ImportState {
        /// Not over yet.
        Open = "open",
        /// Its tokens are in stock.
        Committed = "committed",
        /// Its tokens are gone.
        Cancelled = "cancelled",
    }
);
string_type!(
    /// The name of a file, for people. No control characters.
    FileName, min = 1, max = 255, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
);
list_type!(
    /// Some entries of an import, in the order of the file.
    ImportEntries of object ImportEntry, min = 1, max = 1000
);

/// An import to be opened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewImport {
    /// Where the tokens come from.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub file_name: Option<FileName>,
    /// How many tokens will come, for display.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub tokens_expected: Option<Count>,
}

/// An import.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    /// Names it.
    pub import_id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// Where the tokens come from.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub file_name: Option<FileName>,
    /// How many tokens will come, for display.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub tokens_expected: Option<Count>,
    /// Entries taken in so far: the number of the next one.
    pub entries: Count,
    /// Tokens that will be new.
    pub tokens: Count,
    /// Tokens that are there already.
    pub unchanged: Count,
    /// Entries that cannot be used.
    pub problems: Count,
    /// Who made it.
    pub created_by: OperatorName,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is cancelled unless it has ended before.
    pub expires_at: Timestamp,
    /// Who committed or cancelled it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<OperatorName>,
    /// When it ended.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// Some entries of an import.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportBatch {
    /// The number of the first of them.
    pub first_entry: Count,
    /// The entries.
    pub tokens: ImportEntries,
}

/// A token to be imported. Which properties go with which kind is told at `token_enrol`; `drift` is for `TOTP`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportEntry {
    /// The serial number.
    pub serial: Serial,
    /// Who made it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<Make>,
    /// What they call it.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub model: Option<Make>,
    /// How it makes codes.
    pub kind: TokenKind,
    /// The secret.
    pub seed: Seed,
    /// How long a code is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub digits: Option<Digits>,
    /// The hash of its HMAC.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    /// How long a time-step is.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// When time-step 0 began.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub t0: Option<EpochSecs>,
    /// The counter it begins with.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub counter: Option<Count>,
    /// How far its clock is ahead of ours.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// What it computes.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub suite: Option<OcraSuite>,
    /// It is not good before this moment.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// It is not good from this moment on.
    #[serde(default, deserialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// What became of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedBatch {
    /// The import as it is now.
    #[serde(deserialize_with = "object")]
    pub r#import: Import,
    /// Tokens of this batch that will be new.
    pub added: Count,
    /// Tokens of this batch that are there already.
    pub unchanged: Count,
    /// One for each entry that cannot be used.
    #[schemars(length(max = 1000))]
    pub problems: Vec<ImportProblem>,
}

/// An entry that cannot be used.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportProblem {
    /// The number of the entry.
    pub entry: Count,
    /// Its serial number.
    pub serial: Serial,
    /// What is wrong with it.
    pub problem: Explanation,
}

/// The schemas of this file.
pub(super) fn registry() -> Vec<Entry> {
    registry![
        TokenId,
        Serial,
        Make,
        TokenKind,
        TokenState,
        Digits,
        Algorithm,
        Period,
        EpochSecs,
        Drift,
        OcraSuite,
        Seed,
        KeyUri,
        RepresentativeId,
        TokenCode,
        Token,
        TokenPage,
        NewToken,
        EnrolledToken,
        TokenAssignment,
        ResyncCodes,
        TestCode,
        ImportId,
        ImportState,
        FileName,
        ImportEntries,
        NewImport,
        Import,
        ImportBatch,
        ImportEntry,
        ImportedBatch,
        ImportProblem,
    ]
}
